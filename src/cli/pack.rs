//! `tewatashi pack`: files and folders become a bundle on a medium, and a passphrase in the clerk's hands.

mod checks;
mod openers;
mod properties;

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use chrono::{DateTime, Local};
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use serde_json::json;

use checks::Confirmed;
use properties::Seen;

use super::args::{PackArgs, SkipKind};
use super::context::Context;
use super::desk::{self, Desk, Trace, recorded_at};
use super::failure::{Failure, code};
use super::opened::{self, Listing, Opened};
use super::papers::{self, Document, Known, Paper, Papers};
use super::slip::{self, Slip};
use super::{counted, secret, slips, words};
use crate::bundle::{
    self, BundleId, Description, Error, Kind as ItemKind, Lock, Moment, Order, PackRecord, PassphraseKind, Proved,
    ReadBack, Skip, Sources, Staged,
};
use crate::case::Approval;
use crate::erase::os::{self, Place};
use crate::home::WorkKind;
use crate::ledger::{Kind, Ledger, SubjectType};
use crate::life::Step;
use crate::life::facts::What;
use crate::passphrase::Passphrase;
use crate::progress::{Progress, Stage};
use crate::t;
use crate::term::{interrupt, prompt, show};

pub fn run(context: &Context, args: &PackArgs) -> Result<(), Failure> {
    // As it will be known: a number typed in full width is the same medium.
    let medium_id = args.medium_id.as_deref().map(super::medium::number_of).transpose()?;
    let args = &PackArgs { medium_id, ..args.clone() };
    let desk = Desk::open(context)?;
    slips::remind(context, &desk)?;
    let papers = Papers::new(context, &desk);
    let packed = recorded_at(context, &desk, Kind::Pack, |desk, trace| pack(context, args, desk, &papers, trace))?;
    let mut documents: Vec<Document> = packed.slip.iter().cloned().collect();
    let issued = if args.no_documents { Ok(()) } else { issue(&desk, &papers, &mut documents) };
    report(context, &packed, &documents, issued.is_ok());
    issued.map_err(|failure| unissued(failure, packed.record.id.as_str()))
}

/// A bundle that has its name, and the slip that went out with it.
struct Packed {
    bundle: PathBuf,
    record: PackRecord,
    slip: Option<Document>,
    seen: Option<Seen>,
}

/// What goes with the bundle on paper, drawn from its entry.
fn issue(desk: &Desk, papers: &Papers, documents: &mut Vec<Document>) -> Result<(), Failure> {
    let entry = desk.look(|ledger| ledger.entry(desk.last_entry()))?;
    papers::with_bundle(desk, papers, entry.as_ref(), documents)
}

fn unissued(failure: Failure, bundle: &str) -> Failure {
    let mut told = Failure::new(
        code::IN_PART,
        "documents_missing",
        t!("err-documents-missing", bundle = bundle.to_owned()),
        t!("hint-documents-missing", bundle = bundle.to_owned()),
    );
    told.details = [failure.message].into_iter().chain(failure.details).chain([failure.hint]).collect();
    told.reported = true;
    told
}

