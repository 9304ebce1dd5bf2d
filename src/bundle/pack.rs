//! Packing: sources become a sealed file in a hidden folder beside the bundle's place, then the bundle.
//!
//! The folder gets its final name only after everything in it is synced, read back by the caller's wish, and the
//! passphrase is in the clerk's hands. Until then [`Staged`] removes it when dropped; it holds ciphertext only.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::bag::{self, BagInfo, Description};
use super::batch::Sha;
use super::checksums;
use super::error::Error;
use super::facts::{Encryption, FACTS_NAME, FORMAT, Facts, PassphraseKind, VolumeFact};
use super::header::{Header, Lock, WORK_FACTOR};
use super::id::BundleId;
use super::layout::{self, BLOCK, Entry};
use super::payload::sealed_size;
use super::readback::{self, ReadBack, Written};
use super::readme;
use super::seal::{Filler, Sink, seal};
use super::source::{Item, Kind, Moment, Sources};
use super::volumes::{VolumeWriter, hex, volume_count};
use crate::checked::Code;
use crate::erase::os;
use crate::progress::{Progress, Stage};
use crate::sign::{self, SigningKey};

/// Name of the detached signature on `bundle.json`.
pub const SIGNATURE_NAME: &str = "bundle.json.sig";
/// Name of the signer's public key.
pub const SIGNER_NAME: &str = "signer.pub";

/// Everything a pack is told; the room looks nothing up.
pub struct Order<'a> {
    /// What goes in.
    pub sources: &'a Sources,
    /// The bundle's name.
    pub id: BundleId,
    /// When, RFC 3339 with offset; its first ten characters are the day.
    pub created: String,
    /// The same moment.
    pub moment: Moment,
    /// Passphrase or recipients.
    pub lock: Lock<'a>,
    /// Whose passphrase, when it is one.
    pub passphrase: Option<PassphraseKind>,
    /// Largest volume.
    pub split: Option<u64>,
    /// What the sender says of the content; goes inside.
    pub description: Description,
    /// Signs `bundle.json`.
    pub signer: &'a SigningKey,
}

/// What a pack did: everything a ledger or a form may want to know of it. No secret is in it.
#[derive(Debug, Clone, serde::Serialize)]
pub struct PackRecord {
    /// The bundle's name.
    pub id: BundleId,
    /// Files inside.
    pub files: u64,
    /// Folders inside.
    pub folders: u64,
    /// Their bytes.
    pub bytes: u64,
    /// What the sender says of the content.
    pub description: Description,
    /// The public facts.
    pub facts: Facts,
    /// Fingerprint of the signing key.
    pub signer: String,
    /// SHA-256 of the opening code: the code itself is known to whoever opens.
    pub opening_code_sha256: String,
    /// Whether the medium was read back.
    pub read_back: ReadBack,
}

/// A finished bundle that has not got its name yet.
#[derive(Debug)]
pub struct Staged {
    folder: Option<PathBuf>,
    written: Vec<Written>,
    place: PathBuf,
    record: PackRecord,
}

fn agent() -> String {
    format!("tewatashi {}", env!("CARGO_PKG_VERSION"))
}

/// The bag around the sources: what comes before and after the payload, and how large it all is.
struct Bag<'a> {
    sources: &'a Sources,
    id: &'a BundleId,
    info: Zeroizing<String>,
    moment: Moment,
}

