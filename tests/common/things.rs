//! Media, slips and places of an office: made by packing, or told to the ledger as the other side's.

#![allow(dead_code)] // each test file uses a part

use std::fs;

use chrono::{DateTime, Duration, FixedOffset, Local};
use serde_json::{Value, json};
use tewatashi::ledger::{Claim, Clock, Entry, Kind, Ledger, Operator, Outcome, Subject, SubjectType, entry};
use tewatashi::sign::KeyFile;

use crate::office::Office;
use crate::pdf::{Pdf, squeezed};

/// A medium with a bundle on it and the slip that opens it.
pub struct Packed {
    /// The bundle's number.
    pub bundle: String,
    /// The slip's.
    pub slip: String,
}

/// Packs onto a medium of this number.
pub fn packed(office: &Office, medium: &str) -> Packed {
    office.desk.file("名簿/a.csv", "氏名,住所\n");
    let words = format!(
        "pack 名簿 --to medium --slip slip-{medium}.txt --no-documents --medium-id {medium} --title 見本名簿 --items 氏名,住所"
    );
    let told = office.json(&words);
    let entry = office.last_of("pack");
    let slip = entry["facts"]["slip"]["number"].as_str().unwrap().to_owned();
    Packed { bundle: told["id"].as_str().unwrap().to_owned(), slip }
}

/// Entries that commands of the other parts of the life write.
pub fn tell(office: &Office, kind: Kind, subjects: &[(SubjectType, &str)], facts: &Value) {
    let (KeyFile::Open(key), _) = KeyFile::read(&office.key()).unwrap() else { panic!("the key is open") };
    let (mut ledger, _) = Ledger::open(&office.ledger()).unwrap();
    let operator =
        Operator { name: "見本".into(), staff: None, by: Claim::Option, os_user: "mihon".into(), host: "pc".into() };
    let subjects = subjects.iter().map(|(kind, id)| Subject::new(*kind, *id)).collect();
    let told = |number| Entry {
        v: entry::VERSION,
        number,
        time: Local::now().to_rfc3339(),
        clock: Clock { source: "system".into(), synchronised: None },
        operator,
        kind: kind.text(),
        subjects,
        result: Outcome::Done,
        facts: facts.as_object().unwrap().clone(),
    };
    ledger.append(Some(&key), told).unwrap();
}

/// A medium and a slip came from the other side.
pub fn received(office: &Office, medium: &str, slip: &str, bundle: &str) {
    let at = ago(Duration::hours(1));
    let media = [(SubjectType::Medium, medium), (SubjectType::Bundle, bundle)];
    tell(office, Kind::Receive, &media, &json!({ "what": "media", "at": at }));
    let slips = [(SubjectType::Slip, slip), (SubjectType::Bundle, bundle)];
    tell(office, Kind::Receive, &slips, &json!({ "what": "slip", "at": at }));
}

/// A place where things are kept.
pub fn place(office: &Office, name: &str) {
    let facts = json!({ "name": name, "work": false, "keep": true });
    tell(office, Kind::PlaceAdd, &[(SubjectType::Place, name)], &facts);
}

/// A time before now, as it is typed.
pub fn ago(since: Duration) -> String {
    at(Local::now().fixed_offset() - since)
}

/// A time after now.
pub fn ahead(until: Duration) -> String {
    at(Local::now().fixed_offset() + until)
}

fn at(time: DateTime<FixedOffset>) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::Secs, false)
}

/// Some days from today, as it is typed.
pub fn day(days: i64) -> String {
    (Local::now().date_naive() + Duration::days(days)).to_string()
}

/// The page of the only document a command issued, its blanks left out: line by line, and again cell by cell.
#[track_caller]
pub fn page(told: &Value) -> String {
    let sheet = sheet(told);
    squeezed(&sheet.text("-layout")) + &squeezed(&sheet.text("-raw"))
}

/// The same page as it is.
#[track_caller]
pub fn sheet(told: &Value) -> Pdf {
    let documents = told["documents"].as_array().unwrap();
    assert_eq!((documents.len(), &told["documents_missing"] != true), (1, true), "{told}");
    let path = documents[0]["path"].as_str().unwrap();
    Pdf::of(&fs::read(path).unwrap(), 1)
}

/// A run that must be refused: its exit code, and the name of the error. Nothing but the refusal is in the ledger.
#[track_caller]
pub fn refused(office: &Office, words: &str, code: i32, kind: &str) {
    let before = office.entries().len();
    let run = office.run(&format!("--json {words}"));
    assert_eq!((run.code, run.kind().as_str()), (code, kind), "{words}: {run:?}");
    let entries = office.entries();
    let more = &entries[before..];
    // A change of the settings is told by whichever command meets it first.
    assert!(more.iter().all(|entry| entry["result"] != "done" || entry["kind"] == "settings"), "{words}: {more:?}");
}
