//! What a report of an incident says: encryption and whereabouts out of the ledger, what changed since the last one, guide dates
//! only where they may hold; and never more than is known.
//!
//! Needs Debian's `faketime`, and root for a desk without fonts.

#![cfg(target_os = "linux")]

use std::fs;
use std::process::Command;

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
use desk::{Run, needs_root};
use incidents::{CONTACTS, NO_CLASSES, fields, page, record, says};
use office::{Office, split};
use pdf::{Pdf, squeezed};
use pieces::{CITY, CONTRACTOR, Pair, TO, pair};

/// A city whose medium is with the contractor, and whose slip is still here.
fn handed() -> (Days, Side, Pair) {
    let days = Days::from("2026-05-11 09:00");
    let side = Side::new(&days, CITY);
    let one = pair(&days, &side, "M-1", "--subjects 12 --records 15");
    days.json(&side.office, &format!("handover M-1 {TO}"));
    (days, side, one)
}

#[test]
fn the_report_of_a_lost_medium_says_how_it_is_sealed_and_where_its_slip_is() {
    let (days, side, one) = handed();
    let office = &side.office;
    let lost = days.json(office, "medium lost M-1 --circumstances 車内から紛失");
    let report = days.json(office, &format!("incident update {} --report", lost["incident"]));
    let said = fields(&report);
    assert_eq!(said["circumstances"], "車内から紛失");
    assert!(said["noticed"]["time"].is_string() && said["occurred"].is_null(), "{said}");
    assert_eq!((&said["subjects"], &said["records"]), (&json!({ "count": 12 }), &json!({ "count": 15 })));
    assert_eq!(
        (&said["items"], &said["contents"], &said["media"]),
        (&json!(["氏名", "住所"]), &json!("見本名簿"), &json!(["M-1"]))
    );
    let row = &said["encryption"][0];
    assert_eq!((&row["bundle"], &row["encrypted"], &row["slip"]), (&json!(one.bundle), &json!(true), &json!(one.slip)));
    says(&row["method"], &["ChaCha20-Poly1305", "age v1"]);
    says(&row["passphrase"], &["自動生成", "35桁（5桁×6組", "英大文字・英小文字・数字・記号"]);
    says(&row["whereabouts"], &["未交付。台帳では、当方で保管", "通知書のファイルの消去の記録なし"]);
    says(&said["remarks"], &["媒体 M-1 の所在", "所在不明", "佐藤健へ引渡し", "受領の記録なし", "開封の記録なし"]);
    // Nothing is claimed that nobody said.
    for blank in ["place", "cause", "harm", "measures", "notice", "publication", "prevention", "kinds", "changes"] {
        assert!(said[blank].is_null(), "{blank}: {said}");
    }
    assert!(!fs::read_to_string(office.desk.path("slip-M-1.txt")).unwrap().is_empty());
    let whole = record(&report).to_string();
    assert!(one.passphrase.split('-').all(|group| !whole.contains(group)), "no secret is in a report");
    let document = days.last_of(office, "document");
    let bundle = json!({ "type": "bundle", "id": one.bundle });
    assert!(document["subjects"].as_array().unwrap().contains(&bundle), "{document}");
}

