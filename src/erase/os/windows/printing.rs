//! Printers of Windows: what the spooler says of them, and how they are set for a slip.

mod canvas;

use std::io;
use std::mem::size_of;
use std::ptr;

use windows_sys::Win32::Foundation as codes;
use windows_sys::Win32::Graphics::Gdi as gdi;
use windows_sys::Win32::Graphics::Printing as spooler;

use super::call::{done, text, wide};
use crate::erase::os::printers::{State, Trouble};

pub use canvas::Canvas;

/// The system's own printer; `None` where it has none.
///
/// # Errors
/// The spooler's.
pub fn default_name() -> io::Result<Option<String>> {
    let mut length = 0;
    // SAFETY: asks for the length alone.
    if unsafe { spooler::GetDefaultPrinterW(ptr::null_mut(), &raw mut length) } == 0 {
        let error = io::Error::last_os_error();
        if is(&error, codes::ERROR_FILE_NOT_FOUND) {
            return Ok(None);
        }
        if !is(&error, codes::ERROR_INSUFFICIENT_BUFFER) {
            return Err(error);
        }
    }
    let mut name = vec![0u16; length as usize];
    // SAFETY: the buffer is as large as it is said to be.
    done(unsafe { spooler::GetDefaultPrinterW(name.as_mut_ptr(), &raw mut length) })?;
    let name = text(&name).to_string_lossy().into_owned();
    Ok(Some(name).filter(|name| !name.is_empty()))
}

