//! The one store: `SQLite`, and every statement that is sent to it.

use std::fmt::Write;
use std::fs;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, TransactionBehavior, params};
use tempfile::TempDir;

use super::checkpoint::{self, Head};
use super::entry::{Entry, Kind, Outcome};
use super::error::Error;
use super::schema;
use super::tree::{self, Hash, Tree};
use crate::erase::os::{self, Medium, NoMedium};
use crate::sign::SigningKey;

/// An open ledger.
pub struct Ledger {
    pub(super) db: Connection,
    pub(super) path: PathBuf,
    /// Where it was copied to because the place it lies in cannot be written.
    _copy: Option<TempDir>,
}

/// A signed head, as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Size and root.
    pub head: Head,
    /// Fingerprint of the key that signed.
    pub key: String,
    /// The detached signature (sshsig, armoured).
    pub signature: String,
}

/// What an append did.
#[derive(Debug)]
pub struct Appended {
    /// The entry as it stands.
    pub entry: Entry,
    /// The head with it.
    pub head: Head,
}

impl Ledger {
    /// Makes an empty ledger where there is no file yet.
    ///
    /// # Errors
    /// The place takes no ledger, or there is a file.
    pub fn create(path: &Path, origin: &str) -> Result<(), Error> {
        safe_place(path)?;
        os::create_new_private(path, false).map_err(|e| Error::io(path, e))?;
        let of = |e| Error::of(path, e);
        let mut db = Connection::open_with_flags(path, to_write()).map_err(of)?;
        schema::prepare(&db).map_err(of)?;
        schema::create(&mut db).map_err(of)?;
        db.execute("INSERT INTO meta VALUES ('origin', ?1)", [origin]).map_err(of)?;
        Ok(())
    }

