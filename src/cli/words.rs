//! Errors of the rooms turned into words: what happened, to which file, and what to do next.

mod audit;
mod case;
mod certificate;
mod copies;
mod count;
mod erase;
mod fill;
mod ledger;
mod life;
mod opener;
mod paper;
mod properties;

use std::io;
use std::path::Path;

pub use audit::{audit_check, entry_numbers, fault, noted};
pub use case::{amend, answers, answers_file, approval, mistakes, people, several, standing, training};
pub use certificate::{check, document_notice, no_fingerprint_key, not_a_manifest, problem, unfit};
pub use copies::copies;
pub use count::{not_counted, not_counted_on_paper};
pub use erase::{better, fate, log as erase_log, plan as erase_plan, reason, remains};
pub use fill::{beyond, ended, fill, filled_in_part, not_removed};
pub use ledger::{OVERTAKEN, bad_code, broken, export, finding_in, ledger, notice, package, receive};
pub use life::{
    coded, contradicted, look, misstep, no_approval, no_incident, no_such_incident, nothing_to_revoke, particular,
    set_aside, state, state_name, too_close, waits, waits_on_paper, whom,
};
pub use opener::nowhere as no_openers;
pub use paper::{paper, picture};
pub use properties::{property, unread};

use super::counted;
use super::failure::{Failure, code};
use crate::bundle::{
    ArchiveFault, BagFault, Damage, EntryFault, Error, NameFault, Opening, PublicFault, SourceFault, SourceProblem,
};
use crate::checked::Mistyped;
use crate::passphrase::PassphraseError;
use crate::sign::SignError;
use crate::t;
use crate::term::show;

/// A failure of the bundle room.
pub fn bundle(error: &Error) -> Failure {
    match error {
        Error::Io { path, source } => io(path, source),
        Error::Stream(source) => io(Path::new("bundle.age"), source),
        Error::Sources(problems) => sources(problems),
        Error::NothingToPack => {
            Failure::failed("nothing_to_pack", t!("err-nothing-to-pack"), t!("hint-nothing-to-pack"))
        }
        Error::SourceChanged(path) => Failure::failed(
            "source_changed",
            t!("err-source-changed", path = show::path(path)),
            t!("hint-source-changed"),
        )
        .about(show::path(path)),
        Error::TargetInsideSource { target, source_path } => Failure::refused(
            "target_inside_source",
            t!("err-target-inside-source", target = show::path(target), source = show::path(source_path)),
            t!("hint-target-inside-source"),
        )
        .about(show::path(target)),
        Error::Replaced(path) => {
            Failure::failed("replaced", t!("err-replaced", path = show::path(path)), t!("hint-replaced"))
                .about(show::path(path))
        }
        Error::NoSpace { place, needed, free } => Failure::failed(
            "no_space",
            t!("err-no-space", path = show::path(place), needed = show::size(*needed), free = show::size(*free)),
            t!("hint-no-space"),
        )
        .about(show::path(place)),
        Error::Opener { path, fault } => opener::refused(path, *fault),
        Error::TooManyVolumes { volumes } => Failure::usage(
            "too_many_volumes",
            t!("err-too-many-volumes", volumes = (*volumes)),
            t!("hint-too-many-volumes"),
        ),
        Error::TooManyEntries { files, folders } => Failure::failed(
            "too_many_entries",
            t!("err-too-many-entries", files = counted::files(*files), folders = counted::folders(*folders)),
            t!("hint-too-many-entries"),
        ),
        Error::Exists(path) => Failure::refused("exists", t!("err-exists", path = show::path(path)), t!("hint-exists"))
            .about(show::path(path)),
        Error::ReadBackMismatch(path) => Failure::new(
            code::DAMAGED,
            "read_back_mismatch",
            t!("err-read-back-mismatch", path = show::path(path)),
            t!("hint-read-back-mismatch"),
        )
        .about(show::path(path)),
        Error::LostByRename(path) => Failure::failed(
            "lost_by_rename",
            t!("err-lost-by-rename", path = show::path(path)),
            t!("hint-lost-by-rename"),
        )
        .about(show::path(path)),
        Error::Damaged(damage) => damaged(damage),
        Error::WrongPassphrase => {
            Failure::new(code::PASSPHRASE, "wrong_passphrase", t!("err-wrong-passphrase"), t!("hint-wrong-passphrase"))
        }
        Error::WrongIdentity => {
            Failure::new(code::PASSPHRASE, "wrong_identity", t!("err-wrong-identity"), t!("hint-wrong-identity"))
        }
        Error::NeedsIdentity => Failure::usage("needs_identity", t!("err-needs-identity"), t!("hint-needs-identity")),
        Error::NeedsPassphrase => {
            Failure::usage("needs_passphrase", t!("err-needs-passphrase"), t!("hint-needs-passphrase"))
        }
        Error::Sealing => Failure::failed("sealing", t!("err-sealing"), t!("hint-sealing")),
        Error::NotABundle(path) => {
            Failure::failed("not_a_bundle", t!("err-not-a-bundle", path = show::path(path)), t!("hint-not-a-bundle"))
                .about(show::path(path))
        }
        Error::Cancelled => cancelled(),
    }
}

