//! What the ledger knows of a span of days, as far as the reports ask: people and their training, incidents, transports, firms.

use chrono::{DateTime, FixedOffset, NaiveDate};
use serde::Deserialize;
use serde_json::Value;

use super::facts::Look;
use super::fold::Duties;
use crate::calendar::Span;
use crate::case::facts::{day_of, read};
use crate::case::people::{NewPerson, TrainingSession};
use crate::case::{Approval, Person, Roster, Side};
use crate::ledger::{Entry, Kind, Outcome, SubjectType};
use crate::life::approval::Decision;
use crate::life::facts::{
    Direction, GivenBack, Handover, Incident, Part, Received, Returned, TakenBack, Takeout, Told,
};

/// The kinds of entries it looks at, beside those of the roster.
pub const KINDS: [Kind; 13] = [
    Kind::StaffAdd,
    Kind::StaffTrain,
    Kind::StaffRetire,
    Kind::StaffTransfer,
    Kind::Handover,
    Kind::Receive,
    Kind::Takeout,
    Kind::Return,
    Kind::GiveBack,
    Kind::TakeBack,
    Kind::Incident,
    Kind::IncidentClose,
    Kind::Pack,
];

/// A training that was held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The entry.
    pub entry: u64,
    /// The day.
    pub date: NaiveDate,
    /// What it was about.
    pub title: String,
    /// Who attended.
    pub people: Vec<String>,
}

/// An incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The entry that opened it.
    pub entry: u64,
    /// The day it was recorded.
    pub day: NaiveDate,
    /// Why: the code of the entry.
    pub cause: String,
    /// What it is about.
    pub things: Vec<String>,
    /// 状況, as it was said first.
    pub told: Option<String>,
    /// The day somebody said that it is settled.
    pub closed: Option<NaiveDate>,
}

/// Which way something was carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// 引渡し
    HandedOver,
    /// 受領
    Received,
    /// 持出し
    TakenOut,
    /// 持出しからの返却
    Returned,
    /// 返却
    GivenBack,
    /// 返却の受入れ
    TakenBack,
}

/// Something was carried.
#[derive(Debug, Clone, PartialEq)]
pub struct Transport {
    /// The entry.
    pub entry: u64,
    /// When, as stated.
    pub at: DateTime<FixedOffset>,
    /// Which way.
    pub way: Way,
    /// The things, by number.
    pub things: Vec<String>,
    /// Who gave it, or carried it.
    pub from: Option<String>,
    /// Who took it, or where it went.
    pub to: Option<String>,
    /// 運搬方法
    pub carry: Vec<String>,
}

/// A firm that data went to, or may go to.
#[derive(Debug, Clone, PartialEq)]
pub struct Outside {
    /// Its name.
    pub name: String,
    /// The entries that tell that it works for this side.
    pub entries: Vec<u64>,
    /// The first day it worked, or something was made for it or went to it.
    pub since: Option<NaiveDate>,
    /// The last day it works, where one was said.
    pub until: Option<NaiveDate>,
    /// The decision that came before and still holds: entry, number and day.
    pub approved: Option<(u64, String, NaiveDate)>,
    /// The day of the contract with the same duties.
    pub duties: Option<NaiveDate>,
    /// Who looked at it in the contract: entry, day, in which way.
    pub looked: Vec<(u64, NaiveDate, Look)>,
}

/// What is known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Known {
    /// People of this side who work, on the last day.
    pub people: Vec<Person>,
    /// Those of them without training, with the entry that listed them.
    pub untrained: Vec<(u64, String)>,
    /// Entries that listed somebody of this side.
    pub listed: Vec<u64>,
    /// Trainings up to the last day, the earliest first.
    pub sessions: Vec<Session>,
    /// Incidents of the span, and those before it that were open in it.
    pub events: Vec<Event>,
    /// What was carried in the span.
    pub transports: Vec<Transport>,
    /// Firms that work for this side.
    pub outside: Vec<Outside>,
}

/// What it is put together from.
pub struct Sources<'a> {
    /// Entries of [`KINDS`], as corrections leave them.
    pub entries: &'a [Entry],
    /// Whose desk it is.
    pub side: Side,
    /// The people.
    pub roster: &'a Roster,
    /// Declarations, firms, looks.
    pub duties: &'a Duties,
    /// Decisions.
    pub decisions: &'a [Decision],
}

