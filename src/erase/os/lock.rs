//! Files that one process holds at a time.

use std::fs::File;
use std::io;
use std::path::Path;

use super::sys;

/// A file this process alone holds. Dropping it gives the lock back, and so does the end of the process, however it ends.
#[derive(Debug)]
pub struct LockedFile {
    file: File,
}

impl LockedFile {
    /// The locked file itself.
    #[must_use]
    pub fn file(&self) -> &File {
        &self.file
    }
}

impl Drop for LockedFile {
    fn drop(&mut self) {
        // Closing the file would do; a child that inherited the descriptor must not keep the lock alive.
        let _ = sys::unlock(&self.file);
    }
}

/// Takes the lock on a file, creating it (private) if need be. `None` when another process holds it.
///
/// # Errors
/// The file cannot be opened, or the file system has no locks.
pub fn lock_file(path: &Path) -> io::Result<Option<LockedFile>> {
    let file = sys::open_lock(path)?;
    Ok(sys::try_lock(&file)?.then_some(LockedFile { file }))
}

/// Waits until no other process holds the folder, and holds it.
///
/// # Errors
/// The folder cannot be opened, or the file system has no locks.
pub fn hold_folder(path: &Path) -> io::Result<LockedFile> {
    let file = sys::open_folder_lock(path)?;
    sys::wait_for_lock(&file)?;
    Ok(LockedFile { file })
}
