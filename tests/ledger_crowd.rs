//! Many at once, and killed at any moment: no entry lost, none twice, none half.

#![cfg(unix)]

use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use rusqlite::Connection;
use serde_json::{Value, json};
use tewatashi::ledger::{Ledger, Question, verify};
use tewatashi::sign::SigningKey;

#[path = "common/appender.rs"]
mod appender;
#[path = "common/desk.rs"]
mod desk;
#[path = "common/office.rs"]
mod office;
use appender::{acknowledged, append_as_a_child, child, entry};
use desk::{Desk, Run, names_in};
use office::{Office, split};

fn verdict_of(folder: &Path) -> (u64, bool) {
    let ledger = Ledger::open_to_read(&folder.join("ledger.db")).unwrap();
    let verdict = verify::verify(&ledger, &Question { full: true, ..Question::default() }).unwrap();
    assert!(verdict.findings.is_empty(), "{:?}", verdict.findings);
    (verdict.entries, verdict.notices.is_empty())
}

#[test]
fn eight_processes_append_five_hundred_each_and_nothing_is_lost() {
    if append_as_a_child() {
        return;
    }
    let office = Office::new();
    let test = "eight_processes_append_five_hundred_each_and_nothing_is_lost";
    let mut children: Vec<Child> = (0..8).map(|_| child(test, &office.folder(), 500)).collect();
    // A reader meanwhile sees whole moments only.
    while children.iter_mut().any(|child| child.try_wait().unwrap().is_none()) {
        verdict_of(&office.folder());
        std::thread::sleep(Duration::from_millis(500));
    }
    let said: Vec<Vec<(u64, String)>> = std::thread::scope(|scope| {
        let readers: Vec<_> = children.iter_mut().map(|child| scope.spawn(|| acknowledged(child))).collect();
        readers.into_iter().map(|reader| reader.join().unwrap()).collect()
    });
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let mut all: Vec<(u64, String)> = said.into_iter().inspect(|own| assert_eq!(own.len(), 500)).flatten().collect();
    all.sort();
    assert!(all.iter().map(|(number, _)| *number).eq(2..=4_001), "every number once");
    let db = Connection::open(office.ledger()).unwrap();
    for (number, token) in &all {
        let found: String = db
            .query_row(
                "SELECT json_extract(body, '$.facts.reason') FROM entries WHERE number = ?1",
                [i64::try_from(*number).unwrap()],
                |r| r.get(0),
            )
            .unwrap();
        assert_eq!(&found, token);
    }
    drop(db);
    assert_eq!(verdict_of(&office.folder()), (4_001, true));
    let verdict = office.json("ledger verify --full");
    assert_eq!(
        (&verdict["entries"], &verdict["checkpoints"], &verdict["signatures"]),
        (&4001.into(), &4001.into(), &4001.into())
    );
}

#[test]
fn every_entry_that_was_acknowledged_survives_a_kill() {
    if append_as_a_child() {
        return;
    }
    let office = Office::new();
    let test = "every_entry_that_was_acknowledged_survives_a_kill";
    let mut seed = 5_u64;
    let (mut kept, mut met) = (Vec::new(), 0);
    for _ in 0..100 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut process = child(test, &office.folder(), 1_000_000);
        std::thread::sleep(Duration::from_millis(20 + (seed >> 32) % 80));
        process.kill().unwrap();
        process.wait().unwrap();
        let said = acknowledged(&mut process);
        met += usize::from(!said.is_empty());
        kept.extend(said);
        assert!(verdict_of(&office.folder()).0 > kept.len() as u64);
    }
    assert!(met > 50, "only {met} were killed in the midst of appending");
    let ledger = Ledger::open_to_read(&office.ledger()).unwrap();
    for (number, token) in &kept {
        let entry = ledger.entry(*number).unwrap().unwrap_or_else(|| panic!("entry {number} is gone"));
        assert_eq!(entry.facts["reason"], **token);
    }
    assert!(verdict_of(&office.folder()).1, "each is signed with its own checkpoint");
    office.hold(1);
}

#[test]
fn eight_programs_that_start_at_once_in_a_fresh_data_folder_make_one_case() {
    let desk = Desk::new();
    let children: Vec<Child> =
        (0..8).map(|n| desk.start(["--json", "case", "hold", "--reason", &format!("理由{n}")])).collect();
    let runs: Vec<Run> =
        children.into_iter().map(|child| Run::came(child.wait_with_output().unwrap(), true).ok()).collect();
    let made = runs.iter().filter(|run| run.err.contains("a default ledger was made")).count();
    assert_eq!(made, 1, "{runs:?}");
    let mut numbers: Vec<u64> = runs.iter().map(|run| run.json()["hold"].as_u64().unwrap()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (2..=9).collect::<Vec<_>>(), "each is told its own entry");
    let entries = desk.run(split("--json ledger list")).ok().json();
    let kinds: Vec<&str> =
        entries["entries"].as_array().unwrap().iter().map(|e| e["entry"]["kind"].as_str().unwrap()).collect();
    assert_eq!((kinds[0], &kinds[1..]), ("init", &["hold"; 8][..]));
    let verdict = desk.run(split("--json ledger verify --full")).ok().json();
    assert_eq!((&verdict["entries"], &verdict["scope"]), (&Value::from(9), &"this_computer".into()));
    let home = desk.path("home/tewatashi");
    let left: Vec<_> = names_in(&home).into_iter().filter(|n| n.to_string_lossy().starts_with('.')).collect();
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(names_in(&home.join("cases")).len(), 1, "one case is known");
    assert_eq!(desk.run(split("--json case list")).ok().json()["cases"].as_array().unwrap().len(), 1);
}

#[test]
fn two_programs_at_once_are_told_their_own_entries() {
    let office = Office::new();
    let starts: Vec<Child> = (0..6)
        .map(|n| {
            let mut command = office.command(&format!("--json case hold --reason 理由{n}"));
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    for (n, child) in starts.into_iter().enumerate() {
        let run = Run::came(child.wait_with_output().unwrap(), true).ok();
        let hold = run.json()["hold"].as_u64().unwrap();
        let shown = office.json(&format!("ledger show {hold}"));
        assert_eq!(shown["entry"]["facts"]["reason"], format!("理由{n}"));
    }
    office.is_whole();
}

#[test]
fn a_key_is_not_needed_to_append_and_the_next_signature_covers_what_has_none() {
    let office = Office::new();
    {
        let (mut ledger, _) = Ledger::open(&office.ledger()).unwrap();
        for _ in 0..3 {
            ledger.append(None, |number| entry(number, "署名なし")).unwrap();
        }
    }
    let verdict = office.json("ledger verify --full");
    assert_eq!(verdict["notices"], json!([{ "what": "unsigned", "from": 2 }]));
    office.hold(1);
    assert_eq!(office.json("ledger verify --full")["notices"], json!([]));
    let stranger = SigningKey::generate().unwrap();
    let (mut ledger, _) = Ledger::open(&office.ledger()).unwrap();
    ledger.append(Some(&stranger), |number| entry(number, "他人の鍵")).unwrap();
    drop(ledger);
    // A key that is not the ledger's signs nothing, so the ledger never looks forged by a slip.
    assert_eq!(office.json("ledger verify --full")["notices"], json!([{ "what": "unsigned", "from": 6 }]));
}
