//! Zip files made here, so that they can be wrong.

#![allow(dead_code)] // each test file uses a part

/// A part of a zip file.
pub struct Part {
    pub name: String,
    pub content: Vec<u8>,
    /// The size it says it has, where that is not its own.
    pub says: Option<u32>,
}

impl Part {
    pub fn of(name: &str, content: &[u8]) -> Self {
        Self { name: name.to_owned(), content: content.to_vec(), says: None }
    }
}

/// A zip file with these parts.
pub fn zip(parts: &[Part]) -> Vec<u8> {
    let (mut out, mut list) = (Vec::new(), Vec::new());
    let small = |number: usize| u32::try_from(number).unwrap();
    for Part { name, content, says } in parts {
        let packed = miniz_oxide::deflate::compress_to_vec(content, 6);
        // Version 2.0, deflated, 1980-01-01.
        let mut facts = vec![20, 0, 0, 0, 8, 0, 0, 0, 0x21, 0];
        facts.extend(crc32(content).to_le_bytes());
        facts.extend(small(packed.len()).to_le_bytes());
        facts.extend(says.unwrap_or(small(content.len())).to_le_bytes());
        facts.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        facts.extend([0, 0]);
        list.extend(b"PK\x01\x02\x14\0".iter().chain(&facts).chain(&[0; 10]));
        list.extend(small(out.len()).to_le_bytes());
        list.extend(name.as_bytes());
        out.extend(b"PK\x03\x04".iter().chain(&facts).copied().chain(name.bytes()).chain(packed));
    }
    let (at, size, count) = (small(out.len()), small(list.len()), u16::try_from(parts.len()).unwrap().to_le_bytes());
    out.extend(list);
    out.extend(b"PK\x05\x06\0\0\0\0".iter().chain(&count).chain(&count));
    out.extend(size.to_le_bytes().into_iter().chain(at.to_le_bytes()).chain([0, 0]));
    out
}

fn crc32(bytes: &[u8]) -> u32 {
    let bit = |crc: u32| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0, |crc, &byte| (0..8).fold(crc ^ u32::from(byte), |crc, _| bit(crc)))
}
