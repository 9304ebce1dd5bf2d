//! The two reports with questions: what the ledger knows fills them, people answer the rest, and what contradicts the ledger is
//! refused with the entries it contradicts.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use serde_json::{Value, json};

use crate::calendar::Span;
use crate::case::{Effective, Side};
use crate::cli::args::AskedArgs;
use crate::cli::context::Context;
use crate::cli::desk::{Desk, Trace, recorded_at};
use crate::cli::failure::Failure;
use crate::cli::papers::{self, Paper, Papers, Reported};
use crate::cli::place::place_new;
use crate::cli::takeout::finish;
use crate::cli::{conformity, said, words};
use crate::duties::compliance::{self, Lacking};
use crate::duties::fold::Declared;
use crate::duties::handling::{self, Compared, Difference};
use crate::duties::known::{self, Sources};
use crate::duties::{Answer, Answers, Contradiction, Known, Sheet, answers};
use crate::era;
use crate::ledger::{Entry, Kind, SubjectType, corrected};
use crate::life::Life;
use crate::t;
use crate::term::ask;
use crate::term::show;

/// No file of answers is longer.
const MOST_BYTES: u64 = 1 << 20;

/// A report before its answers.
struct Draft {
    sheet: Sheet,
    span: Span,
    contract: Effective,
    known: Known,
    declared: Option<Declared>,
    compared: Compared,
    entries: Vec<Entry>,
    life: Life,
}

impl Draft {
    /// The entry that made a difference to the declaration.
    fn made(&self, difference: &Difference) -> Option<u64> {
        match difference {
            Difference::Joined(who) => entry_of(&self.entries, Kind::StaffAdd, &who.number),
            Difference::Left(who) => entry_of(&self.entries, Kind::StaffRetire, &who.number),
            Difference::Place(name) => self.life.places.iter().find(|one| one.name == *name).map(|one| one.added),
            Difference::Machine(id) => self.life.machines.iter().find(|one| one.id == *id).map(|one| one.added),
            _ => None,
        }
    }
}

/// The entry about a person, by number.
fn entry_of(entries: &[Entry], kind: Kind, number: &str) -> Option<u64> {
    let of = |entry: &&Entry| entry.is(kind) && entry.facts.get("number").and_then(Value::as_str) == Some(number);
    entries.iter().find(of).map(|entry| entry.number)
}

pub fn run(context: &Context, args: &AskedArgs, sheet: Sheet) -> Result<(), Failure> {
    let desk = Desk::open(context)?;
    of_contractor(&desk)?;
    let draft = draft(&desk, args, sheet)?;
    if let Some(file) = &args.template_answers {
        return write_template(context, &desk, &draft, file);
    }
    super::outside(context, draft.span, &draft.contract);
    if draft.span.until > crate::cli::when::today() {
        context.warn(&t!("warn-span-not-over", until = era::long(draft.span.until)));
    }
    let papers = Papers::new(context, &desk);
    let answers = gathered(context, &draft, args)?;
    let mut overridden = Vec::new();
    let paper = recorded_at(context, &desk, Kind::Report, |desk, trace| {
        overridden = checked(&draft, &answers, args, trace)?;
        let paper = compose(desk, &draft, &answers, &overridden, args)?;
        papers.ready(&paper)?;
        Ok(paper)
    })?;
    let paper = paper.about(SubjectType::Entry, desk.last_entry().to_string());
    let issued = papers.issue(&paper).map(Some);
    tell(context, &draft, &answers);
    let told = json!({
        "from": draft.span.from.to_string(), "until": draft.span.until.to_string(),
        "blank": blank(&draft, &answers), "overridden": overridden,
    });
    finish(context, issued, told)
}

/// These go from the contractor to the city.
pub fn of_contractor(desk: &Desk) -> Result<(), Failure> {
    if desk.settings.side == Side::City && !desk.is_default {
        return Err(Failure::usage("report_of_city", t!("err-report-of-city"), t!("hint-report-of-city")));
    }
    Ok(())
}

fn draft(desk: &Desk, args: &AskedArgs, sheet: Sheet) -> Result<Draft, Failure> {
    let contract = desk.contract()?;
    let span = super::span(&args.span, usual(sheet, &contract))?;
    let entries = desk.look(|ledger| corrected::holding(ledger, &known::KINDS))?;
    let (roster, duties, life) = (desk.roster()?, desk.duties()?, desk.life()?);
    let side = desk.settings.side;
    let sources = Sources { entries: &entries, side, roster: &roster, duties: &duties, decisions: &life.decisions };
    let known = Known::of(&sources, span);
    let declared = duties.declared_by(span.until).cloned();
    let compared = match &declared {
        Some(declared) => Compared::of(&declared.said, &conformity::standing(desk, span.until)?),
        None => Compared::default(),
    };
    Ok(Draft { sheet, span, contract, known, declared, compared, entries, life })
}

