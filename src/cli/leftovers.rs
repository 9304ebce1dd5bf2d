//! `tewatashi leftovers`: what a killed run left behind is found, named, and erased when the user agrees.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::args::LeftoversArgs;
use super::context::Context;
use super::desk::{Desk, Draft, facts};
use super::failure::Failure;
use super::{counted, words};
use crate::erase::{freespace, scrap};
use crate::home::{self, Leftover, WorkKind};
use crate::ledger::{Kind, Outcome};
use crate::t;
use crate::term::{prompt, show};

/// At the start of every command: never plaintext nobody knows about.
pub fn remind(context: &Context) {
    let Ok(home) = context.home() else { return };
    for leftover in home.leftovers() {
        context.warn(&line(&leftover));
        if !leftover.reachable {
            continue;
        }
        if leftover.kind == WorkKind::Fill {
            match remove_filling(leftover) {
                Ok(line) => {
                    context.note(&line);
                    note(context, &Count { removed: 1, ..Count::default() });
                }
                Err(failure) => failure.print(false),
            }
            continue;
        }
        if context.may_ask() && prompt::yes(&t!("ask-erase-now")).unwrap_or(false) {
            match erase(leftover) {
                Ok(line) => {
                    context.chat(&line);
                    note(context, &Count { overwritten: 1, ..Count::default() });
                }
                Err(failure) => {
                    failure.print(false);
                    note(context, &Count { failed: 1, ..Count::default() });
                }
            }
        } else {
            crate::term::out::err(&format!("  {}", t!("left-how")));
        }
    }
}

pub fn run(context: &Context, args: &LeftoversArgs) -> Result<(), Failure> {
    let found = find(context, &args.folders)?;
    let paths: Vec<PathBuf> = found.iter().map(|l| l.path.clone()).collect();
    if found.is_empty() {
        context.say(&t!("left-none"));
    }
    let (mut erased, mut forgotten, mut failures) = (Vec::new(), Vec::new(), Vec::new());
    let mut removed = 0;
    for leftover in found {
        context.say(&line(&leftover));
        if !leftover.reachable {
            if args.forget && context.yes {
                forgotten.push(leftover.path.clone());
                leftover.forget();
                context.say(&t!("left-forgotten"));
            } else if args.forget && !context.may_ask() {
                return Err(Failure::usage("needs_yes", t!("err-needs-yes-forget"), t!("hint-needs-yes-forget")));
            } else {
                context.chat(&format!("  {}", t!("left-how-forget")));
            }
            continue;
        }
        let is_filling = leftover.kind == WorkKind::Fill;
        let agreed = match (args.erase, context.yes) {
            // Noise of our own, and a disk without room as long as it is there.
            _ if is_filling && leftover.is_noted() => true,
            (true, true) => true,
            _ => context.may_ask() && prompt::yes(&t!("ask-erase-now")).unwrap_or(false),
        };
        if !agreed {
            if args.erase && !context.may_ask() {
                return Err(Failure::usage("needs_yes", t!("err-needs-yes"), t!("hint-needs-yes")));
            }
            context.chat(&format!("  {}", t!("left-how")));
            continue;
        }
        let path = leftover.path.clone();
        let ended = if is_filling { remove_filling(leftover) } else { erase(leftover) };
        match ended {
            Ok(line) => {
                context.say(&line);
                removed += usize::from(is_filling);
                erased.push(path);
            }
            Err(failure) => failures.push(failure),
        }
    }
    let lossy = |paths: &[PathBuf]| paths.iter().map(|p| p.to_string_lossy().into_owned()).collect::<Vec<_>>();
    context.result(&json!({ "found": lossy(&paths), "erased": lossy(&erased), "forgotten": lossy(&forgotten) }));
    let (forgotten, failed) = (forgotten.len(), failures.len());
    note(context, &Count { overwritten: erased.len() - removed, removed, forgotten, failed });
    failures.into_iter().next().map_or(Ok(()), |mut failure| {
        failure.reported = true;
        Err(failure)
    })
}

