//! `tewatashi staff …`: who may handle what, in which role, trained when.

use chrono::{Local, NaiveDate};
use serde_json::json;

use super::args::{StaffAddArgs, StaffCommand};
use super::context::Context;
use super::desk::{Desk, Shelf, Trace, recorded, recorded_at, roster};
use super::failure::Failure;
use super::papers::{self, Document, Papers, Passing};
use super::status::Standing;
use super::takeout::finish;
use super::words;
use crate::case::people::{add_facts, retire_facts, train_facts, transfer_facts};
use crate::case::{NewPerson, Person, Transfer, Word};
use crate::ledger::{Kind, Subject, SubjectType};
use crate::life::{Decision, Piece, State};
use crate::t;
use crate::term::out::out;
use crate::term::show;

pub fn run(context: &Context, command: &StaffCommand) -> Result<(), Failure> {
    match command {
        StaffCommand::Add(args) => add(context, args),
        StaffCommand::List => list(context),
        StaffCommand::Train { person, date } => train(context, person, *date),
        StaffCommand::Retire { person, date } => retire(context, person, *date),
        StaffCommand::Transfer { from, to } => transfer(context, from, to),
    }
}

/// A person by name, as they are looked for, and by number, which tells namesakes apart.
fn about(trace: &Trace, name: &str, number: &str) {
    trace.about(SubjectType::Person, name);
    trace.about(SubjectType::Person, number);
}

fn today() -> NaiveDate {
    Local::now().date_naive()
}

fn add(context: &Context, args: &StaffAddArgs) -> Result<(), Failure> {
    let desk = Desk::open(context)?;
    let person = recorded_at(context, &desk, Kind::StaffAdd, |desk, trace| {
        let party = args.party.unwrap_or(desk.settings.side);
        let new = NewPerson {
            number: String::new(),
            name: args.name.clone(),
            role: args.role.clone(),
            section: args.section.clone(),
            party,
            contact: args.contact.clone().unwrap_or_default(),
            os_user: args.os_user.clone(),
            pledged: args.pledged,
        };
        let person = desk.roster()?.admit(new, today(), &desk.settings).map_err(|e| words::people(&e))?;
        about(trace, &person.name, &person.number);
        trace.facts(add_facts(&person).into());
        Ok(person)
    })?;
    for date in &args.trained {
        train_at(context, &desk, &person.number, *date)?;
    }
    context.say(&t!(
        "staff-added",
        number = person.number.clone(),
        name = show::name(&person.name),
        role = person.role.clone()
    ));
    context.result(&json!({ "person": person }));
    Ok(())
}

fn train_at(context: &Context, desk: &Desk, person: &str, date: NaiveDate) -> Result<(), Failure> {
    recorded_at(context, desk, Kind::StaffTrain, |desk, trace| {
        let session = desk.roster()?.session(date, "", [person]).map_err(|e| words::people(&e))?;
        session.people.iter().for_each(|named| about(trace, &named.name, &named.number));
        trace.facts(train_facts(&session).into());
        Ok(())
    })
}

fn train(context: &Context, person: &str, date: Option<NaiveDate>) -> Result<(), Failure> {
    let date = date.unwrap_or_else(today);
    train_at(context, &Desk::open(context)?, person, date)?;
    context.say(&t!("staff-trained", name = show::name(person), date = date.to_string()));
    context.result(&json!({ "person": person, "date": date.to_string() }));
    Ok(())
}

fn retire(context: &Context, person: &str, date: Option<NaiveDate>) -> Result<(), Failure> {
    let retirement = recorded(context, Kind::StaffRetire, |desk, trace| {
        let date = date.unwrap_or_else(today);
        let retirement = desk.roster()?.retirement(person, date, "").map_err(|e| words::people(&e))?;
        about(trace, &retirement.person.name, &retirement.person.number);
        trace.facts(retire_facts(&retirement).into());
        Ok(retirement)
    })?;
    let name = show::name(&retirement.person.name);
    context.say(&t!("staff-retired", name = name, date = retirement.date.to_string()));
    context.result(&json!({ "person": retirement.person, "date": retirement.date.to_string() }));
    Ok(())
}

