//! Templates of the printed forms: which template sets them, trying one out, copying one, and the same bytes from the same record.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use tewatashi::paper::{Fonts, Form, Job, Mark, PaperError, Press, Record, sample, sample_secret};

#[path = "common/desk.rs"]
mod desk;
#[path = "common/office.rs"]
mod office;
use desk::Desk;
use office::Office;

/// A template that says what it is given.
const SMALL: &str = r#"
#let d = json("data.json")
#let date = d.document.date
#set document(title: d.document.title, date: datetime(year: date.year, month: date.month, day: date.day))
#set page(paper: "a4")
#set text(font: "BIZ UDMincho", lang: "ja")
= #d.document.title #d.document.number
#d.document.mark #d.case.city.name #d.fields.at("to", default: "")
#image("code.svg", width: 20mm, alt: "code")
#pdf.attach("attached/" + d.document.record, relationship: "source", description: "record", mime-type: "application/json")
"#;

fn press_with(desk: &Desk, template: &str) -> (Press, PathBuf) {
    let path = desk.file("forms/own.typ", template);
    (Press::new(Vec::new(), Some(desk.path("forms"))), path)
}

fn transfer(to: &str) -> Record {
    let mut record = sample(Form::Transfer);
    record.fields.insert("to".into(), to.into());
    record
}

fn lost(error: Result<impl Sized, PaperError>) -> (String, String) {
    match error.err().unwrap() {
        PaperError::NoGlyph { character, field } => (character, field),
        other => panic!("{other}"),
    }
}

#[test]
fn forms_from_the_same_record_are_the_same_bytes() {
    let desk = Desk::new();
    let (press, path) = press_with(&desk, SMALL);
    for to in ["架空市長", "𠮷野　葛\u{e0102}子"] {
        let record = transfer(to);
        let job = || Job { template: Some(&path), ..Job::of(&record) };
        let page = press.set(&job()).unwrap();
        assert_eq!(page.pages, 1);
        assert_eq!(page.pdf, press.set(&job()).unwrap().pdf, "in one process, one after the other");
        let other = Press::new(Vec::new(), None);
        assert_eq!(page.pdf, other.set(&job()).unwrap().pdf, "with fonts loaded anew");
        let marked = press.set(&Job { mark: Mark::Copy(1), ..job() }).unwrap();
        assert_ne!(page.pdf, marked.pdf);
    }
    desk.file("transfer.typ", SMALL);
    let check = |out: &str| {
        desk.run(["form", "check", "transfer.typ", "--out", out]).ok();
        fs::read(desk.path(out)).unwrap()
    };
    assert_eq!(check("one.pdf"), check("two.pdf"), "in two processes");
}

#[test]
fn forms_are_refused_before_they_are_issued_when_a_glyph_is_missing() {
    let desk = Desk::new();
    let (press, path) = press_with(&desk, SMALL);
    let folders = ["bizud-mincho", "bizud-gothic"].map(|name| PathBuf::from("/usr/share/fonts/truetype").join(name));
    let without = Press::with_fonts(Fonts::from(&folders).unwrap(), None);
    let rare = transfer("𠮷野");
    press.ready(&rare).unwrap();
    let expected = ("𠮷".to_owned(), "fields.to".to_owned());
    assert_eq!(lost(without.ready(&rare)), expected);
    assert_eq!(lost(without.set(&Job { template: Some(&path), ..Job::of(&rare) })), expected);
    without.ready(&transfer("架空市長")).unwrap();
    for text in ["外字\u{e000}", "佐\u{202e}藤", "佐\u{0}藤"] {
        assert_eq!(lost(press.ready(&transfer(text))).1, "fields.to");
    }
    let secret = tewatashi::paper::Secret { text: "正しい馬\u{e000}", groups: Vec::new() };
    let (character, field) = lost(press.ready_secret(&secret));
    assert_eq!((character.as_str(), field.as_str()), ("", "secret"), "nothing of the passphrase is told");
    press.ready_secret(&sample_secret()).unwrap();
}

#[test]
fn forms_may_say_rare_kanji_themselves() {
    let desk = Desk::new();
    let (press, path) = press_with(&desk, &format!("{SMALL}\n𠮷町 葛\\u{{e0102}}城市\n"));
    let record = transfer("架空市長");
    let page = press.set(&Job { template: Some(&path), ..Job::of(&record) }).unwrap();
    assert_eq!(page.pages, 1);
    for (text, expected) in [("葛\\u{e01ef}城", "葛\u{e01ef}"), ("// 葛\n#\"🎉\"", "🎉")] {
        let (press, path) = press_with(&desk, &format!("{SMALL}\n{text}\n"));
        let (character, place) = lost(press.set(&Job { template: Some(&path), ..Job::of(&record) }));
        assert!(character == expected && place.starts_with("own.typ"), "{character} {place}");
    }
}

