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
use super::opener::{self, Looked};
use super::volumes::is_sealed_name;
use crate::digest::hex;
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
    /// The programs beside it are those the sender put there, and no others. Made where there are any.
    Openers,
    /// The secret opens it.
    Secret,
    /// Every chunk of the sealed file authenticates.
    Payload,
    /// Every file inside equals its manifest line.
    Manifest,
    /// The sealed bag names the key that signed.
    SignerInside,
}

impl Check {
    /// Every check that any bundle can be put to.
    pub const ALL: [Self; 12] = [
        Self::VolumesPresent,
        Self::VolumeSizes,
        Self::VolumeSha256,
        Self::AgeHeader,
        Self::HeaderSha256,
        Self::Signature,
        Self::SignerKnown,
        Self::Checksums,
        Self::Secret,
        Self::Payload,
        Self::Manifest,
        Self::SignerInside,
    ];
}

/// What a verification found. A check that is neither right nor wrong was not made.
#[derive(Debug, Default)]
pub struct Report {
    /// Looked at, and right.
    pub checked: Vec<Check>,
    /// Looked at, and wrong.
    wrong: Vec<Check>,
    /// What is wrong.
    pub problems: Vec<Error>,
    /// Files in the folder that no check covers.
    pub strangers: Vec<String>,
}

impl Report {
    /// Notes how a check came out.
    pub fn note(&mut self, check: Check, outcome: Result<(), Error>) {
        match outcome {
            Ok(()) => self.checked.push(check),
            Err(problem) => {
                self.wrong.push(check);
                self.problems.push(problem);
            }
        }
    }

    /// Whether nothing can be said about this check.
    #[must_use]
    pub fn is_open(&self, check: Check) -> bool {
        !self.checked.contains(&check) && !self.wrong.contains(&check)
    }
}

/// Checks everything that needs no secret.
///
/// # Errors
/// Only when the user stops it; what is wrong with the bundle is in the report.
pub fn verify_public(bundle: &Bundle, progress: &dyn Progress) -> Result<Report, Error> {
    let mut report = Report::default();
    header(bundle, &mut report);
    if let (Some(facts), Some(folder)) = (&bundle.facts, &bundle.folder) {
        report.note(Check::Signature, bundle.signer.clone().map(drop).map_err(Into::into));
        let mut digests = volumes(bundle, facts, &mut report, progress)?;
        let looked = openers(folder, facts, &mut report, progress)?;
        digests.extend(looked.digests);
        checksum_list(folder, facts, &digests, &mut report);
        report.strangers = strangers(folder, facts);
        // What must not be run is told as wrong, and not once more as unknown.
        report.strangers.retain(|name| !looked.planted.contains(name));
    }
    Ok(report)
}

fn header(bundle: &Bundle, report: &mut Report) {
    // A header with many recipients may go on in the next volume, but a missing one must not hide what it says.
    let volumes: Vec<_> = bundle.volumes.iter().take_while(|p| p.is_file()).cloned().collect();
    if volumes.is_empty() {
        return;
    }
    let complete = volumes.len() == bundle.volumes.len();
    let alone = Bundle { folder: None, facts: None, volumes, signer: Ok(None) };
    let header = match alone.begin() {
        Ok(opening) => opening.header,
        // It is the volume that is missing, and that is told as such.
        Err(Error::Damaged(Damage::HeaderCut)) if !complete => return,
        Err(problem) => return report.note(Check::AgeHeader, Err(problem)),
    };
    let excessive = header.scrypt_work().filter(|&w| w > super::header::MOST_WORK);
    report.note(Check::AgeHeader, excessive.map_or(Ok(()), |asked| Err(Damage::ExcessiveWork { asked }.into())));
    if let Some(facts) = &bundle.facts {
        let same = hex(&header.sha256()) == facts.encryption.header_sha256;
        report.note(Check::HeaderSha256, if same { Ok(()) } else { Err(Damage::HeaderChanged.into()) });
    }
}

