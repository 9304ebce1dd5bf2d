//! Paper: a form and a record become a page an office files.
//!
//! A form is a typst template; a record is JSON. Nothing else reaches the page: no file, no network, no clock. So the same
//! record gives the same bytes, on any computer that has the same fonts.

pub mod fields;
pub mod fonts;
pub mod form;
pub mod press;
pub mod qr;
pub mod record;
pub mod render;
mod world;

pub use fonts::Fonts;
pub use form::Form;
pub use press::{Job, Press, Secret};
pub use record::{Mark, Record};
pub use render::{Attached, Fault, Page, PaperError, Sheet, render};
