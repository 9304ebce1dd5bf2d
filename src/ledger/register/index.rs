//! What must be known before the first line can be written: which entries were corrected, and on which medium each
//! bundle is. A correction comes after what it corrects, so the entries are walked twice.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;

use super::facts::{self, Facts};
use crate::ledger::{Entry, Kind, Outcome, Subject, SubjectType};

/// Whose entry: empty for this ledger, else the origin of the other one.
///
/// Attack: the other side sends a correction that names a number of ours. Numbers are told apart by origin, so it can
/// strike the other side's entries alone.
pub(super) type Origin = String;

/// A correction of one entry by a later one.
#[derive(Debug, Clone, PartialEq)]
pub struct Correction {
    /// The entry that is struck.
    pub struck: u64,
    /// The entry that strikes it.
    pub by: u64,
    /// Why.
    pub reason: String,
    /// What comes of it.
    pub effect: Effect,
}

/// What a correction does to the entry it names.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Nothing stands instead.
    Strikes,
    /// These values stand instead.
    Replaces(Instead),
    /// None: it was itself struck, or it only corrected another correction.
    Void,
}

/// What stands in the place of what was wrong.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Instead {
    /// Facts; a null takes one away.
    pub facts: Facts,
    /// The things the entry is about, when these were wrong.
    pub subjects: Option<Vec<Subject>>,
}

/// Corrections and media, learnt in a first walk over the entries.
#[derive(Debug, Default)]
pub struct Index {
    corrections: HashMap<(Origin, u64), Vec<Correction>>,
    placed: Vec<(Origin, Entry)>,
    media: HashMap<String, String>,
}

/// An entry as it stands after its corrections.
pub(super) struct Standing<'e> {
    pub entry: &'e Entry,
    pub origin: &'e str,
    pub subjects: Cow<'e, [Subject]>,
    /// None when it was struck and nothing stands instead.
    pub facts: Option<Cow<'e, Facts>>,
    pub corrections: &'e [Correction],
}

impl Index {
    /// An index of nothing. Give it every entry with [`Index::add`], then [`Index::settle`] it.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The index of these entries.
    #[must_use]
    pub fn of<'e>(entries: impl IntoIterator<Item = &'e Entry>) -> Self {
        let mut index = Self::new();
        entries.into_iter().for_each(|entry| index.add(entry));
        index.settle();
        index
    }

    /// Takes notice of an entry. Of most of them nothing is kept.
    pub fn add(&mut self, entry: &Entry) {
        let (origin, entry) = innermost(entry);
        if entry.result != Outcome::Done {
            return;
        }
        match facts::kind(&entry) {
            Some(Kind::Correct) => self.add_correction(&origin, &entry),
            // Only what names a medium is of use, and its facts are not.
            Some(Kind::Pack | Kind::Receive) => {
                let slim = Entry { facts: Facts::new(), ..entry.into_owned() };
                self.placed.push((origin.into_owned(), slim));
            }
            _ => {}
        }
    }

    fn add_correction(&mut self, origin: &str, entry: &Entry) {
        // An entry cannot correct itself or what comes after it; that also keeps chains from running in circles.
        let Some(struck) = facts::number(&entry.facts, "corrects").filter(|&number| number < entry.number) else {
            return;
        };
        let reason = facts::text(&entry.facts, "reason").unwrap_or_default();
        let correction = Correction { struck, by: entry.number, reason, effect: effect(&entry.facts) };
        self.corrections.entry((origin.to_owned(), struck)).or_default().push(correction);
    }

    /// Ends the first walk: corrections of corrections take effect, and every bundle finds its medium.
    pub fn settle(&mut self) {
        let mut keys: Vec<_> = self.corrections.keys().cloned().collect();
        // From the last to the first: a correction is corrected before it corrects.
        keys.sort_by_key(|(_, struck)| std::cmp::Reverse(*struck));
        for key in keys {
            let list = self.corrections.remove(&key).unwrap_or_default();
            let settled = list.into_iter().flat_map(|correction| self.corrected(&key.0, correction)).collect();
            self.corrections.insert(key, settled);
        }
        let placed = std::mem::take(&mut self.placed);
        // This ledger's own word about a bundle comes last, over that of the other side.
        let (own, theirs): (Vec<_>, Vec<_>) = placed.into_iter().partition(|(origin, _)| origin.is_empty());
        for (origin, entry) in theirs.into_iter().chain(own) {
            let subjects = self.standing(&origin, &entry).subjects.into_owned();
            let bundle = facts::named(&subjects, SubjectType::Bundle);
            if let (Some(bundle), Some(medium)) = (bundle, facts::named(&subjects, SubjectType::Medium)) {
                self.media.insert(bundle.to_owned(), medium.to_owned());
            }
        }
    }

    /// A correction after its own corrections, and these behind it, so that the line tells all of them.
    fn corrected(&self, origin: &str, mut correction: Correction) -> Vec<Correction> {
        let mut told = Vec::new();
        for later in self.corrections_in(origin, correction.by) {
            if later.struck == correction.by {
                correction.effect = correction.effect.after(&later.effect);
            }
            told.push(Correction { effect: Effect::Void, ..later.clone() });
        }
        told.insert(0, correction);
        told
    }

    /// The corrections of an entry of this ledger, and the corrections of these.
    #[must_use]
    pub fn corrections(&self, number: u64) -> &[Correction] {
        self.corrections_in("", number)
    }

    /// Whether an entry of this ledger was struck and is no longer as it reads.
    #[must_use]
    pub fn is_struck(&self, number: u64) -> bool {
        self.corrections(number).iter().any(|correction| correction.effect != Effect::Void)
    }

    fn corrections_in(&self, origin: &str, number: u64) -> &[Correction] {
        self.corrections.get(&(origin.to_owned(), number)).map_or(&[], Vec::as_slice)
    }

    /// The medium a bundle is on.
    pub(super) fn medium(&self, bundle: &str) -> Option<&str> {
        self.media.get(bundle).map(String::as_str)
    }

    /// An entry as it stands now.
    pub(super) fn standing<'e>(&'e self, origin: &'e str, entry: &'e Entry) -> Standing<'e> {
        let corrections = self.corrections_in(origin, entry.number);
        let mut standing = Standing {
            entry,
            origin,
            subjects: Cow::Borrowed(&entry.subjects),
            facts: Some(Cow::Borrowed(&entry.facts)),
            corrections,
        };
        for correction in corrections {
            match &correction.effect {
                Effect::Void => {}
                Effect::Strikes => standing.facts = None,
                Effect::Replaces(instead) => standing.replace(instead),
            }
        }
        standing
    }
}

