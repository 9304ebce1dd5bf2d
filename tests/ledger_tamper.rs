//! Whatever is done to the ledger's file is found, and told apart: an entry changed, gone, moved, added; the end cut off; a
//! signature replaced; an older copy put in place; the index shortened.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};
use tewatashi::ledger::{Ledger, Question, verify};
use tewatashi::sign::{KeyFile, SigningKey};

#[path = "common/desk.rs"]
mod desk;
#[path = "common/enemy.rs"]
mod enemy;
#[path = "common/office.rs"]
mod office;
use desk::assert_empty;
use enemy::Enemy;
use office::{Office, split};

/// How many entries the ledgers here have.
const SIZE: u64 = 12;

/// A ledger, and somebody else's hands on it.
fn tampered(with: impl FnOnce(&Enemy)) -> Office {
    let office = Office::with_entries(SIZE);
    office.is_whole();
    with(&Enemy::at(&office.ledger()));
    office
}

/// What is found by somebody who has the file alone.
#[track_caller]
fn found_in_the_file(office: &Office, findings: &Value) {
    let ledger = office.ledger();
    let told = office.elsewhere(&format!("--json ledger verify {} --full", ledger.display()));
    assert_eq!(&told.fails(12).json()["findings"], findings);
}

fn other_past() -> Value {
    json!({ "what": "other_past", "seen": SIZE })
}

const OTHER_PAST: &str = "この PC が見た 12 件目までの記録と異なります。過去が書き換えられています。";

#[test]
fn one_byte_changed_is_found_at_its_entry() {
    for number in [1, 5, SIZE] {
        let office = tampered(|enemy| {
            let body = enemy.body(number).replacen("\"host\":\"", "\"host\":\"x", 1);
            enemy.set_body(number, &body);
        });
        let changed = json!({ "what": "changed", "from": number, "to": number });
        let said = format!("第{number}号が書き換えられています。");
        office.finds("", &json!([changed, other_past()]), &[&said, OTHER_PAST]);
        found_in_the_file(&office, &json!([changed]));
    }
}

#[test]
fn where_checkpoints_are_gone_too_the_range_is_told() {
    let office = tampered(|enemy| {
        enemy.change(6, |entry| entry["facts"]["reason"] = "別の理由".into());
        enemy.run("DELETE FROM checkpoints WHERE size BETWEEN 5 AND 8", []);
    });
    let changed = json!({ "what": "changed", "from": 5, "to": 9 });
    let said = "第5号から第9号までのどれかが書き換えられています。";
    office.finds("", &json!([changed, other_past()]), &[said, OTHER_PAST]);
    // Whoever changes it and takes every later checkpoint away leaves a head that does not fit.
    let office = tampered(|enemy| {
        enemy.change(6, |entry| entry["facts"]["reason"] = "別の理由".into());
        enemy.run("DELETE FROM checkpoints WHERE size > 5", []);
    });
    found_in_the_file(&office, &json!([{ "what": "head" }]));
}

#[test]
fn an_entry_in_other_words_is_found_by_full() {
    let office = tampered(|enemy| {
        // The same facts, with a space: another text, another hash.
        enemy.set_body(5, &enemy.body(5).replacen(':', ": ", 1));
        let key = key_of_this_case_is_stolen(enemy);
        enemy.sign_all(&key, None);
    });
    let _ = &office;
    found_in_the_file(&office, &json!([{ "what": "not_canonical", "number": 5 }]));
    let told = office.run("--lang ja ledger verify --full").fails(12);
    assert!(told.err.contains("第5号の書式が正しい形ではありません。"), "{told:?}");
}

/// An insider signs with the case's own key.
fn key_of_this_case_is_stolen(enemy: &Enemy) -> SigningKey {
    let place = PathBuf::from(enemy.db.path().unwrap()).with_file_name("keys").join("ledger_ed25519");
    let (KeyFile::Open(key), _) = KeyFile::read(&place).unwrap() else { panic!("the key is locked") };
    key
}

