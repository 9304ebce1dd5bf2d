//! The slip as plain text, for the screen and for whoever wants no page.

use zeroize::Zeroizing;

use crate::bundle::PackRecord;
use crate::erase::os::memory::push_secret;
use crate::passphrase::Passphrase;
use crate::t;
use crate::term::show;

/// The slip as text. The canonical passphrase stands alone on its line, exactly as any tool takes it.
pub fn render(record: &PackRecord, passphrase: &Passphrase, number: Option<&str>) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(8192 + passphrase.expose().len()));
    // In parts: a line put together first would stay in freed memory.
    let mut say = |parts: &[&str]| parts.iter().chain(&["\n"]).for_each(|part| push_secret(&mut out, part));
    say(&[&t!("slip-title")]);
    say(&[&t!("slip-caution")]);
    say(&[]);
    let mut field = |label: String, value: &str| say(&[&show::pad(&label, 16), "  ", value]);
    if let Some(number) = number {
        field(t!("slip-number"), number);
    }
    field(t!("slip-bundle"), record.id.as_str());
    if let Some(medium) = &record.description.medium_id {
        field(t!("slip-medium"), medium);
    }
    field(t!("slip-created"), &record.facts.created);
    field(t!("slip-signer"), &record.signer);
    say(&[]);
    say(&[&t!("slip-passphrase")]);
    say(&[]);
    say(&["    ", passphrase.expose()]);
    say(&[]);
    if passphrase.is_ours() {
        say(&[&t!("slip-reading")]);
        for (number, group) in (1u32..).zip(passphrase.groups()) {
            let reading = Passphrase::reading(group);
            say(&["    ", &number.to_string(), "  ", group, "  ", &reading]);
        }
        say(&[]);
    }
    let length = passphrase.expose().chars().count();
    say(&[&t!("slip-length", length = length)]);
    if passphrase.is_ours() {
        say(&[&t!("slip-typing")]);
    }
    // Lines to sign are for paper, and what goes on paper has a number.
    if number.is_some() {
        say(&[]);
        say(&[&t!("slip-received")]);
        say(&[&t!("slip-returned")]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bundle::facts::{Encryption, FORMAT};
    use crate::bundle::{BundleId, Description, Facts, NotEstablished, PassphraseKind, ReadBack};
    use crate::erase::os::memory::freed;

    fn record() -> PackRecord {
        let id = BundleId::draw("20261121").unwrap();
        let encryption = Encryption {
            format: "age v1".into(),
            cipher: "ChaCha20-Poly1305".into(),
            key: "scrypt".into(),
            work_factor: Some(18),
            passphrase: Some(PassphraseKind::Generated),
            header_sha256: "0".repeat(64),
        };
        let facts = Facts {
            format: FORMAT.into(),
            id: id.to_string(),
            created: "2026-11-21T16:30:08+09:00".into(),
            tool: "tewatashi".into(),
            encryption,
            volumes: Vec::new(),
            ledger_code: None,
            openers: Vec::new(),
        };
        // As long as it may be, and longer than the room first set aside.
        let medium_id = Some("媒".repeat(4000));
        PackRecord {
            id,
            files: 1,
            folders: 0,
            bytes: 1,
            description: Description { medium_id, ..Description::default() },
            facts,
            signer: "SHA256:uKRQ3mU0sJ5yzC1vXW8dTnF6pLh2bEo9gAi7tRxKq4M".into(),
            opening_code_sha256: "0".repeat(64),
            read_back: ReadBack::NotEstablished { reason: NotEstablished::NotAsked },
        }
    }

    #[test]
    fn no_piece_of_a_slip_stays_in_freed_memory() {
        let (record, passphrase) = (record(), Passphrase::generate().unwrap());
        for group in passphrase.groups() {
            let left = freed::holding(group, || {
                let text = render(&record, &passphrase, Some("D-0001"));
                assert!(text.contains(group));
            });
            assert_eq!(left, 0);
        }
    }
}
