//! `incident new`: recorded first, printed second. A first report does not hang on a font.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::said;
use crate::cli::args::IncidentSaid;
use crate::cli::context::Context;
use crate::cli::desk::{Desk, Shelf, recorded_at};
use crate::cli::failure::Failure;
use crate::cli::papers::{self, Document, Papers};
use crate::cli::takeout::finish;
use crate::cli::{status, words};
use crate::era;
use crate::ledger::Kind;
use crate::life::facts::{Incident, Told};
use crate::life::incident::{Guide, guide};
use crate::t;

/// What opened one that a person told of.
pub const REPORTED: &str = "reported";

pub fn run(context: &Context, args: &IncidentSaid) -> Result<(), Failure> {
    let desk = Desk::open(context)?;
    let answers = said::ask(context, args)?;
    let told = recorded_at(context, &desk, Kind::Incident, |desk, trace| {
        let life = desk.life()?;
        let said = said::particulars(context, desk, &life, trace, args, &answers)?;
        let told = Incident { cause: REPORTED.to_owned(), entry: None, said };
        trace.facts(told.facts().into());
        Ok(told)
    })?;
    let entry = desk.last_entry();
    context.say(&t!("incident-recorded", entry = entry.to_string()));
    let issued = issue(context, &desk, entry, !args.no_documents, false);
    let dates = dates(&desk, entry)?;
    tell_guide(context, dates.as_ref());
    if !held(&desk)? {
        context.chat(&t!("incident-hold"));
    }
    context.chat(&t!("incident-next", entry = entry.to_string()));
    let told = json!({ "incident": entry, "facts": told.facts(), "guide": guide_json(dates.as_ref()) });
    finish(context, issued, told).map_err(|failure| print_later(failure, entry))
}

/// The ledger has it; the way to its report is one command, once the cause is removed.
pub fn print_later(failure: Failure, entry: u64) -> Failure {
    Failure { hint: t!("hint-incident-sheet", entry = entry.to_string()), ..failure }
}

/// The next report, where one is wanted.
pub fn issue(
    context: &Context,
    desk: &Desk,
    entry: u64,
    wanted: bool,
    is_final: bool,
) -> Result<Option<Document>, Failure> {
    if !wanted {
        return Ok(None);
    }
    let papers = Papers::new(context, desk);
    papers.issue_composed(|| papers::incident(desk, entry, is_final)).map(Some)
}

/// Whether records are kept from being thrown away already.
fn held(desk: &Desk) -> Result<bool, Failure> {
    let shelf = Shelf::beside(desk)?;
    Ok(!status::holds(&shelf.ledger).map_err(|e| words::ledger(&e))?.is_empty())
}

/// The guide dates as the ledger stands now.
pub fn dates(desk: &Desk, entry: u64) -> Result<Option<Guide>, Failure> {
    let life = desk.life()?;
    Ok(life.incident(entry).and_then(|incident| guide(&life, incident, &desk.settings)))
}

/// Says them, with what is not known of them.
pub fn tell_guide(context: &Context, dates: Option<&Guide>) {
    let Some(dates) = dates else { return };
    let day = |day: Option<NaiveDate>| day.map_or_else(|| t!("incident-guide-open"), era::long);
    let days = dates.final_days.to_string();
    context.say(&t!("incident-guide", first = day(dates.first_until), last = day(dates.final_until), days = days));
    let unknown = dates.grounds.iter().filter(|(_, known)| !known).count();
    if unknown > 0 {
        context.say(&t!("incident-guide-unknown", count = unknown));
    }
}

/// The same for scripts.
pub fn guide_json(dates: Option<&Guide>) -> Value {
    let text = |day: Option<NaiveDate>| day.map(|day| day.to_string());
    dates.map_or(Value::Null, |dates| {
        let grounds = dates.grounds.iter().map(|(ground, known)| json!({ "ground": ground, "known": known }));
        json!({
            "grounds": grounds.collect::<Vec<_>>(), "from": text(dates.from), "first_until": text(dates.first_until),
            "final_days": dates.final_days, "final_until": text(dates.final_until),
        })
    })
}
