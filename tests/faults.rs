//! Kills, full disks, dying media: at every instant the old state or the new one, and never plaintext nobody knows about.
//!
//! Needs root for the media that are taken away under the program.

#![cfg(target_os = "linux")]

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use globset::GlobSet;
use rustix::process::{Pid, Signal, kill_process};
use tewatashi::bundle::{self, BundleId, Description, Lock, Moment, Order, Skip, Sources};
use tewatashi::erase::os;
use tewatashi::progress::{Progress, Stage};
use tewatashi::sign::SigningKey;

#[path = "common/desk.rs"]
mod desk;
#[path = "common/loopfs.rs"]
mod loopfs;
use desk::{Desk, Run, assert_empty, flip, names_in, same_tree};
use loopfs::{BLOCK, LoopFs, marked, marker};

/// How often each command is killed.
const KILLS: u32 = 50;
/// Enough that there is something to interrupt.
const MUCH: usize = 40 << 20;

/// A desk with a large source full of markers, and a key, so that a passphrase's cost is not most of what is interrupted.
struct Bench {
    desk: Desk,
    identity: PathBuf,
    public: String,
}

impl Bench {
    fn new(bytes: usize) -> Self {
        let desk = Desk::new();
        for number in 0..4 {
            desk.file(&format!("s/名簿{number}.csv"), marked("plain", bytes / 4));
        }
        desk.file("s/空/zero", "");
        let (identity, public) = desk.key("key.txt");
        Self { desk, identity, public }
    }

    fn pack_words(&self, to: &Path) -> Vec<String> {
        let to = to.to_str().unwrap();
        ["--json", "pack", "s", "--recipient", &self.public, "--to", to].map(str::to_owned).into()
    }

    fn open_words(&self, bundle: &Path, to: &Path) -> Vec<String> {
        let path = |path: &Path| path.to_str().unwrap().to_owned();
        let words = ["--json", "open", "--no-documents", "--identity"].map(str::to_owned);
        words.into_iter().chain([path(&self.identity), path(bundle), "--to".to_owned(), path(to)]).collect()
    }

    fn pack(&self, to: &Path) -> PathBuf {
        self.desk.run(self.pack_words(to)).ok().bundle()
    }

    /// Everything that stands under a bundle's name must be whole: verified inside and out.
    fn bundles_are_whole(&self, folder: &Path) {
        for name in names_in(folder).into_iter().filter(|n| n.to_str().unwrap().starts_with("TW-")) {
            let words = ["--json", "verify", "--identity"].map(OsStr::new);
            let bundle = folder.join(&name);
            self.desk.run(words.into_iter().chain([self.identity.as_os_str(), bundle.as_os_str()])).ok();
            fs::remove_dir_all(bundle).unwrap();
        }
    }

    /// Everything that stands under an opened bundle's name must be equal to the source.
    fn opened_are_whole(&self, folder: &Path) {
        for name in names_in(folder).into_iter().filter(|n| n.to_str().unwrap().starts_with("TW-")) {
            same_tree(&self.desk.path("s"), &folder.join(&name).join("s"));
            fs::remove_dir_all(folder.join(name)).unwrap();
        }
    }

    /// What a killed run left is named by `leftovers` and by the next command, stays until someone agrees, and goes then.
    fn leftovers_are_known_and_go(&self, folder: &Path) -> bool {
        let left: Vec<PathBuf> = names_in(folder).into_iter().map(|name| folder.join(name)).collect();
        let found = |run: &Run, key: &str| -> Vec<PathBuf> { serde_json::from_value(run.json()[key].clone()).unwrap() };
        let told = self.desk.run(["--json", "leftovers"]).ok();
        assert_eq!(found(&told, "found"), left);
        assert_eq!(found(&told, "erased"), Vec::<PathBuf>::new());
        if left.is_empty() {
            return false;
        }
        let next = self.desk.run(["verify", "s"]).fails(1);
        let warned = next.err.lines().filter(|l| l.starts_with("warning: ") && l.contains(left[0].to_str().unwrap()));
        assert_eq!(warned.count(), 1, "{next:?}");
        self.desk.run(["leftovers", "--erase"]).fails(2);
        assert!(left[0].exists(), "nobody agreed");
        let erased = self.desk.run(["--json", "leftovers", "--erase", "--yes"]).ok();
        assert_eq!(found(&erased, "erased"), left);
        assert_empty(folder);
        true
    }
}

fn signal(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).unwrap();
}

