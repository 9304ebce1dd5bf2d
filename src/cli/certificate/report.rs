//! What checking a document looked at, and what it found.

use serde::Serialize;

use crate::ledger::Finding;

/// Something that is looked at. The names stand in `--json` output and in docs/.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// The signature holds for the record.
    Signature,
    /// By a key that is known here.
    SignerKnown,
    /// The record is the one the ledger pinned.
    Record,
    /// Its number was not voided.
    InForce,
    /// The code on it lies in the ledger's past.
    LedgerCode,
    /// The PDF is one the ledger knows, byte for byte.
    Print,
    /// The record, set again, gives this page, byte for byte.
    Page,
    /// The list of items is the one the record pins, or stands in it.
    List,
    /// Title, result, totals and items do not contradict each other.
    Agreement,
    /// Every file that was asked about is among the erased ones.
    Coverage,
}

impl Check {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Signature,
        Self::SignerKnown,
        Self::Record,
        Self::InForce,
        Self::LedgerCode,
        Self::Print,
        Self::Page,
        Self::List,
        Self::Agreement,
        Self::Coverage,
    ];
}

/// Something that must not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// The signature does not hold for this record.
    SignatureBad,
    /// There should be one, and there is none.
    SignatureMissing,
    /// It holds, and the record names another key.
    OtherKey {
        /// That signed.
        found: String,
    },
    /// It holds, and is not by a key that was asked for.
    OtherSigner {
        /// That signed.
        found: String,
    },
    /// The ledger issued another record under this number.
    RecordAltered,
    /// The ledger it names issued no such number.
    NotIssued,
    /// Its number was taken out of force by this entry.
    Voided(u64),
    /// The ledger never had the past that the code pins.
    OtherPast,
    /// The ledger itself does not verify.
    Ledger(Vec<Finding>),
    /// The list is not the one the record pins.
    ListAltered(String),
    /// The list is the right one, and cannot be read.
    ListUnreadable(String),
    /// What stands on it does not hold together.
    Contradicts(Vec<Contradiction>),
    /// Neither a signature nor a ledger stands for it.
    Unproved,
    /// Files were asked about, and there is no list to look them up in.
    NoList,
    /// Files are not among the erased ones.
    NotCovered {
        /// How many of them.
        missing: u64,
        /// Of how many.
        of: u64,
    },
}

/// How a document contradicts itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contradiction {
    /// Its fields are not those of the form.
    Fields,
    /// Its title is none of the form's.
    Title,
    /// It certifies, and not everything was erased.
    Certifies,
    /// The result in words is not that of the totals.
    Result,
    /// The totals do not add up.
    Totals,
    /// The list has other totals.
    List,
}

/// Something to know that is no proof of tampering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// There is no ledger here.
    NoLedger,
    /// Another ledger issued it.
    OtherLedger,
    /// It is a print that was made again.
    Reprint,
    /// The ledger does not know this print.
    OtherPrint,
    /// Set again, the record gives another page.
    PageDiffers,
    /// The page could not be set again.
    PageNotMade,
    /// Another program saved the file again.
    Revised,
    /// The list is not here.
    ListMissing,
}

/// What became of it all. A check that is neither right nor wrong was not made.
#[derive(Debug, Default)]
pub struct Report {
    /// Looked at, and right.
    pub checked: Vec<Check>,
    wrong: Vec<Check>,
    /// What must not be.
    pub problems: Vec<Problem>,
    /// What is good to know.
    pub notices: Vec<Notice>,
}

impl Report {
    /// It is right.
    pub fn right(&mut self, check: Check) {
        self.checked.push(check);
    }

    /// It is wrong.
    pub fn wrong(&mut self, check: Check, problem: Problem) {
        self.wrong.push(check);
        self.problems.push(problem);
    }

    /// Tells something.
    pub fn note(&mut self, notice: Notice) {
        self.notices.push(notice);
    }

    /// Whether it was found right.
    pub fn is_right(&self, check: Check) -> bool {
        self.checked.contains(&check)
    }

    /// What was not looked at.
    pub fn open(&self) -> Vec<Check> {
        Check::ALL.into_iter().filter(|check| !self.checked.contains(check) && !self.wrong.contains(check)).collect()
    }
}
