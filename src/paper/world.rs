//! All that a template can reach: itself, what comes with the program, the record, and what lies beside it.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use typst::diag::{FileError, FileResult, PackageError};
use typst::foundations::{Bytes, Datetime, Duration, Recipe, Regex, Selector, Styles, Transformation};
use typst::syntax::{FileId, RootedPath, Source, Span, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook, FontFamily, FontList, TextElem};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

use super::folder::{Folder, Refusal, Taken};
use super::fonts::{Case, RARE, Unit};

/// Attack: a template that a stranger edited and that reads files of this computer. It lives in this world alone. What it
/// names is looked up in what it is given, then in its own folder, by one plain name; there is no way to anywhere else, no
/// network, no clock and no environment.
pub(super) struct Enclosed {
    library: LazyHash<Library>,
    case: Arc<Case>,
    main: FileId,
    given: HashMap<FileId, Bytes>,
    folder: Option<Folder>,
    built_in: HashMap<FileId, &'static str>,
    /// What was read from the folder: the same for as long as a page is made, even when it changes meanwhile.
    read: Mutex<HashMap<FileId, FileResult<Bytes>>>,
}

/// What is in the world of a page.
pub(super) struct Things {
    /// The template's name and text.
    pub main: (String, Vec<u8>),
    /// Files it is given, by name.
    pub given: Vec<(String, Bytes)>,
    /// Its own folder.
    pub folder: Option<Folder>,
    /// What comes with the program, for what is not in the folder.
    pub built_in: Vec<(String, &'static str)>,
}

impl Enclosed {
    /// A world of these things; `None` when the template's name is no name.
    pub fn new(case: Arc<Case>, rare: &BTreeSet<Unit>, things: Things) -> Option<Self> {
        let Things { main: (name, text), given, folder, built_in } = things;
        let main = id(&name)?;
        let given = given.into_iter().filter_map(|(name, bytes)| Some((id(&name)?, bytes)));
        let given = given.chain([(main, Bytes::new(text))]).collect();
        let built_in = built_in.into_iter().filter_map(|(name, text)| Some((id(&name)?, text))).collect();
        let library = LazyHash::new(library(rare));
        Some(Self { library, case, main, given, folder, built_in, read: Mutex::default() })
    }

    /// The templates that were read, with their names.
    pub fn templates_read(&self) -> Vec<(String, Bytes)> {
        let name = |id: &FileId| id.vpath().get_without_slash().to_owned();
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let own = read.iter().filter_map(|(id, bytes)| Some((name(id), bytes.as_ref().ok()?.clone())));
        let mut all: Vec<_> = own.filter(|(name, _)| is_template(name)).collect();
        all.extend(self.given.get(&self.main).map(|text| (name(&self.main), text.clone())));
        all
    }

    fn in_folder(&self, id: FileId) -> FileResult<Bytes> {
        let refuse = |refusal: Refusal| FileError::Other(Some(refusal.text().into()));
        let Some(folder) = &self.folder else { return Err(refuse(Refusal::Outside)) };
        let name = id.vpath().get_without_slash();
        match folder.take(name) {
            Taken::Bytes(bytes) => Ok(Bytes::new(bytes)),
            Taken::Missing => {
                let built_in = self.built_in.get(&id).map(|text| Bytes::from_string(*text));
                built_in.ok_or_else(|| FileError::NotFound(name.into()))
            }
            Taken::Refused(refusal) => Err(refuse(refusal)),
            Taken::Failed(error) => Err(FileError::from_io(error, name.as_ref())),
        }
    }
}

fn is_template(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, kind)| kind.eq_ignore_ascii_case("typ"))
}

fn id(name: &str) -> Option<FileId> {
    Some(RootedPath::new(VirtualRoot::Project, VirtualPath::new(name).ok()?).intern())
}

/// The language of templates, and one rule before all of theirs: what only the font for rare kanji has is set in it,
/// whatever fonts a template names. Left to itself the typesetter drops a selector that a font does not know, and sets
/// another shape of a person's name.
fn library(rare: &BTreeSet<Unit>) -> Library {
    let mut library = Library::default();
    let escaped = |c: char| c.escape_unicode().to_string();
    let units = rare.iter().map(|unit| [unit.base].into_iter().chain(unit.selector).map(escaped).collect::<String>());
    // With a selector first: its base alone may be rare as well.
    let mut units: Vec<String> = units.collect();
    units.sort_by_key(|unit| std::cmp::Reverse(unit.len()));
    if let (false, Ok(regex)) = (units.is_empty(), Regex::new(&units.join("|"))) {
        let mut styles = Styles::new();
        styles.set(TextElem::font, FontList(vec![FontFamily::new(RARE)]));
        let transform = Transformation::Style(styles);
        library.styles.push(Recipe::new(Some(Selector::Regex(regex)), transform, Span::detached()));
    }
    library
}

impl World for Enclosed {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.case.book
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
        if matches!(id.root(), VirtualRoot::Package(_)) {
            return Err(FileError::Package(PackageError::Other(Some(Refusal::Package.text().into()))));
        }
        if let Some(bytes) = self.given.get(&id) {
            return Ok(bytes.clone());
        }
        if self.folder.is_none()
            && let Some(text) = self.built_in.get(&id)
        {
            return Ok(Bytes::from_string(*text));
        }
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.entry(id).or_insert_with(|| self.in_folder(id)).clone()
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.case.fonts.get(index).cloned()
    }

    /// No clock: the dates on a page are those of the record.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
