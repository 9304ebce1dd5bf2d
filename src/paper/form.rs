//! The forms, and the templates that come with the program.

/// A form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Form {
    /// パスワード通知書
    Slip,
    /// パスワード通知書交付控
    SlipStub,
    /// 個人情報受渡し確認記録票
    Transfer,
    /// 受領書
    Receipt,
    /// 開封確認書
    Opening,
    /// 電子データ消去証明書 or 消去結果報告書
    Erasure,
    /// 個人情報管理簿
    Register,
    /// 持ち出し記録
    Takeout,
    /// 返却書 or 返還書
    GiveBack,
    /// 個人情報消去・廃棄承認申請書
    DisposalRequest,
    /// 再委託承認申請書
    SubcontractRequest,
    /// 廃棄証明書 or 廃棄経過記録
    Destruction,
    /// 消去・廃棄立会記録
    Witness,
    /// 機器の消去に関する申告書
    Declaration,
    /// 媒体ラベル
    Label,
    /// 【様式５】個人情報取扱状況報告書
    Handling,
    /// 個人情報特記事項の遵守に関する報告書
    Compliance,
    /// 個人情報消去報告書
    ErasureReport,
    /// 監査報告書 or 点検報告書
    Audit,
    /// 実地検査記録票 or 点検記録票
    Inspection,
    /// 個人情報漏えい等事故報告書（第○報）
    Incident,
    /// 作業責任者・作業従事者名簿 or 変更届
    Roster,
    /// 事務引継書
    Succession,
}

impl Form {
    /// All of them.
    pub const ALL: [Self; 23] = [
        Self::Slip,
        Self::SlipStub,
        Self::Transfer,
        Self::Receipt,
        Self::Opening,
        Self::Erasure,
        Self::Register,
        Self::Takeout,
        Self::GiveBack,
        Self::DisposalRequest,
        Self::SubcontractRequest,
        Self::Destruction,
        Self::Witness,
        Self::Declaration,
        Self::Label,
        Self::Handling,
        Self::Compliance,
        Self::ErasureReport,
        Self::Audit,
        Self::Inspection,
        Self::Incident,
        Self::Roster,
        Self::Succession,
    ];

    /// Its name, in records and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Slip => "slip",
            Self::SlipStub => "slip-stub",
            Self::Transfer => "transfer",
            Self::Receipt => "receipt",
            Self::Opening => "opening",
            Self::Erasure => "erasure",
            Self::Register => "register",
            Self::Takeout => "takeout",
            Self::GiveBack => "give-back",
            Self::DisposalRequest => "disposal-request",
            Self::SubcontractRequest => "subcontract-request",
            Self::Destruction => "destruction",
            Self::Witness => "witness",
            Self::Declaration => "declaration",
            Self::Label => "label",
            Self::Handling => "handling",
            Self::Compliance => "compliance",
            Self::ErasureReport => "erasure-report",
            Self::Audit => "audit",
            Self::Inspection => "inspection",
            Self::Incident => "incident",
            Self::Roster => "roster",
            Self::Succession => "succession",
        }
    }

    /// The form of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.name() == name)
    }

    /// Whether its page carries the signature beside the record: what the other side is to check without this desk's folder.
    #[must_use]
    pub fn carries_its_signature(self) -> bool {
        matches!(self, Self::Erasure | Self::Receipt | Self::Opening)
    }

    /// What stands on top of the page, where the record does not say otherwise.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Slip => "パスワード通知書",
            Self::SlipStub => "パスワード通知書交付控",
            Self::Transfer => "個人情報受渡し確認記録票",
            Self::Receipt => "受領書",
            Self::Opening => "開封確認書",
            Self::Erasure => "電子データ消去証明書（ファイル単位）",
            Self::Register => "個人情報管理簿",
            Self::Takeout => "持ち出し記録",
            Self::GiveBack => "返却書",
            Self::DisposalRequest => "個人情報消去・廃棄承認申請書",
            Self::SubcontractRequest => "再委託承認申請書",
            Self::Destruction => "廃棄証明書",
            Self::Witness => "消去・廃棄立会記録",
            Self::Declaration => "機器の消去に関する申告書",
            Self::Label => "媒体ラベル",
            Self::Handling => "個人情報取扱状況報告書",
            Self::Compliance => "個人情報特記事項の遵守に関する報告書",
            Self::ErasureReport => "個人情報消去報告書",
            Self::Audit => "監査報告書",
            Self::Inspection => "実地検査記録票",
            Self::Incident => "個人情報漏えい等事故報告書",
            Self::Roster => "作業責任者・作業従事者名簿",
            Self::Succession => "事務引継書",
        }
    }

    /// The file name of its template.
    #[must_use]
    pub fn file(self) -> String {
        format!("{}.typ", self.name())
    }

    /// The template that comes with the program.
    #[must_use]
    pub fn template(self) -> &'static str {
        match self {
            Self::Slip => include_str!("../../forms/slip.typ"),
            Self::SlipStub => include_str!("../../forms/slip-stub.typ"),
            Self::Transfer => include_str!("../../forms/transfer.typ"),
            Self::Receipt => include_str!("../../forms/receipt.typ"),
            Self::Opening => include_str!("../../forms/opening.typ"),
            Self::Erasure => include_str!("../../forms/erasure.typ"),
            Self::Register => include_str!("../../forms/register.typ"),
            Self::Takeout => include_str!("../../forms/takeout.typ"),
            Self::GiveBack => include_str!("../../forms/give-back.typ"),
            Self::DisposalRequest => include_str!("../../forms/disposal-request.typ"),
            Self::SubcontractRequest => include_str!("../../forms/subcontract-request.typ"),
            Self::Destruction => include_str!("../../forms/destruction.typ"),
            Self::Witness => include_str!("../../forms/witness.typ"),
            Self::Declaration => include_str!("../../forms/declaration.typ"),
            Self::Label => include_str!("../../forms/label.typ"),
            Self::Handling => include_str!("../../forms/handling.typ"),
            Self::Compliance => include_str!("../../forms/compliance.typ"),
            Self::ErasureReport => include_str!("../../forms/erasure-report.typ"),
            Self::Audit => include_str!("../../forms/audit.typ"),
            Self::Inspection => include_str!("../../forms/inspection.typ"),
            Self::Incident => include_str!("../../forms/incident.typ"),
            Self::Roster => include_str!("../../forms/roster.typ"),
            Self::Succession => include_str!("../../forms/succession.typ"),
        }
    }
}

/// What the templates share.
pub const COMMON: &str = include_str!("../../forms/common.typ");

/// The name of what the templates share.
pub const COMMON_FILE: &str = "common.typ";
