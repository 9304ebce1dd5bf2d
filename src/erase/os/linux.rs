//! Linux: the system calls themselves.

use std::ffi::{CStr, OsString};
use std::fs::{File, Metadata, TryLockError};
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::ptr::{self, NonNull};

use rustix::fs::{Access, AtFlags, CWD, Mode, OFlags, StatxFlags};
use rustix::io::Errno;
use rustix::mm::{MapFlags, ProtFlags};
use rustix::process::{DumpableBehavior, Resource, Rlimit};

use super::mounts::{self, Cache, Mount, Sysfs};
use super::{CoreDumps, History, Place, Volume};

mod attributes;
mod blocks;
mod cache;
mod folder;
mod held;
mod protected;
mod users;
pub(super) use attributes::*;
pub use blocks::RawDevice;
pub(super) use blocks::*;
mod space;
pub(super) use cache::*;
pub use folder::Folder;
pub(super) use folder::*;
pub use held::HeldFolder;
pub(super) use protected::*;
pub(super) use space::*;
pub use std::os::fd::AsFd as Handle;
pub(super) use users::*;

// ---- Where a path lies

pub(super) fn place(path: &Path) -> io::Result<Place> {
    let handle = rustix::fs::open(path, OFlags::PATH | OFlags::CLOEXEC, Mode::empty())?;
    place_of(&handle)
}

pub(super) fn place_of(handle: &impl AsFd) -> io::Result<Place> {
    let handle = handle.as_fd();
    let space = rustix::fs::fstatvfs(handle)?;
    let free = space.f_bavail.saturating_mul(space.f_frsize);
    let missing = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
    let listed = std::fs::read("/proc/self/mountinfo").map(|text| mounts::parse(&text));
    let mounts = match listed {
        Err(error) if missing(&error) => return unlisted(handle, free),
        listed => listed?,
    };
    let mount = match find_mount(handle, &mounts) {
        Err(error) if missing(&error) => return unlisted(handle, free),
        found => found?,
    };
    let place = mounts::place(mount, &Sysfs::system(), block_device(&mount.source), free);
    // An overlay is only as real as the folder that takes its writes. Inside a container that folder is out of sight, and
    // the place stays unknown.
    let upper = mount.upper_folder().filter(|upper| upper.is_dir());
    let under = upper.map(|upper| self::place(&upper)).transpose()?;
    Ok(match under.filter(|under| mounts::cache_of(&under.fs_type) == Cache::OfTheFile) {
        Some(under) => Place { fs_type: place.fs_type, mount_point: place.mount_point, source: place.source, ..under },
        None => place,
    })
}

/// In a changed root, or where `/proc` is not mounted: the kind of file system is all there is.
fn unlisted(handle: BorrowedFd<'_>, free_bytes: u64) -> io::Result<Place> {
    let magic = rustix::fs::fstatfs(handle)?.f_type & 0xffff_ffff;
    Ok(mounts::unlisted(u32::try_from(magic).unwrap_or_default(), free_bytes))
}

pub(super) fn place_of_folder(folder: &Folder) -> io::Result<Place> {
    place_of(folder)
}

/// The kernel's own mount number is exact whatever is mounted over what. Before 5.8 it was not to be had, and the longest
/// matching mount point is the best guess.
fn find_mount<'m>(handle: BorrowedFd<'_>, mounts: &'m [Mount]) -> io::Result<&'m Mount> {
    let number = mount_number(handle);
    let mut found = number.and_then(|number| mounts.iter().find(|mount| mount.number == number));
    if found.is_none() {
        let path = std::fs::read_link(format!("/proc/self/fd/{}", handle.as_raw_fd()))?;
        found = mounts::by_path(mounts, &path);
    }
    found.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no mount holds this path"))
}

fn mount_number(handle: BorrowedFd<'_>) -> Option<u64> {
    let wanted = StatxFlags::MNT_ID;
    let facts = rustix::fs::statx(handle, c"", AtFlags::EMPTY_PATH, wanted).ok()?;
    (facts.stx_mask & wanted.bits() != 0).then_some(facts.stx_mnt_id)
}

