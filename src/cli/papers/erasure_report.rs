//! 個人情報消去報告書: every decision, erasure, destruction, return and declaration of a contract, and what is open.

use std::collections::HashMap;

use chrono::{Local, SecondsFormat};
use serde_json::Value;

use super::Paper;
use super::compose::letter;
use crate::case::Approval as Purpose;
use crate::cli::desk::Desk;
use crate::cli::failure::Failure;
use crate::ledger::{Entry, Kind, Outcome, SubjectType, corrected};
use crate::life::facts::{Destroyed, GivenBack, Part, Told};
use crate::life::machine::Settled;
use crate::life::{Life, Machine};
use crate::paper::fields::erasure_report::{self as sheet, ErasureReport, Work, WorkKind};
use crate::paper::fields::{Approval, Moment};

/// The kinds of entries that tell of an end.
const ENDS: [Kind; 4] = [Kind::Erase, Kind::Destroy, Kind::GiveBack, Kind::Declare];

/// The sheet; `open` is what reconcile lists, in words.
pub fn erasure_report(desk: &Desk, life: &Life, open: Vec<String>) -> Result<Paper, Failure> {
    let documents = issued(desk)?;
    let entries = desk.look(|ledger| corrected::holding(ledger, &ENDS))?;
    let ended = entries.iter().filter(|entry| matches!(entry.result, Outcome::Done | Outcome::InPart));
    let works: Vec<Work> = ended.filter_map(|entry| work(life, entry, &documents)).collect();
    let mut items: Vec<String> = Vec::new();
    for item in life.bundles.iter().flat_map(|bundle| &bundle.items) {
        if !items.contains(item) {
            items.push(item.clone());
        }
    }
    let attachments = works.iter().filter_map(|work| work.document.clone()).collect::<Vec<_>>();
    Ok(Paper::of(ErasureReport {
        date: Some(Local::now().date_naive().into()),
        letter: Some(letter(&desk.settings)),
        approvals: approvals(life),
        items,
        machines: life.machines.iter().map(|machine| machine_row(machine, &documents)).collect(),
        works,
        complete: Some(open.is_empty()),
        open,
        attachments,
        remarks: None,
    }))
}

/// The sheets that still hold, by the entry they go with.
fn issued(desk: &Desk) -> Result<HashMap<u64, String>, Failure> {
    let entries = desk.look(|ledger| ledger.of_kinds(&[Kind::Document, Kind::Void]))?;
    let done = || entries.iter().filter(|entry| entry.result == Outcome::Done);
    let number = |entry: &Entry| Some(entry.facts.get("number")?.as_str()?.to_owned());
    let voided: Vec<String> = done().filter(|entry| entry.is(Kind::Void)).filter_map(number).collect();
    let mut by_entry = HashMap::new();
    for entry in done().filter(|entry| entry.is(Kind::Document)) {
        let Some(number) = number(entry).filter(|number| !voided.contains(number)) else { continue };
        let of = entry.subjects.iter().filter(|subject| subject.kind == SubjectType::Entry);
        for subject in of.filter_map(|subject| subject.id.parse().ok()) {
            by_entry.insert(subject, number.clone());
        }
    }
    Ok(by_entry)
}

fn approvals(life: &Life) -> Vec<Approval> {
    let ends = |purpose| matches!(purpose, Purpose::Erasure | Purpose::Destruction);
    // One that was revoked later is still what the work rested on.
    let all = life.decisions.iter().filter(|one| ends(one.said.purpose));
    let row = |one: &crate::life::Decision| Approval {
        number: Some(match one.revoked {
            Some(entry) => format!("{}（台帳の記録 {entry}番で取消）", one.said.number),
            None => one.said.number.clone(),
        }),
        date: Some(one.said.date.into()),
        approver: Some(one.said.by.clone()),
    };
    all.map(row).collect()
}

