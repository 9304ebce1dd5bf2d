//! Verifying without the secret: everything that the public side of a bundle can prove, all of it at once.

use std::collections::{HashMap, HashSet};
use std::io::Read;
use std::path::Path;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::bag;
use super::checksums;
use super::error::{Damage, Error, PublicFault};
use super::facts::Facts;
use super::locate::{Bundle, read_small};
use super::volumes::hex;
use crate::erase::os;
use crate::progress::{Progress, Stage};

/// Something a verification looks at. The names stand in `--json` output and in docs/.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// Every volume is there.
    VolumesPresent,
    /// Every volume has its size.
    VolumeSizes,
    /// Every volume has its SHA-256.
    VolumeSha256,
    /// The age header is well formed.
    AgeHeader,
    /// The header is the one that was sealed.
    HeaderSha256,
    /// The signature on `bundle.json` holds.
    Signature,
    /// The signing key is one this desk knows.
    SignerKnown,
    /// `checksums.sha256` holds for every other file.
    Checksums,
    /// The secret opens it.
    Secret,
    /// Every chunk of the sealed file authenticates.
    Payload,
    /// Every file inside equals its manifest line.
    Manifest,
    /// The sealed bag names the key that signed.
    SignerInside,
}

/// What a verification found.
#[derive(Debug, Default)]
pub struct Report {
    /// Looked at, and right.
    pub checked: Vec<Check>,
    /// Not looked at.
    pub not_checked: Vec<Check>,
    /// Wrong.
    pub problems: Vec<Error>,
    /// Files in the folder that no check covers.
    pub strangers: Vec<String>,
}

impl Report {
    /// Notes how a check came out.
    pub fn note(&mut self, check: Check, outcome: Result<(), Error>) {
        match outcome {
            Ok(()) => self.checked.push(check),
            Err(problem) => self.problems.push(problem),
        }
    }
}

/// Checks everything that needs no secret.
///
/// # Errors
/// Only when the user stops it; what is wrong with the bundle is in the report.
pub fn verify_public(bundle: &Bundle, progress: &dyn Progress) -> Result<Report, Error> {
    let mut report = Report::default();
    header(bundle, &mut report);
    match (&bundle.facts, &bundle.folder) {
        (Some(facts), Some(folder)) => {
            report.note(Check::Signature, bundle.signer.clone().map(drop).map_err(Into::into));
            let digests = volumes(bundle, facts, &mut report, progress)?;
            checksum_list(folder, &digests, &mut report);
            report.strangers = strangers(folder, facts);
        }
        _ => report.not_checked.extend([
            Check::VolumesPresent,
            Check::VolumeSizes,
            Check::VolumeSha256,
            Check::HeaderSha256,
            Check::Signature,
            Check::SignerKnown,
            Check::Checksums,
        ]),
    }
    Ok(report)
}

fn header(bundle: &Bundle, report: &mut Report) {
    let Some(first) = bundle.volumes.first().filter(|p| p.is_file()) else {
        report.not_checked.extend([Check::AgeHeader, Check::HeaderSha256]);
        return;
    };
    // The first volume alone: a missing later one must not hide what the header says.
    let alone = Bundle { folder: None, facts: None, volumes: vec![first.clone()], signer: Ok(None) };
    let header = match alone.begin() {
        Ok(opening) => opening.header,
        Err(problem) => return report.problems.push(problem),
    };
    report.checked.push(Check::AgeHeader);
    if let Some(work) = header.scrypt_work().filter(|&w| w > super::header::MOST_WORK) {
        report.problems.push(Damage::ExcessiveWork { asked: work }.into());
    }
    if let Some(facts) = &bundle.facts {
        let same = hex(&header.sha256()) == facts.encryption.header_sha256;
        report.note(Check::HeaderSha256, if same { Ok(()) } else { Err(Damage::HeaderChanged.into()) });
    }
}

