//! What the sheets of a hand-over and of a receipt say, as it was done.

use super::Paper;
use super::compose::{Known, letter, operator, stub, transfer};
use crate::bundle::BundleId;
use crate::case::Side;
use crate::cli::desk::Desk;
use crate::cli::failure::Failure;
use crate::ledger::SubjectType;
use crate::life::facts::{Declared, Direction, Handover, MediumKind, Partner, Received as Came, TakenBack, What};
use crate::life::piece::Written;
use crate::life::{InForce, Machine, Piece};
use crate::paper::fields::declaration::Machine as Listed;
use crate::paper::fields::receipt::{Appearance, Received, Seal};
use crate::paper::fields::transfer::Kind as Way;
use crate::paper::fields::{Date, Declaration, Label, Medium, Person, Receipt, Time, Transfer};

/// A hand-over that is being put on paper.
pub struct Going<'a> {
    /// What goes.
    pub piece: &'a Piece,
    /// How.
    pub handover: &'a Handover,
    /// The decision it rests on.
    pub approval: Option<&'a InForce>,
    /// The slip of the bundle.
    pub slip: Option<&'a str>,
}

/// Whose name stands for a party on paper.
fn partner(said: &Partner, id_check: Option<&str>) -> Person {
    Person {
        organization: said.organization.clone(),
        section: said.section.clone(),
        name: Some(said.name.clone()),
        identified_by: id_check.map(str::to_owned),
        ..Person::default()
    }
}

fn time(at: chrono::DateTime<chrono::FixedOffset>) -> Time {
    Time::of(&at.to_rfc3339())
}

/// A medium as a sheet names it; one without a number is known by its bundle.
pub fn medium_of(piece: &Piece) -> Medium {
    Medium {
        kind: piece.kind.map(|kind| kind.text().to_owned()),
        id: piece.label().map(str::to_owned),
        quantity: Some(1.into()),
        unit: piece.kind.map(|kind| kind.unit().to_owned()),
    }
}

/// Names a piece in a document's entry.
pub fn about(paper: Paper, piece: &Piece) -> Paper {
    let paper = match piece.what {
        What::Slip => paper.about(SubjectType::Slip, piece.name_of()),
        What::Media if BundleId::parse(&piece.id).is_none() => paper.about(SubjectType::Medium, piece.id.clone()),
        What::Media => paper,
    };
    piece.bundles.iter().fold(paper, |paper, bundle| paper.about(SubjectType::Bundle, bundle.clone()))
}

/// 個人情報受渡し確認記録票, as it was handed over.
pub fn transfer_of(desk: &Desk, going: &Going, known: Option<&Known>) -> Result<Paper, Failure> {
    let Going { piece, handover, .. } = going;
    let mut paper = match known {
        Some(known) => transfer(desk, known)?,
        None => about(
            Paper::of(Transfer {
                from: Some(operator(desk)?),
                contents: piece.name.clone(),
                bundle: piece.bundles.first().cloned(),
                ..Transfer::default()
            }),
            piece,
        ),
    };
    let kind = match handover.direction {
        // From the contractor to its own contractor it is a 提供 as well.
        Direction::Provided | Direction::Subcontracted => Way::Provided,
        Direction::Delivered => Way::Delivered,
        Direction::Returned => Way::Returned,
    };
    let mut remarks = Vec::new();
    if handover.direction == Direction::Subcontracted {
        remarks.push("再委託先への引渡し".to_owned());
    }
    if piece.written == Written::Unconfirmed {
        remarks.push("媒体への書込み未確認（束は別の場所で作成し、この媒体からの読取りは行っていない。）".to_owned());
    }
    if let Some(set_aside) = &handover.overridden {
        remarks.push(format!("別の機会の原則によらない引渡し（理由：{}）", set_aside.reason));
    }
    paper.set("at", time(handover.at));
    paper.set("place", &handover.place);
    paper.set("kind", kind);
    paper.set("to", partner(&handover.to, Some(&handover.id_check)));
    paper.set("media", [medium_of(piece)]);
    paper.set("carriage", &handover.carry);
    paper.set("approval", going.approval.map(|found| found.number.clone()));
    paper.set("slip", going.slip.filter(|slip| !slip.ends_with("/slip")));
    paper.set("due", handover.due.map(Date::from));
    paper.add_remarks(&remarks);
    Ok(paper)
}

/// パスワード通知書交付控, as it was handed over.
pub fn stub_of(desk: &Desk, going: &Going, bundle: &str) -> Result<Paper, Failure> {
    let Going { piece, handover, .. } = going;
    let packed = crate::cli::handover::packed(desk, bundle)?;
    let facts = packed.as_ref().map(|entry| entry.facts.clone()).unwrap_or_default();
    let known = packed.as_ref().and_then(Known::of);
    let medium = known.as_ref().and_then(|known| known.medium);
    let number = piece.label().unwrap_or("―");
    let mut paper = stub(desk, &Known { bundle, medium, facts: &facts, slip: None }, number)?;
    paper.set("delivered", time(handover.at));
    paper.set("place", &handover.place);
    paper.set("recipient", partner(&handover.to, Some(&handover.id_check)));
    Ok(paper.about(SubjectType::Slip, piece.name_of()))
}

