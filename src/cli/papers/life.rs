//! 持ち出し記録, 返却書, 消去・廃棄立会記録 and 廃棄証明書: what each says of the things that were moved or ended.

use chrono::{DateTime, FixedOffset, Local, SecondsFormat};
use serde_json::Value;

use super::compose::{letter, operator};
use super::erasure::responsible;
use super::{Document, Paper, Papers, or_without};
use crate::bundle::BundleId;
use crate::cli::desk::Desk;
use crate::cli::failure::Failure;
use crate::cli::photo::Photo;
use crate::ledger::{Kind, Outcome, SubjectType, documents};
use crate::life::facts::{self, Destroyed, MediumKind, Returned, What, Witnessed};
use crate::life::{InForce, Life, Piece};
use crate::paper::Form;
use crate::paper::fields::destruction::{Vendor, VendorCertificate};
use crate::paper::fields::request::Way;
use crate::paper::fields::takeout::Condition;
use crate::paper::fields::witness::Checked;
use crate::paper::fields::{
    Approval, Count, Date, Destruction, GiveBack, Medium, Person, Takeout, Thing, Time, Witness,
};

/// The person at this desk, as a sheet names one.
pub fn at_desk(desk: &Desk) -> Result<Person, Failure> {
    operator(desk)
}

/// Somebody of whom an entry has the name.
pub fn known_person(desk: &Desk, name: &str) -> Result<Person, Failure> {
    let here = operator(desk)?;
    if here.name.as_deref() == Some(name) {
        return Ok(here);
    }
    let roster = desk.roster()?;
    let mut found = roster.people().iter().filter(|person| person.name == name);
    let (first, second) = (found.next(), found.next());
    let section = first.filter(|_| second.is_none()).map(|person| person.section.clone());
    Ok(Person { section: section.filter(|text| !text.is_empty()), ..Person::named(name) })
}

/// Whether a sheet can be printed, where one is wanted; asked before anything is recorded.
pub fn ready(papers: Option<&Papers>, compose: impl FnOnce() -> Result<Paper, Failure>) -> Result<(), Failure> {
    match papers {
        Some(papers) => papers.ready(&compose()?).map_err(or_without),
        None => Ok(()),
    }
}

/// Issues it, where it is wanted.
pub fn issue(
    papers: Option<&Papers>,
    compose: impl FnOnce() -> Result<Paper, Failure>,
) -> Result<Option<Document>, Failure> {
    papers.map(|papers| papers.issue(&compose()?)).transpose()
}

/// The sheet that was issued with an entry and still holds.
pub fn issued_with(desk: &Desk, entry: u64) -> Result<Option<String>, Failure> {
    let history = desk.look(|ledger| ledger.history(&entry.to_string()))?;
    let of_entry = |subjects: &[crate::ledger::Subject]| {
        subjects.iter().any(|s| s.kind == SubjectType::Entry && s.id == entry.to_string())
    };
    let issued = history.iter().filter(|e| e.is(Kind::Document) && e.result == Outcome::Done && of_entry(&e.subjects));
    let numbers: Vec<String> = issued.filter_map(|e| e.facts.get("number")?.as_str().map(str::to_owned)).collect();
    for number in numbers {
        let document = desk.look(|ledger| documents::find(ledger, &number))?;
        if document.is_some_and(|document| document.voided.is_none()) {
            return Ok(Some(number));
        }
    }
    Ok(None)
}

/// A decision as a sheet has it: with day and name where it was recorded, else the number that was said.
pub fn approval(found: Option<&InForce>, said: Option<&str>) -> Option<Approval> {
    let recorded = found.map(|found| Approval {
        number: Some(found.number.clone()),
        date: Some(found.date.into()),
        approver: Some(found.by.clone()),
    });
    recorded.or_else(|| said.map(|number| Approval { number: Some(number.to_owned()), ..Approval::default() }))
}

fn time(at: &DateTime<FixedOffset>) -> Time {
    Time::of(&at.to_rfc3339_opts(SecondsFormat::Secs, false))
}

