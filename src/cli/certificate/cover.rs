//! Which files of a bundle, or of a manifest, are among the erased ones.

use std::collections::HashMap;
use std::path::Path;

use serde::Serialize;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::books::Place;
use super::given::read;
use super::list::{Listing, Of};
use crate::bundle::{self, Bundle, Error, Found, Inside, Receiver};
use crate::cli::args::CertificateVerifyArgs;
use crate::cli::context::Context;
use crate::cli::desk::Trace;
use crate::cli::failure::Failure;
use crate::cli::{kept, secret, words};
use crate::digest;

/// The key that fingerprints are made with.
type Key = Zeroizing<[u8; 32]>;
type Sha = [u8; 32];

/// A manifest of as many files as a bundle may hold.
const MOST_MANIFEST: u64 = 1 << 30;
/// A small text file.
const MOST_INFO: u64 = 64 * 1024;
/// The line of `bag-info.txt` that has the key.
const LABEL: &str = "Fingerprint-Key: ";

/// What was asked about.
pub struct Asked {
    /// The bundle's, and the one of the case: what was opened and lies outside of any bag is told by the latter.
    keys: Vec<Key>,
    files: Vec<(String, Sha)>,
}

/// Which of its files are covered.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// How many files were asked about.
    pub files: u64,
    /// How many of them an erased item stands for.
    pub covered: u64,
    /// Files that are listed, and not as erased.
    pub not_erased: Vec<String>,
    /// Files that are not listed.
    pub not_listed: Vec<String>,
    /// Files whose content is there several times, and was not erased as often.
    pub too_few: Vec<String>,
}

impl Coverage {
    /// How many files are not covered.
    pub fn missing(&self) -> u64 {
        self.files - self.covered
    }

    /// Looks every file up.
    ///
    /// Attack, or an oversight: the same list was packed twice, under two names, and one of the two is still there. One erased
    /// item stands for one file.
    pub fn of(asked: &Asked, listing: &Listing) -> Self {
        let mut left: HashMap<String, Of> = HashMap::new();
        let mut coverage = Self { files: asked.files.len() as u64, ..Self::default() };
        for (name, sha256) in &asked.files {
            let fingerprints: Vec<String> =
                asked.keys.iter().map(|key| digest::hex(&digest::keyed(&key[..], sha256))).collect();
            let known = |fingerprint: &String| listing.contents.get(fingerprint).copied().unwrap_or_default();
            for fingerprint in &fingerprints {
                left.entry(fingerprint.clone()).or_insert(known(fingerprint));
            }
            let mut take = |count: fn(&mut Of) -> &mut u64| {
                let found = fingerprints.iter().find(|one| left.get_mut(*one).is_some_and(|of| *count(of) > 0));
                found.and_then(|one| left.get_mut(one)).map(|of| *count(of) -= 1).is_some()
            };
            if take(|of| &mut of.erased) {
                coverage.covered += 1;
            } else if take(|of| &mut of.other) {
                coverage.not_erased.push(name.clone());
            } else if fingerprints.iter().any(|one| known(one).erased > 0) {
                coverage.too_few.push(name.clone());
            } else {
                coverage.not_listed.push(name.clone());
            }
        }
        coverage
    }
}

/// Reads what was asked about; none where nothing was.
pub fn asked(
    context: &Context,
    args: &CertificateVerifyArgs,
    place: &Place,
    trace: Option<&Trace>,
) -> Result<Option<Asked>, Failure> {
    match (&args.bundle, &args.manifest) {
        (Some(path), _) => in_bundle(context, args, path, place, trace).map(Some),
        (None, Some(path)) => in_manifest(path, place).map(Some),
        (None, None) => Ok(None),
    }
}

/// Opens the bundle and writes nothing.
fn in_bundle(
    context: &Context,
    args: &CertificateVerifyArgs,
    path: &Path,
    place: &Place,
    trace: Option<&Trace>,
) -> Result<Asked, Failure> {
    let bundle = Bundle::locate(path).map_err(|e| words::bundle(&e))?;
    let opening = bundle.begin().map_err(|e| words::bundle(&e))?;
    if let Some(trace) = trace {
        kept::bundle(trace, &bundle);
        trace.begin()?;
    }
    let key = secret::unlock(context, &opening, &args.secret)?;
    let mut digests = Digests::default();
    let inside = bundle::inspect(opening, &key, &mut digests, &context.screen)
        .map_err(|e| words::bundle(&bundle::explain(&bundle, e, &context.screen)))?;
    context.screen.clear();
    if let Some(trace) = trace {
        trace.facts(kept::inside(&inside));
    }
    let Inside::Bag(contents) = inside else { return Err(words::no_fingerprint_key(path)) };
    let key = key_of(contents.info.fingerprint_key.as_bytes()).ok_or_else(|| words::no_fingerprint_key(path))?;
    Ok(Asked { keys: [key].into_iter().chain(own_key(place)?).collect(), files: digests.files })
}

