//! Linux: what `/proc/self/mountinfo` and `/sys` say about a place. Only parsing and judging, so that every oddity seen in the
//! field can be kept here as a literal text with its test.

use std::path::{Path, PathBuf};

use super::linux::path_from_bytes;
use super::{Medium, NoMedium, Place};

/// One line of mountinfo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mount {
    /// The kernel's number for this mount, which `statx` gives for any file.
    pub number: u64,
    /// Major and minor number of the file system; major 0 means that it has no block device of its own.
    pub device: (u32, u32),
    /// Where it is mounted.
    pub point: PathBuf,
    /// Type, with the FUSE subtype after a dot.
    pub fs_type: String,
    /// What is mounted.
    pub source: String,
    /// The file system's own options.
    pub options: String,
    /// The options of this mount.
    pub mounted: String,
}

/// Every mount, in the kernel's order. A line that does not parse is left out: one odd mount must not hide the others.
pub(super) fn parse(text: &[u8]) -> Vec<Mount> {
    text.split(|&byte| byte == b'\n').filter_map(parse_line).collect()
}

/// `36 35 98:0 /root /mount\040point rw,noatime shared:1 master:2 - ext4 /dev/sda1 rw,data=ordered`
fn parse_line(line: &[u8]) -> Option<Mount> {
    let mut fields = line.split(|&byte| byte == b' ');
    let number = text(fields.next()?).parse().ok()?;
    let device = text(fields.nth(1)?);
    let (major, minor) = device.split_once(':')?;
    let point = path_from_bytes(unescape(fields.nth(1)?));
    let mounted = text(fields.next()?);
    // The optional fields between the options and the hyphen vary in number.
    fields.by_ref().find(|&field| field == b"-")?;
    Some(Mount {
        mounted,
        number,
        device: (major.parse().ok()?, minor.parse().ok()?),
        point,
        fs_type: text(fields.next()?),
        source: text(fields.next()?),
        options: text(fields.next().unwrap_or_default()),
    })
}

/// The path such a field stands for.
pub(super) fn unescaped(field: &[u8]) -> PathBuf {
    path_from_bytes(unescape(field))
}

fn text(field: &[u8]) -> String {
    String::from_utf8_lossy(&unescape(field)).into_owned()
}

/// Blanks, line ends and backslashes in names are written as a backslash and three octal digits.
fn unescape(field: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((&byte, tail)) = rest.split_first() {
        let digits = tail.get(..3).filter(|_| byte == b'\\');
        let code = digits
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 8).ok());
        bytes.push(code.unwrap_or(byte));
        rest = if code.is_some() { &tail[3..] } else { tail };
    }
    bytes
}

/// The mount that holds an absolute path, for kernels that do not give mount numbers: the longest mount point, and of several
/// mounted on one another the last.
pub(super) fn by_path<'m>(mounts: &'m [Mount], path: &Path) -> Option<&'m Mount> {
    mounts.iter().filter(|mount| path.starts_with(&mount.point)).max_by_key(|mount| mount.point.components().count())
}

impl Mount {
    /// The folder that takes the writes of an overlay.
    pub(super) fn upper_folder(&self) -> Option<PathBuf> {
        let options = (self.fs_type == "overlay").then_some(&self.options)?;
        let upper = options.split(',').find_map(|option| option.strip_prefix("upperdir="))?;
        Some(PathBuf::from(upper))
    }
}

/// Where the data of a file may still be held after the page cache of the file was emptied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cache {
    /// Nowhere else.
    OfTheFile,
    /// In the cache of the block device, through which a driver in user space works.
    OfTheDevice,
    /// In a cache of the file system's own that no system call shows.
    OutOfReach,
}

/// Which caches stand between a file and its medium.
pub(super) fn cache_of(fs_type: &str) -> Cache {
    match fs_type {
        // The ARC holds the data, and answers direct reads before OpenZFS 2.3.
        "zfs" => Cache::OutOfReach,
        "fuseblk" => Cache::OfTheDevice,
        other if other.starts_with("fuse.") => Cache::OfTheDevice,
        _ => Cache::OfTheFile,
    }
}

const MEMORY: [&str; 5] = ["tmpfs", "ramfs", "devtmpfs", "rootfs", "hugetlbfs"];

const NETWORK: [&str; 20] = [
    "9p",
    "afs",
    "ceph",
    "cifs",
    "coda",
    "davfs",
    "fuse.ceph",
    "fuse.ceph-fuse",
    "fuse.curlftpfs",
    "fuse.davfs",
    "fuse.davfs2",
    "fuse.glusterfs",
    "fuse.gvfsd-fuse",
    "fuse.rclone",
    "fuse.s3fs",
    "fuse.sshfs",
    "lustre",
    "ncpfs",
    "smb3",
    "smbfs",
];

/// FAT keeps a file's size in 32 bits.
const FAT: [&str; 3] = ["vfat", "msdos", "fuse.fusefat"];
const FAT_LARGEST: u64 = u32::MAX as u64;

