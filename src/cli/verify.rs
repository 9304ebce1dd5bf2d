//! `tewatashi verify`: what can be known of a bundle, without its secret and with it.

use std::path::Path;

use serde_json::{Value, json};

use super::args::VerifyArgs;
use super::compare::{self, Comparison, Counting, Counts};
use super::context::Context;
use super::desk::{Desk, Trace, recorded_at};
use super::failure::{Failure, code};
use super::papers::{self, Paper, Papers};
use super::signer::{Signer, Trusted, signer_json, signer_line};
use super::{counted, kept, secret, things, words};
use crate::bundle::{self, BagFault, Bundle, Check, Damage, Discard, Error, Inside, Opening, Receiver, Report};
use crate::erase::os;
use crate::ledger::{Entry, Kind, Outcome, SubjectType};
use crate::t;
use crate::term::show;

pub fn run(context: &Context, args: &VerifyArgs) -> Result<(), Failure> {
    at_desk(context, &Desk::open(context)?, args)
}

/// The same at a desk that is open.
pub fn at_desk(context: &Context, desk: &Desk, args: &VerifyArgs) -> Result<(), Failure> {
    let papers = Papers::new(context, desk);
    let mut verified = recorded_at(context, desk, Kind::Verify, |desk, trace| {
        let secret = args.secret.passphrase_file.is_some() || args.secret.identity.is_some();
        if args.confirmation && !secret {
            return Err(no_paper());
        }
        compare::ready(&args.count, args.confirmation)?;
        if args.receipt {
            papers.ready(&papers::receipt(desk, "TW-20260101-AAAA", 1)?)?;
        } else if args.confirmation {
            papers.ready(&papers::confirmation_to_be(desk)?)?;
        }
        verify(context, args, desk, trace)
    })?;
    let comparison = compared(context, args, &mut verified)?;
    let issued = match paper(desk, args, &verified, &comparison)? {
        Some(paper) => papers.issue(&paper).map(Some),
        None => Ok(None),
    };
    let document = issued.as_ref().ok().and_then(Option::as_ref);
    papers::tell(context, document);
    verified.told["documents"] = document.iter().map(|document| document.json()).collect::<Vec<_>>().into();
    verified.told["documents_missing"] = issued.is_err().into();
    context.result(&verified.told);
    issued.map(drop).map_err(papers::unconfirmed)
}

/// What was verified, without a problem.
struct Verified {
    id: Option<String>,
    volumes: u64,
    inside: Option<Inside>,
    counts: Counts,
    signer_known: bool,
    /// For scripts.
    told: Value,
}

/// A receipt says that nothing was opened or verified; a ledger that knows better does not sign that.
fn not_opened(desk: &Desk, bundle: &str) -> Result<(), Failure> {
    let history = desk.look(|ledger| ledger.history(bundle))?;
    let secret = |entry: &Entry| entry.facts.get("secret") == Some(&Value::Bool(true));
    let opened = |entry: &&Entry| entry.is(Kind::Open) || (entry.is(Kind::Verify) && secret(entry));
    if history.iter().filter(opened).any(|entry| entry.result == Outcome::Done) {
        let message = t!("err-already-opened", bundle = bundle.to_owned());
        return Err(Failure::refused("already_opened", message, t!("hint-already-opened")).about(bundle));
    }
    Ok(())
}

/// What was said of the content beside what was counted, when a confirmation is to tell of it.
fn compared(context: &Context, args: &VerifyArgs, verified: &mut Verified) -> Result<Comparison, Failure> {
    let counts = std::mem::take(&mut verified.counts);
    let Some(Inside::Bag(inside)) = verified.inside.as_ref().filter(|_| args.confirmation) else {
        return Ok(Comparison::default());
    };
    let comparison = compare::counted(context, &args.count, &inside.info.description, counts)?;
    verified.told["counts"] = comparison.json();
    Ok(comparison)
}

fn no_paper() -> Failure {
    Failure::failed("no_paper", t!("err-no-paper"), t!("hint-no-paper"))
}

/// 受領書 at delivery, 開封確認書 when the inside was read.
fn paper(
    desk: &Desk,
    args: &VerifyArgs,
    verified: &Verified,
    comparison: &Comparison,
) -> Result<Option<Paper>, Failure> {
    match (&verified.id, &verified.inside) {
        (Some(id), _) if args.receipt => {
            not_opened(desk, id)?;
            papers::receipt(desk, id, verified.volumes).map(Some)
        }
        (_, Some(Inside::Bag(inside))) if args.confirmation => {
            papers::confirmation(desk, inside, verified.signer_known, false, comparison).map(Some)
        }
        // A bare age file says too little of itself for a paper.
        _ if args.receipt || args.confirmation => Err(no_paper()),
        _ => Ok(None),
    }
}