/// What passes on is what the ledger names the person for and nothing has ended yet; the forms to come add to it.
fn transfer(context: &Context, from: &str, to: &str) -> Result<(), Failure> {
    let desk = Desk::open(context)?;
    let transfer = recorded_at(context, &desk, Kind::StaffTransfer, |desk, trace| {
        let roster = desk.roster()?;
        let giver = roster.one(from, today()).map_err(|e| words::people(&e))?;
        let held = held(desk, giver)?;
        let transfer = roster.transfer(from, to, today(), &held).map_err(|e| words::people(&e))?;
        about(trace, &transfer.from.name, &transfer.from.number);
        about(trace, &transfer.to.name, &transfer.to.number);
        trace.facts(transfer_facts(&transfer).into());
        Ok(transfer)
    })?;
    let (from, to) = (show::name(&transfer.from.name), show::name(&transfer.to.name));
    context.say(&t!("staff-transferred", from = from, to = to, count = transfer.held.len()));
    if !context.json {
        transfer.held.iter().for_each(|thing| out(&format!("  {}", show::name(thing))));
    }
    let issued = succession(context, &desk, &transfer);
    let told = json!({ "from": transfer.from, "to": transfer.to, "held": transfer.held });
    finish(context, issued.map(Some), told)
}

/// Whether nobody has to look after it any more.
fn gone(piece: &Piece) -> bool {
    matches!(piece.state, State::GivenBack(_) | State::Destroyed(_))
}

/// 事務引継書: what is not back, which decisions hold, and what is due when, as the ledger has it now.
fn succession(context: &Context, desk: &Desk, transfer: &Transfer) -> Result<Document, Failure> {
    let standing = Standing::of(&Shelf::beside(desk)?, desk.life()?)?;
    let today = today();
    let out: Vec<_> = standing.life.pieces.iter().filter(|piece| !gone(piece)).collect();
    let holds = |one: &&Decision| one.revoked.is_none() && one.said.until.is_none_or(|until| until >= today);
    let passing = Passing {
        entry: desk.last_entry(),
        from: &transfer.from,
        to: &transfer.to,
        things: out.iter().map(|piece| papers::thing(piece)).collect(),
        decisions: standing.life.decisions.iter().filter(holds).collect(),
        deadlines: standing.all().collect(),
    };
    Papers::new(context, desk).issue(&papers::succession(desk, &passing)?)
}

/// Bundles and media the person made or opened.
fn held(desk: &Desk, person: &Person) -> Result<Vec<String>, Failure> {
    let entries = desk.look(|ledger| ledger.history(&person.name))?;
    let mut held = Vec::new();
    for entry in entries.iter().filter(|e| e.operator.staff.as_ref() == Some(&person.number)) {
        if entry.is(Kind::Pack) || entry.is(Kind::Open) {
            let things = entry.subjects.iter().filter(|s| matches!(s.kind, SubjectType::Bundle | SubjectType::Medium));
            for Subject { id, .. } in things {
                if !held.contains(id) {
                    held.push(id.clone());
                }
            }
        }
    }
    Ok(held)
}

fn list(context: &Context) -> Result<(), Failure> {
    let shelf = Shelf::open(context)?;
    let roster = roster(&shelf.ledger)?;
    let people = roster.people();
    warn_unread(context, roster.unread());
    if !context.json {
        if people.is_empty() {
            context.say(&t!("staff-none"));
        } else {
            out(&row(&[
                &t!("col-number"),
                &t!("col-name"),
                &t!("col-party"),
                &t!("col-role"),
                &t!("col-section"),
                &t!("col-trained"),
                "",
            ]));
        }
        for person in people {
            out(&line(person));
        }
    }
    context.result(&json!({ "people": people.iter().map(json_of).collect::<Vec<_>>() }));
    Ok(())
}

/// What is left out of what is shown is said.
pub fn warn_unread(context: &Context, unread: &[u64]) {
    if !unread.is_empty() {
        let numbers: Vec<String> = unread.iter().map(u64::to_string).collect();
        context.warn(&t!("warn-unread", numbers = numbers.join("・")));
    }
}

fn line(person: &Person) -> String {
    let trained = person.last_training(today()).map_or_else(|| t!("staff-untrained"), |date| date.to_string());
    let gone = person.retired.map(|date| t!("staff-gone", date = date.to_string())).unwrap_or_default();
    let (name, section) = (show::name(&person.name), show::name(&person.section));
    row(&[&person.number, &name, person.party.text(), &person.role, &section, &trained, &gone])
}

fn json_of(person: &Person) -> serde_json::Value {
    let days = |dates: &[NaiveDate]| dates.iter().map(NaiveDate::to_string).collect::<Vec<_>>();
    json!({
        "number": person.number, "name": person.name, "role": person.role, "section": person.section,
        "party": person.party, "contact": person.contact, "os_user": person.os_user,
        "trained": days(&person.trained), "added": person.added.to_string(),
        "retired": person.retired.map(|date| date.to_string()),
    })
}

const COLUMNS: [usize; 6] = [7, 16, 8, 18, 20, 10];

fn row(cells: &[&str; 7]) -> String {
    show::row(cells, &COLUMNS)
}
