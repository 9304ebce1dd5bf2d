//! Mistakes on the command line, told in the language of this run.

use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::failure::Failure;
use crate::t;
use crate::term::show;

/// Prints help or version as asked, or explains the mistake.
pub fn report(error: &clap::Error, json: bool) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // A closed pipe is no reason to complain about help.
            let _ = error.print();
            return ExitCode::SUCCESS;
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = error.print();
            return ExitCode::from(super::failure::code::USAGE);
        }
        _ => {}
    }
    let failure = Failure::usage("usage", message(error), t!("hint-usage"));
    failure.print(json);
    ExitCode::from(failure.code)
}

fn message(error: &clap::Error) -> String {
    let get = |kind| error.get(kind).map(value).unwrap_or_default();
    let arg = get(ContextKind::InvalidArg);
    let given = show::name(&get(ContextKind::InvalidValue));
    match error.kind() {
        ErrorKind::UnknownArgument => {
            let suggested = get(ContextKind::SuggestedArg);
            if suggested.is_empty() {
                t!("usage-unknown-argument", arg = show::name(&arg))
            } else {
                t!("usage-unknown-argument-like", arg = show::name(&arg), like = suggested)
            }
        }
        ErrorKind::InvalidSubcommand => {
            t!("usage-unknown-command", command = show::name(&get(ContextKind::InvalidSubcommand)))
        }
        ErrorKind::MissingRequiredArgument => t!("usage-missing", arg = arg),
        ErrorKind::MissingSubcommand => t!("usage-no-command"),
        ErrorKind::ArgumentConflict => t!("usage-conflict", arg = arg, other = get(ContextKind::PriorArg)),
        ErrorKind::InvalidValue if given.is_empty() => t!("usage-no-value", arg = arg),
        ErrorKind::InvalidValue => {
            t!("usage-bad-value", arg = arg, value = given, accepted = get(ContextKind::ValidValue))
        }
        ErrorKind::ValueValidation => {
            let reason = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
            t!("usage-bad-value-because", arg = arg, value = given, reason = reason)
        }
        _ => t!("usage-other", text = show::name(error.to_string().lines().next().unwrap_or_default())),
    }
}

fn value(value: &ContextValue) -> String {
    match value {
        ContextValue::String(one) => one.clone(),
        ContextValue::Strings(many) => many.join(", "),
        other => other.to_string(),
    }
}