fn today() -> Date {
    Local::now().date_naive().into()
}

/// A line of a table. Never a word of what the data is about.
pub fn thing(piece: &Piece) -> Thing {
    let bundles = piece.bundles.join("、");
    let (kind, name, unit) = match piece.what {
        What::Slip => ("パスワード通知書".to_owned(), format!("束 {bundles} の通知書"), Some("通")),
        What::Media => (
            medium_kind(piece.kind),
            piece.name.clone().unwrap_or_else(|| format!("暗号化した束 {bundles}")),
            piece.kind.map(MediumKind::unit),
        ),
    };
    let name = if bundles.is_empty() { piece.name.clone().unwrap_or_default() } else { name };
    Thing {
        kind: Some(kind),
        id: Some(piece.label().unwrap_or("番号なし").to_owned()),
        name: Some(name),
        quantity: Some(1.into()),
        unit: unit.map(str::to_owned),
        serial: piece.serial.clone(),
        ..Thing::default()
    }
}

fn medium_kind(kind: Option<MediumKind>) -> String {
    match kind {
        Some(MediumKind::Paper) => "紙".to_owned(),
        Some(kind) => format!("媒体（{}）", kind.text()),
        None => "媒体".to_owned(),
    }
}

fn medium(piece: &Piece) -> Medium {
    let Thing { kind, id, quantity, unit, .. } = thing(piece);
    let kind = match piece.what {
        What::Media => piece.kind.map(|kind| kind.text().to_owned()),
        What::Slip => kind,
    };
    Medium { kind, id, quantity, unit }
}

/// 項目 of the bundles, each once.
pub fn items(life: &Life, pieces: &[&Piece]) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    for item in pieces.iter().flat_map(|piece| life.bundles_of(piece)).flat_map(|bundle| &bundle.items) {
        if !items.contains(item) {
            items.push(item.clone());
        }
    }
    items
}

fn bundles(pieces: &[&Piece]) -> Vec<String> {
    let mut all: Vec<String> = pieces.iter().flat_map(|piece| piece.bundles.clone()).collect();
    all.sort();
    all.dedup();
    all
}

/// Names pieces and bundles, and the entry it goes with.
fn about(mut paper: Paper, pieces: &[&Piece], entry: u64) -> Paper {
    for piece in pieces {
        match piece.what {
            What::Slip => paper = paper.about(SubjectType::Slip, piece.name_of()),
            What::Media if BundleId::parse(&piece.id).is_none() => {
                paper = paper.about(SubjectType::Medium, piece.id.clone());
            }
            What::Media => {}
        }
    }
    for bundle in bundles(pieces) {
        paper = paper.about(SubjectType::Bundle, bundle);
    }
    // Not yet known while it is only tried whether it can be printed.
    if entry > 0 { paper.about(SubjectType::Entry, entry.to_string()) } else { paper }
}

/// A way out, and the way back where it is over.
pub struct Outing<'l> {
    /// The entry the sheet goes with.
    pub entry: u64,
    /// The things.
    pub pieces: Vec<&'l Piece>,
    /// What was said on the way out.
    pub said: facts::Takeout,
    /// 内容
    pub contents: Option<String>,
    /// 担当者
    pub by: Person,
    /// 承認
    pub approval: Option<Approval>,
    /// The way back.
    pub back: Option<Back>,
}

/// A way back.
pub struct Back {
    /// What was said.
    pub said: Returned,
    /// 返却確認者
    pub confirmer: Person,
    /// The sheet of the way out.
    pub sheet: Option<String>,
    /// What is still out.
    pub left: Vec<String>,
}

