//! `tewatashi report audit` and `report inspect`: what the ledger shows that should not be.

use crate::cli::args::AuditArgs;
use crate::cli::context::Context;
use crate::cli::failure::Failure;

pub fn run(_: &Context, _: &AuditArgs) -> Result<(), Failure> {
    Ok(())
}
