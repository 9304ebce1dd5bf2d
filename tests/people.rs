//! Who acted, and what the ledger says of it: names, numbers, namesakes, users of the system; who may not act; and what an
//! entry holds of work on a bundle, which is never a secret.

#![cfg(unix)]

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tewatashi::passphrase::Passphrase;

#[path = "common/desk.rs"]
mod desk;
#[path = "common/office.rs"]
mod office;
use desk::{Desk, Run, assert_empty, flip, holding, names_in, passphrase_on, shown, terminal, to_the_end};
use office::Office;

/// 佐藤 trained this year, 鈴木 never, two 田中, and 高橋 who left.
fn staffed() -> Office {
    let office = Office::new();
    for words in [
        "staff add 佐藤健 --role 監督員 --section 税務課 --trained 2026-04-02 --os-user sato",
        "staff add 鈴木花子 --role 監督員 --section 税務課",
        "staff add 田中一 --role 監督員 --section 税務課 --trained 2026-04-02",
        "staff add 田中一 --role 保護担当者 --section 福祉課 --trained 2026-04-02",
        "staff add 高橋次郎 --role 監督員 --section 税務課 --trained 2026-04-02",
        "staff retire 高橋次郎 --date 2026-06-30",
    ] {
        office.run(&format!("{words} --operator 佐藤健")).ok();
    }
    office
}

fn acted(office: &Office) -> Value {
    office.last()["operator"].clone()
}

#[test]
fn a_person_is_named_by_name_or_number_and_everything_else_is_a_claim() {
    let office = staffed();
    for (said, name, staff) in [
        ("佐藤健", "佐藤健", json!("P-001")),
        ("P-001", "佐藤健", json!("P-001")),
        ("ｐ－４", "田中一", json!("P-004")),
        ("山田太郎", "山田太郎", Value::Null),
    ] {
        office.run(&format!("case hold --reason x --operator {said}")).ok();
        let operator = acted(&office);
        assert_eq!(
            (&operator["name"], &operator["staff"], &operator["by"]),
            (&json!(name), &staff, &json!("option")),
            "{said}"
        );
        assert_eq!(operator["os_user"], "root");
        assert!(!operator["host"].as_str().unwrap().is_empty());
    }
    let mut by_environment = office.command("case hold --reason x");
    Run::of(by_environment.env("TEWATASHI_OPERATOR", "佐藤健")).ok();
    assert_eq!(acted(&office)["name"], "佐藤健");
    let number = office.last()["number"].clone();
    let shown = office.run(&format!("--lang ja ledger show {number}")).ok();
    assert!(
        shown.out.contains("佐藤健 [P-001]") && shown.out.contains("自己申告") && shown.out.contains("root @ "),
        "{shown:?}"
    );
}

#[test]
fn namesakes_are_told_apart_by_number_only() {
    let office = staffed();
    let size = office.entries().len();
    let told = office.run("--json --lang ja case hold --reason x --operator 田中一").fails(2);
    assert_eq!(told.kind(), "ambiguous_person");
    assert!(told.err.contains("P-003 田中一") && told.err.contains("P-004 田中一"), "{told:?}");
    assert_eq!(office.entries().len(), size);
    for words in ["staff train 田中一", "staff retire 田中一"] {
        assert_eq!(office.run(&format!("--json {words} --operator 佐藤健")).fails(2).kind(), "ambiguous_person");
    }
    office.run("staff train P-004 --operator 佐藤健").ok();
}

#[test]
fn the_user_of_the_system_stands_for_a_person_where_the_case_says_so() {
    let office = staffed();
    office.run("case hold --reason x").ok();
    let operator = acted(&office);
    assert_eq!((&operator["name"], &operator["by"]), (&json!("root"), &json!("os_user")), "nobody is root yet");
    assert_eq!(office.last()["facts"]["operator_standing"], "unlisted");
    office
        .run("staff add 渡辺光 --role 監督員 --section 税務課 --trained 2026-04-02 --os-user root --operator 佐藤健")
        .ok();
    office.run("case hold --reason x").ok();
    assert_eq!(
        acted(&office),
        json!({
            "name": "渡辺光", "staff": "P-006", "by": "mapping", "os_user": "root", "host": acted(&office)["host"]
        })
    );
    assert_eq!(office.last()["facts"]["operator_standing"], Value::Null);
    let taken =
        office.run("--json staff add 別人 --role 監督員 --section 税務課 --os-user root --operator 佐藤健").fails(2);
    assert_eq!(taken.kind(), "os_user_taken");
    // The settings come first, and that they changed is an entry.
    let text = fs::read_to_string(office.settings()).unwrap();
    fs::write(office.settings(), format!("{text}\nroot = \"P-001\"\n")).unwrap();
    let run = office.run("case hold --reason x").ok();
    assert!(run.err.contains("loosened"), "{run:?}");
    assert_eq!(acted(&office)["name"], "佐藤健");
    // What is said outranks both.
    office.run("case hold --reason x --operator P-003").ok();
    assert_eq!(acted(&office)["staff"], "P-003");
}

