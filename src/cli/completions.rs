//! `tewatashi completions`: the script by which a shell completes commands and options, in the language of the run.

use clap_complete::Shell as Kind;
use serde_json::json;

use super::args::{self, CompletionsArgs, Shell};
use super::context::Context;
use crate::term::out::out;

pub fn run(context: &Context, args: &CompletionsArgs) {
    let (kind, name) = match args.shell {
        Shell::Bash => (Kind::Bash, "bash"),
        Shell::Zsh => (Kind::Zsh, "zsh"),
        Shell::Fish => (Kind::Fish, "fish"),
        Shell::Powershell => (Kind::PowerShell, "powershell"),
    };
    let mut script = Vec::new();
    clap_complete::generate(kind, &mut shown(&args::command()), "tewatashi", &mut script);
    let script = String::from_utf8_lossy(&script);
    if !context.json {
        out(script.trim_end());
    }
    context.result(&json!({ "shell": name, "script": script }));
}

/// The command line without what is hidden: a shell would offer that too.
fn shown(root: &clap::Command) -> clap::Command {
    clap::Command::new("tewatashi")
        .version(env!("CARGO_PKG_VERSION"))
        .disable_version_flag(true)
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .args(root.get_arguments().cloned())
        .subcommands(root.get_subcommands().filter(|sub| !sub.is_hide_set()).cloned())
}
