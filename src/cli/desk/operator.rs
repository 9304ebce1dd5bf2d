//! Who acts: the person who is named, the one whose OS user this is, or the one who answers. All of it is a claim.

use chrono::Local;

use super::super::context::Context;
use super::super::failure::Failure;
use super::super::words;
use super::{Desk, Trace};
use crate::case::{Found, Person, Roster, Settings, Standing, Strictness, Who};
use crate::erase::os;
use crate::ledger::{Claim, Kind, Operator};
use crate::t;
use crate::term::{ask, show};

/// Settles who acts. Whether they may is for [`may_act`], so that a refusal is recorded under the name that was said.
pub fn who(context: &Context, settings: &Settings, roster: &Roster) -> Result<Operator, Failure> {
    let (os_user, host) = os::user_and_host();
    let today = Local::now().date_naive();
    let operator = |name: String, person: Option<&Person>, by| Operator {
        name,
        staff: person.map(|person| person.number.clone()),
        by,
        os_user: os_user.clone(),
        host: host.clone(),
    };
    if let Some(said) = &context.operator {
        let said = super::super::said::text(said)?;
        return match roster.find(&said, today) {
            Found::One(person) => Ok(operator(person.name.clone(), Some(person), Claim::Option)),
            Found::Nobody => Ok(operator(said, None, Claim::Option)),
            Found::Several(people) => Err(words::several(&said, &people)),
        };
    }
    match roster.find_os_user(&os_user, today, settings) {
        Found::One(person) => return Ok(operator(person.name.clone(), Some(person), Claim::Mapping)),
        Found::Several(people) => return Err(words::several(&os_user, &people)),
        Found::Nobody => {}
    }
    let here: Vec<&Person> = roster.people().iter().filter(|person| person.is_here(today)).collect();
    if here.is_empty() || !context.may_ask() {
        let name = settings.people.os_users.get(&os_user).cloned().unwrap_or_else(|| os_user.clone());
        return Ok(operator(name, None, Claim::OsUser));
    }
    let choices: Vec<String> =
        here.iter().map(|p| format!("{}  {}  {}", p.number, show::name(&p.name), show::name(&p.section))).collect();
    let chosen = ask::choice(&t!("ask-operator"), &choices, None).map_err(|e| words::terminal(&e))?;
    let person = here[chosen.min(here.len() - 1)];
    Ok(operator(person.name.clone(), Some(person), Claim::Answer))
}

/// Whether the person may act, as the case says. What is let through with a warning is a fact of the entry.
pub fn may_act(context: &Context, desk: &Desk, kind: Kind, trace: &Trace) -> Result<(), Failure> {
    if desk.may_act.get() {
        return Ok(());
    }
    let today = Local::now().date_naive();
    let roster = desk.roster()?;
    let said = desk.operator.staff.as_deref().unwrap_or(&desk.operator.name);
    let standing = roster.judge(Who::Said(said), today, &desk.settings);
    let rules = &desk.settings.rules;
    let (name, strictness) = match &standing {
        Standing::Open | Standing::Listed(_) => {
            desk.may_act.set(true);
            return Ok(());
        }
        Standing::Unlisted => ("unlisted", rules.unlisted_operator),
        // Who has left never acts, whatever the rule for strangers.
        Standing::Retired(_) => ("retired", Strictness::Refuse),
        // Who is not trained yet may still keep the books, the entry of the training among them.
        Standing::Untrained { .. } if !kind.handles_data() => return Ok(()),
        Standing::Untrained { .. } => ("untrained", rules.untrained_operator),
        Standing::Ambiguous(people) => return Err(words::several(said, people)),
    };
    trace.fact("operator_standing", name);
    let failure = words::standing(&desk.operator.name, &standing);
    if desk.is_default || strictness == Strictness::Warn {
        context.warn(&failure.message);
        desk.may_act.set(true);
        return Ok(());
    }
    Err(failure)
}
