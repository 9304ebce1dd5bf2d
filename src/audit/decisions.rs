//! Work that asked for a decision (決裁・承認): whether one was recorded before it, and was in force for it on that day.
//!
//! What was asked for is what the settings asked for then; a subcontractor always needs one.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde_json::Value;

use super::check::Check;
use super::finding::{Fault, NoDecision};
use super::seen::{Out, Seen, of, text};
use crate::case::{Approval, Side};
use crate::ledger::{Entry, Kind, Outcome, SubjectType};
use crate::life::Life;
use crate::life::facts::{Approved, Destroyed, Handover, Part, Revoked, Takeout, Told, What};

/// A decision as it was recorded.
#[derive(Debug)]
struct Recorded {
    said: Approved,
    entry: u64,
    revoked: Option<u64>,
}

/// Decisions, so that each is found without going over all.
#[derive(Debug, Default)]
pub(super) struct Decisions {
    all: Vec<Recorded>,
    by_number: HashMap<(Approval, String), Vec<usize>>,
    by_thing: HashMap<(Approval, String), Vec<usize>>,
    general: HashMap<Approval, Vec<usize>>,
    /// When the erasures began that were killed and went on later: what was begun under a decision is brought to its end.
    begun: HashMap<u64, NaiveDate>,
}

/// Work that a decision comes before.
#[derive(Debug)]
struct Deed {
    purpose: Approval,
    /// The decision it names.
    number: Option<String>,
    /// What a decision has to name, one of these; nothing where the ledger does not know what it was.
    things: Vec<Vec<String>>,
    /// Where in the ledger it was decided to do it, and on which day.
    entry: u64,
    day: NaiveDate,
    /// The day on which it is said to have been done.
    on: NaiveDate,
    /// Who did it, as the entry names them.
    by: Vec<String>,
    /// Whether one was asked for. One that is named without being asked for is only held against who did it.
    asked: bool,
}

impl Decisions {
    /// Takes an entry in. `life` is what was known of things before it.
    pub fn take(&mut self, seen: &Seen, life: &Life, out: &mut Out) {
        match (seen.kind, seen.holds()) {
            (Some(Kind::Approve), Some(entry)) => self.decided(entry),
            (Some(Kind::Revoke), Some(entry)) => self.revoked(entry),
            (Some(Kind::Erase), _) if seen.entry.result == Outcome::Begun => {
                self.begun.insert(seen.number(), seen.day);
            }
            _ => {
                for deed in self.deeds(seen, life) {
                    self.judge(seen, &deed, out);
                }
            }
        }
    }

    fn decided(&mut self, entry: &Entry) {
        let Some(said) = Approved::of(entry) else { return };
        let (at, purpose) = (self.all.len(), said.purpose);
        self.by_number.entry((purpose, said.number.clone())).or_default().push(at);
        for thing in &said.things {
            self.by_thing.entry((purpose, thing.clone())).or_default().push(at);
        }
        if said.things.is_empty() {
            self.general.entry(purpose).or_default().push(at);
        }
        self.all.push(Recorded { said, entry: entry.number, revoked: None });
    }

    fn revoked(&mut self, entry: &Entry) {
        let Some(Revoked { purpose, number, .. }) = Revoked::of(entry) else { return };
        let of_number = self.by_number.get(&(purpose, number)).map(Vec::as_slice).unwrap_or_default();
        let last = of_number.iter().rev().copied().find(|at| self.all[*at].revoked.is_none());
        if let Some(at) = last {
            self.all[at].revoked = Some(entry.number);
        }
    }

    /// The work an entry tells of that a decision comes before.
    fn deeds(&self, seen: &Seen, life: &Life) -> Vec<Deed> {
        let Some(entry) = seen.standing else { return Vec::new() };
        match seen.kind {
            Some(Kind::Handover) if seen.is_done() => handover(seen, entry),
            Some(Kind::Takeout) if seen.is_done() => takeout(seen, entry),
            Some(Kind::Pack) if seen.is_done() => pack(seen, entry),
            Some(Kind::Open) if seen.is_done() => copy(seen, entry, life),
            Some(Kind::Destroy) if seen.is_done() => destroy(seen, entry),
            // What failed or was interrupted has destroyed data as well.
            Some(Kind::Erase | Kind::EraseFreeSpace)
                if !matches!(entry.result, Outcome::Refused | Outcome::Begun) && entry.facts.contains_key("begun") =>
            {
                self.erase(seen, entry)
            }
            _ => Vec::new(),
        }
    }

