//! A record: what a document says, apart from how it looks. It is stored, signed and travels inside the PDF, and the page
//! is set from it alone, so that it can be set again, years later, to the same bytes.
//!
//! Dates, times and counts are marked (`{"date": "2026-11-21"}`), so that a program reads them exactly; [`view`] turns them
//! into the words of a Japanese office.

use chrono::{DateTime, Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::era;

/// The version of this schema.
pub const VERSION: u32 = 1;

/// A document's record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Version of this schema.
    pub v: u32,
    /// The document's number: `D-0007`.
    pub number: String,
    /// The form, by name.
    pub form: String,
    /// What stands on top of the page.
    pub title: String,
    /// When it was issued, RFC 3339.
    pub issued: String,
    /// By whom. A claim, as in the ledger.
    pub issuer: Issuer,
    /// The ledger that knows of it.
    pub ledger: Pinned,
    /// Fingerprint of the key of the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signer: Option<String>,
    /// Name and version of the program.
    pub tool: String,
    /// Contract and parties.
    pub case: CaseFacts,
    /// How the page looks, as the case said on the day.
    pub style: Style,
    /// Random, so that the record's hash in the ledger gives nothing of it away.
    pub salt: String,
    /// What the form asks for; missing or null where nobody knows, and then a blank to write in.
    pub fields: Map<String, Value>,
}

/// Who issued it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Issuer {
    /// The name.
    pub name: String,
    /// Section, where the roster knows it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub section: String,
    /// Telephone or extension, where the roster knows it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub contact: String,
}

/// Which past of which ledger the page pins.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Pinned {
    /// The ledger's name.
    pub origin: String,
    /// Its short code when the document was issued.
    pub code: String,
}

/// Contract and parties, as they stood.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CaseFacts {
    /// 契約番号
    pub contract_number: String,
    /// 件名
    pub contract_title: String,
    /// 委託者
    pub city: PartyFacts,
    /// 受託者
    pub contractor: PartyFacts,
}

/// A party.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PartyFacts {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub address: String,
    /// Who signs for it, with title.
    pub representative: String,
    /// The department that does the work.
    pub department: String,
}

/// How pages look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Style {
    /// Places for seals.
    pub seals: bool,
    /// Western years beside Japanese ones.
    pub western_dates: bool,
    /// What the two copies are called.
    pub copies: Vec<String>,
    /// 返還 or 返却.
    pub return_word: String,
    /// What the case adds for its own forms: `[forms.extra]` of tewatashi.toml.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            seals: false,
            western_dates: false,
            copies: vec!["甲保管用".to_owned(), "乙保管用".to_owned()],
            return_word: "返還".to_owned(),
            extra: Map::new(),
        }
    }
}

/// What marks a page as other than the first print of a document in force.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Mark {
    /// The first print.
    #[default]
    None,
    /// Printed again, the n-th time.
    Copy(u64),
    /// The number was voided.
    Voided,
    /// Made of sample data.
    Sample,
}

impl Mark {
    /// What stands on the page.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::None => String::new(),
            Self::Copy(count) => format!("写し（再出力 第{count}回）"),
            Self::Voided => "取消".to_owned(),
            Self::Sample => "見本".to_owned(),
        }
    }
}

impl Record {
    /// The bytes that are stored, signed, hashed and attached.
    ///
    /// # Errors
    /// When a number is not exact in JSON.
    pub fn bytes(&self) -> serde_json::Result<Vec<u8>> {
        serde_json_canonicalizer::to_vec(self)
    }

    /// What a template reads.
    #[must_use]
    pub fn view(&self, mark: &Mark) -> Value {
        let western = self.style.western_dates;
        let issued = DateTime::parse_from_rfc3339(&self.issued).ok();
        let day = issued.map(|t| t.date_naive()).unwrap_or_default();
        json!({
            "document": {
                "number": self.number,
                "form": self.form,
                "title": self.title,
                "issued": shown(&json!({ "date": day.to_string() }), western),
                "date": { "year": day.year(), "month": day.month(), "day": day.day() },
                "issuer": self.issuer,
                "code": self.ledger.code,
                "signer": self.signer,
                "tool": self.tool,
                "mark": mark.text(),
                "voided": *mark == Mark::Voided,
                "seals": self.style.seals,
                "copies": self.style.copies,
                "return_word": self.style.return_word,
                "record": self.file_name(),
            },
            "case": self.case,
            "extra": self.style.extra,
            "fields": shown(&Value::Object(self.fields.clone()), western),
        })
    }

