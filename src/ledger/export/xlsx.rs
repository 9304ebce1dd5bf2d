//! The workbook: 個人情報管理簿 to print on A4 landscape, and every entry on a second sheet.
//!
//! It is made in memory. `rust_xlsxwriter` could keep rows in a temporary file instead, but panics when that place is
//! full, and would leave the ledger's words there while it works.

use std::io::Write;

use chrono::{DateTime, FixedOffset};
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::cell::{self, fit_lines, fit_units, harmless, printed_lines};
use super::sheet::{self, Cell};
use super::{Counter, Error, Header, MOST_ENTRIES, entry};
use crate::era;
use crate::ledger::Entry;
use crate::ledger::register::{Index, Row};

/// Windows has it since 2018 and the city may install it anywhere; made so that 髙 and 高, 0 and O, 1 and l are told
/// apart. Where it is missing the program takes another Gothic.
pub(super) const FONT: &str = "BIZ UDGothic";
/// Points, on the sheet; the register prints at about two thirds of it.
const SIZE: f64 = 9.0;
/// Pixels of a half-width character at that size, and of the padding of a column.
pub(super) const HALF_WIDTH: u32 = 6;
pub(super) const PADDING: u32 = 5;
/// The default width `rust_xlsxwriter` knows for a font with such digits.
pub(super) const DEFAULT_WIDTH: u32 = 56;
pub(super) const DEFAULT_HEIGHT: u32 = 16;

pub(super) const A4: u8 = 9;
/// Inches: 20 mm to bind (綴じ代), 8 mm right, 12 mm above and below, 6 mm for header and footer.
pub(super) const MARGINS: [f64; 6] = [0.79, 0.31, 0.47, 0.55, 0.24, 0.24];
/// Points from line to line, also in a font that stands in for ours.
const LINE: f64 = 11.5;
/// A row higher than this shows no more, and the most lines a text of the register may take in it.
const HIGHEST: f64 = 409.0;
const MOST_LINES: usize = 26;

/// The place of the sheet of all entries.
const ENTRIES: usize = 1;

/// A workbook being made.
pub struct Xlsx<'i> {
    workbook: Workbook,
    row: u32,
    styles: Styles,
    index: &'i Index,
    count: Counter,
}

impl<'i> Xlsx<'i> {
    /// Writes the register, and the head of the second sheet.
    ///
    /// # Errors
    /// More entries than a sheet takes.
    pub fn begin(header: &Header, rows: &[Row], index: &'i Index) -> Result<Self, Error> {
        let entries = header.head.size.max(u64::try_from(rows.len()).unwrap_or(u64::MAX));
        if entries > MOST_ENTRIES {
            return Err(Error::TooMany { entries, most: MOST_ENTRIES });
        }
        let styles = Styles::new();
        let mut workbook = Workbook::new();
        workbook.set_default_format(&plain(), DEFAULT_HEIGHT, DEFAULT_WIDTH)?;
        workbook.set_properties(&properties(&header.made)?);
        register(workbook.add_worksheet(), header, rows, &styles)?;
        entries_head(workbook.add_worksheet(), header, &styles)?;
        Ok(Self { workbook, row: entry::HEAD_ROWS, styles, index, count: Counter::new(&header.head) })
    }

    /// Writes an entry.
    ///
    /// # Errors
    /// More entries than the head says.
    pub fn entry(&mut self, entry: &Entry) -> Result<(), Error> {
        self.count.take(entry)?;
        let struck = self.index.is_struck(entry.number);
        let style = if struck { &self.styles.struck } else { &self.styles.text };
        let number = if struck { &self.styles.struck_number } else { &self.styles.number };
        let sheet = self.workbook.worksheet_from_index(ENTRIES)?;
        let numbered = std::iter::once(Cell::Number(entry.number));
        let cells: Vec<_> =
            numbered.chain(entry::cells(entry, self.index)?.map(|text| Cell::Text(harmless(&text)))).collect();
        set_height(sheet, self.row, cells.iter().zip(entry::COLUMNS.map(|(_, width)| width)))?;
        for (column, cell) in (0..).zip(cells) {
            // What says that an entry was corrected is not struck itself.
            let style = if usize::from(column) == entry::CORRECTED { &self.styles.text } else { style };
            write(sheet, self.row, column, cell, style, number)?;
        }
        self.row += 1;
        Ok(())
    }

