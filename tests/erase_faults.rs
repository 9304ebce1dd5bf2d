//! Media that fail, kills and interruptions: at every instant what the records say of a file is true, and what was begun can be
//! ended.
//!
//! Needs root, for media that fail.

#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

#[path = "common/desk.rs"]
mod desk;
#[path = "common/erasing.rs"]
mod erasing;
#[path = "common/loopfs.rs"]
mod loopfs;
#[path = "common/office.rs"]
mod office;
#[path = "common/residue.rs"]
mod residue;
use desk::{Run, done, tree};
use erasing::{Told, erase, has, path, result};
use loopfs::{LoopFs, Undone};
use office::Office;
use residue::{Noise, Plan, Planted, Residue, plant};

/// How often an erasure is killed.
const KILLS: u32 = 20;
const PLAN: Plan =
    Plan { files: 120, first: 0, sizes: (1 << 10, 256 << 10), attributes: true, links: false, half_empty: false };

/// A file whose blocks lie behind all others, and the place of its first mark.
fn last_in(fs: &LoopFs, folder: &Path) -> (PathBuf, u64) {
    let mut found = Vec::new();
    for number in 1..=8 {
        let path = folder.join(format!("file-{number}"));
        residue::write(&path, number, 200_000, false, &mut Noise(number.into())).unwrap();
        File::open(&path).unwrap().sync_all().unwrap();
        let start = fs::read(&path).unwrap()[..64].to_vec();
        found.push((fs.find(&start)[0], path));
    }
    let (at, path) = found.into_iter().max().unwrap();
    (path, at)
}

fn forget(path: &Path) {
    rustix::fs::fadvise(File::open(path).unwrap(), 0, None, rustix::fs::Advice::DontNeed).unwrap();
}

/// One file failed and stays, the others are erased.
fn one_failed(office: &Office, folder: &Path, bad: &Path, reasons: &[&str]) {
    let told = Told::by(&erase(office, "", [folder]));
    told.agrees_with_itself();
    assert_eq!(told.json["result"], "partial", "{:#}", told.json);
    let item = told.item(bad);
    assert!(["failed", "not_verified"].contains(&result(item)), "{item}");
    assert!(reasons.iter().any(|reason| has(item, "reasons", reason)), "{item}");
    let files = told.items().iter().filter(|item| item["kind"] == "file" && path(item) != bad);
    let files: Vec<_> = files.collect();
    assert_eq!(files.len(), 7);
    for item in files {
        assert_eq!(result(item), "erased", "{item}");
    }
    assert!(bad.exists(), "it is still there for another try");
    office.is_whole();
}

#[test]
fn a_medium_that_cannot_be_read_fails_the_file_and_the_rest_goes_on() {
    let (fs, office) = (LoopFs::ext4(), Office::new());
    let folder = fs.path("data");
    fs::create_dir(&folder).unwrap();
    let (bad, at) = last_in(&fs, &folder);
    fs.sync();
    fs.cut_raw(at);
    forget(&bad);
    assert!(fs::read(&bad).is_err(), "the medium fails");
    one_failed(&office, &folder, &bad, &["read_failed"]);
}

#[test]
fn a_medium_that_cannot_be_written_fails_the_file_and_the_rest_goes_on() {
    // An image in memory that is full: what has its place is written, what has none is an error of the medium.
    let memory = LoopFs::tmpfs(96);
    let image = memory.path("image");
    let mount = memory.path("mount");
    fs::create_dir(&mount).unwrap();
    done(Command::new("fallocate").args(["-l", "64M"]).arg(&image));
    done(
        Command::new("mkfs.ext4")
            .args(["-q", "-F", "-E", "nodiscard,lazy_itable_init=0,lazy_journal_init=0"])
            .arg(&image),
    );
    let _mounted = Undone::mount(["-o", "loop", image.to_str().unwrap()], &mount);
    let office = Office::new();
    let folder = mount.join("data");
    fs::create_dir(&folder).unwrap();
    let mut bad = PathBuf::new();
    for number in 1..=8 {
        bad = folder.join(format!("file-{number}"));
        residue::write(&bad, number, 200_000, false, &mut Noise(number.into())).unwrap();
    }
    done(Command::new("sync").arg("-f").arg(&mount));
    // Every block has its place in memory, and then those of one file lose theirs.
    done(Command::new("fallocate").args(["-l", "64M"]).arg(&image));
    let raw = fs::read(&image).unwrap();
    let first = fs::read(&bad).unwrap()[..64].to_vec();
    let at = raw.chunks(1024).position(|block| block.starts_with(&first)).unwrap() * 1024;
    forget(&bad);
    let hole = at.next_multiple_of(4096).to_string();
    done(Command::new("fallocate").args(["--punch-hole", "-l", "65536", "-o", &hole]).arg(&image));
    let _ = Command::new("dd")
        .arg("if=/dev/zero")
        .arg(format!("of={}", memory.path("full").display()))
        .args(["bs=64k"])
        .output();
    one_failed(&office, &folder, &bad, &["write_failed", "sync_failed", "differs"]);
}

/// Files planted anew, and the program about to erase them.
struct Round {
    planted: Vec<Planted>,
    folder: PathBuf,
}

impl Round {
    fn new(fs: &LoopFs, number: u32) -> Self {
        let folder = fs.path(&format!("data-{number}"));
        let planted = plant(&folder, Plan { first: number * 1000, ..PLAN }).unwrap();
        Self { planted, folder }
    }

