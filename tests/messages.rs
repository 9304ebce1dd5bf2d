//! The words of both languages: the same messages with the same blanks, none empty, and none in the other language.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

#[path = "common/desk.rs"]
mod desk;
use desk::{Desk, Run};

const JA: &str = include_str!("../i18n/ja/tewatashi.ftl");
const EN: &str = include_str!("../i18n/en/tewatashi.ftl");

/// Every message by its id. A message goes on in indented lines.
fn messages(text: &str) -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let mut last = String::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if line.starts_with(' ') {
            let message = found.get_mut(&last).unwrap();
            message.push('\n');
            message.push_str(line.trim());
            continue;
        }
        let (id, value) = line.split_once(" =").unwrap_or_else(|| panic!("no message: {line}"));
        id.clone_into(&mut last);
        assert!(found.insert(last.clone(), value.trim().to_owned()).is_none(), "{id} stands twice");
    }
    found
}

/// The names of the blanks in a message.
fn blanks(message: &str) -> BTreeSet<&str> {
    let name = |part: &'_ str| part.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(part.len());
    message.split('$').skip(1).map(|part| &part[..name(part)]).collect()
}

#[test]
fn both_languages_have_the_same_messages() {
    let ids = |text| messages(text).into_keys().collect::<BTreeSet<_>>();
    let (ja, en) = (ids(JA), ids(EN));
    assert_eq!(ja.difference(&en).collect::<Vec<_>>(), Vec::<&String>::new(), "only in Japanese");
    assert_eq!(en.difference(&ja).collect::<Vec<_>>(), Vec::<&String>::new(), "only in English");
    assert!(ja.len() > 250, "they were read: {}", ja.len());
}

#[test]
fn every_message_has_the_same_blanks_in_both_languages() {
    let (ja, en) = (messages(JA), messages(EN));
    for (id, message) in &ja {
        assert_eq!(blanks(message), blanks(&en[id]), "{id}");
    }
    assert_eq!(blanks("a { $one }{$two} {\" \"} { \"}\" }"), BTreeSet::from(["one", "two"]));
}

#[test]
fn one_is_not_told_as_many() {
    let things = ["files", "folders", "bytes", "pieces", "things", "characters", "groups"];
    for (id, message) in messages(EN) {
        // Never less than fifteen, and more than six.
        let (plain, chosen) = message.lines().partition::<Vec<_>, _>(|line| !line.starts_with("*[other]"));
        let many = |line: &&str| things.iter().any(|thing| line.contains(&format!("}} {thing}")));
        assert!(["slip-length", "pass-many"].contains(&id.as_str()) || !plain.iter().any(many), "{id}: {message}");
        assert!(chosen.len() == plain.iter().filter(|line| line.contains("->")).count(), "{id}: {message}");
    }
    let desk = Desk::new();
    desk.file("one.csv", "a");
    let (identity, public) = desk.key("key.txt");
    let packed = desk.run(["pack", "one.csv", "--to", "medium", "--recipient", &public]).ok().out;
    assert!(packed.contains("packing 1 file (") && packed.contains("contents: 1 file, 0 folders, 1 B"), "{packed}");
    let bundle = desk.medium().join(&desk::names_in(&desk.medium())[0]);
    let words = ["list".as_ref(), bundle.as_os_str(), "--identity".as_ref(), identity.as_os_str()];
    assert!(desk.run(words).ok().out.contains("1 file, 0 folders, 1 B in all"));
    desk.file("short", "A");
    let mistyped = desk.run(["pack", "one.csv", "--to", "medium", "--own-passphrase", "--passphrase-file", "short"]);
    assert!(mistyped.fails(4).err.contains("the passphrase has 1 character ("));
}

#[test]
fn no_message_is_empty_and_none_was_left_untranslated() {
    let (ja, en) = (messages(JA), messages(EN));
    let japanese = |c: char| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}');
    // What is the same everywhere: names of formats, and blanks with nothing between them to translate.
    let everywhere = ["check-checksums"];
    for (id, message) in &ja {
        assert!(!message.is_empty() && !en[id].is_empty(), "{id} is empty");
        let said: String = message.split('}').map(|part| part.split('{').next().unwrap()).collect();
        let nothing_said = !said.contains(char::is_alphabetic) || everywhere.contains(&id.as_str());
        assert!(message.contains(japanese) || nothing_said, "{id} in Japanese: {message}");
        // The Japanese names of the forms stand in the English text too.
        let named =
            en[id].replace("手渡し", "").replace("パスワード通知書", "").replace("オオモジ", "").replace("スウジ", "");
        assert!(!named.contains(japanese), "{id} in English: {named}");
    }
}

