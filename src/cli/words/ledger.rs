//! Words of the ledger: what stops it, and what verifying it finds.

use std::path::Path;

use i18n_embed::fluent::FluentLanguageLoader;
use i18n_embed_fl::fl;

use super::super::failure::{Failure, code};
use super::io;
use crate::ledger::checkpoint::BadCode;
use crate::ledger::exchange::ReceiveError;
use crate::ledger::export;
use crate::ledger::package::PackageError;
use crate::ledger::{Error, Finding, Notice};
use crate::t;
use crate::term::{language, show};

/// The kind of failure when another program took the number meanwhile.
pub const OVERTAKEN: &str = "overtaken";

/// A ledger that cannot be used as asked.
pub fn ledger(error: &Error) -> Failure {
    let failed = |path: &Path, kind, message, hint| Failure::failed(kind, message, hint).about(show::path(path));
    match error {
        Error::Io { path, source } => io(path, source),
        Error::Missing(p) => failed(p, "no_ledger", t!("err-no-ledger", path = show::path(p)), t!("hint-no-case")),
        Error::NotALedger(p) => {
            failed(p, "not_a_ledger", t!("err-not-a-ledger", path = show::path(p)), t!("hint-not-a-ledger"))
        }
        Error::Newer { path, found, known } => {
            let message = t!("err-ledger-newer", path = show::path(path), found = (*found), known = (*known));
            failed(path, "ledger_newer", message, t!("hint-ledger-newer"))
        }
        Error::Damaged(path) => {
            let message = t!("err-ledger-damaged", path = show::path(path));
            Failure::new(code::LEDGER, "ledger_damaged", message, t!("hint-ledger-broken")).about(show::path(path))
        }
        Error::Busy(p) => failed(p, "ledger_busy", t!("err-ledger-busy", path = show::path(p)), t!("hint-ledger-busy")),
        Error::Full(p) => failed(p, "ledger_full", t!("err-ledger-full", path = show::path(p)), t!("hint-ledger-full")),
        Error::ReadOnly(p) => {
            let message = t!("err-ledger-read-only", path = show::path(p));
            failed(p, "ledger_read_only", message, t!("hint-ledger-read-only"))
        }
        Error::Network { path, kind } => {
            let message = t!("err-ledger-network", path = show::path(path), kind = show::name(kind));
            Failure::refused("ledger_on_network", message, t!("hint-ledger-network")).about(show::path(path))
        }
        Error::Store { path, source } => {
            let reason = show::name(&source.to_string());
            let message = t!("err-ledger-store", path = show::path(path), reason = reason);
            failed(path, "ledger_store", message, t!("hint-ledger-broken"))
        }
        Error::Overtaken => Failure::failed(OVERTAKEN, t!("err-overtaken"), t!("hint-ledger-busy")),
        Error::NotCanonical => Failure::failed("not_canonical", t!("err-not-canonical"), t!("hint-not-canonical")),
        Error::Sign(error) => super::signing(error),
    }
}

/// A ledger that does not verify.
pub fn broken(findings: &[Finding]) -> Failure {
    Failure::new(code::LEDGER, "ledger_broken", t!("err-ledger-broken"), t!("hint-ledger-broken"))
        .with_details(findings.iter().map(finding).collect())
}

/// A file of entries that cannot be used.
pub fn package(error: &PackageError) -> Failure {
    match error {
        PackageError::Ledger(error) => ledger(error),
        PackageError::Io { path, source } => io(path, source),
        PackageError::NotOne(path) => {
            let shown = show::path(path);
            Failure::failed("not_a_package", t!("err-not-a-package", path = shown.clone()), t!("hint-not-a-package"))
                .about(shown)
        }
        PackageError::Broken { path, part } => {
            let shown = show::path(path);
            let message = t!("err-package-broken", path = shown.clone(), part = (*part));
            Failure::new(code::DAMAGED, "package_broken", message, t!("hint-package-broken")).about(shown)
        }
        PackageError::Partial { path, from } => {
            let shown = show::path(path);
            let message = t!("err-package-partial", path = shown.clone(), from = from.to_string());
            Failure::failed("package_partial", message, t!("hint-package-partial")).about(shown)
        }
    }
}

/// Entries that were not taken in.
pub fn receive(error: &ReceiveError) -> Failure {
    match error {
        ReceiveError::Package(error) => package(error),
        ReceiveError::Own => Failure::refused("own_entries", t!("err-own-entries"), t!("hint-own-entries")),
        ReceiveError::Gap { from, to } => {
            let message = t!("err-entries-missing", from = from.to_string(), to = to.to_string());
            Failure::failed("entries_missing", message, t!("hint-entries-missing", from = from.to_string()))
        }
        ReceiveError::Fork { number } => {
            let message = t!("err-two-pasts", number = number.to_string());
            Failure::new(code::LEDGER, "two_pasts", message, t!("hint-two-pasts"))
        }
        ReceiveError::Root => {
            Failure::new(code::DAMAGED, "package_root", t!("err-package-root"), t!("hint-package-broken"))
        }
        ReceiveError::UnknownKey { key } => {
            // Attack: the stranger's whole fingerprint on the screen, ready to be registered without a look at paper.
            let start: String = key.chars().take(20).collect();
            let message = t!("err-key-not-confirmed", start = start);
            Failure::refused("key_not_confirmed", message, t!("hint-key-not-confirmed"))
        }
    }
}

