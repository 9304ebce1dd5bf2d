//! The arguments of `incident …`.

use chrono::NaiveDate;
use clap::{ArgAction, Args, Subcommand, ValueEnum};

use super::case::day;
use super::number;
use crate::life::facts::{Breach, Wrongdoing};
use crate::t;

/// `incident …`
#[derive(Debug, Subcommand)]
pub enum IncidentCommand {
    /// Something happened.
    #[command(about = t!("about-incident-new"))]
    New(Box<IncidentSaid>),
    /// More is known.
    #[command(about = t!("about-incident-update"))]
    Update(Box<IncidentUpdateArgs>),
    /// One, with all that was said of it.
    #[command(about = t!("about-incident-show"))]
    Show {
        /// Its entry.
        #[arg(value_name = "N", help = t!("arg-incident"))]
        entry: u64,
    },
    /// Those that are open.
    #[command(about = t!("about-incident-list"))]
    List {
        /// Those that are settled too.
        #[arg(long, help = t!("arg-incident-all"))]
        all: bool,
    },
    /// One is settled.
    #[command(about = t!("about-incident-close"))]
    Close {
        /// Its entry.
        #[arg(value_name = "N", help = t!("arg-incident"))]
        entry: u64,
        /// Why.
        #[arg(long, value_name = "TEXT", help = t!("arg-incident-reason"))]
        reason: String,
    },
}

/// What is said of an incident; nothing of it has to be known.
#[derive(Debug, Default, Args)]
pub struct IncidentSaid {
    /// 状況.
    #[arg(long, value_name = "TEXT", help = t!("arg-incident-what"))]
    pub what: Option<String>,
    /// 区分.
    #[arg(long, value_enum, hide_possible_values = true, value_name = "KIND", value_delimiter = ',', action = ArgAction::Append, help = t!("arg-incident-kind"))]
    pub kind: Vec<BreachName>,
    /// Things the ledger knows, or does not.
    #[arg(long, value_name = "NO", action = ArgAction::Append, help = t!("arg-incident-thing"))]
    pub thing: Vec<String>,
    /// Things that were not encrypted.
    #[arg(long, value_name = "TEXT", action = ArgAction::Append, help = t!("arg-incident-plaintext"))]
    pub plaintext: Vec<String>,
    /// 発生日時.
    #[arg(long, value_name = "TIME", help = t!("arg-incident-at"))]
    pub at: Option<String>,
    /// 発覚日時.
    #[arg(long, value_name = "TIME", help = t!("arg-incident-noticed"))]
    pub noticed: Option<String>,
    /// When the city was told.
    #[arg(long, value_name = "TIME", help = t!("arg-incident-reported"))]
    pub reported_at: Option<String>,
    /// 場所.
    #[arg(long, value_name = "TEXT", help = t!("arg-incident-place"))]
    pub place: Option<String>,
    /// 人数.
    #[arg(long, value_name = "N", value_parser = number, help = t!("arg-incident-subjects"))]
    pub subjects: Option<u64>,
    /// 件数.
    #[arg(long, value_name = "N", value_parser = number, help = t!("arg-incident-records"))]
    pub records: Option<u64>,
    /// 項目.
    #[arg(long, value_name = "LIST", value_delimiter = ',', help = t!("arg-incident-items"))]
    pub items: Vec<String>,
    /// 原因.
    #[arg(long, value_name = "TEXT", help = t!("arg-incident-cause"))]
    pub cause: Option<String>,
    /// 二次被害.
    #[arg(long, value_name = "TEXT", help = t!("arg-incident-harm"))]
    pub harm: Option<String>,
    /// 応急措置.
    #[arg(long, value_name = "TEXT", help = t!("arg-incident-measures"))]
    pub measures: Option<String>,
    /// 本人対応.
    #[arg(long, value_name = "TEXT", help = t!("arg-incident-notice"))]
    pub notice: Option<String>,
    /// 公表.
    #[arg(long, value_name = "TEXT", help = t!("arg-incident-publication"))]
    pub publication: Option<String>,
    /// 再発防止.
    #[arg(long, value_name = "TEXT", help = t!("arg-incident-prevention"))]
    pub prevention: Option<String>,
    /// 連絡先.
    #[arg(long, value_name = "TEXT", help = t!("arg-incident-contact"))]
    pub contact: Option<String>,
    /// 不正の目的.
    #[arg(long, value_enum, hide_possible_values = true, value_name = "WHETHER", num_args = 0..=1, require_equals = true, default_missing_value = "yes", help = t!("arg-incident-wrongdoing"))]
    pub suspected_wrongdoing: Option<WrongdoingName>,
    /// No paper.
    #[arg(long, help = t!("arg-incident-without"))]
    pub no_documents: bool,
}

/// `incident update`
#[derive(Debug, Args)]
pub struct IncidentUpdateArgs {
    /// Its entry.
    #[arg(value_name = "N", help = t!("arg-incident"))]
    pub entry: u64,
    /// What is known now.
    #[command(flatten)]
    pub said: IncidentSaid,
    /// 本人通知: how many persons.
    #[arg(long, value_name = "N", value_parser = number, help = t!("arg-incident-notified"))]
    pub notified: Option<u64>,
    /// On which day.
    #[arg(long, value_name = "DATE", value_parser = day, requires = "notified", help = t!("arg-incident-on"))]
    pub on: Option<NaiveDate>,
    /// How.
    #[arg(long, value_name = "TEXT", requires = "notified", help = t!("arg-incident-how"))]
    pub how: Option<String>,
    /// Issue a report though nothing is new.
    #[arg(long, conflicts_with = "no_documents", help = t!("arg-incident-report"))]
    pub report: bool,
    /// 確報.
    #[arg(long = "final", conflicts_with = "no_documents", help = t!("arg-incident-final"))]
    pub is_final: bool,
}

/// 区分.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BreachName {
    /// 漏えい
    #[value(alias = "漏えい", alias = "漏洩")]
    Leak,
    /// 滅失
    #[value(alias = "滅失", alias = "紛失")]
    Loss,
    /// 毀損
    #[value(alias = "毀損", alias = "き損")]
    Damage,
    /// おそれ
    #[value(alias = "おそれ")]
    Possible,
}

impl From<BreachName> for Breach {
    fn from(name: BreachName) -> Self {
        match name {
            BreachName::Leak => Self::Leak,
            BreachName::Loss => Self::Loss,
            BreachName::Damage => Self::Damage,
            BreachName::Possible => Self::Possible,
        }
    }
}

/// Whether somebody may have done it on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum WrongdoingName {
    /// ある
    #[value(alias = "有")]
    Yes,
    /// ない
    #[value(alias = "無")]
    No,
    /// 不明
    #[value(alias = "不明")]
    Unknown,
}

impl From<WrongdoingName> for Wrongdoing {
    fn from(name: WrongdoingName) -> Self {
        match name {
            WrongdoingName::Yes => Self::Suspected,
            WrongdoingName::No => Self::No,
            WrongdoingName::Unknown => Self::Unknown,
        }
    }
}
