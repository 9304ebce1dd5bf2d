//! Scrapping on real file systems, with the proof in the image under the loop device: what stands there after the removal.
//!
//! Needs root, and mkfs for ext4, xfs and btrfs.

#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::io::Write;
use std::ops::ControlFlow;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::time::Instant;

use tewatashi::erase::os;
use tewatashi::erase::readback::{Outcome, read_back_synced};
use tewatashi::erase::scrap::{scrap_file, scrap_folder};

#[path = "common/loopfs.rs"]
mod loopfs;
use loopfs::{LoopFs, marked, marker};

/// A tree as an interrupted opening leaves it: folders, a read-only one among them, links, a hole, small and large files.
fn leave_plaintext(fs: &LoopFs) -> u64 {
    let dir = fs.path("opening");
    fs::create_dir_all(dir.join("a/b")).unwrap();
    let mut files = 0;
    for (folder, length) in [("", 100), ("a", 5000), ("a/b", 300_000)] {
        for number in 0..30 {
            fs::write(dir.join(folder).join(format!("{number}.csv")), marked("plain", length)).unwrap();
            files += 1;
        }
    }
    let sparse = File::create(dir.join("sparse")).unwrap();
    (&sparse).write_all(&marked("plain", 9000)).unwrap();
    sparse.set_len(100 << 30).unwrap();
    fs::set_permissions(dir.join("a/b/0.csv"), PermissionsExt::from_mode(0o400)).unwrap();
    fs::set_permissions(dir.join("a/b"), PermissionsExt::from_mode(0o555)).unwrap();
    symlink(fs.path("outside"), dir.join("link")).unwrap();
    symlink("/etc", dir.join("folder link")).unwrap();
    files + 1
}

#[test]
fn scrapping_leaves_no_marker_on_the_medium_and_touches_nothing_outside() {
    for fs in [LoopFs::ext4(), LoopFs::xfs(), LoopFs::btrfs_nodatacow()] {
        fs::write(fs.path("outside"), marked("kept", 9000)).unwrap();
        let files = leave_plaintext(&fs);
        fs.sync();
        let before = fs.find(&marker("plain")).len();
        let done = scrap_folder(&fs.path("opening"));
        assert!(done.left.is_empty(), "{:?}", done.left);
        assert_eq!(done.files, files);
        assert!(done.bytes >= 30 * (100 + 5000 + 300_000) && done.bytes < 20 << 20, "{done:?}");
        assert!(!fs.path("opening").exists());
        assert_eq!(fs::read(fs.path("outside")).unwrap(), marked("kept", 9000));
        fs.sync();
        assert!(before > 2000, "{before}");
        assert!(fs.find(&marker("plain")).is_empty());
    }
}

#[test]
fn a_full_disk_does_not_stop_scrapping() {
    let fs = LoopFs::ext4();
    leave_plaintext(&fs);
    let mut filler = File::create(fs.path("filler")).unwrap();
    while filler.write_all(&[1; 4096]).is_ok() {}
    let _ = filler.sync_all();
    let done = scrap_folder(&fs.path("opening"));
    assert!(done.left.is_empty(), "{:?}", done.left);
    fs.sync();
    assert!(fs.find(&marker("plain")).is_empty());
}

#[test]
fn what_is_mounted_inside_is_left_and_named() {
    let (fs, inner) = (LoopFs::ext4(), LoopFs::tmpfs(1));
    fs::create_dir_all(fs.path("opening/mounted")).unwrap();
    fs::write(fs.path("opening/a"), "x").unwrap();
    fs::write(inner.path("other"), "not ours").unwrap();
    let mount = |words: &[&str], path: &Path| {
        let status = std::process::Command::new(words[0]).args(&words[1..]).arg(path).status();
        assert!(status.unwrap().success());
    };
    let from = inner.mount_point();
    mount(&["mount", "--bind", from.to_str().unwrap()], &fs.path("opening/mounted"));
    let done = scrap_folder(&fs.path("opening"));
    mount(&["umount"], &fs.path("opening/mounted"));
    assert_eq!(done.files, 1);
    assert_eq!(done.left.len(), 1, "{:?}", done.left);
    assert_eq!(done.left[0].0, fs.path("opening/mounted"));
    assert_eq!(fs::read(inner.path("other")).unwrap(), b"not ours");
}

#[test]
fn a_file_that_cannot_be_overwritten_stays_and_is_named() {
    let fs = LoopFs::ext4();
    fs::create_dir(fs.path("opening")).unwrap();
    fs::write(fs.path("opening/a"), "x").unwrap();
    fs::write(fs.path("opening/fixed"), "y").unwrap();
    let immutable = |flag: &str| {
        let status = std::process::Command::new("chattr").arg(flag).arg(fs.path("opening/fixed")).status();
        assert!(status.unwrap().success());
    };
    immutable("+i");
    let done = scrap_folder(&fs.path("opening"));
    immutable("-i");
    assert_eq!(done.files, 1);
    let left: Vec<_> = done.left.iter().map(|(path, _)| path.clone()).collect();
    assert_eq!(left, [fs.path("opening/fixed")]);
    assert_eq!(scrap_file(&left[0]).files, 1);
    assert!(!left[0].exists());
}

#[test]
fn a_link_in_place_of_the_file_is_left() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a"), "x").unwrap();
    symlink("a", dir.path().join("link")).unwrap();
    let done = scrap_file(&dir.path().join("link"));
    assert_eq!((done.files, done.left.len()), (0, 1));
    assert_eq!(fs::read(dir.path().join("a")).unwrap(), b"x");
}

#[test]
fn ten_thousand_small_files_cost_seconds() {
    let fs = LoopFs::make("mkfs.ext4 -q -F", 512, "");
    let dir = fs.path("many");
    fs::create_dir(&dir).unwrap();
    let bytes = marked("many", 8192);
    for number in 0..10_000 {
        fs::write(dir.join(number.to_string()), &bytes).unwrap();
    }
    let timed = |what: &str, work: &dyn Fn()| {
        let start = Instant::now();
        work();
        let seconds = start.elapsed().as_secs_f64();
        println!("{what}: {seconds:.1} s");
        assert!(seconds < 60.0, "{what} took {seconds:.0} s");
    };
    timed("read back 10,000 × 8 KiB after one sync", &|| {
        os::sync_file_system(&dir).unwrap();
        for number in 0..10_000 {
            let mut read = 0;
            let path = dir.join(number.to_string());
            let outcome = read_back_synced(&path, &mut |chunk| {
                read += chunk.len();
                ControlFlow::Continue(())
            })
            .unwrap();
            assert!(matches!(outcome, Outcome::Established { bytes: 8192, .. }));
            assert_eq!(read, 8192);
        }
    });
    timed("scrap 10,000 × 8 KiB", &|| {
        let done = scrap_folder(&dir);
        assert_eq!((done.files, done.left.len()), (10_000, 0));
    });
    fs.sync();
    assert!(fs.find(&marker("many")).is_empty());
}
