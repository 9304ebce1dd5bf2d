//! Ctrl-C, a closed window and a polite kill: work stops at the next safe place and cleans up behind itself.

use std::sync::atomic::{AtomicBool, Ordering};

use super::prompt;

static ASKED: AtomicBool = AtomicBool::new(false);
static AT_PROMPT: AtomicBool = AtomicBool::new(false);

/// Exit code of an interrupted run.
pub const EXIT_CODE: i32 = 130;

/// Watches for the signals from now on.
pub fn watch() {
    // Without it a signal ends the program at once; the note on unfinished work still stands.
    let _ = ctrlc::set_handler(|| {
        ASKED.store(true, Ordering::SeqCst);
        // A prompt waits in a read that nothing ends, and holds nothing that would have to be cleaned up.
        if AT_PROMPT.load(Ordering::SeqCst) {
            prompt::restore();
            std::process::exit(EXIT_CODE);
        }
    });
}

/// Whether someone asked to stop.
#[must_use]
pub fn asked() -> bool {
    ASKED.load(Ordering::SeqCst)
}

/// As long as it lives, a signal ends the program at once.
pub struct AtPrompt(());

impl AtPrompt {
    /// A prompt begins.
    #[must_use]
    pub fn begin() -> Self {
        AT_PROMPT.store(true, Ordering::SeqCst);
        Self(())
    }
}

impl Drop for AtPrompt {
    fn drop(&mut self) {
        AT_PROMPT.store(false, Ordering::SeqCst);
    }
}
