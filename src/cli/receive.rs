//! `tewatashi receive`: what the other side handed over came; or what was handed over from here came back.

mod returned;

use std::path::Path;

use serde_json::json;

use super::args::{AppearanceName, ReceiveArgs, SealName, VerifyArgs};
use super::context::Context;
use super::desk::{Desk, Trace, recorded_at};
use super::failure::Failure;
use super::papers::{self, Papers};
use super::signer::{Trusted, signer_json, signer_line};
use super::{kept, medium, said, things, verify, when, words};
use crate::bundle::{self, Bundle, BundleId};
use crate::ledger::{Kind, SubjectType};
use crate::life::facts::{Partner, Received, Told, What};
use crate::life::fold::slip_of;
use crate::life::{Life, Piece, Step};
use crate::t;
use crate::term::show;

pub fn run(context: &Context, args: &ReceiveArgs) -> Result<(), Failure> {
    if args.returned {
        return returned::run(context, args);
    }
    let [thing] = args.things.as_slice() else {
        return Err(Failure::usage("one_bundle", t!("err-one-bundle"), t!("hint-one-bundle")));
    };
    let wants_inside = args.secret.passphrase_file.is_some() || args.secret.identity.is_some();
    if wants_inside {
        return compare(context, args, thing);
    }
    let desk = Desk::open(context)?;
    deliver(context, args, &desk, thing, !args.no_documents)
}

/// With the secret: the inside is compared, and the 開封確認書 says so with the code. What was never recorded as delivered is
/// recorded first, so that no opening stands without a receipt.
fn compare(context: &Context, args: &ReceiveArgs, thing: &str) -> Result<(), Failure> {
    let desk = Desk::open(context)?;
    let life = desk.life()?;
    things::bundle(thing).map_or(Ok(()), |id| theirs(&life, &id))?;
    let here = things::bundle(thing)
        .and_then(|id| life.bundle(id.as_str()))
        .and_then(|bundle| life.piece(What::Media, &bundle.medium))
        .is_some();
    if !here {
        let papers = Papers::new(context, &desk);
        recorded_at(context, &desk, Kind::Receive, |desk, trace| {
            record(context, args, desk, &papers, trace, thing, false)
        })?;
        context.note(&t!("delivery-recorded-first"));
    }
    let verify = VerifyArgs {
        bundle: thing.into(),
        secret: args.secret.clone(),
        signer: args.signer.clone(),
        medium_id: None,
        count: args.count.clone(),
        receipt: false,
        confirmation: !args.no_documents,
    };
    verify::at_desk(context, &desk, &verify)
}

/// A medium or a slip came.
fn deliver(context: &Context, args: &ReceiveArgs, desk: &Desk, thing: &str, paper: bool) -> Result<(), Failure> {
    let papers = Papers::new(context, desk);
    let (piece, came, told) = recorded_at(context, desk, Kind::Receive, |desk, trace| {
        record(context, args, desk, &papers, trace, thing, paper)
    })?;
    let issued = if paper {
        papers::receipt_of(desk, &piece, &came).and_then(|paper| papers.issue(&paper)).map(Some)
    } else {
        Ok(None)
    };
    let document = issued.as_ref().ok().and_then(Option::as_ref);
    context.say(&t!("received-thing", thing = things::called(&piece)));
    papers::tell(context, document);
    if piece.what == What::Media {
        context.chat(&t!("receive-next"));
    }
    context.result(&json!({
        "thing": piece.id, "what": piece.what, "bundles": piece.bundles, "received": came, "verified": told,
        "documents": document.iter().map(|document| document.json()).collect::<Vec<_>>(),
        "documents_missing": issued.is_err(),
    }));
    issued.map(drop).map_err(papers::sheet_missing)
}

fn record(
    context: &Context,
    args: &ReceiveArgs,
    desk: &Desk,
    papers: &Papers,
    trace: &Trace,
    thing: &str,
    paper: bool,
) -> Result<(Piece, Received, serde_json::Value), Failure> {
    let life = desk.life()?;
    let id = things::bundle(thing).ok_or_else(|| not_a_bundle(thing))?;
    trace.about(SubjectType::Bundle, id.as_str());
    theirs(&life, &id)?;
    let what = if args.slip.is_some() { What::Slip } else { What::Media };
    trace.fact("what", json!(what));
    let piece = coming(args, &life, &id, what)?;
    things::about(trace, &piece);
    let came = came(args, &life, &piece, context)?;
    things::not_before(&piece, came.at)?;
    let told = if what == What::Media { look(context, args, desk, trace, thing)? } else { json!(null) };
    if what == What::Slip {
        same_day(context, &life, &id, &came, trace);
    }
    if paper {
        papers.ready(&papers::receipt_of(desk, &piece, &came)?).map_err(papers::or_without)?;
    }
    trace.facts(came.facts().into());
    Ok((piece, came, told))
}

fn not_a_bundle(thing: &str) -> Failure {
    let shown = show::name(thing);
    Failure::failed(
        "not_a_bundle_name",
        t!("err-not-a-bundle-name", thing = shown.clone()),
        t!("hint-not-a-bundle-name"),
    )
    .about(shown)
}

