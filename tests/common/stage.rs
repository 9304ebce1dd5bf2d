//! A case that goes back to where it was: what a command does is looked at, and undone for the next one.

#![allow(dead_code)] // each test file uses a part

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::days::Side;
use crate::desk::tool;

/// A desk and its case as they were at a moment.
pub struct Kept {
    folder: TempDir,
}

impl Kept {
    /// As they are now.
    pub fn of(side: &Side) -> Self {
        let kept = Self { folder: tempfile::tempdir().unwrap() };
        for (name, place) in Self::parts(side) {
            copied(&place, &kept.folder.path().join(name));
        }
        kept
    }

    /// Puts them back: the same folders, the same memory of the ledger's head, so that nothing is there that never was.
    pub fn back(&self, side: &Side) {
        for (name, place) in Self::parts(side) {
            fs::remove_dir_all(&place).unwrap();
            copied(&self.folder.path().join(name), &place);
        }
    }

    fn parts(side: &Side) -> [(&'static str, PathBuf); 3] {
        let desk = |name| side.office.desk.path(name);
        [("case", side.office.folder()), ("home", desk("home")), ("medium", desk("medium"))]
    }
}

fn copied(from: &Path, to: &Path) {
    tool("cp", [OsStr::new("-a"), from.as_ref(), to.as_ref()]);
}
