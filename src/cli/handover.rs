//! `tewatashi handover`: a medium or its slip goes to the other side, a second person looks, the other side's word comes back.

mod ack;
mod check;
mod recall;

use chrono::{DateTime, FixedOffset};
use serde_json::json;

use super::args::HandoverArgs;
use super::context::Context;
use super::desk::{Desk, Trace, recorded_at};
use super::failure::Failure;
use super::papers::{self, Document, Going, Known, Paper, Papers};
use super::{approvals, medium, said, things, when, words};
use crate::case::{Approval, Found, Named, PeopleError, Person, Side, Strictness};
use crate::ledger::documents::{self, Issued};
use crate::ledger::{Entry, Kind, Outcome, SubjectType};
use crate::life::facts::{Direction, Handover, Overridden, Partner, Told, What};
use crate::life::occasion::{self, TooClose};
use crate::life::piece::Written;
use crate::life::{InForce, Life, Piece, Step};
use crate::t;
use crate::term::show;

pub fn run(context: &Context, args: &HandoverArgs) -> Result<(), Failure> {
    if args.check {
        return check::run(context, args);
    }
    if let Some(said) = &args.ack {
        return ack::run(context, args, said);
    }
    if args.receipt {
        return ack::receipt(context, args);
    }
    if let Some(reason) = &args.recall {
        return recall::run(context, args, reason);
    }
    hand_over(context, args)
}

/// Which piece is meant. A bundle has two parts that never go together, so which of them is said.
fn what(args: &HandoverArgs) -> Result<Option<What>, Failure> {
    let what = args.what.map(What::from);
    if what.is_none() && things::bundle(&args.thing).is_some() {
        let thing = show::name(&args.thing);
        return Err(Failure::usage("which_part", t!("err-which-part", thing = thing), t!("hint-which-part")));
    }
    Ok(what)
}

/// What was recorded, for paper and screen.
struct Done {
    piece: Piece,
    handover: Handover,
    approval: Option<InForce>,
    /// Whether a second person has still to look.
    waits: bool,
    slip: Option<String>,
    entry: u64,
}

fn hand_over(context: &Context, args: &HandoverArgs) -> Result<(), Failure> {
    let desk = Desk::open(context)?;
    let papers = Papers::new(context, &desk);
    let mut done =
        recorded_at(context, &desk, Kind::Handover, |desk, trace| record(context, args, desk, &papers, trace))?;
    done.entry = desk.last_entry();
    let mut documents = Vec::new();
    let issued = sheets(context, &desk, &papers, args, &done, &mut documents);
    tell(context, &done, &documents, issued.is_ok());
    issued.map_err(papers::sheet_missing)
}

fn record(
    context: &Context,
    args: &HandoverArgs,
    desk: &Desk,
    papers: &Papers,
    trace: &Trace,
) -> Result<Done, Failure> {
    let life = desk.life()?;
    let piece = things::ready(&life, &args.thing, what(args)?, Step::Handover)?;
    things::about(trace, piece);
    let what = piece.what;
    trace.fact("what", json!(what));
    let at = when::stated(args.at.as_deref())?;
    things::not_before(piece, at)?;
    if let Some(due) = args.due.filter(|due| *due < at.date_naive()) {
        let (due, at) = (crate::era::long(due), crate::era::long_time(&at));
        return Err(Failure::usage("due_before", t!("err-due-before", due = due, at = at), t!("hint-due-before")));
    }
    if what == What::Media {
        medium::permitted(context, desk, &life, &piece.id)?;
    }
    let (direction, party, organization) = way(desk, args)?;
    let to = partner(context, desk, args.to.as_deref().unwrap_or_default(), party, organization)?;
    let approval = approval(context, desk, &life, args, piece, party, &to)?;
    approvals::about(trace, approval.as_ref());
    approvals::before_work(Approval::Handover, approval.as_ref(), at)?;
    let overridden = occasion(context, desk, args, &life, piece, party, at)?;
    let sheet = args.sheet.as_deref().map(|number| signed_sheet(desk, number, piece)).transpose()?;
    let handover = Handover {
        what,
        direction,
        to,
        party,
        id_check: said::text(args.id_check.as_deref().unwrap_or_default())?,
        at,
        place: args.place.as_deref().map(said::text).transpose()?,
        carry: args.carry.iter().map(|text| said::text(text)).collect::<Result<_, _>>()?,
        approval: approval.as_ref().map(|found| found.number.clone()),
        due: args.due,
        sheet,
        signed: args.signed,
        awaits_check: desk.settings.rules.two_person_check,
        overridden,
    };
    if what == What::Media && piece.written == Written::Unconfirmed {
        context.warn(&t!("warn-writing-unconfirmed", thing = things::called(piece)));
    }
    let waits = handover.awaits_check && !life.looked_at(what, &piece.id, &desk.operator.name);
    let slip = life.bundles_of(piece).find_map(|bundle| bundle.slip.clone());
    let done = Done { piece: piece.clone(), handover, approval, waits, slip, entry: 0 };
    if !args.no_documents && done.handover.sheet.is_none() {
        for (_, paper) in compose(desk, &done)? {
            papers.ready(&paper).map_err(papers::or_without)?;
        }
    }
    trace.about(SubjectType::Person, done.handover.to.name.clone());
    trace.facts(done.handover.facts().into());
    Ok(done)
}

