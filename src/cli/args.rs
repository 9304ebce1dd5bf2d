//! The arguments of every command. Help texts come from the message files.

mod approve;
mod case;
mod count;
mod duties;
mod erase;
mod find;
mod form;
mod handover;
mod incident;
mod ledger;
mod medium;
mod pack;
mod paper;
mod report;
mod shell;
mod state;
mod takeout;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Arg, ArgAction, Args, CommandFactory, Parser, Subcommand, ValueEnum};

pub use approve::{ApproveArgs, Needed, WitnessArgs};
pub use case::{CaseCommand, ContractCommand, InitArgs, KeyCommand, StaffAddArgs, StaffCommand};
pub use count::CountArgs;
pub use duties::{FirmArgs, InspectionCommand, LookArgs, RecheckArgs, SubcontractorCommand};
pub use erase::{CertificateCommand, CertificateVerifyArgs, EraseArgs};
pub use find::FindArgs;
pub use form::FormCommand;
pub use handover::{AppearanceName, HandoverArgs, ReceiveArgs, SealName};
pub use incident::{IncidentCommand, IncidentSaid, IncidentUpdateArgs};
pub use ledger::{ExportArgs, LedgerCommand, ListArgs as LedgerListArgs};
pub use medium::{
    EquipmentAddArgs, EquipmentCommand, MediumAddArgs, MediumCommand, MediumResetArgs, MishapArgs, PlaceCommand,
    RecoveredArgs, ResetOutcome,
};
pub use pack::{OnProperties, OpenerArgs, PackChecks, Reduced};
pub use paper::{PrintArgs, SlipCommand, VoidArgs};
pub use report::{AskedArgs, AuditArgs, ReportCommand, SpanArgs};
pub use shell::{CompletionsArgs, ManArgs, Shell};
pub use state::{ReconcileArgs, StatusArgs};
pub use takeout::{DestroyArgs, ReturnArgs, TakeoutArgs};

use crate::t;
use crate::term::language::Language;

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "tewatashi", version, about = t!("about"), after_help = t!("exit-codes"), disable_help_subcommand = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// What holds for every command.
    #[command(flatten)]
    pub global: Global,
}

