//! Windows: the volume a path lies on, and the device under it.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::windows::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use windows_sys::Win32::Storage::FileSystem as fs;
use windows_sys::Win32::System::Ioctl as ioctl;

use super::call::{self, done, told, wide};
use crate::erase::os::facts::{Cells, Hardware};
use crate::erase::os::{History, Medium, NoMedium, Place, Space, Storage};

/// What a volume says of itself.
pub(super) struct Named {
    /// Tells it from another.
    pub serial: u32,
    /// What it can do, in bits.
    flags: u32,
    /// Its file system: `NTFS`, `FAT32`, `exFAT`, `ReFS`, `UDF`, `CDFS`.
    file_system: String,
}

impl Named {
    /// Whether files on it can have alternate streams.
    pub fn has_streams(&self) -> bool {
        const FILE_NAMED_STREAMS: u32 = 0x0004_0000;
        self.flags & FILE_NAMED_STREAMS != 0
    }
}

/// What the volume of an open file says of itself.
pub(super) fn named(file: &File) -> io::Result<Named> {
    let (mut serial, mut flags, mut name) = (0, 0, [0u16; 64]);
    // SAFETY: the pointers lead to live numbers and to a buffer of the length given; what is not wanted is null.
    done(unsafe {
        fs::GetVolumeInformationByHandleW(
            call::raw(file),
            std::ptr::null_mut(),
            0,
            &raw mut serial,
            std::ptr::null_mut(),
            &raw mut flags,
            name.as_mut_ptr(),
            64,
        )
    })?;
    Ok(Named { serial, flags, file_system: call::text(&name).to_string_lossy().into_owned() })
}

/// The real path of an open file, beginning with `\\?\`.
pub(super) fn real_path(file: &File) -> io::Result<PathBuf> {
    // SAFETY: the buffer is as long as the call is told, and the handle is open.
    told(|to, room| unsafe { fs::GetFinalPathNameByHandleW(call::raw(file), to, room, fs::FILE_NAME_NORMALIZED) })
        .map(PathBuf::from)
}

/// Where the volume that holds a real path is mounted: `C:\`, or a folder.
fn root_of(real: &Path) -> io::Result<OsString> {
    let path = wide(real);
    let mut root = vec![0u16; path.len().max(260) + 2];
    let length = u32::try_from(root.len()).map_err(io::Error::other)?;
    // SAFETY: the path ends with a zero, and the buffer is as long as is said.
    done(unsafe { fs::GetVolumePathNameW(path.as_ptr(), root.as_mut_ptr(), length) })?;
    Ok(call::text(&root))
}

/// Opens a path to ask about it, and for nothing else; a folder as well. A link is not followed when `itself` is asked for.
pub(super) fn open_to_ask(path: &Path, itself: bool) -> io::Result<File> {
    let link = if itself { fs::FILE_FLAG_OPEN_REPARSE_POINT } else { 0 };
    File::options()
        .access_mode(fs::FILE_READ_ATTRIBUTES)
        .custom_flags(fs::FILE_FLAG_BACKUP_SEMANTICS | link)
        .open(call::exact(path)?)
}

