//! 持ち出し記録: one sheet for the way out and the way back.

use serde::{Deserialize, Serialize};

use super::{Approval, Count, Date, Fields, Medium, Person, Time};
use crate::paper::form::Form;

/// 持ち出し記録. Its number is the document's. Before the return its lower half is there to be written in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Takeout {
    /// The sheet issued on the way out, which this one completes.
    pub of: Option<String>,
    /// 承認
    pub approval: Option<Approval>,
    /// What the data is called.
    pub contents: Option<String>,
    /// 内容（項目）
    pub items: Vec<String>,
    /// 媒体番号・数量
    pub media: Vec<Medium>,
    /// 束の番号
    pub bundle: Option<String>,
    /// 件数（人数）
    pub subjects: Option<Count>,
    /// 事由
    pub reason: Option<String>,
    /// 持出先
    pub destination: Option<String>,
    /// 持出日時
    pub taken: Option<Time>,
    /// 返却予定
    pub due: Option<Date>,
    /// 運搬方法: 鍵付きカバン and 手渡し have boxes of their own.
    pub carriage: Vec<String>,
    /// 担当者
    pub carrier: Option<Person>,
    /// 返却日時
    pub returned: Option<Time>,
    /// 返却確認者
    pub confirmed_by: Option<Person>,
    /// 保管場所
    pub storage: Option<String>,
    /// 保管場所確認: whether it was seen to be back there.
    pub stored: Option<bool>,
    /// 異常の有無
    pub condition: Option<Condition>,
    /// What is abnormal
    pub abnormal: Option<String>,
    /// 備考
    pub remarks: Option<String>,
}

impl Fields for Takeout {
    const FORM: Form = Form::Takeout;
}

/// 異常の有無
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// なし
    None,
    /// あり
    Found,
}
