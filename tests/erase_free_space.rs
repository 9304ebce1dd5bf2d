//! Filling free space on real file systems: what of removed files is still on the raw medium, what the record says of it, and
//! that the disk is given back whatever happens.
//!
//! Needs root, loop devices, and mkfs for ext4, xfs, btrfs and exFAT.

#![cfg(target_os = "linux")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

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
fn on_ext4_with_small_blocks_hardly_a_block_stays() {
    let seen = measure("ext4, blocks of 1 KiB", &LoopFs::make("mkfs.ext4 -q -F -b 1024", 64, ""));
    // Which blocks the file system keeps for itself is not the same each time.
    assert!(seen.after.0 <= 16, "{:?} {}", seen.after, seen.record);
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

// ---- The disk is given back

/// Starts a filling and stops it in its midst: the work folder is there and much of the room is taken.
fn stopped_in_the_midst(desk: &Desk, fs: &LoopFs, reserve: &str, until: u64) -> Child {
    let mount = fs.mount_point();
    let words = ["--json", "--yes", "erase", "--free-space", mount.to_str().unwrap(), "--reserve", reserve];
    // Slowed down by many passes and looked at often; it is still running whenever there is a work folder.
    let mut child = desk.start(words.iter().chain(&["--method", "dod"]));
    while work_folder(&mount).is_none() || free(&mount) > until {
        assert!(child.try_wait().unwrap().is_none(), "it must be stopped before it is done");
        std::thread::sleep(Duration::from_micros(200));
    }
    signal(&child, "STOP");
    assert!(work_folder(&mount).is_some() && free(&mount) <= until, "in the midst");
    child
}

fn work_folder(mount: &Path) -> Option<String> {
    let names = names_in(mount).into_iter().map(|name| name.into_string().unwrap());
    names.into_iter().find(|name| name.starts_with(".tewatashi-fill-"))
}

fn signal(child: &Child, name: &str) {
    tool("kill", [format!("-{name}"), child.id().to_string()]);
}

fn ended(child: Child) -> Run {
    Run::came(child.wait_with_output().unwrap(), true)
}

#[test]
fn an_interrupted_filling_is_gone_and_its_entry_says_what_was_covered() {
    let desk = Desk::new();
    let fs = LoopFs::make("mkfs.ext4 -q -F", 256, "");
    let before = free(&fs.mount_point());
    let child = stopped_in_the_midst(&desk, &fs, "0", before / 2);
    signal(&child, "INT");
    signal(&child, "CONT");
    let run = ended(child).fails(130);
    assert_eq!(run.kind(), "interrupted");
    assert_eq!(work_folder(&fs.mount_point()), None);
    fs.sync();
    assert!(free(&fs.mount_point()).abs_diff(before) < MIB);
    let entry = entry(&desk);
    assert_eq!((&entry["result"], &entry["facts"]["ended"]), (&"interrupted".into(), &"interrupted".into()));
    assert!(entry["facts"]["equal"].as_u64().unwrap() <= entry["facts"]["filled"].as_u64().unwrap());
    assert!(desk.run(["leftovers"]).ok().out.contains("nothing"));
}

#[test]
fn a_killed_filling_is_told_of_and_removed_by_whatever_is_run_next() {
    let desk = Desk::new();
    let fs = LoopFs::make("mkfs.ext4 -q -F", 256, "");
    let before = free(&fs.mount_point());
    for next in [&["leftovers", "--erase", "--yes"][..], &["staff", "list"], &["leftovers"]] {
        let mut child = stopped_in_the_midst(&desk, &fs, "0", before / 2);
        // Nobody touches it while it is at work.
        let mount = fs.mount_point();
        desk.run(["leftovers", "--erase", "--yes", mount.to_str().unwrap()]).ok();
        assert!(work_folder(&mount).is_some());
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(work_folder(&mount).is_some() && free(&mount) < before, "the test must leave something");
        let run = desk.run(next).ok();
        assert!(format!("{}{}", run.out, run.err).contains("filling of free space"), "{run:?}");
        assert_eq!(work_folder(&mount), None, "{next:?}");
        fs.sync();
        assert!(free(&mount).abs_diff(before) < MIB);
        let entry = entry(&desk);
        assert_eq!((&entry["kind"], &entry["facts"]["removed"]), (&"leftovers".into(), &1.into()), "{next:?}");
        assert!(desk.run(["leftovers"]).ok().out.contains("nothing"));
    }
}

#[test]
fn a_filling_that_another_user_may_be_at_is_removed_only_when_asked_for() {
    let desk = Desk::new();
    let work = desk.path("medium/.tewatashi-fill-01234567");
    fs::create_dir(&work).unwrap();
    fs::write(work.join("data-00000"), "noise").unwrap();
    let run = desk.run(["leftovers", "medium"]).ok();
    assert!(run.out.contains("another user") && work.exists(), "{run:?}");
    desk.run(["leftovers", "medium", "--erase", "--yes"]).ok();
    assert!(!work.exists());
}

#[test]
fn what_is_to_be_left_is_left_all_the_time() {
    let desk = Desk::new();
    let reserve = 40 * MIB;
    for fs in [LoopFs::make("mkfs.ext4 -q -F", 128, ""), LoopFs::xfs()] {
        let mount = fs.mount_point();
        let (least, over) = (AtomicU64::new(u64::MAX), AtomicBool::new(false));
        let record = std::thread::scope(|scope| {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    let room = room(&mount);
                    least.fetch_min(room.f_bavail * room.f_frsize, Ordering::Relaxed);
                }
            });
            let record = fill(&desk, &fs, &["--reserve", "40M"]);
            over.store(true, Ordering::Relaxed);
            record
        });
        let (record, least) = (record.ok().json(), least.into_inner());
        assert!(least >= reserve, "{least} left");
        assert!(least <= reserve + 4 * MIB, "and not much more was left: {least}");
        assert_eq!((&record["ended"], &record["given_back"]), (&"reserve".into(), &0.into()), "{record}");
        assert_eq!(record["small_files"], 0);
        assert!(record["not_reached"].as_array().unwrap().contains(&"reserve".into()));
    }
}

