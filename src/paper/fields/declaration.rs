//! 機器の消去に関する申告書: for a machine on which nothing was measured.

use serde::{Deserialize, Serialize};

use super::{Date, Fields, Letter, Person};
use crate::paper::form::Form;

/// 機器の消去に関する申告書
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Declaration {
    /// 日付
    pub date: Option<Date>,
    /// Addressee and sender.
    pub letter: Option<Letter>,
    /// 機器
    pub machines: Vec<Machine>,
    /// 申告の内容
    pub statement: Option<String>,
    /// 申告者
    pub declarer: Option<Person>,
    /// 備考
    pub remarks: Option<String>,
}

impl Fields for Declaration {
    const FORM: Form = Form::Declaration;
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
    /// 設置場所
    pub place: Option<String>,
}