/// The user stopped it.
pub fn cancelled() -> Failure {
    Failure::new(code::INTERRUPTED, "interrupted", t!("err-interrupted"), t!("hint-interrupted"))
}

/// A failure while a secret was tried: without public facts, damage and a wrong passphrase look the same.
pub fn unlocking(error: &Error, opening: &Opening) -> Failure {
    let mut failure = bundle(error);
    if matches!(error, Error::WrongPassphrase) && opening.bundle.facts.is_none() {
        failure.hint = t!("hint-wrong-passphrase-bare");
    }
    failure
}

/// A system error with its file.
pub fn io(path: &Path, error: &io::Error) -> Failure {
    let shown = show::path(path);
    let (message, hint) = match error.kind() {
        io::ErrorKind::NotFound => (t!("err-not-found", path = shown.clone()), t!("hint-not-found")),
        io::ErrorKind::PermissionDenied => (t!("err-denied", path = shown.clone()), t!("hint-denied")),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            (t!("err-full", path = shown.clone()), t!("hint-no-space"))
        }
        io::ErrorKind::ReadOnlyFilesystem => (t!("err-read-only", path = shown.clone()), t!("hint-read-only")),
        io::ErrorKind::InvalidFilename => (t!("err-name-too-long", path = shown.clone()), t!("hint-name-too-long")),
        io::ErrorKind::IsADirectory => (t!("err-is-folder", path = shown.clone()), t!("hint-is-folder")),
        _ => (t!("err-io", path = shown.clone(), reason = show::name(&error.to_string())), t!("hint-io")),
    };
    Failure::failed("io", message, hint).about(shown)
}

/// The terminal failed.
pub fn terminal(error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::Interrupted {
        return cancelled();
    }
    Failure::failed("terminal", t!("err-terminal", reason = error.to_string()), t!("hint-terminal"))
}

/// A signing key that cannot be used.
pub fn signing(error: &SignError) -> Failure {
    match error {
        SignError::Io { path, source } => io(path, source),
        SignError::NotAKey(path) => {
            Failure::failed("bad_key", t!("err-bad-key", path = show::path(path)), t!("hint-bad-key"))
                .about(show::path(path))
        }
        SignError::WrongPassphrase(path) => Failure::new(
            code::PASSPHRASE,
            "wrong_key_passphrase",
            t!("err-wrong-key-passphrase", path = show::path(path)),
            t!("hint-wrong-key-passphrase"),
        )
        .about(show::path(path)),
        SignError::Writable(path) => {
            let shown = show::path(path);
            let hint = t!("hint-key-writable", path = shown.clone());
            Failure::refused("key_writable", t!("err-key-writable", path = shown.clone()), hint).about(shown)
        }
        _ => Failure::failed("sealing", t!("err-sealing"), t!("hint-sealing")),
    }
}

fn sources(problems: &[SourceProblem]) -> Failure {
    const MOST: usize = 50;
    let mut details: Vec<String> = problems.iter().take(MOST).map(source_line).collect();
    if problems.len() > MOST {
        details.push(t!("more-lines", count = (problems.len() - MOST)));
    }
    Failure::failed("sources", t!("err-sources", count = problems.len()), t!("hint-sources")).with_details(details)
}

