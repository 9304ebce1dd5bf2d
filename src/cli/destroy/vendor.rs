//! What a firm took along to destroy is destroyed once its certificate is here, or the record of somebody who watched.

use std::io::{self, Read};
use std::path::Path;

use serde_json::json;
use sha2::{Digest, Sha256};

use crate::case::Approval;
use crate::cli::args::DestroyArgs;
use crate::cli::context::Context;
use crate::cli::desk::{Desk, Trace, recorded_at};
use crate::cli::failure::Failure;
use crate::cli::papers::{self, Destroying, Papers};
use crate::cli::photo::Photo;
use crate::cli::pieces::{self, ids, parts};
use crate::cli::takeout::finish;
use crate::cli::{person, when, words};
use crate::digest::hex;
use crate::erase::os;
use crate::ledger::{Kind, SubjectType};
use crate::life::facts::{Told, VendorPaper};
use crate::life::{Life, Piece, State, Step};
use crate::paper::fields::destruction::VendorCertificate;
use crate::t;
use crate::term::show;
use crate::{era, life};

pub fn run(context: &Context, args: &DestroyArgs) -> Result<(), Failure> {
    let desk = Desk::open(context)?;
    let papers = (!args.no_documents).then(|| Papers::new(context, &desk));
    let life = desk.life()?;
    let (paper, done) = recorded_at(context, &desk, Kind::VendorCertificate, |desk, trace| {
        let (paper, done) = settle(context, args, desk, &life, trace)?;
        papers::ready(papers.as_ref(), || papers::destruction(desk, &life, &done))?;
        trace.facts(paper.facts().into());
        Ok((paper, done))
    })?;
    let done = Destroying { entry: desk.last_entry(), ..done };
    let issued = papers::issue(papers.as_ref(), || papers::destruction(&desk, &life, &done));
    context.say(&t!("vendor-settled", things = pieces::list(&done.pieces)));
    finish(context, issued, json!({ "vendor_certificate": paper.facts(), "entry": done.entry, "state": "destroyed" }))
}

fn settle<'l>(
    context: &Context,
    args: &DestroyArgs,
    desk: &Desk,
    life: &'l Life,
    trace: &Trace,
) -> Result<(VendorPaper, Destroying<'l>), Failure> {
    let pieces = pieces::all_ready(life, &args.things, Step::VendorPaper)?;
    pieces::about(trace, &pieces);
    let given = one_destruction(life, &pieces)?;
    trace.about(SubjectType::Entry, given.entry.to_string());
    let date = when::past_day(args.date)?;
    if date < given.said.at.date_naive() {
        let (date, at) = (era::long(date), era::long_time(&given.said.at));
        let message = t!("err-before", at = date, earlier = at, entry = given.entry.to_string());
        return Err(Failure::refused("before", message, t!("hint-before")));
    }
    let witness_record = args.witnessed.map(|entry| watched(desk, life, entry, given, &pieces)).transpose()?;
    let certificate = args.vendor_certificate.as_deref().map(|path| hashed(path, date)).transpose()?;
    let photos = Photo::take_all(context, &args.photo)?;
    let paper = VendorPaper {
        destroy: given.entry,
        sha256: certificate.as_ref().map(|certificate| certificate.sha256.clone()),
        witness: args.witnessed,
        date,
        photographs: photos.len() as u64,
        pieces: parts(&pieces),
    };
    let number = given.said.approval.as_deref();
    let recorded = |decision: &&life::approval::Decision| {
        decision.said.purpose == Approval::Destruction && Some(&*decision.said.number) == number
    };
    let found = life.decisions.iter().rev().find(recorded).map(life::approval::Decision::in_force);
    let done = Destroying {
        entry: 0,
        approval: papers::approval(found.as_ref(), number),
        pieces,
        said: given.said.clone(),
        items: crate::cli::said::texts(&args.items)?,
        certificate,
        witness_record,
        follows: papers::issued_with(desk, given.entry)?,
        photos,
    };
    Ok((paper, done))
}

/// The destruction that all of them were given away for.
fn one_destruction<'l>(life: &'l Life, pieces: &[&Piece]) -> Result<&'l life::Destruction, Failure> {
    let mut entries: Vec<u64> = pieces
        .iter()
        .filter_map(|piece| match &piece.state {
            State::AtVendor(seen) => Some(seen.entry),
            _ => None,
        })
        .collect();
    entries.sort_unstable();
    entries.dedup();
    let found = match entries.as_slice() {
        [one] => life.destructions.iter().find(|given| given.entry == *one),
        _ => None,
    };
    found.ok_or_else(|| {
        let numbers: Vec<String> = entries.iter().map(u64::to_string).collect();
        let message = t!("err-several-destructions", entries = numbers.join("・"));
        Failure::usage("several_destructions", message, t!("hint-several-destructions"))
    })
}

/// The record of who watched, as the certificate names it.
///
/// Attack: a witness record of other things, or of a time before they were given away, stands for the firm's certificate.
fn watched(
    desk: &Desk,
    life: &Life,
    entry: u64,
    given: &life::Destruction,
    pieces: &[&Piece],
) -> Result<String, Failure> {
    let of_all = |seen: &&life::Watched| seen.entry == entry && ids(pieces).iter().all(|id| names(seen, id));
    let found = life.witnessed.iter().find(of_all).filter(|seen| seen.said.at >= given.said.at);
    let Some(found) = found else {
        let message = t!("err-no-witness-record", entry = entry.to_string());
        return Err(Failure::refused("no_witness_record", message, t!("hint-no-witness-record")));
    };
    let firm = given.said.vendor.iter().map(|firm| firm.name.clone());
    let performers: Vec<String> = firm.chain([given.said.by.clone()]).collect();
    for one in &found.said.witnesses {
        person::not_the_performer(&one.name, &performers)?;
    }
    Ok(papers::issued_with(desk, entry)?.unwrap_or_else(|| format!("台帳第{entry}号")))
}

fn names(seen: &life::Watched, id: &str) -> bool {
    seen.things.iter().any(|thing| thing == id)
}

/// Larger than any scan of a certificate.
const MOST_BYTES: u64 = 256 << 20;

/// The file by its hash; it is not kept here: the office files the original.
fn hashed(path: &Path, date: chrono::NaiveDate) -> Result<VendorCertificate, Failure> {
    let sha256 = hash(path).map_err(|e| words::io(path, &e))?;
    let Some(sha256) = sha256 else {
        let shown = show::path(path);
        let message = t!("err-bad-vendor-certificate", path = shown.clone(), most = show::size(MOST_BYTES));
        return Err(Failure::failed("bad_vendor_certificate", message, t!("hint-bad-vendor-certificate")).about(shown));
    };
    let file = path.file_name().map(|name| show::name(&name.to_string_lossy())).unwrap_or_default();
    Ok(VendorCertificate { file, sha256, received: Some(date.into()) })
}

/// None of what is no file, empty, or larger than such a paper is.
fn hash(path: &Path) -> io::Result<Option<String>> {
    if !path.symlink_metadata()?.is_file() {
        return Ok(None);
    }
    let (file, facts) = os::open_read_known(path)?;
    if facts.len() == 0 || facts.len() > MOST_BYTES {
        return Ok(None);
    }
    let (mut file, mut hash, mut buffer) = (file.take(MOST_BYTES), Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(Some(hex(&<[u8; 32]>::from(hash.finalize())))),
            read => hash.update(&buffer[..read]),
        }
    }
}