/// Names the volume behind a damage in a split bundle: that is what a person can fetch again.
#[must_use]
pub fn explain(bundle: &Bundle, error: Error, progress: &dyn Progress) -> Error {
    let facts = bundle.facts.as_ref().filter(|f| f.volumes.len() > 1);
    let Some(facts) = facts.filter(|_| matches!(error, Error::Damaged(ref d) if !matches!(d, Damage::Public(_))))
    else {
        return error;
    };
    let mut report = Report::default();
    match volumes(bundle, facts, &mut report, progress) {
        Ok(_) => report.problems.into_iter().next().unwrap_or(error),
        Err(stopped) => stopped,
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
    let mut digests = HashMap::new();
    let mut faults: [Vec<Error>; 3] = Default::default();
    let [missing, resized, changed] = &mut faults;
    for (number, (fact, path)) in (1..).zip(facts.volumes.iter().zip(&bundle.volumes)) {
        let Ok(meta) = std::fs::metadata(path) else {
            missing.push(PublicFault::VolumeMissing { number, of }.into());
            continue;
        };
        if meta.len() != fact.size {
            resized.push(PublicFault::VolumeSize { number, found: meta.len(), expected: fact.size }.into());
        }
        match digest(path, progress) {
            Ok(found) => {
                if found != fact.sha256 {
                    let really = facts.volumes.iter().position(|v| v.sha256 == found).map(|i| i + 1);
                    let swapped = |really| PublicFault::VolumeSwapped { number, really };
                    changed.push(really.map_or(PublicFault::VolumeChanged { number }, swapped).into());
                }
                digests.insert(fact.name.clone(), found);
            }
            Err(Error::Cancelled) => return Err(Error::Cancelled),
            Err(problem) => changed.push(problem),
        }
    }
    let complete = missing.is_empty();
    for (check, problems) in [Check::VolumesPresent, Check::VolumeSizes, Check::VolumeSha256].into_iter().zip(faults) {
        // With a volume missing, nothing is said of the sizes and digests of all.
        if problems.is_empty() && complete {
            report.note(check, Ok(()));
        }
        for problem in problems {
            report.note(check, Err(problem));
        }
    }
    Ok(digests)
}

/// Looks at the programs beside the bundle, where there are any or should be.
fn openers(folder: &Path, facts: &Facts, report: &mut Report, progress: &dyn Progress) -> Result<Looked, Error> {
    let mut looked = match opener::look(folder, facts, progress) {
        Err(Error::Cancelled) => return Err(Error::Cancelled),
        Err(problem) => Looked { faults: vec![problem], ..Looked::default() },
        Ok(looked) => looked,
    };
    if looked.faults.is_empty() && !facts.openers.is_empty() {
        report.note(Check::Openers, Ok(()));
    }
    for problem in std::mem::take(&mut looked.faults) {
        report.note(Check::Openers, Err(problem));
    }
    Ok(looked)
}

/// SHA-256 of a file.
pub(super) fn digest(path: &Path, progress: &dyn Progress) -> Result<String, Error> {
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
fn checksum_list(folder: &Path, facts: &Facts, digests: &HashMap<String, String>, report: &mut Report) {
    // A volume or a program that could not be read leaves the question open.
    let is_opener = |name: &str| facts.openers.iter().any(|opener| opener.name == name);
    let mut complete = true;
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
                None if is_sealed_name(name) || is_opener(name) => {
                    complete = false;
                    continue;
                }
                None => hex(&Sha256::digest(
                    read_small(&folder.join(name), 1024 * 1024).map_err(|_| PublicFault::Missing(name.into()))?,
                )
                .into()),
            };
            if found != hex(&sha) {
                return Err(PublicFault::Checksum(name.to_owned()).into());
            }
        }
        let openers = facts.openers.iter().map(|opener| opener.name.as_str());
        let must = digests.keys().map(String::as_str).chain(openers).chain(super::PUBLIC_NAMES.iter().copied());
        // The Japanese text has one of two names; either vouches for the other's absence, not for its presence.
        let (ja, plain) = (super::readme::JA, super::readme::JA_PLAIN);
        let spared = |name: &str| {
            let other = if name == ja { plain } else { ja };
            (name == ja || name == plain) && listed.contains(other) && !folder.join(name).exists()
        };
        let unlisted = |name: &&str| !listed.contains(name) && !spared(name) && *name != checksums::NAME;
        match must.into_iter().find(unlisted) {
            Some(name) => Err(PublicFault::NoChecksum(name.to_owned()).into()),
            None => Ok(()),
        }
    }();
    if complete || outcome.is_err() {
        report.note(Check::Checksums, outcome);
    }
}

/// Whether a file in the folder is one of the bundle's.
pub(super) fn is_known(name: &str, facts: &Facts) -> bool {
    super::PUBLIC_NAMES.contains(&name)
        || facts.volumes.iter().any(|v| v.name == name)
        || facts.openers.iter().any(|o| o.name == name)
}

/// Files nobody vouches for. Attack: a program slipped in beside the bundle, hoping to be started.
fn strangers(folder: &Path, facts: &Facts) -> Vec<String> {
    let mut found: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !is_known(name, facts))
        .collect();
    found.sort();
    found
}
