//! A ledger of many entries, written at once: an honest one, and the same with faults in it at places that are known.

#![allow(dead_code)] // each test file uses a part

use std::collections::BTreeSet;
use std::path::Path;

use chrono::{DateTime, Datelike, Duration, FixedOffset, Weekday};
use rusqlite::{Connection, params};
use serde_json::{Map, Value, json};
use tewatashi::calendar::holidays;
use tewatashi::ledger::checkpoint::{Head, NAMESPACE};
use tewatashi::ledger::tree::{self, Tree};
use tewatashi::ledger::{Claim, Clock, Entry, Kind, Operator, Outcome, Subject, SubjectType, entry};
use tewatashi::sign::SigningKey;

/// A ledger as it grows, with a calendar of working days.
pub struct Grower {
    /// The entries.
    pub entries: Vec<Entry>,
    now: DateTime<FixedOffset>,
    documents: u64,
    /// What should be found: the check, and the entries of the finding.
    pub faults: Vec<(&'static str, Vec<u64>)>,
}

/// Who writes, where nobody else is named.
const CLERK: (&str, &str, &str) = ("見本太郎", "P-001", "taro");
const SECOND: (&str, &str, &str) = ("見本花子", "P-002", "hanako");

fn facts(value: Value) -> Map<String, Value> {
    let Value::Object(map) = value else { panic!("facts are an object") };
    map
}

impl Grower {
    /// Goes on from an entry of a ledger that the program made.
    pub fn after(entries: Vec<Entry>, time: &str) -> Self {
        let documents = entries.iter().filter(|entry| entry.kind == "document").count() as u64;
        Self { entries, now: DateTime::parse_from_rfc3339(time).unwrap(), documents, faults: Vec::new() }
    }

    /// The number the next entry will have.
    pub fn next(&self) -> u64 {
        self.entries.last().map_or(1, |entry| entry.number + 1)
    }

    /// The time of the next entry.
    pub fn time(&self) -> String {
        self.now.to_rfc3339()
    }

    /// The day after tomorrow of the next entry, and so on.
    pub fn day(&self, days: i64) -> String {
        (self.now + Duration::days(days)).date_naive().to_string()
    }

    /// Some seconds later; when the office closes, on the morning of the next day it works.
    pub fn later(&mut self, seconds: i64) {
        self.now += Duration::seconds(seconds);
        if self.now.time() > chrono::NaiveTime::from_hms_opt(16, 30, 0).unwrap() {
            self.next_day();
        }
    }

    /// The morning of the next day on which the office works.
    pub fn next_day(&mut self) {
        loop {
            let next = self.now.date_naive().succ_opt().unwrap();
            self.now = next.and_hms_opt(9, 0, 0).unwrap().and_local_timezone(*self.now.offset()).unwrap();
            if holidays::is_working_day(next, &[]) {
                return;
            }
        }
    }

    /// The evening of the day, or a Saturday.
    pub fn at_night(&mut self) {
        let date = self.now.date_naive();
        self.now = date.and_hms_opt(20, 0, 0).unwrap().and_local_timezone(*self.now.offset()).unwrap();
        if date.weekday() == Weekday::Mon {
            self.now += Duration::days(5);
        }
    }

    /// Writes an entry as somebody.
    pub fn by(
        &mut self,
        who: (&str, &str, &str),
        kind: Kind,
        result: Outcome,
        things: &[(SubjectType, &str)],
        said: Value,
    ) -> u64 {
        let number = self.next();
        let staff = Some(who.1.to_owned()).filter(|staff| !staff.is_empty());
        let operator =
            Operator { name: who.0.into(), staff, by: Claim::Option, os_user: who.2.into(), host: "PC-1".into() };
        self.entries.push(Entry {
            v: entry::VERSION,
            number,
            time: self.now.to_rfc3339_opts(chrono::SecondsFormat::Millis, false),
            clock: Clock { source: "system".into(), synchronised: Some(true) },
            operator,
            kind: kind.text(),
            subjects: things.iter().map(|(kind, id)| Subject::new(*kind, *id)).collect(),
            result,
            facts: facts(said),
        });
        self.later(20);
        number
    }

    /// Writes an entry of something done.
    pub fn done(&mut self, kind: Kind, things: &[(SubjectType, &str)], said: Value) -> u64 {
        self.by(CLERK, kind, Outcome::Done, things, said)
    }