/// The device number of a mount source that is a block device.
fn block_device(source: &str) -> Option<(u32, u32)> {
    let facts = rustix::fs::stat(source).ok()?;
    let is_block = rustix::fs::FileType::from_raw_mode(facts.st_mode).is_block_device();
    is_block.then(|| {
        let device = facts.st_rdev;
        (rustix::fs::major(device), rustix::fs::minor(device))
    })
}

pub(super) fn volume(path: &Path) -> io::Result<Volume> {
    let handle = rustix::fs::open(path, OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty())?;
    Ok(Volume { device: rustix::fs::fstat(&handle)?.st_dev, mount: mount_number(handle.as_fd()).unwrap_or(0) })
}

// ---- Opening, making, renaming

/// `O_NONBLOCK` keeps a named pipe in the file's place from hanging the open; to a regular file it means nothing.
fn open_regular(path: &Path, wanted: OFlags) -> io::Result<(File, Metadata)> {
    let flags = wanted | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
    let meta = file.metadata()?;
    if !meta.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    Ok((file, meta))
}

pub(super) fn may_read(path: &Path, folder: bool) -> io::Result<()> {
    let wanted = if folder { Access::READ_OK | Access::EXEC_OK } else { Access::READ_OK };
    Ok(rustix::fs::access(path, wanted)?)
}

pub(super) fn make_readable(path: &Path) -> io::Result<()> {
    let meta = std::fs::symlink_metadata(path)?;
    // What its owner may run, everyone may.
    let all = if meta.is_dir() || meta.permissions().mode() & 0o100 != 0 { 0o755 } else { 0o644 };
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(all))
}

/// Nothing a user could not see: snapshots show as blocks that are shared.
pub(super) fn history(_: &Place) -> History {
    History::default()
}

/// The page cache can be emptied of a file that is open already.
pub(super) fn open_read_back(path: &Path) -> io::Result<File> {
    open_read(path).map(|(file, _)| file)
}

pub(super) fn open_read(path: &Path) -> io::Result<(File, Metadata)> {
    match open_regular(path, OFlags::RDONLY | OFlags::NOATIME) {
        // Only the owner may leave the time of last access alone.
        Err(error) if error.raw_os_error() == Some(Errno::PERM.raw_os_error()) => open_regular(path, OFlags::RDONLY),
        other => other,
    }
}

pub(super) fn open_overwrite(path: &Path) -> io::Result<File> {
    open_regular(path, OFlags::WRONLY).map(|(file, _)| file)
}

pub(super) fn create_new_private(path: &Path, executable: bool) -> io::Result<File> {
    let mode = Mode::from_raw_mode(if executable { 0o700 } else { 0o600 });
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(File::from(rustix::fs::open(path, flags, mode)?))
}

pub(super) fn open_lock(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = rustix::fs::open(path, flags, Mode::from_raw_mode(0o600))?;
    Ok(File::from(file))
}

/// Whether the lock was to be had.
pub(super) fn try_lock(file: &File) -> io::Result<bool> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// A folder can be locked itself, and is left as it was.
pub(super) fn open_folder_lock(path: &Path) -> io::Result<File> {
    File::open(path)
}

pub(super) fn wait_for_lock(file: &File) -> io::Result<()> {
    file.lock()
}

pub(super) fn unlock(file: &File) -> io::Result<()> {
    file.unlock()
}

pub(super) fn make_private_dir(path: &Path) -> io::Result<()> {
    Ok(rustix::fs::mkdir(path, Mode::from_raw_mode(0o700))?)
}

