//! Names that still stand on the device after they were removed: looked for where the folders of ext4 lay.

use std::collections::{HashMap, HashSet};

use super::os::RawDevice;
use super::os::facts::{Extent, Layout};
use super::plan::Plan;
use super::readback::Aligned;

/// Bytes read at a time.
const CHUNK: usize = 1 << 20;

/// A name is at most this long, and two bytes stand before it.
const OVERLAP: usize = 2 + 255;

/// Items whose names were found on the device. A folder's own name counts for the items in it.
pub(super) fn names(plan: &Plan, layouts: &HashMap<u32, Layout>) -> HashSet<u32> {
    let mut wanted: HashMap<u32, HashMap<&[u8], u32>> = HashMap::new();
    for (index, item) in (0u32..).zip(&plan.items).filter(|(_, item)| item.gone) {
        if layouts.contains_key(&item.folder) {
            wanted.entry(item.folder).or_default().insert(item.name.as_encoded_bytes(), index);
        }
    }
    let firsts = first_items(plan);
    for (index, folder) in (0u32..).zip(&plan.folders).filter(|(_, folder)| folder.goes) {
        let Some(parent) = folder.parent.filter(|parent| layouts.contains_key(parent)) else { continue };
        if let Some(&item) = firsts.get(&index) {
            wanted.entry(parent).or_default().insert(folder.name.as_encoded_bytes(), item);
        }
    }
    let mut found = HashSet::new();
    for (folder, names) in wanted {
        let ground = &plan.grounds[plan.folders[folder as usize].ground];
        match (&ground.raw, layouts.get(&folder)) {
            (Some(device), Some(layout)) if !layout.unknown => {
                for extent in &layout.extents {
                    // What could not be read counts as there.
                    if scan(device, *extent, &names, &mut found).is_err() {
                        found.extend(names.values());
                    }
                }
            }
            _ => found.extend(names.values()),
        }
    }
    found
}

/// The first item in each folder, or in folders in it.
fn first_items(plan: &Plan) -> HashMap<u32, u32> {
    let mut firsts = HashMap::new();
    for (index, item) in (0u32..).zip(&plan.items) {
        let mut folder = Some(item.folder);
        while let Some(at) = folder.filter(|at| !firsts.contains_key(at)) {
            firsts.insert(at, index);
            folder = plan.folders[at as usize].parent;
        }
    }
    firsts
}

fn scan(
    device: &RawDevice,
    extent: Extent,
    names: &HashMap<&[u8], u32>,
    found: &mut HashSet<u32>,
) -> std::io::Result<()> {
    let mut buffer = Aligned::new(CHUNK);
    let mut place = extent.place - extent.place % 4096;
    let end = extent.place + extent.length;
    while place < end {
        let wanted = usize::try_from(end - place).unwrap_or(CHUNK).next_multiple_of(4096).min(CHUNK);
        let read = device.read_at(&mut buffer.slice()[..wanted], place)?;
        search(&buffer.slice()[..read], names, found);
        if read <= OVERLAP || place + read as u64 >= end {
            break;
        }
        // The next piece begins a little before the end of this one, so that no name is cut in two.
        place += (read - OVERLAP) as u64 / 4096 * 4096;
    }
    Ok(())
}

/// A name in a folder of ext4 has its length and a small number, its kind, before it.
fn search(bytes: &[u8], names: &HashMap<&[u8], u32>, found: &mut HashSet<u32>) {
    for (at, &length) in bytes.iter().enumerate().filter(|(_, length)| **length != 0) {
        if bytes.get(at + 1).is_some_and(|&kind| kind <= 7)
            && let Some(name) = bytes.get(at + 2..at + 2 + usize::from(length))
            && let Some(&item) = names.get(name)
        {
            found.insert(item);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_with_what_stands_before_it_and_nowhere_else() {
        let names: HashMap<&[u8], u32> = [("名簿.csv".as_bytes(), 1), (b"a".as_slice(), 2)].into();
        let search = |bytes: &[u8]| {
            let mut found = HashSet::new();
            super::search(bytes, &names, &mut found);
            found
        };
        let mut entry = vec![0, 0, 10, 1];
        entry.extend("名簿.csv".as_bytes());
        assert_eq!(search(&entry), [1].into());
        entry[2] = 9;
        assert!(search(&entry).is_empty());
        assert!(search("banana".as_bytes()).is_empty());
        assert_eq!(search(&[1, 1, b'a']), [2].into());
        assert!(search(&[0; 4096]).is_empty() && search(&[255; 300]).is_empty());
    }
}