    /// Expects a finding.
    pub fn fault(&mut self, check: &'static str, entries: impl IntoIterator<Item = u64>) {
        self.faults.push((check, entries.into_iter().collect()));
    }

    /// People, a machine, and a general decision for what the settings ask for.
    pub fn office(&mut self) {
        let person = |number: &str, name: &str, role: &str| json!({ "number": number, "name": name, "role": role, "section": "情報課", "party": "区", "contact": "" });
        let people =
            [("P-001", "見本太郎", "保護担当者"), ("P-002", "見本花子", "監査責任者"), ("P-003", "未見受", "監督員")];
        for (number, name, role) in people {
            self.done(Kind::StaffAdd, &[(SubjectType::Person, name)], person(number, name, role));
        }
        let trained = json!([{ "number": "P-001", "name": "見本太郎" }, { "number": "P-002", "name": "見本花子" }]);
        let date = self.day(0);
        self.done(Kind::StaffTrain, &[], json!({ "date": date, "title": "研修", "people": trained }));
        self.done(
            Kind::EquipmentAdd,
            &[(SubjectType::Equipment, "PC-1")],
            json!({ "id": "PC-1", "kind": "PC", "host": "PC-1" }),
        );
    }

    /// One bundle's honest life: made, handed over, its slip on another day, back, opened nowhere, destroyed; 15 entries.
    pub fn life(&mut self, n: u64, sins: &Sins) {
        use SubjectType::{Approval, Bundle, Medium, Slip};
        let (bundle, medium, slip) = (format!("TW-20260401-{n:05}"), format!("M-{n:05}"), format!("S-{n:05}"));
        let decision = format!("承第{n}号");
        let approver = if sins.self_approved { "情報課長　見本太郎" } else { "情報課長" };
        if sins.same_day {
            self.next_day();
        }
        let today = self.day(0);
        let mut decided = None;
        if !sins.no_approval {
            let said = json!({ "purpose": "handover", "number": decision, "date": today, "by": approver,
                "things": [&*medium, &*slip] });
            decided = Some(self.done(Kind::Approve, &[(Approval, &*decision), (Medium, &*medium)], said));
        }
        if sins.off_hours {
            self.at_night();
        }
        let (off_day, begun_at) = (self.now, self.next());
        let begun = self.by(CLERK, Kind::Pack, Outcome::Begun, &[(Bundle, &*bundle), (Medium, &*medium)], json!({}));
        self.now = off_day + Duration::seconds(20);
        let who = if sins.untrained { ("未見受", "P-003", "miken") } else { CLERK };
        let packed = json!({
            "begun": begun, "title": "通知書", "items": ["氏名", "住所"], "subjects": 2, "records": 2, "files": 1,
            "slip": { "given": "printer", "number": &*slip }, "written": if sins.writing { "elsewhere" } else { "medium" }, "read_back": "established",
        });
        let packed = self.by(who, Kind::Pack, Outcome::Done, &[(Bundle, &*bundle), (Medium, &*medium)], packed);
        if sins.untrained {
            self.fault("untrained", [packed]);
        }
        if sins.off_hours {
            self.fault("off_hours", [begun_at, packed]);
            self.next_day();
        }
        self.document(&bundle, sins);
        let handed = self.hand(&[(Medium, &*medium), (Bundle, &*bundle)], "media", &medium, &decision, sins.overridden);
        if sins.overridden {
            self.fault("overridden", [handed]);
        }
        if sins.no_approval {
            self.fault("no_approval", [handed]);
        }
        if let Some(decided) = decided.filter(|_| sins.self_approved) {
            self.fault("self_approved", [decided, handed]);
        }
        let look = json!({ "what": "media", "items": ["number"], "other_os_user": !sins.same_os_user,
            "pieces": [{ "what": "media", "id": &*medium }] });
        let who = if sins.same_os_user { ("見本花子", "P-002", "taro") } else { SECOND };
        if sins.not_checked {
            self.fault("not_checked", [handed]);
        }
        let look = if sins.not_checked {
            0
        } else {
            self.by(who, Kind::HandoverCheck, Outcome::Done, &[(Medium, &*medium), (Bundle, &*bundle)], look)
        };
        if sins.same_os_user {
            self.fault("same_os_user", [look]);
        }
        self.ack(&[(Medium, &*medium), (Bundle, &*bundle)], "media", &medium);
        if !sins.same_day {
            self.next_day();
        }
        let gone = self.hand(&[(Slip, &*slip), (Bundle, &*bundle)], "slip", &slip, &decision, false);
        if sins.same_day {
            self.fault("same_day", [handed, gone]);
        }
        if sins.no_approval {
            self.fault("no_approval", [gone]);
        }
        if let Some(decided) = decided.filter(|_| sins.self_approved) {
            self.fault("self_approved", [decided, gone]);
        }
        self.ack(&[(Slip, &*slip), (Bundle, &*bundle)], "slip", &slip);
        if sins.writing {
            self.fault("writing_unconfirmed", [packed]);
        }
        self.strays(n, &bundle, sins);
        for _ in 0..sins.looks {
            self.done(Kind::Verify, &[(Bundle, &*bundle)], json!({ "checked": ["volumes_present"] }));
        }
        self.ended([&bundle, &medium, &slip], [handed, gone], sins);
    }

