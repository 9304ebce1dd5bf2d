//! The reports with questions: what the ledger fills in, what people answer, and what it refuses.

#![cfg(target_os = "linux")]

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

#[path = "common/contractor.rs"]
mod contractor;
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
use contractor::{SATO, answers, declared, issued, record};
use days::{Days, Side};
use desk::{terminal, to_the_end};
use pdf::{Pdf, squeezed};

fn page(side: &Side, number: &str) -> String {
    let bytes = fs::read(side.office.folder().join(format!("records/{number}.pdf"))).unwrap();
    squeezed(&Pdf::of(&bytes, 1).text("-raw"))
}

fn said(path: &Path) -> String {
    path.display().to_string()
}

/// Runs what must be refused, in both languages, with these lines; the refusal is recorded and no document issued.
#[track_caller]
fn refused(days: &Days, side: &Side, words: &str, code: i32, kind: &str, lines: &[&str]) {
    let documents = |days: &Days| days.entries(&side.office).iter().filter(|e| e["kind"] == "document").count();
    let before = documents(days);
    for language in ["ja", "en"] {
        let run = days.run(&side.office, &format!("--json --lang {language} {words}"));
        assert_eq!((run.code, run.kind().as_str()), (code, kind), "{run:?}");
        let details = run.json()["error"]["details"].as_array().unwrap().clone();
        let details: Vec<&str> = details.iter().map(|line| line.as_str().unwrap()).collect();
        assert_eq!(details.len(), lines.len(), "{details:?}");
        for line in lines {
            assert!(details.iter().any(|told| told.contains(line)), "{line}: {details:?}");
        }
        let last = days.last_of(&side.office, "report");
        assert_eq!(last["result"], if code == 4 { "refused" } else { "failed" }, "{last}");
    }
    assert_eq!(documents(days), before);
}

#[test]
fn what_nobody_answered_stays_blank_and_nothing_is_invented() {
    let (days, side) = contractor::desk();
    days.at("2026-11-02 09:00");
    let told = days.json(&side.office, &format!("report handling --month 2026-10 {SATO}"));
    assert_eq!(told["blank"], json!([1, 2, 3, 4, 5, 6, 7, 8]), "without a declaration nothing is compared");
    assert_eq!((&told["from"], &told["until"]), (&json!("2026-10-01"), &json!("2026-10-31")));
    let number = issued(&told);
    let fields = &record(&side, &number)["fields"];
    assert_eq!(fields["measures"].as_array().unwrap().len(), 8);
    assert!(fields["measures"].as_array().unwrap().iter().all(|one| one.get("changed").is_none()), "{fields}");
    declared(&days, &side);
    let told = days.json(&side.office, &format!("report handling {SATO}"));
    assert_eq!(told["blank"], json!([4, 5, 6, 7, 8]), "people, places and machines are as they were declared");
    // Written down half a year after it was handed in: the sheet says of which day the comparison is.
    let special = json!(["適合申出書（令和8.4.1）の内容は、令和8.11.2 に台帳へ記録したものである。"]);
    assert_eq!(record(&side, &issued(&told))["fields"]["special"], special);
    let told = days.json(&side.office, &format!("report compliance --from 2026-10-01 --to 2026-10-31 {SATO}"));
    assert_eq!(told["blank"], json!([1, 2, 5, 6, 7, 8, 9]));
    let fields = &record(&side, &issued(&told))["fields"];
    assert_eq!(fields["answers"][2]["yes"], true);
    assert_eq!(fields["answers"][3]["text"][0], "令和8.3.20　研修　佐藤健、鈴木花子（2名）");
    assert_eq!(fields["answers"][3]["text"][1], "令和8.4.1　研修　田中一（1名）");
}

