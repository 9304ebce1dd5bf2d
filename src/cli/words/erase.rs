//! Words of erasing: why an item is not erased, what may remain, and the better way. On the screen in the language of the
//! run, on paper in Japanese.

use std::path::Path;

use i18n_embed::fluent::FluentLanguageLoader;
use i18n_embed_fl::fl;

use super::super::failure::Failure;
use crate::erase::guard::Refusal;
use crate::erase::outcome::{Fate, Reason, Remains};
use crate::erase::plan::PlanError;
use crate::t;
use crate::term::show;

/// Why an item is not erased, or what its place cannot promise.
pub fn reason(l: &FluentLanguageLoader, reason: Reason) -> String {
    match reason {
        Reason::CopyOnWrite => fl!(l, "reason-copy-on-write"),
        Reason::SharedBlocks => fl!(l, "reason-shared-blocks"),
        Reason::Compressed => fl!(l, "reason-compressed"),
        Reason::Inline => fl!(l, "reason-inline"),
        Reason::EncryptedByFs => fl!(l, "reason-encrypted-by-fs"),
        Reason::Overlay => fl!(l, "reason-overlay"),
        Reason::DataJournal => fl!(l, "reason-data-journal"),
        Reason::Network => fl!(l, "reason-network"),
        Reason::Memory => fl!(l, "reason-memory"),
        Reason::UnknownPlace => fl!(l, "reason-unknown-place"),
        Reason::BlocksUnknown => fl!(l, "reason-blocks-unknown"),
        Reason::ReadOnly => fl!(l, "reason-read-only"),
        Reason::Immutable => fl!(l, "reason-immutable"),
        Reason::AppendOnly => fl!(l, "reason-append-only"),
        Reason::OpenElsewhere => fl!(l, "reason-open-elsewhere"),
        Reason::SwapFile => fl!(l, "reason-swap-file"),
        Reason::LinkedElsewhere => fl!(l, "reason-linked-elsewhere"),
        Reason::OtherFileSystem => fl!(l, "reason-other-file-system"),
        Reason::Device => fl!(l, "reason-device"),
        Reason::NotPermitted => fl!(l, "reason-not-permitted"),
        Reason::ReadFailed => fl!(l, "reason-read-failed"),
        Reason::WriteFailed => fl!(l, "reason-write-failed"),
        Reason::SyncFailed => fl!(l, "reason-sync-failed"),
        Reason::Differs => fl!(l, "reason-differs"),
        Reason::OldBlocksDiffer => fl!(l, "reason-old-blocks-differ"),
        Reason::BlocksMoved => fl!(l, "reason-blocks-moved"),
        Reason::CacheStays => fl!(l, "reason-cache-stays"),
        Reason::DriverCache => fl!(l, "reason-driver-cache"),
        Reason::Exchanged => fl!(l, "reason-exchanged"),
        Reason::Grew => fl!(l, "reason-grew"),
        Reason::Vanished => fl!(l, "reason-vanished"),
        Reason::NameStays => fl!(l, "reason-name-stays"),
        Reason::Interrupted => fl!(l, "reason-interrupted"),
        Reason::AttributeStays => fl!(l, "reason-attribute-stays"),
        Reason::MovesOnWrite => fl!(l, "reason-moves-on-write"),
        Reason::KeptElsewhere => fl!(l, "reason-kept-elsewhere"),
        Reason::ShadowCopies => fl!(l, "reason-shadow-copies"),
    }
}

/// What may remain.
pub fn remains(l: &FluentLanguageLoader, remains: Remains) -> String {
    match remains {
        Remains::Names => fl!(l, "remains-names"),
        Remains::Attributes => fl!(l, "remains-attributes"),
        Remains::LinkText => fl!(l, "remains-link-text"),
        Remains::Journal => fl!(l, "remains-journal"),
        Remains::SpareCells => fl!(l, "remains-spare-cells"),
        Remains::SpareCellsUnread => fl!(l, "remains-spare-cells-unread"),
        Remains::Slack => fl!(l, "remains-slack"),
        Remains::OldBlocks => fl!(l, "remains-old-blocks"),
        Remains::SharedCopy => fl!(l, "remains-shared-copy"),
        Remains::LowerCopy => fl!(l, "remains-lower-copy"),
        Remains::OtherNames => fl!(l, "remains-other-names"),
        Remains::RemoteCopy => fl!(l, "remains-remote-copy"),
        Remains::Everything => fl!(l, "remains-everything"),
        Remains::ShadowCopies => fl!(l, "remains-shadow-copies"),
        Remains::ChangeJournal => fl!(l, "remains-change-journal"),
    }
}

