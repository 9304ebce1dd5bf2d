//! 個人情報受渡し確認記録票

use serde::{Deserialize, Serialize};

use super::{Count, Date, Fields, Medium, Person, Time};
use crate::paper::form::Form;

/// 個人情報受渡し確認記録票. Its number is the document's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Transfer {
    /// 決裁（承認）番号
    pub approval: Option<String>,
    /// 日時
    pub at: Option<Time>,
    /// 場所
    pub place: Option<String>,
    /// 区分
    pub kind: Option<Kind>,
    /// 引渡者
    pub from: Option<Person>,
    /// 受領者
    pub to: Option<Person>,
    /// 情報の内容（項目）
    pub items: Vec<String>,
    /// What the data is called.
    pub contents: Option<String>,
    /// 媒体種別・管理番号・数量
    pub media: Vec<Medium>,
    /// 束の番号
    pub bundle: Option<String>,
    /// ファイル数
    pub files: Option<Count>,
    /// 件数
    pub records: Option<Count>,
    /// 人数
    pub subjects: Option<Count>,
    /// 暗号化方式
    pub encryption: Option<String>,
    /// 照合値
    pub digests: Vec<Digest>,
    /// 運搬方法: 鍵付きカバン and 手渡し have boxes of their own.
    pub carriage: Vec<String>,
    /// 通知書番号
    pub slip: Option<String>,
    /// 通知書の受渡予定日
    pub slip_planned: Option<Date>,
    /// 返却期限
    pub due: Option<Date>,
    /// 備考
    pub remarks: Option<String>,
    /// Only where data is provided by law (法69条2項3号・4号), never for work under a contract.
    pub provision: Option<Provision>,
}

impl Fields for Transfer {
    const FORM: Form = Form::Transfer;
}

/// 区分
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 提供
    Provided,
    /// 納品
    Delivered,
    /// 返却
    Returned,
}

/// 照合値
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Digest {
    /// What it is of: a volume's file name.
    pub of: String,
    /// SHA-256 of what lies on the medium, in hexadecimal digits.
    pub sha256: String,
}

/// What the law asks for in writing where data is provided without a contract.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Provision {
    /// 利用目的
    pub purpose: Option<String>,
    /// 根拠法令
    pub basis: Option<String>,
    /// 記録範囲
    pub scope: Option<String>,
    /// 利用形態
    pub manner: Option<String>,
}
