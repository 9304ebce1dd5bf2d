//! The list of a bundle's files that a case keeps: their names inside, their sizes, and their keyed fingerprints.
//!
//! One line for each, as `sha256sum` would write it with the size in between, under a first line that says what it is. A
//! million of them are 150 MB, so they are written and read one after the other.
//!
//! Attack: a bare SHA-256 of a small file with a name and a telephone number is guessed back by whoever reads the case's
//! folder. The fingerprints are keyed (docs/adr/0030), and the key lies beside them: so both are private to the owner, and the
//! list says no more to a reader than the key and the files' names do.

use std::io::{self, BufRead, BufReader, BufWriter, Read as _, Write as _};
use std::path::PathBuf;

use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use crate::bundle::{BagInfo, BundleId, Error, Proved, Receiver};
use crate::case::folder::CaseFolder;
use crate::digest;
use crate::erase::os;

/// No line is longer: a path inside a bundle has at most 3,072 bytes.
const LONGEST: u64 = 4096;

fn head(bundle: &str) -> String {
    format!("tewatashi files 1 {bundle}\n")
}

/// A list that is being written. What goes wrong is told when it is to get its name: the work it goes along with comes first.
pub struct Listing {
    case: CaseFolder,
    key: Zeroizing<Vec<u8>>,
    draft: Option<BufWriter<NamedTempFile>>,
    failed: Option<io::Error>,
}

impl Listing {
    /// One in a case; nothing is written before the first file.
    pub fn new(case: &CaseFolder) -> Self {
        Self { case: case.clone(), key: Zeroizing::default(), draft: None, failed: None }
    }

    /// Adds a file of a bundle, known by a fingerprint under this key.
    pub fn add(&mut self, bundle: &str, key: &str, file: &Proved) {
        if self.failed.is_none() {
            self.failed = self.line(bundle, key, file).err();
        }
    }

    fn line(&mut self, bundle: &str, key: &str, file: &Proved) -> io::Result<()> {
        if self.key.is_empty() {
            self.key = Zeroizing::new(digest::unhex(key).ok_or(io::ErrorKind::InvalidData)?);
        }
        let fingerprint = digest::hex(&digest::keyed(&self.key, file.sha256));
        writeln!(begun(&mut self.draft, &self.case, bundle)?, "{fingerprint} {} {}", file.size, file.path)
    }

    /// Gives it its name, in the place of an older one of the same bundle.
    pub fn persist(mut self, bundle: &str) -> io::Result<()> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        begun(&mut self.draft, &self.case, bundle)?;
        let body = self.draft.map(BufWriter::into_inner).transpose().map_err(io::IntoInnerError::into_error)?;
        let Some(body) = body else { return Ok(()) };
        body.as_file().sync_all()?;
        body.persist(path(&self.case, bundle)).map_err(|e| e.error)?;
        Ok(())
    }
}

/// Nothing is listed before all of it was compared.
impl Receiver for Listing {
    fn proved(&mut self, info: &BagInfo, file: &Proved) -> Result<(), Error> {
        self.add(info.id.as_str(), &info.fingerprint_key, file);
        Ok(())
    }
}

type Draft = BufWriter<NamedTempFile>;

/// The draft, which begins with its head.
fn begun<'d>(draft: &'d mut Option<Draft>, case: &CaseFolder, bundle: &str) -> io::Result<&'d mut Draft> {
    if draft.is_none() {
        let file = tempfile::Builder::new().prefix(".tewatashi-").tempfile_in(super::made(case)?)?;
        let mut begun = BufWriter::with_capacity(1 << 16, file);
        begun.write_all(head(bundle).as_bytes())?;
        *draft = Some(begun);
    }
    draft.as_mut().ok_or_else(|| io::ErrorKind::NotFound.into())
}

fn path(case: &CaseFolder, bundle: &str) -> PathBuf {
    case.opened().join(format!("{bundle}.files"))
}

