//! 個人情報消去・廃棄承認申請書 and 再委託承認申請書: what the contractor asks for beforehand.

use chrono::Local;

use super::Paper;
use super::compose::letter;
use super::life::thing;
use crate::case::Approval;
use crate::cli::desk::Desk;
use crate::life::Piece;
use crate::paper::fields::request::{Attendance, DisposalRequest, SubcontractRequest, Way};

/// 個人情報消去・廃棄承認申請書, with the things it is for.
pub fn disposal(desk: &Desk, purpose: Approval, pieces: &[&Piece], said: DisposalRequest) -> Paper {
    let way = if purpose == Approval::Destruction { Way::Destruction } else { Way::Erasure };
    let things = pieces.iter().map(|piece| thing(piece)).chain(said.things).collect();
    Paper::of(DisposalRequest {
        date: Some(Local::now().date_naive().into()),
        letter: Some(letter(&desk.settings)),
        ways: vec![way],
        things,
        ..said
    })
}

/// 再委託承認申請書
pub fn subcontract(desk: &Desk, said: SubcontractRequest) -> Paper {
    let contract = &desk.settings.contract;
    Paper::of(SubcontractRequest {
        date: Some(Local::now().date_naive().into()),
        letter: Some(letter(&desk.settings)),
        from: said.from.clone().or_else(|| contract.from.map(Into::into)),
        until: said.until.clone().or_else(|| contract.to.map(Into::into)),
        ..said
    })
}

/// 立会の要否
pub fn attendance(needed: bool) -> Attendance {
    if needed { Attendance::Needed } else { Attendance::NotNeeded }
}
