//! A year of one contract on both sides: two cases in two folders, two media on their way there and back, and at the end
//! nothing open, every page in order, and two ledgers that tell the same.
//!
//! Needs root (loop devices) and Debian's `faketime`.

#![cfg(target_os = "linux")]

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tewatashi::checked::Code;
use tewatashi::digest::hex;
use tewatashi::ledger::documents::NAMESPACE;
use tewatashi::sign;

#[path = "common/days.rs"]
mod days;
#[path = "common/desk.rs"]
mod desk;
#[path = "common/loopfs.rs"]
mod loopfs;
#[path = "common/office.rs"]
mod office;
#[path = "common/pdf.rs"]
mod pdf;
use days::{Days, Side, pages};
use desk::passphrase_on;
use loopfs::LoopFs;
use office::Office;
use pdf::{Pdf, squeezed};

const CONTRACT: &str = "--city 見本市 --contractor 見本印刷 --contract-number 第8-123号 --contract-title 通知書作成業務 \
    --from 2026-04-01 --to 2027-03-31 --items 氏名,住所";

const LIST: &str = "氏名,住所\n見本一郎,見本市一丁目\n見本二郎,見本市二丁目\n";

/// Who acts.
const TARO: &str = "--operator 見本太郎";
const HANAKO: &str = "--operator 見本花子";
const SATO: &str = "--operator 佐藤健";
const SUZUKI: &str = "--operator 鈴木次郎";

/// Both sides, what stands on their desks, and the calendar.
struct Year {
    days: Days,
    city: Side,
    contractor: Side,
    /// The disk of both computers: a real one, because data is erased on it.
    disk: LoopFs,
}

/// A bundle on its way.
struct Bundle {
    id: String,
    medium: &'static str,
    slip: String,
    /// Where it can be read.
    place: LoopFs,
    /// The file with its passphrase on the contractor's desk.
    secret: &'static str,
}

impl Bundle {
    /// The bundle where it lies, as it is typed.
    fn path(&self) -> String {
        self.place.path(&self.id).display().to_string()
    }
}

impl Year {
    fn city(&self, words: &str) -> Value {
        self.days.json(&self.city.office, words)
    }

    fn contractor(&self, words: &str) -> Value {
        self.days.json(&self.contractor.office, words)
    }

    /// The first days: cases, people, rules, places, machines, and the keys held against each other on paper.
    fn begins() -> Self {
        let days = Days::from("2026-04-01 09:00");
        let city = Side::new(&days, &format!("--side 区 {CONTRACT}"));
        let contractor = Side::new(&days, &format!("--side 受託者 {CONTRACT}"));
        let year = Self { days, city, contractor, disk: LoopFs::ext4() };
        for office in [&year.city.office, &year.contractor.office] {
            office.edit("two_person_check = false", "two_person_check = true");
            office.edit("registered_media = false", "registered_media = true");
            office.edit("approval = []", "approval = [\"handover\", \"takeout\", \"erasure\", \"destruction\"]");
        }
        for (name, role) in [("見本太郎", "保護担当者"), ("見本花子", "保護担当者")] {
            year.city(&format!("staff add {name} --role {role} --section 情報課 --trained 令和8年4月1日"));
        }
        for (name, role) in [("佐藤健", "作業責任者"), ("鈴木次郎", "作業従事者")] {
            year.contractor(&format!("staff add {name} --role {role} --section 業務部 --trained 2026-04-01"));
        }
        year.city(&format!(
            "{TARO} staff add 佐藤健 --role 作業責任者 --section 業務部 --party 受託者 --trained 2026-04-01"
        ));
        for (office, who, place) in [(&year.city.office, TARO, "区金庫"), (&year.contractor.office, SATO, "印刷金庫")]
        {
            year.days.json(office, &format!("{who} place add {place} --keep"));
            year.days.json(office, &format!("{who} equipment add PC-1 --kind PC --this"));
            for (medium, kind) in [("DVD-001", "DVD-R"), ("USB-001", "USB")] {
                year.days.json(office, &format!("{who} medium add {medium} --kind {kind} --place {place}"));
            }
        }
        let key = |office: &Office| {
            let told = year.days.json(office, "key show");
            told["keys"][0]["fingerprint"].as_str().unwrap().to_owned()
        };
        let (ours, theirs) = (key(&year.city.office), key(&year.contractor.office));
        year.city(&format!("{TARO} key trust {theirs} --whose 見本印刷"));
        year.contractor(&format!("{SATO} key trust {ours} --whose 見本市"));
        year.city(&format!("{TARO} approve --for handover --number 情第1号 --date 令和8年4月1日 --by 情報課長"));
        year
    }

