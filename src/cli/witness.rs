//! `tewatashi witness`: somebody watched how data was erased or things were destroyed.

use serde_json::json;

use super::args::WitnessArgs;
use super::context::Context;
use super::desk::{Desk, Trace, recorded_at};
use super::failure::Failure;
use super::papers::{self, Papers, Watching};
use super::photo::Photo;
use super::takeout::finish;
use super::{person, pieces, said, things, when};
use crate::ledger::{Kind, SubjectType, documents};
use crate::life::facts::{Partner, Told, Witnessed};
use crate::life::{Life, Piece};
use crate::paper::Form;
use crate::paper::fields::request::Way;
use crate::t;
use crate::term::show;
use crate::typed;

/// 確認項目, as they stand on the sheet.
const CHECKS: [&str; 4] = [
    "対象の番号及び数量が、申請（承認）のとおりであること。",
    "方法が、承認のとおりであること。",
    "作業の終了まで立ち会ったこと。",
    "復元できない状態になったことを、目視で確認したこと。",
];

pub fn run(context: &Context, args: &WitnessArgs) -> Result<(), Failure> {
    let desk = Desk::open(context)?;
    let papers = (!args.no_documents).then(|| Papers::new(context, &desk));
    let life = desk.life()?;
    let seen = recorded_at(context, &desk, Kind::Witness, |desk, trace| {
        let seen = watched(context, args, desk, &life, trace)?;
        papers::ready(papers.as_ref(), || papers::witness(desk, &seen))?;
        trace.facts(seen.said.facts().into());
        Ok(seen)
    })?;
    let seen = Watching { entry: desk.last_entry(), ..seen };
    let issued = papers::issue(papers.as_ref(), || papers::witness(&desk, &seen));
    let names: Vec<String> = seen.said.witnesses.iter().map(|one| show::name(&one.name)).collect();
    context.say(&t!("witnessed", names = names.join(&t!("list-separator")), entry = seen.entry.to_string()));
    finish(context, issued, json!({ "witness": seen.said.facts(), "entry": seen.entry }))
}

/// What was watched: things, documents about work, and who did it.
#[derive(Default)]
struct Work<'l> {
    pieces: Vec<&'l Piece>,
    documents: Vec<String>,
    performers: Vec<String>,
    methods: Vec<String>,
    ways: Vec<Way>,
}

impl Work<'_> {
    fn add(&mut self, way: Way, performer: &str, method: Option<&str>) {
        if !self.ways.contains(&way) {
            self.ways.push(way);
        }
        if !self.performers.iter().any(|known| known == performer) {
            self.performers.push(performer.to_owned());
        }
        if let Some(method) = method.filter(|method| !self.methods.iter().any(|known| known == method)) {
            self.methods.push(method.to_owned());
        }
    }
}

fn watched<'l>(
    context: &Context,
    args: &WitnessArgs,
    desk: &Desk,
    life: &'l Life,
    trace: &Trace,
) -> Result<Watching<'l>, Failure> {
    let mut work = Work::default();
    for said in &args.things {
        look(desk, life, trace, said, &mut work)?;
    }
    let at = when::stated(args.at.as_deref())?;
    let checks = checks(&args.confirmed)?;
    let text = |said: &Option<String>| said.as_deref().map(said::text).transpose();
    let (section, organization) = (text(&args.section)?, text(&args.organization)?);
    let mut witnesses = Vec::new();
    for name in &args.name {
        let name = said::text(name)?;
        person::not_the_performer(&name, &work.performers)?;
        witnesses.push(Partner { name, section: section.clone(), organization: organization.clone() });
    }
    let said = Witnessed {
        at,
        place: text(&args.place)?,
        witnesses,
        items: checks.iter().filter(|(_, confirmed)| *confirmed).map(|(item, _)| item.clone()).collect(),
        documents: work.documents,
        remarks: text(&args.remarks)?,
    };
    let photos = Photo::take_all(context, &args.photo)?;
    let Work { pieces, performers, methods, ways, .. } = work;
    Ok(Watching { entry: 0, pieces, said, performers, methods, ways, checks, photos })
}

