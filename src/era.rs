//! Dates as a Japanese office writes them: 元号, 元年, 年度.
//!
//! The table of eras is data; a new era is one more line. Nothing here asks what day it is.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, NaiveDate, Offset, TimeZone, Timelike};
use unicode_normalization::UnicodeNormalization;

/// An era: its name, its letter, its first day.
struct Era {
    name: &'static str,
    letter: char,
    first: (i32, u32, u32),
}

/// Oldest first. 明治 began in 1868, but Japan counted by the moon until the end of 明治5年: no day before 1873-01-01
/// can be converted by arithmetic.
const ERAS: [Era; 5] = [
    Era { name: "明治", letter: 'M', first: (1868, 1, 25) },
    Era { name: "大正", letter: 'T', first: (1912, 7, 30) },
    Era { name: "昭和", letter: 'S', first: (1926, 12, 25) },
    Era { name: "平成", letter: 'H', first: (1989, 1, 8) },
    Era { name: "令和", letter: 'R', first: (2019, 5, 1) },
];
/// The first day of the solar calendar in Japan (明治6年1月1日).
const FIRST_SOLAR: (i32, u32, u32) = (1873, 1, 1);

fn day_of(date: NaiveDate) -> (i32, u32, u32) {
    (date.year(), date.month(), date.day())
}

/// The era a day lies in, and which of its years; none before the solar calendar.
fn era_of(date: NaiveDate) -> Option<(&'static Era, i32)> {
    let day = day_of(date);
    let era = ERAS.iter().rev().find(|era| era.first <= day).filter(|_| day >= FIRST_SOLAR)?;
    Some((era, date.year() - era.first.0 + 1))
}

/// `令和8`, `令和元`; the Western year where there is no era.
fn year_text(date: NaiveDate) -> String {
    match era_of(date) {
        Some((era, 1)) => format!("{}元", era.name),
        Some((era, year)) => format!("{}{year}", era.name),
        None => date.year().to_string(),
    }
}

/// `令和8年11月21日`
#[must_use]
pub fn long(date: NaiveDate) -> String {
    format!("{}年{}月{}日", year_text(date), date.month(), date.day())
}

/// `令和8.11.21`, for tables.
#[must_use]
pub fn table(date: NaiveDate) -> String {
    format!("{}.{}.{}", year_text(date), date.month(), date.day())
}

/// `令和8年11月21日（2026年11月21日）`
#[must_use]
pub fn long_with_western(date: NaiveDate) -> String {
    format!("{}（{}年{}月{}日）", long(date), date.year(), date.month(), date.day())
}

/// `令和8年11月21日14時05分`, in the time's own offset: the wall clock the clerk saw.
#[must_use]
pub fn long_time<Z: TimeZone>(time: &DateTime<Z>) -> String {
    let local = local(time);
    format!("{}{}時{:02}分", long(local.date()), local.hour(), local.minute())
}

/// `令和8年11月21日14時05分（2026年11月21日）`
#[must_use]
pub fn long_time_with_western<Z: TimeZone>(time: &DateTime<Z>) -> String {
    let date = local(time).date();
    format!("{}（{}年{}月{}日）", long_time(time), date.year(), date.month(), date.day())
}

fn local<Z: TimeZone>(time: &DateTime<Z>) -> chrono::NaiveDateTime {
    time.with_timezone(&time.offset().fix()).naive_local()
}

/// A 年度: April to March. Ordered by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FiscalYear(i32);

impl FiscalYear {
    /// The one a day lies in.
    #[must_use]
    pub fn of(date: NaiveDate) -> Self {
        Self(if date.month() >= 4 { date.year() } else { date.year() - 1 })
    }

    /// The Western year of its April.
    #[must_use]
    pub fn western(self) -> i32 {
        self.0
    }

    /// The fiscal year that begins in April of this Western year.
    #[must_use]
    pub fn starting(year: i32) -> Self {
        Self(year)
    }
}

/// Its name follows the era of most of its days: 2019 is 令和元年度 (the era changed in May), 1988 is 昭和63年度 (in
/// January), 1926 is 大正15年度 (in December).
impl fmt::Display for FiscalYear {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match NaiveDate::from_ymd_opt(self.0, 10, 1) {
            Some(middle) => write!(f, "{}年度", year_text(middle)),
            None => write!(f, "{}年度", self.0),
        }
    }
}

/// `令和8年度`, `令和8`, `R8`, `2026年度`, `2026`.
impl FromStr for FiscalYear {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let plain = plain(text);
        let unclear = || Error::Unclear(text.to_owned());
        let rest = plain.strip_suffix("年度").unwrap_or(&plain);
        let (era, rest) = split_era(rest);
        let year = year_number(rest, era.is_some()).ok_or_else(unclear)?;
        match era {
            Some(era) => Ok(Self(era.first.0 + year - 1)),
            None if (1873..=9999).contains(&year) => Ok(Self(year)),
            None => Err(unclear()),
        }
    }
}