/// Which way it goes, to whose person, and of which firm.
fn way(desk: &Desk, args: &HandoverArgs) -> Result<(Direction, Side, Option<String>), Failure> {
    let parties = &desk.settings.parties;
    let named = |name: &String| Some(name.clone()).filter(|name| !name.is_empty());
    if let Some(name) = &args.subcontractor {
        let name = said::text(name)?;
        if desk.settings.side == Side::Subcontractor {
            let message = t!("err-no-further", name = show::name(&name));
            return Err(Failure::refused("no_further_subcontractor", message, t!("hint-no-further")));
        }
        return Ok((Direction::Subcontracted, Side::Subcontractor, Some(name)));
    }
    let said = args.direction.map(Direction::from);
    Ok(match desk.settings.side {
        Side::City => (said.unwrap_or(Direction::Provided), Side::Contractor, named(&parties.contractor.name)),
        Side::Contractor => (said.unwrap_or(Direction::Delivered), Side::City, named(&parties.city.name)),
        Side::Subcontractor => {
            (said.unwrap_or(Direction::Delivered), Side::Contractor, named(&parties.contractor.name))
        }
    })
}

/// Who takes it. Who stands on the roster for the other side and has left takes nothing; whether a name that stands nowhere
/// may is the case's rule for strangers.
fn partner(
    context: &Context,
    desk: &Desk,
    name: &str,
    party: Side,
    organization: Option<String>,
) -> Result<Partner, Failure> {
    let name = said::text(name)?;
    let roster = desk.roster()?;
    let today = when::today();
    let own_side = |person: &Person| {
        let message =
            t!("err-own-side", name = show::name(&person.name), party = crate::case::Word::text(person.party));
        Failure::refused("own_side", message, t!("hint-own-side"))
    };
    match roster.find(&name, today) {
        Found::One(person) if person.party != party => Err(own_side(person)),
        Found::One(Person { retired: Some(on), name, number, .. }) if *on <= today => {
            let who = Named { number: number.clone(), name: name.clone() };
            Err(words::people(&PeopleError::HasLeft { who, on: *on }))
        }
        Found::One(person) => {
            let section = Some(person.section.clone()).filter(|section| !section.is_empty());
            Ok(Partner { name: person.name.clone(), section, organization })
        }
        Found::Several(people) => Err(words::several(&name, &people)),
        Found::Nobody => {
            if roster.people().iter().any(|person| person.party == party) {
                let message = t!("err-receiver-unlisted", name = show::name(&name));
                if desk.settings.rules.unlisted_operator == Strictness::Refuse {
                    return Err(Failure::refused("receiver_unlisted", message, t!("hint-receiver-unlisted")));
                }
                context.warn(&message);
            }
            Ok(Partner { name, section: None, organization })
        }
    }
}

/// A subcontractor needs a decision whatever the case says; a hand-over where it says so.
fn approval(
    context: &Context,
    desk: &Desk,
    life: &Life,
    args: &HandoverArgs,
    piece: &Piece,
    party: Side,
    to: &Partner,
) -> Result<Option<InForce>, Failure> {
    if party == Side::Subcontractor {
        let firm: Vec<String> = to.organization.iter().cloned().collect();
        approvals::needed(context, life, Approval::Subcontract, None, &firm)?;
    }
    approvals::asked_for(context, desk, life, Approval::Handover, args.approval.as_deref(), piece)
}

/// Medium and slip apart. What a reason can set aside is set aside with the rule's name beside it.
fn occasion(
    context: &Context,
    desk: &Desk,
    args: &HandoverArgs,
    life: &Life,
    piece: &Piece,
    party: Side,
    at: DateTime<FixedOffset>,
) -> Result<Option<Overridden>, Failure> {
    let rules = &desk.settings.rules;
    let gap = if rules.separate_days { rules.slip_gap_days } else { 0 };
    let found = occasion::apart(life, occasion::Going { piece, party, at, gap });
    let reason = args.set_aside.as_deref().map(said::text).transpose()?;
    if found.is_empty() {
        if reason.is_some() {
            context.note(&t!("override-not-needed"));
        }
        return Ok(None);
    }
    let refusing = found.iter().find(|why| reason.is_none() || !why.can_be_overridden());
    if let Some(why) = refusing {
        return Err(words::too_close(piece, why));
    }
    for why in &found {
        context.warn(&t!("warn-override", reason = words::set_aside(piece, why)));
    }
    let rule = found.iter().map(TooClose::rule).collect::<Vec<_>>().join(",");
    Ok(reason.map(|reason| Overridden { rule, reason }))
}

