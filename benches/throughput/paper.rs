//! Paper: how long a page takes, and whether a long annex costs more for each row than a short one.

use std::time::Instant;

use serde_json::{Value, json};
use tewatashi::paper::{Form, Job, Press, Record, sample};

use crate::Settings;
use crate::run::median;
use crate::table::Table;

type Fault = Box<dyn std::error::Error>;

/// Rows of the long annex, and of the short one.
const LONG: usize = 10_000;
const SHORT: usize = 1_000;
/// Ten times the rows may take so many times as long.
const MOST: f64 = 12.0;

/// Runs the rows that are wanted.
pub fn run(settings: &Settings, table: &mut Table) -> Result<(), Fault> {
    let annex = "paper annex, 10,000 rows beside 1,000";
    if !settings.wants(annex) {
        return Ok(());
    }
    let press = Press::new(Vec::new(), None);
    let small = sample(Form::Transfer);
    let begin = Instant::now();
    press.set(&Job::of(&small))?;
    let first = begin.elapsed().as_secs_f64();
    let (long, short) = (listed(LONG), listed(SHORT));
    let (mut pages, mut bytes) = (0, 0);
    let mut took = Vec::new();
    // In turn, so that a slow moment of the machine hits both; the first round warms up.
    for round in 0..=settings.pairs {
        let (ours, page) = timed(&press, &long)?;
        let (theirs, _) = timed(&press, &short)?;
        let (one, _) = timed(&press, &small)?;
        (pages, bytes) = (page.pages, page.pdf.len());
        if round > 0 {
            took.push((ours, theirs, one));
        }
    }
    let ratio = median(took.iter().map(|(ours, theirs, _)| ours / theirs));
    table.bound(annex, ratio, MOST, "times");
    let each = |pick: fn(&(f64, f64, f64)) -> f64| median(took.iter().map(pick));
    let (long, short, one) = (each(|t| t.0), each(|t| t.1), each(|t| t.2));
    table.note(format!(
        "paper, once fonts are loaded: a small form {:.0} ms (the first, with its fonts, {:.0} ms); an annex of {SHORT} rows \
         {:.0} ms, of {LONG} rows {:.0} ms ({pages} pages, {:.1} MB)",
        one * 1e3,
        first * 1e3,
        short * 1e3,
        long * 1e3,
        bytes as f64 / 1e6
    ));
    Ok(())
}

fn timed(press: &Press, record: &Record) -> Result<(f64, tewatashi::paper::Page), Fault> {
    let begin = Instant::now();
    let page = press.set(&Job::of(record))?;
    Ok((begin.elapsed().as_secs_f64(), page))
}

/// What the erasure of so many files says.
fn listed(rows: usize) -> Record {
    let mut record = sample(Form::Erasure);
    let items = (0..rows).map(|row| {
        let digest = tewatashi::digest::hex(&[u8::try_from(row % 251).unwrap_or_default(); 32]);
        json!({
            "path": format!("D:/受託作業/20261121/発送/第{}便/納入通知書対象者_{row:06}.csv", row / 100),
            "size": { "count": 1000 + row }, "fingerprint": digest, "result": "erased",
        })
    });
    let items: Vec<Value> = items.collect();
    let total = json!({ "count": rows });
    record.fields.insert("annex".to_owned(), json!({ "items": items, "total": total, "erased": total }));
    record
}