/// Delays spread evenly and without pattern over a duration and a little more, the same in every run of the test.
fn delays(over: Duration, mut seed: u64) -> impl Iterator<Item = Duration> {
    std::iter::repeat_with(move || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        over.mul_f64(f64::from((seed >> 32) as u32) / f64::from(u32::MAX) * 1.1)
    })
}

/// Starts a command again and again and kills it at another moment each time. Returns how often it was in the midst of work.
fn kill_again_and_again(bench: &Bench, words: &[String], target: &Path, seed: u64, whole: &dyn Fn()) -> (u32, u32) {
    let begin = Instant::now();
    bench.desk.run(words).ok();
    let undisturbed = begin.elapsed();
    whole();
    let (mut killed, mut left) = (0, 0);
    // Some runs are over before they are killed; those do not count. A machine under load needs more of them.
    for delay in delays(undisturbed, seed).take(6 * KILLS as usize) {
        if killed == KILLS {
            break;
        }
        let mut child = bench.desk.start(words);
        std::thread::sleep(delay);
        child.kill().unwrap();
        killed += u32::from(child.wait().unwrap().signal() == Some(9));
        whole();
        left += u32::from(bench.leftovers_are_known_and_go(target));
    }
    bench.desk.run(words).ok();
    whole();
    (killed, left)
}

#[test]
fn a_killed_pack_leaves_a_whole_bundle_or_none_and_nothing_unknown() {
    let bench = Bench::new(MUCH);
    let medium = bench.desk.medium();
    let whole = || bench.bundles_are_whole(&medium);
    let (killed, left) = kill_again_and_again(&bench, &bench.pack_words(&medium), &medium, 7, &whole);
    assert!(killed == KILLS && left > KILLS / 5, "killed {killed} times, {left} in the midst of work");
    assert!(desk::holding(&bench.desk.path("home"), &marker("plain")).is_empty());
}

#[test]
fn a_killed_open_leaves_everything_or_nothing_and_no_plaintext_nobody_knows_of() {
    let bench = Bench::new(MUCH);
    let bundle = bench.pack(&bench.desk.medium());
    let opened = bench.desk.path("opened");
    let whole = || bench.opened_are_whole(&opened);
    let (killed, left) = kill_again_and_again(&bench, &bench.open_words(&bundle, &opened), &opened, 11, &whole);
    assert!(killed == KILLS && left > KILLS / 5, "killed {killed} times, {left} in the midst of work");
}

/// Lets a command run until its work folder holds something, then does something to it. Returns how it ended.
fn in_the_midst(desk: &Desk, words: &[String], target: &Path, act: impl FnOnce(&Child)) -> Run {
    let mut child = desk.start(words);
    let at_work = || -> io::Result<bool> {
        let hidden = fs::read_dir(target)?.flatten().find(|e| e.file_name().to_str().unwrap().starts_with('.'));
        let Some(work) = hidden else { return Ok(false) };
        let size = |entry: fs::DirEntry| entry.metadata().map_or(0, |m| if m.is_dir() { 1 } else { m.len() });
        Ok(fs::read_dir(work.path())?.flatten().map(size).any(|size| size > 0))
    };
    while !at_work().unwrap_or(false) && child.try_wait().unwrap().is_none() {
        std::hint::spin_loop();
    }
    act(&child);
    Run::came(child.wait_with_output().unwrap(), true)
}

/// Tries until the moment was met: a fast machine may be done before. Whole outcomes are taken away by `whole`.
fn until_met(whole: &dyn Fn(), attempt: &dyn Fn() -> Run) -> Run {
    for _ in 0..20 {
        let run = attempt();
        if run.code != 0 {
            return run;
        }
        whole();
    }
    panic!("the work was always done before");
}

#[test]
fn a_signal_in_the_midst_ends_with_130_and_leaves_nothing() {
    let bench = Bench::new(MUCH);
    let (medium, opened, kept) = (bench.desk.medium(), bench.desk.path("opened"), bench.desk.path("kept"));
    fs::create_dir(&kept).unwrap();
    let bundle = bench.pack(&kept);
    for sent in [Signal::INT, Signal::TERM, Signal::HUP] {
        for (words, target) in [(bench.pack_words(&medium), &medium), (bench.open_words(&bundle, &opened), &opened)] {
            let whole = || {
                bench.bundles_are_whole(&medium);
                bench.opened_are_whole(&opened);
            };
            let attempt = || in_the_midst(&bench.desk, &words, target, |child| signal(child, sent));
            let run = until_met(&whole, &attempt).fails(130);
            assert_eq!(run.kind(), "interrupted");
            assert_empty(target);
            assert_empty(&bench.desk.path("home/tewatashi/work"));
        }
    }
}

