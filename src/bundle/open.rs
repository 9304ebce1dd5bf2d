//! Opening: plaintext goes into a hidden work folder, and gets its name only when all of it is proved.

use std::fs::{self, File, FileTimes};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::bag::BagInfo;
use super::contents::{self, Both, Contents, Found, Receiver};
use super::error::{BagFault, Damage, Error};
use super::locate::{Key, Opening};
use super::source::Moment;
use super::synced;
use super::unseal::{Plain, unseal};
use crate::erase::os::{self, HeldFolder};
use crate::erase::scrap::{self, Scrapped};
use crate::progress::{Progress, Stage};

/// What was inside.
pub enum Inside {
    /// A bag, every file equal to its manifest line.
    Bag(Box<Contents>),
    /// A single file without any manifest (照合表なし); only the encryption vouches for it.
    Foreign {
        /// Its size.
        bytes: u64,
    },
}

/// A bundle opened into its place.
pub struct Opened {
    /// The folder, or the file of a foreign age file.
    pub place: PathBuf,
    /// What was inside.
    pub inside: Inside,
}

/// Why opening failed, and what became of the plaintext already written.
#[derive(Debug)]
pub struct OpenFailure {
    /// Why.
    pub error: Error,
    /// What was overwritten and removed, when anything had been written.
    pub scrapped: Option<Scrapped>,
}

/// Walks through a bundle with any receiver: the one way in for open, verify and list.
///
/// # Errors
/// Wrong content, damage, or what the receiver said.
pub fn inspect(
    opening: Opening,
    key: &Key,
    receiver: &mut dyn Receiver,
    progress: &dyn Progress,
) -> Result<Inside, Error> {
    progress.stage(Stage::Open, opening.total);
    let bundle = opening.bundle;
    let mut input = opening.input;
    let inside = unseal(&key.0, &mut *input, |plain: &mut Plain| {
        if contents::is_bag(plain)? {
            return contents::walk(plain, receiver, progress).map(|contents| Inside::Bag(Box::new(contents)));
        }
        // A folder that says it is a bundle must hold a bag.
        if bundle.facts.is_some() {
            return Err(Damage::NotABag.into());
        }
        contents::walk_foreign(plain, receiver, progress).map(|bytes| Inside::Foreign { bytes })
    })
    .map_err(|error| bundle.stream(error))?;
    if let (Inside::Bag(contents), Some(facts)) = (&inside, &bundle.facts) {
        if contents.info.id.as_str() != facts.id {
            return Err(BagFault::OtherBundle.into());
        }
        // Attack: someone replaces `bundle.json` and signs it anew. The sealed bag names the key that really signed;
        // with a passphrase only the sender could have written that.
        if bundle.signer.as_ref().is_ok_and(|s| s.as_deref() != Some(contents.info.signer.as_str())) {
            return Err(BagFault::OtherSigner.into());
        }
    }
    Ok(inside)
}

/// Opens into `target`, through the hidden folder `work` beside the final place; `beside` gets to see all of it too.
///
/// # Errors
/// Whatever stopped it, with what became of the plaintext.
pub fn open(
    opening: Opening,
    key: &Key,
    target: &Path,
    work: &Path,
    beside: &mut dyn Receiver,
    progress: &dyn Progress,
) -> Result<Opened, Box<OpenFailure>> {
    let foreign_name = foreign_name(&opening);
    let mut extractor = Extractor::new(target, work, foreign_name, opening.total);
    let outcome = inspect(opening, key, &mut Both(&mut extractor, beside), progress)
        .and_then(|inside| extractor.put_in_place().map(|place| Opened { place, inside }));
    outcome.map_err(|mut error| {
        extractor.current = None;
        let scrapped = extractor.held.as_ref().map(|held| match work.symlink_metadata() {
            Ok(_) if held.is_at(work) => scrap::scrap_folder(work),
            // Attack: another folder put there to be overwritten and removed.
            Ok(_) => {
                error = Error::Replaced(work.to_owned());
                not_reached(work, std::io::ErrorKind::NotFound.into())
            }
            // A medium pulled in the middle: what is on it was not reached.
            Err(gone) => not_reached(work, gone),
        });
        Box::new(OpenFailure { error, scrapped })
    })
}

fn not_reached(work: &Path, why: std::io::Error) -> Scrapped {
    Scrapped { files: 0, bytes: 0, left: vec![(work.to_owned(), why)] }
}

/// A foreign file is named after the file it was sealed in.
fn foreign_name(opening: &Opening) -> String {
    let path = opening.bundle.volumes.first();
    let name = path.and_then(|p| p.file_name()).map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    match name.strip_suffix(".age") {
        Some(stem) if !stem.is_empty() => stem.to_owned(),
        _ => format!("{name}.opened"),
    }
}

