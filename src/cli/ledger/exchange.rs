//! Carrying the ledger: its signed head, entries for another ledger, entries from one, and the archive at its end.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use chrono::Local;
use serde_json::json;

use super::super::context::Context;
use super::super::desk::{Desk, Draft, allowed, facts, recorded};
use super::super::failure::Failure;
use super::super::place::place_new;
use super::super::{counted, said, words};
use crate::case::retention_end;
use crate::ledger::exchange::{self, ReceiveError, Received};
use crate::ledger::package::{self, Package};
use crate::ledger::{Entry, Head, Kind, Ledger, Outcome, SubjectType, keys};
use crate::t;
use crate::term::{ask, show};

/// The signed head, for anyone to keep: text, signature, public key.
pub fn checkpoint(context: &Context, file: &Path) -> Result<(), Failure> {
    let desk = Desk::open(context)?;
    let latest = desk.look(|ledger| Ok((ledger.last_checkpoint()?, ledger.head()?)))?;
    let signed = match latest {
        (Some(last), head) if last.head == head => last,
        _ => {
            let key = desk.signer()?;
            desk.append_by(context, |ledger, _| ledger.sign_head(&key))?;
            let last = desk.look(Ledger::last_checkpoint)?;
            last.ok_or_else(|| Failure::failed("not_signed", t!("err-key-locked"), t!("hint-key-locked")))?
        }
    };
    // Right after a key was replaced the last signature is the old key's.
    let line = desk.look(|ledger| keys::line_of(ledger, &signed.key))?.unwrap_or_default();
    let beside = |end: &str| {
        let mut name = file.as_os_str().to_owned();
        name.push(end);
        std::path::PathBuf::from(name)
    };
    let write = |path: &Path, text: &str| {
        place_new(path, |file| file.write_all(text.as_bytes()).map_err(|e| words::io(path, &e)))
    };
    write(file, &signed.head.body(&desk.origin))?;
    write(&beside(".sig"), &signed.signature)?;
    write(&beside(".allowed_signers"), &format!("tewatashi {line}\n"))?;
    let code = signed.head.code().to_string();
    context.say(&t!("checkpoint-done", path = show::path(file), code = code.clone()));
    let name = show::path(file);
    let command = format!(
        "ssh-keygen -Y verify -f {name}.allowed_signers -I tewatashi -n checkpoint@tewatashi -s {name}.sig < {name}"
    );
    context.chat(&t!("checkpoint-how", command = command));
    context.result(
        &json!({ "checkpoint": file.to_string_lossy(), "size": signed.head.size, "code": code, "key": signed.key }),
    );
    Ok(())
}

/// Writes entries into a file, all or from one on, signed.
fn write(desk: &Desk, file: &Path, from: u64, all: bool) -> Result<package::Meta, Failure> {
    let mut meta = None;
    place_new(file, |out| {
        meta = Some(desk.look(|ledger| Ok(package::write(ledger, from, all, out)))?.map_err(|e| words::package(&e))?);
        Ok(())
    })?;
    meta.ok_or_else(|| Failure::failed("not_written", t!("err-key-missing"), t!("hint-key-missing")))
}

pub fn send(context: &Context, file: &Path, from: u64) -> Result<(), Failure> {
    let meta = recorded(context, Kind::Sent, |desk, trace| {
        let entries = desk.look(Ledger::head)?.size;
        if from == 0 || from > entries {
            return Err(super::show::no_entry(from));
        }
        let signer = desk.signer()?;
        let head = desk.append_by(context, |ledger, _| ledger.sign_head(&signer))?;
        let meta = write(desk, file, from, false)?;
        trace.facts(json!({ "from": meta.from, "to": meta.to, "code": head.code().to_string() }));
        Ok(meta)
    })?;
    context.say(&t!("sent", from = meta.from.to_string(), to = meta.to.to_string(), path = show::path(file)));
    context.result(&json!({ "file": file.to_string_lossy(), "origin": meta.origin, "from": meta.from, "to": meta.to }));
    Ok(())
}

pub fn receive(context: &Context, file: &Path) -> Result<(), Failure> {
    let desk = Desk::open(context)?;
    allowed(context, &desk, Kind::Received)?;
    let package = Package::open(file).map_err(|e| words::package(&e))?;
    let taken = take(context, &desk, &package).or_else(|error| match error {
        ReceiveError::UnknownKey { key } => {
            confirm(context, &desk, &package, &key)?;
            take(context, &desk, &package).map_err(|e| words::receive(&e))
        }
        other => Err(words::receive(&other)),
    });
    let Received { new, known, .. } = match taken {
        Ok(received) => received,
        Err(failure) => {
            let outcome =
                if failure.code == super::super::failure::code::REFUSED { Outcome::Refused } else { Outcome::Failed };
            let facts = facts(
                json!({ "origin": package.meta.origin, "error": { "code": failure.code, "kind": failure.kind } }),
            );
            let subjects = vec![crate::ledger::Subject::new(SubjectType::Ledger, &package.meta.origin)];
            desk.append(context, Draft { kind: Kind::Received, subjects, result: outcome, facts })?;
            return Err(failure);
        }
    };
    context.say(&t!(
        "received",
        origin = show::name(&package.meta.origin),
        new = show::number(new),
        known = show::number(known)
    ));
    let code = package.head.code().to_string();
    context.chat(&t!("received-code", code = code.clone()));
    context.result(
        &json!({ "origin": package.meta.origin, "new": new, "known": known, "key": package.key, "code": code }),
    );
    Ok(())
}

