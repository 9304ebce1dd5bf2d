//! When things go wrong with a medium or a slip: where both parts are, that it is an incident, and that a bundle which is void
//! is replaced and still opens.
//!
//! Needs Debian's `faketime`.

#![cfg(target_os = "linux")]

use std::fs;

use serde_json::{Value, json};

#[path = "common/days.rs"]
mod days;
#[path = "common/desk.rs"]
mod desk;
#[path = "common/office.rs"]
mod office;
#[path = "common/pieces.rs"]
mod pieces;
use days::{Days, Side};
use pieces::{CITY, Pair, TO, medium, pair, refused};

/// A city whose medium is with the contractor, receipt and all, and whose slip is still here.
fn handed() -> (Days, Side, Pair) {
    let days = Days::from("2026-05-11 09:00");
    let side = Side::new(&days, CITY);
    let one = pair(&days, &side, "M-1", "");
    days.json(&side.office, &format!("handover M-1 {TO}"));
    days.json(&side.office, "handover M-1 --receipt");
    (days, side, one)
}

/// What is open: what is waited for, and of which thing.
fn open(days: &Days, side: &Side) -> Vec<(String, String)> {
    let told = days.json(&side.office, "status");
    let text = |one: &Value, key: &str| one[key].as_str().unwrap().to_owned();
    told["open"].as_array().unwrap().iter().map(|one| (text(one, "waits"), text(one, "thing"))).collect()
}

fn waits(days: &Days, side: &Side, what: &str, thing: &str) -> bool {
    open(days, side).iter().any(|(waits, of)| waits == what && of.contains(thing))
}

/// Opens into a folder of its own; the exit code.
fn opens(days: &Days, side: &Side, bundle: &str, passphrase: &str, name: &str) -> i32 {
    let office = &side.office;
    office.desk.file("pw.txt", passphrase);
    fs::create_dir_all(office.desk.path(name)).unwrap();
    let words = format!("open medium/{bundle} --to {name} --passphrase-file pw.txt --no-documents");
    days.run(office, &words).code
}

#[test]
fn a_lost_slip_is_never_printed_again_and_a_new_pair_takes_its_place() {
    let (days, side, old) = handed();
    let office = &side.office;
    let told =
        days.json(office, &format!("slip lost {} --circumstances 机上から紛失 --whereabouts 庁舎内か", old.slip));
    assert!(told["other_part"].as_str().unwrap().contains("M-1"), "{told}");
    let incident = days.last_of(office, "incident");
    let lost = days.last_of(office, "lost");
    assert_eq!(incident["facts"], json!({ "cause": "lost", "entry": lost["number"] }));
    assert_eq!((&told["incident"], &lost["facts"]["whereabouts"]), (&incident["number"], &json!("庁舎内か")));
    assert!(waits(&days, &side, "lost", &old.slip) && waits(&days, &side, "incident", &old.slip));

    let held = days.entries(office).len();
    for words in [format!("print {}", old.slip), format!("print {} --yes", old.slip)] {
        let run = days.run(office, &format!("--json --lang ja {words}"));
        assert_eq!(run.code, 4, "{run:?}");
        assert!(run.err.contains("通知書"), "{run:?}");
    }
    assert!(days.entries(office).split_off(held).iter().all(|entry| entry["result"] == "refused"));

    refused(&days, &side, &replacing(&old.bundle), 4, "not_void", &old.bundle);
    let run = days.run(office, &format!("--json --lang ja void {} --reason 通知書の紛失", old.bundle)).ok();
    assert!(
        run.err.contains("古いパスワードで古い媒体は開きます"),
        "that the old passphrase still opens is said: {run:?}"
    );
    assert_eq!(run.json()["still_opens"], true);
    refused(&days, &side, &format!("void {} --reason 再度", old.bundle), 4, "bundle_void", &old.bundle);
    assert!(waits(&days, &side, "void_part_out", "M-1"), "{:?}", open(&days, &side));

    let new = pair(&days, &side, "M-2", &format!("--replaces {}", old.bundle));
    assert_ne!((&new.bundle, &new.slip, &new.passphrase), (&old.bundle, &old.slip, &old.passphrase));
    refused(&days, &side, &replacing(&old.bundle), 4, "replaced_already", &new.bundle);
    assert_eq!(opens(&days, &side, &new.bundle, &new.passphrase, "new-new"), 0);
    assert_eq!(opens(&days, &side, &new.bundle, &old.passphrase, "new-old"), 10);
    assert_eq!(opens(&days, &side, &old.bundle, &old.passphrase, "old-old"), 0, "void does not stop it");
    assert_eq!(opens(&days, &side, &old.bundle, &new.passphrase, "old-new"), 10);
    let told = days.run(office, "--json reconcile").fails(3).json();
    let of = |id: &str| told["bundles"].as_array().unwrap().iter().find(|one| one["id"] == id).unwrap().clone();
    assert_eq!(of(&old.bundle)["replaced_by"], new.bundle.as_str());
    assert!(of(&old.bundle)["void"].is_u64() && of(&new.bundle)["void"].is_null());

    // It stays open until the old medium is back; the loss stays an incident.
    days.json(office, "receive M-1 --returned --no-documents");
    assert!(!waits(&days, &side, "void_part_out", "M-1"));
    days.json(office, &format!("slip recovered {} --circumstances 引出しで発見", old.slip));
    assert!(!waits(&days, &side, "lost", &old.slip) && waits(&days, &side, "incident", &old.slip));
    refused(&days, &side, &format!("handover {} {TO}", old.slip), 4, "is_void", &old.slip);
}

