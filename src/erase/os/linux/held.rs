//! Linux: a folder held by its handle.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, Mode, OFlags, RenameFlags};
use rustix::io::Errno;

/// A private folder of our own making, held open. What is made through it lands in it, whatever its name comes to mean
/// meanwhile; inside it nobody else may rename anything.
#[derive(Debug)]
pub struct HeldFolder {
    handle: OwnedFd,
}

/// Made and removed at once, to see whose files come out here.
const PROBE: &str = ".probe";

impl HeldFolder {
    /// Makes the folder. `None` when something else stood under its name before it could be opened.
    ///
    /// # Errors
    /// As for [`super::super::make_private_dir`].
    pub fn make(path: &Path) -> io::Result<Option<Self>> {
        super::make_private_dir(path)?;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let handle = match rustix::fs::open(path, flags, Mode::empty()) {
            Err(Errno::LOOP | Errno::NOTDIR | Errno::NOENT) => return Ok(None),
            other => other?,
        };
        let held = Self { handle };
        match held.is_of_our_making() {
            Ok(ours) => Ok(ours.then_some(held)),
            Err(error) => {
                // Empty, or not ours; then it is left alone.
                let _ = std::fs::remove_dir(path);
                Err(error)
            }
        }
    }

    /// Attack: between making and opening, whoever may rename in the folder above puts another folder there. Its owner tells,
    /// or that others may enter it. A file made just now shows what owners and rights come out here at all: on FAT they are
    /// those of the mount, and the same for all.
    fn is_of_our_making(&self) -> io::Result<bool> {
        let probe = self.create_new(PROBE, false)?.metadata()?;
        rustix::fs::unlinkat(&self.handle, PROBE, AtFlags::empty())?;
        let folder = rustix::fs::fstat(&self.handle)?;
        let for_others = |mode: u32| mode & 0o077;
        let private = for_others(folder.st_mode) == 0 || for_others(probe.mode()) != 0;
        Ok(folder.st_uid == probe.uid() && private)
    }

    pub(super) fn handle(&self) -> &OwnedFd {
        &self.handle
    }

    /// Creates a file below the folder that nobody else may read.
    ///
    /// # Errors
    /// As for [`super::super::create_new_private`].
    pub fn create_new(&self, below: &str, executable: bool) -> io::Result<File> {
        let mode = Mode::from_raw_mode(if executable { 0o700 } else { 0o600 });
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(File::from(rustix::fs::openat(&self.handle, below, flags, mode)?))
    }

    /// Makes a folder below it that nobody else may enter.
    ///
    /// # Errors
    /// As for [`super::super::make_private_dir`].
    pub fn make_dir(&self, below: &str) -> io::Result<()> {
        Ok(rustix::fs::mkdirat(&self.handle, below, Mode::from_raw_mode(0o700))?)
    }

    /// Opens a folder below it.
    ///
    /// # Errors
    /// As for [`File::open`].
    pub fn open_dir(&self, below: &str) -> io::Result<File> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(File::from(rustix::fs::openat(&self.handle, below, flags, Mode::empty())?))
    }

    /// As [`super::super::sync_file_system`].
    ///
    /// # Errors
    /// As there.
    pub fn sync_file_system(&self) -> io::Result<()> {
        Ok(rustix::fs::syncfs(&self.handle)?)
    }

    /// Whether this folder, and no other, stands at `path`.
    #[must_use]
    pub fn is_at(&self, path: &Path) -> bool {
        let Ok(held) = rustix::fs::fstat(&self.handle) else { return false };
        path.symlink_metadata().is_ok_and(|found| (found.dev(), found.ino()) == (held.st_dev, held.st_ino))
    }

    /// Moves a file in the folder to another place, without ever replacing what stands there.
    ///
    /// # Errors
    /// As for [`super::super::rename_no_replace`].
    pub fn move_out(&self, name: &str, to: &Path) -> io::Result<()> {
        match rustix::fs::renameat_with(&self.handle, name, CWD, to, RenameFlags::NOREPLACE) {
            // As there: drivers that do not know the flag.
            Err(Errno::INVAL | Errno::NOSYS | Errno::PERM | Errno::NOTSUP) => {
                super::require_free(to)?;
                Ok(rustix::fs::renameat(&self.handle, name, CWD, to)?)
            }
            result => Ok(result?),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn what_is_made_lands_in_the_folder_and_not_under_its_name() {
        let dir = tempfile::tempdir().unwrap();
        let (work, aside, enemys) = (dir.path().join("work"), dir.path().join("aside"), dir.path().join("enemys"));
        let held = HeldFolder::make(&work).unwrap().unwrap();
        held.make_dir("名簿").unwrap();
        assert!(held.is_at(&work) && fs::read_dir(&work).unwrap().count() == 1);
        fs::rename(&work, &aside).unwrap();
        fs::create_dir(&enemys).unwrap();
        fs::create_dir(enemys.join("名簿")).unwrap();
        symlink(&enemys, &work).unwrap();
        held.create_new("名簿/a.csv", false).unwrap();
        held.make_dir("名簿/b").unwrap();
        assert!(aside.join("名簿/a.csv").is_file() && aside.join("名簿/b").is_dir());
        assert_eq!(fs::read_dir(enemys.join("名簿")).unwrap().count(), 0);
        assert!(!held.is_at(&work) && held.is_at(&aside));
    }

    #[test]
    fn a_folder_that_others_may_enter_or_own_is_none_of_ours() {
        let dir = tempfile::tempdir().unwrap();
        let found = |mode, owner| {
            let path = dir.path().join(format!("{mode:o}-{owner:?}"));
            fs::create_dir(&path).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            std::os::unix::fs::chown(&path, owner, None).unwrap();
            let handle = OwnedFd::from(File::open(&path).unwrap());
            let ours = HeldFolder { handle }.is_of_our_making().unwrap();
            assert_eq!(fs::read_dir(path).unwrap().count(), 0);
            ours
        };
        assert!(found(0o700, None) && !found(0o755, None) && !found(0o770, None));
        if rustix::process::geteuid().is_root() {
            assert!(!found(0o700, Some(65534)));
        }
    }

    #[test]
    fn a_file_is_moved_out_and_replaces_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let held = HeldFolder::make(&dir.path().join("work")).unwrap().unwrap();
        held.create_new("a", false).unwrap();
        fs::write(dir.path().join("there"), "kept").unwrap();
        let refused = held.move_out("a", &dir.path().join("there")).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        held.move_out("a", &dir.path().join("free")).unwrap();
        assert!(dir.path().join("free").exists() && held.open_dir(".").is_ok());
    }
}
