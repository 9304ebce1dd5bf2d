//! The fold: every entry of a kind the register knows changes a line by one small function.
//!
//! A command that comes later adds an arm to [`Register::add`] and its function below.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, FixedOffset, NaiveDate};
use serde_json::Value;

use super::facts::{self, Facts};
use super::index::{self, Correction, Effect, Index, Origin, Standing};
use super::{Content, Filter, Row, Slip};
use crate::calendar::FiscalYear;
use crate::ledger::{Claim, Entry, Kind, Operator, Outcome, SubjectType};

/// The register being made.
pub struct Register<'i> {
    index: &'i Index,
    /// The contract of entries that name none: the case's own.
    contract: Option<String>,
    rows: Vec<Line>,
    by_bundle: HashMap<String, usize>,
    by_medium: HashMap<String, usize>,
    /// What was said of media when they were registered: what kind, and where each is kept.
    pub(super) registered: HashMap<String, (Option<String>, Option<String>)>,
    /// Work that uses a secret and has begun; what is left at the end never said how it ended.
    begun: BTreeMap<(Origin, u64), (String, String)>,
}

/// A line, and from whom each content on it comes.
struct Line {
    row: Row,
    origins: Vec<Origin>,
}

impl<'i> Register<'i> {
    /// An empty register. `contract` is that of the case, for entries that name none.
    #[must_use]
    pub fn new(index: &'i Index, contract: Option<String>) -> Self {
        Self {
            index,
            contract,
            rows: Vec::new(),
            by_bundle: HashMap::new(),
            by_medium: HashMap::new(),
            registered: HashMap::new(),
            begun: BTreeMap::new(),
        }
    }

    /// Takes an entry in; they come in the order of their numbers.
    pub fn add(&mut self, entry: &Entry) {
        let (origin, entry) = index::innermost(entry);
        let index = self.index;
        let standing = index.standing(&origin, &entry);
        self.end(&standing);
        match facts::kind(&entry) {
            Some(Kind::Pack) => self.pack(&standing),
            Some(Kind::Document) => self.document(&standing),
            Some(Kind::Void) => self.void(&standing),
            Some(Kind::Verify | Kind::List | Kind::Open) => self.handle(&standing),
            Some(Kind::Erase) => self.erase(&standing),
            Some(
                kind @ (Kind::MediumAdd
                | Kind::Handover
                | Kind::Receive
                | Kind::GiveBack
                | Kind::TakeBack
                | Kind::Return
                | Kind::Destroy
                | Kind::Inspection
                | Kind::Lost
                | Kind::Damaged
                | Kind::Recovered
                | Kind::Recall
                | Kind::MediumReset
                | Kind::VendorCertificate),
            ) => self.moved(&standing, kind),
            _ => {}
        }
    }

    /// The lines asked for.
    #[must_use]
    pub fn rows(self, filter: &Filter) -> Vec<Row> {
        let mut lines: Vec<Row> = self.rows.into_iter().map(|line| line.row).collect();
        for ((origin, number), (bundle, what)) in self.begun {
            if let Some(&at) = self.by_bundle.get(&bundle) {
                remark(&mut lines[at], format!("{}{what} 終わりの記録なし", cited(&origin, number)));
            }
        }
        let mut counts: HashMap<Option<FiscalYear>, u64> = HashMap::new();
        for row in &mut lines {
            let count = counts.entry(row.fiscal_year).or_default();
            *count += 1;
            row.number = *count;
        }
        lines.retain(|row| filter.takes(row));
        lines
    }