    /// Opens it to read and append. An older one is brought up to date; then the path of the copy made first is told.
    ///
    /// # Errors
    /// No ledger, a newer one, a place where it cannot be used safely.
    pub fn open(path: &Path) -> Result<(Self, Option<PathBuf>), Error> {
        fs::File::open(path).map_err(|e| Error::io(path, e))?;
        safe_place(path)?;
        let of = |e| Error::of(path, e);
        let mut db = Connection::open_with_flags(path, to_write()).map_err(of)?;
        if db.is_readonly(rusqlite::MAIN_DB).map_err(of)? {
            return Err(Error::ReadOnly(path.to_owned()));
        }
        if !has_room(path)? {
            return Err(Error::Full(path.to_owned()));
        }
        schema::prepare(&db).map_err(of)?;
        schema::version(&db, path)?;
        let copy = schema::bring_up(&mut db, path)?;
        db.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(())).map_err(of)?;
        // An entry that was acknowledged survives the power.
        db.pragma_update(None, "synchronous", "FULL").map_err(of)?;
        Ok((Self { db, path: path.to_owned(), _copy: None }, copy))
    }

    /// Opens it to read, also where nothing can be written.
    ///
    /// # Errors
    /// No ledger, or a newer one.
    pub fn open_to_read(path: &Path) -> Result<Self, Error> {
        fs::File::open(path).map_err(|e| Error::io(path, e))?;
        safe_place(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let usual = if has_room(path)? { readable(Connection::open_with_flags(path, flags)).ok() } else { None };
        let (db, copy) = match usual {
            Some(db) => (db, None),
            None => beside_nothing(path, flags)?,
        };
        schema::prepare(&db).map_err(|e| Error::of(path, e))?;
        schema::version(&db, path)?;
        Ok(Self { db, path: path.to_owned(), _copy: copy })
    }

    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The name of this ledger in its checkpoints.
    ///
    /// # Errors
    /// The store's.
    pub fn origin(&self) -> Result<String, Error> {
        let text = "SELECT value FROM meta WHERE name = 'origin'";
        let found = self.db.prepare_cached(text).and_then(|mut statement| statement.query_row([], |row| row.get(0)));
        found.map_err(|e| self.of(e))
    }

    /// The head.
    ///
    /// # Errors
    /// The store's.
    pub fn head(&self) -> Result<Head, Error> {
        Ok(Head::of(&edge(&self.db, &self.path)?))
    }

    /// Appends an entry and signs the new head. `compose` is called while no other program can append, so that number and
    /// time follow one order.
    ///
    /// # Errors
    /// The store's; then nothing was added.
    pub fn append(
        &mut self,
        signer: Option<&SigningKey>,
        compose: impl FnOnce(u64) -> Entry,
    ) -> Result<Appended, Error> {
        self.append_if(signer, |_| Ok(()), compose)
    }

    /// The same, where `may` has the last word, in the same step.
    pub(super) fn append_if(
        &mut self,
        signer: Option<&SigningKey>,
        may: impl FnOnce(&Connection) -> Result<(), Error>,
        compose: impl FnOnce(u64) -> Entry,
    ) -> Result<Appended, Error> {
        let mut composed = Some(compose);
        let mut entry = None;
        let head = self.append_steps(
            signer,
            1,
            may,
            |number, _| {
                // One entry is asked for once.
                let made = composed.take().map(|compose| compose(number));
                entry.clone_from(&made);
                made
            },
            |_, _, _| Ok(()),
        )?;
        entry.map(|entry| Appended { entry, head }).ok_or(Error::NotCanonical)
    }

    /// Appends several entries in one step, with more to store beside each, and signs the new head.
    pub(super) fn append_all(
        &mut self,
        signer: Option<&SigningKey>,
        count: usize,
        compose: impl FnMut(u64, usize) -> Option<Entry>,
        more: impl FnMut(&Transaction, u64, usize) -> rusqlite::Result<()>,
    ) -> Result<Head, Error> {
        self.append_steps(signer, count, |_| Ok(()), compose, more)
    }

    fn append_steps(
        &mut self,
        signer: Option<&SigningKey>,
        count: usize,
        may: impl FnOnce(&Connection) -> Result<(), Error>,
        mut compose: impl FnMut(u64, usize) -> Option<Entry>,
        mut more: impl FnMut(&Transaction, u64, usize) -> rusqlite::Result<()>,
    ) -> Result<Head, Error> {
        let origin = self.origin()?;
        let path = self.path.clone();
        let of = |e| Error::of(&path, e);
        let change = Transaction::new(&mut self.db, TransactionBehavior::Immediate).map_err(of)?;
        let mut tree = edge(&change, &path)?;
        grows_from(&change, &tree, &path)?;
        may(&change)?;
        let mut may_sign = current_key(&change).map_err(of)?;
        for at in 0..count {
            let number = tree.size() + 1;
            let entry = compose(number, at).ok_or(Error::NotCanonical)?;
            may_sign = signs_at_once(&entry).or(may_sign);
            let body = entry.canonical().map_err(|_| Error::NotCanonical)?;
            tree.push(tree::leaf(body.as_bytes()));
            insert(&change, &entry, &body, &tree).map_err(of)?;
            more(&change, number, at).map_err(of)?;
        }
        let head = Head::of(&tree);
        // A program that began before the key was replaced still holds the old one, and what that signs now would look
        // forged for ever. The entry stays without a signature until the next one.
        let holds = |key: &&SigningKey| may_sign.as_ref().is_none_or(|current| *current == key.fingerprint());
        if let Some(key) = signer.filter(|_| count > 0).filter(holds) {
            sign(&change, &head, &origin, key, &path)?;
        }
        change.commit().map_err(of)?;
        Ok(head)
    }

    /// Signs the head, where no signature covers it yet.
    ///
    /// # Errors
    /// The store's, or the key's.
    pub fn sign_head(&mut self, key: &SigningKey) -> Result<Head, Error> {
        let origin = self.origin()?;
        let path = self.path.clone();
        let of = |e| Error::of(&path, e);
        let change = Transaction::new(&mut self.db, TransactionBehavior::Immediate).map_err(of)?;
        let tree = edge(&change, &path)?;
        grows_from(&change, &tree, &path)?;
        let head = Head::of(&tree);
        let signed = last_checkpoint(&change).map_err(of)?.is_some_and(|c| c.head == head);
        let current = current_key(&change).map_err(of)?;
        if !signed && head.size > 0 && current.is_none_or(|current| current == key.fingerprint()) {
            sign(&change, &head, &origin, key, &path)?;
        }
        change.commit().map_err(of)?;
        Ok(head)
    }

    /// The last signed head.
    ///
    /// # Errors
    /// The store's.
    pub fn last_checkpoint(&self) -> Result<Option<Checkpoint>, Error> {
        last_checkpoint(&self.db).map_err(|e| self.of(e))
    }

    /// Whether this ledger's schema knows of entries of others.
    pub(super) fn has_received(&self) -> rusqlite::Result<bool> {
        self.db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'received'")?.exists([])
    }

    /// The signed head of a size.
    ///
    /// # Errors
    /// The store's.
    pub fn checkpoint(&self, size: u64) -> Result<Option<Checkpoint>, Error> {
        let text = "SELECT size, root, key, signature FROM checkpoints WHERE size = ?1";
        let mut statement = self.db.prepare_cached(text).map_err(|e| self.of(e))?;
        statement.query_row([sql(size)], checkpoint_of).optional().map_err(|e| self.of(e))
    }

    /// A copy of this moment of the ledger, in a new file.
    ///
    /// # Errors
    /// The store's.
    pub fn snapshot(&self, to: &Path) -> Result<(), Error> {
        let text = to.to_str().ok_or_else(|| Error::NotALedger(to.to_owned()))?;
        self.db.execute("VACUUM INTO ?1", [text]).map(|_| ()).map_err(|e| self.of(e))
    }

    /// One entry.
    ///
    /// # Errors
    /// The store's, or an entry that cannot be read.
    pub fn entry(&self, number: u64) -> Result<Option<Entry>, Error> {
        Ok(self.query("SELECT number, body FROM entries WHERE number = ?1", params![sql(number)])?.pop())
    }

    /// The last entry of a kind.
    ///
    /// # Errors
    /// The store's, or an entry that cannot be read.
    pub fn last(&self, kind: Kind) -> Result<Option<Entry>, Error> {
        let text = "SELECT number, body FROM entries WHERE kind = ?1 ORDER BY number DESC LIMIT 1";
        Ok(self.query(text, params![kind.text()])?.pop())
    }

    /// All entries of some kinds, in order.
    ///
    /// # Errors
    /// The store's, or an entry that cannot be read.
    pub fn of_kinds(&self, kinds: &[Kind]) -> Result<Vec<Entry>, Error> {
        let mut found = Vec::new();
        for kind in kinds {
            let text = "SELECT number, body FROM entries WHERE kind = ?1";
            found.append(&mut self.query(text, params![kind.text()])?);
        }
        found.sort_by_key(|entry| entry.number);
        Ok(found)
    }

    /// Everything that names a thing or a person, in order.
    ///
    /// # Errors
    /// The store's, or an entry that cannot be read.
    pub fn history(&self, term: &str) -> Result<Vec<Entry>, Error> {
        let text = "SELECT number, body FROM mentions JOIN entries USING (number) WHERE term = ?1 ORDER BY number";
        self.query(text, params![term])
    }

    /// Hands over the texts of a range of entries, in order, without keeping them.
    ///
    /// # Errors
    /// The store's, or what `take` returns.
    pub fn each<E: From<Error>>(
        &self,
        range: RangeInclusive<u64>,
        mut take: impl FnMut(u64, &str) -> Result<(), E>,
    ) -> Result<(), E> {
        let text = "SELECT number, body FROM entries WHERE number BETWEEN ?1 AND ?2 ORDER BY number";
        let mut statement = self.db.prepare_cached(text).map_err(|e| self.of(e))?;
        let mut rows = statement.query(params![sql(*range.start()), sql(*range.end())]).map_err(|e| self.of(e))?;
        while let Some(row) = rows.next().map_err(|e| self.of(e))? {
            let number = row.get::<_, i64>(0).map_err(|e| self.of(e))?;
            let body = row.get_ref(1).map_err(|e| self.of(e))?;
            let body = body.as_str().map_err(|_| Error::Damaged(self.path.clone()))?;
            take(number.unsigned_abs(), body)?;
        }
        Ok(())
    }

    fn query(&self, text: &str, params: impl rusqlite::Params) -> Result<Vec<Entry>, Error> {
        let mut statement = self.db.prepare_cached(text).map_err(|e| self.of(e))?;
        let rows = statement.query_map(params, |row| row.get::<_, String>(1)).map_err(|e| self.of(e))?;
        rows.map(|body| {
            let body = body.map_err(|e| self.of(e))?;
            serde_json::from_str(&body).map_err(|_| Error::Damaged(self.path.clone()))
        })
        .collect()
    }

    pub(super) fn of(&self, source: rusqlite::Error) -> Error {
        Error::of(&self.path, source)
    }
}

