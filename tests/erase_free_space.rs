//! Filling free space on real file systems: what of removed files is still on the raw medium, what the record says of it, and
//! that the disk is given back whatever happens.
//!
//! Needs root, loop devices, and mkfs for ext4, xfs, btrfs and exFAT.

#![cfg(target_os = "linux")]

use std::fs;
use std::path::{Path, PathBuf};

use rustix::fs::StatVfs;
use serde_json::Value;

#[path = "common/desk.rs"]
mod desk;
#[path = "common/loopfs.rs"]
mod loopfs;
use desk::{Desk, Run, names_in, tool};
use loopfs::{BLOCK, LoopFs, marked, marker};

const MIB: u64 = 1 << 20;

/// Files of many sizes, their names marked too: 200 kept as they were written, others saved anew and cut short before.
fn lived_in(fs: &LoopFs) -> PathBuf {
    let folder = fs.path("名簿");
    fs::create_dir(&folder).unwrap();
    for number in 0..200_usize {
        let length = 100 + number * number * 10;
        fs::write(folder.join(name(number)), marked("KEPT", length)).unwrap();
    }
    for number in 0..20 {
        let (path, draft) = (folder.join(name(number)), folder.join("draft"));
        fs::write(&draft, marked("SAVED", 3 * BLOCK)).unwrap();
        fs::rename(&draft, &path).unwrap();
        fs.sync();
    }
    for number in 180..200 {
        let file = fs::File::options().write(true).open(folder.join(name(number))).unwrap();
        file.set_len(5000).unwrap();
    }
    fs.sync();
    // The rest of the medium held something once, so that every block that is not reached shows.
    let past = marked("PAST", 64 * BLOCK);
    let mut file = fs::File::create(folder.join("past")).unwrap();
    while std::io::Write::write_all(&mut file, &past).is_ok() {}
    drop(file);
    fs.sync();
    folder
}

fn name(number: usize) -> String {
    format!("{}{number:03}-{}", name_mark(), "x".repeat(40))
}

/// Not in this program as one piece.
fn name_mark() -> String {
    ["zqNA", "MEDqz"].concat()
}

/// What of that is in the image: data, names.
fn residue(fs: &LoopFs) -> (usize, usize) {
    let data: usize = ["KEPT", "SAVED", "PAST"].iter().map(|mark| fs.find(&marker(mark)).len()).sum();
    let wide: Vec<u8> = name_mark().bytes().flat_map(|byte| [byte, 0]).collect();
    (data, fs.find(name_mark().as_bytes()).len() + fs.find(&wide).len())
}

fn room(path: &Path) -> StatVfs {
    rustix::fs::statvfs(path).unwrap()
}

fn free(path: &Path) -> u64 {
    let room = room(path);
    room.f_bfree * room.f_frsize
}

fn fill(desk: &Desk, fs: &LoopFs, options: &[&str]) -> Run {
    let mount = fs.mount_point();
    let words = ["--json", "--yes", "erase", "--free-space", mount.to_str().unwrap()];
    desk.run(words.iter().chain(options))
}

/// The last entry of the ledger.
fn entry(desk: &Desk) -> Value {
    let mut listed = desk.run(["--json", "ledger", "list"]).ok().json();
    listed["entries"].as_array_mut().unwrap().pop().unwrap()["entry"].take()
}

struct Seen {
    record: Value,
    before: (usize, usize),
    after: (usize, usize),
}

/// Lives in a file system, removes everything plainly, fills, and looks at the raw medium.
fn measure(kind: &str, fs: &LoopFs) -> Seen {
    let desk = Desk::new();
    let folder = lived_in(fs);
    tool("rm", ["-r".as_ref(), folder.as_os_str()]);
    fs.sync();
    let (before, free_before) = (residue(fs), free(&fs.mount_point()));
    assert!(before.0 > 10_000, "{before:?}");
    let begun = std::time::Instant::now();
    let record = fill(&desk, fs, &["--reserve", "0", "--approval", "区第1号", "--reason", "返却前"]).ok().json();
    let seconds = begun.elapsed().as_secs_f64();
    assert_eq!(record["result"], "done");
    fs.sync();
    let (entry, free_after) = (entry(&desk), free(&fs.mount_point()));
    assert_eq!((&entry["kind"], &entry["result"]), (&"erase_free_space".into(), &"done".into()));
    for key in record.as_object().unwrap().keys() {
        assert_eq!(record[key], entry["facts"][key], "{key}");
    }
    assert_eq!((&entry["facts"]["approval"], &entry["facts"]["reason"]), (&"区第1号".into(), &"返却前".into()));
    // Nothing stays: neither files nor room, but for what the file system keeps of the folders it has made.
    assert_eq!(names_in(&fs.mount_point()).iter().filter(|n| *n != "lost+found").count(), 0);
    assert!(free_after.abs_diff(free_before) <= 2 * MIB, "{free_before} before, {free_after} after");
    // The numbers are those of the file system.
    let number = |key: &str| record[key].as_u64().unwrap();
    assert!(number("free_before").abs_diff(free_before) <= MIB, "{free_before} {record}");
    assert_eq!((number("filled"), number("differs"), number("not_established")), (number("equal"), 0, 0), "{record}");
    let sum = number("equal") + number("free_at_end");
    assert!(sum.abs_diff(free_before) <= free_before / 20 + 2 * MIB, "{sum} of {free_before}: {record}");
    let after = residue(fs);
    println!("{kind}: data {} -> {}, names {} -> {}, {seconds:.1} s, {record}", before.0, after.0, before.1, after.1);
    Seen { record, before, after }
}

