//! What changed between two settings, and which changes made a rule weaker.
//!
//! Attack: a rule is loosened, the deed is done, the rule is put back. The ledger keeps each change with `loosened`, and an
//! auditor looks for those first.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::reader::dotted;
use super::settings::Hours;
use super::words::{DataClass, Word};

/// One key that says something else than before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The key, from the top: `rules.training`.
    pub key: String,
    /// What it said; null when it was not there.
    pub old: Value,
    /// What it says; null when it is gone.
    pub new: Value,
    /// Whether a rule became weaker.
    pub loosened: bool,
}

/// When a change of a key weakens its rule. A key that is not there counts as its weakest value, so that leaving a rule
/// out is seen as well.
enum Weaker {
    /// `true` became `false`.
    TurnedOff,
    /// A word became one further right.
    Towards(&'static [&'static str]),
    /// Something is no longer in the list.
    FewerEntries,
    /// The list permits more: something was added, or nothing is left and everything is permitted.
    MorePermitted,
    /// A class of data is no longer named, or none is claimed to be there.
    FewerClasses,
    /// The number became smaller.
    Lowered,
    /// The number became larger.
    Raised,
    /// The same, and zero asks for nothing.
    RaisedOrNone,
    /// More of the day counts as usual.
    Longer,
    /// The day became another one, or none.
    Moved,
    /// Somebody stands for it who did not before.
    NewName,
}

/// The keys that are rules. Training in the fiscal year is stricter than in the last twelve months: whoever was trained in
/// this fiscal year was trained in the last twelve months.
const RULES: &[(&str, Weaker)] = &[
    ("rules.two_person_check", Weaker::TurnedOff),
    ("rules.training", Weaker::Towards(&["fiscal_year", "12_months", "once", "none"])),
    ("rules.untrained_operator", Weaker::Towards(&["refuse", "warn"])),
    ("rules.unlisted_operator", Weaker::Towards(&["refuse", "warn"])),
    ("rules.other_items", Weaker::Towards(&["refuse", "warn"])),
    ("rules.approval", Weaker::FewerEntries),
    ("rules.separate_days", Weaker::TurnedOff),
    ("rules.slip_gap_days", Weaker::Lowered),
    ("rules.registered_media", Weaker::TurnedOff),
    // None at all is the weakest.
    ("rules.inspection_months", Weaker::RaisedOrNone),
    ("office.hours", Weaker::Longer),
    ("contract.items", Weaker::MorePermitted),
    // What is certified and what is warned of hangs on the classes of data.
    ("contract.data_class", Weaker::FewerClasses),
    // Retention counts from the contract's end, and what has no day of its own is due then: an earlier one lets records go, a later
    // one what is overdue. A contract is made longer by an amendment.
    ("contract.to", Weaker::Moved),
    ("retention.years", Weaker::Lowered),
    ("retention.from_next_fiscal_year", Weaker::TurnedOff),
    ("warning.subjects", Weaker::Raised),
    // A mapping lends a user of the system somebody's name, and with it a place on the roster and training, or makes one
    // person two. Taking one away lends nothing: the user is asked, or stands there unlisted.
    ("people.os_users.", Weaker::NewName),
];

/// What changed, by key. Tables are compared key by key, lists as a whole.
#[must_use]
pub fn changes(old: &Value, new: &Value) -> Vec<Change> {
    let mut found = Vec::new();
    walk("", old, new, &mut found);
    found
}

fn walk(path: &str, old: &Value, new: &Value, found: &mut Vec<Change>) {
    if old == new {
        return;
    }
    // A table that came or went as a whole is told key by key too, so that no rule in it goes unseen.
    let table_or_nothing = |value: &Value| value.is_null() || value.is_object();
    if table_or_nothing(old) && table_or_nothing(new) {
        let tables = [old, new].into_iter().filter_map(Value::as_object);
        let keys: BTreeSet<&String> = tables.flat_map(|table| table.keys()).collect();
        for key in keys {
            let path = if path.is_empty() { dotted(key) } else { format!("{path}.{}", dotted(key)) };
            let at = |table: &Value| table.get(key).cloned().unwrap_or(Value::Null);
            walk(&path, &at(old), &at(new), found);
        }
        return;
    }
    let loosened = is_weaker(path, old, new);
    found.push(Change { key: path.to_owned(), old: old.clone(), new: new.clone(), loosened });
}

