//! Edges of the checks, each with the least that shows it. What is found in a whole ledger is in `tests/audit.rs`.

use serde_json::{Value, json};

use super::{Asked, Audit, Auditor, Check, Fault, NoDecision};
use crate::calendar::{Span, iso};
use crate::case::facts::tests::entry;
use crate::case::{Effective, Settings};
use crate::ledger::{Entry, Kind, Outcome, Subject, SubjectType};

/// A ledger of a case that asks for a decision before things go out.
fn ledger(more: Vec<Entry>) -> Vec<Entry> {
    let mut settings = Settings::default().to_value();
    settings["rules"]["approval"] = json!(["takeout"]);
    let mut all = vec![told(Kind::Init, "2026-04-01T09:00:00+09:00", json!({ "settings": settings }))];
    all.extend(more);
    for (number, entry) in (1..).zip(&mut all) {
        entry.number = number;
    }
    all
}

fn told(kind: Kind, time: &str, facts: Value) -> Entry {
    let Value::Object(facts) = facts else { panic!("facts are an object") };
    Entry { time: time.to_owned(), ..entry(1, kind, "2026-04-01", facts) }
}

fn audited(entries: &[Entry]) -> Audit {
    let (settings, contract) = (Settings::default(), Effective::default());
    let span = Span::new(iso("2026-04-01").unwrap(), iso("2027-03-31").unwrap()).unwrap();
    let mut auditor = Auditor::new(Asked { span, today: span.until, contract: &contract, settings: &settings });
    for entry in entries {
        auditor.take(entry, Some(entry));
    }
    auditor.end()
}

fn found(entries: &[Entry], check: Check) -> Vec<(Fault, Vec<u64>)> {
    let all = audited(entries).findings.into_iter();
    all.filter(|one| one.check == check).map(|one| (one.fault, one.entries)).collect()
}

fn approved(things: &[&str], date: &str, until: Option<&str>) -> Entry {
    let said = json!({ "purpose": "takeout", "number": "第1号", "date": date, "by": "課長", "things": things, "until": until });
    told(Kind::Approve, "2026-04-02T10:00:00+09:00", said)
}

fn takeout(number: Option<&str>, day: &str) -> Entry {
    let at = format!("{day}T10:00:00+09:00");
    let said = json!({ "approval": number, "reason": "照合", "destination": "工場", "at": at, "due": at, "by": "佐藤",
        "pieces": [{ "what": "media", "id": "M-1" }] });
    told(Kind::Takeout, &at, said)
}

#[test]
fn a_decision_counts_only_when_it_was_there_in_force_and_for_the_thing() {
    let revoke = || {
        let said = json!({ "purpose": "takeout", "number": "第1号", "reason": "中止" });
        told(Kind::Revoke, "2026-04-02T11:00:00+09:00", said)
    };
    let why = |entries: Vec<Entry>| {
        let found = found(&ledger(entries), Check::NoApproval);
        found.into_iter().map(|(fault, _)| match fault {
            Fault::NoApproval { why, .. } => why,
            other => panic!("{other:?}"),
        })
    };
    let one = |entries| why(entries).collect::<Vec<_>>();
    let day = "2026-04-03";
    assert_eq!(one(vec![approved(&[], "2026-04-02", None), takeout(None, day)]), []);
    assert_eq!(one(vec![approved(&["M-1"], "2026-04-02", None), takeout(Some("第1号"), day)]), []);
    assert_eq!(one(vec![takeout(None, day)]), [NoDecision::None]);
    assert_eq!(one(vec![takeout(Some("第1号"), day), approved(&[], "2026-04-02", None)]), [NoDecision::Unknown]);
    for unfit in [approved(&["M-2"], "2026-04-02", None), approved(&[], "2026-04-01", Some("2026-04-02"))] {
        assert_eq!(one(vec![unfit, takeout(Some("第1号"), day)]), [NoDecision::NotInForce]);
    }
    let after = vec![approved(&[], "2026-04-02", None), revoke(), takeout(None, day)];
    assert_eq!(one(after), [NoDecision::NotInForce]);
    let before = vec![approved(&[], "2026-04-02", None), takeout(None, day), revoke()];
    assert_eq!(one(before), [], "what is taken back later was in force then");
    assert_eq!(one(vec![approved(&[], "2026-04-10", None), takeout(None, day)]), [NoDecision::Later]);
}

