//! What one byte costs on one core at each step, and the speed that no arrangement of the steps can pass.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::Path;

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use sha2::{Digest, Sha256};

use crate::run::median;

const CHUNK: usize = 64 * 1024;
/// Bytes in one round of each step.
const ROUND: usize = 64 << 20;
const ROUNDS: usize = 5;

/// Nanoseconds of processor for one byte.
pub struct Costs {
    read: f64,
    hash: f64,
    seal: f64,
    open: f64,
    write: f64,
}

/// Cores over the sum of the costs.
pub struct Limit {
    per_byte: f64,
    cores: f64,
}

impl Costs {
    /// Measures every step in rounds, in turn, so that no step has the quiet moments to itself.
    pub fn measure(source: &Path, touched: &Path) -> io::Result<Self> {
        let mut buffer = vec![0; CHUNK * 16];
        let mut from = File::open(source)?;
        let mut to = OpenOptions::new().write(true).create(true).truncate(true).open(touched)?;
        let key = UnboundKey::new(&CHACHA20_POLY1305, &[7; 32]).map(LessSafeKey::new);
        let key = key.map_err(|_| io::Error::other("no key"))?;
        let nonce = || Nonce::assume_unique_for_key([0; 12]);
        let mut rounds = Vec::new();
        for _ in 0..=ROUNDS {
            let read = timed(|| {
                if read_round(&mut from, &mut buffer)? < ROUND {
                    from.rewind()?;
                }
                Ok(())
            })?;
            let hash = timed(|| {
                let mut hasher = Sha256::new();
                (0..ROUND / buffer.len()).for_each(|_| hasher.update(&buffer));
                std::hint::black_box(hasher.finalize());
                Ok(())
            })?;
            let mut tags = vec![];
            let seal = timed(|| {
                tags.clear();
                for _ in 0..ROUND / buffer.len() {
                    for chunk in buffer.chunks_mut(CHUNK) {
                        let tag = key.seal_in_place_separate_tag(nonce(), Aad::empty(), chunk);
                        tags.push(tag.map_err(|_| io::Error::other("not sealed"))?);
                    }
                }
                Ok(())
            })?;
            // Opening leaves the plaintext, which does not open again: every round opens its own copy.
            let mut sealed = buffer[..CHUNK].to_vec();
            let tag = key.seal_in_place_separate_tag(nonce(), Aad::empty(), &mut sealed);
            sealed.extend_from_slice(tag.map_err(|_| io::Error::other("not sealed"))?.as_ref());
            let mut copy = sealed.clone();
            let copying = timed(|| {
                (0..ROUND / CHUNK).for_each(|_| std::hint::black_box(&mut copy).copy_from_slice(&sealed));
                Ok(())
            })?;
            let open = timed(|| {
                for _ in 0..ROUND / CHUNK {
                    copy.copy_from_slice(&sealed);
                    key.open_in_place(nonce(), Aad::empty(), &mut copy).map_err(|_| io::Error::other("not opened"))?;
                }
                Ok(())
            })?;
            let write = timed(|| {
                to.rewind()?;
                (0..ROUND / buffer.len()).try_for_each(|_| to.write_all(&buffer))
            })?;
            rounds.push([read, hash, seal, open - copying, write]);
        }
        std::fs::remove_file(touched)?;
        // The first round touches the memory.
        let step = |i: usize| median(rounds[1..].iter().map(|round| round[i]));
        Ok(Self { read: step(0), hash: step(1), seal: step(2), open: step(3), write: step(4) })
    }

    /// Reading, both hashes, sealing, and writing if there is a file to write.
    pub fn pack(&self, writes: bool) -> Limit {
        Limit::of(self.read + 2.0 * self.hash + self.seal + if writes { self.write } else { 0.0 })
    }

    /// Reading, opening, one hash, writing.
    pub fn open(&self) -> Limit {
        Limit::of(self.read + self.open + self.hash + self.write)
    }
}

impl fmt::Display for Costs {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { read, hash, seal, open, write } = self;
        write!(out, "ns of one core per byte: read {read:.2}, SHA-256 {hash:.2}, seal {seal:.2}, ")?;
        write!(out, "open {open:.2}, write {write:.2}")
    }
}

impl Limit {
    fn of(per_byte: f64) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { per_byte, cores: cores as f64 }
    }

    /// How near a speed in MB/s comes; and, whatever else the machine was doing, how much of our processor time went
    /// into the steps themselves.
    pub fn share(&self, case: &str, speed: f64, bytes: u64, cpu: f64) -> String {
        let limit = self.cores / self.per_byte * 1e3;
        let useful = bytes as f64 * self.per_byte / 1e9 / cpu;
        format!(
            "limit of {case}: {} cores / {:.2} ns = {limit:.0} MB/s; ours is {:.0}% of it; {:.0}% of our cpu is steps",
            self.cores,
            self.per_byte,
            100.0 * speed / limit,
            100.0 * useful
        )
    }
}

fn read_round(from: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut total = 0;
    for _ in 0..ROUND / buffer.len() {
        // As the program reads: into one chunk's place after the other.
        for slot in buffer.chunks_mut(CHUNK) {
            total += from.read(slot)?;
        }
    }
    Ok(total)
}

/// Nanoseconds of this thread's processor time per byte of a round.
fn timed(mut step: impl FnMut() -> io::Result<()>) -> io::Result<f64> {
    let begin = processor_time();
    step()?;
    Ok((processor_time() - begin) / ROUND as f64)
}

fn processor_time() -> f64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a live local. The clock exists on every Linux, so the result needs no look.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut now) };
    now.tv_sec as f64 * 1e9 + now.tv_nsec as f64
}
