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

/// Elsewhere the console keeps no settings of ours.
#[cfg(not(unix))]
pub struct TerminalSettings(());

#[cfg(not(unix))]
impl TerminalSettings {
    /// Nothing to remember.
    #[must_use]
    pub fn now() -> Option<Self> {
        None
    }

    /// Nothing to put back.
    pub fn restore(&self) {}
}
