//! Where a bundle's files are, and what its public side says, before any secret comes into play.

use std::io::{BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

use super::error::{Damage, Error, PublicFault};
use super::facts::{FACTS_NAME, Facts, MOST_FACTS, PassphraseKind};
use super::header::{Header, Secret};
use super::pack::{SIGNATURE_NAME, SIGNER_NAME};
use super::payload::PayloadKey;
use super::volumes::{SEALED_NAME, VolumeReader, is_sealed_name};
use crate::digest::hex;
use crate::erase::os;
use crate::erase::readback::AtPath;
use crate::sign;

/// A bundle found on a medium.
#[derive(Debug)]
pub struct Bundle {
    /// Its folder; none for a single age file from elsewhere.
    pub folder: Option<PathBuf>,
    /// The public facts.
    pub facts: Option<Facts>,
    /// The sealed file's volumes, in order.
    pub volumes: Vec<PathBuf>,
    /// Fingerprint of the key whose signature on the facts holds.
    pub signer: Result<Option<String>, PublicFault>,
}

impl Bundle {
    /// Finds the bundle a path means: its folder, its sealed file, one of its volumes, or a foreign age file.
    ///
    /// # Errors
    /// When there is no bundle, or `bundle.json` cannot be read.
    pub fn locate(path: &Path) -> Result<Self, Error> {
        let meta = std::fs::metadata(path).map_err(Error::io(path))?;
        if meta.is_dir() {
            return Self::in_folder(path);
        }
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let ours = name == FACTS_NAME || is_sealed_name(name);
        if ours && parent.join(FACTS_NAME).is_file() {
            return Self::in_folder(parent);
        }
        let volumes =
            if is_sealed_name(name) && name != SEALED_NAME { sibling_volumes(parent)? } else { vec![path.to_owned()] };
        Ok(Self { folder: None, facts: None, volumes, signer: Ok(None) })
    }

    fn in_folder(folder: &Path) -> Result<Self, Error> {
        let facts_path = folder.join(FACTS_NAME);
        if !facts_path.is_file() {
            let sealed = folder.join(SEALED_NAME).is_file() || folder.join(format!("{SEALED_NAME}.001")).is_file();
            return Err(if sealed {
                PublicFault::Missing(FACTS_NAME.into()).into()
            } else {
                Error::NotABundle(folder.to_owned())
            });
        }
        let bytes = read_small(&facts_path, MOST_FACTS)?;
        let signer = check_signature(folder, &bytes);
        // Attack: a changed `bundle.json`. It is read only to say which bundle it claims to be; whoever goes on with
        // it asks `signer` first.
        let facts = Facts::parse(&bytes).map_err(|e| signer.as_ref().err().map_or(e, |fault| fault.clone().into()))?;
        let volumes = facts.volumes.iter().map(|v| folder.join(&v.name)).collect();
        Ok(Self { folder: Some(folder.to_owned()), facts: Some(facts), volumes, signer: signer.map(Some) })
    }

    /// The first thing wrong with presence and size of the volumes.
    ///
    /// # Errors
    /// The volume, by its number.
    pub fn check_volumes(&self) -> Result<(), Error> {
        let Some(facts) = &self.facts else { return Ok(()) };
        let of = facts.volumes.len();
        for (number, (fact, path)) in (1..).zip(facts.volumes.iter().zip(&self.volumes)) {
            let Ok(meta) = std::fs::metadata(path) else {
                return Err(PublicFault::VolumeMissing { number, of }.into());
            };
            if meta.len() != fact.size {
                return Err(PublicFault::VolumeSize { number, found: meta.len(), expected: fact.size }.into());
            }
        }
        Ok(())
    }

    /// Reads the header of the sealed file and checks all that can be checked before the secret.
    ///
    /// # Errors
    /// Damage, told apart from a wrong passphrase as far as the facts allow.
    pub fn begin(&self) -> Result<Opening<'_>, Error> {
        // Facts whose signature does not hold say nothing about volumes.
        if let Err(fault) = &self.signer {
            return Err(fault.clone().into());
        }
        self.check_volumes()?;
        let reader = VolumeReader::open(self.volumes.clone())?;
        let total = reader.total;
        let mut input = dearmor(reader).map_err(|e| self.stream(e))?;
        let header = Header::read(&mut input).map_err(|e| self.stream(e))?;
        if let Some(facts) = &self.facts
            && hex(&header.sha256()) != facts.encryption.header_sha256
        {
            return Err(Damage::HeaderChanged.into());
        }
        Ok(Opening { bundle: self, header, input, total })
    }

    /// A failure of the sealed stream, told by the volume it came from.
    pub(super) fn stream(&self, error: Error) -> Error {
        let Error::Stream(error) = error else { return error };
        if error.kind() == std::io::ErrorKind::InvalidData {
            return Damage::Armor.into();
        }
        match error.downcast::<AtPath>() {
            Ok(AtPath { path, source }) => Error::Io { path, source },
            Err(source) => Error::Io { path: self.volumes.first().cloned().unwrap_or_default(), source },
        }
    }
}