/// Who gave what came, as the desk knows it.
fn received_item(piece: &Piece, volumes: Option<u64>) -> Received {
    let kind = piece.kind.map(MediumKind::text);
    match piece.what {
        What::Slip => Received {
            id: piece.label().map(str::to_owned),
            name: Some("パスワード通知書（封のまま）".to_owned()),
            quantity: Some(1.into()),
            unit: Some("通".to_owned()),
            records: None,
        },
        What::Media => Received {
            id: Some(piece.id.clone()),
            name: Some(match (kind, piece.bundles.is_empty()) {
                (Some(kind), true) => kind.to_owned(),
                (Some(kind), false) => format!("{kind}（暗号化した束）"),
                (None, _) => "媒体（暗号化した束）".to_owned(),
            }),
            quantity: Some(volumes.unwrap_or(1).into()),
            unit: piece.kind.map(|kind| kind.unit().to_owned()).or_else(|| Some("個".to_owned())),
            records: None,
        },
    }
}

/// 受領書 for what came from the other side.
pub fn receipt_of(desk: &Desk, piece: &Piece, came: &Came) -> Result<Paper, Failure> {
    let mut items = vec![received_item(piece, None)];
    // A medium that is known by its number carries a bundle that is known by its own.
    if piece.what == What::Media && BundleId::parse(&piece.id).is_none() {
        items.extend(piece.bundles.iter().map(|bundle| Received {
            id: Some(bundle.clone()),
            name: Some("上記の媒体にある束".to_owned()),
            quantity: Some(1.into()),
            unit: Some("束".to_owned()),
            records: None,
        }));
    }
    let appearance = came.appearance.as_deref().map(|said| match said {
        "damaged" => Appearance::Damaged,
        _ => Appearance::Sound,
    });
    let seal = came.seal.as_deref().map(|said| match said {
        "whole" => Seal::Whole,
        "broken" => Seal::Broken,
        _ => Seal::None,
    });
    let receipt = Receipt {
        date: Some(came.at.date_naive().into()),
        letter: Some(letter(&desk.settings)),
        kind: Some(if desk.settings.side == Side::City { Way::Delivered } else { Way::Provided }),
        to_open: (piece.what == What::Slip).then_some(false),
        items,
        appearance,
        seal,
        remarks: came.remarks.clone(),
        recipient: Some(operator(desk)?),
        ..Receipt::default()
    };
    Ok(about(Paper::of(receipt).of_others(), piece))
}

/// 受領書 for what came back.
pub fn taken_back(desk: &Desk, pieces: &[Piece], back: &TakenBack) -> Result<Paper, Failure> {
    let receipt = Receipt {
        date: Some(back.at.date_naive().into()),
        letter: Some(letter(&desk.settings)),
        kind: Some(Way::Returned),
        to_open: Some(false),
        items: pieces.iter().map(|piece| received_item(piece, None)).collect(),
        remarks: match (&back.differs, &back.document) {
            (Some(differs), _) => Some(format!("突合の結果：不一致（{differs}）")),
            (None, Some(document)) => Some(format!("返却書 {document} と突合し、一致した。")),
            (None, None) => None,
        },
        recipient: Some(operator(desk)?),
        ..Receipt::default()
    };
    Ok(pieces.iter().fold(Paper::of(receipt).of_others(), about))
}

/// 機器の消去に関する申告書
pub fn declaration(desk: &Desk, machines: &[Machine], told: &Declared) -> Paper {
    let listed = machines.iter().map(|machine| Listed {
        id: Some(machine.id.clone()),
        kind: Some(machine.kind.clone()),
        name: machine.name.clone(),
        serial: machine.serial.clone(),
        place: machine.place.clone(),
    });
    let paper = Paper::of(Declaration {
        date: Some(told.date.into()),
        letter: Some(letter(&desk.settings)),
        machines: listed.collect(),
        statement: Some(told.statement.clone()),
        declarer: Some(Person::named(told.by.clone())),
        ..Declaration::default()
    });
    machines.iter().fold(paper, |paper, machine| paper.about(SubjectType::Equipment, machine.id.clone()))
}

/// 媒体ラベル
pub fn label(media: &[String], copies: u32) -> Paper {
    let paper = Paper::of(Label { media: media.to_vec(), copies: u8::try_from(copies).ok() });
    media.iter().fold(paper, |paper, id| paper.about(SubjectType::Medium, id.clone()))
}
