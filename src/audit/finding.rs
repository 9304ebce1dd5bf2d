//! What an audit finds, as values: words are made of them elsewhere.

use chrono::NaiveDate;
use serde::Serialize;

use super::check::Check;
use crate::calendar::Span;
use crate::case::{Approval, Training};
use crate::life::open::Waits;

/// What was looked at, and what was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Audit {
    /// The days it is about.
    pub span: Span,
    /// Every check, also those that found nothing.
    pub checked: Vec<Checked>,
    /// What should not be, in the order of the checks.
    pub findings: Vec<Finding>,
    /// What is good to know, and no finding.
    pub notes: Vec<Note>,
}

/// A check that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// Which.
    pub check: Check,
    /// How many entries or things it looked at.
    pub looked: u64,
    /// How many findings.
    pub found: u64,
}

/// Something that should not be.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// The check that found it.
    pub check: Check,
    /// What it is.
    #[serde(flatten)]
    pub fault: Fault,
    /// The entries that show it, in order. Of entries that are missing their numbers.
    pub entries: Vec<u64>,
    /// The day of it; of what is open, the day since which it is.
    pub day: Option<NaiveDate>,
    /// The things it is about.
    pub things: Vec<String>,
}

/// How a medium and its slip came together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// Both were handed to the same party.
    Handed,
    /// Both came from the other side.
    Received,
    /// Both were taken out at once.
    TakenOut,
}

/// Why there was no decision to act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoDecision {
    /// None was recorded before the work.
    None,
    /// The one it names was not recorded before the work.
    Unknown,
    /// It was revoked before, its term was over, or it was for other things.
    NotInForce,
    /// It was made after the work.
    Later,
}

/// What should not be.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Fault {
    /// Numbers of entries that are not there.
    EntriesMissing {
        /// The first.
        from: u64,
        /// The last.
        to: u64,
    },
    /// A document whose number is not the one that follows.
    DocumentNumber {
        /// What it says.
        says: String,
        /// What it should end with.
        expected: u64,
    },
    /// Something that waits for its end.
    Open {
        /// For what it waits.
        waits: Waits,
        /// Its last day.
        due: Option<NaiveDate>,
        /// Who has it.
        holder: Option<String>,
    },
    /// It came back, but late.
    Late {
        /// Its last day.
        due: NaiveDate,
        /// The day it came.
        on: NaiveDate,
    },
    /// Medium and slip on one day.
    SameDay {
        /// How.
        how: How,
        /// The reason with which the rule was set aside.
        reason: Option<String>,
    },
    /// Work without a decision.
    NoApproval {
        /// For what one was asked.
        purpose: Approval,
        /// The number it names.
        number: Option<String>,
        /// Why it is none.
        why: NoDecision,
    },
    /// Who decided did the work.
    SelfApproved {
        /// Who.
        by: String,
        /// The decision.
        number: String,
    },
    /// Two counts of one thing.
    CountsDiffer {
        /// Of what: `records`, `subjects`, or `things` that came back.
        of: &'static str,
        /// The count that was told.
        told: Option<u64>,
        /// The count that was found.
        counted: Option<u64>,
        /// What was said of it.
        said: Option<String>,
    },
    /// Data handled without the training that was asked for then.
    Untrained {
        /// Who.
        by: String,
        /// What was asked for.
        rule: Training,
    },
    /// Work by somebody who was not on the roster.
    Unlisted {
        /// Who.
        by: String,
        /// Whether they had left.
        left: bool,
    },
    /// A second look by the same user of the system.
    SameOsUser {
        /// The user.
        os_user: String,
    },
    /// Refused by a rule.
    Refused {
        /// Who.
        by: String,
        /// The kind of the refusal, as in `error`.
        kind: String,
    },
    /// Wrong secrets in a row.
    WrongPassphrase {
        /// Who, each once.
        by: Vec<String>,
    },
    /// A rule set aside.
    Overridden {
        /// Which.
        rule: String,
        /// Why.
        reason: String,
    },
    /// A rule made weaker.
    Loosened {
        /// The key of the setting.
        key: String,
        /// What it said.
        old: String,
        /// What it says.
        new: String,
        /// The entry that put it back.
        put_back: Option<u64>,
    },
    /// The time of an entry lies before that of the one before it.
    ClockBack {
        /// By how much.
        seconds: i64,
    },
    /// The time of an entry lies ahead of the day of the audit.
    ClockAhead,
    /// Written down long after it was.
    RecordedLate {
        /// The day it states.
        stated: NaiveDate,
    },
    /// The contract was made longer once it was over.
    AmendedLate {
        /// Its end until then.
        end: NaiveDate,
    },
    /// Data touched when the office was closed.
    OffHours {
        /// Who.
        by: String,
        /// The first time of that day, on that computer's clock.
        at: String,
    },
    /// Work that began and has no end.
    Unfinished {
        /// The kind of the entry.
        kind: String,
        /// Who.
        by: String,
    },
    /// An entry that was struck, or has other values now.
    Corrected {
        /// Which.
        corrects: u64,
        /// Whether nothing stands instead.
        struck: bool,
        /// Why.
        reason: String,
    },
    /// The signing key was replaced without the word of the old one.
    KeyLost {
        /// Why.
        reason: String,
    },
    /// The case was brought back from a copy.
    Restored {
        /// Entries that are lost, where that is known.
        lost: Option<(u64, u64)>,
        /// Numbers of documents that are lost.
        documents: u64,
    },
    /// The file of a slip that nobody erased.
    SlipFile {
        /// The slip.
        number: String,
    },
    /// An entry that does not say what one of its kind says.
    Unreadable {
        /// The kind.
        kind: String,
    },
}

/// What is good to know, and no finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// What.
    pub note: Noted,
    /// The entries.
    pub entries: Vec<u64>,
}

/// What is noted without blame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Noted {
    /// Open, and its day has not come.
    NotDue,
    /// Documents taken out of force: their numbers stay.
    Voided,
    /// Corrections of texts on which no check rests.
    CorrectedText,
    /// The signing key was replaced by word of the old one.
    KeyReplaced,
    /// Incidents that somebody declared settled.
    IncidentClosed,
    /// Files of slips of which nobody knows who took them away.
    SlipGone,
}
