//! Documents of `LibreOffice` and its kin: a zip file with `meta.xml`.
//!
//! Not looked at: who made a comment or a tracked change.

use std::io::{Read, Seek};

use super::{Found, Name, Unread, openxml};
use crate::zipped::Zipped;

pub fn look(file: &mut (impl Read + Seek), found: &mut Found) -> Result<(), Unread> {
    let mut zipped = Zipped::open(file, |name| matches!(name, "meta.xml" | "META-INF/manifest.xml"))?;
    if !zipped.parts().iter().any(|part| part.name == "meta.xml") {
        return Err(Unread::Damaged);
    }
    let looked = openxml::texts(&mut zipped, "meta.xml", |element, text| {
        let name = match element {
            b"initial-creator" => Name::Author,
            b"creator" => Name::LastModifiedBy,
            b"printed-by" => Name::PrintedBy,
            b"user-defined" => Name::Custom,
            _ => return,
        };
        found.take(name, text);
    });
    // With a password the part is there, and is noise.
    looked.map_err(|fault| if fault == Unread::Damaged { encrypted(&mut zipped) } else { fault })
}

fn encrypted<R: Read + Seek>(zipped: &mut Zipped<R>) -> Unread {
    let mut encrypted = false;
    let _ = openxml::texts(zipped, "META-INF/manifest.xml", |element, _| {
        encrypted |= matches!(element, b"encryption-data" | b"algorithm" | b"CipherValue" | b"file-entry");
    });
    if encrypted { Unread::Encrypted } else { Unread::Damaged }
}
