//! `tewatashi medium …`: media as things with a number, a place and people who may use them.

use serde_json::{Value, json};

use super::args::{MediumAddArgs, MediumCommand, MediumResetArgs, ResetOutcome};
use super::context::Context;
use super::desk::{Desk, Shelf, recorded};
use super::failure::Failure;
use super::mishap::{self, Mishap};
use super::{approvals, label, said, things, when, words};
use crate::bundle::BundleId;
use crate::case::Approval;
use crate::ledger::{Kind, SubjectType, corrected};
use crate::life::facts::{MediumAdd, MediumKind, MediumReset, Told, What};
use crate::life::piece::Written;
use crate::life::{KINDS, Life, Piece, Step};
use crate::t;
use crate::term::out::out;
use crate::term::show;

pub fn run(context: &Context, command: &MediumCommand) -> Result<(), Failure> {
    match command {
        MediumCommand::Add(args) => add(context, args),
        MediumCommand::List => list(context),
        MediumCommand::Show { id } => show_one(context, id),
        MediumCommand::Label { ids, copies } => label::run(context, ids, *copies),
        MediumCommand::Reset(args) => reset(context, args),
        MediumCommand::Lost(args) => mishap::record(context, args, What::Media, Mishap::Lost),
        MediumCommand::Damaged(args) => mishap::record(context, args, What::Media, Mishap::Damaged),
        MediumCommand::Recovered(args) => mishap::recovered(context, args, What::Media),
    }
}

/// What is known of things, to be looked at.
pub fn known(context: &Context) -> Result<(Shelf, Life), Failure> {
    let shelf = Shelf::open(context)?;
    let entries = corrected::holding(&shelf.ledger, &KINDS).map_err(|e| words::ledger(&e))?;
    let life = Life::of(&entries);
    Ok((shelf, life))
}

fn add(context: &Context, args: &MediumAddArgs) -> Result<(), Failure> {
    let medium = recorded(context, Kind::MediumAdd, |desk, trace| {
        let id = number_of(&args.id)?;
        trace.about(SubjectType::Medium, id.clone());
        let life = desk.life()?;
        if life.piece(What::Media, &id).is_some_and(|piece| piece.registered) {
            let message = t!("err-medium-there", id = show::name(&id));
            return Err(Failure::refused("medium_there", message, t!("hint-medium-there")).about(id));
        }
        let text = |said: &Option<String>| said.as_deref().map(said::text).transpose();
        let users = args.users.iter().map(|name| person(desk, name)).collect::<Result<Vec<_>, _>>()?;
        let medium = MediumAdd {
            id,
            kind: args.kind,
            serial: text(&args.serial)?,
            place: text(&args.place)?,
            users,
            name: text(&args.name)?,
        };
        if let Some(place) = &medium.place {
            known_place(context, &life, place);
        }
        trace.facts(medium.facts().into());
        Ok(medium)
    })?;
    context.say(&t!("medium-added", id = show::name(&medium.id), kind = medium.kind.text()));
    context.result(&json!({ "medium": medium }));
    Ok(())
}

/// A number for a thing. Never one that reads as a bundle's.
pub fn number_of(said: &str) -> Result<String, Failure> {
    let text = said::text(&things::number(said))?;
    if text.chars().count() > 64 || text.contains('\n') || BundleId::parse(&text).is_some() || text.contains('/') {
        return Err(Failure::usage("bad_number", t!("err-bad-no", text = show::name(&text)), t!("hint-bad-no")));
    }
    Ok(text)
}

/// A person of the roster by the name that stands there, or the name as said where the roster is empty.
pub fn person(desk: &Desk, name: &str) -> Result<String, Failure> {
    let name = said::text(name)?;
    let roster = desk.roster()?;
    if roster.is_open() {
        return Ok(name);
    }
    let found = roster.one(&name, when::today()).map_err(|e| words::people(&e))?;
    Ok(found.name.clone())
}

/// Says that a place is on no list, where there is one.
pub fn known_place(context: &Context, life: &Life, place: &str) {
    if !life.places.is_empty() && !life.places.iter().any(|store| store.name == place) {
        context.warn(&t!("warn-place-unknown", place = show::name(place)));
    }
}

/// Only registered media, and only those who may use them, where the case says so.
pub fn permitted(context: &Context, desk: &Desk, life: &Life, medium: &str) -> Result<(), Failure> {
    let piece = life.piece(What::Media, medium);
    let registered = piece.is_some_and(|piece| piece.registered);
    if desk.settings.rules.registered_media && !registered {
        let message = t!("err-medium-unregistered", id = show::name(medium));
        return Err(Failure::refused("medium_unregistered", message, t!("hint-medium-unregistered")).about(medium));
    }
    let users = piece.map(|piece| piece.users.as_slice()).unwrap_or_default();
    if !users.is_empty() && !users.contains(&desk.operator.name) {
        let users = users.iter().map(|name| show::name(name)).collect::<Vec<_>>().join("・");
        let message = t!("err-medium-not-yours", id = show::name(medium), users = users);
        return Err(Failure::refused("medium_not_permitted", message, t!("hint-medium-not-yours")).about(medium));
    }
    // 許可した媒体だけを使う: where the case asks for a decision, one that names this medium or all of them.
    if desk.settings.rules.approval.contains(&Approval::Medium) {
        approvals::needed(context, life, Approval::Medium, None, &[medium.to_owned()])?;
    }
    Ok(())
}

