//! `find`: copies of what bundles hold, of the bundles, and what is left of them, wherever they lie in the folders given.

#![cfg(unix)]

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

#[path = "common/desk.rs"]
mod desk;
#[path = "common/loopfs.rs"]
mod loopfs;
#[path = "common/office.rs"]
mod office;
use desk::{Run, needs_root, tool};
use office::{Office, split};

const LIST: &str = "氏名,住所\n見本 太郎,見本市一丁目\n";

/// An office that packed 名簿/発送名簿.xlsx and 名簿/空.txt, and put the sources away.
struct Packed {
    office: Office,
    bundle: String,
}

impl Packed {
    fn new() -> Self {
        let office = Office::new();
        let bundle = pack(&office, "名簿", &[("発送名簿.xlsx", LIST), ("空.txt", "")]);
        Self { office, bundle }
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) {
        self.office.desk.file(name, content);
    }

    fn find(&self, words: &str) -> Value {
        self.office.json(&format!("find {words}"))
    }
}

/// Packs a folder of these files and removes it; the bundle's number. Its slip is `NAME.txt`.
fn pack(office: &Office, name: &str, files: &[(&str, &str)]) -> String {
    for (file, content) in files {
        office.desk.file(&format!("{name}/{file}"), content);
    }
    let packed = office.json(&format!("pack {name} --to medium --slip {name}.txt --no-documents"));
    fs::remove_dir_all(office.desk.path(name)).unwrap();
    packed["id"].as_str().unwrap().to_owned()
}

/// What was found where, and why.
fn rows(found: &Value) -> BTreeSet<(String, String)> {
    let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    found["found"].as_array().unwrap().iter().map(|row| (text(row, "path"), text(row, "why"))).collect()
}

fn expected(rows: &[(&str, &str)]) -> BTreeSet<(String, String)> {
    rows.iter().map(|(path, why)| ((*path).to_owned(), (*why).to_owned())).collect()
}

#[test]
fn copies_are_found_whatever_they_are_called_and_nothing_else_is() {
    let packed = Packed::new();
    packed.file("pc/デスクトップ/メモ.dat", LIST);
    packed.file("pc/same size", LIST.replace('太', "次"));
    packed.file("pc/発送名簿.xlsx", "an edited copy");
    packed.file("pc/~$発送名簿.xlsx", [0; 165]);
    packed.file("pc/空.txt", "");
    packed.file("pc/other empty", "");
    fs::copy(packed.office.desk.path(&format!("medium/{}/bundle.age", packed.bundle)), packed.office.desk.path("pc/x"))
        .unwrap();
    let told = packed.find("--all pc");
    let all = [
        ("pc/x", "bundle_copy"),
        ("pc/~$発送名簿.xlsx", "name"),
        ("pc/デスクトップ/メモ.dat", "content"),
        ("pc/空.txt", "name"),
    ];
    assert_eq!(rows(&told), expected(&all), "{told}");
    assert_eq!((&told["result"], &told["looked_at"], &told["hashed"]), (&"found".into(), &7.into(), &3.into()));
    let counts = json!({ "content": 1, "name": 2, "bundle_copy": 1, "known": 0 });
    assert_eq!(told["counts"], counts);
    let content = told["found"].as_array().unwrap().iter().find(|row| row["why"] == "content").unwrap();
    assert_eq!((&content["bundle"], &content["name"]), (&packed.bundle.as_str().into(), &"名簿/発送名簿.xlsx".into()));
    // By its number, and by itself with its secret, the same is found.
    assert_eq!(rows(&packed.find(&format!("{} pc", packed.bundle))), expected(&all));
    let sealed = format!("medium/{} pc --passphrase-file 名簿.txt", packed.bundle);
    assert_eq!(rows(&packed.find(&sealed)), expected(&all));
}

#[test]
fn nothing_is_said_of_what_was_looked_at_and_no_more() {
    let packed = Packed::new();
    packed.file("pc/a", "b");
    let run = packed.office.run("--lang ja find --all pc").ok();
    assert!(run.out.contains("調べた範囲には見つかりませんでした。") && run.out.contains("1 ファイル"), "{run:?}");
    assert!(run.err.contains("圧縮ファイル・メール"), "{run:?}");
    let told = packed.find("--all pc");
    assert_eq!((&told["result"], &told["found"], &told["hashed"]), (&"none".into(), &json!([]), &0.into()));
}