/// A document that tells of an erasure or a destruction, or a medium or slip.
fn look<'l>(desk: &Desk, life: &'l Life, trace: &Trace, said: &str, work: &mut Work<'l>) -> Result<(), Failure> {
    let number = things::number(said).to_uppercase();
    let document = desk.look(|ledger| documents::find(ledger, &number))?;
    let of_work =
        document.filter(|document| [Form::Erasure.name(), Form::Destruction.name()].contains(&&*document.form));
    if let Some(document) = of_work {
        trace.about(SubjectType::Document, document.number.clone());
        told_by(desk, life, &document.number, work)?;
        work.documents.push(document.number);
        return Ok(());
    }
    let piece = things::piece(life, said, None)?;
    things::about(trace, piece);
    if !work.pieces.iter().any(|known| std::ptr::eq(*known, piece)) {
        work.pieces.push(piece);
    }
    let of = |thing: &(crate::life::facts::What, String)| thing.0 == piece.what && thing.1 == piece.id;
    if let Some(done) = life.destructions.iter().rev().find(|done| done.things.iter().any(of)) {
        work.add(Way::Destruction, performer(&done.said), Some(&done.said.method));
    }
    Ok(())
}

/// The work that a certificate tells of.
fn told_by(desk: &Desk, life: &Life, number: &str, work: &mut Work) -> Result<(), Failure> {
    let Some((entry, form)) = papers::work_of(desk, number)? else { return Ok(()) };
    if form == Form::Destruction {
        if let Some(done) = life.destructions.iter().find(|done| done.entry == entry || done.paper == Some(entry)) {
            work.add(Way::Destruction, performer(&done.said), Some(&done.said.method));
        }
        return Ok(());
    }
    let done = desk.look(|ledger| ledger.entry(entry))?;
    if let Some(done) = done {
        work.add(Way::Erasure, &done.operator.name, None);
    }
    Ok(())
}

/// Who did it: the firm, where one did.
fn performer(said: &crate::life::facts::Destroyed) -> &str {
    said.vendor.as_ref().map_or(&said.by, |firm| &firm.name)
}

/// Which of the points were seen: those that were named and no others. On paper the rest is left to the hand of the witness.
fn checks(confirmed: &[String]) -> Result<Vec<(String, bool)>, Failure> {
    let mut seen = [false; CHECKS.len()];
    for said in confirmed {
        let said = typed::narrow(said).trim().to_lowercase();
        if ["all", "すべて", "全て"].contains(&said.as_str()) {
            seen = [true; CHECKS.len()];
            continue;
        }
        let at = said.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let Some(point) = at.and_then(|at| seen.get_mut(at)) else {
            let message = t!("err-no-such-check", said = show::name(&said), count = CHECKS.len());
            return Err(Failure::usage("no_such_check", message, t!("hint-no-such-check")).with_details(points()));
        };
        *point = true;
    }
    Ok(CHECKS.iter().map(|item| (*item).to_owned()).zip(seen).collect())
}

fn points() -> Vec<String> {
    CHECKS.iter().enumerate().map(|(at, item)| format!("{} {item}", at + 1)).collect()
}

/// The witnesses of some pieces, so that none of them is named as who did it.
pub fn witnesses_of(life: &Life, all: &[&Piece]) -> Vec<String> {
    let ids = pieces::ids(all);
    let of = life.witnessed.iter().filter(|seen| seen.things.iter().any(|thing| ids.contains(thing)));
    of.flat_map(|seen| seen.said.witnesses.iter().map(|one| one.name.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_named_is_ticked() {
        let ticked = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
            checks(&words).map(|all| all.into_iter().map(|(_, seen)| seen).collect::<Vec<_>>()).map_err(|e| e.kind)
        };
        assert_eq!(ticked(&[]), Ok(vec![false; 4]));
        assert_eq!(ticked(&["1", "３"]), Ok(vec![true, false, true, false]));
        assert_eq!(ticked(&["all"]), Ok(vec![true; 4]));
        assert_eq!(ticked(&["すべて"]), Ok(vec![true; 4]));
        for wrong in ["0", "5", "x", "-1"] {
            assert_eq!(ticked(&[wrong]), Err("no_such_check"), "{wrong}");
        }
    }
}
