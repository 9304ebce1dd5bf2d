//! What may lie in a folder that is erased: links, other names, other file systems, odd kinds, odd names, and files that are
//! in use. Each is handled, told, and nothing outside is ever touched.
//!
//! Needs root: for real file systems, devices, and flags.

#![cfg(target_os = "linux")]

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::{FileExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

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
use erasing::{Told, erase, has, result};
use loopfs::{LoopFs, Undone};
use office::Office;
use residue::{Noise, Residue};

/// A file system with a folder to erase and one beside it that must stay.
struct Scene {
    fs: LoopFs,
    office: Office,
}

impl Scene {
    fn new() -> Self {
        Self::on(LoopFs::ext4())
    }

    fn on(fs: LoopFs) -> Self {
        for name in ["data", "outside"] {
            fs::create_dir(fs.path(name)).unwrap();
        }
        fs::write(fs.path("outside/file"), "outside").unwrap();
        Self { fs, office: Office::new() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.fs.path("data").join(name)
    }

    /// A marked file.
    fn file(&self, name: &str, number: u32, size: u64) -> PathBuf {
        let path = self.path(name);
        residue::write(&path, number, size, false, &mut Noise(77)).unwrap();
        File::open(&path).unwrap().sync_all().unwrap();
        path
    }

    /// Erases the folder.
    #[track_caller]
    fn erase(&self, words: &str) -> Told {
        self.erase_path(words, &self.fs.path("data"))
    }

    /// Erases something; what lies outside stays as it is.
    #[track_caller]
    fn erase_path(&self, words: &str, path: &Path) -> Told {
        let told = Told::by(&erase(&self.office, words, [path]));
        told.agrees_with_itself();
        assert_eq!(fs::read_to_string(self.fs.path("outside/file")).unwrap(), "outside");
        self.office.is_whole();
        told
    }

    /// What is in the image once it is taken away.
    fn residue(&self) -> Residue {
        self.fs.unmount();
        let residue = Residue::scan(&self.fs.image_path()).unwrap();
        self.fs.mount_again();
        residue
    }

    fn seen(&self) -> Residue {
        self.fs.sync();
        Residue::scan(&self.fs.image_path()).unwrap()
    }
}

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
    let mut command = scene.office.command("--json --yes erase --");
    let told = Told::by(&Run::of(command.arg("--best-effort").current_dir(scene.fs.path("data"))));
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

/// A process that holds a file in some way until it is let go.
struct Holder(Child);

impl Holder {
    fn holding(path: &Path, python: &str) -> Self {
        let program =
            format!("import mmap,os,sys\npath=sys.argv[1]\n{python}\nprint('held',flush=True)\nsys.stdin.read()");
        let mut child = Command::new("python3")
            .args(["-c", &program])
            .arg(path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "held\n");
        Self(child)
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

#[test]
fn a_file_that_another_program_holds_is_left() {
    let scene = Scene::new();
    let ways = [
        ("written", "f=os.open(path,os.O_WRONLY)"),
        ("both", "f=os.open(path,os.O_RDWR)"),
        ("mapped", "f=os.open(path,os.O_RDWR);m=mmap.mmap(f,0);os.close(f);m[0]"),
        ("mapped-to-read", "f=os.open(path,os.O_RDONLY);m=mmap.mmap(f,0,prot=mmap.PROT_READ);os.close(f);m[0]"),
    ];
    for (number, (name, way)) in (1..).zip(ways) {
        let path = scene.file(name, number, 20_000);
        let content = fs::read(&path).unwrap();
        let holder = Holder::holding(&path, way);
        let told = scene.erase("");
        told.is(&path, "skipped", "open_elsewhere");
        assert!(fs::read(&path).unwrap() == content, "{name}");
        drop(holder);
        scene.erase("").is(&path, "erased", "");
        fs::create_dir_all(scene.fs.path("data")).unwrap();
    }
    assert_eq!(scene.residue().files(), 0);
}

#[test]
fn a_file_that_grows_meanwhile_is_never_called_erased_with_content_left() {
    let scene = Scene::new();
    let path = scene.file("growing", 1, 1 << 20);
    let program = "import os,sys\npath=sys.argv[1]\nmark=open(path,'rb').read(512)\nprint('held',flush=True)\n\
        while True:\n try: f=os.open(path,os.O_WRONLY|os.O_APPEND)\n except OSError: break\n\
        \x20try: os.write(f,mark)\n except OSError: break\n os.close(f)";
    let mut child = Command::new("python3").args(["-c", program]).arg(&path).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let told = scene.erase("");
    let item = told.item(&path).clone();
    child.kill().unwrap();
    child.wait().unwrap();
    if result(&item) == "erased" {
        assert!(!path.exists(), "{item}");
        assert_eq!(scene.residue().files(), 0, "{item}");
    } else {
        assert!(path.exists(), "{item}");
    }
}

#[test]
fn files_that_vanish_meanwhile_are_told_and_the_rest_is_erased() {
    let scene = Scene::new();
    for number in 0..400 {
        scene.file(&format!("{number:03}"), number, 20_000);
    }
    let vanishing: Vec<PathBuf> = (0..400).filter(|n| n % 2 == 1).map(|n| scene.path(&format!("{n:03}"))).collect();
    let told = std::thread::scope(|scope| {
        let removing = scope.spawn(|| {
            for path in vanishing.iter().rev() {
                let _ = fs::remove_file(path);
                std::thread::sleep(std::time::Duration::from_micros(500));
            }
        });
        let told = scene.erase("");
        removing.join().unwrap();
        told
    });
    let residue = scene.residue();
    for item in told.items().iter().filter(|item| item["kind"] == "file") {
        let name = erasing::path(item).file_name().unwrap().to_str().unwrap().to_owned();
        let number: u32 = name.parse().unwrap();
        if result(item) == "erased" {
            assert!(!residue.data.contains_key(&number), "{item}");
        } else {
            assert!(has(item, "reasons", "vanished") && number % 2 == 1, "{item}");
        }
    }
    assert!(!scene.fs.path("data").exists());
}

#[test]
fn a_file_put_in_the_place_of_another_is_not_what_was_asked_for() {
    // Attack: between the plan and its turn, a link to something else is put under a name that was planned.
    let scene = Scene::new();
    for number in 0..300 {
        scene.file(&format!("{number:03}"), number, 20_000);
    }
    let outside = scene.fs.path("outside/file");
    let told = std::thread::scope(|scope| {
        let swapping = scope.spawn(|| {
            for number in (0..300).rev() {
                let name = scene.path(&format!("{number:03}"));
                let made = scene.path("new");
                if number % 2 == 0 {
                    symlink(&outside, &made).unwrap();
                } else {
                    let Ok(()) = fs::hard_link(&outside, &made) else { break };
                }
                if fs::symlink_metadata(&name).is_err() || fs::rename(&made, &name).is_err() {
                    let _ = fs::remove_file(&made);
                    break;
                }
            }
        });
        let run = erase(&scene.office, "", [scene.fs.path("data")]);
        swapping.join().unwrap();
        Told::by(&run)
    });
    assert_eq!(fs::read_to_string(&outside).unwrap(), "outside", "{:#}", told.json);
    scene.office.is_whole();
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
fn a_hundred_gibibytes_of_nothing_are_no_work() {
    let scene = Scene::on(LoopFs::make("mkfs.ext4 -q -F -b 4096", 128, ""));
    let path = scene.file("sparse", 1, 50_000);
    let file = File::options().write(true).open(&path).unwrap();
    file.set_len(100 << 30).unwrap();
    let content = residue::content(2, 50_000, false, &mut Noise(8));
    file.write_all_at(&content, (50 << 30) + 123).unwrap();
    drop(file);
    assert_eq!(scene.seen().files(), 2);
    let told = scene.erase("");
    told.all_erased();
    assert_eq!(told.item(&path)["size"], 100_u64 << 30);
    assert_eq!(scene.residue().files(), 0);
}

#[test]
fn what_was_zeroed_without_being_written_is_overwritten() {
    // The file system only notes that these blocks read as zeros; the old bytes still stand on the medium.
    let scene = Scene::on(LoopFs::make("mkfs.ext4 -q -F -b 4096", 128, ""));
    let path = scene.file("zeroed", 1, 1 << 20);
    done(Command::new("fallocate").args(["--zero-range", "-o", "262144", "-l", "524288"]).arg(&path));
    // And blocks beyond the end, in which another file lay.
    let other = scene.file("other", 2, 1 << 20);
    fs::remove_file(&other).unwrap();
    scene.fs.sync();
    done(Command::new("fallocate").args(["--keep-size", "-o", "1048576", "-l", "4194304"]).arg(&path));
    scene.fs.sync();
    let seen = scene.seen();
    assert!(seen.data[&1].len() == 256, "the old bytes stand there still: {}", seen.data[&1].len());
    scene.erase("").all_erased();
    assert_eq!(scene.residue().data.get(&1), None);
}

#[test]
fn what_stands_behind_a_files_end_in_its_last_block_is_overwritten() {
    let scene = Scene::on(LoopFs::make("mkfs.ext4 -q -F -b 4096", 128, ""));
    let path = scene.file("slack", 1, 100);
    let at = scene.fs.find(&fs::read(&path).unwrap()[..40])[0];
    scene.fs.unmount();
    let hidden = residue::content(9, 600, false, &mut Noise(4));
    scene.fs.write_raw(at + 1024, &hidden);
    scene.fs.mount_again();
    assert!(scene.seen().data.contains_key(&9));
    scene.erase("").all_erased();
    assert_eq!(scene.residue().files(), 0);
}

#[test]
fn a_file_that_the_system_swaps_into_is_left() {
    let scene = Scene::new();
    let swap = scene.path("swap");
    done(Command::new("fallocate").args(["-l", "4M"]).arg(&swap));
    done(Command::new("chmod").arg("600").arg(&swap));
    let _swapping = Undone::swap(&swap);
    scene.erase("").is(&swap, "skipped", "swap_file");
    assert!(swap.exists());
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
    let script = r#"cd "$1" && for n in $(seq 300); do mkdir ddddddddddddddddddddddddd && cd ddddddddddddddddddddddddd || exit; done; echo x > file"#;
    done(Command::new("sh").args(["-c", script, "sh"]).arg(scene.fs.path("data")));
    let told = scene.erase("");
    told.all_erased();
    assert!(!scene.fs.path("data").exists());
}
