//! `incident list`: those that are open, and with `--all` those that are settled.

use serde_json::{Value, json};

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::medium::known;
use crate::life::Opened;
use crate::t;
use crate::term::out::out;
use crate::term::show;

pub fn run(context: &Context, all: bool) -> Result<(), Failure> {
    let (_, life) = known(context)?;
    let settled = life.settled.iter().filter(|_| all);
    let mut rows: Vec<&Opened> = life.incidents.iter().chain(settled).collect();
    rows.sort_by_key(|incident| incident.entry);
    if rows.is_empty() {
        context.say(&t!("incidents-none"));
    } else if !context.json {
        for incident in &rows {
            out(&line(incident));
        }
    }
    context.result(&json!({ "incidents": rows.iter().map(|incident| row(incident)).collect::<Vec<_>>() }));
    Ok(())
}

/// Why it was opened.
pub fn cause(incident: &Opened) -> String {
    match incident.cause.as_str() {
        "lost" => t!("cause-lost"),
        "recall" => t!("cause-recall"),
        super::new::REPORTED => t!("cause-reported"),
        other => show::name(other),
    }
}

fn line(incident: &Opened) -> String {
    let date = incident.time.get(..10).unwrap_or_default().to_owned();
    let things = show::name(&incident.things.join("・"));
    let mut line =
        t!("incident-line", entry = incident.entry.to_string(), date = date, cause = cause(incident), things = things);
    if let Some((entry, _)) = &incident.closed {
        line.push_str(&t!("incident-line-closed", entry = entry.to_string()));
    }
    line
}

/// One for scripts.
pub fn row(incident: &Opened) -> Value {
    json!({
        "entry": incident.entry, "cause": incident.cause, "things": incident.things, "time": incident.time,
        "reports": incident.reports.iter().map(|report| &report.number).collect::<Vec<_>>(),
        "closed": incident.closed.as_ref().map(|(entry, _)| entry),
    })
}
