//! Documents: composed from what the ledger knows, set by the press, and issued under a number.

mod compose;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{Local, SecondsFormat};
use serde_json::{Map, Value, json};
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use super::context::Context;
use super::desk::{Desk, Draft};
use super::failure::{Failure, code};
use super::paper::press;
use super::words;
use crate::case::settings::Party;
use crate::case::{Copies, Settings, Word};
use crate::digest::{self, hex};
use crate::erase::os;
use crate::ledger::{Entry, Error, Kind, Ledger, Subject, SubjectType, documents};
use crate::paper::fields::Fields;
use crate::paper::record::{self, CaseFacts, Issuer, PartyFacts, Pinned, Style};
use crate::paper::{Form, Job, Press, Record, Secret};
use crate::passphrase::PassphraseError;

use crate::t;
use crate::term::show;

pub use compose::{Known, confirmation, confirmation_to_be, receipt, register, slip, stub, transfer};

/// A document before it has a number.
pub struct Paper {
    form: Form,
    title: &'static str,
    fields: Map<String, Value>,
    subjects: Vec<Subject>,
    facts: Map<String, Value>,
}

impl Paper {
    /// A form with these fields.
    pub fn of<F: Fields>(fields: F) -> Self {
        let (subjects, facts) = (Vec::new(), Map::new());
        Self { form: F::FORM, title: F::FORM.title(), fields: fields.into_fields(), subjects, facts }
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
    /// Where its page is; none for a slip that went to a printer.
    pub pdf: Option<PathBuf>,
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
            "kind": kind, "number": self.number, "title": self.form.title(), "pages": self.pages,
            "path": self.pdf.as_ref().map(|path| path.to_string_lossy()),
        })
    }
}

/// What happens to a slip's page: it goes where it is wanted, and to `records/` never.
pub trait Outlet {
    /// Whether it takes a page.
    fn wants_page(&self) -> bool {
        true
    }

    /// Hands it over, once its number is sure.
    fn give(&mut self, number: &str, pdf: &[u8]) -> Result<Option<PathBuf>, Failure>;
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
        let record = self.record(paper, self.next()?)?;
        self.press.ready(&record).map_err(|e| words::paper(&e))?;
        let groups = vec![("Aaaa2", String::new()); 6];
        let secret = (paper.form == Form::Slip).then_some(Secret { text: "Aaaa2", groups });
        self.press.set(&Job { secret, ..Job::of(&record) }).map(|_| ()).map_err(|e| words::paper(&e))
    }

    /// Whether a passphrase of the sender's own can be printed.
    pub fn ready_secret(&self, secret: &Secret) -> Result<(), Failure> {
        self.press.ready_secret(secret).map_err(|e| words::paper(&e))
    }

    /// Issues a document: its record, signature and page are in `records/` when its entry stands.
    pub fn issue(&self, paper: &Paper) -> Result<Document, Failure> {
        self.numbered(|nth| {
            let record = self.record(paper, nth)?;
            let files = Files::of(self, &record)?;
            let signature = files.signature.as_deref().filter(|_| paper.form == Form::Erasure);
            let page = self.press.set(&Job { signature, ..Job::of(&record) }).map_err(|e| words::paper(&e))?;
            let mut facts = facts(paper, &record, &files.bytes, page.pages);
            facts.insert("pdf_sha256".to_owned(), digest::sha256(&page.pdf).into());
            let drafts = files.drafts(&record, Some(&page.pdf))?;
            let place = self.desk.folder.records().join(format!("{}.pdf", record.number));
            let draft = Draft::done(Kind::Document, subjects(paper, &record), facts);
            self.append(nth, draft, |_| files.place(drafts))?;
            Ok(Document { number: record.number, form: paper.form, pdf: Some(place), pages: page.pages })
        })
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
            let files = Files::of(self, &record)?;
            let (pdf, pages) = if outlet.wants_page() {
                let page = self.press.set(&Job { secret: Some(secret()), ..Job::of(&record) });
                let page = page.map_err(|e| words::paper(&e))?;
                (Zeroizing::new(page.pdf), page.pages)
            } else {
                (Zeroizing::default(), 0)
            };
            let facts = facts(paper, &record, &files.bytes, pages);
            let drafts = files.drafts(&record, None)?;
            let draft = Draft::done(Kind::Document, subjects(paper, &record), facts);
            let mut went = None;
            self.append(nth, draft, |facts| {
                went = outlet.give(&record.number, &pdf)?;
                // So that no other file that takes its name later is taken for it.
                let size = went.as_deref().and_then(|path| path.metadata().ok()).map(|meta| meta.len());
                facts.extend(size.map(|size| ("file_bytes".to_owned(), size.into())));
                files.place(drafts)
            })?;
            Ok(Document { number: record.number, form: paper.form, pdf: went, pages })
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
        match failed {
            Some(failure) => Err(failure),
            None => appended.map(|_| ()),
        }
    }

    fn record(&self, paper: &Paper, nth: u64) -> Result<Record, Failure> {
        let desk = self.desk;
        let code = desk.look(Ledger::head)?.code().to_string();
        Ok(Record {
            v: record::VERSION,
            number: format!("{}-{nth:04}", desk.settings.forms.document_prefix),
            form: paper.form.name().to_owned(),
            title: paper.title.to_owned(),
            issued: Local::now().to_rfc3339_opts(SecondsFormat::Secs, false),
            issuer: issuer(desk)?,
            ledger: Pinned { origin: desk.origin.clone(), code },
            signer: desk.signer().ok().map(|key| key.fingerprint()),
            tool: concat!("tewatashi ", env!("CARGO_PKG_VERSION")).to_owned(),
            case: case_facts(&desk.settings),
            style: style(&desk.settings),
            salt: salt()?,
            fields: paper.fields.clone(),
        })
    }
}

