//! Entries as later corrections leave them.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::Value;

use super::entry::{Entry, Kind, Outcome};
use super::error::Error;
use super::store::Ledger;

/// What was corrected, and by which entry; the last correction counts.
///
/// # Errors
/// The store's.
pub fn corrections(ledger: &Ledger) -> Result<HashMap<u64, Entry>, Error> {
    let done = ledger.of_kinds(&[Kind::Correct])?.into_iter().filter(|entry| entry.result == Outcome::Done);
    Ok(done.filter_map(|entry| Some((entry.facts.get("corrects")?.as_u64()?, entry))).collect())
}

/// All corrections, by the entry each is of: for who goes over entries one by one.
#[derive(Debug, Default)]
pub struct Corrections(HashMap<u64, Vec<Entry>>);

impl Corrections {
    /// Those of a ledger.
    ///
    /// # Errors
    /// The store's, or an entry that cannot be read.
    pub fn of(ledger: &Ledger) -> Result<Self, Error> {
        Self::until(ledger, u64::MAX)
    }

    fn until(ledger: &Ledger, last: u64) -> Result<Self, Error> {
        let mut corrections: HashMap<u64, Vec<Entry>> = HashMap::new();
        let done = |entry: &Entry| entry.result == Outcome::Done && entry.number <= last;
        for entry in ledger.of_kinds(&[Kind::Correct])?.into_iter().filter(done) {
            if let Some(corrects) = entry.facts.get("corrects").and_then(Value::as_u64) {
                corrections.entry(corrects).or_default().push(entry);
            }
        }
        Ok(Self(corrections))
    }

    /// An entry as they leave it; none when it was struck without any values instead.
    #[must_use]
    pub fn standing<'e>(&self, entry: &'e Entry) -> Option<Cow<'e, Entry>> {
        if !self.0.contains_key(&entry.number) {
            return Some(Cow::Borrowed(entry));
        }
        as_corrected(entry.clone(), &self.0).map(Cow::Owned)
    }
}

/// The entries of some kinds that hold: a corrected one with its new values, one that was struck without any left out.
///
/// # Errors
/// The store's, or an entry that cannot be read.
pub fn holding(ledger: &Ledger, kinds: &[Kind]) -> Result<Vec<Entry>, Error> {
    held(ledger, kinds, u64::MAX)
}

/// The same as it was when the ledger ended with this entry: what a paper of that time said.
///
/// # Errors
/// As [`holding`].
pub fn held(ledger: &Ledger, kinds: &[Kind], last: u64) -> Result<Vec<Entry>, Error> {
    let Corrections(corrections) = Corrections::until(ledger, last)?;
    let entries = ledger.of_kinds(kinds)?.into_iter().filter(|entry| entry.number <= last);
    Ok(entries.filter_map(|entry| as_corrected(entry, &corrections)).collect())
}

/// One after the other: a later correction adds to the values of an earlier one.
fn as_corrected(mut entry: Entry, corrections: &HashMap<u64, Vec<Entry>>) -> Option<Entry> {
    let mut struck = false;
    for correction in corrections.get(&entry.number).into_iter().flatten() {
        let values = correction.facts.get("facts").and_then(Value::as_object).filter(|values| !values.is_empty());
        struck = values.is_none();
        entry.facts.extend(values.cloned().unwrap_or_default());
    }
    (!struck).then_some(entry)
}
