//! `pack --with-opener`: the programs beside the bundle are those of the release, everybody can check them without this program,
//! and whatever was exchanged, taken away or planted is told before anybody runs it.

#![cfg(target_os = "linux")]

use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

#[path = "common/desk.rs"]
mod desk;
#[path = "common/loopfs.rs"]
mod loopfs;
#[path = "common/office.rs"]
mod office;
#[path = "common/programs.rs"]
mod programs;
use desk::{Desk, Run, assert_empty, done, flip, names_in, same_tree, tool};
use loopfs::LoopFs;
use office::Office;
use programs::{for_linux, for_windows, grow, release};

const NAMES: [&str; 2] = ["tewatashi.exe", "tewatashi-linux"];

/// A bundle with both programs, packed for a key; its identity file.
fn packed(desk: &Desk) -> (PathBuf, PathBuf) {
    let (identity, public) = desk.key("key.txt");
    let from = release(desk);
    let options = ["--with-opener", "--opener-from", from.to_str().unwrap()];
    (desk.packed_for(&desk.sample(), &public, &desk.medium(), &options), identity)
}

fn verify(desk: &Desk, bundle: &Path, more: &[&OsStr]) -> Run {
    desk.run(["--json".as_ref(), "verify".as_ref(), bundle.as_os_str()].iter().chain(more))
}

fn sha256(path: &Path) -> String {
    let printed = String::from_utf8(tool("sha256sum", [path]).stdout).unwrap();
    printed.split(' ').next().unwrap().to_owned()
}

/// The text of a page without any space.
fn text_of(pdf: &Path) -> String {
    let output = tool("pdftotext", [pdf.as_os_str(), "-".as_ref()]);
    String::from_utf8(output.stdout).unwrap().split_whitespace().collect()
}

fn facts_of(bundle: &Path) -> Value {
    serde_json::from_slice(&fs::read(bundle.join("bundle.json")).unwrap()).unwrap()
}

fn has(list: &Value, name: &str) -> bool {
    list.as_array().unwrap().contains(&name.into())
}

#[test]
fn both_programs_stand_beside_the_bundle_and_run_there() {
    let desk = Desk::new();
    let (bundle, identity) = packed(&desk);
    for (name, mode) in NAMES.into_iter().zip([0o644, 0o755]) {
        let (there, here) = (bundle.join(name), desk.path("release").join(name));
        assert!(fs::read(&there).unwrap() == fs::read(&here).unwrap(), "{name}");
        assert_eq!(there.metadata().unwrap().permissions().mode() & 0o777, mode, "{name}");
    }
    let said = done(&mut Command::new(bundle.join("tewatashi-linux"))).stdout;
    assert_eq!(String::from_utf8(said).unwrap(), "started\n");
    let verified = verify(&desk, &bundle, &["--identity".as_ref(), identity.as_ref()]).ok().json();
    assert!(has(&verified["checked"], "openers") && has(&verified["checked"], "checksums"), "{verified}");
    assert_eq!((&verified["not_checked"], &verified["unknown_files"]), (&json!([]), &json!([])));
    let words = ["--json".as_ref(), "list".as_ref(), bundle.as_os_str(), "--identity".as_ref(), identity.as_ref()];
    let entries = desk.run(words).ok().json()["entries"].as_array().unwrap().clone();
    assert!(entries.iter().all(|entry| !entry["path"].as_str().unwrap().contains("tewatashi")), "{entries:?}");
    let opened = desk.open_with(&bundle, &identity, &desk.path("opened")).ok().json();
    same_tree(&desk.path("sample"), &Path::new(opened["to"].as_str().unwrap()).join("sample"));
}