/// Taking in entries, as one step of this ledger.
fn take(context: &Context, desk: &Desk, package: &Package) -> Result<Received, ReceiveError> {
    let mut outcome = None;
    let appended = desk.append_by(context, |ledger, signer| {
        let compose = |number, kind, result, subjects, value| -> Entry {
            Draft { kind, subjects, result, facts: facts(value) }.entry(number, &desk.operator)
        };
        match exchange::receive(ledger, package, signer, compose) {
            Ok(received) => {
                let head = received.head;
                outcome = Some(Ok(received));
                Ok(head)
            }
            Err(error) => {
                outcome = Some(Err(error));
                ledger.head()
            }
        }
    });
    match (outcome, appended) {
        (Some(outcome), _) => outcome,
        // The closure always runs; without it nothing was received.
        (None, _) => Err(ReceiveError::Root),
    }
}

/// The other side's key, held against its paper once. Attack: a file with a stranger's key; agreeing to what the screen
/// shows proves nothing, so the end of it is to be typed from paper, and the screen does not show it before.
fn confirm(context: &Context, desk: &Desk, package: &Package, key: &str) -> Result<(), Failure> {
    let unknown = || words::receive(&ReceiveError::UnknownKey { key: key.to_owned() });
    if !context.may_ask() {
        return Err(unknown());
    }
    let shown = key.chars().count().saturating_sub(8);
    let start: String = key.chars().take(shown).collect();
    context.note(&t!("confirm-key", origin = show::name(&package.meta.origin), start = start));
    let typed = ask::text(&t!("ask-key-end"), None).map_err(|e| words::terminal(&e))?;
    let end: String = key.chars().skip(shown).collect();
    if typed.trim() != end {
        return Err(unknown());
    }
    let whose = ask::text(&t!("ask-key-whose"), None).map_err(|e| words::terminal(&e))?;
    let whose = said::text(&whose)?;
    let facts = facts(json!({ "fingerprint": key, "whose": whose, "confirmed": "paper" }));
    let subjects = vec![crate::ledger::Subject::new(SubjectType::Key, key)];
    desk.append(context, Draft::done(Kind::Trust, subjects, facts)).map(|_| ())
}

/// Seals the whole ledger once nothing has to be kept any more.
pub fn archive(context: &Context, file: &Path) -> Result<(), Failure> {
    let meta = recorded(context, Kind::Archive, |desk, trace| {
        if let Some(hold) = super::super::case::holds(desk)?.first() {
            let number = hold.number.to_string();
            return Err(Failure::refused(
                "held",
                t!("err-held", number = number.clone()),
                t!("hint-held", number = number),
            ));
        }
        let until = retention_end(&desk.settings, &desk.contract()?);
        let today = Local::now().date_naive();
        match until {
            None => return Err(Failure::refused("no_end", t!("err-archive-no-end"), t!("hint-archive-no-end"))),
            Some(until) if today <= until => {
                let until = until.to_string();
                return Err(Failure::refused("kept", t!("err-archive-kept", until = until), t!("hint-archive-kept")));
            }
            Some(until) => trace.fact("kept_until", until.to_string()),
        }
        let signer = desk.signer()?;
        let head: Head = desk.append_by(context, |ledger, _| ledger.sign_head(&signer))?;
        let meta = write(desk, file, 1, true)?;
        trace.facts(json!({ "entries": meta.to, "code": head.code().to_string(), "sha256": sha256(file)? }));
        Ok(meta)
    })?;
    context.say(&t!("archived", entries = counted::entries(meta.to), path = show::path(file)));
    context.chat(&t!("archived-next"));
    context.result(&json!({ "file": file.to_string_lossy(), "origin": meta.origin, "entries": meta.to }));
    Ok(())
}

fn sha256(path: &Path) -> Result<String, Failure> {
    use sha2::{Digest, Sha256};
    let mut file = File::open(path).map_err(|e| words::io(path, &e))?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let read = std::io::Read::read(&mut file, &mut buffer).map_err(|e| words::io(path, &e))?;
        if read == 0 {
            return Ok(crate::digest::hex(&hash.finalize().into()));
        }
        hash.update(&buffer[..read]);
    }
}
