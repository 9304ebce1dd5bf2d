//! Audits: an honest year that shows nothing, a careless one that shows exactly what was done, and two hundred faults in fifty
//! thousand entries.
//!
//! Needs root (loop devices), Debian's `faketime`, libreoffice-calc and poppler-utils.

#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use serde_json::{Value, json};
use tewatashi::audit::{Asked, Audit, Auditor, Check};
use tewatashi::calendar::{Span, iso};
use tewatashi::case::{Effective, Settings};
use tewatashi::ledger::corrected::Corrections;
use tewatashi::ledger::{Entry, Error, Ledger};
use tewatashi::sign::{KeyFile, SigningKey};

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
#[path = "common/planted.rs"]
mod planted;
use days::{Days, Side};
use desk::{Run, done};
use loopfs::LoopFs;
use office::Office;
use pdf::{Pdf, squeezed};
use planted::{Grower, Sins};

const CONTRACT: &str = "--side 区 --city 見本市 --contractor 見本印刷 --contract-number 第8-123号 \
    --contract-title 通知書作成業務 --from 2026-04-01 --to 2027-03-31 --items 氏名,住所";
const TARO: &str = "--operator 見本太郎";
const HANAKO: &str = "--operator 見本花子";

/// A city's desk, its calendar and a medium.
struct Year {
    days: Days,
    city: Side,
    medium: LoopFs,
}

impl Year {
    /// With the rule of the second person, whom one computer of one user cannot give.
    fn begins(two_person: bool) -> Self {
        let days = Days::from("2026-04-01 09:00");
        let city = Side::new(&days, CONTRACT);
        let year = Self { days, city, medium: LoopFs::exfat() };
        if two_person {
            year.office().edit("two_person_check = false", "two_person_check = true");
        }
        year.office().edit("approval = []", "approval = [\"handover\", \"destruction\"]");
        year.json("staff add 見本一郎 --role 総括保護管理者 --section 総務部 --trained 2026-04-01");
        for (name, role) in [("見本太郎", "保護担当者"), ("見本花子", "保護管理者"), ("監査次郎", "監査責任者")]
        {
            year.json(&format!(
                "--operator 見本一郎 staff add {name} --role {role} --section 情報課 --trained 2026-04-01"
            ));
        }
        year.json(&format!("{TARO} equipment add PC-1 --kind PC --this"));
        year.json(&format!("{TARO} medium add USB-001 --kind USB --place 金庫"));
        year
    }

    fn office(&self) -> &Office {
        &self.city.office
    }

    fn json(&self, words: &str) -> Value {
        self.days.json(self.office(), words)
    }

    /// A bundle onto the medium; its number, and that of its slip.
    fn packed(&self) -> (String, String) {
        let desk = &self.office().desk;
        desk.file("名簿.csv", "氏名,住所\n見本一郎,見本市\n");
        let slip = desk.path("slip.txt");
        let told = self.json(&format!(
            "{TARO} pack 名簿.csv --to {} --slip {} --medium-id USB-001 --title 通知書データ --items 氏名,住所 --subjects 1 \
             --records 1 --items-reduced yes",
            self.medium.mount_point().display(),
            slip.display(),
        ));
        let number = told["documents"][0]["number"].as_str().unwrap().to_owned();
        self.json(&format!("{TARO} slip erase {number}"));
        (told["id"].as_str().unwrap().to_owned(), number)
    }

    fn handed(&self, thing: &str, more: &str) -> u64 {
        let told = self.json(&format!(
            "{TARO} handover {thing} --to 佐藤健 --id-check 社員証 --place 情報課 --carry 鍵付きカバン --due 令和8年9月30日{more}"
        ));
        if told["counts"] == false {
            self.json(&format!("{HANAKO} handover {thing} --check --checked all"));
        }
        self.json(&format!("{TARO} handover {thing} --receipt --by 佐藤健"));
        told["entry"].as_u64().unwrap()
    }

