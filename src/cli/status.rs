//! `tewatashi status`: one screen for a case. What waits for whom, what is overdue, what the retention allows.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::args::StatusArgs;
use super::context::Context;
use super::desk::Shelf;
use super::failure::Failure;
use super::medium::known;
use super::{when, words};
use crate::case::{Effective, retention_end};
use crate::duties::{self, Duties, due};
use crate::era;
use crate::ledger::{Kind, Ledger, Outcome, corrected};
use crate::life::incident;
use crate::life::open::{self, Whom};
use crate::life::{Life, Open};
use crate::t;
use crate::term::out::out;
use crate::term::show;

/// What is open in a case on a day.
pub struct Standing {
    /// What is known of things.
    pub life: Life,
    /// What is open of things, the gravest first.
    pub open: Vec<Open>,
    /// What is to be looked at: 実地検査, and demands that nobody saw met.
    pub looks: Vec<Open>,
    /// The contract.
    pub contract: Effective,
    /// Until when records are kept.
    pub kept_until: Option<NaiveDate>,
    /// Entries of holds that were not released.
    pub holds: Vec<u64>,
    /// Today.
    pub today: NaiveDate,
}

impl Standing {
    /// As the ledger has it now.
    pub fn of(shelf: &Shelf, life: Life) -> Result<Self, Failure> {
        let ledger = |e: &crate::ledger::Error| words::ledger(e);
        let amendments = corrected::holding(&shelf.ledger, &[Kind::ContractAmend]).map_err(|e| ledger(&e))?;
        let contract = Effective::agreed(&shelf.settings, amendments.iter());
        let kept_until = retention_end(&shelf.settings, &contract);
        let holds = holds(&shelf.ledger).map_err(|e| ledger(&e))?;
        let duties = Duties::of(&corrected::holding(&shelf.ledger, &duties::KINDS).map_err(|e| ledger(&e))?);
        let today = when::today();
        let mut open = open::all(&life, contract.to);
        incident::set_dues(&mut open, &life, &shelf.settings, today);
        let looks = due::open(&duties, &shelf.settings, &contract, today);
        Ok(Self { life, open, looks, contract, kept_until, holds, today })
    }

    /// All that waits for somebody.
    pub fn all(&self) -> impl Iterator<Item = &Open> {
        self.open.iter().chain(&self.looks)
    }

    /// Those whose last day is over.
    pub fn overdue(&self) -> impl Iterator<Item = &Open> {
        self.all().filter(|open| open.is_overdue(self.today))
    }
}

/// Entries of holds that were not released.
pub fn holds(ledger: &Ledger) -> Result<Vec<u64>, crate::ledger::Error> {
    let done = |kind| -> Result<Vec<crate::ledger::Entry>, crate::ledger::Error> {
        Ok(ledger.of_kinds(&[kind])?.into_iter().filter(|entry| entry.result == Outcome::Done).collect())
    };
    let released: Vec<u64> =
        done(Kind::Release)?.iter().filter_map(|entry| entry.facts.get("hold").and_then(Value::as_u64)).collect();
    Ok(done(Kind::Hold)?.into_iter().map(|entry| entry.number).filter(|number| !released.contains(number)).collect())
}

pub fn run(context: &Context, args: &StatusArgs) -> Result<(), Failure> {
    if args.all {
        return all(context);
    }
    let (shelf, life) = known(context)?;
    let standing = Standing::of(&shelf, life)?;
    if !context.json {
        tell(context, &standing);
    }
    context.result(&json_of(&standing));
    Ok(())
}

/// Every trusted case of this computer, one after the other.
fn all(context: &Context) -> Result<(), Failure> {
    let mut told = Vec::new();
    for case in context.home()?.cases() {
        let shelf = Shelf::at(context, &case.folder);
        match shelf {
            Ok(shelf) => {
                let entries = corrected::holding(&shelf.ledger, &crate::life::KINDS).map_err(|e| words::ledger(&e))?;
                let standing = Standing::of(&shelf, Life::of(&entries))?;
                if !context.json {
                    tell(context, &standing);
                    out("");
                }
                let mut value = json_of(&standing);
                value["case"] = json!(case.folder);
                told.push(value);
            }
            // One that is on a medium that is away must not hide the others.
            Err(failure) => {
                context.warn(&format!("{}: {}", show::path(&case.folder), failure.message));
                told.push(
                    json!({ "case": case.folder, "error": { "kind": failure.kind, "message": failure.message } }),
                );
            }
        }
    }
    context.result(&json!({ "cases": told }));
    Ok(())
}

