//! What kind of program a file is, by its first bytes: a console program for Windows on x86-64, or one for Linux on x86-64
//! that needs nothing of the system it runs on.
//!
//! This finds the wrong file in a folder: a script of that name, a library, a program for another machine, one that is linked
//! with libraries the recipient may not have. It does not tell an honest program from another; the digest on paper does.

use std::ops::Range;

/// As much of a file as is looked at. Compilers put all that is asked for here into the first page.
pub(super) const HEAD: usize = 64 * 1024;

/// What a file has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Program {
    /// PE32+ for x86-64, in a console.
    Windows,
    /// ELF for x86-64, statically linked.
    Linux,
}

impl Program {
    /// Whether a file that begins with `head` is one.
    pub fn is_in(self, head: &[u8]) -> bool {
        match self {
            Self::Windows => is_console_pe(head),
            Self::Linux => is_static_elf(head),
        }
        .unwrap_or(false)
    }
}

/// Bytes as they stand in the file. Attack: an offset that points outside of it, or past the end of numbers.
struct Head<'a>(&'a [u8]);

impl Head<'_> {
    fn bytes(&self, range: Range<usize>) -> Option<&[u8]> {
        self.0.get(range)
    }

    fn number<const N: usize>(&self, at: usize) -> Option<[u8; N]> {
        self.bytes(at..at.checked_add(N)?)?.try_into().ok()
    }

    fn u16(&self, at: usize) -> Option<u16> {
        self.number(at).map(u16::from_le_bytes)
    }

    fn u32(&self, at: usize) -> Option<u32> {
        self.number(at).map(u32::from_le_bytes)
    }

    fn u64(&self, at: usize) -> Option<u64> {
        self.number(at).map(u64::from_le_bytes)
    }
}

fn is_console_pe(head: &[u8]) -> Option<bool> {
    const X86_64: u16 = 0x8664;
    const EXECUTABLE: u16 = 0x0002;
    const LIBRARY: u16 = 0x2000;
    const PE32_PLUS: u16 = 0x020b;
    const CONSOLE: u16 = 3;
    let head = Head(head);
    let at = usize::try_from(head.u32(0x3c)?).ok()?;
    let signature = head.bytes(0..2)? == b"MZ" && head.bytes(at..at.checked_add(4)?)? == b"PE\0\0";
    let file = at + 4;
    let optional = file + 20;
    let kind = head.u16(file + 18)?;
    // Up to and with the subsystem.
    let holds = usize::from(head.u16(file + 16)?) >= 70;
    Some(
        signature
            && holds
            && head.u16(file)? == X86_64
            && kind & EXECUTABLE != 0
            && kind & LIBRARY == 0
            && head.u16(optional)? == PE32_PLUS
            && head.u16(optional + 68)? == CONSOLE,
    )
}

