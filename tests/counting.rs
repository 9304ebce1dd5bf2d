//! 処理前後の照合: what the sender said there is, beside what is counted when a bundle is verified or opened; and what `pack`
//! has confirmed before much goes out.

#![cfg(target_os = "linux")]

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use serde_json::{Value, json};

#[path = "common/desk.rs"]
mod desk;
#[path = "common/office.rs"]
mod office;
#[path = "common/sheets.rs"]
mod sheets;
#[path = "common/zips.rs"]
mod zips;
use desk::{names_in, passphrase_on, shown, terminal, to_the_end, tool};
use office::Office;
use zips::{Part, zip};

/// Three records in the encoding of an office PC, one of them over two lines, and an empty last line.
const CP932: &[u8] =
    b"\x8e\x81\x96\xbc,\x94\xf5\x8d\x6c\r\n\x95\x5c\x8e\xa6,\"\x94\x5c\r\n\x8d\x5c\"\r\n\x8f\xe3,\x83\x5c\r\nA,\r\n\r\n";

/// Packs the folder `送付` with a slip as text; returns the words that name the bundle and its passphrase.
fn packed(office: &Office, more: &str) -> String {
    let told = office.json(&format!("pack 送付 --to medium --slip 通知.txt --no-documents {more}"));
    fs::write(office.desk.path("typed"), passphrase_on(&office.desk.path("通知.txt"))).unwrap();
    fs::remove_file(office.desk.path("通知.txt")).unwrap();
    format!("medium/{} --passphrase-file typed", told["id"].as_str().unwrap())
}

/// The text of the document a run issued, without any space.
fn page(told: &Value) -> String {
    let pdf = told["documents"][0]["path"].as_str().unwrap();
    let output = tool("pdftotext", [OsStr::new(pdf), "-".as_ref()]);
    String::from_utf8(output.stdout).unwrap().split_whitespace().collect()
}

/// A workbook as an office program writes it: a sheet with two records, and a hidden one with three.
fn workbook(office: &Office, name: &str) -> PathBuf {
    sheets::made(&office.desk, "送付", name, &[("一覧", 2, false), ("控え", 3, true)])
}

