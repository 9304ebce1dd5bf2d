//! The work itself, batch by batch: fingerprint, overwrite, sync once, read back, and only then remove the names.
//!
//! A batch is what one sync is good for. Before its first byte is overwritten the log hears of it, with the fingerprints;
//! before its first name is removed the log hears what was proved. So whatever kills the program, the log says of every item
//! whether it was untouched, at work, or proved.

use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;

use sha2::{Digest, Sha256};

use super::compare::{self, Compared};
use super::names;
use super::os::facts::{Id, Kind, Layout};
use super::os::{self, Folder};
use super::outcome::{Blocks, Fate, Reason, Remains};
use super::overwrite::{self, Spread};
use super::pattern::{Key, Method, Pattern};
use super::plan::{Item, Plan};
use super::promise::{self, Users};
use crate::progress::{Progress, Stage};

/// Makes the fingerprint of an item out of the SHA-256 of its content.
pub type Fingerprint<'a> = dyn Fn(&Plan, &Item, [u8; 32]) -> [u8; 32] + 'a;

/// How it is to be done.
pub struct Orders<'a> {
    /// What is written, how often.
    pub method: Method,
    /// The key of the keystreams.
    pub key: Key,
    /// Makes the fingerprint of an item out of the SHA-256 of its content.
    pub fingerprint: &'a Fingerprint<'a>,
}

/// What is told while the work goes on, so that it can be gone on with after anything.
pub trait Log {
    /// These items are about to be overwritten; their fingerprints are known.
    ///
    /// # Errors
    /// It cannot be kept; then nothing is overwritten.
    fn begins(&mut self, plan: &Plan, items: Range<usize>) -> io::Result<()>;

    /// These items were overwritten, with what could be proved; their names are still there.
    ///
    /// # Errors
    /// It cannot be kept; then no name is removed.
    fn proved(&mut self, plan: &Plan, items: Range<usize>) -> io::Result<()>;
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Every item had its turn.
    Done,
    /// The user stopped it, at a clean point.
    Interrupted,
}

/// A longer value may lie in a file of its own (ext4 with `ea_inode`), and another of the same length in another.
const LONG_ATTRIBUTE: usize = 1000;

/// A batch ends at either.
const BATCH_ITEMS: usize = 4096;
const BATCH_BYTES: u64 = 256 << 20;

/// Erases what is planned, as far as it can be; what became of each item stands in the plan.
///
/// # Errors
/// Those of the log. What goes wrong with an item is said of the item.
pub fn erase(plan: &mut Plan, orders: &Orders, log: &mut dyn Log, progress: &dyn Progress) -> io::Result<Ended> {
    let passes = orders.method.passes().len() as u64;
    // Read once, written and read back with every pass.
    progress.stage(Stage::Erase, plan.bytes().saturating_mul(1 + 2 * passes));
    skip(plan);
    let mut traces = names::Traces::default();
    let mut start = 0;
    while start < plan.items.len() {
        if progress.cancelled() {
            return Ok(Ended::Interrupted);
        }
        let items = batch(plan, start);
        start = items.end;
        let mut work = Batch { orders, progress, live: Vec::new(), at: Handles::default() };
        if !items.clone().any(|at| plan.items[at].fate.is_none()) {
            // Of a run before this one: proved, perhaps not removed.
            names::remove(plan, items.clone(), &mut work.at, &mut traces);
            continue;
        }
        match work.run(plan, items.clone(), log) {
            Ok(()) => {}
            Err(Stop::Cancelled) => return Ok(Ended::Interrupted),
            Err(Stop::Log(error)) => return Err(error),
        }
        names::remove(plan, items.clone(), &mut work.at, &mut traces);
        progress.items(items.end as u64, plan.items.len() as u64);
    }
    names::finish(plan, &mut traces);
    Ok(Ended::Done)
}

/// Says of the items that are left as they are that they are.
fn skip(plan: &mut Plan) {
    for at in 0..plan.items.len() {
        let item = &plan.items[at];
        if item.fate.is_none() && (item.kind == Kind::Folder || plan.is_left(item)) {
            let item = &mut plan.items[at];
            item.fate = Some(Fate::Skipped);
            item.remains.add(Remains::Everything);
        }
    }
}

fn batch(plan: &Plan, start: usize) -> Range<usize> {
    let ground = |item: &Item| plan.folders[item.folder as usize].ground;
    let first = ground(&plan.items[start]);
    let (mut end, mut bytes) = (start, 0u64);
    while end < plan.items.len() && end - start < BATCH_ITEMS && ground(&plan.items[end]) == first {
        bytes = bytes.saturating_add(plan.items[end].size);
        if bytes > BATCH_BYTES && end > start {
            break;
        }
        end += 1;
    }
    start..end
}

