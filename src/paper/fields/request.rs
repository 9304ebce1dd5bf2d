//! What the contractor asks the city for beforehand: 個人情報消去・廃棄承認申請書 and 再委託承認申請書.

use serde::{Deserialize, Serialize};

use super::{Approval, Date, Fields, Letter, Person, Thing, Time};
use crate::paper::form::Form;

/// 個人情報消去・廃棄承認申請書
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DisposalRequest {
    /// 日付
    pub date: Option<Date>,
    /// Addressee and sender.
    pub letter: Option<Letter>,
    /// 区分
    pub ways: Vec<Way>,
    /// 情報の項目
    pub items: Vec<String>,
    /// 対象・数量
    pub things: Vec<Thing>,
    /// 返還が困難な理由
    pub reason: Option<String>,
    /// 方法
    pub method: Option<String>,
    /// 予定日時
    pub planned: Option<Time>,
    /// 場所
    pub place: Option<String>,
    /// 実施者
    pub performers: Vec<Person>,
    /// 立会の要否
    pub witness: Option<Attendance>,
    /// 備考
    pub remarks: Option<String>,
    /// 承認欄; left to the city as a rule
    pub approval: Option<Approval>,
}

impl Fields for DisposalRequest {
    const FORM: Form = Form::DisposalRequest;
}

/// How data comes to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// 消去
    Erasure,
    /// 廃棄
    Destruction,
}

/// 立会の要否
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attendance {
    /// 要
    Needed,
    /// 不要
    NotNeeded,
}

/// 再委託承認申請書
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SubcontractRequest {
    /// 日付
    pub date: Option<Date>,
    /// Addressee and sender.
    pub letter: Option<Letter>,
    /// 再委託先
    pub subcontractor: Option<Company>,
    /// 理由
    pub reason: Option<String>,
    /// 処理内容
    pub work: Option<String>,
    /// 取り扱う情報
    pub items: Vec<String>,
    /// 安全性・信頼性確保対策
    pub measures: Option<String>,
    /// 管理・監督方法
    pub supervision: Option<String>,
    /// 作業責任者 at the subcontractor
    pub responsible: Option<Person>,
    /// 作業従事者 at the subcontractor
    pub workers: Vec<Person>,
    /// 期間, its first day
    pub from: Option<Date>,
    /// 期間, its last day
    pub until: Option<Date>,
    /// 備考
    pub remarks: Option<String>,
    /// 承認欄; left to the city as a rule
    pub approval: Option<Approval>,
}

impl Fields for SubcontractRequest {
    const FORM: Form = Form::SubcontractRequest;
}

/// A company as a sheet names one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Company {
    /// 名称
    pub name: Option<String>,
    /// 所在地
    pub address: Option<String>,
    /// 代表者
    pub representative: Option<String>,
}
