//! Incidents at a desk: whom to call stands before everything, little is asked, facts are added and never replaced.
//!
//! Needs Debian's `faketime`.

#![cfg(target_os = "linux")]

use std::fs;
use std::process::Stdio;

use serde_json::{Value, json};

#[path = "common/days.rs"]
mod days;
#[path = "common/desk.rs"]
mod desk;
#[path = "common/incidents.rs"]
mod incidents;
#[path = "common/office.rs"]
mod office;
#[path = "common/pdf.rs"]
mod pdf;
#[path = "common/pieces.rs"]
mod pieces;
use days::{Days, Side};
use desk::{Run, shown, terminal, to_the_end};
use incidents::{CONTACTS, fields, record};
use office::Office;
use pieces::{CITY, CONTRACTOR, TO, pair};

fn with_contacts(office: &Office) {
    let text = fs::read_to_string(office.settings()).unwrap();
    fs::write(office.settings(), text + CONTACTS).unwrap();
}

/// The entries of incidents, without what was refused or failed.
fn told(office: &Office) -> Vec<Value> {
    let mut entries = office.entries();
    entries.retain(|entry| entry["kind"].as_str().unwrap().starts_with("incident") && entry["result"] == "done");
    entries
}

#[test]
fn whom_to_call_stands_before_everything_else_in_both_languages() {
    let days = Days::from("2026-11-24 09:00");
    let sub = CONTRACTOR.replace("受託者", "再委託先");
    for (flags, ja, en) in [
        (CITY, "直ちに保護管理者へ報告してください", "report to the protection manager at once"),
        (CONTRACTOR, "直ちに区へ報告してください", "report to the city at once"),
        (sub.as_str(), "直ちに元請の受託者へ報告し", "report to the contractor at once"),
    ] {
        let side = Side::new(&days, flags);
        let office = &side.office;
        with_contacts(office);
        for (lang, words, label) in [("ja", ja, "注意: "), ("en", en, "warning: ")] {
            for json in ["", "--json ", "--quiet "] {
                let run = days.run(office, &format!("{json}--lang {lang} incident new --what x --no-documents")).ok();
                assert!(run.err.starts_with(&format!("{label}{words}")), "{run:?}");
                assert!(run.err.contains("情報政策課 見本係") && run.err.contains("総務課"), "{run:?}");
            }
        }
    }
}

#[test]
fn the_number_that_holds_now_stands_first_and_the_other_is_never_left_out() {
    let days = Days::from("2026-11-24 09:00");
    let side = Side::new(&days, CONTRACTOR);
    let line = |days: &Days| {
        let run = days.run(&side.office, "--lang ja incident new --what x --no-documents").ok();
        run.err.lines().find(|line| line.contains("情報政策課")).map(str::to_owned).unwrap_or(run.err)
    };
    assert!(line(&days).contains("緊急連絡網が設定されていません"), "nobody has set one");
    with_contacts(&side.office);
    assert!(line(&days).contains("→ 03-1111-0000　（時間外 090-2222-0000）"), "{}", line(&days));
    days.at("2026-11-24 20:00");
    assert!(line(&days).contains("→ 時間外 090-2222-0000　（開庁時間内 03-1111-0000）"), "{}", line(&days));
    days.at("2026-11-28 10:00");
    assert!(line(&days).contains("→ 時間外 090-2222-0000"), "a Saturday: {}", line(&days));
    let second = days.run(&side.office, "--lang ja incident new --what x --no-documents").ok().err;
    assert!(second.contains("2. 総務課　→ 時間外 番号の登録なし　（開庁時間内 03-3333-0000）"), "{second}");
}

#[test]
fn whom_to_call_is_said_even_where_there_is_no_case_or_its_settings_are_broken() {
    let office = Office::new();
    fs::write(office.settings(), "side = ").unwrap();
    let run = office.run("--lang ja incident new --what x").fails(1);
    assert!(run.err.starts_with("注意: 直ちに区へ報告してください"), "{run:?}");
    assert!(run.err.contains("緊急連絡網を読めません"), "{run:?}");
}

/// The three questions, as they are asked, and an answer to each.
const ASKED: [[&str; 2]; 3] = [
    ["何が起きましたか", "封筒を電車に置き忘れた"],
    ["いつ気づきましたか", "令和8年11月20日 午後2時5分"],
    ["どの物ですか", "M-1、白い封筒"],
];

