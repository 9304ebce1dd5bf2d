//! The terminal's own settings, so that an interrupted prompt leaves the echo on.

/// Settings of the terminal this process belongs to.
#[cfg(unix)]
pub struct TerminalSettings(rustix::termios::Termios);

#[cfg(unix)]
impl TerminalSettings {
    /// The settings as they are now; none without a terminal.
    #[must_use]
    pub fn now() -> Option<Self> {
        let tty = std::fs::File::open("/dev/tty").ok()?;
        rustix::termios::tcgetattr(&tty).ok().map(Self)
    }

    /// Puts them back.
    pub fn restore(&self) {
        if let Ok(tty) = std::fs::File::open("/dev/tty") {
            let _ = rustix::termios::tcsetattr(&tty, rustix::termios::OptionalActions::Now, &self.0);
        }
    }
}

/// Settings of the console this process belongs to.
#[cfg(windows)]
pub struct TerminalSettings(u32);

#[cfg(windows)]
impl TerminalSettings {
    /// The settings as they are now; none without a console.
    #[must_use]
    pub fn now() -> Option<Self> {
        super::sys::console_mode().map(Self)
    }

    /// Puts them back.
    pub fn restore(&self) {
        super::sys::set_console_mode(self.0);
    }
}

#[cfg(windows)]
pub use super::sys::Screen;

/// The terminal's screen, whatever the standard streams are.
#[cfg(unix)]
#[derive(Debug)]
pub struct Screen(std::fs::File);

#[cfg(unix)]
impl Screen {
    /// Opens it.
    ///
    /// # Errors
    /// There is no terminal.
    pub fn open() -> std::io::Result<Self> {
        std::fs::File::options().write(true).open("/dev/tty").map(Self)
    }

    /// Shows a text.
    ///
    /// # Errors
    /// The terminal's.
    pub fn show(&mut self, text: &str) -> std::io::Result<()> {
        use std::io::Write;
        self.0.write_all(text.as_bytes())
    }
}

/// The terminal's keyboard, whatever standard input is.
///
/// # Errors
/// There is no terminal.
pub fn keyboard() -> std::io::Result<std::fs::File> {
    #[cfg(unix)]
    return std::fs::File::open("/dev/tty");
    #[cfg(windows)]
    super::sys::open_keyboard()
}

/// Waits until a key was typed, at most so long; a signal ends the waiting early.
///
/// # Errors
/// The terminal's.
#[cfg(unix)]
pub fn wait_for_input(keyboard: &std::fs::File, most: std::time::Duration) -> std::io::Result<bool> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let most = Timespec { tv_sec: most.as_secs().cast_signed(), tv_nsec: most.subsec_nanos().into() };
    let mut waiting = [PollFd::new(keyboard, PollFlags::IN)];
    match poll(&mut waiting, Some(&most)) {
        Ok(ready) => Ok(ready > 0),
        Err(rustix::io::Errno::INTR) => Ok(false),
        Err(e) => Err(e.into()),
    }
}

/// Elsewhere the read itself waits.
///
/// # Errors
/// None.
#[cfg(windows)]
pub fn wait_for_input(_: &std::fs::File, _: std::time::Duration) -> std::io::Result<bool> {
    Ok(true)
}
