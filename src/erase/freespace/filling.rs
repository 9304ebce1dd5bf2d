//! The large files that take the free blocks: written past the cache, read back past it, given back when others need the room.

use std::fs::File;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::super::os::{self, HeldFolder};
use super::super::pattern::{Key, Pass, Pattern};
use super::super::readback::{Aligned, AtPath, Outcome, read_back};
use super::piece::{Compared, PIECE, Step};
use super::record::{Ended, Tally};
use super::watch::Watch;
use super::{Plan, UNIT};
use crate::progress::Progress;

/// How often the room is looked at while reading.
const LOOK: u64 = 8 << 20;

/// What is given back is a multiple of this, so that a busy desk is not given every block singly.
const GIVE: u64 = 4 << 20;

/// The first file is this part of what is free, and no longer than [`TURNED`]: it is what [`Filling::turn`] lets go of.
const TURN: u64 = 16;
const TURNED: u64 = 64 << 20;

/// A file of the filling. It is held open, and never looked for by its name to be changed.
struct Held {
    name: String,
    file: File,
    size: u64,
    /// What was compared equal in it.
    equal: u64,
}

/// A filling of one pass.
pub(super) struct Filling<'a> {
    plan: &'a Plan,
    held: &'a HeldFolder,
    work: &'a Path,
    watch: &'a Watch,
    pass: Pass,
    key: Key,
    files: Vec<Held>,
    turned: bool,
    pub(super) tally: Tally,
    pub(super) error: Option<(PathBuf, io::Error)>,
}

/// How a file came to its end.
enum End {
    /// It is as long as it may be; another follows.
    Long,
    /// The filling ends with it.
    Last(Ended),
}

