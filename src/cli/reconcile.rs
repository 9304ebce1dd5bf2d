//! `tewatashi reconcile`: bundle by bundle and machine by machine, what is settled and what is not. Nothing is settled because
//! nobody knows of it: what was not looked for is said.

use serde_json::{Value, json};

use super::args::ReconcileArgs;
use super::context::Context;
use super::desk::{Desk, Shelf, recorded_at};
use super::equipment::settled_json;
use super::failure::{Failure, code};
use super::status::{self, Standing, open_json};
use super::{things, voided, words};
use crate::ledger::documents;
use crate::ledger::{Kind, SubjectType};
use crate::life::facts::What;
use crate::life::{Bundle, Open, Piece, Search};
use crate::t;
use crate::term::out::out;
use crate::term::show;

pub fn run(context: &Context, args: &ReconcileArgs) -> Result<(), Failure> {
    let desk = Desk::open(context)?;
    let found = recorded_at(context, &desk, Kind::Reconcile, |desk, trace| {
        let shelf = Shelf::beside(desk)?;
        let standing = Standing::of(&shelf, desk.life()?)?;
        let bundles = asked(&standing, args)?;
        let open: Vec<&Open> = standing.open.iter().filter(|open| concerns(open, args, &bundles)).collect();
        for bundle in &bundles {
            trace.about(SubjectType::Bundle, bundle.id.clone());
        }
        let slip_files = slip_files(desk, &bundles)?;
        trace.facts(json!({ "open": open.len() + slip_files.len(), "bundles": bundles.len() }));
        if !context.json {
            tell(context, &standing, &bundles, &open, &slip_files, args);
        }
        let told = json!({
            "result": if open.is_empty() && slip_files.is_empty() { "settled" } else { "open" },
            "bundles": bundles.iter().map(|bundle| bundle_json(&standing, bundle)).collect::<Vec<_>>(),
            "equipment": machines(&standing),
            "unlisted_hosts": standing.life.strangers.iter().map(|(host, _)| host).collect::<Vec<_>>(),
            "slip_files": slip_files,
            "open": open.iter().map(|one| open_json(one, standing.today)).collect::<Vec<_>>(),
        });
        Ok((told, open.len() + slip_files.len()))
    })?;
    let (told, open) = found;
    context.result(&told);
    if open == 0 {
        return Ok(());
    }
    let message = t!("err-open-matters", count = open);
    let mut failure = Failure::new(code::IN_PART, "open_matters", message, t!("hint-open-matters"));
    failure.reported = true;
    Err(failure)
}

fn asked<'s>(standing: &'s Standing, args: &ReconcileArgs) -> Result<Vec<&'s Bundle>, Failure> {
    let Some(said) = &args.bundle else { return Ok(standing.life.bundles.iter().collect()) };
    let Some(id) = things::bundle(said) else {
        let message = t!("err-not-a-bundle-name", thing = show::name(said));
        return Err(Failure::usage("not_a_bundle_name", message, t!("hint-not-a-bundle-name")));
    };
    standing.life.bundle(id.as_str()).map(|bundle| vec![bundle]).ok_or_else(|| voided::unknown(&id))
}

fn concerns(open: &Open, args: &ReconcileArgs, bundles: &[&Bundle]) -> bool {
    args.bundle.is_none()
        || bundles.iter().any(|bundle| {
            open.bundle.as_ref() == Some(&bundle.id) || open.thing == bundle.id || open.thing == bundle.medium
        })
}

/// Files of slips that nobody has erased: a password beside the data.
fn slip_files(desk: &Desk, bundles: &[&Bundle]) -> Result<Vec<Value>, Failure> {
    let all = desk.look(documents::all)?;
    let left = all.into_iter().filter(|slip| {
        slip.given.as_deref() == Some("file")
            && slip.file_gone.is_none()
            && slip.bundle.as_ref().is_none_or(|id| bundles.iter().any(|bundle| bundle.id == *id))
    });
    Ok(left
        .filter_map(|slip| {
            let file = slip.file?;
            let there = std::path::Path::new(&file).symlink_metadata().is_ok();
            Some(json!({ "number": slip.number, "bundle": slip.bundle, "file": file, "there": there }))
        })
        .collect())
}

/// The numbers of slips whose files nobody has erased.
pub fn slip_files_left(desk: &Desk, standing: &Standing) -> Result<Vec<String>, Failure> {
    let left = slip_files(desk, &standing.life.bundles.iter().collect::<Vec<_>>())?;
    Ok(left.iter().filter_map(|slip| slip["number"].as_str().map(str::to_owned)).collect())
}

fn parts<'s>(standing: &'s Standing, bundle: &Bundle) -> (Option<&'s Piece>, Option<&'s Piece>) {
    let medium = standing.life.piece(What::Media, &bundle.medium);
    (medium, bundle.slip.as_deref().and_then(|slip| standing.life.piece(What::Slip, slip)))
}

