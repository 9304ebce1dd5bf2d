//! The files of documents against what the ledger pinned of them.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde_json::Value;

use super::documents::{self, Issued};
use super::error::Error;
use super::finding::{Finding, Notice, Verdict};
use super::keys;
use super::store::Ledger;
use crate::{digest, sign};

/// Compares every record, its signature and its page with the entry that issued it. A record that is gone is told of: at
/// the end of retention that is right, before it is not.
///
/// # Errors
/// The store's, or a file that cannot be read.
pub fn check(ledger: &Ledger, folder: &Path, verdict: &mut Verdict) -> Result<(), Error> {
    let own: Vec<String> = keys::all(ledger)?.into_iter().map(|key| key.line).collect();
    for document in documents::all(ledger)? {
        match look(folder, &document, &own)? {
            Found::Whole => verdict.records += 1,
            Found::NoPage => verdict.notice(Notice::PageMissing { document: document.number }),
            Found::Missing => verdict.notice(Notice::RecordMissing { document: document.number }),
            Found::Altered(file) => verdict.find(Finding::RecordAltered { document: document.number, file }),
        }
    }
    Ok(())
}

enum Found {
    Whole,
    Missing,
    NoPage,
    Altered(String),
}

fn look(folder: &Path, document: &Issued, own: &[String]) -> Result<Found, Error> {
    let name = format!("{}.json", document.number);
    let Some(record) = read(&folder.join(&name))? else { return Ok(Found::Missing) };
    if !is(&record, document.record_sha256.as_deref()) {
        return Ok(Found::Altered(name));
    }
    let signature = format!("{name}.sig");
    // Where the key was locked, the record names none, and nothing signed it.
    let signed = serde_json::from_slice::<Value>(&record).is_ok_and(|record| record.get("signer").is_some());
    let bytes = read(&folder.join(&signature))?;
    if signed && bytes.is_none() {
        return Ok(Found::Altered(signature));
    }
    if let Some(bytes) = bytes {
        let text = String::from_utf8_lossy(&bytes);
        if !own.iter().any(|line| sign::verify(line, documents::NAMESPACE, &record, &text).is_ok()) {
            return Ok(Found::Altered(signature));
        }
    }
    let page = format!("{}.pdf", document.number);
    match read(&folder.join(&page))? {
        Some(bytes) if !is(&bytes, document.pdf_sha256.as_deref()) => Ok(Found::Altered(page)),
        None if document.pdf_sha256.is_some() => Ok(Found::NoPage),
        _ => Ok(Found::Whole),
    }
}

fn is(bytes: &[u8], sha256: Option<&str>) -> bool {
    sha256 == Some(&digest::sha256(bytes))
}

/// Attack: a pipe or a device in a record's place, which never ends.
fn read(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    match path.symlink_metadata() {
        Ok(meta) if !meta.is_file() => return Ok(Some(Vec::new())),
        _ => {}
    }
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
        Err(e) => Err(Error::io(path, e)),
    }
}
