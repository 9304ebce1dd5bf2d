//! 個人情報特記事項の遵守に関する報告書: nine questions, each はい or いいえ.

use serde::{Deserialize, Serialize};

use super::{Date, Fields, Letter, Person};
use crate::paper::form::Form;

/// 個人情報特記事項の遵守に関する報告書
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Compliance {
    /// 日付
    pub date: Option<Date>,
    /// Addressee and sender.
    pub letter: Option<Letter>,
    /// 契約日
    pub contracted: Option<Date>,
    /// 履行期間, its first day
    pub term_from: Option<Date>,
    /// 履行期間, its last day
    pub term_to: Option<Date>,
    /// What the answers are about, its first day; not printed on the published form
    pub from: Option<Date>,
    /// The same, its last day
    pub to: Option<Date>,
    /// 担当者
    pub contact: Option<Person>,
    /// 連絡先電話番号
    pub telephone: Option<String>,
    /// (1) to (9), in their order
    pub answers: Vec<Answer>,
    /// 添付
    pub attachments: Vec<String>,
    /// 備考
    pub remarks: Option<String>,
}

impl Fields for Compliance {
    const FORM: Form = Form::Compliance;
}

/// One of the nine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Answer {
    /// Its number on the form. A blank one is there too, or those after it would stand in its place.
    pub number: usize,
    /// はい or いいえ; both boxes stay empty where nobody said
    pub yes: Option<bool>,
    /// What is written into its bracket.
    pub text: Vec<String>,
}