#[test]
fn the_next_report_says_what_changed_and_which_report_said_otherwise() {
    let (days, side, one) = handed();
    let office = &side.office;
    days.json(office, "handover M-1 --receipt");
    let new = days.json(office, &format!("incident new --what 紛失の疑い --thing {} --subjects 1200", one.bundle));
    let entry = new["incident"].to_string();
    assert_eq!(fields(&new)["changes"], Value::Null);
    days.at("2026-05-13 09:00");
    days.json(office, &format!("handover {} {TO}", one.slip));
    days.json(office, &format!("slip erase {}", one.slip));
    let words =
        format!("incident update {entry} --subjects 34 --cause 置き忘れ --notified 12 --on 2026-05-12 --how 郵送");
    let second = fields(&days.json(office, &words));
    let changes: Vec<&str> = second["changes"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    assert_eq!(changes[0], "人数　第一報：1,200人　→　34人");
    assert!(
        changes[1].starts_with(&format!("{} の通知書の所在　第一報：未交付。台帳では、当方で保管。", one.bundle)),
        "{changes:?}"
    );
    assert!(changes[1].contains("佐藤健へ交付") && changes[1].contains("上書き消去済み"), "{changes:?}");
    assert_eq!((changes[2], changes.len()), ("新たに記載　原因、本人対応", 3), "{changes:?}");
    says(&second["notice"], &["通知済 12人／対象 34人", "令和8.5.12　12人（郵送）"]);
    let third = fields(&days.json(office, &format!("incident update {entry} --notified 22 --notice 電話でもお詫び")));
    says(&third["notice"], &["電話でもお詫び", "通知済 34人／対象 34人", "令和8.5.12　12人（郵送）"]);
    let changes = third["changes"].as_array().unwrap();
    assert!(
        changes.len() == 1
            && changes[0].as_str().unwrap().starts_with("本人対応　第二報：本人通知　通知済 12人／対象 34人"),
        "{changes:?}"
    );
    // An earlier report said what it said, whatever is known better since.
    let fourth = fields(&days.json(office, &format!("incident update {entry} --subjects 30")));
    assert!(fourth["changes"].to_string().contains("人数　第三報：34人　→　30人"), "{fourth}");
}

#[test]
fn what_was_not_encrypted_says_so_and_what_is_not_known_stays_blank() {
    let (days, side, one) = handed();
    let office = &side.office;
    days.json(office, "medium add 紙-1 --kind 紙 --name 名簿の写し");
    days.json(office, "medium add U-9 --kind USB");
    office.desk.file("pw.txt", &one.passphrase);
    let open = format!("open medium/{} --to opened --passphrase-file pw.txt --no-documents", one.bundle);
    days.json(office, &open);
    let copy = days.last_of(office, "open")["facts"]["copy"].as_str().unwrap().to_owned();
    let words = "incident new --what 盗難 --thing 紙-1 --thing U-9 --thing 白い封筒 --plaintext 宛名ラベル3枚";
    for thing in [copy.clone(), format!("opened/{}", one.bundle)] {
        let said = fields(&days.json(office, &format!("{words} --thing {thing}")));
        let rows = said["encryption"].as_array().unwrap();
        let told: Vec<(String, &Value)> =
            rows.iter().map(|row| (row["bundle"].as_str().unwrap().to_owned(), &row["encrypted"])).collect();
        let (no, unknown) = (json!(false), Value::Null);
        let expected = [
            (one.bundle.clone(), &json!(true)),
            (format!("{} を開封したフォルダー（{copy}）", one.bundle), &no),
            ("紙 紙-1（名簿の写し）".to_owned(), &no),
            ("USB U-9".to_owned(), &unknown),
            ("宛名ラベル3枚".to_owned(), &no),
            ("白い封筒".to_owned(), &unknown),
        ];
        assert_eq!(told, expected.map(|(name, is)| (name, is)));
        assert!(rows[1]["method"].is_null() && rows[1]["passphrase"].is_null(), "{said}");
        assert!(said["subjects"].is_null() && said["records"].is_null(), "one bundle is not the whole: {said}");
        says(&said["remarks"], &[&format!("{} を開封した平文（{copy}）", one.bundle), "消去の記録なし"]);
    }
}

#[test]
fn several_bundles_are_listed_and_never_added_up() {
    let (days, side, one) = handed();
    let office = &side.office;
    let own = "--own-passphrase --passphrase-file own.txt --subjects 8";
    office.desk.file("own.txt", "Kenshin-2026-Yamada!");
    office.desk.file("名簿-M-2/a.csv", "氏名\n");
    let words = format!(
        "pack 名簿-M-2 --to medium --slip slip-2.txt --no-documents --medium-id M-2 --title 名簿2 --items 氏名,住所 {own}"
    );
    let two = days.json(office, &words)["id"].as_str().unwrap().to_owned();
    let (_, public) = office.desk.key("key.txt");
    let words = format!("pack 名簿-M-2 --to medium --no-documents --medium-id M-3 --title 名簿3 --recipient {public}");
    let three = days.json(office, &words)["id"].as_str().unwrap().to_owned();
    let said = fields(&days.json(office, "incident new --what 盗難 --thing M-1 --thing M-2 --thing M-3"));
    assert!(said["subjects"].is_null() && said["records"].is_null(), "{said}");
    says(&said["remarks"], &["重なりがあり得るため、合計していない", &format!("{} 人数 12人・件数 15件", one.bundle)]);
    says(&said["remarks"], &[&format!("{two} 人数 8人・件数 不明"), &format!("{three} 人数 不明・件数 不明")]);
    let rows = said["encryption"].as_array().unwrap();
    says(&rows[1]["passphrase"], &["発行者が定めたもの", "桁数は記録していない"]);
    says(&rows[2]["passphrase"], &["なし（公開鍵"]);
    assert!(rows[2]["slip"].is_null(), "{said}");
    says(&rows[2]["whereabouts"], &["通知書なし"]);
    assert_eq!(said["items"], json!(["氏名", "住所"]));
}

#[test]
fn of_a_bundle_of_the_other_side_only_what_was_read_here_is_claimed() {
    let (days, city, one) = handed();
    let side = Side::new(&days, CONTRACTOR);
    let office = &side.office;
    let bundle = city.office.desk.medium().join(&one.bundle);
    days.json(office, &format!("receive {} --medium-id M-1 --no-documents", bundle.display()));
    days.json(office, "receive TW-20260511-AAAA --medium-id M-7 --no-documents");
    let said = fields(&days.json(office, "incident new --what 紛失 --thing M-1 --thing M-7"));
    let [read, unread] = &said["encryption"].as_array().unwrap()[..] else { panic!("{said}") };
    assert_eq!((&read["bundle"], &read["encrypted"]), (&json!(one.bundle), &json!(true)));
    says(&read["method"], &["ChaCha20-Poly1305"]);
    assert!(read["passphrase"].is_null(), "who made it knows: {read}");
    assert_eq!((&unread["encrypted"], &unread["method"]), (&Value::Null, &Value::Null), "{unread}");
    says(&read["whereabouts"], &["受領の記録なし"]);
    says(&said["remarks"], &["媒体 M-1 の所在　台帳では、当方で保管"]);
}

#[test]
fn guide_dates_stand_only_where_a_report_may_be_due_and_count_from_the_city() {
    let days = Days::from("2026-11-24 09:00");
    let contractor = Side::new(&days, CONTRACTOR);
    let city = Side::new(&days, CITY);
    let new = "incident new --what 紛失 --noticed 2026-11-23T10:00";
    let due = |side: &Side, entry: &Value| {
        let status = days.json(&side.office, "status");
        let open = status["open"].as_array().unwrap().iter().find(|open| open["entry"] == *entry).unwrap().clone();
        open["due"].clone()
    };

    let told = days.json(&city.office, new);
    let said = fields(&told);
    let rows = &said["guide"];
    assert_eq!((&rows[0]["from"]["date"], &rows[0]["until"]["date"]), (&json!("2026-11-23"), &json!("2026-11-27")));
    assert_eq!(rows[1]["until"]["date"], "2026-12-22");
    says(
        &said["remarks"],
        &["要配慮個人情報：不明", "不正の目的のおそれ：不明", "報告の要否は、報告する機関が判断する"],
    );
    assert_eq!(due(&city, &told["incident"]), "2026-11-27");

    let told = days.json(&contractor.office, new);
    let said = fields(&told);
    let rows = said["guide"].as_array().unwrap();
    assert!(rows.len() == 2 && rows.iter().all(|row| row["from"].is_null() && row["until"].is_null()), "{rows:?}");
    says(&rows[0]["what"], &["市が知った日から"]);
    assert_eq!((due(&contractor, &told["incident"]), &told["guide"]["from"]), (Value::Null, &Value::Null));
    let more = "--reported-at 2026-11-24T09:00 --suspected-wrongdoing --subjects 101";
    let told = days.json(&contractor.office, &format!("incident update {} {more}", told["incident"]));
    let said = fields(&told);
    assert_eq!(
        (&said["guide"][0]["until"]["date"], &said["guide"][1]["until"]["date"]),
        (&json!("2026-11-28"), &json!("2027-01-22"))
    );
    says(&said["remarks"], &["不正の目的のおそれ：該当", "100人を超える本人：該当"]);
    assert_eq!(due(&contractor, &told["incident"]), "2026-11-28");

    contractor.office.edit(NO_CLASSES.0, NO_CLASSES.1);
    for (lang, words) in [("ja", "報告対象事態"), ("en", "Guide dates")] {
        let run = |words: &str| days.run(&contractor.office, &format!("--lang {lang} {words}")).ok();
        let none = "incident new --what 誤記 --subjects 100 --suspected-wrongdoing=no";
        assert!(!run(none).out.contains(words), "nothing that could be due");
        let none = days.json(&contractor.office, none);
        assert_eq!(
            (&none["guide"], &fields(&none)["guide"], &fields(&none)["remarks"]),
            (&Value::Null, &Value::Null, &Value::Null)
        );
        assert!(
            run("incident new --what 誤記 --subjects 101 --suspected-wrongdoing=no --no-documents").out.contains(words)
        );
    }
}

/// Runs the program where there are no fonts.
fn without_fonts(office: &Office, words: &str) -> Run {
    needs_root();
    let inner = office.command(words);
    let mut outer = Command::new("unshare");
    outer.args(["-m", "sh", "-c", "mount -t tmpfs none /usr/share/fonts; exec \"$@\"", "sh"]);
    outer.arg(inner.get_program()).args(inner.get_args());
    office.desk.settle(&mut outer);
    Run::of(&mut outer)
}

#[test]
fn without_fonts_or_with_a_broken_template_the_incident_is_recorded_all_the_same() {
    let office = Office::new();
    let run = without_fonts(&office, "--lang ja incident new --what 紛失").fails(3);
    assert!(run.out.contains("事故を記録しました") && run.err.contains("fonts-morisawa-bizud-"), "{run:?}");
    let entry = office.last_of("incident")["number"].to_string();
    // Once there are some, the first report is printed as the first.
    assert_eq!(fields(&office.json(&format!("incident update {entry} --report")))["nth"], json!({ "count": 1 }));
    office.desk.file("案件/forms/incident.typ", "#panic(");
    let run = office.run("--lang ja incident new --what 紛失").fails(3);
    assert!(run.err.contains("incident.typ 1 行") && run.err.contains("--report"), "{run:?}");
    assert_eq!(office.last_of("incident")["facts"]["circumstances"], "紛失");
    office.is_whole();
}

#[test]
fn what_was_said_stands_on_the_page_and_a_character_no_font_has_stops_nothing() {
    let office = Office::new();
    let text = fs::read_to_string(office.settings()).unwrap();
    fs::write(office.settings(), text + CONTACTS).unwrap();
    // A form of the city's own gets every field too.
    let form =
        "#import \"common.typ\": *\n#show: sheet\n#title()\n#for (name, value) in d.fields [#name: #repr(value)\n\n]";
    office.desk.file("案件/forms/incident.typ", form);
    let mut command = office.command("--json incident new");
    let words = "--place 改札口 --items 氏名,住所 --cause 置き忘れ --harm 未確認 --measures 遺失届 --publication しない --prevention 手渡し --contact 内線1234";
    command.args(["--what", "電車\u{e000}に置いた"]).args(split(words));
    let told = Run::of(&mut command).ok().json();
    let page = squeezed(&Pdf::of(&fs::read(page(&told)).unwrap(), 1).text("-raw"));
    for word in [
        "第一報",
        "電車〔U+E000〕に置いた",
        "改札口",
        "住所",
        "置き忘れ",
        "未確認",
        "遺失届",
        "しない",
        "手渡し",
        "内線1234",
        "情報政策課見本係",
        "090-2222-0000",
        "保護管理者",
    ] {
        assert!(page.contains(word), "{word}: {page}");
    }
    assert_eq!(told["facts"]["circumstances"], "電車\u{e000}に置いた", "the ledger keeps it as it was said");
}
