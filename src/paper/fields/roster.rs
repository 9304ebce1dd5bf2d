//! 作業責任者・作業従事者名簿／変更届.

use serde::{Deserialize, Serialize};

use super::{Date, Day, Fields, Letter};
use crate::paper::form::Form;

/// 作業責任者・作業従事者名簿／変更届
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Roster {
    /// 日付
    pub date: Option<Date>,
    /// Addressee and sender.
    pub letter: Option<Letter>,
    /// 変更届: since this day
    pub since: Option<Date>,
    /// 現在
    pub as_of: Option<Date>,
    /// 名簿
    pub people: Vec<Member>,
    /// 変更届: those who left
    pub left: Vec<Member>,
    /// 備考
    pub remarks: Option<String>,
}

impl Fields for Roster {
    const FORM: Form = Form::Roster;
}

/// 従事者
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Member {
    /// 名簿の番号
    pub number: Option<String>,
    /// 役割
    pub role: Option<String>,
    /// 所属
    pub section: Option<String>,
    /// 氏名
    pub name: Option<String>,
    /// 従事開始日
    pub from: Option<Day>,
    /// 誓約書提出日
    pub pledged: Option<Day>,
    /// 研修受講日
    pub trained: Option<Day>,
    /// 従事終了日
    pub left: Option<Day>,
    /// 変更の内容
    pub change: Option<String>,
}
