//! What packages carry beside the program: completions a shell loads, and a manual page for each command.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;

#[path = "common/desk.rs"]
mod desk;
use desk::{Desk, tool};

/// The commands a person sees in the help.
fn commands(desk: &Desk) -> BTreeSet<String> {
    let help = desk.run(["--lang", "en", "--help"]).ok().out;
    let listed = help.split("Commands:").nth(1).unwrap().split("\n\n").next().unwrap();
    let names = listed.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names: BTreeSet<String> = names.map(|line| line.split_whitespace().next().unwrap().to_owned()).collect();
    assert!(names.len() > 30 && names.contains("pack") && names.contains("completions"), "{names:?}");
    names
}

#[test]
fn bash_completes_every_command_and_its_options() {
    let desk = Desk::new();
    let script = desk.run(["completions", "bash"]).ok().out;
    let script = desk.file("tewatashi.bash", script);
    let complete = |words: &str, last: &str| -> BTreeSet<String> {
        let count = words.split(' ').count();
        let lines = format!(
            "source \"$0\"; COMP_WORDS=({words} '{last}'); COMP_CWORD={count}; _tewatashi tewatashi '{last}' ''; \
             printf '%s\\n' \"${{COMPREPLY[@]}}\""
        );
        let run = tool("bash", [OsStr::new("-euc"), lines.as_ref(), script.as_ref()]);
        String::from_utf8(run.stdout).unwrap().lines().map(str::to_owned).collect()
    };
    let offered: BTreeSet<String> = complete("tewatashi", "").into_iter().filter(|w| !w.starts_with('-')).collect();
    assert_eq!(offered, commands(&desk), "and nothing that is hidden");
    assert_eq!(complete("tewatashi ledger", "ver"), BTreeSet::from(["verify".to_owned()]));
    assert!(complete("tewatashi pack", "--no-").contains("--no-read-back"));
}

#[test]
fn every_shell_gets_every_command_in_the_language_of_the_run() {
    let desk = Desk::new();
    for (shell, mark) in
        [("bash", "complete -F"), ("zsh", "#compdef"), ("fish", "complete -c"), ("powershell", "Register-")]
    {
        for (language, word) in [("ja", "束が無事か検証します"), ("en", "Check that a bundle is intact")] {
            let script = desk.run(["--lang", language, "completions", shell]).ok().out;
            assert!(script.contains(mark), "{shell}: {script}");
            // bash shows no descriptions.
            assert!(script.contains(word) != (shell == "bash"), "{shell} in {language}");
            for command in commands(&desk) {
                assert!(script.contains(&command), "{shell}: {command}");
            }
        }
        let told = desk.run(["--json", "completions", shell]).ok().json();
        assert_eq!(told["shell"], shell);
        assert!(told["script"].as_str().unwrap().contains("tewatashi"));
    }
    desk.run(["completions", "tcsh"]).fails(2);
}

#[test]
fn every_command_has_a_manual_page_in_both_languages() {
    let desk = Desk::new();
    let headings =
        [("ja", ["名前", "書式", "説明", "終了コード"]), ("en", ["NAME", "SYNOPSIS", "DESCRIPTION", "EXIT STATUS"])];
    for (language, headings) in headings {
        let folder = desk.path(&format!("man-{language}"));
        let told = desk.run(["--lang", language, "--json", "man", folder.to_str().unwrap()]).ok().json();
        let pages: BTreeSet<String> =
            desk::names_in(&folder).into_iter().map(|name| name.into_string().unwrap()).collect();
        assert_eq!(told["files"].as_array().unwrap().len(), pages.len());
        for command in commands(&desk) {
            assert!(pages.contains(&format!("tewatashi-{command}.1")), "{command}");
        }
        assert!(pages.contains("tewatashi-ledger-verify.1") && !pages.contains("tewatashi-man.1"), "{pages:?}");
        for page in &pages {
            let text = fs::read_to_string(folder.join(page)).unwrap();
            for heading in &headings[..3] {
                assert_eq!(text.matches(&format!(".SH \"{heading}\"\n")).count(), 1, "{page}: {text}");
            }
            let ends = text.contains(&format!(".SH \"{}\"\n", headings[3]));
            assert_eq!(ends, page == "tewatashi.1", "{page}");
            // As man sees it: nothing in it that the formatter does not know.
            let run = tool(
                "groff",
                [
                    OsStr::new("-man"),
                    "-Kutf8".as_ref(),
                    "-Tutf8".as_ref(),
                    "-wmac".as_ref(),
                    "-Wbreak".as_ref(),
                    folder.join(page).as_ref(),
                ],
            );
            assert_eq!(String::from_utf8_lossy(&run.stderr), "", "{page}");
            let title = format!("{}(1)", page.trim_end_matches(".1"));
            assert!(String::from_utf8_lossy(&run.stdout).contains(&title), "{page}");
        }
        // What is there stays.
        let again = desk.run(["--lang", language, "man", folder.to_str().unwrap()]).fails(1);
        assert!(again.err.contains("tewatashi.1"), "{}", again.err);
    }
}
