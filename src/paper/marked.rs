//! What every page has to carry, whoever made its template.

use typst::layout::{Frame, FrameItem};
use typst_layout::PagedDocument;

/// Attack, or a slip: a template without the document's number, or without its mark, so that a copy passes for the first
/// print. Returns what a page lacks.
pub(super) fn lacking<'t>(document: &PagedDocument, wanted: &[&'t str]) -> Option<&'t str> {
    document.pages().iter().find_map(|page| {
        let mut text = String::new();
        gather(&page.frame, &mut text);
        wanted.iter().copied().find(|said| !text.contains(&tight(said)))
    })
}

fn gather(frame: &Frame, text: &mut String) {
    for (_, item) in frame.items() {
        match item {
            FrameItem::Group(group) => gather(&group.frame, text),
            FrameItem::Text(run) => text.push_str(&tight(&run.text)),
            _ => {}
        }
    }
}

/// Without spaces: where a line is broken or set wide does not matter.
fn tight(text: &str) -> String {
    text.split_whitespace().collect()
}
