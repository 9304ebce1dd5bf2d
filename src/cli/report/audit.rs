//! `tewatashi report audit` and `report inspect`: what the ledger shows that should not be.

mod book;
mod table;

use std::fs::File;
use std::path::Path;

use chrono::Local;
use serde_json::{Value, json};

use crate::audit::{Asked, Audit, Auditor, Check, Checked, Finding};
use crate::calendar::Span;
use crate::cli::args::AuditArgs;
use crate::cli::context::Context;
use crate::cli::desk::{Desk, Shelf, recorded_at};
use crate::cli::failure::Failure;
use crate::cli::papers::{self, Document, Papers, Told};
use crate::cli::place::{absent, place_new};
use crate::cli::{ledger as books, said, when, words};
use crate::ledger::corrected::Corrections;
use crate::ledger::{self, Entry, Head, Kind, SubjectType};
use crate::paper::fields::audit::AuditKind;
use crate::t;
use crate::term::language::{japanese, loader};
use crate::term::show;

/// All that was found: by the ledger's own proof, and by the audit of what its entries say.
pub struct Found {
    /// What verifying found.
    pub proof: Vec<ledger::Finding>,
    /// The audit, the proof among its checks.
    pub audit: Audit,
    /// The head it is about.
    pub head: Head,
}

/// One line of either.
#[derive(Clone, Copy)]
pub enum Line<'f> {
    /// Of the proof.
    Proof(&'f ledger::Finding),
    /// Of the audit.
    Shown(&'f Finding),
}

impl Found {
    /// All findings, those of the proof first.
    pub fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        self.proof.iter().map(Line::Proof).chain(self.audit.findings.iter().map(Line::Shown))
    }

    /// In words: on paper in Japanese, on the screen in the language of the run.
    pub fn told(&self, on_paper: bool) -> Vec<Told> {
        let l = if on_paper { japanese() } else { loader() };
        let told = |line: Line| match line {
            Line::Proof(finding) => Told {
                kind: words::audit_check(l, Check::Ledger),
                text: words::finding_in(l, finding),
                day: None,
                things: Vec::new(),
                entries: entries_of(finding),
            },
            Line::Shown(finding) => Told {
                kind: words::audit_check(l, finding.check),
                text: words::fault(l, &finding.fault, finding.entries.len()),
                day: finding.day,
                things: finding.things.iter().map(|thing| show::name(thing)).collect(),
                entries: finding.entries.clone(),
            },
        };
        self.lines().map(told).collect()
    }

    fn json(&self) -> Value {
        self.lines().map(json_of).collect()
    }
}

pub fn run(context: &Context, args: &AuditArgs, kind: AuditKind) -> Result<(), Failure> {
    args.xlsx.as_deref().map_or(Ok(()), absent)?;
    let today = when::today();
    let usual = Span { until: today, ..Span::fiscal_year(today) };
    let span = super::span(&args.span, usual)?;
    // Nothing is said of days that have not come.
    let span = Span { until: span.until.min(today), ..span };
    let opinion = args.opinion.as_deref().map(said::text).transpose()?;
    let desk = Desk::open(context)?;
    super::outside(context, span, &desk.contract()?);
    let (found, document) = recorded_at(context, &desk, Kind::Report, |desk, trace| {
        let found = look(context, desk, span)?;
        let document = issued(context, desk, args.xlsx.as_deref(), kind, &found, opinion.clone())?;
        trace.about(SubjectType::Document, document.number.clone());
        trace.facts(json!({
            "form": form(kind), "from": span.from.to_string(), "until": span.until.to_string(),
            "findings": found.lines().count(), "checks": found.audit.checked.len(), "entries": found.head.size,
        }));
        Ok((found, document))
    })?;
    if !context.json {
        table::show(context, &found);
    }
    whose(context, &desk, kind)?;
    papers::tell(context, [&document]);
    if let Some(file) = &args.xlsx {
        context.say(&t!("audit-xlsx-written", path = show::path(file)));
    }
    context.result(&json!({
        "form": form(kind), "from": span.from.to_string(), "until": span.until.to_string(),
        "entries": found.head.size, "code": found.head.code().to_string(),
        "findings": found.json(), "checked": found.audit.checked, "notes": found.audit.notes,
        "file": args.xlsx.as_ref().map(|file| file.to_string_lossy()), "documents": [document.json()],
    }));
    Ok(())
}

