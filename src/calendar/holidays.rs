//! The days on which a Japanese office is closed: public holidays by the rules of the law (国民の祝日に関する法律), weekends, and the end
//! of the year (行政機関の休日に関する法律).
//!
//! Computed, not listed: a ledger is audited years later. The rules are those in force since 2022; a day that the law moves for one
//! year alone is not known here, and is entered in the settings as a day on which the office is closed.

use chrono::{Datelike, Days, NaiveDate, Weekday};

/// Whether the office works on a day. `closed` are days of its own on which it does not.
#[must_use]
pub fn is_working_day(day: NaiveDate, closed: &[NaiveDate]) -> bool {
    let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    let turn_of_year = matches!((day.month(), day.day()), (12, 29..=31) | (1, 1..=3));
    !weekend && !turn_of_year && !closed.contains(&day) && !is_holiday(day)
}

/// Whether a day is 休日 by the law: a 国民の祝日, the day that stands in for one on a Sunday, or one between two of them.
#[must_use]
pub fn is_holiday(day: NaiveDate) -> bool {
    is_named(day) || stands_in(day) || lies_between(day)
}

/// 国民の祝日
fn is_named(day: NaiveDate) -> bool {
    let (year, month, date) = (day.year(), day.month(), day.day());
    match (month, date) {
        // 元日、建国記念の日、天皇誕生日、昭和の日、憲法記念日、みどりの日、こどもの日、山の日、文化の日、勤労感謝の日
        (1, 1) | (2, 11 | 23) | (4, 29) | (5, 3..=5) | (8, 11) | (11, 3 | 23) => true,
        // 成人の日、スポーツの日、海の日
        (1 | 10, 8..=14) | (7, 15..=21) => day.weekday() == Weekday::Mon,
        // 春分の日
        (3, _) => Some(date) == equinox(year, SPRING),
        // 敬老の日、秋分の日
        (9, 15..=21) if day.weekday() == Weekday::Mon => true,
        (9, _) => Some(date) == equinox(year, AUTUMN),
        _ => false,
    }
}

/// 振替休日: the first day after a holiday on a Sunday that is none itself.
fn stands_in(day: NaiveDate) -> bool {
    if is_named(day) {
        return false;
    }
    let before = |days| day.checked_sub_days(Days::new(days));
    // No more than three of them stand in a row.
    let row = (1..=4).map_while(before).take_while(|day| is_named(*day));
    row.into_iter().any(|day| day.weekday() == Weekday::Sun)
}

/// 国民の休日
fn lies_between(day: NaiveDate) -> bool {
    let beside = [day.pred_opt(), day.succ_opt()];
    !is_named(day) && beside.into_iter().all(|day| day.is_some_and(is_named))
}

/// Millionths of a day in March, or September, at which the sun stood over the equator in 1980; for the years from 2100 on they are
/// given anew, because 2100 has no leap day.
type Equinox = [i64; 2];
const SPRING: Equinox = [20_843_100, 21_851_000];
const AUTUMN: Equinox = [23_248_800, 24_248_800];

/// By how much more than 365 days a year is.
const OVER: i64 = 242_194;

/// The date of an equinox, as it is computed years ahead; the one that counts is published each February for the year after.
fn equinox(year: i32, base: Equinox) -> Option<u32> {
    let since = i64::from(year) - 1980;
    let base = if year < 2100 { base[0] } else { base[1] };
    u32::try_from((base + OVER * since).div_euclid(1_000_000) - since.div_euclid(4)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lists that the Cabinet Office published, days that stand in and days between included.
    const PUBLISHED: [(i32, &str); 6] = [
        (2022, "1/1 1/10 2/11 2/23 3/21 4/29 5/3 5/4 5/5 7/18 8/11 9/19 9/23 10/10 11/3 11/23"),
        (2023, "1/1 1/2 1/9 2/11 2/23 3/21 4/29 5/3 5/4 5/5 7/17 8/11 9/18 9/23 10/9 11/3 11/23"),
        (2024, "1/1 1/8 2/11 2/12 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/15 8/11 8/12 9/16 9/22 9/23 10/14 11/3 11/4 11/23"),
        (2025, "1/1 1/13 2/11 2/23 2/24 3/20 4/29 5/3 5/4 5/5 5/6 7/21 8/11 9/15 9/23 10/13 11/3 11/23 11/24"),
        (2026, "1/1 1/12 2/11 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/20 8/11 9/21 9/22 9/23 10/12 11/3 11/23"),
        (2027, "1/1 1/11 2/11 2/23 3/21 3/22 4/29 5/3 5/4 5/5 7/19 8/11 9/20 9/23 10/11 11/3 11/23"),
    ];

    #[test]
    fn every_day_of_six_years_agrees_with_the_published_lists() {
        for (year, list) in PUBLISHED {
            let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
            let found = first.iter_days().take_while(|day| day.year() == year).filter(|day| is_holiday(*day));
            let found: Vec<String> = found.map(|day| format!("{}/{}", day.month(), day.day())).collect();
            assert_eq!(found.join(" "), list, "{year}");
        }
    }

    #[test]
    fn equinoxes_far_ahead_stay_where_they_can_be() {
        for year in 1989..=2199 {
            assert!(matches!(equinox(year, SPRING), Some(19..=21)), "{year}");
            assert!(matches!(equinox(year, AUTUMN), Some(22..=24)), "{year}");
        }
    }

    #[test]
    fn an_office_is_closed_on_weekends_holidays_and_at_the_turn_of_the_year() {
        let day = |text| crate::calendar::iso(text).unwrap();
        for closed in ["2026-11-21", "2026-11-22", "2026-11-23", "2026-12-29", "2026-12-31", "2027-01-01", "2027-01-03"]
        {
            assert!(!is_working_day(day(closed), &[]), "{closed}");
        }
        for open in ["2026-11-20", "2026-11-24", "2026-12-28", "2027-01-04"] {
            assert!(is_working_day(day(open), &[]), "{open}");
            assert!(!is_working_day(day(open), &[day(open)]), "{open} is a day of its own");
        }
    }
}
