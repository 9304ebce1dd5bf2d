//! What goes wrong with media and slips: lost, damaged, found again. The other part of the pair is named with it, because what
//! a loss means hangs on where that is.

use serde_json::json;

use super::args::{MishapArgs, RecoveredArgs};
use super::context::Context;
use super::desk::{Desk, Draft, recorded};
use super::failure::Failure;
use super::{medium, said, things, when, words};
use crate::ledger::{Kind, Subject, SubjectType};
use crate::life::facts::{self, Incident, Recovered, Told, What};
use crate::life::{Life, Piece, Step};
use crate::t;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mishap {
    /// Nobody knows where it is.
    Lost,
    /// It is here, and cannot be relied on.
    Damaged,
}

/// Records it. A loss opens an incident: the duty to report begins with the suspicion.
pub fn record(context: &Context, args: &MishapArgs, what: What, mishap: Mishap) -> Result<(), Failure> {
    let (kind, step) = match mishap {
        Mishap::Lost => (Kind::Lost, Step::Lose),
        Mishap::Damaged => (Kind::Damaged, Step::Damage),
    };
    let desk = Desk::open(context)?;
    let (piece, other) = super::desk::recorded_at(context, &desk, kind, |desk, trace| {
        let life = desk.life()?;
        let piece = things::ready(&life, &args.id, Some(what), step)?;
        things::about(trace, piece);
        let at = when::stated(args.at.as_deref())?;
        things::not_before(piece, at)?;
        let other = other_part(&life, piece);
        let told = facts::Mishap {
            what,
            circumstances: said::text(&args.circumstances)?,
            at,
            other_part: Some(other.clone()).filter(|text| !text.is_empty()),
            whereabouts: args.whereabouts.as_deref().map(said::text).transpose()?,
        };
        trace.facts(told.facts().into());
        Ok((piece.clone(), other))
    })?;
    let incident = if mishap == Mishap::Lost { Some(incident(context, &desk, "lost", &piece)?) } else { None };
    let thing = things::called(&piece);
    match mishap {
        Mishap::Lost => context.say(&t!("lost-recorded", thing = thing)),
        Mishap::Damaged => context.say(&t!("damaged-recorded", thing = thing)),
    }
    context.say(&t!("other-part", where_ = other.clone()));
    if mishap == Mishap::Lost {
        next(context, &piece);
    }
    context.result(&json!({
        "thing": piece.id, "what": what, "bundles": piece.bundles, "other_part": other, "incident": incident,
    }));
    Ok(())
}

/// What is to be done now.
pub fn next(context: &Context, piece: &Piece) {
    context.warn(&t!("report-at-once"));
    for bundle in &piece.bundles {
        context.say(&if piece.theirs {
            t!("void-next-theirs", bundle = bundle.clone())
        } else {
            t!("void-next", bundle = bundle.clone())
        });
    }
}

/// Opens an incident; its number.
pub fn incident(context: &Context, desk: &Desk, cause: &str, piece: &Piece) -> Result<u64, Failure> {
    let told = Incident { cause: cause.to_owned(), entry: Some(desk.last_entry()), ..Incident::default() };
    let mut subjects: Vec<Subject> = piece.bundles.iter().map(|id| Subject::new(SubjectType::Bundle, id)).collect();
    let kind = match piece.what {
        What::Slip => Some(SubjectType::Slip),
        What::Media if piece.bundles.contains(&piece.id) => None,
        What::Media => Some(SubjectType::Medium),
    };
    subjects.extend(kind.map(|kind| Subject::new(kind, piece.name_of())));
    let appended = desk.append(context, Draft::done(Kind::Incident, subjects, told.facts()))?;
    Ok(appended.entry.number)
}

/// Where the other part of each pair is, in words; empty where there is none.
pub fn other_part(life: &Life, piece: &Piece) -> String {
    let others = life.bundles_of(piece).filter_map(|bundle| match piece.what {
        What::Media => life.piece(What::Slip, bundle.slip.as_deref()?),
        What::Slip => life.piece(What::Media, &bundle.medium),
    });
    let told: Vec<String> = others.map(|other| format!("{}: {}", things::called(other), words::state(other))).collect();
    if told.is_empty() { t!("other-part-none") } else { told.join(" / ") }
}

/// It is back.
pub fn recovered(context: &Context, args: &RecoveredArgs, what: What) -> Result<(), Failure> {
    let piece = recorded(context, Kind::Recovered, |desk, trace| {
        let life = desk.life()?;
        let piece = things::ready(&life, &args.id, Some(what), Step::Recover)?;
        things::about(trace, piece);
        let at = when::stated(args.at.as_deref())?;
        things::not_before(piece, at)?;
        let told = Recovered {
            what,
            at,
            place: args.place.as_deref().map(said::text).transpose()?,
            circumstances: said::text(&args.circumstances)?,
        };
        if let Some(place) = &told.place {
            medium::known_place(context, &life, place);
        }
        trace.facts(told.facts().into());
        Ok(piece.clone())
    })?;
    context.say(&t!("recovered-recorded", thing = things::called(&piece)));
    // Who had it meanwhile may have copied it.
    context.say(&t!("recovered-warning"));
    context.result(&json!({ "thing": piece.id, "what": what, "bundles": piece.bundles }));
    Ok(())
}
