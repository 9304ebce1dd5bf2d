//! Hand-overs as the city meets them: media and slips apart, a second person, who may take them, when, and what the other side
//! sends back as its word.
//!
//! Needs Debian's `faketime`.

#![cfg(target_os = "linux")]

use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

#[path = "common/days.rs"]
mod days;
#[path = "common/desk.rs"]
mod desk;
#[path = "common/office.rs"]
mod office;
#[path = "common/pdf.rs"]
mod pdf;
#[path = "common/pieces.rs"]
mod pieces;
use days::{Days, Side};
use desk::{Run, needs_root, tool};
use office::{Office, split};
use pdf::{Pdf, squeezed};
use pieces::{CITY, CONTRACTOR, Pair, TO, medium, pair, refused};

/// A city with one bundle, packed in the morning of the eleventh.
fn city() -> (Days, Side, Pair) {
    let days = Days::from("2026-05-11 09:00");
    let side = Side::new(&days, CITY);
    let one = pair(&days, &side, "M-1", "");
    (days, side, one)
}

/// The same with the medium handed over and its receipt here.
fn handed() -> (Days, Side, Pair) {
    let (days, side, one) = city();
    days.json(&side.office, &format!("handover M-1 {TO}"));
    days.json(&side.office, "handover M-1 --receipt --by 佐藤健");
    (days, side, one)
}

#[test]
fn a_slip_waits_for_its_medium_its_receipt_and_another_day() {
    let (days, side, one) = city();
    let slip = format!("handover {} {TO}", one.slip);
    refused(&days, &side, &slip, 4, "medium_not_handed_over", &one.slip);
    // No reason sets that aside: without the medium there is nothing to open.
    refused(&days, &side, &format!("{slip} --override 急ぎ"), 4, "medium_not_handed_over", "M-1");
    days.json(&side.office, &format!("handover M-1 {TO}"));
    refused(&days, &side, &slip, 4, "medium_receipt_missing", "M-1");
    days.json(&side.office, "handover M-1 --receipt");
    refused(&days, &side, &slip, 4, "same_occasion", "M-1");
    // Whoever else of the same firm takes it, and whoever carries it.
    refused(&days, &side, &format!("handover {} --to 鈴木次郎 --id-check 社員証", one.slip), 4, "same_occasion", "M-1");
    days.at("2026-05-11 23:30");
    refused(&days, &side, &slip, 4, "same_occasion", "M-1");
    days.at("2026-05-12 00:10");
    refused(&days, &side, &format!("{slip} --at 令和8年5月11日23時59分"), 4, "same_occasion", "M-1");
    days.json(&side.office, &slip);
    assert_eq!(days.last_of(&side.office, "handover")["facts"].get("overridden"), None);
}

#[test]
fn the_case_can_ask_for_more_days_and_for_none() {
    let (days, side, one) = handed();
    let slip = format!("handover {} {TO}", one.slip);
    side.office.edit("slip_gap_days = 1", "slip_gap_days = 3");
    days.at("2026-05-13 23:00");
    let run = days.refused(&side.office, &slip, 4, "same_occasion");
    assert!(run.err.contains("令和8年5月14日"), "the first day is told: {run:?}");
    days.at("2026-05-14 00:00");
    days.json(&side.office, &slip);
    let two = pair(&days, &side, "M-2", "");
    side.office.edit("separate_days = true", "separate_days = false");
    days.json(&side.office, &format!("handover M-2 {TO} --signed"));
    days.json(&side.office, &format!("handover {} {TO}", two.slip));
    assert_eq!(days.last_of(&side.office, "settings")["facts"]["changes"][0]["loosened"], true);
}

