//! The register (個人情報管理簿): a fold over the entries, one row per medium.
//!
//! The form is Japanese whatever the language of the run, and so are the few words written here (備考). A row says what
//! entries say and nothing else: a field no entry speaks of stays empty.

mod facts;
mod fold;
mod index;
mod moves;
#[cfg(test)]
mod tests;

use chrono::{DateTime, FixedOffset, NaiveDate};
use serde::Serialize;

pub use fold::Register;
pub use index::{Correction, Effect, Index, Instead};

use super::Kind;
use crate::calendar::FiscalYear;

/// What a kind of entry is called on paper. The texts stay the same, as those of the kinds do.
#[must_use]
pub fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Init => "案件作成",
        Kind::Settings => "設定変更",
        Kind::StaffAdd => "名簿への追加",
        Kind::StaffTrain => "研修",
        Kind::StaffRetire => "担当の終了",
        Kind::StaffTransfer => "引継ぎ",
        Kind::Pack => "束の作成",
        Kind::Verify => "検証",
        Kind::List => "内容一覧",
        Kind::Open => "開封",
        Kind::Correct => "訂正",
        Kind::ContractAmend => "変更契約",
        Kind::Hold => "廃棄の保留",
        Kind::Release => "廃棄の保留の終了",
        Kind::KeyRotate => "署名鍵の更新",
        Kind::Trust => "相手方の鍵の確認",
        Kind::Received => "相手方の記録の受領",
        Kind::Sent => "記録の送付",
        Kind::Export => "管理簿の書き出し",
        Kind::Backup => "控えの作成",
        Kind::Restore => "控えからの復元",
        Kind::Archive => "台帳の封かん",
        Kind::Leftovers => "残りものの片付け",
        Kind::Document => "文書の発行",
        Kind::Print => "文書の再出力",
        Kind::Void => "文書の取消",
        Kind::SlipErased => "通知書ファイルの消去",
        Kind::Erase => "消去",
        Kind::EraseBatch => "消去の進行",
        Kind::EraseFreeSpace => "空き領域の上書き",
        Kind::CertificateVerify => "証明書の検証",
        Kind::MediumAdd => "媒体の登録",
        Kind::MediumReset => "媒体の初期化",
        Kind::Lost => "紛失",
        Kind::Damaged => "破損",
        Kind::Recovered => "回収",
        Kind::EquipmentAdd => "機器の登録",
        Kind::EquipmentRetire => "機器の使用終了",
        Kind::Declare => "申告（未測定）",
        Kind::PlaceAdd => "場所の登録",
        Kind::Handover => "受渡し",
        Kind::HandoverCheck => "受渡しの確認",
        Kind::Recall => "誤交付",
        Kind::Ack => "受領・開封の確認",
        Kind::Receive => "受領",
        Kind::Takeout => "持出し",
        Kind::Return => "持帰り",
        Kind::GiveBack => "返却",
        Kind::TakeBack => "返却の受領",
        Kind::Approve => "承認の記録",
        Kind::Revoke => "承認の取消し",
        Kind::Witness => "立会い",
        Kind::Destroy => "廃棄",
        Kind::VendorCertificate => "廃棄業者の証明書",
        Kind::Incident => "事案",
        Kind::IncidentClose => "事案の終結",
        Kind::Find => "複製の探索",
        Kind::Reconcile => "突合",
        Kind::IncidentUpdate => "事故の続報",
        Kind::Conformity => "適合申出",
        Kind::Subcontractor => "再委託先",
        Kind::Inspection => "検査・点検",
        Kind::Recheck => "再確認",
        Kind::Report => "報告",
    }
}

