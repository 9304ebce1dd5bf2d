//! The password slip (パスワード通知書): where it may go, and its plain-text form.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::context::Context;
use super::failure::Failure;
use super::words;
use crate::bundle::PackRecord;
use crate::erase::os::memory::push_secret;
use crate::erase::{os, scrap};
use crate::passphrase::Passphrase;
use crate::t;
use crate::term::{prompt, show};

/// Where the passphrase goes.
pub enum Slip {
    /// On the alternate screen until Enter.
    Screen,
    /// Into a file.
    File(PathBuf),
    /// Nowhere: the sender knows it, or there is none.
    None,
}

impl Slip {
    /// Decides where the passphrase goes, and refuses a place where it would travel with the data.
    pub fn plan(context: &Context, asked: Option<&Path>, to: &Path, needed: bool) -> Result<Self, Failure> {
        let slip = match asked {
            Some(path) if path == Path::new("screen") => Self::Screen,
            Some(path) => Self::File(path.to_owned()),
            None if !needed => return Ok(Self::None),
            None if context.may_ask() => Self::Screen,
            None => return Err(Failure::usage("no_slip", t!("err-no-slip"), t!("hint-no-slip"))),
        };
        match &slip {
            Self::Screen if !context.may_ask() => {
                Err(Failure::usage("no_terminal", t!("err-slip-no-terminal"), t!("hint-no-slip")))
            }
            Self::File(path) => check_place(path, to).map(|()| slip),
            _ => Ok(slip),
        }
    }

    /// Hands the passphrase over. Returns the file it went into.
    pub fn deliver(&self, record: &PackRecord, passphrase: &Passphrase) -> Result<Option<PathBuf>, Failure> {
        // Lines to sign are for paper.
        let text = render(record, passphrase, matches!(self, Self::File(_)));
        match self {
            Self::None => Ok(None),
            Self::Screen => {
                let mut text = text;
                for part in ["\n", &t!("slip-press-enter")] {
                    push_secret(&mut text, part);
                }
                prompt::show_until_enter(&text).map_err(|e| words::terminal(&e)).map(|()| None)
            }
            Self::File(path) => write(path, &text).map(|()| Some(path.clone())),
        }
    }
}

/// Attack: the finder of a lost stick finds the slip on it. A slip inside the target, or anywhere on the same
/// hand-over medium, is refused.
fn check_place(slip: &Path, to: &Path) -> Result<(), Failure> {
    let shown = show::path(slip);
    if slip.symlink_metadata().is_ok() {
        return Err(
            Failure::refused("exists", t!("err-exists", path = shown.clone()), t!("hint-slip-exists")).about(shown)
        );
    }
    let parent = slip.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = parent.canonicalize().map_err(|e| words::io(parent, &e))?;
    let target = to.canonicalize().map_err(|e| words::io(to, &e))?;
    let refuse =
        |message| Err(Failure::refused("slip_with_bundle", message, t!("hint-slip-place")).about(shown.clone()));
    if folder.starts_with(&target) {
        return refuse(t!("err-slip-inside", path = shown.clone(), target = show::path(to)));
    }
    let place = |path: &Path| os::place(path).map_err(|e| words::io(path, &e));
    let (slip_place, target_place) = (place(&folder)?, place(&target)?);
    if target_place.is_handover_medium() && slip_place.same_medium(&target_place) {
        return refuse(t!("err-slip-same-medium", path = shown.clone(), target = show::path(to)));
    }
    Ok(())
}

/// A slip that could not be written whole leaves nothing behind.
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let mut file = os::create_new_private(path, false).map_err(|e| words::io(path, &e))?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    if let Err(e) = written {
        drop(file);
        discard(path);
        return Err(words::io(path, &e));
    }
    Ok(())
}

/// Erases a slip whose bundle did not come to be.
pub fn discard(path: &Path) {
    let left = scrap::scrap_file(path).left;
    if !left.is_empty() {
        // What could not be overwritten is at least not left lying there by name.
        let _ = fs::remove_file(path);
    }
}

/// The slip as text. The canonical passphrase stands alone on its line, exactly as any tool takes it.
fn render(record: &PackRecord, passphrase: &Passphrase, paper: bool) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(8192 + passphrase.expose().len()));
    // In parts: a line put together first would stay in freed memory.
    let mut say = |parts: &[&str]| parts.iter().chain(&["\n"]).for_each(|part| push_secret(&mut out, part));
    say(&[&t!("slip-title")]);
    say(&[&t!("slip-caution")]);
    say(&[]);
    let mut field = |label: String, value: &str| say(&[&show::pad(&label, 16), "  ", value]);
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
    if paper {
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
                let text = render(&record, &passphrase, true);
                assert!(text.contains(group));
            });
            assert_eq!(left, 0);
        }
    }
}
