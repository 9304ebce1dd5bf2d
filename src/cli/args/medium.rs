//! The arguments of the commands about things: media, machines, places.

use chrono::NaiveDate;
use clap::{Args, Subcommand, ValueEnum};

use super::case::day;
use crate::life::facts::MediumKind;
use crate::t;

/// `medium …`
#[derive(Debug, Subcommand)]
pub enum MediumCommand {
    /// Register one.
    #[command(about = t!("about-medium-add"))]
    Add(MediumAddArgs),
    /// List them.
    #[command(about = t!("about-medium-list"))]
    List,
    /// Show one.
    #[command(about = t!("about-medium-show"))]
    Show {
        /// Which.
        #[arg(value_name = "NO|TW-…", help = t!("arg-medium"))]
        id: String,
    },
    /// Print labels.
    #[command(about = t!("about-medium-label"))]
    Label {
        /// Which.
        #[arg(value_name = "NO", required = true, help = t!("arg-medium"))]
        ids: Vec<String>,
        /// How many of each.
        #[arg(long, value_name = "N", default_value_t = 1, hide_default_value = true, value_parser = clap::value_parser!(u32).range(1..=24), help = t!("arg-label-copies"))]
        copies: u32,
    },
    /// Make it empty, to be used again.
    #[command(about = t!("about-medium-reset"))]
    Reset(MediumResetArgs),
    /// It is lost.
    #[command(about = t!("about-medium-lost"))]
    Lost(MishapArgs),
    /// It is damaged.
    #[command(about = t!("about-medium-damaged"))]
    Damaged(MishapArgs),
    /// It is back.
    #[command(about = t!("about-medium-recovered"))]
    Recovered(RecoveredArgs),
}

/// `medium add`
#[derive(Debug, Args)]
pub struct MediumAddArgs {
    /// 管理番号.
    #[arg(value_name = "NO", help = t!("arg-medium-no"))]
    pub id: String,
    /// 種別.
    #[arg(long, value_name = "DVD-R|USB|HDD|SSD|TAPE|PAPER", value_parser = medium_kind, help = t!("arg-medium-kind"))]
    pub kind: MediumKind,
    /// 製造番号.
    #[arg(long, value_name = "TEXT", help = t!("arg-serial"))]
    pub serial: Option<String>,
    /// 保管場所.
    #[arg(long, value_name = "TEXT", help = t!("arg-keep-place"))]
    pub place: Option<String>,
    /// Who may use it.
    #[arg(long = "user", value_name = "NAME", help = t!("arg-medium-user"))]
    pub users: Vec<String>,
    /// What it is called.
    #[arg(long, value_name = "TEXT", help = t!("arg-medium-name"))]
    pub name: Option<String>,
}

/// `medium reset`
#[derive(Debug, Args)]
pub struct MediumResetArgs {
    /// Which.
    #[arg(value_name = "NO", help = t!("arg-medium"))]
    pub id: String,
    /// How.
    #[arg(long, value_name = "TEXT", help = t!("arg-reset-method"))]
    pub method: String,
    /// What came of it.
    #[arg(long, value_enum, hide_possible_values = true, value_name = "ok|failed", help = t!("arg-reset-outcome"))]
    pub outcome: ResetOutcome,
    /// What was found.
    #[arg(long, value_name = "TEXT", help = t!("arg-remarks"))]
    pub note: Option<String>,
    /// Who looked.
    #[arg(long, value_name = "NAME", help = t!("arg-reset-confirmed-by"))]
    pub confirmed_by: String,
    /// When.
    #[arg(long, value_name = "TIME", help = t!("arg-at"))]
    pub at: Option<String>,
}

/// What came of making it empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ResetOutcome {
    /// 正常終了
    #[value(alias = "正常終了", alias = "正常")]
    Ok,
    /// 異常終了
    #[value(alias = "異常終了", alias = "異常")]
    Failed,
}

/// `medium lost`, `medium damaged`, `slip lost`
#[derive(Debug, Args)]
pub struct MishapArgs {
    /// Which.
    #[arg(value_name = "NO|TW-…", help = t!("arg-thing"))]
    pub id: String,
    /// What happened.
    #[arg(long, value_name = "TEXT", help = t!("arg-circumstances"))]
    pub circumstances: String,
    /// When it was noticed.
    #[arg(long, value_name = "TIME", help = t!("arg-noticed-at"))]
    pub at: Option<String>,
    /// Where the other part is.
    #[arg(long, value_name = "TEXT", help = t!("arg-whereabouts"))]
    pub whereabouts: Option<String>,
}

