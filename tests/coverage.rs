//! `docs/coverage.md` names no command, option, form, kind of entry, setting or page that is not there, and answers every
//! clause of the five public documents.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use tewatashi::case::Settings;
use tewatashi::ledger::Kind;
use tewatashi::paper::Form;

const PAGE: &str = include_str!("../docs/coverage.md");

/// The clauses of each document, by their own numbers, as the documents were read. `~` stands for all between.
const CLAUSES: [(&str, &str); 9] = [
    (
        "## 1. 札幌市",
        "1 1(1~4) 2 3(1~4) 4(1~5) 5(1~12) 6(1~3) 7 8 9 10 11 （注） 様式５␣日付 様式５␣前文 様式５␣委託業務名 様式５␣受託期間 様式５␣対象期間 様式５␣１ 様式５␣１(1~8) 様式５␣２ 様式５␣（注）",
    ),
    (
        "### 資料A 業務の委託",
        "趣旨 （注） 1ア~オ 1※ 2(1)①ア~ウ 2(1)②ア~ケ 2(1)③ア 2(1)④ア~ウ 2(2)①ア~ウ 2(2)②ア~コ 2(2)③ア~カ 2(2)④ア 2(2)⑤ア~ウ \
         2(3)①ア~エ 2(3)②ア~オ 2(3)③ア~セ 2(3)④ア 2(3)⑤ア~ウ 3 3ア~ウ 3※ 4 附則",
    ),
    (
        "### 資料A 個人情報特記事項",
        "第1条 第2条1(1~2) 第2条※1 第2条2 第3条 第4条1~2 第5条 第5条2 第6条 第6条2 第7条 第7条2~5 第8条 第9条 第10条1~4 第11条 第12条 \
         第13条 第14条 第15条1~3 第16条1 第17条 第18条(1) 第19条(1)",
    ),
    ("### 資料B 業務の委託", "1 1(1) 2 2(1~8) 2※ 3 3(1~2) 4 5 6 7 8 9 10 附則"),
    (
        "### 資料B 個人情報特記事項",
        "第1条 第2条1(1~2) 第2条※1 第2条2 第3条 第4条 第5条 第5条2 第6条 第6条2~5 第7条 第8条 第9条1~2 第10条1~2 第11条1~2 第12条 第13条 \
         第14条 第14条※1~2 第15条 第16条1~4 第16条2※ 第17条1~4 第18条1 第19条 第20条 第21条",
    ),
    ("### 資料B③", "(1~9) 区記入欄"),
    (
        "### 資料C",
        "4-8-1 4-8-2(1~5) 4-8-3(1~4) 4-8-4 4-8-5(1~3) 4-8-5(4)①~④ 4-8-5(5~10) 4-8-6(1~18) 4-8-7(1~5) 4-8-8(1~3) 4-8-9(1) \
         4-8-9(1)①~⑧ 4-8-9(2~6) 4-8-10(1) 4-8-11(1~7)",
    ),
    (
        "## 3. 春日部市",
        "第1 第2␣1~5 第3␣1~4 第4 第5␣1(1~3) 第5␣2(1~4) 第5␣3~8 第6␣1(1~2) 第6␣2(1~2) 第6␣3~10 第6␣11(1~2) 第6␣12~15 第7␣1(1~3) 第7␣2(1~2) \
         第8␣1(1~3) 第9␣1(1) 第9␣1(1)①~⑧ 第9␣1(2~5) 第9␣2 第10␣1 第11␣1(1~5) 第11␣2~3 第12␣1~3",
    ),
    ("## 4. 新宿区", "運用1~11 システム1~11"),
];

/// The same of the ministry's letter, whose numbers stand in two columns.
const LETTER: &str = "通知文 平成15年通知␣3 平成15年通知␣3-4 平成15年通知␣3-4␣留意事項（右欄） 平成15年通知␣3-9 平成15年通知␣3-9␣留意事項（右欄） \
    ガイドライン␣前文 ガイドライン␣前文（右欄） 例文(1)①~② 例文(2)・1~12 例文(3) 解説(1) 解説(1)（右欄） 解説(2) 解説(2)①~⑫ 解説(2)①~②（右欄） \
    解説(2)④（右欄） 解説(2)⑥~⑧（右欄） 解説(2)⑩~⑫（右欄） 解説(3) 解説(3)（右欄） 解説(3)（注3） 解説(3)（注4）";

const COUNTED: [&str; 2] = ["アイウエオカキクケコサシスセソ", "①②③④⑤⑥⑦⑧⑨⑩⑪⑫"];

