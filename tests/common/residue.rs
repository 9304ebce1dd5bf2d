//! Marked files, and what of them still stands in a raw image.
//!
//! Every 512 bytes of content begin with a mark that tells the file and the place in it, and the last bytes of a file are one
//! more: a block that was overwritten in part is seen as well as one that was not. Names and attributes carry marks too. All
//! marks begin with the same byte, so an image is searched for all of them in one pass. What follows that byte in content is
//! noise with nothing repeated, so that a file system that compresses stores the marks as they are.

#![allow(dead_code)] // each user takes a part

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// The first byte of every mark.
const FIRST: u8 = b'Q';
/// The second byte of a mark in content, in a name, in an attribute, in the text of a link.
const DATA: u8 = 0xB3;
const NAME: u8 = b'n';
const ATTRIBUTE: u8 = b'x';
const LINK: u8 = b'k';
/// The length of a mark in content.
const MARK: usize = 14;
/// How far apart they stand.
const STEP: usize = 512;
/// The number of files in one folder.
const IN_FOLDER: u32 = 25;
/// Numbers of folders begin here.
pub const FOLDERS: u32 = 50_000;
/// Set in the place of the mark at a file's end.
const END: u32 = 1 << 31;

/// What to plant.
#[derive(Clone, Copy)]
pub struct Plan {
    /// How many files.
    pub files: u32,
    /// The number of the first.
    pub first: u32,
    /// The smallest and the largest size, log-uniform between.
    pub sizes: (u64, u64),
    /// Whether to give files and folders extended attributes.
    pub attributes: bool,
    /// Whether to add symbolic links with long texts, one to a folder.
    pub links: bool,
    /// Every so many-th file begins with noise and goes on with zeros, so that it can be compressed.
    pub half_empty: bool,
}

/// A file that was planted.
#[derive(Debug, Clone)]
pub struct Planted {
    /// Its number, which its marks tell.
    pub number: u32,
    /// Its path.
    pub path: PathBuf,
    /// Its size.
    pub size: u64,
}

/// Plants the files in folders below `root`, brings them to the medium, and says which they are.
pub fn plant(root: &Path, plan: Plan) -> io::Result<Vec<Planted>> {
    let mut noise = Noise(0x7465_7761_7461_7368);
    let mut planted = Vec::new();
    let mut folder = root.to_owned();
    for number in plan.first..plan.first + plan.files {
        if (number - plan.first).is_multiple_of(IN_FOLDER) {
            let own = FOLDERS + number / IN_FOLDER;
            folder = root.join(name(own, ""));
            fs::create_dir_all(&folder)?;
            if plan.attributes {
                attribute(&folder, own, 300)?;
            }
            if plan.links {
                let text = format!("{}/{}", text(LINK, own), "x".repeat(80));
                std::os::unix::fs::symlink(text, folder.join("link"))?;
            }
        }
        let path = folder.join(name(number, ".csv"));
        let size = noise.between(plan.sizes);
        write(&path, number, size, plan.half_empty, &mut noise)?;
        if plan.attributes {
            // One that fits into the inode, one that takes a block of its own.
            attribute(&path, number, if number % 2 == 0 { 32 } else { 900 })?;
        }
        planted.push(Planted { number, path, size });
    }
    rustix::fs::syncfs(File::open(root)?)?;
    Ok(planted)
}

/// Writes one marked file.
pub fn write(path: &Path, number: u32, size: u64, half_empty: bool, noise: &mut Noise) -> io::Result<()> {
    fs::write(path, content(number, size, half_empty, noise))
}

/// The content of a marked file.
pub fn content(number: u32, size: u64, half_empty: bool, noise: &mut Noise) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(size).unwrap_or(usize::MAX)];
    for (index, part) in bytes.chunks_mut(STEP).enumerate() {
        let until = if half_empty { part.len().min(STEP / 2) } else { part.len() };
        noise.fill(&mut part[..until]);
        if part.len() >= MARK {
            part[..MARK].copy_from_slice(&mark(number, place(index)));
        }
    }
    if bytes.len() >= 2 * MARK && bytes.len() % STEP >= 2 * MARK {
        let at = bytes.len() - MARK;
        bytes[at..].copy_from_slice(&mark(number, END | place(at / STEP)));
    }
    bytes
}

