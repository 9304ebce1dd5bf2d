//! Documents: composed from what the ledger knows, set by the press, and issued under a number.

mod audit;
mod compose;
mod counting;
mod duties;
mod erasure;
mod erasure_report;
mod files;
mod handed;
mod incident;
mod life;
mod reports;
mod request;
mod setting;

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use chrono::{Local, SecondsFormat};
use serde::Serialize;
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::context::Context;
use super::desk::{Desk, Draft};
use super::failure::{Failure, code};
use super::paper::press;
use super::photo::Photo;
use super::words;
use crate::digest;
use crate::ledger::{Entry, Error, Kind, Ledger, Subject, SubjectType, corrected, documents};
use crate::paper::fields::Fields;
use crate::paper::record::{self, Pinned};
use crate::paper::{Form, Job, PaperError, Press, Record, Secret};
use files::Files;
pub use files::writable;
pub use setting::salt;
use setting::{case_facts, issuer, style};

use crate::t;
use crate::term::show;

pub use audit::{Told, audit};
pub use compose::{Known, confirmation, confirmation_to_be, receipt, register, slip, stub, transfer};
pub use duties::{Passing, inspection, roster, succession};
pub use erasure::{Certified, erasure};
pub use erasure_report::erasure_report;
pub use handed::{Going, declaration, label, receipt_of, stub_of, taken_back, transfer_of};
pub use incident::incident;
pub use life::{
    Back, Destroying, Outing, Watching, approval, at_desk, destruction, give_back, issue, issued_with, items,
    known_person, ready, takeout, thing, witness, work_of,
};
pub use reports::{Reported, compliance, handling, known_of_question, known_of_section};
pub use request::{attendance, disposal, subcontract};

/// A document before it has a number.
pub struct Paper {
    form: Form,
    title: Cow<'static, str>,
    fields: Map<String, Value>,
    subjects: Vec<Subject>,
    facts: Map<String, Value>,
    /// Whether it tells what others said, which nobody here can say otherwise.
    of_others: bool,
    /// What is printed on it, by the names they get in `records/`.
    pictures: Vec<(String, Vec<u8>)>,
}

impl Paper {
    /// A form with these fields.
    pub fn of<F: Fields>(fields: F) -> Self {
        let (subjects, facts, fields) = (Vec::new(), Map::new(), fields.into_fields());
        Self {
            form: F::FORM,
            title: F::FORM.title().into(),
            fields,
            subjects,
            facts,
            of_others: false,
            pictures: Vec::new(),
        }
    }

    /// Tells what others said.
    pub fn of_others(self) -> Self {
        Self { of_others: true, ..self }
    }

    /// With another title than its form's.
    pub fn titled(self, title: impl Into<Cow<'static, str>>) -> Self {
        Self { title: title.into(), ..self }
    }

    /// Says what a field is; nothing where there is nothing to say.
    pub fn set(&mut self, field: &str, value: impl Serialize) {
        match serde_json::to_value(value) {
            Ok(value) if !value.is_null() && value != json!([]) => {
                self.fields.insert(field.to_owned(), value);
            }
            _ => {}
        }
    }

    /// Adds to 備考.
    pub fn add_remarks(&mut self, remarks: &[String]) {
        let before = self.fields.get("remarks").and_then(Value::as_str).map(str::to_owned);
        let all: Vec<String> = before.into_iter().chain(remarks.iter().cloned()).collect();
        if !all.is_empty() {
            self.fields.insert("remarks".to_owned(), all.join("\n").into());
        }
    }

    /// Prints these photographs, and keeps them in `records/` with the record that names them.
    pub fn with_photos(mut self, photos: Vec<Photo>) -> Self {
        let named: Vec<Value> = photos.iter().map(|photo| json!(photo.told())).collect();
        if !named.is_empty() {
            self.fields.insert("photographs".to_owned(), named.into());
        }
        self.pictures = photos.into_iter().map(|photo| (photo.file, photo.bytes)).collect();
        self
    }

    /// Names a thing it is about.
    pub fn about(mut self, kind: SubjectType, id: impl Into<String>) -> Self {
        let id = id.into();
        if kind == SubjectType::Bundle {
            self.facts.insert("bundle".to_owned(), id.clone().into());
        }
        self.subjects.push(Subject::new(kind, id));
        self
    }

    /// Adds a fact for its entry.
    pub fn fact(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.facts.insert(name.to_owned(), value.into());
        self
    }
}

