//! `tewatashi erase`: the end of files, and the certificate of it.

pub mod bags;
mod free_space;
pub mod hashing;
pub mod list;
mod log;
pub mod particulars;
mod show;

use std::path::PathBuf;

use chrono::{Local, SecondsFormat};
use serde::Serialize;
use serde_json::{Value, json};

use super::args::EraseArgs;
use super::context::Context;
use super::desk::{self, Desk, Trace, recorded_at};
use super::failure::{Failure, code};
use super::opened::Opened;
use super::papers::{self, Certified, Document, Papers};
use super::photo::Photo;
use super::{approvals, words};
use crate::case::folder::CaseFolder;
use crate::case::settings::Presence;
use crate::case::{Approval, DataClass, Settings};
use crate::erase::guard::{self, Guard};
use crate::erase::os;
use crate::erase::outcome::{Fate, Reasons};
use crate::erase::pattern::{Key, Method};
use crate::erase::plan::{Item, Plan};
use crate::erase::promise::Wishes;
use crate::erase::work::{self, Ended, Orders};
use crate::ledger::{Kind, SubjectType};
use crate::paper::fields::erasure::Outcome as Achieved;
use crate::t;
use crate::term::show as shown;
use bags::Bags;
use list::{Rows, Written};
use log::{Closing, Head, Left, WorkLog};
pub use log::{left as unfinished, sweep};
use particulars::Particulars;
use show::Tally;

pub fn run(context: &Context, args: &EraseArgs) -> Result<(), Failure> {
    if let Some(folder) = &args.free_space {
        return free_space::run(context, args, folder);
    }
    if args.dry_run && !args.resume {
        return dry_run(context, args);
    }
    let desk = Desk::open_to_erase(context)?;
    let done = recorded_at(context, &desk, Kind::Erase, |desk, trace| erase(context, args, desk, trace))?;
    certify(context, &desk, done)
}

/// Only the plan. Nothing is written, not even that it was looked at.
fn dry_run(context: &Context, args: &EraseArgs) -> Result<(), Failure> {
    let (folder, _) = desk::found(context)?;
    let plan = plan(context, &folder, args)?;
    let method = args.method.map(Method::from).unwrap_or_default();
    show::plan(context, &plan, method, !context.json);
    let settings = folder.exists().then(|| desk::settings(&folder)).transpose()?;
    steer(context, args.my_number, settings.as_ref());
    show::plan_json(context, &plan, method);
    Ok(())
}

fn plan(context: &Context, case: &CaseFolder, args: &EraseArgs) -> Result<Plan, Failure> {
    let guard = guard(context, case)?;
    let EraseArgs { best_effort, including_links, across_mounts, .. } = *args;
    let wishes = Wishes { best_effort, including_links, across_mounts };
    let plan = Plan::of(&args.paths, wishes, &guard, &context.screen).map_err(|e| words::erase_plan(&e));
    context.screen.clear();
    plan
}

/// Where there are Individual Numbers the medium itself has to end; said while there is still time to choose.
fn steer(context: &Context, my_number: bool, settings: Option<&Settings>) {
    let there = |settings: &Settings| settings.contract.presence(DataClass::IndividualNumber) == Presence::Yes;
    if my_number || settings.is_some_and(there) {
        context.warn(&t!("warn-erase-my-number"));
    }
}

/// Every case this user knows is kept safe, not only the one at hand.
fn guard(context: &Context, case: &CaseFolder) -> Result<Guard, Failure> {
    let home = context.home()?;
    let mut kept = vec![case.path.clone(), home.folder().to_owned()];
    kept.extend(home.cases().into_iter().map(|known| known.folder));
    Guard::of(&kept, &guard::homes()).map_err(|e| words::io(&case.path, &e))
}

/// What was done, for paper and screen.
struct Done {
    plan: Plan,
    log: Closing,
    workers: Vec<String>,
    method: Method,
    particulars: Particulars,
    bundles: Vec<Opened>,
    photos: Vec<Photo>,
    times: (String, String),
    list: Written,
    tally: Tally,
}

impl Done {
    fn achieved(&self) -> Achieved {
        match (self.tally.erased, self.tally.others()) {
            (1.., 0) => Achieved::Erased,
            (1.., _) => Achieved::Partial,
            (0, _) => Achieved::NotEstablished,
        }
    }

    fn certified(&self, entry: Option<u64>) -> Certified<'_> {
        Certified {
            plan: &self.plan,
            method: self.method,
            particulars: &self.particulars,
            bundles: &self.bundles,
            photos: &self.photos,
            times: self.times.clone(),
            workers: &self.workers,
            result: self.achieved(),
            list: Some(&self.list),
            entry,
        }
    }
}

