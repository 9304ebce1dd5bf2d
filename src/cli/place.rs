//! Files for people: whole in their place, or not there.

use std::fs::File;
use std::path::Path;

use super::failure::Failure;
use super::words;
use crate::t;
use crate::term::show;

/// Refuses a place where something is.
pub fn absent(path: &Path) -> Result<(), Failure> {
    if path.symlink_metadata().is_err() {
        return Ok(());
    }
    let shown = show::path(path);
    Err(Failure::refused("exists", t!("err-exists", path = shown.clone()), t!("hint-exists")).about(shown))
}

/// Puts a file in its place at once and whole; one that is there stays.
pub fn place_new(path: &Path, fill: impl FnOnce(&mut File) -> Result<(), Failure>) -> Result<(), Failure> {
    let io = |e: &std::io::Error| words::io(path, e);
    absent(path)?;
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut draft = tempfile::Builder::new().prefix(".tewatashi-").tempfile_in(folder).map_err(|e| io(&e))?;
    fill(draft.as_file_mut())?;
    draft.as_file().sync_all().map_err(|e| io(&e))?;
    draft.persist_noclobber(path).map_err(|e| io(&e.error))?;
    crate::erase::os::sync_dir(folder).map_err(|e| io(&e))
}
