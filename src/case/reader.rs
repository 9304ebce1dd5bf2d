//! Reads values out of TOML and remembers every mistake with its place, so that a person mends them all at once.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::{Range, RangeInclusive};

use chrono::NaiveDate;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::mistake::{self, Fault, Mistake, Shape};
use super::settings::Hours;
use super::words::Word;
use crate::calendar;
use crate::typed::plain;

type Value<'t> = Spanned<DeValue<'t>>;

/// The text being read and what was wrong with it so far.
pub(crate) struct Reader<'t> {
    text: &'t str,
    mistakes: RefCell<Vec<Mistake>>,
}

impl<'t> Reader<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self { text, mistakes: RefCell::new(Vec::new()) }
    }

    /// All mistakes, in the order they stand in the text.
    pub(crate) fn mistakes(self) -> Vec<Mistake> {
        let mut mistakes = self.mistakes.into_inner();
        mistakes.sort_by_key(|m| (m.line, m.column));
        mistakes
    }

    /// The text is no TOML.
    pub(crate) fn syntax(&self, error: &toml::de::Error) {
        let at = error.span().unwrap_or_default();
        let (line, column) = mistake::place(self.text, at.start);
        let whole_line = self.text.lines().nth(line - 1).unwrap_or_default();
        let fault = Fault::Syntax {
            detail: error.message().to_owned(),
            full_width: mistake::full_width(whole_line.trim_start_matches('\u{feff}')),
        };
        let found = mistake::excerpt(whole_line);
        self.mistakes.borrow_mut().push(Mistake { line, column, key: String::new(), found, fault });
    }

    fn note(&self, at: &Range<usize>, key: String, found: &str, fault: Fault) {
        let (line, column) = mistake::place(self.text, at.start);
        self.mistakes.borrow_mut().push(Mistake { line, column, key, found: mistake::excerpt(found), fault });
    }

    /// The top of the file.
    pub(crate) fn top<'a>(&'a self, table: &'a DeTable<'t>, known: &'static [&'static str]) -> Section<'a, 't> {
        Section::new(self, Some(table), 0..0, String::new(), known)
    }
}

/// A `[section]`, or the absence of one: then every key has its default.
pub(crate) struct Section<'a, 't> {
    reader: &'a Reader<'t>,
    table: Option<&'a DeTable<'t>>,
    at: Range<usize>,
    path: String,
}

