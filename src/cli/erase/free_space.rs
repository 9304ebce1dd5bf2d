//! `tewatashi erase --free-space DIR`: overwrites what is free, and says how much of it that was.

use std::path::Path;

use serde_json::{Value, json};

use crate::case::Approval;
use crate::cli::args::EraseArgs;
use crate::cli::context::Context;
use crate::cli::desk::{Desk, Trace, recorded_at};
use crate::cli::failure::{Failure, code};
use crate::cli::{approvals, said, words};
use crate::erase::freespace::{self, Ended, FillRecord, Filled, Plan, Refused, Verdict};
use crate::erase::pattern::Method;
use crate::home::WorkKind;
use crate::ledger::{Kind, SubjectType};
use crate::life::InForce;
use crate::t;
use crate::term::{prompt, show};

pub fn run(context: &Context, args: &EraseArgs, folder: &Path) -> Result<(), Failure> {
    if args.dry_run {
        let plan = look(args, folder)?;
        show(context, &plan);
        context.result(&json!({ "plan": plan_json(&plan) }));
        return Ok(());
    }
    let desk = Desk::open(context)?;
    let mut filled = None;
    let outcome = recorded_at(context, &desk, Kind::EraseFreeSpace, |desk, trace| {
        let record = fill(context, args, folder, (desk, trace), &mut filled);
        context.screen.clear();
        record
    });
    // Told when the ledger has it. An interruption and what is left behind are told as failures.
    match (&filled, outcome) {
        (Some(record), Ok(())) => {
            tell(context, record);
            context.result(record);
            Ok(())
        }
        (Some(record), Err(mut failure)) if failure.code == code::IN_PART => {
            tell(context, record);
            context.result(record);
            failure.reported = true;
            Err(failure)
        }
        (_, outcome) => outcome,
    }
}

fn look(args: &EraseArgs, folder: &Path) -> Result<Plan, Failure> {
    // Zeros prove nothing where they are stored as a hole or only once, and nobody says where that is so.
    let method = args.method.map_or(Method::Random, Method::from);
    if !folder.is_dir() {
        let kind = if folder.symlink_metadata().is_ok() {
            std::io::ErrorKind::NotADirectory
        } else {
            std::io::ErrorKind::NotFound
        };
        return Err(words::io(folder, &kind.into()));
    }
    Plan::look(folder, args.reserve, method, args.dry_run).map_err(|refused| words::fill(folder, &refused))
}

fn fill(
    context: &Context,
    args: &EraseArgs,
    folder: &Path,
    (desk, trace): (&Desk, &Trace),
    told: &mut Option<FillRecord>,
) -> Result<(), Failure> {
    asked_for(args, trace)?;
    approved(context, desk, args, folder, trace)?;
    let plan = look(args, folder)?;
    trace.fact("mount_point", plan.place.mount_point.to_string_lossy().into_owned());
    show(context, &plan);
    confirm(context, &plan)?;
    trace.begin()?;
    let filled = at_work(context, &plan, folder)?;
    trace.facts(serde_json::to_value(&filled.record).unwrap_or_default());
    let ended = judge(filled, told);
    if let (Ok(()), Some(record)) = (&ended, told.as_ref())
        && plan.can_be_trimmed()
    {
        context.note(&t!("fill-trim", mount = show::name(&record.mount_point)));
    }
    ended
}

/// Fills, with a note for the next run should this one be killed: a disk left full is a disaster.
fn at_work(context: &Context, plan: &Plan, folder: &Path) -> Result<Filled, Failure> {
    let home = context.home()?;
    let note = home.note(WorkKind::Fill, folder).map_err(|e| words::io(home.folder(), &e))?;
    let filled = freespace::fill(plan, &note.folder, &context.screen);
    context.screen.clear();
    if filled.replaced {
        // What stands under the noted name is not ours to remove.
        note.disown();
    } else {
        drop(note);
    }
    Ok(filled)
}

/// Fills what is free where a folder lies, as part of another work. What came of it, for its record.
pub fn fill_once(context: &Context, folder: &Path) -> Result<Value, Failure> {
    let plan = Plan::look(folder, None, Method::Random, false).map_err(|refused| words::fill(folder, &refused))?;
    show(context, &plan);
    let filled = at_work(context, &plan, folder)?;
    if let Some((path, error)) = &filled.left {
        return Err(words::not_removed(path, error));
    }
    tell(context, &filled.record);
    Ok(serde_json::to_value(&filled.record).unwrap_or_default())
}

/// What a person said of it.
fn asked_for(args: &EraseArgs, trace: &Trace) -> Result<(), Failure> {
    let texts = [
        ("approval", &args.approval),
        ("approved_by", &args.approved_by),
        ("location", &args.location),
        ("reason", &args.reason),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            trace.fact(name, said::text(text)?);
        }
    }
    let witnesses = args.witness.iter().map(|name| said::text(name)).collect::<Result<Vec<_>, _>>()?;
    if !witnesses.is_empty() {
        trace.fact("witness", witnesses);
    }
    if let Some(medium) = &args.medium_id {
        trace.about(SubjectType::Medium, said::text(medium)?);
    }
    Ok(())
}

