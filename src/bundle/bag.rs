//! The BagIt 1.0 bag inside the sealed file: its own small files, written and read.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::Read as _;
use std::path::Path;

use zeroize::Zeroizing;

use super::batch::Sha;
use super::error::{BagFault, Error};
use super::id::BundleId;
use crate::digest::hex;
use crate::erase::os;

/// First in the archive, so that an opener knows the size before it writes.
pub(super) const BAG_INFO: &str = "bag-info.txt";
/// The bag's declaration.
pub(super) const BAGIT: &str = "bagit.txt";
/// SHA-256 of every payload file.
pub(super) const MANIFEST: &str = "manifest-sha256.txt";
/// SHA-256 of the files above.
pub(super) const TAG_MANIFEST: &str = "tagmanifest-sha256.txt";
/// The declaration's only content.
pub(super) const BAGIT_TEXT: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
/// No honest `bag-info.txt` is larger.
pub(super) const MOST_BAG_INFO: u64 = 64 * 1024;

/// What the sender says of the content. Stands only inside the ciphertext.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct Description {
    /// 件名.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// 情報の項目, e.g. 氏名, 住所.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<String>,
    /// 人数 as declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subjects: Option<u64>,
    /// 件数 (records) as declared: one person may stand in several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub records: Option<u64>,
    /// 媒体管理番号.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub medium_id: Option<String>,
}

/// `bag-info.txt`.
pub struct BagInfo {
    /// Bytes and number of payload files.
    pub oxum: (u64, u64),
    /// The bundle's name.
    pub id: BundleId,
    /// `2026-11-21`.
    pub date: String,
    /// The program that made it.
    pub agent: String,
    /// Fingerprint of the key that signed `bundle.json`.
    pub signer: String,
    /// Saying it proves that someone decrypted.
    pub opening_code: Zeroizing<String>,
    /// Key for fingerprints of files in later records, 64 hexadecimal digits.
    pub fingerprint_key: Zeroizing<String>,
    /// What the sender says of the content.
    pub description: Description,
}

impl BagInfo {
    /// The file's text.
    pub(super) fn render(&self) -> Zeroizing<String> {
        let mut out = Zeroizing::new(String::with_capacity(1024));
        let mut line = |label: &str, value: &str| {
            let _ = writeln!(out, "{label}: {value}");
        };
        line("Payload-Oxum", &format!("{}.{}", self.oxum.0, self.oxum.1));
        line("External-Identifier", self.id.as_str());
        line("Bagging-Date", &self.date);
        line("Bag-Software-Agent", &self.agent);
        line("Signer-Fingerprint", &self.signer);
        line("Opening-Code", &self.opening_code);
        line("Fingerprint-Key", &self.fingerprint_key);
        let Description { title, items, subjects, records, medium_id } = &self.description;
        if let Some(title) = title {
            line("External-Description", title);
        }
        for item in items {
            line("Content-Item", item);
        }
        if let Some(subjects) = subjects {
            line("Subject-Count", &subjects.to_string());
        }
        if let Some(records) = records {
            line("Record-Count", &records.to_string());
        }
        if let Some(medium) = medium_id {
            line("Medium-Id", medium);
        }
        out
    }

    /// Reads the file's text. Unknown labels are left alone; those of the format stand once each.
    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        let mut once: HashMap<&str, &str> = HashMap::new();
        let mut items = Vec::new();
        // Not `lines`: it would take CR LF for a line break, and the last line without any.
        let body = text.strip_suffix('\n').ok_or(BagFault::Malformed(BAG_INFO))?;
        for line in body.split('\n') {
            let (label, value) = line.split_once(": ").ok_or(BagFault::Malformed(BAG_INFO))?;
            // Attack: an escape sequence for the terminal that shows the value.
            if line.chars().any(char::is_control) {
                return Err(BagFault::Malformed(BAG_INFO).into());
            }
            if label == "Content-Item" {
                items.push(value.to_owned());
            } else if once.insert(label, value).is_some() {
                return Err(BagFault::Malformed(BAG_INFO).into());
            }
        }
        let need = |label: &str| once.get(label).copied().ok_or(BagFault::Malformed(BAG_INFO));
        let opening_code = crate::checked::Code::parse(need("Opening-Code")?);
        let opening_code = opening_code.map_err(|_| BagFault::Malformed(BAG_INFO))?;
        let fingerprint_key = need("Fingerprint-Key")?;
        if fingerprint_key.len() != 64 || !fingerprint_key.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(BagFault::Malformed(BAG_INFO).into());
        }
        let signer = need("Signer-Fingerprint")?;
        if !crate::sign::is_fingerprint(signer) {
            return Err(BagFault::Malformed(BAG_INFO).into());
        }
        let count = |label: &str| {
            let number = once.get(label).map(|s| s.parse()).transpose();
            number.map_err(|_| BagFault::Malformed(BAG_INFO))
        };
        Ok(Self {
            oxum: parse_oxum(need("Payload-Oxum")?).ok_or(BagFault::Malformed(BAG_INFO))?,
            id: BundleId::parse(need("External-Identifier")?).ok_or(BagFault::Malformed(BAG_INFO))?,
            date: need("Bagging-Date")?.to_owned(),
            agent: need("Bag-Software-Agent")?.to_owned(),
            signer: signer.to_owned(),
            opening_code: Zeroizing::new(opening_code.to_string()),
            fingerprint_key: Zeroizing::new(fingerprint_key.to_owned()),
            description: Description {
                title: once.get("External-Description").map(|&s| s.to_owned()),
                items,
                subjects: count("Subject-Count")?,
                records: count("Record-Count")?,
                medium_id: once.get("Medium-Id").map(|&s| s.to_owned()),
            },
        })
    }
}

/// What an opened bundle says of itself, when `folder` is one: its `bag-info.txt` is still there.
#[must_use]
pub fn opened_bag(folder: &Path) -> Option<BagInfo> {
    let file = os::open_read(&folder.join(BAG_INFO)).ok()?;
    let mut text = Zeroizing::new(String::new());
    file.take(MOST_BAG_INFO + 1).read_to_string(&mut text).ok()?;
    BagInfo::parse(&text).ok()
}

/// `BYTES.FILES`, digits only. Attack: sums that overflow; neither number may pass 2^63.
fn parse_oxum(text: &str) -> Option<(u64, u64)> {
    let (bytes, files) = text.split_once('.')?;
    let number = |s: &str| {
        let digits = !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        let value: u64 = digits.then(|| s.parse().ok()).flatten()?;
        i64::try_from(value).is_ok().then_some(value)
    };
    Some((number(bytes)?, number(files)?))
}

/// A manifest line, as `sha256sum` writes it. `%` stands as it is: stock tools do not decode it.
pub(super) fn manifest_line(digest: &Sha, path: &str) -> String {
    format!("{}  {path}\n", hex(digest))
}

/// Length of the manifest line for a path.
pub(super) fn manifest_line_len(path: &str) -> u64 {
    64 + 2 + path.len() as u64 + 1
}

/// Reads a manifest line without its line break.
pub(super) fn parse_manifest_line(line: &str) -> Option<(Sha, &str)> {
    let (digest, path) = line.split_once("  ")?;
    if digest.len() != 64 || path.is_empty() || !digest.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    let mut sha = [0; 32];
    for (byte, pair) in sha.iter_mut().zip(digest.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some((sha, path))
}
