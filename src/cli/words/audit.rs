//! Words of an audit: what was looked for, and what should not be. On the screen in the language of the run, on paper in Japanese.

use i18n_embed::fluent::FluentLanguageLoader;
use i18n_embed_fl::fl;

use super::super::ledger::kind_word;
use crate::audit::{Check, Fault, How, NoDecision, Noted};
use crate::case::{Approval, Training};
use crate::era;
use crate::ledger::{Kind, register};
use crate::life::open::Waits;
use crate::term::language::japanese;
use crate::term::show;

/// What is looked for.
pub fn audit_check(l: &FluentLanguageLoader, check: Check) -> String {
    match check {
        Check::Ledger => fl!(l, "audit-check-ledger"),
        Check::NotReturned => fl!(l, "audit-check-not-returned"),
        Check::SlipNotReturned => fl!(l, "audit-check-slip-not-returned"),
        Check::NotErased => fl!(l, "audit-check-not-erased"),
        Check::Overdue => fl!(l, "audit-check-overdue"),
        Check::SameDay => fl!(l, "audit-check-same-day"),
        Check::NoApproval => fl!(l, "audit-check-no-approval"),
        Check::SelfApproved => fl!(l, "audit-check-self-approved"),
        Check::CountsDiffer => fl!(l, "audit-check-counts-differ"),
        Check::Numbers => fl!(l, "audit-check-numbers"),
        Check::Untrained => fl!(l, "audit-check-untrained"),
        Check::Unlisted => fl!(l, "audit-check-unlisted"),
        Check::NotChecked => fl!(l, "audit-check-not-checked"),
        Check::SameOsUser => fl!(l, "audit-check-same-os-user"),
        Check::Refused => fl!(l, "audit-check-refused"),
        Check::WrongPassphrase => fl!(l, "audit-check-wrong-passphrase"),
        Check::Overridden => fl!(l, "audit-check-overridden"),
        Check::Loosened => fl!(l, "audit-check-loosened"),
        Check::Clock => fl!(l, "audit-check-clock"),
        Check::RecordedLate => fl!(l, "audit-check-recorded-late"),
        Check::OffHours => fl!(l, "audit-check-off-hours"),
        Check::Unfinished => fl!(l, "audit-check-unfinished"),
        Check::Corrected => fl!(l, "audit-check-corrected"),
        Check::KeyLost => fl!(l, "audit-check-key-lost"),
        Check::Restored => fl!(l, "audit-check-restored"),
        Check::CopiesFound => fl!(l, "audit-check-copies-found"),
        Check::IncidentOpen => fl!(l, "audit-check-incident-open"),
        Check::WritingUnconfirmed => fl!(l, "audit-check-writing-unconfirmed"),
        Check::SlipFile => fl!(l, "audit-check-slip-file"),
        Check::VendorPaper => fl!(l, "audit-check-vendor-paper"),
        Check::UnlistedMachine => fl!(l, "audit-check-unlisted-machine"),
        Check::NotInspected => fl!(l, "audit-check-not-inspected"),
        Check::Unreadable => fl!(l, "audit-check-unreadable"),
    }
}

/// What is noted without blame.
pub fn noted(l: &FluentLanguageLoader, note: Noted) -> String {
    match note {
        Noted::NotDue => fl!(l, "audit-note-not-due"),
        Noted::Voided => fl!(l, "audit-note-voided"),
        Noted::CorrectedText => fl!(l, "audit-note-corrected-text"),
        Noted::KeyReplaced => fl!(l, "audit-note-key-replaced"),
        Noted::IncidentClosed => fl!(l, "audit-note-incident-closed"),
        Noted::SlipGone => fl!(l, "audit-note-slip-gone"),
    }
}