#[test]
fn stock_tools_check_the_programs_and_the_signature_that_names_them() {
    let desk = Desk::new();
    let (bundle, _) = packed(&desk);
    let sums = || {
        let mut command = Command::new("sha256sum");
        command.args(["--strict", "--quiet", "-c", "checksums.sha256"]).current_dir(&bundle).output().unwrap().status
    };
    let signed = || {
        let key = fs::read_to_string(bundle.join("signer.pub")).unwrap();
        let allowed = desk.file("allowed", format!("sender@example.jp {key}"));
        let words =
            ["-Y", "verify", "-n", "bundle@tewatashi", "-I", "sender@example.jp", "-s", "bundle.json.sig", "-f"];
        let facts = File::open(bundle.join("bundle.json")).unwrap();
        let mut command = Command::new("ssh-keygen");
        command.args(words).arg(allowed).current_dir(&bundle).stdin(facts).stdout(Stdio::null()).status().unwrap()
    };
    assert!(sums().success() && signed().success());
    let list = fs::read_to_string(bundle.join("checksums.sha256")).unwrap();
    for (at, name) in NAMES.into_iter().enumerate() {
        let (sha256, size) = (sha256(&bundle.join(name)), bundle.join(name).metadata().unwrap().len());
        assert_eq!(facts_of(&bundle)["openers"][at], json!({ "name": name, "size": size, "sha256": sha256 }));
        assert!(list.contains(&format!("{sha256}  {name}\n")), "{list}");
    }
    flip(&bundle.join("tewatashi.exe"), 1000);
    assert!(!sums().success());
    let text = fs::read_to_string(bundle.join("bundle.json")).unwrap();
    fs::write(bundle.join("bundle.json"), text.replace("tewatashi-linux", "tewatashi-linus")).unwrap();
    assert!(!signed().success(), "the names are signed");
}

#[test]
fn record_ledger_and_text_tell_what_is_on_the_medium_and_what_to_compare() {
    let office = Office::new();
    office.desk.file("名簿.csv", "氏名\n");
    release(&office.desk);
    let told = office.json("pack 名簿.csv --to medium --slip slip.txt --with-opener --opener-from release");
    let bundle = office.desk.path("medium").join(told["id"].as_str().unwrap());
    let openers = &told["openers"];
    assert_eq!((openers.as_array().unwrap().len(), openers), (2, &facts_of(&bundle)["openers"]));
    assert_eq!(office.last_of("pack")["facts"]["openers"], *openers);
    let transfer = text_of(&office.folder().join("records/D-0003.pdf"));
    for opener in openers.as_array().unwrap() {
        let (name, sha256) = (opener["name"].as_str().unwrap(), opener["sha256"].as_str().unwrap());
        assert!(transfer.contains(&format!("{name}SHA-256{sha256}")), "{transfer}");
    }
    assert!(transfer.contains("媒体に開封用プログラムあり（照合値は上記。実行前に照合すること）"), "{transfer}");
    for (name, warned) in [
        ("はじめにお読みください.txt", "媒体のデータを差し替えられる者は"),
        ("README.txt", "Whoever can exchange the data can exchange"),
    ] {
        let text = fs::read_to_string(bundle.join(name)).unwrap();
        for said in [
            warned,
            "certutil -hashfile tewatashi.exe SHA256",
            "sha256sum tewatashi-linux",
            &format!("tewatashi.exe open {} --to ", told["id"].as_str().unwrap()),
        ] {
            assert!(text.contains(said), "{name}: {said}");
        }
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count(), "{name}");
        let digests = openers.as_array().unwrap().iter().map(|opener| opener["sha256"].as_str().unwrap());
        assert!(
            digests.into_iter().all(|sha256| !text.contains(sha256)),
            "{name}: who changes a program changes it too"
        );
    }
    office.is_whole();
    // A copied folder is as good, also from within.
    let copy = office.desk.path("copy");
    tool("cp", ["-r".as_ref(), bundle.as_os_str(), copy.as_os_str()]);
    let mut command = office.desk.command(["--json", "verify", "."]);
    assert!(has(&Run::of(command.current_dir(&copy)).ok().json()["checked"], "openers"));
}

#[test]
fn without_the_option_nothing_is_there() {
    let office = Office::new();
    office.desk.file("名簿.csv", "氏名\n");
    // They lie ready, and are not asked for.
    release(&office.desk);
    let told = office.json("pack 名簿.csv --to medium --slip slip.txt");
    let bundle = office.desk.path("medium").join(told["id"].as_str().unwrap());
    let names = ["README.txt", "bundle.age", "bundle.json", "bundle.json.sig", "checksums.sha256", "signer.pub"];
    assert_eq!(names_in(&bundle)[..6], names);
    assert_eq!((names_in(&bundle).len(), &told["openers"]), (7, &json!([])));
    assert_eq!(facts_of(&bundle).get("openers"), None);
    assert_eq!(office.last_of("pack")["facts"].get("openers"), None);
    for name in ["はじめにお読みください.txt", "README.txt", "checksums.sha256"] {
        let text = fs::read_to_string(bundle.join(name)).unwrap();
        assert!(NAMES.iter().all(|program| !text.contains(program)), "{text}");
    }
    let transfer = text_of(&office.folder().join("records/D-0003.pdf"));
    assert!(!transfer.contains("プログラム") && !transfer.contains(".exe"), "{transfer}");
    let verified = verify(&office.desk, &bundle, &[]).ok().json();
    assert!(!has(&verified["checked"], "openers") && !has(&verified["not_checked"], "openers"), "{verified}");
    office.run("pack 名簿.csv --to medium --slip b.txt --opener-from release").fails(2);
}

