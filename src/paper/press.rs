//! The press: from a record to a page, with the template the case uses and the fonts of this computer.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use typst::foundations::Bytes;
use zeroize::{Zeroize, Zeroizing};

use super::fonts::{Fonts, Unit};
use super::form::Form;
use super::glyphs;
use super::qr;
use super::record::{Mark, Record};
use super::render::{Fault, Page, PaperError, Sheet, render};
use super::template::Template;

/// How long a page may take; 10,000 rows take a few seconds.
const PATIENCE: Duration = Duration::from_mins(3);

/// Sets pages. Fonts are loaded with the first one.
pub struct Press {
    own_fonts: Vec<PathBuf>,
    forms: Option<PathBuf>,
    patience: Duration,
    fonts: OnceCell<Fonts>,
}

/// What is printed on the slip and stands in no record.
pub struct Secret<'a> {
    /// Exactly what is typed.
    pub text: &'a str,
    /// Its groups, each with its reading; empty for a passphrase of the sender's own.
    pub groups: Vec<(&'a str, String)>,
}

/// A page to be made.
pub struct Job<'a> {
    /// What it says.
    pub record: &'a Record,
    /// How it is marked.
    pub mark: Mark,
    /// A template to use instead of the one of the form.
    pub template: Option<&'a Path>,
    /// For the slip alone.
    pub secret: Option<Secret<'a>>,
    /// The record's signature, to travel inside beside it.
    pub signature: Option<&'a str>,
    /// The photographs the record names, by their names there.
    pub pictures: &'a [(String, Vec<u8>)],
}

impl<'a> Job<'a> {
    /// The first print of a record.
    #[must_use]
    pub fn of(record: &'a Record) -> Self {
        Self { record, mark: Mark::None, template: None, secret: None, signature: None, pictures: &[] }
    }
}

impl Press {
    /// A press that looks for fonts in these folders first, and for templates in the folder of a case.
    #[must_use]
    pub fn new(own_fonts: Vec<PathBuf>, forms: Option<PathBuf>) -> Self {
        Self { own_fonts, forms, patience: PATIENCE, fonts: OnceCell::new() }
    }

    /// A press with these fonts and no others.
    #[must_use]
    pub fn with_fonts(fonts: Fonts, forms: Option<PathBuf>) -> Self {
        Self { fonts: OnceCell::from(fonts), ..Self::new(Vec::new(), forms) }
    }

    /// The same with more or less patience for a template that does not come to an end.
    #[must_use]
    pub fn patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Whether all the page needs is here: fonts, and a glyph for every character.
    ///
    /// # Errors
    /// What is missing.
    pub fn ready(&self, record: &Record) -> Result<(), PaperError> {
        glyphs::checked(self.fonts()?, &record.view(&Mark::None)).map(drop)
    }

    /// The same for what is printed on the slip and stands in no record. The character that has no glyph is not told.
    ///
    /// # Errors
    /// What is missing.
    pub fn ready_secret(&self, secret: &Secret) -> Result<(), PaperError> {
        let mut value = secret_view(secret);
        let checked = glyphs::checked(self.fonts()?, &value).map(drop);
        wipe(&mut value);
        match checked {
            Err(PaperError::NoGlyph { .. }) => {
                Err(PaperError::NoGlyph { character: String::new(), field: "secret".to_owned() })
            }
            other => other,
        }
    }

    /// Sets a page.
    ///
    /// # Errors
    /// A mistake in the template, a missing font, or a character no font has.
    pub fn set(&self, job: &Job) -> Result<Page, PaperError> {
        let fonts = self.fonts()?;
        let mut rare = glyphs::checked(fonts, &job.record.view(&job.mark))?;
        if let Some(secret) = &job.secret {
            self.ready_secret(secret)?;
        }
        let set = |rare: &BTreeSet<Unit>| render(self.sheet(job, fonts, rare)?, self.patience);
        let first = set(&rare);
        // What a template itself says is known once it was read. Most say nothing rare.
        let in_templates = match &first {
            Ok((_, templates)) => glyphs::in_templates(fonts, templates)?,
            Err(PaperError::NoGlyph { character, .. }) => glyphs::in_text(fonts, character),
            Err(_) => BTreeSet::new(),
        };
        if in_templates.is_subset(&rare) {
            return first.map(|(page, _)| page);
        }
        rare.extend(in_templates);
        set(&rare).map(|(page, _)| page)
    }

    fn sheet(&self, job: &Job, fonts: &Fonts, rare: &BTreeSet<Unit>) -> Result<Sheet, PaperError> {
        let record = job.record;
        let unknown = || PaperError::Template(vec![Fault::unknown_form(&record.form)]);
        let form = Form::named(&record.form).ok_or_else(unknown)?;
        let mut data = record.view(&job.mark);
        data["document"]["signature"] = job.signature.is_some().into();
        let mut given = Vec::new();
        let mut give = |name: &str, bytes: Vec<u8>| given.push((name.to_owned(), Bytes::new(Zeroizing::new(bytes))));
        if let Some(code) = qr::svg(&record.ledger.code) {
            give("code.svg", code.into_bytes());
        }
        if let Some(secret) = &job.secret {
            data["secret"] = secret_view(secret);
            if let Some(code) = qr::svg(secret.text) {
                give("passphrase.svg", code.into_bytes());
            }
        }
        give("data.json", serde_json::to_vec(&data).unwrap_or_default());
        wipe(&mut data["secret"]);
        let file = format!("attached/{}", record.file_name());
        give(&file, record.bytes().unwrap_or_default());
        if let Some(signature) = job.signature {
            give(&format!("{file}.sig"), signature.into());
        }
        for (name, bytes) in job.pictures {
            give(&format!("photos/{name}"), bytes.clone());
        }
        let template = Template::choose(form, self.forms.as_deref(), job.template)?;
        let case = fonts.case(!rare.is_empty());
        let mark = Some(job.mark.text()).filter(|mark| !mark.is_empty());
        let marks = [record.number.clone()].into_iter().chain(mark).collect();
        Ok(Sheet { template, given, ident: record.number.clone(), marks, rare: rare.clone(), case })
    }

    fn fonts(&self) -> Result<&Fonts, PaperError> {
        if let Some(fonts) = self.fonts.get() {
            return Ok(fonts);
        }
        let loaded = Fonts::load(&self.own_fonts)?;
        Ok(self.fonts.get_or_init(|| loaded))
    }
}

fn secret_view(secret: &Secret) -> Value {
    let groups = secret.groups.iter().map(|(text, reading)| json!({ "text": text, "reading": reading }));
    json!({ "text": secret.text, "groups": groups.collect::<Vec<Value>>() })
}

/// Overwrites every text in the value.
fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(list) => list.iter_mut().for_each(wipe),
        Value::Object(map) => map.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