fn reset(context: &Context, args: &MediumResetArgs) -> Result<(), Failure> {
    let (id, succeeded) = recorded(context, Kind::MediumReset, |desk, trace| {
        let life = desk.life()?;
        let piece = things::ready(&life, &args.id, Some(What::Media), Step::Reset)?;
        things::about(trace, piece);
        let confirmed_by = person(desk, &args.confirmed_by)?;
        if super::person::same(&confirmed_by, &desk.operator.name) {
            return Err(same_person(&confirmed_by));
        }
        let at = when::stated(args.at.as_deref())?;
        things::not_before(piece, at)?;
        let reset = MediumReset {
            method: said::text(&args.method)?,
            succeeded: args.outcome == ResetOutcome::Ok,
            outcome: args.note.as_deref().map(said::text).transpose()?,
            confirmed_by,
            at,
        };
        trace.facts(reset.facts().into());
        Ok((piece.id.clone(), reset.succeeded))
    })?;
    if succeeded {
        context.say(&t!("medium-reset", id = show::name(&id)));
    } else {
        context.warn(&t!("medium-not-reset", id = show::name(&id)));
    }
    context.result(&json!({ "medium": id, "succeeded": succeeded, "destroyed": false }));
    Ok(())
}

/// Who did it does not confirm it.
pub fn same_person(name: &str) -> Failure {
    let message = t!("err-same-confirms", name = show::name(name));
    Failure::refused("same_person_confirms", message, t!("hint-same-confirms"))
}

fn list(context: &Context) -> Result<(), Failure> {
    let (_, life) = known(context)?;
    let media: Vec<&Piece> = life.pieces.iter().filter(|piece| piece.what == What::Media).collect();
    if !context.json {
        if media.is_empty() {
            context.say(&t!("media-none"));
        } else {
            let head = [t!("col-number"), t!("col-sort"), t!("col-state"), t!("col-place"), t!("col-bundle")];
            out(&show::row(&head.each_ref().map(String::as_str), &COLUMNS));
        }
        for piece in &media {
            out(&line(piece));
        }
    }
    context.result(&json!({ "media": media.iter().map(|piece| json_of(piece)).collect::<Vec<_>>() }));
    Ok(())
}

const COLUMNS: [usize; 4] = [18, 8, 20, 20];

fn line(piece: &Piece) -> String {
    let kind = piece.kind.map_or_else(|| t!("medium-unregistered"), |kind| kind.text().to_owned());
    let place = piece.place.as_deref().map(show::name).unwrap_or_default();
    let cells = [show::name(&piece.id), kind, words::state(piece), place, piece.bundles.join("・")];
    show::row(&cells.each_ref().map(String::as_str), &COLUMNS)
}

/// A piece for scripts.
pub fn json_of(piece: &Piece) -> Value {
    let written = match piece.written {
        Written::Nothing => None,
        Written::Confirmed => Some("confirmed"),
        Written::Unconfirmed => Some("unconfirmed"),
    };
    let handed = piece.handed().map(|handed| {
        json!({
            "entry": handed.seen.entry, "at": handed.seen.at.to_rfc3339(), "to": handed.to, "party": handed.party,
            "direction": handed.direction, "counts": handed.counts, "sheet": handed.sheet,
            "receipt": handed.receipt.map(|seen| seen.entry), "opened": handed.opened.map(|seen| seen.entry),
        })
    });
    json!({
        "number": piece.name_of(), "what": piece.what, "kind": piece.kind, "serial": piece.serial, "name": piece.name,
        "registered": piece.registered, "users": piece.users, "place": piece.place, "bundles": piece.bundles,
        "state": words::state_name(&piece.state), "handed_over": handed, "due": piece.due.map(|day| day.to_string()),
        "of_the_other_side": piece.theirs, "void": piece.void, "damaged": piece.damaged, "recalled": piece.recalled,
        "written": written, "takeouts": piece.takeouts,
        "resets": piece.resets.iter().map(|seen| seen.entry).collect::<Vec<_>>(),
    })
}

fn show_one(context: &Context, said: &str) -> Result<(), Failure> {
    let (_, life) = known(context)?;
    let piece = things::piece(&life, said, Some(What::Media))?;
    if !context.json {
        let field = |label: String, value: &str| {
            if !value.is_empty() {
                out(&format!("{}  {value}", show::pad(&label, 16)));
            }
        };
        field(t!("col-number"), &show::name(&piece.id));
        field(t!("col-sort"), piece.kind.map(MediumKind::text).unwrap_or_default());
        field(t!("field-serial"), &piece.serial.as_deref().map(show::name).unwrap_or_default());
        field(t!("field-called"), &piece.name.as_deref().map(show::name).unwrap_or_default());
        field(t!("field-users"), &show::name(&piece.users.join("・")));
        field(t!("col-place"), &piece.place.as_deref().map(show::name).unwrap_or_default());
        field(t!("col-state"), &words::state(piece));
        field(t!("col-bundle"), &piece.bundles.join("・"));
        field(t!("field-due"), &piece.due.map(crate::era::long).unwrap_or_default());
        context.chat(&t!("medium-history", id = show::name(&piece.id)));
    }
    context.result(&json!({ "medium": json_of(piece) }));
    Ok(())
}
