//! Filling what is free, where earlier versions of files lie: saved by rename, cut short, or just removed.
//!
//! The free blocks are taken by files of our own, which are read back past every cache and compared, and given back. What
//! compared equal was overwritten; nothing else is claimed. A file system never gives out everything that is free, and keeps
//! much that is not: [`Beyond`] names what a filling cannot reach. This is a fact for the record and no certificate of files.

mod filling;
mod piece;
mod record;
mod slots;
mod watch;

use std::io;
use std::path::{Path, PathBuf};

pub use record::{Beyond, Ended, FillRecord, Verdict};

use super::os::{self, HeldFolder, Medium, NoMedium, Place, Space, Storage};
use super::pattern::{Key, Method, Pass};
use crate::progress::{Progress, Stage};
use filling::Filling;
use record::Tally;
use slots::Slots;
use watch::Watch;

/// What will be done, before anything is.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The folder it was asked for.
    pub folder: PathBuf,
    /// The file system it lies in.
    pub place: Place,
    /// What lies under that.
    pub storage: Storage,
    /// Its room, as the folder sees it.
    pub space: Space,
    /// Free bytes of the whole file system; more than the folder sees where a quota holds for it.
    pub free: u64,
    /// Bytes left to everybody else.
    pub reserve: u64,
    /// How.
    pub method: Method,
}

/// Why nothing is filled.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The system's.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Nothing can be written.
    #[error("mounted to be read only")]
    ReadOnly,
    /// There is no medium whose bytes could be read back.
    #[error("no medium to fill")]
    NoMedium(NoMedium),
    /// There is nothing to fill beside what stays free.
    #[error("{free} bytes free, {reserve} to be left")]
    TooLittle {
        /// Free bytes.
        free: u64,
        /// What was to be left.
        reserve: u64,
    },
}

/// What is left free when nobody says how much: enough for a desk to go on working.
const RESERVE: u64 = 64 << 20;

/// A file of the filling is at least this long and there are about so many: few enough to hold all of them open, so that none
/// is ever found by a name again, and short enough that reading one again costs little.
const FILE: u64 = 1 << 30;
const FILES: u64 = 256;

/// The least anything is written or cut by where the cache is passed by.
const UNIT: u64 = 4096;

impl Plan {
    /// Looks at the place. Data of files removed just now is free only when the file system has written that down, so it is
    /// synced first, unless it is only asked what would be done.
    ///
    /// # Errors
    /// See [`Refused`].
    pub fn look(folder: &Path, reserve: Option<u64>, method: Method, only_look: bool) -> Result<Self, Refused> {
        let place = os::place(folder)?;
        if let Medium::None(why) = place.medium {
            return Err(Refused::NoMedium(why));
        }
        if os::space(folder)?.read_only {
            return Err(Refused::ReadOnly);
        }
        if !only_look {
            match os::sync_file_system(folder) {
                // Not for this user: what was freed is counted as free without it.
                Err(error) if error.kind() == std::io::ErrorKind::Unsupported => {}
                other => other?,
            }
        }
        let space = os::space(folder)?;
        let whole = os::space(&place.mount_point).map_or(0, |whole| whole.free);
        let reserve =
            reserve.unwrap_or_else(|| if place.is_handover_medium() { 0 } else { RESERVE.max(space.total / 100) });
        let storage = os::storage_of(&place);
        let folder = folder.to_owned();
        // Others write meanwhile; a quota shows by more than that.
        let free = if whole > space.free + whole / 100 { whole } else { space.free };
        let plan = Self { folder, place, storage, space, free, reserve, method };
        match plan.expected() {
            0 => Err(Refused::TooLittle { free: plan.within_reach(), reserve }),
            _ => Ok(plan),
        }
    }

    /// Free bytes this user can take. Whoever leaves a reserve leaves it to ordinary users, and with it what only the
    /// administrator may take: that alone would be no room for anybody else.
    #[must_use]
    pub fn within_reach(&self) -> u64 {
        if self.reserve == 0 && os::may_use_reserved() { self.space.free } else { self.space.available }
    }

    /// About as many bytes will be filled.
    #[must_use]
    pub fn expected(&self) -> u64 {
        self.within_reach().saturating_sub(self.reserve)
    }

    /// Whether the running system lives there, which needs room to go on.
    #[must_use]
    pub fn is_the_systems(&self) -> bool {
        let root = os::place(Path::new("/"));
        self.place.mount_point == Path::new("/") || root.is_ok_and(|root| root.source == self.place.source)
    }

    /// Whether the storage may be told by `fstrim` what is free.
    #[must_use]
    pub fn can_be_trimmed(&self) -> bool {
        self.storage.flash == Some(true) || self.storage.layered
    }

    /// A quota lets this folder have less than is free.
    fn is_under_quota(&self) -> bool {
        self.free > self.space.free
    }

    fn file_size(&self) -> u64 {
        let wanted = (self.expected() / FILES).max(FILE);
        let largest = self.place.largest_file.unwrap_or(u64::MAX);
        wanted.min(largest) / UNIT * UNIT
    }
}

