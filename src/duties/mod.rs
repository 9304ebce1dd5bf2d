//! What a contract asks of people besides the moving of things: what was declared, who works for whom, who looked, and the
//! questions of the reports.
//!
//! Pure, as `case` and `life` are: entries in, judgements out, and no day but the one that is given.
//!
//! ```text
//!  entries ──► fold ──► Duties: declarations, firms, inspections ──► due: what is to be looked at, and when
//!                │
//!  roster, life ─┴──► known: what the ledger knows of a span ──► handling, compliance: what it answers, and what it contradicts
//!  answers.toml ────► answers
//! ```

pub mod answers;
pub mod compliance;
pub mod due;
pub mod facts;
pub mod fold;
pub mod handling;
pub mod known;

pub use answers::{Answer, Answers, Sheet};
pub use fold::{Duties, KINDS};
pub use known::Known;

/// An answer that the ledger contradicts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// Which question: its number on the form.
    pub question: usize,
    /// Why.
    pub why: Why,
    /// The entries that say otherwise; none where nothing was ever recorded.
    pub entries: Vec<u64>,
}

/// Why an answer cannot stand beside the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// 変更なし, and something changed since the declaration.
    Changed,
    /// No incident, and one is recorded.
    Incident,
    /// Nobody is named, and the roster names people; or the other way round.
    Roster,
    /// Training was held, and none is recorded for these people.
    Untrained,
    /// No training was held, and one is recorded.
    Trained,
    /// No subcontractor, and one is recorded.
    Subcontracted,
    /// The city agreed, and no decision is recorded.
    NotApproved,
    /// The city did not agree, and a decision is recorded.
    Approved,
    /// A subcontractor was supervised, and no look is recorded.
    NotSupervised,
    /// None was supervised, and a look is recorded.
    Supervised,
}
