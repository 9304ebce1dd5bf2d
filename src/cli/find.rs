//! `tewatashi find`: copies of bundles and of what is in them, and what programs left of it.

mod list;
mod show;
mod sought;

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::args::FindArgs;
use super::context::Context;
use super::desk::{Desk, Trace, recorded};
use super::erase::bags;
use super::failure::{Failure, code};
use super::{papers, words};
use crate::bundle::BundleId;
use crate::copies::{self, Found, LeftOut, Report, Start, Unread, Why};
use crate::digest;
use crate::ledger::Kind;
use crate::t;

/// What was done.
struct Done {
    report: Report,
    folders: usize,
    /// Bundles of which no list of files is kept: of these only sealed copies could be looked for.
    without_list: Vec<String>,
    list: PathBuf,
    list_sha256: String,
}

pub fn run(context: &Context, args: &FindArgs) -> Result<(), Failure> {
    // Paths and names are personal information: the entry is written before they are shown.
    let done = recorded(context, Kind::Find, |desk, trace| find(context, args, desk, trace))?;
    show::tell(context, &done);
    tell(context, &done);
    if done.report.unread.is_empty() {
        return Ok(());
    }
    let message = t!("err-find-unread", count = done.report.unread.len());
    let mut failure = Failure::new(code::IN_PART, "not_all_looked_at", message, t!("hint-find-unread"));
    failure.reported = true;
    Err(failure)
}

/// The bundle, unless all are looked for, and the folders.
fn asked(args: &FindArgs) -> Result<(Option<&Path>, &[PathBuf]), Failure> {
    match (args.all, &args.targets[..]) {
        (true, folders @ [_, ..]) => Ok((None, folders)),
        (false, [bundle, folders @ ..]) if !folders.is_empty() => Ok((Some(bundle), folders)),
        _ => Err(Failure::usage("no_folder", t!("err-find-no-folder"), t!("hint-find-no-folder"))),
    }
}

fn find(context: &Context, args: &FindArgs, desk: &Desk, trace: &Trace) -> Result<Done, Failure> {
    let (bundle, folders) = asked(args)?;
    let starts = Start::all(folders).map_err(|e| words::copies(&e))?;
    let mut sought = sought::Bundles::new(desk);
    match bundle {
        None => sought.all(trace)?,
        // A number: what the case keeps of that bundle, without a secret.
        Some(path) => match path.to_str().and_then(BundleId::parse).filter(|_| path.symlink_metadata().is_err()) {
            Some(number) => sought.kept(&number, trace)?,
            None => sought.sealed(context, path, &args.secret, trace)?,
        },
    }
    let (wanted, without_list) = sought.done();
    if wanted.is_empty() {
        return Err(Failure::failed("nothing_to_find", t!("err-find-nothing"), t!("hint-find-nothing")));
    }
    let report = copies::look(&starts, &wanted, &context.screen);
    context.screen.clear();
    trace.facts(facts(&report, starts.len(), &without_list));
    trace.fact("places", places(desk, folders)?);
    if report.cancelled {
        return Err(words::cancelled());
    }
    if !report.unread.is_empty() {
        trace.in_part();
    }
    let records = desk.folder.records();
    papers::writable(&records)?;
    let list = list::write(&records, folders, &report).map_err(|e| words::io(&records, &e))?;
    trace.fact("list_sha256", list.sha256.clone());
    Ok(Done { report, folders: starts.len(), without_list, list: list.path, list_sha256: list.sha256 })
}

/// Where it looked, so that a later search of the same places is known as one: keyed, for no path stands in the ledger.
fn places(desk: &Desk, folders: &[PathBuf]) -> Result<Vec<String>, Failure> {
    let key = bags::own_key(&desk.folder)?;
    let hash = |folder: &PathBuf| {
        let real = folder.canonicalize().unwrap_or_else(|_| folder.clone());
        let path: [u8; 32] = Sha256::digest(real.as_os_str().as_encoded_bytes()).into();
        let hash = digest::hex(&digest::keyed(&key, &path));
        hash[..16].to_owned()
    };
    Ok(folders.iter().map(hash).collect())
}

/// How many were found for a reason; those that `open` put where they are apart.
fn count(report: &Report, why: Why) -> usize {
    report.found.iter().filter(|found| found.why == why && !found.known).count()
}

fn counts(report: &Report) -> Value {
    json!({
        "content": count(report, Why::Content),
        "name": count(report, Why::Name),
        "bundle_copy": count(report, Why::BundleCopy),
        "known": report.found.iter().filter(|found| found.known).count(),
    })
}

/// The same for each bundle: what tells whether a search left something to be done.
fn by_bundle(report: &Report) -> Value {
    let mut all = serde_json::Map::new();
    for found in report.found.iter().filter(|found| !found.known) {
        let Some(bundle) = &found.bundle else { continue };
        let counts = all.entry(bundle.clone()).or_insert_with(|| json!({ "content": 0, "name": 0, "bundle_copy": 0 }));
        let why = match found.why {
            Why::Content => "content",
            Why::Name => "name",
            Why::BundleCopy => "bundle_copy",
        };
        counts[why] = json!(counts[why].as_u64().unwrap_or(0) + 1);
    }
    all.into()
}

/// What the ledger keeps: no path and no name.
fn facts(report: &Report, folders: usize, without_list: &[String]) -> Value {
    json!({
        "folders": folders, "looked_at": report.looked_at, "hashed": report.hashed, "bytes_hashed": report.bytes_hashed,
        "found": counts(report), "bundles": by_bundle(report), "unread": report.unread.len(), "left_out": report.left_out.len(),
        "without_list": without_list,
    })
}

fn tell(context: &Context, done: &Done) {
    #[derive(Serialize)]
    struct Document<'a> {
        result: &'static str,
        found: &'a [Found],
        counts: Value,
        folders: usize,
        looked_at: u64,
        hashed: u64,
        bytes_hashed: u64,
        unread: &'a [Unread],
        left_out: &'a [LeftOut],
        without_list: &'a [String],
        list: String,
        list_sha256: &'a str,
    }
    let report = &done.report;
    context.result(&Document {
        result: if report.found.is_empty() { "none" } else { "found" },
        found: &report.found,
        counts: counts(report),
        folders: done.folders,
        looked_at: report.looked_at,
        hashed: report.hashed,
        bytes_hashed: report.bytes_hashed,
        unread: &report.unread,
        left_out: &report.left_out,
        without_list: &done.without_list,
        list: done.list.to_string_lossy().into_owned(),
        list_sha256: &done.list_sha256,
    });
}
