//! What stands on every document of a case: who issued it, contract and parties, how pages look.

use serde_json::Value;

use crate::case::settings::Party;
use crate::case::{Copies, Person, Settings, Word};
use crate::cli::desk::Desk;
use crate::cli::failure::Failure;
use crate::cli::words;
use crate::digest::hex;
use crate::paper::record::{CaseFacts, Issuer, PartyFacts, Style};
use crate::passphrase::PassphraseError;

pub(super) fn issuer(desk: &Desk) -> Result<Issuer, Failure> {
    let number = desk.operator.staff.as_ref();
    let roster = desk.roster()?;
    let person = roster.people().iter().find(|person| Some(&person.number) == number);
    let said = |pick: fn(&Person) -> &String| person.map(pick).cloned().unwrap_or_default();
    Ok(Issuer { name: desk.operator.name.clone(), section: said(|p| &p.section), contact: said(|p| &p.contact) })
}

/// Contract and parties of a case.
pub(super) fn case_facts(settings: &Settings) -> CaseFacts {
    let party = |party: &Party| PartyFacts {
        name: party.name.clone(),
        address: party.address.clone(),
        representative: party.representative.clone(),
        department: party.department.clone(),
    };
    CaseFacts {
        contract_number: settings.contract.number.clone(),
        contract_title: settings.contract.title.clone(),
        city: party(&settings.parties.city),
        contractor: party(&settings.parties.contractor),
    }
}

pub(super) fn style(settings: &Settings) -> Style {
    let forms = &settings.forms;
    let copies = match forms.copies {
        Copies::KouOtsu => ["甲保管用", "乙保管用"],
        Copies::OriginalDuplicate => ["正", "副"],
    };
    Style {
        seals: forms.seals,
        western_dates: forms.western_dates,
        copies: copies.map(str::to_owned).to_vec(),
        return_word: forms.return_word.text().to_owned(),
        extra: forms.extra.iter().map(|(name, said)| (name.clone(), Value::from(said.clone()))).collect(),
    }
}

/// Random, for a record.
pub fn salt() -> Result<String, Failure> {
    let mut salt = [0; 32];
    getrandom::fill(&mut salt).map_err(|_| words::mistyped(&PassphraseError::Random))?;
    Ok(hex(&salt))
}
