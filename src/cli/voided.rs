//! 失効: a bundle whose slip or medium is gone or in wrong hands. It is replaced, and stays open until both parts are back or
//! destroyed, because nothing keeps the old passphrase from opening the old medium.

use serde_json::json;

use super::context::Context;
use super::desk::{Desk, recorded_at};
use super::failure::Failure;
use super::papers::Papers;
use super::{said, things, words};
use crate::bundle::BundleId;
use crate::ledger::documents;
use crate::ledger::{Kind, SubjectType};
use crate::life::facts::{BundleVoid, Told, What};
use crate::t;

/// Records it.
pub fn bundle(context: &Context, id: &BundleId, reason: &str) -> Result<(), Failure> {
    let desk = Desk::open(context)?;
    let parts = recorded_at(context, &desk, Kind::Void, |desk, trace| {
        let life = desk.life()?;
        trace.about(SubjectType::Bundle, id.as_str());
        let known = life.bundle(id.as_str()).ok_or_else(|| unknown(id))?;
        if let Some(entry) = known.void {
            let message = t!("err-bundle-void", bundle = id.to_string(), entry = entry.to_string());
            return Err(Failure::refused("bundle_void", message, t!("hint-bundle-void")).about(id.to_string()));
        }
        let medium = life.piece(What::Media, &known.medium);
        let slip = known.slip.as_deref().and_then(|slip| life.piece(What::Slip, slip));
        let parts: Vec<_> = medium.into_iter().chain(slip).cloned().collect();
        for piece in &parts {
            things::about(trace, piece);
        }
        trace.facts(BundleVoid { bundle: id.to_string(), reason: said::text(reason)? }.facts().into());
        Ok(parts)
    })?;
    // The slip's number is out of force with it, where this desk issued it.
    for piece in parts.iter().filter(|piece| piece.what == What::Slip) {
        let issued = desk.look(|ledger| documents::find(ledger, &piece.id))?;
        if issued.is_some_and(|document| document.voided.is_none() && document.bundle.as_deref() == Some(id.as_str())) {
            Papers::new(context, &desk).void(&piece.id, reason)?;
        }
    }
    context.say(&t!("voided-bundle", bundle = id.to_string()));
    context.warn(&t!("void-still-opens"));
    for piece in &parts {
        context.say(&format!("  {}: {}", things::called(piece), words::state(piece)));
    }
    let told = parts
        .iter()
        .map(|piece| json!({ "thing": piece.id, "what": piece.what, "state": words::state_name(&piece.state) }));
    context.result(&json!({ "bundle": id, "reason": reason, "still_opens": true, "parts": told.collect::<Vec<_>>() }));
    Ok(())
}

/// A bundle that the ledger does not know.
pub fn unknown(id: &BundleId) -> Failure {
    let message = t!("err-no-bundle-here", bundle = id.to_string());
    Failure::failed("no_bundle_here", message, t!("hint-no-bundle-here")).about(id.to_string())
}

/// The bundle a new one comes in place of: void, of this desk, and not replaced yet.
pub fn replaced(desk: &Desk, said: &str) -> Result<BundleId, Failure> {
    let Some(id) = things::bundle(said) else {
        let message = t!("err-not-a-bundle-name", thing = crate::term::show::name(said));
        return Err(Failure::usage("not_a_bundle_name", message, t!("hint-not-a-bundle-name")));
    };
    let life = desk.life()?;
    let known = life.bundle(id.as_str()).filter(|bundle| !bundle.is_theirs()).ok_or_else(|| unknown(&id))?;
    if known.void.is_none() {
        let message = t!("err-not-void", bundle = id.to_string());
        return Err(Failure::refused("not_void", message, t!("hint-not-void")).about(id.to_string()));
    }
    if let Some(by) = &known.replaced_by {
        let message = t!("err-replaced-by", bundle = id.to_string(), by = by.clone());
        return Err(Failure::refused("replaced_already", message, t!("hint-replaced-by")).about(id.to_string()));
    }
    Ok(id)
}
