//! Taking in entries of another ledger. Each becomes an entry here, whole, with its own time beside ours.

use std::collections::HashSet;

use rusqlite::params;
use serde::Deserialize;
use serde_json::{Value, json};

use super::checkpoint::Head;
use super::entry::{Entry, Kind, Outcome, Subject, SubjectType};
use super::keys;
use super::package::{Package, PackageError};
use super::store::{Ledger, sql};
use super::tree::{self, Tree};
use crate::sign::{self, SigningKey};

/// Why entries were not taken in.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// The file's trouble, or the ledger's.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// These are this ledger's own entries.
    #[error("the entries are this ledger's own")]
    Own,
    /// Entries before these are not here yet.
    #[error("entries {from} to {to} of that ledger are missing here")]
    Gap {
        /// The first that is missing.
        from: u64,
        /// The last.
        to: u64,
    },
    /// The same number was received before, with another text: the other ledger has two pasts.
    #[error("entry {number} of that ledger was received before with another text")]
    Fork {
        /// The number in the other ledger.
        number: u64,
    },
    /// The root does not follow from the entries.
    #[error("the signed root is not that of the entries")]
    Root,
    /// Nobody has confirmed this key.
    #[error("the key {key} is not confirmed")]
    UnknownKey {
        /// Its fingerprint.
        key: String,
    },
}

impl From<super::Error> for ReceiveError {
    fn from(error: super::Error) -> Self {
        Self::Package(error.into())
    }
}

/// What was taken in.
#[derive(Debug)]
pub struct Received {
    /// Entries that are new here.
    pub new: u64,
    /// Entries that were here already.
    pub known: u64,
    /// The head here, after it.
    pub head: Head,
}

/// Takes in what a file holds and is not here yet. `compose` makes an entry of this ledger.
///
/// # Errors
/// Whatever is wrong; then nothing was taken in.
pub fn receive(
    ledger: &mut Ledger,
    package: &Package,
    signer: Option<&SigningKey>,
    mut compose: impl FnMut(u64, Kind, Outcome, Vec<Subject>, Value) -> Entry,
) -> Result<Received, ReceiveError> {
    let origin = &package.meta.origin;
    if ledger.origin()? == *origin {
        return Err(ReceiveError::Own);
    }
    let here = received(ledger, origin)?;
    let known = here.len() as u64;
    if package.meta.from > known + 1 {
        return Err(ReceiveError::Gap { from: known + 1, to: package.meta.from - 1 });
    }
    let mut tree = Tree::default();
    let before = usize::try_from(package.meta.from - 1).unwrap_or(usize::MAX);
    here.iter().take(before).for_each(|text| tree.push(tree::leaf(text.as_bytes())));
    let mut new: Vec<String> = Vec::new();
    let mut fork = None;
    package.each(|number, text| {
        tree.push(tree::leaf(text.as_bytes()));
        match usize::try_from(number - 1).ok().and_then(|at| here.get(at)) {
            Some(there) if there != text => fork = fork.or(Some(number)),
            Some(_) => {}
            None => new.push(text.to_owned()),
        }
        Ok(())
    })?;
    // Attack: entries changed on their way.
    if Head::of(&tree) != package.head {
        return Err(ReceiveError::Root);
    }
    if !is_trusted(ledger, package, here.iter().chain(&new))? {
        return Err(ReceiveError::UnknownKey { key: package.key.clone() });
    }
    if let Some(number) = fork {
        return Err(ReceiveError::Fork { number });
    }
    let entries = parsed(&new, known).ok_or(ReceiveError::Root)?;
    let code = package.head.code().to_string();
    let subjects = vec![Subject::new(SubjectType::Ledger, origin)];
    let head = ledger.append_all(
        signer,
        entries.len(),
        |number, at| {
            let theirs = known + at as u64 + 1;
            let facts =
                json!({ "origin": origin, "number": theirs, "key": package.key, "code": code, "entry": entries[at] });
            Some(compose(number, Kind::Received, Outcome::Done, subjects.clone(), facts))
        },
        |change, number, at| {
            let mut insert = change.prepare_cached("INSERT INTO received VALUES (?1, ?2, ?3)")?;
            insert.execute(params![origin, sql(known + at as u64 + 1), sql(number)]).map(|_| ())
        },
    )?;
    Ok(Received { new: entries.len() as u64, known: package.head.size - entries.len() as u64, head })
}