/// The place of an open file or folder.
pub(super) fn place_of(file: &File) -> io::Result<Place> {
    let volume = named(file)?;
    let real = real_path(file)?;
    let root = root_of(&real)?;
    let root_wide = wide(&root);
    let share = real.to_string_lossy().starts_with(r"\\?\UNC\");
    // SAFETY: the text ends with a zero.
    let kind = unsafe { fs::GetDriveTypeW(root_wide.as_ptr()) };
    let medium = match kind {
        _ if share => Medium::None(NoMedium::Network),
        DRIVE_REMOTE => Medium::None(NoMedium::Network),
        DRIVE_RAMDISK => Medium::None(NoMedium::Memory),
        DRIVE_REMOVABLE | DRIVE_FIXED | DRIVE_CDROM => Medium::Disk,
        _ => Medium::None(NoMedium::Unknown),
    };
    let device = (medium == Medium::Disk).then(|| device_of(&root)).flatten();
    let bus_can_go =
        device.as_ref().is_some_and(|device| matches!(device.bus, fs::BusTypeUsb | fs::BusTypeSd | fs::BusTypeMmc));
    Ok(Place {
        largest_file: volume.file_system.starts_with("FAT").then_some(u32::MAX.into()),
        fs_type: volume.file_system.to_lowercase(),
        mount_point: PathBuf::from(&root),
        source: if share {
            share_of(&real)
        } else {
            volume_name(&root_wide).unwrap_or_else(|| root.to_string_lossy().into())
        },
        options: if volume.flags & FILE_READ_ONLY_VOLUME == 0 { "rw".into() } else { "ro".into() },
        medium,
        removable: matches!(kind, DRIVE_REMOVABLE | DRIVE_CDROM) || bus_can_go,
        free_bytes: room(&root).map_or(u64::MAX, |space| space.available),
        whole_device: device.map(|device| format!("PhysicalDrive{}", device.number)),
    })
}

// Of winbase.h and winnt.h; the bindings keep them in rooms of their own.
const DRIVE_REMOVABLE: u32 = 2;
const DRIVE_FIXED: u32 = 3;
const DRIVE_REMOTE: u32 = 4;
const DRIVE_CDROM: u32 = 5;
const DRIVE_RAMDISK: u32 = 6;
const FILE_READ_ONLY_VOLUME: u32 = 0x0008_0000;
const FILE_SUPPORTS_USN_JOURNAL: u32 = 0x0200_0000;

/// `\\server\share` of a path on it.
fn share_of(real: &Path) -> String {
    let text = real.to_string_lossy();
    let parts: Vec<&str> = text.trim_start_matches(r"\\?\UNC\").split('\\').take(2).collect();
    format!(r"\\{}", parts.join(r"\"))
}

/// The name of a volume that no change of letters changes.
fn volume_name(root: &[u16]) -> Option<String> {
    let mut name = [0u16; 64];
    // SAFETY: the root ends with a zero, and the buffer is as long as is said.
    let found = unsafe { fs::GetVolumeNameForVolumeMountPointW(root.as_ptr(), name.as_mut_ptr(), 64) };
    (found != 0).then(|| call::text(&name).to_string_lossy().into_owned())
}

/// Room on the volume that is mounted at `root`.
fn room(root: &OsString) -> io::Result<Space> {
    let root = wide(root);
    let (mut available, mut total, mut free) = (0, 0, 0);
    // SAFETY: the root ends with a zero, and the pointers lead to live numbers.
    done(unsafe { fs::GetDiskFreeSpaceExW(root.as_ptr(), &raw mut available, &raw mut total, &raw mut free) })?;
    Ok(Space { block: cluster(&root).unwrap_or(4096), total, free, available, ..Space::default() })
}

/// Room on the volume of an open file or folder.
pub(super) fn space_of(file: &File) -> io::Result<Space> {
    let root = root_of(&real_path(file)?)?;
    let read_only = named(file)?.flags & FILE_READ_ONLY_VOLUME != 0;
    Ok(Space { read_only, ..room(&root)? })
}

fn cluster(root: &[u16]) -> Option<u64> {
    let (mut sectors, mut bytes, mut free, mut all) = (0, 0, 0, 0);
    // SAFETY: the root ends with a zero, and the pointers lead to live numbers.
    let found =
        unsafe { fs::GetDiskFreeSpaceW(root.as_ptr(), &raw mut sectors, &raw mut bytes, &raw mut free, &raw mut all) };
    (found != 0).then(|| u64::from(sectors) * u64::from(bytes)).filter(|&size| size > 0)
}

/// Bytes in a cluster of the volume that an open file lies on; asked once for each volume.
pub(super) fn cluster_of(file: &File) -> Option<u64> {
    static KNOWN: Mutex<Option<HashMap<u32, u64>>> = Mutex::new(None);
    let serial = named(file).ok()?.serial;
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let known = known.get_or_insert_default();
    if let Some(&size) = known.get(&serial) {
        return Some(size);
    }
    let size = cluster(&wide(root_of(&real_path(file).ok()?).ok()?))?;
    known.insert(serial, size);
    Some(size)
}

/// A device, as its driver describes it.
struct Device {
    number: u32,
    bus: i32,
}

fn device_of(root: &OsString) -> Option<Device> {
    // `\\.\C:`, or `\\?\Volume{…}`: the volume itself, opened to ask and not to read, which anyone may.
    let name = volume_name(&wide(root))?;
    let volume = File::options().access_mode(0).open(name.trim_end_matches('\\')).ok()?;
    let mut answer = [0u8; 12];
    call::ask_driver(&volume, ioctl::IOCTL_STORAGE_GET_DEVICE_NUMBER, &[], &mut answer).ok()?;
    let described = describe(&volume).unwrap_or_default();
    Some(Device { number: call::u32_at(&answer, 4)?, bus: described.bus })
}

/// What a driver tells of its device.
#[derive(Default)]
struct Described {
    model: Option<String>,
    serial: Option<String>,
    bus: i32,
}

/// Where the fields of `STORAGE_DEVICE_DESCRIPTOR` stand.
const VENDOR: usize = 12;
const PRODUCT: usize = 16;
const SERIAL: usize = 24;
const BUS: usize = 28;

fn describe(device: &File) -> Option<Described> {
    let mut answer = [0u8; 1024];
    let length = property(device, ioctl::StorageDeviceProperty, &mut answer)?;
    let answer = &answer[..length];
    let text = |field| {
        let offset = call::u32_at(answer, field).filter(|&offset| offset > 0)?;
        let bytes = answer.get(offset as usize..)?;
        let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
        let text = String::from_utf8_lossy(&bytes[..end]).trim().to_owned();
        (!text.is_empty()).then_some(text)
    };
    let model = match (text(VENDOR), text(PRODUCT)) {
        (Some(vendor), Some(product)) => Some(format!("{vendor} {product}")),
        (vendor, product) => product.or(vendor),
    };
    let bus = call::u32_at(answer, BUS).map_or(0, u32::cast_signed);
    Some(Described { model, serial: text(SERIAL), bus })
}

fn property(device: &File, property: i32, answer: &mut [u8]) -> Option<usize> {
    // The property, the kind of question (0: tell), and room that the structure has at its end.
    let mut question = [0u8; 12];
    question[..4].copy_from_slice(&property.to_le_bytes());
    call::ask_driver(device, ioctl::IOCTL_STORAGE_QUERY_PROPERTY, &question, answer).ok()
}

/// What the driver of `PhysicalDriveN` tells.
pub(super) fn hardware(name: &str) -> Hardware {
    let Ok(device) = File::options().access_mode(0).open(format!(r"\\.\{name}")) else { return Hardware::default() };
    let described = describe(&device).unwrap_or_default();
    let mut geometry = [0u8; 256];
    let asked = call::ask_driver(&device, ioctl::IOCTL_DISK_GET_DRIVE_GEOMETRY_EX, &[], &mut geometry);
    // Behind the 24 bytes of the old geometry.
    let size = asked.ok().and_then(|_| call::i64_at(&geometry, 24)).and_then(|size| u64::try_from(size).ok());
    let cells = cells(&device, &described);
    Hardware { model: described.model, serial: described.serial, capacity: size.filter(|&size| size > 0), cells }
}

/// No time lost in seeking tells flash. Time lost tells disks only of a device on a bus of disks that has a maker: a virtual
/// disk and a stick say so as well.
fn cells(device: &File, described: &Described) -> Cells {
    let mut answer = [0u8; 12];
    let seeks = property(device, ioctl::StorageDeviceSeekPenaltyProperty, &mut answer).map(|_| answer[8] != 0);
    let on_disks = matches!(described.bus, fs::BusTypeAta | fs::BusTypeSata | fs::BusTypeSas | fs::BusTypeScsi);
    match seeks {
        Some(false) => Cells::Flash,
        Some(true) if on_disks && described.model.as_deref().is_some_and(|model| !is_virtual(model)) => Cells::Disks,
        _ => Cells::Unknown,
    }
}

fn is_virtual(model: &str) -> bool {
    let model = model.to_lowercase();
    ["virtual", "vmware", "vbox", "qemu", "msft", "wine", "xen", "google", "amazon"]
        .iter()
        .any(|word| model.contains(word))
}

pub(super) fn storage_of(place: &Place) -> Storage {
    let found = place.whole_device.as_deref().map(hardware).unwrap_or_default();
    let flash = match found.cells {
        Cells::Flash => Some(true),
        Cells::Disks => Some(false),
        Cells::Unknown => None,
    };
    Storage { layered: found.model.as_deref().is_none_or(is_virtual), model: found.model, flash }
}

/// What the system itself keeps of what stood on a volume before.
///
/// Shadow copies are named among the devices, though not of which volume each of them is; without administrator's rights no
/// more can be asked. One that is found counts against every volume of NTFS here.
pub(super) fn history(place: &Place) -> History {
    if !matches!(place.fs_type.as_str(), "ntfs" | "refs") || place.medium != Medium::Disk {
        return History::default();
    }
    let change_journal = open_to_ask(&place.mount_point, false)
        .and_then(|root| named(&root))
        .map_or(true, |volume| volume.flags & FILE_SUPPORTS_USN_JOURNAL != 0);
    let shadow_copies = devices().map(|names| names.iter().any(|name| name.starts_with("HarddiskVolumeShadowCopy")));
    History { may_keep_shadow_copies: true, shadow_copies: shadow_copies.unwrap_or(false), change_journal }
}

/// The names of all devices of this system.
fn devices() -> Option<Vec<String>> {
    let mut buffer = vec![0u16; 1 << 16];
    loop {
        let room = u32::try_from(buffer.len()).ok()?;
        // SAFETY: the buffer is as long as is said; no name asks for all of them.
        let length = unsafe { fs::QueryDosDeviceW(std::ptr::null(), buffer.as_mut_ptr(), room) } as usize;
        if length > 0 {
            let names = buffer[..length].split(|&unit| unit == 0).filter(|name| !name.is_empty());
            return Some(names.map(String::from_utf16_lossy).collect());
        }
        if buffer.len() >= 1 << 22 {
            return None;
        }
        buffer.resize(buffer.len() * 4, 0);
    }
}
