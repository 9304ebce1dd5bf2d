//! What stands in the raw image after an erasure, on real file systems, beside what the program said of it.
//!
//! Needs root, and mkfs for ext4, xfs and btrfs; exfat-fuse with exfatprogs, and ntfs-3g.

#![cfg(target_os = "linux")]

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

#[path = "common/desk.rs"]
mod desk;
#[path = "common/loopfs.rs"]
mod loopfs;
#[path = "common/office.rs"]
mod office;
#[path = "common/residue.rs"]
mod residue;
use desk::{Run, done, tool, tree};
use loopfs::LoopFs;
use office::Office;
use residue::{Plan, Planted, Residue, number_of, plant};

const CERTIFICATE: &str = "電子データ消去証明書（ファイル単位）";
const REPORT: &str = "消去結果報告書";

const PLAN: Plan = Plan { files: 60, sizes: (1 << 10, 1 << 20), attributes: true, links: true, half_empty: false };

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
    run: Run,
    json: Value,
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
        let data = self.data();
        let run = erase(&self.office, words, &[&data]);
        self.fs.unmount();
        let residue = Residue::scan(&self.fs.image_path()).unwrap();
        self.fs.mount_again();
        let json = run.json();
        let Self { fs: medium, office, planted } = self;
        let aftermath = Aftermath { fs: medium, run, json, residue, planted, office };
        aftermath.holds();
        for item in aftermath.items() {
            let there = fs::symlink_metadata(path(item)).is_ok();
            match result(item) {
                "erased" => assert!(!there, "{item} is still there"),
                "skipped" => assert!(there, "{item} is gone"),
                _ => {}
            }
        }
        aftermath
    }
}

fn erase(office: &Office, words: &str, paths: &[&Path]) -> Run {
    let mut command = office.command(&format!("--json --yes erase {words}"));
    Run::of(command.args(paths))
}

fn path(item: &Value) -> &Path {
    Path::new(item["path"].as_str().unwrap())
}

fn result(item: &Value) -> &str {
    item["result"].as_str().unwrap()
}

fn has(item: &Value, key: &str, code: &str) -> bool {
    item[key].as_array().unwrap_or_else(|| panic!("no {key}: {item}")).iter().any(|c| c == code)
}

impl Aftermath {
    fn items(&self) -> &[Value] {
        self.json["items"].as_array().unwrap()
    }

    /// The items about marked files, by their numbers.
    fn files(&self) -> BTreeMap<u32, &Value> {
        let files = self.items().iter().filter(|item| item["kind"] == "file");
        files.filter_map(|item| Some((number_of(path(item))?, item))).collect()
    }

    /// Whatever was said holds against the image.
    fn holds(&self) {
        let files = self.files();
        for planted in &self.planted {
            let item = files.get(&planted.number).unwrap_or_else(|| panic!("{planted:?} is not among the items"));
            if result(item) == "erased" {
                assert_eq!(self.residue.data.get(&planted.number), None, "said to be erased: {item}");
                assert!(item["read_back"].as_u64().unwrap() >= planted.size, "{item}");
                assert!(item["fingerprint"].as_str().is_some_and(|f| f.len() == 64), "{item}");
            }
        }
        for item in self.items() {
            let Some(number) = number_of(path(item)) else { continue };
            if result(item) == "erased" {
                let unsaid = |set: &BTreeSet<u32>, code| set.contains(&number) && !has(item, "may_remain", code);
                assert!(!unsaid(&self.residue.names, "names"), "its name remains: {item}");
                assert!(!unsaid(&self.residue.attributes, "attributes"), "its attributes remain: {item}");
            } else {
                assert_ne!(item["reasons"], Value::Array(vec![]), "{item}");
            }
        }
        let all = self.items().iter().all(|item| result(item) == "erased");
        assert_eq!(self.json["result"] == "erased", all, "{}", self.json);
        assert_eq!(self.run.code, if all { 0 } else { 3 }, "{:?}", self.run);
        self.paper_says_the_same(all);
    }

    fn paper_says_the_same(&self, all: bool) {
        let record = fs::read_to_string(self.json["certificate"]["json"].as_str().unwrap()).unwrap();
        assert_eq!((record.contains(CERTIFICATE), record.contains(REPORT)), (all, !all), "{record}");
        self.office.is_whole();
    }

    /// All is erased, and nothing of any content is left.
    fn all_data_is_gone(&self) {
        for item in self.items() {
            assert_eq!(result(item), "erased", "{item}");
        }
        assert_eq!((self.residue.files(), self.residue.blocks()), (0, 0), "{:?}", self.residue.data);
    }

    /// No name, no attribute and no text of a link is left either.
    fn all_else_is_gone(&self) {
        let Residue { names, attributes, links, .. } = &self.residue;
        assert!(names.is_empty() && attributes.is_empty() && links.is_empty(), "{names:?} {attributes:?} {links:?}");
        for item in self.items() {
            for code in ["names", "attributes", "link_text", "slack"] {
                assert!(!has(item, "may_remain", code), "{item}");
            }
        }
    }

