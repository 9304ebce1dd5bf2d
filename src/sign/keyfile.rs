//! Key files that a passphrase may lock.

use std::io::Write;
use std::path::{Path, PathBuf};

use ssh_key::private::KeypairData;
use ssh_key::{HashAlg, LineEnding, PrivateKey};

use super::{SignError, SigningKey, read_private};
use crate::erase::os;

/// A key file: ready to sign, or locked by a passphrase.
pub enum KeyFile {
    /// Ready.
    Open(SigningKey),
    /// Locked.
    Locked(LockedKey),
}

/// A private key that its passphrase opens.
pub struct LockedKey {
    path: PathBuf,
    key: PrivateKey,
}

impl KeyFile {
    /// Reads a key file; whether others may read it is told beside.
    ///
    /// # Errors
    /// The system's, or a file that is no such key.
    pub fn read(path: &Path) -> Result<(Self, bool), SignError> {
        let (text, readable_by_others) = read_private(path)?;
        let key = PrivateKey::from_openssh(&*text).map_err(|_| SignError::NotAKey(path.to_owned()))?;
        if !key.is_encrypted() {
            return SigningKey::parse(path, &text).map(|key| (Self::Open(key), readable_by_others));
        }
        if key.algorithm() == ssh_key::Algorithm::Ed25519 {
            Ok((Self::Locked(LockedKey { path: path.to_owned(), key }), readable_by_others))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locked_key_opens_with_its_passphrase_only() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        let key = SigningKey::generate().unwrap();
        key.save_new(&path, Some("はなまる-Hanamaru-7")).unwrap();
        assert!(key.save_new(&path, None).is_err(), "a key is never overwritten");
        let KeyFile::Locked(locked) = KeyFile::read(&path).unwrap().0 else { panic!("not locked") };
        assert!(matches!(locked.unlock("wrong"), Err(SignError::WrongPassphrase(_))));
        assert_eq!(locked.unlock("はなまる-Hanamaru-7").unwrap().fingerprint(), key.fingerprint());
        assert_eq!(KeyFile::read(&path).unwrap().0.fingerprint(), key.fingerprint());
    }
}
