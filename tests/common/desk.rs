//! A desk: a folder of its own with a user's data folder, a medium, and the program run as a person or a script would run it.
//!
//! Every run is held to two promises of the command line: a failure says what happened and what to do next, and `--json` prints
//! one document.

#![allow(dead_code)] // each test file uses a part

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, FileTimes};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

#[cfg(unix)]
use rexpect::session::PtySession;
use serde_json::Value;
use tempfile::TempDir;
use tewatashi::passphrase::Passphrase;

/// Longer than anything here takes; a program that hangs fails the test instead of stopping it.
#[cfg(unix)]
const PATIENCE_MS: u64 = 60_000;

/// The words before what happened, and before what to do next.
pub const ERROR: [&str; 2] = ["error: ", "エラー: "];
pub const HINT: [&str; 2] = ["hint: ", "対処: "];

/// A desk. What lies on it goes when the test ends.
pub struct Desk {
    folder: TempDir,
}

impl Desk {
    /// With a data folder, an empty medium, and a place to open into.
    pub fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        for name in ["home", "medium", "opened"] {
            fs::create_dir(desk.path(name)).unwrap();
        }
        desk
    }

    /// A path on the desk.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn medium(&self) -> PathBuf {
        self.path("medium")
    }

    /// A file with its folders; returns its path.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    /// A copy of the sample data, times included.
    pub fn sample(&self) -> PathBuf {
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/sample");
        copied(&sample, &self.path("sample"));
        self.path("sample")
    }

    /// A key pair made by Debian's `age-keygen`: the identity file and the public key.
    #[cfg(unix)]
    pub fn key(&self, name: &str) -> (PathBuf, String) {
        let path = self.path(name);
        tool("age-keygen", [OsStr::new("-o"), path.as_ref()]);
        let public = tool("age-keygen", [OsStr::new("-y"), path.as_ref()]);
        (path, String::from_utf8(public.stdout).unwrap().trim().to_owned())
    }

    /// A key pair: the identity file and the public key. Stock `age-keygen` is a tool of the other system.
    #[cfg(windows)]
    pub fn key(&self, name: &str) -> (PathBuf, String) {
        let made = age::x25519::Identity::generate();
        let text = age::secrecy::ExposeSecret::expose_secret(&made.to_string()).to_owned();
        (self.file(name, text), made.to_public().to_string())
    }

    /// The program, told nothing of the world but this desk.
    pub fn command<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tewatashi"));
        self.settle(command.args(args));
        command
    }

    /// Any command, told nothing of the world but this desk.
    pub fn settle<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        let path = std::env::var_os("PATH").unwrap_or_default();
        command.env_clear().env("PATH", path).env("LANG", "en_US.UTF-8").env("TERM", "xterm");
        // Without these no program starts on Windows, or it has no temporary folder.
        for needed in ["SystemRoot", "TEMP", "TMP"].iter().filter(|_| cfg!(windows)) {
            command.envs(std::env::var_os(needed).map(|value| (needed, value)));
        }
        command.env("HOME", self.path("home")).env("TEWATASHI_HOME", self.path("home/tewatashi"));
        command.env("PINENTRY_PROGRAM", "").current_dir(self.folder.path())
    }

    /// Runs the program to its end.
    pub fn run<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Run {
        Run::of(&mut self.command(args))
    }

    /// Starts the program and lets it run.
    pub fn start<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Child {
        self.command(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Runs the program at a terminal.
    #[cfg(unix)]
    pub fn at_terminal<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> PtySession {
        terminal(self.command(args))
    }

    /// Packs onto the medium with a slip on the desk; returns the bundle and its passphrase.
    pub fn packed(&self, source: &Path, options: &[&str]) -> (PathBuf, String) {
        let number = fs::read_dir(self.folder.path()).unwrap().count();
        let slip = self.path(&format!("slip-{number}.txt"));
        let mut args = vec![OsStr::new("--json"), "pack".as_ref(), source.as_ref(), "--to".as_ref()];
        let medium = self.medium();
        // What goes with a bundle on paper has tests of its own.
        args.extend([medium.as_os_str(), "--slip".as_ref(), slip.as_ref(), "--no-documents".as_ref()]);
        args.extend(options.iter().map(OsStr::new));
        let bundle = self.run(args).ok().bundle();
        (bundle, passphrase_on(&slip))
    }

    /// Packs for the owner of a public key; returns the bundle.
    pub fn packed_for(&self, source: &Path, public: &str, to: &Path, options: &[&str]) -> PathBuf {
        let mut args = vec![OsStr::new("--json"), "pack".as_ref(), source.as_ref(), "--to".as_ref(), to.as_ref()];
        args.extend(["--no-documents", "--recipient", public].map(OsStr::new));
        args.extend(options.iter().map(OsStr::new));
        self.run(args).ok().bundle()
    }

    /// Opens with a key; the run, whatever came of it.
    pub fn open_with(&self, bundle: &Path, identity: &Path, to: &Path) -> Run {
        let words = ["--json", "open", "--no-documents", "--identity"].map(OsStr::new);
        let rest = [bundle.as_ref(), "--to".as_ref(), to.as_ref()];
        self.run(words.into_iter().chain([identity.as_ref()]).chain(rest))
    }
}

/// A run that came to its end.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
    json: bool,
}

