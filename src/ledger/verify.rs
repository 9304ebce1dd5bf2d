//! Recomputes everything: each entry's hash, the tree, the root of every checkpoint, signatures, numbering, time.
//!
//! One thread reads, another computes the tree, a third looks at what entries say (`walk`). What is found is told apart as
//! far as the file allows; nothing is repaired.

use std::collections::BTreeMap;
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};
use rusqlite::{OptionalExtension, Rows};

use super::checkpoint::{self, Head, ShortCode};
use super::error::Error;
use super::finding::{Finding, Notice, Question, Verdict};
use super::store::{Checkpoint, Ledger, checkpoint_of, head_of, sql};
use super::tree::{Tree, leaf};
use super::walk::{Batch, Walk, Walked};
use super::{derived, schema};
use crate::sign;

/// Verifies a ledger.
///
/// # Errors
/// The store's; what is wrong with the ledger stands in the verdict.
pub fn verify(ledger: &Ledger, question: &Question) -> Result<Verdict, Error> {
    // One moment of the ledger, whoever appends meanwhile.
    let moment = ledger.db.unchecked_transaction().map_err(|e| ledger.of(e))?;
    let origin = ledger.origin()?;
    let (to, entries) = bounded(WAITING);
    let (grown, from) = bounded(WAITING);
    let named = origin.as_str();
    let (read, walked) = thread::scope(|scope| {
        scope.spawn(move || grow(&entries, &grown));
        let worker = scope.spawn(move || Walk::new(question, named).work(&from));
        let read = read(ledger, &to);
        drop(to);
        (read, worker.join())
    });
    read?;
    let mut walked = walked.map_err(|_| Error::Damaged(ledger.path.clone()))?;
    let last = ledger.last_checkpoint()?;
    end(&mut walked, ledger, last.as_ref());
    against_question(&mut walked, question, &origin);
    signatures(&mut walked, ledger, question, &origin)?;
    let mut verdict = walked.verdict;
    if !schema::is_intact(&ledger.db).map_err(|e| ledger.of(e))? {
        verdict.find(Finding::Schema);
    }
    if question.full {
        derived::check(ledger, &mut verdict)?;
    }
    moment.finish().map_err(|e| ledger.of(e))?;
    Ok(verdict)
}

/// What this computer saw last against the ledger of now, at the cost of a look, where a checkpoint tells.
///
/// Attack: an older copy in the ledger's place takes new entries until it is longer than what is remembered, and nothing
/// tells any more. So what is remembered has to be there before anything is added.
///
/// # Errors
/// The store's.
pub fn against_memory(ledger: &Ledger, seen: &Head) -> Result<Option<Finding>, Error> {
    let now = ledger.head()?;
    if now.size < seen.size {
        return Ok(Some(Finding::Older { entries: now.size, seen: seen.size }));
    }
    let root = match ledger.checkpoint(seen.size)? {
        _ if now.size == seen.size => now.root,
        Some(checkpoint) => checkpoint.head.root,
        // Attack: entries that nobody signed, to get past the size that is remembered.
        None => {
            let mut tree = Tree::default();
            ledger.each(1..=seen.size, |_, body| {
                tree.push(leaf(body.as_bytes()));
                Ok::<(), Error>(())
            })?;
            tree.root()
        }
    };
    Ok((root != seen.root).then_some(Finding::OtherPast { seen: seen.size }))
}

/// So many entries that a thread is seldom woken for little: with 64 two processors stood still for a fifth of the time.
const BATCH: usize = 512;
/// Batches that may wait between two threads, so that none waits for another's pauses; some megabytes.
const WAITING: usize = 16;

fn read(ledger: &Ledger, to: &Sender<Batch>) -> Result<(), Error> {
    let of = |e| ledger.of(e);
    let mut statement = ledger.db.prepare("SELECT size, root, key FROM checkpoints ORDER BY size").map_err(of)?;
    let mut next = Marks { rows: statement.query([]).map_err(of)?, head: None, key: String::new() };
    next.step().map_err(of)?;
    let mut batch = Batch::default();
    ledger.each(1..=u64::MAX, |number, body| {
        batch.entry(number, body);
        while let Some(head) = next.head.filter(|head| head.size <= number) {
            batch.checkpoint(head, &next.key);
            next.step().map_err(of)?;
        }
        if batch.len() == BATCH {
            // A worker that is gone is told of when it is joined.
            let _ = to.send(std::mem::take(&mut batch));
        }
        Ok::<(), Error>(())
    })?;
    let _ = to.send(batch);
    Ok(())
}

fn grow(from: &Receiver<Batch>, to: &Sender<Batch>) {
    let mut tree = Tree::default();
    for mut batch in from {
        batch.grow(&mut tree);
        let _ = to.send(batch);
    }
}

/// The checkpoints, one after the other, without their signatures.
struct Marks<'s> {
    rows: Rows<'s>,
    head: Option<Head>,
    key: String,
}

