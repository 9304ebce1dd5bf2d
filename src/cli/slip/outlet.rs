//! A slip that becomes a file for the owner's eyes alone, once it has its number.

use std::fs;
use std::io::Write;
use std::path::Path;

use crate::bundle::PackRecord;
use crate::cli::failure::Failure;
use crate::cli::papers::{Given, Outlet};
use crate::cli::words;
use crate::erase::{os, scrap};
use crate::passphrase::Passphrase;

/// A page in a file.
pub struct PageFile<'a>(pub &'a Path);

impl Outlet for PageFile<'_> {
    fn give(&mut self, _: &str, pdf: &[u8]) -> Result<Given, Failure> {
        write(self.0, pdf).map(|()| Given::File(self.0.to_owned()))
    }

    fn take_back(&mut self, file: Option<&Path>, failure: Failure) -> Failure {
        file.map(discard);
        failure
    }
}

/// Plain text in a file.
pub struct TextFile<'a> {
    /// The file.
    pub path: &'a Path,
    /// What was packed.
    pub record: &'a PackRecord,
    /// What opens it.
    pub passphrase: &'a Passphrase,
}

impl Outlet for TextFile<'_> {
    fn wants_page(&self) -> bool {
        false
    }

    fn give(&mut self, number: &str, _: &[u8]) -> Result<Given, Failure> {
        let text = super::text::render(self.record, self.passphrase, Some(number));
        write(self.path, text.as_bytes()).map(|()| Given::File(self.path.to_owned()))
    }

    fn take_back(&mut self, file: Option<&Path>, failure: Failure) -> Failure {
        file.map(discard);
        failure
    }
}

/// A slip that could not be written whole leaves nothing behind.
fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut file = os::create_new_private(path, false).map_err(|e| words::io(path, &e))?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if let Err(e) = written {
        drop(file);
        discard(path);
        return Err(words::io(path, &e));
    }
    Ok(())
}

/// Erases a slip whose bundle did not come to be; says whether it was overwritten.
pub fn discard(path: &Path) -> bool {
    let overwritten = scrap::scrap_file(path).left.is_empty();
    if !overwritten {
        // What could not be overwritten is at least not left lying there by name.
        let _ = fs::remove_file(path);
    }
    overwritten
}
