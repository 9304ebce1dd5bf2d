//! Decisions: recorded once, taken back, asked for on paper, and needed where the case says so.

#![cfg(target_os = "linux")]

use std::fs;

use serde_json::{Value, json};

#[path = "common/desk.rs"]
mod desk;
#[path = "common/office.rs"]
mod office;
#[path = "common/pdf.rs"]
mod pdf;
#[path = "common/things.rs"]
mod things;
use office::Office;
use pdf::{Pdf, squeezed};
use things::{day, packed, page, refused};

const CONTRACTOR: &str = "--side 受託者 --city 見本市 --contractor 見本印刷 --contract-number 第8-123号 \
    --contract-title 通知書作成業務 --from 2026-04-01 --to 2027-03-31";

fn approve(purpose: &str, number: &str, more: &str) -> String {
    format!("approve --for {purpose} --number {number} --date {} --by 課長見本一郎 {more}", day(0))
}

fn states(office: &Office) -> Vec<(String, String)> {
    let told = office.json("approve --list");
    let text = |one: &Value, key: &str| one[key].as_str().unwrap().to_owned();
    told["approvals"].as_array().unwrap().iter().map(|one| (text(one, "number"), text(one, "state"))).collect()
}

#[test]
fn a_decision_is_recorded_once_and_can_be_taken_back() {
    let office = Office::new();
    let said = approve("takeout", "区総第12号", &format!("--thing M-1 --scope 月次処理 --until {}", day(3)));
    let told = office.json(&said);
    let facts = json!({
        "purpose": "takeout", "number": "区総第12号", "date": day(0), "by": "課長見本一郎", "things": ["M-1"],
        "scope": "月次処理", "until": day(3),
    });
    assert_eq!((&told["approval"], &office.last_of("approve")["facts"]), (&facts, &facts));
    refused(&office, &said, 4, "approval_there");
    // The same number on something else is another decision.
    office.run(&approve("erase", "区総第12号", "")).ok();
    refused(&office, "approve --revoke 区総第13号 --for takeout --reason 取りやめ", 4, "nothing_to_revoke");
    office.run("approve --revoke 区総第12号 --for takeout --reason 取りやめ").ok();
    refused(&office, "approve --revoke 区総第12号 --for takeout --reason 取りやめ", 4, "nothing_to_revoke");
    let number = || "区総第12号".to_owned();
    assert_eq!(states(&office), [(number(), "revoked".into()), (number(), "in_force".into())]);
    office.run(&said).ok();
    let over = format!("approve --for copy --number 第9号 --date {} --by 部長 --until {}", day(-9), day(-1));
    office.run(&over).ok();
    let shown = office.run("--lang ja approve --list").ok().out;
    assert!(shown.contains("取消し") && shown.contains("有効") && shown.contains("期限切れ"), "{shown}");
    assert_eq!(states(&office)[3], ("第9号".into(), "over".into()));
    office.is_whole();
}

#[test]
fn what_cannot_be_a_decision_is_refused() {
    let office = Office::new();
    let future = format!("approve --for copy --number 第1号 --date {} --by 部長", day(2));
    refused(&office, &future, 2, "future");
    let until = format!("{} --until {}", approve("copy", "第1号", ""), day(-1));
    refused(&office, &until, 2, "until_before");
    refused(&office, "approve --for copy --number 第1号 --by 部長", 2, "approval_incomplete");
    refused(&office, "approve --for copy", 2, "approval_incomplete");
    refused(&office, &approve("copy", "第1号", "--request D-0077"), 1, "no_document");
    assert_eq!(states(&office), []);
}

