//! 別の機会: a medium and the slip that opens it never go on the same occasion.
//!
//! Attack: one thief, one bag, one car. Who gets both at once needs nothing else. Whoever carries them does not matter; what
//! counts is the calendar day between the same two parties.

use chrono::{DateTime, Days, FixedOffset, NaiveDate};

use super::facts::What;
use super::fold::Life;
use super::piece::{Handed, Piece, State};
use crate::case::Side;

/// Why a piece must wait for the other one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TooClose {
    /// The medium has not gone yet.
    #[error("the medium has not been handed over")]
    MediumNotHanded {
        /// Which.
        medium: String,
    },
    /// The medium's hand-over has not been checked by a second person.
    #[error("the medium's hand-over does not count yet")]
    MediumNotChecked {
        /// Which.
        medium: String,
        /// The hand-over.
        entry: u64,
    },
    /// The medium's receipt is not recorded.
    #[error("the medium's receipt is not recorded")]
    NoReceipt {
        /// Which.
        medium: String,
        /// The hand-over.
        entry: u64,
    },
    /// The other part is lost, or with the wrong one: who has it needs only this one.
    #[error("{other} is lost or went to the wrong one")]
    OtherAtRisk {
        /// The other part.
        other: String,
        /// The entry that says so.
        entry: u64,
    },
    /// The other part went too short a time ago.
    #[error("{other} went on {on}")]
    SameOccasion {
        /// The other part.
        other: String,
        /// Its hand-over.
        entry: u64,
        /// The day of it.
        on: NaiveDate,
        /// The first day for this one.
        from: NaiveDate,
    },
}

impl TooClose {
    /// Its name in the ledger and for scripts.
    #[must_use]
    pub fn rule(&self) -> &'static str {
        match self {
            Self::MediumNotHanded { .. } => "medium_not_handed_over",
            Self::MediumNotChecked { .. } => "medium_not_checked",
            Self::NoReceipt { .. } => "medium_receipt_missing",
            Self::SameOccasion { .. } => "same_occasion",
            Self::OtherAtRisk { .. } => "other_part_at_risk",
        }
    }

    /// Whether a reason can set it aside. A slip without its medium opens nothing that is there, and a hand-over that does not
    /// count is finished first.
    #[must_use]
    pub fn can_be_overridden(&self) -> bool {
        matches!(self, Self::NoReceipt { .. } | Self::SameOccasion { .. })
    }
}

/// What is about to go.
#[derive(Debug, Clone, Copy)]
pub struct Going<'a> {
    /// The piece.
    pub piece: &'a Piece,
    /// Whose person takes it.
    pub party: Side,
    /// When.
    pub at: DateTime<FixedOffset>,
    /// The days that must lie between.
    pub gap: u32,
}

/// Why a piece may not go now, as far as the other part of each pair it belongs to is concerned: all reasons, so that setting
/// one aside does not let another through unseen.
#[must_use]
pub fn apart(life: &Life, going: Going) -> Vec<TooClose> {
    let mut found = Vec::new();
    for bundle in life.bundles_of(going.piece) {
        let other = match going.piece.what {
            What::Media => bundle.slip.as_deref().and_then(|slip| life.piece(What::Slip, slip)),
            What::Slip => life.piece(What::Media, &bundle.medium),
        };
        if let Some(at_risk) = other.and_then(at_risk) {
            found.push(at_risk);
            continue;
        }
        if going.piece.what == What::Slip {
            found.extend(medium_is_there(&bundle.medium, other, going));
        }
        if let Some(other) = other {
            let times = other.handed().into_iter().chain(&other.handovers);
            found.extend(times.filter_map(|handed| same_occasion(&other.id, handed, going)));
        }
    }
    found
}

/// Attack: the medium is with the wrong firm, or a finder has it, and the slip goes out all the same.
fn at_risk(other: &Piece) -> Option<TooClose> {
    let entry = match (&other.state, other.recalled) {
        (State::Lost(seen), _) => seen.entry,
        (_, Some(entry)) => entry,
        _ => return None,
    };
    Some(TooClose::OtherAtRisk { other: other.name_of().to_owned(), entry })
}

fn medium_is_there(medium: &str, piece: Option<&Piece>, going: Going) -> Option<TooClose> {
    let medium = medium.to_owned();
    let Some(handed) = piece.and_then(Piece::handed).filter(|handed| handed.party == going.party) else {
        return Some(TooClose::MediumNotHanded { medium });
    };
    let entry = handed.seen.entry;
    // Attack: a stated time at which the medium was still here, or its receipt not there.
    if going.at < handed.seen.at {
        return Some(TooClose::MediumNotHanded { medium });
    }
    match (handed.counts, handed.receipt) {
        (false, _) => Some(TooClose::MediumNotChecked { medium, entry }),
        (true, Some(receipt)) if receipt.at <= going.at => None,
        (true, _) => Some(TooClose::NoReceipt { medium, entry }),
    }
}

fn same_occasion(other: &str, handed: &Handed, going: Going) -> Option<TooClose> {
    if handed.party != going.party {
        return None;
    }
    // Attack: a computer set to another zone for one of the two. They must be days apart by either clock.
    // And by that of Japan, for both may have been set alike.
    let japan = FixedOffset::east_opt(9 * 3600).unwrap_or(*going.at.offset());
    let offsets = [*handed.seen.at.offset(), *going.at.offset(), japan];
    let from = offsets.iter().find_map(|offset| {
        let (on, day) =
            (handed.seen.at.with_timezone(offset).date_naive(), going.at.with_timezone(offset).date_naive());
        let from = on.min(day).checked_add_days(Days::new(going.gap.into()))?;
        (on.max(day) < from).then_some(from)
    })?;
    let on = handed.seen.at.date_naive();
    Some(TooClose::SameOccasion { other: other.to_owned(), entry: handed.seen.entry, on, from })
}
