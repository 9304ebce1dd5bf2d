//! The parts of a zip file, as office programs pack their documents: found by name, unpacked one piece at a time.
//!
//! What a part unpacks to is held in buffers that are wiped. Sizes are limited by whoever asks, whatever the file says.

use std::io::{self, Read, Seek, SeekFrom};

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};
use zeroize::Zeroizing;

/// Why nothing can be read.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// It is no zip file, or a broken one.
    #[error("not a sound zip file")]
    Damaged,
    /// It is more than any document of an office is.
    #[error("too large")]
    TooLarge,
    /// A part is encrypted.
    #[error("encrypted")]
    Encrypted,
    /// It could not be read.
    #[error(transparent)]
    Io(io::Error),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => Self::Damaged,
            io::ErrorKind::FileTooLarge => Self::TooLarge,
            _ => Self::Io(error),
        }
    }
}

/// The list of parts is not read beyond this.
const MOST_LIST: u64 = 16 << 20;
/// Nor are more parts kept.
const MOST_PARTS: usize = 4096;
/// The size of what ends the list, and the longest comment behind it.
const END: usize = 22;
const MOST_COMMENT: u64 = 65_535;
/// What a method of compression looks back on, and so the size of the ring.
const WINDOW: usize = 32 * 1024;

/// A zip file, with those of its parts that are wanted.
pub struct Zipped<R> {
    file: R,
    parts: Vec<Part>,
}

/// A part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// Its size when unpacked, as the file says.
    pub size: u64,
    flags: u16,
    method: u16,
    packed: u64,
    at: u64,
}

impl<R: Read + Seek> Zipped<R> {
    /// Reads the list of parts, and keeps those that are wanted.
    ///
    /// # Errors
    /// Of [`Fault`].
    pub fn open(mut file: R, wanted: impl Fn(&str) -> bool) -> Result<Self, Fault> {
        let length = file.seek(SeekFrom::End(0))?;
        let end = end_of_list(&mut file, length)?;
        let (count, size, at) = (u16_at(&end, 10), u32_at(&end, 12), u32_at(&end, 16));
        if count == u16::MAX || at == u32::MAX || u64::from(size) > MOST_LIST {
            return Err(Fault::TooLarge);
        }
        file.seek(SeekFrom::Start(at.into()))?;
        let mut list = Vec::new();
        (&mut file).take(size.into()).read_to_end(&mut list)?;
        let mut parts: Vec<Part> = Vec::new();
        let mut rest = &list[..];
        for _ in 0..count {
            let (part, length) = listed(rest).ok_or(Fault::Damaged)?;
            rest = &rest[length..];
            if !wanted(&part.name) {
                continue;
            }
            // Attack: two parts of one name, of which an office program takes the other one.
            if parts.iter().any(|other| other.name == part.name) {
                return Err(Fault::Damaged);
            }
            if parts.len() == MOST_PARTS {
                return Err(Fault::TooLarge);
            }
            parts.push(part);
        }
        Ok(Self { file, parts })
    }

    /// The wanted parts that are there.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// A part, unpacked as it is read; more than `most` bytes are an error of the reader's.
    ///
    /// # Errors
    /// Of [`Fault`]; none when there is no such part.
    pub fn part(&mut self, name: &str, most: u64) -> Result<Option<Unpacked<'_, R>>, Fault> {
        let Some(part) = self.parts.iter().find(|part| part.name == name).cloned() else { return Ok(None) };
        if part.flags & 1 != 0 {
            return Err(Fault::Encrypted);
        }
        if !matches!(part.method, 0 | 8) || part.size > most {
            return Err(if part.size > most { Fault::TooLarge } else { Fault::Damaged });
        }
        self.file.seek(SeekFrom::Start(part.at))?;
        let mut head = [0; 30];
        self.file.read_exact(&mut head)?;
        if head[..4] != *b"PK\x03\x04" {
            return Err(Fault::Damaged);
        }
        // No more than is needed: wiping it takes time.
        let room = |size: u64| usize::try_from(size).unwrap_or(WINDOW).clamp(1, WINDOW);
        let skip = i64::from(u16_at(&head, 26)) + i64::from(u16_at(&head, 28));
        self.file.seek(SeekFrom::Current(skip))?;
        Ok(Some(Unpacked {
            from: (&mut self.file).take(part.packed),
            stored: part.method == 0,
            engine: Box::default(),
            input: Zeroizing::new(vec![0; room(part.packed)]),
            taken: 0,
            filled: 0,
            // All of a small part, or as much as is looked back on. The engine wants a power of two.
            ring: Zeroizing::new(vec![0; room(part.size).next_power_of_two()]),
            at: 0,
            ready: 0,
            left: part.size,
            done: false,
        }))
    }
}

