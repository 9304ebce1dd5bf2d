//! 電子データ消去証明書（ファイル単位） and 電子データ消去結果報告書: one sheet, whose title depends on what was achieved.

use serde::{Deserialize, Serialize};

use super::{Count, Date, Fields, Person, Time};
use crate::paper::form::Form;

/// Above this many items the annex carries totals, exceptions and the list's SHA-256.
pub const MOST_LISTED: usize = 10_000;

/// The title when everything that was asked for was verified.
pub const CERTIFICATE: &str = "電子データ消去証明書（ファイル単位）";

/// The title otherwise.
pub const REPORT: &str = "電子データ消去結果報告書";

/// The sheet. Its number is the document's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Erasure {
    /// 宛先; made of the city's name where it is missing.
    pub addressee: Option<String>,
    /// 承認番号
    pub approval: Option<String>,
    /// ★情報の項目
    pub items: Vec<String>,
    /// ★媒体名
    pub medium: Option<String>,
    /// ★数量, with its unit
    pub quantity: Option<String>,
    /// ★方法
    pub method: Option<String>,
    /// ★責任者
    pub responsible: Option<Person>,
    /// ★年月日
    pub date: Option<Date>,
    /// 機器
    pub devices: Vec<Device>,
    /// ツール名と版; the program that issues the sheet where it is missing.
    pub tool: Option<String>,
    /// 上書き回数
    pub passes: Option<Count>,
    /// 上書きの方式
    pub pattern: Option<String>,
    /// 検証方法
    pub verification: Option<String>,
    /// 検証結果 in words; made of the totals where it is missing.
    pub verified: Option<String>,
    /// 開始
    pub started: Option<Time>,
    /// 終了
    pub finished: Option<Time>,
    /// 場所
    pub place: Option<String>,
    /// 作業者
    pub workers: Vec<Person>,
    /// 立会者
    pub witnesses: Vec<Person>,
    /// 結果
    pub result: Option<Outcome>,
    /// 失敗・対象外の一覧
    pub exceptions: Vec<Listed>,
    /// How many exceptions there are beyond those listed.
    pub exceptions_unlisted: Option<Count>,
    /// 写真
    pub photographs: Vec<Photograph>,
    /// 論理的消去: the medium is flash, or nobody knows what it is.
    pub logical: bool,
    /// 限界, beyond what the form itself says
    pub limits: Vec<String>,
    /// 別紙
    pub annex: Annex,
}

impl Fields for Erasure {
    const FORM: Form = Form::Erasure;
}

/// 写真: one that is printed on the sheet, or glued to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Photograph {
    /// What it is called: the name of the file it came in.
    pub caption: String,
    /// When it was taken, on a sheet that has a place for each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<Stage>,
    /// The file in `records/` that is printed; none where it is to be glued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// SHA-256 of what is printed.
    pub sha256: String,
    /// SHA-256 of the file as it was given, with all that it told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_sha256: Option<String>,
}

/// When a photograph was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// 作業前
    Before,
    /// 作業後
    After,
}

/// 機器
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Device {
    /// 型番
    pub model: Option<String>,
    /// 製造番号
    pub serial: Option<String>,
    /// 容量, with its unit
    pub capacity: Option<String>,
}

/// What became of all that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// 消去
    Erased,
    /// 一部消去
    Partial,
    /// 不成立
    NotEstablished,
}

/// What became of one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// 消去
    Erased,
    /// 検証不成立: overwritten, not read back.
    NotVerified,
    /// 失敗
    Failed,
    /// 対象外
    Skipped,
}

/// One item of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// パス
    pub path: String,
    /// サイズ in bytes
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<Count>,
    /// 照合値, keyed
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// 検証結果
    pub result: Fate,
    /// Why, in words
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
}

/// 別紙　対象一覧
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Annex {
    /// All of them; none above [`MOST_LISTED`].
    pub items: Vec<Listed>,
    /// 対象件数
    pub total: Option<Count>,
    /// 合計サイズ in bytes
    pub bytes: Option<Count>,
    /// 消去
    pub erased: Option<Count>,
    /// 検証不成立
    pub not_verified: Option<Count>,
    /// 失敗
    pub failed: Option<Count>,
    /// 対象外
    pub skipped: Option<Count>,
    /// SHA-256 of the file with the whole list, whether it is printed here or not.
    pub list_sha256: Option<String>,
}