#[test]
fn an_entry_taken_out_leaves_a_gap() {
    let office = tampered(|enemy| enemy.remove(5));
    let missing = json!({ "what": "missing", "from": 5, "to": 5 });
    office.finds("", &json!([missing, other_past()]), &["第5号がありません（欠番）。", OTHER_PAST]);
    found_in_the_file(&office, &json!([missing, { "what": "index" }]));
    let office = tampered(|enemy| (3..=6).for_each(|n| enemy.remove(n)));
    let missing = json!({ "what": "missing", "from": 3, "to": 6 });
    office.finds("", &json!([missing, other_past()]), &["第3号から第6号までがありません（欠番）。", OTHER_PAST]);
}

#[test]
fn an_entry_taken_out_and_the_rest_moved_up_is_found() {
    let office = tampered(|enemy| {
        enemy.remove(5);
        enemy.shift(6, -1, false);
    });
    let misplaced = (5..SIZE).map(|at| json!({ "what": "misplaced", "at": at, "says": at + 1 }));
    let cut_off = json!({ "what": "cut_off", "entries": SIZE - 1, "covered": SIZE });
    let older = json!({ "what": "older", "entries": SIZE - 1, "seen": SIZE });
    let findings: Vec<Value> = misplaced.chain([cut_off.clone(), older.clone()]).collect();
    let says: Vec<String> = (5..SIZE).map(|at| format!("第{at}号の位置に、第{}号と書かれた記録", at + 1)).collect();
    let mut sentences: Vec<&str> = says.iter().map(String::as_str).collect();
    sentences
        .extend(["末尾が切り取られています: 記録は 11 件、署名済みは 12 件。", "この PC は 12 件の台帳を見ていますが"]);
    office.finds("", &json!(findings), &sentences);

    let office = tampered(|enemy| {
        enemy.remove(5);
        enemy.shift(6, -1, true);
    });
    let changed = json!({ "what": "changed", "from": 5, "to": 5 });
    office.finds("", &json!([changed, cut_off, older]), &["第5号が書き換え", "末尾が切り取られ", "この PC は 12 件の"]);
    // The last checkpoint gone and the head turned back as well: the checkpoints between still say what was there.
    let office = tampered(|enemy| {
        enemy.remove(5);
        enemy.shift(6, -1, true);
        enemy.run("DELETE FROM checkpoints WHERE size = 12", []);
        enemy.settle_head();
    });
    office.finds("", &json!([changed, older]), &["第5号が書き換え", "この PC は 12 件の"]);
}

#[test]
fn two_entries_exchanged_are_named() {
    let office = tampered(|enemy| {
        for (from, to) in [(4, 99), (9, 4), (99, 9)] {
            enemy.run("UPDATE entries SET number = ?2 WHERE number = ?1", (from, to));
        }
    });
    let swapped = json!({ "what": "swapped", "one": 4, "other": 9 });
    office.finds("", &json!([swapped, other_past()]), &["第4号と第9号が入れ替わっています。", OTHER_PAST]);
}

#[test]
fn an_entry_put_in_between_is_found() {
    let insert = |enemy: &Enemy, bodies| {
        let mut forged: Value = serde_json::from_str(&enemy.body(6)).unwrap();
        enemy.shift(6, 1, bodies);
        forged["facts"]["reason"] = "なかったこと".into();
        let body = serde_json_canonicalizer::to_string(&forged).unwrap();
        enemy.run("INSERT INTO entries (number, body) VALUES (6, ?1)", [body]);
    };
    let office = tampered(|enemy| insert(enemy, false));
    let misplaced = (7..=SIZE + 1).map(|at| json!({ "what": "misplaced", "at": at, "says": at - 1 }));
    // The forged one says its place; everything after it is moved, and the root at its place is another one.
    let changed = json!({ "what": "changed", "from": 6, "to": 6 });
    let findings: Vec<Value> = misplaced.chain([changed.clone(), other_past()]).collect();
    let says: Vec<String> =
        (7..=SIZE + 1).map(|at| format!("第{at}号の位置に、第{}号と書かれた記録", at - 1)).collect();
    let mut sentences: Vec<&str> = says.iter().map(String::as_str).collect();
    sentences.extend(["（挿入・削除・移動のおそれ）", OTHER_PAST]);
    office.finds("", &json!(findings), &sentences);
    let office = tampered(|enemy| insert(enemy, true));
    office.finds("", &json!([changed, other_past()]), &["第6号が書き換え", OTHER_PAST]);
}

