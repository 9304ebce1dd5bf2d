//! The plan of an erasure: every item with what its place promises, and nothing changed yet.
//!
//! A million files may be in it, so an item is small: its name, its numbers, and sets of codes.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::guard::{self, Guard, Refusal};
use super::os::facts::{Facts, Id, Kind};
use super::os::{self, Folder, name_text};
use super::outcome::{Blocks, Fate, Reason, Reasons, Remaining, Remains};
use super::promise::{self, Ground, Users, Wishes};
use crate::progress::{Progress, Stage};

/// A folder of the plan.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PlannedFolder {
    /// The folder it is in, by its place in the plan; none for one where a path that was asked for lies.
    pub parent: Option<u32>,
    /// Its name in it, or its whole real path.
    #[serde(with = "name_text")]
    pub name: OsString,
    /// What people call it: the path as it was asked for.
    #[serde(with = "name_text")]
    pub shown: OsString,
    /// Which it is.
    pub id: Id,
    /// The file system it is on, as that says of itself; of a folder that was asked for or in which such a path lies.
    #[serde(default)]
    pub file_system: u64,
    /// Whether it goes with its contents.
    pub goes: bool,
    /// The ground it lies on.
    #[serde(skip)]
    pub ground: usize,
}

/// An item of the plan, and what becomes of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Item {
    /// Its name.
    #[serde(with = "name_text")]
    pub name: Box<OsStr>,
    /// The folder it is in.
    pub folder: u32,
    /// What it is.
    pub kind: Kind,
    /// Bytes, as it was planned.
    pub size: u64,
    /// Its number on its file system.
    pub number: u64,
    /// An item before it that is the same file under another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub twin: Option<u32>,
    /// Why it is not erased, or what its place cannot promise.
    pub reasons: Reasons,
    /// What may remain of it.
    #[serde(default)]
    pub remains: Remaining,
    /// What became of it; none while nothing did.
    #[serde(default)]
    pub fate: Option<Fate>,
    /// Whether its blocks stayed the same.
    #[serde(default)]
    pub blocks: Blocks,
    /// What its content was, keyed.
    #[serde(default, with = "digest_text", skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<[u8; 32]>,
    /// Bytes overwritten, those up to the end of its last block included.
    #[serde(default)]
    pub overwritten: u64,
    /// Whether all of them were read back and found right.
    #[serde(default)]
    pub read_back: bool,
    /// Whether the blocks on the device itself were read and found right.
    #[serde(default)]
    pub device_read: bool,
    /// Tells where it lay before the first byte was overwritten, so that a run that goes on with it can see whether it still
    /// does; 0 where that was not known.
    #[serde(default)]
    pub before: u64,
    /// When it was last written, as it was when it was read back.
    #[serde(default)]
    pub written: i64,
    /// Extended attributes it had.
    #[serde(default)]
    pub attributes: u16,
    /// Whether its name is gone.
    #[serde(default)]
    pub gone: bool,
}

impl Item {
    /// Fails it for a reason.
    pub(super) fn fail(&mut self, reason: Reason) {
        self.reasons.add(reason);
        self.fate = Some(Fate::Failed);
    }
}

