//! Counting the records of a table: bytes in, numbers out. Knows no screen, ledger or clock, and writes nothing.
//!
//! What is no table here is *not counted*, and never zero.

mod csv;
mod workbook;

use serde::Serialize;

use csv::Lines;
use workbook::Workbook;

/// How to count.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// So many rows at the top of each table name the columns, and are no records.
    pub headings: u64,
}

impl Default for Rules {
    fn default() -> Self {
        Self { headings: 1 }
    }
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Outcome {
    /// It was counted.
    Counted(Counted),
    /// It was not.
    NotCounted {
        /// Why.
        reason: Reason,
    },
}

/// How many records a file has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// Rows that hold a value, without those at the top that name the columns.
    pub rows: u64,
    /// How many rows were taken off as headings, nobody having said that they are.
    pub headings: u64,
    /// Of a workbook: its sheets, hidden ones too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sheets: Vec<Sheet>,
}

/// A sheet of a workbook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Its records.
    pub rows: u64,
    /// Whoever opens the workbook does not see it.
    pub hidden: bool,
}

/// Why a file was not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It is no CSV, TSV or xlsx by its name.
    Format,
    /// It is larger, or unpacks to more, than is taken into memory.
    TooLarge,
    /// Its bytes are no text of a known kind.
    Encoding,
    /// A quotation mark is never closed, so where its rows end is not known.
    OpenQuote,
    /// It cannot be read as what its name says.
    Damaged,
    /// It is protected by a password, or of the old format under the new name.
    Encrypted,
}

/// Counts one file while it comes along.
pub struct Counter {
    rules: Rules,
    way: Way,
}

enum Way {
    Lines(Box<Lines>),
    Workbook(Workbook),
    None(Reason),
}

impl Counter {
    /// For a file of this name and size.
    #[must_use]
    pub fn of(name: &str, size: u64, rules: Rules) -> Self {
        let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
        let way = match extension.as_deref() {
            Some("csv") => Way::Lines(Box::new(Lines::csv())),
            Some("tsv") => Way::Lines(Box::new(Lines::tsv())),
            Some("xlsx" | "xlsm") => Workbook::of(size).map_or(Way::None(Reason::TooLarge), Way::Workbook),
            _ => Way::None(Reason::Format),
        };
        Self { rules, way }
    }

    /// The next of its bytes.
    pub fn feed(&mut self, bytes: &[u8]) {
        match &mut self.way {
            Way::Lines(lines) => lines.feed(bytes),
            Way::Workbook(workbook) => workbook.feed(bytes),
            Way::None(_) => {}
        }
    }

    /// There are no more.
    #[must_use]
    pub fn finish(self) -> Outcome {
        let headings = self.rules.headings;
        let counted = match self.way {
            Way::Lines(lines) => lines.finish().map(|rows| {
                let headings = headings.min(rows);
                Counted { rows: rows - headings, headings, sheets: Vec::new() }
            }),
            Way::Workbook(workbook) => workbook.finish(headings),
            Way::None(reason) => Err(reason),
        };
        counted.map_or_else(|reason| Outcome::NotCounted { reason }, Outcome::Counted)
    }
}

#[cfg(test)]
mod tests;
