//! Why a page cannot be made, in words.

use std::path::Path;

use super::io;
use crate::cli::failure::Failure;
use crate::cli::paper::fonts_folder;
use crate::paper::{Fault, PaperError, PictureFault, Refusal};
use crate::t;
use crate::term::show;

/// A page that cannot be made.
pub fn paper(error: &PaperError) -> Failure {
    match error {
        PaperError::NoFont(family) => no_font(family),
        PaperError::NoGlyph { character, field } => no_glyph(character, field),
        PaperError::Template(faults) => {
            let failure =
                Failure::failed("bad_template", t!("err-bad-template", count = faults.len()), t!("hint-bad-template"));
            let failure = failure.with_details(faults.iter().map(fault_line).collect());
            let file = faults.first().map(|fault| show::name(&fault.file)).filter(|file| !file.is_empty());
            Failure { subject: file, ..failure }
        }
        PaperError::Endless(patience) => Failure::failed(
            "bad_template",
            t!("err-template-endless", seconds = patience.as_secs()),
            t!("hint-template-endless"),
        ),
        PaperError::Unmarked(what) => {
            Failure::failed("unmarked", t!("err-unmarked", what = show::name(what)), t!("hint-unmarked"))
        }
        PaperError::TooManyPages(pages) => Failure::failed(
            "bad_template",
            t!("err-template-pages", pages = show::number(*pages as u64)),
            t!("hint-template-pages"),
        ),
        PaperError::Io { path, source } => io(path, source),
    }
}

/// A file that is no photograph for a form.
pub fn picture(path: &Path, fault: PictureFault) -> Failure {
    let path = show::path(path);
    let message = match fault {
        PictureFault::Empty => t!("err-photo-empty", path = path.clone()),
        PictureFault::OtherKind => t!("err-photo-other-kind", path = path.clone()),
        PictureFault::Cut => t!("err-photo-cut", path = path.clone()),
        PictureFault::Broken => t!("err-photo-broken", path = path.clone()),
        PictureFault::TooManyPixels(width, height) => {
            let (width, height) = (show::number(width.into()), show::number(height.into()));
            let most = show::number(crate::paper::picture::MOST_PIXELS);
            t!("err-photo-pixels", path = path.clone(), width = width, height = height, most = most)
        }
    };
    Failure::failed("bad_photo", message, t!("hint-bad-photo")).about(path)
}

/// The Debian package and the file of a family.
fn no_font(family: &str) -> Failure {
    let (package, file) = if family.contains("Gothic") {
        ("fonts-morisawa-bizud-gothic", "BIZUDGothic-Regular.ttf")
    } else {
        ("fonts-morisawa-bizud-mincho", "BIZUDMincho-Regular.ttf")
    };
    let folder = fonts_folder().map(|folder| show::path(&folder)).unwrap_or_default();
    let hint = t!("hint-no-font", package = package, file = file, folder = folder);
    Failure::failed("no_font", t!("err-no-font", family = family.to_owned()), hint).about(family)
}

fn no_glyph(character: &str, field: &str) -> Failure {
    let shown = if character.is_empty() { String::new() } else { show::name(character) };
    let points: Vec<String> = character.chars().map(|c| format!("U+{:04X}", u32::from(c))).collect();
    let place = place(field);
    let (message, hint) = if character.is_empty() {
        (t!("err-no-glyph-secret"), t!("hint-no-glyph-secret"))
    } else {
        let points = points.join(" ");
        (t!("err-no-glyph", character = shown, points = points, place = place.clone()), t!("hint-no-glyph"))
    };
    Failure::failed("no_glyph", message, hint).about(field)
}

/// Where a character stands: what the field is called on paper, where that is known, and its key.
fn place(field: &str) -> String {
    let key = field.rsplit('.').next().unwrap_or_default();
    let key = key.split('[').next().unwrap_or_default();
    let label = match key {
        _ if field.contains(".city.") => t!("field-city"),
        _ if field.contains(".contractor.") => t!("field-contractor"),
        _ if field.contains("issuer.") => t!("field-issuer"),
        "contract_number" => t!("field-contract-number"),
        "contract_title" => t!("field-contract-title"),
        "title" => t!("field-title"),
        "name" => t!("field-name"),
        "organization" => t!("field-organization"),
        "section" => t!("field-section"),
        "post" => t!("field-post"),
        "place" => t!("field-place"),
        "items" => t!("field-items"),
        "contents" => t!("field-contents"),
        "carriage" => t!("field-carriage"),
        "remarks" => t!("field-remarks"),
        "medium" | "media" | "id" => t!("field-medium"),
        "path" => t!("field-path"),
        "caption" => t!("field-caption"),
        "copies" => t!("field-copies"),
        "return_word" => t!("field-return-word"),
        _ => return show::name(field),
    };
    t!("field-with-key", label = label, key = show::name(field))
}

fn fault_line(fault: &Fault) -> String {
    let what = fault.refusal.map_or_else(|| show::name(&fault.message), |refusal| reason(refusal, &fault.message));
    let file = show::name(&fault.file);
    if fault.line == 0 {
        return t!("fault-in-file", file = file, what = what);
    }
    t!("fault-at", file = file, line = fault.line, column = fault.column, what = what)
}

fn reason(refusal: Refusal, message: &str) -> String {
    let said = show::name(message);
    match refusal {
        Refusal::Package => t!("refused-package", said = said),
        Refusal::Outside => t!("refused-outside", said = said),
        Refusal::Kind => t!("refused-kind", said = said),
        Refusal::Link => t!("refused-link", said = said),
        Refusal::NotAFile => t!("refused-not-a-file", said = said),
        Refusal::TooLarge => t!("refused-too-large", said = said),
    }
}
