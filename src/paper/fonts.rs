//! The fonts of Japanese office paper: looked for where systems keep them, loaded once, and only when a page is made.
//!
//! Two of them set every page. A third one holds the rare kanji of the family registers; it is large, and read only for a
//! page that cannot do without it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use typst::foundations::Bytes;
use typst::layout::Abs;
use typst::text::{Font, FontBook, FontInstance, FontVariant, FontVariations};
use typst::utils::LazyHash;

use super::render::PaperError;

/// File names that begin so are of interest, upper or lower case; a system may hold thousands of others.
const WANTED: [&str; 4] = ["bizudmincho", "bizudgothic", "biz-ud", RARE_FILE];

/// The file of the font for rare kanji.
const RARE_FILE: &str = "ipamjm";

/// The family of that font.
pub const RARE: &str = "IPAmjMincho";

/// Families without which no form can be set.
const NEEDED: [&str; 2] = ["BIZ UDMincho", "BIZ UDGothic"];

/// Folders a search may go down into another one; no font lies deeper.
const DEEPEST: usize = 4;

#[cfg(feature = "embed-fonts")]
include!(concat!(env!("OUT_DIR"), "/embedded_fonts.rs"));
#[cfg(not(feature = "embed-fonts"))]
const EMBEDDED: &[&[u8]] = &[];

/// The fonts one page is set with.
pub(super) struct Case {
    pub book: LazyHash<FontBook>,
    pub fonts: Vec<Font>,
}

impl Case {
    fn of(fonts: Vec<Font>) -> Arc<Self> {
        Arc::new(Self { book: LazyHash::new(FontBook::from_fonts(&fonts)), fonts })
    }
}

/// Fonts, ready to set a page.
pub struct Fonts {
    plain: Arc<Case>,
    /// The families that set the text, to ask them for glyphs.
    text: Vec<FontInstance>,
    rare_files: Vec<PathBuf>,
    rare: OnceLock<Option<(Arc<Case>, FontInstance)>>,
}

impl Fonts {
    /// Loads the fonts: those built in, those in `own` (the program's folder `fonts/`), then the system's.
    ///
    /// # Errors
    /// When one that is needed is nowhere.
    pub fn load(own: &[PathBuf]) -> Result<Self, PaperError> {
        let folders: Vec<PathBuf> = own.iter().cloned().chain(system_folders()).collect();
        Self::from(&folders)
    }

    /// Loads the fonts of these folders alone, and those built in.
    ///
    /// # Errors
    /// When one that is needed is in none.
    pub fn from(folders: &[PathBuf]) -> Result<Self, PaperError> {
        let mut files = Vec::new();
        for folder in folders {
            collect(folder, DEEPEST, &mut files);
        }
        let (rare_files, plain): (Vec<_>, Vec<_>) = files.into_iter().partition(|file| begins(file, &[RARE_FILE]));
        let mut fonts: Vec<Font> = Vec::new();
        let read = plain.into_iter().filter_map(|file| fs::read(file).ok()).map(Bytes::new);
        for data in EMBEDDED.iter().map(|data| Bytes::new(*data)).chain(read) {
            for font in Font::iter(data) {
                let (family, variant) = (&font.info().family, font.info().variant);
                // What lies beside them in a collection, with narrow letters, is not for forms.
                let wanted = NEEDED.contains(&family.as_str());
                let known = fonts.iter().any(|f| f.info().family == *family && f.info().variant == variant);
                if wanted && !known {
                    fonts.push(font);
                }
            }
        }
        let text = NEEDED.map(|family| {
            let regular = |font: &&Font| font.info().family == family && font.info().variant.weight.to_number() < 600;
            fonts.iter().find(regular).cloned().map(instance).ok_or(PaperError::NoFont(family))
        });
        let text = text.into_iter().collect::<Result<_, _>>()?;
        Ok(Self { plain: Case::of(fonts), text, rare_files, rare: OnceLock::new() })
    }

    /// Whether the fonts of every text have a glyph of their own for it: a character, or one with a variation selector.
    pub(super) fn has(&self, unit: Unit) -> bool {
        self.text.iter().all(|font| has(font, unit))
    }

    /// Whether the font for rare kanji has one. It is loaded now, when it is there.
    pub(super) fn has_rare(&self, unit: Unit) -> bool {
        self.rare().is_some_and(|(_, font)| has(font, unit))
    }

    /// What a page is set with.
    pub(super) fn case(&self, with_rare: bool) -> Arc<Case> {
        let rare = if with_rare { self.rare() } else { None };
        rare.map_or_else(|| Arc::clone(&self.plain), |(case, _)| Arc::clone(case))
    }

