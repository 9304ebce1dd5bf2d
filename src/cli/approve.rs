//! `tewatashi approve`: decisions (決裁・承認) that come before work: asked for on paper, recorded, taken back.

mod request;

use serde_json::{Value, json};

use super::args::ApproveArgs;
use super::context::Context;
use super::desk::{Desk, Shelf, Trace, recorded};
use super::failure::Failure;
use super::{said, things, when, words};
use crate::bundle::BundleId;
use crate::case::{Approval, Found};
use crate::era;
use crate::ledger::{Kind, SubjectType, corrected, documents};
use crate::life::approval::Decision;
use crate::life::facts::{Approved, Revoked, Told, What};
use crate::life::{KINDS, Life, NoApproval};
use crate::t;
use crate::term::out::out;
use crate::term::show;

pub fn run(context: &Context, args: &ApproveArgs) -> Result<(), Failure> {
    if args.list {
        return list(context, args.purpose.map(Approval::from));
    }
    let Some(purpose) = args.purpose.map(Approval::from) else { return Err(incomplete()) };
    if let Some(number) = &args.revoke {
        return revoke(context, purpose, number, args.reason.as_deref().unwrap_or_default());
    }
    match (&args.number, args.request.as_deref()) {
        (None, Some("")) => request::run(context, args, purpose),
        (Some(number), answered) => record(context, args, purpose, number, answered),
        (None, _) => Err(incomplete()),
    }
}

fn incomplete() -> Failure {
    Failure::usage("approval_incomplete", t!("err-approval-incomplete"), t!("hint-approval-incomplete"))
}

/// Attack: the number of who does the work, typed as who decides: no audit would know them again. A number is the name it stands for.
fn approver(desk: &Desk, said: &str) -> Result<String, Failure> {
    let said = said::text(said)?;
    let roster = desk.roster()?;
    match roster.find(&said, when::today()) {
        Found::One(person) => Ok(person.name.clone()),
        _ => Ok(said),
    }
}

fn record(
    context: &Context,
    args: &ApproveArgs,
    purpose: Approval,
    number: &str,
    answered: Option<&str>,
) -> Result<(), Failure> {
    let (Some(date), Some(by)) = (args.date, args.by.as_deref()) else { return Err(incomplete()) };
    if purpose == Approval::Subcontract && args.thing.is_empty() {
        return Err(Failure::usage("approval_no_firm", t!("err-approval-no-firm"), t!("hint-approval-no-firm")));
    }
    let said = recorded(context, Kind::Approve, |desk, trace| {
        let life = desk.life()?;
        let number = said::text(number)?;
        trace.about(SubjectType::Approval, number.clone());
        let date = when::past_day(Some(date))?;
        if let Some(until) = args.until.filter(|until| *until < date) {
            let message = t!("err-until-before", until = era::long(until), date = era::long(date));
            return Err(Failure::usage("until_before", message, t!("hint-until-before")));
        }
        not_there_yet(&life, purpose, &number)?;
        let said = Approved {
            purpose,
            number,
            date,
            by: approver(desk, by)?,
            things: holds_for(context, &life, trace, purpose, &args.thing)?,
            scope: args.scope.as_deref().map(said::text).transpose()?,
            until: args.until,
            request: answered.filter(|text| !text.is_empty()).map(|text| answers(desk, text)).transpose()?,
        };
        if let Some(request) = &said.request {
            trace.about(SubjectType::Document, request.clone());
        }
        trace.facts(said.facts().into());
        Ok(said)
    })?;
    let (number, by) = (show::name(&said.number), show::name(&said.by));
    context.say(&t!(
        "approved",
        purpose = words::approval(purpose),
        number = number,
        date = era::long(said.date),
        by = by
    ));
    if said.until.is_some_and(|until| until < when::today()) {
        context.warn(&t!("warn-approval-over", number = show::name(&said.number)));
    }
    context.result(&json!({ "approval": said.facts() }));
    Ok(())
}

/// Attack, or a slip of the hand: one decision recorded twice, with two scopes.
fn not_there_yet(life: &Life, purpose: Approval, number: &str) -> Result<(), Failure> {
    let same = |decision: &&Decision| decision.said.purpose == purpose && decision.said.number == number;
    let there = life.decisions.iter().filter(same).find(|decision| decision.holds(&[], when::today()).is_ok());
    let Some(there) = there else { return Ok(()) };
    let number = show::name(number);
    let message = t!("err-approval-there", number = number.clone(), entry = there.entry.to_string());
    Err(Failure::refused("approval_there", message, t!("hint-approval-there")).about(number))
}

/// The things it holds for, as later commands will name them. What the ledger does not know yet is kept as it was said.
fn holds_for(
    context: &Context,
    life: &Life,
    trace: &Trace,
    purpose: Approval,
    told: &[String],
) -> Result<Vec<String>, Failure> {
    let mut all: Vec<String> = Vec::new();
    for said in told {
        let said = said::text(said)?;
        for thing in named(context, life, trace, purpose, &said) {
            if !all.contains(&thing) {
                all.push(thing);
            }
        }
    }
    Ok(all)
}

