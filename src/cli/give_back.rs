//! `tewatashi return --to-city`: things of the other side go back to it, the slips among them.

use serde_json::json;

use super::args::ReturnArgs;
use super::context::Context;
use super::desk::{Desk, Trace, recorded_at};
use super::failure::Failure;
use super::papers::{self, Papers};
use super::person;
use super::pieces::{self, not_before_last, parts};
use super::takeout::finish;
use super::{said, when};
use crate::ledger::Kind;
use crate::life::facts::{GivenBack, Told, What};
use crate::life::{Life, Piece, State, Step};
use crate::paper::fields::Person;
use crate::t;
use crate::term::show;

struct Back<'l> {
    pieces: Vec<&'l Piece>,
    missing: Vec<&'l Piece>,
    said: GivenBack,
    by: Person,
}

pub fn run(context: &Context, args: &ReturnArgs) -> Result<(), Failure> {
    let desk = Desk::open(context)?;
    let papers = (!args.no_documents).then(|| Papers::new(context, &desk));
    let life = desk.life()?;
    let back = recorded_at(context, &desk, Kind::GiveBack, |desk, trace| {
        let back = give_back(context, args, desk, &life, trace)?;
        papers::ready(papers.as_ref(), || Ok(sheet(desk, &back, 0)))?;
        trace.facts(back.said.facts().into());
        Ok(back)
    })?;
    let entry = desk.last_entry();
    let issued = papers::issue(papers.as_ref(), || Ok(sheet(&desk, &back, entry)));
    context.say(&t!("given-back", things = pieces::list(&back.pieces)));
    let missing = pieces::ids(&back.missing);
    finish(context, issued, json!({ "give_back": back.said.facts(), "entry": entry, "missing": missing }))
}

fn sheet(desk: &Desk, back: &Back, entry: u64) -> papers::Paper {
    papers::give_back(desk, &back.pieces, &back.said, &back.missing, back.by.clone(), entry)
}

fn give_back<'l>(
    context: &Context,
    args: &ReturnArgs,
    desk: &Desk,
    life: &'l Life,
    trace: &Trace,
) -> Result<Back<'l>, Failure> {
    let mut pieces = pieces::all_ready(life, &args.things, Step::GiveBack)?;
    if args.slips {
        let more: Vec<&Piece> =
            slips(life, &pieces).into_iter().filter(|slip| slip.may(Step::GiveBack).is_ok()).collect();
        let new = more.into_iter().filter(|slip| !pieces.iter().any(|piece| std::ptr::eq(*piece, *slip)));
        let new: Vec<&Piece> = new.collect();
        pieces.extend(new);
    }
    pieces::about(trace, &pieces);
    let at = when::stated(args.at.as_deref())?;
    not_before_last(&pieces, at)?;
    let reason = args.missing.as_deref().map(said::text).transpose()?;
    let missing: Vec<&Piece> = slips(life, &pieces)
        .into_iter()
        .filter(|slip| !slip.is_ended() && !pieces.iter().any(|piece| std::ptr::eq(*piece, *slip)))
        .collect();
    if !missing.is_empty() && reason.is_none() {
        return Err(needs_reason(&missing));
    }
    let by = person::doer(context, desk, args.by.as_deref())?;
    let to = args.to.as_deref().map(said::text).transpose()?;
    let said = GivenBack { at, by: by.name, to, missing: reason, pieces: parts(&pieces) };
    Ok(Back { pieces, missing, said, by: by.printed })
}

/// The slips that open what is on the media.
fn slips<'l>(life: &'l Life, pieces: &[&Piece]) -> Vec<&'l Piece> {
    let media = pieces.iter().filter(|piece| piece.what == What::Media);
    let slips = media.flat_map(|piece| life.bundles_of(piece)).filter_map(|bundle| bundle.slip.as_deref());
    let found = slips.filter_map(|slip| life.piece(What::Slip, slip));
    let mut all: Vec<&Piece> = Vec::new();
    for slip in found {
        if !all.iter().any(|known| std::ptr::eq(*known, slip)) {
            all.push(slip);
        }
    }
    all
}

/// Attack: the medium goes back, and the paper that opens a copy of it stays in a drawer unasked for.
fn needs_reason(missing: &[&Piece]) -> Failure {
    let slips: Vec<String> = missing.iter().map(|slip| show::name(&slip.id)).collect();
    let here = missing.iter().any(|slip| slip.state == State::Here);
    let hint = if here { t!("hint-missing-needs-reason") } else { t!("hint-missing-elsewhere") };
    let message = t!("err-missing-needs-reason", slips = slips.join("・"));
    Failure::refused("missing_needs_reason", message, hint)
}