/// What the second column may begin with.
const ANSWERS: [&str; 6] = ["**Does**", "**Refuses**", "**Records**", "**Prints**", "**Nothing**", "**As** "];

struct Row<'p> {
    section: &'p str,
    clause: &'p str,
    answer: &'p str,
    outside: &'p str,
}

fn rows() -> Vec<Row<'static>> {
    let mut section = "";
    let mut rows = Vec::new();
    for line in PAGE.lines() {
        if line.starts_with("## ") || line.starts_with("### ") {
            section = line;
        }
        if section.is_empty() || !line.starts_with("| ") || line.starts_with("| clause ") || line.starts_with("| word ")
        {
            continue;
        }
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [clause, answer, outside] = cells[..] else { panic!("three cells: {line}") };
        rows.push(Row { section, clause, answer, outside });
    }
    rows
}

/// `2(1)②ア~ケ` as nine clauses.
fn spread(pattern: &str) -> Vec<String> {
    let pattern = pattern.replace('␣', " ");
    let Some((left, right)) = pattern.split_once('~') else { return vec![pattern] };
    for series in COUNTED {
        let series: Vec<char> = series.chars().collect();
        let place = |c: Option<char>| series.iter().position(|known| Some(*known) == c);
        if let (Some(first), Some(last)) = (place(left.chars().last()), place(right.chars().next())) {
            let before = left.strip_suffix(series[first]).unwrap();
            let after = right.strip_prefix(series[last]).unwrap();
            return series[first..=last].iter().map(|c| format!("{before}{c}{after}")).collect();
        }
    }
    let before = left.trim_end_matches(|c: char| c.is_ascii_digit());
    let after = right.trim_start_matches(|c: char| c.is_ascii_digit());
    let first: u32 = left[before.len()..].parse().unwrap();
    let last: u32 = right[..right.len() - after.len()].parse().unwrap();
    (first..=last).map(|n| format!("{before}{n}{after}")).collect()
}

/// Whether a row is about this clause and not about one whose number goes on.
fn is_about(row: &Row, clause: &str) -> bool {
    let goes_on = |c: char| c.is_ascii_digit() || "(（-①②③④⑤⑥⑦⑧⑨⑩⑪⑫アイウエオ条".contains(c);
    row.clause.strip_prefix(clause).is_some_and(|rest| !rest.starts_with(goes_on))
}

#[test]
fn every_clause_has_its_row() {
    let rows = rows();
    let letter = [("## 5. 総務省", LETTER)];
    for (section, clauses) in CLAUSES.iter().chain(&letter) {
        let of_section: Vec<&Row> = rows.iter().filter(|row| row.section.starts_with(section)).collect();
        assert!(!of_section.is_empty(), "no table under {section}");
        for clause in clauses.split_whitespace().flat_map(spread) {
            let found = of_section.iter().any(|row| is_about(row, &clause));
            assert!(found, "{section}: no row for {clause}");
        }
    }
    assert_eq!(spread("2(1)②ア~ケ").len(), 9);
    assert_eq!(spread("5(1~12)").last().map(String::as_str), Some("5(12)"));
    assert_eq!(spread("第4条1~2"), ["第4条1", "第4条2"]);
    assert_eq!(spread("第6␣3~10")[0], "第6 3");
    let row = |clause| Row { section: "", clause, answer: "", outside: "" };
    assert!(is_about(&row("5(1) 単独設置"), "5(1)") && !is_about(&row("5(12) 再委託"), "5(1"), "whole numbers alone");
}

#[test]
fn every_row_has_an_answer_of_the_legend() {
    let rows = rows();
    assert!(rows.len() > 400, "they were read: {}", rows.len());
    let mut seen = BTreeSet::new();
    for Row { section, clause, answer, outside } in &rows {
        assert!(seen.insert((section, clause)), "{clause} stands twice under {section}");
        assert!(!clause.is_empty() && !outside.is_empty(), "{section}: a cell of {clause:?} is empty");
        assert!(ANSWERS.iter().any(|word| answer.starts_with(word)), "{section} {clause}: {answer}");
    }
}

