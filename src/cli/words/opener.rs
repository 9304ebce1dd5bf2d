//! Why a program is not put beside a bundle.

use std::path::Path;

use crate::bundle::OpenerFault;
use crate::cli::failure::Failure;
use crate::t;
use crate::term::show;

/// A program that is not taken.
pub fn refused(path: &Path, fault: OpenerFault) -> Failure {
    let shown = show::path(path);
    let (kind, message, hint) = match fault {
        OpenerFault::Missing => {
            ("opener_missing", t!("err-opener-missing", path = shown.clone()), t!("hint-opener-missing"))
        }
        OpenerFault::Link => ("opener_link", t!("err-opener-link", path = shown.clone()), t!("hint-opener-link")),
        OpenerFault::NotAFile => {
            ("opener_foreign", t!("err-opener-not-a-file", path = shown.clone()), t!("hint-opener-foreign"))
        }
        OpenerFault::NotWindows => {
            ("opener_foreign", t!("err-opener-not-windows", path = shown.clone()), t!("hint-opener-foreign"))
        }
        OpenerFault::NotLinux => {
            ("opener_foreign", t!("err-opener-not-linux", path = shown.clone()), t!("hint-opener-foreign"))
        }
        OpenerFault::TooLarge { size, most } => (
            "opener_too_large",
            t!("err-opener-too-large", path = shown.clone(), size = show::size(size), most = show::size(most)),
            t!("hint-opener-too-large"),
        ),
    };
    Failure::failed(kind, message, hint).about(shown)
}

/// No folder has both programs.
pub fn nowhere(folders: &[&Path]) -> Failure {
    let lines = folders.iter().map(|folder| show::path(folder)).collect();
    Failure::failed("opener_missing", t!("err-openers-nowhere"), t!("hint-openers-nowhere")).with_details(lines)
}
