//! Questions on a terminal, and the one screen that shows a passphrase.

use std::io::{self, BufRead, BufReader, IsTerminal, Write};
use std::sync::Mutex;
use std::time::Duration;

use zeroize::Zeroizing;

use super::interrupt::{self, AtPrompt};
use crate::erase::os::memory::push_secret;
use crate::erase::os::tty::{self, Screen, TerminalSettings};

/// The terminal's settings before the question.
static BEFORE: Mutex<Option<TerminalSettings>> = Mutex::new(None);

/// Whether a person sits there.
#[must_use]
pub fn is_terminal() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Leaves the terminal as it was before the question. Called from the signal watcher.
fn restore() {
    if let Some(settings) = BEFORE.lock().ok().and_then(|mut before| before.take()) {
        settings.restore();
    }
}

/// Clear the screen and what can be scrolled back to, then leave the alternate screen.
const LEAVE: &str = "\u{1b}[2J\u{1b}[3J\u{1b}[H\u{1b}[?1049l";
const ENTER: &str = "\u{1b}[?1049h\u{1b}[2J\u{1b}[H";

/// A question stands on the terminal: a signal ends the program at once and leaves the terminal as it was.
pub(super) struct Asking {
    _at: AtPrompt,
}

impl Asking {
    pub(super) fn begin() -> Self {
        if let Ok(mut before) = BEFORE.lock() {
            *before = TerminalSettings::now();
        }
        Self { _at: AtPrompt::begin(restore) }
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        if let Ok(mut before) = BEFORE.lock() {
            *before = None;
        }
    }
}

/// Asks for a secret without echo.
///
/// # Errors
/// The terminal's.
pub fn secret(question: &str) -> io::Result<Zeroizing<String>> {
    let _asking = Asking::begin();
    // Its own way to ask writes bytes, which a console of Windows shows in a code page that is not ours.
    Screen::open()?.show(question)?;
    rpassword::read_password().map(Zeroizing::new)
}

/// Asks a yes-or-no question; anything but a clear yes is no.
///
/// # Errors
/// The terminal's.
pub fn yes(question: &str) -> io::Result<bool> {
    let _asking = Asking::begin();
    write!(io::stderr(), "{question} [y/N] ")?;
    io::stderr().flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes" | "ｙ" | "はい"))
}

/// Shows lines on the alternate screen until Enter, then clears it. A signal ends it too, and the caller cleans up.
///
/// # Errors
/// The terminal's, or `Interrupted`.
pub fn show_until_enter(text: &str) -> io::Result<()> {
    let mut screen = Screen::open()?;
    screen.show(&on_screen(text))?;
    let outcome = wait_for_enter();
    screen.show(LEAVE)?;
    outcome
}

/// The text as a terminal takes it, the screen cleared before.
fn on_screen(text: &str) -> Zeroizing<String> {
    let breaks = text.matches('\n').count();
    let mut lines = Zeroizing::new(String::with_capacity(ENTER.len() + text.len() + breaks));
    push_secret(&mut lines, ENTER);
    for (number, line) in text.split('\n').enumerate() {
        push_secret(&mut lines, if number == 0 { "" } else { "\r\n" });
        push_secret(&mut lines, line);
    }
    lines
}

fn wait_for_enter() -> io::Result<()> {
    let keyboard = tty::keyboard()?;
    while !tty::wait_for_input(&keyboard, Duration::from_millis(200))? {
        if interrupt::asked() {
            return Err(io::ErrorKind::Interrupted.into());
        }
    }
    let mut line = Zeroizing::new(String::new());
    match BufReader::new(keyboard).read_line(&mut line)? {
        // The terminal went away before Enter: nobody can be said to have read it.
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::erase::os::memory::freed;

    #[test]
    fn what_is_shown_leaves_no_copy_behind() {
        let text = Zeroizing::new("first\n    Kx3vq\nlast\n".to_owned());
        let left = freed::holding("Kx3vq", || {
            assert_eq!(on_screen(&text).strip_prefix(ENTER), Some("first\r\n    Kx3vq\r\nlast\r\n"));
        });
        assert_eq!(left, 0);
    }
}
