//! What is to be looked at, and when: the 実地検査 within its months, and demands that nobody saw met.

use chrono::{Days, NaiveDate};

use super::fold::Duties;
use crate::calendar;
use crate::case::{Effective, Settings, Side};
use crate::life::Open;
use crate::life::open::{Waits, Whom};

/// A look that is due so soon is told of.
const SOON: u64 = 60;

/// What is open on a day.
#[must_use]
pub fn open(duties: &Duties, settings: &Settings, contract: &Effective, today: NaiveDate) -> Vec<Open> {
    let mut open = demands(duties);
    let soon = today.checked_add_days(Days::new(SOON)).unwrap_or(today);
    let due = looks(duties, settings, contract, today).into_iter().filter(|(_, due)| *due <= soon);
    open.extend(due.map(|(firm, due)| {
        // A city that looked at its contractor may have written down its name or not.
        let of = Some(firm.as_str()).filter(|_| settings.side != Side::City);
        let last = duties.last_on_site(of).map(|held| held.entry);
        let entry = last.or_else(|| duties.firm_named(&firm).map(|known| known.entry));
        Open { due: Some(due), entry, ..Open::new(Waits::Inspection, Whom::Us, firm) }
    }));
    open
}

fn demands(duties: &Duties) -> Vec<Open> {
    let open = duties.held.iter().flat_map(|held| held.open().map(move |(nth, demand)| (held, nth, demand)));
    let matter = |(held, nth, demand): (&super::fold::Held, usize, &super::facts::Demand)| Open {
        entry: Some(held.entry),
        since: Some(held.said.date),
        due: demand.due,
        holder: held.said.of.clone(),
        ..Open::new(Waits::Improvement, Whom::Us, format!("{}-{nth}", held.entry))
    };
    open.map(matter).collect()
}

/// Whom to look at, and by when: the city at its contractor, a contractor at its own.
#[must_use]
pub fn looks(duties: &Duties, settings: &Settings, contract: &Effective, today: NaiveDate) -> Vec<(String, NaiveDate)> {
    let months = settings.rules.inspection_months;
    if months == 0 {
        return Vec::new();
    }
    let by = |firm: Option<&str>, from: Option<NaiveDate>, until: Option<NaiveDate>| {
        let last = duties.last_on_site(firm).map(|held| held.said.date);
        // The first day counts; the day of a look does not.
        let since = last.or_else(|| from.and_then(|from| from.pred_opt()))?;
        let due = calendar::period_end(since, months);
        // A contract of three months is looked at within them; one that was looked at before it ended is done with.
        match (last, until) {
            (Some(_), Some(until)) if due > until => None,
            (None, Some(until)) => Some(due.min(until)),
            _ => Some(due),
        }
    };
    match settings.side {
        Side::City => {
            let name = &settings.parties.contractor.name;
            let due = by(None, contract.from, contract.to);
            due.map(|due| (name.clone(), due)).into_iter().collect()
        }
        Side::Contractor | Side::Subcontractor => {
            // Attack: a firm that was never looked at is said to work no more. It should have been looked at while it did.
            let begun = duties.firms.iter().filter(|firm| firm.said.from.is_none_or(|from| from <= today));
            let due = |firm: &super::fold::Contracted| {
                let until = [firm.ended, firm.said.until, contract.to].into_iter().flatten().min();
                Some((firm.said.name.clone(), by(Some(&firm.said.name), firm.said.from.or(contract.from), until)?))
            };
            begun.filter_map(due).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::iso;
    use crate::duties::facts::{Firm, Inspection};
    use crate::duties::fold::{Contracted, Held};

    fn day(text: &str) -> NaiveDate {
        iso(text).unwrap()
    }

    fn city() -> (Settings, Effective) {
        let mut settings = Settings::of(Side::City);
        settings.parties.contractor.name = "見本".into();
        settings.contract.from = iso("2026-04-01");
        settings.contract.to = iso("2029-03-31");
        let contract = Effective::agreed(&settings, []);
        (settings, contract)
    }

    fn looked(date: &str) -> Held {
        let said = Inspection { date: day(date), by: vec!["佐藤".into()], ..Inspection::default() };
        Held { entry: 9, said, rechecks: Vec::new() }
    }

    #[test]
    fn the_city_looks_within_its_months_of_the_first_day_and_of_the_last_look() {
        let (mut settings, contract) = city();
        let due = |duties: &Duties, settings: &Settings| looks(duties, settings, &contract, day("2026-11-21"));
        let mut duties = Duties::default();
        assert_eq!(due(&duties, &settings), [("見本".to_owned(), day("2027-03-31"))]);
        duties.held.push(looked("2026-10-10"));
        assert_eq!(due(&duties, &settings), [("見本".to_owned(), day("2027-10-10"))]);
        settings.rules.inspection_months = 0;
        assert_eq!(due(&duties, &settings), []);
    }

    #[test]
    fn a_short_contract_is_looked_at_within_it_once() {
        let (mut settings, _) = city();
        settings.contract.to = iso("2026-06-30");
        let contract = Effective::agreed(&settings, []);
        let mut duties = Duties::default();
        assert_eq!(looks(&duties, &settings, &contract, day("2026-05-01")), [("見本".to_owned(), day("2026-06-30"))]);
        duties.held.push(looked("2026-05-10"));
        assert_eq!(looks(&duties, &settings, &contract, day("2026-06-01")), []);
    }

    #[test]
    fn a_contractor_looks_at_the_firms_that_work_for_it() {
        let settings = Settings::of(Side::Contractor);
        let contract = Effective::agreed(&settings, []);
        let said = Firm { name: "見本印刷".into(), from: iso("2026-05-01"), ..Firm::default() };
        let mut duties = Duties { firms: vec![Contracted { entry: 3, said, ended: None }], ..Duties::default() };
        let found = looks(&duties, &settings, &contract, day("2026-11-21"));
        assert_eq!(found, [("見本印刷".to_owned(), day("2027-04-30"))]);
        assert_eq!(open(&duties, &settings, &contract, day("2026-11-21")), [], "not yet");
        let soon = open(&duties, &settings, &contract, day("2027-03-10"));
        assert!(soon.len() == 1 && !soon[0].is_overdue(day("2027-03-10")) && soon[0].is_overdue(day("2027-05-01")));
        duties.firms[0].ended = iso("2026-12-31");
        let never = looks(&duties, &settings, &contract, day("2027-06-01"));
        assert_eq!(never, [("見本印刷".to_owned(), day("2026-12-31"))], "it ended, and nobody ever looked");
        let said = Inspection { of: Some("見本印刷".into()), ..looked("2026-09-01").said };
        duties.held.push(Held { said, ..looked("2026-09-01") });
        assert_eq!(looks(&duties, &settings, &contract, day("2027-06-01")), []);
    }
}
