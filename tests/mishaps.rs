//! Mishaps that go past the ordinary faults: a medium pulled while it is written, files that are none, signatures left out.

#![cfg(unix)]

#[path = "common/desk.rs"]
mod desk;

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use desk::{Desk, holding, tool};

const MARK: &[u8] = b"personal information of the mishaps test";

/// A bundle of some size, and the key that opens it.
fn large(desk: &Desk) -> (PathBuf, PathBuf) {
    let source = desk.file("large.csv", MARK.repeat(2 << 20));
    let (identity, public) = desk.key("key.txt");
    (desk.packed_for(&source, &public, &desk.medium(), &[]), identity)
}

/// Starts an `open` and stops it in the midst of writing plaintext.
fn stopped_in_the_midst(desk: &Desk, bundle: &Path, identity: &Path, to: &Path) -> Child {
    let words =
        ["open", bundle.to_str().unwrap(), "--identity", identity.to_str().unwrap(), "--to", to.to_str().unwrap()];
    let child = desk.start(words);
    while holding(to, MARK).is_empty() {
        std::thread::sleep(Duration::from_millis(1));
    }
    signal(&child, "STOP");
    child
}

fn signal(child: &Child, name: &str) {
    tool("kill", [format!("-{name}"), child.id().to_string()]);
}

#[test]
fn plaintext_on_a_medium_pulled_while_opening_is_never_forgotten() {
    pulled_while_opening(true);
    pulled_while_opening(false);
}

fn pulled_while_opening(interrupted: bool) {
    let desk = Desk::new();
    let (bundle, identity) = large(&desk);
    let (to, drawer) = (desk.path("opened"), desk.path("drawer"));
    let child = stopped_in_the_midst(&desk, &bundle, &identity, &to);
    fs::rename(&to, &drawer).unwrap();
    if interrupted {
        signal(&child, "INT");
    }
    signal(&child, "CONT");
    let ended = child.wait_with_output().unwrap();
    assert!(!ended.status.success());
    let told = String::from_utf8(ended.stderr).unwrap();
    assert!(!holding(&drawer, MARK).is_empty(), "the test must leave plaintext to be remembered");
    assert!(told.contains("could not be erased"), "{told}");
    assert!(desk.run(["leftovers"]).ok().out.contains("not here"));
    desk.run(["leftovers", "--forget"]).fails(2);
    assert!(desk.run(["leftovers"]).ok().out.contains("not here"));
    fs::rename(&drawer, &to).unwrap();
    desk.run(["leftovers", "--erase", "--yes"]).ok();
    assert!(holding(&to, MARK).is_empty());
    assert!(desk.run(["leftovers"]).ok().out.contains("nothing"));
}

#[test]
fn a_folder_put_in_the_place_of_the_work_folder_gets_nothing_loses_nothing_and_is_never_told_as_opened() {
    let desk = Desk::new();
    for name in ["a.csv", "b.csv", "c.csv"] {
        desk.file(&format!("large/{name}"), MARK.repeat(1 << 20));
    }
    let (identity, public) = desk.key("key.txt");
    let bundle = desk.packed_for(&desk.path("large"), &public, &desk.medium(), &[]);
    let to = desk.path("opened");
    let child = stopped_in_the_midst(&desk, &bundle, &identity, &to);
    let work = to.join(&desk::names_in(&to)[0]);
    fs::rename(&work, to.join("aside")).unwrap();
    // Where the next files would go by their names, and what a clean-up would overwrite.
    fs::create_dir_all(work.join("large")).unwrap();
    fs::write(work.join("precious"), "of somebody else").unwrap();
    signal(&child, "CONT");
    let ended = child.wait_with_output().unwrap();
    let told = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(1), "{told}");
    assert!(told.contains("exchanged for something else") && told.contains("another name"), "{told}");
    assert_eq!(fs::read(work.join("precious")).unwrap(), b"of somebody else");
    desk::assert_empty(&work.join("large"));
    assert_eq!(desk::names_in(&to.join("aside/large")).len(), 3, "everything went where only the owner may look");
    assert!(!desk::names_in(&to).iter().any(|name| name.to_str().unwrap().starts_with("TW-")));
    assert!(desk.run(["leftovers"]).ok().out.contains("nothing"), "nobody is led to erase the other folder");
}