/// Why a batch does not go on.
pub(super) enum Stop {
    Cancelled,
    Log(io::Error),
}

/// The folder that was used last: items of a folder come together.
#[derive(Default)]
pub(super) struct Handles(Option<(u32, Folder)>);

impl Handles {
    pub(super) fn folder(&mut self, plan: &Plan, index: u32) -> io::Result<&Folder> {
        if self.0.as_ref().is_none_or(|(known, _)| *known != index) {
            self.0 = Some((index, plan.open(index)?));
        }
        match &self.0 {
            Some((_, folder)) => Ok(folder),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// Opens an item, and makes sure that it is the one that was planned.
    pub(super) fn file(
        &mut self,
        plan: &Plan,
        item: &Item,
        open: fn(&Folder, &std::ffi::OsStr) -> io::Result<File>,
    ) -> io::Result<File> {
        let device = plan.ground(item).device;
        let file = open(self.folder(plan, item.folder)?, &item.name)?;
        let found = os::facts_of(&file)?.id;
        if (found.device, found.number) != (device, item.number) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "another file stands in its place"));
        }
        Ok(file)
    }
}

/// A file at work.
pub(super) struct Live {
    /// Its place in the plan.
    pub item: usize,
    /// Where it lay before.
    pub before: Option<Layout>,
    /// What of it is overwritten.
    pub spread: Spread,
}

struct Batch<'a> {
    orders: &'a Orders<'a>,
    progress: &'a dyn Progress,
    live: Vec<Live>,
    at: Handles,
}

