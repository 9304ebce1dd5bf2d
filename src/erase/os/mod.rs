//! The safe front of every system call, and the one place that chooses between systems.
//!
//! The rest of the crate asks here in terms of the domain ("is there a medium under this path?", "forget what the cache
//! holds of this file") and gets the same answers on every system. Where a system cannot answer, the answer is *unknown* or
//! *not established*, never a guess in the pleasant direction.

pub mod facts;
mod lock;
#[allow(unsafe_code, reason = "locked and scrubbed memory")]
pub mod memory;
pub mod name_text;
mod place;
#[cfg(any(windows, test))]
pub mod printers;
pub mod stamp;
pub mod tty;

#[cfg(target_os = "linux")]
#[allow(unsafe_code, reason = "system calls")]
mod linux;
#[cfg(target_os = "linux")]
mod mounts;
#[cfg(windows)]
#[allow(unsafe_code, reason = "system calls")]
mod windows;

#[cfg(target_os = "linux")]
use linux as sys;
#[cfg(windows)]
use windows as sys;
#[cfg(not(any(target_os = "linux", windows)))]
compile_error!("what this system promises of its media is not known: src/erase/os needs a file on it");

pub use lock::{LockedFile, hold_folder, lock_file};
pub use place::{History, Medium, NoMedium, Place, Protected, Space, Storage, Volume};
#[cfg(windows)]
pub use sys::printing;
pub use sys::{Folder, Handle, HeldFolder, RawDevice};

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs::{File, Metadata};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use facts::{Cleared, Facts, Hardware, Id, Layout, Marks};

/// What the system keeps of what stood on the volume of a place.
#[must_use]
pub fn history(place: &Place) -> History {
    sys::history(place)
}

/// The folders of this system that are never erased.
#[must_use]
pub fn protected() -> Protected {
    sys::protected()
}

/// The home folders of this computer, where they usually lie.
#[must_use]
pub fn homes() -> Vec<PathBuf> {
    sys::homes()
}

/// The room in the file system that `path` lies in. Where a quota holds for a folder, some file systems answer with the quota.
///
/// # Errors
/// The system's; `Unsupported` where it cannot be asked.
pub fn space(path: &Path) -> io::Result<Space> {
    sys::space(path)
}

/// The same of an open file or folder.
///
/// # Errors
/// As for [`space`].
pub fn space_of(file: &File) -> io::Result<Space> {
    sys::space_of(file)
}

/// Whether this user may take what is set aside for the administrator.
#[must_use]
pub fn may_use_reserved() -> bool {
    sys::may_use_reserved()
}

/// What is known of the storage under a place.
#[must_use]
pub fn storage_of(place: &Place) -> Storage {
    sys::storage_of(place)
}

/// The place an existing path lies in; of a link, the place of what it points to.
///
/// # Errors
/// The path does not exist or may not be looked at, or the system's list of mounts cannot be read.
pub fn place(path: &Path) -> io::Result<Place> {
    sys::place(path)
}

/// The place of an open file: the same answer as [`place`], with no moment in which the name could come to mean another file.
///
/// # Errors
/// As for [`place`].
pub fn place_of(file: &File) -> io::Result<Place> {
    sys::place_of(file)
}

/// Which mounted file system `path` itself lies in.
///
/// # Errors
/// The path cannot be looked at.
pub fn volume(path: &Path) -> io::Result<Volume> {
    sys::volume(path)
}

/// Opens a regular file for reading, without following a link at the end of the path and, where the system allows it,
/// without touching the time of last access. A named pipe put in the file's place is refused instead of waited for.
///
/// # Errors
/// As for [`File::open`]; `InvalidInput` when it is not a regular file.
pub fn open_read(path: &Path) -> io::Result<File> {
    sys::open_read(path).map(|(file, _)| file)
}

/// As [`open_read`], with the file's metadata, which opening looks at anyway.
///
/// # Errors
/// As for [`open_read`].
pub fn open_read_known(path: &Path) -> io::Result<(File, Metadata)> {
    sys::open_read(path)
}

/// Opens a regular file to be read back past the cache, as far as that has to be decided when it is opened.
///
/// # Errors
/// As for [`open_read`].
pub fn open_read_back(path: &Path) -> io::Result<File> {
    sys::open_read_back(path)
}

/// Whether this user may read the file, or look through the folder, without opening it.
///
/// # Errors
/// Why not.
pub fn may_read(path: &Path, folder: bool) -> io::Result<()> {
    sys::may_read(path, folder)
}

