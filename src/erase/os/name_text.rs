//! A file's name in a record, exactly: as text where it is text, else as the hexadecimal digits of its bytes.

use std::ffi::{OsStr, OsString};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Name<'a> {
    Text(std::borrow::Cow<'a, str>),
    Bytes { hex: String },
}

/// Writes a name.
///
/// # Errors
/// The serializer's.
pub fn serialize<S: Serializer>(name: &impl AsRef<OsStr>, to: S) -> Result<S::Ok, S::Error> {
    let name = name.as_ref();
    let name = if let Some(text) = name.to_str() {
        Name::Text(text.into())
    } else {
        let bytes = name.as_encoded_bytes().iter().map(|byte| format!("{byte:02x}"));
        Name::Bytes { hex: bytes.collect::<Vec<_>>().concat() }
    };
    name.serialize(to)
}

/// Reads one.
///
/// # Errors
/// It is none.
pub fn deserialize<'de, D: Deserializer<'de>, N: From<OsString>>(from: D) -> Result<N, D::Error> {
    let bytes = match Name::deserialize(from)? {
        Name::Text(text) => return Ok(OsString::from(text.into_owned()).into()),
        Name::Bytes { hex } => hex,
    };
    let bytes = crate::digest::unhex(&bytes);
    let name = bytes.as_deref().and_then(super::name_from_bytes);
    name.map(N::from).ok_or_else(|| D::Error::custom("no name"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Holds(#[serde(with = "super")] OsString);

    /// A name that the system allows and that is no text.
    fn no_text() -> OsString {
        #[cfg(unix)]
        return std::os::unix::ffi::OsStringExt::from_vec(vec![0xFF, b'a', 0x00FE]);
        #[cfg(windows)]
        return std::os::windows::ffi::OsStringExt::from_wide(&[0xD83D, u16::from(b'a'), 0xDC00]);
    }

    #[test]
    fn every_name_comes_back() {
        for name in ["a.csv".into(), "名簿".into(), no_text(), OsString::new()] {
            let name = Holds(name);
            let text = serde_json::to_string(&name).unwrap();
            assert_eq!(serde_json::from_str::<Holds>(&text).unwrap(), name, "{text}");
        }
        assert_eq!(serde_json::to_string(&Holds("名簿".into())).unwrap(), r#""名簿""#);
        for bad in [r#"{"hex":"f"}"#, r#"{"hex":"zz"}"#, "1"] {
            assert!(serde_json::from_str::<Holds>(bad).is_err());
        }
    }
}
