//! The log of an erasure at work: what was planned, which items are at work, what was proved.
//!
//! It lies in the case's folder and is synced before anything it speaks of happens, and the ledger has its hash as it stood
//! then. With it `--resume` goes on after anything. It holds names, so it is erased itself when the work is done.
//!
//! Attack: a log that is planted or changed while no run is at it, to have other files erased, or to have a file called erased
//! that was carried away. What `--resume` believes is what the ledger has the hash of, and nothing behind that.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::hashing::Hashing;
use super::particulars::Particulars;
use crate::cli::context::Context;
use crate::cli::desk::{Desk, Draft, facts};
use crate::cli::failure::Failure;
use crate::digest;
use crate::erase::os::{self, LockedFile};
use crate::erase::outcome::Reasons;
use crate::erase::pattern::Method;
use crate::erase::plan::{Item, Plan, PlannedFolder};
use crate::erase::promise::Wishes;
use crate::erase::work::Log;
use crate::ledger::{Kind, Subject, SubjectType};
use crate::t;
use crate::term::show;

/// What stands on top of a log.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Head {
    /// Version of this format.
    pub v: u32,
    /// Makes the hash of a log say nothing of the names in it.
    pub salt: String,
    /// What was asked for beside the paths.
    pub particulars: Particulars,
    /// How.
    pub method: Method,
    /// How the plan was meant.
    pub best_effort: bool,
    /// Files with names elsewhere too.
    pub including_links: bool,
    /// Into file systems mounted inside.
    pub across_mounts: bool,
    /// When it began, RFC 3339.
    pub started: String,
    /// Who did it: several, when another person went on with it.
    pub workers: Vec<String>,
}

