//! The ledger for people, read by programs that share no code with us: `LibreOffice` opens the workbook and the plain rows
//! and says what it sees in every cell.
//!
//! Needs libreoffice-calc, poppler-utils and the font `BIZ UDGothic` (`make setup`).

#![cfg(unix)]

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use chrono::{DateTime, FixedOffset, NaiveDate};
use serde_json::{Value, json};
use tempfile::TempDir;
use tewatashi::calendar::FiscalYear;
use tewatashi::ledger::export::{self, CsvEntries, Error, Header, Json, MOST_ENTRIES, Xlsx};
use tewatashi::ledger::register::{Content, Filter, Index, Register, Row, Slip};
use tewatashi::ledger::{Entry, Head};

#[path = "common/desk.rs"]
mod desk;
use desk::{done, tool};

/// A kanji outside the first plane, one that old codes lack, one with a variation selector.
const RARE: &str = "髙𠮷葛\u{e0100}";

fn time(text: &str) -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339(text).unwrap()
}

#[allow(clippy::unnecessary_wraps)] // a field that may be empty
fn day(text: &str) -> Option<NaiveDate> {
    Some(text.parse().unwrap())
}

fn header(entries: u64) -> Header {
    Header {
        case: "令和8年度 国民健康保険 被保険者証発送".into(),
        city: Some("見本市 健康福祉部 保険年金課".into()),
        contractor: Some(format!("株式会社見本印刷　代表取締役　{RARE}　花子")),
        contract_number: Some("見保年第0012号".into()),
        contract_title: Some("令和8年度見本市国民健康保険被保険者証等の印刷及び封入封緘業務委託 & <特記>".into()),
        period: day("2026-04-01").zip(day("2027-03-31")),
        head: Head { size: entries, root: [7; 32] },
        filter: Filter { fiscal_year: Some(FiscalYear::starting(2026)), contract: None },
        made: time("2026-11-21T14:05:00+09:00"),
    }
}

/// An entry whose texts are as odd as texts can be.
fn entry(number: u64, kind: &str, facts: &Value) -> Entry {
    serde_json::from_value(json!({
        "v": 1, "number": number, "time": "2026-11-21T14:05:09.123+09:00",
        "clock": { "source": "system", "synchronised": true },
        "operator": { "name": format!("{RARE} 花子"), "staff": "0007", "by": "option", "os_user": "=hanako", "host": "pc-01" },
        "kind": kind, "result": "done", "facts": facts,
        "subjects": [
            { "type": "bundle", "id": "TW-20261121-7K3M" },
            { "type": "medium", "id": "0012" },
        ],
    }))
    .unwrap()
}

fn ledger() -> Vec<Entry> {
    let facts = json!({
        "title": "=HYPERLINK(\"http://例.invalid/?\"&A2,\"見る\")", "items": ["+氏名", RARE, "住\u{0}所\u{fffe}"],
        "subjects": 1_234_567, "files": 3, "read_back": "established",
    });
    vec![
        entry(1, "init", &json!({})),
        entry(2, "pack", &facts),
        entry(3, "open", &json!({ "literal": "_x0041_ <b>&amp;" })),
        entry(4, "correct", &json!({ "corrects": 3, "reason": "操作者の誤り" })),
        entry(5, "kind_of_tomorrow", &json!({ "long": "長".repeat(40_000) })),
    ]
}

fn register(entries: &[Entry], index: &Index) -> Vec<Row> {
    let mut register = Register::new(index, Some("見保年第0012号".into()));
    for entry in entries {
        register.add(entry);
    }
    register.rows(&Filter::default())
}

fn xlsx(header: &Header, rows: &[Row], entries: &[Entry]) -> Vec<u8> {
    let index = Index::of(entries);
    let mut workbook = Xlsx::begin(header, rows, &index).unwrap();
    for entry in entries {
        workbook.entry(entry).unwrap();
    }
    let mut out = Vec::new();
    workbook.finish(&mut out).unwrap();
    out
}