/// The month before this one; what the contract has run so far.
fn usual(sheet: Sheet, contract: &Effective) -> Span {
    use chrono::Datelike;
    let today = crate::cli::when::today();
    let last_month = today.with_day(1).and_then(|first| first.pred_opt());
    match sheet {
        Sheet::Handling => {
            let until = last_month.unwrap_or(today);
            Span { from: until.with_day(1).unwrap_or(until), until }
        }
        Sheet::Compliance => {
            let from = contract.from.filter(|from| *from <= today).unwrap_or(Span::fiscal_year(today).from);
            Span { from, until: contract.to.map_or(today, |to| to.min(today)).max(from) }
        }
    }
}

/// What the ledger answers of a question, and in which words.
fn of_ledger(draft: &Draft, question: usize) -> (Option<bool>, Vec<String>) {
    let Draft { known, span, compared, .. } = draft;
    match draft.sheet {
        Sheet::Handling => (compared.changed(question), papers::known_of_section(known, *span, compared, question)),
        Sheet::Compliance => {
            (compliance::known(known, *span, question), papers::known_of_question(known, *span, question))
        }
    }
}

fn questions(draft: &Draft) -> std::ops::RangeInclusive<usize> {
    1..=draft.sheet.questions().len()
}

fn write_template(context: &Context, desk: &Desk, draft: &Draft, file: &Path) -> Result<(), Failure> {
    let known: Vec<_> = questions(draft).map(|question| of_ledger(draft, question)).collect();
    let title = match draft.sheet {
        Sheet::Handling => "【様式５】個人情報取扱状況報告書",
        Sheet::Compliance => "個人情報特記事項の遵守に関する報告書",
    };
    let span = format!("{}から{}まで", era::long(draft.span.from), era::long(draft.span.until));
    let head = format!("{title}　{}　対象 {span}", desk.settings.contract.title);
    let text = answers::template(draft.sheet, &head, &known);
    place_new(file, |out| out.write_all(text.as_bytes()).map_err(|e| words::io(file, &e)))?;
    let path = show::path(file);
    context.say(&t!("answers-written", path = path));
    context.result(&json!({ "template": file.to_string_lossy() }));
    Ok(())
}

/// The answers of the file; else, on a terminal, what the ledger does not know is asked.
fn gathered(context: &Context, draft: &Draft, args: &AskedArgs) -> Result<Answers, Failure> {
    if let Some(file) = &args.answers {
        let mut bytes = Vec::new();
        // Attack: a device, or a disk image, in place of a page of answers.
        let read = File::open(file).and_then(|from| from.take(MOST_BYTES + 1).read_to_end(&mut bytes));
        read.map_err(|e| words::io(file, &e))?;
        if bytes.len() as u64 > MOST_BYTES {
            let path = show::path(file);
            let message = t!("err-answers-too-large", path = path.clone());
            return Err(Failure::usage("bad_answers", message, t!("hint-answers-too-large")).about(path));
        }
        return Answers::from_bytes(draft.sheet, &bytes).map_err(|mistakes| words::answers_file(file, &mistakes));
    }
    let mut answers = Answers::default();
    if !context.may_ask() || context.yes {
        return Ok(answers);
    }
    let [yes, no] = draft.sheet.words();
    context.note(&t!("report-asking"));
    for question in questions(draft) {
        let (known, lines) = of_ledger(draft, question);
        let label = format!("({question}) {}", draft.sheet.questions()[question - 1]);
        for line in &lines {
            context.note(&format!("    {}", show::name(line)));
        }
        if let Some(known) = known {
            context.note(&t!("report-known", question = label, answer = if known { yes } else { no }));
            continue;
        }
        // (7) and (8) are about the subcontractor of (6).
        let none = draft.sheet == Sheet::Compliance && answers.of(6).choice == Some(false);
        if none && matches!(question, 7 | 8) {
            continue;
        }
        let options = [yes.to_owned(), no.to_owned(), t!("report-leave-blank")];
        loop {
            let chosen = ask::choice(&label, &options, Some(2)).map_err(|e| words::terminal(&e))?;
            let text = ask::text(&t!("report-ask-text"), Some("")).map_err(|e| words::terminal(&e))?;
            let choice = [Some(true), Some(false), None][chosen];
            answers.put(question, Answer { choice, text: Some(text).filter(|text| !text.is_empty()) });
            let wrong = wrong_with(draft, &answers, question, args.override_reason.is_some());
            if wrong.is_empty() {
                break;
            }
            // At once: nobody answers nine questions to hear that the first was wrong.
            for line in &wrong {
                context.note(line);
            }
        }
    }
    Ok(answers)
}

/// What keeps this answer from standing.
fn wrong_with(draft: &Draft, answers: &Answers, question: usize, may_contradict: bool) -> Vec<String> {
    let lacking = lacking(draft, answers).into_iter().filter(|(of, _)| *of == question);
    let found = contradictions(draft, answers).into_iter().filter(|one| one.question == question && !may_contradict);
    lacking.map(|(of, why)| lack(of, why)).chain(found.map(|one| contradiction(&one))).collect()
}

fn lacking(draft: &Draft, answers: &Answers) -> Vec<(usize, Lacking)> {
    match draft.sheet {
        Sheet::Compliance => compliance::lacking(&merged(draft, answers)),
        Sheet::Handling => Vec::new(),
    }
}

