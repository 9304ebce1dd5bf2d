//! The case at hand: which one, who acts, and the trace that every command leaves in its ledger.

mod found;
mod operator;
mod trace;

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use chrono::{Local, SecondsFormat};
use serde_json::{Map, Value, json};

pub use found::{Beginning, clear_killed, found, make, make_default};
pub use trace::{Trace, allowed, recorded, recorded_at};

use super::context::Context;
use super::failure::Failure;
use super::words;
use crate::case::changes;
use crate::case::folder::CaseFolder;
use crate::case::{Effective, Roster, Settings};
use crate::erase::os;
use crate::home::{Known, Seen};
use crate::ledger::checkpoint::base64;
use crate::ledger::{
    Appended, Clock, Entry, Finding, Head, Kind, Ledger, Operator, Outcome, Subject, corrected, entry, keys, verify,
};
use crate::sign::{KeyFile, SigningKey, rotate};
use crate::t;
use crate::term::{prompt, show};

/// What an entry will say; number, time and operator come when it is appended.
pub struct Draft {
    /// What.
    pub kind: Kind,
    /// On which things.
    pub subjects: Vec<Subject>,
    /// How it ended.
    pub result: Outcome,
    /// What was measured or said.
    pub facts: Map<String, Value>,
}

impl Draft {
    /// Something that was done.
    pub fn done(kind: Kind, subjects: Vec<Subject>, facts: Map<String, Value>) -> Self {
        Self { kind, subjects, result: Outcome::Done, facts }
    }

    /// The entry it becomes.
    pub fn entry(self, number: u64, operator: &Operator) -> Entry {
        Entry {
            v: entry::VERSION,
            number,
            time: Local::now().to_rfc3339_opts(SecondsFormat::Millis, false),
            clock: Clock { source: "system".to_owned(), synchronised: os::clock_follows_a_server() },
            operator: operator.clone(),
            kind: self.kind.text(),
            subjects: self.subjects,
            result: self.result,
            facts: self.facts,
        }
    }
}

enum CaseKey {
    Ready(Rc<SigningKey>),
    Locked,
    Missing,
}

/// The case at hand, open to be written.
pub struct Desk {
    /// Its folder.
    pub folder: CaseFolder,
    /// Its settings.
    pub settings: Settings,
    /// Whether it is the one that stands in where there is no case.
    pub is_default: bool,
    /// Who acts.
    pub operator: Operator,
    /// The origin of its ledger.
    pub origin: String,
    ledger: RefCell<Ledger>,
    key: RefCell<CaseKey>,
    /// Whether the person was found to be allowed to act, in this run.
    may_act: Cell<bool>,
    /// How many entries there were when the state of things was last asked for.
    pub(super) things_seen: Cell<Option<u64>>,
    /// The last entry of this run; another program may have appended since.
    last_entry: Cell<u64>,
}

impl Desk {
    /// Opens the case this run is about, and says which; a case that stands in is made on first use.
    pub fn open(context: &Context) -> Result<Self, Failure> {
        let desk = Self::open_to_erase(context)?;
        super::erase::sweep(context, &desk);
        if let Some(log) = super::erase::unfinished(&desk).first() {
            context.warn(&t!("warn-erase-unfinished", path = show::path(log)));
        }
        Ok(desk)
    }

    /// The same without a word of an erasure that was not finished: for the command that deals with it.
    pub fn open_to_erase(context: &Context) -> Result<Self, Failure> {
        Self::open_with(context, true)
    }

    /// The same where the key is lost: it is not looked at, and nothing asks for its passphrase.
    pub fn open_without_key(context: &Context) -> Result<Self, Failure> {
        Self::open_with(context, false)
    }