/// A bundle of this desk's own making does not come from the other side.
fn theirs(life: &Life, id: &BundleId) -> Result<(), Failure> {
    if life.bundle(id.as_str()).is_some_and(|bundle| !bundle.is_theirs()) {
        let message = t!("err-own-bundle", bundle = id.to_string());
        return Err(Failure::refused("own_bundle", message, t!("hint-own-bundle")).about(id.to_string()));
    }
    Ok(())
}

/// The piece as it will be: the medium by the number on its label, or by the bundle; the slip by its number.
fn coming(args: &ReceiveArgs, life: &Life, id: &BundleId, what: What) -> Result<Piece, Failure> {
    let bundle = id.to_string();
    let key = match (what, &args.medium_id) {
        (What::Slip, _) => slip_of(&bundle),
        (What::Media, Some(said)) => medium::number_of(said)?,
        (What::Media, None) => bundle.clone(),
    };
    let number = args.slip.as_deref().filter(|said| said.trim() != "-").map(medium::number_of).transpose()?;
    let known = life.bundle(&bundle);
    let same = known.and_then(|bundle| match what {
        What::Media => life.piece(What::Media, &bundle.medium),
        What::Slip => life.piece(What::Slip, bundle.slip.as_deref()?),
    });
    let own = life.piece(what, &key).filter(|piece| !piece.theirs && piece.last.is_some());
    if let Some(own) = own.filter(|_| same.is_none()) {
        let message = t!("err-own-medium-number", id = show::name(&own.id));
        return Err(Failure::refused("own_medium_number", message, t!("hint-own-medium-number")).about(own.id.clone()));
    }
    if let Some(piece) = same.or_else(|| life.piece(what, &key)) {
        piece.may(Step::Receive).map_err(|why| words::misstep(piece, Step::Receive, why))?;
        let mut piece = Piece { number, ..piece.clone() };
        if !piece.bundles.contains(&bundle) {
            piece.bundles.push(bundle);
        }
        return Ok(piece);
    }
    Ok(Piece { bundles: vec![bundle], theirs: true, number, ..Piece::new(key, what) })
}

fn came(args: &ReceiveArgs, life: &Life, piece: &Piece, context: &Context) -> Result<Received, Failure> {
    let text = |said: &Option<String>| said.as_deref().map(said::text).transpose();
    let place = text(&args.place)?;
    if let Some(place) = &place {
        medium::known_place(context, life, place);
    }
    let appearance = args.appearance.map(|name| match name {
        AppearanceName::Sound => "sound".to_owned(),
        AppearanceName::Damaged => "damaged".to_owned(),
    });
    let seal = args.seal.map(|name| match name {
        SealName::Whole => "whole".to_owned(),
        SealName::Broken => "broken".to_owned(),
        SealName::None => "none".to_owned(),
    });
    Ok(Received {
        what: piece.what,
        number: piece.number.clone(),
        from: text(&args.from)?.map(|name| Partner { name, ..Partner::default() }),
        at: when::stated(args.at.as_deref())?,
        place,
        appearance,
        seal,
        due: args.due,
        remarks: text(&args.remarks)?,
    })
}

/// What can be checked without the secret, where the medium is at hand; a medium that this computer cannot read is taken in by
/// its bundle's number, and then nothing is claimed of it.
fn look(
    context: &Context,
    args: &ReceiveArgs,
    desk: &Desk,
    trace: &Trace,
    thing: &str,
) -> Result<serde_json::Value, Failure> {
    let path = Path::new(thing);
    if path.symlink_metadata().is_err() {
        context.warn(&t!("warn-not-read"));
        trace.fact("read", false);
        return Ok(json!(null));
    }
    let trusted = Trusted::new(desk, &args.signer)?;
    let bundle = Bundle::locate(path).map_err(|e| words::bundle(&e))?;
    kept::bundle(trace, &bundle);
    let mut report = bundle::verify_public(&bundle, &context.screen).map_err(|e| words::bundle(&e))?;
    context.screen.clear();
    let signer = trusted.judge(&bundle, &mut report);
    trace.facts(json!({ "read": true, "checked": report.checked, "signer": signer_json(&signer) }));
    context.chat(&format!("  {}", signer_line(&signer)));
    match report.problems.first() {
        None => {
            Ok(json!({ "checked": report.checked, "signer": signer_json(&signer), "signature": signer.signature() }))
        }
        Some(problem) => {
            let mut failure = words::bundle(problem);
            failure.details.push(t!("damaged-delivery"));
            Err(failure)
        }
    }
}

/// Said where the other side brought both parts on one day: the books of both sides then show it.
fn same_day(context: &Context, life: &Life, id: &BundleId, came: &Received, trace: &Trace) {
    let medium = life.bundle(id.as_str()).and_then(|bundle| life.piece(What::Media, &bundle.medium));
    let last = medium.and_then(|medium| medium.received);
    if last.is_some_and(|seen| seen.at.date_naive() == came.at.date_naive()) {
        context.warn(&t!("warn-came-same-day"));
        trace.fact("same_day", true);
    }
}
