//! A printer: whether it prints now, and the page on its way there.
//!
//! This is the one place of the room that asks which system it runs on: CUPS takes the page as it is, through `lp`; Windows
//! takes dots.

#[cfg(not(windows))]
mod cups;
#[cfg(any(windows, test))]
mod drawn;
#[cfg(windows)]
mod windows;

#[cfg(not(windows))]
use cups as system;
#[cfg(windows)]
use windows as system;

use std::path::Path;

use crate::cli::failure::Failure;
use crate::cli::papers::{Given, Outlet};
use crate::t;
use crate::term::show;

pub use system::{notice, ready};

/// A printer. Nothing of ours writes the page down, though the spooler does.
pub struct Printer<'a> {
    name: &'a str,
    /// Whether it has taken the page.
    took: bool,
}

impl<'a> Printer<'a> {
    pub fn named(name: &'a str) -> Self {
        Self { name, took: false }
    }
}

impl Outlet for Printer<'_> {
    fn give(&mut self, number: &str, pdf: &[u8]) -> Result<Given, Failure> {
        let job = system::send(self.name, number, pdf)?;
        self.took = true;
        Ok(Given::Printed(job))
    }

    /// A sheet that came out cannot be called back; its number will be another document's.
    fn take_back(&mut self, _: Option<&Path>, mut failure: Failure) -> Failure {
        if self.took {
            failure.details.push(t!("printed-for-nothing", printer = show::name(self.name)));
        }
        failure
    }
}

// ---- What both systems fail with; where to look is advice of their own

fn unknown(name: &str, hint: String) -> Failure {
    let shown = show::name(name);
    Failure::failed("no_printer", t!("err-no-printer", name = shown.clone()), hint).about(shown)
}

fn no_default(hint: String) -> Failure {
    Failure::failed("no_default_printer", t!("err-no-default-printer"), hint)
}

fn rejects(name: &str, reason: String) -> Failure {
    let shown = show::name(name);
    let message = t!("err-printer-rejects", name = shown.clone(), reason = reason);
    Failure::failed("printer_rejects", message, t!("hint-printer-stopped")).about(shown)
}

fn stopped(name: &str, reason: String) -> Failure {
    let shown = show::name(name);
    let message = t!("err-printer-stopped", name = shown.clone(), reason = reason);
    Failure::failed("printer_stopped", message, t!("hint-printer-stopped")).about(shown)
}

fn not_printed(reason: String, hint: String) -> Failure {
    Failure::failed("not_printed", t!("err-not-printed", reason = reason), hint)
}
