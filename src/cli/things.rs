//! What a person means: a medium, a slip or a bundle, by number, by path, or by what is typed from a label.

use std::path::Path;

use chrono::{DateTime, FixedOffset};

use serde_json::json;

use super::desk::{Desk, Trace};
use super::failure::Failure;
use super::{when, words};
use crate::bundle::BundleId;
use crate::duties::{self, Duties};
use crate::ledger::{Ledger, SubjectType, corrected};
use crate::life::facts::What;
use crate::life::{KINDS, Life, Piece, Step};
use crate::t;
use crate::term::show;
use crate::typed;

impl Desk {
    /// What the ledger knows of things, as corrections leave it.
    pub fn life(&self) -> Result<Life, Failure> {
        let seen = self.look(Ledger::head)?.size;
        self.things_seen.set(Some(seen));
        let entries = self.look(|ledger| corrected::holding(ledger, &KINDS))?;
        Ok(Life::of(&entries))
    }

    /// What the ledger knows of declarations, firms and looks.
    pub fn duties(&self) -> Result<Duties, Failure> {
        let entries = self.look(|ledger| corrected::holding(ledger, &duties::KINDS))?;
        Ok(Duties::of(&entries))
    }
}

/// A number as it is typed: full width made narrow where it is one of ours.
pub fn number(said: &str) -> String {
    let said = said.trim();
    let narrow = typed::narrow(said);
    let upper = narrow.to_uppercase();
    if upper.starts_with("TW-") { upper } else { narrow }
}

/// The bundle a text means: its number, or the folder or file of it.
pub fn bundle(said: &str) -> Option<BundleId> {
    if let Some(id) = BundleId::parse(&number(said)) {
        return Some(id);
    }
    let path = Path::new(said);
    let own = path.file_name().and_then(|name| name.to_str()).and_then(BundleId::parse);
    own.or_else(|| path.parent()?.file_name()?.to_str().and_then(BundleId::parse))
}

/// The piece a text means: a medium or slip by its number; by a bundle its medium, or its slip where a slip is asked for.
pub fn piece<'l>(life: &'l Life, said: &str, what: Option<What>) -> Result<&'l Piece, Failure> {
    let told = number(said);
    let meant = |piece: &&Piece| {
        what.is_none_or(|what| piece.what == what) && [told.as_str(), said.trim()].contains(&piece.name_of())
    };
    match life.pieces.iter().filter(meant).collect::<Vec<_>>().as_slice() {
        [] => {}
        [one] => return Ok(one),
        // Both sides number their slips from one.
        several => {
            let list = several.iter().map(|piece| format!("{}（{}）", called(piece), piece.bundles.join("・")));
            let message =
                t!("err-several-things", said = show::name(said), list = list.collect::<Vec<_>>().join(" / "));
            return Err(Failure::usage("several_things", message, t!("hint-several-things")));
        }
    }
    let bundle = bundle(said).and_then(|id| life.bundle(id.as_str()));
    let found = bundle.and_then(|bundle| match what.unwrap_or(What::Media) {
        What::Media => life.piece(What::Media, &bundle.medium),
        What::Slip => life.piece(What::Slip, bundle.slip.as_deref()?),
    });
    found.ok_or_else(|| unknown(said, bundle.is_some()))
}

fn unknown(said: &str, bundle_known: bool) -> Failure {
    let shown = show::name(said);
    if bundle_known {
        return Failure::failed(
            "slip_unknown",
            t!("err-slip-unknown", bundle = shown.clone()),
            t!("hint-slip-unknown"),
        )
        .about(shown);
    }
    Failure::failed("no_thing", t!("err-no-thing", said = shown.clone()), t!("hint-no-thing")).about(shown)
}

/// A piece on which a step may come next.
pub fn ready<'l>(life: &'l Life, said: &str, what: Option<What>, step: Step) -> Result<&'l Piece, Failure> {
    let piece = piece(life, said, what)?;
    piece.may(step).map_err(|why| words::misstep(piece, step, why))?;
    Ok(piece)
}

/// Refuses a time before the last thing that happened to a piece.
pub fn not_before(piece: &Piece, at: DateTime<FixedOffset>) -> Result<(), Failure> {
    piece.last.map_or(Ok(()), |last| when::not_before(at, last.entry, last.at))
}

/// Names a piece, its bundles and its medium in an entry, so that the history of each finds it.
pub fn about(trace: &Trace, piece: &Piece) {
    trace.push("pieces", json!({ "what": piece.what, "id": piece.id }));
    match piece.what {
        What::Slip => trace.about(SubjectType::Slip, piece.name_of()),
        // A medium without a number is known by its bundle.
        What::Media if BundleId::parse(&piece.id).is_none() => trace.about(SubjectType::Medium, piece.id.clone()),
        What::Media => {}
    }
    for bundle in &piece.bundles {
        trace.about(SubjectType::Bundle, bundle.clone());
    }
}

/// What a person types to mean a piece: its number, or its bundle and which part.
pub fn typed(piece: &Piece) -> String {
    let part = match piece.what {
        What::Media => "media",
        What::Slip => "slip",
    };
    let bundle = || format!("{} --what {part}", piece.id.trim_end_matches("/slip"));
    piece.label().map_or_else(bundle, show::name)
}

/// What a piece is called where people read it.
pub fn called(piece: &Piece) -> String {
    let label = piece.label().map(show::name);
    let bundle = || piece.id.trim_end_matches("/slip").to_owned();
    match (piece.what, label) {
        (What::Media, Some(id)) => t!("medium-named", id = id),
        (What::Media, None) => t!("medium-of", bundle = bundle()),
        (What::Slip, Some(id)) => t!("slip-named", id = id),
        (What::Slip, None) => t!("slip-of", bundle = bundle()),
    }
}
