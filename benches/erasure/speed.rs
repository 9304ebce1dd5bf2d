//! How long it takes, on ext4 in an image on a disk.

use std::fs;
use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use tewatashi::erase::guard::Guard;
use tewatashi::erase::outcome::Fate;
use tewatashi::erase::pattern::{Key, Method};
use tewatashi::erase::plan::Plan;
use tewatashi::erase::promise::Wishes;
use tewatashi::erase::work::{Log, Orders, erase};
use tewatashi::progress::{Progress, Silent, Stage};

use crate::desk::Desk;
use crate::loopfs::LoopFs;
use crate::residue::Noise;
use crate::run::{measure, median};
use crate::table::Table;
use crate::{Fault, Settings, bare};

/// Bytes of a small file.
const SMALL: usize = 8 << 10;
/// Small files in one folder.
const IN_FOLDER: u64 = 500;

/// Runs the rows.
pub fn run(settings: &Settings, table: &mut Table) -> Result<(), Fault> {
    if settings.wants("speed", "small files") {
        small(settings, table)?;
    }
    if settings.wants("speed", "large file") {
        large(settings, table)?;
    }
    Ok(())
}

/// Ours and the bare reference in turn over the same number of files made anew, and `shred` over some of them.
fn small(settings: &Settings, table: &mut Table) -> Result<(), Fault> {
    let fs = on_disk(1024)?;
    let desk = Desk::new()?;
    let root = fs.path("data");
    let ready = |count| -> Result<(), Fault> {
        make(&root, count)?;
        fs.sync();
        Ok(())
    };
    let mut pairs = Vec::new();
    for number in 0..=settings.pairs {
        let mut took = [0.0; 2];
        // Who begins changes from pair to pair.
        for which in [number % 2, 1 - number % 2] {
            ready(settings.small)?;
            took[which] = if which == 0 { measure(&mut desk.erase(&[], &root))?.wall } else { bare::erase(&root)? };
            clear(&root)?;
            fs.sync();
        }
        eprintln!("small files: ours {:.2} s, bare {:.2} s", took[0], took[1]);
        pairs.push(took);
    }
    ready(settings.shredded)?;
    let mut shred = Command::new("find");
    shred.arg(&root).args(["-type", "f", "-exec", "shred", "-n1", "-z", "-u", "{}", "+"]);
    let measured = measure(&mut shred)?.wall;
    let shredded = measured * settings.small as f64 / settings.shredded as f64;
    // The first pair is a warming up.
    let counted = &pairs[1..];
    let (ours, bare) = (median(counted.iter().map(|p| p[0])), median(counted.iter().map(|p| p[1])));
    let each = format!("{:.2}", median(counted.iter().map(|p| p[1] / p[0])));
    let case = format!("{} files of 8 KiB", settings.small);
    table.row(&case, seconds(ours), format!("bare {}", seconds(bare)), bare / ours, each, Some(1.0 / 2.5));
    let peer = format!("shred {} (from {} files: {})", seconds(shredded), settings.shredded, seconds(measured));
    table.row(&case, seconds(ours), peer, shredded / ours, String::new(), Some(60.0));
    Ok(())
}

fn make(root: &Path, count: u64) -> io::Result<()> {
    let (mut noise, mut content) = (Noise(1), vec![0; SMALL]);
    for number in 0..count {
        let folder = root.join(format!("{:04}", number / IN_FOLDER));
        if number % IN_FOLDER == 0 {
            fs::create_dir_all(&folder)?;
        }
        noise.fill(&mut content);
        fs::write(folder.join(format!("{number:06}.csv")), &content)?;
    }
    Ok(())
}

fn clear(root: &Path) -> io::Result<()> {
    if root.exists() { fs::remove_dir_all(root) } else { Ok(()) }
}

