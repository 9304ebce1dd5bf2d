//! What goes into a bundle comes out of it: names to the byte, times to the nanosecond. And what a finder of the medium
//! can read says nothing of it.

use std::ffi::OsStr;
use std::fs::{self, File};
#[cfg(unix)]
use std::os::unix::fs::PermissionsExt;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

use serde_json::Value;

#[path = "common/desk.rs"]
mod desk;
use desk::{Desk, assert_empty, holding, names_in, same_tree, set_time, tree};

/// Packs for a key and opens again; returns the folder that came out.
fn there_and_back(desk: &Desk, sources: &[&str], options: &[&str]) -> PathBuf {
    let (identity, public) = desk.key("key.txt");
    let words = ["--json", "pack", "--to", "medium", "--recipient", &public];
    let bundle = desk.run(words.iter().chain(sources).chain(options)).ok().bundle();
    let opened = desk.open_with(&bundle, &identity, &desk.path("opened")).ok().json();
    opened["to"].as_str().unwrap().into()
}

fn paths_below(folder: &Path) -> Vec<String> {
    tree(folder).into_keys().map(|name| name.into_string().unwrap().replace(MAIN_SEPARATOR, "/")).collect()
}

#[test]
fn awkward_names_come_back_to_the_byte() {
    let desk = Desk::new();
    let composed = "が.txt"; // one character
    let decomposed = "か\u{3099}ん.txt"; // two
    let names = [
        composed,
        decomposed,
        "髙﨑𠮷神\u{fa19}葛\u{e0100}.csv",
        "ﾊﾝｶｸ ｶﾅ.txt",
        " leading blank",
        "--help",
        "-rf",
        "100%25達成.txt",
        "it's $HOME `x` & (1) [2] {3};.txt",
        ".隠し",
        "二 重  空　白.txt",
        "con sole.txt",
        "~",
        "#",
        "タブではない.tar.gz",
    ];
    for name in names {
        desk.file(&format!("名簿/{name}"), name);
    }
    let out = there_and_back(&desk, &["名簿"], &[]);
    same_tree(&desk.path("名簿"), &out.join("名簿"));
    assert_eq!(names_in(&out.join("名簿")).len(), names.len());
    for name in [composed, decomposed] {
        assert_eq!(fs::read_to_string(out.join("名簿").join(name)).unwrap(), name);
    }
}

#[test]
fn the_longest_names_and_the_deepest_paths_come_back() {
    let desk = Desk::new();
    desk.file(&format!("深い/{}", "あ".repeat(85)), "255 bytes");
    desk.file(&format!("深い/{}", "x".repeat(255)), "255 letters");
    for length in [88, 89, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100, 101] {
        desk.file(&format!("深い/{}", "n".repeat(length)), length.to_string());
    }
    let deep = "d".repeat(199);
    let folders = ["深い", deep.as_str()].into_iter().chain(std::iter::repeat_n(deep.as_str(), 14));
    let path = folders.collect::<Vec<_>>().join("/");
    assert!(path.len() > 3000 && path.len() + 5 < 3072);
    desk.file(&format!("{path}/file"), "deep");
    let many = format!("深い/{}", ["m"; 400].join("/"));
    desk.file(&format!("{many}/file"), "many");
    let out = there_and_back(&desk, &["深い"], &[]);
    same_tree(&desk.path("深い"), &out.join("深い"));
}

