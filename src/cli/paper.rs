//! The press as the commands use it: where fonts and templates are looked for.

use std::path::PathBuf;

use crate::case::folder::CaseFolder;
use crate::paper::Press;

/// The folder for fonts that belongs to the program: `fonts/` beside it.
pub fn fonts_folder() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    Some(program.canonicalize().unwrap_or(program).parent()?.join("fonts"))
}

/// A press with the templates of a case, or with those of the program alone.
pub fn press(case: Option<&CaseFolder>) -> Press {
    Press::new(fonts_folder().into_iter().collect(), case.map(CaseFolder::forms))
}
