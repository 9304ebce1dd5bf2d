//! A ledger's life: corrected, held, sealed, copied, brought back, its head given away.

use std::fs;
#[cfg(unix)]
use std::process::{Command, Stdio};

use serde_json::json;

#[path = "common/desk.rs"]
mod desk;
#[path = "common/enemy.rs"]
mod enemy;
#[path = "common/office.rs"]
mod office;
#[path = "common/tars.rs"]
mod tars;
use desk::names_in;
#[cfg(unix)]
use desk::{done, terminal, to_the_end};
use enemy::Enemy;
use office::{Office, split};

/// A contract whose records need not be kept any more.
const PAST: &str = "--side 区 --city 見本市 --contractor 見本印刷 --contract-number 第元-1号 --contract-title 旧業務 \
    --from 2019-04-01 --to 2020-03-31";

#[test]
fn a_correction_strikes_the_wrong_entry_and_keeps_it() {
    let office = Office::new();
    office.run("staff add 佐藤建 --role 監督員 --section 税務課").ok();
    let wrong = office.last()["number"].clone();
    let corrected = office.json(&format!("ledger correct {wrong} --reason 誤字 --set name=佐藤健"));
    assert_eq!(corrected["corrects"], wrong);
    let entry = office.last();
    let facts = &entry["facts"];
    assert_eq!((&facts["corrects"], &facts["reason"]), (&wrong, &json!("誤字")));
    assert_eq!(facts["facts"], json!({ "name": "佐藤健" }));
    assert_eq!(office.json("staff list")["people"][0]["name"], "佐藤健", "what is right holds");
    let by = entry["number"].clone();
    let told = format!("第{by}号で訂正");
    let list = office.run("--lang ja ledger list").ok();
    let line = list.out.lines().find(|line| line.contains("名簿への追加")).unwrap().to_owned();
    assert!(line.contains("佐藤建") && line.contains(&told), "{line}");
    assert!(!line.contains('\u{1b}'), "no signs for a terminal where there is none");
    let shown_one = office.run(&format!("--lang ja ledger show {wrong}")).ok();
    assert!(shown_one.out.contains(&told), "{shown_one:?}");
    assert_eq!(office.json(&format!("ledger show {wrong}"))["corrected_by"], by);
    let history = office.run("--lang ja ledger history 佐藤建").ok();
    assert!(history.out.contains(&told) && history.out.contains("訂正"), "{history:?}");
    // On a terminal the line is struck through.
    #[cfg(unix)]
    {
        let mut session = terminal(office.command("--lang ja ledger list"));
        let (rest, code) = to_the_end(&mut session);
        assert_eq!(code, 0, "{rest}");
        assert!(rest.contains("\u{1b}[9m") && rest.contains(&told), "{rest:?}");
    }
    // The first entry, a key, a correction and what is not there cannot be corrected.
    for (number, code, kind) in
        [(json!(1), 4, "not_correctable"), (by, 4, "not_correctable"), (json!(99), 1, "no_entry")]
    {
        assert_eq!(office.run(&format!("--json ledger correct {number} --reason x")).fails(code).kind(), kind);
    }
    assert_eq!(office.run("--json ledger correct 2 --reason x --set 空").fails(2).kind(), "bad_pair");
    office.is_whole();
}

#[test]
fn nothing_is_sealed_while_it_is_to_be_kept_or_held() {
    let office = Office::new();
    let kept = office.run("--json --lang ja ledger archive 封.tar").fails(4);
    assert_eq!(kept.kind(), "kept");
    assert!(kept.err.contains("保存期間中です（2032-03-31 まで）。"), "{kept:?}");
    assert_eq!(office.last()["result"], "refused");
    let endless = Office::of("--contract-number 第1号");
    assert_eq!(endless.run("--json ledger archive 封.tar").fails(4).kind(), "no_end");
    let past = Office::of(PAST);
    let hold = past.json("case hold --reason 監査のため")["hold"].clone();
    let refused = past.run("--json --lang ja ledger archive 封.tar").fails(4);
    assert_eq!(refused.kind(), "held");
    assert!(refused.err.contains(&format!("tewatashi case release {hold}")), "{refused:?}");
    assert!(!past.desk.path("封.tar").exists() && !office.desk.path("封.tar").exists());
    assert_eq!(past.run("--json case release 999 --reason x").fails(1).kind(), "no_hold");
    past.run(&format!("case release {hold} --reason 監査終了")).ok();
    assert_eq!(past.run(&format!("--json case release {hold} --reason x")).fails(1).kind(), "no_hold", "once");
    past.run("ledger archive 封.tar").ok();
    assert_eq!(past.run("--json ledger archive 封.tar").fails(4).kind(), "exists");
}

/// What somebody does to a member of a tar.
type Change = fn(String) -> String;

