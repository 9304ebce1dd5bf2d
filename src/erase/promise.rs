//! What a place can promise: whether overwriting a file there reaches the bytes it had.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::io;
use std::path::Path;

use super::os::facts::{Cells, Facts, Hardware, Id};
use super::os::{self, Folder, History, Medium, NoMedium, Place, RawDevice};
use super::outcome::{Reason, Reasons, Remaining, Remains};

/// A file system that items lie in, and all that holds for every one of them.
#[derive(Debug)]
pub struct Ground {
    /// The place.
    pub place: Place,
    /// The device under it.
    pub hardware: Hardware,
    /// What it cannot promise.
    pub reasons: Reasons,
    /// Which device number its files carry.
    pub device: u64,
    /// Which mount it is seen through.
    pub mount: u64,
    /// Whether its journal can be overwritten by this user.
    pub clears_journal: bool,
    /// The device itself, where it can be read.
    pub raw: Option<RawDevice>,
    /// What the system keeps of what stood on it before.
    pub history: History,
}

/// File systems that never write over what they have written. btrfs can be told to, file by file.
const COPY_ON_WRITE: [&str; 9] = ["btrfs", "zfs", "bcachefs", "nilfs2", "f2fs", "ubifs", "jffs2", "logfs", "refs"];

/// Where the place a file system names is an offset on the device it is mounted from.
const PLACES_ARE_OFFSETS: [&str; 4] = ["ext2", "ext3", "ext4", "xfs"];

impl Ground {
    /// The ground under a folder. What was written to it is brought to the medium first, or it would have no place yet.
    ///
    /// # Errors
    /// The system's list of mounts cannot be read.
    pub fn under(folder: &Folder, facts: Facts) -> io::Result<Self> {
        let place = os::place_of_folder(folder)?;
        let mut reasons = Reasons::default();
        match place.medium {
            Medium::Disk => {}
            Medium::None(NoMedium::Memory) => reasons.add(Reason::Memory),
            Medium::None(NoMedium::Network) => reasons.add(Reason::Network),
            Medium::None(NoMedium::Unknown) => reasons.add(Reason::UnknownPlace),
        }
        if COPY_ON_WRITE.contains(&place.fs_type.as_str()) {
            reasons.add(Reason::CopyOnWrite);
        }
        if place.fs_type == "overlay" {
            reasons.add(Reason::Overlay);
        }
        if place.has_option("data=journal") {
            reasons.add(Reason::DataJournal);
        }
        let read_only = place.has_option("ro");
        if read_only {
            reasons.add(Reason::ReadOnly);
        } else {
            // An error shows again at every file.
            let _ = folder.sync_file_system();
        }
        // Files of xfs may lie on a second device, and nothing says which of them do.
        let second = place.options.split(',').any(|option| option.starts_with("rtdev="));
        let raw = PLACES_ARE_OFFSETS.contains(&place.fs_type.as_str()) && !second;
        let raw = if raw { RawDevice::under(Path::new(&place.source), facts.id.device) } else { None };
        let (hardware, history) = (os::hardware(&place), os::history(&place));
        if history.shadow_copies {
            reasons.add(Reason::ShadowCopies);
        }
        let clears_journal = !read_only && place.fs_type.starts_with("ext") && os::may_clear_journal(folder);
        Ok(Self { place, hardware, reasons, device: facts.id.device, mount: facts.mount, clears_journal, raw, history })
    }

    /// Whether it is ext2, 3 or 4: the file systems whose names can be made to go.
    #[must_use]
    pub fn is_ext(&self) -> bool {
        self.place.fs_type.starts_with("ext")
    }

    /// Whether the medium keeps cells that nothing can read: flash, and whatever is not known to be none.
    #[must_use]
    pub fn is_logical(&self) -> bool {
        self.place.medium == Medium::Disk && self.hardware.cells != Cells::Disks
    }
}

/// Who else uses files, looked up once for all of them.
pub struct Users {
    written: HashMap<Id, String>,
    swap: Vec<Id>,
}

impl Users {
    /// As it is now.
    #[must_use]
    pub fn now() -> Self {
        Self { written: os::written_elsewhere(), swap: os::swap_files() }
    }

    /// Whether a program, or the system, uses the file.
    #[must_use]
    pub fn uses(&self, id: Id) -> bool {
        self.written.contains_key(&id) || self.swap.contains(&id)
    }

    /// The program that has the file open to write.
    #[must_use]
    pub fn writer(&self, id: Id) -> Option<&str> {
        self.written.get(&id).map(String::as_str)
    }
}

