//! 個人情報管理簿（台帳）

use serde::{Deserialize, Serialize};

use super::{Count, Date, Day, Fields, Moment};
use crate::paper::form::Form;

/// 個人情報管理簿
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Register {
    /// 年度 the sheet covers, in words: 令和8年度.
    pub year: Option<String>,
    /// 基準日: the day on which the ledger said so.
    pub as_of: Option<Date>,
    /// One per medium, or as the ledger keeps them.
    pub rows: Vec<Row>,
}

impl Fields for Register {
    const FORM: Form = Form::Register;
}

/// A line of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Row {
    /// 番号
    pub number: String,
    /// 年度
    pub year: Option<String>,
    /// 契約
    pub contract: Option<String>,
    /// 媒体番号
    pub medium: Option<String>,
    /// 内容
    pub contents: Option<String>,
    /// 項目
    pub items: Vec<String>,
    /// 件数
    pub records: Option<Count>,
    /// 媒体
    pub medium_kind: Option<String>,
    /// 数量
    pub quantity: Option<Count>,
    /// The word counted in: 枚, 本.
    pub unit: Option<String>,
    /// 受渡日時
    pub handed_over: Option<Moment>,
    /// 引渡者
    pub from: Option<String>,
    /// 受領者
    pub to: Option<String>,
    /// 通知書番号
    pub slip: Option<String>,
    /// 通知書の交付日
    pub slip_delivered: Option<Day>,
    /// 保管場所
    pub place: Option<String>,
    /// 取扱者
    pub handlers: Vec<String>,
    /// 複製承認
    pub copying: Option<String>,
    /// 持出票
    pub takeouts: Vec<String>,
    /// 返却期限
    pub due: Option<Day>,
    /// 返却日
    pub returned: Option<Day>,
    /// 返却の確認者
    pub return_confirmed_by: Option<String>,
    /// 消去日
    pub erased: Option<Day>,
    /// 消去の方法
    pub erasure_method: Option<String>,
    /// 証明書番号
    pub certificate: Option<String>,
    /// 保存期限
    pub kept_until: Option<Day>,
    /// 点検日
    pub inspected: Option<Day>,
    /// 点検者
    pub inspected_by: Option<String>,
    /// Why the line is void. It stays, struck through.
    pub voided: Option<String>,
}