#[test]
fn a_rule_that_is_set_aside_stays_on_the_books_with_its_reason() {
    let (days, side, one) = handed();
    let words = format!("--json --lang ja handover {} {TO} --override 台風接近のため", one.slip);
    let run = days.run(&side.office, &words).ok();
    assert!(run.err.contains("決まりによらず記録します"), "{run:?}");
    let entry = days.last_of(&side.office, "handover");
    let why = json!({ "rule": "same_occasion", "reason": "台風接近のため" });
    assert_eq!(entry["facts"]["overridden"], why);
    let history = days.json(&side.office, &format!("ledger history {}", one.bundle));
    assert!(history["entries"].to_string().contains("台風接近のため"));
    days.json(&side.office, "ledger export 管理簿.csv --csv");
    let register = fs::read_to_string(side.office.desk.path("管理簿.csv")).unwrap();
    assert!(register.contains("別の機会の原則によらない引渡し（台風接近のため）"), "{register}");
    // A reason where no rule stands in the way is no exception.
    let (days, side, _) = city();
    let run = days.run(&side.office, &format!("--lang ja handover M-1 {TO} --override 念のため")).ok();
    assert!(run.err.contains("不要"), "{run:?}");
    assert_eq!(days.last_of(&side.office, "handover")["facts"].get("overridden"), None);
}

/// A city that asks for a second person.
fn checked_city() -> (Days, Side, Pair) {
    let (days, side, one) = city();
    side.office.edit("two_person_check = false", "two_person_check = true");
    days.json(&side.office, &format!("handover M-1 {TO} --operator 見本太郎"));
    (days, side, one)
}

#[test]
fn a_second_person_looks_before_a_hand_over_counts() {
    let (days, side, one) = checked_city();
    refused(&days, &side, "handover M-1 --receipt", 4, "not_checked", "M-1");
    refused(&days, &side, &format!("handover {} {TO}", one.slip), 4, "medium_not_checked", "M-1");
    refused(&days, &side, &format!("handover {} {TO} --override 急ぎ", one.slip), 4, "medium_not_checked", "M-1");
    let check = "handover M-1 --check --checked all --operator";
    for name in ["見本太郎", "見本　太郎", "見本\u{a0}太郎"] {
        refused(&days, &side, &format!("{check} {name}"), 4, "same_person_confirms", "見本太郎");
    }
    let part = "handover M-1 --check --checked number,count,addressee,encrypted --operator 見本花子";
    refused(&days, &side, part, 4, "check_incomplete", "");
    refused(&days, &side, "handover M-1 --check --operator 見本花子", 4, "check_incomplete", "");
    refused(&days, &side, "handover M-1 --check --checked number,colour", 2, "bad_item", "colour");
    assert_eq!(medium(&days, &side, "M-1")["handed_over"]["counts"], false);
    let told = days.json(&side.office, &format!("{check} 見本花子"));
    assert_eq!((&told["counts"], &told["other_os_user"]), (&json!(true), &json!(false)));
    assert_eq!(medium(&days, &side, "M-1")["handed_over"]["counts"], true);
    refused(&days, &side, &format!("{check} 見本花子"), 4, "is_checked", "M-1");
    let entry = days.last_of(&side.office, "handover_check");
    assert_eq!(
        days.entries(&side.office).iter().filter(|e| e["kind"] == "handover_check" && e["result"] == "done").count(),
        1
    );
    assert_eq!(entry["result"], "refused");
    days.json(&side.office, "handover M-1 --receipt");
}

#[test]
fn a_look_before_the_hand_over_counts_when_somebody_else_hands_over() {
    let (days, side, _) = city();
    side.office.edit("two_person_check = false", "two_person_check = true");
    days.json(&side.office, "handover M-1 --check --checked all --operator 見本花子");
    // Who looked hands over: then nobody has.
    let told = days.json(&side.office, &format!("handover M-1 {TO} --operator 見本　花子"));
    assert_eq!(told["counts"], false);
    pair(&days, &side, "M-2", "");
    days.json(&side.office, "handover M-2 --check --checked all --operator 見本花子");
    let told = days.json(&side.office, &format!("handover M-2 {TO} --operator 見本太郎"));
    assert_eq!(told["counts"], true);
    assert_eq!(medium(&days, &side, "M-2")["handed_over"]["counts"], true);
}

#[test]
fn only_who_is_listed_looks_where_there_is_a_list() {
    let (days, side, _) = checked_city();
    days.json(&side.office, "staff add 見本花子 --role 保護担当者 --section 情報課 --trained 2026-05-01");
    let check = "handover M-1 --check --checked all --operator";
    days.refused(&side.office, &format!("{check} 通行人"), 4, "checker_unlisted");
    days.json(&side.office, &format!("{check} 見本花子"));
}