fn machine_row(machine: &Machine, documents: &HashMap<u64, String>) -> sheet::Machine {
    let (result, entry) = match machine.settled() {
        Some(Settled::Erased(entry)) => ("消去", Some(entry)),
        Some(Settled::Declared(entry)) => ("申告（未測定）", Some(entry)),
        None if machine.touched.is_none() => ("情報の保存の記録なし", None),
        None => ("未了", None),
    };
    sheet::Machine {
        id: Some(machine.id.clone()),
        kind: Some(machine.kind.clone()),
        name: machine.name.clone(),
        serial: machine.serial.clone(),
        result: Some(result.to_owned()),
        document: entry.and_then(|entry| documents.get(&entry).cloned()),
    }
}

fn work(life: &Life, entry: &Entry, documents: &HashMap<u64, String>) -> Option<Work> {
    let text = |key: &str| entry.facts.get(key).and_then(Value::as_str).map(str::to_owned);
    let own = Work {
        at: Some(Moment::of(&entry.time)),
        by: Some(entry.operator.name.clone()),
        approval: text("approval"),
        document: documents.get(&entry.number).cloned(),
        ..Work::default()
    };
    let at =
        |at: chrono::DateTime<chrono::FixedOffset>| Some(Moment::of(&at.to_rfc3339_opts(SecondsFormat::Secs, false)));
    let name =
        |part: &Part| life.piece(part.what, &part.id).map_or(part.id.as_str(), |piece| piece.name_of()).to_owned();
    let parts = |parts: &[Part]| Some(parts.iter().map(name).collect::<Vec<_>>().join("、"));
    Some(match entry.known_kind()? {
        Kind::Erase => Work {
            kind: Some(WorkKind::Erased),
            things: Some(erased_things(entry)),
            method: text("method").map(|method| overwritten(&method).to_owned()),
            result: Some(erased(entry)),
            ..own
        },
        Kind::Destroy => {
            let said = Destroyed::of(entry)?;
            let vendor = said.vendor.is_some();
            Work {
                kind: Some(WorkKind::Destroyed),
                at: at(said.at),
                things: parts(&said.pieces),
                method: Some(said.method),
                by: Some(said.vendor.map_or(said.by, |firm| firm.name)),
                result: vendor.then(|| "廃棄業者に引渡し".to_owned()).or_else(|| Some("廃棄".to_owned())),
                ..own
            }
        }
        Kind::GiveBack => {
            let said = GivenBack::of(entry)?;
            let missing = said.missing.as_ref().map(|why| format!("返却（欠数あり：{why}）"));
            Work {
                kind: Some(WorkKind::GivenBack),
                at: at(said.at),
                things: parts(&said.pieces),
                by: Some(said.by),
                result: missing.or_else(|| Some("返却".to_owned())),
                ..own
            }
        }
        _ => Work {
            kind: Some(WorkKind::Declared),
            things: Some(subjects(entry, SubjectType::Equipment)),
            method: text("statement"),
            by: text("by"),
            result: Some("申告（未測定）".to_owned()),
            ..own
        },
    })
}

fn subjects(entry: &Entry, kind: SubjectType) -> String {
    let of = entry.subjects.iter().filter(|subject| subject.kind == kind).map(|subject| subject.id.clone());
    of.collect::<Vec<_>>().join("、")
}

fn erased_things(entry: &Entry) -> String {
    let things = [subjects(entry, SubjectType::Medium), subjects(entry, SubjectType::Bundle)];
    let things: Vec<String> = things.into_iter().filter(|text| !text.is_empty()).collect();
    if things.is_empty() { "ファイル".to_owned() } else { things.join("、") }
}

fn overwritten(method: &str) -> &str {
    match method {
        "zero" => "ゼロによる上書き",
        "random" => "乱数による上書き",
        "dod" => "３回上書き",
        other => other,
    }
}

/// What became of the items, in numbers that were measured.
fn erased(entry: &Entry) -> String {
    let count = |key: &str| entry.facts.get(key).and_then(Value::as_u64).unwrap_or_default();
    let others = count("not_verified") + count("failed") + count("skipped");
    match others {
        0 => format!("消去{}件", count("erased")),
        others => format!("消去{}件、消去を確認できないもの{others}件", count("erased")),
    }
}