fn pack(context: &Context, args: &PackArgs, desk: &Desk, papers: &Papers, trace: &Trace) -> Result<Packed, Failure> {
    let place = target(&args.to)?;
    outside_sources(args)?;
    let openers = openers::chosen(&args.opener, &place)?;
    let recipients = recipients(&args.recipient)?;
    let slip =
        Slip::plan(context, desk, args.slip.as_deref(), &args.to, recipients.is_empty() && !args.own_passphrase)?;
    let description = description(args)?;
    let confirmed = checks::confirmed(context, &args.checks, desk, &description)?;
    if let Some(medium) = medium(args) {
        usable(context, desk, medium)?;
    }
    subcontracted(context, args, desk)?;
    let replaces = args.replaces.as_deref().map(|old| super::voided::replaced(desk, old)).transpose()?;
    let sources = scan(context, args)?;
    let seen = properties::seen(context, args.checks.properties, &sources)?;
    printable(args, desk, papers, &slip, &description, &confirmed)?;
    let passphrase = if recipients.is_empty() { Some(passphrase(context, args)?) } else { None };
    passphrase.as_ref().map_or(Ok(()), |passphrase| slip.printable(papers, passphrase))?;
    let signer = desk.signer()?;

    let now: DateTime<Local> = SystemTime::now().into();
    let id = free_id(&args.to, &now.format("%Y%m%d").to_string())?;
    let order = Order {
        sources: &sources,
        id,
        created: now.to_rfc3339_opts(chrono::SecondsFormat::Secs, false),
        moment: Moment::of(now.into()),
        lock: passphrase.as_ref().map_or(Lock::Recipients(&recipients), Lock::Passphrase),
        passphrase: passphrase
            .as_ref()
            .map(|p| if p.is_ours() { PassphraseKind::Generated } else { PassphraseKind::Own }),
        split: split(args, &place),
        description,
        signer: &signer,
        ledger_code: Some(desk.look(Ledger::head)?.code().to_string()),
        openers: openers.as_ref(),
    };
    room(&order, &args.to, &place)?;
    announce(context, &sources);
    trace.about(SubjectType::Bundle, order.id.as_str());
    if let Some(medium) = medium(args) {
        trace.about(SubjectType::Medium, medium);
    }
    trace.begin()?;

    let home = context.home()?;
    let note = home.note(WorkKind::Sealed, &args.to).map_err(|e| words::io(home.folder(), &e))?;
    let final_place = args.to.join(order.id.as_str());
    let mut staged =
        bundle::pack(&order, &note.folder, &final_place, &context.screen).map_err(|e| words::bundle(&e))?;
    if !args.no_read_back {
        staged.read_back(&context.screen).map_err(|e| words::bundle(&e))?;
    }
    context.screen.clear();
    if interrupt::asked() {
        return Err(words::cancelled());
    }
    let mut facts = desk::facts(facts_of(staged.record()));
    facts.extend(openers::facts(staged.record()));
    facts.extend(desk::facts(confirmed.facts()));
    facts.extend(args.subcontractor.iter().map(|name| ("subcontractor".to_owned(), name.trim().into())));
    facts.extend(seen.as_ref().map(|seen| desk::facts(seen.facts())).unwrap_or_default());
    let known = Known { bundle: staged.record().id.as_str(), medium: medium(args), facts: &facts, slip: None };
    let paper = slip.paper(desk, &known)?;
    let (known, listing) = to_be_known(desk, &sources, &staged);
    let packed = Packed { seen, ..hand_out(context, staged, &slip, papers, &paper, passphrase.as_ref())? };
    drop(note);
    opened::keep(context, desk, known, None, listing);
    trace.facts(facts.into());
    // A bundle burnt on another computer is on its medium when somebody has read it there, and not before.
    trace.fact("written", if place.is_handover_medium() { "medium" } else { "elsewhere" });
    if let Some(old) = &replaces {
        trace.about(SubjectType::Bundle, old.as_str());
        trace.fact("replaces", old.as_str());
    }
    if let Some(given) = slip.given() {
        trace.fact("slip", json!({ "given": given, "number": packed.slip.as_ref().map(|slip| &slip.number) }));
    }
    Ok(packed)
}

/// What the case keeps of it: the sources are still on the desk, and copies of them may be.
fn to_be_known(desk: &Desk, sources: &Sources, staged: &Staged) -> (Opened, Listing) {
    let record = staged.record();
    let mut listing = Listing::new(&desk.folder);
    let files = sources.items.iter().filter_map(|item| match item.kind {
        ItemKind::File { size, .. } => Some((&item.path, size)),
        ItemKind::Folder => None,
    });
    for ((path, size), sha256) in files.zip(staged.contents()) {
        listing.add(record.id.as_str(), staged.fingerprint_key(), &Proved { path, size, sha256 });
    }
    let known = Opened {
        bundle: record.id.to_string(),
        fingerprint_key: staged.fingerprint_key().clone(),
        items: record.description.items.clone(),
        medium_id: record.description.medium_id.clone(),
        volumes: record.facts.volumes.clone(),
        ..Opened::default()
    };
    (known, listing)
}

fn medium(args: &PackArgs) -> Option<&str> {
    args.medium_id.as_deref().map(str::trim)
}

