//! The two forms that cities published: every heading, field, question and option of `fixtures/published` stands on the
//! page in its order, whatever is filled in, and which option was chosen is told by the text as well.

#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;
use tewatashi::paper::{Form, Job, Press, Record, form, sample};

#[path = "common/pdf.rs"]
mod pdf;
use pdf::{Pdf, squeezed};

const PUBLISHED: [Form; 2] = [Form::Handling, Form::Compliance];

fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The lines of the published form.
fn lines(form: Form) -> Vec<String> {
    let text = fs::read_to_string(project(&format!("fixtures/published/{}.txt", form.name()))).unwrap();
    let lines: Vec<String> = text.lines().filter(|line| !line.starts_with('#')).map(squeezed).collect();
    assert!(lines.len() > 30 && lines.iter().all(|line| !line.is_empty()), "{}", form.name());
    lines
}

/// A record of the form; the published ones were written for a 札幌市 and a 豊島区.
fn record(form: Form, size: &str) -> Record {
    let mut record = if size == "sample" {
        sample(form)
    } else {
        let path = project(&format!("fixtures/forms/{}-{size}.json", form.name()));
        serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
    };
    "架空区".clone_into(&mut record.case.city.name);
    record
}

fn text(job: &Job) -> String {
    let page = Press::new(vec![], None).set(job).unwrap_or_else(|e| panic!("{}: {e:?}", job.record.form));
    squeezed(&Pdf::of(&page.pdf, page.pages).text("-raw"))
}

/// Where each line begins; else the first that is missing or stands too early.
fn in_order<'l>(lines: &'l [String], text: &str) -> Result<Vec<usize>, &'l str> {
    let mut from = 0;
    let mut places = Vec::new();
    for line in lines {
        let at = from + text[from..].find(line.as_str()).ok_or(line.as_str())?;
        places.push(at);
        from = at + line.len();
    }
    Ok(places)
}

/// The text without the ○ before a word that was chosen: it is the answer, and no part of the form.
fn unmarked(text: &str) -> String {
    text.replace('○', "")
}

#[test]
fn every_line_of_the_published_form_stands_in_its_order() {
    for form in PUBLISHED {
        let lines = lines(form);
        for size in ["smallest", "sample", "largest"] {
            let text = unmarked(&text(&Job::of(&record(form, size))));
            in_order(&lines, &text).unwrap_or_else(|line| panic!("{} {size}: {line}: {text}", form.name()));
        }
    }
}

/// The comparison above can fail: for each line, when it is not there. Single characters (様, 記) stand in other words, too.
#[test]
fn a_line_that_is_missing_is_missed() {
    for form in PUBLISHED {
        let lines = lines(form);
        let text = unmarked(&text(&Job::of(&record(form, "smallest"))));
        let places = in_order(&lines, &text).unwrap();
        for (line, at) in lines.iter().zip(places).filter(|(line, _)| line.chars().count() > 1) {
            let without = format!("{}{}", &text[..at], &text[at + line.len()..]);
            assert!(in_order(&lines, &without).is_err(), "{}: nobody misses {line}", form.name());
        }
    }
}

/// A template of which a city, or a slip of ours, took or moved something.
#[test]
fn a_template_that_lost_or_moved_a_line_is_not_the_published_form() {
    let without = |form: Form, gone: &str| {
        let template = form.template();
        let line = template.lines().find(|line| line.contains(gone)).unwrap_or_else(|| panic!("{gone}"));
        template.replacen(line, "", 1)
    };
    let swapped = |form: Form, one: &str, other: &str| {
        let marked = form.template().replacen(one, "\u{1}", 1).replacen(other, one, 1);
        marked.replacen('\u{1}', other, 1)
    };
    for (form, template, first_missed) in [
        (Form::Handling, without(Form::Handling, "[関係法令の遵守]"), "(6)関係法令の遵守"),
        (Form::Handling, without(Form::Handling, "head[対象期間]"), "対象期間"),
        (
            Form::Handling,
            swapped(Form::Handling, "[セキュリティ強化のための管理策]", "[定期監査の実施]"),
            "(3)セキュリティ強化のための管理策",
        ),
        (Form::Compliance, without(Form::Compliance, "question(5)"), "(6)再委託を行っている"),
        (Form::Compliance, without(Form::Compliance, "head[名　称]"), "名称"),
        (
            Form::Compliance,
            swapped(Form::Compliance, "[事故対応]", "[再委託について]"),
            "(5)事故が発生した時の報告について、手順や方法を定めている。",
        ),
    ] {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join(form.file());
        fs::write(&path, template).unwrap();
        fs::write(folder.path().join(form::COMMON_FILE), form::COMMON).unwrap();
        let record = record(form, "smallest");
        let text = unmarked(&text(&Job { template: Some(&path), ..Job::of(&record) }));
        assert_eq!(in_order(&lines(form), &text), Err(first_missed), "{}: {text}", form.name());
    }
}