#[test]
fn a_row_that_points_elsewhere_points_at_an_answer() {
    let rows = rows();
    let sections = [
        ("資料A特記 ", "### 資料A 個人情報特記事項"),
        ("資料A ", "### 資料A 業務の委託"),
        ("資料B ", "### 資料B 業務の委託"),
        ("春日部 ", "## 3. 春日部市"),
    ];
    let mut pointing = 0;
    for row in &rows {
        let Some(place) = row.answer.strip_prefix("**As** ") else { continue };
        pointing += 1;
        let (section, clause) = sections
            .iter()
            .find_map(|(name, section)| Some((section, place.strip_prefix(name)?)))
            .unwrap_or_else(|| panic!("{}: of which table is {place}?", row.clause));
        let meant: Vec<&Row> =
            rows.iter().filter(|other| other.section.starts_with(section) && is_about(other, clause)).collect();
        assert!(!meant.is_empty(), "{}: there is no {place}", row.clause);
        let further = meant.iter().any(|other| other.answer.starts_with("**As** "));
        assert!(!further, "{}: {place} points further", row.clause);
    }
    assert!(pointing > 80, "they were read: {pointing}");
}

/// What stands between backticks, with the word before it.
fn spans() -> Vec<(&'static str, &'static str)> {
    let mut spans = Vec::new();
    for line in PAGE.lines() {
        let pieces: Vec<&str> = line.split('`').collect();
        assert!(pieces.len() % 2 == 1, "a backtick alone: {line}");
        for pair in pieces[..pieces.len() - 1].chunks(2) {
            let word = pair[0].trim_end().rsplit([' ', '(']).next().unwrap_or_default();
            spans.push((word, pair[1]));
        }
    }
    spans
}

fn is_setting(span: &str) -> bool {
    let pointer = format!("/{}", span.replace('.', "/"));
    Settings::default().to_value().pointer(&pointer).is_some()
}

/// The help of each command, asked for once.
#[derive(Default)]
struct Helps(BTreeMap<String, String>);

impl Helps {
    fn of(&mut self, path: &str) -> &str {
        self.0.entry(path.to_owned()).or_insert_with(|| {
            let run = Command::new(env!("CARGO_BIN_EXE_tewatashi"))
                .args(["--lang", "en"])
                .args(path.split_whitespace())
                .arg("--help")
                .output()
                .unwrap();
            String::from_utf8(run.stdout).unwrap()
        })
    }

    /// Why this is no command that can be typed.
    fn fault(&mut self, span: &str) -> Option<String> {
        let is_word =
            |token: &&str| token.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') && !token.starts_with('-');
        let path = span.split_whitespace().take_while(is_word).collect::<Vec<_>>().join(" ");
        let help = self.of(&path);
        // A word that is no command is taken for an argument, and the usage names the command without it.
        let usage = help.lines().find_map(|line| line.trim().strip_prefix("Usage: tewatashi ")).unwrap_or_default();
        let named = usage.strip_prefix(path.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
        if path.is_empty() || !named {
            return Some(format!("no command: {span} ({usage})"));
        }
        let options: BTreeSet<&str> =
            help.split(|c: char| !(c.is_ascii_lowercase() || c == '-')).filter(|t| t.starts_with("--")).collect();
        let mut asked = span.split_whitespace().filter(|token| token.starts_with("--"));
        asked.find(|option| !options.contains(option)).map(|option| format!("{path} has no {option}"))
    }
}

#[test]
fn what_it_names_is_there() {
    let mut helps = Helps::default();
    let (mut forms, mut commands, mut faults) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    for (word, span) in spans() {
        match word.trim_matches('*') {
            "form" | "Form" if Form::named(span).is_some() => _ = forms.insert(span),
            "form" | "Form" => faults.push(format!("no form: {span}")),
            "entry" if Kind::parse(span).is_none() => faults.push(format!("no kind of entry: {span}")),
            "entry" => {}
            _ if ["tewatashi", "tewatashi.toml"].contains(&span) || is_setting(span) => {}
            _ => match helps.fault(span) {
                Some(fault) => faults.push(fault),
                None => _ = commands.insert(span),
            },
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(forms.len() >= 15 && commands.len() >= 60, "they were read: {} {}", forms.len(), commands.len());
}

#[test]
fn what_is_not_there_is_found() {
    let mut helps = Helps::default();
    for wrong in ["burn", "report weather", "handover elsewhere", "pack --telepathy", "--case", "rules.no_such"] {
        assert!(helps.fault(wrong).is_some() && !is_setting(wrong), "{wrong}");
    }
    assert_eq!(helps.fault("handover --ack CODE"), None);
    assert!(is_setting("rules.approval") && Form::named("poem").is_none() && Kind::parse("poem").is_none());
}

#[test]
fn the_pages_it_points_to_exist() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let links: BTreeSet<&str> = PAGE.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    assert!(links.len() >= 8, "they were read: {links:?}");
    for link in links {
        assert!(docs.join(link).is_file(), "no page: {link}");
    }
}
