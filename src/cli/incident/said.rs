//! What a person says of an incident: out of the options, and at a terminal the least that a first report needs.

use std::io;

use chrono::Local;

use crate::cli::args::IncidentSaid;
use crate::cli::context::Context;
use crate::cli::desk::{Desk, Trace};
use crate::cli::failure::Failure;
use crate::cli::{said, when, words};
use crate::era;
use crate::life::Life;
use crate::life::facts::Particulars;
use crate::t;
use crate::term::ask;

use super::things;

/// The least, as it was answered.
#[derive(Debug, Default)]
pub struct Answers {
    /// 状況
    pub what: Option<String>,
    /// 発覚日時
    pub noticed: Option<String>,
    /// Things.
    pub things: Vec<String>,
}

/// Asks for what was not said: what happened, when it was noticed, which things. Nothing is written before the last answer.
pub fn ask(context: &Context, args: &IncidentSaid) -> Result<Answers, Failure> {
    let mut answers = Answers::default();
    if !context.may_ask() || context.yes {
        return if args.what.is_some() { Ok(answers) } else { Err(nothing()) };
    }
    let terminal = |e: io::Error| words::terminal(&e);
    if args.what.is_none() {
        answers.what = Some(ask::text(&t!("ask-incident-what"), None).map_err(terminal)?);
    }
    if args.noticed.is_none() {
        answers.noticed = Some(noticed(context)?);
    }
    if args.thing.is_empty() && args.plaintext.is_empty() {
        let line = ask::text(&t!("ask-incident-things"), Some("")).map_err(terminal)?;
        let parts = line.split([',', '、', '，', ' ', '　']).map(str::trim).filter(|part| !part.is_empty());
        answers.things = parts.map(str::to_owned).collect();
    }
    Ok(answers)
}

/// Asked again until it is a time that was.
fn noticed(context: &Context) -> Result<String, Failure> {
    let now = Local::now().format("%Y-%m-%d %H:%M").to_string();
    loop {
        let said = ask::text(&t!("ask-incident-noticed"), Some(&now)).map_err(|e| words::terminal(&e))?;
        match when::stated(Some(&said)) {
            Ok(_) => return Ok(said),
            Err(failure) => context.warn(&failure.message),
        }
    }
}

fn nothing() -> Failure {
    Failure::usage("nothing_said", t!("err-incident-nothing"), t!("hint-incident-nothing"))
}

/// What was said, checked; the things are named in the entry.
pub fn particulars(
    context: &Context,
    desk: &Desk,
    life: &Life,
    trace: &Trace,
    args: &IncidentSaid,
    answers: &Answers,
) -> Result<Particulars, Failure> {
    let text = |told: &Option<String>| told.as_deref().map(said::text).transpose();
    let time = |told: Option<&String>| told.map(|told| when::stated(Some(told))).transpose();
    let mut said = Particulars {
        circumstances: text(&args.what.clone().or_else(|| answers.what.clone()))?,
        kinds: args.kind.iter().map(|kind| (*kind).into()).collect(),
        occurred: time(args.at.as_ref())?,
        noticed: time(args.noticed.as_ref().or(answers.noticed.as_ref()))?,
        reported: time(args.reported_at.as_ref())?,
        place: text(&args.place)?,
        subjects: args.subjects,
        records: args.records,
        items: said::texts(&args.items)?,
        origin: text(&args.cause)?,
        harm: text(&args.harm)?,
        measures: text(&args.measures)?,
        notice: text(&args.notice)?,
        publication: text(&args.publication)?,
        prevention: text(&args.prevention)?,
        contact: text(&args.contact)?,
        wrongdoing: args.suspected_wrongdoing.map(Into::into),
        plaintext: said::texts(&args.plaintext)?,
        ..Particulars::default()
    };
    said.kinds.dedup();
    let named: Vec<String> = args.thing.iter().chain(&answers.things).cloned().collect();
    things::name(context, desk, life, trace, &named, &mut said)?;
    if let (Some(occurred), Some(noticed)) = (said.occurred, said.noticed)
        && noticed < occurred
    {
        context.warn(&t!("warn-incident-order", at = era::long_time(&occurred), noticed = era::long_time(&noticed)));
    }
    Ok(said)
}