impl Known {
    /// What is known of a span.
    #[must_use]
    pub fn of(sources: &Sources, span: Span) -> Self {
        let mut known = Self { outside: outside(sources, span), ..Self::default() };
        let ours = |person: &&Person| person.party == sources.side;
        let here = |person: &&Person| person.added <= span.until && person.is_here(span.until);
        known.people = sources.roster.people().iter().filter(ours).filter(here).cloned().collect();
        for entry in sources.entries.iter().filter(|entry| entry.result == Outcome::Done) {
            known.take(entry, sources, span);
        }
        known.sessions.sort_by_key(|session| session.date);
        known.transports.sort_by_key(|transport| transport.at);
        known
    }

    /// Trainings held in the span.
    pub fn sessions_in(&self, span: Span) -> impl Iterator<Item = &Session> {
        self.sessions.iter().filter(move |session| span.contains(session.date))
    }

    fn take(&mut self, entry: &Entry, sources: &Sources, span: Span) {
        match entry.known_kind() {
            Some(Kind::StaffAdd) => self.listing(entry, sources.side, span),
            Some(Kind::StaffTrain) => self.session(entry, span),
            Some(Kind::Incident) => self.event(entry, span),
            Some(Kind::IncidentClose) => self.closed(entry),
            _ => {
                let carried = transport(entry).filter(|carried| span.contains(carried.at.date_naive()));
                self.transports.extend(carried);
            }
        }
    }

    fn listing(&mut self, entry: &Entry, side: Side, span: Span) {
        let Some(new) = read::<NewPerson>(entry).filter(|new| new.party == side) else { return };
        let Some(person) = self.people.iter().find(|person| person.number == new.number) else { return };
        self.listed.push(entry.number);
        if person.last_training(span.until).is_none() {
            self.untrained.push((entry.number, new.name));
        }
    }

    fn session(&mut self, entry: &Entry, span: Span) {
        let Some(held) = read::<TrainingSession>(entry).filter(|held| held.date <= span.until) else { return };
        let ours = |number: &String| self.people.iter().any(|person| person.number == *number);
        let people: Vec<String> = held.people.into_iter().filter(|one| ours(&one.number)).map(|one| one.name).collect();
        if people.is_empty() {
            return;
        }
        // People are listed one by one, and attend together.
        let same = |session: &&mut Session| session.date == held.date && session.title == held.title;
        match self.sessions.iter_mut().find(same) {
            Some(session) => session.people.extend(people),
            None => {
                self.sessions.push(Session { entry: entry.number, date: held.date, title: held.title, people });
            }
        }
    }

    fn event(&mut self, entry: &Entry, span: Span) {
        let Some(said) = Incident::of(entry) else { return };
        let noticed = said.said.noticed.map(|at| at.date_naive());
        let Some(day) = noticed.or_else(|| day_of(entry)).filter(|day| *day <= span.until) else { return };
        let things = entry.subjects.iter().filter(|subject| subject.kind != SubjectType::Entry);
        let things = things.map(|subject| subject.id.clone()).collect();
        let (entry, told) = (entry.number, said.said.circumstances);
        self.events.push(Event { entry, day, cause: said.cause, things, told, closed: None });
    }

    fn closed(&mut self, entry: &Entry) {
        let of = entry.facts.get("incident").and_then(Value::as_u64);
        if let Some(event) = self.events.iter_mut().find(|event| Some(event.entry) == of) {
            event.closed = day_of(entry);
        }
    }

    /// Incidents that came in the span, or were open in it.
    pub fn events_in(&self, span: Span) -> impl Iterator<Item = &Event> {
        self.events.iter().filter(move |event| event.closed.is_none_or(|closed| closed >= span.from))
    }
}