fn in_manifest(path: &Path, place: &Place) -> Result<Asked, Failure> {
    let real = path.canonicalize().map_err(|e| words::io(path, &e))?;
    let text = read(&real, MOST_MANIFEST).map_err(|e| words::io(path, &e))?;
    let files = text
        .as_deref()
        .and_then(manifest)
        .filter(|files| !files.is_empty())
        .ok_or_else(|| words::not_a_manifest(path))?;
    let in_bag = secret_of(&real.with_file_name("bag-info.txt"))?.and_then(|text| key_in_info(&text));
    let keys: Vec<Key> = in_bag.into_iter().chain(own_key(place)?).collect();
    if keys.is_empty() { Err(words::no_fingerprint_key(path)) } else { Ok(Asked { keys, files }) }
}

/// The key of the case at hand.
fn own_key(place: &Place) -> Result<Option<Key>, Failure> {
    let path = place.folder().map(|folder| folder.path.join("keys").join("fingerprint"));
    Ok(path.map(|path| secret_of(&path)).transpose()?.flatten().and_then(|bytes| key_of(&bytes)))
}

/// A small file that holds a key, where there is one.
fn secret_of(path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, Failure> {
    match read(path, MOST_INFO) {
        Ok(bytes) => Ok(bytes.map(Zeroizing::new)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(words::io(path, &e)),
    }
}

fn key_in_info(text: &[u8]) -> Option<Key> {
    let text = std::str::from_utf8(text).ok()?;
    let mut lines = text.lines().filter_map(|line| line.strip_prefix(LABEL));
    let line = lines.next()?;
    lines.next().is_none().then(|| key_of(line.as_bytes())).flatten()
}

/// A key: 32 bytes, or their 64 hexadecimal digits.
fn key_of(bytes: &[u8]) -> Option<Key> {
    if let Ok(bytes) = <[u8; 32]>::try_from(bytes) {
        return Some(Zeroizing::new(bytes));
    }
    sha_of(bytes.trim_ascii()).map(Zeroizing::new)
}

fn sha_of(digits: &[u8]) -> Option<Sha> {
    let mut sha = [0; 32];
    if digits.len() != 64 {
        return None;
    }
    for (byte, pair) in sha.iter_mut().zip(digits.chunks(2)) {
        let (high, low) = (char::from(pair[0]).to_digit(16)?, char::from(pair[1]).to_digit(16)?);
        *byte = u8::try_from(high << 4 | low).ok()?;
    }
    Some(sha)
}

/// The lines of a manifest as `sha256sum` writes them, the sign for binary files included. None where a line is none.
fn manifest(text: &[u8]) -> Option<Vec<(String, Sha)>> {
    let text = std::str::from_utf8(text).ok()?;
    let lines = text.lines().filter(|line| !line.is_empty());
    let line = |line: &str| {
        let (digits, rest) = line.split_at_checked(64)?;
        let name = rest.strip_prefix("  ").or_else(|| rest.strip_prefix(" *"))?;
        Some((name.to_owned(), sha_of(digits.as_bytes()).filter(|_| !name.is_empty())?))
    };
    lines.map(line).collect()
}

/// Takes the SHA-256 of every file, and keeps nothing of what is in it.
#[derive(Default)]
struct Digests {
    files: Vec<(String, Sha)>,
    open: Option<(String, Sha256)>,
}

impl Receiver for Digests {
    fn entry(&mut self, found: &Found) -> Result<(), Error> {
        if !found.folder {
            self.open = Some((found.path.to_owned(), Sha256::new()));
        }
        Ok(())
    }

    fn data(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if let Some((_, hasher)) = &mut self.open {
            hasher.update(bytes);
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), Error> {
        if let Some((name, hasher)) = self.open.take() {
            self.files.push((name, hasher.finalize().into()));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_is_read_as_sha256sum_writes_it_or_not_at_all() {
        let sha = "0f".repeat(32);
        let files = manifest(format!("{sha}  data/名簿 1.csv\n{sha} *data/b\n").as_bytes()).unwrap();
        assert_eq!(files, [("data/名簿 1.csv".to_owned(), [15; 32]), ("data/b".to_owned(), [15; 32])]);
        for bad in [format!("{sha} data/a\n"), format!("{}  a\n", &sha[1..]), format!("{sha}  \n"), "x".repeat(66)] {
            assert_eq!(manifest(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn a_key_is_32_bytes_or_their_digits() {
        let digits = "0f".repeat(32);
        let key = |bytes: &[u8]| key_of(bytes).map(|key| *key);
        assert_eq!((key(&[15; 32]), key(format!("{digits}\n").as_bytes())), (Some([15; 32]), Some([15; 32])));
        assert_eq!((key(b""), key(&digits.as_bytes()[1..])), (None, None));
        let info = |text: String| key_in_info(text.as_bytes()).map(|key| *key);
        assert_eq!(info(format!("A: b\nFingerprint-Key: {digits}\n")), Some([15; 32]));
        assert_eq!(info(format!("Fingerprint-Key: {digits}\nFingerprint-Key: {digits}\n")), None, "which?");
    }
}
