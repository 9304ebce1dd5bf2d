//! The age header: made and opened by the age crate, which hands us the file key on the way.
//!
//! The crate knows how to wrap a file key for a passphrase or for recipients; only its payload stream is slow. A
//! thin `Recipient` or `Identity` sees the file key pass, and the payload is sealed and opened by this room.

use std::cell::RefCell;
use std::collections::HashSet;
use std::io::{self, BufRead, Read};

use age::secrecy::{ExposeSecret, SecretString};
use age::{DecryptError, EncryptError, Identity, Recipient};
use age_core::format::{FileKey, Stanza};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::batch::Sha;
use super::error::{Damage, Error};
use super::payload::PayloadKey;
use crate::passphrase::Passphrase;

/// log2 of scrypt's cost when sealing: what age (Go), rage and typage all open.
pub const WORK_FACTOR: u8 = 18;
/// The most scrypt cost an opener pays. Attack: a header that asks for 2^30 would take a terabyte of memory.
pub const MOST_WORK: u8 = 20;
/// The longest header read into memory: room for two thousand recipients. Attack: a header without end.
const MOST_HEADER: usize = 256 * 1024;
const NONCE: usize = 16;
/// How every age file begins.
const INTRO: &[u8] = b"age-encryption.org/";

/// What a bundle is locked with; passphrase and recipients never mix.
pub enum Lock<'a> {
    /// A passphrase, through scrypt.
    Passphrase(&'a Passphrase),
    /// One or more X25519 recipients.
    Recipients(&'a [age::x25519::Recipient]),
}

/// What opens a bundle.
pub enum Secret {
    /// A passphrase.
    Passphrase(Passphrase),
    /// Identities (private keys) from an identity file.
    Identities(Vec<Box<dyn Identity + Send + Sync>>),
}

/// An age header with the nonce behind it, as it stands in the file.
pub struct Header {
    bytes: Vec<u8>,
    scrypt: bool,
}

type FileKeyCell = RefCell<Option<Zeroizing<[u8; 16]>>>;

struct Watch<'a, T: ?Sized> {
    inner: &'a T,
    seen: &'a FileKeyCell,
}

fn keep(seen: &FileKeyCell, key: &FileKey) {
    *seen.borrow_mut() = Some(Zeroizing::new(*key.expose_secret()));
}

impl<T: Recipient + ?Sized> Recipient for Watch<'_, T> {
    fn wrap_file_key(&self, file_key: &FileKey) -> Result<(Vec<Stanza>, HashSet<String>), EncryptError> {
        keep(self.seen, file_key);
        self.inner.wrap_file_key(file_key)
    }
}

impl<T: Identity + ?Sized> Identity for Watch<'_, T> {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Option<Result<FileKey, DecryptError>> {
        let found = self.inner.unwrap_stanza(stanza);
        if let Some(Ok(key)) = &found {
            keep(self.seen, key);
        }
        found
    }

    fn unwrap_stanzas(&self, stanzas: &[Stanza]) -> Option<Result<FileKey, DecryptError>> {
        let found = self.inner.unwrap_stanzas(stanzas);
        if let Some(Ok(key)) = &found {
            keep(self.seen, key);
        }
        found
    }
}

impl Header {
    /// Makes a header for the lock, and the payload key that belongs to it.
    pub(super) fn seal(lock: &Lock) -> Result<(Self, PayloadKey), Error> {
        let seen = FileKeyCell::default();
        let encryptor = match lock {
            Lock::Passphrase(passphrase) => {
                let mut scrypt = age::scrypt::Recipient::new(SecretString::from(passphrase.expose().to_owned()));
                scrypt.set_work_factor(WORK_FACTOR);
                let watch = Watch { inner: &scrypt, seen: &seen };
                age::Encryptor::with_recipients(std::iter::once(&watch as &dyn Recipient))
            }
            Lock::Recipients(recipients) => {
                let watches: Vec<_> = recipients.iter().map(|inner| Watch { inner, seen: &seen }).collect();
                age::Encryptor::with_recipients(watches.iter().map(|w| w as &dyn Recipient))
            }
        }
        .map_err(|_| Error::Sealing)?;
        let mut bytes = Vec::new();
        // The writer is dropped unfinished on purpose: header and nonce are all we want of it.
        drop(encryptor.wrap_output(&mut bytes).map_err(|_| Error::Sealing)?);
        let header = Self::from_bytes(bytes).map_err(|_| Error::Sealing)?;
        let key = header.payload_key(&seen).ok_or(Error::Sealing)?;
        Ok((header, key))
    }

    /// Reads a header and its nonce from the start of an age file, and no byte more.
    pub(super) fn read(input: &mut impl Read) -> Result<Self, Error> {
        let mut bytes = Vec::with_capacity(512);
        let mut line = 0;
        loop {
            let at = bytes.len();
            if at == MOST_HEADER {
                return Err(Damage::HeaderTooLong.into());
            }
            let mut byte = [0];
            match input.read_exact(&mut byte) {
                Ok(()) => bytes.push(byte[0]),
                Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Err(cut_or_foreign(&bytes)),
                Err(e) => return Err(Error::Stream(e)),
            }
            if byte[0] != b'\n' {
                continue;
            }
            // Attack: a huge file that is no age file at all; its first line tells.
            if line == 0 && !bytes.starts_with(INTRO) {
                return Err(
                    if bytes.starts_with(b"\xff\xfea\0g\0e\0-\0") { Damage::Utf16 } else { Damage::NotAge }.into()
                );
            }
            if line == 0 && bytes.ends_with(b"\r\n") {
                return Err(Damage::LineEnds.into());
            }
            if bytes[line..].starts_with(b"---") {
                break;
            }
            line = bytes.len();
        }
        let at = bytes.len();
        bytes.resize(at + NONCE, 0);
        input.read_exact(&mut bytes[at..]).map_err(|e| match e.kind() {
            io::ErrorKind::UnexpectedEof => Damage::HeaderCut.into(),
            _ => Error::Stream(e),
        })?;
        Self::from_bytes(bytes)
    }