/// `LibreOffice` with a profile of its own, so that two tests can run at once. It must not complain.
fn convert(folder: &TempDir, file: &Path, to: &str, filter: Option<&str>) {
    let profile = format!("-env:UserInstallation=file://{}", folder.path().join("profile").display());
    let to = format!("--convert-to {to}");
    let mut command = Command::new("soffice");
    command.args([&profile, "--headless", "--norestore"]).args(filter.map(|filter| format!("--infilter={filter}")));
    command.args(to.split_once(' ').map(|(option, value)| [option, value]).unwrap());
    command.arg("--outdir").arg(folder.path()).arg(file).env("HOME", folder.path());
    let output = done(&mut command);
    let said = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    let complaint = said.lines().find(|line| {
        let line = line.to_lowercase();
        // Java is for databases; nothing here needs it.
        (line.contains("warn") || line.contains("error")) && !line.contains("javaldx")
    });
    assert_eq!(complaint, None, "{said}");
}

/// The sheets of a file as `LibreOffice` sees them: rows of cells, formatted as shown.
fn cells(folder: &TempDir, file: &Path, filter: Option<&str>) -> HashMap<String, Vec<Vec<String>>> {
    // Comma, quote, UTF-8, from row 1, every text quoted, as shown, and every sheet (-1).
    convert(folder, file, "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,true,false,false,false,-1", filter);
    let stem = format!("{}-", file.file_stem().unwrap().to_str().unwrap());
    let found = fs::read_dir(folder.path()).unwrap().map(|found| found.unwrap().path());
    let sheets = found.filter_map(|path: PathBuf| {
        let name = path.file_name()?.to_str()?.strip_prefix(&stem)?.strip_suffix(".csv")?.to_owned();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(&path).unwrap();
        let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
        Some((name, rows))
    });
    sheets.collect()
}

#[test]
fn libreoffice_reads_every_cell_of_the_workbook_as_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let entries = ledger();
    let index = Index::of(&entries);
    let file = folder.path().join("台帳.xlsx");
    fs::write(&file, xlsx(&header(5), &register(&entries, &index), &entries)).unwrap();
    let sheets = cells(&folder, &file, None);
    let register = &sheets["個人情報管理簿"];
    let head = register.iter().position(|row| row[0] == "番号").unwrap();
    let above = register[..head].concat().join("|");
    for said in ["令和8年4月1日（2026年4月1日）", "令和8年度・全契約", "台帳コード 5-", RARE, "& <特記>"]
    {
        assert!(above.contains(said), "{said}: {above}");
    }
    let row = &register[head + 1];
    assert_eq!(row[..4], ["1", "令和8年度", "見保年第0012号", "0012"]);
    let contents = format!(
        "=HYPERLINK(\"http://例.invalid/?\"&A2,\"見る\")\n+氏名、{RARE}、住\\u{{0}}所\\u{{fffe}}\nTW-20261121-7K3M"
    );
    assert_eq!(row[4], contents, "no formula, no link, nothing lost");
    assert_eq!(row[5..7], ["1234567", "1点\n3ファイル"], "a number one can count with");
    assert_eq!(row[19], "訂正 第3号→第4号（取消）: 操作者の誤り");

    let all = &sheets["記録（全件）"];
    assert_eq!(all.len(), 3 + 5, "a row for each entry");
    let open = &all[5];
    assert_eq!(open[..3], ["3", "令和8.11.21 14:05:09\n2026-11-21T14:05:09.123+09:00", "端末\n同期あり"]);
    assert_eq!(open[3..7], [&format!("{RARE} 花子\n（0007）"), "指定", "=hanako", "pc-01"]);
    assert_eq!(open[7..10], ["開封", "束 TW-20261121-7K3M\n媒体 0012", "完了"]);
    assert_eq!(open[10..], ["第4号: 操作者の誤り", r#"{"literal":"_x0041_ <b>&amp;"}"#]);
    assert_eq!(all[7][7], "kind_of_tomorrow");
    assert!(all[7][11].ends_with("…（以下略。全文は JSON）"), "what does not fit says so");
}

#[test]
fn a_struck_entry_is_struck_through_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let entries = ledger();
    let file = folder.path().join("a.xlsx");
    fs::write(&file, xlsx(&header(5), &[], &entries)).unwrap();
    convert(&folder, &file, "fods", None);
    let text = fs::read_to_string(folder.path().join("a.fods")).unwrap();
    let struck: Vec<&str> = text
        .split("<style:style ")
        .filter(|style| style.contains("line-through-style=\"solid\""))
        .filter_map(|style| style.split("style:name=\"").nth(1)?.split('"').next())
        .collect();
    assert!(!struck.is_empty());
    let rows =
        text.split("<table:table-row").filter(|row| struck.iter().any(|name| row.contains(&format!("\"{name}\""))));
    let rows: Vec<&str> = rows.filter(|row| row.contains("令和8.11.21")).collect();
    assert_eq!(rows.len(), 1);
    assert!(rows[0].contains("開封") && rows[0].contains("操作者の誤り"), "{}", rows[0]);
    assert!(!text.contains("of:="), "no formula anywhere");
}