/// What drafts are called.
const DRAFT: &str = ".tewatashi-";

/// The files of a document on their way to `records/`.
struct Files {
    folder: PathBuf,
    bytes: Vec<u8>,
    signature: Option<String>,
}

impl Files {
    fn of(papers: &Papers, record: &Record) -> Result<Self, Failure> {
        let folder = papers.desk.folder.records();
        if !folder.is_dir() {
            os::make_private_dir(&folder).map_err(|e| words::io(&folder, &e))?;
        }
        tidy(&folder);
        let bytes = record.bytes().map_err(|_| words::ledger(&Error::NotCanonical))?;
        // A locked key signs nothing; the entry that holds the record's hash is signed later.
        let signature = match papers.desk.signer() {
            Ok(key) => Some(key.sign(documents::NAMESPACE, &bytes).map_err(|e| words::signing(&e))?),
            Err(_) => None,
        };
        Ok(Self { folder, bytes, signature })
    }

    /// Writes them beside their places.
    fn drafts(&self, record: &Record, pdf: Option<&[u8]>) -> Result<Vec<(NamedTempFile, PathBuf)>, Failure> {
        let name = record.file_name();
        let signature = self.signature.as_ref().map(|text| (format!("{name}.sig"), text.as_bytes()));
        let page = pdf.map(|pdf| (format!("{}.pdf", record.number), pdf));
        let all = [(name, self.bytes.as_slice())].into_iter().chain(signature).chain(page);
        all.map(|(name, bytes)| {
            let place = self.folder.join(name);
            let draft = tempfile::Builder::new().prefix(DRAFT).tempfile_in(&self.folder);
            let mut draft = draft.map_err(|e| words::io(&place, &e))?;
            draft.write_all(bytes).and_then(|()| draft.as_file().sync_all()).map_err(|e| words::io(&place, &e))?;
            Ok((draft, place))
        })
        .collect()
    }

