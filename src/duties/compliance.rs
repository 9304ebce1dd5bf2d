//! 個人情報特記事項の遵守に関する報告書: what the ledger answers of its nine questions, and which answers it contradicts.

use super::answers::Answers;
use super::known::Known;
use super::{Contradiction, Why};
use crate::calendar::Span;

/// The questions, as the form has them.
pub const QUESTIONS: [&str; 9] = [
    "現状すでに個人情報の不適正な取り扱いの事案が発生している。",
    "個人情報の取扱いについて内部規程を整備している。又はプライバシーマークを取得している。",
    "受託業務における個人情報保護責任者、作業責任者、作業従事者等を特定している。",
    "個人情報保護及び情報セキュリティに対する意識向上のため研修等を作業従事者に行った。",
    "事故が発生した時の報告について、手順や方法を定めている。",
    "再委託を行っている",
    "再委託を行っている場合、事前に区へ文書で協議し承諾を得ている。",
    "再委託を行っている場合、再委託先へ監督を行った。",
    "仕様書及び特記事項に規定した個人情報の取扱いについて、遵守している。",
];

/// What is to be written beside an answer that says so, and is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lacking {
    /// (1) はい: what happened.
    Incident,
    /// (8) いいえ: 今後の予定.
    Plan,
    /// (9) いいえ: what was not kept.
    Breach,
    /// (7) or (8) was answered and there is no subcontractor by (6).
    NoSubcontractor,
}

/// はい or いいえ where the ledger knows; none where only people do.
#[must_use]
pub fn known(known: &Known, span: Span, question: usize) -> Option<bool> {
    let firms = &known.outside;
    match question {
        1 => known.events_in(span).next().is_some().then_some(true),
        // 個人情報保護責任者、作業責任者、作業従事者等: somebody of each, or it is for people to say.
        3 => ROLES.iter().all(|roles| has_role(known, roles)).then_some(true),
        // Of everybody who works with the data, and there is somebody who does.
        4 => (has_role(known, &["作業従事者"]) && known.untrained.is_empty()).then_some(true),
        6 => (!firms.is_empty()).then_some(true),
        // That no decision is recorded does not mean that there is none.
        7 => (!firms.is_empty() && firms.iter().all(|firm| firm.approved.is_some())).then_some(true),
        8 => (!firms.is_empty() && firms.iter().all(|firm| !firm.looked.is_empty())).then_some(true),
        _ => None,
    }
}

/// The people that (3) names; one word of each will do.
const ROLES: [&[&str]; 3] = [&["個人情報保護責任者", "取扱責任者"], &["作業責任者"], &["作業従事者"]];

fn has_role(known: &Known, roles: &[&str]) -> bool {
    known.people.iter().any(|person| roles.contains(&person.role.as_str()))
}

/// Answers that the ledger contradicts.
#[must_use]
pub fn contradictions(answers: &Answers, known: &Known, span: Span) -> Vec<Contradiction> {
    let mut found = Vec::new();
    let mut against = |question: usize, said: bool, why: Why, entries: Vec<u64>| {
        if answers.of(question).choice == Some(said) {
            found.push(Contradiction { question, why, entries });
        }
    };
    let firms = &known.outside;
    let events: Vec<u64> = known.events_in(span).map(|event| event.entry).collect();
    if !events.is_empty() {
        against(1, false, Why::Incident, events);
    }
    if known.people.is_empty() {
        against(3, true, Why::Roster, Vec::new());
    } else {
        against(3, false, Why::Roster, known.listed.clone());
    }
    if known.people.is_empty() || known.untrained.len() == known.people.len() {
        against(4, true, Why::Untrained, known.untrained.iter().map(|(entry, _)| *entry).collect());
    } else {
        against(4, false, Why::Trained, known.sessions.iter().map(|session| session.entry).collect());
    }
    if firms.is_empty() {
        against(7, true, Why::NotApproved, Vec::new());
        against(8, true, Why::NotSupervised, Vec::new());
        return found;
    }
    let all = |entries: fn(&super::known::Outside) -> Vec<u64>| firms.iter().flat_map(entries).collect::<Vec<u64>>();
    against(6, false, Why::Subcontracted, all(|firm| firm.entries.clone()));
    let missing: Vec<u64> =
        firms.iter().filter(|firm| firm.approved.is_none()).flat_map(|firm| firm.entries.clone()).collect();
    if missing.is_empty() {
        against(7, false, Why::Approved, all(|firm| firm.approved.iter().map(|(entry, ..)| *entry).collect()));
    } else {
        against(7, true, Why::NotApproved, missing);
    }
    let unseen: Vec<u64> =
        firms.iter().filter(|firm| firm.looked.is_empty()).flat_map(|firm| firm.entries.clone()).collect();
    if unseen.is_empty() {
        against(8, false, Why::Supervised, all(|firm| firm.looked.iter().map(|(entry, ..)| *entry).collect()));
    } else {
        against(8, true, Why::NotSupervised, unseen);
    }
    found
}

