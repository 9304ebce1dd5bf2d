//! As much of the syntax of PDF as a page of ours uses.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use super::AttachedFault;

/// An object. What is not looked at (real numbers, booleans) is `Other`.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Other,
    Integer(usize),
    Name(Vec<u8>),
    String(Vec<u8>),
    Array(Vec<Value>),
    Dictionary(BTreeMap<Vec<u8>, Value>),
    Reference(u32),
}

impl Value {
    /// What a dictionary says under a key; null for all else.
    pub fn get(&self, key: &str) -> &Value {
        match self {
            Self::Dictionary(map) => map.get(key.as_bytes()).unwrap_or(&Self::Null),
            _ => &Self::Null,
        }
    }

    pub fn is_null(&self) -> bool {
        *self == Self::Null
    }

    /// A string as text: UTF-16 where it says so, else as it stands.
    pub fn text(&self) -> Option<String> {
        let Self::String(bytes) = self else { return None };
        let Some(wide) = bytes.strip_prefix(b"\xfe\xff") else { return String::from_utf8(bytes.clone()).ok() };
        let units: Vec<u16> =
            wide.chunks(2).map(|pair| u16::from_be_bytes([pair[0], *pair.get(1).unwrap_or(&0)])).collect();
        String::from_utf16(&units).ok()
    }
}

/// Objects that are named by the tables of one file: a page with 10,000 rows has a tenth of it.
const MOST_OBJECTS: usize = 4_000_000;
/// Values that are read; few are, for nearly all of a file is passed over.
const MOST_VALUES: usize = 100_000;
/// Tables that follow one another.
const MOST_REVISIONS: usize = 32;
/// How deep one value stands in another.
const DEEPEST: usize = 32;

/// A file and where its objects are.
pub(super) struct Document<'b> {
    bytes: &'b [u8],
    places: BTreeMap<u32, Option<usize>>,
    root: Value,
    /// How many tables there are: one, where nobody added anything.
    pub revisions: usize,
    left: Cell<usize>,
}

impl<'b> Document<'b> {
    /// Reads the tables, the newest first, as every reader does.
    pub fn read(bytes: &'b [u8]) -> Result<Self, AttachedFault> {
        let left = Cell::new(MOST_VALUES);
        let mut document = Self { bytes, places: BTreeMap::new(), root: Value::Null, revisions: 0, left };
        let tail = bytes.len().saturating_sub(1024);
        let last = rfind(&bytes[tail..], b"startxref").ok_or(AttachedFault::OtherWriter)?;
        let mut reader = document.at(tail + last + b"startxref".len());
        let mut table = reader.integer().ok_or(AttachedFault::OtherWriter)?;
        let (mut seen, mut objects) = (BTreeSet::new(), 0);
        loop {
            document.revisions += 1;
            if !seen.insert(table) || document.revisions > MOST_REVISIONS {
                return Err(AttachedFault::Broken);
            }
            let trailer = document.table(table, &mut objects)?;
            // A table packed away, or everything enciphered: nothing this program writes.
            if !trailer.get("XRefStm").is_null() || !trailer.get("Encrypt").is_null() {
                return Err(AttachedFault::OtherWriter);
            }
            if document.root.is_null() {
                document.root = trailer.get("Root").clone();
            }
            match trailer.get("Prev") {
                Value::Integer(before) => table = *before,
                _ => return Ok(document),
            }
        }
    }

    fn table(&mut self, at: usize, objects: &mut usize) -> Result<Value, AttachedFault> {
        let mut reader = self.at(at);
        if !reader.word(b"xref") {
            return Err(AttachedFault::OtherWriter);
        }
        let mut places = Vec::new();
        while let Some(first) = reader.integer() {
            let count = reader.integer().ok_or(AttachedFault::Broken)?;
            *objects = objects.checked_add(count).filter(|all| *all <= MOST_OBJECTS).ok_or(AttachedFault::TooLarge)?;
            for number in first..first.checked_add(count).ok_or(AttachedFault::Broken)? {
                let number = u32::try_from(number).map_err(|_| AttachedFault::Broken)?;
                let place = reader.integer().ok_or(AttachedFault::Broken)?;
                reader.integer().ok_or(AttachedFault::Broken)?;
                let is_used = reader.word(b"n");
                if !is_used && !reader.word(b"f") {
                    return Err(AttachedFault::Broken);
                }
                places.push((number, is_used.then_some(place)));
            }
        }
        if !reader.word(b"trailer") {
            return Err(AttachedFault::Broken);
        }
        let trailer = reader.value(0)?;
        for (number, place) in places {
            self.places.entry(number).or_insert(place);
        }
        Ok(trailer)
    }

