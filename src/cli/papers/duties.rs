//! 実地検査記録票・点検記録票, 作業責任者・作業従事者名簿／変更届, 事務引継書.

use chrono::{Local, NaiveDate};

use super::Paper;
use super::compose::letter;
use super::life::known_person;
use crate::case::{Named, Person as Listed, Side};
use crate::cli::desk::Desk;
use crate::cli::failure::Failure;
use crate::duties::facts::{Look, Verdict};
use crate::duties::fold::Held;
use crate::ledger::SubjectType;
use crate::life::{Decision, Open};
use crate::paper::fields::inspection::{self as look, Inspection};
use crate::paper::fields::roster::{Member, Roster};
use crate::paper::fields::succession::{Deadline, Held as Decided, Succession};
use crate::paper::fields::{Day, Person, Thing};

/// 実地検査記録票, 点検記録票 or 監督記録票
pub fn inspection(desk: &Desk, held: &Held) -> Result<Paper, Failure> {
    let said = &held.said;
    let (kind, title) = match said.look {
        Look::OnSite => (look::InspectionKind::OnSite, "実地検査記録票"),
        Look::SelfCheck => (look::InspectionKind::SelfCheck, "点検記録票"),
        Look::Supervision => (look::InspectionKind::Supervision, "再委託先監督記録票"),
    };
    let named = |names: &[String]| names.iter().map(|name| known_person(desk, name)).collect::<Result<Vec<_>, _>>();
    let items = said.items.iter().map(|one| look::Item {
        item: Some(one.item.clone()),
        result: Some(match one.result {
            Verdict::Good => look::Verdict::Good,
            Verdict::Bad => look::Verdict::Bad,
            Verdict::NotApplicable => look::Verdict::NotApplicable,
        }),
        remarks: one.remarks.clone(),
    });
    let demands = said.demands.iter().enumerate().map(|(at, one)| {
        let again = held.recheck(at + 1).map(|(_, said)| said);
        look::Demand {
            finding: Some(one.finding.clone()),
            demand: one.demand.clone(),
            due: one.due.map(Day::from),
            rechecked: again.map(|said| said.date.into()),
            improved: again.map(|said| said.improved),
            remarks: again.and_then(|said| said.remarks.clone()),
        }
    });
    let sheet = Inspection {
        date: Some(today().into()),
        kind: Some(kind),
        entry: (held.entry > 0).then(|| held.entry.to_string()),
        held: Some(said.date.into()),
        of: said.of.clone().map(|firm| Person { organization: Some(firm), ..Person::default() }),
        place: said.place.clone(),
        method: said.method.clone(),
        inspectors: named(&said.by)?,
        attended: said.attended.iter().map(Person::named).collect(),
        items: items.collect(),
        demands: demands.collect(),
        opinion: said.opinion.clone(),
        remarks: Some(said.media.join("、"))
            .filter(|text| !text.is_empty())
            .map(|media| format!("対象の媒体　{media}")),
    };
    let paper = Paper::of(sheet).titled(title);
    // Not yet known while it is only tried whether it can be printed.
    Ok(if held.entry > 0 { paper.about(SubjectType::Entry, held.entry.to_string()) } else { paper })
}