/// What should not be. `times` is how many entries show it.
pub fn fault(l: &FluentLanguageLoader, fault: &Fault, times: usize) -> String {
    let said = show::name;
    match fault {
        Fault::Open { .. } | Fault::Late { .. } | Fault::SameDay { .. } | Fault::NoApproval { .. } => {
            of_things(l, fault)
        }
        Fault::Untrained { .. }
        | Fault::Unlisted { .. }
        | Fault::SameOsUser { .. }
        | Fault::Refused { .. }
        | Fault::WrongPassphrase { .. }
        | Fault::SelfApproved { .. }
        | Fault::OffHours { .. }
        | Fault::Unfinished { .. } => of_people(l, fault, times),
        Fault::EntriesMissing { from, to } if from == to => fl!(l, "audit-missing-one", from = from.to_string()),
        Fault::EntriesMissing { from, to } => fl!(l, "audit-missing", from = from.to_string(), to = to.to_string()),
        Fault::DocumentNumber { says, expected } => {
            fl!(l, "audit-document-number", says = said(says), expected = expected.to_string())
        }
        Fault::CountsDiffer { of, told, counted, said } => counts(l, of, *told, *counted, said.as_deref()),
        Fault::Overridden { rule, reason } => {
            with(l, fl!(l, "audit-overridden", rule = refusals(l, rule)), Some(reason.as_str()))
        }
        Fault::Loosened { key, old, new, put_back } => {
            let nothing = |text: &str| if text.is_empty() { fl!(l, "audit-none-said") } else { said(text) };
            let told = fl!(l, "audit-loosened", key = said(key), old = nothing(old), new = nothing(new));
            let back = put_back.map(|entry| fl!(l, "audit-put-back", entry = entry.to_string()));
            format!("{told}　{}", back.unwrap_or_else(|| fl!(l, "audit-not-put-back")))
        }
        Fault::ClockBack { seconds } => fl!(l, "audit-clock-back", seconds = seconds.to_string()),
        Fault::ClockAhead => fl!(l, "audit-clock-ahead"),
        Fault::RecordedLate { stated } => fl!(l, "audit-recorded-late", stated = era::table(*stated)),
        Fault::AmendedLate { end } => fl!(l, "audit-amended-late", end = era::table(*end)),
        Fault::Corrected { corrects, struck, reason } => {
            let corrects = corrects.to_string();
            let told = match struck {
                true => fl!(l, "audit-struck", corrects = corrects),
                false => fl!(l, "audit-corrected", corrects = corrects),
            };
            with(l, told, Some(reason.as_str()))
        }
        Fault::KeyLost { reason } => with(l, fl!(l, "audit-key-lost"), Some(reason.as_str())),
        Fault::Restored { lost, documents } => {
            let told = fl!(l, "audit-restored", documents = documents.to_string());
            let lost =
                lost.map(|(from, to)| fl!(l, "audit-restored-lost", from = from.to_string(), to = to.to_string()));
            lost.map_or(told.clone(), |lost| format!("{told}　{lost}"))
        }
        Fault::SlipFile { number } => fl!(l, "audit-slip-file", number = said(number)),
        Fault::Unreadable { kind } => fl!(l, "audit-unreadable", kind = kind_in(l, kind)),
    }
}

fn of_things(l: &FluentLanguageLoader, fault: &Fault) -> String {
    match fault {
        Fault::Open { waits, due, holder } => {
            let due = due.map(|due| fl!(l, "audit-due", due = era::table(due)));
            let holder = holder.as_deref().map(|holder| fl!(l, "audit-holder", holder = show::name(holder)));
            [Some(waiting(l, *waits)), due, holder].into_iter().flatten().collect::<Vec<_>>().join("　")
        }
        Fault::Late { due, on } => fl!(l, "audit-late", due = era::table(*due), on = era::table(*on)),
        Fault::SameDay { how, reason } => {
            let told = match how {
                How::Handed => fl!(l, "audit-same-day-handed"),
                How::Received => fl!(l, "audit-same-day-received"),
                How::TakenOut => fl!(l, "audit-same-day-taken-out"),
            };
            with(l, told, reason.as_deref())
        }
        Fault::NoApproval { purpose, number, why } => {
            let (purpose, number) = (purpose_in(l, *purpose), number.as_deref().map(show::name).unwrap_or_default());
            let told = match why {
                NoDecision::None => fl!(l, "audit-no-approval-none", purpose = purpose),
                NoDecision::Unknown => fl!(l, "audit-no-approval-unknown", purpose = purpose, number = number),
                NoDecision::NotInForce => fl!(l, "audit-no-approval-not-in-force", purpose = purpose, number = number),
                NoDecision::Later => fl!(l, "audit-no-approval-later", purpose = purpose, number = number),
            };
            told.trim_end().to_owned()
        }
        _ => String::new(),
    }
}

