//! A mistake in `tewatashi.toml`: where it stands, what was found there, and what would have been right.

use std::fmt;

/// What was expected instead of a value of another type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `"…"`
    Text,
    /// `["…", "…"]`
    Texts,
    /// `true` or `false`
    YesNo,
    /// A whole number.
    Whole,
    /// `"2026-04-01"`, a day that exists.
    Date,
    /// `"D"`: one to three capital letters.
    Letters,
    /// `"08:30-17:15"`
    Hours,
    /// `[name]` and keys below it.
    Section,
    /// `[[name]]` and keys below it, once for each.
    Sections,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The file is not UTF-8: saved as `Shift_JIS` or UTF-16 by an editor.
    NotUtf8,
    /// It is not TOML.
    Syntax {
        /// What the reader of TOML says, in English.
        detail: String,
        /// A full-width sign on this line outside a text, where only the narrow one counts: `＝`, `”`, `，`.
        full_width: Option<char>,
    },
    /// No such key.
    UnknownKey {
        /// The one that was probably meant.
        nearest: Option<&'static str>,
        /// All there are in this section.
        known: Vec<&'static str>,
    },
    /// A value of another type.
    Shape(Shape),
    /// A word that is not in the list.
    NotAccepted(Vec<&'static str>),
    /// A number outside its bounds.
    OutOfRange {
        /// The smallest.
        least: u64,
        /// The largest.
        most: u64,
    },
    /// The contract ends before it begins.
    EndsBefore {
        /// When it begins, as written.
        from: String,
    },
    /// Nothing where something has to stand.
    Empty,
    /// A character that cannot be seen on paper.
    Unseen(char),
    /// Said before.
    Twice {
        /// Where, by key.
        first: String,
    },
}

/// A mistake. Lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
    /// The key, from the top: `parties.subcontractors[2].name`. Empty where the text is no TOML.
    pub key: String,
    /// What stands there, shortened.
    pub found: String,
    /// What is wrong with it.
    pub fault: Fault,
}

impl Mistake {
    /// The values that would be accepted, where there is a list.
    #[must_use]
    pub fn accepted(&self) -> &[&'static str] {
        match &self.fault {
            Fault::NotAccepted(list) | Fault::UnknownKey { known: list, .. } => list,
            _ => &[],
        }
    }
}

impl std::error::Error for Mistake {}

/// For programmers; people get their words from the command line.
impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, column, key, found, fault } = self;
        write!(f, "tewatashi.toml:{line}:{column}: {key}: {found:?}: {fault:?}")
    }
}

/// The line and column of a byte, from 1.
pub(super) fn place(text: &str, at: usize) -> (usize, usize) {
    let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let before = text[..at].trim_start_matches('\u{feff}');
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

/// A piece of the text for a message, cut to what fits on a line.
pub(super) fn excerpt(text: &str) -> String {
    const MOST: usize = 60;
    let one_line: String = text.chars().take(MOST).take_while(|c| *c != '\n' && *c != '\r').collect();
    if one_line.len() < text.len() { one_line + "…" } else { one_line }
}

/// The first full-width sign on a line where TOML wants a narrow one. Texts and comments may hold what they like.
pub(super) fn full_width(line: &str) -> Option<char> {
    let mut inside: Option<char> = None;
    let mut escaped = false;
    for c in line.chars() {
        match inside {
            Some('"') if c == '\\' && !escaped => escaped = true,
            Some(quote) => {
                inside = (c != quote || escaped).then_some(quote);
                escaped = false;
            }
            None if c == '"' || c == '\'' => inside = Some(c),
            None if c == '#' => return None,
            None if matches!(
                c,
                '\u{3000}' | '“' | '”' | '„' | '‘' | '’' | '、' | '。' | '「' | '」' | '\u{ff01}'..='\u{ff5e}'
            ) =>
            {
                return Some(c);
            }
            None => {}
        }
    }
    None
}

/// The known key that is nearest to what was typed, when it is near at all.
pub(super) fn nearest(typed: &str, known: &[&'static str]) -> Option<&'static str> {
    let typed = typed.to_lowercase();
    let near = |key: &&'static str| (distance(&typed, key), *key);
    known.iter().map(near).min().filter(|(d, key)| *d <= key.chars().count().div_ceil(3)).map(|(_, key)| key)
}

/// How many characters have to be changed, added or left out.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let changed = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters() {
        let text = "\u{feff}a = 1\n区 = \"x\"\n";
        assert_eq!(place(text, 3), (1, 1));
        assert_eq!(place(text, text.find('"').unwrap()), (2, 5));
        assert_eq!(place(text, 9999), (3, 1));
        assert_eq!(place("区", 1), (1, 1));
    }

    #[test]
    fn full_width_signs_are_named_outside_texts() {
        assert_eq!(full_width("side ＝ \"区\""), Some('＝'));
        assert_eq!(full_width("side = “区”"), Some('“'));
        assert_eq!(full_width("title = \"全角（可）\\\"＝\" # ＝"), None);
    }

    #[test]
    fn a_slip_of_the_finger_finds_its_key() {
        assert_eq!(nearest("trainning", &["training", "approval"]), Some("training"));
        assert_eq!(nearest("Side", &["side"]), Some("side"));
        assert_eq!(nearest("研修", &["training"]), None);
    }

    #[test]
    fn excerpts_stay_on_a_line() {
        assert_eq!(excerpt("a\nb"), "a…");
        assert_eq!(excerpt(&"区".repeat(61)), "区".repeat(60) + "…");
        assert_eq!(excerpt("区"), "区");
    }
}
