//! A real file system on an image file, mounted through a loop device for the time of a test.
//!
//! Needs root. There is no way to pretend: without root the tests that use this fail and say so, because a test of reading
//! back that silently does nothing is worse than none.

#![allow(dead_code)] // each test file uses a part

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A mounted image. Unmounted and removed on drop, also when the test panics.
pub struct LoopFs {
    folder: TempDir,
    /// Set when the driver is a process in user space on a loop device of ours.
    device: Option<PathBuf>,
    /// How it is mounted: the command, the device following it.
    mount: Vec<String>,
}

impl LoopFs {
    /// ext4 with the options a distribution gives it.
    pub fn ext4() -> Self {
        Self::make("mkfs.ext4 -q -F", 128, "")
    }

    /// ext4 that writes data through its journal.
    pub fn ext4_data_journal() -> Self {
        Self::make("mkfs.ext4 -q -F", 128, "data=journal")
    }

    /// ext4 that keeps small files within its inodes.
    pub fn ext4_inline_data() -> Self {
        Self::make("mkfs.ext4 -q -F -O inline_data", 128, "")
    }

    /// xfs.
    pub fn xfs() -> Self {
        Self::make("mkfs.xfs -q -f", 320, "")
    }

    /// btrfs, copy-on-write with checksums.
    pub fn btrfs() -> Self {
        Self::make("mkfs.btrfs -q -f", 256, "nodiscard")
    }

    /// btrfs that overwrites in place and has no checksums.
    pub fn btrfs_nodatacow() -> Self {
        Self::make("mkfs.btrfs -q -f", 256, "nodiscard,nodatacow")
    }

    /// btrfs that compresses whatever it is given.
    pub fn btrfs_compressed() -> Self {
        Self::make("mkfs.btrfs -q -f", 256, "nodiscard,compress-force=zstd")
    }

    /// NTFS by its driver in user space.
    pub fn ntfs() -> Self {
        Self::make_fuse("mkfs.ntfs -F -Q -q", 128, "ntfs-3g")
    }

    /// exFAT by its driver in user space.
    pub fn exfat() -> Self {
        Self::make_fuse("mkfs.exfat", 128, "mount.exfat-fuse")
    }

    /// Makes an image of `megabytes` with `mkfs` (a command and its options) and mounts it with `options`.
    pub fn make(mkfs: &str, megabytes: u64, options: &str) -> Self {
        let mut fs = Self::image(megabytes);
        run(mkfs.split(' '), &[&fs.image_path()]);
        let options = if options.is_empty() { "loop".to_owned() } else { format!("loop,{options}") };
        fs.mount = ["mount", "-o", &options].map(str::to_owned).into();
        fs.mount_again();
        fs
    }

    /// As [`LoopFs::make`], on a medium that was full of `marker` before: what was never written since shows. `mkfs` must not
    /// discard.
    pub fn make_used(mkfs: &str, megabytes: u64, marker: &str) -> Self {
        let fs = Self::image(megabytes);
        let image = File::options().write(true).open(fs.image_path()).unwrap();
        let held = marked(marker, 1 << 20);
        for number in 0..megabytes {
            image.write_all_at(&held, number << 20).unwrap();
        }
        run(mkfs.split(' '), &[&fs.image_path()]);
        run(["mount", "-o", "loop"], &[&fs.image_path(), &fs.mount_point()]);
        fs
    }

    /// As [`LoopFs::make`], with a driver in user space: `mkfs.exfat` and `mount.exfat-fuse`, say.
    pub fn make_fuse(mkfs: &str, megabytes: u64, driver: &str) -> Self {
        let mut fs = Self::image(megabytes);
        run(mkfs.split(' '), &[&fs.image_path()]);
        let device = run(["losetup", "--find", "--show"], &[&fs.image_path()]);
        fs.device = Some(PathBuf::from(device.trim()));
        fs.mount = driver.split(' ').map(str::to_owned).collect();
        fs.mount_again();
        fs
    }

    /// A squashfs of what lies in `source`.
    pub fn squashfs(source: &Path) -> Self {
        let fs = Self::image(0);
        std::fs::remove_file(fs.image_path()).unwrap();
        run(["mksquashfs"], &[source, &fs.image_path()]);
        run(["mount", "-o", "loop"], &[&fs.image_path(), &fs.mount_point()]);
        fs
    }

    /// A tmpfs: memory under the name of a file system.
    pub fn tmpfs(megabytes: u64) -> Self {
        let fs = Self::image(0);
        let size = format!("size={megabytes}m");
        run(["mount", "-t", "tmpfs", "-o", &size, "tmpfs"], &[&fs.mount_point()]);
        fs
    }

