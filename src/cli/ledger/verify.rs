//! `tewatashi ledger verify`: recompute everything, and say exactly what that proves.

use std::path::Path;

use serde_json::json;

use super::super::context::Context;
use super::super::desk::{Shelf, head_of};
use super::super::failure::Failure;
use super::super::words;
use crate::ledger::checkpoint::base64;
use crate::ledger::{Ledger, Question, ShortCode, Verdict, package, records, verify};
use crate::t;
use crate::term::show;

pub fn run(context: &Context, file: Option<&Path>, code: Option<&str>, full: bool) -> Result<(), Failure> {
    let code = code.map(ShortCode::parse).transpose().map_err(|e| words::bad_code(&e))?;
    let Some(file) = file else { return own(context, code.as_ref(), full) };
    let question = Question { code: code.as_ref(), full, ..Question::default() };
    let verdict = if package::is_one(file) {
        package::verify(file, &question).map_err(|e| words::package(&e))?
    } else {
        let ledger = Ledger::open_to_read(file).map_err(|e| words::ledger(&e))?;
        verify::verify(&ledger, &question).map_err(|e| words::ledger(&e))?
    };
    conclude(context, &verdict, code.as_ref(), false)
}

/// The case's own ledger, against what this computer remembers of it too.
fn own(context: &Context, code: Option<&ShortCode>, full: bool) -> Result<(), Failure> {
    let shelf = Shelf::open(context)?;
    let (verdict, seen) = of_case(context, &shelf, code, full)?;
    conclude(context, &verdict, code, seen)
}

/// What verifying a case's own ledger says, and whether this computer remembers a head of it.
pub fn of_case(
    context: &Context,
    shelf: &Shelf,
    code: Option<&ShortCode>,
    full: bool,
) -> Result<(Verdict, bool), Failure> {
    let known = context.home()?.case_at(&shelf.folder.path);
    let seen = known.as_ref().and_then(|known| known.seen.as_ref()).and_then(head_of);
    let question = Question { code, seen, known: known.as_ref().map(|k| (k.origin.as_str(), k.key.as_str())), full };
    let mut verdict = verify::verify(&shelf.ledger, &question).map_err(|e| words::ledger(&e))?;
    records::check(&shelf.ledger, &shelf.folder.records(), &mut verdict).map_err(|e| words::ledger(&e))?;
    Ok((verdict, seen.is_some()))
}

fn conclude(context: &Context, verdict: &Verdict, code: Option<&ShortCode>, seen: bool) -> Result<(), Failure> {
    let count = |label: String, n: u64| context.chat(&format!("  {}  {}", show::pad(&label, 20), show::number(n)));
    count(t!("ledger-entries"), verdict.entries);
    count(t!("ledger-checkpoints"), verdict.checkpoints);
    count(t!("ledger-signatures"), verdict.signatures);
    count(t!("ledger-records"), verdict.records);
    let short = verdict.head.map(|head| head.code().to_string());
    if let Some(short) = &short {
        context.chat(&format!("  {}  {short}", show::pad(&t!("ledger-code"), 20)));
    }
    for notice in &verdict.notices {
        context.warn(&words::notice(notice));
    }
    let scope = if verdict.code_holds {
        "paper"
    } else if seen {
        "this_computer"
    } else {
        "internal"
    };
    context.result(&json!({
        "result": if verdict.findings.is_empty() { "ok" } else { "broken" },
        "scope": scope,
        "pinned": code.filter(|_| verdict.code_holds).map(ShortCode::size),
        "entries": verdict.entries,
        "checkpoints": verdict.checkpoints,
        "signatures": verdict.signatures,
        "records": verdict.records,
        "head": verdict.head.map(|h| json!({ "size": h.size, "root": base64(&h.root), "code": short })),
        "findings": verdict.findings,
        "notices": verdict.notices,
    }));
    if verdict.findings.is_empty() {
        context.say(&match (verdict.code_holds, seen) {
            (true, _) => t!("ledger-ok-code", size = code.map(ShortCode::size).unwrap_or_default().to_string()),
            (false, true) => t!("ledger-ok-seen"),
            (false, false) => t!("ledger-ok-internal"),
        });
        if code.is_none() {
            context.say(&t!("ledger-internal-only"));
        }
        return Ok(());
    }
    Err(Failure { reported: true, ..words::broken(&verdict.findings) })
}
