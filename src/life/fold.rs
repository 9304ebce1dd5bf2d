//! The fold: every entry about a thing changes what is known of it by one small function.
//!
//! Entries come as later corrections leave them, in the order of their numbers. What an entry of the past claims is taken as it
//! stands: whether a step was allowed is asked before it is written, never here, so that an old ledger reads the same for ever.

use chrono::{DateTime, FixedOffset};
use serde::Deserialize;
use serde_json::Value;

use super::approval::Decision;
use super::bundle::{Bundle, Copied, Search};
use super::facts::{
    Acknowledged, Approved, BundleVoid, Checked, Declared, Destroyed, GivenBack, Handover, Incident, MachineAdd,
    MachineRetire, MediumAdd, MediumReset, Mishap, Part, PlaceAdd, Recalled, Received, Recovered, Returned, Revoked,
    TakenBack, Takeout, Told, VendorPaper, What, Witnessed,
};
use super::machine::{Machine, Store};
use super::piece::{Handed, Outing, Piece, Seen, State, Written};
use crate::calendar;
use crate::ledger::{Entry, Kind, Outcome, SubjectType};
use crate::typed::same_name;

/// The kinds of entries the fold looks at.
pub const KINDS: [Kind; 36] = [
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
    Kind::IncidentClose,
    Kind::Find,
    Kind::Reconcile,
    Kind::Hold,
    Kind::Release,
];

/// An incident that was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The entry that opened it.
    pub entry: u64,
    /// Why.
    pub cause: String,
    /// The things it is about.
    pub things: Vec<String>,
    /// The day.
    pub time: String,
}

