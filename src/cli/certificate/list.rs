//! The list of items: in the record, or in the file that the record pins; and whether title, totals and items agree.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::books::Place;
use super::given::Given;
use super::report::{Check, Contradiction, Notice, Problem, Report};
use crate::case::folder::CaseFolder;
use crate::cli::failure::Failure;
use crate::cli::words;
use crate::digest::hex;
use crate::erase::os;
use crate::paper::fields::erasure::{Annex, CERTIFICATE, Fate, Outcome, REPORT};
use crate::paper::fields::{Count, Erasure};
use crate::term::show;

/// No line is longer: a path has at most 4,096 bytes, which JSON may write six times as long.
const MOST_LINE: u64 = 256 * 1024;

/// How many of a content there are: erased, and with another result.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Of {
    /// Erased.
    pub erased: u64,
    /// Not erased.
    pub other: u64,
}

/// What became of all items.
#[derive(Debug, Default)]
pub struct Listing {
    /// The file it was read from; none where the record has it.
    pub file: Option<PathBuf>,
    /// By fingerprint.
    pub contents: HashMap<String, Of>,
    totals: Totals,
}

/// Counts by result, and bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Totals {
    all: u64,
    bytes: u64,
    erased: u64,
    not_verified: u64,
    failed: u64,
    skipped: u64,
}

#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    size: Option<u64>,
    #[serde(default)]
    fingerprint: Option<String>,
    result: Fate,
}

impl Listing {
    /// How many items there are.
    pub fn items(&self) -> u64 {
        self.totals.all
    }

    fn add(&mut self, fingerprint: Option<&str>, size: Option<u64>, fate: Fate) {
        let totals = &mut self.totals;
        totals.all += 1;
        totals.bytes = totals.bytes.saturating_add(size.unwrap_or(0));
        *match fate {
            Fate::Erased => &mut totals.erased,
            Fate::NotVerified => &mut totals.not_verified,
            Fate::Failed => &mut totals.failed,
            Fate::Skipped => &mut totals.skipped,
        } += 1;
        if let Some(fingerprint) = fingerprint {
            let of = self.contents.entry(fingerprint.to_owned()).or_default();
            *if fate == Fate::Erased { &mut of.erased } else { &mut of.other } += 1;
        }
    }

    fn of_annex(annex: &Annex) -> Self {
        let mut listing = Self::default();
        for item in &annex.items {
            listing.add(item.fingerprint.as_deref(), item.size.map(Count::number), item.result);
        }
        listing
    }
}

/// Finds the list and holds title, totals and items against each other.
pub fn judge(
    place: &Place,
    given: &Given,
    named: Option<&Path>,
    report: &mut Report,
) -> Result<Option<Listing>, Failure> {
    let sheet = serde_json::from_value::<Erasure>(Value::Object(given.record.fields.clone()));
    let Ok(sheet) = sheet else {
        report.wrong(Check::Agreement, Problem::Contradicts(vec![Contradiction::Fields]));
        return Ok(None);
    };
    let listing = listing(place, given, &sheet.annex, named, report)?;
    let found = contradictions(&given.record.title, &sheet, listing.as_ref());
    if found.is_empty() {
        report.right(Check::Agreement);
    } else {
        report.wrong(Check::Agreement, Problem::Contradicts(found));
    }
    Ok(listing)
}

fn listing(
    place: &Place,
    given: &Given,
    annex: &Annex,
    named: Option<&Path>,
    report: &mut Report,
) -> Result<Option<Listing>, Failure> {
    let Some(path) = file(place, given, annex, named) else {
        if annex.items.is_empty() {
            report.note(Notice::ListMissing);
            return Ok(None);
        }
        report.right(Check::List);
        return Ok(Some(Listing::of_annex(annex)));
    };
    let (sha256, listing) = read(&path).map_err(|e| words::io(&path, &e))?;
    let shown = show::path(&path);
    if annex.list_sha256.as_ref() != Some(&sha256) {
        report.wrong(Check::List, Problem::ListAltered(shown));
        return Ok(None);
    }
    let Some(listing) = listing else {
        report.wrong(Check::List, Problem::ListUnreadable(shown));
        return Ok(None);
    };
    report.right(Check::List);
    Ok(Some(Listing { file: Some(path), ..listing }))
}

