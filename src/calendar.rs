//! Days as a Japanese office counts them: how a date is written and typed, fiscal years, and the end of a period.
//!
//! Pure: what day it is today is always given by the caller.

use std::fmt;

use chrono::{Datelike, Days, Months, NaiveDate};

use crate::typed;

/// The years a date of ours can lie in. Attack: a typing slip such as `0206-04-01` or `20260-04-01`, which would put the
/// end of retention out of everybody's sight.
const YEARS: std::ops::RangeInclusive<i32> = 1989..=2199;

/// The first day of each era that can still be typed, the latest first: name, letter, day.
const ERAS: [(&str, char, (i32, u32, u32)); 2] = [("令和", 'R', (2019, 5, 1)), ("平成", 'H', (1989, 1, 8))];

/// A day written `YYYY-MM-DD`, and nothing else.
#[must_use]
pub fn iso(text: &str) -> Option<NaiveDate> {
    let bytes = text.as_bytes();
    let shape = bytes.len() == 10
        && bytes.iter().enumerate().all(|(at, b)| if at == 4 || at == 7 { *b == b'-' } else { b.is_ascii_digit() });
    if !shape {
        return None;
    }
    day(text[..4].parse().ok()?, text[5..7].parse().ok()?, text[8..].parse().ok()?)
}

/// A day as people type it: `2026-04-01`, `2026/4/1`, `2026.4.1`, `2026年4月1日`, `20260401`, `令和8年4月1日`, `R8.4.1`,
/// `令和元年5月1日`, also in full width.
#[must_use]
pub fn typed(text: &str) -> Option<NaiveDate> {
    let mut narrow = typed::narrow(text);
    narrow.retain(|c| !c.is_whitespace());
    if narrow.len() == 8 && narrow.bytes().all(|b| b.is_ascii_digit()) {
        return day(narrow[..4].parse().ok()?, narrow[4..6].parse().ok()?, narrow[6..].parse().ok()?);
    }
    let (era, rest) = split_era(&narrow);
    let (year, month, date) = three_numbers(rest)?;
    let Some((_, _, (first, ..))) = era else {
        return (1000..=9999).contains(&year).then(|| day(year, month, date)).flatten();
    };
    let found = day(year.checked_add(first - 1)?, month, date)?;
    // 令和8年 is never in 平成: a day outside the era named was meant to be another one.
    (year > 0 && era_of(found).is_some_and(|(name, ..)| era.is_some_and(|(named, ..)| named == name))).then_some(found)
}

fn day(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day).filter(|date| YEARS.contains(&date.year()))
}

type Era = (&'static str, char, (i32, u32, u32));

fn split_era(text: &str) -> (Option<Era>, &str) {
    for era in ERAS {
        if let Some(rest) = text.strip_prefix(era.0).or_else(|| text.strip_prefix([era.1, era.1.to_ascii_lowercase()]))
        {
            return (Some(era), rest);
        }
    }
    (None, text)
}

fn era_of(date: NaiveDate) -> Option<Era> {
    ERAS.into_iter().find(|(_, _, (y, m, d))| NaiveDate::from_ymd_opt(*y, *m, *d).is_some_and(|first| first <= date))
}

fn three_numbers(text: &str) -> Option<(i32, u32, u32)> {
    let parts: Vec<&str> = if text.contains('年') {
        let (year, rest) = text.split_once('年')?;
        let (month, rest) = rest.split_once('月')?;
        vec![year, month, rest.strip_suffix('日')?]
    } else {
        text.split(['-', '/', '.']).collect()
    };
    let [year, month, day] = parts.as_slice() else { return None };
    let digits = |s: &str| (1..=4).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit());
    let year = if *year == "元" { "1" } else { year };
    if ![year, month, day].into_iter().all(digits) {
        return None;
    }
    Some((year.parse().ok()?, month.parse().ok()?, day.parse().ok()?))
}

/// The last day of a period of whole months that is counted from the day after `since` (民法140条・143条): from
/// 2026-03-31 twelve months last to 2027-03-31. Where the last month lacks the day, the period ends with that month, so
/// nothing that began around a 29 February ends a day early.
#[must_use]
pub fn period_end(since: NaiveDate, months: u32) -> NaiveDate {
    let after = |date: NaiveDate, days| date.checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX);
    let first = after(since, 1);
    let matching = first.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX);
    if matching.day() == first.day() { matching.pred_opt().unwrap_or(matching) } else { matching }
}