fn at_terminal(office: &Office, words: &str) -> rexpect::session::PtySession {
    terminal(office.command(&format!("--lang ja {words}")))
}

/// Reads up to a question.
fn asked(session: &mut rexpect::session::PtySession, question: &str) -> String {
    // What comes is one character for each byte.
    let bytes: String = question.bytes().map(char::from).collect();
    shown(&session.exp_string(&bytes).unwrap())
}

#[test]
fn three_questions_make_a_first_report() {
    let office = Office::new();
    office.json("medium add M-1 --kind USB");
    let mut session = at_terminal(&office, "incident new");
    let before = asked(&mut session, ASKED[0][0]);
    assert!(before.contains("直ちに保護管理者へ報告"), "{before}");
    for [question, answer] in ASKED {
        if question != ASKED[0][0] {
            asked(&mut session, question);
        }
        if question == ASKED[1][0] {
            // What is no time, and what is still to come, is asked again.
            for wrong in ["きのう", "2199-01-01 10:00"] {
                session.send_line(wrong).unwrap();
                asked(&mut session, question);
            }
        }
        session.send_line(answer).unwrap();
    }
    let (rest, code) = to_the_end(&mut session);
    assert!(
        code == 0 && rest.contains("事故を記録しました") && rest.contains("白い封筒 は台帳の物と結び付けられません"),
        "{rest}"
    );
    let [entry] = &told(&office)[..] else { panic!("one entry") };
    let facts = &entry["facts"];
    assert_eq!(facts["circumstances"], ASKED[0][1]);
    assert!(facts["noticed"].as_str().unwrap().starts_with("2026-11-20T14:05:00"), "{facts}");
    assert_eq!((&facts["pieces"][0]["id"], &facts["unlisted"]), (&json!("M-1"), &json!(["白い封筒"])));
    assert_eq!(office.last_of("document")["facts"]["title"], "個人情報漏えい等事故報告書（第一報）");
}

#[test]
fn ctrl_c_at_any_question_leaves_nothing_half_done() {
    let office = Office::new();
    office.json("medium add M-1 --kind USB");
    let before = office.entries().len();
    for at in 0..ASKED.len() {
        let mut session = at_terminal(&office, "incident new");
        for [question, answer] in &ASKED[..at] {
            asked(&mut session, question);
            session.send_line(answer).unwrap();
        }
        asked(&mut session, ASKED[at][0]);
        session.send_control('c').unwrap();
        let (rest, code) = to_the_end(&mut session);
        assert_eq!(code, 130, "question {at}: {rest}");
    }
    assert_eq!(office.entries().len(), before);
    assert_eq!(office.json("print --list")["documents"], json!([]));
    // What was given is not asked for.
    let words = "incident new --what 紛失 --noticed 2026-11-20T10:00 --plaintext 紙3枚 --no-documents";
    let (rest, code) = to_the_end(&mut at_terminal(&office, words));
    assert!(code == 0 && !rest.contains("何が起きましたか"), "{rest}");
}

#[test]
fn a_script_says_what_happened_and_hostile_words_stay_words() {
    let office = Office::new();
    for lang in ["ja", "en"] {
        let run = office.run(&format!("--json --lang {lang} incident new")).fails(2);
        assert_eq!(run.kind(), "nothing_said");
    }
    assert_eq!(told(&office), Vec::<Value>::new());
    let run = |args: &[&str]| {
        let mut command = office.command("--json --lang ja incident new --no-documents");
        Run::of(command.args(args))
    };
    for args in [["--what", "a\u{1b}[2J"], ["--what", " \u{3000}"], ["--thing", "M\u{7}-1"]] {
        let args: Vec<&str> = if args[0] == "--thing" { vec!["--what", "x", args[0], args[1]] } else { args.to_vec() };
        let run = run(&args).fails(2);
        assert_eq!(run.kind(), "bad_text");
        assert!(!run.err.contains(['\u{1b}', '\u{7}']), "{run:?}");
    }
    // What turns the direction of a line is kept as it was said, and shown as what it is.
    let told = run(&["--what", "x", "--thing", "A\u{202e}B", "--place", "<b>#eval(1)"]).ok();
    assert!(told.err.contains("A\\u{202e}B"), "{told:?}");
    let entry = told.json()["incident"].to_string();
    let shown = office.run(&format!("--lang ja incident show {entry}")).ok().out;
    assert!(shown.contains("A\\u{202e}B") && shown.contains("<b>#eval(1)"), "{shown}");
    // On paper it is no command of the typesetter's either.
    let report = office.json(&format!("incident update {entry} --report"));
    assert_eq!(fields(&report)["place"], "<b>#eval(1)");
}

