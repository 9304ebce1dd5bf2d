//! Windows: the shapes that its calls want, and their errors.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::mem::MaybeUninit;
use std::os::windows::ffi::{OsStrExt, OsStringExt};
use std::os::windows::io::AsRawHandle;
use std::path::{Path, PathBuf};

use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::System::IO::DeviceIoControl;

/// Characters with an end, as Windows reads them.
pub(super) fn wide(text: impl AsRef<OsStr>) -> Vec<u16> {
    text.as_ref().encode_wide().chain([0]).collect()
}

/// A path that means exactly what it says: no limit of 260 characters, no name of a device of DOS (`CON`, `NUL`), and no
/// dot or space dropped from its end.
///
/// Attack: a name that Windows would read as another one, so that a file is looked at under one name and touched under
/// another.
pub(super) fn exact(path: &Path) -> io::Result<PathBuf> {
    let text = path.as_os_str().to_string_lossy();
    if text.starts_with(r"\\?\") || text.starts_with(r"\\.\") {
        return Ok(path.to_owned());
    }
    let absolute = std::path::absolute(path)?;
    let text = absolute.as_os_str();
    let shown = text.to_string_lossy();
    let mut exact = OsString::new();
    if let Some(share) = shown.strip_prefix(r"\\") {
        exact.push(r"\\?\UNC\");
        exact.push(share);
    } else {
        exact.push(r"\\?\");
        exact.push(text);
    }
    Ok(exact.into())
}

/// The text in a buffer, up to its end.
pub(super) fn text(buffer: &[u16]) -> OsString {
    let end = buffer.iter().position(|&unit| unit == 0).unwrap_or(buffer.len());
    OsString::from_wide(&buffer[..end])
}

/// What a call that answers yes or no meant by it.
pub(super) fn done(answer: i32) -> io::Result<()> {
    if answer == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// A text out of a call that writes into a buffer and says how long it is, or how long it would have been.
pub(super) fn told(call: impl Fn(*mut u16, u32) -> u32) -> io::Result<OsString> {
    let mut buffer = vec![0; 512];
    loop {
        let room = u32::try_from(buffer.len()).map_err(io::Error::other)?;
        match call(buffer.as_mut_ptr(), room) as usize {
            0 => return Err(io::Error::last_os_error()),
            length if length < buffer.len() => return Ok(OsString::from_wide(&buffer[..length])),
            length => buffer.resize((length + 1).max(buffer.len() * 2), 0),
        }
    }
}

/// The raw handle of an open file, for as long as the file is borrowed.
pub(super) fn raw(file: &File) -> HANDLE {
    file.as_raw_handle()
}

/// What a class of information about an open file says; `T` must be the structure that belongs to the class.
///
/// # Safety
/// `T` must be plain numbers, of the layout that Windows writes for `class`.
pub(super) unsafe fn about<T: Copy>(file: &File, class: i32) -> io::Result<T> {
    use windows_sys::Win32::Storage::FileSystem::GetFileInformationByHandleEx;
    let mut found = MaybeUninit::<T>::zeroed();
    let size = u32::try_from(size_of::<T>()).map_err(io::Error::other)?;
    // SAFETY: the buffer is as large as it is said to be, and the handle is open; zeros are a value of plain numbers.
    unsafe {
        done(GetFileInformationByHandleEx(raw(file), class, found.as_mut_ptr().cast(), size))?;
        Ok(found.assume_init())
    }
}

/// Asks a driver; how many bytes of the answer it wrote.
///
/// Only questions are asked with it: no code that passes here may make a driver read or write memory beyond the two buffers.
pub(super) fn ask_driver(file: &File, code: u32, question: &[u8], answer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0u32;
    let size = |bytes: usize| u32::try_from(bytes).map_err(io::Error::other);
    // SAFETY: both buffers are as large as they are said to be and live until the call is over; it is not asynchronous.
    let answered = unsafe {
        DeviceIoControl(
            raw(file),
            code,
            question.as_ptr().cast(),
            size(question.len())?,
            answer.as_mut_ptr().cast(),
            size(answer.len())?,
            &raw mut length,
            std::ptr::null_mut(),
        )
    };
    done(answered).map(|()| length as usize)
}

/// A number of four bytes in an answer, where one stands there.
pub(super) fn u32_at(answer: &[u8], offset: usize) -> Option<u32> {
    let bytes = answer.get(offset..offset + 4)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}

/// A number of eight bytes in an answer.
pub(super) fn i64_at(answer: &[u8], offset: usize) -> Option<i64> {
    let bytes = answer.get(offset..offset + 8)?;
    Some(i64::from_le_bytes(bytes.try_into().ok()?))
}

/// Whether this is no Windows but wine, which answers some questions about files with a yes that means nothing: it tells
/// blocks it does not know, and makes a stream of a file a file of its own.
pub(super) fn is_wine() -> bool {
    use std::sync::OnceLock;
    use windows_sys::Win32::System::LibraryLoader::{GetModuleHandleW, GetProcAddress};
    static WINE: OnceLock<bool> = OnceLock::new();
    *WINE.get_or_init(|| {
        let library = wide("ntdll.dll");
        // SAFETY: both texts end with a zero; the library is loaded in every process and stays.
        unsafe {
            let library = GetModuleHandleW(library.as_ptr());
            !library.is_null() && GetProcAddress(library, c"wine_get_version".as_ptr().cast()).is_some()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exact_path_says_what_it_means() {
        let exact = |path: &str| exact(Path::new(path)).unwrap().to_string_lossy().into_owned();
        assert_eq!(exact(r"C:\名簿\x.csv"), r"\\?\C:\名簿\x.csv");
        assert_eq!(exact("C:/名簿/x.csv"), r"\\?\C:\名簿\x.csv");
        assert_eq!(exact(r"\\server\共有\x"), r"\\?\UNC\server\共有\x");
        assert_eq!(exact(r"\\?\C:\ends with dot."), r"\\?\C:\ends with dot.");
    }

    #[test]
    fn numbers_are_read_only_where_they_are() {
        let answer = [1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!((u32_at(&answer, 0), i64_at(&answer, 4)), (Some(1), Some(2)));
        assert_eq!((u32_at(&answer, 9), i64_at(&answer, 5)), (None, None));
    }
}
