//! A workbook of plain tables: what a report lists, in sheets that print on A4 landscape.

use std::io::Write;

use chrono::{DateTime, FixedOffset};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};

use super::Error;
use super::cell::harmless;
use super::sheet::{Cell, MOST_ROWS};
use super::xlsx::{
    A4, DEFAULT_HEIGHT, DEFAULT_WIDTH, FONT, HALF_WIDTH, MARGINS, PADDING, Styles, fitted, plain, set_height, write,
};

/// A cell of a table.
#[derive(Debug, Clone)]
pub enum Value {
    /// Words, always written as words.
    Text(String),
    /// A number, shown with commas.
    Number(u64),
}

/// A sheet.
#[derive(Debug, Clone)]
pub struct Table {
    /// The name of the sheet; at most 31 characters.
    pub name: &'static str,
    /// What stands above it.
    pub title: String,
    /// A line below that.
    pub line: String,
    /// Headings, and widths in half-width characters.
    pub columns: Vec<(&'static str, u32)>,
    /// What is in it.
    pub rows: Vec<Vec<Value>>,
    /// What stands there when nothing is.
    pub empty: &'static str,
}

/// Rows above those of a table.
const ABOVE: u32 = 3;

/// Writes a workbook of tables. The same tables for the same moment are the same file.
///
/// # Errors
/// More rows than a sheet takes, or the place to write refused.
pub fn tables(all: &[Table], made: &DateTime<FixedOffset>, footer: &str, out: impl Write + Send) -> Result<(), Error> {
    let most = MOST_ROWS - u64::from(ABOVE);
    if let Some(entries) = all.iter().map(|table| table.rows.len() as u64).find(|rows| *rows > most) {
        return Err(Error::TooMany { entries, most });
    }
    let styles = Styles::new();
    let mut workbook = Workbook::new();
    workbook.set_default_format(&plain(), DEFAULT_HEIGHT, DEFAULT_WIDTH)?;
    let title = all.first().map(|table| table.title.clone()).unwrap_or_default();
    let moment = ExcelDateTime::from_timestamp(made.timestamp())?;
    workbook.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&moment));
    for table in all {
        one(workbook.add_worksheet(), table, footer, &styles)?;
    }
    workbook.save_to_writer(out).map_err(|error| match error {
        XlsxError::IoError(error) => Error::Write(error),
        other => Error::Workbook(other),
    })
}

fn one(sheet: &mut Worksheet, table: &Table, footer: &str, styles: &Styles) -> Result<(), XlsxError> {
    let last = u16::try_from(table.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
    sheet.set_name(table.name)?;
    page(sheet, table.name, footer);
    sheet.merge_range(0, 0, 0, last, &harmless(&table.title), &styles.title)?;
    sheet.set_row_height(0, 26)?;
    sheet.merge_range(1, 0, 1, last, &harmless(&table.line), &styles.line)?;
    sheet.set_row_height(1, 16)?;
    for (column, (heading, width)) in (0..).zip(&table.columns) {
        sheet.set_column_width_pixels(column, width * HALF_WIDTH + PADDING)?;
        sheet.write_string_with_format(ABOVE - 1, column, *heading, &styles.heading)?;
    }
    sheet.set_row_height(ABOVE - 1, 22)?;
    sheet.set_repeat_rows(ABOVE - 1, ABOVE - 1)?;
    sheet.set_freeze_panes(ABOVE, 0)?;
    let mut at = ABOVE;
    for row in &table.rows {
        let widths = table.columns.iter().map(|(_, width)| *width);
        let cells: Vec<Cell> =
            row.iter().cloned().zip(widths.clone()).map(|(value, width)| cell(value, width)).collect();
        set_height(sheet, at, cells.iter().zip(widths))?;
        for (column, cell) in (0..).zip(cells) {
            write(sheet, at, column, cell, &styles.text, &styles.number)?;
        }
        at += 1;
    }
    if table.rows.is_empty() {
        sheet.merge_range(at, 0, at, last, table.empty, &styles.text)?;
        return Ok(());
    }
    sheet.autofilter(ABOVE - 1, 0, at - 1, last)?;
    Ok(())
}

fn cell(value: Value, width: u32) -> Cell {
    match value {
        Value::Text(text) => fitted(Cell::Text(text), width),
        Value::Number(number) => Cell::Number(number),
    }
}

/// A4 landscape, one page wide, with page numbers. What stands in the footer is the program's own: there `&` begins a command.
fn page(sheet: &mut Worksheet, name: &str, footer: &str) {
    let [left, right, top, bottom, above, below] = MARGINS;
    sheet.set_paper_size(A4).set_landscape().set_print_fit_to_pages(1, 0);
    sheet.set_margins(left, right, top, bottom, above, below);
    let font = format!("&\"{FONT},Regular\"&8");
    sheet.set_footer(format!("&L{font} {name}&C{font} &P / &N 頁&R{font} {footer}"));
}
