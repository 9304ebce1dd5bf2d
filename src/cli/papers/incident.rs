//! 個人情報漏えい等事故報告書: what the ledger knows of the things that are named, beside what was said. It never claims more
//! than that, and never says whether a report is due.

mod changes;
mod whereabouts;

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, FixedOffset, Local, SecondsFormat};
use serde_json::{Map, Value};

use super::Paper;
use super::compose::{letter, operator};
use crate::bundle::facts::{AGE, CIPHER};
use crate::case::{Settings, Side};
use crate::cli::desk::Desk;
use crate::cli::failure::Failure;
use crate::cli::words;
use crate::era;
use crate::ledger::{Entry, Kind, Ledger, Outcome, SubjectType, corrected};
use crate::life::facts::{Breach, MediumKind, Notified, Part, Particulars, What};
use crate::life::incident::{Ground, Guide as Dates, Opened, guide};
use crate::life::{Bundle, KINDS, Life};
use crate::paper::fields::incident::{Contact, Encryption, Guide, IncidentKind};
use crate::paper::fields::{Count, Incident, Letter, Time};
use crate::term::show;
use whereabouts::{SlipFile, whereabouts};

/// What the ledger says, as it was when it ended with some entry.
pub(super) struct Book {
    life: Life,
    /// The facts of the bundles that were made here.
    packed: HashMap<String, Map<String, Value>>,
    /// Bundles of the other side whose age header was read here.
    read: HashSet<String>,
    /// Files of slips.
    files: HashMap<String, SlipFile>,
}

impl Book {
    fn of(entries: &[Entry]) -> Self {
        let mut book =
            Self { life: Life::of(entries), packed: HashMap::new(), read: HashSet::new(), files: HashMap::new() };
        for entry in entries.iter().filter(|entry| entry.result == Outcome::Done) {
            book.add(entry);
        }
        book
    }

    fn at(desk: &Desk, last: u64) -> Result<Self, Failure> {
        let kinds: Vec<Kind> = KINDS.into_iter().chain([Kind::SlipErased]).collect();
        Ok(Self::of(&desk.look(|ledger| corrected::held(ledger, &kinds, last))?))
    }

    fn add(&mut self, entry: &Entry) {
        let text = |key: &str| entry.facts.get(key).and_then(Value::as_str);
        let bundles = entry.subjects.iter().filter(|s| s.kind == SubjectType::Bundle).map(|s| s.id.clone());
        match entry.known_kind() {
            Some(Kind::Pack) => self.packed.extend(bundles.map(|id| (id, entry.facts.clone()))),
            Some(Kind::Open) => self.read.extend(bundles),
            Some(Kind::Verify | Kind::Receive) => {
                let checked = entry.facts.get("checked").and_then(Value::as_array).into_iter().flatten();
                if checked.filter_map(Value::as_str).any(|check| check == "age_header") {
                    self.read.extend(bundles);
                }
            }
            Some(Kind::Document) if text("given") == Some("file") => {
                self.files.extend(text("number").map(|number| (number.to_owned(), SlipFile::There)));
            }
            Some(Kind::SlipErased) => {
                let state = if text("result") == Some("overwritten") { SlipFile::Erased } else { SlipFile::Gone };
                self.files.extend(text("number").map(|number| (number.to_owned(), state)));
            }
            _ => {}
        }
    }
}

/// What is on the page, and what of it stands in 備考 by a name of its own.
pub(super) struct Told {
    fields: Incident,
    lines: Vec<(String, String)>,
}

