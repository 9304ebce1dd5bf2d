//! `tewatashi medium label`: what is stuck on a medium. Its number and 「個」, and never a word of what is on it.

use serde_json::json;

use super::context::Context;
use super::desk::{Desk, allowed};
use super::failure::Failure;
use super::papers::{self, Papers};
use super::things;
use crate::bundle::BundleId;
use crate::ledger::Kind;
use crate::life::facts::What;
use crate::t;
use crate::term::show;

pub fn run(context: &Context, ids: &[String], copies: u32) -> Result<(), Failure> {
    let desk = Desk::open(context)?;
    allowed(context, &desk, Kind::Document)?;
    let life = desk.life()?;
    let mut media = Vec::new();
    for id in ids {
        let piece = things::piece(&life, id, Some(What::Media))?;
        if BundleId::parse(&piece.id).is_some() {
            let message = t!("err-no-label", bundle = show::name(&piece.id));
            return Err(Failure::failed("no_medium_number", message, t!("hint-no-label")).about(piece.id.clone()));
        }
        media.push(piece.id.clone());
    }
    let issued = Papers::new(context, &desk).issue(&papers::label(&media, copies))?;
    papers::tell(context, [&issued]);
    context.result(&json!({ "media": media, "copies": copies, "documents": [issued.json()] }));
    Ok(())
}
