//! How long it takes to say one's version: what every command costs before it does anything.

use std::io;

use crate::Settings;
use crate::cases::OURS;
use crate::run::{Half, median, pairs, there};
use crate::table::Table;

/// Pairs; each takes milliseconds.
const PAIRS: usize = 101;

/// Runs the row.
pub fn run(settings: &Settings, table: &mut Table) -> io::Result<()> {
    let case = "start-up: --version";
    if !settings.wants(case) {
        return Ok(());
    }
    if !there("rage") {
        table.missing(case, "rage");
        return Ok(());
    }
    let took = pairs(&Half::of([OURS, "--version"]), &Half::of(["rage", "--version"]), PAIRS)?;
    let (ours, theirs) = (median(took.iter().map(|p| p.0.wall)), median(took.iter().map(|p| p.1.wall)));
    let pairs = format!("{:.2}", median(took.iter().map(|(ours, theirs)| theirs.wall / ours.wall)));
    let milliseconds = |seconds: f64| format!("{:.2} ms", seconds * 1e3);
    let (ratio, demanded) = (theirs / ours, Some(1.0 / 1.5));
    table.row(case, milliseconds(ours), format!("rage {}", milliseconds(theirs)), ratio, pairs, demanded);
    Ok(())
}
