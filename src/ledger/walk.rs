//! The pass over all entries: hashes, tree, roots, numbers, time, and which key was whose.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use chrono::DateTime;
use crossbeam_channel::Receiver;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::checkpoint::{Head, ShortCode};
use super::finding::Question;
use super::finding::{Finding, Notice, Verdict};
use super::keys;
use super::tree::{self, Hash, Tree};
use crate::sign;

/// What the pass needs of an entry.
#[derive(Deserialize)]
struct Seen<'a> {
    number: u64,
    #[serde(borrow)]
    time: Cow<'a, str>,
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    result: Cow<'a, str>,
    #[serde(borrow)]
    facts: &'a RawValue,
}

#[derive(Deserialize)]
struct KeyFacts {
    key: String,
    #[serde(default)]
    lost: bool,
    endorsement: Option<String>,
}

#[derive(Deserialize)]
struct CodeFacts {
    ledger_code: Option<String>,
}

#[derive(Deserialize)]
struct RestoreFacts {
    #[serde(default)]
    documents_lost: u64,
}

#[derive(Deserialize)]
struct DocumentFacts {
    number: String,
}

/// Entries on their way from the reader, with the checkpoints that fall among them.
#[derive(Default)]
pub struct Batch {
    /// The texts, one after another.
    texts: String,
    /// The place of each, and where it ends.
    ends: Vec<(u64, usize)>,
    /// The hash of each; once the tree has grown by it, the root of the tree with it.
    hashes: Vec<Hash>,
    /// Checkpoints up to the last place, and where the name of the key of each ends.
    checkpoints: Vec<(Head, usize)>,
    /// The names of keys, one after another.
    keys: String,
}

impl Batch {
    /// Takes an entry in.
    pub fn entry(&mut self, number: u64, body: &str) {
        self.texts.push_str(body);
        self.ends.push((number, self.texts.len()));
        // Here, where the text is at hand: so each of the three threads has about the same to do.
        self.hashes.push(tree::leaf(body.as_bytes()));
    }

    /// Takes a checkpoint in.
    pub fn checkpoint(&mut self, head: Head, key: &str) {
        self.keys.push_str(key);
        self.checkpoints.push((head, self.keys.len()));
    }

    /// Grows the tree by its entries.
    pub fn grow(&mut self, tree: &mut Tree) {
        for hash in &mut self.hashes {
            tree.push(*hash);
            *hash = tree.root();
        }
    }

    /// Entries in it.
    pub fn len(&self) -> usize {
        self.ends.len()
    }
}

/// A key and from where on it signs.
pub struct Key {
    entry: u64,
    /// Whether it signs the entry that names it: the first key does, and one that replaces a lost key.
    at_once: bool,
    /// The public key.
    pub line: String,
    /// Its fingerprint.
    pub fingerprint: String,
}

/// What the pass knows at its end.
pub struct Walked {
    /// What was found.
    pub verdict: Verdict,
    /// The head after each entry, as far as a code needs it.
    pub roots: Vec<ShortRoot>,
    /// The last place that holds an entry; more than the number of entries where some are missing.
    pub last: u64,
    /// The ledger's keys, in order.
    pub keys: Vec<Key>,
    /// Codes that entries carry, with the entry's number.
    pub named: Vec<(u64, ShortCode)>,
    /// Sizes whose code a document carries: their signatures are checked.
    pub pinned: BTreeSet<u64>,
}

/// The first bytes of a root: what a short code is made of. The memory of a pass is these, for each entry.
type ShortRoot = [u8; 10];

impl Walked {
    /// The code the ledger had at a size; `None` beyond its end.
    pub fn code_at(&self, size: u64) -> Option<ShortCode> {
        let index = usize::try_from(size.checked_sub(1)?).ok()?;
        let mut root = [0; 32];
        root[..10].copy_from_slice(self.roots.get(index)?);
        Some(Head { size, root }.code())
    }

    /// The key that must have signed the checkpoint of a size. The old key signs the entry that replaces it.
    pub fn signer_of(&self, size: u64) -> Option<&Key> {
        self.keys.iter().rfind(|key| key.entry < size || (key.at_once && key.entry == size))
    }

