//! 【様式５】個人情報取扱状況報告書: what the ledger answers of its eight sections, held against the declaration.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::answers::Answers;
use super::facts::Conformity;
use super::fold::Declared;
use super::{Contradiction, Why};
use crate::case::Named;

/// The sections, as the form has them.
pub const SECTIONS: [&str; 8] = [
    "従業者の指定、教育及び監督",
    "管理区域の設定及び安全管理措置の実施",
    "セキュリティ強化のための管理策",
    "事件・事故における報告連絡体制",
    "情報資産の搬送及び持ち運ぶ際の保護体制",
    "関係法令の遵守",
    "定期監査の実施",
    "その他個人情報取扱安全管理基準適合申出書からの変更",
];

/// Something that is not as it was declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// Somebody joined.
    Joined(Named),
    /// Somebody left.
    Left(Named),
    /// A place was added.
    Place(String),
    /// A machine was added.
    Machine(String),
    /// A machine is used no more.
    MachineGone(String),
    /// A rule of the case says something else, by its key.
    Rule(String),
    /// A line of the 緊急連絡網 is new.
    Contact(String),
    /// A line of it is gone.
    ContactGone(String),
}

/// The eight sections against a declaration.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Compared {
    /// Differences, by section from 1. A section of which nothing was declared has none and is not in `covered`.
    pub differences: Vec<(usize, Difference)>,
    /// Sections of which something was declared that the ledger follows.
    pub covered: BTreeSet<usize>,
}

impl Compared {
    /// How a case stands, against what was declared. `now` has the same shape: what would be declared today.
    #[must_use]
    pub fn of(declared: &Conformity, now: &Conformity) -> Self {
        let mut compared = Self::default();
        compared.people(&declared.people, &now.people);
        compared.lists(2, &declared.places, &now.places, |new| Some(Difference::Place(new)), |_| None);
        let gone = |gone| Some(Difference::MachineGone(gone));
        compared.lists(3, &declared.machines, &now.machines, |new| Some(Difference::Machine(new)), gone);
        compared.rules(&declared.rules, &now.rules);
        let gone = |gone| Some(Difference::ContactGone(gone));
        compared.lists(4, &declared.emergency, &now.emergency, |new| Some(Difference::Contact(new)), gone);
        compared
    }

    /// Whether a section changed; none where the ledger cannot tell.
    #[must_use]
    pub fn changed(&self, section: usize) -> Option<bool> {
        let differs = self.of_section(section).next().is_some();
        if differs { Some(true) } else { self.covered.contains(&section).then_some(false) }
    }

    /// What is different in a section.
    pub fn of_section(&self, section: usize) -> impl Iterator<Item = &Difference> {
        self.differences.iter().filter(move |(at, _)| *at == section).map(|(_, difference)| difference)
    }

    fn people(&mut self, declared: &[Named], now: &[Named]) {
        if declared.is_empty() {
            return;
        }
        self.covered.insert(1);
        let not_in = |all: &[Named], one: &Named| !all.iter().any(|other| other.number == one.number);
        let joined = now.iter().filter(|one| not_in(declared, one)).map(|one| (1, Difference::Joined(one.clone())));
        let left = declared.iter().filter(|one| not_in(now, one)).map(|one| (1, Difference::Left(one.clone())));
        self.differences.extend(joined.chain(left));
    }

    fn lists(
        &mut self,
        section: usize,
        declared: &[String],
        now: &[String],
        new: impl Fn(String) -> Option<Difference>,
        gone: impl Fn(String) -> Option<Difference>,
    ) {
        if declared.is_empty() {
            return;
        }
        self.covered.insert(section);
        let added = now.iter().filter(|one| !declared.contains(one)).filter_map(|one| new(one.clone()));
        let lost = declared.iter().filter(|one| !now.contains(one)).filter_map(|one| gone(one.clone()));
        self.differences.extend(added.chain(lost).map(|difference| (section, difference)));
    }

    /// A rule that this version knows and an older one did not is no change.
    fn rules(&mut self, declared: &Map<String, Value>, now: &Map<String, Value>) {
        let other = declared.iter().filter(|(key, said)| now.get(*key).is_some_and(|now| now != *said));
        self.differences.extend(other.map(|(key, _)| (3, Difference::Rule(key.clone()))));
    }
}

/// Answers of 変更なし where something changed. `made` tells the entry that made a difference, where there is one.
#[must_use]
pub fn contradictions(
    answers: &Answers,
    compared: &Compared,
    declared: &Declared,
    made: impl Fn(&Difference) -> Option<u64>,
) -> Vec<Contradiction> {
    let unchanged = |section: &usize| answers.of(*section).choice == Some(false);
    let changed = (1..=SECTIONS.len()).filter(unchanged).filter(|section| compared.changed(*section) == Some(true));
    let told = |question| {
        let entries = std::iter::once(declared.entry).chain(compared.of_section(question).filter_map(&made)).collect();
        Contradiction { question, why: Why::Changed, entries }
    };
    changed.map(told).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::duties::answers::Answer;
    use serde_json::json;

    fn named(number: &str) -> Named {
        Named { number: number.into(), name: format!("{number}さん") }
    }

    fn declared() -> Conformity {
        Conformity {
            people: vec![named("P-001"), named("P-002")],
            places: vec!["金庫".into()],
            machines: vec!["PC-1".into()],
            rules: json!({ "two_person_check": true }).as_object().unwrap().clone(),
            ..Conformity::default()
        }
    }

    #[test]
    fn only_what_was_declared_is_compared() {
        let same = Compared::of(&declared(), &declared());
        let all: Vec<_> = (1..=8).map(|section| same.changed(section)).collect();
        let (no, unknown) = (Some(false), None);
        assert_eq!(all, [no, no, no, unknown, unknown, unknown, unknown, unknown]);
        let nothing = Compared::of(&Conformity::default(), &declared());
        assert!((1..=8).all(|section| nothing.changed(section).is_none()));
    }

    #[test]
    fn each_difference_is_told_in_its_section() {
        let mut now = declared();
        now.people = vec![named("P-002"), named("P-003")];
        now.places.push("倉庫".into());
        now.rules["two_person_check"] = false.into();
        now.rules.insert("new_rule".into(), 1.into());
        let found = Compared::of(&declared(), &now);
        let expected = [
            (1, Difference::Joined(named("P-003"))),
            (1, Difference::Left(named("P-001"))),
            (2, Difference::Place("倉庫".into())),
            (3, Difference::Rule("two_person_check".into())),
        ];
        assert_eq!(found.differences, expected);
        let mut answers = Answers::default();
        answers.put(1, Answer { choice: Some(false), text: None });
        answers.put(2, Answer { choice: Some(true), text: None });
        answers.put(7, Answer { choice: Some(false), text: None });
        let declared = Declared { entry: 12, recorded: None, said: declared() };
        let made = |difference: &Difference| matches!(difference, Difference::Joined(_)).then_some(20);
        let found = contradictions(&answers, &found, &declared, made);
        assert_eq!(found, [Contradiction { question: 1, why: Why::Changed, entries: vec![12, 20] }]);
    }
}
