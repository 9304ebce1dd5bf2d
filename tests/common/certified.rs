//! Certificates of erasure as they are issued, with real keys, real pages and real ledgers; and pages as an enemy alters them.

#![allow(dead_code)] // each test file uses a part

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use tewatashi::digest::sha256;
use tewatashi::ledger::{
    Claim, Clock, Entry, Error, Kind, Ledger, Operator, Outcome, Subject, SubjectType, documents, entry,
};
use tewatashi::paper::fields::erasure::{self, Photograph, Report};
use tewatashi::paper::fields::{Erasure, Fields};
use tewatashi::paper::record::{CaseFacts, Issuer, Pinned, Style, VERSION};
use tewatashi::paper::{Job, Picture, Press, Record};
use tewatashi::sign::SigningKey;

use crate::office::Office;

/// HMAC-SHA-256 of the SHA-256 of a content, by the textbook.
pub fn fingerprint(key: &[u8; 32], content: &[u8]) -> String {
    let pad = |with: u8| -> Vec<u8> { (0..64).map(|at| key.get(at).copied().unwrap_or(0) ^ with).collect() };
    let inner = Sha256::digest([pad(0x36), Sha256::digest(content).to_vec()].concat());
    sha256(&[pad(0x5c), inner.to_vec()].concat())
}

/// What `erase` says of a file.
pub fn item(key: &[u8; 32], path: &str, content: &[u8], result: &str) -> Value {
    json!({ "path": path, "kind": "file", "size": content.len(), "fingerprint": fingerprint(key, content), "result": result,
        "may_remain": [], "reasons": [], "blocks": "same", "read_back": content.len(), "device_read": null })
}

/// A certificate to be.
pub struct Draft {
    pub title: String,
    pub sheet: Erasure,
    pub code: Option<String>,
    pub photos: Vec<(PathBuf, Picture)>,
}

/// The list of these items in `records/`, and the sheet over it.
pub fn draft(office: &Office, items: &[Value]) -> Draft {
    let mut text = json!({ "v": 1, "kind": "erasure_list", "salt": "5a".repeat(32), "tool": "tewatashi 0.1.0",
        "method": "zero", "items": items.len() })
    .to_string();
    for item in items {
        text.extend(["\n", &item.to_string()]);
    }
    text.push('\n');
    let digest = sha256(text.as_bytes());
    fs::write(office.folder().join(format!("records/erasure-{}.jsonl", &digest[..16])), text).unwrap();
    let all = items.iter().all(|item| item["result"] == "erased");
    let result = if all { "erased" } else { "partial" };
    let report: Report = serde_json::from_value(json!({ "result": result, "items": items })).unwrap();
    let title = report.title(true).to_owned();
    Draft { title, sheet: report.fill(Erasure::default(), &digest), code: None, photos: Vec::new() }
}

/// Issues it as the program does: record, signature, page and entry. Returns its number.
pub fn issue(office: &Office, draft: Draft) -> String {
    let mut ledger = Ledger::open(&office.ledger()).unwrap().0;
    let key = SigningKey::load(&office.key()).unwrap().key;
    let nth = ledger.documents().unwrap() + 1;
    let number = format!("D-{nth:04}");
    let code = draft.code.unwrap_or_else(|| ledger.head().unwrap().code().to_string());
    let records = office.folder().join("records");
    let (mut sheet, mut pictures) = (draft.sheet, Vec::new());
    for (original, picture) in draft.photos {
        let digest = sha256(&picture.bytes);
        let file = format!("photo-{}.{}", &digest[..16], picture.kind.end());
        fs::write(records.join(&file), &picture.bytes).unwrap();
        sheet.photographs.push(Photograph {
            caption: original.file_name().unwrap().to_str().unwrap().to_owned(),
            stage: None,
            file: Some(file.clone()),
            sha256: digest,
            original_sha256: Some(sha256(&fs::read(original).unwrap())),
        });
        pictures.push((file, picture.bytes));
    }
    let record = Record {
        v: VERSION,
        number: number.clone(),
        form: "erasure".into(),
        title: draft.title,
        issued: "2026-11-21T16:30:08+09:00".into(),
        issuer: Issuer { name: "見本太郎".into(), ..Issuer::default() },
        ledger: Pinned { origin: ledger.origin().unwrap(), code: code.clone() },
        signer: Some(key.fingerprint()),
        tool: "tewatashi 0.1.0".into(),
        case: CaseFacts::default(),
        style: Style::default(),
        salt: "a5".repeat(32),
        fields: sheet.into_fields(),
    };
    let bytes = record.bytes().unwrap();
    let signature = key.sign(documents::NAMESPACE, &bytes).unwrap();
    let job = Job { signature: Some(&signature), pictures: &pictures, ..Job::of(&record) };
    let page = Press::new(vec![], None).set(&job).unwrap_or_else(|e| panic!("{e:?}"));
    fs::write(records.join(format!("{number}.json")), &bytes).unwrap();
    fs::write(records.join(format!("{number}.json.sig")), &signature).unwrap();
    fs::write(records.join(format!("{number}.pdf")), &page.pdf).unwrap();
    let facts = json!({ "number": number, "form": "erasure", "title": record.title, "record_sha256": sha256(&bytes),
        "pages": page.pages, "ledger_code": code, "pdf_sha256": sha256(&page.pdf) });
    let Value::Object(facts) = facts else { unreachable!() };
    let appended = ledger.append_document::<Error>(Some(&key), nth, || Ok(()), |n| document(n, &number, facts));
    appended.unwrap();
    number
}