#[test]
fn another_user_of_the_computer_is_told_apart() {
    needs_root();
    let office = Office::new();
    office.edit("two_person_check = false", "two_person_check = true");
    office.desk.file("名簿/a.csv", "氏名\n");
    office.json("pack 名簿 --to medium --slip slip.txt --no-documents --medium-id M-1");
    office.json(&format!("handover M-1 {TO} --operator 見本太郎"));
    let program = office.desk.path("tewatashi");
    fs::copy(env!("CARGO_BIN_EXE_tewatashi"), &program).unwrap();
    tool("chown", [OsStr::new("-R"), "65534:65534".as_ref(), office.desk.path("").as_ref()]);
    let mut command = Command::new("setpriv");
    command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups"]).arg(program);
    command.args(split("--json --operator 見本花子 handover M-1 --check --checked all --case")).arg(office.folder());
    let told = Run::of(office.desk.settle(&mut command)).ok();
    assert_eq!((&told.json()["counts"], &told.json()["other_os_user"]), (&json!(true), &json!(true)), "{told:?}");
    assert_eq!(office.last_of("handover_check")["facts"]["other_os_user"], true);
}

#[test]
fn who_has_left_and_who_is_of_the_own_side_takes_nothing() {
    let (days, side, _) = city();
    let add = |name: &str, role: &str, party: &str| {
        let words = format!("staff add {name} --role {role} --section 業務部 --party {party} --trained 2026-05-01");
        days.json(&side.office, &words);
    };
    add("佐藤健", "作業責任者", "受託者");
    add("田中実", "作業従事者", "受託者");
    add("見本太郎", "保護担当者", "区");
    days.json(&side.office, "--operator 見本太郎 staff retire 田中実 --date 2026-05-10");
    let to = |name: &str| format!("--operator 見本太郎 handover M-1 --to {name} --id-check 社員証 --no-documents");
    refused(&days, &side, &to("田中実"), 4, "has_left", "田中実");
    refused(&days, &side, &to("見本太郎"), 4, "own_side", "見本太郎");
    // Nor does who has left hand anything over.
    add("見本次郎", "保護担当者", "区");
    days.json(&side.office, "--operator 見本太郎 staff retire 見本次郎 --date 2026-05-10");
    let by_who_left = to("佐藤健").replace("--operator 見本太郎", "--operator 見本次郎");
    refused(&days, &side, &by_who_left, 4, "operator_retired", "見本次郎");
    let run = days.run(&side.office, &to("通行人")).ok();
    assert!(run.err.contains("warning: ") && run.err.contains("通行人"), "{run:?}");
    pair(&days, &side, "M-2", "--operator 見本太郎");
    side.office.edit("unlisted_operator = \"warn\"", "unlisted_operator = \"refuse\"");
    refused(&days, &side, &to("通行人").replace("M-1", "M-2"), 4, "receiver_unlisted", "通行人");
    days.json(&side.office, &to("佐藤健").replace("M-1", "M-2"));
    let to = days.last_of(&side.office, "handover")["facts"]["to"].clone();
    assert_eq!(to, json!({ "name": "佐藤健", "section": "業務部", "organization": "見本印刷" }));
}

#[test]
fn a_subcontractor_takes_something_under_a_decision_alone() {
    let days = Days::from("2026-05-11 09:00");
    let side = Side::new(&days, CONTRACTOR);
    pair(&days, &side, "M-1", "");
    let words = format!("handover M-1 {TO} --subcontractor 見本発送");
    refused(&days, &side, &words, 4, "needs_approval", "");
    let approve = "approve --for subcontract --date 2026-05-01 --by 情報課長 --number";
    days.json(&side.office, &format!("{approve} 情第4号 --thing 別会社"));
    refused(&days, &side, &words, 4, "needs_approval", "見本発送");
    days.json(&side.office, &format!("{approve} 情第5号 --thing 見本発送 --until 2026-05-10"));
    days.json(&side.office, &format!("{approve} 情第6号 --thing 見本発送"));
    days.json(&side.office, &words);
    let facts = days.last_of(&side.office, "handover")["facts"].clone();
    assert_eq!((&facts["direction"], &facts["party"]), (&json!("subcontracted"), &json!("再委託先")));
    assert_eq!(facts["to"]["organization"], "見本発送");
}

