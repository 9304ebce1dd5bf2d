//! 【様式５】個人情報取扱状況報告書 and 個人情報特記事項の遵守に関する報告書: answers and what the ledger knows, on paper.

use chrono::Local;

use super::Paper;
use super::compose::{letter, operator};
use super::setting::issuer;
use crate::calendar::Span;
use crate::case::Effective;
use crate::cli::desk::Desk;
use crate::cli::failure::Failure;
use crate::duties::compliance::{self, QUESTIONS};
use crate::duties::facts::Look;
use crate::duties::fold::Declared;
use crate::duties::handling::{Compared, Difference, SECTIONS};
use crate::duties::known::{Event, Outside, Session, Transport, Way};
use crate::duties::{Answers, Known};
use crate::era;
use crate::paper::fields::compliance::{self as asked, Compliance};
use crate::paper::fields::handling::{Carried, Change, Handling, Measure};
use crate::paper::fields::{Date, Person};

/// So many lines of transports stand in their place; more go on a list at the end.
const MOST_LINES: usize = 6;

/// So many people are named; more are counted, and named on the roster.
const MOST_NAMES: usize = 8;

/// What a report is put together from.
pub struct Reported<'a> {
    /// What it is about.
    pub span: Span,
    /// The contract as it stands.
    pub contract: &'a Effective,
    /// What the ledger knows.
    pub known: &'a Known,
    /// What people answered.
    pub answers: &'a Answers,
    /// Questions that the ledger contradicts, and why their answers stand.
    pub overridden: Option<(&'a [usize], &'a str)>,
}

impl Reported<'_> {
    /// What is written beside an answer because it was set against the ledger.
    fn against(&self, question: usize) -> Option<String> {
        let (questions, reason) = self.overridden?;
        questions.contains(&question).then(|| format!("（台帳の記録と異なる回答である。理由　{reason}）"))
    }
}

/// 【様式５】個人情報取扱状況報告書
pub fn handling(desk: &Desk, of: &Reported, declared: Option<&Declared>, compared: &Compared) -> Paper {
    let measures = (1..=SECTIONS.len()).map(|section| measure(of, section, compared)).collect();
    let carried: Vec<Carried> = match of.known.transports.as_slice() {
        few if few.len() <= MOST_LINES => Vec::new(),
        many => many.iter().map(carried).collect(),
    };
    let contract = &desk.settings.contract;
    Paper::of(Handling {
        date: Some(today()),
        letter: Some(letter(&desk.settings)),
        work: Some(contract.title.clone()).filter(|title| !title.is_empty()),
        term_from: of.contract.from.map(Into::into),
        term_to: of.contract.to.map(Into::into),
        from: Some(of.span.from.into()),
        to: Some(of.span.until.into()),
        declared: declared.map(|declared| declared.said.date.into()),
        measures,
        special: of.answers.special.iter().cloned().chain(declared.and_then(recorded_later)).collect(),
        carried,
    })
}

/// Attack: a declaration of April that is written down in November, with the people of November, so that nothing has changed.
/// What it was compared with is of the day on which it was written down, and the sheet says which.
fn recorded_later(declared: &Declared) -> Option<String> {
    let later = declared.recorded.filter(|recorded| *recorded > declared.said.date)?;
    let (date, later) = (era::table(declared.said.date), era::table(later));
    Some(format!("適合申出書（{date}）の内容は、{later} に台帳へ記録したものである。"))
}

fn measure(of: &Reported, section: usize, compared: &Compared) -> Measure {
    let answer = of.answers.of(section);
    let changed = answer.choice.or_else(|| compared.changed(section));
    let mut notes: Vec<String> = answer.text.into_iter().collect();
    notes.extend(compared.of_section(section).map(difference));
    if section == 1 {
        notes.extend(of.known.sessions_in(of.span).map(session));
    }
    notes.extend(of.against(section));
    let events = match section {
        4 => of.known.events_in(of.span).map(event).collect(),
        5 => transports(&of.known.transports),
        _ => Vec::new(),
    };
    let changed = changed.map(|changed| if changed { Change::Changed } else { Change::Unchanged });
    Measure { number: section, changed, notes, events }
}