impl Run {
    pub fn of(command: &mut Command) -> Self {
        let json = command.get_args().any(|a| a == "--json");
        let output = command.stdin(Stdio::null()).output();
        let output = output.unwrap_or_else(|e| panic!("{command:?} cannot be run: {e}"));
        Self::came(output, json)
    }

    /// What a started run came to.
    pub fn came(output: Output, json: bool) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("what is printed is UTF-8");
        let code = output.status.code().unwrap_or_else(|| panic!("ended by a signal: {output:?}"));
        let run = Self { code, out: text(output.stdout), err: text(output.stderr), json };
        run.keeps_its_promises();
        run
    }

    fn keeps_its_promises(&self) {
        let says = |labels: [&str; 2]| {
            let mut told = self.err.lines().filter_map(|l| labels.iter().find_map(|label| l.strip_prefix(label)));
            told.next().is_some_and(|words| !words.trim().is_empty())
        };
        if self.code != 0 {
            assert!(says(ERROR), "a failure that does not say what happened: {self:?}");
            assert!(says(HINT), "a failure that does not say what to do next: {self:?}");
        }
        assert!(!self.err.contains("internal error"), "{self:?}");
        if self.json {
            let value: Value = serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {self:?}"));
            let failed = value.get("error").is_some()
                || [
                    "damaged",
                    "unreadable",
                    "broken",
                    "not_covered",
                    "voided",
                    "incomplete",
                    "in_part",
                    "partial",
                    "open",
                    "not_established",
                ]
                .iter()
                .any(|r| value["result"] == *r);
            assert!(self.code == 0 || failed || value.get("found").is_some(), "{self:?}");
            assert_eq!(failed, self.code != 0 && value.get("found").is_none(), "{self:?}");
        }
    }

    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }

    /// Failed with this exit code.
    #[track_caller]
    pub fn fails(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:?}");
        self
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }

    /// The stable name of the error.
    pub fn kind(&self) -> String {
        self.json()["error"]["kind"].as_str().unwrap_or_else(|| panic!("no error: {self:?}")).to_owned()
    }

    pub fn bundle(&self) -> PathBuf {
        self.json()["bundle"].as_str().unwrap_or_else(|| panic!("no bundle: {self:?}")).into()
    }
}

/// Runs a command at a terminal of its own.
#[cfg(unix)]
pub fn terminal(command: Command) -> PtySession {
    rexpect::session::spawn_command(command, Some(PATIENCE_MS)).unwrap()
}

