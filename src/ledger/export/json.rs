//! One JSON document: the register, every entry as it stands in the ledger, and the head that pins them.

use std::io::Write;

use serde_json::json;

use super::{Counter, Error, Header};
use crate::ledger::Entry;
use crate::ledger::checkpoint::base64;
use crate::ledger::register::Row;

/// The document being written. Each entry is its canonical text (RFC 8785) on a line of its own: who hashes it gets the
/// leaf of the tree.
pub struct Json<W: Write> {
    out: W,
    count: Counter,
    head: String,
}

impl<W: Write> Json<W> {
    /// Writes the register.
    ///
    /// # Errors
    /// The place to write refused.
    pub fn begin(header: &Header, rows: &[Row], mut out: W) -> Result<Self, Error> {
        let head = serde_json::to_string(&head(header))?;
        out.write_all(b"{\"register\":[")?;
        for (at, row) in rows.iter().enumerate() {
            out.write_all(if at == 0 { b"\n" } else { b",\n" })?;
            out.write_all(&serde_json::to_vec(row)?)?;
        }
        out.write_all(b"\n],\"entries\":[")?;
        Ok(Self { out, count: Counter::new(&header.head), head })
    }

    /// Writes an entry.
    ///
    /// # Errors
    /// The place to write refused, or more entries than the head says.
    pub fn entry(&mut self, entry: &Entry) -> Result<(), Error> {
        self.out.write_all(if self.count.found == 0 { b"\n" } else { b",\n" })?;
        self.count.take(entry)?;
        Ok(self.out.write_all(entry.canonical()?.as_bytes())?)
    }

    /// Writes the head and ends the document.
    ///
    /// # Errors
    /// The place to write refused, or fewer entries than the head says.
    pub fn finish(mut self) -> Result<(), Error> {
        self.count.end()?;
        writeln!(self.out, "\n],\"head\":{}}}", self.head)?;
        Ok(self.out.flush()?)
    }
}

fn head(header: &Header) -> serde_json::Value {
    let period = header.period.map(|(from, to)| json!({ "from": from, "to": to }));
    json!({
        "case": header.case,
        "city": header.city,
        "contractor": header.contractor,
        "contract": { "number": header.contract_number, "title": header.contract_title, "period": period },
        "entries": header.head.size,
        "root": base64(&header.head.root),
        "code": header.head.code().to_string(),
        "filter": header.filter,
        "made": header.made.to_rfc3339(),
    })
}
