//! Slips that go to a printer, with a real CUPS: what comes out, what the spooler keeps of it, and every way it fails.

#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

#[path = "common/desk.rs"]
mod desk;
#[path = "common/office.rs"]
mod office;
#[path = "common/spooler.rs"]
mod spooler;
use desk::{Run, assert_empty, holding, names_in, tool};
use office::Office;
use spooler::Spooler;
use tewatashi::passphrase::Passphrase;

const PACK: &str = "--json pack 名簿.csv --to medium";

/// An office with something to hand over.
fn office() -> Office {
    let office = Office::new();
    office.desk.file("名簿.csv", "氏名,住所\n");
    fs::create_dir(office.desk.path("tmp")).unwrap();
    office
}

/// The program where this print system is the computer's own.
fn command(office: &Office, spooler: &Spooler, words: &str) -> Command {
    let mut command = office.command(words);
    command.env("CUPS_SERVER", spooler.socket()).env("TMPDIR", office.desk.path("tmp"));
    command
}

fn pack(office: &Office, spooler: &Spooler, slip: &str) -> Run {
    Run::of(&mut command(office, spooler, &format!("{PACK} --slip {slip}")))
}

fn slip_entry(office: &Office) -> Value {
    office.entries().into_iter().find(|entry| entry["facts"]["form"] == "slip").expect("the slip's entry")
}

/// The passphrase that a camera reads from a page.
fn scanned(office: &Office, pdf: &Path) -> String {
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("page");
    tool("pdftoppm", ["-r".as_ref(), "150".as_ref(), "-png".as_ref(), pdf.as_os_str(), picture.as_os_str()]);
    let page = folder.path().join(&names_in(folder.path())[0]);
    let output = tool("zbarimg", ["--raw".as_ref(), "-q".as_ref(), page.as_os_str()]);
    let codes = String::from_utf8(output.stdout).unwrap();
    let found = codes.lines().find(|text| Passphrase::parse(text).is_ok()).expect("a code with the passphrase");
    assert!(holding(&office.desk.path(""), found.as_bytes()).is_empty(), "the passphrase lies on the desk");
    found.to_owned()
}

fn text_of(pdf: &Path) -> String {
    let output = tool("pdftotext", [pdf.as_os_str(), "-".as_ref()]);
    String::from_utf8(output.stdout).unwrap().split_whitespace().collect()
}

/// Every PDF on the desk, whatever its name.
fn pages(office: &Office) -> Vec<PathBuf> {
    let mut pages = holding(&office.desk.path(""), b"%PDF-");
    pages.retain(|path| fs::read(path).unwrap().starts_with(b"%PDF-"));
    pages
}

