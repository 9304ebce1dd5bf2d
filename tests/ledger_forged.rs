//! What somebody forges who has a folder, a file of entries or another partner's trust, but not the ledger's key.

#![cfg(unix)]

#[path = "common/desk.rs"]
mod desk;
#[path = "common/enemy.rs"]
mod enemy;
#[path = "common/office.rs"]
mod office;

use std::fs;
use std::process::Command;

use enemy::Enemy;
use office::{Office, split};
use serde_json::json;
use tewatashi::ledger::checkpoint::NAMESPACE;
use tewatashi::ledger::{Claim, Clock, Entry, Ledger, Operator, Outcome};
use tewatashi::sign::{KeyFile, SigningKey};

#[test]
fn a_next_key_that_the_old_one_did_not_name_is_found() {
    let office = Office::with_entries(5);
    let stranger = SigningKey::generate().unwrap();
    {
        let enemy = Enemy::at(&office.ledger());
        enemy.change(2, |entry| {
            entry["kind"] = "key_rotate".into();
            entry["facts"] = json!({
                "key": stranger.public_line().trim(), "old": "", "reason": "", "lost": false, "endorsement": "x"
            });
        });
        enemy.run("DELETE FROM checkpoints WHERE size > 1", []);
        (3..=5).for_each(|size| enemy.sign(size, &stranger, None));
        enemy.settle_head();
    }
    for how in ["", "--full"] {
        let run = office.elsewhere(&format!("--json --lang ja ledger verify {} {how}", office.ledger().display()));
        let verdict = run.fails(12);
        let found = verdict.json()["findings"].clone();
        assert!(found.as_array().unwrap().contains(&json!({ "what": "not_endorsed", "number": 2 })), "{found}");
        assert!(verdict.err.contains("第2号で新しくされた鍵を、旧い鍵が認めていません"), "{verdict:?}");
    }
}

#[test]
fn a_key_replaced_while_others_are_at_work_is_never_lost() {
    let office = Office::new();
    for round in 0..8 {
        let mut rotate = office.command("key rotate --reason 定期").spawn().unwrap();
        let mut others: Vec<_> = (0..3).map(|_| office.command("case hold --reason x").spawn().unwrap()).collect();
        rotate.wait().unwrap();
        for other in &mut others {
            other.wait().unwrap();
        }
        assert!(office.key().is_file(), "round {round}");
        office.hold(round);
        office.is_whole();
    }
}

#[test]
fn a_program_that_began_before_the_key_was_replaced_signs_nothing_with_the_old_one() {
    let office = Office::with_entries(3);
    let copy = office.desk.path("old-key");
    fs::copy(office.key(), &copy).unwrap();
    office.run("key rotate --reason 定期").ok();
    let (KeyFile::Open(old), _) = KeyFile::read(&copy).unwrap() else { panic!("locked") };
    let (mut ledger, _) = Ledger::open(&office.ledger()).unwrap();
    let entry = |number| Entry {
        v: 1,
        number,
        time: "2026-11-21T10:00:00.000+09:00".into(),
        clock: Clock { source: "system".into(), synchronised: None },
        operator: Operator { name: "x".into(), staff: None, by: Claim::OsUser, os_user: "x".into(), host: "x".into() },
        kind: "hold".into(),
        subjects: Vec::new(),
        result: Outcome::Done,
        facts: serde_json::Map::new(),
    };
    let size = ledger.append(Some(&old), entry).unwrap().head.size;
    assert!(ledger.last_checkpoint().unwrap().unwrap().head.size < size, "it stays without a signature");
    drop(ledger);
    let verdict = office.json("ledger verify");
    assert!(verdict["notices"].as_array().unwrap().contains(&json!({ "what": "unsigned", "from": size })), "{verdict}");
    let warned = office.run("--lang ja case hold --reason x").ok();
    assert!(warned.err.contains(&format!("第{size}号〜第{size}号")), "{warned:?}");
    office.is_whole();
}

#[test]
fn a_forged_copy_is_not_brought_back_over_what_this_computer_knows() {
    let office = Office::with_entries(4);
    let forged = office.desk.path("偽");
    assert!(Command::new("cp").arg("-r").arg(office.folder()).arg(&forged).status().unwrap().success());
    let stranger = SigningKey::generate().unwrap();
    {
        let enemy = Enemy::at(&forged.join("ledger.db"));
        enemy.change(1, |entry| entry["facts"]["key"] = stranger.public_line().trim().into());
        enemy.sign_all(&stranger, None);
    }
    let run = office.desk.run(split("--json case restore 偽 --to 戻した --reason 故障")).fails(12);
    assert_eq!(run.kind(), "ledger_broken");
    assert!(!office.desk.path("戻した").exists());
    office.is_whole();
}

