//! Where a slip goes once it has its number: a file for the owner's eyes alone, or a printer.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::bundle::PackRecord;
use crate::cli::failure::Failure;
use crate::cli::papers::Outlet;
use crate::cli::words;
use crate::erase::{os, scrap};
use crate::passphrase::Passphrase;
use crate::t;
use crate::term::show;

/// A page in a file.
pub struct PageFile<'a>(pub &'a Path);

impl Outlet for PageFile<'_> {
    fn give(&mut self, _: &str, pdf: &[u8]) -> Result<Option<PathBuf>, Failure> {
        write(self.0, pdf).map(|()| Some(self.0.to_owned()))
    }
}

/// Plain text in a file.
pub struct TextFile<'a> {
    /// The file.
    pub path: &'a Path,
    /// What was packed.
    pub record: &'a PackRecord,
    /// What opens it.
    pub passphrase: &'a Passphrase,
}

impl Outlet for TextFile<'_> {
    fn wants_page(&self) -> bool {
        false
    }

    fn give(&mut self, number: &str, _: &[u8]) -> Result<Option<PathBuf>, Failure> {
        let text = super::text::render(self.record, self.passphrase, Some(number));
        write(self.path, text.as_bytes()).map(|()| Some(self.path.to_owned()))
    }
}

/// A printer. The page goes through a pipe: nothing of ours writes it down, though the spooler may.
pub struct Printer<'a>(pub Option<&'a str>);

impl Outlet for Printer<'_> {
    fn give(&mut self, number: &str, pdf: &[u8]) -> Result<Option<PathBuf>, Failure> {
        let mut command = Command::new("lp");
        // The title is shown in queues that others see; the number says nothing of the data.
        command.args(["-t", number]);
        self.0.map(|name| command.args(["-d", name]));
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut printing = command.spawn().map_err(|e| no_printing(&e))?;
        // Dropped after writing, or the spooler would wait for more.
        let written = printing.stdin.take().map_or(Ok(()), |mut pipe| pipe.write_all(pdf));
        let ended = printing.wait_with_output().map_err(|e| no_printing(&e))?;
        if ended.status.success() && written.is_ok() {
            return Ok(None);
        }
        Err(refused(&String::from_utf8_lossy(&ended.stderr)))
    }
}

/// Whether there is such a printer, asked before work begins.
pub fn is_there(printer: Option<&str>) -> Result<(), Failure> {
    let mut command = Command::new("lpstat");
    match printer {
        Some(name) => command.args(["-a", name]),
        None => command.arg("-d"),
    };
    let asked = command.stdin(Stdio::null()).output().map_err(|e| no_printing(&e))?;
    // Without a default printer it says so and ends well; then no name follows the colon.
    let known = printer.is_some() || String::from_utf8_lossy(&asked.stdout).contains(": ");
    if asked.status.success() && known { Ok(()) } else { Err(refused(&String::from_utf8_lossy(&asked.stderr))) }
}

fn no_printing(error: &io::Error) -> Failure {
    Failure::failed("no_printing", t!("err-no-printing", reason = error.to_string()), t!("hint-no-printing"))
}

fn refused(said: &str) -> Failure {
    Failure::failed("not_printed", t!("err-not-printed", reason = show::name(said.trim())), t!("hint-no-printing"))
}

/// A slip that could not be written whole leaves nothing behind.
fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut file = os::create_new_private(path, false).map_err(|e| words::io(path, &e))?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if let Err(e) = written {
        drop(file);
        discard(path);
        return Err(words::io(path, &e));
    }
    Ok(())
}

/// Erases a slip whose bundle did not come to be; says whether it was overwritten.
pub fn discard(path: &Path) -> bool {
    let overwritten = scrap::scrap_file(path).left.is_empty();
    if !overwritten {
        // What could not be overwritten is at least not left lying there by name.
        let _ = fs::remove_file(path);
    }
    overwritten
}
