//! JPEG: a row of segments, then scans of coded data between further segments.

use super::{Parts, PictureFault, minimal_tiff, orientation};

const END: u8 = 0xd9;
const SCAN: u8 = 0xda;
const APP0: u8 = 0xe0;
const APP1: u8 = 0xe1;
const APP14: u8 = 0xee;

/// No camera writes more; each costs the decoder a walk over the whole picture.
///
/// Attack: thousands of empty scans of a large picture, which take hours to decode.
const MOST_SCANS: usize = 100;

/// Takes the segments apart and keeps those that show the picture.
pub(super) fn parts(bytes: &[u8]) -> Result<Parts, PictureFault> {
    let mut reader = Reader { bytes, at: 2, segments: Vec::new(), size: None, turned: None, scans: 0 };
    while reader.segment()? {}
    let size = reader.size.filter(|_| reader.scans > 0).ok_or(PictureFault::Broken)?;
    let mut kept = vec![0xff, 0xd8];
    // JFIF, where there is one, has to come first; Exif after it.
    let jfif = reader.segments.iter().position(|segment| segment[1] != APP0).unwrap_or(0);
    for (at, segment) in reader.segments.iter().enumerate() {
        if at == jfif
            && let Some(tiff) = minimal_tiff(reader.turned)
        {
            // A TIFF of one entry: its length fits in a byte.
            let length = u8::try_from(tiff.len() + 8).map_err(|_| PictureFault::Broken)?;
            kept.extend([0xff, APP1, 0, length]);
            kept.extend(b"Exif\0\0");
            kept.extend(tiff);
        }
        kept.extend_from_slice(segment);
    }
    kept.extend([0xff, END]);
    Ok(Parts { kept, size })
}

struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
    /// Those that are kept, each with its marker, and with the coded data that follows it.
    segments: Vec<Vec<u8>>,
    size: Option<(u32, u32)>,
    turned: Option<u8>,
    scans: usize,
}

impl Reader<'_> {
    /// Reads the next segment; false at the end of the picture. What follows that end (a second picture, a film, anything) is
    /// left out.
    fn segment(&mut self) -> Result<bool, PictureFault> {
        let marker = self.marker()?;
        if marker == END {
            return Ok(false);
        }
        let start = self.at;
        let pair = self.bytes.get(start..start + 2).ok_or(PictureFault::Cut)?;
        let length = usize::from(u16::from_be_bytes([pair[0], pair[1]]));
        if length < 2 {
            return Err(PictureFault::Broken);
        }
        let end = start + length;
        let body = self.bytes.get(start + 2..end).ok_or(PictureFault::Cut)?;
        self.at = end;
        match marker {
            // Frame, tables, restart interval.
            0xc0..=0xcf | 0xdb..=0xdf => {
                if !matches!(marker, 0xc4 | 0xc8 | 0xcc | 0xdb..=0xdf) {
                    self.frame(body)?;
                }
                self.keep(marker, body);
            }
            SCAN => {
                self.scans += 1;
                if self.scans > MOST_SCANS || self.size.is_none() {
                    return Err(PictureFault::Broken);
                }
                self.keep(marker, body);
                self.coded()?;
            }
            // Without the small picture in it: it may show what was cut away from the large one.
            APP0 if body.starts_with(b"JFIF\0") && body.len() >= 14 && self.segments.is_empty() => {
                let mut jfif = body[..14].to_vec();
                jfif[12..].fill(0);
                self.keep(marker, &jfif);
            }
            // How colours are to be read.
            APP14 if body.starts_with(b"Adobe") => self.keep(marker, body),
            APP1 => {
                let tiff = body.strip_prefix(b"Exif\0").and_then(|rest| rest.get(1..));
                self.turned = self.turned.or_else(|| tiff.and_then(orientation));
            }
            _ => {}
        }
        Ok(true)
    }

    /// The next marker. Any number of `ff` may stand before it.
    fn marker(&mut self) -> Result<u8, PictureFault> {
        if *self.bytes.get(self.at).ok_or(PictureFault::Cut)? != 0xff {
            return Err(PictureFault::Broken);
        }
        while self.bytes.get(self.at) == Some(&0xff) {
            self.at += 1;
        }
        let marker = *self.bytes.get(self.at).ok_or(PictureFault::Cut)?;
        self.at += 1;
        // Markers without a length have no place between segments.
        if matches!(marker, 0x00 | 0x01 | 0xd0..=0xd8) { Err(PictureFault::Broken) } else { Ok(marker) }
    }

    fn frame(&mut self, body: &[u8]) -> Result<(), PictureFault> {
        let [_, high, low, wide, narrow, ..] = *body else { return Err(PictureFault::Broken) };
        let (height, width) = (u16::from_be_bytes([high, low]), u16::from_be_bytes([wide, narrow]));
        // Attack: a second frame with another size, which some programs take for the picture's.
        if self.size.replace((width.into(), height.into())).is_some() {
            return Err(PictureFault::Broken);
        }
        Ok(())
    }

    fn keep(&mut self, marker: u8, body: &[u8]) {
        // It came out of such a length field, or is shorter.
        let length = u16::try_from(body.len() + 2).unwrap_or(u16::MAX);
        let mut segment = vec![0xff, marker];
        segment.extend(length.to_be_bytes());
        segment.extend_from_slice(body);
        self.segments.push(segment);
    }

    /// The coded data of a scan: up to a marker that is neither a stuffed zero nor a restart.
    fn coded(&mut self) -> Result<(), PictureFault> {
        let start = self.at;
        loop {
            let rest = self.bytes.get(self.at..).ok_or(PictureFault::Cut)?;
            let next = rest.iter().position(|byte| *byte == 0xff).ok_or(PictureFault::Cut)?;
            self.at += next;
            match self.bytes.get(self.at + 1).ok_or(PictureFault::Cut)? {
                0x00 | 0xd0..=0xd7 => self.at += 2,
                0xff => self.at += 1,
                _ => break,
            }
        }
        if let Some(scan) = self.segments.last_mut() {
            scan.extend_from_slice(&self.bytes[start..self.at]);
        }
        Ok(())
    }
}
