//! Questions on a terminal, and the one screen that shows a passphrase.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, IsTerminal, Write};
use std::sync::Mutex;

use zeroize::Zeroizing;

use super::interrupt::AtPrompt;
use crate::erase::os::tty::TerminalSettings;

struct Before {
    settings: Option<TerminalSettings>,
    alternate: bool,
}

static BEFORE: Mutex<Option<Before>> = Mutex::new(None);

/// Whether a person sits there.
#[must_use]
pub fn is_terminal() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Leaves the terminal as it was before the question. Called from the signal watcher.
pub fn restore() {
    let Ok(before) = BEFORE.lock().map(|mut b| b.take()) else { return };
    let Some(before) = before else { return };
    if before.alternate
        && let Ok(mut tty) = terminal()
    {
        let _ = tty.write_all(LEAVE.as_bytes());
    }
    if let Some(settings) = before.settings {
        settings.restore();
    }
}

/// Clear the screen and what can be scrolled back to, then leave the alternate screen.
const LEAVE: &str = "\u{1b}[2J\u{1b}[3J\u{1b}[H\u{1b}[?1049l";
const ENTER: &str = "\u{1b}[?1049h\u{1b}[2J\u{1b}[H";

struct Asking(#[allow(dead_code, reason = "ends the prompt when dropped")] AtPrompt);

impl Asking {
    fn begin(alternate: bool) -> Self {
        if let Ok(mut before) = BEFORE.lock() {
            *before = Some(Before { settings: TerminalSettings::now(), alternate });
        }
        Self(AtPrompt::begin())
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        if let Ok(mut before) = BEFORE.lock() {
            *before = None;
        }
    }
}

fn terminal() -> io::Result<File> {
    OpenOptions::new().read(true).write(true).open(if cfg!(windows) { "CONOUT$" } else { "/dev/tty" })
}

/// Asks for a secret without echo.
///
/// # Errors
/// The terminal's.
pub fn secret(question: &str) -> io::Result<Zeroizing<String>> {
    let _asking = Asking::begin(false);
    rpassword::prompt_password(question).map(Zeroizing::new)
}

/// Asks a yes-or-no question; anything but a clear yes is no.
///
/// # Errors
/// The terminal's.
pub fn yes(question: &str) -> io::Result<bool> {
    let _asking = Asking::begin(false);
    eprint!("{question} [y/N] ");
    io::stderr().flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes" | "ｙ" | "はい"))
}

/// Shows lines on the alternate screen until Enter, then clears it.
///
/// # Errors
/// The terminal's.
pub fn show_until_enter(text: &str) -> io::Result<()> {
    let _asking = Asking::begin(true);
    let mut tty = terminal()?;
    tty.write_all(ENTER.as_bytes())?;
    tty.write_all(text.replace('\n', "\r\n").as_bytes())?;
    tty.flush()?;
    let mut line = Zeroizing::new(String::new());
    let read = BufReader::new(File::open(if cfg!(windows) { "CONIN$" } else { "/dev/tty" })?).read_line(&mut line);
    tty.write_all(LEAVE.as_bytes())?;
    tty.flush()?;
    // A terminal that went away before Enter: nobody can be said to have read it.
    match read? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(()),
    }
}
