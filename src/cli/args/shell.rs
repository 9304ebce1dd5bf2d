//! The arguments of `tewatashi completions` and `tewatashi man`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::t;

/// `completions`
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell.
    #[arg(value_enum, hide_possible_values = true, value_name = "bash|zsh|fish|powershell", help = t!("arg-shell"))]
    pub shell: Shell,
}

/// `man`
#[derive(Debug, Args)]
pub struct ManArgs {
    /// Where the pages go.
    #[arg(value_name = "DIR", help = t!("arg-man-dir"))]
    pub folder: PathBuf,
}

/// A shell that completes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// bash
    Bash,
    /// zsh
    Zsh,
    /// fish
    Fish,
    /// PowerShell
    Powershell,
}
