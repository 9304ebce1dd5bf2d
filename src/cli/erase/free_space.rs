//! `tewatashi erase --free-space DIR`

use std::path::Path;

use crate::cli::args::EraseArgs;
use crate::cli::context::Context;
use crate::cli::failure::Failure;

pub fn run(_: &Context, _: &EraseArgs, _: &Path) -> Result<(), Failure> {
    Ok(())
}
