//! Replacing a key file so that no crash leaves the wrong one.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::KeyFile;
use crate::erase::{os, scrap};

/// Where a new key waits.
#[must_use]
pub fn next(place: &Path) -> PathBuf {
    place.with_extension("next")
}

/// Puts the waiting key in its place; the old one is overwritten first, because it may still sign.
///
/// # Errors
/// The system's; then both stay.
pub fn replace(place: &Path) -> io::Result<()> {
    if place.is_file() {
        // What cannot be overwritten is replaced all the same: the ledger no longer takes its signature.
        let _ = scrap::scrap_file(place);
    }
    fs::rename(next(place), place)?;
    place.parent().map_or(Ok(()), os::sync_dir)
}

/// Ends a replacement that a crash interrupted: the waiting key is taken when the ledger says so, else removed.
///
/// # Errors
/// The system's.
pub fn settle(place: &Path, current: Option<&str>) -> io::Result<()> {
    let next = next(place);
    let Ok((waiting, _)) = KeyFile::read(&next) else { return Ok(()) };
    if Some(waiting.fingerprint().as_str()) == current {
        replace(place)
    } else {
        scrap::scrap_file(&next).left.into_iter().next().map_or(Ok(()), |(_, e)| Err(e))
    }
}
