//! Personal data beside the content of what is packed: told before it is sealed, with a list.

use serde_json::{Value, json};

use crate::bundle::{Kind as Entry, Sources};
use crate::cli::args::OnProperties;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::words;
use crate::erase::os;
use crate::progress::Progress;
use crate::properties::{self, Kind, Property, Told, Unread};
use crate::t;
use crate::term::show;

/// Lines of the list that a person is shown.
const SOME: usize = 20;
/// Lines that are kept for scripts; beyond, only their number.
const MOST_KEPT: usize = 10_000;

/// What all files say.
#[derive(Debug, Default)]
pub struct Seen {
    properties: Vec<(String, Property)>,
    unread: Vec<(String, Unread)>,
    /// How many there are, kept or not.
    counts: (u64, u64),
}

impl Seen {
    /// What the ledger keeps: how many, and nothing of what they say.
    pub fn facts(&self) -> Value {
        json!({ "properties": self.counts.0, "properties_unread": self.counts.1 })
    }

    /// For scripts.
    pub fn json(&self) -> (Vec<Value>, Vec<Value>) {
        let property = |(path, property): &(String, Property)| json!({ "path": path, "property": property.name, "value": *property.value });
        let unread = |(path, reason): &(String, Unread)| json!({ "path": path, "reason": reason });
        (self.properties.iter().map(property).collect(), self.unread.iter().map(unread).collect())
    }

    fn take(&mut self, path: &str, told: Told) {
        for property in told.properties {
            self.counts.0 += 1;
            if self.properties.len() < MOST_KEPT {
                self.properties.push((path.to_owned(), property));
            }
        }
        if let Some(reason) = told.unread {
            self.counts.1 += 1;
            if self.unread.len() < MOST_KEPT {
                self.unread.push((path.to_owned(), reason));
            }
        }
    }
}

/// Looks at the files of known kinds, and warns or refuses as it was asked.
pub fn seen(context: &Context, on: OnProperties, sources: &Sources) -> Result<Option<Seen>, Failure> {
    if on == OnProperties::Ignore {
        return Ok(None);
    }
    let mut seen = Seen::default();
    for item in &sources.items {
        let Some(kind) = Kind::of(&item.path).filter(|_| item.kind != Entry::Folder) else { continue };
        if context.screen.cancelled() {
            return Err(words::cancelled());
        }
        let told = match os::open_read(&sources.place_of(item)) {
            Ok(mut file) => properties::look(kind, &mut file),
            // Whoever cannot read it here cannot pack it either, and that is told there.
            Err(_) => Told { unread: Some(Unread::Io), ..Told::default() },
        };
        seen.take(&item.path, told);
    }
    if seen.counts.0 > 0 && on == OnProperties::Refuse {
        let message = t!("err-properties-found", count = show::number(seen.counts.0));
        return Err(
            Failure::refused("properties_found", message, t!("hint-properties-found")).with_details(lines(&seen))
        );
    }
    warn(context, &seen);
    Ok(Some(seen))
}

fn lines(seen: &Seen) -> Vec<String> {
    let line = |(path, property): &(String, Property)| {
        format!("{}: {} = {}", show::name(path), words::property(property.name), show::name(&property.value))
    };
    let mut lines: Vec<String> = seen.properties.iter().take(SOME).map(line).collect();
    let more = seen.counts.0.saturating_sub(SOME as u64);
    if more > 0 {
        lines.push(t!("properties-more", count = show::number(more)));
    }
    lines
}

fn warn(context: &Context, seen: &Seen) {
    if seen.counts.0 > 0 {
        context.warn(&t!("warn-properties", count = show::number(seen.counts.0)));
        for line in lines(seen) {
            context.note(&format!("  {line}"));
        }
        context.note(&format!("  {}", t!("hint-properties-found")));
    }
    if seen.counts.1 > 0 {
        context.warn(&t!("warn-properties-unread", count = show::number(seen.counts.1)));
        for (path, reason) in seen.unread.iter().take(SOME) {
            context.note(&format!("  {}: {}", show::name(path), words::unread(*reason)));
        }
        let more = seen.counts.1.saturating_sub(SOME as u64);
        if more > 0 {
            context.note(&format!("  {}", t!("properties-more", count = show::number(more))));
        }
    }
}
