//! What every command has at hand, and the one place that prints results and failures.

use std::path::PathBuf;
use std::process::ExitCode;

use serde::Serialize;

use super::args::Global;
use super::failure::Failure;
use crate::home::Home;
use crate::t;
use crate::term::out::{err, json, out};
use crate::term::progress::Screen;
use crate::term::prompt;

/// The run.
pub struct Context {
    /// One JSON document on standard output, everything human on standard error.
    pub json: bool,
    /// Answer yes.
    pub yes: bool,
    /// Say less.
    pub quiet: bool,
    /// The case that was named.
    pub case: Option<PathBuf>,
    /// The person who was named.
    pub operator: Option<String>,
    /// Where the passphrase of the case's key is.
    pub key_passphrase_file: Option<PathBuf>,
    /// Progress.
    pub screen: Screen,
    interactive: bool,
    home: Option<Home>,
}

impl Context {
    pub fn new(global: &Global) -> Self {
        let Global { json, yes, quiet, lang: _, case, operator, key_passphrase_file } = global.clone();
        Self {
            json,
            yes,
            quiet,
            case,
            operator,
            key_passphrase_file,
            screen: Screen::new(quiet),
            interactive: prompt::is_terminal(),
            home: Home::find(),
        }
    }

    /// The data folder.
    pub fn home(&self) -> Result<&Home, Failure> {
        self.home.as_ref().ok_or_else(|| Failure::failed("no_home", t!("err-no-home"), t!("hint-no-home")))
    }

    /// Whether questions can be asked.
    pub fn may_ask(&self) -> bool {
        self.interactive
    }

    /// A line for a person: standard output, or standard error beside JSON.
    pub fn say(&self, line: &str) {
        if self.json {
            if !self.quiet {
                err(line);
            }
        } else {
            out(line);
        }
    }

    /// A line that may be left out.
    pub fn chat(&self, line: &str) {
        if !self.quiet {
            self.say(line);
        }
    }

    /// A line on standard error that may be left out: what stands around the result.
    pub fn note(&self, line: &str) {
        if !self.quiet {
            self.screen.clear();
            err(line);
        }
    }

    /// A warning; never left out.
    pub fn warn(&self, line: &str) {
        self.screen.clear();
        err(&format!("{}: {line}", t!("label-warning")));
    }

    /// The result for scripts.
    pub fn result(&self, value: &impl Serialize) {
        if self.json {
            json(value);
        }
    }

    /// Tells a failure in both shapes; returns its exit code.
    pub fn fail(&self, failure: &Failure) -> ExitCode {
        self.screen.clear();
        failure.print(self.json);
        ExitCode::from(failure.code)
    }
}
