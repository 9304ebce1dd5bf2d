//! A desk of its own for every run of the program, and what an enemy does to a bundle on its way.

#![allow(dead_code, reason = "each test file uses a part")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// A language of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    Ja,
    En,
}

/// A fresh data folder, a fresh working folder and a fresh place to open into.
pub struct Desk {
    folder: TempDir,
}

impl Desk {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for name in ["work", "to"] {
            fs::create_dir(folder.path().join(name)).expect("a folder");
        }
        Self { folder }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Where bundles are opened.
    pub fn to(&self) -> PathBuf {
        self.path("to")
    }

    pub fn run<S: AsRef<std::ffi::OsStr>>(&self, lang: Lang, args: impl IntoIterator<Item = S>) -> Ran {
        let mut program = Command::new(env!("CARGO_BIN_EXE_tewatashi"));
        program.args(["--lang", if lang == Lang::Ja { "ja" } else { "en" }, "--json"]).args(args);
        Ran::of(&self.at_home(&mut program).output().expect("the program runs"))
    }

    /// As [`Desk::run`], with at most this much processor time: beyond it the system ends the program.
    #[cfg(unix)]
    pub fn run_within<S: AsRef<std::ffi::OsStr>>(&self, seconds: u32, args: impl IntoIterator<Item = S>) -> Ran {
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(format!("ulimit -t {seconds}; exec \"$0\" --lang en --json \"$@\""));
        shell.arg(env!("CARGO_BIN_EXE_tewatashi")).args(args);
        Ran::of(&self.at_home(&mut shell).output().expect("the program runs"))
    }

    /// As [`Desk::run`]: nobody counts processor time here.
    #[cfg(windows)]
    pub fn run_within<S: AsRef<std::ffi::OsStr>>(&self, _: u32, args: impl IntoIterator<Item = S>) -> Ran {
        self.run(Lang::En, args)
    }

    fn at_home<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .current_dir(self.path("work"))
            .env("TEWATASHI_HOME", self.path("home"))
            .stdin(std::process::Stdio::null())
    }

    /// Nothing but the data folder is there: no name, no hidden work folder, nothing beside.
    pub fn assert_bare(&self, what: &str) {
        assert_eq!(names_in(&self.to()), [""; 0], "{what}: left in the target folder");
        assert_eq!(names_in(&self.path("work")), [""; 0], "{what}: left in the working folder");
        for name in names_in(self.folder.path()) {
            assert!(["work", "to", "home"].contains(&name.as_str()), "{what}: {name} beside the target folder");
        }
        let found = self.run(Lang::En, ["leftovers"]);
        assert_eq!((found.code, &found.json["found"]), (0, &serde_json::json!([])), "{what}: leftovers");
    }
}

/// What the program said.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub json: Value,
    pub words: String,
}

impl Ran {
    fn of(output: &Output) -> Self {
        let words = String::from_utf8(output.stderr.clone()).expect("words in UTF-8");
        let json = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
        // Without a code a signal ended it: too much processor time, or a crash.
        Self { code: output.status.code().unwrap_or(-1), json, words }
    }

    /// What went wrong, as told to scripts: an error, or the first problem of a verification.
    pub fn problem(&self) -> &Value {
        if self.json["error"].is_object() { &self.json["error"] } else { &self.json["problems"][0] }
    }

    pub fn message(&self) -> &str {
        self.problem()["message"].as_str().unwrap_or_default()
    }

    /// Fails unless it ended with `code` and a whole account of why, which holds `needle`.
    pub fn assert_refused(&self, code: i32, needle: &str, what: &str) {
        assert_eq!(self.code, code, "{what}: {self:?}");
        let text = |key: &str| self.problem()[key].as_str().unwrap_or_default().to_owned();
        let (message, hint) = (text("message"), text("hint"));
        for said in [&message, &hint] {
            assert!(said.chars().count() > 5 && said.contains(|c| !char::is_ascii_graphic(&c)), "{what}: “{said}”");
            assert!(
                !said.contains("{ $") && !said.contains("{$") && !said.contains("No localization"),
                "{what}: {said}"
            );
        }
        assert!(self.words.contains(&message), "{what}: not said to the person");
        assert!(message.contains(needle), "{what}: “{message}” does not say “{needle}”");
        assert!(
            !message.chars().any(|c| c.is_control() || "\u{202e}\u{2066}\u{2069}".contains(c)),
            "{what}: {message}"
        );
    }
}

