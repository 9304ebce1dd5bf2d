//! What a system can tell of a file that is to be erased, in the same words on every system.

use std::io;
use std::ops::Range;

use serde::{Deserialize, Serialize};

/// What stands under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A file with data.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A named pipe.
    Fifo,
    /// A socket.
    Socket,
    /// A device.
    Device,
}

/// Which file it is, whatever its name: no other has both numbers while it exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Id {
    /// The file system.
    pub device: u64,
    /// The number of the file in it.
    pub number: u64,
}

/// What is known of a file without opening it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// What it is.
    pub kind: Kind,
    /// Which it is.
    pub id: Id,
    /// The mount it is seen through; 0 where that is not known.
    pub mount: u64,
    /// Bytes, up to its end.
    pub size: u64,
    /// How many names it has.
    pub links: u64,
    /// When it was last written, in nanoseconds.
    pub written: i64,
}

/// A stretch of a file, and where it lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Where in the file.
    pub start: u64,
    /// How long.
    pub length: u64,
    /// Where on the device; what that means is the file system's own affair.
    pub place: u64,
}

impl Extent {
    /// Where in the file it ends.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.start.saturating_add(self.length)
    }
}

/// Where the data of a file lies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout {
    /// Its stretches in order, neighbours joined.
    pub extents: Vec<Extent>,
    /// Some of it is shared with another file or a snapshot.
    pub shared: bool,
    /// Some of it is stored compressed.
    pub compressed: bool,
    /// It is stored within the records of the file system.
    pub inline: bool,
    /// It is stored encrypted by the file system.
    pub encrypted: bool,
    /// Some of it has no place yet, or one that is not told.
    pub unknown: bool,
    /// It was asked for block by block, which tells nothing of what lies behind the end.
    pub by_blocks: bool,
}

impl Layout {
    /// Adds a stretch behind the others.
    pub fn push(&mut self, next: Extent) {
        match self.extents.last_mut() {
            Some(last) if last.end() == next.start && last.place + last.length == next.place => {
                last.length += next.length;
            }
            _ => self.extents.push(next),
        }
    }

    /// Where in the file its last block ends.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.extents.last().map_or(0, Extent::end)
    }

    /// The stretches of the file that have a place, joined where they meet.
    #[must_use]
    pub fn ranges(&self) -> Vec<Range<u64>> {
        let mut ranges: Vec<Range<u64>> = Vec::new();
        for extent in &self.extents {
            match ranges.last_mut() {
                Some(last) if last.end == extent.start => last.end = extent.end(),
                _ => ranges.push(extent.start..extent.end()),
            }
        }
        ranges
    }

    /// A number that tells this layout, up to the first `length` bytes, from another; never 0.
    #[must_use]
    pub fn mark(&self, length: u64) -> u64 {
        use sha2::{Digest, Sha256};
        let mut hasher = Sha256::new();
        for extent in self.cut(length) {
            for number in [extent.start, extent.length, extent.place] {
                hasher.update(number.to_le_bytes());
            }
        }
        let digest: [u8; 32] = hasher.finalize().into();
        digest.first_chunk().map_or(1, |first| u64::from_le_bytes(*first)).max(1)
    }

    fn cut(&self, length: u64) -> Vec<Extent> {
        let within = self.extents.iter().filter(|extent| extent.start < length);
        within.map(|extent| Extent { length: extent.length.min(length - extent.start), ..*extent }).collect()
    }

    /// Whether both lie in the same blocks, as far as the first `length` bytes go.
    #[must_use]
    pub fn same_up_to(&self, other: &Self, length: u64) -> bool {
        self.cut(length) == other.cut(length)
    }
}

/// Marks of a file that decide what can be done to it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Marks {
    /// It may not be changed.
    pub immutable: bool,
    /// It may only grow.
    pub append_only: bool,
    /// It is overwritten in place on a file system that otherwise does not.
    pub no_copy_on_write: bool,
    /// It is stored compressed.
    pub compressed: bool,
    /// Its data passes through the journal.
    pub journalled: bool,
    /// It is stored encrypted by the file system.
    pub encrypted: bool,
    /// It is stored in a way in which what is written may land elsewhere.
    pub moves: bool,
    /// Its data is kept somewhere else: with a cloud, or in a store that many files share.
    pub kept_elsewhere: bool,
}

/// What came of clearing a file system's journal.
#[derive(Debug)]
pub enum Cleared {
    /// All of it was written to its places, and the journal itself overwritten with zeros.
    Zeroed,
    /// There is no journal.
    NoJournal,
    /// There is no way to clear it.
    Unsupported,
    /// This user may not.
    NotPermitted,
    /// It was tried and failed.
    Failed(io::Error),
}

/// The device behind a place, as far as the system knows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hardware {
    /// 型番
    pub model: Option<String>,
    /// 製造番号
    pub serial: Option<String>,
    /// Bytes.
    pub capacity: Option<u64>,
    /// What holds the bytes.
    pub cells: Cells,
}

/// What holds the bytes of a device.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cells {
    /// Magnetic disks, by a device that says so itself and has a maker.
    Disks,
    /// Flash.
    Flash,
    /// Not known: a virtual disk, a layer of software, a device that says nothing.
    #[default]
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(extents: &[(u64, u64, u64)]) -> Layout {
        let mut layout = Layout::default();
        for &(start, length, place) in extents {
            layout.push(Extent { start, length, place });
        }
        layout
    }

    #[test]
    fn neighbours_are_joined_and_holes_stay() {
        let file = layout(&[(0, 4096, 100_000), (4096, 4096, 104_096), (8192, 4096, 50_000), (20_000, 10, 7)]);
        assert_eq!(file.extents.len(), 3);
        assert_eq!(file.ranges(), [0..12_288, 20_000..20_010]);
        assert_eq!((file.end(), Layout::default().end()), (20_010, 0));
    }

    #[test]
    fn a_moved_block_is_seen_and_one_past_the_end_is_not() {
        let before = layout(&[(0, 8192, 0), (8192, 4096, 90_000)]);
        let tail_moved = layout(&[(0, 8192, 0), (8192, 4096, 80_000)]);
        assert!(before.same_up_to(&tail_moved, 8192) && !before.same_up_to(&tail_moved, 8193));
        assert!(!before.same_up_to(&layout(&[(0, 8192, 4096)]), 1));
        assert!(before.same_up_to(&layout(&[(0, 4096, 0), (4096, 8192, 4096)]), 8192));
    }
}
