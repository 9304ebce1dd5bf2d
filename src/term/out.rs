//! Standard output.

use std::io::Write;

use crate::t;

/// A line on standard output. A reader that went away, or a full disk behind it, undoes nothing that was done.
pub fn out(line: &str) {
    let mut stdout = std::io::stdout().lock();
    if let Err(e) = writeln!(stdout, "{line}").and_then(|()| stdout.flush())
        && e.kind() != std::io::ErrorKind::BrokenPipe
    {
        let _ = writeln!(std::io::stderr(), "{}: {e}", t!("label-warning"));
    }
}
