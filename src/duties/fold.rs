//! The fold: declarations, firms and looks, as the entries tell of them.

use chrono::NaiveDate;

use super::facts::{Conformity, Demand, Firm, Inspection, Look, Rechecked};
use crate::case::facts::day_of;
use crate::ledger::{Entry, Kind, Outcome};
use crate::life::facts::Told;
use crate::typed;

/// The kinds of entries it looks at.
pub const KINDS: [Kind; 4] = [Kind::Conformity, Kind::Subcontractor, Kind::Inspection, Kind::Recheck];

/// 適合申出書
#[derive(Debug, Clone, PartialEq)]
pub struct Declared {
    /// The entry.
    pub entry: u64,
    /// The day it was recorded: what is compared is how the case stood then.
    pub recorded: Option<NaiveDate>,
    /// What it says.
    pub said: Conformity,
}

/// A subcontractor.
#[derive(Debug, Clone, PartialEq)]
pub struct Contracted {
    /// The entry that tells of it last.
    pub entry: u64,
    /// What it says.
    pub said: Firm,
    /// The day it ended.
    pub ended: Option<NaiveDate>,
}

impl Contracted {
    /// Whether it works on a day.
    #[must_use]
    pub fn works(&self, day: NaiveDate) -> bool {
        let begun = self.said.from.is_none_or(|from| from <= day);
        begun && self.said.until.is_none_or(|until| day <= until) && self.ended.is_none_or(|ended| day <= ended)
    }
}

/// Somebody looked.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// The entry.
    pub entry: u64,
    /// What it says.
    pub said: Inspection,
    /// Who looked again: entry and what was said, the earliest first.
    pub rechecks: Vec<(u64, Rechecked)>,
}

impl Held {
    /// The last word on a demand, from 1.
    #[must_use]
    pub fn recheck(&self, demand: usize) -> Option<&(u64, Rechecked)> {
        self.rechecks.iter().rev().find(|(_, said)| said.demand == demand)
    }

    /// Demands of which nobody has seen that they were met, with their number from 1.
    pub fn open(&self) -> impl Iterator<Item = (usize, &Demand)> {
        let numbered = self.said.demands.iter().enumerate().map(|(at, demand)| (at + 1, demand));
        numbered.filter(|(nth, _)| !self.recheck(*nth).is_some_and(|(_, said)| said.improved))
    }

    /// Whether it was of this firm.
    #[must_use]
    pub fn is_of(&self, firm: &str) -> bool {
        self.said.of.as_deref().is_some_and(|of| typed::same_name(of, firm))
    }
}

/// All of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Duties {
    /// 適合申出書, in the order of their entries.
    pub declared: Vec<Declared>,
    /// Subcontractors.
    pub firms: Vec<Contracted>,
    /// Inspections.
    pub held: Vec<Held>,
}

