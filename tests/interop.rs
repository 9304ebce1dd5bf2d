//! Stock tools open what this program makes, and this program opens what they make: Debian's `age` and `tar`, `rage`,
//! `sha256sum`, `ssh-keygen`, and `bagit` for Python. If this program vanished, nobody would lose a file.
//!
//! Needs age, rage, openssh-client, and `bagit` for python3 (in the folder `TEWATASHI_TEST_VENV` names, else the system's).

#![cfg(unix)]

use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

#[path = "common/desk.rs"]
mod desk;
use desk::{Desk, assert_empty, done, flip, names_in, same_tree, set_time, terminal, to_the_end, tool};

/// The sample data with the odd things beside: an empty folder, old and very exact times, a program.
fn source(desk: &Desk) -> PathBuf {
    let sample = desk.sample();
    fs::create_dir(sample.join("空のフォルダー")).unwrap();
    let old = desk.file("sample/昭和の名簿.txt", "1965");
    set_time(&old, -150_000_000, 123_456_789);
    let exact = desk.file("sample/時刻.txt", "123456789");
    set_time(&exact, 1_700_000_000, 1);
    let program = desk.file("sample/集計.sh", "#!/bin/sh\n");
    fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
    // Larger than one piece of the ciphertext, and of no round size.
    desk.file("sample/大きい.dat", (0..300_001u32).map(|n| n.to_le_bytes()[0]).collect::<Vec<_>>());
    set_time(&sample.join("空のフォルダー"), 1_600_000_000, 500_000_000);
    set_time(&sample, 1_600_000_001, 0);
    sample
}

/// Types a passphrase at the prompt of a stock tool.
fn typed(desk: &Desk, words: &[&OsStr], prompts: &[&str], passphrase: &str) {
    let mut command = Command::new(words[0]);
    let mut session = terminal({
        desk.settle(command.args(&words[1..]));
        command
    });
    for prompt in prompts {
        session.exp_string(prompt).unwrap_or_else(|e| panic!("{words:?} did not ask: {e}"));
        session.send_line(passphrase).unwrap();
    }
    let (rest, code) = to_the_end(&mut session);
    assert_eq!(code, 0, "{words:?}: {rest}");
}

fn age_decrypts(desk: &Desk, tool: &str, sealed: &Path, passphrase: &str) -> PathBuf {
    let opened = desk.path("opened.tar");
    let words = [tool.as_ref(), "-d".as_ref(), "-o".as_ref(), opened.as_os_str(), sealed.as_os_str()];
    typed(desk, &words, &["passphrase: "], passphrase);
    opened
}

/// The python that knows `bagit`.
fn bagit_accepts(bag: &Path) {
    let venv = std::env::var_os("TEWATASHI_TEST_VENV").map(PathBuf::from);
    let python = venv.map_or("python3".into(), |venv| venv.join("bin/python3"));
    let has = Command::new(&python).args(["-c", "import bagit"]).output();
    assert!(
        has.is_ok_and(|o| o.status.success()),
        "{} has no bagit: run `make setup`, or name a virtual environment in TEWATASHI_TEST_VENV",
        python.display()
    );
    done(Command::new(&python).args(["-m", "bagit", "--validate"]).arg(bag));
}

/// What stock tools make of the archive that was inside: unpacked, checked in two ways, equal to the source.
fn stock_tools_accept(desk: &Desk, archive: &Path, source: &Path) {
    let unpacked = desk.path("unpacked");
    fs::create_dir(&unpacked).unwrap();
    tool("tar", [OsStr::new("xf"), archive.as_ref(), "-C".as_ref(), unpacked.as_ref()]);
    let names = names_in(&unpacked);
    assert_eq!(names.len(), 1, "{names:?}");
    let bag = unpacked.join(&names[0]);
    assert!(names[0].to_str().unwrap().starts_with("TW-"));
    let parts = ["bag-info.txt", "bagit.txt", "data", "manifest-sha256.txt", "tagmanifest-sha256.txt"];
    assert_eq!(names_in(&bag), parts.map(OsStr::new));
    for manifest in ["manifest-sha256.txt", "tagmanifest-sha256.txt"] {
        done(Command::new("sha256sum").args(["--strict", "-c", manifest]).current_dir(&bag));
    }
    bagit_accepts(&bag);
    let base = source.file_name().unwrap();
    assert_eq!(names_in(&bag.join("data")), [base]);
    same_tree(source, &bag.join("data").join(base));
}

#[test]
fn stock_age_and_tar_open_a_passphrase_bundle_and_bagit_accepts_it() {
    let desk = Desk::new();
    let source = source(&desk);
    let (bundle, passphrase) = desk.packed(&source, &["--title", "特定健診", "--items", "氏名,住所"]);
    let archive = age_decrypts(&desk, "age", &bundle.join("bundle.age"), &passphrase);
    stock_tools_accept(&desk, &archive, &source);
}

