//! A contractor's desk: people, places, machines, a subcontractor, and what was declared, as a contract begins.

#![allow(dead_code)] // each test file uses a part

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::days::{Days, Side};

/// The case, as flags.
pub const CASE: &str = "--side 受託者 --city 見本区 --contractor 架空データ株式会社 --contract-number 8見契第123号 \
    --contract-title 納税通知書等作成業務委託 --from 2026-04-01 --to 2027-03-31 --items 氏名,住所";

/// Who acts, as a rule.
pub const SATO: &str = "--operator 佐藤健";

/// The desk on the first days of April, with nothing declared yet.
pub fn desk() -> (Days, Side) {
    let days = Days::from("2026-04-01 09:00");
    let side = Side::new(&days, CASE);
    let words = [
        "staff add 佐藤健 --role 個人情報保護責任者 --section 運用課 --contact 03-0000-1111 --trained 2026-03-20 --pledged 2026-04-01",
        "staff add 鈴木花子 --role 作業責任者 --section 運用課 --trained 2026-03-20 --pledged 2026-04-01",
        "staff add 田中一 --role 作業従事者 --section 運用課 --trained 2026-04-01 --pledged 2026-04-01",
        "staff add 区太郎 --role 保護担当者 --section 税務課 --party 区",
        "place add 金庫室 --keep",
        "place add 作業室 --work",
        "equipment add PC-1 --kind PC --this",
    ];
    for words in words {
        days.json(&side.office, &format!("{words} {SATO}"));
    }
    (days, side)
}

/// 適合申出書 as things stand.
pub fn declared(days: &Days, side: &Side) {
    days.json(
        &side.office,
        &format!("contract conformity --date 2026-04-01 --statement 5=鍵付きカバンを使用する {SATO}"),
    );
}

/// A file of answers.
pub fn answers(side: &Side, name: &str, text: &str) -> PathBuf {
    let path = side.office.desk.path(name);
    fs::write(&path, text).unwrap();
    path
}

/// The record of a document.
pub fn record(side: &Side, number: &str) -> Value {
    let path = side.office.folder().join(format!("records/{number}.json"));
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// The number of the document that a command issued.
#[track_caller]
pub fn issued(told: &Value) -> String {
    let documents = told["documents"].as_array().unwrap_or_else(|| panic!("{told}"));
    assert_eq!(documents.len(), 1, "{told}");
    documents[0]["number"].as_str().unwrap().to_owned()
}
