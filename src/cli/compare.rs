//! 処理前後の照合: what the sender said there is, beside what was counted when the bundle was read.
//!
//! Records (レコード数) are counted in tables. Persons (人数) are not: one may stand in several rows, and only a person can say
//! how many there are. So the two are never compared with each other.

use serde_json::{Value, json};

use super::args::CountArgs;
use super::context::Context;
use super::failure::Failure;
use super::words;
use crate::bundle::{Description, Error, Found, Receiver};
use crate::counting::{Counter, Outcome, Reason, Rules};
use crate::t;
use crate::term::{ask, show};

/// What a refusal over a difference is called.
pub const DIFFER: &str = "counts_differ";

/// The longest reason a sheet has room for.
const MOST_REASON: usize = 1024;

/// Counts while a bundle is walked through. Nothing is written.
pub struct Counting {
    rules: Rules,
    current: Option<(String, Counter)>,
    counts: Counts,
}

/// What was counted.
#[derive(Debug, Default)]
pub struct Counts {
    /// The tables, by their path in the bundle.
    pub tables: Vec<(String, Outcome)>,
    /// How many files are no tables; they are not counted.
    pub others: u64,
    /// How many rows at the top of each table were taken for headings.
    pub headings: u64,
}

impl Counting {
    /// As the person says that it is to be done.
    pub fn new(args: &CountArgs) -> Self {
        let rules = Rules { headings: args.heading_rows };
        Self { rules, current: None, counts: Counts { headings: args.heading_rows, ..Counts::default() } }
    }

    /// What came of it. Only a walk that ended well makes it true.
    pub fn counts(self) -> Counts {
        self.counts
    }
}

impl Receiver for Counting {
    fn entry(&mut self, found: &Found) -> Result<(), Error> {
        let counter = || (found.path.to_owned(), Counter::of(found.path, found.size, self.rules));
        self.current = (!found.folder).then(counter);
        Ok(())
    }

    fn data(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if let Some((_, counter)) = &mut self.current {
            counter.feed(bytes);
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), Error> {
        match self.current.take().map(|(path, counter)| (path, counter.finish())) {
            Some((_, Outcome::NotCounted { reason: Reason::Format })) => self.counts.others += 1,
            Some(table) => self.counts.tables.push(table),
            None => {}
        }
        Ok(())
    }
}

impl Counts {
    /// The records of all tables that were counted; none when none was.
    pub fn records(&self) -> Option<u64> {
        let rows = self.tables.iter().filter_map(|(_, outcome)| match outcome {
            Outcome::Counted(counted) => Some(counted.rows),
            Outcome::NotCounted { .. } => None,
        });
        rows.fold(None, |sum, rows| Some(sum.unwrap_or(0) + rows))
    }

    /// What the ledger keeps: numbers, and no name of a file.
    pub fn facts(&self) -> Value {
        let counted = self.tables.iter().filter(|(_, outcome)| matches!(outcome, Outcome::Counted(_))).count();
        let others = self.others + (self.tables.len() - counted) as u64;
        json!({ "counted": { "records": self.records(), "files": counted, "files_not_counted": others } })
    }
}

/// A number the sender said, and the one that was counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pair {
    /// 申告
    pub told: Option<u64>,
    /// 計数
    pub counted: Option<u64>,
}

impl Pair {
    /// Whether both are known and are not the same.
    pub fn differs(self) -> bool {
        self.told.zip(self.counted).is_some_and(|(told, counted)| told != counted)
    }

    fn json(self) -> Value {
        json!({ "told": self.told, "counted": self.counted })
    }
}

/// What was said beside what was counted.
#[derive(Debug, Default)]
pub struct Comparison {
    /// レコード数
    pub records: Pair,
    /// 人数
    pub subjects: Pair,
    /// Why they differ, where they do.
    pub difference: Option<String>,
    /// Each table.
    pub counts: Counts,
}

impl Comparison {
    /// Whether something differs.
    pub fn differs(&self) -> bool {
        self.records.differs() || self.subjects.differs()
    }

    /// For scripts.
    pub fn json(&self) -> Value {
        let table = |(path, outcome): &(String, Outcome)| {
            let mut told = json!(outcome);
            told["path"] = path.as_str().into();
            told
        };
        json!({
            "records": self.records.json(), "subjects": self.subjects.json(), "difference": self.difference,
            "heading_rows": self.counts.headings,
            "tables": self.counts.tables.iter().map(table).collect::<Vec<_>>(), "other_files": self.counts.others,
        })
    }

    /// What the entry of a document keeps.
    pub fn facts(&self) -> Value {
        json!({ "records": self.records.json(), "subjects": self.subjects.json(), "difference": self.difference })
    }
}

/// What can be told before anything is counted: whether there will be a paper for what was said, and the reason can stand on it.
pub fn ready(args: &CountArgs, paper: bool) -> Result<(), Failure> {
    if !paper && (args.subjects_counted.is_some() || args.difference_reason.is_some()) {
        return Err(Failure::usage("no_confirmation", t!("err-no-confirmation"), t!("hint-no-confirmation")));
    }
    match &args.difference_reason {
        Some(text) if text.chars().any(char::is_control) || text.trim().is_empty() || text.len() > MOST_REASON => {
            Err(Failure::usage("bad_text", t!("err-bad-text", text = show::name(text)), t!("hint-bad-text")))
        }
        _ => Ok(()),
    }
}

/// Holds what was counted against what the sender said. A difference needs a reason: from the command line, or asked for.
pub fn counted(context: &Context, args: &CountArgs, told: &Description, counts: Counts) -> Result<Comparison, Failure> {
    let records = Pair { told: told.records, counted: counts.records() };
    let subjects = Pair { told: told.subjects, counted: args.subjects_counted };
    let mut comparison = Comparison { records, subjects, difference: None, counts };
    say(context, &comparison);
    if comparison.differs() {
        comparison.difference = Some(reason(context, args, &comparison)?);
    }
    Ok(comparison)
}

fn reason(context: &Context, args: &CountArgs, comparison: &Comparison) -> Result<String, Failure> {
    if let Some(reason) = &args.difference_reason {
        return Ok(reason.trim().to_owned());
    }
    if context.may_ask() {
        return ask::text(&t!("ask-difference"), None).map_err(|e| words::terminal(&e));
    }
    let failure = Failure::refused(DIFFER, t!("err-counts-differ"), t!("hint-counts-differ"));
    Err(failure.with_details(lines(comparison)))
}

/// Both numbers of both kinds, as far as they are known.
fn lines(comparison: &Comparison) -> Vec<String> {
    let number = |number: Option<u64>| number.map_or_else(|| t!("count-unknown"), show::number);
    let line = |pair: Pair, line: fn(String, String) -> String| line(number(pair.told), number(pair.counted));
    vec![
        line(comparison.records, |told, counted| t!("compared-records", told = told, counted = counted)),
        line(comparison.subjects, |told, counted| t!("compared-subjects", told = told, counted = counted)),
    ]
}

fn say(context: &Context, comparison: &Comparison) {
    for (path, outcome) in &comparison.counts.tables {
        if let Outcome::NotCounted { reason } = outcome {
            context.warn(&t!("warn-not-counted", path = show::name(path), reason = words::not_counted(*reason)));
        }
    }
    for line in lines(comparison) {
        context.chat(&format!("  {line}"));
    }
}
