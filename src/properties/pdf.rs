//! PDF: the author in the Info dictionary, and in XMP that stands uncompressed.
//!
//! Not looked at: comments, forms and attached files. What stands in compressed objects is said to be unread.

use std::io::{self, Read, Seek, SeekFrom};

use super::{Found, Name, Unread, xmp};

/// So much is read from either end: programs write what is said of a document first or last.
const REACH: u64 = 1 << 20;
/// Authors and packets that are looked at: a document that was changed often has several.
const MOST: usize = 20;

pub fn look(file: &mut (impl Read + Seek), found: &mut Found) -> Result<(), Unread> {
    let length = file.seek(SeekFrom::End(0))?;
    let whole = length <= 2 * REACH;
    let mut bytes = super::head(file, if whole { length } else { REACH })?;
    if find(&bytes[..bytes.len().min(1024)], b"%PDF-").is_none() {
        return Err(Unread::Damaged);
    }
    scan(&bytes, found);
    let mut odd = Odd::in_(&bytes);
    if !whole {
        file.seek(SeekFrom::Start(length - REACH))?;
        bytes.clear();
        io::Read::take(&mut *file, REACH).read_to_end(&mut bytes)?;
        scan(&bytes, found);
        odd = odd.or(&Odd::in_(&bytes));
    }
    // Attack on trust: a document whose author stands where this does not look, called free of one.
    match odd {
        Odd { encrypted: true, .. } => Err(Unread::Encrypted),
        Odd { packed: true, .. } if found.properties.is_empty() => Err(Unread::Compressed),
        _ if !whole && found.properties.is_empty() => Err(Unread::TooLarge),
        _ => Ok(()),
    }
}

struct Odd {
    encrypted: bool,
    packed: bool,
}

impl Odd {
    fn in_(bytes: &[u8]) -> Self {
        // An author that is named and stands elsewhere is as good as packed away.
        let elsewhere = authors(bytes).any(|rest| rest.first().is_some_and(u8::is_ascii_digit));
        Self { encrypted: find(bytes, b"/Encrypt").is_some(), packed: elsewhere || find(bytes, b"/ObjStm").is_some() }
    }

    fn or(&self, other: &Self) -> Self {
        Self { encrypted: self.encrypted || other.encrypted, packed: self.packed || other.packed }
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    let first = what[0];
    let mut from = 0;
    loop {
        from += bytes.get(from..)?.iter().position(|&b| b == first)?;
        if bytes[from..].starts_with(what) {
            return Some(from);
        }
        from += 1;
    }
}

/// What follows each `/Author`.
fn authors(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let at = find(rest, b"/Author")? + b"/Author".len();
        rest = &rest[at..];
        Some(rest.trim_ascii_start())
    })
    .take(MOST)
}

fn scan(bytes: &[u8], found: &mut Found) {
    for rest in authors(bytes) {
        if let Some(text) = string(rest) {
            found.take(Name::Author, &decoded(&text));
        }
    }
    let mut rest = bytes;
    for _ in 0..MOST {
        let Some(start) = find(rest, b"<x:xmpmeta") else { return };
        rest = &rest[start..];
        let Some(end) = find(rest, b"</x:xmpmeta>") else { return };
        // What is broken in it hides nothing of what came before.
        let _ = xmp::take(&rest[..end], found);
        rest = &rest[end..];
    }
}

/// The longest string that is read.
const LONGEST: usize = 4096;

/// A string of PDF, as bytes: `(…)` with escapes, or `<…>` in hexadecimal digits.
fn string(bytes: &[u8]) -> Option<Vec<u8>> {
    let (&open, rest) = bytes.split_first()?;
    match open {
        b'(' => literal(rest),
        b'<' => {
            let end = rest.iter().take(LONGEST).position(|&b| b == b'>')?;
            let digits: Vec<u8> = rest[..end]
                .iter()
                .filter_map(|&b| char::from(b).to_digit(16))
                .filter_map(|d| u8::try_from(d).ok())
                .collect();
            Some(digits.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).unwrap_or(&0)).collect())
        }
        _ => None,
    }
}

fn literal(bytes: &[u8]) -> Option<Vec<u8>> {
    let (mut out, mut depth, mut rest) = (Vec::new(), 1, &bytes[..bytes.len().min(LONGEST)]);
    loop {
        let (&byte, after) = rest.split_first()?;
        rest = after;
        match byte {
            b'(' => depth += 1,
            b')' => {
                depth -= 1;
                if depth == 0 {
                    return Some(out);
                }
            }
            b'\\' => {
                let (&escaped, after) = rest.split_first()?;
                rest = after;
                match escaped {
                    b'n' => out.push(b'\n'),
                    b'r' => out.push(b'\r'),
                    b't' => out.push(b'\t'),
                    b'0'..=b'7' => {
                        let mut value = u32::from(escaped - b'0');
                        while let Some((&digit @ b'0'..=b'7', after)) = rest.split_first().filter(|_| value < 32) {
                            value = value * 8 + u32::from(digit - b'0');
                            rest = after;
                        }
                        out.push((value & 0xFF) as u8);
                    }
                    b'\n' | b'\r' => {}
                    other => out.push(other),
                }
                continue;
            }
            _ => {}
        }
        out.push(byte);
    }
}

/// UTF-16 or UTF-8 with its mark, else one byte for each character.
fn decoded(bytes: &[u8]) -> String {
    match bytes {
        [0xFE, 0xFF, rest @ ..] => {
            let units: Vec<u16> = rest.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        // Programs of this country write their own code page here, against the rule.
        other => super::tiff::text(other),
    }
}
