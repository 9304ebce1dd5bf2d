//! An entry: who did what, when, to which things, how it ended. Canonical JSON (RFC 8785), so that one entry has one
//! text and one hash in every language.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The version of the entry's schema.
pub const VERSION: u32 = 1;

/// What an entry is about. The texts are in `docs/ledger.md` and never change their meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The case was made: its first entry.
    Init,
    /// The settings changed, with old and new values.
    Settings,
    /// A person joined, with role and party.
    StaffAdd,
    /// A person was trained.
    StaffTrain,
    /// A person left.
    StaffRetire,
    /// What one person held passed on to another.
    StaffTransfer,
    /// A bundle was made.
    Pack,
    /// A bundle was checked.
    Verify,
    /// The names inside were shown.
    List,
    /// A bundle was opened.
    Open,
    /// An earlier entry was wrong.
    Correct,
    /// The contract was changed.
    ContractAmend,
    /// Nothing may be thrown away until the matter is settled.
    Hold,
    /// The matter is settled.
    Release,
    /// The signing key was replaced.
    KeyRotate,
    /// A key of the other side was confirmed from paper.
    Trust,
    /// An entry of another ledger.
    Received,
    /// Entries were written to a file for another ledger.
    Sent,
    /// The ledger was written to a file for people.
    Export,
    /// A copy of the case was made.
    Backup,
    /// The case was brought back from a copy.
    Restore,
    /// The ledger was sealed at the end of its retention.
    Archive,
    /// Leftovers of unfinished work were looked for and removed.
    Leftovers,
    /// A document was issued, and got its number.
    Document,
    /// A document was printed again.
    Print,
    /// A document no longer holds; its number stays.
    Void,
    /// The file of a slip was erased, or found gone.
    SlipErased,
    /// Files were erased.
    Erase,
    /// Of an erasure that goes on: which items are at work from here.
    EraseBatch,
    /// Free space was filled.
    EraseFreeSpace,
    /// A certificate was checked.
    CertificateVerify,
    /// A medium was registered.
    MediumAdd,
    /// A medium was made empty, to be used again.
    MediumReset,
    /// A medium or a slip is lost.
    Lost,
    /// A medium is damaged.
    Damaged,
    /// What was lost or wrongly handed over is back.
    Recovered,
    /// A machine was registered.
    EquipmentAdd,
    /// A machine is used no more.
    EquipmentRetire,
    /// Somebody says of a machine what nobody measured.
    Declare,
    /// A place of work or of storage was registered.
    PlaceAdd,
    /// A medium or a slip was handed over.
    Handover,
    /// A second person looked at it.
    HandoverCheck,
    /// It went to the wrong one.
    Recall,
    /// The other side's receipt, or its proof of opening.
    Ack,
    /// A medium or a slip of the other side came.
    Receive,
    /// A medium was taken out.
    Takeout,
    /// It is back from there.
    Return,
    /// Things went back to the side they came from.
    GiveBack,
    /// Things came back from the side they were handed to.
    TakeBack,
    /// A decision that comes before work.
    Approve,
    /// A decision holds no more.
    Revoke,
    /// Somebody of the city watched.
    Witness,
    /// A thing was destroyed, or given to who destroys.
    Destroy,
    /// The paper of the firm that destroyed came.
    VendorCertificate,
    /// An incident was opened.
    Incident,
    /// An incident is settled.
    IncidentClose,
    /// Copies were looked for.
    Find,
    /// What is open was listed.
    Reconcile,
    /// Facts of an incident that came later.
    IncidentUpdate,
    /// 適合申出書: what was declared of the safeguards.
    Conformity,
    /// A contractor of the contractor, with the decision and the duties.
    Subcontractor,
    /// 実地検査, 点検 or 監督: somebody looked.
    Inspection,
    /// Somebody looked again at what was to be mended.
    Recheck,
    /// A report was made from the ledger.
    Report,
}

impl Kind {
    /// Whether data is handled in it, so that training is asked of who does it.
    #[must_use]
    pub fn handles_data(self) -> bool {
        matches!(
            self,
            Self::Pack
                | Self::Verify
                | Self::List
                | Self::Open
                | Self::Erase
                | Self::Find
                | Self::Handover
                | Self::Receive
                | Self::Takeout
        )
    }

    /// Whether it tells of a step of things, before which somebody asked whether it may come.
    #[must_use]
    pub fn moves_things(self) -> bool {
        matches!(
            self,
            Self::MediumAdd
                | Self::MediumReset
                | Self::Lost
                | Self::Damaged
                | Self::Recovered
                | Self::EquipmentAdd
                | Self::EquipmentRetire
                | Self::PlaceAdd
                | Self::Handover
                | Self::HandoverCheck
                | Self::Recall
                | Self::Ack
                | Self::Receive
                | Self::Takeout
                | Self::Return
                | Self::GiveBack
                | Self::TakeBack
                | Self::Approve
                | Self::Revoke
                | Self::Destroy
                | Self::VendorCertificate
                | Self::Void
                | Self::Pack
        )
    }

