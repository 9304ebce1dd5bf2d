//! A checkpoint pins the ledger's past: size and root in the C2SP text that is signed, and in the short code that is
//! printed on paper.

use std::fmt;

use base64ct::{Base64, Encoding};
use unicode_normalization::UnicodeNormalization;

use super::tree::{Hash, Tree};
use crate::checked::{Code, Mistyped};

/// Namespace of signatures on checkpoints.
pub const NAMESPACE: &str = "checkpoint@tewatashi";

/// How many entries there are, and the root over all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The number of entries.
    pub size: u64,
    /// The root of the tree over them.
    pub root: Hash,
}

impl Head {
    /// The head of a tree.
    #[must_use]
    pub fn of(tree: &Tree) -> Self {
        Self { size: tree.size(), root: tree.root() }
    }

    /// The text that is signed: origin, size, root, each on its line.
    #[must_use]
    pub fn body(&self, origin: &str) -> String {
        format!("{origin}\n{}\n{}\n", self.size, base64(&self.root))
    }

    /// Reads such a text; `None` when it is none. Returns the origin beside.
    #[must_use]
    pub fn parse(body: &str) -> Option<(String, Self)> {
        let mut lines = body.strip_suffix('\n')?.split('\n');
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let canonical = size.parse::<u64>().ok().filter(|n| n.to_string() == size)?;
        let head = Self { size: canonical, root: from_base64(root)? };
        (lines.next().is_none() && !origin.is_empty()).then(|| (origin.to_owned(), head))
    }

    /// The short code.
    #[must_use]
    pub fn code(&self) -> ShortCode {
        ShortCode { size: self.size, code: Code::from_first_bits(&self.root) }
    }
}

/// `17-7K3MX-…`: the number of entries, and the first 79 bits of their root.
#[derive(Clone, PartialEq, Eq)]
pub struct ShortCode {
    size: u64,
    code: Code,
}

/// Why a typed code cannot be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadCode {
    /// The number of entries is missing.
    #[error("no number of entries before the groups")]
    NoNumber,
    /// A group was mistyped.
    #[error(transparent)]
    Group(#[from] Mistyped),
}

impl ShortCode {
    /// Reads a code as a person typed it: full-width, odd hyphens, any case.
    ///
    /// # Errors
    /// Which part is wrong.
    pub fn parse(typed: &str) -> Result<Self, BadCode> {
        let trimmed = typed.trim();
        // What the program wrote needs nothing undone, and verifying reads very many of these.
        let narrow = if trimmed.is_ascii() { trimmed.to_owned() } else { trimmed.nfkc().collect() };
        let digits = narrow.find(|c: char| !c.is_ascii_digit()).ok_or(BadCode::NoNumber)?;
        let (number, groups) = narrow.split_at(digits);
        // The groups may begin with a digit, so the separator is not optional here.
        let separated = groups.chars().next().is_some_and(|c| !c.is_ascii_alphanumeric());
        let size = number.parse().ok().filter(|_| separated).ok_or(BadCode::NoNumber)?;
        Ok(Self { size, code: Code::parse(groups)? })
    }

    /// How many entries there were.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Whether it is the code of this head.
    #[must_use]
    pub fn is_of(&self, head: &Head) -> bool {
        *self == head.code()
    }
}

impl fmt::Display for ShortCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.size, self.code)
    }
}

impl fmt::Debug for ShortCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ShortCode({self})")
    }
}

/// Standard base64 with padding.
#[must_use]
pub fn base64(hash: &Hash) -> String {
    Base64::encode_string(hash)
}

fn from_base64(text: &str) -> Option<Hash> {
    let hash = Base64::decode_vec(text).ok()?.try_into().ok()?;
    // One text per hash.
    (base64(&hash) == text).then_some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::tree::leaf;
    use proptest::prelude::*;

    fn head() -> Head {
        let mut tree = Tree::default();
        (0..17).for_each(|n: u8| tree.push(leaf(&[n])));
        Head::of(&tree)
    }

    #[test]
    fn the_signed_text_comes_back() {
        let body = head().body("tewatashi/x");
        assert_eq!(Head::parse(&body), Some(("tewatashi/x".to_owned(), head())));
        for bad in ["", "tewatashi/x\n17\n", "x\n017\nAAAA\n", &body.replace('=', ""), &format!("{body}more\n")] {
            assert_eq!(Head::parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn the_short_code_is_read_as_people_type_it() {
        let code = head().code();
        let text = code.to_string();
        assert!(text.starts_with("17-") && text.len() == 3 + 4 * 5 + 3, "{text}");
        let wide: String = text.chars().map(|c| if c == '-' { 'ー' } else { wide(c) }).collect();
        for typed in [text.clone(), text.to_lowercase(), wide, format!(" {} ", text.replace('-', " "))] {
            assert_eq!(ShortCode::parse(&typed), Ok(code.clone()), "{typed}");
        }
        assert!(code.is_of(&head()));
        assert_eq!(ShortCode::parse(&text[3..]).unwrap_err(), BadCode::NoNumber);
        let wrong = text.replace(&text[3..4], if &text[3..4] == "A" { "B" } else { "A" });
        assert!(matches!(ShortCode::parse(&wrong), Err(BadCode::Group(_))));
    }

    fn wide(c: char) -> char {
        char::from_u32(u32::from(c) - 0x21 + 0xFF01).unwrap()
    }

    proptest! {
        #[test]
        fn base64_is_the_usual_one(hash: [u8; 32]) {
            let text = base64(&hash);
            prop_assert_eq!(from_base64(&text), Some(hash));
        }
    }

    #[test]
    fn base64_of_known_bytes() {
        assert_eq!(base64(&[0; 32]), "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
        assert_eq!(base64(&[255; 32]), "//////////////////////////////////////////8=");
    }
}
