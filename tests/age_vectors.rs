//! The age format as its authors test it: every vector of the kit that comes with the published age crate.
//!
//! The kit of npm's `cctv-age` 0.2.0 is newer. Of its 20 further vectors 19 are about hybrid (post-quantum) recipients, for
//! which this program has no identities, and one (`armor_scrypt`) is a passphrase file in armor; `armor` is called
//! `armor_x25519` there. They are not vendored here.

#![cfg(unix)]

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};
use tewatashi::bundle::{BagInfo, Bundle, Damage, Error, Found, Receiver, Secret, inspect};
use tewatashi::passphrase::Passphrase;
use tewatashi::progress::Silent;

/// The vectors of the age crate 0.12.1.
const LEAST: usize = 123;

/// Where this program does otherwise than the kit expects, what it does, and why.
const DEVIATIONS: &[(&str, &str, &str)] = &[
    ("armor_garbage_leading", "header failure", "what does not begin with the mark of armor is taken for no age file"),
    ("armor_lowercase", "header failure", "the same"),
    ("armor_whitespace_begin", "header failure", "the same"),
    ("armor_wrong_type", "header failure", "the same"),
    ("scrypt_uppercase", "NeedsIdentity", "an unknown stanza is not a passphrase's, and that is said"),
    ("stanza_missing_body", "success", "the age crate still reads stanzas of its own first versions"),
    ("stanza_missing_final_line", "success", "the same"),
];

fn vectors() -> PathBuf {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // Only of this system: crates for others need not be here.
    let rustc = Command::new("rustc").arg("-vV").output().expect("rustc");
    let told = String::from_utf8_lossy(&rustc.stdout);
    let here = told.lines().find_map(|line| line.strip_prefix("host: ")).expect("the host of rustc");
    cargo.args(["metadata", "--format-version", "1", "--offline", "--locked", "--filter-platform", here]);
    cargo.arg("--manifest-path");
    let output = cargo.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).output().expect("cargo metadata");
    assert!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let facts: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON of cargo metadata");
    let age = facts["packages"].as_array().and_then(|all| all.iter().find(|p| p["name"] == "age")).expect("age");
    let manifest = Path::new(age["manifest_path"].as_str().expect("a path"));
    manifest.with_file_name("tests").join("testdata/testkit")
}

/// A vector: what is expected of it, and the age file.
struct Vector {
    name: String,
    expect: String,
    /// SHA-256 of the plaintext, or of what may be handed over before a payload fails.
    payload: Option<String>,
    identities: Vec<String>,
    passphrases: Vec<String>,
    sealed: Vec<u8>,
}

impl Vector {
    fn read(path: &Path) -> Self {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let bytes = fs::read(path).expect("a vector");
        let end = bytes.windows(2).position(|w| w == b"\n\n").unwrap_or_else(|| panic!("{name}: no empty line"));
        let head = std::str::from_utf8(&bytes[..end]).expect("text");
        let all = |key: &str| -> Vec<String> {
            let lines = head.lines().filter_map(|line| line.split_once(": "));
            lines.filter(|(k, _)| *k == key).map(|(_, value)| value.to_owned()).collect()
        };
        let one = |key: &str| all(key).pop();
        let sealed = match one("compressed").as_deref() {
            None => bytes[end + 2..].to_vec(),
            Some("zlib") => miniz_oxide::inflate::decompress_to_vec_zlib(&bytes[end + 2..]).expect("zlib"),
            Some(other) => panic!("{name}: compressed by {other}"),
        };
        let expect = one("expect").unwrap_or_else(|| panic!("{name}: nothing expected"));
        let (payload, identities, passphrases) = (one("payload"), all("identity"), all("passphrase"));
        Self { name, expect, payload, identities, passphrases, sealed }
    }

    fn secret(&self) -> Secret {
        if self.identities.is_empty() {
            let text = self.passphrases.first().unwrap_or_else(|| panic!("{}: no secret", self.name));
            return Secret::Passphrase(Passphrase::foreign(text).expect("a passphrase"));
        }
        let file = age::IdentityFile::from_buffer(self.identities.join("\n").as_bytes()).expect("identities");
        Secret::Identities(file.into_identities().expect("identities"))
    }