#[test]
fn the_ledger_has_counts_and_a_hash_and_no_path() {
    let packed = Packed::new();
    packed.file("pc/デスクトップ/メモ.dat", LIST);
    let told = packed.find("--all pc");
    let entry = packed.office.last_of("find");
    let facts = &entry["facts"];
    assert_eq!((&facts["looked_at"], &facts["folders"], &facts["found"]["content"]), (&1.into(), &1.into(), &1.into()));
    assert_eq!(entry["subjects"], json!([{ "type": "bundle", "id": packed.bundle }]));
    assert_eq!(facts["list_sha256"], told["list_sha256"]);
    let text = entry.to_string();
    assert!(!text.contains("メモ") && !text.contains("名簿"), "{text}");
    let list = Path::new(told["list"].as_str().unwrap());
    let sum = String::from_utf8(tool("sha256sum", [list]).stdout).unwrap();
    assert!(sum.starts_with(facts["list_sha256"].as_str().unwrap()), "{sum}");
    assert!(fs::read_to_string(list).unwrap().contains("メモ.dat"));
    assert_eq!(fs::metadata(list).unwrap().permissions().mode() & 0o077, 0, "nobody else may read it");
    packed.office.is_whole();
}

#[test]
fn what_the_case_keeps_of_a_bundle_is_private_and_holds_no_bare_hash() {
    let packed = Packed::new();
    let kept = packed.office.folder().join(format!("keys/opened/{}.files", packed.bundle));
    let text = fs::read_to_string(&kept).unwrap();
    assert!(text.contains("名簿/発送名簿.xlsx") && text.lines().count() == 3, "{text}");
    fs::write(packed.office.desk.path("x"), LIST).unwrap();
    let sum = String::from_utf8(tool("sha256sum", [packed.office.desk.path("x")]).stdout).unwrap();
    assert!(!text.contains(&sum[..64]));
    assert_eq!(fs::metadata(&kept).unwrap().permissions().mode() & 0o077, 0);
    assert_eq!(fs::metadata(kept.parent().unwrap()).unwrap().permissions().mode() & 0o077, 0);
}

#[test]
fn every_place_a_bundle_was_opened_to_is_known_and_what_is_copied_from_there_is_not() {
    let packed = Packed::new();
    let (office, bundle) = (&packed.office, &packed.bundle);
    for to in ["one", "two"] {
        office.run(&format!("open medium/{bundle} --to {to} --passphrase-file 名簿.txt --no-documents")).ok();
    }
    let copies: Vec<Value> = office
        .entries()
        .iter()
        .filter(|e| e["kind"] == "open" && e["result"] == "done")
        .map(|e| e["facts"]["copy"].clone())
        .collect();
    assert!(copies.len() == 2 && copies[0] != copies[1] && copies[0].as_str().unwrap().starts_with("c-"), "{copies:?}");
    let inside = format!("one/{bundle}/名簿");
    packed.file(&format!("{inside}/別名.xlsx"), LIST);
    let told = packed.find("--all one two");
    let known: Vec<(&str, bool)> = told["found"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["why"] == "content")
        .map(|row| (row["path"].as_str().unwrap(), row["known"].as_bool().unwrap()))
        .collect();
    let (first, second) = (format!("{inside}/発送名簿.xlsx"), format!("two/{bundle}/名簿/発送名簿.xlsx"));
    let other = format!("{inside}/別名.xlsx");
    assert_eq!(known, [(other.as_str(), false), (first.as_str(), true), (second.as_str(), true)]);
    // One is erased: the entry says which, and that nothing is left of it.
    office.run(&format!("--yes erase --no-documents two/{bundle}")).ok();
    let facts = office.last_of("erase")["facts"].clone();
    assert_eq!(facts["copies"], json!([{ "copy": copies[1], "gone": true }]), "{facts}");
    // Of the other one only a part.
    office.run(&format!("--yes erase --no-documents {inside}/別名.xlsx")).ok();
    let facts = office.last_of("erase")["facts"].clone();
    assert_eq!(facts["copies"], json!([{ "copy": copies[0], "gone": false }]), "{facts}");
}

