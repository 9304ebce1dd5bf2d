//! Reading a finished bundle back from its medium and comparing it with what was written.

use std::ops::ControlFlow;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::error::Error;
use crate::digest::hex;
use crate::erase::readback::{self as medium, Mode, Outcome, Reason};
use crate::progress::{Progress, Stage};

/// Whether the medium itself was read, and how.
#[derive(Debug, Clone, serde::Serialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum ReadBack {
    /// Every byte was read from the medium, not from memory, and was right.
    Established {
        /// Bytes read and matching.
        bytes: u64,
        /// How the cache was kept out of it.
        mode: Mode,
    },
    /// It could not be established that the medium was read.
    NotEstablished {
        /// Why.
        reason: NotEstablished,
    },
}

/// Why a read-back was not established.
#[derive(Debug, Clone, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotEstablished {
    /// The caller did not want it.
    NotAsked,
    /// The place could not promise it.
    Place(Reason),
}

impl ReadBack {
    pub(super) fn not_asked() -> Self {
        Self::NotEstablished { reason: NotEstablished::NotAsked }
    }
}

/// A file as it was handed to the system.
#[derive(Debug)]
pub(super) struct Written {
    pub name: String,
    pub size: u64,
    pub sha256: String,
}

/// Compares every file of the bundle with what was written.
pub(super) fn compare(folder: &Path, written: &[Written], progress: &dyn Progress) -> Result<ReadBack, Error> {
    progress.stage(Stage::ReadBack, written.iter().map(|w| w.size).sum());
    let (mut total, mut used) = (0, Mode::Direct);
    for file in written {
        let path = folder.join(&file.name);
        let mut hasher = Sha256::new();
        let outcome = medium::read_back(&path, &mut |bytes| {
            hasher.update(bytes);
            progress.advance(bytes.len() as u64);
            // Asked here too: one volume of a slow stick takes minutes.
            if progress.cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        if progress.cancelled() {
            return Err(Error::Cancelled);
        }
        match outcome.map_err(Error::io(&path))? {
            Outcome::NotEstablished { reason } => {
                return Ok(ReadBack::NotEstablished { reason: NotEstablished::Place(reason) });
            }
            Outcome::Established { bytes, mode } => {
                total += bytes;
                // The weaker way is the one to name.
                if matches!(mode, Mode::Uncached) {
                    used = mode;
                }
            }
        }
        if hex(&hasher.finalize().into()) != file.sha256 {
            return Err(Error::ReadBackMismatch(path));
        }
    }
    Ok(ReadBack::Established { bytes: total, mode: used })
}
