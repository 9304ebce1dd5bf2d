//! What goes into a bundle: every source looked at before a byte is written.
//!
//! Everything that cannot be packed is found here and listed at once, so that a clerk mends it in one go.

use std::borrow::Cow;
use std::fs::Metadata;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use globset::GlobSet;
use walkdir::WalkDir;

use super::error::{Error, SourceFault, SourceProblem};
use super::limits::Tally;
use super::names;
use crate::erase::os;
use crate::progress::Progress;

/// What of the unpackable may be left out instead of stopping the pack.
#[derive(Debug, Clone, Copy, Default)]
pub struct Skip {
    /// Symbolic links.
    pub links: bool,
    /// Devices, sockets, pipes.
    pub special: bool,
    /// Files and folders that cannot be read.
    pub unreadable: bool,
}

/// A moment as a file system knows it: seconds since 1970 and nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Moment {
    /// Whole seconds, negative before 1970.
    pub secs: i64,
    /// Nanoseconds above them.
    pub nanos: u32,
}

impl Moment {
    /// The moment of a `SystemTime`.
    #[must_use]
    pub fn of(time: SystemTime) -> Self {
        match time.duration_since(UNIX_EPOCH) {
            Ok(d) => Self { secs: d.as_secs().cast_signed(), nanos: d.subsec_nanos() },
            Err(e) => {
                let d = e.duration();
                let (secs, nanos) = (d.as_secs().cast_signed(), d.subsec_nanos());
                if nanos == 0 {
                    Self { secs: -secs, nanos }
                } else {
                    Self { secs: -secs - 1, nanos: 1_000_000_000 - nanos }
                }
            }
        }
    }

    /// As a `SystemTime`, if this machine can represent it.
    #[must_use]
    pub fn to_system(self) -> Option<SystemTime> {
        let nanos = std::time::Duration::from_nanos(u64::from(self.nanos));
        let whole = std::time::Duration::from_secs(self.secs.unsigned_abs());
        let base = if self.secs < 0 { UNIX_EPOCH.checked_sub(whole) } else { UNIX_EPOCH.checked_add(whole) };
        base?.checked_add(nanos)
    }
}

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A folder.
    Folder,
    /// A regular file.
    File {
        /// Its size.
        size: u64,
        /// Whether it may be executed.
        executable: bool,
    },
}

/// One file or folder to pack. Kept small: half a million of them must fit.
#[derive(Debug)]
pub struct Item {
    /// Path below `data/`.
    pub path: Box<str>,
    /// File or folder, size.
    pub kind: Kind,
    /// Modification time.
    pub mtime: Moment,
    root: u32,
    /// Identity and change time when looked at; another value later means the source changed.
    stamp: os::stamp::Stamp,
}

/// Everything that will go into the bundle, in its final order.
#[derive(Debug)]
pub struct Sources {
    roots: Vec<PathBuf>,
    /// Files and folders, each folder before what is in it.
    pub items: Vec<Item>,
    /// What was left out because the caller allowed it.
    pub skipped: Vec<PathBuf>,
}

impl Sources {
    /// Looks through the sources.
    ///
    /// # Errors
    /// [`Error::Sources`] with everything that stands in the way, [`Error::NothingToPack`], or [`Error::TooManyEntries`].
    pub fn scan(roots: &[PathBuf], exclude: &GlobSet, skip: Skip, progress: &dyn Progress) -> Result<Self, Error> {
        let mut scan = Scan { exclude, skip, items: Vec::new(), skipped: Vec::new(), problems: Vec::new() };
        for (number, root) in roots.iter().enumerate() {
            scan.root(u32::try_from(number).unwrap_or(u32::MAX), root, progress)?;
        }
        let Scan { mut items, skipped, mut problems, .. } = scan;
        items.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        collisions(&items, &mut problems, roots);
        if !problems.is_empty() {
            problems.sort_by(|a, b| a.path.cmp(&b.path));
            return Err(Error::Sources(problems));
        }
        if items.is_empty() {
            return Err(Error::NothingToPack);
        }
        let mut tally = Tally::default();
        for item in &items {
            tally.add(&item.path, item.kind == Kind::Folder);
        }
        if !tally.fits(tally.files) {
            return Err(Error::TooManyEntries { files: tally.files, folders: tally.folders });
        }
        Ok(Self { roots: roots.to_vec(), items, skipped })
    }

    /// Total size and number of the files.
    #[must_use]
    pub fn oxum(&self) -> (u64, u64) {
        self.items.iter().fold((0, 0), |(bytes, files), item| match item.kind {
            Kind::File { size, .. } => (bytes + size, files + 1),
            Kind::Folder => (bytes, files),
        })
    }

    /// Where an item's content is.
    #[must_use]
    pub fn place_of(&self, item: &Item) -> PathBuf {
        place_of(&self.roots, item)
    }

    /// Whether the metadata is still what the scan saw.
    pub(super) fn unchanged(item: &Item, now: &Metadata) -> bool {
        item.stamp == os::stamp::Stamp::of(now) && matches!(item.kind, Kind::File { size, .. } if size == now.len())
    }
}

fn place_of(roots: &[PathBuf], item: &Item) -> PathBuf {
    let root = &roots[item.root as usize];
    match item.path.split_once('/') {
        Some((_, rest)) => root.join(rest),
        None => root.clone(),
    }
}

