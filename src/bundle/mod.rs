//! The bundle: personal information sealed for the way between two desks.
//!
//! `docs/format.md` describes it for other implementations. This room packs, verifies, lists and opens; it knows no
//! screen, no ledger and no clock but the moment it is given. Inside, from the outside in:
//!
//! - `locate`, `verify`: the public side of a bundle on a medium;
//! - `pack`, `open`: the two directions, each through a hidden folder;
//! - `header`, `payload`, `seal`, `unseal`, `batch`: the age file, its chunks spread over all cores;
//! - `archive`, `layout`: the tar and the bag inside as they are written; `untar`, `contents`: as they are read; `bag`;
//! - `opener`, `program`: the programs that may stand beside it;
//! - `source`, `names`, `limits`, `volumes`, `facts`, `checksums`, `readme`, `readback`, `id`: what their names say.

mod archive;
mod bag;
mod batch;
pub mod checksums;
mod contents;
mod error;
pub mod facts;
mod header;
mod id;
mod layout;
mod limits;
mod locate;
pub mod names;
mod open;
mod opener;
mod pack;
mod payload;
mod program;
mod readback;
pub mod readme;
mod seal;
mod source;
mod synced;
mod unseal;
mod untar;
mod verify;
mod volumes;

pub use bag::{BagInfo, Description, opened_bag};
pub use contents::{Both, Contents, Discard, Found, Proved, Receiver};
pub use error::{
    ArchiveFault, BagFault, Damage, EntryFault, Error, NameFault, PublicFault, SourceFault, SourceProblem,
};
pub use facts::{Facts, PassphraseKind};
pub use header::{Header, Lock, MOST_WORK, Secret, WORK_FACTOR};
pub use id::BundleId;
pub use locate::{Bundle, Key, Opening};
pub use open::{Inside, OpenFailure, Opened, inspect, open};
pub use opener::{OpenerFact, OpenerFault, Openers, check_openers};
pub use pack::{Order, PackRecord, SIGNATURE_NAME, SIGNER_NAME, Sealed, Staged, estimate, pack, seal_into};
pub use readback::{NotEstablished, ReadBack};
pub use seal::Sink;
pub use source::{Item, Kind, Moment, Skip, Sources};
pub use verify::{Check, Report, explain, verify_public};
pub use volumes::{VolumeFact, volume_count};

/// The public files that stand beside the volumes, and beside programs that open them.
pub const PUBLIC_NAMES: [&str; 7] =
    [facts::FACTS_NAME, SIGNATURE_NAME, SIGNER_NAME, readme::JA, readme::JA_PLAIN, readme::EN, checksums::NAME];
