//! Groups of five whose last character is a check: text that people copy by hand, read over the telephone and type again.
//!
//! A group is five characters of [`ALPHABET`] with `1·v₁ + 2·v₂ + 3·v₃ + 4·v₄ + 5·v₅ ≡ position (mod 31)`. 31 is prime and
//! the weights are different and never 0, so one wrong character always changes the sum, and so does exchanging two
//! different ones. The position stands in for the constant, so a group in another group's place does not hold either.
//!
//! [`crate::passphrase`] is built of such groups, and so is [`Code`]. Both are typed by the same tired hands and are read by
//! the same reader: what an input method or a word processor does to a text is undone, what a person got wrong is named.

use std::fmt;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// The characters that may occur, each standing for its index. `0 1 i l o` are left out because they are taken for each
/// other on paper. Letters come first, so an index below [`LETTERS`] is a letter.
pub const ALPHABET: &[u8; 31] = b"abcdefghjkmnpqrstuvwxyz23456789";

/// How many characters of [`ALPHABET`] are letters.
pub const LETTERS: u8 = 23;

/// Characters in a group, the check included.
pub const GROUP: usize = 5;

const MODULUS: usize = ALPHABET.len();

/// 5 × 25 ≡ 1 (mod 31): undoes the weight of the check character.
const INVERSE_OF_LAST_WEIGHT: usize = 25;

/// The index of a character in [`ALPHABET`], in either case; `None` for one that never occurs.
#[must_use]
pub fn value(c: char) -> Option<usize> {
    ALPHABET.iter().position(|&known| char::from(known) == c.to_ascii_lowercase())
}

/// The character that completes a group, given the indices of its four data characters and its place in the text, from 1.
///
/// # Panics
///
/// When an index is not below 31: nothing typed comes here, so that is a slip in the program.
#[must_use]
pub fn check_character(data: &[u8; GROUP - 1], position: usize) -> char {
    assert!(data.iter().all(|&v| usize::from(v) < MODULUS), "an index into the alphabet");
    let sum: usize = (1..).zip(data).map(|(weight, &v)| weight * usize::from(v)).sum();
    let owed = position + MODULUS * MODULUS - sum;
    char::from(ALPHABET[owed * INVERSE_OF_LAST_WEIGHT % MODULUS])
}

/// Whether a group is five characters of the alphabet, in either case, and its check fits its place in the text, from 1.
#[must_use]
pub fn holds(group: &str, position: usize) -> bool {
    let sum = (1..).zip(group.chars()).try_fold(0, |sum, (weight, c)| Some(sum + weight * value(c)?));
    group.chars().count() == GROUP && sum.is_some_and(|sum: usize| sum % MODULUS == position % MODULUS)
}

/// A character of the kind that is taken for another one. None of them ever occurs, so naming it gives nothing away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confusable {
    /// `0`
    Zero,
    /// `1`
    One,
    /// `I` or `i`
    LetterI,
    /// `L` or `l`
    LetterL,
    /// `O` or `o`
    LetterO,
}

/// What is wrong with a typed text. Says where, never what was typed there. Groups and places count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Mistyped {
    /// Nothing but separators.
    #[error("nothing was typed")]
    Empty,
    /// The separators are there, and one group between them is too long or too short.
    #[error("group {group} has {found} characters instead of 5")]
    WrongLength {
        /// The group.
        group: usize,
        /// Characters in it.
        found: usize,
    },
    /// Without separators to go by, the whole has the wrong length.
    #[error("{found} characters instead of {expected}{}", look(*.between))]
    Length {
        /// Characters in all, separators not counted.
        found: usize,
        /// Characters there should be.
        expected: usize,
        /// The first and last group in which they went missing or came in, if the checks of all the others tell: mostly
        /// one and the same, sometimes two neighbours.
        between: Option<(usize, usize)>,
    },
    /// A character that never occurs.
    #[error("group {group}, character {place}: a character that never occurs{}", hint(*.confusable, *.kana))]
    Letter {
        /// The group, if separators are missing as counted by fives.
        group: usize,
        /// The place in the group.
        place: usize,
        /// Which one, when it is one that is easily taken for another.
        confusable: Option<Confusable>,
        /// It is kana or kanji: the input method was on.
        kana: bool,
    },
    /// A digit where the pattern has a letter.
    #[error("group {group} begins with a digit instead of a letter")]
    FirstNotLetter {
        /// The group.
        group: usize,
    },
    /// The check character does not fit: something in this group is wrong, or it stands in another group's place.
    #[error("group {group} is mistyped or in the wrong place")]
    Check {
        /// The first such group.
        group: usize,
    },
    /// Well-formed groups, but not enough of them.
    #[error("only {found} groups")]
    TooFewGroups {
        /// Groups typed.
        found: usize,
    },
    /// Well-formed groups, but more than there should be.
    #[error("{found} groups are too many")]
    TooManyGroups {
        /// Groups typed.
        found: usize,
    },
    /// Every check holds and yet no code looks like this ([`Code`] only): two mistakes hide each other.
    #[error("group {group} cannot begin a code")]
    Beyond {
        /// The leading group, which is what carries a number beyond the largest code.
        group: usize,
    },
}

