//! A printer of Windows: whether it prints now and on paper, and the page on its way there as dots.

use std::io;

use super::{drawn, no_default, not_printed, rejects, stopped, unknown};
use crate::cli::failure::Failure;
use crate::erase::os::printers::{State, Trouble};
use crate::erase::os::printing::{self, Canvas};
use crate::t;
use crate::term::show;

/// The size of the sheets that slips are printed on, in millimetres.
const A4: (u32, u32) = (210, 297);

/// Sends a page to a printer, and says what the job is called: the printer's name, and the number in its queue.
pub fn send(name: &str, number: &str, pdf: &[u8]) -> Result<Option<String>, Failure> {
    // Attack: the printer's port is changed to a file while the passphrase is stretched.
    on_paper(name)?;
    let failed = |error: &io::Error| not_printed(error.to_string(), t!("hint-not-printed-windows"));
    let canvas = Canvas::open(name).map_err(|e| failed(&e))?;
    let sheet = canvas.sheet().map_err(|e| failed(&e))?;
    let pages =
        drawn::pages(pdf, &sheet).ok_or_else(|| not_printed(t!("page-not-drawn"), t!("hint-not-printed-windows")))?;
    let mut placed = Vec::with_capacity(pages.len());
    for page in pages {
        let Some(place) = sheet.place(&page) else {
            return Err(not_printed(t!("page-cut-off"), t!("hint-not-printed-windows")));
        };
        placed.push((page, place));
    }
    // The title is shown in queues that others see; the number says nothing of the data.
    let job = canvas.print(number, &placed).map_err(|e| failed(&e))?;
    Ok(Some(format!("{name}-{job}")))
}

/// The printer that was named, or the system's own; asked before work begins, so that nothing is sealed whose slip would
/// not come out, or would lie in a queue until somebody starts the printer again.
pub fn ready(asked: Option<&str>) -> Result<String, Failure> {
    let name = match asked {
        Some(name) => name.to_owned(),
        None => printing::default_name()
            .map_err(|e| silent("", &e))?
            .ok_or_else(|| no_default(t!("hint-no-default-printer-windows")))?,
    };
    on_paper(&name)?;
    let sheet = Canvas::open(&name).and_then(|canvas| canvas.sheet()).map_err(|e| silent(&name, &e))?;
    if sheet.holds(A4) { Ok(name) } else { Err(rejects(&name, t!("printer-no-a4"))) }
}

/// What the spooler says of a printer that prints, and on paper.
fn on_paper(name: &str) -> Result<State, Failure> {
    let state = printing::state(name).map_err(|e| silent(name, &e))?;
    let state = state.ok_or_else(|| unknown(name, t!("hint-no-printer-windows")))?;
    let shown = show::name(name);
    if let Some(goes) = state.not_on_paper() {
        let message = t!("err-printer-writes-file", name = shown.clone(), port = show::name(goes));
        return Err(Failure::refused("printer_writes_file", message, t!("hint-printer-writes-file")).about(shown));
    }
    match state.trouble {
        None => Ok(state),
        Some(Trouble::Leaving) => Err(rejects(name, why(Trouble::Leaving))),
        Some(trouble) => Err(stopped(name, why(trouble))),
    }
}

/// The spooler did not answer, or only with an error of its own.
fn silent(name: &str, error: &io::Error) -> Failure {
    if printing::no_spooler(error) {
        return Failure::failed("no_spooler", t!("err-no-spooler-windows"), t!("hint-no-spooler-windows"));
    }
    rejects(name, error.to_string())
}

fn why(trouble: Trouble) -> String {
    match trouble {
        Trouble::Leaving => t!("printer-leaving"),
        Trouble::Paused => t!("printer-paused"),
        Trouble::Offline => t!("printer-offline"),
        Trouble::NoPaper => t!("printer-no-paper"),
        Trouble::Jam => t!("printer-jam"),
        Trouble::Paper => t!("printer-paper"),
        Trouble::DoorOpen => t!("printer-door-open"),
        Trouble::NoToner => t!("printer-no-toner"),
        Trouble::BinFull => t!("printer-bin-full"),
        Trouble::Memory => t!("printer-memory"),
        Trouble::Attention => t!("printer-attention"),
        Trouble::Error => t!("printer-error"),
    }
}

/// What was done with a slip, and what the spooler keeps of it.
pub fn notice(slip: &str, job: Option<&str>) -> String {
    let (printer, number) = job.and_then(|job| job.rsplit_once('-')).unwrap_or_default();
    // It can hardly be gone since it took the job; then nothing more is known of it than of any printer.
    let state = printing::state(printer).ok().flatten().unwrap_or_default();
    told(slip, printer, number, &state)
}

fn told(slip: &str, printer: &str, job: &str, state: &State) -> String {
    let (number, shown) = (slip.to_owned(), show::name(printer));
    let copy = format!(r"%SystemRoot%\System32\spool\PRINTERS\{job:0>5}.SPL");
    let mut lines = vec![t!(
        "warn-spooler-windows",
        number = number.clone(),
        printer = shown.clone(),
        job = job.to_owned(),
        copy = copy
    )];
    if state.keeps {
        lines.push(t!("warn-spooler-windows-keeps", number = number, printer = shown));
    }
    if let Some(server) = &state.server {
        lines.push(t!("warn-spooler-windows-server", server = show::name(server)));
    }
    lines.push(t!("warn-spooler-windows-disk"));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_told_as_far_as_it_is_known() {
        let told = |state: &State| told("D-0007", "複合機-2", "12", state);
        let plain = told(&State::default());
        for said in ["D-0007", "複合機-2", r"%SystemRoot%\System32\spool\PRINTERS\00012.SPL", ".SHD"] {
            assert!(plain.contains(said), "{said}: {plain}");
        }
        assert_eq!(plain.lines().count(), 2);
        let keeps = told(&State { keeps: true, ..State::default() });
        assert!(keeps.lines().count() == 3 && keeps.starts_with(plain.lines().next().unwrap()), "{keeps}");
        let shared = told(&State { server: Some("print-server".into()), ..State::default() });
        assert!(shared.lines().count() == 3 && shared.lines().nth(1).unwrap().contains("print-server"), "{shared}");
    }
}
