//! What stops a pack, or a slip: told before anything is written, all of it at once, with the way out.
//!
//! Needs root: devices are made, and another user runs the program for whom root's files are unreadable.

#![cfg(unix)]

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

#[path = "common/desk.rs"]
mod desk;
use desk::{Desk, Run, assert_empty, names_in, needs_root, tool};

/// The user called nobody.
const NOBODY: &str = "65534";

/// The desk becomes nobody's, the program included.
fn hand_to_nobody(desk: &Desk) {
    needs_root();
    fs::copy(env!("CARGO_BIN_EXE_tewatashi"), desk.path("tewatashi")).unwrap();
    tool("chown", [OsStr::new("-R"), "65534:65534".as_ref(), desk.path("").as_ref()]);
}

fn run_as_nobody<S: AsRef<OsStr>>(desk: &Desk, args: impl IntoIterator<Item = S>) -> Run {
    let mut command = Command::new("setpriv");
    command.args(["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"]).arg(desk.path("tewatashi")).args(args);
    Run::of(desk.settle(&mut command))
}

/// A folder with one of everything that cannot go into a bundle, among files that can.
fn one_of_everything(desk: &Desk) -> UnixListener {
    desk.file("s/good.csv", "x");
    let secret = desk.file("s/unreadable.csv", "x");
    desk.file("s/closed/inside.csv", "x");
    symlink("good.csv", desk.path("s/link")).unwrap();
    symlink("/etc", desk.path("s/folder link")).unwrap();
    symlink("nowhere", desk.path("s/dangling")).unwrap();
    needs_root();
    tool("mknod", [desk.path("s/device").as_os_str(), "c".as_ref(), "1".as_ref(), "3".as_ref()]);
    tool("mkfifo", [desk.path("s/pipe")]);
    for name in ["a:b", "con.txt", "end.", "end ", "bell\u{7}", "line\nbreak", "rev\u{202e}fdp.exe"] {
        desk.file(&format!("s/{name}"), "x");
    }
    desk.file("s/名簿/Case.csv", "x");
    desk.file("s/名簿/case.CSV", "x");
    desk.file("s/か\u{3099}.txt", "x");
    desk.file("s/が.txt", "x");
    fs::write(desk.path("s").join(OsStr::from_bytes(b"\x83l\x83R.csv")), "Shift_JIS").unwrap();
    let socket = UnixListener::bind(desk.path("s/socket")).unwrap();
    hand_to_nobody(desk);
    for path in [secret, desk.path("s/closed")] {
        fs::set_permissions(&path, PermissionsExt::from_mode(0o000)).unwrap();
        tool("chown", ["root:root".as_ref(), path.as_os_str()]);
    }
    socket
}

/// Everything on the desk but the signing key: what a refused pack must leave as it was.
fn nothing_was_written(desk: &Desk) {
    assert_empty(&desk.medium());
    assert!(!desk.path("slip.txt").exists());
    assert!(!desk.path("home/tewatashi/work").exists() || names_in(&desk.path("home/tewatashi/work")).is_empty());
}

#[test]
fn everything_that_cannot_be_packed_is_listed_at_once_with_the_way_out() {
    let desk = Desk::new();
    let _socket = one_of_everything(&desk);
    let words = ["--json", "pack", "s", "--to", "medium", "--slip", "slip.txt"];
    let run = run_as_nobody(&desk, words).fails(1);
    assert_eq!(run.kind(), "sources");
    nothing_was_written(&desk);
    let details = run.json()["error"]["details"].as_array().unwrap().clone();
    let details: Vec<&str> = details.iter().map(|line| line.as_str().unwrap()).collect();
    for (start, way_out) in [
        ("s/link — ", "--skip links"),
        ("s/folder link — ", "--skip links"),
        ("s/dangling — ", "--skip links"),
        ("s/device — ", "--skip special"),
        ("s/pipe — ", "--skip special"),
        ("s/socket — ", "--skip special"),
        ("s/unreadable.csv — ", "--skip unreadable"),
        ("s/closed — ", "--skip unreadable"),
        ("s/a:b — ", "Windows"),
        ("s/con.txt — ", "Windows"),
        ("s/end. — ", "dot or a space"),
        ("s/end  — ", "dot or a space"),
        ("s/bell\\u{7} — ", "control character"),
        ("s/line\\u{a}break — ", "control character"),
        ("s/rev\\u{202e}fdp.exe — ", "turns text around"),
        ("s/\u{fffd}l\u{fffd}R.csv — ", "not Unicode"),
    ] {
        let found: Vec<&&str> = details.iter().filter(|line| line.starts_with(start)).collect();
        assert_eq!(found.len(), 1, "{start} in {details:#?}");
        assert!(found[0].contains(way_out), "{found:?}");
    }
    let collisions = details.iter().filter(|line| line.contains("the same name as")).count();
    assert_eq!((collisions, details.len()), (2, 18), "{details:#?}");
}

