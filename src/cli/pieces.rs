//! Several media and slips at once, as `takeout`, `return`, `destroy` and their like take them.

use chrono::{DateTime, FixedOffset};

use super::desk::Trace;
use super::failure::Failure;
use super::{things, when};
use crate::life::facts::Part;
use crate::life::{Life, Piece, Step};
use crate::t;

/// The pieces named, each once, on each of which the step may come next.
pub fn all_ready<'l>(life: &'l Life, told: &[String], step: Step) -> Result<Vec<&'l Piece>, Failure> {
    let mut pieces: Vec<&Piece> = Vec::new();
    for said in told {
        let piece = things::ready(life, said, None, step)?;
        if !pieces.iter().any(|known| std::ptr::eq(*known, piece)) {
            pieces.push(piece);
        }
    }
    Ok(pieces)
}

/// Their numbers.
pub fn ids(pieces: &[&Piece]) -> Vec<String> {
    pieces.iter().map(|piece| piece.id.clone()).collect()
}

/// As an entry keeps them.
pub fn parts(pieces: &[&Piece]) -> Vec<Part> {
    pieces.iter().map(|piece| Part { what: piece.what, id: piece.id.clone() }).collect()
}

/// As a person reads them.
pub fn list(pieces: &[&Piece]) -> String {
    let called: Vec<String> = pieces.iter().map(|piece| things::called(piece)).collect();
    called.join(&t!("list-separator"))
}

/// Refuses a time before what is known of them.
pub fn not_before_last(pieces: &[&Piece], at: DateTime<FixedOffset>) -> Result<(), Failure> {
    let last = pieces.iter().filter_map(|piece| piece.last).max_by_key(|seen| seen.at);
    last.map_or(Ok(()), |seen| when::not_before(at, seen.entry, seen.at))
}

/// Names them in an entry.
pub fn about(trace: &Trace, pieces: &[&Piece]) {
    for piece in pieces {
        things::about(trace, piece);
    }
}