/// The file that was named, else the one that lies beside the document, or in the case.
fn file(place: &Place, given: &Given, annex: &Annex, named: Option<&Path>) -> Option<PathBuf> {
    if let Some(named) = named {
        return Some(named.canonicalize().unwrap_or_else(|_| named.to_owned()));
    }
    // Attack: a record of a stranger that names a file anywhere on this computer.
    let digits = annex.list_sha256.as_ref()?.get(..16).filter(|text| text.bytes().all(|b| b.is_ascii_hexdigit()))?;
    let name = format!("erasure-{digits}.jsonl");
    let folders = [Some(given.folder.clone()), place.folder().map(CaseFolder::records)];
    folders.into_iter().flatten().map(|folder| folder.join(&name)).find(|path| path.is_file())
}

/// Reads it once, so that what is hashed is what is looked at. None where it is no list.
fn read(path: &Path) -> io::Result<(String, Option<Listing>)> {
    let mut reader = BufReader::new(os::open_read(path)?);
    let (mut hasher, mut line) = (Sha256::new(), Vec::new());
    let (mut listing, mut announced) = (Some(Listing::default()), None);
    loop {
        line.clear();
        // A line too long for any list comes in pieces, none of which is JSON.
        if reader.by_ref().take(MOST_LINE).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        hasher.update(&line);
        let Some(so_far) = &mut listing else { continue };
        let fits = match announced {
            None => head(&line).inspect(|items| announced = Some(*items)).is_some(),
            Some(_) => item(&line, so_far).is_some(),
        };
        if !fits {
            listing = None;
        }
    }
    let complete = listing.filter(|listing| announced == Some(listing.totals.all));
    Ok((hex(&hasher.finalize().into()), complete))
}

/// The first line: how many items follow.
fn head(line: &[u8]) -> Option<u64> {
    let head: Value = serde_json::from_slice(line).ok()?;
    let is_list = head.get("kind")?.as_str()? == "erasure_list" && head.get("v")?.as_u64()? == 1;
    head.get("items")?.as_u64().filter(|_| is_list)
}

fn item(line: &[u8], listing: &mut Listing) -> Option<()> {
    let line: Line = serde_json::from_slice(line).ok()?;
    listing.add(line.fingerprint.as_deref(), line.size, line.result);
    Some(())
}