fn transport(entry: &Entry) -> Option<Transport> {
    let operator = || Some(entry.operator.name.clone());
    let made = |at, way, from, to, carry| {
        let things = things(entry);
        Some(Transport { entry: entry.number, at, way, things, from, to, carry })
    };
    match entry.known_kind()? {
        Kind::Handover => {
            let said = Handover::of(entry)?;
            made(said.at, Way::HandedOver, operator(), Some(said.to.name), said.carry)
        }
        Kind::Receive => {
            let said = Received::of(entry)?;
            made(said.at, Way::Received, said.from.map(|from| from.name), operator(), Vec::new())
        }
        Kind::Takeout => {
            let said = Takeout::of(entry)?;
            made(said.at, Way::TakenOut, Some(said.by), Some(said.destination), said.carry)
        }
        Kind::Return => {
            let said = Returned::of(entry)?;
            made(said.at, Way::Returned, Some(said.by), Some(said.place), Vec::new())
        }
        Kind::GiveBack => {
            let said = GivenBack::of(entry)?;
            made(said.at, Way::GivenBack, Some(said.by), said.to, Vec::new())
        }
        Kind::TakeBack => {
            let said = TakenBack::of(entry)?;
            made(said.at, Way::TakenBack, said.from, Some(said.confirmed_by), Vec::new())
        }
        _ => None,
    }
}

/// The things of an entry as people name them: media and slips by number, and where there is none the bundle.
fn things(entry: &Entry) -> Vec<String> {
    let parts = entry.facts.get("pieces").map(|pieces| Vec::<Part>::deserialize(pieces).unwrap_or_default());
    let named: Vec<String> = parts.unwrap_or_default().into_iter().map(|part| part.id).collect();
    if !named.is_empty() {
        return named;
    }
    let of = |kind| entry.subjects.iter().filter(move |subject| subject.kind == kind).map(|subject| subject.id.clone());
    let things: Vec<String> = of(SubjectType::Slip).chain(of(SubjectType::Medium)).collect();
    if things.is_empty() { of(SubjectType::Bundle).collect() } else { things }
}

/// Firms that were registered, that a decision is about, or that something was handed to or packed for.
fn outside(sources: &Sources, span: Span) -> Vec<Outside> {
    let mut found: Vec<Outside> = Vec::new();
    let mut add = |name: &str, entry: u64, day: Option<NaiveDate>, until: Option<NaiveDate>| {
        let same = |one: &&mut Outside| crate::typed::same_name(&one.name, name);
        match found.iter_mut().find(same) {
            Some(one) => {
                one.entries.push(entry);
                one.since = one.since.into_iter().chain(day).min();
            }
            None => found.push(Outside {
                name: name.to_owned(),
                entries: vec![entry],
                since: day,
                until,
                approved: None,
                duties: None,
                looked: Vec::new(),
            }),
        }
    };
    for firm in sources.duties.firms.iter().filter(|firm| works_in(firm, span)) {
        let until = firm.ended.into_iter().chain(firm.said.until).min();
        add(&firm.said.name, firm.entry, firm.said.from, until);
    }
    for entry in sources.entries.iter().filter(|entry| entry.result == Outcome::Done) {
        let to = if let Some(said) = Handover::of(entry).filter(|_| entry.is(Kind::Handover)) {
            let day = said.at.date_naive();
            let past = said.direction == Direction::Subcontracted && day <= span.until;
            said.to.organization.filter(|_| past).map(|name| (name, Some(day)))
        } else {
            let name = entry.facts.get("subcontractor").and_then(Value::as_str).filter(|_| entry.is(Kind::Pack));
            let day = day_of(entry);
            name.filter(|_| day.is_some_and(|day| day <= span.until)).map(|name| (name.to_owned(), day))
        };
        if let Some((name, day)) = to {
            add(&name, entry.number, day, None);
        }
    }
    for one in &mut found {
        let decision = sources.decisions.iter().rev().find(|decision| {
            let said = &decision.said;
            let named = said.things.iter().any(|thing| crate::typed::same_name(thing, &one.name));
            // 事前に: by the first day it worked or something went to it; and not over while it still works.
            let before = one.since.is_none_or(|since| said.date <= since);
            let holds = said.until.is_none_or(|until| until >= span.until.min(one.until.unwrap_or(span.until)));
            said.purpose == Approval::Subcontract && named && before && holds && decision.revoked.is_none()
        });
        one.approved = decision.map(|found| (found.entry, found.said.number.clone(), found.said.date));
        one.duties = sources.duties.firm_named(&one.name).and_then(|firm| firm.said.duties);
        let looks = sources.duties.held.iter().filter(|held| held.is_of(&one.name) && held.said.date <= span.until);
        one.looked = looks.map(|held| (held.entry, held.said.date, held.said.look)).collect();
    }
    found
}

fn works_in(firm: &super::fold::Contracted, span: Span) -> bool {
    firm.works(span.until) || firm.works(span.from) || firm.said.from.is_some_and(|from| span.contains(from))
}
