//! `tewatashi open`: the recipient's side. Everything is proved before anything gets its name.

use std::path::Path;

use serde_json::json;

use super::args::OpenArgs;
use super::compare::{self, Comparison, Counting, Counts};
use super::context::Context;
use super::desk::{Desk, Trace, recorded_at};
use super::failure::Failure;
use super::opened::Listing;
use super::papers::{self, Document, Papers};
use super::signer::{Signer, Trusted, signer_json, signer_line};
use super::{approvals, counted, kept, said, secret, words};
use crate::bundle::{self, Both, Bundle, Contents, Discard, Inside, OpenFailure, Opened, Opening, Receiver, Report};
use crate::case::Approval;
use crate::erase::os;
use crate::home::WorkKind;
use crate::ledger::Kind;
use crate::t;
use crate::term::show;

pub fn run(context: &Context, args: &OpenArgs) -> Result<(), Failure> {
    let desk = Desk::open(context)?;
    let papers = (!args.no_documents).then(|| Papers::new(context, &desk));
    compare::ready(&args.count, !args.no_documents)?;
    let (opened, signer, counts) =
        recorded_at(context, &desk, Kind::Open, |desk, trace| open(context, args, desk, papers.as_ref(), trace))?;
    let issued = match (&papers, &opened.inside) {
        (Some(papers), Inside::Bag(inside)) => {
            let told = &inside.info.description;
            // It is open, and stays so; only its paper waits for the reason.
            let comparison = compare::counted(context, &args.count, told, counts)
                .inspect_err(|_| context.say(&t!("open-done", path = show::path(&opened.place))))?;
            confirm(&desk, papers, inside, &signer, &comparison).map(|document| Some((document, comparison)))
        }
        // A foreign file has no code of its own, and nothing to compare with.
        _ => Ok(None),
    };
    tell(context, &opened, &signer, issued.as_ref().map(Option::as_ref).map_err(drop));
    issued.map(drop).map_err(papers::unconfirmed)
}

/// The 開封確認書 of what was opened.
fn confirm(
    desk: &Desk,
    papers: &Papers,
    inside: &Contents,
    signer: &Signer,
    comparison: &Comparison,
) -> Result<Document, Failure> {
    let known = matches!(signer, Signer::Known(_));
    papers.issue(&papers::confirmation(desk, inside, known, true, comparison)?)
}

/// Whether the confirmation can be printed, before anything is opened. A bare file may be of others; then there is none.
fn confirmable(desk: &Desk, papers: Option<&Papers>, bundle: &Bundle) -> Result<(), Failure> {
    match papers.filter(|_| bundle.facts.is_some()) {
        Some(papers) => papers.ready(&papers::confirmation_to_be(desk)?).map_err(papers::or_without),
        None => Ok(()),
    }
}