impl Head {
    /// How the plan was meant.
    pub fn wishes(&self) -> Wishes {
        Wishes {
            best_effort: self.best_effort,
            including_links: self.including_links,
            across_mounts: self.across_mounts,
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Head(Box<Head>),
    Folder(PlannedFolder),
    Item(Box<Item>),
    /// The plan ends here; what comes before it is whole.
    Planned,
    Begins {
        from: usize,
        items: Vec<Begun>,
    },
    Proved {
        from: usize,
        items: Vec<Item>,
    },
}

#[derive(Serialize, Deserialize)]
struct Begun {
    size: u64,
    fingerprint: Option<String>,
    reasons: Reasons,
    before: u64,
}

/// Where a case keeps its logs.
pub fn folder(desk: &Desk) -> PathBuf {
    desk.folder.path.join("erasing")
}

/// One erasure at a time in a case: two at the same files would each certify what both did.
pub fn only_one(desk: &Desk) -> io::Result<Option<LockedFile>> {
    let folder = folder(desk);
    match os::make_private_dir(&folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    os::lock_file(&folder.join("lock"))
}

/// The log of this run.
pub struct WorkLog<'a> {
    context: &'a Context,
    desk: &'a Desk,
    lock: LockedFile,
    path: PathBuf,
    begun: u64,
    sha256: Sha256,
}

impl<'a> WorkLog<'a> {
    /// Begins a log with a plan. `begun` is the entry that said that the work begins.
    pub fn begin(context: &'a Context, desk: &'a Desk, begun: u64, head: &Head, plan: &Plan) -> io::Result<Self> {
        let folder = folder(desk);
        let path = folder.join(format!("{begun:08}.jsonl"));
        let lock = os::lock_file(&path)?.ok_or(io::ErrorKind::WouldBlock)?;
        let mut log = Self { context, desk, lock, path, begun, sha256: Sha256::new() };
        let head = Line::Head(Box::new(head.clone()));
        let folders = plan.folders.iter().map(|folder| Line::Folder(folder.clone()));
        let items = plan.items.iter().map(|item| Line::Item(Box::new(item.clone())));
        log.write(std::iter::once(head).chain(folders).chain(items).chain([Line::Planned]))?;
        os::sync_dir(&folder)?;
        log.pin("planned", plan, 0..0)?;
        Ok(log)
    }

    /// Has the ledger take down the log's hash as it stands.
    fn pin(&self, what: &str, plan: &Plan, items: Range<usize>) -> io::Result<()> {
        let now = digest::hex(&self.sha256.clone().finalize().into());
        let facts = facts(json!({
            "begun": self.begun, "what": what, "from": items.start + 1, "to": items.end, "of": plan.items.len(),
            "log_sha256": now,
        }));
        let subjects = vec![Subject::new(SubjectType::Entry, self.begun.to_string())];
        let draft = Draft::done(Kind::EraseBatch, subjects, facts);
        self.desk.append(self.context, draft).map(|_| ()).map_err(|failure| io::Error::other(failure.message))
    }

    fn write(&mut self, lines: impl Iterator<Item = Line>) -> io::Result<()> {
        let mut out = BufWriter::with_capacity(1 << 16, Hashing { file: self.lock.file(), sha256: &mut self.sha256 });
        for line in lines {
            serde_json::to_writer(&mut out, &line)?;
            out.write_all(b"\n")?;
        }
        out.flush()?;
        drop(out);
        self.lock.file().sync_all()
    }

    /// The work is done; its log stays until its paper is there too.
    pub fn done(self) -> Closing {
        Closing { path: self.path, _lock: self.lock }
    }
}

/// A log whose work is done.
pub struct Closing {
    path: PathBuf,
    _lock: LockedFile,
}

impl Closing {
    /// It has nothing more to say: what it said is in the record.
    pub fn close(self, context: &Context) {
        scrap(context, &self.path);
    }
}

impl Log for WorkLog<'_> {
    fn begins(&mut self, plan: &Plan, items: Range<usize>) -> io::Result<()> {
        let begun = plan.items[items.clone()].iter();
        let begun = begun.map(|item| Begun {
            size: item.size,
            fingerprint: item.fingerprint.as_ref().map(digest::hex),
            reasons: item.reasons,
            before: item.before,
        });
        let line = Line::Begins { from: items.start, items: begun.collect() };
        self.write(std::iter::once(line))?;
        self.pin("begins", plan, items)
    }

    fn proved(&mut self, plan: &Plan, items: Range<usize>) -> io::Result<()> {
        let line = Line::Proved { from: items.start, items: plan.items[items.clone()].to_vec() };
        self.write(std::iter::once(line))?;
        self.pin("proved", plan, items)
    }
}

/// A log that another run left.
pub struct Left {
    /// What stands on top of it.
    pub head: Head,
    /// The plan, with what became of its items.
    pub plan: Plan,
    /// Where it is.
    pub path: PathBuf,
    _lock: LockedFile,
}

impl Left {
    /// Forgets it: another log took its place.
    pub fn replace(self, context: &Context) {
        scrap(context, &self.path);
    }
}

/// Overwrites a log and removes it; it holds names.
///
/// It is renamed first: killed in the midst, it would stand there overwritten and look like a log that somebody altered.
pub fn scrap(context: &Context, path: &Path) {
    let closed = path.with_extension(CLOSED);
    let renamed = os::rename_no_replace(path, &closed).and_then(|()| os::sync_dir(&folder_of(path)));
    overwrite(context, if renamed.is_ok() { &closed } else { path });
}

/// Ends what [`scrap`] was killed at: what it left may still hold names.
pub fn sweep(context: &Context, desk: &Desk) {
    for path in of_no_living_run(desk, CLOSED) {
        overwrite(context, &path);
    }
}

/// The extension of a log that is about to be removed.
const CLOSED: &str = "closed";

fn folder_of(path: &Path) -> PathBuf {
    path.parent().map(Path::to_owned).unwrap_or_default()
}

fn overwrite(context: &Context, path: &Path) {
    for (path, error) in crate::erase::scrap::scrap_file(path).left {
        context.warn(&t!("warn-log-left", path = show::path(&path), reason = error.to_string()));
    }
}

/// Logs that no living run is at, the last first.
pub fn left(desk: &Desk) -> Vec<PathBuf> {
    let mut found = of_no_living_run(desk, "jsonl");
    found.sort();
    found.reverse();
    found
}

/// An empty one does not: a run is about to begin it, or it was closed while we looked and stands there by our own locking.
fn says_something(lock: &LockedFile) -> bool {
    lock.file().metadata().is_ok_and(|facts| facts.len() > 0)
}

fn of_no_living_run(desk: &Desk, extension: &str) -> Vec<PathBuf> {
    let found = std::fs::read_dir(folder(desk)).into_iter().flatten().flatten().map(|entry| entry.path());
    found
        .filter(|path| path.extension().is_some_and(|end| end == extension))
        .filter(|path| os::lock_file(path).is_ok_and(|lock| lock.is_some_and(|lock| says_something(&lock))))
        .collect()
}

/// The hashes the ledger has of a log, in their order.
pub fn pins(desk: &Desk, begun: u64) -> Result<Vec<String>, Failure> {
    let entries = desk.look(|ledger| ledger.of_kinds(&[Kind::EraseBatch]))?;
    let mine = entries.iter().filter(|entry| entry.facts.get("begun").and_then(Value::as_u64) == Some(begun));
    Ok(mine.filter_map(|entry| entry.facts.get("log_sha256")?.as_str().map(str::to_owned)).collect())
}

/// The entry that a log belongs to.
pub fn begun(path: &Path) -> Option<u64> {
    path.file_stem()?.to_str()?.parse().ok()
}

/// Reads a log up to where the ledger has its hash for the last time. What comes behind had no effect yet: a line is pinned
/// before anything it speaks of is done.
///
/// # Errors
/// `InvalidData` when it is not the log the ledger has the hashes of.
pub fn read(path: &Path, pins: &[String]) -> io::Result<Left> {
    let bad = || io::Error::from(io::ErrorKind::InvalidData);
    let lock = os::lock_file(path)?.ok_or(io::ErrorKind::WouldBlock)?;
    let mut lines = BufReader::new(File::open(path)?);
    let (mut found, mut pins, mut sha256) = (Found::default(), pins.iter(), Sha256::new());
    let mut wanted = pins.next().ok_or_else(bad)?;
    let mut text = Vec::new();
    loop {
        text.clear();
        if lines.read_until(b'\n', &mut text)? == 0 {
            return Err(bad());
        }
        sha256.update(&text);
        found.take(serde_json::from_slice(&text).map_err(|_| bad())?);
        if digest::hex(&sha256.clone().finalize().into()) == *wanted {
            match pins.next() {
                Some(next) => wanted = next,
                None => break,
            }
        }
    }
    let Found { head, mut plan, planned } = found;
    let head = head.filter(|head| planned && head.v == VERSION).ok_or_else(bad)?;
    plan.wishes = head.wishes();
    Ok(Left { head, plan, path: path.to_owned(), _lock: lock })
}

/// What was read of a log so far.
#[derive(Default)]
struct Found {
    head: Option<Head>,
    plan: Plan,
    planned: bool,
}

impl Found {
    fn take(&mut self, line: Line) {
        let items = &mut self.plan.items;
        match line {
            Line::Head(first) => self.head = Some(*first),
            Line::Folder(folder) => self.plan.folders.push(folder),
            Line::Item(item) => items.push(*item),
            Line::Planned => self.planned = true,
            Line::Begins { from, items: begun } => {
                for (item, begun) in items.iter_mut().skip(from).zip(begun) {
                    (item.size, item.reasons, item.before) = (begun.size, begun.reasons, begun.before);
                    item.fingerprint = begun.fingerprint.and_then(|text| digest::unhex(&text)?.try_into().ok());
                }
            }
            Line::Proved { from, items: proved } => {
                for (item, proved) in items.iter_mut().skip(from).zip(proved) {
                    *item = proved;
                }
            }
        }
    }
}

/// The version of this format.
pub const VERSION: u32 = 1;