/// What the ledger says of a section, for the file that is to be filled in and for the screen.
pub fn known_of_section(known: &Known, span: Span, compared: &Compared, section: usize) -> Vec<String> {
    let empty = Answers::default();
    let contract = Effective::default();
    let of = Reported { span, contract: &contract, known, answers: &empty, overridden: None };
    let Measure { notes, events, .. } = measure(&of, section, compared);
    notes.into_iter().chain(events).collect()
}

fn difference(difference: &Difference) -> String {
    match difference {
        Difference::Joined(who) => format!("従業者の追加　{}（{}）", who.name, who.number),
        Difference::Left(who) => format!("従業者の終了　{}（{}）", who.name, who.number),
        Difference::Place(name) => format!("区域・場所の追加　{name}"),
        Difference::Machine(id) => format!("機器の追加　{id}"),
        Difference::MachineGone(id) => format!("機器の使用終了　{id}"),
        Difference::Rule(key) => format!("決まりの変更　{}", rule(key)),
        Difference::Contact(line) => format!("緊急連絡網の追加　{line}"),
        Difference::ContactGone(line) => format!("緊急連絡網の削除　{line}"),
    }
}

/// What a rule of the settings is called on paper.
fn rule(key: &str) -> &str {
    match key {
        "two_person_check" => "２人による確認",
        "training" => "研修の要件",
        "untrained_operator" => "研修未受講の者の取扱い",
        "unlisted_operator" => "名簿にない者の取扱い",
        "approval" => "事前の承認を要する作業",
        "separate_days" => "媒体と通知書の別の機会",
        "slip_gap_days" => "媒体と通知書の間の日数",
        "registered_media" => "登録した媒体の使用",
        "other_items" => "契約にない項目の取扱い",
        "inspection_months" => "実地検査の間隔",
        other => other,
    }
}

fn session(session: &Session) -> String {
    let title = if session.title.is_empty() { "研修" } else { &session.title };
    format!("{}　{title}　{}", era::table(session.date), names(&session.people))
}

fn names(all: &[String]) -> String {
    if all.len() > MOST_NAMES {
        format!("{}名", all.len())
    } else {
        format!("{}（{}名）", all.join("、"), all.len())
    }
}

/// What opened an incident.
fn cause(code: &str) -> &'static str {
    match code {
        "lost" => "紛失",
        "recall" => "誤交付",
        _ => "事故",
    }
}

fn event(event: &Event) -> String {
    let things = if event.things.is_empty() { String::new() } else { format!("（{}）", event.things.join("、")) };
    let told = event.told.as_ref().map(|told| format!("　{told}")).unwrap_or_default();
    let state = event.closed.map_or_else(|| "対応中".to_owned(), |day| format!("{} 終結", era::table(day)));
    format!("{}　{}{things}{told}　{state}（台帳の記録 {}番）", era::table(event.day), cause(&event.cause), event.entry)
}

fn way(way: Way) -> &'static str {
    match way {
        Way::HandedOver => "引渡し",
        Way::Received => "受領",
        Way::TakenOut => "持出し",
        Way::Returned => "持出しからの返却",
        Way::GivenBack => "返却",
        Way::TakenBack => "返却の受入れ",
    }
}

fn transports(all: &[Transport]) -> Vec<String> {
    if all.len() <= MOST_LINES {
        return all.iter().map(transport).collect();
    }
    let ways = [Way::HandedOver, Way::Received, Way::TakenOut, Way::Returned, Way::GivenBack, Way::TakenBack];
    let counts = ways.map(|one| (one, all.iter().filter(|transport| transport.way == one).count()));
    let told: Vec<String> =
        counts.iter().filter(|(_, count)| *count > 0).map(|(one, count)| format!("{}{count}件", way(*one))).collect();
    vec![format!("計{}件（{}）　内訳は別紙のとおり", all.len(), told.join("、"))]
}