#[test]
fn what_is_added_to_the_end_is_unsigned_or_does_not_fit_the_head() {
    let add = |enemy: &Enemy| {
        let mut forged: Value = serde_json::from_str(&enemy.body(SIZE)).unwrap();
        forged["number"] = (SIZE + 1).into();
        let body = serde_json_canonicalizer::to_string(&forged).unwrap();
        enemy.run("INSERT INTO entries (number, body) VALUES (13, ?1)", [body]);
    };
    let office = tampered(add);
    office.finds("", &json!([{ "what": "head" }]), &["台帳の先頭値が記録と合いません"]);
    assert_eq!(office.run("--json case hold --reason 続き").fails(12).kind(), "ledger_damaged");
    let office = tampered(|enemy| {
        add(enemy);
        enemy.settle_head();
    });
    let told = office.run("--json --lang ja ledger verify").ok();
    assert_eq!(told.json()["notices"], json!([{ "what": "unsigned", "from": 13 }]));
    assert!(told.err.contains("第13号以降はまだ署名されていません。"), "{told:?}");
}

/// What the commands that append do on a ledger whose end was tampered with: nothing.
#[track_caller]
fn nothing_is_appended(office: &Office, kind: &str) {
    let before = fs::read(office.ledger()).unwrap();
    let source = office.desk.file("名簿.csv", "氏名");
    let pack = format!("--json pack {} --to medium --slip 通知.txt", source.display());
    for words in
        [pack.as_str(), "--json staff add 佐藤健 --role 監督員 --section 税務課", "--json case hold --reason 続き"]
    {
        let run = office.run(words).fails(12);
        assert_eq!(run.kind(), kind, "{run:?}");
        assert!(run.json()["error"]["hint"].as_str().unwrap().contains("restore"), "{run:?}");
    }
    assert_empty(&office.desk.medium());
    assert!(!office.desk.path("通知.txt").exists());
    assert_eq!(office.run("--json ledger checkpoint 先頭").fails(12).json()["error"]["code"], 12);
    assert!(!office.desk.path("先頭").exists());
    assert_eq!(fs::read(office.ledger()).unwrap(), before, "the ledger is as it was");
}

#[test]
fn a_tail_cut_off_is_told_by_the_code_on_paper() {
    let office = Office::with_entries(SIZE);
    let code = office.code();
    Enemy::at(&office.ledger()).turn_back(9);
    let ledger = office.ledger();
    let how = format!("{} --code {code}", ledger.display());
    let cut_off = json!([{ "what": "code_cut_off", "code": code, "entries": 9, "carried_by": null }]);
    let said = format!("紙のコード {code} の時点より記録が少なくなっています（9 件）。");
    office.finds(&how, &cut_off, &[&said]);
    // Another past under the code: somebody went on from there.
    let enemy = Enemy::at(&office.ledger());
    let key = key_of_this_case_is_stolen(&enemy);
    for number in 10..=SIZE {
        let mut entry: Value = serde_json::from_str(&enemy.body(9)).unwrap();
        entry["number"] = number.into();
        let body = serde_json_canonicalizer::to_string(&entry).unwrap();
        enemy.run("INSERT INTO entries (number, body) VALUES (?1, ?2)", (i64::try_from(number).unwrap(), body));
        enemy.sign(number, &key, None);
    }
    enemy.settle_head();
    drop(enemy);
    let other = json!([{ "what": "code_other_past", "code": code, "carried_by": null }]);
    let said = format!("紙のコード {code} の時点の記録と異なります。過去が書き換えられています。");
    office.finds(&how, &other, &[&said]);
    // The code of a ledger that holds, typed as people type.
    let held = Office::with_entries(3);
    let typed = held.code().replace('-', "ー").to_lowercase();
    let verdict = held.json(&format!("ledger verify --code {typed}"));
    assert_eq!((&verdict["result"], &verdict["scope"]), (&json!("ok"), &json!("paper")));
    held.hold(4);
    assert_eq!(held.json(&format!("ledger verify --code {typed}"))["scope"], "paper", "an old code still pins");
    let mistyped = held.run("--json ledger verify --code 3-AAAA").fails(2);
    assert_eq!(mistyped.kind(), "bad_code");
}

