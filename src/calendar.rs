//! Days as a Japanese office counts them: what people type as a date, fiscal years, and the end of a period. How a date
//! is shown is in `era`.
//!
//! Pure: what day it is today is always given by the caller.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

pub mod holidays;
mod span;

pub use span::Span;

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime};
use unicode_normalization::UnicodeNormalization;

use crate::era::{self, Era};
use crate::typed;

/// The years a date of ours can lie in. Attack: a typing slip such as `0206-04-01` or `20260-04-01`, which would put the
/// end of retention out of everybody's sight.
const YEARS: RangeInclusive<i32> = 1989..=2199;

/// A day written `YYYY-MM-DD`, and nothing else.
#[must_use]
pub fn iso(text: &str) -> Option<NaiveDate> {
    let bytes = text.as_bytes();
    let shape = bytes.len() == 10
        && bytes.iter().enumerate().all(|(at, b)| if at == 4 || at == 7 { *b == b'-' } else { b.is_ascii_digit() });
    if !shape {
        return None;
    }
    day(text[..4].parse().ok()?, text[5..7].parse().ok()?, text[8..].parse().ok()?).ok()
}

/// Why a text is not taken for a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotADate {
    /// It cannot be read as one, or a year without its era would have to be guessed.
    #[error("not a date")]
    Unclear,
    /// There is no such day, or it is out of every contract's sight.
    #[error("no such day")]
    NoSuchDay,
    /// The day lies in another era. Old contracts say 平成35年; the clerk should see what that means today.
    #[error("the day lies in another era: {0}")]
    OtherEra(NaiveDate),
}

/// A day as people type it: `2026-04-01`, `2026/4/1`, `2026.4.1`, `2026年4月1日`, `20260401`, `令和8年4月1日`, `R8.4.1`,
/// `令8.4.1`, `令和元年5月1日`, also in full width.
///
/// # Errors
/// Why it is not taken.
pub fn typed(text: &str) -> Result<NaiveDate, NotADate> {
    let plain = plain(text);
    let (era, rest) = Era::split(&plain);
    let (year, month, date) = split_day(rest).ok_or(NotADate::Unclear)?;
    let year = year_number(year, era).ok_or(NotADate::Unclear)?;
    let (month, date) = small_number(month).zip(small_number(date)).ok_or(NotADate::Unclear)?;
    let found = day(year, month, date)?;
    match era {
        Some(said) if Era::of(found).is_none_or(|(own, _)| own != said) => Err(NotADate::OtherEra(found)),
        _ => Ok(found),
    }
}

fn day(year: i32, month: u32, day: u32) -> Result<NaiveDate, NotADate> {
    let found = NaiveDate::from_ymd_opt(year, month, day).filter(|date| YEARS.contains(&date.year()));
    found.ok_or(NotADate::NoSuchDay)
}

/// A time of a day as people type it, the day first where it is not today: `2026-11-21 14:05`, `令和8年11月21日14時05分`,
/// `R8.11.21 午後2時5分`, `14:05`, also RFC 3339. Without a time of the clock it is none: a hand-over has an hour.
///
/// # Errors
/// Why it is not taken.
pub fn moment(text: &str, today: NaiveDate) -> Result<NaiveDateTime, NotADate> {
    let plain: String = typed::narrow(text).nfkc().collect();
    let plain = plain.trim();
    let (day, clock) = split_moment(plain).ok_or(NotADate::Unclear)?;
    let day = if day.trim().is_empty() { today } else { typed(day)? };
    day.and_hms_opt(clock.0, clock.1, 0).ok_or(NotADate::NoSuchDay)
}

