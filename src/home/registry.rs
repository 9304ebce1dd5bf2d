//! The cases this user trusts, and the last head each of them showed here.
//!
//! Attack: a case folder planted where a clerk works, so that entries go to a stranger's ledger and the stranger's rules
//! hold. A case is used only when it was made or trusted on this computer. And a ledger replaced by an older copy of itself
//! is consistent in itself; only memory outside of it tells.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Home;
use crate::erase::os;

/// A case this user trusts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Where it lies.
    pub folder: PathBuf,
    /// The origin of its ledger.
    pub origin: String,
    /// Fingerprint of the key in its first entry.
    pub key: String,
    /// The last head seen here.
    #[serde(default)]
    pub seen: Option<Seen>,
    /// The last document's number seen here.
    #[serde(default)]
    pub documents: u64,
}

/// A head, as remembered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Entries.
    pub size: u64,
    /// Root, base64.
    pub root: String,
}

impl Home {
    /// The cases this user trusts.
    #[must_use]
    pub fn cases(&self) -> Vec<Known> {
        let files = fs::read_dir(self.folder.join("cases")).into_iter().flatten().flatten();
        let mut known: Vec<Known> = files
            .filter(|file| file.path().extension().is_some_and(|e| e == "json"))
            .filter_map(|file| serde_json::from_slice(&fs::read(file.path()).ok()?).ok())
            .collect();
        known.sort_by(|a, b| a.folder.cmp(&b.folder));
        known
    }

    /// The trusted case at a place.
    #[must_use]
    pub fn case_at(&self, folder: &Path) -> Option<Known> {
        let folder = folder.canonicalize().ok()?;
        self.cases().into_iter().find(|known| known.folder == folder)
    }

    /// Trusts a case. One that was trusted at the same place before is forgotten.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn trust_case(&self, known: &Known) -> io::Result<()> {
        for old in self.cases() {
            if old.folder == known.folder && old.origin != known.origin {
                fs::remove_file(self.case_file(&old.origin))?;
            }
        }
        self.write_case(known, true)
    }

    /// Forgets a case.
    ///
    /// # Errors
    /// When the file stays.
    pub fn forget_case(&self, origin: &str) -> io::Result<()> {
        fs::remove_file(self.case_file(origin))
    }

    /// Remembers a head; a shorter one than is remembered changes nothing. Best effort: it strengthens a later check, and
    /// no command fails for it.
    pub fn saw_head(&self, origin: &str, seen: Seen) {
        let known = self.cases().into_iter().find(|known| known.origin == origin);
        if let Some(mut known) = known
            && known.seen.as_ref().is_none_or(|before| before.size < seen.size)
        {
            known.seen = Some(seen);
            let _ = self.write_case(&known, false);
        }
    }

    /// Remembers the number of a document, as best it can.
    pub fn saw_document(&self, origin: &str, number: u64) {
        let known = self.cases().into_iter().find(|known| known.origin == origin);
        if let Some(mut known) = known
            && known.documents < number
        {
            known.documents = number;
            let _ = self.write_case(&known, false);
        }
    }

    fn case_file(&self, origin: &str) -> PathBuf {
        let name: String = origin.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        self.folder.join("cases").join(format!("{name}.json"))
    }

    fn write_case(&self, known: &Known, durably: bool) -> io::Result<()> {
        let folder = self.private("cases")?;
        let text = serde_json::to_vec_pretty(known).map_err(io::Error::other)?;
        let mut draft = tempfile::NamedTempFile::new_in(&folder)?;
        draft.write_all(&text)?;
        if durably {
            draft.as_file().sync_all()?;
        }
        draft.persist(self.case_file(&known.origin)).map_err(|e| e.error)?;
        if durably { os::sync_dir(&folder) } else { Ok(()) }
    }
}