#[test]
fn the_way_follows_who_hands_over() {
    let days = Days::from("2026-05-11 09:00");
    let side = Side::new(&days, CONTRACTOR);
    pair(&days, &side, "M-1", "");
    let told = days.json(&side.office, "handover M-1 --to 見本太郎 --id-check 職員証 --as 返却");
    assert_eq!((&told["handover"]["direction"], &told["handover"]["party"]), (&json!("returned"), &json!("区")));
    let text = page(&told);
    for said in ["個人情報受渡し確認記録票", "見本太郎", "職員証", "M-1"] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert_eq!(told["handover"]["to"]["organization"], "見本市");
}

/// The first page that was issued, without its blanks.
fn page(told: &Value) -> String {
    let path = told["documents"][0]["path"].as_str().unwrap_or_else(|| panic!("no document: {told}"));
    squeezed(&Pdf::of(&fs::read(path).unwrap(), 1).text("-layout"))
}

#[test]
fn the_sheet_that_was_signed_is_one_of_this_thing_and_in_force() {
    let (days, side, one) = city();
    let office = &side.office;
    let first = days.json(office, &format!("print {}", one.bundle));
    let two = pair(&days, &side, "M-2", "");
    days.json(office, &format!("print {}", two.bundle));
    let entries = days.entries(office);
    let sheet = |bundle: &str, form: &str| -> String {
        let of = |e: &&Value| e["kind"] == "document" && e["facts"]["form"] == form && e["facts"]["bundle"] == bundle;
        let found = entries.iter().find(of).unwrap_or_else(|| panic!("{form} of {bundle}: {first}"));
        found["facts"]["number"].as_str().unwrap().to_owned()
    };
    let (own, stub, other) =
        (sheet(&one.bundle, "transfer"), sheet(&one.bundle, "slip-stub"), sheet(&two.bundle, "transfer"));
    let words = |number: &str| format!("handover M-1 --to 佐藤健 --id-check 社員証 --signed --sheet {number}");
    for number in [&other, &stub, &one.slip, "D-0099"] {
        refused(&days, &side, &words(number), 4, "other_sheet", number);
    }
    let told = days.json(office, &words(&own));
    assert_eq!((&told["handover"]["sheet"], &told["documents"]), (&json!(own), &json!([])));
    assert!(medium(&days, &side, "M-1")["handed_over"]["receipt"].is_u64(), "the receiver signed at once");
    days.json(office, &format!("void {other} --reason 書き損じ"));
    refused(&days, &side, &words(&other).replace("M-1", "M-2"), 4, "other_sheet", &other);
}

#[test]
fn the_sheets_of_packing_give_way_to_the_one_that_was_issued() {
    let (days, side, one) = city();
    days.json(&side.office, &format!("print {}", one.bundle));
    let told = days.json(&side.office, "handover M-1 --to 佐藤健 --id-check 社員証 --carry 鍵付きカバン --place 窓口");
    let text = page(&told);
    for said in ["佐藤健", "社員証", "鍵付きカバン", "窓口", "M-1", &one.bundle, &one.slip] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let voided = days.last_of(&side.office, "void");
    assert_eq!(voided["result"], "done");
    assert_ne!(voided["facts"]["number"], told["documents"][0]["number"]);
}

#[test]
fn times_in_every_spelling_are_kept_beside_the_time_of_the_entry() {
    let spellings = [
        "令和8年5月11日10時5分",
        "令和８年５月１１日１０時０５分",
        "R8.5.11T10:05",
        "2026-05-11T10:05",
        "2026/5/11T10:05",
        "２０２６年５月１１日１０：０５",
        "令和8年5月11日午前10時5分",
        "10:05",
    ];
    let (days, side, _) = city();
    for number in 2..=spellings.len() {
        pair(&days, &side, &format!("M-{number}"), "");
    }
    days.at("2026-05-11 11:00");
    for (number, spelling) in spellings.iter().enumerate() {
        days.json(&side.office, &format!("handover M-{} {TO} --at {spelling}", number + 1));
        let entry = days.last_of(&side.office, "handover");
        assert!(entry["facts"]["at"].as_str().unwrap().starts_with("2026-05-11T10:05:00"), "{spelling}: {entry}");
        assert!(entry["time"].as_str().unwrap().starts_with("2026-05-11T11:"), "{entry}");
    }
}

