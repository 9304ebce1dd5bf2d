//! Questions answered by a line: a text, a day, one or several of a numbered list. What cannot be taken is asked again;
//! Ctrl-C ends the program, and the end of the input is an error.

use std::io::{self, BufRead, Write};

use chrono::NaiveDate;

use super::prompt::Asking;
use crate::calendar::{self, NotADate};
use crate::t;
use crate::typed::{narrow, plain};
use crate::{era, term::show};

/// Why an answer is asked for again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Again {
    Nothing,
    Unseen,
    NotUtf8,
    Date,
    OtherEra { right: NaiveDate },
    Number { most: usize },
}

impl Again {
    fn words(self) -> String {
        match self {
            Self::Nothing => t!("ask-nothing-typed"),
            Self::Unseen => t!("ask-unseen"),
            Self::NotUtf8 => t!("ask-not-utf8"),
            Self::Date => t!("ask-not-a-date"),
            Self::OtherEra { right } => t!("date-other-era", right = era::long(right)),
            Self::Number { most } => t!("ask-not-a-number", most = most),
        }
    }
}

/// Asks for a text. Enter alone takes the default; an empty default lets the answer be empty.
///
/// # Errors
/// The terminal's; `UnexpectedEof` when the input ends.
pub fn text(question: &str, default: Option<&str>) -> io::Result<String> {
    at_terminal(&with_default(question, default), |line| read_text(line, default))
}

/// Asks for a day, written in any way people write one. Enter alone takes the default.
///
/// # Errors
/// As [`text`].
pub fn date(question: &str, default: Option<NaiveDate>) -> io::Result<NaiveDate> {
    let shown = default.map(|day| day.to_string());
    at_terminal(&with_default(question, shown.as_deref()), |line| match default {
        Some(default) if is_blank(line) => Ok(default),
        _ => read_date(line),
    })
}

/// Asks for a day that need not be known: Enter alone says none.
///
/// # Errors
/// As [`text`].
pub fn maybe_date(question: &str) -> io::Result<Option<NaiveDate>> {
    at_terminal(&with_default(question, None), |line| if is_blank(line) { Ok(None) } else { read_date(line).map(Some) })
}

/// Asks for one of a numbered list; the answer and the default are indices into it.
///
/// # Errors
/// As [`text`].
pub fn choice(question: &str, options: &[String], default: Option<usize>) -> io::Result<usize> {
    let shown = default.map(|at| (at + 1).to_string());
    let asked = format!("{}{}", list(question, options), with_default(&t!("ask-number"), shown.as_deref()));
    at_terminal(&asked, |line| match default {
        Some(default) if is_blank(line) => Ok(default),
        _ => read_number(line, options.len()),
    })
}

/// Asks for any of a numbered list; Enter alone takes none of them. The answer is in the order of the list.
///
/// # Errors
/// As [`text`].
pub fn choices(question: &str, options: &[String]) -> io::Result<Vec<usize>> {
    let asked = format!("{}{}", list(question, options), with_default(&t!("ask-numbers"), None));
    at_terminal(&asked, |line| read_numbers(line, options.len()))
}

fn with_default(question: &str, default: Option<&str>) -> String {
    match default.filter(|default| !default.is_empty()) {
        Some(default) => format!("{question} [{}]: ", show::name(default)),
        None => format!("{question}: "),
    }
}

fn list(question: &str, options: &[String]) -> String {
    let width = options.len().to_string().len();
    let line = |(at, option): (usize, &String)| format!("  {:>width$}  {}\n", at + 1, show::name(option));
    format!("{question}\n{}", options.iter().enumerate().map(line).collect::<String>())
}

fn at_terminal<T>(question: &str, read: impl Fn(&str) -> Result<T, Again>) -> io::Result<T> {
    let _asking = Asking::begin();
    until_taken(&mut io::stdin().lock(), &mut io::stderr(), question, read)
}

