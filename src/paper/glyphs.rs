//! Whether every character has a glyph, before anything is issued: a page with a blank box, or with another shape of a
//! person's name, would be found by the person.

use std::collections::BTreeSet;

use serde_json::Value;
use typst::foundations::Bytes;
use unicode_normalization::UnicodeNormalization;

use super::fonts::{Fonts, Unit};
use super::render::PaperError;
use crate::typed;

/// What chooses a shape of the character before it: the standard selectors and those of the kanji of registers.
fn is_selector(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

/// The characters of a text with what selects their shape.
fn units(text: &str) -> impl Iterator<Item = Unit> {
    let mut chars = text.chars().peekable();
    std::iter::from_fn(move || {
        let base = chars.next()?;
        Some(Unit { base, selector: chars.next_if(|c| is_selector(*c)) })
    })
}

/// What a text needs beyond the fonts of every page; the large font is not looked at.
pub(super) fn lacking(fonts: &Fonts, text: &str, found: &mut BTreeSet<Unit>) {
    let mut before: Option<char> = None;
    for unit in units(text) {
        let composed = || {
            // か and a mark of its own, as some systems write file names: the typesetter puts が in their place.
            let whole = before.map(|b| [b, unit.base].into_iter().nfc().collect::<String>());
            whole.is_some_and(|w| {
                w.chars().count() == 1 && w.chars().all(|c| fonts.has(Unit { base: c, selector: None }))
            })
        };
        let is_line_break = unit == Unit { base: '\n', selector: None };
        // A selector that the font does not know would be dropped without a word, and the wrong shape set; and for an old
        // code of a kanji the typesetter would take the kanji itself. So a near glyph is not good enough.
        if !is_line_break && !fonts.has(unit) && !composed() {
            found.insert(unit);
        }
        before = Some(unit.base);
    }
}

/// What a text needs of the font for rare kanji, as far as that has it.
pub(super) fn in_text(fonts: &Fonts, text: &str) -> BTreeSet<Unit> {
    let mut found = BTreeSet::new();
    lacking(fonts, text, &mut found);
    found.retain(|unit| fonts.has_rare(*unit));
    found
}

/// The same for the texts of templates. A character that no font has is told when the page is set, if it is set at all
/// and does not stand in a comment; a shape that no font has would not be told then, so it is here.
pub(super) fn in_templates(fonts: &Fonts, templates: &[(String, Bytes)]) -> Result<BTreeSet<Unit>, PaperError> {
    let mut found = BTreeSet::new();
    for (name, text) in templates {
        let text = unescaped(&String::from_utf8_lossy(text));
        let mut here = BTreeSet::new();
        lacking(fonts, &text, &mut here);
        let shape = |unit: &&Unit| unit.selector.is_some_and(|c| c >= '\u{e0100}');
        if let Some(unit) = here.iter().filter(shape).find(|unit| !fonts.has_rare(**unit)) {
            let character = [unit.base].into_iter().chain(unit.selector).collect();
            return Err(PaperError::NoGlyph { character, field: name.clone() });
        }
        found.extend(here.into_iter().filter(|unit| fonts.has_rare(*unit)));
    }
    Ok(found)
}

/// A template's text with what it writes as `\u{20bb7}` put in.
fn unescaped(text: &str) -> String {
    let mut parts = text.split("\\u{");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let number = part.split_once('}').and_then(|(hex, rest)| Some((u32::from_str_radix(hex, 16).ok()?, rest)));
        match number.and_then(|(number, rest)| Some((char::from_u32(number)?, rest))) {
            Some((c, rest)) => {
                out.push(c);
                out.push_str(rest);
            }
            None => out.push_str(part),
        }
    }
    out
}

/// Whether this text can be set as it is written.
fn check(fonts: &Fonts, text: &str, field: &str, rare: &mut BTreeSet<Unit>) -> Result<(), PaperError> {
    let missing = |unit: Unit| {
        let character = [unit.base].into_iter().chain(unit.selector).collect();
        PaperError::NoGlyph { character, field: field.to_owned() }
    };
    // Attack: a mark nobody sees on paper that turns a name around, or makes two names out of one. A private character looks
    // as its maker says, on his computer alone.
    let bad = |unit: &Unit| (typed::is_unseen(unit.base) && unit.base != '\n') || is_private(unit.base);
    if let Some(unit) = units(text).find(bad) {
        return Err(missing(unit));
    }
    let mut found = BTreeSet::new();
    lacking(fonts, text, &mut found);
    if let Some(unit) = found.iter().find(|unit| !fonts.has_rare(**unit)) {
        return Err(missing(*unit));
    }
    rare.extend(found);
    Ok(())
}