#[test]
fn what_changed_since_the_declaration_is_told_and_its_denial_refused() {
    let (days, side) = contractor::desk();
    declared(&days, &side);
    days.at("2026-10-05 09:00");
    days.json(&side.office, &format!("staff add 高橋三郎 --role 作業従事者 --section 運用課 {SATO}"));
    let added = days.last_of(&side.office, "staff_add")["number"].clone();
    days.json(&side.office, &format!("staff retire 田中一 --date 2026-10-05 {SATO}"));
    let retired = days.last_of(&side.office, "staff_retire")["number"].clone();
    side.office.edit("slip_gap_days = 1", "slip_gap_days = 2");
    days.json(&side.office, &format!("place add 倉庫 --keep {SATO}"));
    days.at("2026-11-02 09:00");
    let told = days.json(&side.office, &format!("report handling {SATO}"));
    let measures = record(&side, &issued(&told))["fields"]["measures"].clone();
    let of = |section: usize| (measures[section - 1]["changed"].clone(), measures[section - 1]["notes"].clone());
    let notes = json!(["従業者の追加　高橋三郎（P-005）", "従業者の終了　田中一（P-003）"]);
    assert_eq!(of(1), (json!("changed"), notes));
    assert_eq!(of(2), (json!("changed"), json!(["区域・場所の追加　倉庫"])));
    assert_eq!(of(3), (json!("changed"), json!(["決まりの変更　媒体と通知書の間の日数"])));
    // What came after the period is of the next report.
    days.json(&side.office, &format!("staff add 後藤四郎 --role 作業従事者 --section 運用課 {SATO}"));
    let again = days.json(&side.office, &format!("report handling --month 2026-10 {SATO}"));
    assert_eq!(record(&side, &issued(&again))["fields"]["measures"], measures);
    let denied = answers(&side, "a.toml", "[section.1]\nchange = \"変更なし\"\n[section.6]\nchange = \"変更なし\"\n");
    let words = format!("report handling --answers {} {SATO}", said(&denied));
    let entries = format!("{added}・{retired}");
    refused(&days, &side, &words, 4, "answer_contradicts", &[&entries]);
    let told = days.json(&side.office, &format!("{words} --override 名簿の整理のため"));
    assert_eq!(told["overridden"], json!([1]));
    let entry = days.last_of(&side.office, "report");
    assert_eq!(entry["facts"]["overridden"], json!({ "rule": "answer_contradicts", "reason": "名簿の整理のため" }));
    assert_eq!(entry["facts"]["contradicted"][0]["question"], 1);
    let text = page(&side, &issued(&told));
    assert!(text.contains("台帳の記録と異なる回答である。理由名簿の整理のため"), "{text}");
}

/// A subcontractor without a look, an incident, and somebody untrained.
fn troubled() -> (Days, Side) {
    let (days, side) = contractor::desk();
    let office = &side.office;
    let pair = pieces::pair(&days, &side, "M-1", SATO);
    let approve = "approve --for subcontract --number 第5号 --date 2026-04-01 --by 課長 --thing 見本印刷";
    days.json(office, &format!("{approve} {SATO}"));
    days.json(office, &format!("subcontractor add 見本印刷 --duties 2026-04-01 --work 封入 {SATO}"));
    days.at("2026-10-05 09:00");
    days.json(office, &format!("medium lost M-1 --circumstances 保管庫に見当たらない {SATO}"));
    assert_eq!(pair.medium, "M-1");
    days.at("2026-11-02 09:00");
    (days, side)
}

/// 事前に: a decision that came after the first day, or is over, is none; and its absence answers nothing.
#[test]
fn a_decision_that_came_too_late_is_no_agreement() {
    let (days, side) = contractor::desk();
    let approve = "approve --for subcontract --number 第5号 --date 2026-04-01 --by 課長 --thing 見本印刷";
    days.json(&side.office, &format!("{approve} {SATO}"));
    days.json(&side.office, &format!("subcontractor add 見本印刷 --from 2026-03-01 --duties 2026-03-01 {SATO}"));
    days.at("2026-05-07 09:00");
    let told = days.json(&side.office, &format!("report compliance {SATO}"));
    let answers_of = record(&side, &issued(&told))["fields"]["answers"].clone();
    assert_eq!((&answers_of[5]["yes"], answers_of[6].get("yes")), (&json!(true), None));
    let file = answers(&side, "a.toml", "[question.7]\nanswer = \"はい\"\n");
    let words = format!("report compliance --answers {} {SATO}", said(&file));
    refused(&days, &side, &words, 4, "answer_contradicts", &["(7) "]);
}

/// Attack: the declaration of April once more, with the people of November.
#[test]
fn a_declaration_is_not_made_again_for_the_same_day() {
    let (days, side) = contractor::desk();
    declared(&days, &side);
    days.at("2026-11-02 09:00");
    for date in ["2026-04-01", "2026-03-01"] {
        days.refused(&side.office, &format!("contract conformity --date {date} {SATO}"), 4, "declared_already");
    }
    days.json(&side.office, &format!("contract conformity --date 2026-11-02 {SATO}"));
}