fn now() -> String {
    Local::now().to_rfc3339_opts(SecondsFormat::Secs, false)
}

fn erase(context: &Context, args: &EraseArgs, desk: &Desk, trace: &Trace) -> Result<Done, Failure> {
    log::sweep(context, desk);
    if args.resume {
        return resume(context, desk, trace);
    }
    let mut particulars = Particulars::of(args)?;
    trace.facts(said(&particulars));
    if let Some(path) = log::left(desk).first() {
        context.warn(&t!("warn-erase-unfinished", path = shown::path(path)));
    }
    let plan = plan(context, &desk.folder, args)?;
    if plan.items.is_empty() {
        return Err(Failure::failed("nothing_to_erase", t!("err-nothing-to-erase"), t!("hint-nothing-to-erase")));
    }
    let bags = Bags::find(&plan, desk)?;
    if particulars.temporary {
        working_copies(&bags, &plan)?;
    } else {
        approved(context, desk, trace, args, &bags, &plan, &mut particulars)?;
    }
    let head = Head {
        v: log::VERSION,
        salt: papers::salt()?,
        particulars,
        method: args.method.map(Method::from).unwrap_or_default(),
        best_effort: args.best_effort,
        including_links: args.including_links,
        across_mounts: args.across_mounts,
        started: now(),
        workers: vec![desk.operator.name.clone()],
    };
    let photos = printable(context, desk, &head, &bags)?;
    show::plan(context, &plan, head.method, false);
    steer(context, head.particulars.my_number, Some(&desk.settings));
    show::confirm(context, &plan)?;
    let head = Head { started: now(), ..head };
    work(context, desk, trace, Start { plan, head, bags, photos, resumes: None })
}

struct Start {
    plan: Plan,
    head: Head,
    bags: Bags,
    photos: Vec<Photo>,
    resumes: Option<Left>,
}

/// Goes on where another run was stopped.
fn resume(context: &Context, desk: &Desk, trace: &Trace) -> Result<Done, Failure> {
    let mut left = newest(context, desk, trace)?;
    trace.facts(said(&left.head.particulars));
    left.plan.find_grounds().map_err(|e| words::erase_plan(&e))?;
    left.plan.guarded(&guard(context, &desk.folder)?).map_err(|e| words::erase_plan(&e))?;
    let (plan, mut head) = (std::mem::take(&mut left.plan), left.head.clone());
    let operator = &desk.operator.name;
    if !head.workers.contains(operator) {
        head.workers.push(operator.clone());
    }
    let bags = Bags::find(&plan, desk)?;
    let photos = printable(context, desk, &head, &bags)?;
    show::plan(context, &plan, head.method, false);
    show::confirm(context, &plan)?;
    work(context, desk, trace, Start { plan, head, bags, photos, resumes: Some(left) })
}

/// The log to go on with. One that the ledger has no hash of is of a run that was killed before it touched anything.
fn newest(context: &Context, desk: &Desk, trace: &Trace) -> Result<Left, Failure> {
    for path in log::left(desk) {
        let begun = log::begun(&path).unwrap_or_default();
        let pins = log::pins(desk, begun)?;
        if pins.is_empty() {
            log::scrap(context, &path);
            continue;
        }
        trace.fact("resumes", begun);
        return log::read(&path, &pins).map_err(|e| match e.kind() {
            std::io::ErrorKind::InvalidData => {
                let shown = shown::path(&path);
                let message = t!("err-log-altered", path = shown.clone());
                Failure::new(code::DAMAGED, "log_altered", message, t!("hint-log-altered")).about(shown)
            }
            _ => words::io(&path, &e),
        });
    }
    Err(Failure::failed("nothing_to_resume", t!("err-nothing-to-resume"), t!("hint-nothing-to-resume")))
}

/// A decision comes first where the case asks for one: one that was recorded, and is in force for what is erased. Looked at when
/// the work begins: what was begun under it is brought to its end.
fn approved(
    context: &Context,
    desk: &Desk,
    trace: &Trace,
    args: &EraseArgs,
    bags: &Bags,
    plan: &Plan,
    particulars: &mut Particulars,
) -> Result<(), Failure> {
    let paths = || args.paths.iter().map(|path| shown::path(path));
    let mut things: Vec<String> = bags.all().map(|opened| opened.bundle.clone()).collect();
    things.extend(particulars.medium_id.clone().filter(|_| !bags.hold_all(plan)));
    // Attack: a decision on one bundle, used for whatever else lies about. Data that is of no bundle and of no medium named is
    // covered by a decision on all of the case alone.
    // Nor does naming a medium make a folder of the office's disk lie on it.
    let on_media = args.paths.iter().all(|path| os::place(path).is_ok_and(|place| place.is_handover_medium()));
    if (particulars.medium_id.is_none() || !on_media) && !bags.hold_all(plan) {
        things.extend(paths());
    }
    let life = desk.life()?;
    let told = particulars.approval.clone();
    let found = approvals::asked(context, desk, &life, Approval::Erasure, told.as_deref(), &things)?;
    approvals::about(trace, found.as_ref());
    particulars.decided(found);
    trace.facts(said(particulars));
    Ok(())
}