/// 27 ways to answer up to 13 questions, none or one of two each, in which any two questions have all nine pairs of answers:
/// the lines of a plane of three, whose columns are the points of which no two lie on one line through the origin.
fn ways() -> Vec<[usize; 9]> {
    let columns = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1], [1, 2, 0], [1, 0, 2], [0, 1, 2]];
    let rows = (0..27).map(|n| [n % 3, n / 3 % 3, n / 9]);
    let ways: Vec<[usize; 9]> =
        rows.map(|row| columns.map(|column| row.iter().zip(column).map(|(a, b)| a * b).sum::<usize>() % 3)).collect();
    for one in 0..9 {
        for other in 0..one {
            let mut pairs: Vec<_> = ways.iter().map(|way| (way[one], way[other])).collect();
            pairs.sort_unstable();
            pairs.dedup();
            assert_eq!(pairs.len(), 9, "{one} and {other}");
        }
    }
    ways
}

/// The stretches of the text that begin with the numbered lines of the form, each up to the next.
fn stretches<'t>(text: &'t str, lines: &[String], end: &str) -> Vec<&'t str> {
    let numbered: Vec<String> =
        lines.iter().filter(|line| line.starts_with('(') && line.as_bytes()[1].is_ascii_digit()).cloned().collect();
    let mut places = in_order(&numbered, text).unwrap_or_else(|line| panic!("{line}: {text}"));
    places.push(places[places.len() - 1] + text[places[places.len() - 1]..].find(end).unwrap());
    places.windows(2).map(|pair| &text[pair[0]..pair[1]]).collect()
}

#[test]
fn each_answer_is_told_by_the_text_for_every_pair_of_answers() {
    for way in ways() {
        let mut record = record(Form::Compliance, "sample");
        let answers = way.map(|answer| [json!({}), json!({ "yes": true }), json!({ "yes": false })][answer].clone());
        record.fields.insert("answers".into(), Value::Array(answers.into()));
        let text = text(&Job::of(&record));
        let found: Vec<String> = stretches(&text, &lines(Form::Compliance), "区記入欄")
            .iter()
            .map(|part| part.chars().filter(|c| "□✓".contains(*c)).collect())
            .collect();
        let wanted = way.map(|answer| ["□□", "□✓□", "□□✓"][answer]);
        assert_eq!(found, wanted, "{text}");
    }
}

#[test]
fn each_change_is_told_by_the_text_for_every_pair_of_changes() {
    for way in ways() {
        let way = &way[..8];
        let mut record = record(Form::Handling, "sample");
        let measures: Vec<Value> = way
            .iter()
            .map(|answer| {
                [json!({}), json!({ "changed": "unchanged" }), json!({ "changed": "changed" })][*answer].clone()
            })
            .collect();
        record.fields.insert("measures".into(), measures.into());
        let text = text(&Job::of(&record));
        let lines = lines(Form::Handling);
        in_order(&lines, &unmarked(&text)).unwrap_or_else(|line| panic!("{line}: {text}"));
        for (at, (part, answer)) in stretches(&text, &lines, "２その他特記事項等").iter().zip(way).enumerate()
        {
            let (no, yes) = if at == 7 { ("なし", "あり") } else { ("変更なし", "変更あり") };
            let wanted = [format!("（{no}・{yes}）"), format!("（○{no}・{yes}）"), format!("（{no}・○{yes}）")];
            assert!(part.contains(&wanted[*answer]), "({}) {part}", at + 1);
            assert_eq!(part.matches('○').count(), usize::from(*answer > 0), "({}) {part}", at + 1);
        }
    }
}
