//! What is asked of whoever counts what was in a bundle.

use clap::Args;

use super::number;
use crate::t;

/// How to count, and what the person counted.
#[derive(Debug, Clone, Args)]
pub struct CountArgs {
    /// Rows at the top of each table that are no records.
    #[arg(long, value_name = "N", value_parser = number, default_value = "1", hide_default_value = true, help = t!("arg-heading-rows"))]
    pub heading_rows: u64,
    /// 人数, as the person counted them.
    #[arg(long, value_name = "N", value_parser = number, help = t!("arg-subjects-counted"))]
    pub subjects_counted: Option<u64>,
    /// 差異の理由.
    #[arg(long, value_name = "TEXT", help = t!("arg-difference-reason"))]
    pub difference_reason: Option<String>,
}
