//! Which template sets a form: the one that was named, the case's own, or the one that comes with the program.

use std::path::{Path, PathBuf};

use super::folder::{Folder, Refusal, Taken, read};
use super::form::{COMMON, COMMON_FILE, Form};
use super::render::{Fault, PaperError};

/// Where a template comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// It comes with the program.
    BuiltIn,
    /// It lies in the case's folder `forms/`.
    Case(PathBuf),
    /// It was named.
    Named(PathBuf),
}

/// A template, ready to be set.
#[derive(Debug)]
pub struct Template {
    /// Its file name.
    pub name: String,
    /// Its text.
    pub text: Vec<u8>,
    /// Where it comes from.
    pub origin: Origin,
}

impl Template {
    /// Chooses the template of a form: `named`, else the one in the case's folder `forms`, else the one of the program.
    ///
    /// # Errors
    /// It cannot be read, or is none.
    pub fn choose(form: Form, forms: Option<&Path>, named: Option<&Path>) -> Result<Self, PaperError> {
        if let Some(path) = named {
            // Which file is meant is the user's choice, links and all.
            let real = path.canonicalize().map_err(|source| PaperError::Io { path: path.to_owned(), source })?;
            let name = real.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            return Self::from_file(name, path, &real, Origin::Named(real.clone()));
        }
        if let Origin::Case(path) = Self::origin(form, forms) {
            return Self::from_file(form.file(), &path, &path, Origin::Case(path.clone()));
        }
        Ok(Self { name: form.file(), text: form.template().into(), origin: Origin::BuiltIn })
    }

    /// Where the template of a form comes from when none is named.
    #[must_use]
    pub fn origin(form: Form, forms: Option<&Path>) -> Origin {
        let own = forms.map(|folder| folder.join(form.file()));
        own.filter(|path| path.symlink_metadata().is_ok()).map_or(Origin::BuiltIn, Origin::Case)
    }

    fn from_file(name: String, shown: &Path, path: &Path, origin: Origin) -> Result<Self, PaperError> {
        let io = |source| PaperError::Io { path: shown.to_owned(), source };
        match read(path) {
            Taken::Bytes(text) => Ok(Self { name, text, origin }),
            Taken::Missing => Err(io(std::io::ErrorKind::NotFound.into())),
            Taken::Refused(refusal) => Err(PaperError::Template(vec![Fault::refused(&name, refusal)])),
            Taken::Failed(source) => Err(io(source)),
        }
    }

    /// The folder whose files it may take in. The program's own ones take in none.
    #[must_use]
    pub fn folder(&self) -> Option<Folder> {
        match &self.origin {
            Origin::BuiltIn => None,
            Origin::Case(path) | Origin::Named(path) => path.parent().map(Folder::at),
        }
    }

    /// What comes with the program, for what is not in the template's folder.
    pub(super) fn built_in() -> Vec<(String, &'static str)> {
        let forms = Form::ALL.iter().map(|form| (form.file(), form.template()));
        forms.chain([(COMMON_FILE.to_owned(), COMMON)]).collect()
    }
}

impl Fault {
    pub(super) fn unknown_form(name: &str) -> Self {
        Self { file: String::new(), line: 0, column: 0, message: format!("no form {name:?}"), refusal: None }
    }

    fn refused(file: &str, refusal: Refusal) -> Self {
        Self { file: file.to_owned(), line: 0, column: 0, message: refusal.text().to_owned(), refusal: Some(refusal) }
    }
}
