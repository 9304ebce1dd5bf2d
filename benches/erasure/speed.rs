//! How long it takes, on ext4 in an image on a disk.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::Command;

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
    let fs = LoopFs::make("mkfs.ext4 -q -F", 1024, "");
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

/// The whole of ours, which reads before, writes and reads after, beside `dd` doing the three one after the other.
fn large(settings: &Settings, table: &mut Table) -> Result<(), Fault> {
    let fs = LoopFs::make("mkfs.ext4 -q -F", (settings.large >> 20) * 5 / 4 + 256, "");
    let desk = Desk::new()?;
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
        let mut took = [0.0; 3];
        for which in [number % 2, 1 - number % 2] {
            fill(&path, settings.large)?;
            if which == 0 {
                took[0] = measure(&mut desk.erase(&[], &path))?.wall;
            } else {
                took[1] = dd(&["if=/dev/zero", &into, &count, "oflag=direct", "conv=notrunc,fsync"])?;
                took[2] = dd(&[&from, "of=/dev/null", "iflag=direct"])?;
                fs::remove_file(&path)?;
            }
            fs.sync();
        }
        eprintln!("large file: ours {:.2} s, dd write {:.2} s, dd read {:.2} s", took[0], took[1], took[2]);
        rounds.push(took);
    }
    let counted = &rounds[1..];
    let middle = |which: usize| median(counted.iter().map(|took| took[which]));
    let sum = |took: &[f64; 3]| took[1] + 2.0 * took[2];
    let (ours, theirs) = (middle(0), median(counted.iter().map(sum)));
    let each = format!("{:.2}", median(counted.iter().map(|took| sum(took) / took[0])));
    let case = format!("one file of {mebibytes} MiB, whole");
    let peer = format!("dd read+write+read {}", seconds(theirs));
    table.row(&case, seconds(ours), peer, theirs / ours, each, Some(1.0 / 1.15));
    let speed = |seconds: f64| format!("{:.0} MiB/s", mebibytes as f64 / seconds);
    table.note(format!("dd oflag=direct {}, iflag=direct {}", speed(middle(1)), speed(middle(2))));
    Ok(())
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