    /// Every marked file has this result, for this reason.
    fn every_file_is(&self, wanted: &str, reason: &str) {
        for (_, item) in self.files() {
            assert_eq!(result(item), wanted, "{item}");
            assert!(has(item, "reasons", reason), "{reason}: {item}");
        }
    }

    /// No marked file is said to be erased.
    fn nothing_is_called_erased(&self) {
        assert!(self.files().values().all(|item| result(item) != "erased"), "{}", self.json);
    }
}

#[test]
fn on_ext4_nothing_is_left() {
    let after = Scene::new(LoopFs::ext4(), PLAN).erase("");
    after.all_data_is_gone();
    after.all_else_is_gone();
    for item in after.files().values() {
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
        fs::write(&planted.path, content).unwrap();
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
    for (number, item) in after.files() {
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
    let after = Scene::new(LoopFs::btrfs_nodatacow(), Plan { sizes: (8 << 10, 1 << 20), ..PLAN }).erase("");
    after.all_data_is_gone();
    for item in after.files().values() {
        assert!(has(item, "may_remain", "names") && has(item, "may_remain", "attributes"), "{item}");
    }
}

#[test]
fn on_btrfs_that_overwrites_in_place_small_files_are_spoken_of_truly() {
    // The small ones lie within the file system's own records, which are never overwritten in place.
    let after = Scene::new(LoopFs::btrfs_nodatacow(), Plan { sizes: (64, 8 << 10), ..PLAN }).erase("");
    let inline: Vec<_> = after.files().into_values().filter(|item| result(item) != "erased").collect();
    assert!(!inline.is_empty(), "{}", after.json);
    for item in inline {
        assert!(has(item, "reasons", "inline"), "{item}");
    }
}

/// On copy-on-write nothing is touched without being asked for.
fn is_left_alone(scene: Scene, reason: &str) {
    let before = tree(&scene.data());
    let after = scene.erase("");
    assert!(tree(&after.fs.path("data")) == before, "something was changed");
    after.every_file_is("skipped", reason);
    assert!(after.items().iter().all(|item| has(item, "may_remain", "everything")), "{}", after.json);
    assert_eq!(after.json["result"], "not_established");
    assert_eq!(after.residue.files(), after.planted.len());
}

/// With `--best-effort` the names go, and nobody says that the data is gone.
fn is_not_called_erased(scene: Scene) {
    let after = scene.erase("--best-effort");
    after.nothing_is_called_erased();
    assert!(after.planted.iter().all(|planted| !planted.path.exists()));
    for item in after.files().values() {
        let codes = ["old_blocks", "shared_copy", "everything"];
        assert!(codes.iter().any(|code| has(item, "may_remain", code)), "{item}");
    }
}

/// Files that lie in blocks of their own: the small ones are another reason.
const LARGER: Plan = Plan { sizes: (8 << 10, 1 << 20), ..PLAN };

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
        let words = ["-t", "overlay", "overlay", "-o", &options].map(OsStr::new);
        tool("mount", words.into_iter().chain([mount.path().as_ref()]));
        Self { mount }
    }
}

impl Drop for Overlay {
    fn drop(&mut self) {
        tool("umount", [self.mount.path()]);
    }
}

fn in_an_overlay(words: &str) -> (Value, i32, BTreeSet<String>) {
    let scene = Scene::new(LoopFs::ext4(), Plan { files: 10, ..PLAN });
    let before = tree(&scene.data());
    let overlay = Overlay::over(&scene.fs);
    let run = erase(&scene.office, words, &[overlay.mount.path().join(first_folder(&scene)).as_path()]);
    assert!(tree(&scene.data()) == before, "the lower layer is as it was");
    let left = tree(overlay.mount.path()).into_keys().map(|name| name.to_string_lossy().into_owned()).collect();
    (run.json(), run.code, left)
}

fn first_folder(scene: &Scene) -> PathBuf {
    scene.planted[0].path.parent().unwrap().file_name().unwrap().into()
}

#[test]
fn in_an_overlay_nothing_is_touched_and_the_lower_copy_is_told() {
    let (json, code, left) = in_an_overlay("");
    assert_eq!((&json["result"], code), (&"not_established".into(), 3), "{json}");
    assert!(left.len() > 10, "{left:?}");
    for item in json["items"].as_array().unwrap().iter().filter(|item| item["kind"] == "file") {
        assert_eq!(result(item), "skipped", "{item}");
        assert!(has(item, "reasons", "overlay") && has(item, "may_remain", "lower_copy"), "{item}");
    }
}

#[test]
fn in_an_overlay_the_best_effort_tells_the_lower_copy_and_is_not_called_erased() {
    let (json, code, left) = in_an_overlay("--best-effort");
    assert_ne!(json["result"], "erased", "{json}");
    assert_eq!((code, left.len()), (3, 0), "{left:?}");
    for item in json["items"].as_array().unwrap().iter().filter(|item| item["kind"] == "file") {
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
