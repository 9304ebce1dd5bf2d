//! Incidents and their reports, as a script and a reader have them.

#![allow(dead_code)] // each test file uses a part

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::pdf::Pdf;

/// A case in which no class of data is there that makes a report due, so that the rest can.
pub const NO_CLASSES: (&str, &str) = ("data_class = [\"不明\"]", "data_class = []");

/// 緊急連絡網
pub const CONTACTS: &str = "\n[[emergency]]\nname = \"情報政策課 見本係\"\ntelephone = \"03-1111-0000\"\nafter_hours = \"090-2222-0000\"\n\
    [[emergency]]\nname = \"総務課\"\ntelephone = \"03-3333-0000\"\n";

/// The page of the report that a command issued.
pub fn page(told: &Value) -> PathBuf {
    let documents = told["documents"].as_array().unwrap();
    assert_eq!((documents.len(), &told["documents_missing"]), (1, &Value::Bool(false)), "{told}");
    documents[0]["path"].as_str().unwrap().into()
}

/// What the record inside a page says; the title is also read off the page itself.
pub fn record(told: &Value) -> Value {
    let pdf = Pdf::of(&fs::read(page(told)).unwrap(), 1);
    let found = pdf.attached().into_values().find_map(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    let record = found.expect("a record travels in the page");
    let title = record["title"].as_str().unwrap();
    let text = pdf.text("-layout").replace([' ', '\u{3000}'], "");
    assert!(text.contains(title), "{title}: {text}");
    record
}

/// What the report says.
pub fn fields(told: &Value) -> Value {
    record(told)["fields"].clone()
}

/// A field of several lines that holds each of these.
#[track_caller]
pub fn says(field: &Value, parts: &[&str]) {
    let text = field.as_str().unwrap_or_else(|| panic!("nothing is said: {field}"));
    for part in parts {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}