impl Marks<'_> {
    fn step(&mut self) -> rusqlite::Result<()> {
        self.head = None;
        if let Some(row) = self.rows.next()? {
            self.head = Some(head_of(row)?);
            self.key.clear();
            self.key.push_str(row.get_ref(2)?.as_str()?);
        }
        Ok(())
    }
}

/// The end of the ledger against what was signed.
fn end(walked: &mut Walked, ledger: &Ledger, last: Option<&Checkpoint>) {
    let (entries, verdict) = (walked.last, &mut walked.verdict);
    let signed = last.map_or(0, |c| c.head.size);
    if signed > entries {
        verdict.find(Finding::CutOff { entries, covered: signed });
    } else if ledger.head().ok() != verdict.head && verdict.findings.is_empty() {
        // Where entries differ from what was signed, the head differs for that reason.
        verdict.find(Finding::Head);
    }
    if signed < entries {
        verdict.notice(Notice::Unsigned { from: signed + 1 });
    }
}

/// What is known from elsewhere: paper, this computer's memory, the codes that bundles carried away.
pub(super) fn against_question(walked: &mut Walked, question: &Question, origin: &str) {
    let entries = walked.last;
    let named = std::mem::take(&mut walked.named);
    let asked = question.code.map(|code| (None, code));
    for (carried_by, code) in named.iter().map(|(number, code)| (Some(*number), code)).chain(asked) {
        let finding = match walked.code_at(code.size()) {
            None if code.size() > entries => Finding::CodeCutOff { code: code.to_string(), entries, carried_by },
            Some(there) if there == *code => {
                walked.verdict.code_holds |= carried_by.is_none();
                continue;
            }
            _ => Finding::CodeOtherPast { code: code.to_string(), carried_by },
        };
        walked.verdict.find(finding);
    }
    if let Some(seen) = question.seen.filter(|seen| seen.size > 0) {
        match walked.code_at(seen.size) {
            None if seen.size > entries => walked.verdict.find(Finding::Older { entries, seen: seen.size }),
            Some(code) if code == seen.code() => {}
            _ => walked.verdict.find(Finding::OtherPast { seen: seen.size }),
        }
    }
    if let Some((known, key)) = question.known {
        if known != origin {
            walked.verdict.find(Finding::OtherLedger);
        }
        match walked.keys.first() {
            Some(first) if first.fingerprint != key => {
                walked.verdict.find(Finding::OtherFirstKey { key: first.fingerprint.clone() });
            }
            _ => {}
        }
    }
}

/// The last signature of every key, those of the heads that documents carry, and the one of the code that was asked for;
/// with `full`, all.
///
/// Attack: the past written anew by somebody without the key, who then says that it was lost and signs with a key of their
/// own. The last signature alone would hold; the former key's last one does not.
fn signatures(walked: &mut Walked, ledger: &Ledger, question: &Question, origin: &str) -> Result<(), Error> {
    let of = |e| ledger.of(e);
    if question.full {
        let text = "SELECT size, root, key, signature FROM checkpoints ORDER BY size";
        let mut statement = ledger.db.prepare(text).map_err(of)?;
        for checkpoint in statement.query_map([], checkpoint_of).map_err(of)? {
            signature(walked, origin, &checkpoint.map_err(of)?);
        }
        return Ok(());
    }
    let text = "SELECT size, root, key, signature FROM checkpoints WHERE size <= ?1 ORDER BY size DESC LIMIT 1";
    let mut statement = ledger.db.prepare(text).map_err(of)?;
    let mut last_until = |size| statement.query_row([sql(size)], checkpoint_of).optional().map_err(of);
    let mut wanted = BTreeMap::new();
    for end in walked.ends_of_keys() {
        wanted.extend(last_until(end)?.map(|checkpoint| (checkpoint.head.size, checkpoint)));
    }
    let asked = question.code.map(ShortCode::size);
    for size in asked.into_iter().chain(walked.pinned.iter().copied()) {
        wanted.extend(last_until(size)?.filter(|c| c.head.size == size).map(|checkpoint| (size, checkpoint)));
    }
    for checkpoint in wanted.values() {
        signature(walked, origin, checkpoint);
    }
    Ok(())
}

pub(super) fn signature(walked: &mut Walked, origin: &str, checkpoint: &Checkpoint) {
    let size = checkpoint.head.size;
    let Some(key) = walked.signer_of(size) else { return walked.verdict.find(Finding::NoKey) };
    let body = checkpoint.head.body(origin);
    // A checkpoint that names another key was found already.
    let other = key.fingerprint != checkpoint.key;
    let holds = other || sign::verify(&key.line, checkpoint::NAMESPACE, body.as_bytes(), &checkpoint.signature).is_ok();
    walked.verdict.signatures += 1;
    if !holds {
        walked.verdict.find(Finding::BadSignature { size });
    }
}
