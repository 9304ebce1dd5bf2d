//! The password slip (パスワード通知書): where it may go, and that it gets there.

mod outlet;
mod printer;
mod text;

use std::path::{Path, PathBuf};

use super::context::Context;
use super::failure::Failure;
use super::papers::{self, Document, Known, Outlet, Paper, Papers};
use super::words;
use crate::bundle::PackRecord;
use crate::erase::os;
use crate::erase::os::memory::push_secret;
use crate::paper::Secret;
use crate::passphrase::Passphrase;
use crate::t;
use crate::term::{prompt, show};

use super::desk::Desk;
use outlet::{PageFile, TextFile};
use printer::Printer;

pub use printer::notice;

/// Where the passphrase goes.
pub enum Slip {
    /// On the alternate screen until Enter. Nothing is on paper, so nothing has a number.
    Screen,
    /// As plain text into a file.
    Text(PathBuf),
    /// As a page into a file.
    Page(PathBuf),
    /// As a page to a printer.
    Printer(String),
    /// Nowhere: the sender knows it, or there is none.
    None,
}

impl Slip {
    /// Decides where the passphrase goes, and refuses a place where it would travel with the data.
    pub fn plan(
        context: &Context,
        desk: &Desk,
        asked: Option<&Path>,
        to: &Path,
        needed: bool,
    ) -> Result<Self, Failure> {
        let slip = match asked {
            Some(path) => Self::named(path)?,
            None if !needed => return Ok(Self::None),
            None if context.may_ask() => Self::Screen,
            None => return Err(Failure::usage("no_slip", t!("err-no-slip"), t!("hint-no-slip"))),
        };
        match &slip {
            Self::Screen if !context.may_ask() => {
                Err(Failure::usage("no_terminal", t!("err-slip-no-terminal"), t!("hint-no-slip")))
            }
            Self::Text(path) | Self::Page(path) => {
                check_place(path, to).and_then(|()| not_kept(context, desk, path)).map(|()| slip)
            }
            Self::Screen | Self::Printer(_) | Self::None => Ok(slip),
        }
    }

    fn named(said: &Path) -> Result<Self, Failure> {
        let printer = |name: Option<&str>| printer::ready(name).map(Self::Printer);
        match said.to_str() {
            Some("screen") => Ok(Self::Screen),
            Some("printer") => printer(None),
            Some(text) if text.starts_with("printer:") => printer(Some(&text["printer:".len()..])),
            _ if said.extension().is_some_and(|e| e.eq_ignore_ascii_case("pdf")) => Ok(Self::Page(said.to_owned())),
            _ => Ok(Self::Text(said.to_owned())),
        }
    }

    /// What the ledger calls the way it goes.
    pub fn given(&self) -> Option<&'static str> {
        match self {
            Self::Screen => Some("screen"),
            Self::Text(_) | Self::Page(_) => Some("file"),
            Self::Printer(_) => Some("printer"),
            Self::None => None,
        }
    }

    /// Whether it becomes a document with a number.
    pub fn is_document(&self) -> bool {
        matches!(self, Self::Text(_) | Self::Page(_) | Self::Printer(_))
    }

    /// Whether fonts are needed for it.
    pub fn is_page(&self) -> bool {
        matches!(self, Self::Page(_) | Self::Printer(_))
    }

    /// The document it becomes.
    pub fn paper(&self, desk: &Desk, known: &Known) -> Result<Paper, Failure> {
        let paper = papers::slip(desk, known)?.fact("given", self.given());
        Ok(match self {
            Self::Text(path) | Self::Page(path) => paper.fact("file", resolved(path).to_string_lossy().into_owned()),
            Self::Printer(name) => paper.fact("printer", name.clone()),
            Self::Screen | Self::None => paper,
        })
    }

    /// Whether the passphrase can be printed; one of the sender's own may hold any character.
    pub fn printable(&self, papers: &Papers, passphrase: &Passphrase) -> Result<(), Failure> {
        if self.is_page() { papers.ready_secret(&secret(passphrase)) } else { Ok(()) }
    }

    /// Hands the passphrase over. Returns the document it became.
    pub fn deliver(
        &self,
        papers: &Papers,
        paper: &Paper,
        record: &PackRecord,
        passphrase: &Passphrase,
    ) -> Result<Option<Document>, Failure> {
        let mut outlet: Box<dyn Outlet> = match self {
            Self::None => return Ok(None),
            Self::Screen => return show(record, passphrase).map(|()| None),
            Self::Text(path) => Box::new(TextFile { path, record, passphrase }),
            Self::Page(path) => Box::new(PageFile(path)),
            Self::Printer(name) => Box::new(Printer::named(name)),
        };
        papers.issue_slip(paper, || secret(passphrase), outlet.as_mut()).map(Some)
    }
}

/// Where a file that is to be will be, whatever the working folder is later.
fn resolved(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (folder.canonicalize(), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path.to_owned(),
    }
}

fn secret(passphrase: &Passphrase) -> Secret<'_> {
    let groups = passphrase.groups().filter(|_| passphrase.is_ours());
    let groups = groups.map(|group| (group, Passphrase::reading(group).to_string())).collect();
    Secret { text: passphrase.expose(), groups }
}

fn show(record: &PackRecord, passphrase: &Passphrase) -> Result<(), Failure> {
    let mut text = text::render(record, passphrase, None);
    for part in ["\n", &t!("slip-press-enter")] {
        push_secret(&mut text, part);
    }
    prompt::show_until_enter(&text).map_err(|e| words::terminal(&e))
}

/// Takes back a slip whose bundle did not come to be: its file goes, its number stays and is void.
pub fn take_back(context: &Context, papers: &Papers, document: &Document) {
    let voided = papers.void(&document.number, &t!("void-not-packed"));
    let gone = match &document.pdf {
        Some(path) => papers.slip_erased(&document.number, outlet::discard(path)),
        None => Ok(()),
    };
    if let Err(failure) = voided.and(gone) {
        context.warn(&t!("warn-not-recorded", reason = failure.message));
    }
}

/// A slip among the records would be taken for one of them, put into every copy of the case, and be written over by the next
/// document; in the data folder nobody looks for it.
fn not_kept(context: &Context, desk: &Desk, slip: &Path) -> Result<(), Failure> {
    let place = resolved(slip);
    let home = context.home()?.folder().to_owned();
    let case = &desk.folder;
    let kept = [case.records(), case.forms(), case.path.join("keys"), home];
    let inside = |folder: &PathBuf| folder.canonicalize().is_ok_and(|folder| place.starts_with(folder));
    match kept.iter().find(|folder| inside(folder)) {
        None => Ok(()),
        Some(folder) => {
            let shown = show::path(slip);
            let message = t!("err-slip-kept", path = shown.clone(), folder = show::path(folder));
            Err(Failure::refused("slip_in_case", message, t!("hint-slip-kept")).about(shown))
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
