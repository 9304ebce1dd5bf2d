//! Traces of what an auditor asks about: refusals, wrong secrets, rules set aside or loosened, work without an end, and what was
//! corrected, replaced or brought back since.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use serde_json::Value;

use super::check::Check;
use super::finding::{Fault, Finding, Noted};
use super::regime::Regime;
use super::seen::{Groups, Out, Seen, number, of, text};
use crate::case::changes;
use crate::ledger::{Entry, Kind, Outcome, SubjectType};
use crate::life::facts::{Checked, Handover, Told};

/// From so many wrong secrets in a row on, somebody is trying.
const MOST_WRONG: usize = 3;

/// Facts on which no check rests: who corrects a word of them hides nothing from this audit.
const TEXTS: [&str; 12] = [
    "title",
    "reason",
    "place",
    "remarks",
    "circumstances",
    "whereabouts",
    "section",
    "contact",
    "carry",
    "location",
    "scope",
    "serial",
];

/// Wrong secrets in a row.
#[derive(Debug, Default)]
struct Streak {
    entries: Vec<u64>,
    by: Vec<String>,
    day: Option<NaiveDate>,
    in_span: bool,
}

/// A rule that is weaker than it was.
#[derive(Debug)]
struct Weaker {
    key: String,
    old: Value,
    new: Value,
    put_back: Option<u64>,
    finding: Option<Finding>,
}

/// What was seen so far.
#[derive(Debug, Default)]
pub(super) struct Traces {
    refused: Groups<(NaiveDate, String, String)>,
    wrong: HashMap<String, Streak>,
    begun: BTreeMap<u64, Finding>,
    weaker: Vec<Weaker>,
    /// Looks that came before their hand-over: the entry and the user of the system, by piece.
    looks: HashMap<String, (u64, String)>,
}

impl Traces {
    /// Takes an entry in.
    pub fn take(&mut self, seen: &Seen, out: &mut Out) {
        if seen.in_span {
            out.looked(Check::Refused);
            out.looked(Check::Overridden);
        }
        self.refusal(seen);
        self.secret(seen, out);
        self.course(seen, out);
        set_aside(seen, out);
        self.second_look(seen, out);
        match seen.kind {
            Some(Kind::Correct) if seen.is_done() => corrected(seen, out),
            Some(Kind::KeyRotate) if seen.is_done() => key(seen, out),
            Some(Kind::Restore) if seen.is_done() => restored(seen, out),
            _ => {}
        }
    }

    fn refusal(&mut self, seen: &Seen) {
        if seen.entry.result != Outcome::Refused || !seen.in_span {
            return;
        }
        let kind = error(seen.entry).unwrap_or_default().to_owned();
        self.refused.of((seen.day, seen.by().to_owned(), kind), seen.day).push(seen.number(), seen.things());
    }

    /// Attack: passphrases tried one after the other, also under several names. So what counts is the bundle, until a secret fits.
    fn secret(&mut self, seen: &Seen, out: &mut Out) {
        let asks = matches!(
            seen.kind,
            Some(Kind::Open | Kind::List | Kind::Verify | Kind::Receive | Kind::Find | Kind::KeyRotate)
        );
        if !asks || seen.entry.result == Outcome::Begun {
            return;
        }
        let wrong = matches!(error(seen.entry), Some("wrong_passphrase" | "wrong_identity" | "wrong_key_passphrase"));
        // Work without a secret says nothing of one.
        let fits = seen.is_done()
            && (matches!(seen.kind, Some(Kind::Open | Kind::List))
                || seen.entry.facts.get("secret").and_then(Value::as_bool) == Some(true));
        if !wrong && !fits {
            return;
        }
        if seen.in_span {
            out.looked(Check::WrongPassphrase);
        }
        let thing = seen.of(SubjectType::Bundle).next().unwrap_or(&seen.entry.operator.host).to_owned();
        if fits {
            if let Some(streak) = self.wrong.remove(&thing) {
                streak.end(thing, out);
            }
            return;
        }
        let streak = self.wrong.entry(thing).or_default();
        streak.entries.push(seen.number());
        streak.day.get_or_insert(seen.day);
        streak.in_span |= seen.in_span;
        if !streak.by.iter().any(|by| by == seen.by()) {
            streak.by.push(seen.by().to_owned());
        }
    }

    /// What begins ends, or was killed.
    fn course(&mut self, seen: &Seen, out: &mut Out) {
        if seen.entry.result == Outcome::Begun {
            // The parts of an erasure that goes on are of the entry it began with.
            if seen.is(Kind::EraseBatch) {
                return;
            }
            if seen.in_span {
                out.looked(Check::Unfinished);
                let (kind, by) = (seen.entry.kind.clone(), seen.by().to_owned());
                self.begun.insert(seen.number(), seen.finding(Check::Unfinished, Fault::Unfinished { kind, by }));
            }
            return;
        }
        if seen.is(Kind::EraseBatch) {
            return;
        }
        for ended in ["begun", "resumes"].iter().filter_map(|key| number(seen.entry, key)) {
            self.begun.remove(&ended);
        }
    }