    /// The last entry.
    fn last(&self) -> u64 {
        self.days.entries(self.office()).last().unwrap()["number"].as_u64().unwrap()
    }

    fn number_of(&self, kind: &str) -> u64 {
        self.days.last_of(self.office(), kind)["number"].as_u64().unwrap()
    }

    fn audit(&self, words: &str) -> Run {
        self.days.run(self.office(), &format!("--operator 監査次郎 {words} --from 2026-04-01 --to 2027-03-31"))
    }
}

/// The findings of a run: check and entries.
fn findings(told: &Value) -> Vec<(String, Vec<u64>)> {
    let entries = |found: &Value| found["entries"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).collect();
    let all = told["findings"].as_array().unwrap().iter();
    all.map(|found| (found["check"].as_str().unwrap().to_owned(), entries(found))).collect()
}

fn page_of(office: &Office, told: &Value) -> String {
    let document = &told["documents"][0];
    let number = document["number"].as_str().unwrap();
    let bytes = fs::read(office.folder().join(format!("records/{number}.pdf"))).unwrap();
    squeezed(&Pdf::of(&bytes, 1).text("-raw"))
}

#[test]
fn an_honest_year_shows_nothing_and_says_what_was_looked_for() {
    let year = Year::begins(false);
    year.days.at("2026-05-11 09:00");
    year.json(&format!("{TARO} approve --for handover --number 情第1号 --date 2026-05-08 --by 情報課長"));
    let (_, slip) = year.packed();
    year.days.at("2026-05-11 10:00");
    year.handed("USB-001", "");
    year.days.at("2026-05-12 10:00");
    year.handed(&slip, "");
    year.days.at("2026-08-20 10:00");
    year.json(&format!("{TARO} inspection add on-site --of 見本印刷 --no-documents"));
    year.days.at("2026-09-15 10:00");
    year.json(&format!("{HANAKO} receive USB-001 {slip} --returned --from 佐藤健 --place 金庫"));
    year.json(&format!("{TARO} approve --for destroy --number 情第9号 --date 2026-09-14 --by 情報課長"));
    year.json(&format!("{TARO} destroy USB-001 {slip} --method 破砕 --place 庁舎 --witness 見本花子"));
    year.json(&format!("{TARO} equipment declare PC-1 --statement 平文は残っていない"));
    year.days.at("2027-04-05 10:00");

    let told = year.audit("--json report audit --opinion 適正に取り扱われている。").ok().json();
    assert_eq!(told["findings"], json!([]), "{told}");
    assert_eq!(told["checked"].as_array().unwrap().len(), Check::ALL.len());
    assert!(told["checked"].as_array().unwrap().iter().all(|one| one["found"] == 0));
    let entry = year.days.last_of(year.office(), "report");
    assert_eq!(
        (&entry["facts"]["findings"], &entry["facts"]["form"], &entry["result"]),
        (&json!(0), &json!("audit"), &json!("done"))
    );
    assert_eq!(told["documents"][0]["title"], "監査報告書");
    // What is said on both screens; and who has the role is told nothing.
    let ja = year.audit("--lang ja report audit").ok();
    assert!(ja.out.contains("指摘事項はありません") && ja.out.contains("媒体と通知書の同日交付"), "{ja:?}");
    assert!(!ja.err.contains("監査責任者 ではありません"), "{ja:?}");
    let en = year.audit("--lang en report inspect").ok();
    assert!(
        en.out.contains(&format!("no findings in {} checks", Check::ALL.len()))
            && en.out.contains("Medium and slip on one day"),
        "{en:?}"
    );
    assert!(en.err.contains("does not stand on the roster as the manager"), "{en:?}");
    let inspected = year.audit("--json report inspect").ok().json();
    assert_eq!((&inspected["form"], &inspected["documents"][0]["title"]), (&json!("inspection"), &json!("点検報告書")));
    let record = fs::read(
        year.office().folder().join(format!("records/{}.json", told["documents"][0]["number"].as_str().unwrap())),
    );
    let record: Value = serde_json::from_slice(&record.unwrap()).unwrap();
    let fields = &record["fields"];
    assert_eq!((&fields["to"]["name"], &fields["by"]["name"]), (&json!("見本一郎"), &json!("監査次郎")));
    assert_eq!(fields["opinion"], "適正に取り扱われている。");
    assert_eq!(fields["checked"].as_array().unwrap().len(), Check::ALL.len());
    assert!(fields["findings"].is_null() && fields["limits"].as_array().unwrap().len() > 3);
}

