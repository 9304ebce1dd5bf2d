//! The walk through folders, spread over all cores.
//!
//! Every core takes what comes next: a file to be read before a folder to be listed, so that few files wait. When enough of
//! them do, whoever lists a folder reads its files at once.

mod bins;
mod queue;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::content::{self, BUFFER, Read};
use super::names::Leftover;
use super::report::{Found, LeftOut, Report, Unread, Why, WhyNot};
use super::wanted::Wanted;
use crate::erase::os::facts::{Facts, Id, Kind};
use crate::erase::os::{self, Folder};
use crate::progress::{Progress, Stage};
use bins::Bin;
use queue::{Job, Queue};

/// File systems of the running system: what they show are no files of anybody, and reading some of it does things.
const PSEUDO: [&str; 22] = [
    "proc",
    "sysfs",
    "devpts",
    "cgroup",
    "cgroup2",
    "debugfs",
    "tracefs",
    "securityfs",
    "pstore",
    "bpf",
    "configfs",
    "fusectl",
    "mqueue",
    "hugetlbfs",
    "autofs",
    "binfmt_misc",
    "efivarfs",
    "nsfs",
    "rpc_pipefs",
    "selinuxfs",
    "smackfs",
    "fuse.gvfsd-fuse",
];

/// Why nothing was looked at.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A folder that was given cannot be opened.
    #[error("{path}: {1}", path = .0.display())]
    Io(PathBuf, #[source] io::Error),
    /// What was given is none.
    #[error("{} is no folder", .0.display())]
    NotAFolder(PathBuf),
}

/// A folder to look through.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Start {
    real: PathBuf,
    shown: PathBuf,
}

impl Start {
    /// These folders. The path of each may lead through links; one that lies in another comes with it.
    ///
    /// # Errors
    /// One that cannot be opened, or is no folder.
    pub fn all(paths: &[PathBuf]) -> Result<Vec<Self>, Error> {
        let mut starts = Vec::new();
        for path in paths {
            let at = |e| Error::Io(path.clone(), e);
            let real = path.canonicalize().map_err(at)?;
            if !real.is_dir() {
                return Err(Error::NotAFolder(path.clone()));
            }
            Folder::open(&real).map_err(at)?;
            starts.push(Self { real, shown: path.clone() });
        }
        starts.sort();
        starts.dedup_by(|next, first| next.real.starts_with(&first.real));
        Ok(starts)
    }
}

/// A folder to be listed.
struct FolderJob {
    start: usize,
    below: PathBuf,
    id: Id,
    mount: u64,
}

/// A name of a file, and what its name alone says.
struct Named {
    start: usize,
    below: PathBuf,
    size: u64,
    by_name: Vec<Found>,
}

/// A file to be read. It is opened from its folder, whatever that is called by then.
struct FileJob {
    folder: Arc<Folder>,
    name: OsString,
    facts: Facts,
    named: Named,
}

/// A file of several names is read once.
enum Linked {
    Waiting(Vec<Named>),
    Read(Result<[u8; 32], WhyNot>),
}

struct Walk<'a> {
    starts: &'a [Start],
    wanted: &'a Wanted,
    progress: &'a dyn Progress,
    queue: Queue,
    linked: Mutex<HashMap<Id, Linked>>,
}

