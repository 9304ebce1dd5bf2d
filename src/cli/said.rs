//! What a person says for the ledger.

use super::failure::Failure;
use crate::t;
use crate::term::show;

/// A text a person gave for the ledger.
pub fn text(text: &str) -> Result<String, Failure> {
    let trimmed = text.trim();
    if trimmed.is_empty() || trimmed.len() > 4096 || trimmed.chars().any(|c| c.is_control() && c != '\n') {
        return Err(Failure::usage("bad_text", t!("err-bad-text", text = show::name(text)), t!("hint-bad-text")));
    }
    Ok(trimmed.to_owned())
}

/// Several of them.
pub fn texts(all: &[String]) -> Result<Vec<String>, Failure> {
    all.iter().map(|one| text(one)).collect()
}