fn of_people(l: &FluentLanguageLoader, fault: &Fault, times: usize) -> String {
    let (said, times) = (show::name, times.to_string());
    match fault {
        Fault::Untrained { by, rule } => fl!(l, "audit-untrained", by = said(by), rule = rule_in(l, *rule)),
        Fault::Unlisted { by, left: false } => fl!(l, "audit-unlisted", by = said(by)),
        Fault::Unlisted { by, left: true } => fl!(l, "audit-left", by = said(by)),
        Fault::SameOsUser { os_user } => fl!(l, "audit-same-os-user", user = said(os_user)),
        Fault::Refused { by, kind } => {
            fl!(l, "audit-refused", by = said(by), kind = refusal(l, kind), times = times)
        }
        Fault::WrongPassphrase { by } => fl!(l, "audit-wrong-passphrase", times = times, by = said(&by.join("・"))),
        Fault::SelfApproved { by, number } => fl!(l, "audit-self-approved", by = said(by), number = said(number)),
        Fault::OffHours { by, at } => fl!(l, "audit-off-hours", by = said(by), at = at.clone(), times = times),
        Fault::Unfinished { kind, by } => fl!(l, "audit-unfinished", by = said(by), kind = kind_in(l, kind)),
        _ => String::new(),
    }
}

/// With the reason somebody gave.
fn with(l: &FluentLanguageLoader, told: String, reason: Option<&str>) -> String {
    match reason.filter(|reason| !reason.is_empty()) {
        Some(reason) => format!("{told}　{}", fl!(l, "audit-reason", reason = show::name(reason))),
        None => told,
    }
}

fn waiting(l: &FluentLanguageLoader, waits: Waits) -> String {
    match waits {
        Waits::TakeBack => fl!(l, "audit-open-take-back"),
        Waits::GiveBack => fl!(l, "audit-open-give-back"),
        Waits::TakeoutReturn => fl!(l, "audit-open-takeout"),
        Waits::Erasure => fl!(l, "audit-open-erasure"),
        Waits::Machine => fl!(l, "audit-open-machine"),
        Waits::FoundCopies => fl!(l, "audit-open-copies"),
        Waits::Lost => fl!(l, "audit-open-lost"),
        Waits::NotRecovered => fl!(l, "audit-open-not-recovered"),
        Waits::Incident => fl!(l, "audit-open-incident"),
        Waits::VoidPartOut => fl!(l, "audit-open-void-part"),
        Waits::WritingUnconfirmed => fl!(l, "audit-open-writing"),
        Waits::Check => fl!(l, "audit-open-check"),
        Waits::VendorPaper => fl!(l, "audit-open-vendor-paper"),
        Waits::UnlistedMachine => fl!(l, "audit-open-unlisted-machine"),
        Waits::Inspection => fl!(l, "audit-open-inspection"),
        Waits::Improvement => fl!(l, "audit-open-improvement"),
        _ => fl!(l, "audit-open-other"),
    }
}

fn counts(l: &FluentLanguageLoader, of: &str, told: Option<u64>, counted: Option<u64>, said: Option<&str>) -> String {
    let number = |count: Option<u64>| count.map_or_else(|| fl!(l, "audit-none-said"), show::number);
    let (told, counted) = (number(told), number(counted));
    let found = match of {
        "subjects" => fl!(l, "audit-counts-subjects", told = told, counted = counted),
        "things" => fl!(l, "audit-counts-things"),
        _ => fl!(l, "audit-counts-records", told = told, counted = counted),
    };
    let said = said.map(|said| fl!(l, "audit-said", said = show::name(said)));
    said.map_or(found.clone(), |said| format!("{found}　{said}"))
}

/// A kind of entry: on paper as the register calls it.
fn kind_in(l: &FluentLanguageLoader, kind: &str) -> String {
    match Kind::parse(kind) {
        Some(known) if std::ptr::eq(l, japanese()) => register::word(known).to_owned(),
        _ => kind_word(kind),
    }
}

