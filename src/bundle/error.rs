//! What can go wrong with a bundle, typed. The words a person reads are made elsewhere (`cli::words`).

use std::io;
use std::path::{Path, PathBuf};

use super::opener::OpenerFault;

/// Why a bundle could not be packed, checked or opened.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The system refused something to do with this path.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Reading the sealed stream failed; the caller adds which volume it was.
    #[error("reading the sealed stream: {0}")]
    Stream(io::Error),
    /// Things among the sources that cannot go into a bundle, all at once.
    #[error("{} sources cannot be packed", .0.len())]
    Sources(Vec<SourceProblem>),
    /// Nothing to pack.
    #[error("nothing to pack")]
    NothingToPack,
    /// A source changed while it was read.
    #[error("{} changed while it was read", .0.display())]
    SourceChanged(PathBuf),
    /// The target folder lies inside a source.
    #[error("{} lies inside the source {}", target.display(), source_path.display())]
    TargetInsideSource {
        /// Where the bundle should go.
        target: PathBuf,
        /// The source that holds it.
        source_path: PathBuf,
    },
    /// Somebody put something else in the place of a work folder.
    #[error("{} was replaced by another", .0.display())]
    Replaced(PathBuf),
    /// Not enough room.
    #[error("{}: {needed} bytes needed, {free} free", place.display())]
    NoSpace {
        /// Where.
        place: PathBuf,
        /// Bytes needed.
        needed: u64,
        /// Bytes free.
        free: u64,
    },
    /// More files and folders than a bundle may hold.
    #[error("{files} files and {folders} folders are too many")]
    TooManyEntries {
        /// Files found.
        files: u64,
        /// Folders found.
        folders: u64,
    },
    /// A program that should go beside the bundle is not taken.
    #[error("{}: {fault:?}", path.display())]
    Opener {
        /// The file.
        path: PathBuf,
        /// Why.
        fault: OpenerFault,
    },
    /// More volumes than three digits can number.
    #[error("{volumes} volumes, at most 999")]
    TooManyVolumes {
        /// How many it would be.
        volumes: u64,
    },
    /// Something of that name is already there.
    #[error("{} exists", .0.display())]
    Exists(PathBuf),
    /// What was read back from the medium differs from what was written.
    #[error("{} read back differently", .0.display())]
    ReadBackMismatch(PathBuf),
    /// A file was there before the folder was renamed, and not afterwards.
    #[error("{} was lost when its folder was renamed", .0.display())]
    LostByRename(PathBuf),
    /// The bundle is damaged or was tampered with.
    #[error(transparent)]
    Damaged(#[from] Damage),
    /// The passphrase does not open it.
    #[error("wrong passphrase")]
    WrongPassphrase,
    /// None of the identities opens it.
    #[error("no matching identity")]
    WrongIdentity,
    /// A passphrase was given, but recipients lock it.
    #[error("an identity opens this, not a passphrase")]
    NeedsIdentity,
    /// An identity was given, but a passphrase locks it.
    #[error("a passphrase opens this, not an identity")]
    NeedsPassphrase,
    /// The header could not be made, or the system gave no random bytes.
    #[error("sealing failed")]
    Sealing,
    /// No bundle there.
    #[error("{} is not a bundle", .0.display())]
    NotABundle(PathBuf),
    /// Stopped by the user.
    #[error("interrupted")]
    Cancelled,
}

impl Error {
    /// Wraps a system error with its path.
    pub(crate) fn io(path: impl AsRef<Path>) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { path: path.as_ref().to_owned(), source }
    }
}

/// Something among the sources that stops the pack.
#[derive(Debug)]
pub struct SourceProblem {
    /// Where.
    pub path: PathBuf,
    /// What.
    pub kind: SourceFault,
}