struct Extractor<'a> {
    target: &'a Path,
    work: &'a Path,
    place: PathBuf,
    foreign_name: String,
    /// The work folder, once it is made and ours to remove.
    held: Option<HeldFolder>,
    foreign: bool,
    current: Option<(File, PathBuf, Option<Moment>)>,
    folders: Vec<(String, Moment)>,
    sealed: u64,
}

impl<'a> Extractor<'a> {
    fn new(target: &'a Path, work: &'a Path, foreign_name: String, sealed: u64) -> Self {
        Self {
            target,
            work,
            place: PathBuf::new(),
            foreign_name,
            held: None,
            foreign: false,
            current: None,
            folders: Vec::new(),
            sealed,
        }
    }

    /// Nothing is created unless the place is free and there is room for all of it.
    fn start(&mut self, name: &str, needed: u64) -> Result<(), Error> {
        self.place = self.target.join(name);
        if self.place.symlink_metadata().is_ok() {
            return Err(Error::Exists(self.place.clone()));
        }
        let free = os::place(self.target).map_err(Error::io(self.target))?.free_bytes;
        if free < needed {
            return Err(Error::NoSpace { place: self.target.to_owned(), needed, free });
        }
        let made = HeldFolder::make(self.work).map_err(Error::io(self.work))?;
        self.held = Some(made.ok_or_else(|| Error::Replaced(self.work.to_owned()))?);
        Ok(())
    }

    fn held(&self) -> Result<&HeldFolder, Error> {
        self.held.as_ref().ok_or(Error::Sealing)
    }

    fn create(&mut self, below: &str, executable: bool, mtime: Option<Moment>) -> Result<(), Error> {
        let path = self.work.join(below);
        let file = self.held()?.create_new(below, executable).map_err(Error::io(&path))?;
        self.current = Some((file, path, mtime));
        Ok(())
    }

    /// Everything is proved: folder times, one sync for all, then the name.
    fn put_in_place(&mut self) -> Result<PathBuf, Error> {
        let Some(held) = &self.held else { return Err(Error::Sealing) };
        for (folder, mtime) in self.folders.drain(..).rev() {
            if let (Ok(file), Some(time)) = (held.open_dir(&folder), mtime.to_system()) {
                // A file system without such times is no reason to refuse the data.
                let _ = file.set_times(FileTimes::new().set_modified(time));
            }
        }
        synced::all_below(self.work, held.sync_file_system()).map_err(Error::io(self.work))?;
        let failed = |e: std::io::Error| match e.kind() {
            std::io::ErrorKind::AlreadyExists => Error::Exists(self.place.clone()),
            _ => Error::io(&self.place)(e),
        };
        if self.foreign {
            held.move_out(&self.foreign_name, &self.place).map_err(failed)?;
        } else {
            // Attack: whoever may rename in the target puts a folder of their own under the hidden name, to be told of as
            // what was opened. Before the rename the usual case is seen, and after it the rest.
            let replaced = || Error::Replaced(self.work.to_owned());
            // Nothing there at all: the medium is gone, and its note must stay.
            self.work.symlink_metadata().map_err(Error::io(self.work))?;
            if !held.is_at(self.work) {
                return Err(replaced());
            }
            os::rename_no_replace(self.work, &self.place).map_err(failed)?;
            if !held.is_at(&self.place) {
                return Err(replaced());
            }
        }
        self.held = None;
        // It has its name: from here on nothing may be told as undone.
        if self.foreign {
            let _ = fs::remove_dir(self.work);
        }
        let _ = os::sync_dir(self.target);
        Ok(self.place.clone())
    }
}

impl Receiver for Extractor<'_> {
    fn bag(&mut self, info: &BagInfo) -> Result<(), Error> {
        // Blocks round every file up.
        let needed = info.oxum.0.saturating_add(info.oxum.1.saturating_mul(4096));
        self.start(info.id.as_str(), needed)
    }

    fn entry(&mut self, found: &Found) -> Result<(), Error> {
        if found.folder {
            self.held()?.make_dir(found.path).map_err(Error::io(self.work.join(found.path)))?;
            self.folders.push((found.path.to_owned(), found.mtime));
            return Ok(());
        }
        self.create(found.path, found.executable, Some(found.mtime))
    }

    fn data(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let Some((file, path, _)) = &mut self.current else { return Err(Error::Sealing) };
        file.write_all(bytes).map_err(Error::io(path))
    }

    fn close(&mut self) -> Result<(), Error> {
        if let Some((file, _, Some(mtime))) = self.current.take()
            && let Some(time) = mtime.to_system()
        {
            let _ = file.set_times(FileTimes::new().set_modified(time));
        }
        Ok(())
    }

    fn foreign(&mut self) -> Result<(), Error> {
        self.foreign = true;
        let name = self.foreign_name.clone();
        self.start(&name, self.sealed)?;
        self.create(&name, false, None)
    }
}