#[test]
fn rage_opens_a_passphrase_bundle() {
    let desk = Desk::new();
    let source = source(&desk);
    let (bundle, passphrase) = desk.packed(&source, &[]);
    let archive = age_decrypts(&desk, "rage", &bundle.join("bundle.age"), &passphrase);
    stock_tools_accept(&desk, &archive, &source);
}

#[test]
fn stock_age_opens_a_bundle_with_the_senders_own_passphrase() {
    let desk = Desk::new();
    let source = source(&desk);
    let own = "Yamada-Taro 2026 kenshin!";
    let file = desk.file("own.txt", own);
    let words = ["--json", "pack", "sample", "--to", "medium", "--own-passphrase", "--passphrase-file"];
    let bundle = desk.run(words.map(OsStr::new).into_iter().chain([file.as_os_str()])).ok().bundle();
    let archive = age_decrypts(&desk, "age", &desk.path("").join(bundle).join("bundle.age"), own);
    stock_tools_accept(&desk, &archive, &source);
}

#[test]
fn age_and_rage_open_a_bundle_locked_for_a_key() {
    let desk = Desk::new();
    let source = source(&desk);
    let (identity, public) = desk.key("key.txt");
    let (other, also) = desk.key("other.txt");
    let bundle = desk.packed_for(&source, &public, &desk.medium(), &["--recipient", &also]);
    let sealed = bundle.join("bundle.age");
    let mut archives = Vec::new();
    for (tool_name, key) in [("age", &identity), ("age", &other), ("rage", &identity)] {
        let output = tool(tool_name, [OsStr::new("-d"), "-i".as_ref(), key.as_ref(), sealed.as_ref()]);
        archives.push(output.stdout);
    }
    assert!(archives[0] == archives[1] && archives[1] == archives[2]);
    stock_tools_accept(&desk, &desk.file("bundle.tar", &archives[0]), &source);
}

#[test]
fn volumes_joined_with_cat_open_with_stock_age() {
    let desk = Desk::new();
    let source = source(&desk);
    let (identity, public) = desk.key("key.txt");
    let bundle = desk.packed_for(&source, &public, &desk.medium(), &["--split", "100K"]);
    let volumes = names_in(&bundle).into_iter().filter(|n| n.to_str().unwrap().starts_with("bundle.age."));
    assert!(volumes.count() >= 4);
    let mut age = Command::new("age")
        .args(["-d", "-i"])
        .arg(&identity)
        .arg("-o")
        .arg(desk.path("joined.tar"))
        .arg("-")
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut cat = Command::new("sh")
        .args(["-c", "cat bundle.age.*"])
        .current_dir(&bundle)
        .stdout(age.stdin.take().unwrap())
        .spawn()
        .unwrap();
    assert!(cat.wait().unwrap().success() && age.wait().unwrap().success());
    stock_tools_accept(&desk, &desk.path("joined.tar"), &source);
}

/// Opens a single age file with ours; it must come out as it was, and be marked as having no manifest.
fn opens_as_a_foreign_file(desk: &Desk, sealed: &str, secret: [&OsStr; 2], content: &[u8]) {
    let to = desk.path(&format!("from-{sealed}"));
    let words = ["--json", "open", sealed, "--to"].map(OsStr::new);
    let run = desk.run(words.into_iter().chain([to.as_os_str()]).chain(secret)).ok();
    assert_eq!(run.json()["manifest"], false, "{sealed}");
    assert_eq!(run.json()["files"], 1);
    assert_eq!(run.json()["id"], serde_json::Value::Null);
    assert!(run.err.lines().any(|l| l.starts_with("warning: no manifest")), "{run:?}");
    assert_eq!(names_in(&to), [OsStr::new(sealed.strip_suffix(".age").unwrap())]);
    assert!(fs::read(to.join(sealed.strip_suffix(".age").unwrap())).unwrap() == content);
    let japanese = ["--lang", "ja", "verify", sealed].map(OsStr::new);
    let verified = desk.run(japanese.into_iter().chain(secret)).ok();
    assert!(verified.out.contains("照合表なし"), "{verified:?}");
}