#[test]
fn a_request_is_printed_where_there_is_a_form_for_it() {
    let office = Office::of(CONTRACTOR);
    let slip = packed(&office, "M-1").slip;
    let words = "approve --request --for erase --thing M-1 --thing {} --thing サーバ作業領域 --planned 令和8年12月1日 --reason 媒体が破損したため \
        --method 上書き --place 本社作業室 --performer 佐藤健 --witness needed";
    let text = page(&office.json(&words.replace("{}", &slip)));
    assert_eq!(text.matches("氏名、住所").count(), 2, "once on each reading: {text}");
    for said in [
        "個人情報消去・廃棄承認申請書",
        "見本市長",
        "M-1",
        "予定日令和8年12月1日",
        "サーバ作業領域",
        "媒体が破損したため",
        "佐藤健",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let words = "approve --request --for subcontract --name 見本発送 --address 見本市1-2 --representative 見本次郎 \
        --work 封入封緘 --information 氏名,住所 --safety 施錠 --supervision 月次の実地確認 --reason 処理量の増加";
    let text = page(&office.json(words));
    for said in ["再委託承認申請書", "見本発送", "見本次郎", "封入封緘", "施錠", "月次の実地確認", "氏名"]
    {
        assert!(text.contains(said), "{said}: {text}");
    }
    refused(&office, "approve --request --for takeout --thing M-1", 2, "no_request_form");
    refused(&office, "approve --request --for subcontract", 2, "request_no_firm");
    refused(&Office::new(), "approve --request --for erase --thing M-1", 2, "no_request_form");
    // The decision that answers it names it.
    let request = office.json("print --list")["documents"][1]["number"].as_str().unwrap().to_owned();
    office.run(&approve("erase", "第5号", &format!("--request {request}"))).ok();
    assert_eq!(office.last_of("approve")["facts"]["request"], request.as_str());
    office.is_whole();
}

/// An office that erases under a decision alone, with one bundle opened.
fn opened() -> (Office, String) {
    let office = Office::new();
    office.edit("approval = []", "approval = [\"erasure\", \"copy\"]");
    let bundle = packed(&office, "M-1").bundle;
    office.run(&format!("open medium/{bundle} --to work --passphrase-file slip-M-1.txt --no-documents")).ok();
    (office, bundle)
}

#[test]
fn data_is_erased_under_a_decision_that_is_in_force_for_it() {
    let (office, bundle) = opened();
    let erase = format!("--yes erase --location 執務室 work/{bundle}");
    refused(&office, &erase, 4, "needs_approval");
    refused(&office, &format!("{erase} --approval 第7号"), 4, "needs_approval");
    office.run(&approve("erase", "第1号", "--thing TW-20260101-AAAA")).ok();
    refused(&office, &format!("{erase} --approval 第1号"), 4, "needs_approval");
    office.run(&approve("destroy", "第2号", "")).ok();
    refused(&office, &erase, 4, "needs_approval");
    // The medium it came on stands for what is on it.
    office.run(&approve("erase", "第3号", "--thing M-1")).ok();
    assert!(office.desk.path("work").join(&bundle).exists());
    let told = office.json(&erase);
    let entry = office.last_of("erase");
    let facts = &entry["facts"];
    assert_eq!((&facts["approval"], &facts["approved_by"]), (&"第3号".into(), &"課長見本一郎".into()), "{entry}");
    assert_eq!(facts["approved_on"], day(0));
    assert!(entry["subjects"].as_array().unwrap().contains(&json!({ "type": "approval", "id": "第3号" })), "{entry}");
    let pdf = fs::read(told["certificate"]["pdf"].as_str().unwrap()).unwrap();
    let text = squeezed(&Pdf::of(&pdf, 1).text("-layout"));
    assert!(text.contains("第3号") && text.contains("課長見本一郎"), "{text}");
    office.is_whole();
}

#[test]
fn a_decision_on_one_bundle_covers_nothing_else_that_lies_about() {
    let (office, bundle) = opened();
    office.run(&approve("erase", "第1号", &format!("--thing {bundle}"))).ok();
    office.desk.file("other/b.csv", "other");
    refused(&office, "--yes erase --no-documents other", 4, "needs_approval");
    refused(&office, &format!("--yes erase --no-documents work/{bundle} other"), 4, "needs_approval");
    assert!(office.desk.path("other/b.csv").exists());
    office.run(&approve("erase", "第2号", "--scope 作業領域すべて")).ok();
    office.run("--yes erase --no-documents --approval 第2号 other").ok();
}

#[test]
fn a_revoked_decision_and_one_that_is_over_allow_nothing() {
    let (office, bundle) = opened();
    office.run(&approve("erase", "第1号", "")).ok();
    office.run("approve --revoke 第1号 --for erase --reason 取りやめ").ok();
    refused(&office, &format!("--yes erase --no-documents work/{bundle}"), 4, "needs_approval");
    let over = format!("approve --for erase --number 第2号 --date {} --by 部長 --until {}", day(-9), day(-1));
    office.run(&over).ok();
    refused(&office, &format!("--yes erase --no-documents --approval 第2号 work/{bundle}"), 4, "needs_approval");
}

#[test]
fn a_second_opening_is_a_copy_and_needs_a_decision() {
    let (office, bundle) = opened();
    let again = format!("open medium/{bundle} --to second --passphrase-file slip-M-1.txt --no-documents");
    refused(&office, &again, 4, "needs_approval");
    assert!(!office.desk.path("second").exists());
    office.run(&approve("copy", "第4号", &format!("--thing {bundle}"))).ok();
    office.run(&again).ok();
    let entry = office.last_of("open");
    assert_eq!((&entry["facts"]["approval"], &entry["result"]), (&"第4号".into(), &"done".into()), "{entry}");
}