/// Answers that say too little, or what cannot be said together. `answers` are all that will stand on the sheet.
#[must_use]
pub fn lacking(answers: &Answers) -> Vec<(usize, Lacking)> {
    let choice = |question| answers.of(question).choice;
    let silent = |question| answers.of(question).text.is_none();
    let mut lacking = Vec::new();
    if choice(1) == Some(true) && silent(1) {
        lacking.push((1, Lacking::Incident));
    }
    if choice(6) == Some(false) {
        let answered = [7, 8].into_iter().filter(|question| choice(*question).is_some());
        lacking.extend(answered.map(|question| (question, Lacking::NoSubcontractor)));
    } else if choice(8) == Some(false) && silent(8) {
        lacking.push((8, Lacking::Plan));
    }
    if choice(9) == Some(false) && silent(9) {
        lacking.push((9, Lacking::Breach));
    }
    lacking
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::iso;
    use crate::case::{Person, Side};
    use crate::duties::answers::Answer;
    use crate::duties::known::{Event, Outside, Session};

    fn span() -> Span {
        Span::new(iso("2026-10-01").unwrap(), iso("2026-10-31").unwrap()).unwrap()
    }

    fn said(answers: &[(usize, bool)]) -> Answers {
        let mut all = Answers::default();
        for (question, choice) in answers {
            all.put(*question, Answer { choice: Some(*choice), text: None });
        }
        all
    }

    fn person(number: &str) -> Person {
        let added = iso("2026-04-01").unwrap();
        let text = String::new;
        Person {
            number: number.into(),
            name: number.into(),
            role: text(),
            section: text(),
            party: Side::Contractor,
            contact: text(),
            os_user: None,
            pledged: None,
            trained: Vec::new(),
            added,
            retired: None,
        }
    }

    /// One of two people was trained; a subcontractor without a decision that nobody looked at; an incident.
    fn troubled() -> Known {
        let day = iso("2026-10-05").unwrap();
        Known {
            people: vec![person("P-001"), person("P-002")],
            untrained: vec![(3, "P-002".into())],
            listed: vec![2, 3],
            sessions: vec![Session { entry: 4, date: day, title: String::new(), people: vec!["P-001".into()] }],
            events: vec![Event { entry: 9, day, cause: "lost".into(), things: Vec::new(), told: None, closed: None }],
            outside: vec![Outside {
                name: "見本印刷".into(),
                entries: vec![7],
                since: None,
                until: None,
                approved: None,
                duties: None,
                looked: Vec::new(),
            }],
            ..Known::default()
        }
    }

    #[test]
    fn what_only_people_know_is_not_answered() {
        let all = |of: &Known| (1..=9).map(|question| known(of, span(), question)).collect::<Vec<_>>();
        assert_eq!(all(&Known::default()), [None; 9]);
        let yes = Some(true);
        assert_eq!(
            all(&troubled()),
            [yes, None, None, None, None, yes, None, None, None],
            "one role is not all of them"
        );
        let mut trained = troubled();
        for role in ["個人情報保護責任者", "作業責任者", "作業従事者"] {
            trained.people.push(Person { role: role.into(), ..person("P-009") });
        }
        assert_eq!((known(&trained, span(), 3), known(&trained, span(), 4)), (yes, None));
        trained.untrained.clear();
        assert_eq!(known(&trained, span(), 4), yes);
    }

    #[test]
    fn what_contradicts_the_ledger_names_its_entries() {
        let found = |answers: &[(usize, bool)], of: &Known| {
            let found = contradictions(&said(answers), of, span());
            found.into_iter().map(|one| (one.question, one.why, one.entries)).collect::<Vec<_>>()
        };
        let all_wrong = [(1, false), (3, false), (4, false), (6, false), (7, true), (8, true)];
        let expected = [
            (1, Why::Incident, vec![9]),
            (3, Why::Roster, vec![2, 3]),
            (4, Why::Trained, vec![4]),
            (6, Why::Subcontracted, vec![7]),
            (7, Why::NotApproved, vec![7]),
            (8, Why::NotSupervised, vec![7]),
        ];
        assert_eq!(found(&all_wrong, &troubled()), expected);
        assert_eq!(found(&[(1, true), (3, true), (4, true), (6, true), (7, false), (8, false)], &troubled()), []);
        let mut nobody = troubled();
        nobody.untrained.insert(0, (2, "P-001".into()));
        assert_eq!(found(&[(4, true)], &nobody), [(4, Why::Untrained, vec![2, 3])]);
        let empty = [(3, Why::Roster, vec![]), (4, Why::Untrained, vec![]), (7, Why::NotApproved, vec![])];
        assert_eq!(found(&[(3, true), (4, true), (6, true), (7, true)], &Known::default()), empty);
    }

    #[test]
    fn a_no_that_needs_words_needs_them() {
        let found = |answers: &[(usize, bool)]| lacking(&said(answers));
        assert_eq!(found(&[(1, true)]), [(1, Lacking::Incident)]);
        assert_eq!(found(&[(6, true), (8, false), (9, false)]), [(8, Lacking::Plan), (9, Lacking::Breach)]);
        let beside = [(7, Lacking::NoSubcontractor), (8, Lacking::NoSubcontractor)];
        assert_eq!(found(&[(6, false), (7, true), (8, false)]), beside);
        assert_eq!(found(&[(1, false), (6, false), (9, true)]), []);
    }
}
