//! 実地検査・点検等の記録票: who looked at what, what was demanded, and whether it was mended.

use serde::{Deserialize, Serialize};

use super::{Date, Day, Fields, Person};
use crate::paper::form::Form;

/// 実地検査記録票, 点検記録票
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Inspection {
    /// 日付
    pub date: Option<Date>,
    /// 区分
    pub kind: Option<InspectionKind>,
    /// 記録番号: the entry
    pub entry: Option<String>,
    /// 実施日
    pub held: Option<Date>,
    /// 対象: a firm, a section
    pub of: Option<Person>,
    /// 場所
    pub place: Option<String>,
    /// 方法
    pub method: Option<String>,
    /// 検査者・点検者
    pub inspectors: Vec<Person>,
    /// 立会者
    pub attended: Vec<Person>,
    /// 確認項目
    pub items: Vec<Item>,
    /// 指摘事項・改善要求
    pub demands: Vec<Demand>,
    /// 総合所見
    pub opinion: Option<String>,
    /// 備考
    pub remarks: Option<String>,
}

impl Fields for Inspection {
    const FORM: Form = Form::Inspection;
}

/// 区分
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InspectionKind {
    /// 実地検査
    OnSite,
    /// 点検
    SelfCheck,
    /// 再委託先の監督
    Supervision,
}

/// 確認項目
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Item {
    /// What was looked at.
    pub item: Option<String>,
    /// 適・否
    pub result: Option<Verdict>,
    /// 備考
    pub remarks: Option<String>,
}

/// 結果
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

/// 指摘事項・改善要求
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Demand {
    /// 指摘事項
    pub finding: Option<String>,
    /// 改善要求
    pub demand: Option<String>,
    /// 期限
    pub due: Option<Day>,
    /// 再確認日
    pub rechecked: Option<Day>,
    /// 改善済
    pub improved: Option<bool>,
    /// 再確認の内容
    pub remarks: Option<String>,
}
