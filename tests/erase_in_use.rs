//! Files that are in use, that change or vanish while they are erased, and files whose blocks are not all that they seem.
//!
//! Needs root: for real file systems, and for swapping.

#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{FileExt, symlink};
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
use desk::done;
use erasing::{Scene, Told, erase, has, result};
use loopfs::{LoopFs, Undone};
use residue::Noise;

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
fn what_is_mostly_holes_is_erased_where_there_is_data() {
    let scene = Scene::on(LoopFs::make("mkfs.ext4 -q -F -b 4096", 128, ""));
    let path = scene.file("sparse", 1, 50_000);
    let file = File::options().write(true).open(&path).unwrap();
    file.set_len(4 << 30).unwrap();
    let content = residue::content(2, 50_000, false, &mut Noise(8));
    file.write_all_at(&content, (2 << 30) + 123).unwrap();
    drop(file);
    assert_eq!(scene.seen().files(), 2);
    let told = scene.erase("");
    told.all_erased();
    assert_eq!(told.item(&path)["size"], 4_u64 << 30);
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
