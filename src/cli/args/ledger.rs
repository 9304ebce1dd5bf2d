//! Arguments of `ledger`.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand};

use super::case::day;
use crate::calendar::FiscalYear;
use crate::t;

/// `ledger`
#[derive(Debug, Subcommand)]
pub enum LedgerCommand {
    /// Show the entries.
    #[command(about = t!("about-ledger-list"))]
    List(ListArgs),
    /// Show one entry whole.
    #[command(about = t!("about-ledger-show"))]
    Show {
        /// Its number.
        #[arg(value_name = "N", help = t!("arg-entry"))]
        number: u64,
    },
    /// The whole life of a thing or a person.
    #[command(about = t!("about-ledger-history"))]
    History {
        /// Its number or name.
        #[arg(value_name = "ID|NAME", help = t!("arg-history"))]
        of: String,
    },
    /// Correct an entry by a new one.
    #[command(about = t!("about-ledger-correct"))]
    Correct {
        /// Which.
        #[arg(value_name = "N", help = t!("arg-entry"))]
        number: u64,
        /// Why.
        #[arg(long, value_name = "TEXT", help = t!("arg-reason"))]
        reason: String,
        /// What is right.
        #[arg(long = "set", value_name = "NAME=VALUE", help = t!("arg-correct-set"))]
        set: Vec<String>,
    },
    /// Write the register for people.
    #[command(about = t!("about-ledger-export"))]
    Export(ExportArgs),
    /// Recompute everything.
    #[command(about = t!("about-ledger-verify"))]
    Verify {
        /// Another ledger, an archive, or a file from another ledger.
        #[arg(value_name = "FILE", help = t!("arg-ledger-file"))]
        file: Option<PathBuf>,
        /// The short code from a paper.
        #[arg(long, value_name = "CODE", help = t!("arg-code"))]
        code: Option<String>,
        /// Every signature, and everything derived.
        #[arg(long, help = t!("arg-full"))]
        full: bool,
    },
    /// Write the signed head.
    #[command(about = t!("about-ledger-checkpoint"))]
    Checkpoint {
        /// The file; its signature goes beside it.
        #[arg(value_name = "FILE", help = t!("arg-checkpoint-file"))]
        file: PathBuf,
    },
    /// Write entries for another ledger.
    #[command(about = t!("about-ledger-send"))]
    Send {
        /// The file.
        #[arg(value_name = "FILE", help = t!("arg-send-file"))]
        file: PathBuf,
        /// Only from this entry on.
        #[arg(long, value_name = "N", default_value_t = 1, hide_default_value = true, help = t!("arg-send-from"))]
        from: u64,
    },
    /// Take in entries of another ledger.
    #[command(about = t!("about-ledger-receive"))]
    Receive {
        /// The file.
        #[arg(value_name = "FILE", help = t!("arg-receive-file"))]
        file: PathBuf,
    },
    /// Seal the ledger at the end of its retention.
    #[command(about = t!("about-ledger-archive"))]
    Archive {
        /// The file.
        #[arg(value_name = "FILE", help = t!("arg-archive-file"))]
        file: PathBuf,
    },
}

/// `ledger list`
#[derive(Debug, Args)]
pub struct ListArgs {
    /// From this day.
    #[arg(long, value_name = "DATE", value_parser = day, help = t!("arg-list-from"))]
    pub from: Option<NaiveDate>,
    /// To this day.
    #[arg(long, value_name = "DATE", value_parser = day, help = t!("arg-list-to"))]
    pub to: Option<NaiveDate>,
    /// Of this kind.
    #[arg(long, value_name = "KIND", help = t!("arg-list-kind"))]
    pub kind: Option<String>,
    /// By or about this person.
    #[arg(long, value_name = "NAME", help = t!("arg-list-person"))]
    pub person: Option<String>,
    /// About this bundle.
    #[arg(long, value_name = "ID", help = t!("arg-list-bundle"))]
    pub bundle: Option<String>,
    /// Also the beginnings of work that ended.
    #[arg(long, help = t!("arg-list-all"))]
    pub all: bool,
}

/// `ledger export`: `--json FILE` is the third form, by the flag that every command has.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// A workbook.
    #[arg(long, conflicts_with = "csv", help = t!("arg-xlsx"))]
    pub xlsx: bool,
    /// Plain rows.
    #[arg(long, help = t!("arg-csv"))]
    pub csv: bool,
    /// The file.
    #[arg(value_name = "FILE", help = t!("arg-export-file"))]
    pub file: PathBuf,
    /// Only this fiscal year.
    #[arg(long, value_name = "YEAR", value_parser = fiscal_year, help = t!("arg-year"))]
    pub year: Option<FiscalYear>,
}

fn fiscal_year(text: &str) -> Result<FiscalYear, String> {
    text.parse().map_err(|_| t!("bad-year"))
}
