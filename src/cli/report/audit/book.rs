//! The workbook of an audit: all findings, and all that was looked for. Japanese, as the report is.

use std::io::Write;

use chrono::{DateTime, FixedOffset};

use super::Found;
use crate::cli::papers::Told;
use crate::cli::words;
use crate::era;
use crate::ledger::export::{self, Table, Value, tables};
use crate::paper::fields::audit::AuditKind;
use crate::term::language::japanese;

/// Writes it.
pub fn write(
    found: &Found,
    told: &[Told],
    kind: AuditKind,
    made: &DateTime<FixedOffset>,
    out: impl Write + Send,
) -> Result<(), export::Error> {
    let name = match kind {
        AuditKind::Audit => "監査報告書",
        AuditKind::Inspection => "点検報告書",
    };
    let span = found.audit.span;
    let code = found.head.code();
    let line = format!(
        "期間　{} から {} まで　　作成　{}　　記録　第{}号まで（台帳コード {code}）",
        era::long(span.from),
        era::long(span.until),
        era::long_time_with_western(made),
        found.head.size,
    );
    let sheets = [findings(told, name, &line), checked(found, name, &line), notes(found, name, &line)];
    tables(&sheets, made, &format!("台帳コード {code}"), out)
}

fn text(text: impl Into<String>) -> Value {
    Value::Text(text.into())
}

fn findings(told: &[Told], name: &str, line: &str) -> Table {
    let row = |(at, told): (u64, &Told)| {
        let day = told.day.map(|day| format!("{}\n({day})", era::table(day))).unwrap_or_default();
        // A cell takes some thousand ranges; what is more than that says how many.
        let entries = words::entry_numbers(japanese(), &told.entries, 1_000);
        vec![
            Value::Number(at),
            text(&*told.kind),
            text(day),
            text(told.things.join("\n")),
            text(&*told.text),
            text(entries),
            Value::Number(told.entries.len() as u64),
        ]
    };
    Table {
        name: "指摘事項",
        title: format!("{name}　指摘事項"),
        line: line.to_owned(),
        columns: vec![
            ("番号", 7),
            ("区分", 22),
            ("日", 14),
            ("対象", 22),
            ("内容", 58),
            ("台帳の記録番号", 26),
            ("記録の数", 10),
        ],
        rows: (1..).zip(told).map(row).collect(),
        empty: "指摘事項はありません。確認した事項は次のシートにあります。",
    }
}

fn checked(found: &Found, name: &str, line: &str) -> Table {
    let row = |(at, one): (u64, &crate::audit::Checked)| {
        let item = words::audit_check(japanese(), one.check);
        vec![Value::Number(at), text(item), Value::Number(one.looked), Value::Number(one.found)]
    };
    Table {
        name: "確認した事項",
        title: format!("{name}　確認した事項"),
        line: line.to_owned(),
        columns: vec![("番号", 7), ("確認した事項", 50), ("確認した数", 16), ("指摘の数", 16)],
        rows: (1..).zip(&found.audit.checked).map(row).collect(),
        empty: "",
    }
}

fn notes(found: &Found, name: &str, line: &str) -> Table {
    let row = |note: &crate::audit::Note| {
        let numbers = words::entry_numbers(japanese(), &note.entries, 1_000);
        vec![text(words::noted(japanese(), note.note)), Value::Number(note.entries.len() as u64), text(numbers)]
    };
    Table {
        name: "参考",
        title: format!("{name}　参考（指摘ではないもの）"),
        line: line.to_owned(),
        columns: vec![("事項", 40), ("数", 12), ("台帳の記録番号", 70)],
        rows: found.audit.notes.iter().map(row).collect(),
        empty: "ありません。",
    }
}