#[test]
fn the_same_ledger_is_the_same_file() {
    let entries = ledger();
    let index = Index::of(&entries);
    let rows = register(&entries, &index);
    assert!(xlsx(&header(5), &rows, &entries) == xlsx(&header(5), &rows, &entries));
    let json = |_| {
        let mut out = Vec::new();
        let mut json = Json::begin(&header(5), &rows, &mut out).unwrap();
        for entry in &entries {
            json.entry(entry).unwrap();
        }
        json.finish().unwrap();
        out
    };
    assert_eq!(json(1), json(2));
    let document: Value = serde_json::from_slice(&json(1)).unwrap();
    assert_eq!(document["register"][0]["medium"], "0012");
    assert_eq!(document["register"][0]["fiscal_year"], 2026);
    assert_eq!(document["head"]["code"], header(5).head.code().to_string());
    assert_eq!(document["entries"].as_array().unwrap().len(), 5);
    for (said, entry) in document["entries"].as_array().unwrap().iter().zip(&entries) {
        assert_eq!(*said, serde_json::to_value(entry).unwrap(), "complete, control characters and all");
    }
    let text = String::from_utf8(json(1)).unwrap();
    assert!(text.lines().any(|line| line.trim_end_matches(',') == entries[1].canonical().unwrap()), "a leaf to hash");
}

#[test]
fn plain_rows_carry_no_formula_and_lose_no_zero() {
    let entries = ledger();
    let index = Index::of(&entries);
    let mut out = Vec::new();
    export::csv(&register(&entries, &index), &mut out).unwrap();
    let text = std::str::from_utf8(&out).unwrap().strip_prefix('\u{feff}').expect("a mark for Excel");
    assert!(text.ends_with("\r\n") && text.contains("\"0012\"") && text.contains("\"'=HYPERLINK("));
    assert!(text.contains("\"'+氏名、") && !text.contains('\u{0}') && !text.contains("\"=") && !text.contains("\"+"));

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("台帳.csv");
    fs::write(&file, &out).unwrap();
    // As Excel and LibreOffice do on a double click: formulas would be evaluated.
    convert(&folder, &file, "fods", Some("Text - txt - csv (StarCalc):44,34,76,1,,0,false,true"));
    let sheet = fs::read_to_string(folder.path().join("台帳.fods")).unwrap();
    assert!(sheet.contains("HYPERLINK") && !sheet.contains("table:formula"), "the title is text");
    assert!(sheet.contains(RARE) && sheet.contains("令和8年度"));
}

#[test]
fn all_entries_as_plain_rows() {
    let entries = ledger();
    let index = Index::of(&entries);
    let mut out = Vec::new();
    let mut csv = CsvEntries::begin(&header(5), &index, &mut out).unwrap();
    for entry in &entries {
        csv.entry(entry).unwrap();
    }
    csv.finish().unwrap();
    let mut reader = csv::Reader::from_reader(&out[3..]);
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 5);
    assert_eq!((&rows[2][5], &rows[2][10]), ("'=hanako", "第4号: 操作者の誤り"));
    assert_eq!(&rows[4][11], serde_json::to_string(&entries[4].facts).unwrap(), "nothing is cut here");
}

#[test]
fn an_export_that_is_not_whole_is_refused() {
    let entries = ledger();
    let index = Index::of(&entries);
    let too_many = Xlsx::begin(&header(MOST_ENTRIES + 1), &[], &index).err();
    assert!(matches!(too_many, Some(Error::TooMany { most: MOST_ENTRIES, .. })), "{too_many:?}");

    let mut out = Vec::new();
    let mut short = Xlsx::begin(&header(6), &[], &index).unwrap();
    for entry in &entries {
        short.entry(entry).unwrap();
    }
    let error = short.finish(&mut out);
    assert!(matches!(error, Err(Error::Count { expected: 6, found: 5 })), "{error:?}");
    assert!(out.is_empty(), "nothing was written");

    let mut long = Json::begin(&header(4), &[], &mut out).unwrap();
    let refused: Vec<bool> = entries.iter().map(|entry| long.entry(entry).is_err()).collect();
    assert_eq!(refused, [false, false, false, false, true]);
}