/// `--temporary` is for what was opened in this case, where it was opened to, and for nothing else.
fn working_copies(bags: &Bags, plan: &Plan) -> Result<(), Failure> {
    if bags.hold_all(plan) {
        return Ok(());
    }
    Err(Failure::refused("not_a_working_copy", t!("err-not-a-working-copy"), t!("hint-not-a-working-copy")))
}

/// Whether the sheet could be printed, before anything is touched; and the photographs that go on it.
fn printable(context: &Context, desk: &Desk, head: &Head, bags: &Bags) -> Result<Vec<Photo>, Failure> {
    let photos = Photo::take_all(context, &head.particulars.photos)?;
    papers::writable(&desk.folder.records())?;
    if head.particulars.no_documents {
        return Ok(photos);
    }
    // A certificate that nobody signed would be one that anybody could have written.
    desk.signer().map_err(papers::or_without)?;
    let bundles = bundles(bags);
    let nothing = Plan::default();
    let of = Certified {
        plan: &nothing,
        method: head.method,
        particulars: &head.particulars,
        bundles: &bundles,
        photos: &photos,
        times: (head.started.clone(), head.started.clone()),
        workers: &head.workers,
        result: Achieved::NotEstablished,
        list: None,
        entry: None,
    };
    Papers::new(context, desk).ready(&papers::erasure(desk, &of)?).map_err(papers::or_without)?;
    Ok(photos)
}

fn bundles(bags: &Bags) -> Vec<Opened> {
    let mut all: Vec<_> = bags.all().cloned().collect();
    all.sort_by(|one, two| one.bundle.cmp(&two.bundle));
    all
}

fn work(context: &Context, desk: &Desk, trace: &Trace, start: Start) -> Result<Done, Failure> {
    let Start { mut plan, head, bags, photos, resumes } = start;
    let bundles = bundles(&bags);
    for opened in &bundles {
        trace.about(SubjectType::Bundle, opened.bundle.clone());
        if let Some(medium) = &opened.medium_id {
            trace.about(SubjectType::Medium, medium.clone());
        }
    }
    if let Some(medium) = &head.particulars.medium_id {
        trace.about(SubjectType::Medium, medium.clone());
    }
    let folder = log::folder(desk);
    let Some(_only_one) = log::only_one(desk).map_err(|e| words::io(&folder, &e))? else {
        return Err(Failure::refused("erase_busy", t!("err-erase-busy"), t!("hint-erase-busy")));
    };
    let begun = trace.begin_with(desk::facts(json!({
        "items": plan.items.len(), "bytes": plan.bytes(), "method": head.method,
    })))?;
    let mut log = WorkLog::begin(context, desk, begun, &head, &plan).map_err(|e| words::erase_log(&folder, &e))?;
    if let Some(left) = resumes {
        left.replace(context);
    }
    let key = Key::fresh().map_err(|e| words::io(&folder, &e))?;
    let fingerprint = |_: &Plan, item: &Item, digest| bags.fingerprint(item, digest);
    let orders = Orders { method: head.method, key, fingerprint: &fingerprint };
    let ended = work::erase(&mut plan, &orders, &mut log, &context.screen);
    context.screen.clear();
    let ended = ended.map_err(|e| words::erase_log(&folder, &e))?;
    let tally = Tally::of(&plan);
    trace.facts(facts(&plan, &tally, head.method));
    trace.fact("copies", json!(bags.touched(&plan)));
    if ended == Ended::Interrupted {
        let mut failure = words::cancelled();
        failure.hint = t!("hint-erase-resume");
        return Err(failure);
    }
    let list = write_list(desk, &plan, head.method)?;
    trace.fact("list_sha256", list.sha256.clone());
    if tally.others() > 0 {
        trace.in_part();
    }
    if plan.wishes.best_effort {
        trace.fact("free_space", fill_freed(context, &plan));
    }
    let times = (head.started.clone(), now());
    let (particulars, workers) = (head.particulars, head.workers);
    Ok(Done { plan, log: log.done(), workers, method: head.method, particulars, bundles, photos, times, list, tally })
}