    fn open_with(context: &Context, with_key: bool) -> Result<Self, Failure> {
        let home = context.home()?;
        let (folder, is_default) = found(context)?;
        if is_default && !folder.exists() {
            make_default(context, home, &folder)?;
        }
        let settings = settings(&folder)?;
        // Before the ledger: another program may append and remember in between.
        let known = home.case_at(&folder.path);
        let seen = known.as_ref().and_then(|known| known.seen.clone());
        let (ledger, copy) = Ledger::open(&folder.ledger()).map_err(|e| words::ledger(&e))?;
        if let Some(known) = &known {
            the_same(&ledger, known)?;
        }
        if let Some(seen) = seen.as_ref().and_then(head_of) {
            let found = verify::against_memory(&ledger, &seen).map_err(|e| words::ledger(&e))?;
            found.map_or(Ok(()), |finding| Err(words::broken(&[finding])))?;
        }
        if let Some(copy) = copy {
            context.note(&t!("ledger-brought-up", path = show::path(&copy)));
        }
        context.note(&case_line(&folder, &settings, is_default));
        let key =
            if with_key { key(context, &key_path(context, &folder, is_default)?, &ledger)? } else { CaseKey::Missing };
        if matches!(key, CaseKey::Ready(_)) {
            warn_of_strangers(context, &ledger, seen.as_ref())?;
        }
        let origin = ledger.origin().map_err(|e| words::ledger(&e))?;
        let operator = operator::who(context, &settings, &roster(&ledger)?)?;
        let desk = Self {
            folder,
            settings,
            is_default,
            operator,
            origin,
            ledger: RefCell::new(ledger),
            key: RefCell::new(key),
            may_act: Cell::new(false),
            things_seen: Cell::new(None),
            last_entry: Cell::new(0),
        };
        desk.note_changed_settings(context)?;
        Ok(desk)
    }

    /// The signing key. One that is locked and whose passphrase nobody gave cannot sign, nor one that is gone.
    pub fn signer(&self) -> Result<Rc<SigningKey>, Failure> {
        match &*self.key.borrow() {
            CaseKey::Ready(key) => Ok(Rc::clone(key)),
            CaseKey::Locked => Err(Failure::usage("key_locked", t!("err-key-locked"), t!("hint-key-locked"))),
            CaseKey::Missing => Err(Failure::failed("key_missing", t!("err-key-missing"), t!("hint-key-missing"))),
        }
    }

    /// Signs with another key from now on.
    pub fn take_key(&self, key: SigningKey) {
        self.key.replace(CaseKey::Ready(Rc::new(key)));
    }

    /// Appends an entry, signs the head where the key is open, and remembers it outside of the ledger.
    pub fn append(&self, context: &Context, draft: Draft) -> Result<Appended, Failure> {
        let appended =
            self.append_by(context, |ledger, key| ledger.append(key, |number| draft.entry(number, &self.operator)))?;
        self.last_entry.set(appended.entry.number);
        Ok(appended)
    }

    /// The same for a step of things, unless another came since the state of things was asked for.
    fn append_step(&self, context: &Context, seen: u64, draft: Draft) -> Result<Appended, Failure> {
        let appended = self.append_by(context, |ledger, key| {
            ledger.append_unmoved(key, seen, |number| draft.entry(number, &self.operator))
        });
        let appended = appended.map_err(|failure| match failure.kind {
            words::OVERTAKEN => Failure::failed("meanwhile", t!("err-meanwhile"), t!("hint-meanwhile")),
            _ => failure,
        })?;
        self.last_entry.set(appended.entry.number);
        Ok(appended)
    }

    /// The number of the last entry that this run appended.
    pub fn last_entry(&self) -> u64 {
        self.last_entry.get()
    }

    /// The same, for what appends in its own way.
    pub fn append_by<T: HasHead>(
        &self,
        context: &Context,
        append: impl FnOnce(&mut Ledger, Option<&SigningKey>) -> Result<T, crate::ledger::Error>,
    ) -> Result<T, Failure> {
        let key = match &*self.key.borrow() {
            CaseKey::Ready(key) => Some(Rc::clone(key)),
            CaseKey::Locked | CaseKey::Missing => None,
        };
        let appended = append(&mut self.ledger.borrow_mut(), key.as_deref()).map_err(|e| words::ledger(&e))?;
        let signed = self.ledger.borrow().last_checkpoint().map_err(|e| words::ledger(&e))?;
        if signed.is_none_or(|checkpoint| checkpoint.head.size < appended.head().size) {
            context.warn(&t!("warn-unsigned"));
        }
        remember(context, &self.origin, &appended.head());
        Ok(appended)
    }

    /// Looks into the ledger.
    pub fn look<T>(&self, look: impl FnOnce(&Ledger) -> Result<T, crate::ledger::Error>) -> Result<T, Failure> {
        look(&self.ledger.borrow()).map_err(|e| words::ledger(&e))
    }

