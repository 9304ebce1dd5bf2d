//! What each form asks for, as plain structs: one per form, in the order of the sheet.
//!
//! Whoever issues a document fills a struct and puts it into a record. What is left out is a blank to write in.

pub mod audit;
pub mod compliance;
pub mod declaration;
pub mod destruction;
pub mod erasure;
pub mod erasure_report;
pub mod give_back;
pub mod handling;
pub mod incident;
pub mod inspection;
pub mod label;
pub mod opening;
pub mod receipt;
pub mod register;
pub mod request;
pub mod roster;
pub mod slip;
pub mod succession;
pub mod takeout;
pub mod things;
pub mod transfer;
pub mod witness;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::form::Form;

pub use audit::Audit;
pub use compliance::Compliance;
pub use declaration::Declaration;
pub use destruction::Destruction;
pub use erasure::Erasure;
pub use erasure_report::ErasureReport;
pub use give_back::GiveBack;
pub use handling::Handling;
pub use incident::Incident;
pub use inspection::Inspection;
pub use label::Label;
pub use opening::Opening;
pub use receipt::Receipt;
pub use register::Register;
pub use request::{DisposalRequest, SubcontractRequest};
pub use roster::Roster;
pub use slip::{Slip, SlipStub};
pub use succession::Succession;
pub use takeout::Takeout;
pub use things::{Approval, Matched, Thing};
pub use transfer::Transfer;
pub use witness::Witness;

/// The fields of one form.
pub trait Fields: Serialize + Sized {
    /// The form that asks for them.
    const FORM: Form;

    /// The fields as a record keeps them: what nobody knows is not there.
    #[must_use]
    fn into_fields(self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(map)) => without_blanks(map),
            _ => Map::new(),
        }
    }
}

fn without_blanks(map: Map<String, Value>) -> Map<String, Value> {
    map.into_iter().filter_map(|(key, value)| Some((key, known(value)?))).collect()
}

fn known(value: Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::String(text) if text.is_empty() => None,
        Value::Array(list) if list.is_empty() => None,
        Value::Array(list) => Some(list.into_iter().filter_map(known).collect()),
        Value::Object(map) => Some(without_blanks(map)).filter(|map| !map.is_empty()).map(Value::Object),
        other => Some(other),
    }
}

/// A day, written out on the page: 令和8年11月21日.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Date {
    date: String,
}

impl From<NaiveDate> for Date {
    fn from(day: NaiveDate) -> Self {
        Self { date: day.to_string() }
    }
}

/// A day in a narrow column: 令和8.11.21.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    day: String,
}

impl From<NaiveDate> for Day {
    fn from(day: NaiveDate) -> Self {
        Self { day: day.to_string() }
    }
}

/// A time, written out on the page: 令和8年11月21日14時05分.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Time {
    time: String,
}

impl Time {
    /// From RFC 3339.
    #[must_use]
    pub fn of(rfc3339: &str) -> Self {
        Self { time: rfc3339.to_owned() }
    }
}

/// A time in a narrow column: 令和8.11.21 14:05.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    moment: String,
}

impl Moment {
    /// From RFC 3339.
    #[must_use]
    pub fn of(rfc3339: &str) -> Self {
        Self { moment: rfc3339.to_owned() }
    }
}

/// A count: 1,234.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    count: u64,
}

impl Count {
    /// The number.
    #[must_use]
    pub fn number(self) -> u64 {
        self.count
    }
}

impl From<u64> for Count {
    fn from(count: u64) -> Self {
        Self { count }
    }
}

/// A person as a sheet names one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Person {
    /// 会社 (or city)
    pub organization: Option<String>,
    /// 所属
    pub section: Option<String>,
    /// 職名
    pub post: Option<String>,
    /// 氏名
    pub name: Option<String>,
    /// 身分確認の方法
    pub identified_by: Option<String>,
}

impl Person {
    /// Someone of whom only the name is known.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..Self::default() }
    }
}

/// Who writes to whom: on the letter's head.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Letter {
    /// あて, with its title; a blank where it is missing
    pub to: Option<String>,
    /// What the sender is in the contract: 受託者, 委託者.
    pub role: Option<String>,
    /// 名称
    pub name: Option<String>,
    /// 所在地
    pub address: Option<String>,
    /// 代表者
    pub representative: Option<String>,
}

/// A medium as a sheet names it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Medium {
    /// 媒体種別
    pub kind: Option<String>,
    /// 管理番号
    pub id: Option<String>,
    /// 数量
    pub quantity: Option<Count>,
    /// The word counted in: 枚, 本, 台.
    pub unit: Option<String>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_nobody_knows_is_not_there() {
        let stub = SlipStub {
            slip: "D-0008".into(),
            delivered: Some(Time::of("2026-11-21T09:05:00+09:00")),
            place: Some(String::new()),
            recipient: Some(Person::default()),
            deliverer: Some(Person::named("見本太郎")),
            ..SlipStub::default()
        };
        let fields = json!({
            "slip": "D-0008",
            "delivered": { "time": "2026-11-21T09:05:00+09:00" },
            "deliverer": { "name": "見本太郎" },
        });
        assert_eq!(Value::Object(stub.into_fields()), fields);
    }
}
