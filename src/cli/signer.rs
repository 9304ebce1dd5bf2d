//! Whose signature a bundle bears, and whether this desk knows the key.

use serde_json::json;

use super::desk::Desk;
use super::failure::Failure;
use crate::bundle::{self, Bundle, Check, Damage, Error, PublicFault, Report};
use crate::ledger::keys;
use crate::sign;
use crate::t;
use crate::term::show;

/// Whose signature it is.
pub enum Signer {
    /// A key given by `--signer`, or this desk's own.
    Known(String),
    /// A good signature by a key nobody vouched for.
    Unknown(String),
    /// There is a signature, and it does not hold.
    Bad,
    /// None.
    None,
}

impl Signer {
    /// Where no signature holds: a bad one must not pass for none, which is what a foreign file has.
    pub fn without(fault: Option<&Error>) -> Self {
        match fault {
            Some(Error::Damaged(Damage::Public(PublicFault::Signature))) => Self::Bad,
            Some(Error::Damaged(Damage::Public(PublicFault::Malformed(name))))
                if [bundle::SIGNATURE_NAME, bundle::SIGNER_NAME].contains(&name.as_str()) =>
            {
                Self::Bad
            }
            _ => Self::None,
        }
    }

    /// What became of the signature, for scripts.
    pub fn signature(&self) -> &'static str {
        match self {
            Self::Known(_) | Self::Unknown(_) => "holds",
            Self::Bad => "does_not_hold",
            Self::None => "none",
        }
    }
}

/// Keys this run trusts.
pub struct Trusted {
    given: Vec<String>,
    known: Vec<String>,
}

impl Trusted {
    /// Those of `--signer`, else this desk's own, former ones too, and those of others that were confirmed from paper.
    pub fn new(desk: &Desk, given: &[String]) -> Result<Self, Failure> {
        let given = fingerprints(given)?;
        let own = desk.look(keys::all)?.into_iter().map(|key| key.fingerprint);
        let others = desk.look(keys::trusted)?.into_iter().map(|(key, _)| key);
        Ok(Self { given, known: own.chain(others).collect() })
    }

    /// Judges the signature and notes it in the report.
    pub fn judge(&self, bundle: &Bundle, report: &mut Report) -> Signer {
        let Ok(Some(found)) = bundle.signer.clone() else {
            // Attack: `bundle.json` left out, so that nobody looks for the signer that was asked for.
            if !self.given.is_empty() && bundle.signer.is_ok() {
                report.note(Check::SignerKnown, Err(PublicFault::NoSignature.into()));
            }
            let fault = bundle.signer.clone().err().map(Error::from);
            return Signer::without(fault.as_ref());
        };
        if self.given.contains(&found) || (self.given.is_empty() && self.known.contains(&found)) {
            report.checked.push(Check::SignerKnown);
            return Signer::Known(found);
        }
        if !self.given.is_empty() {
            let fault = PublicFault::OtherSigner { found: found.clone() };
            report.note(Check::SignerKnown, Err(fault.into()));
        }
        Signer::Unknown(found)
    }
}

/// What `--signer` says: fingerprints, or files with a key.
pub fn fingerprints(given: &[String]) -> Result<Vec<String>, Failure> {
    given.iter().map(|text| fingerprint(text)).collect()
}

fn fingerprint(text: &str) -> Result<String, Failure> {
    if sign::is_fingerprint(text) {
        return Ok(text.to_owned());
    }
    let bad = || Failure::usage("bad_signer", t!("err-bad-signer", text = show::name(text)), t!("hint-bad-signer"));
    let line = std::fs::read_to_string(text).map_err(|_| bad())?;
    sign::fingerprint_of(line.trim()).map_err(|_| bad())
}

/// One line that says whose signature it is.
pub fn signer_line(signer: &Signer) -> String {
    match signer {
        Signer::Known(found) => t!("signer-known", fingerprint = found.clone()),
        Signer::Unknown(found) => t!("signer-unknown", fingerprint = found.clone()),
        Signer::Bad => t!("signer-bad"),
        Signer::None => t!("signer-none"),
    }
}

/// For scripts.
pub fn signer_json(signer: &Signer) -> serde_json::Value {
    match signer {
        Signer::Known(found) => json!({ "fingerprint": found, "known": true }),
        Signer::Unknown(found) => json!({ "fingerprint": found, "known": false }),
        Signer::Bad | Signer::None => serde_json::Value::Null,
    }
}
