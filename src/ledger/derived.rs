//! What is derived from the entries for the sake of speed, against the entries.

use std::collections::BTreeSet;

use rusqlite::params;

use super::entry::{Entry, Kind, Outcome};
use super::error::Error;
use super::finding::{Finding, Verdict};
use super::store::{Ledger, sql};

/// Attack: a line taken out of the index, so that the history of a bundle is shorter than its life. The pages are asked to
/// hold together, and what each entry names must be found under that name, no more and no less.
pub fn check(ledger: &Ledger, verdict: &mut Verdict) -> Result<(), Error> {
    let of = |e| ledger.of(e);
    let pages: String = ledger.db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(of)?;
    if pages != "ok" {
        verdict.find(Finding::Pages);
    }
    let mut there = ledger.db.prepare("SELECT 1 FROM mentions WHERE term = ?1 AND number = ?2").map_err(of)?;
    let mut expected = 0i64;
    ledger.each(1..=u64::MAX, |number, body| {
        let Ok(entry) = serde_json::from_str::<Entry>(body) else { return Ok(()) };
        for term in entry.terms() {
            expected += 1;
            if !there.exists(params![term, sql(number)]).map_err(of)? {
                verdict.find(Finding::Index);
            }
        }
        Ok::<(), Error>(())
    })?;
    received(ledger, verdict)?;
    let found: i64 = ledger.db.query_row("SELECT count(*) FROM mentions", [], |row| row.get(0)).map_err(of)?;
    if found != expected {
        verdict.find(Finding::Index);
    }
    Ok(())
}

/// Which entries of other ledgers are here, against the entries that carry them.
fn received(ledger: &Ledger, verdict: &mut Verdict) -> Result<(), Error> {
    let of = |e| ledger.of(e);
    let carriers = ledger.of_kinds(&[Kind::Received])?;
    let expected: BTreeSet<(String, i64, i64)> = carriers
        .iter()
        .filter(|carrier| carrier.result == Outcome::Done)
        .filter_map(|carrier| {
            let origin = carrier.facts.get("origin")?.as_str()?.to_owned();
            Some((origin, carrier.facts.get("number")?.as_i64()?, sql(carrier.number)))
        })
        .collect();
    if expected.is_empty() && !ledger.has_received().map_err(of)? {
        return Ok(());
    }
    let mut statement = ledger.db.prepare("SELECT origin, number, here FROM received").map_err(of)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).map_err(of)?;
    let found: BTreeSet<_> = rows.collect::<rusqlite::Result<_>>().map_err(of)?;
    if found != expected {
        verdict.find(Finding::Index);
    }
    Ok(())
}
