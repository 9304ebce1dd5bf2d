//! What is recorded of a filling: codes and numbers. Words are made where there is a screen.

use serde::Serialize;

use super::super::pattern::Method;
use super::Plan;
use super::slots::Slots;

/// Why a filling ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// The file system had no more to give.
    #[default]
    Full,
    /// Only what was to be left free was left.
    Reserve,
    /// A quota gave no more, and the file system had.
    Quota,
    /// More went in than was free: it is stored compressed or only once, and proves nothing.
    NoEnd,
    /// The user stopped it.
    Interrupted,
    /// Something could not be written.
    Failed,
}

/// What a filling cannot reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Beyond {
    /// What was left free for others.
    Reserve,
    /// Blocks set aside for the administrator.
    ReservedBlocks,
    /// What a quota kept from this user.
    Quota,
    /// The file system's own records: its journal, its trees, what it sets aside for them, and small files kept within.
    Metadata,
    /// Names of removed files, in folders that live on and in the file system's records.
    Names,
    /// Inodes that were not taken.
    Inodes,
    /// What lies after the end of living files, in their last blocks.
    Slack,
    /// Blocks of removed files that a program still has open.
    OpenFiles,
    /// Blocks kept by snapshots and by files that share them.
    Snapshots,
    /// Earlier states of the trees of a file system that never writes in place.
    CopyOnWrite,
    /// What the storage below keeps of its own: an image file, a volume, a virtual disk.
    StorageBelow,
    /// Spare and remapped cells and sectors.
    SpareCells,
}

/// Whether a filling did what it set out to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It went on to its end, and all that it held compared equal.
    Done,
    /// It did not.
    InPart,
}

/// The numbers of one pass.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    pub(super) filled: u64,
    pub(super) equal: u64,
    pub(super) differs: u64,
    pub(super) not_established: u64,
    pub(super) given_back: u64,
    pub(super) files: u64,
    pub(super) free_at_end: u64,
    pub(super) ended: Ended,
}

impl Tally {
    pub(super) fn failed() -> Self {
        Self { ended: Ended::Failed, ..Self::default() }
    }

    /// Nothing more should be tried.
    pub(super) fn stops(&self) -> bool {
        matches!(self.ended, Ended::Interrupted | Ended::Failed | Ended::NoEnd)
    }

    /// Of several passes, only what all of them reached is covered.
    pub(super) fn weaker(self, other: Self) -> Self {
        let rank = |tally: &Self| (!tally.stops(), tally.differs == 0, tally.equal);
        if rank(&other) < rank(&self) { other } else { self }
    }
}

/// What is recorded of a filling.
#[derive(Debug, Clone, Serialize)]
pub struct FillRecord {
    /// Whether it did what it set out to do.
    #[serde(rename = "result")]
    pub verdict: Verdict,
    /// Where the file system is mounted.
    pub mount_point: String,
    /// Its type.
    pub file_system: String,
    /// The disk, by its name of the day.
    pub device: Option<String>,
    /// The disk's name for itself.
    pub model: Option<String>,
    /// How it was filled.
    pub method: Method,
    /// Bytes free before, in the whole file system.
    pub free_before: u64,
    /// Those of them set aside for the administrator.
    pub reserved_blocks: u64,
    /// What was to be left free.
    pub reserve: u64,
    /// Bytes filled.
    pub filled: u64,
    /// Bytes of them read back past the cache and equal: what was covered.
    pub equal: u64,
    /// Covered of what was free before, in thousandths, rounded down.
    pub permille: u64,
    /// Bytes that came back as something else.
    pub differs: u64,
    /// Bytes of which it could not be established what stands on the medium.
    pub not_established: u64,
    /// Bytes filled and given back, because others needed the room.
    pub given_back: u64,
    /// Bytes still free when the filling ended.
    pub free_at_end: u64,
    /// Large files it took.
    pub files: u64,
    /// Small files with content, made in what was left.
    pub small_files: u64,
    /// Empty files with long names.
    pub empty_files: u64,
    /// Inodes free before; 0 where the file system makes them as it goes.
    pub inodes_free: u64,
    /// Inodes taken.
    pub inodes_filled: u64,
    /// Why the filling ended.
    pub ended: Ended,
    /// What it cannot reach.
    pub not_reached: Vec<Beyond>,
}

