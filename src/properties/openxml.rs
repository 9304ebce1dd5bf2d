//! Documents of Office since 2007: a zip file with small parts that say who.
//!
//! Not looked at: who made a tracked change in a text, and what pictures inside the document say of themselves.

use std::io::{Read, Seek, SeekFrom};

use super::{Found, Name, OLE, Unread};
use crate::markup::{Event, Markup, decoded};
use crate::zipped::{Fault, Zipped};

/// Attack: a part of a few bytes that unpacks to gigabytes. Those that are read are small.
const MOST_PART: u64 = 1 << 20;
/// Parts with comments that are looked at in one document.
const MOST_COMMENTS: usize = 16;

pub fn look(file: &mut (impl Read + Seek), found: &mut Found) -> Result<(), Unread> {
    let mut first = [0; 8];
    file.seek(SeekFrom::Start(0))?;
    file.read_exact(&mut first)?;
    if first == OLE {
        return Err(Unread::Encrypted);
    }
    let mut zipped = Zipped::open(file, |name| name.starts_with("docProps/") || comments(name).is_some())?;
    let mut unread = None;
    let names: Vec<String> = zipped.parts().iter().map(|part| part.name.clone()).collect();
    let mut left = MOST_COMMENTS;
    for name in names {
        let looked = match (name.as_str(), comments(&name)) {
            ("docProps/core.xml" | "docProps/app.xml", _) => said(&mut zipped, &name, found),
            ("docProps/custom.xml", _) => custom(&mut zipped, &name, found),
            (_, Some(how)) if left > 0 => {
                left -= 1;
                authors(&mut zipped, &name, how, found)
            }
            (_, Some(_)) => Err(Unread::TooLarge),
            (_, None) => Ok(()),
        };
        // One part that cannot be read hides nothing of the others.
        unread = unread.or(looked.err());
    }
    unread.map_or(Ok(()), Err)
}

/// How a part tells of those who commented: the element, and the attribute, or none where it is the text.
type How = (&'static [u8], Option<&'static str>);

fn comments(name: &str) -> Option<How> {
    match name.strip_suffix(".xml")? {
        "word/comments" => Some((b"comment", Some("author"))),
        "word/people" => Some((b"person", Some("author"))),
        "ppt/commentAuthors" => Some((b"cmAuthor", Some("name"))),
        "ppt/authors" => Some((b"author", Some("name"))),
        name if name.starts_with("xl/comments") => Some((b"author", None)),
        name if name.starts_with("xl/persons/") => Some((b"person", Some("displayName"))),
        _ => None,
    }
}

/// Elements whose text names a person.
fn said<R: Read + Seek>(zipped: &mut Zipped<R>, part: &str, found: &mut Found) -> Result<(), Unread> {
    texts(zipped, part, |element, text| {
        let name = match element {
            b"creator" => Name::Author,
            b"lastModifiedBy" => Name::LastModifiedBy,
            b"Manager" => Name::Manager,
            b"Company" => Name::Company,
            _ => return,
        };
        found.take(name, text);
    })
}

/// What someone added: any text.
fn custom<R: Read + Seek>(zipped: &mut Zipped<R>, part: &str, found: &mut Found) -> Result<(), Unread> {
    texts(zipped, part, |element, text| {
        if matches!(element, b"lpwstr" | b"lpstr" | b"bstr") {
            found.take(Name::Custom, text);
        }
    })
}

fn authors<R: Read + Seek>(zipped: &mut Zipped<R>, part: &str, how: How, found: &mut Found) -> Result<(), Unread> {
    let (element, attribute) = how;
    let Some(attribute) = attribute else {
        return texts(zipped, part, |inside, text| {
            if inside == element {
                found.take(Name::CommentAuthor, text);
            }
        });
    };
    walk(zipped, part, |event| {
        if let Event::Open { tag, .. } = event
            && tag.name == element
            && let Some(author) = tag.attribute(attribute)
        {
            found.take(Name::CommentAuthor, &author);
        }
    })
}

/// The texts of a part, each with the element it is in.
pub fn texts<R: Read + Seek>(
    zipped: &mut Zipped<R>,
    part: &str,
    mut take: impl FnMut(&[u8], &str),
) -> Result<(), Unread> {
    let (mut inside, mut text) = (Vec::new(), zeroize::Zeroizing::new(Vec::new()));
    walk(zipped, part, |event| match event {
        Event::Open { tag, empty } => {
            inside.clear();
            text.clear();
            if !empty {
                inside.extend_from_slice(tag.name);
            }
        }
        Event::Text(piece) if !inside.is_empty() => text.extend_from_slice(piece),
        Event::Close(_) => {
            if !inside.is_empty() {
                take(&inside, &decoded(&text));
            }
            inside.clear();
            text.clear();
        }
        Event::Text(_) | Event::End => {}
    })
}

fn walk<R: Read + Seek>(zipped: &mut Zipped<R>, part: &str, mut take: impl FnMut(&Event)) -> Result<(), Unread> {
    let Some(unpacked) = zipped.part(part, MOST_PART)? else { return Ok(()) };
    let size = unpacked.left();
    let mut markup = Markup::new(unpacked, size);
    loop {
        match markup.advance().map_err(Fault::from)? {
            Event::End => return Ok(()),
            event => take(&event),
        }
    }
}
