//! Incidents out of entries as the commands write them.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::{Ground, Guide, guide};
use crate::calendar::iso;
use crate::case::{DataClass, Settings, Side};
use crate::ledger::entry::VERSION;
use crate::ledger::{Claim, Clock, Entry, Kind, Operator, Outcome, Subject, SubjectType};
use crate::life::{Life, open};

#[derive(Default)]
struct Book(Vec<Entry>);

impl Book {
    fn add(&mut self, kind: Kind, subjects: &[(SubjectType, &str)], facts: Value) -> u64 {
        let number = self.0.len() as u64 + 1;
        let Value::Object(facts) = facts else { panic!("{facts}") };
        let operator =
            Operator { name: "佐藤".into(), staff: None, by: Claim::Option, os_user: "s".into(), host: "pc".into() };
        self.0.push(Entry {
            v: VERSION,
            number,
            time: format!("2026-11-21T12:{number:02}:00.000+09:00"),
            clock: Clock { source: "system".into(), synchronised: None },
            operator,
            kind: kind.text(),
            subjects: subjects.iter().map(|(kind, id)| Subject::new(*kind, *id)).collect(),
            result: Outcome::Done,
            facts,
        });
        number
    }

    fn pack(&mut self, bundle: &str, medium: &str, subjects: Option<u64>) {
        let about = [(SubjectType::Bundle, bundle), (SubjectType::Medium, medium)];
        let slip = json!({ "given": "file", "number": format!("S-{medium}") });
        self.add(Kind::Pack, &about, json!({ "slip": slip, "subjects": subjects, "written": "medium" }));
    }

    fn incident(&mut self, facts: &Value) -> u64 {
        let mut all = json!({ "cause": "reported" });
        all.as_object_mut().unwrap().extend(facts.as_object().unwrap().clone());
        self.add(Kind::Incident, &[], all)
    }

    fn life(&self) -> Life {
        Life::of(&self.0)
    }
}

fn piece(id: &str) -> Value {
    json!([{ "what": "media", "id": id }])
}

#[test]
fn the_newest_of_each_fact_counts_and_the_older_ones_stay() {
    let mut book = Book::default();
    let entry = book.incident(&json!({ "circumstances": "紛失", "subjects": 120, "unlisted": ["封筒"] }));
    book.add(Kind::IncidentUpdate, &[], json!({ "incident": entry, "subjects": 30, "origin": "置き忘れ" }));
    book.add(Kind::IncidentUpdate, &[], json!({ "incident": entry, "unlisted": ["名簿"], "circumstances": "盗難" }));
    let life = book.life();
    let found = life.incident(entry).unwrap();
    let known = found.known();
    assert_eq!((known.circumstances.as_deref(), known.subjects), (Some("盗難"), Some(30)));
    assert_eq!((known.origin.as_deref(), known.unlisted), (Some("置き忘れ"), vec!["封筒".to_owned(), "名簿".into()]));
    let said: Vec<(u64, Option<u64>)> = found.words.iter().map(|word| (word.entry, word.said.subjects)).collect();
    assert_eq!(said, [(1, Some(120)), (2, Some(30)), (3, None)]);
    assert_eq!((found.words[1].by.as_str(), &found.words[1].time[11..16]), ("佐藤", "12:02"));
}

#[test]
fn what_a_loss_says_is_the_first_word_of_the_incident_it_opens() {
    let mut book = Book::default();
    book.pack("TW-20261121-AAAA", "M-1", Some(10));
    let medium = [(SubjectType::Medium, "M-1"), (SubjectType::Bundle, "TW-20261121-AAAA")];
    let lost =
        json!({ "what": "media", "pieces": piece("M-1"), "circumstances": "車内", "at": "2026-11-21T11:00:00+09:00" });
    let lost = book.add(Kind::Lost, &medium, lost);
    let entry = book.add(Kind::Incident, &medium, json!({ "cause": "lost", "entry": lost }));
    let life = book.life();
    let found = life.incident(entry).unwrap();
    assert_eq!((found.words.len(), found.words[0].entry), (1, lost));
    let known = found.known();
    assert_eq!((known.circumstances.as_deref(), known.noticed.is_some()), (Some("車内"), true));
    assert_eq!(life.still_missing(&known).len(), 1);
    assert_eq!(life.bundles_in(&known).len(), 1);
}