/// Goes through a handle that does not follow links, because `chmod` by name would change what a link points to.
pub(super) fn grant_owner(path: &Path) -> io::Result<()> {
    let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let handle = File::from(rustix::fs::open(path, flags, Mode::empty())?);
    let facts = handle.metadata()?;
    let wanted = match facts.file_type() {
        kind if kind.is_dir() => 0o700,
        kind if kind.is_file() => 0o600,
        _ => return Ok(()),
    };
    if facts.mode() & wanted == wanted {
        return Ok(());
    }
    let name = format!("/proc/self/fd/{}", handle.as_raw_fd());
    std::fs::set_permissions(name, PermissionsExt::from_mode(facts.mode() | wanted))
}

pub(super) fn rename_no_replace(from: &Path, to: &Path) -> io::Result<()> {
    let flags = rustix::fs::RenameFlags::NOREPLACE;
    match rustix::fs::renameat_with(CWD, from, CWD, to, flags) {
        // FUSE drivers, older kernels and some network file systems do not know the flag.
        Err(Errno::INVAL | Errno::NOSYS | Errno::PERM | Errno::NOTSUP) => checked_rename(from, to),
        result => Ok(result?),
    }
}

/// The check-then-rename for file systems that cannot do both in one step.
///
/// Between the two another process could create `to`, and a rename would replace it (a file, or an empty folder). Every
/// caller renames from a name of its own making inside a folder it holds a lock on or has just made, so the only one who can
/// win this race is somebody writing the very same name into the same folder at the same moment. Failing outright instead
/// would leave exFAT through FUSE, the most common hand-over medium, without any safe way to finish.
fn checked_rename(from: &Path, to: &Path) -> io::Result<()> {
    require_free(to)?;
    std::fs::rename(from, to)
}

fn require_free(to: &Path) -> io::Result<()> {
    match to.symlink_metadata() {
        Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

// ---- Syncing

fn open_folder(dir: &Path) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    Ok(rustix::fs::open(dir, flags, Mode::empty())?)
}

pub(super) fn sync_file_system(dir: &Path) -> io::Result<()> {
    Ok(rustix::fs::syncfs(open_folder(dir)?)?)
}

pub(super) fn sync_file(file: &impl AsFd) -> io::Result<()> {
    match rustix::fs::fsync(file) {
        // Some file systems have no fsync, and more have none for folders; syncing everything covers the one.
        Err(Errno::INVAL | Errno::NOTSUP) => Ok(rustix::fs::syncfs(file)?),
        result => Ok(result?),
    }
}

pub(super) fn sync_dir(dir: &Path) -> io::Result<()> {
    sync_file(&open_folder(dir)?)
}

// ---- The process

pub(super) fn disable_core_dumps() -> CoreDumps {
    let nothing = Rlimit { current: Some(0), maximum: Some(0) };
    CoreDumps {
        limited: rustix::process::setrlimit(Resource::Core, nothing).is_ok(),
        undumpable: rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable).is_ok(),
    }
}

pub(super) fn user_and_host() -> (String, String) {
    let id = rustix::process::getuid().as_raw();
    let host = std::fs::read("/proc/sys/kernel/hostname").unwrap_or_else(|_| host_name());
    let host = String::from_utf8_lossy(&host).trim().to_owned();
    let host = if host.is_empty() { "unknown".into() } else { host };
    (user_name(id).unwrap_or_else(|| format!("uid {id}")), host)
}

/// As the system says where `/proc` is not mounted; nothing where it does not say.
fn host_name() -> Vec<u8> {
    let mut name = [0_u8; 256];
    // SAFETY: the length is one less than that of the live buffer, so the name ends with a zero even where it was cut.
    let code = unsafe { libc::gethostname(name.as_mut_ptr().cast(), name.len() - 1) };
    let end = if code == 0 { name.iter().position(|&byte| byte == 0) } else { Some(0) };
    name[..end.unwrap_or_default()].to_vec()
}

