//! The erasing room: what touches media directly, and what must be gone afterwards.
//!
//! [`os`] holds every system call behind safe functions, and is the only place that knows which system it runs on.
//! [`readback`] answers one question for `pack` and for the erasure alike: do the bytes stand on the medium, or only in a
//! cache? [`freespace`] fills what is free, where earlier versions of files lie. [`scrap`] removes plaintext that a failed command left behind, which is less than a certified erasure and says so.
//!
//! This room knows no screen, no ledger and no clock. It returns plain records, and others print and keep them.

mod compare;
pub mod freespace;
pub mod guard;
mod names;
pub mod os;
pub mod outcome;
pub mod overwrite;
pub mod pattern;
pub mod plan;
pub mod promise;
pub mod readback;
pub mod scrap;
mod stale;
pub mod work;
