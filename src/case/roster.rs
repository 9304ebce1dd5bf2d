//! The roster: what the ledger's entries say of people, and who may act on a given day.

use chrono::NaiveDate;

use super::facts;
use super::people::{
    Named, NewPerson, PeopleError, Retirement, TrainingSession, Transfer, number_in, number_text, seen, tidy,
};
use super::settings::Settings;
use super::words::{Side, Training};
use crate::calendar::{self, FiscalYear};
use crate::ledger::{Entry, Kind, Outcome};

/// A person of the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// `P-001`
    pub number: String,
    /// The name.
    pub name: String,
    /// The role.
    pub role: String,
    /// Department or firm.
    pub section: String,
    /// Whose person it is.
    pub party: Side,
    /// How to reach them.
    pub contact: String,
    /// The user of the operating system, where it is known.
    pub os_user: Option<String>,
    /// The day of the written pledge.
    pub pledged: Option<NaiveDate>,
    /// The days of training, the earliest first.
    pub trained: Vec<NaiveDate>,
    /// The day the ledger learned of them.
    pub added: NaiveDate,
    /// The first day on which they no longer handle anything.
    pub retired: Option<NaiveDate>,
}

impl Person {
    /// By number and name.
    #[must_use]
    pub fn named(&self) -> Named {
        Named { number: self.number.clone(), name: self.name.clone() }
    }

    /// Whether they have not left by this day.
    #[must_use]
    pub fn is_here(&self, today: NaiveDate) -> bool {
        self.retired.is_none_or(|left| today < left)
    }

    /// The last training that has been held by this day. Attack: a session put down for next month to be trained today.
    #[must_use]
    pub fn last_training(&self, today: NaiveDate) -> Option<NaiveDate> {
        self.trained.iter().copied().filter(|held| *held <= today).max()
    }

    /// Whether their training satisfies a rule on this day.
    #[must_use]
    pub fn is_trained(&self, rule: Training, today: NaiveDate) -> bool {
        let last = self.last_training(today);
        match rule {
            Training::None => true,
            Training::Once => last.is_some(),
            Training::FiscalYear => last.is_some_and(|held| FiscalYear::of(today).contains(held)),
            Training::TwelveMonths => last.is_some_and(|held| today <= calendar::period_end(held, 12)),
        }
    }
}

