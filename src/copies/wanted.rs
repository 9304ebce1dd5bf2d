//! What is looked for: the files of bundles by size and keyed fingerprint, their names, and the sealed volumes.
//!
//! A million files may be wanted. Their names lie in one text, and what finds them are two sorted tables of numbers.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::names::{self, Leftover, Origin};
use super::report::Why;
use crate::digest;

/// A bundle whose copies are looked for.
pub struct Sought {
    /// Its number.
    pub number: String,
    /// The key of its fingerprints.
    pub key: Zeroizing<Vec<u8>>,
    /// Folders it was opened into on this computer, by their real paths.
    pub places: Vec<PathBuf>,
}

struct Entry {
    size: u64,
    bundle: u32,
    name_length: u32,
    name_at: u64,
    fingerprint: [u8; 32],
}

struct Volume {
    bundle: u32,
    name: String,
    sha256: [u8; 32],
}

/// Everything that is looked for.
#[derive(Default)]
pub struct Wanted {
    bundles: Vec<Sought>,
    entries: Vec<Entry>,
    names: String,
    /// What a name hashes to, and whose it is.
    by_name: Vec<(u64, u32)>,
    volumes: HashMap<u64, Vec<Volume>>,
    /// The folder of the one sealed bundle that was named.
    sealed: Option<(u32, PathBuf)>,
    has_word: bool,
}

/// A file or volume that something is equal to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Match {
    pub why: Why,
    pub bundle: String,
    pub name: String,
    pub known: bool,
}

/// Which habit a name is looked up by.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum By {
    Whole,
    Stem,
    WordTail,
}

impl Wanted {
    /// Adds a bundle; its files and volumes are added by the number that is returned.
    pub fn bundle(&mut self, bundle: Sought) -> u32 {
        self.bundles.push(bundle);
        u32::try_from(self.bundles.len() - 1).unwrap_or(u32::MAX)
    }

    /// Adds a file of a bundle.
    pub fn file(&mut self, bundle: u32, name: &str, size: u64, fingerprint: [u8; 32]) {
        let name_at = self.names.len() as u64;
        self.names.push_str(name);
        let name_length = u32::try_from(name.len()).unwrap_or(u32::MAX);
        self.entries.push(Entry { size, bundle, name_length, name_at, fingerprint });
    }

    /// Adds a sealed volume of a bundle. Its hash needs no key: nobody can guess ciphertext.
    pub fn volume(&mut self, bundle: u32, name: &str, size: u64, sha256: [u8; 32]) {
        let volumes = self.volumes.entry(size).or_default();
        if !volumes.iter().any(|volume| volume.bundle == bundle && volume.sha256 == sha256) {
            volumes.push(Volume { bundle, name: name.to_owned(), sha256 });
        }
    }

    /// Says that the sealed bundle lies in this folder, by its real path: there it is no copy.
    pub fn lies_sealed(&mut self, bundle: u32, folder: PathBuf) {
        self.sealed = Some((bundle, folder));
    }

    /// Puts everything in order; call it once all is added, before anything is looked up.
    pub fn settle(&mut self) {
        self.entries.sort_unstable_by(|one, two| {
            (one.size, one.bundle, &one.fingerprint).cmp(&(two.size, two.bundle, &two.fingerprint))
        });
        let mut by_name = Vec::with_capacity(self.entries.len() * 2);
        for (index, entry) in (0u32..).zip(&self.entries) {
            let base = names::fold(self.base(entry));
            self.has_word |= names::is_word(&base);
            for (by, key) in keys(&base) {
                by_name.push((hash(by, &key), index));
            }
        }
        by_name.sort_unstable();
        self.by_name = by_name;
    }

