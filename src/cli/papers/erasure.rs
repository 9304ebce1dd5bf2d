//! 電子データ消去証明書 or 結果報告書, composed of what was measured and what was said.

use chrono::DateTime;

use super::Paper;
use super::compose::{letter, operator};
use crate::case::settings::Presence;
use crate::case::{DataClass, Roster, Side};
use crate::cli::desk::Desk;
use crate::cli::erase::list::{Row, Written};
use crate::cli::erase::particulars::Particulars;
use crate::cli::failure::Failure;
use crate::cli::opened::Opened;
use crate::cli::photo::Photo;
use crate::cli::words;
use crate::era;
use crate::erase::os::facts::{Cells, Kind};
use crate::erase::outcome::{Blocks, Fate, Remaining, Remains};
use crate::erase::pattern::Method;
use crate::erase::plan::{Item, Plan};
use crate::ledger::SubjectType;
use crate::paper::fields::erasure::{self as sheet, Erasure, Outcome, Report};
use crate::paper::fields::{Count, Date, Person, Time};
use crate::term::language::japanese;
use crate::term::show;

/// All that a sheet is composed of.
pub struct Certified<'a> {
    /// The plan, with what became of its items.
    pub plan: &'a Plan,
    /// How.
    pub method: Method,
    /// What was said.
    pub particulars: &'a Particulars,
    /// The bundles the items belong to.
    pub bundles: &'a [Opened],
    /// 写真
    pub photos: &'a [Photo],
    /// When it began and ended, RFC 3339.
    pub times: (String, String),
    /// 作業者: whoever began it, and whoever went on with it.
    pub workers: &'a [String],
    /// What was achieved.
    pub result: Outcome,
    /// The list; none while it is only tried whether a sheet could be printed.
    pub list: Option<&'a Written>,
    /// The ledger's entry of it.
    pub entry: Option<u64>,
}

/// The sheet. Its title is that of a certificate only where every item was erased and the law asks for no more.
pub fn erasure(desk: &Desk, of: &Certified) -> Result<Paper, Failure> {
    let report = report(of);
    let title = report.title(certifiable(desk, of.particulars));
    let said = of.particulars;
    let ended = DateTime::parse_from_rfc3339(&of.times.1).ok().map(|time| Date::from(time.date_naive()));
    let medium = said.medium_id.clone().or_else(|| of.bundles.iter().find_map(|opened| opened.medium_id.clone()));
    let touched = of.plan.items.iter().any(|item| item.overwritten > 0);
    let base = Erasure {
        addressee: letter(&desk.settings).to,
        approval: approval(said),
        items: items(of),
        medium: medium.clone().or_else(|| Some(places(of.plan))).filter(|text| !text.is_empty()),
        quantity: Some(format!("{}件", show::number(of.plan.items.len() as u64))),
        method: touched.then(|| method(of).to_owned()),
        responsible: responsible(desk)?,
        date: ended,
        devices: devices(of.plan),
        passes: touched.then(|| Count::from(of.method.passes().len() as u64)),
        pattern: touched.then(|| pattern(of.method).to_owned()),
        verification: Some(verification(of.plan)),
        started: Some(Time::of(&of.times.0)),
        finished: Some(Time::of(&of.times.1)),
        place: said.location.clone(),
        workers: workers(desk, of.workers)?,
        witnesses: said.witnesses.iter().map(Person::named).collect(),
        logical: of.plan.grounds.iter().any(crate::erase::promise::Ground::is_logical),
        limits: limits(desk, of),
        ..Erasure::default()
    };
    let sheet = report.fill(base, of.list.map(|list| list.sha256.as_str()).unwrap_or_default());
    let mut paper = Paper::of(sheet).titled(title).of_others().with_photos(of.photos.to_vec());
    for opened in of.bundles {
        paper = paper.about(SubjectType::Bundle, opened.bundle.clone());
    }
    if let Some(medium) = medium {
        paper = paper.about(SubjectType::Medium, medium);
    }
    if let Some(list) = of.list {
        paper = paper.fact("list_sha256", list.sha256.clone());
    }
    Ok(match of.entry {
        Some(entry) => paper.fact("erasure", entry).about(SubjectType::Entry, entry.to_string()),
        None => paper,
    })
}