impl FillRecord {
    pub(super) fn new(plan: &Plan, tally: &Tally, slots: Option<&Slots>) -> Self {
        let (small_files, empty_files) = slots.map_or((0, 0), |slots| (slots.small(), slots.empty()));
        let inodes_filled = tally.files + small_files + empty_files;
        let held = tally.filled - tally.given_back.min(tally.filled);
        let whole = matches!(tally.ended, Ended::Full | Ended::Reserve) && held > 0 && tally.equal == held;
        Self {
            verdict: if whole { Verdict::Done } else { Verdict::InPart },
            mount_point: plan.place.mount_point.to_string_lossy().into_owned(),
            file_system: plan.place.fs_type.clone(),
            device: plan.place.whole_device.clone(),
            model: plan.storage.model.clone(),
            method: plan.method,
            free_before: plan.free,
            reserved_blocks: plan.space.free.saturating_sub(plan.space.available),
            reserve: plan.reserve,
            filled: tally.filled,
            equal: tally.equal,
            permille: permille(tally.equal, plan.free),
            differs: tally.differs,
            not_established: tally.not_established,
            given_back: tally.given_back,
            free_at_end: tally.free_at_end,
            files: tally.files,
            small_files,
            empty_files,
            inodes_free: plan.space.inodes_free,
            inodes_filled,
            ended: tally.ended,
            not_reached: not_reached(plan, tally.ended, inodes_filled),
        }
    }
}

/// Never the whole as long as a byte is missing.
fn permille(part: u64, whole: u64) -> u64 {
    let thousandths = u128::from(part) * 1000 / u128::from(whole.max(1));
    u64::try_from(thousandths).unwrap_or(1000).min(1000)
}

/// File systems that never write over data, and keep snapshots.
pub(super) const COPY_ON_WRITE: [&str; 4] = ["btrfs", "zfs", "bcachefs", "nilfs2"];

fn not_reached(plan: &Plan, ended: Ended, inodes_filled: u64) -> Vec<Beyond> {
    let copy_on_write = COPY_ON_WRITE.contains(&plan.place.fs_type.as_str());
    let aside = plan.space.free > plan.space.available && plan.within_reach() <= plan.space.available;
    let all = [
        (plan.reserve > 0, Beyond::Reserve),
        (aside, Beyond::ReservedBlocks),
        (plan.is_under_quota() || ended == Ended::Quota, Beyond::Quota),
        (true, Beyond::Metadata),
        (true, Beyond::Names),
        (inodes_filled < plan.space.inodes_free, Beyond::Inodes),
        (true, Beyond::Slack),
        (true, Beyond::OpenFiles),
        (copy_on_write || plan.storage.layered || plan.place.fs_type == "xfs", Beyond::Snapshots),
        (copy_on_write, Beyond::CopyOnWrite),
        (plan.storage.layered || plan.place.whole_device.is_none(), Beyond::StorageBelow),
        (true, Beyond::SpareCells),
    ];
    all.into_iter().filter_map(|(holds, beyond)| holds.then_some(beyond)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_short_is_not_the_whole() {
        assert_eq!(
            (permille(999_999, 1_000_000), permille(7, 7), permille(0, 0), permille(9, 8)),
            (999, 1000, 0, 1000)
        );
        assert_eq!(permille(u64::MAX - 1, u64::MAX), 999);
    }

    #[test]
    fn of_several_passes_the_weakest_is_told() {
        let tally = |equal, differs, ended| Tally { equal, differs, ended, ..Tally::default() };
        let good = tally(10, 0, Ended::Full);
        assert_eq!(good.clone().weaker(tally(9, 0, Ended::Full)).equal, 9);
        assert_eq!(good.clone().weaker(tally(11, 0, Ended::Full)).equal, 10);
        assert_eq!(good.clone().weaker(tally(11, 1, Ended::Full)).differs, 1);
        assert_eq!(good.weaker(tally(11, 0, Ended::Interrupted)).ended, Ended::Interrupted);
    }
}
