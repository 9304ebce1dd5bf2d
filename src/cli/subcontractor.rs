//! `tewatashi subcontractor …`: firms that work for this side, with the decision and the same duties.

use chrono::NaiveDate;
use serde_json::json;

use super::args::{FirmArgs, SubcontractorCommand};
use super::context::Context;
use super::desk::{Shelf, recorded};
use super::failure::Failure;
use super::{approvals, said, when, words};
use crate::case::Approval;
use crate::duties::facts::Firm;
use crate::duties::fold::Contracted;
use crate::duties::{Duties, KINDS};
use crate::era;
use crate::ledger::{Kind, corrected};
use crate::life::facts::Told;
use crate::t;
use crate::term::out::out;
use crate::term::show;

pub fn run(context: &Context, command: &SubcontractorCommand) -> Result<(), Failure> {
    match command {
        SubcontractorCommand::Add(args) => add(context, args),
        SubcontractorCommand::End { name, date } => end(context, name, *date),
        SubcontractorCommand::List => list(context),
    }
}

fn add(context: &Context, args: &FirmArgs) -> Result<(), Failure> {
    let firm = recorded(context, Kind::Subcontractor, |desk, trace| {
        let name = said::text(&args.name)?;
        // 再委託 without a decision is what the city forbids; it is not made to look regular here.
        let life = desk.life()?;
        let things = [name.clone()];
        let decision = approvals::needed(context, &life, Approval::Subcontract, args.approval.as_deref(), &things)?;
        approvals::about(trace, Some(&decision));
        let text = |said: &Option<String>| said.as_deref().map(said::text).transpose();
        if let (Some(from), Some(until)) = (args.from, args.until)
            && until < from
        {
            return Err(Failure::usage("ends_before", t!("err-ends-before"), t!("hint-ends-before")));
        }
        let firm = Firm {
            name,
            approval: Some(decision.number),
            work: text(&args.work)?,
            items: said::texts(&args.items)?,
            from: args.from.or(Some(decision.date)),
            until: args.until,
            duties: args.duties.map(|day| when::past_day(Some(day))).transpose()?,
            responsible: text(&args.responsible)?,
            ended: None,
        };
        trace.facts(firm.facts().into());
        Ok(firm)
    })?;
    let number = firm.approval.clone().unwrap_or_default();
    context.say(&t!("subcontractor-added", name = show::name(&firm.name), number = show::name(&number)));
    if firm.duties.is_none() {
        context.warn(&t!("warn-no-duties", name = show::name(&firm.name)));
    }
    context.result(&json!({ "subcontractor": firm }));
    Ok(())
}

fn end(context: &Context, name: &str, date: Option<NaiveDate>) -> Result<(), Failure> {
    let (name, date) = recorded(context, Kind::Subcontractor, |desk, trace| {
        let duties = desk.duties()?;
        let known = duties.firm_named(&said::text(name)?).ok_or_else(|| unknown(name))?;
        let date = when::past_day(date)?;
        trace.facts(Firm { name: known.said.name.clone(), ended: Some(date), ..Firm::default() }.facts().into());
        Ok((known.said.name.clone(), date))
    })?;
    context.say(&t!("subcontractor-ended", name = show::name(&name), date = era::long(date)));
    context.result(&json!({ "subcontractor": name, "ended": date.to_string() }));
    Ok(())
}

fn unknown(name: &str) -> Failure {
    let shown = show::name(name);
    let message = t!("err-no-subcontractor", name = shown.clone());
    Failure::failed("no_subcontractor", message, t!("hint-no-subcontractor")).about(shown)
}

fn list(context: &Context) -> Result<(), Failure> {
    let shelf = Shelf::open(context)?;
    let duties = Duties::of(&corrected::holding(&shelf.ledger, &KINDS).map_err(|e| words::ledger(&e))?);
    if !context.json {
        if duties.firms.is_empty() {
            context.say(&t!("subcontractors-none"));
        }
        duties.firms.iter().for_each(|firm| out(&line(&duties, firm)));
    }
    let rows = duties.firms.iter().map(|firm| {
        let last = duties.last_on_site(Some(&firm.said.name)).map(|held| held.said.date.to_string());
        json!({
            "entry": firm.entry, "said": firm.said, "last_inspection": last,
            "ended": firm.ended.map(|day| day.to_string()), "works": firm.works(when::today()),
        })
    });
    context.result(&json!({ "subcontractors": rows.collect::<Vec<_>>() }));
    Ok(())
}

fn line(duties: &Duties, firm: &Contracted) -> String {
    let said = &firm.said;
    let number = said.approval.clone().map_or_else(|| t!("not-known"), |number| show::name(&number));
    let day = |day: Option<NaiveDate>| day.map_or_else(|| t!("not-known"), era::table);
    let last = duties.last_on_site(Some(&said.name)).map(|held| held.said.date);
    let ended = firm.ended.map(|day| t!("subcontractor-gone", date = era::table(day))).unwrap_or_default();
    let duties = t!("subcontractor-duties", date = day(said.duties));
    let looked = t!("subcontractor-looked", date = day(last));
    show::row(&[&show::name(&said.name), &number, &duties, &looked, &ended], &[24, 16, 20, 20])
}
