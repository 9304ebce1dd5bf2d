//! What each document says, from what the ledger and the case know. What nobody knows stays blank.

use chrono::{Local, NaiveDate};
use serde_json::{Map, Value};

use super::{Paper, counting};
use crate::bundle::{BagInfo, Contents};
use crate::case::settings::{Parties, Party};
use crate::case::{Settings, Side};
use crate::cli::compare::{Comparison, Pair};
use crate::cli::desk::Desk;
use crate::cli::failure::Failure;
use crate::ledger::register::{Content, Row};
use crate::ledger::{Entry, SubjectType};
use crate::paper::fields::opening::{Compared, Result as Verified};
use crate::paper::fields::receipt::Received;
use crate::paper::fields::transfer::Digest;
use crate::paper::fields::{
    Count, Date, Day, Letter, Medium, Moment, Opening, Person, Receipt, Register, Slip, SlipStub, Time, Transfer,
    register,
};
use crate::paper::record::Issuer;
use crate::term::show;

/// What is known of a bundle when its documents are composed: the facts of its `pack` entry, or those that will be.
pub struct Known<'a> {
    /// The bundle; a placeholder of the same length before it is made.
    pub bundle: &'a str,
    /// 媒体管理番号
    pub medium: Option<&'a str>,
    /// The facts.
    pub facts: &'a Map<String, Value>,
    /// 通知書番号
    pub slip: Option<&'a str>,
}

impl<'a> Known<'a> {
    /// What the entry of a `pack` says.
    pub fn of(entry: &'a Entry) -> Option<Self> {
        let named = |kind| entry.subjects.iter().find(|s| s.kind == kind).map(|s| s.id.as_str());
        let slip = entry.facts.get("slip").and_then(|slip| slip.get("number")).and_then(Value::as_str);
        let (bundle, medium) = (named(SubjectType::Bundle)?, named(SubjectType::Medium));
        Some(Self { bundle, medium, facts: &entry.facts, slip })
    }

    fn text(&self, key: &str) -> Option<String> {
        self.facts.get(key)?.as_str().map(str::to_owned)
    }

    fn count(&self, key: &str) -> Option<Count> {
        self.facts.get(key)?.as_u64().map(Count::from)
    }

    fn media(&self) -> Vec<String> {
        self.medium.map(str::to_owned).into_iter().collect()
    }

    fn about(&self, paper: Paper) -> Paper {
        let paper = paper.about(SubjectType::Bundle, self.bundle);
        match self.medium {
            Some(medium) => paper.about(SubjectType::Medium, medium),
            None => paper,
        }
    }
}

/// パスワード通知書. Never a word of what the data is about.
pub fn slip(desk: &Desk, known: &Known) -> Result<Paper, Failure> {
    Ok(known.about(Paper::of(Slip {
        recipient: Some(other_side(&desk.settings, known)),
        issuer: Some(operator(desk)?),
        bundle: known.bundle.to_owned(),
        media: known.media(),
        ..Slip::default()
    })))
}

/// パスワード通知書交付控
pub fn stub(desk: &Desk, known: &Known, slip: &str) -> Result<Paper, Failure> {
    Ok(known
        .about(Paper::of(SlipStub {
            slip: slip.to_owned(),
            bundle: Some(known.bundle.to_owned()),
            media: known.media(),
            deliverer: Some(operator(desk)?),
            recipient: Some(other_side(&desk.settings, known)),
            ..SlipStub::default()
        }))
        .fact("slip", slip))
}

/// 個人情報受渡し確認記録票
pub fn transfer(desk: &Desk, known: &Known) -> Result<Paper, Failure> {
    let items = known.facts.get("items").and_then(Value::as_array).into_iter().flatten();
    let listed = |key: &str| known.facts.get(key).and_then(Value::as_array).into_iter().flatten();
    // What is on the medium beside the volumes and is to be run has to be compared, too.
    let digests = listed("volumes").chain(listed("openers"));
    let said = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let medium = Medium { id: known.medium.map(str::to_owned), ..Medium::default() };
    let scheme = [known.text("format"), known.text("cipher")];
    let scheme: Vec<String> = scheme.into_iter().flatten().collect();
    Ok(known.about(Paper::of(Transfer {
        from: Some(operator(desk)?),
        to: Some(other_side(&desk.settings, known)),
        items: items.filter_map(Value::as_str).map(str::to_owned).collect(),
        contents: known.text("title"),
        media: vec![medium],
        bundle: Some(known.bundle.to_owned()),
        files: known.count("files"),
        records: known.count("records"),
        subjects: known.count("subjects"),
        encryption: Some(scheme.join("・")).filter(|text| !text.is_empty()),
        digests: digests.map(|v| Digest { of: said(v, "name"), sha256: said(v, "sha256") }).collect(),
        slip: known.slip.map(str::to_owned),
        remarks: remarks(known),
        ..Transfer::default()
    })))
}

