//! The settings that were in force when an entry was written, as far as an audit asks for them.
//!
//! Read from what the ledger keeps, not from `tewatashi.toml`: that says what holds today.

use chrono::NaiveDate;
use serde_json::Value;

use crate::calendar;
use crate::case::settings::{Hours, Office, Rules};
use crate::case::{Approval, Training, Word};

/// The settings in force.
#[derive(Debug, Clone)]
pub(super) struct Regime {
    /// What needs a decision.
    pub approval: Vec<Approval>,
    /// How fresh training has to be.
    pub training: Training,
    /// When the office works.
    pub office: Office,
    /// The last day of the contract, changes apart.
    pub end: Option<NaiveDate>,
    /// All of them, for the next change to be held against.
    pub value: Value,
}

impl Regime {
    /// From what an `init`, `settings` or `restore` entry says. A key that an older program did not know says what the program would
    /// have done without it.
    pub fn of(value: &Value) -> Self {
        let at = |table: &str, key: &str| value.get(table).and_then(|table| table.get(key));
        let texts = |table: &str, key: &str| {
            let list = at(table, key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            list.iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>()
        };
        let usual = Rules::default();
        let training = at("rules", "training").and_then(Value::as_str).and_then(Training::parse);
        let hours = at("office", "hours").and_then(Value::as_str).and_then(Hours::parse);
        let closed: Vec<NaiveDate> = texts("office", "closed").iter().filter_map(|day| calendar::iso(day)).collect();
        Self {
            approval: texts("rules", "approval").iter().filter_map(|word| Approval::parse(word)).collect(),
            training: training.unwrap_or(usual.training),
            office: Office { hours: hours.unwrap_or(Office::default().hours), closed },
            end: at("contract", "to").and_then(Value::as_str).and_then(calendar::iso),
            value: value.clone(),
        }
    }
}

/// Before the first entry said anything.
impl Default for Regime {
    fn default() -> Self {
        Self::of(&Value::Null)
    }
}
