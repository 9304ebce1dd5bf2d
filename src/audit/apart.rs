//! 同日交付: a medium and the slip that opens it, on one day between the same two parties.
//!
//! Looked for whatever the settings say: a rule that was never in force in a case is what an auditor wants to hear of.

use std::collections::HashMap;

use chrono::{DateTime, FixedOffset};
use serde_json::Value;

use super::check::Check;
use super::finding::{Fault, Finding, How};
use super::seen::{Out, Seen, of, text};
use crate::case::Side;
use crate::ledger::{Entry, Kind, SubjectType};
use crate::life::facts::{Handover, Received, Told, What};

/// A part that went, or came.
#[derive(Debug, Clone)]
struct Went {
    entry: u64,
    what: What,
    at: DateTime<FixedOffset>,
    party: Option<Side>,
}

/// What went and came, by bundle.
#[derive(Debug, Default)]
pub(super) struct Apart {
    went: HashMap<String, Vec<Went>>,
    came: HashMap<String, Vec<Went>>,
}

impl Apart {
    /// Takes an entry in.
    pub fn take(&mut self, seen: &Seen, out: &mut Out) {
        let Some(entry) = seen.holds() else { return };
        let counted = match seen.kind {
            Some(Kind::Handover) => self.handed(seen, entry, out),
            Some(Kind::Receive) => self.received(seen, entry, out),
            Some(Kind::Takeout) => {
                if entry.facts.get("pair_together").and_then(Value::as_bool) == Some(true) && seen.in_span {
                    out.find(seen.finding(Check::SameDay, Fault::SameDay { how: How::TakenOut, reason: None }));
                }
                true
            }
            _ => false,
        };
        if counted && seen.in_span {
            out.looked(Check::SameDay);
        }
    }

    fn handed(&mut self, seen: &Seen, entry: &Entry, out: &mut Out) -> bool {
        let Some(said) = Handover::of(entry) else { return false };
        let went = Went { entry: seen.number(), what: said.what, at: said.at, party: Some(said.party) };
        let reason = said.overridden.map(|overridden| overridden.reason);
        let beside = pair(&mut self.went, entry, &went);
        tell(seen, beside, How::Handed, reason, out);
        true
    }

    fn received(&mut self, seen: &Seen, entry: &Entry, out: &mut Out) -> bool {
        let Some(said) = Received::of(entry) else { return false };
        let came = Went { entry: seen.number(), what: said.what, at: said.at, party: None };
        let mut beside = pair(&mut self.came, entry, &came);
        // What the program saw on that day, where this walk does not know the other part.
        if beside.is_empty() && entry.facts.get("same_day").and_then(Value::as_bool) == Some(true) {
            beside.push(seen.number());
        }
        tell(seen, beside, How::Received, text(entry, "remarks").map(str::to_owned), out);
        true
    }
}

/// The other parts of the same bundles that moved on the same day; and this one is remembered.
fn pair(known: &mut HashMap<String, Vec<Went>>, entry: &Entry, one: &Went) -> Vec<u64> {
    let mut beside = Vec::new();
    for bundle in of(entry, SubjectType::Bundle) {
        let others = known.entry(bundle.to_owned()).or_default();
        let close = |other: &&Went| other.what != one.what && other.party == one.party && one_day(other.at, one.at);
        beside.extend(others.iter().filter(close).map(|other| other.entry));
        others.push(one.clone());
    }
    beside
}

fn tell(seen: &Seen, beside: Vec<u64>, how: How, reason: Option<String>, out: &mut Out) {
    if beside.is_empty() || !seen.in_span {
        return;
    }
    let finding = seen.finding(Check::SameDay, Fault::SameDay { how, reason });
    let entries = beside.into_iter().chain(finding.entries.iter().copied()).collect();
    out.find(Finding { entries, ..finding });
}

/// Whether two times lie on one day. Attack: a computer set to another zone for one of the two; so by either clock, and by that of
/// Japan, for both may have been set alike.
fn one_day(one: DateTime<FixedOffset>, other: DateTime<FixedOffset>) -> bool {
    let japan = FixedOffset::east_opt(9 * 3600).unwrap_or(*one.offset());
    let day = |at: DateTime<FixedOffset>, offset: &FixedOffset| at.with_timezone(offset).date_naive();
    [*one.offset(), *other.offset(), japan].iter().any(|offset| day(one, offset) == day(other, offset))
}
