//! What travels inside a page of ours, taken out again: the record, and its signature.
//!
//! Only the shape this program writes is read (a table of places, plain objects, `/EmbeddedFiles` in the catalogue), also when
//! another program added revisions behind it. What is written anew by another program is told apart, not guessed at: a reader
//! that makes the best of anything shows another record than the next reader does.

mod syntax;

use std::collections::BTreeSet;

use syntax::{Document, Value};

/// The largest page that is read: photographs included, larger than any.
pub const MOST_PDF: u64 = 512 << 20;

/// The largest record: 20,000 items with long names are a quarter of it.
///
/// Attack: an inflation bomb, a megabyte in the file and a terabyte unpacked.
pub const MOST_RECORD: usize = 64 << 20;

/// No page of ours carries more; a template of a city may add some.
const MOST_FILES: usize = 1_000;
/// How deep a tree of names may be; ours has no branches.
const DEEPEST: usize = 8;

/// What was inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// The record's file name there.
    pub name: String,
    /// The record, byte for byte.
    pub record: Vec<u8>,
    /// Its signature.
    pub signature: Option<Vec<u8>>,
    /// Another program added to the file after it was made.
    pub revised: bool,
}

/// Why nothing can be taken out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AttachedFault {
    /// No PDF.
    #[error("not a PDF")]
    NotAPdf,
    /// A PDF, not as this program writes it.
    #[error("a PDF written by another program")]
    OtherWriter,
    /// No record in it.
    #[error("no record attached")]
    NoRecord,
    /// Two records, or two signatures, of which each reader may take another.
    #[error("{0} is attached more than once")]
    Twice(String),
    /// Its parts do not hold together.
    #[error("what is attached cannot be read")]
    Broken,
    /// It unpacks to more than any record has.
    #[error("what is attached is too large")]
    TooLarge,
}

/// Takes out the one record and its signature.
///
/// # Errors
/// There is none, there are several, or the file is not one of ours.
pub fn attached(pdf: &[u8]) -> Result<Attached, AttachedFault> {
    if !pdf.starts_with(b"%PDF-") {
        return Err(AttachedFault::NotAPdf);
    }
    let document = Document::read(pdf)?;
    let files = files(&document)?;
    let one = |end: &str| -> Result<Option<&(String, Value)>, AttachedFault> {
        let mut named = files.iter().filter(|(name, _)| name.ends_with(end));
        let first = named.next();
        // Attack: a second record, which a program shows that looks for the last one, or for another name.
        named.next().map_or(Ok(first), |(name, _)| Err(AttachedFault::Twice(name.clone())))
    };
    let (name, record) = one(".json")?.ok_or(AttachedFault::NoRecord)?;
    let signature = one(".json.sig")?;
    // Attack: the signature of another record.
    if signature.is_some_and(|(file, _)| file.strip_suffix(".sig") != Some(name)) {
        return Err(AttachedFault::Broken);
    }
    Ok(Attached {
        name: name.clone(),
        record: content(&document, record)?,
        signature: signature.map(|(_, file)| content(&document, file)).transpose()?,
        revised: document.revisions > 1,
    })
}

/// Every file that is attached: its name, and what tells where its content is.
fn files(document: &Document) -> Result<Vec<(String, Value)>, AttachedFault> {
    let mut found = Vec::new();
    let names = document.follow(document.root()?.get("Names"))?;
    let tree = document.follow(names.get("EmbeddedFiles"))?;
    if !tree.is_null() {
        walk(document, &tree, 0, &mut BTreeSet::new(), &mut found)?;
    }
    Ok(found)
}

fn walk(
    document: &Document,
    node: &Value,
    depth: usize,
    seen: &mut BTreeSet<u32>,
    found: &mut Vec<(String, Value)>,
) -> Result<(), AttachedFault> {
    if depth > DEEPEST {
        return Err(AttachedFault::Broken);
    }
    if let Value::Array(pairs) = document.follow(node.get("Names"))? {
        for pair in pairs.chunks(2) {
            let [_, spec] = pair else { return Err(AttachedFault::Broken) };
            found.push(file(document, &document.follow(spec)?)?);
            if found.len() > MOST_FILES {
                return Err(AttachedFault::TooLarge);
            }
        }
    }
    if let Value::Array(kids) = document.follow(node.get("Kids"))? {
        for kid in kids {
            // Attack: a branch that contains itself.
            if matches!(kid, Value::Reference(number) if !seen.insert(number)) {
                return Err(AttachedFault::Broken);
            }
            walk(document, &document.follow(&kid)?, depth + 1, seen, found)?;
        }
    }
    Ok(())
}