#[test]
fn two_bundles_with_the_same_file_are_both_named() {
    let packed = Packed::new();
    let second = pack(&packed.office, "別便", &[("another name.csv", LIST)]);
    packed.file("pc/x", LIST);
    let told = packed.find("--all pc");
    let bundles: BTreeSet<&str> =
        told["found"].as_array().unwrap().iter().map(|row| row["bundle"].as_str().unwrap()).collect();
    assert_eq!(bundles, BTreeSet::from([packed.bundle.as_str(), second.as_str()]));
    assert_eq!(packed.find(&format!("{second} pc"))["found"].as_array().unwrap().len(), 1);
}

#[test]
fn names_meet_composed_and_decomposed() {
    let office = Office::new();
    pack(&office, "学", &[("がくせい.xlsx", LIST)]);
    office.desk.file("pc/~$か\u{3099}くせい.XLSX", [0; 165]);
    office.desk.file("pc/か\u{3099}くせい - コピー.xlsx", "edited");
    assert_eq!(office.json("find --all pc")["counts"]["name"], 2);
}

/// As the user called nobody, on a desk and with a case that this user may use.
fn as_nobody(office: &Office, words: &str) -> Run {
    let mut command = Command::new("setpriv");
    command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups"]).arg(office.desk.path("tewatashi"));
    command.args(split(words)).arg("--case").arg(office.folder());
    Run::of(office.desk.settle(&mut command))
}

/// Everything on the desk but what the test keeps for itself becomes nobody's.
fn give_away(office: &Office) {
    fs::copy(env!("CARGO_BIN_EXE_tewatashi"), office.desk.path("tewatashi")).unwrap();
    tool("chown", [OsStr::new("-R"), "65534:65534".as_ref(), office.desk.path("").as_ref()]);
}

#[test]
fn files_of_other_sizes_are_never_opened_and_those_that_cannot_be_are_told() {
    needs_root();
    let packed = Packed::new();
    packed.file("pc/other size", "not to be opened");
    packed.file("pc/.~lock.発送名簿.xlsx#", "nor this, whose name tells");
    packed.file("pc/deep/copy", LIST);
    packed.file("pc/shut/copy", LIST);
    give_away(&packed.office);
    let shut =
        |name: &str| fs::set_permissions(packed.office.desk.path(name), PermissionsExt::from_mode(0o000)).unwrap();
    shut("pc/other size");
    shut("pc/.~lock.発送名簿.xlsx#");
    let run = as_nobody(&packed.office, "--json find --all pc").ok();
    assert_eq!(run.json()["unread"], json!([]), "opening them would have failed");
    assert_eq!((&run.json()["looked_at"], &run.json()["counts"]["content"]), (&4.into(), &2.into()));
    shut("pc/deep/copy");
    shut("pc/shut");
    let run = as_nobody(&packed.office, "--json find --all pc").fails(3);
    let told = run.json();
    let unread = json!([
        { "path": "pc/deep/copy", "reason": "not_permitted" }, { "path": "pc/shut", "reason": "not_permitted" }
    ]);
    assert_eq!(told["unread"], unread);
    assert!(run.err.contains("2 could not be looked at"), "{run:?}");
    assert_eq!(packed.office.last_of("find")["result"], "in_part");
}

#[test]
fn what_is_mounted_is_looked_through_and_the_system_is_left_out() {
    needs_root();
    let packed = Packed::new();
    for folder in ["pc/usb", "pc/proc"] {
        fs::create_dir_all(packed.office.desk.path(folder)).unwrap();
    }
    let _usb = loopfs::Undone::mount(split("-t tmpfs -o size=1m none"), &packed.office.desk.path("pc/usb"));
    packed.file("pc/usb/copy", LIST);
    let _proc = loopfs::Undone::mount(split("-t proc proc"), &packed.office.desk.path("pc/proc"));
    symlink("..", packed.office.desk.path("pc/loop")).unwrap();
    let told = packed.find("--all pc");
    assert_eq!(rows(&told), expected(&[("pc/usb/copy", "content")]));
    assert_eq!(told["left_out"], json!([{ "path": "pc/proc", "fs_type": "proc" }]));
    assert_eq!(told["looked_at"], 1);
    // Asked for itself it is left out as well, and nothing is claimed of it.
    assert_eq!(packed.find("--all pc/proc")["looked_at"], 0);
}

