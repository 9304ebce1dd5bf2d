//! Appending on the condition that nothing moved since a decision was made.
//!
//! Attack, or two clerks at two desks: both see a medium here, and both hand it over. What may come next is judged from the
//! entries of a moment; the entry is written only if no other step came between, and that is asked under the ledger's lock.

use rusqlite::Connection;

use super::entry::{Entry, Kind};
use super::error::Error;
use super::store::{Appended, Ledger, sql};
use crate::sign::SigningKey;

impl Ledger {
    /// Appends an entry unless one that moves things came after this number.
    ///
    /// # Errors
    /// [`Error::Overtaken`] when one did; the store's.
    pub fn append_unmoved(
        &mut self,
        signer: Option<&SigningKey>,
        seen: u64,
        compose: impl FnOnce(u64) -> Entry,
    ) -> Result<Appended, Error> {
        let path = self.path.clone();
        let still = move |db: &Connection| match moved(db, seen) {
            Ok(false) => Ok(()),
            Ok(true) => Err(Error::Overtaken),
            Err(error) => Err(Error::of(&path, error)),
        };
        self.append_if(signer, still, compose)
    }
}

fn moved(db: &Connection, seen: u64) -> rusqlite::Result<bool> {
    let mut kinds = db.prepare_cached("SELECT kind FROM entries WHERE number > ?1 AND body ->> '$.result' = 'done'")?;
    let kinds = kinds.query_map([sql(seen)], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(kinds.iter().any(|kind| Kind::parse(kind).is_some_and(Kind::moves_things)))
}
