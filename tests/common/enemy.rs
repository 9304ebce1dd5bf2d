//! The enemy who has the database in hand: drops the triggers, writes what they like, and puts the triggers back.

#![allow(dead_code)] // each test file uses a part

use std::path::Path;

use rusqlite::{Connection, Params};
use serde_json::Value;
use tewatashi::ledger::Head;
use tewatashi::ledger::checkpoint::NAMESPACE;
use tewatashi::ledger::tree::{Tree, leaf};
use tewatashi::sign::SigningKey;

/// A connection that nothing refuses. When it is dropped the triggers stand again, and nothing is left in a log.
pub struct Enemy {
    pub db: Connection,
    triggers: Vec<String>,
}

impl Enemy {
    pub fn at(ledger: &Path) -> Self {
        let db = Connection::open(ledger).unwrap();
        db.pragma_update(None, "foreign_keys", false).unwrap();
        let triggers: Vec<(String, String)> = db
            .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
            .unwrap()
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        for (name, _) in &triggers {
            db.execute(&format!("DROP TRIGGER {name}"), []).unwrap();
        }
        Self { db, triggers: triggers.into_iter().map(|(_, sql)| sql).collect() }
    }

    /// Does something that must do something.
    #[track_caller]
    pub fn run(&self, sql: &str, params: impl Params) {
        assert!(self.db.execute(sql, params).unwrap() > 0, "{sql}");
    }

    /// The text of an entry.
    pub fn body(&self, number: u64) -> String {
        self.db.query_row("SELECT body FROM entries WHERE number = ?1", [sql(number)], |row| row.get(0)).unwrap()
    }

    /// Puts another text in its place.
    pub fn set_body(&self, number: u64, body: &str) {
        self.run("UPDATE entries SET body = ?2 WHERE number = ?1", (sql(number), body));
    }

    /// Changes what an entry says, in canonical form.
    pub fn change(&self, number: u64, change: impl FnOnce(&mut Value)) {
        let mut entry: Value = serde_json::from_str(&self.body(number)).unwrap();
        change(&mut entry);
        self.set_body(number, &serde_json_canonicalizer::to_string(&entry).unwrap());
    }

    /// Moves every entry from a place on by some places; with `bodies` they also say so.
    pub fn shift(&self, from: u64, by: i64, bodies: bool) {
        let size = self.size();
        let mut places: Vec<u64> = (from..=size).filter(|&n| self.has(n)).collect();
        if by > 0 {
            places.reverse();
        }
        for place in places {
            let to = place.checked_add_signed(by).unwrap();
            self.run("UPDATE entries SET number = ?2 WHERE number = ?1", (sql(place), sql(to)));
            if bodies {
                self.change(to, |entry| entry["number"] = to.into());
            }
        }
    }

    /// Takes an entry out.
    pub fn remove(&self, number: u64) {
        self.run("DELETE FROM entries WHERE number = ?1", [sql(number)]);
    }

    /// Turns everything back to a size: entries, index, checkpoints and head fit each other again.
    pub fn turn_back(&self, size: u64) {
        for text in [
            "DELETE FROM mentions WHERE number > ?1",
            "DELETE FROM checkpoints WHERE size > ?1",
            "DELETE FROM entries WHERE number > ?1",
        ] {
            self.run(text, [sql(size)]);
        }
        self.settle_head();
    }

    /// Makes the stored head that of the entries.
    pub fn settle_head(&self) {
        let tree = self.tree(self.size());
        self.run("UPDATE head SET size = ?1, edge = ?2", (sql(tree.size()), tree.edge()));
    }

    /// Makes every checkpoint that of the entries, signed by a key, and the head too.
    pub fn sign_all(&self, key: &SigningKey, named: Option<&str>) {
        let sizes: Vec<i64> = self.numbers("SELECT size FROM checkpoints ORDER BY size");
        for size in sizes {
            self.sign(u64::try_from(size).unwrap(), key, named);
        }
        self.settle_head();
    }

    /// Signs the head of a size anew. The row names the key that signed, or another one.
    pub fn sign(&self, size: u64, key: &SigningKey, named: Option<&str>) {
        let head = Head::of(&self.tree(size));
        let signature = key.sign(NAMESPACE, head.body(&self.origin()).as_bytes()).unwrap();
        let named = named.map_or_else(|| key.fingerprint(), str::to_owned);
        let text = "INSERT OR REPLACE INTO checkpoints VALUES (?1, ?2, ?3, ?4)";
        self.run(text, (sql(size), head.root, named, signature));
    }

    /// The tree over the first entries that there are.
    pub fn tree(&self, size: u64) -> Tree {
        let mut tree = Tree::default();
        (1..=size).filter(|&n| self.has(n)).for_each(|n| tree.push(leaf(self.body(n).as_bytes())));
        tree
    }

    /// The last place there is.
    pub fn size(&self) -> u64 {
        let size: i64 = self.db.query_row("SELECT max(number) FROM entries", [], |row| row.get(0)).unwrap();
        u64::try_from(size).unwrap()
    }

    pub fn has(&self, number: u64) -> bool {
        self.numbers(&format!("SELECT number FROM entries WHERE number = {number}")).len() == 1
    }

    pub fn numbers(&self, text: &str) -> Vec<i64> {
        let mut statement = self.db.prepare(text).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }

    fn origin(&self) -> String {
        self.db.query_row("SELECT value FROM meta WHERE name = 'origin'", [], |row| row.get(0)).unwrap()
    }
}

impl Drop for Enemy {
    fn drop(&mut self) {
        for trigger in &self.triggers {
            let _ = self.db.execute(trigger, []);
        }
    }
}

fn sql(number: u64) -> i64 {
    i64::try_from(number).unwrap()
}