fn named(context: &Context, life: &Life, trace: &Trace, purpose: Approval, said: &str) -> Vec<String> {
    // The name of a firm.
    if purpose == Approval::Subcontract {
        return vec![said.to_owned()];
    }
    // Of data, not of things: a bundle is itself, and a medium stands for what is on it too.
    let of_data = matches!(purpose, Approval::Erasure | Approval::Copy);
    let bundle = things::bundle(said).map(|id| id.to_string()).filter(|id| of_data && life.bundle(id).is_some());
    if let Some(bundle) = bundle {
        trace.about(SubjectType::Bundle, bundle.clone());
        return vec![bundle];
    }
    if let Ok(piece) = things::piece(life, said, None) {
        things::about(trace, piece);
        let data = piece.bundles.iter().filter(|_| of_data && piece.what == What::Media);
        return [&piece.id].into_iter().chain(data).cloned().collect();
    }
    context.warn(&t!("warn-thing-unknown", thing = show::name(said)));
    let number = things::number(said);
    let kind = if BundleId::parse(&number).is_some() { SubjectType::Bundle } else { SubjectType::Medium };
    trace.about(kind, number.clone());
    vec![number]
}

/// The request that was answered.
fn answers(desk: &Desk, said: &str) -> Result<String, Failure> {
    let number = things::number(said).to_uppercase();
    if desk.look(|ledger| documents::find(ledger, &number))?.is_some() {
        return Ok(number);
    }
    let shown = show::name(said);
    Err(Failure::failed("no_document", t!("err-no-document", number = shown.clone()), t!("hint-no-document"))
        .about(shown))
}

fn revoke(context: &Context, purpose: Approval, number: &str, reason: &str) -> Result<(), Failure> {
    let said = recorded(context, Kind::Revoke, |desk, trace| {
        let number = said::text(number)?;
        trace.about(SubjectType::Approval, number.clone());
        let life = desk.life()?;
        let mut of_number =
            life.decisions.iter().rev().filter(|one| one.said.purpose == purpose && one.said.number == number);
        let why = match of_number.clone().find(|one| one.revoked.is_none()) {
            Some(_) => None,
            None => Some(match of_number.next().and_then(|one| one.revoked) {
                Some(entry) => NoApproval::Revoked { number: number.clone(), entry },
                None => NoApproval::Unknown(number.clone()),
            }),
        };
        if let Some(why) = why {
            return Err(words::nothing_to_revoke(purpose, &why));
        }
        let said = Revoked { purpose, number, reason: said::text(reason)? };
        trace.facts(said.facts().into());
        Ok(said)
    })?;
    context.say(&t!("revoked", purpose = words::approval(purpose), number = show::name(&said.number)));
    context.result(&json!({ "revoked": said.facts() }));
    Ok(())
}

fn list(context: &Context, purpose: Option<Approval>) -> Result<(), Failure> {
    let shelf = Shelf::open(context)?;
    let entries = corrected::holding(&shelf.ledger, &KINDS).map_err(|e| words::ledger(&e))?;
    let life = Life::of(&entries);
    let all: Vec<&Decision> =
        life.decisions.iter().filter(|one| purpose.is_none_or(|purpose| one.said.purpose == purpose)).collect();
    if all.is_empty() && !context.json {
        context.say(&t!("approvals-none"));
    }
    for decision in all.iter().filter(|_| !context.json) {
        out(&line(decision));
    }
    context.result(&json!({ "approvals": all.iter().map(|one| json_of(one)).collect::<Vec<_>>() }));
    Ok(())
}

/// In force, over, or revoked.
fn state(decision: &Decision) -> &'static str {
    match decision.holds(&[], when::today()) {
        Ok(()) => "in_force",
        Err(NoApproval::Revoked { .. }) => "revoked",
        Err(_) => "over",
    }
}

fn line(decision: &Decision) -> String {
    let Approved { purpose, number, date, by, things, until, scope, .. } = &decision.said;
    let state = match state(decision) {
        "in_force" => t!("approval-in-force"),
        "revoked" => t!("approval-revoked", entry = decision.revoked.unwrap_or_default().to_string()),
        _ => t!("approval-over"),
    };
    let what = if things.is_empty() { t!("approval-all") } else { show::name(&things.join("・")) };
    let scope = scope.as_deref().map(|scope| format!("（{}）", show::name(scope))).unwrap_or_default();
    let until = until.map(|until| t!("approval-until", until = era::table(until))).unwrap_or_default();
    let cells = [
        &words::approval(*purpose),
        &show::name(number),
        &era::table(*date),
        &show::name(by),
        &state,
        &format!("{what}{scope}{until}"),
    ];
    show::row(&cells.map(String::as_str), &[10, 20, 12, 20, 16])
}

fn json_of(decision: &Decision) -> Value {
    let mut told: Value = decision.said.facts().into();
    told["entry"] = decision.entry.into();
    told["revoked"] = decision.revoked.into();
    told["state"] = state(decision).into();
    told
}
