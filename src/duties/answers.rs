//! The answers that only people have: read from a file they filled in, and the file to be filled in.

use std::collections::BTreeMap;
use std::fmt::Write;

use toml::de::DeTable;

use super::{compliance, handling};
use crate::case::reader::{Reader, Section};
use crate::case::{Fault, Mistake};

/// Which report is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sheet {
    /// 【様式５】個人情報取扱状況報告書
    Handling,
    /// 個人情報特記事項の遵守に関する報告書
    Compliance,
}

/// One answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// はい・いいえ, 変更あり・変更なし; none leaves both boxes empty.
    pub choice: Option<bool>,
    /// What is written beside it.
    pub text: Option<String>,
}

/// All of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    by_question: BTreeMap<usize, Answer>,
    /// ２ その他特記事項等
    pub special: Option<String>,
    /// 担当者氏名
    pub contact: Option<String>,
    /// 連絡先電話番号
    pub telephone: Option<String>,
    /// 添付
    pub attachments: Vec<String>,
}

const HANDLING: &[&str] = &["special", "section"];
const COMPLIANCE: &[&str] = &["contact", "telephone", "attachments", "question"];
const NUMBERS: &[&str] = &["1", "2", "3", "4", "5", "6", "7", "8", "9"];
const SECTION: &[&str] = &["change", "text"];
const QUESTION: &[&str] = &["answer", "text"];

impl Sheet {
    /// The words for yes and no on the form.
    #[must_use]
    pub fn words(self) -> [&'static str; 2] {
        match self {
            Self::Handling => ["変更あり", "変更なし"],
            Self::Compliance => ["はい", "いいえ"],
        }
    }

    /// Its questions, in their order.
    #[must_use]
    pub fn questions(self) -> &'static [&'static str] {
        match self {
            Self::Handling => &handling::SECTIONS,
            Self::Compliance => &compliance::QUESTIONS,
        }
    }

    fn keys(self) -> (&'static [&'static str], &'static str, &'static [&'static str]) {
        match self {
            Self::Handling => (HANDLING, "section", SECTION),
            Self::Compliance => (COMPLIANCE, "question", QUESTION),
        }
    }

    /// What a person wrote: `はい`, `いいえ`, `変更あり`, and in English.
    fn choice(self, text: &str) -> Option<bool> {
        let [yes, no] = self.words();
        let short = |word: &str| word.trim_start_matches("変更").to_owned();
        match text {
            text if text == yes || text == short(yes) || ["yes", "changed"].contains(&text) => Some(true),
            text if text == no || text == short(no) || ["no", "unchanged"].contains(&text) => Some(false),
            _ => None,
        }
    }
}

impl Answers {
    /// The answer to a question; an empty one where nobody answered.
    #[must_use]
    pub fn of(&self, question: usize) -> Answer {
        self.by_question.get(&question).cloned().unwrap_or_default()
    }

    /// Takes an answer.
    pub fn put(&mut self, question: usize, answer: Answer) {
        self.by_question.insert(question, answer);
    }

    /// The answers a file gives. No attack, but daily bread: an editor that saves `Shift_JIS`.
    ///
    /// # Errors
    /// All mistakes, in the order they stand in the text; at least one.
    pub fn from_bytes(sheet: Sheet, bytes: &[u8]) -> Result<Self, Vec<Mistake>> {
        let text = std::str::from_utf8(bytes).map_err(|_| {
            vec![Mistake { line: 1, column: 1, key: String::new(), found: String::new(), fault: Fault::NotUtf8 }]
        })?;
        Self::read(sheet, text)
    }

    fn read(sheet: Sheet, text: &str) -> Result<Self, Vec<Mistake>> {
        let reader = Reader::new(text);
        let answers = match DeTable::parse(text) {
            Ok(table) => all(sheet, &reader.top(table.get_ref(), sheet.keys().0)),
            Err(error) => {
                reader.syntax(&error);
                Self::default()
            }
        };
        let mistakes = reader.mistakes();
        if mistakes.is_empty() { Ok(answers) } else { Err(mistakes) }
    }
}

fn all(sheet: Sheet, top: &Section) -> Answers {
    let (_, questions, keys) = sheet.keys();
    let said = |text: String| Some(text).filter(|text| !text.is_empty());
    let known = &NUMBERS[..sheet.questions().len()];
    let section = top.section(questions, known);
    let mut answers = match sheet {
        Sheet::Handling => Answers { special: said(top.text("special")), ..Answers::default() },
        Sheet::Compliance => Answers {
            contact: said(top.text("contact")),
            telephone: said(top.text("telephone")),
            attachments: top.texts("attachments"),
            ..Answers::default()
        },
    };
    for (at, key) in known.iter().enumerate() {
        let one = section.section(key, keys);
        let written = one.text(keys[0]);
        let choice = sheet.choice(&written);
        if choice.is_none() && !written.is_empty() {
            one.fault(keys[0], Fault::NotAccepted(sheet.words().to_vec()));
        }
        answers.put(at + 1, Answer { choice, text: said(one.text("text")) });
    }
    answers
}

