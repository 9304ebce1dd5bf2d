//! Words of looking for copies.

use super::super::failure::Failure;
use crate::copies::Error;
use crate::t;
use crate::term::show;

/// Nothing was looked at.
pub fn copies(error: &Error) -> Failure {
    match error {
        Error::Io(path, error) => super::io(path, error),
        Error::NotAFolder(path) => {
            let shown = show::path(path);
            let message = t!("err-not-a-folder", path = shown.clone());
            Failure::failed("not_a_folder", message, t!("hint-find-no-folder")).about(shown)
        }
    }
}
