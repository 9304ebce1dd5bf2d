//! The fonts of Japanese office paper: looked for where systems keep them, loaded once, and only when a page is made.

use std::fs;
use std::path::{Path, PathBuf};

use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;

use super::render::PaperError;

/// File names that begin so are of interest; a system may hold thousands of others.
const WANTED: [&str; 4] = ["BIZUDMincho", "BIZUDGothic", "BIZ-UD", "ipamjm"];

/// Families without which no form can be set.
const NEEDED: [&str; 2] = ["BIZ UDMincho", "BIZ UDGothic"];

/// Folders a search may go down into another one; no font lies deeper.
const DEEPEST: usize = 4;

/// Fonts, ready to set a page.
pub struct Fonts {
    pub(super) book: LazyHash<FontBook>,
    pub(super) fonts: Vec<Font>,
}

impl Fonts {
    /// Loads the fonts: those in `own` first (the program's folder `fonts/`), then the system's.
    ///
    /// # Errors
    /// When one that is needed is nowhere.
    pub fn load(own: &[PathBuf]) -> Result<Self, PaperError> {
        let mut files = Vec::new();
        for folder in own.iter().cloned().chain(system_folders()) {
            collect(&folder, DEEPEST, &mut files);
        }
        let mut fonts: Vec<Font> = Vec::new();
        for file in files {
            let Ok(data) = fs::read(&file) else { continue };
            for font in Font::iter(Bytes::new(data)) {
                let known = fonts
                    .iter()
                    .any(|f| f.info().family == font.info().family && f.info().variant == font.info().variant);
                if !known {
                    fonts.push(font);
                }
            }
        }
        let book = FontBook::from_fonts(&fonts);
        match NEEDED.into_iter().find(|family| !book.contains_family(&family.to_lowercase())) {
            Some(family) => Err(PaperError::NoFont(family)),
            None => Ok(Self { book: LazyHash::new(book), fonts }),
        }
    }

    /// Whether a font for rare kanji is there.
    #[must_use]
    pub fn has_rare(&self) -> bool {
        self.book.contains_family("ipamjmincho")
    }
}

fn system_folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = ["/usr/share/fonts", "/usr/local/share/fonts"].map(PathBuf::from).into();
    let set = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    folders.extend(set("HOME").map(|home| home.join(".local/share/fonts")));
    folders.extend(set("WINDIR").map(|windows| windows.join("Fonts")));
    folders.extend(set("LOCALAPPDATA").map(|data| data.join("Microsoft/Windows/Fonts")));
    folders
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
        } else if path.file_name().and_then(|n| n.to_str()).is_some_and(|n| WANTED.iter().any(|w| n.starts_with(w))) {
            files.push(path);
        }
    }
}
