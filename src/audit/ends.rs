//! What is open when the span ends, and what came back late in it.
//!
//! The list is that of `status` and `reconcile`. A thing that may still be where it is, is no finding: only what should have come to
//! its end is.

use std::collections::HashSet;

use chrono::NaiveDate;

use super::check::Check;
use super::finding::{Fault, Finding, Noted};
use super::fold::Asked;
use super::seen::{Out, Seen};
use crate::duties::{Duties, due};
use crate::ledger::Kind;
use crate::life::facts::{GivenBack, Returned, TakenBack, Told, What};
use crate::life::open::{self, Open, Waits};
use crate::life::{Life, State};

/// What came back after its day. `life` is what was known before the entry.
pub(super) fn late(seen: &Seen, life: &Life, out: &mut Out) {
    let Some(entry) = seen.holds().filter(|_| seen.in_span) else { return };
    let at = match seen.kind {
        Some(Kind::Return) => Returned::of(entry).map(|said| said.at),
        Some(Kind::GiveBack) => GivenBack::of(entry).map(|said| said.at),
        Some(Kind::TakeBack) => TakenBack::of(entry).map(|said| said.at),
        _ => return,
    };
    let Some(at) = at else { return };
    out.looked(Check::Overdue);
    let pieces = [What::Media, What::Slip].map(|what| (what, life.named(entry, what)));
    let pieces = pieces.iter().flat_map(|(what, ids)| ids.iter().filter_map(|id| life.piece(*what, id)));
    let dues = pieces.filter_map(|piece| match &piece.state {
        State::Out(out) => (at > out.due).then(|| (out.due.date_naive(), piece.name_of())),
        State::Here | State::Handed(_) if seen.kind != Some(Kind::Return) => {
            let due = piece.due.filter(|due| *due < at.date_naive())?;
            Some((due, piece.name_of()))
        }
        _ => None,
    });
    let dues: Vec<(NaiveDate, &str)> = dues.collect();
    if let Some(due) = dues.iter().map(|(due, _)| *due).min() {
        let finding = seen.finding(Check::Overdue, Fault::Late { due, on: at.date_naive() });
        let things = dues.into_iter().map(|(_, name)| name.to_owned()).collect();
        out.find(Finding { things, ..finding });
    }
}

/// What is open. `moment` is the first day after the span, or today where that comes first.
pub(super) fn open(life: &mut Life, end: Option<NaiveDate>, moment: NaiveDate, out: &mut Out) {
    life.settle();
    looked(life, out);
    let names = |what: What| {
        let of = life.pieces.iter().filter(move |piece| piece.what == what);
        of.map(crate::life::Piece::name_of).collect::<HashSet<_>>()
    };
    let slips = names(What::Slip);
    let handed: HashSet<&str> = life
        .pieces
        .iter()
        .filter(|piece| piece.what == What::Media && piece.handed().is_some())
        .map(crate::life::Piece::name_of)
        .collect();
    for settled in life.settled.iter().filter_map(|incident| incident.closed.as_ref()) {
        out.note(Noted::IncidentClosed, settled.0);
    }
    for matter in open::all(life, end) {
        let overdue = matter.is_overdue(moment);
        let handed = handed.contains(matter.thing.as_str());
        match check(&matter, overdue, moment, &slips, handed) {
            Some(check) => out.find(finding(life, check, matter)),
            None => {
                if let Some(entry) = entry_of(life, &matter) {
                    out.note(Noted::NotDue, entry);
                }
            }
        }
    }
}

/// Looks that should have been held, and demands that should have been met. `today` is the last day of the span.
pub(super) fn looks(asked: &Asked, life: &Life, duties: &Duties, moment: NaiveDate, out: &mut Out) {
    let due = due::open(duties, asked.settings, asked.contract, asked.span.until);
    out.looked_at(Check::NotInspected, duties.held.len() + due.len());
    for matter in due.into_iter().filter(|matter| matter.is_overdue(moment)) {
        // Nobody looked since the case was made: its first entry has the contract.
        let matter = Open { entry: matter.entry.or(Some(1)), bundle: matter.holder.clone(), holder: None, ..matter };
        out.find(finding(life, Check::NotInspected, matter));
    }
}