    /// The catalogue.
    pub fn root(&self) -> Result<Value, AttachedFault> {
        self.follow(&self.root)
    }

    /// The value itself, where a reference stands for it.
    pub fn follow(&self, value: &Value) -> Result<Value, AttachedFault> {
        match value {
            Value::Reference(number) => match self.object(*number)?.0 {
                // Attack: references in a circle. None of ours leads to another.
                Value::Reference(_) => Err(AttachedFault::Broken),
                other => Ok(other),
            },
            other => Ok(other.clone()),
        }
    }

    /// A stream: its dictionary, and its bytes as they stand in the file.
    pub fn stream(&self, number: u32) -> Result<(Value, &'b [u8]), AttachedFault> {
        let (dictionary, mut reader) = self.object(number)?;
        let Value::Integer(length) = self.follow(dictionary.get("Length"))? else { return Err(AttachedFault::Broken) };
        if !reader.word(b"stream") {
            return Err(AttachedFault::Broken);
        }
        let rest = &self.bytes[reader.at..];
        let rest = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")).ok_or(AttachedFault::Broken)?;
        let data = rest.get(..length).ok_or(AttachedFault::Broken)?;
        // Attack: a length that leaves out a part, which readers that look for the end take in.
        let mut after = self.at(self.bytes.len() - rest.len() + length);
        if after.word(b"endstream") { Ok((dictionary, data)) } else { Err(AttachedFault::Broken) }
    }

    fn object(&self, number: u32) -> Result<(Value, Reader<'_, 'b>), AttachedFault> {
        let place = self.places.get(&number).copied().flatten().ok_or(AttachedFault::Broken)?;
        let mut reader = self.at(place);
        let named =
            reader.integer() == usize::try_from(number).ok() && reader.integer().is_some() && reader.word(b"obj");
        if !named {
            return Err(AttachedFault::Broken);
        }
        Ok((reader.value(0)?, reader))
    }

    fn at(&self, at: usize) -> Reader<'_, 'b> {
        Reader { bytes: self.bytes, at: at.min(self.bytes.len()), left: &self.left }
    }
}

fn rfind(bytes: &[u8], word: &[u8]) -> Option<usize> {
    bytes.windows(word.len()).rposition(|window| window == word)
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b'\0' | b'\t' | b'\n' | b'\x0c' | b'\r' | b' ')
}

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

/// Reads on from one place.
struct Reader<'d, 'b> {
    bytes: &'b [u8],
    at: usize,
    left: &'d Cell<usize>,
}

