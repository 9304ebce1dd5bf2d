//! XMP: what cameras and programs write of a picture or a document, as XML inside it.

use super::{Found, Name, Unread};
use crate::markup::{Event, Markup, decoded};

/// Takes who made it, who owns it and where it was taken.
pub fn take(packet: &[u8], found: &mut Found) -> Result<(), Unread> {
    let mut markup = Markup::new(packet, packet.len() as u64);
    let mut within: Option<Name> = None;
    loop {
        match markup.advance().map_err(|_| Unread::Damaged)? {
            Event::End => return Ok(()),
            Event::Open { tag, empty } => {
                // The same may stand as an attribute.
                for attribute in ["GPSLatitude", "GPSLongitude", "CameraOwnerName", "OwnerName", "Author"] {
                    if let (Some(name), Some(value)) = (named(attribute.as_bytes()), tag.attribute(attribute)) {
                        found.take(name, &value);
                    }
                }
                match (named(tag.name), empty) {
                    (Some(name), false) => within = Some(name),
                    (None, _) if !matches!(tag.name, b"Seq" | b"Bag" | b"Alt" | b"li") => within = None,
                    _ => {}
                }
            }
            Event::Text(text) => {
                if let Some(name) = within {
                    found.take(name, &decoded(text));
                }
            }
            Event::Close(name) => {
                if named(name).is_some() {
                    within = None;
                }
            }
        }
    }
}

fn named(name: &[u8]) -> Option<Name> {
    match name {
        b"creator" | b"Author" => Some(Name::Author),
        b"CameraOwnerName" | b"OwnerName" => Some(Name::Owner),
        b"GPSLatitude" | b"GPSLongitude" => Some(Name::Place),
        _ => None,
    }
}
