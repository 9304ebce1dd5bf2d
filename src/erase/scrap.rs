//! Scrapping: plaintext of our own making that must go after a failure.
//!
//! This is **not** a certified erasure. It overwrites in place once, syncs, and removes; it does not read back, does not look
//! whether the file system really wrote in the same blocks (btrfs never does), and leaves names and journals alone. What it
//! promises is less: no readable plaintext stays where a user would find it, and whatever could not be removed is named.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::os::{self, Volume};

/// What a scrapping did.
#[derive(Debug, Default)]
pub struct Scrapped {
    /// Files overwritten and removed.
    pub files: u64,
    /// Bytes overwritten in them. Holes hold no data and do not count.
    pub bytes: u64,
    /// What is still there, and why.
    pub left: Vec<(PathBuf, io::Error)>,
}

/// Overwrites every file under `dir` with zeros, syncs, and removes the whole folder. A folder that does not exist is no fault.
///
/// A link is removed and never followed, and another file system mounted inside stays as it is. A file that cannot be
/// overwritten stays under its name and is listed, so that somebody knows of it. A hard link to one of the files from
/// elsewhere will show zeros: it is the same plaintext.
#[must_use = "what could not be removed is plaintext somebody must know of"]
pub fn scrap_folder(dir: &Path) -> Scrapped {
    let mut work = Work::new(dir);
    match os::volume(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => work.leave(dir, error),
        Ok(volume) => match dir.symlink_metadata() {
            Ok(facts) if facts.is_dir() => work.folder(dir, volume),
            Ok(_) => work.leave(dir, io::ErrorKind::NotADirectory.into()),
            Err(error) => work.leave(dir, error),
        },
    }
    work.done
}

/// As [`scrap_folder`], for one file. A link in its place is not ours, and is listed.
#[must_use = "what could not be removed is plaintext somebody must know of"]
pub fn scrap_file(path: &Path) -> Scrapped {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut work = Work::new(folder);
    match path.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => work.leave(path, error),
        Ok(_) => {
            work.file(path);
            work.settle();
        }
    }
    work.done
}

/// A batch is synced, cut and removed when it reaches either limit. One sync costs about as much for a thousand files as for
/// one; without a limit a crash would find everything overwritten and nothing of it on the medium yet.
const BATCH_FILES: usize = 4096;
const BATCH_BYTES: u64 = 256 << 20;

struct Work {
    /// Where to ask for a sync of the whole file system.
    root: PathBuf,
    /// Whether such a sync reaches every file.
    at_once: bool,
    /// Overwritten, not yet synced: each file with the bytes written over it.
    batch: Vec<(PathBuf, u64)>,
    /// Bytes in the batch.
    pending: u64,
    done: Scrapped,
}

