//! `tewatashi ledger export`: the 管理簿 for people.

use super::super::args::ExportArgs;
use super::super::context::Context;
use super::super::failure::Failure;

pub fn run(_context: &Context, _args: &ExportArgs) -> Result<(), Failure> {
    unimplemented!()
}