/// The members of a tar, unpacked by tar.
fn unpacked(office: &Office, file: &str) -> std::path::PathBuf {
    let to = office.desk.path("出した");
    let _ = fs::remove_dir_all(&to);
    fs::create_dir(&to).unwrap();
    tars::unpack(&office.desk.path(file), &to);
    to
}

#[cfg(unix)]
fn sha256(file: &std::path::Path) -> String {
    let told = String::from_utf8(desk::tool("sha256sum", [file]).stdout).unwrap();
    told.split(' ').next().unwrap().to_owned()
}

#[cfg(windows)]
fn sha256(file: &std::path::Path) -> String {
    tewatashi::digest::sha256(&fs::read(file).unwrap())
}

/// `ssh-keygen -Y verify`, by somebody who has the signer's line from elsewhere.
#[cfg(unix)]
#[track_caller]
fn stock_tools_agree(signers: &str, text: &std::path::Path, signature: &std::path::Path) {
    let folder = tempfile::tempdir().unwrap();
    let allowed = folder.path().join("allowed");
    fs::write(&allowed, signers).unwrap();
    let mut command = Command::new("ssh-keygen");
    command
        .args(["-Y", "verify", "-I", "tewatashi", "-n", "checkpoint@tewatashi", "-f"])
        .arg(&allowed)
        .arg("-s")
        .arg(signature);
    done(command.stdin(Stdio::from(fs::File::open(text).unwrap())));
}

#[test]
fn a_sealed_ledger_is_verified_alone_and_by_stock_tools() {
    let office = Office::of(PAST);
    (0..5).for_each(|n| office.hold(n));
    (2..7).for_each(|hold| {
        office.run(&format!("case release {hold} --reason 終了")).ok();
    });
    let sealed = office.json("ledger archive 封.tar");
    assert_eq!(sealed["entries"], 11);
    let entry = office.last();
    assert_eq!((&entry["kind"], &entry["facts"]["entries"]), (&json!("archive"), &json!(11)));
    let code = entry["facts"]["code"].as_str().unwrap().to_owned();
    assert_eq!(entry["facts"]["sha256"], sha256(&office.desk.path("封.tar")));
    for how in ["", "--full", &format!("--code {code}")] {
        let verdict = office.elsewhere(&format!("--json ledger verify 封.tar {how}")).ok().json();
        assert_eq!((&verdict["result"], &verdict["entries"]), (&json!("ok"), &json!(11)), "{how}");
    }
    let parts = unpacked(&office, "封.tar");
    #[cfg(unix)]
    {
        let line = fs::read_to_string(parts.join("signer.pub")).unwrap();
        stock_tools_agree(&format!("tewatashi {line}\n"), &parts.join("checkpoint"), &parts.join("checkpoint.sig"));
    }
    let lines = fs::read_to_string(parts.join("entries.jsonl")).unwrap();
    assert_eq!(lines.lines().count(), 11);
    // Whatever is changed inside is found.
    let changes: [(&str, Change, i32); 4] = [
        ("entries.jsonl", |text| text.replace("理由3", "理由9"), 12),
        ("entries.jsonl", |text| text.lines().skip(1).fold(String::new(), |all, line| all + line + "\n"), 11),
        ("checkpoint", |text| text.replacen("11\n", "10\n", 1), 11),
        (
            "signer.pub",
            |_| "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH0000000000000000000000000000000000000000000 x".into(),
            11,
        ),
    ];
    for (name, change, code) in changes {
        let parts = unpacked(&office, "封.tar");
        fs::write(parts.join(name), change(fs::read_to_string(parts.join(name)).unwrap())).unwrap();
        let members = ["meta.json", "signer.pub", "checkpoint", "checkpoint.sig", "checkpoints.jsonl", "entries.jsonl"];
        tars::pack(&office.desk.path("変.tar"), &parts, &members);
        let run = office.elsewhere("--json ledger verify 変.tar --full").fails(code);
        if code == 12 {
            assert_eq!(run.json()["findings"][0]["what"], "changed", "{run:?}");
        } else {
            assert_eq!(run.kind(), "package_broken", "{name}: {run:?}");
        }
    }
    office.is_whole();
}

#[cfg(unix)] // stock ssh-keygen
#[test]
fn a_checkpoint_is_accepted_by_stock_ssh_keygen() {
    let office = Office::with_entries(4);
    let told = office.run("--json ledger checkpoint 先頭").ok();
    let code = told.json()["code"].as_str().unwrap().to_owned();
    assert_eq!(code, office.code());
    let signers = fs::read_to_string(office.desk.path("先頭.allowed_signers")).unwrap();
    stock_tools_agree(&signers, &office.desk.path("先頭"), &office.desk.path("先頭.sig"));
    let body = fs::read_to_string(office.desk.path("先頭")).unwrap();
    assert_eq!(body.lines().nth(1), Some("4"));
    // The command that is shown does what it says.
    let command = told.err.lines().find_map(|line| line.split_once("ssh-keygen ")).unwrap().1.to_owned();
    done(Command::new("sh").args(["-c", &format!("ssh-keygen {command}")]).current_dir(office.desk.path("")));
    assert_eq!(office.entries().len(), 4, "giving the head away is no entry");
    assert_eq!(office.run("--json ledger checkpoint 先頭").fails(4).kind(), "exists");
}