/// A document that was issued.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its number.
    pub number: String,
    /// Its form.
    pub form: Form,
    /// What stands on top of it; not always the form's own.
    pub title: String,
    /// Where its page is; none for a slip that went to a printer.
    pub pdf: Option<PathBuf>,
    /// The print job of a slip that went to a printer, where the spooler named it.
    pub job: Option<String>,
    /// How many pages.
    pub pages: usize,
}

impl Document {
    /// For scripts.
    pub fn json(&self) -> Value {
        let kind = match self.form {
            Form::Slip => "password_slip",
            form => form.name(),
        };
        json!({
            "kind": kind, "number": self.number, "title": self.title, "pages": self.pages,
            "path": self.pdf.as_ref().map(|path| path.to_string_lossy()), "job": self.job,
        })
    }
}

/// How a slip went.
pub enum Given {
    /// Into this file.
    File(PathBuf),
    /// To a printer, as this job.
    Printed(Option<String>),
}

/// What happens to a slip's page: it goes where it is wanted, and to `records/` never.
pub trait Outlet {
    /// Whether it takes a page.
    fn wants_page(&self) -> bool {
        true
    }

    /// Hands it over, once its number is sure.
    fn give(&mut self, number: &str, pdf: &[u8]) -> Result<Given, Failure>;

    /// Its number was not issued after all: takes back what was given, and says what cannot be.
    fn take_back(&mut self, file: Option<&Path>, failure: Failure) -> Failure;
}

/// Issues documents at a desk.
pub struct Papers<'a> {
    context: &'a Context,
    desk: &'a Desk,
    press: Press,
}

/// As often as another program may come first; nobody issues that many at once.
const MOST_TRIES: usize = 1000;

impl<'a> Papers<'a> {
    /// Fonts and templates of this desk.
    pub fn new(context: &'a Context, desk: &'a Desk) -> Self {
        Self { context, desk, press: press(Some(&desk.folder)) }
    }

    /// Whether it could be issued: fonts, every character, the template. Asked before work begins, so that no work is done
    /// whose paper cannot be made.
    pub fn ready(&self, paper: &Paper) -> Result<(), Failure> {
        files::writable(&self.desk.folder.records())?;
        let record = self.record(paper, self.next()?)?;
        self.press.ready(&record).map_err(|e| words::paper(&e))?;
        let groups = vec![("Aaaa2", String::new()); 6];
        let secret = (paper.form == Form::Slip).then_some(Secret { text: "Aaaa2", groups });
        let job = Job { secret, pictures: &paper.pictures, ..Job::of(&record) };
        self.press.set(&job).map(|_| ()).map_err(|e| words::paper(&e))
    }

    /// Whether a passphrase of the sender's own can be printed.
    pub fn ready_secret(&self, secret: &Secret) -> Result<(), Failure> {
        self.press.ready_secret(secret).map_err(|e| words::paper(&e))
    }

    /// Issues a document: its record, signature and page are in `records/` when its entry stands.
    pub fn issue(&self, paper: &Paper) -> Result<Document, Failure> {
        self.numbered(|nth| self.issue_as(nth, paper))
    }

    /// The same for one that says what was issued before it: composed anew whenever another program issued a document
    /// meanwhile, so that two desks never both issue the second report.
    pub fn issue_composed(&self, compose: impl Fn() -> Result<Paper, Failure>) -> Result<Document, Failure> {
        self.numbered(|nth| self.issue_as(nth, &compose()?))
    }

    fn issue_as(&self, nth: u64, paper: &Paper) -> Result<Document, Failure> {
        let record = self.record(paper, nth)?;
        let files = Files::of(self.desk, &record)?;
        let signature = files.signature.as_deref().filter(|_| paper.form.carries_its_signature());
        let job = Job { signature, pictures: &paper.pictures, ..Job::of(&record) };
        let page = self.press.set(&job).map_err(|e| words::paper(&e))?;
        let mut facts = facts(paper, &record, &files.bytes, page.pages);
        facts.insert("pdf_sha256".to_owned(), digest::sha256(&page.pdf).into());
        let drafts = files.drafts(&record, Some(&page.pdf), &paper.pictures)?;
        let place = self.desk.folder.records().join(format!("{}.pdf", record.number));
        let draft = Draft::done(Kind::Document, subjects(paper, &record), facts);
        self.append(nth, draft, |_| files.place(drafts))?;
        let Record { number, title, .. } = record;
        Ok(Document { number, form: paper.form, title, pdf: Some(place), job: None, pages: page.pages })
    }

