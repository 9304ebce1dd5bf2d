//! Times that a person states: in any spelling, never in the future. The entry keeps its own time beside it.

use chrono::{DateTime, FixedOffset, Local, NaiveDate, TimeZone};

use super::failure::Failure;
use crate::calendar::{self, NotADate};
use crate::era;
use crate::t;
use crate::term::show;

/// The stated time, or now.
pub fn stated(said: Option<&str>) -> Result<DateTime<FixedOffset>, Failure> {
    let now = Local::now();
    let Some(said) = said else { return Ok(whole_minute(now.fixed_offset())) };
    let at = moment(said)?;
    // Attack on the auditor, or a slip of the hand: a hand-over that is still to come. The clocks of two machines may differ
    // by a minute.
    if at > now.fixed_offset() + chrono::Duration::minutes(1) {
        let shown = era::long_time(&at);
        return Err(Failure::usage("future", t!("err-future", at = shown), t!("hint-future")));
    }
    Ok(at)
}

/// A time that may lie ahead: when something is due. A day alone ends with its last minute.
pub fn due(said: &str) -> Result<DateTime<FixedOffset>, Failure> {
    match calendar::typed(said) {
        Ok(day) => {
            local(day.and_hms_opt(23, 59, 0).unwrap_or_default()).ok_or_else(|| unclear(said, NotADate::Unclear))
        }
        Err(_) => moment(said),
    }
}

/// A day that is not ahead.
pub fn past_day(said: Option<NaiveDate>) -> Result<NaiveDate, Failure> {
    let today = today();
    match said {
        Some(day) if day > today => {
            Err(Failure::usage("future", t!("err-future", at = era::long(day)), t!("hint-future")))
        }
        Some(day) => Ok(day),
        None => Ok(today),
    }
}

/// Refuses a time before something that must have come first.
pub fn not_before(at: DateTime<FixedOffset>, entry: u64, earlier: DateTime<FixedOffset>) -> Result<(), Failure> {
    // Sheets say minutes.
    if whole_minute(at) >= whole_minute(earlier) {
        return Ok(());
    }
    let (at, earlier) = (era::long_time(&at), era::long_time(&earlier));
    let message = t!("err-before", at = at, earlier = earlier, entry = entry.to_string());
    Err(Failure::refused("before", message, t!("hint-before")))
}

/// Today, on this desk's clock.
pub fn today() -> NaiveDate {
    Local::now().date_naive()
}

fn whole_minute(at: DateTime<FixedOffset>) -> DateTime<FixedOffset> {
    use chrono::Timelike;
    at.with_second(0).and_then(|at| at.with_nanosecond(0)).unwrap_or(at)
}

fn moment(said: &str) -> Result<DateTime<FixedOffset>, Failure> {
    if let Ok(at) = DateTime::parse_from_rfc3339(said.trim()) {
        // Attack: an offset of one's own choosing, in which it was another day. The desk's own clock tells the day.
        return Ok(at.with_timezone(&Local).fixed_offset());
    }
    let at = calendar::moment(said, today()).map_err(|why| unclear(said, why))?;
    // An hour that a change of the clocks left out is no time.
    local(at).ok_or_else(|| unclear(said, NotADate::NoSuchDay))
}

fn local(at: chrono::NaiveDateTime) -> Option<DateTime<FixedOffset>> {
    Local.from_local_datetime(&at).earliest().map(|at| at.fixed_offset())
}

fn unclear(said: &str, why: NotADate) -> Failure {
    let shown = show::name(said);
    let message = match why {
        NotADate::OtherEra(right) => t!("date-other-era", right = era::long(right)),
        NotADate::Unclear | NotADate::NoSuchDay => t!("err-bad-time", text = shown),
    };
    Failure::usage("bad_time", message, t!("hint-bad-time"))
}
