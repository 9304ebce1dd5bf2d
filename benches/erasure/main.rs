//! `make bench-erase`: what an erasure leaves in the raw image, beside the tools of today, and how long it takes.
//!
//! Needs root, loop devices and the tools that are compared. Arguments choose parts (`residue`, `speed`, `memory`) or file
//! systems by a part of their names. Everything lies on a disk: in `TEWATASHI_BENCH_DIR`, else below the build's folder.
#![allow(unsafe_code, reason = "wait4: whole processes are measured from outside")]
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "figures in a table"
)]

mod bare;
mod desk;
mod left;
mod media;
mod memory;
mod speed;

#[path = "../../tests/common/loopfs.rs"]
mod loopfs;
#[path = "../../tests/common/residue.rs"]
mod residue;
#[allow(dead_code, reason = "a part of it is used")]
#[path = "../throughput/run.rs"]
mod run;
#[allow(dead_code, reason = "a part of it is used")]
#[path = "../throughput/table.rs"]
mod table;

use std::path::PathBuf;
use std::process::ExitCode;

use table::Table;

type Fault = Box<dyn std::error::Error>;

/// What decides how a run goes; each has a variable of its own.
struct Settings {
    /// Counted pairs, after one that is not.
    pairs: usize,
    /// Size of the one large file.
    large: u64,
    /// How many small files.
    small: u64,
    /// How many of them for `shred`, whose time is scaled: it needs minutes.
    shredded: u64,
    /// How many files for the row on memory.
    many: u64,
    /// Marked files on each medium.
    marked: u32,
    /// Parts of names; empty for all.
    only: Vec<String>,
}

impl Settings {
    fn read(only: Vec<String>) -> Self {
        let number = |name: &str, otherwise| {
            std::env::var(name).ok().and_then(|text| text.parse().ok()).filter(|&n| n > 0).unwrap_or(otherwise)
        };
        let asked = std::env::var_os("TEWATASHI_BENCH_MEMORY").is_some_and(|v| v == "1");
        Self {
            pairs: usize::try_from(number("TEWATASHI_BENCH_PAIRS", 3)).unwrap_or(3),
            large: number("TEWATASHI_BENCH_MIB", 4096) << 20,
            small: number("TEWATASHI_BENCH_FILES", 10_000),
            shredded: number("TEWATASHI_BENCH_SHREDDED", 500),
            many: if asked { 1_000_000 } else { 200_000 },
            marked: u32::try_from(number("TEWATASHI_BENCH_MARKED", 200)).unwrap_or(200),
            only,
        }
    }

    /// Whether a part, or something in it, was asked for.
    fn wants(&self, part: &str, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|word| part == word || name.contains(word.as_str()))
    }
}

fn main() -> ExitCode {
    let only = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    match bench(&Settings::read(only)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("erasure: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// Runs everything and prints the tables; whether nothing leaked unsaid, nothing was missing and all was met.
fn bench(settings: &Settings) -> Result<bool, Fault> {
    let place =
        std::env::var_os("TEWATASHI_BENCH_DIR").map_or_else(|| env!("CARGO_TARGET_TMPDIR").into(), PathBuf::from);
    // Images are made by what the tests use; a disk is where they lie.
    tempfile::env::override_temp_dir(&place).map_err(|_| "the folder for images was set before")?;
    let silent = left::run(settings)?;
    let mut table = Table::default();
    speed::run(settings, &mut table)?;
    memory::run(settings, &mut table)?;
    table.print();
    Ok(silent && table.good())
}