/// A file to be filled in. `known` says of each question what the ledger knows, in words and as its answer.
#[must_use]
pub fn template(sheet: Sheet, head: &str, known: &[(Option<bool>, Vec<String>)]) -> String {
    let mut out = String::new();
    // Writing to a text does not fail.
    let _ = write_template(&mut out, sheet, head, known);
    out
}

fn write_template(
    out: &mut String,
    sheet: Sheet,
    head: &str,
    known: &[(Option<bool>, Vec<String>)],
) -> std::fmt::Result {
    let (_, questions, keys) = sheet.keys();
    let [yes, no] = sheet.words();
    remark(out, head)?;
    writeln!(out, "# 「#」から右は説明です。答えは「\"」で囲み、保存するときの文字コードは UTF-8 にしてください。")?;
    writeln!(
        out,
        "# {} には {yes} 又は {no} を書きます。空のままの項目は、台帳から分かればその内容、分からなければ空欄になります。",
        keys[0]
    )?;
    match sheet {
        Sheet::Handling => writeln!(out, "\n# ２ その他特記事項等\nspecial = \"\"")?,
        Sheet::Compliance => writeln!(
            out,
            "\n# 担当者氏名・連絡先電話番号\ncontact = \"\"\ntelephone = \"\"\n# 添付するもの。例: [\"従事者名簿の写し\"]\nattachments = []"
        )?,
    }
    for (at, question) in sheet.questions().iter().enumerate() {
        writeln!(out, "\n# ({}) {question}", at + 1)?;
        let (answer, lines) = known.get(at).cloned().unwrap_or_default();
        match answer {
            Some(answer) => writeln!(out, "# 台帳から: {}", if answer { yes } else { no })?,
            None => writeln!(out, "# 台帳からは分かりません。")?,
        }
        lines.iter().try_for_each(|line| remark(out, line))?;
        writeln!(out, "[{questions}.{}]\n{} = \"\"\ntext = \"\"", at + 1, keys[0])?;
    }
    Ok(())
}

/// Attack: a name with a line end in it that goes on to answer a question. Whatever it holds stays in the remark.
fn remark(out: &mut String, text: &str) -> std::fmt::Result {
    let harmless: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    writeln!(out, "# {harmless}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_is_read_as_no_answer_at_all() {
        for sheet in [Sheet::Handling, Sheet::Compliance] {
            let known = vec![(Some(true), vec!["研修 令和8.10.5\n[question.1]\nanswer = \"いいえ\"".to_owned()])];
            let text = template(sheet, "見本\nspecial = \"x\"", &known);
            let answers = Answers::from_bytes(sheet, text.as_bytes()).unwrap_or_else(|e| panic!("{e:?}\n{text}"));
            assert!((1..=9).all(|question| answers.of(question) == Answer::default()), "{text}");
            assert_eq!((answers.special, answers.contact), (None, None));
        }
    }

    #[test]
    fn answers_are_taken_as_people_write_them() {
        let text = "special = \"特になし\"\n[section.1]\nchange = \"変更あり\"\ntext = \"1名増\"\n[section.8]\nchange = \"なし\"\n";
        let answers = Answers::from_bytes(Sheet::Handling, text.as_bytes()).unwrap();
        assert_eq!(answers.of(1), Answer { choice: Some(true), text: Some("1名増".into()) });
        assert_eq!((answers.of(8).choice, answers.of(2).choice), (Some(false), None));
        assert_eq!(answers.special.as_deref(), Some("特になし"));
        let text = "attachments = [\"名簿\"]\n[question.9]\nanswer = \"いいえ\"\n[question.4]\nanswer = \"yes\"";
        let answers = Answers::from_bytes(Sheet::Compliance, text.as_bytes()).unwrap();
        assert_eq!((answers.of(9).choice, answers.of(4).choice), (Some(false), Some(true)));
    }

    #[test]
    fn mistakes_are_told_with_their_place() {
        let text = "[question.1]\nanswer = \"たぶん\"\n[question.10]\nanswer = \"はい\"\n[queston.2]\n";
        let mistakes = Answers::from_bytes(Sheet::Compliance, text.as_bytes()).unwrap_err();
        let places: Vec<_> = mistakes.iter().map(|one| (one.line, one.key.as_str())).collect();
        assert_eq!(places, [(2, "question.1.answer"), (3, "question.10"), (5, "queston")]);
        assert_eq!(mistakes[0].fault, Fault::NotAccepted(vec!["はい", "いいえ"]));
        assert!(Answers::from_bytes(Sheet::Handling, b"\x8b\xe6").is_err());
    }
}
