//! Folders in which things lie that were thrown away, and the records beside them.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use crate::copies::bin;
use crate::copies::names::Leftover;
use crate::erase::os::{self, Folder};

/// What kind of folder it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bin {
    /// A user's part of Windows' recycle bin: records and files beside each other.
    Windows,
    /// The records of a trash folder.
    TrashInfo,
    /// What was thrown into it.
    TrashFiles,
}

impl Bin {
    /// The kind of a folder, by its real path.
    pub fn of(folder: &Path) -> Option<Self> {
        let mut names = folder.iter().rev().map(|name| name.to_string_lossy());
        let (own, above) = (names.next()?, names.next()?);
        if above.eq_ignore_ascii_case("$RECYCLE.BIN") {
            return Some(Self::Windows);
        }
        // `~/.local/share/Trash`, and on media `.Trash-1000` or `.Trash/1000`.
        let is_trash =
            above == "Trash" || above.starts_with(".Trash-") || names.next().is_some_and(|name| name == ".Trash");
        match &*own {
            "info" if is_trash => Some(Self::TrashInfo),
            "files" if is_trash => Some(Self::TrashFiles),
            _ => None,
        }
    }

    pub fn leftover(self) -> Leftover {
        match self {
            Self::Windows => Leftover::RecycleBin,
            Self::TrashInfo | Self::TrashFiles => Leftover::Trash,
        }
    }

    /// What a file in it, record or not, was called before. None where no record says so.
    pub fn original(self, folder: &Folder, real: &Path, name: &str) -> io::Result<Option<String>> {
        match self {
            Self::Windows => {
                if name.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("$I")) {
                    return Ok(bin::windows_record(&read(folder.open_file(OsStr::new(name)))?));
                }
                let Some(record) = bin::windows_record_of(name) else { return Ok(None) };
                Ok(there(read(folder.open_file(OsStr::new(&record))))?.and_then(|bytes| bin::windows_record(&bytes)))
            }
            Self::TrashInfo => Ok(bin::trash_record(&read(folder.open_file(OsStr::new(name)))?)),
            Self::TrashFiles => {
                let Some(trash) = real.parent().and_then(Path::parent) else { return Ok(None) };
                let record = trash.join("info").join(format!("{name}.trashinfo"));
                Ok(there(read(os::open_read(&record)))?.and_then(|bytes| bin::trash_record(&bytes)))
            }
        }
    }
}

/// Attack: a file without end, or a pipe, in a record's place. Only regular files are opened, and little of them is read.
fn read(file: io::Result<File>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file?.take(bin::MOST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// None where no record is.
fn there(read: io::Result<Vec<u8>>) -> io::Result<Option<Vec<u8>>> {
    match read {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        read => read.map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_are_known_by_where_they_lie() {
        let of = |path: &str| Bin::of(Path::new(path));
        assert_eq!(of("/mnt/c/$Recycle.Bin/S-1-5-21-1000"), Some(Bin::Windows));
        assert_eq!(of("/home/a/.local/share/Trash/info"), Some(Bin::TrashInfo));
        assert_eq!(of("/media/usb/.Trash-1000/files"), Some(Bin::TrashFiles));
        assert_eq!(of("/media/usb/.Trash/1000/files"), Some(Bin::TrashFiles));
        for none in ["/", "/info", "/home/a/files", "/mnt/c/$Recycle.Bin", "/home/a/.local/share/Trash/expunged"] {
            assert_eq!(of(none), None, "{none}");
        }
    }
}
