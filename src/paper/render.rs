//! Setting a page: template and record in, PDF/A-3a out.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use typst::comemo;
use typst::diag::SourceDiagnostic;
use typst::foundations::{Bytes, Smart};
use typst::{World, WorldExt};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use super::folder::Refusal;
use super::fonts::{Case, Unit};
use super::marked;
use super::template::Template;
use super::world::{Enclosed, Things};

/// Why a page cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    /// A font is nowhere on this computer.
    #[error("the font {0} is not installed")]
    NoFont(&'static str),
    /// No font has a character.
    #[error("no font has the character {character:?} in {field}")]
    NoGlyph {
        /// The character, with the selector of its shape; or several.
        character: String,
        /// Where it stands: the path of a field, or a place in a template.
        field: String,
    },
    /// The template is wrong.
    #[error("the template has {} mistakes", .0.len())]
    Template(Vec<Fault>),
    /// The template does not come to an end.
    #[error("the page was not done in {} seconds", .0.as_secs())]
    Endless(Duration),
    /// Far more pages than any form has.
    #[error("{0} pages")]
    TooManyPages(usize),
    /// A page, or the file, lacks what it has to carry.
    #[error("a page does not carry {0}")]
    Unmarked(String),
    /// The template cannot be read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// A mistake in a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The file.
    pub file: String,
    /// Line, from 1; 0 where no place is known.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong, as typst says it.
    pub message: String,
    /// The template asked for what it does not get.
    pub refusal: Option<Refusal>,
}

/// A page, or several.
#[derive(Debug)]
pub struct Page {
    /// The PDF.
    pub pdf: Vec<u8>,
    /// How many pages.
    pub pages: usize,
}

/// What a page is made of.
pub(super) struct Sheet {
    pub template: Template,
    /// Files the template is given, by name.
    pub given: Vec<(String, Bytes)>,
    /// Names the document for its readers: the same for the same record.
    pub ident: String,
    /// What every page has to say.
    pub marks: Vec<String>,
    /// What is set in the font for rare kanji.
    pub rare: BTreeSet<Unit>,
    /// The fonts.
    pub case: Arc<Case>,
}

/// Pages of the longest annex that is thought of; 10,000 rows are 300.
const MOST_PAGES: usize = 5_000;

/// The typesetter calls itself for what is inside of something, some 80 times at most.
const STACK: usize = 64 << 20;

/// Sets a page; beside it the templates it took in, with their names.
pub(super) fn render(sheet: Sheet, patience: Duration) -> Result<(Page, Vec<(String, Bytes)>), PaperError> {
    let (done, wait) = mpsc::sync_channel(1);
    let work = move || {
        let made = set(sheet);
        // The typesetter remembers what it did, to do it faster the next time: texts, among them the passphrase of a slip.
        // It forgets all of it now. What it freed is not wiped; that is not in our hands, nor are the copies that the
        // system made of it. Core dumps are off, and the next page or the end of the program writes over it.
        comemo::evict(0);
        let _ = done.send(made);
    };
    let started = thread::Builder::new().name("paper".to_owned()).stack_size(STACK).spawn(work);
    started.map_err(|source| PaperError::Io { path: PathBuf::new(), source })?;
    // Attack: a template that never ends. A single loop ends by the typesetter's own limit (10,000 rounds; calls nest
    // 80 deep), but loops within loops do not, and a layout cannot be stopped from outside. So it is left behind: the
    // command fails, and the thread goes with the program.
    match wait.recv_timeout(patience) {
        Ok(made) => made,
        Err(RecvTimeoutError::Timeout) => Err(PaperError::Endless(patience)),
        Err(RecvTimeoutError::Disconnected) => Err(PaperError::Template(vec![nowhere("", "the typesetter failed")])),
    }
}

fn set(sheet: Sheet) -> Result<(Page, Vec<(String, Bytes)>), PaperError> {
    let Sheet { template, given, ident, marks, rare, case } = sheet;
    let name = template.name.clone();
    let folder = template.folder();
    let things = Things { main: (template.name, template.text), given, folder, built_in: Template::built_in() };
    let unnamed = || PaperError::Template(vec![nowhere(&name, "not a name for a template")]);
    let world = Enclosed::new(case, &rare, things).ok_or_else(unnamed)?;
    let document = typst::compile::<PagedDocument>(&world).output.map_err(|faults| told(&world, &faults))?;
    let pages = document.pages().len();
    if pages > MOST_PAGES {
        return Err(PaperError::TooManyPages(pages));
    }
    let wanted: Vec<&str> = marks.iter().map(String::as_str).collect();
    if let Some(lacking) = marked::lacking(&document, &wanted) {
        return Err(PaperError::Unmarked(lacking.to_owned()));
    }
    let attached = format!("{ident}.json");
    let options = options(ident).ok_or_else(unnamed)?;
    let pdf = typst_pdf::pdf(&document, &options).map_err(|faults| told(&world, &faults))?;
    // The name of what travels inside stands in the file as it is.
    if !marks.is_empty() && !pdf.windows(attached.len()).any(|bytes| bytes == attached.as_bytes()) {
        return Err(PaperError::Unmarked(attached));
    }
    Ok((Page { pdf, pages }, world.templates_read()))
}

/// A page that archives take, tagged, with its record inside.
fn options(ident: String) -> Option<PdfOptions> {
    let standards = PdfStandards::new(&[PdfStandard::A_3a]).ok()?;
    let creator = concat!("tewatashi ", env!("CARGO_PKG_VERSION")).to_owned();
    Some(PdfOptions {
        ident: Smart::Custom(ident),
        creator: Smart::Custom(Some(creator)),
        standards,
        ..PdfOptions::default()
    })
}

