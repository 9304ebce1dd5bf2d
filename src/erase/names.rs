//! Names: removed after the data, in the order that leaves the least of them on the medium.
//!
//! ext4 wipes a name when it is removed, in memory; it reaches the medium with the next sync, and the old state stays in the
//! journal until that is overwritten. A folder removed in the same breath as its files is freed before the wiped block was
//! written, and all names survive. So: files, sync, folders from the inside out with a sync after each level, and the journal
//! last. Other file systems keep names in trees and logs that nobody can overwrite from outside; there it is told.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::io;
use std::ops::Range;

use super::os::facts::{Cleared, Facts, Id, Kind, Layout};
use super::os::{self, Folder};
use super::outcome::{Blocks, Fate, Reason, Reasons, Remaining, Remains};
use super::overwrite;
use super::plan::{self, Item, Plan};
use super::stale;
use super::work::Handles;

/// Where the names of each folder lay, before the first of them was removed.
#[derive(Default)]
pub(super) struct Traces {
    pub layouts: HashMap<u32, Layout>,
}

impl Traces {
    fn note(&mut self, plan: &Plan, index: u32, folder: &Folder) {
        let ground = &plan.grounds[plan.folders[index as usize].ground];
        if ground.is_ext()
            && ground.raw.is_some()
            && !self.layouts.contains_key(&index)
            && let Ok(Some(layout)) = os::layout_of_names(folder)
        {
            self.layouts.insert(index, layout);
        }
    }
}

/// Removes the names of the items whose data had its turn.
pub(super) fn remove(plan: &mut Plan, items: Range<usize>, at: &mut Handles, traces: &mut Traces) {
    for index in items {
        let item = &plan.items[index];
        if item.gone || !matches!(item.fate, Some(Fate::Erased | Fate::NotVerified)) {
            continue;
        }
        let text = match one(plan, item, at, traces) {
            Ok(text) => text,
            Err(Left::Gone) => 0,
            Err(Left::Stays(reason)) => {
                plan.items[index].fail(reason);
                continue;
            }
        };
        let on_ext = plan.ground(item).is_ext();
        let item = &mut plan.items[index];
        item.gone = true;
        // A short one stands in the record of the link itself, which is cleared.
        if item.kind == Kind::Link && !(on_ext && text < SHORT_LINK) {
            item.remains.add(Remains::LinkText);
        }
    }
}

/// What of a link's text fits into its own record on ext4.
const SHORT_LINK: u64 = 60;

/// Why a name was not removed.
enum Left {
    /// It was gone: the run before this one removed it after its data had its turn, or somebody else did just now.
    Gone,
    /// It stays, and why.
    Stays(Reason),
}

impl Left {
    fn by(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Gone,
            io::ErrorKind::InvalidInput => Self::Stays(Reason::Exchanged),
            _ => Self::Stays(Reason::NameStays),
        }
    }
}

/// Removes one name. How long what stood under it was.
fn one(plan: &Plan, item: &Item, at: &mut Handles, traces: &mut Traces) -> Result<u64, Left> {
    let wipes = plan.ground(item).is_ext();
    if at.folder(plan, item.folder).is_err() {
        // Only where the folder itself is known to be gone are its names. A medium that is not here has all of them.
        return Err(if plan.is_gone(item.folder) { Left::Gone } else { Left::Stays(Reason::NameStays) });
    }
    if item.kind == Kind::File {
        cut(plan, item, at)?;
    }
    let id = Id { device: plan.ground(item).device, number: item.number };
    let folder = at.folder(plan, item.folder).map_err(|error| Left::by(&error))?;
    traces.note(plan, item.folder, folder);
    let facts = folder.look(&item.name).map_err(|error| Left::by(&error))?;
    if facts.id != id {
        return Err(Left::Stays(Reason::Exchanged));
    }
    let done = match go(folder, &item.name, wipes) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            folder.make_changeable().and_then(|()| go(folder, &item.name, wipes))
        }
        other => other,
    };
    done.map(|()| facts.size).map_err(|error| Left::by(&error))
}

