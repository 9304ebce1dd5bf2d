//! Where a secret must not be seen: among the arguments and the environment of the process, in a core dump, by another
//! process of the same user, in the data folder, in anything that is printed.
//!
//! Needs root, to run the program as a user who is not.

#![cfg(target_os = "linux")]

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

#[path = "common/desk.rs"]
mod desk;
use desk::{Desk, Run, holding, needs_root, tool};

const OWN: &str = "Kenshin-2026-Yamada!";
const AS_NOBODY: [&str; 5] = ["--reuid", "65534", "--regid", "65534", "--clear-groups"];

/// A pack that stands still where it reads its passphrase out of a pipe, run by a user without rights.
struct Waiting {
    /// Goes last: the program is at work on it.
    _desk: Desk,
    child: Child,
    pipe: PathBuf,
}

impl Waiting {
    fn begin() -> Self {
        needs_root();
        let desk = Desk::new();
        desk.sample();
        let pipe = desk.path("pipe");
        tool("mkfifo", [&pipe]);
        fs::copy(env!("CARGO_BIN_EXE_tewatashi"), desk.path("tewatashi")).unwrap();
        tool("chown", [OsStr::new("-R"), "65534:65534".as_ref(), desk.path("").as_ref()]);
        let mut command = Command::new("setpriv");
        let words = ["--json", "pack", "sample", "--to", "medium", "--own-passphrase", "--passphrase-file", "pipe"];
        command.args(AS_NOBODY).arg(desk.path("tewatashi")).args(words);
        desk.settle(&mut command).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        Self { child, pipe, _desk: desk }
    }

    /// Opens the pipe: returns once the program waits at its other end, and so has done whatever it does first.
    fn writer(&self) -> File {
        File::options().write(true).open(&self.pipe).unwrap()
    }

    fn process(&self) -> PathBuf {
        Path::new("/proc").join(self.child.id().to_string())
    }
}

#[test]
fn the_process_shows_no_secret_and_nothing_to_its_own_user() {
    let waiting = Waiting::begin();
    let mut pipe = waiting.writer();
    let process = waiting.process();
    pipe.write_all(OWN.as_bytes()).unwrap();
    for name in ["cmdline", "environ"] {
        let text = fs::read(process.join(name)).unwrap();
        assert!(!text.is_empty() && !String::from_utf8_lossy(&text).contains(&OWN[..8]), "{name}");
    }
    let limits = fs::read_to_string(process.join("limits")).unwrap();
    let core = limits.lines().find_map(|line| line.strip_prefix("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().take(2).collect::<Vec<_>>(), ["0", "0"]);
    // A process that may be dumped belongs to its user in /proc; one that may not belongs to root.
    let user = |path: &Path| fs::metadata(path).unwrap().uid();
    assert_eq!(user(&process.join("environ")), 0);
    let status = fs::read_to_string(process.join("status")).unwrap();
    assert!(status.contains("Uid:\t65534\t65534"), "{status}");
    for name in ["environ", "mem", "maps"] {
        let mut peek = Command::new("setpriv");
        peek.args(AS_NOBODY).arg("head").args(["-c", "1"]).arg(process.join(name));
        assert!(!peek.output().unwrap().status.success(), "{name} can be read by the same user");
    }
    drop(pipe);
    Run::came(waiting.child.wait_with_output().unwrap(), true).ok();
}

#[test]
fn a_process_that_may_be_dumped_would_be_noticed() {
    needs_root();
    let mut sleeping = Command::new("setpriv").args(AS_NOBODY).args(["sleep", "60"]).spawn().unwrap();
    let process = Path::new("/proc").join(sleeping.id().to_string());
    // Until it has become the other program, it is still this user's.
    while !fs::read(process.join("cmdline")).unwrap().starts_with(b"sleep") {
        std::thread::yield_now();
    }
    let user = fs::metadata(process.join("environ")).unwrap().uid();
    let mut peek = Command::new("setpriv");
    peek.args(AS_NOBODY).arg("head").args(["-c", "1"]).arg(process.join("environ"));
    let peeked = peek.output().unwrap();
    sleeping.kill().unwrap();
    sleeping.wait().unwrap();
    assert_eq!(user, 65534);
    assert!(peeked.status.success());
}

#[test]
fn no_passphrase_is_kept_or_printed() {
    let desk = Desk::new();
    let sample = desk.sample();
    let (bundle, generated) = desk.packed(&sample, &[]);
    let own = desk.file("own.txt", OWN);
    let wrong = desk.file("wrong.txt", "Wrong-2026-Yamada-Hanako!");
    let mut printed = String::new();
    let mut note = |run: Run| {
        printed.push_str(&run.out);
        printed.push_str(&run.err);
    };
    let words = ["pack", "sample", "--to", "medium", "--own-passphrase", "--passphrase-file"].map(OsStr::new);
    note(desk.run(words.into_iter().chain([own.as_os_str()])).ok());
    let slip = desk.path("slip.txt");
    let words = ["pack", "sample", "--to", "medium", "--slip"].map(OsStr::new);
    note(desk.run(words.into_iter().chain([slip.as_os_str()])).ok());
    for file in [&own, &wrong] {
        let words = ["--json", "open", "--to", "opened", "--passphrase-file"].map(OsStr::new);
        note(desk.run(words.into_iter().chain([file.as_os_str(), bundle.as_os_str()])).fails(10));
    }
    let shown = desk::passphrase_on(&slip);
    for secret in [OWN, "Wrong-2026-Yamada-Hanako!", &generated, &shown] {
        assert!(!printed.contains(&secret[..8]), "{secret} was printed");
        for folder in ["home", "medium", "opened"] {
            assert_eq!(holding(&desk.path(folder), &secret.as_bytes()[..8]), Vec::<PathBuf>::new(), "{folder}");
        }
    }
    assert!(printed.contains("bundle made") && printed.contains("wrong_passphrase"));
}

#[test]
fn what_is_packed_and_opened_leaves_no_copy_anywhere_else() {
    let desk = Desk::new();
    desk.file("s/名簿.csv", "very-rare-marker-of-a-person");
    let (identity, public) = desk.key("key.txt");
    // Temporary files would go here.
    fs::create_dir(desk.path("tmp")).unwrap();
    let mut pack = desk.command(["--json", "pack", "s", "--to", "medium", "--recipient", &public]);
    let bundle = Run::of(pack.env("TMPDIR", desk.path("tmp"))).ok().bundle();
    let mut open = desk.command(["--json", "open", "--to", "opened", "--identity"]);
    Run::of(open.args([&identity, &bundle]).env("TMPDIR", desk.path("tmp"))).ok();
    let found = holding(&desk.path(""), b"very-rare-marker-of-a-person");
    let opened = desk.path("opened").join(bundle.file_name().unwrap()).join("s/名簿.csv");
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.contains(&opened) && found.contains(&desk.path("s/名簿.csv")), "{found:?}");
    desk::assert_empty(&desk.path("tmp"));
}
