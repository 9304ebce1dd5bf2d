//! `tewatashi form …`: the templates of the printed forms, to look at, to copy and to try out. Nothing is issued, so nothing
//! is entered in the ledger.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::args::FormCommand;
use super::context::Context;
use super::desk::found;
use super::failure::Failure;
use super::paper::press;
use super::place::place_new;
use super::words;
use crate::case::folder::CaseFolder;
use crate::paper::form::{COMMON, COMMON_FILE};
use crate::paper::{Form, Job, Mark, Origin, Template, sample, sample_secret};
use crate::t;
use crate::term::out::out;
use crate::term::show;

pub fn run(context: &Context, command: &FormCommand) -> Result<(), Failure> {
    match command {
        FormCommand::List => list(context),
        FormCommand::Export { form, folder } => export(context, *form, folder.as_deref()),
        FormCommand::Check { file, form, out } => check(context, file, *form, out.as_deref()),
    }
}

/// The case at hand, where there is one; what it holds is not looked at, but for its templates.
fn case(context: &Context) -> Result<Option<CaseFolder>, Failure> {
    // A case that nobody trusted here is an error all the same: its templates would be taken for ours.
    let (folder, _) = found(context)?;
    Ok(folder.exists().then_some(folder))
}

fn list(context: &Context) -> Result<(), Failure> {
    let forms = case(context)?.map(|case| case.forms());
    let rows = Form::ALL.map(|form| (form, Template::origin(form, forms.as_deref())));
    if !context.json {
        for (form, origin) in &rows {
            let source = match origin {
                Origin::Case(path) | Origin::Named(path) => show::path(path),
                Origin::BuiltIn => t!("form-built-in"),
            };
            out(&show::row(&[form.name(), form.title(), &source], &[19, 36]));
        }
    }
    let told = rows.iter().map(|(form, origin)| {
        let path = match origin {
            Origin::Case(path) | Origin::Named(path) => Some(show::path(path)),
            Origin::BuiltIn => None,
        };
        let source = if path.is_some() { "case" } else { "built_in" };
        json!({ "name": form.name(), "title": form.title(), "source": source, "path": path })
    });
    context.result(&json!({ "forms": told.collect::<Vec<_>>() }));
    Ok(())
}

fn export(context: &Context, form: Form, folder: Option<&Path>) -> Result<(), Failure> {
    let no_case = || Failure::failed("no_case", t!("err-no-case"), t!("hint-no-case"));
    let (folder, in_case) = match folder {
        Some(folder) => (folder.to_owned(), false),
        None => (case(context)?.ok_or_else(no_case)?.forms(), true),
    };
    let place = folder.join(form.file());
    let taken = |path: &Path| {
        let shown = show::path(path);
        Failure::failed("exists", t!("err-exists", path = shown.clone()), t!("hint-exists")).about(shown)
    };
    if place.symlink_metadata().is_ok() {
        return Err(taken(&place));
    }
    fs::create_dir_all(&folder).map_err(|e| words::io(&folder, &e))?;
    write_new(&place, form.template().as_bytes())?;
    // What the forms share stays as it is: a case may have edited it for another form.
    let common = folder.join(COMMON_FILE);
    let shared = common.symlink_metadata().is_ok();
    if !shared {
        write_new(&common, COMMON.as_bytes())?;
    }
    context.say(&t!("form-exported", path = show::path(&place)));
    let word = if shared { t!("form-common-kept", path = show::path(&common)) } else { show::path(&common) };
    context.say(&format!("  {word}"));
    context.chat(&t!("form-export-next", path = show::path(&place)));
    if in_case {
        context.chat(&t!("form-export-in-case"));
    }
    let files: Vec<String> =
        [Some(&place), (!shared).then_some(&common)].into_iter().flatten().map(|p| show::path(p)).collect();
    context.result(&json!({ "form": form.name(), "files": files }));
    Ok(())
}

pub(super) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    place_new(path, |file| file.write_all(bytes).map_err(|e| words::io(path, &e))).map_err(|failure| Failure {
        // Nothing of a rule here: a file is in the way.
        code: if failure.kind == "exists" { super::failure::code::FAILED } else { failure.code },
        ..failure
    })
}

fn check(context: &Context, file: &Path, form: Option<Form>, target: Option<&Path>) -> Result<(), Failure> {
    let by_name = || file.file_stem().and_then(|name| Form::named(&name.to_string_lossy()));
    let unknown = || {
        let hint = t!("hint-which-form", names = Form::ALL.map(Form::name).join(", "));
        Failure::usage("which_form", t!("err-which-form", path = show::path(file)), hint).about(show::path(file))
    };
    let form = form.or_else(by_name).ok_or_else(unknown)?;
    let record = sample(form);
    let secret = (form == Form::Slip).then(sample_secret);
    let job = Job { mark: Mark::Sample, template: Some(file), secret, ..Job::of(&record) };
    let page = press(None).set(&job).map_err(|e| words::paper(&e))?;
    if let Some(target) = target {
        write_new(target, &page.pdf)?;
    }
    context.say(&t!("form-good", path = show::path(file), pages = page.pages));
    if let Some(target) = target {
        context.say(&t!("form-page", path = show::path(target)));
    }
    let path: Option<String> = target.map(PathBuf::from).map(|path| show::path(&path));
    context.result(&json!({ "form": form.name(), "pages": page.pages, "path": path }));
    Ok(())
}