#[test]
fn at_a_terminal_it_is_asked_who_acts() {
    let office = staffed();
    let mut session = terminal(office.command("--lang ja case hold --reason x"));
    let asked = shown(&session.exp_string("4  ").unwrap());
    assert!(
        asked.contains("操作するのはどなたですか") && asked.contains("P-001  佐藤健") && !asked.contains("高橋"),
        "{asked}"
    );
    session.send_line("1").unwrap();
    let (rest, code) = to_the_end(&mut session);
    assert_eq!(code, 0, "{rest}");
    assert_eq!((&acted(&office)["name"], &acted(&office)["by"]), (&json!("佐藤健"), &json!("answer")));
}

#[test]
fn who_may_not_act_is_warned_or_refused_as_the_case_says_and_recorded_by_name() {
    let office = staffed();
    // As it is: a warning, and a fact of the entry.
    for (who, standing, said) in [
        ("山田太郎", "unlisted", "山田太郎 は名簿にありません。"),
        ("鈴木花子", "untrained", "鈴木花子 は、求められる研修"),
    ] {
        let run = office.run(&format!("--lang ja verify nowhere --operator {who}")).fails(1);
        assert!(run.err.contains(said), "{run:?}");
        assert_eq!(office.last()["facts"]["operator_standing"], standing);
    }
    // Keeping the books is no handling of data: who is not trained yet may do that.
    let run = office.run("--lang ja case hold --reason x --operator 鈴木花子").ok();
    assert!(!run.err.contains("研修"), "{run:?}");
    assert_eq!(office.last()["facts"]["operator_standing"], Value::Null);
    // Who has left never acts.
    let refused = office.run("--json --lang ja case hold --reason x --operator 高橋次郎").fails(4);
    assert_eq!(refused.kind(), "operator_retired");
    assert!(refused.err.contains("高橋次郎 は 2026-06-30 に担当を外れています。"), "{refused:?}");
    office.edit("unlisted_operator = \"warn\"", "unlisted_operator = \"refuse\"");
    office.edit("untrained_operator = \"warn\"", "untrained_operator = \"refuse\"");
    let source = office.desk.file("名簿.csv", "氏名");
    for (who, kind) in
        [("山田太郎", "operator_unlisted"), ("鈴木花子", "operator_untrained"), ("高橋次郎", "operator_retired")]
    {
        let pack = format!("--json pack {} --to medium --slip 通知.txt --operator {who}", source.display());
        assert_eq!(office.run(&pack).fails(4).kind(), kind);
        let entry = office.last();
        assert_eq!((&entry["kind"], &entry["result"]), (&json!("pack"), &json!("refused")));
        assert_eq!(entry["operator"]["name"], who);
        assert_eq!(entry["facts"]["error"], json!({ "code": 4, "kind": kind }));
    }
    assert_empty(&office.desk.medium());
    assert!(!office.desk.path("通知.txt").exists());
    // A stranger does not put themselves on the roster, nor are they trained by being so.
    let add = "--json staff add 山田太郎 --role 監督員 --section 税務課 --operator 山田太郎";
    assert_eq!(office.run(add).fails(4).kind(), "operator_unlisted");
    office.run("staff train 鈴木花子 --date 2026-11-01 --operator 佐藤健").ok();
    office.run("case hold --reason x --operator 鈴木花子").ok();
    let listed = office.run("--lang ja ledger list --person 高橋次郎").ok();
    assert!(listed.out.contains("拒否"), "{listed:?}");
}

