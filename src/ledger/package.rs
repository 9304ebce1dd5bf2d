//! Entries on their way: to another ledger, or into an archive. A tar of plain files, so that stock tools read it:
//! `meta.json`, `signer.pub`, `checkpoint`, `checkpoint.sig`, `checkpoints.jsonl`, `entries.jsonl`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::checkpoint::{self, Head};
use super::error::Error;
use super::finding::Question;
use super::finding::{Finding, Verdict};
use super::keys;
use super::store::{Checkpoint, Ledger, checkpoint_of};
use super::tree::{self, Tree};
use super::verify;
use super::walk::Walk;
use crate::sign;

const FORMAT: &str = "tewatashi-ledger-1";

/// No entry and no small file is longer.
const MOST_LINE: u64 = 4 << 20;

/// Why a file of entries cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// The ledger's own trouble.
    #[error(transparent)]
    Ledger(#[from] Error),
    /// The file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is not such a file.
    #[error("{}: not a file of ledger entries", .0.display())]
    NotOne(PathBuf),
    /// A part is missing or broken.
    #[error("{}: {part} does not hold", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// Which part.
        part: &'static str,
    },
    /// It does not begin with the first entry, so it proves nothing alone.
    #[error("{}: begins with entry {from}", path.display())]
    Partial {
        /// The file.
        path: PathBuf,
        /// The first entry in it.
        from: u64,
    },
}

/// What a file says of itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Meta {
    format: String,
    /// The origin of the ledger.
    pub origin: String,
    /// The first entry.
    pub from: u64,
    /// The last entry.
    pub to: u64,
}

#[derive(Serialize, Deserialize)]
struct Line {
    size: u64,
    root: String,
    key: String,
    signature: String,
}

/// Writes entries from a number on, up to the last signed one.
///
/// # Errors
/// The store's, or the file's. What was written then is of no use.
pub fn write(ledger: &Ledger, from: u64, all: bool, file: &mut File) -> Result<Meta, PackageError> {
    let path = ledger.path().to_owned();
    let broken = |part| PackageError::Broken { path: path.clone(), part };
    let last = ledger.last_checkpoint()?.ok_or_else(|| broken("checkpoint"))?;
    // Right after a key was replaced the last signature is the old key's.
    let public = keys::line_of(ledger, &last.key)?.ok_or_else(|| broken("signer.pub"))?;
    let origin = ledger.origin()?;
    let meta = Meta { format: FORMAT.to_owned(), origin: origin.clone(), from, to: last.head.size };
    let io = |source| PackageError::Io { path: path.clone(), source };
    let mut tar = tar::Builder::new(BufWriter::new(file));
    let small = |tar: &mut tar::Builder<_>, name: &str, bytes: &[u8]| add(tar, name, bytes.len() as u64, bytes);
    small(&mut tar, "meta.json", &serde_json::to_vec_pretty(&meta).unwrap_or_default()).map_err(io)?;
    small(&mut tar, "signer.pub", public.as_bytes()).map_err(io)?;
    small(&mut tar, "checkpoint", last.head.body(&origin).as_bytes()).map_err(io)?;
    small(&mut tar, "checkpoint.sig", last.signature.as_bytes()).map_err(io)?;
    let (mut lines, size) = if all { checkpoints(ledger)? } else { (tempfile::tempfile().map_err(io)?, 0) };
    add(&mut tar, "checkpoints.jsonl", size, &mut lines).map_err(io)?;
    let (mut lines, size) = entries(ledger, from, last.head.size)?;
    add(&mut tar, "entries.jsonl", size, &mut lines).map_err(io)?;
    let file =
        tar.into_inner().and_then(|file| file.into_inner().map_err(io::IntoInnerError::into_error)).map_err(io)?;
    file.flush().and_then(|()| file.sync_all()).map_err(io)?;
    Ok(meta)
}

fn add(tar: &mut tar::Builder<BufWriter<&mut File>>, name: &str, size: u64, data: impl Read) -> io::Result<()> {
    let mut header = tar::Header::new_ustar();
    header.set_size(size);
    header.set_mode(0o644);
    tar.append_data(&mut header, name, data)
}

fn entries(ledger: &Ledger, from: u64, to: u64) -> Result<(File, u64), PackageError> {
    let io = |source| PackageError::Io { path: std::env::temp_dir(), source };
    let mut lines = BufWriter::new(tempfile::tempfile().map_err(io)?);
    ledger.each(from..=to, |_, body| {
        lines.write_all(body.as_bytes()).and_then(|()| lines.write_all(b"\n")).map_err(io)
    })?;
    rewound(lines).map_err(io)
}

