//! Arguments of the commands about a case, its people, its contract and its key.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand};

use crate::calendar::{self, NotADate};
use crate::case::{Side, Word};
use crate::era;
use crate::t;

/// `init`
#[derive(Debug, Args)]
pub struct InitArgs {
    /// The folder.
    #[arg(value_name = "DIR", help = t!("arg-init-dir"))]
    pub folder: Option<PathBuf>,
    /// Whose desk.
    #[arg(long, value_name = "SIDE", value_parser = side, help = t!("arg-side"))]
    pub side: Option<Side>,
    /// The city.
    #[arg(long, value_name = "NAME", help = t!("arg-city"))]
    pub city: Option<String>,
    /// The contractor.
    #[arg(long, value_name = "NAME", help = t!("arg-contractor"))]
    pub contractor: Option<String>,
    /// 契約番号.
    #[arg(long, value_name = "NO", help = t!("arg-contract-number"))]
    pub contract_number: Option<String>,
    /// 件名.
    #[arg(long, value_name = "TEXT", help = t!("arg-contract-title"))]
    pub contract_title: Option<String>,
    /// First day.
    #[arg(long, value_name = "DATE", value_parser = day, help = t!("arg-from"))]
    pub from: Option<NaiveDate>,
    /// Last day.
    #[arg(long, value_name = "DATE", value_parser = day, help = t!("arg-to"))]
    pub to: Option<NaiveDate>,
    /// Permitted items.
    #[arg(long, value_name = "LIST", value_delimiter = ',', help = t!("arg-permitted-items"))]
    pub items: Vec<String>,
}

/// `staff`
#[derive(Debug, Subcommand)]
pub enum StaffCommand {
    /// Add a person.
    #[command(about = t!("about-staff-add"))]
    Add(StaffAddArgs),
    /// List the people.
    #[command(about = t!("about-staff-list"))]
    List,
    /// Record a training.
    #[command(about = t!("about-staff-train"))]
    Train {
        /// Who.
        #[arg(value_name = "NAME|NO", help = t!("arg-person"))]
        person: String,
        /// When.
        #[arg(long, value_name = "DATE", value_parser = day, help = t!("arg-date"))]
        date: Option<NaiveDate>,
    },
    /// Record that a person leaves.
    #[command(about = t!("about-staff-retire"))]
    Retire {
        /// Who.
        #[arg(value_name = "NAME|NO", help = t!("arg-person"))]
        person: String,
        /// When.
        #[arg(long, value_name = "DATE", value_parser = day, help = t!("arg-date"))]
        date: Option<NaiveDate>,
    },
    /// Pass on what a person holds.
    #[command(about = t!("about-staff-transfer"))]
    Transfer {
        /// From whom.
        #[arg(value_name = "A", help = t!("arg-transfer-from"))]
        from: String,
        /// To whom.
        #[arg(value_name = "B", help = t!("arg-transfer-to"))]
        to: String,
    },
}

/// `staff add`
#[derive(Debug, Args)]
pub struct StaffAddArgs {
    /// Name.
    #[arg(value_name = "NAME", help = t!("arg-name"))]
    pub name: String,
    /// Role.
    #[arg(long, value_name = "ROLE", help = t!("arg-role"))]
    pub role: String,
    /// Section.
    #[arg(long, value_name = "SECTION", help = t!("arg-section"))]
    pub section: String,
    /// Party.
    #[arg(long, value_name = "SIDE", value_parser = side, help = t!("arg-party"))]
    pub party: Option<Side>,
    /// Trained when.
    #[arg(long, value_name = "DATE", value_parser = day, help = t!("arg-trained"))]
    pub trained: Vec<NaiveDate>,
    /// 誓約書.
    #[arg(long, value_name = "DATE", value_parser = day, help = t!("arg-pledged"))]
    pub pledged: Option<NaiveDate>,
    /// OS user.
    #[arg(long, value_name = "USER", help = t!("arg-os-user"))]
    pub os_user: Option<String>,
    /// 内線.
    #[arg(long, value_name = "TEXT", help = t!("arg-contact"))]
    pub contact: Option<String>,
}

