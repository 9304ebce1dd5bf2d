//! What leaves its place for a while and comes back, and what goes back to the other side.

#![cfg(target_os = "linux")]

use chrono::Duration;
use serde_json::json;
use tewatashi::ledger::SubjectType;

#[path = "common/desk.rs"]
mod desk;
#[path = "common/office.rs"]
mod office;
#[path = "common/pdf.rs"]
mod pdf;
#[path = "common/things.rs"]
mod things;
use office::Office;
use things::{ago, ahead, day, packed, page, place, received, refused};

fn takeout(things: &str, more: &str) -> String {
    format!("takeout {things} --reason 照合作業 --destination 本店 --due {} {more}", ahead(Duration::days(1)))
}

#[test]
fn out_and_back_on_one_sheet() {
    let office = Office::new();
    packed(&office, "M-1");
    place(&office, "金庫A");
    refused(&office, "return M-1 --place 金庫A --confirmed-by 鈴木花子", 4, "is_here");
    let told = office.json(&takeout("M-1", "--by 佐藤健 --carry 鍵付きカバン --approval 第3号"));
    let text = page(&told);
    for said in ["持ち出し記録", "M-1", "見本名簿", "氏名", "照合作業", "本店", "佐藤健", "第3号", "鍵付きカバン"]
    {
        assert!(text.contains(said), "{said}: {text}");
    }
    let first = told["documents"][0]["number"].as_str().unwrap().to_owned();
    let entry = office.last_of("takeout");
    assert_eq!(entry["facts"]["pieces"], json!([{ "what": "media", "id": "M-1" }]), "{entry}");
    refused(&office, &takeout("M-1", ""), 4, "is_out");
    refused(&office, "destroy M-1 --method 破砕", 4, "is_out");

    // Put where nothing is kept; seen by who took it; brought back before it went.
    refused(&office, "return M-1 --place 机の上 --confirmed-by 鈴木花子", 4, "place_unknown");
    refused(&office, "return M-1 --place 金庫A --confirmed-by 佐藤　健", 4, "same_person_confirms");
    refused(&office, "return M-1 --place 金庫A --by 鈴木花子 --confirmed-by 鈴木花子", 4, "same_person_confirms");
    let early = format!("return M-1 --place 金庫A --confirmed-by 鈴木花子 --at {}", ago(Duration::hours(2)));
    refused(&office, &early, 4, "before");
    let told = office.json("return M-1 --place 金庫A --confirmed-by 鈴木花子 --abnormal ケースに傷");
    let text = page(&told);
    for said in ["持ち出し記録", &first, "鈴木花子", "金庫A", "ケースに傷", "第3号"] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert_eq!((&told["overdue"], &told["return"]["takeout"]), (&false.into(), &entry["number"]));
    refused(&office, "return M-1 --place 金庫A --confirmed-by 鈴木花子", 4, "is_here");
    office.run(&takeout("M-1", "--no-documents")).ok();
    office.is_whole();
}

#[test]
fn a_slip_that_is_out_leaves_its_medium_here() {
    let office = Office::new();
    let one = packed(&office, "M-1");
    office.run(&takeout(&one.slip, "--by 佐藤健 --no-documents")).ok();
    refused(&office, &takeout(&one.slip, ""), 4, "is_out");
    office.run(&takeout("M-1", "--by 佐藤健 --no-documents")).ok();
    // Each went by itself, and comes back by itself.
    let both = format!("return M-1 {} --place 金庫A --confirmed-by 鈴木花子 --no-documents", one.slip);
    refused(&office, &both, 2, "several_takeouts");
    let told =
        office.run(&format!("--lang ja return {} --place 金庫A --confirmed-by 鈴木花子 --no-documents", one.slip));
    assert!(told.ok().err.contains("保管場所が登録されていない"));
    refused(&office, &takeout("M-1", ""), 4, "is_out");
}

#[test]
fn a_medium_without_a_number_is_taken_out_by_its_bundle() {
    let office = Office::new();
    office.desk.file("名簿/a.csv", "a");
    let told = office.json("pack 名簿 --to medium --slip slip.txt --no-documents");
    let bundle = told["id"].as_str().unwrap();
    office.run(&takeout(bundle, "--no-documents --by 佐藤健")).ok();
    refused(&office, &takeout(&format!("medium/{bundle}"), ""), 4, "is_out");
}

