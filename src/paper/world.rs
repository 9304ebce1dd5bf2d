//! All that a template can reach: itself, the forms beside it, the record, and fonts.

use std::collections::HashMap;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

use super::fonts::Fonts;

/// Attack: a template that a stranger edited and that reads files of this computer. It lives in this world alone: what is
/// not in the map does not exist.
pub struct Enclosed<'a> {
    library: LazyHash<Library>,
    fonts: &'a Fonts,
    main: FileId,
    files: HashMap<FileId, Bytes>,
}

impl<'a> Enclosed<'a> {
    /// A world of these files; the first is the template. Names that are no plain paths are left out.
    pub fn new(fonts: &'a Fonts, main: &str, files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Option<Self> {
        let main = id(main)?;
        let files = files.into_iter().filter_map(|(name, bytes)| Some((id(&name)?, Bytes::new(bytes)))).collect();
        Some(Self { library: LazyHash::new(Library::default()), fonts, main, files })
    }
}

fn id(name: &str) -> Option<FileId> {
    Some(RootedPath::new(VirtualRoot::Project, VirtualPath::new(name).ok()?).intern())
}

impl World for Enclosed<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.fonts.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let bytes = self.file(id)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| FileError::InvalidUtf8)?;
        Ok(Source::new(id, text.to_owned()))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.get(&id).cloned().ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.fonts.get(index).cloned()
    }

    /// No clock: the dates on a page are those of the record.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
