//! Children of a test that append to a ledger through the library, each in a process of its own.

#![allow(dead_code)] // each test file uses a part

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::json;
use tewatashi::ledger::{Claim, Clock, Entry, Kind, Ledger, Operator, Outcome, Subject, SubjectType, entry};
use tewatashi::sign::KeyFile;

/// Tells a child of a test that it is one: the case's folder, and how often to append.
const CHILD: &str = "TEWATASHI_TEST_APPENDS";

/// An entry like those of the program.
pub fn entry(number: u64, token: &str) -> Entry {
    let operator =
        Operator { name: "見本".into(), staff: None, by: Claim::Option, os_user: "mihon".into(), host: "pc".into() };
    Entry {
        v: entry::VERSION,
        number,
        time: chrono::Local::now().to_rfc3339(),
        clock: Clock { source: "system".into(), synchronised: None },
        operator,
        kind: Kind::Hold.text(),
        subjects: vec![Subject::new(SubjectType::Document, token)],
        result: Outcome::Done,
        facts: json!({ "reason": token }).as_object().unwrap().clone(),
    }
}

/// What a child does: appends, and says the number of each entry once it is committed.
pub fn append_as_a_child() -> bool {
    let Ok(told) = env::var(CHILD) else { return false };
    let (times, folder) = told.split_once(' ').unwrap();
    let folder = Path::new(folder);
    let (KeyFile::Open(key), _) = KeyFile::read(&folder.join("keys/ledger_ed25519")).unwrap() else { panic!() };
    let (mut ledger, _) = Ledger::open(&folder.join("ledger.db")).unwrap();
    let mut out = std::io::stdout();
    for time in 0..times.parse::<u32>().unwrap() {
        let token = format!("{}-{time}", std::process::id());
        let done = ledger.append(Some(&key), |number| entry(number, &token)).unwrap();
        writeln!(out, "\nappended {} {token}", done.entry.number).unwrap();
        out.flush().unwrap();
    }
    true
}

/// Starts this test again as a child that appends.
pub fn child(test: &str, folder: &Path, times: u32) -> Child {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env(CHILD, format!("{times} {}", folder.display()));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// The numbers a child was told are committed, with what it wrote there.
pub fn acknowledged(child: &mut Child) -> Vec<(u64, String)> {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let said = lines.filter_map(|line| {
        let mut words = line.strip_prefix("appended ")?.split(' ');
        // A line that was cut off by the kill acknowledges nothing; a whole one ends with the token of this child.
        Some((words.next()?.parse().ok()?, words.next()?.to_owned()))
    });
    said.collect()
}
