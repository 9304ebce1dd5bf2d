//! Reading the inner archive: strict, because whoever made it may be an enemy who knows the passphrase.
//!
//! Only what `layout` writes is accepted. A general tar reader is generous: it follows links, joins prefixes, takes
//! sizes from four places. Each of these has been an attack somewhere.

use tar::Header;

use super::error::{ArchiveFault, Damage, EntryFault, Error};
use super::layout::{self, BLOCK};
use super::source::Moment;
use super::unseal::Plain;

/// The longest pax header read into memory: a path at its limit with room to spare.
const MOST_PAX: u64 = 16 * 1024;

/// An entry's header, checked for form; its path is not checked yet.
pub(super) struct RawEntry {
    pub path: String,
    pub folder: bool,
    pub executable: bool,
    pub size: u64,
    pub mtime: Moment,
}

#[derive(Default)]
struct Pax {
    path: Option<String>,
    mtime: Option<Moment>,
    size: Option<u64>,
}

/// The next entry, or `None` at the archive's end.
pub(super) fn next_entry(plain: &mut Plain) -> Result<Option<RawEntry>, Error> {
    let mut pax = None;
    loop {
        let block = block(plain)?;
        if block.iter().all(|&b| b == 0) {
            return if pax.is_some() { Err(ArchiveFault::Pax.into()) } else { end(plain).map(|()| None) };
        }
        let header = Header::from_byte_slice(&block);
        let here = |fault| in_entry(Some(&block), fault);
        // Content that a size lie has moved here must not be shown as a name.
        check_sum(header, &block).map_err(|e| if name_of(header).starts_with(b"TW-") { here(e) } else { e })?;
        // The prefix field would be a second place for a path.
        let Some(ustar) = header.as_ustar().filter(|u| u.prefix.iter().all(|&b| b == 0)) else {
            return Err(here(ArchiveFault::NotUstar.into()));
        };
        match ustar.typeflag[0] {
            b'x' => {
                let records = read_pax(plain, header)?;
                let parsed = if pax.is_none() { parse_pax(&records) } else { Err(ArchiveFault::Pax.into()) };
                pax = Some(parsed.map_err(|e| in_entry(next_header(plain).as_ref(), e))?);
            }
            b'g' => return Err(ArchiveFault::Type(b'g').into()),
            kind => return entry(header, kind, pax.unwrap_or_default()).map_err(here).map(Some),
        }
    }
}

/// Passes over the zero bytes that fill content up to its block.
pub(super) fn skip_padding(plain: &mut Plain, size: u64) -> Result<(), Error> {
    let mut left = layout::padding(size) as u64;
    while left > 0 {
        let run = plain.run(left)?;
        if run.is_empty() {
            return Err(ArchiveFault::Cut.into());
        }
        left -= run.len() as u64;
    }
    Ok(())
}

/// A fault of the archive, with the name of the entry where it was met.
fn in_entry(block: Option<&[u8; BLOCK]>, error: Error) -> Error {
    match (error, block) {
        (Error::Damaged(Damage::Archive(fault)), Some(block)) => {
            let path = shown(name_of(Header::from_byte_slice(block)));
            Damage::Entry { path, fault: EntryFault::Archive(fault) }.into()
        }
        (error, _) => error,
    }
}

/// The header that follows a pax header, if it is one.
fn next_header(plain: &mut Plain) -> Option<[u8; BLOCK]> {
    block(plain).ok().filter(|block| check_sum(Header::from_byte_slice(block), block).is_ok())
}

fn name_of(header: &Header) -> &[u8] {
    let name = &header.as_old().name;
    &name[..name.iter().position(|&b| b == 0).unwrap_or(name.len())]
}

/// A name that may not be UTF-8, its other bytes as `\x…`.
fn shown(name: &[u8]) -> String {
    name.utf8_chunks().map(|chunk| chunk.valid().to_owned() + &chunk.invalid().escape_ascii().to_string()).collect()
}

fn entry(header: &Header, kind: u8, pax: Pax) -> Result<RawEntry, Error> {
    let name = name_of(header);
    let path = match pax.path {
        Some(path) => path,
        None => String::from_utf8(name.to_vec())
            .map_err(|_| Damage::Entry { path: shown(name), fault: EntryFault::NotUtf8 })?,
    };
    let refuse = |fault| Error::from(Damage::Entry { path: path.clone(), fault });
    let folder = match kind {
        b'0' => false,
        b'5' => true,
        b'1' => return Err(refuse(EntryFault::HardLink)),
        b'2' => return Err(refuse(EntryFault::SymbolicLink)),
        b'3' | b'4' | b'6' => return Err(refuse(EntryFault::Device)),
        other => return Err(ArchiveFault::Type(other).into()),
    };
    let mode = octal(&header.as_old().mode)?;
    if mode & !0o777 != 0 {
        return Err(refuse(EntryFault::Mode));
    }
    let field = number(&header.as_old().size)?;
    let size = pax.size.unwrap_or(field);
    // Attack: size 0 here and the real one in the pax header; tools that heed this field meet a second archive inside.
    if field != size {
        return Err(ArchiveFault::Number.into());
    }
    if folder && size != 0 {
        return Err(refuse(EntryFault::FolderContent));
    }
    let seconds = i64::try_from(octal(&header.as_old().mtime)?).map_err(|_| ArchiveFault::Number)?;
    let mtime = pax.mtime.unwrap_or(Moment { secs: seconds, nanos: 0 });
    Ok(RawEntry { path, folder, executable: !folder && mode & 0o100 != 0, size, mtime })
}

