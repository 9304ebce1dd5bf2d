//! The arguments of `report …`.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand};

use super::case::day;
use crate::calendar::Span;
use crate::t;

/// `report …`
#[derive(Debug, Subcommand)]
pub enum ReportCommand {
    /// 【様式５】個人情報取扱状況報告書
    #[command(about = t!("about-report-handling"))]
    Handling(AskedArgs),
    /// 個人情報特記事項の遵守に関する報告書
    #[command(about = t!("about-report-compliance"))]
    Compliance(AskedArgs),
    /// 個人情報消去報告書
    #[command(about = t!("about-report-erasure"))]
    Erasure,
    /// 監査報告書
    #[command(about = t!("about-report-audit"))]
    Audit(AuditArgs),
    /// 点検報告書
    #[command(about = t!("about-report-inspect"))]
    Inspect(AuditArgs),
    /// 作業責任者・作業従事者名簿／変更届
    #[command(about = t!("about-report-roster"))]
    Roster {
        /// 変更届: what changed since this day.
        #[arg(long, value_name = "DATE", value_parser = day, help = t!("arg-report-since"))]
        since: Option<NaiveDate>,
    },
}

/// What a report is about.
#[derive(Debug, Clone, Args)]
pub struct SpanArgs {
    /// A month.
    #[arg(long, value_name = "2026-10", value_parser = month, conflicts_with_all = ["from", "to"], help = t!("arg-report-month"))]
    pub month: Option<Span>,
    /// A period.
    #[arg(long, value_name = "2026-04..2026-09", value_parser = period, conflicts_with_all = ["month", "from", "to"], help = t!("arg-report-period"))]
    pub period: Option<Span>,
    /// The first day.
    #[arg(long, value_name = "DATE", value_parser = day, help = t!("arg-report-from"))]
    pub from: Option<NaiveDate>,
    /// The last day.
    #[arg(long, value_name = "DATE", value_parser = day, help = t!("arg-report-to"))]
    pub to: Option<NaiveDate>,
}

/// A report with answers that only people have.
#[derive(Debug, Clone, Args)]
pub struct AskedArgs {
    /// What it is about.
    #[command(flatten)]
    pub span: SpanArgs,
    /// The answers.
    #[arg(long, value_name = "FILE.toml", help = t!("arg-report-answers"))]
    pub answers: Option<PathBuf>,
    /// Write a file to be filled in, and print nothing.
    #[arg(long, value_name = "FILE.toml", conflicts_with = "answers", help = t!("arg-report-template"))]
    pub template_answers: Option<PathBuf>,
    /// Why an answer stands that the ledger contradicts.
    #[arg(long = "override", value_name = "REASON", help = t!("arg-report-override"))]
    pub override_reason: Option<String>,
}

/// `report audit`, `report inspect`
#[derive(Debug, Clone, Args)]
pub struct AuditArgs {
    /// What it is about.
    #[command(flatten)]
    pub span: SpanArgs,
    /// The findings as a workbook besides.
    #[arg(long, value_name = "FILE.xlsx", help = t!("arg-report-xlsx"))]
    pub xlsx: Option<PathBuf>,
    /// 意見
    #[arg(long, value_name = "TEXT", help = t!("arg-report-opinion"))]
    pub opinion: Option<String>,
}

fn period(text: &str) -> Result<Span, String> {
    Span::period(text).ok_or_else(|| t!("bad-period"))
}

fn month(text: &str) -> Result<Span, String> {
    Span::month(text).ok_or_else(|| t!("bad-month"))
}