#[test]
fn a_case_brought_back_says_so_and_is_told_from_a_rollback() {
    let office = Office::with_entries(4);
    let copy = office.json("case backup 控え.tar");
    assert_eq!(copy["entries"], 5, "the copy says of itself that it was made");
    (0..3).for_each(|n| office.hold(n));
    let back = office.run("--json --lang ja case restore 控え.tar --to 戻した --reason ディスク故障").ok();
    assert_eq!(back.json()["lost"], json!({ "from": 6, "to": 8 }));
    assert!(back.err.contains("第6号〜第8号"), "{back:?}");
    let verified = office.desk.run(split("--json --lang ja --case 戻した ledger verify --full")).ok();
    assert_eq!(verified.json()["notices"], json!([{ "what": "restored", "number": 6 }]));
    assert!(verified.err.contains("第6号で、控えから復元されています。"), "{verified:?}");
    let entry = office.desk.run(split("--json --case 戻した ledger show 6")).ok().json()["entry"].clone();
    assert_eq!((&entry["kind"], &entry["facts"]["lost"]), (&json!("restore"), &json!({ "from": 6, "to": 8 })));
    assert_eq!(
        (&entry["facts"]["reason"], &entry["facts"]["seen_before"]["size"]),
        (&json!("ディスク故障"), &json!(8))
    );
    office.desk.run(split("--case 戻した case hold --reason 続き")).ok();
    // Where it lay before is no longer this case.
    assert_eq!(office.run("--json ledger list").fails(4).kind(), "case_not_trusted");
    // The code that was printed before the loss tells on the restored ledger, as it must.
    assert_eq!(office.desk.run(split("--json case restore 控え.tar --to 戻した --reason x")).fails(4).kind(), "exists");
    // The same copy put in place by hand is a rollback.
    let rolled = Office::with_entries(4);
    rolled.json("case backup 控え.tar");
    (0..3).for_each(|n| rolled.hold(n));
    let parts = unpacked(&rolled, "控え.tar");
    for end in ["-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{end}", rolled.ledger().display()));
    }
    fs::copy(parts.join("ledger.db"), rolled.ledger()).unwrap();
    rolled.finds(
        "",
        &json!([{ "what": "older", "entries": 5, "seen": 8 }]),
        &["この PC は 8 件の台帳を見ていますが、今は 5 件です。"],
    );
}

#[test]
fn a_copy_of_another_kind_or_with_a_tampered_ledger_is_not_brought_back() {
    let office = Office::with_entries(3);
    office.json("case backup 控え.tar");
    let text = office.desk.file("文.tar", "これは控えではない");
    let restore = |file: &str| office.desk.run(split(&format!("--json case restore {file} --to 戻した --reason x")));
    assert_eq!(restore(text.to_str().unwrap()).fails(1).kind(), "not_a_backup");
    let parts = unpacked(&office, "控え.tar");
    Enemy::at(&parts.join("ledger.db")).change(2, |entry| entry["facts"]["reason"] = "別".into());
    let pack = |members: &[&str]| tars::pack(&office.desk.path("変.tar"), &parts, members);
    pack(&["tewatashi.toml", "ledger.db", "keys/ledger_ed25519"]);
    assert_eq!(restore("変.tar").fails(12).kind(), "ledger_broken");
    // Attack: a member that is a link, or lies outside.
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("/etc/passwd", parts.join("records/link")).unwrap();
        pack(&["tewatashi.toml", "records/link"]);
        assert_eq!(restore("変.tar").fails(1).kind(), "not_a_backup");
    }
    office.desk.file("secret", "x");
    pack(&["../secret"]);
    assert_eq!(restore("変.tar").fails(1).kind(), "not_a_backup");
    assert!(!office.desk.path("戻した").exists());
    let names = names_in(&office.desk.path(""));
    assert!(names.iter().all(|n| !n.to_string_lossy().starts_with(".tewatashi")), "{names:?}");
}

#[test]
fn an_unfinished_copy_is_not_called_made() {
    let office = Office::with_entries(2);
    let refused = office.run("--json case backup ない/控え.tar");
    assert_eq!(refused.code, 1, "{refused:?}");
    assert_ne!(office.last()["result"], "done", "the ledger does not say that a copy was made: {}", office.last());
    assert_eq!(office.last()["facts"]["error"]["code"], 1);
}
