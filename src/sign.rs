//! Signing keys and detached signatures in OpenSSH's format, so that stock `ssh-keygen -Y verify` checks them.
//!
//! A signature proves nothing without a trusted key: whoever replaces a file can sign it anew. The fingerprint on
//! paper is what ties a key to an office.

mod keyfile;
pub mod rotate;

use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use ssh_key::private::{Ed25519Keypair, KeypairData};
use ssh_key::{Algorithm, HashAlg, LineEnding, PrivateKey, PublicKey, SshSig};
use zeroize::Zeroizing;

use crate::erase::os::stamp::{Others, others_may};
use crate::erase::os::{self, LockedFile};

pub use keyfile::{KeyFile, LockedKey};

/// Namespace of signatures on `bundle.json`.
pub const BUNDLE: &str = "bundle@tewatashi";

/// How the name of a key ends while it is being made.
const DRAFT: &str = ".new";
/// No key file is larger.
const MOST_KEY: usize = 16 * 1024;

/// Why signing or checking failed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// The key file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The key file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is no usable Ed25519 key.
    #[error("{} is not an unencrypted Ed25519 key", .0.display())]
    NotAKey(PathBuf),
    /// The passphrase does not open the key.
    #[error("{}: wrong passphrase", .0.display())]
    WrongPassphrase(std::path::PathBuf),
    /// Other users may change the key file.
    #[error("{} can be changed by other users", .0.display())]
    Writable(PathBuf),
    /// The text is no public key.
    #[error("not a public key")]
    NotAPublicKey,
    /// The signature does not hold.
    #[error("the signature does not hold")]
    Bad,
    /// No random bytes, or the crate refused.
    #[error("signing failed")]
    Failed,
}

/// A private Ed25519 key. Its memory is wiped when dropped (by the crate).
pub struct SigningKey(PrivateKey);

/// A signing key out of its file.
pub struct Loaded {
    /// The key.
    pub key: SigningKey,
    /// It was made just now.
    pub new: bool,
    /// Other users may read the file, and sign in this desk's name.
    pub readable_by_others: bool,
}

impl SigningKey {
    /// Reads the key, or makes one (0600) where there is none.
    ///
    /// # Errors
    /// The system's, a file that is no such key, or one that other users may change.
    pub fn load_or_create(path: &Path) -> Result<Loaded, SignError> {
        let found = Self::load(path);
        let missing = matches!(&found, Err(SignError::Io { source, .. }) if source.kind() == ErrorKind::NotFound);
        if missing || !drafts(path).is_empty() {
            // Whoever makes a key holds this lock meanwhile, so a draft found under it is one of a run that was killed.
            let making = lock_folder(path);
            if making.is_some() {
                // It has signed nothing, and nobody knows it.
                for draft in drafts(path) {
                    let _ = fs::remove_file(draft);
                }
            }
            if missing {
                return Self::create(path);
            }
        }
        found
    }

    /// Reads the key and changes nothing.
    ///
    /// # Errors
    /// As for [`SigningKey::load_or_create`]; `NotFound` where there is none.
    pub fn load(path: &Path) -> Result<Loaded, SignError> {
        let (text, readable_by_others) = read_private(path)?;
        let key = Self::parse(path, &text)?;
        Ok(Loaded { key, new: false, readable_by_others })
    }

    fn parse(path: &Path, text: &str) -> Result<Self, SignError> {
        let key = PrivateKey::from_openssh(text).map_err(|_| SignError::NotAKey(path.to_owned()))?;
        let usable = !key.is_encrypted() && matches!(key.key_data(), KeypairData::Ed25519(_));
        if usable { Ok(Self(key)) } else { Err(SignError::NotAKey(path.to_owned())) }
    }

    fn create(path: &Path) -> Result<Loaded, SignError> {
        let key = Self::generate()?;
        let text = key.0.to_openssh(LineEnding::LF).map_err(|_| SignError::Failed)?;
        let io = |source| SignError::Io { path: path.to_owned(), source };
        // Beside its place first: two programs that start at once must agree on one key, and a crash leaves none.
        let draft = path.with_extension(format!("{}{DRAFT}", std::process::id()));
        let mut file = os::create_new_private(&draft, false).map_err(io)?;
        let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
        let placed = written.and_then(|()| os::rename_no_replace(&draft, path));
        if let Err(e) = placed {
            let _ = fs::remove_file(&draft);
            if e.kind() == ErrorKind::AlreadyExists {
                return Self::load(path);
            }
            return Err(io(e));
        }
        // A key that has signed must not be lost with the power.
        if let Some(parent) = path.parent() {
            os::sync_dir(parent).map_err(io)?;
        }
        Ok(Loaded { key, new: true, readable_by_others: false })
    }

