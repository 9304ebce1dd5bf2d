//! Tables that are easily miscounted.

use std::io::Write as _;

use super::*;

fn lines(name: &str, bytes: &[u8], headings: u64) -> Outcome {
    let mut counters = [1, 2, 7, 4096].map(|step: usize| {
        let mut counter = Counter::of(name, bytes.len() as u64, Rules { headings });
        bytes.chunks(step).for_each(|piece| counter.feed(piece));
        counter.finish()
    });
    counters.sort_by_key(|outcome| format!("{outcome:?}"));
    assert_eq!(counters[0], counters[3], "how it is cut does not matter");
    counters[0].clone()
}

fn rows(name: &str, bytes: &[u8]) -> u64 {
    match lines(name, bytes, 0) {
        Outcome::Counted(counted) => counted.rows,
        other @ Outcome::NotCounted { .. } => panic!("{other:?}: {}", String::from_utf8_lossy(bytes)),
    }
}

#[test]
fn rows_are_records_and_not_lines() {
    for (text, expected) in [
        ("", 0),
        ("\n", 0),
        ("a,b", 1),
        ("a,b\n", 1),
        ("a,b\r\nc,d\r\n", 2),
        ("a,b\rc,d\r", 2),
        ("a,b\nc,d\n\n\n", 2),
        ("a,b\r\n\r\nc,d", 2),
        ("a,b\n,,\n , ,\"\"\n\"  \",\n", 1),
        ("a,\"b\nb\"\nc,d\n", 2),
        ("a,\"b\"\"\nb\"\nc,d\n", 2),
        ("\"a\n\n\n\",b\r\n", 1),
        ("a,b\"c\nd,e\"f\n", 2),
        ("5',\"6\"\"\"\n7,8\n", 2),
        ("a,b\nc,d\n\u{1a}", 2),
        ("a\tb\n\"c\n\"\td\n", 2),
        ("a;b\nc;\"d\nd\"\n", 2),
        // The first row says that the comma divides: a mark behind a tab or a semicolon is part of a text.
        ("a,b\nc;\"d,e\nf\t\",g\n", 3),
        ("見出し\n氏,\"名\"\n", 2),
        ("\"\"\"\"\n", 1),
    ] {
        assert_eq!(rows("名簿.CSV", text.as_bytes()), expected, "{text:?}");
    }
    assert_eq!(rows("名簿.tsv", b"a,\"\tb\nc\t\"d\nd\"\n"), 2);
}

#[test]
fn every_encoding_of_an_office_gives_the_same_number() {
    let text = "氏名,備考\r\n表示,\"能\r\n構\"\r\n上,ソ\r\n";
    assert_eq!(rows("a.csv", text.as_bytes()), 3);
    assert_eq!(rows("a.csv", format!("\u{feff}{text}").as_bytes()), 3);
    assert_eq!(rows("a.csv", "\u{feff}\"氏\n名\",備考\n".as_bytes()), 1);
    // 表示, 能 and ソ end in bytes that are signs of ASCII in CP932; 上 begins with a line feed in UTF-16.
    let cp932 =
        b"\x8e\x81\x96\xbc,\x94\xf5\x8d\x6c\r\n\x95\x5c\x8e\xa6,\"\x94\x5c\r\n\x8d\x5c\"\r\n\x8f\xe3,\x83\x5c\r\n";
    assert_eq!(rows("a.csv", cp932), 3);
    let little = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect::<Vec<u8>>();
    let big = [0xFE, 0xFF].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect::<Vec<u8>>();
    assert_eq!((rows("a.csv", &little), rows("a.csv", &big)), (3, 3));
}