#[test]
fn the_sealed_bundle_itself_is_no_copy_and_its_twin_is() {
    let packed = Packed::new();
    let (medium, bundle) = (packed.office.desk.medium(), &packed.bundle);
    tool("cp", [OsStr::new("-a"), medium.join(bundle).as_ref(), packed.office.desk.path("twin").as_ref()]);
    let told = packed.find(&format!("medium/{bundle} medium twin --passphrase-file 名簿.txt"));
    let known: Vec<(&str, bool)> = told["found"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["path"].as_str().unwrap(), row["known"].as_bool().unwrap()))
        .collect();
    let itself = format!("medium/{bundle}/bundle.age");
    assert_eq!(known, [(itself.as_str(), true), ("twin/bundle.age", false)]);
}

#[test]
fn a_bundle_packed_for_a_key_is_kept_as_well() {
    let office = Office::new();
    let (_, public) = office.desk.key("key.txt");
    office.desk.file("名簿/a.csv", LIST);
    office.run(&format!("pack 名簿 --to medium --recipient {public} --no-documents")).ok();
    let told = office.json("find --all 名簿");
    assert_eq!(rows(&told), expected(&[("名簿/a.csv", "content")]), "the source is still there: {told}");
}

#[test]
fn a_list_that_is_gone_is_said_and_never_taken_for_nothing_found() {
    let packed = Packed::new();
    packed.file("pc/copy", LIST);
    fs::remove_file(packed.office.folder().join(format!("keys/opened/{}.files", packed.bundle))).unwrap();
    let told = packed.find("--all pc");
    assert_eq!((&told["result"], &told["without_list"]), (&"none".into(), &json!([packed.bundle])));
    // Not even that: the ledger alone knows the sealed volumes.
    fs::remove_dir_all(packed.office.folder().join("keys/opened")).unwrap();
    tool(
        "cp",
        [packed.office.desk.path(&format!("medium/{}/bundle.age", packed.bundle)), packed.office.desk.path("pc/x")],
    );
    let run = packed.office.run("--json find --all pc").ok();
    assert_eq!(rows(&run.json()), expected(&[("pc/x", "bundle_copy")]));
    assert!(run.err.contains("the case has no list of its files"), "{run:?}");
    // A list that was tampered with, or is damaged, is no list.
    fs::create_dir(packed.office.folder().join("keys/opened")).unwrap();
    let known = json!({ "bundle": packed.bundle, "fingerprint_key": "00".repeat(32) });
    packed.file(&format!("案件/keys/opened/{}.json", packed.bundle), known.to_string());
    packed.file(&format!("案件/keys/opened/{}.files", packed.bundle), "something else\n");
    assert_eq!(packed.office.run("--json find --all pc").fails(1).kind(), "io");
}

#[test]
fn a_backup_carries_what_is_known_of_the_bundles() {
    let packed = Packed::new();
    packed.office.run("case backup copy.tar").ok();
    packed.office.run("case restore copy.tar --to restored --reason 試験").ok();
    packed.file("pc/copy", LIST);
    let run = packed.office.desk.run(["--json", "--case", "restored", "find", "--all", "pc"]).ok();
    assert_eq!(rows(&run.json()), expected(&[("pc/copy", "content")]));
}

#[test]
fn what_cannot_be_asked_is_refused_with_a_reason() {
    let packed = Packed::new();
    packed.file("pc/a", "b");
    let kind = |words: &str, code: i32| packed.office.run(&format!("--json find {words}")).fails(code).kind();
    assert_eq!((kind("pc", 2), kind("--all nowhere", 1)), ("no_folder".to_owned(), "io".to_owned()));
    assert_eq!(kind("--all pc/a", 1), "not_a_folder");
    assert_eq!(kind("TW-20260101-AAAA pc", 1), "nothing_to_find");
    assert_eq!(kind(&format!("medium/{} pc", packed.bundle), 2), "no_secret");
    packed.file("wrong.txt", "AAAAA-AAAAA");
    packed.office.run(&format!("find medium/{} pc --passphrase-file wrong.txt", packed.bundle)).fails(10);
    let begun = packed.office.entries().into_iter().filter(|e| e["kind"] == "find" && e["result"] == "begun");
    assert_eq!(begun.count(), 2, "before the secret is used");
}
