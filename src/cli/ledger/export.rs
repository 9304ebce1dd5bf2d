//! `tewatashi ledger export`: the 個人情報管理簿 for people, as a workbook, plain rows or JSON.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use chrono::Local;
use serde_json::json;

use super::super::args::ExportArgs;
use super::super::context::Context;
use super::super::desk::{Desk, Shelf, recorded_at};
use super::super::failure::{Failure, code};
use super::super::papers::{self, Document, Papers};
use super::super::place::place_new;
use super::super::{counted, words};
use crate::case::{Effective, Settings};
use crate::ledger::export::{self, Header, Json, Xlsx};
use crate::ledger::register::{Filter, Index, Register, Row};
use crate::ledger::{Entry, Error, Head, Kind, Ledger, SubjectType, corrected};
use crate::t;
use crate::term::show;

#[derive(Clone, Copy)]
enum Form {
    Xlsx,
    Csv,
    Json,
    Pdf,
}

/// The form that is asked for, else the one the name of the file tells.
fn form(context: &Context, args: &ExportArgs) -> Result<Form, Failure> {
    let end = args.file.extension().and_then(|end| end.to_str()).unwrap_or_default().to_ascii_lowercase();
    match (args.xlsx, args.csv, context.json, end.as_str()) {
        (true, ..) => Ok(Form::Xlsx),
        (_, true, ..) => Ok(Form::Csv),
        // A page is a page, however its making is told.
        (.., "pdf") => Ok(Form::Pdf),
        (_, _, true, _) | (.., "json") => Ok(Form::Json),
        (.., "xlsx") => Ok(Form::Xlsx),
        (.., "csv") => Ok(Form::Csv),
        _ => Err(no_form()),
    }
}

fn no_form() -> Failure {
    Failure::usage("no_form", t!("err-export-form"), t!("hint-export-form"))
}

pub fn run(context: &Context, args: &ExportArgs) -> Result<(), Failure> {
    let form = form(context, args)?;
    let (rows, head) = match Desk::open(context) {
        Ok(desk) if matches!(form, Form::Pdf) => return page(context, &desk, args),
        Ok(desk) => recorded_at(context, &desk, Kind::Export, |desk, trace| {
            let done = desk.look(|ledger| Ok(write(ledger, &desk.settings, args, form)))??;
            trace.facts(json!({ "rows": done.0, "entries": done.1.size, "code": done.1.code().to_string() }));
            Ok(done)
        })?,
        // Where nothing can be written the ledger can still be read, and that it was cannot be recorded.
        Err(failure) if failure.kind == "ledger_read_only" => {
            context.warn(&t!("warn-not-recorded", reason = failure.message));
            let shelf = Shelf::open(context)?;
            write(&shelf.ledger, &shelf.settings, args, form)?
        }
        Err(failure) => return Err(failure),
    };
    let path = show::path(&args.file);
    context.say(&t!("exported", path = path, rows = counted::rows(rows), entries = counted::entries(head.size)));
    context.result(&json!({
        "file": args.file.to_string_lossy(), "rows": rows, "entries": head.size, "code": head.code().to_string(),
    }));
    Ok(())
}

/// The register as a document with a number, in `records/` and where it was asked for.
fn page(context: &Context, desk: &Desk, args: &ExportArgs) -> Result<(), Failure> {
    let (document, rows, head) = recorded_at(context, desk, Kind::Export, |desk, trace| {
        let (rows, _, head) = desk.look(|ledger| Ok(lines(ledger, &desk.settings, args)))??;
        let (count, mut document) = (rows.len() as u64, None);
        // Issued once there is a file to put it in.
        let placed = place_new(&args.file, |file| {
            let year = args.year.map(|year| year.to_string());
            let issued = document.insert(Papers::new(context, desk).issue(&papers::register(rows, year))?);
            let page = issued.pdf.as_deref().map(std::fs::read).transpose();
            let page = page.map_err(|e| words::io(&args.file, &e))?.unwrap_or_default();
            file.write_all(&page).map_err(|e| words::io(&args.file, &e))
        });
        let Some(document) = document else { return Err(placed.err().unwrap_or_else(no_form)) };
        trace.about(SubjectType::Document, document.number.clone());
        trace.facts(json!({ "rows": count, "entries": head.size, "code": head.code().to_string() }));
        placed.map_err(|failure| not_copied(&document, &args.file, failure))?;
        Ok((document, count, head))
    })?;
    papers::tell(context, [&document]);
    context.say(&t!("exported-page", path = show::path(&args.file), rows = counted::rows(rows)));
    context.result(&json!({
        "file": args.file.to_string_lossy(), "rows": rows, "entries": head.size, "code": head.code().to_string(),
        "documents": [document.json()],
    }));
    Ok(())
}