/// The next report of an incident, as the ledger stands now.
pub fn incident(desk: &Desk, entry: u64, is_final: bool) -> Result<Paper, Failure> {
    let seen = desk.look(Ledger::head)?.size;
    let book = Book::at(desk, seen)?;
    let Some(of) = book.life.incident(entry) else { return Err(words::no_incident(entry)) };
    let mut now = told(&book, of);
    let mut earlier = Vec::new();
    for report in of.in_force() {
        let then = Book::at(desk, report.seen)?;
        earlier.extend(then.life.incident(entry).map(|of| (report.nth, told(&then, of))));
    }
    now.fields.changes = changes::between(&earlier, &now);
    let nth = of.next_report();
    let dates = guide(&book.life, of, &desk.settings);
    let known = of.known();
    let mut remarks: Vec<String> = now.lines.iter().map(|(name, text)| format!("{name}　{text}")).collect();
    remarks.extend(dates.as_ref().map(|dates| grounds(dates, &desk.settings)));
    let issuer = super::setting::issuer(desk)?;
    let sheet = Incident {
        nth: Some(nth.into()),
        reported: Some(Time::of(&Local::now().to_rfc3339_opts(SecondsFormat::Secs, false))),
        letter: Some(addressed(&desk.settings)),
        reporter: Some(operator(desk)?),
        contact: known.contact.clone().or(Some(issuer.contact)).filter(|text| !text.is_empty()),
        contacts: contacts(&desk.settings),
        guide: dates.map(|dates| guide_rows(&dates, &desk.settings)).unwrap_or_default(),
        remarks: Some(remarks.join("\n")).filter(|text| !text.is_empty()),
        ..now.fields
    };
    let last = if is_final { "・確報" } else { "" };
    let title = format!("{}（第{}報{last}）", crate::paper::Form::Incident.title(), changes::kanji(nth));
    // Attack, or bad luck: a character no font has, in a place or in the name of a stranger's medium. The first report is
    // printed all the same, with the character's number.
    let mut paper =
        Paper::of(sheet).titled(title).of_others().fact("incident", entry).fact("report", nth).fact("seen", seen);
    if is_final {
        paper = paper.fact("final", true);
    }
    for bundle in book.life.bundles_in(&known) {
        paper = paper.about(SubjectType::Bundle, bundle.id.clone());
    }
    Ok(paper.about(SubjectType::Entry, entry.to_string()))
}

/// Within the city it goes to the 保護管理者, from outside to the city.
fn addressed(settings: &Settings) -> Letter {
    let usual = letter(settings);
    match settings.side {
        Side::City => Letter { to: Some("保護管理者".to_owned()), ..usual },
        Side::Contractor | Side::Subcontractor => usual,
    }
}

fn contacts(settings: &Settings) -> Vec<Contact> {
    let text = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let contact = |one: &crate::case::settings::EmergencyContact| Contact {
        name: text(&one.name),
        telephone: text(&one.telephone),
        after_hours: text(&one.after_hours),
    };
    settings.emergency.iter().map(contact).collect()
}

/// What the report says of an incident, from a book.
fn told(book: &Book, of: &Opened) -> Told {
    let life = &book.life;
    let known = of.known();
    let bundles = life.bundles_in(&known);
    let pieces = life.pieces_of(&known);
    let one = |count: &dyn Fn(&Bundle) -> Option<u64>| match bundles.as_slice() {
        // Beside something else than one bundle its count says nothing of the whole.
        [bundle] if pieces.iter().all(|piece| !piece.bundles.is_empty()) && only_listed(&known) => count(bundle),
        _ => None,
    };
    let subjects = known.subjects.or_else(|| one(&|bundle| bundle.subjects));
    let records = known.records.or_else(|| one(&|bundle| packed_count(book, bundle, "records")));
    let mut items = known.items.clone();
    if items.is_empty() {
        for item in bundles.iter().flat_map(|bundle| &bundle.items).filter(|item| !item.is_empty()) {
            if !items.contains(item) {
                items.push(item.clone());
            }
        }
    }
    let titles = bundles.iter().filter_map(|bundle| bundle.title.clone());
    let names = pieces.iter().filter_map(|piece| piece.name.clone());
    let contents: Vec<String> = titles.chain(names).chain(known.plaintext.iter().cloned()).collect();
    let media = pieces.iter().filter(|piece| piece.what == What::Media).map(|piece| piece.name_of().to_owned());
    let fields = Incident {
        occurred: known.occurred.as_ref().map(time),
        noticed: known.noticed.as_ref().map(time),
        place: known.place.clone(),
        circumstances: known.circumstances.clone(),
        kinds: known.kinds.iter().map(|kind| kind_of(*kind)).collect(),
        contents: Some(contents.join("、")).filter(|text| !text.is_empty()),
        items,
        records: records.map(Count::from),
        subjects: subjects.map(Count::from),
        media: media.collect(),
        encryption: encryption(book, &known),
        cause: known.origin.clone(),
        harm: known.harm.clone(),
        measures: known.measures.clone(),
        notice: notice(&known, &of.notified, of.persons_notified(), subjects),
        publication: known.publication.clone(),
        prevention: known.prevention.clone(),
        ..Incident::default()
    };
    Told { fields, lines: lines(book, &known) }
}

fn only_listed(known: &Particulars) -> bool {
    known.plaintext.is_empty() && known.unlisted.is_empty() && known.documents.is_empty()
}

fn packed_count(book: &Book, bundle: &Bundle, key: &str) -> Option<u64> {
    book.packed.get(&bundle.id)?.get(key)?.as_u64()
}

