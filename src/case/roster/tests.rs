//! Rosters out of entries as a desk writes them.

use serde_json::{Map, Value, json};

use super::*;
use crate::calendar::iso;
use crate::case::facts::tests::entry;
use crate::case::people::{add_facts, retire_facts, train_facts, transfer_facts};

fn on(text: &str) -> NaiveDate {
    iso(text).unwrap()
}

fn facts(value: &Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn new(name: &str) -> NewPerson {
    NewPerson {
        number: String::new(),
        name: name.into(),
        role: "保護担当者".into(),
        section: "税務課".into(),
        party: Side::City,
        contact: "内線 123".into(),
        os_user: None,
        pledged: None,
    }
}

/// A ledger that grows as a desk uses it.
#[derive(Default)]
struct Desk {
    entries: Vec<Entry>,
    settings: Settings,
}

impl Desk {
    fn write(&mut self, kind: Kind, day: &str, facts: Map<String, Value>) {
        let number = self.entries.len() as u64 + 1;
        self.entries.push(entry(number, kind, day, facts));
    }

    fn roster(&self) -> Roster {
        Roster::from_entries(&self.entries)
    }

    fn add(&mut self, person: NewPerson) -> String {
        let person = self.roster().admit(person, on("2026-04-01"), &self.settings).unwrap();
        self.write(Kind::StaffAdd, "2026-04-01", add_facts(&person));
        person.number
    }

    fn train(&mut self, said: &str, day: &str) {
        let session = self.roster().session(on(day), "個人情報保護研修", [said]).unwrap();
        self.write(Kind::StaffTrain, "2026-04-02", train_facts(&session));
    }

    fn retire(&mut self, said: &str, day: &str) {
        let left = self.roster().retirement(said, on(day), "異動").unwrap();
        self.write(Kind::StaffRetire, "2026-04-03", retire_facts(&left));
    }

    /// One word for what is found on a day.
    fn judge(&self, who: Who, day: &str) -> String {
        match self.roster().judge(who, on(day), &self.settings) {
            Standing::Open => "open".into(),
            Standing::Listed(person) => format!("listed {}", person.number),
            Standing::Unlisted => "unlisted".into(),
            Standing::Retired(person) => format!("retired {}", person.number),
            Standing::Untrained { person, last, .. } => {
                format!("untrained {} {}", person.number, last.map(|d| d.to_string()).unwrap_or_default())
            }
            Standing::Ambiguous(people) => format!("ambiguous {}", people.len()),
        }
    }
}

#[test]
fn an_empty_roster_is_open_and_never_opens_again() {
    let mut desk = Desk::default();
    assert_eq!(desk.judge(Who::Said("だれか"), "2026-04-01"), "open");
    desk.add(new("佐藤"));
    assert_eq!(desk.judge(Who::Said("だれか"), "2026-04-01"), "unlisted");
    desk.retire("佐藤", "2026-05-01");
    assert_eq!(desk.judge(Who::Said("だれか"), "2026-05-02"), "unlisted");
    let mut odd = Desk::default();
    odd.write(Kind::StaffAdd, "2026-04-01", facts(&json!({"name": 7})));
    assert_eq!((odd.roster().unread(), odd.judge(Who::Said("x"), "2026-04-01").as_str()), (&[1][..], "unlisted"));
}

#[test]
fn a_person_is_told_as_listed() {
    let mut desk = Desk::default();
    let full = NewPerson { os_user: Some("sato".into()), pledged: iso("2026-03-31"), ..new("　佐藤　健 ") };
    assert_eq!(desk.add(full), "P-001");
    desk.train("佐藤　健", "2026-02-01");
    desk.train("P-001", "2025-02-01");
    let roster = desk.roster();
    let person = &roster.people()[0];
    assert_eq!((person.name.as_str(), person.section.as_str()), ("佐藤　健", "税務課"));
    assert_eq!(person.trained, [on("2025-02-01"), on("2026-02-01")]);
    assert_eq!((person.added, person.pledged, person.retired), (on("2026-04-01"), iso("2026-03-31"), None));
}

#[test]
fn namesakes_are_told_apart_by_number() {
    let mut desk = Desk::default();
    desk.settings.rules.training = Training::None;
    for name in ["佐藤　健", "佐藤　健", "髙橋", "高橋"] {
        desk.add(new(name));
    }
    assert_eq!(desk.judge(Who::Said("佐藤　健"), "2026-04-01"), "ambiguous 2");
    assert_eq!(desk.judge(Who::Said("ｐ－２"), "2026-04-01"), "listed P-002");
    assert_eq!(desk.judge(Who::Said(" 髙橋　"), "2026-04-01"), "listed P-003");
    assert_eq!(desk.judge(Who::Said("高橋"), "2026-04-01"), "listed P-004");
    assert_eq!(desk.judge(Who::Said("佐藤 健"), "2026-04-01"), "unlisted");
    assert_eq!(desk.judge(Who::Said("P-005"), "2026-04-01"), "unlisted");
    let roster = desk.roster();
    let wrong = roster.retirement("佐藤　健", on("2026-05-01"), "").unwrap_err();
    assert!(matches!(wrong, PeopleError::Ambiguous { who, .. } if who.len() == 2));
    desk.retire("P-001", "2026-05-01");
    assert_eq!(desk.judge(Who::Said("佐藤　健"), "2026-05-01"), "listed P-002");
}

#[test]
fn training_is_judged_by_the_rule_on_the_day() {
    for (rule, trained, day, expected) in [
        (Training::None, None, "2026-04-01", "listed P-001"),
        (Training::Once, None, "2026-04-01", "untrained P-001 "),
        (Training::Once, Some("2020-04-01"), "2026-04-01", "listed P-001"),
        (Training::Once, Some("2026-04-01"), "2026-04-01", "listed P-001"),
        (Training::Once, Some("2026-04-02"), "2026-04-01", "untrained P-001 "),
        (Training::FiscalYear, Some("2026-03-31"), "2026-04-01", "untrained P-001 2026-03-31"),
        (Training::FiscalYear, Some("2026-04-01"), "2027-03-31", "listed P-001"),
        (Training::FiscalYear, Some("2026-04-01"), "2027-04-01", "untrained P-001 2026-04-01"),
        (Training::TwelveMonths, Some("2025-05-10"), "2026-05-10", "listed P-001"),
        (Training::TwelveMonths, Some("2025-05-10"), "2026-05-11", "untrained P-001 2025-05-10"),
        (Training::TwelveMonths, Some("2024-02-29"), "2025-02-28", "listed P-001"),
        (Training::TwelveMonths, Some("2024-02-29"), "2025-03-01", "untrained P-001 2024-02-29"),
    ] {
        let mut desk = Desk::default();
        desk.settings.rules.training = rule;
        desk.add(new("佐藤"));
        if let Some(trained) = trained {
            desk.train("佐藤", trained);
        }
        assert_eq!(desk.judge(Who::Said("佐藤"), day), expected, "{rule:?} {trained:?} {day}");
    }
}

#[test]
fn who_has_left_acts_no_more_from_that_day_on() {
    let mut desk = Desk::default();
    desk.add(new("佐藤"));
    desk.train("佐藤", "2026-04-01");
    desk.retire("佐藤", "2026-07-01");
    assert_eq!(desk.judge(Who::Said("佐藤"), "2026-06-30"), "listed P-001");
    assert_eq!(desk.judge(Who::Said("佐藤"), "2026-07-01"), "retired P-001");
    let wrong = desk.roster().retirement("佐藤", on("2026-08-01"), "").unwrap_err();
    assert!(matches!(wrong, PeopleError::HasLeft { on: day, .. } if day == on("2026-07-01")));
    let again = Retirement { person: desk.roster().people()[0].named(), date: on("2027-01-01"), reason: String::new() };
    desk.write(Kind::StaffRetire, "2026-08-01", retire_facts(&again));
    assert_eq!(desk.judge(Who::Said("佐藤"), "2026-08-01"), "retired P-001");
    // Back again: a new number, and training of its own.
    assert_eq!(desk.add(new("佐藤")), "P-002");
    assert_eq!(desk.judge(Who::Said("佐藤"), "2026-08-01"), "untrained P-002 ");
}

#[test]
fn a_user_of_the_system_stands_for_a_person() {
    let mut desk = Desk::default();
    desk.settings.rules.training = Training::None;
    desk.add(NewPerson { os_user: Some("sato".into()), ..new("佐藤") });
    desk.add(new("鈴木"));
    assert_eq!(desk.judge(Who::OsUser("sato"), "2026-04-01"), "listed P-001");
    assert_eq!(desk.judge(Who::OsUser("佐藤"), "2026-04-01"), "unlisted");
    desk.settings.people.os_users =
        [("pc-7".to_owned(), "P-002".to_owned()), ("sato".to_owned(), "田中".to_owned())].into();
    assert_eq!(desk.judge(Who::OsUser("pc-7"), "2026-04-01"), "listed P-002");
    assert_eq!(desk.judge(Who::OsUser("sato"), "2026-04-01"), "unlisted");
}

/// Attack: one user of the system listed for a second person.
#[test]
fn a_user_of_the_system_is_nobody_elses() {
    let mut desk = Desk::default();
    desk.add(NewPerson { os_user: Some("sato".into()), ..new("佐藤") });
    let second = NewPerson { os_user: Some(" sato ".into()), ..new("鈴木") };
    let wrong = desk.roster().admit(second.clone(), on("2026-04-01"), &desk.settings).unwrap_err();
    assert!(matches!(wrong, PeopleError::OsUserTaken { by, .. } if by.name == "佐藤"));
    desk.retire("佐藤", "2026-07-01");
    assert_eq!(desk.roster().admit(second, on("2026-07-01"), &desk.settings).unwrap().number, "P-002");
}

/// Attack: an entry that puts another name under a known number, or trains somebody nobody listed.
#[test]
fn a_number_means_one_person_for_ever() {
    let mut desk = Desk::default();
    desk.add(new("佐藤"));
    desk.write(Kind::StaffAdd, "2026-04-01", add_facts(&NewPerson { number: "p-1".into(), ..new("偽者") }));
    desk.write(Kind::StaffAdd, "2026-04-01", add_facts(&NewPerson { number: "佐藤".into(), ..new("偽者") }));
    let ghost = vec![Named { number: "P-009".into(), name: "佐藤".into() }];
    let session = TrainingSession { date: on("2026-04-01"), title: String::new(), people: ghost };
    desk.write(Kind::StaffTrain, "2026-04-01", train_facts(&session));
    let roster = desk.roster();
    assert_eq!((roster.people().len(), roster.unread()), (1, &[2, 3, 4][..]));
    assert_eq!(roster.people()[0].name, "佐藤");
}

#[test]
fn only_what_was_done_counts() {
    let mut desk = Desk::default();
    desk.add(new("佐藤"));
    desk.train("佐藤", "2026-04-01");
    desk.entries[1].result = Outcome::Refused;
    assert_eq!(desk.judge(Who::Said("佐藤"), "2026-04-01"), "untrained P-001 ");
}

#[test]
fn what_one_held_passes_on_to_another() {
    let mut desk = Desk::default();
    for name in ["佐藤", "鈴木", "田中"] {
        desk.add(new(name));
    }
    desk.retire("佐藤", "2026-07-01");
    desk.retire("田中", "2026-07-01");
    let held = ["媒体 M-012".to_owned(), "通知書 S-004".to_owned()];
    let passed = desk.roster().transfer("佐藤", "鈴木", on("2026-07-02"), &held).unwrap();
    desk.write(Kind::StaffTransfer, "2026-07-02", transfer_facts(&passed));
    assert_eq!(desk.roster().transfers(), [passed]);
    let roster = desk.roster();
    let refused = |from, to| roster.transfer(from, to, on("2026-07-02"), &held).unwrap_err();
    assert_eq!(refused("鈴木", "P-002"), PeopleError::ToTheSame);
    assert!(matches!(refused("鈴木", "田中"), PeopleError::HasLeft { .. }));
    assert_eq!(refused("鈴木", "山田"), PeopleError::NotFound("山田".into()));
}

#[test]
fn a_session_names_everybody_once() {
    let mut desk = Desk::default();
    for name in ["佐藤", "鈴木"] {
        desk.add(new(name));
    }
    let roster = desk.roster();
    let session = roster.session(on("2026-04-01"), " 研修 ", ["佐藤", "P-001", "鈴木"]).unwrap();
    assert_eq!((session.people.len(), session.title.as_str()), (2, "研修"));
    assert_eq!(roster.session(on("2026-04-01"), "", []), Err(PeopleError::Nobody));
}