/// What `erase --json` says, as far as the sheet needs it.
#[derive(Debug, Clone, Deserialize)]
pub struct Report {
    /// 結果
    pub result: Outcome,
    /// Every item; of too many to print, those that are not erased, as far as they are printed.
    pub items: Vec<Item>,
    /// The rest of them.
    #[serde(default)]
    pub unlisted: Unlisted,
}

/// Items that stand on no paper, only in the list beside it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Unlisted {
    /// 消去
    pub erased: u64,
    /// 検証不成立
    pub not_verified: u64,
    /// 失敗
    pub failed: u64,
    /// 対象外
    pub skipped: u64,
    /// 合計サイズ
    pub bytes: u64,
}

impl Unlisted {
    /// One more.
    pub fn add(&mut self, fate: Fate, bytes: u64) {
        *match fate {
            Fate::Erased => &mut self.erased,
            Fate::NotVerified => &mut self.not_verified,
            Fate::Failed => &mut self.failed,
            Fate::Skipped => &mut self.skipped,
        } += 1;
        self.bytes = self.bytes.saturating_add(bytes);
    }

    fn others(&self) -> u64 {
        self.not_verified + self.failed + self.skipped
    }
}

/// One item of it.
#[derive(Debug, Clone, Deserialize)]
pub struct Item {
    /// Its path.
    pub path: String,
    /// Its size in bytes.
    #[serde(default)]
    pub size: Option<u64>,
    /// What it can be told by, keyed.
    #[serde(default)]
    pub fingerprint: Option<String>,
    /// What became of it.
    pub result: Fate,
    /// What may remain of it, in words.
    #[serde(default)]
    pub may_remain: Vec<String>,
    /// Why it came so, in words.
    #[serde(default)]
    pub reasons: Vec<String>,
}

impl Report {
    /// The sheet's title. `certifiable` is false where the law asks for more than overwriting (マイナンバー利用事務系).
    ///
    /// Attack: a sheet that certifies what was not done. One item that is not `erased`, or none at all, and it is a report.
    #[must_use]
    pub fn title(&self, certifiable: bool) -> &'static str {
        if certifiable && self.outcome() == Outcome::Erased { CERTIFICATE } else { REPORT }
    }

    /// Fills in what the report knows: result, exceptions, limits and annex. `list_sha256` is of the file with the list.
    #[must_use]
    pub fn fill(self, mut sheet: Erasure, list_sha256: &str) -> Erasure {
        for remains in self.items.iter().flat_map(|item| &item.may_remain) {
            if !sheet.limits.contains(remains) {
                sheet.limits.push(remains.clone());
            }
        }
        sheet.result = Some(self.outcome());
        let unlisted = self.unlisted;
        let all: Vec<Listed> = self.items.into_iter().map(Listed::from).collect();
        let mut exceptions: Vec<Listed> = all.iter().filter(|item| item.result != Fate::Erased).cloned().collect();
        let more = unlisted.others() + exceptions.len().saturating_sub(MOST_LISTED) as u64;
        exceptions.truncate(MOST_LISTED);
        sheet.exceptions = exceptions;
        sheet.exceptions_unlisted = (more > 0).then(|| more.into());
        sheet.annex = Annex::of(all, unlisted, list_sha256);
        sheet
    }

    /// `erased` only where every item is: the two must not contradict each other on one sheet.
    fn outcome(&self) -> Outcome {
        let listed = self.items.iter().filter(|item| item.result == Fate::Erased).count();
        let erased = listed as u64 + self.unlisted.erased;
        match self.result {
            Outcome::Erased if listed == self.items.len() && self.unlisted.others() == 0 && erased > 0 => {
                Outcome::Erased
            }
            Outcome::Erased | Outcome::Partial if erased > 0 => Outcome::Partial,
            _ => Outcome::NotEstablished,
        }
    }
}

impl From<Item> for Listed {
    fn from(item: Item) -> Self {
        Self {
            path: item.path,
            size: item.size.map(Count::from),
            fingerprint: item.fingerprint,
            result: item.result,
            reasons: item.reasons,
        }
    }
}

