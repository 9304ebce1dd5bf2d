//! Rows of a text with delimiters: CSV, as the programs of an office write and read it, and TSV.
//!
//! In UTF-8, CP932 and EUC-JP the bytes of a quotation mark, a delimiter and a line break never are part of another
//! character, so the text is counted without knowing which of them it is. UTF-16 is known by its mark.

use super::Reason;

const QUOTE: u16 = b'"' as u16;
const LINE_FEED: u16 = b'\n' as u16;
const RETURN: u16 = b'\r' as u16;
/// Delimiters, in the order in which the first row is asked for them.
const DELIMITERS: [u16; 3] = [b',' as u16, b'\t' as u16, b';' as u16];

/// Bytes that are part of a text wherever they stand.
const PLAIN: [bool; 256] = {
    let mut plain = [true; 256];
    let others = b"\0\x1B\"\n\r,\t;";
    let mut at = 0;
    while at < others.len() {
        plain[others[at] as usize] = false;
        at += 1;
    }
    plain
};

/// Counts rows.
pub struct Lines {
    units: Units,
    /// Delimiters that may hold.
    delimiters: [bool; 3],
    /// Delimiters seen, while the first row decides; none afterwards.
    seen: Option<[bool; 3]>,
    place: Place,
    /// Whether the row has a value.
    value: bool,
    /// The last was a carriage return: a line feed behind it ends no other row.
    returned: bool,
    rows: u64,
    fault: Option<Reason>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A quotation mark here opens a quoted field.
    Start,
    Field,
    Quoted,
    /// After a quotation mark inside a quoted field: its end, or one of two that stand for one.
    Quote,
}

impl Lines {
    pub fn csv() -> Self {
        Self::with([true; 3])
    }

    pub fn tsv() -> Self {
        Self { seen: None, ..Self::with([false, true, false]) }
    }

    fn with(delimiters: [bool; 3]) -> Self {
        Self {
            units: Units::Unknown([0; 3], 0),
            delimiters,
            seen: Some([false; 3]),
            place: Place::Start,
            value: false,
            returned: false,
            rows: 0,
            fault: None,
        }
    }

    pub fn feed(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let Some((&byte, after)) = rest.split_first() {
            rest = after;
            match &mut self.units {
                Units::Bytes => {
                    self.unit(byte.into());
                    rest = self.past_text(rest);
                }
                Units::Unknown(head, filled) => {
                    head[*filled] = byte;
                    *filled += 1;
                    let (head, filled) = (*head, *filled);
                    self.begin(head, filled);
                }
                Units::Little(half) => {
                    if let Some(low) = half.take() {
                        self.unit(u16::from_le_bytes([low, byte]));
                    } else {
                        *half = Some(byte);
                    }
                }
                Units::Big(half) => {
                    if let Some(high) = half.take() {
                        self.unit(u16::from_be_bytes([high, byte]));
                    } else {
                        *half = Some(byte);
                    }
                }
            }
        }
    }

    /// Passes over bytes that change nothing, which are nearly all.
    fn past_text<'b>(&self, bytes: &'b [u8]) -> &'b [u8] {
        if !self.value || !matches!(self.place, Place::Field | Place::Quoted) {
            return bytes;
        }
        let run = bytes.iter().position(|&byte| !PLAIN[usize::from(byte)]);
        &bytes[run.unwrap_or(bytes.len())..]
    }

    /// What the first bytes say of all others.
    fn begin(&mut self, head: [u8; 3], filled: usize) {
        let head = &head[..filled];
        self.units = match head {
            [0xFF, 0xFE] => Units::Little(None),
            [0xFE, 0xFF] => Units::Big(None),
            [0xFF | 0xFE | 0xEF] | [0xEF, 0xBB] => return,
            _ => Units::Bytes,
        };
        if matches!(self.units, Units::Bytes) && head != [0xEF, 0xBB, 0xBF] {
            for &byte in head {
                self.unit(byte.into());
            }
        }
    }

    fn unit(&mut self, unit: u16) {
        // Attack on the count: a text of another kind, whose quotation marks and line breaks stand elsewhere. A NUL is in
        // no table, and an escape begins the Japanese of mail (ISO-2022-JP), where any byte may follow.
        if matches!(unit, 0 | 0x1B) {
            self.fault = Some(Reason::Encoding);
        }
        let after_return = std::mem::take(&mut self.returned);
        match self.place {
            Place::Quoted => {
                if unit == QUOTE {
                    self.place = Place::Quote;
                } else {
                    self.value |= !is_blank(unit);
                }
                return;
            }
            Place::Quote if unit == QUOTE => {
                self.place = Place::Quoted;
                self.value = true;
                return;
            }
            Place::Start if unit == QUOTE => {
                self.place = Place::Quoted;
                return;
            }
            Place::Start | Place::Field | Place::Quote => {}
        }
        match unit {
            LINE_FEED if after_return => {}
            LINE_FEED | RETURN => {
                self.returned = unit == RETURN;
                self.row();
            }
            _ => {
                let delimiter = DELIMITERS.iter().position(|&d| d == unit).filter(|&d| self.delimiters[d]);
                if let Some(which) = delimiter {
                    if let Some(seen) = &mut self.seen {
                        seen[which] = true;
                    }
                    self.place = Place::Start;
                } else {
                    self.value |= !is_blank(unit);
                    self.place = Place::Field;
                }
            }
        }
    }

    fn row(&mut self) {
        self.place = Place::Start;
        self.rows += u64::from(std::mem::take(&mut self.value));
        // The first row with a delimiter says which it is: in the others a comma or a tab may be part of a text.
        if let Some(which) = self.seen.and_then(|seen| seen.iter().position(|&seen| seen)) {
            self.delimiters = [0, 1, 2].map(|d| d == which);
            self.seen = None;
        }
    }

    pub fn finish(mut self) -> Result<u64, Reason> {
        if let Units::Unknown(head, filled) = self.units {
            // Shorter than any mark.
            head[..filled].iter().for_each(|&byte| self.unit(byte.into()));
        }
        if matches!(self.units, Units::Little(Some(_)) | Units::Big(Some(_))) {
            return Err(Reason::Encoding);
        }
        if self.place == Place::Quoted {
            return Err(self.fault.unwrap_or(Reason::OpenQuote));
        }
        self.row();
        self.fault.map_or(Ok(self.rows), Err)
    }
}

/// Blanks, and the mark with which old programs end a file.
fn is_blank(unit: u16) -> bool {
    matches!(unit, 0x09..=0x0D | 0x1A | 0x20)
}

/// What a character is made of.
enum Units {
    /// Not known before the third byte.
    Unknown([u8; 3], usize),
    Bytes,
    /// UTF-16, with the first half of a unit.
    Little(Option<u8>),
    Big(Option<u8>),
}