#[test]
fn a_time_to_come_and_one_before_the_bundle_was_made_are_refused() {
    let (days, side, _) = city();
    let at = |time: &str| format!("handover M-1 {TO} --at {time}");
    for future in ["令和8年5月12日9時", "2026-05-11T23:59", "令和9年5月11日9時"] {
        refused(&days, &side, &at(future), 2, "future", "令和");
    }
    for past in ["2026-05-11T08:00", "令和8年5月10日9時", "令和7年5月11日9時"] {
        refused(&days, &side, &at(past), 4, "before", "令和");
    }
    for odd in ["きのう", "令和8年2月30日9時", "2026-05-11T25:00", "2026-05-11"] {
        refused(&days, &side, &at(odd), 2, "bad_time", odd);
    }
    days.json(&side.office, &format!("handover M-1 {TO}"));
    refused(&days, &side, "handover M-1 --receipt --at 2026-05-11T09:00", 4, "before", "令和");
}

/// What the contractor's desk makes of a bundle that came: its documents, and the code.
struct Word {
    contractor: Side,
    code: String,
}

impl Word {
    fn of(days: &Days, from: &Side, one: &Pair) -> Self {
        let contractor = Side::new(days, CONTRACTOR);
        let office = &contractor.office;
        office.desk.file("pw.txt", &one.passphrase);
        let bundle = from.office.desk.medium().join(&one.bundle);
        let delivery = format!("receive {} --medium-id {} --from 見本太郎", bundle.display(), one.medium);
        days.json(office, &delivery);
        let told = days.json(office, &format!("open {} --to opened --passphrase-file pw.txt", bundle.display()));
        let code = told["opening_code"].as_str().unwrap().to_owned();
        Self { contractor, code }
    }

    /// The record of its last document of a form.
    fn record(&self, days: &Days, form: &str) -> PathBuf {
        let entries = days.entries(&self.contractor.office);
        let of = |entry: &&Value| entry["kind"] == "document" && entry["facts"]["form"] == form;
        let number = entries.iter().rfind(of).unwrap()["facts"]["number"].as_str().unwrap();
        self.contractor.office.folder().join(format!("records/{number}.json"))
    }
}

#[test]
fn the_code_of_the_opening_proves_it_once_and_for_its_bundle_alone() {
    let (days, side, one) = handed();
    let word = Word::of(&days, &side, &one);
    let two = pair(&days, &side, "M-2", "");
    days.json(&side.office, &format!("handover M-2 {TO}"));
    let ack = |thing: &str, code: &str| format!("handover {thing} --ack {code}");
    refused(&days, &side, &ack("M-2", &word.code), 4, "wrong_code", "M-2");
    refused(&days, &side, &ack(&two.slip, &word.code), 4, "wrong_code", &two.slip);
    let mistyped = word.code.replacen(word.code.chars().next().unwrap(), "", 1);
    refused(&days, &side, &ack("M-1", &mistyped), 2, "bad_code", "");
    refused(&days, &side, &ack("M-9", &word.code), 1, "no_thing", "M-9");
    // Nobody opens with a slip that is still here: such a code came another way.
    refused(&days, &side, &ack("M-1", &word.code), 4, "slip_not_gone", "M-1");
    days.at("2026-05-12 09:00");
    days.json(&side.office, &format!("handover {} {TO}", one.slip));
    // As it is typed from paper: small letters, full width.
    let wide: String = word.code.chars().map(|c| if c == '-' { '－' } else { c.to_ascii_lowercase() }).collect();
    let told = days.json(&side.office, &ack("M-1", &wide));
    assert_eq!((&told["opened"], &told["proof"], &told["receipt"]), (&json!(true), &json!("code"), &json!(false)));
    assert!(medium(&days, &side, "M-1")["handed_over"]["opened"].is_u64());
    refused(&days, &side, &ack("M-1", &word.code), 4, "opening_known", "");
    // The books of the city never held the code itself, before it was told.
    let ledger = fs::read(side.office.ledger()).unwrap();
    assert!(!ledger.windows(word.code.len()).any(|part| part == word.code.as_bytes()));
}

