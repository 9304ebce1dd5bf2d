//! Good bundles made by the program, and copies of them as they arrive somewhere else.

#![allow(dead_code, reason = "each test file uses a part")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::Value;

use crate::forge::{Desk, Lang, Ran, copy, files_below, fixture, recompute_checksums, sign_anew, test_recipient};

/// Stands in every line of the plaintext.
pub const MARKER: &str = "見本花子-000-0000-0000";
const PASSPHRASE: &str = "Mihon-dake-no-kotoba-2026";
/// A chunk of an age payload with its tag.
pub const SEALED: usize = 65_552;

/// Lines that make several chunks.
const FEW: u32 = 7_000;

/// A good bundle, and what went into it.
pub struct Made {
    pub desk: Desk,
    pub bundle: PathBuf,
    pub signer: String,
}

fn pack(lines: u32, lock: &[&str]) -> Made {
    let desk = Desk::new();
    let source = desk.path("work/名簿");
    fs::create_dir_all(source.join("控え")).expect("a folder");
    let lines = (0..lines).map(|n| format!("{n:05},{MARKER},見本市\r\n"));
    fs::write(source.join("名簿.csv"), lines.collect::<String>()).expect("a file");
    fs::write(source.join("控え/空.dat"), "").expect("a file");
    fs::write(source.join("控え/注意.txt"), MARKER).expect("a file");
    fs::write(desk.path("work/passphrase"), PASSPHRASE).expect("a passphrase");
    let ran = desk.run(Lang::En, ["pack", "名簿", "--to", "../to", "--no-read-back"].iter().chain(lock));
    assert_eq!(ran.code, 0, "{ran:?}");
    let bundle = desk.to().join(ran.json["id"].as_str().expect("an id"));
    Made { bundle, signer: ran.json["signer"].as_str().expect("a fingerprint").to_owned(), desk }
}

/// Sealed to the test key: some 300 KB, several chunks.
pub fn whole() -> &'static Made {
    static MADE: OnceLock<Made> = OnceLock::new();
    MADE.get_or_init(|| pack(FEW, &["--recipient", &test_recipient()]))
}

/// As [`whole`], but so large that much is written before the last of it is authenticated.
pub fn large() -> &'static Made {
    static MADE: OnceLock<Made> = OnceLock::new();
    MADE.get_or_init(|| pack(70_000, &["--recipient", &test_recipient()]))
}

/// The same in volumes of one chunk's size.
pub fn split() -> &'static Made {
    static MADE: OnceLock<Made> = OnceLock::new();
    MADE.get_or_init(|| pack(FEW, &["--recipient", &test_recipient(), "--split", "65536"]))
}

/// Sealed with a passphrase.
pub fn locked() -> &'static Made {
    static MADE: OnceLock<Made> = OnceLock::new();
    MADE.get_or_init(|| pack(FEW, &["--own-passphrase", "--passphrase-file", "passphrase"]))
}

impl Made {
    /// A copy at a desk of its own, which knows nothing of the sender.
    pub fn sent(&self) -> Sent {
        let desk = Desk::new();
        let bundle = desk.path("home/medium").join(self.bundle.file_name().expect("a name"));
        copy(&self.bundle, &bundle);
        let identity = (self.bundle != locked().bundle).then(|| fixture("keys/opener.txt"));
        let passphrase = self.desk.path("work/passphrase");
        let secret = identity.map_or(["--passphrase-file".into(), passphrase], |key| ["--identity".into(), key]);
        Sent { desk, bundle, secret: secret.map(|part| part.to_string_lossy().into_owned()) }
    }

    pub fn content(&self) -> Vec<(PathBuf, Vec<u8>)> {
        files_below(&self.desk.path("work")).into_iter().filter(|(path, _)| path.starts_with("名簿")).collect()
    }

    pub fn sealed(&self) -> Vec<u8> {
        fs::read(self.bundle.join("bundle.age")).expect("the sealed file")
    }
}

/// A bundle as it arrives.
pub struct Sent {
    pub desk: Desk,
    pub bundle: PathBuf,
    pub secret: [String; 2],
}

impl Sent {
    pub fn file(&self, name: &str) -> PathBuf {
        self.bundle.join(name)
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.file(name)).expect("a file of the bundle")
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.file(name), bytes).expect("a file of the bundle");
    }

    pub fn facts(&self) -> Value {
        serde_json::from_slice(&self.read("bundle.json")).expect("the facts")
    }

    /// Changes the facts and signs them with another key, as an enemy would who wants them believed.
    pub fn forge_facts(&self, change: impl FnOnce(&mut Value)) -> String {
        let mut facts = self.facts();
        change(&mut facts);
        self.write("bundle.json", serde_json::to_vec_pretty(&facts).expect("JSON"));
        let enemy = sign_anew(&self.bundle, &self.desk);
        recompute_checksums(&self.bundle);
        enemy
    }

    pub fn run(&self, command: &str, path: &Path, more: &[&str]) -> Ran {
        let mut args = vec![command.to_owned(), path.to_string_lossy().into_owned()];
        if command == "open" {
            // The paper that goes with it has tests of its own.
            let to = self.desk.to().to_string_lossy().into_owned();
            args.extend(["--no-documents".to_owned(), "--to".to_owned(), to]);
        }
        args.extend(more.iter().map(ToString::to_string));
        self.desk.run(Lang::En, args)
    }

    pub fn verify(&self, more: &[&str]) -> Ran {
        self.run("verify", &self.bundle, more)
    }

    pub fn secret(&self) -> [&str; 2] {
        self.secret.each_ref().map(String::as_str)
    }

    /// `open` refuses it with these words and leaves nothing.
    pub fn opens_not(&self, needle: &str, what: &str) {
        self.run("open", &self.bundle, &self.secret()).assert_refused(11, needle, &format!("open {what}"));
        self.desk.assert_bare(what);
    }

    pub fn refused_by_both(&self, needle: &str, what: &str) {
        self.verify(&[]).assert_refused(11, needle, &format!("verify {what}"));
        self.opens_not(needle, what);
    }
}