#[test]
fn every_error_has_a_twin_that_says_what_to_do() {
    for (language, text) in [("ja", JA), ("en", EN)] {
        let all = messages(text);
        // Errors that share the advice of another.
        let shared = [
            "err-full",
            "err-not-a-folder",
            "err-slip-inside",
            "err-slip-same-medium",
            "err-slip-no-terminal",
            "err-sources",
            "err-no-case-here",
            "err-bad-role",
            "err-name-is-number",
            "err-has-left",
            "err-unseen",
            "err-operator-retired",
            "err-no-ledger",
            "err-ledger-damaged",
            "err-ledger-store",
            "err-package-root",
            "err-code-no-number",
            "err-key-busy",
            "err-printer-rejects",
            "err-overtaken",
            "err-photo-empty",
            "err-photo-other-kind",
            "err-photo-cut",
            "err-photo-broken",
            "err-photo-pixels",
            "err-photo-too-large",
            "err-photo-no-file",
            "err-photo-missing",
            "err-no-record-inside",
            "err-other-writer",
            "err-attached-twice",
            "err-attached-broken",
            "err-attached-large",
            "err-record-unreadable",
            "err-document-signature",
            "err-document-unsigned",
            "err-document-other-key",
            "err-document-other-signer",
            "err-document-not-issued",
            "err-document-other-past",
            "err-list-altered",
            "err-list-unreadable",
            "err-document-contradicts",
            "err-record-newer",
            "err-opener-not-a-file",
            "err-opener-not-windows",
            "err-opener-not-linux",
            // Each reason brings its own advice.
            "err-misstep",
            "err-too-close",
            "err-other-code",
        ];
        for id in all.keys().filter(|id| id.starts_with("err-")) {
            let twin = id.replacen("err-", "hint-", 1);
            assert!(all.contains_key(&twin) || shared.contains(&id.as_str()), "{language}: {id} without {twin}");
        }
    }
}

const COMMANDS: [&str; 99] = [
    "subcontractor",
    "subcontractor add",
    "subcontractor end",
    "subcontractor list",
    "inspection",
    "inspection add",
    "inspection recheck",
    "inspection list",
    "contract conformity",
    "report handling",
    "report compliance",
    "report erasure",
    "report roster",
    "find",
    "approve",
    "takeout",
    "return",
    "witness",
    "destroy",
    "medium",
    "equipment",
    "place",
    "medium add",
    "medium list",
    "medium show",
    "medium label",
    "medium reset",
    "medium lost",
    "medium damaged",
    "medium recovered",
    "slip lost",
    "slip recovered",
    "equipment add",
    "equipment list",
    "equipment retire",
    "equipment declare",
    "place add",
    "place list",
    "handover",
    "receive",
    "reconcile",
    "incident",
    "incident new",
    "incident update",
    "incident show",
    "incident list",
    "incident close",
    "status",
    "certificate",
    "certificate verify",
    "print",
    "void",
    "slip",
    "slip list",
    "slip erase",
    "",
    "pack",
    "verify",
    "list",
    "open",
    "erase",
    "leftovers",
    "init",
    "staff",
    "staff add",
    "staff list",
    "staff train",
    "staff retire",
    "staff transfer",
    "contract",
    "contract amend",
    "contract show",
    "case",
    "case trust",
    "case backup",
    "case restore",
    "case hold",
    "case release",
    "key",
    "key rotate",
    "key trust",
    "ledger",
    "ledger list",
    "ledger show",
    "ledger history",
    "ledger correct",
    "ledger export",
    "ledger verify",
    "ledger send",
    "ledger receive",
    "form",
    "form list",
    "form export",
    "form check",
    "report",
    "report audit",
    "report inspect",
    "completions",
    "man",
];

fn help(desk: &Desk, language: &str, command: &str, flag: &str) -> String {
    let words = ["--lang", language].into_iter().chain(command.split_whitespace()).chain([flag]);
    let run = desk.run(words).ok();
    assert_eq!(run.err, "");
    run.out
}