/// A file's name and the reference to its content.
fn file(document: &Document, spec: &Value) -> Result<(String, Value), AttachedFault> {
    let text = |key: &str| -> Result<Option<String>, AttachedFault> { Ok(document.follow(spec.get(key))?.text()) };
    let (plain, unicode) = (text("F")?, text("UF")?);
    // The plain name cannot say every character; where both can, they agree.
    let name = unicode.or(plain).ok_or(AttachedFault::Broken)?;
    let held = document.follow(spec.get("EF"))?;
    let (plain, unicode) = (held.get("F"), held.get("UF"));
    // Attack: two contents under one name, of which each reader takes another.
    if !plain.is_null() && !unicode.is_null() && plain != unicode {
        return Err(AttachedFault::Twice(name));
    }
    Ok((name, if plain.is_null() { unicode.clone() } else { plain.clone() }))
}

fn content(document: &Document, reference: &Value) -> Result<Vec<u8>, AttachedFault> {
    let Value::Reference(number) = *reference else { return Err(AttachedFault::Broken) };
    let (dictionary, packed) = document.stream(number)?;
    if !dictionary.get("DecodeParms").is_null() {
        return Err(AttachedFault::OtherWriter);
    }
    match document.follow(dictionary.get("Filter"))? {
        Value::Name(filter) if filter == b"FlateDecode" => inflated(packed),
        // What gets no smaller by it is not packed.
        Value::Null if packed.len() <= MOST_RECORD => Ok(packed.to_vec()),
        Value::Null => Err(AttachedFault::TooLarge),
        _ => Err(AttachedFault::OtherWriter),
    }
}

