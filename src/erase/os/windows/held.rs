//! Windows: a folder of our own making.

use std::fs::File;
use std::io;
use std::os::windows::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use windows_sys::Win32::Storage::FileSystem as fs;

use super::call;

/// A folder of our own making, known by its path.
///
/// It is not held open: Windows would not let it be renamed then, and it is renamed when the work is done. It lies in a folder
/// of the user's, where nobody else may rename anything; on a stick, where anybody may, Windows knows no owner to ask for.
#[derive(Debug)]
pub struct HeldFolder {
    path: PathBuf,
}

impl HeldFolder {
    /// Makes the folder.
    ///
    /// # Errors
    /// As for [`super::super::make_private_dir`].
    pub fn make(path: &Path) -> io::Result<Option<Self>> {
        super::make_private_dir(path)?;
        Ok(Some(Self { path: call::exact(path)? }))
    }

    /// Below it, by a path that ours have: with `/` between names.
    fn at(&self, below: &str) -> PathBuf {
        below.split('/').fold(self.path.clone(), |path, name| path.join(name))
    }

    /// Creates a file below the folder.
    ///
    /// # Errors
    /// As for [`super::super::create_new_private`].
    pub fn create_new(&self, below: &str, executable: bool) -> io::Result<File> {
        super::create_new_private(&self.at(below), executable)
    }

    /// Removes a file below the folder.
    ///
    /// # Errors
    /// As for [`std::fs::remove_file`].
    pub fn remove_file(&self, below: &str) -> io::Result<()> {
        std::fs::remove_file(self.at(below))
    }

    /// Removes an empty folder below it.
    ///
    /// # Errors
    /// As for [`std::fs::remove_dir`].
    pub fn remove_dir(&self, below: &str) -> io::Result<()> {
        std::fs::remove_dir(self.at(below))
    }

    /// Makes a folder below it.
    ///
    /// # Errors
    /// As for [`super::super::make_private_dir`].
    pub fn make_dir(&self, below: &str) -> io::Result<()> {
        super::make_private_dir(&self.at(below))
    }

    /// Opens a folder below it.
    ///
    /// # Errors
    /// As for [`File::open`].
    pub fn open_dir(&self, below: &str) -> io::Result<File> {
        let mut options = File::options();
        options.read(true).custom_flags(fs::FILE_FLAG_BACKUP_SEMANTICS | fs::FILE_FLAG_OPEN_REPARSE_POINT);
        options.open(self.at(below))
    }

    /// As [`super::super::sync_file_system`].
    ///
    /// # Errors
    /// As there.
    pub fn sync_file_system(&self) -> io::Result<()> {
        super::sync_file_system(&self.path)
    }

    /// Whether a folder stands at `path`; whether it is this one nobody can tell without holding it.
    #[must_use]
    pub fn is_at(&self, path: &Path) -> bool {
        path.symlink_metadata().is_ok_and(|found| found.is_dir())
    }

    /// Moves a file in the folder to another place.
    ///
    /// # Errors
    /// As for [`super::super::rename_no_replace`].
    pub fn move_out(&self, name: &str, to: &Path) -> io::Result<()> {
        super::rename_no_replace(&self.path.join(name), to)
    }
}
