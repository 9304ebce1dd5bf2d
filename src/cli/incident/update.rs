//! `incident update`: what became known since. It is added; what was said before stays.

use serde_json::{Value, json};

use super::new::{dates, guide_json, issue, print_later, tell_guide};
use super::said::{self, Answers};
use crate::cli::args::{IncidentSaid, IncidentUpdateArgs};
use crate::cli::context::Context;
use crate::cli::desk::{Desk, Trace, recorded_at};
use crate::cli::failure::Failure;
use crate::cli::takeout::finish;
use crate::cli::{said as texts, when, words};
use crate::ledger::{Kind, SubjectType};
use crate::life::facts::{IncidentUpdate, Notified, Told};
use crate::life::{Life, Opened};
use crate::t;
use crate::term::show;

pub fn run(context: &Context, args: &IncidentUpdateArgs) -> Result<(), Failure> {
    let desk = Desk::open(context)?;
    let entry = if says_nothing(args) {
        if !args.report && !args.is_final {
            let hint = t!("hint-incident-no-news");
            return Err(Failure::usage("nothing_said", t!("err-incident-no-news"), hint));
        }
        any(&desk.life()?, args.entry)?;
        None
    } else {
        record(context, &desk, args)?;
        context.say(&t!("incident-updated", entry = args.entry.to_string()));
        Some(desk.last_entry())
    };
    let issued = issue(context, &desk, args.entry, !args.said.no_documents, args.is_final);
    let life = desk.life()?;
    let notified = life.incident(args.entry).map(|incident| progress(context, incident));
    let dates = dates(&desk, args.entry)?;
    tell_guide(context, dates.as_ref());
    let told = json!({
        "incident": args.entry, "entry": entry, "guide": guide_json(dates.as_ref()),
        "notified": notified.unwrap_or(Value::Null),
    });
    finish(context, issued, told).map_err(|failure| print_later(failure, args.entry))
}

fn record(context: &Context, desk: &Desk, args: &IncidentUpdateArgs) -> Result<(), Failure> {
    recorded_at(context, desk, Kind::IncidentUpdate, |desk, trace| {
        let life = desk.life()?;
        trace.about(SubjectType::Entry, args.entry.to_string());
        any(&life, args.entry)?;
        let told = update(context, desk, &life, trace, args)?;
        trace.facts(told.facts().into());
        Ok(())
    })
}

fn update(
    context: &Context,
    desk: &Desk,
    life: &Life,
    trace: &Trace,
    args: &IncidentUpdateArgs,
) -> Result<IncidentUpdate, Failure> {
    let said = said::particulars(context, desk, life, trace, &args.said, &Answers::default())?;
    let notified = match args.notified {
        Some(persons) => Some(Notified {
            persons,
            date: when::past_day(args.on)?,
            how: args.how.as_deref().map(texts::text).transpose()?,
        }),
        None => None,
    };
    Ok(IncidentUpdate { incident: args.entry, said, notified })
}

/// One that is settled as well: what becomes known later is added, and the report that was still missing is made.
fn any(life: &Life, entry: u64) -> Result<&Opened, Failure> {
    life.incident(entry).ok_or_else(|| words::no_such_incident(entry))
}

fn says_nothing(args: &IncidentUpdateArgs) -> bool {
    let IncidentSaid {
        what,
        kind,
        thing,
        plaintext,
        at,
        noticed,
        reported_at,
        place,
        subjects,
        records,
        items,
        cause,
        harm,
        measures,
        notice,
        publication,
        prevention,
        contact,
        suspected_wrongdoing,
        no_documents: _,
    } = &args.said;
    let texts =
        [what, at, noticed, reported_at, place, cause, harm, measures, notice, publication, prevention, contact];
    texts.into_iter().all(Option::is_none)
        && kind.is_empty()
        && [thing, plaintext, items].into_iter().all(Vec::is_empty)
        && [subjects, records, &args.notified].into_iter().all(Option::is_none)
        && suspected_wrongdoing.is_none()
}

/// How far 本人通知 has come; whether that is enough nobody here says.
fn progress(context: &Context, incident: &Opened) -> Value {
    let (done, of) = (incident.persons_notified(), incident.known().subjects);
    if !incident.notified.is_empty() {
        let whole = of.map_or_else(|| t!("not-known"), show::number);
        context.say(&t!("incident-notified", done = show::number(done), whole = whole));
    }
    json!({ "persons": done, "of": of })
}