/// What a terminal showed, as the text it is: the bytes come as one character each.
pub fn shown(raw: &str) -> String {
    let bytes: Vec<u8> = raw.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Reads to the end of what a program at a terminal shows; returns that and its exit code.
#[cfg(unix)]
pub fn to_the_end(session: &mut PtySession) -> (String, i32) {
    let rest = shown(&session.exp_eof().unwrap());
    match session.process().wait().unwrap() {
        rexpect::process::WaitStatus::Exited(_, code) => (rest, code),
        other => panic!("{other:?} after {rest}"),
    }
}

/// The passphrase on a slip.
pub fn passphrase_on(slip: &Path) -> String {
    let text = fs::read_to_string(slip).unwrap();
    let mut lines = text.lines().map(str::trim).filter(|l| l.len() == 35 && Passphrase::parse(l).is_ok());
    let found = lines.next().unwrap_or_else(|| panic!("no passphrase on {text}")).to_owned();
    assert_eq!(lines.next(), None, "it stands there once");
    found
}

/// Runs a tool this test needs and returns what it printed.
pub fn tool<S: AsRef<OsStr>>(name: &str, args: impl IntoIterator<Item = S>) -> Output {
    let mut command = Command::new(name);
    done(command.args(args))
}

/// Runs a command that must succeed.
pub fn done(command: &mut Command) -> Output {
    let output = command.output();
    let output = output.unwrap_or_else(|e| panic!("{command:?} cannot be run ({e}): install it with `make setup`"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// Some tests make devices, mount file systems or become another user.
#[cfg(unix)]
pub fn needs_root() {
    assert!(rustix::process::geteuid().is_root(), "this test must run as root (see `make setup`)");
}

/// A file or folder as it must come back.
#[derive(Debug, PartialEq, Eq)]
pub struct Node {
    /// `None` for a folder.
    pub content: Option<Vec<u8>>,
    pub modified: SystemTime,
    pub executable: bool,
}

/// Everything below a folder, by the bytes of its name.
pub fn tree(root: &Path) -> BTreeMap<OsString, Node> {
    let mut found = BTreeMap::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root.join(&folder)).unwrap() {
            let entry = entry.unwrap();
            let name = folder.join(entry.file_name());
            let facts = entry.metadata().unwrap();
            let content = facts.is_file().then(|| fs::read(entry.path()).unwrap());
            let executable = facts.is_file() && tewatashi::erase::os::stamp::is_executable(&facts);
            found.insert(name.clone().into(), Node { content, modified: facts.modified().unwrap(), executable });
            if facts.is_dir() {
                folders.push(name);
            }
        }
    }
    found
}

/// Asserts that two trees are equal, and names the first entry that is not.
#[track_caller]
pub fn same_tree(one: &Path, two: &Path) {
    let (one, two) = (tree(one), tree(two));
    let names = |tree: &BTreeMap<OsString, Node>| tree.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&one), names(&two));
    for (name, node) in &one {
        assert!(*node == two[name], "{} differs", name.display());
    }
}

/// The names in a folder, hidden ones included, sorted.
pub fn names_in(folder: &Path) -> Vec<OsString> {
    let mut names: Vec<OsString> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort();
    names
}

/// Asserts that a folder is empty.
#[track_caller]
pub fn assert_empty(folder: &Path) {
    assert_eq!(names_in(folder), Vec::<OsString>::new(), "in {}", folder.display());
}

/// Files below a folder that hold a text.
pub fn holding(folder: &Path, text: &[u8]) -> Vec<PathBuf> {
    let holds = |node: &Node| {
        let content = node.content.as_deref().unwrap_or_default();
        content.windows(text.len()).any(|w| w == text)
    };
    let found = tree(folder).into_iter().filter(|(name, node)| holds(node) || contains(name.as_encoded_bytes(), text));
    found.map(|(name, _)| folder.join(name)).collect()
}

fn contains(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|w| w == text)
}

/// Sets the time of last modification, before 1970 when negative.
pub fn set_time(path: &Path, seconds: i64, nanos: u32) {
    let whole = Duration::from_secs(seconds.unsigned_abs());
    let time = if seconds < 0 { UNIX_EPOCH - whole } else { UNIX_EPOCH + whole };
    let times = FileTimes::new().set_modified(time + Duration::from_nanos(nanos.into()));
    to_set_times(path).set_times(times).unwrap();
}

#[cfg(unix)]
fn to_set_times(path: &Path) -> File {
    File::open(path).unwrap()
}

/// Opened to change what is said of it, files and folders alike.
#[cfg(windows)]
fn to_set_times(path: &Path) -> File {
    use std::os::windows::fs::OpenOptionsExt;
    const WRITE_ATTRIBUTES: u32 = 0x100;
    const BACKUP_SEMANTICS: u32 = 0x0200_0000;
    File::options().access_mode(WRITE_ATTRIBUTES).custom_flags(BACKUP_SEMANTICS).open(path).unwrap()
}

/// Copies a folder and all in it, times included.
#[cfg(unix)]
pub fn copied(from: &Path, to: &Path) {
    tool("cp", [OsStr::new("-a"), from.as_ref(), to.as_ref()]);
}

/// Copies a folder and all in it, times included.
#[cfg(windows)]
pub fn copied(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let copy = to.join(entry.file_name());
        if entry.metadata().unwrap().is_dir() {
            copied(&entry.path(), &copy);
        } else {
            fs::copy(entry.path(), copy).unwrap();
        }
    }
    to_set_times(to).set_times(FileTimes::new().set_modified(from.metadata().unwrap().modified().unwrap())).unwrap();
}

/// Changes one byte of a file.
pub fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 1;
    File::create(path).unwrap().write_all(&bytes).unwrap();
}