fn document(number: u64, named: &str, facts: Map<String, Value>) -> Entry {
    Entry {
        v: entry::VERSION,
        number,
        time: chrono::Local::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, false),
        clock: Clock { source: "system".into(), synchronised: None },
        operator: Operator {
            name: "見本太郎".into(),
            staff: None,
            by: Claim::Option,
            os_user: "mihon".into(),
            host: "pc-01".into(),
        },
        kind: Kind::Document.text(),
        subjects: vec![Subject::new(SubjectType::Document, named)],
        result: Outcome::Done,
        facts,
    }
}

/// A certificate of everything erased: of these contents under this key.
pub fn certificate(office: &Office, key: &[u8; 32], files: &[(&str, &[u8])]) -> String {
    let items: Vec<Value> = files.iter().map(|(path, content)| item(key, path, content, "erased")).collect();
    let draft = draft(office, &items);
    assert_eq!(draft.title, erasure::CERTIFICATE);
    issue(office, draft)
}

/// A page with objects put in the place of its own, as any editor of PDFs saves it.
pub fn revised(pdf: &[u8], objects: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let text = latin(pdf);
    let before = text[text.rfind("startxref").unwrap() + 9..].split_whitespace().next().unwrap().to_owned();
    let trailer = &text[text.rfind("trailer").unwrap()..];
    let (size, root) = (number_after(trailer, "/Size "), number_after(trailer, "/Root "));
    let mut bytes = pdf.to_vec();
    let mut table = Vec::new();
    for (number, body) in objects {
        bytes.push(b'\n');
        table.push(format!("{number} 1\n{:010} 00000 n\r\n", bytes.len()));
        bytes.extend(format!("{number} 0 obj\n").into_bytes());
        bytes.extend(body);
        bytes.extend(b"\nendobj\n");
    }
    let at = bytes.len();
    let size = size.max(objects.iter().map(|(number, _)| number + 1).max().unwrap_or(0));
    let trailer = format!("trailer\n<</Size {size}/Root {root} 0 R/Prev {before}>>\nstartxref\n{at}\n%%EOF");
    bytes.extend(format!("xref\n{}{trailer}", table.concat()).into_bytes());
    bytes
}

/// Every byte as one character, so that places in the text are places in the file.
pub fn latin(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| if byte.is_ascii() { char::from(*byte) } else { '?' }).collect()
}

pub fn number_after(text: &str, word: &str) -> u32 {
    let rest = &text[text.find(word).unwrap_or_else(|| panic!("no {word}")) + word.len()..];
    rest[..rest.find(|c: char| !c.is_ascii_digit()).unwrap()].parse().unwrap()
}

/// The number of the object that describes an attached file.
pub fn specification(pdf: &[u8], name: &str) -> u32 {
    let text = latin(pdf);
    number_after(&text[text.find("/EmbeddedFiles").unwrap()..], &format!("({name})"))
}

/// The number of the stream that holds an attached file.
pub fn attached_stream(pdf: &[u8], name: &str) -> u32 {
    let text = latin(pdf);
    let spec = specification(pdf, name);
    let object = &text[text.find(&format!("\n{spec} 0 obj")).unwrap()..];
    number_after(object, "/EF<</F ")
}

/// A stream as this program packs what it attaches.
pub fn packed(bytes: &[u8]) -> Vec<u8> {
    let packed = miniz_oxide::deflate::compress_to_vec_zlib(bytes, 6);
    let head = format!("<</Length {}/Type/EmbeddedFile/Filter/FlateDecode>>\nstream\n", packed.len());
    [head.as_bytes(), &packed, b"\nendstream"].concat()
}

/// The record of a document, as its file.
pub fn record(office: &Office, number: &str) -> PathBuf {
    office.folder().join(format!("records/{number}.json"))
}

/// Its page.
pub fn page(office: &Office, number: &str) -> PathBuf {
    office.folder().join(format!("records/{number}.pdf"))
}

/// A photograph out of its file.
pub fn photo(path: &Path) -> (PathBuf, Picture) {
    (path.to_owned(), Picture::of(&fs::read(path).unwrap()).unwrap())
}
