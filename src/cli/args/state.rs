//! The arguments of `status` and `reconcile`.

use clap::Args;

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
