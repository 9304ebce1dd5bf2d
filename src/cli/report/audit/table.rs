//! An audit on the screen.

use super::Found;
use crate::cli::context::Context;
use crate::cli::words;
use crate::era;
use crate::t;
use crate::term::language::loader;
use crate::term::out::out;
use crate::term::show;

/// As many ranges of entries as a line shows.
const MOST_RANGES: usize = 8;

/// Shows it: every check, and every finding below.
pub fn show(context: &Context, found: &Found) {
    let told = found.told(false);
    let widths = [36, 12, 8];
    if !context.quiet {
        out(&show::row(&[&t!("audit-title-checked"), &t!("audit-head-looked"), &t!("audit-head-found")], &widths));
        for one in &found.audit.checked {
            let (looked, number) = (show::number(one.looked), show::number(one.found));
            out(&show::row(&[&words::audit_check(loader(), one.check), &looked, &number], &widths));
        }
        for note in &found.audit.notes {
            let count = show::number(note.entries.len() as u64);
            out(&show::row(&[&words::noted(loader(), note.note), &count], &widths));
        }
        out("");
    }
    if told.is_empty() {
        let span = found.audit.span;
        context.say(&t!(
            "audit-no-findings",
            count = found.audit.checked.len().to_string(),
            from = era::long(span.from),
            until = era::long(span.until),
            entries = show::number(found.head.size)
        ));
        return;
    }
    context.say(&t!("audit-title-findings", count = show::number(told.len() as u64)));
    for one in &told {
        let day = one.day.map(era::table).unwrap_or_default();
        let entries = words::entry_numbers(loader(), &one.entries, MOST_RANGES);
        out(&show::row(&[&one.kind, &day, &one.things.join(", "), &one.text], &[28, 12, 28]));
        out(&format!("    {entries}"));
    }
}