    /// Both parts back and destroyed, but for what stays away.
    fn ended(&mut self, [bundle, medium, slip]: [&String; 3], [handed, gone]: [u64; 2], sins: &Sins) {
        use SubjectType::{Bundle, Medium, Slip};
        for (kept, what, id, subject) in [
            (sins.not_returned || sins.not_checked || sins.writing, "media", medium, Medium),
            (sins.slip_not_returned, "slip", slip, Slip),
        ] {
            let stays = if what == "media" { "not_returned" } else { "slip_not_returned" };
            if kept {
                self.fault(stays, [if what == "media" { handed } else { gone }]);
                continue;
            }
            let at = self.time();
            let back = json!({ "at": at, "from": "佐藤健", "confirmed_by": "見本花子", "place": "金庫",
                "differs": (sins.differs && what == "media").then_some("1枚不足"),
                "pieces": [{ "what": what, "id": &**id }] });
            let back = self.done(Kind::TakeBack, &[(subject, &**id), (Bundle, &**bundle)], back);
            if sins.differs && what == "media" {
                self.fault("counts_differ", [back]);
            }
            let at = self.time();
            let said = json!({ "method": "破砕", "at": at, "by": "見本太郎", "witnesses": ["見本花子"],
                "pieces": [{ "what": what, "id": &**id }],
                "vendor": (sins.vendor && what == "media").then(|| json!({ "name": "見本処理" })) });
            let destroyed = self.done(Kind::Destroy, &[(subject, &**id), (Bundle, &**bundle)], said);
            if sins.vendor && what == "media" {
                self.fault("vendor_paper", [destroyed]);
            }
        }
    }

    fn hand(&mut self, things: &[(SubjectType, &str)], what: &str, id: &str, decision: &str, overridden: bool) -> u64 {
        let (at, due) = (self.time(), self.day(30));
        let said = json!({
            "what": what, "direction": "provided", "to": { "name": "佐藤健" }, "party": "受託者", "id_check": "社員証",
            "at": at, "approval": decision, "due": due, "signed": false, "awaits_check": what == "media",
            "pieces": [{ "what": what, "id": id }],
            "overridden": overridden.then(|| json!({ "rule": "medium_receipt_missing", "reason": "急ぎ" })),
        });
        self.done(Kind::Handover, things, said)
    }

    fn ack(&mut self, things: &[(SubjectType, &str)], what: &str, id: &str) {
        let at = self.time();
        let said = json!({ "what": what, "opened": false, "proof": "paper", "by": "佐藤健", "at": at,
            "pieces": [{ "what": what, "id": id }] });
        self.done(Kind::Ack, things, said);
    }

