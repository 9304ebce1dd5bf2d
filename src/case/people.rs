//! The people of a case: their roles, and the facts of the entries that tell of them.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::facts;
use super::settings::Settings;
use super::words::Side;
use crate::typed::{narrow, plain};

/// The roles of a city's desk.
pub const CITY_ROLES: [&str; 5] = ["総括保護管理者", "保護管理者", "保護担当者", "監査責任者", "監督員"];

/// The roles of a contractor's desk, and of its contractors'.
pub const CONTRACTOR_ROLES: [&str; 4] = ["個人情報保護責任者", "取扱責任者", "作業責任者", "作業従事者"];

/// Why something cannot be said of a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeopleError {
    /// A role of the other side, or none we know.
    #[error("no role of this side: {found}")]
    Role {
        /// What was said.
        found: String,
        /// What would be accepted.
        accepted: Vec<String>,
    },
    /// A name is missing.
    #[error("a name is missing")]
    NoName,
    /// A text holds a character that cannot be seen on paper.
    #[error("{text:?} holds {character:?}")]
    Unseen {
        /// The text.
        text: String,
        /// The character.
        character: char,
    },
    /// A name that reads as a number of the roster, so that it would mean somebody else.
    #[error("{0} is a number, not a name")]
    NameIsNumber(String),
    /// The user of the system stands for somebody already.
    #[error("{os_user} stands for {} already", by.name)]
    OsUserTaken {
        /// The user.
        os_user: String,
        /// For whom.
        by: Named,
    },
    /// Nobody of that name or number.
    #[error("not on the roster: {0}")]
    NotFound(String),
    /// Several of that name.
    #[error("{said} may be any of {}", who.len())]
    Ambiguous {
        /// What was said.
        said: String,
        /// Who it may be.
        who: Vec<Named>,
    },
    /// Somebody who has left.
    #[error("{} has left on {on}", who.name)]
    HasLeft {
        /// Who.
        who: Named,
        /// When.
        on: NaiveDate,
    },
    /// Nobody was named.
    #[error("nobody was named")]
    Nobody,
    /// What somebody holds cannot pass on to the same person.
    #[error("from and to are the same person")]
    ToTheSame,
}

/// A person by number and name: the number finds, the name is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// `P-001`
    pub number: String,
    /// As written on the day.
    pub name: String,
}

/// A person joining: the facts of `staff_add`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPerson {
    /// `P-001`; given by [`super::roster::Roster::admit`].
    pub number: String,
    /// The name, as its owner writes it.
    pub name: String,
    /// The role.
    pub role: String,
    /// Department or firm, as on paper.
    #[serde(default)]
    pub section: String,
    /// Whose person it is.
    pub party: Side,
    /// How to reach them.
    #[serde(default)]
    pub contact: String,
    /// The user of the operating system, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub os_user: Option<String>,
    /// The day of the written pledge (誓約書).
    #[serde(default, skip_serializing_if = "Option::is_none", with = "facts::maybe_day")]
    pub pledged: Option<NaiveDate>,
}

/// A training that was held: the facts of `staff_train`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrainingSession {
    /// The day.
    #[serde(with = "facts::day")]
    pub date: NaiveDate,
    /// What it was about.
    #[serde(default)]
    pub title: String,
    /// Who attended.
    pub people: Vec<Named>,
}

/// A person leaving: the facts of `staff_retire`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retirement {
    /// Who.
    #[serde(flatten)]
    pub person: Named,
    /// The first day on which they no longer handle anything.
    #[serde(with = "facts::day")]
    pub date: NaiveDate,
    /// Why: 異動, 退職, 任期満了.
    #[serde(default)]
    pub reason: String,
}

/// What one person held passing on to another (事務引継): the facts of `staff_transfer`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// From whom.
    pub from: Named,
    /// To whom.
    pub to: Named,
    /// The day.
    #[serde(with = "facts::day")]
    pub date: NaiveDate,
    /// What: media, slips and documents by their numbers, approvals, dates to be kept.
    #[serde(default)]
    pub held: Vec<String>,
}

/// The facts of `staff_add`.
#[must_use]
pub fn add_facts(person: &NewPerson) -> Map<String, Value> {
    facts::write(person)
}

/// The facts of `staff_train`.
#[must_use]
pub fn train_facts(session: &TrainingSession) -> Map<String, Value> {
    facts::write(session)
}

/// The facts of `staff_retire`.
#[must_use]
pub fn retire_facts(retirement: &Retirement) -> Map<String, Value> {
    facts::write(retirement)
}

/// The facts of `staff_transfer`.
#[must_use]
pub fn transfer_facts(transfer: &Transfer) -> Map<String, Value> {
    facts::write(transfer)
}

/// The roles a side may give, the settings' own last.
#[must_use]
pub fn roles(party: Side, settings: &Settings) -> Vec<String> {
    let usual: &[&str] = match party {
        Side::City => &CITY_ROLES,
        Side::Contractor | Side::Subcontractor => &CONTRACTOR_ROLES,
    };
    let mut roles: Vec<String> = usual.iter().map(|role| (*role).to_owned()).collect();
    roles.extend(settings.people.roles.iter().filter(|role| !usual.contains(&role.as_str())).cloned());
    roles
}