#[test]
fn what_the_printer_gets_opens_the_bundle_and_nothing_of_ours_keeps_it() {
    let (office, spooler) = (office(), Spooler::new());
    spooler.printer("複合機");
    spooler.printer("other");
    let told = pack(&office, &spooler, "printer:複合機").ok();
    let slip = &told.json()["documents"][0];
    let job = "複合機-1";
    assert_eq!((&slip["kind"], &slip["path"], &slip["job"]), (&json!("password_slip"), &Value::Null, &json!(job)));
    let printed = spooler.printed(job);
    assert_eq!(spooler.calls(), "D-0001 copies=1\n", "the queue shows the number, not the content");

    let passphrase = scanned(&office, &printed);
    let page = text_of(&printed);
    assert!(page.contains("パスワード通知書") && page.contains("D-0001") && page.contains(&passphrase[..5]), "{page}");

    // Not under another name, not inside another file, not under a name of its own in `records/`.
    let bytes = fs::read(&printed).unwrap();
    let middle = &bytes[bytes.len() / 2..][..64];
    assert_eq!(holding(&office.desk.path(""), middle), Vec::<PathBuf>::new());
    assert_eq!(pages(&office).len(), 2, "the stub and the transfer record");
    for page in pages(&office) {
        assert!(!text_of(&page).contains(&passphrase[..5]), "{}", page.display());
    }
    assert!(!office.folder().join("records/D-0001.pdf").exists());
    assert_empty(&office.desk.path("tmp"));
    // The way of looking finds what the spooler keeps.
    let kept = spooler.kept();
    assert_eq!(holding(kept[0].parent().unwrap(), middle), kept);

    let facts = &slip_entry(&office)["facts"];
    assert_eq!((&facts["given"], &facts["printer"], &facts["job"]), (&"printer".into(), &"複合機".into(), &job.into()));
    assert_eq!(
        (&facts["file"], &facts["file_bytes"], &facts["pdf_sha256"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    let bundle = told.bundle();
    fs::write(office.desk.path("typed"), &passphrase).unwrap();
    let words = format!("open medium/{} --to opened --passphrase-file typed", bundle.file_name().unwrap().display());
    office.json(&words);
    office.is_whole();
}

#[test]
fn the_warning_names_what_the_spooler_keeps_and_what_removes_it() {
    let (office, spooler) = (office(), Spooler::new());
    spooler.printer("P");
    let words = format!("{PACK} --lang ja --slip printer:P");
    let told = Run::of(&mut command(&office, &spooler, &words)).ok();
    for said in ["通知書 D-0001", "印刷ジョブ P-1", "cancel -x P-1", "/var/spool/cups/d00001-001", "1日間"] {
        assert!(told.err.contains(said), "{said}: {told:?}");
    }
    let printed = spooler.printed("P-1");
    let kept = spooler.kept();
    assert_eq!(kept.len(), 1, "after printing, as CUPS comes");
    assert!(kept[0].ends_with("d00001-001"), "{kept:?}");
    assert!(fs::read(&kept[0]).unwrap() == fs::read(printed).unwrap(), "the whole slip");
    let purged = spooler.ask("cancel", &["-x", "P-1"]);
    if purged.status.success() {
        assert!(spooler.kept().is_empty(), "said to be purged, and still there");
    } else {
        // CUPS 2.4.7 and older: the file is the only handle.
        let said = String::from_utf8_lossy(&purged.stderr).into_owned();
        assert!(said.contains("already completed"), "{said}");
        assert_eq!(spooler.kept(), kept);
        assert!(told.err.contains("2.4.7") && told.err.contains("管理者"), "{told:?}");
    }
}

#[test]
fn an_administrator_can_have_nothing_kept() {
    let (office, spooler) = (office(), Spooler::with("PreserveJobFiles No"));
    spooler.printer("P");
    pack(&office, &spooler, "printer:P").ok();
    spooler.printed("P-1");
    assert!(spooler.kept().is_empty());
}

#[test]
fn the_own_printer_of_the_computer_is_named_in_the_ledger_and_prints_once() {
    let (office, spooler) = (office(), Spooler::new());
    spooler.printer("P");
    spooler.run("lpadmin", &["-d", "P"]);
    assert_eq!(pack(&office, &spooler, "printer").ok().json()["documents"][0]["job"], "P-1");
    assert_eq!(slip_entry(&office)["facts"]["printer"], "P");
    // This user prints everything twice, with options under a name of their own.
    spooler.run("lpoptions", &["-p", "P/twice", "-o", "copies=2"]);
    spooler.run("lpoptions", &["-d", "P/twice"]);
    fs::create_dir(office.desk.path("home/.cups")).unwrap();
    let options = ".cups/lpoptions";
    let there = [spooler.home().join(options), PathBuf::from("/etc/cups/lpoptions")];
    let mine = there.iter().find(|path| path.exists()).expect("lpoptions wrote them");
    assert!(mine.starts_with(spooler.home()), "outside of the test: {}", mine.display());
    fs::copy(mine, office.desk.path("home").join(options)).unwrap();
    assert_eq!(pack(&office, &spooler, "printer").ok().json()["documents"][0]["job"], "P-2");
    spooler.printed("P-2");
    assert_eq!(spooler.calls(), "D-0001 copies=1\nD-0004 copies=1\n");
    let slips = office.entries().into_iter().filter(|entry| entry["facts"]["form"] == "slip");
    assert_eq!(slips.map(|entry| entry["facts"]["printer"].clone()).collect::<Vec<_>>(), ["P", "P/twice"]);
}

/// Fails before anything is sealed: with this error, these words in Japanese, and the medium, the numbers and the queues as
/// they were.
#[track_caller]
fn is_refused(office: &Office, run: &mut Command, kind: &str, said: &[&str]) {
    let begun = office.entries().len();
    let told = Run::of(run).fails(1);
    assert_eq!(told.kind(), kind, "{told:?}");
    for said in said {
        assert!(told.err.contains(said), "{said}: {told:?}");
    }
    assert!(told.err.contains("--slip"), "the way to go on: {told:?}");
    assert_empty(&office.desk.medium());
    assert_empty(&office.desk.path("tmp"));
    assert_eq!(office.json("print --list")["documents"], json!([]));
    let more = office.entries().split_off(begun);
    assert!(more.iter().all(|entry| entry["kind"] == "pack" && entry["result"] != "done"), "{more:?}");
}

#[test]
fn a_printer_that_would_not_print_is_told_before_anything_is_sealed() {
    let (office, spooler) = (office(), Spooler::new());
    let refused = |slip: &str, kind: &str, said: &[&str]| {
        let words = format!("{PACK} --lang ja --slip {slip}");
        is_refused(&office, &mut command(&office, &spooler, &words), kind, said);
        assert_eq!(spooler.kept(), Vec::<PathBuf>::new());
    };
    refused("printer", "no_default_printer", &["通常使うプリンター", "printer:名前"]);
    spooler.printer("P");
    spooler.printer("Q");
    for name in ["複合機", "p", "P,Q", "-P", "-h", "", "P-1", "/P"] {
        refused(&format!("printer:{name}"), "no_printer", &[&format!("プリンターがありません: {name}"), "lpstat -a"]);
    }
    spooler.run("cupsdisable", &["-r", "紙切れ", "P"]);
    refused("printer:P", "printer_stopped", &["P は停止しています", "紙切れ"]);
    spooler.run("cupsreject", &["P"]);
    refused("printer:P", "printer_rejects", &["P は印刷を受け付けていません", "示されていません"]);
    spooler.run("cupsenable", &["P"]);
    refused("printer:P/photo", "printer_rejects", &["P/photo は"]);
    // The other one prints, with the first number.
    let told = pack(&office, &spooler, "printer:Q").ok().json();
    assert_eq!((&told["documents"][0]["number"], &told["documents"][0]["job"]), (&json!("D-0001"), &json!("Q-1")));
}

/// A folder with these programs, each a line of shell.
fn programs(office: &Office, name: &str, lines: &[(&str, String)]) -> PathBuf {
    let folder = office.desk.path(name);
    fs::create_dir(&folder).unwrap();
    for (program, line) in lines {
        let path = folder.join(program);
        fs::write(&path, format!("#!/bin/sh\n{line}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    }
    folder
}

#[test]
fn without_the_print_system_nothing_is_begun() {
    let (office, spooler) = (office(), Spooler::new());
    spooler.printer("P");
    let words = format!("{PACK} --lang ja --slip printer:P");
    let nothing = programs(&office, "nothing", &[]);
    let without = |path: &Path| {
        let mut command = command(&office, &spooler, &words);
        command.env("PATH", path);
        command
    };
    is_refused(&office, &mut without(&nothing), "no_printing", &["lp", "cups-client"]);
    // One of the two.
    symlink("/usr/bin/lpstat", nothing.join("lpstat")).unwrap();
    is_refused(&office, &mut without(&nothing), "no_printing", &["lp", "cups-client"]);
    let other = programs(&office, "other", &[("lp", "exit 0".into())]);
    is_refused(&office, &mut without(&other), "no_printing", &["lp", "cups-client"]);
    // The commands are there, and nobody answers.
    let mut silent = command(&office, &spooler, &words);
    drop(spooler);
    is_refused(&office, &mut silent, "no_spooler", &["動いていません"]);
}

#[test]
fn a_spooler_that_dies_before_it_takes_the_slip_leaves_no_bundle_and_no_number() {
    let (office, spooler) = (office(), Spooler::new());
    spooler.printer("P");
    let dying = format!("kill -9 {}\nexec /usr/bin/lp \"$@\"", spooler.pid());
    let folder = programs(&office, "dying", &[("lp", dying)]);
    let mut run = command(&office, &spooler, &format!("{PACK} --lang ja --slip printer:P"));
    let path = std::env::var("PATH").unwrap();
    run.env("PATH", format!("{}:{path}", folder.display()));
    is_refused(&office, &mut run, "not_printed", &["lp: Error", "束は作成していません"]);
    assert_eq!(spooler.kept(), Vec::<PathBuf>::new());
    assert_empty(&office.folder().join("records"));
    assert_eq!(pages(&office), Vec::<PathBuf>::new());
    // The number is the next one's.
    let told = office.json("pack 名簿.csv --to medium --slip slip.pdf");
    assert_eq!(told["documents"][0]["number"], "D-0001");
    office.is_whole();
}

#[test]
fn an_lp_that_fails_without_a_word_or_names_no_job_is_told_as_that() {
    let (office, spooler) = (office(), Spooler::new());
    spooler.printer("P");
    let with = |lp: &str, name: &str| {
        let folder = programs(&office, name, &[("lp", lp.to_owned())]);
        let mut run = command(&office, &spooler, &format!("{PACK} --lang ja --slip printer:P"));
        run.env("PATH", format!("{}:{}", folder.display(), std::env::var("PATH").unwrap()));
        run
    };
    is_refused(&office, &mut with("exit 7", "deaf"), "not_printed", &["印刷できませんでした: exit status: 7"]);
    is_refused(&office, &mut with("kill -9 $$", "killed"), "not_printed", &["signal: 9"]);
    let told = Run::of(&mut with("/usr/bin/lp \"$@\" >/dev/null", "mute")).ok();
    assert_eq!(told.json()["documents"][0]["job"], Value::Null);
    assert!(told.err.contains("印刷ジョブの番号が分かりません") && told.err.contains("/var/spool/cups"), "{told:?}");
    assert_eq!(slip_entry(&office)["facts"].get("job"), None);
}
