//! The programs that go beside a bundle: where they are looked for, and what is told of them.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::bundle::{Error, OpenerFault, Openers, PackRecord};
use crate::cli::args::OpenerArgs;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::words;
use crate::erase::os::Place;
use crate::t;

/// Where a package puts them. Attack: elsewhere than on Unix anybody may make a folder of that name.
#[cfg(unix)]
const INSTALLED: &[&str] = &["/usr/lib/tewatashi/openers"];
#[cfg(not(unix))]
const INSTALLED: &[&str] = &[];

/// The programs that were asked for, looked at before anything is written.
pub fn chosen(args: &OpenerArgs, place: &Place) -> Result<Option<Openers>, Failure> {
    if !args.with_opener {
        return Ok(None);
    }
    let openers = match &args.opener_from {
        Some(folder) => Openers::of(folder).map_err(|e| words::bundle(&e))?,
        None => found()?,
    };
    openers.fit(place.largest_file).map_err(|e| words::bundle(&e))?;
    Ok(Some(openers))
}

/// The first folder that has both. None is a folder that anybody but the owner of the program itself puts files into.
fn found() -> Result<Openers, Failure> {
    let own = std::env::current_exe().ok().and_then(|path| path.parent().map(Path::to_owned));
    let beside = own.iter().flat_map(|folder| [folder.clone(), folder.join("openers")]);
    let folders: Vec<PathBuf> = beside.chain(INSTALLED.iter().map(PathBuf::from)).collect();
    for folder in &folders {
        match Openers::of(folder) {
            Err(error) if is_elsewhere(&error) => {}
            other => return other.map_err(|e| words::bundle(&e)),
        }
    }
    Err(words::no_openers(&folders.iter().map(PathBuf::as_path).collect::<Vec<_>>()))
}

/// Whether a folder is none of programs to hand out: one is not there, or what goes by the short name is the system's own,
/// linked with its libraries.
fn is_elsewhere(error: &Error) -> bool {
    match error {
        Error::Opener { fault: OpenerFault::Missing, .. } => true,
        Error::Opener { path, fault: OpenerFault::NotLinux } => path.ends_with("tewatashi"),
        _ => false,
    }
}

/// What the ledger keeps of them.
pub fn facts(record: &PackRecord) -> Map<String, Value> {
    let openers = &record.facts.openers;
    let fact = (!openers.is_empty()).then(|| ("openers".to_owned(), json!(openers)));
    fact.into_iter().collect()
}

/// Their digests, which the other side compares.
pub fn tell(context: &Context, record: &PackRecord) {
    for opener in &record.facts.openers {
        context.chat(&t!("pack-opener", name = opener.name.clone(), sha256 = opener.sha256.clone()));
    }
}
