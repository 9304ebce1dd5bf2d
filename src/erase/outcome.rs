//! What can be said of an erased item, and why it cannot be said of another. Codes, not words: words are made where there is
//! a screen or a page.

use serde::{Deserialize, Serialize};

/// What became of one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// All its data was overwritten in place and read back past every cache, and its name is gone.
    Erased,
    /// It was overwritten, but not everything that proves it could be established.
    NotVerified,
    /// Something went wrong.
    Failed,
    /// It was left as it was.
    Skipped,
}

macro_rules! codes {
    ($(#[$about:meta])* $name:ident, $set:ident { $($(#[$what:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[repr(u8)]
        pub enum $name { $($(#[$what])* $variant),+ }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// As it stands in records.
            #[must_use]
            pub fn code(self) -> String {
                serde_json::to_value(self).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
            }
        }

        /// A set of them, in four or eight bytes: there may be a million items.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub struct $set(u64);

        impl $set {
            /// Adds one.
            pub fn add(&mut self, one: $name) {
                self.0 |= 1 << one as u8;
            }

            /// All but one.
            #[must_use]
            pub fn without(self, one: $name) -> Self {
                Self(self.0 & !(1 << one as u8))
            }

            /// Whether it is in.
            #[must_use]
            pub fn has(self, one: $name) -> bool {
                self.0 & 1 << one as u8 != 0
            }

            /// Whether there is none.
            #[must_use]
            pub fn is_empty(self) -> bool {
                self.0 == 0
            }

            /// Both together.
            #[must_use]
            pub fn with(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }

            /// Those in it, in their order.
            pub fn iter(self) -> impl Iterator<Item = $name> {
                $name::ALL.iter().copied().filter(move |&one| self.has(one))
            }
        }

        impl FromIterator<$name> for $set {
            fn from_iter<I: IntoIterator<Item = $name>>(all: I) -> Self {
                let mut set = Self::default();
                all.into_iter().for_each(|one| set.add(one));
                set
            }
        }

        impl Serialize for $set {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_seq(self.iter())
            }
        }

        impl<'de> Deserialize<'de> for $set {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                Ok(Vec::<$name>::deserialize(from)?.into_iter().collect())
            }
        }
    };
}

codes! {
    /// Why an item is not `erased`, or what its place cannot promise.
    Reason, Reasons {
        /// The file system writes elsewhere instead of over the data (btrfs, zfs, bcachefs).
        CopyOnWrite,
        /// Its blocks are shared with another file or a snapshot.
        SharedBlocks,
        /// It is stored compressed, so that other bytes take another place.
        Compressed,
        /// It is stored within the file system's own records.
        Inline,
        /// It is stored encrypted by the file system; what stands on the medium is not what was compared.
        EncryptedByFs,
        /// What is overwritten is the upper layer; a copy stays in the lower one.
        Overlay,
        /// The file system writes data through its journal, and the journal could not be cleared.
        DataJournal,
        /// Another computer keeps the bytes.
        Network,
        /// There is no medium: the file system lives in memory.
        Memory,
        /// Nobody says where the bytes are kept.
        UnknownPlace,
        /// The file system does not say which blocks a file lies in (FUSE).
        BlocksUnknown,
        /// The file system is mounted to be read only, or the medium is write-protected.
        ReadOnly,
        /// It is marked as not to be changed (chattr +i).
        Immutable,
        /// It is marked as one that may only grow (chattr +a).
        AppendOnly,
        /// Another program has it open to write, or has mapped it.
        OpenElsewhere,
        /// The system swaps into it.
        SwapFile,
        /// It has another name outside of what was asked for.
        LinkedElsewhere,
        /// Another file system is mounted there.
        OtherFileSystem,
        /// A device.
        Device,
        /// It may not be opened, read or changed.
        NotPermitted,
        /// It could not be looked at or read.
        ReadFailed,
        /// It could not be written.
        WriteFailed,
        /// What was written could not be brought to the medium.
        SyncFailed,
        /// What was read back is not what was written.
        Differs,
        /// The medium holds something else where the data lay before.
        OldBlocksDiffer,
        /// Other blocks were written than those the data lay in.
        BlocksMoved,
        /// The cache would not let go of it, so that nothing read proves anything.
        CacheStays,
        /// The driver of the file system works through a cache that could not be emptied.
        DriverCache,
        /// Something else stood under its name when its turn came.
        Exchanged,
        /// Its size changed while it was being erased.
        Grew,
        /// It was gone when its turn came.
        Vanished,
        /// Its name could not be removed.
        NameStays,
        /// The work was interrupted at it, and what had been overwritten then is not what is here now.
        Interrupted,
        /// An extended attribute could not be removed.
        AttributeStays,
        /// The way it is stored lets what is written land elsewhere (NTFS: sparse, encrypted).
        MovesOnWrite,
        /// Its data is kept somewhere else: with a cloud, in a store that many files share, or packed by the system.
        KeptElsewhere,
        /// The system has shadow copies, which keep what stood in a block before it was overwritten.
        ShadowCopies,
    }
}

codes! {
    /// What may remain of an item that was erased, or at its place.
    Remains, Remaining {
        /// Its name, in the records of the file system.
        Names,
        /// Its extended attributes.
        Attributes,
        /// The text of a symbolic link.
        LinkText,
        /// Older states of names and attributes, in the journal.
        Journal,
        /// Data, in spare cells of a flash medium that nothing can read.
        SpareCells,
        /// The same, of what could not even be read back.
        SpareCellsUnread,
        /// Data after its end, in the last block it had.
        Slack,
        /// Its data, in blocks that were freed.
        OldBlocks,
        /// Its data, in a snapshot or a file that shares its blocks.
        SharedCopy,
        /// Its data, in the lower layer.
        LowerCopy,
        /// Its other names, which lead to nothing now.
        OtherNames,
        /// Its data, with another computer.
        RemoteCopy,
        /// All of it: it was not touched.
        Everything,
        /// Its data, in shadow copies, if there are any: that is told to administrators alone.
        ShadowCopies,
        /// Its name, in the file system's journal of changes.
        ChangeJournal,
    }
}

/// Whether the blocks overwritten are those the data lay in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Blocks {
    /// Asked before and after, and the same.
    Same,
    /// Others.
    Changed,
    /// Nobody could say.
    #[default]
    Unknown,
    /// It has no data.
    None,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_in() {
        assert!(Reason::ALL.len() <= 64 && Remains::ALL.len() <= 64);
        let all: Reasons = Reason::ALL.iter().copied().collect();
        assert_eq!(all.iter().collect::<Vec<_>>(), Reason::ALL);
        let some: Reasons = [Reason::Grew, Reason::Overlay].into_iter().collect();
        assert!(some.has(Reason::Grew) && !some.has(Reason::Device) && !some.is_empty());
        let text = serde_json::to_string(&some).unwrap();
        assert_eq!(text, r#"["overlay","grew"]"#);
        assert_eq!(serde_json::from_str::<Reasons>(&text).unwrap(), some);
        assert_eq!(Remains::SpareCells.code(), "spare_cells");
    }
}
