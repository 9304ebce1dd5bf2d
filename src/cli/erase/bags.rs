//! Which opened bundle a file belongs to, and with which key its fingerprint is made.
//!
//! A bare SHA-256 of a small personal file could be guessed back from the certificate. Keyed with the bundle's own key, it is
//! recognised by whoever can open the bundle, and by nobody else.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::bundle::{BundleId, opened_bag};
use crate::case::folder::CaseFolder;
use crate::cli::failure::Failure;
use crate::cli::opened::{self, Opened};
use crate::cli::words;
use crate::digest;
use crate::erase::os;
use crate::erase::plan::{Item, Plan};

type Secret = Zeroizing<Vec<u8>>;

/// Opened bundles in the plan, and the key of the case for what belongs to none.
pub struct Bags {
    case: CaseFolder,
    own: Secret,
    found: Vec<(Opened, Secret)>,
    /// Those that lie where this case opened them to.
    in_place: Vec<bool>,
    /// The bag of each folder of the plan.
    of: Vec<Option<usize>>,
}

impl Bags {
    /// Looks for the bags that the folders of a plan are, or lie in.
    pub fn find(plan: &Plan, case: &CaseFolder) -> Result<Self, Failure> {
        let mut bags =
            Self { case: case.clone(), own: own_key(case)?, found: Vec::new(), in_place: Vec::new(), of: Vec::new() };
        let mut seen: HashMap<PathBuf, Option<usize>> = HashMap::new();
        let mut places: Vec<PathBuf> = Vec::new();
        for folder in &plan.folders {
            let place = match folder.parent {
                Some(parent) => places[parent as usize].join(&folder.name),
                None => PathBuf::from(&folder.name),
            };
            let bag = match folder.parent {
                // A bag inside of a bag is a bag of its own.
                Some(parent) => bags.at(&place).or(bags.of[parent as usize]),
                None => {
                    *seen.entry(place.clone()).or_insert_with(|| place.ancestors().find_map(|above| bags.at(above)))
                }
            };
            bags.of.push(bag);
            places.push(place);
        }
        Ok(bags)
    }

    /// A folder that a bundle was opened into: by this program, under the bundle's number, or by stock tools, with what the
    /// bag says of itself still in it.
    fn at(&mut self, folder: &Path) -> Option<usize> {
        let named = || opened::find(&self.case, &BundleId::parse(folder.file_name()?.to_str()?)?);
        let opened = opened_bag(folder).map(|info| Opened::of(&info)).or_else(named)?;
        let key = opened.key()?;
        if let Some(known) = self.found.iter().position(|(known, _)| known.bundle == opened.bundle) {
            return Some(known);
        }
        // Attack: other data in a folder that is given a bundle's number, to have it pass for a working copy.
        let kept = BundleId::parse(&opened.bundle).and_then(|id| opened::find(&self.case, &id));
        let place = kept.and_then(|kept| kept.place);
        self.in_place.push(place.is_some_and(|place| folder.canonicalize().is_ok_and(|here| here == place)));
        self.found.push((opened, key));
        Some(self.found.len() - 1)
    }

    /// The bundles.
    pub fn all(&self) -> impl Iterator<Item = &Opened> {
        self.found.iter().map(|(opened, _)| opened)
    }

    /// Whether every item lies in a folder that this case opened a bundle into.
    pub fn hold_all(&self, plan: &Plan) -> bool {
        plan.items.iter().all(|item| self.of[item.folder as usize].is_some_and(|bag| self.in_place[bag]))
    }

    /// The fingerprint of a content, with the key its item is to be known by.
    pub fn fingerprint(&self, item: &Item, digest: [u8; 32]) -> [u8; 32] {
        let bag = self.of.get(item.folder as usize).copied().flatten();
        digest::keyed(bag.map_or(&self.own, |bag| &self.found[bag].1), &digest)
    }
}

/// The case's own key; made when it is needed for the first time.
pub fn own_key(case: &CaseFolder) -> Result<Secret, Failure> {
    let path = case.fingerprint_key();
    let failed = |e: &std::io::Error| words::io(&path, e);
    if let Some(key) = read_key(&path).map_err(|e| failed(&e))? {
        return Ok(key);
    }
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|e| failed(&std::io::Error::other(e)))?;
    let folder = path.parent().unwrap_or(&case.path);
    if !folder.is_dir() {
        os::make_private_dir(folder).map_err(|e| failed(&e))?;
    }
    let text = Zeroizing::new(digest::hex(&key) + "\n");
    let mut draft = tempfile::NamedTempFile::new_in(folder).map_err(|e| failed(&e))?;
    draft.write_all(text.as_bytes()).and_then(|()| draft.as_file().sync_all()).map_err(|e| failed(&e))?;
    match draft.persist_noclobber(&path) {
        Ok(_) => os::sync_dir(folder).map_err(|e| failed(&e))?,
        // Another run was quicker; its key is the one.
        Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(failed(&error.error)),
    }
    read_key(&path).and_then(|key| key.ok_or_else(|| std::io::ErrorKind::InvalidData.into())).map_err(|e| failed(&e))
}

fn read_key(path: &Path) -> std::io::Result<Option<Secret>> {
    let mut text = Zeroizing::new(String::new());
    match std::fs::File::open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        file => file?.take(1024).read_to_string(&mut text)?,
    };
    let key = digest::unhex(text.trim()).filter(|key| key.len() == 32);
    key.map(|key| Some(Zeroizing::new(key))).ok_or_else(|| std::io::ErrorKind::InvalidData.into())
}