/// Verified with and without the secret, and opened: refused for this, and with the words that it must not be run.
fn told_by_all(desk: &Desk, (bundle, identity): &(PathBuf, PathBuf), name: &str, said: &str) {
    let secret = ["--identity".as_ref(), identity.as_os_str()];
    for more in [&[][..], &secret] {
        let run = verify(desk, bundle, more).fails(11);
        let problems = run.json()["problems"].clone();
        let named =
            |problem: &&Value| problem["subject"] == name && problem["message"].as_str().unwrap().contains(said);
        let found = problems.as_array().unwrap().iter().find(named).unwrap_or_else(|| panic!("{name}: {problems}"));
        assert!(found["message"].as_str().unwrap().contains("run"), "{found}");
        assert!(found["hint"].as_str().unwrap().contains("run no program of this medium"), "{found}");
        assert!(!has(&run.json()["checked"], "openers"), "{run:?}");
        assert!(!has(&run.json()["unknown_files"], name), "{run:?}");
    }
    let run = desk.open_with(bundle, identity, &desk.path("opened")).fails(11);
    assert_eq!(run.kind(), "damaged");
    assert!(run.err.contains(said) && run.err.contains("run no program of this medium"), "{run:?}");
    assert_empty(&desk.path("opened"));
}

#[test]
fn a_program_that_was_exchanged_is_told_and_not_to_be_run() {
    let desk = Desk::new();
    let sent = packed(&desk);
    let changed = "not the one the sender put there; do not run it";
    for name in NAMES {
        let (place, whole) = (sent.0.join(name), desk.path("release").join(name));
        let restore = || {
            fs::remove_file(&place).unwrap();
            fs::copy(&whole, &place).unwrap();
        };
        flip(&place, 1 << 20);
        told_by_all(&desk, &sent, name, changed);
        restore();
        grow(&place, 5 << 20);
        told_by_all(&desk, &sent, name, changed);
        restore();
        // A link on the medium leads to a program elsewhere, even to one that is right today.
        fs::remove_file(&place).unwrap();
        symlink(&whole, &place).unwrap();
        told_by_all(&desk, &sent, name, changed);
        restore();
        verify(&desk, &sent.0, &[]).ok();
    }
    // Whoever exchanges a program also mends the list that is not signed.
    let (windows, sums) = (sent.0.join("tewatashi.exe"), sent.0.join("checksums.sha256"));
    let before = sha256(&windows);
    flip(&windows, 1 << 20);
    let list = fs::read_to_string(&sums).unwrap();
    fs::write(&sums, list.replace(&before, &sha256(&windows))).unwrap();
    told_by_all(&desk, &sent, "tewatashi.exe", changed);
}

#[test]
fn a_program_that_was_taken_away_is_told_and_its_data_still_opens_alone() {
    let desk = Desk::new();
    let sent = packed(&desk);
    fs::remove_file(sent.0.join("tewatashi-linux")).unwrap();
    told_by_all(&desk, &sent, "tewatashi-linux", "is not there; run no program of this medium");
    // As the advice says.
    fs::create_dir(desk.path("alone")).unwrap();
    fs::copy(sent.0.join("bundle.age"), desk.path("alone/bundle.age")).unwrap();
    let opened = desk.open_with(&desk.path("alone/bundle.age"), &sent.1, &desk.path("opened")).ok().json();
    same_tree(&desk.path("sample"), &Path::new(opened["to"].as_str().unwrap()).join("sample"));
    let words = ["list".as_ref(), sent.0.as_os_str(), "--identity".as_ref(), sent.1.as_ref()];
    desk.run(words).ok();
}

