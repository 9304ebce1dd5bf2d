//! What a 開封確認書 says of the numbers: of each table, and of what was not counted.

use crate::cli::compare::{Comparison, Counts};
use crate::cli::words;
use crate::counting::{Counted, Outcome};
use crate::paper::fields::Count;
use crate::paper::fields::opening::Rows;
use crate::term::show;

/// A sheet lists no more tables than this; the others are summed up in its last line.
const MOST_LISTED: usize = 200;

/// レコード数 of each table.
pub fn by_file(counts: &Counts) -> Vec<Rows> {
    let mut lines: Vec<Rows> = counts.tables.iter().flat_map(|(path, outcome)| table(path, outcome)).collect();
    let more = lines.split_off(lines.len().min(MOST_LISTED));
    if !more.is_empty() {
        let rows: u64 = more.iter().filter_map(|line| line.rows).map(Count::number).sum();
        let not = more.iter().filter(|line| line.rows.is_none()).count();
        let note = (not > 0).then(|| format!("うち{}件は計数していない", show::number(not as u64)));
        let name = Some(format!("ほか{}件", show::number(more.len() as u64)));
        lines.push(Rows { name, rows: Some(rows.into()), note });
    }
    lines
}

fn table(path: &str, outcome: &Outcome) -> Vec<Rows> {
    let counted = match outcome {
        Outcome::Counted(counted) => counted,
        Outcome::NotCounted { reason } => {
            let note = Some(words::not_counted_on_paper(*reason).to_owned());
            return vec![Rows { name: Some(path.to_owned()), rows: None, note }];
        }
    };
    let Counted { rows, sheets, .. } = counted;
    if sheets.is_empty() {
        return vec![Rows { name: Some(path.to_owned()), rows: Some((*rows).into()), note: None }];
    }
    let line = |sheet: &crate::counting::Sheet| Rows {
        name: Some(path.to_owned()),
        rows: Some(sheet.rows.into()),
        note: Some(format!("シート「{}」{}", sheet.name, if sheet.hidden { "（非表示）" } else { "" })),
    };
    sheets.iter().map(line).collect()
}

/// What differs, and what was not counted or is taken for granted.
pub fn problems(comparison: &Comparison) -> Vec<String> {
    let Comparison { records, subjects, counts, .. } = comparison;
    let mut said = Vec::new();
    if records.differs() {
        said.push("レコード数が申告と異なる。".to_owned());
    }
    if subjects.differs() {
        said.push("件数（人数）が申告と異なる。".to_owned());
    }
    if records.counted.is_none() {
        said.push("レコード数は計数していない（CSV・TSV・xlsxとして数えられるファイルがない）。".to_owned());
    } else {
        if counts.headings > 0 {
            let headings = show::number(counts.headings);
            said.push(format!("レコード数は、各表の先頭{headings}行を見出しとみなして除いた数である。"));
        }
        if counts.others > 0 {
            let others = show::number(counts.others);
            said.push(format!("CSV・TSV・xlsx以外のファイル{others}件は計数していない。"));
        }
    }
    said.push(match subjects.counted {
        None => "件数（人数）は計数していない。".to_owned(),
        Some(_) => "件数（人数）は、確認者が数えて入力した数である。".to_owned(),
    });
    said
}
