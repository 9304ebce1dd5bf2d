//! `tewatashi case …`: trust, copies, and holds.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use serde_json::json;

use super::args::CaseCommand;
use super::context::Context;
use super::desk::{Desk, Draft, facts, head_of, key_path, recorded, recorded_at, settings};
use super::failure::Failure;
use super::{counted, words};
use crate::case::folder::CaseFolder;
use crate::erase::os;
use crate::home::{Known, Seen};
use crate::ledger::checkpoint::base64;
use crate::ledger::{
    Claim, Entry, Finding, Head, Kind, Ledger, Notice, Operator, Outcome, Question, SubjectType, keys, verify,
};
use crate::sign::KeyFile;
use crate::t;
use crate::term::out::out;
use crate::term::show;

pub fn run(context: &Context, command: &CaseCommand) -> Result<(), Failure> {
    match command {
        CaseCommand::Trust { folder } => trust(context, folder),
        CaseCommand::List => list(context),
        CaseCommand::Backup { file } => backup(context, file),
        CaseCommand::Restore { file, to, reason } => restore(context, file, to, reason),
        CaseCommand::Hold { reason } => hold(context, reason),
        CaseCommand::Release { hold, reason } => release(context, *hold, reason),
    }
}

/// A case that came from elsewhere is looked through once before it is used.
fn trust(context: &Context, path: &Path) -> Result<(), Failure> {
    let home = context.home()?;
    let folder = CaseFolder::at(path);
    if !folder.exists() {
        let shown = show::path(path);
        return Err(Failure::failed("no_case_here", t!("err-no-case-here", path = shown.clone()), t!("hint-no-case"))
            .about(shown));
    }
    let settings = settings(&folder)?;
    let place = folder.path.canonicalize().map_err(|e| words::io(&folder.path, &e))?;
    let (known, notices) = looked_through(&folder, &home.cases(), false)?;
    // Attack: another case put where a trusted one was; trusting it would forget what was known of that one.
    let before = home.cases().into_iter().find(|case| case.folder == place && case.origin != known.origin);
    if before.is_some() && !context.yes {
        return Err(words::broken(&[Finding::OtherLedger]).about(show::path(&folder.path)));
    }
    for notice in &notices {
        context.warn(&words::notice(notice));
    }
    home.trust_case(&known).map_err(|e| words::io(home.folder(), &e))?;
    let contract = &settings.contract;
    context.say(&t!("case-trusted", path = show::path(&known.folder), title = show::name(&contract.title)));
    context.chat(&t!("init-key", fingerprint = known.key.clone()));
    context.result(&json!({ "case": known.folder.to_string_lossy(), "origin": known.origin, "key": known.key }));
    Ok(())
}

/// Attack: trust given anew to an older copy of a ledger makes this computer forget that it saw a longer one. `before` is
/// what it knows.
fn looked_through(folder: &CaseFolder, before: &[Known], may_be_older: bool) -> Result<(Known, Vec<Notice>), Failure> {
    let ledger = Ledger::open_to_read(&folder.ledger()).map_err(|e| words::ledger(&e))?;
    let origin = ledger.origin().map_err(|e| words::ledger(&e))?;
    let before = before.iter().find(|known| known.origin == origin);
    let known = before.map(|known| (known.origin.as_str(), known.key.as_str()));
    let remembered = before.and_then(|known| known.seen.as_ref()).and_then(head_of);
    // An older copy may be asked for; one as long as what was seen must hold it.
    let here = ledger.head().map_err(|e| words::ledger(&e))?.size;
    let remembered = remembered.filter(|head| !may_be_older || head.size <= here);
    let question = Question { seen: remembered, known, ..Question::default() };
    let verdict = verify::verify(&ledger, &question).map_err(|e| words::ledger(&e))?;
    if !verdict.findings.is_empty() {
        return Err(words::broken(&verdict.findings).about(show::path(&folder.path)));
    }
    let first = keys::all(&ledger).map_err(|e| words::ledger(&e))?.into_iter().next();
    let key = first.map(|key| key.fingerprint).unwrap_or_default();
    let place = folder.path.canonicalize().map_err(|e| words::io(&folder.path, &e))?;
    Ok((
        Known { folder: place, origin, key, seen: verdict.head.map(|head| seen(&head)), documents: 0 },
        verdict.notices,
    ))
}

fn seen(head: &Head) -> Seen {
    Seen { size: head.size, root: base64(&head.root) }
}