/// Someone who asks to stop as soon as reading back has begun.
#[derive(Default)]
struct Impatient {
    reading: AtomicBool,
    read: AtomicU64,
}

impl Progress for Impatient {
    fn stage(&self, stage: Stage, _: u64) {
        self.reading.store(stage == Stage::ReadBack, Ordering::SeqCst);
    }

    fn advance(&self, bytes: u64) {
        if self.reading.load(Ordering::SeqCst) {
            self.read.fetch_add(bytes, Ordering::SeqCst);
        }
    }

    fn cancelled(&self) -> bool {
        self.read.load(Ordering::SeqCst) > 0
    }
}

#[test]
fn a_volume_need_not_be_read_back_to_its_end_before_the_work_stops_and_nothing_is_left() {
    let desk = Desk::new();
    let fs = LoopFs::ext4();
    let to = fs.path("束");
    fs::create_dir(&to).unwrap();
    let source = desk.file("large.csv", marked("plain", 16 << 20));
    let progress = Impatient::default();
    let sources = Sources::scan(&[source], &GlobSet::empty(), Skip::default(), &progress).unwrap();
    let order = Order {
        sources: &sources,
        id: BundleId::draw("20261121").unwrap(),
        created: "2026-11-21T16:30:08+09:00".into(),
        moment: Moment::default(),
        lock: Lock::Recipients(&[desk.key("key.txt").1.parse().unwrap()]),
        passphrase: None,
        split: None,
        description: Description::default(),
        signer: &SigningKey::generate().unwrap(),
        ledger_code: None,
        openers: None,
    };
    let mut staged = bundle::pack(&order, &to.join(".work"), &to.join(order.id.as_str()), &progress).unwrap();
    let stopped = staged.read_back(&progress);
    assert!(matches!(stopped, Err(bundle::Error::Cancelled)), "{stopped:?}");
    let read = progress.read.into_inner();
    assert!((1..=1 << 20).contains(&read), "{read} bytes of 16 MiB");
    drop(staged);
    assert_empty(&to);
}

/// Fills a file system to the brim while the program stands still, then lets it go on.
fn fill_meanwhile(fs: &LoopFs, child: &Child) {
    signal(child, Signal::STOP);
    let filler = File::create(fs.path("filler")).unwrap();
    let mut size = 1 << 30;
    while size >= 4096 {
        let end = filler.metadata().unwrap().len();
        if rustix::fs::fallocate(&filler, rustix::fs::FallocateFlags::empty(), end, size).is_err() {
            size /= 2;
        }
    }
    signal(child, Signal::CONT);
}

#[test]
fn a_disk_that_fills_up_in_the_midst_of_packing_is_told_and_nothing_is_left() {
    let bench = Bench::new(MUCH);
    let fs = LoopFs::tmpfs(64);
    let target = fs.path("束");
    fs::create_dir(&target).unwrap();
    let words = bench.pack_words(&target);
    let whole = || {
        bench.bundles_are_whole(&target);
        let _ = fs::remove_file(fs.path("filler"));
    };
    let run = until_met(&whole, &|| in_the_midst(&bench.desk, &words, &target, |child| fill_meanwhile(&fs, child)));
    let run = run.fails(1);
    assert!(run.err.contains("no room left") && run.err.contains("make room"), "{run:?}");
    assert_empty(&target);
    assert_empty(&bench.desk.path("home/tewatashi/work"));
    fs::remove_file(fs.path("filler")).unwrap();
    bench.pack(&target);
}

#[test]
fn a_disk_that_fills_up_in_the_midst_of_opening_is_told_and_nothing_is_left() {
    let bench = Bench::new(MUCH);
    let bundle = bench.pack(&bench.desk.medium());
    let fs = LoopFs::tmpfs(64);
    let target = fs.path("先");
    fs::create_dir(&target).unwrap();
    let words = bench.open_words(&bundle, &target);
    let whole = || {
        bench.opened_are_whole(&target);
        let _ = fs::remove_file(fs.path("filler"));
    };
    let run = until_met(&whole, &|| in_the_midst(&bench.desk, &words, &target, |child| fill_meanwhile(&fs, child)));
    let run = run.fails(1);
    assert!(run.err.contains("no room left") && run.err.contains("overwrote and removed"), "{run:?}");
    assert_empty(&target);
    fs::remove_file(fs.path("filler")).unwrap();
    bench.desk.run(&words).ok();
}

