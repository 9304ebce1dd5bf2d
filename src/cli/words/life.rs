//! Words of the life of things: steps that may not come, decisions that are not there, pairs that are too close.

use i18n_embed::fluent::FluentLanguageLoader;
use i18n_embed_fl::fl;

use super::super::failure::Failure;
use super::super::things::called;
use super::case::approval as purpose_word;
use crate::case::Approval;
use crate::duties::Why;
use crate::duties::facts::Look;
use crate::era;
use crate::life::approval::NoApproval;
use crate::life::facts::What;
use crate::life::open::{Waits, Whom};
use crate::life::piece::Written;
use crate::life::{Misstep, Piece, State, Step, TooClose};
use crate::t;
use crate::term::language::{japanese, loader};
use crate::term::show;

/// What a step is called.
pub fn step(step: Step) -> String {
    match step {
        Step::Write => t!("step-write"),
        Step::Handover => t!("step-handover"),
        Step::Check => t!("step-check"),
        Step::Receipt => t!("step-receipt"),
        Step::Recall => t!("step-recall"),
        Step::Receive => t!("step-receive"),
        Step::Takeout => t!("step-takeout"),
        Step::Return => t!("step-return"),
        Step::GiveBack => t!("step-give-back"),
        Step::TakeBack => t!("step-take-back"),
        Step::Lose => t!("step-lose"),
        Step::Damage => t!("step-damage"),
        Step::Recover => t!("step-recover"),
        Step::Destroy => t!("step-destroy"),
        Step::VendorPaper => t!("step-vendor-paper"),
        Step::Reset => t!("step-reset"),
    }
}

/// Why a step may not come now. Nothing was changed.
pub fn misstep(piece: &Piece, wanted: Step, why: Misstep) -> Failure {
    let (thing, wanted) = (called(piece), step(wanted));
    let entry = |entry: u64| entry.to_string();
    let (kind, reason, hint) = match why {
        Misstep::IsHere => ("is_here", t!("misstep-is-here"), t!("hint-is-here")),
        Misstep::CameAlready => ("came_already", t!("misstep-came-already"), t!("hint-came-already")),
        Misstep::IsOut(e) => ("is_out", t!("misstep-is-out", entry = entry(e)), t!("hint-is-out")),
        Misstep::IsHanded(e) => ("is_handed_over", t!("misstep-is-handed", entry = entry(e)), t!("hint-is-handed")),
        Misstep::IsGivenBack(e) => {
            ("is_given_back", t!("misstep-is-given-back", entry = entry(e)), t!("hint-is-given-back"))
        }
        Misstep::IsLost(e) => ("is_lost", t!("misstep-is-lost", entry = entry(e)), t!("hint-is-lost")),
        Misstep::IsAtVendor(e) => {
            ("is_at_vendor", t!("misstep-is-at-vendor", entry = entry(e)), t!("hint-is-at-vendor"))
        }
        Misstep::IsDestroyed(e) => {
            ("is_destroyed", t!("misstep-is-destroyed", entry = entry(e)), t!("hint-is-destroyed"))
        }
        Misstep::HasReceipt(e) => ("has_receipt", t!("misstep-has-receipt", entry = entry(e)), t!("hint-has-receipt")),
        Misstep::IsChecked => ("is_checked", t!("misstep-is-checked"), t!("hint-is-checked")),
        Misstep::NotChecked(e) => ("not_checked", t!("misstep-not-checked", entry = entry(e)), t!("hint-not-checked")),
        Misstep::IsRecalled(e) => ("is_recalled", t!("misstep-is-recalled", entry = entry(e)), t!("hint-is-recalled")),
        Misstep::NotTheirs => ("not_theirs", t!("misstep-not-theirs"), t!("hint-not-theirs")),
        Misstep::IsVoid(e) => ("is_void", t!("misstep-is-void", entry = entry(e)), t!("hint-is-void")),
        Misstep::IsDamaged(e) => ("is_damaged", t!("misstep-is-damaged", entry = entry(e)), t!("hint-is-damaged")),
        Misstep::CannotBeReset => ("cannot_be_reset", t!("misstep-cannot-be-reset"), t!("hint-cannot-be-reset")),
    };
    let message = t!("err-misstep", thing = thing.clone(), step = wanted, reason = reason);
    Failure::refused(kind, message, hint).about(piece.id.clone())
}

/// There is no such incident that is open.
pub fn no_incident(entry: u64) -> Failure {
    let message = t!("err-no-incident", entry = entry.to_string());
    Failure::failed("no_incident", message, t!("hint-no-incident")).about(entry.to_string())
}

/// Why there is no decision to act on.
pub fn no_approval(purpose: Approval, why: &NoApproval) -> Failure {
    let message = t!("err-needs-approval", purpose = purpose_word(purpose), reason = no_approval_line(why));
    Failure::refused("needs_approval", message, t!("hint-needs-approval"))
}