/// What the spooler says of a printer; `None` where there is none of that name.
///
/// Attack: a name that means something else to the spooler: none at all is the server itself, and a comma leads to a job or
/// to the inside of a port.
///
/// # Errors
/// The spooler's, but for that it knows no such printer.
pub fn state(name: &str) -> io::Result<Option<State>> {
    if name.is_empty() || name.contains([',', '\0']) {
        return Ok(None);
    }
    match Printer::open(name) {
        Ok(printer) => printer.state(name).map(Some),
        Err(error) if is(&error, codes::ERROR_INVALID_PRINTER_NAME) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether an error is that of a spooler that is not there: nobody answers, or nobody who knows of printing.
#[must_use]
pub fn no_spooler(error: &io::Error) -> bool {
    [1722, 1717, 1753].iter().any(|code| is(error, *code))
}

fn is(error: &io::Error, code: u32) -> bool {
    error.raw_os_error() == Some(code.cast_signed())
}

/// An open printer.
struct Printer(spooler::PRINTER_HANDLE);

impl Drop for Printer {
    fn drop(&mut self) {
        // SAFETY: opened by us, closed once.
        unsafe { spooler::ClosePrinter(self.0) };
    }
}

impl Printer {
    fn open(name: &str) -> io::Result<Self> {
        let name = wide(name);
        let mut handle = spooler::PRINTER_HANDLE::default();
        // SAFETY: the name ends with a zero; no rights beyond printing are asked for.
        done(unsafe { spooler::OpenPrinterW(name.as_ptr(), &raw mut handle, ptr::null()) })?;
        Ok(Self(handle))
    }

    fn state(&self, name: &str) -> io::Result<State> {
        let mut needed = 0;
        // SAFETY: asks for the length alone.
        if unsafe { spooler::GetPrinterW(self.0, 2, ptr::null_mut(), 0, &raw mut needed) } == 0 {
            let error = io::Error::last_os_error();
            if !is(&error, codes::ERROR_INSUFFICIENT_BUFFER) {
                return Err(error);
            }
        }
        let size = (needed as usize).max(size_of::<spooler::PRINTER_INFO_2W>());
        // Of numbers of eight bytes, because the structure at its beginning holds pointers.
        let mut answer = vec![0u64; size.div_ceil(8)];
        let room = u32::try_from(answer.len() * 8).map_err(io::Error::other)?;
        // SAFETY: the buffer is as large as it is said to be, and large enough for the structure, whose zeros are a value.
        let found = unsafe {
            done(spooler::GetPrinterW(self.0, 2, answer.as_mut_ptr().cast(), room, &raw mut needed))?;
            answer.as_ptr().cast::<spooler::PRINTER_INFO_2W>().read()
        };
        let said = |start: *mut u16| text_in(&answer, start);
        let (own, port, driver) = (said(found.pPrinterName), said(found.pPortName), said(found.pDriverName));
        let told = said(found.pServerName).trim_start_matches('\\').to_owned();
        let server = [name, &own, &port].iter().find_map(|name| State::server_in(name));
        Ok(State {
            server: Some(told).filter(|told| !told.is_empty()).or(server),
            keeps: found.Attributes & spooler::PRINTER_ATTRIBUTE_KEEPPRINTEDJOBS != 0,
            fax: found.Attributes & spooler::PRINTER_ATTRIBUTE_FAX != 0,
            trouble: trouble(found.Status, found.Attributes),
            port,
            driver,
        })
    }

    /// The settings of this user for the printer, with those changed that a slip must not leave to chance.
    fn settings(&self, name: &[u16]) -> io::Result<Vec<u64>> {
        let ask = |out: *mut gdi::DEVMODEW, given: *const gdi::DEVMODEW, mode: u32| {
            // SAFETY: `out` and `given` are null or one buffer of the size that the driver asked for; no window is shown.
            unsafe { spooler::DocumentPropertiesW(ptr::null_mut(), self.0, name.as_ptr(), out, given, mode) }
        };
        let size = usize::try_from(ask(ptr::null_mut(), ptr::null(), 0)).ok().filter(|size| *size > 0);
        let size = size.ok_or_else(io::Error::last_os_error)?;
        let mut buffer = vec![0u64; size.max(size_of::<gdi::DEVMODEW>()).div_ceil(8)];
        let settings = buffer.as_mut_ptr().cast::<gdi::DEVMODEW>();
        if ask(settings, ptr::null(), gdi::DM_OUT_BUFFER) < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the buffer holds a whole structure, aligned for it, of numbers alone: any bytes are a value of it, and its
        // parts that stand in a union are those of printers.
        unsafe { on_one_sheet(&mut *settings) };
        // The driver brings its own part into line with what was changed.
        if ask(settings, settings, gdi::DM_IN_BUFFER | gdi::DM_OUT_BUFFER) < 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(buffer)
    }
}

/// One copy on one side of A4, upright and in its true size, whatever this user has set for other work.
fn on_one_sheet(settings: &mut gdi::DEVMODEW) {
    let known = settings.dmFields;
    let mut changed = gdi::DM_COPIES | gdi::DM_ORIENTATION | gdi::DM_PAPERSIZE;
    changed |= known & (gdi::DM_SCALE | gdi::DM_DUPLEX);
    // These would stand above the size that is asked for.
    settings.dmFields = (known | changed) & !(gdi::DM_PAPERLENGTH | gdi::DM_PAPERWIDTH | gdi::DM_FORMNAME);
    settings.dmDuplex = gdi::DMDUP_SIMPLEX;
    settings.Anonymous1.Anonymous1.dmCopies = 1;
    settings.Anonymous1.Anonymous1.dmOrientation = 1;
    settings.Anonymous1.Anonymous1.dmPaperSize = 9;
    settings.Anonymous1.Anonymous1.dmScale = 100;
}

/// A text to which a structure at the beginning of an answer points; empty where it points nowhere or elsewhere.
fn text_in(answer: &[u64], start: *const u16) -> String {
    let Some(offset) = start.addr().checked_sub(answer.as_ptr().addr()) else { return String::new() };
    let bytes = answer.iter().flat_map(|word| word.to_le_bytes()).skip(offset);
    let bytes: Vec<u8> = bytes.collect();
    let units: Vec<u16> = bytes.as_chunks::<2>().0.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
    text(&units).to_string_lossy().into_owned()
}

/// Why a printer would not print now, the plainest reason first. Attention to toner that runs low is not asked for: it prints.
fn trouble(status: u32, attributes: u32) -> Option<Trouble> {
    use Trouble as T;
    if status & spooler::PRINTER_STATUS_PENDING_DELETION == 0
        && attributes & spooler::PRINTER_ATTRIBUTE_WORK_OFFLINE != 0
    {
        return Some(T::Offline);
    }
    let reasons = [
        (spooler::PRINTER_STATUS_PENDING_DELETION, T::Leaving),
        (spooler::PRINTER_STATUS_PAUSED, T::Paused),
        (spooler::PRINTER_STATUS_PAPER_OUT, T::NoPaper),
        (spooler::PRINTER_STATUS_PAPER_JAM, T::Jam),
        (spooler::PRINTER_STATUS_PAPER_PROBLEM | spooler::PRINTER_STATUS_MANUAL_FEED, T::Paper),
        (spooler::PRINTER_STATUS_DOOR_OPEN, T::DoorOpen),
        (spooler::PRINTER_STATUS_NO_TONER, T::NoToner),
        (spooler::PRINTER_STATUS_OUTPUT_BIN_FULL, T::BinFull),
        (spooler::PRINTER_STATUS_OUT_OF_MEMORY, T::Memory),
        (spooler::PRINTER_STATUS_USER_INTERVENTION, T::Attention),
        (spooler::PRINTER_STATUS_OFFLINE | spooler::PRINTER_STATUS_SERVER_OFFLINE, T::Offline),
        (spooler::PRINTER_STATUS_NOT_AVAILABLE, T::Offline),
        (spooler::PRINTER_STATUS_ERROR, T::Error),
    ];
    reasons.iter().find(|(bits, _)| status & bits != 0).map(|(_, trouble)| *trouble)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plainest_reason_is_told() {
        assert_eq!(trouble(0, 0), None);
        let prints = spooler::PRINTER_STATUS_PRINTING | spooler::PRINTER_STATUS_TONER_LOW;
        assert_eq!(trouble(prints | spooler::PRINTER_STATUS_POWER_SAVE, spooler::PRINTER_ATTRIBUTE_SHARED), None);
        let both = spooler::PRINTER_STATUS_ERROR | spooler::PRINTER_STATUS_PAPER_OUT;
        assert_eq!(trouble(both, 0), Some(Trouble::NoPaper));
        assert_eq!(trouble(spooler::PRINTER_STATUS_ERROR, 0), Some(Trouble::Error));
        assert_eq!(trouble(spooler::PRINTER_STATUS_PAUSED, 0), Some(Trouble::Paused));
        assert_eq!(trouble(0, spooler::PRINTER_ATTRIBUTE_WORK_OFFLINE), Some(Trouble::Offline));
        let leaving = spooler::PRINTER_STATUS_PENDING_DELETION | spooler::PRINTER_STATUS_PAUSED;
        assert_eq!(trouble(leaving, spooler::PRINTER_ATTRIBUTE_WORK_OFFLINE), Some(Trouble::Leaving));
    }

    #[test]
    fn a_text_is_read_only_from_where_it_lies() {
        let mut answer = vec![0u64; 4];
        answer[2] = u64::from_le_bytes([b'P', 0, 0x02, 0x90, 0, 0, 0, 0]);
        let inside = answer.as_ptr().wrapping_add(2).cast::<u16>();
        assert_eq!(text_in(&answer, inside), "P适");
        assert_eq!(text_in(&answer, ptr::null()), "");
        assert_eq!(text_in(&answer, answer.as_ptr().wrapping_add(9).cast()), "");
    }

    #[test]
    fn a_name_that_means_something_else_is_no_printer() {
        for name in ["", ",XcvMonitor Local Port", "P,Job 1", "no printer of this name", "P\0"] {
            assert_eq!(state(name).unwrap(), None, "{name}");
        }
    }
}