impl Batch<'_> {
    fn run(&mut self, plan: &mut Plan, items: Range<usize>, log: &mut dyn Log) -> Result<(), Stop> {
        self.fingerprints(plan, items.clone())?;
        self.take_up(plan, items.clone());
        log.begins(plan, items.clone()).map_err(Stop::Log)?;
        for (nth, pass) in self.orders.method.passes().iter().enumerate() {
            let pattern = |at: usize| Pattern::of(*pass, &self.orders.key, (at as u64) << 2 | nth as u64);
            self.overwrite(plan, &pattern)?;
            if nth == 0 {
                self.attributes(plan, os::overwrite_attribute, false);
            }
            self.sync(plan);
            self.compare(plan, &pattern)?;
        }
        self.attributes(plan, os::remove_attribute, true);
        for at in items.clone() {
            settle(plan, at);
        }
        watch(plan, items.clone());
        log.proved(plan, items).map_err(Stop::Log)
    }

    /// Reads every file once and keeps what tells it from any other.
    fn fingerprints(&mut self, plan: &mut Plan, items: Range<usize>) -> Result<(), Stop> {
        for at in items {
            let item = &plan.items[at];
            if item.kind != Kind::File || item.fate.is_some() || item.fingerprint.is_some() {
                continue;
            }
            if let Some(twin) = item.twin {
                let twin = &plan.items[twin as usize];
                let (fingerprint, size) = (twin.fingerprint, twin.size);
                let item = &mut plan.items[at];
                (item.fingerprint, item.size) = (fingerprint, size);
                continue;
            }
            let read = self.at.file(plan, item, Folder::open_file).and_then(|file| hash(file, self.progress));
            match read {
                Ok((size, digest)) => {
                    let fingerprint = (self.orders.fingerprint)(plan, item, digest);
                    let item = &mut plan.items[at];
                    item.size = size;
                    item.fingerprint = Some(fingerprint);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(Stop::Cancelled),
                Err(error) => fail_to_open(&mut plan.items[at], &error),
            }
        }
        Ok(())
    }

    /// Looks where each file lies now, and what of it is to be overwritten.
    fn take_up(&mut self, plan: &mut Plan, items: Range<usize>) {
        // It may be long since the plan was made and shown.
        let users = Users::now();
        for at in items {
            let item = &plan.items[at];
            if item.kind != Kind::File || item.fate.is_some() || item.twin.is_some() {
                continue;
            }
            if users.uses(Id { device: plan.ground(item).device, number: item.number }) {
                leave(&mut plan.items[at], Reason::OpenElsewhere);
                continue;
            }
            let taken = self.at.file(plan, item, Folder::open_to_erase).and_then(|file| overwrite::spread(&file));
            match taken {
                Ok((spread, before)) => self.take(plan, at, spread, before),
                Err(error) => fail_to_open(&mut plan.items[at], &error),
            }
        }
    }

    /// What came to share its blocks since it was planned is left as it is.
    fn take(&mut self, plan: &mut Plan, at: usize, spread: Spread, before: Option<Layout>) {
        let item = &mut plan.items[at];
        if let Some(layout) = &before {
            let found = [
                (layout.shared, Reason::SharedBlocks),
                (layout.compressed, Reason::Compressed),
                (layout.inline && item.size > 0, Reason::Inline),
            ];
            found.into_iter().filter(|(holds, _)| *holds).for_each(|(_, reason)| item.reasons.add(reason));
            // Attack, or chance: the run before this one was at it, and what was overwritten then was not what is here now.
            let mark = layout.mark(item.size);
            if item.before != 0 && item.before != mark {
                item.reasons.add(Reason::Interrupted);
                item.reasons.add(Reason::BlocksMoved);
            }
            item.before = mark;
        }
        if plan.is_left(&plan.items[at]) {
            let item = &mut plan.items[at];
            item.fate = Some(Fate::Skipped);
            item.remains.add(Remains::Everything);
            return;
        }
        self.live.push(Live { item: at, before, spread });
    }

    fn overwrite(&mut self, plan: &mut Plan, pattern: &dyn Fn(usize) -> Pattern) -> Result<(), Stop> {
        let mut writer = overwrite::Writer::default();
        for live in &self.live {
            let item = &plan.items[live.item];
            if item.fate.is_some() {
                continue;
            }
            let file = match self.at.file(plan, item, Folder::open_to_erase) {
                Ok(file) => file,
                Err(error) => {
                    fail_to_open(&mut plan.items[live.item], &error);
                    continue;
                }
            };
            match writer.write(&file, &live.spread, pattern(live.item), self.progress) {
                Ok(bytes) => plan.items[live.item].overwritten = bytes,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(Stop::Cancelled),
                Err(_) => plan.items[live.item].fail(Reason::WriteFailed),
            }
        }
        Ok(())
    }

    fn attributes(&mut self, plan: &mut Plan, act: fn(&File, &std::ffi::OsString) -> io::Result<usize>, last: bool) {
        for live in &self.live {
            let item = &plan.items[live.item];
            if item.fate.is_some() || last && item.attributes == 0 {
                continue;
            }
            let Ok(file) = self.at.file(plan, item, Folder::open_to_erase) else { continue };
            let (count, longest, stays) = overwrite::each_attribute(&file, act, last);
            let item = &mut plan.items[live.item];
            item.attributes = item.attributes.max(count);
            if longest > LONG_ATTRIBUTE {
                item.remains.add(Remains::Attributes);
            }
            if stays {
                item.reasons.add(Reason::AttributeStays);
            }
        }
    }

    /// One sync for all; where it reports an error, or does not reach files in user space, one for each.
    fn sync(&mut self, plan: &mut Plan) {
        let Some(first) = self.live.first() else { return };
        let first = &plan.items[first.item];
        let whole = plan.ground(first).place.syncs_as_a_whole();
        let synced = self.at.folder(plan, first.folder).and_then(Folder::sync_file_system);
        if whole && synced.is_ok() {
            return;
        }
        for live in &self.live {
            let item = &plan.items[live.item];
            if item.fate.is_some() {
                continue;
            }
            let synced = self.at.file(plan, item, Folder::open_to_erase).and_then(|file| os::sync_file(&file));
            if synced.is_err() {
                plan.items[live.item].fail(Reason::SyncFailed);
            }
        }
    }

    fn compare(&mut self, plan: &mut Plan, pattern: &dyn Fn(usize) -> Pattern) -> Result<(), Stop> {
        for live in &self.live {
            let item = &plan.items[live.item];
            if item.fate.is_some() {
                continue;
            }
            let place = &plan.ground(item).place;
            let compared = self
                .at
                .file(plan, item, Folder::open_to_erase)
                .and_then(|file| compare::file(&file, place, live, item.size, &mut pattern(live.item), self.progress));
            let item = &mut plan.items[live.item];
            match compared {
                Ok(found) => take_over(item, &found),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(Stop::Cancelled),
                Err(error) if error.kind() == io::ErrorKind::InvalidInput => item.fail(Reason::Exchanged),
                Err(error) if error.kind() == io::ErrorKind::NotFound => item.fail(Reason::Vanished),
                Err(_) => item.fail(Reason::ReadFailed),
            }
        }
        compare::devices(plan, &self.live, pattern);
        Ok(())
    }
}

