//! What is refused before anything is touched, and what has to be confirmed.
//!
//! The system's own folders are only named in a root of the test's own: a fault in what is tested must not cost the machine
//! that tests it.

#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

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
use desk::{Run, terminal, to_the_end, tool, tree};
use erasing::{Told, erase};
use loopfs::{LoopFs, Undone};
use office::Office;

/// What lies below a folder, but for what the program notes of its own runs.
fn lying(folder: &Path) -> BTreeMap<OsString, Option<Vec<u8>>> {
    let notes = |name: &OsStr| ["ledger.db", "tewatashi/"].iter().any(|own| name.to_string_lossy().contains(own));
    tree(folder).into_iter().filter(|(name, _)| !notes(name)).map(|(name, node)| (name, node.content)).collect()
}

/// Refused by a rule, for this path, with nothing changed below `kept`.
#[track_caller]
fn is_refused(office: &Office, words: &str, path: &Path, kept: &Path) {
    let before = lying(kept);
    let run = erase(office, words, [path]).fails(4);
    assert!(run.json()["error"]["subject"].is_string(), "{run:?}");
    assert!(lying(kept) == before, "{} was touched", kept.display());
    office.is_whole();
}

/// A root with the program in it, a system folder, and someone's data.
fn root() -> LoopFs {
    let fs = LoopFs::make("mkfs.ext4 -q -F", 512, "");
    let program = Path::new(env!("CARGO_BIN_EXE_tewatashi"));
    for folder in ["bin", "etc", "proc", "root", "tmp", "usr", "srv/data"] {
        fs::create_dir_all(fs.path(folder)).unwrap();
        fs::write(fs.path(folder).join("file"), folder).unwrap();
    }
    tool("strip", [OsStr::new("-o"), fs.path("bin/tewatashi").as_ref(), program.as_ref()]);
    // Built for tests, the program reads its words from where they are written.
    let words = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/i18n"));
    let there = fs.path(words.parent().unwrap().strip_prefix("/").unwrap().to_str().unwrap());
    fs::create_dir_all(&there).unwrap();
    tool("cp", [OsStr::new("-r"), words.as_ref(), there.as_ref()]);
    let needed = String::from_utf8(tool("ldd", [program]).stdout).unwrap();
    for library in needed.split_whitespace().filter(|word| word.starts_with('/')) {
        let to = fs.path(&library[1..]);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(library, to).unwrap();
    }
    fs
}

#[test]
fn the_system_is_refused() {
    let fs = root();
    // To be looked at, and not to be written.
    let _proc = Undone::bind(Path::new("/proc"), &fs.path("proc"));
    tool("mount", [OsStr::new("-o"), "remount,bind,ro".as_ref(), fs.path("proc").as_ref()]);
    for (name, target) in [("link", "/etc"), ("up", ".."), ("all", "/")] {
        symlink(target, fs.path("srv").join(name)).unwrap();
    }
    let inside = |words: &[&str]| {
        let mut command = Command::new("chroot");
        command.env_clear().envs([("HOME", "/root"), ("LANG", "en_US.UTF-8")]);
        command.env("PATH", std::env::var_os("PATH").unwrap());
        command.arg(fs.mount_point()).args(["/bin/tewatashi", "--json", "--yes", "erase", "--no-documents"]);
        Run::of(command.args(words))
    };
    let named = ["/", "/.", "/etc", "/etc/file", "/usr", "/usr/../etc", "/bin/tewatashi", "/lib", "/root"];
    let through = ["/srv/link/file", "/srv/link/.", "/srv/all/etc", "/srv/up/usr", "/srv/all/."];
    for path in named.into_iter().chain(through) {
        inside(&[path]).fails(4);
        inside(&["--dry-run", path]).fails(4);
    }
    // A right path beside a wrong one is not erased first.
    inside(&["/srv/data", "/etc"]).fails(4);
    for folder in ["bin", "etc", "root", "usr", "srv/data"] {
        assert_eq!(fs::read_to_string(fs.path(folder).join("file")).unwrap(), folder);
    }
    inside(&["/srv/data"]);
    assert!(!fs.path("srv/data").exists(), "what is not the system's can be erased there");
}

#[test]
fn a_home_folder_is_refused_and_what_lies_in_it_is_not() {
    let office = Office::new();
    let (home, file) = (office.desk.path("home"), office.desk.file("home/data/file", "x"));
    for path in [home.clone(), home.join("."), home.join("data/.."), office.desk.path("home/../home")] {
        is_refused(&office, "", &path, &home);
    }
    let link = office.desk.path("link");
    symlink(&home, &link).unwrap();
    is_refused(&office, "", &link.join("."), &home);
    // What holds a home folder holds all that is in it.
    is_refused(&office, "", home.parent().unwrap(), &home);
    let told = Told::by(&erase(&office, "", [file.parent().unwrap()]));
    assert!(!file.exists() && home.exists(), "{told:?}");
}

