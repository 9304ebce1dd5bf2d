//! `tewatashi print` and `tewatashi void`: documents that were issued, printed again or taken out of force.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::DateTime;
use serde_json::json;

use super::args::{PrintArgs, VoidArgs};
use super::context::Context;
use super::desk::{Desk, Shelf, recorded_at};
use super::failure::{Failure, code};
use super::papers::{self, Papers};
use super::photo;
use super::place::place_new;
use super::words;
use crate::bundle::BundleId;
use crate::digest;
use crate::ledger::documents::{self, Issued};
use crate::ledger::{Kind, SubjectType};
use crate::paper::{Form, Job, Mark, Page, Record};
use crate::t;
use crate::term::out::out;
use crate::term::show;

pub fn run(context: &Context, args: &PrintArgs) -> Result<(), Failure> {
    let Some(said) = args.number.as_deref().filter(|_| !args.all) else { return list(context) };
    let said = number(said);
    if let Some(bundle) = BundleId::parse(&said) {
        return missing(context, bundle.as_str());
    }
    let desk = Desk::open(context)?;
    recorded_at(context, &desk, Kind::Print, |desk, trace| {
        trace.about(SubjectType::Document, said.clone());
        let document = found(desk, &said)?;
        let (record, mark) = again(desk, &document)?;
        let press = super::paper::press(Some(&desk.folder));
        let signature = signature_of(desk, &record);
        let pictures = photo::kept(&desk.folder.records(), &record)?;
        let job = Job {
            mark: mark.clone(),
            template: args.form.as_deref(),
            secret: None,
            record: &record,
            signature: signature.as_deref(),
            pictures: &pictures,
        };
        let page = press.set(&job).map_err(|e| words::paper(&e))?;
        let place = place(desk, args, &document, &mark);
        put(&place, &page)?;
        trace.facts(json!({
            "number": document.number, "mark": mark.text(), "pdf_sha256": digest::sha256(&page.pdf),
        }));
        let path = show::path(&place);
        context.say(&t!("printed-again", number = document.number.clone(), mark = mark.text(), path = path));
        context.result(&json!({
            "number": document.number, "mark": mark.text(), "pages": page.pages, "path": place.to_string_lossy(),
        }));
        Ok(())
    })
}

/// A number as people type it.
fn number(said: &str) -> String {
    crate::typed::narrow(said).trim().to_uppercase()
}

fn found(desk: &Desk, number: &str) -> Result<Issued, Failure> {
    desk.look(|ledger| documents::find(ledger, number))?.ok_or_else(|| {
        let message = t!("err-no-document", number = show::name(number));
        Failure::failed("no_document", message, t!("hint-no-document")).about(show::name(number))
    })
}

/// The record as it was issued, and how the next page of it is marked.
///
/// Attack: a record changed on the disk and printed again under its old number. What is not what the ledger pinned is not
/// printed.
fn again(desk: &Desk, document: &Issued) -> Result<(Record, Mark), Failure> {
    if document.form == Form::Slip.name() {
        let message = t!("err-slip-again", number = document.number.clone());
        return Err(Failure::refused("slip_again", message, t!("hint-slip-again")).about(document.number.clone()));
    }
    let path = desk.folder.records().join(format!("{}.json", document.number));
    let is_file = path.symlink_metadata().map_err(|e| words::io(&path, &e))?.is_file();
    let bytes = if is_file { fs::read(&path).map_err(|e| words::io(&path, &e))? } else { Vec::new() };
    let altered = || {
        let message = t!("err-record-altered", path = show::path(&path));
        Failure::new(code::DAMAGED, "record_altered", message, t!("hint-record-altered")).about(show::path(&path))
    };
    if document.record_sha256.as_deref() != Some(&digest::sha256(&bytes)) {
        return Err(altered());
    }
    let record = serde_json::from_slice(&bytes).map_err(|_| altered())?;
    let mark = if document.voided.is_some() { Mark::Voided } else { Mark::Copy(document.prints + 1) };
    Ok((record, mark))
}

