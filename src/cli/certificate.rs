//! `tewatashi certificate verify`: is this certificate genuine, and what does it cover?
//!
//! It holds for any document of ours that has a record; what erasure says of items is looked at where there are any.

mod books;
mod cover;
pub mod given;
mod list;
mod page;
mod report;

use serde_json::{Value, json};

pub use given::Unfit;
pub use report::{Check, Contradiction, Notice, Problem};

use super::args::{CertificateCommand, CertificateVerifyArgs};
use super::context::Context;
use super::desk::{Trace, recorded_at};
use super::failure::{Failure, code};
use super::signer::{Signer, fingerprints, signer_json, signer_line};
use super::{counted, words};
use crate::digest;
use crate::ledger::{Kind, SubjectType, documents};
use crate::paper::fields::{Count, Erasure};
use crate::sign;
use crate::t;
use crate::term::out::out;
use crate::term::show;
use books::{Books, Place};
use cover::Coverage;
use given::Given;
use list::Listing;
use report::Report;

pub fn run(context: &Context, command: &CertificateCommand) -> Result<(), Failure> {
    let CertificateCommand::Verify(args) = command;
    let place = Place::find(context)?;
    let told = match &place {
        Place::Desk(desk) => {
            recorded_at(context, desk, Kind::CertificateVerify, |_, trace| verify(context, args, &place, Some(trace)))
        }
        Place::Shelf(_) | Place::Nowhere => verify(context, args, &place, None),
    }?;
    context.result(&told);
    Ok(())
}

/// What was looked at.
struct Looked {
    given: Given,
    report: Report,
    signer: Signer,
    listing: Option<Listing>,
    coverage: Option<Coverage>,
    voided: Option<u64>,
}

fn verify(
    context: &Context,
    args: &CertificateVerifyArgs,
    place: &Place,
    trace: Option<&Trace>,
) -> Result<Value, Failure> {
    let wanted = fingerprints(&args.signer)?;
    let given = Given::read(&args.file)?;
    let mut report = Report::default();
    let books = Books::of(place, &given)?;
    if let Some(trace) = trace {
        // A number of another ledger is not one of ours.
        if books.as_ref().is_some_and(|books| books.is_its_own) {
            trace.about(SubjectType::Document, given.record.number.clone());
        } else {
            trace.about(SubjectType::Ledger, given.record.ledger.origin.clone());
        }
        trace.facts(json!({ "number": given.record.number, "record_sha256": digest::sha256(&given.bytes) }));
    }
    let signer = signature(&given, books.as_ref(), &wanted, &mut report);
    match &books {
        Some(books) => books.judge(&given, &mut report),
        None => report.note(Notice::NoLedger),
    }
    page::judge(place, books.as_ref(), &given, &mut report);
    let listing =
        if given.is_erasure() { list::judge(place, &given, args.list.as_deref(), &mut report)? } else { None };
    // Attack: a record written by anybody, without a signature, shown where no ledger can tell.
    if report.problems.is_empty() && !report.is_right(Check::Signature) && !report.is_right(Check::Record) {
        report.wrong(Check::Signature, Problem::Unproved);
    }
    let coverage = coverage(context, args, place, trace, listing.as_ref(), &mut report)?;
    let voided = books.as_ref().and_then(Books::voided);
    conclude(context, trace, &Looked { given, report, signer, listing, coverage, voided })
}

/// Whose signature it is. The key stands in the signature itself, so that it can be told who signed also where nobody here
/// knows the key; that is never taken for knowing who it was.
fn signature(given: &Given, books: Option<&Books>, wanted: &[String], report: &mut Report) -> Signer {
    let Some(text) = &given.signature else {
        // Attack: the signature taken out, so that nobody asks whose it is.
        let carried = given.pdf.is_some() && given.is_erasure() && given.record.signer.is_some();
        if carried || !wanted.is_empty() {
            report.wrong(Check::Signature, Problem::SignatureMissing);
        }
        return Signer::None;
    };
    let Ok(found) = sign::verify_by_its_own_key(documents::NAMESPACE, &given.bytes, text) else {
        report.wrong(Check::Signature, Problem::SignatureBad);
        return Signer::Bad;
    };
    // Attack: a record that names the key of an office, signed by another.
    if given.record.signer.as_ref() != Some(&found) {
        report.wrong(Check::Signature, Problem::OtherKey { found: found.clone() });
        return Signer::Unknown(found);
    }
    report.right(Check::Signature);
    let known = if wanted.is_empty() {
        books.is_some_and(|books| books.keys.contains(&found))
    } else {
        wanted.contains(&found)
    };
    if known {
        report.right(Check::SignerKnown);
        return Signer::Known(found);
    }
    if !wanted.is_empty() {
        report.wrong(Check::SignerKnown, Problem::OtherSigner { found: found.clone() });
    }
    Signer::Unknown(found)
}

/// Looks up what was asked about, unless what it would be looked up in is not to be trusted.
fn coverage(
    context: &Context,
    args: &CertificateVerifyArgs,
    place: &Place,
    trace: Option<&Trace>,
    listing: Option<&Listing>,
    report: &mut Report,
) -> Result<Option<Coverage>, Failure> {
    let is_asked = args.bundle.is_some() || args.manifest.is_some();
    let is_false = |problem: &Problem| [code::DAMAGED, code::LEDGER].contains(&words::problem(problem).code);
    if !is_asked || report.problems.iter().any(is_false) {
        return Ok(None);
    }
    let Some(listing) = listing else {
        report.wrong(Check::Coverage, Problem::NoList);
        return Ok(None);
    };
    let Some(asked) = cover::asked(context, args, place, trace)? else { return Ok(None) };
    let coverage = Coverage::of(&asked, listing);
    match coverage.missing() {
        0 => report.right(Check::Coverage),
        missing => report.wrong(Check::Coverage, Problem::NotCovered { missing, of: coverage.files }),
    }
    Ok(Some(coverage))
}

