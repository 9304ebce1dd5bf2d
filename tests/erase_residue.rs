//! What stands in the raw image after an erasure, on real file systems, beside what the program said of it.
//!
//! Needs root, and mkfs for ext4, xfs and btrfs; exfat-fuse with exfatprogs, and ntfs-3g.

#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::PathBuf;

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
use desk::{done, tool, tree};
use erasing::{Told, erase, has, path, result};
use loopfs::{LoopFs, Undone};
use office::Office;
use residue::{Plan, Planted, Residue, plant};

const CERTIFICATE: &str = "電子データ消去証明書（ファイル単位）";
const REPORT: &str = "消去結果報告書";

const PLAN: Plan =
    Plan { files: 60, first: 0, sizes: (1 << 10, 1 << 20), attributes: true, links: true, half_empty: false };

/// A file system with marked files in its folder `data`, and an office that will erase them.
struct Scene {
    fs: LoopFs,
    office: Office,
    planted: Vec<Planted>,
}

/// What an erasure said, and what the image says.
struct Aftermath {
    /// Mounted again.
    fs: LoopFs,
    told: Told,
    residue: Residue,
    planted: Vec<Planted>,
    office: Office,
}

impl Scene {
    fn new(fs: LoopFs, plan: Plan) -> Self {
        let planted = plant(&fs.path("data"), plan).unwrap();
        Self { fs, office: Office::new(), planted }
    }

    fn data(&self) -> PathBuf {
        self.fs.path("data")
    }

    /// Everything planted is seen in the image, or nothing that follows would mean anything.
    fn is_seen(&self) {
        self.fs.sync();
        let residue = Residue::scan(&self.fs.image_path()).unwrap();
        assert_eq!(residue.files(), self.planted.len(), "files seen before");
    }

    /// Erases the marked files, takes the medium away, and looks at it.
    fn erase(self, words: &str) -> Aftermath {
        self.is_seen();
        let told = Told::by(&erase(&self.office, words, [self.data()]));
        self.fs.unmount();
        let residue = Residue::scan(&self.fs.image_path()).unwrap();
        self.fs.mount_again();
        let Self { fs, office, planted } = self;
        let aftermath = Aftermath { fs, told, residue, planted, office };
        aftermath.holds();
        aftermath
    }
}

impl Aftermath {
    /// Whatever was said holds: against the image, against the folder, and on paper.
    fn holds(&self) {
        self.told.agrees_with_itself();
        self.told.holds_against(&self.residue, &self.planted);
        for item in self.told.items() {
            let there = fs::symlink_metadata(path(item)).is_ok();
            match result(item) {
                "erased" => assert!(!there, "{item} is still there"),
                "skipped" => assert!(there, "{item} is gone"),
                _ => {}
            }
        }
        for item in self.told.marked().values().filter(|item| result(item) == "erased") {
            assert!(item["fingerprint"].as_str().is_some_and(|f| f.len() == 64), "{item}");
        }
        let record = fs::read_to_string(self.told.json["certificate"]["json"].as_str().unwrap()).unwrap();
        let all = self.told.json["result"] == "erased";
        assert_eq!((record.contains(CERTIFICATE), record.contains(REPORT)), (all, !all), "{record}");
        self.office.is_whole();
    }

    /// All is erased, and nothing of any content is left.
    fn all_data_is_gone(&self) {
        self.told.all_erased();
        assert_eq!((self.residue.files(), self.residue.blocks()), (0, 0), "{:?}", self.residue.data);
    }

    /// No name and no attribute is left either, and nothing is told for nothing. The text of a long link lies in a block
    /// that nobody can write over; that is told.
    fn all_else_is_gone(&self) {
        let Residue { names, attributes, .. } = &self.residue;
        assert!(names.is_empty() && attributes.is_empty(), "{names:?} {attributes:?}");
        for item in self.told.items() {
            for code in ["names", "attributes", "journal", "slack"] {
                assert!(!has(item, "may_remain", code), "{item}");
            }
            assert_eq!(has(item, "may_remain", "link_text"), item["kind"] == "link", "{item}");
        }
    }