#[test]
fn hours_are_those_of_the_computer_and_of_the_settings_then() {
    let list = |time: &str| told(Kind::List, time, json!({}));
    let outside = |time: &str| !found(&ledger(vec![list(time)]), Check::OffHours).is_empty();
    for time in ["2026-04-02T08:30:00+09:00", "2026-04-02T17:15:59+09:00", "2026-04-02T12:00:00+00:00"] {
        assert!(!outside(time), "{time}");
    }
    for time in [
        "2026-04-02T08:29:59+09:00",
        "2026-04-02T17:16:00+09:00",
        "2026-04-04T12:00:00+09:00",
        "2026-09-22T12:00:00+09:00",
        "2026-12-29T12:00:00+09:00",
    ] {
        assert!(outside(time), "{time}");
    }
    let mut settings = Settings::default().to_value();
    settings["office"]["hours"] = json!("06:00-22:00");
    let longer = told(Kind::Settings, "2026-04-02T10:00:00+09:00", json!({ "settings": settings }));
    let evening = || list("2026-04-02T20:00:00+09:00");
    let all = ledger(vec![longer, evening()]);
    assert_eq!(found(&all, Check::OffHours), []);
    let changed = found(&all, Check::Loosened);
    assert!(changed.iter().any(|(fault, _)| matches!(fault, Fault::Loosened { key, .. } if key == "office.hours")));
}

#[test]
fn a_clock_may_differ_by_two_minutes_and_no_more() {
    let hold = |time: &str| told(Kind::Hold, time, json!({ "reason": "確認" }));
    let back = |time: &str| {
        let all = ledger(vec![hold("2026-04-02T10:00:00+09:00"), hold(time)]);
        found(&all, Check::Clock)
    };
    assert_eq!(back("2026-04-02T09:58:00+09:00"), []);
    assert_eq!(back("2026-04-02T09:57:59+09:00"), [(Fault::ClockBack { seconds: 121 }, vec![2, 3])]);
    assert_eq!(back("2027-04-01T09:00:00+09:00"), [(Fault::ClockAhead, vec![3])]);
}

#[test]
fn wrong_secrets_count_by_bundle_until_one_fits() {
    let tried = |bundle: &str, by: &str, error: Option<&str>| {
        let facts = error.map_or(json!({}), |kind| json!({ "error": { "code": 10, "kind": kind } }));
        let mut entry = told(Kind::Open, "2026-04-02T10:00:00+09:00", facts);
        entry.subjects = vec![Subject::new(SubjectType::Bundle, bundle)];
        by.clone_into(&mut entry.operator.name);
        entry.result = if error.is_some() { Outcome::Failed } else { Outcome::Done };
        entry
    };
    let wrong = Some("wrong_passphrase");
    let slips = ledger(vec![
        tried("A", "佐藤", wrong),
        tried("A", "佐藤", wrong),
        tried("A", "佐藤", None),
        tried("A", "佐藤", wrong),
    ]);
    assert_eq!(found(&slips, Check::WrongPassphrase), [], "who mistypes twice and then does not");
    let trying = ledger(vec![
        tried("A", "佐藤", wrong),
        tried("B", "佐藤", wrong),
        tried("A", "鈴木", wrong),
        tried("A", "佐藤", wrong),
    ]);
    let by = vec!["佐藤".to_owned(), "鈴木".to_owned()];
    assert_eq!(found(&trying, Check::WrongPassphrase), [(Fault::WrongPassphrase { by }, vec![2, 4, 5])]);
}

#[test]
fn a_correction_of_a_word_is_noted_and_any_other_is_found() {
    let correct = |facts: Value| {
        let said = json!({ "corrects": 2, "reason": "誤り", "facts": facts });
        let hold = told(Kind::Hold, "2026-04-02T10:00:00+09:00", json!({ "reason": "確認" }));
        let all = ledger(vec![hold, told(Kind::Correct, "2026-04-02T10:01:00+09:00", said)]);
        let audit = audited(&all);
        let found = audit.findings.iter().filter(|one| one.check == Check::Corrected).count();
        (found, audit.notes.len())
    };
    assert_eq!(correct(json!({ "reason": "照会" })), (0, 1));
    assert_eq!(correct(json!({})), (1, 0));
    assert_eq!(correct(json!({ "reason": "照会", "due": "2030-01-01" })), (1, 0));
}
