//! `tewatashi takeout` and `tewatashi return`: things that leave their place for a while, and are seen to be back.

use chrono::{DateTime, FixedOffset};
use serde_json::json;

use super::args::{ReturnArgs, TakeoutArgs};
use super::context::Context;
use super::desk::{Desk, Trace, recorded_at};
use super::failure::Failure;
use super::papers::{self, Document, Outing, Papers};
use super::person::{self, Someone};
use super::pieces::{self, ids, not_before_last, parts};
use super::{approvals, said, when};
use crate::case::Approval;
use crate::era;
use crate::ledger::Kind;
use crate::life::approval::Decision;
use crate::life::facts::{Returned, Takeout, Told, What};
use crate::life::{Life, Piece, State, Step};
use crate::t;
use crate::term::show;

pub fn run(context: &Context, args: &TakeoutArgs) -> Result<(), Failure> {
    let desk = Desk::open(context)?;
    let papers = (!args.no_documents).then(|| Papers::new(context, &desk));
    let life = desk.life()?;
    let (said, sheet) = recorded_at(context, &desk, Kind::Takeout, |desk, trace| {
        let (said, sheet) = take_out(context, args, desk, &life, trace)?;
        papers::ready(papers.as_ref(), || Ok(papers::takeout(&life, &sheet)))?;
        trace.facts(said.facts().into());
        Ok((said, sheet))
    })?;
    let entry = desk.last_entry();
    let sheet = Outing { entry, ..sheet };
    let issued = papers::issue(papers.as_ref(), || Ok(papers::takeout(&life, &sheet)));
    let due = era::long_time(&said.due);
    context.say(&t!("taken-out", things = pieces::list(&sheet.pieces), to = show::name(&said.destination), due = due));
    finish(context, issued, json!({ "takeout": said.facts(), "entry": entry }))
}

/// A medium and the slip that opens it in one bag: it is said, for the way out and back is the same risk as a hand-over.
fn together(context: &Context, life: &Life, pieces: &[&Piece], trace: &Trace) {
    let opens = |slip: &Piece| life.bundles_of(slip).any(|bundle| pieces.iter().any(|other| other.id == bundle.medium));
    if pieces.iter().any(|piece| piece.what == What::Slip && opens(piece)) {
        context.warn(&t!("warn-pair-together"));
        trace.fact("pair_together", true);
    }
}

/// What is said, checked.
fn take_out<'l>(
    context: &Context,
    args: &TakeoutArgs,
    desk: &Desk,
    life: &'l Life,
    trace: &Trace,
) -> Result<(Takeout, Outing<'l>), Failure> {
    let pieces = pieces::all_ready(life, &args.things, Step::Takeout)?;
    pieces::about(trace, &pieces);
    for piece in pieces.iter().filter(|piece| piece.what == What::Media) {
        super::medium::permitted(context, desk, life, &piece.id)?;
    }
    let (at, due) = (when::stated(args.at.as_deref())?, when::due(&args.due)?);
    if due <= at {
        let (due, at) = (era::long_time(&due), era::long_time(&at));
        let message = t!("err-due-before", due = due, at = at);
        return Err(Failure::usage("due_before", message, t!("hint-due-before")));
    }
    not_before_last(&pieces, at)?;
    let by = person::doer(context, desk, args.by.as_deref())?;
    let told = args.approval.as_deref();
    let found = approvals::asked(context, desk, life, Approval::Takeout, told, &ids(&pieces))?;
    approvals::about(trace, found.as_ref());
    approvals::before_work(Approval::Takeout, found.as_ref(), at)?;
    together(context, life, &pieces, trace);
    let said = Takeout {
        approval: found.as_ref().map(|found| found.number.clone()).or(told.map(said::text).transpose()?),
        approved_by: found.as_ref().map(|found| found.by.clone()),
        reason: said::text(&args.reason)?,
        destination: said::text(&args.destination)?,
        at,
        due,
        carry: said::texts(&args.carry)?,
        by: by.name,
        pieces: parts(&pieces),
    };
    let contents = args.contents.as_deref().map(said::text).transpose()?;
    let approval = papers::approval(found.as_ref(), said.approval.as_deref());
    let sheet = Outing { entry: 0, pieces, said: said.clone(), contents, by: by.printed, approval, back: None };
    Ok((said, sheet))
}

/// Tells what came of it, as every command of this kind does: the work stands, with or without its paper.
pub fn finish(
    context: &Context,
    issued: Result<Option<Document>, Failure>,
    mut told: serde_json::Value,
) -> Result<(), Failure> {
    let document = issued.as_ref().ok().and_then(Option::as_ref);
    papers::tell(context, document);
    told["documents"] = document.iter().map(|document| document.json()).collect();
    told["documents_missing"] = issued.is_err().into();
    context.result(&told);
    issued.map(drop).map_err(papers::sheet_missing)
}

/// `return`
pub fn bring_back(context: &Context, args: &ReturnArgs) -> Result<(), Failure> {
    let desk = Desk::open(context)?;
    let papers = (!args.no_documents).then(|| Papers::new(context, &desk));
    let life = desk.life()?;
    let (said, sheet, due) = recorded_at(context, &desk, Kind::Return, |desk, trace| {
        let (said, sheet, due) = come_back(context, args, desk, &life, trace)?;
        papers::ready(papers.as_ref(), || Ok(papers::takeout(&life, &sheet)))?;
        trace.facts(said.facts().into());
        Ok((said, sheet, due))
    })?;
    let entry = desk.last_entry();
    let sheet = Outing { entry, ..sheet };
    let issued = papers::issue(papers.as_ref(), || Ok(papers::takeout(&life, &sheet)));
    let place = show::name(&said.place);
    context.say(&t!(
        "brought-back",
        things = pieces::list(&sheet.pieces),
        place = place,
        name = show::name(&said.confirmed_by)
    ));
    let overdue = said.at > due;
    if overdue {
        context.warn(&t!("warn-late-back", due = era::long_time(&due), at = era::long_time(&said.at)));
    }
    finish(context, issued, json!({ "return": said.facts(), "entry": entry, "overdue": overdue }))
}

