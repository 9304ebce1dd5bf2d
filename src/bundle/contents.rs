//! What is inside a bundle: one walk through the plaintext, for everyone who wants to see it.
//!
//! Opening, verifying and listing are the same walk with another receiver, so that a bundle one of them refuses is
//! refused by all.

use std::collections::HashSet;

use super::bag::{self, BagInfo};
use super::batch::Sha;
use super::error::{ArchiveFault, BagFault, Damage, EntryFault, Error};
use super::id::BundleId;
use super::layout::BLOCK;
use super::limits::{MOST_ENTRIES, Tally};
use super::names;
use super::source::Moment;
use super::unseal::Plain;
use super::untar::{self, RawEntry};
use crate::progress::Progress;

/// A file or folder as it comes along.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    /// Path below `data/`.
    pub path: &'a str,
    /// A folder, else a file.
    pub folder: bool,
    /// Whether it may be executed.
    pub executable: bool,
    /// Its size.
    pub size: u64,
    /// Its modification time.
    pub mtime: Moment,
}

/// A file whose content was found equal to its line of the manifest.
#[derive(Debug, Clone, Copy)]
pub struct Proved<'a> {
    /// Path below `data/`.
    pub path: &'a str,
    /// Its size.
    pub size: u64,
    /// Of its content.
    pub sha256: &'a [u8; 32],
}

/// Someone who takes what is inside, in order. Nothing is confirmed until the walk has ended well.
pub trait Receiver {
    /// The bag's own account of itself; nothing has been handed over yet.
    ///
    /// # Errors
    /// Stops the walk.
    fn bag(&mut self, _info: &BagInfo) -> Result<(), Error> {
        Ok(())
    }
    /// The next file or folder.
    ///
    /// # Errors
    /// Stops the walk.
    fn entry(&mut self, _found: &Found) -> Result<(), Error> {
        Ok(())
    }
    /// Content of the file announced last.
    ///
    /// # Errors
    /// Stops the walk.
    fn data(&mut self, _bytes: &[u8]) -> Result<(), Error> {
        Ok(())
    }
    /// That file is complete.
    ///
    /// # Errors
    /// Stops the walk.
    fn close(&mut self) -> Result<(), Error> {
        Ok(())
    }
    /// There is no bag inside: data and close of one single file follow (照合表なし).
    ///
    /// # Errors
    /// Stops the walk.
    fn foreign(&mut self) -> Result<(), Error> {
        Ok(())
    }
    /// Everything was compared, and this is one of the files. Comes for each of them, in their order, at the very end.
    ///
    /// # Errors
    /// Stops the walk.
    fn proved(&mut self, _info: &BagInfo, _file: &Proved) -> Result<(), Error> {
        Ok(())
    }
}

/// Takes everything and keeps nothing.
pub struct Discard;

impl Receiver for Discard {}

/// Two who take the same.
pub struct Both<'a>(
    /// The one.
    pub &'a mut dyn Receiver,
    /// The other.
    pub &'a mut dyn Receiver,
);

impl Receiver for Both<'_> {
    fn bag(&mut self, info: &BagInfo) -> Result<(), Error> {
        self.0.bag(info)?;
        self.1.bag(info)
    }
    fn entry(&mut self, found: &Found) -> Result<(), Error> {
        self.0.entry(found)?;
        self.1.entry(found)
    }
    fn data(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.0.data(bytes)?;
        self.1.data(bytes)
    }
    fn close(&mut self) -> Result<(), Error> {
        self.0.close()?;
        self.1.close()
    }
    fn foreign(&mut self) -> Result<(), Error> {
        self.0.foreign()?;
        self.1.foreign()
    }
    fn proved(&mut self, info: &BagInfo, file: &Proved) -> Result<(), Error> {
        self.0.proved(info, file)?;
        self.1.proved(info, file)
    }
}

