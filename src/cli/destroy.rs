//! `tewatashi destroy`: the end of media, paper and slips, in the house or by a firm.

mod vendor;

use serde_json::json;

use super::args::DestroyArgs;
use super::context::Context;
use super::desk::{Desk, Trace, recorded_at};
use super::failure::Failure;
use super::papers::{self, Destroying, Papers};
use super::photo::Photo;
use super::pieces::{self, ids, not_before_last, parts};
use super::takeout::finish;
use super::{approvals, person, said, when, witness};
use crate::case::Approval;
use crate::ledger::Kind;
use crate::life::facts::{Destroyed, Told, Vendor};
use crate::life::{Life, Step};
use crate::paper::fields::erasure::Stage;
use crate::t;
use crate::term::show;

pub fn run(context: &Context, args: &DestroyArgs) -> Result<(), Failure> {
    if args.vendor_certificate.is_some() || args.witnessed.is_some() {
        return vendor::run(context, args);
    }
    if args.date.is_some() || !args.photo.is_empty() {
        return Err(Failure::usage(
            "only_with_certificate",
            t!("err-only-with-certificate"),
            t!("hint-only-with-certificate"),
        ));
    }
    let desk = Desk::open(context)?;
    let papers = (!args.no_documents).then(|| Papers::new(context, &desk));
    let life = desk.life()?;
    let done = recorded_at(context, &desk, Kind::Destroy, |desk, trace| {
        let done = destroy(context, args, desk, &life, trace)?;
        papers::ready(papers.as_ref(), || papers::destruction(desk, &life, &done))?;
        trace.facts(done.said.facts().into());
        Ok(done)
    })?;
    let done = Destroying { entry: desk.last_entry(), ..done };
    let issued = papers::issue(papers.as_ref(), || papers::destruction(&desk, &life, &done));
    let list = pieces::list(&done.pieces);
    match &done.said.vendor {
        Some(firm) => context.say(&t!("given-to-vendor", things = list, vendor = show::name(&firm.name))),
        None => context.say(&t!("destroyed", things = list)),
    }
    let state = if done.said.vendor.is_some() { "at_vendor" } else { "destroyed" };
    finish(context, issued, json!({ "destroy": done.said.facts(), "entry": done.entry, "state": state }))
}

fn destroy<'l>(
    context: &Context,
    args: &DestroyArgs,
    desk: &Desk,
    life: &'l Life,
    trace: &Trace,
) -> Result<Destroying<'l>, Failure> {
    let pieces = pieces::all_ready(life, &args.things, Step::Destroy)?;
    pieces::about(trace, &pieces);
    let at = when::stated(args.at.as_deref())?;
    not_before_last(&pieces, at)?;
    let by = person::doer(context, desk, args.by.as_deref())?.name;
    let vendor = vendor(args)?;
    let witnesses = said::texts(&args.witness)?;
    // Attack: one person does the work and is the witness of it, in whichever order the two are recorded.
    let performers: Vec<String> = [by.clone()].into_iter().chain(vendor.iter().map(|firm| firm.name.clone())).collect();
    for name in witnesses.iter().chain(&witness::witnesses_of(life, &pieces)) {
        person::not_the_performer(name, &performers)?;
    }
    let told = args.approval.as_deref();
    let found = approvals::asked(context, desk, life, Approval::Destruction, told, &ids(&pieces))?;
    approvals::about(trace, found.as_ref());
    approvals::before_work(Approval::Destruction, found.as_ref(), at)?;
    let photos = photos(context, args)?;
    let said = Destroyed {
        method: said::text(args.method.as_deref().unwrap_or_default())?,
        at,
        place: args.place.as_deref().map(said::text).transpose()?,
        by,
        witnesses,
        approval: found.as_ref().map(|found| found.number.clone()).or(told.map(said::text).transpose()?),
        vendor,
        photographs: photos.len() as u64,
        pieces: parts(&pieces),
    };
    Ok(Destroying {
        entry: 0,
        approval: papers::approval(found.as_ref(), said.approval.as_deref()),
        pieces,
        said,
        items: said::texts(&args.items)?,
        certificate: None,
        witness_record: None,
        follows: None,
        photos,
    })
}

fn vendor(args: &DestroyArgs) -> Result<Option<Vendor>, Failure> {
    let Some(name) = args.by_vendor.as_deref() else { return Ok(None) };
    Ok(Some(Vendor { name: said::text(name)?, onward: said::texts(&args.onward)? }))
}

/// Before and after, counted together.
fn photos(context: &Context, args: &DestroyArgs) -> Result<Vec<Photo>, Failure> {
    let all: Vec<_> = args.photo_before.iter().chain(&args.photo_after).cloned().collect();
    let mut photos = Photo::take_all(context, &all)?;
    let before = args.photo_before.len();
    for (nth, photo) in photos.iter_mut().enumerate() {
        photo.stage = Some(if nth < before { Stage::Before } else { Stage::After });
    }
    Ok(photos)
}