    /// Packed onto a medium that is really one; the passphrase reaches the contractor on paper.
    fn pack(&self, medium: &'static str, secret: &'static str) -> Bundle {
        let place = LoopFs::exfat();
        let source = self.disk.path(&format!("区/名簿-{medium}"));
        fs::create_dir_all(&source).unwrap();
        fs::write(source.join("名簿.csv"), LIST).unwrap();
        let slip = self.city.office.desk.path("slip.txt");
        let told = self.city(&format!(
            "{TARO} pack {} --to {} --slip {} --medium-id {medium} --title 通知書データ --items 氏名,住所 --subjects 2 \
             --records 2 --items-reduced yes",
            source.display(),
            place.mount_point().display(),
            slip.display(),
        ));
        self.contractor.office.desk.file(secret, passphrase_on(&slip));
        let number = told["documents"][0]["number"].as_str().unwrap().to_owned();
        self.city(&format!("{TARO} slip erase {number}"));
        Bundle { id: told["id"].as_str().unwrap().to_owned(), medium, slip: number, place, secret }
    }

    /// The medium on one day, its slip on another; each is looked at by a second person, and taken in on the other side.
    fn handed_over(&self, one: &Bundle, day: &str, stated: &str) {
        let Bundle { medium, slip, .. } = one;
        self.days.at(&format!("{day} 10:00"));
        let to = "--to 佐藤健 --id-check 社員証 --place 情報課 --carry 鍵付きカバン --due 令和8年9月30日";
        self.days.refused(&self.city.office, &format!("{TARO} handover {slip} {to}"), 4, "medium_not_handed_over");
        self.city(&format!("{TARO} handover {medium} {to} --at {stated}"));
        self.days.refused(
            &self.city.office,
            &format!("{TARO} handover {medium} --check --checked all"),
            4,
            "same_person_confirms",
        );
        self.city(&format!("{HANAKO} handover {medium} --check --checked all"));
        let words = format!(
            "{SATO} receive {} --medium-id {medium} --from 見本太郎 --at {} --place 印刷金庫 --appearance sound --seal whole",
            one.path(),
            stated,
        );
        self.contractor(&words);
        self.days.refused(&self.contractor.office, &words, 4, "came_already");
        self.days.refused(&self.city.office, &format!("{TARO} handover {slip} {to}"), 4, "medium_receipt_missing");
    }

    fn slip_handed_over(&self, one: &Bundle, day: &str, stated: &str) {
        let Bundle { slip, id, .. } = one;
        let to = "--to 佐藤健 --id-check 社員証 --place 情報課 --carry 手渡し --due 令和8年9月30日";
        self.days.refused(&self.city.office, &format!("{TARO} handover {slip} {to}"), 4, "same_occasion");
        self.days.at(&format!("{day} 10:00"));
        self.city(&format!("{TARO} handover {slip} {to} --at {stated}"));
        self.city(&format!("{HANAKO} handover {slip} --check --checked all"));
        self.contractor(&format!("{SATO} receive {id} --slip {slip} --from 見本太郎 --at {stated} --place 印刷金庫"));
    }

    /// The last document of a form on the contractor's side, as its file.
    fn record(&self, form: &str) -> (String, std::path::PathBuf) {
        let entries = self.days.entries(&self.contractor.office);
        let found =
            entries.iter().rfind(|entry| entry["kind"] == "document" && entry["facts"]["form"] == form).unwrap();
        let number = found["facts"]["number"].as_str().unwrap().to_owned();
        let path = self.contractor.office.folder().join(format!("records/{number}.json"));
        (number, path)
    }

