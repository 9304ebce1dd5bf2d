//! Records of sample data, one for each form: to look at a form, and to try out a template.

use super::form::Form;
use super::press::Secret;
use super::record::{CaseFacts, Issuer, Pinned, Record, Style, VERSION};
use crate::passphrase::Passphrase;

/// The sample record of a form. Names and numbers in it are made up.
#[must_use]
pub fn sample(form: Form) -> Record {
    let text = match form {
        Form::Slip => include_str!("../../forms/samples/slip.json"),
        Form::SlipStub => include_str!("../../forms/samples/slip-stub.json"),
        Form::Transfer => include_str!("../../forms/samples/transfer.json"),
        Form::Receipt => include_str!("../../forms/samples/receipt.json"),
        Form::Opening => include_str!("../../forms/samples/opening.json"),
        Form::Erasure => include_str!("../../forms/samples/erasure.json"),
        Form::Register => include_str!("../../forms/samples/register.json"),
        Form::Takeout => include_str!("../../forms/samples/takeout.json"),
        Form::GiveBack => include_str!("../../forms/samples/give-back.json"),
        Form::DisposalRequest => include_str!("../../forms/samples/disposal-request.json"),
        Form::SubcontractRequest => include_str!("../../forms/samples/subcontract-request.json"),
        Form::Destruction => include_str!("../../forms/samples/destruction.json"),
        Form::Witness => include_str!("../../forms/samples/witness.json"),
        Form::Declaration => include_str!("../../forms/samples/declaration.json"),
        Form::Label => include_str!("../../forms/samples/label.json"),
        Form::Handling => include_str!("../../forms/samples/handling.json"),
        Form::Compliance => include_str!("../../forms/samples/compliance.json"),
        Form::ErasureReport => include_str!("../../forms/samples/erasure-report.json"),
        Form::Audit => include_str!("../../forms/samples/audit.json"),
        Form::Inspection => include_str!("../../forms/samples/inspection.json"),
        Form::Incident => include_str!("../../forms/samples/incident.json"),
        Form::Roster => include_str!("../../forms/samples/roster.json"),
        Form::Succession => include_str!("../../forms/samples/succession.json"),
    };
    // A test reads each of them; what stands in for one that cannot be read is an empty form.
    serde_json::from_str(text).unwrap_or_else(|_| empty(form))
}

/// The passphrase of the sample slip. It opens nothing.
#[must_use]
pub fn sample_secret() -> Secret<'static> {
    const TEXT: &str = "Mihn7-XK3Pm-hon4T-Qr8ew-vW2Cd-hn6Yz";
    Secret {
        text: TEXT,
        groups: TEXT.split('-').map(|group| (group, Passphrase::reading(group).to_string())).collect(),
    }
}

fn empty(form: Form) -> Record {
    Record {
        v: VERSION,
        number: "D-0000".to_owned(),
        form: form.name().to_owned(),
        title: form.title().to_owned(),
        issued: "2026-04-01T09:00:00+09:00".to_owned(),
        issuer: Issuer::default(),
        ledger: Pinned::default(),
        signer: None,
        tool: concat!("tewatashi ", env!("CARGO_PKG_VERSION")).to_owned(),
        case: CaseFacts::default(),
        style: Style::default(),
        salt: String::new(),
        fields: serde_json::Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_paper_form_has_a_sample() {
        for form in Form::ALL {
            let record = sample(form);
            assert_eq!(record.form, form.name());
            assert_ne!(record.number, "D-0000", "{} cannot be read", form.name());
        }
        let secret = sample_secret();
        assert_eq!(secret.groups.len(), 6);
    }
}
