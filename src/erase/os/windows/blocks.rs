//! Windows: where a file lies, and how it is stored.

use std::fs::File;
use std::io;

use windows_sys::Win32::Foundation::{ERROR_HANDLE_EOF, ERROR_MORE_DATA};
use windows_sys::Win32::Storage::FileSystem as fs;
use windows_sys::Win32::System::Ioctl::FSCTL_GET_RETRIEVAL_POINTERS;

use super::call::{self, i64_at, u32_at};
use super::{Handle, volume};
use crate::erase::os::facts::{Extent, Layout, Marks};

/// Bytes of one answer; a file in more pieces than fit is asked about several times.
const ANSWER: usize = 64 << 10;

/// A stretch without a place: a hole, or the rest of a compressed unit.
const NOWHERE: i64 = -1;

/// Where the data of a file lies; `None` where nobody says.
pub(in super::super) fn layout(file: &impl Handle) -> io::Result<Option<Layout>> {
    // Attack, if it were one: wine says yes to the question and tells blocks it does not know. Taken for an answer, the same
    // made-up blocks before and after would prove that the data was overwritten in place.
    if call::is_wine() {
        return Ok(None);
    }
    let file = file.file();
    let Some(cluster) = volume::cluster_of(file) else { return Ok(None) };
    let attributes = attributes_of(file)?.attributes;
    let mut layout = Layout {
        compressed: attributes & fs::FILE_ATTRIBUTE_COMPRESSED != 0,
        encrypted: attributes & fs::FILE_ATTRIBUTE_ENCRYPTED != 0,
        ..Layout::default()
    };
    let (mut next, mut answer) = (0i64, vec![0u8; ANSWER]);
    loop {
        let length = match call::ask_driver(file, FSCTL_GET_RETRIEVAL_POINTERS, &next.to_le_bytes(), &mut answer) {
            Ok(length) => length,
            Err(error) if is(&error, ERROR_MORE_DATA) => ANSWER,
            Err(error) if is(&error, ERROR_HANDLE_EOF) => {
                // No clusters at all: empty, or small enough to lie in the record of the file itself.
                layout.inline = next == 0 && file.metadata()?.len() > 0;
                return Ok(Some(layout));
            }
            // A network, a driver that has no clusters.
            Err(_) if next == 0 => return Ok(None),
            Err(error) => return Err(error),
        };
        let Some(reached) = take(&answer[..length], cluster, &mut layout) else { return Ok(None) };
        if length < ANSWER || reached <= next {
            return Ok(Some(layout));
        }
        next = reached;
    }
}

fn is(error: &io::Error, code: u32) -> bool {
    error.raw_os_error() == Some(code.cast_signed())
}

/// Takes one answer over; the cluster of the file that it reached. `None` when it is no answer.
///
/// It is a count, the first cluster of the file, and pairs: where in the file the next stretch begins, and where on the volume
/// this one lies.
fn take(answer: &[u8], cluster: u64, layout: &mut Layout) -> Option<i64> {
    let count = u32_at(answer, 0)? as usize;
    let mut start = i64_at(answer, 8)?;
    for pair in 0..count {
        let (Some(next), Some(place)) = (i64_at(answer, 16 + pair * 16), i64_at(answer, 24 + pair * 16)) else { break };
        if next <= start || start < 0 {
            return None;
        }
        if place != NOWHERE {
            let bytes = |clusters: i64| u64::try_from(clusters).ok()?.checked_mul(cluster);
            layout.push(Extent { start: bytes(start)?, length: bytes(next - start)?, place: bytes(place)? });
        }
        start = next;
    }
    Some(start)
}

/// Whether the system tells where a file's blocks lie at all.
pub(in super::super) fn tells_blocks(file: &impl Handle) -> bool {
    matches!(layout(file), Ok(Some(_)))
}

/// What a handle says of how the file under it is stored.
#[derive(Clone, Copy)]
pub(super) struct Stored {
    pub attributes: u32,
    pub tag: u32,
}