fn source_line(problem: &SourceProblem) -> String {
    let path = show::path(&problem.path);
    match &problem.kind {
        SourceFault::Missing => t!("src-missing", path = path),
        SourceFault::Link => t!("src-link", path = path),
        SourceFault::Special => t!("src-special", path = path),
        SourceFault::Unreadable(e) => t!("src-unreadable", path = path, reason = e.to_string()),
        SourceFault::NotUnicode => t!("src-not-unicode", path = path),
        SourceFault::Name(fault) => t!("src-name", path = path, reason = name_fault(*fault)),
        SourceFault::Collides { with } => t!("src-collides", path = path, with = show::name(with)),
        SourceFault::NoName => t!("src-no-name", path = path),
    }
}

fn name_fault(fault: NameFault) -> String {
    match fault {
        NameFault::Absolute => t!("name-absolute"),
        NameFault::Parent => t!("name-parent"),
        NameFault::Dot => t!("name-dot"),
        NameFault::Empty => t!("name-empty"),
        NameFault::Forbidden(c) => t!("name-forbidden", character = c.to_string()),
        NameFault::Control => t!("name-control"),
        NameFault::Hidden => t!("name-hidden"),
        NameFault::Reserved => t!("name-reserved"),
        NameFault::TrailingDotOrSpace => t!("name-trailing"),
        NameFault::TooLong => t!("name-too-long"),
        NameFault::PathTooLong => t!("name-path-too-long"),
    }
}

fn damaged(damage: &Damage) -> Failure {
    let hint = match damage {
        Damage::NotAge | Damage::UnknownAgeVersion | Damage::NotABag => t!("hint-not-ours"),
        Damage::LineEnds | Damage::Utf16 => t!("hint-transit"),
        Damage::ExcessiveWork { .. } | Damage::Entry { .. } | Damage::Archive(_) | Damage::Bag(_) => t!("hint-forged"),
        Damage::Public(PublicFault::VolumeMissing { .. } | PublicFault::VolumeSwapped { .. }) => t!("hint-volumes"),
        Damage::Public(PublicFault::UnknownFormat(_)) => t!("hint-newer"),
        Damage::Public(PublicFault::Missing(_)) => t!("hint-file-missing"),
        Damage::Public(
            PublicFault::OpenerMissing(_) | PublicFault::OpenerChanged(_) | PublicFault::OpenerPlanted(_),
        ) => t!("hint-opener"),
        Damage::Public(PublicFault::Signature | PublicFault::NoSignature | PublicFault::OtherSigner { .. }) => {
            t!("hint-signature")
        }
        _ => t!("hint-damaged"),
    };
    let mut failure = Failure::new(code::DAMAGED, "damaged", damage_line(damage), hint);
    failure.subject = damage_subject(damage);
    failure
}

fn damage_subject(damage: &Damage) -> Option<String> {
    let subject = match damage {
        Damage::Entry { path, .. }
        | Damage::Bag(
            BagFault::NotInManifest(path)
            | BagFault::MissingFile(path)
            | BagFault::Mismatch(path)
            | BagFault::NotPayload(path)
            | BagFault::TagMissing(path)
            | BagFault::TooMany(path)
            | BagFault::MoreThanAnnounced { path, .. }
            | BagFault::ListedTwice(path),
        ) => path,
        Damage::Public(
            PublicFault::Missing(name)
            | PublicFault::Malformed(name)
            | PublicFault::Checksum(name)
            | PublicFault::NoChecksum(name)
            | PublicFault::OpenerMissing(name)
            | PublicFault::OpenerChanged(name)
            | PublicFault::OpenerPlanted(name),
        ) => name,
        _ => return None,
    };
    Some(show::name(subject))
}

/// One line on what is damaged.
pub fn damage_line(damage: &Damage) -> String {
    match damage {
        Damage::NotAge => t!("dmg-not-age"),
        Damage::LineEnds => t!("dmg-line-ends"),
        Damage::Utf16 => t!("dmg-utf16"),
        Damage::UnknownAgeVersion => t!("dmg-unknown-age"),
        Damage::HeaderCut => t!("dmg-header-cut"),
        Damage::HeaderTooLong => t!("dmg-header-too-long"),
        Damage::HeaderInvalid => t!("dmg-header-invalid"),
        Damage::HeaderMac => t!("dmg-header-mac"),
        Damage::HeaderChanged => t!("dmg-header-changed"),
        Damage::ExcessiveWork { asked } => t!("dmg-excessive-work", asked = (*asked), most = crate::bundle::MOST_WORK),
        Damage::Armor => t!("dmg-armor"),
        Damage::Chunk { number } => t!("dmg-chunk", number = show::number(number + 1)),
        Damage::PayloadCut { chunks } => t!("dmg-payload-cut", chunks = counted::pieces(*chunks)),
        Damage::NotABag => t!("dmg-not-a-bag"),
        Damage::Archive(fault) => archive_line(*fault),
        Damage::Entry { path, fault } => entry_line(&show::name(path), fault),
        Damage::Bag(fault) => bag_line(fault),
        Damage::Public(fault) => public_line(fault),
    }
}