/// The plan.
#[derive(Debug, Default)]
pub struct Plan {
    /// Folders, each after the one it is in.
    pub folders: Vec<PlannedFolder>,
    /// Items, those of a folder together.
    pub items: Vec<Item>,
    /// File systems they lie in.
    pub grounds: Vec<Ground>,
    /// How it is meant.
    pub wishes: Wishes,
    /// Who has which item open to write, for those that are.
    pub writers: Vec<(u32, String)>,
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// A rule of safety.
    #[error("{} is never erased", .0.display())]
    Refused(PathBuf, Refusal),
    /// It cannot be looked at.
    #[error("{path}: {1}", path = .0.display())]
    Io(PathBuf, #[source] io::Error),
    /// A place that an erasure was at is not there.
    #[error("{path}: {1}", path = .0.display())]
    Missing(PathBuf, #[source] io::Error),
    /// The user stopped it.
    #[error("interrupted")]
    Interrupted,
}

impl Plan {
    /// Looks at everything that is asked for.
    ///
    /// # Errors
    /// A path that is refused or cannot be looked at. What is wrong further inside is said of the item.
    pub fn of(paths: &[PathBuf], wishes: Wishes, guard: &Guard, progress: &dyn Progress) -> Result<Self, PlanError> {
        progress.stage(Stage::Scan, 0);
        let mut targets = Vec::new();
        for path in paths {
            let real = guard::real(path).map_err(|e| PlanError::Io(path.clone(), e))?;
            if let Some(refusal) = guard.refuses(&real) {
                return Err(PlanError::Refused(path.clone(), refusal));
            }
            if guard.keeps_above(&real) {
                return Err(PlanError::Refused(path.clone(), Refusal::Kept));
            }
            targets.push((real, path.clone()));
        }
        targets.sort();
        // What lies in another path that is asked for comes with it.
        targets.dedup_by(|next, first| next.0.starts_with(&first.0));
        let plan = Self { wishes, ..Self::default() };
        let mut walk = Walk { plan, guard, users: Users::now(), progress, links: HashMap::new(), tops: HashMap::new() };
        for (real, shown) in targets {
            walk.target(&real, &shown)?;
        }
        Ok(walk.finish())
    }

    /// Opens a folder of the plan, and makes sure that it is the one that was planned.
    ///
    /// # Errors
    /// It is gone, or another stands in its place.
    pub fn open(&self, index: u32) -> io::Result<Folder> {
        let planned = &self.folders[index as usize];
        let folder = match planned.parent {
            Some(parent) => self.open(parent)?.below(&planned.name)?,
            None => Folder::open(Path::new(&planned.name))?,
        };
        if folder.facts()?.id != planned.id {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "another folder stands in its place"));
        }
        Ok(folder)
    }

    /// What people call an item.
    #[must_use]
    pub fn path(&self, item: &Item) -> PathBuf {
        self.shown(item.folder).join(&*item.name)
    }

    /// What people call a folder.
    #[must_use]
    pub fn shown(&self, index: u32) -> PathBuf {
        let folder = &self.folders[index as usize];
        match folder.parent {
            Some(parent) if folder.shown.is_empty() => self.shown(parent).join(&folder.name),
            _ => PathBuf::from(&folder.shown),
        }
    }

    /// The ground an item lies on.
    #[must_use]
    pub fn ground(&self, item: &Item) -> &Ground {
        &self.grounds[self.folders[item.folder as usize].ground]
    }

    /// Whether an item is left as it is.
    #[must_use]
    pub fn is_left(&self, item: &Item) -> bool {
        promise::is_left(item.reasons, self.wishes, self.ground(item).is_ext())
    }

