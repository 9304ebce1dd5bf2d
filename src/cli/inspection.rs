//! `tewatashi inspection …`: 実地検査, 点検 and 監督, what was demanded, and whether it was mended.

use serde_json::json;

use super::args::{InspectionCommand, LookArgs, RecheckArgs};
use super::context::Context;
use super::desk::{Desk, Shelf, Trace, recorded_at};
use super::failure::Failure;
use super::papers::{self, Papers};
use super::takeout::finish;
use super::{said, things, when, words};
use crate::duties::facts::{Demand, Inspection, Looked, Rechecked, Verdict};
use crate::duties::fold::Held;
use crate::duties::{Duties, KINDS};
use crate::era;
use crate::ledger::{Kind, SubjectType, corrected};
use crate::life::facts::{Told, What};
use crate::t;
use crate::term::out::out;
use crate::term::show;

pub fn run(context: &Context, command: &InspectionCommand) -> Result<(), Failure> {
    match command {
        InspectionCommand::Add(args) => add(context, args),
        InspectionCommand::Recheck(args) => recheck(context, args),
        InspectionCommand::List => list(context),
    }
}

fn add(context: &Context, args: &LookArgs) -> Result<(), Failure> {
    let desk = Desk::open(context)?;
    let papers = (!args.no_documents).then(|| Papers::new(context, &desk));
    let said = recorded_at(context, &desk, Kind::Inspection, |desk, trace| {
        let said = looked(desk, args, trace)?;
        let held = Held { entry: 0, said, rechecks: Vec::new() };
        papers::ready(papers.as_ref(), || papers::inspection(desk, &held))?;
        trace.facts(held.said.facts().into());
        Ok(held.said)
    })?;
    let held = Held { entry: desk.last_entry(), said, rechecks: Vec::new() };
    let issued = papers::issue(papers.as_ref(), || papers::inspection(&desk, &held));
    let demands = held.said.demands.len();
    context.say(&t!("inspection-added", look = words::look(held.said.look), entry = held.entry.to_string()));
    if demands > 0 {
        context.say(&t!("inspection-demands", count = demands, entry = held.entry.to_string()));
    }
    finish(context, issued, json!({ "inspection": held.said, "entry": held.entry }))
}

fn looked(desk: &Desk, args: &LookArgs, trace: &Trace) -> Result<Inspection, Failure> {
    let text = |said: &Option<String>| said.as_deref().map(said::text).transpose();
    let mut by = said::texts(&args.by)?;
    if by.is_empty() {
        by.push(desk.operator.name.clone());
    }
    let mut media = Vec::new();
    if !args.medium.is_empty() {
        let life = desk.life()?;
        for told in &args.medium {
            let piece = things::piece(&life, told, Some(What::Media))?;
            things::about(trace, piece);
            media.push(piece.id.clone());
        }
    }
    Ok(Inspection {
        look: args.look.into(),
        date: when::past_day(args.date)?,
        of: text(&args.of)?,
        place: text(&args.place)?,
        method: text(&args.method)?,
        by,
        attended: said::texts(&args.attended)?,
        items: args.item.iter().map(|item| point(item)).collect::<Result<_, _>>()?,
        demands: demands(args)?,
        opinion: text(&args.opinion)?,
        media,
    })
}

/// `保管場所の施錠=good`, `持出記録=bad:記録漏れ1件`
fn point(told: &str) -> Result<Looked, Failure> {
    let wrong = || {
        let message = t!("err-bad-item", item = show::name(told));
        Failure::usage("bad_item", message, t!("hint-bad-item"))
    };
    let (item, rest) = told.rsplit_once('=').ok_or_else(wrong)?;
    let (verdict, remarks) = match rest.split_once([':', '：']) {
        Some((verdict, remarks)) => (verdict, Some(said::text(remarks)?)),
        None => (rest, None),
    };
    let result = match verdict.trim() {
        "good" | "適" | "○" => Verdict::Good,
        "bad" | "否" | "×" => Verdict::Bad,
        "none" | "該当なし" | "－" | "-" => Verdict::NotApplicable,
        _ => return Err(wrong()),
    };
    Ok(Looked { item: said::text(item)?, result, remarks })
}

