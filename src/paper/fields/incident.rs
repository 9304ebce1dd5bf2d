//! 個人情報漏えい等事故報告書: the first report, and those that follow.

use serde::{Deserialize, Serialize};

use super::{Count, Date, Fields, Letter, Person, Time};
use crate::paper::form::Form;

/// 個人情報漏えい等事故報告書
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Incident {
    /// 第○報
    pub nth: Option<Count>,
    /// 報告日時
    pub reported: Option<Time>,
    /// Addressee and sender.
    pub letter: Option<Letter>,
    /// 報告者
    pub reporter: Option<Person>,
    /// 連絡先
    pub contact: Option<String>,
    /// 発生日時
    pub occurred: Option<Time>,
    /// 発覚日時
    pub noticed: Option<Time>,
    /// 場所
    pub place: Option<String>,
    /// 状況
    pub circumstances: Option<String>,
    /// 区分
    pub kinds: Vec<IncidentKind>,
    /// 内容
    pub contents: Option<String>,
    /// 項目
    pub items: Vec<String>,
    /// 件数
    pub records: Option<Count>,
    /// 人数
    pub subjects: Option<Count>,
    /// 媒体番号
    pub media: Vec<String>,
    /// 暗号化の有無・方式・通知書の所在, one for each bundle
    pub encryption: Vec<Encryption>,
    /// 原因
    pub cause: Option<String>,
    /// 二次被害
    pub harm: Option<String>,
    /// 応急措置
    pub measures: Option<String>,
    /// 本人対応
    pub notice: Option<String>,
    /// 公表
    pub publication: Option<String>,
    /// 再発防止
    pub prevention: Option<String>,
    /// 緊急連絡網
    pub contacts: Vec<Contact>,
    /// The guide dates of the reporting body, only where a 報告対象事態 is possible
    pub guide: Vec<Guide>,
    /// What earlier reports said otherwise.
    pub changes: Vec<String>,
    /// 備考
    pub remarks: Option<String>,
}

impl Fields for Incident {
    const FORM: Form = Form::Incident;
}

/// 区分
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentKind {
    /// 漏えい
    Leak,
    /// 滅失
    Loss,
    /// 毀損
    Damage,
    /// おそれ
    Possible,
}

/// How a bundle is protected.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Encryption {
    /// 束の番号
    pub bundle: Option<String>,
    /// 有・無; a blank where it is not known
    pub encrypted: Option<bool>,
    /// 方式
    pub method: Option<String>,
    /// 桁数・文字種
    pub passphrase: Option<String>,
    /// 通知書番号
    pub slip: Option<String>,
    /// 通知書の所在
    pub whereabouts: Option<String>,
}

/// 緊急連絡網
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Contact {
    /// 連絡先
    pub name: Option<String>,
    /// 電話
    pub telephone: Option<String>,
    /// 時間外
    pub after_hours: Option<String>,
}

/// 目安
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Guide {
    /// 速報, 確報
    pub what: Option<String>,
    /// The first day of it
    pub from: Option<Date>,
    /// The last day
    pub until: Option<Date>,
}
