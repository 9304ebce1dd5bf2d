//! Sets the sheet that an office's IT section asks for before a program may be used: `intro_sheet FACTS.json OUT.pdf`.
//!
//! Part of making a release, by the program's own press. The facts are those of the files that were built.

use std::error::Error;
use std::fs;
use std::path::Path;

use serde_json::{Map, Value};
use tewatashi::paper::record::{CaseFacts, Issuer, Pinned, Record, Style, VERSION};
use tewatashi::paper::{Form, Job, Press};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [facts, out] = args.as_slice() else {
        return Err("usage: intro_sheet FACTS.json OUT.pdf".into());
    };
    let fields: Map<String, Value> = serde_json::from_slice(&fs::read(facts)?)?;
    let said = |key: &str| fields.get(key).and_then(Value::as_str).map(str::to_owned).ok_or(format!("no {key}"));
    let tool = format!("tewatashi {}", said("version")?);
    let record = Record {
        v: VERSION,
        number: tool.replace(' ', "-"),
        // None of the printed forms; the template is named below.
        form: Form::Declaration.name().to_owned(),
        title: "導入申請資料".to_owned(),
        issued: said("issued")?,
        issuer: Issuer { name: said("author")?, ..Issuer::default() },
        ledger: Pinned::default(),
        signer: None,
        tool,
        case: CaseFacts::default(),
        style: Style::default(),
        salt: String::new(),
        fields,
    };
    let template = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/intro-sheet.typ");
    let page = Press::new(Vec::new(), None).set(&Job { template: Some(&template), ..Job::of(&record) })?;
    if page.pages != 1 {
        return Err(format!("the sheet has {} pages instead of one", page.pages).into());
    }
    fs::write(out, page.pdf)?;
    Ok(())
}
