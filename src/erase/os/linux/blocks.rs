//! Linux: where the bytes of a file lie, and what stands there on the device itself.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::fs::{FileExt, FileTypeExt, MetadataExt};
use std::path::Path;

use rustix::fs::{AtFlags, IFlags, OFlags, StatxAttributes, StatxFlags};
use rustix::io::Errno;

use crate::erase::os::facts::{Cleared, Extent, Layout, Marks};

// ---- Which blocks

const FS_IOC_FIEMAP: libc::c_ulong = 0xC020_660B;
const ROOM: u32 = 64;

const LAST: u32 = 0x1;
const NOT_TOLD: u32 = 0x2 | 0x4; // unknown, delayed
const ENCODED: u32 = 0x8;
const ENCRYPTED: u32 = 0x80;
const INLINE: u32 = 0x200 | 0x400; // inside the records, or in the tail of another's block
const SHARED: u32 = 0x2000;

#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Mapped {
    logical: u64,
    physical: u64,
    length: u64,
    reserved64: [u64; 2],
    flags: u32,
    reserved: [u32; 3],
}

#[repr(C)]
struct Question {
    start: u64,
    length: u64,
    flags: u32,
    mapped: u32,
    room: u32,
    reserved: u32,
    extents: [Mapped; ROOM as usize],
}

/// Where a file's data lies, blocks past its end included; `None` where the file system does not say.
///
/// What is still on its way to the medium has no place yet, so it is to be synced before.
pub(in super::super) fn layout(file: &impl AsFd) -> io::Result<Option<Layout>> {
    match layout_told(file)? {
        Some(layout) => Ok(Some(layout)),
        None => by_single_blocks(file),
    }
}

/// The same without asking block by block.
pub(in super::super) fn layout_told(file: &impl AsFd) -> io::Result<Option<Layout>> {
    let mut layout = Layout::default();
    let mut start = 0;
    loop {
        let mut question = Question {
            start,
            length: u64::MAX - start,
            flags: 0,
            mapped: 0,
            room: ROOM,
            reserved: 0,
            extents: [Mapped::default(); ROOM as usize],
        };
        // SAFETY: the request reads and writes one `fiemap` with room for as many extents as `room` says; it lives across
        // the call, and every bit pattern is a value of these plain fields.
        let result = unsafe { libc::ioctl(file.as_fd().as_raw_fd(), FS_IOC_FIEMAP as _, &raw mut question) };
        if result < 0 {
            let error = io::Error::last_os_error();
            return match Errno::from_io_error(&error) {
                Some(Errno::NOTSUP | Errno::NOTTY | Errno::INVAL | Errno::NOSYS) => Ok(None),
                _ => Err(error),
            };
        }
        let found = &question.extents[..question.mapped.min(ROOM) as usize];
        for extent in found {
            layout.shared |= extent.flags & SHARED != 0;
            layout.compressed |= extent.flags & ENCODED != 0 && extent.flags & ENCRYPTED == 0;
            layout.encrypted |= extent.flags & ENCRYPTED != 0;
            layout.inline |= extent.flags & INLINE != 0;
            layout.unknown |= extent.flags & NOT_TOLD != 0;
            layout.push(Extent { start: extent.logical, length: extent.length, place: extent.physical });
        }
        match found.last() {
            Some(last) if last.flags & LAST == 0 && last.logical + last.length > start => {
                start = last.logical + last.length;
            }
            _ => return Ok(Some(layout)),
        }
    }
}

const FIBMAP: libc::c_ulong = 1;
const FIGETBSZ: libc::c_ulong = 2;

fn ask_int(file: &impl AsFd, request: libc::c_ulong, about: u32) -> Option<u32> {
    let mut value = about.cast_signed();
    // SAFETY: both requests this is called with read and write one int, which lives across the call.
    let result = unsafe { libc::ioctl(file.as_fd().as_raw_fd(), request as _, &raw mut value) };
    (result >= 0).then_some(value.cast_unsigned())
}

/// Whether the file system tells where a file's first block lies.
pub(in super::super) fn tells_blocks(file: &impl AsFd) -> bool {
    ask_int(file, FIBMAP, 0).is_some_and(|place| place != 0)
}