#[test]
fn facts_are_added_and_all_that_was_said_can_be_shown() {
    let office = Office::new();
    let new = office.json("incident new --what 誤送付 --subjects 120 --noticed 2026-11-20T10:00 --kind leak,possible");
    let entry = new["incident"].to_string();
    assert_eq!(record(&new)["title"], "個人情報漏えい等事故報告書（第一報）");
    let update = format!("incident update {entry} --subjects 30 --cause 宛名の取り違え");
    assert_eq!(record(&office.json(&update))["title"], "個人情報漏えい等事故報告書（第二報）");
    let only = office.json(&format!("incident update {entry} --measures 回収 --no-documents"));
    assert_eq!((&only["documents"], &only["documents_missing"]), (&json!([]), &json!(false)));
    let last = office.json(&format!("incident update {entry} --report --final"));
    assert_eq!(
        (&last["entry"], &record(&last)["title"]),
        (&Value::Null, &json!("個人情報漏えい等事故報告書（第三報・確報）"))
    );
    let shown = office.json(&format!("incident show {entry}"))["incident"].clone();
    let subjects: Vec<&Value> =
        shown["words"].as_array().unwrap().iter().map(|word| &word["said"]["subjects"]).collect();
    assert_eq!(subjects, [&json!(120), &json!(30), &Value::Null]);
    assert_eq!((&shown["known"]["subjects"], &shown["known"]["circumstances"]), (&json!(30), &json!("誤送付")));
    let reports: Vec<&Value> = shown["reports"].as_array().unwrap().iter().map(|report| &report["nth"]).collect();
    assert_eq!((reports, &shown["reports"][2]["final"]), (vec![&json!(1), &json!(2), &json!(3)], &json!(true)));
    for (lang, words) in [
        ("ja", ["漏えい・おそれ", "宛名の取り違え", "第2報"]),
        ("en", ["leak・possible", "宛名の取り違え", "report 2"]),
    ] {
        let out = office.run(&format!("--lang {lang} incident show {entry}")).ok().out;
        assert!(words.iter().all(|word| out.contains(word)), "{out}");
    }
    // A number taken out of force is given anew.
    let void = last["documents"][0]["number"].as_str().unwrap();
    office.json(&format!("void {void} --reason 誤記"));
    assert_eq!(fields(&office.json(&format!("incident update {entry} --report")))["nth"], json!({ "count": 3 }));
    office.is_whole();
}

#[test]
fn what_is_not_an_open_incident_takes_nothing() {
    let office = Office::new();
    let entry = office.json("incident new --what 紛失 --no-documents")["incident"].to_string();
    for lang in ["ja", "en"] {
        let kind = |words: &str, code| {
            let run = office.run(&format!("--json --lang {lang} {words}"));
            assert_eq!(run.code, code, "{run:?}");
            run.kind()
        };
        assert_eq!(kind("incident update 1 --what x", 1), "no_incident");
        assert_eq!(kind("incident update 1 --report", 1), "no_incident");
        assert_eq!(kind("incident show 1", 1), "no_incident");
        assert_eq!(kind("incident close 1 --reason x", 1), "no_incident");
        assert_eq!(kind(&format!("incident update {entry}"), 2), "nothing_said");
        assert_eq!(kind(&format!("incident update {entry} --what x --at きのう"), 2), "bad_time");
        assert_eq!(kind(&format!("incident update {entry} --noticed 2199-01-01T10:00"), 2), "future");
    }
    assert_eq!(told(&office).len(), 1);
}

/// Attack: five thousand persons become five, once the report is out.
#[test]
fn what_was_said_of_an_incident_is_added_to_and_never_corrected() {
    let days = Days::from("2026-05-11 09:00");
    let side = Side::new(&days, CITY);
    let office = &side.office;
    let entry = days.json(office, "incident new --what 誤送信 --subjects 5000 --no-documents")["incident"].to_string();
    let later =
        days.json(office, &format!("incident update {entry} --place 本庁舎 --no-documents"))["entry"].to_string();
    days.json(office, &format!("incident close {entry} --reason 了承"));
    let closed = days.last_of(office, "incident_close")["number"].to_string();
    for number in [&entry, &later, &closed] {
        for how in ["--set subjects=5", ""] {
            days.refused(office, &format!("ledger correct {number} --reason 誤記 {how}"), 4, "not_correctable");
        }
    }
    assert_eq!(days.json(office, &format!("incident show {entry}"))["incident"]["known"]["subjects"], 5000);
}