/// Why a source cannot be packed.
#[derive(Debug)]
pub enum SourceFault {
    /// Does not exist.
    Missing,
    /// A symbolic link.
    Link,
    /// A device, socket or pipe.
    Special,
    /// Could not be read.
    Unreadable(io::Error),
    /// Its name is not Unicode.
    NotUnicode,
    /// Its name is one that some desk cannot store or show safely.
    Name(NameFault),
    /// Another entry has the same name but for upper and lower case or composition.
    Collides {
        /// The other one.
        with: String,
    },
    /// It has no name of its own (`/`, `..`).
    NoName,
}

/// Why a name inside a bundle is refused, when packing and when opening.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameFault {
    /// Absolute, or with a drive letter.
    Absolute,
    /// A `..` component.
    Parent,
    /// A `.` component.
    Dot,
    /// An empty component.
    Empty,
    /// One of `< > : " | ? * \`, which Windows refuses or reads as a separator.
    Forbidden(char),
    /// A control character, NUL or line break among them.
    Control,
    /// A character that reverses or hides the text around it.
    Hidden,
    /// A device name of Windows: CON, NUL, COM1…
    Reserved,
    /// Ends in a dot or a space, which Windows drops.
    TrailingDotOrSpace,
    /// A component over 255 bytes.
    TooLong,
    /// The whole path over the format's limit.
    PathTooLong,
}

/// What is wrong with a damaged or forged bundle.
#[derive(Debug, thiserror::Error, Clone, PartialEq, Eq)]
#[error("{self:?}")]
pub enum Damage {
    /// The file does not start as an age file.
    NotAge,
    /// An age file whose line ends were changed on the way.
    LineEnds,
    /// An age file that was turned into text of two bytes a character on the way.
    Utf16,
    /// An age version this program does not know.
    UnknownAgeVersion,
    /// The file ends inside the header.
    HeaderCut,
    /// The header has no end within 256 KiB.
    HeaderTooLong,
    /// The header is malformed.
    HeaderInvalid,
    /// The header's own authentication code does not hold.
    HeaderMac,
    /// The header is not the one `bundle.json` names.
    HeaderChanged,
    /// The header asks for more work than any honest bundle does.
    ExcessiveWork {
        /// log2 of the scrypt cost.
        asked: u8,
    },
    /// The text armor around the age file is broken.
    Armor,
    /// A chunk of the payload does not authenticate.
    Chunk {
        /// Its number from 0.
        number: u64,
    },
    /// The payload ends at a chunk boundary before its end.
    PayloadCut {
        /// Chunks that are there.
        chunks: u64,
    },
    /// Plaintext where the inner archive should be is not a bag.
    NotABag,
    /// The inner archive is malformed.
    Archive(ArchiveFault),
    /// An entry of the inner archive is refused.
    Entry {
        /// Its path as written.
        path: String,
        /// Why.
        fault: EntryFault,
    },
    /// The bag's own files are wrong.
    Bag(BagFault),
    /// A public file beside the sealed one is wrong.
    Public(PublicFault),
}

/// What is wrong with the inner tar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArchiveFault {
    /// It ends in the middle.
    Cut,
    /// A header's checksum does not hold.
    Checksum,
    /// A header that is not plain ustar.
    NotUstar,
    /// A number field holds no number.
    Number,
    /// A pax record is malformed, too long, or of a kind the format does not have.
    Pax,
    /// An entry type the format does not have (GNU long names, sparse files, global headers).
    Type(u8),
    /// Content after the end.
    TrailingGarbage,
}

/// Why an entry is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryFault {
    /// Its name.
    Name(NameFault),
    /// The name is not UTF-8.
    NotUtf8,
    /// It lies outside the bag's own folder.
    OutsideBag,
    /// A symbolic link.
    SymbolicLink,
    /// A hard link.
    HardLink,
    /// A device or pipe.
    Device,
    /// The same entry twice.
    Duplicate,
    /// The same name but for upper and lower case or composition.
    Collision,
    /// Its folder was not listed before it, or is a file.
    NoFolder,
    /// Set-user-id, set-group-id or other mode bits beyond read, write, execute.
    Mode,
    /// A file in the bag's own place that is no part of the format.
    UnknownTagFile,
    /// A folder with content.
    FolderContent,
    /// Its header, or where it ends.
    Archive(ArchiveFault),
}

