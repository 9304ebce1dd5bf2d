//! A piece: a medium, or a password slip. Where it is, and which step may come next.

use chrono::{DateTime, FixedOffset, NaiveDate};

use super::facts::{Direction, MediumKind, Partner, What};
use crate::case::Side;

/// When something happened and which entry tells of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// The entry.
    pub entry: u64,
    /// The stated time.
    pub at: DateTime<FixedOffset>,
}

/// A medium or a slip.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// What it is known by: 媒体管理番号; of a medium without one the bundle's number; 通知書番号 of a slip issued here; `TW-…/slip`
    /// of one without a number, and of one of the other side.
    pub id: String,
    /// The number on a slip of the other side.
    pub number: Option<String>,
    /// Which of the two.
    pub what: What,
    /// What a medium is, where it is registered.
    pub kind: Option<MediumKind>,
    /// Serial number, where it is registered.
    pub serial: Option<String>,
    /// What a thing without a bundle is called.
    pub name: Option<String>,
    /// Whether `medium add` knows it.
    pub registered: bool,
    /// Who may use it; empty: everyone.
    pub users: Vec<String>,
    /// The bundles on it, or the one it opens.
    pub bundles: Vec<String>,
    /// Where it is kept.
    pub place: Option<String>,
    /// Where it is.
    pub state: State,
    /// 返却期限
    pub due: Option<NaiveDate>,
    /// It came from the other side, and is to go back there.
    pub theirs: bool,
    /// 失効: the entry that said so.
    pub void: Option<u64>,
    /// The entry that says it is damaged.
    pub damaged: Option<u64>,
    /// It was handed to the wrong one; cleared when it is back.
    pub recalled: Option<u64>,
    /// Whether what was written on it was read back from it, or from elsewhere only.
    pub written: Written,
    /// Numbers of its take-outs.
    pub takeouts: Vec<u64>,
    /// What became of it before: hand-overs that were ended by a return.
    pub handovers: Vec<Handed>,
    /// When it came from the other side.
    pub received: Option<Seen>,
    /// How often it was made empty for another use.
    pub resets: Vec<Seen>,
    /// The last step: nothing that comes next may be stated to have been before.
    pub last: Option<Seen>,
}

/// Whether the medium itself was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Written {
    /// Nothing was written on it here.
    #[default]
    Nothing,
    /// 媒体への書込み未確認: the bundle was made elsewhere, and nobody has read this medium since.
    Unconfirmed,
    /// It was read.
    Confirmed,
}

/// Where a piece is.
#[derive(Debug, Clone, PartialEq)]
pub enum State {
    /// At this desk.
    Here,
    /// Taken out, to come back.
    Out(Outing),
    /// Handed to the other side.
    Handed(Box<Handed>),
    /// Given back to the side it came from.
    GivenBack(Seen),
    /// Nobody knows where.
    Lost(Seen),
    /// With a firm that is to destroy it; its certificate has not come.
    AtVendor(Seen),
    /// It is no more.
    Destroyed(Seen),
}

/// A take-out that is not over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outing {
    /// When.
    pub seen: Seen,
    /// When it should be back.
    pub due: DateTime<FixedOffset>,
    /// Who has it.
    pub by: String,
    /// Where.
    pub destination: String,
}

/// A hand-over.
#[derive(Debug, Clone, PartialEq)]
pub struct Handed {
    /// When.
    pub seen: Seen,
    /// Which way.
    pub direction: Direction,
    /// To whom.
    pub to: Partner,
    /// Whose person that is.
    pub party: Side,
    /// Who handed it over, and as which user of the operating system.
    pub by: (String, String),
    /// Whether it counts: a second person has looked, where the case asks for one.
    pub counts: bool,
    /// The other side's receipt.
    pub receipt: Option<Seen>,
    /// The other side's proof of opening.
    pub opened: Option<Seen>,
    /// The sheet that goes with it.
    pub sheet: Option<String>,
    /// Whether a rule was set aside for it.
    pub overridden: bool,
}

