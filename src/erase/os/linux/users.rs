//! Linux: who else uses a file, and what holds it.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::erase::os::facts::{Cells, Hardware, Id};

/// Files that other programs have open to write, or have mapped, each with a word on who that is. Of programs of other
/// users only root learns.
pub(in super::super) fn written_elsewhere() -> HashMap<Id, String> {
    let mut found = behind_loops();
    let own = std::process::id().to_string();
    for process in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let name = process.file_name();
        let Some(number) = name.to_str().filter(|n| n.bytes().all(|b| b.is_ascii_digit()) && *n != own) else {
            continue;
        };
        let folder = process.path();
        let mut who = None;
        for id in open_to_write(&folder).into_iter().chain(mapped(&folder)) {
            let who = who.get_or_insert_with(|| {
                let program = fs::read_to_string(folder.join("comm")).unwrap_or_default();
                format!("{} ({number})", program.trim())
            });
            found.entry(id).or_insert_with(|| who.clone());
        }
    }
    found
}

/// Image files that loop devices lie on: the kernel itself has them open, and no program shows it.
fn behind_loops() -> HashMap<Id, String> {
    let devices = fs::read_dir("/sys/block").into_iter().flatten().flatten();
    let found = devices.filter_map(|device| {
        let path = fs::read_to_string(device.path().join("loop/backing_file")).ok()?;
        let meta = fs::metadata(path.trim_end_matches('\n')).ok()?;
        let id = Id { device: meta.dev(), number: meta.ino() };
        Some((id, device.file_name().to_string_lossy().into_owned()))
    });
    found.collect()
}

fn open_to_write(process: &Path) -> Vec<Id> {
    let handles = fs::read_dir(process.join("fd")).into_iter().flatten().flatten();
    let found = handles.filter_map(|handle| {
        let meta = fs::metadata(handle.path()).ok().filter(fs::Metadata::is_file)?;
        let info = fs::read_to_string(process.join("fdinfo").join(handle.file_name())).ok()?;
        let flags = info.lines().find_map(|line| line.strip_prefix("flags:"))?.trim();
        // The last two bits of the octal number: 0 read, 1 write, 2 both.
        let writes = flags.bytes().last().is_some_and(|digit| digit & 3 != 0);
        writes.then(|| Id { device: meta.dev(), number: meta.ino() })
    });
    found.collect()
}

/// `7f0-7f1 r--p 00000000 08:01 1234 /path`. Mapped only to be read as well: the cache lets go of no page that is mapped, so
/// that nothing could be read back, and whoever closes the program can have the file erased for sure.
fn mapped(process: &Path) -> Vec<Id> {
    let maps = fs::read(process.join("maps")).unwrap_or_default();
    let maps = String::from_utf8_lossy(&maps);
    let found = maps.lines().filter_map(|line| {
        let mut fields = line.split_ascii_whitespace();
        let (major, minor) = fields.nth(3)?.split_once(':')?;
        let device = |text| u32::from_str_radix(text, 16).ok();
        let device = rustix::fs::makedev(device(major)?, device(minor)?);
        let number = fields.next()?.parse().ok().filter(|&number| number != 0)?;
        Some(Id { device, number })
    });
    found.collect()
}

/// Files the system swaps into.
pub(in super::super) fn swap_files() -> Vec<Id> {
    let text = fs::read("/proc/swaps").unwrap_or_default();
    let lines = text.split(|&byte| byte == b'\n').skip(1);
    let found = lines.filter_map(|line| {
        let path = line.split(|&byte| byte == b' ' || byte == b'\t').next()?;
        let path = super::super::mounts::unescaped(path);
        let meta = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
        Some(Id { device: meta.dev(), number: meta.ino() })
    });
    found.collect()
}

/// What the system knows of a whole disk (`sda`).
pub(in super::super) fn hardware(disk: &str) -> Hardware {
    let folder = Path::new("/sys/block").join(disk);
    let said = |name: &str| {
        let text = fs::read(folder.join(name)).ok()?;
        let text = String::from_utf8_lossy(&text).trim().to_owned();
        Some(text).filter(|text| !text.is_empty())
    };
    let maker = said("device/vendor").filter(|maker| !maker.starts_with("0x"));
    let model = said("device/model");
    let known = [&maker, &model].into_iter().flatten().any(|word| !VIRTUAL.iter().any(|v| word.contains(v)));
    let cells = match said("queue/rotational").as_deref() {
        Some("0") if known => Cells::Flash,
        Some("1") if known && !is_usb(&folder) => Cells::Disks,
        _ => Cells::Unknown,
    };
    let sectors: Option<u64> = said("size").and_then(|text| text.parse().ok());
    let named: Vec<String> = [maker, model].into_iter().flatten().collect();
    Hardware {
        model: (!named.is_empty()).then(|| named.join(" ")),
        serial: said("device/serial").or_else(|| said("serial")).or_else(|| usb_serial(&folder)),
        capacity: sectors.map(|sectors| sectors.saturating_mul(512)),
        cells,
    }
}

/// Disks that are none: what they say of themselves is what a program says.
const VIRTUAL: [&str; 6] = ["QEMU", "VBOX", "VMware", "Virtual", "Msft", "LIO-ORG"];

/// A stick behind a bridge calls itself a spinning disk.
fn is_usb(folder: &Path) -> bool {
    folder
        .canonicalize()
        .is_ok_and(|path| path.components().any(|part| part.as_os_str().to_string_lossy().starts_with("usb")))
}

/// The serial number of a USB device stands some folders above its disk.
fn usb_serial(folder: &Path) -> Option<String> {
    let path = folder.canonicalize().ok().filter(|_| is_usb(folder))?;
    let found = path.ancestors().take(10).find_map(|above| fs::read_to_string(above.join("serial")).ok())?;
    Some(found.trim().to_owned()).filter(|serial| !serial.is_empty())
}