    /// A bundle was made.
    fn pack(&mut self, standing: &Standing) {
        if standing.entry.result != Outcome::Done {
            return;
        }
        let Some((at, bundle)) = self.line_of(standing) else { return };
        self.remark_corrections(at, standing);
        let line = &mut self.rows[at];
        let Some(place) = line.row.contents.iter().position(|content| content.bundle == bundle) else { return };
        // Attack: the other side's entry describes a bundle of ours anew. What this ledger saw itself stands.
        if line.origins[place].is_empty() && !standing.origin.is_empty() {
            return;
        }
        standing.origin.clone_into(&mut line.origins[place]);
        if let Some(facts) = &standing.facts {
            line.row.contents[place] = content(bundle, facts);
            if facts.get("many").and_then(Value::as_bool) == Some(true) {
                let figure = facts::number(facts, "threshold").map_or_else(String::new, |n| format!("（{n}人）"));
                let what = &line.row.contents[place].bundle;
                let said = format!("束 {what}: 取扱件数が基準{figure}以上");
                remark(&mut line.row, said);
            }
            if facts::text(facts, "read_back").is_some_and(|read_back| read_back == "not_established") {
                let what = &line.row.contents[place].bundle;
                let said = format!("束 {what}: 媒体からの読み戻しは確認できていません");
                remark(&mut line.row, said);
            }
        }
        if !standing.origin.is_empty() {
            let said = format!("内容は相手方の記録による（{}）", cited(standing.origin, standing.entry.number).trim());
            remark(&mut line.row, said);
        }
    }

    /// Data of a bundle was erased. A working copy is not the data, and what is erased in part is not erased: both are said.
    fn erase(&mut self, standing: &Standing) {
        let Some(facts) = standing.facts.as_deref() else { return };
        if !matches!(standing.entry.result, Outcome::Done | Outcome::InPart) {
            return;
        }
        for at in self.lines_of(standing) {
            let row = &mut self.rows[at].row;
            let number = cited(standing.origin, standing.entry.number);
            if facts.get("temporary").and_then(Value::as_bool) == Some(true) {
                remark(row, format!("{number}作業用の写しを消去"));
            } else if standing.entry.result == Outcome::InPart {
                remark(row, format!("{number}消去は一部または不成立"));
            } else if standing.origin.is_empty() || row.erased.is_none() {
                if !standing.origin.is_empty() {
                    remark(row, format!("{number}消去は相手方の記録による"));
                }
                row.erased = local_date(standing.entry);
                row.erase_method = facts::text(facts, "method").as_deref().map(method);
            }
        }
    }

    /// A line, to be changed.
    pub(super) fn row(&mut self, at: usize) -> &mut Row {
        &mut self.rows[at].row
    }

    /// The lines of the bundles an entry names, and of its medium where it has one already.
    pub(super) fn lines_of(&self, standing: &Standing) -> Vec<usize> {
        let found = standing.subjects.iter().filter_map(|subject| match subject.kind {
            SubjectType::Bundle => self.by_bundle.get(&subject.id).copied(),
            SubjectType::Medium => self.by_medium.get(&subject.id).copied(),
            _ => None,
        });
        let mut lines: Vec<usize> = found.collect();
        lines.sort_unstable();
        lines.dedup();
        lines
    }

    /// A document was issued; that of a slip stands in the line of its bundle, that of an erasure in the lines of what was
    /// erased.
    fn document(&mut self, standing: &Standing) {
        let facts = standing.facts.as_deref();
        let form = facts.and_then(|facts| facts::text(facts, "form"));
        if form.as_deref() == Some("takeout") && standing.entry.result == Outcome::Done {
            // The sheet of a return completes one that stands here already.
            let number = facts.filter(|facts| !facts.contains_key("of")).and_then(|facts| facts::text(facts, "number"));
            for at in self.lines_of(standing) {
                self.rows[at].row.takeouts.extend(number.clone());
            }
        }
        if matches!(form.as_deref(), Some("erasure" | "destruction")) && standing.entry.result == Outcome::Done {
            let number = facts.and_then(|facts| facts::text(facts, "number"));
            for at in self.lines_of(standing) {
                // Of both sides' certificates our own stands.
                let there = self.rows[at].row.certificate.is_some();
                if there && !standing.origin.is_empty() {
                    continue;
                }
                self.rows[at].row.certificate.clone_from(&number);
            }
        }
        let is_slip = facts.and_then(|facts| facts::text(facts, "form")).is_some_and(|form| form == "slip");
        let number = facts.and_then(|facts| facts::text(facts, "number")).filter(|_| is_slip);
        if let (Some(number), Outcome::Done) = (number, standing.entry.result)
            && let Some((at, _)) = self.line_of(standing)
        {
            self.rows[at].row.slips.push(Slip { number, issued: None });
        }
    }