type Back<'l> = (Returned, Outing<'l>, DateTime<FixedOffset>);

fn come_back<'l>(
    context: &Context,
    args: &ReturnArgs,
    desk: &Desk,
    life: &'l Life,
    trace: &Trace,
) -> Result<Back<'l>, Failure> {
    let pieces = pieces::all_ready(life, &args.things, Step::Return)?;
    pieces::about(trace, &pieces);
    let takeout = one_takeout(&pieces)?;
    let out = said_then(desk, takeout)?;
    let at = when::stated(args.at.as_deref())?;
    not_before_last(&pieces, at)?;
    let by = match args.by.as_deref() {
        Some(by) => person::doer(context, desk, Some(by))?.name,
        None => out.by.clone(),
    };
    let confirmer = confirmer(context, args, desk, &[&out.by, &by])?;
    let said = Returned {
        takeout,
        at,
        by,
        confirmed_by: confirmer.name,
        place: place(context, life, args.place.as_deref().unwrap_or_default())?,
        abnormal: args.abnormal.as_deref().map(said::text).transpose()?,
        pieces: parts(&pieces),
    };
    let left: Vec<String> = life
        .pieces
        .iter()
        .filter(|piece| matches!(&piece.state, State::Out(out) if out.seen.entry == takeout))
        .filter(|piece| !pieces.iter().any(|back| std::ptr::eq(*back, *piece)))
        .map(|piece| piece.name_of().to_owned())
        .collect();
    let back = papers::Back {
        said: said.clone(),
        confirmer: confirmer.printed,
        sheet: papers::issued_with(desk, takeout)?,
        left,
    };
    let due = out.due;
    let approval = approval_then(life, &out);
    let by = papers::known_person(desk, &out.by)?;
    let sheet = Outing { entry: 0, pieces, said: out, contents: None, by, approval, back: Some(back) };
    Ok((said, sheet, due))
}

/// The decision as it stood on the sheet of the way out.
fn approval_then(life: &Life, out: &Takeout) -> Option<crate::paper::fields::Approval> {
    let number = out.approval.as_deref()?;
    let of = |decision: &&Decision| decision.said.purpose == Approval::Takeout && decision.said.number == number;
    let found = life.decisions.iter().rev().find(of).map(Decision::in_force);
    papers::approval(found.as_ref(), Some(number))
}

/// The take-out that all of them are out with.
fn one_takeout(pieces: &[&Piece]) -> Result<u64, Failure> {
    let mut entries: Vec<u64> = pieces
        .iter()
        .filter_map(|piece| match &piece.state {
            State::Out(out) => Some(out.seen.entry),
            _ => None,
        })
        .collect();
    entries.sort_unstable();
    entries.dedup();
    match entries.as_slice() {
        [one] => Ok(*one),
        several => {
            let numbers: Vec<String> = several.iter().map(u64::to_string).collect();
            let message = t!("err-several-takeouts", entries = numbers.join("・"));
            Err(Failure::usage("several_takeouts", message, t!("hint-several-takeouts")))
        }
    }
}

/// What the entry of the take-out says, as corrections leave it.
fn said_then(desk: &Desk, entry: u64) -> Result<Takeout, Failure> {
    let all = desk.look(|ledger| crate::ledger::corrected::holding(ledger, &[Kind::Takeout]))?;
    let found = all.iter().find(|one| one.number == entry).and_then(Takeout::of);
    found.ok_or_else(|| {
        let message = t!("err-entry-unreadable", entry = entry.to_string());
        Failure::failed("no_entry", message, t!("hint-entry-unreadable"))
    })
}

/// Who sees that it is back. Attack: whoever took it out says that all of it is back and nothing is wrong.
fn confirmer(context: &Context, args: &ReturnArgs, desk: &Desk, not: &[&String]) -> Result<Someone, Failure> {
    let confirmer = person::doer(context, desk, args.confirmed_by.as_deref())?;
    if not.iter().any(|name| person::same(name, &confirmer.name)) {
        let message = t!("err-same-person-confirms", name = show::name(&confirmer.name));
        return Err(Failure::refused("same_person_confirms", message, t!("hint-same-person-confirms")));
    }
    Ok(confirmer)
}

/// Where things are kept. Where the case lists such places, only one of them will do.
fn place(context: &Context, life: &Life, told: &str) -> Result<String, Failure> {
    let told = said::text(told)?;
    let known: Vec<String> = life.places.iter().filter(|place| place.keep).map(|place| place.name.clone()).collect();
    if known.contains(&told) {
        return Ok(told);
    }
    let shown = show::name(&told);
    if known.is_empty() {
        context.warn(&t!("warn-no-places", place = shown));
        return Ok(told);
    }
    let places: Vec<String> = known.iter().map(|name| show::name(name)).collect();
    let message = t!("err-place-unlisted", place = shown.clone(), places = places.join("・"));
    Err(Failure::refused("place_unknown", message, t!("hint-place-unlisted")).about(shown))
}
