//! Where a ledger may lie: a full disk, a medium that cannot be written, a network share, somebody else's folder.
//!
//! Needs root, mkfs for ext4, and fusefat with dosfstools.

#![cfg(target_os = "linux")]

use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use rusqlite::{Connection, OpenFlags};
use serde_json::json;

#[path = "common/appender.rs"]
mod appender;
#[path = "common/desk.rs"]
mod desk;
#[path = "common/loopfs.rs"]
mod loopfs;
#[path = "common/office.rs"]
mod office;
use appender::{acknowledged, append_as_a_child, child};
use desk::{Run, assert_empty, needs_root, tool};
use loopfs::LoopFs;
use office::{CONTRACT, Office, split};

/// Takes all room there is.
fn fill(fs: &LoopFs) {
    let filler = File::create(fs.path("filler")).unwrap();
    let mut size = 1 << 30;
    while size >= 512 {
        let end = filler.metadata().unwrap().len();
        if rustix::fs::fallocate(&filler, rustix::fs::FallocateFlags::empty(), end, size).is_err() {
            size /= 2;
        }
    }
    filler.sync_all().unwrap();
}

#[test]
fn a_full_disk_is_told_and_the_ledger_stays_whole() {
    for fs in [LoopFs::tmpfs(4), LoopFs::make("mkfs.ext4 -q -F -m 0", 8, "")] {
        let office = Office::to_be_at(fs.path("案件"));
        office.init(CONTRACT).ok();
        (0..3).for_each(|n| office.hold(n));
        let code = office.code();
        fill(&fs);
        // Some pages may still fit into what is there; not for long.
        let refused = (0..200)
            .map(|n| office.run(&format!("--json --lang ja case hold --reason 満杯{n}")))
            .find(|run| run.code != 0)
            .expect("the disk is never full");
        assert_eq!((refused.code, refused.kind().as_str()), (1, "ledger_full"), "{refused:?}");
        assert!(refused.err.contains("空きがなく、記録できません") && refused.err.contains("無事です"), "{refused:?}");
        // What is there can be read and verified, with no room left.
        let verdict = office.json(&format!("ledger verify --full --code {code}"));
        assert_eq!((&verdict["result"], &verdict["scope"]), (&json!("ok"), &json!("paper")));
        let before = verdict["entries"].as_u64().unwrap();
        // A bundle that cannot be recorded is not made.
        let source = office.desk.file("名簿.csv", "氏名");
        let (_, public) = office.desk.key("key.txt");
        let pack = format!("--json pack {} --to medium --recipient {public}", source.display());
        assert_eq!(office.run(&pack).fails(1).kind(), "ledger_full");
        assert_empty(&office.desk.medium());
        fs::remove_file(fs.path("filler")).unwrap();
        office.hold(4);
        assert_eq!(office.last()["number"], before + 1, "no number is lost");
        office.is_whole();
    }
}

/// A case on a file system that is then made read-only, its folder as `prepare` leaves it.
fn on_a_medium_that_cannot_be_written(prepare: impl FnOnce(&Office, &Path)) -> (LoopFs, Office) {
    let fs = LoopFs::ext4();
    let office = Office::to_be_at(fs.path("案件"));
    office.init(CONTRACT).ok();
    prepare(&office, &fs.mount_point());
    tool("mount", [OsStr::new("-o"), "remount,ro".as_ref(), fs.mount_point().as_ref()]);
    (fs, office)
}

/// Everything that only looks works; what would write says why not.
#[track_caller]
fn can_be_read_only(office: &Office, entries: u64) {
    assert_eq!(office.entries().len() as u64, entries);
    assert_eq!(office.json(&format!("ledger show {entries}"))["entry"]["number"], entries);
    assert!(office.run("ledger history 佐藤健").ok().out.contains("佐藤健"));
    let verdict = office.json("ledger verify --full");
    assert_eq!((&verdict["result"], &verdict["entries"]), (&json!("ok"), &entries.into()));
    assert!(office.run("staff list").ok().out.contains("佐藤健"));
    assert_eq!(office.json("contract show")["number"], "第8-123号");
    office.run("key show").ok();
    let exported = office.run("--lang ja ledger export 管理簿.csv").ok();
    assert!(exported.err.contains("台帳に書き込めません"), "{exported:?}");
    assert!(fs::read_to_string(office.desk.path("管理簿.csv")).unwrap().lines().count() >= 1);
    let refused = office.run("--json --lang ja case hold --reason 書けない").fails(1);
    assert_eq!(refused.kind(), "ledger_read_only");
    assert!(refused.err.contains("閲覧と検証はこのままできます"), "{refused:?}");
    let source = office.desk.file("名簿.csv", "氏名");
    let pack = format!("--json pack {} --to medium --slip 通知.txt", source.display());
    assert_eq!(office.run(&pack).fails(1).kind(), "ledger_read_only");
    assert_empty(&office.desk.medium());
}

#[test]
fn a_ledger_on_a_read_only_medium_can_be_read_and_verified() {
    let (_fs, office) = on_a_medium_that_cannot_be_written(|office, _| {
        office.run("staff add 佐藤健 --role 監督員 --section 税務課").ok();
        office.hold(1);
    });
    can_be_read_only(&office, 3);
}

