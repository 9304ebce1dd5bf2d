//! The arguments of the commands about documents.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::medium::{MishapArgs, RecoveredArgs};
use crate::t;

/// `slip …`
#[derive(Debug, Subcommand)]
pub enum SlipCommand {
    /// Files of slips that still lie about.
    #[command(about = t!("about-slip-list"))]
    List,
    /// One is lost.
    #[command(about = t!("about-slip-lost"))]
    Lost(MishapArgs),
    /// One is back.
    #[command(about = t!("about-slip-recovered"))]
    Recovered(RecoveredArgs),
    /// Erase one.
    #[command(about = t!("about-slip-erase"))]
    Erase {
        /// Its number.
        #[arg(value_name = "NUMBER", help = t!("arg-document"))]
        number: String,
    },
}

/// `print`
#[derive(Debug, Args)]
pub struct PrintArgs {
    /// Which; a bundle for what was not issued for it.
    #[arg(value_name = "NUMBER|TW-…", required_unless_present = "all", help = t!("arg-print"))]
    pub number: Option<String>,
    /// Only list them.
    #[arg(long = "list", help = t!("arg-print-list"))]
    pub all: bool,
    /// Another template.
    #[arg(long, value_name = "FILE.typ", help = t!("arg-print-form"))]
    pub form: Option<PathBuf>,
    /// Where the page goes.
    #[arg(long, value_name = "FILE.pdf", help = t!("arg-print-out"))]
    pub out: Option<PathBuf>,
}

/// `void`
#[derive(Debug, Args)]
pub struct VoidArgs {
    /// Which.
    #[arg(value_name = "NUMBER", help = t!("arg-document"))]
    pub number: String,
    /// Why.
    #[arg(long, value_name = "TEXT", help = t!("arg-void-reason"))]
    pub reason: String,
}
