//! 監査報告書 and 点検報告書: what was looked for, and what was found.

use serde::{Deserialize, Serialize};

use super::{Count, Date, Day, Fields, Person};
use crate::paper::form::Form;

/// 監査報告書 or 点検報告書
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Audit {
    /// 日付
    pub date: Option<Date>,
    /// 監査 or 点検
    pub kind: Option<AuditKind>,
    /// 報告先: 総括保護管理者
    pub to: Option<Person>,
    /// 監査責任者 or 保護管理者
    pub by: Option<Person>,
    /// 対象
    pub scope: Vec<String>,
    /// 期間, its first day
    pub from: Option<Date>,
    /// 期間, its last day
    pub until: Option<Date>,
    /// 方法
    pub method: Vec<String>,
    /// 確認した事項
    pub checked: Vec<Checked>,
    /// 結果: 指摘事項
    pub findings: Vec<Finding>,
    /// How many findings did not find room.
    pub unlisted: Option<Count>,
    /// 意見
    pub opinion: Option<String>,
    /// What could not be looked at, and what this cannot show.
    pub limits: Vec<String>,
    /// 備考
    pub remarks: Option<String>,
}

impl Fields for Audit {
    const FORM: Form = Form::Audit;
}

/// Whose look it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditKind {
    /// 監査
    Audit,
    /// 点検
    Inspection,
}

/// 確認した事項
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Checked {
    /// What was looked for.
    pub item: Option<String>,
    /// How many were looked at.
    pub looked: Option<Count>,
    /// How many findings.
    pub found: Option<Count>,
}

/// 指摘事項
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Finding {
    /// 区分
    pub kind: Option<String>,
    /// 内容
    pub text: Option<String>,
    /// 日
    pub day: Option<Day>,
    /// 対象
    pub thing: Option<String>,
    /// 台帳の記録番号
    pub entries: Option<String>,
}