/// What a walk that ended well has established.
pub struct Contents {
    /// The bag's own account of itself, found true.
    pub info: BagInfo,
    /// Files inside, each equal to its manifest line.
    pub files: u64,
    /// Folders inside.
    pub folders: u64,
    /// Bytes of the files.
    pub bytes: u64,
}

/// Whether the plaintext begins as one of our bags.
pub(super) fn is_bag(plain: &mut Plain) -> Result<bool, Error> {
    let Some((name, _)) = plain.peek()?.first_chunk::<100>().map(|n| n.split_at(17)) else { return Ok(false) };
    Ok(std::str::from_utf8(name).ok().and_then(|n| n.strip_suffix('/')).and_then(BundleId::parse).is_some())
}

/// Hands over a plaintext that is no bag; returns its size.
pub(super) fn walk_foreign(
    plain: &mut Plain,
    receiver: &mut dyn Receiver,
    progress: &dyn Progress,
) -> Result<u64, Error> {
    receiver.foreign()?;
    loop {
        if progress.cancelled() {
            return Err(Error::Cancelled);
        }
        let run = plain.run(u64::MAX)?;
        if run.is_empty() {
            break;
        }
        receiver.data(run)?;
        progress.advance(run.len() as u64);
    }
    receiver.close()?;
    Ok(plain.done())
}

/// Walks through the whole bag and compares every file with the manifest.
pub(super) fn walk(plain: &mut Plain, receiver: &mut dyn Receiver, progress: &dyn Progress) -> Result<Contents, Error> {
    let mut walk = Walk {
        plain,
        receiver,
        progress,
        files: Vec::new(),
        sizes: Vec::new(),
        folders: HashSet::new(),
        seen: HashSet::new(),
        tally: Tally::default(),
        bytes: 0,
    };
    let (info, prefix) = walk.opening()?;
    let manifest_size = walk.payload(&info, &prefix)?;
    let expected = walk.manifest(manifest_size)?;
    walk.announced(&info)?;
    let tags = walk.tag_manifest(&prefix)?;
    if untar::next_entry(walk.plain)?.is_some() {
        return Err(ArchiveFault::TrailingGarbage.into());
    }
    let Walk { plain, receiver, files, sizes, folders, bytes, .. } = walk;
    let folders = folders.len() as u64;
    compare(&plain.digests()?, &files, &expected, &tags)?;
    for ((path, &size), sha256) in files.iter().zip(&sizes).zip(&expected) {
        receiver.proved(&info, &Proved { path, size, sha256 })?;
    }
    Ok(Contents { info, files: files.len() as u64, folders, bytes })
}

struct Walk<'w, 'p> {
    plain: &'w mut Plain<'p>,
    receiver: &'w mut dyn Receiver,
    progress: &'w dyn Progress,
    files: Vec<Box<str>>,
    sizes: Vec<u64>,
    folders: HashSet<Box<str>>,
    seen: HashSet<u128>,
    tally: Tally,
    bytes: u64,
}

impl Walk<'_, '_> {
    /// `bag-info.txt`, `bagit.txt` and the payload folder, in this order and no other.
    fn opening(&mut self) -> Result<(BagInfo, String), Error> {
        let first = self.need(bag::BAG_INFO)?;
        let (id, name) = first.path.split_once('/').ok_or_else(|| missing(bag::BAG_INFO, &first))?;
        let id = BundleId::parse(id).ok_or(Damage::NotABag)?;
        if name != bag::BAG_INFO || first.folder {
            return Err(missing(bag::BAG_INFO, &first));
        }
        let text = self.tag_text(bag::BAG_INFO, first.size, bag::MOST_BAG_INFO)?;
        let info = BagInfo::parse(&text)?;
        if info.id != id {
            return Err(BagFault::OtherIdentifier.into());
        }
        // Attack: millions of names, to fill the memory of whoever only looks.
        if info.oxum.1 > MOST_ENTRIES {
            return Err(BagFault::TooMany(bag::BAG_INFO.into()).into());
        }
        let prefix = format!("{id}/");
        let second = self.need(bag::BAGIT)?;
        if second.path != format!("{prefix}{}", bag::BAGIT) || second.folder {
            return Err(missing(bag::BAGIT, &second));
        }
        let text = self.tag_text(bag::BAGIT, second.size, BLOCK as u64)?;
        if *text != bag::BAGIT_TEXT {
            return Err(BagFault::Version.into());
        }
        let third = self.need("data/")?;
        if third.path != format!("{prefix}data/") || !third.folder {
            return Err(missing("data/", &third));
        }
        self.receiver.bag(&info)?;
        Ok((info, prefix))
    }

