//! Steps of media and slips.

use chrono::{DateTime, FixedOffset};
use serde::Deserialize;

use super::{Destruction, Life, Look, seen};
use crate::ledger::{Entry, Kind, Outcome, SubjectType};
use crate::life::facts::{
    Acknowledged, Checked, Destroyed, GivenBack, Handover, MediumReset, Mishap, Recalled, Received, Recovered,
    Returned, TakenBack, Takeout, Told, VendorPaper, What,
};
use crate::life::piece::{Handed, Outing, Piece, Seen, State, Written};
use crate::typed::same_name;

impl Life {
    /// A step of pieces.
    pub(super) fn step(&mut self, entry: &Entry, kind: Kind) {
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
                if let Some(destruction) = self.destructions.iter_mut().rfind(|d| d.entry == destroy) {
                    destruction.paper = Some(entry.number);
                }
            }
            _ => {}
        }
    }

    pub(super) fn step_of(&mut self, entry: &Entry, kind: Kind, what: What, id: &str) {
        match kind {
            Kind::Handover => self.handover(entry, what, id),
            Kind::HandoverCheck => self.check(entry, what, id),
            Kind::Receive => self.receive(entry, what, id),
            Kind::MediumReset => self.reset(entry, id),
            _ => moved(self.slot(what, id), entry, kind),
        }
    }

    pub(super) fn handover(&mut self, entry: &Entry, what: What, id: &str) {
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

    pub(super) fn check(&mut self, entry: &Entry, what: What, id: &str) {
        let Some(Checked { .. }) = Checked::of(entry) else { return };
        match self.slot(what, id).handed_mut() {
            Some(handed) => handed.counts = true,
            None => self.looks.push(Look { piece: (what, id.to_owned()), by: entry.operator.name.clone() }),
        }
    }

    pub(super) fn receive(&mut self, entry: &Entry, what: What, id: &str) {
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

    /// What was on it is on no medium any more, and its slip opens nothing. Where it did not succeed, all of it is still there.
    pub(super) fn reset(&mut self, entry: &Entry, id: &str) {
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

    /// Someone decrypted the bundle: it stands at the hand-over of its medium.
    pub(super) fn opening_proved(&mut self, entry: &Entry) {
        let Some(said) = Acknowledged::of(entry).filter(|said| said.opened) else { return };
        // Whether the medium was named or its slip: it stands with the medium.
        let bundles = entry.subjects.iter().filter(|s| s.kind == SubjectType::Bundle).map(|s| s.id.clone());
        for id in self.media_of_bundles(bundles) {
            if let Some(handed) = self.known_mut(What::Media, &id).and_then(Piece::handed_mut) {
                handed.opened = Some(Seen { entry: entry.number, at: said.at });
            }
        }
    }

    /// Whether a second person who is not the one named has looked at a piece that has not gone yet.
    #[must_use]
    pub fn looked_at(&self, what: What, id: &str, not_by: &str) -> bool {
        self.looks.iter().any(|look| look.piece.0 == what && look.piece.1 == id && !same_name(&look.by, not_by))
    }

    /// What the other side's ledger says: that it received what went out from here. Nothing else of it changes anything.
    ///
    /// Attack: a partner's ledger that destroys, returns or voids things of ours.
    pub(super) fn their_word(&mut self, entry: &Entry) {
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
            if let Some(piece) = self.known_mut(said.what, &id)
                && let Some(handed) = piece.handed_mut()
                && handed.receipt.is_none()
                // One of an earlier hand-over is none of this. The clocks of two desks differ by minutes, not by days.
                && said.at.date_naive() >= handed.seen.at.with_timezone(said.at.offset()).date_naive()
            {
                handed.receipt = Some(Seen { entry: entry.number, at: said.at });
            }
        }
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