#[test]
fn what_cannot_be_said_of_a_person_is_refused() {
    let office = staffed();
    for (words, code, kind) in [
        ("staff add 新人 --role 部長 --section 税務課", 2, "bad_role"),
        ("staff add P-009 --role 監督員 --section 税務課", 2, "name_is_number"),
        ("staff add 新\u{200b}人 --role 監督員 --section 税務課", 2, "bad_text"),
        ("staff train 居ない人", 1, "no_person"),
        ("staff retire 高橋次郎", 4, "has_left"),
        ("staff transfer P-001 P-001", 2, "same_person"),
        ("ledger history 居ない人", 1, "nothing_known"),
        ("ledger show 999", 1, "no_entry"),
    ] {
        assert_eq!(office.run(&format!("--json {words} --operator 佐藤健")).fails(code).kind(), kind, "{words}");
    }
    let roster = office.json("staff list");
    assert_eq!(roster["people"].as_array().map(Vec::len), Some(5), "{roster}");
}

/// A bundle with names inside that nobody else may learn, its passphrase in a file, and the passphrase itself.
struct Sealed {
    office: Office,
    bundle: PathBuf,
    passphrase: String,
    file: PathBuf,
}

const INSIDE: &str = "見本花子の診断書.csv";

fn sealed() -> Sealed {
    let office = staffed();
    office.desk.file(&format!("s/{INSIDE}"), "氏名");
    let packed = office.run(
        "--json pack s --to medium --no-documents --slip 通知.txt --title 健診 --items 氏名,住所 --subjects 12 --medium-id USB-7 --operator 佐藤健",
    );
    let bundle = office.desk.path("").join(packed.ok().bundle());
    let passphrase = passphrase_on(&office.desk.path("通知.txt"));
    let file = office.desk.file("secret.txt", &passphrase);
    Sealed { office, bundle, passphrase, file }
}

impl Sealed {
    fn run(&self, words: &str, bundle: &std::path::Path) -> Run {
        let to = if words.contains("open") { " --to opened --no-documents" } else { "" };
        self.office.run(&format!("--json {words} {}{to} --operator 佐藤健", bundle.display()))
    }

    fn with_secret(&self, words: &str) -> String {
        format!("{words} --passphrase-file {}", self.file.display())
    }

    /// No entry, no register and nothing in the data folder holds a secret or a name from inside; but the private list of what
    /// was in a bundle, by which its files are found again.
    fn keeps_its_secrets(&self) {
        for secret in [&self.passphrase, &self.passphrase[..11], INSIDE] {
            for folder in [self.office.folder(), self.office.desk.path("home")] {
                let listed = |path: &PathBuf| {
                    secret == INSIDE && path.parent() == Some(&self.office.folder().join("keys/opened"))
                };
                let held: Vec<PathBuf> =
                    holding(&folder, secret.as_bytes()).into_iter().filter(|path| !listed(path)).collect();
                assert_eq!(held, Vec::<PathBuf>::new(), "{secret}");
            }
        }
        self.office.is_whole();
    }
}

#[test]
fn every_command_on_a_bundle_leaves_what_happened() {
    let sealed = sealed();
    let id = sealed.bundle.file_name().unwrap().to_str().unwrap().to_owned();
    let pack = sealed.office.last();
    let begun = pack["facts"]["begun"].as_u64().unwrap();
    assert_eq!((&pack["kind"], &pack["result"]), (&json!("pack"), &json!("done")));
    assert_eq!(pack["subjects"], json!([{ "type": "bundle", "id": id }, { "type": "medium", "id": "USB-7" }]));
    let facts = &pack["facts"];
    assert_eq!(
        (&facts["title"], &facts["items"], &facts["subjects"]),
        (&json!("健診"), &json!(["氏名", "住所"]), &json!(12))
    );
    assert_eq!((&facts["files"], &facts["passphrase"]), (&json!(1), &json!("generated")));
    let code = facts["ledger_code"].as_str().unwrap();
    for (words, secret) in [("verify", false), ("verify", true), ("list", true), ("open", true)] {
        let words = if secret { sealed.with_secret(words) } else { words.to_owned() };
        sealed.run(&words, &sealed.bundle).ok();
        let entry = sealed.office.last();
        assert_eq!((&entry["kind"], &entry["result"]), (&json!(words.split(' ').next().unwrap()), &json!("done")));
        assert_eq!(entry["subjects"][0]["id"], id);
        assert_eq!(entry["facts"]["sender_code"], code, "the sender's ledger is pinned here");
        assert_eq!(entry["facts"]["begun"].is_u64(), secret, "work with a secret is announced first: {entry}");
        assert_eq!(entry["facts"].get("files").is_some(), secret, "{entry}");
    }
    let beginning = &sealed.office.json(&format!("ledger show {begun}"))["entry"];
    assert_eq!((&beginning["kind"], &beginning["result"]), (&json!("pack"), &json!("begun")));
    // A person sees one line for each.
    let history = sealed.office.run(&format!("--lang ja ledger history {id}")).ok();
    assert_eq!(history.out.lines().count(), 6, "the slip's document among them: {history:?}");
    assert!(!history.out.contains("終了記録なし"), "{history:?}");
    assert_eq!(sealed.office.json("ledger history USB-7")["entries"].as_array().unwrap().len(), 3);
    assert_eq!(sealed.office.json("staff transfer P-001 P-003 --operator 佐藤健")["held"], json!([id, "USB-7"]));
    sealed.keeps_its_secrets();
}

