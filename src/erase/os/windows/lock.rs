//! Windows: files that one process holds at a time.

use std::fs::File;
use std::io;
use std::path::Path;

use windows_sys::Win32::Foundation::{ERROR_IO_PENDING, ERROR_LOCK_VIOLATION};
use windows_sys::Win32::Storage::FileSystem as fs;
use windows_sys::Win32::System::IO::OVERLAPPED;

use super::call;

/// The byte that is locked. A lock of Windows keeps others from reading what it covers, and who holds a file may be read in
/// it, so it covers nothing that is ever written.
const FAR_AWAY: u32 = 0x4000_0000;

pub(in super::super) fn open_lock(path: &Path) -> io::Result<File> {
    File::options().read(true).write(true).create(true).truncate(false).open(call::exact(path)?)
}

/// Folders have no locks there: an empty file in it stands for it.
pub(in super::super) fn open_folder_lock(path: &Path) -> io::Result<File> {
    open_lock(&path.join(".lock"))
}

/// Whether the lock was to be had.
pub(in super::super) fn try_lock(file: &File) -> io::Result<bool> {
    match lock(file, fs::LOCKFILE_EXCLUSIVE_LOCK | fs::LOCKFILE_FAIL_IMMEDIATELY) {
        Ok(()) => Ok(true),
        Err(error) if is_one_of(&error, &[ERROR_LOCK_VIOLATION, ERROR_IO_PENDING]) => Ok(false),
        Err(error) => Err(error),
    }
}

pub(in super::super) fn wait_for_lock(file: &File) -> io::Result<()> {
    lock(file, fs::LOCKFILE_EXCLUSIVE_LOCK)
}

fn lock(file: &File, flags: u32) -> io::Result<()> {
    let mut place = far_away();
    // SAFETY: the handle is open, and was not opened for calls that go on after they returned, so `place` outlives this one.
    call::done(unsafe { fs::LockFileEx(call::raw(file), flags, 0, 1, 0, &raw mut place) })
}

pub(in super::super) fn unlock(file: &File) -> io::Result<()> {
    let mut place = far_away();
    // SAFETY: as for `lock`.
    call::done(unsafe { fs::UnlockFileEx(call::raw(file), 0, 1, 0, &raw mut place) })
}

fn far_away() -> OVERLAPPED {
    let mut place = OVERLAPPED::default();
    place.Anonymous.Anonymous.OffsetHigh = FAR_AWAY;
    place
}

fn is_one_of(error: &io::Error, codes: &[u32]) -> bool {
    error.raw_os_error().is_some_and(|code| codes.contains(&code.cast_unsigned()))
}