fn form(kind: AuditKind) -> &'static str {
    match kind {
        AuditKind::Audit => "audit",
        AuditKind::Inspection => "inspection",
    }
}

/// The proof first, and then what the entries say. What cannot be read as an entry the proof tells of.
fn look(context: &Context, desk: &Desk, span: Span) -> Result<Found, Failure> {
    let shelf = Shelf::beside(desk)?;
    let (verdict, _) = books::verified(context, &shelf, None, true)?;
    let failed = |e: &ledger::Error| words::ledger(e);
    let head = shelf.ledger.head().map_err(|e| failed(&e))?;
    let corrections = Corrections::of(&shelf.ledger).map_err(|e| failed(&e))?;
    let contract = desk.contract()?;
    let mut auditor = Auditor::new(Asked { span, today: when::today(), contract: &contract, settings: &desk.settings });
    shelf
        .ledger
        .each(1..=head.size.max(verdict.entries), |_, body| {
            if let Ok(entry) = serde_json::from_str::<Entry>(body) {
                auditor.take(&entry, corrections.standing(&entry).as_deref());
            }
            Ok::<(), ledger::Error>(())
        })
        .map_err(|e| failed(&e))?;
    let mut audit = auditor.end();
    let (looked, proof) = (verdict.entries, verdict.findings);
    audit.checked.insert(0, Checked { check: Check::Ledger, looked, found: proof.len() as u64 });
    Ok(Found { proof, audit, head })
}

/// The report; and where a workbook is asked for, issued once there is a file to put that in.
fn issued(
    context: &Context,
    desk: &Desk,
    xlsx: Option<&Path>,
    kind: AuditKind,
    found: &Found,
    opinion: Option<String>,
) -> Result<Document, Failure> {
    let told = found.told(true);
    let paper = papers::audit(desk, kind, &found.audit, &told, &found.head, opinion)?;
    let papers = Papers::new(context, desk);
    let Some(path) = xlsx else { return papers.issue(&paper) };
    let mut document = None;
    place_new(path, |file: &mut File| {
        let made = Local::now().fixed_offset();
        book::write(found, &told, kind, &made, file).map_err(|e| words::export(path, &e))?;
        document = Some(papers.issue(&paper)?);
        Ok(())
    })
    .map_err(|failure| match &document {
        Some(document) => books::not_copied(document, path, failure),
        None => failure,
    })?;
    document.map_or_else(|| papers.issue(&paper), Ok)
}

/// Said, and no more: who may audit is for the office to say.
fn whose(context: &Context, desk: &Desk, kind: AuditKind) -> Result<(), Failure> {
    let (role, shown) = match kind {
        AuditKind::Audit => ("監査責任者", t!("audit-role-auditor")),
        AuditKind::Inspection => ("保護管理者", t!("audit-role-manager")),
    };
    let roster = desk.roster()?;
    let own = |number: &String| roster.people().iter().find(|person| person.number == *number);
    let holds = desk.operator.staff.as_ref().and_then(own).is_some_and(|person| person.role == role);
    if !holds {
        context.note(&t!("audit-not-role", name = show::name(&desk.operator.name), role = shown));
    }
    Ok(())
}

/// A finding for scripts.
fn json_of(line: Line) -> Value {
    match line {
        Line::Shown(finding) => json!(finding),
        Line::Proof(finding) => {
            let mut value = json!(finding);
            let entries = entries_of(finding);
            if let Value::Object(map) = &mut value {
                let more = json!({ "check": Check::Ledger, "entries": entries, "day": null, "things": [] });
                map.extend(more.as_object().cloned().unwrap_or_default());
            }
            value
        }
    }
}

/// The entries that a finding of the proof names.
fn entries_of(finding: &ledger::Finding) -> Vec<u64> {
    let value = json!(finding);
    let keys = ["number", "from", "to", "one", "other", "at", "size", "carried_by"];
    let mut found: Vec<u64> = keys.iter().filter_map(|key| value.get(key).and_then(Value::as_u64)).collect();
    found.sort_unstable();
    found.dedup();
    found
}
