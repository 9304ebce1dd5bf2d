//! Which names may stand in a bundle: those that every desk can store, show and tell apart.
//!
//! The same rules hold when packing (the clerk hears of it before anything is written) and when opening (a forged
//! bundle is refused). Names are stored as they are, never normalised: NFC alone changes compatibility kanji.

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

use super::error::NameFault;

/// The longest path below `data/`, in bytes: well under Linux' 4,096 with room for the folder it is opened into.
pub const MOST_PATH: usize = 3_072;
/// The longest component: what ext4, xfs, btrfs take.
pub const MOST_COMPONENT: usize = 255;

/// Checks a relative path with `/` between components.
///
/// # Errors
/// The first fault found.
pub fn check(path: &str) -> Result<(), NameFault> {
    if path.starts_with('/') || path.starts_with('\\') || has_drive(path) {
        return Err(NameFault::Absolute);
    }
    if path.len() > MOST_PATH {
        return Err(NameFault::PathTooLong);
    }
    path.split('/').try_for_each(check_component)
}

fn has_drive(path: &str) -> bool {
    let bytes = path.as_bytes();
    bytes.len() >= 3 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':' && matches!(bytes[2], b'\\' | b'/')
}

fn check_component(name: &str) -> Result<(), NameFault> {
    match name {
        "" => return Err(NameFault::Empty),
        "." => return Err(NameFault::Dot),
        ".." => return Err(NameFault::Parent),
        _ => {}
    }
    if name.len() > MOST_COMPONENT {
        return Err(NameFault::TooLong);
    }
    for c in name.chars() {
        match c {
            '<' | '>' | ':' | '"' | '|' | '?' | '*' | '\\' => return Err(NameFault::Forbidden(c)),
            c if c.is_control() => return Err(NameFault::Control),
            c if is_hidden(c) => return Err(NameFault::Hidden),
            _ => {}
        }
    }
    if name.ends_with(['.', ' ']) {
        return Err(NameFault::TrailingDotOrSpace);
    }
    if is_reserved(name) {
        return Err(NameFault::Reserved);
    }
    Ok(())
}

/// Attack: U+202E shows `list<U+202E>fdp.exe` as `listexe.pdf`; line separators and zero-width marks make two names look
/// alike. Joiners used inside real words (U+200C, U+200D) and variation selectors for kanji stay allowed.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
        | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{2060}' | '\u{61c}')
}

/// Windows' device names, with or without an extension, superscript digits among them.
fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end_matches(' ');
    let upper = stem.to_ascii_uppercase();
    if matches!(upper.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$") {
        return true;
    }
    let mut chars = upper.chars();
    let head: String = chars.by_ref().take(3).collect();
    matches!(head.as_str(), "COM" | "LPT")
        && matches!((chars.next(), chars.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
}

/// Upper case where that is one character: Windows compares so, and ς and σ meet only there.
fn upper(c: char) -> char {
    let mut upper = c.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

/// What two names share when some desk cannot tell them apart: upper and lower case, and composed or not.
///
/// Sixteen bytes of SHA-256 stand for the folded path, so that half a million names cost eight megabytes.
#[must_use]
pub fn fold(path: &str) -> u128 {
    // ASCII is composed already; most paths of most desks are.
    let folded: String = if path.is_ascii() {
        path.to_ascii_lowercase()
    } else {
        path.nfc().map(upper).flat_map(char::to_lowercase).nfc().collect()
    };
    let digest: [u8; 32] = Sha256::digest(folded.as_bytes()).into();
    u128::from_be_bytes(*digest.first_chunk().unwrap_or(&[0; 16]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_and_awkward_names_pass() {
        for name in [
            "令和8年度/住所 氏名.csv",
            ".hidden",
            "100%.txt",
            "ﾊﾝｶｸ.txt",
            "か\u{3099}.txt",
            "a (1).txt",
            "console.txt",
            "com10",
            "葛\u{e0100}.txt",
            "神.txt",
            "auxiliary",
            "null",
        ] {
            assert_eq!(check(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn each_fault_is_named() {
        for (name, fault) in [
            ("/etc/passwd", NameFault::Absolute),
            ("C:/x", NameFault::Absolute),
            ("a/../b", NameFault::Parent),
            ("./a", NameFault::Dot),
            ("a//b", NameFault::Empty),
            ("a/", NameFault::Empty),
            ("a\\b", NameFault::Forbidden('\\')),
            ("a:b", NameFault::Forbidden(':')),
            ("a\u{7}b", NameFault::Control),
            ("a\nb", NameFault::Control),
            ("a\u{85}b", NameFault::Control),
            ("x\u{202e}fdp.exe", NameFault::Hidden),
            ("CON", NameFault::Reserved),
            ("aux.txt", NameFault::Reserved),
            ("d/Nul .tar.gz", NameFault::Reserved),
            ("COM¹.log", NameFault::Reserved),
            ("lpt9", NameFault::Reserved),
            ("a./b", NameFault::TrailingDotOrSpace),
            ("a ", NameFault::TrailingDotOrSpace),
        ] {
            assert_eq!(check(name), Err(fault), "{name:?}");
        }
        assert_eq!(check(&"あ".repeat(86)), Err(NameFault::TooLong));
        assert_eq!(check(&"あ".repeat(85)), Ok(()));
        assert_eq!(check(&"a/".repeat(1600)), Err(NameFault::PathTooLong));
    }

    #[test]
    fn folding_meets_case_and_composition_only() {
        assert_eq!(fold("名簿/A.CSV"), fold("名簿/a.csv"));
        assert_eq!(fold("が"), fold("か\u{3099}"));
        assert_ne!(fold("神"), fold("神社"));
        assert_eq!(fold("ΟΔΟΣ"), fold("οδος"));
        assert_eq!(fold("οδοσ"), fold("οδος"));
        assert_ne!(fold("ß"), fold("ss"));
        assert_ne!(fold("ａ"), fold("a"));
    }
}
