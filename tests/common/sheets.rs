//! Documents as an office program writes them: made by `LibreOffice` Calc, with people in their properties.

#![allow(dead_code)] // each test file uses a part

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::desk::{Desk, tool};
use crate::zips::{Part, zip};

/// Who wrote it, and who saved it last.
pub const AUTHOR: &str = "見本太郎";
pub const SAVER: &str = "例示花子";

const NAMES: &str = "xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0' \
    xmlns:table='urn:oasis:names:tc:opendocument:xmlns:table:1.0' \
    xmlns:style='urn:oasis:names:tc:opendocument:xmlns:style:1.0' \
    xmlns:text='urn:oasis:names:tc:opendocument:xmlns:text:1.0' \
    xmlns:meta='urn:oasis:names:tc:opendocument:xmlns:meta:1.0' xmlns:dc='http://purl.org/dc/elements/1.1/'";

const KIND: &str = "application/vnd.oasis.opendocument.spreadsheet";

/// A table: its name, how many rows below its heading, and whether it is hidden.
pub type Table<'a> = (&'a str, usize, bool);

/// Makes a document in a folder of the desk; what it is follows the end of its name.
pub fn made(desk: &Desk, folder: &str, name: &str, tables: &[Table]) -> PathBuf {
    let (stem, kind) = name.rsplit_once('.').unwrap();
    let source = desk.file(&format!("原稿/{stem}.ods"), zip(&parts(tables)));
    let to = desk.path(folder);
    fs::create_dir_all(&to).unwrap();
    let profile = format!("-env:UserInstallation=file://{}", desk.path("profile").display());
    let words = [profile.as_str(), "--headless", "--convert-to", kind, "--outdir"].map(OsStr::new);
    tool("soffice", words.into_iter().chain([to.as_os_str(), source.as_os_str()]));
    let path = to.join(Path::new(name));
    assert!(path.is_file(), "{} was not made", path.display());
    path
}

fn parts(tables: &[Table]) -> Vec<Part> {
    let cell =
        |text: &str| format!("<table:table-cell office:value-type='string'><text:p>{text}</text:p></table:table-cell>");
    let row = |n: usize| format!("<table:table-row>{}{}</table:table-row>", cell(&format!("氏名{n}")), cell("東京都"));
    let table = |(name, rows, hidden): &Table| {
        let rows: String = (0..=*rows).map(row).collect();
        let style = if *hidden { " table:style-name='hide'" } else { "" };
        // The cell at the end is empty.
        let rest = "<table:table-row><table:table-cell/></table:table-row>";
        format!("<table:table table:name='{name}'{style}>{rows}{rest}</table:table>")
    };
    let tables: String = tables.iter().map(table).collect();
    let content = format!(
        "<office:document-content office:version='1.2' {NAMES}><office:automatic-styles><style:style style:name='hide' \
         style:family='table'><style:table-properties table:display='false'/></style:style></office:automatic-styles>\
         <office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    );
    let meta = format!(
        "<office:document-meta office:version='1.2' {NAMES}><office:meta><meta:initial-creator>{AUTHOR}</meta:initial-creator>\
         <dc:creator>{SAVER}</dc:creator></office:meta></office:document-meta>"
    );
    let entry = |path: &str, kind: &str| {
        format!("<manifest:file-entry manifest:full-path='{path}' manifest:media-type='{kind}'/>")
    };
    let manifest = format!(
        "<manifest:manifest xmlns:manifest='urn:oasis:names:tc:opendocument:xmlns:manifest:1.0'>{}{}{}</manifest:manifest>",
        entry("/", KIND),
        entry("content.xml", "text/xml"),
        entry("meta.xml", "text/xml"),
    );
    let parts =
        [("mimetype", KIND), ("META-INF/manifest.xml", &manifest), ("content.xml", &content), ("meta.xml", &meta)];
    parts.iter().map(|(name, content)| Part::of(name, content.as_bytes())).collect()
}
