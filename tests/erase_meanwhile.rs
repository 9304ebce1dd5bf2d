//! What others do while files are erased, between two runs, and behind the back of the case.
//!
//! Needs root, mkfs for ext4 and xfs.

#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::io::{self, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tewatashi::erase::guard::Guard;
use tewatashi::erase::outcome::{Fate, Reason, Remains};
use tewatashi::erase::pattern::{Key, Method};
use tewatashi::erase::plan::Plan;
use tewatashi::erase::promise::Wishes;
use tewatashi::erase::work::{Log, Orders, erase};
use tewatashi::progress::Silent;

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
use desk::tool;
use erasing::Scene;
use loopfs::{LoopFs, marked};
use office::Office;

/// A log that does something at one of its moments.
struct Doing<'a> {
    begins: &'a dyn Fn() -> io::Result<()>,
    proved: &'a dyn Fn() -> io::Result<()>,
}

impl Log for Doing<'_> {
    fn begins(&mut self, _: &Plan, _: Range<usize>) -> io::Result<()> {
        (self.begins)()
    }
    fn proved(&mut self, _: &Plan, _: Range<usize>) -> io::Result<()> {
        (self.proved)()
    }
}

/// As a log has it.
#[allow(clippy::unnecessary_wraps)]
fn nothing() -> io::Result<()> {
    Ok(())
}

fn planned(path: &Path) -> Plan {
    let guard = Guard::of(&[], &[]).unwrap();
    Plan::of(&[path.to_owned()], Wishes::default(), &guard, &Silent).unwrap()
}

fn done(plan: &mut Plan, log: &mut Doing) -> io::Result<()> {
    let orders = Orders { method: Method::Zero, key: Key::fresh().unwrap(), fingerprint: &|_, _, digest| digest };
    erase(plan, &orders, log, &Silent).map(drop)
}

fn written(fs: &LoopFs, name: &str, blocks: usize) -> PathBuf {
    let path = fs.path(name);
    fs::write(&path, marked(name, blocks * 4096)).unwrap();
    File::open(&path).unwrap().sync_all().unwrap();
    path
}

#[test]
fn what_is_written_after_it_was_read_back_is_not_removed() {
    let fs = LoopFs::ext4();
    let path = written(&fs, "file", 5);
    let mut plan = planned(&path);
    let write = || {
        std::thread::sleep(Duration::from_millis(20));
        let mut file = File::options().append(true).open(&path)?;
        file.write_all(b"new names")
    };
    done(&mut plan, &mut Doing { begins: &nothing, proved: &write }).unwrap();
    let item = &plan.items[0];
    assert_eq!(item.fate, Some(Fate::Failed), "{item:?}");
    assert!(item.reasons.has(Reason::Grew) && path.exists(), "{item:?}");
    assert!(fs::read(&path).unwrap().ends_with(b"new names"));
}

#[test]
fn a_file_that_lies_elsewhere_when_a_run_goes_on_is_not_called_erased() {
    let fs = LoopFs::xfs();
    let path = written(&fs, "file", 5);
    let mut plan = planned(&path);
    let stop = || Err(io::ErrorKind::StorageFull.into());
    assert!(done(&mut plan, &mut Doing { begins: &stop, proved: &nothing }).is_err());
    assert_eq!(plan.items[0].fate, None);
    // Shared for a moment, written elsewhere, and its own again: the old blocks are set free and still full.
    let clone = fs.path("clone");
    tool("cp", ["--reflink=always".as_ref(), path.as_os_str(), clone.as_os_str()]);
    let mut file = File::options().write(true).open(&path).unwrap();
    file.write_all(&marked("other", 5 * 4096)).unwrap();
    file.sync_all().unwrap();
    fs::remove_file(&clone).unwrap();
    fs.sync();
    done(&mut plan, &mut Doing { begins: &nothing, proved: &nothing }).unwrap();
    let item = &plan.items[0];
    assert_eq!(item.fate, Some(Fate::NotVerified), "{item:?}");
    assert!(item.reasons.has(Reason::Interrupted) && item.remains.has(Remains::OldBlocks), "{item:?}");
}

#[test]
fn an_image_that_a_loop_device_lies_on_is_in_use() {
    let scene = Scene::new();
    let image = scene.file("inner.img", 1, 1 << 20);
    let device = Command::new("losetup").args(["--find", "--show"]).arg(&image).output().unwrap();
    let device = String::from_utf8(device.stdout).unwrap().trim().to_owned();
    let told = scene.erase("");
    tool("losetup", ["-d", &device]);
    told.is(&image, "skipped", "open_elsewhere");
    assert!(image.exists());
}