/// The day's part of a text, and hour and minute.
fn split_moment(text: &str) -> Option<(&str, (u32, u32))> {
    let at = if let Some(at) = text.find(['時', ':']) {
        let digits = |c: char| c.is_ascii_digit() || c == '\u{3000}';
        text[..at].trim_end().trim_end_matches(digits).len()
    } else {
        return None;
    };
    let (day, clock) = text.split_at(at);
    let (day, noon) = ["午前", "午後"]
        .iter()
        .find_map(|half| Some((day.trim_end().strip_suffix(half)?, Some(*half))))
        .unwrap_or((day, None));
    let (hour, minute) = clock.split_once(['時', ':'])?;
    let minute = minute.trim().trim_end_matches('分').trim();
    // Seconds of RFC 3339 and of a clock are dropped: a sheet says minutes.
    let minute = minute.split(':').next()?;
    let (hour, minute) = (small_number(hour.trim())?, if minute.is_empty() { 0 } else { small_number(minute)? });
    let hour = match noon {
        Some("午後") if hour < 12 => hour + 12,
        Some(_) if hour > 12 => return None,
        _ => hour,
    };
    Some((day.trim_end().trim_end_matches(['T', 't']), (hour, minute)))
}

/// Full-width typing and ligatures such as ㋿ made plain, spaces gone.
fn plain(text: &str) -> String {
    typed::narrow(text).nfkc().filter(|c| !c.is_whitespace()).collect()
}

/// Year, month and day by 年月日, by one separator used twice, or by their places in eight digits.
fn split_day(text: &str) -> Option<(&str, &str, &str)> {
    if let Some((year, rest)) = text.split_once('年') {
        let (month, rest) = rest.split_once('月')?;
        return Some((year, month, rest.strip_suffix('日')?));
    }
    if text.len() == 8 && digits(text, 8) {
        return Some((&text[..4], &text[4..6], &text[6..]));
    }
    ['.', '-', '/'].iter().find_map(|separator| {
        let (year, rest) = text.split_once(*separator)?;
        let (month, day) = rest.split_once(*separator)?;
        Some((year, month, day))
    })
}

/// The Western year. Attack on the reader: `8.11.21` may be 令和, 平成 or the year 8; without an era a year has four digits.
fn year_number(text: &str, era: Option<&Era>) -> Option<i32> {
    let number = |text: &str| if digits(text, 4) { text.parse().ok() } else { None };
    match era {
        Some(era) if text == "元" => era.western(1),
        Some(era) => era.western(number(text).filter(|year| *year > 0)?),
        None => number(text).filter(|year| *year >= 1000),
    }
}

fn small_number(text: &str) -> Option<u32> {
    if digits(text, 2) { text.parse().ok() } else { None }
}

/// Digits and nothing else: `parse` would take a sign too.
fn digits(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
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

    /// The one that begins in April of this Western year.
    #[must_use]
    pub fn starting(year: i32) -> Self {
        Self(year)
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

/// `令和8年度`. Its name follows the era of most of its days: 2019 is 令和元年度 (the era changed in May), 1988 is 昭和63年度
/// (in January).
impl fmt::Display for FiscalYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match NaiveDate::from_ymd_opt(self.0, 10, 1) {
            Some(middle) => write!(f, "{}年度", era::year(middle)),
            None => write!(f, "{}年度", self.0),
        }
    }
}

/// `令和8年度`, `令和8`, `R8`, `2026年度`, `2026`.
impl FromStr for FiscalYear {
    type Err = NotADate;

    fn from_str(text: &str) -> Result<Self, NotADate> {
        let plain = plain(text);
        let (era, rest) = Era::split(plain.strip_suffix("年度").unwrap_or(&plain));
        let year = year_number(rest, era).ok_or(NotADate::Unclear)?;
        if YEARS.contains(&year) { Ok(Self(year)) } else { Err(NotADate::NoSuchDay) }
    }
}

impl serde::Serialize for FiscalYear {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_i32(self.0)
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
    fn what_people_type_is_read() {
        for text in [
            "2026-04-01",
            "2026/4/1",
            "2026.4.1",
            " 2026年4月1日 ",
            "２０２６年４月１日",
            "20260401",
            "令和8年4月1日",
            "R8.4.1",
            "r8/4/1",
            "Ｒ８．４．１",
            "令8.4.1",
            "㋿8年4月1日",
            "令和８年４月１日",
            "２０２６－０４－０１",
            "2026ー4ー1",
            "令和 8 年 4 月 1 日",
        ] {
            assert_eq!(typed(text), Ok(on("2026-04-01")), "{text}");
        }
        assert_eq!(typed("令和元年5月1日"), Ok(on("2019-05-01")));
        assert_eq!(typed("令和1.5.1"), Ok(on("2019-05-01")));
        assert_eq!(typed("平成31年4月30日"), Ok(on("2019-04-30")));
    }