impl<'a> Filling<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        held: &'a HeldFolder,
        work: &'a Path,
        watch: &'a Watch,
        pass: Pass,
        key: Key,
    ) -> Self {
        Self {
            plan,
            held,
            work,
            watch,
            pass,
            key,
            files: Vec::new(),
            turned: false,
            tally: Tally::default(),
            error: None,
        }
    }

    /// Bytes held now.
    pub(super) fn size(&self) -> u64 {
        self.files.iter().map(|file| file.size).sum()
    }

    pub(super) fn watch(&self) -> &Watch {
        self.watch
    }

    pub(super) fn held(&self) -> &HeldFolder {
        self.held
    }

    // ---- Writing

    /// Writes files until the file system, the reserve, a quota or the user ends it.
    pub(super) fn write(&mut self, progress: &dyn Progress) {
        self.tally.ended = loop {
            match self.write_file(progress) {
                Ok(End::Long) => {}
                Ok(End::Last(ended)) => break ended,
                Err(error) => {
                    self.error = Some((self.work.to_owned(), error));
                    break Ended::Failed;
                }
            }
        };
        if let Ok(space) = self.watch.space() {
            self.tally.free_at_end = space.free;
        }
    }

    fn write_file(&mut self, progress: &dyn Progress) -> io::Result<End> {
        let number = self.files.len();
        let name = format!("data-{number:05}");
        let file = match self.held.create_new(&name, false) {
            Ok(file) => file,
            // No room for a name, or no inode: the large files before it have what they have.
            Err(error) if is_full(&error) => return Ok(End::Last(self.why_full(&error))),
            Err(error) => return Err(error),
        };
        let pattern = Pattern::of(self.pass, &self.key, number as u64);
        self.files.push(Held { name, file, size: 0, equal: 0 });
        self.tally.files += 1;
        let end = self.write_into(pattern, progress);
        if let Some(last) = self.files.last() {
            // A piece that was only promised would count as free for nobody and covered by nobody.
            let _ = last.file.set_len(last.size);
        }
        end
    }

    fn write_into(&mut self, mut pattern: Pattern, progress: &dyn Progress) -> io::Result<End> {
        let limit = match (self.files.len(), self.turned) {
            (1, _) => (self.plan.expected() / TURN / UNIT * UNIT).clamp(PIECE, TURNED),
            (_, false) => self.plan.file_size(),
            (_, true) => self.plan.file_size().saturating_add(2 * TURNED),
        };
        let most = self.plan.free.saturating_add(self.plan.free / 16).saturating_add(64 << 20);
        let Some(at) = self.files.len().checked_sub(1) else { return Ok(End::Long) };
        let before = self.size() - self.files[at].size;
        let mut buffer = Aligned::for_size(PIECE);
        let buffer = buffer.slice();
        let (plain, mut ready) = (pattern.is_plain(), false);
        let mut step = Step::new(&self.files[at].file, self.plan.space.block);
        loop {
            if progress.cancelled() {
                return Ok(End::Last(Ended::Interrupted));
            }
            self.give_back();
            let offset = self.files[at].size;
            if before + offset > most {
                return Ok(End::Last(Ended::NoEnd));
            }
            let room = self.watch.room()?;
            if room < UNIT {
                return Ok(End::Last(Ended::Reserve));
            }
            let length = step.length.min(limit - offset).min(room / UNIT * UNIT);
            if length == 0 {
                return Ok(End::Long);
            }
            let bytes = &mut buffer[..usize::try_from(length).unwrap_or(0)];
            if !(plain && ready) {
                pattern.fill(bytes, offset);
                ready = bytes.len() as u64 == PIECE;
            }
            match os::write_part_at(&self.files[at].file, bytes, offset) {
                Ok(written) if written > 0 => {
                    let written = written as u64;
                    self.files[at].size += written;
                    // What is given back later was filled all the same; what is written in turning is not counted.
                    self.tally.filled += if self.turned { 0 } else { written };
                    progress.advance(written);
                    step.went_on(&self.files[at].file, offset + written);
                }
                Ok(_) => {
                    if !step.shrink(self.held, &self.files[at].file) {
                        return Ok(End::Last(self.why_full(&io::ErrorKind::StorageFull.into())));
                    }
                }
                Err(error) if is_full(&error) => {
                    if !step.shrink(self.held, &self.files[at].file) {
                        return Ok(End::Last(self.why_full(&error)));
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::FileTooLarge && offset > 0 => return Ok(End::Long),
                Err(error) if error.kind() == io::ErrorKind::InvalidInput && step.direct => {
                    step.through_the_cache(&self.files[at].file);
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn why_full(&self, error: &io::Error) -> Ended {
        let quota = error.kind() == io::ErrorKind::QuotaExceeded || self.plan.is_under_quota();
        if quota { Ended::Quota } else { Ended::Full }
    }

    // ---- Giving back

    /// When others took what was left for them, the end of the filling is theirs.
    fn give_back(&mut self) {
        let missing = self.watch.missing();
        if missing > 0 {
            self.tally.given_back += cut(&mut self.files, missing.next_multiple_of(GIVE));
        }
    }

    /// Lets go of what has been read back, to make room for the slots. It was covered, and stays so.
    pub(super) fn release(&mut self, bytes: u64) -> u64 {
        cut(&mut self.files, bytes)
    }

    /// ext4 keeps some blocks of every file system for itself, and any blocks will do. So the first file, which has been read
    /// back by now, is let go of, and the last one grows on: into the blocks that were kept before, and others are kept now,
    /// which were covered. Whether that is so nobody says, so none of it is counted.
    pub(super) fn turn(&mut self, progress: &dyn Progress) {
        let is_kept = self.tally.ended == Ended::Full && self.tally.free_at_end >= UNIT && self.files.len() > 1;
        let (Some(first), true) = (self.files.first_mut(), is_kept) else { return };
        if first.size == 0 || first.file.set_len(0).is_err() {
            return;
        }
        first.size = 0;
        self.turned = true;
        let _ = self.held.sync_file_system();
        let pattern = Pattern::of(self.pass, &self.key, self.files.len() as u64 - 1);
        if let Ok(End::Last(Ended::Interrupted)) = self.write_into(pattern, progress) {
            self.tally.ended = Ended::Interrupted;
        }
        let _ = self.held.sync_file_system();
    }

    // ---- Reading back

    /// Reads everything back, the last file first: it is the one that is cut when others need room, and what was compared in
    /// it need not be read again for that.
    pub(super) fn read_back(&mut self, progress: &dyn Progress) {
        for at in (0..self.files.len()).rev() {
            while self.files[at].size > 0 {
                match self.read_file(at, progress) {
                    Read::Done => break,
                    Read::Again => self.give_back(),
                    Read::Interrupted => {
                        self.tally.ended = Ended::Interrupted;
                        return self.count();
                    }
                }
            }
            self.give_back();
        }
        self.count();
    }

    fn count(&mut self) {
        self.tally.equal = self.files.iter().map(|file| file.equal).sum();
    }

    fn read_file(&mut self, at: usize, progress: &dyn Progress) -> Read {
        let mut pattern = Pattern::of(self.pass, &self.key, at as u64);
        let path = self.work.join(&self.files[at].name);
        let (before, after) = self.files.split_at_mut(at + 1);
        let Some(this) = before.last_mut() else { return Read::Done };
        let (tally, watch) = (&mut self.tally, self.watch);
        let mut told = Compared::default();
        let mut looked = 0;
        let mut again = false;
        let outcome = read_back(&path, &mut |bytes| {
            told.add(&mut pattern, bytes);
            progress.advance(bytes.len() as u64);
            if progress.cancelled() {
                return ControlFlow::Break(());
            }
            if told.offset - looked >= LOOK {
                looked = told.offset;
                let missing = watch.missing();
                let given = if missing > 0 { cut(after, missing.next_multiple_of(GIVE)) } else { 0 };
                tally.given_back += given;
                again = given < missing;
            }
            if again { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        match outcome {
            Ok(Outcome::Established { bytes, .. }) => {
                this.equal = told.equal;
                tally.differs += told.differs;
                // A file that others made shorter was not ours to count in full.
                tally.not_established += this.size.saturating_sub(bytes);
                Read::Done
            }
            Err(_) if progress.cancelled() => Read::Interrupted,
            Err(_) if again => Read::Again,
            Ok(Outcome::NotEstablished { .. }) => {
                tally.not_established += this.size;
                Read::Done
            }
            Err(error) => {
                tally.not_established += this.size;
                self.error.get_or_insert((path, without_path(error)));
                Read::Done
            }
        }
    }

    // ---- Taking away

    /// Removes the large files. What cannot be removed by its name is cut to nothing first, by its handle.
    pub(super) fn take_away(&mut self) {
        for held in self.files.drain(..).rev() {
            let cut = held.file.set_len(0);
            drop(held.file);
            if let Err(error) = cut.and(self.held.remove_file(&held.name)) {
                self.error.get_or_insert((self.work.join(held.name), error));
            }
        }
    }
}

enum Read {
    Done,
    Again,
    Interrupted,
}

/// Cuts bytes off the end of the filling; returns how many. What was compared there is not claimed any more.
fn cut(files: &mut [Held], bytes: u64) -> u64 {
    let mut left = bytes;
    for held in files.iter_mut().rev() {
        if left == 0 {
            break;
        }
        let size = held.size.saturating_sub(left) / UNIT * UNIT;
        if held.size == 0 || held.file.set_len(size).is_err() {
            continue;
        }
        let gone = held.size - size;
        // Where in the file something differed is not kept: the part cut off counts as one that was equal.
        held.equal = held.equal.saturating_sub(gone);
        held.size = size;
        left = left.saturating_sub(gone);
    }
    bytes - left
}

fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

fn without_path(error: io::Error) -> io::Error {
    let bare = |at: &AtPath| match at.source.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => io::Error::new(at.source.kind(), at.source.to_string()),
    };
    match error.get_ref().and_then(|inner| inner.downcast_ref::<AtPath>()) {
        Some(at) => bare(at),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_off_is_not_claimed_any_more() {
        let dir = tempfile::tempdir().unwrap();
        let held = |name: &str, size: u64| {
            let file = File::options().create_new(true).write(true).open(dir.path().join(name)).unwrap();
            file.set_len(size).unwrap();
            Held { name: name.to_owned(), file, size, equal: size }
        };
        let mut files = vec![held("a", 10 * UNIT), held("b", 3 * UNIT)];
        assert_eq!(cut(&mut files, 2 * UNIT), 2 * UNIT);
        assert_eq!((files[0].equal, files[1].equal), (10 * UNIT, UNIT));
        assert_eq!(cut(&mut files, 4 * UNIT), 4 * UNIT);
        assert_eq!((files[0].equal, files[1].equal, files[1].size), (7 * UNIT, 0, 0));
        assert_eq!(cut(&mut files, 100 * UNIT), 7 * UNIT, "more than there is");
        assert_eq!(dir.path().join("a").metadata().unwrap().len(), 0);
    }
}