/// 持ち出し記録
pub fn takeout(life: &Life, of: &Outing) -> Paper {
    let Outing { pieces, said, .. } = of;
    let titles: Vec<String> =
        pieces.iter().flat_map(|piece| life.bundles_of(piece)).filter_map(|bundle| bundle.title.clone()).collect();
    let titles = Some(titles.join("、")).filter(|text| !text.is_empty());
    let named = bundles(pieces);
    let subjects = match named.as_slice() {
        [one] => life.bundle(one).and_then(|bundle| bundle.subjects).map(Count::from),
        // One person may be in several of them.
        _ => None,
    };
    let sheet = Takeout {
        approval: of.approval.clone(),
        contents: of.contents.clone().or(titles),
        items: items(life, pieces),
        media: pieces.iter().map(|piece| medium(piece)).collect(),
        bundle: Some(named.join("、")).filter(|text| !text.is_empty()),
        subjects,
        reason: Some(said.reason.clone()),
        destination: Some(said.destination.clone()),
        taken: Some(time(&said.at)),
        due: Some(said.due.date_naive().into()),
        carriage: said.carry.clone(),
        carrier: Some(of.by.clone()),
        ..Takeout::default()
    };
    let sheet = match &of.back {
        Some(back) => completed(sheet, back, said),
        None => sheet,
    };
    about(Paper::of(sheet), pieces, of.entry)
}

fn completed(sheet: Takeout, back: &Back, out: &facts::Takeout) -> Takeout {
    let late = (back.said.at > out.due).then(|| "返却予定を過ぎて返却した。".to_owned());
    let left = (!back.left.is_empty()).then(|| format!("未返却　{}", back.left.join("、")));
    let brought = (back.said.by != out.by).then(|| format!("返却した者　{}", back.said.by));
    let remarks: Vec<String> = [late, left, brought].into_iter().flatten().collect();
    Takeout {
        of: back.sheet.clone(),
        returned: Some(time(&back.said.at)),
        confirmed_by: Some(back.confirmer.clone()),
        storage: Some(back.said.place.clone()),
        stored: Some(true),
        condition: Some(if back.said.abnormal.is_some() { Condition::Found } else { Condition::None }),
        abnormal: back.said.abnormal.clone(),
        remarks: Some(remarks.join("　")).filter(|text| !text.is_empty()),
        ..sheet
    }
}

/// 返却書, in the word of the case.
pub fn give_back(
    desk: &Desk,
    pieces: &[&Piece],
    said: &facts::GivenBack,
    missing: &[&Piece],
    by: Person,
    entry: u64,
) -> Paper {
    let lacking: Vec<String> = missing.iter().map(|piece| format!("パスワード通知書 {}", piece.name_of())).collect();
    let word = desk.settings.forms.return_word;
    let sheet = GiveBack {
        date: Some(today()),
        letter: Some(letter(&desk.settings)),
        things: pieces.iter().map(|piece| thing(piece)).collect(),
        missing: Some((missing.len() as u64).into()),
        missing_reason: said.missing.as_ref().map(|reason| match lacking.as_slice() {
            [] => reason.clone(),
            lacking => format!("{}：{reason}", lacking.join("、")),
        }),
        returner: Some(by),
        receiver: said.to.clone().map(Person::named),
        ..GiveBack::default()
    };
    let title = GiveBack::title(crate::case::Word::text(word));
    about(Paper::of(sheet).titled(title), pieces, entry)
}

/// What a witness saw.
pub struct Watching<'l> {
    /// The entry the sheet goes with.
    pub entry: u64,
    /// The things.
    pub pieces: Vec<&'l Piece>,
    /// What was said.
    pub said: Witnessed,
    /// Who did the work.
    pub performers: Vec<String>,
    /// How.
    pub methods: Vec<String>,
    /// Whether data was erased, things were destroyed, or both.
    pub ways: Vec<Way>,
    /// 確認項目: what there is to be seen, and whether it was.
    pub checks: Vec<(String, bool)>,
    /// 写真
    pub photos: Vec<Photo>,
}