    /// Whether nothing is looked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.volumes.is_empty()
    }

    /// Whether a file of this size may be one of those that are looked for. An empty file is never one by its content: all
    /// empty files have the same.
    pub(super) fn has_size(&self, size: u64) -> bool {
        if size == 0 {
            return false;
        }
        let at = self.entries.partition_point(|entry| entry.size < size);
        self.entries.get(at).is_some_and(|entry| entry.size == size) || self.volumes.contains_key(&size)
    }

    /// What a content of this size and hash is, of each bundle at most once. `real` is where it was found.
    pub(super) fn contents(&self, size: u64, sha256: &[u8; 32], real: &Path) -> Vec<Match> {
        let mut found = Vec::new();
        let from = self.entries.partition_point(|entry| entry.size < size);
        let mut same_size = &self.entries[from..];
        same_size = &same_size[..same_size.partition_point(|entry| entry.size == size)];
        while let Some(first) = same_size.first() {
            let (of_one, others) = same_size.split_at(same_size.partition_point(|entry| entry.bundle == first.bundle));
            found.extend(self.in_one(of_one, sha256, real));
            same_size = others;
        }
        for volume in self.volumes.get(&size).into_iter().flatten().filter(|volume| volume.sha256 == *sha256) {
            let bundle = &self.bundles[volume.bundle as usize];
            found.push(Match {
                why: Why::BundleCopy,
                bundle: bundle.number.clone(),
                name: volume.name.clone(),
                known: self
                    .sealed
                    .as_ref()
                    .is_some_and(|(sealed, folder)| *sealed == volume.bundle && real.parent() == Some(folder)),
            });
        }
        found
    }

    /// Among entries of one bundle and one size.
    fn in_one(&self, entries: &[Entry], sha256: &[u8; 32], real: &Path) -> Option<Match> {
        let bundle = &self.bundles[entries.first()?.bundle as usize];
        let fingerprint = digest::keyed(&bundle.key, sha256);
        let from = entries.partition_point(|entry| entry.fingerprint < fingerprint);
        let same = entries[from..].iter().take_while(|entry| entry.fingerprint == fingerprint);
        let same: Vec<&Entry> = same.collect();
        // One content may stand under several names: first the place where `open` put it tells which it is, then the name.
        let is_known = |entry: &&&Entry| bundle.places.iter().any(|place| place.join(self.name(entry)) == real);
        let base = real.file_name().map(|name| names::fold(&name.to_string_lossy())).unwrap_or_default();
        let known = same.iter().find(is_known);
        let entry =
            known.or_else(|| same.iter().find(|entry| names::fold(self.base(entry)) == base)).or(same.first())?;
        Some(Match {
            why: Why::Content,
            bundle: bundle.number.clone(),
            name: self.name(entry).to_owned(),
            known: known.is_some(),
        })
    }

    /// What a file is called like, of each bundle at most one.
    pub(super) fn called(&self, name: &str, size: u64) -> Vec<(Leftover, String, String)> {
        let folded = names::fold(name);
        let mut found: Vec<(Leftover, &Entry)> = Vec::new();
        let origins = names::origins(&folded).into_iter();
        let mut hits: Vec<(Leftover, &Entry)> = origins
            .flat_map(|(leftover, origin)| self.of_origin(&origin).map(move |entry| (leftover, entry)))
            .collect();
        if size == 0 {
            let empty = self.looked_up(By::Whole, &folded).filter(|entry| entry.size == 0);
            hits.extend(empty.map(|entry| (Leftover::Empty, entry)));
        }
        for (leftover, entry) in hits {
            if !found.iter().any(|(_, known)| known.bundle == entry.bundle) {
                found.push((leftover, entry));
            }
        }
        found.into_iter().map(|(leftover, entry)| (leftover, self.number(entry), self.name(entry).to_owned())).collect()
    }

    /// The bundles, and the files of them, that were called so before they were thrown away.
    pub(super) fn thrown_away(&self, original: &str) -> Vec<(String, Option<String>)> {
        let folded = names::fold(original);
        let mut found: Vec<(String, Option<String>)> = Vec::new();
        let folders = self.bundles.iter().filter(|bundle| names::fold(&bundle.number) == folded);
        found.extend(folders.map(|bundle| (bundle.number.clone(), None)));
        for entry in self.looked_up(By::Whole, &folded) {
            let number = self.number(entry);
            if !found.iter().any(|(known, _)| *known == number) {
                found.push((number, Some(self.name(entry).to_owned())));
            }
        }
        found
    }

    /// Whether a name is one of those that Word gives to what it keeps of a document, while documents of Word are looked for.
    pub(super) fn may_be_of_word(&self, name: &str) -> bool {
        self.has_word && names::is_word_temporary(&names::fold(name))
    }

    fn of_origin(&self, origin: &Origin) -> impl Iterator<Item = &Entry> + use<'_> {
        let (by, text) = match origin {
            Origin::Whole(text) => (By::Whole, text),
            Origin::Stem(text) => (By::Stem, text),
            Origin::WordTail(text) => (By::WordTail, text),
        };
        self.looked_up(by, text)
    }

    fn looked_up(&self, by: By, text: &str) -> impl Iterator<Item = &Entry> + use<'_> {
        let hashed = hash(by, text);
        let from = self.by_name.partition_point(|(known, _)| *known < hashed);
        let same = self.by_name[from..].iter().take_while(move |(known, _)| *known == hashed);
        let entries = same.map(|&(_, index)| &self.entries[index as usize]);
        // Two names may hash to one number.
        let is = |entry: &&Entry| {
            let base = names::fold(self.base(entry));
            keys(&base).any(|(known, key)| known == by && key == text)
        };
        entries.filter(is).collect::<Vec<_>>().into_iter()
    }

    fn name(&self, entry: &Entry) -> &str {
        let at = usize::try_from(entry.name_at).unwrap_or(usize::MAX);
        self.names.get(at..at + entry.name_length as usize).unwrap_or_default()
    }

    fn base(&self, entry: &Entry) -> &str {
        let name = self.name(entry);
        name.rsplit_once('/').map_or(name, |(_, base)| base)
    }

    fn number(&self, entry: &Entry) -> String {
        self.bundles[entry.bundle as usize].number.clone()
    }
}

/// What a folded name is found by.
fn keys(base: &str) -> impl Iterator<Item = (By, String)> {
    let stem = names::is_document(base).then(|| (By::Stem, names::split(base).0.to_owned()));
    let tail = names::word_tail(base).map(|tail| (By::WordTail, tail));
    [Some((By::Whole, base.to_owned())), stem, tail].into_iter().flatten()
}