    /// Every marked file has this result, for this reason.
    fn every_file_is(&self, wanted: &str, reason: &str) {
        for (_, item) in self.told.marked() {
            assert_eq!(result(item), wanted, "{item}");
            assert!(has(item, "reasons", reason), "{reason}: {item}");
        }
    }

    /// No marked file is said to be erased.
    fn nothing_is_called_erased(&self) {
        assert!(self.told.marked().values().all(|item| result(item) != "erased"), "{}", self.told.json);
    }
}

#[test]
fn on_ext4_nothing_is_left() {
    let after = Scene::new(LoopFs::ext4(), PLAN).erase("");
    after.all_data_is_gone();
    after.all_else_is_gone();
    for item in after.told.marked().values() {
        assert_eq!(item["blocks"], "same", "{item}");
        assert!(item["device_read"].as_u64() >= item["size"].as_u64(), "the device itself was asked: {item}");
    }
}

#[test]
fn on_ext4_with_data_journal_nothing_is_left() {
    let after = Scene::new(LoopFs::ext4_data_journal(), PLAN).erase("");
    after.all_data_is_gone();
    after.all_else_is_gone();
}

#[test]
fn on_ext4_with_data_journal_files_just_edited_leave_nothing_either() {
    // They are small, so that the journal still holds every state of them.
    let scene = Scene::new(LoopFs::ext4_data_journal(), Plan { files: 20, sizes: (1 << 10, 8 << 10), ..PLAN });
    for (number, planted) in scene.planted.iter().enumerate() {
        let mut noise = residue::Noise(1 + number as u64);
        let content = residue::content(planted.number, planted.size, false, &mut noise);
        // In place: what a program leaves that writes a new file and renames it cannot be known.
        fs::File::options().write(true).open(&planted.path).unwrap().write_all(&content).unwrap();
    }
    let after = scene.erase("");
    after.all_data_is_gone();
    after.all_else_is_gone();
}

#[test]
fn on_ext4_with_inline_data_nothing_is_left() {
    // The smallest lie in the inode alone, some in its attributes too, the rest in blocks.
    let after = Scene::new(LoopFs::ext4_inline_data(), Plan { sizes: (20, 64 << 10), ..PLAN }).erase("");
    after.all_data_is_gone();
    after.all_else_is_gone();
}

#[test]
fn every_method_leaves_nothing() {
    for method in ["random", "dod"] {
        let scene = Scene::new(LoopFs::ext4(), Plan { files: 30, sizes: (1 << 10, 128 << 10), ..PLAN });
        let after = scene.erase(&format!("--method {method}"));
        after.all_data_is_gone();
        after.all_else_is_gone();
    }
}

#[test]
fn on_xfs_a_file_whose_blocks_are_shared_is_left_and_told_and_the_rest_is_gone() {
    let scene = Scene::new(LoopFs::xfs(), PLAN);
    let shared = scene.planted[7].clone();
    fs::create_dir(scene.fs.path("kept")).unwrap();
    let kept = scene.fs.path("kept/copy");
    tool("cp", [OsStr::new("--reflink=always"), shared.path.as_ref(), kept.as_ref()]);
    let content = fs::read(&shared.path).unwrap();
    let after = scene.erase("");
    for (number, item) in after.told.marked() {
        if number == shared.number {
            assert_eq!(result(item), "skipped", "{item}");
            assert!(has(item, "reasons", "shared_blocks"), "{item}");
            assert!(fs::read(&shared.path).unwrap() == content, "it is as it was");
        } else {
            assert_eq!(result(item), "erased", "{item}");
            assert!(has(item, "may_remain", "names") && has(item, "may_remain", "attributes"), "{item}");
            assert!(item["device_read"].as_u64() >= item["size"].as_u64(), "{item}");
        }
    }
    assert_eq!(after.residue.data.keys().copied().collect::<Vec<_>>(), [shared.number]);
}