    /// The lines of what an entry names; a new one where something is handed over or comes that no line tells of yet.
    pub(super) fn lines_or_new(&mut self, standing: &Standing) -> Vec<usize> {
        let found = self.lines_of(standing);
        if !found.is_empty() {
            return found;
        }
        if let Some((at, _)) = self.line_of(standing) {
            return vec![at];
        }
        let Some(medium) = facts::named(&standing.subjects, SubjectType::Medium).map(str::to_owned) else {
            return Vec::new();
        };
        let year = local_date(standing.entry).map(FiscalYear::of);
        vec![self.line_of_medium(year, self.contract.clone(), Some(medium))]
    }

    /// A slip that was voided no longer stands for its bundle, and says so; so does a bundle.
    fn void(&mut self, standing: &Standing) {
        let bundle = standing.facts.as_deref().and_then(|facts| facts::text(facts, "bundle"));
        if let Some(bundle) = bundle.filter(|_| standing.entry.result == Outcome::Done) {
            let reason = standing.facts.as_deref().and_then(|facts| facts::text(facts, "reason")).unwrap_or_default();
            if let Some(&at) = self.by_bundle.get(&bundle) {
                let number = cited(standing.origin, standing.entry.number);
                remark(&mut self.rows[at].row, format!("{number}束 {bundle} は失効（{reason}）"));
            }
            return;
        }
        let number = standing.facts.as_deref().and_then(|facts| facts::text(facts, "number"));
        let Some(number) = number.filter(|_| standing.entry.result == Outcome::Done) else { return };
        for line in &mut self.rows {
            for slip in line.row.slips.iter_mut().filter(|slip| slip.number == number) {
                slip.number = format!("{number}（取消）");
            }
        }
    }

    /// A bundle was checked, listed or opened. Who used its secret handled what is inside; done in part is handled too.
    fn handle(&mut self, standing: &Standing) {
        let kind = facts::kind(standing.entry);
        let used = kind != Some(Kind::Verify) || standing.facts.as_deref().is_some_and(facts::secret);
        match standing.entry.result {
            Outcome::Done | Outcome::InPart => {}
            Outcome::Begun => return self.begin(standing),
            Outcome::Refused | Outcome::Failed | Outcome::Interrupted => return,
        }
        let Some((at, _)) = self.line_of(standing) else { return };
        self.remark_corrections(at, standing);
        let approval = standing.facts.as_deref().and_then(|facts| facts::text(facts, "approval"));
        if let Some(approval) = approval.filter(|_| kind == Some(Kind::Open)) {
            self.rows[at].row.copy_approvals.push(approval);
        }
        let name = handler(&standing.entry.operator);
        let handlers = &mut self.rows[at].row.handlers;
        if used && standing.facts.is_some() && !handlers.contains(&name) {
            handlers.push(name);
        }
    }

    fn begin(&mut self, standing: &Standing) {
        if let Some(bundle) = facts::named(&standing.subjects, SubjectType::Bundle) {
            let word = facts::kind(standing.entry).map_or("", super::word);
            let what = format!("{word} {}:", handler(&standing.entry.operator));
            let number = (standing.origin.to_owned(), standing.entry.number);
            self.begun.insert(number, (bundle.to_owned(), what));
        }
    }

    /// An entry that ends work names the one that began it.
    fn end(&mut self, standing: &Standing) {
        if let Some(begun) = facts::number(&standing.entry.facts, "begun") {
            self.begun.remove(&(standing.origin.to_owned(), begun));
        }
    }