/// Looks through folders with everything mounted in them. What cannot be looked at is in the report.
#[must_use]
pub fn look(starts: &[Start], wanted: &Wanted, progress: &dyn Progress) -> Report {
    progress.stage(Stage::Find, 0);
    let walk = Walk { starts, wanted, progress, queue: Queue::new(), linked: Mutex::default() };
    let mut report = Report::default();
    for (index, start) in starts.iter().enumerate() {
        walk.begin(index, start, &mut report);
    }
    thread::scope(|scope| {
        let cores = thread::available_parallelism().map_or(2, usize::from);
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(|| walk.work())).collect();
        for worker in workers {
            match worker.join() {
                Ok(part) => report.add(part),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
    report.sort();
    report
}

impl Walk<'_> {
    fn begin(&self, index: usize, start: &Start, report: &mut Report) {
        match Folder::open(&start.real).and_then(|folder| Ok((folder.facts()?, folder))) {
            Ok((facts, folder)) => {
                let job = FolderJob { start: index, below: PathBuf::new(), id: facts.id, mount: facts.mount };
                if !self.is_left_out(&folder, &job, report) {
                    self.queue.folder(job);
                }
            }
            Err(error) => report.unread.push(Unread { path: start.shown.clone(), reason: WhyNot::of(&error) }),
        }
    }

    fn work(&self) -> Report {
        let mut report = Report::default();
        let mut buffer = vec![0; BUFFER];
        // Whatever happens here, the others must not wait for it.
        let _stops = self.queue.stops_with_me();
        while let Some(job) = self.queue.next() {
            if self.progress.cancelled() {
                report.cancelled = true;
                self.queue.stop();
                break;
            }
            match job {
                Job::Folder(job) => self.list(&job, &mut report, &mut buffer),
                Job::File(job) => self.read(job, &mut report, &mut buffer),
            }
            self.queue.done();
        }
        report
    }

    fn real(&self, start: usize, below: &Path) -> PathBuf {
        joined(&self.starts[start].real, below)
    }

    fn shown(&self, start: usize, below: &Path) -> PathBuf {
        joined(&self.starts[start].shown, below)
    }

    fn unread(&self, report: &mut Report, start: usize, below: &Path, reason: WhyNot) {
        report.unread.push(Unread { path: self.shown(start, below), reason });
    }

    fn list(&self, job: &FolderJob, report: &mut Report, buffer: &mut [u8]) {
        let real = self.real(job.start, &job.below);
        let opened = Folder::open(&real).and_then(|folder| Ok((folder.facts()?.id, folder.names()?, folder)));
        let (id, listed, folder) = match opened {
            Ok(opened) => opened,
            Err(error) => return self.unread(report, job.start, &job.below, WhyNot::of(&error)),
        };
        // A folder on the way may have been exchanged for a link meanwhile; what is listed must be what was found.
        if id != job.id {
            return self.unread(report, job.start, &job.below, WhyNot::Changed);
        }
        let (folder, bin) = (Arc::new(folder), Bin::of(&real));
        for name in listed {
            if self.progress.cancelled() {
                // Told by whoever takes the next job.
                return;
            }
            let below = job.below.join(&name);
            match folder.look(&name) {
                Ok(facts) if facts.kind == Kind::Folder => self.folder(job, &folder, below, &name, facts, report),
                Ok(facts) if facts.kind == Kind::File => {
                    report.looked_at += 1;
                    let text = name.to_string_lossy();
                    let by_name = self.by_name(&folder, bin, (job.start, &below), &text, facts.size, report);
                    let named = Named { start: job.start, below, size: facts.size, by_name };
                    self.file(FileJob { folder: Arc::clone(&folder), name, facts, named }, report, buffer);
                }
                // Links are not followed: what they lead to lies where it lies. Pipes, sockets and devices are no files.
                Ok(_) => {}
                Err(error) => self.unread(report, job.start, &below, WhyNot::of(&error)),
            }
        }
    }

    fn folder(
        &self,
        parent: &FolderJob,
        folder: &Folder,
        below: PathBuf,
        name: &OsString,
        facts: Facts,
        report: &mut Report,
    ) {
        let job = FolderJob { start: parent.start, below, id: facts.id, mount: facts.mount };
        let is_mount = (facts.mount, facts.id.device) != (parent.mount, parent.id.device);
        if is_mount && folder.below(name).is_ok_and(|inner| self.is_left_out(&inner, &job, report)) {
            return;
        }
        self.queue.folder(job);
    }

    fn is_left_out(&self, folder: &Folder, job: &FolderJob, report: &mut Report) -> bool {
        let Ok(place) = os::place_of_folder(folder) else { return false };
        let left_out = PSEUDO.contains(&place.fs_type.as_str());
        if left_out {
            report.left_out.push(LeftOut { path: self.shown(job.start, &job.below), fs_type: place.fs_type });
        }
        left_out
    }

    /// What a file's name says, or the record of the recycle bin it lies in.
    fn by_name(
        &self,
        folder: &Folder,
        bin: Option<Bin>,
        (start, below): (usize, &Path),
        name: &str,
        size: u64,
        report: &mut Report,
    ) -> Vec<Found> {
        let found = |bundle, name, leftover| Found {
            path: self.shown(start, below),
            why: Why::Name,
            bundle,
            name,
            size,
            known: false,
            leftover: Some(leftover),
        };
        let called = self.wanted.called(name, size);
        let mut by_name: Vec<Found> =
            called.into_iter().map(|(leftover, bundle, name)| found(Some(bundle), Some(name), leftover)).collect();
        if let Some(bin) = bin {
            match bin.original(folder, &self.real(start, below), name) {
                Ok(original) => {
                    let thrown_away = original.map(|original| self.wanted.thrown_away(&original)).unwrap_or_default();
                    by_name.extend(
                        thrown_away.into_iter().map(|(number, name)| found(Some(number), name, bin.leftover())),
                    );
                }
                Err(error) => self.unread(report, start, below, WhyNot::of(&error)),
            }
        }
        if by_name.is_empty() && self.wanted.may_be_of_word(name) {
            by_name.push(found(None, None, Leftover::WordTemporary));
        }
        by_name
    }

    /// A file whose size is wanted is read, once for all its names; of any other its name is all that counts.
    fn file(&self, job: FileJob, report: &mut Report, buffer: &mut [u8]) {
        if !self.wanted.has_size(job.facts.size) {
            report.found.extend(job.named.by_name);
            return;
        }
        if job.facts.links > 1 {
            let mut linked = self.linked();
            match linked.entry(job.facts.id) {
                Entry::Vacant(free) => {
                    free.insert(Linked::Waiting(Vec::new()));
                }
                Entry::Occupied(mut taken) => match taken.get_mut() {
                    Linked::Waiting(names) => return names.push(job.named),
                    &mut Linked::Read(outcome) => {
                        drop(linked);
                        return self.tell(job.named, outcome, report);
                    }
                },
            }
        }
        if let Some(job) = self.queue.file(job) {
            self.read(job, report, buffer);
        }
    }

    fn read(&self, job: FileJob, report: &mut Report, buffer: &mut [u8]) {
        let outcome = match content::sha256(&job.folder, &job.name, &job.facts, buffer, self.progress) {
            Read::Whole(sha256) => {
                report.hashed += 1;
                report.bytes_hashed += job.facts.size;
                Ok(sha256)
            }
            Read::Not(why) => Err(why),
            Read::Cancelled => return,
        };
        if job.facts.links > 1 {
            let before = self.linked().insert(job.facts.id, Linked::Read(outcome));
            if let Some(Linked::Waiting(names)) = before {
                for named in names {
                    self.tell(named, outcome, report);
                }
            }
        }
        self.tell(job.named, outcome, report);
    }

    fn linked(&self) -> MutexGuard<'_, HashMap<Id, Linked>> {
        self.linked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a content is comes before what a name says.
    fn tell(&self, named: Named, outcome: Result<[u8; 32], WhyNot>, report: &mut Report) {
        let Named { start, below, size, by_name } = named;
        let matches = match outcome {
            Ok(sha256) => self.wanted.contents(size, &sha256, &self.real(start, &below)),
            Err(why) => {
                self.unread(report, start, &below, why);
                Vec::new()
            }
        };
        if matches.is_empty() {
            report.found.extend(by_name);
        }
        for found in matches {
            report.found.push(Found {
                path: self.shown(start, &below),
                why: found.why,
                bundle: Some(found.bundle),
                name: Some(found.name),
                size,
                known: found.known,
                leftover: None,
            });
        }
    }
}

/// Attack: the start itself is exchanged for a link. Joining nothing would leave a slash at its end, behind which the system
/// follows links whatever it is told.
fn joined(start: &Path, below: &Path) -> PathBuf {
    if below.as_os_str().is_empty() { start.to_owned() } else { start.join(below) }
}

#[cfg(test)]
mod tests;
