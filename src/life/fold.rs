//! The fold: every entry about a thing changes what is known of it by one small function.
//!
//! Entries come as later corrections leave them, in the order of their numbers. What an entry of the past claims is taken as it
//! stands: whether a step was allowed is asked before it is written, never here, so that an old ledger reads the same for ever.

mod books;
mod made;
mod moved;

use std::collections::HashMap;

use chrono::DateTime;
use serde::Deserialize;
use serde_json::Value;

use super::approval::Decision;
use super::bundle::{Bundle, Copied};
use super::facts::{Destroyed, Part, What, Witnessed};
use super::incident::{Opened, Opening};
use super::machine::{Machine, Store};
use super::piece::{Piece, Seen};
use crate::ledger::{Entry, Kind, Outcome, SubjectType};

/// The kinds of entries the fold looks at.
pub const KINDS: [Kind; 37] = [
    Kind::Pack,
    Kind::Verify,
    Kind::Open,
    Kind::Document,
    Kind::Void,
    Kind::Erase,
    Kind::Received,
    Kind::MediumAdd,
    Kind::MediumReset,
    Kind::Lost,
    Kind::Damaged,
    Kind::Recovered,
    Kind::EquipmentAdd,
    Kind::EquipmentRetire,
    Kind::Declare,
    Kind::PlaceAdd,
    Kind::Handover,
    Kind::HandoverCheck,
    Kind::Recall,
    Kind::Ack,
    Kind::Receive,
    Kind::Takeout,
    Kind::Return,
    Kind::GiveBack,
    Kind::TakeBack,
    Kind::Approve,
    Kind::Revoke,
    Kind::Witness,
    Kind::Destroy,
    Kind::VendorCertificate,
    Kind::Incident,
    Kind::IncidentUpdate,
    Kind::IncidentClose,
    Kind::Find,
    Kind::Reconcile,
    Kind::Hold,
    Kind::Release,
];

/// A second person's look that came before the hand-over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) piece: (What, String),
    pub(super) by: String,
}

/// A destruction, for who asks about its papers.
#[derive(Debug, Clone, PartialEq)]
pub struct Destruction {
    /// The entry.
    pub entry: u64,
    /// What it says.
    pub said: Destroyed,
    /// The things.
    pub things: Vec<(What, String)>,
    /// The entry of the firm's paper.
    pub paper: Option<u64>,
}

/// A witness record.
#[derive(Debug, Clone, PartialEq)]
pub struct Watched {
    /// The entry.
    pub entry: u64,
    /// What it says.
    pub said: Witnessed,
    /// The things.
    pub things: Vec<String>,
}

/// All that is known of things.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Life {
    /// Media and slips, in the order in which they were first named.
    pub pieces: Vec<Piece>,
    /// Bundles, in the same order.
    pub bundles: Vec<Bundle>,
    /// Machines.
    pub machines: Vec<Machine>,
    /// Computers that wrote plaintext and stand on no list, with the last entry.
    pub strangers: Vec<(String, u64)>,
    /// Places.
    pub places: Vec<Store>,
    /// Decisions.
    pub decisions: Vec<Decision>,
    /// Destructions.
    pub destructions: Vec<Destruction>,
    /// Witness records.
    pub witnessed: Vec<Watched>,
    /// Incidents that are open.
    pub incidents: Vec<Opened>,
    /// Incidents that are settled.
    pub settled: Vec<Opened>,
    pub(super) openings: Vec<Opening>,
    pub(super) looks: Vec<Look>,
    index: Index,
}

/// Where everything stands in the lists, so that a step costs the same in a ledger of a thousand bundles as in one of ten.
#[derive(Debug, Clone, Default, PartialEq)]
struct Index {
    media: HashMap<String, usize>,
    slips: HashMap<String, usize>,
    bundles: HashMap<String, usize>,
    /// Opened copies, by name: the bundles they are of.
    copies: HashMap<String, Vec<usize>>,
}

impl Index {
    fn pieces(&self, what: What) -> &HashMap<String, usize> {
        match what {
            What::Media => &self.media,
            What::Slip => &self.slips,
        }
    }

    fn pieces_mut(&mut self, what: What) -> &mut HashMap<String, usize> {
        match what {
            What::Media => &mut self.media,
            What::Slip => &mut self.slips,
        }
    }
}

/// The id of a slip without a number of its own.
#[must_use]
pub fn slip_of(bundle: &str) -> String {
    format!("{bundle}/slip")
}

