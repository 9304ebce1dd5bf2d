//! The files of a document: record, signature and page, whole in `records/` or not there.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::NamedTempFile;

use crate::cli::desk::Desk;
use crate::cli::failure::Failure;
use crate::cli::words;
use crate::erase::os;
use crate::ledger::{Error, documents};
use crate::paper::Record;
use crate::t;
use crate::term::show;

/// Whether documents can be put there: a folder, not a link to another place, that takes a file.
pub fn writable(folder: &Path) -> Result<(), Failure> {
    match folder.symlink_metadata() {
        Ok(meta) if meta.is_dir() => {}
        Ok(_) => {
            let shown = show::path(folder);
            let message = t!("err-records-no-folder", path = shown.clone());
            return Err(Failure::refused("records_no_folder", message, t!("hint-records-no-folder")).about(shown));
        }
        Err(_) => os::make_private_dir(folder).map_err(|e| words::io(folder, &e))?,
    }
    let draft = tempfile::Builder::new().prefix(DRAFT).tempfile_in(folder);
    draft.map(drop).map_err(|e| words::io(folder, &e))
}

/// What drafts are called.
const DRAFT: &str = ".tewatashi-";

/// The files of a document on their way to `records/`.
pub(super) struct Files {
    folder: PathBuf,
    /// The record.
    pub bytes: Vec<u8>,
    /// Its signature.
    pub signature: Option<String>,
}

impl Files {
    pub fn of(desk: &Desk, record: &Record) -> Result<Self, Failure> {
        let folder = desk.folder.records();
        writable(&folder)?;
        tidy(&folder);
        let bytes = record.bytes().map_err(|_| words::ledger(&Error::NotCanonical))?;
        // A locked key signs nothing; the entry that holds the record's hash is signed later.
        let signature = match desk.signer() {
            Ok(key) => Some(key.sign(documents::NAMESPACE, &bytes).map_err(|e| words::signing(&e))?),
            Err(_) => None,
        };
        Ok(Self { folder, bytes, signature })
    }

    /// Writes them beside their places.
    pub fn drafts(
        &self,
        record: &Record,
        pdf: Option<&[u8]>,
        pictures: &[(String, Vec<u8>)],
    ) -> Result<Vec<(NamedTempFile, PathBuf)>, Failure> {
        let name = record.file_name();
        let signature = self.signature.as_ref().map(|text| (format!("{name}.sig"), text.as_bytes()));
        let page = pdf.map(|pdf| (format!("{}.pdf", record.number), pdf));
        let pictures = pictures.iter().map(|(name, bytes)| (name.clone(), bytes.as_slice()));
        let all = [(name, self.bytes.as_slice())].into_iter().chain(signature).chain(page).chain(pictures);
        all.map(|(name, bytes)| {
            let place = self.folder.join(name);
            let draft = tempfile::Builder::new().prefix(DRAFT).tempfile_in(&self.folder);
            let mut draft = draft.map_err(|e| words::io(&place, &e))?;
            draft.write_all(bytes).and_then(|()| draft.as_file().sync_all()).map_err(|e| words::io(&place, &e))?;
            Ok((draft, place))
        })
        .collect()
    }

    /// Puts them in their places. What is there under a number that nobody has is left of a crash, and would pass for
    /// altered: it goes, also where nothing takes its place.
    pub fn place(&self, drafts: Vec<(NamedTempFile, PathBuf)>) -> Result<(), Failure> {
        let record = drafts.first().map(|(_, place)| place.clone()).unwrap_or_default();
        for end in ["json.sig", "pdf"] {
            let _ = std::fs::remove_file(record.with_extension(end));
        }
        for (draft, place) in drafts {
            draft.persist(&place).map_err(|e| words::io(&place, &e.error))?;
        }
        os::sync_dir(&self.folder).map_err(|e| words::io(&self.folder, &e))
    }
}

/// Nobody writes a draft for so long; what is older is left of a crash.
const DRAFT_LIVES: Duration = Duration::from_hours(1);

fn tidy(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let age = entry.metadata().and_then(|meta| meta.modified()).ok().and_then(|time| time.elapsed().ok());
        let is_draft = entry.file_name().to_string_lossy().starts_with(DRAFT);
        if is_draft && age.is_some_and(|age| age > DRAFT_LIVES) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}