/// The last record of the file, which tells where the list is.
fn end_of_list(file: &mut (impl Read + Seek), length: u64) -> Result<[u8; END], Fault> {
    // Nearly no document has a comment, so little is read at first.
    for reach in [1024, END as u64 + MOST_COMMENT] {
        let reach = reach.min(length);
        file.seek(SeekFrom::Start(length - reach))?;
        let mut tail = Vec::new();
        file.take(reach).read_to_end(&mut tail)?;
        let starts = tail.windows(END).rev();
        for window in starts {
            if let (true, Ok(end)) = (window.starts_with(b"PK\x05\x06"), window.try_into()) {
                return Ok(end);
            }
        }
    }
    Err(Fault::Damaged)
}

/// One line of the list, and its length.
fn listed(bytes: &[u8]) -> Option<(Part, usize)> {
    let head = bytes.first_chunk::<46>()?;
    if !head.starts_with(b"PK\x01\x02") {
        return None;
    }
    let name_length = usize::from(u16_at(head, 28));
    let length = 46 + name_length + usize::from(u16_at(head, 30)) + usize::from(u16_at(head, 32));
    let part = Part {
        name: String::from_utf8_lossy(bytes.get(46..46 + name_length)?).into_owned(),
        flags: u16_at(head, 8),
        method: u16_at(head, 10),
        packed: u32_at(head, 20).into(),
        size: u32_at(head, 24).into(),
        at: u32_at(head, 42).into(),
    };
    (bytes.len() >= length).then_some((part, length))
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

/// A part as it is read.
pub struct Unpacked<'a, R> {
    from: io::Take<&'a mut R>,
    stored: bool,
    engine: Box<DecompressorOxide>,
    input: Zeroizing<Vec<u8>>,
    taken: usize,
    filled: usize,
    ring: Zeroizing<Vec<u8>>,
    /// Where the engine writes next; what is `ready` stands before it.
    at: usize,
    ready: usize,
    /// How much is still to come, as the list of parts says.
    left: u64,
    done: bool,
}

impl<R: Read> Unpacked<'_, R> {
    /// How much is still to come, as the file says.
    #[must_use]
    pub fn left(&self) -> u64 {
        self.left
    }

    fn unpack(&mut self) -> io::Result<()> {
        while self.ready == 0 && !self.done {
            if self.taken == self.filled {
                self.taken = 0;
                self.filled = self.from.read(&mut self.input)?;
            }
            let more = if self.filled == 0 { 0 } else { inflate_flags::TINFL_FLAG_HAS_MORE_INPUT };
            let input = &self.input[self.taken..self.filled];
            let (status, taken, made) = decompress(&mut self.engine, input, &mut self.ring, self.at, more);
            self.taken += taken;
            self.at = (self.at + made) % self.ring.len();
            self.ready = made;
            match status {
                TINFLStatus::Done => self.done = true,
                TINFLStatus::HasMoreOutput => {}
                TINFLStatus::NeedsMoreInput if self.filled > 0 => {}
                _ => return Err(io::ErrorKind::InvalidData.into()),
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for Unpacked<'_, R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if to.is_empty() {
            return Ok(0);
        }
        let made = if self.stored {
            self.from.read(to)?
        } else {
            self.unpack()?;
            // What was made never goes round the ring: the engine stops at its end.
            let from = (self.at + self.ring.len() - self.ready) % self.ring.len();
            let made = self.ready.min(to.len());
            to[..made].copy_from_slice(&self.ring[from..from + made]);
            self.ready -= made;
            made
        };
        // Attack: a part that says it is small and never ends. It is as long as it says, or not sound.
        match self.left.checked_sub(made as u64) {
            Some(left) if made > 0 || left == 0 => self.left = left,
            _ => return Err(io::ErrorKind::InvalidData.into()),
        }
        Ok(made)
    }
}
