//! The ledger for people: a workbook, plain rows, or one JSON document.
//!
//! Nothing here opens a file or asks the time. The caller hands over rows and entries and a place to write, and gives the
//! result its name when all of it is there. The same input gives the same bytes.
//!
//! Like the form itself, the words are Japanese whatever the language of the run.

mod cell;
mod csv;
mod entry;
mod json;
mod sheet;
mod tables;
mod xlsx;

use chrono::{DateTime, FixedOffset, NaiveDate};

pub use csv::{CsvEntries, register as csv};
pub use json::Json;
pub use tables::{Table, Value, tables};
pub use xlsx::Xlsx;

use super::register::Filter;
use super::{Entry, Head};
use crate::era;

/// The most entries a sheet takes below its heading.
pub const MOST_ENTRIES: u64 = sheet::MOST_ROWS - entry::HEAD_ROWS as u64;

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A sheet ends at row 1,048,576. Attack on completeness: a program that cuts there would hide the latest entries.
    #[error("{entries} entries, a sheet takes {most}")]
    TooMany {
        /// How many there are.
        entries: u64,
        /// How many a sheet takes.
        most: u64,
    },
    /// Other entries were handed over than the head says there are.
    #[error("the head says {expected} entries, {found} were handed over")]
    Count {
        /// How many the head says.
        expected: u64,
        /// How many came.
        found: u64,
    },
    /// The place to write refused.
    #[error("writing: {0}")]
    Write(#[from] std::io::Error),
    /// The workbook could not be made.
    #[error("the workbook: {0}")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// A record could not be written as JSON.
    #[error("JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The ledger could not be read.
    #[error(transparent)]
    Ledger(#[from] super::Error),
}

/// What stands above the register.
#[derive(Debug, Clone)]
pub struct Header {
    /// The case's name.
    pub case: String,
    /// 委託者
    pub city: Option<String>,
    /// 受託者
    pub contractor: Option<String>,
    /// 契約番号
    pub contract_number: Option<String>,
    /// 契約件名
    pub contract_title: Option<String>,
    /// 契約期間
    pub period: Option<(NaiveDate, NaiveDate)>,
    /// The head the entries end with.
    pub head: Head,
    /// Which lines were asked for.
    pub filter: Filter,
    /// 作成日時
    pub made: DateTime<FixedOffset>,
}

impl Header {
    /// `第0123号　見本市…委託`
    fn contract(&self) -> String {
        let parts = [self.contract_number.as_deref(), self.contract_title.as_deref()];
        parts.into_iter().flatten().collect::<Vec<_>>().join("　")
    }

    fn parties(&self) -> String {
        let named = [("委託者", &self.city), ("受託者", &self.contractor)];
        let parts = named.into_iter().filter_map(|(role, name)| Some(format!("{role}　{}", name.as_ref()?)));
        parts.collect::<Vec<_>>().join("　　")
    }

    fn period(&self) -> String {
        self.period.map_or(String::new(), |(from, to)| {
            format!("{} から {} まで", era::long_with_western(from), era::long_with_western(to))
        })
    }

    fn range(&self) -> String {
        let year = self.filter.fiscal_year.map_or_else(|| "全年度".to_owned(), |year| year.to_string());
        let contract = self.filter.contract.as_ref();
        let contract = contract.map_or_else(|| "全契約".to_owned(), |contract| format!("契約 {contract}"));
        format!("{year}・{contract}")
    }

    fn head(&self) -> String {
        format!("全{}件　台帳コード {}", cell::comma(self.head.size), self.head.code())
    }
}

/// Counts entries against the head, so that an export that lost some cannot look whole.
#[derive(Debug)]
struct Counter {
    expected: u64,
    found: u64,
}

impl Counter {
    fn new(head: &Head) -> Self {
        Self { expected: head.size, found: 0 }
    }

    fn take(&mut self, _: &Entry) -> Result<(), Error> {
        self.found += 1;
        if self.found > self.expected { self.end() } else { Ok(()) }
    }

    fn end(&self) -> Result<(), Error> {
        if self.found == self.expected {
            return Ok(());
        }
        Err(Error::Count { expected: self.expected, found: self.found })
    }
}
