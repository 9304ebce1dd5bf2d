//! The arguments of `find`.

use std::path::PathBuf;

use clap::Args;

use super::SecretArgs;
use crate::t;

/// `find`
#[derive(Debug, Args)]
pub struct FindArgs {
    /// The bundle, and where to look; with `--all` only the latter.
    #[arg(required = true, value_name = "BUNDLE|DIR", help = t!("arg-find-targets"))]
    pub targets: Vec<PathBuf>,
    /// Every bundle the case knows.
    #[arg(long, conflicts_with_all = ["passphrase_file", "identity"], help = t!("arg-find-all"))]
    pub all: bool,
    /// The secret.
    #[command(flatten)]
    pub secret: SecretArgs,
}