/// Whether every text in the value can be set; what only the font for rare kanji has.
pub(super) fn checked(fonts: &Fonts, value: &Value) -> Result<BTreeSet<Unit>, PaperError> {
    let mut rare = BTreeSet::new();
    walk(fonts, value, &mut String::new(), &mut rare)?;
    Ok(rare)
}

fn walk(fonts: &Fonts, value: &Value, path: &mut String, rare: &mut BTreeSet<Unit>) -> Result<(), PaperError> {
    let length = path.len();
    match value {
        Value::String(text) => check(fonts, text, path, rare),
        Value::Array(list) => list.iter().enumerate().try_for_each(|(at, value)| {
            path.extend(["[", &(at + 1).to_string(), "]"]);
            walk(fonts, value, path, rare)?;
            path.truncate(length);
            Ok(())
        }),
        Value::Object(map) => map.iter().try_for_each(|(key, value)| {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(key);
            walk(fonts, value, path, rare)?;
            path.truncate(length);
            Ok(())
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fonts::tests::plain;
    use super::*;
    use serde_json::json;

    fn found(fonts: &Fonts, value: &Value) -> Result<usize, (String, String)> {
        match checked(fonts, value) {
            Ok(rare) => Ok(rare.len()),
            Err(PaperError::NoGlyph { character, field }) => Err((character, field)),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn paper_glyphs_with_the_font_for_rare_kanji() {
        let fonts = Fonts::load(&[]).unwrap();
        let ok = |text: &str| found(&fonts, &json!({ "fields": { "to": text } }));
        assert_eq!(ok("髙橋　﨑　ABC①㈱～－\n二行目"), Ok(0));
        assert_eq!(ok("か\u{3099}は\u{309a}"), Ok(0), "as a Mac writes file names");
        assert_eq!(ok("𠮷野家 𠮷"), Ok(1));
        assert_eq!(ok("葛\u{e0100}城市と葛飾区"), Ok(0), "a shape of print");
        assert_eq!(ok("葛\u{e0102}城市と葛飾区"), Ok(1), "a shape of registers");
        let lost = |text: &str| Err((text.to_owned(), "fields.to".to_owned()));
        assert_eq!(ok("葛\u{e01ef}城市"), lost("葛\u{e01ef}"), "a shape that no font has");
        assert_eq!(ok("a\u{fe00}"), lost("a\u{fe00}"));
        assert_eq!(ok("\u{e0100}"), lost("\u{e0100}"));
        assert_eq!(ok("佐\u{7}藤"), lost("\u{7}"));
        assert_eq!(ok("佐\u{202e}藤"), lost("\u{202e}"));
        assert_eq!(ok("外字\u{e000}"), lost("\u{e000}"));
        assert_eq!(ok("外字\u{10fffd}"), lost("\u{10fffd}"));
        assert_eq!(ok("🎉"), lost("🎉"));
    }

    #[test]
    fn paper_glyphs_of_templates_are_looked_at_too() {
        let fonts = Fonts::load(&[]).unwrap();
        let of = |text: &'static str| in_templates(&fonts, &[("own.typ".into(), Bytes::from_string(text))]);
        assert_eq!(of("#let x = [架空市] // 🎉").unwrap().len(), 0, "what no font has may stand in a comment");
        assert_eq!(of("𠮷野").unwrap(), of("\\u{20bb7}野\\u{zz}").unwrap());
        assert_eq!(of("葛\\u{e0102}").unwrap().len(), 1);
        let lost = of("葛\\u{e01ef}").unwrap_err();
        assert!(
            matches!(lost, PaperError::NoGlyph { character, field } if character == "葛\u{e01ef}" && field == "own.typ")
        );
    }

    #[test]
    fn paper_glyphs_without_it_are_told_with_their_place() {
        let fonts = Fonts::from(&plain()).unwrap();
        let value = json!({ "case": { "city": { "name": "架空市" } }, "fields": { "items": [{ "path": "a" }, { "path": "𠮷" }] } });
        assert_eq!(found(&fonts, &value), Err(("𠮷".into(), "fields.items[2].path".into())));
        assert_eq!(found(&fonts, &json!({ "to": "葛\u{e0102}" })), Err(("葛\u{e0102}".into(), "to".into())));
    }
}
