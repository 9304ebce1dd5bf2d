//! What can go wrong with a ledger.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// A ledger that cannot be used as asked. Says which file.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is none at this place.
    #[error("{}: no ledger here", .0.display())]
    Missing(PathBuf),
    /// The file is something else.
    #[error("{}: not a ledger", .0.display())]
    NotALedger(PathBuf),
    /// A newer program made it.
    #[error("{}: schema {found}, this program knows up to {known}", path.display())]
    Newer {
        /// The ledger.
        path: PathBuf,
        /// Its schema.
        found: u32,
        /// The newest this program knows.
        known: u32,
    },
    /// The store does not hold together; `verify` says where.
    #[error("{}: the ledger does not hold together", .0.display())]
    Damaged(PathBuf),
    /// Other programs kept it busy for too long.
    #[error("{}: other programs keep it busy", .0.display())]
    Busy(PathBuf),
    /// The disk is full. What was there is untouched.
    #[error("{}: the disk is full", .0.display())]
    Full(PathBuf),
    /// It cannot be written here.
    #[error("{}: read only", .0.display())]
    ReadOnly(PathBuf),
    /// It lies where locks between computers cannot be trusted.
    #[error("{}: on a network share ({kind})", path.display())]
    Network {
        /// The ledger.
        path: PathBuf,
        /// The file system.
        kind: String,
    },
    /// The system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The store refused for another reason.
    #[error("{}: {source}", path.display())]
    Store {
        /// The ledger.
        path: PathBuf,
        /// What it said.
        source: rusqlite::Error,
    },
    /// Another program took the number meanwhile.
    #[error("another program took the number meanwhile")]
    Overtaken,
    /// The entry holds a number that JSON cannot hold exactly.
    #[error("an entry that has no canonical text")]
    NotCanonical,
    /// The key refused to sign.
    #[error(transparent)]
    Sign(#[from] crate::sign::SignError),
}

impl Error {
    /// What the store said, in the domain's words.
    #[must_use]
    pub fn of(path: &Path, source: rusqlite::Error) -> Self {
        let path = path.to_owned();
        match source.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full(path),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy(path),
            // The file itself was opened before; what cannot be made is its log.
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen) => Self::ReadOnly(path),
            Some(ErrorCode::NotADatabase) => Self::NotALedger(path),
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged(path),
            _ => Self::Store { path, source },
        }
    }

    /// What the system said.
    #[must_use]
    pub fn io(path: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::NotFound => Self::Missing(path.to_owned()),
            io::ErrorKind::StorageFull => Self::Full(path.to_owned()),
            _ => Self::Io { path: path.to_owned(), source },
        }
    }
}
