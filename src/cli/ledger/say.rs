//! Entries in words.

use std::collections::{HashMap, HashSet};
use std::io::IsTerminal;

use serde::Deserialize;

use crate::ledger::{Claim, Entry, Error, Kind, Ledger, Outcome, corrected};
use crate::t;
use crate::term::show;

/// A kind as people call it, in the language of the run; a kind of a newer program by its text. The sheets have a list of their
/// own (`register::word`) because they are Japanese in every language; a test holds the two together.
pub fn kind_word(kind: &str) -> String {
    let Ok(known) = serde_json::from_value::<Kind>(kind.into()) else { return show::name(kind) };
    match known {
        Kind::Init => t!("kind-init"),
        Kind::Settings => t!("kind-settings"),
        Kind::StaffAdd => t!("kind-staff-add"),
        Kind::StaffTrain => t!("kind-staff-train"),
        Kind::StaffRetire => t!("kind-staff-retire"),
        Kind::StaffTransfer => t!("kind-staff-transfer"),
        Kind::Pack => t!("kind-pack"),
        Kind::Verify => t!("kind-verify"),
        Kind::List => t!("kind-list"),
        Kind::Open => t!("kind-open"),
        Kind::Correct => t!("kind-correct"),
        Kind::ContractAmend => t!("kind-contract-amend"),
        Kind::Hold => t!("kind-hold"),
        Kind::Release => t!("kind-release"),
        Kind::KeyRotate => t!("kind-key-rotate"),
        Kind::Trust => t!("kind-trust"),
        Kind::Received => t!("kind-received"),
        Kind::Sent => t!("kind-sent"),
        Kind::Export => t!("kind-export"),
        Kind::Backup => t!("kind-backup"),
        Kind::Restore => t!("kind-restore"),
        Kind::Archive => t!("kind-archive"),
        Kind::Leftovers => t!("kind-leftovers"),
        Kind::Document => t!("kind-document"),
        Kind::Print => t!("kind-print"),
        Kind::Void => t!("kind-void"),
        Kind::SlipErased => t!("kind-slip-erased"),
        Kind::Erase => t!("kind-erase"),
        Kind::EraseBatch => t!("kind-erase-batch"),
        Kind::EraseFreeSpace => t!("kind-erase-free-space"),
        Kind::CertificateVerify => t!("kind-certificate-verify"),
        Kind::MediumAdd => t!("kind-medium-add"),
        Kind::MediumReset => t!("kind-medium-reset"),
        Kind::Lost => t!("kind-lost"),
        Kind::Damaged => t!("kind-damaged"),
        Kind::Recovered => t!("kind-recovered"),
        Kind::EquipmentAdd => t!("kind-equipment-add"),
        Kind::EquipmentRetire => t!("kind-equipment-retire"),
        Kind::Declare => t!("kind-declare"),
        Kind::PlaceAdd => t!("kind-place-add"),
        Kind::Handover => t!("kind-handover"),
        Kind::HandoverCheck => t!("kind-handover-check"),
        Kind::Recall => t!("kind-recall"),
        Kind::Ack => t!("kind-ack"),
        Kind::Receive => t!("kind-receive"),
        Kind::Takeout => t!("kind-takeout"),
        Kind::Return => t!("kind-return"),
        Kind::GiveBack => t!("kind-give-back"),
        Kind::TakeBack => t!("kind-take-back"),
        Kind::Approve => t!("kind-approve"),
        Kind::Revoke => t!("kind-revoke"),
        Kind::Witness => t!("kind-witness"),
        Kind::Destroy => t!("kind-destroy"),
        Kind::VendorCertificate => t!("kind-vendor-certificate"),
        Kind::Incident => t!("kind-incident"),
        Kind::IncidentClose => t!("kind-incident-close"),
        Kind::Find => t!("kind-find"),
        Kind::Reconcile => t!("kind-reconcile"),
        Kind::IncidentUpdate => t!("kind-incident-update"),
        Kind::Conformity => t!("kind-conformity"),
        Kind::Subcontractor => t!("kind-subcontractor"),
        Kind::Inspection => t!("kind-inspection"),
        Kind::Recheck => t!("kind-recheck"),
        Kind::Report => t!("kind-report"),
    }
}