#[test]
fn what_is_not_sure_is_not_a_number() {
    let reason = |name: &str, bytes: &[u8]| match lines(name, bytes, 1) {
        Outcome::NotCounted { reason } => reason,
        other @ Outcome::Counted(_) => panic!("{name}: {other:?}"),
    };
    assert_eq!(reason("a.csv", b"a,b\nc,\"d\ne,f\n"), Reason::OpenQuote);
    assert_eq!(reason("a.csv", b"a\0b\n"), Reason::Encoding);
    assert_eq!(reason("a.csv", b"\x1b$B;aL>\x1b(B,a\n"), Reason::Encoding, "ISO-2022-JP");
    assert_eq!(reason("a.csv", b"\xff\xfea\0\n"), Reason::Encoding, "half a character");
    for name in ["a.pdf", "a.docx", "csv", "a.csv.zip", "a", "a.xls"] {
        assert_eq!(reason(name, b"a,b\n"), Reason::Format, "{name}");
    }
    assert_eq!(reason("a.xlsx", b"a,b\n"), Reason::Damaged);
    assert_eq!(reason("a.xlsx", b""), Reason::Damaged);
    assert_eq!(reason("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), Reason::Encrypted);
    let huge = Counter::of("a.xlsx", 65 << 20, Rules::default());
    assert_eq!(huge.finish(), Outcome::NotCounted { reason: Reason::TooLarge });
}

#[test]
fn headings_are_taken_off_and_no_more_than_there_is() {
    let counted = |headings| lines("a.csv", b"a\nb\nc\n", headings);
    for (headings, rows, taken) in [(0, 3, 0), (1, 2, 1), (3, 0, 3), (9, 0, 3)] {
        let expected = Counted { rows, headings: taken, sheets: Vec::new() };
        assert_eq!(counted(headings), Outcome::Counted(expected));
    }
}

/// A zip file with these parts, as large as they say they are.
fn zip(parts: &[(&str, &[u8], Option<u32>)]) -> Vec<u8> {
    let (mut out, mut list) = (Vec::new(), Vec::new());
    for (name, content, lie) in parts {
        let packed = miniz_oxide::deflate::compress_to_vec(content, 9);
        let size = lie.unwrap_or_else(|| u32::try_from(content.len()).unwrap());
        let mut facts = vec![20, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        facts.extend(u32::try_from(packed.len()).unwrap().to_le_bytes());
        facts.extend(size.to_le_bytes());
        facts.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        facts.extend([0, 0]);
        list.extend(b"PK\x01\x02\x14\0");
        list.extend(&facts);
        list.extend([0; 10]);
        list.extend(u32::try_from(out.len()).unwrap().to_le_bytes());
        list.extend(name.as_bytes());
        out.extend(b"PK\x03\x04");
        out.extend(&facts);
        out.extend(name.as_bytes());
        out.write_all(&packed).unwrap();
    }
    let (at, size, count) = (out.len(), list.len(), u16::try_from(parts.len()).unwrap());
    out.extend(&list);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    out.extend(u32::try_from(size).unwrap().to_le_bytes());
    out.extend(u32::try_from(at).unwrap().to_le_bytes());
    out.extend([0, 0]);
    out
}

const BOOK: &[u8] = b"<workbook><sheets><sheet name='A&amp;B' sheetId='1' r:id='r1'/>\
    <sheet name='&#x96A0;' sheetId='2' state='veryHidden' r:id='r2'/><sheet name='graph' r:id='r3'/></sheets></workbook>";
const RELS: &[u8] = b"<Relationships><Relationship Id='r1' Type='x/worksheet' Target='worksheets/sheet1.xml'/>\
    <Relationship Id='r2' Type='x/worksheet' Target='/xl/worksheets/sheet2.xml'/>\
    <Relationship Id='r3' Type='x/chartsheet' Target='chartsheets/sheet1.xml'/></Relationships>";
const SHARED: &[u8] = "<sst><si><t>氏名</t></si><si/><si><t> </t><rPh><t>よみ</t></rPh></si></sst>".as_bytes();
const ONE: &[u8] = b"<worksheet><sheetData>\
    <row r='1'><c r='A1' t='s'><v>0</v></c></row>\
    <row r='2'><c r='A2' t='s'><v>1</v></c><c t='s'><v>2</v></c></row>\
    <row r='3'><c r='A3' s='1'/><c><v>7</v></c></row>\
    <row r='4'><c t='str'><f>\"\"</f><v></v></c></row>\
    <row r='5'><c><f>A1</f></c></row>\
    <row r='6'><c t='inlineStr'><is><t>x</t></is></c></row>\
    <row r='7'/><row r='8'><c/></row>\
    </sheetData><legacy><row><c><v>1</v></c></row></legacy></worksheet>";
const TWO: &[u8] = b"<worksheet><sheetData/></worksheet>";

fn book(one: &[u8], lie: Option<u32>) -> Vec<u8> {
    zip(&[
        ("xl/workbook.xml", BOOK, None),
        ("xl/_rels/workbook.xml.rels", RELS, None),
        ("xl/sharedStrings.xml", SHARED, None),
        ("xl/worksheets/sheet1.xml", one, lie),
        ("xl/worksheets/sheet2.xml", TWO, None),
    ])
}

#[test]
fn rows_of_a_workbook_are_those_with_a_value_of_every_sheet() {
    let sheets =
        vec![Sheet { name: "A&B".into(), rows: 3, hidden: false }, Sheet { name: "隠".into(), rows: 0, hidden: true }];
    assert_eq!(lines("a.xlsx", &book(ONE, None), 1), Outcome::Counted(Counted { rows: 3, headings: 1, sheets }));
}

#[test]
fn a_hostile_workbook_ends_soon_and_is_not_counted() {
    let reason = |bytes: &[u8]| match lines("a.xlsx", bytes, 1) {
        Outcome::NotCounted { reason } => reason,
        other @ Outcome::Counted(_) => panic!("{other:?}"),
    };
    let sound = book(ONE, None);
    for at in (0..sound.len()).step_by(3) {
        // Whatever is cut off or turned over: no panic, and no endless reading.
        let _ = lines("a.xlsx", &sound[..at], 1);
        let mut turned = sound.clone();
        turned[at] ^= 0xFF;
        let mut counter = Counter::of("a.xlsx", turned.len() as u64, Rules::default());
        counter.feed(&turned);
        let _ = counter.finish();
    }
    assert_eq!(reason(&sound[..sound.len() - 30]), Reason::Damaged);
    let bomb = [&b"<sheetData>"[..], &vec![b' '; 1 << 20], b"</sheetData>"].concat();
    assert_eq!(reason(&book(&bomb, Some(3 << 30))), Reason::TooLarge, "says that it is too large");
    assert_eq!(reason(&book(&bomb, Some(100))), Reason::Damaged, "says that it is small");
    assert_eq!(reason(&book(b"<sheetData><row>", None)), Reason::Damaged, "has no end");
    assert_eq!(reason(&book(b"<!DOCTYPE a [<!ENTITY b 'c'>]><sheetData/>", None)), Reason::Damaged);
    let twice = zip(&[("xl/workbook.xml", BOOK, None), ("xl/workbook.xml", BOOK, None)]);
    assert_eq!(reason(&twice), Reason::Damaged);
    assert_eq!(reason(&zip(&[("other", b"", None)])), Reason::Damaged);
}
