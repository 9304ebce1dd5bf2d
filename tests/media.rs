//! Places a bundle is written to: what they can promise, how much they take, and that the slip never goes along.
//!
//! Needs root, mkfs for ext4, xfs and btrfs; exfat-fuse with exfatprogs, and fusefat with dosfstools.

#![cfg(target_os = "linux")]

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use globset::GlobSet;
use tewatashi::bundle::{self, BundleId, Description, Lock, Moment, Order, Skip, Sources};
use tewatashi::erase::os;
use tewatashi::progress::Silent;
use tewatashi::sign::SigningKey;

#[path = "common/desk.rs"]
mod desk;
#[path = "common/loopfs.rs"]
mod loopfs;
use desk::{Desk, Run, assert_empty, done, names_in, same_tree};
use loopfs::LoopFs;

fn pack(desk: &Desk, to: &Path, slip: &Path) -> Run {
    let words = ["--json", "pack", "sample", "--to"].map(OsStr::new);
    desk.run(words.into_iter().chain([to.as_os_str(), "--slip".as_ref(), slip.as_ref()]))
}

#[test]
fn the_medium_is_read_back_on_ext4_xfs_btrfs_and_exfat() {
    let desk = Desk::new();
    let sample = desk.sample();
    let (identity, public) = desk.key("key.txt");
    let exfat = || LoopFs::make_fuse("mkfs.exfat", 64, "mount.exfat-fuse");
    for (name, fs) in [("ext4", LoopFs::ext4()), ("xfs", LoopFs::xfs()), ("btrfs", LoopFs::btrfs()), ("exfat", exfat())]
    {
        let to = fs.mount_point();
        let words =
            ["--json", "pack", "sample", "--properties", "ignore", "--recipient", &public, "--to"].map(OsStr::new);
        let run = desk.run(words.into_iter().chain([to.as_os_str()])).ok();
        let bundle = run.bundle();
        assert_eq!(run.json()["read_back"], "established", "{name}: {run:?}");
        let size: u64 = names_in(&bundle).iter().map(|n| fs::metadata(bundle.join(n)).unwrap().len()).sum();
        assert_eq!(run.json()["read_back_detail"]["bytes"], size, "{name}: every byte of every file");
        assert!(!run.err.contains("warning"), "{name}: {run:?}");
        desk.run([OsStr::new("--json"), "verify".as_ref(), bundle.as_ref()]).ok();
        let opened = desk.path(&format!("opened/{name}"));
        desk.open_with(&bundle, &identity, &opened).ok();
        same_tree(&sample, &opened.join(bundle.file_name().unwrap()).join("sample"));
        // And onto the medium itself, whatever it keeps of owners, rights and numbers of files.
        desk.open_with(&bundle, &identity, &fs.path("先")).ok();
        let copy = fs::read(fs.path("先").join(bundle.file_name().unwrap()).join("sample/README.txt")).unwrap();
        assert!(copy == fs::read(sample.join("README.txt")).unwrap(), "{name}");
    }
}

#[test]
fn where_there_is_no_medium_the_pack_succeeds_with_a_warning() {
    let desk = Desk::new();
    desk.sample();
    let fs = LoopFs::tmpfs(8);
    let run = pack(&desk, &fs.mount_point(), &desk.path("slip.txt")).ok();
    assert_eq!(run.json()["read_back"], "not_established");
    assert_eq!(run.json()["read_back_detail"]["reason"]["place"]["no_medium"], "memory");
    let medium = |line: &&str| line.starts_with("warning: ") && !line.contains("properties of files");
    let warned = run.err.lines().filter(medium).collect::<Vec<_>>();
    assert!(warned.len() == 1 && warned[0].contains("in memory"), "{run:?}");
    let run = desk.run(["--json", "pack", "sample", "--to", "medium", "--slip", "two.txt", "--no-read-back"]).ok();
    assert_eq!(run.json()["read_back"], "not_established");
    assert!(run.err.contains("warning: ") && run.err.contains("left out as asked"), "{run:?}");
}

