//! `tewatashi list`: names, sizes and dates inside; nothing is written.

use chrono::{DateTime, Local};
use serde_json::json;

use super::args::ListArgs;
use super::context::Context;
use super::desk::{Trace, recorded};
use super::failure::Failure;
use super::{counted, kept, secret, words};
use crate::bundle::{self, Bundle, Description, Error, Found, Inside, Moment, Receiver};
use crate::ledger::Kind;
use crate::t;
use crate::term::show;

pub fn run(context: &Context, args: &ListArgs) -> Result<(), Failure> {
    // Names are personal information: the entry is written before they are shown.
    let (rows, inside) = recorded(context, Kind::List, |_, trace| look(context, args, trace))?;
    if !context.json {
        print(context, &rows, &inside);
    }
    let (id, description) = match &inside {
        Inside::Bag(contents) => (Some(contents.info.id.clone()), Some(contents.info.description.clone())),
        Inside::Foreign { .. } => (None, None),
    };
    context.result(&json!({
        "id": id,
        "description": description,
        "manifest": matches!(inside, Inside::Bag(_)),
        "entries": rows.entries,
    }));
    Ok(())
}

/// Nothing is shown before everything was authenticated: a forged name must not reach the screen.
fn look(context: &Context, args: &ListArgs, trace: &Trace) -> Result<(Rows, Inside), Failure> {
    let bundle = Bundle::locate(&args.bundle).map_err(|e| words::bundle(&e))?;
    kept::bundle(trace, &bundle);
    let opening = super::open::begin(context, &bundle)?;
    trace.begin()?;
    let key = secret::unlock(context, &opening, &args.secret)?;
    let mut rows = Rows::default();
    let inside = bundle::inspect(opening, &key, &mut rows, &context.screen)
        .map_err(|e| words::bundle(&bundle::explain(&bundle, e, &context.screen)))?;
    context.screen.clear();
    trace.facts(kept::inside(&inside));
    Ok((rows, inside))
}

#[derive(serde::Serialize)]
struct Row {
    path: String,
    kind: &'static str,
    size: u64,
    modified: String,
    executable: bool,
}

#[derive(Default)]
struct Rows {
    entries: Vec<Row>,
}

impl Receiver for Rows {
    fn entry(&mut self, found: &Found) -> Result<(), Error> {
        self.entries.push(Row {
            path: found.path.to_owned(),
            kind: if found.folder { "folder" } else { "file" },
            size: found.size,
            modified: local(found.mtime),
            executable: found.executable,
        });
        Ok(())
    }
}

fn local(moment: Moment) -> String {
    DateTime::from_timestamp(moment.secs, moment.nanos)
        .map(|time| time.with_timezone(&Local).to_rfc3339_opts(chrono::SecondsFormat::Secs, false))
        .unwrap_or_default()
}

/// What the sender wrote of the content, in the order of a hand-over form.
fn describe(context: &Context, description: &Description) {
    let Description { title, items, subjects, records, medium_id } = description;
    if let Some(title) = title {
        context.chat(&t!("list-title", title = show::name(title)));
    }
    if !items.is_empty() {
        let items: Vec<String> = items.iter().map(|item| show::name(item)).collect();
        context.chat(&t!("list-items", items = items.join(&t!("items-separator"))));
    }
    if let Some(subjects) = subjects {
        context.chat(&t!("list-subjects", count = show::number(*subjects)));
    }
    if let Some(records) = records {
        context.chat(&t!("list-records", count = show::number(*records)));
    }
    if let Some(medium) = medium_id {
        context.chat(&t!("list-medium", number = show::name(medium)));
    }
}

fn print(context: &Context, rows: &Rows, inside: &Inside) {
    for row in &rows.entries {
        let date = row.modified.get(..16).unwrap_or_default().replace('T', " ");
        let slash = if row.kind == "folder" { "/" } else { "" };
        let size = if row.kind == "folder" { String::new() } else { show::number(row.size) };
        crate::term::out::out(&format!("{size:>15}  {date}  {}{slash}", show::name(&row.path)));
    }
    match inside {
        Inside::Bag(contents) => {
            describe(context, &contents.info.description);
            context.chat(&t!(
                "list-total",
                files = counted::files(contents.files),
                folders = counted::folders(contents.folders),
                size = show::size(contents.bytes)
            ));
        }
        Inside::Foreign { bytes } => context.say(&t!("list-foreign", size = show::size(*bytes))),
    }
}
