//! What the case at hand knows of the document: its ledger, and the keys in it.

use serde_json::Value;

use super::given::Given;
use super::report::{Check, Notice, Problem, Report};
use crate::case::folder::CaseFolder;
use crate::cli::context::Context;
use crate::cli::desk::{Desk, Shelf, found};
use crate::cli::failure::Failure;
use crate::cli::words;
use crate::digest;
use crate::ledger::documents::{self, Issued};
use crate::ledger::{Entry, Error, Finding, Kind, Ledger, Outcome, Question, ShortCode, keys, verify};
use crate::t;

/// The case at hand, as far as there is one.
pub enum Place {
    /// Open to be written.
    Desk(Box<Desk>),
    /// To be read.
    Shelf(Box<Shelf>),
    /// None: whoever gets a certificate need not have one.
    Nowhere,
}

impl Place {
    /// Finds it. None is made.
    pub fn find(context: &Context) -> Result<Self, Failure> {
        if context.home().is_err() {
            return Ok(Self::Nowhere);
        }
        let (folder, stands_in) = found(context)?;
        if stands_in && !folder.exists() {
            return Ok(Self::Nowhere);
        }
        match Desk::open(context) {
            Ok(desk) => Ok(Self::Desk(Box::new(desk))),
            Err(failure) if failure.kind == "ledger_read_only" => {
                context.warn(&t!("warn-not-recorded", reason = failure.message));
                Shelf::open(context).map(|shelf| Self::Shelf(Box::new(shelf)))
            }
            Err(failure) => Err(failure),
        }
    }

    /// Its folder.
    pub fn folder(&self) -> Option<&CaseFolder> {
        match self {
            Self::Desk(desk) => Some(&desk.folder),
            Self::Shelf(case) => Some(&case.folder),
            Self::Nowhere => None,
        }
    }

    fn look<T>(&self, look: impl FnOnce(&Ledger) -> Result<T, Error>) -> Result<Option<T>, Failure> {
        match self {
            Self::Desk(desk) => desk.look(look).map(Some),
            Self::Shelf(case) => look(&case.ledger).map(Some).map_err(|e| words::ledger(&e)),
            Self::Nowhere => Ok(None),
        }
    }
}

/// What its ledger says.
#[derive(Default)]
pub struct Books {
    /// Fingerprints of the keys it ever had, and of those that were confirmed from paper.
    pub keys: Vec<String>,
    /// Whether it is the ledger that the record names.
    pub is_its_own: bool,
    issued: Option<Issued>,
    /// SHA-256 of pages that were printed again.
    reprints: Vec<String>,
    findings: Vec<Finding>,
}

impl Books {
    /// Looks everything up.
    pub fn of(place: &Place, given: &Given) -> Result<Option<Self>, Failure> {
        place.look(|ledger| Self::look_up(ledger, given))
    }

    fn look_up(ledger: &Ledger, given: &Given) -> Result<Self, Error> {
        let own = keys::all(ledger)?.into_iter().map(|key| key.fingerprint);
        let keys = own.chain(keys::trusted(ledger)?.into_iter().map(|(key, _)| key)).collect();
        let record = &given.record;
        if ledger.origin()? != record.ledger.origin {
            return Ok(Self { keys, ..Self::default() });
        }
        let history = ledger.history(&record.number)?;
        let again = history.iter().filter(|entry| entry.is(Kind::Print) && entry.result == Outcome::Done);
        let sha256 = |entry: &Entry| entry.facts.get("pdf_sha256").and_then(Value::as_str).map(str::to_owned);
        let code = ShortCode::parse(&record.ledger.code).ok();
        // Everything is computed anew: a ledger that was altered vouches for nothing.
        let verdict = verify::verify(ledger, &Question { code: code.as_ref(), ..Question::default() })?;
        let mut findings = verdict.findings;
        if code.is_none() {
            findings.push(Finding::CodeOtherPast { code: record.ledger.code.clone(), carried_by: None });
        }
        let issued = documents::find(ledger, &record.number)?;
        Ok(Self { keys, is_its_own: true, issued, reprints: again.filter_map(sha256).collect(), findings })
    }

    /// The entry that took it out of force.
    pub fn voided(&self) -> Option<u64> {
        self.issued.as_ref().and_then(|issued| issued.voided)
    }

    /// Holds the document against it.
    pub fn judge(&self, given: &Given, report: &mut Report) {
        if !self.is_its_own {
            return report.note(Notice::OtherLedger);
        }
        self.ledger(report);
        let sha256 = digest::sha256(&given.bytes);
        let Some(issued) = &self.issued else { return report.wrong(Check::Record, Problem::NotIssued) };
        if issued.record_sha256.as_ref() != Some(&sha256) {
            return report.wrong(Check::Record, Problem::RecordAltered);
        }
        report.right(Check::Record);
        match issued.voided {
            None => report.right(Check::InForce),
            Some(entry) => report.wrong(Check::InForce, Problem::Voided(entry)),
        }
        let Some(pdf) = &given.pdf else { return };
        let sha256 = digest::sha256(pdf);
        if issued.pdf_sha256.as_ref() == Some(&sha256) {
            report.right(Check::Print);
        } else if self.reprints.contains(&sha256) {
            report.right(Check::Print);
            report.note(Notice::Reprint);
        } else {
            report.note(Notice::OtherPrint);
        }
    }

    fn ledger(&self, report: &mut Report) {
        let of_the_code = |finding: &&Finding| {
            matches!(
                finding,
                Finding::CodeCutOff { carried_by: None, .. } | Finding::CodeOtherPast { carried_by: None, .. }
            )
        };
        let (code, other): (Vec<&Finding>, Vec<&Finding>) = self.findings.iter().partition(of_the_code);
        if !other.is_empty() {
            let findings = other.into_iter().cloned().collect();
            report.wrong(Check::LedgerCode, Problem::Ledger(findings));
        } else if code.is_empty() {
            report.right(Check::LedgerCode);
        } else {
            report.wrong(Check::LedgerCode, Problem::OtherPast);
        }
    }
}
