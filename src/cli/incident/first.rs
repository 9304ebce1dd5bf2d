//! The first lines on the screen: whom to report to, and under which number now. The duty begins with the suspicion, so nothing
//! comes before it: no question, no passphrase, no ledger that has to open.

use chrono::{Datelike, Local, NaiveDateTime, Timelike, Weekday};

use crate::case::settings::{EmergencyContact, Office};
use crate::case::{Settings, Side};
use crate::cli::context::Context;
use crate::cli::desk;
use crate::t;
use crate::term::show;

pub fn tell(context: &Context) {
    // Where the settings cannot be read the duty is the same; the reason is told by what opens them next.
    let settings = desk::found(context).ok().and_then(|(folder, _)| desk::settings(&folder).ok());
    let side = settings.as_ref().map(|settings| settings.side);
    let head = match side {
        Some(Side::City) => t!("incident-first-city"),
        Some(Side::Subcontractor) => t!("incident-first-subcontractor"),
        Some(Side::Contractor) | None => t!("incident-first-contractor"),
    };
    let mut lines = vec![head];
    match settings {
        Some(settings) => lines.extend(contacts(&settings, Local::now().naive_local())),
        None => lines.push(t!("incident-contacts-unknown")),
    }
    context.warn(&lines.join("\n"));
}

fn contacts(settings: &Settings, now: NaiveDateTime) -> Vec<String> {
    if settings.emergency.is_empty() {
        return vec![t!("incident-contacts-none")];
    }
    let open = is_open(&settings.office, now);
    let head = if open { t!("incident-contacts-day") } else { t!("incident-contacts-night") };
    let all = settings.emergency.iter().zip(1_u32..).map(|(contact, nth)| line(contact, nth, open));
    [head].into_iter().chain(all).collect()
}

/// Both numbers, the one that holds now first: on a public holiday the clock alone would name the wrong one.
fn line(contact: &EmergencyContact, nth: u32, open: bool) -> String {
    let number = |text: &str| if text.is_empty() { t!("incident-no-number") } else { show::name(text) };
    let (day, night) = (number(&contact.telephone), number(&contact.after_hours));
    let (nth, name) = (nth.to_string(), show::name(&contact.name));
    let line = if open {
        t!("incident-contact-day", nth = nth, name = name, day = day, night = night)
    } else {
        t!("incident-contact-night", nth = nth, name = name, day = day, night = night)
    };
    format!("  {line}")
}

/// Whether the office works now, as far as its settings say: public holidays stand in no settings.
fn is_open(office: &Office, now: NaiveDateTime) -> bool {
    let (date, minute) = (now.date(), now.hour() * 60 + now.minute());
    let weekend = matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
    let new_year = matches!((date.month(), date.day()), (12, 29..=31) | (1, 1..=3));
    let hours = office.hours;
    // The whole day when both are the same.
    let in_hours = hours.from == hours.to || (hours.from..hours.to).contains(&minute);
    !weekend && !new_year && !office.closed.contains(&date) && in_hours
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_office_is_open_on_working_days_between_its_hours() {
        let at = |text: &str| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
        let closed = vec![crate::calendar::iso("2026-11-25").unwrap()];
        let mut office = Office { closed, ..Office::default() };
        for (time, open) in [
            ("2026-11-24 08:29", false),
            ("2026-11-24 08:30", true),
            ("2026-11-24 17:14", true),
            ("2026-11-24 17:15", false),
            ("2026-11-21 10:00", false),
            ("2026-11-22 10:00", false),
            ("2026-11-25 10:00", false),
            ("2026-12-28 10:00", true),
            ("2026-12-29 10:00", false),
            ("2027-01-01 10:00", false),
            ("2027-01-04 10:00", true),
        ] {
            assert_eq!(is_open(&office, at(time)), open, "{time}");
        }
        office.hours = crate::case::settings::Hours::parse("00:00-00:00").unwrap();
        assert!(is_open(&office, at("2026-11-24 03:00")) && !is_open(&office, at("2026-11-21 03:00")));
    }
}