fn open(
    context: &Context,
    args: &OpenArgs,
    desk: &Desk,
    papers: Option<&Papers>,
    trace: &Trace,
) -> Result<(Opened, Signer, Counts), Failure> {
    let bundle = Bundle::locate(&args.bundle).map_err(|e| words::bundle(&e))?;
    kept::bundle(trace, &bundle);
    let mut report = Report::default();
    let signer = Trusted::new(desk, &args.signer)?.judge(&bundle, &mut report);
    trace.fact("signer", signer_json(&signer));
    copy_approved(context, args, desk, &bundle, trace)?;
    machine(context, args, desk, trace)?;
    if let Some(problem) = report.problems.first() {
        return Err(words::bundle(problem));
    }
    let opening = begin(context, &bundle)?;
    openers(context, &bundle)?;
    early(&bundle, &args.to)?;
    confirmable(desk, papers, &bundle)?;
    trace.begin()?;
    let key = secret::unlock(context, &opening, &args.secret)?;
    let made = prepare(&args.to)?;
    let home = context.home()?;
    let note = home.note(WorkKind::Plaintext, &args.to).map_err(|e| {
        if made {
            let _ = std::fs::remove_dir(&args.to);
        }
        words::io(home.folder(), &e)
    })?;
    let (mut counting, mut listing) = (Counting::new(&args.count), Listing::new(&desk.folder));
    // Counted only for the paper that tells of it.
    let counter: &mut dyn Receiver = if papers.is_some() { &mut counting } else { &mut Discard };
    let beside = &mut Both(counter, &mut listing);
    let outcome = bundle::open(opening, &key, &args.to, &note.folder, beside, &context.screen);
    context.screen.clear();
    match &outcome {
        // What stands under the noted name is not ours to offer for erasing.
        Err(failure) if matches!(failure.error, bundle::Error::Replaced(_)) => note.disown(),
        _ => drop(note),
    }
    match outcome {
        Ok(opened) => {
            trace.facts(kept::inside(&opened.inside));
            if let Inside::Bag(inside) = &opened.inside {
                let volumes = bundle.facts.as_ref().map(|facts| facts.volumes.clone()).unwrap_or_default();
                let known = super::opened::Opened { volumes, ..super::opened::Opened::of(&inside.info) };
                let copy = super::opened::keep(context, desk, known, Some(&opened.place), listing);
                trace.fact("copy", copy);
                other_medium(context, desk, inside)?;
            }
            let counts = counting.counts();
            if papers.is_some() {
                trace.facts(counts.facts());
            }
            Ok((opened, signer, counts))
        }
        Err(mut failure) => {
            failure.error = bundle::explain(&bundle, failure.error, &context.screen);
            if made {
                // Only if nothing is in it.
                let _ = std::fs::remove_dir(&args.to);
            }
            Err(failed(&failure))
        }
    }
}

/// What is opened while it is still open elsewhere is copied (複製), which needs a decision where the case asks for one.
fn copy_approved(
    context: &Context,
    args: &OpenArgs,
    desk: &Desk,
    bundle: &Bundle,
    trace: &Trace,
) -> Result<(), Failure> {
    let told = args.approval.as_deref();
    let Some(id) = bundle.facts.as_ref().map(|facts| facts.id.clone()) else { return Ok(()) };
    let life = desk.life()?;
    let is_copy = life.bundle(&id).is_some_and(|known| known.copies_left().next().is_some());
    if !is_copy && told.is_none() {
        return Ok(());
    }
    let found = approvals::asked(context, desk, &life, Approval::Copy, told, &[id])?;
    approvals::about(trace, found.as_ref());
    let number = found.map(|found| found.number).or(told.map(said::text).transpose()?);
    if let Some(number) = number {
        trace.fact("approval", number);
    }
    Ok(())
}

/// Attack, or a mix-up at a desk: the content of one medium under the label of another. Said, for the plaintext is here by now.
fn other_medium(context: &Context, desk: &Desk, inside: &Contents) -> Result<(), Failure> {
    let Some(sealed) = &inside.info.description.medium_id else { return Ok(()) };
    let id = inside.info.id.as_str();
    let received = desk.life()?.bundle(id).filter(|bundle| bundle.is_theirs()).map(|bundle| bundle.medium.clone());
    if let Some(label) = received.filter(|label| label != id && label != sealed) {
        context.warn(&t!("warn-other-medium", label = show::name(&label), sealed = show::name(sealed)));
    }
    Ok(())
}

/// The machine that the plaintext goes onto: the one that was named, or this computer where it is registered.
fn machine(context: &Context, args: &OpenArgs, desk: &Desk, trace: &Trace) -> Result<(), Failure> {
    let life = desk.life()?;
    let found = match &args.machine {
        Some(said) => Some(super::equipment::one(&life, said)?),
        None => life.machines.iter().find(|machine| machine.host.as_ref() == Some(&desk.operator.host)),
    };
    match found {
        Some(machine) => trace.fact("machine", machine.id.clone()),
        None if !life.machines.is_empty() => {
            context.warn(&t!("warn-open-unlisted", host = show::name(&desk.operator.host)));
        }
        None => {}
    }
    Ok(())
}