impl Work {
    fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            at_once: os::place(root).is_ok_and(|place| place.syncs_as_a_whole()),
            batch: Vec::new(),
            pending: 0,
            done: Scrapped::default(),
        }
    }

    fn leave(&mut self, path: &Path, error: io::Error) {
        self.done.left.push((path.to_owned(), error));
    }

    /// Files first, then the emptied folders from the inside out.
    fn folder(&mut self, dir: &Path, volume: Volume) {
        let mut folders = vec![dir.to_owned()];
        let mut next = 0;
        while next < folders.len() {
            let found = self.entries(&folders[next], volume);
            folders.extend(found);
            next += 1;
        }
        self.settle();
        for folder in folders.iter().rev() {
            match std::fs::remove_dir(folder) {
                Ok(()) => {}
                // It holds what is listed already.
                Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty && self.has_left_under(folder) => {}
                Err(error) => self.leave(folder, error),
            }
        }
        // The names are gone from the medium too; if not, the files behind them are zeros already.
        if let Some(parent) = dir.parent() {
            let _ = os::sync_dir(parent);
        }
    }

    fn has_left_under(&self, folder: &Path) -> bool {
        self.done.left.iter().any(|(path, _)| path.starts_with(folder))
    }

    /// Deals with what lies in one folder and returns the folders found.
    fn entries(&mut self, folder: &Path, volume: Volume) -> Vec<PathBuf> {
        // An extracted folder may be read-only. Its owner may still change that.
        let listed = os::grant_owner(folder).and_then(|()| std::fs::read_dir(folder));
        // Taken down first, because removing entries under a running listing makes some file systems skip others.
        let listed = listed.and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let entries = match listed {
            Ok(entries) => entries,
            Err(error) => {
                self.leave(folder, error);
                return Vec::new();
            }
        };
        let mut folders = Vec::new();
        for entry in entries {
            let path = entry.path();
            match entry.file_type().and_then(|kind| Ok((kind, os::volume(&path)?))) {
                Err(error) => self.leave(&path, error),
                Ok((_, other)) if other != volume => {
                    self.leave(&path, io::ErrorKind::CrossesDevices.into());
                }
                Ok((kind, _)) if kind.is_dir() => folders.push(path),
                Ok((kind, _)) if kind.is_file() => self.file(&path),
                // Links, pipes and sockets hold no plaintext of ours.
                Ok(_) => {
                    if let Err(error) = std::fs::remove_file(&path) {
                        self.leave(&path, error);
                    }
                }
            }
        }
        folders
    }

    fn file(&mut self, path: &Path) {
        match open(path).and_then(|file| overwrite(&file)) {
            Ok(bytes) => {
                self.batch.push((path.to_owned(), bytes));
                self.pending += bytes;
            }
            Err(error) => self.leave(path, error),
        }
        if self.batch.len() >= BATCH_FILES || self.pending >= BATCH_BYTES {
            self.settle();
        }
    }

    /// Brings the zeros of the batch to the medium, and only then cuts and removes the files: a removed file whose zeros were
    /// still in memory would leave its plaintext on the medium without a name.
    fn settle(&mut self) {
        let batch = std::mem::take(&mut self.batch);
        self.pending = 0;
        if batch.is_empty() {
            return;
        }
        // When the whole cannot be synced, syncing one by one tells which files it was.
        let synced = self.at_once && os::sync_file_system(&self.root).is_ok();
        for (path, bytes) in batch {
            match remove(&path, synced) {
                Ok(()) => {
                    self.done.files += 1;
                    self.done.bytes += bytes;
                }
                Err(error) => self.leave(&path, error),
            }
        }
    }
}

fn open(path: &Path) -> io::Result<File> {
    match os::open_overwrite(path) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            os::grant_owner(path)?;
            os::open_overwrite(path)
        }
        result => result,
    }
}

/// Zeros over all data up to the current length, and not a byte further: a full disk may be why there is something to scrap,
/// and then a file that grows, or a hole that fills, would fail where overwriting in place succeeds.
fn overwrite(mut file: &File) -> io::Result<u64> {
    static ZEROS: [u8; 1 << 18] = [0; 1 << 18];
    let length = file.metadata()?.len();
    let (mut offset, mut written) = (0, 0);
    while let Some(data) = os::next_data(file, offset..length)? {
        file.seek(SeekFrom::Start(data.start))?;
        offset = data.start;
        while offset < data.end {
            let rest = usize::try_from(data.end - offset).unwrap_or(usize::MAX);
            let zeros = &ZEROS[..rest.min(ZEROS.len())];
            file.write_all(zeros)?;
            offset += zeros.len() as u64;
        }
        written += data.end - data.start;
    }
    Ok(written)
}

fn remove(path: &Path, synced: bool) -> io::Result<()> {
    let file = open(path)?;
    if !synced {
        os::sync_file(&file)?;
    }
    // Cut first, so that even the length is not left in a removed file's inode.
    file.set_len(0)?;
    drop(file);
    std::fs::remove_file(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_exist_is_no_fault() {
        for done in [scrap_folder(Path::new("/nowhere/at/all")), scrap_file(Path::new("/nowhere/at/all"))] {
            assert_eq!((done.files, done.bytes, done.left.len()), (0, 0, 0));
        }
    }

    #[test]
    fn a_file_in_place_of_the_folder_is_left_and_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let done = scrap_folder(file.path());
        assert_eq!(done.left.len(), 1);
        assert!(file.path().exists());
    }
}