    /// Writes the workbook.
    ///
    /// # Errors
    /// Fewer entries than the head says, or the place to write refused.
    pub fn finish(mut self, out: impl Write + Send) -> Result<(), Error> {
        self.count.end()?;
        let columns = u16::try_from(entry::COLUMNS.len() - 1).unwrap_or(u16::MAX);
        let sheet = self.workbook.worksheet_from_index(ENTRIES)?;
        sheet.autofilter(entry::HEAD_ROWS - 1, 0, self.row - 1, columns)?;
        self.workbook.save_to_writer(out).map_err(|error| match error {
            XlsxError::IoError(error) => Error::Write(error),
            other => Error::Workbook(other),
        })
    }
}

/// The formats of cells.
pub(super) struct Styles {
    pub(super) title: Format,
    pub(super) line: Format,
    pub(super) heading: Format,
    pub(super) text: Format,
    pub(super) number: Format,
    struck: Format,
    struck_number: Format,
}

pub(super) fn plain() -> Format {
    // 128: Japanese; without it a program that lacks the font may fall back to one without kanji.
    Format::new().set_font_name(FONT).set_font_size(SIZE).set_font_charset(128).set_font_family(3)
}

impl Styles {
    pub(super) fn new() -> Self {
        let boxed = plain().set_border(FormatBorder::Thin).set_border_color(Color::RGB(0x59_59_59));
        let text = boxed.clone().set_align(FormatAlign::Top).set_text_wrap();
        let number = boxed
            .clone()
            .set_align(FormatAlign::Top)
            .set_align(FormatAlign::Right)
            .set_indent(1)
            .set_num_format("#,##0");
        let heading = boxed.set_align(FormatAlign::Center).set_align(FormatAlign::VerticalCenter).set_text_wrap();
        Self {
            title: plain().set_font_size(16).set_bold().set_align(FormatAlign::Center),
            line: plain().set_align(FormatAlign::VerticalCenter).set_shrink(),
            heading: heading.set_bold().set_background_color(Color::RGB(0xE7_EC_F1)),
            struck: text.clone().set_font_strikethrough(),
            struck_number: number.clone().set_font_strikethrough(),
            text,
            number,
        }
    }
}

fn properties(made: &DateTime<FixedOffset>) -> Result<DocProperties, XlsxError> {
    // Given, not asked: the same ledger exported for the same moment is the same file.
    let made = ExcelDateTime::from_timestamp(made.timestamp())?;
    Ok(DocProperties::new().set_title("個人情報管理簿").set_creation_datetime(&made))
}

/// The register's lines above its headings.
fn head_lines(header: &Header) -> Vec<String> {
    let lines = [
        ("案件", header.case.clone()),
        ("契約", header.contract()),
        ("期間", header.period()),
        ("", header.parties()),
        ("対象", header.range()),
        ("作成", era::long_time_with_western(&header.made)),
        ("記録", header.head()),
    ];
    let said = lines.into_iter().filter(|(_, text)| !text.is_empty());
    said.map(|(name, text)| harmless(format!("{name}　{text}").trim_start())).collect()
}

fn register(sheet: &mut Worksheet, header: &Header, rows: &[Row], styles: &Styles) -> Result<(), XlsxError> {
    sheet.set_name("個人情報管理簿")?;
    page(sheet, header, "個人情報管理簿");
    let last = u16::try_from(sheet::COLUMNS.len() - 1).unwrap_or(u16::MAX);
    for (column, wanted) in (0..).zip(&sheet::COLUMNS) {
        sheet.set_column_width_pixels(column, wanted.width * HALF_WIDTH + PADDING)?;
    }
    sheet.merge_range(0, 0, 0, last, "個人情報管理簿", &styles.title)?;
    sheet.set_row_height(0, 26)?;
    let mut at = 1;
    // Two lines beside each other, so that what is frozen on the screen stays low.
    for pair in head_lines(header).chunks(2) {
        let middle = 8;
        sheet.set_row_height(at, 14)?;
        sheet.merge_range(at, 0, at, middle, &pair[0], &styles.line)?;
        if let Some(second) = pair.get(1) {
            sheet.merge_range(at, middle + 1, at, last, second, &styles.line)?;
        }
        at += 1;
    }
    let note = "取扱者の氏名は申告によるもので、本人であることを確かめたものではありません。空欄は、その記録がないことを示します。";
    sheet.merge_range(at, 0, at, last, note, &styles.line)?;
    sheet.set_row_height(at, 16)?;
    at += 1;
    for (column, wanted) in (0..).zip(&sheet::COLUMNS) {
        sheet.write_string_with_format(at, column, wanted.title, &styles.heading)?;
    }
    sheet.set_row_height(at, 40)?;
    sheet.set_repeat_rows(at, at)?;
    sheet.set_freeze_panes(at + 1, 4)?;
    lines(sheet, at, rows, styles)
}

