//! Words of the case: mistakes in its settings, its people, its contract.

use std::path::Path;

use super::super::failure::Failure;
use crate::case::{AmendError, Approval, Fault, Mistake, Named, PeopleError, Person, Shape, Standing, Training};
use crate::t;
use crate::term::show;

/// Mistakes in `tewatashi.toml`, each with its place and what would be right.
pub fn mistakes(path: &Path, mistakes: &[Mistake]) -> Failure {
    let shown = show::path(path);
    let line = |m: &Mistake| format!("{shown}:{}:{}: {}", m.line, m.column, mistake_line(m));
    Failure::failed("bad_settings", t!("err-bad-settings", path = shown.clone()), t!("hint-bad-settings"))
        .with_details(mistakes.iter().map(line).collect())
        .about(shown.clone())
}

/// Mistakes in a file of answers.
pub fn answers_file(path: &Path, mistakes: &[Mistake]) -> Failure {
    let shown = show::path(path);
    let line = |m: &Mistake| format!("{shown}:{}:{}: {}", m.line, m.column, mistake_line(m));
    // A list of five thousand mistakes helps nobody.
    Failure::usage("bad_answers", t!("err-bad-answers-file", path = shown.clone()), t!("hint-bad-answers-file"))
        .with_details(mistakes.iter().take(20).map(line).collect())
        .about(shown.clone())
}

/// Mistakes in what was answered for a new case.
pub fn answers(mistakes: &[Mistake]) -> Failure {
    Failure::usage("bad_answers", t!("err-bad-answers"), t!("hint-bad-answers"))
        .with_details(mistakes.iter().map(mistake_line).collect())
}

fn mistake_line(mistake: &Mistake) -> String {
    let key = show::name(&mistake.key);
    let found = show::name(&mistake.found);
    let list = |words: &[&str]| words.join(" | ");
    let what = match &mistake.fault {
        Fault::NotUtf8 => t!("mistake-not-utf8"),
        Fault::Syntax { full_width: Some(sign), .. } => t!("mistake-full-width", sign = sign.to_string()),
        Fault::Syntax { detail, full_width: None } => t!("mistake-syntax", detail = show::name(detail)),
        Fault::UnknownKey { nearest: Some(nearest), .. } => t!("mistake-unknown-near", nearest = (*nearest)),
        Fault::UnknownKey { nearest: None, known } => t!("mistake-unknown", known = list(known)),
        Fault::Shape(shape) => t!("mistake-shape", shape = shape_word(*shape)),
        Fault::NotAccepted(words) => t!("mistake-not-accepted", found = found, list = list(words)),
        Fault::OutOfRange { least, most } => t!("mistake-range", least = least.to_string(), most = most.to_string()),
        Fault::EndsBefore { from } => t!("mistake-ends-before", from = show::name(from)),
        Fault::Empty => t!("mistake-empty"),
        Fault::Unseen(character) => t!("mistake-unseen", character = character.escape_unicode().to_string()),
        Fault::Twice { first } => t!("mistake-twice", first = show::name(first)),
    };
    if key.is_empty() { what } else { format!("{key}: {what}") }
}

fn shape_word(shape: Shape) -> String {
    match shape {
        Shape::Text => t!("shape-text"),
        Shape::Texts => t!("shape-texts"),
        Shape::YesNo => t!("shape-yes-no"),
        Shape::Whole => t!("shape-whole"),
        Shape::Date => t!("shape-date"),
        Shape::Letters => t!("shape-letters"),
        Shape::Hours => t!("shape-hours"),
        Shape::Section => t!("shape-section"),
        Shape::Sections => t!("shape-sections"),
    }
}

/// What needs a decision first.
pub fn approval(approval: Approval) -> String {
    match approval {
        Approval::Handover => t!("approval-handover"),
        Approval::Copy => t!("approval-copy"),
        Approval::Takeout => t!("approval-takeout"),
        Approval::Erasure => t!("approval-erasure"),
        Approval::Destruction => t!("approval-destruction"),
        Approval::Subcontract => t!("approval-subcontract"),
        Approval::Medium => t!("approval-medium"),
    }
}

/// How fresh training has to be.
pub fn training(rule: Training) -> String {
    match rule {
        Training::None => t!("training-none"),
        Training::Once => t!("training-once"),
        Training::FiscalYear => t!("training-fiscal-year"),
        Training::TwelveMonths => t!("training-12-months"),
    }
}

