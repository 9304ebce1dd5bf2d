//! What was written down long after the day it states, and a contract that was made longer once it was over.
//!
//! Attack: a return that was a fortnight late is typed in with a time before its day, an inspection with a date before it was due.
//! A stated day is a claim; how long after it the ledger heard of it is not.

use chrono::{Days, NaiveDate};

use super::check::Check;
use super::finding::Fault;
use super::seen::{Out, Seen, text};
use crate::calendar::{self, holidays};
use crate::ledger::Kind;

/// So many working days may pass until somebody types in what was signed on paper.
const USUAL: u32 = 3;

/// What holds of the contract's end so far.
#[derive(Debug, Default)]
pub(super) struct Late {
    end: Option<NaiveDate>,
}

/// Whether an entry states when something was.
fn states_a_day(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Handover
            | Kind::Receive
            | Kind::Takeout
            | Kind::Return
            | Kind::GiveBack
            | Kind::TakeBack
            | Kind::Destroy
            | Kind::Witness
            | Kind::MediumReset
            | Kind::Recovered
            | Kind::Inspection
            | Kind::Recheck
    )
}

impl Late {
    /// Takes an entry in.
    pub fn take(&mut self, seen: &Seen, out: &mut Out) {
        if seen.is(Kind::ContractAmend) && seen.is_done() {
            self.amended(seen, out);
            return;
        }
        let asked = seen.in_span && seen.is_done() && seen.kind.is_some_and(states_a_day);
        let said = text(seen.entry, "at").or_else(|| text(seen.entry, "date")).filter(|_| asked);
        let Some(stated) = said.and_then(|said| calendar::iso(said.get(..10)?)) else { return };
        out.looked(Check::RecordedLate);
        if is_late(stated, seen.day, &seen.regime.office.closed) {
            out.find(seen.finding(Check::RecordedLate, Fault::RecordedLate { stated }));
        }
    }

    fn amended(&mut self, seen: &Seen, out: &mut Out) {
        let said = |key: &str| text(seen.entry, key).and_then(calendar::iso);
        let before = self.end.or(seen.regime.end);
        if seen.in_span {
            out.looked(Check::RecordedLate);
        }
        let over = before.filter(|end| seen.day > *end && said("to").is_some_and(|to| to > *end));
        if let (Some(end), true) = (over, seen.in_span) {
            out.find(seen.finding(Check::RecordedLate, Fault::AmendedLate { end }));
        }
        self.end = said("to").or(self.end);
    }
}

fn is_late(stated: NaiveDate, recorded: NaiveDate, closed: &[NaiveDate]) -> bool {
    let mut working = 0;
    let mut day = stated;
    while let Some(next) = day.checked_add_days(Days::new(1)).filter(|next| *next <= recorded) {
        day = next;
        working += u32::from(holidays::is_working_day(day, closed));
        if working > USUAL {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weekends_and_holidays_make_nobody_late() {
        let day = |text: &str| calendar::iso(text).unwrap();
        let late = |stated: &str, recorded: &str| is_late(day(stated), day(recorded), &[]);
        // 28 December 2026 is a Monday; the office opens again on 4 January.
        assert!(!late("2026-12-28", "2027-01-06") && late("2026-12-28", "2027-01-07"));
        assert!(!late("2026-11-20", "2026-11-26"), "a weekend and a holiday in between");
        assert!(late("2026-10-30", "2026-11-10") && !late("2026-10-30", "2026-10-30"));
        assert!(late("2020-01-01", "2026-11-01"));
    }
}