    /// Opened on the contractor's disk; returns the code on the confirmation.
    fn opened(&self, one: &Bundle) -> String {
        let checked = self.contractor(&format!("{SATO} receive {} --passphrase-file {}", one.path(), one.secret));
        assert_eq!((&checked["result"], &checked["signer"]["known"]), (&json!("ok"), &json!(true)), "{checked}");
        assert_eq!(checked["counts"]["records"], json!({ "told": 2, "counted": 2 }));
        let to = self.disk.path("作業");
        fs::create_dir_all(&to).unwrap();
        let words = format!("{SATO} open {} --to {} --passphrase-file {}", one.path(), to.display(), one.secret);
        let told = self.contractor(&words);
        let code = told["opening_code"].as_str().unwrap().to_owned();
        let (number, _) = self.record("opening");
        let page =
            Pdf::of(&fs::read(self.contractor.office.folder().join(format!("records/{number}.pdf"))).unwrap(), 1);
        assert!(page.text("-layout").contains(&code), "the code that is told is the one on the sheet");
        code
    }

    /// Taken out under a decision, and seen to be back by somebody else; too late, which is told.
    fn taken_out(&self, one: &Bundle) {
        let out = format!(
            "{SATO} takeout {} --reason 照合作業 --destination 第二工場 --due 令和8年6月2日 --carry 鍵付きカバン",
            one.medium
        );
        self.days.at("2026-06-01 09:00");
        self.days.refused(&self.contractor.office, &out, 4, "needs_approval");
        self.contractor(&format!(
            "{SATO} approve --for takeout --number 印第3号 --date 2026-05-29 --by 部長 --until 2026-06-30"
        ));
        self.contractor(&out);
        self.days.at("2026-06-03 09:00");
        let overdue = self.contractor("status");
        assert_eq!((&overdue["overdue"], overdue["open"].to_string().contains("takeout_return")), (&json!(1), true));
        self.days.refused(
            &self.contractor.office,
            &format!("{SATO} return {} --place 印刷金庫", one.medium),
            4,
            "same_person_confirms",
        );
        let back = self.contractor(&format!("{SUZUKI} return {} --place 印刷金庫", one.medium));
        assert_eq!(back["overdue"], true);
    }

    /// Erased under the city's decision, watched by the city, and looked for afterwards.
    fn erased(&self, both: [&Bundle; 2]) {
        let work = self.disk.path("作業").display().to_string();
        let found = |one: &Bundle| self.contractor(&format!("{SATO} find {} {work}", one.id))["found"].clone();
        assert_ne!(found(both[0]), json!([]), "before it is erased it is found, or finding nothing later says nothing");
        self.days.at("2026-09-10 10:00");
        let erase = format!(
            "{SATO} --yes erase {work}/{} {work}/{} --location 第一作業室 --approval 情第9号",
            both[0].id, both[1].id
        );
        self.days.refused(&self.contractor.office, &erase, 4, "needs_approval");
        self.contractor(&format!(
            "{SATO} approve --request --for erase --thing {} --thing {} --reason 業務の終了 --method 上書き --place 第一作業室 \
             --performer 佐藤健 --witness needed",
            both[0].medium, both[1].medium
        ));
        self.contractor(&format!("{SATO} approve --for erase --number 情第9号 --date 令和8年9月9日 --by 情報課長"));
        let told = self.contractor(&erase);
        assert_eq!(told["result"], "erased");
        let certificate = told["certificate"]["number"].as_str().unwrap();
        self.contractor(&format!(
            "{SATO} witness {certificate} --name 見本太郎 --section 情報課 --organization 見本市 --confirmed all"
        ));
        for one in both {
            assert_eq!(found(one), json!([]), "nothing of it is left");
        }
    }