/// The check that has something to say of an open matter.
fn check(matter: &Open, overdue: bool, moment: NaiveDate, slips: &HashSet<&str>, handed: bool) -> Option<Check> {
    match matter.waits {
        Waits::TakeBack | Waits::GiveBack => {
            let slip = slips.contains(matter.thing.as_str());
            let check = if slip { Check::SlipNotReturned } else { Check::NotReturned };
            overdue.then_some(check)
        }
        Waits::TakeoutReturn => overdue.then_some(Check::Overdue),
        Waits::Erasure | Waits::Machine => overdue.then_some(Check::NotErased),
        Waits::FoundCopies => Some(Check::CopiesFound),
        Waits::Lost | Waits::NotRecovered | Waits::Incident | Waits::VoidPartOut => Some(Check::IncidentOpen),
        // What nobody took away yet can still be read before it goes.
        Waits::WritingUnconfirmed => handed.then_some(Check::WritingUnconfirmed),
        // A second person may come on the same day.
        Waits::Check => matter.since.is_none_or(|since| since < moment).then_some(Check::NotChecked),
        Waits::VendorPaper => Some(Check::VendorPaper),
        Waits::UnlistedMachine => Some(Check::UnlistedMachine),
        Waits::Replacement
        | Waits::SlipDestruction
        | Waits::MediumHandover
        | Waits::Receipt
        | Waits::SlipHandover
        | Waits::OpeningProof
        | Waits::SlipToCome
        | Waits::Opening => None,
        Waits::Inspection | Waits::Improvement => overdue.then_some(Check::NotInspected),
    }
}

fn finding(life: &Life, check: Check, matter: Open) -> Finding {
    let entry = entry_of(life, &matter);
    let Open { waits, thing, bundle, since, due, holder, .. } = matter;
    let things = [Some(thing), bundle].into_iter().flatten().filter(|thing| !thing.is_empty()).collect();
    Finding {
        check,
        fault: Fault::Open { waits, due, holder },
        entries: entry.into_iter().collect(),
        day: since,
        things,
    }
}

/// The entry that shows an open matter: since which it is open, else the last that tells of the thing.
fn entry_of(life: &Life, matter: &Open) -> Option<u64> {
    let piece = || {
        let both = [What::Media, What::Slip].into_iter().filter_map(|what| life.piece(what, &matter.thing));
        both.filter_map(|piece| piece.last.map(|seen| seen.entry)).max()
    };
    let bundle = || {
        let bundle = life.bundle(matter.bundle.as_deref()?)?;
        let pieces = [(What::Media, Some(&bundle.medium)), (What::Slip, bundle.slip.as_ref())];
        let last = pieces.into_iter().filter_map(|(what, id)| life.piece(what, id?)?.last).map(|seen| seen.entry);
        bundle.packed.or_else(|| last.max())
    };
    let machine = || life.machine(&matter.thing).map(|machine| machine.added);
    match matter.waits {
        Waits::WritingUnconfirmed => bundle(),
        _ => matter.entry.or_else(piece).or_else(bundle).or_else(machine),
    }
}

/// How many things there are of which each check asked.
fn looked(life: &Life, out: &mut Out) {
    let of = |what: What| life.pieces.iter().filter(|piece| piece.what == what).count();
    let copies: usize = life.bundles.iter().map(|bundle| bundle.copies.len()).sum();
    let searches: usize = life.bundles.iter().map(|bundle| bundle.searches.len()).sum();
    let handed = life.pieces.iter().filter(|piece| piece.handed().is_some()).count();
    let out_now = life.pieces.iter().filter(|piece| matches!(piece.state, State::Out(_))).count();
    out.looked_at(Check::NotReturned, of(What::Media));
    out.looked_at(Check::SlipNotReturned, of(What::Slip));
    out.looked_at(Check::NotErased, copies + life.machines.len());
    out.looked_at(Check::Overdue, out_now);
    out.looked_at(Check::CopiesFound, searches);
    out.looked_at(Check::IncidentOpen, life.incidents.len() + life.settled.len());
    out.looked_at(Check::WritingUnconfirmed, of(What::Media));
    out.looked_at(Check::NotChecked, handed);
    out.looked_at(Check::VendorPaper, life.destructions.iter().filter(|one| one.said.vendor.is_some()).count());
    out.looked_at(Check::UnlistedMachine, life.machines.len() + life.strangers.len());
}