#[test]
fn a_careless_year_shows_exactly_what_was_done() {
    let year = Year::begins(true);
    let mut wanted: Vec<(&str, Vec<u64>)> = Vec::new();
    year.days.at("2026-05-11 09:00");
    year.json(&format!("{TARO} approve --for handover --number 情第1号 --date 2026-05-08 --by 見本太郎"));
    let approved = year.number_of("approve");
    let (id, slip) = year.packed();
    year.days.at("2026-05-11 10:00");
    let medium = year.handed("USB-001", "");
    wanted.push(("self_approved", vec![approved, medium]));
    // Too close, then with a reason.
    let words = format!("{TARO} handover {slip} --to 佐藤健 --id-check 社員証 --place 情報課");
    year.days.refused(year.office(), &words, 4, "same_occasion");
    wanted.push(("refused", vec![year.last()]));
    let gone = year.handed(&slip, " --override 至急");
    wanted.push(("self_approved", vec![approved, gone]));
    wanted.push(("overridden", vec![gone]));
    wanted.push(("same_day", vec![medium, gone]));
    let looks = year.days.entries(year.office());
    let looks = looks.iter().filter(|entry| entry["kind"] == "handover_check");
    wanted.extend(looks.map(|look| ("same_os_user", vec![look["number"].as_u64().unwrap()])));
    // At night, with wrong passphrases, by somebody nobody listed.
    year.days.at("2026-05-13 21:00");
    year.office().desk.file("wrong.txt", "AAAA-AAAA");
    let bundle = year.medium.path(&id);
    let mut wrong = Vec::new();
    let night = year.last() + 1;
    for _ in 0..3 {
        let run = year
            .days
            .run(year.office(), &format!("--json {TARO} list {} --passphrase-file wrong.txt", bundle.display()));
        assert_eq!(run.code, 10, "{run:?}");
        wrong.push(year.last());
    }
    let listed = year.days.entries(year.office());
    let at_night = listed.iter().filter(|entry| entry["number"].as_u64() >= Some(night) && entry["kind"] == "list");
    wanted.push(("off_hours", at_night.map(|entry| entry["number"].as_u64().unwrap()).collect()));
    wanted.push(("wrong_passphrase", wrong));
    year.days.at("2026-05-14 10:00");
    year.json(&format!("--operator 架空一郎 verify {}", bundle.display()));
    wanted.push(("unlisted", vec![year.last()]));
    // A rule off, and on again; another one for good.
    year.office().edit("two_person_check = true", "two_person_check = false");
    year.json(&format!("{TARO} case hold --reason 監査"));
    let off = year.number_of("settings");
    year.office().edit("two_person_check = false", "two_person_check = true");
    year.office().edit("separate_days = true", "separate_days = false");
    let hold = year.json(&format!("{TARO} case hold --reason 監査"));
    assert!(hold.is_object());
    let on = year.number_of("settings");
    wanted.push(("loosened", vec![off, on]));
    wanted.push(("loosened", vec![on]));
    year.json(&format!("{TARO} ledger correct {} --reason 誤り", on + 1));
    wanted.push(("corrected", vec![on + 1, year.last()]));
    year.days.at("2027-04-05 10:00");
    // Nothing came back, and nobody said what became of the machine.
    wanted.push(("not_returned", vec![medium]));
    wanted.push(("slip_not_returned", vec![gone]));
    let machine = listed.iter().rev().find(|entry| entry["kind"] == "pack").unwrap()["number"].as_u64().unwrap();
    wanted.push(("not_erased", vec![machine]));
    // Nobody looked at the contractor in the whole of the contract, which the first entry has.
    wanted.push(("not_inspected", vec![1]));

    let file = year.office().desk.path("監査.xlsx");
    let told = year.audit(&format!("--json report audit --xlsx {}", file.display())).ok().json();
    let found: BTreeSet<(String, Vec<u64>)> = findings(&told).into_iter().collect();
    let wanted: BTreeSet<(String, Vec<u64>)> = wanted.into_iter().map(|(check, all)| (check.to_owned(), all)).collect();
    assert_eq!(found, wanted, "{told:#}");
    assert_eq!(findings(&told).len(), wanted.len(), "each once");
    let page = page_of(year.office(), &told);
    let ja = year.audit("--lang ja report audit").ok().out;
    let en = year.audit("--lang en report audit").ok().out;
    for (ja_said, en_said) in [
        ("媒体と通知書を同じ日に同じ相手へ渡しています", "medium and slip went to the same party on one day"),
        ("承認 情第1号 の承認者 見本太郎 が自ら行っています", "見本太郎 decided (情第1号) and did the work"),
        ("架空一郎 は、名簿に載らずに作業しています", "架空一郎 worked without standing on the roster"),
        (
            "（媒体と通知書は別の機会に渡す）を理由を付して適用していません",
            "a rule was set aside (medium and slip go on separate occasions)",
        ),
        ("設定 rules.separate_days を緩めています", "setting rules.separate_days was loosened"),
        ("パスワード等が続けて 3 回誤っています", "the secret was wrong 3 times in a row"),
        ("執務時間外に情報を取り扱っています（21:0", "handled data outside office hours (from 21:0"),
        ("期限 令和8.9.30", "due 令和8.9.30"),
    ] {
        assert!(ja.contains(ja_said), "{ja_said}: {ja}");
        assert!(en.contains(en_said), "{en_said}: {en}");
    }
    assert!(ja.contains("指摘事項: 17 件") && en.contains("Findings: 17"), "{ja}");
    assert!(!page.is_empty());
    workbook(&year, &file, wanted.len());
    // One month sees what is of that month, and how things stood at its end.
    let may = year.days.json(year.office(), "--operator 監査次郎 report audit --month 2026-05");
    let checks: BTreeSet<String> = findings(&may).into_iter().map(|(check, _)| check).collect();
    assert!(checks.contains("same_day") && !checks.contains("not_returned"), "{checks:?}");
    let june = year.days.json(year.office(), "--operator 監査次郎 report audit --month 令和8年6月");
    assert_eq!(june["findings"], json!([]), "{june}");
    // A file that is there is not written over, and nothing is recorded.
    let before = year.last();
    let again = year.audit(&format!("--json report audit --xlsx {}", file.display())).fails(4);
    assert_eq!((again.kind().as_str(), year.last()), ("exists", before));
}