/// The sheet that both signed by hand: one of this bundle that is in force.
fn signed_sheet(desk: &Desk, said: &str, piece: &Piece) -> Result<String, Failure> {
    let number = things::number(said).to_uppercase();
    let form = form_of(piece.what);
    let found = desk.look(|ledger| documents::find(ledger, &number))?;
    let fits = |document: &Issued| {
        document.form == form
            && document.voided.is_none()
            && document.bundle.as_ref().is_none_or(|bundle| piece.bundles.contains(bundle))
    };
    if found.as_ref().is_some_and(fits) {
        return Ok(number);
    }
    let message = t!("err-other-sheet", number = show::name(&number), thing = things::called(piece));
    Err(Failure::refused("other_sheet", message, t!("hint-other-sheet")).about(number))
}

/// The form that goes with a hand-over.
fn form_of(what: What) -> &'static str {
    match what {
        What::Media => "transfer",
        What::Slip => "slip-stub",
    }
}

/// The sheets of what was handed over: one for each bundle, or one for a medium without any.
fn compose(desk: &Desk, done: &Done) -> Result<Vec<(Option<String>, Paper)>, Failure> {
    let Done { piece, handover, approval, slip, .. } = done;
    let going = Going { piece, handover, approval: approval.as_ref(), slip: slip.as_deref() };
    if piece.bundles.is_empty() {
        return Ok(vec![(None, papers::transfer_of(desk, &going, None)?)]);
    }
    let mut all = Vec::new();
    for bundle in &piece.bundles {
        let pack = packed(desk, bundle)?;
        let known = pack.as_ref().and_then(Known::of);
        let paper = match piece.what {
            What::Media => papers::transfer_of(desk, &going, known.as_ref())?,
            What::Slip => papers::stub_of(desk, &going, bundle)?,
        };
        all.push((Some(bundle.clone()), paper));
    }
    Ok(all)
}

/// The entry that made a bundle, as corrections leave it.
pub fn packed(desk: &Desk, bundle: &str) -> Result<Option<Entry>, Failure> {
    let all = desk.look(|ledger| crate::ledger::corrected::holding(ledger, &[Kind::Pack]))?;
    // The first it names is the one it made; another is the one it replaces.
    let of =
        |entry: &Entry| entry.subjects.iter().find(|s| s.kind == SubjectType::Bundle).is_some_and(|s| s.id == bundle);
    Ok(all.into_iter().rfind(|entry| entry.result == Outcome::Done && of(entry)))
}

/// Issues the sheets as they now are; the ones made when the bundle was packed, with blanks to fill in, hold no more.
fn sheets(
    context: &Context,
    desk: &Desk,
    papers: &Papers,
    args: &HandoverArgs,
    done: &Done,
    documents: &mut Vec<Document>,
) -> Result<(), Failure> {
    if args.no_documents || done.handover.sheet.is_some() {
        return Ok(());
    }
    let before = desk.look(documents::all)?;
    for (bundle, paper) in compose(desk, done)? {
        let issued = papers.issue(&paper.fact("handover", done.entry))?;
        let same = |old: &&Issued| {
            old.voided.is_none() && old.form == form_of(done.piece.what) && bundle.is_some() && old.bundle == bundle
        };
        for old in before.iter().filter(same) {
            // One that tells of an earlier hand-over was signed by both, and stays.
            let made = desk.look(|ledger| ledger.entry(old.entry))?;
            if made.is_some_and(|entry| entry.facts.contains_key("handover")) {
                continue;
            }
            papers.void(&old.number, &format!("受渡し時の票 {} に差替え", issued.number))?;
            context.chat(&t!("sheet-replaced", old = old.number.clone(), new = issued.number.clone()));
        }
        documents.push(issued);
    }
    Ok(())
}

fn tell(context: &Context, done: &Done, documents: &[Document], whole: bool) {
    let Done { piece, handover, waits, .. } = done;
    let thing = things::called(piece);
    context.say(&t!("handed-over", thing = thing, to = show::name(&handover.to.name)));
    papers::tell(context, documents);
    if *waits {
        context.say(&t!("handover-waits", id = things::typed(piece)));
    } else if !handover.signed {
        context.chat(&t!("receipt-next", id = things::typed(piece)));
    }
    context.result(&json!({
        "thing": piece.id, "what": piece.what, "bundles": piece.bundles, "handover": handover,
        "counts": !waits, "entry": done.entry, "documents": documents.iter().map(Document::json).collect::<Vec<_>>(),
        "documents_missing": !whole,
    }));
}
