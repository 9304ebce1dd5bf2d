//! A bundle as this ledger knows it: made here or received, its parts, and where its plaintext went.

use chrono::NaiveDate;

/// A bundle.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Bundle {
    /// `TW-…`
    pub id: String,
    /// The entry that made it here; none when it came from the other side.
    pub packed: Option<u64>,
    /// The day of that.
    pub packed_on: Option<NaiveDate>,
    /// The medium it is on: its number, or the bundle's own where it has none.
    pub medium: String,
    /// Its slip, where it has one.
    pub slip: Option<String>,
    /// 件名
    pub title: Option<String>,
    /// 項目
    pub items: Vec<String>,
    /// 人数, as told.
    pub subjects: Option<u64>,
    /// What opens it: `printer`, `file`, `screen`; none for public keys.
    pub slip_given: Option<String>,
    /// SHA-256 of its opening code, of one that was made here.
    pub opening_code_sha256: Option<String>,
    /// Its signer, of one that came.
    pub signer: Option<String>,
    /// 失効: the entry.
    pub void: Option<u64>,
    /// The bundle it replaces.
    pub replaces: Option<String>,
    /// The bundle that replaces it.
    pub replaced_by: Option<String>,
    /// Where it was opened to here.
    pub copies: Vec<Copied>,
    /// Certificates of erasure that name it.
    pub certificates: Vec<String>,
    /// The entry that erased all of it that was known, last.
    pub erased: Option<u64>,
    /// Searches for its files: those that found something nobody has looked for again in the same places, and the last.
    pub searches: Vec<Search>,
    /// 件数 at or above the case's figure.
    pub many: bool,
}

/// What a search found beside the copies that were known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// The entry.
    pub entry: u64,
    /// Whether it could look at everything it was sent to.
    pub whole: bool,
    /// Files of the bundle.
    pub content: u64,
    /// Names that tell of one.
    pub name: u64,
    /// Copies of the bundle itself.
    pub bundle_copies: u64,
    /// Where it looked: keyed hashes of the folders.
    pub places: Vec<String>,
}

impl Search {
    /// Whether it found plaintext, or the name of it.
    #[must_use]
    pub fn found_any(&self) -> bool {
        self.content + self.name > 0
    }
}

/// Plaintext that was written here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// The name it has in the ledger.
    pub copy: String,
    /// The entry of the opening.
    pub entry: u64,
    /// The computer it was written on.
    pub host: String,
    /// By whom.
    pub by: String,
    /// The machine, where it is registered.
    pub machine: Option<String>,
    /// The approval of a copy, where one was needed.
    pub approval: Option<String>,
    /// The entry that erased it.
    pub erased: Option<u64>,
}

impl Bundle {
    /// Whether it came from the other side.
    #[must_use]
    pub fn is_theirs(&self) -> bool {
        self.packed.is_none()
    }

    /// Plaintext that is still there, as far as the ledger knows.
    pub fn copies_left(&self) -> impl Iterator<Item = &Copied> {
        self.copies.iter().filter(|copy| copy.erased.is_none())
    }
}
