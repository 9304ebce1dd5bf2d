//! How much a bundle may hold, the same for packing and opening: what keeps names from filling the memory.

/// The most files and folders together.
pub(super) const MOST_ENTRIES: u64 = 5_000_000;
/// The most bytes of all their paths together.
pub(super) const MOST_NAMES: u64 = 1 << 30;

/// What was counted so far.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Tally {
    pub files: u64,
    pub folders: u64,
    names: u64,
}

impl Tally {
    pub fn add(&mut self, path: &str, folder: bool) {
        *(if folder { &mut self.folders } else { &mut self.files }) += 1;
        self.names += path.len() as u64;
    }

    /// Whether a bundle of `files` files in the end may hold this. Folders are announced nowhere, so the files that are
    /// announced give them their limit.
    pub fn fits(&self, files: u64) -> bool {
        let most_folders = files.saturating_mul(16).saturating_add(10_000);
        self.folders <= most_folders && self.files + self.folders <= MOST_ENTRIES && self.names <= MOST_NAMES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(files: u64, folders: u64, names: u64) -> Tally {
        Tally { files, folders, names }
    }

    #[test]
    fn folders_entries_and_names_have_their_limits() {
        let mut counted = Tally::default();
        counted.add("名簿", true);
        counted.add("名簿/a", false);
        assert_eq!((counted.files, counted.folders, counted.names), (1, 1, 14));
        assert!(tally(0, 10_000, 0).fits(0) && !tally(0, 10_001, 0).fits(0));
        assert!(tally(0, 10_032, 0).fits(2) && !tally(0, 10_033, 0).fits(2));
        assert!(tally(4_000_000, 1_000_000, 0).fits(4_000_000) && !tally(4_000_000, 1_000_001, 0).fits(u64::MAX));
        assert!(tally(1, 0, MOST_NAMES).fits(1) && !tally(1, 0, MOST_NAMES + 1).fits(1));
    }
}
