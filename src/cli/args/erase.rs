//! The arguments of `erase` and `certificate`.

use std::path::PathBuf;

use clap::{ArgAction, Args, Subcommand, ValueEnum};

use super::SecretArgs;
use crate::erase::pattern::Method;
use crate::t;

/// `erase`
#[derive(Debug, Args)]
pub struct EraseArgs {
    /// Files and folders.
    #[arg(value_name = "PATH", required_unless_present_any = ["free_space", "resume"], help = t!("arg-erase-path"))]
    pub paths: Vec<PathBuf>,
    /// Fill what is free instead.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["paths", "resume", "including_links", "across_mounts", "temporary"], help = t!("arg-free-space"))]
    pub free_space: Option<PathBuf>,
    /// What the filling leaves free.
    #[arg(long, value_name = "SIZE", requires = "free_space", value_parser = super::size, help = t!("arg-reserve"))]
    pub reserve: Option<u64>,
    /// How.
    #[arg(long, value_enum, hide_possible_values = true, value_name = "zero|random|dod", help = t!("arg-method"))]
    pub method: Option<MethodName>,
    /// Only show the plan.
    #[arg(long, help = t!("arg-dry-run"))]
    pub dry_run: bool,
    /// Go on with what was interrupted, as it was asked for then.
    #[arg(long, conflicts_with_all = ["paths", "method", "dry_run", "best_effort", "including_links", "across_mounts", "temporary", "approval", "approved_by", "witness", "location", "reason", "items", "medium_id", "photo", "my_number", "no_documents"], help = t!("arg-resume"))]
    pub resume: bool,
    /// Do what helps where overwriting cannot reach.
    #[arg(long, help = t!("arg-best-effort"))]
    pub best_effort: bool,
    /// Files that have another name elsewhere too.
    #[arg(long, help = t!("arg-including-links"))]
    pub including_links: bool,
    /// Into file systems that are mounted inside.
    #[arg(long, help = t!("arg-across-mounts"))]
    pub across_mounts: bool,
    /// A working copy of what was opened here.
    #[arg(long, conflicts_with_all = ["approval", "approved_by"], help = t!("arg-temporary"))]
    pub temporary: bool,
    /// 承認番号.
    #[arg(long, value_name = "NUMBER", help = t!("arg-approval"))]
    pub approval: Option<String>,
    /// 承認者.
    #[arg(long, value_name = "NAME", requires = "approval", help = t!("arg-approved-by"))]
    pub approved_by: Option<String>,
    /// 立会者.
    #[arg(long, value_name = "NAME", action = ArgAction::Append, help = t!("arg-witness"))]
    pub witness: Vec<String>,
    /// 場所.
    #[arg(long, value_name = "TEXT", help = t!("arg-location"))]
    pub location: Option<String>,
    /// 理由.
    #[arg(long, value_name = "TEXT", help = t!("arg-erase-reason"))]
    pub reason: Option<String>,
    /// 情報の項目.
    #[arg(long, value_name = "LIST", value_delimiter = ',', help = t!("arg-items"))]
    pub items: Vec<String>,
    /// 媒体管理番号.
    #[arg(long, value_name = "ID", help = t!("arg-medium-id"))]
    pub medium_id: Option<String>,
    /// 写真.
    #[arg(long, value_name = "FILE", action = ArgAction::Append, help = t!("arg-photo"))]
    pub photo: Vec<PathBuf>,
    /// マイナンバー利用事務系, 特定個人情報.
    #[arg(long, help = t!("arg-my-number"))]
    pub my_number: bool,
    /// No paper.
    #[arg(long, help = t!("arg-no-certificate"))]
    pub no_documents: bool,
}

/// How data is overwritten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MethodName {
    /// Zeros.
    Zero,
    /// A keystream.
    Random,
    /// Three passes.
    Dod,
}

impl From<MethodName> for Method {
    fn from(name: MethodName) -> Self {
        match name {
            MethodName::Zero => Self::Zero,
            MethodName::Random => Self::Random,
            MethodName::Dod => Self::Dod,
        }
    }
}

/// `certificate …`
#[derive(Debug, Subcommand)]
pub enum CertificateCommand {
    /// Check one.
    #[command(about = t!("about-certificate-verify"))]
    Verify(CertificateVerifyArgs),
}

/// `certificate verify`
#[derive(Debug, Args)]
pub struct CertificateVerifyArgs {
    /// Its page or its record.
    #[arg(value_name = "FILE.pdf|FILE.json", help = t!("arg-certificate"))]
    pub file: PathBuf,
    /// Keys to trust.
    #[arg(long, value_name = "SHA256:…|FILE.pub", action = ArgAction::Append, help = t!("arg-signer"))]
    pub signer: Vec<String>,
    /// The whole list, where the record has only its hash.
    #[arg(long, value_name = "FILE.jsonl", help = t!("arg-certificate-list"))]
    pub list: Option<PathBuf>,
    /// A bundle whose files should be among the erased.
    #[arg(long, value_name = "BUNDLE", help = t!("arg-certificate-bundle"))]
    pub bundle: Option<PathBuf>,
    /// Its secret.
    #[command(flatten)]
    pub secret: SecretArgs,
    /// A manifest of such files instead.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["bundle", "passphrase_file", "identity"], help = t!("arg-certificate-manifest"))]
    pub manifest: Option<PathBuf>,
}