#[test]
fn work_in_progress_is_no_leftover_even_where_it_is_looked_for() {
    let desk = Desk::new();
    let (bundle, identity) = large(&desk);
    let to = desk.path("opened");
    let child = stopped_in_the_midst(&desk, &bundle, &identity, &to);
    desk.run(["leftovers", "--erase", "--yes", to.to_str().unwrap()]).ok();
    assert!(!holding(&to, MARK).is_empty());
    signal(&child, "CONT");
    assert!(child.wait_with_output().unwrap().status.success());
}

#[test]
fn a_signer_that_was_asked_for_is_not_forgotten_when_the_signature_is_left_out() {
    let desk = Desk::new();
    let (identity, public) = desk.key("key.txt");
    let bundle = desk.packed_for(&desk.sample(), &public, &desk.medium(), &[]);
    let bare = desk.path("bare.age");
    fs::copy(bundle.join("bundle.age"), &bare).unwrap();
    let key = fs::read_to_string(bundle.join("signer.pub")).unwrap();
    let trusted = desk.file("trusted.pub", key);
    for command in [&["verify"][..], &["open", "--to", "opened"]] {
        let mut words = vec!["--json", command[0], "bare.age", "--identity", identity.to_str().unwrap()];
        words.extend(["--signer", trusted.to_str().unwrap()]);
        words.extend(&command[1..]);
        let run = desk.run(words).fails(11);
        assert!(run.err.contains("nothing here is signed"), "{run:?}");
    }
    let unsigned = desk.run(["verify", "bare.age", "--identity", identity.to_str().unwrap()]).ok();
    assert!(!unsigned.out.contains("inside and outside"), "{unsigned:?}");
}

#[test]
fn a_signer_mistyped_is_a_mistake_of_usage_and_no_incident() {
    let desk = Desk::new();
    let (_, public) = desk.key("key.txt");
    let bundle = desk.packed_for(&desk.sample(), &public, &desk.medium(), &[]);
    let run = desk.run(["--json", "verify", bundle.to_str().unwrap(), "--signer", "SHA256:x"]).fails(2);
    assert_eq!(run.kind(), "bad_signer");
}

#[test]
fn a_pipe_in_the_place_of_a_public_file_is_refused_and_waits_for_nobody() {
    let desk = Desk::new();
    let (_, public) = desk.key("key.txt");
    let bundle = desk.packed_for(&desk.sample(), &public, &desk.medium(), &[]);
    for name in ["signer.pub", "bundle.json.sig", "README.txt", "checksums.sha256"] {
        let path = bundle.join(name);
        let kept = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        tool("mkfifo", [&path]);
        let mut timed = Command::new("timeout");
        timed.args(["-s", "KILL", "60", env!("CARGO_BIN_EXE_tewatashi"), "verify"]).arg(&bundle);
        let ended = desk.settle(&mut timed).stdin(Stdio::null()).output().unwrap();
        assert_eq!((ended.status.code(), ended.status.signal()), (Some(11), None), "{name}");
        fs::remove_file(&path).unwrap();
        fs::write(&path, kept).unwrap();
    }
    desk.run(["verify", bundle.to_str().unwrap()]).ok();
}

#[test]
fn what_no_opener_would_read_is_not_packed() {
    let desk = Desk::new();
    let source = desk.sample();
    let long = "題".repeat(400);
    let many = vec!["氏名"; 31].join(",");
    for (option, value, code) in [("--title", long.as_str(), 2), ("--items", &many, 2), ("--title", "特定健診", 0)]
    {
        let words = ["--json", "pack", source.to_str().unwrap(), "--to", "medium", "--slip", "slip.txt", option, value];
        let run = desk.run(words);
        assert_eq!(run.code, code, "{option}: {run:?}");
    }
}

#[test]
fn a_full_disk_behind_the_output_undoes_nothing_and_is_no_crash() {
    let desk = Desk::new();
    let (identity, public) = desk.key("key.txt");
    let bundle = desk.packed_for(&desk.sample(), &public, &desk.medium(), &[]);
    let mut list = desk.command(["list", bundle.to_str().unwrap(), "--identity", identity.to_str().unwrap()]);
    let ended = list.stdout(fs::OpenOptions::new().write(true).open("/dev/full").unwrap()).output().unwrap();
    let told = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(0), "{told}");
    assert!(told.contains("warning: ") && !told.contains("internal error"), "{told}");
}