/// A register that cannot be written.
pub fn export(path: &Path, error: &export::Error) -> Failure {
    match error {
        export::Error::Ledger(error) => ledger(error),
        export::Error::TooMany { .. } => {
            let shown = show::path(path);
            Failure::failed("too_many_rows", t!("err-too-many-rows"), t!("hint-too-many-rows")).about(shown)
        }
        export::Error::Write(source) => io(path, source),
        other => {
            let shown = show::path(path);
            let reason = show::name(&other.to_string());
            Failure::failed("export", t!("err-export", path = shown.clone(), reason = reason), t!("hint-export"))
                .about(shown)
        }
    }
}

/// A short code that cannot be one.
pub fn bad_code(error: &BadCode) -> Failure {
    match error {
        BadCode::NoNumber => Failure::usage("bad_code", t!("err-code-no-number"), t!("hint-code")),
        BadCode::Group(mistyped) => {
            let typed = super::mistyped(&(*mistyped).into());
            Failure { code: code::USAGE, kind: "bad_code", hint: t!("hint-code"), ..typed }
        }
    }
}

/// One thing that must not be.
fn finding(finding: &Finding) -> String {
    finding_in(language::loader(), finding)
}

/// One thing that must not be, also on paper.
pub fn finding_in(l: &FluentLanguageLoader, finding: &Finding) -> String {
    let n = |number: &u64| number.to_string();
    match finding {
        Finding::Missing { from, to } if from == to => fl!(l, "found-missing-one", number = n(from)),
        Finding::Missing { from, to } => fl!(l, "found-missing", from = n(from), to = n(to)),
        Finding::Swapped { one, other } => fl!(l, "found-swapped", one = n(one), other = n(other)),
        Finding::Misplaced { at, says } => fl!(l, "found-misplaced", at = n(at), says = n(says)),
        Finding::Unreadable { number } => fl!(l, "found-unreadable", number = n(number)),
        Finding::NotCanonical { number } => fl!(l, "found-not-canonical", number = n(number)),
        Finding::Changed { from, to } if from == to => fl!(l, "found-changed-one", number = n(from)),
        Finding::Changed { from, to } => fl!(l, "found-changed", from = n(from), to = n(to)),
        Finding::CheckpointAltered { size } => fl!(l, "found-checkpoint", size = n(size)),
        Finding::CutOff { entries, covered } => fl!(l, "found-cut-off", entries = n(entries), covered = n(covered)),
        Finding::BadSignature { size } => fl!(l, "found-bad-signature", size = n(size)),
        Finding::OtherKey { size, key } => fl!(l, "found-other-key", size = n(size), key = show::name(key)),
        Finding::NotEndorsed { number } => fl!(l, "found-not-endorsed", number = n(number)),
        Finding::NoKey => fl!(l, "found-no-key"),
        Finding::Head => fl!(l, "found-head"),
        Finding::CodeCutOff { code, entries, carried_by: None } => {
            fl!(l, "found-code-cut-off", code = code.clone(), entries = n(entries))
        }
        Finding::CodeCutOff { code, entries, carried_by: Some(by) } => {
            fl!(l, "found-carried-cut-off", code = code.clone(), entries = n(entries), by = n(by))
        }
        Finding::CodeOtherPast { code, carried_by: None } => fl!(l, "found-code-other", code = code.clone()),
        Finding::CodeOtherPast { code, carried_by: Some(by) } => {
            fl!(l, "found-carried-other", code = code.clone(), by = n(by))
        }
        Finding::Older { entries, seen } => fl!(l, "found-older", entries = n(entries), seen = n(seen)),
        Finding::OtherPast { seen } => fl!(l, "found-other-past", seen = n(seen)),
        Finding::OtherLedger => fl!(l, "found-other-ledger"),
        Finding::OtherFirstKey { key } => fl!(l, "found-other-first-key", key = show::name(key)),
        Finding::DocumentNumber { number, says, expected } => {
            fl!(l, "found-document-number", number = n(number), says = show::name(says), expected = n(expected))
        }
        Finding::RecordAltered { document, file } => {
            fl!(l, "found-record", document = show::name(document), file = show::name(file))
        }
        Finding::Schema => fl!(l, "found-schema"),
        Finding::Pages => fl!(l, "found-pages"),
        Finding::Index => fl!(l, "found-index"),
    }
}

/// One thing to know.
pub fn notice(notice: &Notice) -> String {
    let n = |number: &u64| number.to_string();
    match notice {
        Notice::ClockSetBack { number, seconds } => {
            t!("notice-clock", number = n(number), seconds = seconds.to_string())
        }
        Notice::Unsigned { from } => t!("notice-unsigned", from = n(from)),
        Notice::KeyReplaced { number } => t!("notice-key-replaced", number = n(number)),
        Notice::RecordMissing { document } => t!("notice-record-missing", document = show::name(document)),
        Notice::PageMissing { document } => t!("notice-page-missing", document = show::name(document)),
        Notice::Restored { number } => t!("notice-restored", number = n(number)),
    }
}
