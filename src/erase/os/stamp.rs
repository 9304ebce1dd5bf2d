//! What tells whether a file is still the one that was looked at.

use std::fs::Metadata;
use std::io;
use std::path::Path;

/// Identity and times of a file at one moment. Two equal stamps mean that nobody wrote to it in between, as far as
/// the file system keeps account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    #[cfg(unix)]
    device: u64,
    #[cfg(unix)]
    file: u64,
    /// When it was made. Windows does not tell which file it is without opening it.
    #[cfg(windows)]
    made: u64,
    /// Change time, which no program can set back; on Windows the time it was last written.
    changed: (i64, i64),
}

impl Stamp {
    /// The stamp of this metadata.
    #[cfg(unix)]
    #[must_use]
    pub fn of(meta: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self { device: meta.dev(), file: meta.ino(), changed: (meta.ctime(), meta.ctime_nsec()) }
    }

    /// The stamp of this metadata.
    #[cfg(windows)]
    #[must_use]
    pub fn of(meta: &Metadata) -> Self {
        use std::os::windows::fs::MetadataExt;
        Self {
            made: meta.creation_time(),
            changed: (meta.last_write_time().cast_signed(), meta.file_size().cast_signed()),
        }
    }
}

/// What tells one file system from another, as far as it says so itself.
#[cfg(unix)]
#[must_use]
pub fn file_system(path: &Path) -> u64 {
    rustix::fs::statvfs(path).map_or(0, |facts| facts.f_fsid)
}

/// What tells one file system from another, as far as it says so itself.
#[cfg(windows)]
#[must_use]
pub fn file_system(path: &Path) -> u64 {
    super::sys::file_system(path)
}

/// The number of a file or folder on its file system, the same after a medium was taken out and put in again.
///
/// # Errors
/// It cannot be looked at.
#[cfg(unix)]
pub fn number(path: &Path) -> io::Result<u64> {
    std::fs::metadata(path).map(|meta| std::os::unix::fs::MetadataExt::ino(&meta))
}

/// The number of a file or folder on its file system, the same after a medium was taken out and put in again.
///
/// # Errors
/// It cannot be looked at.
#[cfg(windows)]
pub fn number(path: &Path) -> io::Result<u64> {
    super::sys::number(path)
}

/// What users other than the owner may do with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Others {
    /// Nothing, or the system does not say.
    Nothing,
    /// Read it.
    Read,
    /// Change it.
    Write,
}

/// What group and others may do with the file.
#[cfg(unix)]
#[must_use]
pub fn others_may(meta: &Metadata) -> Others {
    use std::os::unix::fs::PermissionsExt;
    match meta.permissions().mode() {
        mode if mode & 0o022 != 0 => Others::Write,
        mode if mode & 0o044 != 0 => Others::Read,
        _ => Others::Nothing,
    }
}

/// Access lists are not looked at.
#[cfg(windows)]
#[must_use]
pub fn others_may(_: &Metadata) -> Others {
    Others::Nothing
}

/// Whether the owner may execute the file.
#[cfg(unix)]
#[must_use]
pub fn is_executable(meta: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    meta.permissions().mode() & 0o100 != 0
}

/// Windows keeps no such bit.
#[cfg(windows)]
#[must_use]
pub fn is_executable(_: &Metadata) -> bool {
    false
}