/// Sorted names in a folder; none where there is no folder.
pub fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Every file below a folder: its path and content.
pub fn files_below(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let files = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().flatten();
    let files = files.filter(|e| e.file_type().is_file());
    files
        .map(|e| (e.path().strip_prefix(folder).expect("below").to_owned(), fs::read(e.path()).expect("a file")))
        .collect()
}

/// Copies the files of a bundle's folder, which holds no folders.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for (name, content) in files_below(from) {
        fs::write(to.join(name), content).expect("a copy");
    }
}

pub fn sha256(bytes: &[u8]) -> String {
    tewatashi::digest::hex(&Sha256::digest(bytes).into())
}

/// Writes `checksums.sha256` anew, as an enemy would who has changed the other files.
pub fn recompute_checksums(bundle: &Path) {
    let files = files_below(bundle).into_iter().filter(|(name, _)| *name != Path::new("checksums.sha256"));
    let lines: Vec<_> = files.map(|(name, bytes)| format!("{}  {}\n", sha256(&bytes), name.display())).collect();
    fs::write(bundle.join("checksums.sha256"), lines.concat()).expect("checksums");
}

/// Signs `bundle.json` anew with a key of the enemy's own, whose fingerprint is returned.
#[cfg(windows)]
pub fn sign_anew(bundle: &Path, _: &Desk) -> String {
    let key = tewatashi::sign::SigningKey::generate().expect("a key");
    let facts = fs::read(bundle.join("bundle.json")).expect("the facts");
    let signature = key.sign(tewatashi::sign::BUNDLE, &facts).expect("a signature");
    fs::write(bundle.join("bundle.json.sig"), signature).expect("the signature");
    fs::write(bundle.join("signer.pub"), key.public_line()).expect("the key");
    key.fingerprint()
}

/// Signs `bundle.json` anew with stock `ssh-keygen` and a key of the enemy's own, whose fingerprint is returned.
#[cfg(unix)]
pub fn sign_anew(bundle: &Path, desk: &Desk) -> String {
    let key = desk.path("work").join("enemy");
    run("ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-C", "enemy", "-f", &key.to_string_lossy()]);
    let facts = bundle.join("bundle.json");
    let _ = fs::remove_file(bundle.join("bundle.json.sig"));
    let sign = ["-Y", "sign", "-q", "-n", "bundle@tewatashi", "-f", &key.to_string_lossy(), &facts.to_string_lossy()];
    run("ssh-keygen", &sign);
    fs::copy(key.with_extension("pub"), bundle.join("signer.pub")).expect("the key");
    let told = run("ssh-keygen", &["-l", "-f", &key.with_extension("pub").to_string_lossy()]);
    for name in ["enemy", "enemy.pub"] {
        fs::remove_file(desk.path("work").join(name)).expect("the key goes");
    }
    told.split(' ').find(|w| w.starts_with("SHA256:")).expect("a fingerprint").to_owned()
}

#[cfg(unix)]
fn run(program: &str, args: &[&str]) -> String {
    let output = Command::new(program).args(args).output().unwrap_or_else(|e| panic!("{program}: {e}"));
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Length of header and nonce of an age file.
pub fn header_len(sealed: &[u8]) -> usize {
    let mac = sealed.windows(5).position(|w| w == b"\n--- ").expect("an age header") + 1;
    mac + sealed[mac..].iter().position(|&b| b == b'\n').expect("an end") + 1 + 16
}

/// A file of the repository.
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

/// Seals a plaintext to the test key, with the age crate.
pub fn seal(plaintext: &[u8]) -> Vec<u8> {
    seal_for(1, plaintext)
}

/// As [`seal`], with a stanza for each of so many recipients.
pub fn seal_for(recipients: usize, plaintext: &[u8]) -> Vec<u8> {
    let recipient: age::x25519::Recipient = test_recipient().parse().expect("a recipient");
    let all = std::iter::repeat_n(&recipient as &dyn age::Recipient, recipients);
    let lock = age::Encryptor::with_recipients(all).expect("a lock");
    let mut sealed = Vec::new();
    let mut writer = lock.wrap_output(&mut sealed).expect("a header");
    writer.write_all(plaintext).and_then(|()| writer.finish().map(drop)).expect("sealed");
    sealed
}

/// The public key of `fixtures/keys/opener.txt`.
pub fn test_recipient() -> String {
    let text = fs::read_to_string(fixture("keys/opener.pub")).expect("the key");
    text.lines().find(|line| line.starts_with("age1")).expect("a public key").to_owned()
}