#[test]
fn a_code_proves_nothing_of_a_medium_that_never_left() {
    let (days, side, one) = city();
    let word = Word::of(&days, &side, &one);
    refused(&days, &side, &format!("handover M-1 --ack {}", word.code), 4, "is_here", "M-1");
}

#[test]
fn a_signed_record_counts_when_its_key_was_held_against_paper() {
    let (days, side, one) = city();
    days.json(&side.office, &format!("handover M-1 {TO}"));
    let word = Word::of(&days, &side, &one);
    let (receipt, opening) = (word.record(&days, "receipt"), word.record(&days, "opening"));
    let ack = |thing: &str, path: &std::path::Path| format!("handover {thing} --ack {}", path.display());
    refused(&days, &side, &ack("M-1", &receipt), 4, "record_untrusted", "");
    let keys = days.json(&word.contractor.office, "key show");
    let key = keys["keys"][0]["fingerprint"].as_str().unwrap();
    days.json(&side.office, &format!("key trust {key} --whose 見本印刷"));

    // Altered, its signature kept; and with no signature at all.
    let text = fs::read_to_string(&receipt).unwrap();
    let forged = side.office.desk.file("偽/D-0001.json", text.replace("佐藤", "加藤").replace("root", "toor"));
    fs::copy(receipt.with_extension("json.sig"), forged.with_extension("json.sig")).unwrap();
    let altered = text != fs::read_to_string(&forged).unwrap();
    assert!(altered, "the test must alter something: {text}");
    refused(&days, &side, &ack("M-1", &forged), 11, "record_altered", "");
    let bare = side.office.desk.file("裸/D-0001.json", &text);
    refused(&days, &side, &ack("M-1", &bare), 4, "record_untrusted", "");
    // Of another thing; and what is no word of the other side at all.
    let two = pair(&days, &side, "M-2", "");
    days.json(&side.office, &format!("handover M-2 {TO}"));
    refused(&days, &side, &ack("M-2", &receipt), 4, "record_not_about", "M-2");
    refused(&days, &side, &ack(&two.slip, &receipt), 4, "record_not_about", "");
    refused(&days, &side, &ack("M-2", &opening), 4, "wrong_code", "M-2");
    refused(
        &days,
        &side,
        &format!("handover M-1 --ack {}/nowhere.json", side.office.desk.path("").display()),
        1,
        "io",
        "",
    );

    let told = days.json(&side.office, &ack("M-1", &receipt));
    assert_eq!((&told["receipt"], &told["opened"], &told["signer"]), (&json!(true), &json!(false), &json!(key)));
    refused(&days, &side, &ack("M-1", &receipt), 4, "has_receipt", "M-1");
    // The medium's receipt is none of its slip, though both name the bundle.
    days.at("2026-05-12 09:00");
    days.json(&side.office, &format!("handover {} {TO}", one.slip));
    refused(&days, &side, &ack(&one.slip, &receipt), 4, "record_not_about", "");
    // The page carries the same record.
    let told = days.json(&side.office, &ack("M-1", &opening.with_extension("pdf")));
    assert_eq!((&told["opened"], &told["proof"]), (&json!(true), &json!("signed_record")));
    refused(&days, &side, &ack("M-1", &opening), 4, "opening_known", "");
}

#[test]
fn the_receipt_of_an_earlier_hand_over_is_none_of_a_later_one() {
    let (days, side, one) = city();
    days.json(&side.office, "medium add M-1 --kind USB");
    days.json(&side.office, &format!("handover M-1 {TO}"));
    let word = Word::of(&days, &side, &one);
    let receipt = word.record(&days, "receipt");
    let keys = days.json(&word.contractor.office, "key show");
    days.json(
        &side.office,
        &format!("key trust {} --whose 見本印刷", keys["keys"][0]["fingerprint"].as_str().unwrap()),
    );
    // Back, and handed over again on another day.
    days.json(&side.office, "receive M-1 --returned --no-documents");
    days.at("2026-05-14 09:00");
    days.json(&side.office, &format!("handover M-1 {TO}"));
    let ack = format!("handover M-1 --ack {}", receipt.display());
    refused(&days, &side, &ack, 4, "before", "令和");
    // Made empty, with another bundle on it: the number on the label is the same.
    days.json(&side.office, "receive M-1 --returned --no-documents");
    days.json(&side.office, "medium reset M-1 --method 上書き --outcome ok --confirmed-by 見本花子");
    fs::remove_file(side.office.desk.path("slip-M-1.txt")).unwrap();
    pair(&days, &side, "M-1", "");
    days.json(&side.office, &format!("handover M-1 {TO}"));
    refused(&days, &side, &ack, 4, "record_not_about", "M-1");
    assert_eq!(medium(&days, &side, "M-1")["handed_over"]["receipt"], Value::Null);
}

