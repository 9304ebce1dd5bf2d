//! The table of what is left in the raw image: one row for a file system, one column for a tool.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::Value;

use crate::desk::Desk;
use crate::media::{ALL, Medium};
use crate::residue::{FOLDERS, Planted, Residue, number_of};
use crate::run::there;
use crate::{Fault, Settings};

/// The tools of today: a name, the program that must be there, and a shell line about the folder `$1`.
const PEERS: [(&str, &str, &str); 4] = [
    ("rm", "rm", r#"rm -rf "$1""#),
    ("shred -n1 -z -u", "shred", r#"find "$1" -type f -exec shred -n1 -z -u {} + ; rm -rf "$1""#),
    ("wipe -q", "wipe", r#"wipe -q -f -r "$1""#),
    ("srm -l", "srm", r#"srm -l -r "$1""#),
];
/// Ours, as it comes and when it is told to do what it can.
const OURS: [(&str, &[&str]); 2] = [("tewatashi erase", &[]), ("with --best-effort", &["--best-effort"])];

/// Runs all cells and prints the table; whether nothing was left that was not told.
pub fn run(settings: &Settings) -> Result<bool, Fault> {
    let media: Vec<&Medium> = ALL.iter().filter(|medium| settings.wants("residue", medium.name)).collect();
    if media.is_empty() {
        return Ok(true);
    }
    for (name, program, _) in PEERS {
        if !there(program) {
            return Err(format!("{name} cannot be compared: {program} is not there (scripts/setup.sh bench)").into());
        }
    }
    let (mut rows, mut told, mut leaks) = (Vec::new(), Vec::new(), Vec::new());
    for medium in media {
        let mut row = vec![medium.name.to_owned()];
        for (name, _, line) in PEERS {
            row.push(peer(settings, medium, name, line)?);
        }
        for (name, words) in OURS {
            let cell = ours(settings, medium, name, words)?;
            row.push(cell.figures);
            told.push(format!("{}, {name}: {}", medium.name, cell.told));
            leaks.extend(cell.leaks.into_iter().map(|leak| format!("{}, {name}: {leak}", medium.name)));
        }
        rows.push(row);
    }
    print(settings, &rows, &told);
    for leak in &leaks {
        println!("LEFT AND NOT TOLD: {leak}");
    }
    Ok(leaks.is_empty())
}

fn print(settings: &Settings, rows: &[Vec<String>], told: &[String]) {
    println!("{} marked files: files / 4 KiB blocks / names / attributes still in the raw image", settings.marked);
    println!();
    let heads = PEERS.iter().map(|peer| peer.0).chain(OURS.iter().map(|ours| ours.0));
    println!("| file system | {} |", heads.collect::<Vec<_>>().join(" | "));
    println!("|{}", "---|".repeat(1 + PEERS.len() + OURS.len()));
    for row in rows {
        println!("| {} |", row.join(" | "));
    }
    println!("\nWhat ours said:");
    for line in told {
        println!("- {line}");
    }
}

/// Lets a tool wipe a medium, takes the medium away and searches it.
fn wiped(
    settings: &Settings,
    medium: &Medium,
    name: &str,
    wipe: impl FnOnce(&Path) -> Result<(), Fault>,
) -> Result<(Residue, Vec<Planted>), Fault> {
    let begin = Instant::now();
    let (fs, planted) = medium.make(settings.marked)?;
    wipe(&fs.path("data"))?;
    fs.unmount();
    let residue = Residue::scan(&fs.image_path())?;
    eprintln!("{}, {name}: {}  ({:.1} s)", medium.name, figures(&residue), begin.elapsed().as_secs_f64());
    fs.mount_again();
    Ok((residue, planted))
}

fn peer(settings: &Settings, medium: &Medium, name: &str, line: &str) -> Result<String, Fault> {
    let mut gone = true;
    let (residue, _) = wiped(settings, medium, name, |data| {
        let words = ["-c", line, "bash"];
        let quiet = Command::new("bash").args(words).arg(data).stdin(Stdio::null()).stdout(Stdio::null()).output()?;
        gone = !data.exists();
        if !gone {
            eprintln!("{name}: {}", String::from_utf8_lossy(&quiet.stderr).trim_end());
        }
        Ok(())
    })?;
    Ok(figures(&residue) + if gone { "" } else { " (gave up)" })
}

/// Files and blocks, and names and attributes of files: folders are few, and not every tool was asked about them.
fn figures(residue: &Residue) -> String {
    let of_files = |set: &BTreeSet<u32>| set.iter().filter(|&&number| number < FOLDERS).count();
    let (names, attributes) = (of_files(&residue.names), of_files(&residue.attributes));
    format!("{}/{}/{names}/{attributes}", residue.files(), residue.blocks())
}

/// A cell of ours.
struct Cell {
    figures: String,
    told: String,
    leaks: Vec<String>,
}

fn ours(settings: &Settings, medium: &Medium, name: &str, words: &[&str]) -> Result<Cell, Fault> {
    let mut said = Value::Null;
    let (residue, planted) = wiped(settings, medium, name, |data| {
        said = Desk::new()?.erased(words, data)?;
        Ok(())
    })?;
    let items = said["items"].as_array().ok_or("no items")?;
    let about = |item: &Value| number_of(Path::new(item["path"].as_str()?));
    let known: BTreeSet<u32> = items.iter().filter_map(about).collect();
    let mut leaks: Vec<String> =
        planted.iter().filter(|file| !known.contains(&file.number)).map(|file| format!("{file:?} unsaid")).collect();
    leaks.extend(items.iter().filter_map(|item| leak(item, about(item)?, &residue)));
    Ok(Cell { figures: figures(&residue), told: summary(&said, items), leaks })
}

/// What is left of an item though it was said to be gone.
fn leak(item: &Value, number: u32, residue: &Residue) -> Option<String> {
    if item["result"] != "erased" {
        return None;
    }
    let told = |code: &str| item["may_remain"].as_array().is_some_and(|codes| codes.iter().any(|c| c == code));
    let data = residue.data.contains_key(&number);
    let name = residue.names.contains(&number) && !told("names");
    let attribute = residue.attributes.contains(&number) && !told("attributes");
    (data || name || attribute).then(|| item.to_string())
}

/// The result, how many items came to what, and the codes.
fn summary(said: &Value, items: &[Value]) -> String {
    let mut fates: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut reasons, mut remains) = (BTreeSet::new(), BTreeSet::new());
    for item in items {
        *fates.entry(item["result"].as_str().unwrap_or("?")).or_default() += 1;
        let codes =
            |key: &str| item[key].as_array().into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>();
        reasons.extend(codes("reasons"));
        remains.extend(codes("may_remain"));
    }
    let fates: Vec<String> = fates.iter().map(|(fate, count)| format!("{count} {fate}")).collect();
    let list = |set: BTreeSet<&str>| set.into_iter().collect::<Vec<_>>().join(" ");
    let result = said["result"].as_str().unwrap_or("?");
    format!("{result} ({}); reasons: {}; may remain: {}", fates.join(", "), list(reasons), list(remains))
}
