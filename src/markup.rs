//! XML as far as counting and looking for a few elements needs it: tags and text, one piece at a time, in little memory.
//!
//! Nothing is expanded, looked up or fetched. A document with a DOCTYPE is refused, so that no entity can grow.

use std::io::{self, Read};

use zeroize::Zeroizing;

/// A tag longer than this is none of an office program's.
const LONGEST_TAG: usize = 64 * 1024;
/// So much is read at once.
const PIECE: usize = 32 * 1024;

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// `<name …>`, and `<name …/>` when it is `empty`.
    Open {
        /// The tag.
        tag: Tag<'a>,
        /// There will be no `Close`.
        empty: bool,
    },
    /// `</name>`, without its prefix.
    Close(&'a [u8]),
    /// Some of a text, as it stands: one text may come in several pieces.
    Text(&'a [u8]),
    /// Nothing more.
    End,
}

/// A tag with its attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag<'a> {
    /// Its name without prefix.
    pub name: &'a [u8],
    rest: &'a [u8],
}

impl Tag<'_> {
    /// The value of an attribute, named without prefix.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<Zeroizing<String>> {
        let mut rest = self.rest;
        loop {
            let equals = rest.iter().position(|&b| b == b'=')?;
            let named = local(rest[..equals].trim_ascii());
            let after = rest[equals + 1..].trim_ascii_start();
            let quote = *after.first().filter(|q| matches!(q, b'"' | b'\''))?;
            let end = after[1..].iter().position(|&b| b == quote)? + 1;
            if named == name.as_bytes() {
                return Some(decoded(&after[1..end]));
            }
            rest = &after[end + 1..];
        }
    }
}

/// Text with its character references replaced; what is not UTF-8 is shown as such.
#[must_use]
pub fn decoded(text: &[u8]) -> Zeroizing<String> {
    let text = Zeroizing::new(String::from_utf8_lossy(text).into_owned());
    if !text.contains('&') {
        return text;
    }
    let mut out = Zeroizing::new(String::with_capacity(text.len()));
    let mut rest = text.as_str();
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().take(12).position(|b| b == b';');
        let one = end.and_then(|end| character(&rest[1..end]));
        out.push(one.unwrap_or('&'));
        rest = &rest[one.and(end).map_or(1, |end| end + 1)..];
    }
    out.push_str(rest);
    out
}

fn character(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let digits = name.strip_prefix('#')?;
            let number = match digits.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => digits.parse(),
            };
            char::from_u32(number.ok()?)
        }
    }
}

fn local(name: &[u8]) -> &[u8] {
    name.iter().rposition(|&b| b == b':').map_or(name, |colon| &name[colon + 1..])
}

/// A document that is read.
pub struct Markup<R> {
    from: R,
    buffer: Zeroizing<Vec<u8>>,
    at: usize,
    end: usize,
    tag: Zeroizing<Vec<u8>>,
}

impl<R: Read> Markup<R> {
    /// From its first byte. The size, as far as it is known, only says how much room is needed: wiping it takes time.
    pub fn new(from: R, size: u64) -> Self {
        let room = |most: usize| usize::try_from(size).unwrap_or(most).clamp(64, most);
        Self {
            from,
            buffer: Zeroizing::new(vec![0; room(PIECE)]),
            at: 0,
            end: 0,
            // With room for the longest: a buffer that grows leaves what it held behind.
            tag: Zeroizing::new(Vec::with_capacity(room(LONGEST_TAG))),
        }
    }