/// What a page carries beside its record.
fn signature_of(desk: &Desk, record: &Record) -> Option<String> {
    let path = desk.folder.records().join(format!("{}.sig", record.file_name()));
    let carries = Form::named(&record.form).is_some_and(Form::carries_its_signature);
    carries.then(|| fs::read_to_string(path).ok()).flatten()
}

/// Beside the first print, unless another place was named.
fn place(desk: &Desk, args: &PrintArgs, document: &Issued, mark: &Mark) -> PathBuf {
    if let Some(out) = &args.out {
        return out.clone();
    }
    let folder = desk.folder.records();
    let nth = document.prints + 1;
    let name = match mark {
        Mark::Voided => format!("{}-取消{nth}.pdf", document.number),
        _ => format!("{}-写し{nth}.pdf", document.number),
    };
    folder.join(name)
}

fn put(place: &Path, page: &Page) -> Result<(), Failure> {
    use std::io::Write;
    place_new(place, |file| file.write_all(&page.pdf).map_err(|e| words::io(place, &e)))
}

/// Issues what a bundle lacks: paper that could not be made when it was packed.
fn missing(context: &Context, bundle: &str) -> Result<(), Failure> {
    let desk = Desk::open(context)?;
    super::desk::allowed(context, &desk, Kind::Print)?;
    let pack = super::handover::packed(&desk, bundle)?;
    if pack.is_none() {
        let message = t!("err-no-document", number = bundle.to_owned());
        return Err(Failure::failed("no_document", message, t!("hint-no-document")).about(bundle));
    }
    let (papers, mut issued) = (Papers::new(context, &desk), Vec::new());
    papers::with_bundle(&desk, &papers, pack.as_ref(), &mut issued)?;
    if issued.is_empty() {
        context.say(&t!("nothing-to-issue", bundle = bundle.to_owned()));
    }
    papers::tell(context, &issued);
    context.result(&json!({ "documents": issued.iter().map(papers::Document::json).collect::<Vec<_>>() }));
    Ok(())
}

fn list(context: &Context) -> Result<(), Failure> {
    let shelf = Shelf::open(context)?;
    let all = documents::all(&shelf.ledger).map_err(|e| words::ledger(&e))?;
    if !context.json {
        for document in &all {
            let day = DateTime::parse_from_rfc3339(&document.time).map(|t| t.date_naive().to_string());
            let state = if document.voided.is_some() { t!("document-voided") } else { String::new() };
            let bundle = document.bundle.clone().unwrap_or_default();
            let (day, title) = (day.unwrap_or_default(), show::pad(&document.title, 36));
            out(format!("{}  {day}  {title}  {bundle}  {state}", document.number).trim_end());
        }
        if all.is_empty() {
            context.say(&t!("documents-none"));
        }
    }
    let rows = all.iter().map(|document| {
        json!({
            "number": document.number, "form": document.form, "title": document.title, "issued": document.time,
            "bundle": document.bundle, "entry": document.entry, "prints": document.prints, "voided": document.voided,
        })
    });
    context.result(&json!({ "documents": rows.collect::<Vec<_>>() }));
    Ok(())
}

/// Takes a document out of force. Its number stays taken.
pub fn void(context: &Context, args: &VoidArgs) -> Result<(), Failure> {
    if let Some(bundle) = super::things::bundle(&args.number) {
        return super::voided::bundle(context, &bundle, &args.reason);
    }
    let desk = Desk::open(context)?;
    let said = number(&args.number);
    recorded_at(context, &desk, Kind::Void, |desk, trace| {
        trace.about(SubjectType::Document, said.clone());
        let reason = super::said::text(&args.reason)?;
        let document = found(desk, &said)?;
        if let Some(entry) = document.voided {
            let message = t!("err-already-void", number = document.number.clone(), entry = entry.to_string());
            return Err(Failure::refused("already_void", message, t!("hint-already-void")).about(document.number));
        }
        trace.facts(json!({ "number": document.number, "reason": reason }));
        context.say(&t!("voided", number = document.number.clone()));
        context.result(&json!({ "number": document.number, "reason": reason }));
        Ok(())
    })
}