#[test]
fn what_comes_too_late_is_told() {
    let office = Office::new();
    packed(&office, "M-1");
    let at = ahead(Duration::seconds(30));
    let due = ahead(Duration::seconds(45));
    refused(&office, &format!("takeout M-1 --reason 照合 --destination 本店 --due {at} --at {due}"), 2, "due_before");
    let future = ahead(Duration::hours(3));
    refused(&office, &takeout("M-1", &format!("--at {future}")), 2, "future");
    let before = ago(Duration::hours(3));
    refused(&office, &takeout("M-1", &format!("--at {before}")), 4, "before");
    // An hour ago it was brought here; it went soon after, and was due at once.
    received(&office, "M-5", "S-5", "TW-20260101-AAAA");
    let (out, due) = (ago(Duration::minutes(30)), ago(Duration::minutes(20)));
    office
        .run(&format!("takeout M-5 --reason 照合 --destination 本店 --due {due} --at {out} --by 佐藤健 --no-documents"))
        .ok();
    let told = office.json("return M-5 --place 金庫A --confirmed-by 鈴木花子");
    assert_eq!(told["overdue"], true);
    assert!(page(&told).contains("返却予定を過ぎて返却した"));
}

#[test]
fn who_has_left_carries_nothing() {
    let office = Office::new();
    packed(&office, "M-1");
    for name in ["佐藤健", "鈴木花子"] {
        office.run(&format!("staff add {name} --role 保護担当者 --section 総務課 --trained {}", day(-5))).ok();
    }
    office.run(&format!("staff retire 佐藤健 --date {}", day(-1))).ok();
    let run = office.run(&format!("--json --operator 鈴木花子 {}", takeout("M-1", "--by 佐藤健")));
    assert_eq!((run.code, run.kind().as_str()), (4, "operator_retired"), "{run:?}");
    let run = office.run(&format!("--json --operator 佐藤健 {}", takeout("M-1", "")));
    assert_eq!((run.code, run.kind().as_str()), (4, "operator_retired"), "{run:?}");
    office.run(&format!("--operator 鈴木花子 {}", takeout("M-1", "--by P-002 --no-documents"))).ok();
    assert_eq!(office.last_of("takeout")["facts"]["by"], "鈴木花子");
    let run = office.run("--json --operator 鈴木花子 return M-1 --place 金庫A");
    assert_eq!((run.code, run.kind().as_str()), (4, "same_person_confirms"), "{run:?}");
}

#[test]
fn nothing_goes_out_without_the_decision_that_the_case_asks_for() {
    let office = Office::new();
    office.edit("approval = []", "approval = [\"takeout\"]");
    packed(&office, "M-1");
    packed(&office, "M-2");
    refused(&office, &takeout("M-1", ""), 4, "needs_approval");
    office.run(&format!("approve --for takeout --number 第1号 --date {} --by 課長 --thing M-1", day(0))).ok();
    refused(&office, &takeout("M-1 M-2", ""), 4, "needs_approval");
    let text = page(&office.json(&takeout("M-1", "")));
    assert!(text.contains("第1号") && text.contains("課長"), "{text}");
    let entry = office.last_of("takeout");
    assert_eq!((&entry["facts"]["approval"], &entry["facts"]["approved_by"]), (&"第1号".into(), &"課長".into()));
}

#[test]
fn what_came_goes_back_with_its_slip_or_a_reason() {
    let office = Office::of(
        "--side 受託者 --city 見本市 --contractor 見本印刷 --contract-number 第8-123号 --contract-title 通知書作成業務",
    );
    office.edit("return_word = \"返還\"", "return_word = \"返却\"");
    packed(&office, "M-1");
    received(&office, "M-8", "S-8", "TW-20260101-AAAA");
    received(&office, "M-9", "S-9", "TW-20260101-BBBB");
    refused(&office, "return M-1 --to-city", 4, "not_theirs");
    refused(&office, "return M-7 --to-city", 1, "no_thing");
    refused(&office, "return M-8 --to-city", 4, "missing_needs_reason");
    let told = office.json("return M-8 --to-city --slips --to 区見本 --by 佐藤健");
    let text = page(&told);
    for said in ["返却書", "見本市長", "M-8", "S-8", "パスワード通知書", "1通", "佐藤健", "区見本"]
    {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert_eq!((&told["missing"], &told["documents"][0]["title"]), (&json!([]), &"返却書".into()));
    refused(&office, "return S-8 --to-city", 4, "is_given_back");
    refused(&office, &takeout("M-8", ""), 4, "is_given_back");

    let told = office.json("return M-9 --to-origin --missing 別便で返却");
    let text = page(&told);
    assert!(text.contains("別便で返却") && text.contains("S-9"), "{text}");
    assert_eq!(told["missing"], json!(["S-9"]));
    office.run("return S-9 --to-city --no-documents").ok();
    let entry = office.last_of("give_back");
    let slip = json!({ "type": SubjectType::Slip, "id": "S-9" });
    assert!(entry["subjects"].as_array().unwrap().contains(&slip), "{entry}");
    office.is_whole();
}