    /// The last size that each key may sign.
    pub fn ends_of_keys(&self) -> Vec<u64> {
        let replaced = self.keys.iter().skip(1).map(|key| if key.at_once { key.entry - 1 } else { key.entry });
        replaced.chain([u64::MAX]).collect()
    }
}

/// The pass.
pub struct Walk<'a> {
    question: &'a Question<'a>,
    origin: &'a str,
    walked: Walked,
    /// The tree over what was seen.
    head: Head,
    place: u64,
    time: i64,
    misplaced: BTreeMap<u64, u64>,
    good: u64,
    bad: BTreeSet<u64>,
    documents: u64,
}

impl<'a> Walk<'a> {
    /// A pass that has seen nothing.
    pub fn new(question: &'a Question<'a>, origin: &'a str) -> Self {
        let walked = Walked {
            verdict: Verdict::default(),
            roots: Vec::new(),
            last: 0,
            keys: Vec::new(),
            named: Vec::new(),
            pinned: BTreeSet::new(),
        };
        Self {
            question,
            origin,
            walked,
            head: Head::of(&Tree::default()),
            place: 0,
            time: i64::MIN,
            misplaced: BTreeMap::new(),
            good: 0,
            bad: BTreeSet::new(),
            documents: 0,
        }
    }

    /// Goes over what the reader sends, to the end.
    pub fn work(mut self, from: &Receiver<Batch>) -> Walked {
        for batch in from {
            let mut checkpoints = batch.checkpoints.iter().peekable();
            let (mut start, mut key_start) = (0, 0);
            for (&(number, end), &root) in batch.ends.iter().zip(&batch.hashes) {
                self.entry(number, &batch.texts[start..end], root);
                start = end;
                while let Some((head, key_end)) = checkpoints.next_if(|(head, _)| head.size <= number) {
                    self.checkpoint(head, &batch.keys[key_start..*key_end]);
                    key_start = *key_end;
                }
            }
        }
        self.conclude()
    }

    /// An entry, and the root of the tree with it.
    pub(super) fn entry(&mut self, number: u64, body: &str, root: Hash) {
        if number > self.place + 1 {
            self.walked.verdict.find(Finding::Missing { from: self.place + 1, to: number - 1 });
        }
        self.place = number;
        self.head = Head { size: self.head.size + 1, root };
        self.walked.roots.extend(root.first_chunk::<10>());
        match serde_json::from_str::<Seen>(body) {
            Ok(seen) => self.look(number, &seen, body),
            Err(_) => self.walked.verdict.find(Finding::Unreadable { number }),
        }
    }

    fn look(&mut self, number: u64, seen: &Seen, body: &str) {
        if seen.number != number {
            self.misplaced.insert(number, seen.number);
        }
        match DateTime::parse_from_rfc3339(&seen.time) {
            Ok(time) => self.time(number, time.timestamp_millis()),
            Err(_) => self.walked.verdict.find(Finding::Unreadable { number }),
        }
        if self.question.full && !is_canonical(body) {
            self.walked.verdict.find(Finding::NotCanonical { number });
        }
        if seen.result != "done" {
            return;
        }
        match seen.kind.as_ref() {
            "init" if number == 1 => self.key(number, seen.facts),
            "key_rotate" => self.key(number, seen.facts),
            "restore" => self.restored(number, seen.facts),
            // A bundle carries the code away: the record of packing pins the past before it.
            "pack" => self.code(number, seen.facts),
            // So does a document, on paper.
            "document" => self.document(number, seen.facts),
            _ => {}
        }
    }

    fn time(&mut self, number: u64, millis: i64) {
        if millis < self.time {
            let seconds = (self.time - millis + 999) / 1000;
            self.walked.verdict.notice(Notice::ClockSetBack { number, seconds });
        }
        self.time = millis;
    }

