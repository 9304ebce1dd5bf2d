//! `tewatashi report erasure` and `report roster`: what nobody has to be asked for.

use chrono::NaiveDate;
use serde_json::json;

use super::asked::of_contractor;
use crate::cli::context::Context;
use crate::cli::desk::{Desk, Shelf, recorded_at};
use crate::cli::failure::Failure;
use crate::cli::papers::{self, Paper, Papers};
use crate::cli::status::Standing;
use crate::cli::takeout::finish;
use crate::cli::{reconcile, when, words};
use crate::era;
use crate::ledger::{Kind, SubjectType};
use crate::t;

/// 個人情報消去報告書
pub fn erasure(context: &Context) -> Result<(), Failure> {
    let desk = Desk::open(context)?;
    of_contractor(&desk)?;
    let papers = Papers::new(context, &desk);
    let life = desk.life()?;
    let standing = Standing::of(&Shelf::beside(&desk)?, life)?;
    let mut open: Vec<String> = standing
        .open
        .iter()
        .map(|one| {
            let due = one.due.map(|due| format!("（期限 {}）", era::table(due))).unwrap_or_default();
            // Both sides number their slips from one.
            let bundle = one.bundle.as_ref().filter(|bundle| **bundle != one.thing);
            let bundle = bundle.map(|bundle| format!("（束 {bundle}）")).unwrap_or_default();
            format!("{}　{}{bundle}{due}", words::waits_on_paper(one.waits), one.thing)
        })
        .collect();
    let files = reconcile::slip_files_left(&desk, &standing)?;
    open.extend(files.into_iter().map(|number| format!("通知書のファイルの消去　{number}")));
    let count = open.len();
    let paper = recorded_at(context, &desk, Kind::Report, |desk, trace| {
        let paper = papers::erasure_report(desk, &standing.life, open)?;
        papers.ready(&paper)?;
        trace.facts(json!({ "form": "erasure-report", "open": count }));
        Ok(paper)
    })?;
    if count > 0 {
        context.say(&t!("report-erasure-open", count = count));
    }
    issue(context, &desk, &papers, paper, json!({ "open": count }))
}

/// 作業責任者・作業従事者名簿, or 変更届 since a day.
pub fn roster(context: &Context, since: Option<NaiveDate>) -> Result<(), Failure> {
    let desk = Desk::open(context)?;
    let papers = Papers::new(context, &desk);
    let since = since.map(|since| when::past_day(Some(since))).transpose()?;
    let paper = recorded_at(context, &desk, Kind::Report, |desk, trace| {
        let paper = papers::roster(desk, since)?;
        papers.ready(&paper)?;
        trace.facts(json!({ "form": "roster", "since": since.map(|day| day.to_string()) }));
        Ok(paper)
    })?;
    issue(context, &desk, &papers, paper, json!({ "since": since.map(|day| day.to_string()) }))
}

fn issue(
    context: &Context,
    desk: &Desk,
    papers: &Papers,
    paper: Paper,
    told: serde_json::Value,
) -> Result<(), Failure> {
    let paper = paper.about(SubjectType::Entry, desk.last_entry().to_string());
    finish(context, papers.issue(&paper).map(Some), told)
}