/// Cut before the name goes, so that even the length is not left in the record of a removed file. What was written to it
/// since it was read back was not overwritten by anybody.
fn cut(plan: &Plan, item: &Item, at: &mut Handles) -> Result<(), Left> {
    let file = at.file(plan, item, Folder::open_to_erase).map_err(|error| Left::by(&error))?;
    let facts = os::facts_of(&file).map_err(|error| Left::by(&error))?;
    // A run before this one may have cut it already; another name of the same file was cut with the first.
    if facts.written != item.written && facts.size > 0 {
        return Err(Left::Stays(Reason::Grew));
    }
    file.set_len(0).map_err(|_| Left::Stays(Reason::NameStays))
}

/// ext4 wipes the name as it removes it, and a new name might only take a new block. Elsewhere another name of the same
/// length has a chance to be written over the old one.
fn go(folder: &Folder, name: &OsStr, wipes: bool) -> io::Result<()> {
    if wipes {
        return folder.remove(name);
    }
    let other = noise(name)?;
    let now = if folder.rename(name, &other).is_ok() { other.as_os_str() } else { name };
    folder.remove(now)
}

/// A name of the same length that says nothing.
fn noise(name: &OsStr) -> io::Result<OsString> {
    const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let (bytes, units) = os::name_lengths(name);
    // Too long a name is an error, too short a one only wipes less.
    let mut drawn = vec![0; units.min(bytes).max(1)];
    getrandom::fill(&mut drawn).map_err(io::Error::other)?;
    Ok(drawn.iter().map(|byte| char::from(LETTERS[usize::from(byte & 31)])).collect::<String>().into())
}

/// Removes the folders, clears the journals, and says of every item what may remain of its name.
pub(super) fn finish(plan: &mut Plan, traces: &mut Traces) {
    let mut levels = levels(plan);
    for level in &levels {
        for &index in level {
            if let Ok(folder) = plan.open(index) {
                traces.note(plan, index, &folder);
                overwrite::each_attribute(&folder, os::overwrite_attribute, false);
            }
        }
    }
    sync(plan, false);
    for level in &levels {
        for &index in level {
            if let Ok(folder) = plan.open(index) {
                overwrite::each_attribute(&folder, os::remove_attribute, true);
            }
        }
    }
    sync(plan, true);
    levels.reverse();
    for level in levels {
        for index in level {
            if let Err(error) = remove_folder(plan, index) {
                keep(plan, index, &error);
            }
        }
        sync(plan, false);
    }
    let cleared = clear(plan);
    let stale = stale::names(plan, &traces.layouts);
    for index in 0..plan.items.len() {
        let ground = plan.folders[plan.items[index].folder as usize].ground;
        let found = stale.contains(&u32::try_from(index).unwrap_or(u32::MAX));
        let looked = traces.layouts.contains_key(&plan.items[index].folder);
        judge(plan, index, cleared[ground], looked, found);
    }
}

/// Folders that go, those inside of others in later levels.
fn levels(plan: &Plan) -> Vec<Vec<u32>> {
    let mut depths: Vec<usize> = Vec::with_capacity(plan.folders.len());
    let mut levels: Vec<Vec<u32>> = Vec::new();
    for (index, folder) in (0u32..).zip(&plan.folders) {
        let depth = folder.parent.map_or(0, |parent| depths[parent as usize] + 1);
        depths.push(depth);
        if folder.goes {
            levels.resize_with(levels.len().max(depth + 1), Vec::new);
            levels[depth].push(index);
        }
    }
    levels
}

fn remove_folder(plan: &Plan, index: u32) -> io::Result<()> {
    let planned = &plan.folders[index as usize];
    let Some(parent) = planned.parent else { return Ok(()) };
    let above = plan.open(parent)?;
    match above.look(&planned.name) {
        Ok(facts) if facts.id == planned.id => {}
        Ok(_) => return Err(io::Error::new(io::ErrorKind::InvalidInput, "another folder stands in its place")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    }
    let gone = |name: &OsStr| match above.remove_folder(name) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            above.make_changeable()?;
            above.remove_folder(name)
        }
        other => other,
    };
    gone(&planned.name)
}

/// A folder that stays. When it holds items that were left, those say why; else it becomes an item itself.
fn keep(plan: &mut Plan, index: u32, error: &io::Error) {
    let planned = &plan.folders[index as usize];
    let (parent, id, name) = (planned.parent.unwrap_or(index), planned.id, planned.name.clone());
    let holds = plan.items.iter().any(|item| !item.gone && within(plan, item.folder, index));
    let told = plan.items.iter().any(|item| item.kind == Kind::Folder && item.number == id.number);
    let expected = matches!(error.kind(), io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::ReadOnlyFilesystem);
    if holds && expected || told {
        return;
    }
    let facts = Facts { kind: Kind::Folder, id, mount: 0, size: 0, links: 1, written: 0 };
    let mut item = plan::new(parent, &name, &facts, Reasons::default());
    item.blocks = Blocks::None;
    item.remains.add(Remains::Names);
    item.fail(Reason::NameStays);
    plan.items.push(item);
}