    fn erase(&self, seen: &Seen, entry: &Entry) -> Vec<Deed> {
        // 作業用の写し need no decision: the original is still there.
        if entry.facts.get("temporary").and_then(Value::as_bool) == Some(true) {
            return Vec::new();
        }
        let all = |kind| of(entry, kind).map(str::to_owned).collect::<Vec<_>>();
        let things = vec![all(SubjectType::Bundle), all(SubjectType::Medium)];
        let resumed = entry.facts.get("resumes").and_then(Value::as_u64);
        let day = resumed.and_then(|begun| self.begun.get(&begun).copied()).unwrap_or(seen.day);
        let deed = Deed { number: named(entry), things, day, on: seen.day, ..Deed::of(seen, Approval::Erasure) };
        vec![Deed { entry: resumed.unwrap_or(deed.entry), ..deed }]
    }

    fn judge(&self, seen: &Seen, deed: &Deed, out: &mut Out) {
        if !seen.in_span {
            return;
        }
        if deed.asked {
            out.looked(Check::NoApproval);
        }
        let found = self.find(deed);
        match found {
            Ok(decision) => {
                out.looked(Check::SelfApproved);
                if let Some(by) = deed.by.iter().find(|by| is_named(&decision.said.by, by)) {
                    let fault = Fault::SelfApproved { by: by.clone(), number: decision.said.number.clone() };
                    let mut finding = seen.finding(Check::SelfApproved, fault);
                    finding.entries.push(decision.entry);
                    out.find(finding);
                }
            }
            Err(why) if deed.asked => {
                let fault = Fault::NoApproval { purpose: deed.purpose, number: deed.number.clone(), why };
                out.find(seen.finding(Check::NoApproval, fault));
            }
            Err(_) => {}
        }
    }

    /// The decision that was in force for some work.
    fn find(&self, deed: &Deed) -> Result<&Recorded, NoDecision> {
        let key = |text: &String| (deed.purpose, text.clone());
        let listed = |at: Option<&Vec<usize>>| at.cloned().unwrap_or_default();
        let mut those = match &deed.number {
            Some(number) => listed(self.by_number.get(&key(number))),
            None if !deed.asked => return Err(NoDecision::None),
            None => {
                let named = deed.things.iter().flatten().flat_map(|thing| listed(self.by_thing.get(&key(thing))));
                named.collect()
            }
        };
        let none = if deed.number.is_some() { NoDecision::Unknown } else { NoDecision::None };
        let holding = |those: &[usize], why: &mut NoDecision| {
            let mut all = those.iter().rev().map(|at| &self.all[*at]);
            all.find(|one| match one.holds(deed) {
                Ok(()) => true,
                Err(found) => {
                    *why = found;
                    false
                }
            })
        };
        let mut why = none;
        those.sort_unstable();
        if let Some(found) = holding(&those, &mut why) {
            return Ok(found);
        }
        let general = self.general.get(&deed.purpose).filter(|_| deed.number.is_none());
        match general.and_then(|general| holding(general, &mut why)) {
            Some(found) => Ok(found),
            None => Err(why),
        }
    }
}

impl Recorded {
    /// Whether it was in force for some work.
    fn holds(&self, deed: &Deed) -> Result<(), NoDecision> {
        if self.entry > deed.entry {
            return Err(NoDecision::Unknown);
        }
        let over = self.said.until.is_some_and(|until| until < deed.day);
        if over || self.revoked.is_some_and(|revoked| revoked < deed.entry) {
            return Err(NoDecision::NotInForce);
        }
        if self.said.date > deed.on {
            return Err(NoDecision::Later);
        }
        // 再委託の承諾 is of a firm: one that names none is of none.
        let general = self.said.things.is_empty() && self.said.purpose != Approval::Subcontract;
        let said: Vec<&Vec<String>> = deed.things.iter().filter(|things| !things.is_empty()).collect();
        let covers = |things: &&&Vec<String>| things.iter().all(|thing| self.said.things.contains(thing));
        if general || said.is_empty() || said.iter().any(|things| covers(&things)) {
            Ok(())
        } else {
            Err(NoDecision::NotInForce)
        }
    }
}

impl Deed {
    fn of(seen: &Seen, purpose: Approval) -> Self {
        Self {
            purpose,
            number: None,
            things: Vec::new(),
            entry: seen.number(),
            day: seen.day,
            on: seen.day,
            by: vec![seen.by().to_owned()],
            asked: seen.regime.approval.contains(&purpose),
        }
    }
}

/// The decision an entry names: among its facts, else among its things.
fn named(entry: &Entry) -> Option<String> {
    text(entry, "approval").or_else(|| of(entry, SubjectType::Approval).next()).map(str::to_owned)
}