    #[test]
    fn what_is_no_date_is_refused_and_never_guessed() {
        for text in [
            "",
            "令和",
            "8.4.1",
            "26/4/1",
            "4月1日",
            "令和8年",
            "令和8.11",
            "令和8年4月",
            "令和8.11.21.1",
            "令和-8.11.21",
            "令和8.+1.21",
            "元年5月1日",
            "元.5.1",
            "令和8年11月21",
            "西暦2026年11月21日",
            "99999-01-01",
            "2026-04-01x",
            "2026-4/1",
            "令和8.111.1",
            "令和0年4月1日",
            "R99999999999.1.1",
        ] {
            assert_eq!(typed(text), Err(NotADate::Unclear), "{text}");
        }
        for text in ["令和8.2.29", "令和9999.1.1", "1026-04-01", "M5.12.31", "S63.4.1"] {
            assert_eq!(typed(text), Err(NotADate::NoSuchDay), "{text}");
        }
        for (said, right) in
            [("平成35年3月31日", "2023-03-31"), ("令和元年4月30日", "2019-04-30"), ("平成31年5月1日", "2019-05-01")]
        {
            assert_eq!(typed(said), Err(NotADate::OtherEra(on(right))), "{said}");
        }
    }

    #[test]
    fn a_time_has_a_day_and_a_clock() {
        let today = on("2026-11-21");
        let at = |day: &str, hour, minute| Ok(on(day).and_hms_opt(hour, minute, 0).unwrap());
        for text in [
            "2026-11-20 14:05",
            "令和8年11月20日14時05分",
            "令和８年１１月２０日　１４時５分",
            "R8.11.20 14:05",
            "令和8.11.20 午後2時5分",
            "2026/11/20　１４：０５",
            "2026-11-20T14:05:33",
        ] {
            assert_eq!(moment(text, today), at("2026-11-20", 14, 5), "{text}");
        }
        assert_eq!(moment("9:00", today), at("2026-11-21", 9, 0));
        assert_eq!(moment("午前9時", today), at("2026-11-21", 9, 0));
        assert_eq!(moment("令和元年5月1日 0:00", today), at("2019-05-01", 0, 0));
        for text in ["", "2026-11-20", "令和8年11月20日", "14", "x:05", "14:x", "8.11.20 14:05", "午後13時", "14:050"]
        {
            assert_eq!(moment(text, today), Err(NotADate::Unclear), "{text}");
        }
        assert_eq!(moment("24:00", today), Err(NotADate::NoSuchDay));
        assert_eq!(moment("令和8.2.29 9:00", today), Err(NotADate::NoSuchDay));
    }

    #[test]
    fn what_is_shown_reads_back() {
        let mut date = on("1989-01-01");
        while date <= on("2199-12-31") {
            for shown in [era::long(date), era::table(date), date.to_string()] {
                assert_eq!(typed(&shown), Ok(date), "{shown}");
            }
            date = date.succ_opt().unwrap();
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
        for (april, name) in [(2019, "令和元年度"), (2018, "平成30年度"), (1989, "平成元年度"), (1988, "昭和63年度")]
        {
            assert_eq!(FiscalYear::starting(april).to_string(), name);
        }
        for text in ["令和8年度", "令和8", "R8", "Ｒ８年度", "2026年度", "2026"] {
            assert_eq!(text.parse(), Ok(FiscalYear::starting(2026)), "{text}");
        }
        for text in ["8", "", "令和", "年度", "R8.4.1", "1026"] {
            assert!(text.parse::<FiscalYear>().is_err(), "{text}");
        }
    }
}
