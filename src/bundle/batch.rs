//! A batch: the buffer that travels along the pipeline, sixteen payload chunks at a time.
//!
//! Each chunk has its own slot with room for its tag, so that sealing and opening happen in place and the sealed
//! form of a whole batch is one contiguous run of bytes. A slot is a multiple of 512 bytes, so a tar header never
//! straddles two of them.

use sha2::{Digest, Sha256};
use zeroize::Zeroize;

/// Plaintext bytes in one chunk of the age payload.
pub(super) const CHUNK: usize = 64 * 1024;
/// Bytes of the authentication tag behind each chunk.
pub(super) const TAG: usize = 16;
/// Bytes of one sealed chunk.
pub(super) const SEALED: usize = CHUNK + TAG;
/// Chunks in one batch.
pub(super) const CHUNKS: usize = 16;

/// A SHA-256 digest.
pub type Sha = [u8; 32];

/// Where in a batch a file's content begins or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Begin,
    End,
}

/// One buffer of the pipeline. Wiped when dropped: it held plaintext.
pub(super) struct Batch {
    /// Position of the batch in the stream.
    pub seq: u64,
    /// Whether the stream ends with this batch.
    pub last: bool,
    /// Bytes in use, plaintext or sealed, depending on which side of the sealer it is.
    pub len: usize,
    buf: Box<[u8]>,
    marks: Vec<(usize, Mark)>,
}

impl Batch {
    pub fn new() -> Self {
        Self { seq: 0, last: false, len: 0, buf: vec![0; SEALED * CHUNKS].into_boxed_slice(), marks: Vec::new() }
    }

    /// Makes a used batch ready for the next round.
    pub fn reset(&mut self, seq: u64) {
        self.seq = seq;
        self.last = false;
        self.len = 0;
        self.marks.clear();
    }

    /// The sealed bytes in use.
    pub fn sealed(&self) -> &[u8] {
        &self.buf[..self.len]
    }

    /// The whole buffer, for reading sealed bytes into.
    pub fn sealed_space(&mut self) -> &mut [u8] {
        &mut self.buf
    }

    /// Whether no more plaintext fits.
    pub fn is_full(&self) -> bool {
        self.len == CHUNK * CHUNKS
    }

    /// The free plaintext space up to the end of the current slot; never empty unless the batch is full.
    pub fn plain_space(&mut self) -> &mut [u8] {
        let (slot, at) = (self.len / CHUNK, self.len % CHUNK);
        if slot == CHUNKS {
            return &mut [];
        }
        &mut self.buf[slot * SEALED + at..slot * SEALED + CHUNK]
    }

    /// The plaintext from `at` to the end of its slot or of the batch.
    pub fn plain_from(&self, at: usize) -> &[u8] {
        let slot = at / CHUNK;
        let end = self.len.min((slot + 1) * CHUNK);
        if at >= end {
            return &[];
        }
        let base = slot * SEALED;
        &self.buf[base + at % CHUNK..base + (end - slot * CHUNK)]
    }

    /// Notes that a file's content begins at plaintext offset `at`.
    pub fn begin(&mut self, at: usize) {
        self.marks.push((at, Mark::Begin));
    }

    /// Notes that the file's content ends at plaintext offset `at`.
    pub fn end(&mut self, at: usize) {
        self.marks.push((at, Mark::End));
    }

    /// Each chunk's slot: its index in the batch and its sealed-size buffer.
    pub fn slots(&mut self) -> impl Iterator<Item = (usize, &mut [u8])> {
        self.buf.chunks_mut(SEALED).enumerate()
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        self.buf.zeroize();
    }
}

/// Hashes the files in a stream of batches, in order, following their marks.
#[derive(Default)]
pub(super) struct HashLine {
    current: Option<Sha256>,
    digests: Vec<Sha>,
}

impl HashLine {
    /// Hashes what the batch holds of marked files; call with every batch, in order.
    pub fn feed(&mut self, batch: &Batch) {
        let mut at = 0;
        for &(place, mark) in &batch.marks {
            self.hash(batch, at, place);
            at = place;
            match mark {
                Mark::Begin => self.current = Some(Sha256::new()),
                Mark::End => {
                    if let Some(hasher) = self.current.take() {
                        self.digests.push(hasher.finalize().into());
                    }
                }
            }
        }
        self.hash(batch, at, batch.len);
    }

    /// The digests of all files that have ended, in the order they came.
    pub fn into_digests(self) -> Vec<Sha> {
        self.digests
    }

    fn hash(&mut self, batch: &Batch, from: usize, to: usize) {
        let Some(hasher) = &mut self.current else { return };
        let mut at = from;
        while at < to {
            let run = batch.plain_from(at);
            let run = &run[..run.len().min(to - at)];
            hasher.update(run);
            at += run.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(batch: &mut Batch, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let space = batch.plain_space();
            let n = space.len().min(rest.len());
            space[..n].copy_from_slice(&rest[..n]);
            batch.len += n;
            rest = &rest[n..];
        }
    }

    #[test]
    fn hashes_follow_marks_across_slots_and_batches() {
        let one = vec![7u8; CHUNK + 100];
        let two = vec![9u8; CHUNK * 3];
        let mut line = HashLine::default();

        let mut first = Batch::new();
        fill(&mut first, b"skip");
        first.begin(first.len);
        fill(&mut first, &one);
        first.end(first.len);
        first.begin(first.len);
        first.end(first.len);
        first.begin(first.len);
        fill(&mut first, &two[..CHUNK]);
        line.feed(&first);

        first.reset(1);
        fill(&mut first, &two[CHUNK..]);
        first.end(first.len);
        fill(&mut first, b"skip too");
        line.feed(&first);

        let expected: Vec<Sha> = [&one[..], b"", &two].iter().map(|d| Sha256::digest(d).into()).collect();
        assert_eq!(line.into_digests(), expected);
    }
}
