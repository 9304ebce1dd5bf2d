//! `tewatashi report …`: what the city asks for, filled from the ledger.

mod asked;
mod audit;
mod ends;

use super::args::{ReportCommand, SpanArgs};
use super::context::Context;
use super::failure::Failure;
use super::when;
use crate::calendar::Span;
use crate::case::Effective;
use crate::duties::Sheet;
use crate::paper::fields::audit::AuditKind;
use crate::t;

pub fn run(context: &Context, command: &ReportCommand) -> Result<(), Failure> {
    match command {
        ReportCommand::Audit(args) => audit::run(context, args, AuditKind::Audit),
        ReportCommand::Inspect(args) => audit::run(context, args, AuditKind::Inspection),
        ReportCommand::Handling(args) => asked::run(context, args, Sheet::Handling),
        ReportCommand::Compliance(args) => asked::run(context, args, Sheet::Compliance),
        ReportCommand::Erasure => ends::erasure(context),
        ReportCommand::Roster { since } => ends::roster(context, *since),
    }
}

/// The days a report is about: those that were said, else what is usual.
fn span(args: &SpanArgs, usual: Span) -> Result<Span, Failure> {
    let said = Span { from: args.from.unwrap_or(usual.from), until: args.to.unwrap_or(usual.until) };
    let span = args.month.or(args.period).unwrap_or(said);
    let today = when::today();
    if span.from > span.until || span.from > today {
        return Err(Failure::usage("bad_span", t!("err-bad-span"), t!("hint-bad-span")));
    }
    Ok(span)
}

/// Says that a report is about days on which there was no contract: it has nothing to tell of them.
fn outside(context: &Context, span: Span, contract: &Effective) {
    let before = contract.from.is_some_and(|from| span.until < from);
    if before || contract.to.is_some_and(|to| span.from > to) {
        context.warn(&t!("warn-span-outside"));
    }
}
