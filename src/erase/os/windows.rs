//! Windows: system calls, each behind a safe call.
//!
//! What was shown under wine and what was never run on a real Windows stands in docs/windows.md.

#![allow(clippy::unnecessary_wraps, reason = "the same signatures as on Linux, where these calls can fail")]

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::{File, Metadata};
use std::io;
use std::mem::MaybeUninit;
use std::ops::Range;
use std::os::windows::ffi::OsStringExt;
use std::os::windows::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::ptr::NonNull;

use windows_sys::Wdk::Storage::FileSystem as wdk;
use windows_sys::Win32::Foundation::ERROR_ACCESS_DENIED;
use windows_sys::Win32::Storage::FileSystem as fs;
use windows_sys::Win32::System::IO::IO_STATUS_BLOCK;
use windows_sys::Win32::System::Memory as pages;
use windows_sys::Win32::System::SystemInformation as info;
use windows_sys::Win32::System::WindowsProgramming::GetUserNameW;

use super::facts::{Cleared, Hardware, Id};
use super::{CoreDumps, History, Place, Protected, Space, Storage, Volume};
use call::{done, told, wide};

mod blocks;
mod call;
mod console;
mod device;
mod folder;
mod held;
mod lock;
pub mod printing;
mod streams;
mod users;
mod volume;

pub(super) use blocks::{layout, layout as layout_told, marks, tells_blocks};
pub use console::Screen;
pub(super) use console::{console_mode, open_keyboard, set_console_mode};
pub use device::RawDevice;
pub use folder::Folder;
pub(super) use folder::{facts_of, name_lengths, number};
pub use held::HeldFolder;
pub(super) use lock::{open_folder_lock, open_lock, try_lock, unlock, wait_for_lock};
pub(super) use streams::{attributes, overwrite_attribute, remove_attribute};

/// What is open: a file or a folder.
pub trait Handle {
    /// Its handle.
    fn file(&self) -> &File;
}

impl Handle for File {
    fn file(&self) -> &File {
        self
    }
}

// ---- Where a path lies

pub(super) fn place(path: &Path) -> io::Result<Place> {
    volume::place_of(&volume::open_to_ask(path, false)?)
}

pub(super) fn place_of(file: &File) -> io::Result<Place> {
    volume::place_of(file)
}

pub(super) fn place_of_folder(folder: &Folder) -> io::Result<Place> {
    volume::place_of(folder.file())
}

pub(super) fn space(path: &Path) -> io::Result<Space> {
    volume::space_of(&volume::open_to_ask(path, false)?)
}

pub(super) fn space_of(file: &File) -> io::Result<Space> {
    volume::space_of(file)
}

/// Windows sets nothing aside.
pub(super) fn may_use_reserved() -> bool {
    false
}

pub(super) fn storage_of(place: &Place) -> Storage {
    volume::storage_of(place)
}

pub(super) fn hardware(device: &str) -> Hardware {
    volume::hardware(device)
}

pub(super) fn history(place: &Place) -> History {
    volume::history(place)
}

pub(super) fn volume(path: &Path) -> io::Result<Volume> {
    let entry = volume::open_to_ask(path, true)?;
    Ok(Volume { device: volume::named(&entry)?.serial.into(), mount: 0 })
}

/// The number that a volume got when it was formatted; 0 where it has none.
pub(super) fn file_system(path: &Path) -> u64 {
    let volume = volume::open_to_ask(path, false).and_then(|entry| volume::named(&entry));
    volume.map_or(0, |volume| volume.serial.into())
}

// ---- Opening and making

pub(super) fn open_read(path: &Path) -> io::Result<(File, Metadata)> {
    let file = folder::open_regular(path, fs::FILE_GENERIC_READ, SHARE_ALL, 0)?;
    let meta = file.metadata()?;
    Ok((file, meta))
}

const SHARE_ALL: u32 = fs::FILE_SHARE_READ | fs::FILE_SHARE_WRITE | fs::FILE_SHARE_DELETE;

/// Past the cache, for the whole life of the handle: Windows does not turn that on and off. Open to write as well where that
/// can be had, because a file can only be synced by who may write to it.
pub(super) fn open_read_back(path: &Path) -> io::Result<File> {
    let open = |access| folder::open_regular(path, access, SHARE_ALL, fs::FILE_FLAG_NO_BUFFERING);
    match open(fs::FILE_GENERIC_READ | fs::FILE_GENERIC_WRITE) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => open(fs::FILE_GENERIC_READ),
        other => other,
    }
}

pub(super) fn may_read(path: &Path, folder: bool) -> io::Result<()> {
    if folder { path.read_dir().map(drop) } else { open_read(path).map(drop) }
}

/// Who may read what stands in a folder is said by the folder.
pub(super) fn make_readable(_path: &Path) -> io::Result<()> {
    Ok(())
}

pub(super) fn open_overwrite(path: &Path) -> io::Result<File> {
    folder::open_regular(path, fs::FILE_GENERIC_WRITE, SHARE_ALL, 0)
}