/// Whether overwriting alone may be certified: not where there are Individual Numbers.
fn certifiable(desk: &Desk, said: &Particulars) -> bool {
    !said.my_number && desk.settings.contract.presence(DataClass::IndividualNumber) != Presence::Yes
}

/// Of more items than are printed, only those that are not erased, and not more of them than are printed either: a million
/// rows in words would be held for nothing.
fn report(of: &Certified) -> Report {
    let mut report = Report { result: of.result, items: Vec::new(), unlisted: sheet::Unlisted::default() };
    let few = of.plan.items.len() <= sheet::MOST_LISTED;
    for item in &of.plan.items {
        let fate = fate(item.fate.unwrap_or(Fate::Skipped));
        let printed = few || fate != sheet::Fate::Erased && report.items.len() < sheet::MOST_LISTED;
        if printed {
            report.items.push(printed_item(of.plan, item, fate));
        } else {
            report.unlisted.add(fate, if item.kind == Kind::File { item.size } else { 0 });
        }
    }
    report
}

fn printed_item(plan: &Plan, item: &Item, result: sheet::Fate) -> sheet::Item {
    let row = Row::of(plan, item);
    sheet::Item {
        path: show::name(&row.path),
        size: row.size,
        fingerprint: row.fingerprint,
        result,
        may_remain: Vec::new(),
        reasons: row.reasons.iter().map(|one| words::reason(japanese(), one)).collect(),
    }
}

fn fate(fate: Fate) -> sheet::Fate {
    match fate {
        Fate::Erased => sheet::Fate::Erased,
        Fate::NotVerified => sheet::Fate::NotVerified,
        Fate::Failed => sheet::Fate::Failed,
        Fate::Skipped => sheet::Fate::Skipped,
    }
}

fn approval(said: &Particulars) -> Option<String> {
    let day = said.approved_on.map(|day| format!("{}、", era::long(day))).unwrap_or_default();
    match (&said.approval, &said.approved_by, said.temporary) {
        (Some(number), Some(by), _) => Some(format!("{number}（{day}承認者 {by}）")),
        (Some(number), None, _) => Some(number.clone()),
        (None, _, true) => Some("不要（作業用の一時的な写し）".to_owned()),
        (None, ..) => None,
    }
}

fn items(of: &Certified) -> Vec<String> {
    if !of.particulars.items.is_empty() {
        return of.particulars.items.clone();
    }
    let mut items: Vec<String> = of.bundles.iter().flat_map(|opened| opened.items.clone()).collect();
    items.dedup();
    items
}

/// Of the persons only the one at this desk is known by more than the name.
fn workers(desk: &Desk, names: &[String]) -> Result<Vec<Person>, Failure> {
    let here = operator(desk)?;
    let others = names.iter().filter(|name| Some(*name) != here.name.as_ref());
    let mut all: Vec<Person> = others.map(Person::named).collect();
    all.push(here);
    Ok(all)
}

fn method(of: &Certified) -> &'static str {
    let compared = of.plan.items.iter().any(|item| item.read_back && item.overwritten > 0);
    match (of.method, compared) {
        (Method::Zero, true) => "ファイル単位の上書き（1回）及び全量の読戻し照合",
        (Method::Zero, false) => "ファイル単位の上書き（1回）",
        (Method::Random, true) => "ファイル単位の乱数による上書き（1回）及び全量の読戻し照合",
        (Method::Random, false) => "ファイル単位の乱数による上書き（1回）",
        (Method::Dod, true) => "ファイル単位の上書き（3回）及び毎回の全量の読戻し照合",
        (Method::Dod, false) => "ファイル単位の上書き（3回）",
    }
}

