//! Grey pictures, as pdftoppm writes them: PNG of 8 bits, one channel, not interlaced.

use std::fs;
use std::path::Path;

/// Pixels on a side of the blocks that are compared.
const BLOCK: usize = 8;

/// A picture.
pub struct Picture {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Picture {
    pub fn read(path: &Path) -> Self {
        let bytes = fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
        let (width, height) = (number(16), number(20));
        assert_eq!(bytes[24..29], [8, 0, 0, 0, 0], "{} is not plain grey", path.display());
        let (mut at, mut packed) = (8, Vec::new());
        while at < bytes.len() {
            let length = number(at);
            if &bytes[at + 4..at + 8] == b"IDAT" {
                packed.extend_from_slice(&bytes[at + 8..at + 8 + length]);
            }
            at += length + 12;
        }
        let lines = miniz_oxide::inflate::decompress_to_vec_zlib(&packed).unwrap();
        Self { width, height, pixels: unfiltered(&lines, width) }
    }

    /// How far the two are apart on a scale of 255: on the whole, and in the block where they differ most.
    pub fn difference(&self, other: &Self) -> (f64, f64) {
        assert_eq!((self.width, self.height), (other.width, other.height), "pictures of different size");
        let (mut all, mut worst) = (0, 0f64);
        for top in (0..self.height).step_by(BLOCK) {
            for left in (0..self.width).step_by(BLOCK) {
                let sum = self.block(other, top, left);
                all += sum;
                worst = worst.max(f64::from(sum) / (BLOCK * BLOCK) as f64);
            }
        }
        (f64::from(all) / self.pixels.len() as f64, worst)
    }

    fn block(&self, other: &Self, top: usize, left: usize) -> u32 {
        let rows = top..self.height.min(top + BLOCK);
        let places = rows.flat_map(|y| (left..self.width.min(left + BLOCK)).map(move |x| y * self.width + x));
        places.map(|at| u32::from(self.pixels[at].abs_diff(other.pixels[at]))).sum()
    }
}

/// Undoes the filters of PNG, which tell each byte by its neighbours: left, above, and above left.
fn unfiltered(lines: &[u8], width: usize) -> Vec<u8> {
    let mut pixels: Vec<u8> = Vec::new();
    for line in lines.chunks_exact(width + 1) {
        let from = pixels.len();
        for (x, byte) in line[1..].iter().enumerate() {
            let above = if from == 0 { 0 } else { pixels[from + x - width] };
            let left = if x == 0 { 0 } else { pixels[from + x - 1] };
            let corner = if x == 0 || from == 0 { 0 } else { pixels[from + x - width - 1] };
            let told = match line[0] {
                0 => 0,
                1 => left,
                2 => above,
                3 => left.midpoint(above),
                4 => nearest(left, above, corner),
                other => panic!("filter {other}"),
            };
            pixels.push(byte.wrapping_add(told));
        }
    }
    pixels
}

fn nearest(left: u8, above: u8, corner: u8) -> u8 {
    let guess = i16::from(left) + i16::from(above) - i16::from(corner);
    [left, above, corner].into_iter().min_by_key(|side| (guess - i16::from(*side)).abs()).unwrap()
}
