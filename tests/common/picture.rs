//! Grey pictures: PGM as pdftoppm prints them, and small PNG files of 16 greys to keep.

use std::fs;
use std::path::Path;

use miniz_oxide::deflate::compress_to_vec_zlib;
use miniz_oxide::inflate::decompress_to_vec_zlib;

/// Pixels on a side of the blocks that are compared.
const BLOCK: usize = 8;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// 4 bits, grey, not interlaced.
const KIND: [u8; 5] = [4, 0, 0, 0, 0];

/// A picture of 16 greys, one to a byte.
pub struct Picture {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Picture {
    /// From PGM: `P5`, size and 255 in words, then the bytes.
    pub fn printed(path: &Path) -> Self {
        let bytes = fs::read(path).unwrap();
        let head: Vec<&[u8]> = bytes.splitn(4, |b| *b == b'\n').collect();
        let size: Vec<usize> = String::from_utf8_lossy(head[1]).split(' ').map(|n| n.parse().unwrap()).collect();
        assert_eq!((head[0], head[2]), (&b"P5"[..], &b"255"[..]));
        let pixels: Vec<u8> = head[3].iter().map(|grey| grey >> 4).collect();
        assert_eq!(pixels.len(), size[0] * size[1]);
        Self { width: size[0], height: size[1], pixels }
    }

    /// Writes it as PNG, every line unfiltered: two pixels to a byte.
    pub fn keep(&self, path: &Path) {
        let pair = |pair: &[u8]| pair[0] << 4 | pair.get(1).unwrap_or(&0);
        let lines = self.pixels.chunks_exact(self.width);
        let packed: Vec<u8> = lines.flat_map(|line| [0].into_iter().chain(line.chunks(2).map(pair))).collect();
        let number = |n: usize| u32::try_from(n).unwrap().to_be_bytes();
        let header = [&number(self.width)[..], &number(self.height)[..], &KIND[..]].concat();
        let mut png = PNG.to_vec();
        for (name, data) in [(b"IHDR", header), (b"IDAT", compress_to_vec_zlib(&packed, 10)), (b"IEND", Vec::new())] {
            let named = [&name[..], &data[..]].concat();
            png.extend([&number(data.len())[..], &named[..], &crc(&named).to_be_bytes()[..]].concat());
        }
        fs::write(path, png).unwrap();
    }

    /// What [`Picture::keep`] wrote.
    pub fn kept(path: &Path) -> Self {
        let bytes = fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
        assert!(bytes.starts_with(PNG) && bytes[24..29] == KIND, "{} is none of ours", path.display());
        let (width, height) = (number(16), number(20));
        let lines = decompress_to_vec_zlib(&bytes[41..41 + number(33)]).unwrap();
        let line =
            |line: &[u8]| line[1..].iter().flat_map(|pair| [pair >> 4, pair & 15]).take(width).collect::<Vec<_>>();
        Self { width, height, pixels: lines.chunks_exact(1 + width.div_ceil(2)).flat_map(line).collect() }
    }

    /// How far the two are apart on a scale of 100: on the whole, and in the block where they differ most.
    pub fn difference(&self, other: &Self) -> (f64, f64) {
        assert_eq!((self.width, self.height), (other.width, other.height), "pictures of different size");
        let share = |sum: u32, pixels: usize| f64::from(sum) * 100.0 / 15.0 / f64::from(u32::try_from(pixels).unwrap());
        let (mut all, mut worst) = (0, 0);
        for top in (0..self.height).step_by(BLOCK) {
            for left in (0..self.width).step_by(BLOCK) {
                let sum = self.block(other, top, left);
                all += sum;
                worst = worst.max(sum);
            }
        }
        (share(all, self.pixels.len()), share(worst, BLOCK * BLOCK))
    }

    fn block(&self, other: &Self, top: usize, left: usize) -> u32 {
        let rows = top..self.height.min(top + BLOCK);
        let places = rows.flat_map(|y| (left..self.width.min(left + BLOCK)).map(move |x| y * self.width + x));
        places.map(|at| u32::from(self.pixels[at].abs_diff(other.pixels[at]))).sum()
    }
}

/// The check of a part of a PNG file.
fn crc(bytes: &[u8]) -> u32 {
    let bit = |crc: u32| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| bit(crc)))
}
