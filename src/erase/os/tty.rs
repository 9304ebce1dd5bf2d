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
