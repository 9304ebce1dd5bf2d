//! `tewatashi incident …`: whom to call first; then what happened, what became known since, and that it is settled. Whether a
//! report to anybody is due is never decided here.

mod close;
mod first;
mod list;
mod new;
mod said;
mod show;
mod things;
mod update;

use super::args::IncidentCommand;
use super::context::Context;
use super::failure::Failure;

/// Before anything is asked or printed: whom to report to.
pub fn first(context: &Context, command: &IncidentCommand) {
    if matches!(command, IncidentCommand::New(_)) {
        first::tell(context);
    }
}

pub fn run(context: &Context, command: &IncidentCommand) -> Result<(), Failure> {
    match command {
        IncidentCommand::New(said) => new::run(context, said),
        IncidentCommand::Update(args) => update::run(context, args),
        IncidentCommand::Show { entry } => show::run(context, *entry),
        IncidentCommand::List { all } => list::run(context, *all),
        IncidentCommand::Close { entry, reason } => close::run(context, *entry, reason),
    }
}