/// `WAL` needs memory shared between all readers and writers, which no network share gives; and the locks of shares have
/// lost many a database. Entries travel between computers as signed files instead.
fn safe_place(path: &Path) -> Result<(), Error> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let place = os::place(folder).map_err(|e| Error::io(folder, e))?;
    match place.medium {
        Medium::None(NoMedium::Network) => Err(Error::Network { path: path.to_owned(), kind: place.fs_type }),
        _ => Ok(()),
    }
}

/// What the log and the memory shared with other programs take at the beginning, and some entries.
const ROOM: u64 = 256 << 10;

/// Whether there is room to work beside the ledger. That memory is a file mapped into the program: where the disk gives out
/// under it, the system ends the program by a signal instead of telling it.
fn has_room(path: &Path) -> Result<bool, Error> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok(os::place(folder).map_err(|e| Error::io(folder, e))?.free_bytes >= ROOM)
}

/// Never made anew; and without the store's own locks between threads, which a connection that is never shared does not need.
fn to_write() -> OpenFlags {
    OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX
}

/// Opening says little; the first look at the tables says whether it can be read.
fn readable(db: rusqlite::Result<Connection>) -> rusqlite::Result<Connection> {
    let db = db?;
    db.busy_timeout(std::time::Duration::from_mins(1))?;
    db.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    Ok(db)
}

