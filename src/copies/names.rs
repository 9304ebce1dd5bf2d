//! What programs call what they leave of a file, read backwards: from the name that was found to the names it may stand for.
//!
//! Names are compared composed (NFC) and without regard to case, as the desks do that they come from.

use serde::Serialize;
use unicode_normalization::UnicodeNormalization as _;

/// What kind of leftover a name says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Leftover {
    /// `~$名簿.xlsx`: who has it open in Microsoft Office, left by a crash. Holds that person's name, not the content.
    OfficeLock,
    /// `.~lock.名簿.xlsx#`: of `LibreOffice`.
    LibreOfficeLock,
    /// `名簿.xlsx~`, `名簿.xlsx.bak` and the like.
    Backup,
    /// `名簿 - コピー.xlsx`, `名簿 (1).xlsx`: copied by a desktop or a browser, and changed since.
    CopyName,
    /// What office programs keep to recover from a crash.
    Autosave,
    /// In a recycle bin of Windows: the record, or what it speaks of.
    RecycleBin,
    /// In a trash folder of a desktop.
    Trash,
    /// `~WRL0001.tmp`, `*.asd`, `*.wbk`: of some document of Word; nothing says of which.
    WordTemporary,
    /// An empty file of the same name as an empty file in the bundle.
    Empty,
}

/// A name as it is compared.
pub fn fold(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    name.nfc().flat_map(char::to_lowercase).nfc().collect()
}

/// What a name that was found may come from. All texts are folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A file of this name.
    Whole(String),
    /// A document whose name without its ending is this.
    Stem(String),
    /// A document of Word whose name ends so: Word takes away the beginning of long ones.
    WordTail(String),
}

/// Documents: what office programs open.
const DOCUMENTS: [&str; 21] = [
    "doc", "docx", "docm", "dot", "dotx", "rtf", "odt", "xls", "xlsx", "xlsm", "xlsb", "xlt", "xltx", "csv", "ods",
    "ppt", "pptx", "pptm", "odp", "mdb", "accdb",
];

/// Documents of Word.
const WORD: [&str; 6] = ["doc", "docx", "docm", "dot", "dotx", "rtf"];

/// A name and its ending, without the dot; empty where there is none.
pub fn split(name: &str) -> (&str, &str) {
    match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() => (stem, ending),
        _ => (name, ""),
    }
}

/// Whether an office program opens a file of this folded name.
pub fn is_document(name: &str) -> bool {
    DOCUMENTS.contains(&split(name).1)
}

/// Whether Word does.
pub fn is_word(name: &str) -> bool {
    WORD.contains(&split(name).1)
}

/// What is left of a document's name behind `~$` when Word has it open: of eight characters and more the first two are
/// replaced, of seven the first one.
pub fn word_tail(name: &str) -> Option<String> {
    let (stem, ending) = split(name);
    let gone = match stem.chars().count() {
        0..=6 => return None,
        7 => 1,
        _ => 2,
    };
    let tail: String = stem.chars().skip(gone).collect();
    is_word(name).then(|| format!("{tail}.{ending}"))
}

/// Whether a folded name is one of Word's for what it keeps while it works, of which nothing says whose it is.
pub fn is_word_temporary(name: &str) -> bool {
    let (stem, ending) = split(name);
    match ending {
        "asd" | "wbk" => true,
        "tmp" => ["~wrl", "~wrd", "~wra", "~wrc", "~wrs", "~wrf"].iter().any(|start| {
            stem.strip_prefix(start)
                .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit()))
        }),
        _ => false,
    }
}

/// What a folded name may come from, and as what.
pub fn origins(name: &str) -> Vec<(Leftover, Origin)> {
    let mut found = Vec::new();
    if let Some(rest) = name.strip_prefix("~$") {
        found.push((Leftover::OfficeLock, Origin::Whole(rest.to_owned())));
        found.push((Leftover::OfficeLock, Origin::WordTail(rest.to_owned())));
    }
    if let Some(rest) = name.strip_prefix(".~lock.").and_then(|rest| rest.strip_suffix('#')) {
        found.push((Leftover::LibreOfficeLock, Origin::Whole(rest.to_owned())));
    }
    backups(name, &mut found);
    copies(name, &mut found);
    autosaves(name, &mut found);
    found
}

