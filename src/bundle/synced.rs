//! What was written reaches the medium before anything is called done.

use std::io;
use std::path::Path;

use walkdir::WalkDir;

use crate::erase::os;

/// Brings everything below a folder of our own making to the medium: by one call for the whole file system, whose outcome is
/// given, or file by file where a system allows that call to administrators alone or does not have it.
pub fn all_below(folder: &Path, whole: io::Result<()>) -> io::Result<()> {
    match whole {
        Err(error) if error.kind() == io::ErrorKind::Unsupported => each_below(folder),
        other => other,
    }
}

fn each_below(folder: &Path) -> io::Result<()> {
    for entry in WalkDir::new(folder).follow_links(false) {
        let entry = entry?;
        if entry.file_type().is_file() {
            os::sync_file(&os::open_overwrite(entry.path())?)?;
        } else if entry.file_type().is_dir() {
            os::sync_dir(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn only_where_the_whole_cannot_be_synced_each_file_is() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("中/空")).unwrap();
        fs::write(dir.path().join("中/名簿.csv"), "氏名").unwrap();
        let unsupported = || Err(io::ErrorKind::Unsupported.into());
        all_below(dir.path(), unsupported()).unwrap();
        assert_eq!(fs::read_to_string(dir.path().join("中/名簿.csv")).unwrap(), "氏名");
        // Nothing to sync, and something was to be.
        let gone = dir.path().join("gone");
        assert_eq!(all_below(&gone, unsupported()).unwrap_err().kind(), io::ErrorKind::NotFound);
        all_below(&gone, Ok(())).unwrap();
        let failed = all_below(dir.path(), Err(io::ErrorKind::StorageFull.into()));
        assert_eq!(failed.unwrap_err().kind(), io::ErrorKind::StorageFull, "a failure stays one");
    }
}