/// Reads where no file can be made beside the ledger. With a write-ahead log left by a crash, both are copied to a private
/// folder: a reader told that nothing ever changes would not see what is in the log.
fn beside_nothing(path: &Path, flags: OpenFlags) -> Result<(Connection, Option<TempDir>), Error> {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let log = PathBuf::from(log);
    if fs::metadata(&log).is_ok_and(|meta| meta.len() > 0) {
        let folder = tempfile::tempdir().map_err(|e| Error::io(&std::env::temp_dir(), e))?;
        let (copy, copied_log) = (folder.path().join("ledger.db"), folder.path().join("ledger.db-wal"));
        for (from, to) in [(path, &copy), (&log, &copied_log)] {
            fs::copy(from, to).map_err(|e| Error::io(from, e))?;
            os::make_readable(to).map_err(|e| Error::io(to, e))?;
        }
        let db = readable(Connection::open(&copy)).map_err(|e| Error::of(path, e))?;
        return Ok((db, Some(folder)));
    }
    let absolute = std::path::absolute(path).map_err(|e| Error::io(path, e))?;
    let address = format!("file:{}?immutable=1", escaped(&absolute.to_string_lossy()));
    let db = readable(Connection::open_with_flags(address, flags)).map_err(|e| Error::of(path, e))?;
    Ok((db, None))
}

/// A path inside the address of a file.
fn escaped(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => text.push(char::from(byte)),
            _ => {
                let _ = write!(text, "%{byte:02X}");
            }
        }
    }
    text
}

fn edge(db: &Connection, path: &Path) -> Result<Tree, Error> {
    let row = db.prepare_cached("SELECT size, edge FROM head").and_then(|mut statement| {
        statement.query_row([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?)))
    });
    let (size, edge) = row.map_err(|e| Error::of(path, e))?;
    u64::try_from(size)
        .ok()
        .and_then(|size| Tree::from_edge(size, &edge))
        .ok_or_else(|| Error::Damaged(path.to_owned()))
}