    /// The people, as the ledger knows them now.
    pub fn roster(&self) -> Result<Roster, Failure> {
        roster(&self.ledger.borrow())
    }

    /// The contract as it stands, changes included.
    pub fn contract(&self) -> Result<Effective, Failure> {
        let amendments = self.look(|ledger| corrected::holding(ledger, &[Kind::ContractAmend]))?;
        Ok(Effective::agreed(&self.settings, amendments.iter()))
    }

    /// Attack: a rule turned off for an hour. Every change is an entry before anything else happens, old and new values.
    fn note_changed_settings(&self, context: &Context) -> Result<(), Failure> {
        let new = self.settings.to_value();
        let last = self.look(|ledger| {
            let found = [ledger.last(Kind::Settings)?, ledger.last(Kind::Init)?, ledger.last(Kind::Restore)?];
            Ok(found.into_iter().flatten().filter(|e| e.facts.contains_key("settings")).max_by_key(|e| e.number))
        })?;
        let old = last.and_then(|mut entry| entry.facts.remove("settings")).unwrap_or(Value::Null);
        if old == new {
            return Ok(());
        }
        let changed = changes(&old, &new);
        let loosened = changed.iter().filter(|change| change.loosened).count();
        context.note(&t!("settings-changed", count = changed.len()));
        if loosened > 0 {
            context.warn(&t!("warn-settings-loosened", count = loosened));
        }
        let facts = facts(json!({ "changes": changed, "settings": new, "loosened": loosened > 0 }));
        self.append(context, Draft::done(Kind::Settings, Vec::new(), facts)).map(|_| ())
    }
}

/// What appending gives back, as far as remembering needs it.
pub trait HasHead {
    /// The new head.
    fn head(&self) -> Head;
}

impl HasHead for Appended {
    fn head(&self) -> Head {
        self.head
    }
}

impl HasHead for Head {
    fn head(&self) -> Head {
        *self
    }
}

/// The case to look into; nothing is written, not even who looks.
pub struct Shelf {
    /// Its folder.
    pub folder: CaseFolder,
    /// Its settings.
    pub settings: Settings,
    /// Its ledger.
    pub ledger: Ledger,
}

impl Shelf {
    /// Opens the case this run is about, to be read.
    pub fn open(context: &Context) -> Result<Self, Failure> {
        let (folder, is_default) = found(context)?;
        if is_default && !folder.exists() {
            return Err(Failure::failed("no_case", t!("err-no-case"), t!("hint-no-case")));
        }
        let settings = settings(&folder)?;
        let ledger = Ledger::open_to_read(&folder.ledger()).map_err(|e| words::ledger(&e))?;
        context.note(&case_line(&folder, &settings, is_default));
        Ok(Self { folder, settings, ledger })
    }

    /// Another trusted case, to be read.
    pub fn at(context: &Context, path: &Path) -> Result<Self, Failure> {
        let folder = CaseFolder { path: path.to_owned() };
        let settings = settings(&folder)?;
        let ledger = Ledger::open_to_read(&folder.ledger()).map_err(|e| words::ledger(&e))?;
        context.note(&case_line(&folder, &settings, false));
        Ok(Self { folder, settings, ledger })
    }

    /// The case of a desk that is open, read beside it.
    pub fn beside(desk: &Desk) -> Result<Self, Failure> {
        let ledger = Ledger::open_to_read(&desk.folder.ledger()).map_err(|e| words::ledger(&e))?;
        Ok(Self { folder: desk.folder.clone(), settings: desk.settings.clone(), ledger })
    }
}

/// Attack: another case, or another past of this one, in a folder that is trusted.
fn the_same(ledger: &Ledger, known: &Known) -> Result<(), Failure> {
    let origin = ledger.origin().map_err(|e| words::ledger(&e))?;
    let first = keys::all(ledger).map_err(|e| words::ledger(&e))?.into_iter().next().map(|key| key.fingerprint);
    let finding = match first {
        _ if origin != known.origin => Finding::OtherLedger,
        Some(key) if key != known.key => Finding::OtherFirstKey { key },
        _ => return Ok(()),
    };
    Err(words::broken(&[finding]))
}