fn named(people: &[Named]) -> String {
    let people = people.iter().map(|p| format!("{} {}", p.number, show::name(&p.name)));
    people.collect::<Vec<_>>().join(" / ")
}

/// A name that several people have.
pub fn several(said: &str, people: &[&Person]) -> Failure {
    let who = people.iter().map(|person| person.named()).collect();
    self::people(&PeopleError::Ambiguous { said: said.to_owned(), who })
}

/// Why a person may not act, or is warned of.
pub fn standing(name: &str, standing: &Standing) -> Failure {
    let name = show::name(name);
    match standing {
        Standing::Retired(person) => {
            let date = person.retired.map(|date| date.to_string()).unwrap_or_default();
            let message = t!("err-operator-retired", name = name, date = date);
            Failure::refused("operator_retired", message, t!("hint-operator-unlisted"))
        }
        Standing::Untrained { rule, last, .. } => {
            let last = last.map_or_else(|| t!("staff-untrained"), |date| date.to_string());
            let message = t!("err-operator-untrained", name = name, rule = training(*rule), last = last);
            Failure::refused("operator_untrained", message, t!("hint-operator-untrained"))
        }
        _ => Failure::refused(
            "operator_unlisted",
            t!("err-operator-unlisted", name = name),
            t!("hint-operator-unlisted"),
        ),
    }
}

/// What cannot be said of a person.
pub fn people(error: &PeopleError) -> Failure {
    let one = |person: &Named| named(std::slice::from_ref(person));
    match error {
        PeopleError::Role { found, accepted } => {
            let accepted = accepted.join("・");
            let message = t!("err-bad-role", found = show::name(found));
            Failure::usage("bad_role", message, t!("hint-accepted", list = accepted))
        }
        PeopleError::NoName | PeopleError::Nobody => Failure::usage("no_name", t!("err-no-name"), t!("hint-no-name")),
        PeopleError::Unseen { text, character } => unseen(text, *character),
        PeopleError::NameIsNumber(name) => {
            Failure::usage("name_is_number", t!("err-name-is-number", name = show::name(name)), t!("hint-no-name"))
        }
        PeopleError::OsUserTaken { os_user, by } => {
            let message = t!("err-os-user-taken", user = show::name(os_user), person = one(by));
            Failure::usage("os_user_taken", message, t!("hint-os-user-taken"))
        }
        PeopleError::NotFound(said) => {
            Failure::failed("no_person", t!("err-no-person", said = show::name(said)), t!("hint-no-person"))
        }
        PeopleError::Ambiguous { said, who } => {
            let message = t!("err-ambiguous-person", said = show::name(said), people = named(who));
            Failure::usage("ambiguous_person", message, t!("hint-ambiguous-person"))
        }
        PeopleError::HasLeft { who, on } => {
            let message = t!("err-has-left", person = one(who), date = on.to_string());
            Failure::refused("has_left", message, t!("hint-no-person"))
        }
        PeopleError::ToTheSame => Failure::usage("same_person", t!("err-same-person"), t!("hint-same-person")),
    }
}

fn unseen(text: &str, character: char) -> Failure {
    let message = t!("err-unseen", text = show::name(text), character = character.escape_unicode().to_string());
    Failure::usage("bad_text", message, t!("hint-bad-text"))
}

/// A change of the contract that cannot be recorded.
pub fn amend(error: &AmendError) -> Failure {
    let list = |items: &[String]| items.iter().map(|item| show::name(item)).collect::<Vec<_>>().join("・");
    let message = match error {
        AmendError::Empty => t!("amend-empty"),
        AmendError::Unseen { text, character } => return unseen(text, *character),
        AmendError::NothingChanges => t!("amend-nothing"),
        AmendError::EndsBefore { from, to } => t!("amend-ends-before", from = from.to_string(), to = to.to_string()),
        AmendError::NoList => t!("amend-no-list"),
        AmendError::Listed(items) => t!("amend-listed", items = list(items)),
        AmendError::NotListed(items) => t!("amend-not-listed", items = list(items)),
        AmendError::NothingLeft => t!("amend-nothing-left"),
    };
    Failure::usage("bad_amendment", message, t!("hint-amend"))
}
