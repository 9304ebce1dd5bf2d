//! Reading back on real file systems. Every proof works the same way: the medium is changed behind the file system's back, in
//! the image under the loop device, while the cache still holds the old bytes; reading back must hand over the new ones.
//!
//! Needs root, and mkfs for ext4, xfs, btrfs; exfat-fuse with exfatprogs, ntfs-3g and squashfs-tools for the odd ones.

#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::os::unix::fs::symlink;
use std::path::Path;

use tewatashi::erase::os::{self, NoMedium};
use tewatashi::erase::readback::{AtPath, Mode, Outcome, Reason, read_back};

#[path = "common/loopfs.rs"]
mod loopfs;
use loopfs::{BLOCK, LoopFs, marked, marker};

fn write_synced(path: &Path, bytes: &[u8]) {
    let mut file = File::create(path).unwrap();
    file.write_all(bytes).unwrap();
    file.sync_all().unwrap();
}

fn collect(path: &Path) -> io::Result<(Outcome, Vec<u8>)> {
    let mut bytes = Vec::new();
    let outcome = read_back(path, &mut |chunk| {
        bytes.extend_from_slice(chunk);
        ControlFlow::Continue(())
    })?;
    Ok((outcome, bytes))
}

/// What reading back made of a medium that was changed under a hot cache.
#[derive(Debug, PartialEq)]
enum Saw {
    Medium(Mode),
    Checksum,
}

/// Writes a file, keeps it hot, and changes each of its blocks in the image. `None` when the cache gave up pages meanwhile, as
/// it may at any time (seen with btrfs): then there is nothing to look past.
fn change_under_hot_cache(fs: &LoopFs, path: &Path, old: &[u8], mark: &[u8]) -> Option<()> {
    write_synced(path, old);
    let _open = File::open(path).unwrap();
    assert!(fs::read(path).unwrap() == old);
    // A data journal holds a second copy; every copy is changed, so whichever is read is the medium's.
    let places = fs.find(mark);
    let blocks = old.len().div_ceil(BLOCK);
    assert!(places.len() >= blocks, "{} markers", places.len());
    for &place in &places {
        fs.write_raw(place, &marker("NEW!"));
    }
    fs::read(path).is_ok_and(|cached| cached == old).then_some(())
}

/// Changes the medium under a hot cache and reads back.
fn change_the_medium(fs: &LoopFs) -> Saw {
    let length = 3 * (1 << 20) + 1234;
    let attempt = |number: usize| {
        let (path, name) = (fs.path(&format!("個人情報{number}.csv")), format!("old{number}"));
        change_under_hot_cache(fs, &path, &marked(&name, length), &marker(&name)).map(|()| path)
    };
    let path = (0..9).find_map(attempt).expect("a cache that stays hot");
    match collect(&path) {
        Ok((Outcome::Established { bytes, mode }, read)) => {
            assert_eq!(bytes, length as u64);
            assert!(read == marked("NEW!", length), "the medium's bytes, all of them");
            Saw::Medium(mode)
        }
        Ok((outcome, _)) => panic!("{outcome:?}"),
        Err(error) => {
            let at = error.get_ref().unwrap().downcast_ref::<AtPath>().unwrap();
            assert_eq!(at.path, path);
            assert_eq!(at.source.raw_os_error(), Some(5), "{error}");
            Saw::Checksum
        }
    }
}

#[test]
fn ext4_tells_what_is_on_the_medium() {
    let fs = LoopFs::ext4();
    assert_eq!(change_the_medium(&fs), Saw::Medium(Mode::Direct));
}

#[test]
fn ext4_with_data_journal_tells_what_is_on_the_medium() {
    let fs = LoopFs::ext4_data_journal();
    let Saw::Medium(_) = change_the_medium(&fs) else { panic!("ext4 has no checksums of data") };
}

#[test]
fn xfs_tells_what_is_on_the_medium() {
    let fs = LoopFs::xfs();
    assert_eq!(change_the_medium(&fs), Saw::Medium(Mode::Direct));
}

#[test]
fn btrfs_notices_that_the_medium_changed() {
    let fs = LoopFs::btrfs();
    assert_eq!(change_the_medium(&fs), Saw::Checksum);
}

#[test]
fn btrfs_nodatacow_tells_what_is_on_the_medium() {
    let fs = LoopFs::btrfs_nodatacow();
    assert_eq!(change_the_medium(&fs), Saw::Medium(Mode::Direct));
}

#[test]
fn exfat_through_fuse_tells_what_is_on_the_medium() {
    let fs = LoopFs::make_fuse("mkfs.exfat", 64, "mount.exfat-fuse");
    assert_eq!(change_the_medium(&fs), Saw::Medium(Mode::Direct));
    let place = os::place(&fs.mount_point()).unwrap();
    assert!(place.is_handover_medium(), "{place:?}");
}

