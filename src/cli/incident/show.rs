//! `incident show`: all that was said, by whom and when, with the entries.

use serde_json::{Map, Value, json};

use super::list::{cause, row};
use super::new::{guide_json, tell_guide};
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::medium::known;
use crate::cli::words;
use crate::era;
use crate::life::incident::{Word, guide};
use crate::life::{Life, Opened};
use crate::t;
use crate::term::out::out;
use crate::term::show;

pub fn run(context: &Context, entry: u64) -> Result<(), Failure> {
    let (shelf, life) = known(context)?;
    let incident = life.incident(entry).ok_or_else(|| words::no_such_incident(entry))?;
    let dates = guide(&life, incident, &shelf.settings);
    if !context.json {
        tell(incident, &life);
        tell_guide(context, dates.as_ref());
    }
    let mut told = row(incident);
    told["words"] = incident.words.iter().map(word_json).collect();
    told["known"] = said(&serde_json::to_value(incident.known()).unwrap_or_default()).into();
    told["notified"] = incident
        .notified
        .iter()
        .map(|(entry, told)| {
            json!({ "entry": entry, "persons": told.persons, "date": told.date.to_string(), "how": told.how })
        })
        .collect();
    told["reports"] = incident
        .reports
        .iter()
        .map(|report| {
            json!({
                "nth": report.nth, "number": report.number, "entry": report.entry, "final": report.is_final,
                "voided": report.void,
            })
        })
        .collect();
    told["reason"] = json!(incident.closed.as_ref().map(|(_, reason)| reason));
    told["guide"] = guide_json(dates.as_ref());
    context.result(&json!({ "incident": told }));
    Ok(())
}

fn word_json(word: &Word) -> Value {
    let facts = said(&serde_json::to_value(&word.said).unwrap_or_default());
    json!({ "entry": word.entry, "time": word.time, "by": word.by, "said": facts })
}

/// Without what was not said.
fn said(value: &Value) -> Map<String, Value> {
    let all = value.as_object().cloned().unwrap_or_default();
    all.into_iter().filter(|(_, value)| !value.is_null() && *value != json!([])).collect()
}

fn tell(incident: &Opened, life: &Life) {
    out(&t!("incident-head", entry = incident.entry.to_string(), cause = cause(incident)));
    for word in &incident.words {
        let at = chrono::DateTime::parse_from_rfc3339(&word.time).map(|at| era::long_time(&at)).unwrap_or_default();
        out(&t!("incident-word", entry = word.entry.to_string(), at = at, by = show::name(&word.by)));
        for (key, value) in said(&serde_json::to_value(&word.said).unwrap_or_default()) {
            out(&format!("  {}  {}", show::pad(&words::particular(&key), 16), value_of(&key, &value)));
        }
    }
    for (entry, told) in &incident.notified {
        let how = told.how.as_deref().map(show::name).unwrap_or_default();
        let (day, persons) = (era::long(told.date), show::number(told.persons));
        out(&t!("incident-notice", entry = entry.to_string(), day = day, persons = persons, how = how));
    }
    for report in &incident.reports {
        let (nth, number) = (report.nth.to_string(), report.number.clone());
        let shown = if report.void.is_some() {
            t!("incident-report-void", nth = nth, number = number)
        } else {
            t!("incident-report", nth = nth, number = number)
        };
        out(&shown);
    }
    for piece in life.pieces_of(&incident.known()) {
        out(&format!("{}: {}", crate::cli::things::called(piece), words::state(piece)));
    }
    if let Some((entry, reason)) = &incident.closed {
        out(&t!("incident-closed-by", entry = entry.to_string(), reason = show::name(reason)));
    }
}

fn value_of(key: &str, value: &Value) -> String {
    let coded = |value: &Value| value.as_str().map(words::coded).unwrap_or_default();
    match (key, value) {
        ("kinds", Value::Array(list)) => list.iter().map(coded).collect::<Vec<_>>().join("・"),
        ("wrongdoing", value) => coded(value),
        (_, value) => text(value),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => match chrono::DateTime::parse_from_rfc3339(text) {
            Ok(at) => era::long_time(&at),
            Err(_) => show::name(text),
        },
        Value::Array(list) => list.iter().map(text).collect::<Vec<_>>().join("・"),
        Value::Object(part) => part.get("id").map(text).unwrap_or_default(),
        other => other.to_string(),
    }
}