fn is_weaker(key: &str, old: &Value, new: &Value) -> bool {
    let governs = |rule: &str| if rule.ends_with('.') { key.starts_with(rule) } else { key == rule };
    let Some((_, weaker)) = RULES.iter().find(|(rule, _)| governs(rule)) else { return false };
    match weaker {
        Weaker::TurnedOff => truth(old) && !truth(new),
        Weaker::Towards(words) => rank(words, new) > rank(words, old),
        Weaker::FewerEntries => gone(old, new),
        Weaker::MorePermitted => !entries(old).is_empty() && (entries(new).is_empty() || gone(new, old)),
        Weaker::FewerClasses => {
            let named =
                |value| entries(value).into_iter().filter(|e| *e != DataClass::Unknown.text()).collect::<BTreeSet<_>>();
            !named(old).is_subset(&named(new)) || entries(new).is_empty()
        }
        Weaker::Lowered => number(new).unwrap_or(0) < number(old).unwrap_or(0),
        Weaker::Raised => number(new).unwrap_or(u64::MAX) > number(old).unwrap_or(u64::MAX),
        Weaker::RaisedOrNone => {
            let months = |value| number(value).filter(|months| *months > 0).unwrap_or(u64::MAX);
            months(new) > months(old)
        }
        Weaker::Longer => {
            let hours = |value: &Value| value.as_str().and_then(Hours::parse);
            match (hours(old), hours(new)) {
                (Some(old), Some(new)) if new.from != new.to => {
                    old.from != old.to && (new.from < old.from || new.to > old.to)
                }
                (Some(old), _) => old.from != old.to,
                (None, _) => false,
            }
        }
        Weaker::Moved => old.as_str().is_some_and(|day| !day.is_empty()) && old != new,
        Weaker::NewName => !new.is_null(),
    }
}

fn truth(value: &Value) -> bool {
    value.as_bool().unwrap_or(false)
}

/// How far right a word stands; an unknown one, or none, furthest.
fn rank(words: &[&str], value: &Value) -> usize {
    let said = value.as_str().unwrap_or_default();
    words.iter().position(|word| *word == said).unwrap_or(words.len())
}

fn number(value: &Value) -> Option<u64> {
    value.as_u64()
}

