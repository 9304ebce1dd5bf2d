//! Packing: sources become a sealed file in a hidden folder beside the bundle's place, then the bundle.
//!
//! The folder gets its final name only after everything in it is synced, read back by the caller's wish, and the
//! passphrase is in the clerk's hands. Until then [`Staged`] removes it when dropped; it holds ciphertext only.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::archive::Bag;
use super::bag::{BagInfo, Description};
use super::batch::Sha;
use super::checksums;
use super::error::Error;
use super::facts::{AGE, CIPHER, Encryption, FACTS_NAME, FORMAT, Facts, PassphraseKind};
use super::header::{Header, Lock, WORK_FACTOR};
use super::id::BundleId;
use super::opener::{OpenerFact, Openers};
use super::payload::sealed_size;
use super::readback::{self, ReadBack, Written};
use super::readme;
use super::seal::{Sink, seal};
use super::source::{Moment, Sources};
use super::synced;
use super::volumes::{VolumeFact, VolumeHasher, VolumeWriter};
use crate::checked::Code;
use crate::digest::hex;
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
    /// The short code of the sender's ledger: the bundle carries away a proof of its past.
    pub ledger_code: Option<String>,
    /// The programs that go beside it.
    pub openers: Option<&'a Openers>,
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
pub struct Staged {
    folder: Option<PathBuf>,
    written: Vec<Written>,
    place: PathBuf,
    record: PackRecord,
    fingerprint_key: Zeroizing<String>,
    contents: Vec<Sha>,
}