/// Reads the list of a bundle, file by file: name inside, size, fingerprint. Whether there is one.
///
/// # Errors
/// It cannot be read, or is no such list.
pub fn files(case: &CaseFolder, bundle: &BundleId, mut each: impl FnMut(&str, u64, [u8; 32])) -> io::Result<bool> {
    let file = match os::open_read(&path(case, bundle.as_str())) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        file => file?,
    };
    let mut file = BufReader::with_capacity(1 << 16, file);
    let mut line = Vec::new();
    let mut next = |line: &mut Vec<u8>| -> io::Result<bool> {
        line.clear();
        Ok(file.by_ref().take(LONGEST).read_until(b'\n', line)? > 0)
    };
    if !next(&mut line)? || line != head(bundle.as_str()).as_bytes() {
        return Err(io::ErrorKind::InvalidData.into());
    }
    while next(&mut line)? {
        let (fingerprint, size, name) = parsed(&line).ok_or(io::ErrorKind::InvalidData)?;
        each(name, size, fingerprint);
    }
    Ok(true)
}

fn parsed(line: &[u8]) -> Option<([u8; 32], u64, &str)> {
    let text = std::str::from_utf8(line.strip_suffix(b"\n")?).ok()?;
    let mut parts = text.splitn(3, ' ');
    let fingerprint = digest::unhex(parts.next()?)?.try_into().ok()?;
    let size = parts.next()?.parse().ok()?;
    Some((fingerprint, size, parts.next().filter(|name| !name.is_empty())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case() -> (tempfile::TempDir, CaseFolder, BundleId) {
        let dir = tempfile::tempdir().unwrap();
        let case = CaseFolder::at(dir.path());
        (dir, case, BundleId::parse("TW-20261121-7K3M").unwrap())
    }

    #[test]
    fn what_is_written_is_read_back_and_no_bare_hash_is_in_it() {
        let (_dir, case, id) = case();
        assert!(!files(&case, &id, |_, _, _| panic!("none")).unwrap());
        let key = "0b".repeat(32);
        let mut listing = Listing::new(&case);
        let sha256 = [7; 32];
        listing.add(id.as_str(), &key, &Proved { path: "名簿/住所 氏名.csv", size: 12, sha256: &sha256 });
        listing.add(id.as_str(), &key, &Proved { path: "empty", size: 0, sha256: &sha256 });
        listing.persist(id.as_str()).unwrap();
        let mut read = Vec::new();
        let mut take = |name: &str, size, fingerprint| read.push((name.to_owned(), size, fingerprint));
        assert!(files(&case, &id, &mut take).unwrap());
        let fingerprint = digest::keyed(&[0x0b; 32], &sha256);
        let expected = [("名簿/住所 氏名.csv".to_owned(), 12, fingerprint), ("empty".to_owned(), 0, fingerprint)];
        assert_eq!(read, expected);
        let text = std::fs::read_to_string(path(&case, id.as_str())).unwrap();
        assert!(!text.contains(&digest::hex(&sha256)) && text.starts_with("tewatashi files 1 TW-20261121-7K3M\n"));
    }

    #[test]
    fn what_is_no_such_list_is_refused() {
        let (_dir, case, id) = case();
        std::fs::create_dir_all(case.opened()).unwrap();
        let good = format!("{} 1 a\n", "0f".repeat(32));
        for (bad, end) in [("", ""), ("tewatashi files 2 TW-20261121-7K3M\n", ""), (&head(id.as_str()), &good[1..])] {
            std::fs::write(path(&case, id.as_str()), format!("{bad}{end}")).unwrap();
            let error = files(&case, &id, |_, _, _| {}).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{bad}{end}");
        }
        std::fs::write(path(&case, id.as_str()), head(id.as_str()) + &good[..good.len() - 1]).unwrap();
        assert!(files(&case, &id, |_, _, _| {}).is_err(), "cut off");
    }
}