fn list(context: &Context) -> Result<(), Failure> {
    let cases = context.home()?.cases();
    let named: Vec<_> = cases
        .iter()
        .map(|known| {
            let contract = settings(&CaseFolder::at(&known.folder)).ok().map(|s| s.contract);
            (known, contract)
        })
        .collect();
    if !context.json {
        for (known, contract) in &named {
            let title = contract.as_ref().map_or_else(|| t!("case-unreadable"), |c| show::name(&c.title));
            out(&format!("{}  {}", show::path(&known.folder), title));
        }
    }
    let rows = named.iter().map(|(known, contract)| {
        json!({
            "folder": known.folder.to_string_lossy(), "origin": known.origin, "key": known.key,
            "contract": contract.as_ref().map(|c| c.number.clone()), "title": contract.as_ref().map(|c| c.title.clone()),
        })
    });
    context.result(&json!({ "cases": rows.collect::<Vec<_>>() }));
    Ok(())
}

/// What a copy holds, beside the ledger.
const SETTINGS: &str = "tewatashi.toml";
const LEDGER: &str = "ledger.db";
const KEY: &str = "keys/ledger_ed25519";
const FINGERPRINTS: &str = "keys/fingerprint";
const OPENED: &str = "keys/opened";
const RECORDS: &str = "records";
const FORMS: &str = "forms";

/// Everything of a case in one tar. The copy says of itself that it was made, so that what is brought back from it can be
/// told from an older ledger put in its place.
fn backup(context: &Context, file: &Path) -> Result<(), Failure> {
    let desk = Desk::open(context)?;
    recorded_at(context, &desk, Kind::Backup, |_, _| {
        if file.symlink_metadata().is_ok() {
            let shown = show::path(file);
            return Err(
                Failure::refused("exists", t!("err-exists", path = shown.clone()), t!("hint-exists")).about(shown)
            );
        }
        Ok(())
    })?;
    let head = desk.look(Ledger::head)?;
    let copied = super::place::place_new(file, |to| copy(context, &desk, to).map_err(|e| words::io(file, &e)));
    if let Err(failure) = copied {
        // The copy would have held the entry that it was made; now the ledger says that it was not.
        let facts = facts(json!({ "error": { "code": failure.code, "kind": failure.kind } }));
        desk.append(context, Draft { kind: Kind::Backup, subjects: Vec::new(), result: Outcome::Failed, facts })?;
        return Err(failure);
    }
    let code = head.code().to_string();
    context.say(&t!(
        "backup-done",
        path = show::path(file),
        entries = counted::entries(head.size),
        code = code.clone()
    ));
    context.warn(&t!("warn-backup-key"));
    context.result(&json!({ "file": file.to_string_lossy(), "entries": head.size, "code": code }));
    Ok(())
}

fn copy(context: &Context, desk: &Desk, to: &mut File) -> std::io::Result<()> {
    let folder = tempfile::tempdir()?;
    let snapshot = folder.path().join(LEDGER);
    desk.look(|ledger| ledger.snapshot(&snapshot)).map_err(|e| std::io::Error::other(e.message))?;
    let mut tar = tar::Builder::new(BufWriter::new(to));
    tar.follow_symlinks(false);
    tar.append_path_with_name(desk.folder.settings(), SETTINGS)?;
    tar.append_path_with_name(&snapshot, LEDGER)?;
    let key = key_path(context, &desk.folder, desk.is_default).map_err(|e| std::io::Error::other(e.message))?;
    if key.is_file() {
        tar.append_path_with_name(key, KEY)?;
    }
    let fingerprints = desk.folder.fingerprint_key();
    if fingerprints.is_file() {
        tar.append_path_with_name(fingerprints, FINGERPRINTS)?;
    }
    let folders = [(RECORDS, desk.folder.records()), (FORMS, desk.folder.forms()), (OPENED, desk.folder.opened())];
    for (name, folder) in folders {
        if folder.is_dir() {
            tar.append_dir_all(name, folder)?;
        }
    }
    let mut file = tar.into_inner()?;
    file.flush()
}

