//! Words of checking a document: why it cannot be, and what was found.

use std::path::Path;

use super::broken;
use crate::cli::certificate::{Check, Contradiction, Notice, Problem, Unfit};
use crate::cli::failure::{Failure, code};
use crate::paper::AttachedFault;
use crate::t;
use crate::term::show;

/// What was given is no document that can be checked.
pub fn unfit(path: &Path, why: &Unfit) -> Failure {
    let shown = show::path(path);
    let p = shown.clone();
    let none = |message| Failure::failed("not_a_certificate", message, t!("hint-not-a-certificate"));
    let damaged = |message| Failure::new(code::DAMAGED, "record_unreadable", message, t!("hint-document-altered"));
    let failure = match why {
        Unfit::NotOurs | Unfit::Attached(AttachedFault::NotAPdf) => none(t!("err-not-a-certificate", path = p)),
        Unfit::Attached(AttachedFault::NoRecord) => none(t!("err-no-record-inside", path = p)),
        Unfit::Attached(AttachedFault::OtherWriter) => none(t!("err-other-writer", path = p)),
        Unfit::Attached(AttachedFault::Twice(name)) => {
            damaged(t!("err-attached-twice", path = p, name = show::name(name)))
        }
        Unfit::Attached(AttachedFault::Broken) => damaged(t!("err-attached-broken", path = p)),
        Unfit::Attached(AttachedFault::TooLarge) => damaged(t!("err-attached-large", path = p)),
        Unfit::Unreadable => damaged(t!("err-record-unreadable", path = p)),
        Unfit::Newer => Failure::failed("record_newer", t!("err-record-newer", path = p), t!("hint-newer")),
        Unfit::Slip => Failure::refused(
            "slip_no_certificate",
            t!("err-slip-no-certificate", path = p),
            t!("hint-slip-no-certificate"),
        ),
    };
    failure.about(shown)
}

/// What must not be.
pub fn problem(problem: &Problem) -> Failure {
    let damaged = |kind, message| Failure::new(code::DAMAGED, kind, message, t!("hint-document-altered"));
    match problem {
        Problem::SignatureBad => damaged("signature_bad", t!("err-document-signature")),
        Problem::SignatureMissing => damaged("signature_missing", t!("err-document-unsigned")),
        Problem::OtherKey { found } => {
            damaged("other_key", t!("err-document-other-key", fingerprint = show::name(found)))
        }
        Problem::OtherSigner { found } => {
            damaged("other_signer", t!("err-document-other-signer", fingerprint = show::name(found)))
        }
        Problem::RecordAltered => damaged("record_altered", t!("err-document-altered")),
        Problem::NotIssued => damaged("not_issued", t!("err-document-not-issued")),
        Problem::Voided(entry) => Failure::failed(
            "document_voided",
            t!("err-document-voided", entry = entry.to_string()),
            t!("hint-document-voided"),
        ),
        Problem::OtherPast => damaged("ledger_code", t!("err-document-other-past")),
        Problem::Ledger(findings) => broken(findings),
        Problem::ListAltered(path) => {
            damaged("list_altered", t!("err-list-altered", path = path.clone())).about(path.clone())
        }
        Problem::ListUnreadable(path) => {
            damaged("list_unreadable", t!("err-list-unreadable", path = path.clone())).about(path.clone())
        }
        Problem::Contradicts(found) => {
            let failure = damaged("contradiction", t!("err-document-contradicts"));
            failure.with_details(found.iter().map(|found| contradiction(*found)).collect())
        }
        Problem::Unproved => Failure::failed("unproved", t!("err-document-unproved"), t!("hint-document-unproved")),
        Problem::NoList => Failure::failed("no_list", t!("err-no-list"), t!("hint-no-list")),
        Problem::NotCovered { missing, of } => {
            let (missing, of) = (show::number(*missing), show::number(*of));
            let message = t!("err-not-covered", missing = missing, of = of);
            Failure::new(code::IN_PART, "not_covered", message, t!("hint-not-covered"))
        }
    }
}

fn contradiction(found: Contradiction) -> String {
    match found {
        Contradiction::Fields => t!("contradiction-fields"),
        Contradiction::Title => t!("contradiction-title"),
        Contradiction::Certifies => t!("contradiction-certifies"),
        Contradiction::Result => t!("contradiction-result"),
        Contradiction::Totals => t!("contradiction-totals"),
        Contradiction::List => t!("contradiction-list"),
    }
}

/// What is good to know.
pub fn document_notice(notice: Notice) -> String {
    match notice {
        Notice::NoLedger => t!("notice-no-ledger"),
        Notice::OtherLedger => t!("notice-other-ledger"),
        Notice::Reprint => t!("notice-reprint"),
        Notice::OtherPrint => t!("notice-other-print"),
        Notice::PageDiffers => t!("notice-page-differs"),
        Notice::PageNotMade => t!("notice-page-not-made"),
        Notice::Revised => t!("notice-revised"),
        Notice::ListMissing => t!("notice-list-missing"),
    }
}

/// What was looked at.
pub fn check(check: Check) -> String {
    match check {
        Check::Signature => t!("check-document-signature"),
        Check::SignerKnown => t!("check-signer-known"),
        Check::Record => t!("check-document-record"),
        Check::InForce => t!("check-document-in-force"),
        Check::LedgerCode => t!("check-document-code"),
        Check::Print => t!("check-document-print"),
        Check::Page => t!("check-document-page"),
        Check::List => t!("check-document-list"),
        Check::Agreement => t!("check-document-agreement"),
        Check::Coverage => t!("check-document-coverage"),
    }
}

/// Nothing says by which key the files can be told.
pub fn no_fingerprint_key(path: &Path) -> Failure {
    let shown = show::path(path);
    Failure::failed(
        "no_fingerprint_key",
        t!("err-no-fingerprint-key", path = shown.clone()),
        t!("hint-no-fingerprint-key"),
    )
    .about(shown)
}

/// It is no manifest.
pub fn not_a_manifest(path: &Path) -> Failure {
    let shown = show::path(path);
    Failure::failed("not_a_manifest", t!("err-not-a-manifest", path = shown.clone()), t!("hint-not-a-manifest"))
        .about(shown)
}
