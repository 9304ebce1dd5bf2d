//! Systems other than Linux, by the standard library alone. What it cannot find out is unknown, and what it cannot establish
//! is not established.

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::ptr::NonNull;

use super::{CoreDumps, Medium, NoMedium, Place, Space, Storage, Volume, checked_rename};

mod erasing;
pub(super) use erasing::*;
pub use erasing::{Folder, Handle, RawDevice};

fn unsupported() -> io::Error {
    io::ErrorKind::Unsupported.into()
}

pub(super) fn place(path: &Path) -> io::Result<Place> {
    let root = path.canonicalize()?.ancestors().last().map(Path::to_owned);
    let root = root.unwrap_or_else(|| path.to_owned());
    Ok(Place { source: root.display().to_string(), mount_point: root, ..unknown_place() })
}

pub(super) fn place_of(_file: &File) -> io::Result<Place> {
    Ok(unknown_place())
}

fn unknown_place() -> Place {
    Place {
        fs_type: "unknown".into(),
        mount_point: "unknown".into(),
        source: "unknown".into(),
        medium: Medium::None(NoMedium::Unknown),
        removable: false,
        options: String::new(),
        largest_file: None,
        // Unknown must not stop a command that has room.
        free_bytes: u64::MAX,
        whole_device: None,
    }
}

pub(super) fn space(_path: &Path) -> io::Result<Space> {
    Err(unsupported())
}

pub(super) fn space_of(_file: &File) -> io::Result<Space> {
    Err(unsupported())
}

pub(super) fn may_use_reserved() -> bool {
    false
}

pub(super) fn storage_of(_place: &Place) -> Storage {
    Storage::default()
}

pub(super) fn write_part_at(mut file: &File, bytes: &[u8], offset: u64) -> io::Result<usize> {
    file.seek(SeekFrom::Start(offset))?;
    io::Write::write(&mut file, bytes)
}

/// Mounts inside folders cannot be told apart here, so every entry counts as lying in one volume.
pub(super) fn volume(path: &Path) -> io::Result<Volume> {
    path.symlink_metadata().map(|_| Volume { device: 0, mount: 0 })
}

fn require_regular(path: &Path) -> io::Result<()> {
    if path.symlink_metadata()?.is_file() {
        Ok(())
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"))
    }
}

pub(super) fn open_read(path: &Path) -> io::Result<(File, Metadata)> {
    require_regular(path)?;
    let file = File::open(path)?;
    let meta = file.metadata()?;
    Ok((file, meta))
}

pub(super) fn may_read(path: &Path, folder: bool) -> io::Result<()> {
    if folder { path.read_dir().map(drop) } else { File::open(path).map(drop) }
}

pub(super) fn make_readable(_path: &Path) -> io::Result<()> {
    Ok(())
}

pub(super) fn open_overwrite(path: &Path) -> io::Result<File> {
    require_regular(path)?;
    File::options().write(true).open(path)
}

pub(super) fn create_new_private(path: &Path, _executable: bool) -> io::Result<File> {
    File::options().read(true).write(true).create_new(true).open(path)
}

pub(super) fn open_lock(path: &Path) -> io::Result<File> {
    File::options().read(true).write(true).create(true).truncate(false).open(path)
}

pub(super) fn make_private_dir(path: &Path) -> io::Result<()> {
    std::fs::create_dir(path)
}

/// A folder of our own making. Elsewhere it is held by its name alone.
#[derive(Debug)]
pub struct HeldFolder {
    path: PathBuf,
}

impl HeldFolder {
    /// Makes the folder.
    ///
    /// # Errors
    /// As for [`super::make_private_dir`].
    pub fn make(path: &Path) -> io::Result<Option<Self>> {
        make_private_dir(path).map(|()| Some(Self { path: path.to_owned() }))
    }

    /// Creates a file below the folder.
    ///
    /// # Errors
    /// As for [`super::create_new_private`].
    pub fn create_new(&self, below: &str, executable: bool) -> io::Result<File> {
        create_new_private(&self.path.join(below), executable)
    }

    /// Removes a file below the folder.
    ///
    /// # Errors
    /// As for [`std::fs::remove_file`].
    pub fn remove_file(&self, below: &str) -> io::Result<()> {
        std::fs::remove_file(self.path.join(below))
    }

    /// Removes an empty folder below it.
    ///
    /// # Errors
    /// As for [`std::fs::remove_dir`].
    pub fn remove_dir(&self, below: &str) -> io::Result<()> {
        std::fs::remove_dir(self.path.join(below))
    }

