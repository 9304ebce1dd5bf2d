//! Entries on their way to another ledger: signed, taken in once, and refused when they do not fit.

use std::fs;

use serde_json::{Value, json};

#[path = "common/desk.rs"]
mod desk;
#[path = "common/enemy.rs"]
mod enemy;
#[path = "common/office.rs"]
mod office;
#[path = "common/tars.rs"]
mod tars;
#[cfg(unix)]
use desk::{shown, terminal, to_the_end};
use enemy::Enemy;
use office::Office;

/// What somebody does to a member of a tar.
type Change = fn(String) -> String;

/// The contractor's desk, and the city's that takes in its entries.
fn two_sides() -> (Office, Office) {
    let city = Office::new();
    let contractor = Office::of(
        "--side 受託者 --city 見本市 --contractor 見本印刷 --contract-number 第8-123号 --contract-title 通知書作成業務",
    );
    contractor.run("staff add 佐藤健 --role 作業責任者 --section 業務部").ok();
    (city, contractor)
}

fn key_of(office: &Office) -> String {
    let keys = office.json("key show");
    keys["keys"].as_array().unwrap().last().unwrap()["fingerprint"].as_str().unwrap().to_owned()
}

/// Sends from one to the other; the file's name there.
fn sent(from: &Office, to: &Office, more: &str) -> String {
    let name = format!("渡し-{}.tar", fs::read_dir(to.desk.path("")).unwrap().count());
    from.run(&format!("ledger send {} {more}", to.desk.path(&name).display())).ok();
    name
}

fn trusted(to: &Office, from: &Office) {
    to.run(&format!("key trust {} --whose 見本印刷", key_of(from))).ok();
}

#[test]
fn entries_are_taken_in_once_with_both_times() {
    let (city, contractor) = two_sides();
    let file = sent(&contractor, &city, "");
    // A key nobody held against paper.
    let refused = city.run(&format!("--json --lang ja ledger receive {file}")).fails(4);
    assert_eq!(refused.kind(), "key_not_confirmed");
    assert!(
        refused.err.contains("紙で確かめていない鍵") && refused.err.contains(&key_of(&contractor)[..20]),
        "{refused:?}"
    );
    let entry = city.last();
    assert_eq!((&entry["kind"], &entry["result"]), (&json!("received"), &json!("refused")));
    trusted(&city, &contractor);
    let taken = city.json(&format!("ledger receive {file}"));
    assert_eq!((&taken["new"], &taken["known"]), (&json!(2), &json!(0)));
    // Again: nothing new, and nothing twice.
    let size = city.entries().len();
    let again = city.json(&format!("ledger receive {file}"));
    assert_eq!((&again["new"], &again["known"]), (&json!(0), &json!(2)));
    assert_eq!(city.entries().len(), size);
    // The whole entry is there, with its own time; the carrier has the city's.
    let carrier = city.last();
    let theirs = contractor.json("ledger show 2")["entry"].clone();
    assert_eq!(carrier["facts"]["entry"], theirs);
    assert!(carrier["time"].as_str().unwrap() > theirs["time"].as_str().unwrap());
    let history = city.json("ledger history 佐藤健");
    assert_eq!(history["entries"][0]["facts"]["entry"]["kind"], "staff_add");
    // A person reads what happened there, by whom and when, beside the time it came here.
    let line = city.run("--lang ja ledger history 佐藤健").ok().out;
    let user = theirs["operator"]["name"].as_str().unwrap();
    let there = theirs["time"].as_str().unwrap()[..16].replace('T', " ");
    assert!(
        line.contains("相手方の記録の受領") && line.contains(&format!("{there} {user} 名簿への追加 完了 佐藤健")),
        "{line}"
    );
    // Later ones alone.
    contractor.hold(1);
    let later = sent(&contractor, &city, "--from 3");
    let taken = city.json(&format!("ledger receive {later}"));
    assert!(taken["new"].as_u64().unwrap() >= 2, "{taken}");
    city.is_whole();
    contractor.is_whole();
}

#[test]
fn a_gap_is_named_and_nothing_is_taken() {
    let (city, contractor) = two_sides();
    trusted(&city, &contractor);
    (0..3).for_each(|n| contractor.hold(n));
    let late = sent(&contractor, &city, "--from 4");
    let size = city.entries().len();
    let gap = city.run(&format!("--json --lang ja ledger receive {late}")).fails(1);
    assert_eq!(gap.kind(), "entries_missing");
    assert!(gap.err.contains("ledger send --from 1"), "{gap:?}");
    assert_eq!(city.entries().len(), size + 1, "the try alone is recorded");
    assert_eq!(contractor.run("--json ledger send x.tar --from 99").fails(1).kind(), "no_entry");
    assert_eq!(contractor.run("--json ledger send x.tar --from 0").fails(1).kind(), "no_entry");
}

#[test]
fn a_ledger_with_two_pasts_is_found_out() {
    let (city, contractor) = two_sides();
    trusted(&city, &contractor);
    contractor.hold(1);
    city.run(&format!("ledger receive {}", sent(&contractor, &city, ""))).ok();
    // The contractor turns its ledger back and goes on otherwise, with its own key.
    Enemy::at(&contractor.ledger()).turn_back(2);
    contractor.elsewhere("case trust 案件").ok();
    (0..3).for_each(|n| {
        contractor.elsewhere(&format!("case hold --reason 別{n}")).ok();
    });
    let file = city.desk.path("別の過去.tar");
    contractor.elsewhere(&format!("ledger send {}", file.display())).ok();
    let fork = city.run("--json --lang ja ledger receive 別の過去.tar").fails(12);
    assert_eq!(fork.kind(), "two_pasts");
    assert!(fork.err.contains('3'), "the entry is named: {fork:?}");
    assert_eq!(city.last()["facts"]["error"], json!({ "code": 12, "kind": "two_pasts" }));
    city.is_whole();
}