/// What came of it.
#[derive(Debug)]
pub struct Filled {
    /// The facts.
    pub record: FillRecord,
    /// What ended it early, with the file or folder.
    pub error: Option<(PathBuf, io::Error)>,
    /// What could not be taken away again.
    pub left: Option<(PathBuf, io::Error)>,
    /// Something else stood under the work folder's name. What is there now is not ours.
    pub replaced: bool,
}

/// Fills what is free with files in `work`, a folder that does not exist yet, reads them back, and takes everything away.
#[must_use]
pub fn fill(plan: &Plan, work: &Path, progress: &dyn Progress) -> Filled {
    let mut filled =
        Filled { record: FillRecord::new(plan, &Tally::default(), None), error: None, left: None, replaced: false };
    match HeldFolder::make(work) {
        Ok(Some(held)) => run(plan, &held, work, progress, &mut filled),
        Ok(None) => filled.replaced = true,
        Err(error) => filled.error = Some((work.to_owned(), error)),
    }
    filled
}

fn run(plan: &Plan, held: &HeldFolder, work: &Path, progress: &dyn Progress, filled: &mut Filled) {
    let mut weakest: Option<Tally> = None;
    let mut slots = None;
    let passes = plan.method.passes();
    for (number, &pass) in passes.iter().enumerate() {
        let last = number + 1 == passes.len();
        let outcome = one_pass(plan, held, work, progress, pass, last.then_some(&mut slots));
        let (tally, error) = outcome.unwrap_or_else(|error| (Tally::failed(), Some((work.to_owned(), error))));
        let goes_on = error.is_none() && !tally.stops();
        filled.error = filled.error.take().or(error);
        weakest = Some(match weakest {
            Some(before) => before.weaker(tally),
            None => tally,
        });
        if !goes_on {
            break;
        }
    }
    progress.stage(Stage::GiveFree, 0);
    filled.left = clear(held, work, slots.as_ref());
    // Something else stands under the name now; what was made is elsewhere, and empty but for what `left` names.
    filled.replaced = work.symlink_metadata().is_ok() && !held.is_at(work);
    let _ = os::sync_file_system(&plan.folder);
    let _ = os::sync_dir(&plan.folder);
    filled.record = FillRecord::new(plan, &weakest.unwrap_or_default(), slots.as_ref());
}

/// One filling, read back, and what small room is left. The data is gone when this returns, the slots are not.
fn one_pass(
    plan: &Plan,
    held: &HeldFolder,
    work: &Path,
    progress: &dyn Progress,
    pass: Pass,
    slots: Option<&mut Option<Slots>>,
) -> io::Result<(Tally, Option<(PathBuf, io::Error)>)> {
    let watch = Watch::new(held.open_dir(".")?, plan);
    let key = Key::fresh()?;
    let mut filling = Filling::new(plan, held, work, &watch, pass, key.clone());
    progress.stage(Stage::Fill, plan.expected());
    filling.write(progress);
    if !filling.tally.stops() {
        let _ = os::sync_file_system(work);
        progress.stage(Stage::ReadBack, filling.size());
        filling.read_back(progress);
    }
    if !filling.tally.stops() {
        filling.turn(progress);
    }
    if let Some(slots) = slots.filter(|_| !filling.tally.stops()) {
        progress.stage(Stage::Slots, 0);
        let made = slots.insert(Slots::new(plan, key));
        if made.make(&mut filling, progress).is_break() {
            filling.tally.ended = Ended::Interrupted;
        }
    }
    filling.take_away();
    let _ = held.sync_file_system();
    Ok((filling.tally, filling.error))
}

/// Takes away the slots and the folder itself.
fn clear(held: &HeldFolder, work: &Path, slots: Option<&Slots>) -> Option<(PathBuf, io::Error)> {
    let left = slots.and_then(|slots| slots.take_away(held));
    if let Some((name, error)) = left {
        return Some((work.join(name), error));
    }
    // An empty folder is all this can remove, so another in its place is safe.
    if held.is_at(work) { std::fs::remove_dir(work).err().map(|error| (work.to_owned(), error)) } else { None }
}

/// Removes a filling that another run left. It holds no data of anybody, so nothing is overwritten; links are not followed
/// and other file systems not entered.
///
/// # Errors
/// The first thing that could not be removed.
pub fn remove(dir: &Path) -> io::Result<u64> {
    let volume = os::volume(dir)?;
    let mut removed = 0;
    empty(dir, volume, 0, &mut removed)?;
    if let Some(parent) = dir.parent() {
        let _ = os::sync_dir(parent);
    }
    Ok(removed)
}

/// The work folder has one level of folders in it.
const DEEPEST: u32 = 1;

fn empty(dir: &Path, volume: os::Volume, depth: u32, removed: &mut u64) -> io::Result<()> {
    if !dir.symlink_metadata()?.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    // Taken down first, because removing entries under a running listing makes some file systems skip others.
    let entries = std::fs::read_dir(dir)?.collect::<io::Result<Vec<_>>>()?;
    for entry in entries {
        let path = entry.path();
        if !entry.file_type()?.is_dir() {
            std::fs::remove_file(&path)?;
            *removed += 1;
        } else if depth < DEEPEST && os::volume(&path)? == volume {
            empty(&path, volume, depth + 1, removed)?;
        }
    }
    std::fs::remove_dir(dir)
}

#[cfg(test)]
mod tests;