/// Attack: an entry put in by hand at the end, which the next honest signature would cover. What nobody signed, and this
/// computer did not see being written, is said before that.
fn warn_of_strangers(context: &Context, ledger: &Ledger, seen: Option<&Seen>) -> Result<(), Failure> {
    let entries = ledger.head().map_err(|e| words::ledger(&e))?.size;
    let signed = ledger.last_checkpoint().map_err(|e| words::ledger(&e))?.map_or(0, |c| c.head.size);
    let known = signed.max(seen.map_or(0, |seen| seen.size));
    if known < entries && seen.is_some() {
        let (from, to) = ((known + 1).to_string(), entries.to_string());
        context.warn(&t!("warn-strange-entries", from = from, to = to));
    }
    Ok(())
}

/// Facts out of a JSON object.
pub fn facts(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// A head, as it is remembered.
pub fn head_of(seen: &Seen) -> Option<Head> {
    Head::parse(&format!("-\n{}\n{}\n", seen.size, seen.root)).map(|(_, head)| head)
}

/// A head, to be remembered.
pub fn seen_of(head: &Head) -> Seen {
    Seen { size: head.size, root: base64(&head.root) }
}

/// Remembers a head outside of the ledger.
pub fn remember(context: &Context, origin: &str, head: &Head) {
    if let Ok(home) = context.home() {
        home.saw_head(origin, seen_of(head));
    }
}

/// The settings in a case's folder.
pub fn settings(folder: &CaseFolder) -> Result<Settings, Failure> {
    let path = folder.settings();
    let bytes = std::fs::read(&path).map_err(|e| words::io(&path, &e))?;
    Settings::from_bytes(&bytes).map_err(|mistakes| words::mistakes(&path, &mistakes))
}

/// The people, as a ledger knows them.
pub fn roster(ledger: &Ledger) -> Result<Roster, Failure> {
    let kinds = [Kind::StaffAdd, Kind::StaffTrain, Kind::StaffRetire, Kind::StaffTransfer];
    let entries = corrected::holding(ledger, &kinds).map_err(|e| words::ledger(&e))?;
    Ok(Roster::from_entries(entries.iter()))
}

/// The key file of a case. The case that stands in signs with the desk's own key, so that what was signed before there was
/// a ledger stays known.
pub fn key_path(context: &Context, folder: &CaseFolder, is_default: bool) -> Result<PathBuf, Failure> {
    if is_default {
        let home = context.home()?;
        return home.signing_key().map_err(|e| words::io(home.folder(), &e));
    }
    Ok(folder.key())
}

/// Attack, or a slip of the hand: another key in the place of the case's. What it signed would look forged, so it signs
/// nothing.
fn key(context: &Context, path: &Path, ledger: &Ledger) -> Result<CaseKey, Failure> {
    let current = keys::current(ledger).map_err(|e| words::ledger(&e))?.map(|key| key.fingerprint);
    rotate::settle(path, current.as_deref()).map_err(|e| words::io(path, &e))?;
    if !path.is_file() {
        return Ok(CaseKey::Missing);
    }
    let (file, readable_by_others) = KeyFile::read(path).map_err(|e| words::signing(&e))?;
    if readable_by_others {
        context.warn(&t!("warn-key-readable", path = show::path(path)));
    }
    if Some(file.fingerprint()) != current {
        let path = show::path(path);
        return Err(
            Failure::refused("other_key", t!("err-other-key", path = path.clone()), t!("hint-other-key")).about(path)
        );
    }
    let locked = match file {
        KeyFile::Open(key) => return Ok(CaseKey::Ready(Rc::new(key))),
        KeyFile::Locked(locked) => locked,
    };
    let typed = if let Some(file) = &context.key_passphrase_file {
        super::secret::read_text(file)?
    } else if context.may_ask() {
        prompt::secret(&t!("ask-key-passphrase")).map_err(|e| words::terminal(&e))?
    } else {
        return Ok(CaseKey::Locked);
    };
    let key = locked.unlock(&typed).map_err(|e| words::signing(&e))?;
    Ok(CaseKey::Ready(Rc::new(key)))
}

fn case_line(folder: &CaseFolder, settings: &Settings, is_default: bool) -> String {
    let path = show::path(&folder.path.canonicalize().unwrap_or_else(|_| folder.path.clone()));
    if is_default {
        return t!("case-default", path = path);
    }
    let contract = &settings.contract;
    if contract.title.is_empty() {
        return t!("case-unnamed", path = path);
    }
    t!("case-named", title = show::name(&contract.title), number = show::name(&contract.number), path = path)
}
