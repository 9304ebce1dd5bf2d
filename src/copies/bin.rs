//! What recycle bins say of what lies in them: the record beside each file that was thrown away.
//!
//! Windows: `$RECYCLE.BIN/S-1-…/$Iabcdef.xlsx` is the record, `$Rabcdef.xlsx` the file. Desktops on Linux: `info/名簿.xlsx.trashinfo`
//! is the record, `files/名簿.xlsx` the file. Records are small, and written by whoever threw something away: nothing in them is
//! trusted but as a name to compare.

/// No honest record is larger: a path of 32,767 UTF-16 units and a head.
pub const MOST: u64 = 66 * 1024;

/// The last part of the path that a record of Windows' recycle bin names.
///
/// The head: version (8 bytes), size (8), time (8). Version 1 has 260 UTF-16 units, filled up with zeros; version 2 has their
/// number (4 bytes, the zero at the end included) and the units.
pub fn windows_record(bytes: &[u8]) -> Option<String> {
    let (version, rest) = bytes.split_first_chunk::<8>()?;
    let units = match u64::from_le_bytes(*version) {
        1 => rest.get(16..)?,
        2 => {
            let (count, units) = rest.get(16..)?.split_first_chunk::<4>()?;
            let length = usize::try_from(u32::from_le_bytes(*count)).ok()?.checked_mul(2)?;
            units.get(..length)?
        }
        _ => return None,
    };
    let (pairs, _) = units.as_chunks::<2>();
    let units: Vec<u16> = pairs.iter().map(|&pair| u16::from_le_bytes(pair)).take_while(|&unit| unit != 0).collect();
    let path = String::from_utf16(&units).ok()?;
    last(&path, &['\\', '/'])
}

/// The record's name for a file in Windows' recycle bin: `$I…` for `$R…`.
pub fn windows_record_of(name: &str) -> Option<String> {
    let rest = name.strip_prefix("$R").or_else(|| name.strip_prefix("$r"))?;
    Some(format!("$I{rest}"))
}

/// The last part of the path that a `.trashinfo` names.
pub fn trash_record(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("Path="))?;
    let path = String::from_utf8(unescaped(line.trim_end().as_bytes())?).ok()?;
    last(&path, &['/'])
}

fn last(path: &str, separators: &[char]) -> Option<String> {
    let name = path.trim_end_matches(separators).rsplit(separators).next()?;
    (!name.is_empty()).then(|| name.to_owned())
}

/// `%E5%90%8D` as the bytes it stands for.
fn unescaped(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, tail)) = rest.split_first() {
        if byte == b'%' {
            let digits = std::str::from_utf8(tail.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &tail[2..];
        } else {
            bytes.push(byte);
            rest = tail;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(version: u64, path: &str) -> Vec<u8> {
        let mut units: Vec<u16> = path.encode_utf16().chain([0]).collect();
        let mut bytes = [version.to_le_bytes(), 4096u64.to_le_bytes(), [0; 8]].concat();
        if version == 2 {
            bytes.extend(u32::try_from(units.len()).unwrap().to_le_bytes());
        } else {
            units.resize(260, 0);
        }
        bytes.extend(units.into_iter().flat_map(u16::to_le_bytes));
        bytes
    }

    #[test]
    fn both_versions_of_windows_name_the_file() {
        for version in [1, 2] {
            let bytes = record(version, "C:\\Users\\区 太郎\\Desktop\\名簿.xlsx");
            assert_eq!(windows_record(&bytes).as_deref(), Some("名簿.xlsx"), "{version}");
            assert_eq!(windows_record(&record(version, "D:\\")).as_deref(), Some("D:"));
        }
        assert_eq!(windows_record_of("$RAB12CD.xlsx").as_deref(), Some("$IAB12CD.xlsx"));
        assert_eq!(windows_record_of("RAB12CD.xlsx"), None);
    }

    #[test]
    fn what_is_cut_or_lies_about_its_length_is_no_record() {
        let whole = record(2, "C:\\a\\名簿.xlsx");
        for cut in 0..whole.len() {
            assert_eq!(windows_record(&whole[..cut]), None, "{cut}");
        }
        let mut lies = whole.clone();
        lies[24..28].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(windows_record(&lies), None);
        assert_eq!(windows_record(&record(3, "C:\\a")), None);
        let mut broken = record(2, "C:\\ab");
        broken[34..36].copy_from_slice(&0xd800u16.to_le_bytes());
        assert_eq!(windows_record(&broken), None, "half a character");
    }

    #[test]
    fn a_trashinfo_is_unescaped() {
        let said = |text: &str| trash_record(text.as_bytes());
        let escaped = "[Trash Info]\nPath=/home/a/%E5%90%8D%E7%B0%BF.xlsx\nDeletionDate=2026-11-21T16:30:08\n";
        assert_eq!(said(escaped).as_deref(), Some("名簿.xlsx"));
        assert_eq!(said("[Trash Info]\nPath=名簿.xlsx\n").as_deref(), Some("名簿.xlsx"));
        for bad in ["", "[Trash Info]\n", "Path=\n", "Path=/\n", "Path=%E5%9\n", "Path=%zz\n", "Path=%FF\n"] {
            assert_eq!(said(bad), None, "{bad}");
        }
    }
}
