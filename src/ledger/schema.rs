//! The tables, and how an older ledger becomes a newer one.
//!
//! Entries and checkpoints are written once: triggers refuse every change. That stops mistakes and honest tools; who has
//! the file can drop a trigger, and what they change then is found by the tree. Everything else here is derived.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::error::Error;
use crate::erase::os;

/// `TWTS`: tells a ledger from other databases.
pub const APPLICATION: i32 = 0x5457_5453;

/// What brings a ledger from version n to n + 1.
const MIGRATIONS: [&str; 2] = [
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

     CREATE TABLE entries (
       number INTEGER PRIMARY KEY CHECK (number > 0),
       body TEXT NOT NULL,
       kind TEXT GENERATED ALWAYS AS (json_extract(body, '$.kind')) VIRTUAL
     ) STRICT;
     CREATE INDEX entries_by_kind ON entries (kind, number);
     CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries
       BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END;
     CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries
       BEGIN SELECT RAISE(ABORT, 'entries are never deleted'); END;
     CREATE TRIGGER entries_in_order BEFORE INSERT ON entries
       WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM entries)
       BEGIN SELECT RAISE(ABORT, 'entries are numbered without gaps'); END;

     CREATE TABLE mentions (
       term TEXT NOT NULL,
       number INTEGER NOT NULL REFERENCES entries (number),
       PRIMARY KEY (term, number)
     ) STRICT, WITHOUT ROWID;

     CREATE TABLE checkpoints (
       size INTEGER PRIMARY KEY REFERENCES entries (number),
       root BLOB NOT NULL CHECK (length(root) = 32),
       key TEXT NOT NULL,
       signature TEXT NOT NULL
     ) STRICT;
     CREATE TRIGGER checkpoints_no_update BEFORE UPDATE ON checkpoints
       BEGIN SELECT RAISE(ABORT, 'checkpoints are never changed'); END;
     CREATE TRIGGER checkpoints_no_delete BEFORE DELETE ON checkpoints
       BEGIN SELECT RAISE(ABORT, 'checkpoints are never deleted'); END;

     CREATE TABLE head (
       only INTEGER PRIMARY KEY CHECK (only = 1),
       size INTEGER NOT NULL,
       edge BLOB NOT NULL
     ) STRICT;
     INSERT INTO head VALUES (1, 0, x'');",
    // Which entries of other ledgers are here already.
    "CREATE TABLE received (
       origin TEXT NOT NULL,
       number INTEGER NOT NULL,
       here INTEGER NOT NULL REFERENCES entries (number),
       PRIMARY KEY (origin, number)
     ) STRICT, WITHOUT ROWID;",
];

/// The schema this program writes.
pub const VERSION: u32 = 2;
const _: () = assert!(MIGRATIONS.len() == VERSION as usize);

/// What every connection sets.
pub fn prepare(db: &Connection) -> rusqlite::Result<()> {
    db.busy_timeout(std::time::Duration::from_mins(1))?;
    db.set_prepared_statement_cache_capacity(32);
    db.pragma_update(None, "foreign_keys", true)?;
    // Attack: a prepared file whose schema runs functions when it is read.
    db.pragma_update(None, "trusted_schema", false)?;
    db.pragma_update(None, "cell_size_check", true)?;
    // An insert that replaces fires the triggers that refuse deletion.
    db.pragma_update(None, "recursive_triggers", true)
}

/// The version of a ledger; an error for what is no ledger, or a newer one.
pub fn version(db: &Connection, path: &Path) -> Result<u32, Error> {
    let number = |name: &str| db.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let application = number("application_id").map_err(|e| Error::of(path, e))?;
    if application != APPLICATION {
        return Err(Error::NotALedger(path.to_owned()));
    }
    let found = number("user_version").map_err(|e| Error::of(path, e))?;
    match u32::try_from(found) {
        Ok(found) if found > VERSION => Err(Error::Newer { path: path.to_owned(), found, known: VERSION }),
        Ok(found) if found > 0 => Ok(found),
        _ => Err(Error::NotALedger(path.to_owned())),
    }
}

/// Makes the tables in an empty database.
pub fn create(db: &mut Connection) -> rusqlite::Result<()> {
    db.pragma_update(None, "application_id", APPLICATION)?;
    migrate(db, 0, VERSION)
}