/// The document is issued and stands in `records/`; only the copy that was asked for is missing. Whoever took that for a
/// failure would issue it again under another number.
pub fn not_copied(document: &Document, file: &Path, failure: Failure) -> Failure {
    let kept = document.pdf.as_deref().map(show::path).unwrap_or_default();
    let (number, path) = (document.number.clone(), show::path(file));
    let message = t!("err-not-copied", number = number.clone(), path = path.clone(), kept = kept.clone());
    let hint = t!("hint-not-copied", number = number, kept = kept.clone());
    let told = Failure::new(code::IN_PART, "not_copied", message, hint).about(kept);
    told.with_details([failure.message].into_iter().chain(failure.details).collect())
}

type Lines = (Vec<Row>, Index, Head);

/// Three walks over one moment of the ledger: what later entries say, the lines of the register, the entries themselves.
fn write(ledger: &Ledger, settings: &Settings, args: &ExportArgs, form: Form) -> Result<(u64, Head), Failure> {
    let (rows, index, head) = lines(ledger, settings, args)?;
    let header = header(ledger, settings, head, Filter { fiscal_year: args.year, contract: None })?;
    place_new(&args.file, |file| {
        fill(ledger, &header, &rows, &index, form, file).map_err(|e| words::export(&args.file, &e))
    })?;
    Ok((rows.len() as u64, head))
}

fn lines(ledger: &Ledger, settings: &Settings, args: &ExportArgs) -> Result<Lines, Failure> {
    let head = ledger.head().map_err(|e| words::ledger(&e))?;
    let mut index = Index::new();
    each(ledger, &head, |entry| {
        index.add(entry);
        Ok(())
    })
    .map_err(|e| words::export(&args.file, &e))?;
    index.settle();
    let number = Some(settings.contract.number.clone()).filter(|number| !number.is_empty());
    let mut register = Register::new(&index, number);
    each(ledger, &head, |entry| {
        register.add(entry);
        Ok(())
    })
    .map_err(|e| words::export(&args.file, &e))?;
    let rows = register.rows(&Filter { fiscal_year: args.year, contract: None });
    Ok((rows, index, head))
}

fn fill(
    ledger: &Ledger,
    header: &Header,
    rows: &[Row],
    index: &Index,
    form: Form,
    file: &mut File,
) -> Result<(), export::Error> {
    match form {
        Form::Csv => export::csv(rows, file),
        Form::Xlsx => {
            let mut book = Xlsx::begin(header, rows, index)?;
            each(ledger, &header.head, |entry| book.entry(entry))?;
            book.finish(file)
        }
        Form::Json => {
            let mut json = Json::begin(header, rows, file)?;
            each(ledger, &header.head, |entry| json.entry(entry))?;
            json.finish()
        }
        // Only a desk that can write issues a page.
        Form::Pdf => Err(export::Error::Write(std::io::ErrorKind::ReadOnlyFilesystem.into())),
    }
}

fn each(
    ledger: &Ledger,
    head: &Head,
    mut take: impl FnMut(&Entry) -> Result<(), export::Error>,
) -> Result<(), export::Error> {
    ledger.each(1..=head.size, |_, body| {
        let entry = serde_json::from_str(body).map_err(|_| Error::Damaged(ledger.path().to_owned()))?;
        take(&entry)
    })
}

fn header(ledger: &Ledger, settings: &Settings, head: Head, filter: Filter) -> Result<Header, Failure> {
    let amendments = corrected::holding(ledger, &[Kind::ContractAmend]).map_err(|e| words::ledger(&e))?;
    let effective = Effective::agreed(settings, amendments.iter());
    let period = effective.from.zip(effective.to);
    let said = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let contract = &settings.contract;
    let folder = ledger.path().parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    Ok(Header {
        case: folder.unwrap_or_default(),
        city: said(&settings.parties.city.name),
        contractor: said(&settings.parties.contractor.name),
        contract_number: said(&contract.number),
        contract_title: said(&contract.title),
        period,
        head,
        filter,
        made: Local::now().fixed_offset(),
    })
}
