//! Setting a page: template and record in, PDF/A-3a out.

use std::collections::BTreeMap;

use serde_json::Value;
use typst::diag::SourceDiagnostic;
use typst::foundations::Smart;
use typst::{World, WorldExt};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use super::fonts::Fonts;
use super::world::Enclosed;

/// Why a page cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    /// A font is nowhere on this computer.
    #[error("the font {0} is not installed")]
    NoFont(&'static str),
    /// No font has a character.
    #[error("no font has the character {character:?}")]
    NoGlyph {
        /// The character.
        character: String,
    },
    /// The template is wrong.
    #[error("the template has {} mistakes", .0.len())]
    Template(Vec<Fault>),
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
}

/// A file that travels inside the PDF.
#[derive(Debug, Clone)]
pub struct Attached {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What a page is made of.
pub struct Sheet<'a> {
    /// The template's name, for messages.
    pub name: &'a str,
    /// Templates by name: the form itself and those it includes.
    pub forms: &'a BTreeMap<String, String>,
    /// What the template reads as `data.json`.
    pub data: &'a Value,
    /// Pictures the template may place, by name.
    pub pictures: &'a BTreeMap<String, Vec<u8>>,
    /// What travels inside; the template attaches what `attached/…` holds.
    pub attached: &'a [Attached],
    /// Names the document for its readers: the same for the same record.
    pub ident: &'a str,
}

/// A page, or several.
#[derive(Debug)]
pub struct Page {
    /// The PDF.
    pub pdf: Vec<u8>,
    /// How many pages.
    pub pages: usize,
}

/// Sets a page.
///
/// # Errors
/// A mistake in the template, or a character no font has.
pub fn render(sheet: &Sheet, fonts: &Fonts) -> Result<Page, PaperError> {
    let mut files: Vec<(String, Vec<u8>)> =
        sheet.forms.iter().map(|(name, text)| (name.clone(), text.clone().into_bytes())).collect();
    files.push(("data.json".to_owned(), serde_json::to_vec(sheet.data).unwrap_or_default()));
    files.extend(sheet.pictures.iter().map(|(name, bytes)| (name.clone(), bytes.clone())));
    files.extend(sheet.attached.iter().map(|a| (format!("attached/{}", a.name), a.bytes.clone())));
    let unnamed = || PaperError::Template(vec![fault_without_place(sheet.name, "not a name for a template")]);
    let world = Enclosed::new(fonts, sheet.name, files).ok_or_else(unnamed)?;
    let document = typst::compile::<PagedDocument>(&world).output.map_err(|faults| told(&world, &faults))?;
    let standards = PdfStandards::new(&[PdfStandard::A_3a]).map_err(|_| unnamed())?;
    let options = PdfOptions {
        ident: Smart::Custom(sheet.ident.to_owned()),
        creator: Smart::Custom(Some(concat!("tewatashi ", env!("CARGO_PKG_VERSION")).to_owned())),
        standards,
        ..PdfOptions::default()
    };
    let pdf = typst_pdf::pdf(&document, &options).map_err(|faults| told(&world, &faults))?;
    Ok(Page { pdf, pages: document.pages().len() })
}

fn fault_without_place(file: &str, message: &str) -> Fault {
    Fault { file: file.to_owned(), line: 0, column: 0, message: message.to_owned() }
}

/// The text between the quotes of typst's message about a character no font has.
fn missing_glyph(message: &str) -> Option<String> {
    let quoted = message.split_once("the text `\"")?.1.split_once("\"` could not be displayed")?.0;
    Some(quoted.to_owned())
}

fn told(world: &Enclosed, faults: &[SourceDiagnostic]) -> PaperError {
    if let Some(character) = faults.iter().find_map(|fault| missing_glyph(&fault.message)) {
        return PaperError::NoGlyph { character };
    }
    PaperError::Template(faults.iter().map(|fault| place(world, fault)).collect())
}

fn place(world: &Enclosed, fault: &SourceDiagnostic) -> Fault {
    let message = fault.message.to_string();
    let found = fault.span.id().and_then(|id| {
        let source = world.source(id).ok()?;
        let range = world.range(fault.span)?;
        let (line, column) = source.lines().byte_to_line_column(range.start)?;
        Some(Fault {
            file: id.vpath().get_without_slash().to_owned(),
            line: line + 1,
            column: column + 1,
            message: message.clone(),
        })
    });
    found.unwrap_or_else(|| fault_without_place("", &message))
}
