//! Bundles: what was made, opened, erased, searched for, and on which machines.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Life, seen, slip_of, subject, texts};
use crate::calendar;
use crate::ledger::{Entry, Outcome, SubjectType};
use crate::life::bundle::{Bundle, Copied, Search};
use crate::life::facts::{BundleVoid, Told, What};
use crate::life::machine::Machine;
use crate::life::piece::Written;

impl Life {
    pub(super) fn pack(&mut self, entry: &Entry) {
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
    pub(super) fn verify(&mut self, entry: &Entry) {
        if entry.facts.get("medium_read").and_then(Value::as_bool) == Some(true)
            && let Some(medium) = subject(entry, SubjectType::Medium)
        {
            self.slot(What::Media, medium).written = Written::Confirmed;
        }
    }

    pub(super) fn open(&mut self, entry: &Entry) {
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
        let bundle = self.copied(id, copied);
        if bundle.packed.is_none() {
            bundle.signer = signer.map(str::to_owned);
        }
        self.touched(entry);
    }

    /// Plaintext was on the machine.
    pub(super) fn touched(&mut self, entry: &Entry) {
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

    pub(super) fn document(&mut self, entry: &Entry) {
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
    pub(super) fn void(&mut self, entry: &Entry) {
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
        if let Some(piece) = self.known_mut(What::Slip, number) {
            piece.void = Some(entry.number);
        }
    }

    pub(super) fn erase(&mut self, entry: &Entry) {
        let gone: Vec<&str> = entry
            .facts
            .get("copies")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter(|copy| copy.get("gone").and_then(Value::as_bool) == Some(true))
            .filter_map(|copy| copy.get("copy").and_then(Value::as_str))
            .collect();
        let touched: BTreeSet<usize> = gone.iter().flat_map(|copy| self.bundles_copied(copy)).collect();
        for at in touched {
            let bundle = &mut self.bundles[at];
            for copy in bundle.copies.iter_mut().filter(|copy| gone.contains(&copy.copy.as_str())) {
                copy.erased = Some(entry.number);
            }
            if bundle.copies_left().next().is_none() {
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

    pub(super) fn find(&mut self, entry: &Entry) {
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

    /// How much plaintext is left on each machine: an erasure of something else settles nothing.
    pub(super) fn count_copies(&mut self) {
        for machine in &mut self.machines {
            let here = |copied: &&Copied| {
                copied.machine.as_ref() == Some(&machine.id)
                    || (copied.machine.is_none() && machine.host.as_ref() == Some(&copied.host))
            };
            machine.copies_left = self.bundles.iter().flat_map(Bundle::copies_left).filter(here).count();
        }
    }
}
