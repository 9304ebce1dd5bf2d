//! Eras (元号), and days as a Japanese office writes them. What people type, fiscal years and periods are in `calendar`.
//!
//! The table of eras is data; a new era is one more line. Nothing here asks what day it is.

use chrono::{DateTime, Datelike, NaiveDate, Offset, TimeZone, Timelike};

/// An era.
#[derive(Debug, PartialEq, Eq)]
pub struct Era {
    /// Its name: 令和.
    pub name: &'static str,
    /// Its letter: R.
    pub letter: char,
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

impl Era {
    /// The era that a text begins with, by name, by the first character of its name, or by letter; and the rest.
    #[must_use]
    pub fn split(text: &str) -> (Option<&'static Self>, &str) {
        for era in &ERAS {
            let initial = era.name.chars().next().unwrap_or_default();
            let rest = text
                .strip_prefix(era.name)
                .or_else(|| text.strip_prefix(initial))
                .or_else(|| text.strip_prefix([era.letter, era.letter.to_ascii_lowercase()]));
            if let Some(rest) = rest {
                return (Some(era), rest);
            }
        }
        (None, text)
    }

    /// The era a day lies in, and which of its years; none before the solar calendar.
    #[must_use]
    pub fn of(date: NaiveDate) -> Option<(&'static Self, i32)> {
        let day = day_of(date);
        let era = ERAS.iter().rev().find(|era| era.first <= day).filter(|_| day >= FIRST_SOLAR)?;
        Some((era, date.year() - era.first.0 + 1))
    }

    /// The Western year of one of its years.
    #[must_use]
    pub fn western(&self, year: i32) -> Option<i32> {
        year.checked_add(self.first.0 - 1)
    }
}

fn day_of(date: NaiveDate) -> (i32, u32, u32) {
    (date.year(), date.month(), date.day())
}

/// `令和8`, `令和元`; the Western year where there is no era.
#[must_use]
pub fn year(date: NaiveDate) -> String {
    match Era::of(date) {
        Some((era, 1)) => format!("{}元", era.name),
        Some((era, year)) => format!("{}{year}", era.name),
        None => date.year().to_string(),
    }
}

/// `令和8年11月21日`
#[must_use]
pub fn long(date: NaiveDate) -> String {
    format!("{}年{}月{}日", year(date), date.month(), date.day())
}

/// `令和8.11.21`, for tables.
#[must_use]
pub fn table(date: NaiveDate) -> String {
    format!("{}.{}.{}", year(date), date.month(), date.day())
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
    fn every_day_agrees_with_icu() {
        use icu_calendar::{Date, cal::Japanese};
        let mut date = day(1873, 1, 1);
        while date.year() <= 2100 {
            let (year, month, of_month) = day_of(date);
            let iso = Date::try_new_iso(year, month.try_into().unwrap(), of_month.try_into().unwrap()).unwrap();
            let theirs = iso.to_calendar(Japanese::new()).era_year();
            let (era, ours) = Era::of(date).unwrap();
            let letter = match theirs.era.as_str() {
                "meiji" => 'M',
                "taisho" => 'T',
                "showa" => 'S',
                "heisei" => 'H',
                "reiwa" => 'R',
                other => panic!("{other}"),
            };
            assert_eq!((era.letter, ours), (letter, theirs.year), "{date}");
            date = date.succ_opt().unwrap();
        }
    }
}