#[test]
fn what_age_and_rage_seal_with_a_passphrase_opens_as_a_file_without_manifest() {
    let desk = Desk::new();
    let content: Vec<u8> = (0..200_000u32).map(|n| (n * 7).to_le_bytes()[1]).collect();
    let plain = desk.file("名簿.csv", &content);
    let passphrase = "correct horse battery staple";
    let secret = desk.file("passphrase.txt", passphrase);
    for (tool_name, sealed, options) in
        [("age", "of-age.csv.age", "-p"), ("age", "of-age-armored.csv.age", "-pa"), ("rage", "of-rage.csv.age", "-p")]
    {
        let mut words = vec![OsStr::new(tool_name)];
        words
            .extend(options.strip_prefix('-').unwrap().chars().map(|c| OsStr::new(if c == 'p' { "-p" } else { "-a" })));
        words.extend(["-o".as_ref(), OsStr::new(sealed), plain.as_os_str()]);
        typed(&desk, &words, &["secure one): ", "Confirm passphrase: "], passphrase);
        opens_as_a_foreign_file(&desk, sealed, ["--passphrase-file".as_ref(), secret.as_ref()], &content);
    }
}

#[test]
fn what_age_and_rage_seal_for_a_key_opens_as_a_file_without_manifest() {
    let desk = Desk::new();
    let content: Vec<u8> = (0..200_000u32).map(|n| (n * 11).to_le_bytes()[1]).collect();
    let plain = desk.file("名簿.csv", &content);
    let (identity, public) = desk.key("key.txt");
    for (tool_name, sealed, armor) in [
        ("age", "a.csv.age", false),
        ("age", "b.csv.age", true),
        ("rage", "c.csv.age", false),
        ("rage", "d.csv.age", true),
    ] {
        let mut command = Command::new(tool_name);
        command.args(["-r", &public, "-o"]).arg(desk.path(sealed));
        done(if armor { command.arg("-a") } else { &mut command }.arg(&plain));
        opens_as_a_foreign_file(&desk, sealed, ["--identity".as_ref(), identity.as_ref()], &content);
    }
}

#[test]
fn a_foreign_file_that_was_changed_leaves_nothing() {
    let desk = Desk::new();
    let plain = desk.file("名簿.csv", vec![7; 200_000]);
    let (identity, public) = desk.key("key.txt");
    done(Command::new("age").args(["-r", &public, "-o"]).arg(desk.path("a.age")).arg(&plain));
    let last = fs::read(desk.path("a.age")).unwrap().len() - 1;
    flip(&desk.path("a.age"), last);
    let run = desk.open_with(&desk.path("a.age"), &identity, &desk.path("opened")).fails(11);
    assert_eq!(run.kind(), "damaged");
    assert_empty(&desk.path("opened"));
}

fn ssh_keygen_verifies(bundle: &Path) -> bool {
    let key = fs::read_to_string(bundle.join("signer.pub")).unwrap();
    let allowed = bundle.parent().unwrap().join("allowed");
    fs::write(&allowed, format!("sender@example.jp {key}")).unwrap();
    let words = ["-Y", "verify", "-n", "bundle@tewatashi", "-I", "sender@example.jp", "-s", "bundle.json.sig", "-f"];
    let facts = File::open(bundle.join("bundle.json")).unwrap();
    let output = Command::new("ssh-keygen").args(words).arg(&allowed).current_dir(bundle).stdin(facts).output();
    output.expect("ssh-keygen: run `make setup`").status.success()
}

#[test]
fn ssh_keygen_accepts_the_signature_and_no_other_text() {
    let desk = Desk::new();
    let (_, public) = desk.key("key.txt");
    let bundle = desk.packed_for(&source(&desk), &public, &desk.medium(), &[]);
    assert!(ssh_keygen_verifies(&bundle));
    let printed = tool("ssh-keygen", [OsStr::new("-lf"), bundle.join("signer.pub").as_ref()]).stdout;
    let verified = desk.run([OsStr::new("--json"), "verify".as_ref(), bundle.as_ref()]).ok().json();
    let fingerprint = verified["signer"]["fingerprint"].as_str().unwrap();
    assert!(String::from_utf8(printed).unwrap().contains(fingerprint));
    flip(&bundle.join("bundle.json"), 100);
    assert!(!ssh_keygen_verifies(&bundle));
}

#[test]
fn sha256sum_accepts_the_checksums_and_notices_every_changed_file() {
    let desk = Desk::new();
    let (_, public) = desk.key("key.txt");
    let bundle = desk.packed_for(&source(&desk), &public, &desk.medium(), &["--split", "200K"]);
    let accepts = || {
        let mut command = Command::new("sha256sum");
        let output = command.args(["--strict", "-c", "checksums.sha256"]).current_dir(&bundle).output();
        output.unwrap().status.success()
    };
    assert!(accepts());
    for name in names_in(&bundle).into_iter().filter(|name| name != "checksums.sha256") {
        flip(&bundle.join(&name), 10);
        assert!(!accepts(), "{} changed unnoticed", name.display());
        flip(&bundle.join(&name), 10);
    }
    assert!(accepts());
}