/// A place out of its mount. `source_device` is the device number of the source where that is a block device: btrfs and some
/// drivers in user space hide theirs behind an anonymous number.
pub(super) fn place(mount: &Mount, sysfs: &Sysfs, source_device: Option<(u32, u32)>, free_bytes: u64) -> Place {
    let device = Some(mount.device).filter(|(major, _)| *major != 0).or(source_device);
    let disk = device.and_then(|device| sysfs.disk(device));
    let name = disk.as_ref().map(|disk| disk.name.as_str());
    let medium = medium(&mount.fs_type, device.is_some(), name);
    // A tmpfs may call itself by any name, even by that of a device.
    let disk = disk.filter(|_| medium == Medium::Disk);
    Place {
        fs_type: mount.fs_type.clone(),
        mount_point: mount.point.clone(),
        source: mount.source.clone(),
        options: format!("{},{}", mount.mounted, mount.options),
        medium,
        removable: disk.as_ref().is_some_and(|disk| disk.removable),
        largest_file: FAT.contains(&mount.fs_type.as_str()).then_some(FAT_LARGEST),
        free_bytes,
        whole_device: disk.map(|disk| disk.name),
    }
}

/// What the magic numbers of `statfs` tell of kinds that matter where no mount is listed.
const MAGIC: [(u32, &str); 13] = [
    (0x6969, "nfs"),
    (0x517b, "smbfs"),
    (0xff53_4d42, "cifs"),
    (0xfe53_4d42, "smb3"),
    (0x0102_1997, "9p"),
    (0x5346_414f, "afs"),
    (0x7375_7245, "coda"),
    (0x00c3_6400, "ceph"),
    (0x0bd0_0bd0, "lustre"),
    (0x0102_1994, "tmpfs"),
    (0x8584_58f6, "ramfs"),
    (0x4d44, "vfat"),
    (0x2011_bab0, "exfat"),
];

/// A place of which no list of mounts tells. Whether there is a medium to read back is unknown, so nothing is established of
/// it; that a share is one, and a stick's file system one of media, is still seen.
pub(super) fn unlisted(magic: u32, free_bytes: u64) -> Place {
    let fs_type = MAGIC.iter().find(|(number, _)| *number == magic).map_or("unknown", |(_, name)| name);
    Place {
        fs_type: fs_type.to_owned(),
        mount_point: "unknown".into(),
        source: "unknown".to_owned(),
        options: String::new(),
        medium: medium(fs_type, false, None),
        removable: false,
        largest_file: FAT.contains(&fs_type).then_some(FAT_LARGEST),
        free_bytes,
        whole_device: None,
    }
}

fn medium(fs_type: &str, has_device: bool, disk: Option<&str>) -> Medium {
    let disk = disk.unwrap_or_default();
    let numbered =
        |prefix: &str| disk.strip_prefix(prefix).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if MEMORY.contains(&fs_type) {
        Medium::None(NoMedium::Memory)
    } else if NETWORK.contains(&fs_type) || fs_type.starts_with("nfs") {
        Medium::None(NoMedium::Network)
    } else if numbered("zram") || numbered("ram") {
        Medium::None(NoMedium::Memory)
    } else if numbered("nbd") || numbered("rbd") {
        Medium::None(NoMedium::Network)
    } else if has_device || fs_type == "zfs" {
        Medium::Disk
    } else {
        Medium::None(NoMedium::Unknown)
    }
}

/// `/sys`, or a small copy of it in a test.
pub(super) struct Sysfs {
    root: PathBuf,
}

/// A whole disk.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Disk {
    /// The kernel's name.
    pub name: String,
    /// Whether it can be taken away.
    pub removable: bool,
}

impl Sysfs {
    /// The running system's.
    pub(super) fn system() -> Self {
        Self { root: "/sys".into() }
    }

    /// The whole disk under a block device: a partition's disk, and the disk under an encrypted or logical volume where that
    /// is a single one.
    pub(super) fn disk(&self, (major, minor): (u32, u32)) -> Option<Disk> {
        let mut path = self.root.join(format!("dev/block/{major}:{minor}")).canonicalize().ok()?;
        // Layers are few; the limit is only against a sysfs that goes round in circles.
        for _ in 0..16 {
            path = if path.join("partition").exists() {
                path.parent()?.to_owned()
            } else if let Some(under) = only_entry(&path.join("slaves")) {
                under.canonicalize().ok()?
            } else {
                break;
            };
        }
        let name = path.file_name()?.to_str()?.to_owned();
        let removable = is_removable(&path, &name);
        Some(Disk { name, removable })
    }
}

fn only_entry(folder: &Path) -> Option<PathBuf> {
    let mut entries = std::fs::read_dir(folder).ok()?;
    let first = entries.next()?.ok()?;
    entries.next().is_none().then(|| first.path())
}

/// USB disks call themselves fixed (`removable` is about the medium inside a drive), so how the disk is attached counts too.
fn is_removable(disk: &Path, name: &str) -> bool {
    let says = |file: &str, word: &str| std::fs::read_to_string(disk.join(file)).is_ok_and(|text| text.trim() == word);
    let passes =
        |wanted: &dyn Fn(&str) -> bool| disk.components().any(|part| part.as_os_str().to_str().is_some_and(wanted));
    let usb = passes(&|part| {
        part.strip_prefix("usb").is_some_and(|bus| !bus.is_empty() && bus.bytes().all(|b| b.is_ascii_digit()))
    });
    // On the same bus as memory cards: the soldered eMMC of a tablet, whose type is MMC where a card says SD.
    let card = passes(&|part| part == "mmc_host") && !says("device/type", "MMC");
    says("removable", "1") || name.starts_with("sr") || usb || card
}

#[cfg(test)]
mod tests;