#[test]
fn a_trusted_partner_cannot_speak_for_another_ledger() {
    let (city, other) = (Office::new(), Office::with_entries(3));
    let partner = SigningKey::generate().unwrap();
    city.run(&format!("key trust {} --whose 相手A", partner.fingerprint())).ok();
    other.run("ledger send out.tar").ok();
    let folder = other.desk.path("parts");
    fs::create_dir(&folder).unwrap();
    let tar = |arguments: &[&str]| {
        assert!(Command::new("tar").current_dir(&folder).args(arguments).status().unwrap().success());
    };
    let sent = other.desk.path("out.tar");
    tar(&["-xf", sent.to_str().unwrap()]);
    let body = fs::read(folder.join("checkpoint")).unwrap();
    fs::write(folder.join("signer.pub"), partner.public_line()).unwrap();
    fs::write(folder.join("checkpoint.sig"), partner.sign(NAMESPACE, &body).unwrap()).unwrap();
    let parts = ["meta.json", "signer.pub", "checkpoint", "checkpoint.sig", "checkpoints.jsonl", "entries.jsonl"];
    let file = city.desk.path("forged.tar");
    tar(&[&["--format=ustar", "-cf", file.to_str().unwrap()], &parts[..]].concat());
    let refused = city.run(&format!("--json ledger receive {}", file.display())).fails(4);
    assert_eq!(refused.kind(), "key_not_confirmed");
    // The whole fingerprint of a key nobody confirmed is not offered to be copied.
    assert!(!refused.err.contains(&partner.fingerprint()), "{refused:?}");
    // A second member of the same name is not a file of ours.
    tar(&["--format=ustar", "-rf", file.to_str().unwrap(), "entries.jsonl"]);
    assert_eq!(city.run(&format!("--json ledger receive {}", file.display())).fails(11).kind(), "package_broken");
}

#[test]
fn who_has_left_receives_nothing() {
    let (city, other) = (Office::new(), Office::with_entries(2));
    city.run("staff add 佐藤健 --role 監督員 --section 税務課").ok();
    city.run("staff add 退職太郎 --role 監督員 --section 税務課 --operator 佐藤健").ok();
    city.run("staff retire 退職太郎 --date 2026-06-30 --operator 佐藤健").ok();
    other.run("ledger send out.tar").ok();
    let receive = format!("--json ledger receive {} --operator 退職太郎", other.desk.path("out.tar").display());
    assert_eq!(city.run(&receive).fails(4).kind(), "operator_retired");
    let entry = city.last();
    assert_eq!((&entry["kind"], &entry["result"]), (&json!("received"), &json!("refused")));
}

#[test]
fn a_correction_keeps_the_form_and_takes_nobody_off_the_roster() {
    let office = Office::new();
    office.run("staff add 佐藤健 --role 監督員 --section 税務課").ok();
    office.run("ledger correct 2 --reason 課名 --set section=1 --operator 佐藤健").ok();
    assert_eq!(office.json("staff list")["people"][0]["section"], "1");
    office.run("contract amend --number 変1 --date 2026-10-01 --to 2028-03-31 --operator 佐藤健").ok();
    let number = office.last()["number"].clone();
    let wrong = format!("--json ledger correct {number} --reason 誤り --set to=来年 --operator 佐藤健");
    assert_eq!(office.run(&wrong).fails(2).kind(), "would_not_read");
    assert_eq!(office.json("contract show")["to"], "2028-03-31");
}

#[test]
fn another_case_in_a_trusted_folder_is_not_written() {
    let (office, other) = (Office::with_entries(2), Office::with_entries(3));
    fs::remove_dir_all(office.folder()).unwrap();
    assert!(Command::new("cp").arg("-r").arg(other.folder()).arg(office.folder()).status().unwrap().success());
    let run = office.run("--json --lang ja case hold --reason x").fails(12);
    assert!(run.err.contains("別の台帳です"), "{run:?}");
    let again = office.desk.run(split("--json case trust 案件")).fails(12);
    assert_eq!(again.kind(), "ledger_broken");
}