#[test]
fn a_program_that_was_planted_is_told_and_not_to_be_run() {
    let desk = Desk::new();
    let planted = "that the sender did not put there; do not run it";
    let with = packed(&desk);
    // Started before the .exe by who types its name, or loaded by it.
    for name in ["tewatashi.com", "Tewatashi.BAT", "version.dll"] {
        fs::write(with.0.join(name), "MZ").unwrap();
        told_by_all(&desk, &with, name, planted);
        fs::remove_file(with.0.join(name)).unwrap();
    }
    fs::write(with.0.join("Thumbs.db"), "").unwrap();
    assert_eq!(verify(&desk, &with.0, &[]).ok().json()["unknown_files"], json!(["Thumbs.db"]));
    // Where the sender put none.
    let other = Desk::new();
    let (identity, public) = other.key("key.txt");
    let without = (other.packed_for(&other.sample(), &public, &other.medium(), &[]), identity);
    fs::copy(with.0.join("tewatashi.exe"), without.0.join("tewatashi.exe")).unwrap();
    told_by_all(&other, &without, "tewatashi.exe", planted);
    let words = ["--json".as_ref(), "list".as_ref(), without.0.as_os_str(), "--identity".as_ref(), without.1.as_ref()];
    other.run(words).ok();
}

#[test]
fn names_in_forged_facts_lead_nowhere() {
    let desk = Desk::new();
    let (bundle, _) = packed(&desk);
    for name in ["../key.txt", "/etc/passwd", "bundle.age", "tewatashi.com"] {
        let mut facts = facts_of(&bundle);
        facts["openers"][0]["name"] = name.into();
        // Signed anew, by a key of the forger's.
        let key = tewatashi::sign::SigningKey::generate().unwrap();
        let text = facts.to_string();
        fs::write(bundle.join("bundle.json"), &text).unwrap();
        fs::write(bundle.join("bundle.json.sig"), key.sign("bundle@tewatashi", text.as_bytes()).unwrap()).unwrap();
        fs::write(bundle.join("signer.pub"), key.public_line()).unwrap();
        let run = verify(&desk, &bundle, &[]).fails(11);
        assert_eq!(run.json()["problems"][0]["subject"], "bundle.json", "{run:?}");
        (facts["openers"][0]["name"], facts["openers"][1]["name"]) = (NAMES[0].into(), NAMES[1].into());
        fs::write(bundle.join("bundle.json"), facts.to_string()).unwrap();
    }
}

fn refused(desk: &Desk, from: &Path, to: &Path) -> Run {
    let (_, public) = desk.key(&format!("key-{}", names_in(&desk.path("")).len()));
    let words = ["--json", "pack", "sample", "--recipient", &public, "--no-documents", "--with-opener"].map(OsStr::new);
    let places = ["--opener-from".as_ref(), from.as_os_str(), "--to".as_ref(), to.as_os_str()];
    desk.run(words.into_iter().chain(places)).fails(1)
}

#[test]
fn what_is_no_program_of_its_kind_is_refused_before_anything_is_written() {
    let desk = Desk::new();
    desk.sample();
    let from = release(&desk);
    let (windows, linux) = (from.join("tewatashi.exe"), from.join("tewatashi-linux"));
    let script = desk.file("script", "#!/bin/sh\nexec true\n");
    let swaps = [
        (&windows, for_windows(&desk, "window.exe", &["-mwindows"]), "no console program for Windows"),
        (&windows, for_windows(&desk, "library.dll", &["-shared"]), "no console program for Windows"),
        (&windows, script.clone(), "no console program for Windows"),
        (&windows, linux.clone(), "no console program for Windows"),
        (&linux, for_linux(&desk, "dynamic", &[]), "no statically linked program for Linux"),
        (&linux, for_linux(&desk, "object", &["-c"]), "no statically linked program for Linux"),
        (&linux, script, "no statically linked program for Linux"),
        (&linux, windows.clone(), "no statically linked program for Linux"),
    ];
    for (place, other, said) in &swaps {
        let (kept, other) = (fs::read(place).unwrap(), fs::read(other).unwrap());
        fs::write(place, other).unwrap();
        let run = refused(&desk, &from, &desk.medium());
        assert_eq!(run.kind(), "opener_foreign", "{run:?}");
        assert!(run.err.contains(place.to_str().unwrap()) && run.err.contains(said), "{run:?}");
        assert_empty(&desk.medium());
        fs::write(place, kept).unwrap();
    }
    for place in [&windows, &linux] {
        let kept = desk.path("kept");
        fs::rename(place, &kept).unwrap();
        let told = |kind: &str| {
            let run = refused(&desk, &from, &desk.medium());
            assert!(run.kind() == kind && run.json()["error"]["subject"] == place.to_str().unwrap(), "{run:?}");
            assert_empty(&desk.medium());
        };
        told("opener_missing");
        symlink(&kept, place).unwrap();
        told("opener_link");
        fs::remove_file(place).unwrap();
        fs::create_dir(place).unwrap();
        told("opener_foreign");
        fs::remove_dir(place).unwrap();
        tool("mkfifo", [place]);
        told("opener_foreign");
        fs::remove_file(place).unwrap();
        fs::rename(kept, place).unwrap();
    }
    // Position-independent and static is static; and the short name is taken where it is the only one.
    fs::remove_file(&linux).unwrap();
    for_linux(&desk, "release/tewatashi", &["-static-pie"]);
    let (_, public) = desk.key("last.txt");
    let options = ["--with-opener", "--opener-from", from.to_str().unwrap()];
    let bundle = desk.packed_for(&desk.path("sample"), &public, &desk.medium(), &options);
    assert_eq!(sha256(&bundle.join("tewatashi-linux")), sha256(&from.join("tewatashi")));
    // Without the option such a folder is nobody's business.
    fs::remove_file(&windows).unwrap();
    desk.packed_for(&desk.path("sample"), &public, &desk.medium(), &[]);
}

