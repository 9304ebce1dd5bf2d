//! Pages on their way through the spooler of Windows.

use std::io;
use std::mem::size_of;
use std::ptr;

use windows_sys::Win32::Graphics::Gdi as gdi;
use windows_sys::Win32::Storage::Xps as job;
use zeroize::Zeroizing;

use super::{Printer, wide};
use crate::erase::os::printers::{Page, Placed, Sheet};

/// A printer that is ready to be drawn on.
pub struct Canvas {
    device: gdi::HDC,
}

impl Drop for Canvas {
    fn drop(&mut self) {
        // SAFETY: made by us, deleted once.
        unsafe { gdi::DeleteDC(self.device) };
    }
}

impl Canvas {
    /// Opens a printer for A4.
    ///
    /// # Errors
    /// The spooler's or the driver's.
    pub fn open(name: &str) -> io::Result<Self> {
        let printer = Printer::open(name)?;
        let (driver, name) = (wide("WINSPOOL"), wide(name));
        let settings = printer.settings(&name)?;
        // SAFETY: both texts end with a zero, and the settings are what the driver itself made.
        let device = unsafe { gdi::CreateDCW(driver.as_ptr(), name.as_ptr(), ptr::null(), settings.as_ptr().cast()) };
        if device.is_null() { Err(io::Error::last_os_error()) } else { Ok(Self { device }) }
    }

    /// The sheet that would be printed on.
    ///
    /// # Errors
    /// The driver tells nothing of its sheet.
    pub fn sheet(&self) -> io::Result<Sheet> {
        let ask = |what: u32| {
            // SAFETY: a question about a device of ours.
            let answer = unsafe { gdi::GetDeviceCaps(self.device, what.cast_signed()) };
            u32::try_from(answer).map_err(io::Error::other)
        };
        let both = |x: u32, y: u32| Ok::<_, io::Error>((ask(x)?, ask(y)?));
        Ok(Sheet {
            density: both(gdi::LOGPIXELSX, gdi::LOGPIXELSY)?,
            size: both(gdi::PHYSICALWIDTH, gdi::PHYSICALHEIGHT)?,
            origin: both(gdi::PHYSICALOFFSETX, gdi::PHYSICALOFFSETY)?,
            printable: both(gdi::HORZRES, gdi::VERTRES)?,
        })
    }

    /// Prints pages as one job under a title, and says which number the spooler gave it. Either all pages go to the printer
    /// or, as far as the spooler lets go again, none.
    ///
    /// # Errors
    /// The spooler's or the driver's; the job is taken back then.
    pub fn print(&self, title: &str, pages: &[(Page, Placed)]) -> io::Result<u32> {
        let title = wide(title);
        let info = job::DOCINFOW {
            cbSize: i32::try_from(size_of::<job::DOCINFOW>()).map_err(io::Error::other)?,
            lpszDocName: title.as_ptr(),
            ..Default::default()
        };
        // SAFETY: the title ends with a zero and lives until the call is over; no name of a file is given.
        let number = positive(unsafe { job::StartDocW(self.device, &raw const info) })?;
        let mut begun = Begun { canvas: self, whole: false };
        for (page, placed) in pages {
            // SAFETY: a job has begun.
            positive(unsafe { job::StartPage(self.device) })?;
            self.draw(page, placed)?;
            // SAFETY: a page has begun.
            positive(unsafe { job::EndPage(self.device) })?;
        }
        // SAFETY: every page has ended.
        positive(unsafe { job::EndDoc(self.device) })?;
        begun.whole = true;
        Ok(number)
    }

    /// In bands: some drivers fail on a whole page at once. What is white is not sent, which keeps the job small.
    fn draw(&self, page: &Page, placed: &Placed) -> io::Result<()> {
        let (columns, rows, step) = (placed.columns, placed.rows, placed.step);
        // Rows of a picture are padded to four bytes.
        let stride = columns.count.next_multiple_of(4);
        for begin in (0..rows.count).step_by(BAND) {
            let count = BAND.min(rows.count - begin);
            let mut band = Zeroizing::new(vec![u8::MAX; stride * count]);
            for line in 0..count {
                let from = (rows.first + begin + line) * page.width + columns.first;
                // The last row comes first: some drivers stumble over the other order.
                let to = (count - 1 - line) * stride;
                band[to..to + columns.count].copy_from_slice(&page.dots[from..from + columns.count]);
            }
            if band.iter().all(|&dot| dot == u8::MAX) {
                continue;
            }
            let at = (columns.at, rows.at + u32::try_from(begin).map_err(io::Error::other)? * step.1);
            self.band(&band, (columns.count, count), at, step)?;
        }
        Ok(())
    }

    fn band(&self, dots: &[u8], (width, height): (usize, usize), at: (u32, u32), step: (u32, u32)) -> io::Result<()> {
        let number = |value: usize| i32::try_from(value).map_err(io::Error::other);
        let place = |value: u32| i32::try_from(value).map_err(io::Error::other);
        let (width, height) = (number(width)?, number(height)?);
        let (across, down) = (width * place(step.0)?, height * place(step.1)?);
        let picture = Grey::of(width, height);
        // SAFETY: the picture says what the dots are: `height` rows of `width` bytes, padded to four, and `dots` holds them all.
        let drawn = unsafe {
            gdi::SetStretchBltMode(self.device, gdi::COLORONCOLOR);
            gdi::StretchDIBits(
                self.device,
                place(at.0)?,
                place(at.1)?,
                across,
                down,
                0,
                0,
                width,
                height,
                dots.as_ptr().cast(),
                (&raw const picture).cast(),
                gdi::DIB_RGB_COLORS,
                gdi::SRCCOPY,
            )
        };
        positive(drawn).map(|_| ())
    }
}

/// Rows that are sent at once.
const BAND: usize = 128;

/// What a call of the spooler meant that answers with a number above zero when it went well.
fn positive(answer: i32) -> io::Result<u32> {
    u32::try_from(answer).ok().filter(|number| *number > 0).ok_or_else(|| {
        let error = io::Error::last_os_error();
        // Some drivers fail and say nothing.
        if error.raw_os_error() == Some(0) { io::ErrorKind::Other.into() } else { error }
    })
}

/// A job that is taken back unless it came to its end.
struct Begun<'a> {
    canvas: &'a Canvas,
    whole: bool,
}

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        if !self.whole {
            // SAFETY: a job has begun and has not ended.
            unsafe { job::AbortDoc(self.canvas.device) };
        }
    }
}

/// A picture of grey dots, one byte each, as Windows reads it.
#[repr(C)]
struct Grey {
    header: gdi::BITMAPINFOHEADER,
    colors: [gdi::RGBQUAD; 256],
}

impl Grey {
    fn of(width: i32, height: i32) -> Self {
        let mut colors = [gdi::RGBQUAD::default(); 256];
        for (color, level) in colors.iter_mut().zip(0..=u8::MAX) {
            *color = gdi::RGBQUAD { rgbBlue: level, rgbGreen: level, rgbRed: level, rgbReserved: 0 };
        }
        let header = gdi::BITMAPINFOHEADER {
            biSize: 40,
            biWidth: width,
            biHeight: height,
            biPlanes: 1,
            biBitCount: 8,
            biCompression: gdi::BI_RGB,
            ..Default::default()
        };
        Self { header, colors }
    }
}