#[test]
fn empty_folders_empty_files_times_and_the_executable_bit_come_back() {
    let desk = Desk::new();
    for folder in ["s/空", "s/入れ子/空", "s/時刻"] {
        fs::create_dir_all(desk.path(folder)).unwrap();
    }
    desk.file("s/zero", "");
    for (name, mode) in [("run", 0o755), ("owner", 0o700), ("data", 0o644), ("locked", 0o400), ("group", 0o654)] {
        let file = desk.file(&format!("s/{name}"), name);
        #[cfg(unix)]
        fs::set_permissions(file, PermissionsExt::from_mode(mode)).unwrap();
        #[cfg(windows)]
        let _ = (file, mode);
    }
    let times = [
        (0, 0),
        (0, 1),
        (1_764_000_000, 999_999_999),
        (1_764_000_000, 100_000_000),
        (-1, 0),
        (-1, 500_000_000),
        (-2_000_000_000, 7),
        (8_589_934_591, 0),
        (8_589_934_592, 123),
        (12_000_000_000, 0),
    ];
    for (number, (seconds, nanos)) in times.into_iter().enumerate() {
        set_time(&desk.file(&format!("s/時刻/{number}"), "t"), seconds, nanos);
    }
    set_time(&desk.path("s/空"), -5, 250_000_000);
    set_time(&desk.path("s/時刻"), 1_000_000_000, 42);
    set_time(&desk.path("s"), 1_000_000_001, 0);
    let out = there_and_back(&desk, &["s"], &[]);
    same_tree(&desk.path("s"), &out.join("s"));
    #[cfg(unix)]
    {
        assert_eq!(fs::metadata(out.join("s/run")).unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(fs::metadata(out.join("s/data")).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn several_sources_stand_side_by_side_under_their_own_names() {
    let desk = Desk::new();
    desk.file("a/名簿/x.csv", "1");
    desk.file("b/y.csv", "2");
    desk.file("c/空でない/z", "3");
    let out = there_and_back(&desk, &["a/名簿", "b/y.csv", "c/空でない/"], &[]);
    assert_eq!(paths_below(&out), ["y.csv", "名簿", "名簿/x.csv", "空でない", "空でない/z"]);
}

#[test]
fn a_dot_is_packed_under_the_real_name_of_the_folder() {
    for (folder, source) in [("名簿", "."), ("名簿", "./"), ("名簿/中", ".."), ("名簿/中", "../.")] {
        let desk = Desk::new();
        desk.file("名簿/x.csv", "1");
        desk.file("名簿/中/y.csv", "2");
        let (identity, public) = desk.key("key.txt");
        let medium = desk.medium();
        let words = ["--json", "pack", source, "--recipient", &public, "--to"].map(OsStr::new);
        let mut command = desk.command(words.into_iter().chain([medium.as_os_str()]));
        let bundle = desk::Run::of(command.current_dir(desk.path(folder))).ok().bundle();
        let opened = desk.open_with(&bundle, &identity, &desk.path("opened")).ok().json();
        let out = Path::new(opened["to"].as_str().unwrap());
        assert_eq!(paths_below(out), ["名簿", "名簿/x.csv", "名簿/中", "名簿/中/y.csv"], "{source}");
    }
}

#[test]
fn what_is_excluded_stays_out_and_the_rest_goes_in() {
    let desk = Desk::new();
    for name in ["a.csv", "b.tmp", "下書き/c.csv", "下書き/中/d.csv", "中/e.tmp", "中/f.csv", "Thumbs.db", "g.TMP"]
    {
        desk.file(&format!("s/{name}"), name);
    }
    let options = ["--exclude", "*.tmp", "--exclude", "下書き", "--exclude=Thumbs.db"];
    let out = there_and_back(&desk, &["s"], &options);
    assert_eq!(paths_below(&out), ["s", "s/a.csv", "s/g.TMP", "s/中", "s/中/f.csv"]);
    let desk = Desk::new();
    desk.file("s/残す/x", "");
    desk.file("s/除く/中/y", "");
    let out = there_and_back(&desk, &["s"], &["--exclude", "s/除く/**"]);
    assert_eq!(paths_below(&out), ["s", "s/残す", "s/残す/x", "s/除く"]);
}

/// The volumes of a bundle, by name, with their sizes.
fn volumes(bundle: &Path) -> Vec<(String, u64)> {
    let names = names_in(bundle).into_iter().map(|n| n.into_string().unwrap());
    let sealed = names.filter(|n| n.starts_with("bundle.age"));
    sealed.map(|n| (n.clone(), fs::metadata(bundle.join(n)).unwrap().len())).collect()
}

#[test]
fn volumes_are_as_large_as_asked_and_open_by_any_of_their_names() {
    let desk = Desk::new();
    desk.file("s/x", vec![1; 300_000]);
    let (identity, public) = desk.key("key.txt");
    for (asked, size) in [("65536", 65536), ("64K", 65536), ("64KiB", 65536), ("100kb", 100_000), ("131072B", 131_072)]
    {
        let bundle = desk.packed_for(&desk.path("s"), &public, &desk.medium(), &["--split", asked]);
        let found = volumes(&bundle);
        let (last, full) = found.split_last().unwrap();
        assert!(full.iter().all(|v| v.1 == size) && last.1 <= size && last.1 > 0, "{asked}: {found:?}");
        let names: Vec<String> = (1..=found.len()).map(|n| format!("bundle.age.{n:03}")).collect();
        assert_eq!(found.iter().map(|v| v.0.as_str()).collect::<Vec<_>>(), names);
        let to = desk.path(&format!("opened/{asked}"));
        desk.open_with(&bundle.join("bundle.age.002"), &identity, &to).ok();
        same_tree(&desk.path("s"), &to.join(bundle.file_name().unwrap()).join("s"));
    }
    for asked in ["fat32", "cd", "dvd", "bd", "2M"] {
        let bundle = desk.packed_for(&desk.path("s"), &public, &desk.medium(), &["--split", asked]);
        assert_eq!(volumes(&bundle).iter().map(|v| v.0.as_str()).collect::<Vec<_>>(), ["bundle.age"], "{asked}");
    }
}

#[test]
fn a_missing_or_swapped_volume_is_named_by_its_number() {
    let desk = Desk::new();
    desk.file("s/x", vec![1; 300_000]);
    let (identity, public) = desk.key("key.txt");
    let bundle = desk.packed_for(&desk.path("s"), &public, &desk.medium(), &["--split", "64K"]);
    let volume = |n: u32| bundle.join(format!("bundle.age.{n:03}"));
    let swap = || {
        fs::rename(volume(2), desk.path("aside")).unwrap();
        fs::rename(volume(3), volume(2)).unwrap();
        fs::rename(desk.path("aside"), volume(3)).unwrap();
    };
    swap();
    let verified = desk.run([OsStr::new("--json"), "verify".as_ref(), bundle.as_ref()]).fails(11);
    assert!(verified.err.contains("volume 2 holds what belongs to volume 3"), "{verified:?}");
    let opened = desk.open_with(&bundle, &identity, &desk.path("opened")).fails(11);
    assert_eq!(opened.kind(), "damaged");
    swap();
    fs::rename(volume(4), desk.path("aside")).unwrap();
    for run in [
        desk.run([OsStr::new("--json"), "verify".as_ref(), bundle.as_ref()]).fails(11),
        desk.open_with(&bundle, &identity, &desk.path("opened")).fails(11),
    ] {
        assert!(run.err.contains("volume 4 of 5 is missing"), "{run:?}");
    }
    fs::rename(desk.path("aside"), volume(4)).unwrap();
    assert_empty(&desk.path("opened"));
    desk.open_with(&bundle, &identity, &desk.path("opened")).ok();
}

#[test]
fn the_finder_of_the_medium_reads_nothing_of_what_is_inside() {
    let desk = Desk::new();
    let sample = desk.sample();
    desk.file("sample/秘密の氏名.csv", "山田太郎,1980-01-01");
    let options = [
        "--title",
        "特定健診の対象者",
        "--items",
        "氏名,マイナンバー",
        "--subjects",
        "48321",
        "--confirm-count",
        "48321",
        "--medium-id",
        "USB-0712",
    ];
    let (bundle, passphrase) = desk.packed(&sample, &options);
    let (bytes, files) =
        tree(&sample).values().filter_map(|node| node.content.as_ref()).fold((0, 0), |s, c| (s.0 + c.len(), s.1 + 1));
    let mut secrets: Vec<String> =
        ["特定健診", "氏名", "マイナンバー", "48321", "USB-0712", "山田", "sample", "Payload", "Oxum"]
            .map(str::to_owned)
            .into();
    secrets.extend([bytes.to_string(), format!("{bytes}.{files}"), passphrase.clone(), passphrase[..5].to_owned()]);
    let names = tree(&sample)
        .into_keys()
        .flat_map(|path| path.to_str().unwrap().split(MAIN_SEPARATOR).map(str::to_owned).collect::<Vec<_>>());
    secrets.extend(names.filter(|name| name != "README.txt"));
    for secret in &secrets {
        assert_eq!(holding(&bundle, secret.as_bytes()), Vec::<PathBuf>::new(), "{secret} can be read");
    }
    // And the search does find what is there.
    assert!(holding(&bundle, b"age-encryption.org/v1").contains(&bundle.join("bundle.age")));
    let facts: Value = serde_json::from_slice(&fs::read(bundle.join("bundle.json")).unwrap()).unwrap();
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&facts), ["created", "encryption", "format", "id", "ledger_code", "tool", "volumes"]);
    assert_eq!(keys(&facts["volumes"][0]), ["name", "sha256", "size"]);
    assert_eq!(keys(&facts["encryption"]), ["cipher", "format", "header_sha256", "key", "passphrase", "work_factor"]);
    assert_eq!(facts["encryption"]["passphrase"], "generated");
}

#[test]
fn the_description_comes_back_with_the_files() {
    let desk = Desk::new();
    let sample = desk.sample();
    let (identity, public) = desk.key("key.txt");
    let options = [
        "--title",
        "件名: 特定健診　100%",
        "--items",
        "氏名,住所",
        "--subjects",
        "483",
        "--medium-id",
        "U-1",
        "--confirm-count",
        "1200",
        "--records",
        "1200",
    ];
    let bundle = desk.packed_for(&sample, &public, &desk.medium(), &options);
    let run = desk.open_with(&bundle, &identity, &desk.path("opened")).ok();
    let expected = serde_json::json!({
        "title": "件名: 特定健診　100%", "items": ["氏名", "住所"], "subjects": 483, "records": 1200, "medium_id": "U-1",
    });
    assert_eq!(run.json()["description"], expected);
}

#[test]
fn list_shows_people_what_the_sender_wrote_of_the_content() {
    let desk = Desk::new();
    let sample = desk.sample();
    let (identity, public) = desk.key("key.txt");
    let options = [
        "--title",
        "特定健診",
        "--items",
        "氏名,電話番号・携帯",
        "--subjects",
        "48321",
        "--medium-id",
        "U-1",
        "--confirm-count",
        "48321",
    ];
    let bundle = desk.packed_for(&sample, &public, &desk.medium(), &options);
    let list = |language: &str, bundle: &Path| {
        let words = ["--lang", language, "list", "--identity"].map(OsStr::new);
        desk.run(words.into_iter().chain([identity.as_os_str(), bundle.as_os_str()])).ok().out
    };
    let lines =
        "件名: 特定健診\n情報の項目: 氏名、電話番号・携帯\n人数: 48,321 人\n媒体管理番号: U-1\n合計 15 ファイル";
    let japanese = list("ja", &bundle);
    assert!(japanese.contains(lines), "{japanese}");
    let english = list("en", &bundle);
    assert!(english.contains("kinds of information: 氏名, 電話番号・携帯\nnumber of persons: 48,321\n"), "{english}");
    // What was not given is not there.
    let bare = list("ja", &desk.packed_for(&sample, &public, &desk.medium(), &[]));
    assert!(!bare.contains("人数") && !bare.contains("項目") && !bare.contains("媒体管理番号"), "{bare}");
}

#[test]
fn the_json_documents_have_the_keys_that_scripts_rely_on() {
    let desk = Desk::new();
    let sample = desk.sample();
    let words = ["--json", "pack", "sample", "--to", "medium", "--slip", "slip.txt", "--quiet"];
    let packed = desk.run(words).ok().json();
    let has = |value: &Value, keys: &[&str]| {
        for key in keys {
            assert!(value.get(key).is_some(), "{key} in {value}");
        }
    };
    has(&packed, &["bundle", "id", "files", "bytes", "read_back", "documents"]);
    let content = tree(&sample).into_values().filter_map(|node| node.content).map(|c| c.len()).collect::<Vec<_>>();
    assert_eq!((&packed["files"], &packed["bytes"]), (&content.len().into(), &content.iter().sum::<usize>().into()));
    assert_eq!(packed["documents"][0]["kind"], "password_slip");
    let bundle = packed["bundle"].as_str().unwrap();
    let verified = desk.run(["--json", "verify", bundle]).ok().json();
    has(&verified, &["result", "checked", "not_checked", "problems"]);
    assert_eq!(verified["result"], "ok");
    assert_eq!(verified["not_checked"], serde_json::json!(["secret", "payload", "manifest", "signer_inside"]));
    let failed = desk.run(["--json", "verify", "medium"]).fails(1).json();
    has(&failed["error"], &["code", "message", "hint", "subject"]);
    assert_eq!((&failed["error"]["code"], &failed["error"]["subject"]), (&1.into(), &"medium".into()));
    let mistaken = desk.run(["--json", "verify", "--nonsense"]).fails(2).json();
    assert_eq!(mistaken["error"]["code"], 2);
    desk::flip(&desk.path(bundle).join("bundle.age"), 5000);
    let damaged = desk.run(["--json", "verify", bundle]).fails(11).json();
    assert_eq!(damaged["result"], "damaged");
    has(&damaged["problems"][0], &["kind", "message", "hint", "subject"]);
}

#[test]
fn quiet_says_the_result_and_warnings_only() {
    let desk = Desk::new();
    desk.sample();
    let full = desk.run(["pack", "sample", "--to", "medium", "--slip", "one.txt"]).ok();
    assert!(full.err.contains("encrypting and writing") && full.out.lines().count() > 3, "{full:?}");
    fs::remove_file(desk.path("one.txt")).unwrap();
    let quiet =
        desk.run(["--quiet", "pack", "sample", "--to", "medium", "--slip", "two.txt", "--properties", "ignore"]).ok();
    // Where nothing can be read past the cache, as under wine, that is a warning.
    let unread = "warning: the medium was not shown to hold what was written";
    let warned = cfg!(windows) && quiet.err.lines().count() == 1 && quiet.err.starts_with(unread);
    assert_eq!((quiet.err.is_empty() || warned, quiet.out.lines().count()), (true, 1), "{quiet:?}");
    assert!(quiet.out.starts_with("bundle made: "));
    fs::remove_file(desk.path("two.txt")).unwrap();
    // On Windows only an administrator may make a link.
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("x", desk.path("sample/link")).unwrap();
        let words = ["--quiet", "pack", "sample", "--to", "medium", "--slip", "three.txt", "--skip", "links"];
        let warned = desk.run(words).ok();
        assert!(warned.err.starts_with("warning: ") && warned.err.contains("sample/link"), "{warned:?}");
    }
}

#[cfg(unix)] // rights in bits
#[test]
fn a_signing_key_that_others_may_read_is_warned_about_and_one_they_may_change_signs_nothing() {
    let desk = Desk::new();
    desk.packed(&desk.sample(), &[]);
    let key = desk.path("home/tewatashi/keys/signing_ed25519");
    let pack = |slip: &str, mode| {
        fs::set_permissions(&key, fs::Permissions::from_mode(mode)).unwrap();
        desk.run(["--json", "pack", "sample", "--to", "medium", "--slip", slip])
    };
    let warned = pack("two.txt", 0o644).ok();
    assert!(warned.err.contains("warning: other users may read the signing key"), "{warned:?}");
    let before = names_in(&desk.medium());
    let refused = pack("three.txt", 0o660).fails(4);
    assert_eq!(refused.kind(), "key_writable");
    assert!(refused.err.contains("chmod 600"), "{refused:?}");
    assert!(names_in(&desk.medium()) == before && !desk.path("three.txt").exists());
    assert!(!pack("four.txt", 0o600).ok().err.contains("signing key"));
}

#[cfg(unix)] // rights in bits
#[test]
fn the_slip_and_the_signing_key_are_for_the_owners_eyes_alone() {
    let desk = Desk::new();
    desk.packed(&desk.sample(), &[]);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let slip = names_in(&desk.path("")).into_iter().find(|n| n.to_str().unwrap().starts_with("slip-")).unwrap();
    assert_eq!(mode(&desk.path("").join(slip)), 0o600);
    assert_eq!(mode(&desk.path("home/tewatashi/keys/signing_ed25519")), 0o600);
    assert_eq!(mode(&desk.path("home/tewatashi/keys")), 0o700);
}

#[cfg(unix)] // rights in bits
#[test]
fn the_sealed_bundle_can_be_read_by_the_recipient_who_is_another_user() {
    let desk = Desk::new();
    let (bundle, _) = desk.packed(&desk.sample(), &[]);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&bundle), 0o755);
    for name in names_in(&bundle) {
        assert_eq!(mode(&bundle.join(&name)), 0o644, "{}", name.display());
    }
}

#[test]
fn an_opened_bundle_is_never_opened_over_what_is_there() {
    let desk = Desk::new();
    let (identity, public) = desk.key("key.txt");
    let bundle = desk.packed_for(&desk.sample(), &public, &desk.medium(), &[]);
    let opened = desk.open_with(&bundle, &identity, &desk.path("opened")).ok().json();
    let kept = Path::new(opened["to"].as_str().unwrap()).join("sample/README.txt");
    File::create(&kept).unwrap();
    let again = desk.open_with(&bundle, &identity, &desk.path("opened")).fails(4);
    assert_eq!(again.kind(), "exists");
    assert_eq!(fs::read(&kept).unwrap(), b"");
}