#[test]
fn space_and_the_largest_file_count_the_programs() {
    let desk = Desk::new();
    desk.sample();
    let from = release(&desk);
    let fs = LoopFs::make("mkfs.ext4 -q -F -m 0", 6, "");
    let before = names_in(&fs.mount_point());
    let run = refused(&desk, &from, &fs.mount_point());
    assert_eq!(run.kind(), "no_space", "{run:?}");
    assert_eq!(names_in(&fs.mount_point()), before);
    // Without them there is room.
    let (_, public) = desk.key("key.txt");
    desk.packed_for(&desk.path("sample"), &public, &fs.mount_point(), &[]);
    let fat = LoopFs::make_fuse("mkfs.vfat -F 32", 6 << 10, "fusefat -o rw+");
    grow(&from.join("tewatashi-linux"), 1 << 32);
    let run = refused(&desk, &from, &fat.mount_point());
    assert_eq!(run.kind(), "opener_too_large", "{run:?}");
    assert_empty(&fat.mount_point());
}

/// The program copied away from where it was built, with the folders beside it that are looked through.
fn elsewhere(desk: &Desk, more: &[&str]) -> Run {
    let program = desk.path("bin/tewatashi");
    if !program.exists() {
        fs::create_dir_all(program.parent().unwrap()).unwrap();
        fs::copy(env!("CARGO_BIN_EXE_tewatashi"), &program).unwrap();
    }
    let (_, public) = desk.key(&format!("key-{}", names_in(&desk.path("")).len()));
    let mut command = Command::new(program);
    desk.settle(&mut command).args(["--json", "pack", "sample", "--to", "medium", "--no-documents", "--recipient"]);
    Run::of(command.arg(public).arg("--with-opener").args(more))
}

#[test]
fn they_are_found_beside_the_program_or_in_its_folder_of_openers() {
    let desk = Desk::new();
    desk.sample();
    let from = release(&desk);
    let installed = Path::new("/usr/lib/tewatashi/openers");
    let run = elsewhere(&desk, &[]);
    if installed.join("tewatashi.exe").exists() {
        // A package put them there; then they are those.
        let openers = &run.ok().json()["openers"];
        assert_eq!(openers[0]["sha256"], sha256(&installed.join("tewatashi.exe")));
        tool("rm", ["-r".as_ref(), desk.medium().as_os_str()]);
        fs::create_dir(desk.medium()).unwrap();
    } else {
        let run = run.fails(1);
        assert_eq!(run.kind(), "opener_missing");
        let looked = ["bin", "bin/openers"].map(|name| desk.path(name).to_str().unwrap().to_owned());
        for folder in looked.iter().map(String::as_str).chain([installed.to_str().unwrap()]) {
            assert!(has(&run.json()["error"]["details"], folder), "{folder}: {run:?}");
        }
        assert_empty(&desk.medium());
    }
    tool("cp", ["-r".as_ref(), from.as_os_str(), desk.path("bin/openers").as_os_str()]);
    let digest = sha256(&from.join("tewatashi.exe"));
    assert_eq!(elsewhere(&desk, &[]).ok().json()["openers"][0]["sha256"], digest);
    // Beside the program itself comes first; it is linked with libraries here, and so it is none to hand out.
    for_windows(&desk, "bin/tewatashi.exe", &[]);
    assert_eq!(elsewhere(&desk, &[]).ok().json()["openers"][0]["sha256"], digest);
    fs::copy(from.join("tewatashi-linux"), desk.path("bin/tewatashi-linux")).unwrap();
    let own = sha256(&desk.path("bin/tewatashi.exe"));
    assert_eq!(elsewhere(&desk, &[]).ok().json()["openers"][0]["sha256"], own);
    // One that is none is refused, and the search does not go on behind the user's back.
    fs::write(desk.path("bin/tewatashi.exe"), "MZ").unwrap();
    assert_eq!(elsewhere(&desk, &[]).fails(1).kind(), "opener_foreign");
    let folder = from.to_str().unwrap();
    assert_eq!(elsewhere(&desk, &["--opener-from", folder]).ok().json()["openers"][0]["sha256"], digest);
}

