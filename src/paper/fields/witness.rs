//! 消去・廃棄立会記録: what someone of the city saw.

use serde::{Deserialize, Serialize};

use super::erasure::Photograph;
use super::request::Way;
use super::{Fields, Person, Time};
use crate::paper::form::Form;

/// 消去・廃棄立会記録
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Witness {
    /// 日時
    pub at: Option<Time>,
    /// 場所
    pub place: Option<String>,
    /// 区分
    pub ways: Vec<Way>,
    /// 対象番号
    pub targets: Vec<String>,
    /// 対象の文書: numbers of certificates
    pub documents: Vec<String>,
    /// 方法
    pub method: Option<String>,
    /// 実施者
    pub performers: Vec<Person>,
    /// 立会職員
    pub witnesses: Vec<Person>,
    /// 確認項目
    pub checks: Vec<Checked>,
    /// 写真
    pub photographs: Vec<Photograph>,
    /// 備考
    pub remarks: Option<String>,
}

impl Fields for Witness {
    const FORM: Form = Form::Witness;
}

/// One of 確認項目.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Checked {
    /// What is to be seen
    pub item: String,
    /// 確認済
    pub confirmed: bool,
}