/// A second person's look that came before the hand-over.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Look {
    piece: (What, String),
    by: String,
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
    /// Incidents.
    pub incidents: Vec<Opened>,
    looks: Vec<Look>,
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
            if matches!(entry.result, Outcome::Done | Outcome::InPart) {
                life.add(entry);
            }
        }
        life.count_copies();
        life
    }

    /// How much plaintext is left on each machine: an erasure of something else settles nothing.
    fn count_copies(&mut self) {
        for machine in &mut self.machines {
            let here = |copied: &&Copied| {
                copied.machine.as_ref() == Some(&machine.id)
                    || (copied.machine.is_none() && machine.host.as_ref() == Some(&copied.host))
            };
            machine.copies_left = self.bundles.iter().flat_map(Bundle::copies_left).filter(here).count();
        }
    }

    /// A medium or slip by its number.
    #[must_use]
    pub fn piece(&self, what: What, id: &str) -> Option<&Piece> {
        self.pieces.iter().find(|piece| piece.what == what && piece.id == id)
    }

    /// A bundle by its number.
    #[must_use]
    pub fn bundle(&self, id: &str) -> Option<&Bundle> {
        self.bundles.iter().find(|bundle| bundle.id == id)
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

    fn slot(&mut self, what: What, id: &str) -> &mut Piece {
        let found = self.pieces.iter().position(|piece| piece.what == what && piece.id == id);
        let at = found.unwrap_or_else(|| {
            self.pieces.push(Piece::new(id, what));
            self.pieces.len() - 1
        });
        &mut self.pieces[at]
    }

    fn bundle_slot(&mut self, id: &str) -> &mut Bundle {
        let found = self.bundles.iter().position(|bundle| bundle.id == id);
        let at = found.unwrap_or_else(|| {
            self.bundles.push(Bundle { id: id.to_owned(), medium: id.to_owned(), ..Bundle::default() });
            self.bundles.len() - 1
        });
        &mut self.bundles[at]
    }

    /// The pieces an entry is about: those it lists, else its medium or slip, else the media of its bundles.
    fn named(&self, entry: &Entry, what: What) -> Vec<String> {
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

    fn media_of_bundles(&self, bundles: impl Iterator<Item = String>) -> Vec<String> {
        bundles.map(|id| self.bundle(&id).map_or(id, |bundle| bundle.medium.clone())).collect()
    }

    fn add(&mut self, entry: &Entry) {
        let Some(kind) = entry.known_kind() else { return };
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
            Kind::Approve | Kind::Revoke | Kind::Witness | Kind::Incident => self.papers(entry, kind),
            Kind::IncidentClose => {
                let closed = entry.facts.get("incident").and_then(Value::as_u64);
                self.incidents.retain(|incident| Some(incident.entry) != closed);
            }
            Kind::Find => self.find(entry),
            Kind::MediumAdd => self.medium_add(entry),
            _ => self.step(entry, kind),
        }
    }

    fn pack(&mut self, entry: &Entry) {
        let Some(id) = subject(entry, SubjectType::Bundle) else { return };
        let medium = subject(entry, SubjectType::Medium).unwrap_or(id).to_owned();
        let text = |key: &str| entry.facts.get(key).and_then(Value::as_str).map(str::to_owned);
        let slip = entry.facts.get("slip");
        let given = slip.and_then(|slip| slip.get("given")).and_then(Value::as_str);
        let number = slip.and_then(|slip| slip.get("number")).and_then(Value::as_str);
        let slip = given.map(|_| number.map_or_else(|| slip_of(id), str::to_owned));
        let replaces = text("replaces");
        let bundle = self.bundle_slot(id);
        bundle.packed = Some(entry.number);
        bundle.packed_on = entry.time.get(..10).and_then(calendar::iso);
        bundle.medium.clone_from(&medium);
        bundle.slip.clone_from(&slip);
        bundle.title = text("title");
        bundle.items = texts(entry, "items");
        bundle.subjects = entry.facts.get("subjects").and_then(Value::as_u64);
        bundle.slip_given = given.map(str::to_owned);
        bundle.opening_code_sha256 = text("opening_code_sha256");
        bundle.many = entry.facts.get("many").and_then(Value::as_bool).unwrap_or(false);
        bundle.replaces.clone_from(&replaces);
        if let Some(old) = replaces {
            self.bundle_slot(&old).replaced_by = Some(id.to_owned());
        }
        let written = match text("written").as_deref() {
            Some("elsewhere") => Written::Unconfirmed,
            _ => Written::Confirmed,
        };
        // Who looked before has not seen this.
        self.looks.retain(|look| look.piece != (What::Media, medium.clone()));
        let piece = self.slot(What::Media, &medium);
        piece.bundles.push(id.to_owned());
        piece.written = written;
        piece.last = seen(entry);
        if let Some(slip) = slip {
            let piece = self.slot(What::Slip, &slip);
            piece.bundles = vec![id.to_owned()];
            piece.last = seen(entry);
        }
        self.touched(entry);
    }

    /// A medium whose bundle was read from it holds what was written.
    fn verify(&mut self, entry: &Entry) {
        if entry.facts.get("medium_read").and_then(Value::as_bool) == Some(true)
            && let Some(medium) = subject(entry, SubjectType::Medium)
        {
            self.slot(What::Media, medium).written = Written::Confirmed;
        }
    }

    fn open(&mut self, entry: &Entry) {
        let Some(id) = subject(entry, SubjectType::Bundle) else { return };
        let text = |key: &str| entry.facts.get(key).and_then(Value::as_str).map(str::to_owned);
        let copied = Copied {
            copy: text("copy").unwrap_or_else(|| format!("e-{}", entry.number)),
            entry: entry.number,
            host: entry.operator.host.clone(),
            by: entry.operator.name.clone(),
            machine: text("machine"),
            approval: text("approval"),
            erased: None,
        };
        let signer = entry.facts.get("signer").and_then(|signer| signer.get("fingerprint")).and_then(Value::as_str);
        let bundle = self.bundle_slot(id);
        bundle.copies.push(copied);
        if bundle.packed.is_none() {
            bundle.signer = signer.map(str::to_owned);
        }
        self.touched(entry);
    }

    /// Plaintext was on the machine.
    fn touched(&mut self, entry: &Entry) {
        let said = entry.facts.get("machine").and_then(Value::as_str).unwrap_or(&entry.operator.host);
        // One that was put in the place of another under the same name goes before it.
        let known = |machine: &&mut Machine| machine.id == said || machine.host.as_deref() == Some(said);
        let mut all: Vec<&mut Machine> = self.machines.iter_mut().filter(|machine| known(machine)).collect();
        all.sort_by_key(|machine| (machine.id == said, machine.retired.is_none(), machine.added));
        if let Some(machine) = all.pop() {
            machine.touched = Some(entry.number);
            machine.touched_on = entry.time.get(..10).and_then(calendar::iso);
            return;
        }
        match self.strangers.iter_mut().find(|(host, _)| host == said) {
            Some((_, last)) => *last = entry.number,
            None => self.strangers.push((said.to_owned(), entry.number)),
        }
    }

    fn document(&mut self, entry: &Entry) {
        let text = |key: &str| entry.facts.get(key).and_then(Value::as_str);
        // While a firm's paper is awaited, what is issued is no certificate.
        let awaited = text("form") == Some("destruction") && text("title") != Some("廃棄証明書");
        if awaited || !matches!(text("form"), Some("erasure" | "destruction")) {
            return;
        }
        let Some(number) = text("number").map(str::to_owned) else { return };
        for subject in entry.subjects.iter().filter(|subject| subject.kind == SubjectType::Bundle) {
            self.bundle_slot(&subject.id).certificates.push(number.clone());
        }
    }

    /// A slip's number out of force ends the slip; a bundle's ends both parts: 失効.
    fn void(&mut self, entry: &Entry) {
        if let Some(BundleVoid { bundle, .. }) = BundleVoid::of(entry) {
            let found = self.bundle_slot(&bundle);
            found.void = Some(entry.number);
            let (medium, slip) = (found.medium.clone(), found.slip.clone());
            // A medium with another bundle on it that is in force is still of use.
            let on_it = self.piece(What::Media, &medium).map(|piece| piece.bundles.clone()).unwrap_or_default();
            let all_void = on_it.iter().all(|id| self.bundle(id).is_none_or(|bundle| bundle.void.is_some()));
            if on_it.contains(&bundle) && all_void {
                self.slot(What::Media, &medium).void = Some(entry.number);
            }
            if let Some(slip) = slip {
                self.slot(What::Slip, &slip).void = Some(entry.number);
            }
            return;
        }
        let number = entry.facts.get("number").and_then(Value::as_str).unwrap_or_default();
        if let Some(piece) = self.pieces.iter_mut().find(|piece| piece.what == What::Slip && piece.id == number) {
            piece.void = Some(entry.number);
        }
    }

    fn erase(&mut self, entry: &Entry) {
        let gone: Vec<&str> = entry
            .facts
            .get("copies")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter(|copy| copy.get("gone").and_then(Value::as_bool) == Some(true))
            .filter_map(|copy| copy.get("copy").and_then(Value::as_str))
            .collect();
        for bundle in &mut self.bundles {
            let erased = bundle.copies.iter_mut().filter(|copy| gone.contains(&copy.copy.as_str()));
            let mut any = false;
            for copy in erased {
                copy.erased = Some(entry.number);
                any = true;
            }
            if any && bundle.copies_left().next().is_none() {
                bundle.erased = Some(entry.number);
            }
        }
        let host = &entry.operator.host;
        // Only one that says what data it was: a bundle's, a medium's, or items. Any other file of the case may be anything.
        let named = entry.subjects.iter().any(|s| matches!(s.kind, SubjectType::Bundle | SubjectType::Medium));
        if entry.result == Outcome::Done && (named || !texts(entry, "data_items").is_empty()) {
            let here = |machine: &&mut Machine| machine.host.as_ref() == Some(host) || machine.id == *host;
            let last =
                self.machines.iter_mut().filter(here).max_by_key(|machine| (machine.retired.is_none(), machine.added));
            if let Some(machine) = last {
                machine.erasures.push(entry.number);
            }
        }
    }

    /// What the other side's ledger says: that it received what went out from here. Nothing else of it changes anything.
    ///
    /// Attack: a partner's ledger that destroys, returns or voids things of ours.
    fn their_word(&mut self, entry: &Entry) {
        let Some(carried) = entry.carried().filter(|carried| carried.result == Outcome::Done) else { return };
        let said = Received::of(&carried).filter(|_| carried.is(Kind::Receive));
        let Some(said) = said else { return };
        // By the bundle: a number on their side may be another thing's on ours.
        let bundles = carried.subjects.iter().filter(|subject| subject.kind == SubjectType::Bundle);
        let ours = bundles.filter_map(|subject| self.bundle(&subject.id).filter(|bundle| !bundle.is_theirs()));
        let parts: Vec<String> = match said.what {
            What::Media => ours.map(|bundle| bundle.medium.clone()).collect(),
            What::Slip => ours.filter_map(|bundle| bundle.slip.clone()).collect(),
        };
        for id in parts {
            if let Some(piece) = self.pieces.iter_mut().find(|piece| piece.what == said.what && piece.id == id)
                && let Some(handed) = piece.handed_mut()
                && handed.receipt.is_none()
                // One of an earlier hand-over is none of this. The clocks of two desks differ by minutes, not by days.
                && said.at.date_naive() >= handed.seen.at.with_timezone(said.at.offset()).date_naive()
            {
                handed.receipt = Some(Seen { entry: entry.number, at: said.at });
            }
        }
    }

    fn medium_add(&mut self, entry: &Entry) {
        let Some(said) = MediumAdd::of(entry) else { return };
        let piece = self.slot(What::Media, &said.id);
        piece.registered = true;
        piece.kind = Some(said.kind);
        piece.serial = said.serial;
        piece.name = said.name;
        piece.users = said.users;
        piece.place = said.place.or_else(|| piece.place.take());
    }

    fn surroundings(&mut self, entry: &Entry, kind: Kind) {
        let named = subject(entry, SubjectType::Equipment).unwrap_or_default();
        match kind {
            Kind::EquipmentAdd => {
                let Some(MachineAdd { id, kind, name, serial, place, host }) = MachineAdd::of(entry) else { return };
                let met = |stranger: &(String, u64)| host.as_ref() == Some(&stranger.0) || stranger.0 == id;
                let touched = self.strangers.iter().find(|stranger| met(stranger)).map(|(_, entry)| *entry);
                self.strangers.retain(|stranger| !met(stranger));
                let (declared, erasures, retired) = (None, Vec::new(), None);
                let added = entry.number;
                self.machines.push(Machine {
                    id,
                    kind,
                    name,
                    serial,
                    place,
                    host,
                    added,
                    retired,
                    declared,
                    erasures,
                    touched,
                    touched_on: None,
                    copies_left: 0,
                });
            }
            Kind::PlaceAdd => {
                let Some(PlaceAdd { name, work, keep, address }) = PlaceAdd::of(entry) else { return };
                self.places.push(Store { name, work, keep, address, added: entry.number });
            }
            _ => {
                let Some(machine) = self.machines.iter_mut().find(|machine| machine.id == named) else { return };
                if let Some(said) = MachineRetire::of(entry).filter(|_| kind == Kind::EquipmentRetire) {
                    machine.retired = Some(said.date);
                } else if let Some(said) = Declared::of(entry) {
                    machine.declared = Some((entry.number, said.date, said.by));
                }
            }
        }
    }

    fn papers(&mut self, entry: &Entry, kind: Kind) {
        let things = || entry.subjects.iter().map(|subject| subject.id.clone()).collect();
        match kind {
            Kind::Approve => {
                let decision = Approved::of(entry).map(|said| Decision { said, entry: entry.number, revoked: None });
                self.decisions.extend(decision);
            }
            Kind::Revoke => {
                let Some(Revoked { purpose, number, .. }) = Revoked::of(entry) else { return };
                let mut same =
                    self.decisions.iter_mut().filter(|d| d.said.purpose == purpose && d.said.number == number);
                if let Some(decision) = same.rfind(|decision| decision.revoked.is_none()) {
                    decision.revoked = Some(entry.number);
                }
            }
            Kind::Witness => {
                let watched = Witnessed::of(entry).map(|said| Watched { entry: entry.number, said, things: things() });
                self.witnessed.extend(watched);
            }
            _ => {
                let opened = Incident::of(entry).map(|said| Opened {
                    entry: entry.number,
                    cause: said.cause,
                    things: things(),
                    time: entry.time.clone(),
                });
                self.incidents.extend(opened);
            }
        }
    }

    fn find(&mut self, entry: &Entry) {
        let found = entry.facts.get("bundles");
        let whole = entry.result == Outcome::Done;
        for subject in entry.subjects.iter().filter(|subject| subject.kind == SubjectType::Bundle) {
            let counts = found.and_then(|found| found.get(&subject.id));
            let count = |why: &str| counts.and_then(|counts| counts.get(why)).and_then(Value::as_u64).unwrap_or(0);
            let search = Search {
                entry: entry.number,
                whole,
                content: count("content"),
                name: count("name"),
                bundle_copies: count("bundle_copy"),
                places: texts(entry, "places"),
            };
            // Attack, or haste: a search of an empty folder after one that found something. Only who looks again where it was
            // found, and can look at all of it, has found that it is gone.
            let bundle = self.bundle_slot(&subject.id);
            let again = |old: &Search| whole && old.places.iter().all(|place| search.places.contains(place));
            bundle.searches.retain(|old| old.found_any() && !again(old));
            bundle.searches.push(search);
        }
    }

    /// A step of pieces.
    fn step(&mut self, entry: &Entry, kind: Kind) {
        let what: Option<What> = entry.facts.get("what").and_then(|what| What::deserialize(what).ok());
        let listed = entry.facts.contains_key("pieces");
        let whats = match what {
            Some(what) if !listed => vec![what],
            _ => vec![What::Media, What::Slip],
        };
        if kind == Kind::Ack && what.is_none() {
            return self.opening_proved(entry);
        }
        let mut things = Vec::new();
        for what in whats {
            for id in self.named(entry, what) {
                self.step_of(entry, kind, what, &id);
                self.slot(what, &id).last = seen(entry);
                things.push((what, id));
            }
        }
        match kind {
            Kind::Destroy => {
                let said = Destroyed::of(entry);
                self.destructions.extend(said.map(|said| Destruction {
                    entry: entry.number,
                    said,
                    things,
                    paper: None,
                }));
            }
            Kind::VendorCertificate => {
                let Some(VendorPaper { destroy, .. }) = VendorPaper::of(entry) else { return };
                if let Some(destruction) = self.destructions.iter_mut().find(|d| d.entry == destroy) {
                    destruction.paper = Some(entry.number);
                }
            }
            _ => {}
        }
    }

    fn step_of(&mut self, entry: &Entry, kind: Kind, what: What, id: &str) {
        match kind {
            Kind::Handover => self.handover(entry, what, id),
            Kind::HandoverCheck => self.check(entry, what, id),
            Kind::Receive => self.receive(entry, what, id),
            Kind::MediumReset => self.reset(entry, id),
            _ => moved(self.slot(what, id), entry, kind),
        }
    }

    fn handover(&mut self, entry: &Entry, what: What, id: &str) {
        let Some(said) = Handover::of(entry) else { return };
        let by = entry.operator.name.clone();
        let look = self.looks.iter().position(|look| look.piece == (what, id.to_owned()) && !same_name(&look.by, &by));
        let counts = !said.awaits_check || look.is_some();
        if let Some(look) = look {
            self.looks.remove(look);
        }
        let seen = Seen { entry: entry.number, at: said.at };
        let handed = Handed {
            seen,
            direction: said.direction,
            to: said.to,
            party: said.party,
            by: (by, entry.operator.os_user.clone()),
            counts,
            receipt: said.signed.then_some(seen),
            opened: None,
            sheet: said.sheet,
            overridden: said.overridden.is_some(),
        };
        let piece = self.slot(what, id);
        piece.due = said.due.or(piece.due);
        piece.recalled = None;
        piece.state = State::Handed(Box::new(handed));
    }

    fn check(&mut self, entry: &Entry, what: What, id: &str) {
        let Some(Checked { .. }) = Checked::of(entry) else { return };
        match self.slot(what, id).handed_mut() {
            Some(handed) => handed.counts = true,
            None => self.looks.push(Look { piece: (what, id.to_owned()), by: entry.operator.name.clone() }),
        }
    }

    /// What was on it is on no medium any more, and its slip opens nothing. Where it did not succeed, all of it is still there.
    fn reset(&mut self, entry: &Entry, id: &str) {
        let Some(said) = MediumReset::of(entry).filter(|said| said.succeeded) else { return };
        let piece = self.slot(What::Media, id);
        piece.resets.push(Seen { entry: entry.number, at: said.at });
        piece.written = Written::Nothing;
        (piece.void, piece.recalled, piece.due) = (None, None, None);
        piece.handovers.clear();
        for bundle in std::mem::take(&mut piece.bundles) {
            self.bundle_slot(&bundle).medium.clone_from(&bundle);
        }
    }

    fn receive(&mut self, entry: &Entry, what: What, id: &str) {
        let Some(said) = Received::of(entry) else { return };
        let bundles: Vec<String> =
            entry.subjects.iter().filter(|s| s.kind == SubjectType::Bundle).map(|s| s.id.clone()).collect();
        for bundle in &bundles {
            let bundle = self.bundle_slot(bundle);
            match what {
                What::Media => id.clone_into(&mut bundle.medium),
                What::Slip => bundle.slip = Some(id.to_owned()),
            }
        }
        let piece = self.slot(what, id);
        piece.number = said.number.or_else(|| piece.number.take());
        for bundle in bundles {
            if !piece.bundles.contains(&bundle) {
                piece.bundles.push(bundle);
            }
        }
        piece.theirs = true;
        piece.received = Some(Seen { entry: entry.number, at: said.at });
        piece.state = State::Here;
        piece.place = said.place;
        piece.due = said.due.or(piece.due);
    }

    /// Someone decrypted the bundle: it stands at the hand-over of its medium.
    fn opening_proved(&mut self, entry: &Entry) {
        let Some(said) = Acknowledged::of(entry).filter(|said| said.opened) else { return };
        // Whether the medium was named or its slip: it stands with the medium.
        let bundles = entry.subjects.iter().filter(|s| s.kind == SubjectType::Bundle).map(|s| s.id.clone());
        for id in self.media_of_bundles(bundles) {
            let medium = self.pieces.iter_mut().find(|piece| piece.what == What::Media && piece.id == id);
            if let Some(handed) = medium.and_then(Piece::handed_mut) {
                handed.opened = Some(Seen { entry: entry.number, at: said.at });
            }
        }
    }

    /// Whether a second person who is not the one named has looked at a piece that has not gone yet.
    #[must_use]
    pub fn looked_at(&self, what: What, id: &str, not_by: &str) -> bool {
        self.looks.iter().any(|look| look.piece.0 == what && look.piece.1 == id && !same_name(&look.by, not_by))
    }
}

