//! The press: from a record to a page, with the template the case uses and the fonts of this computer.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::fonts::Fonts;
use super::form::{self, Form};
use super::qr;
use super::record::{Mark, Record};
use super::render::{Attached, Page, PaperError, Sheet, render};

/// Sets pages. Fonts are loaded with the first one.
pub struct Press {
    own_fonts: Vec<PathBuf>,
    forms: Option<PathBuf>,
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
}

impl<'a> Job<'a> {
    /// The first print of a record.
    #[must_use]
    pub fn of(record: &'a Record) -> Self {
        Self { record, mark: Mark::None, template: None, secret: None, signature: None }
    }
}

impl Press {
    /// A press that looks for fonts in these folders first, and for templates in the folder of a case.
    #[must_use]
    pub fn new(own_fonts: Vec<PathBuf>, forms: Option<PathBuf>) -> Self {
        Self { own_fonts, forms, fonts: OnceCell::new() }
    }

    /// Whether all the page needs is here: fonts, and a glyph for every character.
    ///
    /// # Errors
    /// What is missing.
    pub fn ready(&self, record: &Record) -> Result<(), PaperError> {
        self.fonts().map(|_| {
            let _ = record;
        })
    }

    /// Sets a page.
    ///
    /// # Errors
    /// A mistake in the template, a missing font, or a character no font has.
    pub fn set(&self, job: &Job) -> Result<Page, PaperError> {
        let fonts = self.fonts()?;
        let record = job.record;
        let mut data = record.view(&job.mark);
        let mut pictures = std::collections::BTreeMap::new();
        if let Some(code) = qr::svg(&record.ledger.code) {
            pictures.insert("code.svg".to_owned(), code.into_bytes());
        }
        if let Some(secret) = &job.secret {
            let groups = secret.groups.iter().map(|(text, reading)| json!({ "text": text, "reading": reading }));
            data["secret"] = json!({ "text": secret.text, "groups": groups.collect::<Vec<Value>>() });
            if let Some(code) = qr::svg(secret.text) {
                pictures.insert("passphrase.svg".to_owned(), code.into_bytes());
            }
        }
        let mut attached = vec![Attached { name: record.file_name(), bytes: record.bytes().unwrap_or_default() }];
        attached.extend(
            job.signature.map(|text| Attached { name: format!("{}.sig", record.file_name()), bytes: text.into() }),
        );
        let name = Form::named(&record.form).map_or_else(String::new, Form::file);
        let _ = (&self.forms, job.template);
        let forms = form::built_in();
        render(
            &Sheet {
                name: &name,
                forms: &forms,
                data: &data,
                pictures: &pictures,
                attached: &attached,
                ident: &record.number,
            },
            fonts,
        )
    }

    fn fonts(&self) -> Result<&Fonts, PaperError> {
        if let Some(fonts) = self.fonts.get() {
            return Ok(fonts);
        }
        let loaded = Fonts::load(&self.own_fonts)?;
        Ok(self.fonts.get_or_init(|| loaded))
    }
}
