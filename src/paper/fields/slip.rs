//! パスワード通知書 and the part of it that stays with the issuer, パスワード通知書交付控.
//!
//! Attack: the slip is stored, signed and attached like any other document; none of it may say what opens the bundle or what
//! the data is about. So there is no field for either.

use serde::{Deserialize, Serialize};

use super::{Date, Fields, Person, Time};
use crate::paper::form::Form;

/// パスワード通知書. Its number is the document's, its issuer the document's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Slip {
    /// 交付日時
    pub delivered: Option<Time>,
    /// 宛先
    pub recipient: Option<Person>,
    /// 発行者
    pub issuer: Option<Person>,
    /// 束の番号
    pub bundle: String,
    /// 媒体管理番号
    pub media: Vec<String>,
}

impl Fields for Slip {
    const FORM: Form = Form::Slip;
}

/// パスワード通知書交付控
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SlipStub {
    /// 通知書番号
    pub slip: String,
    /// 束の番号
    pub bundle: Option<String>,
    /// 媒体管理番号
    pub media: Vec<String>,
    /// 交付日時
    pub delivered: Option<Time>,
    /// 場所
    pub place: Option<String>,
    /// 交付者
    pub deliverer: Option<Person>,
    /// 受領者 and 身分確認
    pub recipient: Option<Person>,
    /// 返却日
    pub returned: Option<Date>,
    /// 返却者
    pub returned_by: Option<String>,
    /// 確認者
    pub confirmed_by: Option<String>,
}

impl Fields for SlipStub {
    const FORM: Form = Form::SlipStub;
}
