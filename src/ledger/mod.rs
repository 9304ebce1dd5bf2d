//! The ledger: entries nobody can change unseen.
//!
//! An entry is canonical JSON and a leaf of a Merkle tree; the signed root of the tree pins every entry before it, and the
//! root's short code, printed on paper, pins it where nobody at this computer can reach.

pub mod checkpoint;
pub mod corrected;
mod derived;
pub mod documents;
pub mod entry;
pub mod error;
pub mod exchange;
pub mod export;
pub mod finding;
pub mod keys;
pub mod package;
pub mod records;
pub mod register;
mod schema;
pub mod store;
pub mod tree;
mod unmoved;
pub mod verify;
mod walk;

pub use checkpoint::{Head, ShortCode};
pub use entry::{Claim, Clock, Entry, Kind, Operator, Outcome, Subject, SubjectType};
pub use error::Error;
pub use finding::{Finding, Notice, Question, Verdict};
pub use store::{Appended, Checkpoint, Ledger};
