//! A stretch of days: what a report is about.

use chrono::{Datelike, Days, NaiveDate};

use super::{FiscalYear, iso, typed};
use crate::typed::narrow;

/// From a day to a day, both of them in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub until: NaiveDate,
}

impl Span {
    /// From a day to another; none when they stand the wrong way round.
    #[must_use]
    pub fn new(from: NaiveDate, until: NaiveDate) -> Option<Self> {
        (from <= until).then_some(Self { from, until })
    }

    /// A month, in any spelling of one: `2026-10`, `令和8年10月`, `R8.10`.
    #[must_use]
    pub fn month(text: &str) -> Option<Self> {
        let text = narrow(text);
        let text = text.trim().trim_end_matches(['月', '-', '.', '/']);
        let text = text.trim_end_matches("年").trim();
        // The first of it, in the spelling of the rest.
        let ends = [format!("{text}-01"), format!("{text}.1"), format!("{text}/1"), format!("{text}月1日")];
        let from = ends.iter().find_map(|text| iso(text).or_else(|| typed(text).ok()))?;
        let next = match from.month() {
            12 => NaiveDate::from_ymd_opt(from.year() + 1, 1, 1),
            month => NaiveDate::from_ymd_opt(from.year(), month + 1, 1),
        };
        Self::new(from, next?.checked_sub_days(Days::new(1))?)
    }

    /// A period as people write one: a month, two ends (`2026-04..2026-09`, `令和8年4月1日～令和8年9月30日`), or a fiscal year
    /// (`令和8年度`).
    #[must_use]
    pub fn period(text: &str) -> Option<Self> {
        let text = narrow(text);
        if let Some(year) = text.trim().strip_suffix("年度") {
            return Self::month(&format!("{year}年4月")).map(|april| Self::fiscal_year(april.from));
        }
        let ends = ["..", "~", "〜", "から"].iter().find_map(|between| text.split_once(between));
        let Some((first, last)) = ends else { return Self::month(&text) };
        let last = last.trim().trim_end_matches("まで");
        let end =
            |text: &str| Self::month(text).or_else(|| typed(text.trim()).ok().and_then(|day| Self::new(day, day)));
        Self::new(end(first)?.from, end(last)?.until)
    }

    /// The fiscal year a day lies in.
    #[must_use]
    pub fn fiscal_year(day: NaiveDate) -> Self {
        let year = FiscalYear::of(day);
        Self { from: year.first_day(), until: year.last_day() }
    }

    /// Whether a day lies in it.
    #[must_use]
    pub fn contains(self, day: NaiveDate) -> bool {
        (self.from..=self.until).contains(&day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        iso(text).unwrap()
    }

    #[test]
    fn a_month_is_read_as_people_write_it() {
        for text in ["2026-10", "令和8年10月", "R8.10", "２０２６－１０", "2026/10", " 2026年10月 "] {
            let found = Span::month(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((found.from, found.until), (day("2026-10-01"), day("2026-10-31")), "{text}");
        }
        assert_eq!(Span::month("2028-02").unwrap().until, day("2028-02-29"));
        assert_eq!(Span::month("2026-12").unwrap().until, day("2026-12-31"));
        for text in ["", "2026", "2026-13", "10", "2026-10-05", "月"] {
            assert_eq!(Span::month(text), None, "{text}");
        }
    }

    #[test]
    fn a_period_is_read_as_people_write_it() {
        let read = |text: &str| Span::period(text).map(|span| (span.from.to_string(), span.until.to_string()));
        let half = Some(("2026-04-01".to_owned(), "2026-09-30".to_owned()));
        for text in
            ["2026-04..2026-09", "令和8年4月1日～令和8年9月30日", "R8.4.1〜R8.9.30", "令和8年4月から令和8年9月まで"]
        {
            assert_eq!(read(text), half, "{text}");
        }
        let year = Some(("2026-04-01".to_owned(), "2027-03-31".to_owned()));
        assert_eq!((read("令和8年度"), read("2026年度")), (year.clone(), year));
        assert_eq!(read("2026-10").unwrap().1, "2026-10-31");
        for text in ["2026-09..2026-04", "..", "2026-04..", "年度"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn both_ends_are_in_it() {
        let span = Span::new(day("2026-10-01"), day("2026-10-31")).unwrap();
        assert!(span.contains(day("2026-10-01")) && span.contains(day("2026-10-31")));
        assert!(!span.contains(day("2026-09-30")) && !span.contains(day("2026-11-01")));
        assert_eq!(Span::new(day("2026-10-02"), day("2026-10-01")), None);
        assert_eq!(Span::fiscal_year(day("2027-03-31")).from, day("2026-04-01"));
    }
}