/// How it ended, in words.
pub fn outcome_word(outcome: Outcome) -> String {
    match outcome {
        Outcome::Begun => t!("outcome-begun"),
        Outcome::Done => t!("outcome-done"),
        Outcome::InPart => t!("outcome-in-part"),
        Outcome::Refused => t!("outcome-refused"),
        Outcome::Failed => t!("outcome-failed"),
        Outcome::Interrupted => t!("outcome-interrupted"),
    }
}

/// Where the name comes from, in words.
pub fn claim_word(claim: Claim) -> String {
    match claim {
        Claim::Option => t!("claim-option"),
        Claim::Mapping => t!("claim-mapping"),
        Claim::Answer => t!("claim-answer"),
        Claim::OsUser => t!("claim-os-user"),
    }
}

/// The day and the minute, as the entry's own clock showed them.
pub fn minute(time: &str) -> String {
    show::name(time.get(..16).unwrap_or(time)).replace('T', " ")
}

/// A line that another entry corrected: struck through where a terminal shows it.
pub fn struck(line: &str) -> String {
    if std::io::stdout().is_terminal() { format!("\u{1b}[9m{line}\u{1b}[29m") } else { line.to_owned() }
}

/// What later entries say about earlier ones.
#[derive(Default)]
pub struct Later {
    /// Corrected entries, and the entry that corrects each.
    pub corrected: HashMap<u64, u64>,
    /// Beginnings whose end is in the ledger.
    pub ended: HashSet<u64>,
}

impl Later {
    /// Looks through the ledger.
    pub fn of(ledger: &Ledger) -> Result<Self, Error> {
        #[derive(Deserialize)]
        struct Facts {
            begun: Option<u64>,
        }
        #[derive(Deserialize)]
        struct Brief {
            facts: Facts,
        }
        let mut later = Self { corrected: corrections(ledger)?, ended: HashSet::new() };
        ledger.each(1..=u64::MAX, |_, body| {
            if body.contains("\"begun\":")
                && let Ok(Brief { facts: Facts { begun: Some(begun) } }) = serde_json::from_str(body)
            {
                later.ended.insert(begun);
            }
            Ok::<(), Error>(())
        })?;
        Ok(later)
    }
}

/// Corrected entries, and the number of the last entry that corrects each.
pub fn corrections(ledger: &Ledger) -> Result<HashMap<u64, u64>, Error> {
    Ok(corrected::corrections(ledger)?.into_iter().map(|(number, by)| (number, by.number)).collect())
}

/// The things an entry names, on one line; of an entry from another ledger, what happened there, by whom and when.
pub fn subjects(entry: &Entry) -> String {
    if let Some(inner) = entry.carried() {
        let (kind, outcome) = (kind_word(&inner.kind), outcome_word(inner.result));
        let cells = [minute(&inner.time), show::name(&inner.operator.name), kind, outcome, subjects(&inner)];
        return cells.join(" ").trim_end().to_owned();
    }
    let ids: Vec<String> = entry.subjects.iter().map(|subject| show::name(&subject.id)).collect();
    ids.join("・")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::register;

    #[test]
    fn the_screen_and_the_sheets_call_a_kind_the_same() {
        let messages = include_str!("../../../i18n/ja/tewatashi.ftl").lines();
        for (id, on_screen) in messages.filter_map(|line| line.strip_prefix("kind-")?.split_once(" = ")) {
            let kind: Kind = serde_json::from_value(id.replace('-', "_").into()).unwrap();
            assert_eq!(register::word(kind), on_screen, "{id}");
        }
    }
}
