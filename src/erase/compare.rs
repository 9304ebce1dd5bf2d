//! Whether what was written stands on the medium, in the blocks the data lay in.

use std::fs::File;
use std::io;
use std::ops::ControlFlow;

use super::os::facts::Extent;
use super::os::{self, NoMedium, Place, RawDevice};
use super::outcome::{Blocks, Reason};
use super::pattern::Pattern;
use super::plan::Plan;
use super::readback::{self, Aligned, Outcome, read_back_ranges};
use super::work::Live;
use crate::progress::Progress;

/// What a comparison found.
#[derive(Debug, Default)]
pub(super) struct Compared {
    /// Whether the blocks stayed the same.
    pub blocks: Blocks,
    /// Whether every byte was read back past the cache and found right.
    pub read_back: bool,
    /// Something else was read than was written.
    pub differs: bool,
    /// The file is not as long as it was left.
    pub resized: bool,
    /// Blocks past its end are not the ones it had.
    pub tail_moved: bool,
    /// Nobody could say what lies past its end.
    pub tail_unknown: bool,
    /// When the file was last written.
    pub written: i64,
    /// Why nothing could be established.
    pub reason: Option<Reason>,
}

/// Reads a file back past every cache, and asks again where it lies. `size` is how long it was before.
pub(super) fn file(
    file: &File,
    place: &Place,
    live: &Live,
    size: u64,
    pattern: &mut Pattern,
    progress: &dyn Progress,
) -> io::Result<Compared> {
    let mut found = Compared::default();
    let outcome = read_back_ranges(file, place, &live.spread.ranges, &mut |offset, bytes| {
        progress.advance(bytes.len() as u64);
        found.differs |= !pattern.stands_in(bytes, offset);
        if found.differs || progress.cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    match outcome {
        // Broken off at what differs; nothing else needs to be known.
        Err(error) if error.kind() == io::ErrorKind::Interrupted && found.differs => return Ok(found),
        Err(error) => return Err(error),
        Ok(Outcome::Established { .. }) => found.read_back = !found.differs,
        Ok(Outcome::NotEstablished { reason }) => found.reason = Some(why(reason)),
    }
    let facts = os::facts_of(file)?;
    found.written = facts.written;
    found.resized = facts.size != live.spread.end;
    // btrfs keeps the whole of a stretch of which only a part is left in a file, and does not say so.
    found.tail_unknown = place.fs_type == "btrfs" || live.before.as_ref().is_some_and(|before| before.by_blocks);
    if live.spread.ranges.is_empty() {
        found.blocks = Blocks::None;
        found.read_back = true;
        found.reason = None;
        return Ok(found);
    }
    found.blocks = match (&live.before, os::layout(file)?) {
        (Some(before), Some(after)) if !before.unknown && !after.unknown => {
            found.tail_moved = before.end() > size && !before.same_up_to(&after, u64::MAX);
            if before.same_up_to(&after, size) { Blocks::Same } else { Blocks::Changed }
        }
        _ => Blocks::Unknown,
    };
    Ok(found)
}

fn why(reason: readback::Reason) -> Reason {
    match reason {
        readback::Reason::NoMedium(NoMedium::Memory) => Reason::Memory,
        readback::Reason::NoMedium(NoMedium::Network) => Reason::Network,
        readback::Reason::NoMedium(NoMedium::Unknown) => Reason::UnknownPlace,
        readback::Reason::PagesStay { .. } | readback::Reason::Unsupported => Reason::CacheStays,
        readback::Reason::DriverCache => Reason::DriverCache,
    }
}

/// A stretch of a file that is to be found on the device.
struct Piece {
    live: usize,
    extent: Extent,
}

/// Looks on the device itself, where it can be read, at the blocks the data of each file lay in before.
pub(super) fn devices(plan: &mut Plan, live: &[Live], pattern: &dyn Fn(usize) -> Pattern) {
    let Some(first) = live.first() else { return };
    let ground = plan.ground(&plan.items[first.item]);
    let Some(device) = &ground.raw else { return };
    let mut pieces = Vec::new();
    for (index, one) in live.iter().enumerate() {
        let item = &plan.items[one.item];
        let Some(before) = one.before.as_ref().filter(|_| item.fate.is_none() && item.read_back) else { continue };
        // What is stored encrypted stands otherwise on the device than it was written; what was moved is not there. Of what is
        // stored within records only the beginning lies where the system says, and it is in the journal until that is cleared.
        let otherwise = before.encrypted || before.compressed || before.unknown || before.inline;
        if otherwise || item.blocks != Blocks::Same {
            continue;
        }
        pieces.extend(before.extents.iter().map(|extent| Piece { live: index, extent: within(*extent, one) }));
    }
    pieces.sort_by_key(|piece| piece.extent.place);
    let (mut read, mut wrong) = (vec![false; live.len()], vec![false; live.len()]);
    look(device, &pieces, |piece, bytes, offset| {
        let holds = bytes.is_some_and(|bytes| pattern(live[piece.live].item).stands_in(bytes, offset));
        read[piece.live] = true;
        wrong[piece.live] |= !holds;
    });
    for (index, one) in live.iter().enumerate().filter(|(index, _)| read[*index]) {
        let item = &mut plan.items[one.item];
        item.device_read = !wrong[index];
        if wrong[index] {
            item.fail(Reason::OldBlocksDiffer);
        }
    }
}

/// Within the records of a file system the room is larger than the data.
fn within(extent: Extent, live: &Live) -> Extent {
    Extent { length: extent.length.min(live.spread.end.saturating_sub(extent.start)), ..extent }
}

/// Bytes read from the device at a time.
const WINDOW: u64 = 4 << 20;

/// Gaps smaller than this are read over: one long read is quicker than two short ones.
const GAP: u64 = 64 << 10;

/// Reads the pieces, which are sorted by their place, and shows each with its offset in the file; `None` where the device
/// could not be read.
fn look(device: &RawDevice, pieces: &[Piece], mut show: impl FnMut(&Piece, Option<&[u8]>, u64)) {
    let mut window = Window { device, buffer: None, start: 0, length: 0 };
    for (index, piece) in pieces.iter().enumerate() {
        let mut done = 0;
        while done < piece.extent.length {
            let place = piece.extent.place + done;
            let run = || pieces[index..].windows(2).take_while(|pair| near(&pair[0], &pair[1])).last();
            let bytes = window.at(place, || run().map_or(piece, |pair| &pair[1]).extent);
            let bytes = bytes.map(|bytes| &bytes[..bytes.len().min(clamped(piece.extent.length - done))]);
            show(piece, bytes, piece.extent.start + done);
            match bytes {
                Some(bytes) => done += bytes.len() as u64,
                None => break,
            }
        }
    }
}

fn near(one: &Piece, next: &Piece) -> bool {
    next.extent.place.saturating_sub(one.extent.place + one.extent.length) < GAP
        && next.extent.place - one.extent.place < WINDOW
}

fn clamped(length: u64) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX)
}

struct Window<'a> {
    device: &'a RawDevice,
    buffer: Option<Aligned>,
    start: u64,
    length: usize,
}

impl Window<'_> {
    /// What stands on the device from `place` on; at least one byte. `run` is where the stretch ends that is read at once.
    fn at(&mut self, place: u64, run: impl Fn() -> Extent) -> Option<&[u8]> {
        let buffer = self.buffer.get_or_insert_with(|| Aligned::new(clamped(WINDOW)));
        let held = self.start..self.start + self.length as u64;
        if !held.contains(&place) {
            let last = run();
            self.start = place - place % 4096;
            let wanted = (last.place + last.length - self.start).clamp(1, WINDOW).next_multiple_of(4096);
            self.length = 0;
            self.length = self.device.read_at(&mut buffer.slice()[..clamped(wanted)], self.start).ok()?;
        }
        let from = clamped(place - self.start);
        buffer.slice()[..self.length].get(from..).filter(|bytes| !bytes.is_empty())
    }
}