/// What holds for every command.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// Language.
    #[arg(long, global = true, value_enum, hide_possible_values = true, help = t!("arg-lang"))]
    pub lang: Option<Language>,
    /// One JSON document on standard output.
    #[arg(long, global = true, help = t!("arg-json"))]
    pub json: bool,
    /// Answer yes.
    #[arg(long, global = true, help = t!("arg-yes"))]
    pub yes: bool,
    /// Say less.
    #[arg(long, global = true, help = t!("arg-quiet"))]
    pub quiet: bool,
    /// The case.
    #[arg(long, global = true, env = "TEWATASHI_CASE", hide_env = true, value_name = "DIR", help = t!("arg-case"))]
    pub case: Option<PathBuf>,
    /// Who acts.
    #[arg(long, global = true, env = "TEWATASHI_OPERATOR", hide_env = true, value_name = "NAME", help = t!("arg-operator"))]
    pub operator: Option<String>,
    /// What opens the case's signing key.
    #[arg(long, global = true, value_name = "FILE", help = t!("arg-key-passphrase-file"))]
    pub key_passphrase_file: Option<PathBuf>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a bundle.
    #[command(about = t!("about-pack"))]
    Pack(Box<PackArgs>),
    /// Check a bundle.
    #[command(about = t!("about-verify"))]
    Verify(VerifyArgs),
    /// Show what is inside.
    #[command(about = t!("about-list"))]
    List(ListArgs),
    /// Open a bundle.
    #[command(about = t!("about-open"))]
    Open(OpenArgs),
    /// Erase.
    #[command(about = t!("about-erase"))]
    Erase(Box<EraseArgs>),
    /// Certificates of erasure.
    #[command(subcommand, about = t!("about-certificate"))]
    Certificate(CertificateCommand),
    /// Find copies.
    #[command(about = t!("about-find"), override_usage = "tewatashi find [OPTIONS] <BUNDLE|--all> <DIR>...")]
    Find(FindArgs),
    /// Find and erase what unfinished work left.
    #[command(about = t!("about-leftovers"))]
    Leftovers(LeftoversArgs),
    /// Make a case.
    #[command(about = t!("about-init"))]
    Init(InitArgs),
    /// The people.
    #[command(subcommand, about = t!("about-staff"))]
    Staff(StaffCommand),
    /// The contract.
    #[command(subcommand, about = t!("about-contract"))]
    Contract(ContractCommand),
    /// The ledger.
    #[command(subcommand, about = t!("about-ledger"))]
    Ledger(LedgerCommand),
    /// The case itself.
    #[command(subcommand, about = t!("about-case"))]
    Case(CaseCommand),
    /// The signing key.
    #[command(subcommand, about = t!("about-key"))]
    Key(KeyCommand),
    /// Media.
    #[command(subcommand, about = t!("about-medium"))]
    Medium(MediumCommand),
    /// Machines.
    #[command(subcommand, about = t!("about-equipment"))]
    Equipment(EquipmentCommand),
    /// Places.
    #[command(subcommand, about = t!("about-place"))]
    Place(PlaceCommand),
    /// Hand a medium or a slip over.
    #[command(about = t!("about-handover"))]
    Handover(Box<HandoverArgs>),
    /// Record what came.
    #[command(about = t!("about-receive"))]
    Receive(Box<ReceiveArgs>),
    /// Incidents.
    #[command(subcommand, about = t!("about-incident"))]
    Incident(IncidentCommand),
    /// Firms that work for this side.
    #[command(subcommand, about = t!("about-subcontractor"))]
    Subcontractor(SubcontractorCommand),
    /// 実地検査・点検.
    #[command(subcommand, about = t!("about-inspection"))]
    Inspection(InspectionCommand),
    /// Reports and audits.
    #[command(subcommand, about = t!("about-report"))]
    Report(ReportCommand),
    /// What is settled and what is not.
    #[command(about = t!("about-reconcile"))]
    Reconcile(ReconcileArgs),
    /// What waits for whom.
    #[command(about = t!("about-status"))]
    Status(StatusArgs),
    /// Print a document again.
    #[command(about = t!("about-print"))]
    Print(PrintArgs),
    /// Take a document out of force.
    #[command(about = t!("about-void"))]
    Void(VoidArgs),
    /// Files of slips.
    #[command(subcommand, about = t!("about-slip"))]
    Slip(SlipCommand),
    /// The printed forms.
    #[command(subcommand, about = t!("about-form"))]
    Form(FormCommand),
    /// Decisions that come before work.
    #[command(about = t!("about-approve"))]
    Approve(Box<ApproveArgs>),
    /// Take things out.
    #[command(about = t!("about-takeout"))]
    Takeout(TakeoutArgs),
    /// Bring them back, or give them back.
    #[command(about = t!("about-return"))]
    Return(ReturnArgs),
    /// Somebody watched.
    #[command(about = t!("about-witness"))]
    Witness(WitnessArgs),
    /// Destroy things.
    #[command(about = t!("about-destroy"))]
    Destroy(Box<DestroyArgs>),
    /// What a shell completes.
    #[command(about = t!("about-completions"))]
    Completions(CompletionsArgs),
    /// The manual pages, for those who make packages.
    #[command(hide = true, about = t!("about-man"))]
    Man(ManArgs),
}

/// `pack`
#[derive(Debug, Clone, Args)]
pub struct PackArgs {
    /// Files and folders.
    #[arg(required = true, value_name = "SRC", help = t!("arg-src"))]
    pub sources: Vec<PathBuf>,
    /// Where the bundle goes.
    #[arg(long, value_name = "DIR", help = t!("arg-pack-to"))]
    pub to: PathBuf,
    /// Where the passphrase goes.
    #[arg(long, value_name = "FILE.pdf|printer[:NAME]|screen", help = t!("arg-slip"))]
    pub slip: Option<PathBuf>,
    /// No paper but the slip.
    #[arg(long, help = t!("arg-no-documents"))]
    pub no_documents: bool,
    /// 件名.
    #[arg(long, value_name = "TEXT", help = t!("arg-title"))]
    pub title: Option<String>,
    /// 情報の項目.
    #[arg(long, value_name = "LIST", value_delimiter = ',', help = t!("arg-items"))]
    pub items: Vec<String>,
    /// 人数.
    #[arg(long, value_name = "N", value_parser = number, help = t!("arg-subjects"))]
    pub subjects: Option<u64>,
    /// 媒体管理番号.
    #[arg(long, value_name = "ID", help = t!("arg-medium-id"))]
    pub medium_id: Option<String>,
    /// Recipients instead of a passphrase.
    #[arg(long, value_name = "age1…", conflicts_with_all = ["slip", "own_passphrase", "passphrase_file"], help = t!("arg-recipient"))]
    pub recipient: Vec<String>,
    /// The subcontractor it is for.
    #[arg(long, value_name = "NAME", help = t!("arg-pack-subcontractor"))]
    pub subcontractor: Option<String>,
    /// The void bundle it comes in place of.
    #[arg(long, value_name = "TW-…", help = t!("arg-replaces"))]
    pub replaces: Option<String>,
    /// What to leave out.
    #[arg(long, value_name = "GLOB", help = t!("arg-exclude"))]
    pub exclude: Vec<String>,
    /// What may be skipped.
    #[arg(long, value_enum, hide_possible_values = true, value_delimiter = ',', value_name = "KIND", help = t!("arg-skip"))]
    pub skip: Vec<SkipKind>,
    /// Volume size.
    #[arg(long, value_name = "SIZE|fat32|cd|dvd|bd", value_parser = split_size, help = t!("arg-split"))]
    pub split: Option<u64>,
    /// The sender's own passphrase.
    #[arg(long, help = t!("arg-own"))]
    pub own_passphrase: bool,
    /// Where that passphrase is.
    #[arg(long, value_name = "FILE", requires = "own_passphrase", help = t!("arg-passphrase-file"))]
    pub passphrase_file: Option<PathBuf>,
    /// Leave the medium unread.
    #[arg(long, help = t!("arg-no-read-back"))]
    pub no_read_back: bool,
    /// Programs beside it.
    #[command(flatten)]
    pub opener: OpenerArgs,
    /// What is confirmed first.
    #[command(flatten)]
    pub checks: PackChecks,
}

