//! The life of things: media, password slips, copies, machines, approvals. What stands where, told from the ledger's entries,
//! and which step may come next.
//!
//! Pure, as `case` is: no store, no screen, and no clock but the day a caller gives. Every command about a thing asks here
//! before it writes; `status` and `reconcile` ask the same fold what is still open. So the rule that refuses a step and the
//! list that asks for it cannot drift apart.
//!
//! ```text
//!  entries ──► fold ──► Life { pieces, bundles, machines, places, approvals, incidents }
//!                        │        │
//!                        │        ├──► piece: Step × State ──► may it come next?   Misstep
//!                        │        ├──► occasion: medium and slip apart?            TooClose
//!                        │        └──► approval: in force for this?                NoApproval
//!                        └──► open: what waits for whom, what is overdue
//! ```
//!
//! The facts of these entries are declared once, for writing and reading ([`facts`]).

pub mod approval;
pub mod bundle;
pub mod facts;
pub mod fold;
pub mod incident;
pub mod machine;
pub mod occasion;
pub mod open;
pub mod piece;
#[cfg(test)]
mod tests;

pub use approval::{Decision, InForce, NoApproval};
pub use bundle::{Bundle, Copied, Search};
pub use fold::{Destruction, KINDS, Life, Watched};
pub use incident::Opened;
pub use machine::{Machine, Store};
pub use occasion::TooClose;
pub use open::{Open, Waits};
pub use piece::{Misstep, Piece, State, Step};
