//! Documents of Office before 2007: a small file system of sectors, with two streams that say who.
//!
//! Not looked at: comments and tracked changes.

use std::io::{Read, Seek, SeekFrom};

use encoding_rs::Encoding;

use super::{Found, Name, OLE, Unread};

const HEADER: usize = 512;
/// No sector: the end of a chain.
const END: u32 = 0xFFFF_FFFE;
/// Streams below this size are kept in small sectors of 64 bytes inside one stream.
const SMALL: u64 = 4096;
const SMALL_SECTOR: u64 = 64;
/// Attack: chains of sectors that go round. So many bytes are read of any stream, and none is honest that is longer.
const MOST_STREAM: u64 = 64 * 1024;
/// Lists of the table: enough for half a gigabyte.
const MOST_LISTS: usize = 64;
/// Names of streams: a document with many attached objects has some hundreds.
const MOST_FOLDER: u64 = 1 << 20;

pub fn look(file: &mut (impl Read + Seek), found: &mut Found) -> Result<(), Unread> {
    let mut container = Container::open(file)?;
    for stream in container.streams()? {
        match stream.name.as_str() {
            "\u{5}SummaryInformation" => {
                summary(&container.read(&stream)?, &[(4, Name::Author), (8, Name::LastModifiedBy)], found);
            }
            "\u{5}DocumentSummaryInformation" => {
                summary(&container.read(&stream)?, &[(14, Name::Manager), (15, Name::Company)], found);
            }
            "EncryptedPackage" => return Err(Unread::Encrypted),
            _ => {}
        }
    }
    Ok(())
}

struct Stream {
    name: String,
    start: u32,
    size: u64,
}

struct Container<'a, R> {
    file: &'a mut R,
    sector: u64,
    /// Where the sectors of the table of chains are.
    table: Vec<u32>,
    folder: u32,
    small_table: u32,
    /// Where the small sectors are.
    small: Option<Stream>,
}

impl<'a, R: Read + Seek> Container<'a, R> {
    fn open(file: &'a mut R) -> Result<Self, Unread> {
        let head = super::head(file, HEADER as u64)?;
        if head.len() < HEADER || head[..8] != OLE {
            return Err(Unread::Damaged);
        }
        let sector = match u16_at(&head, 30) {
            9 => 512,
            12 => 4096,
            _ => return Err(Unread::Damaged),
        };
        let table = (0..109).map(|n| u32_at(&head, 76 + 4 * n)).take_while(|&at| at < END).collect();
        let (folder, small_table) = (u32_at(&head, 48), u32_at(&head, 60));
        let mut container = Self { file, sector, table, folder, small_table, small: None };
        container.more_of_the_table(u32_at(&head, 68))?;
        Ok(container)
    }

    /// Of a document above seven megabytes, the table itself is listed in more sectors.
    fn more_of_the_table(&mut self, mut at: u32) -> Result<(), Unread> {
        for _ in 0..MOST_LISTS {
            if at >= END {
                break;
            }
            let list = self.sector(at)?;
            let Some((rest, next)) = list.split_last_chunk::<4>() else { return Err(Unread::Damaged) };
            self.table.extend(rest.chunks_exact(4).map(|four| u32_at(four, 0)).filter(|&at| at < END));
            at = u32::from_le_bytes(*next);
        }
        Ok(())
    }

