//! The age payload's chunks: STREAM over ChaCha20-Poly1305, one chunk at a time and in any order.
//!
//! The age crate seals its chunks one after the other on one core. Each chunk depends only on the payload key and
//! its own number, so this file does a single chunk and lets the pipeline spread them (docs/adr says why).

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};

use super::batch::{Batch, CHUNK, CHUNKS, SEALED, TAG};
use crate::erase::os::memory::Scrubbed;

/// The key of one bundle's payload. Its memory is wiped when dropped, which ring does not do by itself.
pub(super) struct PayloadKey(Scrubbed<LessSafeKey>);

/// A chunk that did not authenticate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BadChunk {
    /// Its number in the stream.
    pub number: u64,
    /// It is the last one there is, whole and genuine, but the stream went on when it was sealed.
    pub cut_after: bool,
}

impl PayloadKey {
    /// Derives the key from the file key and the nonce that follows the age header.
    pub fn derive(file_key: &[u8; 16], nonce: &[u8; 16]) -> Option<Self> {
        let prk = Salt::new(HKDF_SHA256, nonce).extract(file_key);
        let okm = prk.expand(&[b"payload"], &CHACHA20_POLY1305).ok()?;
        Some(Self(Scrubbed::new(LessSafeKey::new(UnboundKey::from(okm)))))
    }

    /// Seals every chunk of a batch in place; afterwards `len` counts sealed bytes.
    pub fn seal(&self, batch: &mut Batch) -> Option<()> {
        let plain = batch.len;
        // An empty stream is one empty chunk; otherwise no chunk is empty.
        let chunks = plain.div_ceil(CHUNK).max(usize::from(batch.last));
        let (first, last) = (batch.seq * CHUNKS as u64, batch.last);
        for (i, slot) in batch.slots().take(chunks) {
            let len = (plain - i * CHUNK).min(CHUNK);
            let nonce = nonce(first + i as u64, last && i + 1 == chunks);
            let (text, tail) = slot.split_at_mut(len);
            let tag = self.0.seal_in_place_separate_tag(nonce, Aad::empty(), text).ok()?;
            tail[..TAG].copy_from_slice(tag.as_ref());
        }
        batch.len = plain + chunks * TAG;
        Some(())
    }

    /// Opens every chunk of a batch in place; afterwards `len` counts plaintext bytes.
    ///
    /// # Security
    /// Nothing of a chunk leaves this function unless its tag holds, and the number and the last-chunk flag are in
    /// the nonce: reordered, repeated, dropped or appended chunks do not authenticate.
    pub fn open(&self, batch: &mut Batch) -> Result<(), BadChunk> {
        let sealed = batch.len;
        let chunks = sealed.div_ceil(SEALED);
        let (first, last) = (batch.seq * CHUNKS as u64, batch.last);
        let mut plain = 0;
        for (i, slot) in batch.slots().take(chunks) {
            let number = first + i as u64;
            let is_last = last && i + 1 == chunks;
            let len = (sealed - i * SEALED).min(SEALED);
            // A last chunk may be empty only when it is the whole stream.
            if len < TAG || (len == TAG && number > 0) {
                return Err(BadChunk { number, cut_after: false });
            }
            let copy = is_last.then(|| slot[..len].to_vec());
            match self.0.open_in_place(nonce(number, is_last), Aad::empty(), &mut slot[..len]) {
                Ok(text) => plain += text.len(),
                Err(_) => return Err(BadChunk { number, cut_after: self.was_not_last(number, copy) }),
            }
        }
        if chunks == 0 {
            return Err(BadChunk { number: first, cut_after: false });
        }
        batch.len = plain;
        Ok(())
    }

    /// Tells a stream cut at a chunk boundary from a damaged chunk.
    fn was_not_last(&self, number: u64, copy: Option<Vec<u8>>) -> bool {
        copy.is_some_and(|copy| {
            let mut copy = zeroize::Zeroizing::new(copy);
            copy.len() == SEALED && self.0.open_in_place(nonce(number, false), Aad::empty(), &mut copy).is_ok()
        })
    }
}

/// Eleven bytes of chunk number, one byte that says whether the stream ends here.
fn nonce(number: u64, last: bool) -> Nonce {
    let mut bytes = [0; 12];
    bytes[3..11].copy_from_slice(&number.to_be_bytes());
    bytes[11] = u8::from(last);
    Nonce::assume_unique_for_key(bytes)
}

/// Sealed size of a plaintext of `plain` bytes.
pub(super) fn sealed_size(plain: u64) -> u64 {
    plain + plain.div_ceil(CHUNK as u64).max(1) * TAG as u64
}