/// Whom a name or number means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found<'a> {
    /// Nobody on the roster.
    Nobody,
    /// This person.
    One(&'a Person),
    /// One of these; the number would tell which.
    Several(Vec<&'a Person>),
}

/// Who says they act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who<'a> {
    /// A name or number that was given.
    Said(&'a str),
    /// Nobody said; the user of the operating system.
    OsUser(&'a str),
}

/// What a person's place on the roster says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing<'a> {
    /// Nobody was ever listed: anyone may act.
    Open,
    /// Listed, and trained as the case asks.
    Listed(&'a Person),
    /// Not listed.
    Unlisted,
    /// Has left.
    Retired(&'a Person),
    /// Listed, but not trained as the case asks.
    Untrained {
        /// Who.
        person: &'a Person,
        /// What is asked.
        rule: Training,
        /// The last training, if any.
        last: Option<NaiveDate>,
    },
    /// The name means several people; the number is needed.
    Ambiguous(Vec<&'a Person>),
}

/// The people of a case. Entries that were corrected away are to be left out by the caller.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roster {
    people: Vec<Person>,
    transfers: Vec<Transfer>,
    unread: Vec<u64>,
}

impl Roster {
    /// The roster as the entries tell it, in their order.
    pub fn from_entries<'e>(entries: impl IntoIterator<Item = &'e Entry>) -> Self {
        let mut roster = Self::default();
        for entry in entries.into_iter().filter(|entry| entry.result == Outcome::Done) {
            let taken = if entry.is(Kind::StaffAdd) {
                roster.take_addition(entry)
            } else if entry.is(Kind::StaffTrain) {
                roster.take_training(entry)
            } else if entry.is(Kind::StaffRetire) {
                roster.take_retirement(entry)
            } else if entry.is(Kind::StaffTransfer) {
                facts::read(entry).map(|transfer| roster.transfers.push(transfer))
            } else {
                Some(())
            };
            if taken.is_none() {
                roster.unread.push(entry.number);
            }
        }
        roster
    }

    fn take_addition(&mut self, entry: &Entry) -> Option<()> {
        let NewPerson { number, name, role, section, party, contact, os_user, pledged } = facts::read(entry)?;
        // Attack: a second person under a number that others' training and signatures already stand for.
        if number_in(&number).is_none() || self.by_number(&number).is_some() {
            return None;
        }
        let added = facts::day_of(entry)?;
        let (trained, retired) = (Vec::new(), None);
        let person = Person { number, name, role, section, party, contact, os_user, pledged, trained, added, retired };
        self.people.push(person);
        Some(())
    }

    fn take_training(&mut self, entry: &Entry) -> Option<()> {
        let session: TrainingSession = facts::read(entry)?;
        let mut all_known = Some(());
        for attended in &session.people {
            match self.by_number_mut(&attended.number) {
                Some(person) => {
                    person.trained.push(session.date);
                    person.trained.sort_unstable();
                    person.trained.dedup();
                }
                None => all_known = None,
            }
        }
        all_known
    }

    fn take_retirement(&mut self, entry: &Entry) -> Option<()> {
        let retirement: Retirement = facts::read(entry)?;
        let person = self.by_number_mut(&retirement.person.number)?;
        // Attack: a second leaving with a later day, to bring somebody back.
        person.retired = Some(person.retired.map_or(retirement.date, |known| known.min(retirement.date)));
        Some(())
    }

    fn by_number(&self, number: &str) -> Option<&Person> {
        let wanted = number_in(number)?;
        self.people.iter().find(|person| number_in(&person.number) == Some(wanted))
    }

    fn by_number_mut(&mut self, number: &str) -> Option<&mut Person> {
        let wanted = number_in(number)?;
        self.people.iter_mut().find(|person| number_in(&person.number) == Some(wanted))
    }

    /// Everybody who was ever listed, in the order they came.
    #[must_use]
    pub fn people(&self) -> &[Person] {
        &self.people
    }

    /// What passed from one to another.
    #[must_use]
    pub fn transfers(&self) -> &[Transfer] {
        &self.transfers
    }

    /// Entries on people that could not be taken up: of another shape, a number that was given twice, or a person nobody
    /// listed.
    #[must_use]
    pub fn unread(&self) -> &[u64] {
        &self.unread
    }

    /// Whether nobody was ever listed. Attack: retiring everybody, or entries nobody can read, would open a desk that was
    /// closed; neither does.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.people.is_empty() && self.unread.is_empty()
    }

    /// Whom a name or number means. Names are compared exactly, so 髙橋 is never 高橋; of people with one name those who
    /// are still here come first.
    #[must_use]
    pub fn find(&self, said: &str, today: NaiveDate) -> Found<'_> {
        if number_in(said).is_some() {
            return self.by_number(said).map_or(Found::Nobody, Found::One);
        }
        self.those(today, |person| person.name == said.trim())
    }

    fn those(&self, today: NaiveDate, wanted: impl Fn(&Person) -> bool) -> Found<'_> {
        let all: Vec<&Person> = self.people.iter().filter(|person| wanted(person)).collect();
        let here: Vec<&Person> = all.iter().copied().filter(|person| person.is_here(today)).collect();
        let found = if here.is_empty() { all } else { here };
        match found.as_slice() {
            [] => Found::Nobody,
            [one] => Found::One(one),
            _ => Found::Several(found),
        }
    }

    /// Whose user of the operating system this is. The settings come first: they are what the desk says today, and each
    /// change of them is in the ledger.
    #[must_use]
    pub fn find_os_user(&self, os_user: &str, today: NaiveDate, settings: &Settings) -> Found<'_> {
        match settings.people.os_users.get(os_user) {
            Some(said) => self.find(said, today),
            None => self.those(today, |person| person.os_user.as_deref() == Some(os_user)),
        }
    }

    /// What the roster says of somebody who is about to act.
    #[must_use]
    pub fn judge(&self, who: Who, today: NaiveDate, settings: &Settings) -> Standing<'_> {
        if self.is_open() {
            return Standing::Open;
        }
        let found = match who {
            Who::Said(said) => self.find(said, today),
            Who::OsUser(user) => self.find_os_user(user, today, settings),
        };
        let rule = settings.rules.training;
        match found {
            Found::Nobody => Standing::Unlisted,
            Found::Several(people) => Standing::Ambiguous(people),
            Found::One(person) if !person.is_here(today) => Standing::Retired(person),
            Found::One(person) if !person.is_trained(rule, today) => {
                Standing::Untrained { person, rule, last: person.last_training(today) }
            }
            Found::One(person) => Standing::Listed(person),
        }
    }

    /// A person made ready to be listed, with the next number.
    ///
    /// # Errors
    /// What cannot be said of them.
    pub fn admit(&self, person: NewPerson, today: NaiveDate, settings: &Settings) -> Result<NewPerson, PeopleError> {
        let person = tidy(person, settings)?;
        if let Some(os_user) = &person.os_user
            && let Found::One(by) = self.find_os_user(os_user, today, settings)
            && by.is_here(today)
        {
            return Err(PeopleError::OsUserTaken { os_user: os_user.clone(), by: by.named() });
        }
        Ok(NewPerson { number: self.next_number(), ..person })
    }

    fn next_number(&self) -> String {
        let last = self.people.iter().filter_map(|person| number_in(&person.number)).max();
        number_text(last.unwrap_or(0).saturating_add(1))
    }

    /// A training that was held, with the people who attended, each once.
    ///
    /// # Errors
    /// When somebody is not on the roster, or their name means several people, or nobody is named.
    pub fn session<'s>(
        &self,
        date: NaiveDate,
        title: &str,
        attended: impl IntoIterator<Item = &'s str>,
    ) -> Result<TrainingSession, PeopleError> {
        let mut people = Vec::new();
        for said in attended {
            let one = self.one(said, date)?.named();
            if !people.contains(&one) {
                people.push(one);
            }
        }
        if people.is_empty() {
            return Err(PeopleError::Nobody);
        }
        Ok(TrainingSession { date, title: seen(title)?, people })
    }

    /// A person leaving; `date` is the first day on which they no longer handle anything.
    ///
    /// # Errors
    /// When they are not on the roster, their name means several people, or they have left.
    pub fn retirement(&self, said: &str, date: NaiveDate, reason: &str) -> Result<Retirement, PeopleError> {
        let person = self.one(said, date)?;
        if let Some(on) = person.retired {
            return Err(PeopleError::HasLeft { who: person.named(), on });
        }
        Ok(Retirement { person: person.named(), date, reason: seen(reason)? })
    }

    /// What `from` holds passing on to `to`. Who hands over may have left; who takes over may not.
    ///
    /// # Errors
    /// When one of them is not on the roster or their name means several people, they are the same, or the second has left.
    pub fn transfer(&self, from: &str, to: &str, date: NaiveDate, held: &[String]) -> Result<Transfer, PeopleError> {
        let (from, to) = (self.one(from, date)?, self.one(to, date)?);
        if from.number == to.number {
            return Err(PeopleError::ToTheSame);
        }
        if let Some(on) = to.retired.filter(|_| !to.is_here(date)) {
            return Err(PeopleError::HasLeft { who: to.named(), on });
        }
        let held = held.iter().map(|thing| seen(thing)).collect::<Result<_, _>>()?;
        Ok(Transfer { from: from.named(), to: to.named(), date, held })
    }

    /// The one person a name or number means.
    ///
    /// # Errors
    /// When it means nobody, or several.
    pub fn one(&self, said: &str, today: NaiveDate) -> Result<&Person, PeopleError> {
        match self.find(said, today) {
            Found::One(person) => Ok(person),
            Found::Nobody => Err(PeopleError::NotFound(said.trim().to_owned())),
            Found::Several(people) => Err(PeopleError::Ambiguous {
                said: said.trim().to_owned(),
                who: people.into_iter().map(Person::named).collect(),
            }),
        }
    }
}

#[cfg(test)]
mod tests;
