//! 返却書: what goes back to the city when the work is done, slips among it.

use serde::{Deserialize, Serialize};

use super::{Count, Date, Fields, Letter, Matched, Person, Thing, Time};
use crate::paper::form::Form;

/// 返却書
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GiveBack {
    /// 日付
    pub date: Option<Date>,
    /// Addressee and sender.
    pub letter: Option<Letter>,
    /// 返却物
    pub things: Vec<Thing>,
    /// 欠数: zero where nothing is missing, none where nobody counted.
    pub missing: Option<Count>,
    /// 欠数の理由
    pub missing_reason: Option<String>,
    /// 返却者
    pub returner: Option<Person>,
    /// 受領者 of the city
    pub receiver: Option<Person>,
    /// 受領日時
    pub received: Option<Time>,
    /// 突合結果
    pub result: Option<Matched>,
    /// 備考
    pub remarks: Option<String>,
}

impl GiveBack {
    /// The title in the word of the case: 返還書 or 返却書.
    #[must_use]
    pub fn title(return_word: &str) -> &'static str {
        if return_word == "返還" { "返還書" } else { Form::GiveBack.title() }
    }
}

impl Fields for GiveBack {
    const FORM: Form = Form::GiveBack;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_is_in_the_word_of_the_case() {
        assert_eq!(GiveBack::title("返還"), "返還書");
        assert_eq!(GiveBack::title("返却"), "返却書");
    }
}