/// Asks until an answer can be taken.
fn until_taken<T>(
    keyboard: &mut impl BufRead,
    screen: &mut impl Write,
    question: &str,
    read: impl Fn(&str) -> Result<T, Again>,
) -> io::Result<T> {
    loop {
        write!(screen, "{question}")?;
        screen.flush()?;
        let mut line = Vec::new();
        if keyboard.read_until(b'\n', &mut line)? == 0 {
            // Nobody answers any more: asking on would never end.
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        // A terminal that speaks another encoding must not end the questions half way.
        let answer = std::str::from_utf8(&line).map_err(|_| Again::NotUtf8).and_then(&read);
        match answer {
            Ok(answer) => return Ok(answer),
            Err(again) => writeln!(screen, "{}", again.words())?,
        }
    }
}

fn is_blank(line: &str) -> bool {
    line.trim().is_empty()
}

fn read_text(line: &str, default: Option<&str>) -> Result<String, Again> {
    let text = plain(line).map_err(|_| Again::Unseen)?;
    if text.is_empty() { default.map(str::to_owned).ok_or(Again::Nothing) } else { Ok(text) }
}

fn read_date(line: &str) -> Result<NaiveDate, Again> {
    if is_blank(line) {
        return Err(Again::Nothing);
    }
    calendar::typed(line).map_err(|fault| match fault {
        NotADate::OtherEra(right) => Again::OtherEra { right },
        NotADate::Unclear | NotADate::NoSuchDay => Again::Date,
    })
}

/// A number of the list, from 1, as an index into it.
fn read_number(line: &str, most: usize) -> Result<usize, Again> {
    let wrong = Again::Number { most };
    let number: usize = narrow(line).trim().parse().map_err(|_| wrong)?;
    if (1..=most).contains(&number) { Ok(number - 1) } else { Err(wrong) }
}

fn read_numbers(line: &str, most: usize) -> Result<Vec<usize>, Again> {
    let line = narrow(line);
    let parts = line.split([',', ' ', '・', '.', '\t', '\r', '\n']).filter(|part| !part.is_empty());
    let mut numbers = parts.map(|part| read_number(part, most)).collect::<Result<Vec<_>, _>>()?;
    numbers.sort_unstable();
    numbers.dedup();
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_trimmed_and_visible() {
        assert_eq!(read_text("　見本　市 \r\n", None).as_deref(), Ok("見本　市"));
        assert_eq!(read_text("\n", Some("既定")).as_deref(), Ok("既定"));
        assert_eq!(read_text("\n", Some("")).as_deref(), Ok(""));
        assert_eq!(read_text(" 　\n", None), Err(Again::Nothing));
        // An arrow key, typed where the terminal does not understand it.
        assert_eq!(read_text("見本\u{1b}[D市\n", None), Err(Again::Unseen));
    }

    #[test]
    fn days_are_taken_in_any_spelling() {
        assert_eq!(read_date("令和８年４月１日\n"), Ok(calendar::iso("2026-04-01").unwrap()));
        assert_eq!(read_date("4月1日\n"), Err(Again::Date));
        let right = calendar::iso("2023-03-31").unwrap();
        assert_eq!(read_date("平成35年3月31日\n"), Err(Again::OtherEra { right }));
        assert_eq!(read_date("\n"), Err(Again::Nothing));
    }

    #[test]
    fn numbers_of_a_list_count_from_one() {
        assert_eq!((read_number("１\n", 3), read_number(" 3 \r\n", 3)), (Ok(0), Ok(2)));
        for wrong in ["0", "4", "-1", "x", "", "1.5"] {
            assert_eq!(read_number(wrong, 3), Err(Again::Number { most: 3 }), "{wrong}");
        }
        assert_eq!(read_numbers("３、1, 3\n", 3), Ok(vec![0, 2]));
        assert_eq!(read_numbers("\n", 3), Ok(vec![]));
        assert_eq!(read_numbers("1,4\n", 3), Err(Again::Number { most: 3 }));
    }

    #[test]
    fn what_cannot_be_taken_is_asked_again_until_the_input_ends() {
        let mut screen = Vec::new();
        let mut keyboard: &[u8] = b"\n\x8b\xe6\nx\n2\n";
        let taken = until_taken(&mut keyboard, &mut screen, "? ", |line| read_number(line, 2));
        assert_eq!(taken.unwrap(), 1);
        let screen = String::from_utf8(screen).unwrap();
        assert_eq!((screen.matches("? ").count(), screen.lines().count()), (4, 4), "{screen}");
        let ended = until_taken(&mut &b"x\n"[..], &mut io::sink(), "? ", |line| read_number(line, 2));
        assert_eq!(ended.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn a_list_lines_up_and_is_harmless() {
        let options: Vec<String> = ["区", "受託者\u{1b}[2J"].map(str::to_owned).into();
        assert_eq!(list("この台帳をつける側", &options), "この台帳をつける側\n  1  区\n  2  受託者\\u{1b}[2J\n");
        assert_eq!(
            (with_default("名称", Some("甲")).as_str(), with_default("名称", Some("")).as_str()),
            ("名称 [甲]: ", "名称: ")
        );
    }
}