fn place(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(END) & !END
}

/// A mark in content. Mixed, so that two of them share nothing but their first two bytes: what a compressor finds twice
/// would be stored once.
fn mark(number: u32, place: u32) -> [u8; MARK] {
    let mixed = mix(u64::from(number) << 32 | u64::from(place));
    let mut mark = [FIRST, DATA, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    mark[2..10].copy_from_slice(&mixed.to_le_bytes());
    mark[10..].copy_from_slice(&check(mixed));
    mark
}

fn check(mixed: u64) -> [u8; 4] {
    let [a, b, c, d, ..] = mix(mixed ^ 0x6b65_7368_6974_6121).to_le_bytes();
    [a, b, c, d]
}

/// One word for one word: an odd factor and a folding, both of which can be undone.
fn mix(word: u64) -> u64 {
    let word = (word ^ word >> 32).wrapping_mul(FACTOR);
    word ^ word >> 32
}

fn unmix(word: u64) -> u64 {
    let word = (word ^ word >> 32).wrapping_mul(inverse(FACTOR));
    word ^ word >> 32
}

const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

/// Newton's way to the inverse modulo 2^64.
const fn inverse(odd: u64) -> u64 {
    let (mut found, mut round) = (odd, 0);
    while round < 6 {
        found = found.wrapping_mul(2u64.wrapping_sub(odd.wrapping_mul(found)));
        round += 1;
    }
    found
}

/// A mark that is text: the number and what proves that it is one.
fn text(class: u8, number: u32) -> String {
    let letters = mix(u64::from(number)).to_le_bytes().map(|byte| char::from(b'a' + byte % 26));
    format!("{}{}{number:05}{}{}", char::from(FIRST), char::from(class), letters[6], letters[7])
}

/// The name of a file. Short enough for one entry of exFAT.
fn name(number: u32, ending: &str) -> String {
    format!("{}{ending}", text(NAME, number))
}

fn attribute(path: &Path, number: u32, length: usize) -> io::Result<()> {
    let value = text(ATTRIBUTE, number).repeat(length.div_ceil(9));
    set_attribute(path, "user.mark", value.as_bytes())
}

/// Sets an extended attribute.
pub fn set_attribute(path: &Path, name: &str, value: &[u8]) -> io::Result<()> {
    Ok(rustix::fs::setxattr(path, OsStr::new(name), value, rustix::fs::XattrFlags::empty())?)
}

/// What of the marks stands in an image.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Residue {
    /// Blocks of 4 KiB with marks, by file.
    pub data: BTreeMap<u32, BTreeSet<u32>>,
    /// Files and folders whose names stand there.
    pub names: BTreeSet<u32>,
    /// Files and folders whose attributes stand there.
    pub attributes: BTreeSet<u32>,
    /// Links whose texts stand there.
    pub links: BTreeSet<u32>,
}

impl Residue {
    /// Searches a raw image.
    pub fn scan(image: &Path) -> io::Result<Self> {
        const PIECE: usize = 4 << 20;
        // No mark is longer, in two-byte characters either.
        const OVERLAP: usize = 32;
        let file = File::open(image)?;
        let size = file.metadata()?.len();
        let (mut residue, mut buffer) = (Self::default(), vec![0; PIECE + OVERLAP]);
        let mut start = 0;
        while let Some(data) = next_data(&file, start)?.filter(|&data| data < size) {
            start = data;
            let read = read_full(&file, &mut buffer, start)?;
            residue.search(&buffer[..read], PIECE);
            start += PIECE as u64;
        }
        Ok(residue)
    }

