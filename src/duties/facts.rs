//! The facts of the entries about declarations, firms and looks: written and read by the same declaration.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::case::Named;
use crate::case::facts as written;
use crate::life::facts::Told;

/// `conformity`: 適合申出書, and how the case stood when it was recorded. What is compared later is what stands here.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Conformity {
    /// 提出日
    #[serde(with = "written::day")]
    pub date: NaiveDate,
    /// 従業者 of this side.
    #[serde(default)]
    pub people: Vec<Named>,
    /// 作業場所・保管場所
    #[serde(default)]
    pub places: Vec<String>,
    /// 機器
    #[serde(default)]
    pub machines: Vec<String>,
    /// The rules of the case.
    #[serde(default)]
    pub rules: Map<String, Value>,
    /// 緊急連絡網, one line for each.
    #[serde(default)]
    pub emergency: Vec<String>,
    /// What else was declared, by the number of the section on 様式５.
    #[serde(default)]
    pub statements: BTreeMap<usize, String>,
}

/// `subcontractor`: a firm that works for this one, or that it works no more.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Firm {
    /// 名称
    pub name: String,
    /// 承認番号
    #[serde(default)]
    pub approval: Option<String>,
    /// 再委託して処理する内容
    #[serde(default)]
    pub work: Option<String>,
    /// 取り扱う情報
    #[serde(default)]
    pub items: Vec<String>,
    /// The first day.
    #[serde(default, with = "written::maybe_day")]
    pub from: Option<NaiveDate>,
    /// The last day.
    #[serde(default, with = "written::maybe_day")]
    pub until: Option<NaiveDate>,
    /// The day of the contract by which it has the same duties.
    #[serde(default, with = "written::maybe_day")]
    pub duties: Option<NaiveDate>,
    /// 作業責任者 there
    #[serde(default)]
    pub responsible: Option<String>,
    /// The day it ended; then nothing else is said.
    #[serde(default, with = "written::maybe_day")]
    pub ended: Option<NaiveDate>,
}

/// What kind of look it was.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Look {
    /// 実地検査
    #[default]
    OnSite,
    /// 点検
    SelfCheck,
    /// 再委託先の監督, on paper or by asking.
    Supervision,
}

/// `inspection`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inspection {
    /// Which kind.
    pub look: Look,
    /// 実施日
    #[serde(with = "written::day")]
    pub date: NaiveDate,
    /// 対象: a firm, a section; none: this side.
    #[serde(default)]
    pub of: Option<String>,
    /// 場所
    #[serde(default)]
    pub place: Option<String>,
    /// 方法
    #[serde(default)]
    pub method: Option<String>,
    /// 検査者・点検者
    pub by: Vec<String>,
    /// 立会者
    #[serde(default)]
    pub attended: Vec<String>,
    /// 確認項目
    #[serde(default)]
    pub items: Vec<Looked>,
    /// 指摘事項・改善要求
    #[serde(default)]
    pub demands: Vec<Demand>,
    /// 総合所見
    #[serde(default)]
    pub opinion: Option<String>,
    /// The media that were looked at, by number.
    #[serde(default)]
    pub media: Vec<String>,
}

/// 確認項目
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Looked {
    /// What was looked at.
    pub item: String,
    /// `good`, `bad`, `not_applicable`
    pub result: Verdict,
    /// 備考
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remarks: Option<String>,
}

/// What was found at one point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// 適
    Good,
    /// 否
    Bad,
    /// 該当なし
    NotApplicable,
}

/// 指摘事項 and what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Demand {
    /// 指摘事項
    pub finding: String,
    /// 改善要求
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub demand: Option<String>,
    /// 期限
    #[serde(default, with = "written::maybe_day", skip_serializing_if = "Option::is_none")]
    pub due: Option<NaiveDate>,
}

/// `recheck`: 改善の再確認
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rechecked {
    /// The entry of the inspection.
    pub inspection: u64,
    /// Which of its demands, from 1.
    pub demand: usize,
    /// 改善済
    pub improved: bool,
    /// 再確認日
    #[serde(with = "written::day")]
    pub date: NaiveDate,
    /// Who looked.
    pub by: String,
    /// What was seen.
    #[serde(default)]
    pub remarks: Option<String>,
}

impl Told for Conformity {}
impl Told for Firm {}
impl Told for Inspection {}
impl Told for Rechecked {}
