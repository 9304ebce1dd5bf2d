//! The audit: what a ledger shows that should not be.
//!
//! Pure, as `case` and `life` are: no store, no screen, and no clock but the day a caller gives. So the same entries give the same
//! findings, whoever asks and whenever.
//!
//! ```text
//!  entries, one by one ──► Auditor ──► Regime    the settings that were in force then
//!  (as written, and as             ├─► numbers   numbers, time, documents
//!   corrections leave them)        ├─► people    who acted, and whether they might
//!                                  ├─► decisions work that asked for one
//!                                  ├─► apart     medium and slip
//!                                  ├─► traces    refusals, secrets, rules set aside or loosened
//!                                  ├─► hours     when data was touched
//!                                  ├─► late      when the ledger heard of it
//!                                  └─► Life ──► ends: what is open when the span ends
//!                                  ──► Audit { checked, findings, notes }
//! ```
//!
//! One walk, in which nothing is looked up again: twice the entries take twice the time. What it keeps of an entry is what a finding
//! names.
//!
//! An audit reads the past by the rules of the past: what was asked for is what the settings of that day asked for. What happened is
//! taken from entries as they were written; a correction cannot take a finding away without being one itself ([`traces`]).

mod apart;
mod check;
mod decisions;
mod ends;
mod finding;
mod fold;
mod hours;
mod late;
mod numbers;
mod people;
mod regime;
mod seen;
#[cfg(test)]
mod tests;
mod traces;

pub use check::Check;
pub use finding::{Audit, Checked, Fault, Finding, How, NoDecision, Note, Noted};
pub use fold::{Asked, Auditor};
