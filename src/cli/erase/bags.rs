//! Which opened bundle a file belongs to, and with which key its fingerprint is made.
//!
//! A bare SHA-256 of a small personal file could be guessed back from the certificate. Keyed with the bundle's own key, it is
//! recognised by whoever can open the bundle, and by nobody else.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use zeroize::Zeroizing;

use crate::bundle::{BundleId, opened_bag};
use crate::case::folder::CaseFolder;
use crate::cli::desk::Desk;
use crate::cli::failure::Failure;
use crate::cli::opened::{self, Opened};
use crate::cli::words;
use crate::digest;
use crate::erase::os;
use crate::erase::outcome::Fate;
use crate::erase::plan::{Item, Plan};

type Secret = Zeroizing<Vec<u8>>;

/// Opened bundles in the plan, and the key of the case for what belongs to none.
pub struct Bags {
    case: CaseFolder,
    own: Secret,
    host: String,
    found: Vec<(Opened, Secret)>,
    roots: Vec<Root>,
    /// The opened folder that each folder of the plan is, or lies in.
    of: Vec<Option<usize>>,
}

/// One opened folder; a bundle may have been opened several times.
struct Root {
    bag: usize,
    path: PathBuf,
    /// Whether it lies where this case opened the bundle to.
    in_place: bool,
    /// What the ledger calls it, when it was opened on this computer.
    copy: Option<String>,
}

/// What an erasure did to a copy the case knows.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Touched {
    /// What `open` called it.
    pub copy: String,
    /// All that was found in it is erased, and nothing but folders is left there.
    pub gone: bool,
}

impl Bags {
    /// Looks for the bags that the folders of a plan are, or lie in.
    pub fn find(plan: &Plan, desk: &Desk) -> Result<Self, Failure> {
        let mut bags = Self {
            case: desk.folder.clone(),
            own: own_key(&desk.folder)?,
            host: desk.operator.host.clone(),
            found: Vec::new(),
            roots: Vec::new(),
            of: Vec::new(),
        };
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
        // What was only packed here was never opened here: a folder of that number is the sealed bundle.
        let named = || {
            let kept = opened::find(&self.case, &BundleId::parse(folder.file_name()?.to_str()?)?)?;
            (!kept.places.is_empty()).then_some(kept)
        };
        let opened = opened_bag(folder).map(|info| Opened::of(&info)).or_else(named)?;
        let key = opened.key()?;
        let path = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        if let Some(known) = self.roots.iter().position(|root| root.path == path) {
            return Some(known);
        }
        // Attack: other data in a folder that is given a bundle's number, to have it pass for a working copy.
        let kept = BundleId::parse(&opened.bundle).and_then(|id| opened::find(&self.case, &id));
        let in_place = kept.as_ref().is_some_and(|kept| kept.places.iter().any(|copy| copy.path == path));
        let copy = kept.and_then(|kept| kept.copy_at(&path, &self.host).map(|copy| copy.id.clone()));
        let bag = self.found.iter().position(|(known, _)| known.bundle == opened.bundle).unwrap_or_else(|| {
            self.found.push((opened, key));
            self.found.len() - 1
        });
        self.roots.push(Root { bag, path, in_place, copy });
        Some(self.roots.len() - 1)
    }

    /// The copies the case knows that items of the plan lay in, and whether they are gone now. Items of an earlier run that
    /// this one goes on with count as what became of them then.
    pub fn touched(&self, plan: &Plan) -> Vec<Touched> {
        let mut erased: Vec<Option<bool>> = vec![None; self.roots.len()];
        for item in &plan.items {
            if let Some(root) = self.root_of(item) {
                let so_far = erased[root].get_or_insert(true);
                *so_far &= item.fate == Some(Fate::Erased);
            }
        }
        let roots =
            self.roots.iter().zip(erased).filter_map(|(root, erased)| Some((root, root.copy.clone()?, erased?)));
        roots.map(|(root, copy, erased)| Touched { copy, gone: erased && is_bare(&root.path) }).collect()
    }

    fn root_of(&self, item: &Item) -> Option<usize> {
        self.of.get(item.folder as usize).copied().flatten()
    }

    /// The bundles.
    pub fn all(&self) -> impl Iterator<Item = &Opened> {
        self.found.iter().map(|(opened, _)| opened)
    }

    /// Whether every item lies in a folder that this case opened a bundle into.
    pub fn hold_all(&self, plan: &Plan) -> bool {
        plan.items.iter().all(|item| self.root_of(item).is_some_and(|root| self.roots[root].in_place))
    }

    /// The fingerprint of a content, with the key its item is to be known by.
    pub fn fingerprint(&self, item: &Item, digest: [u8; 32]) -> [u8; 32] {
        let bag = self.root_of(item).map(|root| self.roots[root].bag);
        digest::keyed(bag.map_or(&self.own, |bag| &self.found[bag].1), &digest)
    }
}

/// Whether nothing but folders is there. What cannot be looked at may be anything.
fn is_bare(path: &Path) -> bool {
    walkdir::WalkDir::new(path).into_iter().all(|entry| match entry {
        Ok(entry) => entry.file_type().is_dir(),
        Err(error) => error.io_error().is_some_and(|error| error.kind() == std::io::ErrorKind::NotFound),
    })
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
