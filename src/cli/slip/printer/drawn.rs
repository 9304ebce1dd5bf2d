//! A page as dots, for printers that take no PDF.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::Pdf;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{RenderCache, RenderSettings, render};
use zeroize::{Zeroize, Zeroizing};

use crate::erase::os::printers::{Page, Sheet};

/// Points in an inch, the measure of a PDF.
const POINTS: f32 = 72.0;

/// Every page of a PDF in its true size on a sheet; `None` when one cannot be drawn whole.
///
/// The PDF that is read here, the colours and the dots are wiped. What is not: the shapes of characters and the decoded
/// streams that the drawing library keeps while it works, which go back to the heap as they are.
pub fn pages(pdf: &[u8], sheet: &Sheet) -> Option<Vec<Page>> {
    let holes = Arc::new(AtomicBool::new(false));
    let hole = || {
        let holes = Arc::clone(&holes);
        move || holes.store(true, Ordering::Relaxed)
    };
    let (no_font, no_characters, warned) = (hole(), hole(), hole());
    let settings = InterpreterSettings {
        // Our pages hold the fonts that they use; what asks for another would be drawn with holes in it.
        font_resolver: Arc::new(move |_| {
            no_font();
            None
        }),
        cmap_resolver: Arc::new(move |_| {
            no_characters();
            None
        }),
        warning_sink: Arc::new(move |_| warned()),
        render_annotations: false,
    };
    let pdf = Pdf::new(Arc::new(Zeroizing::new(pdf.to_vec()))).ok()?;
    let cache = RenderCache::new();
    let pages = pdf.pages().iter().map(|page| {
        let (width, height) = page.render_dimensions();
        let (across, down) = scales(sheet);
        let settings_here = RenderSettings {
            x_scale: across,
            y_scale: down,
            width: Some(dots(width * across)?),
            height: Some(dots(height * down)?),
            bg_color: WHITE,
        };
        let mut drawn = render(page, &cache, &settings, &settings_here);
        let grey = drawn.data().iter().map(|dot| level(dot.r, dot.g, dot.b)).collect();
        drawn.data_as_u8_slice_mut().zeroize();
        Some(Page { width: drawn.width().into(), height: drawn.height().into(), dots: Zeroizing::new(grey) })
    });
    let pages: Vec<Page> = pages.collect::<Option<_>>()?;
    (!holes.load(Ordering::Relaxed) && !pages.is_empty()).then_some(pages)
}

/// Dots of a page for one point, each way.
#[expect(clippy::cast_precision_loss, reason = "a printer has fewer dots per inch than an f32 has digits")]
fn scales(sheet: &Sheet) -> (f32, f32) {
    let (across, down) = sheet.step();
    let scale = |density: u32, step: u32| density as f32 / step as f32 / POINTS;
    (scale(sheet.density.0, across), scale(sheet.density.1, down))
}

/// How many dots cover this length, as far as the drawing library goes.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "looked at before")]
fn dots(length: f32) -> Option<u16> {
    let length = length.ceil();
    (length >= 1.0 && length <= f32::from(u16::MAX)).then_some(length as u16)
}

/// How light a colour looks.
fn level(red: u8, green: u8, blue: u8) -> u8 {
    let sum = 77 * u32::from(red) + 150 * u32::from(green) + 29 * u32::from(blue);
    u8::try_from(sum / 256).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A4 as a printer has it.
    fn sheet(density: u32) -> Sheet {
        let size = (density * 2100 / 254, density * 2970 / 254);
        Sheet { density: (density, density), size, origin: (0, 0), printable: size }
    }

    #[test]
    fn what_cannot_be_drawn_whole_is_not_printed() {
        assert!(pages(b"no PDF", &sheet(300)).is_none());
        assert!(pages(b"", &sheet(300)).is_none());
        // A page that asks for a font it does not hold.
        let bare = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
            3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 36]/Contents 4 0 R/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n\
            4 0 obj<</Length 40>>stream\n0 0 36 18 re f BT /F 9 Tf (slip) Tj ET    \nendstream endobj\n\
            trailer<</Root 1 0 R>>\n";
        assert!(pages(bare.as_bytes(), &sheet(300)).is_none());
    }

    #[test]
    fn a_page_has_its_size_and_its_ink_where_it_stands() {
        let square =
            b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
            3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 36]/Contents 4 0 R>>endobj\n\
            4 0 obj<</Length 14>>stream\n0 0 36 18 re f\nendstream endobj\ntrailer<</Root 1 0 R>>\n";
        let unlike = Sheet { density: (600, 300), ..sheet(300) };
        for (sheet, width, height) in [(sheet(300), 300, 150), (sheet(1200), 400, 200), (unlike, 300, 150)] {
            let page = &pages(square, &sheet).unwrap()[0];
            assert_eq!((page.width, page.height, page.dots.len()), (width, height, width * height));
            for (y, row) in page.dots.chunks(width).enumerate() {
                for (x, &dot) in row.iter().enumerate() {
                    let ink = x < width / 2 && y >= height / 2;
                    assert_eq!(dot, if ink { 0 } else { 255 }, "{x} {y}");
                }
            }
        }
    }

    /// The slip as a camera sees it that looks at the dots. zbarimg is a program of Linux; under wine `tests/wine/printing.sh`
    /// has it read what came out of the printer.
    #[cfg(unix)]
    #[test]
    fn a_camera_reads_the_passphrase_from_the_dots() {
        use std::io::Write;
        use std::process::Command;

        use crate::paper::{Form, Job, Press, sample, sample_secret};

        let record = sample(Form::Slip);
        let secret = sample_secret();
        let passphrase = secret.text.to_owned();
        let press = Press::new(Vec::new(), None);
        let pdf = press.set(&Job { secret: Some(secret), ..Job::of(&record) }).unwrap().pdf;
        for density in [200, 600, 1200] {
            let sheet = sheet(density);
            let drawn = pages(&pdf, &sheet).unwrap();
            assert_eq!(drawn.len(), 1);
            let page = &drawn[0];
            assert!(sheet.place(page).is_some());
            let mut file = tempfile::Builder::new().suffix(".pgm").tempfile().unwrap();
            writeln!(file, "P5 {} {} 255", page.width, page.height).unwrap();
            file.write_all(&page.dots).unwrap();
            let read = Command::new("zbarimg").args(["--raw", "-q"]).arg(file.path()).output().expect("`make setup`");
            let codes = String::from_utf8(read.stdout).unwrap();
            assert!(codes.lines().any(|code| code == passphrase), "at {density}: {codes}");
        }
    }
}
