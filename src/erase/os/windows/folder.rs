//! Windows: a folder held by its handle, and what stands in it. Nothing here follows a link.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::mem::MaybeUninit;
use std::os::windows::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use windows_sys::Win32::Foundation::{ERROR_LOCK_VIOLATION, ERROR_SHARING_VIOLATION};
use windows_sys::Win32::Storage::FileSystem as fs;

use super::blocks::{self, attributes_of};
use super::{call, users, volume};
use crate::erase::os::facts::{Facts, Id, Kind};

/// An open folder.
///
/// Attack: a folder on the way to a file is exchanged for a link between planning and erasing, so that another file is
/// overwritten. As long as the handle is open, the folder can be neither renamed nor removed, for it is not shared for that,
/// and neither can those above it. Names are looked up below its real path, one at a time, and whoever asks compares the
/// numbers of what was found with those that were planned.
#[derive(Debug)]
pub struct Folder {
    handle: File,
    path: PathBuf,
}

impl Folder {
    /// Opens a folder; the path may lead through links, the folder itself is none.
    ///
    /// # Errors
    /// It is not there, no folder, or may not be read.
    pub fn open(path: &Path) -> io::Result<Self> {
        let handle = File::options()
            .access_mode(fs::FILE_LIST_DIRECTORY | fs::FILE_READ_ATTRIBUTES)
            .share_mode(fs::FILE_SHARE_READ | fs::FILE_SHARE_WRITE)
            .custom_flags(fs::FILE_FLAG_BACKUP_SEMANTICS | fs::FILE_FLAG_OPEN_REPARSE_POINT)
            .open(call::exact(path)?)?;
        let stored = attributes_of(&handle)?;
        if stored.leads_elsewhere() || stored.attributes & fs::FILE_ATTRIBUTE_DIRECTORY == 0 {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        let path = volume::real_path(&handle)?;
        Ok(Self { handle, path })
    }

    /// A folder in this one.
    ///
    /// # Errors
    /// As for [`Folder::open`].
    pub fn below(&self, name: &OsStr) -> io::Result<Self> {
        Self::open(&self.at(name)?)
    }

    /// The path of a name. It must be one, and no path or stream.
    fn at(&self, name: &OsStr) -> io::Result<PathBuf> {
        let odd = |unit: &char| matches!(unit, '\\' | '/' | ':' | '\0');
        let text = name.to_string_lossy();
        if text.is_empty() || text == "." || text == ".." || text.chars().any(|unit| odd(&unit)) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        Ok(self.path.join(name))
    }

    /// Of the folder itself.
    ///
    /// # Errors
    /// The system's.
    pub fn facts(&self) -> io::Result<Facts> {
        facts_of(&self.handle)
    }

    /// What stands under a name in it.
    ///
    /// # Errors
    /// `NotFound` when nothing does.
    pub fn look(&self, name: &OsStr) -> io::Result<Facts> {
        facts_of(&volume::open_to_ask(&self.at(name)?, true)?)
    }

    /// The names in it.
    ///
    /// # Errors
    /// The system's.
    pub fn names(&self) -> io::Result<Vec<OsString>> {
        self.path.read_dir()?.map(|entry| entry.map(|entry| entry.file_name())).collect()
    }

    /// Opens a file in it to read.
    ///
    /// # Errors
    /// As for [`File::open`]; `InvalidInput` when it is no regular file.
    pub fn open_file(&self, name: &OsStr) -> io::Result<File> {
        open_regular(&self.at(name)?, fs::FILE_GENERIC_READ, SHARE_ALL, 0)
    }

    /// Opens a file in it to be overwritten in place and read. One marked as read-only is unmarked first: whoever asks for its
    /// end does not mean to keep it.
    ///
    /// While it is open nobody else may write to it or remove it; one that somebody has open to write is not opened.
    ///
    /// # Errors
    /// As for [`Folder::open_file`]; `ResourceBusy` when another program has it open.
    pub fn open_to_erase(&self, name: &OsStr) -> io::Result<File> {
        let path = self.at(name)?;
        match open_to_erase(&path) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                make_writable(&path)?;
                open_to_erase(&path)
            }
            other => other,
        }
    }

    /// Who has a file in it open, so that it cannot be overwritten; `None` when nobody has.
    #[must_use]
    pub fn held_by(&self, name: &OsStr) -> Option<String> {
        let path = self.at(name).ok()?;
        match open_regular(&path, fs::FILE_GENERIC_READ | fs::FILE_GENERIC_WRITE, fs::FILE_SHARE_READ, 0) {
            Err(error) if error.kind() == io::ErrorKind::ResourceBusy => {
                let who = users::holders(&path);
                Some(if who.is_empty() { "?".into() } else { who.join(", ") })
            }
            _ => None,
        }
    }

    /// What stands in a folder may be changed by whoever may write to it.
    ///
    /// # Errors
    /// None here.
    pub fn make_changeable(&self) -> io::Result<()> {
        Ok(())
    }

    /// Gives what stands under a name another one in this folder, never replacing anything.
    ///
    /// # Errors
    /// `AlreadyExists` when the new name is taken.
    pub fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        super::rename_no_replace(&self.at(from)?, &self.at(to)?)
    }

    /// Removes a name that is not a folder's.
    ///
    /// # Errors
    /// The system's.
    pub fn remove(&self, name: &OsStr) -> io::Result<()> {
        let path = self.at(name)?;
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                // A link to a folder is a folder to Windows.
                let stored = attributes_of(&volume::open_to_ask(&path, true)?)?;
                if stored.leads_elsewhere() && stored.attributes & fs::FILE_ATTRIBUTE_DIRECTORY != 0 {
                    return std::fs::remove_dir(&path);
                }
                make_writable(&path)?;
                std::fs::remove_file(&path)
            }
            other => other,
        }
    }

    /// Removes an empty folder in it.
    ///
    /// # Errors
    /// The system's.
    pub fn remove_folder(&self, name: &OsStr) -> io::Result<()> {
        std::fs::remove_dir(self.at(name)?)
    }

    /// As [`super::super::sync_file_system`].
    ///
    /// # Errors
    /// As there.
    pub fn sync_file_system(&self) -> io::Result<()> {
        super::sync_file_system(&self.path)
    }

    /// Brings its names to the medium.
    ///
    /// # Errors
    /// The system's.
    pub fn sync(&self) -> io::Result<()> {
        super::sync_dir(&self.path)
    }
}