#[test]
fn others_get_the_room_they_need_and_it_is_not_counted() {
    let desk = Desk::new();
    let fs = LoopFs::ext4();
    let mount = fs.mount_point();
    let start = room(&mount);
    let reserve = 30 * MIB;
    let expected = start.f_bavail * start.f_frsize - reserve;
    let until = free(&mount) - expected + 4 * MIB;
    let child = stopped_in_the_midst(&desk, &fs, "30M", until);
    // While it holds all but the reserve, somebody takes most of that; and then, as it goes on, again.
    fs::write(fs.path("first"), vec![7; 20 << 20]).unwrap();
    fs.sync();
    signal(&child, "CONT");
    let record = ended(child).ok().json();
    let number = |key: &str| record[key].as_u64().unwrap();
    assert!(number("given_back") > 8 * MIB, "{record}");
    assert_eq!(number("equal") + number("given_back"), number("filled"), "{record}");
    assert!(number("equal") <= expected - 20 * MIB + MIB, "{record}");
    assert_eq!(fs::read(fs.path("first")).unwrap(), vec![7; 20 << 20]);
}

// ---- What is refused, and what is told

#[test]
fn a_quota_that_ends_it_is_told() {
    let desk = Desk::new();
    let fs = LoopFs::btrfs();
    let folder = fs.path("課");
    for words in [&["quota", "enable"][..], &["subvolume", "create"], &["qgroup", "limit", "32m"]] {
        let place = if words[0] == "quota" { fs.mount_point() } else { folder.clone() };
        tool("btrfs", words.iter().map(std::ffi::OsStr::new).chain([place.as_os_str()]));
    }
    let words = ["--json", "--yes", "erase", "--reserve", "0", "--free-space"].map(std::ffi::OsStr::new);
    let run = desk.run(words.into_iter().chain([folder.as_os_str()]));
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.err.contains("quota"), "{run:?}");
    let record = run.json();
    assert_eq!((&record["result"], &record["ended"]), (&"in_part".into(), &"quota".into()));
    let number = |key: &str| record[key].as_u64().unwrap();
    assert!(number("free_before") > 200 * MIB && number("equal") < 33 * MIB && number("equal") > 16 * MIB, "{record}");
    assert!(record["not_reached"].as_array().unwrap().contains(&"quota".into()));
    assert_eq!((entry(&desk)["result"].as_str(), names_in(&folder).len()), (Some("in_part"), 0));
}

#[test]
fn where_there_is_nothing_to_fill_it_is_refused_and_nothing_is_written() {
    let desk = Desk::new();
    let refused = |fs: &LoopFs, options: &[&str]| {
        let run = fill(&desk, fs, options).fails(4);
        assert_eq!(work_folder(&fs.mount_point()), None);
        run.kind()
    };
    assert_eq!(refused(&LoopFs::tmpfs(64), &[]), "no_medium");
    let full = LoopFs::make("mkfs.ext4 -q -F -m 0", 32, "");
    assert_eq!(refused(&full, &["--reserve", "1G"]), "too_little_free");
    assert_eq!(refused(&full, &[]), "too_little_free", "64 MiB are left when nobody says how much");
    let mut file = fs::File::create(full.path("all")).unwrap();
    while std::io::Write::write_all(&mut file, &[1; 1024]).is_ok() {}
    drop(file);
    full.sync();
    assert_eq!(refused(&full, &["--reserve", "0"]), "too_little_free", "what ext4 keeps for itself is no room");
    tool("mount", ["-o", "remount,ro", full.mount_point().to_str().unwrap()]);
    assert_eq!(refused(&full, &["--reserve", "0"]), "read_only");
    assert_eq!(entry(&desk)["result"], "refused");
}

#[test]
fn without_confirmation_and_for_a_plan_nothing_is_written() {
    let desk = Desk::new();
    let fs = LoopFs::make("mkfs.ext4 -q -F", 32, "");
    fs.sync();
    let (before, mount) = (fs::read(fs.image_path()).unwrap(), fs.mount_point());
    let words = ["--json", "erase", "--free-space", mount.to_str().unwrap(), "--reserve", "0"];
    let plan = desk.run(words.iter().chain(&["--dry-run"])).ok().json();
    assert!(!desk.path("home/tewatashi").exists(), "not even a ledger");
    assert_eq!(plan["plan"]["expected"].as_u64().unwrap(), free(&mount));
    let run = desk.run(words).fails(2);
    assert_eq!(run.kind(), "needs_yes");
    assert!(run.err.contains("free: ") && run.err.contains("to be overwritten"), "{run:?}");
    fs.sync();
    assert!(before == fs::read(fs.image_path()).unwrap(), "nothing was written");
    desk.run(["erase", "--free-space", "nowhere", "--yes"]).fails(1);
}

#[test]
fn of_a_medium_for_handing_over_nothing_is_left_unless_asked_for() {
    let desk = Desk::new();
    let fs = LoopFs::make_fuse("mkfs.exfat", 48, "mount.exfat-fuse");
    let mount = fs.mount_point();
    let words = ["--json", "erase", "--dry-run", "--free-space", mount.to_str().unwrap()];
    let plan = desk.run(words).ok().json();
    assert_eq!((plan["plan"]["reserve"].as_u64(), plan["plan"]["method"].as_str()), (Some(0), Some("random")));
}