    /// The line of the bundle an entry names, a new one when it is the first to name it; and the bundle.
    fn line_of(&mut self, standing: &Standing) -> Option<(usize, String)> {
        let bundle = facts::named(&standing.subjects, SubjectType::Bundle)?.to_owned();
        if let Some(&at) = self.by_bundle.get(&bundle) {
            return Some((at, bundle));
        }
        let year = local_date(standing.entry).map(FiscalYear::of);
        let contract = facts::named(&standing.subjects, SubjectType::Contract).map(str::to_owned);
        let contract = contract.or_else(|| self.contract.clone());
        let medium = self.index.medium(&bundle).map(str::to_owned);
        let at = self.line_of_medium(year, contract, medium);
        self.by_bundle.insert(bundle.clone(), at);
        let line = &mut self.rows[at];
        line.row.contents.push(Content { bundle: bundle.clone(), ..Content::default() });
        // Until the entry that made it is seen, anybody may say what is inside.
        line.origins.push("?".into());
        Some((at, bundle))
    }

    /// The line of a medium in this year and contract: a medium used again the year after is a new line.
    fn line_of_medium(&mut self, year: Option<FiscalYear>, contract: Option<String>, medium: Option<String>) -> usize {
        let known = medium.as_ref().and_then(|medium| self.by_medium.get(medium)).copied();
        let same = |at: &usize| self.rows[*at].row.fiscal_year == year && self.rows[*at].row.contract == contract;
        if let Some(at) = known.filter(same) {
            return at;
        }
        let at = self.rows.len();
        if let Some(medium) = &medium {
            self.by_medium.insert(medium.clone(), at);
        }
        let (kind, place) = medium.as_ref().and_then(|medium| self.registered.get(medium)).cloned().unwrap_or_default();
        let row = Row { media_kind: kind, place, ..Row::new(year, contract, medium) };
        self.rows.push(Line { row, origins: Vec::new() });
        at
    }

    pub(super) fn remark_corrections(&mut self, at: usize, standing: &Standing) {
        let side = if standing.origin.is_empty() { "" } else { "相手方の" };
        for Correction { struck, by, reason, effect } in standing.corrections {
            let voided = if *effect == Effect::Strikes { "（取消）" } else { "" };
            let said = format!("訂正 {side}第{struck}号→第{by}号{voided}: {reason}");
            remark(&mut self.rows[at].row, said);
        }
    }
}

/// 方法 in the register.
fn method(name: &str) -> String {
    match name {
        "zero" => "上書き1回（ゼロ）".to_owned(),
        "random" => "上書き1回（乱数）".to_owned(),
        "dod" => "上書き3回".to_owned(),
        other => other.to_owned(),
    }
}

pub(super) fn remark(row: &mut Row, said: String) {
    if !row.remarks.contains(&said) {
        row.remarks.push(said);
    }
}

/// `第3号 `, with the other ledger's origin when it is of another.
pub(super) fn cited(origin: &str, number: u64) -> String {
    if origin.is_empty() { format!("第{number}号 ") } else { format!("{origin} 第{number}号 ") }
}

/// A handler's name. A name nobody gave is the user of the operating system, and says so.
pub(super) fn handler(operator: &Operator) -> String {
    match operator.by {
        Claim::OsUser => format!("{}（OS利用者名）", operator.name),
        Claim::Option | Claim::Mapping | Claim::Answer => operator.name.clone(),
    }
}

fn content(bundle: String, facts: &Facts) -> Content {
    Content {
        bundle,
        title: facts::text(facts, "title"),
        items: facts::texts(facts, "items"),
        subjects: facts::number(facts, "subjects"),
        files: facts::number(facts, "files"),
        folders: facts::number(facts, "folders"),
        bytes: facts::number(facts, "bytes"),
        created: facts::text(facts, "created"),
        volumes: facts.get("volumes").and_then(|list| u64::try_from(list.as_array()?.len()).ok()),
        read_back: facts::text(facts, "read_back"),
    }
}

/// The day on the clock of the one who wrote the entry.
fn local_date(entry: &Entry) -> Option<NaiveDate> {
    let time: DateTime<FixedOffset> = DateTime::parse_from_rfc3339(&entry.time).ok()?;
    Some(time.date_naive())
}
