//! The programs that open a bundle, beside it on the medium: for a recipient who has none.
//!
//! A sender takes both from a folder, and what is copied is hashed on its way, so that the signed facts say what is on the
//! medium and not what was in the folder a moment ago. A recipient compares them with those facts. None of this makes a program
//! on a medium trustworthy: who exchanges it can exchange the checks it would make. The digest on paper does not lie on the medium.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::error::{Error, PublicFault};
use super::facts::Facts;
use super::locate::Bundle;
use super::program::{HEAD, Program};
use crate::digest::hex;
use crate::erase::os;
use crate::progress::Progress;

/// The program for Windows.
pub const WINDOWS: &str = "tewatashi.exe";
/// The program for Linux.
pub const LINUX: &str = "tewatashi-linux";
/// What the program for Linux may be called in the folder it is taken from.
const LINUX_ALSO: &str = "tewatashi";

/// A program beside the bundle, as the facts name it.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub struct OpenerFact {
    /// File name in the bundle's folder.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the file.
    pub sha256: String,
}

/// Why a program is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenerFault {
    /// Not there.
    Missing,
    /// A link.
    Link,
    /// A folder, a device or a pipe.
    NotAFile,
    /// No console program for Windows on x86-64.
    NotWindows,
    /// No static program for Linux on x86-64.
    NotLinux,
    /// Larger than any file may be where it should go.
    TooLarge {
        /// Its size.
        size: u64,
        /// The largest file there.
        most: u64,
    },
}

/// Both programs, checked and held open.
#[derive(Debug)]
pub struct Openers([Opener; 2]);

#[derive(Debug)]
struct Opener {
    name: &'static str,
    program: Program,
    path: PathBuf,
    // Attack: another file put in its place between the check and the copy. What was checked is what is read.
    file: File,
    size: u64,
}

impl Openers {
    /// The two programs in a folder.
    ///
    /// # Errors
    /// One is missing, a link, or no program of its kind.
    pub fn of(folder: &Path) -> Result<Self, Error> {
        let linux = folder.join(LINUX);
        let also = folder.join(LINUX_ALSO);
        let linux = if linux.symlink_metadata().is_err() && also.symlink_metadata().is_ok() { also } else { linux };
        let windows = folder.join(WINDOWS);
        // What is not there is told first: a folder that has one of two is none to take them from.
        for path in [&windows, &linux] {
            present(path)?;
        }
        Ok(Self([Opener::at(WINDOWS, Program::Windows, windows)?, Opener::at(LINUX, Program::Linux, linux)?]))
    }

    /// Bytes of both.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.0.iter().map(|opener| opener.size).sum()
    }

    /// Whether a place takes files of their sizes.
    ///
    /// # Errors
    /// The first that it does not take.
    pub fn fit(&self, largest_file: Option<u64>) -> Result<(), Error> {
        let most = largest_file.unwrap_or(u64::MAX);
        match self.0.iter().find(|opener| opener.size > most) {
            Some(Opener { path, size, .. }) => Err(refused(path, OpenerFault::TooLarge { size: *size, most })),
            None => Ok(()),
        }
    }

    /// Copies both into a folder.
    pub(super) fn copy(&self, folder: &Path, progress: &dyn Progress) -> Result<Vec<OpenerFact>, Error> {
        self.0.iter().map(|opener| opener.copy(folder, progress)).collect()
    }
}

fn refused(path: &Path, fault: OpenerFault) -> Error {
    Error::Opener { path: path.to_owned(), fault }
}

fn present(path: &Path) -> Result<(), Error> {
    match path.symlink_metadata() {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(refused(path, OpenerFault::Missing)),
        Err(error) => Err(Error::io(path)(error)),
    }
}