/// `contract`
#[derive(Debug, Subcommand)]
pub enum ContractCommand {
    /// Record an amendment.
    #[command(about = t!("about-contract-amend"))]
    Amend {
        /// Its number.
        #[arg(long, value_name = "NO", help = t!("arg-amend-number"))]
        number: String,
        /// Its date.
        #[arg(long, value_name = "DATE", value_parser = day, help = t!("arg-amend-date"))]
        date: NaiveDate,
        /// New last day.
        #[arg(long, value_name = "DATE", value_parser = day, help = t!("arg-amend-to"))]
        to: Option<NaiveDate>,
        /// Added items.
        #[arg(long, value_name = "LIST", value_delimiter = ',', help = t!("arg-add-items"))]
        add_items: Vec<String>,
        /// Removed items.
        #[arg(long, value_name = "LIST", value_delimiter = ',', help = t!("arg-remove-items"))]
        remove_items: Vec<String>,
        /// What it is about.
        #[arg(long, value_name = "TEXT", help = t!("arg-amend-title"))]
        title: Option<String>,
    },
    /// 適合申出書.
    #[command(about = t!("about-contract-conformity"))]
    Conformity {
        /// 提出日
        #[arg(long, value_name = "DATE", value_parser = day, help = t!("arg-conformity-date"))]
        date: NaiveDate,
        /// What else was declared, by section.
        #[arg(long, value_name = "N=TEXT", help = t!("arg-conformity-statement"))]
        statement: Vec<String>,
    },
    /// Show what holds.
    #[command(about = t!("about-contract-show"))]
    Show,
}

/// `case`
#[derive(Debug, Subcommand)]
pub enum CaseCommand {
    /// Trust a case on this computer.
    #[command(about = t!("about-case-trust"))]
    Trust {
        /// The folder.
        #[arg(value_name = "DIR", help = t!("arg-case-dir"))]
        folder: PathBuf,
    },
    /// List the cases that are trusted here.
    #[command(about = t!("about-case-list"))]
    List,
    /// Copy a case into a file.
    #[command(about = t!("about-case-backup"))]
    Backup {
        /// The file.
        #[arg(value_name = "FILE", help = t!("arg-backup-file"))]
        file: PathBuf,
    },
    /// Bring a case back from such a file.
    #[command(about = t!("about-case-restore"))]
    Restore {
        /// The file.
        #[arg(value_name = "FILE", help = t!("arg-restore-file"))]
        file: PathBuf,
        /// Where.
        #[arg(long, value_name = "DIR", help = t!("arg-restore-to"))]
        to: PathBuf,
        /// Why.
        #[arg(long, value_name = "TEXT", help = t!("arg-reason"))]
        reason: String,
    },
    /// Let nothing be thrown away.
    #[command(about = t!("about-case-hold"))]
    Hold {
        /// Why.
        #[arg(long, value_name = "TEXT", help = t!("arg-reason"))]
        reason: String,
    },
    /// End a hold.
    #[command(about = t!("about-case-release"))]
    Release {
        /// The entry of the hold.
        #[arg(value_name = "N", help = t!("arg-hold-entry"))]
        hold: u64,
        /// Why.
        #[arg(long, value_name = "TEXT", help = t!("arg-reason"))]
        reason: String,
    },
}

/// `key`
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Replace the key.
    #[command(about = t!("about-key-rotate"))]
    Rotate {
        /// Why.
        #[arg(long, value_name = "TEXT", help = t!("arg-reason"))]
        reason: String,
        /// The old one cannot sign any more.
        #[arg(long, help = t!("arg-key-lost"))]
        lost: bool,
        /// Locks the new one.
        #[arg(long, value_name = "FILE", help = t!("arg-new-key-passphrase"))]
        new_passphrase_file: Option<PathBuf>,
    },
    /// Show the keys.
    #[command(about = t!("about-key-show"))]
    Show,
    /// Trust the other side's key.
    #[command(about = t!("about-key-trust"))]
    Trust {
        /// Its fingerprint, from paper.
        #[arg(value_name = "SHA256:…", help = t!("arg-key-trust"))]
        fingerprint: String,
        /// Whose.
        #[arg(long, value_name = "NAME", help = t!("arg-key-whose"))]
        whose: String,
    },
}

/// `区`, or `city` where no input method is at hand.
fn side(text: &str) -> Result<Side, String> {
    let english = match text {
        "city" => Some(Side::City),
        "contractor" => Some(Side::Contractor),
        "subcontractor" => Some(Side::Subcontractor),
        _ => None,
    };
    english.or_else(|| Side::parse(text.trim())).ok_or_else(|| t!("bad-side", list = Side::texts().join("・")))
}

/// A day as people type it.
pub fn day(text: &str) -> Result<NaiveDate, String> {
    calendar::typed(text).map_err(|fault| match fault {
        NotADate::OtherEra(right) => t!("date-other-era", right = era::long(right)),
        NotADate::Unclear | NotADate::NoSuchDay => t!("bad-date"),
    })
}