/// Attack: a correction that puts the hand-over into the future or takes its things away, so that it never was.
#[test]
fn no_correction_unmakes_a_hand_over() {
    let (days, side, _) = handed();
    let entry = days.last_of(&side.office, "handover")["number"].clone();
    for set in ["at=きのう", "at=2030-01-01T09:00:00+09:00", "pieces=x", "what=slip", "party=区役所"] {
        refused(&days, &side, &format!("ledger correct {entry} --reason 誤記 --set {set}"), 2, "would_not_read", "");
        assert_eq!(medium(&days, &side, "M-1")["state"], "handed_over", "{set}");
    }
    // One after the other: what was put right stays right.
    days.json(&side.office, &format!("ledger correct {entry} --reason 誤記 --set id_check=運転免許証"));
    days.json(&side.office, &format!("ledger correct {entry} --reason 誤記 --set place=本庁舎"));
    assert_eq!(medium(&days, &side, "M-1")["handed_over"]["entry"], entry);
}

#[test]
fn a_decision_of_a_later_day_is_none_of_what_was_done_before_it() {
    let (days, side, _) = city();
    days.at("2026-05-12 09:00");
    days.json(&side.office, "approve --for handover --number 情第7号 --date 2026-05-12 --by 情報課長");
    let before = format!("handover M-1 {TO} --at 2026-05-11T10:00:00");
    refused(&days, &side, &before, 4, "needs_approval", "情第7号");
    days.json(&side.office, &format!("handover M-1 {TO}"));
    assert_eq!(days.last_of(&side.office, "handover")["facts"]["approval"], "情第7号");
}

/// Attack: the receiver, who stands on the city's roster for the other side, confirms what came to them.
#[test]
fn the_other_side_is_no_second_person_of_this_one() {
    let (days, side, _) = checked_city();
    days.json(
        &side.office,
        "staff add 例示三郎 --role 作業責任者 --section 運用課 --party 受託者 --trained 2026-04-02",
    );
    let check = "handover M-1 --check --checked all --operator 例示三郎";
    refused(&days, &side, check, 4, "checker_of_other_side", "例示三郎");
    assert_eq!(medium(&days, &side, "M-1")["handed_over"]["counts"], false);
}

/// Two clerks at two desks: both see the medium here, and both hand it over.
#[test]
fn of_many_who_hand_over_at_once_one_does() {
    let (days, side, _) = city();
    let hand = || {
        let mut command = days.command(&side.office, &format!("--json handover M-1 {TO}"));
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap()
    };
    let started: Vec<_> = (0..8).map(|_| hand()).collect();
    let codes: Vec<_> = started.into_iter().map(|mut one| one.wait().unwrap().code()).collect();
    assert_eq!(codes.iter().filter(|code| **code == Some(0)).count(), 1, "{codes:?}");
    // Refused, or told that somebody was quicker.
    assert!(codes.iter().all(|code| matches!(code, Some(0 | 1 | 4))), "{codes:?}");
    let done = |entry: &&Value| entry["kind"] == "handover" && entry["result"] == "done";
    assert_eq!(days.entries(&side.office).iter().filter(done).count(), 1);
}

/// Attack on what is being done: a reader of the messages that goes away in the middle of it.
#[test]
fn nobody_reading_the_messages_stops_no_hand_over() {
    let (days, side, _) = city();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = days.command(&side.office, "handover M-1 --to 佐藤健 --id-check 社員証");
    let status = command.stdout(writer.try_clone().unwrap()).stderr(writer).status().unwrap();
    assert_eq!(status.code(), Some(0));
    assert_eq!(medium(&days, &side, "M-1")["state"], "handed_over");
    assert_eq!(days.last_of(&side.office, "document")["facts"]["form"], "transfer", "and its sheet was issued");
}