/// Whether a medium may be used, and is here to be written on.
fn usable(context: &Context, desk: &Desk, medium: &str) -> Result<(), Failure> {
    let life = desk.life()?;
    super::medium::permitted(context, desk, &life, medium)?;
    match life.piece(What::Media, medium) {
        Some(piece) => piece.may(Step::Write).map_err(|why| words::misstep(piece, Step::Write, why)),
        None => Ok(()),
    }
}

/// Nothing is made for a subcontractor that nobody decided on.
fn subcontracted(context: &Context, args: &PackArgs, desk: &Desk) -> Result<(), Failure> {
    let Some(name) = &args.subcontractor else { return Ok(()) };
    let name = super::said::text(name)?;
    super::approvals::needed(context, &desk.life()?, Approval::Subcontract, None, &[name]).map(|_| ())
}

/// Fonts, templates and every character, before anything is sealed: what no font can print is told now.
fn printable(
    args: &PackArgs,
    desk: &Desk,
    papers: &Papers,
    slip: &Slip,
    description: &Description,
    confirmed: &Confirmed,
) -> Result<(), Failure> {
    let Description { title, items, subjects, records, .. } = description;
    let mut facts = desk::facts(json!({ "title": title, "items": items, "subjects": subjects, "records": records }));
    facts.extend(desk::facts(confirmed.facts()));
    facts.extend(args.subcontractor.iter().map(|name| ("subcontractor".to_owned(), name.trim().into())));
    let known = Known { bundle: "TW-20260101-AAAA", medium: medium(args), facts: &facts, slip: None };
    if slip.is_page() {
        papers.ready(&papers::slip(desk, &known)?)?;
    }
    if args.no_documents {
        return Ok(());
    }
    if slip.is_document() {
        papers.ready(&papers::stub(desk, &known, "D-0001")?).map_err(papers::or_without)?;
    }
    papers.ready(&papers::transfer(desk, &known)?).map_err(papers::or_without)
}

/// What the ledger keeps of a bundle: no name of a file, no secret.
fn facts_of(record: &PackRecord) -> serde_json::Value {
    let description = &record.description;
    let established = matches!(record.read_back, ReadBack::Established { .. });
    json!({
        "title": description.title,
        "items": description.items,
        "subjects": description.subjects,
        "records": description.records,
        "files": record.files,
        "folders": record.folders,
        "bytes": record.bytes,
        "created": record.facts.created,
        "read_back": if established { "established" } else { "not_established" },
        "passphrase": record.facts.encryption.passphrase,
        "volumes": record.facts.volumes,
        "format": record.facts.encryption.format,
        "cipher": record.facts.encryption.cipher,
        "header_sha256": record.facts.encryption.header_sha256,
        "opening_code_sha256": record.opening_code_sha256,
        "signer": record.signer,
        "tool": record.facts.tool,
        "ledger_code": record.facts.ledger_code,
    })
}

/// The passphrase reaches the clerk before the bundle gets its name, so that no bundle exists that nobody can open;
/// when the last step fails the slip goes again.
fn hand_out(
    context: &Context,
    staged: Staged,
    slip: &Slip,
    papers: &Papers,
    paper: &Paper,
    passphrase: Option<&Passphrase>,
) -> Result<Packed, Failure> {
    let document = match passphrase {
        Some(passphrase) => slip.deliver(papers, paper, staged.record(), passphrase)?,
        None => None,
    };
    match staged.commit() {
        Ok((bundle, record)) => Ok(Packed { bundle, record, slip: document, seen: None }),
        Err(error) => {
            if let Some(document) = &document {
                slip::take_back(context, papers, document);
            }
            Err(words::bundle(&error))
        }
    }
}

/// Attack on the clerk's attention: a folder made on the fly where the stick should be mounted puts the bundle on the
/// office PC's own disk. The target must be there already.
fn target(to: &Path) -> Result<Place, Failure> {
    let shown = show::path(to);
    let meta = std::fs::metadata(to).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => {
            Failure::failed("no_target", t!("err-no-target", path = shown.clone()), t!("hint-no-target"))
                .about(shown.clone())
        }
        _ => words::io(to, &e),
    })?;
    if !meta.is_dir() {
        return Err(Failure::failed(
            "not_a_folder",
            t!("err-not-a-folder", path = shown.clone()),
            t!("hint-no-target"),
        )
        .about(shown));
    }
    os::place(to).map_err(|e| words::io(to, &e))
}

