//! Photographs for a form: what shows the picture is kept, what tells of the camera, the person and the place goes.
//!
//! Read strictly, part by part. What this does not know is not passed on, so that nothing hides in a picture that is filed for
//! years and handed to others.

mod jpeg;
mod png;

use typst::foundations::Bytes;
use typst::visualize::{ExchangeFormat, RasterImage};

/// The largest file that is taken.
pub const MOST_BYTES: u64 = 20 << 20;

/// The most pixels: what the largest telephones take by default, and 150 MB once unpacked.
///
/// Attack: a decompression bomb, a picture of a few kilobytes that says it is 60,000 by 60,000.
pub const MOST_PIXELS: u64 = 50_000_000;

/// What a picture is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// JPEG
    Jpeg,
    /// PNG
    Png,
}

impl Kind {
    /// How its file ends.
    #[must_use]
    pub fn end(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
        }
    }
}

/// Why a file is no picture for a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PictureFault {
    /// Nothing in it.
    #[error("empty")]
    Empty,
    /// Neither JPEG nor PNG.
    #[error("neither JPEG nor PNG")]
    OtherKind,
    /// It ends before the picture does.
    #[error("cut off")]
    Cut,
    /// Its parts contradict each other, or cannot be decoded.
    #[error("broken")]
    Broken,
    /// More than [`MOST_PIXELS`].
    #[error("{0} x {1} pixels")]
    TooManyPixels(u32, u32),
}

/// A picture as it is printed and kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// What it is written as.
    pub kind: Kind,
    /// The picture without what is told of it.
    pub bytes: Vec<u8>,
    /// Its width and height as stored, before it is turned upright.
    pub size: (u32, u32),
    /// Whether anything was left out.
    pub stripped: bool,
}

impl Picture {
    /// Takes a picture apart and puts together what shows it. It is decoded once, by the very program that will set it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn of(bytes: &[u8]) -> Result<Self, PictureFault> {
        let (kind, parts) = match bytes {
            [] => return Err(PictureFault::Empty),
            [0xff, 0xd8, ..] => (Kind::Jpeg, jpeg::parts(bytes)?),
            _ if png::is_one(bytes) => (Kind::Png, png::parts(bytes)?),
            _ => return Err(PictureFault::OtherKind),
        };
        let Parts { kept, size: (width, height) } = parts;
        let pixels = u64::from(width) * u64::from(height);
        if pixels == 0 {
            return Err(PictureFault::Broken);
        }
        // Before anything is unpacked.
        if pixels > MOST_PIXELS {
            return Err(PictureFault::TooManyPixels(width, height));
        }
        let format = match kind {
            Kind::Jpeg => ExchangeFormat::Jpg,
            Kind::Png => ExchangeFormat::Png,
        };
        let decoded = RasterImage::plain(Bytes::new(kept.clone()), format);
        // It remembers what it unpacked.
        typst::comemo::evict(0);
        decoded.map_err(|_| PictureFault::Broken)?;
        Ok(Self { kind, stripped: kept != bytes, bytes: kept, size: (width, height) })
    }
}

/// What a format's reader found.
struct Parts {
    /// What shows the picture.
    kept: Vec<u8>,
    /// Width and height.
    size: (u32, u32),
}

/// Which way up the picture is, as a camera says it.
///
/// Of all that Exif may hold (place, time, name, a small picture of what was cut away) this one number is needed to see it
/// upright.
fn orientation(tiff: &[u8]) -> Option<u8> {
    let little = match tiff.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let u16_at = |at: usize| {
        let pair: [u8; 2] = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) })
    };
    let u32_at = |at: usize| {
        let four: [u8; 4] = tiff.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) })
    };
    let first = usize::try_from(u32_at(4)?).ok()?;
    let entries = usize::from(u16_at(first)?);
    let entry = |nth: usize| first.checked_add(2 + 12 * nth);
    let at = (0..entries).filter_map(entry).find(|&at| u16_at(at) == Some(ORIENTATION))?;
    let (is_short, one) = (u16_at(at.checked_add(2)?)? == 3, u32_at(at.checked_add(4)?)? == 1);
    let value = u8::try_from(u16_at(at.checked_add(8)?)?).ok()?;
    (is_short && one && (1..=8).contains(&value)).then_some(value)
}

/// The tag of the orientation.
const ORIENTATION: u16 = 0x0112;

/// The least that says which way up a picture is; nothing where it is upright as it is stored.
fn minimal_tiff(orientation: Option<u8>) -> Option<Vec<u8>> {
    let value = orientation.filter(|value| *value != 1)?;
    // Big-endian; the one directory at 8, with one entry: a short, once.
    let mut tiff = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    tiff.extend([value, 0, 0, 0, 0, 0, 0]);
    Some(tiff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_way_up_is_read_in_either_order_of_bytes_and_written_again() {
        let little = b"II*\0\x08\0\0\0\x02\0\x0f\x01\x02\0\x01\0\0\0A\0\0\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
        assert_eq!(orientation(little), Some(6));
        for value in 2..=8 {
            assert_eq!(orientation(&minimal_tiff(Some(value)).unwrap()), Some(value));
        }
        assert_eq!((minimal_tiff(Some(1)), minimal_tiff(None)), (None, None));
    }

    #[test]
    fn what_lies_about_its_length_has_no_orientation() {
        let whole = minimal_tiff(Some(6)).unwrap();
        for cut in 0..20 {
            assert_eq!(orientation(&whole[..cut]), None, "{cut}");
        }
        assert_eq!(orientation(b"MM\0*\xff\xff\xff\xff"), None);
        assert_eq!(orientation(b"MM\0*\0\0\0\x08\xff\xff"), None);
        let mut nine = whole;
        nine[19] = 9;
        assert_eq!(orientation(&nine), None);
    }

    #[test]
    fn what_is_no_picture_is_told_apart() {
        let fault = |bytes: &[u8]| Picture::of(bytes).unwrap_err();
        assert_eq!(fault(b""), PictureFault::Empty);
        assert_eq!(fault(b"GIF89a"), PictureFault::OtherKind);
        assert_eq!(fault(b"\xff\xd8"), PictureFault::Cut);
        assert_eq!(fault(b"\xff\xd8\xff\xd9"), PictureFault::Broken);
    }
}