impl Bag<'_> {
    fn path(&self, rest: &str) -> String {
        format!("{}/{rest}", self.id)
    }

    fn tag_entry<'p>(&self, path: &'p str, size: u64) -> Entry<'p> {
        Entry { path, folder: false, executable: false, size, mtime: Moment { nanos: 0, ..self.moment } }
    }

    fn item_header(&self, item: &Item) -> Vec<u8> {
        let path = self.path(&format!("data/{}", item.path));
        let (folder, size, executable) = match item.kind {
            Kind::Folder => (true, 0, false),
            Kind::File { size, executable } => (false, size, executable),
        };
        let path = if folder { format!("{path}/") } else { path };
        layout::header(&Entry { path: &path, folder, executable, size, mtime: item.mtime })
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
    fn size(&self) -> u64 {
        let whole = |header: usize, size: u64| header as u64 + size + layout::padding(size) as u64;
        let tag = |name: &str, size: u64| {
            let path = self.path(name);
            whole(layout::header(&self.tag_entry(&path, size)).len(), size)
        };
        let zero = [0; 32];
        let payload: u64 = self
            .sources
            .items
            .iter()
            .map(|item| {
                let size = if let Kind::File { size, .. } = item.kind { size } else { 0 };
                whole(self.item_header(item).len(), size)
            })
            .sum();
        tag(bag::BAG_INFO, self.info.len() as u64)
            + tag(bag::BAGIT, bag::BAGIT_TEXT.len() as u64)
            + self.data_header().len() as u64
            + payload
            + tag(bag::MANIFEST, self.manifest_size())
            + tag(bag::TAG_MANIFEST, Self::tag_manifest(&zero, &zero).len() as u64)
            + 2 * BLOCK as u64
    }

    /// Writes the whole archive.
    fn write(&self, filler: &mut Filler, progress: &dyn Progress) -> Result<(), Error> {
        self.tag_file(filler, bag::BAG_INFO, self.info.as_bytes())?;
        self.tag_file(filler, bag::BAGIT, bag::BAGIT_TEXT.as_bytes())?;
        filler.write(&self.data_header())?;
        for item in &self.sources.items {
            filler.write(&self.item_header(item))?;
            if let Kind::File { size, .. } = item.kind {
                self.content(filler, item, size, progress)?;
            }
        }
        let digests = filler.digests()?;
        let manifest = self.manifest(filler, &digests)?;
        let info = Sha256::digest(self.info.as_bytes()).into();
        self.tag_file(filler, bag::TAG_MANIFEST, Self::tag_manifest(&info, &manifest).as_bytes())?;
        filler.zeros(2 * BLOCK)
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
        let mut file = os::open_read(&path).map_err(Error::io(&path))?;
        if !Sources::unchanged(item, &file.metadata().map_err(Error::io(&path))?) {
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

/// The opening code and the rest of `bag-info.txt`.
fn bag_info(order: &Order) -> Result<(BagInfo, Sha), Error> {
    let code = Code::random().map_err(|_| Error::Sealing)?;
    let mut key = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *key).map_err(|_| Error::Sealing)?;
    let info = BagInfo {
        oxum: order.sources.oxum(),
        id: order.id.clone(),
        date: order.created.get(..10).unwrap_or_default().to_owned(),
        agent: agent(),
        signer: order.signer.fingerprint(),
        opening_code: Zeroizing::new(code.to_string()),
        fingerprint_key: Zeroizing::new(hex(&key)),
        description: order.description.clone(),
    };
    Ok((info, code.sha256()))
}

/// Seals the archive of `order` into any sink; returns the header it began with.
///
/// # Errors
/// Whatever stops a pack.
pub fn seal_into<S: Sink>(
    order: &Order,
    progress: &dyn Progress,
    sink: impl FnOnce(u64) -> Result<S, Error>,
) -> Result<(S, Header, Sha), Error> {
    let (info, code) = bag_info(order)?;
    let bag = Bag { sources: order.sources, id: &order.id, info: info.render(), moment: order.moment };
    progress.stage(Stage::Key, 0);
    let (header, key) = Header::seal(&order.lock)?;
    let mut sink = sink(header.bytes().len() as u64 + sealed_size(bag.size()))?;
    progress.stage(Stage::Seal, info.oxum.0);
    sink.take(header.bytes())?;
    seal(&key, &mut sink, |filler| bag.write(filler, progress))?;
    Ok((sink, header, code))
}

/// Bytes the bundle will take at its place, its small files included, rounded up.
#[must_use]
pub fn estimate(order: &Order) -> u64 {
    let info = Zeroizing::new("x".repeat(2048));
    let bag = Bag { sources: order.sources, id: &order.id, info, moment: order.moment };
    sealed_size(bag.size()) + 256 * 1024
}

/// Packs into the hidden folder `staging`, from which [`Staged::commit`] moves the bundle to `place`.
///
/// # Errors
/// Whatever stops a pack; what was written by then is removed.
pub fn pack(order: &Order, staging: &Path, place: &Path, progress: &dyn Progress) -> Result<Staged, Error> {
    volume_count(estimate(order), order.split)?;
    if place.symlink_metadata().is_ok() {
        return Err(Error::Exists(place.to_owned()));
    }
    os::make_private_dir(staging).map_err(Error::io(staging))?;
    let guard = Remove(Some(staging.to_owned()));
    let writer = |size| VolumeWriter::new(staging, size, order.split, progress);
    let (writer, header, code) = seal_into(order, progress, writer)?;
    let volumes = writer.finish()?;
    let facts = facts(order, &header, volumes);
    let written = write_public_files(order, staging, &facts)?;
    os::sync_file_system(staging).map_err(Error::io(staging))?;
    let (bytes, files) = order.sources.oxum();
    let record = PackRecord {
        id: order.id.clone(),
        files,
        folders: order.sources.items.len() as u64 - files,
        bytes,
        description: order.description.clone(),
        facts,
        signer: order.signer.fingerprint(),
        opening_code_sha256: hex(&code),
        read_back: ReadBack::not_asked(),
    };
    Ok(Staged { folder: guard.keep(), written, place: place.to_owned(), record })
}

fn facts(order: &Order, header: &Header, volumes: Vec<VolumeFact>) -> Facts {
    Facts {
        format: FORMAT.into(),
        id: order.id.to_string(),
        created: order.created.clone(),
        tool: agent(),
        encryption: Encryption {
            format: "age v1".into(),
            cipher: "ChaCha20-Poly1305".into(),
            key: if header.is_scrypt() { "scrypt" } else { "x25519" }.into(),
            work_factor: header.is_scrypt().then_some(WORK_FACTOR),
            passphrase: order.passphrase,
            header_sha256: hex(&header.sha256()),
        },
        volumes,
        ledger_code: None,
    }
}

/// Writes what stands beside the volumes; returns all files of the bundle as they should come back.
fn write_public_files(order: &Order, folder: &Path, facts: &Facts) -> Result<Vec<Written>, Error> {
    let bytes = facts.to_bytes()?;
    let signature = order.signer.sign(sign::BUNDLE, &bytes).map_err(|_| Error::Sealing)?;
    let mut public = vec![
        (FACTS_NAME, bytes),
        (SIGNATURE_NAME, signature.into_bytes()),
        (SIGNER_NAME, order.signer.public_line().into_bytes()),
    ];
    public.extend(readme::texts(facts, &order.signer.fingerprint()));
    let list = checksums::render(facts, &public);
    public.push((checksums::NAME, list.into_bytes()));
    let volume = |v: &VolumeFact| Written { name: v.name.clone(), size: v.size, sha256: v.sha256.clone() };
    let mut written: Vec<Written> = facts.volumes.iter().map(volume).collect();
    for (name, content) in public {
        let path = folder.join(name);
        let mut file = os::create_new_private(&path, false).map_err(Error::io(&path))?;
        file.write_all(&content).and_then(|()| file.sync_all()).map_err(Error::io(&path))?;
        let sha256 = hex(&Sha256::digest(&content).into());
        written.push(Written { name: name.to_owned(), size: content.len() as u64, sha256 });
    }
    Ok(written)
}

/// Removes a folder of ciphertext unless told to keep it.
struct Remove(Option<PathBuf>);

impl Remove {
    fn keep(mut self) -> Option<PathBuf> {
        self.0.take()
    }
}

impl Drop for Remove {
    fn drop(&mut self) {
        if let Some(folder) = &self.0 {
            // Best effort: what stays is ciphertext under a hidden name, and the caller's note still names it.
            let _ = fs::remove_dir_all(folder);
        }
    }
}

impl Staged {
    /// Reads everything back from the medium and compares it.
    ///
    /// # Errors
    /// When the medium holds something else than what was written, or cannot be read.
    pub fn read_back(&mut self, progress: &dyn Progress) -> Result<&ReadBack, Error> {
        let folder = self.folder.as_deref().unwrap_or(&self.place);
        self.record.read_back = readback::compare(folder, &self.written, progress)?;
        Ok(&self.record.read_back)
    }

    /// What was done so far.
    #[must_use]
    pub fn record(&self) -> &PackRecord {
        &self.record
    }

    /// Gives the bundle its name.
    ///
    /// # Errors
    /// When something of that name appeared meanwhile, or the system refuses.
    pub fn commit(mut self) -> Result<(PathBuf, PackRecord), Error> {
        if let Some(folder) = self.folder.clone() {
            os::rename_no_replace(&folder, &self.place).map_err(|e| match e.kind() {
                std::io::ErrorKind::AlreadyExists => Error::Exists(self.place.clone()),
                _ => Error::io(&self.place)(e),
            })?;
            self.folder = None;
            if let Some(parent) = self.place.parent() {
                os::sync_dir(parent).map_err(Error::io(parent))?;
            }
        }
        Ok((self.place.clone(), self.record.clone()))
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        drop(Remove(self.folder.take()));
    }
}