/// What `LibreOffice` sees in the workbook: every finding, words as words and numbers as numbers.
fn workbook(year: &Year, file: &std::path::Path, count: usize) {
    let folder = year.office().desk.path("calc");
    fs::create_dir_all(&folder).unwrap();
    let mut command = Command::new("soffice");
    command.arg(format!("-env:UserInstallation=file://{}", folder.join("profile").display()));
    command.args(["--headless", "--norestore", "--convert-to", "fods", "--outdir"]).arg(&folder).arg(file);
    let output = done(command.env("HOME", &folder));
    let said = String::from_utf8_lossy(&output.stderr).to_lowercase();
    assert!(
        !said.lines().any(|line| (line.contains("warn") || line.contains("error")) && !line.contains("javaldx")),
        "{said}"
    );
    let text = fs::read_to_string(folder.join("監査.fods")).unwrap();
    let sheet = |name: &str| {
        let from =
            text.find(&format!("<table:table table:name=\"{name}\"")).unwrap_or_else(|| panic!("no sheet {name}"));
        &text[from..from + text[from..].find("</table:table>").unwrap()]
    };
    let found = sheet("指摘事項");
    assert!(!text.contains("of:=") && !text.contains("#REF!"), "no formula");
    // Number of the line, and number of entries: floats. Everything else: strings.
    // Cells beside each other that are the same are written once.
    let repeated = |cell: &str| {
        let times =
            cell.split("number-columns-repeated=\"").nth(1).and_then(|rest| rest.split('"').next()?.parse().ok());
        times.unwrap_or(1)
    };
    let floats = |sheet: &str| {
        let cells = sheet.split("<table:table-cell").filter(|cell| cell.contains("office:value-type=\"float\""));
        cells.map(repeated).sum::<usize>()
    };
    assert_eq!(floats(found), 2 * count, "{found}");
    assert!(!found.contains("office:value-type=\"date\""));
    for said in ["媒体と通知書の同日交付", "令和8.5.11", "(2026-05-11)", "USB-001"] {
        assert!(found.contains(said), "{said}: {found}");
    }
    assert_eq!(floats(sheet("確認した事項")), 3 * Check::ALL.len());
    assert!(
        text.contains("style:print-orientation=\"landscape\"") && text.contains("fo:page-width=\"11.6"),
        "A4 landscape"
    );
}

