//! PNG: a row of chunks, each with its checksum.

use super::{Parts, PictureFault, minimal_tiff, orientation};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// What shows the picture and its colours, beside what is critical.
const SHOWN: [&[u8; 4]; 6] = [b"tRNS", b"gAMA", b"sRGB", b"cHRM", b"iCCP", b"pHYs"];

pub(super) fn is_one(bytes: &[u8]) -> bool {
    bytes.starts_with(SIGNATURE)
}

/// Takes the chunks apart and keeps those that show the picture.
pub(super) fn parts(bytes: &[u8]) -> Result<Parts, PictureFault> {
    let (mut rest, mut kept, mut size, mut turned) = (&bytes[SIGNATURE.len()..], SIGNATURE.to_vec(), None, None);
    let mut head = 0;
    loop {
        let (name, body) = chunk(&mut rest)?;
        if size.is_none() != (name == b"IHDR") {
            return Err(PictureFault::Broken);
        }
        match name {
            b"IHDR" => {
                let (width, height) = body.split_first_chunk::<4>().ok_or(PictureFault::Broken)?;
                let height = height.first_chunk::<4>().ok_or(PictureFault::Broken)?;
                size = Some((u32::from_be_bytes(*width), u32::from_be_bytes(*height)));
                put(&mut kept, name, body);
                head = kept.len();
            }
            b"PLTE" | b"IDAT" => put(&mut kept, name, body),
            // What follows the end is left out.
            b"IEND" => break put(&mut kept, name, b""),
            b"eXIf" => turned = turned.or_else(|| orientation(body)),
            _ if SHOWN.contains(&name) => put(&mut kept, name, body),
            // In capitals: whoever does not know it cannot show the picture.
            _ if name[0].is_ascii_uppercase() => return Err(PictureFault::Broken),
            _ => {}
        }
    }
    if let Some(tiff) = minimal_tiff(turned) {
        let mut exif = Vec::new();
        put(&mut exif, b"eXIf", &tiff);
        kept.splice(head..head, exif);
    }
    Ok(Parts { kept, size: size.ok_or(PictureFault::Broken)? })
}

/// The next chunk: its name and what is in it.
fn chunk<'b>(rest: &mut &'b [u8]) -> Result<(&'b [u8; 4], &'b [u8]), PictureFault> {
    let (length, after) = rest.split_first_chunk::<4>().ok_or(PictureFault::Cut)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| PictureFault::Broken)?;
    let named = after.get(..4usize.checked_add(length).ok_or(PictureFault::Broken)?).ok_or(PictureFault::Cut)?;
    let (name, body) = named.split_first_chunk::<4>().ok_or(PictureFault::Cut)?;
    let (sum, after) = after[named.len()..].split_first_chunk::<4>().ok_or(PictureFault::Cut)?;
    if u32::from_be_bytes(*sum) != crc(named) {
        return Err(PictureFault::Broken);
    }
    *rest = after;
    Ok((name, body))
}

fn put(kept: &mut Vec<u8>, name: &[u8], body: &[u8]) {
    // It came out of such a length field.
    kept.extend(u32::try_from(body.len()).unwrap_or(u32::MAX).to_be_bytes());
    let start = kept.len();
    kept.extend_from_slice(name);
    kept.extend_from_slice(body);
    kept.extend(crc(&kept[start..]).to_be_bytes());
}

/// The CRC-32 of the PNG specification.
fn crc(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = {
        let mut table = [0; 256];
        let (mut byte, mut number) = (0, 0u32);
        while byte < 256 {
            let (mut value, mut bit) = (number, 0);
            while bit < 8 {
                value = if value & 1 == 1 { 0xedb8_8320 ^ (value >> 1) } else { value >> 1 };
                bit += 1;
            }
            table[byte] = value;
            byte += 1;
            number += 1;
        }
        table
    };
    !bytes.iter().fold(u32::MAX, |crc, byte| TABLE[usize::from(crc.to_le_bytes()[0] ^ byte)] ^ (crc >> 8))
}

#[cfg(test)]
mod tests {
    use super::super::Picture;
    use super::*;

    /// A grey picture of one dot, with these chunks before its data.
    fn dot(more: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
        let mut bytes = SIGNATURE.to_vec();
        put(&mut bytes, b"IHDR", b"\0\0\0\x01\0\0\0\x01\x08\0\0\0\0");
        for (name, body) in more {
            put(&mut bytes, *name, body);
        }
        put(&mut bytes, b"IDAT", &miniz_oxide::deflate::compress_to_vec_zlib(&[0, 128], 6));
        put(&mut bytes, b"IEND", b"");
        bytes
    }

    #[test]
    fn the_checksum_is_the_usual_one() {
        assert_eq!(crc(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn what_is_told_of_a_picture_goes_and_what_shows_it_stays() {
        let gamma: (&[u8; 4], &[u8]) = (b"gAMA", &[0, 0, 0xb1, 0x8f]);
        let tiff = minimal_tiff(Some(6)).unwrap();
        let full = dot(&[(b"tEXt", b"Author\0x"), gamma, (b"eXIf", &tiff), (b"tIME", &[0; 7]), (b"prVt", b"x")]);
        let taken = Picture::of(&[&full[..], b"a film"].concat()).unwrap();
        assert_eq!(taken.bytes, dot(&[(b"eXIf", &tiff), gamma]), "upright it stays");
        assert!(taken.stripped && !Picture::of(&dot(&[gamma])).unwrap().stripped);
    }

    #[test]
    fn what_is_cut_broken_or_huge_is_refused() {
        let whole = dot(&[]);
        for cut in 8..whole.len() {
            assert_eq!(Picture::of(&whole[..cut]).unwrap_err(), PictureFault::Cut, "{cut}");
        }
        for at in 8..whole.len() {
            let mut flipped = whole.clone();
            flipped[at] ^= 1;
            assert!(Picture::of(&flipped).is_err(), "{at}");
        }
        assert_eq!(Picture::of(&dot(&[(b"IHDR", b"")])).unwrap_err(), PictureFault::Broken, "twice");
        let mut bomb = SIGNATURE.to_vec();
        put(&mut bomb, b"IHDR", b"\0\0\xff\xff\0\0\xff\xff\x08\0\0\0\0");
        put(&mut bomb, b"IEND", b"");
        assert_eq!(Picture::of(&bomb).unwrap_err(), PictureFault::TooManyPixels(65535, 65535));
    }
}
