//! Documents: their numbers run without gaps through the ledger's `document` entries, and what became of each is told by
//! the entries that name it.

use rusqlite::Connection;
use serde_json::Value;

use super::entry::{Entry, Kind, Outcome};
use super::error::Error;
use super::store::{Appended, Ledger};
use crate::sign::SigningKey;

/// Namespace of signatures on records.
pub const NAMESPACE: &str = "record@tewatashi";

/// A document that was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// Its number: `D-0007`.
    pub number: String,
    /// The form, by name.
    pub form: String,
    /// What stands on top of it.
    pub title: String,
    /// The entry that issued it.
    pub entry: u64,
    /// When, RFC 3339.
    pub time: String,
    /// SHA-256 of its record.
    pub record_sha256: Option<String>,
    /// SHA-256 of its first print; none for a slip.
    pub pdf_sha256: Option<String>,
    /// The bundle it is about.
    pub bundle: Option<String>,
    /// Where a slip went: `file` or `printer`.
    pub given: Option<String>,
    /// The file a slip went into.
    pub file: Option<String>,
    /// The entry that erased that file, or found it gone.
    pub file_gone: Option<u64>,
    /// How often it was printed again.
    pub prints: u64,
    /// The entry that voided it.
    pub voided: Option<u64>,
}

impl Issued {
    fn of(entry: &Entry) -> Option<Self> {
        let text = |key: &str| entry.facts.get(key).and_then(Value::as_str).map(str::to_owned);
        Some(Self {
            number: text("number")?,
            form: text("form")?,
            title: text("title").unwrap_or_default(),
            entry: entry.number,
            time: entry.time.clone(),
            record_sha256: text("record_sha256"),
            pdf_sha256: text("pdf_sha256"),
            bundle: text("bundle"),
            given: text("given"),
            file: text("file"),
            file_gone: None,
            prints: 0,
            voided: None,
        })
    }
}

/// All documents, in the order of their numbers.
///
/// # Errors
/// The store's.
pub fn all(ledger: &Ledger) -> Result<Vec<Issued>, Error> {
    let kinds = [Kind::Document, Kind::Print, Kind::Void, Kind::SlipErased];
    // As they stand: a number that was issued is taken out of force by an entry of its own, never by a correction.
    Ok(fold(&ledger.of_kinds(&kinds)?))
}

/// The document of a number.
///
/// # Errors
/// The store's.
pub fn find(ledger: &Ledger, number: &str) -> Result<Option<Issued>, Error> {
    Ok(fold(&ledger.history(number)?).into_iter().find(|document| document.number == number))
}

fn fold(entries: &[Entry]) -> Vec<Issued> {
    let mut all: Vec<Issued> = Vec::new();
    for entry in entries.iter().filter(|entry| entry.result == Outcome::Done) {
        if entry.is(Kind::Document) {
            all.extend(Issued::of(entry));
            continue;
        }
        let number = entry.facts.get("number").and_then(Value::as_str);
        let Some(document) = all.iter_mut().find(|document| Some(document.number.as_str()) == number) else { continue };
        if entry.is(Kind::Print) {
            document.prints += 1;
        } else if entry.is(Kind::Void) {
            document.voided.get_or_insert(entry.number);
        } else if entry.is(Kind::SlipErased) {
            document.file_gone.get_or_insert(entry.number);
        }
    }
    all
}

impl Ledger {
    /// The last document's number.
    ///
    /// # Errors
    /// The store's.
    pub fn documents(&self) -> Result<u64, Error> {
        issued(&self.db).map_err(|e| self.of(e))
    }

    /// Appends the entry that issues the `nth` document, while no other program can. `publish` puts its files in their
    /// places once the number is sure to be free, and before the entry stands: an entry without its record would be a number
    /// that says nothing.
    ///
    /// # Errors
    /// [`Error::Overtaken`] when another program took the number meanwhile; the store's; or what `publish` returns.
    pub fn append_document<E: From<Error>>(
        &mut self,
        signer: Option<&SigningKey>,
        nth: u64,
        publish: impl FnOnce() -> Result<(), E>,
        compose: impl FnOnce(u64) -> Entry,
    ) -> Result<Appended, E> {
        let path = self.path.clone();
        let mut failed = None;
        let appended = self.append_if(
            signer,
            |db| {
                if issued(db).map_err(|e| Error::of(&path, e))? + 1 != nth {
                    return Err(Error::Overtaken);
                }
                publish().map_err(|e| {
                    failed = Some(e);
                    Error::Overtaken
                })
            },
            compose,
        );
        match failed {
            Some(error) => Err(error),
            None => Ok(appended?),
        }
    }
}

/// The last number: those that stand here, and those that a restored copy no longer knows but this computer does, so that
/// none is ever issued twice. A refusal takes no number.
fn issued(db: &Connection) -> rusqlite::Result<u64> {
    let text = "SELECT coalesce(sum(CASE kind
          WHEN 'document' THEN 1
          ELSE coalesce(body ->> '$.facts.documents_lost', 0) END), 0)
        FROM entries WHERE kind IN ('document', 'restore') AND body ->> '$.result' = 'done'";
    db.prepare_cached(text)?.query_row([], |row| row.get::<_, i64>(0)).map(i64::unsigned_abs)
}
