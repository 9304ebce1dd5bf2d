//! Incidents: what was said of each and when, which reports were issued, who was notified, and whether it is settled.
//!
//! Facts are appended. The newest of each is what a report says; the older ones stay, for the report that said them is in
//! somebody's hands.

mod guide;
#[cfg(test)]
mod tests;

use chrono::{DateTime, FixedOffset};
use serde_json::Value;

use super::facts::{Incident, IncidentUpdate, Mishap, Notified, Part, Particulars, Recalled, Told, What};
use super::piece::{Piece, State};
use super::{Bundle, Life};
use crate::ledger::{Entry, Kind};

pub use guide::{Ground, Guide, guide, set_dues};

/// What was said in one entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    /// The entry.
    pub entry: u64,
    /// When it was recorded, RFC 3339.
    pub time: String,
    /// By whom.
    pub by: String,
    /// What.
    pub said: Particulars,
}

/// A report that was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// 第○報
    pub nth: u64,
    /// The document's number.
    pub number: String,
    /// Its entry.
    pub entry: u64,
    /// The last entry it knew of.
    pub seen: u64,
    /// Whether it is the 確報.
    pub is_final: bool,
    /// The entry that took it out of force.
    pub void: Option<u64>,
}

/// An incident.
#[derive(Debug, Clone, PartialEq)]
pub struct Opened {
    /// The entry that opened it: its number.
    pub entry: u64,
    /// Why.
    pub cause: String,
    /// The things it is about, as its entry names them; the bundles of a medium among them.
    pub things: Vec<String>,
    /// When it was recorded.
    pub time: String,
    /// What was said, in the order in which it was.
    pub words: Vec<Word>,
    /// 本人通知
    pub notified: Vec<(u64, Notified)>,
    /// Reports, in the order of their entries.
    pub reports: Vec<Report>,
    /// The entry that settled it, and why.
    pub closed: Option<(u64, String)>,
}

/// A loss or a wrong hand-over, for the incident it opens.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Opening {
    entry: u64,
    word: Word,
}

impl Opened {
    /// What is known now: of each fact the newest, of the things all.
    #[must_use]
    pub fn known(&self) -> Particulars {
        let mut known = Particulars::default();
        for word in &self.words {
            known.take(&word.said);
        }
        known
    }

    /// Reports that are in force.
    #[must_use]
    pub fn in_force(&self) -> impl DoubleEndedIterator<Item = &Report> {
        self.reports.iter().filter(|report| report.void.is_none())
    }

    /// The number of the next report.
    #[must_use]
    pub fn next_report(&self) -> u64 {
        self.in_force().map(|report| report.nth).max().unwrap_or(0) + 1
    }

    /// Whether the 確報 was issued.
    #[must_use]
    pub fn has_final(&self) -> bool {
        self.in_force().any(|report| report.is_final)
    }

    /// How many persons were notified.
    #[must_use]
    pub fn persons_notified(&self) -> u64 {
        self.notified.iter().fold(0, |sum, (_, told)| sum.saturating_add(told.persons))
    }
}

impl Life {
    /// An incident by its number, open or settled.
    #[must_use]
    pub fn incident(&self, entry: u64) -> Option<&Opened> {
        self.incidents.iter().chain(&self.settled).find(|incident| incident.entry == entry)
    }

    /// The media and slips an incident is about.
    #[must_use]
    pub fn pieces_of(&self, known: &Particulars) -> Vec<&Piece> {
        known.pieces.iter().filter_map(|part| self.piece(part.what, &part.id)).collect()
    }

    /// The bundles an incident is about: those on its media, those its slips open, those of its opened folders, each once.
    #[must_use]
    pub fn bundles_in(&self, known: &Particulars) -> Vec<&Bundle> {
        let opened = |copy: &String| self.bundles.iter().find(|b| b.copies.iter().any(|copied| copied.copy == *copy));
        let pieces = self.pieces_of(known).into_iter().flat_map(|piece| self.bundles_of(piece));
        let named = known.bundles.iter().filter_map(|id| self.bundle(id));
        let mut all: Vec<&Bundle> = Vec::new();
        for bundle in named.chain(pieces).chain(known.copies.iter().filter_map(opened)) {
            if !all.iter().any(|there| there.id == bundle.id) {
                all.push(bundle);
            }
        }
        all
    }

    /// Things of an incident that are still lost, or at the wrong one.
    #[must_use]
    pub fn still_missing(&self, known: &Particulars) -> Vec<&Piece> {
        let missing = |piece: &&Piece| matches!(piece.state, State::Lost(_)) || piece.recalled.is_some();
        self.pieces_of(known).into_iter().filter(missing).collect()
    }