/// A bundle whose header was read and found to be the one that was sealed.
pub struct Opening<'a> {
    /// Where it is.
    pub bundle: &'a Bundle,
    /// The age header.
    pub header: Header,
    pub(super) input: Box<dyn Read + Send>,
    /// Bytes of all volumes.
    pub total: u64,
}

impl Opening<'_> {
    /// Whose passphrase it is, as far as the facts say.
    #[must_use]
    pub fn passphrase_kind(&self) -> Option<PassphraseKind> {
        self.bundle.facts.as_ref().and_then(|f| f.encryption.passphrase)
    }

    /// Tries a secret. Costs a second and 256 MiB for a passphrase.
    ///
    /// # Errors
    /// A wrong secret, or damage.
    pub fn unlock(&self, secret: &Secret) -> Result<Key, Error> {
        self.header.unlock(secret).map(Key)
    }
}

/// The key that opens one bundle's payload.
pub struct Key(pub(super) PayloadKey);

/// Volumes without `bundle.json`: as many as stand there without a gap.
fn sibling_volumes(parent: &Path) -> Result<Vec<PathBuf>, Error> {
    let paths: Vec<PathBuf> =
        (1..=999).map(|n| parent.join(format!("{SEALED_NAME}.{n:03}"))).take_while(|p| p.is_file()).collect();
    if paths.is_empty() {
        return Err(PublicFault::VolumeMissing { number: 1, of: 0 }.into());
    }
    Ok(paths)
}

/// Reads a file that is small in any honest bundle. Attack: a public file that fills the memory, or a pipe in its place
/// that never answers.
pub(super) fn read_small(path: &Path, most: u64) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let file = os::open_read(path).map_err(Error::io(path))?;
    file.take(most + 1).read_to_end(&mut bytes).map_err(Error::io(path))?;
    if bytes.len() as u64 > most {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        return Err(PublicFault::Malformed(name).into());
    }
    Ok(bytes)
}

fn check_signature(folder: &Path, facts: &[u8]) -> Result<String, PublicFault> {
    let small = |name: &str| {
        let path = folder.join(name);
        let bytes = read_small(&path, 64 * 1024).map_err(|_| PublicFault::Missing(name.into()))?;
        String::from_utf8(bytes).map_err(|_| PublicFault::Malformed(name.into()))
    };
    let (signature, key) = (small(SIGNATURE_NAME)?, small(SIGNER_NAME)?);
    sign::verify(&key, sign::BUNDLE, facts, &signature).map_err(|_| PublicFault::Signature)
}

/// Looks through text armor, which foreign age files may wear.
fn dearmor(mut input: VolumeReader) -> Result<Box<dyn Read + Send>, Error> {
    const MARK: &[u8] = b"-----BEGIN AGE";
    let mut start = [0; 64];
    let mut len = 0;
    while len < start.len() {
        match input.read(&mut start[len..]).map_err(Error::Stream)? {
            0 => break,
            n => len += n,
        }
    }
    let blank = len - start[..len].trim_ascii_start().len();
    let armored = start[blank..len].starts_with(MARK);
    // The age crate knows armor only at the very start.
    let whole = Cursor::new(start[if armored { blank } else { 0 }..len].to_vec()).chain(input);
    if !armored {
        return Ok(Box::new(whole));
    }
    Ok(Box::new(age::armor::ArmoredReader::new(BufReader::new(whole))))
}