/// Lets everyone read a file, and run it where its owner may; or look into a folder.
///
/// # Errors
/// The system's; a file system without access rights refuses nothing.
pub fn make_readable(path: &Path) -> io::Result<()> {
    sys::make_readable(path)
}

/// Opens an existing regular file for overwriting in place: not created, not truncated, no link followed.
///
/// # Errors
/// As for [`open_read`].
pub fn open_overwrite(path: &Path) -> io::Result<File> {
    sys::open_overwrite(path)
}

/// Creates a file nobody else may read. What exists already, even as a dangling link, is an error.
///
/// # Errors
/// `AlreadyExists`, or as for [`File::create_new`].
pub fn create_new_private(path: &Path, executable: bool) -> io::Result<File> {
    sys::create_new_private(path, executable)
}

/// Makes a folder nobody else may enter.
///
/// # Errors
/// `AlreadyExists`, or as for [`std::fs::create_dir`].
pub fn make_private_dir(path: &Path) -> io::Result<()> {
    sys::make_private_dir(path)
}

/// Gives the owner back the right to read, write and (for a folder) enter, so that what was extracted read-only can be removed.
///
/// # Errors
/// The entry does not belong to this user, or the medium is read-only.
pub fn grant_owner(path: &Path) -> io::Result<()> {
    sys::grant_owner(path)
}

/// Brings everything written to the file system of `dir` to the medium: one call for ten thousand files.
///
/// # Errors
/// Also reports that an earlier write of any file there failed on its way to the medium.
pub fn sync_file_system(dir: &Path) -> io::Result<()> {
    sys::sync_file_system(dir)
}

/// Brings one file to the medium. A file system that knows no `fsync`, such as that of a disc that is only read, is synced as
/// a whole.
///
/// # Errors
/// As for [`File::sync_all`].
pub fn sync_file(file: &File) -> io::Result<()> {
    sys::sync_file(file)
}

/// Brings the names in a folder to the medium, so that a rename survives a power cut.
///
/// # Errors
/// As for [`File::sync_all`].
pub fn sync_dir(dir: &Path) -> io::Result<()> {
    sys::sync_dir(dir)
}

/// Renames without ever replacing what stands at `to`.
///
/// # Errors
/// `AlreadyExists` when `to` exists; otherwise as for [`std::fs::rename`].
pub fn rename_no_replace(from: &Path, to: &Path) -> io::Result<()> {
    sys::rename_no_replace(from, to)
}

/// What [`disable_core_dumps`] achieved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CoreDumps {
    /// The size limit of a core file is zero.
    pub limited: bool,
    /// The process is marked as one not to be dumped, nor read by other processes of the same user.
    pub undumpable: bool,
}

/// Keeps a crash from writing this process's memory, and with it a passphrase, to a disk. Best effort.
#[must_use]
pub fn disable_core_dumps() -> CoreDumps {
    sys::disable_core_dumps()
}

/// The user and the machine as the system knows them, not as the environment claims. `unknown` where it does not say.
#[must_use]
pub fn user_and_host() -> (String, String) {
    sys::user_and_host()
}

/// Whether the system says that its clock follows a time server; `None` where it does not say.
#[must_use]
pub fn clock_follows_a_server() -> Option<bool> {
    sys::clock_follows_a_server()
}

/// Asks the system to forget what its page cache holds of a file. Pages that are dirty, or mapped by a process, stay.
///
/// # Errors
/// The system refuses the request as such.
pub fn forget_pages(file: &File) -> io::Result<()> {
    sys::forget_pages(file)
}

/// Asks the system not to read ahead in this file, so that no page comes in that was not asked for.
///
/// # Errors
/// The system refuses the request as such.
pub fn no_read_ahead(file: &File) -> io::Result<()> {
    sys::no_read_ahead(file)
}

/// How many pages of a range of the file are in the page cache; `None` when that cannot be known. A system that hides this
/// from users who may not write the file counts every page as present: wrong only in the careful direction.
///
/// # Errors
/// The system refuses the question as such.
pub fn resident_pages(file: &File, range: Range<u64>) -> io::Result<Option<u64>> {
    sys::resident_pages(file, range)
}

/// Empties what a file system driver in user space leaves in the cache of the block device under it, and says how many pages
/// stayed. `Some(0)` where the only cache is the page cache of the file; `None` where a cache is out of reach.
///
/// # Errors
/// The block device cannot be synced.
pub fn forget_driver_pages(place: &Place) -> io::Result<Option<u64>> {
    sys::forget_driver_pages(place)
}

/// Turns reading past the page cache on or off; whether the file system went along.
#[must_use]
pub fn bypass_cache(file: &File, on: bool) -> bool {
    sys::bypass_cache(file, on)
}

