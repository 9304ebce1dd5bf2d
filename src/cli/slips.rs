//! `tewatashi slip …`: files of slips that still lie about. A slip on a disk is a password beside the data.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use chrono::DateTime;
use serde_json::json;
use zeroize::Zeroizing;

use super::args::SlipCommand;
use super::context::Context;
use super::desk::{Desk, Draft, Shelf, allowed, facts};
use super::failure::Failure;
use super::mishap::{self, Mishap};
use super::{counted, words};
use crate::erase::scrap;
use crate::ledger::documents::{self, Issued};
use crate::ledger::{Kind, Outcome, Subject, SubjectType};
use crate::life::facts::What;
use crate::t;
use crate::term::out::out;
use crate::term::show;

pub fn run(context: &Context, command: &SlipCommand) -> Result<(), Failure> {
    match command {
        SlipCommand::List => list(context),
        SlipCommand::Lost(args) => mishap::record(context, args, What::Slip, Mishap::Lost),
        SlipCommand::Recovered(args) => mishap::recovered(context, args, What::Slip),
        SlipCommand::Erase { number } => erase(context, number),
    }
}

/// Slips whose file nobody has erased yet, as far as the ledger knows.
fn open(all: Vec<Issued>) -> impl Iterator<Item = (Issued, String)> {
    let open = all.into_iter().filter(|slip| slip.given.as_deref() == Some("file") && slip.file_gone.is_none());
    open.filter_map(|slip| slip.file.clone().map(|file| (slip, file)))
}

/// Says which are left of earlier work.
pub fn remind(context: &Context, desk: &Desk) -> Result<(), Failure> {
    let all = desk.look(documents::all)?;
    for slip in all.iter().filter(|slip| slip.given.is_some() && slip.voided.is_none()) {
        let bundle = slip.bundle.clone().unwrap_or_default();
        let history = desk.look(|ledger| ledger.history(&bundle))?;
        if !history.iter().any(|entry| entry.is(Kind::Pack) && entry.result == Outcome::Done) {
            context.warn(&t!("warn-slip-without-bundle", number = slip.number.clone(), bundle = bundle));
        }
    }
    for (slip, file) in open(all) {
        if Path::new(&file).symlink_metadata().is_ok() {
            context.warn(&t!("warn-slip-there", number = slip.number, path = show::path(Path::new(&file))));
        }
    }
    Ok(())
}

fn list(context: &Context) -> Result<(), Failure> {
    let shelf = Shelf::open(context)?;
    let all = documents::all(&shelf.ledger).map_err(|e| words::ledger(&e))?;
    let rows: Vec<_> =
        open(all).map(|(slip, file)| (Path::new(&file).symlink_metadata().is_ok(), slip, file)).collect();
    if rows.is_empty() {
        context.say(&t!("slips-none"));
    } else if !context.json {
        for (is_there, slip, file) in &rows {
            let state = if *is_there { t!("slip-there") } else { t!("slip-not-there") };
            let day = DateTime::parse_from_rfc3339(&slip.time).map(|t| t.date_naive().to_string()).unwrap_or_default();
            let bundle = slip.bundle.clone().unwrap_or_default();
            out(&format!(
                "{}  {day}  {bundle}  {}  {}",
                slip.number,
                show::pad(&state, 12),
                show::path(Path::new(file))
            ));
        }
    }
    let rows = rows.iter().map(|(is_there, slip, file)| {
        json!({ "number": slip.number, "bundle": slip.bundle, "file": file, "there": is_there, "issued": slip.time })
    });
    context.result(&json!({ "slips": rows.collect::<Vec<_>>() }));
    Ok(())
}

/// The longest slip.
const MOST_BYTES: u64 = 4 << 20;

/// Whether a file says that it is this slip: its number stands in it as it is, in a page as well as in a text. Neither its
/// length nor its hash is kept: both tell of a passphrase of the sender's own.
fn is_slip(path: &Path, number: &str) -> bool {
    let mut bytes = Zeroizing::new(Vec::new());
    let read = File::open(path).and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes));
    read.is_ok() && bytes.windows(number.len()).any(|part| part == number.as_bytes())
}

fn erase(context: &Context, said: &str) -> Result<(), Failure> {
    let desk = Desk::open(context)?;
    allowed(context, &desk, Kind::SlipErased)?;
    let number = crate::typed::narrow(said).trim().to_uppercase();
    let found = open(desk.look(documents::all)?).find(|(slip, _)| slip.number == number);
    let Some((slip, file)) = found else {
        let message = t!("err-no-open-slip", number = show::name(said));
        return Err(Failure::failed("no_open_slip", message, t!("hint-no-open-slip")));
    };
    let path = Path::new(&file);
    let there = path.symlink_metadata().ok();
    // Attack, or a coincidence: another file under the slip's name, or a link to one.
    if there.as_ref().is_some_and(|meta| !meta.is_file() || !is_slip(path, &slip.number)) {
        let message = t!("err-slip-other-file", number = slip.number, path = show::path(path));
        return Err(Failure::refused("slip_other_file", message, t!("hint-slip-other-file")).about(file));
    }
    let was_there = there.is_some();
    let done = was_there.then(|| scrap::scrap_file(path));
    let left = done.as_ref().map_or(0, |done| done.left.len());
    let result = match (was_there, left) {
        (true, 0) => "overwritten",
        (true, _) => "failed",
        (false, _) => "found_gone",
    };
    let outcome = if left == 0 { Outcome::Done } else { Outcome::Failed };
    let subjects = vec![Subject::new(SubjectType::Document, slip.number.clone())];
    let facts = facts(json!({ "number": slip.number, "result": result }));
    desk.append(context, Draft { kind: Kind::SlipErased, subjects, result: outcome, facts })?;
    if let Some((path, error)) = done.as_ref().and_then(|done| done.left.first()) {
        return Err(words::io(path, error));
    }
    let shown = show::path(path);
    match &done {
        Some(done) => context.say(&t!("slip-erased", path = shown, bytes = counted::bytes(done.bytes))),
        None => context.say(&t!("slip-found-gone", path = shown)),
    }
    context.result(&json!({ "number": slip.number, "result": result, "file": file }));
    Ok(())
}