#[test]
fn what_may_be_skipped_is_named_and_the_rest_is_packed() {
    let desk = Desk::new();
    let _socket = one_of_everything(&desk);
    let mut words = vec!["--json", "pack", "s", "--to", "medium", "--slip", "slip.txt"];
    words.extend(["--skip", "links,special", "--skip", "unreadable"]);
    for glob in ["a:b", "con.txt", "end*", "bell*", "line*", "rev*", "*R.csv", "case.CSV", "が.txt"] {
        words.extend(["--exclude", glob]);
    }
    let run = run_as_nobody(&desk, &words).ok();
    for skipped in ["link", "folder link", "dangling", "device", "pipe", "socket", "unreadable.csv", "closed"] {
        assert!(run.err.contains(&format!("warning: skipped s/{skipped}\n")), "{skipped}: {run:?}");
    }
    let listed =
        run_as_nobody(&desk, ["--json", "list", run.bundle().to_str().unwrap(), "--passphrase-file", "slip.txt"]);
    let entries = listed.ok().json()["entries"].as_array().unwrap().clone();
    let paths: Vec<&str> = entries.iter().map(|e| e["path"].as_str().unwrap()).collect();
    // A folder that was skipped must not go in as if it were empty.
    assert_eq!(paths, ["s", "s/good.csv", "s/か\u{3099}.txt", "s/名簿", "s/名簿/Case.csv"]);
}

#[test]
fn each_of_the_three_must_be_allowed_by_its_own_name() {
    let desk = Desk::new();
    desk.file("s/a", "x");
    symlink("a", desk.path("s/link")).unwrap();
    tool("mkfifo", [desk.path("s/pipe")]);
    let pack = |skip: &str| desk.run(["--json", "pack", "s", "--to", "medium", "--slip", "slip.txt", "--skip", skip]);
    for (skip, left) in [("links", "special"), ("special", "links"), ("unreadable", "links")] {
        let run = pack(skip).fails(1);
        assert!(run.err.contains(&format!("--skip {left}")), "{run:?}");
        nothing_was_written(&desk);
    }
}

#[test]
fn a_folder_with_a_refused_name_is_told_once_not_for_every_file_in_it() {
    let desk = Desk::new();
    for number in 0..5 {
        desk.file(&format!("s/a:b/{number}.csv"), "x");
    }
    let run = desk.run(["--json", "pack", "s", "--to", "medium", "--slip", "slip.txt"]).fails(1);
    let details = run.json()["error"]["details"].as_array().unwrap().clone();
    assert_eq!(details.len(), 1, "{details:#?}");
}

#[test]
fn a_link_as_source_is_refused_like_any_other() {
    let desk = Desk::new();
    desk.file("s/a", "x");
    symlink("s", desk.path("link")).unwrap();
    let run = desk.run(["--json", "pack", "link", "--to", "medium", "--slip", "slip.txt"]).fails(1);
    assert!(run.err.contains("link — a symbolic link"), "{run:?}");
    nothing_was_written(&desk);
}

#[test]
fn sources_that_would_have_one_name_are_refused() {
    let desk = Desk::new();
    desk.file("a/名簿.csv", "1");
    desk.file("b/名簿.csv", "2");
    for pair in [["a/名簿.csv", "b/名簿.csv"], ["a", "a"]] {
        let words = ["--json", "pack", pair[0], pair[1], "--to", "medium", "--slip", "slip.txt"];
        let run = desk.run(words).fails(1);
        assert!(run.err.contains("the same name as"), "{run:?}");
        nothing_was_written(&desk);
    }
}

#[test]
fn nothing_to_pack_and_missing_sources_are_told() {
    let desk = Desk::new();
    desk.file("s/a.tmp", "x");
    let pack = |source: &str, glob: &str| {
        desk.run(["--json", "pack", source, "--to", "medium", "--slip", "slip.txt", "--exclude", glob])
    };
    assert_eq!(pack("s", "s").fails(1).kind(), "nothing_to_pack");
    let missing = pack("nowhere", "x").fails(1);
    assert!(missing.err.contains("nowhere — is not there"), "{missing:?}");
    nothing_was_written(&desk);
}