/// What may be done with a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// A bundle is written on it.
    Write,
    /// To the other side.
    Handover,
    /// A second person looks.
    Check,
    /// The other side's receipt.
    Receipt,
    /// 誤交付
    Recall,
    /// From the other side.
    Receive,
    /// Taken out.
    Takeout,
    /// Back from there.
    Return,
    /// Back to the side it came from.
    GiveBack,
    /// Back from the side it was handed to.
    TakeBack,
    /// Lost.
    Lose,
    /// Damaged.
    Damage,
    /// Found again.
    Recover,
    /// Destroyed, or given to who destroys.
    Destroy,
    /// The firm's certificate.
    VendorPaper,
    /// Made empty for another use.
    Reset,
}

impl Step {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::Write,
        Self::Handover,
        Self::Check,
        Self::Receipt,
        Self::Recall,
        Self::Receive,
        Self::Takeout,
        Self::Return,
        Self::GiveBack,
        Self::TakeBack,
        Self::Lose,
        Self::Damage,
        Self::Recover,
        Self::Destroy,
        Self::VendorPaper,
        Self::Reset,
    ];
}

/// Why a step may not come now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Misstep {
    /// It is here: nothing went out that could come back.
    #[error("it is here")]
    IsHere,
    /// It came here already.
    #[error("it came here already")]
    CameAlready,
    /// It is out, since this entry.
    #[error("it is out")]
    IsOut(u64),
    /// It was handed over, in this entry.
    #[error("it was handed over")]
    IsHanded(u64),
    /// It was given back, in this entry.
    #[error("it was given back")]
    IsGivenBack(u64),
    /// It is lost.
    #[error("it is lost")]
    IsLost(u64),
    /// It is with a firm.
    #[error("it is with a firm")]
    IsAtVendor(u64),
    /// It is no more.
    #[error("it is destroyed")]
    IsDestroyed(u64),
    /// Its receipt is there.
    #[error("its receipt is there")]
    HasReceipt(u64),
    /// A second person has looked.
    #[error("it was checked")]
    IsChecked,
    /// A second person has not looked yet.
    #[error("it was not checked")]
    NotChecked(u64),
    /// It was taken back already as wrongly handed over.
    #[error("it was recalled")]
    IsRecalled(u64),
    /// It is of this side, so there is nobody to give it back to.
    #[error("it is not the other side's")]
    NotTheirs,
    /// 失効
    #[error("it is void")]
    IsVoid(u64),
    /// It is damaged.
    #[error("it is damaged")]
    IsDamaged(u64),
    /// A slip cannot be made empty, nor a disc that is written once.
    #[error("it cannot be made empty")]
    CannotBeReset,
}

impl Piece {
    /// A piece that is here.
    #[must_use]
    pub fn new(id: impl Into<String>, what: What) -> Self {
        Self {
            id: id.into(),
            number: None,
            what,
            kind: None,
            serial: None,
            name: None,
            registered: false,
            users: Vec::new(),
            bundles: Vec::new(),
            place: None,
            state: State::Here,
            due: None,
            theirs: false,
            void: None,
            damaged: None,
            recalled: None,
            written: Written::Nothing,
            takeouts: Vec::new(),
            handovers: Vec::new(),
            received: None,
            resets: Vec::new(),
            last: None,
        }
    }