#[test]
fn each_answer_that_contradicts_the_ledger_is_refused_with_its_entries() {
    let (days, side) = troubled();
    let entry = |kind: &str| days.last_of(&side.office, kind)["number"].as_u64().unwrap();
    let (incident, firm, decision) = (entry("incident"), entry("subcontractor"), entry("approve"));
    let no = |question: usize| format!("[question.{question}]\nanswer = \"いいえ\"\n");
    let yes = |question: usize| format!("[question.{question}]\nanswer = \"はい\"\ntext = \"口頭\"\n");
    let all = [no(1), no(3), no(4), yes(6), no(7), yes(8)].concat();
    let file = answers(&side, "c.toml", &all);
    let words = format!("report compliance --answers {} {SATO}", said(&file));
    let lines = [
        "(1) ".to_owned(),
        "(3) ".to_owned(),
        "(4) ".to_owned(),
        "(7) ".to_owned(),
        "(8) ".to_owned(),
        incident.to_string(),
        firm.to_string(),
        decision.to_string(),
    ];
    let run = days.run(&side.office, &format!("--json --lang ja {words}"));
    assert_eq!((run.code, run.kind().as_str()), (4, "answer_contradicts"));
    let details = run.json()["error"]["details"].to_string();
    for line in &lines {
        assert!(details.contains(line.as_str()), "{line}: {details}");
    }
    refused(&days, &side, &words, 4, "answer_contradicts", &["(1) ", "(3) ", "(4) ", "(7) ", "(8) "]);
    let file = answers(&side, "d.toml", &no(6));
    let words = format!("report compliance --answers {} {SATO}", said(&file));
    refused(&days, &side, &words, 4, "answer_contradicts", &["(6) "]);
}

#[test]
fn a_firm_that_was_looked_at_answers_for_itself() {
    let (days, side) = troubled();
    days.json(
        &side.office,
        &format!("inspection add supervision --of 見本印刷 --method 書面 --date 2026-10-20 {SATO}"),
    );
    let told = days.json(&side.office, &format!("report compliance {SATO}"));
    let answers = record(&side, &issued(&told))["fields"]["answers"].clone();
    let of = |question: usize| (answers[question - 1]["yes"].clone(), answers[question - 1]["text"].clone());
    assert_eq!(of(6), (json!(true), json!(["見本印刷"])));
    assert_eq!(of(7), (json!(true), json!(["見本印刷　承認番号 第5号（令和8.4.1）"])));
    assert_eq!(of(8), (json!(true), json!(["見本印刷　令和8.10.20　監督"])));
    assert_eq!(of(1).0, true);
    assert!(of(1).1[0].as_str().unwrap().starts_with("令和8.10.5　紛失（"), "{:?}", of(1));
}

#[test]
fn answers_that_say_too_little_are_sent_back() {
    let (days, side) = contractor::desk();
    let text = "[question.1]\nanswer = \"はい\"\n[question.6]\nanswer = \"いいえ\"\n[question.8]\nanswer = \"いいえ\"\n\
                [question.9]\nanswer = \"いいえ\"\n";
    let file = answers(&side, "a.toml", text);
    let words = format!("report compliance --answers {} {SATO}", said(&file));
    refused(&days, &side, &words, 2, "answers_incomplete", &["(1) ", "(8) ", "(9) "]);
    let file = answers(&side, "b.toml", "[question.1]\nanswer = \"たぶん\"\n[quest]\n");
    for language in ["ja", "en"] {
        let words = format!("--json --lang {language} report compliance --answers {} {SATO}", said(&file));
        let run = days.run(&side.office, &words);
        assert_eq!((run.code, run.kind().as_str()), (2, "bad_answers"));
        let details = run.json()["error"]["details"].to_string();
        assert!(details.contains("b.toml:2:10") && details.contains("b.toml:3:2"), "{details}");
    }
    let missing = days.run(&side.office, &format!("--json report compliance --answers {} {SATO}", "fehlt.toml"));
    assert_eq!(missing.code, 1);
}