    /// Puts them in their places. What is there under a number that nobody has is left of a crash, and would pass for
    /// altered: it goes, also where nothing takes its place.
    fn place(&self, drafts: Vec<(NamedTempFile, PathBuf)>) -> Result<(), Failure> {
        let record = drafts.first().map(|(_, place)| place.clone()).unwrap_or_default();
        for end in ["json.sig", "pdf"] {
            let _ = std::fs::remove_file(record.with_extension(end));
        }
        for (draft, place) in drafts {
            draft.persist(&place).map_err(|e| words::io(&place, &e.error))?;
        }
        os::sync_dir(&self.folder).map_err(|e| words::io(&self.folder, &e))
    }
}

/// Nobody writes a draft for so long; what is older is left of a crash.
const DRAFT_LIVES: Duration = Duration::from_hours(1);

fn tidy(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let age = entry.metadata().and_then(|meta| meta.modified()).ok().and_then(|time| time.elapsed().ok());
        let is_draft = entry.file_name().to_string_lossy().starts_with(DRAFT);
        if is_draft && age.is_some_and(|age| age > DRAFT_LIVES) {
            let _ = std::fs::remove_file(entry.path());
        }
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

fn salt() -> Result<String, Failure> {
    let mut salt = [0; 32];
    getrandom::fill(&mut salt).map_err(|_| words::mistyped(&PassphraseError::Random))?;
    Ok(hex(&salt))
}

fn issuer(desk: &Desk) -> Result<Issuer, Failure> {
    let number = desk.operator.staff.as_ref();
    let roster = desk.roster()?;
    let person = roster.people().iter().find(|person| Some(&person.number) == number);
    let said = |pick: fn(&crate::case::Person) -> &String| person.map(pick).cloned().unwrap_or_default();
    Ok(Issuer { name: desk.operator.name.clone(), section: said(|p| &p.section), contact: said(|p| &p.contact) })
}

/// Contract and parties of a case.
pub fn case_facts(settings: &Settings) -> CaseFacts {
    let party = |party: &Party| PartyFacts {
        name: party.name.clone(),
        address: party.address.clone(),
        representative: party.representative.clone(),
        department: party.department.clone(),
    };
    CaseFacts {
        contract_number: settings.contract.number.clone(),
        contract_title: settings.contract.title.clone(),
        city: party(&settings.parties.city),
        contractor: party(&settings.parties.contractor),
    }
}

fn style(settings: &Settings) -> Style {
    let forms = &settings.forms;
    let copies = match forms.copies {
        Copies::KouOtsu => ["甲保管用", "乙保管用"],
        Copies::OriginalDuplicate => ["正", "副"],
    };
    Style {
        seals: forms.seals,
        western_dates: forms.western_dates,
        copies: copies.map(str::to_owned).to_vec(),
        return_word: forms.return_word.text().to_owned(),
        extra: forms.extra.iter().map(|(name, said)| (name.clone(), Value::from(said.clone()))).collect(),
    }
}

/// Issues what goes with a bundle, as far as it was not issued yet: 交付控 and 確認記録票.
pub fn with_bundle(
    desk: &Desk,
    papers: &Papers,
    pack: Option<&Entry>,
    documents: &mut Vec<Document>,
) -> Result<(), Failure> {
    let Some(known) = pack.and_then(Known::of) else { return Ok(()) };
    let there = desk.look(documents::all)?;
    let issued = |form: Form| {
        there.iter().any(|d| d.form == form.name() && d.bundle.as_deref() == Some(known.bundle) && d.voided.is_none())
    };
    if let Some(slip) = known.slip.filter(|_| !issued(Form::SlipStub)) {
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

/// Tells which documents there are now.
pub fn tell<'d>(context: &Context, documents: impl IntoIterator<Item = &'d Document>) {
    for document in documents.into_iter().filter(|document| document.form != Form::Slip) {
        let path = document.pdf.as_deref().map(show::path).unwrap_or_default();
        context.chat(&t!("issued", number = document.number.clone(), title = document.form.title(), path = path));
    }
}
