//! `bundle.json`: what may be known of a bundle without its secret, and nothing else.
//!
//! Title, items, counts, names, contract and plaintext sizes never stand here: whoever finds the medium reads this
//! file. Sizes and digests are of ciphertext.

use serde::{Deserialize, Serialize};

use super::error::{Error, PublicFault};
use super::volumes::{VolumeFact, volume_name};

/// The file's name.
pub const FACTS_NAME: &str = "bundle.json";
/// The format this program writes and reads.
pub const FORMAT: &str = "tewatashi-bundle/1";
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
        let well = (1..=999).contains(&of) && named && sized && super::id::BundleId::parse(&facts.id).is_some();
        if well { Ok(facts) } else { Err(malformed()) }
    }
}
