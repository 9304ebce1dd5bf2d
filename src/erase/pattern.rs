//! What is written over data, and how it is told from anything else when it is read back.
//!
//! A random pass is a keystream: a key drawn for the run, a nonce for each file, and the offset in it. So the very bytes can
//! be made again for the comparison, wherever a read begins, and nothing of them is stored.

use chacha20::ChaCha20;
use chacha20::cipher::{KeyIvInit, StreamCipher, StreamCipherSeek};
use serde::{Deserialize, Serialize};

/// How data is overwritten. Every pass is synced and read back before the next begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Zeros, once.
    #[default]
    Zero,
    /// A keystream, once.
    Random,
    /// Zeros, ones, a keystream: the three passes of `DoD 5220.22-M`.
    Dod,
}

impl Method {
    /// Its passes, in their order.
    #[must_use]
    pub fn passes(self) -> &'static [Pass] {
        match self {
            Self::Zero => &[Pass::Zeros],
            Self::Random => &[Pass::Keystream],
            Self::Dod => &[Pass::Zeros, Pass::Ones, Pass::Keystream],
        }
    }

    /// Its name on the command line and in records.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Zero => "zero",
            Self::Random => "random",
            Self::Dod => "dod",
        }
    }
}

/// What one pass writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pass {
    /// 0x00.
    Zeros,
    /// 0xFF.
    Ones,
    /// A keystream.
    Keystream,
}

/// The key of this run's keystreams. Not a secret worth keeping: who knows it knows the noise, not what it replaced.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl Key {
    /// A fresh one.
    ///
    /// # Errors
    /// The system gives no random bytes.
    pub fn fresh() -> std::io::Result<Self> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(std::io::Error::other)?;
        Ok(Self(key))
    }
}

/// What stands over one file after one pass: bytes by their offset.
pub struct Pattern {
    fill: Fill,
}

enum Fill {
    Plain(u8),
    Stream(Box<ChaCha20>),
}

impl Pattern {
    /// The pattern of a pass over the file of this number in the run.
    #[must_use]
    pub fn of(pass: Pass, key: &Key, number: u64) -> Self {
        let fill = match pass {
            Pass::Zeros => Fill::Plain(0),
            Pass::Ones => Fill::Plain(0xFF),
            Pass::Keystream => {
                let mut nonce = [0; 12];
                nonce[..8].copy_from_slice(&number.to_le_bytes());
                Fill::Stream(Box::new(ChaCha20::new((&key.0).into(), (&nonce).into())))
            }
        };
        Self { fill }
    }

    /// Whether the bytes are the same at every offset, so that a buffer filled once serves for all of them.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        matches!(self.fill, Fill::Plain(_))
    }

    /// Fills a buffer with what stands at `offset`.
    pub fn fill(&mut self, buffer: &mut [u8], offset: u64) {
        match &mut self.fill {
            Fill::Plain(byte) => buffer.fill(*byte),
            Fill::Stream(stream) => {
                buffer.fill(0);
                stream.seek(offset % STREAM);
                // A keystream has an end, and no read here crosses a multiple of its length.
                let _ = stream.try_apply_keystream(buffer);
            }
        }
    }

    /// Whether exactly this pattern stands in `bytes`, read from `offset`.
    #[must_use]
    pub fn stands_in(&mut self, bytes: &[u8], offset: u64) -> bool {
        match &mut self.fill {
            Fill::Plain(byte) => is_all(bytes, *byte),
            Fill::Stream(_) => {
                let mut expected = [0; PIECE];
                bytes.chunks(PIECE).zip((offset..).step_by(PIECE)).all(|(piece, offset)| {
                    let expected = &mut expected[..piece.len()];
                    self.fill(expected, offset);
                    piece == expected
                })
            }
        }
    }
}

/// After this many bytes the keystream of a file begins again: 128 GiB, half of what one nonce can give.
const STREAM: u64 = 1 << 37;

/// Bytes of keystream made at a time for a comparison.
const PIECE: usize = 4096;

/// Eight bytes at a time, which the compiler turns into as many as the machine can compare.
fn is_all(bytes: &[u8], byte: u8) -> bool {
    let word = u64::from_ne_bytes([byte; 8]);
    let (words, rest) = bytes.as_chunks::<8>();
    words.iter().all(|w| u64::from_ne_bytes(*w) == word) && rest.iter().all(|&b| b == byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keystream_is_the_same_wherever_one_begins_to_read() {
        let key = Key([7; 32]);
        let mut whole = vec![0; 100_000];
        Pattern::of(Pass::Keystream, &key, 3).fill(&mut whole, 0);
        for (start, length) in [(0, 1), (1, 4096), (4095, 2), (65_536, 30_000), (99_999, 1)] {
            let part = &whole[start..start + length];
            assert!(Pattern::of(Pass::Keystream, &key, 3).stands_in(part, start as u64), "{start}");
            assert!(!Pattern::of(Pass::Keystream, &key, 4).stands_in(part, start as u64) || length == 1);
        }
        let mut other = vec![0; 64];
        Pattern::of(Pass::Keystream, &Key([8; 32]), 3).fill(&mut other, 0);
        assert_ne!(other, whole[..64]);
    }

    #[test]
    fn one_wrong_byte_anywhere_is_seen() {
        for pass in [Pass::Zeros, Pass::Ones, Pass::Keystream] {
            let mut pattern = Pattern::of(pass, &Key([1; 32]), 0);
            for at in [0, 7, 8, 4095, 4096, 8190] {
                let mut bytes = vec![0; 8191];
                pattern.fill(&mut bytes, 512);
                assert!(pattern.stands_in(&bytes, 512));
                bytes[at] ^= 1;
                assert!(!pattern.stands_in(&bytes, 512), "{pass:?} {at}");
            }
        }
    }

    #[test]
    fn a_long_file_goes_on_past_the_end_of_its_stream() {
        let mut pattern = Pattern::of(Pass::Keystream, &Key([1; 32]), 0);
        let mut bytes = vec![0; PIECE];
        pattern.fill(&mut bytes, 3 * STREAM);
        assert!(pattern.stands_in(&bytes, 0) && bytes.iter().any(|&b| b != 0));
    }

    #[test]
    fn dod_has_three_passes_and_ends_with_noise() {
        assert_eq!(Method::Dod.passes(), [Pass::Zeros, Pass::Ones, Pass::Keystream]);
        assert_eq!((Method::Zero.passes().len(), Method::Random.passes().len()), (1, 1));
    }
}
