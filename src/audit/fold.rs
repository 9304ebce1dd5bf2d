//! The walk over all entries, one after the other.

use chrono::{DateTime, Days, FixedOffset, NaiveDate};

use super::apart::Apart;
use super::check::Check;
use super::decisions::Decisions;
use super::ends;
use super::finding::{Audit, Fault};
use super::hours::Hours;
use super::late::Late;
use super::numbers::Numbers;
use super::people::People;
use super::regime::Regime;
use super::seen::{Out, Seen};
use super::traces::{Counts, Traces};
use crate::calendar::Span;
use crate::case::{Effective, Settings};
use crate::duties::Duties;
use crate::ledger::{Entry, Kind, Outcome};
use crate::life::{Life, facts};

/// What an audit is about.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The days.
    pub span: Span,
    /// The day of the audit.
    pub today: NaiveDate,
    /// The contract: what has no day of its own ends with it.
    pub contract: &'a Effective,
    /// Whose desk it is, and how often it has to look at whom.
    pub settings: &'a Settings,
}

/// An audit on its way: give it every entry of the ledger, in order.
pub struct Auditor<'a> {
    asked: Asked<'a>,
    regime: Regime,
    before: Option<DateTime<FixedOffset>>,
    life: Life,
    duties: Duties,
    numbers: Numbers,
    people: People,
    decisions: Decisions,
    apart: Apart,
    traces: Traces,
    counts: Counts,
    hours: Hours,
    late: Late,
    out: Out,
}

impl<'a> Auditor<'a> {
    /// An audit that has seen nothing.
    #[must_use]
    pub fn new(asked: Asked<'a>) -> Self {
        Self {
            asked,
            regime: Regime::default(),
            before: None,
            life: Life::default(),
            duties: Duties::default(),
            numbers: Numbers::default(),
            people: People::default(),
            decisions: Decisions::default(),
            apart: Apart::default(),
            traces: Traces::default(),
            counts: Counts::default(),
            hours: Hours::default(),
            late: Late::default(),
            out: Out::default(),
        }
    }

    /// Takes an entry in: as it was written, and as later corrections leave it (none when it was struck).
    pub fn take(&mut self, entry: &Entry, standing: Option<&Entry>) {
        let Asked { span, today, .. } = self.asked;
        let at = DateTime::parse_from_rfc3339(&entry.time).ok();
        let unread = at.is_none();
        let at = at.or(self.before).unwrap_or_default();
        self.before = Some(at);
        let day = at.date_naive();
        let seen = Seen {
            entry,
            standing,
            kind: entry.known_kind(),
            at,
            day,
            in_span: span.contains(day),
            regime: &self.regime,
        };
        let out = &mut self.out;
        self.numbers.take(&seen, today, span.until, out);
        self.people.take(&seen, out);
        self.decisions.take(&seen, &self.life, out);
        self.apart.take(&seen, out);
        self.traces.take(&seen, out);
        self.counts.take(&seen, out);
        self.hours.take(&seen, out);
        self.late.take(&seen, out);
        ends::late(&seen, &self.life, out);
        if seen.in_span {
            out.looked(Check::Unreadable);
            let reads = entry.result != Outcome::Done || facts::reads(entry);
            if unread || !reads {
                out.find(seen.finding(Check::Unreadable, Fault::Unreadable { kind: entry.kind.clone() }));
            }
        }
        let says = matches!(seen.kind, Some(Kind::Init | Kind::Settings | Kind::Restore));
        let settings =
            entry.facts.get("settings").filter(|value| says && entry.result == Outcome::Done && value.is_object());
        if let Some(new) = settings.map(Regime::of) {
            self.traces.settings(&seen, &new, out);
            self.regime = new;
        }
        // What came after the last day is no part of how things stood on it.
        if let Some(standing) = standing.filter(|_| day <= span.until) {
            self.life.take(standing);
            self.duties.take(standing);
        }
    }

    /// After the last entry.
    #[must_use]
    pub fn end(self) -> Audit {
        let Self { asked, mut life, duties, numbers, people, traces, hours, mut out, .. } = self;
        let over = asked.span.until.checked_add_days(Days::new(1)).unwrap_or(asked.span.until);
        let moment = over.min(asked.today);
        ends::open(&mut life, asked.contract.to, moment, &mut out);
        ends::looks(&asked, &life, &duties, moment, &mut out);
        numbers.end(moment, &mut out);
        people.end(&mut out);
        traces.end(&mut out);
        hours.end(&mut out);
        out.into_audit(asked.span)
    }
}