#[test]
fn forms_of_the_case_go_before_those_of_the_program_and_take_in_what_lies_beside_them() {
    let desk = Desk::new();
    desk.file(
        "forms/transfer.typ",
        "#import \"common.typ\": word\n#import \"own.typ\": more\n#set document(title: \"x\", date: datetime(year: 2026, month: 1, day: 1))\nD-0007 #word #more #image(\"logo.svg\", alt: \"logo\")\n#pdf.attach(\"attached/D-0007.json\", relationship: \"source\", mime-type: \"application/json\", description: \"record\")",
    );
    desk.file("forms/common.typ", "#let word = [common]");
    desk.file("forms/own.typ", "#let more = [own]");
    desk.file(
        "forms/logo.svg",
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>"#,
    );
    let record = sample(Form::Transfer);
    let press = Press::new(Vec::new(), Some(desk.path("forms")));
    press.set(&Job::of(&record)).unwrap();
    fs::remove_file(desk.path("forms/own.typ")).unwrap();
    let Err(PaperError::Template(faults)) = press.set(&Job::of(&record)) else { panic!("an include is gone") };
    assert_eq!((faults[0].file.as_str(), faults[0].line, faults[0].column), ("transfer.typ", 2, 9), "{faults:?}");
    // Without one of its own it takes the program's.
    fs::remove_file(desk.path("forms/common.typ")).unwrap();
    desk.file(
        "forms/transfer.typ",
        "#import \"common.typ\": mincho\n#set document(title: \"x\", date: datetime(year: 2026, month: 1, day: 1))\n#set text(font: mincho, lang: \"ja\")\n架空 D-0007\n#pdf.attach(\"attached/D-0007.json\", relationship: \"source\", mime-type: \"application/json\", description: \"record\")",
    );
    press.set(&Job::of(&record)).unwrap();
}

#[test]
fn form_check_tells_mistakes_with_their_place() {
    let desk = Desk::new();
    desk.file("transfer.typ", SMALL.replace("d.case.city.name", "d.case.town.name"));
    let run = desk.run(["--lang", "en", "form", "check", "transfer.typ", "--out", "page.pdf"]).fails(1);
    assert!(run.err.contains("transfer.typ, line 8, column "), "{}", run.err);
    assert!(!desk.path("page.pdf").exists());
    let run = desk.run(["--lang", "ja", "form", "check", "transfer.typ"]).fails(1);
    assert!(run.err.contains("transfer.typ 8 行 "), "{}", run.err);
    let run = desk.run(["--json", "form", "check", "transfer.typ"]).fails(1);
    let told: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(told["error"]["kind"], "bad_template");
    desk.file("mine.typ", SMALL);
    let run = desk.run(["--lang", "en", "form", "check", "mine.typ"]).fails(2);
    assert!(run.err.contains("--form"), "{}", run.err);
    desk.run(["form", "check", "mine.typ", "--form", "nonsense"]).fails(2);
    desk.run(["form", "check", "mine.typ", "--form", "transfer", "--out", "page.pdf"]).ok();
    assert!(fs::read(desk.path("page.pdf")).unwrap().starts_with(b"%PDF-1.7"));
    desk.run(["form", "check", "mine.typ", "--form", "transfer", "--out", "page.pdf"]).fails(1);
    desk.run(["form", "check", "gone.typ", "--form", "transfer"]).fails(1);
}

#[test]
fn form_list_and_export_without_and_with_a_case() {
    let desk = Desk::new();
    let listed =
        |desk: &Desk| -> Value { serde_json::from_str(&desk.run(["--json", "form", "list"]).ok().out).unwrap() };
    let forms = listed(&desk)["forms"].as_array().unwrap().clone();
    assert_eq!(forms.len(), Form::ALL.len());
    assert!(forms.iter().all(|form| form["source"] == "built_in"), "{forms:?}");
    assert!(desk.run(["form", "list"]).ok().out.contains("個人情報受渡し確認記録票"));
    desk.run(["form", "export", "transfer"]).fails(1);
    desk.run(["form", "export", "transfer", "copy"]).ok();
    let exported = fs::read_to_string(desk.path("copy/transfer.typ")).unwrap();
    assert_eq!(exported, Form::Transfer.template());
    let run = desk.run(["--json", "form", "export", "transfer", "copy"]).fails(1);
    let told: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(told["error"]["kind"], "exists");
    desk.file("copy/common.typ", "// edited");
    desk.run(["form", "export", "receipt", "copy"]).ok();
    assert_eq!(fs::read(desk.path("copy/common.typ")).unwrap(), b"// edited", "shared by another form");
}

#[test]
fn forms_of_the_program_hold_what_a_check_of_them_asks_for() {
    let desk = Desk::new();
    for form in Form::ALL {
        desk.run(["form", "export", form.name(), "forms"]).ok();
        let file = format!("forms/{}.typ", form.name());
        let out = format!("{}.pdf", form.name());
        let run = desk.run(["--json", "form", "check", &file, "--out", &out]).ok();
        let told: Value = serde_json::from_str(&run.out).unwrap();
        assert_eq!((told["form"].as_str(), told["path"].as_str()), (Some(form.name()), Some(out.as_str())), "{told}");
        // The copy says what the original says.
        let (record, press) = (sample(form), Press::new(Vec::new(), None));
        let secret = (form == Form::Slip).then(sample_secret);
        let page = press.set(&Job { mark: Mark::Sample, secret, ..Job::of(&record) }).unwrap();
        assert!(fs::read(desk.path(&out)).unwrap() == page.pdf, "{}", form.name());
    }
}

#[test]
fn forms_of_a_case_are_exported_into_it_and_listed_from_there() {
    let office = Office::new();
    let out = office.run("form export transfer").ok().out;
    assert!(out.contains("form check"), "{out}");
    assert!(office.folder().join("forms/transfer.typ").is_file() && office.folder().join("forms/common.typ").is_file());
    let told: Value = serde_json::from_str(&office.run("form list --json").ok().out).unwrap();
    let sources: Vec<&str> = told["forms"].as_array().unwrap().iter().map(|f| f["source"].as_str().unwrap()).collect();
    assert_eq!(sources.iter().filter(|source| **source == "case").count(), 1, "{told}");
    office.run("form export transfer").fails(1);
    let entries = office.entries().len();
    assert_eq!(entries, 1, "the ledger is not asked and not told");
}