/// What was confirmed before the bundle was sealed.
fn remarks(known: &Known) -> Option<String> {
    let threshold = known.facts.get("threshold").and_then(Value::as_u64);
    let many = threshold.map(|threshold| format!("取扱件数が基準（{}人）以上", show::number(threshold)));
    let reduced = known.text("items_reduced").and_then(|said| match said.as_str() {
        "yes" => Some("不要な項目の削除又は置換え: 済"),
        "no" => Some("不要な項目の削除又は置換え: 未"),
        "none_needed" => Some("不要な項目の削除又は置換え: 不要（該当する項目なし）"),
        "not_said" => Some("不要な項目の削除又は置換え: 確認の記録なし"),
        _ => None,
    });
    let openers = known.facts.get("openers").and_then(Value::as_array).filter(|openers| !openers.is_empty());
    let openers = openers.map(|_| "媒体に開封用プログラムあり（照合値は上記。実行前に照合すること）".to_owned());
    let said: Vec<String> = many.into_iter().chain(reduced.map(str::to_owned)).chain(openers).collect();
    Some(said.join("。")).filter(|said| !said.is_empty())
}

/// 受領書, at delivery: what came, and nothing of what is inside.
pub fn receipt(desk: &Desk, bundle: &str, volumes: u64) -> Result<Paper, Failure> {
    let item = Received {
        id: Some(bundle.to_owned()),
        name: Some("暗号化した束（ファイル）".to_owned()),
        quantity: Some(volumes.into()),
        unit: Some("個".to_owned()),
        records: None,
    };
    let receipt = Receipt {
        date: Some(today().into()),
        letter: Some(letter(&desk.settings)),
        items: vec![item],
        recipient: Some(operator(desk)?),
        ..Receipt::default()
    };
    Ok(Paper::of(receipt).about(SubjectType::Bundle, bundle))
}

/// 開封確認書: what was opened or verified, and the code only someone who decrypted it can know.
pub fn confirmation(
    desk: &Desk,
    inside: &Contents,
    signer_known: bool,
    taken_out: bool,
    comparison: &Comparison,
) -> Result<Paper, Failure> {
    let BagInfo { id, description, opening_code, oxum, .. } = &inside.info;
    let checked = ["暗号文の改ざん検知", "全ファイルの照合値（SHA-256）", "ファイル数・容量"];
    let mut problems = counting::problems(comparison);
    if taken_out {
        problems.push("媒体上の checksums.sha256 及び束に属さないファイルの有無は調べていない。".to_owned());
    }
    if !signer_known {
        problems.push("署名者の鍵は未確認である。".to_owned());
    }
    let compared = |pair: Pair| Compared { told: pair.told.map(Count::from), counted: pair.counted.map(Count::from) };
    let paper = Paper::of(Opening {
        date: Some(today().into()),
        letter: Some(letter(&desk.settings)),
        taken_out: Some(taken_out),
        bundle: Some(id.to_string()),
        media: description.medium_id.clone().into_iter().collect(),
        opened: Some(Time::of(&Local::now().to_rfc3339())),
        result: Some(if comparison.differs() { Verified::Differs } else { Verified::Agrees }),
        checked: checked.map(str::to_owned).to_vec(),
        problems,
        files: Compared { told: Some(oxum.1.into()), counted: Some(inside.files.into()) },
        records: compared(comparison.records),
        subjects: compared(comparison.subjects),
        by_file: counting::by_file(&comparison.counts),
        difference: comparison.difference.clone(),
        code: Some(opening_code.to_string()),
        confirmer: Some(operator(desk)?),
        ..Opening::default()
    });
    let paper = paper.of_others().about(SubjectType::Bundle, id.to_string()).fact("compared", comparison.facts());
    Ok(match &description.medium_id {
        Some(medium) => paper.about(SubjectType::Medium, medium.clone()),
        None => paper,
    })
}

/// The same before anything is known of the inside: whether it could be printed.
pub fn confirmation_to_be(desk: &Desk) -> Result<Paper, Failure> {
    let letter = Some(letter(&desk.settings));
    Ok(Paper::of(Opening { confirmer: Some(operator(desk)?), letter, ..Opening::default() }))
}