/// Says what was found; an error where something must not be.
fn conclude(context: &Context, trace: Option<&Trace>, looked: &Looked) -> Result<Value, Failure> {
    context.screen.clear();
    let Looked { report, signer, .. } = looked;
    let mut problems: Vec<Failure> = report.problems.iter().map(words::problem).collect();
    // What was altered is told before what is merely not enough.
    problems.sort_by_key(|problem| ![code::DAMAGED, code::LEDGER].contains(&problem.code));
    let told = told(looked, &problems);
    if let Some(trace) = trace {
        trace.facts(json!({ "checked": report.checked, "signer": signer_json(signer), "found": told["result"] }));
        if let Some(Coverage { files, covered, .. }) = &looked.coverage {
            trace.facts(json!({ "asked": files, "covered": covered }));
        }
    }
    say(context, looked);
    let mut problems = problems.into_iter();
    let Some(mut first) = problems.next() else {
        context.say(&right(report));
        return Ok(told);
    };
    context.result(&told);
    first.details.extend(problems.map(|problem| problem.message));
    first.reported = true;
    Err(first)
}

/// Never more than was looked at.
fn right(report: &Report) -> String {
    let by_whom = report.is_right(Check::SignerKnown) || report.is_right(Check::Record);
    match (by_whom, report.is_right(Check::Page)) {
        (false, _) => t!("certificate-ok-unknown"),
        (true, true) => t!("certificate-ok-page"),
        (true, false) => t!("certificate-ok"),
    }
}

fn told(looked: &Looked, problems: &[Failure]) -> Value {
    let Looked { given, report, signer, listing, coverage, voided } = looked;
    let result = match problems.first().map(|problem| (problem.code, problem.kind)) {
        None => "ok",
        Some((code::DAMAGED | code::LEDGER, _)) => "damaged",
        Some((_, "not_covered")) => "not_covered",
        Some((_, "document_voided")) => "voided",
        Some(_) => "incomplete",
    };
    let problem = |p: &Failure| json!({ "kind": p.kind, "message": p.message, "details": p.details, "hint": p.hint, "subject": p.subject });
    let has = |notice: Notice| report.notices.contains(&notice);
    let page = match () {
        () if report.is_right(Check::Page) => Some("matches"),
        () if has(Notice::PageDiffers) => Some("differs"),
        () => None,
    };
    let print = match () {
        () if has(Notice::Reprint) => Some("reprint"),
        () if report.is_right(Check::Print) => Some("first"),
        () => None,
    };
    let record = &given.record;
    json!({
        "result": result,
        "number": record.number, "form": record.form, "title": record.title, "issued": record.issued,
        "origin": record.ledger.origin, "voided": voided,
        "checked": report.checked,
        "not_checked": report.open(),
        "problems": problems.iter().map(problem).collect::<Vec<_>>(),
        "notices": report.notices,
        "signature": signer.signature(),
        "signer": signer_json(signer),
        "print": print,
        "page": page,
        "list": listing.as_ref().map(|l| json!({ "file": l.file.as_ref().map(|f| f.to_string_lossy()), "items": l.items() })),
        "coverage": coverage,
    })
}

/// What the record says comes first: that is what was checked. The page is only paper.
fn say(context: &Context, looked: &Looked) {
    let Looked { given, report, signer, coverage, .. } = looked;
    let record = &given.record;
    let day = show::name(record.issued.get(..10).unwrap_or_default());
    let (title, number, issuer) =
        (show::name(&record.title), show::name(&record.number), show::name(&record.issuer.name));
    context.say(&t!("certificate-is", title = title, number = number, day = day, issuer = issuer));
    if let Some(totals) = totals(given) {
        context.say(&format!("  {totals}"));
    }
    let list = |label: String, checks: &[Check]| {
        for check in checks {
            context.chat(&format!("  {} {}", show::pad(&label, 10), words::check(*check)));
        }
    };
    list(t!("label-checked"), &report.checked);
    list(t!("label-not-checked"), &report.open());
    context.say(&format!("  {}", signer_line(signer)));
    for notice in &report.notices {
        context.warn(&words::document_notice(*notice));
    }
    if let Some(coverage) = coverage {
        covered(context, coverage);
    }
}

/// The totals in the record.
fn totals(given: &Given) -> Option<String> {
    let sheet: Erasure = serde_json::from_value(Value::Object(given.record.fields.clone())).ok()?;
    let annex = given.is_erasure().then_some(sheet.annex)?;
    let number = |count: Option<Count>| count.map(|count| show::number(count.number()));
    Some(t!(
        "certificate-totals",
        total = number(annex.total)?,
        erased = number(annex.erased)?,
        unverified = number(annex.not_verified)?,
        failed = number(annex.failed)?,
        skipped = number(annex.skipped)?
    ))
}

/// Names of what is inside a bundle go to standard output alone, where they were asked for.
fn covered(context: &Context, coverage: &Coverage) {
    let (files, covered) = (counted::files(coverage.files), show::number(coverage.covered));
    context.say(&t!("certificate-covered", files = files, covered = covered));
    let groups = [
        (&coverage.not_erased, t!("cover-not-erased")),
        (&coverage.too_few, t!("cover-too-few")),
        (&coverage.not_listed, t!("cover-not-listed")),
    ];
    for (names, label) in groups.iter().filter(|(names, _)| !names.is_empty() && !context.json) {
        out(&format!("{label}:"));
        names.iter().for_each(|name| out(&format!("  {}", show::name(name))));
    }
}