#[test]
fn the_case_is_refused_and_so_is_whatever_leads_into_it() {
    let office = Office::new();
    let case = office.folder();
    let link = office.desk.path("link");
    symlink(&case, &link).unwrap();
    let within = ["ledger.db", "keys", "keys/ledger_ed25519", "tewatashi.toml", "records", "."];
    for path in [&case, &link].into_iter().flat_map(|start| within.iter().map(move |name| start.join(name))) {
        if path.exists() {
            is_refused(&office, "", &path, &case);
        }
    }
    is_refused(&office, "", &case, &case);
    let up = office.desk.path("home/../案件/ledger.db");
    is_refused(&office, "", &up, &case);
    office.is_whole();
}

#[test]
fn a_folder_that_holds_the_case_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let office = Office::to_be_at(place.path().join("a/b/案件"));
    fs::create_dir_all(place.path().join("a/b")).unwrap();
    office.init(office::CONTRACT).ok();
    for path in ["", "a", "a/b"] {
        is_refused(&office, "", &place.path().join(path), &office.folder());
    }
    // Also through another name of the same folder.
    let other = tempfile::tempdir().unwrap();
    let _bound = Undone::bind(place.path(), other.path());
    let through = other.path().join("a");
    is_refused(&office, "--across-mounts", &through, &office.folder());
}

#[test]
fn a_mount_point_is_refused_unless_it_is_what_was_meant() {
    let (office, fs) = (Office::new(), LoopFs::ext4());
    let inner = LoopFs::ext4();
    fs::write(fs.path("file"), "x").unwrap();
    // A whole medium may be emptied, and its mount point stays.
    let told = Told::by(&erase(&office, "", [fs.mount_point()]));
    assert!(!fs.path("file").exists() && fs.mount_point().exists(), "{told:?}");
    drop(inner);
}

#[test]
fn without_a_terminal_and_without_yes_nothing_is_touched() {
    let office = Office::new();
    let file = office.desk.file("data/file", "x");
    let run = Run::of(office.command("--json erase").arg(file.parent().unwrap())).fails(2);
    assert_eq!(run.kind(), "needs_yes");
    assert_eq!(fs::read(&file).unwrap(), b"x");
}

#[test]
fn a_dry_run_touches_nothing_and_needs_no_yes() {
    let (office, fs) = (Office::new(), LoopFs::ext4());
    let folder = fs.path("data");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("one"), [1; 5000]).unwrap();
    let (before, entries) = (tree(&folder), office.entries().len());
    let mut command = office.command("--json erase --dry-run");
    let plan = Run::of(command.arg(&folder)).ok().json();
    assert_eq!((&plan["plan"]["files"], &plan["plan"]["bytes"]), (&1.into(), &5000.into()), "{plan}");
    let items = plan["plan"]["items"].as_array().unwrap();
    assert!(items.iter().any(|item| item["path"] == folder.join("one").to_str().unwrap() && item["size"] == 5000));
    assert!(tree(&folder) == before);
    assert_eq!(office.entries().len(), entries);
}

#[test]
fn what_is_not_there_is_said_before_anything_is_touched() {
    let office = Office::new();
    let file = office.desk.file("data/file", "x");
    erase(&office, "", [&file, &office.desk.path("data/other")]).fails(1);
    assert_eq!(fs::read(&file).unwrap(), b"x");
}

/// So many files, which the office is asked to erase at a terminal.
fn asked(office: &Office, files: usize) -> (PathBuf, rexpect::session::PtySession) {
    let folder = office.desk.path("data");
    for number in 0..files {
        office.desk.file(&format!("data/{number}"), "x");
    }
    let mut command = office.command("erase --no-documents");
    command.arg(&folder);
    (folder, terminal(command))
}

#[test]
fn at_a_terminal_it_asks_and_a_no_touches_nothing() {
    let office = Office::new();
    let (folder, mut session) = asked(&office, 3);
    let before = tree(&folder);
    session.exp_regex(r"\[y/N\]|: $").unwrap();
    session.send_line("n").unwrap();
    let (shown, code) = to_the_end(&mut session);
    assert_ne!(code, 0, "{shown}");
    assert!(tree(&folder) == before);
}

#[test]
fn more_than_a_hundred_files_are_counted_by_whoever_agrees() {
    let office = Office::new();
    let (folder, mut session) = asked(&office, 101);
    let before = tree(&folder);
    session.exp_string("101 items").unwrap();
    let mut answers = |count: &str, size: &str| {
        session.exp_string("the number of items: ").unwrap();
        session.send_line(count).unwrap();
        session.exp_string("1.5 GiB): ").unwrap();
        session.send_line(size).unwrap();
        to_the_end(&mut session)
    };
    let (shown, code) = answers("y", "y");
    assert_eq!(code, 4, "{shown}");
    assert!(tree(&folder) == before, "a yes is not a count");
    let (folder, mut session) = asked(&office, 101);
    session.exp_string("the number of items: ").unwrap();
    session.send_line("101").unwrap();
    session.exp_string("1.5 GiB): ").unwrap();
    session.send_line("101 B").unwrap();
    let (shown, _) = to_the_end(&mut session);
    assert!(!folder.exists(), "{shown}");
}