impl Annex {
    fn of(all: Vec<Listed>, more: Unlisted, list_sha256: &str) -> Self {
        let many = |fate, more: u64| {
            let listed = all.iter().filter(|item| item.result == fate).count();
            Some(Count::from(listed as u64 + more))
        };
        let bytes =
            all.iter().filter_map(|item| item.size).fold(more.bytes, |sum, size| sum.saturating_add(size.count));
        let total = all.len() as u64 + more.erased + more.others();
        Self {
            total: Some(total.into()),
            bytes: Some(bytes.into()),
            erased: many(Fate::Erased, more.erased),
            not_verified: many(Fate::NotVerified, more.not_verified),
            failed: many(Fate::Failed, more.failed),
            skipped: many(Fate::Skipped, more.skipped),
            list_sha256: Some(list_sha256.to_owned()),
            items: if total <= MOST_LISTED as u64 { all } else { Vec::new() },
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn report(result: &str, fates: &[&str]) -> Report {
        let items: Vec<_> = fates
            .iter()
            .enumerate()
            .map(|(at, fate)| {
                json!({ "path": format!("名簿{at}.csv"), "size": 10, "fingerprint": "ab", "result": fate,
                    "may_remain": ["ファイル名"], "reasons": [] })
            })
            .collect();
        serde_json::from_value(json!({ "result": result, "items": items, "certificate": null })).unwrap()
    }

    #[test]
    fn only_what_is_erased_to_the_last_item_is_certified() {
        assert_eq!(report("erased", &["erased", "erased"]).title(true), CERTIFICATE);
        assert_eq!(report("erased", &["erased"]).title(false), REPORT);
        assert_eq!(report("erased", &[]).title(true), REPORT);
        for fate in ["not_verified", "failed", "skipped"] {
            assert_eq!(report("erased", &["erased", fate]).title(true), REPORT);
            assert_eq!(report("erased", &["erased", fate]).outcome(), Outcome::Partial);
            assert_eq!(report("partial", &[fate]).outcome(), Outcome::NotEstablished);
        }
        assert_eq!(report("partial", &["erased", "erased"]).title(true), REPORT);
        assert_eq!(report("not_established", &["erased"]).outcome(), Outcome::NotEstablished);
    }

    #[test]
    fn a_report_fills_the_sheet() {
        let sheet = report("partial", &["erased", "failed", "skipped"]).fill(Erasure::default(), "00");
        assert_eq!(sheet.exceptions.len(), 2);
        assert_eq!(sheet.limits, ["ファイル名"]);
        assert_eq!((sheet.annex.items.len(), sheet.annex.bytes), (3, Some(30.into())));
        assert_eq!((sheet.annex.failed, sheet.annex.list_sha256.as_deref()), (Some(1.into()), Some("00")));
    }

    #[test]
    fn a_list_too_long_to_print_is_pinned() {
        let mut fates = vec!["erased"; MOST_LISTED];
        fates.push("failed");
        let sheet = report("partial", &fates).fill(Erasure::default(), "abc");
        assert!(sheet.annex.items.is_empty());
        assert_eq!(sheet.annex.list_sha256.as_deref(), Some("abc"));
        assert_eq!((sheet.annex.total, sheet.exceptions.len()), (Some(10_001.into()), 1));
    }

    #[test]
    fn what_stands_on_no_paper_is_counted_all_the_same() {
        let mut many = report("partial", &["failed"]);
        (0..MOST_LISTED).for_each(|_| many.unlisted.add(Fate::Erased, 5));
        many.unlisted.add(Fate::Skipped, 7);
        assert_eq!(many.title(true), REPORT);
        let sheet = many.fill(Erasure::default(), "abc");
        assert_eq!((sheet.exceptions.len(), sheet.exceptions_unlisted), (1, Some(1.into())));
        let annex = sheet.annex;
        assert_eq!((annex.total, annex.bytes), (Some(10_002.into()), Some(50_017.into())));
        assert_eq!((annex.erased, annex.failed, annex.skipped), (Some(10_000.into()), Some(1.into()), Some(1.into())));
        assert!(annex.items.is_empty());
        let mut all = report("erased", &[]);
        all.unlisted.add(Fate::Erased, 5);
        assert_eq!(all.title(true), CERTIFICATE);
    }
}
