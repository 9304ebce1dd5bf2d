//! The case: the contract, its people and its settings. What was agreed and who may act, told from the text of
//! `tewatashi.toml` and from the ledger's entries.
//!
//! Pure: no store, no screen, and no clock but the day a caller gives. So every judgement can be made again years later,
//! from the same entries and for the same day, and comes out the same.
//!
//! ```text
//!  tewatashi.toml ──► parse ──► Settings ──► to_value ──► the ledger's `init` and `settings` entries ──► changes
//!                      │ reader, mistake       │
//!  answers ──► template┘                       ├──► people: roles      ledger entries ──► Roster ──► judge
//!                                              └──► contract           ledger entries ──► Effective ──► retention_end
//! ```
//!
//! The facts of `staff_add`, `staff_train`, `staff_retire`, `staff_transfer` and `contract_amend` are declared here, once, for
//! writing and reading ([`people`], [`contract`]).

pub mod changes;
pub mod contract;
pub(crate) mod facts;
pub mod folder;
pub mod mistake;
mod parse;
pub mod people;
pub(crate) mod reader;
pub mod roster;
pub mod settings;
pub mod template;
pub mod words;

pub use changes::{Change, changes};
pub use contract::{AmendError, Amendment, Effective, retention_end};
pub use mistake::{Fault, Mistake, Shape};
pub use people::{Named, NewPerson, PeopleError, Retirement, TrainingSession, Transfer};
pub use roster::{Found, Person, Roster, Standing, Who};
pub use settings::Settings;
pub use template::{Answers, template, template_without_contract};
pub use words::{Approval, Copies, DataClass, ReturnWord, Side, Strictness, Training, Word};
