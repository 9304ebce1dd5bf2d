//! What is open: what waits for whom, since when, and until when.

use chrono::{DateTime, FixedOffset, NaiveDate};

use super::bundle::Bundle;
use super::facts::What;
use super::fold::Life;
use super::machine::Machine;
use super::piece::{Handed, Piece, State, Written};

/// What is waited for. The names stay the same for scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Waits {
    /// A lost piece is still lost.
    Lost,
    /// Something went to the wrong one and is not back.
    NotRecovered,
    /// An incident is open.
    Incident,
    /// A pair is 失効, and a part of it is neither back nor destroyed.
    VoidPartOut,
    /// A take-out is to come back.
    TakeoutReturn,
    /// A second person is to look.
    Check,
    /// 媒体への書込み未確認
    WritingUnconfirmed,
    /// What is on a damaged medium is to be handed over on another.
    Replacement,
    /// A slip that opens nothing any more is to be destroyed.
    SlipDestruction,
    /// A medium is to be handed over.
    MediumHandover,
    /// The other side's receipt.
    Receipt,
    /// A slip is to be handed over.
    SlipHandover,
    /// The other side's proof of opening.
    OpeningProof,
    /// The slip of a bundle that came.
    SlipToCome,
    /// A bundle that came is to be opened.
    Opening,
    /// Plaintext is to be erased.
    Erasure,
    /// Copies that a search found are to be erased.
    FoundCopies,
    /// Things are to go back to the side they came from.
    GiveBack,
    /// Things are to come back from the other side.
    TakeBack,
    /// 証明書未受領
    VendorPaper,
    /// A machine has neither erasure nor declaration.
    Machine,
    /// A computer that wrote plaintext is on no list.
    UnlistedMachine,
    /// 実地検査
    Inspection,
    /// 改善要求: nobody saw that it was met.
    Improvement,
}

/// For whom it waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Whom {
    /// This side.
    Us,
    /// The other side.
    Them,
    /// A firm.
    Vendor,
}

/// One open matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// What.
    pub waits: Waits,
    /// For whom.
    pub whom: Whom,
    /// The thing: medium, slip, bundle, machine, incident.
    pub thing: String,
    /// The bundle it belongs to, where it belongs to one.
    pub bundle: Option<String>,
    /// The entry since which it is open.
    pub entry: Option<u64>,
    /// The day since which it is open.
    pub since: Option<NaiveDate>,
    /// The last day.
    pub due: Option<NaiveDate>,
    /// Who has it, where that is known.
    pub holder: Option<String>,
}

impl Open {
    /// A matter of which no more is known.
    pub fn new(waits: Waits, whom: Whom, thing: impl Into<String>) -> Self {
        Self { waits, whom, thing: thing.into(), bundle: None, entry: None, since: None, due: None, holder: None }
    }

    fn since(self, entry: u64, at: DateTime<FixedOffset>) -> Self {
        Self { entry: Some(entry), since: Some(at.date_naive()), ..self }
    }

    fn of(self, piece: &Piece) -> Self {
        Self { bundle: piece.bundles.last().cloned(), ..self }
    }

    /// Whether its last day is over.
    #[must_use]
    pub fn is_overdue(&self, today: NaiveDate) -> bool {
        self.due.is_some_and(|due| due < today)
    }
}

/// All that is open, the gravest first. `end` is the last day of the contract: what has no day of its own ends then.
#[must_use]
pub fn all(life: &Life, end: Option<NaiveDate>) -> Vec<Open> {
    let mut open: Vec<Open> = life.pieces.iter().flat_map(|piece| of_piece(life, piece, end)).collect();
    open.extend(life.bundles.iter().flat_map(|bundle| of_bundle(life, bundle, end)));
    open.extend(life.incidents.iter().map(|incident| Open {
        bundle: incident.things.iter().find(|thing| life.bundle(thing).is_some()).cloned(),
        entry: Some(incident.entry),
        since: incident.time.get(..10).and_then(crate::calendar::iso),
        ..Open::new(Waits::Incident, Whom::Us, incident.things.last().cloned().unwrap_or_default())
    }));
    open.extend(life.machines.iter().filter_map(|machine| of_machine(machine, end)));
    open.extend(life.strangers.iter().map(|(host, entry)| Open {
        entry: Some(*entry),
        ..Open::new(Waits::UnlistedMachine, Whom::Us, host.as_str())
    }));
    open.sort_by_key(|matter| (matter.waits, matter.since));
    open
}

fn of_machine(machine: &Machine, end: Option<NaiveDate>) -> Option<Open> {
    // One that never held plaintext has nothing to settle until somebody says that it is used no more.
    let asked = machine.touched.is_some() || machine.retired.is_some();
    let waits = asked && machine.settled().is_none();
    waits.then(|| Open {
        entry: machine.touched,
        due: machine.retired.or(end),
        ..Open::new(Waits::Machine, Whom::Us, machine.id.as_str())
    })
}