impl super::Handle for Folder {
    fn file(&self) -> &File {
        &self.handle
    }
}

const SHARE_ALL: u32 = fs::FILE_SHARE_READ | fs::FILE_SHARE_WRITE | fs::FILE_SHARE_DELETE;

/// Opens a regular file and nothing else. What leads elsewhere is refused; where a driver above the file system gives the data
/// (a cloud, a packed file), it is asked for it.
pub(super) fn open_regular(path: &Path, access: u32, share: u32, flags: u32) -> io::Result<File> {
    let path = call::exact(path)?;
    let open = |flags| {
        let mut options = File::options();
        options.access_mode(access).share_mode(share).custom_flags(flags);
        options.open(&path).map_err(busy)
    };
    let file = open(flags | fs::FILE_FLAG_OPEN_REPARSE_POINT)?;
    let stored = attributes_of(&file)?;
    if stored.leads_elsewhere() || stored.attributes & fs::FILE_ATTRIBUTE_DIRECTORY != 0 {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    if !stored.is_special() {
        return Ok(file);
    }
    // Now with what gives the data; that it is still the same file is made sure of.
    let id = facts_of(&file)?.id;
    drop(file);
    let file = open(flags)?;
    if facts_of(&file)?.id != id {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "another file stands in its place"));
    }
    Ok(file)
}

/// What others hold open says so by its kind, whatever number the system gave it.
fn busy(error: io::Error) -> io::Error {
    match error.raw_os_error().map(i32::cast_unsigned) {
        Some(ERROR_SHARING_VIOLATION | ERROR_LOCK_VIOLATION) => io::Error::new(io::ErrorKind::ResourceBusy, error),
        _ => error,
    }
}

/// Past the cache where it is known which clusters are to be hit, for then every write is of whole ones; through it otherwise,
/// and nothing read back is believed then.
fn open_to_erase(path: &Path) -> io::Result<File> {
    let access = fs::FILE_GENERIC_READ | fs::FILE_GENERIC_WRITE;
    let file = open_regular(path, access, fs::FILE_SHARE_READ, fs::FILE_FLAG_WRITE_THROUGH)?;
    let whole_clusters = blocks::layout(&file)?.is_some_and(|layout| !layout.inline && !layout.extents.is_empty());
    if !whole_clusters {
        return Ok(file);
    }
    drop(file);
    open_regular(path, access, fs::FILE_SHARE_READ, fs::FILE_FLAG_WRITE_THROUGH | fs::FILE_FLAG_NO_BUFFERING)
}

