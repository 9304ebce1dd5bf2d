//! A print system of its own: a real cupsd on a socket in a temporary folder, whose printers are folders.
//!
//! Needs cups-daemon and cups-client, and root (`make setup`).

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::desk::{done, needs_root};

const PATIENCE: Duration = Duration::from_secs(30);

/// Who may do what, as Debian has it where it matters here.
const RIGHTS: &str = "Browsing Off
WebInterface No
LogLevel info
DefaultAuthType Basic
<Location />
  Order allow,deny
</Location>
<Policy default>
  <Limit Cancel-Job>
    Require user @OWNER @SYSTEM
    Order deny,allow
  </Limit>
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
";

/// What a printer is: what comes is `JOB.pdf` beside the log of how it was called. As root it may write there.
const BACKEND: &str = r#"#!/bin/sh
[ $# = 0 ] && exit 0
echo "$3 copies=$4" >>OUT/calls
if [ $# -ge 6 ]; then cat "$6"; else cat; fi >"OUT/$1.tmp" && mv "OUT/$1.tmp" "OUT/$1.pdf"
"#;

/// A cupsd that runs.
pub struct Spooler {
    folder: TempDir,
    daemon: Child,
}

impl Spooler {
    /// As it comes, without a printer.
    pub fn new() -> Self {
        Self::with("")
    }

    /// With these lines in its settings.
    pub fn with(settings: &str) -> Self {
        needs_root();
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| folder.path().join(name);
        for name in ["root", "spool", "cache", "state", "log", "out", "bin/backend"] {
            fs::create_dir_all(place(name)).unwrap();
        }
        symlink("/usr/lib/cups/daemon", place("bin/daemon")).unwrap();
        let backend = place("bin/backend/folder");
        fs::write(&backend, BACKEND.replace("OUT", place("out").to_str().unwrap())).unwrap();
        fs::set_permissions(&backend, fs::Permissions::from_mode(0o700)).unwrap();
        let listen = format!("Listen {}\n", place("cups.sock").display());
        fs::write(place("cupsd.conf"), listen + settings + "\n" + RIGHTS).unwrap();
        let files = [
            ("ServerRoot", "root"),
            ("ServerBin", "bin"),
            ("RequestRoot", "spool"),
            ("CacheDir", "cache"),
            ("StateDir", "state"),
            ("AccessLog", "log/access"),
            ("ErrorLog", "log/error"),
            ("PageLog", "log/page"),
        ];
        let files: Vec<String> =
            files.iter().map(|(what, name)| format!("{what} {}\n", place(name).display())).collect();
        let files = files.concat();
        fs::write(place("files.conf"), files).unwrap();
        let mut command = Command::new("cupsd");
        command.arg("-f").arg("-c").arg(place("cupsd.conf")).arg("-s").arg(place("files.conf"));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let daemon = command.spawn().expect("cupsd: install it with `make setup`");
        let spooler = Self { folder, daemon };
        spooler.until("cupsd answers", || {
            String::from_utf8_lossy(&spooler.ask("lpstat", &["-r"]).stdout).contains("is running")
        });
        spooler
    }

    /// Adds a printer that prints.
    pub fn printer(&self, name: &str) {
        self.run("lpadmin", &["-p", name, "-E", "-v", "folder:/out"]);
    }

    /// What tells a program where it is.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("cups.sock")
    }

    pub fn pid(&self) -> u32 {
        self.daemon.id()
    }

    /// A command of CUPS; whatever comes of it.
    pub fn ask(&self, program: &str, args: &[&str]) -> Output {
        let mut command = Command::new(program);
        self.known_to(command.args(args)).output().unwrap_or_else(|e| panic!("{program} ({e}): `make setup`"))
    }

    /// A command of CUPS that must succeed.
    pub fn run(&self, program: &str, args: &[&str]) {
        let mut command = Command::new(program);
        done(self.known_to(command.args(args)));
    }

    fn known_to<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command.env("CUPS_SERVER", self.socket()).env("HOME", self.folder.path()).env("LC_ALL", "C.UTF-8");
        command.stdin(Stdio::null())
    }

    /// Where its owner's own settings are, such as the number of copies.
    pub fn home(&self) -> &Path {
        self.folder.path()
    }

    /// What came out of the printer for this job, once CUPS says that it is done.
    #[track_caller]
    pub fn printed(&self, job: &str) -> PathBuf {
        let number = job.rsplit_once('-').unwrap().1;
        let done = |line: &str| line.split(' ').next().is_some_and(|id| id.ends_with(&format!("-{number}")));
        self.until("the job is done", || {
            // Names beyond ASCII are listed percent-encoded.
            let listed = self.ask("lpstat", &["-W", "completed", "-o"]);
            String::from_utf8_lossy(&listed.stdout).lines().any(done)
        });
        self.folder.path().join(format!("out/{number}.pdf"))
    }

    /// How the printers were called: the title of the job and the copies.
    pub fn calls(&self) -> String {
        fs::read_to_string(self.folder.path().join("out/calls")).unwrap_or_default()
    }

    /// The documents it keeps.
    pub fn kept(&self) -> Vec<PathBuf> {
        let spool = fs::read_dir(self.folder.path().join("spool")).unwrap().map(|entry| entry.unwrap().path());
        let mut kept: Vec<_> =
            spool.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with('d')).collect();
        kept.sort();
        kept
    }

    #[track_caller]
    fn until(&self, what: &str, holds: impl Fn() -> bool) {
        let begun = Instant::now();
        while !holds() {
            let log = || fs::read_to_string(self.folder.path().join("log/error")).unwrap_or_default();
            assert!(begun.elapsed() < PATIENCE, "never: {what}\n{}", log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Spooler {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}
