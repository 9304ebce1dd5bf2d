//! Paper: a form and a record become a page an office files.
//!
//! A form is a typst template; a record is JSON. Nothing else reaches the page: no file, no network, no clock. So the same
//! record gives the same bytes, on any computer that has the same fonts.

pub mod attached;
pub mod fields;
pub mod folder;
pub mod fonts;
pub mod form;
mod glyphs;
mod marked;
pub mod picture;
pub mod press;
pub mod qr;
pub mod record;
pub mod render;
pub mod sample;
pub mod template;
mod world;

pub use attached::{Attached, AttachedFault, attached};
pub use folder::Refusal;
pub use fonts::Fonts;
pub use form::Form;
pub use picture::{Picture, PictureFault};
pub use press::{Job, Press, Secret};
pub use record::{Mark, Record};
pub use render::{Fault, Page, PaperError};
pub use sample::{sample, sample_secret};
pub use template::{Origin, Template};