/// Attack: entries cut off or a head turned back, so that new entries grow a clean-looking tree over the gap.
fn grows_from(db: &Connection, tree: &Tree, path: &Path) -> Result<(), Error> {
    let entries: i64 = db
        .prepare_cached("SELECT coalesce(max(number), 0) FROM entries")
        .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
        .map_err(|e| Error::of(path, e))?;
    let signed = last_checkpoint(db).map_err(|e| Error::of(path, e))?;
    let fits = signed.is_none_or(|c| c.head.size < tree.size() || c.head == Head::of(tree));
    if fits && sql(tree.size()) == entries { Ok(()) } else { Err(Error::Damaged(path.to_owned())) }
}

/// The fingerprint of the key that signs now; none in a ledger that names none.
fn current_key(db: &Connection) -> rusqlite::Result<Option<String>> {
    let text = "SELECT body ->> '$.facts.key' FROM entries
        WHERE kind IN ('init', 'key_rotate') AND body ->> '$.result' = 'done' ORDER BY number DESC";
    let mut statement = db.prepare_cached(text)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let named = row.get_ref(0)?.as_str().ok().and_then(fingerprint);
        if named.is_some() {
            return Ok(named);
        }
    }
    Ok(None)
}

fn fingerprint(line: &str) -> Option<String> {
    crate::sign::fingerprint_of(line.trim()).ok()
}

/// The key that signs the entry which names it: the first, and one that replaces a lost key.
fn signs_at_once(entry: &Entry) -> Option<String> {
    let lost = entry.facts.get("lost").and_then(serde_json::Value::as_bool).unwrap_or_default();
    let names = (entry.is(Kind::Init) && entry.number == 1) || (entry.is(Kind::KeyRotate) && lost);
    let key = entry.facts.get("key").filter(|_| names && entry.result == Outcome::Done);
    key?.as_str().and_then(fingerprint)
}

fn insert(change: &Transaction, entry: &Entry, body: &str, tree: &Tree) -> rusqlite::Result<()> {
    let number = sql(entry.number);
    change.prepare_cached("INSERT INTO entries (number, body) VALUES (?1, ?2)")?.execute(params![number, body])?;
    let mut mention = change.prepare_cached("INSERT INTO mentions VALUES (?1, ?2)")?;
    for term in entry.terms() {
        mention.execute(params![term, number])?;
    }
    change.prepare_cached("UPDATE head SET size = ?1, edge = ?2")?.execute(params![number, tree.edge()])?;
    Ok(())
}

fn sign(change: &Transaction, head: &Head, origin: &str, key: &SigningKey, path: &Path) -> Result<(), Error> {
    let signature = key.sign(checkpoint::NAMESPACE, head.body(origin).as_bytes())?;
    let stored = change
        .prepare_cached("INSERT INTO checkpoints VALUES (?1, ?2, ?3, ?4)")
        .and_then(|mut statement| statement.execute(params![sql(head.size), head.root, key.fingerprint(), signature]));
    stored.map(|_| ()).map_err(|e| Error::of(path, e))
}

fn last_checkpoint(db: &Connection) -> rusqlite::Result<Option<Checkpoint>> {
    let text = "SELECT size, root, key, signature FROM checkpoints ORDER BY size DESC LIMIT 1";
    db.prepare_cached(text)?.query_row([], checkpoint_of).optional()
}

pub(super) fn checkpoint_of(row: &rusqlite::Row) -> rusqlite::Result<Checkpoint> {
    Ok(Checkpoint { head: head_of(row)?, key: row.get(2)?, signature: row.get(3)? })
}

/// Size and root, in this order.
pub(super) fn head_of(row: &rusqlite::Row) -> rusqlite::Result<Head> {
    Ok(Head { size: row.get::<_, i64>(0)?.unsigned_abs(), root: row.get::<_, Hash>(1)? })
}

/// `SQLite` counts with a sign; no ledger gets there.
pub(super) fn sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
