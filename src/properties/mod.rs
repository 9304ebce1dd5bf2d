//! Personal data beside the content of a file: who wrote it, who saved it last, where a photograph was taken.
//!
//! Reads little of each file and writes nothing. A file is looked at for what its name says it is. What could not be looked at
//! is told as such, and never as nothing found.

mod found;
mod ole;
mod opendocument;
mod openxml;
mod pdf;
mod photograph;
mod tiff;
mod xmp;

use std::io::{self, Read, Seek};

use serde::Serialize;
use zeroize::Zeroizing;

pub use found::Found;

use crate::zipped::Fault;

/// A property with something personal in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// Which.
    pub name: Name,
    /// What it says, cut to [`LONGEST_VALUE`] characters.
    pub value: Zeroizing<String>,
}

/// Which property. The names stand in `--json` output and in docs/.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Name {
    /// 作成者
    Author,
    /// 最終更新者
    LastModifiedBy,
    /// 管理者
    Manager,
    /// 会社
    Company,
    /// 印刷者
    PrintedBy,
    /// コメントの作成者
    CommentAuthor,
    /// A property someone added.
    Custom,
    /// 撮影者
    Artist,
    /// 所有者 of the camera.
    Owner,
    /// 撮影場所
    Place,
}

/// Why a file of a known kind was not looked at to the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unread {
    /// Protected by a password.
    Encrypted,
    /// It is not what its name says, or not sound.
    Damaged,
    /// More than is read of a file.
    TooLarge,
    /// What it says stands compressed where this does not look.
    Compressed,
    /// The kind is known to hold such data, and is not read.
    Kind,
    /// The system would not let it be read.
    Io,
}

/// What a file says.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// What was found, however far it was looked.
    pub properties: Vec<Property>,
    /// Why it was not looked at to the end.
    pub unread: Option<Unread>,
}

/// A value is not told beyond this.
pub const LONGEST_VALUE: usize = 120;

/// What a file is by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `.docx` and its kin
    OpenXml,
    /// `.odt` and its kin
    OpenDocument,
    /// `.doc`, `.xls`, `.ppt`
    Old,
    /// PDF
    Pdf,
    /// JPEG
    Jpeg,
    /// PNG
    Png,
    /// TIFF
    Tiff,
    /// A kind that may say where and by whom, and is not read: HEIC, films, mail.
    Other,
}

impl Kind {
    /// By the end of the name; none for what is not looked at because it holds no such data, or nobody knows.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        let extension = name.rsplit_once('.')?.1;
        if extension.len() > 4 {
            return None;
        }
        Some(match extension.to_ascii_lowercase().as_str() {
            "docx" | "docm" | "dotx" | "dotm" | "xlsx" | "xlsm" | "xltx" | "xltm" | "xlsb" | "pptx" | "pptm"
            | "potx" | "ppsx" | "vsdx" => Self::OpenXml,
            "odt" | "ods" | "odp" | "odg" | "ott" | "ots" | "otp" => Self::OpenDocument,
            "doc" | "dot" | "xls" | "xlt" | "ppt" | "pps" | "vsd" | "pub" => Self::Old,
            "pdf" => Self::Pdf,
            "jpg" | "jpeg" | "jpe" => Self::Jpeg,
            "png" => Self::Png,
            "tif" | "tiff" => Self::Tiff,
            "heic" | "heif" | "avif" | "webp" | "mov" | "mp4" | "jtd" | "xdw" | "msg" => Self::Other,
            _ => return None,
        })
    }
}

/// Looks at a file of a kind. Never fails: what could not be read is said in the answer.
pub fn look(kind: Kind, file: &mut (impl Read + Seek)) -> Told {
    let mut found = Found::default();
    let looked = match kind {
        Kind::OpenXml => openxml::look(file, &mut found),
        Kind::OpenDocument => opendocument::look(file, &mut found),
        Kind::Old => ole::look(file, &mut found),
        Kind::Pdf => pdf::look(file, &mut found),
        Kind::Jpeg => photograph::jpeg(file, &mut found),
        Kind::Png => photograph::png(file, &mut found),
        Kind::Tiff => tiff::look(file, &mut found),
        Kind::Other => Err(Unread::Kind),
    };
    Told { properties: found.properties, unread: looked.err() }
}

impl From<io::Error> for Unread {
    fn from(error: io::Error) -> Self {
        Fault::from(error).into()
    }
}

impl From<Fault> for Unread {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Damaged => Self::Damaged,
            Fault::TooLarge => Self::TooLarge,
            Fault::Encrypted => Self::Encrypted,
            Fault::Io(_) => Self::Io,
        }
    }
}

/// How a document with a password, and every document of the format before, begins.
const OLE: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// The first bytes of a file, fewer where it is shorter.
fn head(file: &mut (impl Read + Seek), most: u64) -> io::Result<Vec<u8>> {
    file.seek(io::SeekFrom::Start(0))?;
    let mut head = Vec::new();
    file.take(most).read_to_end(&mut head)?;
    Ok(head)
}

#[cfg(test)]
mod tests;