/// Ends the writer beside the test, also when the test fails.
struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn a_file_that_grows_while_it_is_read_stops_the_pack_and_leaves_nothing() {
    let desk = Desk::new();
    let log = desk.file("s/増える.csv", vec![b'x'; 30 << 20]);
    let (_, public) = desk.key("key.txt");
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let stop = Stop(&over);
        scope.spawn(|| {
            let mut file = File::options().append(true).open(&log).unwrap();
            while !over.load(Ordering::Relaxed) {
                file.write_all(b"x").unwrap();
            }
        });
        let run = desk.run(["--json", "pack", "s", "--to", "medium", "--recipient", &public]);
        drop(stop);
        let run = run.fails(1);
        assert_eq!(run.kind(), "source_changed");
        assert_eq!(run.json()["error"]["subject"], "s/増える.csv");
    });
    nothing_was_written(&desk);
    desk.run(["--json", "pack", "s", "--to", "medium", "--recipient", &public]).ok();
}

#[test]
fn a_target_that_is_missing_or_no_folder_is_not_made() {
    let desk = Desk::new();
    desk.file("s/a", "x");
    desk.file("file", "x");
    for (to, kind) in [("medium/nowhere", "no_target"), ("file", "not_a_folder")] {
        let run = desk.run(["--json", "pack", "s", "--to", to, "--slip", "slip.txt"]).fails(1);
        assert_eq!((run.kind().as_str(), &run.json()["error"]["subject"]), (kind, &to.into()));
        nothing_was_written(&desk);
    }
}

#[test]
fn a_target_inside_a_source_is_refused_also_by_another_name() {
    let desk = Desk::new();
    desk.file("s/a", "x");
    fs::create_dir(desk.path("s/束")).unwrap();
    symlink("s/束", desk.path("by another name")).unwrap();
    for to in ["s/束", "s", "by another name", "medium/../s/束"] {
        let run = desk.run(["--json", "pack", "s", "--to", to, "--slip", "slip.txt"]).fails(4);
        assert_eq!(run.kind(), "target_inside_source", "{to}");
        assert_empty(&desk.path("s/束"));
        nothing_was_written(&desk);
    }
}

#[test]
fn a_slip_inside_the_target_is_refused_also_by_another_name() {
    let desk = Desk::new();
    desk.file("s/a", "x");
    fs::create_dir(desk.path("medium/控え")).unwrap();
    symlink("medium/控え", desk.path("aside")).unwrap();
    for slip in ["medium/slip.txt", "medium/控え/slip.txt", "aside/slip.txt", "s/../medium/slip.txt"] {
        let run = desk.run(["--json", "pack", "s", "--to", "medium", "--slip", slip]).fails(4);
        assert_eq!(run.kind(), "slip_with_bundle", "{slip}");
        assert_eq!(names_in(&desk.medium()), ["控え"]);
        assert_empty(&desk.path("medium/控え"));
    }
}

#[test]
fn an_earlier_slip_is_never_written_over() {
    let desk = Desk::new();
    desk.file("s/a", "x");
    desk.file("slip.txt", "an earlier one");
    symlink("nowhere", desk.path("dangling")).unwrap();
    for slip in ["slip.txt", "dangling"] {
        let run = desk.run(["--json", "pack", "s", "--to", "medium", "--slip", slip]).fails(4);
        assert_eq!(run.kind(), "exists");
        assert_empty(&desk.medium());
    }
    assert_eq!(fs::read_to_string(desk.path("slip.txt")).unwrap(), "an earlier one");
    assert!(!desk.path("nowhere").exists());
    let run = desk.run(["--json", "pack", "s", "--to", "medium", "--slip", "nowhere/slip.txt"]).fails(1);
    assert_eq!(run.json()["error"]["subject"], "nowhere");
    assert_empty(&desk.medium());
}

#[test]
fn without_a_terminal_a_slip_file_must_be_named() {
    let desk = Desk::new();
    desk.file("s/a", "x");
    let run = desk.run(["--json", "pack", "s", "--to", "medium"]).fails(2);
    assert_eq!(run.kind(), "no_slip");
    let run = desk.run(["--json", "pack", "s", "--to", "medium", "--slip", "screen"]).fails(2);
    assert_eq!(run.kind(), "no_terminal");
    nothing_was_written(&desk);
    assert!(!desk.path("screen").exists());
}

