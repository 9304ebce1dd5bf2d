//! Replacing a key file so that no crash, and no other program, leaves the wrong one or none.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::KeyFile;
use crate::erase::os::{self, LockedFile};
use crate::erase::scrap;

/// Where a new key waits.
#[must_use]
pub fn next(place: &Path) -> PathBuf {
    place.with_extension("next")
}

/// Where the old key goes, for the moment until it is overwritten.
fn old(place: &Path) -> PathBuf {
    place.with_extension("old")
}

/// Holds off every other program that would replace or settle; `None` when one is at it.
///
/// # Errors
/// The system's.
pub fn lock(place: &Path) -> io::Result<Option<LockedFile>> {
    os::lock_file(&place.with_extension("lock"))
}

/// Puts the waiting key in its place. The old one is overwritten afterwards, because it may still sign. The caller holds
/// the lock.
///
/// # Errors
/// The system's; then the old key stays, or the waiting one is found again by [`settle`].
pub fn replace(place: &Path) -> io::Result<()> {
    next(place).symlink_metadata()?;
    if place.is_file() {
        fs::rename(place, old(place))?;
    }
    fs::rename(next(place), place)?;
    place.parent().map_or(Ok(()), os::sync_dir)?;
    scrapped(&old(place))
}

/// Ends a replacement that a crash interrupted: the waiting key is taken when the ledger says so, else removed. Where
/// another program is at it right now, nothing is touched.
///
/// # Errors
/// The system's.
pub fn settle(place: &Path, current: Option<&str>) -> io::Result<()> {
    let (next, old) = (next(place), old(place));
    if !next.is_file() && !old.is_file() {
        return Ok(());
    }
    let Some(_lock) = lock(place)? else { return Ok(()) };
    let is_current =
        |path: &Path| KeyFile::read(path).is_ok_and(|(key, _)| Some(key.fingerprint().as_str()) == current);
    if is_current(&next) {
        return replace(place);
    }
    scrapped(&next)?;
    // A crash between the two moves.
    if !place.is_file() && is_current(&old) {
        return fs::rename(&old, place);
    }
    scrapped(&old)
}

fn scrapped(path: &Path) -> io::Result<()> {
    scrap::scrap_file(path).left.into_iter().next().map_or(Ok(()), |(_, e)| Err(e))
}