fn archive_line(fault: ArchiveFault) -> String {
    match fault {
        ArchiveFault::Cut => t!("arc-cut"),
        ArchiveFault::Checksum => t!("arc-checksum"),
        ArchiveFault::NotUstar => t!("arc-not-ustar"),
        ArchiveFault::Number => t!("arc-number"),
        ArchiveFault::Pax => t!("arc-pax"),
        ArchiveFault::Type(kind) => t!("arc-type", kind = show::name(&char::from(kind).to_string())),
        ArchiveFault::TrailingGarbage => t!("arc-trailing"),
    }
}

fn entry_line(path: &str, fault: &EntryFault) -> String {
    match fault {
        EntryFault::Name(name) => t!("ent-name", path = path, reason = name_fault(*name)),
        EntryFault::NotUtf8 => t!("ent-not-utf8", path = path),
        EntryFault::OutsideBag => t!("ent-outside", path = path),
        EntryFault::SymbolicLink => t!("ent-symlink", path = path),
        EntryFault::HardLink => t!("ent-hardlink", path = path),
        EntryFault::Device => t!("ent-device", path = path),
        EntryFault::Duplicate => t!("ent-duplicate", path = path),
        EntryFault::Collision => t!("ent-collision", path = path),
        EntryFault::NoFolder => t!("ent-no-folder", path = path),
        EntryFault::Mode => t!("ent-mode", path = path),
        EntryFault::UnknownTagFile => t!("ent-unknown-tag", path = path),
        EntryFault::FolderContent => t!("ent-folder-content", path = path),
        EntryFault::Archive(fault) => t!("ent-archive", path = path, reason = archive_line(*fault)),
    }
}

fn bag_line(fault: &BagFault) -> String {
    match fault {
        BagFault::Missing { name, found } if found.is_empty() => t!("bag-missing", name = (*name)),
        BagFault::Missing { name, found } => t!("bag-misplaced", name = (*name), found = show::name(found)),
        BagFault::Malformed(name) => t!("bag-malformed", name = (*name)),
        BagFault::TooLarge(name) => t!("bag-too-large", name = (*name)),
        BagFault::Version => t!("bag-version"),
        BagFault::ManifestLine(number) => t!("bag-manifest-line", number = show::number(*number)),
        BagFault::NotPayload(path) => t!("bag-not-payload", path = show::name(path)),
        BagFault::MoreThanAnnounced { path, found, announced } => t!(
            "bag-more",
            path = show::name(path),
            files = counted::files(found.1),
            bytes = counted::bytes(found.0),
            announced_files = counted::files(announced.1),
            announced_bytes = counted::bytes(announced.0)
        ),
        BagFault::TooMany(path) => t!("bag-too-many", path = show::name(path)),
        BagFault::LessThanAnnounced { found, announced } => t!(
            "bag-less",
            files = counted::files(found.1),
            bytes = counted::bytes(found.0),
            announced_files = counted::files(announced.1),
            announced_bytes = counted::bytes(announced.0)
        ),
        BagFault::NotInManifest(path) => t!("bag-not-in-manifest", path = show::name(path)),
        BagFault::MissingFile(path) => t!("bag-missing-file", path = show::name(path)),
        BagFault::Mismatch(path) => t!("bag-mismatch", path = show::name(path)),
        BagFault::ListedTwice(path) => t!("bag-listed-twice", path = show::name(path)),
        BagFault::TagMismatch(name) => t!("bag-tag-mismatch", name = (*name)),
        BagFault::TagUnlisted(name) => t!("bag-tag-unlisted", name = (*name)),
        BagFault::TagMissing(path) => t!("bag-tag-missing", path = show::name(path)),
        BagFault::OtherIdentifier => t!("bag-other-identifier"),
        BagFault::OtherSigner => t!("bag-other-signer"),
        BagFault::OtherBundle => t!("bag-other-bundle"),
    }
}

