//! The comparison that an erasure rests on: when the medium holds something else than was written, the file is not erased,
//! whatever the cache says.
//!
//! Needs root, mkfs for ext4, xfs and btrfs; exfat-fuse with exfatprogs, and ntfs-3g.

#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::io;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tewatashi::erase::guard::Guard;
use tewatashi::erase::outcome::{Fate, Reason};
use tewatashi::erase::pattern::{Key, Method};
use tewatashi::erase::plan::Plan;
use tewatashi::erase::promise::Wishes;
use tewatashi::erase::work::{Ended, Log, Orders, erase};
use tewatashi::progress::{Progress, Silent, Stage};

#[path = "common/loopfs.rs"]
mod loopfs;
#[path = "common/residue.rs"]
mod residue;
use loopfs::LoopFs;
use residue::Noise;

/// Small enough to be written through the cache, and made of whole blocks.
const SIZE: u64 = 64 << 10;
const FILES: u32 = 3;

struct NoLog;

impl Log for NoLog {
    fn begins(&mut self, _: &Plan, _: Range<usize>) -> io::Result<()> {
        Ok(())
    }
    fn proved(&mut self, _: &Plan, _: Range<usize>) -> io::Result<()> {
        Ok(())
    }
}

/// Puts old bytes back onto the medium once so many bytes were read, written and read again: by then everything was
/// overwritten and synced, and reading back has begun.
struct Meddler<'a> {
    fs: &'a LoopFs,
    places: Vec<(u64, Vec<u8>)>,
    from: u64,
    done: AtomicU64,
    acted: AtomicBool,
}

impl Progress for Meddler<'_> {
    fn stage(&self, _: Stage, _: u64) {}

    fn advance(&self, bytes: u64) {
        let done = self.done.fetch_add(bytes, Ordering::SeqCst) + bytes;
        if done > self.from && !self.acted.swap(true, Ordering::SeqCst) {
            for (place, bytes) in &self.places {
                self.fs.write_raw(*place, bytes);
            }
        }
    }

    fn cancelled(&self) -> bool {
        false
    }
}

/// Erases three files while somebody puts one block of the last one back.
fn meddled_with(fs: &LoopFs) {
    let folder = fs.path("data");
    fs::create_dir(&folder).unwrap();
    let paths: Vec<PathBuf> = (0..FILES).map(|number| folder.join(format!("file-{number}"))).collect();
    for (number, path) in (0..FILES).zip(&paths) {
        residue::write(path, number, SIZE, false, &mut Noise(u64::from(number) + 1)).unwrap();
        File::open(path).unwrap().sync_all().unwrap();
    }
    fs.sync();
    let guard = Guard::of(&[], &[]).unwrap();
    let mut plan = Plan::of(&[folder], Wishes::default(), &guard, &Silent).unwrap();
    let last = plan.path(plan.items.last().unwrap());
    let old = fs::read(&last).unwrap()[..512].to_vec();
    let places: Vec<_> = fs.find(&old[..32]).into_iter().map(|place| (place, old.clone())).collect();
    assert!(!places.is_empty());
    let from = 2 * SIZE * u64::from(FILES);
    let meddler = Meddler { fs, places, from, done: AtomicU64::default(), acted: AtomicBool::default() };
    let orders = Orders { method: Method::Zero, key: Key::fresh().unwrap(), fingerprint: &|_, _, digest| digest };
    let ended = erase(&mut plan, &orders, &mut NoLog, &meddler).unwrap();
    assert_eq!(ended, Ended::Done);
    assert!(meddler.acted.load(Ordering::SeqCst), "reading back was not met");
    let (spoilt, rest) = plan.items.split_last().unwrap();
    assert_eq!(spoilt.fate, Some(Fate::Failed), "{spoilt:?}");
    assert!(spoilt.reasons.has(Reason::Differs) || spoilt.reasons.has(Reason::OldBlocksDiffer), "{spoilt:?}");
    assert!(last.exists(), "its name stays, so that it can be tried again");
    for item in rest {
        assert!(matches!(item.fate, Some(Fate::Erased | Fate::NotVerified)), "{item:?}");
    }
}

#[test]
fn ext4_is_not_believed_from_its_cache() {
    meddled_with(&LoopFs::ext4());
}

#[test]
fn ext4_with_data_journal_is_not_believed_from_its_cache() {
    meddled_with(&LoopFs::ext4_data_journal());
}

#[test]
fn xfs_is_not_believed_from_its_cache() {
    meddled_with(&LoopFs::xfs());
}

#[test]
fn btrfs_that_overwrites_in_place_is_not_believed_from_its_cache() {
    meddled_with(&LoopFs::btrfs_nodatacow());
}

#[test]
fn ntfs_is_not_believed_from_its_cache() {
    meddled_with(&LoopFs::ntfs());
}

#[test]
fn exfat_is_not_believed_from_its_cache() {
    meddled_with(&LoopFs::exfat());
}
