//! The document that was given: its record, its signature, and its page where it is one.

use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::cli::failure::Failure;
use crate::cli::words;
use crate::erase::os;
use crate::paper::attached::{MOST_PDF, MOST_RECORD};
use crate::paper::{AttachedFault, Form, Record, attached, record};

/// No signature is larger.
const MOST_SIGNATURE: u64 = 64 * 1024;

/// How every record begins: its keys are in order.
const BEGINS: &[u8] = b"{\"case\":";

/// Why what was given is no document that can be checked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Neither a page nor a record of ours.
    #[error("no document of ours")]
    NotOurs,
    /// Nothing can be taken out of the page.
    #[error(transparent)]
    Attached(#[from] AttachedFault),
    /// A record, and not as it was written.
    #[error("the record cannot be read")]
    Unreadable,
    /// A newer program wrote it.
    #[error("a newer record")]
    Newer,
    /// A slip.
    #[error("a slip")]
    Slip,
}

/// A document.
pub struct Given {
    /// What it says.
    pub record: Record,
    /// The same, byte for byte.
    pub bytes: Vec<u8>,
    /// Its signature.
    pub signature: Option<String>,
    /// The page; none for a record alone.
    pub pdf: Option<Vec<u8>>,
    /// Whether another program saved the page again.
    pub revised: bool,
    /// The folder it lies in.
    pub folder: PathBuf,
}

impl Given {
    /// Reads it.
    ///
    /// # Errors
    /// The system's, or why it cannot be checked.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        // Which file is meant is the user's choice, links and all.
        let real = path.canonicalize().map_err(|e| words::io(path, &e))?;
        let unfit = |why: Unfit| words::unfit(path, &why);
        let bytes = read(&real, MOST_PDF).map_err(|e| words::io(path, &e))?;
        let bytes = bytes.ok_or_else(|| unfit(AttachedFault::TooLarge.into()))?;
        let folder = real.parent().map(Path::to_owned).unwrap_or_default();
        let given = if bytes.starts_with(b"%PDF-") {
            let inside = attached(&bytes).map_err(|fault| unfit(fault.into()))?;
            let signature = inside.signature.map(|text| String::from_utf8_lossy(&text).into_owned());
            let record = parse(&inside.record).map_err(unfit)?;
            Self { record, bytes: inside.record, signature, pdf: Some(bytes), revised: inside.revised, folder }
        } else {
            if bytes.len() > MOST_RECORD {
                return Err(unfit(AttachedFault::TooLarge.into()));
            }
            let record = parse(&bytes).map_err(unfit)?;
            let signature = beside(&real).map_err(|(at, e)| words::io(&at, &e))?;
            Self { record, bytes, signature, pdf: None, revised: false, folder }
        };
        if given.record.form == Form::Slip.name() { Err(unfit(Unfit::Slip)) } else { Ok(given) }
    }

    /// Whether it is of the form with which erasure is certified.
    pub fn is_erasure(&self) -> bool {
        self.record.form == Form::Erasure.name()
    }
}

/// What is read of a file that is not larger than this.
pub(super) fn read(path: &Path, most: u64) -> std::io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    os::open_read(path)?.take(most + 1).read_to_end(&mut bytes)?;
    Ok(Some(bytes).filter(|bytes| bytes.len() as u64 <= most))
}

/// The signature beside a record: `D-0007.json.sig`, or `D-0007.sig`.
fn beside(record: &Path) -> Result<Option<String>, (PathBuf, std::io::Error)> {
    for place in [record.with_added_extension("sig"), record.with_extension("sig")] {
        match read(&place, MOST_SIGNATURE) {
            Ok(bytes) => return Ok(Some(String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned())),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(e) => return Err((place, e)),
        }
    }
    Ok(None)
}

/// Attack: one more key, a key twice, another spelling of a number: a record that says more than what is looked at. Only the
/// one canonical text is taken.
fn parse(bytes: &[u8]) -> Result<Record, Unfit> {
    let begins = bytes.starts_with(BEGINS);
    let unlike = if begins { Unfit::Unreadable } else { Unfit::NotOurs };
    let value: Value = serde_json::from_slice(bytes).map_err(|_| unlike.clone())?;
    let has = |key: &str| value.get(key).is_some();
    if !["form", "number", "ledger", "fields"].into_iter().all(has) {
        return Err(unlike);
    }
    if value.get("v").and_then(Value::as_u64).is_some_and(|v| v > u64::from(record::VERSION)) {
        return Err(Unfit::Newer);
    }
    let record: Record = serde_json::from_value(value).map_err(|_| Unfit::Unreadable)?;
    let same = record.bytes().is_ok_and(|canonical| canonical == bytes);
    if same { Ok(record) } else { Err(Unfit::Unreadable) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paper::sample;

    #[test]
    fn only_the_text_that_was_written_is_a_record() {
        let record = sample(Form::Erasure);
        let bytes = record.bytes().unwrap();
        assert_eq!(parse(&bytes), Ok(record));
        let text = String::from_utf8(bytes).unwrap();
        let with = |from: &str, to: &str| parse(text.replacen(from, to, 1).as_bytes());
        assert_eq!(with("{\"case\"", "{\"case\":{},\"case\""), Err(Unfit::Unreadable), "a key twice");
        assert_eq!(with("\"v\":1", "\"v\":1,\"x\":1"), Err(Unfit::Unreadable), "one more");
        assert_eq!(with("\"v\":1", "\"v\":1.0"), Err(Unfit::Unreadable));
        assert_eq!(with("\"v\":1", "\"v\":2"), Err(Unfit::Newer));
        assert_eq!(parse(format!("{text}\n").as_bytes()), Err(Unfit::Unreadable));
        assert_eq!(parse(&text.as_bytes()[..text.len() - 1]), Err(Unfit::Unreadable));
        for other in ["", "{}", "[1]", "{\"number\":1}", "氏名,住所"] {
            assert_eq!(parse(other.as_bytes()), Err(Unfit::NotOurs), "{other}");
        }
    }
}