fn look(between: Option<(usize, usize)>) -> String {
    match between {
        Some((first, last)) if first == last => format!(", look at group {first}"),
        Some((first, last)) => format!(", look at groups {first} and {last}"),
        None => String::new(),
    }
}

fn hint(confusable: Option<Confusable>, kana: bool) -> &'static str {
    match confusable {
        Some(Confusable::Zero) => " (digit zero)",
        Some(Confusable::One) => " (digit one)",
        Some(Confusable::LetterI) => " (letter I)",
        Some(Confusable::LetterL) => " (letter L)",
        Some(Confusable::LetterO) => " (letter O)",
        None if kana => " (kana: is the input method on?)",
        None => "",
    }
}

/// What a group may begin with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Head {
    /// A letter: a passphrase prints it in upper case, so it must have one.
    Letter,
    /// Anything in the alphabet.
    Any,
}

/// Reads `groups` groups as a person typed them: full-width or not, in any case, with missing, odd or misplaced hyphens,
/// spaces, and whatever invisible came with a copy. Returns the bare characters in lower case.
///
/// Mapping comes before judging: a text is refused only for what cannot have been meant as ours.
pub(crate) fn read(typed: &str, groups: usize, head: Head) -> Result<Zeroizing<String>, Mistyped> {
    let folded = fold(typed);
    let pieces: Vec<&str> = folded.split(['-', ' ']).filter(|piece| !piece.is_empty()).collect();
    let mut bare = Zeroizing::new(String::with_capacity(folded.len()));
    bare.extend(pieces.iter().copied());
    let (found, expected) = (bare.chars().count(), groups * GROUP);

    if found == 0 {
        return Err(Mistyped::Empty);
    }
    if let Some(stray) = first_stray(&pieces, groups) {
        return Err(stray);
    }
    let fault = if found == expected {
        match judge(&bare, head) {
            Ok(()) => return Ok(bare),
            Err(fault) => Some(fault),
        }
    } else {
        None
    };
    // Misplaced hyphens were forgiven above as long as all the checks held; from here on they are taken at their word.
    let uneven = pieces.iter().position(|piece| piece.chars().count() != GROUP);
    Err(match (uneven, fault) {
        (Some(at), _) if pieces.len() == groups => {
            Mistyped::WrongLength { group: at + 1, found: pieces[at].chars().count() }
        }
        (_, Some(fault)) => fault,
        (None, None) if pieces.len() < groups => Mistyped::TooFewGroups { found: pieces.len() },
        (None, None) => Mistyped::TooManyGroups { found: pieces.len() },
        (Some(_), None) => Mistyped::Length { found, expected, between: locate(&bare, groups, head) },
    })
}

/// Undoes what keyboards, input methods and word processors do. Every separator becomes `-`, or a space if the text has no
/// hyphens at all (then spaces are all there is to tell groups by). Never longer than the text, so nothing is reallocated
/// and no unwiped copy stays behind.
fn fold(typed: &str) -> Zeroizing<String> {
    let mut folded = Zeroizing::new(String::with_capacity(typed.len()));
    folded.extend(typed.chars().filter_map(fold_character));
    if folded.contains('-') {
        folded.retain(|c| c != ' ');
    }
    folded
}

fn fold_character(typed: char) -> Option<char> {
    // The full-width forms of ASCII, as NFKC maps them.
    let c = match typed {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(typed) - 0xFEE0)?,
        _ => typed,
    };
    match c {
        _ if invisible(c) => None,
        '-' | '_' | '‐' | '‑' | '‒' | '–' | '—' | '―' | '⁃' | '−' | '─' | '━' | 'ー' | '゠' | 'ｰ' | '﹘' | '﹣' => {
            Some('-')
        }
        _ if c.is_whitespace() => Some(' '),
        _ => Some(c.to_ascii_lowercase()),
    }
}