    fn start(&self, office: &Office) -> Child {
        let mut command = office.command("--json --yes erase");
        command.arg(&self.folder).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    fn left(&self) -> usize {
        self.planted.iter().filter(|planted| planted.path.exists()).count()
    }

    /// Ends what was interrupted: by going on, or from the beginning when there is nothing to go on with.
    fn end(&self, office: &Office) -> Option<Told> {
        let resumed = office.run("--json --yes erase --resume");
        let told = resumed.json()["items"].is_array().then(|| Told::by(&resumed));
        if told.is_none() {
            assert_eq!(resumed.code, 1, "there was nothing to go on with: {resumed:?}");
            let before = self.left();
            assert!(before == 0 || before == self.planted.len(), "{before} files are left of something begun");
            if before > 0 {
                let told = Told::by(&erase(office, "", [&self.folder]));
                told.all_erased();
                return Some(told);
            }
        }
        told
    }
}

fn delays(over: Duration) -> impl Iterator<Item = Duration> {
    let mut seed = 42_u64;
    std::iter::repeat_with(move || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        over.mul_f64(f64::from((seed >> 32) as u32) / f64::from(u32::MAX))
    })
}

#[test]
fn whatever_was_killed_can_be_ended_and_nothing_is_called_erased_that_is_not() {
    let (fs, office) = (LoopFs::make("mkfs.ext4 -q -F -b 4096", 256, ""), Office::new());
    let warm = Round::new(&fs, 40);
    let begin = Instant::now();
    Told::by(&erase(&office, "", [&warm.folder])).all_erased();
    let undisturbed = begin.elapsed();
    let (mut killed, mut midway) = (0, 0);
    for (number, delay) in (0..).zip(delays(undisturbed)) {
        if killed == KILLS {
            break;
        }
        assert!(number < 6 * KILLS, "killed {killed} times only");
        let round = Round::new(&fs, number % 40);
        let mut child = round.start(&office);
        std::thread::sleep(delay);
        child.kill().unwrap();
        if child.wait().unwrap().signal() != Some(9) {
            assert_eq!(round.left(), 0);
            continue;
        }
        killed += 1;
        let left = round.left();
        midway += u32::from(left > 0 && left < round.planted.len());
        let told = round.end(&office);
        assert_eq!(round.left(), 0, "all of it is gone in the end");
        fs.unmount();
        let residue = Residue::scan(&fs.image_path()).unwrap();
        fs.mount_again();
        if let Some(told) = told {
            told.agrees_with_itself();
            told.holds_against(&residue, &round.planted);
        }
        office.is_whole();
    }
    println!("killed {killed} times, {midway} with some files gone and some not");
}

#[test]
fn ctrl_c_stops_at_a_clean_point_and_the_rest_is_done_by_resume() {
    let (fs, office) = (LoopFs::make("mkfs.ext4 -q -F -b 4096", 256, ""), Office::new());
    let begin = Instant::now();
    Told::by(&erase(&office, "", [&Round::new(&fs, 40).folder])).all_erased();
    let undisturbed = begin.elapsed();
    let mut met = 0;
    for (number, delay) in (0..30).zip(delays(undisturbed)) {
        if met == 5 {
            break;
        }
        let round = Round::new(&fs, number);
        let child = round.start(&office);
        std::thread::sleep(delay);
        let _ = kill_process(Pid::from_child(&child), Signal::INT);
        let output = child.wait_with_output().unwrap();
        if output.status.code() != Some(130) {
            // Done before, or not yet able to listen.
            round.end(&office);
            continue;
        }
        let run = Run::came(output, true);
        if !run.err.contains("--resume") {
            assert_eq!(round.left(), round.planted.len(), "nothing was begun: {run:?}");
            round.end(&office);
            continue;
        }
        met += 1;
        let told = round.end(&office).expect("there is something to go on with");
        assert_eq!(round.left(), 0);
        fs.unmount();
        told.holds_against(&Residue::scan(&fs.image_path()).unwrap(), &round.planted);
        fs.mount_again();
        office.is_whole();
    }
    assert!(met > 0, "it was never met at work");
}

#[test]
fn nothing_to_resume_is_said() {
    let office = Office::new();
    office.run("--json --yes erase --resume").fails(1);
}

/// Killed while it overwrites the log of work that is done: that log is no longer one to go on with, nor one that was altered.
#[test]
fn a_log_half_overwritten_is_ended_and_not_taken_for_an_altered_one() {
    let office = Office::new();
    let source = office.desk.file("名簿.csv", "氏名\n");
    erase(&office, "", [source]);
    let closed = office.folder().join("erasing/00000002.closed");
    fs::write(&closed, [0; 5000]).unwrap();
    let run = office.run("--json --yes erase --resume");
    assert_eq!((run.code, run.kind().as_str()), (1, "nothing_to_resume"), "{run:?}");
    assert!(!closed.exists());
    // The next command on the case ends it as well, whatever it is about: it may hold names.
    fs::write(&closed, "名簿.csv").unwrap();
    office.run("medium add M-1 --kind USB").ok();
    assert!(!closed.exists());
}

#[test]
fn what_was_interrupted_is_told_by_the_next_command_on_the_case() {
    let (fs, office) = (LoopFs::make("mkfs.ext4 -q -F -b 4096", 256, ""), Office::new());
    for number in 0..30 {
        let round = Round::new(&fs, number);
        let before = tree(&round.folder).len();
        let mut child = round.start(&office);
        while round.left() == round.planted.len() && child.try_wait().unwrap().is_none() {
            std::hint::spin_loop();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        if round.folder.exists() && tree(&round.folder).len() < before {
            let told = office.run("case hold --reason 待機");
            assert!(told.err.contains("--resume"), "{told:?}");
            return;
        }
    }
    panic!("it was never met at work");
}