    /// Marks that begin in the first `until` bytes.
    fn search(&mut self, bytes: &[u8], until: usize) {
        let mut rest = &bytes[..until.min(bytes.len())];
        let mut at = 0;
        while let Some(found) = position(rest, FIRST) {
            at += found;
            self.take(&bytes[at..]);
            at += 1;
            rest = &bytes[at..until.min(bytes.len())];
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        match bytes.get(1) {
            Some(&DATA) => {
                if let Some((number, place)) = read_mark(bytes) {
                    self.data.entry(number).or_default().insert((place & !END) / 8);
                }
            }
            Some(&(NAME | ATTRIBUTE | LINK)) => {
                self.take_text(bytes.get(..9).unwrap_or_default());
            }
            // Two bytes to a character, as NTFS and exFAT keep names.
            Some(0) if bytes.len() >= 18 && bytes[..18].iter().skip(1).step_by(2).all(|&b| b == 0) => {
                let narrow: Vec<u8> = bytes[..18].iter().copied().step_by(2).collect();
                self.take_text(&narrow);
            }
            _ => {}
        }
    }

    fn take_text(&mut self, bytes: &[u8]) {
        let number = bytes.get(2..7).and_then(|n| std::str::from_utf8(n).ok()).and_then(|n| n.parse().ok());
        let Some(number) = number else { return };
        if text(bytes[1], number).as_bytes() == bytes {
            let set = match bytes[1] {
                NAME => &mut self.names,
                ATTRIBUTE => &mut self.attributes,
                _ => &mut self.links,
            };
            set.insert(number);
        }
    }

    /// Files of which something stands there.
    pub fn files(&self) -> usize {
        self.data.len()
    }

    /// Blocks of which something stands there.
    pub fn blocks(&self) -> usize {
        self.data.values().map(BTreeSet::len).sum()
    }
}

fn read_mark(bytes: &[u8]) -> Option<(u32, u32)> {
    let mixed = u64::from_le_bytes(bytes.get(2..10)?.try_into().ok()?);
    if bytes.get(10..MARK)? != check(mixed) {
        return None;
    }
    let word = unmix(mixed);
    Some((u32::try_from(word >> 32).ok()?, u32::try_from(word & u64::from(u32::MAX)).ok()?))
}

/// Where a byte stands first, eight at a time: an image is a gigabyte, and most of it is zeros.
fn position(bytes: &[u8], byte: u8) -> Option<usize> {
    const ONES: u64 = u64::MAX / 255;
    let pattern = ONES * u64::from(byte);
    let mut words = bytes.chunks_exact(8);
    for (index, word) in words.by_ref().enumerate() {
        let Ok(word) = word.try_into() else { break };
        let differs = u64::from_le_bytes(word) ^ pattern;
        let zeros = differs.wrapping_sub(ONES) & !differs & ONES << 7;
        if zeros != 0 {
            return Some(index * 8 + zeros.trailing_zeros() as usize / 8);
        }
    }
    let rest = words.remainder();
    rest.iter().position(|&b| b == byte).map(|found| bytes.len() - rest.len() + found)
}

fn next_data(file: &File, from: u64) -> io::Result<Option<u64>> {
    match rustix::fs::seek(file, rustix::fs::SeekFrom::Data(from)) {
        Ok(found) => Ok(Some(found)),
        Err(rustix::io::Errno::NXIO) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn read_full(file: &File, buffer: &mut [u8], start: u64) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read_at(&mut buffer[filled..], start + filled as u64)? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

/// Bytes that no compressor shortens, the same in every run.
pub struct Noise(pub u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Fills a place with it.
    pub fn fill(&mut self, bytes: &mut [u8]) {
        for word in bytes.chunks_mut(8) {
            let noise = self.next().to_le_bytes();
            word.copy_from_slice(&noise[..word.len()]);
        }
    }

    /// A size, log-uniform between two: as many between 1 and 2 KiB as between 1 and 2 MiB.
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn between(&mut self, (least, most): (u64, u64)) -> u64 {
        let share = (self.next() >> 11) as f64 / (1u64 << 53) as f64;
        (least as f64 * (most as f64 / least as f64).powf(share)) as u64
    }
}

/// The number of a planted file or folder, from its path.
pub fn number_of(path: &Path) -> Option<u32> {
    let name = path.file_name()?.as_bytes();
    let number = std::str::from_utf8(name.get(2..7)?).ok()?.parse().ok()?;
    (text(NAME, number).as_bytes() == name.get(..9)?).then_some(number)
}