/// What is wrong with the bag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BagFault {
    /// A tag file is missing, or not in its place.
    Missing {
        /// The tag file.
        name: &'static str,
        /// What stands there instead; empty at the archive's end.
        found: String,
    },
    /// A tag file that cannot be read as such.
    Malformed(&'static str),
    /// A tag file beyond any honest size.
    TooLarge(&'static str),
    /// A version or encoding this program does not know.
    Version,
    /// A line of the manifest that cannot be read.
    ManifestLine(u64),
    /// The manifest names something that is no payload.
    NotPayload(String),
    /// More content than `Payload-Oxum` announces.
    MoreThanAnnounced {
        /// The entry that goes beyond it.
        path: String,
        /// Bytes and files up to this one.
        found: (u64, u64),
        /// Bytes and files announced.
        announced: (u64, u64),
    },
    /// More files, folders or bytes of names than a bundle may hold: at this entry, or by what `bag-info.txt` announces.
    TooMany(String),
    /// Less content than `Payload-Oxum` announces.
    LessThanAnnounced {
        /// Bytes and files.
        found: (u64, u64),
        /// Bytes and files announced.
        announced: (u64, u64),
    },
    /// A file the manifest does not list.
    NotInManifest(String),
    /// A file the manifest lists but that is not there.
    MissingFile(String),
    /// A file whose content is not what the manifest says.
    Mismatch(String),
    /// A file listed twice.
    ListedTwice(String),
    /// One of the bag's own files is not what the tag manifest says.
    TagMismatch(&'static str),
    /// The tag manifest says nothing of one of the bag's own files.
    TagUnlisted(&'static str),
    /// The tag manifest lists a file that is not there.
    TagMissing(String),
    /// `bag-info.txt` has another number than the bag's folder.
    OtherIdentifier,
    /// The bag names another signer than the bundle's signature.
    OtherSigner,
    /// The bag names another bundle than the folder it came in.
    OtherBundle,
}

/// What is wrong outside the sealed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicFault {
    /// A file of the bundle is not there.
    Missing(String),
    /// A public file that cannot be read as what it should be.
    Malformed(String),
    /// `bundle.json` names a format this program does not know.
    UnknownFormat(String),
    /// A volume is missing.
    VolumeMissing {
        /// Its number from 1.
        number: usize,
        /// How many there should be.
        of: usize,
    },
    /// A volume has another size.
    VolumeSize {
        /// Its number from 1.
        number: usize,
        /// Size on the medium.
        found: u64,
        /// Size it should have.
        expected: u64,
    },
    /// A volume is another one's content.
    VolumeSwapped {
        /// Its number from 1.
        number: usize,
        /// The volume it really is.
        really: usize,
    },
    /// A volume's SHA-256 differs.
    VolumeChanged {
        /// Its number from 1.
        number: usize,
    },
    /// A line in `checksums.sha256` does not hold.
    Checksum(String),
    /// `checksums.sha256` says nothing of a file.
    NoChecksum(String),
    /// A program that the sender put beside the bundle is not there.
    OpenerMissing(String),
    /// A program beside the bundle is another than the sender put there.
    OpenerChanged(String),
    /// A program beside the bundle that the sender did not put there.
    OpenerPlanted(String),
    /// The signature on `bundle.json` does not hold.
    Signature,
    /// A signer was asked for, but nothing here is signed.
    NoSignature,
    /// The signature holds, but by another key than the one asked for.
    OtherSigner {
        /// Fingerprint of the key that signed.
        found: String,
    },
}

impl From<ArchiveFault> for Error {
    fn from(fault: ArchiveFault) -> Self {
        Damage::Archive(fault).into()
    }
}

impl From<BagFault> for Error {
    fn from(fault: BagFault) -> Self {
        Damage::Bag(fault).into()
    }
}

impl From<PublicFault> for Error {
    fn from(fault: PublicFault) -> Self {
        Damage::Public(fault).into()
    }
}
