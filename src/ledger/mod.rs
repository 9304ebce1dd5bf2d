//! The ledger: entries nobody can change unseen.

pub mod entry;

pub use entry::{Claim, Clock, Entry, Kind, Operator, Outcome, Subject, SubjectType};
