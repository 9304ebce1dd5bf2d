//! The way in: plaintext → hash → seal → hash → sink, every stage at work at once.
//!
//! The caller fills batches on its own thread (reading files, laying out the archive); one thread hashes the marked
//! files in order, as many as there are cores seal batches in any order, one puts them back in order and hashes what
//! is sealed, and one hands them to the sink. Buffers go round in a fixed pool, so memory does not grow with the data,
//! and no stage waits for another but through a full or an empty belt.

use std::collections::BTreeMap;
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};

use super::batch::{Batch, HashLine, Sha};
use super::error::Error;
use super::payload::PayloadKey;
use super::volumes::VolumeHasher;

/// Takes the sealed bytes, in order.
pub trait Sink: Send {
    /// Takes the next bytes.
    ///
    /// # Errors
    /// Stops the sealing.
    fn take(&mut self, bytes: &[u8]) -> Result<(), Error>;
}

/// Threads that seal or open; the ordered stages run beside them and the system shares the cores out.
pub(super) fn workers() -> usize {
    thread::available_parallelism().map_or(2, usize::from)
}

/// Buffers in the pool: one in every hand, and as many again waiting.
pub(super) fn pool_size() -> usize {
    workers() * 2 + 6
}

/// Runs `produce` against a [`Filler`] and seals what it writes into `digest` and `sink`.
pub(super) fn seal<S: Sink, T>(
    key: &PayloadKey,
    digest: &mut VolumeHasher,
    sink: &mut S,
    produce: impl FnOnce(&mut Filler) -> Result<T, Error>,
) -> Result<T, Error> {
    let (pool_in, pool) = bounded(pool_size());
    for _ in 0..pool_size() {
        // The channel holds exactly this many.
        let _ = pool_in.send(Batch::new());
    }
    let (to_hash, hash_in) = bounded::<Batch>(2);
    let (to_seal, seal_in) = bounded::<Batch>(workers());
    let (to_order, order_in) = bounded(workers());
    let (to_write, write_in) = bounded::<Batch>(2);
    thread::scope(|scope| {
        let to_seal_direct = to_seal.clone();
        let hasher = scope.spawn(move || {
            let mut line = HashLine::default();
            for batch in hash_in {
                line.feed(&batch);
                if to_seal.send(batch).is_err() {
                    break;
                }
            }
            line
        });
        for _ in 0..workers() {
            let (seal_in, to_order) = (seal_in.clone(), to_order.clone());
            scope.spawn(move || {
                for mut batch in seal_in {
                    // A batch that was refused is said to be missing: nobody may wait for it.
                    let sealed = key.seal(&mut batch).map(|()| batch);
                    if to_order.send(sealed).is_err() {
                        break;
                    }
                }
            });
        }
        drop((seal_in, to_order));
        scope.spawn(move || hash_in_order(&order_in, digest, &to_write));
        let writer = scope.spawn(move || write(&write_in, &pool_in, sink));

        let mut filler =
            Filler { pool, hashing: Some((to_hash, hasher)), sealing: to_seal_direct, batch: None, seq: 0 };
        let produced = produce(&mut filler).and_then(|value| filler.finish().map(|()| value));
        drop(filler);
        let written = writer.join().unwrap_or(Err(Error::Sealing));
        // A sink that failed is the reason why the filler found its belt broken, so its word comes first.
        match (produced, written) {
            (Ok(value), Ok(true)) => Ok(value),
            (_, Err(error)) | (Err(error), Ok(_)) => Err(error),
            (Ok(_), Ok(false)) => Err(Error::Sealing),
        }
    })
}

fn hash_in_order(from: &Receiver<Option<Batch>>, digest: &mut VolumeHasher, to: &Sender<Batch>) {
    let mut waiting = BTreeMap::new();
    let mut next = 0;
    for batch in from {
        let Some(batch) = batch else { return };
        waiting.insert(batch.seq, batch);
        while let Some(batch) = waiting.remove(&next) {
            digest.feed(batch.sealed());
            next += 1;
            if to.send(batch).is_err() {
                return;
            }
        }
    }
}

/// Returns whether the last batch of the stream came through; with it, as they come in order, all of them did.
fn write(from: &Receiver<Batch>, pool: &Sender<Batch>, sink: &mut dyn Sink) -> Result<bool, Error> {
    let mut complete = false;
    for batch in from {
        sink.take(batch.sealed())?;
        complete = batch.last;
        // The filler may have gone already; then nobody needs the buffer.
        let _ = pool.send(batch);
    }
    Ok(complete)
}

type Hasher<'scope> = thread::ScopedJoinHandle<'scope, HashLine>;

/// Where the plaintext goes in, with marks around the content of files.
pub(super) struct Filler<'scope> {
    pool: Receiver<Batch>,
    hashing: Option<(Sender<Batch>, Hasher<'scope>)>,
    sealing: Sender<Batch>,
    batch: Option<Batch>,
    seq: u64,
}

impl Filler<'_> {
    /// Appends bytes.
    pub fn write(&mut self, mut bytes: &[u8]) -> Result<(), Error> {
        while !bytes.is_empty() {
            let space = self.space()?;
            let n = space.len().min(bytes.len());
            space[..n].copy_from_slice(&bytes[..n]);
            self.advance(n);
            bytes = &bytes[n..];
        }
        Ok(())
    }

    /// Appends so many zero bytes.
    pub fn zeros(&mut self, count: usize) -> Result<(), Error> {
        const ZEROS: [u8; 1024] = [0; 1024];
        self.write(&ZEROS[..count])
    }

    /// Free space to read into; say afterwards with [`Filler::advance`] how much of it was used.
    pub fn space(&mut self) -> Result<&mut [u8], Error> {
        if self.batch.as_ref().is_some_and(Batch::is_full) {
            self.send(false)?;
        }
        if self.batch.is_none() {
            let mut batch = self.pool.recv().map_err(|_| Error::Sealing)?;
            batch.reset(self.seq);
            self.seq += 1;
            self.batch = Some(batch);
        }
        self.batch.as_mut().map(Batch::plain_space).ok_or(Error::Sealing)
    }

    /// Says that so much of the space is filled.
    pub fn advance(&mut self, count: usize) {
        if let Some(batch) = &mut self.batch {
            batch.len += count;
        }
    }

    /// Content of a file begins here.
    pub fn begin(&mut self) -> Result<(), Error> {
        self.space()?;
        if let Some(batch) = &mut self.batch {
            batch.begin(batch.len);
        }
        Ok(())
    }

    /// Content of the file ends here.
    pub fn end(&mut self) {
        if let Some(batch) = &mut self.batch {
            batch.end(batch.len);
        }
    }

    /// The digests of all files so far. Files that begin later are not hashed any more.
    pub fn digests(&mut self) -> Result<Vec<Sha>, Error> {
        let (belt, hasher) = self.hashing.take().ok_or(Error::Sealing)?;
        drop(belt);
        let mut line = hasher.join().map_err(|_| Error::Sealing)?;
        // What is still in our hands has not passed the hasher: it is hashed here, once, and goes on directly.
        if let Some(batch) = &self.batch {
            line.feed(batch);
        }
        Ok(line.into_digests())
    }

    fn send(&mut self, last: bool) -> Result<(), Error> {
        let Some(mut batch) = self.batch.take() else { return Ok(()) };
        batch.last = last;
        let belt = self.hashing.as_ref().map_or(&self.sealing, |(belt, _)| belt);
        belt.send(batch).map_err(|_| Error::Sealing)
    }

    fn finish(&mut self) -> Result<(), Error> {
        self.space()?;
        self.send(true)
    }
}
