//! Photographs: the segments of a JPEG and the chunks of a PNG that say who and where.
//!
//! Not looked at: IPTC, what a camera's maker keeps for itself, and small pictures inside the large one.

use std::io::{Cursor, ErrorKind, Read, Seek, SeekFrom};

use super::{Found, Name, Unread, tiff, xmp};

/// More segments before the picture begins are no camera's.
const MOST_SEGMENTS: usize = 500;
/// A large PNG has tens of thousands of chunks; between them is only what was asked for.
const MOST_CHUNKS: usize = 100_000;
const MOST_TEXT: u32 = 256 * 1024;

pub fn jpeg(file: &mut (impl Read + Seek), found: &mut Found) -> Result<(), Unread> {
    file.seek(SeekFrom::Start(0))?;
    let mut two = [0; 2];
    file.read_exact(&mut two)?;
    if two != [0xFF, 0xD8] {
        return Err(Unread::Damaged);
    }
    for _ in 0..MOST_SEGMENTS {
        let marker = marker(file)?;
        // From here on there is only the picture.
        if matches!(marker, 0xDA | 0xD9) {
            return Ok(());
        }
        file.read_exact(&mut two)?;
        let length = u16::from_be_bytes(two).checked_sub(2).ok_or(Unread::Damaged)?;
        if marker != 0xE1 {
            file.seek(SeekFrom::Current(length.into()))?;
            continue;
        }
        let mut body = Vec::new();
        (&mut *file).take(length.into()).read_to_end(&mut body)?;
        if let Some(exif) = body.strip_prefix(b"Exif\0").and_then(|rest| rest.get(1..)) {
            tiff::look(&mut Cursor::new(exif), found)?;
        } else if let Some(packet) = body.strip_prefix(b"http://ns.adobe.com/xap/1.0/\0") {
            xmp::take(packet, found)?;
        }
    }
    Err(Unread::TooLarge)
}

/// The next marker. Any number of `ff` may stand before it.
fn marker(file: &mut impl Read) -> Result<u8, Unread> {
    let mut one = [0];
    file.read_exact(&mut one)?;
    if one != [0xFF] {
        return Err(Unread::Damaged);
    }
    for _ in 0..MOST_SEGMENTS {
        file.read_exact(&mut one)?;
        if one != [0xFF] {
            return Ok(one[0]);
        }
    }
    Err(Unread::Damaged)
}

pub fn png(file: &mut (impl Read + Seek), found: &mut Found) -> Result<(), Unread> {
    file.seek(SeekFrom::Start(0))?;
    let mut head = [0; 8];
    file.read_exact(&mut head)?;
    if head != *b"\x89PNG\r\n\x1a\n" {
        return Err(Unread::Damaged);
    }
    for _ in 0..MOST_CHUNKS {
        match file.read_exact(&mut head) {
            Err(e) if e.kind() == ErrorKind::UnexpectedEof => return Err(Unread::Damaged),
            other => other?,
        }
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]);
        let kind = &head[4..];
        if kind == b"IEND" {
            return Ok(());
        }
        if !matches!(kind, b"eXIf" | b"tEXt" | b"iTXt" | b"zTXt") || length > MOST_TEXT {
            file.seek(SeekFrom::Current(i64::from(length) + 4))?;
            continue;
        }
        let mut body = Vec::new();
        (&mut *file).take(length.into()).read_to_end(&mut body)?;
        match kind {
            b"eXIf" => tiff::look(&mut Cursor::new(&body), found)?,
            _ => said(kind, &body, found)?,
        }
        // Its checksum.
        file.seek(SeekFrom::Current(4))?;
    }
    Err(Unread::TooLarge)
}

/// A text with its keyword.
fn said(kind: &[u8], body: &[u8], found: &mut Found) -> Result<(), Unread> {
    let end = body.iter().position(|&b| b == 0).ok_or(Unread::Damaged)?;
    let (keyword, rest) = (&body[..end], &body[end + 1..]);
    let packet = keyword == b"XML:com.adobe.xmp";
    if !packet && !keyword.eq_ignore_ascii_case(b"Author") {
        return Ok(());
    }
    let text = match kind {
        b"tEXt" => rest,
        b"iTXt" if rest.first() == Some(&0) => {
            // Flag and method, a language, and the keyword in it.
            let mut parts = rest.get(2..).unwrap_or_default().splitn(3, |&b| b == 0);
            parts.nth(2).ok_or(Unread::Damaged)?
        }
        _ => return Err(Unread::Compressed),
    };
    if packet {
        return xmp::take(text, found);
    }
    found.take(Name::Author, &tiff::text(text));
    Ok(())
}
