//! What came of looking.

use std::io;
use std::path::PathBuf;

use serde::Serialize;

use super::names::Leftover;

/// Why a file is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Its content is that of a file in the bundle, whatever it is called.
    Content,
    /// It is a sealed volume of the bundle.
    BundleCopy,
    /// It is called what programs call what they leave of such a file. Its content was not compared, or is another.
    Name,
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Found {
    /// Where, as the folder was given.
    #[serde(serialize_with = "lossy")]
    pub path: PathBuf,
    /// Why.
    pub why: Why,
    /// The bundle; none where nothing but the kind of name tells.
    pub bundle: Option<String>,
    /// The file in the bundle, or the name of the volume.
    pub name: Option<String>,
    /// Bytes.
    pub size: u64,
    /// It lies where `open` put it.
    pub known: bool,
    /// What kind of leftover its name says it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leftover: Option<Leftover>,
}

/// Why something could not be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyNot {
    /// This user may not.
    NotPermitted,
    /// It was gone before it could be looked at.
    Vanished,
    /// It was written, or replaced, while it was read.
    Changed,
    /// Its path is longer than the system takes.
    PathTooLong,
    /// The system could not read it.
    ReadFailed,
}

/// What Linux answers when a link stands where none is followed; Rust has no stable word for it.
const LOOP: i32 = 40;

impl WhyNot {
    /// What the system's answer means.
    pub(super) fn of(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::PermissionDenied => Self::NotPermitted,
            io::ErrorKind::NotFound => Self::Vanished,
            // Something else stands under the name that was listed as a file or a folder a moment ago.
            io::ErrorKind::InvalidInput | io::ErrorKind::NotADirectory => Self::Changed,
            _ if error.raw_os_error() == Some(LOOP) => Self::Changed,
            io::ErrorKind::InvalidFilename => Self::PathTooLong,
            _ => Self::ReadFailed,
        }
    }
}

/// Something that could not be looked at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Unread {
    /// Where.
    #[serde(serialize_with = "lossy")]
    pub path: PathBuf,
    /// Why.
    pub reason: WhyNot,
}

/// A file system of the running system, in which no file of a person lies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct LeftOut {
    /// Where it is mounted.
    #[serde(serialize_with = "lossy")]
    pub path: PathBuf,
    /// Its type.
    pub fs_type: String,
}

/// Everything that came of a walk.
#[derive(Debug, Default)]
pub struct Report {
    /// What was found, by its path.
    pub found: Vec<Found>,
    /// What could not be looked at.
    pub unread: Vec<Unread>,
    /// What was left out.
    pub left_out: Vec<LeftOut>,
    /// Names of files looked at.
    pub looked_at: u64,
    /// Files read.
    pub hashed: u64,
    /// Bytes of them.
    pub bytes_hashed: u64,
    /// The user stopped it.
    pub cancelled: bool,
}

impl Report {
    /// Takes in what another part of the walk found.
    pub(super) fn add(&mut self, other: Self) {
        self.found.extend(other.found);
        self.unread.extend(other.unread);
        self.left_out.extend(other.left_out);
        self.looked_at += other.looked_at;
        self.hashed += other.hashed;
        self.bytes_hashed += other.bytes_hashed;
        self.cancelled |= other.cancelled;
    }

    /// The same whatever the order in which the cores came to it.
    pub(super) fn sort(&mut self) {
        self.found.sort();
        self.unread.sort();
        self.left_out.sort();
    }
}

/// A path that is no text is told as well as it can be.
fn lossy<S: serde::Serializer>(path: &std::path::Path, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&path.to_string_lossy())
}

#[cfg(test)]
mod tests {
    #[cfg(unix)]
    use super::*;

    // By the numbers that Linux gives to errors; Windows calls a name that is too long one that is not there.
    #[cfg(unix)]
    #[test]
    fn a_path_that_is_too_long_and_a_missing_right_are_told_apart() {
        let long = PathBuf::from("x".repeat(300));
        assert_eq!(WhyNot::of(&std::fs::File::open(long).unwrap_err()), WhyNot::PathTooLong);
        assert_eq!(WhyNot::of(&std::fs::File::open("/nowhere/at/all").unwrap_err()), WhyNot::Vanished);
        assert_eq!(WhyNot::of(&io::Error::from_raw_os_error(13)), WhyNot::NotPermitted);
        assert_eq!(WhyNot::of(&io::Error::from_raw_os_error(40)), WhyNot::Changed);
    }
}