#[test]
fn a_file_changed_on_its_way_is_not_taken_in() {
    let (city, contractor) = two_sides();
    trusted(&city, &contractor);
    let file = sent(&contractor, &city, "");
    let size = city.entries().len();
    let parts = city.desk.path("出した");
    let members = ["meta.json", "signer.pub", "checkpoint", "checkpoint.sig", "checkpoints.jsonl", "entries.jsonl"];
    let changes: [(&str, Change, &str); 5] = [
        ("entries.jsonl", |text| text.replace("佐藤健", "佐藤建"), "package_root"),
        ("entries.jsonl", |text| text.lines().take(1).fold(String::new(), |all, l| all + l + "\n"), "package_broken"),
        ("meta.json", |text| text.replace("\"to\": 2", "\"to\": 1"), "package_broken"),
        ("checkpoint", |text| text.replacen("\n2\n", "\n3\n", 1), "package_broken"),
        ("checkpoint.sig", |text| text.replace("AAAA", "AAAB"), "package_broken"),
    ];
    for (name, change, kind) in changes {
        let _ = fs::remove_dir_all(&parts);
        fs::create_dir(&parts).unwrap();
        tars::unpack(&city.desk.path(&file), &parts);
        fs::write(parts.join(name), change(fs::read_to_string(parts.join(name)).unwrap())).unwrap();
        tars::pack(&city.desk.path("変.tar"), &parts, &members);
        let run = city.run("--json ledger receive 変.tar").fails(11);
        assert_eq!(run.kind(), kind, "{name}");
    }
    let taken: Vec<Value> = city.entries()[size..].iter().map(|entry| entry["result"].clone()).collect();
    assert!(taken.iter().all(|result| result == "failed"), "{taken:?}");
    let text = city.desk.file("文.tar", "x");
    assert_eq!(city.run(&format!("--json ledger receive {}", text.display())).fails(1).kind(), "not_a_package");
    let own = sent(&city, &city, "");
    assert_eq!(city.run(&format!("--json ledger receive {own}")).fails(4).kind(), "own_entries");
    // A part of a ledger proves nothing alone.
    contractor.hold(1);
    let part = sent(&contractor, &city, "--from 2");
    assert_eq!(city.run(&format!("--json ledger verify {part}")).fails(1).kind(), "package_partial");
}

#[test]
fn a_key_rotated_on_the_other_side_is_accepted_when_the_old_one_names_it() {
    let (city, contractor) = two_sides();
    trusted(&city, &contractor);
    city.run(&format!("ledger receive {}", sent(&contractor, &city, ""))).ok();
    contractor.run("key rotate --reason 定期").ok();
    contractor.hold(1);
    city.run(&format!("ledger receive {}", sent(&contractor, &city, ""))).ok();
    // A key that was lost has nobody to name the next one: paper again.
    contractor.run("key rotate --lost --reason 紛失").ok();
    let file = sent(&contractor, &city, "");
    assert_eq!(city.run(&format!("--json ledger receive {file}")).fails(4).kind(), "key_not_confirmed");
    trusted(&city, &contractor);
    city.run(&format!("ledger receive {file}")).ok();
    city.is_whole();
}

#[test]
fn trust_that_was_a_mistake_is_taken_back_by_a_correction() {
    let (city, contractor) = two_sides();
    trusted(&city, &contractor);
    let number = city.last()["number"].clone();
    city.run(&format!("ledger correct {number} --reason 紙と違った")).ok();
    let file = sent(&contractor, &city, "");
    assert_eq!(city.run(&format!("--json ledger receive {file}")).fails(4).kind(), "key_not_confirmed");
    assert_eq!(city.json("key show")["trusted"], json!([]));
}

#[cfg(unix)] // a terminal
#[test]
fn at_a_terminal_the_end_of_the_key_is_typed_from_paper() {
    let (city, contractor) = two_sides();
    let file = sent(&contractor, &city, "");
    let key = key_of(&contractor);
    let (start, end) = key.split_at(key.len() - 8);
    let mut session = terminal(city.command(&format!("--lang ja ledger receive {file}")));
    let asked = shown(&session.exp_string("8 ").unwrap());
    assert!(asked.contains(start) && !asked.contains(end), "the end is not shown before: {asked}");
    session.send_line("12345678").unwrap();
    let (rest, code) = to_the_end(&mut session);
    assert_eq!(code, 4, "{rest}");
    let mut session = terminal(city.command(&format!("--lang ja ledger receive {file}")));
    session.exp_string("8 ").unwrap();
    session.send_line(end).unwrap();
    session.exp_string(": ").unwrap();
    session.send_line("見本印刷").unwrap();
    let (rest, code) = to_the_end(&mut session);
    assert_eq!(code, 0, "{rest}");
    assert_eq!(city.json("key show")["trusted"], json!([{ "fingerprint": key, "whose": "見本印刷" }]));
    assert_eq!(
        city.last_of("received")["facts"]["origin"],
        contractor.json("ledger show 1")["entry"]["facts"]["origin"]
    );
}

#[test]
fn a_line_taken_out_of_what_was_received_is_found_by_full() {
    let (city, contractor) = two_sides();
    trusted(&city, &contractor);
    city.run(&format!("ledger receive {}", sent(&contractor, &city, ""))).ok();
    city.is_whole();
    Enemy::at(&city.ledger()).run("DELETE FROM received WHERE number = 2", []);
    city.finds("--full", &json!([{ "what": "index" }]), &["索引が記録と合いません"]);
}