fn entries(value: &Value) -> BTreeSet<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Whether something of `all` is not in `rest`.
fn gone(all: &Value, rest: &Value) -> bool {
    !entries(all).is_subset(&entries(rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::settings::Settings;
    use crate::case::words::Side;
    use serde_json::json;

    /// The one change from the defaults with `old` to the defaults with `new` at a key.
    fn change(pointer: &str, old: Value, new: Value) -> Change {
        let with = |value: Value| {
            let mut settings = Settings::of(Side::City).to_value();
            *settings.pointer_mut(pointer).unwrap() = value;
            settings
        };
        let found = changes(&with(old), &with(new));
        assert_eq!(found.len(), 1, "{found:?}");
        found.into_iter().next().unwrap()
    }

    #[test]
    fn every_rule_is_seen_to_weaken_and_not_to_tighten() {
        for (pointer, strict, weak) in [
            ("/rules/two_person_check", json!(true), json!(false)),
            ("/rules/training", json!("fiscal_year"), json!("12_months")),
            ("/rules/training", json!("12_months"), json!("once")),
            ("/rules/training", json!("once"), json!("none")),
            ("/rules/training", json!("fiscal_year"), json!("none")),
            ("/rules/untrained_operator", json!("refuse"), json!("warn")),
            ("/rules/unlisted_operator", json!("refuse"), json!("warn")),
            ("/rules/other_items", json!("refuse"), json!("warn")),
            ("/rules/other_items", json!("refuse"), Value::Null),
            ("/rules/approval", json!(["copy", "erasure"]), json!(["copy"])),
            ("/rules/separate_days", json!(true), json!(false)),
            ("/contract/items", json!(["氏名"]), json!(["氏名", "住所"])),
            ("/contract/items", json!(["氏名"]), json!([])),
            ("/contract/data_class", json!(["特定個人情報"]), json!(["不明"])),
            ("/contract/data_class", json!(["不明"]), json!([])),
            ("/contract/to", json!("2027-03-31"), json!("")),
            ("/retention/years", json!(10), json!(9)),
            ("/retention/from_next_fiscal_year", json!(true), json!(false)),
            ("/warning/subjects", json!(101), json!(102)),
        ] {
            assert!(change(pointer, strict.clone(), weak.clone()).loosened, "{pointer}: {strict} → {weak}");
            assert!(!change(pointer, weak.clone(), strict.clone()).loosened, "{pointer}: {weak} → {strict}");
        }
    }

    /// Attack: a loosening hidden in a change that tightens something else of the same list.
    #[test]
    fn what_is_weaker_in_part_is_weaker() {
        assert!(change("/rules/approval", json!(["copy"]), json!(["erasure", "takeout"])).loosened);
        assert!(change("/contract/items", json!(["氏名"]), json!(["住所"])).loosened);
        assert!(change("/contract/data_class", json!(["要配慮"]), json!(["特定個人情報"])).loosened);
        assert!(!change("/contract/data_class", json!(["不明"]), json!(["要配慮"])).loosened);
    }

    #[test]
    fn a_lent_name_is_a_loosening_and_a_withdrawn_one_is_not() {
        let lent = change("/people/os_users", json!({}), json!({"a.b": "佐藤"}));
        assert_eq!((lent.key.as_str(), &lent.old, lent.loosened), ("people.os_users.\"a.b\"", &Value::Null, true));
        assert!(change("/people/os_users", json!({"ab": "佐藤"}), json!({"ab": "鈴木"})).loosened);
        assert!(!change("/people/os_users", json!({"ab": "佐藤"}), json!({})).loosened);
    }

    #[test]
    fn other_changes_are_told_and_loosen_nothing() {
        for (pointer, old, new) in [
            ("/contract/title", json!("甲"), json!("乙")),
            ("/forms/seals", json!(true), json!(false)),
            ("/people/roles", json!([]), json!(["班長"])),
            ("/parties/subcontractors", json!([]), json!([{"name": "見本運送"}])),
        ] {
            assert!(!change(pointer, old, new).loosened, "{pointer}");
        }
    }

    /// A contract is made longer by an amendment; written into the settings, a later end makes what is overdue due again.
    #[test]
    fn the_end_of_a_contract_is_not_written_anew() {
        for new in ["2026-12-31", "2028-03-31", ""] {
            assert!(change("/contract/to", json!("2027-03-31"), json!(new)).loosened, "{new}");
        }
        assert!(!change("/contract/to", json!(""), json!("2027-03-31")).loosened, "said for the first time");
    }

    #[test]
    fn a_whole_table_that_went_hides_no_rule() {
        let old = Settings::of(Side::City).to_value();
        let mut new = old.clone();
        new.as_object_mut().unwrap().remove("rules");
        let found = changes(&old, &new);
        assert!(found.iter().any(|c| c.key == "rules.separate_days" && c.loosened), "{found:?}");
        assert_eq!(changes(&old, &old), []);
    }

    /// From the city's desk to the contractor's: the shorter retention that comes with it is seen.
    #[test]
    fn another_side_shows_what_comes_with_it() {
        let found = changes(&Settings::of(Side::City).to_value(), &Settings::of(Side::Contractor).to_value());
        let seen: Vec<_> = found.iter().map(|c| (c.key.as_str(), c.loosened)).collect();
        assert_eq!(seen, [("retention.years", true), ("side", false)]);
        let json = serde_json::to_value(&found[0]).unwrap();
        assert_eq!(json, json!({"key": "retention.years", "old": 5, "new": 1, "loosened": true}));
    }
}
