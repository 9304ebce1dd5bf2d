//! Three months of one contract as offices have them: one in which nothing happened, a busy one, and one with an incident. The
//! text of every page is kept in `fixtures/reports`, and what the pages look like beside it; both were read by a person. After a
//! change that is meant, make them again and look at them:
//!
//! ```text
//! TEWATASHI_NEW_PAGES=1 cargo nextest run --test report_periods
//! ```

#![cfg(target_os = "linux")]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;
use tewatashi::paper::{Job, Press, Record};

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
#[path = "common/picture.rs"]
mod picture;
#[path = "common/pieces.rs"]
mod pieces;
use contractor::{SATO, answers, declared, issued};
use days::{Days, Side};
use pdf::Pdf;
use picture::Picture;

const CONTACTS: &str = "\n[[emergency]]\nname = \"見本区区民部税務課\"\ntelephone = \"03-0000-2222\"\nafter_hours = \"03-0000-9999（守衛室）\"\n\
    [[emergency]]\nname = \"架空データ株式会社　佐藤健\"\ntelephone = \"03-0000-1111\"\nafter_hours = \"090-0000-0000\"\n";

const MONTHLY: &str = "special = \"特になし\"\n[section.4]\nchange = \"変更なし\"\n[section.5]\nchange = \"変更なし\"\n\
    [section.6]\nchange = \"変更なし\"\n[section.7]\nchange = \"変更なし\"\n[section.8]\nchange = \"変更なし\"\n";

const KEPT: &str = "telephone = \"03-0000-1111\"\nattachments = [\"従事者名簿の写し\"]\n[question.2]\nanswer = \"はい\"\n\
    text = \"個人情報取扱規程（第4版）\"\n[question.5]\nanswer = \"はい\"\ntext = \"緊急時対応手順書\"\n[question.9]\nanswer = \"はい\"\n";

/// April to September, in which the contract is set up.
fn begun() -> (Days, Side) {
    let (days, side) = contractor::desk();
    let settings = side.office.settings();
    let text = fs::read_to_string(&settings).unwrap().replace(
        "[parties.contractor]\nname = \"架空データ株式会社\"\naddress = \"\"\nrepresentative = \"\"",
        "[parties.contractor]\nname = \"架空データ株式会社\"\naddress = \"見本県見本市一丁目2番3号\"\n\
         representative = \"代表取締役　架空太郎\"",
    );
    fs::write(&settings, text + CONTACTS).unwrap();
    side.office.edit("# 契約日\ndate = \"\"", "# 契約日\ndate = \"2026-03-27\"");
    declared(&days, &side);
    (days, side)
}

fn busy(days: &Days, side: &Side) {
    let office = &side.office;
    days.at("2026-11-02 09:00");
    for words in [
        "staff add 高橋三郎 --role 作業従事者 --section 運用課 --trained 2026-11-02 --pledged 2026-11-02",
        "approve --for subcontract --number 8見税第77号 --date 2026-11-02 --by 課長 --thing 見本印刷株式会社",
        "subcontractor add 見本印刷株式会社 --work 封入封緘 --items 氏名,住所 --duties 2026-11-02 --responsible 例示五郎",
    ] {
        days.json(office, &format!("{words} {SATO}"));
    }
    for (day, medium) in [("04", "M-1"), ("10", "M-2"), ("16", "M-3")] {
        days.at(&format!("2026-11-{day} 10:00"));
        let pair = pieces::pair(days, side, medium, &format!("--subjects 1200 --confirm-count 1200 {SATO}"));
        let to = "--to 区太郎 --id-check 職員証 --carry 鍵付きカバン --carry 手渡し --no-documents";
        days.json(office, &format!("handover {medium} {to} {SATO}"));
        days.json(office, &format!("handover {medium} --receipt --by 区太郎 {SATO}"));
        let next: u32 = day.parse().unwrap();
        days.at(&format!("2026-11-{:02} 10:00", next + 1));
        days.json(office, &format!("handover {} {to} {SATO}", pair.slip));
    }
    days.at("2026-11-20 09:00");
    days.json(office, &format!("medium add P-1 --kind 紙 --name 点検表 --place 金庫室 {SATO}"));
    let out = "takeout P-1 --reason 現地確認 --destination 見本区役所 --due 2026-11-20T17:00:00 --carry 鍵付きカバン";
    days.json(office, &format!("{out} --no-documents {SATO}"));
    days.json(office, &format!("return P-1 --by 佐藤健 --confirmed-by 鈴木花子 --place 金庫室 --no-documents {SATO}"));
    days.at("2026-11-25 13:00");
    let look = "inspection add on-site --of 見本印刷株式会社 --place 見本印刷本社 --method 立入り --attended 例示五郎 --item 保管場所の施錠=good \
                --item 持出記録=bad:1件の記録漏れ --finding 持出しの記録が1件ない --demand 毎月末に確かめること --due 2026-12-15";
    days.json(office, &format!("{look} {SATO}"));
}

fn incident(days: &Days, side: &Side) {
    let office = &side.office;
    days.at("2026-12-08 09:30");
    pieces::pair(days, side, "M-4", &format!("--subjects 1200 --confirm-count 1200 {SATO}"));
    days.at("2026-12-09 10:00");
    days.json(office, &format!("medium lost M-4 --circumstances 保管庫に見当たらない {SATO}"));
}