#[test]
fn a_slip_on_the_same_handover_medium_is_refused() {
    let desk = Desk::new();
    desk.sample();
    let fs = LoopFs::make_fuse("mkfs.exfat", 64, "mount.exfat-fuse");
    for name in ["渡す", "控え"] {
        fs::create_dir(fs.path(name)).unwrap();
    }
    for slip in ["slip.txt", "控え/slip.txt"] {
        let run = pack(&desk, &fs.path("渡す"), &fs.path(slip)).fails(4);
        assert_eq!(run.kind(), "slip_with_bundle");
        assert!(run.err.contains("same medium"), "{run:?}");
        assert_empty(&fs.path("渡す"));
        assert!(!fs.path(slip).exists());
    }
    // The desk's own disk and another medium are both fine.
    pack(&desk, &fs.path("渡す"), &desk.path("slip.txt")).ok();
    let other = LoopFs::make_fuse("mkfs.exfat", 64, "mount.exfat-fuse");
    pack(&desk, &fs.path("渡す"), &other.path("slip.txt")).ok();
}

#[test]
fn a_slip_beside_the_target_on_the_desks_own_disk_is_allowed() {
    let desk = Desk::new();
    desk.sample();
    pack(&desk, &desk.medium(), &desk.path("slip.txt")).ok();
}

#[test]
fn too_little_room_is_told_before_anything_is_written() {
    let desk = Desk::new();
    desk.file("s/大きい.dat", vec![1; 3 << 20]);
    let (identity, public) = desk.key("key.txt");
    let small = LoopFs::tmpfs(2);
    let words = ["--json", "pack", "s", "--recipient", &public, "--to"].map(OsStr::new);
    let run = desk.run(words.into_iter().chain([small.mount_point().as_os_str()])).fails(1);
    assert_eq!(run.kind(), "no_space");
    assert!(run.err.contains("3.") && run.err.contains("2."), "what is needed and what is free: {run:?}");
    assert!(!run.err.contains("encrypting"), "{run:?}");
    assert_empty(&small.mount_point());
    let bundle = desk.packed_for(&desk.path("s"), &public, &desk.medium(), &[]);
    let run = desk.open_with(&bundle, &identity, &small.mount_point()).fails(1);
    assert_eq!(run.kind(), "no_space");
    assert_empty(&small.mount_point());
    let enough = LoopFs::tmpfs(4);
    desk.packed_for(&desk.path("s"), &public, &enough.mount_point(), &[]);
}

#[test]
fn a_read_only_medium_is_told_and_nothing_asked_of_it() {
    let desk = Desk::new();
    desk.sample();
    let fs = LoopFs::ext4();
    done(Command::new("mount").args(["-o", "remount,ro"]).arg(fs.mount_point()));
    let run = pack(&desk, &fs.mount_point(), &desk.path("slip.txt")).fails(1);
    assert!(run.err.contains("read-only") && run.err.contains("write protection"), "{run:?}");
    assert!(!desk.path("slip.txt").exists());
}

#[test]
fn a_bundle_is_opened_from_a_read_only_medium() {
    let desk = Desk::new();
    let sample = desk.sample();
    let (identity, public) = desk.key("key.txt");
    let fs = LoopFs::ext4();
    let bundle = desk.packed_for(&sample, &public, &fs.mount_point(), &[]);
    fs::create_dir(fs.path("先")).unwrap();
    done(Command::new("mount").args(["-o", "remount,ro"]).arg(fs.mount_point()));
    desk.run([OsStr::new("verify"), bundle.as_ref()]).ok();
    desk.open_with(&bundle, &identity, &desk.path("opened")).ok();
    let run = desk.open_with(&bundle, &identity, &fs.path("先")).fails(1);
    assert!(run.err.contains("read-only"), "{run:?}");
}