fn checkpoints(ledger: &Ledger) -> Result<(File, u64), PackageError> {
    let io = |source| PackageError::Io { path: std::env::temp_dir(), source };
    let of = |e| ledger.of(e);
    let mut lines = BufWriter::new(tempfile::tempfile().map_err(io)?);
    let text = "SELECT size, root, key, signature FROM checkpoints ORDER BY size";
    let mut statement = ledger.db.prepare(text).map_err(of)?;
    for found in statement.query_map([], checkpoint_of).map_err(of)? {
        let Checkpoint { head, key, signature } = found.map_err(of)?;
        let line = Line { size: head.size, root: checkpoint::base64(&head.root), key, signature };
        serde_json::to_writer(&mut lines, &line).map_err(|e| io(e.into()))?;
        lines.write_all(b"\n").map_err(io)?;
    }
    rewound(lines).map_err(io)
}

fn rewound(lines: BufWriter<File>) -> io::Result<(File, u64)> {
    let mut file = lines.into_inner().map_err(io::IntoInnerError::into_error)?;
    let size = file.stream_position()?;
    file.rewind()?;
    Ok((file, size))
}

/// Whether a file looks like one: a tar whose first member is `meta.json`.
#[must_use]
pub fn is_one(path: &Path) -> bool {
    let mut start = [0; 10];
    File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok() && start == *b"meta.json\0"
}

/// A file of entries, its head proved to be signed by the key it names. Whose key that is, is for the caller to say.
pub struct Package {
    /// What it says of itself.
    pub meta: Meta,
    /// The head it claims.
    pub head: Head,
    /// The public key.
    pub public: String,
    /// Its fingerprint.
    pub key: String,
    path: PathBuf,
}

impl Package {
    /// Reads everything but the entries.
    ///
    /// # Errors
    /// No such file, or a signature that does not hold.
    pub fn open(path: &Path) -> Result<Self, PackageError> {
        if !is_one(path) {
            File::open(path).map_err(|source| PackageError::Io { path: path.to_owned(), source })?;
            return Err(PackageError::NotOne(path.to_owned()));
        }
        let broken = |part| PackageError::Broken { path: path.to_owned(), part };
        in_order(path)?;
        let text = |name| {
            part(path, name, |reader| {
                let mut text = String::new();
                reader.take(MOST_LINE).read_to_string(&mut text).map(|_| text)
            })
        };
        let meta: Meta = serde_json::from_str(&text("meta.json")?).map_err(|_| broken("meta.json"))?;
        let public = text("signer.pub")?.trim().to_owned();
        let (origin, head) = Head::parse(&text("checkpoint")?).ok_or_else(|| broken("checkpoint"))?;
        let fits = meta.format == FORMAT
            && origin == meta.origin
            && is_origin(&origin)
            && meta.to == head.size
            && meta.from > 0;
        if !fits || meta.from > head.size + 1 {
            return Err(broken("meta.json"));
        }
        let signature = text("checkpoint.sig")?;
        let key = sign::verify(&public, checkpoint::NAMESPACE, head.body(&origin).as_bytes(), &signature);
        let key = key.map_err(|_| broken("checkpoint.sig"))?;
        Ok(Self { meta, head, public, key, path: path.to_owned() })
    }

    /// Hands over the texts of the entries.
    ///
    /// # Errors
    /// The file's, or what `take` returns.
    pub fn each(&self, mut take: impl FnMut(u64, &str) -> Result<(), PackageError>) -> Result<(), PackageError> {
        let mut number = self.meta.from;
        self.lines("entries.jsonl", |line| {
            take(number, line)?;
            number += 1;
            Ok(())
        })?;
        if number == self.head.size + 1 { Ok(()) } else { Err(self.broken("entries.jsonl")) }
    }

    fn lines(
        &self,
        name: &'static str,
        mut take: impl FnMut(&str) -> Result<(), PackageError>,
    ) -> Result<(), PackageError> {
        part(&self.path, name, |reader| {
            let mut reader = BufReader::new(reader);
            let mut line = String::new();
            loop {
                line.clear();
                // Attack: one line without end.
                let read = (&mut reader).take(MOST_LINE).read_line(&mut line)?;
                if read == 0 {
                    return Ok(Ok(()));
                }
                let Some(text) = line.strip_suffix('\n') else { return Ok(Err(self.broken(name))) };
                if let Err(e) = take(text) {
                    return Ok(Err(e));
                }
            }
        })?
    }

    fn broken(&self, part: &'static str) -> PackageError {
        PackageError::Broken { path: self.path.clone(), part }
    }
}