/// The code of a ledger behind its number of entries.
const CODE: &str = "C4BAR-3W4M6-QRG2X-SU3D9";

fn is_code(text: &[u8]) -> bool {
    let at = |at: usize| {
        if [5, 11, 17].contains(&at) {
            text[at] == b'-'
        } else {
            text[at].is_ascii_uppercase() || text[at].is_ascii_digit()
        }
    };
    (0..CODE.len()).all(at)
}

/// What chance put into a record, the same in every run.
fn settled(mut text: String) -> String {
    let codes: Vec<String> = text
        .as_bytes()
        .windows(CODE.len())
        .filter(|at| is_code(at))
        .map(|at| String::from_utf8_lossy(at).into())
        .collect();
    for code in &codes {
        text = text.replace(code, CODE);
    }
    let mut numbers: Vec<String> = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find("TW-").map(|at| at + from) {
        let number: String = text[at..].chars().take(16).collect();
        if number.len() == 16 && !numbers.contains(&number) {
            numbers.push(number);
        }
        from = at + 3;
    }
    for (at, number) in numbers.iter().enumerate() {
        let same = format!("{}AAA{}", &number[..12], char::from(b'A' + u8::try_from(at).unwrap()));
        text = text.replace(number, &same);
    }
    text
}

/// The document as it would be set in every run.
fn set(side: &Side, number: &str) -> Pdf {
    let path = side.office.folder().join(format!("records/{number}.json"));
    let text = settled(fs::read_to_string(path).unwrap());
    let mut record: Record = serde_json::from_str(&text).unwrap();
    record.ledger.code = "6-C4BAR-3W4M6-QRG2X-SU3D9".into();
    record.ledger.origin = "tewatashi/69d7ae8ad48f4fd8".into();
    record.salt = "00".repeat(32);
    record.signer = None;
    let page = Press::new(vec![], None).set(&Job::of(&record)).unwrap_or_else(|e| panic!("{number}: {e:?}"));
    Pdf::of(&page.pdf, page.pages)
}

fn kept(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/reports").join(name)
}

/// Holds text and looks of a document against what is kept.
fn golden(side: &Side, number: &str, name: &str) {
    let pdf = set(side, number);
    let lines: Vec<String> = pdf.text("-layout").lines().map(|line| line.trim_end().to_owned()).collect();
    let text = lines.join("\n").replace('\u{c}', "");
    let path = kept(&format!("{name}.txt"));
    if std::env::var_os("TEWATASHI_NEW_PAGES").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let wanted = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let differs = text.lines().zip(wanted.lines()).find(|(is, was)| is != was);
    assert_eq!(text, wanted, "{name}: {differs:?}");
    let made = TempDir::new().unwrap();
    for page in 1..=pdf.pages {
        let printed = made.path().join("page.pgm");
        pdf.picture(page, 60, &printed);
        let is = Picture::printed(&printed);
        let kept = kept(&format!("pages/{name}-{page}.png"));
        if std::env::var_os("TEWATASHI_NEW_PAGES").is_some() {
            is.keep(&kept);
        }
        let (mean, worst) = is.difference(&Picture::kept(&kept));
        assert!(
            mean < 0.5 && worst < 25.0,
            "{name} page {page}: differs by {mean:.2}, at the worst place by {worst:.0}"
        );
    }
}

/// All that is reported of a month, on the day after it.
fn reported(days: &Days, side: &Side, month: &str, name: &str, compliance: &str) {
    let office = &side.office;
    let issue = |words: &str| -> Value { days.json(office, &format!("{words} {SATO}")) };
    let monthly = answers(side, &format!("{name}-handling.toml"), MONTHLY);
    let told = issue(&format!("report handling --month {month} --answers {}", monthly.display()));
    golden(side, &issued(&told), &format!("{name}-handling"));
    let asked = answers(side, &format!("{name}-compliance.toml"), compliance);
    let (first, last) = (format!("{month}-01"), if month.ends_with("11") { "30" } else { "31" });
    let told = issue(&format!("report compliance --from {first} --to {month}-{last} --answers {}", asked.display()));
    golden(side, &issued(&told), &format!("{name}-compliance"));
    golden(side, &issued(&issue("report erasure")), &format!("{name}-erasure"));
    golden(side, &issued(&issue(&format!("report audit --month {month}"))), &format!("{name}-audit"));
}

#[test]
fn three_months_on_paper() {
    let (days, side) = begun();
    days.at("2026-11-02 08:35");
    let quiet = format!("{KEPT}[question.1]\nanswer = \"いいえ\"\n[question.6]\nanswer = \"いいえ\"\n");
    reported(&days, &side, "2026-10", "quiet", &quiet);
    busy(&days, &side);
    days.at("2026-12-01 09:00");
    reported(&days, &side, "2026-11", "busy", &format!("{KEPT}[question.1]\nanswer = \"いいえ\"\n"));
    let told = days.json(&side.office, &format!("report roster --since 2026-10-31 {SATO}"));
    golden(&side, &issued(&told), "busy-roster");
    incident(&days, &side);
    days.at("2027-01-04 09:00");
    reported(&days, &side, "2026-12", "incident", KEPT);
}
