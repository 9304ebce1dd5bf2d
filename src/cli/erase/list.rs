//! The list: every item with all that was measured of it, in one file beside the record.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::hashing::Hashing;
use crate::digest;
use crate::erase::os;
use crate::erase::os::facts::Kind;
use crate::erase::outcome::{Blocks, Fate, Reasons, Remaining};
use crate::erase::pattern::Method;
use crate::erase::plan::{Item, Plan};

/// An item as it is told.
#[derive(Serialize)]
pub struct Row {
    /// As it was asked for. A name that is no text is told as well as it can be.
    pub path: String,
    kind: Kind,
    /// Bytes; of files alone.
    pub size: Option<u64>,
    /// Keyed.
    pub fingerprint: Option<String>,
    /// What became of it.
    pub result: Fate,
    /// What may remain.
    pub may_remain: Remaining,
    /// Why.
    pub reasons: Reasons,
    blocks: Blocks,
    read_back: Option<u64>,
    device_read: Option<u64>,
    attributes: u16,
}

impl Row {
    /// Of an item of the plan; one that had no turn was not reached.
    pub fn of(plan: &Plan, item: &Item) -> Self {
        Self {
            path: plan.path(item).to_string_lossy().into_owned(),
            kind: item.kind,
            size: (item.kind == Kind::File).then_some(item.size),
            fingerprint: item.fingerprint.as_ref().map(digest::hex),
            result: item.fate.unwrap_or(Fate::Skipped),
            may_remain: item.remains,
            reasons: item.reasons,
            blocks: item.blocks,
            read_back: item.read_back.then_some(item.overwritten),
            device_read: item.device_read.then_some(item.overwritten),
            attributes: item.attributes,
        }
    }
}

/// All of them, one after the other: a million rows are never held at once.
pub struct Rows<'a>(pub &'a Plan);

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut list = to.serialize_seq(Some(self.0.items.len()))?;
        for item in &self.0.items {
            list.serialize_element(&Row::of(self.0, item))?;
        }
        list.end()
    }
}

/// A list that was written.
pub struct Written {
    /// Where.
    pub path: PathBuf,
    /// Its SHA-256.
    pub sha256: String,
}

/// Writes the list into `records/`, named by its own hash.
pub fn write(folder: &Path, plan: &Plan, method: Method) -> io::Result<Written> {
    let mut salt = [0; 32];
    getrandom::fill(&mut salt).map_err(io::Error::other)?;
    let draft = tempfile::Builder::new().prefix(".tewatashi-").tempfile_in(folder)?;
    let mut sha256 = Sha256::new();
    let hashing = Hashing { file: draft.as_file(), sha256: &mut sha256 };
    let mut out = BufWriter::with_capacity(1 << 16, hashing);
    let head = json!({
        "v": 1, "kind": "erasure_list", "salt": digest::hex(&salt), "tool": concat!("tewatashi ", env!("CARGO_PKG_VERSION")),
        "method": method, "items": plan.items.len(),
    });
    line(&mut out, &head)?;
    for item in &plan.items {
        line(&mut out, &Row::of(plan, item))?;
    }
    out.flush()?;
    drop(out);
    draft.as_file().sync_all()?;
    let sha256 = digest::hex(&sha256.finalize().into());
    let path = folder.join(name(&sha256));
    draft.persist(&path).map_err(|e| e.error)?;
    os::sync_dir(folder)?;
    Ok(Written { path, sha256 })
}

/// What a list is called.
pub fn name(sha256: &str) -> String {
    format!("erasure-{}.jsonl", sha256.get(..16).unwrap_or(sha256))
}

fn line(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}
