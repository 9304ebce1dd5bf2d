//! 開封確認書: after verification.

use serde::{Deserialize, Serialize};

use super::{Count, Date, Fields, Letter, Person, Time};
use crate::paper::form::Form;

/// 開封確認書
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Opening {
    /// 日付
    pub date: Option<Date>,
    /// Addressee and sender.
    pub letter: Option<Letter>,
    /// 受領書番号
    pub receipt: Option<String>,
    /// 束の番号
    pub bundle: Option<String>,
    /// 媒体管理番号
    pub media: Vec<String>,
    /// Whether the files were taken out, or only verified where they are.
    pub taken_out: Option<bool>,
    /// 開封日時, or 検証日時
    pub opened: Option<Time>,
    /// 開封場所
    pub place: Option<String>,
    /// 検証結果
    pub result: Option<Result>,
    /// What was checked, in words.
    pub checked: Vec<String>,
    /// What was not checked, or did not agree.
    pub problems: Vec<String>,
    /// ファイル数
    pub files: Compared,
    /// レコード数
    pub records: Compared,
    /// 件数（人数）
    pub subjects: Compared,
    /// ファイルごとのレコード数
    pub by_file: Vec<Rows>,
    /// 差異の理由
    pub difference: Option<String>,
    /// 開封確認コード
    pub code: Option<String>,
    /// 備考
    pub remarks: Option<String>,
    /// 確認者
    pub confirmer: Option<Person>,
}

impl Fields for Opening {
    const FORM: Form = Form::Opening;
}

/// The records of one table: a file, or a sheet of one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rows {
    /// ファイル
    pub name: Option<String>,
    /// レコード数; none where it was not counted
    pub rows: Option<Count>,
    /// Why it was not, and what else there is to say.
    pub note: Option<String>,
}

/// 検証結果
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Result {
    /// 一致
    Agrees,
    /// 不一致
    Differs,
}

/// A number before and after.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Compared {
    /// 引渡し時（申告）
    pub told: Option<Count>,
    /// 開封時（計数）
    pub counted: Option<Count>,
}
