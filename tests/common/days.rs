//! A calendar that turns: the program run as if it were another day, under Debian's `faketime`, so that steps which must lie
//! days apart are played through with nothing stated that was not so.

#![allow(dead_code)] // each test file uses a part

use std::cell::Cell;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use chrono::{Duration, NaiveDateTime};
use serde_json::Value;
use tempfile::TempDir;

use crate::desk::Run;
use crate::office::{Office, split};

/// The one clock of all offices of a test.
pub struct Days {
    now: Cell<NaiveDateTime>,
}

impl Days {
    /// Begins at a time like `2026-04-01 09:00`.
    pub fn from(time: &str) -> Self {
        Self { now: Cell::new(moment(time)) }
    }

    /// It is now this time.
    #[track_caller]
    pub fn at(&self, time: &str) {
        let time = moment(time);
        assert!(time > self.now.get(), "a clock does not go back");
        self.now.set(time);
    }

    /// The program about a case, a minute later than whatever ran before.
    pub fn command(&self, office: &Office, words: &str) -> Command {
        self.now.set(self.now.get() + Duration::minutes(1));
        let mut command = Command::new(env!("CARGO_BIN_EXE_tewatashi"));
        command.args(split(words)).arg("--case").arg(office.folder());
        office.desk.settle(&mut command);
        // Not by the command `faketime`: it makes a semaphore named by its process number, and refuses to run when one of
        // that name was left behind by a test that was killed.
        command.env("LD_PRELOAD", library()).env("FAKETIME", self.now.get().format("@%Y-%m-%d %H:%M:%S").to_string());
        // The times of files stay as they are, and how long something takes is measured.
        command.env("NO_FAKE_STAT", "1").env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        command
    }

    /// Runs it.
    pub fn run(&self, office: &Office, words: &str) -> Run {
        Run::of(&mut self.command(office, words))
    }

    /// Runs it with `--json`; it must succeed.
    #[track_caller]
    pub fn json(&self, office: &Office, words: &str) -> Value {
        self.run(office, &format!("--json {words}")).ok().json()
    }

    /// Runs it; it must be refused with this code, under this name.
    #[track_caller]
    pub fn refused(&self, office: &Office, words: &str, code: i32, kind: &str) -> Run {
        let run = self.run(office, &format!("--json --lang ja {words}"));
        assert_eq!((run.code, run.kind().as_str()), (code, kind), "{words}: {run:?}");
        run
    }

    /// All entries of a ledger.
    pub fn entries(&self, office: &Office) -> Vec<Value> {
        let listed = self.json(office, "ledger list --all");
        listed["entries"].as_array().unwrap().iter().map(|line| line["entry"].clone()).collect()
    }

    /// The entry of this kind that came last.
    #[track_caller]
    pub fn last_of(&self, office: &Office, kind: &str) -> Value {
        let mut found = self.entries(office).into_iter().rev();
        found.find(|entry| entry["kind"] == kind).unwrap_or_else(|| panic!("no entry {kind}"))
    }
}

/// What turns the calendar for the one program it is loaded into.
fn library() -> PathBuf {
    let folders = fs::read_dir("/usr/lib").unwrap().map(|folder| folder.unwrap().path());
    let mut found = folders.map(|folder| folder.join("faketime/libfaketime.so.1")).filter(|path| path.exists());
    found.next().expect("Debian's `faketime` is not installed")
}

fn moment(time: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(time, "%Y-%m-%d %H:%M").unwrap_or_else(|e| panic!("{time}: {e}"))
}

/// An office whose case was made on a day of this calendar.
pub struct Side {
    pub office: Office,
    _folder: TempDir,
}

impl Side {
    pub fn new(days: &Days, flags: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let office = Office::to_be_at(folder.path().join("案件"));
        days.run(&office, &format!("init {flags}")).ok();
        Self { office, _folder: folder }
    }
}

/// The pages of a case, in the order of their numbers.
pub fn pages(office: &Office) -> Vec<PathBuf> {
    let files = fs::read_dir(office.folder().join("records")).unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|end| end == "pdf")).collect();
    pages.sort();
    pages
}