    fn need(&mut self, what: &'static str) -> Result<RawEntry, Error> {
        untar::next_entry(self.plain)?.ok_or(BagFault::Missing { name: what, found: String::new() }.into())
    }

    /// A small text file of the bag's own.
    fn tag_text(&mut self, name: &'static str, size: u64, most: u64) -> Result<zeroize::Zeroizing<String>, Error> {
        if size > most {
            return Err(BagFault::TooLarge(name).into());
        }
        self.plain.begin()?;
        let mut bytes = zeroize::Zeroizing::new(Vec::with_capacity(usize::try_from(size).unwrap_or(0)));
        while (bytes.len() as u64) < size {
            let run = self.plain.run(size - bytes.len() as u64)?;
            if run.is_empty() {
                return Err(ArchiveFault::Cut.into());
            }
            bytes.extend_from_slice(run);
        }
        self.plain.end();
        untar::skip_padding(self.plain, size)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| BagFault::Malformed(name))?;
        Ok(zeroize::Zeroizing::new(text.to_owned()))
    }

    /// Everything below `data/`, up to the manifest, whose size is returned.
    fn payload(&mut self, info: &BagInfo, prefix: &str) -> Result<u64, Error> {
        loop {
            let entry = self.need(bag::MANIFEST)?;
            let refuse = |fault| Error::from(Damage::Entry { path: entry.path.clone(), fault });
            let Some(inside) = entry.path.strip_prefix(prefix) else {
                return Err(refuse(
                    names::check(&entry.path).map_or_else(EntryFault::Name, |()| EntryFault::OutsideBag),
                ));
            };
            let Some(path) = inside.strip_prefix("data/") else {
                return match inside {
                    bag::MANIFEST if !entry.folder => Ok(entry.size),
                    bag::TAG_MANIFEST => Err(missing(bag::MANIFEST, &entry)),
                    _ => {
                        Err(refuse(names::check(inside).map_or_else(EntryFault::Name, |()| EntryFault::UnknownTagFile)))
                    }
                };
            };
            let path = if entry.folder { path.strip_suffix('/').unwrap_or(path) } else { path };
            self.admit(path, &entry)?;
            let found = Found {
                path,
                folder: entry.folder,
                executable: entry.executable,
                size: entry.size,
                mtime: entry.mtime,
            };
            self.take(&found, info)?;
        }
    }

    /// Whether an entry may stand where it does.
    fn admit(&mut self, path: &str, entry: &RawEntry) -> Result<(), Error> {
        let refuse = |fault| Error::from(Damage::Entry { path: path.to_owned(), fault });
        names::check(path).map_err(|fault| refuse(EntryFault::Name(fault)))?;
        if !self.seen.insert(names::fold(path)) {
            let same = self.folders.contains(path) || self.files.iter().any(|f| **f == *path);
            return Err(refuse(if same { EntryFault::Duplicate } else { EntryFault::Collision }));
        }
        if let Some((parent, _)) = path.rsplit_once('/')
            && !self.folders.contains(parent)
        {
            return Err(refuse(EntryFault::NoFolder));
        }
        if entry.folder {
            self.folders.insert(path.into());
        } else {
            self.files.push(path.into());
            self.sizes.push(entry.size);
        }
        Ok(())
    }

    fn take(&mut self, found: &Found, info: &BagInfo) -> Result<(), Error> {
        if self.progress.cancelled() {
            return Err(Error::Cancelled);
        }
        // Attack: a size that promises little and delivers without end, or the reverse. What was announced, and what
        // the opener checked the free space for, is never exceeded.
        let bytes = self.bytes.checked_add(found.size).filter(|&b| b <= info.oxum.0);
        if bytes.is_none() || self.files.len() as u64 > info.oxum.1 {
            let path = found.path.to_owned();
            let found = (self.bytes.saturating_add(found.size), self.files.len() as u64);
            return Err(BagFault::MoreThanAnnounced { path, found, announced: info.oxum }.into());
        }
        // Attack: folders, which nothing announces, without end.
        self.tally.add(found.path, found.folder);
        if !self.tally.fits(info.oxum.1) {
            return Err(BagFault::TooMany(found.path.to_owned()).into());
        }
        self.receiver.entry(found)?;
        if found.folder {
            return Ok(());
        }
        self.plain.begin()?;
        let mut left = found.size;
        while left > 0 {
            if self.progress.cancelled() {
                return Err(Error::Cancelled);
            }
            let run = self.plain.run(left)?;
            if run.is_empty() {
                let (path, fault) = (found.path.to_owned(), EntryFault::Archive(ArchiveFault::Cut));
                return Err(Damage::Entry { path, fault }.into());
            }
            self.receiver.data(run)?;
            left -= run.len() as u64;
            self.progress.advance(run.len() as u64);
        }
        self.plain.end();
        self.bytes += found.size;
        self.receiver.close()?;
        untar::skip_padding(self.plain, found.size)
    }

    fn announced(&self, info: &BagInfo) -> Result<(), Error> {
        let here = (self.bytes, self.files.len() as u64);
        let fault = BagFault::LessThanAnnounced { found: here, announced: info.oxum };
        if here == info.oxum { Ok(()) } else { Err(fault.into()) }
    }

    /// Reads the manifest line by line: for each file, in the order they came, the digest it should have.
    fn manifest(&mut self, size: u64) -> Result<Vec<Sha>, Error> {
        let longest = usize::try_from(bag::manifest_line_len("data/")).unwrap_or(0) + names::MOST_PATH;
        let lookup = Lookup::new(&self.files);
        let mut expected = vec![None; self.files.len()];
        let (mut line, mut number, mut left) = (Vec::new(), 1, size);
        self.plain.begin()?;
        while left > 0 {
            let run = self.plain.run(left)?;
            if run.is_empty() {
                return Err(ArchiveFault::Cut.into());
            }
            left -= run.len() as u64;
            for piece in run.split_inclusive(|&b| b == b'\n') {
                line.extend_from_slice(piece);
                if line.len() > longest {
                    return Err(BagFault::ManifestLine(number).into());
                }
                if line.last() == Some(&b'\n') {
                    manifest_line(&line[..line.len() - 1], number, &lookup, &mut expected)?;
                    line.clear();
                    number += 1;
                }
            }
        }
        self.plain.end();
        untar::skip_padding(self.plain, size)?;
        if !line.is_empty() {
            return Err(BagFault::ManifestLine(number).into());
        }
        let missing = |i: usize| Error::from(BagFault::NotInManifest(self.files[i].to_string()));
        expected.into_iter().enumerate().map(|(i, sha)| sha.ok_or_else(|| missing(i))).collect()
    }

    /// The digests the tag manifest gives for `bag-info.txt`, `bagit.txt` and the manifest.
    fn tag_manifest(&mut self, prefix: &str) -> Result<[Sha; 3], Error> {
        let entry = self.need(bag::TAG_MANIFEST)?;
        if entry.path != format!("{prefix}{}", bag::TAG_MANIFEST) || entry.folder {
            return Err(missing(bag::TAG_MANIFEST, &entry));
        }
        if entry.size > BLOCK as u64 {
            return Err(BagFault::TooLarge(bag::TAG_MANIFEST).into());
        }
        let malformed = || Error::from(BagFault::Malformed(bag::TAG_MANIFEST));
        let text = untar::read_small(self.plain, entry.size)?;
        let text = std::str::from_utf8(&text).map_err(|_| malformed())?;
        // Not `lines`, which would take CR LF for a line break.
        let body = text.strip_suffix('\n').ok_or_else(malformed)?;
        let mut lines = body.split('\n').map(|line| bag::parse_manifest_line(line).ok_or_else(malformed)).peekable();
        let mut tags = [[0; 32]; 3];
        for (tag, name) in tags.iter_mut().zip([bag::BAG_INFO, bag::BAGIT, bag::MANIFEST]) {
            let line = lines.next_if(|line| line.as_ref().map_or(true, |line| line.1 == name));
            *tag = line.ok_or(BagFault::TagUnlisted(name))??.0;
        }
        match lines.next() {
            Some(line) => Err(BagFault::TagMissing(line?.1.to_owned()).into()),
            None => Ok(tags),
        }
    }
}