/// An audit of a ledger in a file, as the program does it.
fn audited(path: &std::path::Path, until: &str) -> Audit {
    let ledger = Ledger::open_to_read(path).unwrap();
    let corrections = Corrections::of(&ledger).unwrap();
    let (settings, contract) = (Settings::default(), Effective { to: iso("2027-03-31"), ..Effective::default() });
    let span = Span::new(iso("2026-04-01").unwrap(), iso(until).unwrap()).unwrap();
    let mut auditor = Auditor::new(Asked { span, today: span.until, contract: &contract, settings: &settings });
    let each = ledger.each(1..=u64::MAX, |_, body| {
        let entry: Entry = serde_json::from_str(body).unwrap();
        auditor.take(&entry, corrections.standing(&entry).as_deref());
        Ok::<(), Error>(())
    });
    each.unwrap();
    auditor.end()
}

const LIVES: u64 = 520;

/// Grows a ledger from its first entry; with faults in every other of the first lives.
fn grown(first: Vec<Entry>, faulty: bool) -> Grower {
    let mut grower = Grower::after(first, "2026-04-02T09:00:00+09:00");
    grower.office();
    grower.settings(|settings| settings["rules"]["approval"] = json!(["handover"]));
    for n in 0..LIVES {
        let sinful = faulty && n % 2 == 0;
        let sins = if sinful { Sins::nth(usize::try_from(n / 2).unwrap()) } else { Sins::default() };
        grower.life(n, &Sins { looks: 84, ..sins });
        if n % 40 == 0 {
            grower.inspection(faulty && n % 80 == 0);
        }
    }
    if faulty {
        for key in ["two_person_check", "separate_days"] {
            let off = grower.settings(|settings| settings["rules"][key] = json!(false));
            if key == "separate_days" {
                let on = grower.settings(|settings| settings["rules"][key] = json!(true));
                grower.fault("loosened", [off, on]);
            } else {
                grower.fault("loosened", [off]);
            }
        }
        let gone = grower.done(tewatashi::ledger::Kind::Hold, &[], json!({ "reason": "確認" }));
        grower.declare();
        grower.entries.retain(|entry| entry.number != gone);
        grower.fault("numbers", [gone]);
    } else {
        grower.declare();
    }
    grower
}