/// Attack: a certificate whose face says that all was erased, over a list that says otherwise.
fn contradictions(title: &str, sheet: &Erasure, listing: Option<&Listing>) -> Vec<Contradiction> {
    let mut found = Vec::new();
    let annex = &sheet.annex;
    let number = |count: Option<Count>| count.map(Count::number);
    let said = || {
        Some(Totals {
            all: number(annex.total)?,
            bytes: number(annex.bytes)?,
            erased: number(annex.erased)?,
            not_verified: number(annex.not_verified)?,
            failed: number(annex.failed)?,
            skipped: number(annex.skipped)?,
        })
    };
    let Some(said) = said() else { return vec![Contradiction::Totals] };
    let parts = [said.erased, said.not_verified, said.failed, said.skipped];
    let sum = parts.iter().try_fold(0u64, |sum, part| sum.checked_add(*part));
    let listed = Listing::of_annex(annex);
    if sum != Some(said.all) || (listed.items() > 0 && listed.totals != said) {
        found.push(Contradiction::Totals);
    }
    if listing.is_some_and(|listing| listing.totals != said) {
        found.push(Contradiction::List);
    }
    let unlisted = number(sheet.exceptions_unlisted).unwrap_or(0);
    let excepted = (sheet.exceptions.len() as u64).saturating_add(unlisted);
    let all = said.all > 0 && said.erased == said.all && excepted == 0;
    let result = match sheet.result {
        Some(Outcome::Erased) => all,
        Some(Outcome::Partial) => said.erased > 0,
        Some(Outcome::NotEstablished) => true,
        None => false,
    };
    if !result || excepted != said.all.saturating_sub(said.erased) {
        found.push(Contradiction::Result);
    }
    match title {
        CERTIFICATE if !all || sheet.result != Some(Outcome::Erased) => found.push(Contradiction::Certifies),
        CERTIFICATE | REPORT => {}
        _ => found.push(Contradiction::Title),
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paper::fields::erasure;
    use serde_json::json;

    fn sheet(result: &str, fates: &[&str]) -> Erasure {
        let items: Vec<_> = fates.iter().map(|fate| json!({ "path": "a", "size": 10, "result": fate })).collect();
        let report: erasure::Report = serde_json::from_value(json!({ "result": result, "items": items })).unwrap();
        report.fill(Erasure::default(), "00")
    }

    #[test]
    fn what_does_not_hold_together_is_told() {
        let good = || sheet("erased", &["erased", "erased"]);
        let part = || sheet("partial", &["erased", "failed", "skipped", "not_verified"]);
        let of = |title, sheet: &Erasure| contradictions(title, sheet, None);
        assert_eq!(of(CERTIFICATE, &good()), []);
        assert_eq!((of(REPORT, &good()), of(REPORT, &part())), (vec![], vec![]));
        assert_eq!(of(CERTIFICATE, &part()), [Contradiction::Certifies]);
        assert_eq!(of("証明書", &good()), [Contradiction::Title]);
        let with = |mut sheet: Erasure, change: &dyn Fn(&mut Erasure)| {
            change(&mut sheet);
            sheet
        };
        let dressed = with(part(), &|sheet| sheet.result = Some(Outcome::Erased));
        assert_eq!(of(CERTIFICATE, &dressed), [Contradiction::Result, Contradiction::Certifies]);
        let counted = with(good(), &|sheet| sheet.annex.total = Some(3.into()));
        assert!(of(REPORT, &counted).contains(&Contradiction::Totals));
        let hidden = with(part(), &|sheet| sheet.exceptions.clear());
        assert_eq!(of(REPORT, &hidden), [Contradiction::Result]);
        let item = with(good(), &|sheet| sheet.annex.items[0].result = Fate::Failed);
        assert_eq!(of(CERTIFICATE, &item), [Contradiction::Totals]);
        let blank = with(good(), &|sheet| sheet.annex = Annex::default());
        assert_eq!(of(CERTIFICATE, &blank), [Contradiction::Totals]);
        let huge = with(good(), &|sheet| sheet.annex.failed = Some(u64::MAX.into()));
        assert!(of(REPORT, &huge).contains(&Contradiction::Totals), "sums that overflow");
        let other = Listing::of_annex(&part().annex);
        assert_eq!(contradictions(CERTIFICATE, &good(), Some(&other)), [Contradiction::List]);
    }

    #[test]
    fn a_list_is_read_whole_or_not_at_all() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("list.jsonl");
        let read = |text: &str| {
            std::fs::write(&path, text).unwrap();
            let (sha256, listing) = super::read(&path).unwrap();
            assert_eq!(sha256, crate::digest::sha256(text.as_bytes()));
            listing
        };
        let head = "{\"v\":1,\"kind\":\"erasure_list\",\"salt\":\"00\",\"items\":2}\n";
        let one = "{\"path\":\"a\",\"size\":3,\"fingerprint\":\"ab\",\"result\":\"erased\"}\n";
        let two = "{\"path\":\"b\",\"kind\":\"link\",\"fingerprint\":null,\"result\":\"failed\"}\n";
        let listing = read(&format!("{head}{one}{two}")).unwrap();
        assert_eq!((listing.items(), listing.totals.bytes), (2, 3));
        assert_eq!(listing.contents, HashMap::from([("ab".to_owned(), Of { erased: 1, other: 0 })]));
        let long = format!("{head}{one}{}", two.replace('b', &"b".repeat(300_000)));
        for bad in
            [format!("{head}{one}"), format!("{head}{one}{two}{two}"), format!("{one}{two}"), String::new(), long]
        {
            assert!(read(&bad).is_none(), "{}", bad.get(..200).unwrap_or(&bad));
        }
    }
}