impl<'a, 't> Section<'a, 't> {
    fn new(
        reader: &'a Reader<'t>,
        table: Option<&'a DeTable<'t>>,
        at: Range<usize>,
        path: String,
        known: &'static [&'static str],
    ) -> Self {
        let section = Self { reader, table, at, path };
        for (key, _) in table.into_iter().flatten() {
            let name = key.get_ref().as_ref();
            if !known.contains(&name) {
                let fault = Fault::UnknownKey { nearest: mistake::nearest(name, known), known: known.to_vec() };
                reader.note(&key.span(), section.key(name), name, fault);
            }
        }
        section
    }

    /// The whole path of a key in it.
    fn key(&self, key: &str) -> String {
        let key = dotted(key);
        if self.path.is_empty() { key } else { format!("{}.{key}", self.path) }
    }

    fn value(&self, key: &str) -> Option<&'a Value<'t>> {
        self.table?.get(key)
    }

    /// What stands there, as a person sees it.
    fn seen(&self, value: &Value<'t>) -> String {
        let text = value.get_ref().as_str().map(str::to_owned);
        text.unwrap_or_else(|| self.reader.text.get(value.span()).unwrap_or_default().to_owned())
    }

    fn note(&self, key: &str, value: &Value<'t>, fault: Fault) {
        self.reader.note(&value.span(), self.key(key), &self.seen(value), fault);
    }

    /// A mistake that shows only together with other keys.
    pub(crate) fn fault(&self, key: &str, fault: Fault) {
        if let Some(value) = self.value(key) {
            self.note(key, value, fault);
        }
    }

    /// A value read by `take`, or a mistake about its type.
    fn typed<T>(&self, key: &str, shape: Shape, take: impl FnOnce(&'a DeValue<'t>) -> Option<T>) -> Option<T> {
        let value = self.value(key)?;
        let taken = take(value.get_ref());
        if taken.is_none() {
            self.note(key, value, Fault::Shape(shape));
        }
        taken
    }

    pub(crate) fn section(&self, key: &str, known: &'static [&'static str]) -> Section<'a, 't> {
        let table = self.typed(key, Shape::Section, DeValue::as_table);
        let at = self.value(key).map(Spanned::span).unwrap_or_default();
        Section::new(self.reader, table, at, self.key(key), known)
    }

    pub(crate) fn sections(&self, key: &str, known: &'static [&'static str]) -> Vec<Section<'a, 't>> {
        let Some(list) = self.typed(key, Shape::Sections, DeValue::as_array) else { return Vec::new() };
        let mut sections = Vec::new();
        for (at, value) in list.iter().enumerate() {
            match value.get_ref().as_table() {
                Some(table) => {
                    let path = format!("{}[{}]", self.key(key), at + 1);
                    sections.push(Section::new(self.reader, Some(table), value.span(), path, known));
                }
                None => self.note(key, value, Fault::Shape(Shape::Sections)),
            }
        }
        sections
    }

    pub(crate) fn yes(&self, key: &str, default: bool) -> bool {
        self.typed(key, Shape::YesNo, DeValue::as_bool).unwrap_or(default)
    }

    pub(crate) fn whole(&self, key: &str, bounds: RangeInclusive<u64>, default: u64) -> u64 {
        let Some(found) = self.typed(key, Shape::Whole, DeValue::as_integer) else { return default };
        // One that does not even fit is out of range as well.
        let number = u64::from_str_radix(found.as_str(), found.radix()).ok().filter(|n| bounds.contains(n));
        number.unwrap_or_else(|| {
            self.fault(key, Fault::OutOfRange { least: *bounds.start(), most: *bounds.end() });
            default
        })
    }

    pub(crate) fn word<W: Word>(&self, key: &str, default: W) -> W {
        let Some(found) = self.typed(key, Shape::Text, DeValue::as_str) else { return default };
        W::parse(found.trim()).unwrap_or_else(|| {
            self.fault(key, Fault::NotAccepted(W::texts()));
            default
        })
    }

    pub(crate) fn words<W: Word>(&self, key: &str) -> Option<Vec<W>> {
        let list = self.list(key)?;
        let mut words = Vec::new();
        for (value, text) in list {
            match W::parse(&text) {
                Some(word) if words.contains(&word) => self.note(key, value, Fault::Twice { first: self.key(key) }),
                Some(word) => words.push(word),
                None => self.note(key, value, Fault::NotAccepted(W::texts())),
            }
        }
        Some(words)
    }

    /// A text; nothing said and an empty one are the same.
    pub(crate) fn text(&self, key: &str) -> String {
        let text = self.typed(key, Shape::Text, DeValue::as_str).unwrap_or_default();
        plain(text).unwrap_or_else(|unseen| {
            self.fault(key, Fault::Unseen(unseen));
            String::new()
        })
    }

    /// A text that has to say something. A key that is missing is shown where its section begins.
    pub(crate) fn text_needed(&self, key: &str) -> String {
        let text = self.text(key);
        match self.value(key) {
            Some(value) if value.get_ref().as_str().is_some_and(|said| said.trim().is_empty()) => {
                self.note(key, value, Fault::Empty);
            }
            Some(_) => {}
            None => self.reader.note(&self.at, self.key(key), "", Fault::Empty),
        }
        text
    }

    /// A list of texts, each of them said once.
    pub(crate) fn texts(&self, key: &str) -> Vec<String> {
        let mut texts = Vec::new();
        for (value, text) in self.list(key).unwrap_or_default() {
            if texts.contains(&text) {
                self.note(key, value, Fault::Twice { first: self.key(key) });
            } else {
                texts.push(text);
            }
        }
        texts
    }

    fn list(&self, key: &str) -> Option<Vec<(&'a Value<'t>, String)>> {
        let list = self.typed(key, Shape::Texts, DeValue::as_array)?;
        let mut texts = Vec::new();
        for value in list {
            match value.get_ref().as_str().map(plain) {
                Some(Ok(text)) if text.is_empty() => self.note(key, value, Fault::Empty),
                Some(Ok(text)) => texts.push((value, text)),
                Some(Err(unseen)) => self.note(key, value, Fault::Unseen(unseen)),
                None => self.note(key, value, Fault::Shape(Shape::Texts)),
            }
        }
        Some(texts)
    }

    /// A day, written as a text or as TOML's own date; an empty text is no day.
    pub(crate) fn date(&self, key: &str) -> Option<NaiveDate> {
        let written = match self.value(key)?.get_ref() {
            DeValue::String(text) => text.trim().to_owned(),
            DeValue::Datetime(date) => date.to_string(),
            _ => "?".to_owned(),
        };
        if written.is_empty() {
            return None;
        }
        let date = calendar::iso(&written);
        if date.is_none() {
            self.fault(key, Fault::Shape(Shape::Date));
        }
        date
    }

    /// Days, each written as a text.
    pub(crate) fn dates(&self, key: &str) -> Vec<NaiveDate> {
        let mut days = Vec::new();
        for (value, text) in self.list(key).unwrap_or_default() {
            match calendar::iso(&text) {
                Some(day) if days.contains(&day) => self.note(key, value, Fault::Twice { first: self.key(key) }),
                Some(day) => days.push(day),
                None => self.note(key, value, Fault::Shape(Shape::Date)),
            }
        }
        days
    }

    /// From when to when.
    pub(crate) fn hours(&self, key: &str, default: Hours) -> Hours {
        let text = self.text(key);
        if text.is_empty() {
            return default;
        }
        Hours::parse(&text).unwrap_or_else(|| {
            self.fault(key, Fault::Shape(Shape::Hours));
            default
        })
    }

    /// One to three capital letters, which every keyboard has.
    pub(crate) fn letters(&self, key: &str, default: &str) -> String {
        let text = self.text(key);
        if text.is_empty() {
            return default.to_owned();
        }
        if text.len() > 3 || !text.bytes().all(|b| b.is_ascii_uppercase()) {
            self.fault(key, Fault::Shape(Shape::Letters));
        }
        text
    }

    /// A section whose keys are free and whose values are texts.
    pub(crate) fn free_texts(&self, key: &str) -> BTreeMap<String, String> {
        let Some(table) = self.typed(key, Shape::Section, DeValue::as_table) else { return BTreeMap::new() };
        let section = Section { reader: self.reader, table: Some(table), at: 0..0, path: self.key(key) };
        in_order(table).into_iter().map(|name| (name.get_ref().to_string(), section.text(name.get_ref()))).collect()
    }

    /// A section whose keys are free: who each of them stands for. Nobody stands there twice.
    pub(crate) fn names(&self, key: &str) -> BTreeMap<String, String> {
        let Some(table) = self.typed(key, Shape::Section, DeValue::as_table) else { return BTreeMap::new() };
        let section = Section { reader: self.reader, table: Some(table), at: 0..0, path: self.key(key) };
        let mut names: BTreeMap<String, String> = BTreeMap::new();
        for name in in_order(table) {
            let who = section.text_needed(name.get_ref());
            let user = plain(name.get_ref());
            if let Err(unseen) = user {
                self.reader.note(&name.span(), section.key(name.get_ref()), name.get_ref(), Fault::Unseen(unseen));
            } else if name.get_ref().trim().is_empty() {
                self.reader.note(&name.span(), section.key(name.get_ref()), name.get_ref(), Fault::Empty);
            }
            if let Some((first, _)) = names.iter().find(|(_, other)| !who.is_empty() && **other == who) {
                section.fault(name.get_ref(), Fault::Twice { first: section.key(first) });
            }
            names.insert(name.get_ref().trim().to_owned(), who);
        }
        names
    }
}

/// The keys of a table as they stand in the text.
fn in_order<'a, 't>(table: &'a DeTable<'t>) -> Vec<&'a Spanned<toml::de::DeString<'t>>> {
    let mut keys: Vec<_> = table.keys().collect();
    keys.sort_by_key(|key| key.span().start);
    keys
}

/// A key as it stands in a dotted path: quoted where it holds a dot or another sign.
pub(crate) fn dotted(key: &str) -> String {
    let bare = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    if bare { key.to_owned() } else { format!("{key:?}") }
}