/// What to do instead, or before.
pub fn better(reason: Reason) -> Option<String> {
    Some(match reason {
        Reason::CopyOnWrite
        | Reason::SharedBlocks
        | Reason::Compressed
        | Reason::MovesOnWrite
        | Reason::Inline
        | Reason::ReadFailed
        | Reason::WriteFailed
        | Reason::SyncFailed
        | Reason::Differs
        | Reason::OldBlocksDiffer
        | Reason::BlocksMoved => t!("better-whole"),
        Reason::Overlay | Reason::Network | Reason::UnknownPlace | Reason::KeptElsewhere => t!("better-origin"),
        Reason::ShadowCopies => t!("better-shadow-copies"),
        Reason::DataJournal | Reason::BlocksUnknown | Reason::CacheStays | Reason::DriverCache => t!("better-root"),
        Reason::ReadOnly => t!("better-destroy"),
        Reason::Immutable | Reason::AppendOnly => t!("better-marks"),
        Reason::OpenElsewhere | Reason::SwapFile | Reason::Grew => t!("better-close"),
        Reason::LinkedElsewhere => t!("better-links"),
        Reason::OtherFileSystem => t!("better-mounts"),
        Reason::NotPermitted | Reason::NameStays | Reason::AttributeStays => t!("better-rights"),
        Reason::Exchanged | Reason::Interrupted => t!("better-again"),
        Reason::Vanished => t!("better-free"),
        Reason::EncryptedByFs | Reason::Memory | Reason::Device => return None,
    })
}

/// What became of an item.
pub fn fate(fate: Fate) -> String {
    match fate {
        Fate::Erased => t!("fate-erased"),
        Fate::NotVerified => t!("fate-not-verified"),
        Fate::Failed => t!("fate-failed"),
        Fate::Skipped => t!("fate-skipped"),
    }
}

/// Why there is no plan.
pub fn plan(error: &PlanError) -> Failure {
    let (path, refusal) = match error {
        PlanError::Io(path, error) => return super::io(path, error),
        PlanError::Missing(path, _) => {
            let path = show::path(path);
            let message = t!("err-place-missing", path = path.clone());
            return Failure::failed("place_missing", message, t!("hint-place-missing")).about(path);
        }
        PlanError::Interrupted => return super::cancelled(),
        PlanError::Refused(path, refusal) => (show::path(path), refusal),
    };
    refused(&path, *refusal)
}

fn refused(path: &str, refusal: Refusal) -> Failure {
    let path = path.to_owned();
    let (kind, message, hint) = match refusal {
        Refusal::Above => ("erase_above", t!("err-erase-above", path = path.clone()), t!("hint-erase-above")),
        Refusal::Home => ("erase_home", t!("err-erase-home", path = path.clone()), t!("hint-erase-home")),
        Refusal::System => ("erase_system", t!("err-erase-system", path = path.clone()), t!("hint-erase-system")),
        Refusal::Kept => ("erase_kept", t!("err-erase-kept", path = path.clone()), t!("hint-erase-kept")),
        Refusal::Link => ("erase_link", t!("err-erase-link", path = path.clone()), t!("hint-erase-link")),
        Refusal::Device => ("erase_device", t!("err-erase-device", path = path.clone()), t!("hint-erase-device")),
    };
    Failure::refused(kind, message, hint).about(path)
}

/// The log of the work cannot be kept.
pub fn log(folder: &Path, error: &std::io::Error) -> Failure {
    let mut failure = super::io(folder, error);
    failure.details.push(t!("erase-not-logged"));
    failure
}