    fn document(&mut self, bundle: &str, sins: &Sins) {
        self.documents += 1;
        let number = format!("D-{:04}", self.documents);
        let compared = sins.counts.then(
            || json!({ "records": { "told": 2, "counted": 3 }, "subjects": { "told": 2, "counted": 2 }, "difference": null }),
        );
        let file = sins.slip_file.then_some("/home/taro/slip.pdf");
        let said = json!({ "number": &*number, "form": "transfer", "title": "個人情報受渡し確認記録票", "pages": 1,
            "record_sha256": "", "given": file.map(|_| "file"), "file": file });
        let mut said = facts(said);
        said.extend(compared.map(|compared| ("compared".to_owned(), compared)));
        let things = [(SubjectType::Document, &*number), (SubjectType::Bundle, bundle)];
        let entry = self.done(Kind::Document, &things, Value::Object(said));
        if sins.counts {
            self.fault("counts_differ", [entry]);
        }
        if sins.slip_file {
            self.fault("slip_file", [entry]);
        }
        if sins.document_gap {
            self.documents += 1;
            let skipped = format!("D-{:04}", self.documents + 1);
            self.documents += 1;
            let said = json!({ "number": &*skipped, "form": "transfer", "title": "", "pages": 1, "record_sha256": "" });
            let entry = self.done(Kind::Document, &[(SubjectType::Document, &*skipped)], said);
            self.fault("numbers", [entry]);
        }
    }

    /// Faults that stand beside a life.
    fn strays(&mut self, n: u64, bundle: &str, sins: &Sins) {
        use SubjectType::{Bundle, Document, Entry as Other, Key, Medium};
        if sins.refused {
            self.next_day();
            let said = json!({ "error": { "code": 4, "kind": "held" } });
            let entry = self.by(CLERK, Kind::Takeout, Outcome::Refused, &[(Bundle, bundle)], said);
            self.fault("refused", [entry]);
        }
        if sins.wrong {
            let said = json!({ "error": { "code": 10, "kind": "wrong_passphrase" } });
            let entries: Vec<u64> = (0..4)
                .map(|_| {
                    let begun = self.by(CLERK, Kind::List, Outcome::Begun, &[(Bundle, bundle)], json!({}));
                    let mut said = facts(said.clone());
                    said.insert("begun".into(), begun.into());
                    self.by(CLERK, Kind::List, Outcome::Failed, &[(Bundle, bundle)], said.into())
                })
                .collect();
            self.fault("wrong_passphrase", entries);
        }
        if sins.clock {
            let (before, now) = (self.next() - 1, self.now);
            let last = DateTime::parse_from_rfc3339(&self.entries.last().unwrap().time).unwrap();
            self.now = last - Duration::minutes(10);
            let entry = self.done(Kind::Hold, &[], json!({ "reason": "確認" }));
            self.fault("clock", [before, entry]);
            self.now = now;
        }
        if sins.unfinished {
            let entry = self.by(CLERK, Kind::Verify, Outcome::Begun, &[(Bundle, bundle)], json!({}));
            self.fault("unfinished", [entry]);
        }
        if sins.corrected {
            let wrong = self.done(Kind::Hold, &[], json!({ "reason": "確認" }));
            let number = wrong.to_string();
            let said = json!({ "corrects": wrong, "reason": "誤り", "facts": {} });
            let entry = self.done(Kind::Correct, &[(Other, &*number)], said);
            self.fault("corrected", [wrong, entry]);
        }
        if sins.copies {
            let theirs = format!("TW-20260402-{n:05}");
            let said = json!({ "folders": 1, "looked_at": 9, "places": ["a"], "bundles": { &*theirs: { "content": 2, "name": 0 } } });
            let entry = self.done(Kind::Find, &[(Bundle, &*theirs)], said);
            self.fault("copies_found", [entry]);
        }
        if sins.incident {
            let lost = format!("L-{n:05}");
            let at = self.time();
            let said = json!({ "what": "media", "circumstances": "不明", "at": at, "pieces": [{ "what": "media", "id": &*lost }] });
            let entry = self.done(Kind::Lost, &[(Medium, &*lost)], said);
            let opened = self.done(Kind::Incident, &[(Medium, &*lost)], json!({ "cause": "lost", "entry": entry }));
            self.fault("incident_open", [entry]);
            self.fault("incident_open", [opened]);
        }
        if sins.unlisted {
            let stranger = format!("架空{n}郎");
            let said = json!({ "checked": [] });
            let entry = self.by((&stranger, "", "x"), Kind::Verify, Outcome::Done, &[(Bundle, bundle)], said);
            self.fault("unlisted", [entry]);
        }
        if sins.late {
            self.late(n);
        }
        if sins.not_erased {
            let theirs = format!("TW-20260403-{n:05}");
            let begun = self.by(CLERK, Kind::Open, Outcome::Begun, &[(Bundle, &*theirs)], json!({}));
            let said = json!({ "begun": begun, "files": 1, "bytes": 9, "copy": format!("c-{n}"), "manifest": true });
            let entry = self.done(Kind::Open, &[(Bundle, &*theirs)], said);
            self.fault("not_erased", [entry]);
        }
        if sins.stranger {
            let other = format!("TW-20260404-{n:05}");
            let said = json!({ "title": "通知書", "items": ["氏名"], "files": 1, "written": "medium" });
            let entry = self.done(Kind::Pack, &[(Bundle, &*other)], said);
            self.entries.last_mut().unwrap().operator.host = format!("PC-9-{n}");
            self.fault("unlisted_machine", [entry]);
        }
        if sins.key_lost {
            let said = json!({ "reason": "パソコンの故障", "lost": true, "key": "", "old": "" });
            let entry = self.done(Kind::KeyRotate, &[(Key, "SHA256:x")], said);
            self.fault("key_lost", [entry]);
        }
        if sins.unreadable {
            let entry = self.done(Kind::Witness, &[(Document, "D-0001")], json!({ "witnesses": 3 }));
            self.fault("unreadable", [entry]);
        }
        if sins.restored {
            let said = json!({ "reason": "故障", "lost": { "from": 9, "to": 10 }, "documents_lost": 0 });
            let entry = self.done(Kind::Restore, &[], said);
            self.fault("restored", [entry]);
        }
    }