fn contradictions(draft: &Draft, answers: &Answers) -> Vec<Contradiction> {
    match (draft.sheet, &draft.declared) {
        (Sheet::Compliance, _) => compliance::contradictions(answers, &draft.known, draft.span),
        (Sheet::Handling, Some(declared)) => {
            handling::contradictions(answers, &draft.compared, declared, |one| draft.made(one))
        }
        (Sheet::Handling, None) => Vec::new(),
    }
}

/// Refuses answers that say too little or that the ledger contradicts; the numbers of those that were set against it.
fn checked(draft: &Draft, answers: &Answers, args: &AskedArgs, trace: &Trace) -> Result<Vec<usize>, Failure> {
    let (from, until) = (draft.span.from.to_string(), draft.span.until.to_string());
    let form = match draft.sheet {
        Sheet::Handling => "handling",
        Sheet::Compliance => "compliance",
    };
    trace.facts(json!({ "form": form, "from": from, "until": until, "blank": blank(draft, answers) }));
    if let Some(declared) = &draft.declared {
        trace.fact("declared", declared.entry);
    }
    let lacking: Vec<String> = lacking(draft, answers).into_iter().map(|(at, why)| lack(at, why)).collect();
    if !lacking.is_empty() {
        let failure = Failure::usage("answers_incomplete", t!("err-answers-incomplete"), t!("hint-answers-incomplete"));
        return Err(failure.with_details(lacking));
    }
    let found = contradictions(draft, answers);
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let questions: Vec<usize> = found.iter().map(|one| one.question).collect();
    let told: Vec<Value> =
        found.iter().map(|one| json!({ "question": one.question, "entries": one.entries })).collect();
    trace.fact("contradicted", told);
    let Some(reason) = &args.override_reason else {
        let message = t!("err-answer-contradicts", count = found.len());
        let details = found.iter().map(contradiction).collect();
        return Err(
            Failure::refused("answer_contradicts", message, t!("hint-answer-contradicts")).with_details(details)
        );
    };
    trace.fact("overridden", json!({ "rule": "answer_contradicts", "reason": one_line(reason)? }));
    Ok(questions)
}

/// Attack: a reason with a line end, after which the remark on the sheet seems to be over.
fn one_line(reason: &str) -> Result<String, Failure> {
    said::text(&reason.replace(['\r', '\n'], "　"))
}

/// The answers with what the ledger fills in.
fn merged(draft: &Draft, answers: &Answers) -> Answers {
    let mut merged = Answers::default();
    for question in questions(draft) {
        let said = answers.of(question);
        let (known, lines) = of_ledger(draft, question);
        let text = said.text.or_else(|| Some(lines.join("\n")).filter(|text| !text.is_empty()));
        let subordinate = matches!(question, 7 | 8) && merged.of(6).choice == Some(false) && said.choice.is_none();
        let choice = if subordinate { None } else { said.choice.or(known) };
        merged.put(question, Answer { choice, text });
    }
    merged
}

/// The questions that stay blank.
fn blank(draft: &Draft, answers: &Answers) -> Vec<usize> {
    let merged = merged(draft, answers);
    questions(draft).filter(|question| merged.of(*question).choice.is_none()).collect()
}

fn compose(
    desk: &Desk,
    draft: &Draft,
    answers: &Answers,
    overridden: &[usize],
    args: &AskedArgs,
) -> Result<Paper, Failure> {
    let reason = args.override_reason.as_deref().map(one_line).transpose()?.unwrap_or_default();
    let of = Reported {
        span: draft.span,
        contract: &draft.contract,
        known: &draft.known,
        answers,
        overridden: (!overridden.is_empty()).then_some((overridden, reason.as_str())),
    };
    match draft.sheet {
        Sheet::Handling => Ok(papers::handling(desk, &of, draft.declared.as_ref(), &draft.compared)),
        Sheet::Compliance => papers::compliance(desk, &of),
    }
}

fn tell(context: &Context, draft: &Draft, answers: &Answers) {
    if draft.sheet == Sheet::Handling && draft.declared.is_none() {
        context.warn(&t!("warn-no-conformity"));
    }
    let blank: Vec<String> = blank(draft, answers).iter().map(|question| format!("({question})")).collect();
    if !blank.is_empty() {
        context.say(&t!("report-blank", questions = blank.join(" ")));
    }
}

fn contradiction(found: &Contradiction) -> String {
    let entries: Vec<String> = found.entries.iter().map(u64::to_string).collect();
    let why = words::contradicted(found.why);
    let question = found.question.to_string();
    if entries.is_empty() {
        t!("contradiction-none", question = question, why = why)
    } else {
        t!("contradiction", question = question, why = why, entries = entries.join("・"))
    }
}

fn lack(question: usize, why: Lacking) -> String {
    let question = question.to_string();
    match why {
        Lacking::Incident => t!("lacking-incident", question = question),
        Lacking::Plan => t!("lacking-plan", question = question),
        Lacking::Breach => t!("lacking-breach", question = question),
        Lacking::NoSubcontractor => t!("lacking-no-subcontractor", question = question),
    }
}
