//! Words of a filling of free space.

use std::path::Path;

use super::super::failure::{Failure, code};
use crate::erase::freespace::{Beyond, Ended, FillRecord, Refused};
use crate::erase::os::NoMedium;
use crate::t;
use crate::term::show;

/// Why nothing is filled.
pub fn fill(folder: &Path, refused: &Refused) -> Failure {
    let path = show::path(folder);
    let failure = match refused {
        Refused::Io(error) => return super::io(folder, error),
        Refused::ReadOnly => {
            Failure::refused("read_only", t!("err-fill-read-only", path = path.clone()), t!("hint-fill-read-only"))
        }
        Refused::NoMedium(why) => {
            let message = t!("err-fill-no-medium", path = path.clone(), reason = no_medium(*why));
            Failure::refused("no_medium", message, t!("hint-fill-no-medium"))
        }
        Refused::TooLittle { free, reserve } => {
            let (free, reserve) = (show::size(*free), show::size(*reserve));
            let message = t!("err-fill-too-little", path = path.clone(), free = free, reserve = reserve);
            Failure::refused("too_little_free", message, t!("hint-fill-too-little"))
        }
    };
    failure.about(path)
}

fn no_medium(why: NoMedium) -> String {
    match why {
        NoMedium::Memory => t!("no-medium-memory"),
        NoMedium::Network => t!("no-medium-network"),
        NoMedium::Unknown => t!("no-medium-unknown"),
    }
}

/// A filling that did not do all it set out to do.
pub fn filled_in_part(record: &FillRecord) -> Failure {
    let reason = match record.ended {
        Ended::Full | Ended::Reserve => t!("ended-compared"),
        ended => self::ended(ended),
    };
    Failure::new(code::IN_PART, "fill_in_part", t!("err-fill-in-part", reason = reason), t!("hint-fill-in-part"))
}

/// A filling that could not be taken away.
pub fn not_removed(path: &Path, error: &std::io::Error) -> Failure {
    let shown = show::path(path);
    Failure::failed("fill_not_removed", t!("err-fill-not-removed", path = shown.clone()), t!("hint-fill-not-removed"))
        .with_details(vec![format!("{shown}: {}", show::name(&error.to_string()))])
        .about(shown)
}

/// How it ended.
pub fn ended(ended: Ended) -> String {
    match ended {
        Ended::Full => t!("ended-full"),
        Ended::Reserve => t!("ended-reserve"),
        Ended::Quota => t!("ended-quota"),
        Ended::NoEnd => t!("ended-no-end"),
        Ended::Interrupted => t!("ended-interrupted"),
        Ended::Failed => t!("ended-failed"),
    }
}

/// What it cannot reach.
pub fn beyond(beyond: Beyond) -> String {
    match beyond {
        Beyond::Reserve => t!("beyond-reserve"),
        Beyond::ReservedBlocks => t!("beyond-reserved-blocks"),
        Beyond::Quota => t!("beyond-quota"),
        Beyond::Metadata => t!("beyond-metadata"),
        Beyond::Names => t!("beyond-names"),
        Beyond::Inodes => t!("beyond-inodes"),
        Beyond::Slack => t!("beyond-slack"),
        Beyond::OpenFiles => t!("beyond-open-files"),
        Beyond::Snapshots => t!("beyond-snapshots"),
        Beyond::CopyOnWrite => t!("beyond-copy-on-write"),
        Beyond::StorageBelow => t!("beyond-storage-below"),
        Beyond::SpareCells => t!("beyond-spare-cells"),
    }
}
