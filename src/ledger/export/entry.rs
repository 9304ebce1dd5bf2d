//! The sheet of all entries (記録（全件）): what a row of it says.

use chrono::{DateTime, Timelike};

use super::cell;
use crate::era;
use crate::ledger::register::{self, Index};
use crate::ledger::{Claim, Clock, Entry, Kind, Outcome, SubjectType};

/// Rows above the first entry: title, note, headings.
pub const HEAD_ROWS: u32 = 3;

/// Headings, and widths in half-width characters.
pub const COLUMNS: [(&str, u32); 12] = [
    ("番号", 6),
    ("日時", 31),
    ("時計", 10),
    ("操作者", 16),
    ("申告方法", 12),
    ("OS利用者", 12),
    ("端末", 14),
    ("種別", 14),
    ("対象", 24),
    ("結果", 8),
    ("訂正", 18),
    ("内容（JSON）", 76),
];

/// The column that says what corrected the entry.
pub const CORRECTED: usize = 10;

/// The cells of an entry after its number.
///
/// # Errors
/// Facts that are no JSON; none in practice.
pub fn cells(entry: &Entry, index: &Index) -> serde_json::Result<[String; 11]> {
    let operator = &entry.operator;
    let subjects = entry.subjects.iter().map(|s| Some(format!("{} {}", subject_word(s.kind), s.id)));
    let corrections = index.corrections(entry.number).iter().filter(|c| c.struck == entry.number);
    Ok([
        time(&entry.time),
        clock(&entry.clock),
        match &operator.staff {
            Some(staff) => format!("{}\n（{staff}）", operator.name),
            None => operator.name.clone(),
        },
        claim(operator.by).to_owned(),
        operator.os_user.clone(),
        operator.host.clone(),
        kind_word(&entry.kind),
        cell::lines(subjects),
        outcome(entry.result).to_owned(),
        cell::lines(corrections.map(|c| Some(format!("第{}号: {}", c.by, c.reason)))),
        serde_json_canonicalizer::to_string(&entry.facts)?,
    ])
}

/// In both calendars; to the millisecond and with its offset as recorded.
fn time(recorded: &str) -> String {
    match DateTime::parse_from_rfc3339(recorded) {
        Ok(time) => format!(
            "{} {:02}:{:02}:{:02}\n{recorded}",
            era::table(time.date_naive()),
            time.hour(),
            time.minute(),
            time.second()
        ),
        Err(_) => recorded.to_owned(),
    }
}

fn clock(clock: &Clock) -> String {
    let source = if clock.source == "system" { "端末" } else { &clock.source };
    let follows = match clock.synchronised {
        Some(true) => "同期あり",
        Some(false) => "同期なし",
        None => "同期不明",
    };
    format!("{source}\n{follows}")
}

fn claim(claim: Claim) -> &'static str {
    match claim {
        Claim::Option => "指定",
        Claim::Mapping => "案件の設定",
        Claim::Answer => "画面で回答",
        Claim::OsUser => "申告なし",
    }
}

/// A kind of a newer program keeps its own text.
fn kind_word(text: &str) -> String {
    let kind: Option<Kind> = serde_json::from_value(text.into()).ok();
    kind.map_or_else(|| text.to_owned(), |kind| register::word(kind).to_owned())
}

fn subject_word(kind: SubjectType) -> &'static str {
    match kind {
        SubjectType::Bundle => "束",
        SubjectType::Medium => "媒体",
        SubjectType::Person => "人",
        SubjectType::Entry => "記録",
        SubjectType::Contract => "契約",
        SubjectType::Document => "文書",
        SubjectType::Ledger => "台帳",
        SubjectType::Key => "鍵",
        SubjectType::Slip => "通知書",
        SubjectType::Equipment => "機器",
        SubjectType::Place => "場所",
        SubjectType::Approval => "承認",
    }
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Begun => "着手",
        Outcome::Done => "完了",
        Outcome::InPart => "一部完了",
        Outcome::Refused => "拒否",
        Outcome::Failed => "失敗",
        Outcome::Interrupted => "中断",
    }
}