impl Opener {
    fn at(name: &'static str, program: Program, path: PathBuf) -> Result<Self, Error> {
        let kind = path.symlink_metadata().map_err(Error::io(&path))?.file_type();
        // Attack: a link where the programs lie, so that a file of the sender's own goes out on the medium.
        if kind.is_symlink() {
            return Err(refused(&path, OpenerFault::Link));
        }
        if !kind.is_file() {
            return Err(refused(&path, OpenerFault::NotAFile));
        }
        let (file, meta) = os::open_read_known(&path).map_err(Error::io(&path))?;
        let mut head = Vec::new();
        (&file).take(HEAD as u64).read_to_end(&mut head).map_err(Error::io(&path))?;
        let opener = Self { name, program, path, file, size: meta.len() };
        opener.is_program(&head)?;
        Ok(opener)
    }

    fn is_program(&self, head: &[u8]) -> Result<(), Error> {
        let fault = match self.program {
            Program::Windows => OpenerFault::NotWindows,
            Program::Linux => OpenerFault::NotLinux,
        };
        if self.program.is_in(head) { Ok(()) } else { Err(refused(&self.path, fault)) }
    }

    fn copy(&self, folder: &Path, progress: &dyn Progress) -> Result<OpenerFact, Error> {
        let place = folder.join(self.name);
        let mut to = os::create_new_private(&place, self.program == Program::Linux).map_err(Error::io(&place))?;
        let mut from = &self.file;
        from.seek(SeekFrom::Start(0)).map_err(Error::io(&self.path))?;
        let (mut hasher, mut size) = (Sha256::new(), 0);
        let mut buf = vec![0; HEAD];
        loop {
            if progress.cancelled() {
                return Err(Error::Cancelled);
            }
            let n = from.read(&mut buf).map_err(Error::io(&self.path))?;
            if n == 0 {
                break;
            }
            hasher.update(&buf[..n]);
            to.write_all(&buf[..n]).map_err(Error::io(&place))?;
            size += n as u64;
        }
        // Half of one that is being replaced just now would open nothing.
        if size != self.size {
            return Err(Error::SourceChanged(self.path.clone()));
        }
        to.sync_all().map_err(Error::io(&place))?;
        Ok(OpenerFact { name: self.name.to_owned(), size, sha256: hex(&hasher.finalize().into()) })
    }
}

/// Whether facts name programs that this format has. Attack: names that lead out of the folder, or to the bundle's own files.
pub(super) fn well_named(openers: &[OpenerFact]) -> bool {
    let names: Vec<&str> = openers.iter().map(|opener| opener.name.as_str()).collect();
    names.is_empty() || names == [WINDOWS, LINUX]
}

/// What a look at the programs beside a bundle found.
#[derive(Debug, Default)]
pub(super) struct Looked {
    /// SHA-256 of those that could be read, by name.
    pub digests: Vec<(String, String)>,
    /// What is wrong with them.
    pub faults: Vec<Error>,
    /// Names of programs that nobody put there.
    pub planted: Vec<String>,
}

/// Compares the programs beside a bundle with its facts, and looks for others.
///
/// # Errors
/// Whatever is wrong with them, all at once; or alone, that the user stopped it.
pub fn check_openers(bundle: &Bundle, progress: &dyn Progress) -> Result<(), Vec<Error>> {
    let (Some(facts), Some(folder)) = (&bundle.facts, &bundle.folder) else { return Ok(()) };
    let looked = look(folder, facts, progress).map_err(|error| vec![error])?;
    if looked.faults.is_empty() { Ok(()) } else { Err(looked.faults) }
}

pub(super) fn look(folder: &Path, facts: &Facts, progress: &dyn Progress) -> Result<Looked, Error> {
    let mut looked = Looked::default();
    for fact in &facts.openers {
        match compare(folder, fact, progress) {
            Ok(Found::Same(sha256)) => looked.digests.push((fact.name.clone(), sha256)),
            Ok(Found::Other(sha256)) => {
                looked.digests.extend(sha256.map(|sha256| (fact.name.clone(), sha256)));
                looked.faults.push(PublicFault::OpenerChanged(fact.name.clone()).into());
            }
            Ok(Found::Nothing) => looked.faults.push(PublicFault::OpenerMissing(fact.name.clone()).into()),
            Err(Error::Cancelled) => return Err(Error::Cancelled),
            Err(problem) => looked.faults.push(problem),
        }
    }
    looked.planted = planted(folder, facts)?;
    looked.faults.extend(looked.planted.iter().map(|name| PublicFault::OpenerPlanted(name.clone()).into()));
    Ok(looked)
}