/// Reads at an offset, as [`std::io::Read::read`] does at the current position.
///
/// # Errors
/// As for reading.
pub fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    sys::read_at(file, buffer, offset)
}

/// Writes at an offset, as [`std::io::Write::write`] does at the current position: perhaps not all of it.
///
/// # Errors
/// As for writing.
pub fn write_part_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<usize> {
    sys::write_part_at(file, bytes, offset)
}

/// The next stretch within `range` that holds data rather than a hole. Overwriting a hole would ask a full disk for space.
///
/// # Errors
/// The file cannot be asked.
pub fn next_data(file: &File, range: Range<u64>) -> io::Result<Option<Range<u64>>> {
    sys::next_data(file, range)
}

// ---- Of files that are to be erased

/// What is known of an open file.
///
/// # Errors
/// The system's.
pub fn facts_of(file: &File) -> io::Result<Facts> {
    sys::facts_of(file)
}

/// Where the data of a file lies, blocks past its end included; `None` where the system does not say. What is still on its
/// way to the medium has no place yet: sync first.
///
/// # Errors
/// The file cannot be asked.
pub fn layout(file: &File) -> io::Result<Option<Layout>> {
    sys::layout(file)
}

/// The same where the system tells it at once, and not block by block.
///
/// # Errors
/// As for [`layout`].
pub fn layout_told(file: &File) -> io::Result<Option<Layout>> {
    sys::layout_told(file)
}

/// Whether the system tells where a file's blocks lie at all.
#[must_use]
pub fn tells_blocks(file: &File) -> bool {
    sys::tells_blocks(file)
}

/// Where the names of a folder lie.
///
/// # Errors
/// As for [`layout`].
pub fn layout_of_names(folder: &Folder) -> io::Result<Option<Layout>> {
    sys::layout(folder)
}

/// The marks of a file.
#[must_use]
pub fn marks(file: &File) -> Marks {
    sys::marks(file)
}

/// The names of a file's extended attributes.
///
/// # Errors
/// The system's.
pub fn attributes(file: &impl Handle) -> io::Result<Vec<OsString>> {
    sys::attributes(file)
}

/// Writes noise of the same length over the value of an attribute, and says how long that is.
///
/// # Errors
/// The system's; some attributes are the system's own and take no noise.
pub fn overwrite_attribute(file: &impl Handle, name: &OsString) -> io::Result<usize> {
    sys::overwrite_attribute(file, name)
}

/// Removes an attribute; nothing of it is left then.
///
/// # Errors
/// The system's.
pub fn remove_attribute(file: &impl Handle, name: &OsString) -> io::Result<usize> {
    sys::remove_attribute(file, name)
}

/// Has the journal of a file system written out, and overwritten with zeros when `zero` is asked for.
#[must_use]
pub fn clear_journal(folder: &Folder, zero: bool) -> Cleared {
    sys::clear_journal(folder, zero)
}

/// Whether [`clear_journal`] would be done for this user; nothing is changed.
#[must_use]
pub fn may_clear_journal(folder: &Folder) -> bool {
    sys::may_clear_journal(folder)
}

/// Files that other programs have open or mapped to write, each with a word on who that is.
#[must_use]
pub fn written_elsewhere() -> HashMap<Id, String> {
    sys::written_elsewhere()
}

/// Files the system swaps into.
#[must_use]
pub fn swap_files() -> Vec<Id> {
    sys::swap_files()
}

/// What the system knows of the device under a place.
#[must_use]
pub fn hardware(place: &Place) -> Hardware {
    place.whole_device.as_deref().map(sys::hardware).unwrap_or_default()
}

/// The home folder that the system's directory has for this user, whatever the environment says.
#[must_use]
pub fn own_home() -> Option<PathBuf> {
    sys::own_home()
}

/// A name out of the bytes the system has for it; `None` when they are none.
#[must_use]
pub fn name_from_bytes(bytes: &[u8]) -> Option<OsString> {
    sys::name_from_bytes(bytes)
}

/// How long a name is in bytes, and in UTF-16 units.
#[must_use]
pub fn name_lengths(name: &OsStr) -> (usize, usize) {
    sys::name_lengths(name)
}

/// The place an open folder lies in.
///
/// # Errors
/// As for [`place`].
pub fn place_of_folder(folder: &Folder) -> io::Result<Place> {
    sys::place_of_folder(folder)
}

/// Writes at an offset, all of it.
///
/// # Errors
/// As for writing.
pub fn write_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    sys::write_at(file, bytes, offset)
}