/// Takes the medium away from the middle of a file on, and the cached copy with it.
fn cut_in_the_middle(fs: &LoopFs, path: &Path) {
    let bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2 / BLOCK * BLOCK;
    fs.sync();
    let places = fs.find(&bytes[middle..middle + 256]);
    assert_eq!(places.len(), 1, "the file stands on the medium once");
    fs.cut_raw(places[0]);
    os::forget_pages(&File::open(path).unwrap()).unwrap();
    assert_eq!(fs::read(path).unwrap_err().raw_os_error(), Some(5));
}

/// Noise in which every block differs, so that a block can be found again.
fn noise(length: usize) -> Vec<u8> {
    let mut bytes = marked("noise", length);
    for (number, block) in (0u64..).zip(bytes.chunks_mut(8)) {
        block.copy_from_slice(&number.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes()[..block.len()]);
    }
    bytes
}

#[test]
fn a_source_that_cannot_be_read_to_its_end_stops_the_pack_and_is_named() {
    let bench = Bench::new(8 << 20);
    let fs = LoopFs::ext4();
    let source = fs.path("名簿.csv");
    fs::write(&source, noise(8 << 20)).unwrap();
    cut_in_the_middle(&fs, &source);
    let mut words = bench.pack_words(&bench.desk.medium());
    words[2] = source.to_str().unwrap().to_owned();
    let run = bench.desk.run(&words).fails(1);
    assert_eq!(run.kind(), "io");
    assert_eq!(run.json()["error"]["subject"], source.to_str().unwrap());
    assert_empty(&bench.desk.medium());
}

#[test]
fn a_bundle_that_cannot_be_read_to_its_end_is_told_by_its_file_and_leaves_nothing() {
    let bench = Bench::new(8 << 20);
    for (split, cut) in [("8G", "bundle.age"), ("3M", "bundle.age.001"), ("3M", "bundle.age.002")] {
        let fs = LoopFs::ext4();
        let mut words = bench.pack_words(&fs.mount_point());
        words.extend(["--split".to_owned(), split.to_owned()]);
        let bundle = bench.desk.run(words).ok().bundle();
        cut_in_the_middle(&fs, &bundle.join(cut));
        let verified = bench.desk.run(["--json", "verify", bundle.to_str().unwrap()]).fails(1);
        assert!(verified.err.contains(bundle.join(cut).to_str().unwrap()), "{cut}: {verified:?}");
        assert_eq!(verified.json()["result"], "unreadable");
        let run = bench.desk.run(bench.open_words(&bundle, &bench.desk.path("opened"))).fails(1);
        assert_eq!(run.kind(), "io");
        assert_eq!(run.json()["error"]["subject"], bundle.join(cut).to_str().unwrap(), "{run:?}");
        assert_empty(&bench.desk.path("opened"));
    }
}

#[test]
fn plaintext_of_a_failed_open_is_overwritten_on_the_medium() {
    let bench = Bench::new(8 << 20);
    let good = bench.pack(&bench.desk.medium());
    let bad = bench.pack(&bench.desk.medium());
    let sealed = bad.join("bundle.age");
    flip(&sealed, fs::read(&sealed).unwrap().len() - 1);
    // Every write goes to the medium at once, as the worst case has it.
    let medium = || LoopFs::make("mkfs.ext4 -q -F", 128, "sync");
    let fs = medium();
    bench.desk.run(bench.open_words(&good, &fs.mount_point())).ok();
    fs.sync();
    let blocks = (8 << 20) / BLOCK;
    assert!(fs.find(&marker("plain")).len() >= blocks, "plaintext is found where there is some");
    let fs = medium();
    let run = bench.desk.run(bench.open_words(&bad, &fs.mount_point())).fails(11);
    assert!(run.err.contains("overwrote and removed what was half written: 4 files"), "{run:?}");
    assert_eq!(names_in(&fs.mount_point()), ["lost+found"]);
    fs.sync();
    assert_eq!(fs.find(&marker("plain")), Vec::<u64>::new());
}

#[test]
fn a_run_at_work_is_no_leftover_for_another() {
    let bench = Bench::new(MUCH);
    let medium = bench.desk.medium();
    let seen = std::cell::Cell::new(false);
    let run = in_the_midst(&bench.desk, &bench.pack_words(&medium), &medium, |child| {
        signal(child, Signal::STOP);
        let at_work = !names_in(&medium).is_empty();
        let told = bench.desk.run(["--json", "leftovers", "--erase", "--yes"]).ok();
        assert_eq!(told.json()["found"], serde_json::json!([]), "it is at work: {at_work}");
        seen.set(at_work);
        signal(child, Signal::CONT);
    });
    assert!(seen.get());
    run.ok();
    bench.bundles_are_whole(&medium);
}