fn tell(context: &Context, standing: &Standing) {
    let today = standing.today;
    let day = |day: Option<NaiveDate>| day.map_or_else(|| t!("not-known"), era::long);
    let left = standing.contract.to.map(|to| (to - today).num_days());
    context.say(&t!("status-today", today = era::long(today), end = day(standing.contract.to)));
    match left {
        Some(left) if left < 0 => context.say(&t!("status-ended", days = (-left).to_string())),
        Some(left) => context.chat(&t!("status-left", days = left.to_string())),
        None => {}
    }
    let overdue = standing.overdue().count();
    let count = standing.all().count();
    if count == 0 {
        context.say(&t!("status-nothing"));
    } else {
        context.say(&t!("status-open", count = count, overdue = overdue));
    }
    for whom in [Whom::Us, Whom::Them, Whom::Vendor] {
        let mine: Vec<&Open> = standing.all().filter(|open| open.whom == whom).collect();
        if mine.is_empty() {
            continue;
        }
        out(&format!("\n{}", words::whom(whom)));
        for open in mine {
            out(&line(open, today));
        }
    }
    out("");
    retention(context, standing);
}

/// What the retention allows today.
fn retention(context: &Context, standing: &Standing) {
    match standing.kept_until {
        _ if !standing.holds.is_empty() => {
            let entries: Vec<String> = standing.holds.iter().map(u64::to_string).collect();
            context.say(&t!("retention-held", entries = entries.join("・")));
        }
        Some(until) if standing.today <= until => context.say(&t!("retention-until", until = era::long(until))),
        Some(until) => context.say(&t!("retention-over", until = era::long(until))),
        None => context.say(&t!("retention-unknown")),
    }
}

/// One matter on a line: what, which thing, who has it, until when.
pub fn line(open: &Open, today: NaiveDate) -> String {
    let mark = if open.is_overdue(today) { t!("mark-overdue") } else { String::new() };
    let bundle = open.bundle.as_ref().filter(|bundle| **bundle != open.thing).map(|bundle| format!("（{bundle}）"));
    let thing = format!("{}{}", show::name(&open.thing), bundle.unwrap_or_default());
    let due = open.due.map(|due| t!("open-due", due = era::table(due)));
    let since = open.since.map(|since| t!("open-since", since = era::table(since)));
    let holder = open.holder.as_deref().map(show::name);
    let rest: Vec<String> = [due, since, holder].into_iter().flatten().collect();
    let cells = [mark.as_str(), &words::waits(open.waits), &thing, &rest.join("　")];
    show::row(&cells, &[6, 30, 36])
}

/// The whole for scripts.
pub fn json_of(standing: &Standing) -> Value {
    let Standing { contract, kept_until, holds, today, .. } = standing;
    json!({
        "today": today.to_string(),
        "contract_ends": contract.to.map(|day| day.to_string()),
        "open": standing.all().map(|one| open_json(one, *today)).collect::<Vec<_>>(),
        "overdue": standing.overdue().count(),
        "retention": {
            "kept_until": kept_until.map(|day| day.to_string()),
            "over": holds.is_empty() && kept_until.is_some_and(|until| *today > until),
            "holds": holds,
        },
    })
}

/// One matter for scripts.
pub fn open_json(open: &Open, today: NaiveDate) -> Value {
    json!({
        "waits": open.waits, "whom": open.whom, "thing": open.thing, "bundle": open.bundle, "entry": open.entry,
        "since": open.since.map(|day| day.to_string()), "due": open.due.map(|day| day.to_string()),
        "overdue": open.is_overdue(today), "holder": open.holder,
    })
}