fn replacing(bundle: &str) -> String {
    format!("pack 名簿-M-1 --to medium --slip slip-x.txt --no-documents --medium-id M-9 --replaces {bundle}")
}

#[test]
fn nothing_is_replaced_that_is_not_there_or_not_void() {
    let (days, side, old) = handed();
    refused(&days, &side, &replacing("TW-20260101-AAAA"), 1, "no_bundle_here", "TW-20260101-AAAA");
    refused(&days, &side, &replacing("M-1"), 2, "not_a_bundle_name", "M-1");
    refused(&days, &side, &replacing(&old.bundle), 4, "not_void", &old.bundle);
    assert!(!side.office.desk.path("slip-x.txt").exists());
    assert_eq!(desk::names_in(&side.office.desk.medium()).len(), 1, "nothing was packed");
}

#[test]
fn a_lost_medium_is_an_incident_until_somebody_says_otherwise() {
    let (days, side, one) = handed();
    let office = &side.office;
    let run = days.run(office, "--json --lang ja medium lost M-1 --circumstances 配送中に所在不明").ok();
    assert!(run.err.contains("直ちに") && run.err.contains(&one.bundle), "the duty and the next step: {run:?}");
    let told = run.json();
    assert!(told["other_part"].as_str().unwrap().contains(&one.slip), "where the slip is matters most: {told}");
    assert_eq!(medium(&days, &side, "M-1")["state"], "lost");
    assert!(waits(&days, &side, "lost", "M-1") && waits(&days, &side, "incident", "M-1"));
    // The slip stays where it is.
    refused(&days, &side, &format!("handover {} {TO}", one.slip), 4, "other_part_at_risk", &one.slip);
    days.json(office, "medium recovered M-1 --circumstances 配送所で発見 --place 金庫");
    let found = medium(&days, &side, "M-1");
    assert_eq!((&found["state"], &found["place"]), (&json!("here"), &json!("金庫")));
    assert!(!waits(&days, &side, "lost", "M-1") && waits(&days, &side, "incident", "M-1"));
    let incident = days.last_of(office, "incident")["number"].to_string();
    refused(&days, &side, "incident close 1 --reason 回収", 1, "no_incident", "1");
    days.json(office, &format!("incident close {incident} --reason 未開封で回収し区へ報告済み"));
    assert!(!waits(&days, &side, "incident", "M-1"));
    refused(&days, &side, &format!("incident close {incident} --reason 再度"), 1, "no_incident", &incident);
}