pub(super) fn clock_follows_a_server() -> Option<bool> {
    let mut state = MaybeUninit::<libc::timex>::zeroed();
    // SAFETY: a zeroed `timex` asks and sets nothing; the pointer is to a live local.
    let code = unsafe { libc::adjtimex(state.as_mut_ptr()) };
    if code < 0 {
        return None;
    }
    // SAFETY: all bytes were zero, which is a value of this plain struct, and the call filled it.
    let state = unsafe { state.assume_init() };
    Some(code != libc::TIME_ERROR && state.status & libc::STA_UNSYNC == 0)
}

fn user_name(id: u32) -> Option<String> {
    of_user(id, |entry| entry.pw_name).map(|name| String::from_utf8_lossy(&name).into_owned())
}

pub(super) fn own_home() -> Option<PathBuf> {
    of_user(rustix::process::getuid().as_raw(), |entry| entry.pw_dir).map(path_from_bytes)
}

/// What the system's directory has for a user. `/etc/passwd` alone would miss everyone who signs in through a domain.
fn of_user(id: u32, field: fn(&libc::passwd) -> *const libc::c_char) -> Option<Vec<u8>> {
    let mut buffer = vec![0 as libc::c_char; 1024];
    loop {
        let mut entry = MaybeUninit::<libc::passwd>::uninit();
        let mut found = ptr::null_mut();
        // SAFETY: every pointer is to a live local, and the length is that of the buffer behind its pointer. The field is
        // read only when the call set `found`, while the buffer it points into is still alive and unchanged.
        unsafe {
            let code = libc::getpwuid_r(id, entry.as_mut_ptr(), buffer.as_mut_ptr(), buffer.len(), &raw mut found);
            if code == 0 {
                let entry = found.as_ref()?;
                return Some(CStr::from_ptr(field(entry)).to_bytes().to_vec());
            }
            if code != libc::ERANGE || buffer.len() > 1 << 20 {
                return None;
            }
        }
        buffer.resize(buffer.len() * 2, 0);
    }
}

// ---- Memory for secrets

/// Fresh zeroed pages of their own, kept out of core dumps. `length` is a multiple of the page size.
pub(super) fn map_pages(length: usize) -> io::Result<NonNull<u8>> {
    // SAFETY: an anonymous mapping at an address of the kernel's choosing overlaps nothing; madvise gets exactly that range.
    let start = unsafe {
        let flags = MapFlags::PRIVATE;
        let protection = ProtFlags::READ | ProtFlags::WRITE;
        let start = rustix::mm::mmap_anonymous(ptr::null_mut(), length, protection, flags)?;
        let _ = rustix::mm::madvise(start, length, rustix::mm::Advice::LinuxDontDump);
        start
    };
    NonNull::new(start.cast()).ok_or_else(|| io::ErrorKind::OutOfMemory.into())
}

/// Keeps pages out of swap; whether the system allowed it.
///
/// # Safety
/// The range must be one that [`map_pages`] returned and that still stands.
pub(super) unsafe fn lock_pages(start: NonNull<u8>, length: usize) -> bool {
    // SAFETY: the caller's promise: the range is a whole mapping of ours.
    unsafe { rustix::mm::mlock(start.as_ptr().cast(), length) }.is_ok()
}

/// Gives pages back, and with them their lock.
///
/// # Safety
/// The range must be one that [`map_pages`] returned, and nothing may refer to it afterwards.
pub(super) unsafe fn unmap_pages(start: NonNull<u8>, length: usize) {
    // SAFETY: the caller's promise: a whole mapping of ours that nobody refers to any more.
    let _ = unsafe { rustix::mm::munmap(start.as_ptr().cast(), length) };
}

pub(super) fn page_size() -> usize {
    rustix::param::page_size()
}

/// A path out of raw bytes, as the kernel writes them.
pub(super) fn path_from_bytes(bytes: Vec<u8>) -> PathBuf {
    PathBuf::from(OsString::from_vec(bytes))
}

/// Every row of bytes is a name here; on other systems it is not.
#[allow(clippy::unnecessary_wraps)]
pub(super) fn name_from_bytes(bytes: &[u8]) -> Option<OsString> {
    Some(OsString::from_vec(bytes.to_vec()))
}
