//! Small room: what is left when no large file grows any more. Small files take the rest of blocks and of trees, and empty
//! files with long names take inodes, folders' blocks, and a good part of the journal.

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use super::super::os::HeldFolder;
use super::super::pattern::{Key, Pass, Pattern};
use super::Plan;
use super::filling::Filling;
use crate::progress::Progress;

/// Never more than this: what they could reach beyond it does not outweigh the time, and the record says how many they were.
const MOST: u64 = 200_000;

/// Sizes of the small files. Some file systems keep the smaller ones within their own records.
const SIZES: [usize; 5] = [4096, 2048, 512, 64, 1];

/// Files in one folder. FAT takes few with long names.
const IN_ONE: u64 = 2000;

/// Made between two looks at the user, the room and the time.
const BATCH: u64 = 500;

/// A batch that takes longer is the last of its kind: a full file system may look for each inode through all it has.
const SLOW: Duration = Duration::from_secs(10);

/// Room made at a time for the folders that hold the names.
const ROOM: u64 = 4 << 20;

/// How often room is made for nothing before it is clear that something else is wanting.
const TRIES: u32 = 2;

/// The pattern of contents and names: a number that no large file has.
const CONTENTS: u64 = 1 << 40;
const NAMES: u64 = CONTENTS + 1;

/// The longest name that most file systems take.
const NAME: usize = 255;

/// As many letters as six bits tell apart. FAT takes all of them for different ones only by their order.
const LETTERS: &[u8; 64] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_+";

/// A run of files in one folder, by their numbers.
struct Run {
    folder: String,
    numbers: std::ops::Range<u64>,
    long: bool,
}

/// The small files of a filling. Their names can be made again, so none is kept.
pub(super) struct Slots {
    runs: Vec<Run>,
    folders: Vec<String>,
    next: u64,
    most: u64,
    names: Pattern,
    key: Key,
}

enum Made {
    All,
    NoRoom,
    Interrupted,
}

impl Slots {
    pub(super) fn new(plan: &Plan, key: Key) -> Self {
        let free = plan.space.inodes_free;
        // Who leaves room for others leaves them inodes too.
        let left = if plan.reserve > 0 { (plan.space.inodes / 100).max(1000) } else { 0 };
        let most = if plan.space.inodes == 0 { MOST } else { free.saturating_sub(left).min(MOST) };
        let names = Pattern::of(Pass::Keystream, &key, NAMES);
        Self { runs: Vec::new(), folders: Vec::new(), next: 0, most, names, key }
    }

    fn count(&self, long: bool) -> u64 {
        let runs = self.runs.iter().filter(|run| run.long == long);
        runs.map(|run| run.numbers.end - run.numbers.start).sum()
    }

    pub(super) fn small(&self) -> u64 {
        self.count(false)
    }

    pub(super) fn empty(&self) -> u64 {
        self.count(true)
    }

    /// Makes them. The blocks that their folders need are taken from the filling, which has been read back by now.
    pub(super) fn make(&mut self, filling: &mut Filling, progress: &dyn Progress) -> ControlFlow<()> {
        let leaves = filling.watch().leaves_a_reserve();
        // With room left by intention small files would only take from it.
        for size in SIZES.iter().filter(|_| !leaves) {
            if matches!(self.fill_up(filling, Some(*size), progress), Made::Interrupted) {
                return ControlFlow::Break(());
            }
        }
        let mut for_nothing = 0;
        loop {
            let before = self.next;
            match self.fill_up(filling, None, progress) {
                Made::Interrupted => return ControlFlow::Break(()),
                Made::All => return ControlFlow::Continue(()),
                Made::NoRoom => {}
            }
            for_nothing = if self.next > before { 0 } else { for_nothing + 1 };
            if leaves || for_nothing > TRIES || filling.release(ROOM) == 0 {
                return ControlFlow::Continue(());
            }
            let _ = filling.held().sync_file_system();
        }
    }

    /// Makes files of one kind until there is no room, or enough of them.
    fn fill_up(&mut self, filling: &mut Filling, size: Option<usize>, progress: &dyn Progress) -> Made {
        let mut contents = Pattern::of(Pass::Keystream, &self.key, CONTENTS);
        let mut bytes = vec![0; size.unwrap_or(0)];
        let mut begun = Instant::now();
        while self.next < self.most {
            if self.next.is_multiple_of(BATCH) {
                // What names and inodes take is made room for by the filling, never by what is left for others.
                let near = filling.watch().room().is_ok_and(|room| room == 0);
                if begun.elapsed() > SLOW || filling.watch().missing() > 0 || near && filling.release(ROOM) == 0 {
                    return Made::All;
                }
                begun = Instant::now();
            }
            if progress.cancelled() {
                return Made::Interrupted;
            }
            contents.fill(&mut bytes, self.next * 4096);
            if self.make_one(filling.held(), size.is_none(), &bytes).is_err() {
                return Made::NoRoom;
            }
        }
        Made::All
    }

    fn make_one(&mut self, held: &HeldFolder, long: bool, bytes: &[u8]) -> io::Result<()> {
        let folder = self.folder(held, long)?;
        let number = self.next;
        let path = format!("{folder}/{}", name(&mut self.names, number, long));
        let mut file = held.create_new(&path, false)?;
        // From here on it is there, whatever comes of its content.
        self.next += 1;
        match self.runs.last_mut().filter(|run| run.folder == folder && run.long == long && run.numbers.end == number) {
            Some(run) => run.numbers.end += 1,
            None => self.runs.push(Run { folder, numbers: number..number + 1, long }),
        }
        file.write_all(bytes)
    }

    /// The folder for the next file. Where none can be made any more, the last one has to do.
    fn folder(&mut self, held: &HeldFolder, long: bool) -> io::Result<String> {
        let full = self.runs.last().is_none_or(|run| run.long != long || run.numbers.end - run.numbers.start >= IN_ONE);
        if full {
            let name = format!("slots-{:03}", self.folders.len());
            match held.make_dir(&name) {
                Ok(()) => self.folders.push(name),
                Err(error) if self.folders.is_empty() => return Err(error),
                Err(_) => {}
            }
        }
        Ok(self.folders.last().cloned().unwrap_or_default())
    }

    /// Removes all of them; what could not be removed, if anything.
    pub(super) fn take_away(&self, held: &HeldFolder) -> Option<(String, io::Error)> {
        let mut names = Pattern::of(Pass::Keystream, &self.key, NAMES);
        let mut left = None;
        for run in &self.runs {
            for number in run.numbers.clone() {
                let name = format!("{}/{}", run.folder, name(&mut names, number, run.long));
                if let Err(error) = held.remove_file(&name) {
                    left.get_or_insert((name, error));
                }
            }
        }
        for folder in &self.folders {
            if let Err(error) = held.remove_dir(folder) {
                left.get_or_insert((folder.clone(), error));
            }
        }
        left
    }
}

/// Noise in letters, as long as a name may be; short where content is what matters.
fn name(names: &mut Pattern, number: u64, long: bool) -> String {
    if !long {
        return format!("{number:06x}");
    }
    let mut noise = [0; NAME];
    names.fill(&mut noise, number * NAME as u64);
    noise.iter().map(|byte| char::from(LETTERS[usize::from(byte & 63)])).collect()
}
