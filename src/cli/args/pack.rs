//! What `pack` asks before it seals: how much there is, and whether all of it is needed.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::number;
use crate::t;

/// What is confirmed before sealing.
#[derive(Debug, Clone, Args)]
pub struct PackChecks {
    /// 件数, in records.
    #[arg(long, value_name = "N", value_parser = number, help = t!("arg-records"))]
    pub records: Option<u64>,
    /// The number once more, where it is large.
    #[arg(long, value_name = "N", value_parser = number, help = t!("arg-confirm-count"))]
    pub confirm_count: Option<u64>,
    /// Whether items that are not needed were taken out.
    #[arg(long, value_enum, hide_possible_values = true, value_name = "yes|no|none-needed", help = t!("arg-items-reduced"))]
    pub items_reduced: Option<Reduced>,
    /// What to do about personal data in the properties of files.
    #[arg(long, value_enum, default_value = "warn", hide_default_value = true, hide_possible_values = true, value_name = "warn|refuse|ignore", help = t!("arg-properties"))]
    pub properties: OnProperties,
}

/// Programs for a recipient who has none.
#[derive(Debug, Clone, Args)]
pub struct OpenerArgs {
    /// Put them beside the bundle.
    #[arg(long, help = t!("arg-with-opener"))]
    pub with_opener: bool,
    /// Where they are.
    #[arg(long, value_name = "DIR", requires = "with_opener", help = t!("arg-opener-from"))]
    pub opener_from: Option<PathBuf>,
}

/// What to do about personal data in the properties of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OnProperties {
    /// Tell it.
    Warn,
    /// Seal nothing.
    Refuse,
    /// Look at none.
    Ignore,
}

/// 不要な項目の削除又は置換え
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Reduced {
    /// They were removed or replaced.
    #[value(alias = "済")]
    Yes,
    /// They were not.
    #[value(alias = "未")]
    No,
    /// There are none.
    #[value(alias = "不要")]
    NoneNeeded,
}