fn of_piece(life: &Life, piece: &Piece, end: Option<NaiveDate>) -> Vec<Open> {
    let open = |waits, whom| Open::new(waits, whom, piece.name_of()).of(piece);
    let mut found = Vec::new();
    let due = piece.due.or(end);
    match &piece.state {
        State::Lost(seen) => found.push(open(Waits::Lost, Whom::Us).since(seen.entry, seen.at)),
        State::Out(out) => found.push(Open {
            due: Some(out.due.date_naive()),
            holder: Some(out.by.clone()),
            ..open(Waits::TakeoutReturn, Whom::Us).since(out.seen.entry, out.seen.at)
        }),
        State::Handed(handed) => found.extend(of_handed(life, piece, handed, due)),
        State::Here if piece.theirs => found.push(Open { due, ..open(Waits::GiveBack, Whom::Us) }),
        State::Here => found.extend(to_go(life, piece)),
        // Piece by piece: a firm may send its papers one after the other.
        State::AtVendor(seen) => {
            let given = life.destructions.iter().find(|destruction| destruction.entry == seen.entry);
            let holder = given.and_then(|given| given.said.vendor.as_ref()).map(|vendor| vendor.name.clone());
            found.push(Open { holder, ..open(Waits::VendorPaper, Whom::Vendor).since(seen.entry, seen.at) });
        }
        State::GivenBack(_) | State::Destroyed(_) => {}
    }
    let out = !piece.is_ended() && !matches!(piece.state, State::AtVendor(_));
    if let Some(entry) = piece.void.filter(|_| out && !matches!(piece.state, State::Here)) {
        found.push(Open { entry: Some(entry), ..open(Waits::VoidPartOut, Whom::Them) });
    }
    let unread = piece.written == Written::Unconfirmed && piece.void.is_none();
    if unread && matches!(piece.state, State::Here | State::Handed(_) | State::Out(_)) {
        found.push(open(Waits::WritingUnconfirmed, Whom::Us));
    }
    found
}

/// What is here and waits to be handed over.
fn to_go(life: &Life, piece: &Piece) -> Option<Open> {
    let fit = piece.void.is_none() && piece.damaged.is_none();
    // What came back is not to be handed over again, but what was packed since is.
    let last = piece.handovers.iter().map(|handed| handed.seen.entry).max().unwrap_or_default();
    let bundle = life.bundles_of(piece).find(|bundle| bundle.packed.is_some_and(|packed| packed > last))?;
    let since = bundle.packed_on;
    let open = |waits| Open { since, entry: bundle.packed, ..Open::new(waits, Whom::Us, piece.name_of()).of(piece) };
    // A slip whose medium is no more, or was made empty, opens nothing and is still a secret on paper.
    let medium = life.piece(What::Media, &bundle.medium);
    if piece.what == What::Slip
        && medium.is_none_or(|medium| matches!(medium.state, State::Destroyed(_) | State::AtVendor(_)))
    {
        return Some(open(Waits::SlipDestruction));
    }
    if piece.what == What::Media && piece.damaged.is_some() && bundle.void.is_none() {
        return Some(open(Waits::Replacement));
    }
    let waits = match piece.what {
        What::Media => Waits::MediumHandover,
        What::Slip => Waits::SlipHandover,
    };
    fit.then(|| open(waits))
}

fn of_handed(life: &Life, piece: &Piece, handed: &Handed, due: Option<NaiveDate>) -> Vec<Open> {
    let holder = Some(handed.to.name.clone());
    let open = |waits, whom| Open {
        holder: holder.clone(),
        ..Open::new(waits, whom, piece.name_of()).of(piece).since(handed.seen.entry, handed.seen.at)
    };
    let mut found = Vec::new();
    if let Some(entry) = piece.recalled {
        found.push(Open { entry: Some(entry), ..open(Waits::NotRecovered, Whom::Us) });
        return found;
    }
    if !handed.counts {
        found.push(open(Waits::Check, Whom::Us));
    } else if handed.receipt.is_none() {
        found.push(open(Waits::Receipt, Whom::Them));
    }
    let slip_gone = |bundle: &Bundle| {
        let slip = bundle.slip.as_deref().and_then(|slip| life.piece(What::Slip, slip));
        slip.is_none_or(|slip| slip.handed().is_some_and(|slip| slip.counts))
    };
    let all_gone = piece.what == What::Media && life.bundles_of(piece).all(slip_gone);
    if all_gone && handed.receipt.is_some() && handed.opened.is_none() {
        found.push(open(Waits::OpeningProof, Whom::Them));
    }
    found.push(Open { due, ..open(Waits::TakeBack, Whom::Them) });
    found
}

fn of_bundle(life: &Life, bundle: &Bundle, end: Option<NaiveDate>) -> Vec<Open> {
    let open = |waits, whom| Open { bundle: Some(bundle.id.clone()), ..Open::new(waits, whom, bundle.id.as_str()) };
    let mut found = Vec::new();
    if bundle.is_theirs() && bundle.void.is_none() {
        let here = life.piece(What::Media, &bundle.medium).is_some_and(|medium| !medium.is_ended());
        if here && bundle.slip.is_none() && bundle.copies.is_empty() {
            found.push(open(Waits::SlipToCome, Whom::Them));
        } else if here && bundle.copies.is_empty() {
            found.push(open(Waits::Opening, Whom::Us));
        }
    }
    // A medium that carries another bundle too is not void itself; what is void on it is out with it all the same.
    let medium = life.piece(What::Media, &bundle.medium).filter(|medium| medium.void.is_none());
    if let (Some(entry), Some(medium)) = (bundle.void, medium)
        && medium.handed().is_some()
    {
        let out = Open::new(Waits::VoidPartOut, Whom::Them, medium.name_of());
        found.push(Open { bundle: Some(bundle.id.clone()), entry: Some(entry), ..out });
    }
    // Who made the bundle has the files it was made of.
    for search in bundle.searches.iter().filter(|search| bundle.is_theirs() && search.found_any()) {
        found.push(Open { entry: Some(search.entry), ..open(Waits::FoundCopies, Whom::Us) });
    }
    for copy in bundle.copies_left() {
        let holder = Some(copy.machine.clone().unwrap_or_else(|| copy.host.clone()));
        let (entry, due) = (Some(copy.entry), end);
        found.push(Open { entry, due, holder, ..open(Waits::Erasure, Whom::Us) });
    }
    found
}
