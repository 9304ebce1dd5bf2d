//! What a person sees of what was found, of what was not, and of what was not looked at.

use super::Done;
use crate::cli::context::Context;
use crate::cli::counted;
use crate::copies::{Found, Leftover, Report, Why, WhyNot};
use crate::t;
use crate::term::show;

/// Lines of what could not be read that are shown; all stand in the list.
const SOME: usize = 20;

/// Tells all of it, the sum last. «Nothing» is said of exactly what was looked at.
pub fn tell(context: &Context, done: &Done) {
    let report = &done.report;
    table(context, report);
    for left_out in &report.left_out {
        let (path, kind) = (show::path(&left_out.path), show::name(&left_out.fs_type));
        context.note(&t!("find-left-out", path = path, kind = kind));
    }
    for unread in report.unread.iter().take(SOME) {
        context.warn(&format!("{}: {}", show::path(&unread.path), reason(unread.reason)));
    }
    if report.unread.len() > SOME {
        context.warn(&t!("find-unread-more", count = (report.unread.len() - SOME).to_string()));
    }
    for bundle in &done.without_list {
        context.warn(&t!("warn-find-without-list", bundle = show::name(bundle)));
    }
    if report.found.is_empty() {
        context.say(&t!("find-none"));
    } else {
        let known = report.found.iter().filter(|found| found.known).count();
        context.say(&t!("find-some", others = (report.found.len() - known).to_string(), known = known.to_string()));
    }
    context.say(&t!(
        "find-looked-at",
        files = counted::files(report.looked_at),
        hashed = counted::files(report.hashed),
        size = show::size(report.bytes_hashed)
    ));
    context.note(&t!("find-limits"));
}

fn table(context: &Context, report: &Report) {
    for found in &report.found {
        let of = match (&found.bundle, &found.name) {
            (Some(bundle), Some(name)) => format!("{} {}", show::name(bundle), show::name(name)),
            (Some(bundle), None) => show::name(bundle),
            (None, _) => t!("find-some-document"),
        };
        let size = show::pad_left(&show::number(found.size), 15);
        context.say(&show::row(&[&why(found), &size, &show::path(&found.path)], &[26, 15]));
        context.say(&format!("    {}", t!("find-of", of = of)));
    }
}

fn why(found: &Found) -> String {
    match (found.why, found.leftover) {
        (Why::Content, _) if found.known => t!("find-why-known"),
        (Why::Content, _) => t!("find-why-content"),
        (Why::BundleCopy, _) if found.known => t!("find-why-bundle"),
        (Why::BundleCopy, _) => t!("find-why-bundle-copy"),
        (Why::Name, leftover) => match leftover {
            Some(Leftover::OfficeLock | Leftover::LibreOfficeLock) => t!("find-why-lock"),
            Some(Leftover::Backup) => t!("find-why-backup"),
            Some(Leftover::CopyName) => t!("find-why-copy-name"),
            Some(Leftover::Autosave) => t!("find-why-autosave"),
            Some(Leftover::RecycleBin | Leftover::Trash) => t!("find-why-thrown-away"),
            Some(Leftover::Empty) => t!("find-why-empty"),
            Some(Leftover::WordTemporary) | None => t!("find-why-word"),
        },
    }
}

fn reason(why: WhyNot) -> String {
    match why {
        WhyNot::NotPermitted => t!("find-not-permitted"),
        WhyNot::Vanished => t!("find-vanished"),
        WhyNot::Changed => t!("find-changed"),
        WhyNot::PathTooLong => t!("find-path-too-long"),
        WhyNot::ReadFailed => t!("find-read-failed"),
    }
}