    /// A take-out that came back a day late.
    fn late(&mut self, n: u64) {
        let other = format!("T-{n:05}");
        let parts = json!([{ "what": "media", "id": &*other }]);
        let things = [(SubjectType::Medium, &*other)];
        let (at, due) = (self.time(), (self.now + Duration::hours(1)).to_rfc3339());
        let said = json!({ "reason": "照合", "destination": "第二工場", "at": at, "due": due, "by": "見本太郎", "pieces": parts });
        let out = self.done(Kind::Takeout, &things, said);
        self.next_day();
        let at = self.time();
        let said = json!({ "takeout": out, "at": at, "by": "見本太郎", "confirmed_by": "見本花子", "place": "金庫", "pieces": parts });
        let back = self.done(Kind::Return, &things, said);
        self.fault("overdue", [back]);
    }

    /// Somebody looked at the contractor, demanded something, and saw that it was done; or nobody did.
    pub fn inspection(&mut self, forgotten: bool) {
        // Who forgets writes it down late as well.
        let (date, due) = (self.day(if forgotten { -20 } else { 0 }), self.day(1));
        let demands = json!([{ "finding": "記録漏れ", "demand": "記録を付けること", "due": due }]);
        let said = json!({ "look": "on_site", "date": &*date, "of": "見本印刷", "by": [CLERK.0], "demands": demands });
        let held = self.done(Kind::Inspection, &[], said);
        if forgotten {
            self.fault("not_inspected", [held]);
            self.fault("recorded_late", [held]);
            return;
        }
        let said = json!({ "inspection": held, "demand": 1, "improved": true, "date": &*date, "by": CLERK.0 });
        self.done(Kind::Recheck, &[], said);
    }

    /// The machine is said to be clean, after all that was put on it.
    pub fn declare(&mut self) {
        let said = json!({ "by": "見本太郎", "date": self.day(0), "statement": "残っていない" });
        self.done(Kind::Declare, &[(SubjectType::Equipment, "PC-1")], said);
    }

    /// Rules made weaker, which the program records when somebody edits the settings.
    pub fn settings(&mut self, change: impl FnOnce(&mut Value)) -> u64 {
        let last = self.entries.iter().rev().find_map(|entry| entry.facts.get("settings")).unwrap();
        let mut settings = last.clone();
        change(&mut settings);
        self.done(Kind::Settings, &[], json!({ "settings": settings, "changes": [], "loosened": false }))
    }

