//! What a person at a terminal sees and types, through a real terminal.

#![cfg(unix)]

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rexpect::session::PtySession;
use tewatashi::passphrase::Passphrase;

#[path = "common/desk.rs"]
mod desk;
use desk::{Desk, assert_empty, holding, names_in, same_tree, shown, terminal, to_the_end};

/// The alternate screen, entered and left; the visible part and what can be scrolled back to, cleared.
const ENTER: &str = "\u{1b}[?1049h";
const LEAVE: &str = "\u{1b}[?1049l";
const CLEAR: &str = "\u{1b}[2J";
const CLEAR_SCROLLED: &str = "\u{1b}[3J";
const ASKED: &str = "with or without hyphens): ";
const SCRYPT: &str = "computing the key";

/// A passphrase among what was shown.
fn passphrase_in(text: &str) -> String {
    let mut found = text.split_whitespace().filter(|w| w.len() == 35 && Passphrase::parse(w).is_ok());
    found.next().unwrap_or_else(|| panic!("no passphrase in {text}")).to_owned()
}

/// Packs at a terminal up to where the slip stands on the screen; returns what was shown since the alternate screen began.
fn slip_on_screen(desk: &Desk) -> (PtySession, String, PathBuf) {
    desk.sample();
    let mut command = Command::new("sh");
    let program = env!("CARGO_BIN_EXE_tewatashi");
    desk.settle(&mut command)
        .args(["-c", &format!("echo process=$$.; exec {program} pack sample --to medium --items-reduced none-needed")]);
    let mut session = terminal(command);
    let process = process_of(&mut session);
    let before = shown(&session.exp_string(ENTER).unwrap());
    assert!(before.contains("packing 15 files"), "{before}");
    let slip = shown(&session.exp_string("press Enter; the screen is cleared.").unwrap());
    assert!(slip.starts_with(CLEAR), "{slip:?}");
    (session, slip, process)
}

/// The folder of a process that says its number first.
fn process_of(session: &mut PtySession) -> PathBuf {
    let (_, number) = session.exp_regex(r"process=\d+\.").unwrap();
    Path::new("/proc").join(number.trim_matches(|c: char| !c.is_ascii_digit()))
}

fn bundle_on(medium: &Path) -> PathBuf {
    let names = names_in(medium);
    assert_eq!(names.len(), 1, "{names:?}");
    medium.join(&names[0])
}

#[test]
fn the_slip_stands_on_the_alternate_screen_until_enter_and_opens_the_bundle() {
    let desk = Desk::new();
    let (mut session, slip, _) = slip_on_screen(&desk);
    let passphrase = passphrase_in(&slip);
    assert!(slip.contains("HANDLE WITH CARE") && slip.contains("オオモジ"), "{slip}");
    let before = names_in(&desk.medium());
    assert!(before.iter().all(|n| n.to_str().unwrap().starts_with(".tewatashi-pack-")), "no bundle before: {before:?}");
    session.send_line("").unwrap();
    let (rest, code) = to_the_end(&mut session);
    assert_eq!(code, 0, "{rest}");
    let (cleared, after) = rest.split_once(LEAVE).unwrap();
    assert!(cleared.contains(CLEAR) && cleared.contains(CLEAR_SCROLLED), "{cleared:?}");
    assert!(after.contains("bundle made: "), "{after}");
    for group in passphrase.split('-') {
        assert!(!after.contains(group), "{group} is still shown: {after}");
    }
    let file = desk.file("typed.txt", &passphrase);
    let bundle = bundle_on(&desk.medium());
    let words = ["open", "--to", "opened", "--passphrase-file"].map(OsStr::new);
    desk.run(words.into_iter().chain([file.as_os_str(), bundle.as_os_str()])).ok();
    same_tree(&desk.path("sample"), &desk.path("opened").join(bundle.file_name().unwrap()).join("sample"));
}

#[test]
fn while_the_slip_is_shown_the_passphrase_stands_nowhere_else() {
    let desk = Desk::new();
    let (mut session, slip, process) = slip_on_screen(&desk);
    let passphrase = passphrase_in(&slip);
    for name in ["cmdline", "environ", "comm"] {
        let text = fs::read(process.join(name)).unwrap();
        assert!(!text.is_empty() && !String::from_utf8_lossy(&text).contains(&passphrase[..11]), "{name}");
    }
    session.send_line("").unwrap();
    let (_, code) = to_the_end(&mut session);
    assert_eq!(code, 0);
    for folder in ["home", "medium"] {
        assert_eq!(holding(&desk.path(folder), &passphrase.as_bytes()[..11]), Vec::<PathBuf>::new());
    }
}

