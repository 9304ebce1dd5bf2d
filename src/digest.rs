//! SHA-256 as text.

use sha2::{Digest, Sha256};

/// Lower-case hexadecimal, as `sha256sum` writes it.
#[must_use]
pub fn hex(bytes: &[u8; 32]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(64), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// The bytes that hexadecimal digits stand for, upper or lower case.
#[must_use]
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let bytes = pairs.iter().map(|&[high, low]| Some(digit(high)? << 4 | digit(low)?));
    rest.is_empty().then(|| bytes.collect())?
}

/// The SHA-256 of some bytes, as `sha256sum` writes it.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_back() {
        let digest = *b"0123456789abcdef0123456789abcdef";
        assert_eq!(unhex(&hex(&digest)).unwrap(), digest);
        assert_eq!(unhex("fFa0"), Some(vec![0xFF, 0xA0]));
        assert!(unhex("f").is_none() && unhex("fg").is_none() && unhex("+1").is_none());
    }
}
