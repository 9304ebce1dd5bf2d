//! The list: what was looked through, what was found and what could not be read, in one private file beside the records.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::cli::erase::hashing::Hashing;
use crate::copies::Report;
use crate::digest;
use crate::erase::os;

/// A list that was written.
pub struct Written {
    /// Where.
    pub path: PathBuf,
    /// Its SHA-256.
    pub sha256: String,
}

/// Writes it into `records/`, named by its own hash.
///
/// Attack: whoever reads the ledger alone tries out paths until the hash of the list fits. Thirty-two random bytes in the list
/// prevent that.
pub fn write(records: &Path, folders: &[PathBuf], report: &Report) -> io::Result<Written> {
    let mut salt = [0; 32];
    getrandom::fill(&mut salt).map_err(io::Error::other)?;
    let draft = tempfile::Builder::new().prefix(".tewatashi-").tempfile_in(records)?;
    let mut sha256 = Sha256::new();
    let hashing = Hashing { file: draft.as_file(), sha256: &mut sha256 };
    let mut out = BufWriter::with_capacity(1 << 16, hashing);
    let folders: Vec<_> = folders.iter().map(|folder| real(folder).to_string_lossy().into_owned()).collect();
    let head = json!({
        "v": 1, "kind": "find_list", "salt": digest::hex(&salt), "tool": concat!("tewatashi ", env!("CARGO_PKG_VERSION")),
        "folders": folders, "looked_at": report.looked_at,
    });
    line(&mut out, &head)?;
    report.found.iter().try_for_each(|found| line(&mut out, &json!({ "found": found })))?;
    report.unread.iter().try_for_each(|unread| line(&mut out, &json!({ "unread": unread })))?;
    report.left_out.iter().try_for_each(|left_out| line(&mut out, &json!({ "left_out": left_out })))?;
    out.flush()?;
    drop(out);
    draft.as_file().sync_all()?;
    let sha256 = digest::hex(&sha256.finalize().into());
    let path = records.join(format!("find-{}.jsonl", &sha256[..16]));
    draft.persist(&path).map_err(|e| e.error)?;
    os::sync_dir(records)?;
    Ok(Written { path, sha256 })
}

/// A path that was given relative to some folder says little later.
fn real(folder: &Path) -> PathBuf {
    folder.canonicalize().unwrap_or_else(|_| folder.to_owned())
}

fn line(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}