impl Duties {
    /// From entries in the order of their numbers, as later corrections leave them.
    #[must_use]
    pub fn of<'e>(entries: impl IntoIterator<Item = &'e Entry>) -> Self {
        let mut duties = Self::default();
        entries.into_iter().for_each(|entry| duties.take(entry));
        duties
    }

    /// Takes in one more; those that tell of something else are passed over.
    pub fn take(&mut self, entry: &Entry) {
        if entry.result != Outcome::Done {
            return;
        }
        match entry.known_kind() {
            Some(Kind::Conformity) => {
                self.declared.extend(Told::of(entry).map(|said| {
                    let (entry, recorded) = (entry.number, day_of(entry));
                    Declared { entry, recorded, said }
                }));
            }
            Some(Kind::Subcontractor) => self.firm(entry),
            Some(Kind::Inspection) => {
                let held = Told::of(entry).map(|said| Held { entry: entry.number, said, rechecks: Vec::new() });
                self.held.extend(held);
            }
            Some(Kind::Recheck) => {
                let Some(said) = Rechecked::of(entry) else { return };
                if let Some(held) = self.held.iter_mut().find(|held| held.entry == said.inspection) {
                    held.rechecks.push((entry.number, said));
                }
            }
            _ => {}
        }
    }

    fn firm(&mut self, entry: &Entry) {
        let Some(said) = Firm::of(entry) else { return };
        let known = self.firms.iter().position(|firm| typed::same_name(&firm.said.name, &said.name));
        match (known, said.ended) {
            (Some(at), Some(ended)) => self.firms[at].ended = Some(ended),
            (Some(at), None) => self.firms[at] = Contracted { entry: entry.number, said, ended: None },
            (None, ended) => self.firms.push(Contracted { entry: entry.number, said, ended }),
        }
    }

    /// A firm by name.
    #[must_use]
    pub fn firm_named(&self, name: &str) -> Option<&Contracted> {
        self.firms.iter().find(|firm| typed::same_name(&firm.said.name, name))
    }

    /// The declaration that held on a day: the last one handed in by then.
    #[must_use]
    pub fn declared_by(&self, day: NaiveDate) -> Option<&Declared> {
        self.declared.iter().filter(|declared| declared.said.date <= day).max_by_key(|one| (one.said.date, one.entry))
    }

    /// The last 実地検査 of a firm, or of anybody where none is named.
    #[must_use]
    pub fn last_on_site(&self, firm: Option<&str>) -> Option<&Held> {
        let of = |held: &&Held| firm.is_none_or(|firm| held.is_of(firm));
        self.held.iter().filter(|held| held.said.look == Look::OnSite).filter(of).max_by_key(|held| held.said.date)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::iso;
    use crate::case::facts::tests::entry;
    use serde_json::{Value, json};

    fn facts(value: &Value) -> serde_json::Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    fn day(text: &str) -> NaiveDate {
        iso(text).unwrap()
    }

    #[test]
    fn a_demand_is_open_until_somebody_saw_that_it_was_met() {
        let inspection = json!({
            "look": "on_site", "date": "2026-10-01", "of": "株式会社 見本", "by": ["佐藤"],
            "demands": [{ "finding": "施錠なし", "due": "2026-10-31" }, { "finding": "記録漏れ" }],
        });
        let recheck = |improved: bool| json!({ "inspection": 3, "demand": 1, "improved": improved, "date": "2026-10-20", "by": "佐藤" });
        let held = entry(3, Kind::Inspection, "2026-10-01", facts(&inspection));
        let not_yet = entry(4, Kind::Recheck, "2026-10-20", facts(&recheck(false)));
        let met = entry(5, Kind::Recheck, "2026-10-25", facts(&recheck(true)));
        let open = |entries: &[Entry]| Duties::of(entries).held[0].open().map(|(nth, _)| nth).collect::<Vec<_>>();
        assert_eq!(open(&[held.clone(), not_yet.clone()]), [1, 2]);
        assert_eq!(open(&[held.clone(), not_yet, met]), [2]);
        let duties = Duties::of(&[held]);
        assert!(duties.last_on_site(Some("株式会社見本")).is_some() && duties.last_on_site(Some("他社")).is_none());
    }

    #[test]
    fn a_firm_works_from_its_first_day_until_it_ended() {
        let begun = json!({ "name": "見本印刷", "from": "2026-05-01", "until": "2027-03-31", "approval": "第5号" });
        let ended = json!({ "name": "見本 印刷", "ended": "2026-12-31" });
        let entries = [
            entry(3, Kind::Subcontractor, "2026-05-01", facts(&begun)),
            entry(4, Kind::Subcontractor, "2026-12-31", facts(&ended)),
        ];
        let duties = Duties::of(&entries);
        let firm = duties.firm_named("見本印刷").unwrap();
        assert_eq!(firm.said.approval.as_deref(), Some("第5号"));
        let works = ["2026-04-30", "2026-05-01", "2026-12-31", "2027-01-01"].map(|text| firm.works(day(text)));
        assert_eq!(works, [false, true, true, false]);
    }

    #[test]
    fn the_last_declaration_of_the_day_holds() {
        let declared =
            |number, date: &str| entry(number, Kind::Conformity, "2026-04-01", facts(&json!({ "date": date })));
        let duties = Duties::of(&[declared(2, "2026-04-01"), declared(3, "2026-09-01"), declared(4, "2026-06-01")]);
        let of = |text| duties.declared_by(day(text)).map(|declared| declared.entry);
        assert_eq!(
            (of("2026-03-31"), of("2026-05-31"), of("2026-08-31"), of("2026-10-01")),
            (None, Some(2), Some(4), Some(3))
        );
    }
}
