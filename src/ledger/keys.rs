//! The keys a ledger names: its own, one after another, and those of others that were confirmed from paper.

use super::corrected;
use super::entry::{Entry, Kind, Outcome};
use super::error::Error;
use super::store::Ledger;
use crate::sign;

/// A key of the ledger's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnKey {
    /// The entry that names it.
    pub entry: u64,
    /// When that was.
    pub since: String,
    /// The public key.
    pub line: String,
    /// Its fingerprint.
    pub fingerprint: String,
}

/// Namespace of the signature by which an old key names the new one.
pub const ENDORSEMENT: &str = "record@tewatashi";

/// What an old key says of the new one.
#[must_use]
pub fn endorsement_text(origin: &str, new_key: &str) -> String {
    format!("{origin}\n{}\n", new_key.trim())
}

/// Whether the old key named the new one.
#[must_use]
pub fn endorses(old: &str, origin: &str, new: &str, endorsement: &str) -> bool {
    sign::verify(old, ENDORSEMENT, endorsement_text(origin, new).as_bytes(), endorsement).is_ok()
}

/// All of the ledger's own keys, in order.
///
/// # Errors
/// The store's.
pub fn all(ledger: &Ledger) -> Result<Vec<OwnKey>, Error> {
    let entries = ledger.of_kinds(&[Kind::Init, Kind::KeyRotate])?;
    let first_or_next = |entry: &Entry| !entry.is(Kind::Init) || entry.number == 1;
    let done = entries.into_iter().filter(|entry| entry.result == Outcome::Done && first_or_next(entry));
    let key = |entry: Entry| {
        let line = entry.facts.get("key")?.as_str()?.trim().to_owned();
        let fingerprint = sign::fingerprint_of(&line).ok()?;
        Some(OwnKey { entry: entry.number, since: entry.time, line, fingerprint })
    };
    Ok(done.filter_map(key).collect())
}

/// The key that signs now.
///
/// # Errors
/// The store's.
pub fn current(ledger: &Ledger) -> Result<Option<OwnKey>, Error> {
    Ok(all(ledger)?.pop())
}

/// The public key of a fingerprint, when it is one of the ledger's own.
///
/// # Errors
/// The store's.
pub fn line_of(ledger: &Ledger, fingerprint: &str) -> Result<Option<String>, Error> {
    Ok(all(ledger)?.into_iter().find(|key| key.fingerprint == fingerprint).map(|key| key.line))
}

/// The keys of others that were confirmed from paper: fingerprint and whose. One that was corrected away is none.
///
/// # Errors
/// The store's.
pub fn trusted(ledger: &Ledger) -> Result<Vec<(String, String)>, Error> {
    let entries = corrected::holding(ledger, &[Kind::Trust])?;
    let done = entries.into_iter().filter(|entry| entry.result == Outcome::Done);
    let text = |entry: &Entry, name: &str| entry.facts.get(name).and_then(|v| v.as_str()).map(str::to_owned);
    Ok(done.filter_map(|e| Some((text(&e, "fingerprint")?, text(&e, "whose").unwrap_or_default()))).collect())
}
