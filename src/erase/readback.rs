//! Reading back past the cache: do the bytes stand on the medium, or only in this machine's memory?
//!
//! A buffered read after `fsync` returns the cache. So does `O_DIRECT` on its own, on btrfs and on ext4 with data=journal. What
//! told the truth on every file system tried is: `fsync`, ask the cache to forget the file, *see* by `mincore` that no page of
//! it is left, and then read with `O_DIRECT`. A driver in user space (exFAT or NTFS by FUSE) has a second cache below, the one
//! of the block device, and there even that returned old bytes; the device's cache is emptied and looked at as well.
//!
//! What this cannot see is the memory inside the device. Where pages stay or no medium exists, nothing is read at all: bytes
//! that may have come out of a cache prove nothing, and a caller must not be able to mistake them for proof.

use std::fs::File;
use std::io;
use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;

use super::os::{self, Medium, NoMedium, Place};

/// What a reading back established.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Every byte of the file was read from the medium and handed over.
    Established {
        /// How many bytes that was: the size of the file.
        bytes: u64,
        /// How they were read.
        mode: Mode,
    },
    /// Nothing was handed over.
    NotEstablished {
        /// Why not.
        reason: Reason,
    },
}

/// How the bytes were read past the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// With `O_DIRECT`, after no page was left in the cache.
    Direct,
    /// The file system refuses `O_DIRECT`; before each read `mincore` showed that no page of the range was in the cache.
    Uncached,
}

/// Why a reading back would prove nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// There is no medium to read from.
    NoMedium(NoMedium),
    /// The cache keeps pages of the file: a program has it mapped, or this user may not see what the cache holds.
    PagesStay {
        /// How many.
        resident: u64,
    },
    /// The file system's driver works through a cache that could not be emptied: of the block device, which this user may
    /// not open, or of its own.
    DriverCache,
    /// The system has no way to tell what its cache holds.
    Unsupported,
}

/// An error of the system, with the path it happened at.
#[derive(Debug, thiserror::Error)]
#[error("{}: {source}", path.display())]
pub struct AtPath {
    /// The file.
    pub path: PathBuf,
    /// What the system said, error number included.
    pub source: io::Error,
}

/// Puts the path into an error and keeps its kind.
pub(crate) fn at(path: &Path, source: io::Error) -> io::Error {
    let path = path.to_owned();
    io::Error::new(source.kind(), AtPath { path, source })
}

/// Multiples of this satisfy `O_DIRECT` on every disk sold.
pub(super) const ALIGNMENT: usize = 4096;

/// Bytes asked for at a time.
const CHUNK: usize = 1 << 20;

/// From this size on it is four times as much: a disk is read faster in longer pieces, and whoever asks to stop waits for
/// one of many.
const LARGE: u64 = 64 << 20;

/// How often the cache is asked to forget before its pages count as staying. Between two tries writeback may end, or a
/// journal may let go of its buffers.
const ATTEMPTS: u32 = 6;

/// Takes what is read, and says whether to go on.
pub type Sink<'a> = &'a mut dyn FnMut(&[u8]) -> ControlFlow<()>;

/// Syncs the file, empties the cache of it and reads it to the end, handing every byte to `sink` in order, until it breaks off.
///
/// # Errors
/// `Interrupted` when `sink` broke off before the end.
/// Anything the system reports on the way, such as `EIO`; the error is an [`AtPath`]. Bytes already handed over are void then.
/// A file that changes its size meanwhile is an error too.
pub fn read_back(path: &Path, sink: Sink) -> io::Result<Outcome> {
    establish(path, Synced::No, sink).map_err(|error| at(path, error))
}