fn outside_sources(args: &PackArgs) -> Result<(), Failure> {
    let Ok(target) = args.to.canonicalize() else { return Ok(()) };
    let holds = |source: &&PathBuf| source.canonicalize().is_ok_and(|s| target.starts_with(s));
    match args.sources.iter().find(holds) {
        Some(source) => {
            Err(words::bundle(&Error::TargetInsideSource { target: args.to.clone(), source_path: source.clone() }))
        }
        None => Ok(()),
    }
}

fn recipients(texts: &[String]) -> Result<Vec<age::x25519::Recipient>, Failure> {
    texts
        .iter()
        .map(|text| {
            text.parse().map_err(|_| {
                let shown = show::name(text);
                Failure::usage("bad_recipient", t!("err-bad-recipient", text = shown), t!("hint-bad-recipient"))
            })
        })
        .collect()
}

/// The longest text of a description, and the most items and recipients: openers have limits.
const MOST_TEXT: usize = 1024;
const MOST_ITEMS: usize = 30;
const MOST_RECIPIENTS: usize = 500;

fn description(args: &PackArgs) -> Result<Description, Failure> {
    if args.items.len() > MOST_ITEMS || args.recipient.len() > MOST_RECIPIENTS {
        return Err(Failure::usage(
            "too_many",
            t!("err-too-many", items = MOST_ITEMS, recipients = MOST_RECIPIENTS),
            t!("hint-too-many"),
        ));
    }
    let texts = args.items.iter().chain(&args.title).chain(&args.medium_id);
    for text in texts {
        // Attack on our own record: a line break would add a line to bag-info.txt.
        // Nor may it outgrow what an opener reads of bag-info.txt.
        if text.chars().any(char::is_control) || text.trim().is_empty() || text.len() > MOST_TEXT {
            return Err(Failure::usage("bad_text", t!("err-bad-text", text = show::name(text)), t!("hint-bad-text")));
        }
    }
    Ok(Description {
        title: args.title.clone(),
        items: args.items.clone(),
        subjects: args.subjects,
        records: args.checks.records,
        medium_id: args.medium_id.clone(),
    })
}

fn globs(patterns: &[String]) -> Result<GlobSet, Failure> {
    let bad = |pattern: &str| {
        Failure::usage("bad_glob", t!("err-bad-glob", pattern = show::name(pattern)), t!("hint-bad-glob"))
    };
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        set.add(GlobBuilder::new(pattern).literal_separator(true).build().map_err(|_| bad(pattern))?);
    }
    set.build().map_err(|_| bad(&patterns.join(" ")))
}

fn scan(context: &Context, args: &PackArgs) -> Result<Sources, Failure> {
    let skip = Skip {
        links: args.skip.contains(&SkipKind::Links),
        special: args.skip.contains(&SkipKind::Special),
        unreadable: args.skip.contains(&SkipKind::Unreadable),
    };
    context.screen.stage(Stage::Scan, 0);
    let sources = Sources::scan(&args.sources, &globs(&args.exclude)?, skip, &context.screen);
    context.screen.clear();
    let sources = sources.map_err(|e| words::bundle(&e))?;
    for path in &sources.skipped {
        context.warn(&t!("warn-skipped", path = show::path(path)));
    }
    Ok(sources)
}

fn passphrase(context: &Context, args: &PackArgs) -> Result<Passphrase, Failure> {
    if !args.own_passphrase {
        return Passphrase::generate().map_err(|e| words::mistyped(&e));
    }
    let own = |text: &str| {
        Passphrase::own(text).map_err(|e| {
            let mut failure = words::mistyped(&e);
            failure.code = super::failure::code::REFUSED;
            failure.kind = "weak_passphrase";
            failure.hint = t!("hint-own");
            failure
        })
    };
    if let Some(path) = &args.passphrase_file {
        return own(&secret::read_text(path)?);
    }
    if !context.may_ask() {
        return Err(Failure::usage("no_secret", t!("err-own-no-file"), t!("hint-own-no-file")));
    }
    let typed = prompt::secret(&t!("ask-own")).map_err(|e| words::terminal(&e))?;
    let first = own(&typed)?;
    let again = prompt::secret(&t!("ask-own-again")).map_err(|e| words::terminal(&e))?;
    if *typed == *again {
        Ok(first)
    } else {
        Err(Failure::usage("own_differs", t!("err-own-differs"), t!("hint-own-differs")))
    }
}

