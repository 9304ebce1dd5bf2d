//! Plain rows: UTF-8 with a byte order mark (Excel takes the file for `Shift_JIS` otherwise), CRLF, every cell quoted.
//!
//! One field of the form, one column. Text stands as it is, `0012` with its zeros; what Excel makes of it when the file is
//! opened by a double click is Excel's, which is why the workbook is the better file for people.

use std::io::Write;

use chrono::NaiveDate;
use csv::{QuoteStyle, Terminator, Writer, WriterBuilder};

use super::cell::{self, harmless};
use super::{Counter, Error, Header, entry};
use crate::era;
use crate::ledger::Entry;
use crate::ledger::register::{Content, Index, Row};

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

type Field = (&'static str, fn(&Row) -> String);

/// The fields of the form, in its order.
const FIELDS: [Field; 33] = [
    ("番号", |row| row.number.to_string()),
    ("年度", |row| row.fiscal_year.map_or_else(String::new, |year| year.to_string())),
    ("契約", |row| text(row.contract.as_ref())),
    ("媒体番号", |row| text(row.medium.as_ref())),
    ("束", |row| each(row, |content| content.bundle.clone())),
    ("内容", |row| each(row, |content| text(content.title.as_ref()))),
    ("項目", |row| each(row, |content| content.items.join("、"))),
    ("件数", |row| each(row, |content| number(content.subjects))),
    ("ファイル数", |row| each(row, |content| number(content.files))),
    ("バイト数", |row| each(row, |content| number(content.bytes))),
    ("媒体", |row| text(row.media_kind.as_ref())),
    ("数量", |row| number(row.quantity)),
    ("受渡日時", |row| row.handed_over.as_ref().map_or_else(String::new, era::long_time)),
    ("受渡日時（西暦）", |row| row.handed_over.map_or_else(String::new, |time| time.to_rfc3339())),
    ("引渡者", |row| text(row.giver.as_ref())),
    ("受領者", |row| text(row.receiver.as_ref())),
    ("通知書番号", |row| joined(row.slips.iter().map(|slip| slip.number.clone()))),
    ("交付日", |row| joined(row.slips.iter().map(|slip| date(slip.issued)))),
    ("保管場所", |row| text(row.place.as_ref())),
    ("取扱者", |row| joined(row.handlers.iter().cloned())),
    ("複製承認", |row| joined(row.copy_approvals.iter().cloned())),
    ("持出票", |row| joined(row.takeouts.iter().cloned())),
    ("返却期限", |row| date(row.return_due)),
    ("返却日", |row| date(row.returned)),
    ("返却確認者", |row| text(row.return_checked_by.as_ref())),
    ("消去日", |row| date(row.erased)),
    ("消去方法", |row| text(row.erase_method.as_ref())),
    ("証明書番号", |row| text(row.certificate.as_ref())),
    ("保存期限", |row| date(row.keep_until)),
    ("点検日", |row| date(row.inspected)),
    ("点検者", |row| text(row.inspected_by.as_ref())),
    ("備考", |row| joined(row.remarks.iter().cloned())),
    ("読み戻し", |row| each(row, |content| text(content.read_back.as_ref()))),
];

/// Writes the register.
///
/// # Errors
/// The place to write refused.
pub fn register(rows: &[Row], out: impl Write) -> Result<(), Error> {
    let mut csv = begin(out)?;
    record(&mut csv, FIELDS.iter().map(|(title, _)| (*title).to_owned()))?;
    for row in rows {
        record(&mut csv, FIELDS.iter().map(|(_, field)| field(row)))?;
    }
    Ok(csv.flush()?)
}

/// All entries as plain rows, with the columns of the workbook's second sheet.
pub struct CsvEntries<'i, W: Write> {
    csv: Writer<W>,
    index: &'i Index,
    count: Counter,
}

impl<'i, W: Write> CsvEntries<'i, W> {
    /// Begins the file.
    ///
    /// # Errors
    /// The place to write refused.
    pub fn begin(header: &Header, index: &'i Index, out: W) -> Result<Self, Error> {
        let mut csv = begin(out)?;
        record(&mut csv, entry::COLUMNS.iter().map(|(title, _)| (*title).to_owned()))?;
        Ok(Self { csv, index, count: Counter::new(&header.head) })
    }

    /// Writes an entry.
    ///
    /// # Errors
    /// The place to write refused, or more entries than the head says.
    pub fn entry(&mut self, entry: &Entry) -> Result<(), Error> {
        self.count.take(entry)?;
        let cells = entry::cells(entry, self.index)?;
        record(&mut self.csv, std::iter::once(entry.number.to_string()).chain(cells))
    }

    /// Ends the file.
    ///
    /// # Errors
    /// The place to write refused, or fewer entries than the head says.
    pub fn finish(mut self) -> Result<(), Error> {
        self.count.end()?;
        Ok(self.csv.flush()?)
    }
}

fn begin<W: Write>(mut out: W) -> Result<Writer<W>, Error> {
    out.write_all(BYTE_ORDER_MARK)?;
    Ok(WriterBuilder::new().quote_style(QuoteStyle::Always).terminator(Terminator::CRLF).from_writer(out))
}

fn record<W: Write>(csv: &mut Writer<W>, cells: impl Iterator<Item = String>) -> Result<(), Error> {
    csv.write_record(cells.map(|cell| guarded(&cell))).map_err(|error| match error.into_kind() {
        csv::ErrorKind::Io(error) => Error::Write(error),
        other => Error::Write(std::io::Error::other(format!("{other:?}"))),
    })
}

/// Text a spreadsheet program takes for text.
///
/// Attack (formula injection): a title `=HYPERLINK("http://…?"&A2)` or `=cmd|'/C …'!A1` runs when the official opens the
/// file. Programs take a cell for a formula by its first character, in Japanese Excel by its full-width twin too; an
/// apostrophe before it makes it text. Only such cells are touched: no zero, no kanji and no other text changes, and who
/// reads the file by program takes one apostrophe before one of these characters away again.
fn guarded(text: &str) -> String {
    let first = text.chars().next();
    let starts =
        first.is_some_and(|c| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠'));
    let harmless = harmless(text);
    if starts { format!("'{harmless}") } else { harmless }
}

fn text(text: Option<&String>) -> String {
    text.cloned().unwrap_or_default()
}

fn number(number: Option<u64>) -> String {
    number.map_or_else(String::new, |number| number.to_string())
}

/// `令和8年11月21日（2026年11月21日）`
fn date(date: Option<NaiveDate>) -> String {
    date.map_or_else(String::new, era::long_with_western)
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    cell::lines(parts.map(Some))
}

/// One line for each bundle, also where it has nothing to say, so that the lines of all columns go together.
fn each(row: &Row, field: fn(&Content) -> String) -> String {
    row.contents.iter().map(field).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_program_would_run_gets_an_apostrophe() {
        for text in ["=1+1", "+81", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＠a"] {
            assert!(guarded(text).starts_with('\''), "{text}");
        }
        for text in ["", "0012", "令和8年11月21日", "髙𠮷", "－", "'=1", "見本=1", " =1", "1-1"] {
            let expected = if text == "－" { "'－" } else { text };
            assert_eq!(guarded(text), expected);
        }
    }

    #[test]
    fn a_column_stands_once_and_none_is_empty() {
        let mut titles: Vec<_> = FIELDS.iter().map(|(title, _)| *title).collect();
        titles.sort_unstable();
        titles.dedup();
        assert_eq!(titles.len(), FIELDS.len());
    }
}
