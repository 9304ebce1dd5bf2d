//! `tewatashi init`: a case for one contract, from flags or from answers.

use std::path::{Path, PathBuf};

use serde_json::json;
use zeroize::Zeroizing;

use super::args::InitArgs;
use super::context::Context;
use super::desk::{self, Beginning};
use super::failure::Failure;
use super::{secret, words};
use crate::case::folder::CaseFolder;
use crate::case::{Answers, Approval, DataClass, Settings, Side, Training, Word, template};
use crate::erase::os;
use crate::ledger::{Claim, Operator};
use crate::sign::SigningKey;
use crate::t;
use crate::term::{ask, prompt, show};

pub fn run(context: &Context, args: &InitArgs) -> Result<(), Failure> {
    let home = context.home()?;
    let place = args.folder.clone().or_else(|| context.case.clone()).unwrap_or_else(|| PathBuf::from("."));
    let folder = CaseFolder::at(&place);
    desk::clear_killed(&folder).map_err(|e| words::io(&place, &e))?;
    if let Some(path) = [folder.ledger(), folder.settings()].into_iter().find(|p| p.symlink_metadata().is_ok()) {
        let shown = show::path(&path);
        return Err(Failure::refused(
            "case_exists",
            t!("err-case-exists", path = shown.clone()),
            t!("hint-case-exists"),
        )
        .about(shown));
    }
    let answers = answers(context, args)?;
    let text = template(answers);
    if let Err(mistakes) = Settings::from_bytes(text.as_bytes()) {
        return Err(words::answers(&mistakes));
    }
    let passphrase = key_passphrase(context)?;
    let key = SigningKey::generate().map_err(|e| words::signing(&e))?;
    let made = make_folder(&place)?;
    let (os_user, host) = os::user_and_host();
    let name = context.operator.as_deref().map(super::said::text).transpose()?;
    let by = if name.is_some() { Claim::Option } else { Claim::OsUser };
    let operator = Operator { name: name.unwrap_or_else(|| os_user.clone()), staff: None, by, os_user, host };
    let passphrase = passphrase.as_ref().map(|text| text.as_str());
    let beginning = Beginning { text, key: &key, passphrase, operator: &operator };
    let known = desk::make(home, &folder, &beginning, true).inspect_err(|_| {
        if made {
            // Only if nothing is in it.
            let _ = std::fs::remove_dir(&place);
        }
    })?;
    context.say(&t!("init-done", path = show::path(&known.folder)));
    context.chat(&t!("init-key", fingerprint = known.key.clone()));
    context.chat(&t!("init-next"));
    context.result(&json!({ "case": known.folder.to_string_lossy(), "origin": known.origin, "key": known.key }));
    Ok(())
}

/// The key's passphrase: from a file, or typed twice; nothing typed, nothing locked.
fn key_passphrase(context: &Context) -> Result<Option<Zeroizing<String>>, Failure> {
    if let Some(file) = &context.key_passphrase_file {
        return secret::read_text(file).map(Some);
    }
    if !context.may_ask() || context.yes {
        return Ok(None);
    }
    let typed = prompt::secret(&t!("ask-new-key-passphrase")).map_err(|e| words::terminal(&e))?;
    if typed.is_empty() {
        return Ok(None);
    }
    let again = prompt::secret(&t!("ask-own-again")).map_err(|e| words::terminal(&e))?;
    if *typed == *again {
        Ok(Some(typed))
    } else {
        Err(Failure::usage("own_differs", t!("err-own-differs"), t!("hint-own-differs")))
    }
}

fn make_folder(place: &Path) -> Result<bool, Failure> {
    match os::make_private_dir(place) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists && place.is_dir() => Ok(false),
        Err(e) => Err(words::io(place, &e)),
    }
}

/// What the flags say; on a terminal the rest is asked one by one.
fn answers(context: &Context, args: &InitArgs) -> Result<Answers, Failure> {
    let asking = context.may_ask() && !context.yes;
    let side = side(args, asking)?;
    let mut answers = Answers::of(side);
    let text = |given: &Option<String>, question: String| match given {
        Some(text) => Ok(text.trim().to_owned()),
        None if asking => ask::text(&question, Some("")).map_err(|e| words::terminal(&e)),
        None => Ok(String::new()),
    };
    answers.city.name = text(&args.city, t!("ask-city"))?;
    answers.contractor.name = text(&args.contractor, t!("ask-contractor"))?;
    answers.number = text(&args.contract_number, t!("ask-contract-number"))?;
    answers.title = text(&args.contract_title, t!("ask-contract-title"))?;
    answers.from = args.from;
    answers.to = args.to;
    answers.items.clone_from(&args.items);
    if asking {
        further(args, &mut answers).map_err(|e| words::terminal(&e))?;
    }
    if let (Some(from), Some(to)) = (answers.from, answers.to)
        && to < from
    {
        return Err(Failure::usage("ends_before", t!("err-ends-before"), t!("hint-ends-before")));
    }
    Ok(answers)
}

fn side(args: &InitArgs, asking: bool) -> Result<Side, Failure> {
    if let Some(side) = args.side {
        return Ok(side);
    }
    if !asking {
        return Ok(Side::City);
    }
    let choices: Vec<String> = Side::texts().into_iter().map(str::to_owned).collect();
    let chosen = ask::choice(&t!("ask-side"), &choices, Some(0)).map_err(|e| words::terminal(&e))?;
    Ok(Side::ALL.get(chosen).copied().unwrap_or(Side::City))
}

fn further(args: &InitArgs, answers: &mut Answers) -> std::io::Result<()> {
    if args.from.is_none() {
        answers.from = ask::maybe_date(&t!("ask-from"))?;
    }
    if args.to.is_none() {
        answers.to = ask::maybe_date(&t!("ask-to"))?;
    }
    if args.items.is_empty() {
        let line = ask::text(&t!("ask-items"), Some(""))?;
        let items = line.split([',', '、', '，']).map(str::trim).filter(|item| !item.is_empty());
        answers.items = items.map(str::to_owned).collect();
    }
    let classes: Vec<DataClass> = DataClass::ALL.to_vec();
    let shown: Vec<String> = classes.iter().map(|class| class.text().to_owned()).collect();
    let chosen = ask::choices(&t!("ask-data-class"), &shown)?;
    answers.data_class = chosen.into_iter().filter_map(|at| classes.get(at).copied()).collect();
    let rules: Vec<String> = Training::ALL.iter().map(|rule| words::training(*rule)).collect();
    let chosen = ask::choice(&t!("ask-training"), &rules, Some(1))?;
    answers.training = Training::ALL.get(chosen).copied().unwrap_or(Training::Once);
    let approvals: Vec<String> = Approval::ALL.iter().map(|a| words::approval(*a)).collect();
    let chosen = ask::choices(&t!("ask-approval"), &approvals)?;
    answers.approval = chosen.into_iter().filter_map(|at| Approval::ALL.get(at).copied()).collect();
    Ok(())
}
