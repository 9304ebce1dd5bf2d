//! The user's data folder: the signing key of a desk that has no case yet, and notes on unfinished work.
//!
//! A note is written before any plaintext is, and stays when the program is killed. Whoever starts the program next
//! learns of it: never plaintext nobody knows about.

mod registry;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use registry::{Known, Seen};

use crate::erase::os::{self, LockedFile};

/// What an unfinished work folder holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkKind {
    /// Ciphertext of a pack that did not finish.
    Sealed,
    /// Plaintext of an open that did not finish.
    Plaintext,
    /// What filled the free space: noise and zeros, and a disk without room until it is gone.
    Fill,
}

impl WorkKind {
    /// How the hidden work folder's name begins.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Sealed => ".tewatashi-pack-",
            Self::Plaintext => ".tewatashi-open-",
            Self::Fill => ".tewatashi-fill-",
        }
    }

    /// The kind that a work folder's name tells.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        [Self::Sealed, Self::Plaintext, Self::Fill].into_iter().find(|kind| name.starts_with(kind.prefix()))
    }
}

#[derive(Serialize, Deserialize)]
struct NoteText {
    kind: WorkKind,
    path: PathBuf,
    /// The folder it lies in: tells an erased work folder from a medium that was taken out or changed for another.
    beside: Identity,
}

/// File system and number of a folder. Every stick's first folder may have the same number, so that alone says little.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Identity {
    file_system: u64,
    number: u64,
}

impl Identity {
    fn of(folder: &Path) -> io::Result<Self> {
        Ok(Self { file_system: os::stamp::file_system(folder), number: os::stamp::number(folder)? })
    }

    /// Whether `folder` is there and is the one that was noted.
    fn is_at(self, folder: Option<&Path>) -> bool {
        folder.is_some_and(|folder| Self::of(folder).is_ok_and(|now| now == self))
    }
}

/// Work that another run left unfinished.
#[derive(Debug)]
pub struct Leftover {
    /// What it holds.
    pub kind: WorkKind,
    /// The work folder.
    pub path: PathBuf,
    /// Whether it can be reached now; a medium that was taken out still holds it.
    pub reachable: bool,
    note: Option<(PathBuf, LockedFile)>,
}

impl Leftover {
    /// A work folder found by its name, without a note of ours.
    #[must_use]
    pub fn found(kind: WorkKind, path: PathBuf) -> Self {
        Self { kind, path, reachable: true, note: None }
    }

    /// Whether this user's own notes name it; else another user may be at work there right now.
    #[must_use]
    pub fn is_noted(&self) -> bool {
        self.note.is_some()
    }

    /// Forgets the note, unless the folder is still there.
    pub fn forget(self) {
        if let Some((note, _lock)) = self.note
            && self.path.symlink_metadata().is_err()
        {
            // A note that stays names a folder that does not exist; the next run looks again.
            let _ = fs::remove_file(note);
        }
    }
}

/// Work in progress; as long as it lives, others see that someone is at it.
#[derive(Debug)]
pub struct Note {
    file: PathBuf,
    /// The hidden work folder.
    pub folder: PathBuf,
    beside: Identity,
    _lock: LockedFile,
}

impl Note {
    /// Forgets the work: something else stands where it was, and must not be taken for it.
    pub fn disown(self) {
        let _ = fs::remove_file(&self.file);
    }
}

impl Drop for Note {
    fn drop(&mut self) {
        // Gone from the place it was in; a medium that was pulled still has it.
        if self.folder.symlink_metadata().is_err() && self.beside.is_at(self.folder.parent()) {
            let _ = fs::remove_file(&self.file);
        }
    }
}

/// The data folder.
#[derive(Debug, Clone)]
pub struct Home {
    folder: PathBuf,
}