    /// Makes a folder below it.
    ///
    /// # Errors
    /// As for [`super::make_private_dir`].
    pub fn make_dir(&self, below: &str) -> io::Result<()> {
        make_private_dir(&self.path.join(below))
    }

    /// Opens a folder below it.
    ///
    /// # Errors
    /// As for [`File::open`].
    pub fn open_dir(&self, below: &str) -> io::Result<File> {
        File::open(self.path.join(below))
    }

    /// As [`super::sync_file_system`].
    ///
    /// # Errors
    /// As there.
    pub fn sync_file_system(&self) -> io::Result<()> {
        sync_file_system(&self.path)
    }

    /// Unknown here; whether a folder stands there.
    #[must_use]
    pub fn is_at(&self, path: &Path) -> bool {
        path.symlink_metadata().is_ok_and(|found| found.is_dir())
    }

    /// Moves a file in the folder to another place.
    ///
    /// # Errors
    /// As for [`super::rename_no_replace`].
    pub fn move_out(&self, name: &str, to: &Path) -> io::Result<()> {
        checked_rename(&self.path.join(name), to)
    }
}

pub(super) fn grant_owner(path: &Path) -> io::Result<()> {
    let facts = path.symlink_metadata()?;
    let mut permissions = facts.permissions();
    if facts.is_symlink() || !permissions.readonly() {
        return Ok(());
    }
    #[allow(clippy::permissions_set_readonly_false)]
    // the file is about to be overwritten and removed
    permissions.set_readonly(false);
    std::fs::set_permissions(path, permissions)
}

/// Nothing in the standard library syncs a whole file system; callers then sync file by file.
pub(super) fn sync_file_system(_dir: &Path) -> io::Result<()> {
    Err(unsupported())
}

pub(super) fn sync_file(file: &File) -> io::Result<()> {
    file.sync_all()
}

/// A folder cannot be opened as a file everywhere; where it can, it is synced.
pub(super) fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir).and_then(|folder| folder.sync_all()).or(Ok(()))
}

pub(super) fn rename_no_replace(from: &Path, to: &Path) -> io::Result<()> {
    checked_rename(from, to)
}

pub(super) fn forget_pages(_file: &File) -> io::Result<()> {
    Ok(())
}

pub(super) fn no_read_ahead(_file: &File) -> io::Result<()> {
    Ok(())
}

pub(super) fn resident_pages(_file: &File, _range: Range<u64>) -> io::Result<Option<u64>> {
    Ok(None)
}

pub(super) fn forget_driver_pages(_place: &Place) -> io::Result<Option<u64>> {
    Ok(None)
}

pub(super) fn bypass_cache(_file: &File, _on: bool) -> bool {
    false
}

pub(super) fn read_at(mut file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    file.seek(SeekFrom::Start(offset))?;
    file.read(buffer)
}

/// Holes are unknown, so all of it is data.
pub(super) fn next_data(_file: &File, range: Range<u64>) -> io::Result<Option<Range<u64>>> {
    Ok((!range.is_empty()).then_some(range))
}

pub(super) fn disable_core_dumps() -> CoreDumps {
    CoreDumps { limited: false, undumpable: false }
}

pub(super) fn user_and_host() -> (String, String) {
    ("unknown".into(), "unknown".into())
}

pub(super) fn clock_follows_a_server() -> Option<bool> {
    None
}

const PAGE: usize = 4096;

pub(super) fn page_size() -> usize {
    PAGE
}

/// Zeroed memory on pages of its own. Nothing here keeps it out of swap.
pub(super) fn map_pages(length: usize) -> io::Result<NonNull<u8>> {
    let layout = Layout::from_size_align(length, PAGE).map_err(|_| unsupported())?;
    // SAFETY: the length is a multiple of the page size and not zero.
    NonNull::new(unsafe { alloc_zeroed(layout) }).ok_or_else(|| io::ErrorKind::OutOfMemory.into())
}

/// # Safety
/// None is needed: nothing is locked. The signature is that of the other systems.
pub(super) unsafe fn lock_pages(_start: NonNull<u8>, _length: usize) -> bool {
    false
}

/// # Safety
/// The range must be one that [`map_pages`] returned, and nothing may refer to it afterwards.
pub(super) unsafe fn unmap_pages(start: NonNull<u8>, length: usize) {
    if let Ok(layout) = Layout::from_size_align(length, PAGE) {
        // SAFETY: the caller's promise: allocated with this very layout, and referred to by nobody.
        unsafe { dealloc(start.as_ptr(), layout) };
    }
}