/// 作業責任者・作業従事者名簿, or 変更届 with what changed after a day.
pub fn roster(desk: &Desk, since: Option<NaiveDate>) -> Result<Paper, Failure> {
    let roster = desk.roster()?;
    let today = today();
    let ours: Vec<&Listed> = roster.people().iter().filter(|one| one.party == desk.settings.side).collect();
    let here = ours.iter().filter(|one| one.is_here(today));
    let changed = |one: &&&Listed| since.is_none_or(|since| one.added > since);
    let people: Vec<Member> = here.filter(changed).map(|one| member(one, since.map(|_| "追加"))).collect();
    let gone = |one: &&&Listed| {
        let (Some(since), Some(left)) = (since, one.retired) else { return false };
        left > since && left <= today
    };
    // Who came and left in between worked there too.
    let word = |one: &Listed| if since.is_some_and(|since| one.added > since) { "追加、終了" } else { "終了" };
    let left: Vec<Member> = ours.iter().filter(gone).map(|one| member(one, Some(word(one)))).collect();
    let sheet = Roster {
        date: Some(today.into()),
        letter: Some(letter(&desk.settings)),
        since: since.map(Into::into),
        as_of: Some(today.into()),
        people,
        left,
        remarks: None,
    };
    let title = if since.is_some() {
        "作業責任者・作業従事者変更届"
    } else {
        "作業責任者・作業従事者名簿"
    };
    Ok(Paper::of(sheet).titled(title))
}

fn member(person: &Listed, change: Option<&str>) -> Member {
    let said = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    Member {
        number: Some(person.number.clone()),
        role: said(&person.role),
        section: said(&person.section),
        name: Some(person.name.clone()),
        from: Some(person.added.into()),
        pledged: person.pledged.map(Into::into),
        trained: person.last_training(today()).map(Into::into),
        left: person.retired.map(Into::into),
        change: change.map(str::to_owned),
    }
}

/// What passes on.
pub struct Passing<'a> {
    /// The entry.
    pub entry: u64,
    /// From whom.
    pub from: &'a Named,
    /// To whom.
    pub to: &'a Named,
    /// Media and slips that are not back, as rows.
    pub things: Vec<Thing>,
    /// Decisions that still hold.
    pub decisions: Vec<&'a Decision>,
    /// What is open and has a day.
    pub deadlines: Vec<&'a Open>,
}

/// 事務引継書
pub fn succession(desk: &Desk, of: &Passing) -> Result<Paper, Failure> {
    let roster = desk.roster()?;
    let person = |named: &Named| {
        let listed = roster.people().iter().find(|one| one.number == named.number);
        let parties = &desk.settings.parties;
        let organization = match desk.settings.side {
            Side::City => Some(parties.city.name.clone()),
            Side::Contractor => Some(parties.contractor.name.clone()),
            Side::Subcontractor => None,
        };
        Person {
            organization,
            section: listed.map(|one| one.section.clone()),
            post: listed.map(|one| one.role.clone()),
            ..Person::named(named.name.clone())
        }
    };
    let decided = |decision: &&Decision| Decided {
        number: Some(decision.said.number.clone()),
        date: Some(decision.said.date.into()),
        purpose: Some(purpose(decision.said.purpose).to_owned()),
        scope: decision.said.scope.clone().or_else(|| Some(decision.said.things.join("、"))),
        until: decision.said.until.map(Into::into),
    };
    let deadline = |open: &&Open| Deadline {
        due: open.due.map(Into::into),
        what: Some(crate::cli::words::waits_on_paper(open.waits)),
        thing: Some(open.thing.clone()),
    };
    let sheet = Succession {
        date: Some(today().into()),
        day: Some(today().into()),
        from: Some(person(of.from)),
        to: Some(person(of.to)),
        things: of.things.clone(),
        approvals: of.decisions.iter().map(decided).collect(),
        deadlines: of.deadlines.iter().map(deadline).collect(),
        remarks: None,
    };
    let paper = Paper::of(sheet);
    Ok(if of.entry > 0 { paper.about(SubjectType::Entry, of.entry.to_string()) } else { paper })
}

/// What a decision is about, as a sheet says it.
fn purpose(purpose: crate::case::Approval) -> &'static str {
    use crate::case::Approval;
    match purpose {
        Approval::Handover => "受渡し",
        Approval::Copy => "複製",
        Approval::Takeout => "持出し",
        Approval::Erasure => "消去",
        Approval::Destruction => "廃棄",
        Approval::Subcontract => "再委託",
        Approval::Medium => "媒体の使用",
    }
}

fn today() -> NaiveDate {
    Local::now().date_naive()
}