/// The header, checked; in a split bundle damage is told by the volume.
pub fn begin<'a>(context: &Context, bundle: &'a Bundle) -> Result<Opening<'a>, Failure> {
    bundle.begin().map_err(|e| words::bundle(&bundle::explain(bundle, e, &context.screen)))
}

/// Attack: a program exchanged on the medium, which a clerk runs next. Told before the secret is typed at this PC.
fn openers(context: &Context, bundle: &Bundle) -> Result<(), Failure> {
    let found = bundle::check_openers(bundle, &context.screen);
    context.screen.clear();
    found.map_err(|problems| {
        let mut problems = problems.iter().map(words::bundle);
        // There is one, or nothing would be wrong.
        let mut first = problems.next().unwrap_or_else(words::cancelled);
        first.details.extend(problems.map(|problem| problem.message));
        first
    })
}

/// What can be refused before a passphrase is asked for.
fn early(bundle: &Bundle, to: &Path) -> Result<(), Failure> {
    if let Some(facts) = &bundle.facts {
        let place = to.join(&facts.id);
        if place.symlink_metadata().is_ok() {
            return Err(words::bundle(&bundle::Error::Exists(place)));
        }
    }
    Ok(())
}

/// Makes the target folder, private, when it is missing; says whether it did.
fn prepare(to: &Path) -> Result<bool, Failure> {
    match os::make_private_dir(to) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists && to.is_dir() => Ok(false),
        Err(e) => Err(words::io(to, &e)),
    }
}

fn tell(context: &Context, opened: &Opened, signer: &Signer, issued: Result<Option<&(Document, Comparison)>, ()>) {
    let document = issued.unwrap_or_default().map(|(document, _)| document);
    let counts = issued.unwrap_or_default().map(|(_, comparison)| comparison.json());
    context.say(&t!("open-done", path = show::path(&opened.place)));
    let (id, files, folders, bytes, manifest, description) = match &opened.inside {
        Inside::Bag(c) => {
            context.chat(&t!("open-verified", files = counted::files(c.files), size = show::size(c.bytes)));
            context.chat(&signer_line(signer));
            context.chat(&t!("open-code", code = c.info.opening_code.to_string()));
            (Some(c.info.id.clone()), c.files, c.folders, c.bytes, true, Some(c.info.description.clone()))
        }
        Inside::Foreign { bytes } => {
            context.warn(&t!("warn-no-manifest"));
            (None, 1, 0, *bytes, false, None)
        }
    };
    papers::tell(context, document);
    context.result(&json!({
        "to": opened.place.to_string_lossy(),
        "id": id,
        "files": files,
        "folders": folders,
        "bytes": bytes,
        "manifest": manifest,
        "description": description,
        "signer": signer_json(signer),
        "documents_missing": issued.is_err(),
        "counts": counts,
        "documents": document.iter().map(|document| document.json()).collect::<Vec<_>>(),
        "opening_code": match &opened.inside {
            Inside::Bag(c) => Some(c.info.opening_code.to_string()),
            Inside::Foreign { .. } => None,
        },
    }));
}

/// The failure, with what became of the plaintext.
fn failed(failure: &OpenFailure) -> Failure {
    let mut told = words::bundle(&failure.error);
    let Some(scrapped) = &failure.scrapped else { return told };
    if scrapped.left.is_empty() {
        told.details.push(t!(
            "scrapped",
            files = counted::files(scrapped.files),
            bytes = counted::bytes(scrapped.bytes)
        ));
    } else {
        told.details.push(t!("scrapped-left", count = scrapped.left.len()));
        let lines =
            scrapped.left.iter().map(|(path, e)| format!("{}: {}", show::path(path), show::name(&e.to_string())));
        told.details.extend(lines);
        if !matches!(failure.error, bundle::Error::Replaced(_)) {
            told.hint = t!("hint-scrapped-left");
        }
    }
    told
}