    /// Bytes of the files that will be overwritten.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let work = self.items.iter().filter(|item| item.fate.is_none() && item.twin.is_none() && !self.is_left(item));
        work.fold(0, |sum, item| sum.saturating_add(item.size))
    }

    /// Asks the guard once more, of a plan that was written down: what is kept may have come to be another since.
    ///
    /// # Errors
    /// What is refused.
    pub fn guarded(&self, guard: &Guard) -> Result<(), PlanError> {
        for (index, folder) in (0u32..).zip(&self.folders) {
            let is_top = folder.parent.is_none();
            let here = self.items.iter().filter(|item| is_top && item.folder == index).map(|item| &*item.name);
            let inner = self.folders.iter().filter(|inner| inner.parent == Some(index)).map(|inner| &*inner.name);
            let mut below = here.chain(inner.filter(|_| is_top)).map(|name| Path::new(&folder.name).join(name));
            if is_top && guard.keeps_above(&Path::new(&folder.name).join("x")) {
                return Err(PlanError::Refused(self.shown(index), Refusal::Kept));
            }
            if let Some((refusal, path)) = below.find_map(|path| Some((guard.refuses(&path)?, path))) {
                return Err(PlanError::Refused(path, refusal));
            }
            // One in which a path lies that was asked for may be a home; it stays.
            if !is_top && guard.keeps(folder.id) {
                return Err(PlanError::Refused(self.shown(index), Refusal::Kept));
            }
        }
        Ok(())
    }

    /// Finds the grounds of a plan that was written down, and of each folder that is still there its own. A medium that was
    /// taken out and put in again may have another device number.
    ///
    /// # Errors
    /// A place is not there, or another is: nothing can be said of what lay in it.
    pub fn find_grounds(&mut self) -> Result<(), PlanError> {
        for index in 0..self.folders.len() {
            let top = &self.folders[index];
            if top.parent.is_some() {
                continue;
            }
            let (path, planned, file_system) = (PathBuf::from(&top.name), top.id, top.file_system);
            let missing = |error| PlanError::Missing(path.clone(), error);
            let now = Folder::open(&path).and_then(|folder| folder.facts()).map_err(missing)?.id;
            let same = file_system != 0 && os::stamp::file_system(&path) == file_system;
            if now.number != planned.number || now.device != planned.device && !same {
                return Err(missing(io::ErrorKind::NotFound.into()));
            }
            for folder in self.folders.iter_mut().filter(|folder| folder.id.device == planned.device) {
                folder.id.device = now.device;
            }
        }
        for index in 0..self.folders.len() {
            // A plan has fewer folders than items, and those are counted in 32 bits.
            #[allow(clippy::cast_possible_truncation)]
            let found = self.open(index as u32).and_then(|folder| Ok((folder.facts()?, folder)));
            self.folders[index].ground = match (found, self.folders[index].parent) {
                (Ok((facts, folder)), _) => ground(&mut self.grounds, &folder, facts)
                    .map_err(|error| PlanError::Io(PathBuf::from(&self.folders[index].name), error))?,
                (Err(_), Some(parent)) => self.folders[parent as usize].ground,
                (Err(error), None) => return Err(PlanError::Missing(PathBuf::from(&self.folders[index].name), error)),
            };
        }
        Ok(())
    }

    /// Whether a folder is certainly gone: the one it was in is there, or certainly gone as well, and has nothing of its name.
    #[must_use]
    pub fn is_gone(&self, index: u32) -> bool {
        let planned = &self.folders[index as usize];
        let Some(parent) = planned.parent else { return false };
        match self.open(parent) {
            Ok(above) => above.look(&planned.name).is_err_and(|error| error.kind() == io::ErrorKind::NotFound),
            Err(_) => self.is_gone(parent),
        }
    }
}

fn ground(grounds: &mut Vec<Ground>, folder: &Folder, facts: Facts) -> io::Result<usize> {
    if let Some(known) =
        grounds.iter().position(|ground| ground.device == facts.id.device && ground.mount == facts.mount)
    {
        return Ok(known);
    }
    grounds.push(Ground::under(folder, facts)?);
    Ok(grounds.len() - 1)
}

/// Names of one file that were found so far, and how many it has.
struct Linked {
    first: u32,
    items: Vec<u32>,
    links: u64,
}

struct Walk<'a> {
    plan: Plan,
    guard: &'a Guard,
    users: Users,
    progress: &'a dyn Progress,
    links: HashMap<Id, Linked>,
    /// Folders in which paths that were asked for lie.
    tops: HashMap<PathBuf, u32>,
}

