//! What a case keeps of a bundle it made or opened: enough to know its files again when they are erased or looked for.
//!
//! The key of the fingerprints stands only inside the sealed bundle, and the opened folder holds the files alone. Without the
//! key a certificate could not be compared with the bundle by those who sent it. It opens nothing: who has it can only try
//! whether a content that is guessed is one of those on a list.

mod listing;

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

pub use listing::{Listing, files};

use super::context::Context;
use super::desk::Desk;
use crate::bundle::{BagInfo, BundleId, VolumeFact};
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
    /// Its sealed volumes.
    #[serde(default)]
    pub volumes: Vec<VolumeFact>,
    /// Where it was opened to, every time.
    #[serde(default)]
    pub places: Vec<Copy>,
    /// The one place that was kept before there could be several.
    #[serde(default, skip_serializing)]
    pub(super) place: Option<PathBuf>,
}

/// One copy that was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copy {
    /// What the ledger calls it: `c-` and eight random digits. No path stands in a ledger.
    #[serde(rename = "copy")]
    pub id: String,
    /// The folder's real path.
    pub path: PathBuf,
    /// The computer; none where it was not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
}

impl Opened {
    /// Of what a bag says of itself.
    pub fn of(info: &BagInfo) -> Self {
        Self {
            bundle: info.id.to_string(),
            fingerprint_key: info.fingerprint_key.clone(),
            items: info.description.items.clone(),
            medium_id: info.description.medium_id.clone(),
            ..Self::default()
        }
    }

    /// The key as bytes.
    pub fn key(&self) -> Option<Zeroizing<Vec<u8>>> {
        digest::unhex(&self.fingerprint_key).filter(|key| key.len() == 32).map(Zeroizing::new)
    }

    /// The copy that was opened to this real path on this computer, the last of them.
    pub fn copy_at(&self, path: &Path, host: &str) -> Option<&Copy> {
        let here = |copy: &&Copy| copy.path == path && copy.host.as_deref().is_none_or(|other| other == host);
        self.places.iter().rev().find(here)
    }

    /// What an older program kept has one place, and no name for it: one that stays the same however often it is read.
    fn brought_up(mut self) -> Self {
        if let Some(path) = self.place.take().filter(|_| self.places.is_empty()) {
            let mark = digest::sha256(format!("{} {}", self.bundle, path.display()).as_bytes());
            self.places.push(Copy { id: format!("c-{}", &mark[..8]), path, host: None });
        }
        self
    }
}

fn place(case: &CaseFolder, bundle: &str) -> PathBuf {
    case.opened().join(format!("{bundle}.json"))
}

/// Keeps it, with the list of its files and the place it was opened to; returns what that copy is called. The bundle is made
/// or open whether or not that works; without it the case's own key serves, and `find` needs the bundle.
pub fn keep(context: &Context, desk: &Desk, known: Opened, to: Option<&Path>, listing: Listing) -> Option<String> {
    match written(desk, known, to, listing) {
        Ok(copy) => copy,
        Err(error) => {
            context.warn(&t!("warn-opened-not-kept", reason = error.to_string()));
            None
        }
    }
}

fn written(desk: &Desk, known: Opened, to: Option<&Path>, listing: Listing) -> std::io::Result<Option<String>> {
    let folder = made(&desk.folder)?;
    let path = place(&desk.folder, &known.bundle);
    let _only_one = alone(&folder)?;
    let before = BundleId::parse(&known.bundle).and_then(|id| find(&desk.folder, &id));
    let mut known = Opened { places: before.map(|before| before.places).unwrap_or_default(), ..known };
    let copy = to.map(|to| copy_of(to, &desk.operator.host)).transpose()?;
    known.places.extend(copy.clone());
    let text = Zeroizing::new(serde_json::to_vec(&known)?);
    let mut draft = tempfile::NamedTempFile::new_in(&folder)?;
    draft.write_all(&text)?;
    draft.as_file().sync_all()?;
    draft.persist(&path).map_err(|e| e.error)?;
    // The copy is known from here on, whatever becomes of the list.
    listing.persist(&known.bundle)?;
    os::sync_dir(&folder)?;
    Ok(copy.map(|copy| copy.id))
}

