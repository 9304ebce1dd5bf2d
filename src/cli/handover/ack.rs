//! The other side's word: its receipt on paper, its signed record, or the code that only who decrypted the bundle can know.

use std::path::Path;

use chrono::{DateTime, FixedOffset};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::checked::Code;
use crate::cli::args::HandoverArgs;
use crate::cli::certificate::given::Given;
use crate::cli::context::Context;
use crate::cli::desk::{Desk, recorded};
use crate::cli::failure::{Failure, code};
use crate::cli::{said, things, when, words};
use crate::digest::hex;
use crate::ledger::{Entry, Kind, Outcome, documents, keys};
use crate::life::facts::{Acknowledged, Proof, Told, What};
use crate::life::{Life, Piece, State, Step};
use crate::paper::Form;
use crate::paper::fields::{Opening, Receipt};
use crate::passphrase::PassphraseError;
use crate::sign;
use crate::t;
use crate::term::show;

/// A receipt on paper, as the person at this desk says.
pub fn receipt(context: &Context, args: &HandoverArgs) -> Result<(), Failure> {
    let piece = recorded(context, Kind::Ack, |desk, trace| {
        let life = desk.life()?;
        let piece = things::ready(&life, &args.thing, super::what(args)?, Step::Receipt)?;
        things::about(trace, piece);
        let at = when::stated(args.at.as_deref())?;
        things::not_before(piece, at)?;
        let text = |said: &Option<String>| said.as_deref().map(said::text).transpose();
        let told = Acknowledged {
            what: Some(piece.what),
            opened: false,
            proof: Proof::Paper,
            by: text(&args.by)?,
            at,
            document: text(&args.document)?,
            signer: None,
        };
        trace.facts(told.facts().into());
        Ok(piece.clone())
    })?;
    context.say(&t!("receipt-recorded", thing = things::called(&piece)));
    context.result(&json!({ "thing": piece.id, "what": piece.what, "receipt": true, "proof": Proof::Paper }));
    Ok(())
}

/// A code, or a file with a signed record.
pub fn run(context: &Context, args: &HandoverArgs, said: &str) -> Result<(), Failure> {
    let path = Path::new(said);
    // A code has no dot and no slash; a file that was meant and is not there is told as one.
    let is_file = path.symlink_metadata().is_ok() || said.contains(['.', '/', '\\']);
    let (piece, told) = recorded(context, Kind::Ack, |desk, trace| {
        let life = desk.life()?;
        let piece = things::piece(&life, &args.thing, args.what.map(What::from))?;
        things::about(trace, piece);
        let told = if is_file { by_record(desk, &life, piece, path)? } else { by_code(args, &life, piece, said)? };
        if let Some(what) = told.what.filter(|what| *what != piece.what) {
            let message = t!("err-receipt-of-other", thing = things::called(piece));
            let kind = if what == What::Slip { "receipt_of_slip" } else { "receipt_of_medium" };
            return Err(Failure::refused(kind, message, t!("hint-receipt-of-other")));
        }
        if told.opened {
            slip_has_gone(&life, piece)?;
            if told.proof == Proof::Code && decrypted_here(desk, piece)? {
                context.warn(&t!("warn-code-known-here"));
                trace.fact("decrypted_here", true);
            }
        }
        trace.facts(told.facts().into());
        Ok((piece.clone(), told))
    })?;
    let thing = things::called(&piece);
    context.say(&if told.opened { t!("opening-proved", thing = thing) } else { t!("receipt-recorded", thing = thing) });
    if told.opened && told.proof == Proof::Code {
        context.chat(&t!("opening-proves-only"));
    }
    context.result(&json!({
        "thing": piece.id, "what": piece.what, "receipt": told.what.is_some(), "opened": told.opened,
        "proof": told.proof, "signer": told.signer, "document": told.document,
    }));
    Ok(())
}

/// Nobody opens with a slip that is still here.
fn slip_has_gone(life: &Life, piece: &Piece) -> Result<(), Failure> {
    let here = life
        .bundles_of(piece)
        .filter_map(|bundle| life.piece(What::Slip, bundle.slip.as_deref()?))
        .any(|slip| slip.handed().is_none() && slip.handovers.is_empty() && matches!(slip.state, State::Here));
    if here {
        let message = t!("err-slip-not-gone", thing = things::called(piece));
        return Err(Failure::refused("slip_not_gone", message, t!("hint-slip-not-gone")).about(piece.id.clone()));
    }
    Ok(())
}

