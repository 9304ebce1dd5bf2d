//! The audit: four times the entries must take four times as long, however many bundles they are about.

use std::time::Instant;

use serde_json::json;
use tewatashi::audit::{Asked, Auditor};
use tewatashi::calendar::{Span, iso};
use tewatashi::case::{Effective, Settings};
use tewatashi::ledger::{Entry, Kind};

use crate::Settings as Asking;
use crate::planted::{Grower, Sins};
use crate::run::median;
use crate::table::Table;

type Fault = Box<dyn std::error::Error>;

/// Entries of the shorter ledger, and how many times as many the longer one has.
const SHORT: usize = 25_000;
const TIMES: usize = 4;

/// Runs the row, where it is wanted.
pub fn run(settings: &Asking, table: &mut Table) -> Result<(), Fault> {
    let name = "audit";
    if !settings.wants(name) {
        return Ok(());
    }
    let entries = grown(SHORT * TIMES);
    let span = Span::new(iso("2026-04-01").ok_or("a day")?, iso("2199-12-31").ok_or("a day")?).ok_or("a span")?;
    let took = |entries: &[Entry]| {
        let (desk, contract) = (Settings::default(), Effective::default());
        let begin = Instant::now();
        let mut auditor = Auditor::new(Asked { span, today: span.until, contract: &contract, settings: &desk });
        for entry in entries {
            auditor.take(entry, Some(entry));
        }
        std::hint::black_box(auditor.end());
        begin.elapsed().as_secs_f64()
    };
    let short = &entries[..SHORT];
    let pairs: Vec<(f64, f64)> = (0..=settings.pairs).map(|_| (took(&entries), took(short))).skip(1).collect();
    let cell = |pick: fn(&(f64, f64)) -> f64, count: usize| {
        format!("{:.2} µs each", median(pairs.iter().map(pick)) * 1e6 / count as f64)
    };
    // 1 where the time grows as the entries do; a quarter where it grows as their square.
    let ratios = || pairs.iter().map(|(long, short)| short * TIMES as f64 / long);
    let (least, most) = (ratios().fold(f64::MAX, f64::min), ratios().fold(f64::MIN, f64::max));
    let peer = format!("of {SHORT} entries {}", cell(|pair| pair.1, SHORT));
    let ours = cell(|pair| pair.0, entries.len());
    table.row(name, ours, peer, median(ratios()), format!("{least:.2}-{most:.2}"), Some(0.8));
    Ok(())
}

/// A ledger of so many entries: bundle after bundle, made, handed over, back and destroyed.
fn grown(count: usize) -> Vec<Entry> {
    let mut grower = Grower::after(Vec::new(), "2026-04-01T09:00:00+09:00");
    grower.done(Kind::Init, &[], json!({ "origin": "tewatashi/bench", "settings": Settings::default().to_value() }));
    grower.office();
    grower.settings(|settings| settings["rules"]["approval"] = json!(["handover"]));
    let mut n = 0;
    while grower.entries.len() < count {
        grower.life(n, &Sins::default());
        n += 1;
    }
    grower.entries.truncate(count);
    grower.entries
}