pub(super) fn create_new_private(path: &Path, _executable: bool) -> io::Result<File> {
    File::options().read(true).write(true).create_new(true).open(call::exact(path)?)
}

pub(super) fn make_private_dir(path: &Path) -> io::Result<()> {
    std::fs::create_dir(call::exact(path)?)
}

pub(super) fn grant_owner(path: &Path) -> io::Result<()> {
    match folder::make_writable(path) {
        // It was no file, or not marked.
        Err(error) if matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::InvalidInput) => Ok(()),
        other => other,
    }
}

pub(super) fn rename_no_replace(from: &Path, to: &Path) -> io::Result<()> {
    let (from, to) = (wide(call::exact(from)?), wide(call::exact(to)?));
    // SAFETY: both paths end with a zero.
    done(unsafe { fs::MoveFileExW(from.as_ptr(), to.as_ptr(), fs::MOVEFILE_WRITE_THROUGH) })
}

// ---- To the medium and back

/// Syncs the volume as a whole, which only an administrator may, or whoever put a stick in; others sync file by file.
pub(super) fn sync_file_system(dir: &Path) -> io::Result<()> {
    let place = place(dir)?;
    let volume = File::options().read(true).write(true).open(place.source.trim_end_matches('\\'));
    volume.and_then(|volume| volume.sync_all()).map_err(|_| io::ErrorKind::Unsupported.into())
}

pub(super) fn sync_file(file: &File) -> io::Result<()> {
    match file.sync_all() {
        Err(error) if error.raw_os_error() == Some(ERROR_ACCESS_DENIED.cast_signed()) => {
            // Open to read only: through a second handle, unless there is nothing to sync on such a volume.
            if space_of(file)?.read_only {
                return Ok(());
            }
            File::options().write(true).open(volume::real_path(file)?)?.sync_all()
        }
        other => other,
    }
}

/// A folder that may be written to can be flushed; where it may not, what was done in it was done by its files.
pub(super) fn sync_dir(dir: &Path) -> io::Result<()> {
    let folder = File::options().write(true).custom_flags(fs::FILE_FLAG_BACKUP_SEMANTICS).open(call::exact(dir)?);
    folder.and_then(|folder| folder.sync_all()).or(Ok(()))
}

/// Nothing to forget: what is read back is read past the cache, or not believed.
pub(super) fn forget_pages(_file: &File) -> io::Result<()> {
    Ok(())
}

pub(super) fn no_read_ahead(_file: &File) -> io::Result<()> {
    Ok(())
}

/// Windows does not tell what its cache holds. A handle opened past it reads past it, and the file system writes out and drops
/// what the cache had of the range first; of any other handle nothing is known.
pub(super) fn resident_pages(file: &File, _range: Range<u64>) -> io::Result<Option<u64>> {
    Ok(is_past_cache(file).then_some(0))
}

pub(super) fn forget_driver_pages(_place: &Place) -> io::Result<Option<u64>> {
    Ok(Some(0))
}

/// A handle is past the cache from its beginning or never.
pub(super) fn bypass_cache(file: &File, on: bool) -> bool {
    on && is_past_cache(file)
}

/// Whether reads and writes of this handle go past the cache. Under wine they do not, whatever it says: it opens files of
/// another system the ordinary way.
fn is_past_cache(file: &File) -> bool {
    // FILE_NO_INTERMEDIATE_BUFFERING
    const PAST: u32 = 8;
    if call::is_wine() {
        return false;
    }
    let mut status = MaybeUninit::<IO_STATUS_BLOCK>::zeroed();
    let mut mode = 0u32;
    // SAFETY: the handle is open, the answer is one number, and both places live until the call is over.
    let answered = unsafe {
        wdk::NtQueryInformationFile(
            call::raw(file),
            status.as_mut_ptr(),
            (&raw mut mode).cast(),
            4,
            wdk::FileModeInformation,
        )
    };
    answered >= 0 && mode & PAST != 0
}

pub(super) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    match file.seek_read(buffer, offset) {
        // Past its end there is nothing.
        Err(error) if error.raw_os_error() == Some(windows_sys::Win32::Foundation::ERROR_HANDLE_EOF.cast_signed()) => {
            Ok(0)
        }
        other => other,
    }
}

pub(super) fn write_part_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<usize> {
    file.seek_write(bytes, offset)
}

pub(super) fn write_at(file: &File, mut bytes: &[u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match file.seek_write(bytes, offset)? {
            0 => return Err(io::ErrorKind::WriteZero.into()),
            written => (bytes, offset) = (&bytes[written..], offset + written as u64),
        }
    }
    Ok(())
}

/// Holes are told by the layout; where there is none, all of it counts as data.
pub(super) fn next_data(_file: &File, range: Range<u64>) -> io::Result<Option<Range<u64>>> {
    Ok((!range.is_empty()).then_some(range))
}

/// The journal of NTFS cannot be cleared from outside.
pub(super) fn clear_journal(_: &impl Handle, _: bool) -> Cleared {
    Cleared::Unsupported
}

