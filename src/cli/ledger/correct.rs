//! `tewatashi ledger correct`: a wrong entry stays, struck through; a new one says what is right and why.

use chrono::{DateTime, Local};
use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::desk::recorded;
use super::super::failure::Failure;
use super::super::said;
use super::show::no_entry;
use crate::case::{Effective, Roster, Settings};
use crate::ledger::{Entry, Kind, SubjectType};
use crate::life;
use crate::t;
use crate::term::show;

pub fn run(context: &Context, number: u64, reason: &str, set: &[String]) -> Result<(), Failure> {
    let reason = said::text(reason)?;
    let by = recorded(context, Kind::Correct, |desk, trace| {
        let entry = desk.look(|ledger| ledger.entry(number))?.ok_or_else(|| no_entry(number))?;
        if entry.is(Kind::Correct) || entry.is(Kind::Init) || entry.is(Kind::KeyRotate) {
            return Err(Failure::refused("not_correctable", t!("err-not-correctable"), t!("hint-not-correctable")));
        }
        // What was issued is on paper; it is taken out of force by an entry of its own.
        if [Kind::Document, Kind::Print, Kind::Void, Kind::SlipErased].iter().any(|kind| entry.is(*kind)) {
            let message = t!("err-document-not-correctable");
            return Err(Failure::refused("not_correctable", message, t!("hint-document-not-correctable")));
        }
        // What was said of an incident went out on a report; what is known better is added.
        if [Kind::Incident, Kind::IncidentUpdate, Kind::IncidentClose].iter().any(|kind| entry.is(*kind)) {
            let message = t!("err-incident-not-correctable");
            return Err(Failure::refused("not_correctable", message, t!("hint-incident-not-correctable")));
        }
        let facts = pairs(set, &entry.facts)?;
        if !stays_readable(&entry, &facts) {
            return Err(Failure::usage("would_not_read", t!("err-would-not-read"), t!("hint-would-not-read")));
        }
        trace.about(SubjectType::Entry, number.to_string());
        // It belongs to the life of everything the wrong entry named.
        entry.subjects.iter().for_each(|subject| trace.about(subject.kind, subject.id.clone()));
        trace.facts(json!({ "corrects": number, "reason": reason, "facts": facts }));
        Ok(())
    });
    by?;
    context.say(&t!("corrected", number = number.to_string()));
    context.result(&json!({ "corrects": number }));
    Ok(())
}

/// `name=value`, the value in the form the wrong entry has it: a number, a list, or a text.
fn pairs(set: &[String], old: &Map<String, Value>) -> Result<Map<String, Value>, Failure> {
    let bad = |text: &str| Failure::usage("bad_pair", t!("err-bad-pair", text = show::name(text)), t!("hint-bad-pair"));
    let pair = |text: &String| {
        let (name, value) = text.split_once('=').filter(|(name, _)| !name.trim().is_empty())?;
        let name = name.trim();
        let value = match old.get(name) {
            Some(Value::Number(_)) => Value::from(value.trim().parse::<u64>().ok().filter(|n| *n < 1 << 53)?),
            Some(Value::Array(_)) => value.split([',', '、', '，']).map(str::trim).filter(|v| !v.is_empty()).collect(),
            Some(Value::Bool(_)) => Value::from(value.trim().parse::<bool>().ok()?),
            Some(Value::Null | Value::String(_)) => value.into(),
            // What the entry does not have yet: a number where it reads as one.
            None => value
                .parse::<u64>()
                .ok()
                .filter(|n| *n < 1 << 53 && n.to_string() == value)
                .map_or_else(|| value.into(), Value::from),
            Some(Value::Object(_)) => return None,
        };
        Some((name.to_owned(), value))
    };
    set.iter().map(|text| pair(text).ok_or_else(|| bad(text))).collect()
}

/// Attack, or a slip: a correction that makes an entry unreadable takes a person, or an extended period, out of the case
/// without a word.
fn stays_readable(entry: &Entry, facts: &Map<String, Value>) -> bool {
    let mut corrected = entry.clone();
    corrected.facts.extend(facts.clone());
    let unread_people = || Roster::from_entries([&corrected]).unread().len();
    let unread_contract = || Effective::agreed(&Settings::default(), [&corrected]).unread.len();
    // Which things moved is no detail: a step that never was is struck, and the right one recorded.
    if ["pieces", "what"].iter().any(|key| facts.contains_key(*key)) {
        return false;
    }
    let at = facts.get("at").and_then(Value::as_str);
    if at.is_some_and(|at| DateTime::parse_from_rfc3339(at).map_or(true, |at| at > Local::now())) {
        return false;
    }
    match () {
        () if !life::facts::reads(&corrected) => false,
        () if entry.is(Kind::StaffAdd) => unread_people() == 0,
        () if entry.is(Kind::ContractAmend) => unread_contract() == 0,
        () => true,
    }
}
