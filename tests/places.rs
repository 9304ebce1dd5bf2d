//! The safe front of the system calls, on real mounts.
//!
//! Needs root, and mkfs for ext4 and btrfs, exfat-fuse with exfatprogs.

#![cfg(target_os = "linux")]

use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::os::unix::fs::{PermissionsExt, symlink};

use tewatashi::erase::os;
use tewatashi::erase::readback::{Outcome, read_back};

#[path = "common/loopfs.rs"]
mod loopfs;
use loopfs::LoopFs;

#[test]
fn an_overlay_is_the_place_that_takes_its_writes() {
    let fs = LoopFs::ext4();
    for name in ["lower", "upper", "work", "merged"] {
        fs::create_dir(fs.path(name)).unwrap();
    }
    let of = |name| fs.path(name).display().to_string();
    let options = format!("lowerdir={},upperdir={},workdir={}", of("lower"), of("upper"), of("work"));
    let mount = std::process::Command::new("mount")
        .args(["-t", "overlay", "-o", &options, "overlay"])
        .arg(fs.path("merged"))
        .status();
    assert!(mount.unwrap().success());
    fs::write(fs.path("merged/a"), "x").unwrap();
    let place = os::place(&fs.path("merged/a"));
    let outcome = read_back(&fs.path("merged/a"), &mut |_| ControlFlow::Continue(()));
    let unmounted = std::process::Command::new("umount").arg(fs.path("merged")).status();
    assert!(unmounted.unwrap().success());
    let (place, under) = (place.unwrap(), os::place(&fs.mount_point()).unwrap());
    assert_eq!(place.fs_type, "overlay");
    assert!(place.same_medium(&under), "{place:?}");
    assert!(matches!(outcome.unwrap(), Outcome::Established { bytes: 1, .. }));
}

#[test]
fn places_are_told_apart_on_real_mounts() {
    let (one, two) = (LoopFs::ext4(), LoopFs::btrfs());
    let place = |fs: &LoopFs| os::place(&fs.mount_point()).unwrap();
    let (ext4, btrfs) = (place(&one), place(&two));
    assert_eq!((ext4.fs_type.as_str(), btrfs.fs_type.as_str()), ("ext4", "btrfs"));
    assert_eq!(ext4.mount_point, one.mount_point());
    assert!(ext4.whole_device.as_ref().unwrap().starts_with("loop"), "{ext4:?}");
    assert!(btrfs.whole_device.as_ref().unwrap().starts_with("loop"), "{btrfs:?}");
    assert!(!ext4.same_medium(&btrfs));
    assert!(ext4.free_bytes > 0 && ext4.free_bytes < 128 << 20);
    assert!(!ext4.is_handover_medium());
}

#[test]
fn a_rename_replaces_nothing_also_where_the_flag_is_unknown() {
    for fs in [LoopFs::ext4(), LoopFs::make_fuse("mkfs.exfat", 64, "mount.exfat-fuse")] {
        let (from, to) = (fs.path("a"), fs.path("b"));
        fs::write(&from, "new").unwrap();
        fs::write(&to, "old").unwrap();
        let refused = os::rename_no_replace(&from, &to).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&to).unwrap(), b"old");
        os::rename_no_replace(&from, &fs.path("c")).unwrap();
        assert_eq!(fs::read(fs.path("c")).unwrap(), b"new");
        fs::create_dir(fs.path("d")).unwrap();
        os::rename_no_replace(&fs.path("d"), &fs.path("e")).unwrap();
        os::sync_dir(&fs.mount_point()).unwrap();
    }
}

#[test]
fn what_is_made_is_private_and_new() {
    let dir = tempfile::tempdir().unwrap();
    let mode = |name: &str| fs::metadata(dir.path().join(name)).unwrap().permissions().mode() & 0o777;
    os::create_new_private(&dir.path().join("data"), false).unwrap();
    os::create_new_private(&dir.path().join("tool"), true).unwrap();
    os::make_private_dir(&dir.path().join("folder")).unwrap();
    assert_eq!((mode("data"), mode("tool"), mode("folder")), (0o600, 0o700, 0o700));
    symlink("nowhere", dir.path().join("dangling")).unwrap();
    for name in ["data", "dangling"] {
        let error = os::create_new_private(&dir.path().join(name), false).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
    }
    assert!(!dir.path().join("nowhere").exists());
}

#[test]
fn a_lock_holds_until_it_is_dropped() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lock");
    let held = os::lock_file(&path).unwrap().unwrap();
    assert!(os::lock_file(&path).unwrap().is_none());
    drop(held);
    assert!(os::lock_file(&path).unwrap().is_some());
}

#[test]
fn the_user_is_the_systems_not_the_environments() {
    let (user, host) = os::user_and_host();
    let id = std::process::Command::new("id").arg("-un").output().unwrap();
    assert_eq!(user, String::from_utf8_lossy(&id.stdout).trim());
    assert!(!host.is_empty());
}