/// Characters that show nothing and that nobody types on purpose: soft hyphen, zero-width, direction marks, variation
/// selectors, byte order mark.
pub(crate) fn invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}

/// The first character that never occurs. Beyond the last group the length says more, so those are left to it.
fn first_stray(pieces: &[&str], groups: usize) -> Option<Mistyped> {
    let separated = pieces.len() == groups;
    let placed = pieces
        .iter()
        .enumerate()
        .flat_map(|(group, piece)| piece.chars().enumerate().map(move |(place, c)| (group, place, c)));
    let (count, (group, place, c)) = placed.enumerate().find(|(_, (_, _, c))| value(*c).is_none())?;
    let (group, place) = if separated { (group, place) } else { (count / GROUP, count % GROUP) };
    (group < groups).then(|| Mistyped::Letter {
        group: group + 1,
        place: place + 1,
        confusable: match c {
            '0' => Some(Confusable::Zero),
            '1' => Some(Confusable::One),
            'i' => Some(Confusable::LetterI),
            'l' => Some(Confusable::LetterL),
            'o' => Some(Confusable::LetterO),
            _ => None,
        },
        kana: matches!(c, '\u{3041}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}' | '\u{3400}'..='\u{9FFF}' | '\u{FF66}'..='\u{FF9F}'),
    })
}

/// Names the first group that is wrong in a text of the right length. Strays are gone by now, so it is ASCII.
fn judge(bare: &str, head: Head) -> Result<(), Mistyped> {
    for (group, start) in (1..).zip((0..bare.len()).step_by(GROUP)) {
        let text = &bare[start..start + GROUP];
        if !begins_well(text, head) {
            return Err(Mistyped::FirstNotLetter { group });
        }
        if !holds(text, group) {
            return Err(Mistyped::Check { group });
        }
    }
    Ok(())
}