/// Looks at every volume; returns the digests found, by file name.
fn volumes(
    bundle: &Bundle,
    facts: &Facts,
    report: &mut Report,
    progress: &dyn Progress,
) -> Result<HashMap<String, String>, Error> {
    progress.stage(Stage::Check, facts.volumes.iter().map(|v| v.size).sum());
    let of = facts.volumes.len();
    let (mut present, mut sized, mut right) = (true, true, true);
    let mut digests = HashMap::new();
    for (number, (fact, path)) in (1..).zip(facts.volumes.iter().zip(&bundle.volumes)) {
        let Ok(meta) = std::fs::metadata(path) else {
            present = false;
            report.problems.push(PublicFault::VolumeMissing { number, of }.into());
            continue;
        };
        if meta.len() != fact.size {
            sized = false;
            let fault = PublicFault::VolumeSize { number, found: meta.len(), expected: fact.size };
            report.problems.push(fault.into());
        }
        match digest(path, progress) {
            Ok(found) => {
                if found != fact.sha256 {
                    right = false;
                    let really = facts.volumes.iter().position(|v| v.sha256 == found).map(|i| i + 1);
                    let fault = really.map_or(PublicFault::VolumeChanged { number }, |really| {
                        PublicFault::VolumeSwapped { number, really }
                    });
                    report.problems.push(fault.into());
                }
                digests.insert(fact.name.clone(), found);
            }
            Err(Error::Cancelled) => return Err(Error::Cancelled),
            Err(problem) => {
                right = false;
                report.problems.push(problem);
            }
        }
    }
    for (good, check) in [
        (present, Check::VolumesPresent),
        (present && sized, Check::VolumeSizes),
        (present && right, Check::VolumeSha256),
    ] {
        if good {
            report.checked.push(check);
        }
    }
    Ok(digests)
}

/// SHA-256 of a file.
fn digest(path: &Path, progress: &dyn Progress) -> Result<String, Error> {
    let mut file = os::open_read(path).map_err(Error::io(path))?;
    let mut hasher = Sha256::new();
    let mut buf = vec![0; 256 * 1024];
    loop {
        if progress.cancelled() {
            return Err(Error::Cancelled);
        }
        let n = file.read(&mut buf).map_err(Error::io(path))?;
        if n == 0 {
            return Ok(hex(&hasher.finalize().into()));
        }
        hasher.update(&buf[..n]);
        progress.advance(n as u64);
    }
}

/// Whether `checksums.sha256` agrees with every file it must speak of.
fn checksum_list(folder: &Path, digests: &HashMap<String, String>, report: &mut Report) {
    let outcome = || -> Result<(), Error> {
        let list = read_small(&folder.join(checksums::NAME), 1024 * 1024)
            .map_err(|_| PublicFault::Missing(checksums::NAME.into()))?;
        let malformed = || Error::from(PublicFault::Malformed(checksums::NAME.into()));
        let list = String::from_utf8(list).map_err(|_| malformed())?;
        let mut listed = HashSet::new();
        for line in list.lines() {
            let (sha, name) = bag::parse_manifest_line(line).ok_or_else(malformed)?;
            // Attack: a line that makes the checker read something outside the folder.
            if name.contains(['/', '\\']) || name == ".." || !listed.insert(name) {
                return Err(malformed());
            }
            let found = match digests.get(name) {
                Some(known) => known.clone(),
                None if is_volume(name) => continue,
                None => hex(&Sha256::digest(
                    read_small(&folder.join(name), 1024 * 1024).map_err(|_| PublicFault::Missing(name.into()))?,
                )
                .into()),
            };
            if found != hex(&sha) {
                return Err(PublicFault::Checksum(name.to_owned()).into());
            }
        }
        let must = digests.keys().map(String::as_str).chain(super::PUBLIC_NAMES.iter().copied());
        match must.filter(|name| *name != checksums::NAME).find(|name| !listed.contains(name)) {
            Some(name) => Err(PublicFault::NoChecksum(name.to_owned()).into()),
            None => Ok(()),
        }
    }();
    report.note(Check::Checksums, outcome);
}

fn is_volume(name: &str) -> bool {
    name.starts_with(super::volumes::SEALED_NAME)
}

/// Files nobody vouches for. Attack: a program slipped in beside the bundle, hoping to be started.
fn strangers(folder: &Path, facts: &Facts) -> Vec<String> {
    let known = |name: &str| super::PUBLIC_NAMES.contains(&name) || facts.volumes.iter().any(|v| v.name == name);
    let mut found: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !known(name))
        .collect();
    found.sort();
    found
}