#[test]
fn the_confirmation_tells_the_records_of_every_table_beside_what_was_said() {
    let office = Office::new();
    office.desk.file("送付/名簿.csv", CP932);
    office.desk.file("送付/内訳/一覧.TSV", "番号\t氏名\n1\t\"甲\n乙\"\n");
    office.desk.file("送付/説明.pdf", "%PDF-1.7\n");
    workbook(&office, "台帳.xlsx");
    let bundle = packed(&office, "--records 9 --subjects 7");
    let told = office.json(&format!("verify {bundle} --confirmation"));
    let counts = &told["counts"];
    assert_eq!(counts["records"], json!({ "told": 9, "counted": 9 }));
    assert_eq!(counts["subjects"], json!({ "told": 7, "counted": null }), "rows are not persons");
    assert_eq!((&counts["other_files"], &counts["difference"]), (&json!(1), &Value::Null));
    let table = |path: &str| {
        let tables = counts["tables"].as_array().unwrap();
        tables.iter().find(|table| table["path"] == path).unwrap_or_else(|| panic!("{path}: {counts}")).clone()
    };
    assert_eq!(table("送付/名簿.csv")["rows"], 3);
    assert_eq!(table("送付/内訳/一覧.TSV")["rows"], 1);
    let sheets = json!([
        { "name": "一覧", "rows": 2, "hidden": false }, { "name": "控え", "rows": 3, "hidden": true },
    ]);
    assert_eq!((&table("送付/台帳.xlsx")["rows"], &table("送付/台帳.xlsx")["sheets"]), (&json!(5), &sheets));
    let page = page(&told);
    for said in [
        "レコード数",
        "9件",
        "送付/名簿.csv",
        "送付/台帳.xlsx",
        "シート「控え」（非表示）",
        "CSV・TSV・xlsx以外のファイル1件は計数していない",
        "先頭1行を見出しとみなして",
        "件数（人数）は計数していない",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    // The ledger keeps the numbers, and the name of no file.
    let entry = office.last_of("verify");
    assert_eq!(entry["facts"]["counted"], json!({ "records": 9, "files": 3, "files_not_counted": 1 }));
    assert!(!format!("{:?}", office.entries()).contains("名簿"));
    // Without headings each table has one record more.
    let bare =
        office.json(&format!("verify {bundle} --confirmation --heading-rows 0 --difference-reason 見出しを含む"));
    assert_eq!(bare["counts"]["records"]["counted"], 13);
}

#[test]
fn a_difference_needs_a_reason_and_nothing_is_lost_without_one() {
    let office = Office::new();
    office.desk.file("送付/名簿.csv", CP932);
    let bundle = packed(&office, "--records 4");
    let documents = || names_in(&office.folder().join("records")).len();
    let before = documents();
    let refused = office.run(&format!("--json verify {bundle} --confirmation")).fails(4);
    assert_eq!((refused.kind().as_str(), documents()), ("counts_differ", before));
    assert!(refused.err.contains('4') && refused.err.contains('3'), "{}", refused.err);
    assert_eq!(office.last()["kind"], "verify", "that it was verified is recorded, and no paper");
    assert_eq!(office.last()["result"], "done");

    let refused = office.run(&format!("--json open {bundle} --to opened")).fails(4);
    assert_eq!((refused.kind().as_str(), documents()), ("counts_differ", before));
    assert_eq!((&office.last()["kind"], &office.last()["result"]), (&json!("open"), &json!("done")));
    let folder = office.desk.path("opened").join(&names_in(&office.desk.path("opened"))[0]);
    assert_eq!(fs::read(folder.join("送付/名簿.csv")).unwrap(), CP932, "what was opened is there");

    let reason = "重複していた1件を除いたため";
    let told = office.json(&format!("verify {bundle} --confirmation --difference-reason {reason}"));
    assert_eq!(told["counts"]["difference"], reason);
    let page = page(&told);
    assert!(page.contains(reason) && page.contains("レコード数が申告と異なる"), "{page}");
    let facts = &office.last_of("document")["facts"]["compared"];
    assert_eq!((&facts["records"], &facts["difference"]), (&json!({ "told": 4, "counted": 3 }), &json!(reason)));
    // Said where there is no paper to say it on.
    let without = office.run(&format!("--json verify {bundle} --difference-reason {reason}")).fails(2);
    assert_eq!(without.kind(), "no_confirmation");
    // One that says nothing is none.
    office.run(&format!("verify {bundle} --confirmation --difference-reason {}", "\u{3000}")).fails(2);
    office.is_whole();
}

#[test]
fn persons_are_compared_only_when_somebody_counted_them() {
    let office = Office::new();
    office.desk.file("送付/名簿.csv", CP932);
    let bundle = packed(&office, "--subjects 2");
    let verify = |more: &str| office.run(&format!("--json verify {bundle} --confirmation {more}"));
    assert_eq!(verify("").ok().json()["counts"]["subjects"], json!({ "told": 2, "counted": null }));
    assert_eq!(verify("--subjects-counted 3").fails(4).kind(), "counts_differ");
    let same = verify("--subjects-counted 2").ok().json();
    assert!(page(&same).contains("確認者が数えて入力した数"), "{same}");
    let records = json!({ "told": null, "counted": 3 });
    assert_eq!(same["counts"]["records"], records, "nobody said how many records, and none is missing");
}

#[test]
fn at_a_terminal_the_reason_is_asked_for() {
    let office = Office::new();
    office.desk.file("送付/名簿.csv", CP932);
    let bundle = packed(&office, "--records 30");
    let mut session = terminal(office.command(&format!("--lang en verify {bundle} --confirmation")));
    session.exp_string("The reason: ").unwrap();
    session.send_line("二重計上").unwrap();
    let (rest, code) = to_the_end(&mut session);
    assert_eq!(code, 0, "{rest}");
    assert_eq!(office.last_of("document")["facts"]["compared"]["difference"], "二重計上");
}

#[test]
fn what_cannot_be_counted_is_said_to_be_so_and_is_not_zero() {
    let office = Office::new();
    let sound = fs::read(workbook(&office, "正常.xlsx")).unwrap();
    office.desk.file("送付/途中まで.xlsx", &sound[..sound.len() / 2]);
    office.desk.file("送付/旧形式.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    office.desk.file("送付/引用符.csv", "氏名\n\"甲\n乙\n");
    office.desk.file("送付/電文.csv", b"\x1b$B;aL>\x1b(B\n");
    let index: [(&str, &[u8]); 2] = [
        ("xl/workbook.xml", b"<workbook><sheets><sheet name='a' r:id='r'/></sheets></workbook>"),
        ("xl/_rels/workbook.xml.rels", b"<R><Relationship Id='r' Type='x/worksheet' Target='s.xml'/></R>"),
    ];
    let parts = index.map(|(name, content)| Part::of(name, content));
    let bomb = Part { says: Some(u32::MAX - 1), ..Part::of("xl/s.xml", &vec![b' '; 64 << 20]) };
    office.desk.file("送付/爆弾.xlsx", zip(&parts.into_iter().chain([bomb]).collect::<Vec<_>>()));
    let bundle = packed(&office, "--records 5");
    let run = office.run(&format!("--json --lang ja verify {bundle} --confirmation")).ok();
    let counts = &run.json()["counts"];
    let reasons: std::collections::BTreeMap<&str, &str> = counts["tables"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|table| Some((table["path"].as_str()?, table["reason"].as_str()?)))
        .collect();
    let expected = [
        ("送付/引用符.csv", "open_quote"),
        ("送付/旧形式.xlsx", "encrypted"),
        ("送付/途中まで.xlsx", "damaged"),
        ("送付/爆弾.xlsx", "too_large"),
        ("送付/電文.csv", "encoding"),
    ];
    assert_eq!(reasons, expected.into_iter().collect());
    assert_eq!(counts["records"]["counted"], 5, "the sound one alone");
    let page = page(&run.json());
    assert_eq!(page.matches("計数していない（").count(), 5, "{page}");
    for path in reasons.keys() {
        assert!(run.err.contains(&format!("{path} の件数は数えていません")), "{path}: {}", run.err);
    }
}

#[test]
fn without_any_table_no_number_of_records_is_claimed() {
    let office = Office::new();
    office.desk.file("送付/写真.jpg", "x");
    let bundle = packed(&office, "--records 5");
    let told = office.json(&format!("open {bundle} --to opened"));
    assert_eq!(told["counts"]["records"], json!({ "told": 5, "counted": null }));
    assert!(page(&told).contains("レコード数は計数していない"), "{told}");
}

#[test]
fn as_much_as_the_cases_figure_is_confirmed_a_second_time_and_flagged() {
    let office = Office::new();
    office.desk.file("名簿.csv", "氏名\n");
    let pack = |more: &str| {
        let words = format!("--json pack 名簿.csv --to medium --slip 通知.txt --medium-id USB-1 {more}");
        let run = office.run(&words);
        let _ = fs::remove_file(office.desk.path("通知.txt"));
        run
    };
    for more in [
        "--subjects 101",
        "--subjects 101 --yes",
        "--records 101",
        "--records 5000 --subjects 100 --confirm-count 100",
        "--subjects 101 --confirm-count 100",
    ] {
        assert_eq!(pack(more).fails(4).kind(), "needs_second_confirmation", "{more}");
        assert!(names_in(&office.desk.medium()).is_empty(), "{more}: nothing was sealed");
        assert_eq!(office.last()["result"], "refused", "{more}");
    }
    pack("--subjects 100 --records 100").ok();
    assert_eq!(office.last_of("pack")["facts"].get("many"), None);
    let told = pack("--records 5000 --subjects 100 --confirm-count 5000").ok().json();
    let facts = &office.last_of("pack")["facts"];
    assert_eq!((&facts["many"], &facts["records"], &facts["threshold"]), (&json!(true), &json!(5000), &json!(101)));
    let transfer = told["documents"].as_array().unwrap().iter().find(|d| d["kind"] == "transfer").unwrap().clone();
    let page = page(&json!({ "documents": [transfer] }));
    for said in ["取扱件数が基準（101人）以上", "5,000件", "100人"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    office.json("ledger export 管理簿.csv");
    let register = fs::read(office.desk.path("管理簿.csv")).unwrap();
    let register = String::from_utf8_lossy(&register).into_owned();
    let id = told["id"].as_str().unwrap();
    assert!(register.contains(&format!("束 {id}: 取扱件数が基準（101人）以上")), "{register}");
}

#[test]
fn at_a_terminal_the_number_is_typed_again_and_what_was_reduced_is_asked() {
    let office = Office::new();
    office.desk.file("名簿.csv", "氏名\n");
    let start = || {
        let words = "--lang ja pack 名簿.csv --to medium --slip 通知.txt --no-documents --subjects 1234";
        let mut session = terminal(office.command(words));
        session.exp_string("入力してください: ".bytes().map(char::from).collect::<String>().as_str()).unwrap();
        session
    };
    let mut session = start();
    session.send_line("y").unwrap();
    let (rest, code) = to_the_end(&mut session);
    assert_eq!(code, 4, "{rest}");
    let mut session = start();
    session.send_line("１，２３４").unwrap();
    let asked = "番号: ".bytes().map(char::from).collect::<String>();
    let question = shown(&session.exp_string(&asked).unwrap());
    assert!(question.contains("不要な項目は削除又は置換えをしましたか"), "{question}");
    session.send_line("3").unwrap();
    let (rest, code) = to_the_end(&mut session);
    assert!(code == 0 && rest.contains("不要な項目の削除又は置換えをしていません"), "{code}: {rest}");
    let facts = &office.last_of("pack")["facts"];
    assert_eq!((&facts["items_reduced"], &facts["many"]), (&json!("no"), &json!(true)));
}

#[test]
fn whether_needless_items_were_removed_is_recorded_as_it_was_said() {
    let office = Office::new();
    office.desk.file("名簿.csv", "氏名\n");
    for (said, kept, printed) in [
        ("--items-reduced 済", "yes", "置換え:済"),
        ("--items-reduced none-needed", "none_needed", "置換え:不要（該当する項目なし）"),
        ("--items-reduced 未", "no", "置換え:未"),
        ("", "not_said", "置換え:確認の記録なし"),
    ] {
        let run = office.run(&format!("--json --lang en pack 名簿.csv --to medium --slip 通知.txt {said}")).ok();
        fs::remove_file(office.desk.path("通知.txt")).unwrap();
        assert_eq!(office.last_of("pack")["facts"]["items_reduced"], kept);
        assert_eq!(run.err.contains("were left in"), kept == "no", "{said}: {}", run.err);
        let transfer = run.json()["documents"].as_array().unwrap().iter().find(|d| d["kind"] == "transfer").cloned();
        let page = page(&json!({ "documents": [transfer.unwrap()] }));
        assert!(page.contains(printed), "{printed}: {page}");
    }
    office.run("pack 名簿.csv --to medium --slip 通知.txt --items-reduced maybe").fails(2);
}

#[test]
fn a_table_cut_into_many_pieces_is_counted_once() {
    let office = Office::new();
    let path = office.desk.file("送付/大.csv", "番号,氏名\r\n");
    let mut file = fs::File::options().append(true).open(path).unwrap();
    for number in 0..200_000 {
        write!(file, "{number},\"氏名\r\n{number}\"\r\n").unwrap();
    }
    drop(file);
    let bundle = packed(&office, "--records 200000 --confirm-count 200000");
    let told = office.json(&format!("open {bundle} --to opened"));
    assert_eq!(told["counts"]["records"], json!({ "told": 200_000, "counted": 200_000 }));
}