#[test]
fn a_medium_that_takes_no_japanese_names_gets_the_text_under_another_and_is_not_refused() {
    let desk = Desk::new();
    let sample = desk.sample();
    let (identity, public) = desk.key("key.txt");
    let fs = LoopFs::make_fuse("mkfs.vfat -F 32", 6 << 10, "fusefat -o rw+");
    let japanese = "はじめにお読みください.txt";
    assert!(fs::write(fs.path(japanese), "").is_err(), "the driver refuses such names, or this proves nothing");
    let sources = Sources::scan(std::slice::from_ref(&sample), &GlobSet::empty(), Skip::default(), &Silent).unwrap();
    let order = Order {
        sources: &sources,
        id: BundleId::draw("20261121").unwrap(),
        created: "2026-11-21T16:30:08+09:00".into(),
        moment: Moment::default(),
        lock: Lock::Recipients(&[public.parse().unwrap()]),
        passphrase: None,
        split: None,
        description: Description::default(),
        signer: &SigningKey::generate().unwrap(),
        ledger_code: None,
        openers: None,
    };
    // Looked at before it gets its name: this driver loses what is in a folder that it renames.
    let (work, place) = (fs.path(".work"), fs.path(order.id.as_str()));
    let staged = bundle::pack(&order, &work, &place, &Silent).unwrap();
    let copy = desk.path("copy");
    fs::create_dir(&copy).unwrap();
    for name in names_in(&work) {
        fs::write(copy.join(&name), fs::read(work.join(&name)).unwrap()).unwrap();
    }
    drop(staged);
    let expected = ["README-ja.txt", "README.txt", "bundle.age", "bundle.json", "bundle.json.sig", "checksums.sha256"];
    assert_eq!(names_in(&copy)[..6], expected);
    let text = fs::read_to_string(copy.join("README-ja.txt")).unwrap();
    assert!(text.contains("管理番号") && text.starts_with('\u{feff}'), "{text}");
    let verified = desk.run([OsStr::new("--json"), "verify".as_ref(), copy.as_ref()]).ok();
    assert_eq!(verified.json()["unknown_files"], serde_json::json!([]), "{verified:?}");
    assert!(verified.json()["checked"].as_array().unwrap().contains(&"checksums".into()), "{verified:?}");
    desk.open_with(&copy, &identity, &desk.path("opened")).ok();
    same_tree(&sample, &desk.path("opened").join(order.id.as_str()).join("sample"));
}

#[test]
fn a_driver_that_loses_what_it_renames_is_not_believed() {
    let desk = Desk::new();
    desk.sample();
    let fs = LoopFs::make_fuse("mkfs.vfat -F 32", 6 << 10, "fusefat -o rw+");
    for name in ["old", "old/a"] {
        fs::create_dir(fs.path(name)).unwrap();
    }
    fs::rename(fs.path("old"), fs.path("new")).unwrap();
    assert_empty(&fs.path("new"));
    let run = pack(&desk, &fs.mount_point(), &desk.path("slip.txt")).fails(1);
    assert_eq!(run.kind(), "lost_by_rename");
    assert!(!run.err.contains("bundle made") && !desk.path("slip.txt").exists(), "{run:?}");
}

#[test]
fn fat32_is_known_to_take_no_file_of_four_gibibytes() {
    let fs = LoopFs::make_fuse("mkfs.vfat -F 32", 6 << 10, "fusefat -o rw+");
    let place = os::place(&fs.mount_point()).unwrap();
    assert_eq!(place.largest_file, Some(u64::from(u32::MAX)), "{place:?}");
    assert!(place.is_handover_medium());
    assert!(place.free_bytes > 5 << 30);
    let most = place.largest_file.unwrap();
    assert_eq!(tewatashi::bundle::volume_count(most, Some(most)).unwrap(), 1);
    assert_eq!(tewatashi::bundle::volume_count(most + 1, Some(most)).unwrap(), 2);
    let exfat = LoopFs::make_fuse("mkfs.exfat", 64, "mount.exfat-fuse");
    assert_eq!(os::place(&exfat.mount_point()).unwrap().largest_file, None);
}
