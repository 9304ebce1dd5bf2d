//! Windows: alternate streams, data of a file under names of their own behind a colon. They stand in the place of what other
//! systems have as extended attributes.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Write};
use std::os::windows::ffi::OsStringExt;
use std::os::windows::fs::OpenOptionsExt;
use std::path::PathBuf;

use windows_sys::Win32::Foundation::{ERROR_HANDLE_EOF, ERROR_MORE_DATA};
use windows_sys::Win32::Storage::FileSystem as fs;

use super::call::{self, i64_at, u32_at};
use super::{Handle, volume};

/// What the names of streams begin with here, so that they count as written by somebody.
const OURS: &str = "user.stream:";

/// The names of a file's alternate streams; none where the file system has none.
pub(in super::super) fn attributes(file: &impl Handle) -> io::Result<Vec<OsString>> {
    let streams = list(file.file())?;
    Ok(streams.into_iter().map(|(name, _)| [OsStr::new(OURS), &name].into_iter().collect()).collect())
}

/// Writes noise of the same length over a stream, past the cache.
pub(in super::super) fn overwrite_attribute(file: &impl Handle, name: &OsString) -> io::Result<usize> {
    let (path, name) = path_of(file, name)?;
    let size = list(file.file())?.into_iter().find(|(found, _)| *found == name).map_or(0, |(_, size)| size);
    let mut stream = File::options().write(true).custom_flags(fs::FILE_FLAG_WRITE_THROUGH).open(path)?;
    let mut noise = vec![0; usize::try_from(size).unwrap_or(CHUNK).min(CHUNK)];
    let mut left = size;
    while left > 0 {
        let piece = usize::try_from(left).unwrap_or(CHUNK).min(CHUNK);
        getrandom::fill(&mut noise[..piece]).map_err(io::Error::other)?;
        stream.write_all(&noise[..piece])?;
        left -= piece as u64;
    }
    stream.sync_all()?;
    Ok(usize::try_from(size).unwrap_or(usize::MAX))
}

const CHUNK: usize = 1 << 20;

/// Removes a stream; one that is gone already is no fault.
pub(in super::super) fn remove_attribute(file: &impl Handle, name: &OsString) -> io::Result<usize> {
    let (path, _) = path_of(file, name)?;
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(0),
    }
}

/// The path of a stream, by the real path of the file it belongs to, and its bare name.
fn path_of(file: &impl Handle, name: &OsString) -> io::Result<(PathBuf, OsString)> {
    let text = name.to_str().and_then(|name| name.strip_prefix(OURS));
    // A name that is no text cannot be handed on as a path of ours; it stays, and that is told.
    let bare = text.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    let mut path = volume::real_path(file.file())?.into_os_string();
    path.push(":");
    path.push(bare);
    Ok((path.into(), bare.into()))
}

/// Names and sizes of the alternate streams.
fn list(file: &File) -> io::Result<Vec<(OsString, u64)>> {
    let mut buffer = vec![0u8; 16 << 10];
    loop {
        let room = u32::try_from(buffer.len()).map_err(io::Error::other)?;
        // SAFETY: the buffer is as long as is said; what is written to it is read as bytes.
        let answered = call::done(unsafe {
            fs::GetFileInformationByHandleEx(call::raw(file), fs::FileStreamInfo, buffer.as_mut_ptr().cast(), room)
        });
        match answered {
            Ok(()) => return Ok(read(&buffer)),
            Err(error) => match error.raw_os_error().map(i32::cast_unsigned) {
                Some(ERROR_MORE_DATA) if buffer.len() < 1 << 22 => buffer.resize(buffer.len() * 4, 0),
                // A folder without any, or a file system that knows none.
                Some(ERROR_HANDLE_EOF) => return Ok(Vec::new()),
                _ if !has_streams(file) => return Ok(Vec::new()),
                _ => return Err(error),
            },
        }
    }
}

fn has_streams(file: &File) -> bool {
    volume::named(file).map_or(true, |volume| volume.has_streams())
}

/// The entries of an answer: where the next one stands, how long the name is, size, room, and the name `:name:$DATA`.
fn read(answer: &[u8]) -> Vec<(OsString, u64)> {
    let (mut found, mut at) = (Vec::new(), 0);
    while let (Some(next), Some(length), Some(size)) =
        (u32_at(answer, at), u32_at(answer, at + 4), i64_at(answer, at + 8))
    {
        let Some(name) = answer.get(at + 24..at + 24 + length as usize) else { break };
        let units: Vec<u16> = name.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        let name = OsString::from_wide(&units);
        // `::$DATA` is the file itself.
        let text = name.to_string_lossy();
        if let Some(bare) = text.strip_prefix(':').map(|rest| rest.strip_suffix(":$DATA").unwrap_or(rest))
            && !bare.is_empty()
        {
            found.push((OsString::from(bare), u64::try_from(size).unwrap_or(0)));
        }
        if next == 0 {
            break;
        }
        at += next as usize;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(next: u32, name: &str, size: i64) -> Vec<u8> {
        let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut bytes = next.to_le_bytes().to_vec();
        bytes.extend(u32::try_from(units.len()).unwrap().to_le_bytes());
        bytes.extend(size.to_le_bytes());
        bytes.extend([0; 8]);
        bytes.extend(units);
        bytes
    }

    #[test]
    fn streams_are_read_and_the_file_itself_is_none() {
        let mut answer = entry(40, "::$DATA", 9);
        answer.resize(40, 0);
        answer.extend(entry(0, ":Zone.Identifier:$DATA", 26));
        assert_eq!(read(&answer), [("Zone.Identifier".into(), 26)]);
        assert_eq!(read(&[]), []);
        assert_eq!(read(&answer[..answer.len() - 1]), [], "cut short");
    }
}