fn transport(of: &Transport) -> String {
    let ends: Vec<&str> = [of.from.as_deref(), of.to.as_deref()].into_iter().flatten().collect();
    let carry = if of.carry.is_empty() { String::new() } else { format!("　{}", of.carry.join("、")) };
    let day = era::table(of.at.date_naive());
    format!("{day}　{}　{}　{}{carry}", way(of.way), of.things.join("、"), ends.join("→"))
}

fn carried(of: &Transport) -> Carried {
    Carried {
        day: Some(of.at.date_naive().into()),
        kind: Some(way(of.way).to_owned()),
        thing: Some(of.things.join("、")),
        from: of.from.clone(),
        to: of.to.clone(),
        carriage: Some(of.carry.join("、")).filter(|text| !text.is_empty()),
    }
}

/// 個人情報特記事項の遵守に関する報告書
pub fn compliance(desk: &Desk, of: &Reported) -> Result<Paper, Failure> {
    let said = issuer(desk)?;
    let contact = of.answers.contact.clone().map(Person::named);
    let telephone = of.answers.telephone.clone().or(Some(said.contact).filter(|text| !text.is_empty()));
    Ok(Paper::of(Compliance {
        date: Some(today()),
        letter: Some(letter(&desk.settings)),
        contracted: desk.settings.contract.date.map(Into::into),
        term_from: of.contract.from.map(Into::into),
        term_to: of.contract.to.map(Into::into),
        from: Some(of.span.from.into()),
        to: Some(of.span.until.into()),
        contact: Some(contact.map_or_else(|| operator(desk), Ok)?),
        telephone,
        answers: (1..=QUESTIONS.len()).map(|question| answer(of, question)).collect(),
        attachments: of.answers.attachments.clone(),
        remarks: None,
    }))
}

fn answer(of: &Reported, question: usize) -> asked::Answer {
    let said = of.answers.of(question);
    // (7) and (8) stay blank where there is no subcontractor.
    let none = of.answers.of(6).choice == Some(false);
    let known = compliance::known(of.known, of.span, question).filter(|_| !(none && matches!(question, 7 | 8)));
    let yes = said.choice.or(known);
    let mut text: Vec<String> = said.text.into_iter().collect();
    if yes == Some(true) || question == 1 {
        text.extend(known_of_question(of.known, of.span, question));
    }
    text.extend(of.against(question));
    asked::Answer { number: question, yes, text }
}

/// What the ledger says of a question, in words.
pub fn known_of_question(known: &Known, span: Span, question: usize) -> Vec<String> {
    let firms = &known.outside;
    match question {
        1 => known.events_in(span).map(event).collect(),
        3 => people(known),
        4 => known.sessions.iter().map(session).collect(),
        6 => firms.iter().map(|firm| firm.name.clone()).collect(),
        7 => firms.iter().filter_map(approved).collect(),
        8 => firms.iter().flat_map(looked).collect(),
        _ => Vec::new(),
    }
}

/// People by role, in the order in which roles first come.
fn people(known: &Known) -> Vec<String> {
    let mut by_role: Vec<(&str, Vec<String>)> = Vec::new();
    for person in &known.people {
        match by_role.iter_mut().find(|(role, _)| *role == person.role) {
            Some((_, names)) => names.push(person.name.clone()),
            None => by_role.push((&person.role, vec![person.name.clone()])),
        }
    }
    by_role.into_iter().map(|(role, all)| format!("{role}　{}", names(&all))).collect()
}

fn approved(firm: &Outside) -> Option<String> {
    let (_, number, date) = firm.approved.as_ref()?;
    Some(format!("{}　承認番号 {number}（{}）", firm.name, era::table(*date)))
}

fn looked(firm: &Outside) -> Vec<String> {
    let word = |look: &Look| match look {
        Look::OnSite => "実地検査",
        Look::SelfCheck => "点検",
        Look::Supervision => "監督",
    };
    firm.looked.iter().map(|(_, day, look)| format!("{}　{}　{}", firm.name, era::table(*day), word(look))).collect()
}

fn today() -> Date {
    Local::now().date_naive().into()
}