/// One block; the stream may not end before it.
fn block(plain: &mut Plain) -> Result<[u8; BLOCK], Error> {
    // Slots are multiples of a block, so a block never straddles two runs; a shorter run is a cut archive.
    plain.run(BLOCK as u64)?.try_into().map_err(|_| ArchiveFault::Cut.into())
}

/// After the first zero block: a second one, and nothing but zeros to the end of the stream.
fn end(plain: &mut Plain) -> Result<(), Error> {
    let mut left = block(plain)?;
    loop {
        if left.iter().any(|&b| b != 0) {
            let entry = check_sum(Header::from_byte_slice(&left), &left).is_ok().then_some(&left);
            return Err(in_entry(entry, ArchiveFault::TrailingGarbage.into()));
        }
        left = match plain.run(BLOCK as u64)? {
            [] => return Ok(()),
            run => run.try_into().map_err(|_| ArchiveFault::TrailingGarbage)?,
        };
    }
}

fn check_sum(header: &Header, block: &[u8; BLOCK]) -> Result<(), Error> {
    let sum: u32 =
        block.iter().enumerate().map(|(i, &b)| if (148..156).contains(&i) { 32 } else { u32::from(b) }).sum();
    match octal(&header.as_old().cksum) {
        Ok(written) if written == u64::from(sum) => Ok(()),
        _ => Err(ArchiveFault::Checksum.into()),
    }
}

/// An octal field: digits, then only spaces or NULs.
fn octal(field: &[u8]) -> Result<u64, Error> {
    let text = std::str::from_utf8(field).map_err(|_| ArchiveFault::Number)?;
    let digits = text.trim_start_matches(' ').trim_end_matches(['\0', ' ']);
    if digits.is_empty() || !digits.bytes().all(|b| (b'0'..=b'7').contains(&b)) {
        return Err(ArchiveFault::Number.into());
    }
    u64::from_str_radix(digits, 8).map_err(|_| ArchiveFault::Number.into())
}

/// An octal field, or the binary form for large sizes. Attack: negative and absurd binary sizes.
fn number(field: &[u8; 12]) -> Result<u64, Error> {
    if field[0] & 0x80 == 0 {
        return octal(field);
    }
    let (head, tail) = field.split_at(4);
    let value = tail.iter().fold(0u64, |n, &b| n << 8 | u64::from(b));
    if head != [0x80, 0, 0, 0] || i64::try_from(value).is_err() {
        return Err(ArchiveFault::Number.into());
    }
    Ok(value)
}

fn read_pax(plain: &mut Plain, header: &Header) -> Result<zeroize::Zeroizing<Vec<u8>>, Error> {
    let size = number(&header.as_old().size)?;
    if size > MOST_PAX {
        return Err(ArchiveFault::Pax.into());
    }
    read_small(plain, size)
}

/// Reads content that is known to be small, and its padding.
pub(super) fn read_small(plain: &mut Plain, size: u64) -> Result<zeroize::Zeroizing<Vec<u8>>, Error> {
    let mut out = zeroize::Zeroizing::new(Vec::with_capacity(usize::try_from(size).unwrap_or(0)));
    while (out.len() as u64) < size {
        let run = plain.run(size - out.len() as u64)?;
        if run.is_empty() {
            return Err(ArchiveFault::Cut.into());
        }
        out.extend_from_slice(run);
    }
    skip_padding(plain, size)?;
    Ok(out)
}

fn parse_pax(mut records: &[u8]) -> Result<Pax, Error> {
    let bad = || Error::from(ArchiveFault::Pax);
    let mut pax = Pax::default();
    while !records.is_empty() {
        let space = records.iter().position(|&b| b == b' ').ok_or_else(bad)?;
        let length = std::str::from_utf8(&records[..space]).map_err(|_| bad())?;
        if !length.bytes().all(|b| b.is_ascii_digit()) {
            return Err(bad());
        }
        let length: usize = length.parse().map_err(|_| bad())?;
        let record = records.get(space + 1..length).ok_or_else(bad)?.strip_suffix(b"\n").ok_or_else(bad)?;
        records = &records[length..];
        let equals = record.iter().position(|&b| b == b'=').ok_or_else(bad)?;
        let (key, value) = (&record[..equals], &record[equals + 1..]);
        if key == b"path" && std::str::from_utf8(value).is_err() {
            return Err(Damage::Entry { path: shown(value), fault: EntryFault::NotUtf8 }.into());
        }
        let value = std::str::from_utf8(value).map_err(|_| bad())?;
        let fresh = match key {
            b"path" => pax.path.replace(value.to_owned()).is_none(),
            b"mtime" => pax.mtime.replace(layout::parse_time(value).ok_or_else(bad)?).is_none(),
            b"size" => pax.size.replace(pax_size(value).ok_or_else(bad)?).is_none(),
            _ => false,
        };
        if !fresh {
            return Err(bad());
        }
    }
    Ok(pax)
}

fn pax_size(value: &str) -> Option<u64> {
    let digits = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
    let size: u64 = digits.then(|| value.parse().ok()).flatten()?;
    i64::try_from(size).is_ok().then_some(size)
}
