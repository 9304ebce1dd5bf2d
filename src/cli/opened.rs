//! What a case keeps of a bundle it opened: enough to know its files again when they are erased.
//!
//! The key of the fingerprints stands only inside the sealed bundle, and the opened folder holds the files alone. Without the
//! key a certificate could not be compared with the bundle by those who sent it. It opens nothing: who has it can only try
//! whether a content that is guessed is one of those on a list.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::context::Context;
use super::desk::Desk;
use crate::bundle::{BagInfo, BundleId};
use crate::case::folder::CaseFolder;
use crate::digest;
use crate::erase::os;
use crate::t;

/// What is kept of one.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Opened {
    /// Its number.
    pub bundle: String,
    /// The key of its fingerprints, 64 hexadecimal digits.
    pub fingerprint_key: Zeroizing<String>,
    /// 情報の項目
    #[serde(default)]
    pub items: Vec<String>,
    /// 媒体管理番号
    #[serde(default)]
    pub medium_id: Option<String>,
    /// Where it was opened to, by the folder's real path.
    #[serde(default)]
    pub place: Option<PathBuf>,
}

impl Opened {
    /// Of what a bag says of itself.
    pub fn of(info: &BagInfo) -> Self {
        Self {
            bundle: info.id.to_string(),
            fingerprint_key: info.fingerprint_key.clone(),
            items: info.description.items.clone(),
            medium_id: info.description.medium_id.clone(),
            place: None,
        }
    }

    /// The key as bytes.
    pub fn key(&self) -> Option<Zeroizing<Vec<u8>>> {
        digest::unhex(&self.fingerprint_key).filter(|key| key.len() == 32).map(Zeroizing::new)
    }
}

fn place(case: &CaseFolder, bundle: &BundleId) -> PathBuf {
    case.opened().join(format!("{bundle}.json"))
}

/// Keeps it. The bundle is open whether or not that works; without it the case's own key serves.
pub fn keep(context: &Context, desk: &Desk, info: &BagInfo, to: &Path) {
    let path = place(&desk.folder, &info.id);
    let written = (|| -> std::io::Result<()> {
        let folder = desk.folder.opened();
        std::fs::create_dir_all(folder.parent().unwrap_or(&folder))?;
        match os::make_private_dir(&folder) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        let opened = Opened { place: Some(to.canonicalize()?), ..Opened::of(info) };
        let text = Zeroizing::new(serde_json::to_vec(&opened)?);
        let mut draft = tempfile::NamedTempFile::new_in(&folder)?;
        draft.write_all(&text)?;
        draft.as_file().sync_all()?;
        draft.persist(&path).map_err(|e| e.error)?;
        os::sync_dir(&folder)
    })();
    if let Err(error) = written {
        context.warn(&t!("warn-opened-not-kept", reason = error.to_string()));
    }
}

/// What is kept of a bundle.
pub fn find(case: &CaseFolder, bundle: &BundleId) -> Option<Opened> {
    let mut text = Zeroizing::new(Vec::new());
    os::open_read(&place(case, bundle)).ok()?.take(1 << 20).read_to_end(&mut text).ok()?;
    serde_json::from_slice(&text).ok().filter(|opened: &Opened| opened.bundle == bundle.to_string())
}