impl Walk<'_> {
    fn target(&mut self, real: &Path, shown: &Path) -> Result<(), PlanError> {
        let at = |e| PlanError::Io(shown.to_owned(), e);
        let (Some(parent), Some(name)) = (real.parent(), real.file_name()) else {
            return Err(PlanError::Refused(shown.to_owned(), Refusal::Above));
        };
        let above = Folder::open(parent).map_err(at)?;
        let facts = above.look(name).map_err(at)?;
        let refused = |why| Err(PlanError::Refused(shown.to_owned(), why));
        match facts.kind {
            Kind::Link => return refused(Refusal::Link),
            Kind::Device => return refused(Refusal::Device),
            _ if self.guard.keeps(facts.id) => return refused(Refusal::Kept),
            _ => {}
        }
        let outer = above.facts().map_err(at)?;
        let is_mount = facts.mount != outer.mount || facts.id.device != outer.id.device;
        if facts.kind == Kind::Folder && is_mount {
            // What is mounted there was asked for by its name. The folder itself stays: it is where it is mounted.
            let index = self.folder(None, real.as_os_str().to_owned(), shown, facts, false).map_err(at)?;
            return self.contents(index);
        }
        let top = if let Some(&top) = self.tops.get(parent) {
            top
        } else {
            let shown = shown.parent().unwrap_or(Path::new(""));
            let top = self.folder(None, parent.as_os_str().to_owned(), shown, outer, false).map_err(at)?;
            self.tops.insert(parent.to_owned(), top);
            top
        };
        if facts.kind == Kind::Folder {
            let index = self.folder(Some(top), name.to_owned(), shown, facts, true).map_err(at)?;
            return self.contents(index);
        }
        self.item(top, &above, name, &facts);
        Ok(())
    }

    fn folder(
        &mut self,
        parent: Option<u32>,
        name: OsString,
        shown: &Path,
        facts: Facts,
        goes: bool,
    ) -> io::Result<u32> {
        let index = u32::try_from(self.plan.folders.len()).map_err(io::Error::other)?;
        let shown = shown.as_os_str().to_owned();
        let file_system = if parent.is_none() { os::stamp::file_system(Path::new(&name)) } else { 0 };
        self.plan.folders.push(PlannedFolder { parent, name, shown, id: facts.id, file_system, goes, ground: 0 });
        let handle = self.plan.open(index)?;
        let found = ground(&mut self.plan.grounds, &handle, facts)?;
        self.plan.folders[index as usize].ground = found;
        Ok(index)
    }

    /// Everything in a folder, folders in it included, one folder after the other.
    fn contents(&mut self, top: u32) -> Result<(), PlanError> {
        let mut next = vec![top];
        while let Some(index) = next.pop() {
            if self.progress.cancelled() {
                return Err(PlanError::Interrupted);
            }
            let listed = self.plan.open(index).and_then(|folder| Ok((folder.names()?, folder)));
            let (mut names, folder) = match listed {
                Ok(listed) => listed,
                Err(error) => {
                    self.trouble(index, promise::why_closed(&error));
                    continue;
                }
            };
            let outer = match folder.facts() {
                Ok(facts) => facts,
                Err(error) => return Err(PlanError::Io(self.plan.shown(index), error)),
            };
            // As people look for them in the list.
            names.sort();
            // A case, of whomever: its ledger is evidence.
            if ["ledger.db", "tewatashi.toml"].iter().all(|name| names.binary_search(&OsString::from(name)).is_ok()) {
                return Err(PlanError::Refused(self.plan.shown(index), Refusal::Kept));
            }
            let is_root = self.plan.folders[index as usize].parent.is_none();
            for name in names {
                // What the file system's own repairs put there; it belongs to the system.
                if is_root && name == "lost+found" && outer.id.number == 2 {
                    continue;
                }
                if let Some(inner) = self.entry(index, &folder, &outer, &name)? {
                    next.push(inner);
                }
            }
        }
        Ok(())
    }

    /// One name in a folder; the folder to go on with, when it is one.
    fn entry(&mut self, index: u32, folder: &Folder, outer: &Facts, name: &OsStr) -> Result<Option<u32>, PlanError> {
        let facts = match folder.look(name) {
            Ok(facts) => facts,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(PlanError::Io(self.plan.shown(index).join(name), error)),
        };
        let elsewhere = facts.mount != outer.mount || facts.id.device != outer.id.device;
        if self.guard.keeps(facts.id) {
            return Err(PlanError::Refused(self.plan.shown(index).join(name), Refusal::Kept));
        }
        if elsewhere && (!self.plan.wishes.across_mounts || facts.kind != Kind::Folder) {
            self.plan.items.push(new(index, name, &facts, [Reason::OtherFileSystem].into_iter().collect()));
            return Ok(None);
        }
        if facts.kind != Kind::Folder {
            self.item(index, folder, name, &facts);
            return Ok(None);
        }
        let inner = self.folder(Some(index), name.to_owned(), Path::new(""), facts, !elsewhere);
        match inner {
            Ok(inner) => Ok(Some(inner)),
            Err(error) => {
                self.plan.folders.pop();
                self.plan.items.push(new(index, name, &facts, [promise::why_closed(&error)].into_iter().collect()));
                Ok(None)
            }
        }
    }

    /// A folder of the plan turns out to be closed: it becomes an item of the one it is in.
    fn trouble(&mut self, index: u32, reason: Reason) {
        let planned = &self.plan.folders[index as usize];
        let facts = Facts { kind: Kind::Folder, id: planned.id, mount: 0, size: 0, links: 1, written: 0 };
        let (parent, name) = (planned.parent.unwrap_or(index), planned.name.clone());
        self.plan.folders[index as usize].goes = false;
        self.plan.items.push(new(parent, &name, &facts, [reason].into_iter().collect()));
    }

    fn item(&mut self, index: u32, folder: &Folder, name: &OsStr, facts: &Facts) {
        let ground = &self.plan.grounds[self.plan.folders[index as usize].ground];
        let reasons = match facts.kind {
            Kind::File => promise::of_file(folder, name, facts, ground, &self.users),
            Kind::Device => [Reason::Device].into_iter().collect(),
            // A name and no data: where that lies does not matter.
            _ if ground.reasons.has(Reason::ReadOnly) => [Reason::ReadOnly].into_iter().collect(),
            _ => Reasons::default(),
        };
        // A plan of more than four thousand million items is none.
        #[allow(clippy::cast_possible_truncation)]
        let number = self.plan.items.len() as u32;
        if reasons.has(Reason::OpenElsewhere) {
            let known = self.users.writer(facts.id).map(str::to_owned);
            let who = known.or_else(|| folder.held_by(name)).unwrap_or_default();
            self.plan.writers.push((number, who));
        }
        let mut item = new(index, name, facts, reasons);
        if facts.kind == Kind::File && facts.links > 1 {
            let linked = self.links.entry(facts.id).or_insert(Linked { first: number, items: vec![], links: 0 });
            linked.items.push(number);
            linked.links = facts.links;
            item.twin = (linked.first != number).then_some(linked.first);
        }
        self.plan.items.push(item);
    }

    fn finish(mut self) -> Plan {
        for linked in self.links.into_values().filter(|linked| (linked.items.len() as u64) < linked.links) {
            for number in linked.items {
                let item = &mut self.plan.items[number as usize];
                item.reasons.add(Reason::LinkedElsewhere);
                item.remains.add(Remains::OtherNames);
            }
        }
        self.plan
    }
}

