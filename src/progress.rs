//! How the rooms that work tell a screen how far they are, without knowing one.

/// A stretch of work that a person waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Looking through the sources.
    Scan,
    /// Making or opening the lock (scrypt).
    Key,
    /// Hashing, sealing and writing.
    Seal,
    /// Reading the medium back.
    ReadBack,
    /// Reading the volumes and comparing them.
    Check,
    /// Opening, comparing and, when asked, writing.
    Open,
    /// Overwriting and reading back.
    Erase,
    /// Filling free space.
    Fill,
    /// Making small files and names in what is left.
    Slots,
    /// Taking the filling away again.
    GiveFree,
    /// Looking through folders for copies.
    Find,
}

/// Where work reports to, and where it learns that it should stop.
pub trait Progress: Sync {
    /// A stage begins; `total` bytes are expected, 0 when unknown.
    fn stage(&self, stage: Stage, total: u64);
    /// So many more bytes are done.
    fn advance(&self, bytes: u64);
    /// So many of the things that are dealt with one by one are done.
    fn items(&self, _done: u64, _total: u64) {}
    /// Whether the user wants to stop.
    fn cancelled(&self) -> bool;
}

/// Reports to nobody.
pub struct Silent;

impl Progress for Silent {
    fn stage(&self, _: Stage, _: u64) {}
    fn advance(&self, _: u64) {}
    fn cancelled(&self) -> bool {
        false
    }
}