    /// Both media and both slips go back and are compared with the sheet.
    fn given_back(&self, both: [&Bundle; 2]) {
        self.days.at("2026-09-15 09:30");
        let at = "--at 令和8年9月15日9時";
        let media = format!("{} {}", both[0].medium, both[1].medium);
        self.days.refused(
            &self.contractor.office,
            &format!("{SATO} return {media} --to-city {at}"),
            4,
            "missing_needs_reason",
        );
        self.contractor(&format!("{SATO} return {media} --to-city --slips --to 見本花子 {at}"));
        let (number, _) = self.record("give-back");
        let things = format!("{media} {} {}", both[0].slip, both[1].slip);
        self.city(&format!(
            "{HANAKO} receive {things} --returned --from 佐藤健 --place 区金庫 --document {number} --at 2026年9月15日9時00分"
        ));
        self.days.refused(&self.contractor.office, &format!("{SATO} return {media} --to-city"), 4, "is_given_back");
    }

    /// What came back is destroyed, and the city's own copies are erased.
    fn destroyed(&self, both: [&Bundle; 2]) {
        self.days.at("2026-10-01 09:00");
        let photo = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/forms/photo-told.jpg");
        let things = both.map(|one| format!("{} {}", one.medium, one.slip)).join(" ");
        let destroy = format!(
            "{TARO} destroy {things} --method シュレッダーによる破砕 --place 庁舎 --witness 見本花子 --photo-before {photo} \
             --photo-after {photo}"
        );
        self.days.refused(&self.city.office, &destroy, 4, "needs_approval");
        self.city(&format!("{TARO} approve --for destroy --number 情第20号 --date 2026-09-30 --by 情報課長"));
        let told = self.city(&destroy);
        assert_eq!(told["state"], "destroyed");
        self.city(&format!("{TARO} approve --for erase --number 情第21号 --date 2026-09-30 --by 情報課長"));
        let source = self.disk.path("区").display().to_string();
        let told =
            self.city(&format!("{TARO} --yes erase {source} --items 氏名,住所 --location 情報課 --approval 情第21号"));
        assert_eq!(told["result"], "erased");
    }
}

/// One bundle whose opening is told by its code, one whose three documents come back as signed records.
#[test]
fn a_year_on_both_sides_ends_with_nothing_open_and_two_ledgers_that_agree() {
    let year = Year::begins();
    let days = [["2026-05-11", "2026-05-12"], ["2026-05-18", "2026-05-20"]];
    let stated = [["令和8年5月11日9時50分", "２０２６年５月１２日９時５０分"], ["R8.5.18T9:50", "2026-05-20T09:50"]];

    year.days.at("2026-05-11 09:00");
    let disc = year.pack("DVD-001", "pw-dvd.txt");
    year.handed_over(&disc, days[0][0], stated[0][0]);
    let (receipt, _) = year.record("receipt");
    year.city(&format!("{TARO} handover DVD-001 --receipt --by 佐藤健 --document {receipt}"));
    year.slip_handed_over(&disc, days[0][1], stated[0][1]);
    let code = year.opened(&disc);
    let (receipt, _) = year.record("receipt");
    year.city(&format!("{TARO} handover {} --receipt --by 佐藤健 --document {receipt}", disc.slip));
    year.city(&format!("{TARO} handover {} --what media --ack {code}", disc.id));

    year.days.at("2026-05-18 09:00");
    let stick = year.pack("USB-001", "pw-usb.txt");
    year.handed_over(&stick, days[1][0], stated[1][0]);
    let acked = |thing: &str, form: &str| {
        let told = year.city(&format!("{TARO} handover {thing} --ack {}", year.record(form).1.display()));
        assert_eq!(told["proof"], "signed_record", "{told}");
    };
    acked("USB-001", "receipt");
    year.slip_handed_over(&stick, days[1][1], stated[1][1]);
    acked(&stick.slip, "receipt");
    assert_ne!(year.opened(&stick), code, "every bundle has a code of its own");
    acked("USB-001", "opening");

    year.taken_out(&stick);
    year.erased([&disc, &stick]);
    year.given_back([&disc, &stick]);
    year.destroyed([&disc, &stick]);
    reported(&year);
    nothing_is_open(&year);
    exchanged(&year, &disc, &code);
    for office in [&year.city.office, &year.contractor.office] {
        every_page_is_in_order(&year, office);
        let verdict = year.days.json(office, "ledger verify --full");
        assert_eq!(
            (&verdict["result"], &verdict["findings"], &verdict["notices"]),
            (&json!("ok"), &json!([]), &json!([]))
        );
    }
}