    /// The kind of this text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        use serde::de::value::{Error, StrDeserializer};
        Self::deserialize(StrDeserializer::<Error>::new(text)).ok()
    }

    /// Its text.
    #[must_use]
    pub fn text(self) -> String {
        serde_json::to_value(self).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
    }
}

/// What kind of thing an entry names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectType {
    /// A bundle, `TW-…`.
    Bundle,
    /// A medium, by its 管理番号.
    Medium,
    /// A person, by name.
    Person,
    /// Another entry, by number.
    Entry,
    /// A contract, by number.
    Contract,
    /// A document, by number.
    Document,
    /// Another ledger, by its origin.
    Ledger,
    /// A key, by fingerprint.
    Key,
    /// A password slip, by its number; of the other side's too.
    Slip,
    /// A machine, by its 管理番号.
    Equipment,
    /// A place, by name.
    Place,
    /// A decision, by its 文書番号.
    Approval,
}

/// A thing an entry names. `history` finds entries by `id`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// What kind of thing.
    #[serde(rename = "type")]
    pub kind: SubjectType,
    /// Its name or number.
    pub id: String,
}

impl Subject {
    /// A thing.
    pub fn new(kind: SubjectType, id: impl Into<String>) -> Self {
        Self { kind, id: id.into() }
    }
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Work begins; the entry that ends it names this one in `facts.begun`. Written before a secret is used, so that
    /// nobody leaves without a trace by killing the program.
    Begun,
    /// Done.
    Done,
    /// Done in part.
    InPart,
    /// A rule refused it.
    Refused,
    /// It failed.
    Failed,
    /// It was interrupted.
    Interrupted,
}

/// Where the operator's name comes from. All of them are claims: nothing here proves who sat at the keyboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    /// `--operator` or `TEWATASHI_OPERATOR`.
    Option,
    /// The case says whose the OS user is.
    Mapping,
    /// Asked on the terminal.
    Answer,
    /// Nobody said; the OS user stands for the person.
    OsUser,
}

/// Who did it, as far as is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    /// The name.
    pub name: String,
    /// The number on the roster, when listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff: Option<String>,
    /// Who says so.
    pub by: Claim,
    /// The operating system's user.
    pub os_user: String,
    /// The computer.
    pub host: String,
}

/// What the time was taken from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// `system`: the computer's own clock.
    pub source: String,
    /// Whether the system says that its clock follows a time server; absent where it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub synchronised: Option<bool>,
}

/// An entry as it stands in the ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Version of this schema.
    pub v: u32,
    /// Its number, from 1, without gaps.
    pub number: u64,
    /// RFC 3339 with milliseconds and the offset from UTC.
    pub time: String,
    /// What the time was taken from.
    pub clock: Clock,
    /// Who.
    pub operator: Operator,
    /// What. A text, so that an older program can read a newer ledger's entries.
    pub kind: String,
    /// On which things.
    pub subjects: Vec<Subject>,
    /// How it ended.
    pub result: Outcome,
    /// What was measured or said. Never a secret; file names only where the record needs them.
    pub facts: Map<String, Value>,
}

impl Entry {
    /// Whether it is of this kind.
    #[must_use]
    pub fn is(&self, kind: Kind) -> bool {
        self.kind == kind.text()
    }

    /// Its kind, where this program knows it.
    #[must_use]
    pub fn known_kind(&self) -> Option<Kind> {
        Kind::parse(&self.kind)
    }

    /// Its canonical text.
    ///
    /// # Errors
    /// When a number in the facts is not exact in JSON.
    pub fn canonical(&self) -> serde_json::Result<String> {
        serde_json_canonicalizer::to_string(self)
    }

    /// The entry of another ledger that it carries.
    #[must_use]
    pub fn carried(&self) -> Option<Self> {
        let carried = self.facts.get("entry").filter(|_| self.is(Kind::Received))?;
        serde_json::from_value(carried.clone()).ok()
    }

    /// The terms it is found by: its things, its operator by name and number, and those of the entry it carries from another ledger.
    #[must_use]
    pub fn terms(&self) -> Vec<String> {
        let mut terms: Vec<String> = self.subjects.iter().map(|s| s.id.clone()).collect();
        terms.push(self.operator.name.clone());
        terms.extend(self.operator.staff.clone());
        if let Some(inner) = self.carried() {
            terms.extend(inner.terms());
        }
        terms.sort();
        terms.dedup();
        terms
    }
}