#[test]
fn what_went_to_the_wrong_one_is_recalled_and_comes_back() {
    let (days, side, one) = handed();
    let office = &side.office;
    let told = days.json(office, "handover M-1 --recall 宛先違い --whereabouts 別会社の受付");
    assert!(told["other_part"].as_str().unwrap().contains(&one.slip), "{told}");
    let (recall, incident) = (days.last_of(office, "recall"), days.last_of(office, "incident"));
    assert_eq!(incident["facts"], json!({ "cause": "recall", "entry": recall["number"] }));
    assert_eq!(recall["facts"]["whereabouts"], "別会社の受付");
    assert!(waits(&days, &side, "not_recovered", "M-1"));
    days.json(office, "medium recovered M-1 --circumstances 未開封で回収");
    assert!(!waits(&days, &side, "not_recovered", "M-1"));
    assert_eq!(medium(&days, &side, "M-1")["recalled"], Value::Null);
    // It may go again, to the right one, and the slip after it.
    days.at("2026-05-13 09:00");
    days.json(office, &format!("handover M-1 {TO}"));
    days.json(office, "handover M-1 --receipt");
    days.at("2026-05-14 09:00");
    days.json(office, &format!("handover {} {TO}", one.slip));
}

#[test]
fn a_damaged_medium_goes_nowhere_and_is_no_incident() {
    let days = Days::from("2026-05-11 09:00");
    let side = Side::new(&days, CITY);
    let one = pair(&days, &side, "M-1", "");
    days.json(&side.office, "medium damaged M-1 --circumstances 落下による割れ");
    assert!(medium(&days, &side, "M-1")["damaged"].is_u64());
    assert!(days.entries(&side.office).iter().all(|entry| entry["kind"] != "incident"));
    refused(&days, &side, &format!("handover M-1 {TO}"), 4, "is_damaged", "M-1");
    let shown = days.run(&side.office, "--lang ja medium show M-1").ok().out;
    assert!(shown.contains("破損"), "{shown}");
    // Made void, replaced and destroyed, nothing of it waits.
    days.json(&side.office, &format!("void {} --reason 媒体の破損", one.bundle));
    days.json(&side.office, &format!("destroy M-1 {} --method 破砕 --no-documents", one.slip));
    assert!(
        !open(&days, &side).iter().any(|(_, thing)| *thing == one.slip || thing == "M-1"),
        "{:?}",
        open(&days, &side)
    );
}

#[test]
fn nothing_is_lost_before_it_went_nor_found_before_it_was_lost() {
    let (days, side, _) = handed();
    let lost = "medium lost M-1 --circumstances 所在不明 --at";
    for early in ["令和8年5月10日9時", "2025-01-01T09:00"] {
        refused(&days, &side, &format!("{lost} {early}"), 4, "before", "令和");
        refused(&days, &side, &format!("medium damaged M-1 --circumstances 割れ --at {early}"), 4, "before", "令和");
    }
    refused(&days, &side, &format!("{lost} 令和8年5月12日9時"), 2, "future", "令和");
    days.at("2026-05-13 09:00");
    days.json(&side.office, &format!("{lost} 令和8年5月12日9時"));
    let found = "medium recovered M-1 --circumstances 発見 --at";
    refused(&days, &side, &format!("{found} 令和8年5月12日8時59分"), 4, "before", "令和");
    days.json(&side.office, &format!("{found} 令和8年5月12日10時"));
    let entry = days.last_of(&side.office, "recovered");
    assert!(entry["facts"]["at"].as_str().unwrap().starts_with("2026-05-12T10:00"), "{entry}");
    assert!(entry["time"].as_str().unwrap().starts_with("2026-05-13"), "{entry}");
}
