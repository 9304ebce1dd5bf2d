//! An entry as the parts of an audit look at it, and where they put what they find.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, NaiveDate};
use serde_json::Value;

use super::check::Check;
use super::finding::{Audit, Checked, Fault, Finding, Note, Noted};
use super::regime::Regime;
use crate::calendar::Span;
use crate::ledger::{Entry, Kind, Outcome, SubjectType};

/// An entry, with what every part asks of it.
pub(super) struct Seen<'e> {
    /// As it was written.
    pub entry: &'e Entry,
    /// As later corrections leave it; none when it was struck.
    pub standing: Option<&'e Entry>,
    /// Its kind, where this program knows it.
    pub kind: Option<Kind>,
    /// Its time; that of the entry before where it says none.
    pub at: DateTime<FixedOffset>,
    /// Its day, on the clock of its own computer.
    pub day: NaiveDate,
    /// Whether the day is one the audit is about.
    pub in_span: bool,
    /// The settings in force when it was written.
    pub regime: &'e Regime,
}

impl<'e> Seen<'e> {
    /// Its number.
    pub fn number(&self) -> u64 {
        self.entry.number
    }

    /// Whether it is of this kind.
    pub fn is(&self, kind: Kind) -> bool {
        self.kind == Some(kind)
    }

    /// Whether something came to be.
    pub fn is_done(&self) -> bool {
        matches!(self.entry.result, Outcome::Done | Outcome::InPart)
    }

    /// As it stands, where it tells of something that came to be.
    pub fn holds(&self) -> Option<&'e Entry> {
        self.standing.filter(|_| self.is_done())
    }

    /// Who wrote it.
    pub fn by(&self) -> &'e str {
        &self.entry.operator.name
    }

    /// Its things: those of one kind.
    pub fn of(&self, kind: SubjectType) -> impl Iterator<Item = &'e str> {
        of(self.entry, kind)
    }

    /// Its things, for a finding: without the people and papers it names besides.
    pub fn things(&self) -> Vec<String> {
        let telling = |kind| {
            matches!(
                kind,
                SubjectType::Bundle
                    | SubjectType::Medium
                    | SubjectType::Slip
                    | SubjectType::Document
                    | SubjectType::Equipment
            )
        };
        self.entry.subjects.iter().filter(|s| telling(s.kind)).map(|s| s.id.clone()).collect()
    }

    /// A finding of this entry alone.
    pub fn finding(&self, check: Check, fault: Fault) -> Finding {
        Finding { check, fault, entries: vec![self.number()], day: Some(self.day), things: self.things() }
    }
}

/// The things of an entry that are of one kind.
pub(super) fn of(entry: &Entry, kind: SubjectType) -> impl Iterator<Item = &str> {
    entry.subjects.iter().filter(move |subject| subject.kind == kind).map(|subject| subject.id.as_str())
}

/// A text among the facts.
pub(super) fn text<'e>(entry: &'e Entry, key: &str) -> Option<&'e str> {
    entry.facts.get(key).and_then(Value::as_str)
}

/// A number among the facts.
pub(super) fn number(entry: &Entry, key: &str) -> Option<u64> {
    entry.facts.get(key).and_then(Value::as_u64)
}

/// What is found, and how much was looked at.
#[derive(Debug, Default)]
pub(super) struct Out {
    looked: BTreeMap<Check, u64>,
    findings: Vec<Finding>,
    notes: BTreeMap<Noted, Vec<u64>>,
}

impl Out {
    /// One more was looked at.
    pub fn looked(&mut self, check: Check) {
        self.looked_at(check, 1);
    }

    /// So many more were looked at.
    pub fn looked_at(&mut self, check: Check, count: usize) {
        *self.looked.entry(check).or_default() += count as u64;
    }

    /// Something that should not be.
    pub fn find(&mut self, mut finding: Finding) {
        finding.entries.sort_unstable();
        finding.entries.dedup();
        let mut told = Vec::new();
        finding.things.retain(|thing| {
            let new = !told.contains(thing);
            if new {
                told.push(thing.clone());
            }
            new
        });
        self.findings.push(finding);
    }

    /// Something good to know.
    pub fn note(&mut self, note: Noted, entry: u64) {
        self.notes.entry(note).or_default().push(entry);
    }

    /// All of it, in the order of the report.
    pub fn into_audit(self, span: Span) -> Audit {
        let Self { looked, mut findings, notes } = self;
        findings.sort_by(|a, b| (a.check, &a.entries).cmp(&(b.check, &b.entries)));
        let mut found: BTreeMap<Check, u64> = BTreeMap::new();
        for finding in &findings {
            *found.entry(finding.check).or_default() += 1;
        }
        let count = |of: &BTreeMap<Check, u64>, check| of.get(&check).copied().unwrap_or_default();
        let checked = |&check: &Check| Checked { check, looked: count(&looked, check), found: count(&found, check) };
        let note = |(note, mut entries): (Noted, Vec<u64>)| {
            entries.sort_unstable();
            entries.dedup();
            Note { note, entries }
        };
        let checked = Check::ALL.iter().filter(|check| **check != Check::Ledger).map(checked).collect();
        Audit { span, checked, findings, notes: notes.into_iter().map(note).collect() }
    }
}

/// What belongs together and makes one finding: entries by who and what.
#[derive(Debug)]
pub(super) struct Groups<K>(BTreeMap<K, Group>);

impl<K> Default for Groups<K> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

/// The entries of one finding.
#[derive(Debug)]
pub(super) struct Group {
    entries: Vec<u64>,
    day: NaiveDate,
    things: Vec<String>,
}

/// As many things as a finding names; the entries tell the rest.
const MOST_THINGS: usize = 5;

impl Group {
    fn new(day: NaiveDate) -> Self {
        Self { entries: Vec::new(), day, things: Vec::new() }
    }

    /// Adds an entry.
    pub fn push(&mut self, number: u64, things: impl IntoIterator<Item = String>) {
        if self.entries.last() != Some(&number) {
            self.entries.push(number);
        }
        if self.things.len() < MOST_THINGS {
            let new: Vec<String> = things.into_iter().filter(|thing| !self.things.contains(thing)).collect();
            self.things.extend(new);
            self.things.truncate(MOST_THINGS);
        }
    }

    /// The finding it makes.
    pub fn finding(self, check: Check, fault: Fault) -> Finding {
        Finding { check, fault, entries: self.entries, day: Some(self.day), things: self.things }
    }
}

impl<K: Ord> Groups<K> {
    /// The group of a key.
    pub fn of(&mut self, key: K, day: NaiveDate) -> &mut Group {
        self.0.entry(key).or_insert_with(|| Group::new(day))
    }

    /// All of them.
    pub fn into_each(self) -> impl Iterator<Item = (K, Group)> {
        self.0.into_iter()
    }
}
