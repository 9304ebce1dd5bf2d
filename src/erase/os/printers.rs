//! Printers of Windows: what the spooler says of one, whether its pages come out on paper, and where a page lies on a sheet.
//!
//! Nothing here asks the system; that is done in `windows/printing.rs`.

use zeroize::Zeroizing;

/// What the spooler says of a printer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct State {
    /// Where it sends its pages: one port, or several with commas between.
    pub port: String,
    /// The driver that makes its pages.
    pub driver: String,
    /// The server whose printer it is, where it is another computer's.
    pub server: Option<String>,
    /// It keeps documents after they are printed.
    pub keeps: bool,
    /// It is a fax.
    pub fax: bool,
    /// Why it would not print now.
    pub trouble: Option<Trouble>,
}

/// Why a printer does not print, as far as it tells: one that is switched off often tells nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// It is about to be removed and takes no more jobs.
    Leaving,
    /// Somebody paused it.
    Paused,
    /// It cannot be reached, or somebody set it to be used offline.
    Offline,
    /// No paper.
    NoPaper,
    /// Paper is stuck.
    Jam,
    /// Something else about its paper.
    Paper,
    /// A door is open.
    DoorOpen,
    /// No toner or ink.
    NoToner,
    /// No room for what comes out.
    BinFull,
    /// Its memory is full.
    Memory,
    /// Somebody has to do something at it.
    Attention,
    /// An error without a name.
    Error,
}

impl State {
    /// Where its pages go instead of onto paper: the port, or the driver where the port says nothing.
    ///
    /// Attack: a printer that writes a file or sends a message, so that the passphrase lies on a disk, in a cloud or at a
    /// stranger's, while the ledger says that it is on paper.
    ///
    /// What cannot be known: a port whose name says nothing, such as that of a program that takes pages in the guise of a
    /// printer, is taken for a printer's. Windows does not tell what stands behind a port. A driver that is called after PDF
    /// is refused though it may be a printer's: what is lost is a moment, and not a passphrase.
    #[must_use]
    pub fn not_on_paper(&self) -> Option<&str> {
        let port = self.port.split(',').map(str::trim).find(|port| is_no_printer(port));
        port.or_else(|| (self.fax || makes_no_paper(&self.driver)).then_some(self.driver.as_str()))
    }

    /// Whose printer it is: told by Windows, or read from the name of the printer or of its port.
    pub(super) fn server_in(name: &str) -> Option<String> {
        let address = ["\\\\", "http://", "https://"].iter().find_map(|start| name.strip_prefix(start))?;
        let server = address.split(['\\', '/']).next().filter(|server| !server.is_empty())?;
        Some(server.to_owned())
    }
}

/// How names of files end that printers write.
const FILES: [&str; 8] = [".prn", ".ps", ".xps", ".oxps", ".txt", ".pcl", ".tif", ".tiff"];

fn is_no_printer(port: &str) -> bool {
    let port = port.to_lowercase();
    if port.starts_with("http://") || port.starts_with("https://") {
        return false;
    }
    if matches!(port.trim_end_matches(':'), "file" | "portprompt" | "nul" | "xpsport" | "shrfax" | "msfax") {
        return true;
    }
    if let Some(share) = port.strip_prefix(r"\\") {
        // `\\server\printer` is a printer; what lies deeper is a file, and `\\.\` and `\\?\` are names of this computer's.
        return share.split('\\').count() != 2 || share.starts_with(['.', '?']);
    }
    let drive = port.len() > 2 && port.as_bytes()[1] == b':';
    drive
        || port.contains(['\\', '*'])
        || FILES.iter().any(|end| port.ends_with(end))
        || ["pdf", "onenote"].iter().any(|word| port.contains(word))
}

/// By the names of drivers that are known to make no paper. "XPS" alone is no sign: drivers of real printers have it.
fn makes_no_paper(driver: &str) -> bool {
    let driver = driver.to_lowercase();
    let known = ["pdf", "xps document writer", "onenote", "docuworks"];
    // "FAX" as a word: a machine called FAX-2840 prints.
    let words = || driver.split(|c: char| c.is_whitespace() || "()[]/".contains(c));
    known.iter().any(|name| driver.contains(name)) || words().any(|word| word == "fax")
}

/// A page as grey dots, 0 black and 255 white, in rows from its top.
pub struct Page {
    /// Dots in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// All of them; wiped when the page is dropped.
    pub dots: Zeroizing<Vec<u8>>,
}

