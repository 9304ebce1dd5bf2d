//! The case's key: replaced with and without the old one, locked by a passphrase, missing, or somebody else's.

#![cfg(unix)]

use std::fs;

use serde_json::json;
use tewatashi::sign::SigningKey;

#[path = "common/desk.rs"]
mod desk;
#[path = "common/office.rs"]
mod office;
use desk::{assert_empty, shown, terminal, to_the_end};
use office::{CONTRACT, Office};

fn fingerprint(office: &Office) -> String {
    let keys = office.json("key show");
    keys["keys"].as_array().unwrap().last().unwrap()["fingerprint"].as_str().unwrap().to_owned()
}

#[test]
fn a_key_is_replaced_and_old_signatures_still_verify() {
    let office = Office::with_entries(4);
    let code = office.code();
    let old = fs::read(office.key()).unwrap();
    let before = fingerprint(&office);
    let rotated = office.json("key rotate --reason 定期");
    assert_eq!((&rotated["old"], &rotated["lost"]), (&json!(before), &json!(false)));
    assert_eq!(rotated["new"], fingerprint(&office));
    assert_ne!(fs::read(office.key()).unwrap(), old);
    assert!(!office.folder().join("keys/ledger_ed25519.next").exists());
    let entry = office.last();
    assert_eq!(entry["kind"], "key_rotate");
    assert!(entry["facts"]["endorsement"].as_str().unwrap().contains("SSH SIGNATURE"), "the old key names the new one");
    office.hold(9);
    office.is_whole();
    assert_eq!(office.json(&format!("ledger verify --code {code}"))["scope"], "paper");
    assert_eq!(office.json("key show")["keys"].as_array().unwrap().len(), 2);
    // Bundles signed before stay known.
    let (_, public) = office.desk.key("key.txt");
    let source = office.desk.file("名簿.csv", "氏名");
    let bundle =
        office.run(&format!("--json pack {} --to medium --recipient {public}", source.display())).ok().bundle();
    office.run("key rotate --reason 定期").ok();
    let verified = office.json(&format!("verify {}", bundle.display()));
    assert_eq!(verified["signer"]["known"], true);
    // The old key in its place again signs nothing.
    fs::write(office.key(), &old).unwrap();
    let refused = office.run("--json --lang ja case hold --reason x").fails(4);
    assert_eq!(refused.kind(), "other_key");
}

#[test]
fn a_lost_key_is_replaced_and_that_stays_visible() {
    let office = Office::with_entries(3);
    fs::remove_file(office.key()).unwrap();
    let unsigned = office.run("--lang ja case hold --reason x").ok();
    assert!(unsigned.err.contains("署名"), "{unsigned:?}");
    let source = office.desk.file("名簿.csv", "氏名");
    let pack = format!("--json --lang ja pack {} --to medium --slip 通知.txt", source.display());
    let missing = office.run(&pack).fails(1);
    assert_eq!(missing.kind(), "key_missing");
    assert!(missing.err.contains("key rotate --lost"), "{missing:?}");
    assert_empty(&office.desk.medium());
    assert_eq!(office.run("--json key rotate --reason x").fails(1).kind(), "key_missing", "the old one cannot sign");
    office.run("key rotate --lost --reason 紛失").ok();
    let number = office.last()["number"].clone();
    let told = office.run("--json --lang ja ledger verify --full").ok();
    assert_eq!(told.json()["notices"], json!([{ "what": "key_replaced", "number": number }]));
    assert!(told.err.contains(&format!("第{number}号で、旧い鍵の署名なしに鍵が替えられています")), "{told:?}");
    office.hold(1);
    office.run("--json ledger verify --full").ok();
}

