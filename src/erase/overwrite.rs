//! Writing over a file, in the blocks it has: its data, the rest of its last block, and blocks kept for it past its end.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::ops::Range;

use super::os;
use super::os::facts::Layout;
use super::pattern::Pattern;
use super::readback::Aligned;
use crate::progress::Progress;

/// What of a file is overwritten.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spread {
    /// The stretches, in order.
    pub ranges: Vec<Range<u64>>,
    /// Where the file ends afterwards.
    pub end: u64,
}

/// From this size on, data goes past the cache to the device.
const LARGE: u64 = 1 << 20;

/// Bytes written at a time.
const CHUNK: usize = 4 << 20;

/// What of an open file is to be overwritten, and where it lies now.
///
/// Stretches that are allocated and never written count as well: `fallocate` can turn written blocks into such, with what
/// stood there still in them. Holes have no blocks, and writing into them would only take some.
pub(super) fn spread(file: &File) -> io::Result<(Spread, Option<Layout>)> {
    let size = file.metadata()?.len();
    let mut layout = os::layout(file)?;
    if layout.as_ref().is_some_and(|layout| layout.unknown) {
        // Written just now, and without a place until it is synced.
        os::sync_file(file)?;
        layout = os::layout(file)?;
    }
    let ranges = match &layout {
        // Within the records of the file system there is room for the data and no more; a longer file would be moved out,
        // and what it leaves there would stay.
        Some(layout) if layout.inline => whole(size),
        Some(layout) => layout.ranges(),
        None => data(file, size)?,
    };
    let end = ranges.last().map_or(size, |last| last.end.max(size));
    Ok((Spread { ranges, end }, layout))
}

fn whole(size: u64) -> Vec<Range<u64>> {
    if size == 0 { Vec::new() } else { std::iter::once(0..size).collect() }
}

fn data(file: &File, size: u64) -> io::Result<Vec<Range<u64>>> {
    let (mut ranges, mut offset) = (Vec::new(), 0);
    while let Some(data) = os::next_data(file, offset..size)? {
        offset = data.end;
        ranges.push(data);
    }
    Ok(ranges)
}

/// Writes patterns. One buffer serves for all files of a batch.
#[derive(Default)]
pub(super) struct Writer {
    buffer: Option<Aligned>,
}

impl Writer {
    /// Writes the pattern over a file; how many bytes that was.
    ///
    /// # Errors
    /// The system's; `Interrupted` when the user stopped it.
    pub fn write(
        &mut self,
        file: &File,
        spread: &Spread,
        mut pattern: Pattern,
        progress: &dyn Progress,
    ) -> io::Result<u64> {
        let buffer = self.buffer.get_or_insert_with(|| Aligned::new(CHUNK)).slice();
        let longest = spread.ranges.iter().map(|range| range.end - range.start).max().unwrap_or(0);
        let mut direct = longest >= LARGE && os::bypass_cache(file, true);
        if pattern.is_plain() {
            let needed = usize::try_from(longest).unwrap_or(CHUNK).min(CHUNK);
            pattern.fill(&mut buffer[..needed], 0);
        }
        let mut written = 0;
        for range in &spread.ranges {
            let mut offset = range.start;
            while offset < range.end {
                if progress.cancelled() {
                    return Err(io::ErrorKind::Interrupted.into());
                }
                let length = usize::try_from(range.end - offset).unwrap_or(CHUNK).min(CHUNK);
                let piece = &mut buffer[..length];
                if !pattern.is_plain() {
                    pattern.fill(piece, offset);
                }
                match os::write_at(file, piece, offset) {
                    // The odd end of a file, or a file system that takes the flag and refuses the write.
                    Err(error) if direct && error.kind() == io::ErrorKind::InvalidInput => {
                        direct = false;
                        let _ = os::bypass_cache(file, false);
                        continue;
                    }
                    result => result?,
                }
                offset += length as u64;
                written += length as u64;
                progress.advance(length as u64);
            }
        }
        Ok(written)
    }
}

/// Does something to each extended attribute. How many there are, the longest value that was met, and whether one that is not
/// the system's own resisted.
///
/// What begins with `user.` or `trusted.` was written by somebody; the rest is labels and rights, which take no noise and go
/// with the file.
pub(super) fn each_attribute<F: os::Handle>(
    file: &F,
    act: fn(&F, &OsString) -> io::Result<usize>,
    must: bool,
) -> (u16, usize, bool) {
    let Ok(names) = os::attributes(file) else { return (0, 0, false) };
    let (mut count, mut longest, mut stays) = (0u16, 0, false);
    for name in names {
        let text = name.to_string_lossy();
        let own = text.starts_with("user.") || text.starts_with("trusted.");
        count = count.saturating_add(u16::from(own));
        match act(file, &name) {
            Ok(length) => longest = longest.max(length),
            Err(_) => stays |= own && must,
        }
    }
    (count, longest, stays)
}
