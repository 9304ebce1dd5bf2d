//! `bundle.json`: what may be known of a bundle without its secret, and nothing else.
//!
//! Title, items, counts, names, contract and plaintext sizes never stand here: whoever finds the medium reads this
//! file. Sizes and digests are of ciphertext.

use serde::{Deserialize, Serialize};

use super::error::{Error, PublicFault};
use super::opener::{self, OpenerFact};
use super::volumes::{VolumeFact, volume_name};

/// The file's name.
pub const FACTS_NAME: &str = "bundle.json";
/// The format this program writes and reads.
pub const FORMAT: &str = "tewatashi-bundle/1";
/// What seals the payload.
pub const AGE: &str = "age v1";
/// Its cipher.
pub const CIPHER: &str = "ChaCha20-Poly1305";
/// No honest `bundle.json` is larger: 999 volumes take about 130 KiB.
pub(super) const MOST_FACTS: u64 = 1024 * 1024;

/// Whose passphrase locks the bundle.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum PassphraseKind {
    /// Made by this program: its pattern catches typing mistakes.
    Generated,
    /// The sender's own text.
    Own,
}

/// How the sealed file is locked.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub struct Encryption {
    /// `age v1`.
    pub format: String,
    /// `ChaCha20-Poly1305`.
    pub cipher: String,
    /// `scrypt` or `x25519`.
    pub key: String,
    /// log2 of the scrypt cost.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub work_factor: Option<u8>,
    /// Whose passphrase it is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub passphrase: Option<PassphraseKind>,
    /// SHA-256 of age header ‖ nonce.
    pub header_sha256: String,
}

/// The public facts, signed.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub struct Facts {
    /// The format and its version.
    pub format: String,
    /// The bundle's name.
    pub id: String,
    /// When it was made, RFC 3339 with offset.
    pub created: String,
    /// The program that made it.
    pub tool: String,
    /// How it is locked.
    pub encryption: Encryption,
    /// The volumes, in order.
    pub volumes: Vec<VolumeFact>,
    /// The short code of the sender's ledger, once there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ledger_code: Option<String>,
    /// The programs beside it, where the sender put them there.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub openers: Vec<OpenerFact>,
}

impl Facts {
    /// The file's bytes.
    ///
    /// # Errors
    /// None in practice; serialisation's.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let mut bytes = serde_json::to_vec_pretty(self).map_err(|_| Error::Sealing)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Reads and checks the file's bytes.
    ///
    /// # Errors
    /// A malformed file, or a format from another version. Attack: volume names that point outside the folder; only
    /// the names the format gives are accepted.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let malformed = || Error::from(PublicFault::Malformed(FACTS_NAME.into()));
        let value: serde_json::Value = serde_json::from_slice(bytes).map_err(|_| malformed())?;
        let format = value.get("format").and_then(|f| f.as_str()).ok_or_else(malformed)?;
        if format != FORMAT {
            return Err(PublicFault::UnknownFormat(format.to_owned()).into());
        }
        let facts: Self = serde_json::from_value(value).map_err(|_| malformed())?;
        let of = facts.volumes.len();
        let named = facts.volumes.iter().enumerate().all(|(i, v)| v.name == volume_name(i + 1, of));
        let sized = facts.volumes.iter().try_fold(0u64, |sum, v| sum.checked_add(v.size)).is_some();
        let hashed = facts.volumes.iter().all(|v| is_sha256(&v.sha256));
        let opened = opener::well_named(&facts.openers) && facts.openers.iter().all(|o| is_sha256(&o.sha256));
        let well = (1..=999).contains(&of)
            && named
            && sized
            && hashed
            && opened
            && facts.encryption.is_ours()
            && super::id::BundleId::parse(&facts.id).is_some();
        if well { Ok(facts) } else { Err(malformed()) }
    }
}

impl Encryption {
    /// Whether it is a way of locking that the format has. Attack: facts that speak of a passphrase where recipients
    /// lock, so that one is asked for.
    fn is_ours(&self) -> bool {
        let consistent = match self.key.as_str() {
            "scrypt" => true,
            "x25519" => self.work_factor.is_none() && self.passphrase.is_none(),
            _ => false,
        };
        consistent && self.format == AGE && self.cipher == CIPHER && is_sha256(&self.header_sha256)
    }
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> serde_json::Value {
        let sha = "0f".repeat(32);
        serde_json::json!({
            "format": FORMAT, "id": "TW-20261121-7K3M", "created": "2026-11-21T16:30:08+09:00", "tool": "tewatashi 0.1.0",
            "encryption": { "format": AGE, "cipher": CIPHER, "key": "x25519", "header_sha256": sha },
            "volumes": [{ "name": "bundle.age", "size": 1, "sha256": sha }],
        })
    }

    fn with(changes: &[(&str, serde_json::Value)]) -> Result<Facts, Error> {
        let mut facts = facts();
        for (pointer, value) in changes {
            let (parent, key) = pointer.rsplit_once('/').unwrap();
            facts.pointer_mut(parent).unwrap()[key] = value.clone();
        }
        Facts::parse(facts.to_string().as_bytes())
    }

    #[test]
    fn only_what_the_format_has_is_taken() {
        let (key, work, whose) = ("/encryption/key", "/encryption/work_factor", "/encryption/passphrase");
        assert!(with(&[]).is_ok());
        assert!(with(&[(key, "scrypt".into()), (work, 18.into()), (whose, "own".into())]).is_ok());
        let opener = |name: &str, sha: &str| serde_json::json!({ "name": name, "size": 1, "sha256": sha });
        let (windows, linux, sha) = ("tewatashi.exe", "tewatashi-linux", "0f".repeat(32));
        assert!(with(&[("/openers", serde_json::json!([opener(windows, &sha), opener(linux, &sha)]))]).is_ok());
        assert!(with(&[("/later", "unknown keys are ignored".into())]).is_ok());
        for (pointer, value) in [
            (work, 18.into()),
            (whose, "generated".into()),
            (key, "plain".into()),
            ("/encryption/cipher", "AES-128-ECB".into()),
            ("/encryption/format", "age v2".into()),
            ("/encryption/header_sha256", "0F".repeat(32).into()),
            ("/encryption/header_sha256", "0f".into()),
            ("/volumes", serde_json::json!([{ "name": "bundle.age", "size": 1, "sha256": "" }])),
            ("/openers", serde_json::json!([opener(windows, &sha)])),
            ("/openers", serde_json::json!([opener(windows, &sha), opener(linux, "0F")])),
            ("/openers", serde_json::json!([opener("../tewatashi.exe", &sha), opener(linux, &sha)])),
            ("/openers", serde_json::json!(windows)),
        ] {
            let outcome = with(&[(pointer, value)]);
            assert!(matches!(outcome, Err(Error::Damaged(_))), "{pointer}: {outcome:?}");
        }
    }
}