#[test]
fn closing_is_a_persons_decision_and_tells_what_is_left() {
    let days = Days::from("2026-05-11 09:00");
    let side = Side::new(&days, CITY);
    let office = &side.office;
    let one = pair(&days, &side, "M-1", "");
    days.json(office, &format!("handover M-1 {TO}"));
    let entry = days.json(office, "medium lost M-1 --circumstances 車内")["incident"].to_string();
    days.json(office, &format!("incident update {entry} --subjects 3 --notified 1 --no-documents"));
    let run = days.run(office, &format!("--json --lang ja incident close {entry} --reason 区の了承")).ok();
    assert_eq!(run.json()["left_open"], json!(["missing", "notice", "final_report"]));
    assert!(run.err.contains("媒体 M-1") && run.err.contains("通知済 1人 / 対象 3"), "{run:?}");
    assert_eq!(days.json(office, "incident list")["incidents"], json!([]));
    let all = days.json(office, "incident list --all")["incidents"].clone();
    assert!(all[0]["closed"].is_u64() && all[0]["cause"] == "lost", "{all}");
    let status = days.json(office, "status");
    assert!(status["open"].as_array().unwrap().iter().any(|open| open["waits"] == "lost"), "{status}");
    // What the warning names can be typed as it stands, also once it is settled.
    assert!(run.err.contains(&format!("tewatashi incident update {entry} --report --final")), "{run:?}");
    days.json(office, &format!("incident update {entry} --report --final"));
    let all = days.json(office, "incident list --all")["incidents"].clone();
    assert!(all[0]["closed"].is_u64(), "{all}");

    let entry = days.json(office, &format!("incident new --what 誤記 --thing {} --subjects 2", one.slip))["incident"]
        .to_string();
    days.json(office, &format!("incident update {entry} --notified 2 --how 電話 --final"));
    let run = days.run(office, &format!("--json incident close {entry} --reason 了承")).ok();
    assert_eq!(run.json()["left_open"], json!([]), "{run:?}");
}

#[test]
fn two_desks_at_once_lose_no_fact_and_issue_no_number_twice() {
    let office = Office::new();
    let entry = office.json("incident new --what 紛失")["incident"].to_string();
    let start = |n: usize| {
        let mut command = office.command(&format!("--json incident update {entry} --notified {n}"));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let running: Vec<_> = (1..=4).map(start).collect();
    let mut numbers: Vec<u64> = Vec::new();
    for child in running {
        let run = Run::came(child.wait_with_output().unwrap(), true).ok();
        numbers.push(fields(&run.json())["nth"]["count"].as_u64().unwrap());
    }
    numbers.sort_unstable();
    assert_eq!(numbers, [2, 3, 4, 5]);
    let shown = office.json(&format!("incident show {entry}"))["incident"].clone();
    let notified: u64 = shown["notified"].as_array().unwrap().iter().map(|one| one["persons"].as_u64().unwrap()).sum();
    assert_eq!(notified, 10);
    office.is_whole();
}

#[test]
fn a_number_that_two_things_have_stops_nothing() {
    let days = Days::from("2026-05-11 09:00");
    let (city, side) = (Side::new(&days, CITY), Side::new(&days, CONTRACTOR));
    let office = &side.office;
    let theirs = pair(&days, &city, "M-1", "");
    let bundle = city.office.desk.medium().join(&theirs.bundle);
    days.json(office, &format!("receive {} --medium-id M-1 --no-documents", bundle.display()));
    days.json(office, &format!("receive {} --slip {} --no-documents", theirs.bundle, theirs.slip));
    let ours = pair(&days, &side, "N-1", "");
    assert_eq!(ours.slip, theirs.slip, "both sides begin at one");
    let words = format!("--json --lang ja incident new --what 紛失 --thing {} --no-documents", ours.slip);
    let run = days.run(office, &words).ok();
    assert!(run.err.contains("は複数あります") && run.err.contains(&theirs.bundle), "{run:?}");
    let facts = run.json()["facts"].clone();
    assert_eq!((&facts["unlisted"], &facts["pieces"]), (&json!([ours.slip]), &Value::Null));
}
