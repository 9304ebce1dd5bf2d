//! What verifying a ledger may be asked, and what it may find, told apart.

use serde::Serialize;

use super::checkpoint::{Head, ShortCode};

/// What to look for beyond the ledger's own consistency.
#[derive(Debug, Default)]
pub struct Question<'a> {
    /// A code from paper.
    pub code: Option<&'a ShortCode>,
    /// The head this computer saw last.
    pub seen: Option<Head>,
    /// The origin and the first key this computer knows for this case.
    pub known: Option<(&'a str, &'a str)>,
    /// Check every signature and everything derived, not only what the past depends on.
    pub full: bool,
}

/// Something that must not be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Finding {
    /// Numbers that should be there and are not.
    Missing {
        /// The first.
        from: u64,
        /// The last.
        to: u64,
    },
    /// An entry stands in another one's place, and that one in its place.
    Swapped {
        /// One.
        one: u64,
        /// The other.
        other: u64,
    },
    /// An entry says another number than its place.
    Misplaced {
        /// Its place.
        at: u64,
        /// The number it says.
        says: u64,
    },
    /// A place holds what is no entry.
    Unreadable {
        /// Its place.
        number: u64,
    },
    /// A text that is not the canonical one.
    NotCanonical {
        /// Its place.
        number: u64,
    },
    /// The root that was recorded is not that of these entries: one of this range was changed.
    Changed {
        /// The first entry that may be the one.
        from: u64,
        /// The last entry that may be the first one changed.
        to: u64,
    },
    /// A recorded root differs though later ones hold: the checkpoint itself was altered.
    CheckpointAltered {
        /// Its size.
        size: u64,
    },
    /// A checkpoint covers more entries than there are: the end was cut off.
    CutOff {
        /// Entries there.
        entries: u64,
        /// Entries the checkpoint covers.
        covered: u64,
    },
    /// The signature does not hold.
    BadSignature {
        /// Of the checkpoint of this size.
        size: u64,
    },
    /// Signed by a key that is not the ledger's.
    OtherKey {
        /// Of the checkpoint of this size.
        size: u64,
        /// That key.
        key: String,
    },
    /// A new key that the key before it did not name: the signatures after it prove nothing.
    NotEndorsed {
        /// The entry that names it.
        number: u64,
    },
    /// The first entry names no key, so no signature can be judged.
    NoKey,
    /// The stored head is not that of the entries.
    Head,
    /// A code that an entry or a paper carries proves more entries than there are.
    CodeCutOff {
        /// The code.
        code: String,
        /// Entries there.
        entries: u64,
        /// The entry that carries it; none for a code from paper.
        carried_by: Option<u64>,
    },
    /// A code that an entry or a paper carries proves another past.
    CodeOtherPast {
        /// The code.
        code: String,
        /// The entry that carries it; none for a code from paper.
        carried_by: Option<u64>,
    },
    /// This computer saw a longer ledger: an older copy took its place.
    Older {
        /// Entries there.
        entries: u64,
        /// Entries seen.
        seen: u64,
    },
    /// This computer saw another past.
    OtherPast {
        /// Entries seen.
        seen: u64,
    },
    /// It is another ledger than the one this case began with.
    OtherLedger,
    /// It begins with another key than the case did.
    OtherFirstKey {
        /// That key.
        key: String,
    },
    /// A document's number is not the one that follows.
    DocumentNumber {
        /// The entry that issued it.
        number: u64,
        /// What it says.
        says: String,
        /// The count it should end with.
        expected: u64,
    },
    /// A file of a document is not what the ledger pinned.
    RecordAltered {
        /// The document.
        document: String,
        /// The file.
        file: String,
    },
    /// Tables or triggers are not those of this version.
    Schema,
    /// The store says that its pages do not hold together.
    Pages,
    /// What `history` finds is not what the entries say.
    Index,
}

/// Something to know that is no proof of tampering.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Notice {
    /// The clock was set back before this entry.
    ClockSetBack {
        /// The entry.
        number: u64,
        /// By how much.
        seconds: i64,
    },
    /// The last entries have no signature yet.
    Unsigned {
        /// The first of them.
        from: u64,
    },
    /// The key was replaced without the old key's signature.
    KeyReplaced {
        /// The entry that says so.
        number: u64,
    },
    /// The record of a document is not there.
    RecordMissing {
        /// The document.
        document: String,
    },
    /// The page of a document is not there; its record is.
    PageMissing {
        /// The document.
        document: String,
    },
    /// The case was brought back from a copy.
    Restored {
        /// The entry that says so.
        number: u64,
    },
}

/// What was recomputed, and what was found.
#[derive(Debug, Default)]
pub struct Verdict {
    /// The head, as computed.
    pub head: Option<Head>,
    /// Entries hashed.
    pub entries: u64,
    /// Roots compared.
    pub checkpoints: u64,
    /// Signatures checked.
    pub signatures: u64,
    /// Records of documents compared.
    pub records: u64,
    /// Whether the code given was found to hold.
    pub code_holds: bool,
    /// What must not be.
    pub findings: Vec<Finding>,
    /// What is good to know.
    pub notices: Vec<Notice>,
}

/// A list of findings stops growing here: what is broken everywhere needs no million lines.
const MOST: usize = 100;

impl Verdict {
    pub(super) fn find(&mut self, finding: Finding) {
        if self.findings.len() < MOST && !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }

    pub(super) fn notice(&mut self, notice: Notice) {
        if self.notices.len() < MOST {
            self.notices.push(notice);
        }
    }
}