fn bundle_json(standing: &Standing, bundle: &Bundle) -> Value {
    let (medium, slip) = parts(standing, bundle);
    let part = |piece: &Piece| json!({ "number": piece.name_of(), "state": words::state_name(&piece.state), "void": piece.void });
    json!({
        "id": bundle.id,
        "made_here": !bundle.is_theirs(),
        "medium": medium.map(part),
        "slip": slip.map(part),
        "copies": bundle.copies.iter().map(|copy| json!({
            "copy": copy.copy, "entry": copy.entry, "host": copy.host, "machine": copy.machine, "by": copy.by,
            "erased": copy.erased,
        })).collect::<Vec<_>>(),
        "searches": bundle.searches.iter().map(|search| json!({
            "entry": search.entry, "whole": search.whole, "content": search.content, "name": search.name,
            "bundle_copies": search.bundle_copies,
        })).collect::<Vec<_>>(),
        "certificates": bundle.certificates,
        "void": bundle.void,
        "replaced_by": bundle.replaced_by,
    })
}

fn machines(standing: &Standing) -> Vec<Value> {
    let machines = standing.life.machines.iter();
    machines
        .map(|machine| {
            json!({
                "number": machine.id, "kind": machine.kind, "host": machine.host, "touched": machine.touched,
                "settled": settled_json(machine),
            })
        })
        .collect()
}

fn tell(
    context: &Context,
    standing: &Standing,
    bundles: &[&Bundle],
    open: &[&Open],
    slip_files: &[Value],
    args: &ReconcileArgs,
) {
    for bundle in bundles {
        tell_bundle(standing, bundle);
    }
    if args.bundle.is_none() {
        out(&format!("\n{}", t!("reconcile-machines")));
        for machine in &standing.life.machines {
            out(&format!("  {}", super::equipment::line(machine)));
        }
        for (host, entry) in &standing.life.strangers {
            out(&format!("  {}", t!("warn-host-unlisted", host = show::name(host), entry = entry.to_string())));
        }
        if standing.life.machines.is_empty() && standing.life.strangers.is_empty() {
            out(&format!("  {}", t!("equipment-none")));
        }
    }
    if open.is_empty() && slip_files.is_empty() {
        context.say(&t!("reconcile-settled"));
        return;
    }
    let count = open.len() + slip_files.len();
    out(&format!("\n{}", t!("reconcile-open", count = count)));
    for matter in open {
        out(&status::line(matter, standing.today));
    }
    for slip in slip_files {
        let text = |key: &str| show::name(slip[key].as_str().unwrap_or_default());
        let there = if slip["there"] == true { t!("slip-file-there") } else { t!("slip-file-gone") };
        out(&format!("      {} {}: {there}", t!("slip-named", id = text("number")), text("file")));
    }
}

fn tell_bundle(standing: &Standing, bundle: &Bundle) {
    let (medium, slip) = parts(standing, bundle);
    let side = if bundle.is_theirs() { t!("bundle-theirs") } else { t!("bundle-ours") };
    let title = bundle.title.as_deref().map(show::name).unwrap_or_default();
    out(&format!("{}  {side}  {title}", bundle.id));
    for piece in medium.into_iter().chain(slip) {
        out(&format!("  {}: {}", things::called(piece), words::state(piece)));
    }
    if bundle.copies.is_empty() {
        out(&format!("  {}", t!("copies-none")));
    }
    for copy in &bundle.copies {
        let place = copy.machine.clone().unwrap_or_else(|| copy.host.clone());
        let (entry, place) = (copy.entry.to_string(), show::name(&place));
        out(&format!(
            "  {}",
            match copy.erased {
                Some(erased) => t!("copy-erased", entry = entry, place = place, erased = erased.to_string()),
                None => t!("copy-left", entry = entry, place = place),
            }
        ));
    }
    if bundle.searches.is_empty() {
        out(&format!("  {}", t!("searched-never")));
    }
    for search in &bundle.searches {
        out(&format!("  {}", searched(search)));
    }
    if !bundle.certificates.is_empty() {
        out(&format!("  {}", t!("bundle-certificates", numbers = bundle.certificates.join("・"))));
    }
}

fn searched(search: &Search) -> String {
    let entry = search.entry.to_string();
    if search.found_any() {
        return t!("searched-found", entry = entry, content = search.content, name = search.name);
    }
    let mut told = t!("searched-none", entry = entry);
    if search.bundle_copies > 0 {
        told.push_str(&t!("searched-bundles", count = search.bundle_copies));
    }
    if !search.whole {
        told.push_str(&t!("searched-in-part"));
    }
    told
}
