//! An office: a desk with a case, its ledger, and the words of the program in both languages.

#![allow(dead_code)] // each test file uses a part

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::desk::{Desk, Run};

/// A desk with a case, in the folder 案件 unless it lies elsewhere.
pub struct Office {
    pub desk: Desk,
    place: PathBuf,
}

/// What the tests' contract is.
pub const CONTRACT: &str = "--side 区 --city 見本市 --contractor 見本印刷 --contract-number 第8-123号 \
    --contract-title 通知書作成業務 --from 2026-04-01 --to 2027-03-31";

impl Office {
    /// With a case just made.
    pub fn new() -> Self {
        Self::of(CONTRACT)
    }

    /// With a case made from these flags.
    pub fn of(flags: &str) -> Self {
        let desk = Desk::new();
        let place = desk.path("案件");
        let office = Self { desk, place };
        office.init(flags).ok();
        office
    }

    /// With a case that is to lie somewhere else, not made yet.
    pub fn to_be_at(place: PathBuf) -> Self {
        Self { desk: Desk::new(), place }
    }

    /// Makes the case.
    pub fn init(&self, flags: &str) -> Run {
        self.run(&format!("init {flags}"))
    }

    /// With a case whose ledger has this many entries.
    pub fn with_entries(entries: u64) -> Self {
        let office = Self::new();
        (1..entries).for_each(|n| office.hold(n));
        assert_eq!(office.entries().len() as u64, entries);
        office
    }

    /// The case's folder.
    pub fn folder(&self) -> PathBuf {
        self.place.clone()
    }

    /// The case's ledger.
    pub fn ledger(&self) -> PathBuf {
        self.folder().join("ledger.db")
    }

    /// The case's settings.
    pub fn settings(&self) -> PathBuf {
        self.folder().join("tewatashi.toml")
    }

    /// The case's key.
    pub fn key(&self) -> PathBuf {
        self.folder().join("keys/ledger_ed25519")
    }

    /// Changes the settings as a person with an editor does; what is replaced must be there.
    #[track_caller]
    pub fn edit(&self, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.settings()).unwrap();
        assert!(text.contains(from), "{from} is not in {text}");
        std::fs::write(self.settings(), text.replacen(from, to, 1)).unwrap();
    }

    /// The program about this case, its arguments written with spaces between.
    pub fn command(&self, words: &str) -> Command {
        let mut command = self.desk.command(split(words));
        command.arg("--case").arg(&self.place);
        command
    }

    /// Runs it.
    pub fn run(&self, words: &str) -> Run {
        Run::of(&mut self.command(words))
    }

    /// Runs it as somebody on a computer that never saw this case.
    pub fn elsewhere(&self, words: &str) -> Run {
        let mut command = self.command(words);
        command.env("TEWATASHI_HOME", self.desk.path("elsewhere"));
        Run::of(&mut command)
    }

    /// Runs it with `--json`; it must succeed.
    #[track_caller]
    pub fn json(&self, words: &str) -> Value {
        self.run(&format!("--json {words}")).ok().json()
    }

    /// Appends an entry the quick way.
    #[track_caller]
    pub fn hold(&self, number: u64) {
        self.run(&format!("case hold --reason 理由{number}")).ok();
    }

    /// All entries.
    pub fn entries(&self) -> Vec<Value> {
        let listed = self.json("ledger list --all");
        listed["entries"].as_array().unwrap().iter().map(|line| line["entry"].clone()).collect()
    }

    /// The entry of this kind that came last.
    #[track_caller]
    pub fn last_of(&self, kind: &str) -> Value {
        let mut found = self.entries().into_iter().rev();
        found.find(|entry| entry["kind"] == kind).unwrap_or_else(|| panic!("no entry {kind}"))
    }

    /// The last entry.
    pub fn last(&self) -> Value {
        self.entries().pop().unwrap()
    }

    /// The code that stands on paper.
    pub fn code(&self) -> String {
        self.json("ledger list")["head"].as_str().unwrap().to_owned()
    }

    /// The ledger verifies in every respect.
    #[track_caller]
    pub fn is_whole(&self) {
        let verdict = self.json("ledger verify --full");
        assert_eq!((&verdict["result"], &verdict["findings"]), (&"ok".into(), &Value::Array(vec![])), "{verdict}");
    }

    /// Verifying finds exactly this, and says so in Japanese.
    #[track_caller]
    pub fn finds(&self, how: &str, findings: &Value, sentences: &[&str]) {
        let told = self.run(&format!("--json --lang ja ledger verify {how}")).fails(12);
        let verdict = told.json();
        assert_eq!((&verdict["result"], &verdict["findings"]), (&"broken".into(), findings), "{told:?}");
        assert_eq!(findings.as_array().unwrap().len(), sentences.len());
        for sentence in sentences {
            assert!(told.err.contains(sentence), "{sentence}: {}", told.err);
        }
        assert!(told.err.contains("監査責任者に報告"), "{told:?}");
    }
}

/// Arguments that hold no spaces, written as one would type them.
pub fn split(words: &str) -> Vec<&str> {
    words.split(' ').filter(|word| !word.is_empty()).collect()
}