    fn from_bytes(bytes: Vec<u8>) -> Result<Self, Error> {
        let decryptor = age::Decryptor::new_buffered(OneGulp::of(&bytes)).map_err(|e| match e {
            DecryptError::UnknownFormat => Error::from(Damage::UnknownAgeVersion),
            _ => Damage::HeaderInvalid.into(),
        })?;
        let scrypt = decryptor.is_scrypt();
        Ok(Self { bytes, scrypt })
    }

    /// SHA-256 of header ‖ nonce: tells damage from a wrong passphrase before scrypt runs.
    #[must_use]
    pub fn sha256(&self) -> Sha {
        Sha256::digest(&self.bytes).into()
    }

    /// Header ‖ nonce, as written at the start of the file.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether a passphrase opens this file (else an identity does).
    #[must_use]
    pub fn is_scrypt(&self) -> bool {
        self.scrypt
    }

    /// log2 of the scrypt cost the header asks for.
    #[must_use]
    pub fn scrypt_work(&self) -> Option<u8> {
        self.scrypt.then(|| work_factor(&self.bytes)).flatten()
    }

    /// Opens the header with the secret.
    ///
    /// # Errors
    /// A wrong secret is [`Error::WrongPassphrase`] or [`Error::WrongIdentity`]; a scrypt cost beyond
    /// [`MOST_WORK`] and a broken header are damage.
    pub(super) fn unlock(&self, secret: &Secret) -> Result<PayloadKey, Error> {
        match (secret, self.scrypt) {
            (Secret::Passphrase(_), false) => return Err(Error::NeedsIdentity),
            (Secret::Identities(_), true) => return Err(Error::NeedsPassphrase),
            _ => {}
        }
        let seen = FileKeyCell::default();
        let decryptor = age::Decryptor::new_buffered(OneGulp::of(&self.bytes)).map_err(|_| Damage::HeaderInvalid)?;
        let outcome = match secret {
            Secret::Passphrase(passphrase) => {
                let mut scrypt = age::scrypt::Identity::new(SecretString::from(passphrase.expose().to_owned()));
                scrypt.set_max_work_factor(MOST_WORK);
                let watch = Watch { inner: &scrypt, seen: &seen };
                decryptor.decrypt(std::iter::once(&watch as &dyn Identity)).map(drop)
            }
            Secret::Identities(identities) => {
                let watches: Vec<_> =
                    identities.iter().map(|i| Watch { inner: i.as_ref() as &dyn Identity, seen: &seen }).collect();
                decryptor.decrypt(watches.iter().map(|w| w as &dyn Identity)).map(drop)
            }
        };
        match outcome {
            Ok(()) => self.payload_key(&seen).ok_or_else(|| Damage::HeaderInvalid.into()),
            Err(DecryptError::NoMatchingKeys) => Err(Error::WrongIdentity),
            // The crate says the same for a wrong passphrase and a damaged scrypt stanza; only header_sha256 can tell.
            Err(DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed) => match secret {
                Secret::Passphrase(_) => Err(Error::WrongPassphrase),
                Secret::Identities(_) => Err(Damage::HeaderInvalid.into()),
            },
            // `ExcessiveWork` is matched, never printed: its Display underflows when the cap is below the target.
            Err(DecryptError::ExcessiveWork { required, .. }) => Err(Damage::ExcessiveWork { asked: required }.into()),
            Err(DecryptError::InvalidMac) => Err(Damage::HeaderMac.into()),
            Err(_) => Err(Damage::HeaderInvalid.into()),
        }
    }

    fn payload_key(&self, seen: &FileKeyCell) -> Option<PayloadKey> {
        let file_key = seen.borrow_mut().take()?;
        let nonce: &[u8; NONCE] = self.bytes.last_chunk()?;
        PayloadKey::derive(&file_key, nonce)
    }
}

/// Gives the crate's parser the whole header as if it were one line.
///
/// Attack: the parser starts again from the first byte after every line it reads, so a header of many short lines
/// costs the square of its size; 200 KB took minutes. Whole at once it is parsed once.
struct OneGulp<'a> {
    header: &'a [u8],
    nonce: &'a [u8],
}

impl<'a> OneGulp<'a> {
    fn of(bytes: &'a [u8]) -> Self {
        let (header, nonce) = bytes.split_at(bytes.len().saturating_sub(NONCE));
        Self { header, nonce }
    }
}

impl Read for OneGulp<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.nonce.read(buf)
    }
}

impl BufRead for OneGulp<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        Ok(self.nonce)
    }

    fn consume(&mut self, amount: usize) {
        self.nonce = &self.nonce[amount..];
    }

    fn read_until(&mut self, _: u8, into: &mut Vec<u8>) -> io::Result<usize> {
        let header = std::mem::take(&mut self.header);
        into.extend_from_slice(header);
        Ok(header.len())
    }
}

/// The work factor written in the scrypt stanza: `-> scrypt SALT LOG_N`.
fn work_factor(header: &[u8]) -> Option<u8> {
    let line = header.split(|&b| b == b'\n').nth(1)?;
    let line = std::str::from_utf8(line).ok()?;
    line.strip_prefix("-> scrypt ")?.split(' ').nth(1)?.parse().ok()
}

fn cut_or_foreign(bytes: &[u8]) -> Error {
    let n = bytes.len().min(INTRO.len());
    if n > 0 && bytes[..n] == INTRO[..n] { Damage::HeaderCut.into() } else { Damage::NotAge.into() }
}
