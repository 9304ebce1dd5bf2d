//! Linux: a folder held by its handle, and what stands in it. Nothing here follows a link.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rustix::fs::{AtFlags, FileType, Mode, OFlags, RawDir, RenameFlags, ResolveFlags, Statx, StatxFlags};
use rustix::io::Errno;

use crate::erase::os::facts::{Facts, Id, Kind};

/// An open folder.
///
/// Attack: a folder on the way to a file is exchanged for a link between planning and erasing, so that another file is
/// overwritten. A handle leads to the folder it was opened on, whatever its name comes to mean, and from it one name at a
/// time is looked up; whoever asks compares the numbers of what was found with those that were planned.
#[derive(Debug)]
pub struct Folder {
    handle: OwnedFd,
}

/// Everything about a name but what it would lead to.
const ITSELF: AtFlags = AtFlags::SYMLINK_NOFOLLOW.union(AtFlags::NO_AUTOMOUNT);

impl Folder {
    /// Opens a folder; the path may lead through links, the folder itself is none.
    ///
    /// # Errors
    /// It is not there, no folder, or may not be read.
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { handle: rustix::fs::open(path, FOLDER, Mode::empty())? })
    }

    /// A folder in this one.
    ///
    /// # Errors
    /// As for [`Folder::open`].
    pub fn below(&self, name: &OsStr) -> io::Result<Self> {
        // The name is one that was listed; that it is no path is made sure of by the kernel, where it is new enough.
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
        let handle = match rustix::fs::openat2(&self.handle, name, FOLDER, Mode::empty(), resolve) {
            Err(Errno::NOSYS | Errno::PERM) => rustix::fs::openat(&self.handle, name, FOLDER, Mode::empty())?,
            other => other?,
        };
        Ok(Self { handle })
    }

    /// Of the folder itself.
    ///
    /// # Errors
    /// The system's.
    pub fn facts(&self) -> io::Result<Facts> {
        Ok(facts(&rustix::fs::statx(&self.handle, "", AtFlags::EMPTY_PATH, WANTED)?))
    }

    /// What stands under a name in it.
    ///
    /// # Errors
    /// `NotFound` when nothing does.
    pub fn look(&self, name: &OsStr) -> io::Result<Facts> {
        Ok(facts(&rustix::fs::statx(&self.handle, name, ITSELF, WANTED)?))
    }

    /// The names in it, without `.` and `..`.
    ///
    /// # Errors
    /// The system's.
    pub fn names(&self) -> io::Result<Vec<OsString>> {
        // A listing of its own: the handle may have been read from before.
        let again = rustix::fs::openat(&self.handle, ".", FOLDER, Mode::empty())?;
        let mut buffer = [MaybeUninit::uninit(); 8 * 1024];
        let mut listing = RawDir::new(again, &mut buffer);
        let mut names = Vec::new();
        while let Some(entry) = listing.next() {
            let name = entry?.file_name().to_bytes().to_vec();
            if name != b"." && name != b".." {
                names.push(OsString::from_vec(name));
            }
        }
        Ok(names)
    }

    /// Opens a file in it to read.
    ///
    /// # Errors
    /// As for [`File::open`]; `InvalidInput` when it is no regular file.
    pub fn open_file(&self, name: &OsStr) -> io::Result<File> {
        match self.regular(name, OFlags::RDONLY | OFlags::NOATIME) {
            // Only the owner may leave the time of last access alone.
            Err(error) if error.raw_os_error() == Some(Errno::PERM.raw_os_error()) => {
                self.regular(name, OFlags::RDONLY)
            }
            other => other,
        }
    }

    /// Opens a file in it to be overwritten in place and read. A file of this user's that may not be written is made
    /// writable first: whoever asks for its end does not mean to keep it.
    ///
    /// # Errors
    /// As for [`Folder::open_file`].
    pub fn open_to_erase(&self, name: &OsStr) -> io::Result<File> {
        match self.regular(name, OFlags::RDWR) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                self.make_writable(name)?;
                self.regular(name, OFlags::RDWR)
            }
            other => other,
        }
    }

    /// `O_NONBLOCK` keeps a named pipe in the file's place from hanging the open; to a regular file it means nothing.
    fn regular(&self, name: &OsStr, wanted: OFlags) -> io::Result<File> {
        let flags = wanted | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
        let file = File::from(rustix::fs::openat(&self.handle, name, flags, Mode::empty())?);
        if !FileType::from_raw_mode(rustix::fs::fstat(&file)?.st_mode).is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        Ok(file)
    }

    /// Through a handle, because `chmod` by name follows links.
    fn make_writable(&self, name: &OsStr) -> io::Result<()> {
        let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let handle = File::from(rustix::fs::openat(&self.handle, name, flags, Mode::empty())?);
        let meta = handle.metadata()?;
        let mode = meta.permissions().mode();
        if !meta.is_file() || mode & 0o600 == 0o600 {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        let path = format!("/proc/self/fd/{}", handle.as_raw_fd());
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode | 0o600))
    }

    /// Who has a file in it open, where that has to be asked file by file; here one table tells of all of them.
    #[must_use]
    pub fn held_by(&self, _: &OsStr) -> Option<String> {
        None
    }

    /// Gives the owner the right to change what stands in it.
    ///
    /// # Errors
    /// It belongs to somebody else.
    pub fn make_changeable(&self) -> io::Result<()> {
        let mode = rustix::fs::fstat(&self.handle)?.st_mode;
        Ok(rustix::fs::fchmod(&self.handle, Mode::from_raw_mode(mode | 0o700))?)
    }

    /// Gives what stands under a name another one in this folder, never replacing anything.
    ///
    /// # Errors
    /// `AlreadyExists` when the new name is taken.
    pub fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        match rustix::fs::renameat_with(&self.handle, from, &self.handle, to, RenameFlags::NOREPLACE) {
            Err(Errno::INVAL | Errno::NOSYS | Errno::PERM | Errno::NOTSUP) => {
                if self.look(to).is_ok() {
                    return Err(io::ErrorKind::AlreadyExists.into());
                }
                Ok(rustix::fs::renameat(&self.handle, from, &self.handle, to)?)
            }
            result => Ok(result?),
        }
    }

    /// Removes a name that is not a folder's.
    ///
    /// # Errors
    /// The system's.
    pub fn remove(&self, name: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.handle, name, AtFlags::empty())?)
    }

    /// Removes an empty folder in it.
    ///
    /// # Errors
    /// The system's.
    pub fn remove_folder(&self, name: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.handle, name, AtFlags::REMOVEDIR)?)
    }

    /// As [`super::super::sync_file_system`].
    ///
    /// # Errors
    /// As there.
    pub fn sync_file_system(&self) -> io::Result<()> {
        Ok(rustix::fs::syncfs(&self.handle)?)
    }

    /// Brings its names to the medium.
    ///
    /// # Errors
    /// The system's.
    pub fn sync(&self) -> io::Result<()> {
        super::sync_file(&self.handle)
    }
}