#[test]
fn a_tail_cut_off_is_told_by_what_this_computer_remembers() {
    let office = tampered(|enemy| enemy.turn_back(9));
    let older = json!([{ "what": "older", "entries": 9, "seen": SIZE }]);
    let said = "この PC は 12 件の台帳を見ていますが、今は 9 件です。古い控えへの差替え又は末尾の切取りです。";
    office.finds("", &older, &[said]);
    nothing_is_appended(&office, "ledger_broken");
    let trusted = office.run("--json case trust 案件").fails(12);
    assert_eq!(trusted.kind(), "ledger_broken", "trusting anew does not make it forget");
    office.finds("", &older, &[said]);
}

#[test]
fn a_cut_ledger_that_grew_past_what_is_remembered_takes_nothing_more() {
    // On a computer that remembers nothing the cut ledger grows, signed by the case's own key, and comes back.
    let office = tampered(|enemy| enemy.turn_back(9));
    office.elsewhere("case trust 案件").ok();
    for number in 0..6 {
        office.elsewhere(&format!("case hold --reason 後{number}")).ok();
    }
    nothing_is_appended(&office, "ledger_broken");
    office.finds("", &json!([other_past()]), &[OTHER_PAST]);
    // The same without a signature at the size that is remembered.
    let enemy = Enemy::at(&office.ledger());
    enemy.run("DELETE FROM checkpoints WHERE size = 12", []);
    drop(enemy);
    nothing_is_appended(&office, "ledger_broken");
}

#[test]
fn without_paper_or_memory_only_inner_consistency_is_claimed() {
    let office = tampered(|enemy| enemy.turn_back(9));
    let ledger = office.ledger();
    let told = office.elsewhere(&format!("--json --lang ja ledger verify {}", ledger.display())).ok();
    let verdict = told.json();
    assert_eq!(
        (&verdict["result"], &verdict["scope"], &verdict["entries"]),
        (&json!("ok"), &json!("internal"), &json!(9))
    );
    assert!(told.err.contains("内部整合のみ") && told.err.contains("台帳は内部で整合しています。"), "{told:?}");
    assert!(!told.err.contains("この PC") && !told.err.contains("時点の記録をすべて"), "{told:?}");
    // Trusted there, it knows what it saw from then on, and still says that no paper was asked.
    office.elsewhere("case trust 案件").ok();
    let told = office.elsewhere("--json --lang ja ledger verify").ok();
    assert_eq!(told.json()["scope"], "this_computer");
    assert!(told.err.contains("内部整合のみ"), "{told:?}");
}

#[test]
fn a_checkpoint_that_outlived_a_cut_betrays_it() {
    let office = tampered(|enemy| {
        let kept = "DELETE FROM checkpoints WHERE size IN (10, 12)";
        enemy.run(kept, []);
        enemy.run("DELETE FROM mentions WHERE number > 9", []);
        enemy.run("DELETE FROM entries WHERE number > 9", []);
        enemy.settle_head();
    });
    found_in_the_file(&office, &json!([{ "what": "cut_off", "entries": 9, "covered": 11 }]));
    let cut_off = json!({ "what": "cut_off", "entries": 9, "covered": 11 });
    let older = json!({ "what": "older", "entries": 9, "seen": SIZE });
    let said = "末尾が切り取られています: 記録は 9 件、署名済みは 11 件。";
    office.finds("", &json!([cut_off, older]), &[said, "この PC は 12 件の"]);
    // Also where nothing is remembered nothing is appended over it.
    office.elsewhere("case trust 案件").fails(12);
    fs::remove_dir_all(office.desk.path("home/tewatashi/cases")).unwrap();
    assert_eq!(office.run("--json case hold --reason 続き").fails(4).kind(), "case_not_trusted");
}