    /// The name the record goes by, beside the PDF and in it.
    #[must_use]
    pub fn file_name(&self) -> String {
        format!("{}.json", self.number)
    }
}

/// A date in a record.
#[must_use]
pub fn date(day: NaiveDate) -> Value {
    json!({ "date": day.to_string() })
}

/// A time in a record, from RFC 3339.
#[must_use]
pub fn time(rfc3339: &str) -> Value {
    json!({ "time": rfc3339 })
}

/// A count in a record.
#[must_use]
pub fn count(number: u64) -> Value {
    json!({ "count": number })
}

/// The value with every marked date, time and count as a Japanese office writes it. `day` and `moment` are the short
/// spellings for narrow columns.
fn shown(value: &Value, western: bool) -> Value {
    match value {
        Value::Object(map) if map.len() == 1 => {
            let marked = map.iter().next().and_then(|(mark, value)| said(mark, value, western));
            marked.map_or_else(|| all_shown(map, western), Value::String)
        }
        Value::Object(map) => all_shown(map, western),
        Value::Array(list) => list.iter().map(|value| shown(value, western)).collect(),
        other => other.clone(),
    }
}

fn all_shown(map: &Map<String, Value>, western: bool) -> Value {
    map.iter().map(|(key, value)| (key.clone(), shown(value, western))).collect::<Map<_, _>>().into()
}

fn said(mark: &str, value: &Value, western: bool) -> Option<String> {
    let day = || NaiveDate::parse_from_str(value.as_str()?, "%Y-%m-%d").ok();
    let moment = || DateTime::parse_from_rfc3339(value.as_str()?).ok();
    match mark {
        "date" if western => day().map(era::long_with_western),
        "date" => day().map(era::long),
        "day" => day().map(era::table),
        "time" if western => moment().map(|t| era::long_time_with_western(&t)),
        "time" => moment().map(|t| era::long_time(&t)),
        "moment" => moment().map(|t| format!("{} {}", era::table(t.date_naive()), t.format("%H:%M"))),
        "count" => value.as_u64().map(separated),
        _ => None,
    }
}

/// `1,234,567`
fn separated(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marked_values_become_words() {
        let fields = json!({
            "on": { "date": "2019-05-01" }, "short": { "day": "2026-11-21" },
            "at": { "time": "2026-11-21T09:05:00+09:00" }, "then": { "moment": "2026-11-21T09:05:00+09:00" },
            "many": { "count": 1_234_567 }, "list": [{ "count": 100 }, { "count": 0 }],
            "plain": { "date": "soon" }, "two": { "date": "2026-11-21", "count": 1 },
        });
        let said = shown(&fields, false);
        assert_eq!(said["on"], "令和元年5月1日");
        assert_eq!(said["short"], "令和8.11.21");
        assert_eq!(said["at"], "令和8年11月21日9時05分");
        assert_eq!(said["then"], "令和8.11.21 09:05");
        assert_eq!(said["many"], "1,234,567");
        assert_eq!(said["list"], json!(["100", "0"]));
        assert_eq!(said["plain"], json!({ "date": "soon" }), "what is no date is left as it is");
        assert_eq!(said["two"], json!({ "date": "2026-11-21", "count": 1 }));
        assert_eq!(shown(&fields, true)["on"], "令和元年5月1日（2019年5月1日）");
    }

    #[test]
    fn marks() {
        assert_eq!(Mark::Copy(2).text(), "写し（再出力 第2回）");
        assert_eq!(Mark::Voided.text(), "取消");
        assert_eq!(Mark::None.text(), "");
    }
}