impl AsFd for Folder {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.handle.as_fd()
    }
}

const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// Of an open file.
pub(in super::super) fn facts_of(file: &impl AsFd) -> io::Result<Facts> {
    Ok(facts(&rustix::fs::statx(file, "", AtFlags::EMPTY_PATH, WANTED)?))
}

const WANTED: StatxFlags = StatxFlags::BASIC_STATS.union(StatxFlags::MNT_ID);

fn facts(stat: &Statx) -> Facts {
    let kind = match FileType::from_raw_mode(u32::from(stat.stx_mode)) {
        FileType::RegularFile => Kind::File,
        FileType::Directory => Kind::Folder,
        FileType::Symlink => Kind::Link,
        FileType::Fifo => Kind::Fifo,
        FileType::Socket => Kind::Socket,
        // What nobody knows is treated with the most care.
        FileType::CharacterDevice | FileType::BlockDevice | FileType::Unknown => Kind::Device,
    };
    Facts {
        kind,
        id: Id { device: rustix::fs::makedev(stat.stx_dev_major, stat.stx_dev_minor), number: stat.stx_ino },
        mount: if stat.stx_mask & StatxFlags::MNT_ID.bits() == 0 { 0 } else { stat.stx_mnt_id },
        size: stat.stx_size,
        links: u64::from(stat.stx_nlink),
        written: stat.stx_mtime.tv_sec.saturating_mul(1_000_000_000).saturating_add(i64::from(stat.stx_mtime.tv_nsec)),
    }
}

/// How long a name is where file systems count it: bytes on most, UTF-16 units on those that come from Windows.
pub(in super::super) fn name_lengths(name: &OsStr) -> (usize, usize) {
    let bytes = name.as_bytes();
    (bytes.len(), String::from_utf8_lossy(bytes).encode_utf16().count())
}
