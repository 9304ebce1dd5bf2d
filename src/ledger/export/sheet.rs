//! The columns of the register as they stand on paper: A4 landscape, several fields of the form in one column.

use super::cell;
use crate::ledger::register::{Content, Row};

/// Rows of a sheet.
pub const MOST_ROWS: u64 = 1_048_576;

/// What stands in a cell.
pub enum Cell {
    /// Words, always written as words: `0012` keeps its zeros, `=1+1` stays six characters of a name.
    Text(String),
    /// A number, shown with commas.
    Number(u64),
}

/// A column of the printed register.
pub struct Column {
    /// The heading.
    pub title: &'static str,
    /// Width in half-width characters.
    pub width: u32,
    /// What it shows of a line.
    pub cell: fn(&Row) -> Cell,
}

const fn column(title: &'static str, width: u32, cell: fn(&Row) -> Cell) -> Column {
    Column { title, width, cell }
}

/// The columns, in the order of the form; the remarks at the end are the register's own.
pub const COLUMNS: [Column; 20] = [
    column("番号", 6, |row| Cell::Number(row.number)),
    column("年度", 11, |row| text(row.fiscal_year.map(|year| year.to_string()))),
    column("契約", 13, |row| text(row.contract.clone())),
    column("媒体番号", 10, |row| text(row.medium.clone())),
    column("内容・項目", 28, |row| {
        Cell::Text(cell::lines(row.contents.iter().map(|content| Some(contents(content)))))
    }),
    column("件数", 10, subjects),
    column("媒体・数量", 11, media),
    column("受渡日時", 13, |row| text(row.handed_over.as_ref().map(cell::time))),
    column("引渡者", 11, |row| text(row.giver.clone())),
    column("受領者", 11, |row| text(row.receiver.clone())),
    column("通知書番号\n交付日", 13, slips),
    column("保管場所", 11, |row| text(row.place.clone())),
    column("取扱者", 12, |row| Cell::Text(row.handlers.join("\n"))),
    column("複製承認", 9, |row| Cell::Text(row.copy_approvals.join("\n"))),
    column("持出票", 9, |row| Cell::Text(row.takeouts.join("\n"))),
    column("返却期限\n返却日\n確認者", 13, returned),
    column("消去日\n方法\n証明書番号", 15, erased),
    column("保存期限", 13, |row| text(row.keep_until.map(cell::date))),
    column("点検日\n点検者", 13, inspected),
    column("備考", 22, |row| Cell::Text(row.remarks.join("\n"))),
];

fn text(text: Option<String>) -> Cell {
    Cell::Text(text.unwrap_or_default())
}

/// What is inside, what items it has, which bundle it is.
fn contents(content: &Content) -> String {
    let items = if content.items.is_empty() { None } else { Some(content.items.join("、")) };
    cell::lines([content.title.clone(), items, Some(content.bundle.clone())])
}

/// Numbers of several bundles stand apart: the same person may be in both, so a sum would be nobody's count.
fn subjects(row: &Row) -> Cell {
    match row.contents.as_slice() {
        [Content { subjects: Some(number), .. }] => Cell::Number(*number),
        contents => {
            let known = contents.iter().any(|content| content.subjects.is_some());
            let number = |content: &Content| content.subjects.map_or_else(|| "－".to_owned(), cell::comma);
            Cell::Text(cell::lines(contents.iter().filter(|_| known).map(|content| Some(number(content)))))
        }
    }
}

fn media(row: &Row) -> Cell {
    let files: Option<u64> = row.contents.iter().map(|content| content.files).sum();
    Cell::Text(cell::lines([
        row.media_kind.clone(),
        row.quantity.map(|quantity| format!("{}点", cell::comma(quantity))),
        files.filter(|_| !row.contents.is_empty()).map(|files| format!("{}ファイル", cell::comma(files))),
    ]))
}

fn slips(row: &Row) -> Cell {
    let slip = row.slips.iter().map(|slip| Some(cell::lines([Some(slip.number.clone()), slip.issued.map(cell::date)])));
    Cell::Text(cell::lines(slip))
}

fn returned(row: &Row) -> Cell {
    // The place of a date in the cell does not say which one it is when the other is missing.
    let named = |name: &str, date: Option<_>| date.map(|date| format!("{name}\n{}", cell::date(date)));
    let (due, returned) = (named("期限", row.return_due), named("返却", row.returned));
    Cell::Text(cell::lines([due, returned, row.return_checked_by.clone()]))
}

fn erased(row: &Row) -> Cell {
    Cell::Text(cell::lines([row.erased.map(cell::date), row.erase_method.clone(), row.certificate.clone()]))
}

fn inspected(row: &Row) -> Cell {
    Cell::Text(cell::lines([row.inspected.map(cell::date), row.inspected_by.clone()]))
}
