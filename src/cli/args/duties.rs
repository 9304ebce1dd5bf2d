//! The arguments of `subcontractor …` and `inspection …`.

use chrono::NaiveDate;
use clap::{ArgAction, Args, Subcommand, ValueEnum};

use super::case::day;
use crate::duties::facts::Look;
use crate::t;

/// `subcontractor …`
#[derive(Debug, Subcommand)]
pub enum SubcontractorCommand {
    /// Register one, with the decision.
    #[command(about = t!("about-subcontractor-add"))]
    Add(Box<FirmArgs>),
    /// It works no more.
    #[command(about = t!("about-subcontractor-end"))]
    End {
        /// Its name.
        #[arg(value_name = "NAME", help = t!("arg-firm"))]
        name: String,
        /// The last day.
        #[arg(long, value_name = "DATE", value_parser = day, help = t!("arg-subcontractor-ended"))]
        date: Option<NaiveDate>,
    },
    /// All of them.
    #[command(about = t!("about-subcontractor-list"))]
    List,
}

/// `subcontractor add`
#[derive(Debug, Args)]
pub struct FirmArgs {
    /// 名称
    #[arg(value_name = "NAME", help = t!("arg-firm"))]
    pub name: String,
    /// 承認番号
    #[arg(long, value_name = "NUMBER", help = t!("arg-subcontractor-approval"))]
    pub approval: Option<String>,
    /// 再委託して処理する内容
    #[arg(long, value_name = "TEXT", help = t!("arg-subcontractor-work"))]
    pub work: Option<String>,
    /// 取り扱う情報
    #[arg(long, value_name = "LIST", value_delimiter = ',', help = t!("arg-subcontractor-items"))]
    pub items: Vec<String>,
    /// The first day.
    #[arg(long, value_name = "DATE", value_parser = day, help = t!("arg-subcontractor-from"))]
    pub from: Option<NaiveDate>,
    /// The last day.
    #[arg(long, value_name = "DATE", value_parser = day, help = t!("arg-subcontractor-until"))]
    pub until: Option<NaiveDate>,
    /// The contract with the same duties.
    #[arg(long, value_name = "DATE", value_parser = day, help = t!("arg-subcontractor-duties"))]
    pub duties: Option<NaiveDate>,
    /// 作業責任者
    #[arg(long, value_name = "NAME", help = t!("arg-subcontractor-responsible"))]
    pub responsible: Option<String>,
}

/// `inspection …`
#[derive(Debug, Subcommand)]
pub enum InspectionCommand {
    /// Somebody looked.
    #[command(about = t!("about-inspection-add"))]
    Add(Box<LookArgs>),
    /// Somebody looked again at what was to be mended.
    #[command(about = t!("about-inspection-recheck"))]
    Recheck(RecheckArgs),
    /// All of them.
    #[command(about = t!("about-inspection-list"))]
    List,
}

/// `inspection add`
#[derive(Debug, Args)]
pub struct LookArgs {
    /// Which kind.
    #[arg(value_enum, hide_possible_values = true, value_name = "on-site|self|supervision", help = t!("arg-inspection-look"))]
    pub look: LookName,
    /// 実施日
    #[arg(long, value_name = "DATE", value_parser = day, help = t!("arg-inspection-date"))]
    pub date: Option<NaiveDate>,
    /// 対象
    #[arg(long, value_name = "NAME", help = t!("arg-inspection-of"))]
    pub of: Option<String>,
    /// 場所
    #[arg(long, value_name = "TEXT", help = t!("arg-inspection-place"))]
    pub place: Option<String>,
    /// 方法
    #[arg(long, value_name = "TEXT", help = t!("arg-inspection-method"))]
    pub method: Option<String>,
    /// 検査者
    #[arg(long, value_name = "NAME", action = ArgAction::Append, help = t!("arg-inspection-by"))]
    pub by: Vec<String>,
    /// 立会者
    #[arg(long, value_name = "NAME", action = ArgAction::Append, help = t!("arg-inspection-attended"))]
    pub attended: Vec<String>,
    /// 確認項目
    #[arg(long, value_name = "TEXT=good|bad|none[:TEXT]", action = ArgAction::Append, help = t!("arg-inspection-item"))]
    pub item: Vec<String>,
    /// 指摘事項
    #[arg(long, value_name = "TEXT", action = ArgAction::Append, help = t!("arg-inspection-finding"))]
    pub finding: Vec<String>,
    /// 改善要求
    #[arg(long, value_name = "TEXT", action = ArgAction::Append, requires = "finding", help = t!("arg-inspection-demand"))]
    pub demand: Vec<String>,
    /// 期限
    #[arg(long, value_name = "DATE", value_parser = day, action = ArgAction::Append, requires = "finding", help = t!("arg-inspection-due"))]
    pub due: Vec<NaiveDate>,
    /// 総合所見
    #[arg(long, value_name = "TEXT", help = t!("arg-inspection-opinion"))]
    pub opinion: Option<String>,
    /// The media that were looked at.
    #[arg(long, value_name = "ID", action = ArgAction::Append, help = t!("arg-inspection-medium"))]
    pub medium: Vec<String>,
    /// Record only.
    #[arg(long, help = t!("arg-no-documents"))]
    pub no_documents: bool,
}

/// `inspection recheck`
#[derive(Debug, Args)]
pub struct RecheckArgs {
    /// The entry of the inspection.
    #[arg(value_name = "N", help = t!("arg-recheck-inspection"))]
    pub inspection: u64,
    /// Which of its findings.
    #[arg(long, value_name = "N", help = t!("arg-recheck-finding"))]
    pub finding: Option<usize>,
    /// 改善済
    #[arg(long, conflicts_with = "not_improved", required_unless_present = "not_improved", help = t!("arg-recheck-improved"))]
    pub improved: bool,
    /// 未改善
    #[arg(long, help = t!("arg-recheck-not-improved"))]
    pub not_improved: bool,
    /// 再確認日
    #[arg(long, value_name = "DATE", value_parser = day, help = t!("arg-recheck-date"))]
    pub date: Option<NaiveDate>,
    /// What was seen.
    #[arg(long, value_name = "TEXT", help = t!("arg-recheck-remarks"))]
    pub remarks: Option<String>,
    /// Record only.
    #[arg(long, help = t!("arg-no-documents"))]
    pub no_documents: bool,
}

/// What kind of look it was, as it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LookName {
    /// 実地検査
    OnSite,
    /// 点検
    #[value(name = "self")]
    SelfCheck,
    /// 監督
    Supervision,
}

impl From<LookName> for Look {
    fn from(name: LookName) -> Self {
        match name {
            LookName::OnSite => Self::OnSite,
            LookName::SelfCheck => Self::SelfCheck,
            LookName::Supervision => Self::Supervision,
        }
    }
}