fn verify(context: &Context, args: &VerifyArgs, desk: &Desk, trace: &Trace) -> Result<Verified, Failure> {
    let trusted = Trusted::new(desk, &args.signer)?;
    let bundle = match Bundle::locate(&args.bundle) {
        Ok(bundle) => bundle,
        Err(error @ Error::Damaged(_)) => {
            let mut report = Report::default();
            report.problems.push(error);
            let signer = Signer::without(report.problems.first());
            return conclude(context, trace, None, &report, &signer, None);
        }
        Err(error) => return Err(words::bundle(&error)),
    };
    kept::bundle(trace, &bundle);
    let medium = args.medium_id.as_deref().map(|said| medium_at_hand(desk, said, &bundle, &args.bundle)).transpose()?;
    let mut report = bundle::verify_public(&bundle, &context.screen).map_err(|e| words::bundle(&e))?;
    context.screen.clear();
    let signer = trusted.judge(&bundle, &mut report);
    let wants_inside = args.secret.passphrase_file.is_some() || args.secret.identity.is_some();
    let (mut inside, mut counting) = (None, Counting::new(&args.count));
    // What is wrong with header, volumes or signature stands in the report already; then there is no way in.
    if let Some(opening) = wants_inside.then(|| bundle.begin().ok()).flatten() {
        trace.fact("secret", true);
        trace.begin()?;
        inside = verify_inside(context, args, opening, &mut report, &mut counting)?;
    }
    if let Some(medium) = medium.filter(|_| report.problems.is_empty()) {
        trace.about(SubjectType::Medium, medium.clone());
        trace.fact("medium_read", true);
        context.chat(&t!("medium-read", id = show::name(&medium)));
    }
    let mut verified = conclude(context, trace, Some(&bundle), &report, &signer, inside)?;
    if args.confirmation {
        verified.counts = counting.counts();
        trace.facts(verified.counts.facts());
    }
    Ok(verified)
}

/// The medium that is said to be read. Attack on the books: the folder the bundle was packed into, read again and called the
/// medium. Only a place that is a medium of the kind that is handed over counts, or one that nothing can be written on.
fn medium_at_hand(desk: &Desk, said: &str, bundle: &Bundle, path: &Path) -> Result<String, Failure> {
    let medium = things::number(said);
    let place = os::place(path).map_err(|e| words::io(path, &e))?;
    let fixed = place.has_option("ro") && place.medium == os::Medium::Disk;
    if !place.is_handover_medium() && !fixed {
        let shown = show::path(path);
        let message = t!("err-not-a-medium", path = shown.clone());
        return Err(Failure::refused("not_a_medium", message, t!("hint-not-a-medium")).about(shown));
    }
    let life = desk.life()?;
    let known = bundle.facts.as_ref().and_then(|facts| life.bundle(&facts.id)).map(|known| known.medium.clone());
    match known {
        Some(known) if known != medium => {
            let id = bundle.facts.as_ref().map(|facts| facts.id.clone()).unwrap_or_default();
            let message = t!("err-medium-of-other", bundle = id, medium = show::name(&known));
            Err(Failure::refused("medium_of_other", message, t!("hint-medium-of-other")).about(medium))
        }
        _ => Ok(medium),
    }
}

/// A wrong secret ends the command; damage inside is one more problem.
fn verify_inside(
    context: &Context,
    args: &VerifyArgs,
    opening: Opening,
    report: &mut Report,
    counting: &mut Counting,
) -> Result<Option<Inside>, Failure> {
    let signed = opening.bundle.facts.is_some();
    let key = secret::unlock(context, &opening, &args.secret)?;
    report.checked.push(Check::Secret);
    let receiver: &mut dyn Receiver = if args.confirmation { counting } else { &mut Discard };
    match bundle::inspect(opening, &key, receiver, &context.screen) {
        Ok(inside) => {
            report.checked.push(Check::Payload);
            if matches!(inside, Inside::Bag(_)) {
                report.checked.push(Check::Manifest);
                report.checked.extend(signed.then_some(Check::SignerInside));
            }
            Ok(Some(inside))
        }
        Err(error @ Error::Damaged(_)) => {
            report.note(what_failed(&error), Err(error));
            Ok(None)
        }
        Err(error) => Err(words::bundle(&error)),
    }
}

