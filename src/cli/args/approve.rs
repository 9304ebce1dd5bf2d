//! The arguments of `approve`.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{ArgAction, Args, ValueEnum};

use super::case::day;
use crate::case::Approval;
use crate::t;

/// `approve`
#[derive(Debug, Args)]
pub struct ApproveArgs {
    /// For what.
    #[arg(long = "for", value_enum, hide_possible_values = true, value_name = "WHAT", required_unless_present = "list", help = t!("arg-approve-for"))]
    pub purpose: Option<Purpose>,
    /// 文書番号.
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["revoke", "list"], help = t!("arg-approve-number"))]
    pub number: Option<String>,
    /// 決裁（承認）日.
    #[arg(long, value_name = "DATE", value_parser = day, requires = "number", help = t!("arg-approve-date"))]
    pub date: Option<NaiveDate>,
    /// 承認者.
    #[arg(long, value_name = "NAME", requires = "number", help = t!("arg-approve-by"))]
    pub by: Option<String>,
    /// What it holds for.
    #[arg(long, value_name = "ID", action = ArgAction::Append, help = t!("arg-approve-thing"))]
    pub thing: Vec<String>,
    /// 範囲.
    #[arg(long, value_name = "TEXT", requires = "number", help = t!("arg-approve-scope"))]
    pub scope: Option<String>,
    /// 期限.
    #[arg(long, value_name = "DATE", value_parser = day, help = t!("arg-approve-until"))]
    pub until: Option<NaiveDate>,
    /// The request it answers; without a number, print one.
    #[arg(long, value_name = "D-NNNN", num_args = 0..=1, default_missing_value = "", conflicts_with_all = ["revoke", "list"], help = t!("arg-approve-request"))]
    pub request: Option<String>,
    /// It holds no more.
    #[arg(long, value_name = "NUMBER", requires = "reason", help = t!("arg-approve-revoke"))]
    pub revoke: Option<String>,
    /// Why.
    #[arg(long, value_name = "TEXT", help = t!("arg-approve-reason"))]
    pub reason: Option<String>,
    /// All of them.
    #[arg(long, conflicts_with = "revoke", help = t!("arg-approve-list"))]
    pub list: bool,
    /// What the request says.
    #[command(flatten)]
    pub form: RequestArgs,
}

/// What a request form says.
#[derive(Debug, Args)]
pub struct RequestArgs {
    /// 方法.
    #[arg(long, value_name = "TEXT", requires = "request", help = t!("arg-request-method"))]
    pub method: Option<String>,
    /// 予定日時.
    #[arg(long, value_name = "WHEN", requires = "request", help = t!("arg-request-planned"))]
    pub planned: Option<String>,
    /// 場所.
    #[arg(long, value_name = "TEXT", requires = "request", help = t!("arg-request-place"))]
    pub place: Option<String>,
    /// 実施者.
    #[arg(long, value_name = "NAME", requires = "request", action = ArgAction::Append, help = t!("arg-request-performer"))]
    pub performer: Vec<String>,
    /// 立会の要否.
    #[arg(long, value_enum, hide_possible_values = true, value_name = "needed|not", requires = "request", help = t!("arg-request-witness"))]
    pub witness: Option<Needed>,
    /// 再委託先の名称.
    #[arg(long, value_name = "TEXT", requires = "request", help = t!("arg-request-name"))]
    pub name: Option<String>,
    /// 所在地.
    #[arg(long, value_name = "TEXT", requires = "request", help = t!("arg-request-address"))]
    pub address: Option<String>,
    /// 代表者.
    #[arg(long, value_name = "NAME", requires = "request", help = t!("arg-request-representative"))]
    pub representative: Option<String>,
    /// 処理内容.
    #[arg(long, value_name = "TEXT", requires = "request", help = t!("arg-request-work"))]
    pub work: Option<String>,
    /// 取り扱う情報.
    #[arg(long, value_name = "LIST", value_delimiter = ',', requires = "request", help = t!("arg-request-information"))]
    pub information: Vec<String>,
    /// 安全性・信頼性確保対策.
    #[arg(long, value_name = "TEXT", requires = "request", help = t!("arg-request-safety"))]
    pub safety: Option<String>,
    /// 管理・監督方法.
    #[arg(long, value_name = "TEXT", requires = "request", help = t!("arg-request-supervision"))]
    pub supervision: Option<String>,
}

/// What a decision is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Purpose {
    /// Handing over.
    Handover,
    /// Copying.
    Copy,
    /// Taking out.
    Takeout,
    /// Erasing.
    #[value(alias = "erasure")]
    Erase,
    /// Destroying.
    #[value(alias = "destruction")]
    Destroy,
    /// Passing work on.
    Subcontract,
    /// Using a medium.
    Medium,
}

impl From<Purpose> for Approval {
    fn from(purpose: Purpose) -> Self {
        match purpose {
            Purpose::Handover => Self::Handover,
            Purpose::Copy => Self::Copy,
            Purpose::Takeout => Self::Takeout,
            Purpose::Erase => Self::Erasure,
            Purpose::Destroy => Self::Destruction,
            Purpose::Subcontract => Self::Subcontract,
            Purpose::Medium => Self::Medium,
        }
    }
}

/// 立会の要否
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Needed {
    /// 要
    Needed,
    /// 不要
    Not,
}

/// `witness`
#[derive(Debug, Args)]
pub struct WitnessArgs {
    /// Media, slips, or documents about them.
    #[arg(required = true, value_name = "ID|D-NNNN", help = t!("arg-witness-things"))]
    pub things: Vec<String>,
    /// 立会職員.
    #[arg(long, required = true, value_name = "NAME", action = ArgAction::Append, help = t!("arg-witness-name"))]
    pub name: Vec<String>,
    /// 所属.
    #[arg(long, value_name = "TEXT", help = t!("arg-witness-section"))]
    pub section: Option<String>,
    /// City or firm.
    #[arg(long, value_name = "TEXT", help = t!("arg-witness-organization"))]
    pub organization: Option<String>,
    /// When.
    #[arg(long, value_name = "WHEN", help = t!("arg-when-done"))]
    pub at: Option<String>,
    /// Where.
    #[arg(long, value_name = "TEXT", help = t!("arg-location"))]
    pub place: Option<String>,
    /// 確認項目.
    #[arg(long, value_name = "1,2,…|all", value_delimiter = ',', help = t!("arg-witness-confirmed"))]
    pub confirmed: Vec<String>,
    /// 写真.
    #[arg(long, value_name = "FILE", action = ArgAction::Append, help = t!("arg-photo"))]
    pub photo: Vec<PathBuf>,
    /// 備考.
    #[arg(long, value_name = "TEXT", help = t!("arg-witness-remarks"))]
    pub remarks: Option<String>,
    /// No paper.
    #[arg(long, help = t!("arg-without-sheet"))]
    pub no_documents: bool,
}