/// Block by block, for file systems without the better question (FAT, ntfs-3g). Only root may ask.
fn by_single_blocks(file: &impl AsFd) -> io::Result<Option<Layout>> {
    let Some(block) = ask_int(file, FIGETBSZ, 0).map(u64::from).filter(|&block| block > 0) else { return Ok(None) };
    let size = rustix::fs::fstat(file)?.st_size.cast_unsigned();
    let mut layout = Layout { by_blocks: true, ..Layout::default() };
    for index in 0..size.div_ceil(block) {
        let Some(place) = u32::try_from(index).ok().and_then(|index| ask_int(file, FIBMAP, index)) else {
            return Ok(None);
        };
        // A hole, or data that lies in no block of its own: which of the two is not told.
        if place == 0 {
            return Ok(None);
        }
        layout.push(Extent { start: index * block, length: block, place: u64::from(place) * block });
    }
    Ok(Some(layout))
}

/// The marks of a file.
pub(in super::super) fn marks(file: &impl AsFd) -> Marks {
    let flags = rustix::fs::ioctl_getflags(file).unwrap_or(IFlags::empty());
    let known = rustix::fs::statx(file, "", AtFlags::EMPTY_PATH, StatxFlags::BASIC_STATS);
    let attributes = known.map_or(StatxAttributes::empty(), |stat| stat.stx_attributes);
    let either = |flag: IFlags, attribute: StatxAttributes| flags.contains(flag) || attributes.contains(attribute);
    Marks {
        immutable: either(IFlags::IMMUTABLE, StatxAttributes::IMMUTABLE),
        append_only: either(IFlags::APPEND, StatxAttributes::APPEND),
        no_copy_on_write: flags.contains(IFlags::NOCOW),
        compressed: either(IFlags::COMPRESSED, StatxAttributes::COMPRESSED),
        journalled: flags.contains(IFlags::JOURNALING),
        encrypted: attributes.contains(StatxAttributes::ENCRYPTED),
        ..Marks::default()
    }
}

// ---- The journal

const EXT4_IOC_CHECKPOINT: libc::c_ulong = 0x4004_662B;
const ZEROOUT: u32 = 2;
const DRY_RUN: u32 = 4;

/// Whether it would be done for this user.
pub(in super::super) fn may_clear_journal(file: &impl AsFd) -> bool {
    matches!(checkpoint(file, ZEROOUT | DRY_RUN), Cleared::Zeroed)
}

/// Writes what the journal of ext4 holds to its places; with `zero` the journal itself is overwritten with zeros.
pub(in super::super) fn clear_journal(file: &impl AsFd, zero: bool) -> Cleared {
    checkpoint(file, if zero { ZEROOUT } else { 0 })
}

fn checkpoint(file: &impl AsFd, flags: u32) -> Cleared {
    // SAFETY: the request reads one u32, which lives across the call.
    let result = unsafe { libc::ioctl(file.as_fd().as_raw_fd(), EXT4_IOC_CHECKPOINT as _, &raw const flags) };
    if result == 0 {
        return Cleared::Zeroed;
    }
    let error = io::Error::last_os_error();
    match Errno::from_io_error(&error) {
        Some(Errno::PERM | Errno::ACCESS) => Cleared::NotPermitted,
        Some(Errno::NODEV) => Cleared::NoJournal,
        Some(Errno::NOTTY | Errno::NOTSUP | Errno::INVAL | Errno::NOSYS) => Cleared::Unsupported,
        _ => Cleared::Failed(error),
    }
}

// ---- The device itself

/// The block device under a file system, read past every cache.
#[derive(Debug)]
pub struct RawDevice {
    device: File,
    size: u64,
}

impl RawDevice {
    /// The device a file system lies on; `None` when this user may not read it, or when it is not the device that the
    /// file system says its files are on.
    #[must_use]
    pub fn under(source: &Path, device: u64) -> Option<Self> {
        let meta = std::fs::metadata(source).ok()?;
        if !meta.file_type().is_block_device() || meta.rdev() != device {
            return None;
        }
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::DIRECT;
        let device = File::from(rustix::fs::open(source, flags, rustix::fs::Mode::empty()).ok()?);
        let size = rustix::fs::seek(&device, rustix::fs::SeekFrom::End(0)).ok()?;
        Some(Self { device, size })
    }

    /// Reads at a multiple of 4,096 into an aligned buffer; fewer bytes come only at the end of the device.
    ///
    /// # Errors
    /// As for reading.
    pub fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.device.read_at(buffer, offset)
    }

    /// How large it is.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }
}
