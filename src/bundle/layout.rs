//! How the inner archive is laid out: POSIX pax tar, written so that sizes are known before a byte is.

use tar::{EntryType, Header};

use super::source::Moment;

/// One tar block.
pub(super) const BLOCK: usize = 512;
/// The largest number eleven octal digits hold.
const OCTAL_MAX: u64 = 0o777_7777_7777;

/// What an entry's header says.
#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    pub path: &'a str,
    pub folder: bool,
    pub executable: bool,
    pub size: u64,
    pub mtime: Moment,
}

/// The header blocks of an entry: a pax header in front where plain ustar cannot say it.
pub(super) fn header(entry: &Entry) -> Vec<u8> {
    let records = pax_records(entry);
    let mut out = Vec::with_capacity(BLOCK * 3);
    if !records.is_empty() {
        let mut pax = blank(EntryType::XHeader, "PaxHeader", records.len() as u64);
        pax.set_mode(0o644);
        pax.set_mtime(0);
        pax.set_cksum();
        out.extend_from_slice(pax.as_bytes());
        out.extend_from_slice(&records);
        out.resize(out.len().next_multiple_of(BLOCK), 0);
    }
    let kind = if entry.folder { EntryType::Directory } else { EntryType::Regular };
    let mut main = blank(kind, entry.path, entry.size);
    main.set_mode(if entry.folder || entry.executable { 0o755 } else { 0o644 });
    main.set_mtime(u64::try_from(entry.mtime.secs).unwrap_or(0).min(OCTAL_MAX));
    main.set_cksum();
    out.extend_from_slice(main.as_bytes());
    out
}

/// Length of what [`header`] makes, without making it: sizes are wanted before anything else.
pub(super) fn header_len(entry: &Entry) -> u64 {
    let records = pax_records(entry).len().next_multiple_of(BLOCK) as u64;
    let block = BLOCK as u64;
    if records == 0 { block } else { 2 * block + records }
}

/// Zero bytes that follow content of this size up to the block's end.
pub(super) fn padding(size: u64) -> usize {
    // A remainder of 512 always fits.
    usize::try_from(size.next_multiple_of(BLOCK as u64) - size).unwrap_or(0)
}

fn blank(kind: EntryType, path: &str, size: u64) -> Header {
    let mut header = Header::new_ustar();
    header.set_entry_type(kind);
    header.set_uid(0);
    header.set_gid(0);
    // Above eight gibibytes the field becomes binary; the pax record says the same to strict readers.
    header.set_size(size);
    let name = &mut header.as_old_mut().name;
    let mut cut = path.len().min(name.len());
    while !path.is_char_boundary(cut) {
        cut -= 1;
    }
    name[..cut].copy_from_slice(&path.as_bytes()[..cut]);
    header
}

fn pax_records(entry: &Entry) -> Vec<u8> {
    let mut out = Vec::new();
    if !entry.path.is_ascii() || entry.path.len() > 100 {
        record(&mut out, "path", entry.path);
    }
    let Moment { secs, nanos } = entry.mtime;
    if nanos != 0 || u64::try_from(secs).map_or(true, |s| s > OCTAL_MAX) {
        record(&mut out, "mtime", &decimal_time(entry.mtime));
    }
    if entry.size > OCTAL_MAX {
        record(&mut out, "size", &entry.size.to_string());
    }
    out
}

/// Seconds with a fraction, as pax writes them: `-1.5` is half a second before `-1`.
fn decimal_time(Moment { secs, nanos }: Moment) -> String {
    if nanos == 0 {
        return secs.to_string();
    }
    let (sign, whole, fraction) = if secs < 0 {
        ("-", (secs + 1).unsigned_abs(), 1_000_000_000 - nanos)
    } else {
        ("", secs.unsigned_abs(), nanos)
    };
    format!("{sign}{whole}.{fraction:09}").trim_end_matches('0').to_owned()
}

/// Reads a pax time.
pub(super) fn parse_time(text: &str) -> Option<Moment> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let secs: i64 = whole.parse().ok()?;
    let nanos: u32 = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    Some(match (negative, nanos) {
        (false, nanos) => Moment { secs, nanos },
        (true, 0) => Moment { secs: -secs, nanos: 0 },
        (true, nanos) => Moment { secs: -secs - 1, nanos: 1_000_000_000 - nanos },
    })
}

/// `LENGTH KEY=VALUE\n`, where the length counts itself.
fn record(out: &mut Vec<u8>, key: &str, value: &str) {
    let rest = key.len() + value.len() + 3;
    let mut len = rest + 1;
    while rest + len.to_string().len() != len {
        len = rest + len.to_string().len();
    }
    out.extend_from_slice(format!("{len} {key}={value}\n").as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_known_before_headers_are_made() {
        let long = "x".repeat(500);
        for path in ["a", "名簿", long.as_str()] {
            for (size, nanos) in [(0, 0), (1, 5), (OCTAL_MAX + 1, 0), (u64::MAX >> 1, 1)] {
                let mtime = Moment { secs: 1, nanos };
                let entry = Entry { path, folder: false, executable: true, size, mtime };
                assert_eq!(header_len(&entry), header(&entry).len() as u64, "{path} {size} {nanos}");
            }
        }
    }

    #[test]
    fn pax_lengths_count_themselves() {
        for len in [1, 90, 91, 92, 93, 94, 989, 990, 991, 992] {
            let mut out = Vec::new();
            record(&mut out, "path", &"x".repeat(len));
            let written: usize = std::str::from_utf8(&out).unwrap().split(' ').next().unwrap().parse().unwrap();
            assert_eq!(written, out.len());
        }
    }

    #[test]
    fn times_survive_the_round_trip() {
        for (secs, nanos) in
            [(0, 0), (1, 5), (-1, 0), (-1, 500_000_000), (-2, 999_999_999), (1 << 40, 1), (7, 120_000_000)]
        {
            let moment = Moment { secs, nanos };
            assert_eq!(parse_time(&decimal_time(moment)), Some(moment), "{}", decimal_time(moment));
        }
        for bad in ["", "x", "1.2.3", "--1", "+1", "1e5", "99999999999999999999", "."] {
            assert_eq!(parse_time(bad), None, "{bad}");
        }
    }
}