/// A decision comes first where the case asks for one, as for files: on the medium that is named, or on the place.
fn approved(context: &Context, desk: &Desk, args: &EraseArgs, folder: &Path, trace: &Trace) -> Result<(), Failure> {
    let things = [args.medium_id.clone().unwrap_or_else(|| show::path(folder))];
    let life = desk.life()?;
    let found = approvals::asked(context, desk, &life, Approval::Erasure, args.approval.as_deref(), &things)?;
    approvals::about(trace, found.as_ref());
    if let Some(InForce { number, by, date }) = found {
        trace.facts(json!({ "approval": number, "approved_by": by, "approved_on": date.to_string() }));
    }
    Ok(())
}

/// What came of it, as an exit code has it.
fn judge(filled: Filled, told: &mut Option<FillRecord>) -> Result<(), Failure> {
    let Filled { record, error, left, replaced: _ } = filled;
    if let Some((path, error)) = left {
        return Err(words::not_removed(&path, &error));
    }
    let record = told.insert(record);
    if record.ended == Ended::Interrupted {
        let mut failure = words::cancelled();
        failure.details.push(t!("fill-so-far", equal = show::size(record.equal)));
        return Err(failure);
    }
    match (record.verdict, error) {
        (Verdict::Done, None) => Ok(()),
        (_, Some((_, error))) if record.filled == 0 && is_full(&error) => {
            // What is free is free for the file system's own records alone.
            let refused = Refused::TooLittle { free: record.free_before, reserve: record.reserve };
            Err(words::fill(Path::new(&record.mount_point), &refused))
        }
        (_, Some((path, error))) if record.equal == 0 => Err(words::io(&path, &error)),
        (_, error) => {
            let reason =
                error.map(|(path, e)| t!("fill-more", path = show::path(&path), reason = show::name(&e.to_string())));
            Err(words::filled_in_part(record).with_details(reason.into_iter().collect()))
        }
    }
}

fn is_full(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded)
}

fn confirm(context: &Context, plan: &Plan) -> Result<(), Failure> {
    if plan.is_the_systems() {
        context.warn(&t!("warn-fill-system"));
    }
    if context.yes {
        return Ok(());
    }
    if !context.may_ask() {
        return Err(Failure::usage("needs_yes", t!("err-needs-yes-fill"), t!("hint-needs-yes-fill")));
    }
    let agreed = prompt::yes(&t!("ask-fill")).map_err(|e| words::terminal(&e))?;
    if agreed { Ok(()) } else { Err(words::cancelled()) }
}

fn show(context: &Context, plan: &Plan) {
    let mount = show::path(&plan.place.mount_point);
    context.note(&t!("fill-plan-place", mount = mount, kind = show::name(&plan.place.fs_type)));
    context.note(&t!("fill-plan-free", free = show::size(plan.free)));
    context.note(&t!("fill-plan-reserve", reserve = show::size(plan.reserve)));
    let expected = show::size(plan.expected());
    context.note(&t!("fill-plan-expected", expected = expected, method = plan.method.name()));
}

fn plan_json(plan: &Plan) -> Value {
    json!({
        "mount_point": plan.place.mount_point.to_string_lossy(),
        "file_system": plan.place.fs_type,
        "free": plan.free,
        "reserve": plan.reserve,
        "expected": plan.expected(),
        "method": plan.method,
    })
}

fn tell(context: &Context, record: &FillRecord) {
    let percent = format!("{}.{}", record.permille / 10, record.permille % 10);
    let (free, equal) = (show::size(record.free_before), show::size(record.equal));
    context.say(&t!("fill-covered", free = free, equal = equal, percent = percent));
    if record.differs + record.not_established > 0 {
        let (differs, unknown) = (show::size(record.differs), show::size(record.not_established));
        context.say(&t!("fill-not-covered", differs = differs, unknown = unknown));
    }
    if record.given_back > 0 {
        context.say(&t!("fill-given-back", bytes = show::size(record.given_back)));
    }
    context.chat(&t!("fill-ended", why = words::ended(record.ended)));
    context.chat(&t!("fill-free-at-end", bytes = show::size(record.free_at_end)));
    context.chat(&t!(
        "fill-slots",
        small = show::number(record.small_files),
        empty = show::number(record.empty_files),
        filled = show::number(record.inodes_filled),
        free = show::number(record.inodes_free)
    ));
    context.chat(&t!("fill-plan-beyond"));
    for &beyond in &record.not_reached {
        context.chat(&format!("  {}", words::beyond(beyond)));
    }
}
