//! What is confirmed before anything is sealed: that the items are permitted, that so many records are meant, and that nothing
//! goes out that is not needed.

use serde_json::{Value, json};

use crate::bundle::Description;
use crate::case::Strictness;
use crate::cli::args::{PackChecks, Reduced};
use crate::cli::context::Context;
use crate::cli::desk::Desk;
use crate::cli::failure::Failure;
use crate::cli::words;
use crate::t;
use crate::term::{ask, show};
use crate::typed;

/// What was confirmed; it goes into the entry.
#[derive(Debug, Clone, Default)]
pub struct Confirmed {
    /// The case's figure, where there is as much or more.
    pub many: Option<u64>,
    /// Whether items that are not needed were taken out, as somebody said.
    pub reduced: Option<Reduced>,
}

impl Confirmed {
    /// What the ledger keeps of it.
    pub fn facts(&self) -> Value {
        let mut facts = json!({ "items_reduced": match self.reduced {
            Some(Reduced::Yes) => "yes",
            Some(Reduced::No) => "no",
            Some(Reduced::NoneNeeded) => "none_needed",
            None => "not_said",
        }});
        if let Some(threshold) = self.many {
            facts["many"] = true.into();
            facts["threshold"] = threshold.into();
        }
        facts
    }
}

/// Asks what must be asked, and refuses what a rule of the case does not let out.
pub fn confirmed(
    context: &Context,
    checks: &PackChecks,
    desk: &Desk,
    description: &Description,
) -> Result<Confirmed, Failure> {
    permitted(context, desk, description)?;
    let many = many(context, checks, desk, description)?;
    let reduced = reduced(context, checks)?;
    Ok(Confirmed { many, reduced })
}

/// Items the contract does not permit are refused, or warned of, as the case says.
fn permitted(context: &Context, desk: &Desk, description: &Description) -> Result<(), Failure> {
    let other = desk.contract()?.not_permitted(&description.items);
    if other.is_empty() {
        return Ok(());
    }
    let items = other.iter().map(|item| show::name(item)).collect::<Vec<_>>().join("・");
    let message = t!("err-other-items", items = items);
    if desk.settings.rules.other_items == Strictness::Refuse {
        return Err(Failure::refused("items_not_permitted", message, t!("hint-other-items")));
    }
    context.warn(&message);
    Ok(())
}

/// As much as the case's figure, or more, is confirmed by the number itself: a hand that says yes to everything is stopped.
fn many(
    context: &Context,
    checks: &PackChecks,
    desk: &Desk,
    description: &Description,
) -> Result<Option<u64>, Failure> {
    let threshold = desk.settings.warning.subjects;
    // Persons and records are different things, but both say how much would be lost.
    let Some(count) = description.subjects.max(description.records).filter(|&count| count >= threshold) else {
        return Ok(None);
    };
    context.warn(&t!("warn-many-subjects", threshold = show::number(threshold)));
    let again = match checks.confirm_count {
        None if context.may_ask() && !context.yes => {
            let typed = ask::text(&t!("ask-confirm-count"), None).map_err(|e| words::terminal(&e))?;
            number(&typed)
        }
        given => given,
    };
    if again == Some(count) {
        return Ok(Some(threshold));
    }
    let message = t!("err-needs-second-confirmation", count = show::number(count), threshold = show::number(threshold));
    Err(Failure::refused("needs_second_confirmation", message, t!("hint-needs-second-confirmation")))
}

/// Full-width digits, thousands and blanks do not matter.
fn number(typed: &str) -> Option<u64> {
    let plain: String = typed::narrow(typed).chars().filter(|c| !c.is_whitespace() && *c != ',').collect();
    plain.parse().ok()
}

/// 不要な項目は削除又は置換えをしたか. Where nobody can be asked, the record says that nobody said so.
fn reduced(context: &Context, checks: &PackChecks) -> Result<Option<Reduced>, Failure> {
    let reduced = match checks.items_reduced {
        None if context.may_ask() && !context.yes => {
            let answers = [t!("reduced-yes"), t!("reduced-none-needed"), t!("reduced-no")];
            let answer = ask::choice(&t!("ask-items-reduced"), &answers, None).map_err(|e| words::terminal(&e))?;
            [Reduced::Yes, Reduced::NoneNeeded, Reduced::No].get(answer).copied()
        }
        said => said,
    };
    if reduced == Some(Reduced::No) {
        context.warn(&t!("warn-items-not-reduced"));
    }
    Ok(reduced)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_may_be_typed_as_people_type_numbers() {
        assert_eq!((number("1,234"), number("１，２３４ "), number(" 1234")), (Some(1234), Some(1234), Some(1234)));
        assert_eq!((number("1234人"), number(""), number("-1")), (None, None, None));
    }
}