#[test]
fn entries_in_a_log_that_a_kill_left_are_seen_on_a_read_only_medium() {
    if append_as_a_child() {
        return;
    }
    let mut said = 0;
    let (fs, office) = on_a_medium_that_cannot_be_written(|office, _| {
        office.run("staff add 佐藤健 --role 監督員 --section 税務課").ok();
        let mut writer =
            child("entries_in_a_log_that_a_kill_left_are_seen_on_a_read_only_medium", &office.folder(), 1_000_000);
        std::thread::sleep(std::time::Duration::from_millis(300));
        writer.kill().unwrap();
        writer.wait().unwrap();
        said = acknowledged(&mut writer).last().expect("the writer never began").0;
    });
    let log = PathBuf::from(format!("{}-wal", office.ledger().display()));
    assert!(fs::metadata(&log).unwrap().len() > 0, "the kill left a log");
    // A reader that takes the file for unchanging does not see them.
    let address = format!("file:{}?immutable=1", fs.path("案件/ledger.db").display());
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    let db = Connection::open_with_flags(address, flags).unwrap();
    let without: u64 = db
        .query_row("SELECT count(*) FROM entries", [], |row| row.get::<_, i64>(0))
        .map_or(0, |n| u64::try_from(n).unwrap());
    assert!(without < said, "{without} of {said} are in the file itself");
    let entries = office.entries().len() as u64;
    assert!(entries >= said, "{entries} are shown, {said} were acknowledged");
    can_be_read_only(&office, entries);
}

#[test]
fn a_ledger_on_a_network_share_is_refused() {
    let fs = LoopFs::make_fuse("mkfs.vfat -F 32", 64, "fusefat -o rw+,subtype=sshfs");
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
    let mount = fs.mount_point().display().to_string();
    assert!(mounts.lines().any(|line| line.contains(&mount) && line.contains(" fuse.sshfs ")), "{mounts}");
    let office = Office::to_be_at(fs.path("case"));
    let refused = office.run(&format!("--json --lang ja init {CONTRACT}")).fails(4);
    assert_eq!(refused.kind(), "ledger_on_network");
    assert!(refused.err.contains("ネットワークの共有（fuse.sshfs）"), "{refused:?}");
    assert!(!fs.path("case").exists(), "nothing is left there");
    // One that somebody copied there.
    let copied = Office::with_entries(2);
    tool("cp", [OsStr::new("-r"), copied.folder().as_ref(), fs.path("case").as_ref()]);
    for words in ["case trust", "ledger verify"] {
        let place = fs.path(if words == "case trust" { "case" } else { "case/ledger.db" });
        let run = office.desk.run(split(&format!("--json {words} {}", place.display()))).fails(4);
        assert_eq!(run.kind(), "ledger_on_network");
    }
    // Trusted while the place was another one.
    let known = copied.desk.path("home/tewatashi/cases");
    let file = fs::read_dir(known).unwrap().next().unwrap().unwrap().path();
    let text = fs::read_to_string(&file).unwrap();
    let (old, new) = (copied.folder().canonicalize().unwrap(), fs.path("case").canonicalize().unwrap());
    fs::write(&file, text.replace(old.to_str().unwrap(), new.to_str().unwrap())).unwrap();
    for words in ["ledger list", "ledger verify", "staff list", "case hold --reason x"] {
        let mut command = copied.desk.command(split(&format!("--json {words}")));
        let run = Run::of(command.arg("--case").arg(fs.path("case"))).fails(4);
        assert_eq!(run.kind(), "ledger_on_network", "{words}");
    }
}

/// The program as the user called nobody, with a data folder of its own.
fn as_nobody(office: &Office, words: &str) -> Run {
    let mut command = Command::new("setpriv");
    command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups"]).arg(office.desk.path("tewatashi"));
    command.args(split(words)).arg("--case").arg(office.folder());
    office.desk.settle(&mut command).env("TEWATASHI_HOME", office.desk.path("nobodys"));
    Run::of(&mut command)
}

#[test]
fn somebody_elses_case_can_be_looked_at_and_not_written() {
    needs_root();
    let office = Office::with_entries(3);
    fs::copy(env!("CARGO_BIN_EXE_tewatashi"), office.desk.path("tewatashi")).unwrap();
    fs::create_dir(office.desk.path("nobodys")).unwrap();
    tool("chown", [OsStr::new("65534:65534"), office.desk.path("nobodys").as_ref()]);
    let may = |path: &Path, mode| fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    may(&office.desk.path(""), 0o755);
    // Not even readable: told, and no word of a ledger that is none.
    may(&office.folder(), 0o755);
    let told = as_nobody(&office, &format!("--json case trust {}", office.folder().display())).fails(1);
    assert!(told.err.contains("no permission"), "{told:?}");
    // Readable, in a folder where nothing can be made.
    may(&office.ledger(), 0o644);
    may(&office.settings(), 0o644);
    as_nobody(&office, &format!("case trust {}", office.folder().display())).ok();
    for words in ["ledger list", "ledger verify --full", "ledger show 2", "staff list", "contract show"] {
        as_nobody(&office, &format!("--json {words}")).ok();
    }
    assert_eq!(as_nobody(&office, "--json case hold --reason x").fails(1).kind(), "ledger_read_only");
    // Even where the file itself may be written: its log cannot be made.
    may(&office.ledger(), 0o666);
    assert_eq!(as_nobody(&office, "--json case hold --reason x").fails(1).kind(), "ledger_read_only");
    assert_eq!(as_nobody(&office, "--json ledger verify").ok().json()["entries"], 3);
    office.is_whole();
}