fn bundles(entry: &Entry) -> Vec<String> {
    of(entry, SubjectType::Bundle).map(str::to_owned).collect()
}

/// The pieces an entry lists.
fn pieces(entry: &Entry) -> Vec<Part> {
    entry.facts.get("pieces").and_then(|pieces| serde_json::from_value(pieces.clone()).ok()).unwrap_or_default()
}

/// The use of a medium: 許可した媒体だけを使う.
fn medium(seen: &Seen, ids: impl IntoIterator<Item = String>) -> impl Iterator<Item = Deed> {
    let asked = seen.regime.approval.contains(&Approval::Medium);
    let ids: Vec<String> = ids.into_iter().filter(|_| asked).collect();
    ids.into_iter().map(|id| Deed { things: vec![vec![id]], ..Deed::of(seen, Approval::Medium) })
}

fn media_of(parts: Vec<Part>) -> impl Iterator<Item = String> {
    parts.into_iter().filter(|part| part.what == What::Media).map(|part| part.id)
}

fn handover(seen: &Seen, entry: &Entry) -> Vec<Deed> {
    let Some(said) = Handover::of(entry) else { return Vec::new() };
    let (parts, on) = (pieces(entry), said.at.date_naive());
    let mut ids: Vec<String> = parts.iter().map(|part| part.id.clone()).collect();
    if ids.is_empty() {
        ids.extend(seen.of(SubjectType::Medium).chain(seen.of(SubjectType::Slip)).map(str::to_owned));
    }
    let things = vec![ids, bundles(entry)];
    let mut deeds = vec![Deed { number: said.approval.clone(), things, on, ..Deed::of(seen, Approval::Handover) }];
    if said.party == Side::Subcontractor {
        let firm = said.to.organization.clone().into_iter().collect();
        deeds.push(Deed { things: vec![firm], asked: true, ..Deed::of(seen, Approval::Subcontract) });
    }
    let media = media_of(parts).filter(|_| said.what == What::Media);
    deeds.extend(medium(seen, media));
    deeds
}

fn takeout(seen: &Seen, entry: &Entry) -> Vec<Deed> {
    let Some(said) = Takeout::of(entry) else { return Vec::new() };
    let things = vec![said.pieces.iter().map(|part| part.id.clone()).collect()];
    let (number, on) = (said.approval, said.at.date_naive());
    let taken = Deed { number, things, on, ..Deed::of(seen, Approval::Takeout) };
    let by = taken.by.iter().cloned().chain([said.by]).collect();
    [Deed { by, ..taken }].into_iter().chain(medium(seen, media_of(said.pieces))).collect()
}

fn pack(seen: &Seen, entry: &Entry) -> Vec<Deed> {
    let media = of(entry, SubjectType::Medium).map(str::to_owned);
    let firm = text(entry, "subcontractor").map(str::to_owned);
    let firm = firm.map(|firm| Deed { things: vec![vec![firm]], asked: true, ..Deed::of(seen, Approval::Subcontract) });
    medium(seen, media).chain(firm).collect()
}

/// What is opened while it is still open elsewhere is copied (複製).
fn copy(seen: &Seen, entry: &Entry, life: &Life) -> Vec<Deed> {
    let Some(bundle) = of(entry, SubjectType::Bundle).next() else { return Vec::new() };
    let is_copy = life.bundle(bundle).is_some_and(|known| known.copies_left().next().is_some());
    let deed = Deed { number: named(entry), things: vec![vec![bundle.to_owned()]], ..Deed::of(seen, Approval::Copy) };
    if is_copy || deed.number.is_some() { vec![Deed { asked: deed.asked && is_copy, ..deed }] } else { Vec::new() }
}

fn destroy(seen: &Seen, entry: &Entry) -> Vec<Deed> {
    let Some(said) = Destroyed::of(entry) else { return Vec::new() };
    let things = vec![said.pieces.iter().map(|part| part.id.clone()).collect()];
    let (number, on) = (said.approval, said.at.date_naive());
    let deed = Deed { number, things, on, ..Deed::of(seen, Approval::Destruction) };
    let by = deed.by.iter().cloned().chain([said.by]).collect();
    vec![Deed { by, ..deed }]
}

/// Whether who decided is who did it. A name may stand behind a title: 情報課長　見本太郎.
fn is_named(decided: &str, did: &str) -> bool {
    // What is no letter, or is not seen, parts no name from its title: 架空　花子（代決）.
    let plain = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let (decided, did) = (plain(decided), plain(did));
    did.chars().count() > 1 && decided.contains(&did)
}
