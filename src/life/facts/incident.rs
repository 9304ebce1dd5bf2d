//! The facts of incidents. Each may be missing: what is not known yet comes later, in an entry of its own, and nothing that was
//! said before is replaced.

use chrono::{DateTime, FixedOffset, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{Part, maybe_moment};
use crate::case::facts as written;

/// `incident`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// What opened it: `lost` or `recall`, a step of things; `reported`, a person.
    pub cause: String,
    /// The entry of that step.
    #[serde(default)]
    pub entry: Option<u64>,
    /// What was said of it.
    #[serde(flatten)]
    pub said: Particulars,
}

/// `incident_update`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct IncidentUpdate {
    /// The incident's entry.
    pub incident: u64,
    /// What is known now.
    #[serde(flatten)]
    pub said: Particulars,
    /// 本人通知 that was given since.
    #[serde(default)]
    pub notified: Option<Notified>,
}

/// 区分
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Breach {
    /// 漏えい
    Leak,
    /// 滅失
    Loss,
    /// 毀損
    Damage,
    /// おそれ
    Possible,
}

/// Whether somebody may have done it on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wrongdoing {
    /// 不正の目的のおそれがある
    Suspected,
    /// ない
    No,
    /// 不明
    Unknown,
}

/// 本人通知
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notified {
    /// How many persons.
    pub persons: u64,
    /// The day.
    #[serde(with = "written::day")]
    pub date: NaiveDate,
    /// How.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub how: Option<String>,
}

/// What a person says of an incident.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Particulars {
    /// 状況
    pub circumstances: Option<String>,
    /// 区分
    pub kinds: Vec<Breach>,
    /// 発生日時
    #[serde(with = "maybe_moment")]
    pub occurred: Option<DateTime<FixedOffset>>,
    /// 発覚日時
    #[serde(with = "maybe_moment")]
    pub noticed: Option<DateTime<FixedOffset>>,
    /// When the city was told.
    #[serde(with = "maybe_moment")]
    pub reported: Option<DateTime<FixedOffset>>,
    /// 場所
    pub place: Option<String>,
    /// 人数
    pub subjects: Option<u64>,
    /// 件数
    pub records: Option<u64>,
    /// 項目
    pub items: Vec<String>,
    /// 原因
    pub origin: Option<String>,
    /// 二次被害
    pub harm: Option<String>,
    /// 応急措置
    pub measures: Option<String>,
    /// 本人対応
    pub notice: Option<String>,
    /// 公表
    pub publication: Option<String>,
    /// 再発防止
    pub prevention: Option<String>,
    /// 連絡先
    pub contact: Option<String>,
    /// 不正の目的
    pub wrongdoing: Option<Wrongdoing>,
    /// Media and slips. Like everything below, what is named later comes beside what was named before.
    pub pieces: Vec<Part>,
    /// Bundles that were named as such.
    pub bundles: Vec<String>,
    /// Opened folders, by the name `open` gave them.
    pub copies: Vec<String>,
    /// Documents.
    pub documents: Vec<String>,
    /// Things that were not encrypted and stand on no list.
    pub plaintext: Vec<String>,
    /// Things that this ledger does not know.
    pub unlisted: Vec<String>,
}

impl Particulars {
    /// What is known after a later word: of each fact the newest, of the things all.
    pub fn take(&mut self, later: &Self) {
        newest(&mut self.circumstances, later.circumstances.as_ref());
        several(&mut self.kinds, &later.kinds);
        newest(&mut self.occurred, later.occurred.as_ref());
        newest(&mut self.noticed, later.noticed.as_ref());
        newest(&mut self.reported, later.reported.as_ref());
        newest(&mut self.place, later.place.as_ref());
        newest(&mut self.subjects, later.subjects.as_ref());
        newest(&mut self.records, later.records.as_ref());
        several(&mut self.items, &later.items);
        newest(&mut self.origin, later.origin.as_ref());
        newest(&mut self.harm, later.harm.as_ref());
        newest(&mut self.measures, later.measures.as_ref());
        newest(&mut self.notice, later.notice.as_ref());
        newest(&mut self.publication, later.publication.as_ref());
        newest(&mut self.prevention, later.prevention.as_ref());
        newest(&mut self.contact, later.contact.as_ref());
        newest(&mut self.wrongdoing, later.wrongdoing.as_ref());
        beside(&mut self.pieces, &later.pieces);
        beside(&mut self.bundles, &later.bundles);
        beside(&mut self.copies, &later.copies);
        beside(&mut self.documents, &later.documents);
        beside(&mut self.plaintext, &later.plaintext);
        beside(&mut self.unlisted, &later.unlisted);
    }

    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

fn newest<T: Clone>(known: &mut Option<T>, later: Option<&T>) {
    if let Some(later) = later {
        *known = Some(later.clone());
    }
}

fn several<T: Clone>(known: &mut Vec<T>, later: &Vec<T>) {
    if !later.is_empty() {
        known.clone_from(later);
    }
}

fn beside<T: Clone + PartialEq>(known: &mut Vec<T>, later: &[T]) {
    for one in later {
        if !known.contains(one) {
            known.push(one.clone());
        }
    }
}