/// What `--skip` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SkipKind {
    /// Symbolic links.
    Links,
    /// Devices, sockets, pipes.
    Special,
    /// What cannot be read.
    Unreadable,
}

/// The secret that opens.
#[derive(Debug, Clone, Args)]
pub struct SecretArgs {
    /// Where the passphrase is.
    #[arg(long, value_name = "FILE", conflicts_with = "identity", help = t!("arg-passphrase-file"))]
    pub passphrase_file: Option<PathBuf>,
    /// An age identity file.
    #[arg(long, value_name = "FILE", help = t!("arg-identity"))]
    pub identity: Option<PathBuf>,
}

/// `verify`
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The bundle.
    #[arg(value_name = "BUNDLE", help = t!("arg-bundle"))]
    pub bundle: PathBuf,
    /// The secret.
    #[command(flatten)]
    pub secret: SecretArgs,
    /// Keys to trust.
    #[arg(long, value_name = "SHA256:…|FILE.pub", action = ArgAction::Append, help = t!("arg-signer"))]
    pub signer: Vec<String>,
    /// The medium it was read from.
    #[arg(long, value_name = "ID", help = t!("arg-verify-medium"))]
    pub medium_id: Option<String>,
    /// Issue the 受領書: at delivery, before anything is opened.
    #[arg(long, conflicts_with_all = ["passphrase_file", "identity", "confirmation"], help = t!("arg-receipt"))]
    pub receipt: bool,
    /// Issue the 開封確認書.
    #[arg(long, help = t!("arg-confirmation"))]
    pub confirmation: bool,
    /// What goes on it.
    #[command(flatten)]
    pub count: CountArgs,
}

/// `list`
#[derive(Debug, Args)]
pub struct ListArgs {
    /// The bundle.
    #[arg(value_name = "BUNDLE", help = t!("arg-bundle"))]
    pub bundle: PathBuf,
    /// The secret.
    #[command(flatten)]
    pub secret: SecretArgs,
}

/// `open`
#[derive(Debug, Args)]
pub struct OpenArgs {
    /// The bundle.
    #[arg(value_name = "BUNDLE", help = t!("arg-bundle"))]
    pub bundle: PathBuf,
    /// Where its folder goes.
    #[arg(long, value_name = "DIR", help = t!("arg-open-to"))]
    pub to: PathBuf,
    /// The secret.
    #[command(flatten)]
    pub secret: SecretArgs,
    /// Keys to trust.
    #[arg(long, value_name = "SHA256:…|FILE.pub", action = ArgAction::Append, help = t!("arg-signer"))]
    pub signer: Vec<String>,
    /// 承認番号 of a copy.
    #[arg(long, value_name = "NUMBER", help = t!("arg-open-approval"))]
    pub approval: Option<String>,
    /// The machine it goes onto.
    #[arg(long, value_name = "NO", help = t!("arg-machine"))]
    pub machine: Option<String>,
    /// No 開封確認書.
    #[arg(long, help = t!("arg-no-confirmation"))]
    pub no_documents: bool,
    /// What goes on it.
    #[command(flatten)]
    pub count: CountArgs,
}