/// As [`read_back`], for one of many files after a single [`os::sync_file_system`] that came back without error: the `fsync`,
/// and with it a flush of the device for every small file, is left out. A page that is not on the medium after all is dirty
/// and stays in the cache, so the file is synced then.
///
/// # Errors
/// As for [`read_back`].
pub fn read_back_synced(path: &Path, sink: Sink) -> io::Result<Outcome> {
    establish(path, Synced::ByCaller, sink).map_err(|error| at(path, error))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Synced {
    No,
    ByCaller,
}

fn establish(path: &Path, synced: Synced, sink: Sink) -> io::Result<Outcome> {
    let file = os::open_read_back(path)?;
    let place = os::place_of(&file)?;
    let size = file.metadata()?.len();
    let outcome = through(&file, &place, synced, std::slice::from_ref(&(0..size)), &mut |_, bytes| sink(bytes))?;
    if matches!(outcome, Outcome::Established { .. }) && file.metadata()?.len() != size {
        return Err(io::Error::other("the file changed while it was being read back"));
    }
    Ok(outcome)
}

/// Takes what is read, with the offset it stood at, and says whether to go on.
pub type SinkAt<'a> = &'a mut dyn FnMut(u64, &[u8]) -> ControlFlow<()>;

/// Reads stretches of an open file back, in order, after a single [`os::sync_file_system`] that came back without error. The
/// holes between them hold nothing that could be read.
///
/// # Errors
/// As for [`read_back`], without the path.
pub fn read_back_ranges(file: &File, place: &Place, ranges: &[Range<u64>], sink: SinkAt) -> io::Result<Outcome> {
    through(file, place, Synced::ByCaller, ranges, sink)
}

fn through(file: &File, place: &Place, synced: Synced, ranges: &[Range<u64>], sink: SinkAt) -> io::Result<Outcome> {
    if let Medium::None(why) = place.medium {
        let reason = Reason::NoMedium(why);
        return Ok(Outcome::NotEstablished { reason });
    }
    // What `sync_file_system` does not reach must be synced here, whatever the caller believes.
    let trusted = synced == Synced::ByCaller && place.syncs_as_a_whole();
    if let Some(reason) = empty_page_cache(file, ranges, trusted)? {
        return Ok(Outcome::NotEstablished { reason });
    }
    match os::forget_driver_pages(place)? {
        Some(0) => {}
        Some(resident) => {
            let reason = Reason::PagesStay { resident };
            return Ok(Outcome::NotEstablished { reason });
        }
        None => {
            let reason = Reason::DriverCache;
            return Ok(Outcome::NotEstablished { reason });
        }
    }
    let mode = hand_over(file, ranges, sink)?;
    let bytes = ranges.iter().map(|range| range.end - range.start).sum();
    Ok(Outcome::Established { bytes, mode })
}

/// Syncs and forgets until no page is left; the reason when some stay.
fn empty_page_cache(file: &File, ranges: &[Range<u64>], synced: bool) -> io::Result<Option<Reason>> {
    let mut resident = 0;
    for attempt in 0..ATTEMPTS {
        if attempt > 0 {
            std::thread::sleep(Duration::from_millis(5 << attempt));
        }
        if attempt > 0 || !synced {
            os::sync_file(file)?;
        }
        os::forget_pages(file)?;
        resident = 0;
        for range in ranges {
            match os::resident_pages(file, range.clone())? {
                Some(pages) => resident += pages,
                None => return Ok(Some(Reason::Unsupported)),
            }
        }
        if resident == 0 {
            return Ok(None);
        }
    }
    Ok(Some(Reason::PagesStay { resident }))
}

/// Reads the stretches in order. Pages that come into the cache from here on were read from the medium after the sync (or
/// written by somebody else just now, and then they differ), so one look before the first byte is enough for `O_DIRECT`.
fn hand_over(file: &File, ranges: &[Range<u64>], sink: SinkAt) -> io::Result<Mode> {
    let mut mode = if os::bypass_cache(file, true) {
        Mode::Direct
    } else {
        os::no_read_ahead(file)?;
        Mode::Uncached
    };
    let longest = ranges.iter().map(|range| range.end - range.start).max().unwrap_or(0);
    let mut buffer = Aligned::for_size(longest);
    let end = ranges.last().map_or(0, |range| range.end);
    for range in ranges {
        let mut offset = range.start;
        while offset < range.end {
            let read = read_aligned(file, buffer.slice(), offset, &mut mode)?;
            let read = &read[..read.len().min(usize::try_from(range.end - offset).unwrap_or(usize::MAX))];
            let told = sink(offset, read);
            offset += read.len() as u64;
            // After the last byte there is nothing left to break off.
            if told.is_break() && offset < end {
                return Err(io::ErrorKind::Interrupted.into());
            }
        }
    }
    Ok(mode)
}

/// What stands from `offset` on; at least one byte. A short read in the middle of a file may end anywhere, and the next one
/// starts at a multiple again.
fn read_aligned<'b>(file: &File, buffer: &'b mut [u8], offset: u64, mode: &mut Mode) -> io::Result<&'b [u8]> {
    // Less than the alignment.
    #[allow(clippy::cast_possible_truncation)]
    let skip = (offset % ALIGNMENT as u64) as usize;
    let start = offset - skip as u64;
    loop {
        if *mode == Mode::Uncached {
            require_absent(file, start, buffer.len())?;
        }
        match os::read_at(file, buffer, start) {
            // Some file systems take the flag and refuse the read.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput && *mode == Mode::Direct => {
                let _ = os::bypass_cache(file, false);
                os::no_read_ahead(file)?;
                *mode = Mode::Uncached;
            }
            result => {
                let read = result?;
                return buffer[..read]
                    .get(skip..)
                    .filter(|rest| !rest.is_empty())
                    .ok_or(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }
}

/// Without `O_DIRECT` a page in the cache would be what is read. Another program reading the file puts pages there; they are
/// asked to go again, and if they will not, the reading is given up as an error, because bytes were handed over already.
fn require_absent(file: &File, start: u64, length: usize) -> io::Result<()> {
    let range = start..start + length as u64;
    for attempt in 0..ATTEMPTS {
        if os::resident_pages(file, range.clone())? == Some(0) {
            return Ok(());
        }
        os::forget_pages(file)?;
        std::thread::sleep(Duration::from_millis(u64::from(attempt)));
    }
    Err(io::Error::new(
        io::ErrorKind::ResourceBusy,
        "another program keeps the file in the cache while it is being read back",
    ))
}

/// A buffer that starts at a multiple of [`ALIGNMENT`]: a little more is allocated and the first bytes are left out.
pub(crate) struct Aligned {
    bytes: Vec<u8>,
    length: usize,
}

impl Aligned {
    /// Room for `length` bytes, rounded up.
    pub(crate) fn new(length: usize) -> Self {
        let length = length.max(1).next_multiple_of(ALIGNMENT);
        Self { bytes: vec![0; length + ALIGNMENT], length }
    }

    pub(super) fn for_size(size: u64) -> Self {
        // One more block than the size asks for: a stretch may begin inside one.
        let most = if size < LARGE { CHUNK } else { 4 * CHUNK };
        Self::new(usize::try_from(size).unwrap_or(most).saturating_add(ALIGNMENT).min(most))
    }

    pub(crate) fn slice(&mut self) -> &mut [u8] {
        let start = self.bytes.as_ptr().align_offset(ALIGNMENT);
        &mut self.bytes[start..start + self.length]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_buffer_is_aligned_and_no_larger_than_needed() {
        for (size, length) in [(0, 4096), (1, 8192), (4097, 12_288), (CHUNK as u64 + 1, CHUNK), (u64::MAX, 4 * CHUNK)] {
            let mut buffer = Aligned::for_size(size);
            assert_eq!(buffer.slice().len(), length);
            assert_eq!(buffer.slice().as_ptr().align_offset(ALIGNMENT), 0);
        }
    }

    #[test]
    fn an_error_names_its_path_and_keeps_its_number() {
        let error = at(Path::new("/x/y"), io::Error::from_raw_os_error(5));
        assert!(error.to_string().starts_with("/x/y: "));
        let inner = error.get_ref().and_then(|e| e.downcast_ref::<AtPath>());
        assert_eq!(inner.unwrap().source.raw_os_error(), Some(5));
    }

    #[test]
    fn a_missing_file_is_an_error_and_hands_nothing_over() {
        let missing = Path::new("/nowhere/at/all");
        let error = read_back(missing, &mut |_| panic!("nothing to hand over")).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}
