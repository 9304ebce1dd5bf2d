//! 事務引継書: what one person held, and another takes over.

use serde::{Deserialize, Serialize};

use super::{Date, Day, Fields, Person, Thing};
use crate::paper::form::Form;

/// 事務引継書
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Succession {
    /// 日付
    pub date: Option<Date>,
    /// 引継日
    pub day: Option<Date>,
    /// 前任者
    pub from: Option<Person>,
    /// 後任者
    pub to: Option<Person>,
    /// 未返却の媒体・通知書
    pub things: Vec<Thing>,
    /// 承認
    pub approvals: Vec<Held>,
    /// 期限
    pub deadlines: Vec<Deadline>,
    /// 備考
    pub remarks: Option<String>,
}

impl Fields for Succession {
    const FORM: Form = Form::Succession;
}

/// 承認
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Held {
    /// 承認番号
    pub number: Option<String>,
    /// 承認日
    pub date: Option<Day>,
    /// 区分
    pub purpose: Option<String>,
    /// 範囲
    pub scope: Option<String>,
    /// 期限
    pub until: Option<Day>,
}

/// 期限
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Deadline {
    /// 期限
    pub due: Option<Day>,
    /// 内容
    pub what: Option<String>,
    /// 対象
    pub thing: Option<String>,
}