fn time(at: &DateTime<FixedOffset>) -> Time {
    Time::of(&at.to_rfc3339_opts(SecondsFormat::Secs, false))
}

fn kind_of(kind: Breach) -> IncidentKind {
    match kind {
        Breach::Leak => IncidentKind::Leak,
        Breach::Loss => IncidentKind::Loss,
        Breach::Damage => IncidentKind::Damage,
        Breach::Possible => IncidentKind::Possible,
    }
}

/// 本人対応, and how far 本人通知 has come. Whether it has come far enough is nobody's to say here.
fn notice(known: &Particulars, all: &[(u64, Notified)], persons: u64, of: Option<u64>) -> Option<String> {
    let one = |(_, told): &(u64, Notified)| {
        let how = told.how.as_ref().map(|how| format!("（{how}）")).unwrap_or_default();
        format!("{}　{}人{how}", era::table(told.date), show::number(told.persons))
    };
    let whole = of.map_or_else(|| "不明".to_owned(), |of| format!("{}人", show::number(of)));
    let sum = (!all.is_empty()).then(|| {
        let each: Vec<String> = all.iter().map(one).collect();
        format!("本人通知　通知済 {}人／対象 {whole}\n{}", show::number(persons), each.join("\n"))
    });
    let said: Vec<String> = known.notice.clone().into_iter().chain(sum).collect();
    Some(said.join("\n")).filter(|text| !text.is_empty())
}

/// One row for each bundle, and one for each thing that is none.
fn encryption(book: &Book, known: &Particulars) -> Vec<Encryption> {
    let life = &book.life;
    let mut rows: Vec<Encryption> = life.bundles_in(known).iter().map(|bundle| sealed(book, bundle)).collect();
    let plain = |name: String| Encryption { bundle: Some(name), encrypted: Some(false), ..Encryption::default() };
    let unknown = |name: String| Encryption { bundle: Some(name), ..Encryption::default() };
    for copy in &known.copies {
        let bundle = life.bundles.iter().find(|bundle| bundle.copies.iter().any(|copied| copied.copy == *copy));
        let of = bundle.map(|bundle| bundle.id.as_str()).unwrap_or_default();
        rows.push(plain(format!("{of} を開封したフォルダー（{copy}）")));
    }
    for piece in life.pieces_of(known).into_iter().filter(|piece| piece.what == What::Media && piece.bundles.is_empty())
    {
        let name = piece.name.as_ref().map(|name| format!("（{name}）")).unwrap_or_default();
        let kind = piece.kind.map(MediumKind::text).unwrap_or_default();
        let name = format!("{kind} {}{name}", piece.name_of()).trim().to_owned();
        rows.push(if piece.kind == Some(MediumKind::Paper) { plain(name) } else { unknown(name) });
    }
    rows.extend(known.plaintext.iter().cloned().map(plain));
    rows.extend(known.unlisted.iter().chain(&known.documents).cloned().map(unknown));
    rows
}

fn sealed(book: &Book, bundle: &Bundle) -> Encryption {
    let pack = book.packed.get(&bundle.id);
    let text = |key: &str| pack.and_then(|pack| pack.get(key)).and_then(Value::as_str);
    let known = pack.is_some() || book.read.contains(&bundle.id);
    let method = match (text("format"), text("cipher")) {
        (Some(format), Some(cipher)) => Some(format!("{cipher}（{format}）")),
        // The one way to lock that the format has: it was read here, or it would not have been taken for one.
        _ if known => Some(format!("{CIPHER}（{AGE}）")),
        _ => None,
    };
    let passphrase = match (pack, text("passphrase")) {
        (Some(_), Some("generated")) => {
            Some("自動生成。35桁（5桁×6組、ハイフンを含む。）、英大文字・英小文字・数字・記号".to_owned())
        }
        (Some(_), Some("own")) => Some(
            "発行者が定めたもの。桁数は記録していない（15桁以上、英大文字・英小文字・数字・記号を含む。）".to_owned(),
        ),
        (Some(_), _) => Some("なし（公開鍵により暗号化）".to_owned()),
        (None, _) => None,
    };
    let slip = bundle.slip.as_deref().and_then(|slip| book.life.piece(What::Slip, slip));
    let without = match (pack, text("passphrase")) {
        (Some(_), Some(_)) => Some("通知書の記録なし".to_owned()),
        (Some(_), None) => Some("通知書なし（公開鍵）".to_owned()),
        (None, _) => Some("受領の記録なし".to_owned()),
    };
    Encryption {
        bundle: Some(bundle.id.clone()),
        encrypted: known.then_some(true),
        method,
        passphrase,
        slip: slip.and_then(|slip| slip.label()).map(str::to_owned),
        whereabouts: slip.map(|slip| whereabouts(slip, book.files.get(&slip.id).copied())).or(without),
    }
}

