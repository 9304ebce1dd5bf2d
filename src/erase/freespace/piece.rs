//! A piece at a time: how much is asked for while a file grows, and what a comparison saw of it.

use std::fs::File;

use super::super::os::{self, HeldFolder};
use super::super::pattern::Pattern;
use super::super::readback::ALIGNMENT;
use super::UNIT;

/// Bytes written at a time. What is asked for shrinks when the file system has no such piece any more.
pub(super) const PIECE: u64 = 1 << 20;

/// What is asked for at a time. The last room of a file system comes in small pieces, and some of it only after what was
/// removed before has been written down.
pub(super) struct Step {
    pub(super) length: u64,
    block: u64,
    pub(super) direct: bool,
    /// Something was written since the file system was last synced.
    gained: bool,
}

impl Step {
    pub(super) fn new(file: &File, block: u64) -> Self {
        Self { length: PIECE, block: block.clamp(512, UNIT), direct: os::bypass_cache(file, true), gained: true }
    }

    pub(super) fn went_on(&mut self, file: &File, end: u64) {
        self.gained = true;
        if self.direct && !end.is_multiple_of(UNIT) {
            self.through_the_cache(file);
        }
    }

    pub(super) fn through_the_cache(&mut self, file: &File) {
        self.direct = false;
        let _ = os::bypass_cache(file, false);
    }

    /// Asks for less; whether there is anything left to try.
    pub(super) fn shrink(&mut self, held: &HeldFolder, file: &File) -> bool {
        if self.length > UNIT {
            self.length /= 16;
        } else if self.direct {
            self.through_the_cache(file);
            self.length = self.block;
        } else if self.gained {
            self.gained = false;
            let _ = held.sync_file_system();
            self.length = UNIT;
        } else if self.length > self.block {
            self.length = self.block;
        } else {
            return false;
        }
        true
    }
}

/// What a reading saw, piece by piece.
#[derive(Default)]
pub(super) struct Compared {
    pub(super) offset: u64,
    pub(super) equal: u64,
    pub(super) differs: u64,
}

impl Compared {
    pub(super) fn add(&mut self, pattern: &mut Pattern, bytes: &[u8]) {
        if pattern.stands_in(bytes, self.offset) {
            self.equal += bytes.len() as u64;
            self.offset += bytes.len() as u64;
            return;
        }
        for block in bytes.chunks(ALIGNMENT) {
            let counted = if pattern.stands_in(block, self.offset) { &mut self.equal } else { &mut self.differs };
            *counted += block.len() as u64;
            self.offset += block.len() as u64;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::pattern::{Key, Pass};
    use super::*;

    #[test]
    fn a_block_that_came_back_as_something_else_is_counted_apart() {
        let key = Key::fresh().unwrap();
        for pass in [Pass::Zeros, Pass::Ones, Pass::Keystream] {
            let mut pattern = Pattern::of(pass, &key, 3);
            let mut bytes = vec![0; 3 * 4096 + 100];
            pattern.fill(&mut bytes, 0);
            bytes[4096 + 17] ^= 1;
            let mut told = Compared::default();
            let (first, second) = bytes.split_at(4096);
            told.add(&mut pattern, first);
            told.add(&mut pattern, second);
            assert_eq!((told.equal, told.differs, told.offset), (2 * 4096 + 100, 4096, bytes.len() as u64), "{pass:?}");
        }
    }
}