/// Takes the mark of read-only off a file.
pub(super) fn make_writable(path: &Path) -> io::Result<()> {
    let access = fs::FILE_READ_ATTRIBUTES | fs::FILE_WRITE_ATTRIBUTES;
    let file = open_regular(path, access, SHARE_ALL, 0)?;
    let mut permissions = file.metadata()?.permissions();
    if !permissions.readonly() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    // Windows has no "for all": this is one mark, and the lists of rights stay as they are.
    #[allow(clippy::permissions_set_readonly_false, reason = "the file is about to be overwritten and removed")]
    permissions.set_readonly(false);
    file.set_permissions(permissions)
}

/// Of an open file or folder.
pub(in super::super) fn facts_of(file: &File) -> io::Result<Facts> {
    let mut found = MaybeUninit::<fs::BY_HANDLE_FILE_INFORMATION>::zeroed();
    // SAFETY: the pointer leads to the structure that the call fills; zeros are a value of it.
    let found = unsafe {
        call::done(fs::GetFileInformationByHandle(call::raw(file), found.as_mut_ptr()))?;
        found.assume_init()
    };
    let both = |high: u32, low: u32| u64::from(high) << 32 | u64::from(low);
    let kind = match attributes_of(file) {
        Ok(stored) if stored.leads_elsewhere() => Kind::Link,
        _ if found.dwFileAttributes & fs::FILE_ATTRIBUTE_DIRECTORY != 0 => Kind::Folder,
        _ if found.dwFileAttributes & fs::FILE_ATTRIBUTE_DEVICE != 0 => Kind::Device,
        _ => Kind::File,
    };
    let time = both(found.ftLastWriteTime.dwHighDateTime, found.ftLastWriteTime.dwLowDateTime);
    Ok(Facts {
        kind,
        id: Id { device: found.dwVolumeSerialNumber.into(), number: both(found.nFileIndexHigh, found.nFileIndexLow) },
        // A volume mounted in a folder has another number, which tells enough.
        mount: 0,
        size: both(found.nFileSizeHigh, found.nFileSizeLow),
        links: found.nNumberOfLinks.into(),
        written: since_1970(time),
    })
}

/// The number of a file or folder on its volume.
pub(in super::super) fn number(path: &Path) -> io::Result<u64> {
    Ok(facts_of(&volume::open_to_ask(path, false)?)?.id.number)
}

/// Nanoseconds since 1970 of a time that Windows counts in tenths of microseconds since 1601.
fn since_1970(time: u64) -> i64 {
    const BETWEEN: i64 = 116_444_736_000_000_000;
    i64::try_from(time).unwrap_or(i64::MAX).saturating_sub(BETWEEN).saturating_mul(100)
}

/// How long a name is in bytes, and in UTF-16 units, which is what file systems of Windows count.
pub(in super::super) fn name_lengths(name: &OsStr) -> (usize, usize) {
    use std::os::windows::ffi::OsStrExt;
    (name.len(), name.encode_wide().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_counted_from_1970() {
        assert_eq!(since_1970(116_444_736_000_000_000), 0);
        assert_eq!(since_1970(116_444_736_010_000_000), 1_000_000_000);
    }

    #[test]
    fn a_name_is_no_path_and_no_stream() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::open(dir.path()).unwrap();
        for odd in ["a\\b", "a/b", "a:b", "..", ".", "", "C:"] {
            assert_eq!(folder.look(OsStr::new(odd)).unwrap_err().kind(), io::ErrorKind::InvalidInput, "{odd}");
        }
    }

    #[test]
    fn what_is_open_elsewhere_is_not_opened_and_what_is_read_only_is() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("名簿.csv");
        std::fs::write(&path, "x").unwrap();
        let folder = Folder::open(dir.path()).unwrap();
        let name = OsStr::new("名簿.csv");
        let other = File::options().write(true).open(&path).unwrap();
        assert_eq!(folder.open_to_erase(name).unwrap_err().kind(), io::ErrorKind::ResourceBusy);
        assert!(folder.held_by(name).is_some());
        drop(other);
        assert_eq!(folder.held_by(name), None);
        let mut permissions = std::fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(true);
        std::fs::set_permissions(&path, permissions).unwrap();
        assert!(folder.open_to_erase(name).is_ok());
    }

    #[test]
    fn names_are_found_whatever_windows_thinks_of_them() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::open(dir.path()).unwrap();
        for odd in ["CON", "nul.txt", "ends with dot.", "ends with space "] {
            std::fs::write(folder.at(OsStr::new(odd)).unwrap(), odd).unwrap();
            assert_eq!(folder.look(OsStr::new(odd)).unwrap().size, odd.len() as u64, "{odd}");
            folder.remove(OsStr::new(odd)).unwrap();
        }
        assert_eq!(folder.names().unwrap(), Vec::<OsString>::new());
    }
}