    /// A fresh key in memory.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn generate() -> Result<Self, SignError> {
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *seed).map_err(|_| SignError::Failed)?;
        let pair = KeypairData::Ed25519(Ed25519Keypair::from_seed(&seed));
        PrivateKey::new(pair, "tewatashi").map(Self).map_err(|_| SignError::Failed)
    }

    /// `SHA256:…`, as `ssh-keygen -l` prints it.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.0.fingerprint(HashAlg::Sha256).to_string()
    }

    /// The public key as one line for `signer.pub`.
    #[must_use]
    pub fn public_line(&self) -> String {
        self.0.public_key().to_openssh().map(|line| line + "\n").unwrap_or_default()
    }

    /// A detached signature.
    ///
    /// # Errors
    /// None in practice; the crate's.
    pub fn sign(&self, namespace: &str, message: &[u8]) -> Result<String, SignError> {
        let signature = self.0.sign(namespace, HashAlg::Sha512, message).map_err(|_| SignError::Failed)?;
        signature.to_pem(LineEnding::LF).map_err(|_| SignError::Failed)
    }
}

/// The text of a key file, and whether others may read it.
fn read_private(path: &Path) -> Result<(Zeroizing<String>, bool), SignError> {
    let io = |source| SignError::Io { path: path.to_owned(), source };
    let file = File::open(path).map_err(io)?;
    let meta = file.metadata().map_err(io)?;
    let others = others_may(&meta);
    // Attack: another user puts a key of their own there, and bundles leave this desk under it.
    if others == Others::Write {
        return Err(SignError::Writable(path.to_owned()));
    }
    // Room for all of it: growing would leave a copy behind. An honest key takes half a kilobyte.
    let mut text = Zeroizing::new(String::with_capacity(MOST_KEY + 64));
    file.take(MOST_KEY as u64).read_to_string(&mut text).map_err(|e| match e.kind() {
        ErrorKind::InvalidData => SignError::NotAKey(path.to_owned()),
        _ => io(e),
    })?;
    Ok((text, others == Others::Read))
}

