//! The arguments of `handover` and `receive`.

use chrono::NaiveDate;
use clap::{Args, ValueEnum};

use super::case::day;
use super::{CountArgs, SecretArgs};
use crate::life::facts::{Direction, What};
use crate::t;

/// `handover`
#[derive(Debug, Args)]
pub struct HandoverArgs {
    /// Which.
    #[arg(value_name = "BUNDLE|NO", help = t!("arg-thing"))]
    pub thing: String,
    /// Medium or slip.
    #[arg(long, value_enum, hide_possible_values = true, value_name = "media|slip", help = t!("arg-what"))]
    pub what: Option<WhatName>,
    /// To whom.
    #[arg(long, value_name = "NAME", required_unless_present_any = ["check", "receipt", "ack", "recall"], help = t!("arg-handover-to"))]
    pub to: Option<String>,
    /// 身分確認の方法.
    #[arg(long, value_name = "TEXT", required_unless_present_any = ["check", "receipt", "ack", "recall"], help = t!("arg-id-check"))]
    pub id_check: Option<String>,
    /// When.
    #[arg(long, value_name = "TIME", help = t!("arg-at"))]
    pub at: Option<String>,
    /// Where.
    #[arg(long, value_name = "TEXT", help = t!("arg-handover-place"))]
    pub place: Option<String>,
    /// 運搬方法.
    #[arg(long, value_name = "LIST", value_delimiter = ',', help = t!("arg-carry"))]
    pub carry: Vec<String>,
    /// Which way.
    #[arg(long = "as", value_enum, hide_possible_values = true, value_name = "provided|delivered|returned", help = t!("arg-direction"))]
    pub direction: Option<DirectionName>,
    /// To which subcontractor.
    #[arg(long, value_name = "NAME", help = t!("arg-subcontractor"))]
    pub subcontractor: Option<String>,
    /// 承認番号.
    #[arg(long, value_name = "NUMBER", help = t!("arg-approval"))]
    pub approval: Option<String>,
    /// 返却期限.
    #[arg(long, value_name = "DATE", value_parser = day, help = t!("arg-return-due"))]
    pub due: Option<NaiveDate>,
    /// The receiver signed on the spot.
    #[arg(long, help = t!("arg-signed"))]
    pub signed: bool,
    /// The sheet that was signed.
    #[arg(long, value_name = "NUMBER", help = t!("arg-sheet"))]
    pub sheet: Option<String>,
    /// Why a rule is set aside.
    #[arg(long = "override", value_name = "REASON", help = t!("arg-override"))]
    pub set_aside: Option<String>,
    /// No paper.
    #[arg(long, help = t!("arg-no-sheet"))]
    pub no_documents: bool,
    /// A second person looks.
    #[arg(long, group = "step", conflicts_with_all = HANDING, help = t!("arg-check"))]
    pub check: bool,
    /// What was looked at.
    #[arg(long, value_name = "all|LIST", value_delimiter = ',', requires = "check", help = t!("arg-checked"))]
    pub checked: Vec<String>,
    /// The other side's receipt on paper.
    #[arg(long, group = "step", conflicts_with_all = HANDING, help = t!("arg-receipt-came"))]
    pub receipt: bool,
    /// Who received.
    #[arg(long, value_name = "NAME", requires = "receipt", help = t!("arg-received-by"))]
    pub by: Option<String>,
    /// The number of their receipt.
    #[arg(long, value_name = "NUMBER", requires = "receipt", help = t!("arg-their-document"))]
    pub document: Option<String>,
    /// The opening code, or a signed record of theirs.
    #[arg(long, value_name = "CODE|FILE", group = "step", conflicts_with_all = HANDING, help = t!("arg-ack"))]
    pub ack: Option<String>,
    /// It went to the wrong one.
    #[arg(long, value_name = "REASON", group = "step", conflicts_with_all = HANDING, help = t!("arg-recall"))]
    pub recall: Option<String>,
    /// Where it is now.
    #[arg(long, value_name = "TEXT", requires = "recall", help = t!("arg-whereabouts"))]
    pub whereabouts: Option<String>,
}

