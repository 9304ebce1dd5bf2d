//! `tewatashi ledger …`: look into the ledger, correct it, check it, carry it.

mod correct;
mod exchange;
mod export;
mod list;
mod say;
mod show;
mod verify;

pub use export::not_copied;
pub use say::kind_word;
pub use verify::of_case as verified;

use super::args::LedgerCommand;
use super::context::Context;
use super::failure::Failure;

pub fn run(context: &Context, command: &LedgerCommand) -> Result<(), Failure> {
    match command {
        LedgerCommand::List(args) => list::run(context, args),
        LedgerCommand::Show { number } => show::one(context, *number),
        LedgerCommand::History { of } => show::history(context, of),
        LedgerCommand::Correct { number, reason, set } => correct::run(context, *number, reason, set),
        LedgerCommand::Export(args) => export::run(context, args),
        LedgerCommand::Verify { file, code, full } => verify::run(context, file.as_deref(), code.as_deref(), *full),
        LedgerCommand::Checkpoint { file } => exchange::checkpoint(context, file),
        LedgerCommand::Send { file, from } => exchange::send(context, file, *from),
        LedgerCommand::Receive { file } => exchange::receive(context, file),
        LedgerCommand::Archive { file } => exchange::archive(context, file),
    }
}