/// The settings the program writes down for a new case.
fn first_entry() -> (Days, Side, Vec<Entry>) {
    let days = Days::from("2026-04-01 09:00");
    let city = Side::new(&days, CONTRACT);
    city.office.edit("two_person_check = false", "two_person_check = true");
    city.office.edit("approval = []", "approval = [\"handover\"]");
    let entries = days.entries(&city.office);
    let entries = entries.into_iter().map(|entry| serde_json::from_value(entry).unwrap()).collect();
    (days, city, entries)
}

#[test]
fn two_hundred_faults_among_fifty_thousand_entries_are_found_each_by_its_entries() {
    let (_days, _city, first) = first_entry();
    let mut init: Vec<Entry> = first;
    init[0].facts["settings"]["rules"]["two_person_check"] = json!(true);
    let grower = grown(init, true);
    assert!(grower.faults.len() >= 200, "{} faults", grower.faults.len());
    assert!(grower.entries.len() >= 50_000, "{} entries", grower.entries.len());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    Ledger::create(&path, grower.entries[0].facts["origin"].as_str().unwrap()).unwrap();
    grower.write(&path, &SigningKey::generate().unwrap());
    let audit = audited(&path, &grower.day(60));
    let pairs =
        |check: &str, entries: &[u64]| entries.iter().map(|entry| (check.to_owned(), *entry)).collect::<Vec<_>>();
    let found: BTreeSet<(String, u64)> =
        audit.findings.iter().flat_map(|one| pairs(&one.check.name(), &one.entries)).collect();
    let planted: BTreeSet<(String, u64)> =
        grower.faults.iter().flat_map(|(check, entries)| pairs(check, entries)).collect();
    assert_eq!(planted.difference(&found).collect::<Vec<_>>(), Vec::<&(String, u64)>::new(), "planted, not found");
    assert_eq!(found.difference(&planted).collect::<Vec<_>>(), Vec::<&(String, u64)>::new(), "found, not planted");
    for (check, entries) in &grower.faults {
        let whole = |one: &&tewatashi::audit::Finding| {
            one.check.name() == *check && entries.iter().all(|entry| one.entries.contains(entry))
        };
        assert!(audit.findings.iter().any(|one| whole(&one)), "{check} {entries:?} is one finding");
    }
    let kinds: BTreeSet<String> = audit.findings.iter().map(|one| one.check.name()).collect();
    let all: BTreeSet<String> = Check::ALL.iter().map(|check| check.name()).filter(|name| name != "ledger").collect();
    assert_eq!(kinds, all, "every check is put to the test");
}

#[test]
fn the_clean_twin_shows_nothing_also_to_who_asks_the_program() {
    let (days, city, first) = first_entry();
    let grower = grown(first, false);
    assert!(grower.entries.len() >= 50_000, "{} entries", grower.entries.len());
    let (KeyFile::Open(key), _) = KeyFile::read(&city.office.key()).unwrap() else { panic!("an open key") };
    grower.write(&city.office.ledger(), &key);
    let audit = audited(&city.office.ledger(), &grower.day(60));
    assert_eq!(audit.findings, []);
    days.at(&format!("{} 10:00", grower.day(60)));
    let told =
        days.json(&city.office, &format!("--operator 見本花子 report audit --from 2026-04-01 --to {}", grower.day(60)));
    assert_eq!(told["findings"], json!([]), "{}", told["findings"]);
    let looked = |check: &str| {
        let all = told["checked"].as_array().unwrap();
        all.iter().find(|one| one["check"] == check).unwrap()["looked"].as_u64().unwrap()
    };
    assert!(looked("ledger") >= 50_000 && looked("numbers") >= 50_000);
    assert_eq!(looked("no_approval"), 2 * LIVES);
    assert_eq!((looked("not_returned"), looked("slip_not_returned")), (LIVES, LIVES));
}