impl serde::Serialize for FiscalYear {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_i32(self.0)
    }
}

/// Why a text is no date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It cannot be read as a date; a year without its era is not guessed.
    #[error("not a date: {0}")]
    Unclear(String),
    /// There is no such day.
    #[error("no such day: {0}")]
    NoSuchDay(String),
    /// The day lies in another era. Old contracts say 平成35年; the clerk should see what that means today.
    #[error("{said} lies in another era: {right}")]
    OtherEra {
        /// What was written.
        said: String,
        /// The same day, counted on, by its own era.
        right: String,
    },
    /// Before the solar calendar.
    #[error("before the solar calendar: {0}")]
    BeforeSolar(String),
}

/// Reads `令和8年11月21日`, `令和8.11.21`, `R8.11.21`, `2026-11-21`, `2026年11月21日`, with full-width digits, 元 and spaces.
///
/// # Errors
/// Text that is no date, a day that does not exist, an era that had ended or not begun.
pub fn parse(text: &str) -> Result<NaiveDate, Error> {
    let plain = plain(text);
    let unclear = || Error::Unclear(text.to_owned());
    let (era, rest) = split_era(&plain);
    let (year, month, day) = split_day(rest).ok_or_else(unclear)?;
    let year = year_number(year, era.is_some()).ok_or_else(unclear)?;
    let western = match era {
        Some(era) => year.checked_add(era.first.0 - 1).ok_or_else(unclear)?,
        // Attack on the reader: `8.11.21` may be 令和, 平成 or the year 8.
        None if year < 1000 => return Err(unclear()),
        None => year,
    };
    let (month, day) = (small_number(month).ok_or_else(unclear)?, small_number(day).ok_or_else(unclear)?);
    let date = NaiveDate::from_ymd_opt(western, month, day).ok_or_else(|| Error::NoSuchDay(text.to_owned()))?;
    let Some(said) = era else { return Ok(date) };
    match era_of(date) {
        Some((own, _)) if own.name == said.name => Ok(date),
        Some(_) => Err(Error::OtherEra { said: text.to_owned(), right: long(date) }),
        None => Err(Error::BeforeSolar(text.to_owned())),
    }
}

/// Full-width typing and ligatures such as ㋿ made plain (NFKC), spaces gone.
fn plain(text: &str) -> String {
    text.nfkc().filter(|c| !c.is_whitespace()).collect()
}

/// The era in front, by name, by the first character of its name, or by letter.
fn split_era(text: &str) -> (Option<&'static Era>, &str) {
    for era in &ERAS {
        let initial = era.name.chars().next().unwrap_or_default();
        let rest = text
            .strip_prefix(era.name)
            .or_else(|| text.strip_prefix(initial))
            .or_else(|| text.strip_prefix(era.letter))
            .or_else(|| text.strip_prefix(era.letter.to_ascii_lowercase()));
        if let Some(rest) = rest {
            return (Some(era), rest);
        }
    }
    (None, text)
}

/// Year, month and day by 年月日 or by one separator used twice.
fn split_day(text: &str) -> Option<(&str, &str, &str)> {
    if let Some((year, rest)) = text.split_once('年') {
        let (month, rest) = rest.split_once('月')?;
        return Some((year, month, rest.strip_suffix('日')?));
    }
    ['.', '-', '/'].iter().find_map(|separator| {
        let (year, rest) = text.split_once(*separator)?;
        let (month, day) = rest.split_once(*separator)?;
        Some((year, month, day))
    })
}

fn year_number(text: &str, in_era: bool) -> Option<i32> {
    match text {
        "元" if in_era => Some(1),
        _ if digits(text, 4) => text.parse().ok().filter(|&year| year > 0),
        _ => None,
    }
}

fn small_number(text: &str) -> Option<u32> {
    if digits(text, 2) { text.parse().ok() } else { None }
}

