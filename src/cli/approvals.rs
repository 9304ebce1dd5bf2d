//! Decisions that come before work, as the commands ask for them.

use chrono::{DateTime, FixedOffset};

use super::context::Context;
use super::desk::{Desk, Trace};
use super::failure::Failure;
use super::{said, when, words};
use crate::case::Approval;
use crate::ledger::SubjectType;
use crate::life::{InForce, Life, Piece, approval};
use crate::t;
use crate::term::show;

/// The decision for some work on some things. Where the case asks for one, one in force that was recorded; else what was said,
/// if anything was: a number that nobody recorded is taken as said, and is nobody's decision.
pub fn asked(
    context: &Context,
    desk: &Desk,
    life: &Life,
    purpose: Approval,
    said: Option<&str>,
    things: &[String],
) -> Result<Option<InForce>, Failure> {
    let needed = desk.settings.rules.approval.contains(&purpose);
    needed_or_said(context, life, purpose, said, things, needed)
}

/// The same for a piece: a decision may name its number or the bundles on it.
pub fn asked_for(
    context: &Context,
    desk: &Desk,
    life: &Life,
    purpose: Approval,
    said: Option<&str>,
    piece: &Piece,
) -> Result<Option<InForce>, Failure> {
    let by_number = asked(context, desk, life, purpose, said, std::slice::from_ref(&piece.id));
    match by_number {
        Ok(Some(found)) => Ok(Some(found)),
        _ if !piece.bundles.is_empty() => asked(context, desk, life, purpose, said, &piece.bundles).or(by_number),
        other => other,
    }
}

/// The same for what always needs one: a subcontractor.
pub fn needed(
    context: &Context,
    life: &Life,
    purpose: Approval,
    said: Option<&str>,
    things: &[String],
) -> Result<InForce, Failure> {
    let found = needed_or_said(context, life, purpose, said, things, true)?;
    found.ok_or_else(|| words::no_approval(purpose, &approval::NoApproval::None))
}

fn needed_or_said(
    context: &Context,
    life: &Life,
    purpose: Approval,
    told: Option<&str>,
    things: &[String],
    needed: bool,
) -> Result<Option<InForce>, Failure> {
    let told = told.map(said::text).transpose()?;
    let found = approval::find(&life.decisions, purpose, told.as_deref(), things, when::today());
    match (found, told) {
        (Ok(found), told) => {
            if told.is_none() {
                context.note(&t!("approval-taken", number = show::name(&found.number), by = show::name(&found.by)));
            }
            Ok(Some(found))
        }
        (Err(why), _) if needed => Err(words::no_approval(purpose, &why)),
        (Err(why @ (approval::NoApproval::Revoked { .. } | approval::NoApproval::Over { .. })), Some(_)) => {
            Err(words::no_approval(purpose, &why))
        }
        (Err(_), _) => Ok(None),
    }
}

/// Names it in the entry.
pub fn about(trace: &Trace, found: Option<&InForce>) {
    if let Some(found) = found {
        trace.about(SubjectType::Approval, found.number.clone());
    }
}

/// Refuses work that is stated to have been before its decision.
pub fn before_work(purpose: Approval, found: Option<&InForce>, at: DateTime<FixedOffset>) -> Result<(), Failure> {
    match found.filter(|found| at.date_naive() < found.date) {
        Some(found) => {
            let why = approval::NoApproval::Later { number: found.number.clone(), date: found.date };
            Err(words::no_approval(purpose, &why))
        }
        None => Ok(()),
    }
}
