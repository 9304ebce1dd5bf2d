//! Contracts that change on the way.

use serde_json::json;

use super::*;
use crate::calendar::iso;
use crate::case::facts::tests::entry;

fn on(text: &str) -> NaiveDate {
    iso(text).unwrap()
}

fn texts(list: &[&str]) -> Vec<String> {
    list.iter().map(|&text| text.to_owned()).collect()
}

fn settings() -> Settings {
    let mut settings = Settings::default();
    settings.contract.from = iso("2026-04-01");
    settings.contract.to = iso("2027-03-31");
    settings.contract.items = texts(&["氏名", "住所"]);
    settings
}

fn amendment(date: &str, to: Option<&str>, added: &[&str], removed: &[&str]) -> Amendment {
    Amendment {
        title: "契約変更".into(),
        date: on(date),
        to: to.map(on),
        items_added: texts(added),
        items_removed: texts(removed),
        ..Amendment::default()
    }
}

fn entries() -> Vec<Entry> {
    let later = amendment("2026-12-01", None, &["電話番号"], &["住所"]);
    let earlier = amendment("2026-10-01", Some("2028-09-30"), &[], &[]);
    let mut refused =
        entry(3, Kind::ContractAmend, "2026-09-01", amend_facts(&amendment("2026-09-01", None, &["税額"], &[])));
    refused.result = Outcome::Refused;
    vec![
        entry(1, Kind::ContractAmend, "2026-09-01", amend_facts(&later)),
        entry(2, Kind::ContractAmend, "2026-09-01", amend_facts(&earlier)),
        refused,
    ]
}

#[test]
fn a_change_counts_from_its_own_day() {
    let (settings, entries) = (settings(), entries());
    let items_on = |day| Effective::on(&settings, &entries, on(day)).items;
    assert_eq!(items_on("2026-11-30"), ["氏名", "住所"]);
    assert_eq!(items_on("2026-12-01"), ["氏名", "電話番号"]);
    let end_on = |day| Effective::on(&settings, &entries, on(day)).to;
    assert_eq!((end_on("2026-09-30"), end_on("2026-10-01")), (iso("2027-03-31"), iso("2028-09-30")));
    let agreed = Effective::agreed(&settings, &entries);
    let order: Vec<u64> = agreed.amendments.iter().map(|a| a.entry).collect();
    assert_eq!((order, agreed.from), (vec![2, 1], iso("2026-04-01")));
    let odd = [entry(7, Kind::ContractAmend, "2026-09-01", Map::new())];
    assert_eq!(Effective::agreed(&settings, &odd).unread, [7]);
}

#[test]
fn items_outside_the_contract_are_named() {
    let mut effective = Effective::agreed(&settings(), []);
    assert_eq!(effective.not_permitted(&texts(&["氏名", "税額", " 住所"])), ["税額"]);
    effective.items.clear();
    assert_eq!(effective.not_permitted(&texts(&["氏名"])), ["氏名"], "an emptied list permits nothing");
    assert!(Effective::agreed(&Settings::default(), []).not_permitted(&texts(&["税額"])).is_empty());
}

#[test]
fn a_change_that_cannot_be_is_refused() {
    let stands = Effective::agreed(&settings(), []);
    let open = Effective::agreed(&Settings::default(), []);
    let change = |to, added: &[&str], removed: &[&str]| amendment("2026-10-01", to, added, removed);
    for (effective, asked, wrong) in [
        (&stands, change(None, &[], &[]), AmendError::NothingChanges),
        (&stands, change(Some("2027-03-31"), &[], &[]), AmendError::NothingChanges),
        (
            &stands,
            change(Some("2026-03-31"), &[], &[]),
            AmendError::EndsBefore { from: on("2026-04-01"), to: on("2026-03-31") },
        ),
        (&stands, change(None, &["氏名 "], &[]), AmendError::Listed(texts(&["氏名"]))),
        (&stands, change(None, &[], &["税額"]), AmendError::NotListed(texts(&["税額"]))),
        (&stands, change(None, &[], &["氏名", "住所"]), AmendError::NothingLeft),
        (&stands, change(None, &[""], &[]), AmendError::Empty),
        (&stands, change(None, &["税\n額"], &[]), AmendError::Unseen { text: "税\n額".into(), character: '\n' }),
        (&open, change(None, &["税額"], &[]), AmendError::NoList),
    ] {
        assert_eq!(effective.admit(asked.clone()), Err(wrong), "{asked:?}");
    }
    let untitled = Amendment { title: "　".into(), ..change(Some("2028-03-31"), &[], &[]) };
    assert_eq!(stands.admit(untitled), Err(AmendError::Empty));
    let replaced = stands.admit(change(None, &["税額", "税額"], &["氏名", "住所"])).unwrap();
    assert_eq!(replaced.items_added, ["税額"]);
    assert!(open.admit(change(Some("2027-03-31"), &[], &[])).is_ok());
}

#[test]
fn fiscal_years_are_cut_to_the_contract() {
    let mut effective = Effective { from: iso("2026-10-01"), to: iso("2028-04-01"), ..Effective::default() };
    let spans = effective.fiscal_years();
    let shown: Vec<String> = spans.iter().map(|s| format!("{} {}..{}", s.year, s.from, s.to)).collect();
    let expected =
        ["令和8年度 2026-10-01..2027-03-31", "令和9年度 2027-04-01..2028-03-31", "令和10年度 2028-04-01..2028-04-01"];
    assert_eq!(shown, expected);
    effective.to = iso("2026-09-30");
    assert!(effective.fiscal_years().is_empty());
    assert!(Effective::default().fiscal_years().is_empty());
}

#[test]
fn records_are_kept_to_the_end_of_the_last_year() {
    for (end, years, next_year, kept) in [
        ("2027-03-31", 5, false, "2032-03-31"),
        ("2027-03-31", 5, true, "2032-03-31"),
        ("2027-04-01", 5, true, "2033-03-31"),
        ("2027-01-15", 1, false, "2028-01-15"),
        ("2027-01-15", 1, true, "2028-03-31"),
        ("2027-01-15", 0, true, "2027-03-31"),
        ("2027-01-15", 0, false, "2027-01-15"),
        ("2028-02-29", 1, false, "2029-02-28"),
        ("2028-02-29", 4, false, "2032-02-29"),
        ("2027-02-28", 1, false, "2028-02-29"),
    ] {
        let mut settings = settings();
        settings.contract.to = iso(end);
        settings.retention.years = years;
        settings.retention.from_next_fiscal_year = next_year;
        let effective = Effective::agreed(&settings, []);
        assert_eq!(retention_end(&settings, &effective), iso(kept), "{end} + {years}, {next_year}");
    }
    assert_eq!(retention_end(&Settings::default(), &Effective::default()), None);
    let settings = settings();
    assert_eq!(retention_end(&settings, &Effective::agreed(&settings, &entries())), iso("2033-09-30"));
}

#[test]
fn facts_have_keys_that_stay() {
    let change = Amendment {
        number: "第8-123号の2".into(),
        entry: 9,
        ..amendment("2026-10-01", Some("2028-03-31"), &["税額"], &[])
    };
    let told = json!({
        "number": "第8-123号の2",
        "title": "契約変更",
        "date": "2026-10-01",
        "to": "2028-03-31",
        "items_added": ["税額"],
        "items_removed": [],
    });
    assert_eq!(Value::Object(amend_facts(&change)), told);
}