/// Why a decision cannot be taken back.
pub fn nothing_to_revoke(purpose: Approval, why: &NoApproval) -> Failure {
    let message = t!("err-nothing-to-revoke", purpose = purpose_word(purpose), reason = no_approval_line(why));
    Failure::refused("nothing_to_revoke", message, t!("hint-nothing-to-revoke"))
}

fn no_approval_line(why: &NoApproval) -> String {
    match why {
        NoApproval::None => t!("no-approval-none"),
        NoApproval::Unknown(number) => t!("no-approval-unknown", number = show::name(number)),
        NoApproval::Revoked { number, entry } => {
            t!("no-approval-revoked", number = show::name(number), entry = entry.to_string())
        }
        NoApproval::Over { number, until } => {
            t!("no-approval-over", number = show::name(number), until = era::long(*until))
        }
        NoApproval::Later { number, date } => {
            t!("no-approval-later", number = show::name(number), date = era::long(*date))
        }
        NoApproval::NotForThis { number, thing, things } => t!(
            "no-approval-not-for-this",
            number = show::name(number),
            thing = show::name(thing),
            things = show::name(&things.join("・"))
        ),
        NoApproval::Several(numbers) => t!("no-approval-several", numbers = show::name(&numbers.join("・"))),
    }
}

/// Which rule a medium and its slip would break, and what to do about it.
fn close(piece: &Piece, why: &TooClose) -> (String, String) {
    let other = |id: &str| match piece.what {
        What::Media => t!("slip-named", id = show::name(id)),
        What::Slip if id.starts_with("TW-") => t!("medium-of", bundle = show::name(id)),
        What::Slip => t!("medium-named", id = show::name(id)),
    };
    match why {
        TooClose::MediumNotHanded { medium } => {
            (t!("close-medium-not-handed", medium = show::name(medium)), t!("hint-medium-first"))
        }
        TooClose::MediumNotChecked { medium, entry } => (
            t!("close-medium-not-checked", medium = show::name(medium), entry = entry.to_string()),
            t!("hint-not-checked"),
        ),
        TooClose::NoReceipt { medium, entry } => {
            (t!("close-no-receipt", medium = show::name(medium), entry = entry.to_string()), t!("hint-no-receipt"))
        }
        TooClose::OtherAtRisk { other: id, entry } => {
            (t!("close-other-at-risk", other = other(id), entry = entry.to_string()), t!("hint-other-at-risk"))
        }
        TooClose::SameOccasion { other: id, entry, on, from } => (
            t!(
                "close-same-occasion",
                other = other(id),
                on = era::long(*on),
                from = era::long(*from),
                entry = entry.to_string()
            ),
            t!("hint-same-occasion"),
        ),
    }
}

/// What a rule says that was set aside.
pub fn set_aside(piece: &Piece, why: &TooClose) -> String {
    close(piece, why).0
}

/// Why a medium and its slip would go too close to each other.
pub fn too_close(piece: &Piece, why: &TooClose) -> Failure {
    let (reason, hint) = close(piece, why);
    let message = t!("err-too-close", thing = called(piece), reason = reason);
    Failure::refused(why.rule(), message, hint).about(piece.id.clone())
}

/// Where a piece is, in words.
pub fn state(piece: &Piece) -> String {
    let to = |to: &str| show::name(to);
    let mut told = match &piece.state {
        State::Here => match &piece.place {
            Some(place) => t!("state-here-at", place = show::name(place)),
            None => t!("state-here"),
        },
        State::Out(out) => t!("state-out", by = to(&out.by), destination = to(&out.destination)),
        State::Handed(handed) if piece.recalled.is_some() => t!("state-handed-recalled", to = to(&handed.to.name)),
        State::Handed(handed) if !handed.counts => t!("state-handed-waits", to = to(&handed.to.name)),
        State::Handed(handed) => t!("state-handed", to = to(&handed.to.name)),
        State::GivenBack(_) => t!("state-given-back"),
        State::Lost(_) => t!("state-lost"),
        State::AtVendor(_) => t!("state-at-vendor"),
        State::Destroyed(_) => t!("state-destroyed"),
    };
    if piece.void.is_some() {
        told.push_str(&t!("state-void"));
    }
    if piece.damaged.is_some() {
        told.push_str(&t!("state-damaged"));
    }
    if piece.written == Written::Unconfirmed {
        told.push_str(&t!("state-unconfirmed"));
    }
    told
}

/// Where a piece is, for scripts.
pub fn state_name(state: &State) -> &'static str {
    match state {
        State::Here => "here",
        State::Out(_) => "out",
        State::Handed(_) => "handed_over",
        State::GivenBack(_) => "given_back",
        State::Lost(_) => "lost",
        State::AtVendor(_) => "at_vendor",
        State::Destroyed(_) => "destroyed",
    }
}

