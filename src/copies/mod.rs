//! Copies of what bundles hold, looked for in folders and drives.
//!
//! The walk reads and changes nothing. It opens a file only when its size is that of a wanted one, or when it is a record of a
//! recycle bin, and knows a content by the keyed fingerprint of its SHA-256. What office programs and desktops leave beside a
//! file is known by its name alone, and told so. Pure work: no screen, no ledger, no clock.
//!
//! - `wanted`: what is looked for; `names`, `bin`: what leftovers are called, and what recycle bins say;
//! - `walk`: folders and files, spread over all cores; `content`: one file read; `report`: what came of it.

mod bin;
mod content;
mod names;
mod report;
mod walk;
mod wanted;

pub use names::Leftover;
pub use report::{Found, LeftOut, Report, Unread, Why, WhyNot};
pub use walk::{Error, Start, look};
pub use wanted::{Sought, Wanted};