pub(super) fn may_clear_journal(_: &impl Handle) -> bool {
    false
}

/// Here it is asked file by file: [`Folder::held_by`].
pub(super) fn written_elsewhere() -> HashMap<Id, String> {
    HashMap::new()
}

/// What the system swaps into it holds open for itself.
pub(super) fn swap_files() -> Vec<Id> {
    Vec::new()
}

// ---- Who and where

pub(super) fn own_home() -> Option<PathBuf> {
    std::env::home_dir()
}

pub(super) fn homes() -> Vec<PathBuf> {
    let users = system_drive().join("Users");
    std::fs::read_dir(users).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

/// `C:\`, or wherever Windows lies.
fn system_drive() -> PathBuf {
    windows_folder().ancestors().last().map(Path::to_owned).unwrap_or_default()
}

fn windows_folder() -> PathBuf {
    // SAFETY: the buffer is as long as the call is told.
    let found = told(|to, room| unsafe { info::GetSystemWindowsDirectoryW(to, room) });
    found.map_or_else(|_| r"C:\Windows".into(), PathBuf::from)
}

pub(super) fn protected() -> Protected {
    let (windows, drive) = (windows_folder(), system_drive());
    let real = |paths: &[PathBuf]| paths.iter().filter_map(|path| path.canonicalize().ok()).collect();
    let on_drive = |name: &str| drive.join(name);
    Protected {
        system: real(&[
            windows.clone(),
            on_drive("Program Files"),
            on_drive("Program Files (x86)"),
            on_drive("Recovery"),
            on_drive("System Volume Information"),
        ]),
        // Where the spooler keeps what is printed, and what programs leave.
        open: real(&[windows.join(r"System32\spool\PRINTERS"), windows.join("Temp")]),
        whole: real(&[on_drive("Users"), on_drive(r"Users\Public"), on_drive("ProgramData"), windows.join("Temp")]),
    }
}

pub(super) fn user_and_host() -> (String, String) {
    let unknown = || "unknown".to_owned();
    let text =
        |found: io::Result<OsString>| found.map_or_else(|_| unknown(), |name| name.to_string_lossy().into_owned());
    // Both calls say by a number behind a pointer how long the name is; the first counts its end, the second does not.
    let user = told(|to, mut room| {
        // SAFETY: the buffer is as long as the number says.
        if unsafe { GetUserNameW(to, &raw mut room) } == 0 { 0 } else { room.saturating_sub(1) }
    });
    let host = told(|to, mut room| {
        // SAFETY: as above.
        let found = unsafe { info::GetComputerNameExW(info::ComputerNamePhysicalDnsHostname, to, &raw mut room) };
        if found == 0 { 0 } else { room }
    });
    (text(user), text(host))
}

pub(super) fn clock_follows_a_server() -> Option<bool> {
    None
}

pub(super) fn name_from_bytes(bytes: &[u8]) -> Option<OsString> {
    let (mut units, mut rest) = (Vec::new(), bytes);
    while !rest.is_empty() {
        let text = rest.utf8_chunks().next()?.valid();
        units.extend(text.encode_utf16());
        rest = match &rest[text.len()..] {
            [] => break,
            // Half of a pair, which names may have there.
            [0xED, high @ 0xA0..=0xBF, low @ 0x80..=0xBF, after @ ..] => {
                units.push(0xD000 | u16::from(high & 0x3F) << 6 | u16::from(low & 0x3F));
                after
            }
            _ => return None,
        };
    }
    Some(OsString::from_wide(&units))
}

// ---- Secrets in memory

/// Whether Windows reports crashes with memory is set for the machine, not by a program.
pub(super) fn disable_core_dumps() -> CoreDumps {
    CoreDumps { limited: false, undumpable: false }
}

pub(super) fn page_size() -> usize {
    4096
}

/// Zeroed pages of their own.
pub(super) fn map_pages(length: usize) -> io::Result<NonNull<u8>> {
    // SAFETY: a new range, at an address of the system's choice.
    let start = unsafe {
        pages::VirtualAlloc(std::ptr::null(), length, pages::MEM_COMMIT | pages::MEM_RESERVE, pages::PAGE_READWRITE)
    };
    NonNull::new(start.cast()).ok_or_else(io::Error::last_os_error)
}

/// Keeps pages out of the page file; whether that worked.
///
/// # Safety
/// The range must be one that [`map_pages`] returned.
pub(super) unsafe fn lock_pages(start: NonNull<u8>, length: usize) -> bool {
    // SAFETY: the caller's promise.
    unsafe { pages::VirtualLock(start.as_ptr().cast(), length) != 0 }
}

/// Gives pages back; locked ones are unlocked by that.
///
/// # Safety
/// The range must be one that [`map_pages`] returned, and nothing may refer to it afterwards.
pub(super) unsafe fn unmap_pages(start: NonNull<u8>, _length: usize) {
    // SAFETY: the caller's promise; 0 gives back the whole range.
    let _ = unsafe { pages::VirtualFree(start.as_ptr().cast(), 0, pages::MEM_RELEASE) };
}