/// The check that a damage inside belongs to.
fn what_failed(error: &Error) -> Check {
    match error {
        Error::Damaged(Damage::Chunk { .. } | Damage::PayloadCut { .. }) => Check::Payload,
        Error::Damaged(Damage::Bag(BagFault::OtherSigner)) => Check::SignerInside,
        _ => Check::Manifest,
    }
}

fn words_of(check: Check) -> String {
    match check {
        Check::VolumesPresent => t!("check-volumes-present"),
        Check::VolumeSizes => t!("check-volume-sizes"),
        Check::VolumeSha256 => t!("check-volume-sha256"),
        Check::AgeHeader => t!("check-age-header"),
        Check::HeaderSha256 => t!("check-header-sha256"),
        Check::Signature => t!("check-signature"),
        Check::SignerKnown => t!("check-signer-known"),
        Check::Checksums => t!("check-checksums"),
        Check::Openers => t!("check-openers"),
        Check::Secret => t!("check-secret"),
        Check::Payload => t!("check-payload"),
        Check::Manifest => t!("check-manifest"),
        Check::SignerInside => t!("check-signer-inside"),
    }
}

fn conclude(
    context: &Context,
    trace: &Trace,
    bundle: Option<&Bundle>,
    report: &Report,
    signer: &Signer,
    within: Option<Inside>,
) -> Result<Verified, Failure> {
    context.screen.clear();
    let inside = within.as_ref();
    if let Some(inside) = inside {
        trace.facts(kept::inside(inside));
    }
    trace.fact("checked", json!(report.checked));
    trace.fact("signer", signer_json(signer));
    let not_checked: Vec<Check> = Check::ALL.into_iter().filter(|c| report.is_open(*c)).collect();
    let problems: Vec<Failure> = report.problems.iter().map(words::bundle).collect();
    let list = |label: String, checks: &[Check]| {
        for check in checks {
            context.chat(&format!("  {} {}", show::pad(&label, 10), words_of(*check)));
        }
    };
    list(t!("label-checked"), &report.checked);
    list(t!("label-not-checked"), &not_checked);
    if bundle.is_some() {
        context.chat(&format!("  {}", signer_line(signer)));
    }
    for name in &report.strangers {
        context.warn(&t!("warn-stranger", name = show::name(name)));
    }
    let contents = inside.map(|inside| match inside {
        Inside::Bag(c) => json!({ "files": c.files, "folders": c.folders, "bytes": c.bytes, "manifest": true, "description": c.info.description }),
        Inside::Foreign { bytes } => json!({ "files": 1, "folders": 0, "bytes": bytes, "manifest": false }),
    });
    let told = json!({
        "result": match problems.first() {
            None => "ok",
            Some(first) if first.code == code::DAMAGED => "damaged",
            Some(_) => "unreadable",
        },
        "id": bundle.and_then(|b| b.facts.as_ref()).map(|f| f.id.clone()),
        "checked": report.checked,
        "not_checked": not_checked,
        "problems": problems.iter().map(|p| json!({ "kind": p.kind, "message": p.message, "hint": p.hint, "subject": p.subject })).collect::<Vec<_>>(),
        "signature": signer.signature(),
        "signer": signer_json(signer),
        "unknown_files": report.strangers,
        "inside": contents,
        "counts": null,
        "documents": [],
    });
    match inside {
        Some(Inside::Bag(c)) => {
            context.chat(&t!("verify-inside", files = counted::files(c.files), size = show::size(c.bytes)));
        }
        Some(Inside::Foreign { bytes }) => context.chat(&t!("verify-foreign", size = show::size(*bytes))),
        None => {}
    }
    let mut problems = problems.into_iter();
    let Some(mut first) = problems.next() else {
        // Never more than was looked at.
        let bare = bundle.is_none_or(|b| b.facts.is_none());
        context.say(&match (inside, bare) {
            (Some(Inside::Bag(_)), true) => t!("verify-ok-bare-bag"),
            (Some(Inside::Bag(_)), false) => t!("verify-ok-inside"),
            (Some(Inside::Foreign { .. }), _) => t!("verify-ok-foreign"),
            (None, true) => t!("verify-ok-bare"),
            (None, false) => t!("verify-ok-outside"),
        });
        let facts = bundle.and_then(|b| b.facts.as_ref());
        return Ok(Verified {
            id: facts.map(|facts| facts.id.clone()),
            volumes: facts.map_or(1, |facts| facts.volumes.len() as u64),
            signer_known: matches!(signer, Signer::Known(_)),
            inside: within,
            counts: Counts::default(),
            told,
        });
    };
    context.result(&told);
    first.details.extend(problems.map(|p| p.message));
    first.reported = true;
    Err(first)
}