impl<'e> Standing<'e> {
    fn replace(&mut self, instead: &'e Instead) {
        match &mut self.facts {
            Some(facts) => merge(facts.to_mut(), &instead.facts),
            None => self.facts = Some(Cow::Borrowed(&instead.facts)),
        }
        if let Some(subjects) = &instead.subjects {
            self.subjects = Cow::Borrowed(subjects);
        }
    }
}

impl Effect {
    /// What a correction does once a later one has corrected it.
    fn after(&self, later: &Self) -> Self {
        match (self, later) {
            (_, Self::Void) => self.clone(),
            (_, Self::Strikes) => Self::Void,
            (Self::Replaces(values), Self::Replaces(later)) => {
                let mut values = values.clone();
                merge(&mut values.facts, &later.facts);
                values.subjects = later.subjects.clone().or(values.subjects);
                Self::Replaces(values)
            }
            (_, Self::Replaces(_)) => later.clone(),
        }
    }
}

fn merge(facts: &mut Facts, instead: &Facts) {
    for (key, value) in instead {
        facts.insert(key.clone(), value.clone());
    }
}

/// What a correction says should stand instead.
fn effect(correct: &Facts) -> Effect {
    let facts = correct.get("facts").and_then(Value::as_object);
    let subjects = correct.get("subjects").and_then(|list| Vec::deserialize(list).ok());
    if facts.is_none() && subjects.is_none() {
        return Effect::Strikes;
    }
    Effect::Replaces(Instead { facts: facts.cloned().unwrap_or_default(), subjects })
}

/// The entry that `received` entries carry, with the ledger it is of.
pub(super) fn innermost(entry: &Entry) -> (Cow<'_, str>, Cow<'_, Entry>) {
    let mut origin = Cow::Borrowed("");
    let mut inner = Cow::Borrowed(entry);
    while facts::kind(&inner) == Some(Kind::Received) && inner.result == Outcome::Done {
        let carried = inner.facts.get("entry").and_then(|value| Entry::deserialize(value).ok());
        let Some(carried) = carried else { break };
        let from = facts::named(&inner.subjects, SubjectType::Ledger);
        // A ledger that is not named is still not this one.
        origin = Cow::Owned(from.unwrap_or("?").to_owned());
        inner = Cow::Owned(carried);
    }
    (origin, inner)
}
