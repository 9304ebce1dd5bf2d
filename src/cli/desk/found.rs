//! Which case: the one that is named, the one the working folder lies in, or the one that stands in for it.

use std::fs;
use std::path::Path;

use serde_json::json;

use super::super::context::Context;
use super::super::failure::Failure;
use super::super::words;
use super::{Draft, facts, seen_of};
use crate::case::Settings;
use crate::case::folder::CaseFolder;
use crate::case::template::template_without_contract;
use crate::erase::os;
use crate::home::{Home, Known};
use crate::ledger::{Claim, Head, Kind, Ledger, Operator};
use crate::sign::{Loaded, SigningKey};
use crate::t;
use crate::term::show;

/// The case folder of this run, and whether it is the one that stands in.
///
/// Attack: a case folder planted where a clerk works, so that its rules hold and entries go to a stranger's ledger. Only
/// what was made or trusted here is used, also when it was named.
pub fn found(context: &Context) -> Result<(CaseFolder, bool), Failure> {
    let home = context.home()?;
    let standing_in = CaseFolder::at(home.folder().join("default"));
    let folder = match &context.case {
        Some(named) => {
            let folder = CaseFolder::at(named);
            if !folder.exists() {
                let path = show::path(named);
                return Err(Failure::failed(
                    "no_case_here",
                    t!("err-no-case-here", path = path.clone()),
                    t!("hint-no-case"),
                )
                .about(path));
            }
            Some(folder)
        }
        None => std::env::current_dir().ok().and_then(|here| CaseFolder::upward(&here)),
    };
    let Some(folder) = folder else { return Ok((standing_in, true)) };
    if same(&folder.path, &standing_in.path) {
        return Ok((standing_in, true));
    }
    if home.case_at(&folder.path).is_none() {
        let path = show::path(&folder.path);
        return Err(Failure::refused(
            "case_not_trusted",
            t!("err-case-not-trusted", path = path.clone()),
            t!("hint-case-not-trusted", path = show::typed(&folder.path)),
        )
        .about(path));
    }
    Ok((folder, false))
}

fn same(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// What a new case begins with.
pub struct Beginning<'a> {
    /// The text of its settings.
    pub text: String,
    /// Its key.
    pub key: &'a SigningKey,
    /// Locks the key's file.
    pub passphrase: Option<&'a str>,
    /// Who makes it.
    pub operator: &'a Operator,
}

/// How the hidden folder is called in which a new case is made.
const DRAFT: &str = ".tewatashi-init-";
/// Stands in it once everything is there and about to be moved to its place.
const WHOLE: &str = "whole";
/// Held in it by a living process.
const LOCK: &str = "lock";
/// What is moved, the ledger last: without it there is no case.
const PARTS: [&str; 4] = ["keys", "records", "tewatashi.toml", "ledger.db"];

/// Takes away what an `init` left that was killed. What it had moved to its place already is no longer in its hidden
/// folder, and goes too, unless the ledger is in its place: then the case is whole.
pub fn clear_killed(folder: &CaseFolder) -> std::io::Result<()> {
    for entry in fs::read_dir(&folder.path).into_iter().flatten().flatten() {
        let draft = entry.path();
        let is_one = entry.file_name().to_string_lossy().starts_with(DRAFT);
        if !is_one || !entry.file_type()?.is_dir() {
            continue;
        }
        let Some(lock) = os::lock_file(&draft.join(LOCK))? else { continue };
        if draft.join(WHOLE).is_file() && draft.join("ledger.db").is_file() {
            for part in PARTS {
                if draft.join(part).symlink_metadata().is_err() {
                    os::rename_no_replace(&folder.path.join(part), &draft.join(part)).or_else(missing)?;
                }
            }
        }
        // Whoever looks next must not take this for the draft of a case that is being moved to its place.
        fs::remove_file(draft.join(WHOLE)).or_else(missing)?;
        // Windows removes no file that is open.
        drop(lock);
        fs::remove_dir_all(&draft).or_else(missing)?;
    }
    Ok(())
}

fn missing(error: std::io::Error) -> std::io::Result<()> {
    if error.kind() == std::io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
}