    /// Issues a slip. Its page holds the passphrase, so it goes through the outlet and stays nowhere else; not even its hash
    /// does: a passphrase of the sender's own could be guessed from it.
    pub fn issue_slip<'s>(
        &self,
        paper: &Paper,
        secret: impl Fn() -> Secret<'s>,
        outlet: &mut dyn Outlet,
    ) -> Result<Document, Failure> {
        self.numbered(|nth| {
            let record = self.record(paper, nth)?;
            let files = Files::of(self.desk, &record)?;
            let (pdf, pages) = if outlet.wants_page() {
                let page = self.press.set(&Job { secret: Some(secret()), ..Job::of(&record) });
                let page = page.map_err(|e| words::paper(&e))?;
                (Zeroizing::new(page.pdf), page.pages)
            } else {
                (Zeroizing::default(), 0)
            };
            let facts = facts(paper, &record, &files.bytes, pages);
            let drafts = files.drafts(&record, None, &[])?;
            let draft = Draft::done(Kind::Document, subjects(paper, &record), facts);
            let (mut file, mut job) = (None, None);
            self.append(nth, draft, |facts| {
                match outlet.give(&record.number, &pdf)? {
                    Given::File(path) => file = Some(path),
                    Given::Printed(name) => job = name,
                }
                // So that what the spooler keeps can be found.
                facts.extend(job.clone().map(|job| ("job".to_owned(), job.into())));
                files.place(drafts)
            })
            .map_err(|failure| outlet.take_back(file.as_deref(), failure))?;
            let Record { number, title, .. } = record;
            Ok(Document { number, form: paper.form, title, pdf: file, job, pages })
        })
    }

    /// Says that a number no longer holds.
    pub fn void(&self, number: &str, reason: &str) -> Result<(), Failure> {
        let facts = super::desk::facts(json!({ "number": number, "reason": reason }));
        let subjects = vec![Subject::new(SubjectType::Document, number)];
        self.desk.append(self.context, Draft::done(Kind::Void, subjects, facts)).map(|_| ())
    }

    /// Says that the file of a slip is gone.
    pub fn slip_erased(&self, number: &str, overwritten: bool) -> Result<(), Failure> {
        let result = if overwritten { "overwritten" } else { "removed" };
        let facts = super::desk::facts(json!({ "number": number, "result": result }));
        let subjects = vec![Subject::new(SubjectType::Document, number)];
        self.desk.append(self.context, Draft::done(Kind::SlipErased, subjects, facts)).map(|_| ())
    }

    /// Attack: one character no font has, in the name of a medium that a stranger packed, and no register can be printed any
    /// more. It is shown by its number instead.
    fn tame(&self, record: &mut Record) -> Result<(), Failure> {
        for _ in 0..MOST_TRIES {
            match self.press.ready(record) {
                Err(PaperError::NoGlyph { character, field }) if field.starts_with("fields") => {
                    let points: Vec<String> = character.chars().map(|c| format!("U+{:04X}", u32::from(c))).collect();
                    let told = format!("〔{}〕", points.join(" "));
                    record.fields.values_mut().for_each(|value| replace(value, &character, &told));
                }
                other => return other.map_err(|e| words::paper(&e)),
            }
        }
        Ok(())
    }

    fn next(&self) -> Result<u64, Failure> {
        Ok(self.desk.look(Ledger::documents)? + 1)
    }

    /// Tries again with the next number where another program came first.
    fn numbered<T>(&self, mut work: impl FnMut(u64) -> Result<T, Failure>) -> Result<T, Failure> {
        let mut tries = 0;
        loop {
            match work(self.next()?) {
                Err(failure) if failure.kind == words::OVERTAKEN && tries < MOST_TRIES => tries += 1,
                done => return done,
            }
        }
    }

    fn append(
        &self,
        nth: u64,
        mut draft: Draft,
        publish: impl FnOnce(&mut Map<String, Value>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let (mut failed, mut more) = (None, Map::new());
        let appended = self.desk.append_by(self.context, |ledger, key| {
            let more = std::cell::RefCell::new(&mut more);
            let publish = || {
                publish(&mut more.borrow_mut()).map_err(|failure| {
                    failed = Some(failure);
                    Error::Overtaken
                })
            };
            ledger.append_document(key, nth, publish, |number| {
                draft.facts.append(&mut more.borrow_mut());
                draft.entry(number, &self.desk.operator)
            })
        });
        if let (Ok(_), Ok(home)) = (&appended, self.context.home()) {
            home.saw_document(&self.desk.origin, nth);
        }
        match failed {
            Some(failure) => Err(failure),
            None => appended.map(|_| ()),
        }
    }

    fn record(&self, paper: &Paper, nth: u64) -> Result<Record, Failure> {
        let desk = self.desk;
        let code = desk.look(Ledger::head)?.code().to_string();
        let mut record = Record {
            v: record::VERSION,
            number: format!("{}-{nth:04}", desk.settings.forms.document_prefix),
            form: paper.form.name().to_owned(),
            title: paper.title.clone().into_owned(),
            issued: Local::now().to_rfc3339_opts(SecondsFormat::Secs, false),
            issuer: issuer(desk)?,
            ledger: Pinned { origin: desk.origin.clone(), code },
            signer: desk.signer().ok().map(|key| key.fingerprint()),
            tool: concat!("tewatashi ", env!("CARGO_PKG_VERSION")).to_owned(),
            case: case_facts(&desk.settings),
            style: style(&desk.settings),
            salt: salt()?,
            fields: paper.fields.clone(),
        };
        if paper.of_others {
            self.tame(&mut record)?;
        }
        Ok(record)
    }
}

