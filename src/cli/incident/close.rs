//! `incident close`: settled is what a person says. What is still open in its own right is told, and stands in `status`.

use serde_json::json;

use crate::cli::context::Context;
use crate::cli::desk::recorded;
use crate::cli::failure::Failure;
use crate::cli::{said, things, words};
use crate::ledger::{Kind, SubjectType};
use crate::life::{Life, Opened};
use crate::t;
use crate::term::show;

pub fn run(context: &Context, entry: u64, reason: &str) -> Result<(), Failure> {
    let left = recorded(context, Kind::IncidentClose, |desk, trace| {
        let life = desk.life()?;
        trace.about(SubjectType::Entry, entry.to_string());
        let incident = life.incidents.iter().find(|incident| incident.entry == entry);
        let incident = incident.ok_or_else(|| words::no_incident(entry))?;
        trace.facts(json!({ "incident": entry, "reason": said::text(reason)? }));
        Ok(left(&life, incident))
    })?;
    for (_, line) in &left {
        context.warn(line);
    }
    context.say(&t!("incident-closed", entry = entry.to_string()));
    let names: Vec<&str> = left.iter().map(|(name, _)| *name).collect();
    context.result(&json!({ "incident": entry, "left_open": names }));
    Ok(())
}

/// What is not done as far as the ledger knows: by name for scripts, and in words.
fn left(life: &Life, incident: &Opened) -> Vec<(&'static str, String)> {
    let known = incident.known();
    let mut left = Vec::new();
    let missing = life.still_missing(&known);
    if !missing.is_empty() {
        let list: Vec<String> = missing.iter().map(|piece| things::called(piece)).collect();
        left.push(("missing", t!("warn-incident-missing", things = list.join(&t!("list-separator")))));
    }
    let done = incident.persons_notified();
    let enough = known.subjects.is_some_and(|of| done >= of);
    if !enough {
        let whole = known.subjects.map_or_else(|| t!("not-known"), show::number);
        left.push(("notice", t!("warn-incident-notice", done = show::number(done), whole = whole)));
    }
    if !incident.has_final() {
        left.push(("final_report", t!("warn-incident-final", entry = incident.entry.to_string())));
    }
    left
}