    /// Writes what was grown into a ledger that has the entries up to `from`, and signs the end.
    pub fn write(&self, path: &Path, key: &SigningKey) {
        let mut db = Connection::open(path).unwrap();
        db.pragma_update(None, "synchronous", "OFF").unwrap();
        db.pragma_update(None, "foreign_keys", "OFF").unwrap();
        let origin: String = self.entries[0].facts["origin"].as_str().unwrap().to_owned();
        let change = db.transaction().unwrap();
        let there: i64 =
            change.query_row("SELECT coalesce(max(number), 0) FROM entries", [], |row| row.get(0)).unwrap();
        if there == 0 {
            // Who takes an entry out of a ledger takes its guards away first.
            let mut guards = change.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'").unwrap();
            let guards: Vec<String> =
                guards.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
            for guard in guards {
                change.execute(&format!("DROP TRIGGER {guard}"), []).unwrap();
            }
        }
        let mut tree = Tree::default();
        let mut statement = change.prepare("SELECT body FROM entries ORDER BY number").unwrap();
        for body in statement.query_map([], |row| row.get::<_, String>(0)).unwrap() {
            tree.push(tree::leaf(body.unwrap().as_bytes()));
        }
        drop(statement);
        let mut mentions: BTreeSet<(String, u64)> = BTreeSet::new();
        let mut insert = change.prepare("INSERT INTO entries (number, body) VALUES (?1, ?2)").unwrap();
        for entry in self.entries.iter().filter(|entry| entry.number > there.unsigned_abs()) {
            let body = entry.canonical().unwrap();
            tree.push(tree::leaf(body.as_bytes()));
            insert.execute(params![entry.number.cast_signed(), body]).unwrap();
            mentions.extend(entry.terms().into_iter().map(|term| (term, entry.number)));
        }
        drop(insert);
        let mut mention = change.prepare("INSERT INTO mentions VALUES (?1, ?2)").unwrap();
        for (term, number) in &mentions {
            mention.execute(params![term, number.cast_signed()]).unwrap();
        }
        drop(mention);
        let head = Head::of(&tree);
        let signature = key.sign(NAMESPACE, head.body(&origin).as_bytes()).unwrap();
        let row = params![head.size.cast_signed(), head.root, key.fingerprint(), signature];
        change.execute("INSERT INTO checkpoints VALUES (?1, ?2, ?3, ?4)", row).unwrap();
        let row = params![tree.size().cast_signed(), tree.edge()];
        change.execute("UPDATE head SET size = ?1, edge = ?2", row).unwrap();
        change.commit().unwrap();
    }
}

/// What is wrong with a life.
#[derive(Debug, Clone, Default)]
pub struct Sins {
    pub no_approval: bool,
    pub self_approved: bool,
    pub same_day: bool,
    pub overridden: bool,
    pub same_os_user: bool,
    pub untrained: bool,
    pub unlisted: bool,
    pub off_hours: bool,
    pub counts: bool,
    pub differs: bool,
    pub slip_file: bool,
    pub document_gap: bool,
    pub not_returned: bool,
    pub slip_not_returned: bool,
    pub vendor: bool,
    pub refused: bool,
    pub wrong: bool,
    pub clock: bool,
    pub unfinished: bool,
    pub corrected: bool,
    pub copies: bool,
    pub incident: bool,
    pub late: bool,
    pub not_erased: bool,
    pub key_lost: bool,
    pub unreadable: bool,
    pub restored: bool,
    pub not_checked: bool,
    pub writing: bool,
    pub stranger: bool,
    /// How often somebody looks at the bundle: no fault, and a longer ledger.
    pub looks: u64,
}

impl Sins {
    /// One sin of a row of all of them.
    pub fn nth(n: usize) -> Self {
        let mut sins = Self::default();
        let all: [&mut bool; 30] = [
            &mut sins.no_approval,
            &mut sins.self_approved,
            &mut sins.same_day,
            &mut sins.overridden,
            &mut sins.same_os_user,
            &mut sins.untrained,
            &mut sins.unlisted,
            &mut sins.off_hours,
            &mut sins.counts,
            &mut sins.differs,
            &mut sins.slip_file,
            &mut sins.document_gap,
            &mut sins.not_returned,
            &mut sins.slip_not_returned,
            &mut sins.vendor,
            &mut sins.refused,
            &mut sins.wrong,
            &mut sins.clock,
            &mut sins.unfinished,
            &mut sins.corrected,
            &mut sins.copies,
            &mut sins.incident,
            &mut sins.late,
            &mut sins.not_erased,
            &mut sins.key_lost,
            &mut sins.unreadable,
            &mut sins.restored,
            &mut sins.not_checked,
            &mut sins.writing,
            &mut sins.stranger,
        ];
        let count = all.len();
        if let Some(sin) = all.into_iter().nth(n % count) {
            *sin = true;
        }
        sins
    }
}
