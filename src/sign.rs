//! Signing keys and detached signatures in OpenSSH's format, so that stock `ssh-keygen -Y verify` checks them.
//!
//! A signature proves nothing without a trusted key: whoever replaces a file can sign it anew. The fingerprint on
//! paper is what ties a key to an office.

use std::fs;
use std::io::Write;
use std::path::Path;

use ssh_key::private::{Ed25519Keypair, KeypairData};
use ssh_key::{Algorithm, HashAlg, LineEnding, PrivateKey, PublicKey, SshSig};
use zeroize::Zeroizing;

use crate::erase::os;

/// Namespace of signatures on `bundle.json`.
pub const BUNDLE: &str = "bundle@tewatashi";

/// Why signing or checking failed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// The key file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The key file.
        path: std::path::PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is no usable Ed25519 key.
    #[error("{} is not an unencrypted Ed25519 key", .0.display())]
    NotAKey(std::path::PathBuf),
    /// The passphrase does not open the key.
    #[error("{}: wrong passphrase", .0.display())]
    WrongPassphrase(std::path::PathBuf),
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

impl SigningKey {
    /// Reads the key, or makes one (0600) where there is none. Says whether it is new.
    ///
    /// # Errors
    /// The system's, or a file that is no such key.
    pub fn load_or_create(path: &Path) -> Result<(Self, bool), SignError> {
        match fs::read_to_string(path) {
            Ok(text) => Self::parse(path, &Zeroizing::new(text)).map(|key| (key, false)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Self::create(path).map(|key| (key, true)),
            Err(source) => Err(SignError::Io { path: path.to_owned(), source }),
        }
    }

    fn parse(path: &Path, text: &str) -> Result<Self, SignError> {
        let key = PrivateKey::from_openssh(text).map_err(|_| SignError::NotAKey(path.to_owned()))?;
        let usable = !key.is_encrypted() && matches!(key.key_data(), KeypairData::Ed25519(_));
        if usable { Ok(Self(key)) } else { Err(SignError::NotAKey(path.to_owned())) }
    }

    fn create(path: &Path) -> Result<Self, SignError> {
        let key = Self::generate()?;
        let text = key.0.to_openssh(LineEnding::LF).map_err(|_| SignError::Failed)?;
        let io = |source| SignError::Io { path: path.to_owned(), source };
        // Beside its place first: two programs that start at once must agree on one key, and a crash leaves none.
        let draft = path.with_extension(format!("{}.new", std::process::id()));
        let mut file = os::create_new_private(&draft, false).map_err(io)?;
        let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
        let placed = written.and_then(|()| os::rename_no_replace(&draft, path));
        if let Err(e) = placed {
            let _ = fs::remove_file(&draft);
            if e.kind() == std::io::ErrorKind::AlreadyExists {
                let text = Zeroizing::new(fs::read_to_string(path).map_err(io)?);
                return Self::parse(path, &text);
            }
            return Err(io(e));
        }
        // A key that has signed must not be lost with the power.
        if let Some(parent) = path.parent() {
            os::sync_dir(parent).map_err(io)?;
        }
        Ok(key)
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

/// A key file: ready to sign, or locked by a passphrase.
pub enum KeyFile {
    /// Ready.
    Open(SigningKey),
    /// Locked.
    Locked(LockedKey),
}

/// A private key that its passphrase opens.
pub struct LockedKey {
    path: std::path::PathBuf,
    key: PrivateKey,
}

impl KeyFile {
    /// Reads a key file.
    ///
    /// # Errors
    /// The system's, or a file that is no such key.
    pub fn read(path: &Path) -> Result<Self, SignError> {
        let io = |source| SignError::Io { path: path.to_owned(), source };
        let text = Zeroizing::new(fs::read_to_string(path).map_err(io)?);
        let key = PrivateKey::from_openssh(&*text).map_err(|_| SignError::NotAKey(path.to_owned()))?;
        if !key.is_encrypted() {
            return SigningKey::parse(path, &text).map(Self::Open);
        }
        if key.algorithm() == ssh_key::Algorithm::Ed25519 {
            Ok(Self::Locked(LockedKey { path: path.to_owned(), key }))
        } else {
            Err(SignError::NotAKey(path.to_owned()))
        }
    }

    /// The fingerprint; known without the passphrase.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        match self {
            Self::Open(key) => key.fingerprint(),
            Self::Locked(locked) => locked.key.fingerprint(HashAlg::Sha256).to_string(),
        }
    }
}

impl LockedKey {
    /// Opens it.
    ///
    /// # Errors
    /// A wrong passphrase.
    pub fn unlock(&self, passphrase: &str) -> Result<SigningKey, SignError> {
        let key = self.key.decrypt(passphrase).map_err(|_| SignError::WrongPassphrase(self.path.clone()))?;
        if matches!(key.key_data(), KeypairData::Ed25519(_)) {
            Ok(SigningKey(key))
        } else {
            Err(SignError::NotAKey(self.path.clone()))
        }
    }
}

impl SigningKey {
    /// Writes it to a new file (0600), locked when there is a passphrase.
    ///
    /// # Errors
    /// The system's; a file that is there stays as it is.
    pub fn save_new(&self, path: &Path, passphrase: Option<&str>) -> Result<(), SignError> {
        let text = match passphrase {
            Some(passphrase) => self.locked(passphrase)?.to_openssh(LineEnding::LF),
            None => self.0.to_openssh(LineEnding::LF),
        };
        let text = text.map_err(|_| SignError::Failed)?;
        let io = |source| SignError::Io { path: path.to_owned(), source };
        let mut file = os::create_new_private(path, false).map_err(io)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(io)?;
        os::sync_dir(path.parent().unwrap_or(path)).map_err(io)
    }

    /// The way `ssh-keygen` locks a key: bcrypt with 24 rounds, AES-256 in counter mode.
    fn locked(&self, passphrase: &str) -> Result<PrivateKey, SignError> {
        let mut salt = vec![0; 16];
        getrandom::fill(&mut salt).map_err(|_| SignError::Failed)?;
        let check = getrandom::u32().map_err(|_| SignError::Failed)?;
        let kdf = ssh_key::Kdf::Bcrypt { salt, rounds: 24 };
        self.0.encrypt_with(ssh_key::Cipher::Aes256Ctr, kdf, check, passphrase).map_err(|_| SignError::Failed)
    }
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
    }

    #[test]
    fn a_locked_key_opens_with_its_passphrase_only() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        let key = SigningKey::generate().unwrap();
        key.save_new(&path, Some("はなまる-Hanamaru-7")).unwrap();
        assert!(key.save_new(&path, None).is_err(), "a key is never overwritten");
        let KeyFile::Locked(locked) = KeyFile::read(&path).unwrap() else { panic!("not locked") };
        assert!(matches!(locked.unlock("wrong"), Err(SignError::WrongPassphrase(_))));
        assert_eq!(locked.unlock("はなまる-Hanamaru-7").unwrap().fingerprint(), key.fingerprint());
        assert_eq!(KeyFile::read(&path).unwrap().fingerprint(), key.fingerprint());
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
        let (made, new) = SigningKey::load_or_create(&path).unwrap();
        let (read, again) = SigningKey::load_or_create(&path).unwrap();
        assert!(new && !again);
        assert_eq!(made.fingerprint(), read.fingerprint());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
