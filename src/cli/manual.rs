//! `tewatashi man DIR`: one manual page per command, for those who make packages, in the language of the run.

use std::fs;
use std::io::Result;
use std::path::Path;

use clap_mangen::Man;
use serde_json::json;

use super::args::{self, ManArgs};
use super::context::Context;
use super::failure::Failure;
use super::form::write_new;
use super::words;
use crate::t;
use crate::term::show;

pub fn run(context: &Context, args: &ManArgs) -> std::result::Result<(), Failure> {
    let folder: &Path = &args.folder;
    fs::create_dir_all(folder).map_err(|e| words::io(folder, &e))?;
    let mut root = args::command();
    root.build();
    let mut files = Vec::new();
    for command in all(&root) {
        let man =
            Man::new(command.clone()).source(format!("tewatashi {}", env!("CARGO_PKG_VERSION"))).manual("tewatashi");
        let path = folder.join(man.get_filename());
        let page = page(&man, command).map_err(|e| words::io(&path, &e))?;
        write_new(&path, page.as_bytes())?;
        context.chat(&show::path(&path));
        files.push(show::path(&path));
    }
    context.result(&json!({ "files": files }));
    Ok(())
}

/// A command and those below it that are shown.
fn all(command: &clap::Command) -> Vec<&clap::Command> {
    let below = command.get_subcommands().filter(|sub| !sub.is_hide_set()).flat_map(all);
    std::iter::once(command).chain(below).collect()
}

/// The page, section by section. The headings of the crate are English, whatever the language of the run.
fn page(man: &Man, command: &clap::Command) -> Result<String> {
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    // Japanese has no spaces to stretch a line by.
    page.extend_from_slice(b".ad l\n.nh\n");
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    man.render_options_section(&mut page)?;
    if let Some(codes) = command.get_after_help() {
        page.extend_from_slice(exit_codes(&codes.to_string()).as_bytes());
    }
    let headings = [("NAME", t!("man-name")), ("SYNOPSIS", t!("man-synopsis")), ("DESCRIPTION", t!("man-description"))];
    // Each section of the crate begins with the same two lines on quotation marks; once will do.
    let mut seen = 0;
    let mut text = String::new();
    for line in String::from_utf8_lossy(&page).lines() {
        seen += usize::from(line.contains(".ds Aq"));
        if line.contains(".ds Aq") && seen > 2 {
            continue;
        }
        let heading = line.strip_prefix(".SH ").and_then(|name| headings.iter().find(|(english, _)| *english == name));
        text.push_str(&heading.map_or_else(|| line.to_owned(), |(_, own)| format!(".SH \"{own}\"")));
        text.push('\n');
    }
    Ok(text)
}

/// What stands below the help, line by line, under a heading in place of its first line.
fn exit_codes(text: &str) -> String {
    let lines: Vec<&str> = text.lines().skip(1).map(str::trim).collect();
    format!(".SH \"{}\"\n.nf\n{}\n.fi\n", t!("man-exit-status"), lines.join("\n"))
}
