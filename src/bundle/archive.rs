//! The archive that is sealed: the bag around the sources, laid out as tar.

use std::fs::File;
use std::io::Read;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::bag;
use super::batch::Sha;
use super::error::Error;
use super::id::BundleId;
use super::layout::{self, BLOCK, Entry};
use super::seal::Filler;
use super::source::{Item, Kind, Moment, Sources};
use crate::erase::os;
use crate::progress::Progress;

/// The bag around the sources: what comes before and after the payload, and how large it all is.
pub(super) struct Bag<'a> {
    /// What goes in.
    pub sources: &'a Sources,
    /// The bundle's name.
    pub id: &'a BundleId,
    /// Text of `bag-info.txt`.
    pub info: Zeroizing<String>,
    /// When.
    pub moment: Moment,
}

impl Bag<'_> {
    fn path(&self, rest: &str) -> String {
        format!("{}/{rest}", self.id)
    }

    fn tag_entry<'p>(&self, path: &'p str, size: u64) -> Entry<'p> {
        Entry { path, folder: false, executable: false, size, mtime: Moment { nanos: 0, ..self.moment } }
    }

    /// Does something with the entry of an item; the path lives no longer than that.
    fn entry<T>(&self, item: &Item, use_it: impl FnOnce(&Entry) -> T) -> T {
        let (folder, size, executable, end) = match item.kind {
            Kind::Folder => (true, 0, false, "/"),
            Kind::File { size, executable } => (false, size, executable, ""),
        };
        let path = format!("{}/data/{}{end}", self.id, item.path);
        use_it(&Entry { path: &path, folder, executable, size, mtime: item.mtime })
    }

    fn data_header(&self) -> Vec<u8> {
        let path = self.path("data/");
        layout::header(&Entry { folder: true, ..self.tag_entry(&path, 0) })
    }

    fn manifest_size(&self) -> u64 {
        let file = |item: &&Item| matches!(item.kind, Kind::File { .. });
        self.sources.items.iter().filter(file).map(|i| bag::manifest_line_len(&i.path) + 5).sum()
    }

    fn tag_manifest(info: &Sha, manifest: &Sha) -> String {
        bag::manifest_line(info, bag::BAG_INFO)
            + &bag::manifest_line(&Sha256::digest(bag::BAGIT_TEXT).into(), bag::BAGIT)
            + &bag::manifest_line(manifest, bag::MANIFEST)
    }

    /// Exact size of the archive.
    pub fn size(&self) -> u64 {
        let whole = |entry: &Entry| layout::header_len(entry) + entry.size + layout::padding(entry.size) as u64;
        let tag = |name: &str, size: u64| whole(&self.tag_entry(&self.path(name), size));
        let zero = [0; 32];
        let payload: u64 = self.sources.items.iter().map(|item| self.entry(item, whole)).sum();
        tag(bag::BAG_INFO, self.info.len() as u64)
            + tag(bag::BAGIT, bag::BAGIT_TEXT.len() as u64)
            + self.data_header().len() as u64
            + payload
            + tag(bag::MANIFEST, self.manifest_size())
            + tag(bag::TAG_MANIFEST, Self::tag_manifest(&zero, &zero).len() as u64)
            + 2 * BLOCK as u64
    }

    /// Writes the whole archive; returns the digests of the files in it, in their order.
    pub fn write(&self, filler: &mut Filler, progress: &dyn Progress) -> Result<Vec<Sha>, Error> {
        self.tag_file(filler, bag::BAG_INFO, self.info.as_bytes())?;
        self.tag_file(filler, bag::BAGIT, bag::BAGIT_TEXT.as_bytes())?;
        filler.write(&self.data_header())?;
        for item in &self.sources.items {
            filler.write(&self.entry(item, layout::header))?;
            if let Kind::File { size, .. } = item.kind {
                self.content(filler, item, size, progress)?;
            }
        }
        let digests = filler.digests()?;
        let manifest = self.manifest(filler, &digests)?;
        let info = Sha256::digest(self.info.as_bytes()).into();
        self.tag_file(filler, bag::TAG_MANIFEST, Self::tag_manifest(&info, &manifest).as_bytes())?;
        filler.zeros(2 * BLOCK)?;
        Ok(digests)
    }

    fn tag_file(&self, filler: &mut Filler, name: &str, content: &[u8]) -> Result<(), Error> {
        let path = self.path(name);
        filler.write(&layout::header(&self.tag_entry(&path, content.len() as u64)))?;
        filler.write(content)?;
        filler.zeros(layout::padding(content.len() as u64))
    }

    /// Copies a file's content in, and stops when it is no longer the file that was looked at.
    fn content(&self, filler: &mut Filler, item: &Item, size: u64, progress: &dyn Progress) -> Result<(), Error> {
        let path = self.sources.place_of(item);
        let changed = || Error::SourceChanged(path.clone());
        let (mut file, meta) = os::open_read_known(&path).map_err(Error::io(&path))?;
        if !Sources::unchanged(item, &meta) {
            return Err(changed());
        }
        filler.begin()?;
        let mut left = size;
        while left > 0 {
            let space = filler.space()?;
            let most = space.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            let n = read_some(&mut file, &mut space[..most]).map_err(Error::io(&path))?;
            if n == 0 {
                return Err(changed());
            }
            filler.advance(n);
            left -= n as u64;
            progress.advance(n as u64);
            if progress.cancelled() {
                return Err(Error::Cancelled);
            }
        }
        filler.end();
        // A writer that came in between shows in the change time, even when the size is the same again.
        if !Sources::unchanged(item, &file.metadata().map_err(Error::io(&path))?) {
            return Err(changed());
        }
        filler.zeros(layout::padding(size))
    }

    fn manifest(&self, filler: &mut Filler, digests: &[Sha]) -> Result<Sha, Error> {
        let path = self.path(bag::MANIFEST);
        let size = self.manifest_size();
        filler.write(&layout::header(&self.tag_entry(&path, size)))?;
        let mut hasher = Sha256::new();
        let files = self.sources.items.iter().filter(|i| matches!(i.kind, Kind::File { .. }));
        for (item, digest) in files.zip(digests) {
            let line = bag::manifest_line(digest, &format!("data/{}", item.path));
            hasher.update(&line);
            filler.write(line.as_bytes())?;
        }
        filler.zeros(layout::padding(size))?;
        Ok(hasher.finalize().into())
    }
}

fn read_some(file: &mut File, into: &mut [u8]) -> std::io::Result<usize> {
    loop {
        match file.read(into) {
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            outcome => return outcome,
        }
    }
}