    /// The number that stands on it, where there is one.
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        let own = !self.id.starts_with("TW-");
        self.number.as_deref().or_else(|| own.then_some(self.id.as_str()))
    }

    /// What it is called where there must be a name.
    #[must_use]
    pub fn name_of(&self) -> &str {
        self.label().unwrap_or(&self.id)
    }

    /// Whether it has ended: nothing is to be done with it any more.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        matches!(self.state, State::Destroyed(_) | State::GivenBack(_))
    }

    /// The hand-over that stands.
    #[must_use]
    pub fn handed(&self) -> Option<&Handed> {
        match &self.state {
            State::Handed(handed) => Some(handed),
            _ => None,
        }
    }

    /// The same to be changed.
    pub(super) fn handed_mut(&mut self) -> Option<&mut Handed> {
        match &mut self.state {
            State::Handed(handed) => Some(handed),
            _ => None,
        }
    }

    /// Whether a step may come next.
    ///
    /// # Errors
    /// Why not.
    pub fn may(&self, step: Step) -> Result<(), Misstep> {
        use Step as S;
        match (&self.state, step) {
            (State::Here, step) => self.may_when_here(step),
            (State::Handed(handed), step) => self.may_when_handed(handed, step),
            (State::Out(_), S::Return | S::Lose | S::Damage)
            // The city may hand the same medium over again.
            | (State::GivenBack(_), S::Receive)
            | (State::Lost(_), S::Recover)
            | (State::AtVendor(_), S::VendorPaper | S::Lose) => Ok(()),
            (State::Out(out), _) => Err(Misstep::IsOut(out.seen.entry)),
            (State::GivenBack(seen), _) => Err(Misstep::IsGivenBack(seen.entry)),
            (State::Lost(seen), _) => Err(Misstep::IsLost(seen.entry)),
            (State::AtVendor(seen), _) => Err(Misstep::IsAtVendor(seen.entry)),
            (State::Destroyed(seen), _) => Err(Misstep::IsDestroyed(seen.entry)),
        }
    }

    fn may_when_here(&self, step: Step) -> Result<(), Misstep> {
        use Step as S;
        match step {
            S::Write | S::Handover => self.fit(),
            S::Takeout | S::Lose | S::Damage | S::Destroy | S::Check => Ok(()),
            S::Reset => self.can_be_emptied(),
            S::GiveBack if self.theirs => Ok(()),
            S::GiveBack => Err(Misstep::NotTheirs),
            // Registered and never seen: the number is that of a medium of the other side.
            S::Receive if self.last.is_none() && self.bundles.is_empty() => Ok(()),
            S::Receive => Err(Misstep::CameAlready),
            S::Receipt | S::Recall | S::Return | S::TakeBack | S::Recover | S::VendorPaper => Err(Misstep::IsHere),
        }
    }

    fn may_when_handed(&self, handed: &Handed, step: Step) -> Result<(), Misstep> {
        let entry = handed.seen.entry;
        match step {
            Step::Check if handed.counts => Err(Misstep::IsChecked),
            Step::Receipt if !handed.counts => Err(Misstep::NotChecked(entry)),
            Step::Receipt => handed.receipt.map_or(Ok(()), |seen| Err(Misstep::HasReceipt(seen.entry))),
            Step::Recall => self.recalled.map_or(Ok(()), |entry| Err(Misstep::IsRecalled(entry))),
            Step::Check | Step::TakeBack | Step::Lose | Step::Damage => Ok(()),
            // What was wrongly handed over and is back.
            Step::Recover if self.recalled.is_some() => Ok(()),
            _ => Err(Misstep::IsHanded(entry)),
        }
    }

    /// Whether it is in a state to be handed over.
    fn fit(&self) -> Result<(), Misstep> {
        match (self.void, self.damaged) {
            (Some(entry), _) => Err(Misstep::IsVoid(entry)),
            (None, Some(entry)) => Err(Misstep::IsDamaged(entry)),
            (None, None) => Ok(()),
        }
    }

    fn can_be_emptied(&self) -> Result<(), Misstep> {
        let fixed = self.kind.is_some_and(MediumKind::cannot_be_overwritten);
        if self.what == What::Slip || fixed { Err(Misstep::CannotBeReset) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(entry: u64) -> Seen {
        Seen { entry, at: DateTime::parse_from_rfc3339("2026-11-21T09:00:00+09:00").unwrap() }
    }

    fn handed(counts: bool, receipt: Option<Seen>) -> State {
        State::Handed(Box::new(Handed {
            seen: seen(5),
            direction: Direction::Provided,
            to: Partner::default(),
            party: Side::Contractor,
            by: (String::new(), String::new()),
            counts,
            receipt,
            opened: None,
            sheet: None,
            overridden: false,
        }))
    }

    fn states() -> Vec<(&'static str, Piece)> {
        let piece = |state| Piece { state, last: Some(seen(2)), ..Piece::new("M-1", What::Media) };
        let out = Outing { seen: seen(4), due: seen(4).at, by: "佐藤".into(), destination: "本店".into() };
        vec![
            ("registered", Piece { last: None, ..piece(State::Here) }),
            ("here", piece(State::Here)),
            ("here, theirs", Piece { theirs: true, ..piece(State::Here) }),
            ("here, void", Piece { void: Some(3), ..piece(State::Here) }),
            ("here, damaged", Piece { damaged: Some(3), ..piece(State::Here) }),
            ("here, a disc", Piece { kind: Some(MediumKind::Disc), ..piece(State::Here) }),
            ("here, a slip", Piece { what: What::Slip, ..piece(State::Here) }),
            ("out", piece(State::Out(out))),
            ("handed, unchecked", piece(handed(false, None))),
            ("handed", piece(handed(true, None))),
            ("handed, receipt", piece(handed(true, Some(seen(6))))),
            ("handed, recalled", Piece { recalled: Some(7), ..piece(handed(true, None)) }),
            ("given back", piece(State::GivenBack(seen(8)))),
            ("lost", piece(State::Lost(seen(8)))),
            ("with a firm", piece(State::AtVendor(seen(8)))),
            ("destroyed", piece(State::Destroyed(seen(8)))),
        ]
    }

    /// Every step in every state, against a table that a person can read.
    #[test]
    fn every_step_in_every_state() {
        let allowed = [
            ("registered", "Write Handover Check Receive Takeout Lose Damage Destroy Reset"),
            ("here", "Write Handover Check Takeout Lose Damage Destroy Reset"),
            ("here, theirs", "Write Handover Check Takeout GiveBack Lose Damage Destroy Reset"),
            ("here, void", "Check Takeout Lose Damage Destroy Reset"),
            ("here, damaged", "Check Takeout Lose Damage Destroy Reset"),
            ("here, a disc", "Write Handover Check Takeout Lose Damage Destroy"),
            ("here, a slip", "Write Handover Check Takeout Lose Damage Destroy"),
            ("out", "Return Lose Damage"),
            ("handed, unchecked", "Check Recall TakeBack Lose Damage"),
            ("handed", "Receipt Recall TakeBack Lose Damage"),
            ("handed, receipt", "Recall TakeBack Lose Damage"),
            ("handed, recalled", "Receipt TakeBack Lose Damage Recover"),
            ("given back", "Receive"),
            ("lost", "Recover"),
            ("with a firm", "Lose VendorPaper"),
            ("destroyed", ""),
        ];
        let found: Vec<(&str, String)> = states()
            .iter()
            .map(|(name, piece)| {
                let may: Vec<String> =
                    Step::ALL.iter().filter(|step| piece.may(**step).is_ok()).map(|step| format!("{step:?}")).collect();
                (*name, may.join(" "))
            })
            .collect();
        assert_eq!(found, allowed.map(|(name, steps)| (name, steps.to_owned())).to_vec());
    }

    #[test]
    fn a_refusal_says_why() {
        let all = states();
        let piece = |name: &str| &all.iter().find(|(state, _)| *state == name).unwrap().1;
        assert_eq!(piece("here").may(Step::Return), Err(Misstep::IsHere));
        assert_eq!(piece("here").may(Step::GiveBack), Err(Misstep::NotTheirs));
        assert_eq!(piece("here, void").may(Step::Handover), Err(Misstep::IsVoid(3)));
        assert_eq!(piece("here, damaged").may(Step::Handover), Err(Misstep::IsDamaged(3)));
        assert_eq!(piece("out").may(Step::Takeout), Err(Misstep::IsOut(4)));
        assert_eq!(piece("handed, unchecked").may(Step::Receipt), Err(Misstep::NotChecked(5)));
        assert_eq!(piece("handed").may(Step::Check), Err(Misstep::IsChecked));
        assert_eq!(piece("handed, receipt").may(Step::Receipt), Err(Misstep::HasReceipt(6)));
        assert_eq!(piece("handed, recalled").may(Step::Recall), Err(Misstep::IsRecalled(7)));
        assert_eq!(piece("destroyed").may(Step::Lose), Err(Misstep::IsDestroyed(8)));
        assert_eq!(piece("here, a slip").may(Step::Reset), Err(Misstep::CannotBeReset));
    }
}