    fn rare(&self) -> Option<&(Arc<Case>, FontInstance)> {
        let load = || {
            let read = self.rare_files.iter().filter_map(|file| fs::read(file).ok());
            let font = read.flat_map(|data| Font::iter(Bytes::new(data))).find(|f| f.info().family == RARE)?;
            let fonts = self.plain.fonts.iter().cloned().chain([font.clone()]).collect();
            Some((Case::of(fonts), instance(font)))
        };
        self.rare.get_or_init(load).as_ref()
    }
}

/// What is set as one: a character, and the selector that chooses its shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Unit {
    pub base: char,
    pub selector: Option<char>,
}

fn has(font: &FontInstance, unit: Unit) -> bool {
    match unit.selector {
        None => font.info().coverage.contains(unit.base.into()),
        Some(selector) => font.ttf().glyph_variation_index(unit.base, selector).is_some(),
    }
}

fn instance(font: Font) -> FontInstance {
    font.instantiate(FontVariant::default(), Abs::pt(10.0), &FontVariations::default())
}

fn system_folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = ["/usr/share/fonts", "/usr/local/share/fonts"].map(PathBuf::from).into();
    let set = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    folders.extend(set("HOME").map(|home| home.join(".local/share/fonts")));
    folders.extend(set("HOME").map(|home| home.join(".fonts")));
    folders.extend(set("WINDIR").map(|windows| windows.join("Fonts")));
    folders.extend(set("LOCALAPPDATA").map(|data| data.join("Microsoft/Windows/Fonts")));
    folders
}

fn begins(file: &Path, names: &[&str]) -> bool {
    let name = file.file_name().and_then(|n| n.to_str()).unwrap_or_default().to_ascii_lowercase();
    names.iter().any(|wanted| name.starts_with(wanted))
}

fn collect(folder: &Path, deeper: usize, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).collect();
    // The order a system lists its files in must not decide what a page looks like.
    entries.sort();
    for path in entries {
        if path.is_dir() {
            if deeper > 0 {
                collect(&path, deeper - 1, files);
            }
        } else if begins(&path, &WANTED) && path.is_file() {
            files.push(path);
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The two that are needed, without the one for rare kanji.
    pub fn plain() -> Vec<PathBuf> {
        ["bizud-mincho", "bizud-gothic"].map(|name| Path::new("/usr/share/fonts/truetype").join(name)).into()
    }

    const fn one(base: char) -> Unit {
        Unit { base, selector: None }
    }

    #[test]
    fn paper_fonts_are_found_and_the_large_one_waits_until_it_is_needed() {
        let fonts = Fonts::load(&[]).unwrap();
        let shape = |selector| Unit { base: '葛', selector: Some(selector) };
        assert!(fonts.has(one('髙')) && !fonts.has(one('𠮷')));
        assert!(
            fonts.has(shape('\u{e0100}')) && !fonts.has(shape('\u{e0102}')),
            "shapes of print, not those of registers"
        );
        assert!(fonts.rare.get().is_none(), "nobody asked for it yet");
        assert!(fonts.has_rare(one('𠮷')) && fonts.has_rare(shape('\u{e0102}')));
        assert!(!fonts.has_rare(shape('\u{e01ef}')), "no such shape");
        let bold = |f: &&Font| f.info().variant.weight.to_number() >= 600;
        assert!(fonts.plain.fonts.iter().any(|f| bold(&f)), "a bold one for headings");
    }

    #[cfg(not(feature = "embed-fonts"))]
    #[test]
    fn a_paper_font_that_is_nowhere_is_named() {
        let nothing = Fonts::from(&[]).err().unwrap();
        assert!(matches!(nothing, PaperError::NoFont("BIZ UDMincho")), "{nothing}");
        let half = Fonts::from(&plain()[..1]).err().unwrap();
        assert!(matches!(half, PaperError::NoFont("BIZ UDGothic")), "{half}");
    }

    #[cfg(feature = "embed-fonts")]
    #[test]
    fn embedded_paper_fonts_are_enough() {
        let fonts = Fonts::from(&[]).unwrap();
        assert!(fonts.has(one('髙')) && !fonts.has(one('𠮷')));
    }

    #[test]
    fn own_paper_fonts_are_enough() {
        let fonts = Fonts::from(&plain()).unwrap();
        assert!(!fonts.has_rare(one('𠮷')));
        assert_eq!(fonts.case(true).fonts.len(), fonts.case(false).fonts.len());
    }
}