#[test]
fn a_cut_below_a_checkpoint_takes_no_entry_even_where_nothing_is_remembered() {
    let office = Office::with_entries(SIZE);
    for file in fs::read_dir(office.desk.path("home/tewatashi/cases")).unwrap() {
        let path = file.unwrap().path();
        let mut known: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        known["seen"] = Value::Null;
        fs::write(&path, known.to_string()).unwrap();
    }
    let enemy = Enemy::at(&office.ledger());
    enemy.run("DELETE FROM mentions WHERE number > 9", []);
    enemy.run("DELETE FROM entries WHERE number > 9", []);
    enemy.settle_head();
    drop(enemy);
    nothing_is_appended(&office, "ledger_damaged");
}

#[test]
fn a_checkpoint_signed_by_another_key_is_found() {
    let stranger = SigningKey::generate().unwrap();
    // The row says whose key it is: at any checkpoint, also without --full.
    let office = tampered(|enemy| enemy.sign(7, &stranger, None));
    let other_key = json!([{ "what": "other_key", "size": 7, "key": stranger.fingerprint() }]);
    let said = format!("第7号までの署名が、この台帳のものでない鍵によるものです: {}", stranger.fingerprint());
    office.finds("", &other_key, &[&said]);
    // The row names the case's key: the signature does not hold. The last one is always checked, the others by --full.
    for (size, how) in [(SIZE, ""), (7, "--full")] {
        let office = tampered(|enemy| {
            let own = key_of_this_case_is_stolen(enemy).fingerprint();
            enemy.sign(size, &stranger, Some(&own));
        });
        let bad = json!([{ "what": "bad_signature", "size": size }]);
        office.finds(how, &bad, &[&format!("第{size}号までの署名が合いません。")]);
    }
}

#[test]
fn a_ledger_signed_all_over_by_another_key_is_not_this_cases() {
    let stranger = SigningKey::generate().unwrap();
    let office = tampered(|enemy| {
        enemy.change(1, |entry| entry["facts"]["key"] = stranger.public_line().trim().into());
        enemy.change(4, |entry| entry["facts"]["reason"] = "別の理由".into());
        enemy.sign_all(&stranger, None);
    });
    let first = json!({ "what": "other_first_key", "key": stranger.fingerprint() });
    let said = format!("この案件を作ったときの鍵と異なる鍵で始まっています: {}", stranger.fingerprint());
    office.finds("", &json!([other_past(), first]), &[OTHER_PAST, &said]);
    nothing_is_appended(&office, "ledger_broken");
    // Consistent in itself: who has the file alone is told no more than that.
    let ledger = office.ledger();
    let told = office.elsewhere(&format!("--json ledger verify {} --full", ledger.display())).ok();
    assert_eq!(told.json()["scope"], "internal");
}

#[test]
fn a_first_entry_without_a_key_lets_no_signature_pass() {
    let office = tampered(|enemy| enemy.change(1, |entry| entry["facts"]["key"] = "ssh-ed25519 x".into()));
    let told = office.run("--json --lang ja ledger verify").fails(12);
    let whats: Vec<Value> = told.json()["findings"].as_array().unwrap().iter().map(|f| f["what"].clone()).collect();
    assert!(whats.contains(&json!("no_key")) && whats.contains(&json!("changed")), "{told:?}");
    assert!(told.err.contains("署名の鍵が記録されていないため"), "{told:?}");
}

#[test]
fn an_older_copy_of_the_whole_file_is_told_from_the_real_one() {
    let office = Office::with_entries(8);
    let copy = office.desk.path("古い台帳.db");
    fs::copy(office.ledger(), &copy).unwrap();
    (8..SIZE).for_each(|n| office.hold(n));
    let code = office.code();
    for end in ["-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{end}", office.ledger().display()));
    }
    fs::copy(&copy, office.ledger()).unwrap();
    let older = json!({ "what": "older", "entries": 8, "seen": SIZE });
    let said = "この PC は 12 件の台帳を見ていますが、今は 8 件です。";
    office.finds("", &json!([older]), &[said]);
    let on_paper = json!({ "what": "code_cut_off", "code": code, "entries": 8, "carried_by": null });
    office.finds(&format!("--code {code}"), &json!([on_paper, older]), &["紙のコード", said]);
    nothing_is_appended(&office, "ledger_broken");
}