#[test]
fn ctrl_c_at_the_slip_clears_the_screen_and_leaves_no_bundle_nobody_can_open() {
    let desk = Desk::new();
    let (mut session, slip, _) = slip_on_screen(&desk);
    let passphrase = passphrase_in(&slip);
    session.send_control('c').unwrap();
    let (rest, code) = to_the_end(&mut session);
    assert_eq!(code, 130, "{rest}");
    let (cleared, after) = rest.split_once(LEAVE).expect("the alternate screen is left");
    assert!(cleared.contains(CLEAR) && cleared.contains(CLEAR_SCROLLED), "{cleared:?}");
    assert!(!after.contains(&passphrase[..5]), "{after}");
    assert_empty(&desk.medium());
    assert_eq!(desk.run(["--json", "leftovers"]).ok().json()["found"], serde_json::json!([]));
}

/// Opens at a terminal up to the first question.
fn asked_for_the_passphrase(desk: &Desk, bundle: &Path) -> PtySession {
    let words = ["open", "--to", "opened"].map(OsStr::new);
    let mut session = desk.at_terminal(words.into_iter().chain([bundle.as_os_str()]));
    session.exp_string(ASKED).unwrap();
    session
}

/// One of ours with its fourth group mistyped.
fn mistyped(passphrase: &str) -> String {
    let other = if passphrase.as_bytes()[20] == b'a' { "b" } else { "a" };
    format!("{}{other}{}", &passphrase[..20], &passphrase[21..])
}

#[test]
fn there_are_three_tries_and_a_mistyped_group_is_named_before_scrypt_runs() {
    let desk = Desk::new();
    let (bundle, passphrase) = desk.packed(&desk.sample(), &[]);
    let mut session = asked_for_the_passphrase(&desk, &bundle);
    session.send_line(&mistyped(&passphrase)).unwrap();
    let first = shown(&session.exp_string(ASKED).unwrap());
    assert!(first.contains("group 4 is mistyped") && first.contains("Tries left: 2"), "{first}");
    assert!(!first.contains(SCRYPT), "{first}");
    let wrong = Passphrase::generate().unwrap();
    session.send_line(wrong.expose()).unwrap();
    let second = shown(&session.exp_string(ASKED).unwrap());
    assert!(second.contains("wrong passphrase") && second.contains("Tries left: 1"), "{second}");
    assert!(second.contains(SCRYPT), "{second}");
    session.send_line("さくら").unwrap();
    let (third, code) = to_the_end(&mut session);
    assert_eq!(code, 10, "{third}");
    assert!(third.contains("error: ") && third.contains("hint: ") && !third.contains("Tries left"), "{third}");
    assert_empty(&desk.path("opened"));
    for text in [first, second, third] {
        assert!(!text.contains(&passphrase[..5]) && !text.contains(wrong.expose()), "what is typed is not shown");
    }
}

#[test]
fn the_third_try_still_opens() {
    let desk = Desk::new();
    let (bundle, passphrase) = desk.packed(&desk.sample(), &[]);
    let mut session = asked_for_the_passphrase(&desk, &bundle);
    for typed in [mistyped(&passphrase), String::new()] {
        session.send_line(&typed).unwrap();
        session.exp_string(ASKED).unwrap();
    }
    session.send_line(&passphrase).unwrap();
    let (rest, code) = to_the_end(&mut session);
    assert_eq!(code, 0, "{rest}");
    same_tree(&desk.path("sample"), &desk.path("opened").join(bundle.file_name().unwrap()).join("sample"));
}

#[test]
fn a_passphrase_typed_in_full_width_opens() {
    let desk = Desk::new();
    let (bundle, passphrase) = desk.packed(&desk.sample(), &[]);
    let wide: String = passphrase
        .to_uppercase()
        .chars()
        .map(|c| if c == '-' { 'ー' } else { char::from_u32(u32::from(c) + 0xfee0).unwrap() })
        .collect();
    let mut session = asked_for_the_passphrase(&desk, &bundle);
    session.send_line(&wide).unwrap();
    let (rest, code) = to_the_end(&mut session);
    assert_eq!(code, 0, "{wide}: {rest}");
}

/// A shell at a terminal with its echo on, and its process.
fn shell(desk: &Desk) -> (PtySession, PathBuf) {
    let mut command = Command::new("sh");
    desk.settle(&mut command).env("PS1", "$ ");
    let mut session = terminal(command);
    session.send_line("stty echo; trap : INT; echo process''=$$.").unwrap();
    let process = process_of(&mut session);
    (session, process)
}