    fn at(&mut self, from: u64, length: u64) -> Result<Vec<u8>, Unread> {
        self.file.seek(SeekFrom::Start(from))?;
        let mut bytes = Vec::new();
        (&mut *self.file).take(length).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn sector(&mut self, number: u32) -> Result<Vec<u8>, Unread> {
        self.at((u64::from(number) + 1) * self.sector, self.sector)
    }

    /// The sector after this one.
    fn next(&mut self, number: u32) -> Result<u32, Unread> {
        let each = self.sector / 4;
        let at = usize::try_from(u64::from(number) / each).unwrap_or(usize::MAX);
        let table = *self.table.get(at).ok_or(Unread::TooLarge)?;
        let bytes = self.at((u64::from(table) + 1) * self.sector + u64::from(number) % each * 4, 4)?;
        if bytes.len() == 4 { Ok(u32_at(&bytes, 0)) } else { Err(Unread::Damaged) }
    }

    /// The bytes of a chain of sectors, up to a limit.
    fn chain(&mut self, start: u32, most: u64) -> Result<Vec<u8>, Unread> {
        let (mut bytes, mut at) = (Vec::new(), start);
        while at < END && (bytes.len() as u64) < most {
            let sector = self.sector(at)?;
            if sector.is_empty() {
                return Err(Unread::Damaged);
            }
            bytes.extend(sector);
            at = self.next(at)?;
        }
        Ok(bytes)
    }

    fn streams(&mut self) -> Result<Vec<Stream>, Unread> {
        let folder = self.chain(self.folder, MOST_FOLDER)?;
        let mut streams = Vec::new();
        for entry in folder.chunks_exact(128) {
            let length = usize::from(u16_at(entry, 64)).saturating_sub(2).min(62);
            let units: Vec<u16> = entry[..length].chunks_exact(2).map(|pair| u16_at(pair, 0)).collect();
            let name = String::from_utf16_lossy(&units);
            let stream = Stream { name, start: u32_at(entry, 116), size: u32_at(entry, 120).into() };
            match entry[66] {
                2 => streams.push(stream),
                5 => self.small = Some(stream),
                _ => {}
            }
        }
        Ok(streams)
    }

    fn read(&mut self, stream: &Stream) -> Result<Vec<u8>, Unread> {
        let size = stream.size.min(MOST_STREAM);
        let mut bytes = if stream.size >= SMALL { self.chain(stream.start, size)? } else { self.small(stream)? };
        bytes.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        Ok(bytes)
    }

    /// A stream in small sectors: their table is a stream, and so is what holds them.
    fn small(&mut self, stream: &Stream) -> Result<Vec<u8>, Unread> {
        let Some(place) = self.small.as_ref().map(|small| small.start) else { return Err(Unread::Damaged) };
        let table = self.chain(self.small_table, MOST_FOLDER)?;
        let within = self.chain(place, MOST_FOLDER)?;
        let (mut bytes, mut at) = (Vec::new(), stream.start);
        while at < END && (bytes.len() as u64) < stream.size {
            let from = usize::try_from(u64::from(at) * SMALL_SECTOR).unwrap_or(usize::MAX);
            let piece = from.checked_add(64).and_then(|to| within.get(from..to)).ok_or(Unread::TooLarge)?;
            bytes.extend_from_slice(piece);
            let next = usize::try_from(at).unwrap_or(usize::MAX).saturating_mul(4);
            let next = next.checked_add(4).and_then(|end| table.get(next..end)).ok_or(Unread::Damaged)?;
            at = u32_at(next, 0);
        }
        Ok(bytes)
    }
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

/// A property set: a list of numbers with the places of their values, all counted from the section's begin.
fn summary(bytes: &[u8], wanted: &[(u32, Name)], found: &mut Found) {
    let number = |at: usize| at.checked_add(4).and_then(|end| bytes.get(at..end)).map(|four| u32_at(four, 0));
    let place = |at: u32| usize::try_from(at).ok();
    let Some(section) = number(44).and_then(place) else { return };
    let count = number(section.saturating_add(4)).unwrap_or(0).min(256);
    let value = |wanted: u32| {
        (0..count).filter_map(place).find_map(|n| {
            let entry = section.checked_add(8 + 8 * n)?;
            (number(entry)? == wanted).then(|| section.checked_add(place(number(entry + 4)?)?))?
        })
    };
    // Property 1 is the code page of the texts.
    let page = value(1).and_then(|at| number(at.checked_add(4)?)).map_or(932, |page| page & 0xFFFF);
    for &(id, name) in wanted {
        let Some(text) = value(id).and_then(|at| {
            let (kind, length) = (number(at)?, place(number(at.checked_add(4)?)?)?);
            let start = at.checked_add(8)?;
            let width = if kind & 0xFFFF == 0x1F { 2 } else { 1 };
            let raw = bytes.get(start..start.checked_add(length.checked_mul(width)?)?)?;
            matches!(kind & 0xFFFF, 0x1E | 0x1F).then(|| text(raw, if width == 2 { 1200 } else { page }))
        }) else {
            continue;
        };
        found.take(name, &text);
    }
}

fn text(raw: &[u8], page: u32) -> String {
    let encoding: &Encoding = match page {
        932 => encoding_rs::SHIFT_JIS,
        1200 => encoding_rs::UTF_16LE,
        65001 => encoding_rs::UTF_8,
        1252 => encoding_rs::WINDOWS_1252,
        _ => return super::tiff::text(raw),
    };
    let text = encoding.decode_without_bom_handling(raw).0;
    text.split('\0').next().unwrap_or_default().to_owned()
}
