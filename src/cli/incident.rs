//! `tewatashi incident …`: what a loss or a wrong hand-over opened, and that it is settled.

use serde_json::json;

use super::args::IncidentCommand;
use super::context::Context;
use super::desk::recorded;
use super::failure::Failure;
use super::medium::known;
use super::said;
use crate::ledger::{Kind, SubjectType};
use crate::t;
use crate::term::out::out;
use crate::term::show;

pub fn run(context: &Context, command: &IncidentCommand) -> Result<(), Failure> {
    match command {
        IncidentCommand::List => list(context),
        IncidentCommand::Close { entry, reason } => close(context, *entry, reason),
    }
}

fn list(context: &Context) -> Result<(), Failure> {
    let (_, life) = known(context)?;
    if !context.json {
        for incident in &life.incidents {
            let cause = match incident.cause.as_str() {
                "lost" => t!("cause-lost"),
                "recall" => t!("cause-recall"),
                other => show::name(other),
            };
            let date = incident.time.get(..10).unwrap_or_default().to_owned();
            let things = show::name(&incident.things.join("・"));
            out(&t!("incident-line", entry = incident.entry.to_string(), date = date, cause = cause, things = things));
        }
        if life.incidents.is_empty() {
            context.say(&t!("incidents-none"));
        }
    }
    let rows = life.incidents.iter().map(|incident| {
        json!({ "entry": incident.entry, "cause": incident.cause, "things": incident.things, "time": incident.time })
    });
    context.result(&json!({ "incidents": rows.collect::<Vec<_>>() }));
    Ok(())
}

/// Settled is what a person says. What is still lost or not back stays open in its own right.
fn close(context: &Context, entry: u64, reason: &str) -> Result<(), Failure> {
    recorded(context, Kind::IncidentClose, |desk, trace| {
        let life = desk.life()?;
        trace.about(SubjectType::Entry, entry.to_string());
        if !life.incidents.iter().any(|incident| incident.entry == entry) {
            let message = t!("err-no-incident", entry = entry.to_string());
            return Err(Failure::failed("no_incident", message, t!("hint-no-incident")).about(entry.to_string()));
        }
        trace.facts(json!({ "incident": entry, "reason": said::text(reason)? }));
        Ok(())
    })?;
    context.say(&t!("incident-closed", entry = entry.to_string()));
    context.result(&json!({ "incident": entry }));
    Ok(())
}