/// The sheet in a printer, in the printer's own dots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sheet {
    /// Dots per inch, across and down.
    pub density: (u32, u32),
    /// The whole sheet.
    pub size: (u32, u32),
    /// Where the part begins that can be printed on; the printer counts from there.
    pub origin: (u32, u32),
    /// The size of that part.
    pub printable: (u32, u32),
}

/// More dots per inch make a page that takes long and fills the spooler, and nothing on a slip is finer: the smallest readings
/// are legible at 200, and a camera reads the code at 100.
const MOST_DOTS: u32 = 400;
/// A sheet is a little smaller than its name says where a driver rounds.
const ROUNDED_MM: u32 = 3;

impl Sheet {
    /// How many of the printer's dots stand for one dot of a page. A whole number, so that all dots come out equally large and
    /// edges stay sharp.
    #[must_use]
    pub fn step(&self) -> (u32, u32) {
        (self.density.0.div_ceil(MOST_DOTS).max(1), self.density.1.div_ceil(MOST_DOTS).max(1))
    }

    /// Whether a page of this size, in millimetres, fits on it.
    #[must_use]
    pub fn holds(&self, (width, height): (u32, u32)) -> bool {
        let dots = |mm: u32, density: u32| u64::from(mm.saturating_sub(ROUNDED_MM)) * u64::from(density) * 10 / 254;
        dots(width, self.density.0) <= self.size.0.into() && dots(height, self.density.1) <= self.size.1.into()
    }

    /// Where a page lies when its corner is the sheet's, so that it has its true size and its own margins; `None` when
    /// something of its body would not be printed.
    #[must_use]
    pub fn place(&self, page: &Page) -> Option<Placed> {
        let (across, down) = self.step();
        let columns = Part::of(page.width, across, self.origin.0, self.printable.0);
        let rows = Part::of(page.height, down, self.origin.1, self.printable.1);
        let edge = |density: u32, step: u32| (EDGE_MM * density * 10 / 254 / step) as usize;
        let (left, top) = (edge(self.density.0, across), edge(self.density.1, down));
        let right = page.width.saturating_sub(left);
        let body = page.dots.chunks(page.width).enumerate().take(page.height.saturating_sub(top)).skip(top);
        let lost = body.into_iter().any(|(y, row)| {
            let kept = |x: usize| rows.has(y) && columns.has(x);
            row.iter().enumerate().take(right).skip(left).any(|(x, &dot)| dot < INK && !kept(x))
        });
        (!lost).then_some(Placed { columns, rows, step: (across, down) })
    }
}

/// Few printers print up to the edge. What a form has there is an aid, such as the mark to punch holes at.
const EDGE_MM: u32 = 10;
/// Below this a dot is something that somebody would miss.
const INK: u8 = 0xc0;

/// The dots of a page that are printed, one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The first of them.
    pub first: usize,
    /// How many.
    pub count: usize,
    /// Where the first one comes, in the printer's dots.
    pub at: u32,
}

impl Part {
    fn of(dots: usize, step: u32, origin: u32, printable: u32) -> Self {
        let first = origin.div_ceil(step);
        let at = first * step - origin;
        let room = (printable.saturating_sub(at) / step) as usize;
        let first = first as usize;
        Self { first, count: dots.saturating_sub(first).min(room), at }
    }

    fn has(&self, dot: usize) -> bool {
        (self.first..self.first + self.count).contains(&dot)
    }
}