enum Found {
    Same(String),
    /// With its digest, where its size is the right one.
    Other(Option<String>),
    Nothing,
}

fn compare(folder: &Path, fact: &OpenerFact, progress: &dyn Progress) -> Result<Found, Error> {
    let path = folder.join(&fact.name);
    match path.symlink_metadata() {
        // Attack: a link on the medium, to a program elsewhere. And a file of endless size is not read to its end.
        Ok(meta) if !meta.is_file() || meta.len() != fact.size => return Ok(Found::Other(None)),
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(Error::io(&path)(error)),
    }
    let found = super::verify::digest(&path, progress)?;
    Ok(if found == fact.sha256 { Found::Same(found) } else { Found::Other(Some(found)) })
}

/// What Windows runs by a double click or a typed name, or a program loads from beside itself.
const RUN_OR_LOADED: [&str; 20] = [
    "exe", "com", "bat", "cmd", "ps1", "scr", "pif", "msi", "lnk", "hta", "cpl", "vbs", "vbe", "js", "jse", "wsf",
    "dll", "local", "manifest", "config",
];

/// Programs that stand where those of the sender are looked for. Attack: `tewatashi.com`, which a typed `tewatashi` starts before
/// `tewatashi.exe`; the same name where the sender put none; a library that a program loads because it lies in the same folder,
/// while the program's own digest still holds.
fn planted(folder: &Path, facts: &Facts) -> Result<Vec<String>, Error> {
    let entries = match folder.read_dir() {
        Ok(entries) => entries,
        // Where no program is meant to be run, a folder that does not show its names says no more than before.
        Err(_) if facts.openers.is_empty() => return Ok(Vec::new()),
        Err(error) => return Err(Error::io(folder)(error)),
    };
    let known = |name: &str| super::verify::is_known(name, facts);
    let mut found: Vec<String> = entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !known(name) && is_planted(name, !facts.openers.is_empty()))
        .collect();
    found.sort();
    Ok(found)
}

fn is_planted(name: &str, with_openers: bool) -> bool {
    let name = name.to_lowercase();
    let stem = name.split('.').next().unwrap_or_default().trim();
    // Windows drops dots and blanks at the end.
    let extension = name.trim_end_matches(['.', ' ']).rsplit_once('.').map(|(_, extension)| extension);
    [LINUX_ALSO, LINUX].contains(&stem) || (with_openers && extension.is_some_and(|e| RUN_OR_LOADED.contains(&e)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_started_instead_is_planted() {
        for name in
            ["tewatashi.exe", "Tewatashi.COM", "tewatashi", "tewatashi.exe.lnk", "TEWATASHI-LINUX", "tewatashi .bat"]
        {
            assert!(is_planted(name, false), "{name}");
        }
        for name in ["version.dll", "VERSION.DLL ", "autorun.exe.", "開く.bat", "x.tar.JS"] {
            assert!(is_planted(name, true) && !is_planted(name, false), "{name}");
        }
        for name in ["Thumbs.db", "メモ.txt", ".DS_Store", "my-tewatashi.txt", "exe", "System Volume Information"] {
            assert!(!is_planted(name, true), "{name}");
        }
    }

    #[test]
    fn only_the_two_names_are_taken_together() {
        let fact = |name: &str| OpenerFact { name: name.to_owned(), size: 1, sha256: "0f".repeat(32) };
        assert!(well_named(&[]) && well_named(&[fact(WINDOWS), fact(LINUX)]));
        for names in
            [&[WINDOWS][..], &[LINUX, WINDOWS], &[WINDOWS, WINDOWS], &[WINDOWS, LINUX, LINUX], &["../x", LINUX]]
        {
            let facts: Vec<OpenerFact> = names.iter().map(|name| fact(name)).collect();
            assert!(!well_named(&facts), "{names:?}");
        }
    }
}