/// What a file's place promises, beyond what holds for its ground.
#[must_use]
pub fn of_file(folder: &Folder, name: &OsStr, facts: &Facts, ground: &Ground, users: &Users) -> Reasons {
    let mut reasons = ground.reasons;
    if users.writer(facts.id).is_some() {
        reasons.add(Reason::OpenElsewhere);
    }
    if users.swap.contains(&facts.id) {
        reasons.add(Reason::SwapFile);
    }
    if folder.held_by(name).is_some() {
        reasons.add(Reason::OpenElsewhere);
    }
    let file = match folder.open_file(name) {
        Ok(file) => file,
        Err(error) => {
            reasons.add(why_closed(&error));
            return reasons;
        }
    };
    let marks = os::marks(&file);
    let mut mark = |holds: bool, reason| {
        if holds {
            reasons.add(reason);
        }
    };
    mark(marks.immutable, Reason::Immutable);
    mark(marks.append_only, Reason::AppendOnly);
    mark(marks.journalled, Reason::DataJournal);
    mark(marks.encrypted, Reason::EncryptedByFs);
    mark(marks.moves, Reason::MovesOnWrite);
    mark(marks.kept_elsewhere, Reason::KeptElsewhere);
    let Ok(Some(layout)) = os::layout_told(&file) else {
        mark(facts.size > 0 && !os::tells_blocks(&file), Reason::BlocksUnknown);
        return reasons;
    };
    mark(layout.shared, Reason::SharedBlocks);
    mark(layout.compressed || marks.compressed && facts.size > 0, Reason::Compressed);
    mark(layout.encrypted, Reason::EncryptedByFs);
    mark(layout.inline && facts.size > 0, Reason::Inline);
    let in_place = marks.no_copy_on_write && ground.place.fs_type == "btrfs";
    // Within the records of btrfs nothing is written in place, whatever the file is marked with.
    if in_place && !layout.inline || layout.extents.is_empty() && facts.size == 0 {
        reasons = reasons.without(Reason::CopyOnWrite);
    }
    reasons
}

/// What an error on opening says.
pub(super) fn why_closed(error: &io::Error) -> Reason {
    match error.kind() {
        io::ErrorKind::PermissionDenied => Reason::NotPermitted,
        io::ErrorKind::NotFound => Reason::Vanished,
        io::ErrorKind::ReadOnlyFilesystem => Reason::ReadOnly,
        io::ErrorKind::InvalidInput => Reason::Exchanged,
        io::ErrorKind::ResourceBusy => Reason::OpenElsewhere,
        _ => Reason::ReadFailed,
    }
}

/// Reasons for which an item is left as it is, whatever is asked for.
const NEVER: [Reason; 12] = [
    Reason::ReadOnly,
    Reason::Immutable,
    Reason::AppendOnly,
    Reason::OpenElsewhere,
    Reason::SwapFile,
    Reason::OtherFileSystem,
    Reason::Device,
    Reason::NotPermitted,
    Reason::ReadFailed,
    Reason::Vanished,
    Reason::Exchanged,
    Reason::KeptElsewhere,
];

/// Reasons for which overwriting does not reach the bytes: left as it is, unless the best that can be done is asked for.
const OUT_OF_REACH: [Reason; 6] = [
    Reason::CopyOnWrite,
    Reason::SharedBlocks,
    Reason::Compressed,
    Reason::Inline,
    Reason::Overlay,
    Reason::MovesOnWrite,
];

/// How the plan is meant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Do what helps where overwriting cannot reach.
    pub best_effort: bool,
    /// Files with names elsewhere too.
    pub including_links: bool,
    /// Into file systems mounted inside.
    pub across_mounts: bool,
}

/// Whether an item is left as it is for these reasons.
#[must_use]
pub fn is_left(reasons: Reasons, wishes: Wishes, on_ext: bool) -> bool {
    let never = NEVER.iter().any(|&reason| reasons.has(reason));
    // Within its records ext4 does write in place, through the journal.
    let beyond = OUT_OF_REACH.iter().any(|&reason| reasons.has(reason) && !(on_ext && reason == Reason::Inline));
    let linked = reasons.has(Reason::LinkedElsewhere) && !wishes.including_links;
    never || linked || beyond && !wishes.best_effort
}

/// What these reasons leave behind after the best was done.
#[must_use]
pub fn leaves(reasons: Reasons) -> Remaining {
    let of = |reason| match reason {
        Reason::CopyOnWrite
        | Reason::Compressed
        | Reason::MovesOnWrite
        | Reason::BlocksMoved
        | Reason::BlocksUnknown => Some(Remains::OldBlocks),
        Reason::SharedBlocks | Reason::ShadowCopies => Some(Remains::SharedCopy),
        Reason::Overlay => Some(Remains::LowerCopy),
        Reason::Network => Some(Remains::RemoteCopy),
        Reason::DataJournal => Some(Remains::Journal),
        Reason::LinkedElsewhere => Some(Remains::OtherNames),
        _ => None,
    };
    reasons.iter().filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_reached_is_left_unless_the_best_is_asked_for() {
        let left = |reason, wishes| is_left([reason].into_iter().collect(), wishes, false);
        let (plain, best) = (Wishes::default(), Wishes { best_effort: true, ..Wishes::default() });
        for reason in OUT_OF_REACH {
            assert!(left(reason, plain) && !left(reason, best), "{reason:?}");
        }
        for reason in NEVER {
            assert!(left(reason, plain) && left(reason, best), "{reason:?}");
        }
        for reason in [Reason::Network, Reason::Memory, Reason::BlocksUnknown, Reason::DataJournal] {
            assert!(!left(reason, plain), "{reason:?}");
        }
        assert!(left(Reason::LinkedElsewhere, best));
        assert!(!left(Reason::LinkedElsewhere, Wishes { including_links: true, ..plain }));
        assert!(!is_left([Reason::Inline].into_iter().collect(), plain, true));
    }
}
