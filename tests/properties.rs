//! What `pack` tells of personal data beside the content of files, before it seals them.

#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};

#[path = "common/desk.rs"]
mod desk;
#[path = "common/office.rs"]
mod office;
#[path = "common/sheets.rs"]
mod sheets;
#[path = "common/zips.rs"]
mod zips;
use desk::{Run, holding, names_in};
use office::Office;
use sheets::{AUTHOR, SAVER, made};
use zips::{Part, zip};

fn pack(office: &Office, more: &str) -> Run {
    let run = office.run(&format!("--json --lang ja pack 送付 --to medium --slip 通知.txt --no-documents {more}"));
    let _ = fs::remove_file(office.desk.path("通知.txt"));
    run
}

/// Property and value of what was told of a file.
fn told(run: &Value, path: &str) -> BTreeSet<(String, String)> {
    let all = run["properties"].as_array().unwrap().iter().filter(|one| one["path"] == path);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    all.map(|one| (text(&one["property"]), text(&one["value"]))).collect()
}

fn pairs(list: &[(&str, &str)]) -> BTreeSet<(String, String)> {
    list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// A text document with a comment and an added property, as the program of the format packs one.
fn text_document() -> Vec<u8> {
    zip(&[
        Part::of("word/document.xml", b"<w:document/>"),
        Part::of("word/comments.xml", "<w:comments><w:comment w:id='0' w:author='査読 一郎'/></w:comments>".as_bytes()),
        Part::of(
            "docProps/app.xml",
            "<Properties><Company>見本情報処理</Company><Manager>課長&#x3000;二郎</Manager></Properties>".as_bytes(),
        ),
        Part::of(
            "docProps/custom.xml",
            "<Properties><property name='担当'><vt:lpwstr>内線1234</vt:lpwstr></property></Properties>".as_bytes(),
        ),
    ])
}

#[test]
fn every_kind_of_document_an_office_program_writes_names_its_author() {
    let office = Office::new();
    for kind in ["xlsx", "ods", "xls", "pdf"] {
        made(&office.desk, "送付", &format!("台帳.{kind}"), &[("一覧", 2, false)]);
    }
    office.desk.file("送付/起案.docx", text_document());
    office.desk.file("送付/名簿.csv", "作成者,見本太郎\n");
    let run = pack(&office, "").ok();
    let json = run.json();
    let both = pairs(&[("author", AUTHOR), ("last_modified_by", SAVER)]);
    for kind in ["xlsx", "ods", "xls"] {
        // Calc keeps the one who saved it under its own name only where it is told who that is.
        let found = told(&json, &format!("送付/台帳.{kind}"));
        assert!(found.contains(&("author".to_owned(), AUTHOR.to_owned())), "{kind}: {found:?}");
        assert!(found.is_subset(&both), "{kind}: {found:?}");
    }
    assert_eq!(told(&json, "送付/台帳.xlsx"), both);
    assert_eq!(told(&json, "送付/台帳.pdf"), pairs(&[("author", AUTHOR)]));
    let document = [
        ("comment_author", "査読 一郎"),
        ("company", "見本情報処理"),
        ("manager", "課長\u{3000}二郎"),
        ("custom", "内線1234"),
    ];
    assert_eq!(told(&json, "送付/起案.docx"), pairs(&document));
    assert_eq!((told(&json, "送付/名簿.csv").len(), &json["properties_unread"]), (0, &json!([])));
    for said in ["送付/台帳.xlsx: 作成者 = 見本太郎", "コメントの作成者 = 査読 一郎", "ドキュメント検査"]
    {
        assert!(run.err.contains(said), "{said}: {}", run.err);
    }
    // How many, and nothing of what they say.
    let count = json["properties"].as_array().unwrap().len();
    let facts = &office.last_of("pack")["facts"];
    assert_eq!((&facts["properties"], &facts["properties_unread"]), (&json!(count), &json!(0)));
    assert!(holding(&office.folder(), "見本太郎".as_bytes()).is_empty());
}

#[test]
fn where_it_is_asked_for_nothing_is_sealed_or_nothing_is_looked_at() {
    let office = Office::new();
    office.desk.file("送付/起案.docx", text_document());
    let refused = pack(&office, "--properties refuse").fails(4);
    assert_eq!(refused.kind(), "properties_found");
    assert!(refused.err.contains("査読 一郎") && names_in(&office.desk.medium()).is_empty(), "{}", refused.err);
    let ignored = pack(&office, "--properties ignore").ok();
    assert!(!ignored.err.contains("査読"), "{}", ignored.err);
    assert_eq!(ignored.json()["properties"], json!([]));
    assert_eq!(office.last_of("pack")["facts"].get("properties"), None, "what was not looked at has no number");
    fs::remove_file(office.desk.path("送付/起案.docx")).unwrap();
    office.desk.file("送付/名簿.csv", "a\n");
    pack(&office, "--properties refuse").ok();
    office.run("pack 送付 --to medium --slip 通知.txt --properties maybe").fails(2);
}

#[test]
fn what_was_not_looked_at_is_said_and_stops_nothing() {
    let office = Office::new();
    let sound = fs::read(made(&office.desk, "送付", "台帳.xls", &[("一覧", 2, false)])).unwrap();
    office.desk.file("送付/途中.xls", &sound[..sound.len() / 4]);
    office.desk.file("送付/保護.xlsx", &sound);
    office.desk.file("送付/違う.docx", "text");
    office.desk.file("送付/写真.heic", "x");
    office.desk.file("送付/圧縮.pdf", "%PDF-1.7\n<</Type/ObjStm>>");
    let huge = Part { says: Some(u32::MAX - 1), ..Part::of("docProps/core.xml", &vec![b' '; 8 << 20]) };
    office.desk.file("送付/爆弾.pptx", zip(&[huge, Part::of("docProps/app.xml", b"<P><Company>ABC</Company></P>")]));
    let run = pack(&office, "").ok();
    let unread = run.json()["properties_unread"].as_array().unwrap().clone();
    let reason = |path: &str| {
        let found = unread.iter().find(|one| one["path"] == path).unwrap_or_else(|| panic!("{path}: {unread:?}"));
        found["reason"].as_str().unwrap().to_owned()
    };
    assert_eq!(reason("送付/保護.xlsx"), "encrypted");
    assert_eq!(reason("送付/写真.heic"), "kind");
    assert_eq!(reason("送付/圧縮.pdf"), "compressed");
    assert_eq!(reason("送付/爆弾.pptx"), "too_large");
    assert_eq!((reason("送付/違う.docx"), reason("送付/途中.xls")), ("damaged".to_owned(), "damaged".to_owned()));
    assert_eq!(unread.len(), 6);
    assert_eq!(told(&run.json(), "送付/爆弾.pptx"), pairs(&[("company", "ABC")]), "the part beside it was read");
    assert!(run.err.contains("写真.heic: この形式は調べていません"), "{}", run.err);
}

#[test]
fn a_value_that_drives_the_terminal_is_shown_harmless() {
    let office = Office::new();
    let part = Part::of("docProps/core.xml", b"<c><creator>a&#27;[2J&#x202E;b</creator></c>");
    office.desk.file("送付/細工.docx", zip(&[part]));
    let run = pack(&office, "").ok();
    assert!(
        !run.err.contains('\u{1b}') && !run.err.contains('\u{202e}') && run.err.contains("\\u{1b}[2J"),
        "{}",
        run.err
    );
}