/// Something else stands where `name` must.
fn missing(name: &'static str, entry: &RawEntry) -> Error {
    BagFault::Missing { name, found: entry.path.clone() }.into()
}

/// Finds a file's number by its path without a second copy of every name.
struct Lookup<'a> {
    files: &'a [Box<str>],
    sorted: Vec<u32>,
}

impl<'a> Lookup<'a> {
    fn new(files: &'a [Box<str>]) -> Self {
        let mut sorted: Vec<u32> = (0..u32::try_from(files.len()).unwrap_or(u32::MAX)).collect();
        sorted.sort_unstable_by(|&a, &b| files[a as usize].cmp(&files[b as usize]));
        Self { files, sorted }
    }

    fn find(&self, path: &str) -> Option<usize> {
        let at = self.sorted.binary_search_by(|&i| (*self.files[i as usize]).cmp(path)).ok()?;
        Some(self.sorted[at] as usize)
    }
}

fn manifest_line(line: &[u8], at: u64, lookup: &Lookup, expected: &mut [Option<Sha>]) -> Result<(), Error> {
    let malformed = || Error::from(BagFault::ManifestLine(at));
    let line = std::str::from_utf8(line).map_err(|_| malformed())?;
    let (sha, path) = bag::parse_manifest_line(line).ok_or_else(malformed)?;
    // Attack: a carriage return before the line break, invisible in most editors.
    if path.contains(char::is_control) {
        return Err(malformed());
    }
    let path = path.strip_prefix("data/").ok_or_else(|| BagFault::NotPayload(path.to_owned()))?;
    if names::check(path).is_err() {
        return Err(BagFault::NotPayload(path.to_owned()).into());
    }
    let number = lookup.find(path).ok_or_else(|| BagFault::MissingFile(path.to_owned()))?;
    if expected[number].replace(sha).is_some() {
        return Err(BagFault::ListedTwice(path.to_owned()).into());
    }
    Ok(())
}

/// Digests come as they were marked: `bag-info.txt`, `bagit.txt`, the payload, the manifest.
fn compare(digests: &[Sha], files: &[Box<str>], expected: &[Sha], tags: &[Sha; 3]) -> Result<(), Error> {
    let [info, bagit, payload @ .., manifest] = digests else { return Err(Error::Sealing) };
    let own = [(bag::BAG_INFO, info), (bag::BAGIT, bagit), (bag::MANIFEST, manifest)];
    if let Some(((name, _), _)) = own.iter().zip(tags).find(|((_, found), expected)| found != expected) {
        return Err(BagFault::TagMismatch(name).into());
    }
    let mut rows = files.iter().zip(payload.iter().zip(expected));
    if payload.len() != files.len() || expected.len() != files.len() {
        return Err(Error::Sealing);
    }
    match rows.find(|(_, (found, expected))| found != expected) {
        Some((path, _)) => Err(BagFault::Mismatch(path.to_string()).into()),
        None => Ok(()),
    }
}