#[test]
fn another_ledger_in_its_place_is_told() {
    let office = Office::with_entries(3);
    let other = Office::with_entries(5);
    fs::copy(other.ledger(), office.ledger()).unwrap();
    let key = other.json("key show")["keys"][0]["fingerprint"].clone();
    let findings = json!([{ "what": "other_past", "seen": 3 }, { "what": "other_ledger" }, { "what": "other_first_key", "key": key }]);
    let said = [
        "この PC が見た 3 件目までの記録と異なります。",
        "この案件の台帳ではない、別の台帳です。",
        "異なる鍵で始まっています",
    ];
    office.finds("", &findings, &said);
    assert_eq!(office.run("--json case hold --reason x").fails(12).kind(), "ledger_broken");
}

#[test]
fn a_checkpoint_altered_is_told_from_an_entry_changed() {
    let office = tampered(|enemy| enemy.run("UPDATE checkpoints SET root = zeroblob(32) WHERE size = 6", []));
    office.finds(
        "",
        &json!([{ "what": "checkpoint_altered", "size": 6 }]),
        &["第6号までの先頭値の記録が書き換えられています。"],
    );
    let office = tampered(|enemy| enemy.run("UPDATE checkpoints SET signature = 'x' WHERE size = 6", []));
    assert_eq!(office.json("ledger verify")["result"], "ok", "an early signature is looked at by --full");
    office.finds("--full", &json!([{ "what": "bad_signature", "size": 6 }]), &["第6号までの署名が合いません。"]);
    // The last one: its signature tells that it is the checkpoint, not the entry.
    let office = tampered(|enemy| enemy.run("UPDATE checkpoints SET root = zeroblob(32) WHERE size = 12", []));
    let findings = json!([{ "what": "changed", "from": 12, "to": 12 }, { "what": "bad_signature", "size": 12 }]);
    office.finds("", &findings, &["第12号が書き換え", "第12号までの署名が合いません。"]);
}

#[test]
fn a_dropped_trigger_is_found() {
    for trigger in ["entries_no_update", "checkpoints_no_delete", "entries_in_order"] {
        let office = Office::with_entries(2);
        let db = Connection::open(office.ledger()).unwrap();
        db.execute(&format!("DROP TRIGGER {trigger}"), []).unwrap();
        drop(db);
        office.finds(
            "",
            &json!([{ "what": "schema" }]),
            &["台帳の構造（書換え・削除を拒むしくみ）が変えられています。"],
        );
    }
    // One that does something else under the same name.
    let office = Office::with_entries(2);
    let db = Connection::open(office.ledger()).unwrap();
    db.execute_batch("DROP TRIGGER entries_no_update; CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries BEGIN SELECT 1; END;")
        .unwrap();
    drop(db);
    office.finds("", &json!([{ "what": "schema" }]), &["台帳の構造"]);
}

#[test]
fn a_line_taken_out_of_the_index_is_found_by_full() {
    let office = Office::with_entries(4);
    office.run("staff add 佐藤健 --role 監督員 --section 税務課").ok();
    office.run("ledger history 佐藤健").ok();
    let enemy = Enemy::at(&office.ledger());
    enemy.run("DELETE FROM mentions WHERE term = '佐藤健'", []);
    drop(enemy);
    office.run("ledger history 佐藤健").fails(1);
    assert_eq!(office.json("ledger verify")["result"], "ok");
    office.finds(
        "--full",
        &json!([{ "what": "index" }]),
        &["索引が記録と合いません（history に出ない記録があるおそれ）。"],
    );
    let enemy = Enemy::at(&office.ledger());
    enemy.run("INSERT INTO mentions VALUES ('鈴木', 2)", []);
    drop(enemy);
    office.finds("--full", &json!([{ "what": "index" }]), &["索引が記録と合いません"]);
}