struct Scan<'a> {
    exclude: &'a GlobSet,
    skip: Skip,
    items: Vec<Item>,
    skipped: Vec<PathBuf>,
    problems: Vec<SourceProblem>,
}

impl Scan<'_> {
    fn root(&mut self, number: u32, root: &Path, progress: &dyn Progress) -> Result<(), Error> {
        let Some(base) = base_name(root) else {
            self.problem(root, SourceFault::NoName);
            return Ok(());
        };
        let Some(base) = base.to_str().map(str::to_owned) else {
            self.problem(root, SourceFault::NotUnicode);
            return Ok(());
        };
        let mut walk = WalkDir::new(root).follow_links(false).follow_root_links(false).into_iter();
        while let Some(entry) = walk.next() {
            if progress.cancelled() {
                return Err(Error::Cancelled);
            }
            let entry = match entry {
                Ok(entry) => entry,
                Err(e) => {
                    self.unreadable(root, e);
                    continue;
                }
            };
            let rest = entry.path().strip_prefix(root).unwrap_or(Path::new(""));
            if self.excluded(rest, &base) {
                if entry.file_type().is_dir() {
                    walk.skip_current_dir();
                }
                continue;
            }
            let Some(rest) = rest.to_str() else {
                self.problem(entry.path(), SourceFault::NotUnicode);
                if entry.file_type().is_dir() {
                    walk.skip_current_dir();
                }
                continue;
            };
            let path = if rest.is_empty() { base.clone() } else { format!("{base}/{}", with_slashes(rest)) };
            // Every deeper path would fail for the same reason; the folder alone is the news.
            if !self.entry(number, &entry, path) && entry.file_type().is_dir() {
                walk.skip_current_dir();
            }
        }
        Ok(())
    }

    fn excluded(&self, rest: &Path, base: &str) -> bool {
        if self.exclude.is_empty() {
            return false;
        }
        let name = rest.file_name().unwrap_or(base.as_ref());
        self.exclude.is_match(Path::new(base).join(rest)) || self.exclude.is_match(rest) || self.exclude.is_match(name)
    }

    /// Takes one file or folder in, or notes why not; says whether it was taken.
    fn entry(&mut self, root: u32, entry: &walkdir::DirEntry, path: String) -> bool {
        let place = entry.path();
        let meta = match entry.metadata() {
            Ok(meta) => meta,
            Err(e) => return self.unreadable(place, e),
        };
        let kind = if meta.is_dir() {
            Kind::Folder
        } else if meta.is_file() {
            Kind::File { size: meta.len(), executable: os::stamp::is_executable(&meta) }
        } else if meta.is_symlink() {
            return self.skippable(place, self.skip.links, SourceFault::Link);
        } else {
            return self.skippable(place, self.skip.special, SourceFault::Special);
        };
        if let Err(fault) = names::check(&path) {
            return self.problem(place, SourceFault::Name(fault));
        }
        if let Err(e) = os::may_read(place, meta.is_dir()) {
            return self.skippable(place, self.skip.unreadable, SourceFault::Unreadable(e));
        }
        let mtime = meta.modified().map(Moment::of).unwrap_or_default();
        self.items.push(Item { path: path.into(), kind, mtime, root, stamp: os::stamp::Stamp::of(&meta) });
        true
    }

    fn skippable(&mut self, place: &Path, allowed: bool, fault: SourceFault) -> bool {
        if !allowed {
            return self.problem(place, fault);
        }
        self.skipped.push(place.to_owned());
        false
    }

    fn unreadable(&mut self, place: &Path, error: walkdir::Error) -> bool {
        let place = error.path().unwrap_or(place).to_owned();
        let error = error.into_io_error().unwrap_or_else(|| std::io::ErrorKind::Other.into());
        if error.kind() == std::io::ErrorKind::NotFound {
            return self.problem(&place, SourceFault::Missing);
        }
        self.skippable(&place, self.skip.unreadable, SourceFault::Unreadable(error))
    }

    fn problem(&mut self, path: &Path, kind: SourceFault) -> bool {
        self.problems.push(SourceProblem { path: path.to_owned(), kind });
        false
    }
}

/// A path as it stands in a bundle, whatever this system puts between its parts.
fn with_slashes(path: &str) -> Cow<'_, str> {
    if MAIN_SEPARATOR == '/' { path.into() } else { path.replace(MAIN_SEPARATOR, "/").into() }
}

/// The name a source carries into the bundle; `.` and `dir/..` get their real one.
fn base_name(root: &Path) -> Option<std::ffi::OsString> {
    let plain = root.file_name().filter(|_| !root.as_os_str().to_string_lossy().ends_with("/."));
    match plain {
        Some(name) => Some(name.to_owned()),
        None => root.canonicalize().ok()?.file_name().map(ToOwned::to_owned),
    }
}

fn collisions(items: &[Item], problems: &mut Vec<SourceProblem>, roots: &[PathBuf]) {
    let mut folded: Vec<(u128, u32)> =
        items.iter().zip(0..).map(|(item, number)| (names::fold(&item.path), number)).collect();
    folded.sort_unstable();
    for pair in folded.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
        let (one, two) = (&items[pair[0].1 as usize], &items[pair[1].1 as usize]);
        let with = place_of(roots, one).display().to_string();
        problems.push(SourceProblem { path: place_of(roots, two), kind: SourceFault::Collides { with } });
    }
}