/// A line of the register: one medium in one fiscal year, with the fields of the form in their order.
///
/// A bundle whose medium has no number has a line of its own, with [`Row::medium`] empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// 番号: counted through the fiscal year in the order of first appearance, so that a filter never renumbers.
    pub number: u64,
    /// 年度, of the local date of the entry that opened the line; none when its time cannot be read.
    pub fiscal_year: Option<FiscalYear>,
    /// 契約
    pub contract: Option<String>,
    /// 媒体番号
    pub medium: Option<String>,
    /// 内容・項目 and 件数, of each bundle on the medium.
    pub contents: Vec<Content>,
    /// 媒体: what kind.
    pub media_kind: Option<String>,
    /// 数量
    pub quantity: Option<u64>,
    /// 受渡日時
    pub handed_over: Option<DateTime<FixedOffset>>,
    /// 引渡者
    pub giver: Option<String>,
    /// 受領者
    pub receiver: Option<String>,
    /// 通知書番号・交付日
    pub slips: Vec<Slip>,
    /// 保管場所
    pub place: Option<String>,
    /// 取扱者: who used the secret. Names are claims.
    pub handlers: Vec<String>,
    /// 複製承認: numbers of approvals.
    pub copy_approvals: Vec<String>,
    /// 持出票: numbers of take-outs.
    pub takeouts: Vec<String>,
    /// 返却期限
    pub return_due: Option<NaiveDate>,
    /// 返却日
    pub returned: Option<NaiveDate>,
    /// 返却の確認者
    pub return_checked_by: Option<String>,
    /// 消去日
    pub erased: Option<NaiveDate>,
    /// 消去の方法
    pub erase_method: Option<String>,
    /// 証明書番号
    pub certificate: Option<String>,
    /// 保存期限
    pub keep_until: Option<NaiveDate>,
    /// 点検日
    pub inspected: Option<NaiveDate>,
    /// 点検者
    pub inspected_by: Option<String>,
    /// 備考: corrections, and what was not established.
    pub remarks: Vec<String>,
}

/// What a bundle on the medium holds, as far as an entry says so.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Content {
    /// The bundle, `TW-…`.
    pub bundle: String,
    /// 内容
    pub title: Option<String>,
    /// 項目
    pub items: Vec<String>,
    /// 件数, in persons.
    pub subjects: Option<u64>,
    /// Files.
    pub files: Option<u64>,
    /// Folders.
    pub folders: Option<u64>,
    /// Bytes of content.
    pub bytes: Option<u64>,
    /// When it was made, RFC 3339.
    pub created: Option<String>,
    /// How many volumes.
    pub volumes: Option<u64>,
    /// `established` or `not_established`.
    pub read_back: Option<String>,
}

/// A passphrase slip (パスワード通知書).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Slip {
    /// 通知書番号
    pub number: String,
    /// 交付日
    pub issued: Option<NaiveDate>,
}

/// Which lines are asked for; nothing set asks for all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Filter {
    /// Only this fiscal year.
    pub fiscal_year: Option<FiscalYear>,
    /// Only this contract.
    pub contract: Option<String>,
}

impl Filter {
    /// Whether a line is asked for.
    #[must_use]
    pub fn takes(&self, row: &Row) -> bool {
        self.fiscal_year.is_none_or(|year| row.fiscal_year == Some(year))
            && self.contract.as_ref().is_none_or(|contract| row.contract.as_ref() == Some(contract))
    }
}

impl Row {
    /// A line of which only this much is known.
    #[must_use]
    pub fn new(fiscal_year: Option<FiscalYear>, contract: Option<String>, medium: Option<String>) -> Self {
        Self {
            number: 0,
            fiscal_year,
            contract,
            // A line stands for one medium; of a bundle without one nobody said on how many it is.
            quantity: medium.as_ref().map(|_| 1),
            medium,
            contents: Vec::new(),
            media_kind: None,
            handed_over: None,
            giver: None,
            receiver: None,
            slips: Vec::new(),
            place: None,
            handlers: Vec::new(),
            copy_approvals: Vec::new(),
            takeouts: Vec::new(),
            return_due: None,
            returned: None,
            return_checked_by: None,
            erased: None,
            erase_method: None,
            certificate: None,
            keep_until: None,
            inspected: None,
            inspected_by: None,
            remarks: Vec::new(),
        }
    }
}