#[test]
fn the_code_a_bundle_carried_away_pins_the_past_before_it() {
    let office = Office::with_entries(5);
    let (_, public) = office.desk.key("key.txt");
    let source = office.desk.file("名簿.csv", "氏名");
    let bundle = office
        .run(&format!("--json pack {} --to medium --no-documents --recipient {public}", source.display()))
        .ok()
        .bundle();
    let entry = office.last();
    let code = entry["facts"]["ledger_code"].as_str().unwrap();
    let public = office.desk.path("").join(bundle).join("bundle.json");
    let facts: Value = serde_json::from_slice(&fs::read(public).unwrap()).unwrap();
    assert_eq!(facts["ledger_code"], code, "the medium carries it too");
    assert!(code.starts_with("5-"), "{code}");
    office.is_whole();
    // An insider with the key changes the past before it and signs everything anew.
    let enemy = Enemy::at(&office.ledger());
    let key = key_of_this_case_is_stolen(&enemy);
    enemy.change(3, |entry| entry["facts"]["reason"] = "別の理由".into());
    enemy.sign_all(&key, None);
    drop(enemy);
    let by = entry["number"].as_u64().unwrap();
    let ledger = office.ledger();
    let carried = json!([{ "what": "code_other_past", "code": code, "carried_by": by }]);
    let said = format!("第{by}号の束が持つコード {code} の時点の記録と異なります。");
    office.finds(&ledger.display().to_string(), &carried, &[&said]);
    // And the one on the medium, typed in, says the same of the paper.
    let told = office.run(&format!("--json ledger verify {} --code {code}", ledger.display())).fails(12);
    assert_eq!(told.json()["findings"].as_array().unwrap().len(), 2, "{told:?}");
}

#[test]
fn what_is_no_ledger_is_told_apart_from_a_broken_one() {
    let office = Office::with_entries(2);
    let text = office.desk.file("文.db", "これは台帳ではない。".repeat(1000));
    assert_eq!(office.run(&format!("--json ledger verify {}", text.display())).fails(1).kind(), "not_a_ledger");
    assert_eq!(office.run("--json ledger verify ない.db").fails(1).kind(), "no_ledger");
    let other = office.desk.path("other.db");
    Connection::open(&other).unwrap().execute("CREATE TABLE t (a)", []).unwrap();
    assert_eq!(office.run("--json ledger verify other.db").fails(1).kind(), "not_a_ledger");
    Connection::open(office.ledger()).unwrap().pragma_update(None, "user_version", 99).unwrap();
    assert_eq!(office.run("--json ledger verify").fails(1).kind(), "ledger_newer");
    assert_eq!(office.desk.run(split("--json ledger verify --code x")).fails(2).kind(), "bad_code");
}

type Bodies = Vec<(i64, String)>;

/// The entries as anybody reads them who asks the store alone.
fn bodies(ledger: &Path) -> rusqlite::Result<Bodies> {
    let db = Connection::open_with_flags(ledger, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut statement = db.prepare("SELECT number, body FROM entries ORDER BY number")?;
    statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

static PANICS: AtomicUsize = AtomicUsize::new(0);

/// A ledger's file, its log emptied into it, and what it says.
fn a_file() -> &'static (Vec<u8>, Bodies) {
    static FILE: OnceLock<(Vec<u8>, Bodies)> = OnceLock::new();
    FILE.get_or_init(|| {
        // A panic in a thread of the library is an error to its caller, and still one that must not be.
        std::panic::set_hook(Box::new(|info| {
            PANICS.fetch_add(1, Ordering::SeqCst);
            eprintln!("{info}");
        }));
        let office = Office::with_entries(SIZE);
        Enemy::at(&office.ledger());
        (fs::read(office.ledger()).unwrap(), bodies(&office.ledger()).unwrap())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn random_flips_never_pass_for_a_ledger_that_says_something_else(
        flips in prop::collection::vec((any::<prop::sample::Index>(), 0_u8..8), 1..6),
        full: bool,
    ) {
        let (file, said) = a_file();
        let mut bytes = file.clone();
        for (at, bit) in &flips {
            bytes[at.index(file.len())] ^= 1 << bit;
        }
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("ledger.db");
        fs::write(&place, bytes).unwrap();
        let verdict = Ledger::open_to_read(&place)
            .and_then(|ledger| verify::verify(&ledger, &Question { full, ..Question::default() }));
        if verdict.is_ok_and(|verdict| verdict.findings.is_empty()) {
            prop_assert_eq!(&bodies(&place).unwrap(), said);
        }
        prop_assert_eq!(PANICS.load(Ordering::SeqCst), 0);
    }
}