fn agent() -> String {
    format!("tewatashi {}", env!("CARGO_PKG_VERSION"))
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

/// What sealing leaves to be told, besides the sealed bytes.
pub struct Sealed<S> {
    /// Where they went.
    pub sink: S,
    /// What they begin with.
    pub header: Header,
    /// SHA-256 of every volume.
    pub digests: Vec<Sha>,
    /// SHA-256 of the opening code.
    pub code: Sha,
    /// The key of the fingerprints, which stands inside.
    pub fingerprint_key: Zeroizing<String>,
    /// SHA-256 of every file inside, in the order of the sources.
    pub contents: Vec<Sha>,
}

/// Seals the archive of `order` into any sink, which need not hash.
///
/// # Errors
/// Whatever stops a pack.
pub fn seal_into<S: Sink>(
    order: &Order,
    progress: &dyn Progress,
    sink: impl FnOnce(u64) -> Result<S, Error>,
) -> Result<Sealed<S>, Error> {
    let (info, code) = bag_info(order)?;
    let bag = Bag { sources: order.sources, id: &order.id, info: info.render(), moment: order.moment };
    progress.stage(Stage::Key, 0);
    let (header, key) = Header::seal(&order.lock)?;
    let mut sink = sink(header.bytes().len() as u64 + sealed_size(bag.size()))?;
    progress.stage(Stage::Seal, info.oxum.0);
    let mut hasher = VolumeHasher::new(order.split);
    hasher.feed(header.bytes());
    sink.take(header.bytes())?;
    let contents = seal(&key, &mut hasher, &mut sink, |filler| bag.write(filler, progress))?;
    Ok(Sealed { sink, header, digests: hasher.finish(), code, fingerprint_key: info.fingerprint_key, contents })
}

/// Bytes the bundle will take at its place, its small files and the programs beside it included, rounded up.
#[must_use]
pub fn estimate(order: &Order) -> u64 {
    let info = Zeroizing::new("x".repeat(2048));
    let bag = Bag { sources: order.sources, id: &order.id, info, moment: order.moment };
    let openers = order.openers.map_or(0, Openers::size);
    (sealed_size(bag.size()) + 256 * 1024).saturating_add(openers)
}

/// Packs into the hidden folder `staging`, from which [`Staged::commit`] moves the bundle to `place`.
///
/// # Errors
/// Whatever stops a pack; what was written by then is removed.
pub fn pack(order: &Order, staging: &Path, place: &Path, progress: &dyn Progress) -> Result<Staged, Error> {
    if place.symlink_metadata().is_ok() {
        return Err(Error::Exists(place.to_owned()));
    }
    os::make_private_dir(staging).map_err(Error::io(staging))?;
    let guard = Remove(Some(staging.to_owned()));
    let writer = |size| VolumeWriter::new(staging, size, order.split, progress);
    let Sealed { sink, header, digests, code, fingerprint_key, contents } = seal_into(order, progress, writer)?;
    let volumes = sink.finish(&digests)?;
    let openers = order.openers.map(|openers| openers.copy(staging, progress)).transpose()?;
    let facts = facts(order, &header, volumes, openers.unwrap_or_default());
    let written = write_public_files(order, staging, &facts)?;
    for file in written.iter().map(|w| staging.join(&w.name)).chain([staging.to_owned()]) {
        // Only ciphertext and public facts: the recipient is another user on another desk, and must be able to read
        // a medium that keeps owners. A medium that keeps none refuses this, and needs it not.
        let _ = os::make_readable(&file);
    }
    synced::all_below(staging, os::sync_file_system(staging)).map_err(Error::io(staging))?;
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
    Ok(Staged { folder: guard.keep(), written, place: place.to_owned(), record, fingerprint_key, contents })
}

fn facts(order: &Order, header: &Header, volumes: Vec<VolumeFact>, openers: Vec<OpenerFact>) -> Facts {
    Facts {
        format: FORMAT.into(),
        id: order.id.to_string(),
        created: order.created.clone(),
        tool: agent(),
        encryption: Encryption {
            format: AGE.into(),
            cipher: CIPHER.into(),
            key: if header.is_scrypt() { "scrypt" } else { "x25519" }.into(),
            work_factor: header.is_scrypt().then_some(WORK_FACTOR),
            passphrase: order.passphrase,
            header_sha256: hex(&header.sha256()),
        },
        volumes,
        ledger_code: order.ledger_code.clone(),
        openers,
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
    for (name, text) in readme::texts(facts, &order.signer.fingerprint()) {
        // Some FAT drivers take no Japanese names; a medium is not refused for that.
        let name = if name == readme::JA && !takes_name(folder, name) { readme::JA_PLAIN } else { name };
        public.push((name, text));
    }
    let list = checksums::render(facts, &public);
    public.push((checksums::NAME, list.into_bytes()));
    let volume = |v: &VolumeFact| Written { name: v.name.clone(), size: v.size, sha256: v.sha256.clone() };
    let opener = |o: &OpenerFact| Written { name: o.name.clone(), size: o.size, sha256: o.sha256.clone() };
    let mut written: Vec<Written> = facts.volumes.iter().map(volume).chain(facts.openers.iter().map(opener)).collect();
    for (name, content) in public {
        let path = folder.join(name);
        let mut file = os::create_new_private(&path, false).map_err(Error::io(&path))?;
        file.write_all(&content).and_then(|()| file.sync_all()).map_err(Error::io(&path))?;
        let sha256 = hex(&Sha256::digest(&content).into());
        written.push(Written { name: name.to_owned(), size: content.len() as u64, sha256 });
    }
    Ok(written)
}

/// Whether a file of this name can be made in the folder.
fn takes_name(folder: &Path, name: &str) -> bool {
    let path = folder.join(name);
    os::create_new_private(&path, false).is_ok() && path.is_file() && fs::remove_file(&path).is_ok()
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

impl std::fmt::Debug for Staged {
    /// Without the key.
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.debug_struct("Staged").field("place", &self.place).field("record", &self.record).finish_non_exhaustive()
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

    /// The key of the fingerprints that the bundle carries inside, 64 hexadecimal digits.
    #[must_use]
    pub fn fingerprint_key(&self) -> &Zeroizing<String> {
        &self.fingerprint_key
    }

    /// SHA-256 of every file inside, in the order of the sources.
    #[must_use]
    pub fn contents(&self) -> &[Sha] {
        &self.contents
    }

    /// Seen with a FAT driver in user space: the folder had its new name, and nothing was in it any more. The folder's list
    /// tells; asking for a file by its name would be answered out of the system's memory.
    fn all_there(&self) -> Result<(), Error> {
        let listed = fs::read_dir(&self.place).map_err(Error::io(&self.place))?;
        let names: HashSet<_> = listed.flatten().map(|entry| entry.file_name()).collect();
        match self.written.iter().find(|file| !names.contains(OsStr::new(&file.name))) {
            Some(file) => Err(Error::LostByRename(self.place.join(&file.name))),
            None => Ok(()),
        }
    }

    /// Gives the bundle its name.
    ///
    /// # Errors
    /// When something of that name appeared meanwhile, the system refuses, or the files are not there under the new name.
    pub fn commit(mut self) -> Result<(PathBuf, PackRecord), Error> {
        if let Some(folder) = self.folder.clone() {
            os::rename_no_replace(&folder, &self.place).map_err(|e| match e.kind() {
                std::io::ErrorKind::AlreadyExists => Error::Exists(self.place.clone()),
                _ => Error::io(&self.place)(e),
            })?;
            self.folder = None;
            self.all_there()?;
            if let Some(parent) = self.place.parent() {
                // It has its name: from here on nothing may be told as undone, and the slip must not go.
                let _ = os::sync_dir(parent);
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