#[test]
fn a_case_is_kept_under_a_second_mount_and_as_a_single_file() {
    let office = Office::new();
    let (second, file) = (office.desk.path("second"), office.desk.path("file"));
    fs::create_dir(&second).unwrap();
    fs::write(&file, "").unwrap();
    let bind = |from: &Path, to: &Path| tool("mount", ["--bind".as_ref(), from.as_os_str(), to.as_os_str()]);
    bind(&office.folder(), &second);
    bind(&office.settings(), &file);
    let settings = fs::read(office.settings()).unwrap();
    for path in [second.join("tewatashi.toml"), second.join("keys"), second.clone(), file.clone()] {
        let run = erasing::erase(&office, "", [&path]);
        assert_eq!((run.code, run.kind().as_str()), (4, "erase_kept"), "{}: {run:?}", path.display());
    }
    tool("umount", [&second]);
    tool("umount", [&file]);
    assert_eq!(fs::read(office.settings()).unwrap(), settings);
}

#[test]
fn a_case_nobody_here_knows_is_kept_too() {
    let scene = Scene::new();
    for name in ["ledger.db", "tewatashi.toml"] {
        scene.file(name, 1, 100);
    }
    let run = erasing::erase(&scene.office, "", [scene.fs.path("data")]);
    assert_eq!((run.code, run.kind().as_str()), (4, "erase_kept"), "{run:?}");
}

#[test]
fn a_working_copy_is_what_was_opened_where_it_was_opened_to() {
    let office = Office::new();
    office.edit("approval = []", "approval = [\"erasure\"]");
    office.desk.file("名簿/a.csv", "氏名\n");
    let packed = office.json("pack 名簿 --to medium --slip slip.txt --no-documents");
    let bundle = packed["id"].as_str().unwrap().to_owned();
    office.run(&format!("open medium/{bundle} --to work --passphrase-file slip.txt --no-documents")).ok();
    office.desk.file("other/b.csv", "other");
    let needs = |words: &str, kind: &str| {
        let run = office.run(&format!("--json --yes erase --no-documents {words}"));
        assert_eq!((run.code, run.kind().as_str()), (4, kind), "{words}: {run:?}");
    };
    needs("other", "needs_approval");
    needs("--temporary other", "not_a_working_copy");
    fs::create_dir_all(office.desk.path("fake")).unwrap();
    fs::rename(office.desk.path("other"), office.desk.path(&format!("fake/{bundle}"))).unwrap();
    needs(&format!("--temporary fake/{bundle}"), "not_a_working_copy");
    let erased = office.json(&format!("--yes erase --no-documents --temporary work/{bundle}"));
    assert_eq!(erased["erased"], 1, "{erased}");
    let entry = office.last_of("erase");
    assert_eq!((&entry["facts"]["temporary"], &entry["result"]), (&true.into(), &"done".into()), "{entry}");
}

/// A run that is killed while it overwrites.
fn killed(scene: &Scene) {
    let mut child = scene
        .office
        .command("--json --yes erase --no-documents --method dod")
        .arg(scene.fs.path("data"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let folder = scene.office.folder().join("erasing");
    loop {
        assert_eq!(child.try_wait().unwrap(), None, "it was over before it could be killed");
        let logs = fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let begins = |path: PathBuf| fs::read_to_string(path).is_ok_and(|text| text.contains("\"begins\""));
        if logs.filter(|path| path.extension().is_some_and(|end| end == "jsonl")).any(begins) {
            // Until the ledger has it as well, there would be nothing to go on with.
            std::thread::sleep(Duration::from_millis(100));
            break;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_medium_that_was_taken_out_is_asked_for_and_gone_on_with() {
    let scene = Scene::new();
    let file = scene.file("large.csv", 1, 60 << 20);
    killed(&scene);
    assert!(file.exists());
    scene.fs.unmount();
    let run = scene.office.run("--json --yes erase --resume");
    assert_eq!((run.code, run.kind().as_str()), (1, "place_missing"), "{run:?}");
    scene.fs.mount_again();
    let told = scene.office.json("--yes erase --resume");
    assert_eq!((&told["result"], &told["erased"]), (&"erased".into(), &1.into()), "{told}");
    assert!(!file.exists());
    scene.office.is_whole();
}

#[test]
fn a_log_that_the_ledger_knows_nothing_of_is_not_gone_on_with() {
    let office = Office::new();
    let log = office.folder().join("erasing/00000099.jsonl");
    fs::create_dir(log.parent().unwrap()).unwrap();
    fs::write(&log, "{\"planted\":true}\n").unwrap();
    let run = office.run("--json --yes erase --resume");
    assert_eq!((run.code, run.kind().as_str()), (1, "nothing_to_resume"), "{run:?}");
    assert!(!log.exists(), "it was killed before anything was touched, and holds names");
}

#[test]
fn going_on_is_as_it_was_asked_for_then() {
    let office = Office::new();
    for words in ["--resume x", "--resume --method dod", "--resume --my-number", "--resume --dry-run"] {
        office.run(&format!("--yes erase {words}")).fails(2);
    }
}
