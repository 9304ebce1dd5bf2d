//! What is registered and decided: media, machines, places, decisions, witnesses.

use super::{Life, Watched, subject};
use crate::ledger::{Entry, Kind, SubjectType};
use crate::life::approval::Decision;
use crate::life::facts::{
    Approved, Declared, MachineAdd, MachineRetire, MediumAdd, PlaceAdd, Revoked, Told, What, Witnessed,
};
use crate::life::machine::{Machine, Store};

impl Life {
    pub(super) fn medium_add(&mut self, entry: &Entry) {
        let Some(said) = MediumAdd::of(entry) else { return };
        let piece = self.slot(What::Media, &said.id);
        piece.registered = true;
        piece.kind = Some(said.kind);
        piece.serial = said.serial;
        piece.name = said.name;
        piece.users = said.users;
        piece.place = said.place.or_else(|| piece.place.take());
    }

    pub(super) fn surroundings(&mut self, entry: &Entry, kind: Kind) {
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

    pub(super) fn papers(&mut self, entry: &Entry, kind: Kind) {
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
            _ => {
                let watched = Witnessed::of(entry).map(|said| Watched { entry: entry.number, said, things: things() });
                self.witnessed.extend(watched);
            }
        }
    }
}
