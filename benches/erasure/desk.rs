//! Somebody with a case who erases.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::Fault;

const OURS: &str = env!("CARGO_BIN_EXE_tewatashi");

/// A folder with a case in it.
pub struct Desk {
    folder: TempDir,
}

impl Desk {
    /// With a case just made.
    pub fn new() -> Result<Self, Fault> {
        let desk = Self { folder: tempfile::tempdir()? };
        let contract = ["--contract-title", "測定", "--contract-number", "1", "--side", "区", "--city", "測定市"];
        let dates = ["--contractor", "測定社", "--from", "2026-04-01", "--to", "2027-03-31"];
        let mut command = desk.command();
        command.arg("init").args(contract).args(dates);
        let output = command.stdin(Stdio::null()).output()?;
        if !output.status.success() {
            return Err(format!("no case: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        Ok(desk)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(OURS);
        command.env("TEWATASHI_HOME", self.folder.path().join("home")).arg("--case").arg(self.case());
        command
    }

    fn case(&self) -> PathBuf {
        self.folder.path().join("case")
    }

    /// The command that erases, without papers.
    pub fn erase(&self, words: &[&str], path: &Path) -> Command {
        let mut command = self.command();
        command.args(["--json", "--quiet", "--yes", "erase", "--no-documents"]).args(words).arg(path);
        command
    }

    /// Erases and returns what was said.
    pub fn erased(&self, words: &[&str], path: &Path) -> Result<Value, Fault> {
        let output = self.erase(words, path).stdin(Stdio::null()).output()?;
        let said: Value = serde_json::from_slice(&output.stdout)?;
        if said.get("items").is_none() {
            return Err(format!("{said}").into());
        }
        Ok(said)
    }
}
