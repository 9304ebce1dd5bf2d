//! `tewatashi ledger show` and `history`: one entry whole, and the whole life of a thing or a person.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::super::context::Context;
use super::super::desk::Shelf;
use super::super::failure::Failure;
use super::super::words;
use super::list::line;
use super::say::{self, Later, claim_word, corrections, kind_word, outcome_word, struck};
use crate::digest::hex;
use crate::ledger::{Entry, Outcome, tree};
use crate::t;
use crate::term::out::out;
use crate::term::show;

pub fn one(context: &Context, number: u64) -> Result<(), Failure> {
    let shelf = Shelf::open(context)?;
    let found = shelf.ledger.entry(number).map_err(|e| words::ledger(&e))?;
    let entry = found.ok_or_else(|| no_entry(number))?;
    let corrected = corrections(&shelf.ledger).map_err(|e| words::ledger(&e))?;
    let by = corrected.get(&number);
    let text = entry.canonical().unwrap_or_default();
    let leaf = hex(&tree::leaf(text.as_bytes()));
    if !context.json {
        print(&entry, by.copied(), &leaf);
    }
    context.result(&json!({ "entry": entry, "corrected_by": by, "leaf_hash": leaf }));
    Ok(())
}

/// There is no such entry.
pub fn no_entry(number: u64) -> Failure {
    Failure::failed("no_entry", t!("err-no-entry", number = number.to_string()), t!("hint-no-entry"))
}

fn print(entry: &Entry, by: Option<u64>, leaf: &str) {
    let field = |label: String, value: &str| {
        let line = format!("{}  {value}", show::pad(&label, 14));
        out(&if by.is_some() { struck(&line) } else { line });
    };
    let clock = match entry.clock.synchronised {
        Some(true) => t!("clock-synchronised"),
        Some(false) => t!("clock-not-synchronised"),
        None => t!("clock-unknown"),
    };
    field(t!("col-number"), &entry.number.to_string());
    field(t!("col-time"), &format!("{} ({clock})", show::name(&entry.time)));
    let operator = &entry.operator;
    let staff = operator.staff.as_ref().map(|number| format!(" [{}]", show::name(number))).unwrap_or_default();
    field(t!("col-operator"), &format!("{}{staff} ({})", show::name(&operator.name), claim_word(operator.by)));
    field(t!("col-os-user"), &format!("{} @ {}", show::name(&operator.os_user), show::name(&operator.host)));
    field(t!("col-kind"), &kind_word(&entry.kind));
    field(t!("col-subjects"), &say::subjects(entry));
    field(t!("col-result"), &outcome_word(entry.result));
    field(t!("col-leaf"), leaf);
    if let Some(by) = by {
        out(&t!("corrected-by", number = by.to_string()));
    }
    if !entry.facts.is_empty() {
        out(&format!("{}:", t!("col-facts")));
        facts(&Value::Object(entry.facts.clone()), 1);
    }
}

/// Facts as an outline: names, then values, deeper ones further in.
fn facts(value: &Value, depth: usize) {
    let indent = "  ".repeat(depth);
    let each = |name: &str, value: &Value| match value {
        Value::Object(map) if !map.is_empty() => {
            out(&format!("{indent}{}:", show::name(name)));
            facts(value, depth + 1);
        }
        Value::Array(list) if list.iter().any(|v| v.is_object() || v.is_array()) => {
            out(&format!("{indent}{}:", show::name(name)));
            facts(value, depth + 1);
        }
        _ => out(&format!("{indent}{}: {}", show::name(name), plain(value))),
    };
    match value {
        Value::Object(map) => map.iter().for_each(|(name, value)| each(name, value)),
        Value::Array(list) => (1..).zip(list).for_each(|(at, value)| each(&at.to_string(), value)),
        _ => {}
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => show::name(text),
        Value::Array(list) => list.iter().map(plain).collect::<Vec<_>>().join("・"),
        other => show::name(&other.to_string()),
    }
}

pub fn history(context: &Context, of: &str) -> Result<(), Failure> {
    let shelf = Shelf::open(context)?;
    let entries = shelf.ledger.history(of).map_err(|e| words::ledger(&e))?;
    if entries.is_empty() {
        let shown = show::name(of);
        return Err(Failure::failed(
            "nothing_known",
            t!("err-nothing-known", of = shown.clone()),
            t!("hint-nothing-known"),
        )
        .about(shown));
    }
    // What ends or corrects one of these names the same things, so the life itself tells.
    let ended = entries.iter().filter_map(|e| e.facts.get("begun")?.as_u64()).collect();
    let corrected: HashMap<u64, u64> = corrections(&shelf.ledger).map_err(|e| words::ledger(&e))?;
    let later = Later { corrected, ended };
    if !context.json {
        let visible = |e: &&Entry| e.result != Outcome::Begun || !later.ended.contains(&e.number);
        entries.iter().filter(visible).for_each(|entry| out(&line(entry, &later)));
    }
    context.result(&json!({ "of": of, "entries": entries }));
    Ok(())
}
