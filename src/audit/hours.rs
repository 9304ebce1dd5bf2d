//! When data was touched: outside the hours of the office that were in force then.

use chrono::{NaiveDate, Timelike};
use serde_json::Value;

use super::check::Check;
use super::finding::Fault;
use super::regime::Regime;
use super::seen::{Groups, Out, Seen};
use crate::calendar::holidays;
use crate::ledger::{Kind, Outcome};

/// What was done while the office was closed: by day and person, with the first time.
#[derive(Debug, Default)]
pub(super) struct Hours(Groups<(NaiveDate, String)>, std::collections::BTreeMap<(NaiveDate, String), String>);

/// Whether an entry tells of a hand on data or on a secret. A hand-over is no access: what was recorded late is seen by its own time.
fn is_access(seen: &Seen) -> bool {
    if seen.entry.result == Outcome::Refused {
        return false;
    }
    match seen.kind {
        Some(
            Kind::Pack | Kind::List | Kind::Open | Kind::Erase | Kind::EraseFreeSpace | Kind::Find | Kind::Takeout,
        ) => true,
        Some(Kind::Verify | Kind::Receive) => seen.entry.facts.get("secret").and_then(Value::as_bool) == Some(true),
        _ => false,
    }
}

/// Whether the office was closed, on the clock of the computer at which it was done.
fn closed(seen: &Seen, regime: &Regime) -> bool {
    let hours = regime.office.hours;
    let minute = seen.at.hour() * 60 + seen.at.minute();
    let at_work = hours.from == hours.to || (hours.from..=hours.to).contains(&minute);
    !at_work || !holidays::is_working_day(seen.day, &regime.office.closed)
}

impl Hours {
    /// Takes an entry in.
    pub fn take(&mut self, seen: &Seen, out: &mut Out) {
        if !seen.in_span || !is_access(seen) {
            return;
        }
        out.looked(Check::OffHours);
        if closed(seen, seen.regime) {
            let key = (seen.day, seen.by().to_owned());
            self.1.entry(key.clone()).or_insert_with(|| seen.at.format("%H:%M").to_string());
            self.0.of(key, seen.day).push(seen.number(), seen.things());
        }
    }

    /// One finding for each day and person.
    pub fn end(self, out: &mut Out) {
        let Self(groups, first) = self;
        for (key, group) in groups.into_each() {
            let at = first.get(&key).cloned().unwrap_or_default();
            out.find(group.finding(Check::OffHours, Fault::OffHours { by: key.1, at }));
        }
    }
}
