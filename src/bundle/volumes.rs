//! The sealed file on the medium: one `bundle.age`, or `bundle.age.001`, `.002` … cut at byte boundaries.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::error::Error;
use super::facts::VolumeFact;
use super::seal::Sink;
use crate::erase::os;
use crate::progress::Progress;

/// The sealed file's name.
pub const SEALED_NAME: &str = "bundle.age";
/// Three digits number the volumes.
pub const MOST_VOLUMES: u64 = 999;

/// The name of volume `number` (from 1) of `of`.
#[must_use]
pub fn volume_name(number: usize, of: usize) -> String {
    if of == 1 { SEALED_NAME.to_owned() } else { format!("{SEALED_NAME}.{number:03}") }
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

/// Writes the volumes and remembers their sizes and digests.
pub struct VolumeWriter<'a> {
    folder: PathBuf,
    most: u64,
    of: usize,
    current: Option<(File, VolumeFact, Sha256)>,
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

    /// Syncs the last volume and returns what was written.
    ///
    /// # Errors
    /// The system's.
    pub fn finish(mut self) -> Result<Vec<VolumeFact>, Error> {
        self.close()?;
        Ok(self.facts)
    }

    fn close(&mut self) -> Result<(), Error> {
        if let Some((file, mut fact, hasher)) = self.current.take() {
            file.sync_all().map_err(Error::io(self.folder.join(&fact.name)))?;
            fact.sha256 = hex(&hasher.finalize().into());
            self.facts.push(fact);
        }
        Ok(())
    }

    fn open_next(&mut self) -> Result<(), Error> {
        let name = volume_name(self.facts.len() + 1, self.of);
        let path = self.folder.join(&name);
        let file = os::create_new_private(&path, false).map_err(Error::io(&path))?;
        self.current = Some((file, VolumeFact { name, size: 0, sha256: String::new() }, Sha256::new()));
        Ok(())
    }
}

impl Sink for VolumeWriter<'_> {
    fn take(&mut self, mut bytes: &[u8]) -> Result<(), Error> {
        if self.progress.cancelled() {
            return Err(Error::Cancelled);
        }
        while !bytes.is_empty() {
            if self.current.as_ref().is_none_or(|(_, fact, _)| fact.size == self.most) {
                self.close()?;
                self.open_next()?;
            }
            let Some((file, fact, hasher)) = &mut self.current else { break };
            let room = usize::try_from(self.most - fact.size).unwrap_or(usize::MAX);
            let (now, later) = bytes.split_at(bytes.len().min(room));
            // Written first, hashed while still warm in the processor's cache.
            file.write_all(now).map_err(Error::io(self.folder.join(&fact.name)))?;
            hasher.update(now);
            fact.size += now.len() as u64;
            bytes = later;
        }
        Ok(())
    }
}

/// Reads volumes one after the other as if they were one file.
pub struct VolumeReader {
    paths: std::vec::IntoIter<PathBuf>,
    current: Option<File>,
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
            if let Some(file) = &mut self.current {
                let n = file.read(buf)?;
                if n > 0 || buf.is_empty() {
                    return Ok(n);
                }
            }
            match self.paths.next() {
                Some(path) => self.current = Some(os::open_read(&path)?),
                None => return Ok(0),
            }
        }
    }
}

/// Lower-case hexadecimal, as `sha256sum` writes it.
#[must_use]
pub fn hex(bytes: &[u8; 32]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(64), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}