impl Stored {
    /// Whether what stands there leads elsewhere: a symbolic link, a junction, a folder where a volume is mounted.
    pub fn leads_elsewhere(self) -> bool {
        // The bit by which the tags of such are known.
        const NAME_SURROGATE: u32 = 0x2000_0000;
        self.is_special() && self.tag & NAME_SURROGATE != 0
    }

    /// Whether a driver above the file system has a say in what is read there.
    pub fn is_special(self) -> bool {
        self.attributes & fs::FILE_ATTRIBUTE_REPARSE_POINT != 0
    }

    /// Whether its data is kept somewhere else than in its own clusters: with a cloud, in a store of pieces that many files
    /// share, or packed by the system.
    pub fn is_kept_elsewhere(self) -> bool {
        const RECALLED: u32 =
            fs::FILE_ATTRIBUTE_OFFLINE | fs::FILE_ATTRIBUTE_RECALL_ON_OPEN | fs::FILE_ATTRIBUTE_RECALL_ON_DATA_ACCESS;
        self.is_special() && !self.leads_elsewhere() || self.attributes & RECALLED != 0
    }
}

/// Attributes and tag of an open file.
pub(super) fn attributes_of(file: &File) -> io::Result<Stored> {
    // SAFETY: the structure is the one of this class, two numbers.
    let found = unsafe { call::about::<fs::FILE_ATTRIBUTE_TAG_INFO>(file, fs::FileAttributeTagInfo) }?;
    let special = found.FileAttributes & fs::FILE_ATTRIBUTE_REPARSE_POINT != 0;
    Ok(Stored { attributes: found.FileAttributes, tag: if special { found.ReparseTag } else { 0 } })
}

/// The marks of a file. What NTFS keeps compressed, sparse or encrypted it writes in units of sixteen clusters, and may put them
/// elsewhere.
pub(in super::super) fn marks(file: &impl Handle) -> Marks {
    let Ok(stored) = attributes_of(file.file()) else { return Marks::default() };
    let has = |attribute| stored.attributes & attribute != 0;
    Marks {
        compressed: has(fs::FILE_ATTRIBUTE_COMPRESSED),
        encrypted: has(fs::FILE_ATTRIBUTE_ENCRYPTED),
        moves: has(fs::FILE_ATTRIBUTE_ENCRYPTED) || has(fs::FILE_ATTRIBUTE_SPARSE_FILE),
        kept_elsewhere: stored.is_kept_elsewhere(),
        ..Marks::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(first: i64, pairs: &[(i64, i64)]) -> Vec<u8> {
        let mut bytes = u64::try_from(pairs.len()).unwrap().to_le_bytes().to_vec();
        bytes.extend(first.to_le_bytes());
        for (next, place) in pairs {
            bytes.extend(next.to_le_bytes());
            bytes.extend(place.to_le_bytes());
        }
        bytes
    }

    #[test]
    fn stretches_are_read_and_holes_left_out() {
        let mut layout = Layout::default();
        let reached = take(&answer(0, &[(2, 100), (10, NOWHERE), (11, 7)]), 4096, &mut layout);
        assert_eq!(reached, Some(11));
        let extent = |start: u64, length: u64, place: u64| Extent {
            start: start * 4096,
            length: length * 4096,
            place: place * 4096,
        };
        assert_eq!(layout.extents, [extent(0, 2, 100), extent(10, 1, 7)]);
        // The rest of a long answer joins what it continues.
        assert_eq!(take(&answer(11, &[(13, 8)]), 4096, &mut layout), Some(13));
        assert_eq!(layout.extents[1], extent(10, 3, 7));
    }

    #[test]
    fn an_answer_that_makes_no_sense_is_none() {
        for odd in [answer(5, &[(3, 1)]), answer(-4, &[(3, 1)]), answer(0, &[(1, i64::MAX)]), vec![1, 2, 3]] {
            assert_eq!(take(&odd, 4096, &mut Layout::default()), None, "{odd:?}");
        }
        // A count that the answer does not bear out ends where the answer does.
        let mut short = answer(0, &[(1, 1)]);
        short[0] = 9;
        assert_eq!(take(&short, 4096, &mut Layout::default()), Some(1));
    }
}