impl Life {
    /// From entries in the order of their numbers.
    #[must_use]
    pub fn of<'e>(entries: impl IntoIterator<Item = &'e Entry>) -> Self {
        let mut life = Self::default();
        for entry in entries {
            life.take(entry);
        }
        life.settle();
        life
    }

    /// One more entry, for who goes over a ledger and does not hold it.
    pub fn take(&mut self, entry: &Entry) {
        if matches!(entry.result, Outcome::Done | Outcome::InPart) {
            self.add(entry);
        }
    }

    /// After the last entry.
    pub fn settle(&mut self) {
        self.count_copies();
    }

    /// A medium or slip by its number.
    #[must_use]
    pub fn piece(&self, what: What, id: &str) -> Option<&Piece> {
        self.index.pieces(what).get(id).and_then(|at| self.pieces.get(*at))
    }

    /// A bundle by its number.
    #[must_use]
    pub fn bundle(&self, id: &str) -> Option<&Bundle> {
        self.index.bundles.get(id).and_then(|at| self.bundles.get(*at))
    }

    /// The bundles on a medium, or the one a slip opens.
    pub fn bundles_of<'a>(&'a self, piece: &'a Piece) -> impl Iterator<Item = &'a Bundle> {
        piece.bundles.iter().filter_map(|id| self.bundle(id))
    }

    /// A machine by its number or its name on the network.
    #[must_use]
    pub fn machine(&self, said: &str) -> Option<&Machine> {
        let by_number = self.machines.iter().find(|machine| machine.id == said);
        by_number.or_else(|| self.machines.iter().find(|machine| machine.host.as_deref() == Some(said)))
    }

    pub(super) fn slot(&mut self, what: What, id: &str) -> &mut Piece {
        let found = self.index.pieces(what).get(id).copied();
        let at = found.unwrap_or_else(|| {
            self.pieces.push(Piece::new(id, what));
            let at = self.pieces.len() - 1;
            self.index.pieces_mut(what).insert(id.to_owned(), at);
            at
        });
        &mut self.pieces[at]
    }

    /// A piece that is known already.
    pub(super) fn known_mut(&mut self, what: What, id: &str) -> Option<&mut Piece> {
        self.index.pieces(what).get(id).and_then(|at| self.pieces.get_mut(*at))
    }

    pub(super) fn bundle_slot(&mut self, id: &str) -> &mut Bundle {
        let at = self.bundle_at(id);
        &mut self.bundles[at]
    }

    fn bundle_at(&mut self, id: &str) -> usize {
        let found = self.index.bundles.get(id).copied();
        found.unwrap_or_else(|| {
            self.bundles.push(Bundle { id: id.to_owned(), medium: id.to_owned(), ..Bundle::default() });
            let at = self.bundles.len() - 1;
            self.index.bundles.insert(id.to_owned(), at);
            at
        })
    }

    /// An opened copy of a bundle.
    pub(super) fn copied(&mut self, id: &str, copied: Copied) -> &mut Bundle {
        let at = self.bundle_at(id);
        let bundles = self.index.copies.entry(copied.copy.clone()).or_default();
        if !bundles.contains(&at) {
            bundles.push(at);
        }
        self.bundles[at].copies.push(copied);
        &mut self.bundles[at]
    }

    /// The bundles of which a copy of this name was opened.
    pub(super) fn bundles_copied(&self, copy: &str) -> Vec<usize> {
        self.index.copies.get(copy).cloned().unwrap_or_default()
    }

    /// The pieces an entry is about: those it lists, else its medium or slip, else the media of its bundles.
    #[must_use]
    pub fn named(&self, entry: &Entry, what: What) -> Vec<String> {
        if let Some(pieces) = entry.facts.get("pieces") {
            let pieces = Vec::<Part>::deserialize(pieces).unwrap_or_default();
            return pieces.into_iter().filter(|piece| piece.what == what).map(|piece| piece.id).collect();
        }
        let of = |kind| entry.subjects.iter().filter(move |s| s.kind == kind).map(|s| s.id.clone());
        match what {
            What::Slip => of(SubjectType::Slip).collect(),
            What::Media => {
                let media: Vec<String> = of(SubjectType::Medium).collect();
                if media.is_empty() { self.media_of_bundles(of(SubjectType::Bundle)) } else { media }
            }
        }
    }

    pub(super) fn media_of_bundles(&self, bundles: impl Iterator<Item = String>) -> Vec<String> {
        bundles.map(|id| self.bundle(&id).map_or(id, |bundle| bundle.medium.clone())).collect()
    }

    fn add(&mut self, entry: &Entry) {
        let Some(kind) = entry.known_kind() else { return };
        self.incident_step(entry, kind);
        match kind {
            Kind::Pack => self.pack(entry),
            Kind::Verify => self.verify(entry),
            Kind::Open => self.open(entry),
            Kind::Document => self.document(entry),
            Kind::Void => self.void(entry),
            Kind::Erase => self.erase(entry),
            Kind::Received => self.their_word(entry),
            Kind::EquipmentAdd | Kind::EquipmentRetire | Kind::Declare | Kind::PlaceAdd => {
                self.surroundings(entry, kind);
            }
            Kind::Approve | Kind::Revoke | Kind::Witness => self.papers(entry, kind),
            Kind::Incident | Kind::IncidentUpdate | Kind::IncidentClose => {}
            Kind::Find => self.find(entry),
            Kind::MediumAdd => self.medium_add(entry),
            _ => self.step(entry, kind),
        }
    }
}

/// An entry at the time it states, or else at its own.
pub(super) fn seen(entry: &Entry) -> Option<Seen> {
    let stated = entry.facts.get("at").and_then(Value::as_str).unwrap_or(&entry.time);
    Some(Seen { entry: entry.number, at: DateTime::parse_from_rfc3339(stated).ok()? })
}

pub(super) fn subject(entry: &Entry, kind: SubjectType) -> Option<&str> {
    entry.subjects.iter().find(|subject| subject.kind == kind).map(|subject| subject.id.as_str())
}

pub(super) fn texts(entry: &Entry, key: &str) -> Vec<String> {
    let list = entry.facts.get(key).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(|text| text.as_str().map(str::to_owned)).collect()
}
