//! 媒体ラベル: a sheet to cut up.
//!
//! Attack: a medium that is found says what is on it, and is worth opening. So there is no field but its number.

use serde::{Deserialize, Serialize};

use super::Fields;
use crate::paper::form::Form;

/// 媒体ラベル
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Label {
    /// 管理番号
    pub media: Vec<String>,
    /// How many labels of each; one where it is missing.
    pub copies: Option<u8>,
}

impl Fields for Label {
    const FORM: Form = Form::Label;
}
