//! `tewatashi erase`: the end of files, and the certificate of it.

mod free_space;

use super::args::EraseArgs;
use super::context::Context;
use super::failure::Failure;

pub fn run(context: &Context, args: &EraseArgs) -> Result<(), Failure> {
    match &args.free_space {
        Some(folder) => free_space::run(context, args, folder),
        None => Ok(()),
    }
}