/// The lines below the headings in row `heading`.
fn lines(sheet: &mut Worksheet, heading: u32, rows: &[Row], styles: &Styles) -> Result<(), XlsxError> {
    let last = u16::try_from(sheet::COLUMNS.len() - 1).unwrap_or(u16::MAX);
    let mut at = heading + 1;
    for row in rows {
        let cells: Vec<_> = sheet::COLUMNS.iter().map(|wanted| fitted((wanted.cell)(row), wanted.width)).collect();
        set_height(sheet, at, cells.iter().zip(sheet::COLUMNS.iter().map(|wanted| wanted.width)))?;
        for (column, cell) in (0..).zip(cells) {
            write(sheet, at, column, cell, &styles.text, &styles.number)?;
        }
        at += 1;
    }
    if rows.is_empty() {
        sheet.merge_range(at, 0, at, last, "該当する媒体はありません。", &styles.text)?;
        return Ok(());
    }
    sheet.autofilter(heading, 0, at - 1, last)?;
    Ok(())
}

fn entries_head(sheet: &mut Worksheet, header: &Header, styles: &Styles) -> Result<(), XlsxError> {
    sheet.set_name("記録（全件）")?;
    page(sheet, header, "記録（全件）");
    let last = u16::try_from(entry::COLUMNS.len() - 1).unwrap_or(u16::MAX);
    let heading = entry::HEAD_ROWS - 1;
    for (column, (title, width)) in (0..).zip(entry::COLUMNS) {
        sheet.set_column_width_pixels(column, width * HALF_WIDTH + PADDING)?;
        sheet.write_string_with_format(heading, column, title, &styles.heading)?;
    }
    sheet.merge_range(0, 0, 0, last, "記録（全件）", &styles.title)?;
    sheet.set_row_height(0, 26)?;
    let note = "取り消し線の記録は訂正されています。長い内容は印刷では途中で切れることがあり、全文は JSON の書き出しにあります。";
    sheet.merge_range(1, 0, 1, last, &format!("{}　{note}", header.head()), &styles.line)?;
    sheet.set_row_height(1, 16)?;
    sheet.set_row_height(heading, 22)?;
    sheet.set_repeat_rows(heading, heading)?;
    sheet.set_freeze_panes(heading + 1, 2)?;
    Ok(())
}

/// Paper: A4 landscape, one page wide, with page numbers and the code that pins the ledger on every sheet.
fn page(sheet: &mut Worksheet, header: &Header, title: &str) {
    let [left, right, top, bottom, above, below] = MARGINS;
    sheet.set_paper_size(A4).set_landscape().set_print_fit_to_pages(1, 0);
    sheet.set_margins(left, right, top, bottom, above, below);
    // Nothing of the case stands here: in a footer `&` begins a command, and 255 characters are all it takes.
    let font = format!("&\"{FONT},Regular\"&8");
    let code = header.head.code();
    sheet.set_footer(format!("&L{font} {title}&C{font} &P / &N 頁&R{font} 台帳コード {code}"));
}

pub(super) fn fitted(cell: Cell, width: u32) -> Cell {
    match cell {
        Cell::Text(text) => Cell::Text(fit_lines(harmless(&text), wide(width), MOST_LINES)),
        Cell::Number(number) => Cell::Number(number),
    }
}

/// A half-width character less than the column has: programs keep some room at the sides.
fn wide(width: u32) -> usize {
    usize::try_from(width).unwrap_or(usize::MAX).saturating_sub(1).max(2)
}

/// Makes a row as high as its highest cell. `LibreOffice` does not do that itself for wrapped text in a file it did not
/// write, and prints the lines over each other.
pub(super) fn set_height<'c>(
    sheet: &mut Worksheet,
    row: u32,
    cells: impl Iterator<Item = (&'c Cell, u32)>,
) -> Result<(), XlsxError> {
    let lines = cells.map(|(cell, width)| match cell {
        Cell::Text(text) => printed_lines(text, wide(width)),
        Cell::Number(_) => 1,
    });
    let lines = lines.max().and_then(|lines| u32::try_from(lines).ok()).unwrap_or(u32::MAX);
    sheet.set_row_height(row, (f64::from(lines) * LINE + 3.0).min(HIGHEST))?;
    Ok(())
}

/// Words are written as words, whatever they look like: nothing a person typed becomes a formula, a link or a number.
pub(super) fn write(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    cell: Cell,
    text: &Format,
    number: &Format,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Text(words) => sheet.write_string_with_format(row, column, fit_units(words), text)?,
        Cell::Number(count) => match u32::try_from(count) {
            Ok(count) => sheet.write_number_with_format(row, column, f64::from(count), number)?,
            // A sheet's numbers are floating point; what may not be exact is words.
            Err(_) => sheet.write_string_with_format(row, column, cell::comma(count), number)?,
        },
    };
    Ok(())
}