impl Reader<'_, '_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Passes over spaces and remarks.
    fn space(&mut self) {
        while let Some(byte) = self.peek() {
            if byte == b'%' {
                while self.peek().is_some_and(|byte| byte != b'\n' && byte != b'\r') {
                    self.at += 1;
                }
            } else if is_space(byte) {
                self.at += 1;
            } else {
                break;
            }
        }
    }

    /// Whether this word comes next, whole; then it is passed over.
    fn word(&mut self, word: &[u8]) -> bool {
        self.space();
        let Some(rest) = self.bytes[self.at..].strip_prefix(word) else { return false };
        let whole = rest.first().is_none_or(|byte| is_space(*byte) || is_delimiter(*byte));
        self.at += if whole { word.len() } else { 0 };
        whole
    }

    /// A whole number that is not negative, if one comes next.
    fn integer(&mut self) -> Option<usize> {
        self.space();
        let digits = self.bytes[self.at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let text = std::str::from_utf8(&self.bytes[self.at..self.at + digits]).ok()?;
        let number = text.parse().ok()?;
        let ends = self.bytes.get(self.at + digits).is_none_or(|byte| is_space(*byte) || is_delimiter(*byte));
        self.at += if ends { digits } else { 0 };
        ends.then_some(number)
    }

    fn value(&mut self, depth: usize) -> Result<Value, AttachedFault> {
        // Attack: a small file of endless values, or of values deep in one another.
        let left = self.left.get().checked_sub(1).ok_or(AttachedFault::TooLarge)?;
        self.left.set(left);
        if depth > DEEPEST {
            return Err(AttachedFault::Broken);
        }
        self.space();
        match self.peek().ok_or(AttachedFault::Broken)? {
            b'/' => self.name().map(Value::Name),
            b'(' => self.literal().map(Value::String),
            b'[' => self.array(depth),
            b'<' if self.bytes.get(self.at + 1) == Some(&b'<') => self.dictionary(depth),
            b'<' => self.hexadecimal().map(Value::String),
            _ => self.plain(),
        }
    }

    /// A number, a reference, or a word.
    fn plain(&mut self) -> Result<Value, AttachedFault> {
        if let Some(number) = self.integer() {
            let back = self.at;
            let is_reference = self.integer().is_some() && self.word(b"R");
            if is_reference {
                return u32::try_from(number).map(Value::Reference).map_err(|_| AttachedFault::Broken);
            }
            self.at = back;
            return Ok(Value::Integer(number));
        }
        let start = self.at;
        while self.peek().is_some_and(|byte| !is_space(byte) && !is_delimiter(byte)) {
            self.at += 1;
        }
        match &self.bytes[start..self.at] {
            b"" => Err(AttachedFault::Broken),
            b"null" => Ok(Value::Null),
            _ => Ok(Value::Other),
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value, AttachedFault> {
        self.at += 1;
        let mut values = Vec::new();
        loop {
            self.space();
            if self.peek() == Some(b']') {
                self.at += 1;
                return Ok(Value::Array(values));
            }
            values.push(self.value(depth + 1)?);
        }
    }

    fn dictionary(&mut self, depth: usize) -> Result<Value, AttachedFault> {
        self.at += 2;
        let mut map = BTreeMap::new();
        loop {
            self.space();
            if self.bytes[self.at..].starts_with(b">>") {
                self.at += 2;
                return Ok(Value::Dictionary(map));
            }
            if self.peek() != Some(b'/') {
                return Err(AttachedFault::Broken);
            }
            let (key, value) = (self.name()?, self.value(depth + 1)?);
            // Attack: a key twice, of which each reader takes another.
            if map.insert(key, value).is_some() {
                return Err(AttachedFault::Broken);
            }
        }
    }

    fn name(&mut self) -> Result<Vec<u8>, AttachedFault> {
        self.at += 1;
        let mut name = Vec::new();
        while let Some(byte) = self.peek().filter(|byte| !is_space(*byte) && !is_delimiter(*byte)) {
            self.at += 1;
            if byte == b'#' {
                let (high, low) = (self.digit()?, self.digit()?);
                name.push(high << 4 | low);
            } else {
                name.push(byte);
            }
        }
        Ok(name)
    }

    fn digit(&mut self) -> Result<u8, AttachedFault> {
        let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16)).ok_or(AttachedFault::Broken)?;
        self.at += 1;
        u8::try_from(digit).map_err(|_| AttachedFault::Broken)
    }

    fn hexadecimal(&mut self) -> Result<Vec<u8>, AttachedFault> {
        self.at += 1;
        let mut bytes = Vec::new();
        loop {
            self.space();
            if self.peek() == Some(b'>') {
                self.at += 1;
                return Ok(bytes);
            }
            let high = self.digit()?;
            self.space();
            // The last digit may be left out.
            let low = if self.peek() == Some(b'>') { 0 } else { self.digit()? };
            bytes.push(high << 4 | low);
        }
    }

    /// A string in brackets. Escapes by number are read as well: a name may hold any byte.
    fn literal(&mut self) -> Result<Vec<u8>, AttachedFault> {
        self.at += 1;
        let (mut bytes, mut open) = (Vec::new(), 1);
        loop {
            let byte = self.peek().ok_or(AttachedFault::Broken)?;
            self.at += 1;
            match byte {
                b'(' => open += 1,
                b')' => open -= 1,
                b'\\' => {
                    bytes.extend(self.escaped()?);
                    continue;
                }
                _ => {}
            }
            if open == 0 {
                return Ok(bytes);
            }
            bytes.push(byte);
        }
    }

    fn escaped(&mut self) -> Result<Option<u8>, AttachedFault> {
        let byte = self.peek().ok_or(AttachedFault::Broken)?;
        self.at += 1;
        Ok(Some(match byte {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'b' => 8,
            b'f' => 12,
            // A line that goes on.
            b'\n' => return Ok(None),
            b'0'..=b'7' => {
                let mut value = u16::from(byte - b'0');
                for _ in 0..2 {
                    let Some(next) = self.peek().filter(|byte| (b'0'..=b'7').contains(byte)) else { break };
                    self.at += 1;
                    value = value * 8 + u16::from(next - b'0');
                }
                value.to_be_bytes()[1]
            }
            other => other,
        }))
    }
}