fn hash(by: By, text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (by, text).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [3; 32];

    fn sought(number: &str) -> Sought {
        let places = vec![PathBuf::from(format!("/work/{number}"))];
        Sought { number: number.to_owned(), key: Zeroizing::new(KEY.to_vec()), places }
    }

    fn wanted(files: &[(u32, &str, u64, u8)]) -> Wanted {
        let mut wanted = Wanted::default();
        for number in ["TW-1", "TW-2"] {
            wanted.bundle(sought(number));
        }
        for &(bundle, name, size, content) in files {
            wanted.file(bundle, name, size, digest::keyed(&KEY, &[content; 32]));
        }
        wanted.settle();
        wanted
    }

    fn told(wanted: &Wanted, size: u64, content: u8, real: &str) -> Vec<(String, String, bool)> {
        let found = wanted.contents(size, &[content; 32], Path::new(real));
        found.into_iter().map(|found| (found.bundle, found.name, found.known)).collect()
    }

    #[test]
    fn a_content_is_known_by_size_and_fingerprint_in_every_bundle_that_has_it() {
        let wanted = wanted(&[(0, "a/x.csv", 10, 1), (1, "y.csv", 10, 1), (0, "z.csv", 10, 2), (0, "w", 11, 1)]);
        let own = |bundle: &str, name: &str, known| (bundle.to_owned(), name.to_owned(), known);
        assert_eq!(told(&wanted, 10, 1, "/any/name"), [own("TW-1", "a/x.csv", false), own("TW-2", "y.csv", false)]);
        assert_eq!(told(&wanted, 11, 1, "/any/name"), [own("TW-1", "w", false)]);
        assert!(told(&wanted, 10, 3, "/any/z.csv").is_empty() && told(&wanted, 12, 1, "/w").is_empty());
        assert!(wanted.has_size(10) && wanted.has_size(11) && !wanted.has_size(9) && !wanted.has_size(12));
    }

    #[test]
    fn of_several_names_the_place_tells_and_then_the_name() {
        let wanted = wanted(&[(0, "a/x.csv", 10, 1), (0, "b/y.csv", 10, 1)]);
        let name = |real: &str| told(&wanted, 10, 1, real).remove(0);
        assert_eq!(name("/work/TW-1/b/y.csv"), ("TW-1".into(), "b/y.csv".into(), true));
        assert_eq!(name("/work/TW-1/a/x.csv"), ("TW-1".into(), "a/x.csv".into(), true));
        assert!(!name("/work/TW-1/x.csv").2, "copied within the folder");
        assert_eq!(name("/home/Y.CSV"), ("TW-1".into(), "b/y.csv".into(), false));
    }

    #[test]
    fn an_empty_file_is_known_by_its_name_alone() {
        let wanted = wanted(&[(0, "a/空.txt", 0, 1), (0, "full.txt", 5, 2)]);
        assert!(!wanted.has_size(0));
        let called =
            |name: &str, size| wanted.called(name, size).into_iter().map(|(what, ..)| what).collect::<Vec<_>>();
        assert_eq!(called("空.txt", 0), [Leftover::Empty]);
        assert_eq!((called("空.txt", 1), called("full.txt", 0), called("other.txt", 0)), (vec![], vec![], vec![]));
    }

    #[test]
    fn leftovers_lead_to_the_file_of_each_bundle() {
        let wanted = wanted(&[(0, "x/名簿.xlsx", 1, 1), (0, "y/名簿.xlsx", 1, 2), (1, "名簿.xlsx", 1, 3)]);
        let called = wanted.called("~$名簿.XLSX", 165);
        let numbers: Vec<_> = called.iter().map(|(what, number, _)| (*what, number.as_str())).collect();
        assert_eq!(numbers, [(Leftover::OfficeLock, "TW-1"), (Leftover::OfficeLock, "TW-2")]);
        assert!(wanted.called("~$other.xlsx", 165).is_empty() && wanted.called("名簿.xlsx", 165).is_empty());
        assert_eq!(wanted.thrown_away("名簿.xlsx").len(), 2);
        assert_eq!(wanted.thrown_away("tw-2"), [("TW-2".to_owned(), None)]);
        assert!(!wanted.may_be_of_word("~WRL0001.tmp"), "no document of Word is looked for");
    }

    #[test]
    fn a_sealed_volume_is_a_copy_of_the_bundle_but_where_it_is_known_to_lie() {
        let mut wanted = wanted(&[]);
        wanted.volume(0, "bundle.age", 99, [9; 32]);
        wanted.volume(0, "bundle.age", 99, [9; 32]);
        wanted.lies_sealed(0, "/usb/TW-1".into());
        let found = wanted.contents(99, &[9; 32], Path::new("/usb/TW-1/bundle.age"));
        assert_eq!(found.len(), 1, "kept twice, told once");
        assert!(found[0].why == Why::BundleCopy && found[0].known);
        assert!(!wanted.contents(99, &[9; 32], Path::new("/home/x.age"))[0].known && wanted.has_size(99));
    }
}
