//! `tewatashi contract conformity`: 適合申出書 as it was handed in, with how the case stands, so that 様式５ can tell changes.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::context::Context;
use super::desk::{Desk, recorded};
use super::failure::Failure;
use super::{said, when};
use crate::case::facts::day_of;
use crate::duties::facts::Conformity;
use crate::duties::handling::SECTIONS;
use crate::era;
use crate::ledger::{Entry, Kind, corrected};
use crate::life::facts::Told;
use crate::life::{self, Life};
use crate::t;
use crate::term::show;

pub fn run(context: &Context, date: NaiveDate, statements: &[String]) -> Result<(), Failure> {
    let declared = recorded(context, Kind::Conformity, |desk, trace| {
        let date = when::past_day(Some(date))?;
        // Attack: the same declaration once more, as things stand today, so that nothing has changed since.
        if let Some(known) = desk.duties()?.declared.iter().find(|known| known.said.date >= date) {
            let message =
                t!("err-declared-already", date = era::long(known.said.date), entry = known.entry.to_string());
            return Err(Failure::refused("declared_already", message, t!("hint-declared-already")));
        }
        let mut declared = Conformity { date, ..standing(desk, when::today())? };
        for told in statements {
            let (section, text) = statement(told)?;
            declared.statements.insert(section, text);
        }
        trace.facts(declared.facts().into());
        Ok(declared)
    })?;
    let Conformity { people, places, machines, emergency, .. } = &declared;
    context.say(&t!("conformity-recorded", date = era::long(declared.date)));
    context.say(&t!(
        "conformity-holds",
        people = people.len(),
        places = places.len(),
        machines = machines.len(),
        contacts = emergency.len()
    ));
    if declared.date < when::today() {
        context.warn(&t!("warn-conformity-late", date = era::long(declared.date)));
    }
    context.result(&json!({ "conformity": declared }));
    Ok(())
}

/// What would have been declared on a day: a report on October knows nothing of November.
pub fn standing(desk: &Desk, day: NaiveDate) -> Result<Conformity, Failure> {
    let roster = desk.roster()?;
    let by_then = |entry: &Entry| day_of(entry).is_none_or(|on| on <= day);
    let entries = desk.look(|ledger| corrected::holding(ledger, &life::KINDS))?;
    let life = Life::of(entries.iter().filter(|entry| by_then(entry)));
    let ours = roster.people().iter().filter(|one| one.party == desk.settings.side);
    let here = ours.filter(|one| one.added <= day && one.is_here(day));
    let used = life.machines.iter().filter(|one| one.retired.is_none_or(|last| day <= last));
    let settings = desk.look(|ledger| ledger.of_kinds(&[Kind::Init, Kind::Settings, Kind::Restore]))?;
    let said = settings.iter().rev().filter(|entry| by_then(entry)).find_map(|entry| entry.facts.get("settings"));
    let now = desk.settings.to_value();
    let said = said.unwrap_or(&now);
    let contacts = said.get("emergency").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    Ok(Conformity {
        date: day,
        people: here.map(crate::case::Person::named).collect(),
        places: life.places.iter().map(|place| place.name.clone()).collect(),
        machines: used.map(|one| one.id.clone()).collect(),
        rules: said.get("rules").and_then(Value::as_object).cloned().unwrap_or_default(),
        emergency: contacts.iter().map(contact).collect(),
        statements: BTreeMap::new(),
    })
}

/// A line of the 緊急連絡網.
fn contact(contact: &Value) -> String {
    let texts = ["name", "telephone", "after_hours"].map(|key| contact.get(key).and_then(Value::as_str));
    texts.map(Option::unwrap_or_default).join("　").trim().to_owned()
}

/// `5=鍵付きカバンを使用する`
fn statement(told: &str) -> Result<(usize, String), Failure> {
    let wrong = || {
        let message = t!("err-bad-statement", text = show::name(told));
        Failure::usage("bad_statement", message, t!("hint-bad-statement", most = SECTIONS.len()))
    };
    let (number, text) = told.split_once('=').ok_or_else(wrong)?;
    let section: usize = crate::typed::narrow(number).trim().parse().map_err(|_| wrong())?;
    if !(1..=SECTIONS.len()).contains(&section) {
        return Err(wrong());
    }
    Ok((section, said::text(text)?))
}
