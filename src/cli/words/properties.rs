//! Properties of files, and why they were not read, in words.

use crate::properties::{Name, Unread};
use crate::t;

/// What a property is called.
pub fn property(name: Name) -> String {
    match name {
        Name::Author => t!("property-author"),
        Name::LastModifiedBy => t!("property-last-modified-by"),
        Name::Manager => t!("property-manager"),
        Name::Company => t!("property-company"),
        Name::PrintedBy => t!("property-printed-by"),
        Name::CommentAuthor => t!("property-comment-author"),
        Name::Custom => t!("property-custom"),
        Name::Artist => t!("property-artist"),
        Name::Owner => t!("property-owner"),
        Name::Place => t!("property-place"),
    }
}

/// Why a file was not looked at to the end.
pub fn unread(reason: Unread) -> String {
    match reason {
        Unread::Encrypted => t!("unread-encrypted"),
        Unread::Damaged => t!("unread-damaged"),
        Unread::TooLarge => t!("unread-too-large"),
        Unread::Compressed => t!("unread-compressed"),
        Unread::Kind => t!("unread-kind"),
        Unread::Io => t!("unread-io"),
    }
}
