//! 監査報告書 and 点検報告書: what was looked for, what was found, and what nobody could look at.

use chrono::{Local, NaiveDate};

use super::Paper;
use crate::audit::{Audit, Checked};
use crate::case::{Roster, Word};
use crate::cli::desk::Desk;
use crate::cli::failure::Failure;
use crate::cli::words;
use crate::ledger::Head;
use crate::paper::fields::Person;
use crate::paper::fields::audit::{self as fields, AuditKind};
use crate::term::language::japanese;

/// As many findings as a page carries; the workbook has all.
const MOST_FINDINGS: usize = 500;

/// As many ranges of entries as a line carries.
const MOST_RANGES: usize = 12;

/// A finding in the words of the sheet.
pub struct Told {
    /// 区分
    pub kind: String,
    /// 内容
    pub text: String,
    /// 日
    pub day: Option<NaiveDate>,
    /// 対象
    pub things: Vec<String>,
    /// 台帳の記録番号
    pub entries: Vec<u64>,
}

/// The report.
pub fn audit(
    desk: &Desk,
    kind: AuditKind,
    found: &Audit,
    told: &[Told],
    head: &Head,
    opinion: Option<String>,
) -> Result<Paper, Failure> {
    let roster = desk.roster()?;
    let (to, by) = match kind {
        AuditKind::Audit => ("総括保護管理者", "監査責任者"),
        AuditKind::Inspection => ("総括保護管理者", "保護管理者"),
    };
    let today = Local::now().date_naive();
    let left = told.len().saturating_sub(MOST_FINDINGS);
    let paper = Paper::of(fields::Audit {
        date: Some(today.into()),
        kind: Some(kind),
        to: holder(&roster, to, today),
        by: holder(&roster, by, today),
        scope: scope(desk, head),
        from: Some(found.span.from.into()),
        until: Some(found.span.until.into()),
        method: method(found),
        checked: found.checked.iter().map(checked).collect(),
        findings: told.iter().take(MOST_FINDINGS).map(finding).collect(),
        unlisted: (left > 0).then(|| (left as u64).into()),
        opinion,
        limits: LIMITS.map(str::to_owned).to_vec(),
        remarks: remarks(found),
    });
    let title = match kind {
        AuditKind::Audit => "監査報告書",
        AuditKind::Inspection => "点検報告書",
    };
    // Names and reasons that others wrote: one odd character of theirs must not keep an audit from being printed.
    Ok(paper.titled(title).of_others())
}

/// Who has a role, when exactly one has.
fn holder(roster: &Roster, role: &str, today: NaiveDate) -> Option<Person> {
    let mut found = roster.people().iter().filter(|person| person.role == role && person.is_here(today));
    let (first, second) = (found.next()?, found.next());
    second.is_none().then(|| Person {
        section: Some(first.section.clone()).filter(|text| !text.is_empty()),
        post: Some(first.role.clone()),
        ..Person::named(first.name.clone())
    })
}

fn scope(desk: &Desk, head: &Head) -> Vec<String> {
    let contract = &desk.settings.contract;
    let side = desk.settings.side.text();
    let of = match (contract.title.is_empty(), contract.number.is_empty()) {
        (false, false) => format!("{}（{}）に係る{side}の台帳", contract.title, contract.number),
        (false, true) => format!("{}に係る{side}の台帳", contract.title),
        _ => format!("{side}の台帳"),
    };
    vec![of, format!("台帳の第1号から第{}号までの全ての記録（台帳コード {}）", head.size, head.code())]
}

fn method(found: &Audit) -> Vec<String> {
    vec![
        "全ての記録から台帳のハッシュ値を計算し直し、番号の連続、全ての署名、保管する文書の控えとの一致を検証した。"
            .to_owned(),
        format!(
            "全ての記録を順に読み、それぞれの時点で効力のあった設定に照らして、次の{}項目を確認した。",
            found.checked.len()
        ),
        "媒体、通知書、開封した写し及び機器の状態は、期間の末日までの記録から求めた。".to_owned(),
    ]
}

/// What no ledger shows.
const LIMITS: [&str; 6] = [
    "この台帳を使わずに行われた取扱い、口頭又は紙のみの受渡しは、記録がないため確認できない。",
    "操作者、承認者、立会者等の氏名は申告によるもので、本人であることは確かめられない。",
    "承認は記録の有無と効力を確認したもので、決裁文書の原本は確認していない。",
    "時刻は各パソコンの時計による。執務時間及び休業日は、当時の設定と祝日法の規則による。",
    "消去は記録された範囲についてのものであり、記録にない複製がないことまでは確認できない。",
    "相手方の行為は、相手方から受領した記録の範囲で確認した。",
];

fn checked(one: &Checked) -> fields::Checked {
    fields::Checked {
        item: Some(words::audit_check(japanese(), one.check)),
        looked: Some(one.looked.into()),
        found: Some(one.found.into()),
    }
}

fn finding(told: &Told) -> fields::Finding {
    fields::Finding {
        kind: Some(told.kind.clone()),
        text: Some(told.text.clone()),
        day: told.day.map(Into::into),
        thing: Some(told.things.join("、")),
        entries: Some(words::entry_numbers(japanese(), &told.entries, MOST_RANGES)),
    }
}

fn remarks(found: &Audit) -> Option<String> {
    let line = |note: &crate::audit::Note| {
        let (name, numbers) = (words::noted(japanese(), note.note), &note.entries);
        format!("{name}: {}件（{}）", numbers.len(), words::entry_numbers(japanese(), numbers, MOST_RANGES))
    };
    let lines: Vec<String> = found.notes.iter().map(line).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}