/// Whoever opened a file to write meanwhile may have written after it was read back, or will: its name stays.
fn watch(plan: &mut Plan, items: Range<usize>) {
    let users = Users::now();
    for at in items {
        let item = &plan.items[at];
        let id = Id { device: plan.ground(item).device, number: item.number };
        let done = matches!(item.fate, Some(Fate::Erased | Fate::NotVerified));
        if item.kind == Kind::File && done && users.uses(id) {
            plan.items[at].fail(Reason::OpenElsewhere);
        }
    }
}

/// Leaves an item as it is.
fn leave(item: &mut Item, reason: Reason) {
    item.reasons.add(reason);
    item.remains.add(Remains::Everything);
    item.fate = Some(Fate::Skipped);
}

/// What was compared, said of the item.
fn take_over(item: &mut Item, found: &Compared) {
    item.written = found.written;
    item.blocks = found.blocks;
    item.read_back = found.read_back;
    if found.differs {
        item.fail(Reason::Differs);
    }
    if found.resized {
        item.fail(Reason::Grew);
    }
    if found.tail_moved || found.tail_unknown {
        item.remains.add(Remains::Slack);
    }
    if let Some(reason) = found.reason {
        item.reasons.add(reason);
    }
    match found.blocks {
        Blocks::Changed => item.reasons.add(Reason::BlocksMoved),
        Blocks::Unknown => {
            item.reasons.add(Reason::BlocksUnknown);
            item.remains.add(Remains::Slack);
        }
        Blocks::Same | Blocks::None => {}
    }
}

/// The fate of an item whose data had its turn.
fn settle(plan: &mut Plan, at: usize) {
    let item = &plan.items[at];
    if item.fate.is_some() {
        return;
    }
    let fate = match (item.kind, item.twin) {
        (Kind::File, Some(twin)) => {
            let twin = plan.items[twin as usize].clone();
            let item = &mut plan.items[at];
            (item.blocks, item.read_back, item.device_read) = (twin.blocks, twin.read_back, twin.device_read);
            (item.overwritten, item.written, item.attributes) = (twin.overwritten, twin.written, twin.attributes);
            item.reasons = item.reasons.with(twin.reasons);
            item.remains = item.remains.with(twin.remains);
            twin.fate.unwrap_or(Fate::Failed)
        }
        (Kind::File, None) => {
            let proved = item.read_back && matches!(item.blocks, Blocks::Same | Blocks::None);
            let inline = item.reasons.has(Reason::Inline) && !plan.ground(item).is_ext();
            let reached = !inline && !SPOILS.iter().any(|&reason| item.reasons.has(reason));
            if proved && reached { Fate::Erased } else { Fate::NotVerified }
        }
        // Names alone.
        _ => Fate::Erased,
    };
    let item = &mut plan.items[at];
    item.remains = item.remains.with(promise::leaves(item.reasons));
    item.fate = Some(fate);
}

/// With any of these an overwritten item is not called erased, whatever was read back. What passed through a journal is
/// judged when the journal has been cleared.
const SPOILS: [Reason; 14] = [
    Reason::CopyOnWrite,
    Reason::SharedBlocks,
    Reason::Compressed,
    Reason::Overlay,
    Reason::Network,
    Reason::Memory,
    Reason::UnknownPlace,
    Reason::BlocksUnknown,
    Reason::BlocksMoved,
    Reason::CacheStays,
    Reason::DriverCache,
    Reason::Interrupted,
    Reason::MovesOnWrite,
    Reason::ShadowCopies,
];

/// It was not touched yet: what closes it is why it is skipped, and what is odd is why it failed.
fn fail_to_open(item: &mut Item, error: &io::Error) {
    let reason = promise::why_closed(error);
    item.reasons.add(reason);
    let closed = [Reason::NotPermitted, Reason::ReadOnly, Reason::OpenElsewhere];
    let untouched = closed.contains(&reason) && item.overwritten == 0;
    item.fate = Some(if untouched { Fate::Skipped } else { Fate::Failed });
    if untouched || reason == Reason::ReadFailed {
        item.remains.add(Remains::Everything);
    }
}

/// Size and SHA-256 of a file's content.
fn hash(mut file: File, progress: &dyn Progress) -> io::Result<(u64, [u8; 32])> {
    let length = file.metadata()?.len();
    let mut buffer = vec![0; usize::try_from(length).unwrap_or(usize::MAX).clamp(4096, 1 << 20)];
    let (mut size, mut hasher) = (0, Sha256::new());
    loop {
        let read = match file.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        if read == 0 {
            return Ok((size, hasher.finalize().into()));
        }
        if progress.cancelled() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        hasher.update(&buffer[..read]);
        size += read as u64;
        progress.advance(read as u64);
    }
}
