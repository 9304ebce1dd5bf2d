//! TIFF, and Exif, which is a TIFF without a picture: directories of entries, each a tag and a value.

use std::io::{Read, Seek, SeekFrom};

use super::{Found, Name, Unread, xmp};

/// More entries, or more directories, are no camera's.
const MOST_ENTRIES: u16 = 1000;
const MOST_DIRECTORIES: usize = 32;
/// The longest text that is read, and the longest XMP.
const MOST_TEXT: u32 = 1024;
const MOST_XMP: u32 = 256 * 1024;

const ARTIST: u16 = 0x013B;
const HOST: u16 = 0x013C;
const XMP: u16 = 0x02BC;
const EXIF: u16 = 0x8769;
const GPS: u16 = 0x8825;
const XP_AUTHOR: u16 = 0x9C9D;
const OWNER: u16 = 0xA430;

pub fn look(file: &mut (impl Read + Seek), found: &mut Found) -> Result<(), Unread> {
    let mut head = [0; 8];
    file.seek(SeekFrom::Start(0))?;
    file.read_exact(&mut head)?;
    let little = match &head[..4] {
        b"II*\0" => true,
        b"MM\0*" => false,
        // A TIFF for more than 4 GiB.
        b"II+\0" | b"MM\0+" => return Err(Unread::TooLarge),
        _ => return Err(Unread::Damaged),
    };
    let mut reader = Reader { file, little };
    // Attack: directories that name each other in a circle.
    let mut open = vec![(reader.u32(&head[4..8]), false)];
    for _ in 0..MOST_DIRECTORIES {
        let Some((at, place)) = open.pop() else { return Ok(()) };
        if at != 0 {
            reader.directory(at, place, &mut open, found)?;
        }
    }
    Err(Unread::TooLarge)
}

struct Reader<'a, R> {
    file: &'a mut R,
    little: bool,
}

impl<R: Read + Seek> Reader<'_, R> {
    fn u16(&self, bytes: &[u8]) -> u16 {
        let pair = [bytes[0], bytes[1]];
        if self.little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) }
    }

    fn u32(&self, bytes: &[u8]) -> u32 {
        let four = [bytes[0], bytes[1], bytes[2], bytes[3]];
        if self.little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) }
    }

    fn at(&mut self, at: u32, length: u32) -> Result<Vec<u8>, Unread> {
        self.file.seek(SeekFrom::Start(at.into()))?;
        let mut bytes = Vec::new();
        (&mut *self.file).take(length.into()).read_to_end(&mut bytes)?;
        if bytes.len() as u64 == u64::from(length) { Ok(bytes) } else { Err(Unread::Damaged) }
    }

    fn directory(
        &mut self,
        at: u32,
        place: bool,
        open: &mut Vec<(u32, bool)>,
        found: &mut Found,
    ) -> Result<(), Unread> {
        let count = self.at(at, 2)?;
        let count = self.u16(&count);
        if count > MOST_ENTRIES {
            return Err(Unread::Damaged);
        }
        let entries = self.at(at.saturating_add(2), u32::from(count) * 12)?;
        for entry in entries.chunks_exact(12) {
            let (tag, value) = (self.u16(entry), self.u32(&entry[8..]));
            match tag {
                // Latitude and longitude; the date and the device alone are no place.
                2 | 4 if place => {
                    let value = self.degrees(entry)?;
                    found.take(Name::Place, &value);
                }
                EXIF if !place => open.push((value, false)),
                GPS if !place => open.push((value, true)),
                ARTIST => found.take(Name::Artist, &self.text(entry)?),
                HOST | OWNER => found.take(Name::Owner, &self.text(entry)?),
                XP_AUTHOR => found.take(Name::Author, &self.text(entry)?),
                XMP => {
                    let packet = self.value(entry, 1, MOST_XMP)?;
                    xmp::take(&packet, found)?;
                }
                _ => {}
            }
        }
        // The next picture of the file.
        let next = self.at(at.saturating_add(2 + u32::from(count) * 12), 4).map_or(0, |next| self.u32(&next));
        if !place && next != 0 {
            open.push((next, false));
        }
        Ok(())
    }

    /// The bytes of a value: in the entry itself where they fit.
    fn value(&mut self, entry: &[u8], size: u32, most: u32) -> Result<Vec<u8>, Unread> {
        let length = self.u32(&entry[4..]).saturating_mul(size);
        if length > most {
            return Err(Unread::TooLarge);
        }
        if length <= 4 {
            return Ok(entry[8..8 + length as usize].to_vec());
        }
        self.at(self.u32(&entry[8..]), length)
    }

    fn text(&mut self, entry: &[u8]) -> Result<String, Unread> {
        let bytes = self.value(entry, 1, MOST_TEXT)?;
        if self.u16(entry) == XP_AUTHOR {
            let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
            return Ok(String::from_utf16_lossy(&units));
        }
        // Cameras of this country write their own code page here.
        Ok(text(&bytes))
    }

    fn degrees(&mut self, entry: &[u8]) -> Result<String, Unread> {
        let bytes = self.value(entry, 8, 24)?;
        let parts: Vec<f64> = bytes
            .chunks_exact(8)
            .map(|pair| f64::from(self.u32(pair)) / f64::from(self.u32(&pair[4..]).max(1)))
            .collect();
        let degrees = parts.iter().rev().fold(0.0, |smaller, part| smaller / 60.0 + part);
        Ok(format!("{degrees:.4}"))
    }
}

/// Text of an unnamed encoding: UTF-8, else the code page of this country.
pub fn text(bytes: &[u8]) -> String {
    let bytes = bytes.split(|&b| b == 0).next().unwrap_or_default();
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::SHIFT_JIS.decode_without_bom_handling(bytes).0.into_owned(),
    }
}
