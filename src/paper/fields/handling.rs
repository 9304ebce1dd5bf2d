//! 【様式５】個人情報取扱状況報告書: what became of the safeguards in a month, against what was declared at first.

use serde::{Deserialize, Serialize};

use super::{Date, Day, Fields, Letter};
use crate::paper::form::Form;

/// 【様式５】個人情報取扱状況報告書
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Handling {
    /// 日付
    pub date: Option<Date>,
    /// Addressee and sender.
    pub letter: Option<Letter>,
    /// 委託業務名
    pub work: Option<String>,
    /// 受託期間, its first day
    pub term_from: Option<Date>,
    /// 受託期間, its last day
    pub term_to: Option<Date>,
    /// 対象期間, its first day
    pub from: Option<Date>,
    /// 対象期間, its last day
    pub to: Option<Date>,
    /// 提出日 of the 適合申出書 that it is compared with
    pub declared: Option<Date>,
    /// １ (1) to (8), in their order
    pub measures: Vec<Measure>,
    /// ２ その他特記事項等
    pub special: Vec<String>,
    /// What did not find room in (5) 概要, for a list at the end
    pub carried: Vec<Carried>,
}

impl Fields for Handling {
    const FORM: Form = Form::Handling;
}

/// One of the eight.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Measure {
    /// Its number on the form. A blank one is there too, or those after it would stand in its place.
    pub number: usize,
    /// 変更なし・変更あり; both boxes stay empty where nobody said
    pub changed: Option<Change>,
    /// What is written under it.
    pub notes: Vec<String>,
    /// (4) 事件・事故の状況, (5) 概要
    pub events: Vec<String>,
}

/// 変更の有無
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// 変更なし
    Unchanged,
    /// 変更あり
    Changed,
}

/// One transport.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Carried {
    /// 日
    pub day: Option<Day>,
    /// 区分
    pub kind: Option<String>,
    /// 物
    pub thing: Option<String>,
    /// 引渡者
    pub from: Option<String>,
    /// 受領者・行先
    pub to: Option<String>,
    /// 運搬方法
    pub carriage: Option<String>,
}