/// Brings a case back into a new folder. What the ledger had since is lost, and the first entry after it says so.
fn restore(context: &Context, file: &Path, to: &Path, reason: &str) -> Result<(), Failure> {
    let home = context.home()?;
    let reason = super::said::text(reason)?;
    if to.symlink_metadata().is_ok() {
        let shown = show::path(to);
        return Err(
            Failure::refused("exists", t!("err-exists", path = shown.clone()), t!("hint-restore-to")).about(shown)
        );
    }
    let parent = to.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let draft =
        tempfile::Builder::new().prefix(".tewatashi-restore-").tempdir_in(parent).map_err(|e| words::io(parent, &e))?;
    if file.is_dir() {
        gather(file, draft.path())?;
    } else {
        unpack(file, draft.path())?;
    }
    let inside = CaseFolder::at(draft.path());
    if !inside.exists() {
        return Err(not_a_backup(file));
    }
    // An older copy is what is asked for here, and the next entry says so.
    let (found, _) = looked_through(&inside, &home.cases(), true)?;
    let known = home.cases().into_iter().find(|known| known.origin == found.origin);
    let place_before = known.as_ref().map(|known| known.folder.clone());
    let documents = known.as_ref().map_or(0, |known| known.documents);
    let before = known.and_then(|known| known.seen);
    let lost = match (&before, &found.seen) {
        (Some(before), Some(copy)) if before.size > copy.size => Some((copy.size + 1, before.size)),
        _ => None,
    };
    let found = Known { documents, ..found };
    let head = note_restored(context, &inside, &found, before.as_ref(), lost, &reason)?;
    os::rename_no_replace(draft.path(), to).map_err(|e| words::io(to, &e))?;
    let _ = draft.keep();
    os::sync_dir(parent).map_err(|e| words::io(parent, &e))?;
    let place = to.canonicalize().map_err(|e| words::io(to, &e))?;
    let known = Known { folder: place, seen: Some(seen(&head)), ..found };
    home.trust_case(&known).map_err(|e| words::io(home.folder(), &e))?;
    context.say(&t!("restored", path = show::path(&known.folder), entries = counted::entries(head.size)));
    if let Some((from, until)) = lost {
        context.warn(&t!("warn-restore-lost", from = from.to_string(), to = until.to_string()));
    }
    // Two copies that both grow would be two pasts.
    if let Some(before) = place_before.filter(|before| before.is_dir() && *before != known.folder) {
        context.warn(&t!("warn-restore-instead", path = show::path(&before)));
    }
    context.result(&json!({
        "case": known.folder.to_string_lossy(), "entries": head.size, "code": head.code().to_string(),
        "lost": lost.map(|(from, to)| json!({ "from": from, "to": to })),
    }));
    Ok(())
}

fn note_restored(
    context: &Context,
    folder: &CaseFolder,
    found: &Known,
    before: Option<&Seen>,
    lost: Option<(u64, u64)>,
    reason: &str,
) -> Result<Head, Failure> {
    let signer = match KeyFile::read(&folder.key()) {
        Ok((KeyFile::Open(key), _)) => Some(key),
        Ok((KeyFile::Locked(locked), _)) => match &context.key_passphrase_file {
            Some(file) => Some(locked.unlock(&super::secret::read_text(file)?).map_err(|e| words::signing(&e))?),
            None => None,
        },
        Err(_) => None,
    };
    let (mut ledger, _) = Ledger::open(&folder.ledger()).map_err(|e| words::ledger(&e))?;
    // The key of another day must not sign; the ledger would look forged for ever.
    let current = keys::current(&ledger).map_err(|e| words::ledger(&e))?.map(|key| key.fingerprint);
    let signer = signer.filter(|key| Some(key.fingerprint()) == current);
    if signer.is_none() {
        context.warn(&t!("warn-restore-key"));
    }
    let (os_user, host) = os::user_and_host();
    let name = context.operator.as_deref().map(super::said::text).transpose()?;
    let by = if name.is_some() { Claim::Option } else { Claim::OsUser };
    let operator = Operator { name: name.unwrap_or_else(|| os_user.clone()), staff: None, by, os_user, host };
    let facts = facts(json!({
        "reason": reason,
        // Their numbers are on paper somewhere, and must not be issued again.
        "documents_lost": found.documents.saturating_sub(ledger.documents().map_err(|e| words::ledger(&e))?),
        "copy": found.seen.as_ref().map(|seen| seen.size),
        "seen_before": before.map(|seen| json!({ "size": seen.size, "root": seen.root })),
        "lost": lost.map(|(from, to)| json!({ "from": from, "to": to })),
    }));
    let draft = Draft::done(Kind::Restore, Vec::new(), facts);
    let appended = ledger.append(signer.as_ref(), |number| draft.entry(number, &operator));
    Ok(appended.map_err(|e| words::ledger(&e))?.head)
}

fn not_a_backup(file: &Path) -> Failure {
    let shown = show::path(file);
    Failure::failed("not_a_backup", t!("err-not-a-backup", path = shown.clone()), t!("hint-not-a-backup")).about(shown)
}

