//! Linux: extended attributes.

use std::ffi::{CString, OsString};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStringExt;

use rustix::fs::XattrFlags;
use rustix::io::Errno;

/// The names of a file's extended attributes; none where the file system has none.
pub(in super::super) fn attributes(file: &impl AsFd) -> io::Result<Vec<OsString>> {
    let mut buffer = vec![0u8; 1024];
    loop {
        match rustix::fs::flistxattr(file, &mut buffer[..]) {
            Ok(length) => {
                let names = buffer[..length].split(|&byte| byte == 0).filter(|name| !name.is_empty());
                return Ok(names.map(|name| OsString::from_vec(name.to_vec())).collect());
            }
            Err(Errno::RANGE) if buffer.len() < 1 << 20 => buffer.resize(buffer.len() * 8, 0),
            Err(Errno::NOTSUP | Errno::NOSYS) => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        }
    }
}

fn c_name(name: &OsString) -> io::Result<CString> {
    Ok(CString::new(name.clone().into_vec())?)
}

/// The longest value that Linux takes.
const LONGEST: usize = 64 << 10;

/// Writes noise of the same length over an attribute's value.
///
/// Noise, and not zeros: ext4 keeps equal sets of attributes once for several files. Zeros over the second file's would be
/// found equal to those over the first's, and the block with the old value set free without being written.
pub(in super::super) fn overwrite_attribute(file: &impl AsFd, name: &OsString) -> io::Result<usize> {
    let name = c_name(name)?;
    // Read whole: asked with no room at all, the answer is that nothing was read, and a value of no length writes over nothing.
    let mut value = vec![0; LONGEST];
    let length = rustix::fs::fgetxattr(file, &name, &mut value[..])?;
    value.truncate(length);
    getrandom::fill(&mut value).map_err(io::Error::other)?;
    rustix::fs::fsetxattr(file, &name, &value, XattrFlags::REPLACE)?;
    Ok(length)
}

/// Removes an attribute; one that is gone already is no fault.
pub(in super::super) fn remove_attribute(file: &impl AsFd, name: &OsString) -> io::Result<usize> {
    match rustix::fs::fremovexattr(file, &c_name(name)?) {
        Ok(()) | Err(Errno::NODATA) => Ok(0),
        Err(error) => Err(error.into()),
    }
}
