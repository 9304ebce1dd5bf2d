//! `tewatashi contract conformity`: 適合申出書 as it was handed in, with how the case stands, so that 様式５ can tell changes.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::context::Context;
use super::desk::{Desk, recorded};
use super::failure::Failure;
use super::{said, when};
use crate::case::settings::EmergencyContact;
use crate::duties::facts::Conformity;
use crate::duties::handling::SECTIONS;
use crate::era;
use crate::ledger::Kind;
use crate::life::facts::Told;
use crate::t;
use crate::term::show;

pub fn run(context: &Context, date: NaiveDate, statements: &[String]) -> Result<(), Failure> {
    let declared = recorded(context, Kind::Conformity, |desk, trace| {
        let mut declared = Conformity { date: when::past_day(Some(date))?, ..standing(desk)? };
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

/// What would be declared today.
pub fn standing(desk: &Desk) -> Result<Conformity, Failure> {
    let roster = desk.roster()?;
    let life = desk.life()?;
    let today = when::today();
    let here = roster.people().iter().filter(|one| one.party == desk.settings.side && one.is_here(today));
    let rules = desk.settings.to_value().get("rules").and_then(Value::as_object).cloned();
    Ok(Conformity {
        date: today,
        people: here.map(crate::case::Person::named).collect(),
        places: life.places.iter().map(|place| place.name.clone()).collect(),
        machines: life.machines.iter().filter(|one| one.retired.is_none()).map(|one| one.id.clone()).collect(),
        rules: rules.unwrap_or_default(),
        emergency: desk.settings.emergency.iter().map(contact).collect(),
        statements: std::collections::BTreeMap::new(),
    })
}

/// A line of the 緊急連絡網.
fn contact(contact: &EmergencyContact) -> String {
    let EmergencyContact { name, telephone, after_hours } = contact;
    [name, telephone, after_hours].map(String::as_str).join("　").trim().to_owned()
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
