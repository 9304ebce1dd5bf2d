//! What may lie in a folder that is erased: links, other names, other file systems, odd kinds, odd names, and files that are
//! in use. Each is handled, told, and nothing outside is ever touched.
//!
//! Needs root: for real file systems, devices, and flags.

#![cfg(target_os = "linux")]

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::process::Command;

use rustix::fs::{Mode, OFlags};

#[path = "common/desk.rs"]
mod desk;
#[path = "common/erasing.rs"]
mod erasing;
#[path = "common/loopfs.rs"]
mod loopfs;
#[path = "common/office.rs"]
mod office;
#[path = "common/residue.rs"]
mod residue;
use desk::{Run, done, names_in, tool};
use erasing::{Scene, Told, erase, has};
use loopfs::{LoopFs, Undone};
use residue::Noise;

#[test]
fn links_are_removed_and_never_followed() {
    let scene = Scene::new();
    let outside = scene.fs.path("outside");
    let links = [("to-file", outside.join("file")), ("to-folder", outside.clone()), ("up", "../outside".into())];
    let more = [
        ("to-itself", "to-itself".into()),
        ("to-nothing", "/nowhere/at/all".into()),
        ("to-all", scene.fs.mount_point()),
    ];
    for (name, target) in links.into_iter().chain(more) {
        symlink(target, scene.path(name)).unwrap();
    }
    let told = scene.erase("");
    told.all_erased();
    assert_eq!(told.items().iter().filter(|item| item["kind"] == "link").count(), 6);
    assert!(!scene.fs.path("data").exists());
}

#[test]
fn a_link_as_an_argument_is_not_followed() {
    let scene = Scene::new();
    for (name, target) in [("to-file", "outside/file"), ("to-folder", "outside")] {
        let link = scene.fs.path(name);
        symlink(scene.fs.path(target), &link).unwrap();
        let run = erase(&scene.office, "", [&link]);
        // Refused, or erased as the link it is.
        assert!(run.code == 4 || !link.is_symlink(), "{run:?}");
        assert_eq!(fs::read_to_string(scene.fs.path("outside/file")).unwrap(), "outside");
    }
}

#[test]
fn another_file_system_inside_is_left_and_told_until_it_is_asked_for() {
    let (scene, inner) = (Scene::new(), LoopFs::ext4());
    fs::write(inner.path("file"), "inner").unwrap();
    let (point, own) = (scene.path("mounted"), scene.file("own", 1, 9000));
    fs::create_dir(&point).unwrap();
    let bound = Undone::bind(&inner.mount_point(), &point);
    let told = scene.erase("");
    told.is(&point, "skipped", "other_file_system");
    told.is(&own, "erased", "");
    assert_eq!(fs::read_to_string(inner.path("file")).unwrap(), "inner");
    let told = scene.erase("--across-mounts");
    drop(bound);
    told.is(&point.join("file"), "erased", "");
    assert!(!inner.path("file").exists());
}

#[test]
fn the_same_file_system_mounted_inside_itself_is_another_one() {
    // Attack: a bind mount has the same device number as the folder it stands in, so comparing numbers does not see it.
    let scene = Scene::new();
    let point = scene.path("mounted");
    fs::create_dir(&point).unwrap();
    let _one = Undone::bind(&scene.fs.path("outside"), &point);
    let single = scene.path("single");
    fs::write(&single, "below").unwrap();
    let _two = Undone::bind(&scene.fs.path("outside/file"), &single);
    let told = Told::by(&erase(&scene.office, "", [scene.fs.path("data")]));
    assert_eq!(fs::read_to_string(scene.fs.path("outside/file")).unwrap(), "outside");
    told.is(&point, "skipped", "other_file_system");
    told.is(&single, "skipped", "other_file_system");
    told.agrees_with_itself();
}

