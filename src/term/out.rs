//! Standard output.

use std::io::Write;

use crate::t;

/// A line on standard output. A reader that went away, or a full disk behind it, undoes nothing that was done.
pub fn out(line: &str) {
    through(|stdout| writeln!(stdout, "{line}"));
}

/// A JSON document on standard output, written as it is made: it may be longer than what one wants to hold.
pub fn json(value: &impl serde::Serialize) {
    through(|stdout| {
        serde_json::to_writer(&mut *stdout, value)?;
        writeln!(stdout)
    });
}

fn through(write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) {
    let mut stdout = std::io::BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    if let Err(e) = write(&mut stdout).and_then(|()| stdout.flush())
        && e.kind() != std::io::ErrorKind::BrokenPipe
    {
        let _ = writeln!(std::io::stderr(), "{}: {e}", t!("label-warning"));
    }
}

/// A line on standard error. Attack on what is being done: a reader that goes away, and a panic in the middle of it.
pub fn err(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
