//! The things of an incident: media, slips, bundles, opened folders, documents; and what the ledger does not know, which is
//! taken as it was said. A first report does not wait for a number to be found.

use std::path::Path;

use crate::cli::context::Context;
use crate::cli::desk::{Desk, Trace};
use crate::cli::failure::Failure;
use crate::cli::{opened, pieces, said, things};
use crate::ledger::{SubjectType, documents};
use crate::life::facts::{Part, Particulars};
use crate::life::{Life, Piece};
use crate::t;
use crate::term::show;

/// Sorts what was named into what the ledger knows, and names it in the entry.
pub fn name(
    context: &Context,
    desk: &Desk,
    life: &Life,
    trace: &Trace,
    told: &[String],
    into: &mut Particulars,
) -> Result<(), Failure> {
    for said in told {
        one(context, desk, life, trace, said, into)?;
    }
    Ok(())
}

fn one(
    context: &Context,
    desk: &Desk,
    life: &Life,
    trace: &Trace,
    said: &str,
    into: &mut Particulars,
) -> Result<(), Failure> {
    if let Some(copy) = copy(desk, life, said) {
        trace.about(SubjectType::Bundle, copy.0);
        put(&mut into.copies, copy.1);
        return Ok(());
    }
    match things::piece(life, said, None) {
        Ok(piece) => {
            piece_named(trace, piece, into);
            if let Some(bundle) = things::bundle(said) {
                put(&mut into.bundles, bundle.to_string());
            }
            return Ok(());
        }
        // Both sides number their slips from one. Which of them is meant is for the person to say, and not a reason to wait:
        // it is taken as it was said.
        Err(failure) if failure.kind == "several_things" => {
            context.warn(&failure.message);
            return unlisted(context, said, into);
        }
        Err(_) => {}
    }
    let number = things::number(said).to_uppercase();
    if let Some(document) = desk.look(|ledger| documents::find(ledger, &number))? {
        trace.about(SubjectType::Document, document.number.clone());
        put(&mut into.documents, document.number);
        return Ok(());
    }
    unlisted(context, said, into)
}

fn unlisted(context: &Context, said: &str, into: &mut Particulars) -> Result<(), Failure> {
    let text = said::text(said)?;
    context.warn(&t!("warn-incident-unlisted", thing = show::name(&text)));
    put(&mut into.unlisted, text);
    Ok(())
}

fn piece_named(trace: &Trace, piece: &Piece, into: &mut Particulars) {
    things::about(trace, piece);
    for part in pieces::parts(&[piece]) {
        put::<Part>(&mut into.pieces, part);
    }
}

/// An opened folder, by its name in the ledger or by where it lies: the bundle and that name.
fn copy(desk: &Desk, life: &Life, said: &str) -> Option<(String, String)> {
    let bundle_of = |copy: &str| life.bundles.iter().find(|b| b.copies.iter().any(|copied| copied.copy == copy));
    let told = things::number(said);
    if let Some(bundle) = bundle_of(&told) {
        return Some((bundle.id.clone(), told));
    }
    // A bundle's own folder is its medium, not its plaintext: only a place that was opened to is a copy.
    let path = Path::new(said).canonicalize().ok().filter(|path| path.is_dir())?;
    let all = opened::all(&desk.folder);
    let found = all.iter().find_map(|kept| kept.copy_at(&path, &desk.operator.host))?;
    bundle_of(&found.id).map(|bundle| (bundle.id.clone(), found.id.clone()))
}

fn put<T: PartialEq>(list: &mut Vec<T>, one: T) {
    if !list.contains(&one) {
        list.push(one);
    }
}