    /// What comes next.
    ///
    /// # Errors
    /// The reader's; `InvalidData` for what is no XML, or has a DOCTYPE, or a tag without end.
    pub fn advance(&mut self) -> io::Result<Event<'_>> {
        loop {
            if !self.fill()? {
                return Ok(Event::End);
            }
            if self.buffer[self.at] != b'<' {
                let from = self.at;
                let run = self.buffer[from..self.end].iter().position(|&b| b == b'<');
                self.at = run.map_or(self.end, |run| from + run);
                return Ok(Event::Text(&self.buffer[from..self.at]));
            }
            self.at += 1;
            match self.markup()? {
                Found::Nothing => {}
                Found::Text => return Ok(Event::Text(&self.tag)),
                Found::Tag => return tag(&self.tag),
            }
        }
    }

    fn fill(&mut self) -> io::Result<bool> {
        if self.at == self.end {
            self.at = 0;
            self.end = self.from.read(&mut self.buffer)?;
        }
        Ok(self.at < self.end)
    }

    fn byte(&mut self) -> io::Result<u8> {
        if !self.fill()? {
            return Err(invalid());
        }
        self.at += 1;
        Ok(self.buffer[self.at - 1])
    }

    /// Reads what began with `<`, up to its end.
    fn markup(&mut self) -> io::Result<Found> {
        self.tag.clear();
        let mut quote = None;
        loop {
            let byte = self.byte()?;
            match (byte, quote) {
                (b'>', None) => return Ok(Found::Tag),
                (b'"' | b'\'', None) => quote = Some(byte),
                (_, Some(open)) if open == byte => quote = None,
                _ => {}
            }
            if self.tag.len() == self.tag.capacity().min(LONGEST_TAG) {
                return Err(invalid());
            }
            self.tag.push(byte);
            // What is neither a tag nor text says so at once.
            match &self.tag[..self.tag.len().min(9)] {
                b"?" => return self.until(b"?>", false).map(|()| Found::Nothing),
                b"!--" => return self.until(b"-->", false).map(|()| Found::Nothing),
                b"![CDATA[" => return self.until(b"]]>", true).map(|()| Found::Text),
                // Attack: entities that are made of entities. Nothing an office program writes needs any.
                b"!D" => return Err(invalid()),
                _ => {}
            }
        }
    }

    fn until(&mut self, end: &[u8], keep: bool) -> io::Result<()> {
        self.tag.clear();
        let mut last = [0_u8; 3];
        loop {
            let byte = self.byte()?;
            last = [last[1], last[2], byte];
            if last.ends_with(end) {
                let kept = (self.tag.len() + 1).saturating_sub(end.len());
                self.tag.truncate(kept);
                return Ok(());
            }
            if keep {
                if self.tag.len() == self.tag.capacity().min(LONGEST_TAG) {
                    return Err(invalid());
                }
                self.tag.push(byte);
            }
        }
    }
}

enum Found {
    Nothing,
    Text,
    Tag,
}

fn tag(bytes: &[u8]) -> io::Result<Event<'_>> {
    if let Some(name) = bytes.strip_prefix(b"/") {
        return Ok(Event::Close(local(name.trim_ascii())));
    }
    let (bytes, empty) = bytes.strip_suffix(b"/").map_or((bytes, false), |bytes| (bytes, true));
    let end = bytes.iter().position(u8::is_ascii_whitespace).unwrap_or(bytes.len());
    let (name, rest) = bytes.split_at(end);
    if name.is_empty() {
        return Err(invalid());
    }
    Ok(Event::Open { tag: Tag { name: local(name), rest }, empty })
}

fn invalid() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> io::Result<Vec<String>> {
        let mut markup = Markup::new(text.as_bytes(), text.len() as u64);
        let mut told = Vec::new();
        loop {
            told.push(match markup.advance()? {
                Event::End => return Ok(told),
                Event::Open { tag, empty } => {
                    format!("{}{}", String::from_utf8_lossy(tag.name), if empty { "/" } else { "" })
                }
                Event::Close(name) => format!("/{}", String::from_utf8_lossy(name)),
                Event::Text(text) => format!("'{}", decoded(text).as_str()),
            });
        }
    }

    #[test]
    fn tags_and_text_come_in_order_and_what_is_neither_is_left_out() {
        let text = "<?xml version='1.0'?><a:b x='1>2'><!-- <c> --><d/>&#x6C0F;&amp;<![CDATA[<e>]]></a:b>";
        assert_eq!(told(text).unwrap(), ["b", "d/", "'氏&", "'<e>", "/b"]);
    }

    #[test]
    fn what_grows_or_does_not_end_is_refused() {
        let long = format!("<a {}>", "x".repeat(LONGEST_TAG));
        for bad in ["<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", "<a", "<!-- ", "<![CDATA[x", "<>", &long] {
            assert_eq!(told(bad).unwrap_err().kind(), io::ErrorKind::InvalidData, "{bad:.20}");
        }
    }

    #[test]
    fn attributes_are_found_by_their_name_without_prefix() {
        let mut markup = Markup::new(&b"<sheet name='A &amp; &#66;' r:id = \"rId1\" bad/>"[..], 1000);
        let Event::Open { tag, empty } = markup.advance().unwrap() else { panic!("no tag") };
        assert!(empty);
        let value = |name| tag.attribute(name).map(|value| value.to_string());
        assert_eq!(value("name").as_deref(), Some("A & B"));
        assert_eq!((value("id").as_deref(), value("state"), value("bad")), (Some("rId1"), None, None));
    }

    #[test]
    fn a_reference_that_is_none_stays_as_it_is() {
        assert_eq!(decoded("a & b &nosuch; &#xD800; &lt".as_bytes()).as_str(), "a & b &nosuch; &#xD800; &lt");
    }
}