#[test]
fn what_fails_is_recorded_with_its_kind_and_nothing_of_what_was_typed() {
    let sealed = sealed();
    let other = Passphrase::generate().unwrap();
    let typed = sealed.office.desk.file("wrong.txt", other.expose());
    let wrong = format!("open --passphrase-file {}", typed.display());
    let check = |code: u64, kind: &str, result: &str| {
        let entry = sealed.office.last();
        assert_eq!(entry["result"], result, "{entry}");
        assert_eq!(entry["facts"]["error"], json!({ "code": code, "kind": kind }), "{entry}");
        entry
    };
    sealed.run(&wrong, &sealed.bundle).fails(10);
    let entry = check(10, "wrong_passphrase", "failed");
    assert!(entry["facts"]["begun"].is_u64(), "the try itself was announced");
    sealed.run("open", &sealed.bundle).fails(2);
    check(2, "no_secret", "failed");
    assert_eq!(sealed.run(&sealed.with_secret("open"), &sealed.office.desk.path("opened")).code, 1);
    assert_eq!(sealed.office.last()["result"], "failed");
    sealed.run(&sealed.with_secret("open"), &sealed.bundle).ok();
    sealed.run(&sealed.with_secret("open"), &sealed.bundle).fails(4);
    check(4, "exists", "refused");
    fs::remove_dir_all(sealed.office.desk.path("opened")).unwrap();
    let age = sealed.bundle.join("bundle.age");
    flip(&age, fs::read(&age).unwrap().len() - 1);
    for words in ["open", "verify", "list"] {
        sealed.run(&sealed.with_secret(words), &sealed.bundle).fails(11);
        let entry = sealed.office.last();
        assert_eq!((&entry["kind"], &entry["result"]), (&json!(words), &json!("failed")));
        assert_eq!(entry["facts"]["error"]["code"], 11);
    }
    assert_eq!(holding(&sealed.office.folder(), other.expose().as_bytes()), Vec::<PathBuf>::new());
    sealed.keeps_its_secrets();
}

#[test]
fn a_kill_after_the_passphrase_leaves_the_beginning_and_it_is_shown() {
    let desk = Desk::new();
    desk.run(office::split(&format!("init 案件 {}", office::CONTRACT))).ok();
    let source = desk.file("much.dat", vec![7; 48 << 20]);
    let (identity, public) = desk.key("key.txt");
    let words = format!("--json --case 案件 pack {} --to medium --recipient {public}", source.display());
    let bundle = desk.run(office::split(&words)).ok().bundle();
    let open = format!("--case 案件 open {} --to opened --identity {}", bundle.display(), identity.display());
    let mut met = false;
    for _ in 0..20 {
        let mut child = desk.start(office::split(&open));
        let begin = Instant::now();
        while names_in(&desk.path("opened")).is_empty() && begin.elapsed() < Duration::from_secs(20) {
            std::hint::spin_loop();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let opened = desk.path("opened");
        if names_in(&opened).iter().any(|name| name.to_string_lossy().starts_with('.')) {
            met = true;
            break;
        }
        fs::remove_dir_all(&opened).unwrap();
        fs::create_dir(&opened).unwrap();
    }
    assert!(met, "the work was always done before");
    let listed = desk.run(office::split("--lang ja --case 案件 ledger list --kind open")).ok();
    let last = listed.out.lines().last().unwrap();
    assert!(last.contains("終了記録なし"), "{listed:?}");
    assert!(last.contains(bundle.file_name().unwrap().to_str().unwrap()), "{last}");
    let listed = desk.run(office::split("--json --case 案件 ledger list --all")).ok().json();
    let entry = listed["entries"].as_array().unwrap().last().unwrap()["entry"].clone();
    assert_eq!((&entry["kind"], &entry["result"]), (&json!("open"), &json!("begun")));
    assert_eq!(desk.run(office::split("--json --case 案件 ledger verify --full")).ok().json()["result"], "ok");
    desk.run(office::split("leftovers --erase --yes")).ok();
}
