//! Linux: the system's own folders.

use std::path::PathBuf;

use crate::erase::os::Protected;

/// Nothing in them is a city's data.
const SYSTEM: [&str; 13] =
    ["/bin", "/boot", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/libx32", "/proc", "/run", "/sbin", "/sys", "/usr"];

/// Places inside of those, or beside them, where data of people does lie.
const OPEN: [&str; 4] = ["/dev/shm", "/run/media", "/run/user", "/run/mount"];

/// Not to be erased themselves; what is in them may be.
const WHOLE: [&str; 16] = [
    "/home",
    "/media",
    "/mnt",
    "/opt",
    "/srv",
    "/tmp",
    "/var",
    "/var/cache",
    "/var/lib",
    "/var/log",
    "/var/mail",
    "/var/spool",
    "/var/tmp",
    "/dev/shm",
    "/run/media",
    "/run/user",
];

pub(in super::super) fn protected() -> Protected {
    let paths = |names: &[&str]| names.iter().map(PathBuf::from).collect();
    Protected { system: paths(&SYSTEM), open: paths(&OPEN), whole: paths(&WHOLE) }
}

/// The home folders of this computer, where they usually lie.
pub(in super::super) fn homes() -> Vec<PathBuf> {
    let others = std::fs::read_dir("/home").into_iter().flatten().flatten().map(|entry| entry.path());
    std::iter::once("/root".into()).chain(others).collect()
}