/// An item that nothing was done to yet.
pub(super) fn new(folder: u32, name: &OsStr, facts: &Facts, reasons: Reasons) -> Item {
    Item {
        name: name.into(),
        folder,
        kind: facts.kind,
        size: if facts.kind == Kind::File { facts.size } else { 0 },
        number: facts.id.number,
        twin: None,
        reasons,
        remains: Remaining::default(),
        fate: None,
        blocks: Blocks::Unknown,
        fingerprint: None,
        overwritten: 0,
        read_back: false,
        device_read: false,
        before: 0,
        written: 0,
        attributes: 0,
        gone: false,
    }
}

/// A fingerprint as hexadecimal digits.
mod digest_text {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    use crate::digest;

    // As serde calls it.
    #[allow(clippy::ref_option)]
    pub fn serialize<S: Serializer>(digest: &Option<[u8; 32]>, to: S) -> Result<S::Ok, S::Error> {
        digest.as_ref().map(digest::hex).serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<[u8; 32]>, D::Error> {
        let Some(text) = Option::<String>::deserialize(from)? else { return Ok(None) };
        let bytes = digest::unhex(&text).and_then(|bytes| bytes.try_into().ok());
        bytes.map(Some).ok_or_else(|| D::Error::custom("no fingerprint"))
    }
}