#[test]
fn on_btrfs_that_overwrites_in_place_no_data_is_left_and_the_rest_is_told() {
    let after = Scene::new(LoopFs::btrfs_nodatacow(), PLAN).erase("");
    after.all_data_is_gone();
    for item in after.told.marked().values() {
        assert!(has(item, "may_remain", "names") && has(item, "may_remain", "attributes"), "{item}");
    }
}

/// On copy-on-write nothing is touched without being asked for.
fn is_left_alone(scene: Scene, reason: &str) {
    let before = tree(&scene.data());
    let after = scene.erase("");
    assert!(tree(&after.fs.path("data")) == before, "something was changed");
    after.every_file_is("skipped", reason);
    assert!(after.told.items().iter().all(|item| has(item, "may_remain", "everything")), "{}", after.told.json);
    assert_eq!(after.told.json["result"], "not_established");
    assert_eq!(after.residue.files(), after.planted.len());
}

/// With `--best-effort` the names go, and nobody says that the data is gone.
fn is_not_called_erased(scene: Scene) {
    let after = scene.erase("--best-effort");
    after.nothing_is_called_erased();
    assert!(after.planted.iter().all(|planted| !planted.path.exists()));
    for item in after.told.marked().values() {
        let codes = ["old_blocks", "shared_copy", "everything"];
        assert!(codes.iter().any(|code| has(item, "may_remain", code)), "{item}");
    }
}

/// Files that lie in blocks of their own: the small ones are another reason.
const LARGER: Plan = Plan { sizes: (8 << 10, 1 << 20), links: false, ..PLAN };

fn btrfs() -> Scene {
    Scene::new(LoopFs::btrfs(), LARGER)
}

fn btrfs_compressed() -> Scene {
    Scene::new(LoopFs::btrfs_compressed(), Plan { half_empty: true, ..LARGER })
}

/// A file system that overwrites in place until someone keeps a snapshot.
fn btrfs_with_a_snapshot(fs: LoopFs) -> Scene {
    tool("btrfs", [OsStr::new("-q"), "subvolume".as_ref(), "create".as_ref(), fs.path("data").as_ref()]);
    let scene = Scene::new(fs, LARGER);
    let snapshot = scene.fs.path("snapshot");
    let words = ["-q", "subvolume", "snapshot", "-r"].map(OsStr::new);
    tool("btrfs", words.into_iter().chain([scene.data().as_ref(), snapshot.as_ref()]));
    scene
}

#[test]
fn on_btrfs_nothing_is_touched_and_nothing_called_erased() {
    is_left_alone(btrfs(), "copy_on_write");
}

#[test]
fn on_btrfs_with_compression_nothing_is_touched_and_nothing_called_erased() {
    is_left_alone(btrfs_compressed(), "copy_on_write");
}

#[test]
fn on_btrfs_with_a_snapshot_nothing_is_touched_and_nothing_called_erased() {
    is_left_alone(btrfs_with_a_snapshot(LoopFs::btrfs()), "copy_on_write");
}

#[test]
fn a_snapshot_is_seen_also_where_btrfs_overwrites_in_place() {
    is_left_alone(btrfs_with_a_snapshot(LoopFs::btrfs_nodatacow()), "shared_blocks");
}

#[test]
fn the_best_effort_is_never_called_erased() {
    is_not_called_erased(btrfs());
    is_not_called_erased(btrfs_compressed());
    is_not_called_erased(btrfs_with_a_snapshot(LoopFs::btrfs()));
}

#[test]
fn what_is_said_of_ntfs_holds() {
    Scene::new(LoopFs::ntfs(), Plan { links: false, ..PLAN }).erase("");
}

#[test]
fn what_is_said_of_exfat_holds() {
    Scene::new(LoopFs::exfat(), Plan { attributes: false, links: false, ..PLAN }).erase("");
}

/// An overlay of two folders of one file system, taken away before it.
struct Overlay {
    _mounted: Undone,
    mount: tempfile::TempDir,
}

