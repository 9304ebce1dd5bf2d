//! How much may still be taken, and whether others have need of it.

use std::fs::File;
use std::io;

use super::super::os::{self, Space};
use super::Plan;

/// A filling never goes nearer to the reserve than this: its own folders and the records of its blocks need room too.
const MARGIN: u64 = 1 << 20;

/// Watches the room while a filling holds it.
pub(super) struct Watch {
    handle: File,
    reserve: u64,
}

impl Watch {
    pub(super) fn new(handle: File, plan: &Plan) -> Self {
        Self { handle, reserve: plan.reserve }
    }

    pub(super) fn space(&self) -> io::Result<Space> {
        os::space_of(&self.handle)
    }

    pub(super) fn leaves_a_reserve(&self) -> bool {
        self.reserve > 0
    }

    /// Bytes that may be taken now. Without a reserve the file system itself says when it is full.
    pub(super) fn room(&self) -> io::Result<u64> {
        if self.reserve == 0 {
            return Ok(u64::MAX);
        }
        Ok(self.space()?.available.saturating_sub(self.reserve + MARGIN))
    }

    /// Bytes that have to be given back, because others took what was left for them. Where nobody says, none.
    pub(super) fn missing(&self) -> u64 {
        if self.reserve == 0 {
            return 0;
        }
        self.space().map_or(0, |space| self.reserve.saturating_sub(space.available))
    }
}