#[test]
fn a_passphrase_of_ones_own_must_be_long_and_of_four_kinds() {
    let desk = Desk::new();
    desk.file("s/a", "x");
    let pack = |own: &str| {
        desk.file("own.txt", own);
        desk.run(["--json", "pack", "s", "--to", "medium", "--own-passphrase", "--passphrase-file", "own.txt"])
    };
    for (weak, said) in [
        ("Short-2026!", "11 characters"),
        ("Exactly-14-ch!", "14 characters"),
        ("lower-case-2026-only", "upper-case letter"),
        ("UPPER-CASE-2026-ONLY", "lower-case letter"),
        ("No-Digits-At-All-Here", "digit"),
        ("NoSymbols2026AtAllHere", "symbol"),
        ("alllowercaseletters", "upper-case letter, digit, symbol"),
        ("", "empty"),
        ("Bell-in-2026-it\u{7}", "control"),
    ] {
        let run = pack(weak).fails(4);
        assert_eq!(run.kind(), "weak_passphrase", "{weak}");
        assert!(run.err.contains(said), "{weak}: {run:?}");
        assert!(weak.is_empty() || !run.err.contains(weak) && !run.out.contains(weak), "{run:?}");
        nothing_was_written(&desk);
    }
    let good = "Exactly-15-chr!";
    let run = pack(good).ok();
    assert!(!run.err.contains(good) && !run.out.contains(good));
    let bundle = run.bundle();
    let facts = fs::read_to_string(desk.path("").join(&bundle).join("bundle.json")).unwrap();
    assert!(facts.contains(r#""passphrase": "own""#), "{facts}");
    let verify = |file: &str| desk.run(["--json", "verify", bundle.to_str().unwrap(), "--passphrase-file", file]);
    verify("own.txt").ok();
    desk.file("other.txt", "Exactly-15-chr?");
    assert_eq!(verify("other.txt").fails(10).kind(), "wrong_passphrase");
}

#[test]
fn options_that_contradict_each_other_are_refused() {
    let desk = Desk::new();
    desk.file("s/a", "x");
    let (_, public) = desk.key("key.txt");
    for options in [
        &["--recipient", &public, "--slip", "slip.txt"][..],
        &["--recipient", &public, "--own-passphrase"],
        &["--passphrase-file", "own.txt", "--slip", "slip.txt"],
        &["--recipient", "age1nonsense"],
        &["--slip", "slip.txt", "--exclude", "["],
        &["--slip", "slip.txt", "--split", "1K"],
        &["--slip", "slip.txt", "--split", "floppy"],
        &["--slip", "slip.txt", "--title", "two\nlines"],
        &["--slip", "slip.txt", "--items", "氏名,,住所"],
        &["--slip", "slip.txt", "--subjects", "-1"],
    ] {
        desk.run(["--json", "pack", "s", "--to", "medium"].iter().chain(options)).fails(2);
        nothing_was_written(&desk);
    }
}

#[test]
fn more_than_999_volumes_are_refused_before_anything_is_written() {
    let desk = Desk::new();
    let big = desk.file("s/a", "");
    File::options().write(true).open(big).unwrap().set_len(70 << 20).unwrap();
    let words = ["--json", "pack", "s", "--to", "medium", "--slip", "slip.txt", "--split", "64K"];
    assert_eq!(desk.run(words).fails(2).kind(), "too_many_volumes");
    nothing_was_written(&desk);
}

#[test]
fn a_passphrase_that_cannot_be_ours_is_told_by_its_group_and_opens_nothing() {
    let desk = Desk::new();
    desk.file("s/a", "x");
    let (bundle, passphrase) = desk.packed(&desk.path("s"), &[]);
    let open = |text: &str| {
        let file = desk.file("typed.txt", text);
        let (bundle, file): (&Path, &Path) = (&bundle, &file);
        desk.run([
            "--json".as_ref(),
            "open".as_ref(),
            bundle,
            "--to".as_ref(),
            "opened".as_ref(),
            "--passphrase-file".as_ref(),
            file,
        ])
    };
    let mut third = passphrase.clone();
    let other = if passphrase.as_bytes()[13] == b'a' { "b" } else { "a" };
    third.replace_range(13..14, other);
    let run = open(&third).fails(10);
    assert!(run.err.contains("group 3 is mistyped"), "{run:?}");
    assert!(!run.err.contains("computing the key"), "scrypt ran for nothing: {run:?}");
    let run = open(&passphrase[..29]).fails(10);
    assert!(!run.err.contains("computing the key"), "{run:?}");
    assert_empty(&desk.path("opened"));
    let run = open(&passphrase.to_lowercase().replace('-', "")).ok();
    assert!(run.err.contains("computing the key"));
}

#[test]
fn more_folders_than_an_opener_takes_are_not_packed() {
    let desk = Desk::new();
    for number in 0..10_000 {
        fs::create_dir_all(desk.path(&format!("s/{number}"))).unwrap();
    }
    let words = ["--json", "pack", "s", "--to", "medium", "--slip", "slip.txt"];
    let run = desk.run(words).fails(1);
    assert_eq!(run.kind(), "too_many_entries");
    assert!(run.err.contains("0 files, 10,001 folders") && run.err.contains("Make several bundles"), "{run:?}");
    assert_empty(&desk.medium());
    fs::write(desk.path("s/0/a"), "one file allows for sixteen more").unwrap();
    desk.run(words).ok();
}