#[test]
fn a_medium_that_takes_no_more_in_the_midst_of_a_program_is_left_empty() {
    let desk = Desk::new();
    desk.sample();
    let from = release(&desk);
    let (_, public) = desk.key("key.txt");
    // 2 MiB hold the sealed file and all records, and not the program; what goes beyond is an error and no signal.
    let mut limited = Command::new("bash");
    let script = "trap '' XFSZ; ulimit -f 2048; exec \"$@\"";
    desk.settle(limited.args(["-c", script, "-", env!("CARGO_BIN_EXE_tewatashi")]));
    limited.args(["--json", "pack", "sample", "--to", "medium", "--no-documents", "--recipient", &public]);
    let run = Run::of(limited.arg("--with-opener").arg("--opener-from").arg(&from)).fails(1);
    assert!(run.kind() == "io" && run.err.contains("tewatashi.exe"), "{run:?}");
    assert_empty(&desk.medium());
}

/// Starts a pack with a large program, and waits until it is being copied.
fn in_the_midst(desk: &Desk) -> Child {
    let from = desk.path("release");
    grow(&from.join("tewatashi-linux"), 2 << 30);
    let (_, public) = desk.key("midst.txt");
    let words = ["pack", "sample", "--to", "medium", "--no-documents", "--recipient", &public, "--with-opener"];
    let child = desk.start(words.into_iter().chain(["--opener-from", from.to_str().unwrap()]));
    let copying = || {
        let work = fs::read_dir(desk.medium()).unwrap().next()?.unwrap().path();
        work.join("tewatashi-linux").metadata().ok().filter(|meta| meta.len() > 0)
    };
    while copying().is_none() {
        std::thread::sleep(Duration::from_millis(1));
    }
    child
}

#[test]
fn stopped_in_the_midst_of_a_program_nothing_goes_by_the_name_of_a_bundle() {
    let desk = Desk::new();
    desk.sample();
    release(&desk);
    let child = in_the_midst(&desk);
    tool("kill", ["-INT".to_owned(), child.id().to_string()]);
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(130), "{ended:?}");
    assert_empty(&desk.medium());
    fs::remove_file(desk.path("midst.txt")).unwrap();
    let mut child = in_the_midst(&desk);
    child.kill().unwrap();
    child.wait().unwrap();
    let left = names_in(&desk.medium());
    assert!(left.len() == 1 && left[0].to_str().unwrap().starts_with(".tewatashi-pack-"), "{left:?}");
    desk.run(["--yes", "leftovers", "--erase"]).ok();
    assert_empty(&desk.medium());
}

#[test]
fn finding_copies_and_erasing_are_as_ever() {
    let office = Office::new();
    office.desk.file("名簿.csv", "氏名\n架空花子\n");
    release(&office.desk);
    let told =
        office.json("pack 名簿.csv --to medium --slip slip.txt --no-documents --with-opener --opener-from release");
    let id = told["id"].as_str().unwrap();
    let found = office.run(&format!("--json find {id} medium release"));
    let names = found.json()["found"].to_string();
    assert!(names.contains("bundle.age") && NAMES.iter().all(|name| !names.contains(name)), "{names}");
    let erased = office.run(&format!("--json --yes erase medium/{id} --reason 試験"));
    assert!(!office.desk.path("medium").join(id).exists(), "{erased:?}");
    assert_eq!(sha256(&office.desk.path("release/tewatashi.exe")), told["openers"][0]["sha256"]);
    office.is_whole();
}
