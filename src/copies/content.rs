//! One file, read from its beginning to its end.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read as _};

use sha2::{Digest as _, Sha256};

use super::report::WhyNot;
use crate::erase::os::facts::Facts;
use crate::erase::os::{self, Folder};
use crate::progress::Progress;

/// Bytes read at once.
pub(super) const BUFFER: usize = 256 * 1024;

/// What reading came to.
pub(super) enum Read {
    /// Its SHA-256, of a file that stayed the same from when it was listed until it was read.
    Whole([u8; 32]),
    /// It could not be read as it was.
    Not(WhyNot),
    /// The user stopped it.
    Cancelled,
}

/// Reads a file that was listed with these facts.
///
/// What is written while it is read may be half old and half new: neither is said to be no copy. It is told as changed.
pub(super) fn sha256(folder: &Folder, name: &OsStr, seen: &Facts, buffer: &mut [u8], progress: &dyn Progress) -> Read {
    let file = match folder.open_file(name) {
        Ok(file) => file,
        Err(error) => return Read::Not(WhyNot::of(&error)),
    };
    match through(&file, seen, buffer, progress) {
        Ok(read) => read,
        Err(error) => Read::Not(WhyNot::of(&error)),
    }
}

fn through(mut file: &File, seen: &Facts, buffer: &mut [u8], progress: &dyn Progress) -> io::Result<Read> {
    let same = |now: Facts| (now.id, now.size, now.written) == (seen.id, seen.size, seen.written);
    if !same(os::facts_of(file)?) {
        return Ok(Read::Not(WhyNot::Changed));
    }
    let (mut hasher, mut left) = (Sha256::new(), seen.size);
    while left > 0 {
        if progress.cancelled() {
            return Ok(Read::Cancelled);
        }
        let most = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let read = match file.read(&mut buffer[..most]) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        if read == 0 {
            return Ok(Read::Not(WhyNot::Changed));
        }
        hasher.update(&buffer[..read]);
        left -= read as u64;
        progress.advance(read as u64);
    }
    if same(os::facts_of(file)?) { Ok(Read::Whole(hasher.finalize().into())) } else { Ok(Read::Not(WhyNot::Changed)) }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::progress::{Silent, Stage};

    /// Writes to the file as soon as the first bytes of it were read.
    struct Writes(std::path::PathBuf);

    impl Progress for Writes {
        fn stage(&self, _: Stage, _: u64) {}
        fn advance(&self, _: u64) {
            std::fs::OpenOptions::new().append(true).open(&self.0).unwrap().write_all(b"more").unwrap();
        }
        fn cancelled(&self) -> bool {
            false
        }
    }

    #[test]
    fn a_file_that_is_written_meanwhile_is_told_as_changed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        std::fs::write(&path, vec![7; 3 * BUFFER]).unwrap();
        let folder = Folder::open(dir.path()).unwrap();
        let name = OsStr::new("a");
        let mut buffer = vec![0; BUFFER];
        let seen = folder.look(name).unwrap();
        let whole = sha256(&folder, name, &seen, &mut buffer, &Silent);
        assert!(matches!(whole, Read::Whole(sha) if sha == <[u8; 32]>::from(Sha256::digest(vec![7; 3 * BUFFER]))));
        let changed = sha256(&folder, name, &seen, &mut buffer, &Writes(path.clone()));
        assert!(matches!(changed, Read::Not(WhyNot::Changed)));
        let before = sha256(&folder, name, &seen, &mut buffer, &Silent);
        assert!(matches!(before, Read::Not(WhyNot::Changed)), "since it was listed");
        std::fs::remove_file(&path).unwrap();
        assert!(matches!(sha256(&folder, name, &seen, &mut buffer, &Silent), Read::Not(WhyNot::Vanished)));
    }
}
