//! Running whole processes and taking their time, processor time and memory.

use std::fs::{self, OpenOptions};
use std::io;
use std::mem::MaybeUninit;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// What one run took.
#[derive(Clone, Copy)]
pub struct Took {
    /// Seconds on the clock.
    pub wall: f64,
    /// Seconds of processor, all threads and children.
    pub cpu: f64,
    /// Largest resident size of any one of its processes, in bytes.
    pub peak: u64,
}

/// Runs a command to its end; a failure of it is an error.
pub fn measure(command: &mut Command) -> io::Result<Took> {
    let begin = Instant::now();
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
    let (mut status, mut usage) = (0, MaybeUninit::<libc::rusage>::uninit());
    let pid = child.id().cast_signed();
    // SAFETY: both pointers are to live locals; the child is ours and nobody else waits for it.
    let (ended, usage) = unsafe {
        let ended = libc::wait4(pid, &raw mut status, 0, usage.as_mut_ptr());
        if ended != pid {
            return Err(io::Error::last_os_error());
        }
        (ended, usage.assume_init())
    };
    let wall = begin.elapsed().as_secs_f64();
    if status != 0 {
        return Err(io::Error::other(format!("process {ended} ended with status {status:#x}: {command:?}")));
    }
    let seconds = |t: libc::timeval| t.tv_sec as f64 + t.tv_usec as f64 / 1e6;
    let peak = u64::try_from(usage.ru_maxrss).unwrap_or(0) * 1024;
    Ok(Took { wall, cpu: seconds(usage.ru_utime) + seconds(usage.ru_stime), peak })
}

/// One half of a pair: the words of a command line, and what is done before each run, off the clock.
pub struct Half {
    /// The program and its arguments.
    pub words: Vec<String>,
    /// Is not there when the run begins.
    pub fresh: Option<PathBuf>,
    /// Is there when the run begins, filled by the run before.
    pub kept: Option<PathBuf>,
}

impl Half {
    /// A command that needs nothing made ready.
    pub fn of<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        Self { words: words.into_iter().map(str::to_owned).collect(), fresh: None, kept: None }
    }

    /// A shell line with its words handed over as `$1`, `$2`…; a failure anywhere in a pipe is a failure.
    pub fn shell(line: &str, words: &[&str]) -> Self {
        Self::of(["bash", "-o", "pipefail", "-c", line, "bash"].into_iter().chain(words.iter().copied()))
    }

    /// Runs it once.
    pub fn run(&self) -> io::Result<Took> {
        if let Some(fresh) = &self.fresh {
            clear(fresh)?;
        }
        if let Some(kept) = &self.kept {
            OpenOptions::new().append(true).create(true).open(kept)?;
        }
        let (program, args) = self.words.split_first().ok_or(io::ErrorKind::InvalidInput)?;
        measure(Command::new(program).args(args))
    }
}

/// Removes a file or folder, if there.
pub fn clear(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(meta) if meta.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(_) => Ok(()),
    }
}

/// Ours and theirs in turn: one pair to warm up, then as many as are counted. Who begins changes from pair to pair.
pub fn pairs(ours: &Half, peer: &Half, count: usize) -> io::Result<Vec<(Took, Took)>> {
    ours.run()?;
    peer.run()?;
    (0..count)
        .map(|number| {
            if number % 2 == 0 {
                let first = ours.run()?;
                Ok((first, peer.run()?))
            } else {
                let first = peer.run()?;
                Ok((ours.run()?, first))
            }
        })
        .collect()
}

/// The middle one.
pub fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => values[middle],
        _ => f64::midpoint(values[middle - 1], values[middle]),
    }
}

/// Whether a program can be started.
pub fn there(program: &str) -> bool {
    let quiet = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    quiet.is_ok()
}
