//! Entries as later corrections leave them.

use std::collections::HashMap;

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

/// The entries of some kinds that hold: a corrected one with its new values, one that was struck without any left out.
///
/// # Errors
/// The store's, or an entry that cannot be read.
pub fn holding(ledger: &Ledger, kinds: &[Kind]) -> Result<Vec<Entry>, Error> {
    let corrections = corrections(ledger)?;
    let entries = ledger.of_kinds(kinds)?.into_iter();
    Ok(entries
        .filter_map(|mut entry| {
            let Some(correction) = corrections.get(&entry.number) else { return Some(entry) };
            let values = correction.facts.get("facts")?.as_object().filter(|values| !values.is_empty())?;
            entry.facts.extend(values.clone());
            Some(entry)
        })
        .collect())
}