fn begins_well(group: &str, head: Head) -> bool {
    head == Head::Any || group.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// Where characters are missing or too many in a text without separators: the group without which all others hold, those
/// before it counted from the front and those after it from the back. That is always true of the group at fault; when it
/// is true of a neighbour too (a character doubled where they meet, or one chance in 31), both are told, and when it is
/// true of more, none. (Suspects are always neighbours: if two are, the groups between hold counted from either end.)
fn locate(bare: &str, groups: usize, head: Head) -> Option<(usize, usize)> {
    let expected = groups * GROUP;
    // A stray beyond the last group can still be in here, and then bytes are not characters.
    if !bare.is_ascii() || bare.len().abs_diff(expected) > GROUP {
        return None;
    }
    let fits = |start: usize, position: usize| {
        let text = &bare[start..start + GROUP];
        begins_well(text, head) && holds(text, position)
    };
    let suspects: Vec<usize> = (1..=groups)
        .filter(|&suspect| {
            (1..suspect).all(|position| fits((position - 1) * GROUP, position))
                && (suspect + 1..=groups).all(|position| fits(bare.len() - (groups + 1 - position) * GROUP, position))
        })
        .collect();
    match suspects[..] {
        [only] => Some((only, only)),
        [first, last] => Some((first, last)),
        _ => None,
    }
}

/// 79 bits in four checked groups, `7K3MX-…`: a short code that a person carries from one sheet to another. It pins the
/// head of a ledger, or shows that someone could read what was sealed.
///
/// Printed in upper case so that nobody takes it for a passphrase. `Debug` keeps the text to itself, because a code that
/// proves reading is worth something until it is said.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(u128);

impl Code {
    const GROUPS: usize = 4;
    const BITS: u32 = 79;
    /// 80 bits, of which the last is dropped.
    const BYTES: usize = 10;

    /// A new code from the system's random source.
    ///
    /// # Errors
    ///
    /// When the system has no randomness to give.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = Zeroizing::new([0; Self::BYTES]);
        getrandom::fill(bytes.as_mut())?;
        Ok(Self::from_first_bits(&bytes))
    }

    /// The code that the first 79 bits of these bytes make, of a hash for one. Fewer than 10 bytes do not compile.
    #[must_use]
    pub fn from_first_bits<const N: usize>(bytes: &[u8; N]) -> Self {
        const { assert!(N >= Self::BYTES) };
        let eighty = bytes.iter().take(Self::BYTES).fold(0, |bits, &byte| bits << 8 | u128::from(byte));
        Self(eighty >> 1)
    }

    /// Reads a code as a person typed it.
    ///
    /// # Errors
    ///
    /// Says which group is wrong, and in what way.
    pub fn parse(typed: &str) -> Result<Self, Mistyped> {
        let bare = read(typed, Self::GROUPS, Head::Any)?;
        let data = bare.chars().enumerate().filter(|(at, _)| at % GROUP != GROUP - 1);
        let bits = data.filter_map(|(_, c)| value(c)).fold(0, |bits, v| bits * MODULUS as u128 + v as u128);
        // 31^16 is a little more than 2^79. The leading group decides that, but for one value in 900,000.
        if bits >> Self::BITS == 0 { Ok(Self(bits)) } else { Err(Mistyped::Beyond { group: 1 }) }
    }

    /// SHA-256 of the printed text: what a record keeps of a code that it must recognise and not reveal.
    #[must_use]
    pub fn sha256(&self) -> [u8; 32] {
        Sha256::digest(self.to_string()).into()
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = [[0; GROUP - 1]; Self::GROUPS];
        let mut rest = self.0;
        for digit in digits.as_flattened_mut().iter_mut().rev() {
            #[expect(clippy::cast_possible_truncation, reason = "a remainder of 31")]
            let remainder = (rest % MODULUS as u128) as u8;
            *digit = remainder;
            rest /= MODULUS as u128;
        }
        for (position, data) in (1..).zip(&digits) {
            let hyphen = if position == 1 { "" } else { "-" };
            f.write_str(hyphen)?;
            for &v in data {
                write!(f, "{}", char::from(ALPHABET[usize::from(v)]).to_ascii_uppercase())?;
            }
            write!(f, "{}", check_character(data, position).to_ascii_uppercase())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Fixed numbers, so that a failure comes back the same way.
    struct Numbers(u64);

    impl Numbers {
        fn next(&mut self) -> u64 {
            self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^ (z >> 31)
        }

        fn group(&mut self, position: usize) -> Vec<char> {
            let data = [(); 4].map(|()| u8::try_from(self.next() % 31).unwrap());
            let mut group: Vec<char> = data.iter().map(|&v| char::from(ALPHABET[usize::from(v)])).collect();
            group.push(check_character(&data, position));
            group
        }

        fn code(&mut self) -> Code {
            let mut bytes = [0; 16];
            bytes[..8].copy_from_slice(&self.next().to_be_bytes());
            bytes[8..].copy_from_slice(&self.next().to_be_bytes());
            Code::from_first_bits(&bytes)
        }
    }

    fn text(group: &[char]) -> String {
        group.iter().collect()
    }

    fn check(group: usize) -> Mistyped {
        Mistyped::Check { group }
    }

    #[test]
    fn alphabet_is_what_the_pattern_says() {
        assert_eq!(ALPHABET.iter().filter(|c| c.is_ascii_lowercase()).count(), usize::from(LETTERS));
        assert!(ALPHABET[usize::from(LETTERS)..].iter().all(u8::is_ascii_digit));
        for c in ('a'..='z').chain('0'..='9') {
            assert_eq!(value(c).is_none(), "01ilo".contains(c), "{c}");
            assert_eq!(value(c), value(c.to_ascii_uppercase()), "{c}");
        }
    }

    /// Worked by hand: h=7 k=9 7=28 m=10 weigh 7+18+84+40 = 149; 1−149 ≡ 7 and 7·25 = 175 ≡ 20, which is x.
    #[test]
    fn check_character_worked_by_hand() {
        assert_eq!(check_character(&[7, 9, 28, 10], 1), 'x');
        assert!(holds("hk7mx", 1) && holds("HK7MX", 1));
        for (group, position) in [("hk7mx", 2), ("hk7m", 1), ("hk7mxa", 1), ("hk7m0", 1), ("", 0), ("", 31)] {
            assert!(!holds(group, position), "{group} {position}");
        }
    }

    #[test]
    fn every_substitution_is_caught() {
        let mut numbers = Numbers(1);
        for round in 0..2000 {
            let position = 1 + round % 30;
            let group = numbers.group(position);
            assert!(holds(&text(&group), position));
            for place in 0..GROUP {
                for &other in ALPHABET {
                    let mut wrong = group.clone();
                    wrong[place] = char::from(other);
                    assert_eq!(holds(&text(&wrong), position), wrong == group, "{group:?} {wrong:?}");
                }
            }
        }
    }

    #[test]
    fn every_exchange_of_two_and_every_twin_error_is_caught() {
        let mut numbers = Numbers(2);
        for _ in 0..2000 {
            let group = numbers.group(3);
            for (one, other) in (0..GROUP).flat_map(|one| (0..one).map(move |other| (one, other))) {
                let mut wrong = group.clone();
                wrong.swap(one, other);
                assert_eq!(holds(&text(&wrong), 3), wrong == group, "{group:?} {wrong:?}");
                if group[one] == group[other] {
                    for &twin in ALPHABET {
                        let mut wrong = group.clone();
                        (wrong[one], wrong[other]) = (char::from(twin), char::from(twin));
                        assert_eq!(holds(&text(&wrong), 3), wrong == group, "{group:?} {wrong:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_code_names_the_mistyped_group() {
        let mut numbers = Numbers(3);
        for _ in 0..300 {
            let canonical = numbers.code().to_string();
            for at in (0..canonical.len()).filter(|at| at % 6 != 5) {
                for &other in ALPHABET {
                    let other = char::from(other).to_ascii_uppercase().to_string();
                    let mut wrong = canonical.clone();
                    wrong.replace_range(at..=at, &other);
                    if wrong != canonical {
                        assert_eq!(Code::parse(&wrong), Err(check(at / 6 + 1)), "{canonical} {wrong}");
                    }
                }
                if at % 6 < 4 {
                    let mut wrong: Vec<char> = canonical.chars().collect();
                    wrong.swap(at, at + 1);
                    let expected =
                        if text(&wrong) == canonical { Ok(numbers_of(&canonical)) } else { Err(check(at / 6 + 1)) };
                    assert_eq!(Code::parse(&text(&wrong)), expected);
                }
            }
            let groups: Vec<&str> = canonical.split('-').collect();
            for (one, other) in [(0, 1), (0, 3), (1, 2), (2, 3)] {
                let mut wrong = groups.clone();
                wrong.swap(one, other);
                assert_eq!(Code::parse(&wrong.join("-")), Err(check(one + 1)), "{canonical}");
            }
        }
    }

    fn numbers_of(canonical: &str) -> Code {
        Code::parse(canonical).unwrap()
    }

    /// The numbers were worked out apart from this program (Python), the largest code among them.
    #[test]
    fn codes_known_in_advance() {
        let hash: [u8; 32] = Sha256::digest(b"tewatashi").into();
        let cases = [([0; 32], KNOWN[0]), ([0xff; 32], KNOWN[1]), (hash, KNOWN[2])];
        for (bytes, expected) in cases {
            let code = Code::from_first_bits(&bytes);
            assert_eq!(code.to_string(), expected);
            assert_eq!(Code::parse(expected), Ok(code.clone()));
            assert_eq!(code.sha256(), <[u8; 32]>::from(Sha256::digest(expected)));
        }
    }

    const KNOWN: [&str; 3] = ["AAAA4-AAAAW-AAAAQ-AAAAH", "42UJW-K47FF-H87EN-VQ2SZ", "QEMNG-68WPP-2YHR7-SZKQ8"];

    #[test]
    fn only_the_first_79_bits_count() {
        let mut bytes = [0x5a; 12];
        let code = Code::from_first_bits(&bytes);
        bytes[9] ^= 1;
        bytes[10] = 0;
        assert_eq!(Code::from_first_bits(&bytes), code);
        bytes[9] ^= 2;
        assert_ne!(Code::from_first_bits(&bytes), code);
    }

    #[test]
    fn every_check_right_and_still_no_code() {
        let group = |position| ["9999", &check_character(&[30; 4], position).to_string()].concat();
        let typed = [1, 2, 3, 4].map(group).join("-");
        assert_eq!(Code::parse(&typed), Err(Mistyped::Beyond { group: 1 }));
    }

    #[test]
    fn random_codes_differ_and_stay_silent() {
        let code = Code::random().unwrap();
        assert_ne!(code, Code::random().unwrap());
        assert_eq!(format!("{code:?}"), "Code(..)");
    }

    proptest! {
        #[test]
        fn no_text_makes_reading_a_code_panic(typed in any::<String>(), near in "[2-9a-zA-Z０-９ａ-ｚーあ 　-]{0,40}") {
            for typed in [typed, near] {
                if let Ok(code) = Code::parse(&typed) {
                    prop_assert_eq!(Code::parse(&code.to_string()), Ok(code));
                }
            }
        }

        #[test]
        fn a_code_survives_print_and_typing(bytes: [u8; 10], spaces: bool) {
            let code = Code::from_first_bits(&bytes);
            let typed = code.to_string().to_lowercase().replace('-', if spaces { "　" } else { "" });
            prop_assert_eq!(Code::parse(&typed), Ok(code));
        }
    }
}
