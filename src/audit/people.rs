//! Who acted, and whether they might: on the roster, not gone, trained as the settings of that day asked.
//!
//! What the program said at the time (`operator_standing`) is taken as it was written. Besides, it is judged anew by the roster that
//! the whole ledger tells, so that a ledger written by something else than this program is judged as well.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::check::Check;
use super::finding::Fault;
use super::seen::{Groups, Out, Seen, text};
use crate::case::{Found, Roster, Training, Word};
use crate::ledger::{Entry, Kind, Outcome};

/// One person on one day: as the roster knows them, by what they are called, under which rule.
type Acting = (String, String, NaiveDate, &'static str);

/// Who acted.
#[derive(Debug, Default)]
pub(super) struct People {
    staff: Vec<Entry>,
    listed_since: Option<u64>,
    acts: BTreeMap<Acting, Vec<u64>>,
    said: Vec<(Standing, String, NaiveDate, u64)>,
    rules: BTreeMap<u64, Training>,
}

/// What is wrong with an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    Untrained,
    Unlisted,
    Left,
}

/// Whether only who stands on the roster may do it: hands on data and on things.
fn is_work(kind: Kind) -> bool {
    kind.handles_data() || kind.moves_things() || matches!(kind, Kind::EraseFreeSpace | Kind::Witness)
}

/// What is done by the program itself while somebody works, or needs no hand on anything.
fn is_booking(kind: Kind) -> bool {
    matches!(kind, Kind::Void)
}

impl People {
    /// Takes an entry in.
    pub fn take(&mut self, seen: &Seen, out: &mut Out) {
        let staff =
            matches!(seen.kind, Some(Kind::StaffAdd | Kind::StaffTrain | Kind::StaffRetire | Kind::StaffTransfer));
        if let Some(entry) = seen.standing.filter(|entry| staff && entry.result == Outcome::Done) {
            self.staff.push(entry.clone());
            if seen.is(Kind::StaffAdd) {
                self.listed_since.get_or_insert(seen.number());
            }
        }
        if !seen.in_span || seen.entry.result == Outcome::Refused {
            return;
        }
        self.told(seen);
        let Some(kind) = seen.kind.filter(|kind| is_work(*kind) && !is_booking(*kind)) else { return };
        // Nobody was listed yet, so anyone might act.
        if self.listed_since.is_none() {
            return;
        }
        out.looked(Check::Unlisted);
        let rule = if kind.handles_data() { seen.regime.training } else { Training::None };
        if rule != Training::None {
            out.looked(Check::Untrained);
        }
        let staff = seen.entry.operator.staff.clone().unwrap_or_default();
        let acting = (staff, seen.by().to_owned(), seen.day, rule.text());
        self.acts.entry(acting).or_default().push(seen.number());
    }

    /// What the program found then, and let through with a warning.
    fn told(&mut self, seen: &Seen) {
        let standing = match text(seen.entry, "operator_standing") {
            Some("untrained") => Standing::Untrained,
            Some("unlisted") => Standing::Unlisted,
            Some("retired") => Standing::Left,
            _ => return,
        };
        self.said.push((standing, seen.by().to_owned(), seen.day, seen.number()));
        if standing == Standing::Untrained {
            self.rules.insert(seen.number(), seen.regime.training);
        }
    }

    /// One finding for each person and what is wrong with them.
    pub fn end(self, out: &mut Out) {
        let roster = Roster::from_entries(&self.staff);
        let mut all: BTreeSet<(Standing, String, &'static str, u64, NaiveDate)> = BTreeSet::new();
        for (standing, by, day, entry) in self.said {
            let rule = self.rules.get(&entry).map_or("", |rule| rule.text());
            all.insert((standing, by, rule, entry, day));
        }
        for ((staff, by, day, rule), entries) in self.acts {
            let who = if staff.is_empty() { &by } else { &staff };
            let standing = judged(&roster, who, day, Training::parse(rule).unwrap_or(Training::None));
            let Some(standing) = standing else { continue };
            let rule = if standing == Standing::Untrained { rule } else { "" };
            all.extend(entries.into_iter().map(|entry| (standing, by.clone(), rule, entry, day)));
        }
        let mut groups: Groups<(Standing, String, &'static str)> = Groups::default();
        for (standing, by, rule, entry, day) in all {
            groups.of((standing, by, rule), day).push(entry, []);
        }
        for ((standing, by, rule), group) in groups.into_each() {
            let (check, fault) = match standing {
                Standing::Untrained => {
                    let rule = Training::parse(rule).unwrap_or(Training::Once);
                    (Check::Untrained, Fault::Untrained { by, rule })
                }
                Standing::Unlisted => (Check::Unlisted, Fault::Unlisted { by, left: false }),
                Standing::Left => (Check::Unlisted, Fault::Unlisted { by, left: true }),
            };
            out.find(group.finding(check, fault));
        }
    }
}

/// What the roster says of somebody who acted on a day.
fn judged(roster: &Roster, who: &str, day: NaiveDate, rule: Training) -> Option<Standing> {
    match roster.find(who, day) {
        Found::Nobody => Some(Standing::Unlisted),
        // Attack: work first, and onto the roster afterwards.
        Found::One(person) if person.added > day => Some(Standing::Unlisted),
        Found::One(person) if !person.is_here(day) => Some(Standing::Left),
        Found::One(person) if !person.is_trained(rule, day) => Some(Standing::Untrained),
        Found::One(_) | Found::Several(_) => None,
    }
}
