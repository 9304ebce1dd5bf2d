//! How much memory very many files take.

use std::fs;

use crate::desk::Desk;
use crate::loopfs::LoopFs;
use crate::run::measure;
use crate::table::Table;
use crate::{Fault, Settings};

/// Files in one folder.
const IN_FOLDER: u64 = 1000;
/// What is granted whatever there is to erase, and for each file.
const GRANTED: u64 = 64 << 20;
const EACH: u64 = 256;

/// Runs the row.
pub fn run(settings: &Settings, table: &mut Table) -> Result<(), Fault> {
    if !settings.wants("memory", "memory") {
        return Ok(());
    }
    // A block and an inode for each file, and their folders.
    let fs = LoopFs::make("mkfs.ext4 -q -F -b 4096 -i 4096", settings.many * 6 / 1024 + 128, "");
    let desk = Desk::new()?;
    let root = fs.path("data");
    fs::create_dir(&root)?;
    fs::write(root.join("one"), "1")?;
    let one = measure(&mut desk.erase(&[], &root))?.peak;
    for number in 0..settings.many {
        let folder = root.join(format!("{:04}", number / IN_FOLDER));
        if number % IN_FOLDER == 0 {
            fs::create_dir_all(&folder)?;
        }
        fs::write(folder.join(format!("{number:07}.csv")), "1")?;
    }
    fs.sync();
    let took = measure(&mut desk.erase(&[], &root))?;
    let most = (GRANTED + settings.many * EACH) as f64;
    let mebibytes = |bytes: f64| bytes / f64::from(1 << 20);
    let case = format!("memory: {} files of 1 byte", settings.many);
    table.bound(&case, mebibytes(took.peak as f64), mebibytes(most).round(), "MiB");
    let each = took.peak.saturating_sub(one) / settings.many;
    table.note(format!("memory: {:.1} MiB with one file, {each} bytes more for each file", mebibytes(one as f64)));
    table.note(format!("time: {:.1} s for {} files of 1 byte", took.wall, settings.many));
    Ok(())
}