/// Unfinished keys beside a key's place.
fn drafts(path: &Path) -> Vec<PathBuf> {
    let Some(name) = path.file_name().and_then(|n| n.to_str()) else { return Vec::new() };
    let entries = path.parent().map(fs::read_dir).into_iter().flatten().flatten().flatten();
    let is_draft = |found: &str| {
        let number = found.strip_prefix(name).and_then(|rest| rest.strip_prefix('.')?.strip_suffix(DRAFT));
        number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    entries.map(|e| e.path()).filter(|p| p.file_name().and_then(|n| n.to_str()).is_some_and(is_draft)).collect()
}

/// Waits until nobody else makes a key in the same folder. None where folders cannot be locked.
fn lock_folder(path: &Path) -> Option<LockedFile> {
    os::hold_folder(path.parent()?).ok()
}

/// Checks a detached signature against a public key line; returns the key's fingerprint.
///
/// # Errors
/// When it does not hold for this key, namespace and message.
pub fn verify(public: &str, namespace: &str, message: &[u8], signature: &str) -> Result<String, SignError> {
    let key = PublicKey::from_openssh(public).map_err(|_| SignError::NotAPublicKey)?;
    let signature = SshSig::from_pem(signature).map_err(|_| SignError::Bad)?;
    // The format has one way to sign. Attack: a weaker one that a later version of the crate may come to accept.
    if key.algorithm() != Algorithm::Ed25519 || signature.hash_alg() != HashAlg::Sha512 {
        return Err(SignError::Bad);
    }
    key.verify(namespace, message, &signature).map_err(|_| SignError::Bad)?;
    Ok(key.fingerprint(HashAlg::Sha256).to_string())
}

/// Checks a detached signature by the key that it carries itself; returns that key's fingerprint. It shows that whoever has this
/// key signed, and nothing of who that is.
///
/// # Errors
/// When it does not hold for this namespace and message.
pub fn verify_by_its_own_key(namespace: &str, message: &[u8], signature: &str) -> Result<String, SignError> {
    let own = SshSig::from_pem(signature).map_err(|_| SignError::Bad)?;
    let key = PublicKey::from(own.public_key().clone()).to_openssh().map_err(|_| SignError::Bad)?;
    verify(&key, namespace, message, signature)
}

/// Whether a text is a SHA-256 fingerprint.
#[must_use]
pub fn is_fingerprint(text: &str) -> bool {
    text.parse::<ssh_key::Fingerprint>().is_ok_and(ssh_key::Fingerprint::is_sha256)
}

/// The fingerprint of a public key line.
///
/// # Errors
/// When it is none.
pub fn fingerprint_of(public: &str) -> Result<String, SignError> {
    let key = PublicKey::from_openssh(public).map_err(|_| SignError::NotAPublicKey)?;
    Ok(key.fingerprint(HashAlg::Sha256).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_its_key_namespace_and_message_only() {
        let key = SigningKey::generate().unwrap();
        let other = SigningKey::generate().unwrap();
        let signature = key.sign(BUNDLE, b"facts").unwrap();
        assert_eq!(verify(&key.public_line(), BUNDLE, b"facts", &signature).unwrap(), key.fingerprint());
        assert!(verify(&key.public_line(), BUNDLE, b"fact5", &signature).is_err());
        assert!(verify(&key.public_line(), "record@tewatashi", b"facts", &signature).is_err());
        assert!(verify(&other.public_line(), BUNDLE, b"facts", &signature).is_err());
        assert_eq!(verify_by_its_own_key(BUNDLE, b"facts", &signature).unwrap(), key.fingerprint());
        assert!(verify_by_its_own_key(BUNDLE, b"fact5", &signature).is_err());
        assert!(verify_by_its_own_key(BUNDLE, b"facts", "no signature").is_err());
    }

    #[test]
    fn only_ed25519_over_sha512_is_a_signature() {
        let key = SigningKey::generate().unwrap();
        let weaker = key.0.sign(BUNDLE, HashAlg::Sha256, b"facts").unwrap().to_pem(LineEnding::LF).unwrap();
        assert!(matches!(verify(&key.public_line(), BUNDLE, b"facts", &weaker), Err(SignError::Bad)));
    }

    #[test]
    fn the_key_is_made_once_and_read_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("signing_ed25519");
        let made = SigningKey::load_or_create(&path).unwrap();
        let read = SigningKey::load_or_create(&path).unwrap();
        assert!(made.new && !read.new && !made.readable_by_others && !read.readable_by_others);
        assert_eq!(made.key.fingerprint(), read.key.fingerprint());
        let mut names: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.retain(|name| name != ".lock");
        assert_eq!(names, ["signing_ed25519"]);
    }

    #[test]
    fn a_draft_that_a_crash_left_goes_and_one_that_is_being_made_stays() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("signing_ed25519");
        let draft = dir.path().join("signing_ed25519.4711.new");
        let other = dir.path().join("signing_ed25519.copy.new");
        for has_key in [false, true] {
            fs::write(&draft, "half a key").unwrap();
            fs::write(&other, "somebody's own").unwrap();
            assert_eq!(SigningKey::load_or_create(&path).unwrap().new, !has_key);
            assert!(!draft.exists() && other.exists(), "{has_key}");
        }
        // Checking a bundle changes nothing.
        fs::write(&draft, "half a key").unwrap();
        SigningKey::load(&path).unwrap();
        assert!(draft.exists());
        // Another run is making one: it is waited for.
        let making = lock_folder(&path).unwrap();
        let waiting = std::thread::spawn(move || SigningKey::load_or_create(&path).unwrap().new);
        std::thread::sleep(std::time::Duration::from_millis(50));
        assert!(draft.exists() && !waiting.is_finished());
        drop(making);
        assert!(!waiting.join().unwrap() && !draft.exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_key_that_others_may_read_is_told_and_one_they_may_change_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("signing_ed25519");
        SigningKey::load_or_create(&path).unwrap();
        for (mode, readable) in [(0o600, Some(false)), (0o400, Some(false)), (0o640, Some(true)), (0o604, Some(true))]
            .into_iter()
            .chain([(0o620, None), (0o666, None)])
        {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let loaded = SigningKey::load_or_create(&path);
            match readable {
                Some(readable) => assert_eq!(loaded.unwrap().readable_by_others, readable, "{mode:o}"),
                None => assert!(matches!(loaded, Err(SignError::Writable(_))), "{mode:o}"),
            }
        }
    }
}
