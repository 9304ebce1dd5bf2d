//! The way out: volumes → open → plaintext in order → hash, every stage at work at once.
//!
//! One thread reads, as many as there are cores open batches in any order, and the caller takes authenticated
//! plaintext in order through [`Plain`]. Batches it has done with are hashed on their own thread and go back to the
//! pool. A chunk that does not authenticate ends the stream where it stands: nothing of it is ever seen.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};

use super::batch::{Batch, HashLine, Sha};
use super::error::{Damage, Error};
use super::payload::{BadChunk, PayloadKey};
use super::seal::{pool_size, workers};

enum Outcome {
    Open(Batch),
    Bad { seq: u64, error: Error },
}

/// Opens what `input` holds behind the header and lets `consume` have the plaintext.
pub(super) fn unseal<T>(
    key: &PayloadKey,
    input: &mut (dyn Read + Send),
    consume: impl FnOnce(&mut Plain) -> Result<T, Error>,
) -> Result<T, Error> {
    let (pool_in, pool) = bounded(pool_size());
    for _ in 0..pool_size() {
        let _ = pool_in.send(Batch::new());
    }
    let (to_open, open_in) = bounded(workers());
    let (done, opened) = bounded(pool_size());
    let (to_hash, hash_in) = bounded::<Batch>(2);
    thread::scope(|scope| {
        let read_done = done.clone();
        scope.spawn(move || read_batches(input, &pool, &to_open, &read_done));
        for _ in 0..workers() {
            let (open_in, done) = (open_in.clone(), done.clone());
            scope.spawn(move || {
                for batch in open_in {
                    if done.send(open_one(key, batch)).is_err() {
                        break;
                    }
                }
            });
        }
        drop((open_in, done));
        let hasher = scope.spawn(move || {
            let mut line = HashLine::default();
            for batch in hash_in {
                line.feed(&batch);
                let _ = pool_in.send(batch);
            }
            line
        });
        let mut plain = Plain {
            opened,
            waiting: BTreeMap::new(),
            next: 0,
            batch: None,
            at: 0,
            hashing: Some((to_hash, hasher)),
            done: 0,
        };
        consume(&mut plain)
    })
}

fn open_one(key: &PayloadKey, mut batch: Batch) -> Outcome {
    match key.open(&mut batch) {
        Ok(()) => Outcome::Open(batch),
        Err(BadChunk { number, cut_after }) => {
            let damage = if cut_after { Damage::PayloadCut { chunks: number + 1 } } else { Damage::Chunk { number } };
            Outcome::Bad { seq: batch.seq, error: damage.into() }
        }
    }
}

/// Reads batch after batch; each is held back until it is known whether it is the last.
fn read_batches(input: &mut dyn Read, pool: &Receiver<Batch>, to_open: &Sender<Batch>, done: &Sender<Outcome>) {
    let (mut held, mut seq) = (None::<Batch>, 0);
    loop {
        let Ok(mut batch) = pool.recv() else { return };
        batch.reset(seq);
        match fill(input, &mut batch) {
            Err(error) => {
                let _ = done.send(Outcome::Bad { seq: batch.seq, error: Error::Stream(error) });
                if let Some(whole) = held {
                    let _ = to_open.send(whole);
                }
                return;
            }
            Ok(()) if batch.len == 0 && seq > 0 => {
                if let Some(mut last) = held.take() {
                    last.last = true;
                    let _ = to_open.send(last);
                }
                return;
            }
            Ok(()) => {}
        }
        seq += 1;
        let short = batch.len < batch.sealed_space().len();
        if let Some(ready) = held.replace(batch)
            && to_open.send(ready).is_err()
        {
            return;
        }
        if short {
            break;
        }
    }
    if let Some(mut last) = held {
        last.last = true;
        let _ = to_open.send(last);
    }
}

fn fill(input: &mut dyn Read, batch: &mut Batch) -> io::Result<()> {
    let mut len = 0;
    let space = batch.sealed_space();
    while len < space.len() {
        match input.read(&mut space[len..]) {
            Ok(0) => break,
            Ok(n) => len += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    batch.len = len;
    Ok(())
}

type Hasher<'scope> = thread::ScopedJoinHandle<'scope, HashLine>;

/// Authenticated plaintext, in order.
pub(super) struct Plain<'scope> {
    opened: Receiver<Outcome>,
    waiting: BTreeMap<u64, Result<Batch, Error>>,
    next: u64,
    batch: Option<Batch>,
    at: usize,
    hashing: Option<(Sender<Batch>, Hasher<'scope>)>,
    done: u64,
}

impl Plain<'_> {
    /// What is at hand next, without taking it; empty only at the end of the stream.
    pub fn peek(&mut self) -> Result<&[u8], Error> {
        self.ready()?;
        Ok(self.batch.as_ref().map_or(&[], |batch| batch.plain_from(self.at)))
    }

    /// Takes up to `most` bytes, as many as lie together; empty only at the end of the stream.
    pub fn run(&mut self, most: u64) -> Result<&[u8], Error> {
        self.ready()?;
        let Some(batch) = &self.batch else { return Ok(&[]) };
        let run = batch.plain_from(self.at);
        let run = &run[..run.len().min(usize::try_from(most).unwrap_or(usize::MAX))];
        self.at += run.len();
        self.done += run.len() as u64;
        Ok(run)
    }

    /// Content to be hashed begins here.
    pub fn begin(&mut self) -> Result<(), Error> {
        self.ready()?;
        if let Some(batch) = &mut self.batch {
            batch.begin(self.at);
        }
        Ok(())
    }

    /// The content ends here.
    pub fn end(&mut self) {
        if let Some(batch) = &mut self.batch {
            batch.end(self.at);
        }
    }

    /// Plaintext bytes taken so far.
    pub fn done(&self) -> u64 {
        self.done
    }

    /// The digests of everything marked, once the stream has been taken to its end.
    pub fn digests(&mut self) -> Result<Vec<Sha>, Error> {
        self.pass_on()?;
        let (belt, hasher) = self.hashing.take().ok_or(Error::Sealing)?;
        drop(belt);
        Ok(hasher.join().map_err(|_| Error::Sealing)?.into_digests())
    }

    /// Makes sure that there is plaintext at hand, unless the stream has ended.
    fn ready(&mut self) -> Result<(), Error> {
        loop {
            if let Some(batch) = &self.batch
                && (self.at < batch.len || batch.last)
            {
                return Ok(());
            }
            self.pass_on()?;
            self.batch = Some(self.receive()?);
            self.at = 0;
        }
    }

    fn receive(&mut self) -> Result<Batch, Error> {
        loop {
            if let Some(found) = self.waiting.remove(&self.next) {
                self.next += 1;
                return found;
            }
            match self.opened.recv() {
                Ok(Outcome::Open(batch)) => self.waiting.insert(batch.seq, Ok(batch)),
                Ok(Outcome::Bad { seq, error }) => self.waiting.insert(seq, Err(error)),
                Err(_) => return Err(Error::Sealing),
            };
        }
    }

    fn pass_on(&mut self) -> Result<(), Error> {
        let Some(batch) = self.batch.take() else { return Ok(()) };
        let (belt, _) = self.hashing.as_ref().ok_or(Error::Sealing)?;
        belt.send(batch).map_err(|_| Error::Sealing)
    }
}
