//! What is still to be done, and who waits for it.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::{FileJob, FolderJob};

/// As many files may wait to be read. Each holds its folder open.
const MOST_FILES: usize = 256;

pub(super) enum Job {
    Folder(FolderJob),
    File(FileJob),
}

#[derive(Default)]
struct State {
    folders: Vec<FolderJob>,
    files: Vec<FileJob>,
    /// Jobs that wait, and those in somebody's hands.
    open: usize,
    stopped: bool,
}

pub(super) struct Queue {
    state: Mutex<State>,
    more: Condvar,
}

/// Ends the walk for all when one who works on it ends before it is done.
pub(super) struct Stops<'q>(&'q Queue);

impl Drop for Stops<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.stop();
        }
    }
}

impl Queue {
    pub fn new() -> Self {
        Self { state: Mutex::default(), more: Condvar::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A folder to be listed. The one added last comes first: the walk goes deep before it goes wide, so few of them wait.
    pub fn folder(&self, job: FolderJob) {
        let mut state = self.state();
        state.open += 1;
        state.folders.push(job);
        drop(state);
        self.more.notify_one();
    }

    /// A file to be read; given back when enough of them wait.
    pub fn file(&self, job: FileJob) -> Option<FileJob> {
        let mut state = self.state();
        if state.files.len() >= MOST_FILES {
            return Some(job);
        }
        state.open += 1;
        state.files.push(job);
        drop(state);
        self.more.notify_one();
        None
    }

    /// The next job; none when all are done. Say [`Queue::done`] after each.
    pub fn next(&self) -> Option<Job> {
        let mut state = self.state();
        loop {
            if state.stopped {
                return None;
            }
            if let Some(job) = state.files.pop() {
                return Some(Job::File(job));
            }
            if let Some(job) = state.folders.pop() {
                return Some(Job::Folder(job));
            }
            if state.open == 0 {
                return None;
            }
            state = self.more.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub fn done(&self) {
        let mut state = self.state();
        state.open -= 1;
        if state.open == 0 {
            drop(state);
            self.more.notify_all();
        }
    }

    pub fn stop(&self) {
        self.state().stopped = true;
        self.more.notify_all();
    }

    pub fn stops_with_me(&self) -> Stops<'_> {
        Stops(self)
    }
}
