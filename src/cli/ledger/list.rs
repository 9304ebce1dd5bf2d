//! `tewatashi ledger list`: one line per entry.

use chrono::{DateTime, NaiveDate};
use serde_json::json;

use super::super::args::LedgerListArgs;
use super::super::context::Context;
use super::super::desk::Shelf;
use super::super::failure::Failure;
use super::super::words;
use super::say::{Later, kind_word, minute, outcome_word, struck, subjects};
use crate::ledger::{Entry, Error, Ledger, Outcome};
use crate::t;
use crate::term::out::out;
use crate::term::show;

pub fn run(context: &Context, args: &LedgerListArgs) -> Result<(), Failure> {
    let shelf = Shelf::open(context)?;
    let later = Later::of(&shelf.ledger).map_err(|e| words::ledger(&e))?;
    if !context.json {
        out(&heading());
    }
    let mut shown = 0;
    let mut entries = Vec::new();
    let each = selected(&shelf.ledger, args, |entry| {
        let hidden = entry.result == Outcome::Begun && later.ended.contains(&entry.number) && !args.all;
        if hidden {
            return;
        }
        shown += 1;
        if context.json {
            let corrected_by = later.corrected.get(&entry.number);
            entries.push(json!({ "entry": entry, "corrected_by": corrected_by }));
        } else {
            out(&line(&entry, &later));
        }
    });
    each.map_err(|e| words::ledger(&e))?;
    if context.json {
        let head = shelf.ledger.head().map_err(|e| words::ledger(&e))?;
        context.result(&json!({ "entries": entries, "head": head.code().to_string() }));
    } else if shown == 0 {
        context.say(&t!("ledger-list-none"));
    }
    Ok(())
}

/// Hands over the entries that the arguments ask for, in order.
fn selected(ledger: &Ledger, args: &LedgerListArgs, mut take: impl FnMut(Entry)) -> Result<(), Error> {
    let wanted = |entry: &Entry| {
        let day = DateTime::parse_from_rfc3339(&entry.time).map(|time| time.date_naive()).ok();
        let within = |day: NaiveDate| args.from.is_none_or(|from| day >= from) && args.to.is_none_or(|to| day <= to);
        let names = |term: &String| entry.terms().contains(term);
        let kind = |kind: &String| entry.kind == *kind || kind_word(&entry.kind) == *kind;
        day.is_none_or(within)
            && args.kind.as_ref().is_none_or(kind)
            && args.person.as_ref().is_none_or(names)
            && args.bundle.as_ref().is_none_or(names)
    };
    // The index finds what names a thing; the rest is a walk over all.
    if let Some(term) = args.bundle.as_ref().or(args.person.as_ref()) {
        ledger.history(term)?.into_iter().filter(wanted).for_each(take);
        return Ok(());
    }
    ledger.each(1..=u64::MAX, |_, body| {
        let entry = serde_json::from_str(body).map_err(|_| Error::Damaged(ledger.path().to_owned()))?;
        if wanted(&entry) {
            take(entry);
        }
        Ok(())
    })
}

fn heading() -> String {
    row(&[
        &t!("col-number"),
        &t!("col-time"),
        &t!("col-operator"),
        &t!("col-kind"),
        &t!("col-result"),
        &t!("col-subjects"),
    ])
}

/// One entry.
pub fn line(entry: &Entry, later: &Later) -> String {
    let number = entry.number.to_string();
    let operator = show::name(&entry.operator.name);
    let result = if entry.result == Outcome::Begun && !later.ended.contains(&entry.number) {
        t!("outcome-no-end")
    } else {
        outcome_word(entry.result)
    };
    let mut line = row(&[&number, &minute(&entry.time), &operator, &kind_word(&entry.kind), &result, &subjects(entry)]);
    if let Some(by) = later.corrected.get(&entry.number) {
        line = format!("{}  {}", struck(line.trim_end()), t!("corrected-by", number = (*by).to_string()));
    }
    line
}

const COLUMNS: [usize; 5] = [6, 16, 16, 20, 10];

fn row(cells: &[&str; 6]) -> String {
    show::row(cells, &COLUMNS)
}
