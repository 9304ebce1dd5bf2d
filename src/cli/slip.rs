//! The password slip (パスワード通知書): where it may go, and its plain-text form.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::context::Context;
use super::failure::Failure;
use super::words;
use crate::bundle::PackRecord;
use crate::erase::{os, scrap};
use crate::passphrase::Passphrase;
use crate::t;
use crate::term::{prompt, show};

/// Where the passphrase goes.
pub enum Slip {
    /// On the alternate screen until Enter.
    Screen,
    /// Into a file.
    File(PathBuf),
    /// Nowhere: the sender knows it, or there is none.
    None,
}

impl Slip {
    /// Decides where the passphrase goes, and refuses a place where it would travel with the data.
    pub fn plan(context: &Context, asked: Option<&Path>, to: &Path, needed: bool) -> Result<Self, Failure> {
        let slip = match asked {
            Some(path) if path == Path::new("screen") => Self::Screen,
            Some(path) => Self::File(path.to_owned()),
            None if !needed => return Ok(Self::None),
            None if context.may_ask() => Self::Screen,
            None => return Err(Failure::usage("no_slip", t!("err-no-slip"), t!("hint-no-slip"))),
        };
        match &slip {
            Self::Screen if !context.may_ask() => {
                Err(Failure::usage("no_terminal", t!("err-slip-no-terminal"), t!("hint-no-slip")))
            }
            Self::File(path) => check_place(path, to).map(|()| slip),
            _ => Ok(slip),
        }
    }

    /// Hands the passphrase over. Returns the file it went into.
    pub fn deliver(&self, record: &PackRecord, passphrase: &Passphrase) -> Result<Option<PathBuf>, Failure> {
        // Lines to sign are for paper.
        let text = render(record, passphrase, matches!(self, Self::File(_)));
        match self {
            Self::None => Ok(None),
            Self::Screen => {
                let text = Zeroizing::new(format!("{}\n{}", *text, t!("slip-press-enter")));
                prompt::show_until_enter(&text).map_err(|e| words::terminal(&e)).map(|()| None)
            }
            Self::File(path) => write(path, &text).map(|()| Some(path.clone())),
        }
    }
}

/// Attack: the finder of a lost stick finds the slip on it. A slip inside the target, or anywhere on the same
/// hand-over medium, is refused.
fn check_place(slip: &Path, to: &Path) -> Result<(), Failure> {
    let shown = show::path(slip);
    if slip.symlink_metadata().is_ok() {
        return Err(
            Failure::refused("exists", t!("err-exists", path = shown.clone()), t!("hint-slip-exists")).about(shown)
        );
    }
    let parent = slip.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = parent.canonicalize().map_err(|e| words::io(parent, &e))?;
    let target = to.canonicalize().map_err(|e| words::io(to, &e))?;
    let refuse =
        |message| Err(Failure::refused("slip_with_bundle", message, t!("hint-slip-place")).about(shown.clone()));
    if folder.starts_with(&target) {
        return refuse(t!("err-slip-inside", path = shown.clone(), target = show::path(to)));
    }
    let place = |path: &Path| os::place(path).map_err(|e| words::io(path, &e));
    let (slip_place, target_place) = (place(&folder)?, place(&target)?);
    if target_place.is_handover_medium() && slip_place.same_medium(&target_place) {
        return refuse(t!("err-slip-same-medium", path = shown.clone(), target = show::path(to)));
    }
    Ok(())
}

/// A slip that could not be written whole leaves nothing behind.
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let mut file = os::create_new_private(path, false).map_err(|e| words::io(path, &e))?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    if let Err(e) = written {
        drop(file);
        discard(path);
        return Err(words::io(path, &e));
    }
    Ok(())
}

/// Erases a slip whose bundle did not come to be.
pub fn discard(path: &Path) {
    let left = scrap::scrap_file(path).left;
    if !left.is_empty() {
        // What could not be overwritten is at least not left lying there by name.
        let _ = fs::remove_file(path);
    }
}

/// The slip as text. The canonical passphrase stands alone on its line, exactly as any tool takes it.
fn render(record: &PackRecord, passphrase: &Passphrase, paper: bool) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(8192 + passphrase.expose().len()));
    let mut line = |text: &str| {
        out.push_str(text);
        out.push('\n');
    };
    line(&t!("slip-title"));
    line(&t!("slip-caution"));
    line("");
    let mut field = |label: String, value: &str| line(&format!("{}  {value}", show::pad(&label, 16)));
    field(t!("slip-bundle"), record.id.as_str());
    if let Some(medium) = &record.description.medium_id {
        field(t!("slip-medium"), medium);
    }
    field(t!("slip-created"), &record.facts.created);
    field(t!("slip-signer"), &record.signer);
    line("");
    line(&t!("slip-passphrase"));
    line("");
    line(&Zeroizing::new(format!("    {}", passphrase.expose())));
    line("");
    if passphrase.is_ours() {
        line(&t!("slip-reading"));
        for (number, group) in (1..).zip(passphrase.groups()) {
            let reading = Passphrase::reading(group);
            line(&Zeroizing::new(format!("    {number}  {group}  {}", *reading)));
        }
        line("");
    }
    let length = passphrase.expose().chars().count();
    line(&t!("slip-length", length = length));
    if passphrase.is_ours() {
        line(&t!("slip-typing"));
    }
    if paper {
        line("");
        line(&t!("slip-received"));
        line(&t!("slip-returned"));
    }
    out
}