/// Brings an older ledger to this version; a copy of it, named by its version, is made first and stays.
pub fn bring_up(db: &mut Connection, path: &Path) -> Result<Option<PathBuf>, Error> {
    let found = version(db, path)?;
    if found == VERSION {
        return Ok(None);
    }
    let copy = path.with_extension(format!("v{found}.db"));
    let draft = path.with_extension(format!("v{found}.{}.new", std::process::id()));
    let text = draft.to_str().ok_or_else(|| Error::NotALedger(path.to_owned()))?;
    let _ = fs::remove_file(&draft);
    db.execute("VACUUM INTO ?1", [text]).map_err(|e| Error::of(path, e))?;
    // Windows syncs for those alone who may write.
    let synced = os::open_overwrite(&draft).and_then(|file| file.sync_all());
    synced.and_then(|()| fs::rename(&draft, &copy)).map_err(|e| Error::io(&copy, e))?;
    migrate(db, found, VERSION).map_err(|e| Error::of(path, e))?;
    Ok(Some(copy))
}

fn migrate(db: &mut Connection, from: u32, to: u32) -> rusqlite::Result<()> {
    let change = Transaction::new(db, TransactionBehavior::Immediate)?;
    // Another program may have been here between the look and the lock.
    let now = change.pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0))?;
    for step in MIGRATIONS.iter().take(to as usize).skip(from.max(now) as usize) {
        change.execute_batch(step)?;
    }
    change.pragma_update(None, "user_version", to)?;
    change.commit()
}

/// Whether tables, indexes and triggers are those this program makes. Attack: a trigger dropped to change an entry.
pub fn is_intact(db: &Connection) -> rusqlite::Result<bool> {
    let mut fresh = Connection::open_in_memory()?;
    migrate(&mut fresh, 0, db.pragma_query_value(None, "user_version", |row| row.get(0))?)?;
    Ok(definitions(db)? == definitions(&fresh)?)
}

fn definitions(db: &Connection) -> rusqlite::Result<Vec<(String, Option<String>)>> {
    let mut statement =
        db.prepare("SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%' ORDER BY name")?;
    statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Ledger;

    /// A ledger as the first version of this program made it.
    fn first_version(path: &Path) {
        let mut db = Connection::open(path).unwrap();
        db.pragma_update(None, "application_id", APPLICATION).unwrap();
        migrate(&mut db, 0, 1).unwrap();
        db.execute("INSERT INTO meta VALUES ('origin', 'tewatashi/old')", []).unwrap();
    }

    #[test]
    fn an_older_ledger_is_brought_up_and_a_copy_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        first_version(&path);
        let (ledger, copy) = Ledger::open(&path).unwrap();
        assert_eq!(ledger.origin().unwrap(), "tewatashi/old");
        let copy = Connection::open(copy.unwrap()).unwrap();
        assert_eq!(version(&copy, &path).unwrap(), 1);
        drop(ledger);
        assert!(Ledger::open(&path).unwrap().1.is_none(), "once");
    }

    #[test]
    fn an_older_ledger_can_be_read_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        first_version(&path);
        let ledger = Ledger::open_to_read(&path).unwrap();
        assert_eq!(ledger.head().unwrap().size, 0);
        assert!(is_intact(&ledger.db).unwrap());
    }

    #[test]
    fn a_newer_ledger_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        Ledger::create(&path, "tewatashi/new").unwrap();
        Connection::open(&path).unwrap().pragma_update(None, "user_version", VERSION + 1).unwrap();
        assert!(matches!(Ledger::open(&path), Err(Error::Newer { found: 3, known: 2, .. })));
        assert!(matches!(Ledger::open_to_read(&path), Err(Error::Newer { .. })));
    }

    #[test]
    fn entries_cannot_be_changed_through_sql() {
        let mut db = Connection::open_in_memory().unwrap();
        prepare(&db).unwrap();
        create(&mut db).unwrap();
        db.execute("INSERT INTO entries (number, body) VALUES (1, '{}')", []).unwrap();
        for text in [
            "UPDATE entries SET body = '[]'",
            "DELETE FROM entries",
            "INSERT OR REPLACE INTO entries (number, body) VALUES (1, '[]')",
            "INSERT INTO entries (number, body) VALUES (3, '{}')",
            "INSERT INTO mentions VALUES ('x', 9)",
            "INSERT INTO entries (number, body) VALUES ('two', '{}')",
        ] {
            assert!(db.execute(text, []).is_err(), "{text}");
        }
    }
}
