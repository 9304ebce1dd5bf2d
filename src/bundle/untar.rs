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
        check_sum(header, &block)?;
        // The prefix field would be a second place for a path.
        let Some(ustar) = header.as_ustar().filter(|u| u.prefix.iter().all(|&b| b == 0)) else {
            return Err(ArchiveFault::NotUstar.into());
        };
        match ustar.typeflag[0] {
            b'x' if pax.is_none() => pax = Some(read_pax(plain, header)?),
            b'x' => return Err(ArchiveFault::Pax.into()),
            kind => return entry(header, kind, pax.unwrap_or_default()).map(Some),
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

fn entry(header: &Header, kind: u8, pax: Pax) -> Result<RawEntry, Error> {
    let name = &header.as_old().name;
    let name = &name[..name.iter().position(|&b| b == 0).unwrap_or(name.len())];
    let path = match pax.path {
        Some(path) => path,
        None => String::from_utf8(name.to_vec()).map_err(|_| Damage::Entry {
            path: String::from_utf8_lossy(name).into_owned(),
            fault: EntryFault::NotUtf8,
        })?,
    };
    let refuse = |fault| Error::from(Damage::Entry { path: path.clone(), fault });
    let folder = match kind {
        b'0' | 0 => false,
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
    if (field != size && field != 0) || (folder && size != 0) {
        return Err(ArchiveFault::Number.into());
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
    if block(plain)?.iter().any(|&b| b != 0) {
        return Err(ArchiveFault::TrailingGarbage.into());
    }
    loop {
        let run = plain.run(u64::MAX)?;
        if run.is_empty() {
            return Ok(());
        }
        if run.iter().any(|&b| b != 0) {
            return Err(ArchiveFault::TrailingGarbage.into());
        }
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

fn read_pax(plain: &mut Plain, header: &Header) -> Result<Pax, Error> {
    let size = number(&header.as_old().size)?;
    if size > MOST_PAX {
        return Err(ArchiveFault::Pax.into());
    }
    let records = read_small(plain, size)?;
    parse_pax(&records)
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
            let path = String::from_utf8_lossy(value).into_owned();
            return Err(Damage::Entry { path, fault: EntryFault::NotUtf8 }.into());
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
