//! The arguments of `takeout`, `return` and `destroy`.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{ArgAction, Args};

use super::case::day;
use crate::t;

/// `takeout`
#[derive(Debug, Args)]
pub struct TakeoutArgs {
    /// Media and slips.
    #[arg(required = true, value_name = "ID", help = t!("arg-life-things"))]
    pub things: Vec<String>,
    /// 事由.
    #[arg(long, value_name = "TEXT", help = t!("arg-takeout-reason"))]
    pub reason: String,
    /// 持出先.
    #[arg(long, value_name = "TEXT", help = t!("arg-destination"))]
    pub destination: String,
    /// 返却予定.
    #[arg(long, value_name = "WHEN", help = t!("arg-due-back"))]
    pub due: String,
    /// When.
    #[arg(long, value_name = "WHEN", help = t!("arg-when-done"))]
    pub at: Option<String>,
    /// 運搬方法.
    #[arg(long, value_name = "LIST", value_delimiter = ',', help = t!("arg-carried"))]
    pub carry: Vec<String>,
    /// 担当者.
    #[arg(long, value_name = "NAME|NO", help = t!("arg-takeout-by"))]
    pub by: Option<String>,
    /// 承認番号.
    #[arg(long, value_name = "NUMBER", help = t!("arg-approval"))]
    pub approval: Option<String>,
    /// 内容.
    #[arg(long, value_name = "TEXT", help = t!("arg-contents"))]
    pub contents: Option<String>,
    /// No paper.
    #[arg(long, help = t!("arg-without-sheet"))]
    pub no_documents: bool,
}

/// `return`
#[derive(Debug, Args)]
pub struct ReturnArgs {
    /// Media and slips.
    #[arg(required = true, value_name = "ID", help = t!("arg-life-things"))]
    pub things: Vec<String>,
    /// 保管場所.
    #[arg(long, value_name = "TEXT", required_unless_present = "to_city", help = t!("arg-put-back"))]
    pub place: Option<String>,
    /// When.
    #[arg(long, value_name = "WHEN", help = t!("arg-when-done"))]
    pub at: Option<String>,
    /// Who brings it.
    #[arg(long, value_name = "NAME|NO", help = t!("arg-return-by"))]
    pub by: Option<String>,
    /// 返却確認者.
    #[arg(long, value_name = "NAME|NO", conflicts_with = "to_city", help = t!("arg-confirmed-by"))]
    pub confirmed_by: Option<String>,
    /// What is wrong.
    #[arg(long, value_name = "TEXT", conflicts_with = "to_city", help = t!("arg-abnormal"))]
    pub abnormal: Option<String>,
    /// To the side it came from.
    #[arg(long, alias = "to-origin", conflicts_with = "place", help = t!("arg-to-city"))]
    pub to_city: bool,
    /// The slips of the same bundles too.
    #[arg(long, requires = "to_city", help = t!("arg-give-slips"))]
    pub slips: bool,
    /// Who takes it.
    #[arg(long, value_name = "NAME", requires = "to_city", help = t!("arg-give-to"))]
    pub to: Option<String>,
    /// 欠数の理由.
    #[arg(long, value_name = "TEXT", requires = "to_city", help = t!("arg-missing"))]
    pub missing: Option<String>,
    /// No paper.
    #[arg(long, help = t!("arg-without-sheet"))]
    pub no_documents: bool,
}

/// `destroy`
#[derive(Debug, Args)]
pub struct DestroyArgs {
    /// Media and slips.
    #[arg(required = true, value_name = "ID", help = t!("arg-life-things"))]
    pub things: Vec<String>,
    /// 方法.
    #[arg(long, value_name = "TEXT", required_unless_present_any = ["vendor_certificate", "witnessed"], help = t!("arg-destroy-method"))]
    pub method: Option<String>,
    /// When.
    #[arg(long, value_name = "WHEN", help = t!("arg-when-done"))]
    pub at: Option<String>,
    /// Where.
    #[arg(long, value_name = "TEXT", help = t!("arg-location"))]
    pub place: Option<String>,
    /// 実施者.
    #[arg(long, value_name = "NAME|NO", help = t!("arg-destroy-by"))]
    pub by: Option<String>,
    /// 立会者.
    #[arg(long, value_name = "NAME", action = ArgAction::Append, help = t!("arg-witness"))]
    pub witness: Vec<String>,
    /// 写真.
    #[arg(long, value_name = "FILE", action = ArgAction::Append, help = t!("arg-photo-before"))]
    pub photo_before: Vec<PathBuf>,
    /// 写真.
    #[arg(long, value_name = "FILE", action = ArgAction::Append, help = t!("arg-photo-after"))]
    pub photo_after: Vec<PathBuf>,
    /// 承認番号.
    #[arg(long, value_name = "NUMBER", help = t!("arg-approval"))]
    pub approval: Option<String>,
    /// 情報の項目.
    #[arg(long, value_name = "LIST", value_delimiter = ',', help = t!("arg-items"))]
    pub items: Vec<String>,
    /// 廃棄業者.
    #[arg(long, value_name = "NAME", help = t!("arg-by-vendor"))]
    pub by_vendor: Option<String>,
    /// Whom it passes things on to.
    #[arg(long, value_name = "NAME", requires = "by_vendor", action = ArgAction::Append, help = t!("arg-onward"))]
    pub onward: Vec<String>,
    /// 業者の証明書.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["method", "at", "place", "by", "witness", "photo_before", "photo_after", "approval", "by_vendor"], help = t!("arg-vendor-certificate"))]
    pub vendor_certificate: Option<PathBuf>,
    /// A witness record instead.
    #[arg(long, value_name = "NO", conflicts_with_all = ["method", "at", "place", "by", "witness", "photo_before", "photo_after", "approval", "by_vendor"], help = t!("arg-witnessed"))]
    pub witnessed: Option<u64>,
    /// What came with the certificate.
    #[arg(long, value_name = "FILE", action = ArgAction::Append, help = t!("arg-vendor-photo"))]
    pub photo: Vec<PathBuf>,
    /// 受領日.
    #[arg(long, value_name = "DATE", value_parser = day, help = t!("arg-vendor-date"))]
    pub date: Option<NaiveDate>,
    /// No paper.
    #[arg(long, help = t!("arg-without-sheet"))]
    pub no_documents: bool,
}