/// What is said of a hand-over, and of nothing that comes after it.
const HANDING: [&str; 10] =
    ["to", "id_check", "place", "carry", "direction", "subcontractor", "approval", "due", "signed", "set_aside"];

/// Medium or slip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum WhatName {
    /// 媒体
    #[value(alias = "medium", alias = "媒体")]
    Media,
    /// パスワード通知書
    #[value(alias = "通知書")]
    Slip,
}

impl From<WhatName> for What {
    fn from(name: WhatName) -> Self {
        match name {
            WhatName::Media => Self::Media,
            WhatName::Slip => Self::Slip,
        }
    }
}

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DirectionName {
    /// 提供
    #[value(alias = "提供")]
    Provided,
    /// 納品
    #[value(alias = "納品")]
    Delivered,
    /// 返却
    #[value(alias = "返却", alias = "返還")]
    Returned,
}

impl From<DirectionName> for Direction {
    fn from(name: DirectionName) -> Self {
        match name {
            DirectionName::Provided => Self::Provided,
            DirectionName::Delivered => Self::Delivered,
            DirectionName::Returned => Self::Returned,
        }
    }
}

/// `receive`
#[derive(Debug, Args)]
pub struct ReceiveArgs {
    /// Which.
    #[arg(value_name = "BUNDLE|NO", required = true, help = t!("arg-receive"))]
    pub things: Vec<String>,
    /// The slip came, with this number.
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["returned", "passphrase_file", "identity"], help = t!("arg-slip-came"))]
    pub slip: Option<String>,
    /// What was handed over from here came back.
    #[arg(long, conflicts_with_all = ["slip", "passphrase_file", "identity", "medium_id", "appearance", "seal", "due"], help = t!("arg-returned"))]
    pub returned: bool,
    /// What did not agree.
    #[arg(long, value_name = "TEXT", requires = "returned", help = t!("arg-differs"))]
    pub differs: Option<String>,
    /// The number of their sheet.
    #[arg(long, value_name = "NUMBER", requires = "returned", help = t!("arg-their-document"))]
    pub document: Option<String>,
    /// 媒体管理番号 from the label.
    #[arg(long, value_name = "ID", help = t!("arg-medium-id"))]
    pub medium_id: Option<String>,
    /// From whom.
    #[arg(long, value_name = "NAME", help = t!("arg-receive-from"))]
    pub from: Option<String>,
    /// When.
    #[arg(long, value_name = "TIME", help = t!("arg-at"))]
    pub at: Option<String>,
    /// Where it is kept.
    #[arg(long, value_name = "TEXT", help = t!("arg-keep-place"))]
    pub place: Option<String>,
    /// 外観.
    #[arg(long, value_enum, hide_possible_values = true, value_name = "sound|damaged", help = t!("arg-appearance"))]
    pub appearance: Option<AppearanceName>,
    /// 封印.
    #[arg(long, value_enum, hide_possible_values = true, value_name = "whole|broken|none", help = t!("arg-seal"))]
    pub seal: Option<SealName>,
    /// 返却期限.
    #[arg(long, value_name = "DATE", value_parser = day, help = t!("arg-return-due"))]
    pub due: Option<NaiveDate>,
    /// 備考.
    #[arg(long, value_name = "TEXT", help = t!("arg-remarks"))]
    pub remarks: Option<String>,
    /// The secret: then the inside is compared.
    #[command(flatten)]
    pub secret: SecretArgs,
    /// What is counted of it.
    #[command(flatten)]
    pub count: CountArgs,
    /// Keys to trust.
    #[arg(long, value_name = "SHA256:…|FILE.pub", help = t!("arg-signer"))]
    pub signer: Vec<String>,
    /// No paper.
    #[arg(long, help = t!("arg-no-sheet"))]
    pub no_documents: bool,
}

/// 外観.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AppearanceName {
    /// 異常なし
    #[value(alias = "異常なし")]
    Sound,
    /// 異常あり
    #[value(alias = "異常あり")]
    Damaged,
}

/// 封印.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SealName {
    /// 異常なし
    #[value(alias = "異常なし")]
    Whole,
    /// 異常あり
    #[value(alias = "異常あり")]
    Broken,
    /// 封印なし
    #[value(alias = "なし")]
    None,
}