fn inflated(packed: &[u8]) -> Result<Vec<u8>, AttachedFault> {
    use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_zlib_with_limit};
    decompress_to_vec_zlib_with_limit(packed, MOST_RECORD).map_err(|error| match error.status {
        TINFLStatus::HasMoreOutput => AttachedFault::TooLarge,
        _ => AttachedFault::Broken,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use miniz_oxide::deflate::compress_to_vec_zlib;

    /// A file as this program writes it, with these objects after the catalogue.
    fn pdf(catalogue: &str, objects: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = b"%PDF-1.7\n".to_vec();
        let mut places = Vec::new();
        for (at, body) in [catalogue.as_bytes().to_vec()].iter().chain(objects).enumerate() {
            places.push(bytes.len());
            bytes.extend(format!("{} 0 obj\n", at + 1).into_bytes());
            bytes.extend(body);
            bytes.extend(b"\nendobj\n");
        }
        let table = bytes.len();
        bytes.extend(format!("xref\n0 {}\n0000000000 65535 f\r\n", places.len() + 1).into_bytes());
        for at in &places {
            bytes.extend(format!("{at:010} 00000 n\r\n").into_bytes());
        }
        let size = places.len() + 1;
        bytes.extend(format!("trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF").into_bytes());
        bytes
    }

    fn stream(bytes: &[u8]) -> Vec<u8> {
        let packed = compress_to_vec_zlib(bytes, 6);
        let mut body =
            format!("<</Length {}/Type/EmbeddedFile/Filter/FlateDecode>>\nstream\n", packed.len()).into_bytes();
        body.extend(packed);
        body.extend(b"\nendstream");
        body
    }

    fn spec(name: &str, stream: u32) -> Vec<u8> {
        format!("<</Type/Filespec/F({name})/UF({name})/EF<</F {stream} 0 R/UF {stream} 0 R>>>>").into_bytes()
    }

    const ONE: &str = "<</Type/Catalog/Names<</EmbeddedFiles<</Names[(D-0001.json)2 0 R]>>>>>>";

    #[test]
    fn a_record_and_its_signature_come_out_as_they_went_in() {
        let two = "<</Names<</EmbeddedFiles<</Kids[<</Names[(a)2 0 R]>><</Names[(b)4 0 R]>>]>>>>>>";
        let signed = [spec("D-0001.json", 3), stream(b"{}"), spec("D-0001.json.sig", 5), stream(b"SIG")];
        let found = attached(&pdf(two, &signed)).unwrap();
        assert_eq!((found.name.as_str(), found.record.as_slice()), ("D-0001.json", &b"{}"[..]));
        assert_eq!((found.signature.as_deref(), found.revised), (Some(&b"SIG"[..]), false));
    }

    #[test]
    fn what_hostile_files_do_is_refused() {
        let fault = |catalogue: &str, objects: &[Vec<u8>]| attached(&pdf(catalogue, objects)).unwrap_err();
        let bomb = stream(&vec![0; MOST_RECORD + 1]);
        assert!(bomb.len() < 100_000);
        assert_eq!(fault(ONE, &[spec("D-0001.json", 3), bomb]), AttachedFault::TooLarge);
        let twice = "<</Names<</EmbeddedFiles<</Names[(a)2 0 R(b)3 0 R]>>>>>>";
        let both = [spec("D-0001.json", 4), spec("D-0002.json", 4), stream(b"{}")];
        assert_eq!(fault(twice, &both), AttachedFault::Twice("D-0002.json".into()));
        let other = [spec("D-0001.json", 4), spec("D-0002.json.sig", 4), stream(b"{}")];
        assert_eq!(fault(twice, &other), AttachedFault::Broken);
        let two_faced = b"<</F(D-0001.json)/EF<</F 3 0 R/UF 4 0 R>>>>".to_vec();
        let faces = [two_faced, stream(b"{}"), stream(b"[]")];
        assert_eq!(fault(ONE, &faces), AttachedFault::Twice("D-0001.json".into()));
        let key_twice = "<</Names<<>>/Names<</EmbeddedFiles<</Names[(a)2 0 R]>>>>>>";
        assert_eq!(fault(key_twice, &[spec("D-0001.json", 3), stream(b"{}")]), AttachedFault::Broken);
        let circle = "<</Names<</EmbeddedFiles 2 0 R>>>>";
        assert_eq!(fault(circle, &[b"<</Kids[2 0 R]>>".to_vec()]), AttachedFault::Broken);
        assert_eq!(fault(circle, &[b"2 0 R".to_vec()]), AttachedFault::Broken);
        let deep = format!("<</Names{}{}>>", "[".repeat(1000), "]".repeat(1000));
        assert_eq!(fault(&deep, &[]), AttachedFault::Broken);
        assert_eq!(fault("<<>>", &[]), AttachedFault::NoRecord);
        assert_eq!(attached(b"%PDF-1.7\nxref"), Err(AttachedFault::OtherWriter));
        assert_eq!(attached(b"{}"), Err(AttachedFault::NotAPdf));
    }

    #[test]
    fn no_damage_makes_it_panic_or_yield_another_record() {
        let whole = pdf(ONE, &[spec("D-0001.json", 3), stream(b"{\"number\":\"D-0001\"}")]);
        let record = attached(&whole).unwrap().record;
        for at in 0..whole.len() {
            let cut = attached(&whole[..at]);
            assert!(cut.is_err() || cut.is_ok_and(|cut| cut.record == record), "cut at {at}");
            for bit in 0..8 {
                let mut flipped = whole.clone();
                flipped[at] ^= 1 << bit;
                // Without the name of its packing it comes out packed, which is no JSON.
                let same = |read: Attached| read.record == record || !read.record.starts_with(b"{");
                assert!(attached(&flipped).map_or(true, same), "bit {bit} of {at}");
            }
        }
    }

    #[test]
    fn a_revision_behind_it_counts_and_is_told() {
        let mut bytes = pdf(ONE, &[spec("D-0001.json", 3), stream(b"old")]);
        let table = bytes.windows(10).rposition(|window| window == b"startxref\n").unwrap() + 10;
        let digits = bytes[table..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let before = String::from_utf8_lossy(&bytes[table..table + digits]).into_owned();
        let place = bytes.len() + 1;
        bytes.extend(b"\n3 0 obj\n");
        bytes.extend(stream(b"new"));
        bytes.extend(b"\nendobj\n");
        let table = bytes.len();
        let trailer = format!("trailer\n<</Size 4/Root 1 0 R/Prev {before}>>\nstartxref\n{table}\n%%EOF");
        bytes.extend(format!("xref\n3 1\n{place:010} 00000 n\r\n{trailer}").into_bytes());
        let found = attached(&bytes).unwrap();
        assert_eq!((found.record.as_slice(), found.revised), (&b"new"[..], true), "as every reader shows it");
    }
}