    pub(super) fn incident_step(&mut self, entry: &Entry, kind: Kind) {
        match kind {
            Kind::Lost | Kind::Recall => self.openings.extend(opening(self, entry, kind)),
            Kind::Incident => self.incident_opened(entry),
            Kind::IncidentUpdate => self.incident_updated(entry),
            Kind::IncidentClose => self.incident_closed(entry),
            Kind::Document => self.incident_reported(entry),
            Kind::Void => self.report_void(entry),
            _ => {}
        }
    }

    fn incident_opened(&mut self, entry: &Entry) {
        let Some(Incident { cause, entry: of, said }) = Incident::of(entry) else { return };
        let opening = self.openings.iter().find(|opening| Some(opening.entry) == of);
        let mut words: Vec<Word> = opening.map(|opening| opening.word.clone()).into_iter().collect();
        let named = entry.subjects.iter().map(|subject| subject.id.clone());
        let things = named.chain(said.plaintext.clone()).chain(said.unlisted.clone()).collect();
        if !said.is_empty() {
            words.push(word(entry, said));
        }
        self.incidents.push(Opened {
            entry: entry.number,
            cause,
            things,
            time: entry.time.clone(),
            words,
            notified: Vec::new(),
            reports: Vec::new(),
            closed: None,
        });
    }

    fn incident_updated(&mut self, entry: &Entry) {
        let Some(told) = IncidentUpdate::of(entry) else { return };
        let Some(incident) = self.incident_mut(told.incident) else { return };
        if !told.said.is_empty() {
            incident.words.push(word(entry, told.said));
        }
        incident.notified.extend(told.notified.map(|notified| (entry.number, notified)));
    }

    fn incident_closed(&mut self, entry: &Entry) {
        let closed = entry.facts.get("incident").and_then(Value::as_u64);
        let Some(at) = self.incidents.iter().position(|incident| Some(incident.entry) == closed) else { return };
        let mut incident = self.incidents.remove(at);
        let reason = entry.facts.get("reason").and_then(Value::as_str).unwrap_or_default();
        incident.closed = Some((entry.number, reason.to_owned()));
        self.settled.push(incident);
    }

    fn incident_reported(&mut self, entry: &Entry) {
        let number = |key: &str| entry.facts.get(key).and_then(Value::as_u64);
        let (Some(of), Some(nth)) = (number("incident"), number("report")) else { return };
        let document = entry.facts.get("number").and_then(Value::as_str).unwrap_or_default().to_owned();
        let is_final = entry.facts.get("final").and_then(Value::as_bool).unwrap_or(false);
        let seen = number("seen").unwrap_or(entry.number - 1);
        let report = Report { nth, number: document, entry: entry.number, seen, is_final, void: None };
        if let Some(incident) = self.incident_mut(of) {
            incident.reports.push(report);
        }
    }

    fn report_void(&mut self, entry: &Entry) {
        let number = entry.facts.get("number").and_then(Value::as_str);
        let reports = self.incidents.iter_mut().chain(&mut self.settled).flat_map(|incident| &mut incident.reports);
        for report in reports.filter(|report| Some(report.number.as_str()) == number) {
            report.void.get_or_insert(entry.number);
        }
    }

    fn incident_mut(&mut self, entry: u64) -> Option<&mut Opened> {
        self.incidents.iter_mut().chain(&mut self.settled).find(|incident| incident.entry == entry)
    }
}

fn word(entry: &Entry, said: Particulars) -> Word {
    Word { entry: entry.number, time: entry.time.clone(), by: entry.operator.name.clone(), said }
}

/// What a loss or a wrong hand-over says of the incident that comes of it.
fn opening(life: &Life, entry: &Entry, kind: Kind) -> Option<Opening> {
    let (what, circumstances, at) = match kind {
        Kind::Lost => Mishap::of(entry).map(|said| (said.what, said.circumstances, said.at))?,
        _ => Recalled::of(entry).map(|said| (said.what, said.reason, said.at))?,
    };
    let said = Particulars {
        circumstances: Some(circumstances),
        noticed: Some(at),
        pieces: parts(life, entry, what),
        ..Particulars::default()
    };
    Some(Opening { entry: entry.number, word: word(entry, said) })
}

fn parts(life: &Life, entry: &Entry, what: What) -> Vec<Part> {
    life.named(entry, what).into_iter().map(|id| Part { what, id }).collect()
}

/// The time a person stated, as a day.
fn day(at: DateTime<FixedOffset>) -> chrono::NaiveDate {
    at.date_naive()
}