/// The same from a folder: one that the computer's own backup brought back.
fn gather(folder: &Path, to: &Path) -> Result<(), Failure> {
    let io = |e: &std::io::Error| words::io(folder, e);
    for name in ["keys", RECORDS] {
        os::make_private_dir(&to.join(name)).map_err(|e| words::io(to, &e))?;
    }
    let below = |name| walkdir::WalkDir::new(folder.join(name)).follow_links(false).into_iter().flatten();
    let files = below(RECORDS).chain(below(FORMS)).chain(below(OPENED));
    let files = files.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path);
    let named = [SETTINGS, LEDGER, "ledger.db-wal", KEY, FINGERPRINTS].map(|name| folder.join(name));
    for from in named.into_iter().filter(|path| path.is_file()).chain(files) {
        let place = to.join(from.strip_prefix(folder).unwrap_or(&from));
        std::fs::create_dir_all(place.parent().unwrap_or(to)).map_err(|e| io(&e))?;
        let mut new = os::create_new_private(&place, false).map_err(|e| io(&e))?;
        let copied =
            File::open(&from).and_then(|mut old| std::io::copy(&mut old, &mut new)).and_then(|_| new.sync_all());
        copied.map_err(|e| words::io(&from, &e))?;
    }
    Ok(())
}

/// Attack: a file that unpacks outside of its folder, or as a link. Only plain files under the known names are taken.
fn unpack(file: &Path, to: &Path) -> Result<(), Failure> {
    let bad = |_| not_a_backup(file);
    let mut tar = tar::Archive::new(File::open(file).map_err(|e| words::io(file, &e))?);
    for name in ["keys", RECORDS] {
        os::make_private_dir(&to.join(name)).map_err(|e| words::io(to, &e))?;
    }
    for member in tar.entries().map_err(bad)? {
        let mut member = member.map_err(bad)?;
        let name = member.path().map_err(bad)?.into_owned();
        let plain = name.components().all(|part| matches!(part, std::path::Component::Normal(_)));
        let known = name == Path::new(SETTINGS)
            || name == Path::new(LEDGER)
            || name == Path::new(KEY)
            || name == Path::new(FINGERPRINTS)
            || name.starts_with(RECORDS)
            || name.starts_with(FORMS)
            || name.starts_with(OPENED);
        if !plain || !known {
            return Err(not_a_backup(file));
        }
        let place: PathBuf = to.join(&name);
        if member.header().entry_type().is_dir() {
            fs::create_dir_all(&place).map_err(|e| words::io(&place, &e))?;
        } else if member.header().entry_type().is_file() {
            let mut new = os::create_new_private(&place, false).map_err(|e| words::io(&place, &e))?;
            std::io::copy(&mut member, &mut new).and_then(|_| new.sync_all()).map_err(|e| words::io(&place, &e))?;
        } else {
            return Err(not_a_backup(file));
        }
    }
    Ok(())
}

/// Holds that nobody released.
pub fn holds(desk: &Desk) -> Result<Vec<Entry>, Failure> {
    desk.look(|ledger| {
        let released: Vec<u64> = ledger
            .of_kinds(&[Kind::Release])?
            .iter()
            .filter(|entry| entry.result == Outcome::Done)
            .filter_map(|entry| entry.facts.get("hold")?.as_u64())
            .collect();
        let mut holds = ledger.of_kinds(&[Kind::Hold])?;
        holds.retain(|entry| entry.result == Outcome::Done && !released.contains(&entry.number));
        Ok(holds)
    })
}

fn hold(context: &Context, reason: &str) -> Result<(), Failure> {
    let reason = super::said::text(reason)?;
    let desk = Desk::open(context)?;
    recorded_at(context, &desk, Kind::Hold, |_, trace| {
        trace.fact("reason", reason.clone());
        Ok(())
    })?;
    let number = desk.last_entry();
    context.say(&t!("held", number = number.to_string()));
    context.result(&json!({ "hold": number }));
    Ok(())
}

fn release(context: &Context, hold: u64, reason: &str) -> Result<(), Failure> {
    let reason = super::said::text(reason)?;
    recorded(context, Kind::Release, |desk, trace| {
        if !holds(desk)?.iter().any(|entry| entry.number == hold) {
            let number = hold.to_string();
            return Err(Failure::failed("no_hold", t!("err-no-hold", number = number), t!("hint-no-hold")));
        }
        trace.about(SubjectType::Entry, hold.to_string());
        trace.facts(json!({ "hold": hold, "reason": reason }));
        Ok(())
    })?;
    context.say(&t!("released", number = hold.to_string()));
    context.result(&json!({ "hold": hold }));
    Ok(())
}
