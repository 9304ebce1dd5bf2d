//! The arguments of `status` and `reconcile`.

use clap::{Args, Subcommand};

use crate::t;

/// `status`
#[derive(Debug, Args)]
pub struct StatusArgs {
    /// Every trusted case of this computer.
    #[arg(long, conflicts_with = "case", help = t!("arg-status-all"))]
    pub all: bool,
}

/// `reconcile`
#[derive(Debug, Args)]
pub struct ReconcileArgs {
    /// Only this bundle.
    #[arg(value_name = "BUNDLE", help = t!("arg-reconcile-bundle"))]
    pub bundle: Option<String>,
}

/// `incident …`
#[derive(Debug, Subcommand)]
pub enum IncidentCommand {
    /// Those that are open.
    #[command(about = t!("about-incident-list"))]
    List,
    /// One is settled.
    #[command(about = t!("about-incident-close"))]
    Close {
        /// Its entry.
        #[arg(value_name = "N", help = t!("arg-incident"))]
        entry: u64,
        /// Why.
        #[arg(long, value_name = "TEXT", help = t!("arg-incident-reason"))]
        reason: String,
    },
}
