//! The passphrase of a bundle (開封パスワード): made, printed on the slip, read aloud, typed, checked.
//!
//! Ours is six checked groups such as `Hk7m3-Tq4xw-…`; docs/passphrase.md says why, what it is worth and what its checks
//! catch. The pattern fixes case and hyphens, so [`Passphrase::parse`] can take what a person really types and still
//! arrive at the text on the slip, to the byte. A mistyped group is named before scrypt has cost anyone a second.
//!
//! # Security
//!
//! A passphrase lives in locked memory that is wiped on release, texts on the way there are wiped too, and neither
//! `Debug` nor any error carries a character of it. What remains are registers, the caller's own copy, and a few
//! characters at a time inside the Unicode tables for a passphrase that is not ours.

use std::fmt;

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::checked::{ALPHABET, GROUP, Head, LETTERS, Mistyped, check_character, invisible, read};
use crate::erase::os::memory::LockedBytes;

/// Groups in a passphrase of ours.
const GROUPS: usize = 6;

/// Characters a passphrase of the sender's own must have: what the Japanese guidance asks of keys that protect files.
const LEAST_OWN: usize = 15;

/// Bits an attacker who knows this program has to guess: log₂ of how many passphrases [`Passphrase::generate`] can draw,
/// all of them equally likely. The check characters add nothing; what is redrawn costs a thousandth of a bit.
pub const ENTROPY_BITS: f64 = 116.315_788;

/// Why there is no passphrase. Never carries what was typed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PassphraseError {
    /// It cannot be one of ours; says which group is wrong, and in what way.
    #[error(transparent)]
    Typed(#[from] Mistyped),
    /// The sender's own is too short.
    #[error("{found} characters, at least {least} are needed")]
    TooShort {
        /// Characters it has.
        found: usize,
        /// Characters it needs.
        least: usize,
    },
    /// The sender's own lacks one or more of the four kinds of characters; `true` for each that is missing.
    #[error("{}", lacks([*upper, *lower, *digit, *symbol]))]
    MissingClass {
        /// No upper-case letter A–Z (英大).
        upper: bool,
        /// No lower-case letter a–z (英小).
        lower: bool,
        /// No digit 0–9 (数字).
        digit: bool,
        /// No symbol of the keyboard (記号).
        symbol: bool,
    },
    /// There is nothing.
    #[error("the passphrase is empty")]
    Empty,
    /// The sender's own has a control or invisible character: nobody could copy it from paper.
    #[error("the passphrase has a control character or an invisible one")]
    Control,
    /// The system has no randomness to give.
    #[error("the system's random source failed")]
    Random,
}

fn lacks(missing: [bool; 4]) -> String {
    let kinds = ["upper-case letter", "lower-case letter", "digit", "symbol"].into_iter().zip(missing);
    let missing: Vec<&str> = kinds.filter_map(|(name, missing)| missing.then_some(name)).collect();
    format!("the passphrase has no {}", missing.join(", no "))
}

/// A passphrase in its canonical form: exactly the text the slip prints and stock `age -d` takes.
pub struct Passphrase {
    text: LockedBytes,
    ours: bool,
}

impl Passphrase {
    /// Draws a new one from the system's random source.
    ///
    /// # Errors
    ///
    /// [`PassphraseError::Random`] when the system has none to give.
    pub fn generate() -> Result<Self, PassphraseError> {
        let text = draw(&mut Dice::new(|bytes| getrandom::fill(bytes).map_err(|_| PassphraseError::Random)))?;
        Ok(Self::keep(&text, true))
    }

    /// Reads one of ours as a person typed it: full-width, any case, hyphens or not.
    ///
    /// # Errors
    ///
    /// [`PassphraseError::Typed`] names the first wrong group and what is wrong in it.
    pub fn parse(typed: &str) -> Result<Self, PassphraseError> {
        let bare = read(typed, GROUPS, Head::Letter)?;
        Ok(Self::keep(&canonical(&bare), true))
    }

    /// Takes one that the sender made up. It is used as written (only composed, so that two keyboards agree on が), because
    /// stock tools will be given the same text. Any trailing newline is the caller's to remove.
    ///
    /// Letters, digits and symbols count as their kind only in ASCII: a full-width one is not what the guidance means by
    /// 英字, and it would have to be typed full-width into stock tools for ever after.
    ///
    /// # Errors
    ///
    /// Says what it lacks: [`PassphraseError::TooShort`] comes before [`PassphraseError::MissingClass`].
    pub fn own(text: &str) -> Result<Self, PassphraseError> {
        let text = composed(text)?;
        if text.chars().any(|c| c.is_control() || invisible(c) || matches!(c, '\u{2028}' | '\u{2029}')) {
            return Err(PassphraseError::Control);
        }
        let found = text.chars().count();
        if found < LEAST_OWN {
            return Err(PassphraseError::TooShort { found, least: LEAST_OWN });
        }
        four_kinds(&text)?;
        Ok(Self::keep(&text, false))
    }

    /// Takes one for a file that somebody else made: their rules are not ours to enforce.
    ///
    /// # Errors
    ///
    /// [`PassphraseError::Empty`].
    pub fn foreign(text: &str) -> Result<Self, PassphraseError> {
        Ok(Self::keep(&composed(text)?, false))
    }

    fn keep(text: &str, ours: bool) -> Self {
        Self { text: LockedBytes::from_slice(text.as_bytes()), ours }
    }

    /// The canonical text. Every use of it is a place to look at when asking where the secret goes.
    ///
    /// # Panics
    ///
    /// Never: the bytes were a `str`.
    #[must_use]
    pub fn expose(&self) -> &str {
        // Kept from a str, so this never falls back.
        std::str::from_utf8(&self.text).unwrap_or_default()
    }

