//! Systems other than Linux: nothing is erased where nobody could say what was hit.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use super::unsupported;
use crate::erase::os::facts::{Cleared, Facts, Hardware, Id, Layout, Marks};

/// What is open: a file or a folder.
pub trait Handle {}

impl Handle for File {}
impl Handle for Folder {}

/// A folder that cannot be opened here.
#[derive(Debug)]
pub struct Folder {
    never: std::convert::Infallible,
}

#[allow(clippy::missing_errors_doc, reason = "there is no folder to call them on")]
impl Folder {
    /// Always an error here.
    pub fn open(_: &Path) -> io::Result<Self> {
        Err(unsupported())
    }

    /// A folder in this one.
    pub fn below(&self, _: &OsStr) -> io::Result<Self> {
        match self.never {}
    }

    /// Of the folder itself.
    pub fn facts(&self) -> io::Result<Facts> {
        match self.never {}
    }

    /// What stands under a name in it.
    pub fn look(&self, _: &OsStr) -> io::Result<Facts> {
        match self.never {}
    }

    /// The names in it.
    pub fn names(&self) -> io::Result<Vec<OsString>> {
        match self.never {}
    }

    /// Opens a file in it to read.
    pub fn open_file(&self, _: &OsStr) -> io::Result<File> {
        match self.never {}
    }

    /// Opens a file in it to be overwritten.
    pub fn open_to_erase(&self, _: &OsStr) -> io::Result<File> {
        match self.never {}
    }

    /// Gives the owner the right to change what stands in it.
    pub fn make_changeable(&self) -> io::Result<()> {
        match self.never {}
    }

    /// Gives what stands under a name another one.
    pub fn rename(&self, _: &OsStr, _: &OsStr) -> io::Result<()> {
        match self.never {}
    }

    /// Removes a name.
    pub fn remove(&self, _: &OsStr) -> io::Result<()> {
        match self.never {}
    }

    /// Removes an empty folder.
    pub fn remove_folder(&self, _: &OsStr) -> io::Result<()> {
        match self.never {}
    }

    /// Brings its file system to the medium.
    pub fn sync_file_system(&self) -> io::Result<()> {
        match self.never {}
    }

    /// Brings its names to the medium.
    pub fn sync(&self) -> io::Result<()> {
        match self.never {}
    }
}

/// A device that cannot be read here.
#[derive(Debug)]
pub struct RawDevice {
    never: std::convert::Infallible,
}

#[allow(clippy::missing_errors_doc, reason = "there is no device to call them on")]
impl RawDevice {
    /// None here.
    #[must_use]
    pub fn under(_: &Path, _: u64) -> Option<Self> {
        None
    }

    /// Reads.
    pub fn read_at(&self, _: &mut [u8], _: u64) -> io::Result<usize> {
        match self.never {}
    }

    /// How large it is.
    #[must_use]
    pub fn size(&self) -> u64 {
        match self.never {}
    }
}

pub(in super::super) fn place_of_folder(folder: &Folder) -> io::Result<super::super::Place> {
    match folder.never {}
}

pub(in super::super) fn facts_of(_: &File) -> io::Result<Facts> {
    Err(unsupported())
}

pub(in super::super) fn layout(_: &impl Handle) -> io::Result<Option<Layout>> {
    Ok(None)
}

pub(in super::super) fn layout_told(_: &impl Handle) -> io::Result<Option<Layout>> {
    Ok(None)
}

pub(in super::super) fn tells_blocks(_: &impl Handle) -> bool {
    false
}

pub(in super::super) fn marks(_: &impl Handle) -> Marks {
    Marks::default()
}

pub(in super::super) fn attributes(_: &impl Handle) -> io::Result<Vec<OsString>> {
    Ok(Vec::new())
}

pub(in super::super) fn overwrite_attribute(_: &impl Handle, _: &OsString) -> io::Result<usize> {
    Err(unsupported())
}

pub(in super::super) fn remove_attribute(_: &impl Handle, _: &OsString) -> io::Result<usize> {
    Err(unsupported())
}

pub(in super::super) fn clear_journal(_: &impl Handle, _: bool) -> Cleared {
    Cleared::Unsupported
}

pub(in super::super) fn may_clear_journal(_: &impl Handle) -> bool {
    false
}

pub(in super::super) fn written_elsewhere() -> HashMap<Id, String> {
    HashMap::new()
}

pub(in super::super) fn swap_files() -> Vec<Id> {
    Vec::new()
}

pub(in super::super) fn hardware(_: &str) -> Hardware {
    Hardware::default()
}

pub(in super::super) fn own_home() -> Option<PathBuf> {
    None
}

pub(in super::super) fn name_lengths(name: &OsStr) -> (usize, usize) {
    (name.len(), name.to_string_lossy().encode_utf16().count())
}

pub(in super::super) fn name_from_bytes(bytes: Vec<u8>) -> Option<OsString> {
    String::from_utf8(bytes).ok().map(OsString::from)
}

pub(in super::super) fn write_at(mut file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    use std::io::{Seek, SeekFrom, Write};
    file.seek(SeekFrom::Start(offset))?;
    file.write_all(bytes)
}
