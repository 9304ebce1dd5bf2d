//! The command line: one file per command. Reads arguments, calls the rooms, reports.

mod approvals;
mod approve;
mod args;
mod case;
mod certificate;
mod compare;
mod completions;
mod conformity;
mod context;
mod contract;
mod counted;
mod desk;
mod destroy;
mod equipment;
mod erase;
mod failure;
mod find;
mod form;
mod give_back;
mod handover;
mod incident;
mod init;
mod inspection;
mod kept;
mod key;
mod label;
mod ledger;
mod leftovers;
mod list;
mod manual;
mod medium;
mod mishap;
mod open;
mod opened;
mod pack;
mod paper;
mod papers;
mod person;
mod photo;
mod pieces;
mod place;
mod print;
mod receive;
mod reconcile;
mod report;
mod said;
mod secret;
mod signer;
mod slip;
mod slips;
mod staff;
mod status;
mod subcontractor;
mod takeout;
mod things;
mod usage;
mod verify;
mod voided;
mod when;
mod witness;
mod words;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::FromArgMatches;

use args::{Cli, Command};
use context::Context;
use failure::Failure;

use crate::erase::os;
use crate::term::{interrupt, language};

/// Runs the program.
pub fn run(args: impl Iterator<Item = OsString>) -> ExitCode {
    harden();
    let args: Vec<OsString> = args.collect();
    language::choose(args::language_in(&args).unwrap_or_else(language::from_locale));
    let json = args.iter().any(|a| a == "--json");
    let cli = match args::command().try_get_matches_from(&args).and_then(|m| Cli::from_arg_matches(&m)) {
        Ok(cli) => cli,
        Err(error) => return usage::report(&error, json),
    };
    interrupt::watch();
    let context = Context::new(&cli.global);
    match dispatch(&context, &cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => context.fail(&failure),
    }
}

fn dispatch(context: &Context, command: &Command) -> Result<(), Failure> {
    if let Command::Incident(command) = command {
        incident::first(context, command);
    }
    // A shell that starts asks for its completions: nobody is there to answer a question.
    if !matches!(command, Command::Leftovers(_) | Command::Completions(_) | Command::Man(_)) {
        leftovers::remind(context);
    }
    match command {
        Command::Pack(args) => pack::run(context, args),
        Command::Verify(args) => verify::run(context, args),
        Command::List(args) => list::run(context, args),
        Command::Open(args) => open::run(context, args),
        Command::Erase(args) => erase::run(context, args),
        Command::Certificate(command) => certificate::run(context, command),
        Command::Find(args) => find::run(context, args),
        Command::Leftovers(args) => leftovers::run(context, args),
        Command::Init(args) => init::run(context, args),
        Command::Staff(command) => staff::run(context, command),
        Command::Contract(command) => contract::run(context, command),
        Command::Ledger(command) => ledger::run(context, command),
        Command::Case(command) => case::run(context, command),
        Command::Key(command) => key::run(context, command),
        Command::Medium(command) => medium::run(context, command),
        Command::Equipment(command) => equipment::run(context, command),
        Command::Place(command) => equipment::place(context, command),
        Command::Handover(args) => handover::run(context, args),
        Command::Receive(args) => receive::run(context, args),
        Command::Incident(command) => incident::run(context, command),
        Command::Subcontractor(command) => subcontractor::run(context, command),
        Command::Inspection(command) => inspection::run(context, command),
        Command::Report(command) => report::run(context, command),
        Command::Reconcile(args) => reconcile::run(context, args),
        Command::Status(args) => status::run(context, args),
        Command::Print(args) => print::run(context, args),
        Command::Void(args) => print::void(context, args),
        Command::Slip(command) => slips::run(context, command),
        Command::Form(command) => form::run(context, command),
        Command::Approve(args) => approve::run(context, args),
        Command::Takeout(args) => takeout::run(context, args),
        Command::Return(args) if args.to_city => give_back::run(context, args),
        Command::Return(args) => takeout::bring_back(context, args),
        Command::Witness(args) => witness::run(context, args),
        Command::Destroy(args) => destroy::run(context, args),
        Command::Completions(args) => {
            completions::run(context, args);
            Ok(())
        }
        Command::Man(args) => manual::run(context, args),
    }
}

/// Before any secret is read: no core dump may hold it, and no panic message may print it.
fn harden() {
    let _ = os::disable_core_dumps();
    std::panic::set_hook(Box::new(|info| {
        // Attack: a panic whose text carries what was being worked on. The place alone is told.
        let place = info.location().map(|l| format!("{}:{}", l.file(), l.line())).unwrap_or_default();
        eprintln!("tewatashi: 内部エラー / internal error ({place})");
    }));
}