#[test]
fn a_crash_between_the_entry_and_the_rename_is_mended() {
    let office = Office::with_entries(2);
    let next = office.folder().join("keys/ledger_ed25519.next");
    let old = fs::read(office.key()).unwrap();
    office.run("key rotate --reason 定期").ok();
    // As the crash leaves it: the entry is there, the new key waits.
    fs::rename(office.key(), &next).unwrap();
    fs::write(office.key(), &old).unwrap();
    fs::set_permissions(office.key(), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    office.hold(1);
    assert!(!next.exists() && fs::read(office.key()).unwrap() != old);
    office.is_whole();
    // And the old key already gone.
    fs::rename(office.key(), &next).unwrap();
    office.hold(2);
    office.is_whole();
    // Before the entry: the waiting key is nobody's and goes.
    let current = fs::read(office.key()).unwrap();
    SigningKey::generate().unwrap().save_new(&next, None).unwrap();
    office.hold(3);
    assert!(!next.exists() && fs::read(office.key()).unwrap() == current);
    office.is_whole();
}

#[test]
fn a_locked_key_leaves_entries_unsigned_until_its_passphrase_is_given() {
    let office = Office::to_be_at(Office::new().folder().with_file_name("鍵つき"));
    fs::create_dir_all(office.folder().parent().unwrap()).unwrap();
    let secret = office.desk.file("鍵.txt", "Hanamaru-7-さくら");
    let with = format!("--key-passphrase-file {}", secret.display());
    office.init(&format!("{CONTRACT} {with}")).ok();
    assert!(fs::read_to_string(office.key()).unwrap().contains("OPENSSH PRIVATE KEY"));
    let unsigned = office.run("--lang ja case hold --reason x").ok();
    assert!(unsigned.err.contains("この記録はまだ署名されていません") || unsigned.err.contains("署名"), "{unsigned:?}");
    office.run("case hold --reason y").ok();
    let told = office.run("--json --lang ja ledger verify --full").ok();
    assert_eq!(told.json()["notices"], json!([{ "what": "unsigned", "from": 2 }]));
    assert!(told.err.contains("第2号以降はまだ署名されていません。"), "{told:?}");
    // What needs the key says so, and does nothing.
    let source = office.desk.file("名簿.csv", "氏名");
    let pack = format!("--json pack {} --to medium --slip 通知.txt", source.display());
    assert_eq!(office.run(&pack).fails(2).kind(), "key_locked");
    assert_empty(&office.desk.medium());
    assert_eq!(office.run("--json ledger send x.tar").fails(2).kind(), "key_locked");
    assert_eq!(office.run("--json ledger checkpoint x").fails(2).kind(), "key_locked");
    // With the wrong one nothing is done at all.
    let wrong = office.desk.file("誤.txt", "Hanamaru-8");
    let size = office.entries().len();
    let run = office.run(&format!("--json case hold --reason x --key-passphrase-file {}", wrong.display()));
    assert_eq!(run.kind(), "wrong_key_passphrase", "{run:?}");
    assert_eq!(office.entries().len(), size);
    let signed = office.run(&format!("case hold --reason z {with}")).ok();
    assert!(!signed.err.contains("not signed"), "{signed:?}");
    assert_eq!(office.json("ledger verify --full")["notices"], json!([]));
    office.run(&format!("{} {with}", pack.replace("--json ", ""))).ok();
    // Replaced by one that is not locked, and by a locked one again.
    office.run(&format!("key rotate --reason 解除 {with}")).ok();
    office.run("case hold --reason x").ok();
    office.run(&format!("key rotate --reason 施錠 --new-passphrase-file {}", secret.display())).ok();
    office.run(&format!("case hold --reason x {with}")).ok();
    office.is_whole();
    assert_eq!(desk::holding(&office.folder(), "Hanamaru-7".as_bytes()), Vec::<std::path::PathBuf>::new());
}

#[test]
fn at_a_terminal_the_keys_passphrase_is_asked_for() {
    let office = Office::to_be_at(Office::new().folder().with_file_name("鍵つき"));
    fs::create_dir_all(office.folder().parent().unwrap()).unwrap();
    let secret = office.desk.file("鍵.txt", "Hanamaru-7");
    office.init(&format!("{CONTRACT} --key-passphrase-file {}", secret.display())).ok();
    let mut session = terminal(office.command("--lang ja case hold --reason x"));
    session.exp_string("\r\n").unwrap();
    let asked = shown(&session.exp_string(": ").unwrap());
    assert!(asked.contains("署名の鍵のパスフレーズ"), "{asked}");
    session.send_line("Hanamaru-7").unwrap();
    let (rest, code) = to_the_end(&mut session);
    assert!(code == 0 && !rest.contains("Hanamaru"), "{code}: {rest}");
    assert_eq!(office.json("ledger verify --full")["notices"], json!([]));
}
