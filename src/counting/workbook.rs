//! Rows of a workbook (`.xlsx`): of every sheet, hidden or not.
//!
//! A zip file is read from its end, so the packed workbook is held in memory, in a buffer that is wiped; what it unpacks to
//! passes through small ones. Formulas are not computed: one without a kept value counts as a value.

use std::collections::HashSet;
use std::io::{Cursor, Read};

use zeroize::Zeroizing;

use super::{Counted, Reason, Sheet};
use crate::markup::{Event, Markup};
use crate::zipped::{Fault, Zipped};

/// A larger workbook is not taken into memory.
const MOST_PACKED: u64 = 64 << 20;
/// Attack: a workbook of a few kilobytes that unpacks to terabytes. The largest sheet there can be, well filled, is less.
const MOST_UNPACKED: u64 = 2 << 30;
/// The parts that only name others are small.
const MOST_INDEX: u64 = 16 << 20;
/// Blank texts that are shared: one would do, and no program writes many.
const MOST_BLANKS: usize = 1 << 20;
/// No workbook of an office has more sheets.
const MOST_SHEETS: usize = 1000;
/// The program that made the format allows 31 characters.
const LONGEST_NAME: usize = 64;

/// A workbook that comes along.
pub struct Workbook {
    bytes: Zeroizing<Vec<u8>>,
}

impl Workbook {
    /// Of this size; none when that is too large.
    pub fn of(size: u64) -> Option<Self> {
        let room = usize::try_from(size).ok().filter(|_| size <= MOST_PACKED)?;
        // All at once: a buffer that grows leaves what it held behind.
        Some(Self { bytes: Zeroizing::new(Vec::with_capacity(room)) })
    }

    pub fn feed(&mut self, bytes: &[u8]) {
        let room = self.bytes.capacity() - self.bytes.len();
        self.bytes.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    pub fn finish(self, headings: u64) -> Result<Counted, Reason> {
        // How a document with a password is packed, and how the format before this one is.
        if self.bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
            return Err(Reason::Encrypted);
        }
        let zipped = Zipped::open(Cursor::new(self.bytes.as_slice()), |name| name.starts_with("xl/"))?;
        let mut book = Book { zipped, left: MOST_UNPACKED };
        let blanks = book.blanks()?;
        let mut counted = Counted::default();
        for listed in book.sheets()? {
            let rows = book.rows(&listed.part, &blanks)?;
            let taken = headings.min(rows);
            counted.rows += rows - taken;
            counted.headings += taken;
            counted.sheets.push(Sheet { name: listed.name, rows: rows - taken, hidden: listed.hidden });
        }
        Ok(counted)
    }
}

impl From<Fault> for Reason {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Damaged | Fault::Io(_) => Self::Damaged,
            Fault::TooLarge => Self::TooLarge,
            Fault::Encrypted => Self::Encrypted,
        }
    }
}

/// A sheet as the workbook lists it.
struct Listed {
    name: String,
    hidden: bool,
    part: String,
}

struct Book<'a> {
    zipped: Zipped<Cursor<&'a [u8]>>,
    /// How much may still be unpacked.
    left: u64,
}