/// Ours, timed from within, beside `dd` writing to the medium and reading from it. The whole of ours reads once more than
/// `dd`, for the fingerprint, and is told in a note.
fn large(settings: &Settings, table: &mut Table) -> Result<(), Fault> {
    let fs = on_disk((settings.large >> 20) * 5 / 4 + 256)?;
    let path = fs.path("large");
    let mebibytes = settings.large >> 20;
    let dd = |words: &[&str]| -> io::Result<f64> {
        let mut command = Command::new("dd");
        Ok(measure(command.args(["bs=4M", "status=none"]).args(words))?.wall)
    };
    let text = path.to_string_lossy().into_owned();
    let (into, from, count) = (format!("of={text}"), format!("if={text}"), format!("count={}", mebibytes / 4));
    let mut rounds = Vec::new();
    for number in 0..=settings.pairs {
        let (mut ours, mut theirs) = (Stages::default(), Stages::default());
        for which in [number % 2, 1 - number % 2] {
            fill(&path, settings.large)?;
            if which == 0 {
                ours = Stages::of(&path, settings.large)?;
            } else {
                theirs.write = dd(&["if=/dev/zero", &into, &count, "oflag=direct", "conv=notrunc,fsync"])?;
                theirs.read = dd(&[&from, "of=/dev/null", "iflag=direct"])?;
                fs::remove_file(&path)?;
            }
            fs.sync();
        }
        eprintln!("large file: ours {ours:?}, dd {theirs:?}");
        rounds.push((ours, theirs));
    }
    let counted = &rounds[1..];
    let mut row = |name: &str, stage: fn(&Stages) -> f64, peer: &str| {
        let (ours, theirs) = (median(counted.iter().map(|r| stage(&r.0))), median(counted.iter().map(|r| stage(&r.1))));
        let each = format!("{:.2}", median(counted.iter().map(|r| stage(&r.1) / stage(&r.0))));
        let speed = |seconds: f64| format!("{:.0} MiB/s", mebibytes as f64 / seconds);
        let (case, peer) = (format!("one file of {mebibytes} MiB: {name}"), format!("{peer} {}", speed(theirs)));
        table.row(&case, speed(ours), peer, theirs / ours, each, Some(1.0 / 1.15));
    };
    row("overwrite", |stages| stages.write, "dd oflag=direct");
    row("read-back", |stages| stages.read, "dd iflag=direct");
    let whole = median(counted.iter().map(|r| r.0.whole));
    table.note(format!("the whole of it, with the fingerprint before: {}", seconds(whole)));
    Ok(())
}

/// Seconds of each.
#[derive(Debug, Default)]
struct Stages {
    write: f64,
    read: f64,
    whole: f64,
}

impl Stages {
    /// Erases a file by the room itself.
    fn of(path: &Path, size: u64) -> Result<Self, Fault> {
        let clock = Clock { begin: Instant::now(), size, done: AtomicU64::default(), marks: Mutex::default() };
        let guard = Guard::of(&[], &[])?;
        let mut plan = Plan::of(&[path.to_owned()], Wishes::default(), &guard, &Silent)?;
        let orders = Orders { method: Method::Zero, key: Key::fresh()?, fingerprint: &|_, _, digest| digest };
        erase(&mut plan, &orders, &mut NoLog, &clock)?;
        if plan.items.iter().any(|item| item.fate != Some(Fate::Erased)) {
            return Err("the large file was not erased".into());
        }
        let whole = clock.begin.elapsed().as_secs_f64();
        let marks = clock.marks.into_inner().map_err(|_| "a clock that broke")?;
        let [hashed, begun, read] = marks[..] else { return Err("stages that cannot be told apart".into()) };
        // Writing ends when the sync does: when the first piece is read back.
        Ok(Self { write: begun - hashed, read: read - begun, whole })
    }
}

/// Tells the stages apart by their bytes: each goes over all of the file.
struct Clock {
    begin: Instant,
    size: u64,
    done: AtomicU64,
    marks: Mutex<Vec<f64>>,
}

impl Progress for Clock {
    fn stage(&self, _: Stage, _: u64) {}

    fn advance(&self, bytes: u64) {
        let before = self.done.fetch_add(bytes, Ordering::SeqCst);
        let done = before + bytes;
        let passes = |mark: u64| before < mark && done >= mark;
        if [self.size, 2 * self.size + 1, 3 * self.size].into_iter().any(passes)
            && let Ok(mut marks) = self.marks.lock()
        {
            marks.push(self.begin.elapsed().as_secs_f64());
        }
    }

    fn cancelled(&self) -> bool {
        false
    }
}

struct NoLog;

impl Log for NoLog {
    fn begins(&mut self, _: &Plan, _: Range<usize>) -> io::Result<()> {
        Ok(())
    }

    fn proved(&mut self, _: &Plan, _: Range<usize>) -> io::Result<()> {
        Ok(())
    }
}

/// ext4 on the disk itself: the loop device goes past the cache of the file it lies in, or nothing would be read from it.
fn on_disk(megabytes: u64) -> Result<LoopFs, Fault> {
    let fs = LoopFs::make("mkfs.ext4 -q -F", megabytes, "");
    let found = Command::new("losetup").args(["-n", "-O", "NAME", "-j"]).arg(fs.image_path()).output()?;
    let device = String::from_utf8(found.stdout)?;
    let done = Command::new("losetup").arg("--direct-io=on").arg(device.trim()).status()?;
    if done.success() { Ok(fs) } else { Err("the loop device cannot go past the cache".into()) }
}

fn fill(path: &Path, size: u64) -> io::Result<()> {
    let mut file = fs::File::create(path)?;
    let (mut noise, mut piece) = (Noise(3), vec![0; 4 << 20]);
    noise.fill(&mut piece);
    for _ in 0..size / piece.len() as u64 {
        noise.fill(&mut piece[..64]);
        file.write_all(&piece)?;
    }
    file.sync_all()
}

fn seconds(seconds: f64) -> String {
    format!("{seconds:.2} s")
}