/// Where each medium is, whether it is known to have been received and opened, and what is known of counts and copies.
fn lines(book: &Book, known: &Particulars) -> Vec<(String, String)> {
    let life = &book.life;
    let bundles = life.bundles_in(known);
    let mut lines = Vec::new();
    let mut media = life.pieces_of(known);
    media.retain(|piece| piece.what == What::Media);
    for bundle in &bundles {
        let medium = life.piece(What::Media, &bundle.medium);
        media.extend(
            medium.filter(|medium| !media.iter().any(|there| there.id == medium.id)).into_iter().collect::<Vec<_>>(),
        );
    }
    for medium in media {
        lines.push((format!("媒体 {} の所在", medium.name_of()), whereabouts(medium, None)));
    }
    // A slip that was named and whose bundle nobody knows stands in no row.
    let lone = |part: &&Part| part.what == What::Slip;
    for part in known.pieces.iter().filter(lone) {
        let slip = life.piece(What::Slip, &part.id).filter(|slip| life.bundles_of(slip).next().is_none());
        lines.extend(slip.map(|slip| (format!("通知書 {} の所在", slip.name_of()), whereabouts(slip, None))));
    }
    if bundles.len() > 1 && (known.subjects.is_none() || known.records.is_none()) {
        let each: Vec<String> = bundles.iter().map(|bundle| counts(book, bundle)).collect();
        lines.push(("束ごとの数（重なりがあり得るため、合計していない。）".to_owned(), each.join("、")));
    }
    for bundle in bundles {
        for copy in bundle.copies_left() {
            let place = copy.machine.as_ref().unwrap_or(&copy.host);
            let text = format!("機器 {place} にある（開封した者　{}）。消去の記録なし。", copy.by);
            lines.push((format!("{} を開封した平文（{}）", bundle.id, copy.copy), text));
        }
    }
    lines
}

fn counts(book: &Book, bundle: &Bundle) -> String {
    let number = |count: Option<u64>, unit: &str| {
        count.map_or_else(|| "不明".to_owned(), |count| format!("{}{unit}", show::number(count)))
    };
    let records = packed_count(book, bundle, "records");
    format!("{} 人数 {}・件数 {}", bundle.id, number(bundle.subjects, "人"), number(records, "件"))
}

/// What the city is called on its forms.
fn body(settings: &Settings) -> char {
    settings.parties.city.name.chars().last().filter(|last| ['市', '区', '町', '村'].contains(last)).unwrap_or('区')
}

fn guide_rows(dates: &Dates, settings: &Settings) -> Vec<Guide> {
    let body = body(settings);
    let row = |what: String, until: Option<chrono::NaiveDate>| Guide {
        what: Some(what),
        from: dates.from.map(Into::into),
        until: until.map(Into::into),
    };
    vec![
        row(format!("速報　{body}が知った日から概ね3〜5日以内"), dates.first_until),
        row(format!("確報　{body}が知った日から{}日以内", dates.final_days), dates.final_until),
    ]
}

/// Why the guide is there, and what of it is not known.
fn grounds(dates: &Dates, settings: &Settings) -> String {
    let limit = "100人を超える本人".to_owned();
    let word = |ground: Ground| match ground {
        Ground::SpecialCare => "要配慮個人情報".to_owned(),
        Ground::LocalSpecialCare => "条例要配慮個人情報".to_owned(),
        Ground::FinancialDamage => "財産的被害のおそれ".to_owned(),
        Ground::Wrongdoing => "不正の目的のおそれ".to_owned(),
        Ground::ManySubjects => limit.clone(),
        Ground::IndividualNumber => "特定個人情報（番号法による。）".to_owned(),
    };
    let told: Vec<String> = dates
        .grounds
        .iter()
        .map(|(ground, known)| format!("{}：{}", word(*ground), if *known { "該当" } else { "不明" }))
        .collect();
    let counted = match (dates.from, settings.side) {
        (Some(_), _) => "期日は、知った日を1日目として数えた目安".to_owned(),
        (None, _) => format!("{}が知った日が記録されていないため、期日は空欄", body(settings)),
    };
    format!(
        "報告対象事態の可能性　{}。{counted}。報告の要否は、報告する機関が判断する（高度な暗号化等の措置の有無を含む。）。",
        told.join("、")
    )
}
