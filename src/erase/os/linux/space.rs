//! Linux: how much room a file system has, what storage lies under it, and writing at an offset.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::FileExt;
use std::path::Path;

use rustix::fs::{AtFlags, StatVfs, StatVfsMountFlags};

use super::HeldFolder;
use crate::erase::os::{Place, Space, Storage};

pub(in super::super) fn space(path: &Path) -> io::Result<Space> {
    Ok(of(&rustix::fs::statvfs(path)?))
}

pub(in super::super) fn space_of(handle: &impl AsFd) -> io::Result<Space> {
    Ok(of(&rustix::fs::fstatvfs(handle)?))
}

fn of(facts: &StatVfs) -> Space {
    let bytes = |blocks: u64| blocks.saturating_mul(facts.f_frsize);
    Space {
        block: facts.f_frsize,
        total: bytes(facts.f_blocks),
        free: bytes(facts.f_bfree),
        available: bytes(facts.f_bavail),
        inodes: facts.f_files,
        inodes_free: facts.f_ffree,
        read_only: facts.f_flag.contains(StatVfsMountFlags::RDONLY),
    }
}

/// What is set aside for the administrator is given to whoever may pass over such limits; being root is what can be asked.
pub(in super::super) fn may_use_reserved() -> bool {
    rustix::process::geteuid().is_root()
}

pub(in super::super) fn storage_of(place: &Place) -> Storage {
    let Some(name) = place.whole_device.as_deref() else { return Storage::default() };
    let read = |file: &str| std::fs::read_to_string(Path::new("/sys/block").join(name).join(file)).ok();
    let model = read("device/model").map(|model| model.trim().to_owned()).filter(|model| !model.is_empty());
    let layered = ["loop", "dm-", "md", "vd", "xvd", "zd", "bcache"].iter().any(|kind| name.starts_with(kind));
    // Unsaid by a disk behind another layer: that layer answers for itself alone.
    let flash = read("queue/rotational").map(|text| text.trim() == "0").filter(|_| !layered);
    Storage { model, flash, layered }
}

pub(in super::super) fn write_part_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<usize> {
    loop {
        match file.write_at(bytes, offset) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

impl HeldFolder {
    /// Removes a file below the folder.
    ///
    /// # Errors
    /// As for [`std::fs::remove_file`].
    pub fn remove_file(&self, below: &str) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(self.handle(), below, AtFlags::empty())?)
    }

    /// Removes an empty folder below it.
    ///
    /// # Errors
    /// As for [`std::fs::remove_dir`].
    pub fn remove_dir(&self, below: &str) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(self.handle(), below, AtFlags::REMOVEDIR)?)
    }
}