#[test]
fn help_in_japanese_holds_no_english_prose() {
    let desk = Desk::new();
    for command in COMMANDS {
        for flag in ["--help", "-h"] {
            let text = help(&desk, "ja", command, flag);
            let usage = text.lines().filter(|line| line.starts_with("使い方: tewatashi")).count();
            assert_eq!(usage, 1, "{text}");
            for line in text.lines().filter(|line| !line.starts_with("使い方: ")) {
                let words: Vec<&str> = line.split(' ').collect();
                let prose = |word: &str| word.len() > 1 && word.bytes().all(|b| b.is_ascii_alphabetic());
                let found = words
                    .windows(2)
                    .find(|pair| prose(pair[0]) && pair[1].chars().next().is_some_and(|c| c.is_ascii_alphabetic()));
                assert_eq!(found, None, "tewatashi {command} {flag}: {line}");
                for heading in [
                    "Usage",
                    "Options",
                    "Commands",
                    "Arguments",
                    "Possible values",
                    "possible values",
                    "default:",
                    "Print ",
                ] {
                    assert!(!line.contains(heading), "tewatashi {command} {flag}: {line}");
                }
            }
        }
    }
}

#[test]
fn help_in_english_holds_no_japanese_but_the_name() {
    let desk = Desk::new();
    for command in COMMANDS {
        let text = help(&desk, "en", command, "--help").replace("手渡し", "");
        assert!(text.starts_with(|c: char| c.is_ascii_uppercase()) && text.contains("Usage: tewatashi"), "{text}");
        assert!(
            !text.contains(|c: char| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}')),
            "{command}: {text}"
        );
    }
}

#[test]
fn every_option_is_explained() {
    let desk = Desk::new();
    for language in ["ja", "en"] {
        for command in COMMANDS {
            let text = help(&desk, language, command, "--help");
            let mut lines = text.lines().peekable();
            while let Some(line) = lines.next() {
                if line.trim_start().starts_with('-') {
                    // Below the name, or beside it.
                    let explained =
                        lines.peek().is_some_and(|next| next.starts_with("          ") && !next.trim().is_empty());
                    assert!(explained || line.trim_start().contains("  "), "{command} {language}: {line}");
                }
            }
        }
    }
}

#[test]
fn the_language_follows_the_option_before_the_locale_and_is_japanese_without_either() {
    let desk = Desk::new();
    let said = |locale: [(&str, &str); 3], option: &[&str]| {
        let mut command: Command = desk.command(["verify", "nowhere"].iter().chain(option));
        let run = Run::of(command.env_remove("LANG").envs(locale.into_iter().filter(|(_, value)| !value.is_empty())));
        let error = run.fails(1).err;
        let mut told = error.lines().filter(|line| line.contains("nowhere") && !line.contains("default"));
        told.next_back().unwrap().split(':').next().unwrap().to_owned()
    };
    let locale = |all, messages, lang| [("LC_ALL", all), ("LC_MESSAGES", messages), ("LANG", lang)];
    assert_eq!(said(locale("", "", ""), &[]), "エラー");
    assert_eq!(said(locale("", "", "C.UTF-8"), &[]), "エラー");
    assert_eq!(said(locale("", "", "en_US.UTF-8"), &[]), "error");
    assert_eq!(said(locale("", "en_GB.UTF-8", "ja_JP.UTF-8"), &[]), "error");
    assert_eq!(said(locale("ja_JP.UTF-8", "en_GB.UTF-8", "en_US"), &[]), "エラー");
    assert_eq!(said(locale("", "", "en_US.UTF-8"), &["--lang", "ja"]), "エラー");
    assert_eq!(said(locale("", "", "ja_JP.UTF-8"), &["--lang=en"]), "error");
}

#[test]
fn mistakes_on_the_command_line_are_told_in_the_language_of_the_run() {
    let desk = Desk::new();
    for mistake in [
        &["pack"][..],
        &["nonsense"],
        &["pack", "--nonsense"],
        &["pack", "s", "--to", "medium", "--skip", "everything"],
        &["pack", "s", "--to", "medium", "--split", "tiny"],
        &["pack", "s", "--to", "medium", "--to", "again"],
        &["pack", "s", "--to"],
        &["pack", "s", "--to", "medium", "--subjects", "many"],
        &["verify", "a", "--identity", "b", "--passphrase-file", "c"],
        &["list", "a", "b"],
    ] {
        let run = desk.run(["--lang", "ja"].iter().chain(mistake)).fails(2);
        for line in run.err.lines() {
            let words: Vec<&str> = line.split(' ').collect();
            let prose = |word: &&str| word.len() > 1 && word.bytes().all(|b| b.is_ascii_lowercase());
            let told = words.windows(3).find(|three| three.iter().all(prose));
            assert_eq!(told, None, "{mistake:?}: {line}");
        }
    }
}