#[test]
fn a_settled_incident_is_kept_apart_and_what_comes_later_is_not_lost() {
    let mut book = Book::default();
    let entry = book.incident(&json!({ "circumstances": "誤送付" }));
    book.add(Kind::IncidentClose, &[], json!({ "incident": entry, "reason": "回収" }));
    book.add(Kind::IncidentUpdate, &[], json!({ "incident": entry, "prevention": "二人で確認" }));
    book.add(Kind::IncidentClose, &[], json!({ "incident": entry, "reason": "再度" }));
    let life = book.life();
    assert!(life.incidents.is_empty() && life.settled.len() == 1);
    let found = life.incident(entry).unwrap();
    assert_eq!(found.closed, Some((2, "回収".to_owned())));
    assert_eq!(found.known().prevention.as_deref(), Some("二人で確認"));
    assert_eq!(life.incident(2), None);
}

#[test]
fn reports_are_counted_by_those_in_force_and_notices_add_up() {
    let mut book = Book::default();
    let entry = book.incident(&json!({ "circumstances": "紛失" }));
    let report = |nth: u64, number: &str| json!({ "form": "incident", "number": number, "incident": entry, "report": nth, "seen": 1 });
    book.add(Kind::Document, &[], report(1, "D-0001"));
    book.add(Kind::Document, &[], report(2, "D-0002"));
    assert_eq!(book.life().incident(entry).unwrap().next_report(), 3);
    book.add(Kind::Void, &[], json!({ "number": "D-0002", "reason": "誤記" }));
    for persons in [12, 8] {
        let notified = json!({ "persons": persons, "date": "2026-11-21", "how": "郵送" });
        book.add(Kind::IncidentUpdate, &[], json!({ "incident": entry, "notified": notified }));
    }
    let life = book.life();
    let found = life.incident(entry).unwrap();
    assert_eq!((found.next_report(), found.has_final(), found.persons_notified()), (2, false, 20));
    assert_eq!(found.reports[1].void, Some(4));
    assert_eq!(found.words.len(), 1, "a notice alone is no word of what happened");
}

/// What stands in a guide: reasons, the day it counts from, both last days.
fn told(dates: &Guide) -> (Vec<(Ground, bool)>, [Option<String>; 3]) {
    let text = |day: Option<NaiveDate>| day.map(|day| day.to_string());
    (dates.grounds.clone(), [text(dates.from), text(dates.first_until), text(dates.final_until)])
}

/// A case in which every class of data was said not to be there.
fn harmless(side: Side) -> Settings {
    let mut settings = Settings::of(side);
    settings.contract.data_class = Vec::new();
    settings
}

#[test]
fn guide_dates_stand_only_where_a_report_may_be_due() {
    let dates = |settings: &Settings, facts: Value| {
        let mut book = Book::default();
        let entry = book.incident(&facts);
        let life = book.life();
        guide(&life, life.incident(entry).unwrap(), settings).map(|dates| told(&dates))
    };
    let none = |more: Value| {
        let mut facts = json!({ "wrongdoing": "no", "subjects": 100 });
        facts.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        facts
    };
    let settings = harmless(Side::City);
    assert_eq!(dates(&settings, none(json!({}))), None);
    let grounds = |facts| dates(&settings, facts).unwrap().0;
    assert_eq!(grounds(none(json!({ "subjects": 101 }))), [(Ground::ManySubjects, true)]);
    assert_eq!(grounds(none(json!({ "wrongdoing": "suspected" }))), [(Ground::Wrongdoing, true)]);
    assert_eq!(grounds(none(json!({ "wrongdoing": "unknown" }))), [(Ground::Wrongdoing, false)]);
    assert_eq!(grounds(json!({})), [(Ground::Wrongdoing, false), (Ground::ManySubjects, false)]);
    let mut classes = harmless(Side::City);
    classes.contract.data_class = vec![DataClass::IndividualNumber];
    assert_eq!(dates(&classes, none(json!({}))).unwrap().0, [(Ground::IndividualNumber, true)]);
    classes.contract.data_class = vec![DataClass::Unknown];
    assert!(dates(&classes, none(json!({}))).unwrap().0.iter().all(|(_, known)| !known));
}

