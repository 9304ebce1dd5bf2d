//! The least that a verified erasure can do, with nothing around it: overwrite all, one sync, read all back from the medium,
//! unlink, sync.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Instant;

use rustix::fs::Advice;

const BLOCK: usize = 4096;
const PIECE: usize = 1 << 20;

/// Erases what lies in the folders below a folder; the seconds it took.
pub fn erase(root: &Path) -> io::Result<f64> {
    let begin = Instant::now();
    let mut files = Vec::new();
    for folder in fs::read_dir(root)? {
        for file in fs::read_dir(folder?.path())? {
            files.push(file?.path());
        }
    }
    // In the order of inodes, as they lie.
    let mut files: Vec<(u64, PathBuf)> = files
        .into_iter()
        .map(|path| Ok((std::os::unix::fs::MetadataExt::ino(&path.symlink_metadata()?), path)))
        .collect::<io::Result<_>>()?;
    files.sort();
    let whole = File::open(root)?;
    let zeros = vec![0; PIECE];
    for (_, path) in &files {
        let file = OpenOptions::new().write(true).open(path)?;
        each(file.metadata()?.len(), |at, length| file.write_all_at(&zeros[..length], at))?;
    }
    rustix::fs::syncfs(&whole)?;
    let mut memory = vec![1; PIECE + BLOCK];
    let from = memory.as_ptr().align_offset(BLOCK);
    let buffer = &mut memory[from..from + PIECE];
    for (_, path) in &files {
        let flags = rustix::fs::OFlags::DIRECT.bits().cast_signed();
        let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
        rustix::fs::fadvise(&file, 0, None, Advice::DontNeed)?;
        each(file.metadata()?.len(), |at, length| {
            let read = file.read_at(buffer, at)?;
            if read < length || buffer[..length].iter().any(|&byte| byte != 0) {
                return Err(io::Error::other("not what was written"));
            }
            Ok(())
        })?;
    }
    for (_, path) in &files {
        fs::remove_file(path)?;
    }
    rustix::fs::syncfs(&whole)?;
    Ok(begin.elapsed().as_secs_f64())
}

fn each(size: u64, mut act: impl FnMut(u64, usize) -> io::Result<()>) -> io::Result<()> {
    for at in (0..size).step_by(PIECE) {
        act(at, usize::try_from(size - at).unwrap_or(PIECE).min(PIECE))?;
    }
    Ok(())
}