/// A register as it may look after a year: long names, many items, everything filled in.
fn a_year() -> Vec<Row> {
    let titles =
        ["被保険者証発送名簿", "高額療養費支給決定通知書発送対象者一覧（第２四半期分・差替え後）", "口座振替データ"];
    let all =
        ["氏名", "氏名カナ", "住所", "方書", "郵便番号", "生年月日", "性別", "世帯番号", "被保険者番号", "電話番号"];
    (1..=12u64)
        .map(|number| {
            let mut row = Row::new(Some(FiscalYear::starting(2026)), Some("見保年第0012号".into()), None);
            row.number = number;
            row.medium = (number != 5).then(|| format!("M-{number:03}"));
            let pick = usize::try_from(number).unwrap();
            row.contents = vec![Content {
                bundle: format!("TW-20261121-7K{number:02}"),
                title: Some(titles[pick % 3].into()),
                items: all[..3 + pick % 8].iter().map(ToString::to_string).collect(),
                subjects: Some(number * 1_357),
                files: Some(number),
                ..Content::default()
            }];
            row.media_kind = Some(if number % 2 == 0 { "DVD-R" } else { "USBメモリ" }.into());
            row.quantity = Some(1);
            row.handed_over = Some(time("2026-11-21T14:05:00+09:00"));
            row.giver = Some("保険年金課\n見本花子".into());
            row.receiver = Some(format!("㈱見本印刷\n{RARE}太郎"));
            row.slips = vec![Slip { number: format!("通-{number:04}"), issued: day("2026-11-24") }];
            row.place = Some("２階書庫 鍵付き保管庫Ａ".into());
            row.handlers = vec!["見本太郎".into(), "勅使河原 左衛門".into()];
            row.return_due = day("2027-03-31");
            if number < 9 {
                row.copy_approvals = vec!["承-0003".into()];
                row.takeouts = vec!["持-0011".into()];
                row.returned = day("2027-03-24");
                row.return_checked_by = Some("見本花子".into());
                row.erased = day("2027-03-20");
                row.erase_method = Some("上書き消去（1回・検証あり）".into());
                row.certificate = Some("消-0004".into());
                row.inspected = day("2026-12-25");
                row.inspected_by = Some("保護管理者 見本一郎".into());
            }
            row.keep_until = day("2032-03-31");
            if number == 3 {
                row.remarks = vec!["訂正 第12号→第15号: 件数の誤記（発送停止者12名を含めていた）".into()];
            }
            row
        })
        .collect()
}

#[test]
fn the_register_prints_one_page_wide_with_its_headings_on_every_page() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("管理簿.xlsx");
    fs::write(&file, xlsx(&header(5), &a_year(), &ledger())).unwrap();
    convert(&folder, &file, "pdf", None);
    let pdf = folder.path().join("管理簿.pdf");
    let info = tool("pdfinfo", [pdf.as_os_str()]).stdout;
    assert!(String::from_utf8_lossy(&info).contains("(A4)"), "{}", String::from_utf8_lossy(&info));
    let page = |number: &str| {
        let words = ["-layout", "-f", number, "-l", number].map(std::ffi::OsStr::new);
        let out = tool("pdftotext", words.into_iter().chain([pdf.as_os_str(), "-".as_ref()])).stdout;
        String::from_utf8_lossy(&out).into_owned()
    };
    for (number, rows) in [("1", "M-001"), ("2", "M-012")] {
        let page = page(number);
        for said in ["媒体番号", "備考", "台帳コード 5-", &format!("{number} /"), rows] {
            assert!(page.contains(said), "page {number} says {said}: {page}");
        }
    }
    assert!(page("2").contains("16,284"), "numbers with commas");
    let fonts = tool("pdffonts", [pdf.as_os_str()]).stdout;
    assert!(String::from_utf8_lossy(&fonts).contains("BIZUDGothic"), "{}", String::from_utf8_lossy(&fonts));
}