impl Overlay {
    fn over(fs: &LoopFs) -> Self {
        for name in ["upper", "work"] {
            fs::create_dir(fs.path(name)).unwrap();
        }
        let mount = tempfile::tempdir().unwrap();
        let at = |name: &str| fs.path(name).display().to_string();
        let options = format!("lowerdir={},upperdir={},workdir={}", at("data"), at("upper"), at("work"));
        let mounted = Undone::mount(["-t", "overlay", "overlay", "-o", &options], mount.path());
        Self { _mounted: mounted, mount }
    }
}

fn in_an_overlay(words: &str) -> (Told, BTreeSet<String>) {
    let scene = Scene::new(LoopFs::ext4(), Plan { files: 10, links: false, ..PLAN });
    let before = tree(&scene.data());
    let overlay = Overlay::over(&scene.fs);
    let run = erase(&scene.office, words, [overlay.mount.path().join(first_folder(&scene))]);
    assert!(tree(&scene.data()) == before, "the lower layer is as it was");
    let left = tree(overlay.mount.path()).into_keys().map(|name| name.to_string_lossy().into_owned()).collect();
    (Told::by(&run), left)
}

fn first_folder(scene: &Scene) -> PathBuf {
    scene.planted[0].path.parent().unwrap().file_name().unwrap().into()
}

#[test]
fn in_an_overlay_nothing_is_touched_and_that_is_told() {
    let (told, left) = in_an_overlay("");
    assert_eq!(told.json["result"], "not_established");
    assert!(left.len() > 10, "{left:?}");
    for (_, item) in told.marked() {
        assert_eq!(result(item), "skipped", "{item}");
        assert!(has(item, "reasons", "overlay") && has(item, "may_remain", "everything"), "{item}");
    }
}

#[test]
fn in_an_overlay_the_best_effort_tells_the_lower_copy_and_is_not_called_erased() {
    let (told, left) = in_an_overlay("--best-effort");
    told.agrees_with_itself();
    assert!(left.is_empty(), "{left:?}");
    for (_, item) in told.marked() {
        assert_ne!(result(item), "erased", "{item}");
        assert!(has(item, "may_remain", "lower_copy"), "{item}");
    }
}

/// What the tests above look for is found when it is there: a removal leaves everything.
#[test]
fn a_plain_removal_leaves_what_these_tests_look_for() {
    let plain = Plan { attributes: false, links: false, ..PLAN };
    let cases = [
        (LoopFs::ext4(), PLAN),
        (LoopFs::ext4_data_journal(), PLAN),
        (LoopFs::ext4_inline_data(), Plan { sizes: (20, 64 << 10), ..PLAN }),
        (LoopFs::xfs(), PLAN),
        (LoopFs::btrfs(), PLAN),
        (LoopFs::btrfs_compressed(), Plan { half_empty: true, ..LARGER }),
        (LoopFs::btrfs_nodatacow(), PLAN),
        (LoopFs::ntfs(), Plan { links: false, ..PLAN }),
        (LoopFs::exfat(), plain),
    ];
    for (fs, plan) in cases {
        let scene = Scene::new(fs, plan);
        scene.is_seen();
        fs::remove_dir_all(scene.data()).unwrap();
        scene.fs.unmount();
        let residue = Residue::scan(&scene.fs.image_path()).unwrap();
        scene.fs.mount_again();
        let source =
            done(std::process::Command::new("findmnt").args(["-no", "FSTYPE,OPTIONS"]).arg(scene.fs.mount_point()));
        let kind = String::from_utf8_lossy(&source.stdout).into_owned();
        println!(
            "{kind} {} files, {} blocks, {} names, {} attributes, {} links",
            residue.files(),
            residue.blocks(),
            residue.names.len(),
            residue.attributes.len(),
            residue.links.len()
        );
        assert_eq!(residue.files(), scene.planted.len(), "{kind}");
        assert!(residue.names.len() >= scene.planted.len(), "{kind}: {}", residue.names.len());
        assert_eq!(residue.attributes.is_empty(), !plan.attributes, "{kind}");
        assert_eq!(residue.links.is_empty(), !plan.links, "{kind}");
    }
}
