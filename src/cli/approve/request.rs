//! `tewatashi approve --request`: the form by which a decision is asked for, where there is one.

use serde_json::json;

use crate::calendar;
use crate::case::{Approval, Side};
use crate::cli::args::{ApproveArgs, Needed};
use crate::cli::context::Context;
use crate::cli::desk::{self, Desk};
use crate::cli::failure::Failure;
use crate::cli::papers::{self, Papers};
use crate::cli::person;
use crate::cli::{said, things, when, words};
use crate::era;
use crate::ledger::{Kind, SubjectType};
use crate::life::facts::What;
use crate::life::{Life, Piece};
use crate::paper::fields::request::Company;
use crate::paper::fields::{DisposalRequest, SubcontractRequest, Thing, Time};
use crate::t;

pub fn run(context: &Context, args: &ApproveArgs, purpose: Approval) -> Result<(), Failure> {
    let desk = Desk::open(context)?;
    desk::allowed(context, &desk, Kind::Approve)?;
    let none = |message, hint| Err(Failure::usage("no_request_form", message, hint));
    if !matches!(purpose, Approval::Erasure | Approval::Destruction | Approval::Subcontract) {
        let message = t!("err-no-request-form", purpose = words::approval(purpose));
        return none(message, t!("hint-no-request-form"));
    }
    // The city decides; it asks nobody.
    if desk.settings.side == Side::City && !desk.is_default {
        return none(t!("err-request-of-city"), t!("hint-request-of-city"));
    }
    let life = desk.life()?;
    let mut paper = if purpose == Approval::Subcontract {
        papers::subcontract(&desk, subcontract(args)?)
    } else {
        let (pieces, others) = asked_for(&life, &args.thing)?;
        papers::disposal(&desk, purpose, &pieces, disposal(context, &desk, &life, args, &pieces, others)?)
    };
    for thing in args.thing.iter().filter_map(|said| things::piece(&life, said, None).ok()) {
        let kind = if thing.what == What::Slip { SubjectType::Slip } else { SubjectType::Medium };
        paper = paper.about(kind, thing.id.clone());
    }
    let document = Papers::new(context, &desk).issue(&paper)?;
    papers::tell(context, [&document]);
    context.say(&t!("request-next", number = document.number.clone()));
    context.result(&json!({ "documents": [document.json()] }));
    Ok(())
}

/// The things, and what the ledger does not know: a folder on a server is to be erased too.
fn asked_for<'l>(life: &'l Life, told: &[String]) -> Result<(Vec<&'l Piece>, Vec<Thing>), Failure> {
    let (mut pieces, mut others) = (Vec::new(), Vec::new());
    for said in told {
        match things::piece(life, said, None) {
            Ok(piece) => pieces.push(piece),
            Err(_) => others.push(Thing { name: Some(said::text(said)?), ..Thing::default() }),
        }
    }
    Ok((pieces, others))
}

fn text(said: Option<&String>) -> Result<Option<String>, Failure> {
    said.map(|text| said::text(text)).transpose()
}

fn disposal(
    context: &Context,
    desk: &Desk,
    life: &Life,
    args: &ApproveArgs,
    pieces: &[&Piece],
    things: Vec<Thing>,
) -> Result<DisposalRequest, Failure> {
    let form = &args.form;
    let mut items = said::texts(&form.information)?;
    if items.is_empty() {
        items = papers::items(life, pieces);
    }
    let (planned, remarks) = planned(form.planned.as_deref())?;
    let performers = form.performer.iter().map(|name| person::doer(context, desk, Some(name)).map(|one| one.printed));
    Ok(DisposalRequest {
        items,
        things,
        reason: text(args.reason.as_ref())?,
        method: text(form.method.as_ref())?,
        planned,
        remarks,
        place: text(form.place.as_ref())?,
        performers: performers.collect::<Result<_, _>>()?,
        witness: form.witness.map(|needed| papers::attendance(needed == Needed::Needed)),
        ..DisposalRequest::default()
    })
}

/// A day alone is no time; it stands in words.
fn planned(said: Option<&str>) -> Result<(Option<Time>, Option<String>), Failure> {
    let Some(said) = said else { return Ok((None, None)) };
    if let Ok(day) = calendar::typed(said) {
        return Ok((None, Some(format!("予定日　{}（時刻は未定）", era::long(day)))));
    }
    let at = when::due(said)?;
    Ok((Some(Time::of(&at.to_rfc3339())), None))
}

fn subcontract(args: &ApproveArgs) -> Result<SubcontractRequest, Failure> {
    let form = &args.form;
    // The firm may be named as the decision will name it.
    let name = text(form.name.as_ref().or(args.thing.first()))?;
    let company =
        Company { name, address: text(form.address.as_ref())?, representative: text(form.representative.as_ref())? };
    if company.name.is_none() {
        let message = t!("err-request-no-firm");
        return Err(Failure::usage("request_no_firm", message, t!("hint-request-no-firm")));
    }
    Ok(SubcontractRequest {
        subcontractor: Some(company),
        reason: text(args.reason.as_ref())?,
        work: text(form.work.as_ref())?,
        items: said::texts(&form.information)?,
        measures: text(form.safety.as_ref())?,
        supervision: text(form.supervision.as_ref())?,
        until: args.until.map(Into::into),
        ..SubcontractRequest::default()
    })
}