/// `medium recovered`, `slip recovered`
#[derive(Debug, Args)]
pub struct RecoveredArgs {
    /// Which.
    #[arg(value_name = "NO|TW-…", help = t!("arg-thing"))]
    pub id: String,
    /// How, and in what state.
    #[arg(long, value_name = "TEXT", help = t!("arg-recovered-how"))]
    pub circumstances: String,
    /// When.
    #[arg(long, value_name = "TIME", help = t!("arg-at"))]
    pub at: Option<String>,
    /// Where it is kept now.
    #[arg(long, value_name = "TEXT", help = t!("arg-keep-place"))]
    pub place: Option<String>,
}

/// `equipment …`
#[derive(Debug, Subcommand)]
pub enum EquipmentCommand {
    /// Register one.
    #[command(about = t!("about-equipment-add"))]
    Add(EquipmentAddArgs),
    /// List them.
    #[command(about = t!("about-equipment-list"))]
    List,
    /// It is used no more.
    #[command(about = t!("about-equipment-retire"))]
    Retire {
        /// Which.
        #[arg(value_name = "NO", help = t!("arg-equipment"))]
        id: String,
        /// Why.
        #[arg(long, value_name = "TEXT", help = t!("arg-reason"))]
        reason: String,
        /// The last day.
        #[arg(long, value_name = "DATE", value_parser = day, help = t!("arg-date"))]
        date: Option<NaiveDate>,
    },
    /// 申告（未測定）.
    #[command(about = t!("about-equipment-declare"))]
    Declare {
        /// Which.
        #[arg(value_name = "NO", required = true, help = t!("arg-equipment"))]
        ids: Vec<String>,
        /// What is said.
        #[arg(long, value_name = "TEXT", help = t!("arg-statement"))]
        statement: String,
        /// Who says so.
        #[arg(long, value_name = "NAME", help = t!("arg-declared-by"))]
        by: Option<String>,
        /// The day.
        #[arg(long, value_name = "DATE", value_parser = day, help = t!("arg-date"))]
        date: Option<NaiveDate>,
    },
}

/// `equipment add`
#[derive(Debug, Args)]
pub struct EquipmentAddArgs {
    /// 管理番号.
    #[arg(value_name = "NO", help = t!("arg-equipment-no"))]
    pub id: String,
    /// 種別.
    #[arg(long, value_name = "TEXT", help = t!("arg-equipment-kind"))]
    pub kind: String,
    /// 名称・型番.
    #[arg(long, value_name = "TEXT", help = t!("arg-equipment-name"))]
    pub name: Option<String>,
    /// 製造番号.
    #[arg(long, value_name = "TEXT", help = t!("arg-serial"))]
    pub serial: Option<String>,
    /// 設置場所.
    #[arg(long, value_name = "TEXT", help = t!("arg-equipment-place"))]
    pub place: Option<String>,
    /// Its name on the network.
    #[arg(long, value_name = "HOST", conflicts_with = "this", help = t!("arg-host"))]
    pub host: Option<String>,
    /// This computer.
    #[arg(long, help = t!("arg-this-host"))]
    pub this: bool,
}

/// `place …`
#[derive(Debug, Subcommand)]
pub enum PlaceCommand {
    /// Register one.
    #[command(about = t!("about-place-add"))]
    Add {
        /// Its name.
        #[arg(value_name = "NAME", help = t!("arg-place-name"))]
        name: String,
        /// Work is done there.
        #[arg(long, required_unless_present = "keep", help = t!("arg-place-work"))]
        work: bool,
        /// Things are kept there.
        #[arg(long, help = t!("arg-place-keep"))]
        keep: bool,
        /// Where it is.
        #[arg(long, value_name = "TEXT", help = t!("arg-place-address"))]
        address: Option<String>,
    },
    /// List them.
    #[command(about = t!("about-place-list"))]
    List,
}

fn medium_kind(text: &str) -> Result<MediumKind, String> {
    let plain = crate::typed::narrow(text).trim().to_uppercase();
    let alias = match plain.as_str() {
        "DVD" | "CD" | "CD-R" | "BD" | "BD-R" | "DISC" => Some(MediumKind::Disc),
        "TAPE" => Some(MediumKind::Tape),
        "PAPER" => Some(MediumKind::Paper),
        _ => None,
    };
    let named = MediumKind::ALL.into_iter().find(|kind| kind.text() == plain || kind.text() == text.trim());
    let list = || MediumKind::ALL.map(MediumKind::text).join("・");
    alias.or(named).ok_or_else(|| t!("bad-medium-kind", list = list()))
}
