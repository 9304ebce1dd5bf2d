//! Facts of entries as plain structs: written and read by the same declaration, so that neither can drift from the other.

use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::calendar;
use crate::ledger::Entry;

/// A struct as the facts of an entry.
pub(crate) fn write<T: Serialize>(record: &T) -> Map<String, Value> {
    match serde_json::to_value(record) {
        Ok(Value::Object(facts)) => facts,
        // Our records are structs of texts, numbers and lists, which always have a value.
        _ => Map::new(),
    }
}

/// The facts of an entry as a struct; none when they are not of its shape. Keys of a newer version are passed over.
pub(crate) fn read<T: DeserializeOwned>(entry: &Entry) -> Option<T> {
    serde_json::from_value(Value::Object(entry.facts.clone())).ok()
}

/// The day an entry was written, as the desk's own clock showed it.
pub(crate) fn day_of(entry: &Entry) -> Option<NaiveDate> {
    calendar::iso(entry.time.get(..10)?)
}

/// `2026-04-01`
pub(crate) mod day {
    use super::{Deserialize, Deserializer, NaiveDate, Serializer, calendar};
    use serde::de::Error;

    // serde hands over a reference to the field.
    #[allow(clippy::trivially_copy_pass_by_ref)]
    pub fn serialize<S: Serializer>(day: &NaiveDate, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(day)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<NaiveDate, D::Error> {
        let text = String::deserialize(from)?;
        calendar::iso(&text).ok_or_else(|| D::Error::custom("not a day"))
    }
}

/// The same, or nothing.
pub(crate) mod maybe_day {
    use super::{Deserialize, Deserializer, NaiveDate, Serializer, calendar};
    use serde::de::Error;

    // serde hands over a reference to the field.
    #[allow(clippy::ref_option, clippy::trivially_copy_pass_by_ref)]
    pub fn serialize<S: Serializer>(day: &Option<NaiveDate>, to: S) -> Result<S::Ok, S::Error> {
        match day {
            Some(day) => to.collect_str(day),
            None => to.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<NaiveDate>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        text.map(|text| calendar::iso(&text).ok_or_else(|| D::Error::custom("not a day"))).transpose()
    }
}

/// Entries for the tests of this room.
#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::ledger::entry::VERSION;
    use crate::ledger::{Claim, Clock, Kind, Operator, Outcome};

    /// An entry of this kind, done at noon of a day.
    pub fn entry(number: u64, kind: Kind, day: &str, facts: Map<String, Value>) -> Entry {
        Entry {
            v: VERSION,
            number,
            time: format!("{day}T12:00:00.000+09:00"),
            clock: Clock { source: "system".into(), synchronised: None },
            operator: Operator {
                name: "佐藤".into(),
                staff: None,
                by: Claim::OsUser,
                os_user: "sato".into(),
                host: "desk".into(),
            },
            kind: kind.text(),
            subjects: Vec::new(),
            result: Outcome::Done,
            facts,
        }
    }
}
