//! `tewatashi ledger correct`: a wrong entry stays, struck through; a new one says what is right and why.

use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::desk::recorded;
use super::super::failure::Failure;
use super::super::said;
use super::show::no_entry;
use crate::ledger::{Kind, SubjectType};
use crate::t;
use crate::term::show;

pub fn run(context: &Context, number: u64, reason: &str, set: &[String]) -> Result<(), Failure> {
    let facts = pairs(set)?;
    let reason = said::text(reason)?;
    let by = recorded(context, Kind::Correct, |desk, trace| {
        let entry = desk.look(|ledger| ledger.entry(number))?.ok_or_else(|| no_entry(number))?;
        if entry.is(Kind::Correct) || entry.is(Kind::Init) || entry.is(Kind::KeyRotate) {
            return Err(Failure::refused("not_correctable", t!("err-not-correctable"), t!("hint-not-correctable")));
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

/// `name=value`; a value that is a number or JSON is taken as such.
fn pairs(set: &[String]) -> Result<Map<String, Value>, Failure> {
    let pair = |text: &String| {
        let (name, value) = text.split_once('=').filter(|(name, _)| !name.trim().is_empty())?;
        let whole = value.parse::<u64>().ok().filter(|n| n.to_string() == value && *n < 1 << 53);
        let value = whole.map_or_else(|| value.into(), Value::from);
        Some((name.trim().to_owned(), value))
    };
    set.iter()
        .map(|text| {
            pair(text).ok_or_else(|| {
                Failure::usage("bad_pair", t!("err-bad-pair", text = show::name(text)), t!("hint-bad-pair"))
            })
        })
        .collect()
}
