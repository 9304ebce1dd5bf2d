//! 個人情報消去報告書: what became of everything at the end of a contract.

use serde::{Deserialize, Serialize};

use super::{Approval, Date, Fields, Letter, Moment};
use crate::paper::form::Form;

/// 個人情報消去報告書
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ErasureReport {
    /// 日付
    pub date: Option<Date>,
    /// Addressee and sender.
    pub letter: Option<Letter>,
    /// 承認
    pub approvals: Vec<Approval>,
    /// 情報の項目
    pub items: Vec<String>,
    /// 対象: every machine
    pub machines: Vec<Machine>,
    /// What was done: erasures, destructions, what was given back, declarations
    pub works: Vec<Work>,
    /// 未消去の有無; a blank where nobody knows
    pub complete: Option<bool>,
    /// What is open.
    pub open: Vec<String>,
    /// 添付
    pub attachments: Vec<String>,
    /// 備考
    pub remarks: Option<String>,
}

impl Fields for ErasureReport {
    const FORM: Form = Form::ErasureReport;
}

/// 機器
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Machine {
    /// 管理番号
    pub id: Option<String>,
    /// 種別
    pub kind: Option<String>,
    /// 名称
    pub name: Option<String>,
    /// 製造番号
    pub serial: Option<String>,
    /// 結果
    pub result: Option<String>,
    /// 証明書等の番号
    pub document: Option<String>,
}

/// 処理
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Work {
    /// 区分
    pub kind: Option<WorkKind>,
    /// 日時
    pub at: Option<Moment>,
    /// 対象
    pub things: Option<String>,
    /// 方法
    pub method: Option<String>,
    /// 担当者
    pub by: Option<String>,
    /// 承認番号
    pub approval: Option<String>,
    /// 結果
    pub result: Option<String>,
    /// 証明書等の番号
    pub document: Option<String>,
}

/// What kind of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkKind {
    /// 消去
    Erased,
    /// 廃棄
    Destroyed,
    /// 返却
    GivenBack,
    /// 申告（未測定）
    Declared,
}