fn copy_of(to: &Path, host: &str) -> std::io::Result<Copy> {
    let mut name = [0; 4];
    getrandom::fill(&mut name).map_err(std::io::Error::other)?;
    let copy = format!("c-{:08x}", u32::from_be_bytes(name));
    Ok(Copy { id: copy, path: to.canonicalize()?, host: Some(host.to_owned()) })
}

/// The private folder, made when it is first needed.
fn made(case: &CaseFolder) -> std::io::Result<PathBuf> {
    let folder = case.opened();
    for folder in [folder.parent().unwrap_or(&folder), &folder] {
        match os::make_private_dir(folder) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
    }
    Ok(folder)
}

/// Two that open one bundle at the same time: one would write over the place that the other has just added.
fn alone(folder: &Path) -> std::io::Result<os::LockedFile> {
    const TRIES: u32 = 100;
    for _ in 0..TRIES {
        if let Some(lock) = os::lock_file(&folder.join(".lock"))? {
            return Ok(lock);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Err(std::io::ErrorKind::ResourceBusy.into())
}

/// What is kept of a bundle.
pub fn find(case: &CaseFolder, bundle: &BundleId) -> Option<Opened> {
    let mut text = Zeroizing::new(Vec::new());
    os::open_read(&place(case, bundle.as_str())).ok()?.take(1 << 24).read_to_end(&mut text).ok()?;
    let opened: Opened = serde_json::from_slice(&text).ok()?;
    (opened.bundle == bundle.as_str()).then(|| opened.brought_up())
}

/// All that are kept, by their numbers.
pub fn all(case: &CaseFolder) -> Vec<Opened> {
    let listed = std::fs::read_dir(case.opened()).into_iter().flatten().flatten();
    let numbers = listed.filter_map(|entry| {
        let name = entry.file_name();
        BundleId::parse(name.to_str()?.strip_suffix(".json")?)
    });
    let mut all: Vec<Opened> = numbers.filter_map(|number| find(case, &number)).collect();
    all.sort_by(|one, two| one.bundle.cmp(&two.bundle));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_place_of_an_older_program_is_read_as_a_copy() {
        let dir = tempfile::tempdir().unwrap();
        let case = CaseFolder::at(dir.path());
        let id = BundleId::parse("TW-20261121-7K3M").unwrap();
        std::fs::create_dir_all(case.opened()).unwrap();
        let text = format!(r#"{{"bundle":"{id}","fingerprint_key":"{}","place":"/work/{id}"}}"#, "0f".repeat(32));
        std::fs::write(place(&case, id.as_str()), text).unwrap();
        let read = find(&case, &id).unwrap();
        let path = PathBuf::from(format!("/work/{id}"));
        let [copy] = &read.places[..] else { panic!("{read:?}") };
        assert!(copy.path == path && copy.host.is_none() && copy.id.len() == 10, "{copy:?}");
        assert_eq!(find(&case, &id).unwrap().places, read.places, "and is called the same every time");
        assert_eq!(read.copy_at(&path, "any").map(|copy| &copy.id), Some(&copy.id));
        // Written anew it is a copy like the others.
        let text = serde_json::to_string(&read).unwrap();
        assert!(!text.contains("\"place\"") && text.contains(&copy.id), "{text}");
        assert_eq!(all(&case).len(), 1);
    }

    #[test]
    fn a_copy_is_the_last_that_was_opened_there_on_this_computer() {
        let copy = |name: &str, path: &str, host: &str| Copy {
            id: name.to_owned(),
            path: path.into(),
            host: Some(host.to_owned()),
        };
        let places = vec![copy("c-1", "/a", "one"), copy("c-2", "/a", "one"), copy("c-3", "/a", "two")];
        let opened = Opened { places, ..Opened::default() };
        let found = |path: &str, host: &str| opened.copy_at(Path::new(path), host).map(|copy| copy.id.as_str());
        assert_eq!((found("/a", "one"), found("/a", "two")), (Some("c-2"), Some("c-3")));
        assert_eq!((found("/a", "three"), found("/b", "one")), (None, None));
    }
}