/// Digits and nothing else: `parse` would take a sign too.
fn digits(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn a_date_reads_as_an_office_writes_it() {
        assert_eq!(long(day(2026, 11, 21)), "令和8年11月21日");
        assert_eq!(table(day(2026, 11, 21)), "令和8.11.21");
        assert_eq!(long(day(2019, 5, 1)), "令和元年5月1日");
        assert_eq!(table(day(2019, 5, 1)), "令和元.5.1");
        assert_eq!(long_with_western(day(2026, 11, 21)), "令和8年11月21日（2026年11月21日）");
        assert_eq!(long(day(1872, 12, 31)), "1872年12月31日", "counted by the moon: never given an era");
    }

    #[test]
    fn a_time_is_the_wall_clock_of_its_own_offset() {
        let late = DateTime::parse_from_rfc3339("2026-04-01T00:05:59.999+09:00").unwrap();
        assert_eq!(long_time(&late), "令和8年4月1日0時05分");
        assert_eq!(long_time_with_western(&late), "令和8年4月1日0時05分（2026年4月1日）");
        assert_eq!(long_time(&late.to_utc()), "令和8年3月31日15時05分");
    }

    #[test]
    fn the_last_and_first_days_of_eras() {
        let pairs = [
            ((1912, 7, 29), "明治45.7.29", (1912, 7, 30), "大正元.7.30"),
            ((1926, 12, 24), "大正15.12.24", (1926, 12, 25), "昭和元.12.25"),
            ((1989, 1, 7), "昭和64.1.7", (1989, 1, 8), "平成元.1.8"),
            ((2019, 4, 30), "平成31.4.30", (2019, 5, 1), "令和元.5.1"),
        ];
        for (last, said, first, then) in pairs {
            assert_eq!(table(day(last.0, last.1, last.2)), said);
            assert_eq!(table(day(first.0, first.1, first.2)), then);
        }
    }

    #[test]
    fn every_day_agrees_with_icu_and_reads_back() {
        use icu_calendar::{Date, cal::Japanese};
        let mut date = day(1873, 1, 1);
        while date.year() <= 2100 {
            let (year, month, of_month) = day_of(date);
            let iso = Date::try_new_iso(year, month.try_into().unwrap(), of_month.try_into().unwrap()).unwrap();
            let theirs = iso.to_calendar(Japanese::new()).era_year();
            let (era, ours) = era_of(date).unwrap();
            let letter = match theirs.era.as_str() {
                "meiji" => 'M',
                "taisho" => 'T',
                "showa" => 'S',
                "heisei" => 'H',
                "reiwa" => 'R',
                other => panic!("{other}"),
            };
            assert_eq!((era.letter, ours), (letter, theirs.year), "{date}");
            assert_eq!(parse(&long(date)), Ok(date));
            assert_eq!(parse(&table(date)), Ok(date));
            date = date.succ_opt().unwrap();
        }
    }

    #[test]
    fn what_people_type_is_read() {
        for text in [
            "令和8年11月21日",
            "令和８年１１月２１日",
            " 令和 8年 11月 21日 ",
            "R8.11.21",
            "r8/11/21",
            "Ｒ８．１１．２１",
            "令8.11.21",
            "㋿8年11月21日",
            "2026-11-21",
            "2026/11/21",
            "２０２６年１１月２１日",
            "2026.11.21",
        ] {
            assert_eq!(parse(text), Ok(day(2026, 11, 21)), "{text}");
        }
        assert_eq!(parse("令和元年5月1日"), parse("令和1.5.1"));
        assert_eq!(parse("S64.01.07"), Ok(day(1989, 1, 7)));
    }

    #[test]
    fn what_is_no_date_is_refused_and_never_guessed() {
        for text in [
            "",
            "令和",
            "8.11.21",
            "26-11-21",
            "令和8年",
            "令和8.11",
            "令和8.11.21.1",
            "令和-8.11.21",
            "令和8.+1.21",
            "元年5月1日",
            "元.5.1",
            "令和8年11月21",
            "西暦2026年11月21日",
            "99999-01-01",
            "令和8.111.1",
            "令和0.1.1",
        ] {
            assert_eq!(parse(text), Err(Error::Unclear(text.into())), "{text}");
        }
        assert_eq!(parse("令和8.2.29"), Err(Error::NoSuchDay("令和8.2.29".into())));
        assert_eq!(parse("令和9999.1.1"), Ok(day(12017, 1, 1)), "far, but a day");
        let other = |said: &str, right: &str| Err(Error::OtherEra { said: said.into(), right: right.into() });
        assert_eq!(parse("平成35年3月31日"), other("平成35年3月31日", "令和5年3月31日"));
        assert_eq!(parse("令和元年4月30日"), other("令和元年4月30日", "平成31年4月30日"));
        assert_eq!(parse("M5.12.31"), Err(Error::BeforeSolar("M5.12.31".into())));
    }

    #[test]
    fn a_fiscal_year_runs_from_april_and_is_named_by_most_of_its_days() {
        assert_eq!(FiscalYear::of(day(2026, 4, 1)).to_string(), "令和8年度");
        assert_eq!(FiscalYear::of(day(2027, 3, 31)).to_string(), "令和8年度");
        assert_eq!(FiscalYear::of(day(2026, 3, 31)).to_string(), "令和7年度");
        for (april, name) in [(2019, "令和元年度"), (2018, "平成30年度"), (1989, "平成元年度"), (1988, "昭和63年度")]
        {
            assert_eq!(FiscalYear::starting(april).to_string(), name);
        }
        for text in ["令和8年度", "令和8", "R8", "Ｒ８年度", "2026年度", "2026"] {
            assert_eq!(text.parse(), Ok(FiscalYear::starting(2026)), "{text}");
        }
        for text in ["8", "", "令和", "年度", "R8.4.1"] {
            assert!(text.parse::<FiscalYear>().is_err(), "{text}");
        }
    }
}