    /// The settings before and after an entry that says them.
    pub fn settings(&mut self, seen: &Seen, new: &Regime, out: &mut Out) {
        let old = &seen.regime.value;
        if old.is_null() {
            return;
        }
        if seen.in_span {
            out.looked(Check::Loosened);
        }
        for change in changes(old, &new.value) {
            let back = |weaker: &&mut Weaker| {
                weaker.key == change.key && weaker.put_back.is_none() && weaker.old == change.new
            };
            if let Some(weaker) = self.weaker.iter_mut().find(back) {
                weaker.put_back = Some(seen.number());
            } else if change.loosened {
                let fault = Fault::Loosened {
                    key: change.key.clone(),
                    old: told(&change.old),
                    new: told(&change.new),
                    put_back: None,
                };
                let finding = seen.in_span.then(|| seen.finding(Check::Loosened, fault));
                let (key, old, new) = (change.key, change.old, change.new);
                self.weaker.push(Weaker { key, old, new, put_back: None, finding });
            }
        }
    }

    /// A second look by the same user of the system: two names, and perhaps one person.
    fn second_look(&mut self, seen: &Seen, out: &mut Out) {
        let Some(entry) = seen.holds() else { return };
        let parts = || {
            let listed = entry.facts.get("pieces").map(Value::to_string);
            listed.unwrap_or_else(|| seen.things().join(" "))
        };
        match seen.kind {
            Some(Kind::HandoverCheck) => {
                let Some(said) = Checked::of(entry) else { return };
                if seen.in_span {
                    out.looked(Check::SameOsUser);
                }
                match said.other_os_user {
                    Some(false) if seen.in_span => {
                        out.find(seen.finding(Check::SameOsUser, same_user(seen)));
                    }
                    Some(_) => {}
                    None => {
                        self.looks.insert(parts(), (seen.number(), seen.entry.operator.os_user.clone()));
                    }
                }
            }
            Some(Kind::Handover) if Handover::of(entry).is_some_and(|said| said.awaits_check) => {
                let Some((look, os_user)) = self.looks.remove(&parts()) else { return };
                if os_user == seen.entry.operator.os_user && seen.in_span {
                    let finding = seen.finding(Check::SameOsUser, same_user(seen));
                    out.find(Finding { entries: vec![look, seen.number()], ..finding });
                }
            }
            _ => {}
        }
    }

    /// What can be told only after the last entry.
    pub fn end(self, out: &mut Out) {
        for ((_, by, kind), group) in self.refused.into_each() {
            out.find(group.finding(Check::Refused, Fault::Refused { by, kind }));
        }
        for (thing, streak) in self.wrong {
            streak.end(thing, out);
        }
        self.begun.into_values().for_each(|finding| out.find(finding));
        for Weaker { key, old, new, put_back, finding } in self.weaker {
            let Some(mut finding) = finding else { continue };
            finding.entries.extend(put_back);
            finding.fault = Fault::Loosened { key, old: told(&old), new: told(&new), put_back };
            out.find(finding);
        }
    }
}

impl Streak {
    fn end(self, thing: String, out: &mut Out) {
        let Self { entries, by, day, in_span } = self;
        if in_span && entries.len() >= MOST_WRONG {
            let fault = Fault::WrongPassphrase { by };
            out.find(Finding { check: Check::WrongPassphrase, fault, entries, day, things: vec![thing] });
        }
    }
}

fn same_user(seen: &Seen) -> Fault {
    Fault::SameOsUser { os_user: seen.entry.operator.os_user.clone() }
}

/// The kind of the error an entry ended with.
fn error(entry: &Entry) -> Option<&str> {
    entry.facts.get("error")?.get("kind")?.as_str()
}

