//! A case: made from flags or answers, found where people work, used only when it was made or trusted here; its settings
//! read with every mistake told, and every change of them recorded before anything else happens.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};

#[path = "common/desk.rs"]
mod desk;
#[path = "common/enemy.rs"]
mod enemy;
#[path = "common/office.rs"]
mod office;
use desk::{Desk, Run, assert_empty, names_in};
#[cfg(unix)]
use desk::{shown, to_the_end, tool};
use enemy::Enemy;
use office::{CONTRACT, Office, split};

#[test]
fn a_case_made_from_flags_has_everything_in_its_place() {
    let desk = Desk::new();
    let made = desk.run(split(&format!("--json init 案件 {CONTRACT} --items 氏名,住所"))).ok().json();
    let folder = desk.path("案件");
    assert_eq!(made["case"], folder.canonicalize().unwrap().to_str().unwrap());
    let mut names = names_in(&folder);
    names.retain(|name| !name.to_string_lossy().starts_with("ledger.db-"));
    assert_eq!(names, ["keys", "ledger.db", "records", "tewatashi.toml"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let bits = |name: &str| fs::metadata(folder.join(name)).unwrap().permissions().mode() & 0o777;
        let bits = ["", "keys", "keys/ledger_ed25519", "ledger.db", "records"].map(bits);
        assert_eq!(bits, [0o700, 0o700, 0o600, 0o600, 0o700]);
    }
    let office = desk.run(split("--json --case 案件 ledger show 1")).ok().json();
    let facts = &office["entry"]["facts"];
    assert_eq!((&office["entry"]["kind"], &facts["origin"]), (&json!("init"), &made["origin"]));
    assert_eq!(facts["settings"]["contract"]["items"], json!(["氏名", "住所"]));
    assert!(facts["key"].as_str().unwrap().starts_with("ssh-ed25519 "));
    #[cfg(unix)]
    {
        let keys = tool("ssh-keygen", ["-l".as_ref(), "-f".as_ref(), folder.join("keys/ledger_ed25519").as_os_str()]);
        assert!(
            String::from_utf8_lossy(&keys.stdout).contains(made["key"].as_str().unwrap()),
            "stock tools name the same key"
        );
    }
    let contract = desk.run(split("--json --case 案件 contract show")).ok().json();
    assert_eq!((&contract["number"], &contract["to"]), (&json!("第8-123号"), &json!("2027-03-31")));
    assert_eq!(contract["kept_until"], "2032-03-31");
}

#[cfg(unix)] // a terminal
#[test]
fn a_case_is_made_of_answers_at_a_terminal() {
    for (lang, question, made) in
        [("ja", "この PC はどちらの側ですか", "案件を作りました"), ("en", "Whose desk is this?", "The case was made")]
    {
        let desk = Desk::new();
        let mut session = desk.at_terminal(["--lang", lang, "init", "案件"]);
        let asked = shown(&session.exp_string("1  ").unwrap());
        assert!(asked.contains(question), "{asked}");
        // Side, city, contractor, number, title, first day, last day, items, classes, training, approvals, no passphrase
        // for the key.
        let answers = [
            "2",
            "見本市",
            "見本印刷",
            "第8-9号",
            "封入業務",
            "令和8年4月1日",
            "2027-03-31",
            "氏名、住所",
            "1,3",
            "3",
            "1 4",
            "",
        ];
        for answer in answers {
            session.send_line(answer).unwrap();
        }
        let (rest, code) = to_the_end(&mut session);
        assert!(code == 0 && rest.contains(made), "{code}: {rest}");
        let settings =
            desk.run(split("--json --case 案件 ledger show 1")).ok().json()["entry"]["facts"]["settings"].clone();
        let contract = &settings["contract"];
        assert_eq!(settings["side"], "受託者");
        assert_eq!((&contract["from"], &contract["items"]), (&json!("2026-04-01"), &json!(["氏名", "住所"])));
        assert_eq!(contract["data_class"].as_array().unwrap().len(), 2);
        assert_eq!(settings["rules"]["training"], "fiscal_year");
        assert_eq!(settings["rules"]["approval"].as_array().unwrap().len(), 2);
    }
}

#[cfg(unix)] // a terminal
#[test]
fn a_question_left_with_ctrl_c_leaves_nothing() {
    let desk = Desk::new();
    let mut session = desk.at_terminal(["init", "案件"]);
    session.exp_string("Whose desk").unwrap();
    session.send_control('c').unwrap();
    let (rest, code) = to_the_end(&mut session);
    assert_eq!(code, 130, "{rest}");
    assert!(!desk.path("案件").exists());
}

#[test]
fn a_case_is_never_made_over_another() {
    let office = Office::with_entries(3);
    let before = fs::read(office.ledger()).unwrap();
    for words in ["init 案件", "init --case 案件", "init 案件 --city 別の市 --yes"] {
        let refused = office.desk.run(split(&format!("--json {words}"))).fails(4);
        assert_eq!(refused.kind(), "case_exists");
    }
    assert_eq!(fs::read(office.ledger()).unwrap(), before);
    // Nor over a file of the name alone, nor through a name that leads elsewhere.
    let desk = Desk::new();
    desk.file("別/tewatashi.toml", "これは別の設定");
    assert_eq!(desk.run(split("--json init 別")).fails(4).kind(), "case_exists");
    // On Windows only an administrator may make a link: there it is an empty file.
    #[cfg(unix)]
    std::os::unix::fs::symlink("nowhere", desk.path("別/ledger.db")).unwrap();
    #[cfg(windows)]
    desk.file("別/ledger.db", "");
    fs::remove_file(desk.path("別/tewatashi.toml")).unwrap();
    assert_eq!(desk.run(split("--json init 別")).fails(4).kind(), "case_exists");
    assert_eq!(names_in(&desk.path("別")), ["ledger.db"]);
    // A folder with other things in it takes a case; the things stay.
    desk.file("業務/契約書.pdf", "x");
    desk.run(split(&format!("init 業務 {CONTRACT}"))).ok();
    assert!(desk.path("業務/契約書.pdf").exists() && desk.path("業務/ledger.db").exists());
}

#[test]
fn answers_that_cannot_be_are_refused_and_nothing_is_made() {
    let desk = Desk::new();
    let wrong = [
        ("--from 2027-04-01 --to 2026-03-31", "ends_before"),
        ("--from 昨日", "usage"),
        ("--side 県", "usage"),
        ("--city 見\u{7}本", "bad_answers"),
    ];
    for (flags, kind) in wrong {
        let run = desk.run(split(&format!("--json init 案件 {flags}"))).fails(2);
        assert_eq!(run.kind(), kind, "{run:?}");
        assert!(!desk.path("案件").exists(), "{flags}");
    }
}

#[test]
fn a_killed_init_leaves_no_half_of_a_case() {
    let mut seed = 3_u64;
    let (mut whole, mut none) = (0, 0);
    // Kills fall before and after the end, however fast the machine is.
    let begun = std::time::Instant::now();
    Desk::new().run(split(&format!("init 案件 {CONTRACT}"))).ok();
    let span = 2 * u64::try_from(begun.elapsed().as_micros()).unwrap();
    for into_a_folder_that_is_there in [false, true] {
        for _ in 0..25 {
            let desk = Desk::new();
            if into_a_folder_that_is_there {
                desk.file("案件/契約書.pdf", "x");
            }
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let mut child = desk.start(split(&format!("init 案件 {CONTRACT}")));
            std::thread::sleep(Duration::from_micros((seed >> 33) % span));
            child.kill().unwrap();
            child.wait().unwrap();
            let folder = desk.path("案件");
            let made = folder.join("ledger.db").exists() && folder.join("tewatashi.toml").exists();
            if made {
                // Only that it is trusted may be missing.
                desk.run(split("case trust 案件")).ok();
                whole += 1;
            } else {
                desk.run(split(&format!("init 案件 {CONTRACT}"))).ok();
                none += 1;
            }
            assert_eq!(desk.run(split("--json --case 案件 ledger verify --full")).ok().json()["entries"], 1);
        }
    }
    assert!(whole > 0 && none > 0, "{whole} were whole, {none} were not begun");
}

#[test]
fn what_a_kill_left_between_two_moves_does_not_stop_the_next_init() {
    for moved in [&["keys"][..], &["keys", "records"], &["keys", "records", "tewatashi.toml"]] {
        let desk = Desk::new();
        desk.file("案件/契約書.pdf", "x");
        desk.run(split(&format!("init 案件 {CONTRACT}"))).ok();
        let draft = desk.path("案件/.tewatashi-init-abc123");
        fs::create_dir(&draft).unwrap();
        fs::write(draft.join("whole"), "").unwrap();
        for name in ["keys", "records", "tewatashi.toml", "ledger.db"] {
            if !moved.contains(&name) {
                fs::rename(desk.path("案件").join(name), draft.join(name)).unwrap();
            }
        }
        for end in ["-wal", "-shm"] {
            let _ = fs::remove_file(desk.path(&format!("案件/ledger.db{end}")));
        }
        desk.run(split(&format!("init 案件 {CONTRACT}"))).ok();
        assert_eq!(desk.run(split("--json --case 案件 ledger verify --full")).ok().json()["entries"], 1, "{moved:?}");
        let names = names_in(&desk.path("案件"));
        assert!(names.iter().all(|name| !name.to_string_lossy().starts_with('.')), "{names:?}");
    }
}

#[test]
fn a_case_is_found_upward_by_flag_and_by_environment() {
    let office = Office::new();
    let inside = office.folder().join("年度/八月");
    fs::create_dir_all(&inside).unwrap();
    let here = Run::of(office.desk.command(["--json", "contract", "show"]).current_dir(&inside)).ok();
    assert_eq!(here.json()["number"], "第8-123号");
    assert!(here.err.contains("Case: 通知書作成業務 (contract 第8-123号)"), "the case is named: {here:?}");
    let by_environment =
        Run::of(office.desk.command(["--json", "contract", "show"]).env("TEWATASHI_CASE", "案件")).ok();
    assert_eq!(by_environment.json()["number"], "第8-123号");
    // The flag wins over the environment, the environment over the working folder.
    office.desk.run(split("init 別 --contract-number 第8-9号")).ok();
    let mut both = office.desk.command(["--json", "--case", "別", "contract", "show"]);
    assert_eq!(Run::of(both.env("TEWATASHI_CASE", "案件")).ok().json()["number"], "第8-9号");
    let other = office.desk.path("別");
    let mut inside_one = office.desk.command(["--json", "contract", "show"]);
    assert_eq!(Run::of(inside_one.env("TEWATASHI_CASE", &other).current_dir(&inside)).ok().json()["number"], "第8-9号");
    let missing = office.desk.run(split("--json --case ない contract show")).fails(1);
    assert_eq!(missing.kind(), "no_case_here");
    assert!(office.run("--quiet contract show").ok().err.is_empty(), "quiet says nothing around the result");
}

#[test]
fn a_case_from_elsewhere_is_used_only_when_it_is_trusted() {
    let office = Office::with_entries(3);
    for words in ["ledger list", "case hold --reason x", "staff list", "ledger verify"] {
        let refused = office.elsewhere(&format!("--json --lang ja {words}")).fails(4);
        assert_eq!(refused.kind(), "case_not_trusted", "{words}");
        assert!(refused.err.contains("この PC で使うと決めた案件ではありません"), "{refused:?}");
    }
    // Also where it was only walked into.
    let mut inside = office.desk.command(["--json", "verify", "x"]);
    inside.current_dir(office.folder()).env("TEWATASHI_HOME", office.desk.path("elsewhere"));
    assert_eq!(Run::of(&mut inside).fails(4).kind(), "case_not_trusted");
    assert_eq!(office.entries().len(), 3, "nothing was recorded by strangers");
    let trusted = office.elsewhere("--json case trust 案件").ok().json();
    assert_eq!(trusted["key"], office.json("key show")["keys"][0]["fingerprint"]);
    office.elsewhere("case hold --reason x").ok();
    assert_eq!(office.elsewhere("--json case list").ok().json()["cases"].as_array().unwrap().len(), 1);
    assert_eq!(office.desk.run(split("--json case trust medium")).fails(1).kind(), "no_case_here");
}

#[test]
fn a_case_that_was_tampered_with_is_not_trusted() {
    let office = Office::with_entries(4);
    Enemy::at(&office.ledger()).change(2, |entry| entry["facts"]["reason"] = "別の理由".into());
    let refused = office.elsewhere("--json --lang ja case trust 案件").fails(12);
    assert_eq!(refused.kind(), "ledger_broken");
    assert!(refused.err.contains("第2号が書き換えられています。"), "{refused:?}");
    assert_eq!(office.elsewhere("--json ledger list").fails(4).kind(), "case_not_trusted");
}

#[test]
fn without_a_case_a_default_one_stands_in_and_refuses_nobody() {
    let desk = Desk::new();
    for words in ["ledger list", "staff list", "ledger verify", "contract show"] {
        assert_eq!(desk.run(split(&format!("--json {words}"))).fails(1).kind(), "no_case", "looking makes nothing");
    }
    assert!(!desk.path("home/tewatashi/default").exists());
    let source = desk.file("名簿.csv", "氏名");
    let (bundle, _) = desk.packed(&source, &["--lang", "ja"]);
    assert!(bundle.exists() && desk.path("home/tewatashi/default/ledger.db").exists());
    let entries = desk.run(split("--json ledger list --all")).ok();
    assert!(entries.err.contains("Case: default"), "{entries:?}");
    let kinds: Vec<Value> =
        entries.json()["entries"].as_array().unwrap().iter().map(|line| line["entry"]["kind"].clone()).collect();
    assert_eq!(kinds, ["init", "pack", "document", "pack"], "begun, the slip, done");
    // With a roster, who is not on it is warned of and goes on, whatever the rules say.
    desk.run(split("staff add 佐藤健 --role 監督員 --section 税務課")).ok();
    let settings = desk.path("home/tewatashi/default/tewatashi.toml");
    let text = fs::read_to_string(&settings)
        .unwrap()
        .replace("unlisted_operator = \"warn\"", "unlisted_operator = \"refuse\"");
    fs::write(&settings, text).unwrap();
    let hold = desk.run(split("--json --lang ja --operator 山田花子 case hold --reason x")).ok();
    assert!(hold.err.contains("山田花子 は名簿にありません。"), "{hold:?}");
    let last = desk.run(split("--json ledger list")).ok().json()["entries"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["entry"]["facts"]["operator_standing"], "unlisted");
    let first = Desk::new().run(split("--lang ja case hold --reason x")).ok();
    assert!(first.err.contains("案件がないため、既定の台帳を作りました"), "{first:?}");
}

#[test]
fn mistakes_in_the_settings_are_told_with_their_place_and_nothing_is_done() {
    let office = Office::with_entries(2);
    let before = (fs::read(office.ledger()).unwrap(), fs::read_to_string(office.settings()).unwrap());
    let line_of = |text: &str| before.1.lines().position(|line| line.starts_with(text)).unwrap() + 1;
    let source = office.desk.file("名簿.csv", "氏名");
    let pack = format!("pack {} --to medium --slip 通知.txt", source.display());
    let cases = [
        (
            "training = \"once\"",
            "training = \"yearly\"",
            12,
            "rules.training: 「yearly」は使えません。使える値: none | once | fiscal_year | 12_months",
            "rules.training: \"yearly\" is not accepted. Accepted: none | once | fiscal_year | 12_months",
        ),
        (
            "training = ",
            "trainning = ",
            1,
            "この設定はありません。「training」ではありませんか。",
            "Did you mean training?",
        ),
        (
            "separate_days = ",
            "separate_days ＝ ",
            0,
            "全角の「＝」があります。半角で入力してください。",
            "A full-width \"＝\"",
        ),
        (
            "to = \"2027-03-31\"",
            "to = \"2025-03-31\"",
            6,
            "初日 2026-04-01 より前です。",
            "before the first day 2026-04-01",
        ),
        ("subjects = ", "subjects = -", 0, "までの数を書いてください。", "A number from"),
        ("two_person_check = ", "two_person_check = \"はい\" #", 0, "を書いてください。", "is expected."),
    ];
    for (from, to, column, ja, en) in cases {
        fs::write(office.settings(), &before.1).unwrap();
        office.edit(from, to);
        let place = format!("tewatashi.toml:{}:", line_of(from));
        for words in
            [pack.as_str(), "staff add 佐藤健 --role 監督員 --section 税務課", "case hold --reason x", "ledger list"]
        {
            for (lang, said) in [("ja", ja), ("en", en)] {
                let run = office.run(&format!("--json --lang {lang} {words}")).fails(1);
                assert_eq!(run.kind(), "bad_settings");
                let details = run.json()["error"]["details"].clone();
                let line = details[0].as_str().unwrap().to_owned();
                assert!(line.contains(&place) && line.contains(said), "{line}");
                assert!(column == 0 || line.contains(&format!("{place}{column}: ")), "{column}: {line}");
                assert!(run.err.contains(&line), "{run:?}");
            }
        }
    }
    assert_empty(&office.desk.medium());
    assert!(!office.desk.path("通知.txt").exists());
    assert_eq!(fs::read(office.ledger()).unwrap(), before.0, "nothing was recorded");
    // Several mistakes are told at once.
    office.edit("two_person_check = \"はい\" #", "two_person_check = 3 #");
    office.edit("training = \"once\"", "training = \"yearly\"");
    let told = office.run("--json contract show").fails(1).json();
    assert_eq!(told["error"]["details"].as_array().unwrap().len(), 2, "{told}");
    // Not even UTF-8.
    fs::write(office.settings(), b"side = \"\x8b\xe6\"\n").unwrap();
    let told = office.run("--json --lang ja contract show").fails(1);
    assert!(told.err.contains("文字コードが UTF-8 ではありません。"), "{told:?}");
    fs::write(office.settings(), &before.1).unwrap();
    office.is_whole();
}

#[test]
fn a_changed_setting_is_recorded_before_the_command_acts() {
    let office = Office::new();
    office.run("staff add 佐藤健 --role 監督員 --section 税務課 --trained 2026-04-02").ok();
    office.edit("unlisted_operator = \"warn\"", "unlisted_operator = \"refuse\"");
    office.edit("two_person_check = false", "two_person_check = true");
    let size = office.entries().len();
    // The command itself is refused; the change is there all the same, and stands before it.
    let refused = office.run("--json --lang ja --operator 山田花子 case hold --reason x").fails(4);
    assert_eq!(refused.kind(), "operator_unlisted");
    assert!(refused.err.contains("設定の変更 2 件を台帳に記録しました。"), "{refused:?}");
    let entries = office.entries();
    let new: Vec<&Value> = entries[size..].iter().map(|entry| &entry["kind"]).collect();
    assert_eq!(new, ["settings", "hold"]);
    let facts = &entries[size]["facts"];
    assert_eq!(facts["loosened"], false);
    let changes = facts["changes"].as_array().unwrap();
    assert!(
        changes.contains(&json!({
            "key": "rules.unlisted_operator", "old": "warn", "new": "refuse", "loosened": false
        })),
        "{changes:?}"
    );
    assert_eq!(facts["settings"]["rules"]["two_person_check"], true);
    // Looking records nothing.
    office.edit("two_person_check = true", "two_person_check = false");
    office.run("ledger list").ok();
    assert_eq!(office.entries().len(), size + 2);
    // Loosened: told, and marked for audits.
    let hold = office.run("--lang ja --operator 佐藤健 case hold --reason x").ok();
    assert!(hold.err.contains("緩められた規則が 1 件あります。"), "{hold:?}");
    let loosened = office.last_of("settings");
    assert_eq!(loosened["facts"]["loosened"], true);
    assert_eq!(loosened["facts"]["changes"][0]["loosened"], true);
    assert_eq!(loosened["operator"]["name"], "佐藤健");
    // Once: the same settings are no change.
    office.run("--operator 佐藤健 case hold --reason x").ok();
    assert_eq!(office.entries().iter().filter(|entry| entry["kind"] == "settings").count(), 2);
    office.is_whole();
}

#[test]
fn an_amended_contract_holds_from_its_entry_on() {
    let office = Office::of(&format!("{CONTRACT} --items 氏名,住所"));
    let amended = office.json(
        "contract amend --number 変更第1号 --date 2026-09-01 --to 2028-03-31 --add-items 電話番号 --title 期間延長",
    );
    assert_eq!((&amended["to"], &amended["items"]), (&json!("2028-03-31"), &json!(["氏名", "住所", "電話番号"])));
    assert_eq!(amended["kept_until"], "2033-03-31");
    assert_eq!(amended["fiscal_years"], json!([2026, 2027]));
    let entry = office.last();
    assert_eq!((&entry["kind"], &entry["subjects"][0]["id"]), (&json!("contract_amend"), &json!("第8-123号")));
    for (flags, said) in [
        ("--remove-items 口座", "契約にない項目です: 口座"),
        ("--add-items 氏名", "すでに認められている項目です: 氏名"),
        ("--to 2020-01-01", "契約の初日 2026-04-01 より前です"),
        ("", "何も変わりません"),
    ] {
        let run = office
            .run(&format!("--json --lang ja contract amend --number 変更第2号 --date 2026-10-01 {flags}"))
            .fails(2);
        assert!(run.kind() == "bad_amendment" && run.err.contains(said), "{run:?}");
        assert_eq!(office.last()["result"], "failed", "that it was tried is recorded");
    }
    assert_eq!(office.json("contract show")["amendments"].as_array().unwrap().len(), 1);
    // Items the amended contract does not permit stop a bundle.
    let source = office.desk.file("名簿.csv", "氏名");
    let pack = format!("--json pack {} --to medium --slip s.txt --items 電話番号,口座", source.display());
    let refused = office.run(&pack).fails(4);
    assert_eq!(refused.kind(), "items_not_permitted");
    assert!(refused.err.contains("口座") && !refused.err.contains("電話番号"), "{refused:?}");
    // A wrong amendment is struck.
    let number = office.json("ledger list --kind contract_amend")["entries"][0]["entry"]["number"].clone();
    office.run(&format!("ledger correct {number} --reason 誤記")).ok();
    assert_eq!(office.json("contract show")["to"], "2027-03-31");
}

#[test]
fn a_case_made_by_two_at_once_is_made_once() {
    let desk = Desk::new();
    fs::create_dir(desk.path("案件")).unwrap();
    let start = || {
        let mut command = desk.command(split(&format!("--json init 案件 {CONTRACT}")));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let children: Vec<_> = (0..4).map(|_| start()).collect();
    let runs: Vec<Run> = children.into_iter().map(|c| Run::came(c.wait_with_output().unwrap(), true)).collect();
    assert_eq!(runs.iter().filter(|run| run.code == 0).count(), 1, "{runs:?}");
    assert_eq!(desk.run(split("--json --case 案件 ledger verify --full")).ok().json()["entries"], 1);
}