#[test]
fn a_file_with_another_name_outside_is_left_unless_that_is_asked_for() {
    let scene = Scene::new();
    let (inside, outside) = (scene.file("inside", 1, 9000), scene.fs.path("outside/other"));
    fs::hard_link(&inside, &outside).unwrap();
    let content = fs::read(&inside).unwrap();
    scene.erase("").is(&inside, "skipped", "linked_elsewhere");
    assert!(fs::read(&inside).unwrap() == content && fs::read(&outside).unwrap() == content);
    let told = scene.erase("--including-links");
    let item = told.is(&inside, "erased", "");
    assert!(has(item, "may_remain", "other_names"), "{item}");
    assert!(fs::read(&outside).unwrap().iter().all(|&byte| byte == 0), "the other name leads to nothing");
    assert_eq!(scene.residue().files(), 0);
}

#[test]
fn a_file_all_of_whose_names_are_asked_for_is_erased() {
    let scene = Scene::new();
    let one = scene.file("one", 1, 9000);
    fs::create_dir(scene.path("below")).unwrap();
    fs::hard_link(&one, scene.path("below/two")).unwrap();
    let told = scene.erase("");
    told.all_erased();
    told.is(&one, "erased", "");
    told.is(&scene.path("below/two"), "erased", "");
    assert_eq!(scene.residue().files(), 0);
}

#[test]
fn odd_names_are_erased_and_told_without_harm() {
    let scene = Scene::new();
    let long = "長".repeat(85);
    let names: Vec<OsString> = [
        "-rf",
        "--yes",
        "--",
        "...",
        "..a",
        " ",
        "a b ",
        "*",
        "?",
        "~",
        "$HOME",
        "`id`",
        "a\nb",
        "\u{1b}[2J\u{7}",
        "\t",
        "\\",
        "\"",
        "'",
        "\u{202e}txt.exe",
        "か\u{3099}",
        "\u{feff}",
        &long,
    ]
    .into_iter()
    .map(OsString::from)
    .chain([
        OsString::from_vec(b"\xff\xfe\x80".into()),
        OsString::from_vec(vec![b'n'; 255]),
        OsString::from_vec(vec![0x80; 255]),
    ])
    .collect();
    for (number, name) in names.iter().enumerate() {
        let folder = scene.path("x").join(name);
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join(name);
        residue::write(&path, u32::try_from(number).unwrap(), 3000, false, &mut Noise(5)).unwrap();
    }
    assert_eq!(scene.seen().files(), names.len());
    let run = erase(&scene.office, "--lang ja", [scene.fs.path("data")]);
    assert!(!run.err.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{:?}", run.err);
    let told = Told::by(&run);
    told.all_erased();
    assert_eq!(told.items().iter().filter(|item| item["kind"] == "file").count(), names.len());
    assert!(!scene.fs.path("data").exists());
    assert_eq!(scene.residue().files(), 0);
    scene.office.is_whole();
}

#[test]
fn a_name_that_looks_like_an_option_is_a_name_after_two_dashes() {
    let scene = Scene::new();
    let path = scene.file("--best-effort", 1, 3000);
    let mut command = scene.office.command("--json --yes erase");
    let told = Told::by(&Run::of(command.args(["--", "--best-effort"]).current_dir(scene.fs.path("data"))));
    assert!(!path.exists() && scene.fs.path("data").exists(), "{told:?}");
}

#[test]
fn pipes_and_sockets_go_without_waiting_and_devices_stay() {
    let scene = Scene::new();
    let (pipe, socket, device) = (scene.path("pipe"), scene.path("socket"), scene.path("device"));
    tool("mkfifo", [&pipe]);
    let _listener = UnixListener::bind(&socket).unwrap();
    done(Command::new("mknod").arg(&device).args(["b", "7", "250"]));
    let told = scene.erase("");
    assert_eq!(told.is(&pipe, "erased", "")["kind"], "fifo");
    assert_eq!(told.is(&socket, "erased", "")["kind"], "socket");
    told.is(&device, "skipped", "device");
    assert!(!pipe.exists() && !socket.exists() && fs::symlink_metadata(&device).is_ok());
    // Named by itself it is no other thing.
    let run = erase(&scene.office, "", [&device]);
    assert!(run.code == 4 || Told::by(&run).is(&device, "skipped", "device").is_object());
}

#[test]
fn files_marked_as_not_to_be_changed_are_left() {
    let scene = Scene::new();
    let (fixed, growing, free) =
        (scene.file("fixed", 1, 5000), scene.file("growing", 2, 5000), scene.file("free", 3, 5000));
    done(Command::new("chattr").arg("+i").arg(&fixed));
    done(Command::new("chattr").arg("+a").arg(&growing));
    let told = scene.erase("");
    done(Command::new("chattr").arg("-ia").args([&fixed, &growing]));
    told.is(&fixed, "skipped", "immutable");
    told.is(&growing, "skipped", "append_only");
    told.is(&free, "erased", "");
    let left: Vec<u32> = scene.residue().data.into_keys().collect();
    assert_eq!(left, [1, 2]);
}

#[test]
fn a_folder_that_may_not_be_read_is_told() {
    let scene = Scene::new();
    let shut = scene.path("shut");
    fs::create_dir(&shut).unwrap();
    fs::write(shut.join("file"), "shut").unwrap();
    let open = scene.file("open", 1, 5000);
    // Somebody else's, in a folder of one's own.
    let program = scene.office.desk.path("tewatashi");
    fs::copy(env!("CARGO_BIN_EXE_tewatashi"), &program).unwrap();
    let desk = scene.office.desk.path("");
    done(Command::new("chown").args(["-R", "65534:65534"]).arg(&desk).arg(scene.fs.path("data")));
    done(Command::new("chown").arg("0:0").arg(&shut));
    done(Command::new("chmod").arg("700").arg(&shut));
    done(Command::new("chmod").arg("711").arg(scene.fs.mount_point().parent().unwrap()));
    let mut command = Command::new("setpriv");
    scene.office.desk.settle(&mut command).args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&program);
    command.args(["--json", "--yes", "--case"]).arg(scene.office.folder()).arg("erase").arg(scene.fs.path("data"));
    let told = Told::by(&Run::of(&mut command));
    told.agrees_with_itself();
    told.is(&shut, "skipped", "not_permitted");
    // Without the rights of root the journal cannot be cleared, and that is said.
    let item = told.is(&open, "erased", "");
    assert!(has(item, "may_remain", "names") || has(item, "may_remain", "journal"), "{item}");
    assert_eq!(fs::read_to_string(shut.join("file")).unwrap(), "shut");
}