fn part<T>(
    path: &Path,
    name: &'static str,
    read: impl FnOnce(&mut dyn Read) -> io::Result<T>,
) -> Result<T, PackageError> {
    let io = |source: io::Error| match source.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
            PackageError::Broken { path: path.to_owned(), part: name }
        }
        _ => PackageError::Io { path: path.to_owned(), source },
    };
    let mut tar = tar::Archive::new(File::open(path).map_err(io)?);
    for member in tar.entries().map_err(io)? {
        let mut member = member.map_err(|_| PackageError::Broken { path: path.to_owned(), part: name })?;
        if member.path_bytes().as_ref() == name.as_bytes() {
            return read(&mut member).map_err(io);
        }
    }
    Err(PackageError::Broken { path: path.to_owned(), part: name })
}

const PARTS: [&str; 6] =
    ["meta.json", "signer.pub", "checkpoint", "checkpoint.sig", "checkpoints.jsonl", "entries.jsonl"];

/// Attack: two members of one name, of which one program reads the first and another the last.
fn in_order(path: &Path) -> Result<(), PackageError> {
    let broken = || PackageError::Broken { path: path.to_owned(), part: "tar" };
    let io = |source| PackageError::Io { path: path.to_owned(), source };
    let mut tar = tar::Archive::new(File::open(path).map_err(io)?);
    let mut found = 0;
    for member in tar.entries().map_err(io)? {
        let member = member.map_err(|_| broken())?;
        if PARTS.get(found).is_none_or(|name| member.path_bytes().as_ref() != name.as_bytes()) {
            return Err(broken());
        }
        found += 1;
    }
    if found == PARTS.len() { Ok(()) } else { Err(broken()) }
}

/// `tewatashi/` and sixteen hexadecimal digits: what is kept of a stranger's file is no longer than that.
fn is_origin(text: &str) -> bool {
    text.strip_prefix("tewatashi/").is_some_and(|id| id.len() == 16 && id.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Verifies a file that begins with the first entry, as a ledger is verified.
///
/// # Errors
/// The file's; what is wrong with the entries stands in the verdict.
pub fn verify(path: &Path, question: &Question) -> Result<Verdict, PackageError> {
    let package = Package::open(path)?;
    if package.meta.from != 1 {
        return Err(PackageError::Partial { path: path.to_owned(), from: package.meta.from });
    }
    let mut checkpoints: Vec<Checkpoint> = Vec::new();
    package.lines("checkpoints.jsonl", |line| {
        let Line { size, root, key, signature } =
            serde_json::from_str(line).map_err(|_| package.broken("checkpoints.jsonl"))?;
        let parsed = Head::parse(&format!("-\n{size}\n{root}\n")).ok_or_else(|| package.broken("checkpoints.jsonl"))?;
        // Attack: one that belongs nowhere, so that no later one is reached.
        let before = checkpoints.last().map_or(0, |c| c.head.size);
        if size <= before || size > package.head.size {
            return Err(package.broken("checkpoints.jsonl"));
        }
        checkpoints.push(Checkpoint { head: parsed.1, key, signature });
        Ok(())
    })?;
    let (mut walk, mut tree) = (Walk::new(question, &package.meta.origin), Tree::default());
    let mut next = checkpoints.iter().peekable();
    package.each(|number, body| {
        tree.push(tree::leaf(body.as_bytes()));
        walk.entry(number, body, tree.root());
        while let Some(checkpoint) = next.next_if(|c| c.head.size <= number) {
            walk.checkpoint(&checkpoint.head, &checkpoint.key);
        }
        Ok(())
    })?;
    let mut walked = walk.conclude();
    if walked.verdict.head != Some(package.head) {
        walked.verdict.find(Finding::Head);
    }
    if walked.signer_of(package.head.size).is_none_or(|key| key.fingerprint != package.key) {
        walked.verdict.find(Finding::OtherKey { size: package.head.size, key: package.key.clone() });
    }
    walked.verdict.signatures += 1;
    verify::against_question(&mut walked, question, &package.meta.origin);
    // Those that verifying a ledger looks at as well.
    let wanted: Vec<&Checkpoint> = if question.full {
        checkpoints.iter().collect()
    } else {
        let until = |end: u64| checkpoints.iter().rfind(|c| c.head.size <= end);
        let at = |size: u64| until(size).filter(|c| c.head.size == size);
        let asked = question.code.and_then(|code| at(code.size()));
        let pinned = walked.pinned.iter().copied().filter_map(at);
        let wanted = walked.ends_of_keys().into_iter().filter_map(until).chain(pinned).chain(asked);
        // Each once.
        wanted.map(|checkpoint| (checkpoint.head.size, checkpoint)).collect::<BTreeMap<_, _>>().into_values().collect()
    };
    for checkpoint in wanted {
        verify::signature(&mut walked, &package.meta.origin, checkpoint);
    }
    Ok(walked.verdict)
}
