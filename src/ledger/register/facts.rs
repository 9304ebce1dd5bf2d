//! Reading the facts of an entry: every one of them may be missing or of another type, for the entry may come from an
//! older program, a newer one, or another ledger.

use serde_json::{Map, Value};

use crate::ledger::{Entry, Kind, Subject, SubjectType};

/// The facts of an entry.
pub type Facts = Map<String, Value>;

/// The kind, where this program knows it.
pub fn kind(entry: &Entry) -> Option<Kind> {
    entry.known_kind()
}

pub fn text(facts: &Facts, key: &str) -> Option<String> {
    facts.get(key)?.as_str().map(str::to_owned)
}

pub fn texts(facts: &Facts, key: &str) -> Vec<String> {
    let list = facts.get(key).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(|value| value.as_str().map(str::to_owned)).collect()
}

pub fn number(facts: &Facts, key: &str) -> Option<u64> {
    facts.get(key)?.as_u64()
}

/// Whether the secret was used: `"secret"` is true, or says which one.
pub fn secret(facts: &Facts) -> bool {
    match facts.get("secret") {
        Some(Value::Bool(used)) => *used,
        Some(Value::String(which)) => which != "none",
        _ => false,
    }
}

/// The first thing of a kind that is named.
pub fn named(subjects: &[Subject], kind: SubjectType) -> Option<&str> {
    subjects.iter().find(|subject| subject.kind == kind).map(|subject| subject.id.as_str())
}