#[test]
fn the_count_begins_when_the_reporting_body_knew() {
    let dates = |side, facts: Value| {
        let mut book = Book::default();
        let entry = book.incident(&facts);
        let life = book.life();
        told(&guide(&life, life.incident(entry).unwrap(), &harmless(side)).unwrap()).1
    };
    let day = |day: &str| Some(day.to_owned());
    let noticed = json!({ "noticed": "2026-11-21T09:00:00+09:00" });
    assert_eq!(dates(Side::City, noticed.clone()), [day("2026-11-21"), day("2026-11-25"), day("2026-12-20")]);
    for side in [Side::Contractor, Side::Subcontractor] {
        assert_eq!(dates(side, noticed.clone()), [None, None, None], "its own knowledge begins nothing");
    }
    let reported = json!({ "noticed": "2026-11-21T09:00:00+09:00", "reported": "2026-11-22T09:00:00+09:00", "wrongdoing": "suspected" });
    assert_eq!(dates(Side::Contractor, reported), [day("2026-11-22"), day("2026-11-26"), day("2027-01-20")]);
}

#[test]
fn counts_of_bundles_that_may_overlap_rule_out_by_their_sum_and_in_by_their_largest() {
    let grounds = |counts: &[Option<u64>]| {
        let mut book = Book::default();
        let mut pieces = Vec::new();
        for (at, count) in counts.iter().enumerate() {
            book.pack(&format!("TW-20261121-AAA{at}"), &format!("M-{at}"), *count);
            pieces.push(json!({ "what": "media", "id": format!("M-{at}") }));
        }
        let entry = book.incident(&json!({ "wrongdoing": "no", "pieces": pieces }));
        let life = book.life();
        guide(&life, life.incident(entry).unwrap(), &harmless(Side::City)).map(|dates| dates.grounds)
    };
    assert_eq!(grounds(&[Some(50), Some(50)]), None);
    assert_eq!(grounds(&[Some(60), Some(60)]), Some(vec![(Ground::ManySubjects, false)]));
    assert_eq!(grounds(&[Some(101), Some(1)]), Some(vec![(Ground::ManySubjects, true)]));
    assert_eq!(grounds(&[Some(1), None]), Some(vec![(Ground::ManySubjects, false)]));
    assert_eq!(grounds(&[]), Some(vec![(Ground::ManySubjects, false)]));
}

#[test]
fn an_open_incident_is_due_on_the_next_guide_date_until_the_final_report() {
    let mut book = Book::default();
    let entry = book.incident(&json!({ "noticed": "2026-11-21T09:00:00+09:00" }));
    let due = |book: &Book, today: &str| {
        let life = book.life();
        let mut all = open::all(&life, None);
        super::set_dues(&mut all, &life, &harmless(Side::City), iso(today).unwrap());
        all[0].due.map(|day| day.to_string())
    };
    assert_eq!(due(&book, "2026-11-25").as_deref(), Some("2026-11-25"));
    assert_eq!(due(&book, "2026-11-26").as_deref(), Some("2026-12-20"));
    assert_eq!(due(&book, "2027-01-31").as_deref(), Some("2026-12-20"), "overdue, until somebody issued it");
    let last = json!({ "form": "incident", "number": "D-0001", "incident": entry, "report": 1, "final": true });
    book.add(Kind::Document, &[], last);
    assert_eq!(due(&book, "2026-11-25"), None);
}
