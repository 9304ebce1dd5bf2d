//! Numbers with what they count, as the language of the run has it: `1 file`, `1,234 files`.

use crate::t;
use crate::term::show;

/// `1 file`
pub fn files(count: u64) -> String {
    t!("count-files", count = count, shown = show::number(count))
}

/// `1 folder`
pub fn folders(count: u64) -> String {
    t!("count-folders", count = count, shown = show::number(count))
}

/// `1 byte`
pub fn bytes(count: u64) -> String {
    t!("count-bytes", count = count, shown = show::number(count))
}

/// `1 row`
pub fn rows(count: u64) -> String {
    t!("count-rows", count = count, shown = show::number(count))
}

/// `1 entry` of a ledger
pub fn entries(count: u64) -> String {
    t!("count-entries", count = count, shown = show::number(count))
}

/// `1 piece` of a ciphertext
pub fn pieces(count: u64) -> String {
    t!("count-pieces", count = count, shown = show::number(count))
}

/// `1 item` to be erased
pub fn items(count: u64) -> String {
    t!("count-items", count = count, shown = show::number(count))
}
