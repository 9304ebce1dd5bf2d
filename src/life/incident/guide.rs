//! 速報 and 確報: guide dates of the body that reports, and only where a 報告対象事態 is possible (個人情報保護法施行規則43条; of
//! individual numbers the law on them). Whether a report is due is never decided here. What is not known counts as possible, and
//! is told as not known.

use chrono::{Days, NaiveDate};

use super::{Opened, day};
use crate::case::settings::Presence;
use crate::case::{DataClass, Settings, Side};
use crate::life::Life;
use crate::life::facts::{Particulars, Wrongdoing};
use crate::life::open::{Open, Waits};

/// Why a report may be due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// 要配慮個人情報
    SpecialCare,
    /// 条例要配慮個人情報
    LocalSpecialCare,
    /// 財産的被害のおそれ
    FinancialDamage,
    /// 不正の目的のおそれ
    Wrongdoing,
    /// 100人を超える
    ManySubjects,
    /// 特定個人情報; another law.
    IndividualNumber,
}

/// More persons than this: 規則43条.
const PERSONS: u64 = 100;

/// 概ね3〜5日以内
const FIRST_DAYS: u64 = 5;

/// 30日以内, and 60日以内 where somebody may have done it on purpose.
const FINAL_DAYS: [u64; 2] = [30, 60];

/// What may be due, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guide {
    /// Why, and whether it is known.
    pub grounds: Vec<(Ground, bool)>,
    /// The day the reporting body learned of it, where it is known.
    pub from: Option<NaiveDate>,
    /// 速報
    pub first_until: Option<NaiveDate>,
    /// How many days the 確報 has.
    pub final_days: u64,
    /// 確報
    pub final_until: Option<NaiveDate>,
}

impl Guide {
    /// The next of the dates on a day; when both are over, the last.
    #[must_use]
    pub fn next(&self, today: NaiveDate) -> Option<NaiveDate> {
        self.first_until.filter(|until| today <= *until).or(self.final_until)
    }
}

/// The guide dates of an incident; none where no 報告対象事態 is possible.
#[must_use]
pub fn guide(life: &Life, incident: &Opened, settings: &Settings) -> Option<Guide> {
    let known = incident.known();
    let grounds = grounds(life, &known, settings);
    if grounds.is_empty() {
        return None;
    }
    // Attack on the reader: a count that begins when the contractor knew looks like the city's, which begins when the city did.
    let from = match settings.side {
        Side::City => known.reported.or(known.noticed),
        Side::Contractor | Side::Subcontractor => known.reported,
    };
    let from = from.map(day);
    let final_days = FINAL_DAYS[usize::from(known.wrongdoing == Some(Wrongdoing::Suspected))];
    // The day itself is the first: of two ways to count, the one that ends earlier.
    let until = |days: u64| from.and_then(|from| from.checked_add_days(Days::new(days - 1)));
    Some(Guide { grounds, from, first_until: until(FIRST_DAYS), final_days, final_until: until(final_days) })
}

/// An open incident is due on the next guide date, where there is one; once the 確報 was issued there is none.
pub fn set_dues(open: &mut [Open], life: &Life, settings: &Settings, today: NaiveDate) {
    for matter in open.iter_mut().filter(|matter| matter.waits == Waits::Incident) {
        let incident = matter.entry.and_then(|entry| life.incident(entry)).filter(|incident| !incident.has_final());
        matter.due = incident.and_then(|incident| guide(life, incident, settings)).and_then(|dates| dates.next(today));
    }
}

fn grounds(life: &Life, known: &Particulars, settings: &Settings) -> Vec<(Ground, bool)> {
    let class = |class| settings.contract.presence(class);
    let wrongdoing = match known.wrongdoing {
        Some(Wrongdoing::Suspected) => Presence::Yes,
        Some(Wrongdoing::No) => Presence::No,
        Some(Wrongdoing::Unknown) | None => Presence::Unknown,
    };
    let all = [
        (Ground::SpecialCare, class(DataClass::SpecialCare)),
        (Ground::LocalSpecialCare, class(DataClass::LocalSpecialCare)),
        (Ground::FinancialDamage, class(DataClass::FinancialDamage)),
        (Ground::Wrongdoing, wrongdoing),
        (Ground::ManySubjects, many(life, known)),
        (Ground::IndividualNumber, class(DataClass::IndividualNumber)),
    ];
    all.into_iter()
        .filter(|(_, presence)| *presence != Presence::No)
        .map(|(ground, presence)| (ground, presence == Presence::Yes))
        .collect()
}

/// Whether more than a hundred persons are concerned. Bundles may overlap: their sum is more than there are, and one of them
/// less, so the sum only ever rules it out, and the largest only ever rules it in.
fn many(life: &Life, known: &Particulars) -> Presence {
    if let Some(told) = known.subjects {
        return if told > PERSONS { Presence::Yes } else { Presence::No };
    }
    let bundles = life.bundles_in(known);
    let told: Vec<Option<u64>> = bundles.iter().map(|bundle| bundle.subjects).collect();
    if told.iter().flatten().any(|persons| *persons > PERSONS) {
        return Presence::Yes;
    }
    let pieces = life.pieces_of(known);
    let only_bundles = !bundles.is_empty()
        && pieces.iter().all(|piece| !piece.bundles.is_empty())
        && known.plaintext.is_empty()
        && known.unlisted.is_empty()
        && known.documents.is_empty();
    let sum: Option<u64> = told.into_iter().sum();
    match sum {
        Some(persons) if only_bundles && persons <= PERSONS => Presence::No,
        _ => Presence::Unknown,
    }
}