/// A step that concerns one piece alone.
fn moved(piece: &mut Piece, entry: &Entry, kind: Kind) {
    let seen = |at: DateTime<FixedOffset>| Seen { entry: entry.number, at };
    match kind {
        Kind::Lost => {
            if let Some(said) = Mishap::of(entry) {
                leave(piece);
                piece.state = State::Lost(seen(said.at));
            }
        }
        Kind::Damaged => piece.damaged = Some(entry.number),
        Kind::Recovered => {
            if let Some(said) = Recovered::of(entry) {
                // What went to the wrong one did not go to the right one.
                if piece.recalled.is_none() {
                    leave(piece);
                }
                piece.state = State::Here;
                piece.place = said.place;
                piece.recalled = None;
            }
        }
        Kind::Recall => piece.recalled = Recalled::of(entry).map_or(piece.recalled, |_| Some(entry.number)),
        Kind::Ack => {
            if let (Some(said), Some(handed)) = (Acknowledged::of(entry), piece.handed_mut()) {
                handed.receipt = Some(seen(said.at));
            }
        }
        Kind::Takeout => {
            if let Some(Takeout { at, due, by, destination, .. }) = Takeout::of(entry) {
                piece.takeouts.push(entry.number);
                piece.state = State::Out(Outing { seen: seen(at), due, by, destination });
            }
        }
        Kind::Return => {
            if let Some(said) = Returned::of(entry) {
                piece.state = State::Here;
                piece.place = Some(said.place);
            }
        }
        Kind::GiveBack => {
            if let Some(said) = GivenBack::of(entry) {
                piece.state = State::GivenBack(seen(said.at));
            }
        }
        Kind::TakeBack => {
            if let Some(said) = TakenBack::of(entry) {
                if piece.recalled.is_none() {
                    leave(piece);
                }
                piece.state = State::Here;
                piece.place = said.place;
                piece.recalled = None;
            }
        }
        Kind::Destroy => {
            if let Some(said) = Destroyed::of(entry) {
                let seen = seen(said.at);
                piece.state = if said.vendor.is_some() { State::AtVendor(seen) } else { State::Destroyed(seen) };
            }
        }
        Kind::VendorCertificate => {
            if let (Some(_), State::AtVendor(seen)) = (VendorPaper::of(entry), &piece.state) {
                piece.state = State::Destroyed(Seen { entry: entry.number, at: seen.at });
            }
        }
        _ => {}
    }
}

/// A hand-over that is over is remembered.
fn leave(piece: &mut Piece) {
    if let State::Handed(handed) = std::mem::replace(&mut piece.state, State::Here) {
        piece.handovers.push(*handed);
    }
}

/// An entry at the time it states, or else at its own.
fn seen(entry: &Entry) -> Option<Seen> {
    let stated = entry.facts.get("at").and_then(Value::as_str).unwrap_or(&entry.time);
    Some(Seen { entry: entry.number, at: DateTime::parse_from_rfc3339(stated).ok()? })
}

fn subject(entry: &Entry, kind: SubjectType) -> Option<&str> {
    entry.subjects.iter().find(|subject| subject.kind == kind).map(|subject| subject.id.as_str())
}

fn texts(entry: &Entry, key: &str) -> Vec<String> {
    let list = entry.facts.get(key).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(|text| text.as_str().map(str::to_owned)).collect()
}