#[test]
fn the_file_for_answers_says_what_is_known_and_answers_nothing() {
    let (days, side) = troubled();
    for report in ["handling", "compliance"] {
        let path = side.office.desk.path(&format!("{report}.toml"));
        let told = days.json(&side.office, &format!("report {report} --template-answers {} {SATO}", said(&path)));
        assert_eq!(told["template"], said(&path));
        let text = fs::read_to_string(&path).unwrap();
        if report == "compliance" {
            assert!(text.contains("# 台帳から: はい\n# 見本印刷　承認番号 第5号"), "{text}");
        }
        let blank = |flag: &str| {
            let told = days.json(&side.office, &format!("report {report} {flag} {SATO}"));
            (told["blank"].clone(), record(&side, &issued(&told))["fields"].clone())
        };
        let with = blank(&format!("--answers {}", said(&path)));
        assert_eq!(with, blank(""), "unanswered it says nothing");
        let again =
            days.run(&side.office, &format!("--json report {report} --template-answers {} {SATO}", said(&path)));
        assert_ne!(again.code, 0, "nothing is written over");
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn on_a_terminal_only_what_the_ledger_does_not_know_is_asked() {
    let (days, side) = troubled();
    let command = days.command(&side.office, &format!("--lang en report compliance {SATO}"));
    let mut session = terminal(command);
    // (2), (5), (8) and (9) are for people; the rest the ledger knows.
    for (question, answer, text) in
        [("(2)", "1", ""), ("(5)", "1", "手順書第3版"), ("(8)", "2", "12月に実施する"), ("(9)", "3", "")]
    {
        session.exp_string(question).unwrap();
        session.exp_string("Number [3]: ").unwrap();
        session.send_line(answer).unwrap();
        session.exp_string("(Enter for none): ").unwrap();
        session.send_line(text).unwrap();
    }
    let (rest, code) = to_the_end(&mut session);
    assert_eq!(code, 0, "{rest}");
    assert!(rest.contains("Left blank: (9)"), "{rest}");
    let number = days.last_of(&side.office, "document")["facts"]["number"].as_str().unwrap().to_owned();
    let answers = record(&side, &number)["fields"]["answers"].clone();
    assert_eq!((&answers[7]["yes"], &answers[7]["text"][0]), (&json!(false), &json!("12月に実施する")));
    assert_eq!(answers[4]["text"][0], "手順書第3版");
}

#[test]
fn a_city_reports_to_nobody_and_days_to_come_are_no_period() {
    let days = Days::from("2026-11-02 09:00");
    let city = Side::new(&days, pieces::CITY);
    for report in ["handling", "compliance", "erasure"] {
        days.refused(&city.office, &format!("report {report}"), 2, "report_of_city");
    }
    let (days, side) = contractor::desk();
    for span in ["--month 2027-01", "--from 2026-03-10 --to 2026-03-01"] {
        days.refused(&side.office, &format!("report handling {span} {SATO}"), 2, "bad_span");
    }
    let run = days.run(&side.office, "--json report handling --month 十月");
    assert_eq!(run.code, 2);
}

#[test]
fn the_report_on_erasure_lists_every_end_and_what_is_open() {
    let (days, side) = contractor::desk();
    let office = &side.office;
    let told = days.json(office, &format!("report erasure {SATO}"));
    assert_eq!(told["open"], 0);
    let fields = record(&side, &issued(&told))["fields"].clone();
    assert_eq!(fields["complete"], true);
    assert_eq!(fields["machines"][0]["result"], "情報の保存の記録なし");
    pieces::pair(&days, &side, "M-1", SATO);
    days.json(office, &format!("medium add P-1 --kind 紙 --name 点検表 {SATO}"));
    days.json(office, &format!("approve --for destroy --number 第9号 --date 2026-04-01 --by 課長 {SATO}"));
    days.json(office, &format!("destroy P-1 --method 裁断 --approval 第9号 --no-documents {SATO}"));
    days.json(office, &format!("equipment declare PC-1 --statement 保存していない {SATO}"));
    let told = days.json(office, &format!("report erasure {SATO}"));
    assert!(told["open"].as_u64().unwrap() >= 2, "{told}");
    let fields = record(&side, &issued(&told))["fields"].clone();
    assert_eq!(fields["complete"], false);
    let works: Vec<(&Value, &Value)> =
        fields["works"].as_array().unwrap().iter().map(|work| (&work["kind"], &work["things"])).collect();
    assert_eq!(works, [(&json!("destroyed"), &json!("P-1")), (&json!("declared"), &json!("PC-1"))]);
    assert_eq!(fields["approvals"][0]["number"], "第9号");
    let text = page(&side, &issued(&told));
    assert!(text.contains("媒体の引渡し") || text.contains("媒体"), "{text}");
}
