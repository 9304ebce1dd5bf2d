//! Recomputes everything: each entry's hash, the tree, the root of every checkpoint, signatures, numbering, time.
//!
//! One thread reads, another computes (`walk`). What is found is told apart as far as the file allows; nothing is repaired.

use std::thread;

use crossbeam_channel::{Sender, bounded};
use rusqlite::OptionalExtension;

use super::checkpoint::{self, Head, ShortCode};
use super::error::Error;
use super::finding::{Finding, Notice, Verdict};
use super::store::{Checkpoint, Ledger, checkpoint_of, sql};
use super::walk::{Batch, Walk, Walked};
use super::{derived, schema};
use crate::sign;

/// What to look for beyond the ledger's own consistency.
#[derive(Debug, Default)]
pub struct Question<'a> {
    /// A code from paper.
    pub code: Option<&'a ShortCode>,
    /// The head this computer saw last.
    pub seen: Option<Head>,
    /// The origin and the first key this computer knows for this case.
    pub known: Option<(&'a str, &'a str)>,
    /// Check every signature and everything derived, not only what the past depends on.
    pub full: bool,
}

/// Verifies a ledger.
///
/// # Errors
/// The store's; what is wrong with the ledger stands in the verdict.
pub fn verify(ledger: &Ledger, question: &Question) -> Result<Verdict, Error> {
    // One moment of the ledger, whoever appends meanwhile.
    let moment = ledger.db.unchecked_transaction().map_err(|e| ledger.of(e))?;
    let origin = ledger.origin()?;
    let (to, from) = bounded(8);
    let (read, walked) = thread::scope(|scope| {
        let worker = scope.spawn(move || Walk::new(question).work(&from));
        let read = read(ledger, &to);
        drop(to);
        (read, worker.join())
    });
    read?;
    let mut walked = walked.map_err(|_| Error::Damaged(ledger.path.clone()))?;
    let last = ledger.last_checkpoint()?;
    end(&mut walked.verdict, ledger, last.as_ref());
    against_question(&mut walked, question, &origin);
    signatures(&mut walked, ledger, question, &origin, last.as_ref())?;
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

const BATCH: usize = 512;

fn read(ledger: &Ledger, to: &Sender<Batch>) -> Result<(), Error> {
    let of = |e| ledger.of(e);
    let text = "SELECT size, root, key, signature FROM checkpoints ORDER BY size";
    let mut statement = ledger.db.prepare(text).map_err(of)?;
    let mut checkpoints = statement.query_map([], checkpoint_of).map_err(of)?;
    let mut next = checkpoints.next().transpose().map_err(of)?;
    let mut batch = Batch::default();
    ledger.each(1..=u64::MAX, |number, body| {
        batch.texts.push_str(body);
        batch.ends.push((number, batch.texts.len()));
        while let Some(checkpoint) = next.take_if(|c| c.head.size <= number) {
            batch.checkpoints.push(checkpoint);
            next = checkpoints.next().transpose().map_err(of)?;
        }
        if batch.ends.len() == BATCH {
            // A worker that is gone is told of when it is joined.
            let _ = to.send(std::mem::take(&mut batch));
        }
        Ok::<(), Error>(())
    })?;
    let _ = to.send(batch);
    Ok(())
}

/// The end of the ledger against what was signed.
fn end(verdict: &mut Verdict, ledger: &Ledger, last: Option<&Checkpoint>) {
    let entries = verdict.head.map_or(0, |head| head.size);
    let signed = last.map_or(0, |c| c.head.size);
    if signed > entries {
        verdict.find(Finding::CutOff { entries, covered: signed });
    } else if ledger.head().ok() != verdict.head {
        verdict.find(Finding::Head);
    }
    if signed < entries {
        verdict.notice(Notice::Unsigned { from: signed + 1 });
    }
}

/// What is known from elsewhere: paper, this computer's memory, the codes that bundles carried away.
pub(super) fn against_question(walked: &mut Walked, question: &Question, origin: &str) {
    let entries = walked.roots.len() as u64;
    let named = std::mem::take(&mut walked.named);
    let asked = question.code.map(|code| (None, code));
    for (carried_by, code) in named.iter().map(|(number, code)| (Some(*number), code)).chain(asked) {
        let text = code.to_string();
        let finding = match walked.code_at(code.size()) {
            None => Finding::CodeCutOff { code: text, entries, carried_by },
            Some(there) if there == *code => {
                walked.verdict.code_holds |= carried_by.is_none();
                continue;
            }
            Some(_) => Finding::CodeOtherPast { code: text, carried_by },
        };
        walked.verdict.find(finding);
    }
    if let Some(seen) = question.seen.filter(|seen| seen.size > 0) {
        match walked.code_at(seen.size) {
            None => walked.verdict.find(Finding::Older { entries, seen: seen.size }),
            Some(code) if code == seen.code() => {}
            Some(_) => walked.verdict.find(Finding::OtherPast { seen: seen.size }),
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
    walked.named = named;
}

/// The last signature and each that a code names; with `full`, all.
fn signatures(
    walked: &mut Walked,
    ledger: &Ledger,
    question: &Question,
    origin: &str,
    last: Option<&Checkpoint>,
) -> Result<(), Error> {
    let of = |e| ledger.of(e);
    if question.full {
        let text = "SELECT size, root, key, signature FROM checkpoints ORDER BY size";
        let mut statement = ledger.db.prepare(text).map_err(of)?;
        for checkpoint in statement.query_map([], checkpoint_of).map_err(of)? {
            signature(walked, origin, &checkpoint.map_err(of)?);
        }
        return Ok(());
    }
    let text = "SELECT size, root, key, signature FROM checkpoints WHERE size = ?1";
    let mut statement = ledger.db.prepare(text).map_err(of)?;
    let mut sizes: Vec<u64> = walked.named.iter().map(|(_, code)| code.size()).collect();
    sizes.extend(question.code.map(ShortCode::size));
    sizes.sort_unstable();
    sizes.dedup();
    for size in sizes.into_iter().filter(|&size| last.is_none_or(|c| c.head.size != size)) {
        let found = statement.query_row([sql(size)], checkpoint_of).optional().map_err(of)?;
        if let Some(checkpoint) = found {
            signature(walked, origin, &checkpoint);
        }
    }
    if let Some(last) = last {
        signature(walked, origin, last);
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
