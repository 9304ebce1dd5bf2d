//! Getting the secret that opens a bundle: from a file, from standard input, or three tries on a terminal.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use zeroize::Zeroizing;

use super::args::SecretArgs;
use super::context::Context;
use super::failure::{Failure, code};
use super::words;
use crate::bundle::{Error, Key, Opening, PassphraseKind, Secret};
use crate::passphrase::Passphrase;
use crate::progress::{Progress, Stage};
use crate::t;
use crate::term::{prompt, show};

/// No passphrase is longer; a file that is was named by mistake.
const MOST_TEXT: usize = 64 * 1024;
/// Tries on a terminal.
const TRIES: u32 = 3;

/// Opens the lock with what the arguments name, or with what the person at the terminal types.
pub fn unlock(context: &Context, opening: &Opening, args: &SecretArgs) -> Result<Key, Failure> {
    let kind = opening.passphrase_kind();
    if let Some(path) = &args.identity {
        return attempt(context, opening, &identities(path)?).map_err(|e| words::unlocking(&e, opening));
    }
    if let Some(path) = &args.passphrase_file {
        let secret = Secret::Passphrase(understand(&read_text(path)?, kind)?);
        return attempt(context, opening, &secret).map_err(|e| words::unlocking(&e, opening));
    }
    if !opening.header.is_scrypt() {
        return Err(words::unlocking(&Error::NeedsIdentity, opening));
    }
    if !context.may_ask() {
        return Err(Failure::usage("no_secret", t!("err-no-secret"), t!("hint-no-secret")));
    }
    ask(context, opening, kind)
}

fn ask(context: &Context, opening: &Opening, kind: Option<PassphraseKind>) -> Result<Key, Failure> {
    let mut tries = TRIES;
    loop {
        let typed = prompt::secret(&t!("ask-passphrase")).map_err(|e| words::terminal(&e))?;
        let outcome = understand(&typed, kind).and_then(|passphrase| {
            attempt(context, opening, &Secret::Passphrase(passphrase)).map_err(|e| words::unlocking(&e, opening))
        });
        tries -= 1;
        match outcome {
            Err(failure) if failure.code == code::PASSPHRASE && tries > 0 => {
                context.screen.clear();
                crate::term::out::err(&failure.message);
                crate::term::out::err(&t!("tries-left", count = tries));
            }
            outcome => return outcome,
        }
    }
}

fn attempt(context: &Context, opening: &Opening, secret: &Secret) -> Result<Key, Error> {
    if matches!(secret, Secret::Passphrase(_)) && opening.header.is_scrypt() {
        context.screen.stage(Stage::Key, 0);
    }
    let outcome = opening.unlock(secret);
    context.screen.clear();
    outcome
}

/// What was typed, as the passphrase it must be. A bundle that says its passphrase was generated takes no other
/// pattern, so a typing mistake is named before scrypt runs.
fn understand(text: &str, kind: Option<PassphraseKind>) -> Result<Passphrase, Failure> {
    let generated = Passphrase::parse(text);
    match kind {
        Some(PassphraseKind::Generated) => generated.map_err(|e| words::mistyped(&e)),
        Some(PassphraseKind::Own) => Passphrase::foreign(text).map_err(|e| words::mistyped(&e)),
        None => generated.or_else(|_| Passphrase::foreign(text)).map_err(|e| words::mistyped(&e)),
    }
}

/// The text in a passphrase file; `-` is standard input. A whole slip will do as well: its passphrase line is found.
pub fn read_text(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let failed = |e: &io::Error| words::io(path, e);
    let most = MOST_TEXT as u64 + 1;
    // Room for all that is read, and for the look beyond it: growing would leave a copy in freed memory.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MOST_TEXT + 64));
    let read = if path == Path::new("-") {
        io::stdin().lock().take(most).read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes))
    };
    read.map_err(|e| failed(&e))?;
    let not_text = || Failure::usage("not_text", t!("err-not-text", path = show::path(path)), t!("hint-not-text"));
    if bytes.len() > MOST_TEXT {
        return Err(not_text());
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| not_text())?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = text.strip_suffix('\n').map_or(text, |t| t.strip_suffix('\r').unwrap_or(t));
    let ours = |line: &&str| Passphrase::parse(line).is_ok();
    let chosen = if text.contains('\n') { text.lines().map(str::trim).find(ours).unwrap_or(text) } else { text };
    Ok(Zeroizing::new(chosen.to_owned()))
}

fn identities(path: &Path) -> Result<Secret, Failure> {
    let text = read_text(path)?;
    let bad =
        || Failure::usage("bad_identity", t!("err-bad-identity", path = show::path(path)), t!("hint-bad-identity"));
    let file = age::IdentityFile::from_buffer(text.as_bytes()).map_err(|_| bad())?;
    let identities = file.into_identities().map_err(|_| bad())?;
    if identities.is_empty() { Err(bad()) } else { Ok(Secret::Identities(identities)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::erase::os::memory::freed;

    #[test]
    fn a_passphrase_file_leaves_no_copy_behind() {
        let passphrase = Passphrase::generate().unwrap();
        let dir = tempfile::tempdir().unwrap();
        let slip = dir.path().join("slip.txt");
        let text = format!("a slip\n    {}\n{}", passphrase.expose(), "and what is below\n".repeat(3000));
        std::fs::write(&slip, text).unwrap();
        let left = freed::holding(passphrase.expose(), || {
            assert_eq!(read_text(&slip).ok().unwrap().as_str(), passphrase.expose());
        });
        assert_eq!(left, 0);
    }
}
