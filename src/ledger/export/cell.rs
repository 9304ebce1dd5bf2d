//! What stands in a cell: text made harmless, numbers with commas, dates in both calendars.

use chrono::{DateTime, FixedOffset, NaiveDate, Timelike};
use unicode_width::UnicodeWidthChar;

use crate::era;

/// Text as it may stand in a cell. Control characters and marks that turn text around become `\u{…}`.
///
/// Attack: U+0000 or U+FFFE breaks the XML of a workbook, so that the register cannot be opened when it is asked for;
/// U+202E makes a name read as another one; an escape sequence in a CSV runs in the terminal that shows it.
pub fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '\n' || !(c.is_control() || turns(c) || is_noncharacter(c)) {
            out.push(c);
        } else {
            out.extend(c.escape_unicode());
        }
    }
    out
}

/// Invisible or turning marks. The variation selectors of 外字 (IVS) are none of them.
fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{2060}' | '\u{feff}' | '\u{61c}')
}

fn is_noncharacter(c: char) -> bool {
    matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xFFFE == 0xFFFE
}

/// `1,234,567`
pub fn comma(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `令和8.11.21` above `(2026-11-21)`.
pub fn date(date: NaiveDate) -> String {
    format!("{}\n({date})", era::table(date))
}

/// `令和8.11.21` above `(2026-11-21)` above `14:05`.
pub fn time(time: &DateTime<FixedOffset>) -> String {
    format!("{}\n{:02}:{:02}", date(time.date_naive()), time.hour(), time.minute())
}

/// Lines that say something, one below the other.
pub fn lines(parts: impl IntoIterator<Item = Option<String>>) -> String {
    parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

/// What a cell takes at most (UTF-16 units), a little less than Excel's limit to leave room for the note.
const MOST_UNITS: usize = 32_700;

/// Text that a sheet takes. What does not fit is cut, and the cell says so and where the rest is.
pub fn fit_units(text: String) -> String {
    if text.len() <= MOST_UNITS {
        return text;
    }
    let mut units = 0;
    let end = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > MOST_UNITS
    });
    match end {
        Some((at, _)) => cut(&text, at),
        None => text,
    }
}

/// Where the printed lines of a text begin, in a column `width` half-width characters wide.
fn breaks(text: &str, width: usize) -> impl Iterator<Item = usize> {
    let mut column = 0;
    text.char_indices().filter_map(move |(at, c)| {
        if c == '\n' {
            column = 0;
            return Some(at);
        }
        let wide = c.width().unwrap_or(0);
        let full = column + wide > width;
        column = if full { wide } else { column + wide };
        full.then_some(at)
    })
}

/// How many lines a text takes in print. Programs break earlier before a word or a closing bracket (禁則), so text that
/// wraps is given some more.
pub fn printed_lines(text: &str, width: usize) -> usize {
    let asked = text.matches('\n').count();
    let wrapped = breaks(text, width).count() - asked;
    1 + asked + wrapped + wrapped.div_ceil(4)
}

/// Text that fits `most` printed lines: paper hides the rest of a higher row without a word.
pub fn fit_lines(text: String, width: usize, most: usize) -> String {
    let over = breaks(&text, width).nth(most - 1);
    match over {
        Some(at) => cut(&text, at),
        None => text,
    }
}

fn cut(text: &str, at: usize) -> String {
    format!("{}\n…（以下略。全文は JSON）", text[..at].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_breaks_a_file_or_fools_the_eye_is_spelt_out() {
        assert_eq!(harmless("a\u{0}b\u{1b}[2J\u{fffe}\u{1ffff}"), "a\\u{0}b\\u{1b}[2J\\u{fffe}\\u{1ffff}");
        assert_eq!(harmless("x\u{202e}fdp\r"), "x\\u{202e}fdp\\u{d}");
        assert_eq!(harmless("髙𠮷 葛\u{e0100}\n〇一二　001"), "髙𠮷 葛\u{e0100}\n〇一二　001");
    }

    #[test]
    fn a_cut_is_told() {
        assert_eq!(fit_lines("一二三四\n五".into(), 4, 3), "一二三四\n五");
        assert_eq!([1, 2, 3, 4].map(|width| printed_lines("ab一c", width)), [5, 4, 3, 3]);
        assert_eq!((printed_lines("", 4), printed_lines("一二三四\n五", 4)), (1, 4));
        assert_eq!(fit_lines("一二三四\n五".into(), 4, 2), "一二三四\n…（以下略。全文は JSON）");
        let long = "𠮷".repeat(20_000);
        let fitted = fit_units(long.clone());
        assert!(fitted.ends_with("…（以下略。全文は JSON）") && fitted.encode_utf16().count() <= 32_767);
        assert_eq!(fit_units(long[..40_000].to_owned()), long[..40_000]);
    }
}