/// A fiscal year: April to March, known by the year of its April.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FiscalYear(i32);

impl FiscalYear {
    /// The one a day lies in.
    #[must_use]
    pub fn of(date: NaiveDate) -> Self {
        Self(if date.month() < 4 { date.year() - 1 } else { date.year() })
    }

    /// The one after it.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// The year of its April.
    #[must_use]
    pub fn year(self) -> i32 {
        self.0
    }

    /// 1 April.
    #[must_use]
    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.0, 4, 1).unwrap_or(NaiveDate::MAX)
    }

    /// 31 March.
    #[must_use]
    pub fn last_day(self) -> NaiveDate {
        self.next().first_day().pred_opt().unwrap_or(NaiveDate::MAX)
    }

    /// Whether a day lies in it.
    #[must_use]
    pub fn contains(self, date: NaiveDate) -> bool {
        Self::of(date) == self
    }
}

/// `令和8年度`. The year in which an era began is 元年度 as a whole.
impl fmt::Display for FiscalYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let era = ERAS.into_iter().find(|(_, _, (first, ..))| *first <= self.0);
        match era {
            Some((name, _, (first, ..))) if first == self.0 => write!(f, "{name}元年度"),
            Some((name, _, (first, ..))) => write!(f, "{name}{}年度", self.0 - first + 1),
            None => write!(f, "{}年度", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(text: &str) -> NaiveDate {
        iso(text).unwrap()
    }

    #[test]
    fn only_one_spelling_is_written() {
        assert_eq!(iso("2026-04-01"), NaiveDate::from_ymd_opt(2026, 4, 1));
        assert_eq!(iso("2028-02-29"), NaiveDate::from_ymd_opt(2028, 2, 29));
        for wrong in
            ["", "2026-4-1", "2026/04/01", "2026-02-29", "2026-13-01", "+026-04-01", "0206-04-01", "２０２６-04-01"]
        {
            assert_eq!(iso(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn many_spellings_are_understood() {
        for text in [
            "2026-04-01",
            "2026/4/1",
            "2026.4.1",
            " 2026年4月1日 ",
            "20260401",
            "令和8年4月1日",
            "R8.4.1",
            "r8/4/1",
            "令和８年４月１日",
            "２０２６－０４－０１",
            "令和 8 年 4 月 1 日",
        ] {
            assert_eq!(typed(text), Some(on("2026-04-01")), "{text}");
        }
        assert_eq!(typed("令和元年5月1日"), Some(on("2019-05-01")));
        assert_eq!(typed("平成31年4月30日"), Some(on("2019-04-30")));
        for wrong in [
            "",
            "8.4.1",
            "26/4/1",
            "令和0年4月1日",
            "令和8年2月29日",
            "R1.4.30",
            "平成31年5月1日",
            "4月1日",
            "2026-04-01x",
            "令和8年4月",
            "R99999999999.1.1",
        ] {
            assert_eq!(typed(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_period_ends_on_the_day_before_its_like() {
        for (since, months, end) in [
            ("2027-03-31", 12, "2028-03-31"),
            ("2026-05-10", 12, "2027-05-10"),
            ("2028-02-29", 12, "2029-02-28"),
            ("2028-02-28", 12, "2029-02-28"),
            ("2027-02-28", 12, "2028-02-29"),
            ("2026-01-30", 1, "2026-02-28"),
            ("2026-03-31", 0, "2026-03-31"),
        ] {
            assert_eq!(period_end(on(since), months), on(end), "{since} + {months}");
        }
    }

    #[test]
    fn fiscal_years_run_from_april() {
        let year = FiscalYear::of(on("2027-03-31"));
        assert_eq!(
            (year.to_string().as_str(), year.first_day(), year.last_day()),
            ("令和8年度", on("2026-04-01"), on("2027-03-31"))
        );
        assert_eq!(FiscalYear::of(on("2027-04-01")), year.next());
        assert!(year.contains(on("2026-04-01")) && !year.contains(on("2026-03-31")));
        assert_eq!(FiscalYear::of(on("2019-04-01")).to_string(), "令和元年度");
        assert_eq!(FiscalYear::of(on("2019-03-31")).to_string(), "平成30年度");
        assert_eq!(FiscalYear::of(on("1989-03-31")).to_string(), "1988年度");
    }
}