/// What is waited for.
pub fn waits(waits: Waits) -> String {
    waits_in(loader(), waits)
}

/// The same as it stands on a sheet.
pub fn waits_on_paper(waits: Waits) -> String {
    waits_in(japanese(), waits)
}

fn waits_in(l: &FluentLanguageLoader, waits: Waits) -> String {
    match waits {
        Waits::Lost => fl!(l, "waits-lost"),
        Waits::NotRecovered => fl!(l, "waits-not-recovered"),
        Waits::Incident => fl!(l, "waits-incident"),
        Waits::VoidPartOut => fl!(l, "waits-void-part-out"),
        Waits::TakeoutReturn => fl!(l, "waits-takeout-return"),
        Waits::Check => fl!(l, "waits-check"),
        Waits::WritingUnconfirmed => fl!(l, "waits-writing-unconfirmed"),
        Waits::Replacement => fl!(l, "waits-replacement"),
        Waits::SlipDestruction => fl!(l, "waits-slip-destruction"),
        Waits::MediumHandover => fl!(l, "waits-medium-handover"),
        Waits::Receipt => fl!(l, "waits-receipt"),
        Waits::SlipHandover => fl!(l, "waits-slip-handover"),
        Waits::OpeningProof => fl!(l, "waits-opening-proof"),
        Waits::SlipToCome => fl!(l, "waits-slip-to-come"),
        Waits::Opening => fl!(l, "waits-opening"),
        Waits::Erasure => fl!(l, "waits-erasure"),
        Waits::FoundCopies => fl!(l, "waits-found-copies"),
        Waits::GiveBack => fl!(l, "waits-give-back"),
        Waits::TakeBack => fl!(l, "waits-take-back"),
        Waits::VendorPaper => fl!(l, "waits-vendor-paper"),
        Waits::Machine => fl!(l, "waits-machine"),
        Waits::UnlistedMachine => fl!(l, "waits-unlisted-machine"),
        Waits::Inspection => fl!(l, "waits-inspection"),
        Waits::Improvement => fl!(l, "waits-improvement"),
    }
}

/// For whom.
pub fn whom(whom: Whom) -> String {
    match whom {
        Whom::Us => t!("whom-us"),
        Whom::Them => t!("whom-them"),
        Whom::Vendor => t!("whom-vendor"),
    }
}

/// Which kind of look it was.
pub fn look(look: Look) -> String {
    match look {
        Look::OnSite => t!("look-on-site"),
        Look::SelfCheck => t!("look-self"),
        Look::Supervision => t!("look-supervision"),
    }
}

/// Why an answer cannot stand beside the ledger.
pub fn contradicted(why: Why) -> String {
    match why {
        Why::Changed => t!("why-changed"),
        Why::Incident => t!("why-incident"),
        Why::Roster => t!("why-roster"),
        Why::Untrained => t!("why-untrained"),
        Why::Trained => t!("why-trained"),
        Why::Subcontracted => t!("why-subcontracted"),
        Why::NotApproved => t!("why-not-approved"),
        Why::Approved => t!("why-approved"),
        Why::NotSupervised => t!("why-not-supervised"),
        Why::Supervised => t!("why-supervised"),
    }
}

/// There is no such incident, open or settled.
pub fn no_such_incident(entry: u64) -> Failure {
    let message = t!("err-no-such-incident", entry = entry.to_string());
    Failure::failed("no_incident", message, t!("hint-no-such-incident")).about(entry.to_string())
}

/// What a fact of an incident is called.
pub fn particular(key: &str) -> String {
    match key {
        "circumstances" => t!("particular-circumstances"),
        "kinds" => t!("particular-kinds"),
        "occurred" => t!("particular-occurred"),
        "noticed" => t!("particular-noticed"),
        "reported" => t!("particular-reported"),
        "place" => t!("particular-place"),
        "subjects" => t!("particular-subjects"),
        "records" => t!("particular-records"),
        "items" => t!("particular-items"),
        "origin" => t!("particular-origin"),
        "harm" => t!("particular-harm"),
        "measures" => t!("particular-measures"),
        "notice" => t!("particular-notice"),
        "publication" => t!("particular-publication"),
        "prevention" => t!("particular-prevention"),
        "contact" => t!("particular-contact"),
        "wrongdoing" => t!("particular-wrongdoing"),
        "plaintext" => t!("particular-plaintext"),
        "unlisted" => t!("particular-unlisted"),
        _ => t!("particular-things"),
    }
}

/// 区分, and whether somebody may have done it on purpose.
pub fn coded(code: &str) -> String {
    match code {
        "leak" => t!("breach-leak"),
        "loss" => t!("breach-loss"),
        "damage" => t!("breach-damage"),
        "possible" => t!("breach-possible"),
        "suspected" => t!("wrongdoing-suspected"),
        "no" => t!("wrongdoing-no"),
        _ => t!("not-known"),
    }
}