#[test]
fn nothing_is_tried_on_what_may_only_be_read() {
    let scene = Scene::new();
    let path = scene.file("file", 1, 5000);
    done(Command::new("mount").args(["-o", "remount,ro"]).arg(scene.fs.mount_point()));
    let told = scene.erase("");
    told.is(&path, "skipped", "read_only");
    assert_eq!(told.json["result"], "not_established");
}

#[test]
fn an_empty_file_and_an_empty_folder_are_erased() {
    let scene = Scene::new();
    fs::create_dir_all(scene.path("a/b/c")).unwrap();
    File::create(scene.path("a/empty")).unwrap().flush().unwrap();
    let told = scene.erase("");
    told.all_erased();
    assert_eq!(told.item(&scene.path("a/empty"))["blocks"], "none");
    assert_eq!(names_in(&scene.fs.mount_point()), ["lost+found", "outside"].map(OsString::from));
}

#[test]
fn a_tree_as_deep_as_there_can_be_is_erased() {
    let scene = Scene::new();
    // Deeper than a path may be long.
    let (mut folder, name) = (File::open(scene.fs.path("data")).unwrap(), "d".repeat(50));
    for _ in 0..200 {
        rustix::fs::mkdirat(&folder, &name, Mode::from(0o755)).unwrap();
        folder = rustix::fs::openat(&folder, &name, OFlags::DIRECTORY, Mode::empty()).unwrap().into();
    }
    let file = rustix::fs::openat(&folder, "file", OFlags::CREATE | OFlags::WRONLY, Mode::from(0o644)).unwrap();
    File::from(file).write_all(&residue::content(1, 3000, false, &mut Noise(2))).unwrap();
    drop(folder);
    assert_eq!(scene.seen().files(), 1);
    let told = scene.erase("");
    told.all_erased();
    assert!(!scene.fs.path("data").exists());
    assert_eq!(scene.residue().files(), 0);
}
