//! Who did a piece of work, when it was somebody else than the person at the desk.

use super::context::Context;
use super::desk::Desk;
use super::failure::Failure;
use super::papers;
use super::{said, when, words};
use crate::case::{Side, Standing, Strictness, Who};
use crate::paper::fields::Person as Printed;
use crate::t;
use crate::term::show;
use crate::typed;

/// Somebody, as an entry and as a sheet name them.
pub struct Someone {
    /// The name.
    pub name: String,
    /// For the sheet.
    pub printed: Printed,
}

/// The person named, or the one at this desk.
///
/// Attack: who has left, or was never trained, carries the medium, and a colleague types it. The rule that holds for who types
/// holds for who is named.
pub fn doer(context: &Context, desk: &Desk, told: Option<&str>) -> Result<Someone, Failure> {
    let Some(told) = told else {
        return Ok(Someone { name: desk.operator.name.clone(), printed: papers::at_desk(desk)? });
    };
    let told = said::text(told)?;
    let roster = desk.roster()?;
    let standing = roster.judge(Who::Said(&told), when::today(), &desk.settings);
    let rules = &desk.settings.rules;
    let strictness = match &standing {
        Standing::Open => return Ok(Someone { name: told.clone(), printed: Printed::named(told) }),
        Standing::Listed(person) => return Ok(listed(desk, person)),
        Standing::Ambiguous(people) => return Err(words::several(&told, people)),
        Standing::Retired(_) => Strictness::Refuse,
        Standing::Unlisted => rules.unlisted_operator,
        Standing::Untrained { .. } => rules.untrained_operator,
    };
    let failure = words::standing(&told, &standing);
    if strictness == Strictness::Refuse && !desk.is_default {
        return Err(failure);
    }
    context.warn(&failure.message);
    match standing {
        Standing::Retired(person) | Standing::Untrained { person, .. } => Ok(listed(desk, person)),
        _ => Ok(Someone { name: told.clone(), printed: Printed::named(told) }),
    }
}

fn listed(desk: &Desk, person: &crate::case::Person) -> Someone {
    let parties = &desk.settings.parties;
    let organization = match person.party {
        Side::City => Some(parties.city.name.clone()),
        Side::Contractor => Some(parties.contractor.name.clone()),
        // Which of several is not known here.
        Side::Subcontractor => None,
    };
    let printed = Printed {
        organization: organization.filter(|text| !text.is_empty()),
        section: Some(person.section.clone()).filter(|text| !text.is_empty()),
        ..Printed::named(person.name.clone())
    };
    Someone { name: person.name.clone(), printed }
}

/// Whether two names are one person's.
pub fn same(one: &str, other: &str) -> bool {
    typed::same_name(one, other)
}

/// Refuses a witness who did the work.
pub fn not_the_performer(witness: &str, performers: &[String]) -> Result<(), Failure> {
    if !performers.iter().any(|performer| same(performer, witness)) {
        return Ok(());
    }
    let shown = show::name(witness);
    let message = t!("err-witness-is-performer", name = shown.clone());
    Err(Failure::refused("witness_is_performer", message, t!("hint-witness-is-performer")).about(shown))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_more_or_less_is_no_other_person() {
        for other in ["見本 太郎", "見本　太郎", "見本太郎", " 見本太郎 "] {
            assert!(same("見本太郎", other), "{other}");
        }
        assert!(same("ＡＢＣ", "ABC"));
        assert!(!same("見本太郎", "見本太朗") && !same("髙橋", "高橋"));
    }
}
