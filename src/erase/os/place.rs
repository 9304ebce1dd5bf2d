//! What is known of a place: the mounted file system a path lies in, its room, and the medium under it.

use std::path::{Path, PathBuf};

use serde::Serialize;

/// What kind of place a path lies in: the mounted file system and the medium under it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file system's type as the system names it: `ext4`, `vfat`, `tmpfs`, `fuseblk`, `nfs4`, `overlay`.
    pub fs_type: String,
    /// Where it is mounted.
    pub mount_point: PathBuf,
    /// What is mounted: a block device, `server:/export`, or a bare word such as `tmpfs`.
    pub source: String,
    /// The options it is mounted with, those of the mount and those of the file system, with commas between.
    pub options: String,
    /// Whether there is a medium whose bytes can be read back.
    pub medium: Medium,
    /// Whether the system says that the medium can be taken away: a USB device, a memory card, a disc.
    pub removable: bool,
    /// The largest file the file system can hold, where that is less than any bundle could reach.
    pub largest_file: Option<u64>,
    /// Bytes an ordinary user may still write.
    pub free_bytes: u64,
    /// The whole disk under the file system (`sdb` for `/dev/sdb1`, and for an encrypted volume on it). The name holds while
    /// the medium stays plugged in; it says nothing about another day.
    pub whole_device: Option<String>,
}

/// Whether there is a medium under a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Medium {
    /// A block device: what is written reaches something that can be read again.
    Disk,
    /// Nothing of which this machine can say what it holds.
    None(NoMedium),
}

/// Why there is no medium to read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoMedium {
    /// The file system lives in memory.
    Memory,
    /// The bytes are kept by another machine, behind caches nobody here can empty.
    Network,
    /// A driver in user space, or a shared folder of a host, of which the system does not say where it keeps its bytes.
    Unknown,
}

/// File systems found on media that change hands.
///
/// As Linux calls them, and the last three as Windows does.
const HANDOVER_TYPES: [&str; 11] = [
    "vfat",
    "msdos",
    "exfat",
    "udf",
    "iso9660",
    "fuse.fusefat",
    "fuse.exfat",
    "fuse.exfat-fuse",
    "fat",
    "fat32",
    "cdfs",
];

/// Mounts that belong to the running system whatever they lie on: an EFI partition is vfat on every PC.
const SYSTEM_MOUNTS: [&str; 4] = ["/", "/boot", "/boot/efi", "/efi"];

impl Place {
    /// Whether both places lie on one medium, so that whoever carries one away carries the other. Two partitions of a stick
    /// are one medium. Where the devices are unknown, the same source counts as the same medium.
    #[must_use]
    pub fn same_medium(&self, other: &Place) -> bool {
        match (&self.whole_device, &other.whole_device) {
            (Some(mine), Some(theirs)) => mine == theirs,
            _ => self.source == other.source,
        }
    }

    /// Whether this is a medium of the kind that is handed over. The system's word on removability is not enough: card
    /// readers and virtual machines present sticks as fixed disks, so the file systems of such media count as well.
    #[must_use]
    pub fn is_handover_medium(&self) -> bool {
        let system = SYSTEM_MOUNTS.iter().any(|mount| self.mount_point == Path::new(mount));
        // fuseblk is what exfat-fuse and ntfs-3g appear as, and nothing says which of the two.
        let found_on_media = HANDOVER_TYPES.contains(&self.fs_type.as_str()) || self.fs_type == "fuseblk";
        !system && (self.removable || found_on_media)
    }

    /// Whether it is mounted with this option.
    #[must_use]
    pub fn has_option(&self, option: &str) -> bool {
        self.options.split(',').any(|given| given == option)
    }

    /// Whether [`sync_file_system`] brings every file to the medium. A driver in user space keeps its own books, and only an
    /// `fsync` of each file makes it write them.
    #[must_use]
    pub fn syncs_as_a_whole(&self) -> bool {
        !self.fs_type.starts_with("fuse")
    }
}

/// How much room a file system has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Space {
    /// Bytes in a block.
    pub block: u64,
    /// Bytes in all.
    pub total: u64,
    /// Bytes nobody uses.
    pub free: u64,
    /// Those of them that an ordinary user may take; the rest is set aside for the administrator.
    pub available: u64,
    /// Inodes in all; 0 where the file system makes them as it goes.
    pub inodes: u64,
    /// Inodes nobody uses.
    pub inodes_free: u64,
    /// Mounted to be read only.
    pub read_only: bool,
}

/// What is known of the storage under a place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Storage {
    /// The device's name for itself.
    pub model: Option<String>,
    /// Whether it has no moving parts; `None` where nobody says, or where another layer answers for it.
    pub flash: Option<bool>,
    /// It is a file, a volume or a virtual disk: what lies below may keep more than is seen here.
    pub layered: bool,
}

/// What a system itself keeps of what stood on a volume before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct History {
    /// The file system can have shadow copies; of which volume there are any is told to administrators alone.
    pub may_keep_shadow_copies: bool,
    /// There are shadow copies on this computer.
    pub shadow_copies: bool,
    /// It keeps a journal of the names of files that were changed.
    pub change_journal: bool,
}

/// Folders of the system that are never erased.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Protected {
    /// Nothing in them is a city's data.
    pub system: Vec<PathBuf>,
    /// Places inside of those, or beside them, where data of people does lie.
    pub open: Vec<PathBuf>,
    /// Not to be erased themselves; what is in them may be.
    pub whole: Vec<PathBuf>,
}

/// The mounted file system an entry itself lies in. A link is not followed; a mount inside another is told apart even when
/// both show the same device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Volume {
    pub(super) device: u64,
    pub(super) mount: u64,
}
