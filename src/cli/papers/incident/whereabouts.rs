//! Where a medium or a slip is, in the words of a sheet, with no more than the ledger says.

use chrono::{DateTime, FixedOffset};

use crate::era;
use crate::life::facts::What;
use crate::life::piece::{Handed, Written};
use crate::life::{Piece, State};

/// The file a slip was written into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlipFile {
    /// Nobody has erased it.
    There,
    /// It was overwritten.
    Erased,
    /// It is away, and nobody knows of an erasure that held.
    Gone,
}

/// Where it is.
pub fn whereabouts(piece: &Piece, file: Option<SlipFile>) -> String {
    let mut told = vec![place(piece)];
    if let Some(handed) = piece.handed().or_else(|| piece.handovers.last()) {
        told.extend(answers(piece, handed));
    }
    told.extend(piece.void.map(|_| "失効".to_owned()));
    told.extend(piece.damaged.map(|_| "破損".to_owned()));
    told.extend((piece.written == Written::Unconfirmed).then(|| "書込み未確認".to_owned()));
    told.extend(file.map(|file| match file {
        SlipFile::There => "通知書のファイルの消去の記録なし".to_owned(),
        SlipFile::Erased => "通知書のファイルは上書き消去済み".to_owned(),
        SlipFile::Gone => "通知書のファイルは、消去を確認できないまま、なくなっている".to_owned(),
    }));
    format!("{}。", told.join("。"))
}

fn on(at: &DateTime<FixedOffset>) -> String {
    era::long_time(at)
}

fn gave(piece: &Piece, handed: &Handed) -> String {
    let verb = if piece.what == What::Slip { "交付" } else { "引渡し" };
    let of = handed.to.organization.as_ref().map(|of| format!("{of} ")).unwrap_or_default();
    format!("{} {of}{}へ{verb}", on(&handed.seen.at), handed.to.name)
}

fn place(piece: &Piece) -> String {
    let kept = piece.place.as_ref().map(|place| format!("（{place}）")).unwrap_or_default();
    match &piece.state {
        State::Here if piece.theirs => format!("台帳では、当方で保管{kept}"),
        State::Here if piece.handovers.is_empty() => format!("未交付。台帳では、当方で保管{kept}"),
        State::Here => format!("台帳では、当方に戻り保管{kept}"),
        State::Out(out) => {
            let (by, to) = (&out.by, &out.destination);
            format!("{} 持出し（担当 {by}、持出先 {to}、返却予定 {}）", on(&out.seen.at), on(&out.due))
        }
        State::Handed(handed) => {
            let wrong = if piece.recalled.is_some() { "（誤交付。回収の記録なし）" } else { "" };
            let waits = if handed.counts { "" } else { "（別の者の確認の記録なし）" };
            format!("{}{wrong}{waits}", gave(piece, handed))
        }
        State::GivenBack(seen) => format!("{} 相手方へ返却", on(&seen.at)),
        State::Lost(seen) => {
            let last = piece.handovers.last().map(|handed| format!("（最後の記録　{}）", gave(piece, handed)));
            format!("所在不明（{} 紛失の申出）{}", on(&seen.at), last.unwrap_or_default())
        }
        State::AtVendor(seen) => format!("{} 廃棄業者へ引渡し。廃棄の証明の記録なし", on(&seen.at)),
        State::Destroyed(seen) => format!("{} 廃棄", on(&seen.at)),
    }
}

/// Whether the other side's receipt and its proof of opening are there, for the hand-over that was last.
fn answers(piece: &Piece, handed: &Handed) -> Vec<String> {
    let receipt = match handed.receipt {
        Some(seen) => format!("受領の記録あり（{}）", on(&seen.at)),
        None => "受領の記録なし".to_owned(),
    };
    let opened = match handed.opened {
        Some(seen) => format!("開封の記録あり（{}）", on(&seen.at)),
        None => "開封の記録なし".to_owned(),
    };
    match piece.what {
        What::Media => vec![receipt, opened],
        What::Slip => vec![receipt],
    }
}