impl Book<'_> {
    /// Reads a part to its end.
    fn read(
        &mut self,
        part: &str,
        most: u64,
        mut take: impl FnMut(Event) -> Result<(), Reason>,
    ) -> Result<bool, Reason> {
        let Some(mut unpacked) = self.zipped.part(part, most.min(self.left))? else { return Ok(false) };
        let size = unpacked.left();
        let mut metered = Metered { from: &mut unpacked, left: &mut self.left };
        let mut markup = Markup::new(&mut metered, size);
        loop {
            match markup.advance().map_err(Fault::from)? {
                Event::End => return Ok(true),
                event => take(event)?,
            }
        }
    }

    /// The texts that cells share, those of them with nothing in them: by their number.
    fn blanks(&mut self) -> Result<HashSet<u64>, Reason> {
        let (mut blanks, mut number, mut value) = (HashSet::new(), 0, false);
        let (mut text, mut spoken) = (false, false);
        self.read("xl/sharedStrings.xml", MOST_UNPACKED, |event| {
            match event {
                Event::Open { tag, empty } => match tag.name {
                    b"si" if empty => {
                        blanks.insert(number);
                        number += 1;
                    }
                    b"si" => value = false,
                    b"t" => text = !empty,
                    // How it is read aloud is no text of the cell's.
                    b"rPh" => spoken = !empty,
                    _ => {}
                },
                Event::Close(b"t") => text = false,
                Event::Close(b"rPh") => spoken = false,
                Event::Close(b"si") => {
                    if !value {
                        blanks.insert(number);
                    }
                    number += 1;
                }
                Event::Text(piece) => value |= text && !spoken && !piece.trim_ascii().is_empty(),
                Event::Close(_) | Event::End => {}
            }
            if blanks.len() > MOST_BLANKS { Err(Reason::TooLarge) } else { Ok(()) }
        })?;
        Ok(blanks)
    }

    /// The sheets with cells, in their order, with the part each is in.
    fn sheets(&mut self) -> Result<Vec<Listed>, Reason> {
        let mut parts = Vec::new();
        self.read("xl/_rels/workbook.xml.rels", MOST_INDEX, |event| {
            if let Event::Open { tag, .. } = event
                && tag.name == b"Relationship"
                && tag.attribute("Type").is_some_and(|kind| kind.ends_with("/worksheet"))
                && let (Some(id), Some(target)) = (tag.attribute("Id"), tag.attribute("Target"))
            {
                let part = target.strip_prefix('/').map_or_else(|| format!("xl/{}", *target), str::to_owned);
                parts.push((id, part));
            }
            if parts.len() > MOST_SHEETS { Err(Reason::TooLarge) } else { Ok(()) }
        })?;
        let mut sheets: Vec<Listed> = Vec::new();
        let there = self.read("xl/workbook.xml", MOST_INDEX, |event| {
            if let Event::Open { tag, .. } = event
                && tag.name == b"sheet"
                && let Some(id) = tag.attribute("id")
                && let Some((_, part)) = parts.iter().find(|(known, _)| **known == *id)
            {
                // Attack on the count: one sheet under many names.
                if sheets.iter().any(|other| other.part == *part) {
                    return Err(Reason::Damaged);
                }
                let name = tag.attribute("name").map(|name| name.chars().take(LONGEST_NAME).collect());
                let hidden = tag.attribute("state").is_some_and(|state| state.as_str() != "visible");
                sheets.push(Listed { name: name.unwrap_or_default(), hidden, part: part.clone() });
            }
            Ok(())
        })?;
        if there && !sheets.is_empty() { Ok(sheets) } else { Err(Reason::Damaged) }
    }

    /// The rows of a sheet that hold a value.
    fn rows(&mut self, part: &str, blanks: &HashSet<u64>) -> Result<u64, Reason> {
        let mut rows = Rows::new(blanks);
        let there = self.read(part, MOST_UNPACKED, |event| {
            rows.take(&event);
            Ok(())
        })?;
        if there && rows.ended { Ok(rows.count) } else { Err(Reason::Damaged) }
    }
}

struct Rows<'a> {
    blanks: &'a HashSet<u64>,
    count: u64,
    /// The table of cells came to its end.
    ended: bool,
    inside: bool,
    row: bool,
    cell: Cell,
}

#[derive(Default)]
struct Cell {
    /// Its value is the number of a shared text.
    shared: bool,
    number: u64,
    /// A value is being read.
    reading: bool,
    kept: bool,
    value: bool,
    formula: bool,
}

impl<'a> Rows<'a> {
    fn new(blanks: &'a HashSet<u64>) -> Self {
        Self { blanks, count: 0, ended: false, inside: false, row: false, cell: Cell::default() }
    }

    fn take(&mut self, event: &Event) {
        match event {
            Event::Open { tag, empty } => match tag.name {
                b"sheetData" => {
                    self.inside = !empty;
                    self.ended |= empty;
                }
                b"row" => self.row = false,
                b"c" => {
                    let shared = tag.attribute("t").is_some_and(|kind| kind.as_str() == "s");
                    self.cell = Cell { shared, ..Cell::default() };
                }
                b"v" | b"t" => (self.cell.reading, self.cell.kept) = (!empty, true),
                b"f" => self.cell.formula = true,
                _ => {}
            },
            Event::Text(text) if self.cell.reading => self.text(text),
            Event::Close(b"v" | b"t") => self.cell.reading = false,
            Event::Close(b"c") => {
                let Cell { shared, number, kept, value, formula, .. } = self.cell;
                let value = if shared { value && !self.blanks.contains(&number) } else { value };
                self.row |= self.inside && (value || (formula && !kept));
                self.cell = Cell::default();
            }
            Event::Close(b"row") => self.count += u64::from(std::mem::take(&mut self.row)),
            Event::Close(b"sheetData") => (self.inside, self.ended) = (false, true),
            Event::Text(_) | Event::Close(_) | Event::End => {}
        }
    }

    fn text(&mut self, text: &[u8]) {
        for byte in text.trim_ascii() {
            self.cell.value = true;
            if self.cell.shared && byte.is_ascii_digit() {
                self.cell.number = self.cell.number.wrapping_mul(10).wrapping_add(u64::from(byte - b'0'));
            }
        }
    }
}

/// Takes what is read from what may be read.
struct Metered<'a, R> {
    from: R,
    left: &'a mut u64,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        let read = self.from.read(to)?;
        *self.left = self.left.checked_sub(read as u64).ok_or(std::io::ErrorKind::FileTooLarge)?;
        Ok(read)
    }
}