/// A person's texts made ready for the ledger: trimmed, visible, with a role of their side.
///
/// # Errors
/// What cannot be said.
pub(super) fn tidy(person: NewPerson, settings: &Settings) -> Result<NewPerson, PeopleError> {
    let name = seen(&person.name)?;
    if name.is_empty() {
        return Err(PeopleError::NoName);
    }
    if number_in(&name).is_some() {
        return Err(PeopleError::NameIsNumber(name));
    }
    let (role, accepted) = (seen(&person.role)?, roles(person.party, settings));
    if !accepted.contains(&role) {
        return Err(PeopleError::Role { found: role, accepted });
    }
    let os_user = person.os_user.as_deref().map(seen).transpose()?.filter(|user| !user.is_empty());
    let (section, contact) = (seen(&person.section)?, seen(&person.contact)?);
    Ok(NewPerson { name, role, section, contact, os_user, ..person })
}

/// A text trimmed.
///
/// # Errors
/// When something in it cannot be seen on paper.
pub(super) fn seen(text: &str) -> Result<String, PeopleError> {
    plain(text).map_err(|character| PeopleError::Unseen { text: text.trim().to_owned(), character })
}

/// The number of a person as it is written: `P-001`.
#[must_use]
pub(super) fn number_text(number: u32) -> String {
    format!("P-{number:03}")
}

/// The number in `P-001`, `p1`, `Ｐ－００１`; none in anything that may be a name.
pub(super) fn number_in(text: &str) -> Option<u32> {
    let narrow = narrow(text);
    let digits = narrow.trim().strip_prefix(['P', 'p'])?;
    let digits = digits.strip_prefix('-').unwrap_or(digits);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::words::Word;
    use serde_json::json;

    fn person(name: &str, role: &str, party: Side) -> NewPerson {
        let blank = String::new;
        let (name, role) = (name.to_owned(), role.to_owned());
        NewPerson {
            number: blank(),
            name,
            role,
            section: blank(),
            party,
            contact: blank(),
            os_user: None,
            pledged: None,
        }
    }

    #[test]
    fn a_role_belongs_to_its_side() {
        let mut settings = Settings::default();
        settings.people.roles = vec!["情報管理責任者".into(), "監督員".into()];
        assert_eq!(tidy(person("佐藤", "保護管理者", Side::City), &settings).unwrap().role, "保護管理者");
        assert_eq!(tidy(person("佐藤", "情報管理責任者", Side::Subcontractor), &settings).unwrap().name, "佐藤");
        for (role, party) in
            [("作業従事者", Side::City), ("保護管理者", Side::Contractor), ("部長", Side::Subcontractor)]
        {
            let wrong = tidy(person("佐藤", role, party), &settings).unwrap_err();
            assert_eq!(wrong, PeopleError::Role { found: role.into(), accepted: roles(party, &settings) });
        }
        assert_eq!(roles(Side::City, &settings).len(), 6);
        for side in Side::ALL {
            assert!(tidy(person("佐藤", "情報管理責任者", *side), &settings).is_ok());
        }
    }

    #[test]
    fn names_stay_as_their_owners_write_them() {
        let settings = Settings::default();
        let name = |text| tidy(person(text, "監督員", Side::City), &settings).map(|p| p.name);
        assert_eq!(name("　髙橋　葛\u{e0100}\t").as_deref(), Ok("髙橋　葛\u{e0100}"));
        assert_eq!(name(" 　"), Err(PeopleError::NoName));
        assert_eq!(
            name("佐\u{200b}藤"),
            Err(PeopleError::Unseen { text: "佐\u{200b}藤".into(), character: '\u{200b}' })
        );
        assert_eq!(name("Ｐ－００１"), Err(PeopleError::NameIsNumber("Ｐ－００１".into())));
    }

    #[test]
    fn numbers_are_read_as_people_type_them() {
        for text in ["P-001", "p-1", "P1", " Ｐ－００１　", "Pー001"] {
            assert_eq!(number_in(text), Some(1), "{text}");
        }
        for text in ["", "P", "P-", "1", "Pat", "P-1a", "P-99999999999"] {
            assert_eq!(number_in(text), None, "{text}");
        }
        assert_eq!((number_text(7), number_text(1234)), ("P-007".into(), "P-1234".into()));
    }

    #[test]
    fn facts_have_keys_that_stay() {
        let mut new = person("佐藤", "監督員", Side::City);
        new.number = "P-001".into();
        let plain =
            json!({"number": "P-001", "name": "佐藤", "role": "監督員", "section": "", "party": "区", "contact": ""});
        assert_eq!(Value::Object(add_facts(&new)), plain);
        new.os_user = Some("sato".into());
        new.pledged = crate::calendar::iso("2026-04-01");
        assert_eq!(add_facts(&new)["pledged"], "2026-04-01");
        assert_eq!(add_facts(&new)["os_user"], "sato");
        let who = || Named { number: "P-001".into(), name: "佐藤".into() };
        let date = crate::calendar::iso("2026-04-01").unwrap();
        let session = TrainingSession { date, title: "研修".into(), people: vec![who()] };
        let attended = json!([{"number": "P-001", "name": "佐藤"}]);
        assert_eq!(
            Value::Object(train_facts(&session)),
            json!({"date": "2026-04-01", "title": "研修", "people": attended})
        );
        let left = Retirement { person: who(), date, reason: "異動".into() };
        let told = json!({"number": "P-001", "name": "佐藤", "date": "2026-04-01", "reason": "異動"});
        assert_eq!(Value::Object(retire_facts(&left)), told);
        let passed = Transfer { from: who(), to: who(), date, held: vec!["M-12".into()] };
        assert_eq!(transfer_facts(&passed)["held"], json!(["M-12"]));
    }
}