/// Overwriting set blocks free that still hold the data: what is free on their file systems is filled once. It helps, and
/// proves nothing of these files.
fn fill_freed(context: &Context, plan: &Plan) -> Vec<Value> {
    let freed = |item: &&Item| item.gone && item.fate != Some(Fate::Erased) && item.overwritten > 0;
    let mut grounds: Vec<usize> =
        plan.items.iter().filter(freed).map(|item| plan.folders[item.folder as usize].ground).collect();
    grounds.sort_unstable();
    grounds.dedup();
    let mut records = Vec::new();
    for ground in grounds {
        let Some(folder) = plan.folders.iter().find(|folder| folder.ground == ground && !folder.goes) else { continue };
        match free_space::fill_once(context, std::path::Path::new(&folder.name)) {
            Ok(record) => records.push(record),
            Err(failure) => context.warn(&t!("warn-not-filled", reason = failure.message)),
        }
    }
    records
}

fn write_list(desk: &Desk, plan: &Plan, method: Method) -> Result<Written, Failure> {
    let folder = desk.folder.records();
    papers::writable(&folder)?;
    list::write(&folder, plan, method).map_err(|e| words::io(&folder, &e))
}

/// What was said, for the ledger.
fn said(particulars: &Particulars) -> Value {
    let mut said = json!(particulars);
    if let Value::Object(said) = &mut said {
        // Names of files stay out of it.
        said.remove("photos");
        // Under a name of their own: how many things were erased is called `items`.
        if let Some(items) = said.remove("items") {
            said.insert("data_items".to_owned(), items);
        }
        said.retain(|_, value| !matches!(value, Value::Null | Value::Bool(false)) && *value != json!([]));
    }
    said
}

/// What was measured, for the ledger: no name of a file.
fn facts(plan: &Plan, tally: &Tally, method: Method) -> Value {
    let reasons = plan.items.iter().fold(Reasons::default(), |all, item| all.with(item.reasons));
    json!({
        "method": method, "passes": method.passes().len(), "items": plan.items.len(), "bytes": tally.bytes,
        "erased": tally.erased, "not_verified": tally.not_verified, "failed": tally.failed, "skipped": tally.skipped,
        "may_remain": tally.remains, "reasons": reasons, "places": show::places_json(plan),
    })
}

/// The sheet, and what is told.
fn certify(context: &Context, desk: &Desk, done: Done) -> Result<(), Failure> {
    let issued = if done.particulars.no_documents {
        Ok(None)
    } else {
        let paper = papers::erasure(desk, &done.certified(Some(desk.last_entry())));
        paper.and_then(|paper| Papers::new(context, desk).issue(&paper)).map(Some)
    };
    tell(context, desk, &done, issued.as_ref().ok().and_then(Option::as_ref));
    // Until its paper is there the work is not done: `--resume` issues it.
    issued.map_err(|failure| {
        let mut failure = papers::unconfirmed(failure);
        failure.hint = t!("hint-erase-resume");
        failure
    })?;
    done.log.close(context);
    if done.tally.others() == 0 {
        return Ok(());
    }
    let message = t!("err-not-all-erased", count = done.tally.others());
    let mut failure = Failure::new(code::IN_PART, "not_all_erased", message, t!("hint-not-all-erased"));
    failure.reported = true;
    Err(failure)
}

fn tell(context: &Context, desk: &Desk, done: &Done, issued: Option<&Document>) {
    #[derive(Serialize)]
    struct Document<'a> {
        result: Achieved,
        erased: u64,
        not_verified: u64,
        failed: u64,
        skipped: u64,
        bytes: u64,
        method: Method,
        entry: u64,
        list: String,
        list_sha256: &'a str,
        certificate: Option<Value>,
        items: Rows<'a>,
    }
    show::result(context, &done.plan, &done.tally);
    papers::tell(context, issued);
    let Tally { erased, not_verified, failed, skipped, bytes, .. } = done.tally;
    context.result(&Document {
        result: done.achieved(),
        erased,
        not_verified,
        failed,
        skipped,
        bytes,
        method: done.method,
        entry: desk.last_entry(),
        list: done.list.path.to_string_lossy().into_owned(),
        list_sha256: &done.list.sha256,
        certificate: issued.map(certificate),
        items: Rows(&done.plan),
    });
}

fn certificate(document: &Document) -> Value {
    let path = |end: &str| {
        let path: PathBuf = document.pdf.as_ref()?.with_extension(end);
        path.is_file().then(|| path.to_string_lossy().into_owned())
    };
    json!({ "number": document.number, "pdf": path("pdf"), "json": path("json"), "sig": path("json.sig") })
}