/// Where a page lies on a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// Across.
    pub columns: Part,
    /// Down.
    pub rows: Part,
    /// The printer's dots for one of the page's.
    pub step: (u32, u32),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goes(port: &str, driver: &str) -> Option<String> {
        let state = State { port: port.into(), driver: driver.into(), ..State::default() };
        state.not_on_paper().map(str::to_owned)
    }

    #[test]
    fn what_makes_files_or_messages_is_no_printer() {
        for port in [
            "FILE:",
            "PORTPROMPT:",
            "portprompt:",
            "nul:",
            "NUL:",
            "XPSPort:",
            "SHRFAX:",
            r"C:\slip.prn",
            "c:slip",
            r"C:\Users\x\Documents\*.pdf",
            r"Documents\*.pdf",
            "slip.prn",
            r"\\server\share\slip.prn",
            r"\\.\pipe\x",
            r"\\?\C:\x",
            r"LPT1:,FILE:",
            "LPT1:, FILE:",
            "pdfcmon",
            "PDF24",
            "Microsoft.Office.OneNote_16001.12026.20112.0_x64__8wekyb3d8bbwe_microsoft.onenoteim_S-1-5-21",
        ] {
            assert!(goes(port, "RICOH IM C3000 RPCS").is_some(), "{port}");
        }
        for driver in [
            "Microsoft Print To PDF",
            "Microsoft XPS Document Writer v4",
            "Send to Microsoft OneNote 16 Driver",
            "Microsoft Shared Fax Driver",
            "Canon iR-ADV C3500 FAX",
            "EPSON PX-M7080F (FAX)",
            "DocuWorks Printer",
            "JUST PDF 5",
        ] {
            assert_eq!(goes("USB001", driver).as_deref(), Some(driver));
        }
        let fax = State { driver: "複合機".into(), fax: true, ..State::default() };
        assert_eq!(fax.not_on_paper(), Some("複合機"));
    }

    #[test]
    fn ports_of_printers_are_left_alone() {
        for port in [
            "LPT1:",
            "COM1:",
            "USB001",
            "DOT4_001",
            "IP_192.0.2.5",
            "192.0.2.5_1",
            "WSD-6e0b1ad5-0001.003b",
            "BRN001BA9000000",
            "TS001",
            "printer.city.example.jp",
            r"\\server\複合機",
            "http://server:631/printers/P",
            "LPT1:,LPT2:",
            "",
        ] {
            assert_eq!(goes(port, "HP Universal Printing XPS"), None, "{port}");
        }
        assert_eq!(goes("USB001", "Brother FAX-2840"), None);
    }

    #[test]
    fn the_server_is_read_from_a_name() {
        assert_eq!(State::server_in(r"\\server\複合機").as_deref(), Some("server"));
        assert_eq!(State::server_in("http://print.example:631/printers/P").as_deref(), Some("print.example:631"));
        for name in ["P", r"\server\P", r"\\", "USB001"] {
            assert_eq!(State::server_in(name), None, "{name}");
        }
    }

    /// A sheet of A4 with margins that nothing can be printed on.
    fn a4(density: u32, margin: u32) -> Sheet {
        let size = (density * 2100 / 254, density * 2970 / 254);
        let printable = (size.0 - 2 * margin, size.1 - 2 * margin);
        Sheet { density: (density, density), size, origin: (margin, margin), printable }
    }

    fn page(width: usize, height: usize, ink: &[(usize, usize)]) -> Page {
        let mut dots = Zeroizing::new(vec![255; width * height]);
        for (x, y) in ink {
            dots[y * width + x] = 0;
        }
        Page { width, height, dots }
    }

    #[test]
    fn a_dot_of_the_page_comes_where_it_stands_on_the_paper() {
        for (density, margin) in [(300, 75), (600, 101), (1200, 1), (360, 0), (203, 10)] {
            let sheet = a4(density, margin);
            let step = sheet.step().0;
            assert!((200..=400).contains(&(density / step)), "{density}");
            let (width, height) = ((sheet.size.0 / step) as usize, (sheet.size.1 / step) as usize);
            let placed = sheet.place(&page(width, height, &[(width / 2, height / 2)])).unwrap();
            for part in [placed.columns, placed.rows] {
                // From the edge of the paper.
                assert_eq!(part.at + margin, u32::try_from(part.first).unwrap() * step);
                assert!(part.at < step);
            }
            let end = placed.columns.at + u32::try_from(placed.columns.count).unwrap() * step;
            assert!(end <= sheet.printable.0 && end + 2 * step > sheet.printable.0, "{end} of {sheet:?}");
        }
    }

    #[test]
    fn a_page_whose_body_would_lose_something_is_not_placed() {
        // At 254 dots to the inch, one to the tenth of a millimetre. Nothing is printed on 15 mm around.
        let printable = (2100 - 300, 2970 - 300);
        let sheet = Sheet { density: (254, 254), size: (2100, 2970), origin: (150, 150), printable };
        let placed = |x, y| sheet.place(&page(2100, 2970, &[(x, y)])).is_some();
        assert!(placed(150, 150) && placed(1949, 2819), "the corners of what can be printed");
        for (x, y) in [(149, 1500), (1950, 1500), (1000, 149), (1000, 2820), (100, 100), (1999, 2869)] {
            assert!(!placed(x, y), "{x} {y}");
        }
        for (x, y) in [(99, 1500), (2000, 1500), (1000, 99), (1000, 2870)] {
            assert!(placed(x, y), "an aid at the edge: {x} {y}");
        }
        assert_eq!(sheet.place(&page(4000, 2970, &[(3000, 1500)])), None, "wider than the sheet");
    }

    #[test]
    fn only_a_sheet_as_large_as_the_page_holds_it() {
        assert!(a4(600, 100).holds((210, 297)));
        assert!(!a4(600, 100).holds((297, 420)));
        let letter = Sheet { size: (2550, 3300), ..a4(300, 75) };
        assert!(!letter.holds((210, 297)));
    }
}
