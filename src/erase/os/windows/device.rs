//! Windows: devices are not read beside their file system, which only an administrator may do.

use std::io;
use std::path::Path;

/// A device that cannot be read here.
#[derive(Debug)]
pub struct RawDevice {
    never: std::convert::Infallible,
}

#[allow(clippy::missing_errors_doc, reason = "there is no device to call them on")]
impl RawDevice {
    /// None here.
    #[must_use]
    pub fn under(_: &Path, _: u64) -> Option<Self> {
        None
    }

    /// Reads.
    pub fn read_at(&self, _: &mut [u8], _: u64) -> io::Result<usize> {
        match self.never {}
    }

    /// How large it is.
    #[must_use]
    pub fn size(&self) -> u64 {
        match self.never {}
    }
}