fn within(plan: &Plan, mut folder: u32, above: u32) -> bool {
    loop {
        if folder == above {
            return true;
        }
        match plan.folders[folder as usize].parent {
            Some(parent) => folder = parent,
            None => return false,
        }
    }
}

/// A folder of each ground that is still there.
fn anchors(plan: &Plan) -> Vec<Option<Folder>> {
    let mut anchors: Vec<Option<Folder>> = plan.grounds.iter().map(|_| None).collect();
    for (index, folder) in (0u32..).zip(&plan.folders) {
        if anchors[folder.ground].is_none() && !folder.goes {
            anchors[folder.ground] = plan.open(index).ok();
        }
    }
    anchors
}

/// Brings everything to the media; `written` asks ext4 to write its journal out as well.
fn sync(plan: &Plan, written: bool) {
    for (folder, ground) in anchors(plan).iter().zip(&plan.grounds) {
        let Some(folder) = folder else { continue };
        let _ = folder.sync_file_system();
        if written && ground.clears_journal {
            let _ = os::clear_journal(folder, false);
        }
    }
}

/// What may be left of names and attributes on each ground.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Journal {
    /// Nothing: the journal was overwritten, or there is none.
    Nothing,
    /// Older states in the journal.
    Older,
    /// Nobody can tell.
    Anything,
}

fn clear(plan: &Plan) -> Vec<Journal> {
    let anchors = anchors(plan);
    let cleared = anchors.iter().zip(&plan.grounds).map(|(folder, ground)| {
        let Some(folder) = folder.as_ref().filter(|_| ground.is_ext()) else { return Journal::Anything };
        match os::clear_journal(folder, true) {
            Cleared::Zeroed | Cleared::NoJournal => Journal::Nothing,
            // The old driver of ext2 knows no journals at all.
            Cleared::Unsupported if ground.place.fs_type == "ext2" => Journal::Nothing,
            Cleared::Unsupported | Cleared::NotPermitted | Cleared::Failed(_) => Journal::Older,
        }
    });
    cleared.collect()
}

/// The last word on an item, when its name is gone and the journal was or was not cleared.
fn judge(plan: &mut Plan, index: usize, left: Journal, looked: bool, stale: bool) {
    let item = &plan.items[index];
    if item.kind == Kind::Folder || !item.gone {
        return;
    }
    let ground = plan.ground(item);
    let (logical, on_ext, history) = (ground.is_logical(), ground.is_ext(), ground.history);
    let through_journal = item.reasons.has(Reason::DataJournal) || on_ext && item.reasons.has(Reason::Inline);
    let item = &mut plan.items[index];
    let mut remains = item.remains;
    if !looked || stale {
        remains.add(Remains::Names);
    }
    if item.attributes > 0 && (!on_ext || left != Journal::Nothing) {
        remains.add(Remains::Attributes);
    }
    if left == Journal::Older {
        remains.add(Remains::Journal);
    }
    // One that was found is a reason, and spoils the result.
    if history.may_keep_shadow_copies && !history.shadow_copies {
        remains.add(Remains::ShadowCopies);
    }
    if history.change_journal {
        remains.add(Remains::ChangeJournal);
    }
    if through_journal && left == Journal::Nothing {
        item.reasons = settled(item.reasons);
        remains = without_journal(remains);
    } else if through_journal && item.fate == Some(Fate::Erased) {
        item.fate = Some(Fate::NotVerified);
        item.reasons.add(Reason::DataJournal);
        remains.add(Remains::Journal);
    }
    if logical && item.overwritten > 0 {
        remains.add(if item.read_back { Remains::SpareCells } else { Remains::SpareCellsUnread });
    }
    item.remains = remains;
}

fn settled(reasons: Reasons) -> Reasons {
    reasons.without(Reason::DataJournal).without(Reason::Inline)
}

fn without_journal(remains: Remaining) -> Remaining {
    remains.without(Remains::Journal)
}
