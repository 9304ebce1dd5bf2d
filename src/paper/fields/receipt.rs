//! 受領書: printed at delivery, when nothing has been opened yet.

use serde::{Deserialize, Serialize};

use super::transfer::Kind;
use super::{Count, Date, Fields, Letter, Person};
use crate::paper::form::Form;

/// 受領書
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Receipt {
    /// 日付
    pub date: Option<Date>,
    /// Addressee and sender.
    pub letter: Option<Letter>,
    /// 受渡し確認記録票の番号
    pub transfer: Option<String>,
    /// 区分
    pub kind: Option<Kind>,
    /// False where nothing is to be opened: slips, paper, what comes back.
    pub to_open: Option<bool>,
    /// 品目表
    pub items: Vec<Received>,
    /// 外観
    pub appearance: Option<Appearance>,
    /// 封印
    pub seal: Option<Seal>,
    /// 封印番号
    pub seal_number: Option<String>,
    /// 備考
    pub remarks: Option<String>,
    /// 受領者
    pub recipient: Option<Person>,
}

impl Fields for Receipt {
    const FORM: Form = Form::Receipt;
}

/// One line of 品目表.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Received {
    /// 番号 (of the medium or the bundle)
    pub id: Option<String>,
    /// 品名
    pub name: Option<String>,
    /// 数量
    pub quantity: Option<Count>,
    /// The word counted in: 枚, 本, 通.
    pub unit: Option<String>,
    /// 件数, as the sender told it
    pub records: Option<Count>,
}

/// 外観
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Appearance {
    /// 異常なし
    Sound,
    /// 異常あり
    Damaged,
}

/// 封印
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seal {
    /// 異常なし
    Whole,
    /// 異常あり
    Broken,
    /// なし
    None,
}