/// 消去・廃棄立会記録
pub fn witness(desk: &Desk, of: &Watching) -> Result<Paper, Failure> {
    let person = |partner: &facts::Partner| Person {
        organization: partner.organization.clone(),
        section: partner.section.clone(),
        ..Person::named(partner.name.clone())
    };
    let performers = of.performers.iter().map(|name| known_person(desk, name)).collect::<Result<_, _>>()?;
    let sheet = Witness {
        at: Some(time(&of.said.at)),
        place: of.said.place.clone(),
        ways: of.ways.clone(),
        targets: of.pieces.iter().map(|piece| piece.name_of().to_owned()).collect(),
        documents: of.said.documents.clone(),
        method: Some(of.methods.join("、")).filter(|text| !text.is_empty()),
        performers,
        witnesses: of.said.witnesses.iter().map(person).collect(),
        checks: of
            .checks
            .iter()
            .map(|(item, confirmed)| Checked { item: item.clone(), confirmed: *confirmed })
            .collect(),
        remarks: of.said.remarks.clone(),
        ..Witness::default()
    };
    let mut paper = about(Paper::of(sheet).with_photos(of.photos.clone()), &of.pieces, of.entry);
    for document in &of.said.documents {
        paper = paper.about(SubjectType::Document, document.clone());
    }
    Ok(paper)
}

/// A destruction, or how far it has come.
pub struct Destroying<'l> {
    /// The entry the sheet goes with.
    pub entry: u64,
    /// The things.
    pub pieces: Vec<&'l Piece>,
    /// What was said.
    pub said: Destroyed,
    /// 情報の項目, where they were named.
    pub items: Vec<String>,
    /// 承認
    pub approval: Option<Approval>,
    /// The firm's certificate.
    pub certificate: Option<VendorCertificate>,
    /// The sheet of the witness that stands for it.
    pub witness_record: Option<String>,
    /// The sheet this one follows.
    pub follows: Option<String>,
    /// 写真
    pub photos: Vec<Photo>,
}

/// 廃棄証明書, or 廃棄経過記録 as long as nobody has shown that a firm did it.
pub fn destruction(desk: &Desk, life: &Life, of: &Destroying) -> Result<Paper, Failure> {
    let Destroying { pieces, said, .. } = of;
    let items = if of.items.is_empty() { items(life, pieces) } else { of.items.clone() };
    let firm = said.vendor.as_ref();
    let by = known_person(desk, &said.by)?;
    let performer = |firm: &facts::Vendor| Person { organization: Some(firm.name.clone()), ..Person::default() };
    let vendor = firm.map(|firm| Vendor {
        name: Some(firm.name.clone()),
        onward: firm.onward.clone(),
        certificate: of.certificate.clone(),
    });
    let given = firm.map(|_| format!("日時は、廃棄業者に引き渡した日時である（引き渡した者　{}）。", said.by));
    let follows = of.follows.as_ref().map(|number| format!("廃棄経過記録 {number} に係るもの。"));
    let remarks: Vec<String> = [given, follows].into_iter().flatten().collect();
    let sheet = Destruction {
        date: Some(today()),
        letter: Some(letter(&desk.settings)),
        approval: of.approval.clone(),
        items,
        things: pieces.iter().map(|piece| thing(piece)).collect(),
        method: Some(said.method.clone()),
        at: Some(time(&said.at)),
        place: said.place.clone(),
        responsible: responsible(desk)?,
        performers: vec![firm.map_or(by, performer)],
        witnesses: said.witnesses.iter().map(Person::named).collect(),
        witness_record: of.witness_record.clone(),
        vendor,
        remarks: Some(remarks.concat()).filter(|text| !text.is_empty()),
        ..Destruction::default()
    };
    let title = sheet.title();
    Ok(about(Paper::of(sheet).titled(title).with_photos(of.photos.clone()), pieces, of.entry))
}

/// The entry of the work that a document tells of, and who did it.
pub fn work_of(desk: &Desk, number: &str) -> Result<Option<(u64, Form)>, Failure> {
    let history = desk.look(|ledger| ledger.history(number))?;
    let issued = history
        .iter()
        .find(|entry| entry.is(Kind::Document) && entry.facts.get("number").and_then(Value::as_str) == Some(number));
    Ok(issued.and_then(|entry| {
        let form = Form::named(entry.facts.get("form")?.as_str()?)?;
        let of = entry.subjects.iter().find(|subject| subject.kind == SubjectType::Entry)?;
        Some((of.id.parse().ok()?, form))
    }))
}
