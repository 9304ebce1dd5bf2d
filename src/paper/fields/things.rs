//! What goes from hand to hand, and who allowed it: lines that several sheets have.

use serde::{Deserialize, Serialize};

use super::{Count, Date};

/// A line of a table of things.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thing {
    /// 種別: 媒体, 紙, パスワード通知書
    pub kind: Option<String>,
    /// 番号
    pub id: Option<String>,
    /// 名称
    pub name: Option<String>,
    /// 数量
    pub quantity: Option<Count>,
    /// The word counted in: 枚, 本, 通; 点 where it is missing.
    pub unit: Option<String>,
    /// 突合, where the sheet has a column for it
    pub matched: Option<Matched>,
    /// 型番, where the sheet has a column for it
    pub model: Option<String>,
    /// 製造番号, beside it
    pub serial: Option<String>,
}

/// 突合
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matched {
    /// 一致
    Agrees,
    /// 不一致
    Differs,
}

/// 承認, as it was given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Approval {
    /// 承認番号
    pub number: Option<String>,
    /// 承認日
    pub date: Option<Date>,
    /// 承認者, with title
    pub approver: Option<String>,
}