    /// Opens it the way a foreign age file is opened; returns what was handed over, and how it ended.
    fn open(&self) -> (Vec<u8>, Result<(), Error>) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("vector.age");
        fs::write(&path, &self.sealed).expect("a file");
        let mut taken = Taken::default();
        let outcome = Bundle::locate(&path).and_then(|bundle| {
            let opening = bundle.begin()?;
            let key = opening.unlock(&self.secret())?;
            inspect(opening, &key, &mut taken, &Silent).map(drop)
        });
        assert_eq!(taken.closed, outcome.is_ok(), "{}: closed only when all is proved", self.name);
        (taken.bytes, outcome)
    }

    /// The longest beginning that is authentic, by the age crate's own stream.
    fn authentic(&self) -> Vec<u8> {
        let file = age::IdentityFile::from_buffer(self.identities.join("\n").as_bytes()).expect("identities");
        let identities = file.into_identities().expect("identities");
        let sealed = age::armor::ArmoredReader::new(&self.sealed[..]);
        let opened = age::Decryptor::new(sealed).and_then(|d| d.decrypt(identities.iter().map(|i| i.as_ref() as _)));
        let mut bytes = Vec::new();
        let outcome = opened.unwrap_or_else(|e| panic!("{}: {e}", self.name)).read_to_end(&mut bytes);
        assert!(outcome.is_err(), "{}: the age crate opens it", self.name);
        bytes
    }
}

#[derive(Default)]
struct Taken {
    bytes: Vec<u8>,
    closed: bool,
}

impl Receiver for Taken {
    fn bag(&mut self, _: &BagInfo) -> Result<(), Error> {
        panic!("no vector is a bag")
    }

    fn entry(&mut self, _: &Found) -> Result<(), Error> {
        panic!("no vector is a bag")
    }

    fn data(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn close(&mut self) -> Result<(), Error> {
        self.closed = true;
        Ok(())
    }

    fn foreign(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

/// The kit's word for how opening ended, or our own where the kit has none.
fn class(outcome: &Result<(), Error>) -> String {
    let class = match outcome {
        Ok(()) => "success",
        Err(Error::WrongPassphrase | Error::WrongIdentity) => "no match",
        Err(Error::Damaged(damage)) => match damage {
            Damage::HeaderMac => "HMAC failure",
            Damage::NotAge
            | Damage::LineEnds
            | Damage::UnknownAgeVersion
            | Damage::HeaderCut
            | Damage::HeaderInvalid
            | Damage::ExcessiveWork { .. } => "header failure",
            Damage::Chunk { .. } | Damage::PayloadCut { .. } => "payload failure",
            Damage::Armor => "armor failure",
            other => return format!("{other:?}"),
        },
        Err(Error::NeedsIdentity) => "NeedsIdentity",
        Err(other) => return format!("{other:?}"),
    };
    class.to_owned()
}

fn sha256(bytes: &[u8]) -> String {
    tewatashi::digest::hex(&Sha256::digest(bytes).into())
}

fn all() -> Vec<Vector> {
    let folder = vectors();
    let entries = fs::read_dir(&folder).unwrap_or_else(|e| panic!("no vectors in {}: {e}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|e| e.expect("an entry").path()).collect();
    paths.sort();
    assert!(paths.len() >= LEAST, "{} vectors in {}, there were {LEAST}", paths.len(), folder.display());
    paths.iter().map(|path| Vector::read(path)).collect()
}

#[test]
fn every_vector_ends_as_the_kit_expects() {
    let mut wrong = Vec::new();
    let vectors = all();
    for vector in &vectors {
        let (bytes, outcome) = vector.open();
        let found = class(&outcome);
        let deviation = DEVIATIONS.iter().find(|(name, ..)| *name == vector.name);
        let expected = deviation.map_or(vector.expect.as_str(), |(_, class, _)| *class);
        if found != expected {
            wrong.push(format!("{}: {found} ({outcome:?}), expected {expected}", vector.name));
        } else if deviation.is_some() && expected == vector.expect {
            wrong.push(format!("{}: listed as a deviation, and deviates no more", vector.name));
        }
        if outcome.is_ok() && vector.expect == "success" && Some(sha256(&bytes)) != vector.payload {
            wrong.push(format!("{}: another plaintext", vector.name));
        }
    }
    let named = |name: &str| vectors.iter().any(|v| v.name == name);
    wrong.extend(DEVIATIONS.iter().filter(|d| !named(d.0)).map(|d| format!("{}: no such vector", d.0)));
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), vectors.len(), wrong.join("\n"));
}

#[test]
fn before_a_payload_fails_nothing_unauthenticated_is_handed_over() {
    let failing: Vec<_> = all().into_iter().filter(|v| v.expect == "payload failure").collect();
    assert!(failing.len() >= 19, "{} payload failures", failing.len());
    for vector in failing {
        let (bytes, _) = vector.open();
        let authentic = vector.authentic();
        assert_eq!(Some(sha256(&authentic)), vector.payload, "{}: what is authentic", vector.name);
        assert!(authentic.starts_with(&bytes), "{}: {} bytes handed over", vector.name, bytes.len());
    }
}
