//! What people type at a Japanese desk, made ready to be read: full width made narrow, and texts trimmed and visible.

/// A text with full-width letters, digits and signs made narrow, as an input method would not leave them. For dates,
/// numbers and the like only: names stay as their owners write them.
#[must_use]
pub fn narrow(text: &str) -> String {
    text.chars().map(narrow_char).collect()
}

/// Whether two names are one person's. Attack: the same name with another blank between its parts, to be one's own second.
#[must_use]
pub fn same_name(one: &str, other: &str) -> bool {
    let bare = |name: &str| narrow(name).chars().filter(|c| !c.is_whitespace()).collect::<String>();
    bare(one) == bare(other)
}

fn narrow_char(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        'ー' | 'ｰ' | '―' | '‐' | '−' | '–' | '—' => '-',
        '。' => '.',
        '、' => ',',
        '\u{3000}' => ' ',
        _ => c,
    }
}

/// Trims what stands around a text, the ideographic space included, and changes nothing within: 髙 stays 髙, and an
/// ideographic variation stays one.
///
/// # Errors
/// The first character that cannot be seen on paper. Attacks: control characters that break a line of a form or move the
/// cursor, marks that turn the text around, and invisible ones that make two people of one name.
pub fn plain(text: &str) -> Result<String, char> {
    let trimmed = text.trim();
    match trimmed.chars().find(|c| is_unseen(*c)) {
        Some(c) => Err(c),
        None => Ok(trimmed.to_owned()),
    }
}

/// Whether a character cannot be seen on paper.
#[must_use]
pub fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_becomes_narrow_and_names_do_not_come_here() {
        assert_eq!(narrow("Ｐ－００１　２０２６／４。１、ー"), "P-001 2026/4.1,-");
        assert_eq!(narrow("令和８年"), "令和8年");
    }

    #[test]
    fn only_the_edges_are_trimmed() {
        assert_eq!(plain("　髙橋　一郎 \t").as_deref(), Ok("髙橋　一郎"));
        assert_eq!(plain("葛\u{e0100}城").as_deref(), Ok("葛\u{e0100}城"));
        assert_eq!(plain("　").as_deref(), Ok(""));
    }

    #[test]
    fn what_cannot_be_seen_is_refused() {
        for text in ["佐\n藤", "佐藤\u{200b}子", "x\u{202e}y", "佐\u{1b}[2J", "a\u{feff}b", "佐\u{e0041}藤"] {
            assert!(plain(text).is_err(), "{text:?}");
        }
    }
}