/// The city looked at its contractor once in the year; the contractor reports of the months and of the end; and both are audited.
fn reported(year: &Year) {
    year.days.at("2026-10-05 10:00");
    year.city(&format!(
        "{TARO} inspection add on-site --of 見本印刷 --place 見本印刷本社 --method 立入り --item 施錠=good"
    ));
    let monthly = year.contractor(&format!("{SATO} report handling --month 2026-05"));
    assert_eq!(monthly["blank"], json!([1, 2, 3, 4, 5, 6, 7, 8]), "nothing was declared to compare with");
    let handling = year.record("handling").1;
    let handling: Value = serde_json::from_slice(&fs::read(handling).unwrap()).unwrap();
    assert_eq!(handling["fields"]["measures"][4]["events"].as_array().unwrap().len(), 4, "two media, two slips");
    year.contractor(&format!("{SATO} report compliance --from 2026-04-01 --to 2026-09-30"));
    year.contractor(&format!("{SATO} report roster"));
    let end = year.contractor(&format!("{SATO} report erasure"));
    assert_eq!(end["open"], 0, "{end}");
    for (office, who) in [(&year.city.office, TARO), (&year.contractor.office, SATO)] {
        let told = year.days.json(office, &format!("{who} report audit --from 2026-04-01 --to 2026-10-05"));
        // What this year did on purpose: steps that were refused, and one user of the system for everybody.
        let meant = ["refused", "same_os_user", "unlisted", "overdue"];
        let found = told["findings"].as_array().unwrap().iter().map(|one| one["check"].as_str().unwrap());
        let others: Vec<&str> = found.filter(|check| !meant.contains(check)).collect();
        assert_eq!(others, Vec::<&str>::new(), "{told}");
    }
}

/// Reconciled on both sides; and the register has a line for each bundle.
fn nothing_is_open(year: &Year) {
    year.days.at("2027-03-31 16:00");
    for (office, who) in [(&year.city.office, TARO), (&year.contractor.office, SATO)] {
        let told = year.days.json(office, &format!("{who} reconcile"));
        assert_eq!((&told["result"], &told["open"]), (&json!("settled"), &json!([])), "{told}");
        let status = year.days.json(office, "status");
        assert_eq!((&status["open"], &status["overdue"]), (&json!([]), &json!(0)), "{status}");
        year.days.json(office, &format!("{who} ledger export 管理簿.xlsx --xlsx"));
        assert!(office.desk.path("管理簿.xlsx").is_file());
    }
}

/// Each ledger goes to the other side; what both tell of, they tell alike.
fn exchanged(year: &Year, one: &Bundle, code: &str) {
    for (from, to, who, other) in [
        (&year.contractor.office, &year.city.office, SATO, TARO),
        (&year.city.office, &year.contractor.office, TARO, SATO),
    ] {
        let file = to.desk.path("台帳.tar");
        year.days.json(from, &format!("{who} ledger send {}", file.display()));
        year.days.json(to, &format!("{other} ledger receive {}", file.display()));
    }
    let (ours, theirs) = (year.days.entries(&year.city.office), year.days.entries(&year.contractor.office));
    let carried: Vec<Value> = ours
        .iter()
        .filter(|entry| entry["kind"] == "received" && entry["result"] == "done")
        .map(|entry| entry["facts"]["entry"].clone())
        .collect();
    for kind in ["receive", "open", "give_back", "erase"] {
        assert_eq!(of(&theirs, kind), of(&carried, kind), "{kind}");
    }
    let about = |entries: &[Value], kind: &str, what: Option<&str>| -> Value {
        let names = |entry: &&Value| {
            entry["subjects"].to_string().contains(&one.id) && what.is_none_or(|what| entry["facts"]["what"] == what)
        };
        let found = of(entries, kind);
        found.iter().find(names).unwrap_or_else(|| panic!("{kind} {what:?} in {found:?}")).clone()
    };
    let pack = about(&ours, "pack", None)["facts"].clone();
    assert_eq!(pack["opening_code_sha256"], hex(&Code::parse(code).unwrap().sha256()));
    for (kind, what) in [("receive", Some("media")), ("open", None)] {
        assert_eq!(pack["header_sha256"], about(&carried, kind, what)["facts"]["header_sha256"], "{kind}");
    }
    for (what, number) in [("media", one.medium), ("slip", &one.slip)] {
        let (gone, received) = (about(&ours, "handover", Some(what)), about(&carried, "receive", Some(what)));
        assert!(things(&gone).contains(&number.to_owned()), "{gone}");
        assert_eq!(things(&gone), things(&received), "{what}");
        let (gone, received) = (&gone["facts"], &received["facts"]);
        assert_eq!(gone["at"], received["at"], "{what}");
        assert_eq!((&gone["to"]["name"], &received["from"]["name"]), (&json!("佐藤健"), &json!("見本太郎")), "{what}");
        assert_eq!((&gone["due"], &received["place"]), (&json!("2026-09-30"), &json!("印刷金庫")));
    }
    let (back, here) = (about(&carried, "give_back", None), about(&ours, "take_back", None));
    assert_eq!(things(&back).len(), 6, "two bundles, two media, two slips: {back}");
    assert_eq!(things(&back), things(&here));
    let (back, here) = (&back["facts"], &here["facts"]);
    assert_eq!((&back["at"], &back["by"], &back["to"]), (&here["at"], &here["from"], &here["confirmed_by"]));
}

