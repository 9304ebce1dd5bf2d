//! The file systems: each made new for each tool, a gigabyte large.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use crate::Fault;
use crate::loopfs::LoopFs;
use crate::residue::{Plan, Planted, plant};

const MEGABYTES: u64 = 1024;

/// One row.
pub struct Medium {
    /// Its name in the table.
    pub name: &'static str,
    /// The command that makes it.
    mkfs: &'static str,
    /// How it is mounted: options, or for drivers in user space the command.
    mount: &'static str,
    /// What is peculiar to it.
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Plain,
    /// The largest file has a copy that shares its blocks.
    Clone,
    /// A snapshot is kept.
    Snapshot,
    /// The content can be compressed.
    Compressed,
    /// A driver in user space.
    Fuse,
    /// One that knows no attributes.
    FuseWithoutAttributes,
}

const fn medium(name: &'static str, mkfs: &'static str, mount: &'static str, kind: Kind) -> Medium {
    Medium { name, mkfs, mount, kind }
}

/// All of them.
pub const ALL: [Medium; 10] = [
    medium("ext4", "mkfs.ext4 -q -F", "", Kind::Plain),
    medium("ext4 data=journal", "mkfs.ext4 -q -F", "data=journal", Kind::Plain),
    medium("ext4 inline_data", "mkfs.ext4 -q -F -O inline_data", "", Kind::Plain),
    medium("xfs, a reflink clone kept", "mkfs.xfs -q -f", "", Kind::Clone),
    medium("btrfs", "mkfs.btrfs -q -f", "nodiscard", Kind::Plain),
    medium("btrfs compress-force=zstd", "mkfs.btrfs -q -f", "nodiscard,compress-force=zstd", Kind::Compressed),
    medium("btrfs, a snapshot kept", "mkfs.btrfs -q -f", "nodiscard", Kind::Snapshot),
    medium("btrfs nodatacow", "mkfs.btrfs -q -f", "nodiscard,nodatacow", Kind::Plain),
    medium("ntfs-3g", "mkfs.ntfs -F -Q -q", "ntfs-3g", Kind::Fuse),
    medium("exFAT (FUSE)", "mkfs.exfat", "mount.exfat-fuse", Kind::FuseWithoutAttributes),
];

impl Medium {
    /// Makes it and plants marked files in its folder `data`.
    pub fn make(&self, files: u32) -> Result<(LoopFs, Vec<Planted>), Fault> {
        let fuse = matches!(self.kind, Kind::Fuse | Kind::FuseWithoutAttributes);
        let fs = if fuse {
            LoopFs::make_fuse(self.mkfs, MEGABYTES, self.mount)
        } else {
            LoopFs::make(self.mkfs, MEGABYTES, self.mount)
        };
        let data = fs.path("data");
        if self.kind == Kind::Snapshot {
            run("btrfs", &["-q", "subvolume", "create"], &[&data])?;
        }
        let plan = Plan {
            files,
            first: 0,
            sizes: (1 << 10, 4 << 20),
            attributes: self.kind != Kind::FuseWithoutAttributes,
            links: false,
            half_empty: self.kind == Kind::Compressed,
        };
        let planted = plant(&data, plan)?;
        if self.kind == Kind::Snapshot {
            run("btrfs", &["-q", "subvolume", "snapshot", "-r"], &[&data, &fs.path("snapshot")])?;
        }
        if self.kind == Kind::Clone {
            let largest = planted.iter().max_by_key(|file| file.size).ok_or("no files")?;
            run("cp", &["--reflink=always"], &[&largest.path, &fs.path("clone")])?;
        }
        fs.sync();
        Ok((fs, planted))
    }
}

fn run(program: &str, words: &[&str], paths: &[&Path]) -> Result<(), Fault> {
    let words = words.iter().map(OsStr::new).chain(paths.iter().map(AsRef::as_ref));
    let output = Command::new(program).args(words).output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{program}: {}", String::from_utf8_lossy(&output.stderr)).into())
}
