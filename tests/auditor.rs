//! An auditor without this program: `docs/verify-ledger.py` says the same of a ledger as `ledger verify` does.

#![cfg(unix)]

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rusqlite::Connection;
use serde_json::Value;

#[path = "common/desk.rs"]
mod desk;
use desk::{Desk, done};

/// What the auditor's script says of a file.
fn audited(file: &Path) -> Output {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/verify-ledger.py");
    Command::new("python3").arg(script).arg(file).output().unwrap()
}

fn says(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// A case whose contract has long ended, with some entries and two keys.
fn case(desk: &Desk) -> PathBuf {
    let folder = desk.path("case");
    let place = folder.to_str().unwrap();
    desk.run(["init", place, "--city", "見本市", "--from", "2010-04-01", "--to", "2011-03-31"]).ok();
    let staff = ["staff", "add", "架空花子", "--role", "保護担当者", "--section", "総務課", "--trained", "2026-04-10"];
    desk.run([&["--case", place], &staff[..]].concat()).ok();
    desk.run(["--case", place, "--operator", "架空花子", "case", "hold", "--reason", "監査"]).ok();
    desk.run(["--case", place, "--operator", "架空花子", "case", "release", "4", "--reason", "監査終了"]).ok();
    desk.run(["--case", place, "--operator", "架空花子", "key", "rotate", "--reason", "異動"]).ok();
    folder
}

/// What `ledger verify` says of a file.
fn verified(desk: &Desk, file: &Path) -> Value {
    desk.run([OsStr::new("--json"), OsStr::new("ledger"), OsStr::new("verify"), file.as_os_str()]).ok().json()
}

/// What `ledger verify` says of a ledger that does not hold.
#[track_caller]
fn broken(desk: &Desk, ledger: &Path) -> Value {
    let mut run = desk.command([OsStr::new("--json"), OsStr::new("ledger"), OsStr::new("verify"), ledger.as_os_str()]);
    let run = run.output().unwrap();
    assert_eq!(run.status.code(), Some(12), "{run:?}");
    serde_json::from_slice(&run.stdout).unwrap()
}

#[track_caller]
fn agree(desk: &Desk, file: &Path) {
    let (ours, theirs) = (verified(desk, file), audited(file));
    assert!(theirs.status.success(), "{theirs:?}");
    let said = says(&theirs);
    let code = ours["head"]["code"].as_str().unwrap();
    assert!(said.contains(&format!("code: {code}\n")), "{said} {ours}");
    assert!(
        said.starts_with(&format!("{} entries, {} checkpoints", ours["entries"], ours["checkpoints"])),
        "{said} {ours}"
    );
}

#[test]
fn the_auditors_script_and_the_program_agree_on_a_good_ledger() {
    let desk = Desk::new();
    agree(&desk, &case(&desk).join("ledger.db"));
}

#[test]
fn the_auditors_script_and_the_program_agree_on_a_ledger_with_documents() {
    let desk = Desk::new();
    let (case, slip) = (case(&desk), desk.path("slip.txt"));
    let as_clerk = ["--case", case.to_str().unwrap(), "--operator", "架空花子"];
    let (data, medium) = (desk.file("名簿.csv", "氏名,住所\n"), desk.medium());
    let pack = ["pack", data.to_str().unwrap(), "--to", medium.to_str().unwrap(), "--slip", slip.to_str().unwrap()];
    desk.run([&as_clerk, &pack[..]].concat()).ok();
    desk.run([&as_clerk, &["print", "D-0002"][..]].concat()).ok();
    desk.run([&as_clerk, &["void", "D-0002", "--reason", "誤記"][..]].concat()).ok();
    desk.run([&as_clerk, &["slip", "erase", "D-0001"][..]].concat()).ok();
    agree(&desk, &case.join("ledger.db"));
    let archive = desk.path("archive.tar");
    desk.run([&as_clerk, &["ledger", "archive", archive.to_str().unwrap()][..]].concat()).ok();
    agree(&desk, &archive);

    // A record, with ssh-keygen alone: by a key of the case, as the checkpoint names it.
    let head = desk.path("head");
    desk.run([&as_clerk, &["ledger", "checkpoint", head.to_str().unwrap()][..]].concat()).ok();
    let line = "ssh-keygen -Y verify -f $1.allowed_signers -I tewatashi -n record@tewatashi -s $2.sig < $2";
    done(Command::new("sh").args(["-c", line, "sh"]).arg(&head).arg(case.join("records/D-0002.json")));
}

#[test]
fn an_archive_made_right_after_the_key_was_replaced_verifies_alone() {
    let desk = Desk::new();
    let (case, archive) = (case(&desk), desk.path("archive.tar"));
    let words = ["ledger", "archive", archive.to_str().unwrap()];
    desk.run([&["--case", case.to_str().unwrap(), "--operator", "架空花子"], &words[..]].concat()).ok();
    agree(&desk, &archive);
}

#[test]
fn a_checkpoint_signed_by_the_former_key_names_that_key() {
    let desk = Desk::new();
    let (case, file) = (case(&desk), desk.path("head"));
    desk.run(["--case", case.to_str().unwrap(), "ledger", "checkpoint", file.to_str().unwrap()]).ok();
    let line = "ssh-keygen -Y verify -f $1.allowed_signers -I tewatashi -n checkpoint@tewatashi -s $1.sig < $1";
    done(Command::new("sh").args(["-c", line, "sh"]).arg(&file));
}

#[test]
fn the_auditors_script_and_the_program_find_the_same_entry_changed() {
    let desk = Desk::new();
    let ledger = case(&desk).join("ledger.db");
    let db = Connection::open(&ledger).unwrap();
    db.execute_batch("DROP TRIGGER entries_no_update").unwrap();
    db.execute("UPDATE entries SET body = replace(body, '監査', '監察') WHERE number = 4", []).unwrap();
    drop(db);
    let ours = broken(&desk, &ledger);
    let found = serde_json::json!({ "what": "changed", "from": 4, "to": 4 });
    assert!(ours["findings"].as_array().unwrap().contains(&found), "{ours}");
    let theirs = audited(&ledger);
    assert_eq!(theirs.status.code(), Some(1), "{theirs:?}");
    assert!(says(&theirs).contains("the root of checkpoint 4 is not that of the entries"), "{theirs:?}");
    assert!(!says(&theirs).contains("checkpoint 3 "), "{theirs:?}");
}

#[test]
fn the_last_signature_of_a_former_key_is_checked_unasked() {
    let desk = Desk::new();
    let case = case(&desk);
    desk.run(["--case", case.to_str().unwrap(), "--operator", "架空花子", "case", "hold", "--reason", "監査"]).ok();
    let ledger = case.join("ledger.db");
    let db = Connection::open(&ledger).unwrap();
    db.execute_batch("DROP TRIGGER checkpoints_no_update").unwrap();
    let other = "UPDATE checkpoints SET signature = (SELECT signature FROM checkpoints WHERE size = 5) WHERE size = 6";
    assert_eq!(db.execute(other, []).unwrap(), 1);
    drop(db);
    let found = serde_json::json!({ "what": "bad_signature", "size": 6 });
    assert!(broken(&desk, &ledger)["findings"].as_array().unwrap().contains(&found));
}
