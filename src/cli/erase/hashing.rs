//! A file that is hashed as it is written.

use std::fs::File;
use std::io::{self, Write};

use sha2::{Digest, Sha256};

/// What is written to it goes into both.
pub struct Hashing<'a> {
    /// The file.
    pub file: &'a File,
    /// Of all that was written so far.
    pub sha256: &'a mut Sha256,
}

impl Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = (&mut self.file).write(bytes)?;
        self.sha256.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