    /// Whether it has our pattern by construction: made by [`generate`](Self::generate) or read by [`parse`](Self::parse).
    #[must_use]
    pub fn is_ours(&self) -> bool {
        self.ours
    }

    /// The groups as the slip prints them, one after the other; none when it is not ours.
    pub fn groups(&self) -> impl Iterator<Item = &str> {
        self.ours.then(|| self.expose().split('-')).into_iter().flatten()
    }

    /// How a clerk reads a group aloud: `Hk7m3` is オオモジエイチ・ケー・スウジナナ・エム・スウジサン.
    ///
    /// Each character speaks for itself: オオモジ before an upper-case letter, スウジ before a digit, nothing before a
    /// lower-case letter. Without スウジ, nobody could hear 9 (キュウ) from q (キュー). The reading is as secret as the group,
    /// so it comes in a wrapper that wipes it. A character that is in no group of ours is left as it is.
    #[must_use]
    pub fn reading(group: &str) -> Zeroizing<String> {
        // No name is longer than 5 kana after 4 of marking, 3 bytes each; with the dot that is 30, so this never grows.
        let mut reading = Zeroizing::new(String::with_capacity(group.len() * 30));
        for c in group.chars() {
            if !reading.is_empty() {
                reading.push('・');
            }
            reading.push_str(match c {
                'A'..='Z' => "オオモジ",
                '0'..='9' => "スウジ",
                _ => "",
            });
            match name(c) {
                Some(name) => reading.push_str(name),
                None => reading.push(c),
            }
        }
        reading
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(..)")
    }
}

fn name(c: char) -> Option<&'static str> {
    const NAMES: [&str; ALPHABET.len()] = [
        "エー",
        "ビー",
        "シー",
        "ディー",
        "イー",
        "エフ",
        "ジー",
        "エイチ",
        "ジェー",
        "ケー",
        "エム",
        "エヌ",
        "ピー",
        "キュー",
        "アール",
        "エス",
        "ティー",
        "ユー",
        "ブイ",
        "ダブリュー",
        "エックス",
        "ワイ",
        "ゼット", // the letters end here
        "ニ",
        "サン",
        "ヨン",
        "ゴ",
        "ロク",
        "ナナ",
        "ハチ",
        "キュウ",
    ];
    crate::checked::value(c).map(|index| NAMES[index])
}

/// NFC in a buffer that wipes itself and, since NFC never more than triples the bytes, never moves.
fn composed(text: &str) -> Result<Zeroizing<String>, PassphraseError> {
    let mut composed = Zeroizing::new(String::with_capacity(text.len() * 3));
    composed.extend(text.nfc());
    if composed.is_empty() { Err(PassphraseError::Empty) } else { Ok(composed) }
}

/// The rule of four kinds: the same for the sender's own and for what [`draw`] lets through.
fn four_kinds(text: &str) -> Result<(), PassphraseError> {
    let none = |kind: fn(&char) -> bool| !text.chars().any(|c| kind(&c));
    let upper = none(char::is_ascii_uppercase);
    let lower = none(char::is_ascii_lowercase);
    let digit = none(char::is_ascii_digit);
    let symbol = none(char::is_ascii_punctuation);
    if upper || lower || digit || symbol {
        return Err(PassphraseError::MissingClass { upper, lower, digit, symbol });
    }
    Ok(())
}

/// 30 bare lower-case characters to the text on the slip.
fn canonical(bare: &str) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(bare.len() + GROUPS));
    for (at, c) in bare.chars().enumerate() {
        if at > 0 && at % GROUP == 0 {
            text.push('-');
        }
        text.push(if at % GROUP == 0 { c.to_ascii_uppercase() } else { c });
    }
    text
}

/// Draws until all four kinds are there. The whole is thrown away and not mended: mending would make some passphrases
/// likelier than others.
fn draw<F: Source>(dice: &mut Dice<F>) -> Result<Zeroizing<String>, PassphraseError> {
    loop {
        let mut bare = Zeroizing::new(String::with_capacity(GROUPS * GROUP));
        for position in 1..=GROUPS {
            let mut data = Zeroizing::new([0; GROUP - 1]);
            for (v, sides) in data.iter_mut().zip([LETTERS, 31, 31, 31]) {
                *v = dice.below(sides)?;
                bare.push(char::from(ALPHABET[usize::from(*v)]));
            }
            bare.push(check_character(&data, position));
        }
        let text = canonical(&bare);
        if four_kinds(&text).is_ok() {
            return Ok(text);
        }
    }
}

/// Fills a buffer with random bytes.
trait Source: FnMut(&mut [u8]) -> Result<(), PassphraseError> {}

impl<F: FnMut(&mut [u8]) -> Result<(), PassphraseError>> Source for F {}

/// A die with any number of sides, all equally likely.
struct Dice<F> {
    fill: F,
    bytes: Zeroizing<[u8; 32]>,
    used: usize,
}

impl<F: Source> Dice<F> {
    fn new(fill: F) -> Self {
        let bytes = Zeroizing::new([0; 32]);
        Self { fill, used: bytes.len(), bytes }
    }

    /// Bytes above the last full round of `sides` are thrown away: a bare remainder would favour the low sides.
    fn below(&mut self, sides: u8) -> Result<u8, PassphraseError> {
        let last_fair = u8::MAX - (u8::MAX % sides + 1) % sides;
        loop {
            if self.used == self.bytes.len() {
                (self.fill)(self.bytes.as_mut())?;
                self.used = 0;
            }
            let byte = self.bytes[self.used];
            self.used += 1;
            if byte <= last_fair {
                return Ok(byte % sides);
            }
        }
    }
}

#[cfg(test)]
mod tests;
