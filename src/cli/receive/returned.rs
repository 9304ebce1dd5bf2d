//! What was handed over from here came back: compared with the other side's 返却書 and put where it is kept.

use serde_json::json;

use crate::cli::args::ReceiveArgs;
use crate::cli::context::Context;
use crate::cli::desk::{Desk, recorded_at};
use crate::cli::failure::Failure;
use crate::cli::papers::{self, Document, Papers};
use crate::cli::{medium, said, things, when};
use crate::ledger::Kind;
use crate::life::facts::{TakenBack, Told};
use crate::life::{Piece, Step};
use crate::t;

pub fn run(context: &Context, args: &ReceiveArgs) -> Result<(), Failure> {
    let desk = Desk::open(context)?;
    let papers = Papers::new(context, &desk);
    let (pieces, back) = recorded_at(context, &desk, Kind::TakeBack, |desk, trace| {
        let life = desk.life()?;
        let mut pieces: Vec<Piece> = Vec::new();
        for said in &args.things {
            let piece = things::ready(&life, said, None, Step::TakeBack)?;
            if pieces.iter().all(|other| (other.what, &other.id) != (piece.what, &piece.id)) {
                pieces.push(piece.clone());
            }
        }
        let text = |said: &Option<String>| said.as_deref().map(said::text).transpose();
        let back = TakenBack {
            at: when::stated(args.at.as_deref())?,
            from: text(&args.from)?,
            confirmed_by: desk.operator.name.clone(),
            place: text(&args.place)?,
            differs: text(&args.differs)?,
            document: text(&args.document)?,
        };
        for piece in &pieces {
            things::about(trace, piece);
            things::not_before(piece, back.at)?;
        }
        if let Some(place) = &back.place {
            medium::known_place(context, &life, place);
        }
        if !args.no_documents {
            papers.ready(&papers::taken_back(desk, &pieces, &back)?).map_err(papers::or_without)?;
        }
        trace.facts(back.facts().into());
        Ok((pieces, back))
    })?;
    let issued = if args.no_documents {
        Ok(None)
    } else {
        papers::taken_back(&desk, &pieces, &back).and_then(|paper| papers.issue(&paper)).map(Some)
    };
    let document = issued.as_ref().ok().and_then(Option::as_ref);
    for piece in &pieces {
        context.say(&t!("taken-back", thing = things::called(piece)));
    }
    papers::tell(context, document);
    let things = pieces.iter().map(|piece| json!({ "thing": piece.id, "what": piece.what })).collect::<Vec<_>>();
    context.result(&json!({
        "things": things, "returned": back, "documents": document.iter().map(|d| Document::json(d)).collect::<Vec<_>>(),
        "documents_missing": issued.is_err(),
    }));
    issued.map(drop).map_err(papers::sheet_missing)
}
