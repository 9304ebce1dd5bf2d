//! Windows: the console, whatever the standard streams are.

use std::fs::File;
use std::io;

use windows_sys::Win32::System::Console as console;
use zeroize::Zeroizing;

use super::call;

/// The console's keyboard.
pub(in super::super) fn open_keyboard() -> io::Result<File> {
    File::options().read(true).write(true).open("CONIN$")
}

pub(in super::super) fn console_mode() -> Option<u32> {
    mode_of(&open_keyboard().ok()?).ok()
}

pub(in super::super) fn set_console_mode(mode: u32) {
    if let Ok(keyboard) = open_keyboard() {
        let _ = set_mode(&keyboard, mode);
    }
}

fn mode_of(console: &File) -> io::Result<u32> {
    let mut mode = 0;
    // SAFETY: the handle is open, and the pointer leads to a live number.
    call::done(unsafe { console::GetConsoleMode(call::raw(console), &raw mut mode) })?;
    Ok(mode)
}

fn set_mode(console: &File, mode: u32) -> io::Result<()> {
    // SAFETY: the handle is open.
    call::done(unsafe { console::SetConsoleMode(call::raw(console), mode) })
}

/// The console's screen. As long as it lives, the console reads the marks that clear it and that switch to another screen:
/// without being told so it prints them.
#[derive(Debug)]
pub struct Screen {
    file: File,
    before: u32,
}

/// As many units as every Windows takes at once.
const AT_ONCE: usize = 8 << 10;

impl Screen {
    /// Opens it.
    ///
    /// # Errors
    /// There is no console.
    pub fn open() -> io::Result<Self> {
        let file = File::options().read(true).write(true).open("CONOUT$")?;
        let before = mode_of(&file)?;
        set_mode(&file, before | console::ENABLE_PROCESSED_OUTPUT | console::ENABLE_VIRTUAL_TERMINAL_PROCESSING)?;
        Ok(Self { file, before })
    }

    /// Shows a text. Bytes written to the file would be read in the code page of the console, which in Japan is not UTF-8.
    ///
    /// # Errors
    /// The console's.
    pub fn show(&mut self, text: &str) -> io::Result<()> {
        // It may hold a passphrase, and must not grow while it is filled.
        let mut units = Zeroizing::new(Vec::with_capacity(text.len()));
        units.extend(text.encode_utf16());
        for part in units.chunks(AT_ONCE) {
            let mut left = part;
            while !left.is_empty() {
                let (length, mut written) = (u32::try_from(left.len()).map_err(io::Error::other)?, 0);
                // SAFETY: the handle is open, the text as long as is said, and the pointer leads to a live number.
                call::done(unsafe {
                    let to = call::raw(&self.file);
                    console::WriteConsoleW(to, left.as_ptr(), length, &raw mut written, std::ptr::null())
                })?;
                match left.get(written as usize..) {
                    Some(rest) if written > 0 => left = rest,
                    _ => return Err(io::ErrorKind::WriteZero.into()),
                }
            }
        }
        Ok(())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = set_mode(&self.file, self.before);
    }
}