fn purpose_in(l: &FluentLanguageLoader, purpose: Approval) -> String {
    match purpose {
        Approval::Handover => fl!(l, "approval-handover"),
        Approval::Copy => fl!(l, "approval-copy"),
        Approval::Takeout => fl!(l, "approval-takeout"),
        Approval::Erasure => fl!(l, "approval-erasure"),
        Approval::Destruction => fl!(l, "approval-destruction"),
        Approval::Subcontract => fl!(l, "approval-subcontract"),
        Approval::Medium => fl!(l, "approval-medium"),
    }
}

fn rule_in(l: &FluentLanguageLoader, rule: Training) -> String {
    match rule {
        Training::None => fl!(l, "training-none"),
        Training::Once => fl!(l, "training-once"),
        Training::FiscalYear => fl!(l, "training-fiscal-year"),
        Training::TwelveMonths => fl!(l, "training-12-months"),
    }
}

/// Rules that were set aside together.
fn refusals(l: &FluentLanguageLoader, rules: &str) -> String {
    rules.split(',').map(|rule| refusal(l, rule)).collect::<Vec<_>>().join("・")
}

/// Why something was refused; a kind without words of its own by its name, as scripts know it.
fn refusal(l: &FluentLanguageLoader, kind: &str) -> String {
    match kind {
        "needs_approval" => fl!(l, "refusal-needs-approval"),
        "same_occasion" => fl!(l, "refusal-same-occasion"),
        "medium_receipt_missing" => fl!(l, "refusal-medium-receipt-missing"),
        "medium_not_handed_over" => fl!(l, "refusal-medium-not-handed-over"),
        "medium_not_checked" => fl!(l, "refusal-medium-not-checked"),
        "other_part_at_risk" => fl!(l, "refusal-other-part-at-risk"),
        "operator_unlisted" => fl!(l, "refusal-operator-unlisted"),
        "operator_untrained" => fl!(l, "refusal-operator-untrained"),
        "operator_retired" => fl!(l, "refusal-operator-retired"),
        "items_not_permitted" => fl!(l, "refusal-items-not-permitted"),
        "medium_unregistered" => fl!(l, "refusal-medium-unregistered"),
        "medium_not_permitted" => fl!(l, "refusal-medium-not-permitted"),
        "same_person_confirms" => fl!(l, "refusal-same-person-confirms"),
        "slip_with_bundle" => fl!(l, "refusal-slip-with-bundle"),
        "weak_passphrase" => fl!(l, "refusal-weak-passphrase"),
        "held" => fl!(l, "refusal-held"),
        "kept" => fl!(l, "refusal-kept"),
        "came_already" => fl!(l, "refusal-came-already"),
        "before" => fl!(l, "refusal-before"),
        order if order.starts_with("is_") => fl!(l, "refusal-order"),
        "not_checked" | "check_incomplete" => fl!(l, "refusal-check-incomplete"),
        "not_a_medium" => fl!(l, "refusal-not-a-medium"),
        "answer_contradicts" => fl!(l, "refusal-answer-contradicts"),
        other => show::name(other),
    }
}

/// Numbers of entries in a row of ranges; of more ranges than `most`, how many there are besides.
pub fn entry_numbers(l: &FluentLanguageLoader, entries: &[u64], most: usize) -> String {
    let mut ranges: Vec<(u64, u64)> = Vec::new();
    for &entry in entries {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == entry => *last = entry,
            _ => ranges.push((entry, entry)),
        }
    }
    if let [(one, other)] = ranges[..]
        && one == other
    {
        return fl!(l, "audit-entry-one", number = one.to_string());
    }
    let range = |(from, to): &(u64, u64)| match to - from {
        0 => from.to_string(),
        1 => format!("{from}, {to}"),
        _ => fl!(l, "audit-entry-range", from = from.to_string(), to = to.to_string()),
    };
    let told: Vec<String> = ranges.iter().take(most).map(range).collect();
    let told = if told.is_empty() { String::new() } else { fl!(l, "audit-entry-list", numbers = told.join(", ")) };
    let more: u64 = ranges.iter().skip(most).map(|(from, to)| to - from + 1).sum();
    if more == 0 { told } else { format!("{told} {}", fl!(l, "audit-entry-more", count = more.to_string())) }
}