/// A setting as a person reads it.
fn told(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(told).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// A rule set aside with a reason. As it was written: a correction takes no reason back.
fn set_aside(seen: &Seen, out: &mut Out) {
    if !seen.in_span || matches!(seen.entry.result, Outcome::Refused | Outcome::Begun) {
        return;
    }
    let found = ["overridden", "override"].iter().find_map(|key| seen.entry.facts.get(*key));
    let Some(found) = found.filter(|found| !found.is_null() && **found != Value::Bool(false)) else { return };
    let part = |key: &str| found.get(key).map(told);
    let (rule, reason) = match found {
        Value::Object(_) => (part("rule").unwrap_or_default(), part("reason").unwrap_or_default()),
        other => (seen.entry.kind.clone(), told(other)),
    };
    out.find(seen.finding(Check::Overridden, Fault::Overridden { rule, reason }));
}

/// Attack: the entry of an opening struck, so that nothing is left to be erased. What was struck, and what has other values that a
/// check would have asked about, is told; a word that was mistyped is noted.
fn corrected(seen: &Seen, out: &mut Out) {
    if !seen.in_span {
        return;
    }
    out.looked(Check::Corrected);
    let Some(corrects) = number(seen.entry, "corrects") else { return };
    let values = seen.entry.facts.get("facts").and_then(Value::as_object).filter(|values| !values.is_empty());
    if values.is_some_and(|values| values.keys().all(|key| is_word(seen, key))) {
        out.note(Noted::CorrectedText, seen.number());
        return;
    }
    let reason = text(seen.entry, "reason").unwrap_or_default().to_owned();
    let finding = seen.finding(Check::Corrected, Fault::Corrected { corrects, struck: values.is_none(), reason });
    out.find(Finding { entries: vec![corrects, seen.number()], ..finding });
}

/// Whether a fact is a word on which no check rests. Attack: the name of a firm or of a person, under which somebody else was looked
/// at or trained.
fn is_word(seen: &Seen, key: &str) -> bool {
    let thing = || [SubjectType::Medium, SubjectType::Equipment].into_iter().any(|kind| seen.of(kind).next().is_some());
    TEXTS.contains(&key) || (key == "name" && thing())
}

fn key(seen: &Seen, out: &mut Out) {
    if !seen.in_span {
        return;
    }
    out.looked(Check::KeyLost);
    if seen.entry.facts.get("lost").and_then(Value::as_bool) == Some(true) {
        let reason = text(seen.entry, "reason").unwrap_or_default().to_owned();
        out.find(seen.finding(Check::KeyLost, Fault::KeyLost { reason }));
    } else {
        out.note(Noted::KeyReplaced, seen.number());
    }
}

fn restored(seen: &Seen, out: &mut Out) {
    if !seen.in_span {
        return;
    }
    out.looked(Check::Restored);
    let lost = seen.entry.facts.get("lost");
    let end = |key: &str| lost.and_then(|lost| lost.get(key)).and_then(Value::as_u64);
    let lost = end("from").zip(end("to"));
    let documents = number(seen.entry, "documents_lost").unwrap_or_default();
    out.find(seen.finding(Check::Restored, Fault::Restored { lost, documents }));
}

/// 件数: what was told and what was counted, where one entry has both; and what came back otherwise than it went.
#[derive(Debug, Default)]
pub(super) struct Counts {
    /// 件数 as told when a bundle was made here.
    records: HashMap<String, u64>,
}

impl Counts {
    /// Takes an entry in.
    pub fn take(&mut self, seen: &Seen, out: &mut Out) {
        // The other side's 開封確認書 is theirs to correct.
        let carried = seen.entry.carried();
        let told = carried.as_ref().or(seen.holds());
        let Some(entry) = told.filter(|entry| matches!(entry.result, Outcome::Done | Outcome::InPart)) else { return };
        if let (true, Some(bundle)) = (seen.is(Kind::Pack), of(entry, SubjectType::Bundle).next()) {
            self.records.extend(number(entry, "records").map(|records| (bundle.to_owned(), records)));
        }
        if !seen.in_span {
            return;
        }
        if let Some(compared) = entry.facts.get("compared") {
            out.looked(Check::CountsDiffer);
            let difference = compared.get("difference").and_then(Value::as_str).map(str::to_owned);
            for of in ["records", "subjects"] {
                let count = |side: &str| compared.get(of)?.get(side)?.as_u64();
                let (told, counted) = (count("told"), count("counted"));
                let differs = told.is_some() && counted.is_some() && told != counted;
                if differs || (difference.is_some() && of == "records") {
                    let fault = Fault::CountsDiffer { of, told, counted, said: difference.clone() };
                    out.find(named(seen, entry, fault));
                }
            }
        }
        self.counted(seen, entry, out);
        for key in ["differs", "missing"] {
            let back = matches!(entry.known_kind(), Some(Kind::TakeBack | Kind::GiveBack));
            if let Some(said) = text(entry, key).filter(|_| back) {
                let fault =
                    Fault::CountsDiffer { of: "things", told: None, counted: None, said: Some(said.to_owned()) };
                out.find(named(seen, entry, fault));
            }
        }
    }

    /// What was counted here of a bundle that was made here.
    fn counted(&self, seen: &Seen, entry: &Entry, out: &mut Out) {
        let counted = entry.facts.get("counted").and_then(|counted| counted.get("records")).and_then(Value::as_u64);
        let told = of(entry, SubjectType::Bundle).find_map(|bundle| self.records.get(bundle).copied());
        if let (Some(told), Some(counted)) = (told, counted) {
            out.looked(Check::CountsDiffer);
            if told != counted {
                let (told, counted) = (Some(told), Some(counted));
                out.find(named(seen, entry, Fault::CountsDiffer { of: "records", told, counted, said: None }));
            }
        }
    }
}

/// A finding of an entry, or of the other side's that it carries.
fn named(seen: &Seen, entry: &Entry, fault: Fault) -> Finding {
    let finding = seen.finding(Check::CountsDiffer, fault);
    let things = entry.subjects.iter().filter(|s| matches!(s.kind, SubjectType::Bundle | SubjectType::Document));
    let things: Vec<String> = things.map(|subject| subject.id.clone()).collect();
    Finding { things: if things.is_empty() { finding.things } else { things }, ..finding }
}