#[test]
fn ctrl_c_at_the_passphrase_ends_with_130_and_the_terminal_echoes_as_before() {
    let desk = Desk::new();
    let (bundle, _) = desk.packed(&desk.sample(), &[]);
    let (mut session, process) = shell(&desk);
    let program = env!("CARGO_BIN_EXE_tewatashi");
    session.send_line(&format!("{program} open --to opened {}; echo co''de=$?", bundle.display())).unwrap();
    session.exp_string(ASKED).unwrap();
    let echo = || {
        let output = Command::new("stty").args(["-a", "-F"]).arg(process.join("fd/0")).output().unwrap();
        let words = String::from_utf8(output.stdout).unwrap();
        words.split_whitespace().find(|w| w.trim_start_matches('-') == "echo").map(str::to_owned).unwrap()
    };
    assert_eq!(echo(), "-echo", "while it asks");
    session.send_control('c').unwrap();
    session.exp_string("code=130").unwrap();
    assert_eq!(echo(), "echo");
    assert_empty(&desk.path("opened"));
    session.send_line("exit").unwrap();
    session.exp_eof().unwrap();
}

#[test]
fn a_passphrase_of_ones_own_is_typed_twice() {
    let desk = Desk::new();
    desk.sample();
    let own = "Kenshin-2026-Yamada!";
    let words = ["pack", "sample", "--to", "medium", "--items-reduced", "yes", "--own-passphrase"];
    let mut session = desk.at_terminal(words);
    session.exp_string("(not shown): ").unwrap();
    session.send_line(own).unwrap();
    session.exp_string("Once more: ").unwrap();
    session.send_line("Kenshin-2026-Yamade!").unwrap();
    let (rest, code) = to_the_end(&mut session);
    assert!(code == 2 && rest.contains("the two entries differ"), "{code}: {rest}");
    assert_empty(&desk.medium());
    let mut session = desk.at_terminal(words);
    for question in ["(not shown): ", "Once more: "] {
        session.exp_string(question).unwrap();
        session.send_line(own).unwrap();
    }
    let (rest, code) = to_the_end(&mut session);
    assert!(code == 0 && !rest.contains(own), "{code}: {rest}");
    let file = desk.file("own.txt", own);
    let bundle = bundle_on(&desk.medium());
    let words = ["verify", "--passphrase-file"].map(OsStr::new);
    desk.run(words.into_iter().chain([file.as_os_str(), bundle.as_os_str()])).ok();
}

#[test]
fn with_json_only_the_document_is_on_standard_output_also_at_a_terminal() {
    let desk = Desk::new();
    desk.sample();
    let mut command = Command::new("sh");
    let program = env!("CARGO_BIN_EXE_tewatashi");
    desk.settle(&mut command)
        .args(["-c", &format!("{program} --json pack sample --to medium --items-reduced yes > result.json")]);
    let mut session = terminal(command);
    let slip = shown(&session.exp_string("press Enter").unwrap());
    session.send_line("").unwrap();
    let (rest, code) = to_the_end(&mut session);
    assert_eq!(code, 0, "{rest}");
    let result = fs::read_to_string(desk.path("result.json")).unwrap();
    assert!(
        serde_json::from_str::<serde_json::Value>(&result).is_ok() && !result.contains(&passphrase_in(&slip)),
        "{result}"
    );
}

/// Kills an open at work; returns the work folder it left.
fn killed_open(desk: &Desk, bundle: &Path, identity: &Path) -> PathBuf {
    let opened = desk.path("opened");
    for _ in 0..20 {
        let words = ["open", "--to", "opened", "--identity"].map(OsStr::new);
        let mut child = desk.start(words.into_iter().chain([identity.as_os_str(), bundle.as_os_str()]));
        while names_in(&opened).is_empty() && child.try_wait().unwrap().is_none() {
            std::hint::spin_loop();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let left = opened.join(names_in(&opened).pop().unwrap());
        if left.file_name().unwrap().to_str().unwrap().starts_with('.') {
            return left;
        }
        fs::remove_dir_all(left).unwrap();
    }
    panic!("the work was always done before");
}

#[test]
fn what_a_killed_open_left_is_asked_about_and_erased_on_yes_only() {
    let desk = Desk::new();
    let (identity, public) = desk.key("key.txt");
    let much = desk.file("much.dat", vec![7; 40 << 20]);
    let bundle = desk.packed_for(&much, &public, &desk.medium(), &[]);
    let left = killed_open(&desk, &bundle, &identity);
    for (answer, stays) in [("", true), ("n", true), ("maybe", true), ("はい", false)] {
        let mut session = desk.at_terminal([OsStr::new("verify"), bundle.as_ref()]);
        let asked = shown(&session.exp_string("[y/N] ").unwrap());
        assert!(asked.contains("plaintext") && asked.contains(left.to_str().unwrap()), "{asked}");
        session.send_line(answer).unwrap();
        let (rest, code) = to_the_end(&mut session);
        assert_eq!((code, left.exists()), (0, stays), "{answer}: {rest}");
    }
    let mut session = desk.at_terminal([OsStr::new("verify"), bundle.as_ref()]);
    let (rest, code) = to_the_end(&mut session);
    assert!(code == 0 && !rest.contains("[y/N]"), "{rest}");
}