/// The bundles, media and slips that an entry is about, by the numbers that stand on them.
fn things(entry: &Value) -> Vec<String> {
    let of_things = |subject: &&Value| ["bundle", "medium", "slip"].iter().any(|kind| subject["type"] == *kind);
    let subjects = entry["subjects"].as_array().unwrap().iter().filter(of_things);
    let mut ids: Vec<String> = subjects.map(|subject| subject["id"].as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids.dedup();
    ids
}

/// The entries of a kind that tell of something done.
fn of(entries: &[Value], kind: &str) -> Vec<Value> {
    let done = |entry: &&Value| entry["kind"] == kind && entry["result"] == "done";
    entries.iter().filter(done).cloned().collect()
}

/// Every page tells its number, has every character, carries the record that is kept, and is an archive's PDF.
fn every_page_is_in_order(year: &Year, office: &Office) {
    let pages = pages(office);
    assert!(pages.len() > 8, "{pages:?}");
    for path in &pages {
        let number = path.file_stem().unwrap().to_str().unwrap();
        let page = Pdf::of(&fs::read(path).unwrap(), 1);
        let text = squeezed(&page.text("-layout"));
        assert!(text.contains(number) && !text.contains('〓'), "{number}: {text}");
        // The published 様式５ has the name of the contract and no number.
        assert!(text.contains("第8-123号") || text.contains("通知書作成業務"), "{number}: {text}");
        let meta = page.meta();
        assert!(meta.contains("<pdfaid:part>3<") && meta.contains("<pdfaid:conformance>A<"), "{number}: {meta}");
        carries_its_record(path, &page);
    }
    let erasure = year.days.last_of(office, "erase")["number"].clone();
    let entries = year.days.entries(office);
    let sheet = entries.iter().find(|entry| entry["facts"]["erasure"] == erasure).expect("its certificate");
    let number = sheet["facts"]["number"].as_str().unwrap();
    let page = office.folder().join(format!("records/{number}.pdf"));
    let told = year.days.json(office, &format!("certificate verify {}", page.display()));
    assert_eq!(told["result"], "ok", "{told}");
}

fn carries_its_record(path: &Path, page: &Pdf) {
    let record = fs::read(path.with_extension("json")).unwrap();
    let signature = fs::read_to_string(path.with_extension("json.sig")).unwrap();
    let inside = page.attached();
    assert!(inside.values().any(|file| *file == record), "{}: {:?}", path.display(), inside.keys());
    let signer = sign::verify_by_its_own_key(NAMESPACE, &record, &signature).unwrap();
    let told: Value = serde_json::from_slice(&record).unwrap();
    assert_eq!(told["signer"], signer.as_str());
}