    fn image(megabytes: u64) -> Self {
        assert!(rustix::process::geteuid().is_root(), "this test mounts file systems and needs root: run it as root");
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("mnt")).unwrap();
        let image = File::create(folder.path().join("image")).unwrap();
        image.set_len(megabytes << 20).unwrap();
        Self { folder, device: None, mount: Vec::new() }
    }

    /// Mounts it once more after [`LoopFs::unmount`].
    pub fn mount_again(&self) {
        let device = self.device.clone().unwrap_or_else(|| self.image_path());
        run(self.mount.iter().map(String::as_str), &[&device, &self.mount_point()]);
    }

    /// Unmounts it, so that the image holds what the medium would hold when it is taken away.
    pub fn unmount(&self) {
        run(["umount"], &[&self.mount_point()]);
        if let Some(device) = &self.device {
            run(["blockdev", "--flushbufs"], &[device]);
        }
        // A loop device that goes with its mount goes a moment later.
        while self.device.is_none() && !run(["losetup", "-j"], &[&self.image_path()]).is_empty() {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }

    /// A path inside the file system.
    pub fn path(&self, name: &str) -> PathBuf {
        self.mount_point().join(name)
    }

    /// Where it is mounted.
    pub fn mount_point(&self) -> PathBuf {
        self.folder.path().join("mnt")
    }

    /// The image: what would lie on the medium.
    pub fn image_path(&self) -> PathBuf {
        self.folder.path().join("image")
    }

    /// Every place in the image where `marker` stands.
    pub fn find(&self, marker: &[u8]) -> Vec<u64> {
        let image = File::open(self.image_path()).unwrap();
        let size = image.metadata().unwrap().len();
        let mut buffer = vec![0; (4 << 20) + marker.len() - 1];
        let mut found = Vec::new();
        for start in (0..size).step_by(4 << 20) {
            let read = read_full(&image, &mut buffer, start).unwrap();
            found.extend(offsets(&buffer[..read], marker).map(|offset| start + offset as u64));
        }
        found
    }

    /// Changes the medium behind the file system's back.
    pub fn write_raw(&self, offset: u64, bytes: &[u8]) {
        let image = File::options().write(true).open(self.image_path()).unwrap();
        image.write_all_at(bytes, offset).unwrap();
        image.sync_all().unwrap();
    }

    /// Takes the end of the medium away, so that reading there is an error.
    pub fn cut_raw(&self, length: u64) {
        let image = File::options().write(true).open(self.image_path()).unwrap();
        image.set_len(length).unwrap();
    }

    /// Brings everything to the image.
    pub fn sync(&self) {
        run(["sync", "-f"], &[&self.mount_point()]);
    }
}

impl Drop for LoopFs {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg(self.mount_point()).output();
        if !unmounted.is_ok_and(|output| output.status.success()) {
            // Something in the test still has a file open; the mount goes when that does.
            let _ = Command::new("umount").arg("-l").arg(self.mount_point()).output();
        }
        if let Some(device) = &self.device {
            let _ = Command::new("losetup").arg("-d").arg(device).output();
        }
    }
}

/// Something of the system that is undone when the test ends, also when it panics: a mount, swapping.
pub struct Undone {
    words: &'static [&'static str],
    path: PathBuf,
}

impl Undone {
    /// Shows a folder or a file at a second place.
    pub fn bind(what: &Path, at: &Path) -> Self {
        run(["mount", "--bind"], &[what, at]);
        Self { words: &["umount", "-l"], path: at.to_owned() }
    }

    /// Mounts with these words before the place.
    pub fn mount<'a>(words: impl IntoIterator<Item = &'a str>, at: &Path) -> Self {
        run(std::iter::once("mount").chain(words), &[at]);
        Self { words: &["umount", "-l"], path: at.to_owned() }
    }

    /// Lets the system swap into a file.
    pub fn swap(file: &Path) -> Self {
        run(["mkswap", "-q"], &[file]);
        run(["swapon"], &[file]);
        Self { words: &["swapoff"], path: file.to_owned() }
    }
}

impl Drop for Undone {
    fn drop(&mut self) {
        let _ = Command::new(self.words[0]).args(&self.words[1..]).arg(&self.path).output();
    }
}

fn read_full(file: &File, buffer: &mut [u8], start: u64) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read_at(&mut buffer[filled..], start + filled as u64)? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

/// Where `marker` starts in `bytes`. Looks for the first byte only, so it is written for markers whose first byte is rare.
fn offsets<'a>(bytes: &'a [u8], marker: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    let end = bytes.len().saturating_sub(marker.len() - 1);
    (0..end).filter(move |&start| bytes[start] == marker[0] && bytes[start..].starts_with(marker))
}

/// Runs a command to its end and returns what it printed; the test fails with the command's own words.
fn run<'a>(words: impl IntoIterator<Item = &'a str>, paths: &[&Path]) -> String {
    let words: Vec<&str> = words.into_iter().collect();
    let output = Command::new(words[0])
        .args(&words[1..])
        .args(paths)
        .output()
        .unwrap_or_else(|error| panic!("{} cannot be run: {error}", words[0]));
    assert!(output.status.success(), "{words:?} {paths:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A text to look for in an image. It is not in this program as one piece, so no copy of the program is taken for it.
pub fn marker(name: &str) -> Vec<u8> {
    ["\u{1}MARK", "ED:", name, ";"].concat().into_bytes()
}

/// What the file systems here allocate and the markers stand at.
pub const BLOCK: usize = 4096;

/// One marker at the start of each block, the rest noise that does not compress away.
pub fn marked(name: &str, length: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut bytes: Vec<u8> = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[4] | 0x80
    })
    .take(length)
    .collect();
    let marker = marker(name);
    for block in bytes.chunks_mut(BLOCK).filter(|block| block.len() >= marker.len()) {
        block[..marker.len()].copy_from_slice(&marker);
    }
    bytes
}
