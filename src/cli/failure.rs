//! A failure as a person or a script meets it: what happened, to what, what to do next, and the exit code.

use serde_json::json;

use crate::t;
use crate::term::out::{err, out};

/// Exit codes; documented in README and docs/json.md.
pub mod code {
    /// Something failed.
    pub const FAILED: u8 = 1;
    /// The command line was wrong.
    pub const USAGE: u8 = 2;
    /// Done in part.
    pub const IN_PART: u8 = 3;
    /// A safety rule refused it.
    pub const REFUSED: u8 = 4;
    /// The secret does not open it.
    pub const PASSPHRASE: u8 = 10;
    /// Damaged or tampered with.
    pub const DAMAGED: u8 = 11;
    /// The ledger does not verify.
    pub const LEDGER: u8 = 12;
    /// Interrupted.
    pub const INTERRUPTED: u8 = 130;
}

/// A failure on its way to the screen.
#[derive(Debug)]
pub struct Failure {
    /// The exit code.
    pub code: u8,
    /// A stable name for scripts.
    pub kind: &'static str,
    /// What happened.
    pub message: String,
    /// More lines of what happened.
    pub details: Vec<String>,
    /// What to do next.
    pub hint: String,
    /// The file it is about.
    pub subject: Option<String>,
    /// The JSON document was already printed; only the words are left to say.
    pub reported: bool,
}

impl Failure {
    pub fn new(code: u8, kind: &'static str, message: String, hint: String) -> Self {
        Self { code, kind, message, hint, details: Vec::new(), subject: None, reported: false }
    }

    pub fn failed(kind: &'static str, message: String, hint: String) -> Self {
        Self::new(code::FAILED, kind, message, hint)
    }

    pub fn usage(kind: &'static str, message: String, hint: String) -> Self {
        Self::new(code::USAGE, kind, message, hint)
    }

    pub fn refused(kind: &'static str, message: String, hint: String) -> Self {
        Self::new(code::REFUSED, kind, message, hint)
    }

    pub fn about(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    pub fn with_details(mut self, details: Vec<String>) -> Self {
        self.details.extend(details);
        self
    }

    /// Prints it: words on standard error, and one JSON document on standard output when asked.
    pub fn print(&self, json: bool) {
        err(&format!("{}: {}", t!("label-error"), self.message));
        for line in &self.details {
            err(&format!("  {line}"));
        }
        err(&format!("{}: {}", t!("label-hint"), self.hint));
        if json && !self.reported {
            let Self { code, kind, message, hint, subject, details, .. } = self;
            let error = json!({ "code": code, "kind": kind, "message": message, "hint": hint, "subject": subject, "details": details });
            out(&json!({ "error": error }).to_string());
        }
    }
}
