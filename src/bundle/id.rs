//! A bundle's name: `TW-20261121-7K3M`.

use super::error::Error;

const PLACES: &[u8] = b"ABCDEFGHJKMNPQRSTUVWXYZ23456789";

/// The name of a bundle, on the medium's label, in the ledger and as its folder. Says nothing of the content.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub struct BundleId(String);

impl BundleId {
    /// A fresh name for a day written as `YYYYMMDD`.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn draw(day: &str) -> Result<Self, Error> {
        let mut tail = String::with_capacity(4);
        while tail.len() < 4 {
            let mut byte = [0];
            getrandom::fill(&mut byte).map_err(|_| Error::Sealing)?;
            // 31 of 32 values, the rest drawn again: every place equally likely.
            if let Some(&c) = PLACES.get(usize::from(byte[0] & 31)) {
                tail.push(char::from(c));
            }
        }
        Ok(Self(format!("TW-{day}-{tail}")))
    }

    /// Reads a name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("TW-")?;
        let (day, tail) = rest.split_once('-')?;
        let right = day.len() == 8
            && day.bytes().all(|b| b.is_ascii_digit())
            && tail.len() == 4
            && tail.bytes().all(|b| PLACES.contains(&b));
        right.then(|| Self(text.to_owned()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for BundleId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawn_names_parse_and_forged_ones_do_not() {
        let id = BundleId::draw("20261121").unwrap();
        assert_eq!(BundleId::parse(id.as_str()), Some(id));
        for bad in
            ["TW-20261121-7K3", "TW-2026112-7K3MM", "TW-20261121-7K3M/", "../x", "TW-20261121-7k3m", "TW-20261121-0K3M"]
        {
            assert_eq!(BundleId::parse(bad), None, "{bad}");
        }
    }
}
