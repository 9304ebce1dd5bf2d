//! The sealed file on the medium: one `bundle.age`, or `bundle.age.001`, `.002` … cut at byte boundaries.
//!
//! Hashing and writing cut at the same places but run on threads of their own: either alone keeps a core busy.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::batch::Sha;
use super::error::Error;
use super::seal::Sink;
use crate::digest::hex;
use crate::erase::os;
use crate::erase::readback::at;
use crate::progress::Progress;

/// The sealed file's name.
pub const SEALED_NAME: &str = "bundle.age";
/// Three digits number the volumes.
pub const MOST_VOLUMES: u64 = 999;

/// One volume.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub struct VolumeFact {
    /// File name in the bundle's folder.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the ciphertext.
    pub sha256: String,
}

/// The name of volume `number` (from 1) of `of`.
#[must_use]
pub fn volume_name(number: usize, of: usize) -> String {
    if of == 1 { SEALED_NAME.to_owned() } else { format!("{SEALED_NAME}.{number:03}") }
}

/// Whether a name is one the format gives to the sealed file or a volume of it: `bundle.age`, `bundle.age.001` … `.999`.
pub(super) fn is_sealed_name(name: &str) -> bool {
    let Some(rest) = name.strip_prefix(SEALED_NAME) else { return false };
    let digits = rest.strip_prefix('.').filter(|d| d.len() == 3 && d.bytes().all(|b| b.is_ascii_digit()));
    rest.is_empty() || digits.is_some_and(|d| d != "000")
}

/// How many volumes a sealed file of `size` bytes takes.
///
/// # Errors
/// More than 999.
pub fn volume_count(size: u64, split: Option<u64>) -> Result<usize, Error> {
    let volumes = split.map_or(1, |most| size.div_ceil(most).max(1));
    if volumes > MOST_VOLUMES {
        return Err(Error::TooManyVolumes { volumes });
    }
    Ok(usize::try_from(volumes).unwrap_or(1))
}

/// Hashes the sealed bytes volume by volume.
pub(super) struct VolumeHasher {
    most: u64,
    size: u64,
    current: Sha256,
    digests: Vec<Sha>,
}

impl VolumeHasher {
    /// For volumes of at most this size.
    pub fn new(split: Option<u64>) -> Self {
        Self { most: split.unwrap_or(u64::MAX), size: 0, current: Sha256::new(), digests: Vec::new() }
    }

    /// Hashes the next bytes.
    pub fn feed(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if self.size == self.most {
                self.digests.push(self.current.finalize_reset().into());
                self.size = 0;
            }
            let (now, later) = bytes.split_at(room(self.most - self.size, bytes));
            self.current.update(now);
            self.size += now.len() as u64;
            bytes = later;
        }
    }

    /// The digest of every volume.
    pub fn finish(mut self) -> Vec<Sha> {
        self.digests.push(self.current.finalize().into());
        self.digests
    }
}

/// How many of the bytes still go into a volume with so much room.
fn room(left: u64, bytes: &[u8]) -> usize {
    usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len())
}

/// Writes the volumes and remembers their sizes.
pub struct VolumeWriter<'a> {
    folder: PathBuf,
    most: u64,
    of: usize,
    current: Option<(File, VolumeFact)>,
    facts: Vec<VolumeFact>,
    progress: &'a dyn Progress,
}

impl<'a> VolumeWriter<'a> {
    /// A writer into `folder` for a sealed file of exactly `size` bytes.
    ///
    /// # Errors
    /// Too many volumes.
    pub fn new(folder: &Path, size: u64, split: Option<u64>, progress: &'a dyn Progress) -> Result<Self, Error> {
        let of = volume_count(size, split)?;
        let most = split.unwrap_or(u64::MAX);
        Ok(Self { folder: folder.to_owned(), most, of, current: None, facts: Vec::new(), progress })
    }

    /// Syncs the last volume and returns what was written, with the digests that were taken on the way.
    ///
    /// # Errors
    /// The system's, or digests of other volumes than these.
    pub fn finish(mut self, digests: &[Sha]) -> Result<Vec<VolumeFact>, Error> {
        self.close()?;
        if digests.len() != self.facts.len() || self.facts.len() != self.of {
            return Err(Error::Sealing);
        }
        for (fact, digest) in self.facts.iter_mut().zip(digests) {
            fact.sha256 = hex(digest);
        }
        Ok(self.facts)
    }

    fn close(&mut self) -> Result<(), Error> {
        if let Some((file, fact)) = self.current.take() {
            file.sync_all().map_err(Error::io(self.folder.join(&fact.name)))?;
            self.facts.push(fact);
        }
        Ok(())
    }

    fn open_next(&mut self) -> Result<(), Error> {
        let name = volume_name(self.facts.len() + 1, self.of);
        let path = self.folder.join(&name);
        let file = os::create_new_private(&path, false).map_err(Error::io(&path))?;
        self.current = Some((file, VolumeFact { name, size: 0, sha256: String::new() }));
        Ok(())
    }
}

impl Sink for VolumeWriter<'_> {
    fn take(&mut self, mut bytes: &[u8]) -> Result<(), Error> {
        if self.progress.cancelled() {
            return Err(Error::Cancelled);
        }
        while !bytes.is_empty() {
            if self.current.as_ref().is_none_or(|(_, fact)| fact.size == self.most) {
                self.close()?;
                self.open_next()?;
            }
            let Some((file, fact)) = &mut self.current else { break };
            let (now, later) = bytes.split_at(room(self.most - fact.size, bytes));
            file.write_all(now).map_err(Error::io(self.folder.join(&fact.name)))?;
            fact.size += now.len() as u64;
            bytes = later;
        }
        Ok(())
    }
}

/// Reads volumes one after the other as if they were one file.
pub struct VolumeReader {
    paths: std::vec::IntoIter<PathBuf>,
    current: Option<(File, PathBuf)>,
    /// Size of all volumes together.
    pub total: u64,
}

impl VolumeReader {
    /// A reader over these files.
    ///
    /// # Errors
    /// When one of them cannot be opened.
    pub fn open(paths: Vec<PathBuf>) -> Result<Self, Error> {
        let mut total = 0;
        for path in &paths {
            total += fs::metadata(path).map_err(Error::io(path))?.len();
        }
        Ok(Self { paths: paths.into_iter(), current: None, total })
    }
}

impl Read for VolumeReader {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some((file, path)) = &mut self.current {
                let n = file.read(buf).map_err(|e| at(path, e))?;
                if n > 0 || buf.is_empty() {
                    return Ok(n);
                }
            }
            match self.paths.next() {
                Some(path) => self.current = Some((os::open_read(&path).map_err(|e| at(&path, e))?, path)),
                None => return Ok(0),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_volume_is_known_by_its_whole_name() {
        for name in ["bundle.age", "bundle.age.001", "bundle.age.999"] {
            assert!(is_sealed_name(name), "{name}");
        }
        for name in
            ["bundle.agent", "bundle.age.", "bundle.age.000", "bundle.age.+01", "bundle.age.1", "bundle.age.0001"]
        {
            assert!(!is_sealed_name(name), "{name}");
        }
        assert!(!is_sealed_name("bundle.age.００１") && !is_sealed_name("xbundle.age"));
    }
}