fn nowhere(file: &str, message: &str) -> Fault {
    Fault { file: file.to_owned(), line: 0, column: 0, message: message.to_owned(), refusal: None }
}

/// The text between the quotes of typst's message about a character no font has.
fn missing_glyph(message: &str) -> Option<&str> {
    Some(message.split_once("the text `\"")?.1.split_once("\"` could not be displayed")?.0)
}

fn told(world: &Enclosed, faults: &[SourceDiagnostic]) -> PaperError {
    let faults: Vec<Fault> = faults.iter().map(|fault| place(world, fault)).collect();
    let lacking = faults.iter().find_map(|fault| Some((missing_glyph(&fault.message)?, fault)));
    if let Some((character, fault)) = lacking {
        let field = format!("{}:{}:{}", fault.file, fault.line, fault.column);
        return PaperError::NoGlyph { character: character.to_owned(), field };
    }
    PaperError::Template(faults)
}

fn place(world: &Enclosed, fault: &SourceDiagnostic) -> Fault {
    let mut message = fault.message.to_string();
    let refusal = Refusal::in_message(&message);
    // Its advice on what is out of reach is for users of its own command line.
    for hint in fault.hints.iter().filter(|_| refusal.is_none()) {
        message.push_str("; ");
        message.push_str(&hint.v);
    }
    // A mistake inside of a package or a picture is told where the template asks for it.
    let spans = std::iter::once(fault.span).chain(fault.trace.iter().map(|point| point.span.into()));
    let mut places = spans.filter_map(|span| {
        let id = span.id()?;
        let source = world.source(id).ok()?;
        let (line, column) = source.lines().byte_to_line_column(world.range(span)?.start)?;
        Some((id.vpath().get_without_slash().to_owned(), line + 1, column + 1))
    });
    match places.next() {
        Some((file, line, column)) => Fault { file, line, column, message, refusal },
        None => Fault { refusal, ..nowhere(world.main().vpath().get_without_slash(), &message) },
    }
}

#[cfg(test)]
mod tests {
    use super::super::fonts::Fonts;
    use super::super::glyphs;
    use super::super::template::Origin;
    use super::*;
    use serde_json::json;
    use typst::layout::{Frame, FrameItem};

    /// Every run of glyphs on the first page: font, text and glyphs.
    fn runs(fonts: &Fonts, body: &str, name: &str) -> Vec<(String, String, Vec<u16>)> {
        let rare = glyphs::checked(fonts, &json!({ "name": name })).unwrap();
        let text = format!("#set text(font: \"BIZ UDMincho\")\n#let name = json(\"data.json\").name\n{body}");
        let things = Things {
            main: ("form.typ".into(), text.into()),
            given: vec![("data.json".into(), Bytes::new(serde_json::to_vec(&json!({ "name": name })).unwrap()))],
            folder: None,
            built_in: Template::built_in(),
        };
        let world = Enclosed::new(fonts.case(!rare.is_empty()), &rare, things).unwrap();
        let document = typst::compile::<PagedDocument>(&world).output.unwrap();
        let mut found = Vec::new();
        walk(&document.pages()[0].frame, &mut found);
        found
    }

    fn walk(frame: &Frame, found: &mut Vec<(String, String, Vec<u16>)>) {
        for (_, item) in frame.items() {
            match item {
                FrameItem::Group(group) => walk(&group.frame, found),
                FrameItem::Text(run) => found.push((
                    run.font.info().family.clone(),
                    run.text.to_string(),
                    run.glyphs.iter().map(|g| g.id).collect(),
                )),
                _ => {}
            }
        }
    }

    #[test]
    fn paper_shows_the_shape_that_was_written() {
        let fonts = Fonts::load(&[]).unwrap();
        let glyph = |text: &str| runs(&fonts, "#name", text);
        let (plain, print, register) = (glyph("葛"), glyph("葛\u{e0100}"), glyph("葛\u{e0102}"));
        assert_eq!((plain[0].0.as_str(), print[0].0.as_str()), ("BIZ UDMincho", "BIZ UDMincho"));
        assert_ne!(plain[0].2[0], print[0].2[0], "the printer's other shape");
        assert_eq!(register[0].0, "IPAmjMincho");
        // Beside it the usual font stays, in a table and in a heading too.
        for body in [
            "#name",
            "#table(name)",
            "= #name",
            "#text(font: \"BIZ UDGothic\", name)",
            "#set page(header: context name)\n",
        ] {
            let runs = runs(&fonts, body, "架空葛\u{e0102}城と葛城と𠮷野と\u{fa6b}と恵");
            let in_font = |prefix: &str| -> Vec<&str> {
                runs.iter().filter(|r| r.0.starts_with(prefix)).map(|r| r.1.as_str()).collect()
            };
            assert_eq!(in_font("IPAmjMincho"), ["葛\u{e0102}", "𠮷", "\u{fa6b}"], "{body}");
            assert_eq!(in_font("BIZ UD").concat(), "架空城と葛城と野とと恵", "{body}");
        }
    }

    #[test]
    fn paper_of_an_endless_template_is_given_up() {
        let fonts = Fonts::load(&[]).unwrap();
        let text = include_bytes!("../../fixtures/forms-hostile/endless-loops.typ").to_vec();
        let template = Template { name: "form.typ".into(), text, origin: Origin::BuiltIn };
        let sheet = Sheet {
            template,
            given: vec![],
            ident: String::new(),
            marks: vec![],
            rare: BTreeSet::new(),
            case: fonts.case(false),
        };
        let given_up = render(sheet, Duration::from_millis(300)).err().unwrap();
        assert!(matches!(given_up, PaperError::Endless(_)), "{given_up}");
    }
}
