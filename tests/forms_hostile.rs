//! Templates that reach for what is not theirs: each is refused where it reaches, with line and column, and for its reason.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;
use tewatashi::paper::{Fault, Form, Job, PaperError, Press, Refusal, sample};

const HOSTILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/forms-hostile");

/// A case's folder of forms with all of them in it, and beside it what they are after.
fn set_out() -> (TempDir, PathBuf) {
    let place = tempfile::tempdir().unwrap();
    let forms = place.path().join("forms");
    fs::create_dir_all(forms.join("keys")).unwrap();
    fs::create_dir(forms.join("folder.png")).unwrap();
    for name in ["tewatashi.toml", "other.typ", "forms/keys/ledger_ed25519", "forms/people.csv", "forms/run.wasm"] {
        fs::write(place.path().join(name), "name,address\n").unwrap();
    }
    let picture = r#"<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>"#;
    fs::write(place.path().join("out.png"), "PNG").unwrap();
    fs::write(forms.join("logo.svg"), picture).unwrap();
    let links = picture.replace("<rect", r#"<image href="../out.png" width="9" height="9"/><rect"#);
    fs::write(forms.join("links.svg"), links).unwrap();
    symlink("../out.png", forms.join("link-out.png")).unwrap();
    symlink("../other.typ", forms.join("shared.typ")).unwrap();
    fs::File::create(forms.join("large.png")).unwrap().set_len((16 << 20) + 1).unwrap();
    assert!(Command::new("mkfifo").arg(forms.join("pipe.png")).status().unwrap().success());
    for entry in fs::read_dir(HOSTILE).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, forms.join(path.file_name().unwrap())).unwrap();
    }
    (place, forms)
}

fn try_out(template: &Path, forms: &Path) -> PaperError {
    let press = Press::new(Vec::new(), Some(forms.to_owned())).patience(Duration::from_secs(20));
    let record = sample(Form::Transfer);
    let page = press.set(&Job { template: Some(template), ..Job::of(&record) });
    page.err().unwrap_or_else(|| panic!("{} was set", template.display()))
}

fn first(error: &PaperError) -> &Fault {
    match error {
        PaperError::Template(faults) => &faults[0],
        other => panic!("{other}"),
    }
}

#[test]
fn forms_reach_nothing_but_their_folder() {
    let (_place, forms) = set_out();
    for (name, refusal, place) in [
        ("absolute-path", Refusal::Outside, (2, 7)),
        ("parent-folder", Refusal::Outside, (2, 7)),
        ("parent-hidden", Refusal::Outside, (2, 9)),
        ("other-folder", Refusal::Outside, (2, 7)),
        ("backslash", Refusal::Outside, (2, 7)),
        ("drive", Refusal::Outside, (2, 8)),
        ("stream", Refusal::Outside, (2, 8)),
        ("package", Refusal::Package, (2, 9)),
        ("local-package", Refusal::Package, (2, 9)),
        ("network", Refusal::Outside, (2, 8)),
        ("table", Refusal::Kind, (2, 6)),
        ("program", Refusal::Kind, (2, 9)),
        ("link-out", Refusal::Link, (2, 8)),
        ("link-include", Refusal::Link, (2, 10)),
        ("device", Refusal::Outside, (2, 8)),
        ("pipe", Refusal::NotAFile, (2, 8)),
        ("folder", Refusal::NotAFile, (2, 8)),
        ("large", Refusal::TooLarge, (2, 8)),
        ("attachment", Refusal::Outside, (2, 13)),
    ] {
        let error = try_out(&forms.join(format!("{name}.typ")), &forms);
        let fault = first(&error);
        assert_eq!(fault.refusal, Some(refusal), "{name}: {fault:?}");
        assert_eq!(
            (fault.file.as_str(), fault.line, fault.column),
            (&*format!("{name}.typ"), place.0, place.1),
            "{fault:?}"
        );
    }
}

#[test]
fn forms_have_no_clock_no_environment_and_no_mistakes() {
    let (_place, forms) = set_out();
    for (name, message, line) in [
        ("clock", "unable to get the current date", 2),
        ("environment", "does not contain key", 2),
        ("endless-loop", "condition is always true", 2),
        ("endless-rounds", "infinite", 3),
        ("endless-calls", "maximum function call depth exceeded", 2),
        ("syntax", "unclosed delimiter", 2),
    ] {
        let error = try_out(&forms.join(format!("{name}.typ")), &forms);
        let fault = first(&error);
        assert!(fault.message.contains(message), "{name}: {fault:?}");
        assert_eq!((fault.refusal, fault.line), (None, line), "{name}: {fault:?}");
        assert!(fault.column > 0);
    }
    // Where there is no place to tell, the file is told.
    let error = try_out(&forms.join("not-text.typ"), &forms);
    assert_eq!((first(&error).file.as_str(), first(&error).line), ("not-text.typ", 0), "{error:?}");
    // The picture is at fault, so that is what is told.
    let error = try_out(&forms.join("picture-links.typ"), &forms);
    assert_eq!(
        (first(&error).file.as_str(), first(&error).refusal),
        ("links.svg", Some(Refusal::Outside)),
        "{error:?}"
    );
}

#[test]
fn forms_come_to_an_end() {
    let (_place, forms) = set_out();
    let error = try_out(&forms.join("deep.typ"), &forms);
    assert!(first(&error).message.contains("maximum layout depth exceeded"), "{error:?}");
    assert!(matches!(try_out(&forms.join("too-many-pages.typ"), &forms), PaperError::TooManyPages(6001)));
    let record = sample(Form::Transfer);
    let press = Press::new(Vec::new(), None).patience(Duration::from_millis(200));
    let template = forms.join("endless-loops.typ");
    let given_up = press.set(&Job { template: Some(&template), ..Job::of(&record) }).err().unwrap();
    assert!(matches!(given_up, PaperError::Endless(_)), "{given_up}");
}

/// Whoever adds one adds what is expected of it.
#[test]
fn forms_that_are_hostile_are_all_tried() {
    let me = include_str!("forms_hostile.rs");
    for entry in fs::read_dir(HOSTILE).unwrap() {
        let name = entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned();
        assert!(me.contains(&format!("\"{name}\"")) || me.contains(&format!("\"{name}.typ\"")), "{name}");
    }
}