    fn key(&mut self, number: u64, facts: &RawValue) {
        let facts = serde_json::from_str::<KeyFacts>(facts.get()).ok();
        let endorsement = facts.as_ref().and_then(|facts| facts.endorsement.clone());
        let key = facts.and_then(|facts| {
            let line = facts.key.trim().to_owned();
            let fingerprint = sign::fingerprint_of(&line).ok()?;
            Some((Key { entry: number, at_once: number == 1 || facts.lost, line, fingerprint }, facts.lost))
        });
        let Some((key, lost)) = key else { return self.walked.verdict.find(Finding::NoKey) };
        if lost {
            self.walked.verdict.notice(Notice::KeyReplaced { number });
        } else if number > 1 && !self.is_endorsed(&key.line, endorsement.as_deref()) {
            self.walked.verdict.find(Finding::NotEndorsed { number });
        }
        self.walked.keys.push(key);
    }

    /// Attack: a key nobody of this ledger ever had, named in an entry as the next one, and all after it signed by it.
    fn is_endorsed(&self, line: &str, endorsement: Option<&str>) -> bool {
        let (Some(old), Some(endorsement)) = (self.walked.keys.last(), endorsement) else { return false };
        keys::endorses(&old.line, self.origin, line, endorsement)
    }

    /// Numbers of documents that the copy no longer knew are left out, and the entry says how many.
    fn restored(&mut self, number: u64, facts: &RawValue) {
        self.documents += serde_json::from_str::<RestoreFacts>(facts.get()).map_or(0, |facts| facts.documents_lost);
        self.walked.verdict.notice(Notice::Restored { number });
    }

    fn document(&mut self, number: u64, facts: &RawValue) {
        self.documents += 1;
        let said = serde_json::from_str::<DocumentFacts>(facts.get()).map(|facts| facts.number).unwrap_or_default();
        if said.rsplit('-').next().and_then(|digits| digits.parse().ok()) != Some(self.documents) {
            let expected = self.documents;
            self.walked.verdict.find(Finding::DocumentNumber { number, says: said, expected });
        }
        let before = self.walked.named.len();
        self.code(number, facts);
        self.walked.pinned.extend(self.walked.named[before..].iter().map(|(_, code)| code.size()));
    }

    fn code(&mut self, number: u64, facts: &RawValue) {
        if let Ok(CodeFacts { ledger_code: Some(text) }) = serde_json::from_str(facts.get())
            && let Ok(code) = ShortCode::parse(&text)
        {
            self.walked.named.push((number, code));
        }
    }

    pub(super) fn checkpoint(&mut self, head: &Head, key: &str) {
        let size = head.size;
        self.walked.verdict.checkpoints += 1;
        if *head == self.head {
            self.good = size;
        } else if self.head.size == self.place {
            self.bad.insert(size);
        }
        // With entries missing before it a root proves nothing; that they are missing is found.
        if self.walked.signer_of(size).is_some_and(|signer| signer.fingerprint != key) {
            self.walked.verdict.find(Finding::OtherKey { size, key: key.to_owned() });
        }
    }

    pub(super) fn conclude(mut self) -> Walked {
        let verdict = &mut self.walked.verdict;
        verdict.entries = self.head.size;
        self.walked.last = self.place;
        verdict.head = Some(self.head);
        if verdict.entries > 0 && self.walked.keys.is_empty() {
            verdict.find(Finding::NoKey);
        }
        for (&at, &says) in &self.misplaced {
            let swapped = self.misplaced.get(&says) == Some(&at);
            verdict.find(if swapped {
                Finding::Swapped { one: at.min(says), other: at.max(says) }
            } else {
                Finding::Misplaced { at, says }
            });
        }
        // Later roots that hold prove the entries before them, so what differs there is the checkpoint.
        for &size in self.bad.range(..=self.good) {
            verdict.find(Finding::CheckpointAltered { size });
        }
        let moved = |from: u64, to: u64| self.misplaced.range(from..=to).next().is_some();
        if let Some(&first) = self.bad.range(self.good + 1..).next()
            && !moved(self.good + 1, first)
        {
            verdict.find(Finding::Changed { from: self.good + 1, to: first });
        }
        self.walked
    }
}

fn is_canonical(body: &str) -> bool {
    let value = serde_json::from_str::<serde_json::Value>(body);
    value.is_ok_and(|value| serde_json_canonicalizer::to_string(&value).is_ok_and(|text| text == body))
}
