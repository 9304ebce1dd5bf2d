//! A printer of CUPS: whether it prints now, and the page on its way there through `lp`.

use std::env;
use std::io::{self, Write};
use std::process::{Command, Stdio};

use super::{no_default, not_printed, rejects, stopped, unknown};
use crate::cli::failure::Failure;
use crate::t;
use crate::term::show;

/// Sends a page to a printer, and says what the job is called where `lp` does.
pub fn send(name: &str, number: &str, pdf: &[u8]) -> Result<Option<String>, Failure> {
    let mut command = cups("lp");
    // The title is shown in queues that others see; the number says nothing of the data. One copy, whatever this user
    // or the printer is set to.
    command.args(["-t", number, "-n", "1", "-d", name]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut printing = command.spawn().map_err(|e| no_printing(&e))?;
    // Dropped after writing, or the spooler would wait for more.
    let written = printing.stdin.take().map_or(Ok(()), |mut pipe| pipe.write_all(pdf));
    let ended = printing.wait_with_output().map_err(|e| no_printing(&e))?;
    if ended.status.success() && written.is_ok() {
        return Ok(job(&String::from_utf8_lossy(&ended.stdout)));
    }
    let said = String::from_utf8_lossy(&ended.stderr);
    let said = if said.trim().is_empty() { ended.status.to_string() } else { show::name(said.trim()) };
    Err(not_printed(said, t!("hint-not-printed")))
}

/// The printer that was named, or the system's own; asked before work begins, so that nothing is sealed whose slip would
/// not come out, or would lie in a queue until somebody starts the printer again.
pub fn ready(asked: Option<&str>) -> Result<String, Failure> {
    if !env::var_os("PATH").is_some_and(|path| env::split_paths(&path).any(|folder| folder.join("lp").is_file())) {
        return Err(no_printing(&io::Error::from(io::ErrorKind::NotFound)));
    }
    let spooler = told(&["-r", "-d"])?;
    if !spooler.lines().any(|line| line == "scheduler is running") {
        return Err(Failure::failed("no_spooler", t!("err-no-spooler"), t!("hint-no-spooler")));
    }
    let own = spooler.lines().find_map(|line| line.strip_prefix("system default destination: "));
    let Some(name) = asked.or(own) else {
        return Err(no_default(t!("hint-no-default-printer")));
    };
    // A set of options of a printer is named behind a slash.
    let queue = name.split('/').next().unwrap_or_default();
    // Attack: an option of lpstat, or a list, instead of a name.
    let plain = !queue.is_empty() && !queue.starts_with('-') && !queue.contains([',', ' ']);
    let states = if plain { told(&["-a", queue, "-p", queue])? } else { String::new() };
    match State::of(queue, &states) {
        State::Ready => Ok(name.to_owned()),
        State::Unknown => Err(unknown(name, t!("hint-no-printer"))),
        State::Rejects(reason) => Err(rejects(name, why(reason))),
        State::Stopped(reason) => Err(stopped(name, why(reason))),
    }
}

/// What a printer does with a page now, with the reason its keeper gave.
#[derive(Debug, PartialEq)]
enum State<'a> {
    Ready,
    Unknown,
    Rejects(&'a str),
    Stopped(&'a str),
}

impl<'a> State<'a> {
    fn of(queue: &str, states: &'a str) -> Self {
        // The reason is on the line below, indented.
        let reason_below = |beginning: String| {
            let mut lines = states.lines().skip_while(|line| !line.starts_with(&beginning));
            lines.next().map(|_| lines.next().filter(|line| line.starts_with('\t')).map_or("", str::trim))
        };
        if let Some(reason) = reason_below(format!("{queue} not accepting requests")) {
            Self::Rejects(reason)
        } else if let Some(reason) = reason_below(format!("printer {queue} disabled")) {
            Self::Stopped(reason)
        } else if reason_below(format!("{queue} accepting requests")).is_some() {
            Self::Ready
        } else {
            Self::Unknown
        }
    }
}

fn why(reason: &str) -> String {
    // What CUPS says where its keeper gave none.
    if matches!(reason, "" | "reason unknown" | "Paused" | "Rejecting Jobs") {
        t!("printer-no-reason")
    } else {
        show::name(reason)
    }
}

/// The name of the job, by which it can be found and purged.
fn job(said: &str) -> Option<String> {
    let rest = said.lines().find_map(|line| line.strip_prefix("request id is "))?;
    rest.split(' ').next().filter(|name| number(name).is_some()).map(str::to_owned)
}

fn number(job: &str) -> Option<u32> {
    job.rsplit_once('-')?.1.parse().ok()
}

/// What was done with a slip, and what the spooler keeps of it.
pub fn notice(slip: &str, job: Option<&str>) -> String {
    let number = job.and_then(number).map(|number| format!("/var/spool/cups/d{number:05}-001"));
    match (job, number) {
        (Some(job), Some(copy)) => t!("warn-spooler", number = slip.to_owned(), job = show::name(job), copy = copy),
        _ => t!("warn-spooler-no-job", number = slip.to_owned()),
    }
}

/// A command of CUPS that answers in words we know, and with every character of a name.
fn cups(program: &str) -> Command {
    let mut command = Command::new(program);
    command.env("LC_ALL", "C.UTF-8").env_remove("LANGUAGE");
    command
}

fn told(args: &[&str]) -> Result<String, Failure> {
    let asked = cups("lpstat").args(args).stdin(Stdio::null()).output().map_err(|e| no_printing(&e))?;
    Ok(String::from_utf8_lossy(&asked.stdout).into_owned())
}

fn no_printing(error: &io::Error) -> Failure {
    Failure::failed("no_printing", t!("err-no-printing", reason = error.to_string()), t!("hint-no-printing"))
}

#[cfg(test)]
mod tests {
    use super::{State, job};

    #[test]
    fn the_state_is_that_of_the_printer_that_was_asked_for() {
        let idle = "P accepting requests since Sat\nprinter P is idle.  enabled since Sat\n";
        assert_eq!(State::of("P", idle), State::Ready);
        assert_eq!(State::of("p", idle), State::Unknown);
        assert_eq!(State::of("", ""), State::Unknown);
        let busy = "P accepting requests since Sat\nprinter P now printing P-1.  enabled since Sat\n";
        assert_eq!(State::of("P", busy), State::Ready);
        let rejects = "P not accepting requests since Sat -\n\tなし\nprinter P disabled since Sat -\n\t紙切れ\n";
        assert_eq!(State::of("P", rejects), State::Rejects("なし"));
        let stopped = "P accepting requests since Sat\nprinter P disabled since Sat -\n\t紙切れ\n";
        assert_eq!(State::of("P", stopped), State::Stopped("紙切れ"));
        // A name that sounds like a state.
        let named = "not accepting requests since Sat\nprinter not is idle.  enabled since Sat\n";
        assert_eq!(State::of("not", named), State::Ready);
        assert_eq!(State::of("not", "not not accepting requests since Sat -\n"), State::Rejects(""));
    }

    #[test]
    fn the_job_is_read_from_what_lp_says() {
        assert_eq!(job("request id is 複合機-2-17 (0 file(s))\n").as_deref(), Some("複合機-2-17"));
        assert_eq!(job("request id is nothing\n"), None);
        assert_eq!(job(""), None);
    }
}