fn replace(value: &mut Value, character: &str, told: &str) {
    match value {
        Value::String(text) => *text = text.replace(character, told),
        Value::Array(list) => list.iter_mut().for_each(|value| replace(value, character, told)),
        Value::Object(map) => map.values_mut().for_each(|value| replace(value, character, told)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn facts(paper: &Paper, record: &Record, bytes: &[u8], pages: usize) -> Map<String, Value> {
    let mut facts = super::desk::facts(json!({
        "number": record.number,
        "form": record.form,
        "title": record.title,
        "record_sha256": digest::sha256(bytes),
        "pages": pages,
        "ledger_code": record.ledger.code,
    }));
    facts.extend(paper.facts.clone());
    facts
}

fn subjects(paper: &Paper, record: &Record) -> Vec<Subject> {
    let number = Subject::new(SubjectType::Document, record.number.clone());
    [number].into_iter().chain(paper.subjects.iter().cloned()).collect()
}

/// Issues what goes with a bundle, as far as it was not issued yet: 交付控 and 確認記録票.
pub fn with_bundle(
    desk: &Desk,
    papers: &Papers,
    pack: Option<&Entry>,
    documents: &mut Vec<Document>,
) -> Result<(), Failure> {
    // As corrected since: what was wrong is not printed a second time.
    let mut pack = pack.cloned();
    if let Some(entry) = &mut pack {
        let corrected = desk.look(corrected::corrections)?.remove(&entry.number);
        let values = corrected.and_then(|by| by.facts.get("facts").and_then(Value::as_object).cloned());
        entry.facts.extend(values.unwrap_or_default());
    }
    let Some(known) = pack.as_ref().and_then(Known::of) else { return Ok(()) };
    let there = desk.look(documents::all)?;
    let void = |number: &str| there.iter().any(|d| d.number == number && d.voided.is_some());
    let issued = |form: Form| {
        there.iter().any(|d| d.form == form.name() && d.bundle.as_deref() == Some(known.bundle) && d.voided.is_none())
    };
    if let Some(slip) = known.slip.filter(|slip| !issued(Form::SlipStub) && !void(slip)) {
        documents.push(papers.issue(&stub(desk, &known, slip)?)?);
    }
    if !issued(Form::Transfer) {
        documents.push(papers.issue(&transfer(desk, &known)?)?);
    }
    Ok(())
}

/// The failure to be ready, with the way to go on without.
pub fn or_without(mut failure: Failure) -> Failure {
    failure.details.push(t!("or-no-documents"));
    failure
}

/// The work is done, its paper is not.
pub fn unconfirmed(failure: Failure) -> Failure {
    let mut told = Failure::new(code::IN_PART, "documents_missing", t!("err-unconfirmed"), t!("hint-unconfirmed"));
    told.details = [failure.message].into_iter().chain(failure.details).chain([failure.hint]).collect();
    told.reported = true;
    told
}

/// The same where the ledger has what was done, and the sheet can be written by hand.
pub fn sheet_missing(failure: Failure) -> Failure {
    let hint = t!("hint-sheet-missing");
    Failure { hint, ..unconfirmed(failure) }
}

/// Tells which documents there are now.
pub fn tell<'d>(context: &Context, documents: impl IntoIterator<Item = &'d Document>) {
    for document in documents.into_iter().filter(|document| document.form != Form::Slip) {
        let path = document.pdf.as_deref().map(show::path).unwrap_or_default();
        context.chat(&t!("issued", number = document.number.clone(), title = document.title.clone(), path = path));
    }
}