fn free_id(to: &Path, day: &str) -> Result<BundleId, Failure> {
    loop {
        let id = BundleId::draw(day).map_err(|e| words::bundle(&e))?;
        if to.join(id.as_str()).symlink_metadata().is_err() {
            return Ok(id);
        }
    }
}

/// The volume size asked for, or the largest file the place takes when that is less.
fn split(args: &PackArgs, place: &Place) -> Option<u64> {
    match (args.split, place.largest_file) {
        (Some(asked), Some(most)) => Some(asked.min(most)),
        (asked, most) => asked.or(most),
    }
}

fn room(order: &Order, to: &Path, place: &Place) -> Result<(), Failure> {
    let needed = bundle::estimate(order);
    if place.free_bytes < needed {
        return Err(words::bundle(&Error::NoSpace { place: to.to_owned(), needed, free: place.free_bytes }));
    }
    Ok(())
}

fn announce(context: &Context, sources: &Sources) {
    let (bytes, files) = sources.oxum();
    context.chat(&t!("pack-begins", files = counted::files(files), size = show::size(bytes)));
}

fn report(context: &Context, packed: &Packed, documents: &[Document], whole: bool) {
    let Packed { bundle, record, slip, seen } = packed;
    if let ReadBack::NotEstablished { reason } = &record.read_back {
        context.warn(&not_established(reason));
    }
    context.say(&t!("pack-done", path = show::path(bundle)));
    context.chat(&t!(
        "pack-contents",
        files = counted::files(record.files),
        folders = counted::folders(record.folders),
        size = show::size(record.bytes)
    ));
    if record.facts.volumes.len() > 1 {
        context.chat(&t!("pack-volumes", count = record.facts.volumes.len()));
    }
    if let ReadBack::Established { bytes, .. } = &record.read_back {
        context.chat(&t!("pack-read-back", bytes = counted::bytes(*bytes)));
    }
    context.chat(&t!("pack-signer", fingerprint = record.signer.clone()));
    openers::tell(context, record);
    papers::tell(context, documents);
    match slip {
        Some(Document { number, pdf: Some(path), .. }) => {
            context.chat(&t!("pack-slip", number = number.clone(), path = show::path(path)));
        }
        Some(Document { number, pdf: None, job, .. }) => context.warn(&slip::notice(number, job.as_deref())),
        None => {}
    }
    let established = matches!(record.read_back, ReadBack::Established { .. });
    let (properties, unread) = seen.as_ref().map(Seen::json).unwrap_or_default();
    context.result(&json!({
        "bundle": bundle.to_string_lossy(),
        "id": record.id,
        "files": record.files,
        "folders": record.folders,
        "bytes": record.bytes,
        "read_back": if established { "established" } else { "not_established" },
        "read_back_detail": record.read_back,
        "volumes": record.facts.volumes,
        "openers": record.facts.openers,
        "signer": record.signer,
        "opening_code_sha256": record.opening_code_sha256,
        "documents": documents.iter().map(Document::json).collect::<Vec<_>>(),
        "documents_missing": !whole,
        "properties": properties,
        "properties_unread": unread,
    }));
}

fn not_established(reason: &bundle::NotEstablished) -> String {
    use crate::erase::os::NoMedium;
    use crate::erase::readback::Reason;
    use bundle::NotEstablished::{NotAsked, Place};
    let why = match reason {
        NotAsked => t!("readback-not-asked"),
        Place(Reason::NoMedium(NoMedium::Memory)) => t!("readback-memory"),
        Place(Reason::NoMedium(NoMedium::Network)) => t!("readback-network"),
        Place(Reason::NoMedium(NoMedium::Unknown)) => t!("readback-unknown"),
        Place(Reason::PagesStay { .. }) => t!("readback-pages"),
        Place(_) => t!("readback-unsupported"),
    };
    t!("warn-read-back", reason = why)
}
