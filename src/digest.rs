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

/// By what a file can be told without giving its content away: HMAC-SHA-256 of its SHA-256 under a key.
///
/// Attack: a list of names and dates of birth is guessed until a bare SHA-256 of a small file fits. Without the key nothing
/// can be tried.
#[must_use]
pub fn keyed(key: &[u8], sha256: &[u8; 32]) -> [u8; 32] {
    let tag = ring::hmac::sign(&ring::hmac::Key::new(ring::hmac::HMAC_SHA256, key), sha256);
    let mut bytes = [0; 32];
    bytes.copy_from_slice(tag.as_ref());
    bytes
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

    #[test]
    fn a_fingerprint_is_the_hmac_of_the_digest() {
        // By Python's hmac, of the SHA-256 of "abc" under 32 times 0x0b.
        let sha256: [u8; 32] = Sha256::digest(b"abc").into();
        assert_eq!(
            hex(&keyed(&[0x0b; 32], &sha256)),
            "1e18c60af672a9a88fc69f853427d3283774b9f9672a5f83833ea5a463a47ccf"
        );
    }
}
