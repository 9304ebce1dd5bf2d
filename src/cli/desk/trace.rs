//! The trace of a command: an entry when work begins that nobody should do unseen, and one when it ends, however it ends.

use std::cell::{Cell, RefCell};

use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::failure::{Failure, code};
use super::operator;
use super::{Desk, Draft};
use crate::ledger::{Kind, Outcome, Subject, SubjectType};
use crate::t;

/// What a command has to say in the end.
pub struct Trace<'a> {
    context: &'a Context,
    desk: &'a Desk,
    kind: Kind,
    subjects: RefCell<Vec<Subject>>,
    facts: RefCell<Map<String, Value>>,
    begun: Cell<Option<u64>>,
    in_part: Cell<bool>,
}

impl Trace<'_> {
    /// Names a thing the work is about.
    pub fn about(&self, kind: SubjectType, id: impl Into<String>) {
        let subject = Subject::new(kind, id);
        let mut subjects = self.subjects.borrow_mut();
        if !subjects.contains(&subject) {
            subjects.push(subject);
        }
    }

    /// Adds a fact.
    pub fn fact(&self, name: &str, value: impl Into<Value>) {
        self.facts.borrow_mut().insert(name.to_owned(), value.into());
    }

    /// Adds to a list of facts, each once.
    pub fn push(&self, name: &str, value: Value) {
        let mut facts = self.facts.borrow_mut();
        let list = facts.entry(name.to_owned()).or_insert_with(|| json!([]));
        if let Value::Array(list) = list
            && !list.contains(&value)
        {
            list.push(value);
        }
    }

    /// Adds facts.
    pub fn facts(&self, value: Value) {
        self.facts.borrow_mut().extend(super::facts(value));
    }

    /// Says that the work begins, before a secret is used or made. Attack: reading a bundle and killing the program, so that
    /// the ledger never hears of it.
    pub fn begin(&self) -> Result<(), Failure> {
        self.begin_with(Map::new()).map(|_| ())
    }

    /// The same, with what is known already; the number of the entry.
    pub fn begin_with(&self, facts: Map<String, Value>) -> Result<u64, Failure> {
        let subjects = self.subjects.borrow().clone();
        let draft = Draft { kind: self.kind, subjects, result: Outcome::Begun, facts };
        let appended = self.desk.append(self.context, draft)?;
        self.begun.set(Some(appended.entry.number));
        Ok(appended.entry.number)
    }

    /// What was asked for came to be in part.
    pub fn in_part(&self) {
        self.in_part.set(true);
    }

    fn end(&self, outcome: Outcome, failure: Option<&Failure>) -> Result<u64, Failure> {
        let mut facts = self.facts.take();
        if let Some(begun) = self.begun.get() {
            facts.insert("begun".to_owned(), begun.into());
        }
        if let Some(failure) = failure {
            // The kind alone: messages name files.
            facts.insert("error".to_owned(), json!({ "code": failure.code, "kind": failure.kind }));
        }
        let draft = Draft { kind: self.kind, subjects: self.subjects.take(), result: outcome, facts };
        // A bundle that was sealed meanwhile is there, and is recorded.
        let step = outcome == Outcome::Done && self.kind.moves_things() && self.kind != Kind::Pack;
        let appended = match self.desk.things_seen.get().filter(|_| step) {
            Some(seen) => self.desk.append_step(self.context, seen, draft),
            None => self.desk.append(self.context, draft),
        };
        appended.map(|appended| appended.entry.number)
    }
}

/// Whether the person may act, for work that leaves entries of its own; a refusal is recorded.
pub fn allowed(context: &Context, desk: &Desk, kind: Kind) -> Result<(), Failure> {
    let (subjects, facts, begun) = (RefCell::default(), RefCell::default(), Cell::new(None));
    let trace = Trace { context, desk, kind, subjects, facts, begun, in_part: Cell::default() };
    operator::may_act(context, desk, kind, &trace).inspect_err(|failure| {
        if let Err(not_recorded) = trace.end(Outcome::Refused, Some(failure)) {
            context.warn(&t!("warn-not-recorded", reason = not_recorded.message));
        }
    })
}

/// Does some work and records it. What a rule refuses, and what fails, is recorded as well.
pub fn recorded<T>(
    context: &Context,
    kind: Kind,
    work: impl FnOnce(&Desk, &Trace) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let desk = Desk::open(context)?;
    recorded_at(context, &desk, kind, work)
}

/// The same, at a desk that is open.
pub fn recorded_at<T>(
    context: &Context,
    desk: &Desk,
    kind: Kind,
    work: impl FnOnce(&Desk, &Trace) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let (subjects, facts, begun) = (RefCell::default(), RefCell::default(), Cell::new(None));
    let trace = Trace { context, desk, kind, subjects, facts, begun, in_part: Cell::default() };
    let outcome = operator::may_act(context, desk, kind, &trace).and_then(|()| work(desk, &trace));
    match outcome {
        Ok(value) => match trace.end(if trace.in_part.get() { Outcome::InPart } else { Outcome::Done }, None) {
            Ok(_) => Ok(value),
            // Of a step the record is the deed: nothing was done.
            Err(failure) if failure.kind == "meanwhile" => Err(failure),
            Err(mut failure) => {
                failure.details.push(t!("done-but-not-recorded"));
                Err(failure)
            }
        },
        Err(failure) => {
            let outcome = match failure.code {
                code::REFUSED => Outcome::Refused,
                code::INTERRUPTED => Outcome::Interrupted,
                code::IN_PART => Outcome::InPart,
                _ => Outcome::Failed,
            };
            if let Err(not_recorded) = trace.end(outcome, Some(&failure)) {
                context.warn(&t!("warn-not-recorded", reason = not_recorded.message));
            }
            Err(failure)
        }
    }
}
