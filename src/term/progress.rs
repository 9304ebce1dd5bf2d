//! Long work on a screen: a bar with speed and time left on a terminal, plain lines elsewhere, nothing when quiet.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::{interrupt, show};
use crate::progress::{Progress, Stage};
use crate::t;

/// Bytes gathered before the bar hears of them.
const STEP: u64 = 4 * 1024 * 1024;

/// Progress of this run.
pub struct Screen {
    quiet: bool,
    bars: bool,
    bar: Mutex<Option<ProgressBar>>,
    gathered: AtomicU64,
}

impl Screen {
    /// Reports to standard error unless quiet.
    #[must_use]
    pub fn new(quiet: bool) -> Self {
        let bars = std::io::stderr().is_terminal();
        Self { quiet, bars, bar: Mutex::new(None), gathered: AtomicU64::new(0) }
    }

    /// Takes the bar away, before anything else is printed.
    pub fn clear(&self) {
        if let Ok(mut bar) = self.bar.lock()
            && let Some(bar) = bar.take()
        {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.clear();
    }
}

fn words(stage: Stage) -> String {
    match stage {
        Stage::Scan => t!("stage-scan"),
        Stage::Key => t!("stage-key"),
        Stage::Seal => t!("stage-seal"),
        Stage::ReadBack => t!("stage-read-back"),
        Stage::Check => t!("stage-check"),
        Stage::Open => t!("stage-open"),
        Stage::Erase => t!("stage-erase"),
        Stage::Fill => t!("stage-fill"),
        Stage::Slots => t!("stage-slots"),
        Stage::GiveFree => t!("stage-give-free"),
        Stage::Find => t!("stage-find"),
    }
}

fn bar(stage: Stage, total: u64) -> ProgressBar {
    if total == 0 {
        let bar = ProgressBar::new_spinner().with_message(words(stage));
        bar.enable_steady_tick(Duration::from_millis(120));
        return bar;
    }
    let left = t!("progress-left");
    let style =
        format!("{{msg}} {{bar:24}} {{percent:>3}}% {{bytes}}/{{total_bytes}} {{bytes_per_sec}} {left} {{eta}}");
    let bar = ProgressBar::new(total).with_message(words(stage));
    match ProgressStyle::with_template(&style) {
        Ok(style) => bar.with_style(style.progress_chars("=> ")),
        Err(_) => bar,
    }
}

impl Progress for Screen {
    fn stage(&self, stage: Stage, total: u64) {
        if self.quiet {
            return;
        }
        self.clear();
        self.gathered.store(0, Ordering::Relaxed);
        if self.bars {
            if let Ok(mut current) = self.bar.lock() {
                *current = Some(bar(stage, total));
            }
        } else if total > 0 {
            super::out::err(&format!("{} ({})", words(stage), show::size(total)));
        } else {
            super::out::err(&words(stage));
        }
    }

    fn advance(&self, bytes: u64) {
        if self.quiet || !self.bars {
            return;
        }
        if self.gathered.fetch_add(bytes, Ordering::Relaxed) + bytes >= STEP {
            let step = self.gathered.swap(0, Ordering::Relaxed);
            if let Ok(bar) = self.bar.lock()
                && let Some(bar) = &*bar
            {
                bar.inc(step);
            }
        }
    }

    fn items(&self, done: u64, total: u64) {
        if let Ok(bar) = self.bar.lock()
            && let Some(bar) = &*bar
        {
            bar.set_message(format!("{} {done}/{total}", t!("stage-erase")));
        }
    }

    fn cancelled(&self) -> bool {
        interrupt::asked()
    }
}