impl Home {
    /// The folder the environment names: `TEWATASHI_HOME`, else the system's place for a user's data.
    #[must_use]
    pub fn find() -> Option<Self> {
        let set = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
        let folder = set("TEWATASHI_HOME")
            .or_else(|| set("XDG_DATA_HOME").or_else(|| set("LOCALAPPDATA")).map(|d| d.join("tewatashi")))
            .or_else(|| set("HOME").map(|d| d.join(".local/share/tewatashi")))?;
        Some(Self { folder })
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the signing key is; makes its folder.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn signing_key(&self) -> io::Result<PathBuf> {
        Ok(self.private("keys")?.join("signing_ed25519"))
    }

    /// Notes that work of this kind begins in a hidden folder below `beside`.
    ///
    /// # Errors
    /// When the note cannot be written; then the work must not begin.
    pub fn note(&self, kind: WorkKind, beside: &Path) -> io::Result<Note> {
        let random = getrandom::u32().map_err(io::Error::other)?;
        let suffix = format!("{random:08x}");
        let parent = std::path::absolute(beside)?;
        let beside = Identity::of(&parent)?;
        let folder = parent.join(format!("{}{suffix}", kind.prefix()));
        let file = self.private("work")?.join(format!("{suffix}.json"));
        let lock = os::lock_file(&file)?.ok_or(io::ErrorKind::WouldBlock)?;
        let text = serde_json::to_vec(&NoteText { kind, path: folder.clone(), beside }).map_err(io::Error::other)?;
        let mut handle = lock.file();
        handle.write_all(&text)?;
        handle.sync_all()?;
        if let Some(parent) = file.parent() {
            os::sync_dir(parent)?;
        }
        Ok(Note { file, folder, beside, _lock: lock })
    }

    /// Work folders that a living process of this user is at.
    #[must_use]
    pub fn busy(&self) -> Vec<PathBuf> {
        let notes = fs::read_dir(self.folder.join("work")).into_iter().flatten().flatten();
        let held = |note: &PathBuf| os::lock_file(note).is_ok_and(|lock| lock.is_none());
        let folder = |note: PathBuf| Some(serde_json::from_slice::<NoteText>(&fs::read(note).ok()?).ok()?.path);
        notes.map(|entry| entry.path()).filter(held).filter_map(folder).collect()
    }

    /// Work that no living process is at any more. Notes on folders that are gone are removed.
    #[must_use]
    pub fn leftovers(&self) -> Vec<Leftover> {
        let notes = fs::read_dir(self.folder.join("work")).into_iter().flatten().flatten();
        let mut found: Vec<Leftover> = notes.filter_map(|entry| leftover(entry.path())).collect();
        found.sort_by(|a, b| a.path.cmp(&b.path));
        found
    }

    fn private(&self, name: &str) -> io::Result<PathBuf> {
        let folder = self.folder.join(name);
        if !folder.is_dir() {
            if let Some(parent) = self.folder.parent() {
                fs::create_dir_all(parent)?;
            }
            for dir in [&self.folder, &folder] {
                match os::make_private_dir(dir) {
                    Err(e) if e.kind() != io::ErrorKind::AlreadyExists => return Err(e),
                    _ => {}
                }
            }
        }
        Ok(folder)
    }
}

fn leftover(note: PathBuf) -> Option<Leftover> {
    // A note without text is being written this moment; one that is locked belongs to a living process.
    let text: NoteText = serde_json::from_slice(&fs::read(&note).ok()?).ok()?;
    let lock = os::lock_file(&note).ok().flatten()?;
    let reachable = text.path.symlink_metadata().is_ok();
    let same_place = text.beside.is_at(text.path.parent());
    // Gone for good, or nothing readable on a medium that is not here: nothing to remember.
    if !reachable && (same_place || text.kind != WorkKind::Plaintext) {
        let _ = fs::remove_file(&note);
        return None;
    }
    // Attack: a note planted to have some other folder erased. Only names this program gives are believed.
    let name = text.path.file_name()?.to_str()?;
    let ours = WorkKind::of_name(name) == Some(text.kind);
    ours.then_some(Leftover { kind: text.kind, path: text.path, reachable, note: Some((note, lock)) })
}

/// Work folders in `dir` that its names give away, noted or not.
#[must_use]
pub fn work_folders_in(dir: &Path) -> Vec<(WorkKind, PathBuf)> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_type().is_ok_and(|t| t.is_dir()))
        .filter_map(|entry| Some((WorkKind::of_name(entry.file_name().to_str()?)?, entry.path())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_outlives_its_process_only_while_the_folder_does() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home { folder: dir.path().join("home") };
        let note = home.note(WorkKind::Plaintext, dir.path()).unwrap();
        fs::create_dir(&note.folder).unwrap();
        assert!(home.leftovers().is_empty(), "a living process holds it");
        let folder = note.folder.clone();
        drop(note);
        let left = home.leftovers();
        assert_eq!(left.len(), 1);
        assert_eq!((left[0].kind, &left[0].path), (WorkKind::Plaintext, &folder));
        drop(left);
        fs::remove_dir(&folder).unwrap();
        assert!(home.leftovers().is_empty());
        assert_eq!(fs::read_dir(dir.path().join("home/work")).unwrap().count(), 0);
    }

    #[test]
    fn plaintext_on_a_medium_that_was_taken_out_is_not_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home { folder: dir.path().join("home") };
        let (stick, drawer) = (dir.path().join("stick"), dir.path().join("drawer"));
        fs::create_dir(&stick).unwrap();
        let note = home.note(WorkKind::Plaintext, &stick).unwrap();
        let name = note.folder.file_name().unwrap().to_owned();
        fs::create_dir(&note.folder).unwrap();
        drop(note);
        fs::rename(&stick, &drawer).unwrap();
        fs::create_dir(&stick).unwrap();
        assert!(!home.leftovers()[0].reachable);
        fs::remove_dir(&stick).unwrap();
        assert!(!home.leftovers()[0].reachable);
        fs::rename(&drawer, &stick).unwrap();
        assert!(home.leftovers()[0].reachable);
        fs::remove_dir(stick.join(name)).unwrap();
        assert!(home.leftovers().is_empty());
    }

    #[test]
    fn a_planted_note_erases_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home { folder: dir.path().join("home") };
        let precious = dir.path().join("precious");
        fs::create_dir(&precious).unwrap();
        let work = home.private("work").unwrap();
        let text =
            NoteText { kind: WorkKind::Plaintext, path: precious, beside: Identity { file_system: 0, number: 0 } };
        fs::write(work.join("00.json"), serde_json::to_vec(&text).unwrap()).unwrap();
        assert!(home.leftovers().is_empty());
    }
}
