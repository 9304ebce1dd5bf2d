//! The arguments of `incident …`.

use clap::Subcommand;

use crate::t;

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
