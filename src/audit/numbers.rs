//! Numbers and times: what is missing in a row, and clocks that jump.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, NaiveDate};
use serde_json::Value;

use super::check::Check;
use super::finding::{Fault, Finding, Noted};
use super::seen::{Out, Seen, number, text};
use crate::ledger::{Kind, Outcome};

/// By so much a time may lie before the one before it: two computers that share a case, and a clock that follows a server, differ by
/// seconds.
const SLACK: i64 = 120;

/// What of numbers and times is known so far.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    last: u64,
    at: Option<DateTime<FixedOffset>>,
    documents: u64,
    /// Slips that went into a file which nobody erased: the entry, the day and the bundle.
    files: BTreeMap<String, (u64, NaiveDate, Vec<String>)>,
}

impl Numbers {
    /// Takes an entry in. `today` is the day of the audit, `until` the last day it is about.
    pub fn take(&mut self, seen: &Seen, today: NaiveDate, until: NaiveDate, out: &mut Out) {
        if seen.in_span {
            out.looked(Check::Numbers);
            out.looked(Check::Clock);
        }
        self.row(seen, out);
        self.clock(seen, today, out);
        if seen.entry.result != Outcome::Done {
            return;
        }
        match seen.kind {
            Some(Kind::Document) => self.document(seen, until, out),
            Some(Kind::Restore) => self.documents += number(seen.entry, "documents_lost").unwrap_or_default(),
            Some(Kind::Void) if seen.in_span && seen.entry.facts.contains_key("number") => {
                out.note(Noted::Voided, seen.number());
            }
            Some(Kind::SlipErased) if seen.day <= until => self.erased(seen, out),
            _ => {}
        }
    }

    fn row(&mut self, seen: &Seen, out: &mut Out) {
        let (from, to) = (self.last + 1, seen.number().saturating_sub(1));
        if from <= to && seen.in_span {
            let fault = Fault::EntriesMissing { from, to };
            let finding = seen.finding(Check::Numbers, fault);
            out.find(Finding { entries: vec![from, to], things: Vec::new(), ..finding });
        }
        self.last = self.last.max(seen.number());
    }

    /// A jump ahead alone cannot be told from an office that was closed; it shows when the clock is put right again, or when the
    /// time lies ahead of the audit.
    fn clock(&mut self, seen: &Seen, today: NaiveDate, out: &mut Out) {
        let back = self.at.map(|before| (before - seen.at).num_seconds());
        self.at = Some(seen.at);
        if let Some(seconds) = back.filter(|seconds| *seconds > SLACK && seen.in_span) {
            let finding = seen.finding(Check::Clock, Fault::ClockBack { seconds });
            let entries = vec![seen.number().saturating_sub(1), seen.number()];
            out.find(Finding { entries, things: Vec::new(), ..finding });
        }
        // Whatever days the audit is about: an entry of tomorrow is in no span that ended.
        if seen.day > today {
            out.find(seen.finding(Check::Clock, Fault::ClockAhead));
        }
    }

    fn document(&mut self, seen: &Seen, until: NaiveDate, out: &mut Out) {
        self.documents += 1;
        let says = text(seen.entry, "number").unwrap_or_default();
        let counted = says.rsplit('-').next().and_then(|digits| digits.parse().ok());
        if counted != Some(self.documents) {
            if seen.in_span {
                let fault = Fault::DocumentNumber { says: says.to_owned(), expected: self.documents };
                out.find(seen.finding(Check::Numbers, fault));
            }
            // The one that is missing is told once, not by every number after it.
            self.documents = counted.unwrap_or(self.documents);
        }
        if text(seen.entry, "given") == Some("file") && seen.day <= until {
            out.looked(Check::SlipFile);
            self.files.insert(says.to_owned(), (seen.number(), seen.day, seen.things()));
        }
    }

    fn erased(&mut self, seen: &Seen, out: &mut Out) {
        if seen.in_span && text(seen.entry, "result") == Some("found_gone") {
            out.note(Noted::SlipGone, seen.number());
        }
        // One that could not be taken away is still there.
        let gone = text(seen.entry, "result") != Some("failed");
        if let Some(slip) = seen.entry.facts.get("number").and_then(Value::as_str).filter(|_| gone) {
            self.files.remove(slip);
        }
    }

    /// Files that are left when the span ends. One of the last day may be on its way to the other side.
    pub fn end(self, moment: NaiveDate, out: &mut Out) {
        for (slip, (entry, day, things)) in self.files.into_iter().filter(|(_, (_, day, _))| *day < moment) {
            let fault = Fault::SlipFile { number: slip };
            out.find(Finding { check: Check::SlipFile, fault, entries: vec![entry], day: Some(day), things });
        }
    }
}