/// `leftovers`
#[derive(Debug, Args)]
pub struct LeftoversArgs {
    /// More folders to look in.
    #[arg(value_name = "DIR", help = t!("arg-leftovers-dir"))]
    pub folders: Vec<PathBuf>,
    /// Erase what is found.
    #[arg(long, help = t!("arg-leftovers-erase"))]
    pub erase: bool,
    /// Forget what is on media that are gone for good.
    #[arg(long, help = t!("arg-leftovers-forget"))]
    pub forget: bool,
}

/// The command line with its headings in the language of this run.
pub fn command() -> clap::Command {
    let template = format!("{{about-with-newline}}\n{}: {{usage}}\n\n{{all-args}}{{after-help}}", t!("heading-usage"));
    let version = Arg::new("version").short('V').long("version").action(ArgAction::Version).help(t!("arg-version"));
    let root = Cli::command().subcommand_help_heading(t!("heading-commands")).disable_version_flag(true);
    localize(root, &template).arg(version.help_heading(t!("heading-common")).display_order(998))
}

fn localize(mut command: clap::Command, template: &str) -> clap::Command {
    let names: Vec<String> = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    for name in names {
        command = command.mut_subcommand(name, |sub| localize(sub, template));
    }
    let (arguments, options) = (t!("heading-arguments"), t!("heading-options"));
    let help = Arg::new("help").short('h').long("help").action(ArgAction::HelpShort).help(t!("arg-help"));
    command
        .subcommand_help_heading(t!("heading-commands"))
        .help_template(template.to_owned())
        .disable_help_flag(true)
        .mut_args(|arg| {
            // What holds for every command comes after what a command is about.
            if arg.is_global_set() {
                return arg.help_heading(t!("heading-common")).display_order(900);
            }
            let heading = if arg.is_positional() { arguments.clone() } else { options.clone() };
            arg.help_heading(heading)
        })
        .arg(help.help_heading(t!("heading-common")).display_order(999))
}

/// The language the arguments ask for, before they are parsed: help and mistakes are told in it.
pub fn language_in(args: &[OsString]) -> Option<Language> {
    let texts: Vec<&str> = args.iter().filter_map(|a| a.to_str()).take_while(|&a| a != "--").collect();
    let named = |value: &str| Language::from_str(value, true).ok();
    let joined = texts.iter().find_map(|a| a.strip_prefix("--lang=").and_then(named));
    joined.or_else(|| texts.windows(2).find(|w| w[0] == "--lang").and_then(|w| named(w[1])))
}

fn number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| t!("bad-number"))
}

/// The smallest volume: no medium is smaller, and 999 volumes must do.
const LEAST_SPLIT: u64 = 64 * 1024;

fn split_size(text: &str) -> Result<u64, String> {
    // The named sizes leave room for the small files beside the volume. A DVD's volume stays below 4 GiB because
    // ISO 9660 takes no larger file.
    let named = match text.to_ascii_lowercase().as_str() {
        "fat32" | "dvd" => Some(4_294_901_760),
        "cd" => Some(720_000_000),
        "bd" => Some(25_000_000_000),
        _ => None,
    };
    if let Some(size) = named {
        return Ok(size);
    }
    let size = size(text).ok();
    size.filter(|&s| s >= LEAST_SPLIT).ok_or_else(|| t!("bad-split"))
}

fn size(text: &str) -> Result<u64, String> {
    let unit_at = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(unit_at);
    let factor: Option<u64> = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => Some(1),
        "k" | "kib" => Some(1 << 10),
        "m" | "mib" => Some(1 << 20),
        "g" | "gib" => Some(1 << 30),
        "kb" => Some(1_000),
        "mb" => Some(1_000_000),
        "gb" => Some(1_000_000_000),
        _ => None,
    };
    digits.parse::<u64>().ok().zip(factor).and_then(|(n, f)| n.checked_mul(f)).ok_or_else(|| t!("bad-size"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed_in_both_languages() {
        command().debug_assert();
    }

    #[test]
    fn split_sizes() {
        assert_eq!(split_size("100M"), Ok(100 << 20));
        assert_eq!(split_size("65536"), Ok(65536));
        assert_eq!(split_size("4GB"), Ok(4_000_000_000));
        assert_eq!(split_size("FAT32"), Ok(4_294_901_760));
        for bad in ["", "0", "65535", "x", "1T", "-1", "99999999999999999999G"] {
            assert!(split_size(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_language_is_known_before_parsing() {
        let args = |list: &[&str]| list.iter().map(OsString::from).collect::<Vec<_>>();
        assert_eq!(language_in(&args(&["t", "--lang", "en", "pack"])), Some(Language::En));
        assert_eq!(language_in(&args(&["t", "pack", "--lang=ja"])), Some(Language::Ja));
        assert_eq!(language_in(&args(&["t", "--", "--lang", "en"])), None);
    }
}