/// 個人情報管理簿
pub fn register(rows: Vec<Row>, year: Option<String>) -> Paper {
    let rows = rows.into_iter().map(line).collect();
    Paper::of(Register { year, as_of: Some(Date::from(today())), rows }).of_others()
}

fn line(row: Row) -> register::Row {
    let joined = |pick: fn(&Content) -> Option<String>| {
        let all: Vec<String> = row.contents.iter().filter_map(pick).collect();
        Some(all.join("、")).filter(|text| !text.is_empty())
    };
    let mut items: Vec<String> = row.contents.iter().flat_map(|content| content.items.clone()).collect();
    items.dedup();
    let subjects: Vec<u64> = row.contents.iter().filter_map(|content| content.subjects).collect();
    let numbers: Vec<String> = row.slips.iter().map(|slip| slip.number.clone()).collect();
    let day = |day: Option<NaiveDate>| day.map(Day::from);
    register::Row {
        number: row.number.to_string(),
        year: row.fiscal_year.map(|year| year.to_string()),
        contents: joined(|content| content.title.clone()).or_else(|| joined(|content| Some(content.bundle.clone()))),
        items,
        // One person may be in several bundles of a medium; the sum is of what was said of each.
        records: (!subjects.is_empty()).then(|| subjects.iter().sum::<u64>().into()),
        contract: row.contract,
        medium: row.medium,
        medium_kind: row.media_kind,
        quantity: row.quantity.map(Count::from),
        unit: None,
        handed_over: row.handed_over.map(|time| Moment::of(&time.to_rfc3339())),
        from: row.giver,
        to: row.receiver,
        slip: Some(numbers.join("、")).filter(|text| !text.is_empty()),
        slip_delivered: day(row.slips.last().and_then(|slip| slip.issued)),
        place: row.place,
        handlers: row.handlers,
        copying: Some(row.copy_approvals.join("、")).filter(|text| !text.is_empty()),
        takeouts: row.takeouts,
        due: day(row.return_due),
        returned: day(row.returned),
        return_confirmed_by: row.return_checked_by,
        erased: day(row.erased),
        erasure_method: row.erase_method,
        certificate: row.certificate,
        kept_until: day(row.keep_until),
        inspected: day(row.inspected),
        inspected_by: row.inspected_by,
        voided: None,
    }
}

fn today() -> NaiveDate {
    Local::now().date_naive()
}

/// Who writes to whom. Of a subcontractor nobody said which of several it is, nor to whom it answers.
pub(super) fn letter(settings: &Settings) -> Letter {
    let said = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let from = |party: &Party, role: &str, to: Option<String>| Letter {
        to,
        role: Some(role.to_owned()),
        name: said(&party.name),
        address: said(&party.address),
        representative: said(&party.representative),
    };
    let Parties { city, contractor, .. } = &settings.parties;
    match settings.side {
        Side::Contractor => from(contractor, "受託者", head_of(city)),
        Side::City => from(city, "委託者", said(&contractor.name)),
        Side::Subcontractor => Letter { role: Some("再委託先".to_owned()), ..Letter::default() },
    }
}

/// The mayor, as the settings name one, or of a name that has one.
fn head_of(city: &Party) -> Option<String> {
    if !city.representative.is_empty() {
        return Some(city.representative.clone());
    }
    match city.name.chars().last()? {
        '市' | '区' | '町' | '村' => Some(format!("{}長", city.name)),
        _ => Some(city.name.clone()),
    }
}

/// The person at this desk, as a sheet names one.
pub(super) fn operator(desk: &Desk) -> Result<Person, Failure> {
    let Issuer { name, section, .. } = super::setting::issuer(desk)?;
    let parties = &desk.settings.parties;
    let own = match desk.settings.side {
        Side::City => parties.city.name.clone(),
        Side::Contractor => parties.contractor.name.clone(),
        // Which of several is not known here.
        Side::Subcontractor => String::new(),
    };
    Ok(Person { organization: Some(own), section: Some(section), name: Some(name), ..Person::default() })
}

/// The other side of this desk, or the subcontractor a bundle is for; which person it will be is written in by hand.
fn other_side(settings: &Settings, known: &Known) -> Person {
    if let Some(name) = known.text("subcontractor") {
        let listed = settings.parties.subcontractors.iter().find(|party| party.name == name);
        let section = listed.map(|party| party.department.clone()).filter(|text| !text.is_empty());
        return Person { organization: Some(name), section, ..Person::default() };
    }
    let other = match settings.side {
        Side::City | Side::Subcontractor => &settings.parties.contractor,
        Side::Contractor => &settings.parties.city,
    };
    let said = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    Person { organization: said(&other.name), section: said(&other.department), ..Person::default() }
}
