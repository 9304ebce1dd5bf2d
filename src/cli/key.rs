//! `tewatashi key …`: the key that signs checkpoints and bundles, its replacement, and the keys of others.

use serde_json::json;

use super::args::KeyCommand;
use super::context::Context;
use super::desk::{Desk, Shelf, key_path, recorded, recorded_at};
use super::failure::Failure;
use super::{secret, words};
use crate::ledger::{Kind, SubjectType, keys};
use crate::sign::{self, SigningKey, rotate};
use crate::t;
use crate::term::out::out;
use crate::term::show;

pub fn run(context: &Context, command: &KeyCommand) -> Result<(), Failure> {
    match command {
        KeyCommand::Rotate { reason, lost, new_passphrase_file } => {
            let passphrase = new_passphrase_file.as_deref().map(secret::read_text).transpose()?;
            rotate_key(context, reason, *lost, passphrase.as_ref().map(|text| text.as_str()))
        }
        KeyCommand::Show => show_keys(context),
        KeyCommand::Trust { fingerprint, whose } => trust(context, fingerprint, whose),
    }
}

/// The new key waits beside the old one until the ledger says that it holds; a crash in between is mended when the case is
/// opened next.
fn rotate_key(context: &Context, reason: &str, lost: bool, passphrase: Option<&str>) -> Result<(), Failure> {
    let reason = super::said::text(reason)?;
    // A lost key cannot be asked for its passphrase.
    let desk = if lost { Desk::open_without_key(context)? } else { Desk::open(context)? };
    let place = key_path(context, &desk.folder, desk.is_default)?;
    if let Some(keys) = place.parent() {
        let _ = crate::erase::os::make_private_dir(keys);
    }
    let busy = || Failure::failed("key_busy", t!("err-key-busy"), t!("hint-ledger-busy"));
    let _lock = rotate::lock(&place).map_err(|e| words::io(&place, &e))?.ok_or_else(busy)?;
    let (old, new) = recorded_at(context, &desk, Kind::KeyRotate, |desk, trace| {
        let next = rotate::next(&place);
        let key = SigningKey::generate().map_err(|e| words::signing(&e))?;
        let line = key.public_line().trim().to_owned();
        let old = desk.look(keys::current)?.map(|key| key.fingerprint).unwrap_or_default();
        let endorsement = if lost {
            None
        } else {
            let text = keys::endorsement_text(&desk.origin, &line);
            let signed = desk.signer()?.sign(keys::ENDORSEMENT, text.as_bytes());
            Some(signed.map_err(|e| words::signing(&e))?)
        };
        key.save_new(&next, passphrase).map_err(|e| words::signing(&e))?;
        let new = key.fingerprint();
        if lost {
            // Nobody else can sign this entry; that it is so stays visible.
            desk.take_key(key);
        }
        trace.about(SubjectType::Key, old.clone());
        trace.about(SubjectType::Key, new.clone());
        trace.facts(json!({ "key": line, "old": old, "reason": reason, "lost": lost, "endorsement": endorsement }));
        Ok((old, new))
    })?;
    rotate::replace(&place).map_err(|e| words::io(&place, &e))?;
    context.say(&t!("key-rotated", old = old.clone(), new = new.clone()));
    context.chat(&t!("key-rotated-next"));
    context.result(&json!({ "old": old, "new": new, "lost": lost }));
    Ok(())
}

fn show_keys(context: &Context) -> Result<(), Failure> {
    let shelf = Shelf::open(context)?;
    let own = keys::all(&shelf.ledger).map_err(|e| words::ledger(&e))?;
    let trusted = keys::trusted(&shelf.ledger).map_err(|e| words::ledger(&e))?;
    if !context.json {
        for (at, key) in (1..).zip(&own) {
            let state = if at == own.len() { t!("key-current") } else { t!("key-former") };
            let since = key.since.get(..10).unwrap_or_default();
            out(&format!("{}  {}  {since}", show::pad(&state, 8), key.fingerprint));
            out(&format!("          {}", key.line));
        }
        for (fingerprint, whose) in &trusted {
            out(&format!("{}  {fingerprint}  {}", show::pad(&t!("key-trusted"), 8), show::name(whose)));
        }
    }
    let rows = own.iter().map(|key| json!({ "fingerprint": key.fingerprint, "key": key.line, "entry": key.entry }));
    let others = trusted.iter().map(|(fingerprint, whose)| json!({ "fingerprint": fingerprint, "whose": whose }));
    context.result(&json!({ "keys": rows.collect::<Vec<_>>(), "trusted": others.collect::<Vec<_>>() }));
    Ok(())
}

fn trust(context: &Context, fingerprint: &str, whose: &str) -> Result<(), Failure> {
    let fingerprint = fingerprint.trim();
    if !sign::is_fingerprint(fingerprint) {
        let shown = show::name(fingerprint);
        return Err(Failure::usage("bad_signer", t!("err-bad-signer", text = shown), t!("hint-bad-signer")));
    }
    let whose = super::said::text(whose)?;
    recorded(context, Kind::Trust, |_, trace| {
        trace.about(SubjectType::Key, fingerprint);
        trace.facts(json!({ "fingerprint": fingerprint, "whose": whose, "confirmed": "paper" }));
        Ok(())
    })?;
    context.say(&t!("key-trust-done", fingerprint = fingerprint.to_owned(), whose = show::name(&whose)));
    context.result(&json!({ "fingerprint": fingerprint, "whose": whose }));
    Ok(())
}