/// Attack on the auditor: the sender opens the bundle and says its own code. Whether this desk used the secret is in its ledger.
fn decrypted_here(desk: &Desk, piece: &Piece) -> Result<bool, Failure> {
    let used = |entry: &Entry| {
        entry.is(Kind::Open) || entry.is(Kind::List) || entry.facts.get("secret") == Some(&Value::Bool(true))
    };
    for bundle in &piece.bundles {
        let history = desk.look(|ledger| ledger.history(bundle))?;
        if history.iter().any(|entry| entry.result == Outcome::Done && used(entry)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Attack: a code that somebody made up. Only who decrypted knows it; this desk knows its hash alone.
fn by_code(args: &HandoverArgs, life: &Life, piece: &Piece, said: &str) -> Result<Acknowledged, Failure> {
    let typed = Code::parse(said).map_err(|mistyped| {
        let told = words::mistyped(&PassphraseError::from(mistyped));
        Failure { code: code::USAGE, kind: "bad_code", hint: t!("hint-opening-code"), ..told }
    })?;
    opened(life, piece, &hex(&typed.sha256()))?;
    let at = when::stated(args.at.as_deref())?;
    let handed = piece.handed().map(|handed| handed.seen);
    handed.map_or(Ok(()), |seen| when::not_before(at, seen.entry, seen.at))?;
    Ok(Acknowledged { what: None, opened: true, proof: Proof::Code, by: None, at, document: None, signer: None })
}

/// Whether a code is that of one of the bundles, and its medium is with the other side.
fn opened(life: &Life, piece: &Piece, sha256: &str) -> Result<(), Failure> {
    let Some(bundle) = life.bundles_of(piece).find(|bundle| bundle.opening_code_sha256.as_deref() == Some(sha256))
    else {
        let message = t!("err-other-code", thing = things::called(piece));
        return Err(Failure::refused("wrong_code", message, t!("hint-opening-code")).about(piece.id.clone()));
    };
    let medium = life.piece(What::Media, &bundle.medium).unwrap_or(piece);
    match medium.handed() {
        Some(handed) => match handed.opened {
            Some(seen) => {
                let message = t!("err-opening-known", entry = seen.entry.to_string());
                Err(Failure::refused("opening_known", message, t!("hint-opening-known")))
            }
            None => Ok(()),
        },
        None => Err(medium.may(Step::Receipt).err().map_or_else(
            || words::misstep(medium, Step::Receipt, crate::life::Misstep::IsHere),
            |why| words::misstep(medium, Step::Receipt, why),
        )),
    }
}

/// A record of theirs: signed by a key that this case trusts, and about this thing.
fn by_record(desk: &Desk, life: &Life, piece: &Piece, path: &Path) -> Result<Acknowledged, Failure> {
    let given = Given::read(path)?;
    let signer = trusted_signer(desk, &given, path)?;
    let at = chrono::DateTime::parse_from_rfc3339(&given.record.issued).map_err(|_| not_about(path, piece))?;
    let document = Some(given.record.number.clone());
    let fields = Value::Object(given.record.fields.clone());
    let of = |what, opened, by| Acknowledged {
        what,
        opened,
        proof: Proof::SignedRecord,
        by,
        at,
        document: document.clone(),
        signer: Some(signer.clone()),
    };
    if given.record.form == Form::Receipt.name() {
        let receipt = Receipt::deserialize(fields).map_err(|_| not_about(path, piece))?;
        let ids: Vec<&str> = receipt.items.iter().filter_map(|item| item.id.as_deref()).collect();
        if !is_about(piece, &ids) || receipt.kind == Some(crate::paper::fields::transfer::Kind::Returned) {
            return Err(not_about(path, piece));
        }
        piece.may(Step::Receipt).map_err(|why| words::misstep(piece, Step::Receipt, why))?;
        of_this_time(piece, at)?;
        return Ok(of(Some(piece.what), false, receipt.recipient.and_then(|person| person.name)));
    }
    let opening = Opening::deserialize(fields).ok().filter(|_| given.record.form == Form::Opening.name());
    let Some(opening) = opening else { return Err(not_about(path, piece)) };
    let typed = Code::parse(opening.code.as_deref().unwrap_or_default()).map_err(|_| not_about(path, piece))?;
    opened(life, piece, &hex(&typed.sha256()))?;
    Ok(of(None, true, opening.confirmer.and_then(|person| person.name)))
}

/// Whether a receipt of these things is one of this piece. A medium is told by the bundle it carries now: its number stays the
/// same when it is made empty and goes again. A slip is told by its own number: its bundle's is on the medium's receipt too.
fn is_about(piece: &Piece, ids: &[&str]) -> bool {
    let named = ids.contains(&piece.name_of()) || ids.contains(&piece.id.as_str());
    match piece.what {
        What::Slip => named,
        What::Media if piece.bundles.is_empty() => named,
        What::Media => piece.bundles.iter().any(|id| ids.contains(&id.as_str())),
    }
}

/// Attack: the receipt of an earlier hand-over of the same thing, shown again. The clocks of two computers differ by minutes,
/// not by days.
fn of_this_time(piece: &Piece, at: DateTime<FixedOffset>) -> Result<(), Failure> {
    let Some(handed) = piece.handed().map(|handed| handed.seen) else { return Ok(()) };
    let day = at.with_timezone(handed.at.offset()).date_naive();
    if day < handed.at.date_naive() { when::not_before(at, handed.entry, handed.at) } else { Ok(()) }
}

/// Attack: a receipt that anybody could have written. The key must be one that was confirmed from paper.
fn trusted_signer(desk: &Desk, given: &Given, path: &Path) -> Result<String, Failure> {
    let shown = show::path(path);
    let untrusted = |reason: String| {
        let message = t!("err-record-untrusted", path = shown.clone(), reason = reason);
        Failure::refused("record_untrusted", message, t!("hint-record-untrusted")).about(shown.clone())
    };
    let Some(signature) = &given.signature else { return Err(untrusted(t!("record-unsigned"))) };
    let found = sign::verify_by_its_own_key(documents::NAMESPACE, &given.bytes, signature);
    let found = found.ok().filter(|found| given.record.signer.as_ref() == Some(found));
    let Some(found) = found else {
        let message = t!("err-record-signature", path = shown.clone());
        return Err(Failure::new(code::DAMAGED, "record_altered", message, t!("hint-record-signature")).about(shown));
    };
    let trusted = desk.look(keys::trusted)?.into_iter().any(|(key, _)| key == found);
    if trusted { Ok(found) } else { Err(untrusted(t!("record-unknown-key", key = found))) }
}

fn not_about(path: &Path, piece: &Piece) -> Failure {
    let message = t!("err-record-not-about", path = show::path(path), thing = things::called(piece));
    Failure::refused("record_not_about", message, t!("hint-record-not-about")).about(show::path(path))
}