fn backups(name: &str, found: &mut Vec<(Leftover, Origin)>) {
    let mut add = |origin| found.push((Leftover::Backup, origin));
    for end in ["~", ".bak", ".old", ".orig", ".backup", ".tmp"] {
        if let Some(rest) = name.strip_suffix(end).filter(|rest| !rest.is_empty()) {
            add(Origin::Whole(rest.to_owned()));
        }
    }
    if let Some(rest) = name.strip_prefix('.').and_then(|rest| rest.strip_suffix(".swp")) {
        add(Origin::Whole(rest.to_owned()));
    }
    let (stem, ending) = split(name);
    if !matches!(ending, "bak" | "wbk" | "xlk") {
        return;
    }
    add(Origin::Stem(stem.to_owned()));
    for start in ["backup of ", "バックアップ ～ ", "バックアップ 〜 "] {
        if let Some(rest) = stem.strip_prefix(start) {
            add(Origin::Stem(rest.to_owned()));
        }
    }
    if let Some(rest) = stem.strip_suffix(" のバックアップ") {
        add(Origin::Stem(rest.to_owned()));
    }
}

/// What desktops and browsers call a second file of one name.
fn copies(name: &str, found: &mut Vec<(Leftover, Origin)>) {
    let (stem, ending) = split(name);
    let whole = |stem: &str| match ending {
        "" => stem.to_owned(),
        _ => format!("{stem}.{ending}"),
    };
    let mut add = |stem: &str| {
        if !stem.is_empty() {
            found.push((Leftover::CopyName, Origin::Whole(whole(stem))));
        }
    };
    let unnumbered = without_number(stem);
    if let Some(rest) = unnumbered {
        add(rest);
    }
    for stem in [Some(stem), unnumbered].into_iter().flatten() {
        for end in [" - コピー", " - copy", " のコピー", " copy", " - ｺﾋﾟｰ"] {
            if let Some(rest) = stem.strip_suffix(end) {
                add(rest);
            }
        }
        // `名簿 のコピー 2`, `名簿 copy 2`
        let plain = stem.trim_end_matches(|c: char| c.is_ascii_digit());
        for end in [" のコピー ", " copy "] {
            if let Some(rest) = plain.strip_suffix(end).filter(|_| plain.len() < stem.len()) {
                add(rest);
            }
        }
    }
    // `Copy of 名簿`, `Copy (2) of 名簿`, `コピー ～ 名簿`
    for start in ["copy of ", "コピー ～ ", "コピー 〜 ", "コピー - "] {
        if let Some(rest) = stem.strip_prefix(start) {
            add(rest);
        }
    }
    for (start, between) in [("copy (", ") of "), ("コピー (", ") ～ "), ("コピー (", ") 〜 ")] {
        let rest = stem.strip_prefix(start).and_then(|rest| rest.split_once(between));
        if let Some((number, rest)) = rest
            && number.bytes().all(|b| b.is_ascii_digit())
        {
            add(rest);
        }
    }
}

/// A stem without ` (2)` or `(2)` at its end.
fn without_number(stem: &str) -> Option<&str> {
    let (rest, number) = stem.strip_suffix(')')?.rsplit_once('(')?;
    let is_number = !number.is_empty() && number.len() <= 4 && number.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| rest.strip_suffix(' ').unwrap_or(rest))
}

