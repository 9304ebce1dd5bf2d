//! 誤交付: it went to the wrong one. Where both parts are decides what it means, so both are recorded.

use serde_json::json;

use crate::cli::args::HandoverArgs;
use crate::cli::context::Context;
use crate::cli::desk::{Desk, recorded_at};
use crate::cli::failure::Failure;
use crate::cli::{mishap, said, things, when};
use crate::ledger::Kind;
use crate::life::Step;
use crate::life::facts::{Recalled, Told};
use crate::t;

pub fn run(context: &Context, args: &HandoverArgs, reason: &str) -> Result<(), Failure> {
    let desk = Desk::open(context)?;
    let (piece, other) = recorded_at(context, &desk, Kind::Recall, |desk, trace| {
        let life = desk.life()?;
        let piece = things::ready(&life, &args.thing, super::what(args)?, Step::Recall)?;
        things::about(trace, piece);
        let at = when::stated(args.at.as_deref())?;
        things::not_before(piece, at)?;
        let other = mishap::other_part(&life, piece);
        let told = Recalled {
            what: piece.what,
            reason: said::text(reason)?,
            at,
            other_part: Some(other.clone()),
            whereabouts: args.whereabouts.as_deref().map(said::text).transpose()?,
        };
        trace.facts(told.facts().into());
        Ok((piece.clone(), other))
    })?;
    let incident = mishap::incident(context, &desk, "recall", &piece)?;
    context.say(&t!("recall-recorded", thing = things::called(&piece)));
    context.say(&t!("other-part", where_ = other.clone()));
    mishap::next(context, &piece);
    context.result(&json!({
        "thing": piece.id, "what": piece.what, "bundles": piece.bundles, "other_part": other, "incident": incident,
    }));
    Ok(())
}
