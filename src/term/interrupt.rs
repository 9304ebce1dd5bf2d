//! Ctrl-C, a closed window and a polite kill: work stops at the next safe place and cleans up behind itself.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

static ASKED: AtomicBool = AtomicBool::new(false);
/// How to leave the terminal as it was, while a prompt waits.
static AT_PROMPT: Mutex<Option<fn()>> = Mutex::new(None);

/// Exit code of an interrupted run.
pub const EXIT_CODE: i32 = 130;

/// Watches for the signals from now on.
pub fn watch() {
    // Without it a signal ends the program at once; the note on unfinished work still stands.
    let _ = ctrlc::set_handler(|| {
        // Asked twice: something does not come back to where it would notice.
        if ASKED.swap(true, Ordering::SeqCst) {
            std::process::exit(EXIT_CODE);
        }
        // A prompt waits in a read that nothing ends, and holds nothing that would have to be cleaned up.
        if let Some(restore) = AT_PROMPT.lock().ok().and_then(|at| *at) {
            restore();
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
    /// A prompt begins; `restore` puts the terminal back when a signal ends it.
    #[must_use]
    pub fn begin(restore: fn()) -> Self {
        set(Some(restore));
        Self(())
    }
}

impl Drop for AtPrompt {
    fn drop(&mut self) {
        set(None);
    }
}

fn set(restore: Option<fn()>) {
    if let Ok(mut at) = AT_PROMPT.lock() {
        *at = restore;
    }
}
