//! A bundle on a medium and its slip, as a city has them, and what is held of them.

#![allow(dead_code)] // each test file uses a part

use serde_json::Value;

use crate::days::{Days, Side};
use crate::desk::passphrase_on;

/// The case of a city, as flags.
pub const CITY: &str = "--side 区 --city 見本市 --contractor 見本印刷 --contract-number 第8-123号 \
    --contract-title 通知書作成業務 --from 2026-04-01 --to 2027-03-31";

/// The same contract on the contractor's desk.
pub const CONTRACTOR: &str = "--side 受託者 --city 見本市 --contractor 見本印刷 --contract-number 第8-123号 \
    --contract-title 通知書作成業務 --from 2026-04-01 --to 2027-03-31";

/// How a thing is handed over without paper.
pub const TO: &str = "--to 佐藤健 --id-check 社員証 --no-documents";

/// A bundle with its two parts.
pub struct Pair {
    pub bundle: String,
    pub medium: String,
    pub slip: String,
    pub passphrase: String,
}

/// Packs onto a medium of this number.
#[track_caller]
pub fn pair(days: &Days, side: &Side, medium: &str, more: &str) -> Pair {
    let office = &side.office;
    office.desk.file(&format!("名簿-{medium}/a.csv"), format!("氏名,住所\n見本,{medium}\n"));
    let words = format!(
        "pack 名簿-{medium} --to medium --slip slip-{medium}.txt --no-documents --medium-id {medium} --title 見本名簿 \
         --items 氏名,住所 {more}"
    );
    let told = days.json(office, &words);
    let pack = days.last_of(office, "pack");
    Pair {
        bundle: told["id"].as_str().unwrap().to_owned(),
        medium: medium.to_owned(),
        slip: pack["facts"]["slip"]["number"].as_str().unwrap().to_owned(),
        passphrase: passphrase_on(&office.desk.path(&format!("slip-{medium}.txt"))),
    }
}

/// What is held of a medium.
pub fn medium(days: &Days, side: &Side, number: &str) -> Value {
    days.json(&side.office, &format!("medium show {number}"))["medium"].clone()
}

/// Runs what must be refused in both languages: each tells which thing and what to do, one entry tells of each try, and
/// nothing that is held of any thing changes.
#[track_caller]
pub fn refused(days: &Days, side: &Side, words: &str, code: i32, kind: &str, names: &str) {
    let office = &side.office;
    let held = |office| (days.json(office, "medium list"), days.json(office, "slip list"), days.json(office, "status"));
    let (before, entries) = (held(office), days.entries(office).len());
    for language in ["ja", "en"] {
        let run = days.run(office, &format!("--json --lang {language} {words}"));
        assert_eq!((run.code, run.kind().as_str()), (code, kind), "{words}: {run:?}");
        let told = run.json();
        assert!(told["error"]["message"].as_str().unwrap().contains(names), "{names}: {run:?}");
        let japanese = told["error"]["hint"].as_str().unwrap().chars().any(|c| ('\u{3041}'..='\u{30ff}').contains(&c));
        assert_eq!(japanese, language == "ja", "{run:?}");
    }
    let mut more = days.entries(office).split_off(entries);
    // A change of the settings is told by whichever command meets it first.
    more.retain(|entry| entry["kind"] != "settings");
    assert!(more.len() <= 2, "{words}: {more:?}");
    assert!(more.iter().all(|entry| entry["result"] == "refused" || entry["result"] == "failed"), "{words}: {more:?}");
    assert_eq!(held(office), before, "{words}");
}