#[test]
fn on_ext4_no_block_of_removed_files_stays() {
    let seen = measure("ext4", &LoopFs::ext4());
    assert_eq!(seen.after.0, 0, "data");
    assert!(seen.record["permille"].as_u64().unwrap() >= 970, "{}", seen.record);
    assert!(seen.record["empty_files"].as_u64().unwrap() > 10_000, "{}", seen.record);
}

#[test]
fn on_ext4_with_small_blocks_no_block_of_removed_files_stays() {
    let seen = measure("ext4, blocks of 1 KiB", &LoopFs::make("mkfs.ext4 -q -F -b 1024", 64, ""));
    assert_eq!(seen.after.0, 0, "data");
}

#[test]
fn on_xfs_hardly_a_block_stays() {
    let seen = measure("xfs", &LoopFs::xfs());
    assert!(seen.after.0 <= 16, "{:?} {}", seen.after, seen.record);
}

#[test]
fn on_btrfs_hardly_a_block_stays() {
    let seen = measure("btrfs", &LoopFs::btrfs());
    assert!(seen.after.0 <= 16, "{:?} {}", seen.after, seen.record);
    let beyond = seen.record["not_reached"].as_array().unwrap();
    assert!(beyond.contains(&"snapshots".into()) && beyond.contains(&"copy_on_write".into()));
}

#[test]
fn on_exfat_by_a_driver_in_user_space_hardly_a_block_stays() {
    let seen = measure("exfat-fuse", &LoopFs::make_fuse("mkfs.exfat", 128, "mount.exfat-fuse"));
    assert!(seen.after.0 < seen.before.0 / 50, "{:?} {}", seen.after, seen.record);
}

#[test]
fn every_method_covers_what_is_free_and_three_passes_are_three() {
    let desk = Desk::new();
    let fs = LoopFs::make("mkfs.ext4 -q -F", 32, "");
    for method in ["zero", "random", "dod"] {
        fs::write(fs.path("old"), marked("OLD", 5 * BLOCK)).unwrap();
        fs.sync();
        fs::remove_file(fs.path("old")).unwrap();
        let record = fill(&desk, &fs, &["--reserve", "0", "--method", method]).ok().json();
        assert_eq!(record["method"], method);
        assert_eq!(fs.find(&marker("OLD")).len(), 0, "{method}");
    }
}

/// What the medium held before the file system was made on it: whatever the file system gives to no file stays as it was, and
/// the record must not count it as covered.
#[test]
fn what_no_file_is_given_stays_and_is_not_claimed() {
    let desk = Desk::new();
    for (mkfs, megabytes) in
        [("mkfs.ext4 -q -F -b 4096 -E nodiscard", 128), ("mkfs.xfs -q -f -K", 320), ("mkfs.btrfs -q -f -K", 256)]
    {
        let fs = LoopFs::make_used(mkfs, megabytes, "BEFORE");
        fs.sync();
        let before = fs.find(&marker("BEFORE")).len() as u64 * BLOCK as u64;
        let record = fill(&desk, &fs, &["--reserve", "0"]).ok().json();
        fs.sync();
        let after = fs.find(&marker("BEFORE")).len() as u64 * BLOCK as u64;
        println!("{mkfs}: held before {before}, after {after}, {record}");
        let equal = record["equal"].as_u64().unwrap();
        assert!(before - after >= equal - equal / 50, "covered {equal}, gone {}", before - after);
        assert!(after <= megabytes * MIB - equal, "{after} of {megabytes} MiB");
    }
}