fn pattern(method: Method) -> &'static str {
    match method {
        Method::Zero => "ゼロ（00）",
        Method::Random => "乱数",
        Method::Dod => "ゼロ（00）・FF・乱数",
    }
}

/// Only what was done, and of how many where it was not done of all.
fn verification(plan: &Plan) -> String {
    let items = || plan.items.iter().filter(|item| item.overwritten > 0);
    let all = items().count();
    let said = |what: &str, count: usize| match count {
        0 => None,
        count if count == all => Some(format!("{what}。")),
        count => {
            Some(format!("{what}（上書きした{}件のうち{}件）。", show::number(all as u64), show::number(count as u64)))
        }
    };
    let steps = [
        said(
            "同期後、キャッシュを空にして媒体から全量を読み戻し、書いた内容と全バイトを照合",
            items().filter(|item| item.read_back).count(),
        ),
        said(
            "上書きの前後でブロックの位置が同じことを確認",
            items().filter(|item| item.blocks == Blocks::Same).count(),
        ),
        said("元のブロックを装置から直接読み取って照合", items().filter(|item| item.device_read).count()),
    ];
    let steps: String = steps.into_iter().flatten().collect();
    if steps.is_empty() { "なし".to_owned() } else { steps }
}

fn places(plan: &Plan) -> String {
    let mut places: Vec<String> =
        plan.grounds.iter().map(|ground| format!("{}（{}）", ground.place.source, ground.place.fs_type)).collect();
    places.dedup();
    places.join("、")
}

fn devices(plan: &Plan) -> Vec<sheet::Device> {
    let mut devices: Vec<sheet::Device> = Vec::new();
    for ground in &plan.grounds {
        let hardware = &ground.hardware;
        let cells = match hardware.cells {
            Cells::Disks => "（磁気ディスク）",
            Cells::Flash => "（フラッシュメモリ）",
            Cells::Unknown => "",
        };
        let device = sheet::Device {
            model: hardware.model.as_ref().map(|model| format!("{model}{cells}")),
            serial: hardware.serial.clone(),
            capacity: hardware.capacity.map(show::size),
        };
        if !devices.contains(&device) {
            devices.push(device);
        }
    }
    devices
}

/// Who answers for it, when the roster has exactly one such person.
pub(super) fn responsible(desk: &Desk) -> Result<Option<Person>, Failure> {
    let roster: Roster = desk.roster()?;
    let role = match desk.settings.side {
        Side::City => "保護管理者",
        Side::Contractor | Side::Subcontractor => "作業責任者",
    };
    let today = chrono::Local::now().date_naive();
    let mut found = roster.people().iter().filter(|person| person.role == role && person.is_here(today));
    let (first, second) = (found.next(), found.next());
    Ok(first.filter(|_| second.is_none()).map(|person| Person {
        section: Some(person.section.clone()).filter(|text| !text.is_empty()),
        post: Some(person.role.clone()),
        ..Person::named(person.name.clone())
    }))
}

fn limits(desk: &Desk, of: &Certified) -> Vec<String> {
    let said = of.particulars;
    let remains = of.plan.items.iter().fold(Remaining::default(), |all, item| all.with(item.remains));
    let mut limits: Vec<String> = remains
        .iter()
        .filter(|one| *one != Remains::Everything)
        .map(|one| format!("{}が残る可能性がある。", words::remains(japanese(), one)))
        .collect();
    if remains.has(Remains::Everything) {
        limits.push("対象外としたもの等、手を付けていないものは、すべて残っている。".to_owned());
    }
    let numbers = desk.settings.contract.presence(DataClass::IndividualNumber);
    if said.my_number || numbers == Presence::Yes {
        limits.push(
            "特定個人情報又はマイナンバー利用事務系の情報を含むため、上書きのみをもって消去の完了とせず、媒体の物理的破壊等を要する。"
                .to_owned(),
        );
    } else if numbers == Presence::Unknown {
        limits.push("特定個人情報の有無は、案件の設定で明らかにされていない。".to_owned());
    }
    limits
}