#[test]
fn ntfs_through_fuse_tells_what_is_on_the_medium() {
    let fs = LoopFs::make_fuse("mkfs.ntfs -F -Q -q", 64, "ntfs-3g");
    assert_eq!(change_the_medium(&fs), Saw::Medium(Mode::Direct));
}

#[test]
fn a_file_system_without_direct_reads_is_read_uncached() {
    let source = tempfile::tempdir().unwrap();
    let bytes = marked("squashed", 5 * (1 << 20) + 77);
    fs::write(source.path().join("a"), &bytes).unwrap();
    let fs = LoopFs::squashfs(source.path());
    let path = fs.path("a");
    fs::read(&path).unwrap();
    let (outcome, read) = collect(&path).unwrap();
    let mode = Mode::Uncached;
    assert_eq!(outcome, Outcome::Established { bytes: bytes.len() as u64, mode });
    assert!(read == bytes);
}

#[test]
fn every_length_comes_back_whole() {
    let fs = LoopFs::ext4();
    for length in [0, 1, 511, 4095, 4096, 4097, 1 << 20, (1 << 20) + 1, (2 << 20) - 4095] {
        let path = fs.path("a");
        let bytes = marked("length", length);
        fs::write(&path, &bytes).unwrap(); // not synced: reading back does that
        let (outcome, read) = collect(&path).unwrap();
        let mode = Mode::Direct;
        assert_eq!(outcome, Outcome::Established { bytes: length as u64, mode });
        assert!(read == bytes, "length {length}");
    }
}

#[test]
fn a_reading_back_ends_where_it_is_told_to() {
    let fs = LoopFs::ext4();
    let path = fs.path("a");
    write_synced(&path, &marked("long", 9 << 20));
    let mut asked = 0;
    let ended = read_back(&path, &mut |_| {
        asked += 1;
        if asked == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!((ended.unwrap_err().kind(), asked), (io::ErrorKind::Interrupted, 2));
}

#[test]
fn memory_is_no_medium() {
    let fs = LoopFs::tmpfs(8);
    fs::write(fs.path("a"), "x").unwrap();
    let (outcome, read) = collect(&fs.path("a")).unwrap();
    let reason = Reason::NoMedium(NoMedium::Memory);
    assert_eq!(outcome, Outcome::NotEstablished { reason });
    assert!(read.is_empty());
    let json = serde_json::to_string(&outcome).unwrap();
    assert_eq!(json, r#"{"not_established":{"reason":{"no_medium":"memory"}}}"#);
}

#[test]
fn a_mapped_file_is_not_established() {
    let fs = LoopFs::ext4();
    let path = fs.path("a");
    write_synced(&path, &marked("mapped", 3 * BLOCK));
    // A program that maps the file, as a viewer or a database would.
    let program = "import mmap,sys; f=open(sys.argv[1],'rb'); m=mmap.mmap(f.fileno(),0,prot=mmap.PROT_READ); \
                   print(sum(m[i] for i in range(0,len(m),4096)),flush=True); sys.stdin.read()";
    let mut holder = std::process::Command::new("python3")
        .args(["-c", program])
        .arg(&path)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    io::BufRead::read_line(&mut io::BufReader::new(holder.stdout.as_mut().unwrap()), &mut line).unwrap();
    assert_eq!(line, "3\n", "the first byte of three pages");
    let (held, read) = collect(&path).unwrap();
    drop(holder.stdin.take());
    holder.wait().unwrap();
    let reason = Reason::PagesStay { resident: 3 };
    assert_eq!(held, Outcome::NotEstablished { reason });
    assert!(read.is_empty());
    let (outcome, _) = collect(&path).unwrap();
    assert!(matches!(outcome, Outcome::Established { .. }), "once it is let go");
}

#[test]
fn a_medium_that_cannot_be_read_is_an_error_with_its_path() {
    let fs = LoopFs::ext4();
    let path = fs.path("a");
    write_synced(&path, &marked("cut", 1 << 20));
    fs.sync();
    let first = fs.find(&marker("cut"))[0];
    fs.cut_raw(first);
    let error = collect(&path).unwrap_err();
    assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
    let at = error.get_ref().unwrap().downcast_ref::<AtPath>().unwrap();
    assert_eq!(at.source.raw_os_error(), Some(5));
}

#[test]
fn links_and_pipes_are_refused_without_waiting() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a"), "x").unwrap();
    symlink("a", dir.path().join("link")).unwrap();
    let pipe = dir.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    assert!(collect(&dir.path().join("link")).is_err());
    assert_eq!(collect(&pipe).unwrap_err().kind(), io::ErrorKind::InvalidInput);
}
