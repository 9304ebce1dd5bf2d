//! `make bench`: how fast the program packs and opens, beside the tools a desk would use instead.
//!
//! Every row is a set of pairs, ours and the peer's in turn, whole processes against whole processes, all in one
//! session and with every file in memory. A slow moment of the machine hits both halves of a pair, so the ratio says
//! more than either speed. Arguments choose rows by a part of their names. The rows on memory are slow: they run when
//! the argument `memory` or `TEWATASHI_BENCH_MEMORY=1` asks for them.
#![allow(unsafe_code, reason = "wait4 and clock_gettime: whole processes are measured from outside")]
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "figures in a table"
)]

mod audit;
mod cases;
mod child;
mod cost;
mod ledger;
mod memory;
mod paper;
#[path = "../../tests/common/planted.rs"]
mod planted;
mod run;
mod startup;
mod table;
mod workshop;

use std::process::ExitCode;

use table::Table;
use workshop::Workshop;

/// What decides how a run goes; each has a variable of its own.
struct Settings {
    /// Counted pairs, after one that is not.
    pairs: usize,
    /// Size of the one large file.
    large: u64,
    /// How many small files.
    small: u64,
    /// Entries of the long ledger.
    entries: u64,
    /// Parts of names of the rows to run; empty for all.
    only: Vec<String>,
    /// Whether the slow rows on memory are run.
    memory: bool,
}

impl Settings {
    fn read(args: Vec<String>) -> Self {
        let number = |name: &str, otherwise| {
            std::env::var(name).ok().and_then(|text| text.parse().ok()).filter(|&n| n > 0).unwrap_or(otherwise)
        };
        let asked = std::env::var_os("TEWATASHI_BENCH_MEMORY").is_some_and(|v| v == "1");
        Self {
            pairs: usize::try_from(number("TEWATASHI_BENCH_PAIRS", 5)).unwrap_or(5),
            large: number("TEWATASHI_BENCH_MIB", 2048) << 20,
            small: number("TEWATASHI_BENCH_FILES", 20_000),
            entries: number("TEWATASHI_BENCH_ENTRIES", 1_000_000),
            memory: asked || args.iter().any(|arg| arg == "memory"),
            only: args,
        }
    }

    fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|part| name.contains(part.as_str()))
    }
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    if args.first().is_some_and(|arg| arg == "--child") {
        return child::run(&args[1..]);
    }
    match bench(&Settings::read(args)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("throughput: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// Runs everything and prints the table; whether nothing was missing and all was met.
fn bench(settings: &Settings) -> Result<bool, Box<dyn std::error::Error>> {
    let mut table = Table::default();
    let me = std::env::current_exe()?.to_string_lossy().into_owned();
    ledger::run(settings, &me, &mut table)?;
    paper::run(settings, &mut table)?;
    audit::run(settings, &mut table)?;
    // Making the data for rows that nobody wants would take longer than some of the others.
    let without_data = |part: &String| ["ledger", "paper", "audit"].iter().any(|name| part.starts_with(name));
    if settings.only.iter().all(without_data) && !settings.only.is_empty() {
        table.print();
        return Ok(table.good());
    }
    let workshop = Workshop::set_up(settings.large, settings.small)?;
    cases::run(&workshop, settings, &mut table)?;
    startup::run(settings, &mut table)?;
    if settings.memory {
        memory::run(&workshop, &mut table)?;
    }
    table.print();
    Ok(table.good())
}