fn is_static_elf(head: &[u8]) -> Option<bool> {
    const EXECUTABLE: u16 = 2;
    const POSITION_INDEPENDENT: u16 = 3;
    const X86_64: u16 = 62;
    const ENTRY: usize = 56;
    const LOAD: u32 = 1;
    const INTERPRETER: u32 = 3;
    let head = Head(head);
    // 64 bits, little-endian, version 1.
    let identity = head.bytes(0..7)? == b"\x7fELF\x02\x01\x01";
    let kind = head.u16(16)?;
    let starts = head.u64(24)? != 0;
    let table = usize::try_from(head.u64(32)?).ok()?;
    let (size, count) = (head.u16(54)?, usize::from(head.u16(56)?));
    let sound = identity
        && starts
        && (kind == EXECUTABLE || kind == POSITION_INDEPENDENT)
        && head.u16(18)? == X86_64
        && usize::from(size) == ENTRY;
    if !sound {
        return Some(false);
    }
    // All of the table has to be there, or what stands behind its end is not known.
    let table = head.bytes(table..table.checked_add(count * ENTRY)?)?;
    let kinds: Vec<u32> = table.chunks(ENTRY).filter_map(|entry| Head(entry).u32(0)).collect();
    // Whoever names an interpreter needs the system's loader, and with it libraries.
    Some(kinds.contains(&LOAD) && !kinds.contains(&INTERPRETER))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The smallest head of a program for Windows that is taken.
    fn pe() -> Vec<u8> {
        let mut head = vec![0; 0x80 + 24 + 112];
        put(&mut head, 0, b"MZ");
        put(&mut head, 0x3c, &0x80u32.to_le_bytes());
        put(&mut head, 0x80, b"PE\0\0");
        put(&mut head, 0x84, &0x8664u16.to_le_bytes());
        put(&mut head, 0x84 + 16, &112u16.to_le_bytes());
        put(&mut head, 0x84 + 18, &0x0022u16.to_le_bytes());
        put(&mut head, 0x98, &0x020bu16.to_le_bytes());
        put(&mut head, 0x98 + 68, &3u16.to_le_bytes());
        head
    }

    /// The smallest head of a static program for Linux that is taken: one segment.
    fn elf() -> Vec<u8> {
        let mut head = vec![0; 64 + 2 * 56];
        put(&mut head, 0, b"\x7fELF\x02\x01\x01");
        for (at, number) in [(16, 2u16), (18, 62), (54, 56), (56, 2)] {
            put(&mut head, at, &number.to_le_bytes());
        }
        put(&mut head, 24, &0x40_1000u64.to_le_bytes());
        put(&mut head, 32, &64u64.to_le_bytes());
        put(&mut head, 64, &1u32.to_le_bytes());
        put(&mut head, 64 + 56, &0x6474_e551u32.to_le_bytes());
        head
    }

    fn put(head: &mut [u8], at: usize, bytes: &[u8]) {
        head[at..at + bytes.len()].copy_from_slice(bytes);
    }

    fn changed(mut head: Vec<u8>, at: usize, bytes: &[u8]) -> Vec<u8> {
        put(&mut head, at, bytes);
        head
    }

    #[test]
    fn a_program_is_of_one_kind() {
        assert!(Program::Windows.is_in(&pe()) && !Program::Linux.is_in(&pe()));
        assert!(Program::Linux.is_in(&elf()) && !Program::Windows.is_in(&elf()));
        // Position-independent, and static all the same.
        assert!(Program::Linux.is_in(&changed(elf(), 16, &3u16.to_le_bytes())));
    }

    #[test]
    fn other_programs_for_windows_are_refused() {
        for (what, at, bytes) in [
            ("no MZ", 0, &b"ZM"[..]),
            ("no PE", 0x80, b"NE\0\0"),
            ("for 32 bits", 0x84, &0x014cu16.to_le_bytes()),
            ("for ARM", 0x84, &0xaa64u16.to_le_bytes()),
            ("no optional header", 0x84 + 16, &0u16.to_le_bytes()),
            ("an object", 0x84 + 18, &0x0020u16.to_le_bytes()),
            ("a library", 0x84 + 18, &0x2022u16.to_le_bytes()),
            ("PE32", 0x98, &0x010bu16.to_le_bytes()),
            ("in a window", 0x98 + 68, &2u16.to_le_bytes()),
            ("a driver", 0x98 + 68, &1u16.to_le_bytes()),
        ] {
            assert!(!Program::Windows.is_in(&changed(pe(), at, bytes)), "{what}");
        }
    }

    #[test]
    fn other_programs_for_linux_are_refused() {
        for (what, at, bytes) in [
            ("32 bits", 4, &[1][..]),
            ("big-endian", 5, &[2]),
            ("an object", 16, &1u16.to_le_bytes()),
            ("a core dump", 16, &4u16.to_le_bytes()),
            ("for ARM", 18, &183u16.to_le_bytes()),
            ("no entry", 24, &[0; 8]),
            ("no segments", 56, &[0; 2]),
            ("nothing to load", 64, &6u32.to_le_bytes()),
            ("linked with libraries", 64 + 56, &3u32.to_le_bytes()),
            ("entries of another size", 54, &32u16.to_le_bytes()),
        ] {
            assert!(!Program::Linux.is_in(&changed(elf(), at, bytes)), "{what}");
        }
    }

    #[test]
    fn hostile_heads_are_refused_and_nothing_breaks() {
        for (program, whole) in [(Program::Windows, pe()), (Program::Linux, elf())] {
            let needed = (0..=whole.len()).find(|&n| program.is_in(&whole[..n])).unwrap();
            // Cut anywhere before: refused. In an ELF the table has to be there whole.
            assert!((0..needed).all(|n| !program.is_in(&whole[..n])));
            assert!(program == Program::Windows || needed == whole.len());
            for script in [&b"#!/bin/sh\nexec true\n"[..], b"@echo off\r\n", b"", b"MZ", b"\x7fELF"] {
                assert!(!program.is_in(script));
            }
            // Every byte at its extremes: whatever it says, no offset leads out of the head.
            for at in 0..whole.len() {
                for value in [0x00, 0x7f, 0x80, 0xff] {
                    program.is_in(&changed(whole.clone(), at, &[value]));
                }
            }
        }
        for at in [u32::MAX, u32::MAX - 3, 0x7fff_ffff] {
            assert!(!Program::Windows.is_in(&changed(pe(), 0x3c, &at.to_le_bytes())));
        }
        for table in [u64::MAX, u64::MAX - 55, 1 << 40, 65] {
            assert!(!Program::Linux.is_in(&changed(elf(), 32, &table.to_le_bytes())));
        }
        assert!(!Program::Linux.is_in(&changed(elf(), 56, &u16::MAX.to_le_bytes())));
    }
}