fn public_line(fault: &PublicFault) -> String {
    match fault {
        PublicFault::Missing(name) => t!("pub-missing", name = show::name(name)),
        PublicFault::Malformed(name) => t!("pub-malformed", name = show::name(name)),
        PublicFault::UnknownFormat(format) => t!("pub-unknown-format", format = show::name(format)),
        PublicFault::VolumeMissing { number, of: 0 } => t!("pub-volume-missing", number = (*number)),
        PublicFault::VolumeMissing { number, of } => t!("pub-volume-missing-of", number = (*number), of = (*of)),
        PublicFault::VolumeSize { number, found, expected } => {
            t!(
                "pub-volume-size",
                number = (*number),
                found = counted::bytes(*found),
                expected = counted::bytes(*expected)
            )
        }
        PublicFault::VolumeSwapped { number, really } => {
            t!("pub-volume-swapped", number = (*number), really = (*really))
        }
        PublicFault::VolumeChanged { number } => t!("pub-volume-changed", number = (*number)),
        PublicFault::Checksum(name) => t!("pub-checksum", name = show::name(name)),
        PublicFault::NoChecksum(name) => t!("pub-no-checksum", name = show::name(name)),
        PublicFault::OpenerMissing(name) => t!("pub-opener-missing", name = show::name(name)),
        PublicFault::OpenerChanged(name) => t!("pub-opener-changed", name = show::name(name)),
        PublicFault::OpenerPlanted(name) => t!("pub-opener-planted", name = show::name(name)),
        PublicFault::Signature => t!("pub-signature"),
        PublicFault::NoSignature => t!("pub-no-signature"),
        PublicFault::OtherSigner { found } => t!("pub-other-signer", found = show::name(found)),
    }
}

/// A passphrase that cannot be the right one, or that may not be used.
pub fn mistyped(error: &PassphraseError) -> Failure {
    let message = match error {
        PassphraseError::Typed(typed) => typed_line(typed),
        PassphraseError::TooShort { found, least } => t!("pass-too-short", found = (*found), least = (*least)),
        PassphraseError::MissingClass { upper, lower, digit, symbol } => {
            let classes = [
                (upper, t!("class-upper")),
                (lower, t!("class-lower")),
                (digit, t!("class-digit")),
                (symbol, t!("class-symbol")),
            ];
            let missing: Vec<String> = classes.into_iter().filter(|(m, _)| **m).map(|(_, name)| name).collect();
            t!("pass-missing-class", missing = missing.join(&t!("list-separator")))
        }
        PassphraseError::Empty => t!("pass-empty"),
        PassphraseError::Control => t!("pass-control"),
        PassphraseError::Random => t!("err-sealing"),
    };
    Failure::new(code::PASSPHRASE, "wrong_passphrase", message, t!("hint-mistyped"))
}

fn typed_line(typed: &Mistyped) -> String {
    match typed {
        Mistyped::Empty => t!("pass-empty"),
        Mistyped::WrongLength { group, found } => t!("pass-group-length", group = (*group), found = (*found)),
        Mistyped::Length { found, expected, between: Some((first, last)) } if first == last => {
            t!("pass-length-group", found = (*found), expected = (*expected), group = (*first))
        }
        Mistyped::Length { found, expected, between: Some((first, last)) } => {
            t!("pass-length-between", found = (*found), expected = (*expected), first = (*first), last = (*last))
        }
        Mistyped::Length { found, expected, between: None } => {
            t!("pass-length", found = (*found), expected = (*expected))
        }
        Mistyped::Letter { group, kana: true, .. } => t!("pass-kana", group = (*group)),
        Mistyped::Letter { group, confusable: Some(_), place, .. } => {
            t!("pass-confusable", group = (*group), place = (*place))
        }
        Mistyped::Letter { group, place, .. } => t!("pass-letter", group = (*group), place = (*place)),
        Mistyped::FirstNotLetter { group } => t!("pass-first", group = (*group)),
        Mistyped::Check { group } | Mistyped::Beyond { group } => t!("pass-check", group = (*group)),
        Mistyped::TooFewGroups { found } => t!("pass-few", found = (*found)),
        Mistyped::TooManyGroups { found } => t!("pass-many", found = (*found)),
    }
}