/// What became of how many work folders.
#[derive(Default)]
struct Count {
    overwritten: usize,
    removed: usize,
    forgotten: usize,
    failed: usize,
}

/// The trace of it. Plaintext that lies about is not kept waiting for a ledger that cannot be written: then that is said.
fn note(context: &Context, count: &Count) {
    let &Count { overwritten, removed, forgotten, failed } = count;
    let settled = overwritten + removed + forgotten;
    if settled + failed == 0 {
        return;
    }
    let result = match (settled, failed) {
        (_, 0) => Outcome::Done,
        (0, _) => Outcome::Failed,
        _ => Outcome::InPart,
    };
    // Overwritten and removed, never read back: no erasure is claimed. What filled free space held no data and is removed as it is.
    let facts =
        facts(json!({ "overwritten": overwritten, "removed": removed, "forgotten": forgotten, "failed": failed }));
    let draft = Draft { kind: Kind::Leftovers, subjects: Vec::new(), result, facts };
    let noted = Desk::open(context).and_then(|desk| desk.append(context, draft));
    if let Err(failure) = noted {
        context.warn(&t!("warn-not-recorded", reason = failure.message));
    }
}

fn line(leftover: &Leftover) -> String {
    let path = show::path(&leftover.path);
    if !leftover.reachable {
        return t!("left-unreachable", path = path);
    }
    match (leftover.kind, leftover.is_noted()) {
        (WorkKind::Plaintext, true) => t!("left-plaintext", path = path),
        (WorkKind::Sealed, true) => t!("left-sealed", path = path),
        (WorkKind::Plaintext, false) => t!("left-plaintext-other", path = path),
        (WorkKind::Sealed, false) => t!("left-sealed-other", path = path),
        (WorkKind::Fill, true) => t!("left-fill", path = path),
        (WorkKind::Fill, false) => t!("left-fill-other", path = path),
    }
}

fn find(context: &Context, folders: &[PathBuf]) -> Result<Vec<Leftover>, Failure> {
    let mut found = context.home()?.leftovers();
    let busy = context.home()?.busy();
    for folder in folders {
        let absolute = std::path::absolute(folder).map_err(|e| words::io(folder, &e))?;
        if !absolute.is_dir() {
            return Err(words::io(folder, &std::io::ErrorKind::NotFound.into()));
        }
        for (kind, path) in home::work_folders_in(&absolute) {
            if !busy.iter().any(|b| same(b, &path)) && !found.iter().any(|l| same(&l.path, &path)) {
                found.push(Leftover::found(kind, path));
            }
        }
    }
    Ok(found)
}

fn same(one: &Path, two: &Path) -> bool {
    one == two || one.canonicalize().ok().zip(two.canonicalize().ok()).is_some_and(|(a, b)| a == b)
}

/// Overwrites and removes. No certificate comes of this: nothing is read back.
fn erase(leftover: Leftover) -> Result<String, Failure> {
    let done = scrap::scrap_folder(&leftover.path);
    if !done.left.is_empty() {
        let lines = done.left.iter().map(|(path, e)| format!("{}: {e}", show::path(path))).collect();
        let failure =
            Failure::failed("not_erased", t!("scrapped-left", count = done.left.len()), t!("hint-scrapped-left"));
        return Err(failure.about(show::path(&leftover.path)).with_details(lines));
    }
    let line = t!("scrapped", files = counted::files(done.files), bytes = counted::bytes(done.bytes));
    leftover.forget();
    Ok(line)
}

/// What filled free space goes as it is: there is nothing in it to overwrite, and much of it.
fn remove_filling(leftover: Leftover) -> Result<String, Failure> {
    let removed = freespace::remove(&leftover.path).map_err(|e| words::io(&leftover.path, &e))?;
    leftover.forget();
    Ok(t!("left-fill-removed", files = counted::files(removed)))
}
