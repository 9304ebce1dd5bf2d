//! Linux: what stands between a file and its medium, and how to look past it.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::fd::AsRawFd;
use std::os::unix::fs::FileExt;
use std::ptr;

use rustix::fs::{Advice, OFlags, SeekFrom};
use rustix::io::Errno;
use rustix::mm::{MapFlags, ProtFlags};

use crate::erase::os::Place;
use crate::erase::os::mounts::{self, Cache};

pub(in super::super) fn forget_pages(file: &File) -> io::Result<()> {
    Ok(rustix::fs::fadvise(file, 0, None, Advice::DontNeed)?)
}

pub(in super::super) fn no_read_ahead(file: &File) -> io::Result<()> {
    Ok(rustix::fs::fadvise(file, 0, None, Advice::Random)?)
}

/// How much of a file is mapped at once to ask about its pages.
const WINDOW: u64 = 256 << 20;

pub(in super::super) fn resident_pages(file: &File, range: Range<u64>) -> io::Result<Option<u64>> {
    let page = rustix::param::page_size() as u64;
    let mut offset = range.start - range.start % page;
    let mut resident = 0;
    while offset < range.end {
        let length = (range.end - offset).min(WINDOW);
        match resident_in_window(file, offset, length) {
            Ok(count) => resident += count,
            // A file that cannot be mapped cannot be asked.
            Err(Errno::NODEV | Errno::ACCESS | Errno::NOSYS) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        offset += length;
    }
    Ok(Some(resident))
}

fn resident_in_window(file: &File, offset: u64, length: u64) -> rustix::io::Result<u64> {
    let length = usize::try_from(length).map_err(|_| Errno::OVERFLOW)?;
    let mut pages = vec![0u8; length.div_ceil(rustix::param::page_size())];
    // SAFETY: a fresh read-only mapping at an address of the kernel's choosing, which nothing reads or writes: mincore looks
    // at the page tables, so a file truncated meanwhile cannot fault. `pages` holds one byte for each page of the mapping,
    // and the mapping is removed before this returns.
    let (asked, unmapped) = unsafe {
        let map = rustix::mm::mmap(ptr::null_mut(), length, ProtFlags::READ, MapFlags::PRIVATE, file, offset)?;
        let asked = libc::mincore(map, length, pages.as_mut_ptr());
        let failure = io::Error::last_os_error();
        let asked = if asked == 0 { Ok(()) } else { Err(failure) };
        (asked, rustix::mm::munmap(map, length))
    };
    unmapped?;
    asked.map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))?;
    Ok(pages.iter().map(|page| u64::from(page & 1)).sum())
}

/// `cachestat` has one number on every architecture Rust supports but mips, where this one is unassigned.
const CACHESTAT: libc::c_long = 451;

/// The pages of a file in the cache by `cachestat` (Linux 6.5), which walks what is cached instead of what could be: for a
/// block device of a terabyte the difference between microseconds and a minute.
fn cached_pages(file: &File) -> Option<u64> {
    let everything = [0u64; 2];
    let mut answer = [0u64; 5];
    // SAFETY: the kernel reads two u64 (offset and length, 0 = to the end) and writes five; both arrays live across the call.
    let result = unsafe { libc::syscall(CACHESTAT, file.as_raw_fd(), everything.as_ptr(), answer.as_mut_ptr(), 0) };
    // Pages cached, dirty, under writeback, evicted, recently evicted: only the first stand between us and the medium.
    (result == 0).then_some(answer[0])
}

pub(in super::super) fn forget_driver_pages(place: &Place) -> io::Result<Option<u64>> {
    match mounts::cache_of(&place.fs_type) {
        Cache::OfTheFile => return Ok(Some(0)),
        Cache::OutOfReach => return Ok(None),
        Cache::OfTheDevice => {}
    }
    // The driver reads and writes the block device through that device's own page cache. Few may open it.
    let Ok(device) = File::open(&place.source) else {
        return Ok(None);
    };
    device.sync_all()?;
    forget_pages(&device)?;
    if let Some(pages) = cached_pages(&device) {
        return Ok(Some(pages));
    }
    let size = rustix::fs::seek(&device, SeekFrom::End(0))?;
    resident_pages(&device, 0..size)
}

pub(in super::super) fn bypass_cache(file: &File, on: bool) -> bool {
    let set = |flags: OFlags| {
        let flags = if on { flags | OFlags::DIRECT } else { flags - OFlags::DIRECT };
        rustix::fs::fcntl_setfl(file, flags)
    };
    rustix::fs::fcntl_getfl(file).and_then(set).is_ok()
}

pub(in super::super) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    loop {
        match file.read_at(buffer, offset) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

pub(in super::super) fn write_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    file.write_all_at(bytes, offset)
}

pub(in super::super) fn next_data(file: &File, range: Range<u64>) -> io::Result<Option<Range<u64>>> {
    if range.is_empty() {
        return Ok(None);
    }
    let start = match rustix::fs::seek(file, SeekFrom::Data(range.start)) {
        Ok(start) => start,
        // Nothing but a hole up to the end of the file.
        Err(Errno::NXIO) => return Ok(None),
        // A file system that does not know holes: all of it is data.
        Err(Errno::INVAL | Errno::NOTSUP | Errno::NOSYS) => return Ok(Some(range)),
        Err(error) => return Err(error.into()),
    };
    if start >= range.end {
        return Ok(None);
    }
    let end = rustix::fs::seek(file, SeekFrom::Hole(start)).unwrap_or(range.end);
    Ok(Some(start..end.clamp(start + 1, range.end)))
}