/// Makes the files of a case in a hidden folder beside their place, and moves them in, the ledger last: a crash leaves no
/// half of a case.
pub fn make(home: &Home, folder: &CaseFolder, beginning: &Beginning, own_key: bool) -> Result<Known, Failure> {
    let io = |e: &std::io::Error| words::io(&folder.path, e);
    let draft = tempfile::Builder::new().prefix(DRAFT).tempdir_in(&folder.path).map_err(|e| io(&e))?;
    let _lock = os::lock_file(&draft.path().join(LOCK)).map_err(|e| io(&e))?;
    let inside = CaseFolder::at(draft.path());
    let random = getrandom::u64().map_err(|e| io(&std::io::Error::other(e)))?;
    let origin = format!("tewatashi/{random:016x}");
    fs::write(inside.settings(), &beginning.text).map_err(|e| io(&e))?;
    os::make_private_dir(&inside.records()).map_err(|e| io(&e))?;
    if own_key {
        let keys = inside.key().parent().map(Path::to_owned).unwrap_or_default();
        os::make_private_dir(&keys).map_err(|e| io(&e))?;
        beginning.key.save_new(&inside.key(), beginning.passphrase).map_err(|e| words::signing(&e))?;
    }
    let head = first_entry(&inside, &origin, beginning)?;
    fs::write(draft.path().join(WHOLE), "").map_err(|e| io(&e))?;
    let names = if own_key { &PARTS[..] } else { &PARTS[1..] };
    for (done, name) in names.iter().enumerate() {
        if let Err(e) = os::rename_no_replace(&draft.path().join(name), &folder.path.join(name)) {
            for undo in &names[..done] {
                let _ = os::rename_no_replace(&folder.path.join(undo), &draft.path().join(undo));
            }
            return Err(words::io(&folder.path.join(name), &e));
        }
    }
    os::sync_dir(&folder.path).map_err(|e| io(&e))?;
    let place = folder.path.canonicalize().map_err(|e| io(&e))?;
    let known =
        Known { folder: place, origin, key: beginning.key.fingerprint(), seen: Some(seen_of(&head)), documents: 0 };
    home.trust_case(&known).map_err(|e| words::io(home.folder(), &e))?;
    Ok(known)
}

fn first_entry(folder: &CaseFolder, origin: &str, beginning: &Beginning) -> Result<Head, Failure> {
    let settings =
        Settings::from_bytes(beginning.text.as_bytes()).map_err(|m| words::mistakes(&folder.settings(), &m))?;
    let path = folder.ledger();
    Ledger::create(&path, origin).map_err(|e| words::ledger(&e))?;
    let facts = facts(json!({
        "origin": origin,
        "key": beginning.key.public_line().trim(),
        "settings": settings.to_value(),
        "tool": concat!("tewatashi ", env!("CARGO_PKG_VERSION")),
    }));
    let (mut ledger, _) = Ledger::open(&path).map_err(|e| words::ledger(&e))?;
    let draft = Draft::done(Kind::Init, Vec::new(), facts);
    let appended = ledger.append(Some(beginning.key), |number| draft.entry(number, beginning.operator));
    Ok(appended.map_err(|e| words::ledger(&e))?.head)
}

/// Makes the case that stands in where there is none, and says so. Two programs that start at once make one.
pub fn make_default(context: &Context, home: &Home, folder: &CaseFolder) -> Result<(), Failure> {
    let path = home.signing_key().map_err(|e| words::io(home.folder(), &e))?;
    let Loaded { key, .. } = SigningKey::load_or_create(&path).map_err(|e| words::signing(&e))?;
    let (os_user, host) = os::user_and_host();
    let operator = Operator { name: os_user.clone(), staff: None, by: Claim::OsUser, os_user, host };
    let text = template_without_contract();
    let beginning = Beginning { text, key: &key, passphrase: None, operator: &operator };
    let staged = tempfile::Builder::new()
        .prefix(".default-")
        .tempdir_in(home.folder())
        .map_err(|e| words::io(home.folder(), &e))?;
    let draft = CaseFolder::at(staged.path());
    let made = make(home, &draft, &beginning, false)?;
    match os::rename_no_replace(staged.path(), &folder.path) {
        Ok(()) => {
            // It lies at its own place now.
            let _ = staged.keep();
            let place = folder.path.canonicalize().map_err(|e| words::io(&folder.path, &e))?;
            let known = Known { folder: place, ..made };
            home.trust_case(&known).map_err(|e| words::io(home.folder(), &e))?;
            context.note(&t!("case-default-made", path = show::path(&folder.path)));
            Ok(())
        }
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {
            home.forget_case(&made.origin).map_err(|e| words::io(home.folder(), &e))
        }
        Err(e) => Err(words::io(&folder.path, &e)),
    }
}