/// Each finding with the demand and the day said in its turn; one day may stand for all.
fn demands(args: &LookArgs) -> Result<Vec<Demand>, Failure> {
    let findings = args.finding.len();
    let one_or_each = args.due.len() <= 1 || args.due.len() == findings;
    if args.demand.len() > findings || !one_or_each {
        return Err(Failure::usage("demands_do_not_match", t!("err-demands"), t!("hint-demands")));
    }
    let demand = |(at, finding): (usize, &String)| {
        let due = if args.due.len() == 1 { args.due.first() } else { args.due.get(at) };
        Ok(Demand {
            finding: said::text(finding)?,
            demand: args.demand.get(at).map(|demand| said::text(demand)).transpose()?,
            due: due.copied(),
        })
    };
    args.finding.iter().enumerate().map(demand).collect()
}

fn recheck(context: &Context, args: &RecheckArgs) -> Result<(), Failure> {
    let desk = Desk::open(context)?;
    let papers = (!args.no_documents).then(|| Papers::new(context, &desk));
    let held = recorded_at(context, &desk, Kind::Recheck, |desk, trace| {
        trace.about(SubjectType::Entry, args.inspection.to_string());
        let held = again(desk, args)?;
        papers::ready(papers.as_ref(), || papers::inspection(desk, &held))?;
        if let Some((_, said)) = held.rechecks.last() {
            trace.facts(said.facts().into());
        }
        Ok(held)
    })?;
    let issued = papers::issue(papers.as_ref(), || papers::inspection(&desk, &held));
    let (nth, entry) = (finding(args).to_string(), args.inspection.to_string());
    context.say(&if args.improved {
        t!("recheck-improved", nth = nth, entry = entry)
    } else {
        t!("recheck-not-improved", nth = nth, entry = entry)
    });
    let open: Vec<usize> = held.open().map(|(nth, _)| nth).collect();
    finish(context, issued, json!({ "inspection": args.inspection, "entry": desk.last_entry(), "open": open }))
}

/// Which finding; the first where none is said.
fn finding(args: &RecheckArgs) -> usize {
    args.finding.unwrap_or(1)
}

/// The inspection with the new look at one of its demands.
fn again(desk: &Desk, args: &RecheckArgs) -> Result<Held, Failure> {
    let duties = desk.duties()?;
    let mut held = duties.held.into_iter().find(|held| held.entry == args.inspection).ok_or_else(|| {
        let number = args.inspection.to_string();
        Failure::failed("no_inspection", t!("err-no-inspection", number = number.clone()), t!("hint-no-inspection"))
            .about(number)
    })?;
    let nth = finding(args);
    if nth == 0 || nth > held.said.demands.len() {
        let message = t!("err-no-demand", nth = nth.to_string(), count = held.said.demands.len());
        return Err(Failure::failed("no_demand", message, t!("hint-no-demand")));
    }
    let date = when::past_day(args.date)?;
    if date < held.said.date {
        let (date, earlier) = (era::long(date), era::long(held.said.date));
        let message = t!("err-before", at = date, earlier = earlier, entry = held.entry.to_string());
        return Err(Failure::refused("before", message, t!("hint-before")));
    }
    let said = Rechecked {
        inspection: args.inspection,
        demand: nth,
        improved: args.improved,
        date,
        by: desk.operator.name.clone(),
        remarks: args.remarks.as_deref().map(said::text).transpose()?,
    };
    held.rechecks.push((0, said));
    Ok(held)
}

fn list(context: &Context) -> Result<(), Failure> {
    let shelf = Shelf::open(context)?;
    let duties = Duties::of(&corrected::holding(&shelf.ledger, &KINDS).map_err(|e| words::ledger(&e))?);
    if !context.json {
        if duties.held.is_empty() {
            context.say(&t!("inspections-none"));
        }
        duties.held.iter().for_each(tell);
    }
    let rows = duties.held.iter().map(|held| {
        let open: Vec<usize> = held.open().map(|(nth, _)| nth).collect();
        json!({ "entry": held.entry, "said": held.said, "rechecks": held.rechecks.len(), "open": open })
    });
    context.result(&json!({ "inspections": rows.collect::<Vec<_>>() }));
    Ok(())
}

fn tell(held: &Held) {
    let said = &held.said;
    let of = said.of.as_deref().map(show::name).unwrap_or_default();
    let by: Vec<String> = said.by.iter().map(|name| show::name(name)).collect();
    let number = held.entry.to_string();
    let cells = [&number, &era::table(said.date), &words::look(said.look), &of, &by.join("・")];
    out(&show::row(&cells.map(String::as_str), &[6, 11, 14, 24]));
    for (nth, demand) in held.open() {
        let due = demand.due.map(|due| t!("open-due", due = era::table(due))).unwrap_or_default();
        out(&format!("      {nth}. {}  {due}", show::name(&demand.finding)));
    }
}