/// The texts of what was received from an origin, from its first entry on.
fn received(ledger: &Ledger, origin: &str) -> Result<Vec<String>, super::Error> {
    #[derive(Deserialize)]
    struct Facts {
        entry: Value,
    }
    #[derive(Deserialize)]
    struct Carrier {
        facts: Facts,
    }
    let text =
        "SELECT body FROM received JOIN entries ON entries.number = here WHERE origin = ?1 ORDER BY received.number";
    let mut statement = ledger.db.prepare(text).map_err(|e| ledger.of(e))?;
    let rows = statement.query_map([origin], |row| row.get::<_, String>(0)).map_err(|e| ledger.of(e))?;
    rows.map(|body| {
        let body = body.map_err(|e| ledger.of(e))?;
        let damaged = || super::Error::Damaged(ledger.path().to_owned());
        let carrier: Carrier = serde_json::from_str(&body).map_err(|_| damaged())?;
        serde_json_canonicalizer::to_string(&carrier.facts.entry).map_err(|_| damaged())
    })
    .collect()
}

/// The entries, when each is canonical and says its own number.
fn parsed(texts: &[String], known: u64) -> Option<Vec<Value>> {
    (known + 1..)
        .zip(texts)
        .map(|(number, text)| {
            let value: Value = serde_json::from_str(text).ok()?;
            let entry: Entry = serde_json::from_value(value.clone()).ok()?;
            let canonical = serde_json_canonicalizer::to_string(&value).ok()? == *text;
            (canonical && entry.number == number).then_some(value)
        })
        .collect()
}

/// A key that the other ledger's entries name.
struct Named {
    entry: u64,
    at_once: bool,
    fingerprint: String,
    line: String,
    trusted: bool,
}

/// Whether the head was signed by the key that these entries say signs there, and that key was confirmed from paper or is
/// named by a chain of keys that begins with one that was.
///
/// Attack: a partner whose key is trusted writes under another partner's origin; so it is not enough that the key is known.
fn is_trusted<'a>(
    ledger: &Ledger,
    package: &Package,
    entries: impl Iterator<Item = &'a String>,
) -> Result<bool, super::Error> {
    let confirmed: HashSet<String> = keys::trusted(ledger)?.into_iter().map(|(key, _)| key).collect();
    let mut chain: Vec<Named> = Vec::new();
    for text in entries.filter(|text| text.contains("\"key_rotate\"") || text.contains("\"init\"")) {
        let Ok(entry) = serde_json::from_str::<Entry>(text) else { continue };
        let names_key = entry.is(Kind::KeyRotate) || (entry.is(Kind::Init) && entry.number == 1);
        if names_key && entry.result == Outcome::Done {
            chain.extend(named(&entry, &package.meta.origin, chain.last(), &confirmed));
        }
    }
    let size = package.head.size;
    let signs = chain.iter().rfind(|key| key.entry < size || (key.at_once && key.entry == size));
    Ok(signs.is_some_and(|key| key.fingerprint == package.key && key.trusted))
}

fn named(entry: &Entry, origin: &str, before: Option<&Named>, confirmed: &HashSet<String>) -> Option<Named> {
    let fact = |name: &str| entry.facts.get(name).and_then(Value::as_str);
    let line = fact("key")?.to_owned();
    let fingerprint = sign::fingerprint_of(&line).ok()?;
    let lost = entry.facts.get("lost").and_then(Value::as_bool).unwrap_or_default();
    let chained = match (before, fact("endorsement")) {
        (Some(old), Some(endorsement)) if !lost => old.trusted && keys::endorses(&old.line, origin, &line, endorsement),
        _ => false,
    };
    let trusted = chained || confirmed.contains(&fingerprint);
    Some(Named { entry: entry.number, at_once: entry.number == 1 || lost, fingerprint, line, trusted })
}
