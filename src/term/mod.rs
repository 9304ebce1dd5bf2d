//! What a person at the screen sees and types: languages, prompts, progress.

pub mod ask;
pub mod interrupt;
pub mod language;
pub mod out;
pub mod progress;
pub mod prompt;
pub mod show;

/// A message in the language of this run; ids and arguments are checked by the compiler.
#[macro_export]
macro_rules! t {
    ($($args:tt)*) => {
        i18n_embed_fl::fl!($crate::term::language::loader(), $($args)*)
    };
}
