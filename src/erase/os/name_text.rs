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
    let name = bytes.and_then(super::name_from_bytes);
    name.map(N::from).ok_or_else(|| D::Error::custom("no name"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Holds(#[serde(with = "super")] OsString);

    #[test]
    fn every_name_comes_back() {
        use std::os::unix::ffi::OsStringExt;
        for bytes in [b"a.csv".to_vec(), "名簿".into(), vec![0xFF, b'a', 0x00FE], vec![]] {
            let name = Holds(OsString::from_vec(bytes));
            let text = serde_json::to_string(&name).unwrap();
            assert_eq!(serde_json::from_str::<Holds>(&text).unwrap(), name, "{text}");
        }
        assert_eq!(serde_json::to_string(&Holds("名簿".into())).unwrap(), r#""名簿""#);
        for bad in [r#"{"hex":"f"}"#, r#"{"hex":"zz"}"#, "1"] {
            assert!(serde_json::from_str::<Holds>(bad).is_err());
        }
    }
}