fn autosaves(name: &str, found: &mut Vec<(Leftover, Origin)>) {
    let mut add = |origin| found.push((Leftover::Autosave, origin));
    let (stem, ending) = split(name);
    for start in ["自動回復用 ", "自動回復用", "autorecovery save of "] {
        if let Some(rest) = stem.strip_prefix(start) {
            add(Origin::Stem(rest.to_owned()));
        }
    }
    if ending == "asd" {
        add(Origin::Stem(stem.to_owned()));
    }
    // `名簿((自動回復-3101…)).xlsb`
    if let Some((rest, _)) = stem.split_once("((") {
        add(Origin::Stem(rest.to_owned()));
    }
    for end in [
        "(自動保存済み)",
        "(自動回復済み)",
        "(autosaved)",
        "(autorecovered)",
        "(recovered)",
        "[修復済み]",
        "[repaired]",
    ] {
        if let Some(rest) = stem.strip_suffix(end) {
            add(Origin::Stem(rest.trim_end().to_owned()));
        }
    }
    // LibreOffice: `名簿.xlsx_0.ods`
    if let Some((rest, number)) = stem.rsplit_once('_')
        && !number.is_empty()
        && number.bytes().all(|b| b.is_ascii_digit())
    {
        add(Origin::Whole(rest.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(found: &str, kind: Leftover, of: &str) -> bool {
        let of = fold(of);
        origins(&fold(found)).into_iter().any(|(said, origin)| {
            said == kind
                && match origin {
                    Origin::Whole(name) => name == of,
                    Origin::Stem(stem) => is_document(&of) && split(&of).0 == stem,
                    Origin::WordTail(tail) => word_tail(&of) == Some(tail),
                }
        })
    }

    #[test]
    fn every_habit_is_known() {
        use Leftover::{Autosave, Backup, CopyName, LibreOfficeLock, OfficeLock};
        for (found, kind, of) in [
            ("~$名簿.xlsx", OfficeLock, "名簿.xlsx"),
            ("~$見書.docx", OfficeLock, "見書.docx"),
            ("~$8年度の発送名簿.docx", OfficeLock, "令和8年度の発送名簿.docx"),
            ("~$eports.DOCX", OfficeLock, "Reports.docx"),
            (".~lock.名簿.xlsx#", LibreOfficeLock, "名簿.xlsx"),
            ("名簿.xlsx~", Backup, "名簿.xlsx"),
            ("名簿.xlsx.bak", Backup, "名簿.xlsx"),
            ("名簿.bak", Backup, "名簿.docx"),
            ("Backup of 名簿.wbk", Backup, "名簿.docx"),
            ("バックアップ ～ 名簿.wbk", Backup, "名簿.doc"),
            (".名簿.csv.swp", Backup, "名簿.csv"),
            ("名簿 - コピー.xlsx", CopyName, "名簿.xlsx"),
            ("名簿 - コピー (2).xlsx", CopyName, "名簿.xlsx"),
            ("名簿 - Copy.xlsx", CopyName, "名簿.xlsx"),
            ("名簿 のコピー 3.xlsx", CopyName, "名簿.xlsx"),
            ("名簿 (1).xlsx", CopyName, "名簿.xlsx"),
            ("名簿(12).xlsx", CopyName, "名簿.xlsx"),
            ("Copy of 名簿.xlsx", CopyName, "名簿.xlsx"),
            ("Copy (2) of 名簿", CopyName, "名簿"),
            ("コピー ～ 名簿.xlsx", CopyName, "名簿.xlsx"),
            ("自動回復用 名簿.asd", Autosave, "名簿.docx"),
            ("AutoRecovery save of 名簿.asd", Autosave, "名簿.docx"),
            ("名簿((自動回復-3101234)).xlsb", Autosave, "名簿.xlsx"),
            ("名簿 (自動保存済み).xlsx", Autosave, "名簿.xlsx"),
            ("名簿.xlsx_0.ods", Autosave, "名簿.xlsx"),
        ] {
            assert!(is(found, kind, of), "{found} of {of}");
        }
    }

    #[test]
    fn word_takes_away_the_beginning_of_long_names() {
        assert_eq!(word_tail("abcdef.docx"), None);
        assert_eq!(word_tail("abcdefg.docx").as_deref(), Some("bcdefg.docx"));
        assert_eq!(word_tail("abcdefgh.docx").as_deref(), Some("cdefgh.docx"));
        assert_eq!(word_tail("令和八年度発送名簿.doc").as_deref(), Some("八年度発送名簿.doc"));
        assert_eq!(word_tail("abcdefgh.xlsx"), None, "Excel keeps all of it");
        assert!(is("~$八年度発送名簿.doc", Leftover::OfficeLock, "令和八年度発送名簿.doc"));
        assert!(!is("~$八年度発送名簿.xlsx", Leftover::OfficeLock, "令和八年度発送名簿.xlsx"));
    }

    #[test]
    fn names_meet_composed_or_not_and_in_any_case() {
        assert!(is("か\u{3099}くせい.XLSX~", Leftover::Backup, "がくせい.xlsx"));
        assert!(!is("名簿2.xlsx", Leftover::CopyName, "名簿.xlsx"));
        assert!(origins("名簿.xlsx").is_empty(), "the name itself is no leftover");
        assert!(!is("名簿 (控え).xlsx", Leftover::CopyName, "名簿.xlsx"));
    }

    #[test]
    fn what_word_leaves_without_a_name_is_known_by_its_pattern() {
        for yes in ["~wrl0001.tmp", "~wrd0a3f.tmp", "x.asd", "名簿.wbk"] {
            assert!(is_word_temporary(yes), "{yes}");
        }
        for no in ["~wrl.tmp", "~wrlxyz.tmp", "wrl0001.tmp", "a.tmp", "asd"] {
            assert!(!is_word_temporary(no), "{no}");
        }
    }
}
