//! The second person (B5-5): a checklist, by somebody else, before a hand-over counts.

use serde_json::json;

use crate::cli::args::HandoverArgs;
use crate::cli::context::Context;
use crate::cli::desk::{Desk, recorded};
use crate::cli::failure::Failure;
use crate::cli::{medium, person, things, words};
use crate::ledger::Kind;
use crate::life::facts::{Checked, Told, What};
use crate::life::{Life, Piece, Step};
use crate::t;
use crate::term::{prompt, show};

/// What is looked at, by its name in the ledger.
const ITEMS: [&str; 5] = ["number", "count", "addressee", "encrypted", "slip_apart"];

pub fn run(context: &Context, args: &HandoverArgs) -> Result<(), Failure> {
    let (piece, other_os_user) = recorded(context, Kind::HandoverCheck, |desk, trace| {
        let life = desk.life()?;
        let piece = things::ready(&life, &args.thing, super::what(args)?, Step::Check)?;
        things::about(trace, piece);
        trace.fact("what", json!(piece.what));
        let other_os_user = somebody_else(context, desk, piece)?;
        let items = looked_at(context, args, &life, piece)?;
        let checked = Checked { what: piece.what, items, other_os_user };
        trace.facts(checked.facts().into());
        Ok((piece.clone(), other_os_user))
    })?;
    let thing = things::called(&piece);
    let counts = piece.handed().is_some();
    context.say(&if counts { t!("check-done-counts", thing = thing) } else { t!("check-done-before", thing = thing) });
    if other_os_user == Some(false) {
        context.warn(&t!("warn-same-os-user"));
    }
    context.result(&json!({
        "thing": piece.id, "what": piece.what, "counts": counts, "other_os_user": other_os_user, "items": ITEMS,
    }));
    Ok(())
}

/// Attack: one person under two names. The names must differ; whether the users of the operating system differ is recorded, and
/// said where they do not.
fn somebody_else(context: &Context, desk: &Desk, piece: &Piece) -> Result<Option<bool>, Failure> {
    let roster = desk.roster()?;
    if desk.operator.staff.is_none() {
        if !roster.is_open() {
            let message = t!("err-checker-unlisted", name = show::name(&desk.operator.name));
            return Err(Failure::refused("checker_unlisted", message, t!("hint-checker-unlisted")));
        }
        context.warn(&t!("warn-no-roster"));
    }
    // Attack: the receiver, who stands on the roster for the other side, confirms what came to them.
    let listed = roster.people().iter().find(|person| Some(&person.number) == desk.operator.staff.as_ref());
    if let Some(other) = listed.filter(|person| person.party != desk.settings.side) {
        let (name, party) = (show::name(&other.name), crate::case::Word::text(other.party));
        let message = t!("err-own-side", name = name, party = party);
        return Err(Failure::refused("checker_of_other_side", message, t!("hint-checker-unlisted")));
    }
    let Some(handed) = piece.handed() else { return Ok(None) };
    let (name, os_user) = &handed.by;
    if person::same(name, &desk.operator.name) {
        return Err(medium::same_person(name));
    }
    Ok(Some(*os_user != desk.operator.os_user))
}

/// Every item is looked at: asked one by one at a terminal, named by a script.
fn looked_at(context: &Context, args: &HandoverArgs, life: &Life, piece: &Piece) -> Result<Vec<String>, Failure> {
    let all = || ITEMS.map(str::to_owned).to_vec();
    let said: Vec<String> = args.checked.iter().map(|item| item.trim().replace('-', "_")).collect();
    if let Some(odd) = said.iter().find(|item| *item != "all" && !ITEMS.contains(&item.as_str())) {
        let message = t!("err-no-such-item", item = show::name(odd), list = ITEMS.join(","));
        return Err(Failure::usage("bad_item", message, t!("hint-no-such-item")));
    }
    if said.iter().any(|item| item == "all") {
        return Ok(all());
    }
    if said.is_empty() && context.may_ask() {
        for item in ITEMS {
            let question = question(item, life, piece);
            if !prompt::yes(&question).map_err(|e| words::terminal(&e))? {
                return Err(incomplete(&[item]));
            }
        }
        return Ok(all());
    }
    let missing: Vec<&str> = ITEMS.into_iter().filter(|item| !said.iter().any(|one| one == item)).collect();
    if missing.is_empty() { Ok(all()) } else { Err(incomplete(&missing)) }
}

fn incomplete(missing: &[&str]) -> Failure {
    let list = missing.iter().map(|item| name_of(item)).collect::<Vec<_>>().join("・");
    Failure::refused("check_incomplete", t!("err-check-incomplete", list = list), t!("hint-check-incomplete"))
}

fn name_of(item: &str) -> String {
    match item {
        "number" => t!("item-number"),
        "count" => t!("item-count"),
        "addressee" => t!("item-addressee"),
        "encrypted" => t!("item-encrypted"),
        _ => t!("item-slip-apart"),
    }
}

/// The question with what the ledger has, so that the thing in the hand is compared and not remembered.
fn question(item: &str, life: &Life, piece: &Piece) -> String {
    let told = match item {
        "number" => show::name(&piece.id),
        "count" => {
            let counts =
                life.bundles_of(piece).map(|bundle| bundle.subjects.map_or_else(|| t!("not-known"), show::number));
            counts.collect::<Vec<_>>().join("・")
        }
        "addressee" => match piece.handed() {
            Some(handed) => {
                let organization = handed.to.organization.as_deref().unwrap_or_default();
                show::name(&format!("{organization} {}", handed.to.name))
            }
            None => t!("not-handed-yet"),
        },
        "slip_apart" if piece.what == What::Media => t!("slip-stays-here"),
        _ => String::new(),
    };
    if told.is_empty() { format!("{}?", name_of(item)) } else { format!("{}: {told} ?", name_of(item)) }
}
