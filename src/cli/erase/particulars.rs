//! What is said of an erasure beside what is measured: approval, witness, place. Kept with the log, so that a resumed run
//! prints the same.

use std::path::PathBuf;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::cli::args::EraseArgs;
use crate::cli::failure::Failure;
use crate::cli::said;
use crate::life::InForce;

/// All of it as it was said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Particulars {
    /// 承認番号
    pub approval: Option<String>,
    /// 承認者
    pub approved_by: Option<String>,
    /// 承認日, of a decision that the ledger has.
    pub approved_on: Option<NaiveDate>,
    /// 立会者
    pub witnesses: Vec<String>,
    /// 場所
    pub location: Option<String>,
    /// 理由
    pub reason: Option<String>,
    /// 情報の項目
    pub items: Vec<String>,
    /// 媒体管理番号
    pub medium_id: Option<String>,
    /// 写真
    pub photos: Vec<PathBuf>,
    /// マイナンバー利用事務系, 特定個人情報
    pub my_number: bool,
    /// A working copy.
    pub temporary: bool,
    /// No paper.
    pub no_documents: bool,
}

impl Particulars {
    /// From the command line, each text made sure to be one.
    pub fn of(args: &EraseArgs) -> Result<Self, Failure> {
        let text = |said: &Option<String>| said.as_deref().map(said::text).transpose();
        let texts = |all: &[String]| all.iter().map(|one| said::text(one)).collect::<Result<Vec<_>, _>>();
        let photos = args.photo.iter().map(|path| std::path::absolute(path).unwrap_or_else(|_| path.clone()));
        Ok(Self {
            approval: text(&args.approval)?,
            approved_by: text(&args.approved_by)?,
            approved_on: None,
            witnesses: texts(&args.witness)?,
            location: text(&args.location)?,
            reason: text(&args.reason)?,
            items: texts(&args.items)?,
            medium_id: text(&args.medium_id)?,
            photos: photos.collect(),
            my_number: args.my_number,
            temporary: args.temporary,
            no_documents: args.no_documents,
        })
    }

    /// A decision that was recorded says more than what was typed.
    pub fn decided(&mut self, found: Option<InForce>) {
        if let Some(InForce { number, date, by }) = found {
            (self.approval, self.approved_by, self.approved_on) = (Some(number), Some(by), Some(date));
        }
    }
}
